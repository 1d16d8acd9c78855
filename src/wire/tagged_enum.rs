//! Enums whose variants a number selects: options, records, messages.

use super::byte_sink::{ByteSink, FirstError};
use super::codec::{Codec, or_none, put_number};
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::item_fields::DATA;
use super::kind::Kind;
use super::readable::DebugValue;
use super::row_codec::{CodedRows, RowCodec, VariantRow, can_refuse};
use super::schema::{Schema, Variant, ascend, find_variant};
use super::span::Span;
use super::value::Value;
use super::value_error::ValueError;
use core::fmt;

/// An enum whose variants a number selects: options, records, messages. Made by `tagged_enum!`.
///
/// ```
/// use packetsmith::proto::dns::EdnsOption;
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::Tlvs;
/// use packetsmith::wire::{TaggedEnum, TlvItem};
/// /// Names of the items of a list.
/// fn names<'a, V: TaggedEnum<'a> + TlvItem>(list: &'a [u8]) -> Vec<&'static str> {
///     Tlvs::<V>::new(list).iter().map(|item| V::name_of(item.kind()).unwrap_or("unknown")).collect()
/// }
/// assert_eq!(names::<TcpOption>(&[2, 4, 5, 0xb4, 99, 2]), ["maximum segment size", "unknown"]);
/// assert_eq!(names::<EdnsOption>(&[0, 17, 0, 2, 0, 1]), ["server tag"]);
/// ```
pub trait TaggedEnum<'a>: Copy + fmt::Debug + 'a {
    /// Field of the number that selects the variant.
    const KIND: &'static Field;
    /// The fields of all variants one after the other, as declared. The other tables are made of it.
    #[doc(hidden)]
    const ROWS: &'a [VariantRow<'a>];
    /// The variants as declared, with their numbers and names.
    const VARIANTS: &'static [Variant];
    /// The fields of all variants one after the other.
    const FIELDS: &'static [Field];
    /// The codecs of these fields.
    const CODECS: &'a [RowCodec<'a>];
    /// The fields of every variant and of the values inside them.
    const SCHEMA: &'static Schema;
    /// The last field of each variant whose contents may be too long, with the number of the variant.
    #[doc(hidden)]
    const OPEN_FIELDS: &'static [(u16, Field)];
    /// Whether some values of the contents cannot be encoded.
    #[doc(hidden)]
    const CAN_REFUSE: bool = can_refuse(Self::ROWS);
    /// Decodes contents. Contents that do not fit the variant become `Unknown`.
    fn decode(kind: u16, contents: Cursor<'a>) -> Self;
    /// The number.
    fn kind(&self) -> u16;
    /// Passes the values of the contents on, in wire order.
    fn visit<R: ValueReceiver>(&self, receiver: &mut R);
    /// Raw contents: those of `Unknown`.
    fn unknown(kind: u16, contents: Cursor<'a>) -> Self;
    /// Tells whether this is `Unknown`: the number has no variant, or the contents did not fit it.
    fn is_unknown(&self) -> bool;

    /// Encodes the contents.
    fn emit(&self, out: &mut dyn ByteSink) {
        self.visit(&mut Emit(out))
    }
    /// Finds the variant of a number.
    fn variant(kind: u16) -> Option<&'static Variant> {
        find_variant(Self::VARIANTS, const { ascend(Self::VARIANTS) }, kind)
    }
    /// The fields of a variant's contents and their codecs, in wire order.
    fn coded_rows(kind: u16) -> CodedRows<'a, 'a> {
        match Self::variant(kind) {
            Some(variant) => CodedRows { fields: variant.own(Self::FIELDS), codecs: variant.own(Self::CODECS) },
            None => CodedRows { fields: &[], codecs: &[] },
        }
    }
    /// The number's name.
    fn name_of(kind: u16) -> Option<&'static str> {
        match Self::variant(kind) {
            Some(variant) => Some(variant.name),
            None => None,
        }
    }
    /// Identifier of the variant in code.
    fn ident(kind: u16) -> Option<&'static str> {
        match Self::variant(kind) {
            Some(variant) => Some(variant.ident),
            None => None,
        }
    }
    /// Fields of a variant's contents in wire order.
    fn rows(kind: u16) -> &'static [Field] {
        match Self::variant(kind) {
            Some(variant) => variant.own(Self::FIELDS),
            None => &[],
        }
    }
    /// Shows the fields of contents as far as they can be decoded, and returns the rest. Nothing is left of contents that
    /// [`decode`](Self::decode) accepts.
    fn show(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) -> Cursor<'a> {
        Self::coded_rows(kind).show(contents, visitor)
    }
    /// Builds the contents of a variant from the fields that are given, or from raw contents given as [`DATA`].
    fn build(kind: u16, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        Self::coded_rows(kind).build_contents(builder)
    }
}

