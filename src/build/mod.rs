//! Building frames, editing them in place, and making them wrong on purpose.

mod announce;
mod by_types;
mod compute;
pub(crate) mod covered_sum;
pub(crate) mod dispatch;
pub(crate) mod editor;
pub(crate) mod encode_header;
pub(crate) mod encoded_layer;
pub(crate) mod finish;
pub(crate) mod frame_writer;
mod header_table;
mod inner_layers;
pub(crate) mod layer_list;
#[cfg(feature = "alloc")]
pub(crate) mod mutator;
mod replace;
pub(crate) mod stack;

#[cfg(test)]
mod tests;

pub use crate::wire::header_with::{HeaderContents, HeaderWith, Message, MessageOf, OptionOf, Options, Raw};
pub use encode_header::{AnyHeader, EncodeHeader, Payload};
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use encoded_layer::EncodeError;
pub(crate) use encoded_layer::EncodedLayer;
pub use encoded_layer::MAX_STACK;
#[cfg(feature = "alloc")]
pub(crate) use finish::pad_any;
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use finish::{finish, places};
pub use layer_list::LayerList;

#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use editor::Editor;
#[cfg(feature = "alloc")]
pub use replace::replace;
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use stack::Stack;
