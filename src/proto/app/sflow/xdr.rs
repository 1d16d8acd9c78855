//! Values as XDR (RFC 4506) writes them: strings and arrays after their lengths, addresses after their types, lists after
//! their counts.

use crate::wire::{ByteSink, Codec, Cursor, DebugValue, List, TaggedEnum, TlvItem, TlvValues, Tlvs, build_item};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Schema, Span, Value, Visitor, registry};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Values fill units of so many bytes, RFC 4506 §3.
const UNIT: usize = 4;

/// Zeros that fill a value of `len` bytes up.
pub(super) const fn zeros(len: usize) -> &'static [u8] {
    match len % UNIT {
        0 => &[],
        1 => &[0; 3],
        2 => &[0; 2],
        _ => &[0; 1],
    }
}

/// Refuses a length or a number of items that is too large for its field.
fn refuse(number: usize, out: &mut dyn ByteSink) {
    if number as u64 > u32::MAX.into() {
        out.refuse(ValueError::TooLarge { number: number as u64, max: u32::MAX.into() }.into());
    }
}

/// A string after its length, filled up with zeros to a multiple of four bytes, RFC 4506 §4.11.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::app::SflowText;
/// use packetsmith::wire::Codec;
/// let text = SflowText::take(&mut Cursor::new(b"\0\0\0\x05alice\0\0\0"));
/// assert_eq!(text, Some(SflowText(b"alice")));
/// assert_eq!(SflowText::take(&mut Cursor::new(b"\0\0\0\x05alice\0\0\x01")), None, "what fills it up is zero");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SflowText<'a>(pub &'a [u8]);

crate::wire::readable_debug!(text SflowText);

impl<'a> From<&'a str> for SflowText<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        SflowText(text.as_bytes())
    }
}

impl<'a> Codec<'a> for SflowText<'a> {
    const KIND: Kind = Kind::Text;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = u32::take(cursor)? as usize;
        let text = cursor.take(len)?;
        let zeros = zeros(len);
        if cursor.take(zeros.len())? == zeros { Some(SflowText(text)) } else { None }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let start = span.start + UNIT as u32;
        visitor.field(field, Span::new(start, start + self.0.len() as u32), Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        refuse(self.0.len(), out);
        (self.0.len() as u32).emit(out);
        out.put(self.0);
        out.put(zeros(self.0.len()));
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.out.put(&[0; UNIT]);
        builder.bytes(field)?;
        let len = builder.len() - at - UNIT;
        builder.compute(field, (at, UNIT), len, u32::MAX.into())?;
        builder.out.put(zeros(len));
        Ok(())
    }
}

/// An array after the number of its values, RFC 4506 §4.13.
///
/// ```
/// use packetsmith::proto::app::SflowArray;
/// use packetsmith::wire::Codec;
/// use packetsmith::{Cursor, List};
/// let array = SflowArray::<u32>::take(&mut Cursor::new(&[0, 0, 0, 1, 0, 0, 0xff, 0])).unwrap();
/// assert_eq!(array.0, List::of(&[65280]));
/// ```
#[derive(Clone, Copy)]
pub struct SflowArray<'a, T>(pub List<'a, T>);

impl<'a, T: Codec<'a> + PartialEq> PartialEq for SflowArray<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<'a, T: Codec<'a> + Eq> Eq for SflowArray<'a, T> {}

impl<'a, T: Codec<'a>> fmt::Debug for SflowArray<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Codec<'a>> Codec<'a> for SflowArray<'a, T> {
    const KIND: Kind = Kind::List(&T::KIND);
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let count = u32::take(cursor)?;
        let mut items = *cursor;
        for _ in 0..count {
            let before = items.span().start;
            T::take(&mut items)?;
            // A value without bytes could be there any number of times.
            if items.span().start == before {
                return None;
            }
        }
        let len = items.span().start - cursor.span().start;
        List::take(&mut cursor.split(len as usize)?).map(SflowArray)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, Span::new(span.start + UNIT as u32, span.end), visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        let count = self.0.iter().count();
        refuse(count, out);
        (count as u32).emit(out);
        self.0.emit(out);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.out.put(&[0; UNIT]);
        let mut count = 0;
        if builder.source.open(field)? {
            while builder.source.next()? {
                T::build(field, builder)?;
                count += 1;
            }
            builder.source.close()?;
        }
        builder.compute(field, (at, UNIT), count, u32::MAX.into())
    }
}

