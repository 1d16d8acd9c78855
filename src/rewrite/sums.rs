//! Checksums that follow changed bytes.

use super::scan::FoundPlaces;
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

/// Computes the checksums anew that are not of a fixed header, of GRE, ICMP extensions and SCTP, and lets those around them
/// follow.
pub(super) fn compute_others(frame: &mut [u8], found: &FoundPlaces) {
    let old = frame.to_vec();
    let (mut changed, mut written) = (Vec::new(), Vec::new());
    // Of a packet that is not all there, the checksum stays.
    for packet in found.sctp.iter().filter(|packet| packet.missing == 0) {
        if let Some(place) = packet.checksum() {
            let crc = packet.crc(frame);
            frame[place.start as usize..place.end as usize].copy_from_slice(&crc);
            changed.push(place);
        }
    }
    for sum in found.others.iter().rev().filter_map(|n| found.sums.get(*n)) {
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
    follow(&old, frame, &mut changed, &found.sums, &written);
}

/// What is between two values of four bytes: an error that stays when both change by the same.
pub(super) fn difference(one: [u8; 4], other: [u8; 4]) -> [u8; 4] {
    (u32::from_ne_bytes(one) ^ u32::from_ne_bytes(other)).to_ne_bytes()
}
