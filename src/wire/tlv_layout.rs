//! How type-length-value items are laid out.

use super::byte_sink::{ByteSink, Count};
use super::encoder::Encoder;
use super::field::FieldError;
use super::list::{LENGTH, PADDING};
use super::tagged_enum::TaggedEnum;
use super::value_error::ValueError;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

/// How type-length-value items are laid out.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::TlvLayout;
/// let written = |framing: TlvLayout| {
///     let mut out = Vec::new();
///     framing.emit(&TcpOption::WindowScale { shift: 7 }, &mut out);
///     out
/// };
/// assert_eq!(written(TlvLayout::IP), [3, 3, 7], "the length counts all");
/// assert_eq!(written(TlvLayout::BYTES), [3, 1, 7], "it counts the value alone");
/// assert_eq!(written(TlvLayout { align: 4, ..TlvLayout::WORDS }), [0, 3, 0, 1, 7, 0, 0, 0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlvLayout {
    /// Bytes of the type: 1 or 2.
    pub kind: u8,
    /// Bytes of the length: 1 or 2.
    pub length: u8,
    /// Whether a length of 255 stands for one of two bytes that follows it.
    pub extended: bool,
    /// Whether the length counts the type and itself too.
    pub whole: bool,
    /// How many bytes one unit of length is.
    pub unit: u8,
    /// Whether the length stands before the type.
    pub length_first: bool,
    /// Types that stand alone, without a length.
    pub lone: &'static [u8],
    /// The type that ends the list.
    pub end: Option<u8>,
    /// Items are filled up to a multiple of this many bytes, which their length does not count.
    pub align: u8,
    /// Contents that are too long for the length are split over several items, RFC 3396.
    pub split: bool,
}

/// An item's type, its length, how many bytes stand before its value, and the value.
type RawItem<'a> = (u16, Option<u16>, usize, &'a [u8]);

impl TlvLayout {
    /// Type and length of one byte each, the length counting the value.
    pub const BYTES: TlvLayout = TlvLayout {
        kind: 1,
        length: 1,
        extended: false,
        whole: false,
        unit: 1,
        length_first: false,
        lone: &[],
        end: None,
        align: 1,
        split: false,
    };
    /// Type and length of two bytes each, the length counting the value.
    pub const WORDS: TlvLayout = TlvLayout { kind: 2, length: 2, ..Self::BYTES };
    /// As in IPv4 and TCP: 0 ends, 1 pads, the length counts all.
    pub const IP: TlvLayout = TlvLayout { whole: true, lone: &[0, 1], end: Some(0), ..Self::BYTES };

    fn number(width: u8, bytes: &[u8]) -> IResult<&[u8], u16> {
        if width == 2 { be_u16(bytes) } else { be_u8.map(u16::from).parse(bytes) }
    }

    /// Takes one item off the front: its type, its length, and its value.
    pub(super) fn item<'a>(&self, bytes: &'a [u8]) -> IResult<&'a [u8], RawItem<'a>> {
        let whole = bytes.len();
        let (bytes, first) = match self.length_first {
            true => Self::number(self.length, bytes).map(|(rest, n)| (rest, Some(n)))?,
            false => (bytes, None),
        };
        let (rest, kind) = Self::number(self.kind, bytes)?;
        if self.lone.iter().any(|&lone| u16::from(lone) == kind) {
            return Ok((rest, (kind, None, usize::from(self.kind), &[])));
        }
        let (rest, length) = match first {
            Some(length) => (rest, length),
            None => match Self::number(self.length, rest)? {
                (rest, 255) if self.extended => Self::number(2, rest)?,
                short => short,
            },
        };
        let head = whole - rest.len();
        let counted = if self.whole { head } else { 0 };
        let bytes = usize::from(length) * usize::from(self.unit);
        let (rest, value) = nom::combinator::map_opt(nom::combinator::success(bytes), |n| n.checked_sub(counted))
            .flat_map(take)
            .parse(rest)?;
        let used = whole - rest.len();
        let (rest, _) = take(used.next_multiple_of(self.align.max(1).into()) - used).parse(rest)?;
        Ok((rest, (kind, Some(length), head, value)))
    }
}

impl TlvLayout {
    /// Bytes of type and length, where the length is a short one.
    pub(super) const fn header_len(&self) -> usize {
        self.kind as usize + self.length as usize
    }

