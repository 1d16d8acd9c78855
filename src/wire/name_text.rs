//! Domain names from text, and as bytes.

use super::byte_sink::ByteSink;
use super::domain_name::{MAX_NAME, Name};
use super::value_error::ValueError;
use core::fmt;

/// Why text is not a domain name. The number is the byte of the text where the wrong label or escape begins.
///
/// ```
/// use packetsmith::Name;
/// use packetsmith::wire::NameTextError;
/// assert_eq!(Name::from_text("www..org"), Err(NameTextError::EmptyLabel(4)));
/// let long = "x".repeat(64);
/// let error = Name::from_text(&long).unwrap_err();
/// assert_eq!(error.to_string(), "the label at byte 0 is longer than 63 bytes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameTextError {
    /// A label is empty.
    EmptyLabel(usize),
    /// A label is longer than 63 bytes.
    LabelTooLong(usize),
    /// The name is longer than 255 bytes, counting length bytes and the root.
    TooLong,
    /// A backslash, which [`Name::from_text`] does not read.
    Escape(usize),
    /// A backslash is not followed by a byte, or by three digits up to 255.
    BrokenEscape(usize),
}

impl fmt::Display for NameTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameTextError::EmptyLabel(at) => write!(f, "the label at byte {at} is empty"),
            NameTextError::LabelTooLong(at) => write!(f, "the label at byte {at} is longer than 63 bytes"),
            NameTextError::TooLong => f.write_str("the name is longer than 255 bytes"),
            NameTextError::Escape(at) => {
                write!(f, "the backslash at byte {at} begins an escape: `Name::write_text` reads escapes")
            }
            NameTextError::BrokenEscape(at) => {
                write!(f, "the backslash at byte {at} is not followed by a byte or by three digits up to 255")
            }
        }
    }
}

impl core::error::Error for NameTextError {}

impl<'a> Name<'a> {
    /// A name from labels with dots between them. A dot at the end is left out; the empty text is the root. The bytes of
    /// labels are those of the text.
    ///
    /// Dots and other bytes in a label need escapes, which [`write_text`](Self::write_text) reads.
    ///
    /// # Errors
    ///
    /// A label is empty or longer than 63 bytes, the name is longer than 255 bytes, or there is a backslash.
    ///
    /// ```
    /// use packetsmith::{Dns, Name, Stack};
    /// use packetsmith::proto::dns::{DnsQuestion, DnsType};
    /// let name = Name::from_text("www.example.org")?;
    /// let query = Stack::new().push(Dns::build().questions(&[DnsQuestion::new(name, DnsType::A)])).finish().unwrap();
    /// assert!(query.ends_with(b"\x03www\x07example\x03org\0\0\x01\0\x01"));
    /// # Ok::<(), packetsmith::wire::NameTextError>(())
    /// ```
    ///
    /// A name that is written down can be checked by the compiler:
    ///
    /// ```
    /// # use packetsmith::Name;
    /// const NAME: Name<'_> = match Name::from_text("www.example.org") {
    ///     Ok(name) => name,
    ///     Err(_) => panic!("it is no name"),
    /// };
    /// assert_eq!(NAME.labels().count(), 3);
    /// ```
    pub const fn from_text(text: &'a str) -> Result<Self, NameTextError> {
        let bytes = text.as_bytes();
        let bytes = if let [labels @ .., b'.'] = bytes { labels } else { bytes };
        let (mut at, mut label) = (0, 0);
        while at <= bytes.len() {
            if at == bytes.len() || bytes[at] == b'.' {
                match at - label {
                    // The root: no text, or a dot alone.
                    0 if bytes.is_empty() => break,
                    0 => return Err(NameTextError::EmptyLabel(label)),
                    1..64 => {}
                    _ => return Err(NameTextError::LabelTooLong(label)),
                }
                label = at + 1;
            } else if bytes[at] == b'\\' {
                return Err(NameTextError::Escape(at));
            }
            at += 1;
        }
        // A length byte stands for each dot, and one for the first label; the root is one more.
        if bytes.len() + 2 > MAX_NAME { Err(NameTextError::TooLong) } else { Ok(Name::of_checked_text(bytes)) }
    }

    /// Writes the labels of `text` and the root to `out`, as bytes. The text has the form that [`Display`](fmt::Display)
    /// writes: a backslash precedes a dot or a backslash in a label, or three digits that stand for a byte (RFC 1035
    /// §5.1). A dot at the end is left out; the empty text is the root.
    ///
    /// # Errors
    ///
    /// A label is empty or longer than 63 bytes, the name is longer than 255 bytes, or an escape is broken. Then nothing
    /// is written.
    ///
    /// ```
    /// use packetsmith::Name;
    /// let mut bytes = Vec::new();
    /// Name::write_text(r"first\.last.example", &mut bytes).unwrap();
    /// assert_eq!(bytes, b"\x0afirst.last\x07example\0");
    /// assert_eq!(Name::new(&bytes, 0).labels().count(), 2);
    /// ```
    pub fn write_text(text: &str, out: &mut dyn ByteSink) -> Result<(), NameTextError> {
        let start = out.len();
        let text = text.strip_suffix('.').filter(|name| ends_unescaped(name)).unwrap_or(text).as_bytes();
        let mut left = text;
        let mut length = 1;
        while !text.is_empty() {
            let at = text.len() - left.len();
            let mut label = [0; 64];
            let written = match unescape(&mut left, &mut label) {
                Ok(0) => Err(NameTextError::EmptyLabel(at)),
                Ok(len) if len > 63 => Err(NameTextError::LabelTooLong(at)),
                Ok(len) => {
                    length += 1 + len;
                    label.get(..len).filter(|_| length <= MAX_NAME).ok_or(NameTextError::TooLong)
                }
                Err(before) => Err(NameTextError::BrokenEscape(text.len() - before)),
            };
            match written {
                Ok(label) => {
                    out.put(&[label.len() as u8]);
                    out.put(label);
                }
                Err(error) => {
                    out.truncate(start);
                    return Err(error);
                }
            }
            match left {
                [b'.', rest @ ..] => left = rest,
                _ => break,
            }
        }
        out.put(&[0]);
        Ok(())
    }

