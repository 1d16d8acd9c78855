//! Enums whose variants are told apart by a number: options, records, messages.

use super::byte_sink::ByteSink;
use super::codec::{Codec, put_number};
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::kind::Kind;
use super::list::DATA;
use super::span::Span;
use super::value::Value;
use core::marker::PhantomData;

/// An enum of parts that are told apart by a number. Made by `tagged_enum!`.
///
/// ```
/// use packetsmith::proto::dns::EdnsOption;
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::Tlvs;
/// use packetsmith::wire::{TaggedEnum, TlvItem};
/// /// What the items of a list are called.
/// fn names<'a, V: TaggedEnum<'a> + TlvItem>(list: &'a [u8]) -> Vec<&'static str> {
///     Tlvs::<V>::new(list).iter().map(|item| V::name_of(item.kind()).unwrap_or("unknown")).collect()
/// }
/// assert_eq!(names::<TcpOption>(&[2, 4, 5, 0xb4, 99, 2]), ["maximum segment size", "unknown"]);
/// assert_eq!(names::<EdnsOption>(&[0, 17, 0, 2, 0, 1]), ["server tag"]);
/// ```
pub trait TaggedEnum<'a>: Sized {
    /// The number that tells them apart.
    const KIND: &'static Field;
    /// Every field of every variant.
    const FIELDS: &'static [Field];
    /// Reads what a number stands for; contents that do not fit become `Unknown`.
    fn decode(kind: u16, contents: Cursor<'a>) -> Self;
    /// The number.
    fn kind(&self) -> u16;
    /// The number's name.
    fn name_of(kind: u16) -> Option<&'static str>;
    /// Shows the fields of contents as far as they can be read, and gives what is left: nothing of
    /// contents that [`decode`](Self::decode) can read.
    fn show(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) -> Cursor<'a>;
    /// Writes the contents.
    fn emit(&self, out: &mut dyn ByteSink);
    /// What the number is called in code.
    fn ident(kind: u16) -> Option<&'static str>;
    /// The rows of a number's contents in wire order.
    fn rows(kind: u16) -> &'static [Field];
    /// Builds the contents of a number from the fields that are given; raw, where they are given as
    /// [`DATA`].
    fn build(kind: u16, builder: &mut Encoder<'_>) -> Result<(), FieldError>;
    /// Tells whether this is what no type exists for, or what did not fit its type.
    fn is_unknown(&self) -> bool;
}

/// A tag of `N` bytes, 1 or 2, and up to the end the contents that the tag stands for.
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
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged<'a, V, const N: usize = 1> {
    /// The tag.
    pub tag: u16,
    contents: Cursor<'a>,
    variants: PhantomData<V>,
}

impl<'a, V: TaggedEnum<'a>, const N: usize> Tagged<'a, V, N> {
    /// The contents with their type.
    pub fn get(&self) -> V {
        V::decode(self.tag, self.contents)
    }
}

/// Contents that do not fit a tag that has a name are no such part.
impl<'a, V: TaggedEnum<'a>, const N: usize> Codec<'a> for Tagged<'a, V, N> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let tag = cursor.number::<N>()?;
        let tagged = Self { tag, contents: cursor.rest(), variants: PhantomData };
        (V::name_of(tag).is_none() || !tagged.get().is_unknown()).then_some(tagged)
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(V::KIND, Span::new(span.start, span.start + N as u32), Value::Uint(self.tag.into()));
        show_contents::<V>(self.tag, self.contents, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        put_number::<N>(self.tag, out);
        out.put(self.contents.bytes())
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let tag = builder.number(V::KIND, N)?;
        V::build(tag as u16, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(V::KIND)
    }
}

/// Tells whether a row of contents has the name that raw contents go by.
#[doc(hidden)]
pub const fn is_data(name: &str) -> bool {
    matches!(name.as_bytes(), b"data")
}

/// Shows contents by their type, or raw where they have none or do not fit it.
pub fn show_contents<'a, V: TaggedEnum<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    if !V::decode(kind, contents).is_unknown() {
        V::show(kind, contents, visitor);
    } else if !contents.is_empty() {
        visitor.field(DATA, contents.span(), Value::Bytes(contents.bytes()))
    }
}

/// Shows contents by their type as far as they can be read, and the rest raw. For messages, which
/// may break off anywhere.
pub fn show_message<'a, V: TaggedEnum<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    let rest = V::show(kind, contents, visitor);
    if !rest.is_empty() {
        visitor.field(DATA, rest.span(), Value::Bytes(rest.bytes()))
    }
}

impl Encoder<'_> {
    /// Chooses one of several layouts of a message: the one with the most fields that the source has, and among these
    /// the one with the fewest fields.
    pub(crate) fn likeliest<'a, V: TaggedEnum<'a>>(&mut self, forms: &[u16]) -> u16 {
        let score = |form: &u16| {
            let rows = V::rows(*form);
            let given = rows.iter().filter(|row| self.source.has(row)).count();
            (given, core::cmp::Reverse(rows.len()))
        };
        forms.iter().rev().copied().max_by_key(score).unwrap_or_default()
    }
}

