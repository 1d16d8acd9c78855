//! Layout of type-length-value items.

use super::bits::{get_bits, put_bits};
use super::byte_sink::{ByteSink, FirstError, Window};
use super::encoder::Encoder;
use super::field::{Field, FieldError};
use super::item_fields::{LENGTH, PADDING};
use super::tagged_enum::{TaggedEnum, refuse_length, refuse_values};
use super::value_error::ValueError;

/// Layout of type-length-value items.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::TlvLayout;
/// let encode = |layout: TlvLayout| {
///     let mut out = Vec::new();
///     layout.emit(&TcpOption::WindowScale { shift: 7 }, &mut out);
///     out
/// };
/// assert_eq!(encode(TlvLayout::IP), [3, 3, 7], "the length counts type and length too");
/// assert_eq!(encode(TlvLayout::BYTES), [3, 1, 7], "it counts the value alone");
/// assert_eq!(encode(TlvLayout { align: 4, ..TlvLayout::WORDS }), [0, 3, 0, 1, 7, 0, 0, 0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlvLayout {
    /// Length of the item's header, in bytes. Most headers hold a type and a length only.
    pub header_len: u8,
    /// Bits of the type, counted from the first bit of the item.
    pub kind: BitRange,
    /// Bits of the length, counted from the first bit of the item.
    pub length: BitRange,
    /// Whether a length of 255 means that the length follows in two bytes.
    pub extended: bool,
    /// Whether the length counts the header too.
    pub counts_header: bool,
    /// Unit of the length, in bytes.
    pub unit: u8,
    /// Types without length and value. Such an item has its type only.
    pub lone: &'static [u8],
    /// The type that ends the list.
    pub end: Option<u8>,
    /// Items are padded to a multiple of this many bytes; their length does not count the padding.
    pub align: u8,
    /// Contents that are too long for the length are split over several items, RFC 3396.
    pub split: bool,
}

/// Longest contents of an item that others follow with the rest, in bytes.
const MAX_SPLIT: usize = 255;

/// Longest header of an item, in bytes.
pub(super) const MAX_HEADER: usize = 8;

/// A range of bits, counted from the most significant bit of the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BitRange {
    /// The first bit.
    pub first: u8,
    /// One past the last bit.
    pub end: u8,
}

impl BitRange {
    /// Bits `first..end`.
    pub const fn new(first: u8, end: u8) -> Self {
        BitRange { first, end }
    }
    /// Range of bytes that hold the bits.
    pub(super) const fn bytes(self) -> (u32, u32) {
        (self.first as u32 / 8, (self.end as u32).div_ceil(8))
    }
    /// Number of bits.
    pub(super) const fn len(self) -> usize {
        (self.end - self.first) as usize
    }
    /// The number in these bits.
    pub(super) fn read(self, bytes: &[u8]) -> u64 {
        get_bits(bytes, self.range())
    }
    const fn range(self) -> core::ops::Range<usize> {
        self.first as usize..self.end as usize
    }
    /// The largest number that the bits hold.
    const fn max(self) -> u64 {
        (1 << (self.end - self.first)) - 1
    }
}

/// An item on the wire.
pub(super) struct RawItem<'a> {
    pub(super) kind: u16,
    /// Types without length have none.
    pub(super) length: Option<u32>,
    /// Bytes before the value.
    pub(super) header_len: usize,
    pub(super) value: &'a [u8],
    /// Bytes of the whole item with its padding.
    pub(super) len: usize,
}

/// What is there of the type and the length of an item that is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutHeader {
    /// Its type.
    pub kind: u16,
    /// Its length, if that is there.
    pub length: Option<u32>,
    /// Bytes that type and length take.
    pub(super) len: usize,
}

