//! Packets in their owned form: trees of names and values, packet text, JSON.

#[cfg(feature = "arbitrary")]
mod arbitrary;
pub(crate) mod owned;
pub(crate) mod text;
pub(crate) mod tree;

#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use owned::{Packet, PacketError, Rebuild};
pub use text::Files;
pub use tree::{Step, TreeReader};
pub(crate) use tree::{looks_hex, shortened, unhex};
