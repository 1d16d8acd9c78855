//! Bytes and values. Nothing here knows a protocol.

pub(crate) mod alike;
#[cfg(feature = "alloc")]
pub(crate) mod append_text;
pub(crate) mod bits;
pub(crate) mod byte_sink;
pub(crate) mod checksum;
pub(crate) mod codec;
pub(crate) mod compression;
pub(crate) mod cursor;
pub(crate) mod debug_fields;
pub(crate) mod domain_name;
pub(crate) mod encoder;
pub(crate) mod field;
pub(crate) mod flags;
pub(crate) mod group;
pub(crate) mod header;
pub(crate) mod header_with;
pub(crate) mod hex;
pub(crate) mod if_serde;
#[cfg(feature = "alloc")]
pub(crate) mod inline_fields;
pub(crate) mod integers;
pub(crate) mod item_fields;
pub(crate) mod item_rules;
pub(crate) mod kind;
pub(crate) mod list;
pub(crate) mod mac;
pub(crate) mod name_text;
#[cfg(feature = "alloc")]
pub(crate) mod nearest;
pub(crate) mod number_text;
pub(crate) mod readable;
pub(crate) mod registry;
pub(crate) mod row_codec;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod span;
pub(crate) mod tagged_enum;
#[cfg(feature = "alloc")]
pub(crate) mod terminal_text;
#[cfg(feature = "alloc")]
pub(crate) mod text_buffer;
pub(crate) mod tlv;
pub(crate) mod tlv_item;
pub(crate) mod tlv_layout;
pub(crate) mod value;
pub(crate) mod value_error;
pub(crate) mod wire_value;

#[cfg(test)]
mod tests;

pub(crate) use alike::alike;
#[cfg(feature = "alloc")]
pub(crate) use append_text::{AddressBytes, AppendText, append};
pub(crate) use bits::{get_bits, put_bits};
pub use byte_sink::ByteSink;
pub(crate) use checksum::{Checksum, Sum};
pub use checksum::{fcs, update_checksum};
pub use codec::{Codec, Counted, Nested, Standalone, WholeBytes};
pub(crate) use codec::{Text, wire_codecs};
pub(crate) use compression::LabelTable;
pub(crate) use cursor::Cursor;
pub use cursor::MAX_NESTING;
pub(crate) use domain_name::Name;
#[cfg(feature = "alloc")]
pub(crate) use domain_name::NameBudget;
pub use domain_name::NameError;
pub use encoder::{Defaults, Encoder, FieldSource};
pub(crate) use encoder::{OFFLOADED, OWN, TRAILER, ZERO_IS_ALL_ONES};
pub use field::{Computed, FieldError, SelectorKind, Visitor, show_fixed};
pub(crate) use field::{Field, defaults};
pub(crate) use flags::flags;
pub use flags::{FlagIter, FlagSet};
pub(crate) use group::group;
#[cfg(feature = "serde")]
pub(crate) use header::DeserializeLayer;
pub use header::HeaderTooShort;
// Messages of the compiler name it.
#[doc(hidden)]
pub use header::LayerEdit;
pub(crate) use header::{excess_in, header, raw_number};
pub(crate) use header_with::{HeaderContents, HeaderWith, message_of, options_of};
// Messages of the compiler name them.
#[doc(hidden)]
pub use header_with::{MessageOf, OptionOf};
pub(crate) use hex::DebugBytes;
#[cfg(feature = "alloc")]
pub(crate) use hex::{DIGITS, Hex};
#[cfg(feature = "alloc")]
pub(crate) use inline_fields::InlineFields;
pub use integers::{LittleU32, U24};
pub use item_fields::{DATA, ITEM, LENGTH};
pub(crate) use kind::Kind;
pub use kind::{Flag, Registry, Unit};
pub(crate) use list::List;
pub use list::ListValues;
pub(crate) use mac::MacAddr;
pub use mac::ParseMacError;
pub use name_text::NameTextError;
#[cfg(feature = "alloc")]
pub(crate) use nearest::{nearest, or_the_nearest, the_nearest};
#[cfg(feature = "alloc")]
pub(crate) use number_text::{flags_of, number};
pub(crate) use readable::{DebugValue, readable_debug};
pub use registry::UnknownNumber;
pub(crate) use registry::registry;
pub use row_codec::RowCodec;
pub(crate) use rows::{find_number, show_rows};
#[cfg(test)]
pub(crate) use schema::MAX_LEVELS;
pub use schema::{Schema, Variant, VariantList};
pub(crate) use span::Span;
pub(crate) use tagged_enum::{Contents, refuse_values, show_contents, show_message, tagged_enum};
pub use tagged_enum::{ForAnyLifetime, Tagged, TaggedEnum, ValueReceiver};
#[cfg(feature = "alloc")]
pub(crate) use terminal_text::is_unsafe;
#[cfg(feature = "alloc")]
pub(crate) use text_buffer::{TextBuffer, width_of};
pub use tlv::{TlvValues, Whole};
pub(crate) use tlv::{Tlvs, build_item, build_items};
pub(crate) use tlv_item::BuildItem;
pub use tlv_item::{Tlv, TlvContents, TlvItem, TlvRemainder};
pub use tlv_layout::{BitRange, CutHeader, TlvLayout};
pub(crate) use value::Value;
pub use value_error::ValueError;
pub use wire_value::WireValue;

/// What exported macros name in the crate that uses them. It is no part of the interface.
#[doc(hidden)]
pub mod macro_support {
    #[cfg(feature = "alloc")]
    pub use super::append_text::AppendText;
    pub use super::bits::{get_bits, put_bits};
    pub use super::byte_sink::same_bytes;
    pub use super::codec::{Text, take_or_none, wire_codecs};
    pub use super::cursor::Cursor;
    pub use super::debug_fields::debug_fields;
    pub use super::field::{Field, check_rows, computed_mask, defaults, row_named};
    pub use super::flags::flag_operators;
    #[cfg(feature = "serde")]
    pub use super::header::{DeserializeLayer, serialize};
    pub use super::header::{
        HeaderBytes, attribute_doc, first_header, header, refuse_excess, same_header, set_field, split_header,
        split_header_mut,
    };
    pub use super::header_with::{BuiltHeader, HeaderWith, Message, Options, Raw};
    pub use super::if_serde::if_serde;
    #[cfg(feature = "alloc")]
    pub use super::inline_fields::InlineFields;
    pub use super::kind::Kind;
    pub use super::number_text::{debug_flags, parse_flags, parse_number, show_flags, show_number};
    pub use super::readable::{DebugValue, readable_debug};
    pub use super::registry::{debug_registry, registry};
    pub use super::row_codec::{
        CodecParts, CodedRows, VariantRow, count_open, open_fields, row_codecs, row_field, row_fields, row_schemas,
        variants,
    };
    pub use super::span::Span;
    pub use super::tagged_enum::{debug_variant, tagged_enum};
    #[cfg(feature = "alloc")]
    pub use super::text_buffer::TextBuffer;
    pub use super::value::Value;
    #[cfg(feature = "serde")]
    pub use serde;
}
