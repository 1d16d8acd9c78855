//! The values that fields are compared with, read for the type of the field.

use super::datum::{Blob, Datum};
use super::error::FilterError;
use super::names::FilterNames;
use super::syntax::{Term, TermKind};
use super::time::{duration, milliseconds, moment};
use super::token::error;
use super::types::{Names, Type};
use crate::wire::{nearest, the_nearest};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A value in a filter.
#[derive(Clone, Debug)]
pub(super) enum Constant {
    Datum(Datum<'static>),
    /// The addresses that begin with these bits.
    Network(Blob<'static>, u8),
}

/// Any number that can be written.
pub(super) const NUMBERS: Type = Type::Number(i64::MIN as i128, u64::MAX as i128);

/// What a value is compared with.
#[derive(Clone, Copy)]
pub(super) struct Expected<'e> {
    /// Its name, for messages.
    pub(super) name: &'e str,
    pub(super) kind: Type,
    /// Names of its numbers.
    pub(super) names: &'e [Names],
}

/// Tells whether a term is a value if it is no name.
pub(super) fn is_literal(term: &Term) -> bool {
    match &term.kind {
        TermKind::Word(_) | TermKind::Quoted(_) | TermKind::Character(_) => true,
        TermKind::Negative(inner) => is_literal(inner),
        TermKind::Calculation(_, a, b) => is_literal(a) && is_literal(b),
        _ => false,
    }
}

/// Reads a value.
pub(super) fn constant(term: &Term, expected: Expected<'_>) -> Result<Constant, FilterError> {
    let read = match &term.kind {
        TermKind::Word(word) => bare(word, expected),
        TermKind::Quoted(text) => quoted(text, expected),
        TermKind::Character(byte) => character(*byte, expected),
        TermKind::Negative(inner) => match &inner.kind {
            TermKind::Word(word) if !word.starts_with('-') => bare(&format!("-{word}"), expected),
            _ => Err("a number was expected after the minus sign".to_string()),
        },
        // A calculation with numbers alone is a number.
        TermKind::Calculation(operator, a, b) => {
            let numbers = Expected { kind: NUMBERS, names: &[], ..expected };
            let (Constant::Datum(a), Constant::Datum(b)) = (constant(a, numbers)?, constant(b, numbers)?) else {
                return Err(error(term.at, "a number was expected here"));
            };
            match a.calculate(*operator, &b) {
                Some(Datum::Number(number)) => within(number, &format!("{number}"), expected),
                _ => Err("this calculation has no result".to_string()),
            }
        }
        _ => Err("a value was expected here".to_string()),
    };
    read.map_err(|what| error(term.at, what))
}

fn datum(bytes: &[u8]) -> Result<Constant, String> {
    Ok(Constant::Datum(Datum::Bytes(Blob::short(bytes))))
}

fn bare(word: &str, expected: Expected<'_>) -> Result<Constant, String> {
    let Expected { name, kind, .. } = expected;
    match kind {
        Type::Number(..) | Type::Severity => number(word, expected),
        Type::Boolean => boolean(word, expected),
        Type::Duration => match duration(word) {
            Some(nanos) => Ok(Constant::Datum(Datum::Number(nanos))),
            None => Err(format!("{word} is not a number of seconds such as 0.25; {name} is one")),
        },
        Type::Milliseconds => match milliseconds(word) {
            Some(nanos) => Ok(Constant::Datum(Datum::Number(nanos))),
            None => Err(format!("{word} is not a number of milliseconds such as 0.25; {name} is one")),
        },
        Type::Time => moment(word).map(|nanos| Constant::Datum(Datum::Number(nanos))),
        Type::Ipv4 => ipv4(word, name),
        Type::Ipv6 => ipv6(word, name),
        Type::Mac => mac(word, name),
        Type::Bytes => match pairs(word) {
            Some(bytes) => datum(&bytes),
            None => Err(format!(
                "{word} is not bytes; write pairs of digits such as 02:ff, or a text in quotes: \"{word}\""
            )),
        },
        Type::Protocol => protocol(word, name),
        Type::Text => datum(trimmed(word.as_bytes())),
        Type::Issue => datum(word.as_bytes()),
        Type::Presence => Err(format!("{name} has no value to compare; write {name} alone, or !{name}")),
        Type::Mixed => Err(format!("{name} has values of several types, so it cannot be compared")),
    }
}

/// A domain name may end with a dot.
fn trimmed(text: &[u8]) -> &[u8] {
    match text {
        [rest @ .., b'.'] if rest.contains(&b'.') && !rest.ends_with(b".") => rest,
        _ => text,
    }
}

fn protocol(word: &str, name: &str) -> Result<Constant, String> {
    match pairs(word).filter(|_| word.len() > 1 && !word.starts_with("0x")) {
        Some(bytes) => datum(&bytes),
        None => {
            let instead = match word.parse::<IpAddr>() {
                Ok(_) if FilterNames::builtin().all_names().contains(&format!("{name}.addr")) => {
                    format!("; to compare an address, write {name}.addr")
                }
                _ => String::new(),
            };
            Err(format!(
                "{name} is a protocol, which is compared with bytes such as 02:ff or with a text in quotes{instead}"
            ))
        }
    }
}

fn quoted(text: &[u8], expected: Expected<'_>) -> Result<Constant, String> {
    let Expected { name, kind, .. } = expected;
    let shown = String::from_utf8_lossy(text);
    match kind {
        Type::Bytes | Type::Protocol => datum(text),
        Type::Text => datum(text),
        Type::Issue => datum(text),
        Type::Time => moment(&shown).map(|nanos| Constant::Datum(Datum::Number(nanos))),
        Type::Number(..) if digits_as_text(name).is_some() => all_digits(&shown, name),
        Type::Number(..) | Type::Severity => named(&shown, expected),
        Type::Boolean => boolean(&shown, expected),
        Type::Presence | Type::Mixed | Type::Mac => bare(&shown, expected),
        _ => Err(format!("{name} is {}: write it without quotes", kind.title())),
    }
}

/// Numbers that Wireshark has as texts of hexadecimal digits, and how many.
const DIGITS_AS_TEXT: &[(&str, usize)] = &[("dhcpv6.iaid", 8)];

fn digits_as_text(name: &str) -> Option<usize> {
    DIGITS_AS_TEXT.iter().find(|(known, _)| *known == name).map(|(_, length)| *length)
}

/// Reads the text of such a number.
fn all_digits(text: &str, name: &str) -> Result<Constant, String> {
    let length = digits_as_text(name).unwrap_or(0);
    let is_whole = text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = i128::from_str_radix(text, 16).ok().filter(|_| is_whole);
    let number = number.ok_or_else(|| {
        format!("{text:?} is not {name} as text, which has {length} hexadecimal digits; or write a number such as 0x1f")
    })?;
    Ok(Constant::Datum(Datum::Number(number)))
}

fn character(byte: u8, expected: Expected<'_>) -> Result<Constant, String> {
    match expected.kind {
        Type::Number(..) => within(byte.into(), &format!("{byte}"), expected),
        Type::Bytes | Type::Protocol | Type::Text => datum(&[byte]),
        kind => Err(format!("a character was not expected here: {} is {}", expected.name, kind.title())),
    }
}

/// A number in decimal, in octal after 0, in hexadecimal after 0x, in binary after 0b.
fn digits(word: &str) -> Option<Result<i128, core::num::ParseIntError>> {
    let (negative, rest) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (text, radix) = match rest.get(..2) {
        Some("0x" | "0X") => (&rest[2..], 16),
        Some("0b" | "0B") => (&rest[2..], 2),
        Some(_) if rest.starts_with('0') => (&rest[1..], 8),
        _ => (rest, 10),
    };
    let number = i128::from_str_radix(text, radix).ok().filter(|_| !text.starts_with(['+', '-']));
    let number = number.map(Ok).unwrap_or_else(|| "x".parse::<i128>());
    Some(number.map(|number| if negative { -number } else { number }))
}

fn number(word: &str, expected: Expected<'_>) -> Result<Constant, String> {
    match digits(word) {
        Some(Ok(number)) => within(number, word, expected),
        // Wireshark shows reserved fields as bytes.
        _ if expected.name.ends_with(".reserved") || expected.name.ends_with(".unused") => {
            let bytes = pairs(word).filter(|bytes| bytes.len() <= 8);
            let bytes = bytes.ok_or_else(|| no_number(word, expected))?;
            within(bytes.iter().fold(0, |number, byte| number << 8 | i128::from(*byte)), word, expected)
        }
        _ if expected.names.is_empty() => Err(no_number(word, expected)),
        _ => named(word, expected),
    }
}

fn no_number(word: &str, expected: Expected<'_>) -> String {
    // In a calculation, a number is wanted whatever it is compared with.
    match expected.kind {
        NUMBERS => format!("{word} is not a number, and a calculation takes numbers"),
        _ => format!("{word} is not a number; {} is one", expected.name),
    }
}

fn within(number: i128, word: &str, expected: Expected<'_>) -> Result<Constant, String> {
    let Expected { name, kind, .. } = expected;
    let (least, most) = match kind {
        Type::Number(least, most) => (least, most),
        _ if expected.names.is_empty() => return Err(format!("{name} is {}; {word} is a number", kind.title())),
        _ => return Err(format!("{name} is compared with its names: {}", some_names(expected.names))),
    };
    match number {
        _ if number > most => Err(format!("{word} is too large for {name}: {most} is the largest")),
        _ if number < least => Err(format!("{word} is too small for {name}: {least} is the smallest")),
        _ => Ok(Constant::Datum(Datum::Number(number))),
    }
}

/// The first names, for messages.
fn some_names(names: &[Names]) -> String {
    let all = names.iter().flat_map(|names| names.entries()).map(|(_, name)| *name);
    all.take(6).collect::<Vec<_>>().join(", ")
}

/// A number by its name.
fn named(name: &str, expected: Expected<'_>) -> Result<Constant, String> {
    let mut found: Vec<u64> = expected.names.iter().filter_map(|names| names.number(name)).collect();
    found.dedup();
    match found[..] {
        [number] => Ok(Constant::Datum(Datum::Number(number.into()))),
        [] if expected.names.iter().all(|names| names.entries().is_empty()) => {
            Err(format!("{} is a number: write it without quotes", expected.name))
        }
        [] => {
            let known = || expected.names.iter().flat_map(|names| names.entries()).map(|(_, name)| *name);
            let near = match nearest(name, known()) {
                Some(near) => the_nearest(&format_args!("{near:?}")),
                None => format!("; it has names such as {}", some_names(expected.names)),
            };
            Err(format!("{} has no value called {name}{near}", expected.name))
        }
        _ => Err(format!("{name} is the name of several numbers here; write the number")),
    }
}

fn boolean(word: &str, expected: Expected<'_>) -> Result<Constant, String> {
    let is = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(word));
    match digits(word) {
        Some(Ok(number @ (0 | 1))) => Ok(Constant::Datum(Datum::Number(number))),
        _ if is(&["true", "set"]) => Ok(Constant::Datum(Datum::Number(1))),
        _ if is(&["false", "not set"]) => Ok(Constant::Datum(Datum::Number(0))),
        _ => Err(format!("{} is 1 or 0, True or False; {word} is neither", expected.name)),
    }
}

