//! Lengths and checksums of one layer.

use super::encoded_layer::{ComputedRow, EncodedLayer};
use crate::layer::{ChecksumCoverage, Scope};
use crate::wire::{Computed, Field, FieldError, OFFLOADED, ValueError, ZERO_IS_ALL_ONES, put_bits};

/// The bytes of padding that a header of `have` bytes needs. `None` if it needs none.
#[inline(always)]
pub(super) fn padding(header_length: ComputedRow, have: usize, unset: u64) -> Option<usize> {
    let (row, field) = header_length?;
    let Computed::HeaderLength { unit, .. } = field.computed else { return None };
    if unset >> row & 1 == 0 {
        return None;
    }
    Some(have.next_multiple_of(unit.max(1).into()) - have).filter(|&padding| padding > 0)
}

/// Writes the lengths of a header that were left unset: those in `rows`.
#[inline(always)]
pub(super) fn write_lengths(frame: &mut [u8], spot: &EncodedLayer, rows: [ComputedRow; 2]) -> Result<(), FieldError> {
    let head = (spot.bounds.header_end - spot.bounds.start) as usize;
    let total = (spot.bounds.payload_end - spot.bounds.start + spot.payload_missing) as usize;
    for row in rows {
        if let Some(field) = spot.unset_field(row)
            && let Some(length) = field.computed.length(head, total)
        {
            let number = length.map_err(|error| FieldError::at(field, error))?;
            set(frame, spot, field, number)?;
        }
    }
    Ok(())
}

/// Writes a number into a row of a layer's fixed header.
#[inline(always)]
pub(super) fn set(frame: &mut [u8], spot: &EncodedLayer, field: &'static Field, number: u64) -> Result<(), FieldError> {
    let max = u64::MAX >> (64 - field.bits().len().clamp(1, 64));
    match frame.get_mut(spot.bounds.start as usize..spot.bounds.header_end as usize) {
        Some(head) if number <= max && field.bits().end <= head.len() * 8 => put_bits(head, field.bits(), number),
        Some(_) => return Err(FieldError::at(field, ValueError::TooLarge { number, max })),
        None => {}
    }
    Ok(())
}

/// Computes the checksum of a layer. `coverage` says what it covers, `scope` what the outer layers say about the layer.
#[inline(always)]
pub(super) fn write_checksum(
    frame: &mut [u8],
    spot: &EncodedLayer,
    field: &'static Field,
    coverage: impl Fn(&[u8]) -> Option<ChecksumCoverage>,
    scope: impl FnOnce(&[u8]) -> Scope,
) {
    let at = field.span(spot.bounds.start).start as usize;
    let Some(stored) = frame.get_mut(at..at + 2) else { return };
    stored.copy_from_slice(&[0; 2]);
    let Some(cover) = coverage(&frame[spot.bounds.start as usize..]) else { return };
    let scope = if cover.pseudo.is_some() { scope(frame) } else { Scope::OUTERMOST };
    let Some((pseudo, covered)) = spot.context(frame, &scope).covered(cover) else { return };
    if spot.unset & OFFLOADED != 0 {
        return frame[at..at + 2].copy_from_slice(&pseudo.value().to_be_bytes());
    }
    let checksum = match pseudo.bytes(covered.of(frame)).checksum() {
        0 if cover.optional || spot.unset & ZERO_IS_ALL_ONES != 0 => 0xffff,
        checksum => checksum,
    };
    frame[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
}