registry! {
    /// Types of addresses: `address_type` in the specification of sFlow version 5.
    pub enum SflowAddressType: u32 {
        NoAddress = 0 "unknown",
        Ipv4 = 1 "IPv4",
        Ipv6 = 2 "IPv6",
    }
}

/// Reads an address after its type. `Some(None)` if the type is that of no address.
fn take_address(cursor: &mut Cursor<'_>) -> Option<Option<IpAddr>> {
    Some(match u32::take(cursor)?.into() {
        SflowAddressType::NoAddress => None,
        SflowAddressType::Ipv4 => Some(Ipv4Addr::take(cursor)?.into()),
        SflowAddressType::Ipv6 => Some(Ipv6Addr::take(cursor)?.into()),
        SflowAddressType::Unknown(_) => return None,
    })
}

fn show_address(rows: &'static [Field; 3], address: Option<IpAddr>, span: Span, visitor: &mut dyn Visitor) {
    let [kind, v4, v6] = rows;
    let (middle, number) = (span.start + UNIT as u32, type_of(address));
    visitor.field(kind, Span::new(span.start, middle), Value::Uint(u32::from(number).into()));
    let span = Span::new(middle, span.end);
    match address {
        Some(IpAddr::V4(address)) => address.show(v4, span, visitor),
        Some(IpAddr::V6(address)) => address.show(v6, span, visitor),
        None => {}
    }
}

const fn type_of(address: Option<IpAddr>) -> SflowAddressType {
    match address {
        None => SflowAddressType::NoAddress,
        Some(IpAddr::V4(_)) => SflowAddressType::Ipv4,
        Some(IpAddr::V6(_)) => SflowAddressType::Ipv6,
    }
}

fn emit_address(address: Option<IpAddr>, out: &mut dyn ByteSink) {
    u32::from(type_of(address)).emit(out);
    match address {
        Some(IpAddr::V4(address)) => address.emit(out),
        Some(IpAddr::V6(address)) => address.emit(out),
        None => {}
    }
}

/// Builds the address that is given, and its type. A type that is given alone has the address of zeros.
fn build_address(rows: &'static [Field; 3], builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    let [kind, v4, v6] = rows;
    let at = builder.len();
    let given = builder.given(kind, UNIT)?;
    let number = match (builder.source.has(v4), builder.source.has(v6)) {
        (true, _) => SflowAddressType::Ipv4,
        (_, true) => SflowAddressType::Ipv6,
        (false, false) => given.and_then(|number| u32::try_from(number).ok()).unwrap_or(0).into(),
    };
    if given.is_none() {
        builder.compute(kind, (at, UNIT), u32::from(number) as usize, u32::MAX.into())?;
    }
    match number {
        SflowAddressType::Ipv4 => Ipv4Addr::build(v4, builder),
        SflowAddressType::Ipv6 => Ipv6Addr::build(v6, builder),
        _ => Ok(()),
    }
}

/// Declares an address after its type, with its rows: type, IPv4 address, IPv6 address.
macro_rules! address {
    ($(#[$meta:meta])* $name:ident: $kind:literal, $v4:literal $v4_filter:literal, $v6:literal $v6_filter:literal, $doc:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(pub Option<IpAddr>);
        impl $name {
            const ROWS: &'static [Field; 3] = &[
                Field::floating($kind, "", Kind::Named(SflowAddressType::REGISTRY), "Type of the address.")
                    .of_bits(32)
                    .computed(),
                Field::floating($v4, $v4_filter, Kind::Ipv4, $doc),
                Field::floating($v6, $v6_filter, Kind::Ipv6, $doc),
            ];
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl<A: Into<IpAddr>> From<A> for $name {
            #[inline]
            fn from(address: A) -> Self {
                $name(Some(address.into()))
            }
        }
        impl Codec<'_> for $name {
            const KIND: Kind = Kind::Group;
            const SCHEMA: &'static Schema = &Schema::of(Self::ROWS);
            fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
                take_address(cursor).map($name)
            }
            fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                show_address(Self::ROWS, self.0, span, visitor)
            }
            fn emit(&self, out: &mut dyn ByteSink) {
                emit_address(self.0, out)
            }
            fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
                build_address(Self::ROWS, builder)
            }
            fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
                builder.has_any(Self::ROWS)
            }
        }
    };
}

