//! The IPv6 routing header, RFC 8200 §4.4, and its types.

use super::IpProtocol;
use super::extension::extension;
use crate::field::{Field, Kind, Numbers, Registry, Span, Value, Visitor, header, registry, show_fixed};
use crate::layer::{Chain, Flaw, Inner, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::{Cursor, Framed, Framing, List, Part, Put, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake, Unfit};
use core::net::Ipv6Addr;

registry! {
    /// Routing types, IANA's registry.
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
    ///
    /// ```
    /// use packetsmith::{RoutingData, View, examine};
    /// let mut packet = [0; 64];
    /// packet[..8].copy_from_slice(&[0x60, 0, 0, 0, 0, 24, 43, 64]);
    /// packet[40..44].copy_from_slice(&[59, 2, 2, 1]);
    /// packet[63] = 1;
    /// for layer in examine(101, &packet) {
    ///     if let View::Routing(routing) = layer.view {
    ///         let RoutingData::Type2 { home_address, .. } = routing.data(&layer.place) else { panic!() };
    ///         assert_eq!(home_address.to_string(), "::1");
    ///     }
    /// }
    /// ```
    pub struct Routing(4) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.routing.nxt", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.routing.len", head_length(8, 8);
        /// Routing type.
        routing_type: RoutingType = 16..24, "ipv6.routing.type";
        /// Nodes still to be visited.
        segments_left: u8 = 24..32, "ipv6.routing.segleft";
    }
}

variants! {
    /// What stands behind the first four bytes of a routing header. The number is [`RoutingType`]'s.
    pub enum RoutingData<'a>: "routing_type", "ipv6.routing.type" {
        SourceRoute = 0 "source route (deprecated)" {
            /// Reserved.
            reserved: u32, "ipv6.routing.src.reserved", reserved;
            /// Nodes to visit, RFC 2460 §4.4; deprecated by RFC 5095.
            addresses: List<'a, Ipv6Addr>, "ipv6.routing.src.addr";
        }
        Type2 = 2 "type 2, Mobile IPv6" {
            /// Reserved.
            reserved: u32, "ipv6.routing.mipv6.reserved", reserved;
            /// The mobile node's home address, RFC 6275 §6.4.
            home_address: Ipv6Addr, "ipv6.routing.mipv6.home_address";
        }
        Rpl = 3 "RPL source route" {
            /// The addresses without the beginning that they share with the destination, RFC 6554 §3.
            route: RplAddresses<'a>, "ipv6.routing.rpl";
        }
        SegmentRouting = 4 "segment routing" {
            /// The segments and what goes with them, RFC 8754 §2.
            route: SegmentRoute<'a>, "ipv6.routing.srh";
        }
        Crh16 = 5 "compact routing, 16-bit" {
            /// Segments, the last first, filled up with zeros; RFC 9631 §4.
            segments: List<'a, u16>, "ipv6.routing.crh16.sid";
        }
        Crh32 = 6 "compact routing, 32-bit" {
            /// Segments, the last first, filled up with zeros; RFC 9631 §4.
            segments: List<'a, u32>, "ipv6.routing.crh32.sid";
        }
    }
}

header! {
    /// How an RPL source route's addresses are compressed, RFC 6554 §3.
    pub struct RplSourceRoute(4) {
        /// Bytes left out of each address but the last.
        compressed: u8 = 0..4, "ipv6.routing.rpl.cmprI";
        /// Bytes left out of the last address.
        compressed_last: u8 = 4..8, "ipv6.routing.rpl.cmprE";
        /// Bytes of padding behind the last address.
        padding: u8 = 8..12, "ipv6.routing.rpl.pad";
        /// Reserved.
        reserved: u32 = 12..32, "ipv6.routing.rpl.reserved", reserved;
    }
}

impl<B: core::borrow::Borrow<[u8; 4]>> RplSourceRoute<B> {
    /// How many addresses so many bytes hold; `None` where they hold no whole number of them.
    pub fn count(&self, bytes: usize) -> Option<usize> {
        let (each, last) = (16 - usize::from(self.compressed()), 16 - usize::from(self.compressed_last()));
        let before = bytes.checked_sub(usize::from(self.padding()) + last)?;
        before.is_multiple_of(each).then_some(before / each + 1)
    }
}

