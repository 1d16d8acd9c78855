//! IPv6 extension headers, RFC 8200 §4: hop-by-hop and destination options, routing, fragment.

use super::IpProtocol;
use crate::field::{Field, Kind, Span, Value, Visitor, header, registry};
use crate::layer::{Flaw, Inner, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::{Framed, Framing, Tlvs, Variants, variants};

header! {
    /// Hop-by-hop options header without its options, RFC 8200 §4.3.
    pub struct HopByHop(2) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.hopopts.nxt", derived;
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.hopopts.len", derived;
    }
}

header! {
    /// Destination options header without its options, RFC 8200 §4.6.
    pub struct DestinationOptions(2) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.dstopts.nxt", derived;
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.dstopts.len", derived;
    }
}

/// Splits an extension header off, whose second byte counts units of 8 bytes after the first 8.
fn extension<H>(header: H, next: IpProtocol, length: u8, have: usize, row: u8) -> Parts<H> {
    let head = 8 + usize::from(length) * 8;
    match have.checked_sub(head) {
        Some(_) => Parts::new(header, head, Next::IpProtocol(next.into())),
        None => Parts::new(header, have, Next::Unknown).flaw(Flaw::needs(head).at(row)),
    }
}

macro_rules! options_header {
    ($name:ident, $text:literal, $title:literal) => {
        impl<'a> Protocol<'a> for $name<&'a [u8; 2]> {
            const NAME: &'static str = $text;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const VARIABLE: &'static [&'static [Field]] = &[&[*OPTIONS, *Ipv6Option::KIND], Ipv6Option::FIELDS];

            fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
                let (header, _) = Self::split(bytes).ok_or(Flaw::needs($name::LEN))?;
                Ok(extension(header, header.next_header(), header.length(), bytes.len(), $name::row("length")))
            }

            fn enter(&self, place: &Place<'a>, Inner { network, .. }: &mut Inner) {
                // A home address stands in for the source (RFC 6275 §6.3).
                for item in ipv6_options(place).items().flatten() {
                    if item.kind == 0xc9 && item.contents.bytes().len() == 16 && network.size == 16 {
                        network.src = item.contents.span().start;
                    }
                }
            }

            fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
                ipv6_options(place).show(OPTIONS, visitor);
            }

            fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
                ipv6_options(place).check(OPTIONS, report);
            }
        }
    };
}
options_header!(HopByHop, "hop_by_hop", "IPv6 hop-by-hop options, RFC 8200 §4.3");
options_header!(DestinationOptions, "destination_options", "IPv6 destination options, RFC 8200 §4.6");

const OPTIONS: &Field = &Field::floating("options", "ipv6.opt", Kind::List(&Kind::Group), "Options, RFC 8200 §4.2.");

fn ipv6_options<'a>(place: &Place<'a>) -> Tlvs<'a, Ipv6Option<'a>> {
    Tlvs::at(place.options(2))
}

variants! {
    /// An option of the hop-by-hop and destination options headers, RFC 8200 §4.2. The two highest
    /// bits of the number say what a node does that does not know it.
    pub enum Ipv6Option<'a>: "type", "ipv6.opt.type" {
        Pad1 = 0x00 "Pad1" {}
        PadN = 0x01 "PadN" {
            /// Should be zero.
            padding: &'a [u8], "ipv6.opt.padn";
        }
        RouterAlert = 0x05 "router alert" {
            /// What the packet is about, RFC 2711.
            value: u16, "ipv6.opt.router_alert";
        }
        JumboPayload = 0xc2 "jumbo payload" {
            /// Length of what follows the IPv6 header, RFC 2675.
            length: u32, "ipv6.opt.jumbo", bytes;
        }
        HomeAddress = 0xc9 "home address" {
            /// The mobile node's home address, RFC 6275 §6.3.
            address: core::net::Ipv6Addr, "ipv6.opt.mipv6.home_address";
        }
    }
}

impl Framed for Ipv6Option<'_> {
    const FRAMING: Framing = Framing { lone: &[0], ..Framing::BYTES };
}

/// Looks for a jumbo payload length in a hop-by-hop options header (RFC 2675).
#[cold]
pub(super) fn jumbo_length(header: &[u8]) -> Option<u32> {
    let (fixed, _) = HopByHop::split(header)?;
    let end = (8 + usize::from(fixed.length()) * 8).min(header.len());
    let options: Tlvs<Ipv6Option> = Tlvs::new(&header[HopByHop::LEN..end]);
    options.iter().find_map(|option| match option {
        Ipv6Option::JumboPayload { length } => Some(length),
        _ => None,
    })
}

