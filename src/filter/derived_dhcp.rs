//! Of DHCP: its options as they are in their areas, and parts of the header.

use super::datum::Datum;
use super::derived::{Derived, Receiver, bits, bytes, code, header_bytes};
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::Proto;
use crate::wire::Span;

const U8: Type = Type::Number(0, 0xff);

pub(super) static DHCP: &[Derived] = &[
    code("dhcp.option.padding", Proto::Dhcp, Type::Bytes, dhcp_padding),
    bytes("dhcp.cookie", Proto::Dhcp, Type::Ipv4, 236, 240),
    code("dhcp.hw.addr", Proto::Dhcp, Type::Bytes, |layer, receive| {
        header_bytes(layer, 28..28 + dhcp_address_length(layer), receive);
    }),
    code("dhcp.hw.addr_padding", Proto::Dhcp, Type::Bytes, |layer, receive| {
        header_bytes(layer, 28 + dhcp_address_length(layer)..44, receive);
    }),
    code("dhcp.option.type", Proto::Dhcp, U8, |layer, receive| {
        dhcp_options(layer, |code, at, _| receive(&Datum::Number(code.into()), Span::new(at, at + 1)));
    }),
    code("dhcp.option.length", Proto::Dhcp, U8, |layer, receive| {
        dhcp_options(layer, |code, at, contents| {
            if !matches!(code, 0 | 255) {
                receive(&Datum::Number(contents.len() as i128), Span::new(at + 1, at + 2));
            }
        });
    }),
    code("dhcp.option.value", Proto::Dhcp, Type::Bytes, |layer, receive| {
        dhcp_options(layer, |_, _, contents| {
            if !contents.is_empty() {
                receive(&Datum::bytes(contents.of(layer.frame())), contents);
            }
        });
    }),
    code("dhcp.option.end", Proto::Dhcp, U8, |layer, receive| {
        dhcp_options(layer, |code, at, _| {
            if code == 255 {
                receive(&Datum::Number(255), Span::new(at, at + 1));
            }
        });
    }),
    // That of a client identifier too, which is a hardware address, RFC 2132 §9.14.
    code("dhcp.hw.type", Proto::Dhcp, U8, |layer, receive| {
        dhcp_options(layer, |code, _, contents| {
            if let (61, [kind @ 1..48, _, _, _, _, _, _]) = (code, contents.of(layer.frame())) {
                receive(&Datum::Number((*kind).into()), Span::new(contents.start, contents.start + 1));
            }
        });
    })
    .beside_fields(),
];

fn dhcp_address_length(layer: &ExaminedLayer<'_>) -> u16 {
    bits(layer, 16, 24).unwrap_or(0).min(16) as u16
}

/// Where options begin, RFC 2132 §2.
const AREA: usize = 240;

/// The fields of the header that option 52 says have options too, RFC 2132 §9.3, with its bit.
const OVERLOADED: [(u8, core::ops::Range<usize>); 2] = [(1, 108..236), (2, 44..108)];

/// Gives the options of a DHCP message as they are: code, place, contents. Padding (0) and the end (255) have no contents.
/// As in Wireshark, those in other fields of the header follow the option that says so.
fn dhcp_options(layer: &ExaminedLayer<'_>, mut give: impl FnMut(u8, u32, Span)) {
    let mut is_first = true;
    options_of_area(layer, AREA..layer.header().len(), |code, place, contents| {
        give(code, place, contents);
        if let (52, [which]) = (code, contents.of(layer.frame()))
            && core::mem::take(&mut is_first)
        {
            for (_, area) in OVERLOADED.into_iter().filter(|(bit, _)| which & bit != 0) {
                options_of_area(layer, area, &mut give);
            }
        }
    });
}

/// The options of one area.
fn options_of_area(layer: &ExaminedLayer<'_>, area: core::ops::Range<usize>, mut give: impl FnMut(u8, u32, Span)) {
    let (header, start) = (layer.header().get(..area.end).unwrap_or_default(), layer.bounds().start);
    let mut at = area.start;
    while let Some(&code) = header.get(at) {
        let place = start + at as u32;
        let length = match (code, header.get(at + 1)) {
            (0 | 255, _) => None,
            (_, None) => return,
            (_, Some(length)) => Some(usize::from(*length)),
        };
        let next = at + length.map_or(1, |length| 2 + length);
        if next > header.len() {
            return;
        }
        give(code, place, Span::new(place + if length.is_some() { 2 } else { 1 }, start + next as u32));
        if code == 255 {
            return;
        }
        at = next;
    }
}

/// Zeros between options and after the end.
fn dhcp_padding(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    let (frame, mut run): (_, Option<Span>) = (layer.frame(), None);
    let mut end = layer.bounds().header_end;
    options_of_area(layer, AREA..layer.header().len(), |code, at, _| {
        if code == 0 && run.is_some_and(|run| run.end == at) {
            run = run.map(|run| Span::new(run.start, at + 1));
            return;
        }
        if let Some(run) = run.take() {
            receive(&Datum::bytes(run.of(frame)), run);
        }
        if code == 0 {
            run = Some(Span::new(at, at + 1));
        }
        if code == 255 {
            end = at + 1;
        }
    });
    let after = Span::new(end, layer.bounds().payload_end);
    if let Some(run) = run {
        receive(&Datum::bytes(run.of(frame)), run);
    }
    if !after.is_empty() && after.of(frame).iter().all(|byte| *byte == 0) {
        receive(&Datum::bytes(after.of(frame)), after);
    }
}
