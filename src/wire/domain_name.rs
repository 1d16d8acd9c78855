//! Domain names in messages: labels, and compression pointers to labels (RFC 1035 §3.1, §4.1.4).

use super::byte_sink::ByteSink;
use core::fmt::{self, Write};

/// Length of the longest name in bytes, including length bytes and the root label (RFC 1035 §2.3.4).
pub const MAX_NAME: usize = 255;

/// Largest number of pointers that are followed in one name. A name has 127 labels at most, and a pointer to a pointer
/// adds nothing. This bounds the work for one name.
pub const MAX_POINTERS: usize = 127;

/// Why a name cannot be read to its end.
///
/// ```
/// use packetsmith::Name;
/// use packetsmith::wire::NameError;
/// let check = |message| Name::new(message, 0).check();
/// assert_eq!(check(b"\x03www\x07example\x03org\0"), Ok(()));
/// assert_eq!(check(b"\x03www\x07exam"), Err(NameError::Truncated));
/// assert_eq!(check(b"\x03www\xc0\x00"), Err(NameError::ForwardPointer), "it would never end");
/// assert_eq!(NameError::ForwardPointer.to_string(), "a compression pointer does not lead backwards");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameError {
    /// The message ends inside the name.
    Truncated,
    /// A pointer leads to itself or forward.
    ForwardPointer,
    /// A label begins with the bits 01 or 10, which are reserved. The number is the byte.
    ReservedLabel(u8),
    /// The name is longer than 255 bytes.
    TooLong,
    /// The name has more than 127 pointers.
    TooManyPointers,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameError::Truncated => f.write_str("the message ends inside the name"),
            NameError::ForwardPointer => f.write_str("a compression pointer does not lead backwards"),
            NameError::ReservedLabel(n) => write!(f, "label type {n:#04x} is reserved"),
            NameError::TooLong => f.write_str("the name is longer than 255 bytes"),
            NameError::TooManyPointers => f.write_str("the name goes over more than 127 pointers"),
        }
    }
}

impl core::error::Error for NameError {}

/// A domain name in a message. It borrows the message and follows compression pointers. Each pointer must lead to
/// before the labels that it ends, so every name ends, whatever the bytes are.
///
/// ```
/// use packetsmith::Name;
/// let message = b"\x07example\x03org\0\x03www\xc0\0";
/// let name = Name::new(message, 13);
/// assert_eq!(name.to_string(), "www.example.org");
/// assert_eq!(name.wire_len(), Ok(6));
/// assert!(Name::new(b"\xc0\0", 0).wire_len().is_ok(), "its length is known");
/// assert!(Name::new(b"\xc0\0", 0).check().is_err(), "where it leads is not");
/// ```
#[derive(Clone, Copy)]
pub struct Name<'a> {
    message: &'a [u8],
    at: usize,
}