/// An RPL source route's contents, RFC 6554 §3.
///
/// ```
/// use packetsmith::{RoutingData, RoutingType, Tlvs, View, examine};
/// let mut packet = [0; 56];
/// packet[..8].copy_from_slice(&[0x60, 0, 0, 0, 0, 16, 43, 64]);
/// packet[24] = 0xfd;
/// packet[40..].copy_from_slice(&[59, 1, 3, 2, 0xef, 0x50, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0]);
/// for layer in examine(101, &packet) {
///     if let View::Routing(routing) = layer.view {
///         let RoutingData::Rpl { route } = routing.data(&layer.place) else { panic!() };
///         let full: Vec<_> = route.full("fd00::".parse().unwrap()).map(|a| a.to_string()).collect();
///         assert_eq!(full, ["fd00::1", "fd00::2"]);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RplAddresses<'a> {
    /// How much of each address is left out.
    pub fixed: RplSourceRoute,
    rest: Cursor<'a>,
}

const ELIDED: &Field = &Field::floating(
    "addresses",
    "ipv6.routing.rpl.address",
    Kind::List(&Kind::Bytes),
    "Addresses without the beginning that they share with the destination.",
);
const FULL: &Field =
    &Field::floating("addresses", "ipv6.routing.rpl.full_address", Kind::List(&Kind::Ipv6), "Addresses in full.");
const RPL_PADDING: &Field =
    &Field::floating("padding_bytes", "ipv6.routing.rpl.padding", Kind::Bytes, "Fills the header up to 8 bytes.");
const RPL_REST: &Field =
    &Field::floating("rest", "ipv6.routing.rpl.rest", Kind::Bytes, "Bytes that are no whole number of addresses.");

impl<'a> RplAddresses<'a> {
    /// How many addresses there are; `None` where the bytes hold no whole number of them.
    pub fn count(&self) -> Option<usize> {
        self.fixed.count(self.rest.bytes().len())
    }

    /// What is written of each address: all but its first bytes.
    pub fn written(&self) -> impl Iterator<Item = Cursor<'a>> + use<'a> {
        let (fixed, mut rest, count) = (self.fixed, self.rest, self.count().unwrap_or(0));
        (1..=count).map_while(move |n| {
            let left_out = if n == count { fixed.compressed_last() } else { fixed.compressed() };
            rest.split(16 - usize::from(left_out))
        })
    }

    /// The addresses in full: what is left out of them is as in the packet's destination.
    pub fn full(&self, destination: Ipv6Addr) -> impl Iterator<Item = Ipv6Addr> + use<'a> {
        self.written().map(move |written| {
            let mut address = destination.octets();
            let start = address.len().saturating_sub(written.bytes().len());
            if let Some(end) = address.get_mut(start..) {
                end.copy_from_slice(written.bytes());
            }
            address.into()
        })
    }

    fn show_in(&self, destination: Option<Ipv6Addr>, visitor: &mut dyn Visitor) {
        let mut rest = self.rest;
        let at = rest.span().start - RplSourceRoute::LEN as u32;
        show_fixed(RplSourceRoute::FIELDS, self.fixed.as_bytes(), at, visitor);
        if self.count().is_none() {
            visitor.field(RPL_REST, rest.span(), Value::Bytes(rest.bytes()));
            return;
        }
        let written = self.written().map(|address| address.bytes().len()).sum();
        let Some(addresses) = rest.split(written) else { return };
        let field = if destination.is_some() { FULL } else { ELIDED };
        visitor.open(field, addresses.span());
        match destination {
            Some(destination) => self.written().zip(self.full(destination)).for_each(|(written, address)| {
                visitor.field(field, written.span(), Value::Ipv6(address));
            }),
            None => self.written().for_each(|written| {
                visitor.field(field, written.span(), Value::Bytes(written.bytes()));
            }),
        }
        visitor.close();
        if !rest.is_empty() {
            visitor.field(RPL_PADDING, rest.span(), Value::Bytes(rest.bytes()));
        }
    }
}

