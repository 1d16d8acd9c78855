//! BSD loopback encapsulation: LINKTYPE_NULL and LINKTYPE_LOOP.

use crate::layer::NextProtocol;
use crate::layer::{ParseDefect, ParsedHeader, Protocol};
use crate::wire::{Field, LittleU32, header, registry};

registry! {
    /// Address families of the operating systems that write these captures.
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

/// Protocol that follows, given the address family.
fn next_protocol(family: u32) -> NextProtocol {
    match AddressFamily::from(family) {
        AddressFamily::Ipv4 => NextProtocol::IpVersion(4),
        AddressFamily::Ipv6NetBsd | AddressFamily::Ipv6FreeBsd | AddressFamily::Ipv6Darwin => {
            NextProtocol::IpVersion(6)
        }
        // Some systems write an EtherType here.
        AddressFamily::Unknown(n) if matches!(n.number(), 0x600..=0xffff) => NextProtocol::EtherType(n.number() as u16),
        _ => NextProtocol::Family(family),
    }
}

header! {
    /// Loopback header of a little-endian machine.
    pub struct Null(4) => NullEdit, layer {
        /// Address family (`AF_`), numbered as on the capturing machine.
        family: LittleU32 = 0..32, "null.family";
    }
}

impl<'a> Protocol<'a> for Null<&'a [u8; 4]> {
    const NAME: &'static str = "null";
    const TITLE: &'static str = "BSD loopback, least significant byte first";
    const TABLE: &'static [Field] = Null::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Null::LEN))?;
        Ok(ParsedHeader::new(header, Null::LEN, next_protocol(header.family().0)))
    }
}

header! {
    /// Loopback header in network byte order.
    pub struct Loop(4) => LoopEdit, layer {
        /// Address family (`AF_`), numbered as on the capturing machine.
        family: AddressFamily = 0..32, "null.family";
    }
}

impl<'a> Protocol<'a> for Loop<&'a [u8; 4]> {
    const NAME: &'static str = "loop";
    const TITLE: &'static str = "BSD loopback, network byte order";
    const TABLE: &'static [Field] = Loop::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Loop::LEN))?;
        Ok(ParsedHeader::new(header, Loop::LEN, next_protocol(header.family().into())))
    }
}
