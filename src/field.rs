//! The one place where bits meet types: fields, values, and the tables that declare them.
//!
//! `header!` turns the figure of an RFC into a type whose memory *is* the
//! header's bytes. One row gives the getter, the setter, the entry in the field tree and in JSON,
//! the name in filters, and the documentation.

use crate::addr::MacAddr;
use crate::checksum::Checksum;
use crate::name::Name;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::ops::Range;

/// A run of bytes, counted from the start of the frame.
///
/// ```
/// use packetsmith::Span;
/// let span = Span::new(14, 34);
/// assert_eq!(span.len(), 20);
/// assert_eq!(span.of(&[7; 40]).len(), 20);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Makes a span of the bytes `start..end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// Number of bytes.
    #[inline]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Tells whether no byte lies inside.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Takes the span's bytes out of `frame`; empty where the span lies outside.
    #[inline]
    pub fn of(self, frame: &[u8]) -> &[u8] {
        frame.get(self.start as usize..self.end as usize).unwrap_or(&[])
    }
}

/// A registry of numbers and their names, as IANA keeps them.
///
/// Made by `registry!`.
///
/// ```
/// use packetsmith::{Ipv4, field::Kind};
/// let protocol = Ipv4::FIELDS.iter().find(|field| field.name == "protocol").unwrap();
/// let Kind::Named(registry) = protocol.kind else { panic!() };
/// assert_eq!((registry.name)(17), Some("UDP"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    /// Finds a number's name.
    pub name: fn(u64) -> Option<&'static str>,
    /// Every number that has a name, in the order of the registry.
    pub entries: &'static [(u64, &'static str)],
}

/// One named bit of a set of flags. Made by `flags!`.
///
/// ```
/// use packetsmith::TcpFlags;
/// let syn = TcpFlags::FLAGS.iter().find(|flag| flag.name == "SYN").unwrap();
/// assert_eq!((syn.mask, syn.filter), (2, "tcp.flags.syn"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The bit's value within the field.
    pub mask: u64,
    /// Its name as the RFC gives it.
    pub name: &'static str,
    /// Its name in display filters.
    pub filter: &'static str,
}

/// How a field's bits are to be read and shown.
///
/// ```
/// use packetsmith::{Ipv4, Kind};
/// assert!(matches!(Ipv4::FIELDS.last().unwrap().kind, Kind::Ipv4));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// An unsigned number, shown in decimal.
    Uint,
    /// A number in two's complement, shown in decimal.
    Int,
    /// An unsigned number of 32 bits, least significant byte first.
    Little,
    /// One bit.
    Bool,
    /// A number with a name in a registry.
    Named(&'static Registry),
    /// A set of named bits.
    Flags(&'static [Flag]),
    /// An Internet checksum; its state is found out when it is shown.
    Checksum,
    /// A 48-bit MAC address.
    Mac,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes of no further known structure.
    Bytes,
    /// Bytes meant to be read as text.
    Text,
    /// A domain name.
    Name,
    /// A list of items of this kind: what follows is the items, until it is closed.
    List(&'static Kind),
    /// A group: what follows is its fields, until it is closed.
    Group,
}

/// What a number counts.
///
/// ```
/// use packetsmith::{Ipv4, field::Unit};
/// let ihl = Ipv4::FIELDS.iter().find(|field| field.name == "ihl").unwrap();
/// assert_eq!(ihl.unit, Unit::Bytes(4));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Nothing in particular.
    #[default]
    None,
    /// Groups of this many bytes.
    Bytes(u8),
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds, of which the number is the binary logarithm, with a sign.
    Log2Seconds,
    /// 2⁻¹⁶ seconds: NTP's short format, RFC 5905 §6.
    ShortTime,
    /// 2⁻³² seconds since 1900: NTP's timestamp, RFC 5905 §6.
    NtpTime,
    /// Nothing: it is a TCP port.
    TcpPort,
    /// Nothing: it is a UDP port.
    UdpPort,
}

/// How the builder computes a field that nobody set.
///
/// ```
/// use packetsmith::{Udp, field::Derive};
/// let length = Udp::FIELDS.iter().find(|field| field.name == "length").unwrap();
/// assert_eq!(length.derive, Derive::Total { less: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Derive {
    /// It does not: the field has its default.
    #[default]
    Nothing,
    /// From what it counts or describes, in the part that it belongs to.
    Own,
    /// From the length of the head: so many bytes are a unit, and so many bytes do not count.
    Head {
        /// Bytes of one unit.
        unit: u8,
        /// Bytes that are not counted.
        less: u8,
    },
    /// From the length of head and body in bytes, of which so many do not count.
    Total {
        /// Bytes that are not counted.
        less: u8,
    },
    /// The number that announces what follows.
    Next(Numbers),
    /// The Internet checksum.
    Checksum,
}

/// Whose numbers announce what follows.
///
/// ```
/// use packetsmith::{Ethernet, field::{Derive, Numbers}};
/// assert_eq!(Ethernet::FIELDS[2].derive, Derive::Next(Numbers::EtherType));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// EtherTypes.
    EtherType,
    /// Internet protocol numbers.
    IpProtocol,
    /// The protocol's own.
    Own,
}

/// What the table knows about one field.
///
/// ```
/// use packetsmith::Udp;
/// let field = &Udp::FIELDS[1];
/// assert_eq!((field.name, field.filter, field.bits()), ("dst_port", "udp.dstport", 16..32));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The field's name, as in code, JSON and the field tree.
    pub name: &'static str,
    /// Its name in Wireshark's display filters.
    pub filter: &'static str,
    /// First bit of the header, counted as in the RFC's figure.
    pub first_bit: u16,
    /// One past the last bit; equal to `first_bit` where the place is not fixed.
    pub end_bit: u16,
    /// How to read and show it.
    pub kind: Kind,
    /// What it counts.
    pub unit: Unit,
    /// Shown in hexadecimal, where it is a number.
    pub hex: bool,
    /// How the builder computes the field unless it is set.
    pub derive: Derive,
    /// The number that stands there unless another is set.
    pub default: u64,
    /// Must be zero when sent, ignored when received.
    pub reserved: bool,
    /// The documentation of the row.
    pub doc: &'static str,
}

