//! Places of a packet where something can be changed.

use crate::layer::PseudoHeaderAddresses;
use crate::wire::{Field, MacAddr, Span};
use core::net::IpAddr;

/// An address, a port or a name in a packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct PacketPlace {
    pub span: Span,
    pub content: Content,
    pub carrier: AddressCarrier,
}

/// What is there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content {
    Ip {
        address: IpAddr,
        form: AddressForm,
        /// How many of its bits count: fewer than all in a prefix, or if the rest is cut off.
        bits: u32,
        is_cut: bool,
    },
    Mac(MacAddr),
    Port(u16, PortKind),
    /// A name as labels with their lengths.
    Name,
    Text,
}

/// How an address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressForm {
    Plain,
    /// All bits are inverted, as Teredo does it.
    Inverted,
}

/// Who carries an address: what is changed on request only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressCarrier {
    Dhcp,
    Dns,
    Other,
}

/// The transport of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortKind {
    Tcp,
    Udp,
    Sctp,
}

/// A field that a rule sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct SetPlace {
    /// Index of the rule, and of its field.
    pub rule: (usize, usize),
    pub field: &'static Field,
    pub span: Span,
}

/// What proves that bytes are authentic, or hides them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secured {
    pub what: Protection,
    pub covers: Span,
    /// Addresses that it covers.
    pub addresses: Option<PseudoHeaderAddresses>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    Authentication(&'static str),
    Encryption,
    /// A checksum of a fragment that cannot follow.
    OfFragment(&'static str),
}

/// The destination of a link-layer header and of the IP header inside: indexes of their places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Destinations {
    pub mac: usize,
    pub ip: usize,
}

/// Writes bytes to a place, as far as it goes.
pub(super) fn write(frame: &mut [u8], span: Span, bytes: &[u8]) {
    if let Some(place) = frame.get_mut(span.start as usize..span.end as usize) {
        place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    }
}
