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

#[cfg(test)]
mod tests {
    use super::{link_type, number};

    #[test]
    fn a_message_says_what_is_expected() {
        assert_eq!(number::<u8>(1..=9)("5"), Ok(5));
        assert_eq!(number::<u8>(1..=9)("x").unwrap_err(), "a whole number from 1 to 9 is expected");
        assert_eq!(number::<u64>(1..=u64::MAX)("0").unwrap_err(), "a whole number of 1 or more is expected");
        assert!(number::<u64>(0..=u64::MAX)("99999999999999999999").is_err());
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
