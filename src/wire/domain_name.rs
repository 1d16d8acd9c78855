//! Domain names in messages: labels, and compression pointers to labels (RFC 1035 §3.1, §4.1.4).

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// A domain name: in a message, or from text. It borrows the message or the text.
///
/// ```
/// use packetsmith::Name;
/// let message = b"\x07example\x03org\0\x03www\xc0\0";
/// let name = Name::new(message, 13);
/// assert_eq!(name.to_string(), "www.example.org");
/// assert_eq!(name, Name::from_text("www.Example.org").unwrap(), "names are equal by labels, whatever they are in");
/// ```
///
/// In a message, it follows compression pointers. Each pointer must lead to before the labels that it ends, so every name
/// ends, whatever the bytes are.
///
/// ```
/// # use packetsmith::Name;
/// # let message = b"\x07example\x03org\0\x03www\xc0\0";
/// assert_eq!(Name::new(message, 13).wire_len(), Ok(6));
/// assert!(Name::new(b"\xc0\0", 0).wire_len().is_ok(), "its length is known");
/// assert!(Name::new(b"\xc0\0", 0).check().is_err(), "where it leads is not");
/// ```
///
/// Names have the canonical order of RFC 4034 §6.1: by labels from the last to the first, ignoring the case of ASCII
/// letters.
///
/// ```
/// # use packetsmith::Name;
/// let mut names = ["z.example", "a.example", "example", "yljkjljk.a.example"].map(|text| Name::from_text(text).unwrap());
/// names.sort();
/// assert_eq!(names.map(|name| name.to_string()), ["example", "a.example", "yljkjljk.a.example", "z.example"]);
/// ```
#[derive(Clone, Copy)]
pub struct Name<'a>(NameSource<'a>);

/// Where a name is.
#[derive(Clone, Copy)]
enum NameSource<'a> {
    /// At this byte of a message.
    Message { bytes: &'a [u8], at: usize },
    /// Labels with a dot between each two.
    Text(&'a [u8]),
}

/// The name in quotes. The message around it is left out.
impl fmt::Debug for Name<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl<'a> Name<'a> {
    /// The name at byte `at` of `message`. Pointers count from the start of `message`.
    #[inline]
    pub const fn new(message: &'a [u8], at: usize) -> Self {
        Name(NameSource::Message { bytes: message, at })
    }

    /// The name of labels with a dot between each two, which were checked.
    pub(super) const fn of_checked_text(labels: &'a [u8]) -> Self {
        Name(NameSource::Text(labels))
    }

    /// Length of the name in bytes at its offset: up to the root label, or up to its first pointer. A name that is too
    /// long, or has a bad pointer, has a length too.
    pub fn wire_len(&self) -> Result<usize, NameError> {
        self.context().map(|(len, _)| len)
    }

    /// Length of the name in bytes at its offset, and whether it ends with a pointer.
    fn context(&self) -> Result<(usize, bool), NameError> {
        let (bytes, start) = match self.0 {
            NameSource::Message { bytes, at } => (bytes, at),
            NameSource::Text(labels) => return Ok((if labels.is_empty() { 1 } else { labels.len() + 2 }, false)),
        };
        let mut at = start;
        loop {
            match *bytes.get(at).ok_or(NameError::Truncated)? {
                0 => return Ok((at + 1 - start, false)),
                n if n < 0x40 => at += 1 + usize::from(n),
                n if n >= 0xc0 => {
                    bytes.get(at + 1).ok_or(NameError::Truncated)?;
                    return Ok((at + 2 - start, true));
                }
                n => return Err(NameError::ReservedLabel(n)),
            }
        }
    }

    /// The labels in order. An error ends the iterator.
    pub fn labels(&self) -> Labels<'a> {
        let (message, at, text) = match self.0 {
            NameSource::Message { bytes, at } => (bytes, at, false),
            NameSource::Text(labels) => (labels, 0, true),
        };
        Labels { message, at, before: at, total: 1, pointers: 0, done: false, text }
    }

    /// Follows the name to its end and returns the first error.
    pub fn check(&self) -> Result<(), NameError> {
        self.labels().find_map(Result::err).map_or(Ok(()), Err)
    }

    /// Tells whether the name has a compression pointer.
    pub fn is_compressed(&self) -> bool {
        self.context().is_ok_and(|(_, compressed)| compressed)
    }

    /// The bytes of the name at its offset in a message, pointer included. Empty if its end cannot be found, or if the
    /// name is from text.
    pub fn wire(&self) -> &'a [u8] {
        let NameSource::Message { bytes, at } = self.0 else { return &[] };
        self.wire_len().ok().and_then(|len| bytes.get(at..at + len)).unwrap_or(&[])
    }

    /// The bytes of the name at its offset, if they are not just its labels and the root: the name is compressed or
    /// cannot be read to its end. A name from text has none.
    pub fn raw(&self) -> Option<&'a [u8]> {
        if let NameSource::Text(_) = self.0 {
            return None;
        }
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

