//! Owned packets: trees of names and values, packet text, JSON.

#[cfg(feature = "arbitrary")]
mod arbitrary;
mod assemble;
#[cfg(feature = "serde")]
mod header_serde;
mod known;
pub(crate) mod owned;
mod raw_conflict;
mod simplify;
pub(crate) mod text;
pub(crate) mod text_value;
mod text_writer;
pub(crate) mod tree;
pub(crate) mod tree_reader;
#[cfg(feature = "serde")]
mod tree_serde;
#[cfg(all(test, feature = "serde"))]
mod tree_tests;

#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use owned::{Packet, PacketError, Rebuild};
pub use text::Files;
pub(crate) use text_value::{looks_hex, unhex};
pub use tree::Step;
pub(crate) use tree::{TRAILER_MISSING, shortened};
pub use tree_reader::TreeReader;
