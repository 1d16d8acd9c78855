//! Blocks of SACK options of TCP, RFC 2018 §3.

use super::datum::Datum;
use super::derived::{Derived, Receiver, code};
use super::reference::SackEdge;
use super::types::Type;
use crate::layer::LayerBounds;
use crate::proto::Proto;
use crate::wire::Span;

/// Names of edges of blocks, which count as relative acknowledgments do.
pub(super) const EDGES: &[(&str, SackEdge)] = &[
    ("tcp.options.sack_le", SackEdge { is_right: false, is_duplicate: false }),
    ("tcp.options.sack_re", SackEdge { is_right: true, is_duplicate: false }),
    ("tcp.options.sack.dsack_le", SackEdge { is_right: false, is_duplicate: true }),
    ("tcp.options.sack.dsack_re", SackEdge { is_right: true, is_duplicate: true }),
];

pub(super) static SACK: &[Derived] = &[
    code("tcp.options.sack.count", Proto::Tcp, Type::Number(0, 0xff), |layer, receive| {
        options(layer.header(), |blocks| receive(&Datum::Number(blocks.count() as i128), layer.header_span()));
    }),
    code("tcp.options.sack.dsack", Proto::Tcp, Type::Presence, |layer, receive| {
        let Some(acknowledged) = acknowledgment(layer.header()) else { return };
        options(layer.header(), |blocks| {
            let (first, second) = (blocks.next(), blocks.next().map(|(_, block)| block));
            if first.is_some_and(|(_, block)| is_duplicate(acknowledged, block, second)) {
                receive(&Datum::Number(1), layer.header_span());
            }
        });
    }),
];

/// A block: where it is in the header, and its edges.
type PlacedBlock = (u32, [u32; 2]);

/// Gives the blocks of each SACK option in a TCP header.
fn options(header: &[u8], mut give: impl FnMut(&mut dyn Iterator<Item = PlacedBlock>)) {
    const FIXED: usize = 20;
    const BLOCK: usize = 8;
    let mut at = FIXED;
    while let Some(rest) = header.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest {
            [0, ..] => return,
            [1, ..] => 1,
            [_, length, ..] if *length >= 2 => usize::from(*length),
            _ => return,
        };
        let Some((option, _)) = rest.split_at_checked(length) else { return };
        if option[0] == 5 {
            let edge = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
            let blocks = option[2..].chunks_exact(BLOCK).enumerate();
            give(&mut blocks.map(|(n, block)| ((at + 2 + n * BLOCK) as u32, [edge(&block[..4]), edge(&block[4..])])));
        }
        at += length;
    }
}

/// The acknowledgment number of a header.
fn acknowledgment(header: &[u8]) -> Option<u32> {
    header.get(8..12)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Whether the first block says what arrived twice, RFC 2883 §4: it is acknowledged, or inside of the second one.
fn is_duplicate(acknowledged: u32, [left, right]: [u32; 2], second: Option<[u32; 2]>) -> bool {
    let is_before = |a: u32, b: u32| (a.wrapping_sub(b) as i32) < 0;
    let is_inside = |[begin, end]: [u32; 2]| !is_before(left, begin) && !is_before(end, right);
    is_before(left, acknowledged) || second.is_some_and(is_inside)
}

/// Gives the edges, as numbers from the first one of the data that is acknowledged.
pub(super) fn edges(header: &[u8], bounds: LayerBounds, edge: SackEdge, relative: i64, receive: &mut Receiver<'_>) {
    let Some(acknowledged) = acknowledgment(header) else { return };
    let base = acknowledged.wrapping_sub(relative as u32);
    options(header, |blocks| {
        let Some(first) = blocks.next() else { return };
        let second = blocks.next();
        let is_wanted = !edge.is_duplicate || is_duplicate(acknowledged, first.1, second.map(|(_, block)| block));
        if !is_wanted {
            return;
        }
        let others = second.into_iter().chain(blocks).filter(|_| !edge.is_duplicate);
        for (at, block) in core::iter::once(first).chain(others) {
            let at = bounds.start + at + if edge.is_right { 4 } else { 0 };
            let number = block[usize::from(edge.is_right)].wrapping_sub(base);
            receive(&Datum::Number(number.into()), Span::new(at, at + 4));
        }
    });
}
