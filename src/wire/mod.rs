//! Bytes and values. Nothing here knows a protocol.

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
#[cfg(feature = "alloc")]
pub(crate) mod inline_fields;
pub(crate) mod integers;
pub(crate) mod item_fields;
pub(crate) mod kind;
pub(crate) mod list;
pub(crate) mod mac;
pub(crate) mod name_text;
#[cfg(feature = "alloc")]
pub(crate) mod nearest;
pub(crate) mod readable;
pub(crate) mod registry;
pub(crate) mod row_codec;
pub(crate) mod rows;
pub(crate) mod schema;
pub(crate) mod span;
pub(crate) mod tagged_enum;
#[cfg(feature = "alloc")]
#[cfg(feature = "alloc")]
pub(crate) mod terminal_text;
#[cfg(feature = "alloc")]
pub(crate) mod text_buffer;
pub(crate) mod tlv;
pub(crate) mod tlv_layout;
pub(crate) mod value;
pub(crate) mod value_error;
pub(crate) mod wire_value;

#[cfg(test)]
mod tests;

#[cfg(feature = "alloc")]
pub(crate) use append_text::{AddressBytes, AppendText, append};
pub(crate) use bits::{get_bits, put_bits};
pub use byte_sink::ByteSink;
pub(crate) use byte_sink::same_bytes;
pub(crate) use checksum::{Checksum, Sum};
pub use checksum::{fcs, update_checksum};
pub(crate) use codec::Text;
#[doc(hidden)]
pub use codec::codec_field;
pub use codec::{Codec, Counted, Nested, Standalone, WholeBytes};
pub(crate) use codec::{take_or_none, wire_codecs};
pub(crate) use compression::LabelTable;
pub(crate) use cursor::Cursor;
pub use cursor::MAX_NESTING;
pub(crate) use debug_fields::debug_fields;
pub(crate) use domain_name::Name;
#[cfg(feature = "alloc")]
pub(crate) use domain_name::NameBudget;
pub use domain_name::NameError;
pub use encoder::{Defaults, Encoder, FieldSource};
pub(crate) use encoder::{OFFLOADED, OWN, TRAILER, ZERO_IS_ALL_ONES};
pub(crate) use field::Field;
pub(crate) use field::alike;
pub use field::{Computed, FieldError, SelectorKind, Visitor, show_fixed};
pub(crate) use field::{check_rows, computed_mask, defaults, row_named};
pub(crate) use flags::flags;
pub(crate) use group::group;
#[cfg(doc)]
pub(crate) use header::attribute_doc;
#[cfg(feature = "serde")]
pub(crate) use header::serialize;
#[doc(hidden)]
pub use header::{HeaderBytes, keep_or_refuse, refuse_excess, set_field};
pub(crate) use header::{LayerEdit, LayerHeader, excess_in, header};
pub(crate) use header_with::{
    BuiltHeader, HeaderContents, HeaderWith, Message, MessageOf, OptionOf, Options, Raw, message_of, options_of,
};
#[cfg(feature = "alloc")]
pub(crate) use hex::DIGITS;
#[allow(unused_imports, reason = "only some features write bytes as digits")]
pub(crate) use hex::Hex;
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
pub(crate) use readable::{DebugValue, readable_debug};
pub use registry::UnknownNumber;
pub(crate) use registry::{debug_registry, registry};
pub(crate) use row_codec::CodedRows;
pub use row_codec::RowCodec;
pub(crate) use rows::{find_number, show_rows};
#[cfg(test)]
pub(crate) use schema::MAX_LEVELS;
pub use schema::{Schema, Variant, VariantList};
pub(crate) use span::Span;
pub(crate) use tagged_enum::{Contents, debug_variant, refuse_values, tagged_enum};
pub use tagged_enum::{ForAnyLifetime, Tagged, TaggedEnum, ValueReceiver};
pub(crate) use tagged_enum::{show_contents, show_message};
#[cfg(feature = "alloc")]
pub(crate) use terminal_text::is_unsafe;
#[cfg(feature = "alloc")]
pub(crate) use text_buffer::{TextBuffer, width_of};
pub(crate) use tlv::Tlvs;
pub(crate) use tlv::{BuildItem, build_item, build_items};
pub use tlv::{Tlv, TlvContents, TlvItem, TlvRemainder, TlvValues, Whole};
pub use tlv_layout::{BitRange, CutHeader, TlvLayout};
pub(crate) use value::Value;
pub use value_error::ValueError;
pub use wire_value::WireValue;
