//! Decoded field values.

use super::bits::{get_bits, get_signed, put_bits};
use super::checksum::Checksum;
use super::domain_name::Name;
use super::kind::Kind;
use super::mac::MacAddr;
use super::value_error::ValueError;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The decoded value of a field. It borrows from the frame.
///
/// ```
/// use packetsmith::{Udp, Value};
/// let bytes = [0, 53, 0, 68, 0, 8, 0, 0];
/// assert_eq!(Udp::FIELDS[0].read(&bytes), Some(Value::Uint(53)));
/// assert_eq!(Value::from(53_u16), Value::Uint(53));
/// assert_eq!(Value::from(std::net::Ipv4Addr::LOCALHOST), Value::Ipv4([127, 0, 0, 1].into()));
/// ```
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// An unsigned number. The field's [`Kind`] has its names or flags.
    Uint(u64),
    /// A signed number.
    Int(i64),
    /// One bit.
    Bool(bool),
    /// An Internet checksum as on the wire, and the result of verifying it.
    Checksum(u16, Checksum),
    /// A MAC address.
    Mac(MacAddr),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text, in no promised encoding.
    Text(&'a [u8]),
    /// A domain name.
    Name(Name<'a>),
}

/// The kind of the value, and the value: bytes in hexadecimal, text in quotes.
impl core::fmt::Debug for Value<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Value::Uint(n) => write!(f, "Uint({n})"),
            Value::Int(n) => write!(f, "Int({n})"),
            Value::Bool(bit) => write!(f, "Bool({bit})"),
            Value::Checksum(n, checked) => write!(f, "Checksum({n:#06x}, {checked:?})"),
            Value::Mac(address) => write!(f, "Mac({address})"),
            Value::Ipv4(address) => write!(f, "Ipv4({address})"),
            Value::Ipv6(address) => write!(f, "Ipv6({address})"),
            Value::Bytes(bytes) => write!(f, "Bytes(0x{})", super::hex::Hex(bytes)),
            Value::Text(text) => write!(f, "Text(\"{}\")", text.escape_ascii()),
            Value::Name(name) => write!(f, "Name({name:?})"),
        }
    }
}

impl<'a> Value<'a> {
    /// Reads a value of all of `bytes`. `None` if the kind does not have that length.
    pub fn of_bytes(kind: Kind, bytes: &'a [u8]) -> Option<Self> {
        Some(match kind {
            Kind::Mac => Value::Mac(MacAddr(bytes.try_into().ok()?)),
            Kind::Ipv4 => Value::Ipv4(<[u8; 4]>::try_from(bytes).ok()?.into()),
            Kind::Ipv6 => Value::Ipv6(<[u8; 16]>::try_from(bytes).ok()?.into()),
            Kind::Bytes => Value::Bytes(bytes),
            Kind::Text => Value::Text(bytes),
            Kind::Little => Value::Uint(u32::from_le_bytes(bytes.try_into().ok()?).into()),
            Kind::Bool => Value::Bool(get_bits(bytes, 0..bytes.len() * 8) != 0),
            Kind::Int if (1..=8).contains(&bytes.len()) => Value::Int(get_signed(bytes, 0..bytes.len() * 8)),
            _ if (1..=8).contains(&bytes.len()) => Value::Uint(get_bits(bytes, 0..bytes.len() * 8)),
            _ => return None,
        })
    }
}