/// The name in quotes. The message around it is left out.
impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl<'a> Name<'a> {
    /// The name at byte `at` of `message`. Pointers count from the start of `message`.
    #[inline]
    pub const fn new(message: &'a [u8], at: usize) -> Self {
        Name { message, at }
    }

    /// Length of the name in bytes at its offset: up to the root label, or up to its first pointer. A name that is too
    /// long, or has a bad pointer, has a length too.
    pub fn wire_len(&self) -> Result<usize, NameError> {
        self.context().map(|(len, _)| len)
    }

    /// Length of the name in bytes at its offset, and whether it ends with a pointer.
    fn context(&self) -> Result<(usize, bool), NameError> {
        let mut at = self.at;
        loop {
            match *self.message.get(at).ok_or(NameError::Truncated)? {
                0 => return Ok((at + 1 - self.at, false)),
                n if n < 0x40 => at += 1 + usize::from(n),
                n if n >= 0xc0 => {
                    self.message.get(at + 1).ok_or(NameError::Truncated)?;
                    return Ok((at + 2 - self.at, true));
                }
                n => return Err(NameError::ReservedLabel(n)),
            }
        }
    }

    /// Writes the labels one by one, not compressed.
    pub(crate) fn emit_labels(&self, out: &mut dyn ByteSink) {
        for label in self.labels().flatten() {
            out.put(&[label.len() as u8]);
            out.put(label);
        }
        out.put(&[0]);
    }

    /// The labels in order. An error ends the iterator.
    pub fn labels(&self) -> Labels<'a> {
        Labels { message: self.message, at: self.at, before: self.at, total: 1, pointers: 0, done: false }
    }

    /// Follows the name to its end and returns the first error.
    pub fn check(&self) -> Result<(), NameError> {
        self.labels().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Tells whether the name has a compression pointer.
    pub fn is_compressed(&self) -> bool {
        self.context().is_ok_and(|(_, compressed)| compressed)
    }

    /// The bytes of the name at its offset, pointer included. Empty if its end cannot be found.
    pub fn wire(&self) -> &'a [u8] {
        self.wire_len().ok().and_then(|len| self.message.get(self.at..self.at + len)).unwrap_or(&[])
    }

    /// The bytes of the name at its offset, if they are not just its labels and the root: the name is compressed or
    /// cannot be read to its end.
    pub fn raw(&self) -> Option<&'a [u8]> {
        let wire = self.wire();
        let mut rest = wire;
        for label in self.labels() {
            match (label, rest) {
                (Ok(label), [len, tail @ ..]) if usize::from(*len) == label.len() => {
                    rest = tail.get(label.len()..).unwrap_or(&[]);
                }
                _ => return Some(wire),
            }
        }
        (rest != [0]).then_some(wire)
    }

    /// The bytes of the name at its offset, if it has a pointer; if it may be followed, also where it has another error.
    #[cfg(feature = "alloc")]
    fn raw_within(&self, follow: bool) -> Option<&'a [u8]> {
        if follow { self.raw() } else { Some(self.wire()).filter(|_| self.is_compressed()) }
    }

    /// Appends the labels of `text` and the root to `out`. The text has the form that [`Display`](fmt::Display) writes.
    /// Returns `false` if it is not a name: a label is empty or longer than 63 bytes, or the name is longer than 255
    /// bytes.
    #[cfg(feature = "alloc")]
    pub fn from_text(text: &str, out: &mut alloc::vec::Vec<u8>) -> bool {
        let start = out.len();
        let mut bytes = text.strip_suffix('.').filter(|name| ends_unescaped(name)).unwrap_or(text).bytes();
        if bytes.len() == 0 {
            out.push(0);
            return true;
        }
        let mut length = out.len();
        out.push(0);
        let end = |out: &mut alloc::vec::Vec<u8>, length: usize| {
            let have = out.len() - length - 1;
            out[length] = have as u8;
            (1..64).contains(&have)
        };
        while let Some(byte) = bytes.next() {
            match byte {
                b'.' => {
                    if !end(out, length) {
                        return false;
                    }
                    length = out.len();
                    out.push(0);
                }
                b'\\' => match bytes.next() {
                    Some(a @ b'0'..=b'9') => {
                        let digit = |byte: Option<u8>| byte.and_then(|b| (b as char).to_digit(10));
                        let (Some(b), Some(c)) = (digit(bytes.next()), digit(bytes.next())) else { return false };
                        let Ok(byte) = u8::try_from(u32::from(a - b'0') * 100 + b * 10 + c) else { return false };
                        out.push(byte);
                    }
                    Some(byte) => out.push(byte),
                    None => return false,
                },
                byte => out.push(byte),
            }
        }
        if !end(out, length) {
            return false;
        }
        out.push(0);
        out.len() - start <= MAX_NAME
    }

    /// Tells whether the name is the root: it has no labels.
    pub fn is_root(&self) -> bool {
        self.labels().next().is_none()
    }
}

/// Characters that the compressed names of one packet may take when they are written out: a pointer of two bytes stands
/// for up to 255 bytes. Names past this are written as the bytes that they have in the packet.
#[cfg(feature = "alloc")]
pub(crate) const MAX_WRITTEN_OUT: usize = 1 << 18;

/// Counts what the compressed names of a packet take when they are written out.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
pub(crate) struct NameBudget {
    left: usize,
    /// Number of names that were left out since [`take_left_out`](Self::take_left_out).
    left_out: u64,
}

#[cfg(feature = "alloc")]
impl Default for NameBudget {
    fn default() -> Self {
        NameBudget { left: MAX_WRITTEN_OUT, left_out: 0 }
    }
}

#[cfg(feature = "alloc")]
impl NameBudget {
    /// The bytes of a name that is not to be written out, because those before it take all that a packet may.
    pub(crate) fn refuse<'a>(&mut self, name: &Name<'a>) -> Option<&'a [u8]> {
        let raw = name.raw_within(self.left > 0)?;
        if self.left == 0 {
            self.left_out += 1;
            return Some(raw);
        }
        // A byte that is escaped takes five characters of JSON. A name with an error ends with the text of the error.
        let written = |label: &[u8]| label.iter().map(|b| if b.is_ascii_graphic() { 1 } else { 5 }).sum::<usize>() + 1;
        let characters: usize = name.labels().map(|label| label.map_or(64, written)).sum();
        self.left = self.left.saturating_sub(characters);
        None
    }

    /// The number of names that were left out since the last call.
    pub(crate) fn take_left_out(&mut self) -> u64 {
        core::mem::take(&mut self.left_out)
    }
}