/// Names are equal if their labels are equal, ignoring the case of ASCII letters (RFC 4343). Names with an error are
/// equal if the labels before it and the errors are equal.
impl PartialEq for Name<'_> {
    #[inline]
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

impl core::hash::Hash for Name<'_> {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        for label in self.labels() {
            match label {
                Ok(label) => {
                    state.write_u8(label.len() as u8);
                    label.iter().for_each(|byte| state.write_u8(byte.to_ascii_lowercase()));
                }
                Err(error) => error.hash(state),
            }
        }
        state.write_u8(0);
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        let (mut of_self, mut of_other) = ([&[][..]; MAX_LABELS], [&[][..]; MAX_LABELS]);
        let (own, own_error) = collect(self, &mut of_self);
        let (others, other_error) = collect(other, &mut of_other);
        let mut pairs = own.iter().rev().zip(others.iter().rev());
        let by_labels = pairs.find_map(|(a, b)| Some(compare(a, b)).filter(|order| order.is_ne()));
        by_labels.unwrap_or(own.len().cmp(&others.len())).then(own_error.cmp(&other_error))
    }
}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Largest number of labels of a name.
const MAX_LABELS: usize = 127;

/// The labels of a name, and the error that ends them.
fn collect<'l, 'a>(name: &Name<'a>, all: &'l mut [&'a [u8]; MAX_LABELS]) -> (&'l [&'a [u8]], Option<NameError>) {
    let (mut count, mut error) = (0, None);
    for label in name.labels() {
        match (label, all.get_mut(count)) {
            (Ok(label), Some(place)) => {
                *place = label;
                count += 1;
            }
            (Ok(_), None) => {}
            (Err(found), _) => error = Some(found),
        }
    }
    (all.get(..count).unwrap_or(&[]), error)
}

/// Compares labels, ignoring the case of ASCII letters.
fn compare(a: &[u8], b: &[u8]) -> core::cmp::Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}

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
    /// The message is the text of labels with dots between them.
    text: bool,
}

impl<'a> Labels<'a> {
    fn step(&mut self) -> Result<Option<&'a [u8]>, NameError> {
        if self.text {
            return Ok(self.step_in_text());
        }
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

impl<'a> Labels<'a> {
    fn step_in_text(&mut self) -> Option<&'a [u8]> {
        let left = self.message.get(self.at..).filter(|left| !left.is_empty())?;
        let len = left.iter().position(|&byte| byte == b'.').unwrap_or(left.len());
        self.at += len + 1;
        left.get(..len)
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

    #[test]
    fn names_have_the_canonical_order() {
        // RFC 4034 §6.1.
        let sorted: [&[u8]; 9] = [
            b"\x07example\0",
            b"\x01a\x07example\0",
            b"\x08yljkjljk\x01a\x07example\0",
            b"\x01Z\x01a\x07example\0",
            b"\x04zABC\x01a\x07EXAMPLE\0",
            b"\x01z\x07example\0",
            b"\x01\x01\x01z\x07example\0",
            b"\x01*\x01z\x07example\0",
            b"\x01\xc8\x01z\x07example\0",
        ];
        let mut names = sorted.map(|wire| Name::new(wire, 0));
        names.reverse();
        names.sort();
        assert_eq!(names.map(|name| name.wire()), sorted);
    }

    #[test]
    fn equal_names_have_equal_hashes() {
        use core::hash::{Hash, Hasher};
        let hash = |name: Name<'_>| {
            let mut state = std::hash::DefaultHasher::new();
            name.hash(&mut state);
            state.finish()
        };
        let message = b"\x07example\x03org\0\x03www\xc0\0";
        let text = Name::from_text("WWW.example.org.").unwrap();
        assert_eq!(hash(Name::new(message, 13)), hash(text));
        assert_eq!(Name::new(message, 13).cmp(&text), core::cmp::Ordering::Equal);
        assert_ne!(hash(Name::new(message, 0)), hash(text));
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
