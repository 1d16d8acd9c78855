//! IPv6 routing header (RFC 8200 §4.4) and its types.

use crate::layer::ExtensionHeaderRule;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ExtensionHeaders, LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{Rule, rules};
use crate::proto::IpProtocol;
use crate::proto::ip::extension::extension;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{ByteSink, Codec, Cursor, List, TaggedEnum, TlvItem, TlvLayout, Tlvs, tagged_enum};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, SelectorKind, Span, Value, Visitor, header, registry, show_fixed};
use core::net::Ipv6Addr;

registry! {
    /// Routing types (IANA).
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
    /// Common part of all routing headers, RFC 8200 §4.4.
    ///
    /// ```
    /// use packetsmith::proto::ip::RoutingData;
    /// use packetsmith::{View, examine};
    /// let mut packet = [0; 64];
    /// packet[..8].copy_from_slice(&[0x60, 0, 0, 0, 0, 24, 43, 64]);
    /// packet[40..44].copy_from_slice(&[59, 2, 2, 1]);
    /// packet[63] = 1;
    /// for layer in examine(101, &packet) {
    ///     if let View::Routing(routing) = layer.view {
    ///         let RoutingData::Type2 { home_address, .. } = routing.data(&layer.context) else { panic!() };
    ///         assert_eq!(home_address.to_string(), "::1");
    ///     }
    /// }
    /// ```
    pub struct Routing(4) => RoutingEdit, layer {
        /// Protocol of the payload, or the extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.routing.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "ipv6.routing.len", header_length(8, 8);
        /// Routing type.
        routing_type: RoutingType = 16..24, "ipv6.routing.type";
        /// Segments left: number of nodes still to be visited.
        segments_left: u8 = 24..32, "ipv6.routing.segleft";
    }
}

tagged_enum! {
    /// Type-specific data after the first four bytes of a routing header. The number is that of [`RoutingType`].
    pub enum RoutingData<'a>: "routing_type", "ipv6.routing.type", "routing types" {
        SourceRoute = 0 "source route (deprecated)" {
            /// Reserved.
            reserved: u32, "ipv6.routing.src.reserved", reserved;
            /// Addresses of the nodes to visit, RFC 2460 §4.4. Deprecated by RFC 5095.
            addresses: List<'a, Ipv6Addr>, "ipv6.routing.src.addr";
        }
        Type2 = 2 "type 2, Mobile IPv6" {
            /// Reserved.
            reserved: u32, "ipv6.routing.mipv6.reserved", reserved;
            /// Home address of the mobile node, RFC 6275 §6.4.
            home_address: Ipv6Addr, "ipv6.routing.mipv6.home_address";
        }
        Rpl = 3 "RPL source route" {
            /// Addresses without the prefix that they share with the destination, RFC 6554 §3.
            route: RplAddresses<'a>, "ipv6.routing.rpl";
        }
        SegmentRouting = 4 "segment routing" {
            /// Segment list and optional TLVs, RFC 8754 §2.
            route: SegmentRoute<'a>, "ipv6.routing.srh";
        }
        Crh16 = 5 "compact routing, 16-bit" {
            /// Segment identifiers, last segment first, padded with zeros; RFC 9631 §4.
            segments: List<'a, u16>, "ipv6.routing.crh16.sid";
        }
        Crh32 = 6 "compact routing, 32-bit" {
            /// Segment identifiers, last segment first, padded with zeros; RFC 9631 §4.
            segments: List<'a, u32>, "ipv6.routing.crh32.sid";
        }
    }
}

header! {
    /// Address compression of an RPL source route, RFC 6554 §3.
    pub struct RplSourceRoute(4) => RplSourceRouteEdit {
        /// CmprI: prefix bytes omitted from each address except the last.
        compressed: u8 = 0..4, "ipv6.routing.rpl.cmprI";
        /// CmprE: prefix bytes omitted from the last address.
        compressed_last: u8 = 4..8, "ipv6.routing.rpl.cmprE";
        /// Bytes of padding after the last address.
        padding: u8 = 8..12, "ipv6.routing.rpl.pad", computed;
        /// Reserved.
        reserved: u32 = 12..32, "ipv6.routing.rpl.reserved", reserved;
    }
}