/// Tells whether a dot after the text is not escaped: an even number of backslashes precedes it.
#[cfg(feature = "alloc")]
fn ends_unescaped(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count().is_multiple_of(2)
}

/// Names are equal if their labels are equal, ignoring the case of ASCII letters (RFC 4343). Names with an error are
/// equal if the labels before it and the errors are equal.
impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (mut a, mut b) = (self.labels(), other.labels());
        loop {
            match (a.next(), b.next()) {
                (None, None) => return true,
                (Some(Ok(a)), Some(Ok(b))) if a.eq_ignore_ascii_case(b) => {}
                (Some(Err(a)), Some(Err(b))) => return a == b,
                _ => return false,
            }
        }
    }
}
impl Eq for Name<'_> {}

/// The labels of a [`Name`].
///
/// ```
/// use packetsmith::{Cursor, Name};
/// let mut cursor = Cursor::new(b"\x03www\x07example\0");
/// let labels: Vec<_> = cursor.name().unwrap().labels().flatten().collect();
/// assert_eq!(labels, [&b"www"[..], b"example"]);
/// # let _: Option<Name> = None;
/// ```
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    message: &'a [u8],
    at: usize,
    /// A pointer must lead to before this byte. It moves back with each pointer, so the iteration ends.
    before: usize,
    total: usize,
    pointers: usize,
    done: bool,
}

impl<'a> Labels<'a> {
    fn step(&mut self) -> Result<Option<&'a [u8]>, NameError> {
        loop {
            let n = *self.message.get(self.at).ok_or(NameError::Truncated)?;
            match n {
                0 => return Ok(None),
                1..0x40 => {
                    let (start, end) = (self.at + 1, self.at + 1 + usize::from(n));
                    let label = self.message.get(start..end).ok_or(NameError::Truncated)?;
                    self.total += label.len() + 1;
                    self.at = end;
                    return if self.total > MAX_NAME { Err(NameError::TooLong) } else { Ok(Some(label)) };
                }
                0xc0.. => {
                    let low = *self.message.get(self.at + 1).ok_or(NameError::Truncated)?;
                    let target = usize::from(n & 0x3f) << 8 | usize::from(low);
                    if target >= self.before {
                        return Err(NameError::ForwardPointer);
                    }
                    self.pointers += 1;
                    if self.pointers > MAX_POINTERS {
                        return Err(NameError::TooManyPointers);
                    }
                    (self.at, self.before) = (target, target);
                }
                n => return Err(NameError::ReservedLabel(n)),
            }
        }
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = Result<&'a [u8], NameError>;
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let step = self.step().transpose();
        self.done = !matches!(step, Some(Ok(_)));
        step
    }
}