impl Field {
    /// Describes a field at a fixed place in its header.
    pub const fn fixed(
        name: &'static str,
        filter: &'static str,
        bits: Range<usize>,
        kind: Kind,
        doc: &'static str,
    ) -> Self {
        Field {
            name,
            filter,
            first_bit: bits.start as u16,
            end_bit: bits.end as u16,
            kind,
            unit: Unit::None,
            hex: false,
            derive: Derive::Nothing,
            default: 0,
            reserved: false,
            doc,
        }
    }

    /// Describes a field whose place depends on what stands before it.
    pub const fn floating(name: &'static str, filter: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self::fixed(name, filter, 0..0, kind, doc)
    }

    /// Marks the field as one that the builder computes from what it counts or describes.
    pub const fn derived(mut self) -> Self {
        self.derive = Derive::Own;
        self
    }

    /// Marks the field as the length of the head in units of `unit` bytes, `less` bytes not counted.
    pub const fn head_length(mut self, unit: u8, less: u8) -> Self {
        self.derive = Derive::Head { unit, less };
        self
    }

    /// Marks the field as the length of head and body in bytes, `less` bytes not counted.
    pub const fn total_length(mut self, less: u8) -> Self {
        self.derive = Derive::Total { less };
        self
    }

    /// Marks the field as the number that announces what follows.
    pub const fn announces(mut self, numbers: Numbers) -> Self {
        self.derive = Derive::Next(numbers);
        self
    }

    /// The number that stands there unless another is set.
    pub const fn default(mut self, number: u64) -> Self {
        self.default = number;
        self
    }

    /// Tells whether the builder computes the field unless it is set.
    pub const fn is_derived(&self) -> bool {
        !matches!(self.derive, Derive::Nothing)
    }

    /// Marks the field as reserved: zero when sent.
    pub const fn reserved(mut self) -> Self {
        self.reserved = true;
        self
    }

    /// Gives the field a name that is no identifier in Rust, such as `type`.
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Shows the number in hexadecimal.
    pub const fn hex(mut self) -> Self {
        self.hex = true;
        self
    }

    /// Shows the bytes as text.
    pub const fn text(mut self) -> Self {
        self.kind = Kind::Text;
        self
    }

    /// Treats the number as an Internet checksum that the builder computes.
    pub const fn checksum(mut self) -> Self {
        self.kind = Kind::Checksum;
        self.derive = Derive::Checksum;
        self
    }

    /// Counts bytes.
    pub const fn bytes(mut self) -> Self {
        self.unit = Unit::Bytes(1);
        self
    }

    /// Counts 32-bit words.
    pub const fn words(mut self) -> Self {
        self.unit = Unit::Bytes(4);
        self
    }

    /// Counts units of 8 bytes.
    pub const fn octuples(mut self) -> Self {
        self.unit = Unit::Bytes(8);
        self
    }

    /// Counts seconds.
    pub const fn seconds(mut self) -> Self {
        self.unit = Unit::Seconds;
        self
    }

    /// Counts milliseconds.
    pub const fn milliseconds(mut self) -> Self {
        self.unit = Unit::Milliseconds;
        self
    }

    /// Is the binary logarithm of seconds, with a sign.
    pub const fn log2_seconds(mut self) -> Self {
        self.unit = Unit::Log2Seconds;
        self
    }

    /// Counts 2⁻¹⁶ seconds.
    pub const fn short_time(mut self) -> Self {
        self.unit = Unit::ShortTime;
        self
    }

    /// Counts 2⁻³² seconds since 1900.
    pub const fn ntp_time(mut self) -> Self {
        self.unit = Unit::NtpTime;
        self
    }

    /// Is a TCP port.
    pub const fn tcp_port(mut self) -> Self {
        self.unit = Unit::TcpPort;
        self
    }

    /// Is a UDP port.
    pub const fn udp_port(mut self) -> Self {
        self.unit = Unit::UdpPort;
        self
    }

    /// The bits of the header that the field owns.
    #[inline]
    pub const fn bits(&self) -> Range<usize> {
        self.first_bit as usize..self.end_bit as usize
    }

    /// The bytes of the frame that the field touches, in a header that begins at byte `at`.
    #[inline]
    pub const fn span(&self, at: u32) -> Span {
        Span::new(at + self.first_bit as u32 / 8, at + (self.end_bit as u32).div_ceil(8))
    }

    /// Reads the field from a header; `None` where the header ends before the field does.
    #[inline]
    pub fn read<'a>(&self, header: &'a [u8]) -> Option<Value<'a>> {
        let bits = self.bits();
        if bits.end > header.len() * 8 {
            return None;
        }
        Some(match self.kind {
            Kind::Mac | Kind::Ipv4 | Kind::Ipv6 | Kind::Bytes | Kind::Text | Kind::Little => {
                Value::of_bytes(self.kind, header.get(bits.start / 8..bits.end / 8)?)?
            }
            Kind::Bool => Value::Bool(get_bits(header, bits) != 0),
            Kind::Int => Value::Int(get_signed(header, bits)),
            _ => Value::Uint(load_bits(header, bits)),
        })
    }

    /// The kind of one value: of an item, where the field is a list.
    #[inline]
    pub const fn item_kind(&self) -> Kind {
        match self.kind {
            Kind::List(kind) => *kind,
            kind => kind,
        }
    }

    /// The name that the field's registry has for `value`, if any.
    pub fn meaning(&self, value: &Value<'_>) -> Option<&'static str> {
        match (self.item_kind(), value) {
            (Kind::Named(registry), Value::Uint(n)) => (registry.name)(*n),
            _ => None,
        }
    }
}