impl Value<'_> {
    /// The value as an unsigned number. `None` if it is not a number.
    pub fn number(&self) -> Option<u64> {
        match *self {
            Value::Uint(n) => Some(n),
            Value::Bool(b) => Some(b.into()),
            Value::Checksum(n, _) => Some(n.into()),
            _ => None,
        }
    }

    /// Tells whether a field of this kind and of so many bytes takes such a value. Fields of bytes and text take every
    /// value that is bytes, and addresses take bytes of their length.
    fn check(&self, kind: Kind, length: usize) -> Result<(), ValueError> {
        let takes = match (kind, self) {
            (Kind::Mac, Value::Mac(_)) | (Kind::Ipv4, Value::Ipv4(_)) | (Kind::Ipv6, Value::Ipv6(_)) => true,
            (Kind::Mac | Kind::Ipv4 | Kind::Ipv6, Value::Bytes(bytes)) => bytes.len() == length,
            (Kind::Bytes | Kind::Text, value) => {
                matches!(value, Value::Bytes(_) | Value::Text(_) | Value::Mac(_) | Value::Ipv4(_) | Value::Ipv6(_))
            }
            (
                Kind::Bool | Kind::Uint | Kind::Int | Kind::Little | Kind::Named(_) | Kind::Flags(_) | Kind::Checksum,
                value,
            ) => {
                matches!(value, Value::Uint(_) | Value::Int(_) | Value::Bool(_) | Value::Checksum(..))
            }
            _ => false,
        };
        if takes { Ok(()) } else { Err(ValueError::Kind(kind.title())) }
    }

    /// Writes the value to the bits `bits` of `buf`, which must hold them. Bytes and text that are too short are padded
    /// with zeros.
    pub fn write(&self, kind: Kind, buf: &mut [u8], bits: core::ops::Range<usize>) -> Result<(), ValueError> {
        self.check(kind, bits.len() / 8)?;
        let mac;
        let v4;
        let v6;
        let bytes = match self {
            Value::Mac(a) => {
                mac = a.0;
                &mac[..]
            }
            Value::Ipv4(a) => {
                v4 = a.octets();
                &v4[..]
            }
            Value::Ipv6(a) => {
                v6 = a.octets();
                &v6[..]
            }
            Value::Bytes(b) | Value::Text(b) => b,
            Value::Name(_) => return Err(ValueError::Kind("no name")),
            _ if matches!(kind, Kind::Int) => {
                let unused = 64 - bits.len().clamp(1, 64);
                let max = u64::MAX >> (unused + 1);
                let signed = match *self {
                    Value::Int(n) => n,
                    _ => {
                        let number = self.number().unwrap_or(u64::MAX);
                        i64::try_from(number).map_err(|_| ValueError::TooLarge { number, max })?
                    }
                };
                if (signed << unused) >> unused != signed {
                    return Err(match u64::try_from(signed) {
                        Ok(number) => ValueError::TooLarge { number, max },
                        Err(_) => ValueError::Rule("is less than the least that fits"),
                    });
                }
                put_bits(buf, bits, signed as u64);
                return Ok(());
            }
            Value::Int(_) => return Err(ValueError::Kind("a number that is not negative")),
            _ => {
                let number = self.number().unwrap_or(0);
                let max = u64::MAX >> (64 - bits.len().clamp(1, 64));
                if number > max {
                    return Err(ValueError::TooLarge { number, max });
                }
                match kind {
                    Kind::Little => buf[bits.start / 8..bits.end / 8].copy_from_slice(&(number as u32).to_le_bytes()),
                    _ => put_bits(buf, bits, number),
                }
                return Ok(());
            }
        };
        let context = &mut buf[bits.start / 8..bits.end / 8];
        match context.split_at_mut_checked(bytes.len()) {
            Some((start, rest)) => {
                start.copy_from_slice(bytes);
                rest.fill(0);
                Ok(())
            }
            None => Err(ValueError::TooLong { have: bytes.len(), max: context.len() }),
        }
    }
}

/// A value of the type's kind.
macro_rules! value_of {
    ($($type:ty: $value:ident => $of:expr;)+) => { $(
        impl<'a> From<$type> for Value<'a> {
            #[inline]
            fn from($value: $type) -> Self {
                $of
            }
        }
    )+ };
}
value_of! {
    u8: n => Value::Uint(n.into());
    u16: n => Value::Uint(n.into());
    u32: n => Value::Uint(n.into());
    u64: n => Value::Uint(n);
    usize: n => Value::Uint(n as u64);
    i8: n => Value::from(i64::from(n));
    i16: n => Value::from(i64::from(n));
    i32: n => Value::from(i64::from(n));
    // Fields of unsigned numbers take a number that is not negative, whatever its type.
    i64: n => u64::try_from(n).map_or(Value::Int(n), Value::Uint);
    bool: b => Value::Bool(b);
    MacAddr: a => Value::Mac(a);
    Ipv4Addr: a => Value::Ipv4(a);
    Ipv6Addr: a => Value::Ipv6(a);
    IpAddr: a => match a {
        IpAddr::V4(a) => Value::Ipv4(a),
        IpAddr::V6(a) => Value::Ipv6(a),
    };
    &'a str: text => Value::Text(text.as_bytes());
    &'a [u8]: bytes => Value::Bytes(bytes);
    Name<'a>: name => Value::Name(name);
    &Value<'a>: value => *value;
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    #[inline]
    fn from(bytes: &'a [u8; N]) -> Self {
        Value::Bytes(bytes)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match *self {
            Value::Uint(n) => s.serialize_u64(n),
            Value::Int(n) => s.serialize_i64(n),
            Value::Bool(b) => s.serialize_bool(b),
            Value::Checksum(n, _) => s.serialize_u16(n),
            Value::Mac(a) => s.collect_str(&a),
            Value::Ipv4(a) => s.collect_str(&a),
            Value::Ipv6(a) => s.collect_str(&a),
            Value::Name(n) => s.collect_str(&n),
            Value::Bytes(b) => s.collect_str(&super::hex::Hex(b)),
            Value::Text(b) => match core::str::from_utf8(b) {
                Ok(text) => s.serialize_str(text),
                Err(_) => {
                    use serde::ser::SerializeMap;
                    let mut map = s.serialize_map(Some(1))?;
                    map.serialize_entry("hex", &Value::Bytes(b))?;
                    map.end()
                }
            },
        }
    }
}