impl<'a> Part<'a> for RplAddresses<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(RplAddresses { fixed: RplSourceRoute::take(cursor)?, rest: cursor.rest() })
    }
    fn show(&self, _: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        self.show_in(None, visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        self.fixed.emit(out);
        out.put(self.rest.bytes());
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.fixed::<4>(RplSourceRoute::FIELDS)?;
        let fixed: Option<[u8; 4]> = builder.out.written().get(at..).and_then(|bytes| bytes.first_chunk().copied());
        let fixed = RplSourceRoute::new(fixed.unwrap_or_default());
        // The last address may be written otherwise than those before it.
        let mut last: Option<[u8; 16]> = None;
        if builder.source.open(FULL)? {
            while builder.source.next()? {
                if let Some(address) = last.take() {
                    builder.out.put(&address[fixed.compressed().into()..]);
                }
                // Where no destination is known, what is written of an address stands for it.
                if let Ok(Some(Value::Ipv6(address))) = builder.source.value(FULL) {
                    last = Some(address.octets());
                    continue;
                }
                match builder.source.value(ELIDED)? {
                    Some(Value::Bytes(written)) => builder.out.put(written),
                    _ => return Err(Mistake::at(FULL, Unfit::Kind("an IPv6 address"))),
                }
            }
            builder.source.close()?;
        }
        if let Some(address) = last {
            builder.out.put(&address[fixed.compressed_last().into()..]);
        }
        builder.bytes(RPL_PADDING)?;
        builder.bytes(RPL_REST)
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        RplSourceRoute::FIELDS.iter().any(|field| builder.source.has(field))
    }
}

header! {
    /// Fixed part of a segment routing header, RFC 8754 §2.
    pub struct SegmentRouting(4) {
        /// Index of the last segment in the list.
        last_entry: u8 = 0..8, "ipv6.routing.srh.last_entry";
        /// Flags; none is defined.
        flags: u8 = 8..16, "ipv6.routing.srh.flags", hex;
        /// Tells packets of one class.
        tag: u16 = 16..32, "ipv6.routing.srh.tag", hex;
    }
}

/// A segment routing header's contents, RFC 8754 §2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRoute<'a> {
    /// Fixed part.
    pub fixed: SegmentRouting,
    /// Segments, the last first.
    pub segments: List<'a, Ipv6Addr>,
    /// Whatever else there is.
    pub tlvs: Tlvs<'a, SegmentTlv<'a>>,
    tail: Cursor<'a>,
}

const SEGMENTS: &Field =
    &Field::floating("segments", "ipv6.routing.srh.addr", Kind::List(&Kind::Ipv6), "Segments, the last first.");
const TLVS: &Field =
    &Field::floating("tlvs", "ipv6.routing.srh.tlv", Kind::List(&Kind::Group), "Options, RFC 8754 §2.1.");

impl<'a> Part<'a> for SegmentRoute<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fixed = SegmentRouting::take(cursor)?;
        let mut segments = cursor.split((usize::from(fixed.last_entry()) + 1) * 16)?;
        let tail = cursor.rest();
        Some(SegmentRoute { fixed, segments: List::take(&mut segments)?, tlvs: Tlvs::at(tail), tail })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fixed.show(field, span, visitor);
        let tail = self.tail.span();
        let segments = Span::new(span.start + SegmentRouting::LEN as u32, tail.start);
        Part::show(&self.segments, SEGMENTS, segments, visitor);
        if !tail.is_empty() {
            self.tlvs.show(TLVS, visitor);
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        self.fixed.emit(out);
        self.segments.emit(out);
        out.put(self.tail.bytes());
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.fixed::<{ SegmentRouting::LEN }>(SegmentRouting::FIELDS)?;
        List::<Ipv6Addr>::build(SEGMENTS, builder)?;
        Tlvs::<SegmentTlv>::build(TLVS, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        SegmentRouting::is_given(SEGMENTS, builder)
    }
}

header! {
    /// Fixed part of an HMAC, RFC 8754 §2.1.2.
    pub struct SegmentHmac(6) {
        /// The destination address is not covered.
        without_destination: bool = 0..1, "ipv6.routing.srh.hmac.d";
        /// Reserved.
        reserved: u16 = 1..16, "ipv6.routing.srh.hmac.reserved", reserved;
        /// Key.
        key: u32 = 16..48, "ipv6.routing.srh.hmac.key_id";
    }
}

