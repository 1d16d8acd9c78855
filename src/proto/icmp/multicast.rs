//! Parts shared by IGMP (RFC 3376) and MLD (RFC 3810): counted lists, group records and floating-point time codes.

use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::{AppendText, TextBuffer, append};
use crate::wire::{ByteSink, Codec, Cursor, DebugValue, List, ListValues};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, registry};
use core::fmt::{self, Debug};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Decodes a time code of 8 bits. From 128, it is a floating-point value with an exponent of 3 bits and a mantissa of
/// 4 (RFC 3376 §4.1.1). The unit is that of the field.
///
/// ```
/// use packetsmith::proto::icmp::decode_time8;
/// assert_eq!((decode_time8(100), decode_time8(0x80), decode_time8(0xff)), (100, 128, 31744));
/// ```
pub const fn decode_time8(code: u8) -> u16 {
    match code {
        0..128 => code as u16,
        _ => (code as u16 & 0xf | 0x10) << ((code >> 4 & 7) + 3),
    }
}

/// Decodes a time code of 16 bits. From 32768, it is a floating-point value with an exponent of 3 bits and a mantissa
/// of 12 (RFC 3810 §5.1.3). The unit is that of the field.
///
/// ```
/// use packetsmith::proto::icmp::decode_time16;
/// assert_eq!((decode_time16(10000), decode_time16(0x8000)), (10000, 32768));
/// ```
pub const fn decode_time16(code: u16) -> u32 {
    match code {
        0..0x8000 => code as u32,
        _ => (code as u32 & 0xfff | 0x1000) << ((code >> 12 & 7) + 3),
    }
}

/// An item of lists that are preceded by a count of 16 bits.
pub trait Listed<'a>: Codec<'a> {
    /// Field of the count.
    const COUNT: &'static Field;
}

/// A count of 16 bits and that number of items, or fewer if the list is truncated.
///
/// ```
/// use packetsmith::proto::icmp::{CountedList, GroupRecord, GroupRecordType, IgmpMessage};
/// use packetsmith::{Igmp, Stack};
/// let joins = [GroupRecord::new(GroupRecordType::ToExclude, [239, 1, 2, 3].into(), &[])];
/// let report = IgmpMessage::Report3 { reserved: 0, records: CountedList::of(&joins), rest: None };
/// let report = Stack::new().push(Igmp::build().message(report)).finish().unwrap();
/// assert_eq!(report[4..], [0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 2, 3]);
/// ```
pub struct CountedList<'a, T> {
    /// The count in the packet.
    pub declared: u16,
    list: List<'a, T>,
    /// Number of values that are given.
    given: usize,
}

impl<T> Copy for CountedList<'_, T> {}
impl<T> Clone for CountedList<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, T: Listed<'a> + PartialEq> PartialEq for CountedList<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.declared == other.declared && self.list == other.list
    }
}
impl<'a, T: Listed<'a> + Eq> Eq for CountedList<'a, T> {}

impl<'a, T: Listed<'a>> Debug for CountedList<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<'a, T> CountedList<'a, T> {
    /// A list of these items, to build a message. More than 65535 are an error when the message is built.
    pub const fn of(items: &'a [T]) -> Self {
        CountedList { declared: items.len() as u16, list: List::of(items), given: items.len() }
    }
}

impl<'a, T: Listed<'a>> IntoIterator for CountedList<'a, T> {
    type Item = T;
    type IntoIter = ListValues<'a, T>;
    fn into_iter(self) -> ListValues<'a, T> {
        self.iter()
    }
}

impl<'a, T: Listed<'a>> IntoIterator for &CountedList<'a, T> {
    type Item = T;
    type IntoIter = ListValues<'a, T>;
    fn into_iter(self) -> ListValues<'a, T> {
        self.iter()
    }
}

