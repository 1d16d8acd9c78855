//! The codecs of a variant's fields, as values in a table.

use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::item_fields::DATA;
use super::kind::Kind;
use super::value::Value;

/// How a field of a variable part is shown and built: the functions of its [`Codec`](super::Codec).
///
/// One function shows the fields of any variant by a table of these, see [`TaggedEnum`](super::TaggedEnum).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RowCodec<'a> {
    /// A number or an address: its kind, and its length in bytes.
    WholeBytes(Kind, usize),
    /// Any other value.
    #[non_exhaustive]
    Other {
        /// Reads a value, shows it and moves the cursor past it; `false` if the bytes do not hold one.
        show: fn(&mut Cursor<'a>, &'static Field, &mut dyn Visitor) -> bool,
        /// Builds the value that the source gives for the field, or its default.
        build: fn(&'static Field, &mut Encoder<'_>) -> Result<(), FieldError>,
        /// Tells whether the source gives a value for the field.
        is_given: fn(&'static Field, &mut Encoder<'_>) -> bool,
    },
}

impl<'a> RowCodec<'a> {
    fn show(&self, left: &mut Cursor<'a>, field: &'static Field, visitor: &mut dyn Visitor) -> bool {
        match *self {
            RowCodec::WholeBytes(kind, len) => {
                let Some(bytes) = left.split(len) else { return false };
                if let Some(value) = Value::of_bytes(kind, bytes.bytes()) {
                    visitor.field(field, bytes.span(), value)
                }
                true
            }
            RowCodec::Other { show, .. } => show(left, field, visitor),
        }
    }

    pub(super) fn build(&self, field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        match *self {
            RowCodec::WholeBytes(_, len) => builder.put_whole(field, &mut [0; 64], len * 8),
            RowCodec::Other { build, .. } => build(field, builder),
        }
    }

    fn is_given(&self, field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        match *self {
            RowCodec::WholeBytes(..) => builder.source.has(field),
            RowCodec::Other { is_given, .. } => is_given(field, builder),
        }
    }
}

/// The fields of contents and their codecs, in wire order.
#[derive(Clone, Copy)]
pub struct CodedRows<'r, 'a> {
    /// The fields.
    pub fields: &'static [Field],
    /// The codec of each.
    pub codecs: &'r [RowCodec<'a>],
}

impl<'a> CodedRows<'_, 'a> {
    fn iter(&self) -> impl Iterator<Item = (&'static Field, &RowCodec<'a>)> {
        self.fields.iter().zip(self.codecs)
    }

    /// Shows fields as far as the contents can be decoded, and returns the rest.
    pub fn show(&self, mut left: Cursor<'a>, visitor: &mut dyn Visitor) -> Cursor<'a> {
        for (field, codec) in self.iter() {
            if !codec.show(&mut left, field, visitor) {
                break;
            }
        }
        left
    }

    /// Builds all fields, from what is given or their defaults.
    pub fn build(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        for (field, codec) in self.iter() {
            codec.build(field, builder)?;
        }
        Ok(())
    }

    /// Builds contents from the fields that are given, and from raw contents given as [`DATA`], which follow the last
    /// field that is given.
    pub fn build_contents(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        // A row has the name that raw contents go by, and takes them.
        let has_data = self.fields.iter().any(|field| field.name == DATA.name);
        let raw = !has_data && builder.source.has(DATA);
        for (field, codec) in self.iter() {
            if raw && !codec.is_given(field, builder) {
                break;
            }
            codec.build(field, builder)?;
        }
        if has_data { Ok(()) } else { builder.bytes(DATA) }
    }

    /// Tells whether the source gives a value for any of the fields.
    pub fn is_given(&self, builder: &mut Encoder<'_>) -> bool {
        self.iter().any(|(field, codec)| codec.is_given(field, builder))
    }
}