/// Labels joined by dots, the root as `.`. Dots and backslashes in a label are escaped by a backslash, bytes outside
/// printable ASCII as `\DDD` (RFC 1035 §5.1). A name with an error ends with the error in `<` and `>`.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for label in self.labels() {
            if !first {
                f.write_char('.')?;
            }
            first = false;
            match label {
                Ok(label) => {
                    for &b in label {
                        match b {
                            b'.' | b'\\' => write!(f, "\\{}", b as char)?,
                            0x21..=0x7e => f.write_char(b as char)?,
                            _ => write!(f, "\\{b:03}")?,
                        }
                    }
                }
                Err(error) => write!(f, "<{error}>")?,
            }
        }
        if first { f.write_char('.') } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_pointer_loop_ends() {
        for message in [&b"\xc0\x00"[..], b"\x01a\xc0\x00", b"\xc0\x02\xc0\x00", b"\x01a\xc0\x02"] {
            let name = Name::new(message, 0);
            assert_eq!(name.check(), Err(NameError::ForwardPointer), "{message:?}");
            assert!(name.to_string().contains('<'));
        }
    }

    #[test]
    fn a_name_may_have_255_bytes_and_no_more() {
        let mut message = std::vec::Vec::new();
        for len in [63, 63, 63, 61] {
            message.push(len);
            message.extend(std::iter::repeat_n(b'x', len.into()));
        }
        message.push(0);
        assert_eq!(message.len(), 255);
        assert_eq!(Name::new(&message, 0).check(), Ok(()));
        message[192] = 62;
        message.insert(254, b'x');
        assert_eq!(Name::new(&message, 0).check(), Err(NameError::TooLong));
    }

    #[test]
    fn a_name_too_long_can_be_passed_over() {
        let message = [&[&[63][..], &[b'x'; 63]].concat().repeat(5)[..], &[0, 7]].concat();
        let name = Name::new(&message, 0);
        assert_eq!((name.wire_len(), name.check()), (Ok(321), Err(NameError::TooLong)));
    }

    #[test]
    fn a_chain_of_pointers_is_followed_127_times() {
        // Each pointer leads to the one before it, the first to the root.
        let mut message = std::vec![0];
        for i in 0..200u16 {
            let target = if i == 0 { 0 } else { 2 * i - 1 };
            message.extend((0xc000 | target).to_be_bytes());
        }
        assert_eq!(Name::new(&message, 1 + 2 * 126).check(), Ok(()));
        assert_eq!(Name::new(&message, 1 + 2 * 127).check(), Err(NameError::TooManyPointers));
    }

    #[test]
    fn a_label_of_high_bytes_is_no_pointer() {
        assert!(!Name::new(b"\x02a\xc1\0", 0).is_compressed());
        assert!(Name::new(b"\0\x02a\xc1\xc0\0", 1).is_compressed());
    }

    #[test]
    fn a_broken_name_is_equal_to_itself() {
        assert_eq!(Name::new(b"\x01a\x80", 0), Name::new(b"\x01A\x80", 0));
        assert_ne!(Name::new(b"\x01a\x80", 0), Name::new(b"\x01a\0", 0));
    }

    #[test]
    fn special_bytes_are_escaped() {
        assert_eq!(Name::new(b"\x05a.b\\\x00\0", 0).to_string(), "a\\.b\\\\\\000");
        assert_eq!(Name::new(b"\0", 0).to_string(), ".");
        assert_eq!(Name::new(b"\x80", 0).check(), Err(NameError::ReservedLabel(0x80)));
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn text_becomes_the_name_that_shows_as_it() {
        let made = |text: &str| {
            let mut out = std::vec![7];
            Name::from_text(text, &mut out).then(|| out.split_off(1))
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
        }
        for wrong in ["..", "a..b", ".a", "a\\", "\\256", "\\12", "\\1x2"] {
            assert_eq!(made(wrong), None, "{wrong}");
        }
        assert!(made(&label(63)).is_some() && made(&label(64)).is_none() && made(&label(300)).is_none());
        let long = |last: usize| [label(63), label(63), label(63), label(last)].join(".");
        assert!(made(&long(61)).is_some() && made(&long(62)).is_none());
    }

    #[test]
    fn a_name_has_a_place_of_its_own_and_raw_bytes_where_those_are_not_its_labels() {
        let message = b"\x01a\0\x01b\xc0\0\x01c\xc0\xff\x01d";
        let at = |at: usize| Name::new(message, at);
        assert_eq!([0, 3, 7].map(|n| at(n).wire_len()), [Ok(3), Ok(4), Ok(4)]);
        assert_eq!([0, 3, 7].map(|n| at(n).is_compressed()), [false, true, true]);
        assert_eq!((at(0).wire(), at(3).wire()), (&b"\x01a\0"[..], &b"\x01b\xc0\0"[..]));
        assert_eq!((at(0).raw(), at(3).raw(), at(7).raw()), (None, Some(&message[3..7]), Some(&message[7..11])));
        assert_eq!(
            (at(11).wire_len(), at(11).wire(), at(11).is_compressed()),
            (Err(NameError::Truncated), &b""[..], false)
        );
        assert_eq!((at(2).is_root(), at(0).is_root(), at(99).check()), (true, false, Err(NameError::Truncated)));
        for reserved in [0x40, 0x7f, 0x80, 0xbf] {
            assert_eq!(Name::new(&[reserved, 0], 0).wire_len(), Err(NameError::ReservedLabel(reserved)));
        }
        assert_eq!(at(3).labels().flatten().collect::<std::vec::Vec<_>>(), [b"b", b"a"]);
        assert_eq!(at(7).labels().last(), Some(Err(NameError::ForwardPointer)));
        assert!(at(3) == Name::new(b"\x01B\x01A\0", 0) && at(3) != at(0) && at(0) != at(3));
    }
}