impl TlvLayout {
    /// Type and length of one byte each, the length counting the value.
    pub const BYTES: TlvLayout = TlvLayout {
        header_len: 2,
        kind: BitRange::new(0, 8),
        length: BitRange::new(8, 16),
        extended: false,
        counts_header: false,
        unit: 1,
        lone: &[],
        end: None,
        align: 1,
        split: false,
    };
    /// Type and length of two bytes each, the length counting the value.
    pub const WORDS: TlvLayout =
        TlvLayout { header_len: 4, kind: BitRange::new(0, 16), length: BitRange::new(16, 32), ..Self::BYTES };
    /// As in IPv4 and TCP: 0 ends, 1 pads, the length counts the whole option.
    pub const IP: TlvLayout = TlvLayout { counts_header: true, lone: &[0, 1], end: Some(0), ..Self::BYTES };
    /// As in LLDP (IEEE 802.1AB §8.4): a type of 7 bits and a length of 9 in one word; 0 ends the list.
    pub const LLDP: TlvLayout =
        TlvLayout { kind: BitRange::new(0, 7), length: BitRange::new(7, 16), end: Some(0), ..Self::BYTES };

    /// Tells whether items of this type have neither length nor value.
    fn is_lone(&self, kind: u16) -> bool {
        self.lone.iter().any(|&lone| u16::from(lone) == kind)
    }

    /// Size of an item without length and value, in bytes.
    const fn lone_len(&self) -> usize {
        self.kind.bytes().1 as usize
    }

    /// Reads the first item; `None` if the bytes do not hold it whole.
    #[inline]
    pub(super) fn item<'a>(&self, bytes: &'a [u8]) -> Option<RawItem<'a>> {
        let kind = get_bits(bytes.get(..self.lone_len())?, self.kind.range()) as u16;
        if self.is_lone(kind) {
            return Some(RawItem { kind, length: None, header_len: self.lone_len(), value: &[], len: self.lone_len() });
        }
        let mut header_len = self.header_len();
        let mut length = get_bits(bytes.get(..header_len)?, self.length.range()) as u32;
        if self.extended && length == 255 {
            length = u16::from_be_bytes(*bytes.get(header_len..)?.first_chunk()?).into();
            header_len += 2;
        }
        let counted = if self.counts_header { header_len } else { 0 };
        let value_len = (length as usize).checked_mul(self.unit.into())?.checked_sub(counted)?;
        let value = bytes.get(header_len..)?.get(..value_len)?;
        let len = (header_len + value_len).next_multiple_of(self.align.max(1).into());
        (len <= bytes.len()).then_some(RawItem { kind, length: Some(length), header_len, value, len })
    }
}

impl TlvLayout {
    /// Reads type and length of an item that is cut, as far as they are there, and the number of their bytes. Of a type
    /// without length, and of an item whose length is cut, only the type is read.
    pub(super) fn cut_item(&self, bytes: &[u8]) -> Option<CutHeader> {
        let kind = get_bits(bytes.get(..self.lone_len())?, self.kind.range()) as u16;
        let Some(header) = bytes.get(..self.header_len()).filter(|_| !self.is_lone(kind)) else {
            return Some(CutHeader { kind, length: None, len: self.lone_len() });
        };
        let length = get_bits(header, self.length.range()) as u32;
        let long = bytes.get(self.header_len()..).and_then(|rest| rest.first_chunk().copied());
        Some(match long {
            Some(long) if self.extended && length == 255 => {
                CutHeader { kind, length: Some(u16::from_be_bytes(long).into()), len: self.header_len() + 2 }
            }
            _ => CutHeader { kind, length: Some(length), len: self.header_len() },
        })
    }

    /// Bytes before the value, unless the length is an extended one.
    pub(super) const fn header_len(&self) -> usize {
        self.header_len as usize
    }

    /// Writes type and length of an item that is cut.
    pub(super) fn put_cut(&self, kind: u64, length: Option<u64>, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let too_large = |number: u64, max: u64| ValueError::TooLarge { number, max };
        if kind > self.kind.max() {
            return Err(too_large(kind, self.kind.max()).into());
        }
        let mut bytes = [0; MAX_HEADER];
        put_bits(&mut bytes, self.kind.range(), kind);
        let Some(length) = length else {
            builder.out.put(&bytes[..self.lone_len()]);
            return Ok(());
        };
        let long = self.extended && length > 255;
        let max = if self.extended { u16::MAX.into() } else { self.length.max() };
        if length > max {
            return Err(FieldError::at(LENGTH, too_large(length, max)));
        }
        put_bits(&mut bytes, self.length.range(), if long { 255 } else { length });
        builder.out.put(&bytes[..self.header_len()]);
        if long {
            builder.out.put(&(length as u16).to_be_bytes());
        }
        Ok(())
    }