registry! {
    /// Routing types.
    pub enum RoutingType: u8 {
        SourceRoute = 0 "source route (deprecated)",
        Nimrod = 1 "Nimrod (deprecated)",
        Type2 = 2 "type 2, Mobile IPv6",
        Rpl = 3 "RPL source route",
        SegmentRouting = 4 "segment routing",
        Crh16 = 5 "compact routing, 16-bit",
        Crh32 = 6 "compact routing, 32-bit",
        Experiment1 = 253 "experiment 1",
        Experiment2 = 254 "experiment 2",
    }
}

header! {
    /// The part that all routing headers have, RFC 8200 §4.4.
    pub struct Routing(4) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.routing.nxt", derived;
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.routing.len", derived;
        /// Routing type.
        routing_type: RoutingType = 16..24, "ipv6.routing.type";
        /// Nodes still to be visited.
        segments_left: u8 = 24..32, "ipv6.routing.segleft";
    }
}

const ROUTE: &Field = &Field::floating("data", "ipv6.routing.unknown.data", Kind::Bytes, "Data of the routing type.");

impl<'a> Protocol<'a> for Routing<&'a [u8; 4]> {
    const NAME: &'static str = "routing";
    const TITLE: &'static str = "IPv6 routing header, RFC 8200 §4.4";
    const TABLE: &'static [Field] = Routing::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*ROUTE]];

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Routing::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Routing::row("length")))
    }

    fn enter(&self, place: &Place<'a>, Inner { network, .. }: &mut Inner) {
        let head = place.head().len();
        if self.segments_left() == 0 || network.size != 16 || head != 8 + usize::from(self.length()) * 8 {
            return;
        }
        // The final destination: last of the addresses, or in segment routing the first.
        let last = match self.routing_type() {
            RoutingType::SourceRoute | RoutingType::Type2 => head.checked_sub(16).filter(|&at| at >= 8),
            RoutingType::SegmentRouting => (head >= 24).then_some(8),
            _ => None,
        };
        if let Some(last) = last {
            network.dst = place.context.at + last as u32;
        }
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let data = place.options(Routing::LEN);
        if !data.is_empty() {
            visitor.field(ROUTE, data.span(), Value::Bytes(data.bytes()));
        }
    }
}

header! {
    /// Fragment header, RFC 8200 §4.5.
    pub struct Fragment(8) {
        /// Protocol or extension header that the original packet continues with.
        next_header: IpProtocol = 0..8, "ipv6.fraghdr.nxt", derived;
        /// Reserved.
        reserved: u8 = 8..16, "ipv6.fraghdr.reserved_octet", reserved;
        /// Where in the original packet's fragmentable part this one begins, in units of 8 bytes.
        fragment_offset: u16 = 16..29, "ipv6.fraghdr.offset", octuples;
        /// Reserved.
        reserved_bits: u8 = 29..31, "ipv6.fraghdr.reserved_bits", reserved;
        /// More fragments follow.
        more_fragments: bool = 31..32, "ipv6.fraghdr.more";
        /// What fragments of one packet have in common.
        identification: u32 = 32..64, "ipv6.fraghdr.ident", hex;
    }
}

impl<B: core::borrow::Borrow<[u8; 8]>> Fragment<B> {
    /// Tells whether the header stands before a whole packet (RFC 6946).
    #[inline]
    pub fn is_atomic(&self) -> bool {
        self.fragment_offset() == 0 && !self.more_fragments()
    }
}

impl<'a> Protocol<'a> for Fragment<&'a [u8; 8]> {
    const NAME: &'static str = "fragment";
    const TITLE: &'static str = "IPv6 fragment header, RFC 8200 §4.5";
    const TABLE: &'static [Field] = Fragment::FIELDS;

    #[inline]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Fragment::LEN))?;
        let next = match header.is_atomic() {
            true => Next::IpProtocol(header.next_header().into()),
            false => Next::Fragment,
        };
        Ok(Parts::new(header, Fragment::LEN, next))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if self.more_fragments() && !place.body().len().is_multiple_of(8) && place.is_whole() {
            let rule = "a fragment that more follow holds a multiple of 8 bytes (RFC 8200 §4.5)";
            report(None, Span::new(place.head_end, place.body_end), Reason::Rule(crate::layer::Severity::Error, rule));
        }
    }
}