/// A decoded field, ready to be shown or compared. Borrows from the frame.
///
/// ```
/// use packetsmith::{Udp, Value};
/// let bytes = [0, 53, 0, 68, 0, 8, 0, 0];
/// assert_eq!(Udp::FIELDS[0].read(&bytes), Some(Value::Uint(53)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number; its field's [`Kind`] knows names and flags.
    Uint(u64),
    /// A number with a sign.
    Int(i64),
    /// One bit.
    Bool(bool),
    /// An Internet checksum as it stands on the wire, and what was found of it.
    Checksum(u16, Checksum),
    /// A MAC address.
    Mac(MacAddr),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Bytes meant to be read as text, in no promised encoding.
    Text(&'a [u8]),
    /// A domain name.
    Name(Name<'a>),
}

impl<'a> Value<'a> {
    /// Reads a value that fills `bytes`; `None` where the number of bytes does not fit the kind.
    pub fn of_bytes(kind: Kind, bytes: &'a [u8]) -> Option<Self> {
        Some(match kind {
            Kind::Mac => Value::Mac(MacAddr(bytes.try_into().ok()?)),
            Kind::Ipv4 => Value::Ipv4(<[u8; 4]>::try_from(bytes).ok()?.into()),
            Kind::Ipv6 => Value::Ipv6(<[u8; 16]>::try_from(bytes).ok()?.into()),
            Kind::Bytes => Value::Bytes(bytes),
            Kind::Text => Value::Text(bytes),
            Kind::Little => Value::Uint(u32::from_le_bytes(bytes.try_into().ok()?).into()),
            Kind::Bool => Value::Bool(get_bits(bytes, 0..bytes.len() * 8) != 0),
            Kind::Int if (1..=8).contains(&bytes.len()) => Value::Int(get_signed(bytes, 0..bytes.len() * 8)),
            _ if (1..=8).contains(&bytes.len()) => Value::Uint(get_bits(bytes, 0..bytes.len() * 8)),
            _ => return None,
        })
    }
}

/// Receives fields, one after the other, as they stand in the frame.
///
/// This is the half of a [`Sink`](crate::sink::Sink) that protocols see.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Field, Span, Value, examine, field::Visitor};
/// /// Where each field of a name stands.
/// struct Find(&'static str, Vec<Span>);
/// impl Visitor for Find {
///     fn field(&mut self, field: &'static Field, span: Span, _: Value<'_>) {
///         self.1.extend((field.name == self.0).then_some(span));
///     }
///     fn open(&mut self, _: &'static Field, _: Span) {}
///     fn close(&mut self) {}
/// }
/// let mut find = Find("dst_port", Vec::new());
/// examine(1, &frame).for_each(|layer| layer.show(&mut find));
/// assert_eq!(find.1, [Span::new(36, 38)]);
/// ```
pub trait Visitor {
    /// Takes a field with its place and value.
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>);
    /// Begins a list or a group; all that comes before the matching [`close`](Self::close) is inside.
    fn open(&mut self, field: &'static Field, span: Span);
    /// Ends the list or group begun last.
    fn close(&mut self);
}

/// Shows the fields of a fixed header that begins at byte `at`, as many as `bytes` holds whole.
pub fn show_fixed(fields: &'static [Field], bytes: &[u8], at: u32, visitor: &mut dyn Visitor) {
    for field in fields {
        let Some(value) = field.read(bytes) else { return };
        visitor.field(field, field.span(at), value);
    }
}

/// A type that can be read from, and written to, a run of bits.
///
/// ```
/// use packetsmith::field::Wire;
/// assert_eq!(u16::get(&[0x12, 0x34, 0x56], 4..16), 0x234);
/// ```
pub trait Wire: Copy {
    /// Widest run that the type can hold without losing bits.
    const MAX_BITS: usize;
    /// How its values are shown.
    const KIND: Kind;
    /// Reads the bits `bits` of `buf`, which must hold them.
    fn get(buf: &[u8], bits: Range<usize>) -> Self;
    /// Writes itself over the bits `bits` of `buf`, which must hold them; bits beyond the run's
    /// width are cut off.
    fn put(self, buf: &mut [u8], bits: Range<usize>);
}

/// Reads up to 64 bits, most significant first.
#[inline(always)]
pub(crate) fn get_bits(buf: &[u8], bits: Range<usize>) -> u64 {
    let (first, last) = (bits.start / 8, (bits.end - 1) / 8);
    let mut acc = 0u64;
    let mut i = first;
    while i <= last {
        acc = acc << 8 | buf[i] as u64;
        i += 1;
    }
    let shift = (last + 1) * 8 - bits.end;
    (acc >> shift) & (u64::MAX >> (64 - (bits.end - bits.start)))
}

/// The same, at a place that is not known when this is compiled: out of one load of eight bytes, where there are so many.
#[inline]
fn load_bits(buf: &[u8], bits: Range<usize>) -> u64 {
    let at = buf.len().saturating_sub(8).min(bits.start / 8);
    match buf.get(at..).and_then(|bytes| bytes.first_chunk()) {
        Some(bytes) if bits.end <= at * 8 + 64 && !bits.is_empty() => {
            u64::from_be_bytes(*bytes) << (bits.start - at * 8) >> (64 - bits.len())
        }
        _ => get_bits(buf, bits),
    }
}

/// Reads up to 64 bits in two's complement, most significant first.
#[inline(always)]
pub(crate) fn get_signed(buf: &[u8], bits: Range<usize>) -> i64 {
    let unused = 64 - (bits.end - bits.start);
    (get_bits(buf, bits) << unused) as i64 >> unused
}

/// Writes up to 64 bits, most significant first, and leaves all others alone.
#[inline(always)]
pub(crate) fn put_bits(buf: &mut [u8], bits: Range<usize>, value: u64) {
    let (first, last) = (bits.start / 8, (bits.end - 1) / 8);
    let shift = (last + 1) * 8 - bits.end;
    let mask = (u64::MAX >> (64 - (bits.end - bits.start))) << shift;
    let value = (value << shift) & mask;
    let mut i = first;
    while i <= last {
        let s = (last - i) * 8;
        buf[i] = (buf[i] & !((mask >> s) as u8)) | (value >> s) as u8;
        i += 1;
    }
}

macro_rules! wire_uint {
    ($($t:ty),*) => { $(
        impl Wire for $t {
            const MAX_BITS: usize = <$t>::BITS as usize;
            const KIND: Kind = Kind::Uint;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                get_bits(buf, bits) as $t
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                put_bits(buf, bits, self as u64)
            }
        }
    )* };
}
wire_uint!(u8, u16, u32, u64);