    /// Writes an item with its type and length, padded as the layout says. Contents that are too long for the length are
    /// refused, unless the layout splits them.
    pub fn emit<'a, V: TaggedEnum<'a>>(&self, item: &V, out: &mut dyn ByteSink) {
        let mut contents = FirstError::default();
        item.emit(&mut contents);
        if contents.error.is_some() {
            refuse_values(item, out);
        }
        let count = contents.len();
        let mut bytes = [0; MAX_HEADER];
        put_bits(&mut bytes, self.kind.range(), item.kind().into());
        if self.is_lone(item.kind()) {
            return out.put(&bytes[..self.lone_len()]);
        }
        let unit = usize::from(self.unit.max(1));
        let mut head = self.header_len();
        let length = |head: usize| (count + if self.counts_header { head } else { 0 }).div_ceil(unit);
        let extended = self.extended && length(head) >= 255;
        if extended {
            head += 2;
        }
        let length = length(head);
        let max = if extended { u16::MAX.into() } else { self.length.max() };
        if length as u64 > max {
            if self.split && self.length.len() == 8 {
                return self.emit_split(item, &mut bytes, count, out);
            }
            let max = max as usize * unit - if self.counts_header { head } else { 0 };
            refuse_length(item, ValueError::TooLong { have: count, max }, out);
        }
        put_bits(&mut bytes, self.length.range(), if extended { 255 } else { length as u64 });
        out.put(&bytes[..self.header_len()]);
        if extended {
            out.put(&(length as u16).to_be_bytes());
        }
        item.emit(out);
        let whole = length * unit + if self.counts_header { 0 } else { head };
        let whole = whole.next_multiple_of(self.align.max(1).into());
        for _ in head + count..whole {
            out.put(&[0]);
        }
    }

    /// Writes an item whose contents are too long for a length of one byte as several items, RFC 3396.
    #[cold]
    fn emit_split<'a, V: TaggedEnum<'a>>(
        &self,
        item: &V,
        header: &mut [u8; MAX_HEADER],
        count: usize,
        out: &mut dyn ByteSink,
    ) {
        for start in (0..count).step_by(MAX_SPLIT) {
            let mut piece = Window::at(start);
            item.emit(&mut piece);
            let piece = piece.first(MAX_SPLIT);
            put_bits(header, self.length.range(), piece.len() as u64);
            out.put(&header[..self.header_len()]);
            out.put(piece);
        }
    }

    /// Encodes an item: type, length, contents, padding. A length that is set is encoded as it is.
    pub(super) fn put(
        &self,
        kind: u16,
        length: Option<u64>,
        builder: &mut Encoder<'_>,
        contents: &mut dyn FnMut(&mut Encoder<'_>) -> Result<(), FieldError>,
    ) -> Result<(), FieldError> {
        let start = builder.len();
        if u64::from(kind) > self.kind.max() {
            return Err(ValueError::TooLarge { number: kind.into(), max: self.kind.max() }.into());
        }
        let lone = self.is_lone(kind) && length.is_none();
        let mut bytes = [0; MAX_HEADER];
        put_bits(&mut bytes, self.kind.range(), kind.into());
        builder.out.put(&bytes[..if lone { self.lone_len() } else { self.header_len() }]);
        // Room for a longer length is there where such a length is given.
        let extended = self.extended && length.is_some_and(|length| length >= 255);
        if extended {
            builder.out.put(&[0; 2]);
        }
        contents(builder)?;
        if lone {
            return Ok(());
        }
        let head = if self.counts_header { 0 } else { self.header_len() };
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
            false => self.length.max() - u64::from(self.extended),
        };
        if length > max && self.split {
            self.split(start, builder);
            return Ok(());
        }
        if length > max {
            return Err(FieldError::at(LENGTH, ValueError::TooLarge { number: length, max }));
        }
        if let Some(header) = builder.out.written().get_mut(start..start + self.header_len()) {
            put_bits(header, self.length.range(), if extended { 255 } else { length });
        }
        if extended {
            builder.patch(start + self.header_len(), 2, length);
        }
        self.pad(start, builder)
    }

