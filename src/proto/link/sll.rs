//! Linux cooked captures, as written by `tcpdump -i any`.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::{LayerContext, Summary};
use crate::layer::{ParseDefect, ParsedHeader, Protocol};
use crate::proto::{ArpHardware, EtherType};
#[cfg(feature = "alloc")]
use crate::wire::AddressBytes;
use crate::wire::{Field, SelectorKind, header, registry};

registry! {
    /// Direction of the packet, and the kind of its destination address.
    pub enum PacketType: u16 {
        ToUs = 0 "to us",
        Broadcast = 1 "broadcast",
        Multicast = 2 "multicast",
        ToOther = 3 "to someone else",
        FromUs = 4 "from us",
    }
}

/// Protocol that follows. For some hardware types, the protocol field is not an EtherType.
fn next_protocol(protocol: EtherType, hardware: u16) -> NextProtocol {
    match (hardware, u16::from(protocol)) {
        // Netlink, and IEEE 802.11 with and without radio headers.
        (824 | 801..=803, _) => NextProtocol::Unknown,
        // A GRE protocol type, which is an EtherType.
        (778, 4) => NextProtocol::Unknown,
        (_, 4) => NextProtocol::Llc,
        (_, n @ 1536..) => NextProtocol::EtherType(n),
        _ => NextProtocol::Unknown,
    }
}

header! {
    /// Linux cooked header, LINKTYPE_LINUX_SLL.
    pub struct Sll(16) => SllEdit, layer {
        /// Direction of the packet, and the kind of its destination address.
        packet_type: PacketType = 0..16, "sll.pkttype";
        /// Hardware type of the interface (`ARPHRD_`).
        hardware_type: ArpHardware = 16..32, "sll.hatype";
        /// Length of the sender's link-layer address in bytes. Only the first eight bytes are captured.
        address_length: u16 = 32..48, "sll.halen", bytes;
        /// Sender's link-layer address, padded to eight bytes.
        address: [u8; 8] = 48..112, "sll.src.other";
        /// Protocol of the payload: an EtherType, or 4 for an IEEE 802.2 frame.
        protocol: EtherType = 112..128, "sll.etype", hex, next_protocol(SelectorKind::EtherType);
    }
}

impl<'a> Protocol<'a> for Sll<&'a [u8; 16]> {
    const NAME: &'static str = "sll";
    const TITLE: &'static str = "Linux cooked capture, LINKTYPE_LINUX_SLL";
    const TABLE: &'static [Field] = Sll::FIELDS;
    const RAW: &'static str = "The sender's address, whose format depends on the hardware type.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Sll::LEN))?;
        Ok(ParsedHeader::new(header, Sll::LEN, next_protocol(header.protocol(), header.hardware_type().into())))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let (address, length) = (self.address(), usize::from(self.address_length()));
        summary.addresses(AddressBytes(&address[..length.min(8)]), "");
        summary.begin("SLL");
    }
}

header! {
    /// Linux cooked header version 2, LINKTYPE_LINUX_SLL2.
    pub struct Sll2(20) => Sll2Edit, layer {
        /// Protocol of the payload: an EtherType, or 4 for an IEEE 802.2 frame.
        protocol: EtherType = 0..16, "sll.etype", hex, next_protocol(SelectorKind::EtherType);
        /// Must be zero.
        reserved: u16 = 16..32, "sll.unused", reserved;
        /// Index of the interface on the capturing machine.
        interface: u32 = 32..64, "sll.ifindex";
        /// Hardware type of the interface (`ARPHRD_`).
        hardware_type: ArpHardware = 64..80, "sll.hatype";
        /// Direction of the packet, and the kind of its destination address.
        packet_type: PacketType = 80..88, "sll.pkttype";
        /// Length of the sender's link-layer address in bytes. Only the first eight bytes are captured.
        address_length: u8 = 88..96, "sll.halen", bytes;
        /// Sender's link-layer address, padded to eight bytes.
        address: [u8; 8] = 96..160, "sll.src.other";
    }
}

impl<'a> Protocol<'a> for Sll2<&'a [u8; 20]> {
    const NAME: &'static str = "sll2";
    const TITLE: &'static str = "Linux cooked capture, LINKTYPE_LINUX_SLL2";
    const TABLE: &'static [Field] = Sll2::FIELDS;
    const RAW: &'static str = "The sender's address, whose format depends on the hardware type.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Sll2::LEN))?;
        Ok(ParsedHeader::new(header, Sll2::LEN, next_protocol(header.protocol(), header.hardware_type().into())))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let (address, length) = (self.address(), usize::from(self.address_length()));
        summary.addresses(AddressBytes(&address[..length.min(8)]), "");
        summary.begin("SLL2");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_of_a_gre_interface_is_an_ethertype() {
        assert_eq!(next_protocol(EtherType::Ipv4, 778), NextProtocol::EtherType(0x0800));
        assert_eq!(next_protocol(EtherType::from(4), 778), NextProtocol::Unknown, "4 is LLC with other hardware alone");
        assert_eq!(next_protocol(EtherType::from(4), 1), NextProtocol::Llc);
        // Netlink has a protocol family there.
        assert_eq!(next_protocol(EtherType::Ipv4, 824), NextProtocol::Unknown);
    }
}
