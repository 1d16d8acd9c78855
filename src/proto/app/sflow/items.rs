//! What samples and records have in common.

use crate::wire::{BitRange, Field, Kind, TlvContents, TlvLayout};

/// Layout of samples and records: enterprise and format in a word, and the length in another one.
pub(super) const LAYOUT: TlvLayout = TlvLayout {
    header_len: 8,
    kind: BitRange::new(20, 32),
    length: BitRange::new(32, 64),
    align: 4,
    ..TlvLayout::BYTES
};

/// Contents of a format that another enterprise defines.
pub(super) const ENTERPRISE_DATA: &Field =
    &Field::floating("data", "sflow.enterprise.data", Kind::Bytes, "Contents that the enterprise defines.");

/// Tells how to read a sample or record by its first word. `format` is the row of a format that an enterprise defines.
pub(super) fn contents_of(header: &[u8], format: &'static Field) -> TlvContents {
    match header {
        [0, 0, low, ..] if low >> 4 == 0 => TlvContents::Typed,
        _ => TlvContents::Vendor { kind: format, data: ENTERPRISE_DATA },
    }
}
