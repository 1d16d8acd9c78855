//! Codecs: values without a fixed offset that are read, shown and encoded.

use super::byte_sink::{ByteSink, Count};
use super::cursor::{Cursor, MAX_NESTING};
use super::domain_name::Name;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::kind::Kind;
use super::row_codec::{CodecParts, RowCodec};
use super::schema::Schema;
use super::span::Span;
use super::value::Value;
use super::value_error::ValueError;
use super::wire_value::WireValue;
use core::fmt;

/// Reads a value; ends the function with `None` if the bytes do not hold one. Compiles in half the time of `?`.
#[doc(hidden)]
#[macro_export]
macro_rules! take_or_none {
    ($cursor:expr) => {
        match $crate::wire::Codec::take($cursor) {
            Some(value) => value,
            None => return None,
        }
    };
}

/// The value; ends the function with `None` if there is none. In functions that are compiled for each type, `?` would be
/// two more for each.
macro_rules! or_none {
    ($value:expr) => {
        match $value {
            Some(value) => value,
            None => return None,
        }
    };
}
pub(super) use or_none;

/// A value without a fixed offset: it begins where the previous value ends.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::wire::Codec;
/// let mut cursor = Cursor::new(&[0x12, 0x34]);
/// assert_eq!(<u16 as Codec>::take(&mut cursor), Some(0x1234));
/// ```
pub trait Codec<'a>: Copy + fmt::Debug {
    /// How the value is shown.
    const KIND: Kind;
    /// The fields that it shows besides its own row: [`Schema::NONE`] where it shows none. There is no default, so that
    /// no field is left out of filters and documentation in silence.
    const SCHEMA: &'static Schema;
    /// Bits of the number that is shown: they bound what filters compare it with. 0 if it is no number, or its length is
    /// not fixed.
    const BITS: u16 = 0;
    /// The functions of this codec, as a value.
    const ROW: RowCodec<'a> = RowCodec::of::<Self>();
    /// What tables of rows hold of this codec.
    #[doc(hidden)]
    const PARTS: CodecParts<'a> = CodecParts {
        kind: Self::KIND,
        bits: Self::BITS,
        schema: Self::SCHEMA,
        can_refuse: Self::CAN_REFUSE,
        functions: Self::ROW,
    };
    /// Whether [`emit`](Self::emit) may refuse a value. If none is refused, no program links what an error says of it.
    #[doc(hidden)]
    const CAN_REFUSE: bool = true;
    /// Reads the value and moves the cursor past it. `None` if the bytes do not hold one.
    fn take(cursor: &mut Cursor<'a>) -> Option<Self>;
    /// Shows the value at bytes `span` as the field `field`.
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor);
    /// Writes the value.
    fn emit(&self, out: &mut dyn ByteSink);
    /// Builds the value that the source gives for `field`, or its default.
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let _ = builder;
        Err(FieldError::at(field, ValueError::Rule("cannot be built from its fields")))
    }
    /// Tells whether the source gives a value for `field`.
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(field)
    }
    /// Length of the value in bytes, as it was read.
    fn wire_len(&self) -> usize {
        let mut count = Count(0);
        self.emit(&mut count);
        count.0
    }
}

impl<'a> RowCodec<'a> {
    /// The functions of a codec.
    pub const fn of<T: Codec<'a>>() -> Self {
        RowCodec::Other { show: show_next::<T>, build: T::build, is_given: T::is_given }
    }
}

/// Reads a value, shows it and moves the cursor past it; `false` if the bytes do not hold one.
fn show_next<'a, T: Codec<'a>>(left: &mut Cursor<'a>, field: &'static Field, visitor: &mut dyn Visitor) -> bool {
    let mut after = *left;
    let Some(value) = T::take(&mut after) else { return false };
    value.show(field, Span::new(left.at, after.at), visitor);
    *left = after;
    true
}

/// Numbers and addresses that fill whole bytes: each is a [`Codec`].
pub trait WholeBytes: WireValue + fmt::Debug {}