impl<B: core::borrow::Borrow<[u8; 4]>> RplSourceRoute<B> {
    /// Number of addresses in so many bytes. `None` if the bytes are not a multiple of the address length.
    pub fn count(&self, bytes: usize) -> Option<usize> {
        let (each, last) = (16 - usize::from(self.compressed()), 16 - usize::from(self.compressed_last()));
        let before = bytes.checked_sub(usize::from(self.padding()) + last)?;
        before.is_multiple_of(each).then_some(before / each + 1)
    }
}

/// Contents of an RPL source route, RFC 6554 §3.
///
/// ```
/// use packetsmith::proto::ip::{RoutingData, RoutingType};
/// use packetsmith::{Tlvs, View, examine};
/// let mut packet = [0; 56];
/// packet[..8].copy_from_slice(&[0x60, 0, 0, 0, 0, 16, 43, 64]);
/// packet[24] = 0xfd;
/// packet[40..].copy_from_slice(&[59, 1, 3, 2, 0xef, 0x50, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0]);
/// for layer in examine(101, &packet) {
///     if let View::Routing(routing) = layer.view {
///         let RoutingData::Rpl { route } = routing.data(&layer.context) else { panic!() };
///         let full: Vec<_> = route.full("fd00::".parse().unwrap()).map(|a| a.to_string()).collect();
///         assert_eq!(full, ["fd00::1", "fd00::2"]);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RplAddresses<'a> {
    /// Address compression and padding.
    pub fixed: RplSourceRoute,
    rest: Cursor<'a>,
}

const ELIDED: &Field = &Field::floating(
    "addresses",
    "ipv6.routing.rpl.address",
    Kind::List(&Kind::Bytes),
    "Addresses without the prefix that they share with the destination.",
);
const FULL: &Field =
    &Field::floating("addresses", "ipv6.routing.rpl.full_address", Kind::List(&Kind::Ipv6), "Complete addresses.");
const RPL_PADDING: &Field =
    &Field::floating("padding_bytes", "ipv6.routing.rpl.padding", Kind::Bytes, "Padding to a multiple of 8 bytes.");
const RPL_REST: &Field =
    &Field::floating("rest", "ipv6.routing.rpl.rest", Kind::Bytes, "Bytes that are not a whole number of addresses.");

impl<'a> RplAddresses<'a> {
    /// Number of addresses. `None` if the bytes are not a whole number of addresses.
    pub fn count(&self) -> Option<usize> {
        self.fixed.count(self.rest.bytes().len())
    }

    /// The bytes of each address that are in the header, that is without the omitted prefix.
    pub fn written(&self) -> impl Iterator<Item = Cursor<'a>> + use<'a> {
        let (fixed, mut rest, count) = (self.fixed, self.rest, self.count().unwrap_or(0));
        (1..=count).map_while(move |n| {
            let left_out = if n == count { fixed.compressed_last() } else { fixed.compressed() };
            rest.split(16 - usize::from(left_out))
        })
    }