variants! {
    /// An option of a segment routing header, RFC 8754 §2.1.
    pub enum SegmentTlv<'a>: "type", "ipv6.routing.srh.tlv.type" {
        Pad1 = 0 "Pad1" {}
        IngressNode = 1 "ingress node (deprecated)" {
            /// Contents.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        EgressNode = 2 "egress node (deprecated)" {
            /// Contents.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        OpaqueContainer = 3 "opaque container (deprecated)" {
            /// Contents.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        PadN = 4 "PadN" {
            /// Should be zero.
            padding: &'a [u8], "ipv6.routing.srh.tlv.padding";
        }
        Hmac = 5 "HMAC" {
            /// What is covered, and the key.
            fixed: SegmentHmac, "ipv6.routing.srh.hmac";
            /// Keyed hash over source, segments and more.
            hmac: &'a [u8], "ipv6.routing.srh.hmac.hmac";
        }
        NshCarrier = 6 "NSH carrier (deprecated)" {
            /// Contents.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
    }
}

impl Framed for SegmentTlv<'_> {
    const FRAMING: Framing = Framing { lone: &[0], ..Framing::BYTES };
}

const ROUTE: &Field = &Field::floating("data", "ipv6.routing.unknown_data", Kind::Bytes, "Data of the routing type.");

