//! Packets in their owned form: trees of names and values, packet text, JSON.

#[cfg(feature = "arbitrary")]
mod arbitrary;
pub(crate) mod owned;
pub(crate) mod text;
pub(crate) mod tree;

pub(crate) use owned::Rebuild;
pub use text::Files;
pub use tree::{Step, TreeReader};
pub(crate) use tree::{looks_hex, shortened, unhex};
