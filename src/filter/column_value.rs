//! A value of a column as text, as tshark writes it with `-T fields`.

use super::datum::Datum;
use super::notation::Notation;
use super::time::civil;
use super::types::Type;
use crate::wire::hex::Hex;
use crate::wire::is_unsafe;
use core::fmt::{self, Write};
use core::net::{Ipv4Addr, Ipv6Addr};

/// A value of a column.
///
/// Its `Display` is what `tshark -T fields` writes: addresses, numbers in the base that Wireshark gives the name, flags as 1
/// or 0, seconds with nine decimal places, times in UTC, bytes in hexadecimal, and 1 for what has no value. Line ends, tabs
/// and what a terminal would obey are escaped in text: `\n`, `\t`, `\x1b`. A byte that is no UTF-8 is `U+FFFD`.
#[derive(Clone)]
pub struct ColumnValue<'v> {
    pub(super) datum: Datum<'v>,
    pub(super) kind: Type,
    pub(super) notation: Option<Notation>,
}

impl fmt::Debug for ColumnValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ColumnValue({self})")
    }
}

const BILLION: i128 = 1_000_000_000;

impl fmt::Display for ColumnValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.datum {
            _ if self.notation == Some(Notation::Presence) => f.write_str("1"),
            Datum::Number(number) => self.number(*number, f),
            Datum::Bytes(bytes) => self.bytes(bytes.as_slice(), f),
        }
    }
}

impl ColumnValue<'_> {
    fn number(&self, number: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.notation, self.kind) {
            (Some(Notation::Hexadecimal(digits)), _) => write!(f, "0x{number:0digits$x}", digits = digits.into()),
            (Some(Notation::Digits(digits)), _) => write!(f, "{number:0digits$x}", digits = digits.into()),
            (Some(Notation::Seconds(since)), _) => time((number + i128::from(since)) * BILLION, f),
            (Some(Notation::NullTime), _) if number == 0 => f.write_str("NULL"),
            (_, Type::Duration) => fraction(number, BILLION, 9, f),
            (_, Type::Milliseconds) => milliseconds(number, f),
            (_, Type::Time) => time(number, f),
            (_, Type::Presence) => f.write_str("1"),
            (_, Type::Severity) => f.write_str(match number {
                0 => "note",
                1 => "warning",
                _ => "error",
            }),
            _ => write!(f, "{number}"),
        }
    }

    fn bytes(&self, bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.notation, self.kind) {
            (Some(Notation::MayBeEmpty), _) if bytes.is_empty() => f.write_str("<none>"),
            (Some(Notation::MacOrBytes), _) if bytes.len() != 6 => write!(f, "{}", Hex(bytes)),
            (Some(Notation::Colons | Notation::MacOrBytes), _) | (_, Type::Mac) => bytes
                .iter()
                .enumerate()
                .try_for_each(|(i, byte)| write!(f, "{}{byte:02x}", if i == 0 { "" } else { ":" })),
            (_, Type::Ipv4) => match <[u8; 4]>::try_from(bytes) {
                Ok(address) => write!(f, "{}", Ipv4Addr::from(address)),
                Err(_) => write!(f, "{}", Hex(bytes)),
            },
            (_, Type::Ipv6) => match <[u8; 16]>::try_from(bytes) {
                Ok(address) => write!(f, "{}", Ipv6Addr::from(address)),
                Err(_) => write!(f, "{}", Hex(bytes)),
            },
            (_, Type::Text | Type::Protocol | Type::Issue | Type::Mixed) => text(bytes, f),
            (_, Type::Presence) => f.write_str("1"),
            _ => write!(f, "{}", Hex(bytes)),
        }
    }
}

/// A number of parts, with `digits` decimal places.
fn fraction(number: i128, parts: i128, digits: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let parts = parts.unsigned_abs();
    write!(f, "{sign}{}.{:0digits$}", number / parts, number % parts)
}

/// Nanoseconds as milliseconds, without zeros at the end: a floating-point number in Wireshark.
fn milliseconds(nanos: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    let (whole, mut part, mut digits) = (nanos / 1_000_000, nanos % 1_000_000, 6);
    while digits > 0 && part % 10 == 0 {
        (part, digits) = (part / 10, digits - 1);
    }
    match digits {
        0 => write!(f, "{sign}{whole}"),
        _ => write!(f, "{sign}{whole}.{part:0digits$}"),
    }
}

/// A time in UTC.
fn time(nanos: i128, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (seconds, nanos) = (nanos.div_euclid(BILLION), nanos.rem_euclid(BILLION));
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    write!(f, "{month} {day:2}, {year} {hour:02}:{minute:02}:{second:02}.{nanos:09} UTC")
}

/// Text, with what a terminal would obey escaped.
fn text(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\u{8}' => f.write_str("\\b")?,
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                '\u{c}' => f.write_str("\\f")?,
                '\r' => f.write_str("\\r")?,
                c if !is_unsafe(c) => f.write_char(c)?,
                c if c.is_ascii() => write!(f, "\\x{:02x}", c as u32)?,
                c => write!(f, "\\u{{{:x}}}", c as u32)?,
            }
        }
        chunk.invalid().iter().try_for_each(|_| f.write_char('\u{fffd}'))?;
    }
    Ok(())
}