    /// The complete addresses. The omitted prefix is that of the destination address of the packet.
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

impl<'a> Codec<'a> for RplAddresses<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: RplSourceRoute::FIELDS,
        nested: &[&Schema { fields: &[*ELIDED, *FULL, *RPL_PADDING, *RPL_REST], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(RplAddresses { fixed: RplSourceRoute::take(cursor)?, rest: cursor.rest() })
    }
    fn show(&self, _: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        self.show_in(None, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fixed.emit(out);
        out.put(self.rest.bytes());
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<4>(RplSourceRoute::FIELDS)?;
        let fixed: Option<[u8; 4]> = builder.out.written().get(at..).and_then(|bytes| bytes.first_chunk().copied());
        let fixed = RplSourceRoute::new(fixed.unwrap_or_default());
        // The last address may omit a different number of bytes.
        let mut last: Option<[u8; 16]> = None;
        if builder.source.open(FULL)? {
            while builder.source.next()? {
                if let Some(address) = last.take() {
                    builder.out.put(&address[fixed.compressed().into()..]);
                }
                // If the destination is not known, the bytes in the header are used alone.
                if let Ok(Some(Value::Ipv6(address))) = builder.source.value(FULL) {
                    last = Some(address.octets());
                    continue;
                }
                match builder.source.value(ELIDED)? {
                    Some(Value::Bytes(written)) => builder.out.put(written),
                    _ => return Err(FieldError::at(FULL, ValueError::Kind("an IPv6 address"))),
                }
            }
            builder.source.close()?;
        }
        if let Some(address) = last {
            builder.out.put(&address[fixed.compressed_last().into()..]);
        }
        let end = builder.len();
        builder.bytes(RPL_PADDING)?;
        if unset >> const { RplSourceRoute::row("padding") } & 1 == 1 {
            // Without padding bytes, the header is padded to a multiple of 8 bytes; the first 4 bytes precede this.
            let padding = match builder.len() - end {
                0 => (end - at + Routing::LEN).next_multiple_of(8) - (end - at + Routing::LEN),
                given => given,
            };
            if padding > 15 {
                return Err(FieldError::at(RPL_PADDING, ValueError::TooLong { have: padding, max: 15 }));
            }
            let [_, beside, ..]: [u8; 4] = builder.header(at);
            builder.patch(at + 1, 1, (padding as u64) << 4 | u64::from(beside & 0xf));
        }
        builder.bytes(RPL_REST)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.has_any(RplSourceRoute::FIELDS)
    }
}

header! {
    /// Fixed part of a segment routing header, RFC 8754 §2.
    pub struct SegmentRouting(4) => SegmentRoutingEdit {
        /// Index of the last element of the segment list.
        last_entry: u8 = 0..8, "ipv6.routing.srh.last_entry", computed;
        /// Flags; none are defined.
        flags: u8 = 8..16, "ipv6.routing.srh.flags", hex;
        /// Tag of a class of packets.
        tag: u16 = 16..32, "ipv6.routing.srh.tag", hex;
    }
}

/// Contents of a segment routing header, RFC 8754 §2.
///
/// ```
/// use packetsmith::proto::ip::{RoutingData, SegmentRoute};
/// use packetsmith::{Ipv6, Routing, Stack};
/// let segments = ["2001:db8::2", "2001:db8::1"].map(|address| address.parse().unwrap());
/// let route = RoutingData::SegmentRouting { route: SegmentRoute::new(&segments, &[]) };
/// let packet =
///     Stack::new().push(Ipv6::build()).push(Routing::build().segments_left(1).message(route)).finish().unwrap();
/// assert_eq!(packet[40..48], [59, 4, 4, 1, 1, 0, 0, 0], "type 4, and the last entry is 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRoute<'a> {
    /// Fixed part.
    pub fixed: SegmentRouting,
    /// Segment list, last segment first.
    pub segments: List<'a, Ipv6Addr>,
    /// Optional TLVs.
    pub tlvs: Tlvs<'a, SegmentTlv<'a>>,
}

impl<'a> SegmentRoute<'a> {
    /// Segments, the last one first, and TLVs. The last entry is computed; without segments it is 0.
    pub fn new(segments: &'a [Ipv6Addr], tlvs: &'a [SegmentTlv<'a>]) -> Self {
        let last = u8::try_from(segments.len().saturating_sub(1)).unwrap_or(u8::MAX);
        let fixed = SegmentRouting::build().last_entry(last).done();
        SegmentRoute { fixed, segments: List::of(segments), tlvs: Tlvs::of(tlvs) }
    }
}

const SEGMENTS: &Field =
    &Field::floating("segments", "ipv6.routing.srh.addr", Kind::List(&Kind::Ipv6), "Segment list, last segment first.");
const TLVS: &Field =
    &Field::floating("tlvs", "ipv6.routing.srh.tlv", Kind::List(&Kind::Group), "Optional TLVs, RFC 8754 §2.1.");

impl<'a> Codec<'a> for SegmentRoute<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: SegmentRouting::FIELDS,
        nested: &[&Schema { fields: &[*SEGMENTS, *TLVS], ..Schema::EMPTY }, Tlvs::<SegmentTlv>::SCHEMA],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fixed = SegmentRouting::take(cursor)?;
        let mut segments = cursor.split((usize::from(fixed.last_entry()) + 1) * 16)?;
        Some(SegmentRoute { fixed, segments: List::take(&mut segments)?, tlvs: Tlvs::at(cursor.rest()) })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fixed.show(field, span, visitor);
        let start = span.start + SegmentRouting::LEN as u32;
        let segments = Span::new(start, start + self.segments.wire_len() as u32);
        Codec::show(&self.segments, SEGMENTS, segments, visitor);
        if segments.end < span.end {
            self.tlvs.show(TLVS, visitor);
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fixed.emit(out);
        self.segments.emit(out);
        self.tlvs.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<{ SegmentRouting::LEN }>(SegmentRouting::FIELDS)?;
        let list_at = builder.len();
        List::<Ipv6Addr>::build(SEGMENTS, builder)?;
        if unset >> const { SegmentRouting::row("last_entry") } & 1 == 1 {
            let last = ((builder.len() - list_at) / 16).saturating_sub(1);
            builder.compute(&SegmentRouting::FIELDS[0], (at, 1), last, u8::MAX.into())?;
        }
        Tlvs::<SegmentTlv>::build(TLVS, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        SegmentRouting::is_given(SEGMENTS, builder)
    }
}

header! {
    /// Fixed part of an HMAC TLV, RFC 8754 §2.1.2.
    pub struct SegmentHmac(6) => SegmentHmacEdit {
        /// D: the destination address is not verified.
        without_destination: bool = 0..1, "ipv6.routing.srh.hmac.d";
        /// Reserved.
        reserved: u16 = 1..16, "ipv6.routing.srh.hmac.reserved", reserved;
        /// Key identifier.
        key: u32 = 16..48, "ipv6.routing.srh.hmac.key_id";
    }
}

tagged_enum! {
    /// A TLV of a segment routing header, RFC 8754 §2.1.
    pub enum SegmentTlv<'a>: "type", "ipv6.routing.srh.tlv.type", "segment routing TLVs" {
        Pad1 = 0 "Pad1" {}
        IngressNode = 1 "ingress node (deprecated)" {
            /// Contents; not parsed.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        EgressNode = 2 "egress node (deprecated)" {
            /// Contents; not parsed.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        OpaqueContainer = 3 "opaque container (deprecated)" {
            /// Contents; not parsed.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
        PadN = 4 "PadN" {
            /// Should be zero.
            padding: &'a [u8], "ipv6.routing.srh.tlv.padding";
        }
        Hmac = 5 "HMAC" {
            /// Flag and key identifier.
            fixed: SegmentHmac, "ipv6.routing.srh.hmac";
            /// Keyed hash of the source address, the segment list and other fields.
            hmac: &'a [u8], "ipv6.routing.srh.hmac.hmac";
        }
        NshCarrier = 6 "NSH carrier (deprecated)" {
            /// Contents; not parsed.
            data: &'a [u8], "ipv6.routing.srh.tlv.data";
        }
    }
}

impl TlvItem for SegmentTlv<'_> {
    const LAYOUT: TlvLayout = TlvLayout { lone: &[0], ..TlvLayout::BYTES };
}

const ROUTE: &Field = &Field::floating("data", "ipv6.routing.unknown_data", Kind::Bytes, "Data of the routing type.");

impl<'a> Routing<&'a [u8; 4]> {
    /// The type-specific data after the first four bytes.
    pub fn data(&self, context: &LayerContext<'a>) -> RoutingData<'a> {
        RoutingData::decode(u8::from(self.routing_type()).into(), context.options(Routing::LEN))
    }
}

/// The destination address of the IPv6 header.
fn ipv6_destination(context: &LayerContext<'_>) -> Option<Ipv6Addr> {
    let network = context.addresses;
    let destination = Span::new(network.header + 24, network.header + 40).of(context.frame);
    destination.try_into().ok().filter(|_| network.size == 16).map(|octets: [u8; 16]| octets.into())
}

rules! {
    /// Rules of the routing header.
    pub enum RoutingRule {
        TypeDeprecated = Warning "routing.routing_type.deprecated" "the routing type is deprecated (type 0: RFC 5095)",
        Type2SegmentsLeft = Error "routing.segments_left.not_1_in_type_2"
            "segments left must be 1 in a type 2 routing header (RFC 6275 §6.4.1)",
        PartialAddress = Error "routing.length.partial_address"
            "the header does not contain a whole number of addresses (RFC 6554 §3)",
    }
}

impl<'a> Protocol<'a> for Routing<&'a [u8; 4]> {
    const NAME: &'static str = "routing";
    const TITLE: &'static str = "IPv6 routing header, RFC 8200 §4.4";
    const TABLE: &'static [Field] = Routing::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[RoutingData::SCHEMA, &Schema { fields: &[*ROUTE], ..Schema::EMPTY }];
    const RULES: &'static [&'static [Rule]] = &[RoutingRule::ALL, ExtensionHeaderRule::ALL];
    const RAW: &'static str = "Data of experimental and unassigned routing types.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Routing::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Routing::row("length")))
    }

    fn update_scope(&self, context: &LayerContext<'a>, Scope { addresses, extension_headers, .. }: &mut Scope) {
        extension_headers.add(ExtensionHeaders::ROUTING);
        let header_len = context.header().len();
        if self.segments_left() == 0 || addresses.size != 16 || header_len != 8 + usize::from(self.length()) * 8 {
            return;
        }
        // The final destination is the last address; in segment routing, the first of the list.
        let last = match self.routing_type() {
            RoutingType::SourceRoute | RoutingType::Type2 => header_len.checked_sub(16).filter(|&at| at >= 8),
            RoutingType::SegmentRouting => (header_len >= 24).then_some(8),
            RoutingType::Rpl => match self.data(context) {
                RoutingData::Rpl { route } if route.fixed.compressed_last() == 0 => {
                    header_len.checked_sub(16 + usize::from(route.fixed.padding())).filter(|&at| at >= 8)
                }
                _ => return addresses.size = 0,
            },
            // Compressed addresses, and those in routers' tables, are not in the frame.
            RoutingType::Crh16 | RoutingType::Crh32 => return addresses.size = 0,
            _ => None,
        };
        if let Some(last) = last {
            addresses.dst = context.bounds.start + last as u32;
        }
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Routing::LEN] = builder.header(at);
        RoutingData::build(u8::from(Routing::new(&header).routing_type()).into(), builder)?;
        builder.bytes(ROUTE)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let data = context.options(Routing::LEN);
        if let RoutingData::Rpl { route } = self.data(context) {
            route.show_in(ipv6_destination(context), visitor);
        } else if !self.data(context).is_unknown() {
            RoutingData::show(u8::from(self.routing_type()).into(), data, visitor);
        } else if !data.is_empty() {
            visitor.field(ROUTE, data.span(), Value::Bytes(data.bytes()));
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        context.check_order(ExtensionHeaders::ROUTING, report);
        let field = |row: u8| Routing::FIELDS.get(usize::from(row));
        let mut about = |row, reason| {
            report(field(row), field(row).map_or(context.header_span(), |f| f.span(context.bounds.start)), reason)
        };
        let (kind, left) = (const { Routing::row("routing_type") }, const { Routing::row("segments_left") });
        if let RoutingType::SourceRoute | RoutingType::Nimrod = self.routing_type() {
            about(kind, RoutingRule::TypeDeprecated.into());
        }
        if context.header().len() != 8 + usize::from(self.length()) * 8 {
            return;
        }
        let count = match self.data(context) {
            RoutingData::SourceRoute { addresses, .. } => addresses.iter().count(),
            RoutingData::Type2 { .. } => {
                if self.segments_left() != 1 {
                    about(left, RoutingRule::Type2SegmentsLeft.into());
                }
                return;
            }
            RoutingData::Rpl { route } => match route.count() {
                Some(count) => count,
                None => {
                    about(const { Routing::row("length") }, RoutingRule::PartialAddress.into());
                    return;
                }
            },
            RoutingData::SegmentRouting { route } => {
                route.tlvs.check(TLVS, report);
                // The active segment need not be in the list (RFC 8754 §4.1.1).
                usize::from(route.fixed.last_entry()) + 1
            }
            RoutingData::Crh16 { segments } => segments.iter().count(),
            RoutingData::Crh32 { segments } => segments.iter().count(),
            RoutingData::Unknown { kind: number, .. } => {
                if RoutingData::name_of(number).is_some() {
                    about(kind, IssueKind::BadItem(number));
                }
                return;
            }
        };
        if usize::from(self.segments_left()) > count {
            let reason = IssueKind::Missing { declared: self.segments_left().into(), have: count as u32 };
            report(field(left), field(left).map_or(context.header_span(), |f| f.span(context.bounds.start)), reason);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("IPv6");
        info.str("routing, ");
        info.name_or_number(self.routing_type().name(), "type ", u8::from(self.routing_type()));
        append!(info, ", segments left ", self.segments_left());
    }
}