impl<'a, T: Listed<'a>> CountedList<'a, T> {
    /// The items present, in order.
    pub fn iter(&self) -> ListValues<'a, T> {
        self.list.iter()
    }

    /// Number of items present.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no item is present.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Splits off up to `declared` items, as many as are present.
    fn split(declared: u16, cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut items = *cursor;
        for _ in 0..declared {
            // A truncated item may have moved the cursor.
            let before = items;
            if T::take(&mut items).is_none() {
                items = before;
                break;
            }
        }
        let len = items.span().start - cursor.span().start;
        let list = List::take(&mut cursor.split(len as usize)?)?;
        Some(CountedList { declared, list, given: 0 })
    }
}

/// Builds the count, the bytes between count and items, and the items.
fn build_counted<'a, T: Codec<'a>>(
    count: &'static Field,
    list: &'static Field,
    between: impl FnOnce(&mut Encoder<'_>) -> Result<(), FieldError>,
    builder: &mut Encoder<'_>,
) -> Result<(), FieldError> {
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
        builder.compute(count, (at, 2), parts, u16::MAX.into())?;
    }
    Ok(())
}

/// Refuses a number of items that is too large for its field.
fn refuse_count(field: &'static Field, number: usize, max: u64, out: &mut dyn ByteSink) {
    out.refuse(FieldError::at(field, ValueError::TooLarge { number: number as u64, max }));
}

impl<'a, T: Listed<'a>> Codec<'a> for CountedList<'a, T> {
    const KIND: Kind = Kind::List(&T::KIND);
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema =
        &Schema { fields: core::slice::from_ref(T::COUNT), nested: &[T::SCHEMA], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let declared = u16::take(cursor)?;
        Self::split(declared, cursor)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + 2;
        visitor.field(T::COUNT, Span::new(span.start, middle), Value::Uint(self.declared.into()));
        self.list.show(field, Span::new(middle, span.end), visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        if self.given > usize::from(self.declared) {
            refuse_count(T::COUNT, self.given, u16::MAX.into(), out);
        }
        self.declared.emit(out);
        self.list.emit(out);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        build_counted::<T>(T::COUNT, field, |_| Ok(()), builder)
    }
}

registry! {
    /// Types of group records, RFC 3376 §4.2.12 and RFC 3810 §5.2.12.
    pub enum GroupRecordType: u8 {
        IsInclude = 1 "mode is include",
        IsExclude = 2 "mode is exclude",
        ToInclude = 3 "change to include mode",
        ToExclude = 4 "change to exclude mode",
        AllowNewSources = 5 "allow new sources",
        BlockOldSources = 6 "block old sources",
    }
}

/// An address of a multicast group or source, with the fields of a group record of that address type.
pub trait GroupAddress: for<'a> Listed<'a> + Copy + Debug + PartialEq {
    /// Fields of a record: type, auxiliary data length, number of sources, group, sources, auxiliary data.
    const RECORD: &'static [Field; 6];
}

/// State of one group in a report, RFC 3376 §4.2.4 and RFC 3810 §5.2.4.
#[derive(Clone, Copy)]
pub struct GroupRecord<'a, A> {
    /// Type of the record.
    pub kind: GroupRecordType,
    /// Address of the group.
    pub group: A,
    /// Source addresses.
    pub sources: List<'a, A>,
    /// Auxiliary data; not used by either protocol.
    pub auxiliary: &'a [u8],
}

impl<'a, A: GroupAddress> GroupRecord<'a, A> {
    /// A record without auxiliary data.
    pub const fn new(kind: GroupRecordType, group: A, sources: &'a [A]) -> Self {
        GroupRecord { kind, group, sources: List::of(sources), auxiliary: &[] }
    }
}

impl<A: GroupAddress> PartialEq for GroupRecord<'_, A> {
    fn eq(&self, other: &Self) -> bool {
        (self.kind, self.group, self.auxiliary) == (other.kind, other.group, other.auxiliary)
            && self.sources == other.sources
    }
}
impl<A: GroupAddress + Eq> Eq for GroupRecord<'_, A> {}

impl<A: GroupAddress> Debug for GroupRecord<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("GroupRecord");
        out.field("kind", &self.kind).field("group", &self.group).field("sources", &self.sources);
        out.field("auxiliary", &DebugValue(self.auxiliary)).finish()
    }
}

