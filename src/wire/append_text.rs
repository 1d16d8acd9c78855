//! Appending values of several types to a text in one line of code.

use super::domain_name::Name;
use super::kind::Kind;
use super::mac::MacAddr;
use super::text_buffer::TextBuffer;
use super::value::Value;
use core::net::{Ipv4Addr, Ipv6Addr};

/// A value that is written straight into a text, without `core::fmt`, which takes several times as long.
pub trait AppendText {
    /// Appends the value.
    fn append_to(self, text: &mut TextBuffer);
}

/// Appends values to a text, one after the other: `append!(info, " port ", 53)`.
///
/// ```
/// let mut info = packetsmith::output::TextBuffer::default();
/// packetsmith::append!(&mut info, "port ", 53_u64);
/// assert_eq!(info.as_str(), "port 53");
/// ```
#[macro_export]
macro_rules! append {
    ($text:expr, $($value:expr),+ $(,)?) => {{
        let text: &mut $crate::wire::macro_support::TextBuffer = ::core::borrow::BorrowMut::borrow_mut($text);
        $($crate::wire::macro_support::AppendText::append_to($value, text);)+
    }};
}
pub use append;

macro_rules! append_by {
    ($($type:ty: $value:ident, $text:ident => $append:expr;)+) => { $(
        impl AppendText for $type {
            #[inline]
            fn append_to(self, $text: &mut TextBuffer) {
                let $value = self;
                $append
            }
        }
    )+ };
}

append_by! {
    &str: value, text => text.str(value);
    u8: value, text => text.number(value.into());
    u16: value, text => text.number(value.into());
    u32: value, text => text.number(value.into());
    u64: value, text => text.number(value);
    MacAddr: value, text => text.mac(value);
    Ipv4Addr: value, text => text.ipv4(value.octets());
    Ipv6Addr: value, text => text.ipv6(value);
    &Name<'_>: value, text => text.name(value);
}

/// An address whose type only its length tells: IPv4 (4 bytes), MAC (6 bytes), IPv6 (16 bytes), else plain bytes.
pub(crate) struct AddressBytes<'a>(pub &'a [u8]);

impl AppendText for AddressBytes<'_> {
    fn append_to(self, text: &mut TextBuffer) {
        let kind = match self.0.len() {
            4 => Kind::Ipv4,
            6 => Kind::Mac,
            16 => Kind::Ipv6,
            0 => return text.str("(none)"),
            _ => Kind::Bytes,
        };
        match Value::of_bytes(kind, self.0) {
            Some(Value::Ipv4(a)) => text.ipv4(a.octets()),
            Some(Value::Mac(a)) => text.mac(a),
            Some(Value::Ipv6(a)) => text.ipv6(a),
            _ => text.hex_bytes(self.0),
        }
    }
}
