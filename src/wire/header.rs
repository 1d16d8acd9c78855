//! The `header!` macro and what it expands to.

use super::bits::get_bits;
use super::field::{Field, FieldError};
use super::value_error::ValueError;
use super::wire_value::WireValue;

/// The type that sets the fields of a header that begins a layer. `header!` implements it for the headers that are marked
/// `layer`.
///
/// It is `pub`, though no path leads to it, because the public `EncodeHeader` is implemented by it.
pub trait LayerEdit {
    /// The header.
    type Header;
    /// The bytes, and the computed rows that were not set.
    fn parts(&self) -> (&[u8], u64);
}

/// The error of bytes that are too few for a header.
///
/// ```
/// use packetsmith::Tcp;
/// let error = Tcp::try_from(&[0; 7][..]).unwrap_err();
/// assert_eq!((error.needed, error.have), (20, 7));
/// assert_eq!(error.to_string(), "the header has 20 bytes, and 7 are here");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeaderTooShort {
    /// Length of the fixed header in bytes.
    pub needed: usize,
    /// Number of bytes that are there.
    pub have: usize,
}

impl core::fmt::Display for HeaderTooShort {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "the header has {} bytes, and {} are here", self.needed, self.have)
    }
}

impl core::error::Error for HeaderTooShort {}

/// Copies a header off the front of the bytes.
#[doc(hidden)]
#[inline]
pub fn first_header<H, const N: usize>(bytes: &[u8], header: fn([u8; N]) -> H) -> Result<H, HeaderTooShort> {
    match bytes.first_chunk() {
        Some(first) => Ok(header(*first)),
        None => Err(HeaderTooShort { needed: N, have: bytes.len() }),
    }
}

/// Splits a header off the front of the bytes.
#[doc(hidden)]
#[inline(always)]
pub fn split_header<'a, H, const N: usize>(bytes: &'a [u8], header: fn(&'a [u8; N]) -> H) -> Option<(H, &'a [u8])> {
    match bytes.split_first_chunk() {
        Some((first, rest)) => Some((header(first), rest)),
        None => None,
    }
}

/// Splits an editable header off the front of the bytes.
#[doc(hidden)]
#[inline(always)]
pub fn split_header_mut<'a, H, const N: usize>(
    bytes: &'a mut [u8],
    header: fn(&'a mut [u8; N]) -> H,
) -> Option<(H, &'a mut [u8])> {
    match bytes.split_first_chunk_mut() {
        Some((first, rest)) => Some((header(first), rest)),
        None => None,
    }
}

/// Tells whether two headers have the same bytes.
#[doc(hidden)]
#[inline]
pub fn same_header(one: &[u8], other: &[u8]) -> bool {
    one == other
}

/// The number in a row, not made into the row's type. The walk compares numbers and spares itself the way through a
/// registry.
#[inline(always)]
pub(crate) fn raw_number(header: &[u8], fields: &[Field], row: u8) -> u64 {
    get_bits(header, fields[row as usize].bits())
}

/// The bytes of a header whose fields are being set: its own, or those of a buffer.
#[doc(hidden)]
pub trait HeaderBytes<const N: usize>: core::borrow::BorrowMut<[u8; N]> {
    /// Whether the bytes are edited in place. Then nothing reports an error later.
    const IN_PLACE: bool;
}

impl<const N: usize> HeaderBytes<N> for [u8; N] {
    const IN_PLACE: bool = false;
}

impl<const N: usize> HeaderBytes<N> for &mut [u8; N] {
    const IN_PLACE: bool = true;
}

/// Marks a set of computed rows as an error: a number that is too large for its field. No set has this bit without the
/// highest one.
const EXCESS: u64 = 1 << 61;
/// Bits of the number in an error. A larger one is reported as the largest that these hold.
const EXCESS_BITS: u32 = 53;

/// The error that a number is too large for a row, in place of a set of computed rows.
#[inline]
fn excess(row: u8, number: u64) -> u64 {
    EXCESS | u64::from(row) << EXCESS_BITS | number.min((1 << EXCESS_BITS) - 1)
}

