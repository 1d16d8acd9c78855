//! Fields that Wireshark has and the tables do not: other cuts of a header's bits, and what a layer says as a whole.

use super::datum::Datum;
use super::types::Type;
use crate::dissect::{ExaminedLayer, Layers};
use crate::layer::NextProtocol;
use crate::proto::{Proto, final_destination};
use crate::wire::{Span, get_bits};
use core::fmt::Write;
use core::ops::RangeInclusive;

/// A field of some protocols that is not in their tables.
#[derive(Debug)]
pub(super) struct Derived {
    pub(super) name: &'static str,
    pub(super) proto: Proto,
    pub(super) kind: Type,
    values: Values,
    /// Whether fields of the tables have the name too. Otherwise these values stand for theirs.
    pub(super) is_beside_fields: bool,
}

/// Receives a value, and the bytes that it was read from.
pub(super) type Receiver<'r> = dyn FnMut(&Datum<'_>, Span) + 'r;

#[derive(Debug)]
#[allow(dead_code, reason = "which of it is used depends on the features")]
enum Values {
    /// A number: bits of the header.
    Bits(u16, u16),
    /// The same, in layers of which this holds.
    BitsIf(fn(&ExaminedLayer<'_>) -> bool, u16, u16),
    /// The same, if the number is in this range.
    BitsWithin(u16, u16, RangeInclusive<u64>),
    /// The same, or what code finds if they are zero.
    BitsOr(u16, u16, fn(&ExaminedLayer<'_>, &mut Receiver<'_>)),
    /// Bytes of the header, in order.
    Bytes(u16, u16),
    /// What code finds in the header's bits up to this one.
    Code(fn(&ExaminedLayer<'_>, &mut Receiver<'_>), u16),
    /// What code finds under a name.
    Named(fn(&ExaminedLayer<'_>, &'static str, &mut Receiver<'_>)),
}

/// Bits of a header that are a number.
pub(super) struct DerivedBits {
    pub(super) first: u16,
    /// The bit after the last one.
    pub(super) end: u16,
    /// The numbers with which it is there. With another one, it is not there, or is something else.
    pub(super) present: RangeInclusive<u64>,
}

impl Derived {
    /// Whether it is in the header's first bits.
    pub(super) fn is_within(&self, bits: u16) -> bool {
        match self.values {
            Values::Bits(_, end)
            | Values::BitsIf(_, _, end)
            | Values::BitsWithin(_, end, _)
            | Values::BitsOr(_, end, _)
            | Values::Code(_, end) => end <= bits,
            Values::Bytes(_, end) => end.saturating_mul(8) <= bits,
            Values::Named(_) => bits == u16::MAX,
        }
    }

    /// Gives the values that the layer has.
    pub(super) fn values(&self, layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
        match self.values {
            Values::Bits(first, end) => number(layer, first, end, receive),
            Values::BitsIf(holds, first, end) if holds(layer) => number(layer, first, end, receive),
            Values::BitsIf(..) => {}
            Values::BitsWithin(first, end, ref range) => {
                if bits(layer, first, end).is_some_and(|number| range.contains(&number)) {
                    number(layer, first, end, receive);
                }
            }
            Values::BitsOr(first, end, code) => match bits(layer, first, end) {
                Some(0) => code(layer, receive),
                _ => number(layer, first, end, receive),
            },
            Values::Bytes(start, end) => {
                if let Some(bytes) = layer.header().get(start.into()..end.into()) {
                    receive(&Datum::bytes(bytes), span(layer, start * 8, end * 8));
                }
            }
            Values::Code(values, _) => values(layer, receive),
            Values::Named(values) => values(layer, self.name, receive),
        }
    }

    /// The bits of the header that its values are, if it is there. `None` if they are not always the same bits.
    pub(super) fn bits(&self) -> Option<DerivedBits> {
        let all = || 0..=u64::MAX;
        let (first, end, present) = match self.values {
            Values::Bits(first, end) => (first, end, all()),
            Values::BitsWithin(first, end, ref range) => (first, end, range.clone()),
            Values::BitsOr(first, end, _) => (first, end, 1..=u64::MAX),
            Values::BitsIf(..) | Values::Bytes(..) | Values::Code(..) | Values::Named(_) => return None,
        };
        Some(DerivedBits { first, end, present })
    }

    /// The same beside the values of fields with the name.
    pub(super) const fn beside_fields(mut self) -> Self {
        self.is_beside_fields = true;
        self
    }
}

const fn derived(name: &'static str, proto: Proto, kind: Type, values: Values) -> Derived {
    Derived { name, proto, kind, values, is_beside_fields: false }
}

pub(super) const fn row(name: &'static str, proto: Proto, first: u16, end: u16) -> Derived {
    let kind = if end - first == 1 { Type::Boolean } else { Type::Number(0, (1 << (end - first)) - 1) };
    derived(name, proto, kind, Values::Bits(first, end))
}

pub(super) const fn row_if(
    holds: fn(&ExaminedLayer<'_>) -> bool,
    name: &'static str,
    proto: Proto,
    first: u16,
    end: u16,
) -> Derived {
    Derived { values: Values::BitsIf(holds, first, end), ..row(name, proto, first, end) }
}

/// A row that is there with these numbers.
pub(super) const fn row_within(
    range: RangeInclusive<u64>,
    name: &'static str,
    proto: Proto,
    first: u16,
    end: u16,
) -> Derived {
    Derived { values: Values::BitsWithin(first, end, range), ..row(name, proto, first, end) }
}

pub(super) const fn bytes(name: &'static str, proto: Proto, kind: Type, start: u16, end: u16) -> Derived {
    derived(name, proto, kind, Values::Bytes(start, end))
}

pub(super) const fn code(
    name: &'static str,
    proto: Proto,
    kind: Type,
    values: fn(&ExaminedLayer<'_>, &mut Receiver<'_>),
) -> Derived {
    derived(name, proto, kind, Values::Code(values, u16::MAX))
}

/// What code finds in a layer under this name, and others under others.
#[allow(dead_code, reason = "which of it is used depends on the features")]
pub(super) const fn named(
    name: &'static str,
    proto: Proto,
    kind: Type,
    values: fn(&ExaminedLayer<'_>, &'static str, &mut Receiver<'_>),
) -> Derived {
    derived(name, proto, kind, Values::Named(values))
}

/// Something that is there if this holds of the header's first bits.
const fn found(name: &'static str, proto: Proto, holds: fn(&ExaminedLayer<'_>) -> bool, end: u16) -> Derived {
    derived(name, proto, Type::Presence, Values::BitsIf(holds, end - 4, end))
}

/// An address of an IP header as text. It ends before this byte.
const fn host(
    name: &'static str,
    proto: Proto,
    end: u16,
    values: fn(&ExaminedLayer<'_>, &mut Receiver<'_>),
) -> Derived {
    derived(name, proto, Type::Text, Values::Code(values, end * 8))
}

/// Numbers of EtherTypes, and lengths of IEEE 802.3.
const ETHER_TYPES: RangeInclusive<u64> = 1536..=0xffff;
const LENGTHS: RangeInclusive<u64> = 0..=1500;

const U8: Type = Type::Number(0, 0xff);
const U16: Type = Type::Number(0, 0xffff);
const U32: Type = Type::Number(0, 0xffff_ffff);

/// Control bits of a TCP header.
fn flags(layer: &ExaminedLayer<'_>) -> u64 {
    bits(layer, 100, 112).unwrap_or(0)
}

/// QR of a DNS header: the message is a response.
fn is_response(layer: &ExaminedLayer<'_>) -> bool {
    bits(layer, 16, 17) == Some(1)
}

/// LLMNR has flags of its own in some of the bits, RFC 4795 §2.1.1.
fn is_llmnr(layer: &ExaminedLayer<'_>) -> bool {
    matches!(layer.selector, NextProtocol::UdpPorts(5355, _) | NextProtocol::UdpPorts(_, 5355))
}

fn is_dns(layer: &ExaminedLayer<'_>) -> bool {
    !is_llmnr(layer)
}

fn is_dns_response(layer: &ExaminedLayer<'_>) -> bool {
    is_dns(layer) && is_response(layer)
}

/// The field is an EtherType, not a length.
/// Ports that traceroute begins with, as far as Wireshark counts them.
const TRACEROUTE: core::ops::RangeInclusive<u64> = 33_435..=33_464;

/// Total length and header length of an IPv4 header in bytes.
fn total_length(layer: &ExaminedLayer<'_>) -> Option<(u64, u64)> {
    bits(layer, 16, 32).zip(bits(layer, 4, 8).map(|words| words * 4))
}

/// The bytes that there are of an IPv4 packet whose total length is 0, as in packets that the network card is to cut.
fn rest_of_frame(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    let rest = layer.context.wire_end.saturating_sub(layer.bounds().start);
    receive(&Datum::Number(rest.into()), span(layer, 16, 32));
}

/// A TTL below 5, unless the packet is for a group, or of a routing protocol that sends such: PIM, OSPF.
fn ttl_is_small(layer: &ExaminedLayer<'_>) -> bool {
    const GROUP: u64 = 0b1110;
    let is_routing = matches!(bits(layer, 72, 80), Some(89 | 103));
    let is_group = final_destination(layer.header()).is_none() && bits(layer, 128, 132) == Some(GROUP);
    bits(layer, 64, 72).is_some_and(|ttl| ttl < 5) && !is_group && !is_routing
}

/// Messages that may say the length of the quoted packet, RFC 4884 §4: unreachable, time exceeded, parameter problem.
fn has_quoted_length(layer: &ExaminedLayer<'_>) -> bool {
    matches!(bits(layer, 0, 8), Some(3 | 11 | 12))
}

/// Unused bytes of such messages. Without a length, its byte is unused too.
fn icmp_unused(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    const FRAGMENTATION_NEEDED: u64 = 0x0304;
    if !has_quoted_length(layer) {
        return;
    }
    let start = if bits(layer, 0, 8) == Some(12) { 5 } else { 4 };
    let end = if bits(layer, 0, 16) == Some(FRAGMENTATION_NEEDED) { 6 } else { 8 };
    match bits(layer, 40, 48) {
        Some(0) => header_bytes(layer, start..end, receive),
        _ => {
            header_bytes(layer, start..5, receive);
            header_bytes(layer, 6..end, receive);
        }
    }
}

/// The version of IGMP that a message is of: RFC 3376 §7.1 for queries.
fn igmp_number(layer: &ExaminedLayer<'_>) -> Option<i128> {
    let bytes = layer.header().len() + layer.payload().len();
    Some(match (bits(layer, 0, 8), bits(layer, 8, 16)) {
        (Some(0x11), _) if bytes >= 12 => 3,
        (Some(0x11), Some(0)) => 1,
        (Some(0x11), Some(_)) => 2,
        (Some(0x12), _) => 1,
        (Some(0x16 | 0x17), _) => 2,
        (Some(0x22), _) => 3,
        _ => return None,
    })
}

fn igmp_version(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    if let Some(version) = igmp_number(layer) {
        receive(&Datum::Number(version), span(layer, 0, 8));
    }
}

/// Parameters of Van Jacobson compression in options of IPCP, RFC 1332 §4.
#[cfg(feature = "tunnels")]
fn van_jacobson(layer: &ExaminedLayer<'_>, name: &'static str, receive: &mut Receiver<'_>) {
    let mut at = 4;
    let header = layer.header();
    while let Some(&[kind, length]) = header.get(at..).and_then(|rest| rest.first_chunk()) {
        if let (2, 6, Some(&[0x00, 0x2d, most, compressed])) =
            (kind, length, header.get(at + 2..).and_then(|rest| rest.first_chunk()))
        {
            let (number, place) = if name == "ipcp.opt.max_slot_id" { (most, 4) } else { (compressed & 1, 5) };
            let place = layer.bounds().start + at as u32 + place;
            receive(&Datum::Number(number.into()), Span::new(place, place + 1));
        }
        at += usize::from(length.max(2));
    }
}

/// Numbers of tags of PPPoE that have no name of their own.
#[cfg(feature = "tunnels")]
fn unknown_tags(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    use crate::proto::ppp::PppoeTag;
    use crate::wire::TaggedEnum;
    const FIXED: usize = 6;
    let (header, mut at) = (layer.header(), FIXED);
    let is_discovery = bits(layer, 8, 16).is_some_and(|code| code != 0);
    while let Some(&[a, b, c, d]) = header.get(at..).and_then(|rest| rest.first_chunk()).filter(|_| is_discovery) {
        let number = u16::from_be_bytes([a, b]);
        if PppoeTag::variant(number).is_none() {
            let place = layer.bounds().start + at as u32;
            receive(&Datum::Number(number.into()), Span::new(place, place + 2));
        }
        at += 4 + usize::from(u16::from_be_bytes([c, d]));
    }
}

pub(super) static DERIVED: &[Derived] = &[
    row("ip.dsfield", Proto::Ipv4, 8, 16),
    derived("ip.len", Proto::Ipv4, U32, Values::BitsOr(16, 32, rest_of_frame)),
    row("ipv6.tclass", Proto::Ipv6, 4, 12),
    #[cfg(feature = "applications")]
    row("ntp.flags", Proto::Ntp, 0, 8),
    #[cfg(feature = "tunnels")]
    row("gre.flags_and_version", Proto::Gre, 0, 16),
    #[cfg(feature = "tunnels")]
    row("vxlan.flags", Proto::Vxlan, 0, 16),
    #[cfg(feature = "tunnels")]
    row("geneve.flags", Proto::Geneve, 8, 16),
    row("tcp.flags.res", Proto::Tcp, 100, 103),
    found("tcp.connection.syn", Proto::Tcp, |layer| flags(layer) & 0x12 == 0x02, 112),
    found("tcp.connection.synack", Proto::Tcp, |layer| flags(layer) & 0x12 == 0x12, 112),
    found("tcp.connection.fin", Proto::Tcp, |layer| flags(layer) & 0x01 != 0, 112),
    found("tcp.connection.rst", Proto::Tcp, |layer| flags(layer) & 0x04 != 0, 112),
    found("ip.ttl.too_small", Proto::Ipv4, ttl_is_small, 160),
    found(
        "ip.bogus_ip_length",
        Proto::Ipv4,
        |layer| total_length(layer).is_some_and(|(all, own)| 0 < all && all < own),
        32,
    ),
    code("udp.possible_traceroute", Proto::Udp, Type::Presence, |layer, receive| {
        for first in [0, 16] {
            let port = bits(layer, first, first + 16);
            if port.is_some_and(|port| TRACEROUTE.contains(&port)) {
                receive(&Datum::Number(1), span(layer, first, first + 16));
            }
        }
    }),
    found(
        "udp.length.bad_zero",
        Proto::Udp,
        |layer| bits(layer, 32, 48) == Some(0) && layer.payload().len() + 8 <= usize::from(u16::MAX),
        48,
    ),
    code("icmp.unused", Proto::Icmpv4, Type::Bytes, icmp_unused),
    row_if(|layer| has_quoted_length(layer) && bits(layer, 40, 48) != Some(0), "icmp.length", Proto::Icmpv4, 40, 48),
    // The second byte of a report too, RFC 3376 §4.2.1.
    code("igmp.reserved", Proto::Igmp, Type::Bytes, |layer, receive| {
        if bits(layer, 0, 8) == Some(0x22) {
            header_bytes(layer, 1..2, receive);
        }
    })
    .beside_fields(),
    code("igmp.version", Proto::Igmp, U8, igmp_version),
    // Only queries after version 1 have it, and messages that share their layout.
    row_if(
        |layer| matches!((bits(layer, 0, 8), igmp_number(layer)), (Some(0x11), Some(2 | 3)) | (Some(0x16 | 0x17), _)),
        "igmp.max_resp",
        Proto::Igmp,
        8,
        16,
    ),
    row_if(|layer| bits(layer, 0, 8) == Some(134), "icmpv6.nd.ra.flag", Proto::Icmpv6, 40, 48),
    row_if(|layer| bits(layer, 0, 8) == Some(136), "icmpv6.nd.na.flag.rsv", Proto::Icmpv6, 35, 64),
    #[cfg(feature = "tunnels")]
    code("pppoed.tag", Proto::Pppoe, U16, unknown_tags),
    #[cfg(feature = "tunnels")]
    named("ipcp.opt.max_slot_id", Proto::Ipcp, U8, van_jacobson),
    #[cfg(feature = "tunnels")]
    named("ipcp.opt.comp_slot_id", Proto::Ipcp, Type::Boolean, van_jacobson),
    found("ip.bogus_ip_version", Proto::Ipv4, |layer| bits(layer, 0, 4) != Some(4), 4),
    found("ipv6.bogus_ipv6_version", Proto::Ipv6, |layer| bits(layer, 0, 4) != Some(6), 4),
    #[cfg(feature = "applications")]
    row("dns.flags", Proto::Dns, 16, 32),
    #[cfg(feature = "applications")]
    row("dns.flags.response", Proto::Dns, 16, 17),
    #[cfg(feature = "applications")]
    row("dns.flags.opcode", Proto::Dns, 17, 21),
    #[cfg(feature = "applications")]
    row_if(is_dns_response, "dns.flags.authoritative", Proto::Dns, 21, 22),
    #[cfg(feature = "applications")]
    row("dns.flags.truncated", Proto::Dns, 22, 23),
    #[cfg(feature = "applications")]
    row_if(is_dns, "dns.flags.recdesired", Proto::Dns, 23, 24),
    #[cfg(feature = "applications")]
    row_if(is_dns_response, "dns.flags.recavail", Proto::Dns, 24, 25),
    #[cfg(feature = "applications")]
    row_if(is_dns, "dns.flags.z", Proto::Dns, 25, 26),
    #[cfg(feature = "applications")]
    row_if(is_dns_response, "dns.flags.authenticated", Proto::Dns, 26, 27),
    #[cfg(feature = "applications")]
    row_if(is_dns, "dns.flags.checkdisable", Proto::Dns, 27, 28),
    #[cfg(feature = "applications")]
    row_if(is_response, "dns.flags.rcode", Proto::Dns, 28, 32),
    #[cfg(feature = "applications")]
    row_if(is_llmnr, "dns.flags.conflict", Proto::Dns, 21, 22),
    #[cfg(feature = "applications")]
    row_if(is_llmnr, "dns.flags.tentative", Proto::Dns, 23, 24),
    row("ip.version", Proto::Ipv4, 0, 4),
    row("ip.version", Proto::Ipv6, 0, 4),
    row("ipv6.version", Proto::Ipv6, 0, 4),
    row("llc.oui", Proto::Snap, 0, 24),
    #[cfg(feature = "applications")]
    bytes("ntp.refid", Proto::Ntp, Type::Bytes, 12, 16),
    row_within(ETHER_TYPES, "vlan.etype", Proto::Vlan, 16, 32),
    row_within(LENGTHS, "vlan.len", Proto::Vlan, 16, 32),
    row("icmpv6.type", Proto::Icmpv6, 0, 8),
    row("icmpv6.code", Proto::Icmpv6, 8, 16),
    row("icmp.type", Proto::Icmpv4, 0, 8),
    row("icmp.code", Proto::Icmpv4, 8, 16),
    row("eth.dst.ig", Proto::Ethernet, 7, 8),
    row("eth.dst.lg", Proto::Ethernet, 6, 7),
    row("eth.src.ig", Proto::Ethernet, 55, 56),
    row("eth.src.lg", Proto::Ethernet, 54, 55),
    row("eth.dst.oui", Proto::Ethernet, 0, 24),
    row("eth.src.oui", Proto::Ethernet, 48, 72),
    row_within(ETHER_TYPES, "eth.type", Proto::Ethernet, 96, 112),
    row_within(LENGTHS, "eth.len", Proto::Ethernet, 96, 112),
    code("eth.padding", Proto::Ethernet, Type::Bytes, ethernet_padding),
    code("sll.src.eth", Proto::Sll, Type::Mac, |layer, receive| {
        if bits(layer, 32, 48) == Some(6) {
            header_bytes(layer, 6..12, receive);
        }
    }),
    code("sll.unused", Proto::Sll, Type::Bytes, |layer, receive| {
        let length = bits(layer, 32, 48).unwrap_or(0).min(8) as u16;
        header_bytes(layer, 6 + length..14, receive);
    }),
    bytes("sll.unused", Proto::Sll2, Type::Bytes, 2, 4),
    #[cfg(feature = "applications")]
    code("dhcpv6.client_domain", Proto::Dhcpv6, Type::Text, dhcpv6_client_domain),
    host("ip.src_host", Proto::Ipv4, 16, |layer, receive| ipv4_host(layer, 12, receive)),
    host("ip.dst_host", Proto::Ipv4, 20, |layer, receive| ipv4_host(layer, 16, receive)),
    host("ipv6.src_host", Proto::Ipv6, 24, |layer, receive| ipv6_host(layer, 8, receive)),
    host("ipv6.dst_host", Proto::Ipv6, 40, |layer, receive| ipv6_host(layer, 24, receive)),
    code("tcp.len", Proto::Tcp, U32, |layer, receive| {
        // A header that the capture cut is no payload.
        let declared = bits(layer, 96, 100).unwrap_or(0) as u32 * 4;
        let header = declared.max(layer.header().len() as u32);
        let length = (layer.context.payload_wire_end - layer.bounds().start).saturating_sub(header);
        receive(&Datum::Number(length.into()), Span::new(layer.bounds().header_end, layer.bounds().header_end));
    }),
    code("tcp.payload", Proto::Tcp, Type::Bytes, payload),
    code("udp.payload", Proto::Udp, Type::Bytes, payload),
    code("udp.payload", Proto::UdpLite, Type::Bytes, payload),
    code("data.data", Proto::Data, Type::Bytes, payload),
    code("data.len", Proto::Data, U32, |layer, receive| {
        receive(&Datum::Number(layer.payload().len() as i128), layer.payload_span());
    }),
    #[cfg(feature = "tunnels")]
    code("geneve.option.length", Proto::Geneve, U8, geneve_lengths),
    code("tcp.flags.str", Proto::Tcp, Type::Text, |layer, receive| {
        let Some(flags) = bits(layer, 100, 112) else { return };
        let mut text = Line::default();
        for (i, letter) in "RRRACEUAPRSF".chars().enumerate() {
            let _ = text.write_char(if flags >> (11 - i) & 1 == 1 { letter } else { '·' });
        }
        receive(&Datum::bytes(text.as_bytes()), span(layer, 100, 112));
    }),
    code("icmp.ident_le", Proto::Icmpv4, U16, |layer, receive| swapped(layer, 32, receive)),
    code("icmp.seq_le", Proto::Icmpv4, U16, |layer, receive| swapped(layer, 48, receive)),
];

pub(super) fn bits(layer: &ExaminedLayer<'_>, first: u16, end: u16) -> Option<u64> {
    let header = layer.header();
    (usize::from(end) <= header.len() * 8).then(|| get_bits(header, first.into()..end.into()))
}

pub(super) fn span(layer: &ExaminedLayer<'_>, first: u16, end: u16) -> Span {
    let start = layer.bounds().start;
    Span::new(start + u32::from(first) / 8, start + u32::from(end).div_ceil(8))
}

fn number(layer: &ExaminedLayer<'_>, first: u16, end: u16, receive: &mut Receiver<'_>) {
    if let Some(number) = bits(layer, first, end) {
        receive(&Datum::Number(number.into()), span(layer, first, end));
    }
}

pub(super) fn header_bytes(layer: &ExaminedLayer<'_>, range: core::ops::Range<u16>, receive: &mut Receiver<'_>) {
    let bytes = layer.header().get(usize::from(range.start)..usize::from(range.end));
    if let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) {
        receive(&Datum::bytes(bytes), span(layer, range.start * 8, range.end * 8));
    }
}

/// The name in a client FQDN option, RFC 4704 §4.1: labels, whether the root ends them or not.
fn dhcpv6_client_domain(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    const OPTION: [u8; 2] = [0, 39];
    let mut rest = layer.header().get(4..).unwrap_or(&[]);
    while let Some((&[a, b, c, d], contents)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([c, d]));
        let Some((contents, after)) = contents.split_at_checked(length) else { return };
        rest = after;
        let Some((_flags, mut labels)) = contents.split_first().filter(|_| [a, b] == OPTION) else { continue };
        let mut text = Line::default();
        while let Some((&length, bytes)) = labels.split_first().filter(|(length, _)| (1..64).contains(*length)) {
            let Some((label, more)) = bytes.split_at_checked(length.into()) else { return };
            let dot = if text.as_bytes().is_empty() { "" } else { "." };
            let _ = write!(text, "{dot}{}", label.escape_ascii());
            labels = more;
        }
        let end = layer.bounds().header_end - rest.len() as u32;
        receive(&Datum::bytes(text.as_bytes()), Span::new(end - contents.len() as u32, end));
    }
}

/// The bytes after the packet that a frame carries. What a protocol inside of IP leaves over is not the frame's: extensions of
/// ICMP, options of UDP, the rest of a tunnel. Neither is what PPPoE leaves over.
pub(super) fn after_packet(first: NextProtocol, frame: &[u8]) -> Option<Span> {
    let end = frame.len() as u32;
    for layer in Layers::new(first, frame) {
        let span = layer.trailer_span();
        if span.end == end && !span.is_empty() && layer.proto.name() != "pppoe" {
            return Some(span);
        }
        if matches!(layer.proto, Proto::Ipv4 | Proto::Ipv6) {
            return None;
        }
    }
    None
}

/// Zeros that fill an outermost frame up to 60 bytes.
pub(super) fn ethernet_padding(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    const LEAST: u32 = 60;
    let (frame, length) = (layer.frame(), layer.context.wire_end);
    let end = frame.len() as u32;
    if layer.index != 0 || length < LEAST || length != end {
        return;
    }
    let Some(trailer) = after_packet(layer.selector, frame) else { return };
    let padding = Span::new(trailer.start, LEAST.min(end));
    let bytes = padding.of(frame);
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        receive(&Datum::bytes(bytes), padding);
    }
}

/// Wireshark's one name for two lengths in bytes: that of all options, and that of each with its header.
fn geneve_lengths(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    const FIXED: usize = 8;
    let Some(words) = bits(layer, 2, 8) else { return };
    receive(&Datum::Number(i128::from(words) * 4), span(layer, 0, 8));
    let (header, mut at) = (layer.header(), FIXED);
    while let Some(&[_, _, _, length]) = header.get(at..).and_then(|option| option.first_chunk()) {
        let whole = 4 + usize::from(length & 0x1f) * 4;
        let place = layer.bounds().start + at as u32 + 3;
        receive(&Datum::Number(whole as i128), Span::new(place, place + 1));
        at += whole;
    }
}

/// A 16-bit number of a message with identifier and sequence number (echo, timestamp, information, address mask) whose bytes
/// are exchanged.
fn swapped(layer: &ExaminedLayer<'_>, first: u16, receive: &mut Receiver<'_>) {
    let has_numbers = matches!(bits(layer, 0, 8), Some(0 | 8 | 13..=18));
    if let Some(number) = bits(layer, first, first + 16).filter(|_| has_numbers) {
        receive(&Datum::Number((number as u16).swap_bytes().into()), span(layer, first, first + 16));
    }
}

fn payload(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    if !layer.payload().is_empty() {
        receive(&Datum::bytes(layer.payload()), layer.payload_span());
    }
}

fn ipv4_host(layer: &ExaminedLayer<'_>, at: usize, receive: &mut Receiver<'_>) {
    let routed = if at == 16 { final_destination(layer.header()) } else { None };
    let at = routed.map_or(at, |span| span.start as usize);
    let Some(address) = layer.header().get(at..).and_then(|rest| rest.first_chunk::<4>()) else { return };
    let mut text = Line::default();
    let _ = write!(text, "{}", core::net::Ipv4Addr::from(*address));
    receive(&Datum::bytes(text.as_bytes()), span(layer, at as u16 * 8, at as u16 * 8 + 32));
}

fn ipv6_host(layer: &ExaminedLayer<'_>, at: usize, receive: &mut Receiver<'_>) {
    let Some(address) = layer.header().get(at..).and_then(|rest| rest.first_chunk::<16>()) else { return };
    let mut text = Line::default();
    let _ = write!(text, "{}", core::net::Ipv6Addr::from(*address));
    receive(&Datum::bytes(text.as_bytes()), span(layer, at as u16 * 8, at as u16 * 8 + 128));
}

/// Text that is written without allocation: a domain name has at most 1,004 bytes when each byte is an escape.
pub(super) struct Line {
    bytes: [u8; 1024],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Line { bytes: [0; 1024], length: 0 }
    }
}

impl Line {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(core::fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