impl<'a, A: GroupAddress> Codec<'a> for GroupRecord<'a, A> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema::of(A::RECORD);
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
    fn emit(&self, out: &mut dyn ByteSink) {
        let [_, words, count, ..] = A::RECORD;
        let (sources, auxiliary) = (self.sources.iter().count(), self.auxiliary.len().div_ceil(4));
        if sources > u16::MAX.into() {
            refuse_count(count, sources, u16::MAX.into(), out);
        }
        if auxiliary > u8::MAX.into() {
            refuse_count(words, auxiliary, u8::MAX.into(), out);
        }
        out.put(&[self.kind.into(), auxiliary as u8]);
        (sources as u16).emit(out);
        self.group.emit(out);
        self.sources.emit(out);
        out.put(self.auxiliary);
        (self.auxiliary.len()..auxiliary * 4).for_each(|_| out.put(&[0]));
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
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
            builder.compute(words, (at, 1), have.div_ceil(4), u8::MAX.into())?;
        }
        Ok(())
    }
}

#[cfg(feature = "alloc")]
impl<A: GroupAddress> GroupRecord<'_, A> {
    /// Writes what the record says about its group, in the words of RFC 3376, but that joining and leaving are
    /// called so.
    pub(crate) fn summarize(&self, info: &mut TextBuffer)
    where
        A: AppendText,
    {
        let mut sources = self.sources.iter().peekable();
        match (self.kind, sources.peek().is_some()) {
            (GroupRecordType::ToExclude, false) => append!(info, ", joins ", self.group),
            (GroupRecordType::ToInclude, false) => append!(info, ", leaves ", self.group),
            (GroupRecordType::IsExclude, false) => append!(info, ", is in ", self.group),
            (kind, _) => {
                append!(info, ", ", self.group, " ");
                info.name_or_number(kind.name(), "record ", u8::from(kind));
            }
        }
        append_sources(info, " ", sources);
    }
}

/// Writes whom a query asks: the members of a group and of sources, or of every group (`None`).
#[cfg(feature = "alloc")]
pub(crate) fn summarize_query<A: AppendText>(
    info: &mut TextBuffer,
    title: &str,
    group: Option<A>,
    sources: impl Iterator<Item = A>,
) {
    match group {
        Some(group) => append!(info, title, " for ", group),
        None => append!(info, title, ", general"),
    }
    append_sources(info, " from ", sources);
}

/// Appends eight sources at most.
#[cfg(feature = "alloc")]
fn append_sources<A: AppendText>(info: &mut TextBuffer, before: &str, sources: impl Iterator<Item = A>) {
    for (i, source) in sources.take(8).enumerate() {
        append!(info, if i == 0 { before } else { "," }, source);
    }
}

macro_rules! groups {
    ($address:ident, $kind:literal, $words:literal, $group:literal, $source:literal, $auxiliary:literal, $records:literal, $count:literal, $sources:literal) => {
        impl GroupAddress for $address {
            const RECORD: &'static [Field; 6] = &[
                Field::floating("type", $kind, Kind::Named(GroupRecordType::REGISTRY), "Type of the record.")
                    .of_bits(8),
                Field::floating(
                    "auxiliary_length",
                    $words,
                    Kind::Uint,
                    "Length of the auxiliary data in units of 4 bytes.",
                )
                .of_bits(8)
                .words()
                .computed(),
                Field::floating("source_count", $count, Kind::Uint, "Number of sources.").of_bits(16).computed(),
                Field::floating("group", $group, <$address as Codec>::KIND, "Address of the group."),
                Field::floating("sources", $source, <List<$address> as Codec>::KIND, "Source addresses."),
                Field::floating("auxiliary", $auxiliary, Kind::Bytes, "Auxiliary data."),
            ];
        }
        impl Listed<'_> for $address {
            const COUNT: &'static Field =
                &Field::floating("source_count", $sources, Kind::Uint, "Number of sources.").of_bits(16).computed();
        }
        impl<'a> Listed<'a> for GroupRecord<'a, $address> {
            const COUNT: &'static Field =
                &Field::floating("record_count", $records, Kind::Uint, "Number of group records.")
                    .of_bits(16)
                    .computed();
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