/// Splits an address from the length of its prefix.
fn prefix<'t>(word: &'t str, most: u8, family: &str) -> Result<(&'t str, Option<u8>), String> {
    let Some((address, length)) = word.split_once('/') else { return Ok((word, None)) };
    match length.parse::<u8>() {
        Ok(bits) if bits <= most => Ok((address, Some(bits))),
        Ok(_) => Err(format!("/{length} is too long: {most} is the longest prefix of {family}")),
        Err(_) => Err(format!("/{length} is no length of a prefix: write the number of bits, such as /24")),
    }
}

fn network(bytes: &[u8], bits: Option<u8>) -> Constant {
    match bits {
        None => Constant::Datum(Datum::Bytes(Blob::short(bytes))),
        Some(bits) => {
            let mut masked = [0; 16];
            masked[..bytes.len()].copy_from_slice(bytes);
            mask(&mut masked[..bytes.len()], bits);
            Constant::Network(Blob::short(&masked[..bytes.len()]), bits)
        }
    }
}

/// Clears all bits after the first `bits`.
pub(super) fn mask(bytes: &mut [u8], bits: u8) {
    for (i, byte) in bytes.iter_mut().enumerate() {
        let kept = usize::from(bits).saturating_sub(8 * i).min(8);
        *byte &= !(0xff_u16 >> kept) as u8;
    }
}

