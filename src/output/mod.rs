//! Packets as text: lines, trees, bytes, JSON.

mod hex;
mod host_names;
mod json;
mod meaning;
mod style;
mod summary;
mod tree;

pub use crate::layer::summary::{Summary, SummaryKind};
pub use crate::wire::terminal_text::{TerminalText, is_unsafe};
pub use crate::wire::text_buffer::TextBuffer;
/// Bytes of text that a packet's text may have before it is handed over, where it is written as a stream: 64 KiB. A
/// single field may add a few more.
pub const DRAIN_AT: usize = 1 << 16;

pub use host_names::HostNames;
pub use {
    hex::Hexdump,
    json::Json,
    style::{LINE_COLOURS, LineColour, Style},
    tree::TreeText,
};
