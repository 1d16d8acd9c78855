//! Packets as text: lines, trees, bytes, JSON.

mod hex;
mod json;
mod meaning;
mod style;
mod summary;
mod tree;

pub use crate::layer::summary::Summary;
pub use crate::wire::terminal_text::{TerminalText, is_unsafe};
pub use crate::wire::text_buffer::TextBuffer;
pub use {hex::Hexdump, json::Json, style::Style, tree::TreeText};
