//! BSD's loopback encapsulation: LINKTYPE_NULL and LINKTYPE_LOOP.

use crate::field::{Field, LittleU32, header, registry};
use crate::layer::{Flaw, Next, Parts, Protocol};

registry! {
    /// Address families of the systems that write such captures.
    pub enum AddressFamily: u32 {
        Ipv4 = 2 "IPv4",
        Xns = 6 "XNS",
        Osi = 7 "OSI",
        AppleTalk = 16 "AppleTalk",
        Ipx = 23 "IPX",
        Ipv6NetBsd = 24 "IPv6",
        Ipv6FreeBsd = 28 "IPv6",
        Ipv6Darwin = 30 "IPv6",
    }
}

/// What an address family announces.
fn announce(family: u32) -> Next {
    match AddressFamily::from(family) {
        AddressFamily::Ipv4 => Next::IpVersion(4),
        AddressFamily::Ipv6NetBsd | AddressFamily::Ipv6FreeBsd | AddressFamily::Ipv6Darwin => Next::IpVersion(6),
        // Some write an EtherType here.
        AddressFamily::Unknown(n @ 0x600..=0xffff) => Next::EtherType(n as u16),
        _ => Next::Family(family),
    }
}

header! {
    /// Loopback header of a machine that writes the least significant byte first.
    pub struct Null(4) {
        /// Address family of the machine that captured.
        family: LittleU32 = 0..32, "null.family";
    }
}

impl<'a> Protocol<'a> for Null<&'a [u8; 4]> {
    const NAME: &'static str = "null";
    const TITLE: &'static str = "BSD loopback, least significant byte first";
    const TABLE: &'static [Field] = Null::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Null::LEN))?;
        Ok(Parts::new(header, Null::LEN, announce(header.family().0)))
    }
}

header! {
    /// Loopback header in network byte order.
    pub struct Loop(4) {
        /// Address family of the machine that captured.
        family: AddressFamily = 0..32, "null.family";
    }
}

impl<'a> Protocol<'a> for Loop<&'a [u8; 4]> {
    const NAME: &'static str = "loop";
    const TITLE: &'static str = "BSD loopback, network byte order";
    const TABLE: &'static [Field] = Loop::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Loop::LEN))?;
        Ok(Parts::new(header, Loop::LEN, announce(header.family().into())))
    }
}
