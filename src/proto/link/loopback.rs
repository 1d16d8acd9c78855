//! BSD loopback encapsulation: LINKTYPE_NULL and LINKTYPE_LOOP.

use crate::layer::NextProtocol;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Scope};
use crate::proto::EtherType;
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

/// Protocol that follows, given the bytes and the address family in them. Some systems write the family in 16 bits, in
/// either byte order, with zeros or other bytes around it, and some write an EtherType, as Wireshark found out.
fn next_protocol(bytes: [u8; 4], family: u32) -> NextProtocol {
    let short = match bytes {
        [0, n, 0, 0] | [0, 0, n, 0] => AddressFamily::from(u32::from(n)),
        _ => AddressFamily::from(family),
    };
    let ethertype = u16::from_be_bytes([bytes[2], bytes[3]]);
    match short {
        AddressFamily::Ipv4 => NextProtocol::IpVersion(4),
        AddressFamily::Ipv6NetBsd | AddressFamily::Ipv6FreeBsd | AddressFamily::Ipv6Darwin => {
            NextProtocol::IpVersion(6)
        }
        // Some systems write an EtherType here.
        AddressFamily::Unknown(n) if matches!(n.number(), 0x600..=0xffff) => NextProtocol::EtherType(n.number() as u16),
        AddressFamily::Unknown(n) if n.number() > 0xffff && EtherType::from(ethertype).name().is_some() => {
            NextProtocol::EtherType(ethertype)
        }
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
        Ok(ParsedHeader::new(header, Null::LEN, next_protocol(*header.as_bytes(), header.family().0)))
    }

    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.inside_host = true;
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
        Ok(ParsedHeader::new(header, Loop::LEN, next_protocol(*header.as_bytes(), header.family().into())))
    }

    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.inside_host = true;
    }
}