/// Receives the values of a tagged enum's contents, each with its type.
pub trait ValueReceiver {
    /// Takes the next value.
    fn value<'a, T: Codec<'a>>(&mut self, value: &T);
}

/// Encodes the values.
struct Emit<'s>(&'s mut dyn ByteSink);

impl ValueReceiver for Emit<'_> {
    #[inline]
    fn value<'a, T: Codec<'a>>(&mut self, value: &T) {
        value.emit(self.0)
    }
}

/// Writes a value with the names of its variant and fields, as `#[derive(Debug)]` does.
pub fn debug_variant<'a, V: TaggedEnum<'a>>(value: &V, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let kind = value.kind();
    let variant = if value.is_unknown() { None } else { V::variant(kind) };
    let mut out = f.debug_struct(variant.map_or("Unknown", |variant| variant.ident));
    if variant.is_none() {
        out.field("kind", &kind);
    }
    value.visit(&mut DebugValues { out: &mut out, fields: contents_fields(value).iter() });
    out.finish()
}

/// The fields of a value's contents, in wire order.
fn contents_fields<'a, V: TaggedEnum<'a>>(value: &V) -> &'static [Field] {
    if value.is_unknown() { UNKNOWN } else { V::rows(value.kind()) }
}

/// Refuses contents that are too long for their length: the error names the last field.
pub(super) fn refuse_length<'a, V: TaggedEnum<'a>>(value: &V, error: ValueError, out: &mut dyn ByteSink) {
    let open = if value.is_unknown() { &[] } else { V::OPEN_FIELDS };
    out.refuse(FieldError::at(open_field(open, value.kind()), error));
}

fn open_field(open: &'static [(u16, Field)], kind: u16) -> &'static Field {
    match open.iter().find(|(number, _)| *number == kind) {
        Some((_, field)) => field,
        None => DATA,
    }
}

/// Refuses the first field of the contents that cannot be encoded.
#[inline]
pub fn refuse_values<'a, V: TaggedEnum<'a>>(value: &V, out: &mut dyn ByteSink) {
    // The condition is a constant: where it is false, no table of fields is linked.
    if V::CAN_REFUSE {
        find_refused(value, out)
    }
}

#[cold]
fn find_refused<'a, V: TaggedEnum<'a>>(value: &V, out: &mut dyn ByteSink) {
    let mut receiver = FindRefused { fields: contents_fields(value).iter(), error: None };
    value.visit(&mut receiver);
    if let Some(error) = receiver.error {
        out.refuse(error);
    }
}

/// Finds the first value that cannot be encoded, and its field.
struct FindRefused {
    fields: core::slice::Iter<'static, Field>,
    error: Option<FieldError>,
}

impl FindRefused {
    /// Keeps the error of the next field, if it is the first.
    fn next(&mut self, error: Option<FieldError>) {
        let field = self.fields.next();
        if let (None, Some(error)) = (self.error, error) {
            self.error = Some(FieldError { field: error.field.or(field), ..error });
        }
    }
}

impl ValueReceiver for FindRefused {
    fn value<'a, T: Codec<'a>>(&mut self, value: &T) {
        let mut first = FirstError::default();
        value.emit(&mut first);
        self.next(first.error)
    }
}

/// The contents of a variant that has no table.
const UNKNOWN: &[Field] = &[*DATA];

/// Writes each value with the name of its field.
struct DebugValues<'s, 'f, 'o> {
    out: &'s mut fmt::DebugStruct<'f, 'o>,
    fields: core::slice::Iter<'static, Field>,
}

impl ValueReceiver for DebugValues<'_, '_, '_> {
    fn value<'a, T: Codec<'a>>(&mut self, value: &T) {
        let name = match self.fields.next() {
            Some(field) => field.name,
            None => "",
        };
        self.out.field(name, &DebugValue(*value));
    }
}

/// A tagged enum of any lifetime: what a list of options is made of, see
/// [`OptionList`](crate::layer::OptionList). Made by `tagged_enum!`.
pub trait ForAnyLifetime {
    /// The enum that borrows from a frame for `'a`.
    type Of<'a>: TaggedEnum<'a>;
}

