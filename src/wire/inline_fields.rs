//! Fields on one line.

use super::field::{Field, Visitor};
use super::kind::Kind;
use super::span::Span;
use super::text_buffer::TextBuffer;
use super::value::Value;

/// Writes the fields of a message, option or record on one line. It skips reserved fields and everything inside
/// groups; with names, also zeros.
pub struct InlineFields<'t> {
    text: &'t mut TextBuffer,
    /// Whether names precede the values.
    names: bool,
    /// Number of groups that are open.
    depth: usize,
    /// Whether a list of values is open.
    list: bool,
    /// Whether no field has been written yet; in a list, no value of it.
    first: bool,
    /// Number of fields that may still be written.
    remaining: usize,
    /// Number of values that the open list has so far.
    values: usize,
}

/// Values of a list that are written; the number of the others follows.
const MOST_VALUES: usize = 8;

impl<'t> InlineFields<'t> {
    /// Writes values alone: `10.0.0.1 1500`.
    pub fn values(text: &'t mut TextBuffer) -> Self {
        InlineFields { text, names: false, depth: 0, list: false, first: true, remaining: usize::MAX, values: 0 }
    }

    /// Writes names and values, each after a space: ` sequence=7 flags=SYN`.
    pub fn named(text: &'t mut TextBuffer) -> Self {
        InlineFields { names: true, ..Self::values(text) }
    }

    /// Writes `count` fields at most.
    pub fn at_most(self, count: usize) -> Self {
        InlineFields { remaining: count, ..self }
    }
}

impl Visitor for InlineFields<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        let reserved = field.reserved || field.name.starts_with("unused") || field.name.starts_with("reserved");
        let zero = self.names && matches!(value, Value::Uint(0) | Value::Bool(false));
        if self.remaining == 0 || self.depth > 0 || reserved || zero {
            return;
        }
        if self.list {
            self.values += 1;
            if self.values > MOST_VALUES {
                return;
            }
        }
        self.text.str(match (self.names, self.first, self.list) {
            (_, false, true) => ",",
            (false, true, _) | (true, _, true) => "",
            _ => " ",
        });
        if self.names && !self.list {
            self.text.str(field.name);
            self.text.str("=");
        }
        self.first = false;
        self.remaining -= 1;
        if !self.text.names(field, &value) {
            self.text.value(field, &value, 24);
        }
    }

    fn open(&mut self, field: &'static Field, _: Span) {
        let group = matches!(field.item_kind(), Kind::Group);
        self.depth += usize::from(group || self.depth > 0);
        if self.depth == 0 && self.remaining > 0 {
            if self.names || !self.first {
                self.text.str(" ");
            }
            if self.names {
                self.text.str(field.name);
                self.text.str("=");
            }
            (self.list, self.first, self.values) = (true, true, 0);
        }
    }

    fn close(&mut self) {
        if self.list && self.depth == 0 && self.values > MOST_VALUES {
            self.text.str(",… (");
            self.text.number((self.values - MOST_VALUES) as u64);
            self.text.str(" more)");
        }
        self.list &= self.depth > 0;
        self.depth = self.depth.saturating_sub(1);
    }
}
