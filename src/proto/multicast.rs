//! What IGMP (RFC 3376) and MLD (RFC 3810) have in common: counted lists, group records, and times
//! as floating-point numbers.

use crate::field::{Field, Kind, Span, Value, Visitor, registry};
use crate::part::{Cursor, List, Part, Put};
use crate::source::{Builder, Mistake};
use core::fmt::Debug;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Reads a time code of 8 bits: from 128 on it has an exponent of 3 bits and a mantissa of 4
/// (RFC 3376 §4.1.1).
///
/// ```
/// use packetsmith::decode_time8;
/// assert_eq!((decode_time8(100), decode_time8(0x80), decode_time8(0xff)), (100, 128, 31744));
/// ```
pub const fn decode_time8(code: u8) -> u16 {
    match code {
        0..128 => code as u16,
        _ => (code as u16 & 0xf | 0x10) << ((code >> 4 & 7) + 3),
    }
}

/// Reads a time code of 16 bits: from 32768 on it has an exponent of 3 bits and a mantissa of 12
/// (RFC 3810 §5.1.3).
///
/// ```
/// use packetsmith::decode_time16;
/// assert_eq!((decode_time16(10000), decode_time16(0x8000)), (10000, 32768));
/// ```
pub const fn decode_time16(code: u16) -> u32 {
    match code {
        0..0x8000 => code as u32,
        _ => (code as u32 & 0xfff | 0x1000) << ((code >> 12 & 7) + 3),
    }
}

/// A part that stands in lists behind a count of 16 bits.
pub trait Listed<'a>: Part<'a> {
    /// The row of the count.
    const COUNT: &'static Field;
}

/// A count of 16 bits, and as many parts, or as many as are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedList<'a, T> {
    /// The count as it stands on the wire.
    pub declared: u16,
    list: List<'a, T>,
}

impl<'a, T: Listed<'a>> CountedList<'a, T> {
    /// The parts that are there, in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T> {
        self.list.iter()
    }

    /// Number of parts that are there.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Tells whether no part is there.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Splits as many parts off the front as are there, `declared` at most.
    fn split(declared: u16, cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut items = *cursor;
        for _ in 0..declared {
            // A part that is not whole may have moved the place.
            let before = items;
            if T::take(&mut items).is_none() {
                items = before;
                break;
            }
        }
        let len = items.span().start - cursor.span().start;
        let list = List::take(&mut cursor.split(len as usize)?)?;
        Some(CountedList { declared, list })
    }
}

/// Builds a number of parts, what stands between it and them, and the parts.
fn build_counted<'a, T: Part<'a>>(
    count: &'static Field,
    list: &'static Field,
    between: impl FnOnce(&mut Builder<'_>) -> Result<(), Mistake>,
    builder: &mut Builder<'_>,
) -> Result<(), Mistake> {
    let at = builder.len();
    let given = builder.given(count, 2)?;
    between(builder)?;
    let mut parts = 0;
    if builder.source.open(list)? {
        while builder.source.next()? {
            T::build(list, builder)?;
            parts += 1;
        }
        builder.source.close()?;
    }
    if given.is_none() {
        builder.patch(at, 2, parts);
    }
    Ok(())
}

impl<'a, T: Listed<'a>> Part<'a> for CountedList<'a, T> {
    const KIND: Kind = Kind::List(&T::KIND);
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let declared = u16::take(cursor)?;
        Self::split(declared, cursor)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + 2;
        visitor.field(T::COUNT, Span::new(span.start, middle), Value::Uint(self.declared.into()));
        self.list.show(field, Span::new(middle, span.end), visitor);
    }
    fn emit(&self, out: &mut dyn Put) {
        self.declared.emit(out);
        self.list.emit(out);
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        build_counted::<T>(T::COUNT, field, |_| Ok(()), builder)
    }
}

registry! {
    /// What a group record says, RFC 3376 §4.2.12 and RFC 3810 §5.2.12.
    pub enum GroupRecordType: u8 {
        IsInclude = 1 "mode is include",
        IsExclude = 2 "mode is exclude",
        ToInclude = 3 "change to include mode",
        ToExclude = 4 "change to exclude mode",
        AllowNewSources = 5 "allow new sources",
        BlockOldSources = 6 "block old sources",
    }
}

/// An address of a multicast group and its sources, with the rows of a record about it.
pub trait GroupAddress: for<'a> Listed<'a> + Copy + Debug + PartialEq {
    /// Rows of type, auxiliary data's length, number of sources, group, sources, auxiliary data.
    const RECORD: &'static [Field; 6];
}