/// A tag of `N` bytes, 1 or 2, followed by contents of that type up to the end.
///
/// ```
/// use packetsmith::proto::link::ArpHardware;
/// use packetsmith::Cursor;
/// use packetsmith::proto::dhcp::Duid;
/// use packetsmith::wire::{Codec, Tagged};
/// let mut cursor = Cursor::new(&[0, 3, 0, 1, 2, 0, 0, 0, 0, 1]);
/// let tagged = Tagged::<Duid, 2>::take(&mut cursor).unwrap();
/// assert_eq!(tagged.tag, 3);
/// let address = &[2, 0, 0, 0, 0, 1];
/// assert_eq!(tagged.get(), Duid::LinkLayer { hardware: ArpHardware::Ethernet, address });
/// // To build an option, it is made of the value.
/// assert_eq!(tagged, Tagged::of(&Duid::LinkLayer { hardware: ArpHardware::Ethernet, address }));
/// ```
pub struct Tagged<'a, V, const N: usize = 1> {
    /// The tag.
    pub tag: u16,
    contents: Contents<'a, V>,
}

/// Contents in a frame, or a value that is given.
pub enum Contents<'a, V> {
    /// Bytes of a frame.
    Encoded(Cursor<'a>),
    /// A value that is given.
    Given(&'a V),
}

impl<V> Copy for Contents<'_, V> {}
impl<V> Clone for Contents<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, V: TaggedEnum<'a>> Contents<'a, V> {
    /// The value: the contents decoded by their number, or what was given.
    pub(crate) fn get(&self, kind: u16) -> V {
        match self {
            Contents::Encoded(contents) => V::decode(kind, *contents),
            Contents::Given(value) => **value,
        }
    }

    /// The bytes in a frame. There are none of a value that is given.
    pub(crate) fn encoded(&self) -> Cursor<'a> {
        match self {
            Contents::Encoded(contents) => *contents,
            Contents::Given(_) => Cursor::new(&[]),
        }
    }

    pub(crate) fn emit(&self, out: &mut dyn ByteSink) {
        match self {
            Contents::Encoded(contents) => out.put(contents.bytes()),
            Contents::Given(value) => value.emit(out),
        }
    }
}

impl<V, const N: usize> Copy for Tagged<'_, V, N> {}
impl<V, const N: usize> Clone for Tagged<'_, V, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, V: TaggedEnum<'a>, const N: usize> Tagged<'a, V, N> {
    /// The value with its tag.
    pub fn of(value: &'a V) -> Self {
        Tagged { tag: value.kind(), contents: Contents::Given(value) }
    }

    /// The value: the contents decoded, or what was given.
    pub fn get(&self) -> V {
        self.contents.get(self.tag)
    }
}

impl<'a, V: TaggedEnum<'a> + PartialEq, const N: usize> PartialEq for Tagged<'a, V, N> {
    fn eq(&self, other: &Self) -> bool {
        self.tag == other.tag && self.get() == other.get()
    }
}

impl<'a, V: TaggedEnum<'a> + Eq, const N: usize> Eq for Tagged<'a, V, N> {}

/// The value.
impl<'a, V: TaggedEnum<'a>, const N: usize> fmt::Debug for Tagged<'a, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

/// Contents that do not fit a known tag are refused.
impl<'a, V: TaggedEnum<'a>, const N: usize> Codec<'a> for Tagged<'a, V, N> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema =
        &Schema { variants: None, fields: &[V::KIND.of_bits(8 * N as u16)], nested: &[V::SCHEMA] };
    const CAN_REFUSE: bool = V::CAN_REFUSE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let tag = or_none!(cursor.number::<N>());
        let tagged = Self { tag, contents: Contents::Encoded(cursor.rest()) };
        if tagged.get().is_unknown() && V::variant(tag).is_some() { None } else { Some(tagged) }
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(V::KIND, Span::new(span.start, span.start + N as u32), Value::Uint(self.tag.into()));
        // What is shown was read.
        show_contents::<V>(self.tag, self.contents.encoded(), visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        put_number::<N>(self.tag, out);
        self.contents.emit(out)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let tag = builder.number(V::KIND, N)?;
        V::build(tag as u16, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(V::KIND)
    }
}

/// Shows contents decoded, or raw if their type is unknown or does not fit.
pub fn show_contents<'a, V: TaggedEnum<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    if !V::decode(kind, contents).is_unknown() {
        V::show(kind, contents, visitor);
    } else if !contents.is_empty() {
        visitor.field(DATA, contents.span(), Value::Bytes(contents.bytes()))
    }
}

