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
pub(crate) use append_text::AddressBytes;
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use append_text::{AppendText, append};
#[doc(hidden)]
pub use bits::{get_bits, put_bits};
pub use byte_sink::ByteSink;
#[doc(hidden)]
pub use byte_sink::same_bytes;
#[doc(hidden)]
pub use checksum::{Checksum, Sum};
pub use checksum::{fcs, update_checksum};
#[doc(hidden)]
pub use codec::Text;
pub use codec::{Codec, Counted, Nested, Standalone, WholeBytes};
#[doc(hidden)]
pub use codec::{take_or_none, wire_codecs};
pub(crate) use compression::LabelTable;
#[doc(hidden)]
pub use cursor::Cursor;
pub use cursor::MAX_NESTING;
#[doc(hidden)]
pub use debug_fields::debug_fields;
#[doc(hidden)]
pub use domain_name::Name;
#[cfg(feature = "alloc")]
pub(crate) use domain_name::NameBudget;
pub use domain_name::NameError;
pub use encoder::{Defaults, Encoder, FieldSource};
pub(crate) use encoder::{OFFLOADED, OWN, TRAILER, ZERO_IS_ALL_ONES};
#[doc(hidden)]
pub use field::Field;
pub use field::{Computed, FieldError, SelectorKind, Visitor, show_fixed};
#[doc(hidden)]
pub use field::{check_rows, computed_mask, defaults, row_named};
pub use flags::{FlagIter, FlagSet};
#[doc(hidden)]
pub use flags::{flag_operators, flags};
#[doc(hidden)]
pub use group::group;
pub use header::HeaderTooShort;
#[doc(hidden)]
pub use header::LayerEdit;
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use header::{DeserializeLayer, serialize};
#[doc(hidden)]
pub use header::{
    HeaderBytes, attribute_doc, first_header, header, refuse_excess, same_header, set_field, split_header,
    split_header_mut,
};
pub(crate) use header::{excess_in, raw_number};
#[doc(hidden)]
pub use header_with::{
    BuiltHeader, HeaderContents, HeaderWith, Message, MessageOf, OptionOf, Options, Raw, message_of, options_of,
};
#[cfg(feature = "alloc")]
pub(crate) use hex::DIGITS;
pub(crate) use hex::DebugBytes;
#[doc(hidden)]
pub use hex::Hex;
#[doc(hidden)]
pub use if_serde::if_serde;
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use inline_fields::InlineFields;
pub use integers::{LittleU32, U24};
pub use item_fields::{DATA, ITEM, LENGTH};
#[doc(hidden)]
pub use kind::Kind;
pub use kind::{Flag, Registry, Unit};
#[doc(hidden)]
pub use list::List;
pub use list::ListValues;

#[doc(hidden)]
pub use mac::MacAddr;
pub use mac::ParseMacError;
pub use name_text::NameTextError;
#[cfg(feature = "alloc")]
pub(crate) use nearest::{nearest, or_the_nearest, the_nearest};
#[doc(hidden)]
pub use number_text::{debug_flags, parse_flags, parse_number, show_flags, show_number};
#[cfg(feature = "alloc")]
pub(crate) use number_text::{flags_of, number};
#[doc(hidden)]
pub use readable::{DebugValue, readable_debug};
pub use registry::UnknownNumber;
#[doc(hidden)]
pub use registry::{debug_registry, registry};
pub use row_codec::RowCodec;
#[doc(hidden)]
pub use row_codec::{
    CodecParts, CodedRows, VariantRow, count_open, open_fields, row_codecs, row_field, row_fields, row_schemas,
    variants,
};
pub(crate) use rows::{find_number, show_rows};
#[cfg(test)]
pub(crate) use schema::MAX_LEVELS;
pub use schema::{Schema, Variant, VariantList};
#[doc(hidden)]
pub use span::Span;
#[doc(hidden)]
pub use tagged_enum::{Contents, debug_variant, refuse_values, tagged_enum};
pub use tagged_enum::{ForAnyLifetime, Tagged, TaggedEnum, ValueReceiver};
pub(crate) use tagged_enum::{show_contents, show_message};
#[cfg(feature = "alloc")]
pub(crate) use terminal_text::is_unsafe;
#[cfg(feature = "alloc")]
#[doc(hidden)]
pub use text_buffer::TextBuffer;
#[cfg(feature = "alloc")]
pub(crate) use text_buffer::width_of;
#[doc(hidden)]
pub use tlv::Tlvs;
pub use tlv::{TlvValues, Whole};
pub(crate) use tlv::{build_item, build_items};
pub(crate) use tlv_item::BuildItem;
pub use tlv_item::{Tlv, TlvContents, TlvItem, TlvRemainder};
pub use tlv_layout::{BitRange, CutHeader, TlvLayout};
#[doc(hidden)]
pub use value::Value;
pub use value_error::ValueError;
pub use wire_value::WireValue;

/// serde, for the code of macros.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use serde;