/// One group's state in a report, RFC 3376 §4.2.4 and RFC 3810 §5.2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRecord<'a, A> {
    /// What the record says.
    pub kind: GroupRecordType,
    /// The group.
    pub group: A,
    /// Sources of the group.
    pub sources: List<'a, A>,
    /// Auxiliary data, which no one uses.
    pub auxiliary: &'a [u8],
}

impl<'a, A: GroupAddress> Part<'a> for GroupRecord<'a, A> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [kind, words] = *cursor.chunk()?;
        let count = u16::take(cursor)?;
        let group = A::take(cursor)?;
        let sources = List::take(&mut cursor.split(usize::from(count) * size_of::<A>())?)?;
        let auxiliary = cursor.take(usize::from(words) * 4)?;
        Some(GroupRecord { kind: kind.into(), group, sources, auxiliary })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let [kind, words, count, group, sources, auxiliary] = A::RECORD;
        let address = size_of::<A>() as u32;
        let at = |from, len| Span::new(span.start + from, span.start + from + len);
        let aux_len = self.auxiliary.len() as u32;
        let sources_len = span.len() as u32 - 4 - address - aux_len;
        visitor.field(kind, at(0, 1), Value::Uint(u8::from(self.kind).into()));
        visitor.field(words, at(1, 1), Value::Uint((aux_len / 4).into()));
        visitor.field(count, at(2, 2), Value::Uint((sources_len / address).into()));
        self.group.show(group, at(4, address), visitor);
        self.sources.show(sources, at(4 + address, sources_len), visitor);
        if aux_len > 0 {
            visitor.field(auxiliary, at(4 + address + sources_len, aux_len), Value::Bytes(self.auxiliary));
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(&[self.kind.into(), (self.auxiliary.len() / 4) as u8]);
        (self.sources.iter().count() as u16).emit(out);
        self.group.emit(out);
        self.sources.emit(out);
        out.put(self.auxiliary);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let [kind, words, count, group, sources, auxiliary] = A::RECORD;
        builder.number(kind, 1)?;
        let at = builder.len();
        let given = builder.given(words, 1)?;
        build_counted::<A>(count, sources, |builder| A::build(group, builder), builder)?;
        let before = builder.len();
        builder.bytes(auxiliary)?;
        if given.is_none() {
            let have = builder.len() - before;
            (have..have.next_multiple_of(4)).for_each(|_| builder.out.put(&[0]));
            builder.patch(at, 1, have.div_ceil(4) as u64);
        }
        Ok(())
    }
}

macro_rules! groups {
    ($address:ident, $kind:literal, $words:literal, $group:literal, $source:literal, $auxiliary:literal, $records:literal, $count:literal, $sources:literal) => {
        impl GroupAddress for $address {
            const RECORD: &'static [Field; 6] = &[
                Field::floating("type", $kind, Kind::Named(GroupRecordType::REGISTRY), "What the record says."),
                Field::floating("auxiliary_length", $words, Kind::Uint, "Length of the auxiliary data.")
                    .words()
                    .derived(),
                Field::floating("source_count", $count, Kind::Uint, "Number of sources.").derived(),
                Field::floating("group", $group, <$address as Part>::KIND, "The group."),
                Field::floating("sources", $source, <List<$address> as Part>::KIND, "Sources of the group."),
                Field::floating("auxiliary", $auxiliary, Kind::Bytes, "Auxiliary data."),
            ];
        }
        impl Listed<'_> for $address {
            const COUNT: &'static Field =
                &Field::floating("source_count", $sources, Kind::Uint, "Number of sources.").derived();
        }
        impl<'a> Listed<'a> for GroupRecord<'a, $address> {
            const COUNT: &'static Field =
                &Field::floating("record_count", $records, Kind::Uint, "Number of group records.").derived();
        }
    };
}
groups!(
    Ipv4Addr,
    "igmp.record_type",
    "igmp.aux_data_len",
    "igmp.maddr",
    "igmp.saddr",
    "igmp.aux_data",
    "igmp.num_grp_recs",
    "igmp.num_src",
    "igmp.num_src"
);
groups!(
    Ipv6Addr,
    "icmpv6.mldr.mar.record_type",
    "icmpv6.mldr.mar.aux_data_len",
    "icmpv6.mldr.mar.multicast_address",
    "icmpv6.mldr.mar.source_address",
    "icmpv6.mldr.mar.auxiliary_data",
    "icmpv6.mldr.nb_mcast_records",
    "icmpv6.mldr.mar.nb_sources",
    "icmpv6.mld.nb_sources"
);