address! {
    /// Address of the next hop, `None` if it is not known.
    ///
    /// ```
    /// use core::net::Ipv4Addr;
    /// use packetsmith::Cursor;
    /// use packetsmith::proto::app::SflowNextHop;
    /// use packetsmith::wire::Codec;
    /// let hop = SflowNextHop::take(&mut Cursor::new(&[0, 0, 0, 1, 192, 0, 2, 1]));
    /// assert_eq!(hop, Some(Ipv4Addr::new(192, 0, 2, 1).into()));
    /// ```
    SflowNextHop: "next_hop_type", "next_hop" "sflow_245.nexthop", "next_hop6" "sflow_245.nexthop.v6",
    "Address of the next hop."
}
address! {
    /// Source address after translation, `None` if it is not known.
    SflowNatSource: "source_type", "source" "sflow_245.ipv4_src", "source6" "sflow_245.ipv6_src",
    "Source address after translation."
}
address! {
    /// Destination address after translation, `None` if it is not known.
    SflowNatDestination: "destination_type", "destination" "sflow_245.ipv4_dst", "destination6" "sflow_245.ipv6_dst",
    "Destination address after translation."
}

/// An item of lists that follow their counts.
pub trait SflowListed {
    /// Field of the count.
    const COUNT: &'static Field;
}

/// A count, and as many items; fewer, if the list ends before.
///
/// ```
/// use packetsmith::proto::app::{SflowList, SflowSample};
/// use packetsmith::wire::Codec;
/// use packetsmith::Cursor;
/// let mut cursor = Cursor::new(&[0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 9]);
/// let list = SflowList::<SflowSample>::take(&mut cursor).unwrap();
/// assert_eq!((list.declared, list.len(), cursor.bytes().len()), (1, 1, 4));
/// ```
pub struct SflowList<'a, V> {
    /// The count in the datagram.
    pub declared: u32,
    list: Tlvs<'a, V>,
    /// Number of items that are given.
    given: usize,
}

impl<V> Copy for SflowList<'_, V> {}
impl<V> Clone for SflowList<'_, V> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem + PartialEq> PartialEq for SflowList<'a, V> {
    fn eq(&self, other: &Self) -> bool {
        self.declared == other.declared && self.list == other.list
    }
}
impl<'a, V: TaggedEnum<'a> + TlvItem + Eq> Eq for SflowList<'a, V> {}

impl<'a, V: TaggedEnum<'a> + TlvItem> fmt::Debug for SflowList<'a, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list.fmt(f)
    }
}

impl<'a, V> SflowList<'a, V> {
    /// A list of these items, to build a datagram or a sample. Nothing is copied.
    pub const fn of(items: &'a [V]) -> Self {
        SflowList { declared: items.len() as u32, list: Tlvs::of(items), given: items.len() }
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> SflowList<'a, V> {
    /// The items that are there, as they are encoded, or those that are given.
    pub fn list(&self) -> Tlvs<'a, V> {
        self.list
    }