/// Sets a field. A number that is too large for it is an error: a header in place is refused, one that is built keeps the
/// number in `state` for the error of the build. `state` is what is unset, and the error.
#[doc(hidden)]
#[inline(always)]
pub fn set_field<T: WireValue, B: HeaderBytes<N>, const N: usize>(
    header: &mut B,
    state: (&mut u64, &mut u64),
    (value, bits, row): (T, core::ops::Range<usize>, u32),
    (name, fields): (&str, &'static [Field]),
) {
    *state.0 &= !(1 << row);
    let too_large = T::MAX_BITS > bits.len() && !value.fits(bits.len());
    value.put(header.borrow_mut(), bits);
    if too_large {
        *state.1 = excess(row as u8, value.number());
        if B::IN_PLACE {
            refuse_excess(*state.1, name, fields)
        }
    }
}

/// The error in a set of computed rows, if it is one.
#[inline(always)]
pub(crate) fn excess_in(unset: u64, fields: &'static [Field]) -> Option<FieldError> {
    // Inlined, so that no table is linked where all numbers fit.
    if unset & (EXCESS | 1 << 63) != EXCESS { None } else { excess_error(unset, fields) }
}

#[cold]
fn excess_error(unset: u64, fields: &'static [Field]) -> Option<FieldError> {
    let field = fields.get((unset >> EXCESS_BITS & 0xff) as usize)?;
    let (number, bits) = (unset & ((1 << EXCESS_BITS) - 1), field.bits().len().clamp(1, 64));
    Some(FieldError::at(field, ValueError::TooLarge { number, max: u64::MAX >> (64 - bits) }))
}

/// Panics with the error that a number is too large for its field.
#[doc(hidden)]
#[cold]
#[track_caller]
pub fn refuse_excess(excess: u64, header: &str, fields: &'static [Field]) -> ! {
    match excess_in(excess, fields) {
        Some(error) => panic!("{header}.{error}"),
        None => panic!("{header}: a number is too large for its field"),
    }
}

/// What the attributes of a row add to the documentation of its setter.
#[doc(hidden)]
#[macro_export]
macro_rules! attribute_doc {
    (computed) => {
        " Computed unless it is set."
    };
    (checksum) => {
        " Computed unless it is set: the Internet checksum."
    };
    (header_length $unit:expr, $less:expr) => {
        concat!(
            " Computed unless it is set: the length of header and options in units of ",
            stringify!($unit),
            " bytes, the first ",
            stringify!($less),
            " bytes not counted."
        )
    };
    (total_length $less:expr) => {
        concat!(
            " Computed unless it is set: the length of header and payload in bytes, ",
            stringify!($less),
            " bytes not counted."
        )
    };
    (next_protocol $kind:expr) => {
        " Computed unless it is set: selects the protocol of the next layer."
    };
    (default $number:expr) => {
        concat!(" Default: ", stringify!($number), ".")
    };
    (reserved) => {
        " Reserved: zero when sent."
    };
    (bytes) => {
        " Unit: bytes."
    };
    (words) => {
        " Unit: 32-bit words."
    };
    (eight_byte_units) => {
        " Unit: 8 bytes."
    };
    (seconds) => {
        " Unit: seconds."
    };
    (milliseconds) => {
        " Unit: milliseconds."
    };
    (log2_seconds) => {
        " Unit: binary logarithm of seconds."
    };
    (short_time) => {
        " Unit: 1/65536 s."
    };
    (ntp_time) => {
        " Unit: 1/2³² s since 1900."
    };
    ($other:ident $($argument:expr),*) => {
        ""
    };
}

/// Declares a fixed header from its RFC figure.
///
/// Each row gives a field's name, type, bits and filter name, and then, where they apply, the
/// [`Field`] methods that refine it (`computed`, `hex`, `words` ...). That the rows tile the header
/// and that each type is wide enough is checked at compile time. A protocol of text has no fixed
/// header: its length is zero, without a row.
///
/// The name after `=>` is that of the type that sets the fields. A header that begins a layer is marked
/// `layer`: options, a message or raw bytes can follow it.
///
/// ```
/// packetsmith::header! {
///     /// A header of 4 bytes.
///     pub struct Echo(4) => EchoEdit, layer {
///         /// Version of the protocol.
///         version: u8 = 0..4, "echo.version", default(1);
///         /// Length of the header.
///         header_words: u8 = 4..8, "echo.hdr_len", words, header_length(4, 0);
///         /// Kind of message.
///         kind: u8 = 8..16, "echo.kind";
///         /// Length of header and payload.
///         length: u16 = 16..32, "echo.length", bytes, total_length(0);
///     }
/// }
/// let mut echo = Echo::build().kind(7).done();
/// assert_eq!(echo.as_bytes(), &[0x10, 7, 0, 0], "lengths are computed in a `Stack`");
/// echo.edit().length(4);
/// assert_eq!((echo.version(), echo.length()), (1, 4));
/// assert_eq!(Echo::FIELDS[3].filter, "echo.length");
/// ```
#[macro_export]
macro_rules! header {
    // A header inside of another one, such as the fixed part of an option, is a value.
    (@ $name:ident $edit:ident $len:literal) => {
        impl $crate::wire::Codec<'_> for $name {
            const KIND: $crate::wire::macro_support::Kind = $crate::wire::macro_support::Kind::Group;
            const SCHEMA: &'static $crate::wire::Schema = &$crate::wire::Schema::of(Self::FIELDS);
            const CAN_REFUSE: bool = false;
            fn take(cursor: &mut $crate::wire::macro_support::Cursor<'_>) -> Option<Self> {
                match cursor.chunk() {
                    Some(bytes) => Some(Self(*bytes)),
                    None => None,
                }
            }
            fn show(&self, _: &'static $crate::wire::macro_support::Field, span: $crate::wire::macro_support::Span, visitor: &mut dyn $crate::wire::Visitor) {
                $crate::wire::show_fixed(Self::FIELDS, &self.0, span.start, visitor);
            }
            fn emit(&self, out: &mut dyn $crate::wire::ByteSink) {
                out.put(&self.0);
            }
            fn build(_: &'static $crate::wire::macro_support::Field, builder: &mut $crate::wire::Encoder<'_>) -> Result<(), $crate::wire::FieldError> {
                match builder.fixed::<$len>(Self::FIELDS) {
                    Ok(_) => Ok(()),
                    Err(error) => Err(error),
                }
            }
            fn is_given(_: &'static $crate::wire::macro_support::Field, builder: &mut $crate::wire::Encoder<'_>) -> bool {
                builder.has_any(Self::FIELDS)
            }
        }
    };
    (@layer $name:ident $edit:ident $len:literal) => {
        impl $crate::wire::LayerEdit for $edit {
            type Header = $name;
            #[inline]
            fn parts(&self) -> (&[u8], u64) {
                (&self.header.0, if self.excess == 0 { self.unset } else { self.excess })
            }
        }
        impl $crate::wire::macro_support::BuiltHeader for $edit {
            type Header = $name;
            #[inline]
            fn fixed(&mut self) -> &mut [u8] {
                &mut self.header.0
            }
        }
        impl $edit {
            /// Adds options after the fixed header.
            pub fn options<'o, 'a, V: $crate::wire::TaggedEnum<'a> + $crate::wire::OptionOf<$name>>(
                self,
                options: &'o [V],
            ) -> $crate::wire::macro_support::HeaderWith<Self, $crate::wire::macro_support::Options<'o, V>> {
                $crate::wire::macro_support::HeaderWith::options_of(self, options)
            }
            /// Adds the contents of a message after the fixed header, whose type becomes that of the message. Its code
            /// does too, if the message has one of its own.
            pub fn message<'a, V: $crate::wire::TaggedEnum<'a> + $crate::wire::MessageOf<$name>>(
                self,
                message: V,
            ) -> $crate::wire::macro_support::HeaderWith<Self, $crate::wire::macro_support::Message<V>> {
                $crate::wire::macro_support::HeaderWith::message_of(self, message)
            }
            /// Adds bytes after the fixed header, as part of the header.
            #[inline]
            pub fn raw(self, bytes: &[u8]) -> $crate::wire::macro_support::HeaderWith<Self, $crate::wire::macro_support::Raw<'_>> {
                $crate::wire::macro_support::HeaderWith::raw_of(self, bytes)
            }
        }
    };
    (deserialize $name:ident $len:literal) => {};
    (deserialize layer $name:ident $len:literal) => {
        /// Fields that are not there have their defaults; those that the header does not have are an error.
        // The bound holds for protocols, and a header may be none.
        impl<'de> $crate::wire::macro_support::serde::Deserialize<'de> for $name
        where
            $name: $crate::wire::macro_support::DeserializeLayer<'de>,
        {
            fn deserialize<D: $crate::wire::macro_support::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match <Self as $crate::wire::macro_support::DeserializeLayer<'de>>::fixed_header::<$len, D>(Self::FIELDS, deserializer) {
                    Ok(bytes) => Ok(Self(bytes)),
                    Err(error) => Err(error),
                }
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub struct $name:ident($len:literal) => $edit:ident $(, $layer:ident)? {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty = $lo:literal .. $hi:literal, $filter:literal $(, $attr:ident $(($($arg:expr),+))?)* ; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Hash)]
        #[allow(clippy::derived_hash_with_manual_eq, reason = "bytes have one hash, owned and borrowed")]
        pub struct $name<B = [u8; $len]>(B);

        /// Headers are equal if their bytes are, owned or borrowed.
        impl<B: core::borrow::Borrow<[u8; $len]>, C: core::borrow::Borrow<[u8; $len]>> PartialEq<$name<C>> for $name<B> {
            fn eq(&self, other: &$name<C>) -> bool {
                $crate::wire::macro_support::same_header(self.as_bytes(), other.as_bytes())
            }
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> Eq for $name<B> {}
        impl<B: core::borrow::Borrow<[u8; $len]>> AsRef<[u8]> for $name<B> {
            #[inline]
            fn as_ref(&self) -> &[u8] {
                self.as_bytes()
            }
        }
        /// The header of the fields' defaults, as `build().done()`.
        impl Default for $name {
            #[inline]
            fn default() -> Self {
                Self::build().header
            }
        }
        impl From<[u8; $len]> for $name {
            #[inline]
            fn from(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }
        }
        impl From<$name<&[u8; $len]>> for $name {
            #[inline]
            fn from(borrowed: $name<&[u8; $len]>) -> Self {
                Self(*borrowed.0)
            }
        }
        /// Copies the header off the front of the bytes. `split` gives the bytes after it too.
        impl TryFrom<&[u8]> for $name {
            type Error = $crate::wire::HeaderTooShort;
            #[inline]
            fn try_from(bytes: &[u8]) -> Result<Self, $crate::wire::HeaderTooShort> {
                $crate::wire::macro_support::first_header(bytes, Self)
            }
        }
        impl $name {
            /// Length of the fixed header in bytes.
            pub const LEN: usize = $len;
            /// The layout, field by field, in wire order.
            pub const FIELDS: &'static [$crate::wire::macro_support::Field] = &[ $(
                $crate::wire::macro_support::Field::fixed(
                    stringify!($field), $filter, $lo..$hi,
                    <$ty as $crate::wire::WireValue>::KIND, concat!($($doc),*),
                ) $(.$attr($($($arg),+)?))*
            ),* ];
            /// Index of the named row in [`FIELDS`](Self::FIELDS); a name that is not there does not compile
            /// in a const.
            #[inline]
            pub const fn row(name: &str) -> u8 {
                $crate::wire::macro_support::row_named(Self::FIELDS, name) as u8
            }
            /// Starts a header of the fields' defaults. [`Stack`](crate::Stack) fills in the computed fields that
            /// are not set here.
            #[inline]
            pub const fn build() -> $edit {
                $edit {
                    header: Self(const { $crate::wire::macro_support::defaults(Self::FIELDS) }),
                    unset: const { $crate::wire::macro_support::computed_mask(Self::FIELDS) },
                    excess: 0,
                }
            }
        }
        const _: () = {
            type Bytes = [u8; $len];
            impl<'a> $name<&'a Bytes> {
                /// Splits the header off the front of `buf`; `None` where `buf` is too short.
                #[inline]
                pub fn split(buf: &'a [u8]) -> Option<(Self, &'a [u8])> {
                    $crate::wire::macro_support::split_header(buf, Self)
                }
            }
            impl<'a> $name<&'a mut Bytes> {
                /// Splits an editable header off the front of `buf`; `None` where `buf` is too short.
                #[inline]
                pub fn split_mut(buf: &'a mut [u8]) -> Option<(Self, &'a mut [u8])> {
                    $crate::wire::macro_support::split_header_mut(buf, Self)
                }
            }
            impl<B> $name<B> {
                /// Takes bytes, owned or borrowed, as a header.
                #[inline]
                pub const fn new(bytes: B) -> Self {
                    Self(bytes)
                }
            }
            impl<B: core::borrow::Borrow<Bytes>> $name<B> {
                /// The header exactly as on the wire.
                #[inline]
                pub fn as_bytes(&self) -> &Bytes {
                    core::borrow::Borrow::<Bytes>::borrow(&self.0)
                }
                /// Copies the header out of the buffer that it borrows from.
                #[inline]
                #[allow(clippy::should_implement_trait, reason = "the trait gives a header that borrows again")]
                pub fn to_owned(&self) -> $name {
                    $name(*self.as_bytes())
                }
                $(
                    $(#[doc = $doc])*
                    #[cfg_attr(doc, doc = concat!("\n\nBits ", $lo, "..", $hi, "; `", $filter, "` in filters."))]
                    #[inline]
                    pub fn $field(&self) -> $ty {
                        <$ty as $crate::wire::WireValue>::get(self.as_bytes(), $lo..$hi)
                    }
                )*
            }
            impl<B: core::borrow::BorrowMut<Bytes>> $name<B> {
                /// Edits fields in place, verbatim: nothing is computed. A number that is too large for its field panics.
                #[inline]
                pub fn edit(&mut self) -> $edit<&mut Bytes> {
                    $edit { header: $name(core::borrow::BorrowMut::<Bytes>::borrow_mut(&mut self.0)), unset: 0, excess: 0 }
                }
            }
            /// Indices of the rows.
            #[allow(non_camel_case_types, dead_code)]
            enum Row {
                $($field),*
            }
            impl<B: $crate::wire::macro_support::HeaderBytes<$len>> $edit<B> {
                #[inline(always)]
                #[allow(dead_code)] // A protocol of text has no fields.
                fn set<T: $crate::wire::WireValue>(mut self, value: T, bits: core::ops::Range<usize>, row: u32) -> Self {
                    $crate::wire::macro_support::set_field(
                        &mut self.header.0,
                        (&mut self.unset, &mut self.excess),
                        (value, bits, row),
                        (stringify!($name), $name::FIELDS),
                    );
                    self
                }
                $(
                    $(#[doc = $doc])*
                    #[cfg_attr(doc, doc = concat!(
                        "\n\nBits ", $lo, "..", $hi, "; `", $filter, "` in filters.",
                        $( $crate::wire::macro_support::attribute_doc!($attr $($($arg),+)?) ),*
                    ))]
                    #[inline]
                    pub fn $field(self, value: $ty) -> Self {
                        self.set(value, $lo..$hi, Row::$field as u32)
                    }
                )*
            }
            $crate::wire::macro_support::check_rows($name::FIELDS, $len, &[ $( (
                <$ty as $crate::wire::WireValue>::MAX_BITS,
                concat!(stringify!($name), "::", stringify!($field), ": the type is too narrow"),
            ) ),* ])
        };
        #[doc = concat!(
            "Sets the fields of [`struct@", stringify!($name), "`], chained: made by [`build`](", stringify!($name),
            "::build) and [`edit`](", stringify!($name), "::edit).",
            "\n\nA number that is too large for its field is an error when the header is built, and a panic when it is",
            " edited in place."
        )]
        #[derive(Clone, Copy)]
        pub struct $edit<B = [u8; $len]> {
            header: $name<B>,
            unset: u64,
            /// A number that is too large for its field; 0 if there is none.
            excess: u64,
        }
        impl<B> $edit<B> {
            /// Ends the edit and gives the header.
            ///
            /// # Panics
            ///
            /// A number was too large for its field.
            #[inline]
            pub fn done(self) -> $name<B> {
                if self.excess != 0 {
                    $crate::wire::macro_support::refuse_excess(self.excess, stringify!($name), $name::FIELDS)
                }
                self.header
            }
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> core::fmt::Debug for $edit<B> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                core::fmt::Debug::fmt(&self.header, f)
            }
        }
        $crate::wire::macro_support::header!(@$($layer)? $name $edit $len);
        impl<B: core::borrow::Borrow<[u8; $len]>> core::fmt::Debug for $name<B> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::debug_fields(stringify!($name), $name::FIELDS, self.as_bytes(), f)
            }
        }
        $crate::wire::macro_support::if_serde! {
            $crate::wire::macro_support::header!(deserialize $($layer)? $name $len);
            impl<B: core::borrow::Borrow<[u8; $len]>> $crate::wire::macro_support::serde::Serialize for $name<B> {
                fn serialize<S: $crate::wire::macro_support::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                    $crate::wire::macro_support::serialize($name::FIELDS, self.as_bytes(), s)
                }
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

/// What `Deserialize` of a header needs to know of its protocol.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub trait DeserializeLayer<'de>: Sized {
    /// Reads a fixed header of `N` bytes with these fields.
    fn fixed_header<const N: usize, D: serde::Deserializer<'de>>(
        fields: &'static [Field],
        deserializer: D,
    ) -> Result<[u8; N], D::Error>;
}

pub use attribute_doc;
pub use header;
