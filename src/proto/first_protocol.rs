//! What a frame can begin with: a link type or its number, an EtherType or an IP protocol.

use super::{EtherType, IpProtocol, LinkType};
use crate::layer::NextProtocol;

/// A frame of the link type with this number (`LINKTYPE_` number; 1 is Ethernet).
impl From<u16> for NextProtocol {
    #[inline(always)]
    fn from(link_type: u16) -> Self {
        NextProtocol::LinkType(link_type)
    }
}

/// A frame of this link type.
impl From<LinkType> for NextProtocol {
    #[inline]
    fn from(link_type: LinkType) -> Self {
        NextProtocol::LinkType(link_type.into())
    }
}

/// The payload of a frame with this EtherType.
impl From<EtherType> for NextProtocol {
    #[inline]
    fn from(ether_type: EtherType) -> Self {
        NextProtocol::EtherType(ether_type.into())
    }
}

/// The payload of an IP packet with this protocol number.
impl From<IpProtocol> for NextProtocol {
    #[inline]
    fn from(protocol: IpProtocol) -> Self {
        NextProtocol::IpProtocol(protocol.into())
    }
}