fn ipv4(word: &str, name: &str) -> Result<Constant, String> {
    let (address, bits) = prefix(word, 32, "IPv4")?;
    match address.parse::<Ipv4Addr>() {
        Ok(address) => Ok(network(&address.octets(), bits)),
        Err(_) => Err(not_an_address(word, name, "IPv4")),
    }
}

fn ipv6(word: &str, name: &str) -> Result<Constant, String> {
    let (address, bits) = prefix(word, 128, "IPv6")?;
    match address.parse::<Ipv6Addr>() {
        Ok(address) => Ok(network(&address.octets(), bits)),
        Err(_) => Err(not_an_address(word, name, "IPv6")),
    }
}

fn not_an_address(word: &str, name: &str, family: &str) -> String {
    match word.split('/').next().unwrap_or(word).parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => format!("{word} is an IPv4 address; {name} is an {family} address"),
        Ok(IpAddr::V6(_)) => format!("{word} is an IPv6 address; {name} is an {family} address"),
        Err(_) => format!("{word} is no {family} address; {name} is one (names of hosts are not looked up)"),
    }
}

fn mac(word: &str, name: &str) -> Result<Constant, String> {
    match pairs(word) {
        Some(bytes) if bytes.len() == 6 => datum(&bytes),
        Some(bytes) => Err(format!(
            "{word} has {} bytes; {name} is a MAC address of 6, such as 02:00:00:00:00:01 (its first three: {name}[0:3])",
            bytes.len()
        )),
        None => Err(format!("{word} is no MAC address such as 02:00:00:00:00:01; {name} is one")),
    }
}