macro_rules! wire_int {
    ($($t:ty),*) => { $(
        impl Wire for $t {
            const MAX_BITS: usize = <$t>::BITS as usize;
            const KIND: Kind = Kind::Int;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                get_signed(buf, bits) as $t
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                put_bits(buf, bits, self as u64)
            }
        }
    )* };
}
wire_int!(i8, i16, i32, i64);

impl Wire for bool {
    const MAX_BITS: usize = 1;
    const KIND: Kind = Kind::Bool;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        get_bits(buf, bits) != 0
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        put_bits(buf, bits, self as u64)
    }
}

impl<const N: usize> Wire for [u8; N] {
    const MAX_BITS: usize = N * 8;
    const KIND: Kind = Kind::Bytes;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        let mut out = [0; N];
        out.copy_from_slice(&buf[bits.start / 8..bits.end / 8]);
        out
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        buf[bits.start / 8..bits.end / 8].copy_from_slice(&self)
    }
}

macro_rules! wire_bytes {
    ($($t:ty: $n:literal, $kind:ident, $to:expr;)*) => { $(
        impl Wire for $t {
            const MAX_BITS: usize = $n * 8;
            const KIND: Kind = Kind::$kind;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                <[u8; $n] as Wire>::get(buf, bits).into()
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                let to: fn($t) -> [u8; $n] = $to;
                to(self).put(buf, bits)
            }
        }
    )* };
}
wire_bytes! {
    MacAddr: 6, Mac, |a| a.0;
    Ipv4Addr: 4, Ipv4, |a| a.octets();
    Ipv6Addr: 16, Ipv6, |a| a.octets();
    LittleU32: 4, Little, |n| n.0.to_le_bytes();
}

/// A 32-bit number whose least significant byte comes first on the wire.
///
/// ```
/// use packetsmith::{Null, field::LittleU32};
/// // A loopback packet of IPv4, captured on a machine that writes the least significant byte first.
/// let (header, packet) = Null::split(&[2, 0, 0, 0, 0x45]).unwrap();
/// assert_eq!(header.family(), LittleU32(2));
/// assert_eq!(packet, [0x45]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LittleU32(pub u32);

impl From<[u8; 4]> for LittleU32 {
    #[inline]
    fn from(bytes: [u8; 4]) -> Self {
        LittleU32(u32::from_le_bytes(bytes))
    }
}

/// A number of 24 bits.
///
/// ```
/// use packetsmith::field::{U24, Wire};
/// let mut buffer = [0xff; 4];
/// U24(0x0a0b0c).put(&mut buffer, 8..32);
/// assert_eq!(buffer, [0xff, 0x0a, 0x0b, 0x0c]);
/// assert_eq!(U24::get(&buffer, 8..32), U24(0x0a0b0c));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct U24(pub u32);

impl Wire for U24 {
    const MAX_BITS: usize = 24;
    const KIND: Kind = Kind::Uint;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        U24(get_bits(buf, bits) as u32)
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        put_bits(buf, bits, self.0.into())
    }
}
crate::part::wire_parts!(U24);

/// Tells whether the fields cover `len` bytes once each, in order.
#[doc(hidden)]
pub const fn tiles(fields: &[Field], len: usize) -> bool {
    let (mut at, mut i) = (0, 0);
    while i < fields.len() {
        let (first, end) = (fields[i].first_bit as usize, fields[i].end_bit as usize);
        if first != at || end <= at {
            return false;
        }
        at = end;
        i += 1;
    }
    at == len * 8
}

/// The set of derived fields, one bit a row.
#[doc(hidden)]
pub const fn derived(fields: &[Field]) -> u64 {
    let (mut mask, mut i) = (0, 0);
    while i < fields.len() {
        if fields[i].is_derived() {
            mask |= 1 << i
        }
        i += 1
    }
    mask
}

/// A header whose fields have their defaults.
#[doc(hidden)]
pub const fn defaults<const N: usize>(fields: &[Field]) -> [u8; N] {
    let (mut header, mut i) = ([0; N], 0);
    while i < fields.len() {
        let field = &fields[i];
        let (mut bit, mut value) = (field.end_bit as usize, field.default);
        while value != 0 {
            bit -= 1;
            header[bit / 8] |= ((value & 1) as u8) << (7 - bit % 8);
            value >>= 1;
        }
        i += 1;
    }
    header
}

/// The row that begins at bit `lo`.
#[doc(hidden)]
pub const fn row_at(fields: &[Field], lo: usize) -> usize {
    let mut i = 0;
    while i < fields.len() {
        if fields[i].first_bit as usize == lo {
            return i;
        }
        i += 1
    }
    panic!("no row begins at this bit")
}

/// The row of this name.
#[doc(hidden)]
pub const fn row_named(fields: &[Field], name: &str) -> usize {
    let mut i = 0;
    while i < fields.len() {
        let (a, b) = (fields[i].name.as_bytes(), name.as_bytes());
        let mut j = 0;
        while j < a.len() && j < b.len() && a[j] == b[j] {
            j += 1
        }
        if j == a.len() && j == b.len() {
            return i;
        }
        i += 1
    }
    panic!("no row has this name")
}

