//! `Debug` of values: bytes in hexadecimal.

use super::codec::Codec;
use super::field::{Field, Visitor};
use super::hex::Hex;
use super::item_fields::DATA;
use super::kind::Kind;
use super::span::Span;
use super::value::Value;
use core::fmt;

/// Writes a value with bytes in hexadecimal, whatever they are in.
pub struct DebugValue<T>(pub T);

impl<'a, T: Codec<'a>> fmt::Debug for DebugValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Kind::Bytes = T::KIND else { return self.0.fmt(f) };
        let mut digits = Digits { f, written: None };
        self.0.show(DATA, Span::new(0, 0), &mut digits);
        match digits.written {
            Some(result) => result,
            None => f.write_str("None"),
        }
    }
}

/// Writes the bytes that a value shows.
struct Digits<'s, 'f> {
    f: &'s mut fmt::Formatter<'f>,
    written: Option<fmt::Result>,
}

impl Visitor for Digits<'_, '_> {
    fn field(&mut self, _: &'static Field, _: Span, value: Value<'_>) {
        if let Value::Bytes(bytes) = value {
            self.written = Some(write!(self.f, "0x{}", Hex(bytes)));
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

/// Implements `Debug` for a struct or an enum of values, with bytes in hexadecimal; for one around bytes or text, as these.
#[doc(hidden)]
#[macro_export]
macro_rules! readable_debug {
    (bytes $name:ident) => {
        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::DebugValue(self.0).fmt(f)
            }
        }
    };
    (text $name:ident) => {
        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::Text(self.0).fmt(f)
            }
        }
    };
    (enum $name:ident: $($variant:ident $(($($value:ident),+))?),+) => {
        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match *self {
                    $( Self::$variant $(($($value),+))? => {
                        f.debug_tuple(stringify!($variant))$( $( .field(&$crate::wire::macro_support::DebugValue($value)) )+ )?.finish()
                    } )+
                }
            }
        }
    };
    ($name:ident: $($field:ident),+) => {
        impl core::fmt::Debug for $name<'_> {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))$( .field(stringify!($field), &$crate::wire::macro_support::DebugValue(self.$field)) )+.finish()
            }
        }
    };
}

pub use readable_debug;