crate::wire::message_of! { RoutingData: Routing, "routing_type" }

crate::wire::options_of! { SegmentTlv: Routing; }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::examine;
    use crate::proto::View;

    /// Puts a routing header into an IPv6 packet. Returns the issues, and the offset of the final destination.
    fn routed(header: &[u8]) -> (Vec<IssueKind>, Option<u32>) {
        let mut bytes = vec![0x60, 0, 0, 0, 0, header.len() as u8 + 8, 43, 64];
        bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
        bytes.extend(header);
        bytes.extend([0, 9, 0, 9, 0, 8, 0, 0]);
        let (mut found, mut dst) = (Vec::new(), None);
        for layer in examine(101, &bytes) {
            match layer.view {
                View::Routing(_) => layer.issues(|issue| found.push(issue.kind)),
                View::Udp(_) => dst = Some(layer.context.addresses).filter(|n| n.size == 16).map(|n| n.dst),
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
    fn addresses_are_shown_with_their_omitted_prefix() {
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
        assert_eq!(shown.0, [], "5 bytes are not a whole number of addresses of 2 bytes");
        bytes[44] = 0xfc;
        examine(101, &bytes).for_each(|layer| layer.show(&mut shown));
        let mut last = [0xfe; 16];
        last[12..].copy_from_slice(&[6, 7, 8, 9]);
        assert_eq!(shown.0.last(), Some(&(Span::new(53, 57), last.into())));
        assert_eq!(shown.0.len(), 6);
        let mut packet = crate::packet::Packet::new(examine(101, &bytes));
        assert_eq!(packet.build().unwrap(), bytes, "{}", packet.form);
        assert_eq!(packet.raw().len(), 0, "{}", packet.form);
    }

    #[test]
    fn segments_left_counts_the_addresses_present() {
        assert_eq!(routed(&header(0, 2, &[0; 36])).0.len(), 1, "deprecated");
        let (found, dst) = routed(&header(0, 3, &[0; 36]));
        assert!(found.contains(&IssueKind::Missing { declared: 3, have: 2 }));
        assert_eq!(dst, Some(40 + 24));
        assert!(routed(&header(0, 0, &[0; 28])).0.contains(&IssueKind::BadItem(0)), "an address and a half");
    }

    #[test]
    fn the_last_entry_gives_the_length_of_the_segment_list() {
        let mut data = vec![1, 0, 0, 7];
        data.extend([1; 32]);
        assert_eq!(routed(&header(4, 1, &data)), (vec![], Some(48)));
        assert_eq!(routed(&header(4, 3, &data)).0, [IssueKind::Missing { declared: 3, have: 2 }]);
        data[0] = 2;
        assert_eq!(routed(&header(4, 1, &data)).0, [IssueKind::BadItem(4)]);
        data[0] = 0;
        data[20..22].copy_from_slice(&[4, 14]);
        assert_eq!(routed(&header(4, 1, &data)).0, [], "the rest are TLVs");
        data[21] = 15;
        assert_eq!(routed(&header(4, 1, &data)).0, [IssueKind::CutItem { bytes: 16, kind: 4, length: Some(15) }]);
    }

    #[test]
    fn compressed_addresses_are_counted() {
        // Four addresses of 2 bytes and one of 4, and 4 bytes of padding.
        let data = [0xec, 0x40, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0];
        assert_eq!(routed(&header(3, 5, &data)), (vec![], None), "the final destination is not in the frame");
        assert_eq!(routed(&header(3, 0, &data)), (vec![], Some(24)));
        assert_eq!(routed(&header(3, 6, &data)).0, [IssueKind::Missing { declared: 6, have: 5 }]);
        let route = decode(3, &data);
        let RoutingData::Rpl { route } = route else { panic!("{route:?}") };
        let written: Vec<_> = route.written().map(|address| address.bytes()).collect();
        assert_eq!(written, [&[1, 2][..], &[3, 4], &[5, 6], &[7, 8], &[9, 10, 11, 12]]);
        let full: Vec<_> = route.full("fd00::aaaa:bbbb:cccc".parse().unwrap()).collect();
        assert_eq!(full[0], "fd00::aaaa:bbbb:102".parse::<Ipv6Addr>().unwrap());
        assert_eq!(full[4], "fd00::aaaa:90a:b0c".parse::<Ipv6Addr>().unwrap());
        let odd = [&data[..], &[0; 1]].concat();
        assert!(matches!(decode(3, &odd), RoutingData::Rpl { route } if route.count().is_none()));
        let uncompressed = [&[0x00, 0, 0, 0][..], &[9; 16]].concat();
        assert_eq!(routed(&header(3, 1, &uncompressed)), (vec![], Some(48)));
    }
}