/// Shows contents decoded as far as possible, and the rest raw. For messages, which may be cut off anywhere.
pub fn show_message<'a, V: TaggedEnum<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    let rest = V::show(kind, contents, visitor);
    if !rest.is_empty() {
        visitor.field(DATA, rest.span(), Value::Bytes(rest.bytes()))
    }
}

impl Encoder<'_> {
    /// Chooses one of several layouts of a message: the one that has most of the given fields, and among these the one
    /// with the fewest fields.
    pub(crate) fn likeliest<'a, V: TaggedEnum<'a>>(&mut self, forms: &[u16]) -> u16 {
        self.likeliest_of(V::rows, forms)
    }

    fn likeliest_of(&mut self, rows: fn(u16) -> &'static [Field], forms: &[u16]) -> u16 {
        let score = |form: &u16| {
            let rows = rows(*form);
            let given = rows.iter().filter(|row| self.source.has(row)).count();
            (given, core::cmp::Reverse(rows.len()))
        };
        forms.iter().rev().copied().max_by_key(score).unwrap_or_default()
    }
}

/// Declares an enum whose variants a number selects.
///
/// The literals after the enum's name are the name and filter name of the number's field, and the plural that the
/// variants have in the documentation. Each variant has a number, a name, and the fields of its contents in wire order.
/// A field is a name, a [`Codec`], a filter name, and [`Field`] methods that refine it. The fields must use up the
/// contents to the last byte; contents that do not fit are `Unknown`, with their bytes.
///
/// With a literal after its name, a variant has a name in filters: that of the whole item. With `length` and a literal,
/// the lengths of the items have one.
///
/// With `codes` and a name, the numbers become a [`registry!`](crate::registry) too, for other values that name them.
///
/// ```
/// use packetsmith::Tlvs;
/// use packetsmith::wire::{TlvItem, TlvLayout};
/// packetsmith::tagged_enum! {
///     /// Options.
///     pub enum EchoOption<'a>: "type", "echo.option.type", "options" {
///         Count = 1 "count" {
///             /// How often.
///             count: u16, "echo.option.count";
///         }
///     }
/// }
/// impl TlvItem for EchoOption<'_> {
///     const LAYOUT: TlvLayout = TlvLayout::BYTES;
/// }
/// let list: Vec<_> = Tlvs::<EchoOption>::new(&[1, 2, 0, 3, 9, 1, 7]).iter().collect();
/// assert_eq!(list, [EchoOption::Count { count: 3 }, EchoOption::Unknown { kind: 9, data: &[7] }]);
/// ```
#[macro_export]
macro_rules! tagged_enum {
    (@codes $name:ident [] $($variants:tt)*) => {};
    (@codes $name:ident [$codes:ident: $repr:ty] $($variants:tt)*) => {
        $crate::wire::macro_support::registry! {
            #[doc = concat!("Numbers of [`", stringify!($name), "`]s, as values in other items.")]
            pub enum $codes: $repr { $($variants)* }
        }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident<$lt:lifetime>: $kind:literal, $filter:literal, $title:literal $(, length $length:literal)? $(, codes $codes:ident: $repr:ty)? {
            $(
                $(#[$vmeta:meta])*
                $var:ident = $val:literal $text:literal $(, $vfilter:literal)? {
                    $( $(#[doc = $doc:literal])* $field:ident: $ty:ty, $ffilter:literal $(, $attr:ident)* ; )*
                }
            )*
        }
    ) => {
        $crate::wire::macro_support::tagged_enum!(@codes $name [$($codes: $repr)?] $($var = $val $text),*);
        $(#[$meta])*
        #[derive(Copy)]
        #[non_exhaustive]
        pub enum $name<$lt> {
            $(
                #[doc = $text]
                $(#[$vmeta])*
                $var { $( $(#[doc = $doc])* $field: $ty, )* },
            )*
            /// An unknown number, or contents that do not fit the variant.
            Unknown {
                /// The number.
                kind: u16,
                /// The contents.
                data: &$lt [u8],
            },
        }
        impl Clone for $name<'_> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::debug_variant(self, f)
            }
        }
        /// Two values are equal if their numbers are, and the bytes of their contents, domain names written out.
        impl PartialEq for $name<'_> {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                use $crate::wire::TaggedEnum;
                self.kind() == other.kind()
                    && self.is_unknown() == other.is_unknown()
                    && $crate::wire::macro_support::same_bytes(&|out| self.emit(out), &|out| other.emit(out))
            }
        }
        impl Eq for $name<'_> {}
        impl<$lt> $name<$lt> {
            /// The numbers and their names.
            pub const REGISTRY: &'static $crate::wire::Registry = &$crate::wire::Registry::new(&[$(($val, $text)),*]);
        }
        const _: () = {
            const ROWS: usize = <$name<'static> as $crate::wire::TaggedEnum<'static>>::ROWS.len();
            const OPEN: usize = $crate::wire::macro_support::count_open(<$name<'static> as $crate::wire::TaggedEnum<'static>>::ROWS);
            impl $crate::wire::ForAnyLifetime for $name<'static> {
                type Of<$lt> = $name<$lt>;
            }
            impl<$lt> $crate::wire::TaggedEnum<$lt> for $name<$lt> {
                const KIND: &'static $crate::wire::macro_support::Field = &$crate::wire::macro_support::Field::floating(
                    $kind, $filter, $crate::wire::macro_support::Kind::Named($name::REGISTRY), "Number that selects the type of the item.",
                ).of_bits(16);
                const ROWS: &$lt [$crate::wire::macro_support::VariantRow<$lt>] = &[ $($( (
                    $val,
                    $crate::wire::macro_support::row_field(stringify!($field), $ffilter, concat!($($doc),*)) $(.$attr())*,
                    <$ty as $crate::wire::Codec<$lt>>::PARTS,
                ), )*)* ];
                const FIELDS: &'static [$crate::wire::macro_support::Field] = &$crate::wire::macro_support::row_fields::<ROWS>(Self::ROWS);
                const VARIANTS: &'static [$crate::wire::Variant] =
                    &$crate::wire::macro_support::variants(&[ $( ($val, $text, stringify!($var), concat!($($vfilter)?)) ),* ], Self::ROWS);
                const OPEN_FIELDS: &'static [(u16, $crate::wire::macro_support::Field)] =
                    &$crate::wire::macro_support::open_fields::<OPEN>(Self::ROWS, Self::FIELDS);
                const CODECS: &$lt [$crate::wire::RowCodec<$lt>] = &$crate::wire::macro_support::row_codecs::<ROWS>(Self::ROWS);
                const SCHEMA: &'static $crate::wire::Schema = &$crate::wire::Schema {
                    variants: Some($crate::wire::VariantList {
                        title: $title,
                        kind_filter: $filter,
                        length_filter: concat!($($length)?),
                        registry: $name::REGISTRY,
                        variants: Self::VARIANTS,
                        fields: Self::FIELDS,
                        nested: &$crate::wire::macro_support::row_schemas::<ROWS>(Self::ROWS),
                    }),
                    ..$crate::wire::Schema::EMPTY
                };
                #[inline]
                fn decode(kind: u16, contents: $crate::wire::macro_support::Cursor<$lt>) -> Self {
                    #[inline]
                    // A number that is given twice is an error here.
                    #[deny(unreachable_patterns)]
                    #[allow(unused_mut, unreachable_code, unused_variables)]
                    fn typed<$lt>(kind: u16, mut cursor: $crate::wire::macro_support::Cursor<$lt>) -> Option<$name<$lt>> {
                        let it = match kind {
                            $( $val => $name::$var { $( $field: $crate::wire::macro_support::take_or_none!(&mut cursor), )* }, )*
                            _ => return None,
                        };
                        if cursor.is_empty() { Some(it) } else { None }
                    }
                    match typed(kind, contents) {
                        Some(it) => it,
                        None => Self::unknown(kind, contents),
                    }
                }
                #[inline]
                fn kind(&self) -> u16 {
                    match *self {
                        $( Self::$var { .. } => $val, )*
                        Self::Unknown { kind, .. } => kind,
                    }
                }
                #[inline]
                fn visit<R: $crate::wire::ValueReceiver>(&self, receiver: &mut R) {
                    match self {
                        $( Self::$var { $($field),* } => { $( receiver.value($field); )* } )*
                        Self::Unknown { data, .. } => receiver.value(data),
                    }
                }
                #[inline]
                fn unknown(kind: u16, contents: $crate::wire::macro_support::Cursor<$lt>) -> Self {
                    Self::Unknown { kind, data: contents.bytes() }
                }
                #[inline]
                fn is_unknown(&self) -> bool {
                    matches!(self, Self::Unknown { .. })
                }
            }
        };
    };
}

pub use tagged_enum;