impl<'a, T: WholeBytes> Codec<'a> for T {
    const KIND: Kind = <T as WireValue>::KIND;
    const BITS: u16 = T::MAX_BITS as u16;
    const SCHEMA: &'static Schema = Schema::NONE;
    const ROW: RowCodec<'a> = RowCodec::WholeBytes(<T as WireValue>::KIND, T::MAX_BITS / 8);
    const CAN_REFUSE: bool = false;
    #[inline]
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(T::get(or_none!(cursor.take(T::MAX_BITS / 8)), 0..T::MAX_BITS))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        show_wire(*self, field, span, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        let mut bytes = [0; 64];
        if let Some(bytes) = bytes.get_mut(..T::MAX_BITS / 8) {
            self.put(bytes, 0..T::MAX_BITS);
            out.put(bytes)
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.put_whole(field, &mut [0; 64], T::MAX_BITS)
    }
}

/// Implements [`Codec`] for types that fill whole bytes.
#[doc(hidden)]
#[macro_export]
macro_rules! wire_codecs {
    ($($t:ty),* $(,)?) => { $( impl $crate::wire::WholeBytes for $t {} )* };
}

wire_codecs!(u8, u16, u32, u64, i8, i16, i32, i64, crate::wire::MacAddr, core::net::Ipv4Addr, core::net::Ipv6Addr);

/// Shows a value that fills whole bytes.
#[doc(hidden)]
pub fn show_wire<T: WireValue>(value: T, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
    let mut bytes = [0; 64];
    let Some(bytes) = bytes.get_mut(..T::MAX_BITS / 8) else { return };
    value.put(bytes, 0..T::MAX_BITS);
    if let Some(value) = Value::of_bytes(T::KIND, bytes) {
        visitor.field(field, span, value)
    }
}

impl<'a, const N: usize> Codec<'a> for [u8; N] {
    const KIND: Kind = Kind::Bytes;
    const SCHEMA: &'static Schema = Schema::NONE;
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        cursor.chunk().copied()
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, if let Kind::Text = field.kind { Value::Text(self) } else { Value::Bytes(self) })
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let mut bytes = [0; N];
        if let Some(value) = builder.source.value(field)? {
            value.write(field.item_kind(), &mut bytes, 0..N * 8).map_err(|error| FieldError::at(field, error))?;
        }
        builder.out.put(&bytes);
        Ok(())
    }
}

impl<'a> Codec<'a> for &'a [u8] {
    const KIND: Kind = Kind::Bytes;
    const SCHEMA: &'static Schema = Schema::NONE;
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(cursor.rest().bytes())
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Bytes(self))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(field)
    }
}

/// Text: all bytes up to the end.
///
/// ```
/// use packetsmith::{Cursor, Text};
/// use packetsmith::wire::Codec;
/// let text = Text::take(&mut Cursor::new(b"gateway")).unwrap();
/// assert_eq!(text.0, b"gateway");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a>(pub &'a [u8]);

/// ```
/// use packetsmith::Text;
/// use packetsmith::proto::dhcp::DhcpOption;
/// assert_eq!(DhcpOption::HostName { name: "gateway".into() }, DhcpOption::HostName { name: Text(b"gateway") });
/// ```
impl<'a> From<&'a str> for Text<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Text(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    #[inline]
    fn from(text: &'a [u8]) -> Self {
        Text(text)
    }
}

/// The text in quotes, with special bytes escaped.
impl fmt::Debug for Text<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl<'a> Codec<'a> for Text<'a> {
    const KIND: Kind = Kind::Text;
    const SCHEMA: &'static Schema = Schema::NONE;
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Text(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(field)
    }
}

impl<'a> Codec<'a> for Name<'a> {
    const KIND: Kind = Kind::Name;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        cursor.name()
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Name(*self))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.emit_labels(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.name(field)
    }
    fn wire_len(&self) -> usize {
        Name::wire_len(self).unwrap_or(0)
    }
}

/// A value whose domain names are compressed against the first byte of the value, not of the message.
///
/// ```
/// use packetsmith::{Cursor, List, Name};
/// use packetsmith::wire::{Codec, Standalone};
/// // The pointer at the end leads to the first byte of the names, not of the message.
/// let mut cursor = Cursor::new(b"\xaa\xbb\x03org\0\x03www\xc0\x00");
/// cursor.take(2);
/// let Standalone(names) = Standalone::<List<Name>>::take(&mut cursor).unwrap();
/// let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
/// assert_eq!(names, ["org", "www.org"]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Standalone<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for Standalone<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Codec<'a>> Codec<'a> for Standalone<T> {
    const KIND: Kind = T::KIND;
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let message = cursor.message;
        cursor.message = cursor.at;
        let value = T::take(cursor);
        cursor.message = message;
        Some(Standalone(or_none!(value)))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, span, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let before = (builder.message, builder.labels.take());
        builder.message = builder.len();
        T::build(field, builder)?;
        (builder.message, builder.labels) = before;
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        T::is_given(field, builder)
    }
    fn wire_len(&self) -> usize {
        self.0.wire_len()
    }
}

