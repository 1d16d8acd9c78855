//! `Debug` of fixed headers, by their tables.

use super::field::Field;
use super::hex::Hex;
use super::kind::Kind;
use super::value::Value;
use core::fmt;

/// Writes the name of a header and its fields, with the names of numbers and flags.
pub fn debug_fields(name: &str, fields: &'static [Field], bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for field in fields {
        if let Some(value) = field.read(bytes) {
            out.field(field.name, &Readable(field.kind, value));
        }
    }
    out.finish()
}

/// A value with the kind that tells how to write it.
struct Readable<'a>(Kind, Value<'a>);

impl fmt::Debug for Readable<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (Kind::Named(registry), Value::Uint(n)) => match registry.name(n) {
                Some(name) => write!(f, "{n} ({name})"),
                None => write!(f, "{n}"),
            },
            (Kind::Flags(flags), Value::Uint(n)) => {
                write!(f, "{n:#x}")?;
                let mut set = flags.iter().filter(|flag| n & flag.mask != 0);
                let Some(first) = set.next() else { return Ok(()) };
                write!(f, " ({}", first.name)?;
                set.try_for_each(|flag| write!(f, ", {}", flag.name))?;
                f.write_str(")")
            }
            (Kind::Checksum, Value::Uint(n)) => write!(f, "{n:#06x}"),
            (_, Value::Uint(n)) => write!(f, "{n}"),
            (_, Value::Int(n)) => write!(f, "{n}"),
            (_, Value::Bool(b)) => write!(f, "{b}"),
            (_, Value::Checksum(n, _)) => write!(f, "{n:#06x}"),
            (_, Value::Mac(address)) => write!(f, "{address}"),
            (_, Value::Ipv4(address)) => write!(f, "{address}"),
            (_, Value::Ipv6(address)) => write!(f, "{address}"),
            (_, Value::Bytes(bytes)) => write!(f, "0x{}", Hex(bytes)),
            // Text of a fixed length ends at the zeros that fill it up.
            (_, Value::Text(text)) => {
                let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
                write!(f, "\"{}\"", text[..end].escape_ascii())
            }
            (_, Value::Name(name)) => write!(f, "{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Ipv4;
    use std::format;

    #[cfg(feature = "applications")]
    #[test]
    fn text_ends_before_the_zeros_that_fill_it_up() {
        let text = format!("{:?}", crate::Dhcp::build());
        assert!(text.ends_with("chaddr: 0x00000000000000000000000000000000, sname: \"\", file: \"\" }"), "{text}");
    }

    #[test]
    fn a_header_shows_the_names_of_numbers_and_flags() {
        let mut ip = Ipv4::build().dst([10, 0, 0, 1].into()).ttl(3).protocol(17.into()).done();
        assert_eq!(
            format!("{:?}", ip.edit().flags(crate::proto::ip::Ipv4Flags::DONT_FRAGMENT)),
            "Ipv4 { version: 4, ihl: 0, dscp: 0 (default), ecn: 0 (not ECN-capable), total_length: 0, \
             identification: 0, flags: 0x2 (DF), fragment_offset: 0, ttl: 3, protocol: 17 (UDP), checksum: 0x0000, \
             src: 0.0.0.0, dst: 10.0.0.1 }"
        );
    }
}