/// Writes fields: the names of the getters, chained, in place or on an owned header.
///
/// ```
/// use packetsmith::Udp;
/// let header = Udp::build().src_port(68).dst_port(67).done();
/// assert_eq!(header.dst_port(), 67);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Edit<H> {
    #[doc(hidden)]
    pub header: H,
    #[doc(hidden)]
    pub auto: u64,
}

impl<H> Edit<H> {
    /// Ends the edit and gives the header.
    #[inline]
    pub fn done(self) -> H {
        self.header
    }
}

/// Declares an enum of numbers and names, with `Unknown(n)` for all others, so that no number is
/// ever lost.
macro_rules! registry {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal $text:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $text] $(#[$vmeta])* $var,)+
            /// A number that the registry has no name for.
            Unknown($repr),
        }
        impl $name {
            /// The registry behind the enum.
            pub const REGISTRY: &'static $crate::field::Registry = &$crate::field::Registry {
                name: |n| <$repr>::try_from(n).ok().and_then(|n| Self::from(n).name()),
                entries: &[$(($val, $text)),+],
            };
            /// The name of the number, if the registry has one.
            #[inline]
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$var => Some($text),)+
                    Self::Unknown(_) => None,
                }
            }
        }
        impl From<$repr> for $name {
            #[inline]
            fn from(n: $repr) -> Self {
                match n {
                    $($val => Self::$var,)+
                    n => Self::Unknown(n),
                }
            }
        }
        impl From<$name> for $repr {
            #[inline]
            fn from(v: $name) -> Self {
                match v {
                    $($name::$var => $val,)+
                    $name::Unknown(n) => n,
                }
            }
        }
        impl $crate::field::Wire for $name {
            const MAX_BITS: usize = <$repr>::BITS as usize;
            const KIND: $crate::field::Kind = $crate::field::Kind::Named(Self::REGISTRY);
            #[inline(always)]
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                <$repr as $crate::field::Wire>::get(buf, bits).into()
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                <$repr as $crate::field::Wire>::put(self.into(), buf, bits)
            }
        }
        $crate::part::wire_parts!($name);
    };
}

/// Declares a set of named bits within a number. Bits without a name are kept.
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal, $text:literal, $filter:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub $repr);
        impl $name {
            $($(#[$vmeta])* pub const $var: Self = Self($val);)+
            /// Every bit that has a name.
            pub const FLAGS: &'static [$crate::field::Flag] = &[
                $($crate::field::Flag { mask: $val, name: $text, filter: $filter }),+
            ];
            /// Tells whether all bits of `other` are set.
            #[inline]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }
        impl core::ops::BitOr for $name {
            type Output = Self;
            #[inline]
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
        impl $crate::field::Wire for $name {
            const MAX_BITS: usize = <$repr>::BITS as usize;
            const KIND: $crate::field::Kind = $crate::field::Kind::Flags(Self::FLAGS);
            #[inline(always)]
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                Self(<$repr as $crate::field::Wire>::get(buf, bits))
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                <$repr as $crate::field::Wire>::put(self.0, buf, bits)
            }
        }
        $crate::part::wire_parts!($name);
    };
}