    /// Fills up the item that begins at `start`: with the padding that is given, or else with zeros.
    pub(super) fn pad(&self, start: usize, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.has(PADDING) {
            return builder.bytes(PADDING);
        }
        while !(builder.len() - start).is_multiple_of(usize::from(self.align.max(1))) {
            builder.out.put(&[0]);
        }
        Ok(())
    }
}

impl TlvLayout {
    /// Pads the item that begins at `start` to whole units, and sets its length. `contents` is the row that is too long
    /// reported if the length has too few bits.
    pub(super) fn set_length(
        &self,
        start: usize,
        contents: &'static Field,
        builder: &mut Encoder<'_>,
    ) -> Result<(), FieldError> {
        let unit = usize::from(self.unit.max(1));
        let have = builder.len() - start - if self.counts_header { 0 } else { self.header_len() };
        (have..have.next_multiple_of(unit)).for_each(|_| builder.out.put(&[0]));
        let (length, max) = (have.div_ceil(unit) as u64, self.length.max());
        if length > max {
            return Err(FieldError::at(contents, ValueError::TooLong { have, max: max as usize * unit }));
        }
        if let Some(header) = builder.out.written().get_mut(start..start + self.header_len()) {
            put_bits(header, self.length.range(), length);
        }
        Ok(())
    }
}

impl TlvLayout {
    /// Splits an item whose contents are too long for its one-byte length into several items.
    pub(super) fn split(&self, start: usize, builder: &mut Encoder<'_>) {
        const MAX: usize = MAX_SPLIT;
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

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::tagged_enum::tagged_enum;
    use super::super::tlv::Tlvs;
    use super::super::tlv_item::TlvItem;
    use super::*;
    use std::vec::Vec;

    tagged_enum! {
        /// Two of LLDP's values, IEEE 802.1AB §8.5.
        pub enum LldpValue<'a>: "type", "lldp.tlv.type", "values" {
            End = 0 "end" {}
            TimeToLive = 3 "time to live" {
                /// Seconds.
                seconds: u16, "lldp.time_to_live", seconds;
            }
            SystemDescription = 6 "system description" {
                /// Text.
                text: &'a [u8], "lldp.tlv.system.desc";
            }
        }
    }

    impl TlvItem for LldpValue<'_> {
        const LAYOUT: TlvLayout = TlvLayout::LLDP;
    }

    #[test]
    fn a_type_of_7_bits_and_a_length_of_9_share_a_word() {
        let text = [b'x'; 300];
        let values =
            [LldpValue::TimeToLive { seconds: 120 }, LldpValue::SystemDescription { text: &text }, LldpValue::End {}];
        let mut bytes = Vec::new();
        values.iter().for_each(|value| TlvLayout::LLDP.emit(value, &mut bytes));
        assert_eq!(bytes[..6], [0x06, 0x02, 0, 120, 0x0d, 0x2c], "3 and 2; 6 and 300");
        assert_eq!(bytes[306..], [0, 0]);
        bytes.extend([7, 7]);
        let list = Tlvs::<LldpValue>::new(&bytes);
        assert_eq!(list.iter().collect::<Vec<_>>(), values);
        let items: Vec<_> = list.items().collect();
        assert_eq!(items[1].map(|item| (item.kind, item.length, item.span.len())), Ok((6, Some(300), 302)));
        assert!(items[3].is_err_and(|rest| rest.after_end && rest.bytes == [7, 7]));
        let broken = Tlvs::<LldpValue>::new(&bytes[..200]).items().last();
        assert!(broken.is_some_and(|item| item.is_err_and(|rest| !rest.after_end && rest.span.start == 4)));
    }
}
