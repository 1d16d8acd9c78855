//! How checks hand over what they find.

use super::issue::IssueKind;
use crate::wire::{Field, Span};

/// Receives issues: the field if it is about one, the bytes, and what is wrong.
pub type Report<'r> = dyn FnMut(Option<&'static Field>, Span, IssueKind) + 'r;
