//! Linux cooked captures, as `tcpdump -i any` writes them.

use super::{ArpHardware, EtherType};
use crate::field::{Field, Numbers, header, registry};
use crate::layer::{Flaw, Next, Parts, Protocol};

registry! {
    /// Which way a packet went.
    pub enum PacketType: u16 {
        ToUs = 0 "to us",
        Broadcast = 1 "broadcast",
        Multicast = 2 "multicast",
        ToOther = 3 "to someone else",
        FromUs = 4 "from us",
    }
}

/// What the protocol field announces. For some kinds of hardware it is no EtherType.
fn announce(protocol: EtherType, hardware: u16) -> Next {
    match (hardware, u16::from(protocol)) {
        // Netlink, GRE over IP, and IEEE 802.11 with and without radio headers.
        (824 | 778 | 801..=803, _) => Next::Unknown,
        (_, 4) => Next::Llc,
        (_, n @ 1536..) => Next::EtherType(n),
        _ => Next::Unknown,
    }
}

header! {
    /// Linux cooked header, LINKTYPE_LINUX_SLL.
    pub struct Sll(16) {
        /// Which way the packet went.
        packet_type: PacketType = 0..16, "sll.pkttype";
        /// Hardware type of the interface (ARPHRD_).
        hardware_type: ArpHardware = 16..32, "sll.hatype";
        /// Bytes of the sender's address that count; of longer addresses only eight are there.
        address_length: u16 = 32..48, "sll.halen", bytes;
        /// Sender's link-layer address, padded to eight bytes.
        address: [u8; 8] = 48..112, "sll.src.other";
        /// What the packet is: an EtherType, or 4 for an 802.2 frame.
        protocol: EtherType = 112..128, "sll.etype", hex, announces(Numbers::EtherType);
    }
}

impl<'a> Protocol<'a> for Sll<&'a [u8; 16]> {
    const NAME: &'static str = "sll";
    const TITLE: &'static str = "Linux cooked capture, LINKTYPE_LINUX_SLL";
    const TABLE: &'static [Field] = Sll::FIELDS;
    const RAW: &'static str = "The sender's address, which may be of any kind.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Sll::LEN))?;
        Ok(Parts::new(header, Sll::LEN, announce(header.protocol(), header.hardware_type().into())))
    }
}

header! {
    /// Linux cooked header version 2, LINKTYPE_LINUX_SLL2.
    pub struct Sll2(20) {
        /// What the packet is: an EtherType, or 4 for an 802.2 frame.
        protocol: EtherType = 0..16, "sll.etype", hex, announces(Numbers::EtherType);
        /// Must be zero.
        reserved: u16 = 16..32, "sll.unused", reserved;
        /// Index of the interface on the machine that captured.
        interface: u32 = 32..64, "sll.ifindex";
        /// Hardware type of the interface (ARPHRD_).
        hardware_type: ArpHardware = 64..80, "sll.hatype";
        /// Which way the packet went.
        packet_type: PacketType = 80..88, "sll.pkttype";
        /// Bytes of the sender's address that count; of longer addresses only eight are there.
        address_length: u8 = 88..96, "sll.halen", bytes;
        /// Sender's link-layer address, padded to eight bytes.
        address: [u8; 8] = 96..160, "sll.src.other";
    }
}

impl<'a> Protocol<'a> for Sll2<&'a [u8; 20]> {
    const NAME: &'static str = "sll2";
    const TITLE: &'static str = "Linux cooked capture, LINKTYPE_LINUX_SLL2";
    const TABLE: &'static [Field] = Sll2::FIELDS;
    const RAW: &'static str = "The sender's address, which may be of any kind.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Sll2::LEN))?;
        Ok(Parts::new(header, Sll2::LEN, announce(header.protocol(), header.hardware_type().into())))
    }
}