    /// Writes an item with its type and length, filled up as the list asks for.
    pub fn emit<'a, V: TaggedEnum<'a>>(&self, item: &V, out: &mut dyn ByteSink) {
        let mut count = Count(0);
        item.emit(&mut count);
        let lone = self.lone.iter().any(|&lone| u16::from(lone) == item.kind());
        let number =
            |n: u16, width: u8, out: &mut dyn ByteSink| out.put(&n.to_be_bytes()[2 - usize::from(width.min(2))..]);
        if lone {
            return number(item.kind(), self.kind, out);
        }
        let unit = usize::from(self.unit.max(1));
        let mut head = self.header_len();
        let length = |head: usize| (count.0 + if self.whole { head } else { 0 }).div_ceil(unit);
        let extended = self.extended && length(head) >= 255;
        if extended {
            head += 2;
        }
        let length = length(head);
        if self.length_first {
            number(length as u16, self.length, out);
        }
        number(item.kind(), self.kind, out);
        if extended {
            number(255, self.length, out);
        }
        if !self.length_first {
            number(length as u16, if extended { 2 } else { self.length }, out);
        }
        item.emit(out);
        let whole = length * unit + if self.whole { 0 } else { head };
        let whole = whole.next_multiple_of(self.align.max(1).into());
        for _ in head + count.0..whole {
            out.put(&[0]);
        }
    }

    /// Puts an item: its type, its length, its contents, and what fills it up. A length that is given
    /// goes out as it is, and then nothing is filled up but by `padding`.
    pub(super) fn put(
        &self,
        kind: u16,
        length: Option<u64>,
        padding: bool,
        builder: &mut Encoder<'_>,
        contents: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), FieldError>,
    ) -> Result<(), FieldError> {
        let start = builder.len();
        let lone = self.lone.iter().any(|&lone| u16::from(lone) == kind) && length.is_none();
        let number =
            |n: u16, width: u8, out: &mut dyn ByteSink| out.put(&n.to_be_bytes()[2 - usize::from(width.min(2))..]);
        if self.length_first {
            number(0, self.length, builder.out);
        }
        number(kind, self.kind, builder.out);
        // Room for a longer length is there where such a length is given.
        let extended = self.extended && length.is_some_and(|length| length >= 255);
        if !self.length_first && !lone {
            number(0, self.length, builder.out);
        }
        if extended {
            builder.out.put(&[0; 2]);
        }
        contents(builder)?;
        if lone {
            return Ok(());
        }
        let head = if self.whole { 0 } else { self.header_len() };
        let unit = usize::from(self.unit.max(1));
        let length = match length {
            Some(length) => {
                // Contents that are shown without the zeros that fill up their last unit.
                let declared = (length as usize).saturating_mul(unit);
                let have = builder.len() - start - head;
                if (1..unit).contains(&declared.saturating_sub(have)) {
                    (have..declared).for_each(|_| builder.out.put(&[0]));
                }
                length
            }
            None => {
                // Zeros fill an item up to whole units.
                while !(builder.len() - start - head).is_multiple_of(unit) {
                    builder.out.put(&[0]);
                }
                ((builder.len() - start - head) / unit) as u64
            }
        };
        let max = match extended {
            true => 0xffff,
            false => (1 << (8 * self.length)) - 1 - u64::from(self.extended),
        };
        if length > max && self.split {
            self.split(start, builder);
            return Ok(());
        }
        if length > max {
            return Err(FieldError::at(LENGTH, ValueError::TooLarge { number: length, max }));
        }
        let at = if self.length_first { start } else { start + usize::from(self.kind) };
        if extended {
            builder.patch(at, 1, 255);
            builder.patch(at + 1, 2, length);
        } else {
            builder.patch(at, self.length.into(), length);
        }
        if builder.source.has(PADDING) {
            builder.bytes(PADDING)?;
        } else if padding {
            while !(builder.len() - start).is_multiple_of(usize::from(self.align.max(1))) {
                builder.out.put(&[0]);
            }
        }
        Ok(())
    }
}

impl TlvLayout {
    /// Splits an item of one byte each for type and length into as many as its contents need.
    pub(super) fn split(&self, start: usize, builder: &mut Encoder<'_>) {
        const MAX: usize = 255;
        let contents = builder.len() - start - self.header_len();
        let more = contents.div_ceil(MAX) - 1;
        (0..more * self.header_len()).for_each(|_| builder.out.put(&[0]));
        let item = &mut builder.out.written()[start..];
        let kind = item[0];
        for i in (0..=more).rev() {
            let (from, length) = (self.header_len() + i * MAX, MAX.min(contents - i * MAX));
            let target = from + i * self.header_len();
            item.copy_within(from..from + length, target);
            (item[target - 2], item[target - 1]) = (kind, length as u8);
        }
    }
}