/// Options nested in an option of the same list. Deeper than [`MAX_NESTING`] the bytes are not read as options, so that
/// a packet cannot choose the depth of the recursion.
///
/// ```
/// use packetsmith::proto::dhcp::Dhcpv6Option;
/// use packetsmith::Tlvs;
/// use packetsmith::wire::Nested;
/// # let mut bytes = vec![0, 3, 0, 18, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
/// # bytes.extend([0, 13, 0, 2, 0, 2]);
/// // An identity association, and inside of it a status: no addresses are left.
/// let association = Tlvs::<Dhcpv6Option>::new(&bytes).iter().next().unwrap();
/// let Dhcpv6Option::IaNa { options: Nested(options), .. } = association else { panic!() };
/// let codes: Vec<_> = options.items().map(|option| option.unwrap().kind).collect();
/// assert_eq!(codes, [13]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nested<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for Nested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Codec<'a>> Codec<'a> for Nested<T> {
    const KIND: Kind = T::KIND;
    const BITS: u16 = T::BITS;
    /// The options inside are of a kind that is listed already; what lists itself has no end.
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let depth = cursor.depth;
        if depth >= MAX_NESTING {
            return None;
        }
        cursor.depth = depth + 1;
        let value = T::take(cursor);
        cursor.depth = depth;
        Some(Nested(or_none!(value)))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        // Most options have no nested options.
        if !span.is_empty() {
            self.0.show(field, span, visitor)
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        T::build(field, builder)
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        T::is_given(field, builder)
    }
    fn wire_len(&self) -> usize {
        self.0.wire_len()
    }
}

/// A value that is missing if the bytes end before it.
impl<'a, T: Codec<'a>> Codec<'a> for Option<T> {
    const KIND: Kind = T::KIND;
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    const CAN_REFUSE: bool = T::CAN_REFUSE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        if cursor.is_empty() { Some(None) } else { Some(Some(take_or_none!(cursor))) }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        if let Some(part) = self {
            part.show(field, span, visitor)
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        if let Some(part) = self {
            part.emit(out)
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if T::is_given(field, builder) { T::build(field, builder) } else { Ok(()) }
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        T::is_given(field, builder)
    }
}

/// A value after its length in bytes. The length has `N` bytes, 1 or 2.
///
/// ```
/// use packetsmith::{Cursor, Text};
/// use packetsmith::wire::{Codec, Counted};
/// let mut cursor = Cursor::new(b"\x03abcde");
/// assert_eq!(Counted::<Text>::take(&mut cursor), Some(Counted(Text(b"abc"))));
/// assert_eq!(cursor.bytes(), b"de");
/// let mut out = Vec::new();
/// Counted::<_, 2>(Text(b"abc")).emit(&mut out);
/// assert_eq!(out, b"\0\x03abc");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Counted<T, const N: usize = 1>(pub T);

/// ```
/// use packetsmith::List;
/// use packetsmith::proto::dns::SvcParam;
/// let protocols = ["h3".into(), "h2".into()];
/// let alpn = SvcParam::Alpn { protocols: List::of(&protocols) };
/// assert_eq!(format!("{alpn:?}"), r#"Alpn { protocols: ["h3", "h2"] }"#);
/// ```
impl<'a, const N: usize> From<&'a str> for Counted<Text<'a>, N> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Counted(text.into())
    }
}

impl<T: fmt::Debug, const N: usize> fmt::Debug for Counted<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Codec<'a>, const N: usize> Codec<'a> for Counted<T, N> {
    const KIND: Kind = T::KIND;
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut inner = or_none!(cursor.counted::<N>());
        let value = take_or_none!(&mut inner);
        if inner.is_empty() { Some(Counted(value)) } else { None }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, Span::new(span.start + N as u32, span.end), visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        let mut count = Count(0);
        self.0.emit(&mut count);
        let (have, max) = (count.0, (1 << (8 * N)) - 1);
        if have > max {
            out.refuse(ValueError::TooLong { have, max }.into());
        }
        put_number::<N>(have as u16, out);
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.out.put(&[0; 2][..N.min(2)]);
        T::build(field, builder)?;
        let (have, max) = (builder.len() - at - N, (1 << (8 * N)) - 1);
        if have > max {
            return Err(FieldError::at(field, ValueError::TooLong { have, max }));
        }
        builder.patch(at, N, have as u64);
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        T::is_given(field, builder)
    }
}

/// Writes a number in its last `N` bytes.
pub(super) fn put_number<const N: usize>(n: u16, out: &mut dyn ByteSink) {
    out.put(n.to_be_bytes().get(2usize.saturating_sub(N)..).unwrap_or(&[]))
}

pub use {take_or_none, wire_codecs};
