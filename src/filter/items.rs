//! Items of lists: options, tags, extensions. Each is shown as a group, its number first, and then its length.

use crate::wire::{Field, LENGTH, Span};

/// The item whose fields are shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ItemAtHand {
    /// Bytes of the item. None outside of one.
    pub(super) span: Option<Span>,
    /// Filter name of its number.
    pub(super) kind: &'static str,
}

impl ItemAtHand {
    pub(super) fn open(span: Span) -> Self {
        ItemAtHand { span: Some(span), kind: "" }
    }

    /// Takes a field. True if it is the length of the item.
    pub(super) fn takes_length(&mut self, field: &'static Field, span: Span) -> bool {
        if self.kind.is_empty() {
            self.kind = field.filter;
            // A number that follows an item is not in it.
            self.span = self.span.filter(|item| item.start <= span.start && span.end <= item.end);
            return false;
        }
        field.filter.is_empty() && field.name == LENGTH.name
    }
}
