//! The `header!` macro and what it expands to.

#[cfg(feature = "serde")]
use super::field::Field;

/// Writes fields: the names of the getters, chained, in place or on an owned header.
///
/// ```
/// use packetsmith::Udp;
/// let header = Udp::build().src_port(68).dst_port(67).done();
/// assert_eq!(header.dst_port(), 67);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Edit<H> {
    #[doc(hidden)]
    pub header: H,
    #[doc(hidden)]
    pub unset: u64,
}

impl<H> Edit<H> {
    /// Ends the edit and gives the header.
    #[inline]
    pub fn done(self) -> H {
        self.header
    }
}

/// Declares a fixed header from its RFC figure.
///
/// Each row gives a field's name, type, bits and filter name, and then, where they apply, the
/// [`Field`] methods that refine it (`computed`, `hex`, `words` ...). That the rows tile the header
/// and that each type is wide enough is checked at compile time. A protocol of text has no fixed
/// header: its length is zero, without a row.
macro_rules! header {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($len:literal) {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty = $lo:literal .. $hi:literal, $filter:literal $(, $attr:ident $(($($arg:expr),+))?)* ; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name<B = [u8; $len]>(B);

        impl $name {
            /// Length of the fixed header in bytes.
            pub const LEN: usize = $len;
            /// The layout, field by field, in wire order.
            pub const FIELDS: &'static [$crate::wire::Field] = &[ $(
                $crate::wire::Field::fixed(
                    stringify!($field), $filter, $lo..$hi,
                    <$ty as $crate::wire::WireValue>::KIND, concat!($($doc),*),
                ) $(.$attr($($($arg),+)?))*
            ),* ];
            /// Index of the named row in [`FIELDS`](Self::FIELDS); a name that is not there does not compile
            /// in a const.
            pub const fn row(name: &str) -> u8 {
                $crate::wire::row_named(Self::FIELDS, name) as u8
            }
            /// Starts a header of the fields' defaults; computed fields are filled in by the builder unless
            /// set here.
            #[inline]
            pub const fn build() -> $crate::wire::Edit<Self> {
                $crate::wire::Edit {
                    header: Self(const { $crate::wire::defaults(Self::FIELDS) }),
                    unset: const { $crate::wire::computed_mask(Self::FIELDS) },
                }
            }
        }
        const _: () = {
            assert!($crate::wire::tiles($name::FIELDS, $len), concat!(stringify!($name), ": the rows must tile the header"));
            $( assert!($hi - $lo <= <$ty as $crate::wire::WireValue>::MAX_BITS, concat!(stringify!($name), "::", stringify!($field), ": the type is too narrow")); )*
        };
        impl<'a> $name<&'a [u8; $len]> {
            /// Splits the header off the front of `buf`; `None` where `buf` is too short.
            #[inline]
            pub fn split(buf: &'a [u8]) -> Option<(Self, &'a [u8])> {
                let (head, rest) = buf.split_first_chunk()?;
                Some((Self(head), rest))
            }
        }
        impl<'a> $name<&'a mut [u8; $len]> {
            /// Splits an editable header off the front of `buf`; `None` where `buf` is too short.
            #[inline]
            pub fn split_mut(buf: &'a mut [u8]) -> Option<(Self, &'a mut [u8])> {
                let (head, rest) = buf.split_first_chunk_mut()?;
                Some((Self(head), rest))
            }
        }
        impl<B> $name<B> {
            /// Takes bytes, owned or borrowed, as a header.
            #[inline]
            pub const fn new(bytes: B) -> Self {
                Self(bytes)
            }
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> $name<B> {
            /// The header exactly as on the wire.
            #[inline]
            pub fn as_bytes(&self) -> &[u8; $len] {
                self.0.borrow()
            }
            /// The number in a row, not made into the row's type. The walk compares numbers and spares
            /// itself the way through a registry.
            #[inline(always)]
            #[allow(dead_code)]
            pub(crate) fn raw(&self, row: u8) -> u64 {
                $crate::wire::get_bits(self.as_bytes(), $name::FIELDS[row as usize].bits())
            }
            /// Copies the header out of what it borrows from.
            #[inline]
            pub fn copied(&self) -> $name {
                $name(*self.as_bytes())
            }
            $(
                $(#[doc = $doc])*
                #[doc = concat!("\n\nBits ", $lo, "..", $hi, "; `", $filter, "` in filters.")]
                #[inline]
                pub fn $field(&self) -> $ty {
                    <$ty as $crate::wire::WireValue>::get(self.as_bytes(), $lo..$hi)
                }
            )*
        }
        impl<B: core::borrow::BorrowMut<[u8; $len]>> $name<B> {
            /// Edits fields in place, verbatim.
            #[inline]
            pub fn edit(&mut self) -> $crate::wire::Edit<$name<&mut [u8; $len]>> {
                $crate::wire::Edit { header: $name(self.0.borrow_mut()), unset: 0 }
            }
        }
        impl<B: core::borrow::BorrowMut<[u8; $len]>> $crate::wire::Edit<$name<B>> {
            $(
                #[doc = concat!("Writes [`", stringify!($name), "::", stringify!($field), "`].")]
                #[inline]
                pub fn $field(mut self, value: $ty) -> Self {
                    <$ty as $crate::wire::WireValue>::put(value, self.header.0.borrow_mut(), $lo..$hi);
                    self.unset &= const { !(1 << $crate::wire::row_at($name::FIELDS, $lo)) };
                    self
                }
            )*
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> core::fmt::Debug for $name<B> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)) $( .field(stringify!($field), &self.$field()) )* .finish()
            }
        }
        impl $crate::wire::Codec<'_> for $name {
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Group;
            fn take(cursor: &mut $crate::wire::Cursor<'_>) -> Option<Self> {
                cursor.chunk().map(|bytes| Self(*bytes))
            }
            fn show(&self, _: &'static $crate::wire::Field, span: $crate::wire::Span, visitor: &mut dyn $crate::wire::Visitor) {
                $crate::wire::show_fixed(Self::FIELDS, &self.0, span.start, visitor);
            }
            fn emit(&self, out: &mut dyn $crate::wire::ByteSink) {
                out.put(&self.0);
            }
            fn build(_: &'static $crate::wire::Field, builder: &mut $crate::wire::Encoder<'_>) -> Result<(), $crate::wire::FieldError> {
                builder.fixed::<$len>(Self::FIELDS).map(drop)
            }
            fn is_given(_: &'static $crate::wire::Field, builder: &mut $crate::wire::Encoder<'_>) -> bool {
                Self::FIELDS.iter().any(|field| builder.source.has(field))
            }
        }
        #[cfg(feature = "serde")]
        impl<B: core::borrow::Borrow<[u8; $len]>> serde::Serialize for $name<B> {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                $crate::wire::serialize($name::FIELDS, self.as_bytes(), s)
            }
        }
    };
}

#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn serialize<S: serde::Serializer>(fields: &'static [Field], bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = s.serialize_map(Some(fields.len()))?;
    for field in fields {
        if let Some(value) = field.read(bytes) {
            map.serialize_entry(field.name, &value)?;
        }
    }
    map.end()
}

pub(crate) use header;