/// Declares an enum of parts that are told apart by a number.
///
/// Each variant gives the number, its name, and the rows of its contents in wire order. A row is a
/// name, a [`Codec`], a filter name, and [`Field`] methods that refine it. Contents must be used up
/// to the last byte to count as that variant; what does not fit is `Unknown`, with its bytes.
macro_rules! tagged_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident<$lt:lifetime>: $kind:literal, $filter:literal {
            $(
                $(#[$vmeta:meta])*
                $var:ident = $val:literal $text:literal {
                    $( $(#[doc = $doc:literal])* $field:ident: $ty:ty, $ffilter:literal $(, $attr:ident)* ; )*
                }
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name<$lt> {
            $(
                #[doc = $text]
                $(#[$vmeta])*
                $var { $( $(#[doc = $doc])* $field: $ty, )* },
            )+
            /// Of no known number, or with contents that do not fit the number.
            Unknown {
                /// The number.
                kind: u16,
                /// The contents.
                data: &$lt [u8],
            },
        }
        impl<$lt> $name<$lt> {
            /// The numbers and their names.
            pub const REGISTRY: &'static $crate::wire::Registry = &$crate::wire::Registry {
                name: |n| match n { $($val => Some($text),)+ _ => None },
                entries: &[$(($val, $text)),+],
            };
        }
        #[allow(unused_variables, unused_mut, clippy::redundant_static_lifetimes)]
        impl<$lt> $crate::wire::TaggedEnum<$lt> for $name<$lt> {
            const KIND: &'static $crate::wire::Field = &$crate::wire::Field::floating(
                $kind, $filter, $crate::wire::Kind::Named($name::REGISTRY), "Tells what the item is.",
            );
            const FIELDS: &'static [$crate::wire::Field] = &[ $($(
                $crate::wire::Field::floating(
                    stringify!($field), $ffilter, <$ty as $crate::wire::Codec>::KIND, concat!($($doc),*),
                ) $(.$attr())*
            ,)*)+ ];
            fn decode(kind: u16, contents: $crate::wire::Cursor<$lt>) -> Self {
                fn typed<$lt>(kind: u16, mut cursor: $crate::wire::Cursor<$lt>) -> Option<$name<$lt>> {
                    let it = match kind {
                        $( $val => $name::$var { $( $field: <$ty as $crate::wire::Codec>::take(&mut cursor)?, )* }, )+
                        _ => return None,
                    };
                    cursor.is_empty().then_some(it)
                }
                typed(kind, contents).unwrap_or(Self::Unknown { kind, data: contents.bytes() })
            }
            fn kind(&self) -> u16 {
                match *self {
                    $( Self::$var { .. } => $val, )+
                    Self::Unknown { kind, .. } => kind,
                }
            }
            fn name_of(kind: u16) -> Option<&'static str> {
                (Self::REGISTRY.name)(kind.into())
            }
            fn show(
                kind: u16,
                mut cursor: $crate::wire::Cursor<$lt>,
                visitor: &mut dyn $crate::wire::Visitor,
            ) -> $crate::wire::Cursor<$lt> {
                match kind {
                    $( $val => { $(
                        let (left, start) = (cursor, cursor.span().start);
                        let Some(part) = <$ty as $crate::wire::Codec>::take(&mut cursor) else { return left };
                        let row = const { &$crate::wire::Field::floating(
                            stringify!($field), $ffilter, <$ty as $crate::wire::Codec>::KIND, concat!($($doc),*),
                        ) $(.$attr())* };
                        $crate::wire::Codec::show(&part, row, $crate::wire::Span::new(start, cursor.span().start), visitor);
                    )* } )+
                    _ => {}
                }
                cursor
            }
            fn emit(&self, out: &mut dyn $crate::wire::ByteSink) {
                match self {
                    $( Self::$var { $($field),* } => { $( $crate::wire::Codec::emit($field, out); )* } )+
                    Self::Unknown { data, .. } => out.put(data),
                }
            }
            fn ident(kind: u16) -> Option<&'static str> {
                match kind {
                    $( $val => Some(stringify!($var)), )+
                    _ => None,
                }
            }
            fn rows(kind: u16) -> &'static [$crate::wire::Field] {
                match kind {
                    $( $val => const { &[ $(
                        $crate::wire::Field::floating(
                            stringify!($field), $ffilter, <$ty as $crate::wire::Codec>::KIND, concat!($($doc),*),
                        ) $(.$attr())*
                    ,)* ] }, )+
                    _ => &[],
                }
            }
            fn build(kind: u16, builder: &mut $crate::wire::Encoder<'_>) -> Result<(), $crate::wire::FieldError> {
                match kind {
                    $( $val => {
                        // A row of that name is one of the contents' own.
                        const OWN: bool = false $(|| $crate::wire::is_data(stringify!($field)))*;
                        let raw = !OWN && builder.source.has($crate::wire::DATA);
                        let mut there = true;
                        $(
                            let row = const { &$crate::wire::Field::floating(
                                stringify!($field), $ffilter, <$ty as $crate::wire::Codec>::KIND, concat!($($doc),*),
                            ) $(.$attr())* };
                            // What is given raw stands behind the last row that is given.
                            there = there && (!raw || <$ty as $crate::wire::Codec>::is_given(row, builder));
                            if there {
                                <$ty as $crate::wire::Codec>::build(row, builder)?;
                            }
                        )*
                        if OWN { Ok(()) } else { builder.bytes($crate::wire::DATA) }
                    } )+
                    _ => builder.bytes($crate::wire::DATA),
                }
            }
            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown { .. })
            }
        }
    };
}

pub(crate) use tagged_enum;
