//! Checksums that follow changed bytes.

use crate::build::covered_sum::CoveredSum;
use crate::wire::{Span, Sum, update_checksum};
use std::vec::Vec;

/// Updates all checksums of a frame after some of its bytes have changed, from the innermost outwards (RFC 1624).
///
/// `changed` are the byte ranges that have changed, without overlaps; those of checksums are added. A checksum in `written`
/// was written on purpose and is kept.
pub(super) fn follow(old: &[u8], new: &mut [u8], changed: &mut Vec<Span>, sums: &[CoveredSum], written: &[Span]) {
    for sum in sums.iter().rev() {
        let place = sum.field.start as usize..sum.field.end as usize;
        let Some(&[high, low]) = old.get(place.clone()).and_then(|bytes| bytes.first_chunk()) else { continue };
        let before = u16::from_be_bytes([high, low]);
        let is_written = written.iter().any(|span| span.start < sum.field.end && sum.field.start < span.end);
        if is_written || sum.optional && before == 0 {
            continue;
        }
        // An offloaded checksum is a sum without the final complement.
        let mut after = if sum.offloaded { !before } else { before };
        for span in changed.iter() {
            after = updated(after, old, new, *span, sum);
        }
        after = if sum.offloaded { !after } else { after };
        if after == 0 && sum.optional {
            after = 0xffff;
        }
        if after != before {
            new[place].copy_from_slice(&after.to_be_bytes());
            changed.push(sum.field);
        }
    }
}

/// A checksum after the bytes of a span have changed.
fn updated(mut checksum: u16, old: &[u8], new: &[u8], span: Span, sum: &CoveredSum) -> u16 {
    let mut cover = |start: u32, end: u32| {
        for at in start.max(span.start)..end.min(span.end) {
            let (Some(old), Some(new)) = (old.get(at as usize), new.get(at as usize)) else { continue };
            let word = |byte: u8| match (at - start).is_multiple_of(2) {
                true => u16::from(byte) << 8,
                false => u16::from(byte),
            };
            checksum = update_checksum(checksum, word(*old), word(*new));
        }
    };
    // An offloaded checksum has the sum of the pseudo-header alone.
    if !sum.offloaded {
        cover(sum.covers.start, sum.covers.end);
    }
    if let Some(network) = sum.network {
        for start in [network.src, network.dst] {
            cover(start, start + u32::from(network.size));
        }
    }
    checksum
}

/// Computes the checksums anew that are not of a fixed header, of GRE and ICMP extensions, and lets those around them follow.
pub(super) fn compute_others(frame: &mut [u8], sums: &[CoveredSum], others: &[usize]) {
    let old = frame.to_vec();
    let (mut changed, mut written) = (Vec::new(), Vec::new());
    for sum in others.iter().rev().filter_map(|n| sums.get(*n)) {
        let place = sum.field.start as usize..sum.field.end as usize;
        let Some(stored) = frame.get(place.clone()).and_then(|bytes| bytes.first_chunk::<2>()).copied() else {
            continue;
        };
        if sum.optional && stored == [0; 2] {
            continue;
        }
        frame[place.clone()].fill(0);
        let computed = Sum::new().bytes(sum.covers.of(frame)).checksum();
        let computed = if sum.optional && computed == 0 { 0xffff } else { computed };
        frame[place].copy_from_slice(&computed.to_be_bytes());
        changed.push(sum.field);
        written.push(sum.field);
    }
    follow(&old, frame, &mut changed, sums, &written);
}

/// CRC-32C of bytes and of zeros after them (RFC 9260, appendix A), as it is in an SCTP packet.
pub(super) fn crc32c(bytes: &[u8], zeros: u32) -> [u8; 4] {
    let mut crc = !0_u32;
    let mut take = |byte: u8| {
        crc = CRC32C[usize::from(crc as u8 ^ byte)] ^ crc >> 8;
    };
    bytes.iter().for_each(|byte| take(*byte));
    (0..zeros).for_each(|_| take(0));
    (!crc).to_le_bytes()
}

const CRC32C: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = crc >> 1 ^ if crc & 1 != 0 { 0x82f6_3b78 } else { 0 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// What is between two values of four bytes: an error that stays when both change by the same.
pub(super) fn difference(one: [u8; 4], other: [u8; 4]) -> [u8; 4] {
    (u32::from_ne_bytes(one) ^ u32::from_ne_bytes(other)).to_ne_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_of_the_digits() {
        assert_eq!(crc32c(b"123456789", 0), 0xe306_9283_u32.to_le_bytes());
        assert_eq!(crc32c(b"12\0\0", 0), crc32c(b"12", 2));
    }
}
