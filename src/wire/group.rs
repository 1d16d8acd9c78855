//! The `group!` macro: several values, one after the other.

/// Declares a struct of values that follow each other. The rows are those of [`tagged_enum!`](crate::tagged_enum).
///
/// ```
/// use packetsmith::wire::{Codec, Counted};
/// use packetsmith::{Cursor, Text};
/// packetsmith::group! {
///     /// A lamp with a name.
///     pub struct NamedLamp<'a> {
///         /// Number of the lamp.
///         number: u16, "lamp.number";
///         /// Its name, after a byte with its length.
///         name: Counted<Text<'a>>, "lamp.name";
///     }
/// }
/// let lamp = NamedLamp::take(&mut Cursor::new(b"\0\x07\x04door")).unwrap();
/// assert_eq!((lamp.number, lamp.name), (7, "door".into()));
/// ```
#[macro_export]
macro_rules! group {
    (
        $(#[$meta:meta])*
        pub struct $name:ident<$lt:lifetime> {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty, $ffilter:literal $(, $attr:ident)* ; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Copy, PartialEq)]
        pub struct $name<$lt> { $( $(#[doc = $doc])* pub $field: $ty, )+ }
        impl Clone for $name<'_> {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl Eq for $name<'_> {}
        $crate::wire::macro_support::readable_debug!($name: $($field),+);
        impl<$lt> $name<$lt> {
            const ROWS: &$lt [$crate::wire::macro_support::VariantRow<$lt>] = &[ $( (
                0,
                $crate::wire::macro_support::row_field(stringify!($field), $ffilter, concat!($($doc),*)) $(.$attr())*,
                <$ty as $crate::wire::Codec<$lt>>::PARTS,
            ), )+ ];
            /// The rows in wire order.
            pub const FIELDS: &'static [$crate::wire::macro_support::Field] =
                &$crate::wire::macro_support::row_fields::<{ $name::<'static>::ROWS.len() }>(Self::ROWS);
            const NESTED: &'static [&'static $crate::wire::Schema] =
                &$crate::wire::macro_support::row_schemas::<{ $name::<'static>::ROWS.len() }>(Self::ROWS);
            const CODED: $crate::wire::macro_support::CodedRows<$lt, $lt> = $crate::wire::macro_support::CodedRows {
                fields: Self::FIELDS,
                codecs: &$crate::wire::macro_support::row_codecs::<{ $name::<'static>::ROWS.len() }>(Self::ROWS),
            };
        }
        impl<$lt> $crate::wire::Codec<$lt> for $name<$lt> {
            const KIND: $crate::wire::macro_support::Kind = $crate::wire::macro_support::Kind::Group;
            const SCHEMA: &'static $crate::wire::Schema =
                &$crate::wire::Schema { variants: None, fields: Self::FIELDS, nested: Self::NESTED };
            fn take(cursor: &mut $crate::wire::macro_support::Cursor<$lt>) -> Option<Self> {
                Some(Self { $( $field: $crate::wire::macro_support::take_or_none!(cursor), )+ })
            }
            fn show(&self, _: &'static $crate::wire::macro_support::Field, span: $crate::wire::macro_support::Span, visitor: &mut dyn $crate::wire::Visitor) {
                let mut rows = Self::FIELDS.iter();
                let mut at = span.start;
                $(
                    let end = at + $crate::wire::Codec::wire_len(&self.$field) as u32;
                    if let Some(row) = rows.next() {
                        $crate::wire::Codec::show(&self.$field, row, $crate::wire::macro_support::Span::new(at, end), visitor);
                    }
                    at = end;
                )+
                let _ = at;
            }
            fn emit(&self, out: &mut dyn $crate::wire::ByteSink) {
                $( $crate::wire::Codec::emit(&self.$field, out); )+
            }
            fn build(_: &'static $crate::wire::macro_support::Field, builder: &mut $crate::wire::Encoder<'_>) -> Result<(), $crate::wire::FieldError> {
                Self::CODED.build(builder)
            }
            fn is_given(_: &'static $crate::wire::macro_support::Field, builder: &mut $crate::wire::Encoder<'_>) -> bool {
                Self::CODED.is_given(builder)
            }
        }
    };
}

pub use group;