/// Declares a fixed header from its RFC figure.
///
/// Each row gives a field's name, type, bits and filter name, and then, where they apply, the
/// [`Field`] methods that refine it (`derived`, `hex`, `words` ...). That the rows tile the header
/// and that each type is wide enough is checked at compile time. A protocol of text has no fixed
/// header: its length is zero, without a row.
macro_rules! header {
    (
        $(#[$meta:meta])*
        pub struct $name:ident($len:literal) {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty = $lo:literal .. $hi:literal, $filter:literal $(, $attr:ident $(($($arg:expr),+))?)* ; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name<B = [u8; $len]>(B);

        impl $name {
            /// Length of the fixed header in bytes.
            pub const LEN: usize = $len;
            /// The layout, field by field, in wire order.
            pub const FIELDS: &'static [$crate::field::Field] = &[ $(
                $crate::field::Field::fixed(
                    stringify!($field), $filter, $lo..$hi,
                    <$ty as $crate::field::Wire>::KIND, concat!($($doc),*),
                ) $(.$attr($($($arg),+)?))*
            ),* ];
            /// Index of the named row in [`FIELDS`](Self::FIELDS); a name that is not there does not compile
            /// in a const.
            pub const fn row(name: &str) -> u8 {
                $crate::field::row_named(Self::FIELDS, name) as u8
            }
            /// Starts a header of the fields' defaults; derived fields are filled in by the builder unless
            /// set here.
            #[inline]
            pub const fn build() -> $crate::field::Edit<Self> {
                $crate::field::Edit {
                    header: Self(const { $crate::field::defaults(Self::FIELDS) }),
                    auto: const { $crate::field::derived(Self::FIELDS) },
                }
            }
        }
        const _: () = {
            assert!($crate::field::tiles($name::FIELDS, $len), concat!(stringify!($name), ": the rows must tile the header"));
            $( assert!($hi - $lo <= <$ty as $crate::field::Wire>::MAX_BITS, concat!(stringify!($name), "::", stringify!($field), ": the type is too narrow")); )*
        };
        impl<'a> $name<&'a [u8; $len]> {
            /// Splits the header off the front of `buf`; `None` where `buf` is too short.
            #[inline]
            pub fn split(buf: &'a [u8]) -> Option<(Self, &'a [u8])> {
                let (head, rest) = buf.split_first_chunk()?;
                Some((Self(head), rest))
            }
        }
        impl<'a> $name<&'a mut [u8; $len]> {
            /// Splits an editable header off the front of `buf`; `None` where `buf` is too short.
            #[inline]
            pub fn split_mut(buf: &'a mut [u8]) -> Option<(Self, &'a mut [u8])> {
                let (head, rest) = buf.split_first_chunk_mut()?;
                Some((Self(head), rest))
            }
        }
        impl<B> $name<B> {
            /// Takes bytes, owned or borrowed, as a header.
            #[inline]
            pub const fn new(bytes: B) -> Self {
                Self(bytes)
            }
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> $name<B> {
            /// The header exactly as on the wire.
            #[inline]
            pub fn as_bytes(&self) -> &[u8; $len] {
                self.0.borrow()
            }
            /// The number in a row, not made into the row's type. The walk compares numbers and spares
            /// itself the way through a registry.
            #[inline(always)]
            #[allow(dead_code)]
            pub(crate) fn raw(&self, row: u8) -> u64 {
                $crate::field::get_bits(self.as_bytes(), $name::FIELDS[row as usize].bits())
            }
            /// Copies the header out of what it borrows from.
            #[inline]
            pub fn copied(&self) -> $name {
                $name(*self.as_bytes())
            }
            $(
                $(#[doc = $doc])*
                #[doc = concat!("\n\nBits ", $lo, "..", $hi, "; `", $filter, "` in filters.")]
                #[inline]
                pub fn $field(&self) -> $ty {
                    <$ty as $crate::field::Wire>::get(self.as_bytes(), $lo..$hi)
                }
            )*
        }
        impl<B: core::borrow::BorrowMut<[u8; $len]>> $name<B> {
            /// Edits fields in place, verbatim.
            #[inline]
            pub fn edit(&mut self) -> $crate::field::Edit<$name<&mut [u8; $len]>> {
                $crate::field::Edit { header: $name(self.0.borrow_mut()), auto: 0 }
            }
        }
        impl<B: core::borrow::BorrowMut<[u8; $len]>> $crate::field::Edit<$name<B>> {
            $(
                #[doc = concat!("Writes [`", stringify!($name), "::", stringify!($field), "`].")]
                #[inline]
                pub fn $field(mut self, value: $ty) -> Self {
                    <$ty as $crate::field::Wire>::put(value, self.header.0.borrow_mut(), $lo..$hi);
                    self.auto &= const { !(1 << $crate::field::row_at($name::FIELDS, $lo)) };
                    self
                }
            )*
        }
        impl<B: core::borrow::Borrow<[u8; $len]>> core::fmt::Debug for $name<B> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)) $( .field(stringify!($field), &self.$field()) )* .finish()
            }
        }
        impl $crate::part::Part<'_> for $name {
            const KIND: $crate::field::Kind = $crate::field::Kind::Group;
            fn take(cursor: &mut $crate::part::Cursor<'_>) -> Option<Self> {
                cursor.chunk().map(|bytes| Self(*bytes))
            }
            fn show(&self, _: &'static $crate::field::Field, span: $crate::field::Span, visitor: &mut dyn $crate::field::Visitor) {
                $crate::field::show_fixed(Self::FIELDS, &self.0, span.start, visitor);
            }
            fn emit(&self, out: &mut dyn $crate::part::Put) {
                out.put(&self.0);
            }
            fn build(_: &'static $crate::field::Field, builder: &mut $crate::source::Builder<'_>) -> Result<(), $crate::source::Mistake> {
                builder.fixed::<$len>(Self::FIELDS).map(drop)
            }
            fn is_given(_: &'static $crate::field::Field, builder: &mut $crate::source::Builder<'_>) -> bool {
                Self::FIELDS.iter().any(|field| builder.source.has(field))
            }
        }
        #[cfg(feature = "serde")]
        impl<B: core::borrow::Borrow<[u8; $len]>> serde::Serialize for $name<B> {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                $crate::field::serialize($name::FIELDS, self.as_bytes(), s)
            }
        }
    };
}

pub(crate) use {flags, header, registry};

#[cfg(feature = "serde")]
#[doc(hidden)]
pub fn serialize<S: serde::Serializer>(fields: &'static [Field], bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = s.serialize_map(Some(fields.len()))?;
    for field in fields {
        if let Some(value) = field.read(bytes) {
            map.serialize_entry(field.name, &value)?;
        }
    }
    map.end()
}

