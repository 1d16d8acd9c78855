//! Numbers in arguments, and link types by number or name. A message says what is expected.

use packetsmith::LinkType;
use std::ops::RangeInclusive;

/// Parses a whole number in a range.
pub fn number<T: TryFrom<u64>>(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync {
    move |text| {
        let found = text.parse().ok().filter(|n| range.contains(n)).and_then(|n| T::try_from(n).ok());
        found.ok_or_else(|| match (*range.start(), *range.end()) {
            (0, u64::MAX) => "a whole number is expected".to_string(),
            (start, u64::MAX) => format!("a whole number of {start} or more is expected"),
            (start, end) => format!("a whole number from {start} to {end} is expected"),
        })
    }
}

/// Parses a number of bytes in a range, with K, M, G or T for powers of 1024.
pub fn bytes(range: RangeInclusive<u64>) -> impl Fn(&str) -> Result<u64, String> + Clone + Send + Sync {
    move |text| {
        let units = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
        let unit = units.iter().find(|(letter, _)| text.ends_with([*letter, letter.to_ascii_lowercase()]));
        let (digits, shift) = unit.map_or((text, 0), |(_, shift)| (&text[..text.len() - 1], *shift));
        let number = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|number| number.checked_mul(1 << shift)).filter(|n| range.contains(n));
        number.ok_or_else(|| {
            let (start, end) = (range.start(), range.end());
            format!("a number of bytes from {start} to {end} is expected, such as 1000000, 64K, 64M or 1G")
        })
    }
}

/// Parses a link type: a number of the tcpdump registry, or a name of `LinkType` or libpcap.
pub fn link_type(text: &str) -> Result<u16, String> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    LinkType::named(text).map(u16::from).map_err(|error| {
        let near = error.nearest.map_or(String::new(), |near| format!("; the nearest is {near}"));
        format!(
            "a number of https://www.tcpdump.org/linktypes.html is expected, or a name such as ethernet (1), \
             raw (101), null (0) or linux_sll (113){near}"
        )
    })
}

/// A number with a comma after each three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{bytes, grouped, link_type, number};

    #[test]
    fn digits_are_grouped() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_message_says_what_is_expected() {
        assert_eq!(number::<u8>(1..=9)("5"), Ok(5));
        assert_eq!(number::<u8>(1..=9)("x").unwrap_err(), "a whole number from 1 to 9 is expected");
        assert_eq!(number::<u64>(1..=u64::MAX)("0").unwrap_err(), "a whole number of 1 or more is expected");
        assert!(number::<u64>(0..=u64::MAX)("99999999999999999999").is_err());
    }

    #[test]
    fn numbers_of_bytes_have_units() {
        let parse = |text| bytes(1..=1 << 40)(text).ok();
        assert_eq!([parse("1"), parse("64k"), parse("64M"), parse("1G")], [1, 64 << 10, 64 << 20, 1 << 30].map(Some));
        assert_eq!(["0", "", "K", "-1", "+1", "1.5G", "2T", "18446744073709551615T", "ä"].map(parse), [None; 9]);
    }

    #[test]
    fn link_types_have_names() {
        for (text, number) in [
            ("1", 1),
            ("ethernet", 1),
            ("EN10MB", 1),
            ("raw", 101),
            ("DLT_RAW", 101),
            ("linux-sll", 113),
            ("linux_sll2", 276),
        ] {
            assert_eq!(link_type(text), Ok(number), "{text}");
        }
        assert!(link_type("ether").unwrap_err().ends_with("; the nearest is ethernet"));
        assert!(link_type("70000").is_err());
    }
}
