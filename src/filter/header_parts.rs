//! What Wireshark reads of headers, where it is not all of them.

use super::cost::LAST;
use crate::proto::{Proto, final_destination};

/// How many of a header's first bits Wireshark reads: of IP headers, only the version if it is another one, and only up
/// to the total length if that is less than the header, and no options if they are cut.
pub(super) fn readable_bits(proto: Proto, header: &[u8]) -> u16 {
    match (proto, header) {
        (Proto::Ipv4, [first, ..]) if first >> 4 != 4 => 4,
        (Proto::Ipv6, [first, ..]) if first >> 4 != 6 => 4,
        (Proto::Ipv4, [first, _, a, b, ..]) => {
            let (needed, total) = (u16::from(first & 15) * 4, u16::from_be_bytes([*a, *b]));
            match total {
                1.. if total < needed => 32,
                // Options that are cut are not read. The destination is, unless the search for a source route meets the cut.
                _ if header.len() < needed.into() => 160 - 32 * u16::from(meets_the_cut(header)),
                _ => u16::MAX,
            }
        }
        _ => u16::MAX,
    }
}

/// The final destination of an IPv4 header with a pending source route.
pub(super) fn routed(header: &[u8]) -> Option<[u8; 4]> {
    final_destination(header)?.of(header).first_chunk().copied()
}

/// Whether the length of a protocol, to Wireshark, is that of all its bytes, and not of the header alone.
pub(super) fn is_whole(proto: Proto) -> bool {
    matches!(proto, Proto::Icmpv4 | Proto::Icmpv6) || LAST.contains(&proto)
}

/// Whether an option of an IPv4 header that is cut has no length.
fn meets_the_cut(header: &[u8]) -> bool {
    const OPTIONS: usize = 20;
    let mut options = header.get(OPTIONS..).unwrap_or(&[]);
    loop {
        options = match options {
            [1, rest @ ..] => rest,
            [] | [0, ..] | [_, 0 | 1, ..] => return false,
            [_] => return true,
            [_, length, ..] => options.get(usize::from(*length)..).unwrap_or(&[]),
        };
    }
}