/// Bytes: pairs of digits, with colons, dashes or dots between bytes or between groups of two bytes, or without; or one
/// byte as a number.
pub(super) fn pairs(word: &str) -> Option<Vec<u8>> {
    if word.len() == 1 {
        return u8::from_str_radix(word, 16).ok().map(|byte| [byte].to_vec());
    }
    if let Some(hex) = word.strip_prefix("0x").or(word.strip_prefix("0X")) {
        return pairs(hex).filter(|bytes| bytes.len() == 1);
    }
    let word = word.strip_prefix(':').filter(|rest| !rest.starts_with(':')).unwrap_or(word);
    let separator = word.bytes().find(|byte| matches!(byte, b':' | b'-' | b'.'));
    let groups: Vec<&str> = match separator {
        Some(separator) => word.split(separator as char).collect(),
        None => [word].to_vec(),
    };
    let length = groups.first()?.len();
    let is_regular = match separator {
        Some(b'.') => length == 2 || length == 4,
        Some(_) => length == 2,
        None => true,
    };
    if !is_regular || groups.iter().any(|group| group.len() != length || length % 2 != 0 || group.is_empty()) {
        return None;
    }
    let digits = groups.iter().flat_map(|group| group.as_bytes().chunks(2));
    digits
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok().filter(|p| !p.starts_with('+'))?, 16).ok())
        .collect()
}
