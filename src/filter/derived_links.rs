//! Of links: parts of LLC headers, and what follows the packet in a frame.

use super::datum::Datum;
use super::derived::{Derived, Receiver, after_packet, code, row, row_if};
use super::types::Type;
use crate::dissect::{ExaminedLayer, Layer, Layers};
use crate::proto::Proto;
use crate::wire::Span;

pub(super) static LINKS: &[Derived] = &[
    row("llc.dsap.sap", Proto::Llc, 0, 7),
    row("llc.dsap.ig", Proto::Llc, 7, 8),
    row("llc.ssap.sap", Proto::Llc, 8, 15),
    row("llc.ssap.cr", Proto::Llc, 15, 16),
    row_if(|layer| control(layer) & 1 == 0, "llc.control.ftype", Proto::Llc, 23, 24),
    row_if(|layer| control(layer) & 1 == 1, "llc.control.ftype", Proto::Llc, 22, 24),
    code("llc.control.u_modifier_cmd", Proto::Llc, Type::Number(0, 0x3b), |layer, receive| modifier(layer, 0, receive)),
    code("llc.control.u_modifier_resp", Proto::Llc, Type::Number(0, 0x3b), |layer, receive| {
        modifier(layer, 1, receive)
    }),
    code("eth.trailer", Proto::Ethernet, Type::Bytes, trailer),
    code("vlan.trailer", Proto::Vlan, Type::Bytes, trailer),
];

/// The first byte of the control field, IEEE 802.2 §5.2.
fn control(layer: &ExaminedLayer<'_>) -> u8 {
    layer.header().get(2).copied().unwrap_or(0)
}

/// The modifier bits of an unnumbered command or response, IEEE 802.2 §5.3.3.
fn modifier(layer: &ExaminedLayer<'_>, response: u8, receive: &mut Receiver<'_>) {
    let &[_, ssap, control, ..] = layer.header() else { return };
    if control & 3 == 3 && ssap & 1 == response {
        let at = layer.bounds().start + 2;
        receive(&Datum::Number(i128::from((control & 0xec) >> 2)), Span::new(at, at + 1));
    }
}

/// Bytes after the packet in a frame: no zeros that fill it up to 60 bytes, and no frame check sequence.
///
/// As in Wireshark, a frame of 64 bytes or more with at least 4 bytes after the packet is said to have a frame check
/// sequence, and the bytes belong to the last VLAN tag if there is one. A frame in a tunnel has neither.
fn trailer(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    const FCS: u32 = 4;
    let frame = layer.frame();
    let (start, end) = (layer.bounds().start, layer.bounds().trailer_end);
    let own = frame.get(..end as usize).and_then(|frame| frame.get(start as usize..)).unwrap_or(&[]);
    let is_tag = |inner: &Layer<'_>| inner.bounds().start > 0 && inner.proto == Proto::Vlan;
    // The last tag has the bytes.
    let mut links = Layers::new(layer.selector, own).take_while(|inner| !is_ip(inner.proto));
    if links.any(|inner| is_tag(&inner)) {
        return;
    }
    let left = after_packet(layer.selector, own).map(|span| Span::new(start + span.start, start + span.end));
    let Some(mut left) = left else { return };
    if layer.proto == Proto::Ethernet && layer.index == 0 {
        let length = layer.context.wire_end;
        if length >= 64 && length - left.start >= FCS {
            left.end = left.end.min(length - FCS);
        }
        padding(layer, |span| left.start = span.end.min(left.end));
    }
    if !left.is_empty() {
        receive(&Datum::bytes(left.of(frame)), left);
    }
}

fn is_ip(proto: Proto) -> bool {
    matches!(proto, Proto::Ipv4 | Proto::Ipv6)
}

/// Zeros that fill an outermost frame up to 60 bytes.
fn padding(layer: &ExaminedLayer<'_>, give: impl FnOnce(Span)) {
    let mut found = None;
    super::derived::ethernet_padding(layer, &mut |_, span| found = Some(span));
    found.map(give);
}
