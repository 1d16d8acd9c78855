//! Numbers, names and flags as text, and text as numbers: what the types of `registry!` and `flags!` share.

use super::alike::alike;
use super::kind::{Flag, Registry};
use super::value_error::ValueError;
use core::fmt;

/// Parses a number: decimal, or hexadecimal after `0x`.
pub(crate) fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Parses a number or a name of a registry, and makes the type `of` it. `max` is the largest number of the type.
#[doc(hidden)]
pub fn parse_number<T>(registry: &Registry, max: u64, text: &str, of: fn(u64) -> T) -> Result<T, ValueError> {
    match number(text).or_else(|| registry.number(text)) {
        Some(number) if number > max => Err(ValueError::TooLarge { number, max }),
        Some(number) => Ok(of(number)),
        None => Err(ValueError::NoName),
    }
}

/// Writes the name of a number. Writes the number itself if it has no name, or if the name would be read as another number.
#[doc(hidden)]
pub fn show_number(registry: &Registry, n: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match registry.name(n).filter(|name| number(name).is_none() && registry.number(name) == Some(n)) {
        Some(name) => f.pad(name),
        None => fmt::Display::fmt(&n, f),
    }
}

/// Parses flags: a number, names with `|`, `,`, `+` or blanks between them, or the first letters of names.
pub(crate) fn flags_of(flags: &[Flag], text: &str) -> Result<u64, ValueError> {
    if let Some(n) = number(text).or_else(|| letters(flags, text)) {
        return Ok(n);
    }
    let mut sum = 0;
    for part in text.split(['|', ',', '+']).map(str::trim).filter(|part| !part.is_empty()) {
        let mask = |name: &str| flags.iter().find(|flag| alike(flag.name, name)).map(|flag| flag.mask);
        sum |= match mask(part).or_else(|| number(part)) {
            Some(mask) => mask,
            None => {
                let names = part.split_whitespace();
                names.map(mask).try_fold(0, |sum, mask| Some(sum | mask?)).ok_or(ValueError::NoName)?
            }
        };
    }
    Ok(sum)
}

/// Parses flags, and makes the type `of` their number. `max` is the largest number of the type.
#[doc(hidden)]
pub fn parse_flags<T>(flags: &[Flag], max: u64, text: &str, of: fn(u64) -> T) -> Result<T, ValueError> {
    match flags_of(flags, text) {
        Ok(number) if number > max => Err(ValueError::TooLarge { number, max }),
        Ok(number) => Ok(of(number)),
        Err(error) => Err(error),
    }
}

/// Writes the names of flags with ` | ` between them, and bits without a name as a hexadecimal number. No flags are `0`.
#[doc(hidden)]
pub fn show_flags(flags: &[Flag], n: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = n;
    let mut between = "";
    for flag in flags.iter().filter(|flag| n & flag.mask == flag.mask) {
        rest &= !flag.mask;
        f.write_str(between)?;
        f.write_str(flag.name)?;
        between = " | ";
    }
    match rest {
        0 if between.is_empty() => f.write_str("0"),
        0 => Ok(()),
        rest => write!(f, "{between}{rest:#x}"),
    }
}

/// Writes the name of a type and its flags: `TcpFlags(SYN | ACK)`.
#[doc(hidden)]
pub fn debug_flags(name: &str, flags: &[Flag], n: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}(")?;
    show_flags(flags, n, f)?;
    f.write_str(")")
}

/// Flags by their first letters, in capitals: `SA` for SYN and ACK. Of flags with one first letter, the last is meant: those
/// of TCP with the lowest bits are the old ones. `None` if a flag has the text as its name, or a letter is none.
fn letters(flags: &[Flag], text: &str) -> Option<u64> {
    if text.is_empty() || flags.iter().any(|flag| alike(flag.name, text)) {
        return None;
    }
    let of = |letter: char| {
        let first = flags.iter().rev().find(|flag| flag.name.starts_with(letter));
        first.filter(|_| letter.is_ascii_uppercase()).map(|flag| flag.mask)
    };
    text.chars().try_fold(0, |sum, letter| Some(sum | of(letter)?))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::proto::Proto;
    use crate::wire::Kind;
    use std::string::ToString;

    struct Shown<'a>(&'a [Flag], u64);
    impl fmt::Display for Shown<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            show_flags(self.0, self.1, f)
        }
    }
    struct Named<'a>(&'a Registry, u64);
    impl fmt::Display for Named<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            show_number(self.0, self.1, f)
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same_number() {
        let (mut registries, mut sets) = (0, 0);
        for field in Proto::ALL.iter().flat_map(|proto| proto.fields()) {
            match field.kind {
                Kind::Named(registry) => {
                    registries += 1;
                    for n in registry.entries.iter().map(|entry| entry.0).chain([u64::MAX, 77]) {
                        let text = Named(registry, n).to_string();
                        assert_eq!(parse_number(registry, u64::MAX, &text, |n| n), Ok(n), "{} {text}", field.filter);
                    }
                }
                Kind::Flags(flags) => {
                    sets += 1;
                    let all = flags.iter().fold(0, |all, flag| all | flag.mask);
                    for n in flags.iter().map(|flag| flag.mask).chain([0, all, all | 1 << 40, 1 << 40, u64::MAX]) {
                        let text = Shown(flags, n).to_string();
                        assert_eq!(parse_flags(flags, u64::MAX, &text, |n| n), Ok(n), "{} {text}", field.filter);
                    }
                }
                _ => {}
            }
        }
        assert!(registries > 20 && sets > 2, "{registries} {sets}");
    }

    #[test]
    fn a_number_that_does_not_fit_the_type_is_refused() {
        let error = "256".parse::<crate::proto::ip::IpProtocol>().unwrap_err();
        assert_eq!(error, ValueError::TooLarge { number: 256, max: 255 });
        let error = "0x10000".parse::<crate::proto::transport::TcpFlags>().unwrap_err();
        assert_eq!(error, ValueError::TooLarge { number: 0x10000, max: 0xffff });
        assert_eq!("SYN | colour".parse::<crate::proto::transport::TcpFlags>(), Err(ValueError::NoName));
    }
}
