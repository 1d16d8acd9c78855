//! The codecs of a variant's fields, as values in a table.

use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::item_fields::DATA;
use super::kind::Kind;
use super::schema::{Schema, Variant};
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

/// What tables of rows hold of a codec.
#[derive(Clone, Copy)]
pub struct CodecParts<'a> {
    /// How its values are shown.
    pub kind: Kind,
    /// Bits of the number that is shown.
    pub bits: u16,
    /// The fields of its values.
    pub schema: &'static Schema,
    /// Whether some of its values cannot be encoded.
    pub can_refuse: bool,
    /// Its functions.
    pub functions: RowCodec<'a>,
}

/// A field of a variant: the number of the variant, the field made by [`row_field`], and its codec.
pub type VariantRow<'a> = (u16, Field, CodecParts<'a>);

/// A field whose kind and width are those of its codec. [`row_fields`] sets them.
pub const fn row_field(name: &'static str, filter: &'static str, doc: &'static str) -> Field {
    Field::floating(name, filter, KIND_OF_CODEC, doc)
}

/// Stands for the kind of the codec. A field that refines its kind has another one.
const KIND_OF_CODEC: Kind = Kind::Group;

/// The fields of rows.
pub const fn row_fields<const N: usize>(rows: &[VariantRow<'_>]) -> [Field; N] {
    let mut fields = [row_field("", "", ""); N];
    let mut i = 0;
    while i < N {
        let (_, field, codec) = rows[i];
        fields[i] = field.of_bits(codec.bits);
        if matches!(field.kind, Kind::Group) {
            fields[i].kind = codec.kind;
        }
        i += 1;
    }
    fields
}

/// The schemas of the values in rows.
pub const fn row_schemas<const N: usize>(rows: &[VariantRow<'_>]) -> [&'static Schema; N] {
    let mut schemas = [Schema::NONE; N];
    let mut i = 0;
    while i < N {
        schemas[i] = rows[i].2.schema;
        i += 1;
    }
    schemas
}

/// The codecs of rows.
pub const fn row_codecs<'a, const N: usize>(rows: &[VariantRow<'a>]) -> [RowCodec<'a>; N] {
    let mut codecs = [RowCodec::WholeBytes(KIND_OF_CODEC, 0); N];
    let mut i = 0;
    while i < N {
        codecs[i] = rows[i].2.functions;
        i += 1;
    }
    codecs
}

/// Whether some values of rows cannot be encoded.
pub const fn can_refuse(rows: &[VariantRow<'_>]) -> bool {
    let mut i = 0;
    while i < rows.len() {
        if rows[i].2.can_refuse {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether the row is the last one of its variant, and the contents of the variant may have any length.
const fn ends_open_variant(rows: &[VariantRow<'_>], row: usize) -> bool {
    let number = rows[row].0;
    if row + 1 < rows.len() && rows[row + 1].0 == number {
        return false;
    }
    let mut first = row;
    while rows[first].0 == number {
        if !matches!(rows[first].2.functions, RowCodec::WholeBytes(..)) {
            return true;
        }
        if first == 0 {
            return false;
        }
        first -= 1;
    }
    false
}

/// How many [`open_fields`] rows have.
pub const fn count_open(rows: &[VariantRow<'_>]) -> usize {
    let (mut row, mut count) = (0, 0);
    while row < rows.len() {
        count += ends_open_variant(rows, row) as usize;
        row += 1;
    }
    count
}

/// The last field of each variant whose contents may be too long, with the number of the variant: what the encoder of a list
/// needs of the table of fields.
pub const fn open_fields<const N: usize>(rows: &[VariantRow<'_>], fields: &[Field]) -> [(u16, Field); N] {
    let mut open = [(0, row_field("", "", "")); N];
    let (mut row, mut count) = (0, 0);
    while row < rows.len() {
        if ends_open_variant(rows, row) {
            open[count] = (rows[row].0, fields[row]);
            count += 1;
        }
        row += 1;
    }
    open
}

/// The variants of a tagged enum, each with its number, name and identifier, of rows that follow each other as the variants
/// do.
pub const fn variants<const N: usize>(
    names: &[(u16, &'static str, &'static str, &'static str); N],
    rows: &[VariantRow<'_>],
) -> [Variant; N] {
    let mut variants = [Variant { number: 0, name: "", ident: "", filter: "", first_row: 0, rows: 0 }; N];
    let (mut i, mut row) = (0, 0);
    while i < N {
        let (number, name, ident, filter) = names[i];
        let first_row = row;
        while row < rows.len() && rows[row].0 == number {
            row += 1;
        }
        let rows = (row - first_row) as u16;
        variants[i] = Variant { number, name, ident, filter, first_row: first_row as u16, rows };
        i += 1;
    }
    variants
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
