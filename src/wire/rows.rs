//! Rows of numbers whose presence depends on the packet.

use super::cursor::Cursor;
use super::field::{Field, Visitor};
use super::value::Value;

/// Finds a number among fields that follow each other and have a given width in bytes. For fields that are present only
/// if a flag is set.
pub(crate) fn find_number(
    rows: impl Iterator<Item = (&'static Field, usize)>,
    mut cursor: Cursor<'_>,
    wanted: &'static Field,
) -> Option<u32> {
    for (row, len) in rows {
        let bytes = cursor.take(len)?;
        if row.name == wanted.name {
            return Some(bytes.iter().fold(0, |n, &byte| n << 8 | u32::from(byte)));
        }
    }
    None
}

/// Shows fields that follow each other and have a given width in bytes, up to the first that is cut. Returns the bytes
/// after them.
pub(crate) fn show_rows<'a>(
    rows: impl Iterator<Item = (&'static Field, usize)>,
    mut cursor: Cursor<'a>,
    visitor: &mut dyn Visitor,
) -> Cursor<'a> {
    for (row, len) in rows {
        let Some(item) = cursor.split(len) else { break };
        if let Some(value) = Value::of_bytes(row.kind, item.bytes()) {
            visitor.field(row, item.span(), value);
        }
    }
    cursor
}
