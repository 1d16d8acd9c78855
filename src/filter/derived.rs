//! Fields that Wireshark has and the tables do not: other cuts of a header's bits, and what a layer says as a whole.

use super::datum::Datum;
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::Proto;
use crate::wire::{Span, get_bits};
use core::fmt::Write;

/// A field of some protocols that is not in their tables.
#[derive(Debug)]
pub(super) struct Derived {
    pub(super) name: &'static str,
    pub(super) proto: Proto,
    pub(super) kind: Type,
    values: Values,
}

/// Receives a value, and the bytes that it was read from.
pub(super) type Receiver<'r> = dyn FnMut(&Datum<'_>, Span) + 'r;

#[derive(Debug)]
enum Values {
    /// A number: bits of the header.
    Bits(u16, u16),
    /// The same, in headers that have a certain bit set.
    BitsIf(u16, u16, u16),
    Code(fn(&ExaminedLayer<'_>, &mut Receiver<'_>)),
}

impl Derived {
    /// Gives the values that the layer has.
    pub(super) fn values(&self, layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
        match self.values {
            Values::Bits(first, end) => number(layer, first, end, receive),
            Values::BitsIf(bit, first, end) if bits(layer, bit, bit + 1) == Some(1) => {
                number(layer, first, end, receive);
            }
            Values::BitsIf(..) => {}
            Values::Code(values) => values(layer, receive),
        }
    }
}

const fn row(name: &'static str, proto: Proto, first: u16, end: u16) -> Derived {
    let kind = if end - first == 1 { Type::Boolean } else { Type::Number(0, (1 << (end - first)) - 1) };
    Derived { name, proto, kind, values: Values::Bits(first, end) }
}

const fn row_if(bit: u16, name: &'static str, proto: Proto, first: u16, end: u16) -> Derived {
    Derived { values: Values::BitsIf(bit, first, end), ..row(name, proto, first, end) }
}

const fn code(
    name: &'static str,
    proto: Proto,
    kind: Type,
    values: fn(&ExaminedLayer<'_>, &mut Receiver<'_>),
) -> Derived {
    Derived { name, proto, kind, values: Values::Code(values) }
}

const U16: Type = Type::Number(0, 0xffff);
const U32: Type = Type::Number(0, 0xffff_ffff);
/// QR of a DNS header: the message is a response.
const RESPONSE: u16 = 16;

pub(super) static DERIVED: &[Derived] = &[
    row("ip.dsfield", Proto::Ipv4, 8, 16),
    row("ipv6.tclass", Proto::Ipv6, 4, 12),
    row("ntp.flags", Proto::Ntp, 0, 8),
    row("gre.flags_and_version", Proto::Gre, 0, 16),
    row("vxlan.flags", Proto::Vxlan, 0, 16),
    row("geneve.flags", Proto::Geneve, 8, 16),
    row("tcp.flags.res", Proto::Tcp, 100, 103),
    row("dns.flags", Proto::Dns, 16, 32),
    row("dns.flags.response", Proto::Dns, 16, 17),
    row("dns.flags.opcode", Proto::Dns, 17, 21),
    row_if(RESPONSE, "dns.flags.authoritative", Proto::Dns, 21, 22),
    row("dns.flags.truncated", Proto::Dns, 22, 23),
    row("dns.flags.recdesired", Proto::Dns, 23, 24),
    row_if(RESPONSE, "dns.flags.recavail", Proto::Dns, 24, 25),
    row("dns.flags.z", Proto::Dns, 25, 26),
    row_if(RESPONSE, "dns.flags.authenticated", Proto::Dns, 26, 27),
    row("dns.flags.checkdisable", Proto::Dns, 27, 28),
    row_if(RESPONSE, "dns.flags.rcode", Proto::Dns, 28, 32),
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
    code("eth.type", Proto::Ethernet, U16, |layer, receive| {
        let type_or_length = bits(layer, 96, 112).filter(|number| *number >= 1536);
        if type_or_length.is_some() {
            number(layer, 96, 112, receive);
        }
    }),
    code("eth.len", Proto::Ethernet, U16, |layer, receive| {
        if bits(layer, 96, 112).is_some_and(|number| number <= 1500) {
            number(layer, 96, 112, receive);
        }
    }),
    code("ip.src_host", Proto::Ipv4, Type::Text, |layer, receive| ipv4_host(layer, 12, receive)),
    code("ip.dst_host", Proto::Ipv4, Type::Text, |layer, receive| ipv4_host(layer, 16, receive)),
    code("ipv6.src_host", Proto::Ipv6, Type::Text, |layer, receive| ipv6_host(layer, 8, receive)),
    code("ipv6.dst_host", Proto::Ipv6, Type::Text, |layer, receive| ipv6_host(layer, 24, receive)),
    code("tcp.len", Proto::Tcp, U32, |layer, receive| {
        let length = layer.context.payload_wire_end.saturating_sub(layer.bounds().header_end);
        receive(&Datum::Number(length.into()), Span::new(layer.bounds().header_end, layer.bounds().header_end));
    }),
    code("tcp.payload", Proto::Tcp, Type::Bytes, payload),
    code("udp.payload", Proto::Udp, Type::Bytes, payload),
    code("udp.payload", Proto::UdpLite, Type::Bytes, payload),
    code("data.data", Proto::Data, Type::Bytes, payload),
    code("data.len", Proto::Data, U32, |layer, receive| {
        receive(&Datum::Number(layer.payload().len() as i128), layer.payload_span());
    }),
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

fn bits(layer: &ExaminedLayer<'_>, first: u16, end: u16) -> Option<u64> {
    let header = layer.header();
    (usize::from(end) <= header.len() * 8).then(|| get_bits(header, first.into()..end.into()))
}

fn span(layer: &ExaminedLayer<'_>, first: u16, end: u16) -> Span {
    let start = layer.bounds().start;
    Span::new(start + u32::from(first) / 8, start + u32::from(end).div_ceil(8))
}

fn number(layer: &ExaminedLayer<'_>, first: u16, end: u16, receive: &mut Receiver<'_>) {
    if let Some(number) = bits(layer, first, end) {
        receive(&Datum::Number(number.into()), span(layer, first, end));
    }
}

/// A 16-bit number of an echo message whose bytes are exchanged.
fn swapped(layer: &ExaminedLayer<'_>, first: u16, receive: &mut Receiver<'_>) {
    let is_echo = matches!(bits(layer, 0, 8), Some(0 | 8));
    if let Some(number) = bits(layer, first, first + 16).filter(|_| is_echo) {
        receive(&Datum::Number((number as u16).swap_bytes().into()), span(layer, first, first + 16));
    }
}

fn payload(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    if !layer.payload().is_empty() {
        receive(&Datum::bytes(layer.payload()), layer.payload_span());
    }
}

fn ipv4_host(layer: &ExaminedLayer<'_>, at: usize, receive: &mut Receiver<'_>) {
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