impl<'a> Routing<&'a [u8; 4]> {
    /// What stands behind the first four bytes.
    pub fn data(&self, place: &Place<'a>) -> RoutingData<'a> {
        RoutingData::decode(u8::from(self.routing_type()).into(), place.options(Routing::LEN))
    }
}

/// The destination address of the IPv6 header itself.
fn ipv6_destination(place: &Place<'_>) -> Option<Ipv6Addr> {
    let network = place.context.network;
    let destination = Span::new(network.header + 24, network.header + 40).of(place.context.frame);
    destination.try_into().ok().filter(|_| network.size == 16).map(|octets: [u8; 16]| octets.into())
}

impl<'a> Protocol<'a> for Routing<&'a [u8; 4]> {
    const NAME: &'static str = "routing";
    const TITLE: &'static str = "IPv6 routing header, RFC 8200 §4.4";
    const TABLE: &'static [Field] = Routing::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*ROUTE, *ELIDED, *FULL, *RPL_PADDING, *RPL_REST, *SEGMENTS, *TLVS, *SegmentTlv::KIND],
        RoutingData::FIELDS,
        RplSourceRoute::FIELDS,
        SegmentRouting::FIELDS,
        SegmentTlv::FIELDS,
        SegmentHmac::FIELDS,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] =
        &[("routing types", RoutingData::REGISTRY), ("segment routing TLVs", SegmentTlv::REGISTRY)];
    const RAW: &'static str = "Types that are experimental or unassigned.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Routing::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Routing::row("length")))
    }

    fn enter(&self, place: &Place<'a>, Inner { network, chain, .. }: &mut Inner) {
        chain.add(Chain::ROUTING);
        let head = place.head().len();
        if self.segments_left() == 0 || network.size != 16 || head != 8 + usize::from(self.length()) * 8 {
            return;
        }
        // The final destination: last of the addresses, or in segment routing the first.
        let last = match self.routing_type() {
            RoutingType::SourceRoute | RoutingType::Type2 => head.checked_sub(16).filter(|&at| at >= 8),
            RoutingType::SegmentRouting => (head >= 24).then_some(8),
            RoutingType::Rpl => match self.data(place) {
                RoutingData::Rpl { route } if route.fixed.compressed_last() == 0 => {
                    head.checked_sub(16 + usize::from(route.fixed.padding())).filter(|&at| at >= 8)
                }
                _ => return network.size = 0,
            },
            // Addresses that are compressed, or stand in a router's tables, are nowhere in the frame.
            RoutingType::Crh16 | RoutingType::Crh32 => return network.size = 0,
            _ => None,
        };
        if let Some(last) = last {
            network.dst = place.context.at + last as u32;
        }
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Routing::LEN] = builder.header(at);
        RoutingData::build(u8::from(Routing::new(&header).routing_type()).into(), builder)?;
        builder.bytes(ROUTE)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let data = place.options(Routing::LEN);
        if let RoutingData::Rpl { route } = self.data(place) {
            route.show_in(ipv6_destination(place), visitor);
        } else if !self.data(place).is_unknown() {
            RoutingData::show(u8::from(self.routing_type()).into(), data, visitor);
        } else if !data.is_empty() {
            visitor.field(ROUTE, data.span(), Value::Bytes(data.bytes()));
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        place.check_order(Chain::ROUTING, report);
        let field = |row: u8| Routing::FIELDS.get(usize::from(row));
        let mut about = |row, reason| {
            report(field(row), field(row).map_or(place.head_span(), |f| f.span(place.context.at)), reason)
        };
        let (kind, left) = (const { Routing::row("routing_type") }, const { Routing::row("segments_left") });
        if let RoutingType::SourceRoute | RoutingType::Nimrod = self.routing_type() {
            let rule = "the routing type is deprecated, since it lets packets go in circles (RFC 5095)";
            about(kind, Reason::Rule(Severity::Warning, rule));
        }
        if place.head().len() != 8 + usize::from(self.length()) * 8 {
            return;
        }
        let count = match self.data(place) {
            RoutingData::SourceRoute { addresses, .. } => addresses.iter().count(),
            RoutingData::Type2 { .. } => {
                if self.segments_left() != 1 {
                    let rule = "segments left is 1 in a routing header of type 2 (RFC 6275 §6.4.1)";
                    about(left, Reason::Rule(Severity::Error, rule));
                }
                return;
            }
            RoutingData::Rpl { route } => match route.count() {
                Some(count) => count,
                None => {
                    let rule = "the header holds no whole number of addresses (RFC 6554 §3)";
                    about(const { Routing::row("length") }, Reason::Rule(Severity::Error, rule));
                    return;
                }
            },
            RoutingData::SegmentRouting { route } => {
                route.tlvs.check(TLVS, report);
                // The segment that is being visited need not be in the list (RFC 8754 §4.1.1).
                usize::from(route.fixed.last_entry()) + 1
            }
            RoutingData::Crh16 { segments } => segments.iter().count(),
            RoutingData::Crh32 { segments } => segments.iter().count(),
            RoutingData::Unknown { kind: number, .. } => {
                if RoutingData::name_of(number).is_some() {
                    about(kind, Reason::BadItem(number));
                }
                return;
            }
        };
        if usize::from(self.segments_left()) > count {
            let reason = Reason::Missing { declared: self.segments_left().into(), have: count as u32 };
            report(field(left), field(left).map_or(place.head_span(), |f| f.span(place.context.at)), reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{View, examine};

    /// Puts a routing header into an IPv6 packet and gives what is wrong with it, and where the final
    /// destination stands.
    fn routed(header: &[u8]) -> (Vec<Reason>, Option<u32>) {
        let mut bytes = vec![0x60, 0, 0, 0, 0, header.len() as u8 + 8, 43, 64];
        bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
        bytes.extend(header);
        bytes.extend([0, 9, 0, 9, 0, 8, 0, 0]);
        let (mut found, mut dst) = (Vec::new(), None);
        for layer in examine(101, &bytes) {
            match layer.view {
                View::Routing(_) => layer.issues(|issue| found.push(issue.reason)),
                View::Udp(_) => dst = Some(layer.place.context.network).filter(|n| n.size == 16).map(|n| n.dst),
                _ => {}
            }
        }
        (found, dst)
    }

    fn header(kind: u8, left: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = vec![17, ((data.len() - 4) / 8) as u8, kind, left];
        bytes.extend(data);
        bytes
    }

    fn decode(kind: u16, data: &[u8]) -> RoutingData<'_> {
        RoutingData::decode(kind, Cursor::new(data))
    }

    #[test]
    fn addresses_are_shown_with_what_is_left_out_of_them() {
        struct Shown(Vec<(Span, Ipv6Addr)>);
        impl Visitor for Shown {
            fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
                if let ("addresses", Value::Ipv6(address)) = (field.name, value) {
                    self.0.push((span, address));
                }
            }
            fn open(&mut self, _: &'static Field, _: Span) {}
            fn close(&mut self) {}
        }
        let data = [0xec, 0x70, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0];
        let mut bytes = vec![0x60, 0, 0, 0, 0, 24, 43, 64];
        bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
        bytes.extend(header(3, 1, &data));
        let mut shown = Shown(Vec::new());
        examine(101, &bytes).for_each(|layer| layer.show(&mut shown));
        assert_eq!(shown.0, [], "5 bytes hold no whole number of addresses of 2 bytes");
        bytes[44] = 0xfc;
        examine(101, &bytes).for_each(|layer| layer.show(&mut shown));
        let mut last = [0xfe; 16];
        last[12..].copy_from_slice(&[6, 7, 8, 9]);
        assert_eq!(shown.0.last(), Some(&(Span::new(53, 57), last.into())));
        assert_eq!(shown.0.len(), 6);
        let mut packet = crate::Packet::new(examine(101, &bytes));
        assert_eq!(packet.build().unwrap(), bytes, "{}", packet.form);
        assert_eq!(packet.raw().len(), 0, "{}", packet.form);
    }

    #[test]
    fn segments_left_count_addresses_that_are_there() {
        assert_eq!(routed(&header(0, 2, &[0; 36])).0.len(), 1, "deprecated");
        let (found, dst) = routed(&header(0, 3, &[0; 36]));
        assert!(found.contains(&Reason::Missing { declared: 3, have: 2 }));
        assert_eq!(dst, Some(40 + 24));
        assert!(routed(&header(0, 0, &[0; 28])).0.contains(&Reason::BadItem(0)), "an address and a half");
    }

    #[test]
    fn a_segment_list_is_as_long_as_the_last_entry_says() {
        let mut data = vec![1, 0, 0, 7];
        data.extend([1; 32]);
        assert_eq!(routed(&header(4, 1, &data)), (vec![], Some(48)));
        assert_eq!(routed(&header(4, 3, &data)).0, [Reason::Missing { declared: 3, have: 2 }]);
        data[0] = 2;
        assert_eq!(routed(&header(4, 1, &data)).0, [Reason::BadItem(4)]);
        data[0] = 0;
        data[20..22].copy_from_slice(&[4, 14]);
        assert_eq!(routed(&header(4, 1, &data)).0, [], "what is left are options");
        data[21] = 15;
        assert_eq!(routed(&header(4, 1, &data)).0, [Reason::BrokenItem(16)]);
    }

    #[test]
    fn compressed_addresses_are_counted() {
        // Four addresses of 2 bytes and one of 4, and 4 bytes of padding.
        let data = [0xec, 0x40, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0];
        assert_eq!(routed(&header(3, 5, &data)), (vec![], None), "the final destination is nowhere in the frame");
        assert_eq!(routed(&header(3, 0, &data)), (vec![], Some(24)));
        assert_eq!(routed(&header(3, 6, &data)).0, [Reason::Missing { declared: 6, have: 5 }]);
        let route = decode(3, &data);
        let RoutingData::Rpl { route } = route else { panic!("{route:?}") };
        let written: Vec<_> = route.written().map(|address| address.bytes()).collect();
        assert_eq!(written, [&[1, 2][..], &[3, 4], &[5, 6], &[7, 8], &[9, 10, 11, 12]]);
        let full: Vec<_> = route.full("fd00::aaaa:bbbb:cccc".parse().unwrap()).collect();
        assert_eq!(full[0], "fd00::aaaa:bbbb:102".parse::<Ipv6Addr>().unwrap());
        assert_eq!(full[4], "fd00::aaaa:90a:b0c".parse::<Ipv6Addr>().unwrap());
        let odd = [&data[..], &[0; 1]].concat();
        assert!(matches!(decode(3, &odd), RoutingData::Rpl { route } if route.count().is_none()));
        let whole = [&[0x00, 0, 0, 0][..], &[9; 16]].concat();
        assert_eq!(routed(&header(3, 1, &whole)), (vec![], Some(48)));
    }
}
