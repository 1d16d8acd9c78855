//! Values as text.

use super::datum::Datum;
use super::derived::Line;
use super::types::Type;
use crate::wire::domain_name::Name;
use alloc::format;
use alloc::vec::Vec;
use core::fmt::Write;

/// Writes a value as text. False if it is text already.
pub(super) fn written(kind: Type, datum: &Datum<'_>, line: &mut Line) -> bool {
    let bytes = datum.as_bytes();
    let result = match (kind, datum) {
        (Type::Duration, Datum::Number(nanos)) => {
            let (sign, nanos) = (if *nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
            write!(line, "{sign}{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000)
        }
        (Type::Milliseconds, Datum::Number(nanos)) => {
            let (sign, nanos) = (if *nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
            write!(line, "{sign}{}.{:06}", nanos / 1_000_000, nanos % 1_000_000)
        }
        (Type::Boolean, Datum::Number(number)) => line.write_str(if *number != 0 { "True" } else { "False" }),
        (_, Datum::Number(number)) => write!(line, "{number}"),
        (Type::Ipv4, _) => match <[u8; 4]>::try_from(bytes) {
            Ok(address) => write!(line, "{}", core::net::Ipv4Addr::from(address)),
            Err(_) => return false,
        },
        (Type::Ipv6, _) => match <[u8; 16]>::try_from(bytes) {
            Ok(address) => write!(line, "{}", core::net::Ipv6Addr::from(address)),
            Err(_) => return false,
        },
        (Type::Mac, _) => {
            let mut pairs = bytes.iter().enumerate();
            pairs.try_for_each(|(i, byte)| write!(line, "{}{byte:02x}", if i == 0 { "" } else { ":" }))
        }
        (Type::Bytes, _) => bytes.iter().try_for_each(|byte| write!(line, "{byte:02x}")),
        _ => return false,
    };
    // What does not fit was cut off: more than 500 bytes.
    let _ = result;
    true
}

/// The labels of a domain name as they are, with dots between them: how Wireshark shows it.
pub(super) fn labels(name: &Name<'_>) -> Vec<u8> {
    let mut text = Vec::new();
    if name.is_root() {
        text.extend_from_slice(b"<Root>");
    }
    for label in name.labels() {
        if !text.is_empty() {
            text.push(b'.');
        }
        match label {
            Ok(label) => text.extend_from_slice(label),
            Err(error) => text.extend_from_slice(format!("<{error}>").as_bytes()),
        }
    }
    text
}
