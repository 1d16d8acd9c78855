//! Field tables: what is known about each field of a header.

use super::bits::{get_bits, get_signed, load_bits};
use super::kind::{Kind, Unit};
use super::span::Span;
use super::value::Value;
use super::value_error::ValueError;
use core::fmt;
use core::ops::Range;

/// How the builder computes a field that nobody set.
///
/// ```
/// use packetsmith::Udp;
/// use packetsmith::wire::Computed;
/// let length = Udp::FIELDS.iter().find(|field| field.name == "length").unwrap();
/// assert_eq!(length.derive, Computed::Total { less: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Computed {
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
/// use packetsmith::Ethernet;
/// use packetsmith::wire::{Computed, Numbers};
/// assert_eq!(Ethernet::FIELDS[2].derive, Computed::Next(Numbers::EtherType));
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
    pub derive: Computed,
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
            derive: Computed::Nothing,
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
        self.derive = Computed::Own;
        self
    }

    /// Marks the field as the length of the head in units of `unit` bytes, `less` bytes not counted.
    pub const fn header_length(mut self, unit: u8, less: u8) -> Self {
        self.derive = Computed::Head { unit, less };
        self
    }

    /// Marks the field as the length of head and body in bytes, `less` bytes not counted.
    pub const fn total_length(mut self, less: u8) -> Self {
        self.derive = Computed::Total { less };
        self
    }

    /// Marks the field as the number that announces what follows.
    pub const fn announces(mut self, numbers: Numbers) -> Self {
        self.derive = Computed::Next(numbers);
        self
    }

    /// The number that stands there unless another is set.
    pub const fn default(mut self, number: u64) -> Self {
        self.default = number;
        self
    }

    /// Tells whether the builder computes the field unless it is set.
    pub const fn is_derived(&self) -> bool {
        !matches!(self.derive, Computed::Nothing)
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
        self.derive = Computed::Checksum;
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
    pub const fn eight_byte_units(mut self) -> Self {
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

/// A field, and why a value cannot stand there.
///
/// ```
/// use packetsmith::Udp;
/// use packetsmith::wire::{FieldError, ValueError};
/// let mistake = FieldError::at(&Udp::FIELDS[0], ValueError::Kind("a number"));
/// assert_eq!(mistake.to_string(), "src_port: a number is called for here");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FieldError {
    /// The field.
    pub field: Option<&'static Field>,
    /// What is wrong.
    pub error: ValueError,
}

impl FieldError {
    /// Names the field.
    pub const fn at(field: &'static Field, error: ValueError) -> Self {
        FieldError { field: Some(field), error }
    }
}

impl From<ValueError> for FieldError {
    fn from(error: ValueError) -> Self {
        FieldError { field: None, error }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{}: {}", field.name, self.error),
            None => self.error.fmt(f),
        }
    }
}

impl core::error::Error for FieldError {}

/// Receives fields, one after the other, as they stand in the frame.
///
/// This is the half of a [`Sink`](crate::dissect::Sink) that protocols see.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Field, Span, Value, examine};
/// use packetsmith::wire::Visitor;
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

impl Field {
    /// Writes a value over the field's bits in a header that holds them.
    pub fn write(&'static self, header: &mut [u8], value: &Value<'_>) -> Result<(), FieldError> {
        value.write(self.kind, header, self.bits()).map_err(|error| FieldError::at(self, error))
    }
}

impl Computed {
    /// The number of a length, given the bytes of the head, and of head and body.
    #[inline]
    pub fn length(self, head: usize, total: usize) -> Option<Result<u64, ValueError>> {
        let (have, unit) = match self {
            Computed::Head { unit, less } => (head.saturating_sub(less.into()), usize::from(unit.max(1))),
            Computed::Total { less } => (total.saturating_sub(less.into()), 1),
            _ => return None,
        };
        Some(if have % unit == 0 { Ok((have / unit) as u64) } else { Err(ValueError::NotWhole { have, unit }) })
    }
}

/// Compares names by their letters and digits alone.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = char> + use<'_> {
        s.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}
