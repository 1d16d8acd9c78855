//! Rows of numbers whose presence depends on the packet.

use super::cursor::Cursor;
use super::field::{Field, Visitor};
use super::value::Value;

/// Finds a number among rows that stand one behind the other, each so many bytes wide. For fields
/// that are there only where a flag says so.
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

/// Shows rows that stand one behind the other, each so many bytes wide, as many as are there; gives
/// what is left.
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