    /// The values of the items that are there.
    pub fn iter(&self) -> TlvValues<'a, V> {
        self.list.iter()
    }

    /// Number of items that are there.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no item is there.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Splits off `declared` items, or all bytes if there are fewer.
    pub(super) fn split(declared: u32, cursor: &mut Cursor<'a>) -> Option<Self> {
        let start = cursor.span().start;
        let mut end = start;
        let mut items = Tlvs::<V>::at(*cursor).items();
        for _ in 0..declared {
            end = match items.next() {
                Some(Ok(item)) => item.span.end,
                Some(Err(rest)) => rest.span.end,
                None => break,
            };
        }
        let list = Tlvs::at(cursor.split((end - start) as usize)?);
        Some(SflowList { declared, list, given: 0 })
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> IntoIterator for SflowList<'a, V> {
    type Item = V;
    type IntoIter = TlvValues<'a, V>;
    fn into_iter(self) -> TlvValues<'a, V> {
        self.iter()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> IntoIterator for &SflowList<'a, V> {
    type Item = V;
    type IntoIter = TlvValues<'a, V>;
    fn into_iter(self) -> TlvValues<'a, V> {
        self.iter()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem + SflowListed> Codec<'a> for SflowList<'a, V> {
    const KIND: Kind = Tlvs::<V>::KIND;
    const SCHEMA: &'static Schema =
        &Schema { fields: core::slice::from_ref(V::COUNT), nested: &[Tlvs::<V>::SCHEMA], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let declared = u32::take(cursor)?;
        Self::split(declared, cursor)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + UNIT as u32;
        visitor.field(V::COUNT, Span::new(span.start, middle), Value::Uint(self.declared.into()));
        self.list.show(field, visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        refuse(self.given, out);
        self.declared.emit(out);
        self.list.emit(out);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let given = builder.given(V::COUNT, UNIT)?;
        let mut count = 0;
        if builder.source.open(field)? {
            while builder.source.next()? {
                build_item::<V>(builder)?;
                count += 1;
            }
            builder.source.close()?;
        }
        if given.is_none() {
            builder.compute(V::COUNT, (at, UNIT), count, u32::MAX.into())?;
        }
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(field) || builder.source.has(V::COUNT)
    }
}

/// Bytes after their length, filled up to a multiple of four bytes, RFC 4506 §4.10. What fills them up should be zero, but
/// agents leave anything there, or nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SflowHeaderBytes<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// What fills them up, as it is in the datagram.
    pub padding: &'a [u8],
}

impl<'a> SflowHeaderBytes<'a> {
    const ROWS: &'static [Field; 2] = &[
        Field::floating(
            "header_length",
            "sflow_245.header.sampled_header_length",
            Kind::Uint,
            "Number of bytes of the packet that are in the sample.",
        )
        .of_bits(32)
        .bytes()
        .computed(),
        Field::floating(
            "header_padding",
            "",
            Kind::Bytes,
            "Bytes after the header, up to a multiple of four; shown if they are not zeros.",
        ),
    ];

    /// These bytes, filled up with zeros.
    pub const fn new(bytes: &'a [u8]) -> Self {
        SflowHeaderBytes { bytes, padding: zeros(bytes.len()) }
    }
}

impl fmt::Debug for SflowHeaderBytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        DebugValue(self.bytes).fmt(f)
    }
}

impl<'a> Codec<'a> for SflowHeaderBytes<'a> {
    const KIND: Kind = Kind::Bytes;
    const SCHEMA: &'static Schema = &Schema::of(Self::ROWS);
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = u32::take(cursor)? as usize;
        let bytes = cursor.take(len)?;
        let padding = cursor.take(zeros(len).len().min(cursor.bytes().len()))?;
        Some(SflowHeaderBytes { bytes, padding })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let [length, padding] = Self::ROWS;
        let start = span.start + UNIT as u32;
        let end = start + self.bytes.len() as u32;
        visitor.field(length, Span::new(span.start, start), Value::Uint(self.bytes.len() as u64));
        visitor.field(field, Span::new(start, end), Value::Bytes(self.bytes));
        if self.padding != zeros(self.bytes.len()) {
            visitor.field(padding, Span::new(end, span.end), Value::Bytes(self.padding));
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        refuse(self.bytes.len(), out);
        (self.bytes.len() as u32).emit(out);
        out.put(self.bytes);
        out.put(self.padding);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let [length, padding] = Self::ROWS;
        let at = builder.len();
        let given = builder.given(length, UNIT)?;
        builder.bytes(field)?;
        let len = builder.len() - at - UNIT;
        if given.is_none() {
            builder.compute(length, (at, UNIT), len, u32::MAX.into())?;
        }
        if builder.source.has(padding) {
            return builder.bytes(padding);
        }
        builder.out.put(zeros(len));
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(field) || builder.has_any(Self::ROWS)
    }
}