#[cfg(feature = "serde")]
impl serde::Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match *self {
            Value::Uint(n) => s.serialize_u64(n),
            Value::Int(n) => s.serialize_i64(n),
            Value::Bool(b) => s.serialize_bool(b),
            Value::Checksum(n, _) => s.serialize_u16(n),
            Value::Mac(a) => s.collect_str(&a),
            Value::Ipv4(a) => s.collect_str(&a),
            Value::Ipv6(a) => s.collect_str(&a),
            Value::Name(n) => s.collect_str(&n),
            Value::Bytes(b) | Value::Text(b) => s.collect_str(&crate::addr::Hex(b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    registry! {
        /// Kinds of tea.
        pub enum Tea: u8 { Green = 1 "green", Black = 2 "black" }
    }
    flags! {
        /// Moods.
        pub struct Mood: u8 {
            /// Glad.
            GLAD = 0x1, "glad", "mood.glad";
        }
    }
    header! {
        /// A header of four fields.
        pub struct Tiny(3) {
            /// Four bits.
            version: u8 = 0..4, "tiny.version";
            /// Twelve bits across a byte boundary.
            length: u16 = 4..16, "tiny.length", derived, bytes;
            /// Five bits.
            tea: Tea = 16..21, "tiny.tea";
            /// Three bits.
            mood: Mood = 21..24, "tiny.mood";
        }
    }

    #[test]
    fn a_row_reads_and_writes_its_own_bits_only() {
        let (tiny, rest) = Tiny::split(&[0x41, 0x02, 0x11, 9]).unwrap();
        assert_eq!((tiny.version(), tiny.length(), rest), (4, 0x102, &[9][..]));
        assert_eq!((tiny.tea(), tiny.mood()), (Tea::Black, Mood::GLAD));
        let mut bytes = [0xff; 3];
        Tiny::split_mut(&mut bytes).unwrap().0.edit().length(0).tea(Tea::Unknown(0));
        assert_eq!(bytes, [0xf0, 0x00, 0x07]);
    }

    #[test]
    fn one_load_reads_the_same_bits() {
        let bytes: [u8; 11] = core::array::from_fn(|i| (i as u8 + 1).wrapping_mul(0x9d));
        for len in 1..=bytes.len() {
            for start in 0..len * 8 {
                for end in start + 1..=(len * 8).min(start + 57) {
                    assert_eq!(load_bits(&bytes[..len], start..end), get_bits(&bytes[..len], start..end));
                }
            }
        }
    }

    #[test]
    fn setting_a_derived_field_marks_it_as_set() {
        assert_eq!(Tiny::build().auto, 0b10);
        assert_eq!(Tiny::build().version(1).auto, 0b10);
        assert_eq!(Tiny::build().length(1).auto, 0);
    }

    #[test]
    fn the_table_reads_what_the_getters_read() {
        let bytes = [0x41, 0x02, 0x11];
        let values: [_; 4] = core::array::from_fn(|i| Tiny::FIELDS[i].read(&bytes).unwrap());
        assert_eq!(values, [Value::Uint(4), Value::Uint(0x102), Value::Uint(2), Value::Uint(1)]);
        assert_eq!(Tiny::FIELDS[2].meaning(&values[2]), Some("black"));
        assert!(Tiny::FIELDS[2].read(&bytes[..2]).is_none());
    }

    #[test]
    fn a_number_with_a_sign_has_it_whatever_its_width() {
        let mut bytes = [0; 3];
        (-5i16).put(&mut bytes, 4..16);
        assert_eq!((bytes, i16::get(&bytes, 4..16)), ([0x0f, 0xfb, 0], -5));
        let field = Field::fixed("offset", "", 4..16, Kind::Int, "");
        assert_eq!(field.read(&bytes), Some(Value::Int(-5)));
        assert_eq!(Value::of_bytes(Kind::Int, &[0x80, 0]), Some(Value::Int(-32768)));
        assert_eq!(Value::of_bytes(Kind::Int, &[0x7f]), Some(Value::Int(127)));
        assert_eq!(i64::get(&[0xff; 8], 0..64), -1);
        let mut write = |value: Value<'_>| value.write(Kind::Int, &mut bytes, 0..8).map(|()| bytes[0]);
        assert_eq!((write(Value::Int(-128)), write(Value::Uint(127))), (Ok(0x80), Ok(0x7f)));
        assert!(write(Value::Int(-129)).is_err() && write(Value::Uint(128)).is_err());
    }

    #[test]
    fn numbers_without_a_name_are_kept() {
        assert_eq!(u8::from(Tea::from(77)), 77);
        assert_eq!(Tea::Unknown(77).name(), None);
        assert_eq!((Mood::GLAD | Mood(0x80)).0, 0x81);
    }

    #[test]
    fn what_a_table_is_checked_for_when_it_is_compiled() {
        for proto in crate::Proto::ALL {
            let fields = proto.fields();
            let bits = fields.last().map_or(0, |field| usize::from(field.end_bit));
            assert!(tiles(fields, bits / 8), "{}", proto.name());
            assert!(!tiles(fields, bits / 8 + 1), "{}", proto.name());
            for (row, field) in fields.iter().enumerate() {
                assert_eq!((row_at(fields, field.first_bit.into()), row_named(fields, field.name)), (row, row));
                assert_eq!(derived(fields) >> row & 1 == 1, field.is_derived(), "{}", field.name);
            }
        }
        let row = |bits| Field::fixed("row", "", bits, Kind::Uint, "");
        assert!(tiles(&[], 0) && tiles(&[row(0..4), row(4..8)], 1));
        for wrong in [&[row(0..4), row(5..8)][..], &[row(0..4), row(3..8)], &[row(0..0), row(0..8)], &[row(0..4)]] {
            assert!(!tiles(wrong, 1), "{wrong:?}");
        }
        let fields = [row(0..4).default(5), row(4..12).default(0x81), row(12..16)];
        assert_eq!(defaults::<2>(&fields), [0x58, 0x10]);
        assert_eq!((fields[1].span(10), row(0..0).span(10)), (Span::new(10, 12), Span::new(10, 10)));
    }

    #[test]
    #[should_panic(expected = "no row has this name")]
    fn a_row_that_is_a_part_of_another_name_is_none() {
        row_named(Tiny::FIELDS, "versio");
    }

    #[test]
    #[should_panic(expected = "no row begins at this bit")]
    fn a_row_begins_at_its_first_bit() {
        row_at(Tiny::FIELDS, 1);
    }

    #[test]
    fn what_is_said_of_a_field_is_kept() {
        let field = || Field::floating("name", "filter", Kind::Uint, "What it is.");
        let units = [
            (field().bytes(), Unit::Bytes(1)),
            (field().words(), Unit::Bytes(4)),
            (field().octuples(), Unit::Bytes(8)),
            (field().seconds(), Unit::Seconds),
            (field().milliseconds(), Unit::Milliseconds),
            (field().log2_seconds(), Unit::Log2Seconds),
            (field().short_time(), Unit::ShortTime),
            (field().ntp_time(), Unit::NtpTime),
            (field().tcp_port(), Unit::TcpPort),
            (field().udp_port(), Unit::UdpPort),
            (field(), Unit::None),
        ];
        assert!(units.iter().all(|(field, unit)| field.unit == *unit && !field.is_derived() && !field.hex));
        let derived = [
            (field().derived(), Derive::Own),
            (field().head_length(4, 2), Derive::Head { unit: 4, less: 2 }),
            (field().total_length(8), Derive::Total { less: 8 }),
            (field().announces(Numbers::IpProtocol), Derive::Next(Numbers::IpProtocol)),
            (field().checksum(), Derive::Checksum),
        ];
        assert!(derived.iter().all(|(field, derive)| field.derive == *derive && field.is_derived()));
        assert!(matches!(field().checksum().kind, Kind::Checksum) && matches!(field().text().kind, Kind::Text));
        assert!(field().hex().hex && field().reserved().reserved && !field().reserved);
        assert_eq!((field().named("type").name, field().default(7).default), ("type", 7));
        assert_eq!((field().filter, field().doc, field().bits()), ("filter", "What it is.", 0..0));
        assert!(matches!(Field::floating("", "", Kind::List(&Kind::Mac), "").item_kind(), Kind::Mac));
    }

    #[test]
    fn values_fill_their_bytes() {
        let of = Value::of_bytes;
        for (kind, bytes, value) in [
            (Kind::Mac, &[1, 2, 3, 4, 5, 6][..], Some(Value::Mac(MacAddr([1, 2, 3, 4, 5, 6])))),
            (Kind::Mac, &[1, 2, 3, 4, 5], None),
            (Kind::Ipv4, &[10, 0, 0, 1], Some(Value::Ipv4([10, 0, 0, 1].into()))),
            (Kind::Ipv4, &[10, 0, 0], None),
            (Kind::Ipv6, &[7; 16], Some(Value::Ipv6([7; 16].into()))),
            (Kind::Ipv6, &[7; 15], None),
            (Kind::Bytes, &[], Some(Value::Bytes(&[]))),
            (Kind::Text, b"abc", Some(Value::Text(b"abc"))),
            (Kind::Little, &[1, 2, 0, 0], Some(Value::Uint(0x201))),
            (Kind::Little, &[1, 2], None),
            (Kind::Bool, &[0, 1], Some(Value::Bool(true))),
            (Kind::Bool, &[0, 0], Some(Value::Bool(false))),
            (Kind::Int, &[0xff, 0xfe], Some(Value::Int(-2))),
            (Kind::Int, &[], None),
            (Kind::Int, &[0; 9], None),
            (Kind::Uint, &[1, 0], Some(Value::Uint(256))),
            (Kind::Uint, &[0xff; 8], Some(Value::Uint(u64::MAX))),
            (Kind::Uint, &[], None),
            (Kind::Uint, &[0; 9], None),
        ] {
            assert_eq!(of(kind, bytes), value, "{kind:?} of {bytes:?}");
        }
    }

    #[test]
    fn spans_outside_of_a_frame_hold_nothing() {
        assert_eq!(Span::new(1, 3).of(&[1, 2, 3]), [2, 3]);
        assert_eq!((Span::new(1, 4).of(&[1, 2, 3]).len(), Span::new(3, 1).of(&[1, 2, 3]).len()), (0, 0));
        assert_eq!((Span::new(3, 1).len(), Span::new(1, 3).len()), (0, 2));
        assert!(Span::new(2, 2).is_empty() && Span::new(3, 2).is_empty() && !Span::new(2, 3).is_empty());
    }

    #[test]
    fn each_type_is_written_as_it_is_read() {
        fn hold<T: Wire + PartialEq + core::fmt::Debug>(value: T, bits: Range<usize>, expected: [u8; 18]) {
            for fill in [0, 0xff] {
                let mut buf = [fill; 18];
                value.put(&mut buf, bits.clone());
                for (at, (byte, expected)) in buf.iter().zip(expected).enumerate() {
                    for bit in 0..8 {
                        let inside = bits.contains(&(at * 8 + bit));
                        let wanted = if inside { expected } else { fill };
                        assert_eq!(byte >> (7 - bit) & 1, wanted >> (7 - bit) & 1, "{value:?} in {bits:?}: byte {at}");
                    }
                }
                assert_eq!(T::get(&buf, bits.clone()), value);
            }
        }
        let bytes = |start: usize, bytes: &[u8]| {
            let mut all = [0; 18];
            all[start..start + bytes.len()].copy_from_slice(bytes);
            all
        };
        hold(5u8, 1..4, bytes(0, &[0x50]));
        hold(0xabcu16, 4..16, bytes(0, &[0x0a, 0xbc]));
        hold(0x12345u32, 3..20, bytes(0, &[0x12, 0x34, 0x50]));
        hold(u64::MAX - 1, 8..72, bytes(1, &[255, 255, 255, 255, 255, 255, 255, 254]));
        hold(-1i8, 2..5, bytes(0, &[0x38]));
        hold(-2i64, 0..64, bytes(0, &[255, 255, 255, 255, 255, 255, 255, 254]));
        hold(-3i32, 8..40, bytes(1, &[255, 255, 255, 253]));
        hold(true, 7..8, bytes(0, &[1]));
        hold(false, 7..8, bytes(0, &[0]));
        hold([1, 2, 3], 8..32, bytes(1, &[1, 2, 3]));
        hold(MacAddr([1, 2, 3, 4, 5, 6]), 8..56, bytes(1, &[1, 2, 3, 4, 5, 6]));
        hold(Ipv4Addr::new(10, 0, 0, 1), 0..32, bytes(0, &[10, 0, 0, 1]));
        hold(Ipv6Addr::from([9; 16]), 8..136, bytes(1, &[9; 16]));
        hold(LittleU32(0x0102), 0..32, bytes(0, &[2, 1, 0, 0]));
        hold(U24(0x010203), 8..32, bytes(1, &[1, 2, 3]));
        hold(Tea::Black, 3..6, bytes(0, &[0x08]));
        hold(Mood::GLAD, 0..1, bytes(0, &[0x80]));
    }

    #[test]
    fn a_set_of_bits_has_those_that_are_in_it() {
        let both = Mood::GLAD | Mood(0x80);
        assert!(
            both.contains(Mood::GLAD) && both.contains(both) && !Mood::GLAD.contains(both) && both.contains(Mood(0))
        );
        assert_eq!((Tea::Green.name(), Tea::Black.name()), (Some("green"), Some("black")));
        assert_eq!(
            ((Tea::REGISTRY.name)(2), (Tea::REGISTRY.name)(3), (Tea::REGISTRY.name)(258)),
            (Some("black"), None, None)
        );
        assert_eq!((u8::from(Tea::Green), Tea::from(1)), (1, Tea::Green));
    }
}
