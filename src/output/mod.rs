//! Packets as text: lines, trees, bytes, JSON.

mod hex;
mod info;
mod json;
mod style;
mod summary;
mod text_buffer;
mod tree;

pub use {hex::Hexdump, json::Json, style::Style, summary::Summary, text_buffer::TextBuffer, tree::TreeText};
