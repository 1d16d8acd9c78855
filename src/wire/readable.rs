//! `Debug` of values: bytes in hexadecimal.

use super::codec::Codec;
use super::kind::Kind;
use core::fmt;

/// Writes a value with bytes in hexadecimal, whatever they are in.
pub(crate) struct DebugValue<T>(pub T);

impl<'a, T: Codec<'a>> fmt::Debug for DebugValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match T::KIND {
            Kind::Bytes => write!(f, "{:02x?}", self.0),
            _ => self.0.fmt(f),
        }
    }
}