    /// Writes the labels one by one, not compressed. A name that cannot be read to its end is refused.
    pub(crate) fn emit_labels(&self, out: &mut dyn ByteSink) {
        for label in self.labels() {
            match label {
                Ok(label) => {
                    out.put(&[label.len() as u8]);
                    out.put(label);
                }
                Err(_) => out.refuse(ValueError::Rule("the name cannot be read to its end").into()),
            }
        }
        out.put(&[0]);
    }
}

impl<'a> TryFrom<&'a str> for Name<'a> {
    type Error = NameTextError;
    fn try_from(text: &'a str) -> Result<Self, NameTextError> {
        Name::from_text(text)
    }
}

/// Moves past a label of text, up to a dot or the end, and writes its first bytes to `label`. Gives the number of its
/// bytes, 64 at most; or, where an escape is broken, the number of bytes from it to the end of the text.
fn unescape(text: &mut &[u8], label: &mut [u8; 64]) -> Result<usize, usize> {
    let mut len = 0;
    loop {
        let (byte, rest) = match *text {
            [b'.', ..] | [] => return Ok(len),
            [b'\\', digits @ ..] if digits.first().is_some_and(u8::is_ascii_digit) => {
                let Some((digits, rest)) = digits.split_first_chunk::<3>() else { return Err(text.len()) };
                let number = digits.iter().try_fold(0, |n, &b| Some(n * 10 + (b as char).to_digit(10)?));
                let Some(byte) = number.and_then(|n| u8::try_from(n).ok()) else { return Err(text.len()) };
                (byte, rest)
            }
            [b'\\', byte, rest @ ..] => (*byte, rest),
            [b'\\'] => return Err(1),
            [byte, rest @ ..] => (*byte, rest),
        };
        *text = rest;
        if let Some(place) = label.get_mut(len) {
            *place = byte;
            len += 1;
        }
    }
}

/// Tells whether a dot after the text is not escaped: an even number of backslashes precedes it.
fn ends_unescaped(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count().is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[cfg(feature = "alloc")]
    #[test]
    fn text_becomes_the_name_that_shows_as_it() {
        let made = |text: &str| {
            let mut out = std::vec![7];
            match Name::write_text(text, &mut out) {
                Ok(()) => Some(out.split_off(1)),
                Err(_) => {
                    assert_eq!(out, [7], "nothing is written");
                    None
                }
            }
        };
        let label = |len: usize| "x".repeat(len);
        for (text, wire) in [
            ("", &b"\0"[..]),
            (".", b"\0"),
            ("www.Example.org", b"\x03www\x07Example\x03org\0"),
            ("a.b.", b"\x01a\x01b\0"),
            ("a\\.b", b"\x03a.b\0"),
            ("a\\.", b"\x02a.\0"),
            ("a\\\\.", b"\x02a\\\0"),
            ("a\\\\\\.", b"\x03a\\.\0"),
            ("\\000\\255\\x", b"\x03\x00\xffx\0"),
        ] {
            assert_eq!(made(text).as_deref(), Some(wire), "{text}");
            let shown = Name::new(wire, 0).to_string();
            assert_eq!(made(&shown).as_deref(), Some(wire), "{text} is shown as {shown}");
            match Name::from_text(text) {
                Ok(name) => {
                    assert_eq!(name, Name::new(wire, 0));
                    assert_eq!((name.wire_len(), name.to_string()), (Ok(wire.len()), shown));
                }
                Err(error) => assert!(matches!(error, NameTextError::Escape(at) if text.find('\\') == Some(at))),
            }
        }
        for wrong in ["..", "a..b", ".a", "a\\", "\\256", "\\12", "\\1x2"] {
            assert_eq!(made(wrong), None, "{wrong}");
            assert!(Name::from_text(wrong).is_err(), "{wrong}");
        }
        for (text, error) in [
            ("ab..c", NameTextError::EmptyLabel(3)),
            (".ab", NameTextError::EmptyLabel(0)),
            ("ab..", NameTextError::EmptyLabel(3)),
            ("a.b\\256", NameTextError::BrokenEscape(3)),
            ("a.b\\", NameTextError::BrokenEscape(3)),
            (&std::format!("ab.{}", label(64)), NameTextError::LabelTooLong(3)),
            (&[label(63), label(63), label(63), label(62)].join("."), NameTextError::TooLong),
        ] {
            assert_eq!(Name::write_text(text, &mut std::vec![]), Err(error), "{text}");
            match error {
                NameTextError::BrokenEscape(at) => assert_eq!(Name::from_text(text), Err(NameTextError::Escape(at))),
                error => assert_eq!(Name::from_text(text), Err(error), "{text}"),
            }
        }
        assert!(made(&label(63)).is_some() && made(&label(64)).is_none() && made(&label(300)).is_none());
        let long = |last: usize| [label(63), label(63), label(63), label(last)].join(".");
        assert!(made(&long(61)).is_some() && made(&long(62)).is_none());
    }
}
