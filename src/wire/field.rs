//! Field tables: the layout and meaning of each field of a header.

use super::bits::{get_bits, get_signed, load_bits};
use super::kind::{Kind, Unit};
use super::span::Span;
use super::value::Value;
use super::value_error::ValueError;
use core::fmt;
use core::ops::Range;

/// How the builder computes a field that was left unset.
///
/// ```
/// use packetsmith::Udp;
/// use packetsmith::wire::Computed;
/// let length = Udp::FIELDS.iter().find(|field| field.name == "length").unwrap();
/// assert_eq!(length.computed, Computed::TotalLength { less: 0 });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Computed {
    /// It is not computed: the field has its default.
    #[default]
    Nothing,
    /// From the data that it counts or describes, by code of the protocol or of the option.
    Custom,
    /// The length of the header with its options, in units of `unit` bytes, minus `less` bytes.
    HeaderLength {
        /// Bytes of one unit.
        unit: u8,
        /// Bytes that are not counted.
        less: u8,
    },
    /// The length of header and payload in bytes, minus `less` bytes.
    TotalLength {
        /// Bytes that are not counted.
        less: u8,
    },
    /// The number that selects the next protocol.
    NextProtocol(SelectorKind),
    /// The Internet checksum.
    Checksum,
}

/// The number space of a field that selects the next protocol.
///
/// ```
/// use packetsmith::Ethernet;
/// use packetsmith::wire::{Computed, SelectorKind};
/// assert_eq!(Ethernet::FIELDS[2].computed, Computed::NextProtocol(SelectorKind::EtherType));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelectorKind {
    /// EtherTypes.
    EtherType,
    /// Internet protocol numbers.
    IpProtocol,
    /// A number space of this protocol alone.
    Custom,
}

/// One row of a table: the layout and meaning of one field.
///
/// ```
/// use packetsmith::Udp;
/// let field = &Udp::FIELDS[1];
/// assert_eq!((field.name, field.filter, field.bits()), ("dst_port", "udp.dstport", 16..32));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Field {
    /// Name in code, JSON and the field tree.
    pub name: &'static str,
    /// Name in display filters. It is Wireshark's name if Wireshark has the field. Empty if it has none.
    pub filter: &'static str,
    /// First bit of the header, counted as in the RFC's figure.
    pub first_bit: u16,
    /// One past the last bit. Equal to `first_bit` if the offset is not fixed.
    pub end_bit: u16,
    /// Bits of the number, if the offset is not fixed. 0 if it is no number, or its length is not fixed.
    pub number_bits: u16,
    /// How to read and show it.
    pub kind: Kind,
    /// Unit of the number.
    pub unit: Unit,
    /// Whether a number is shown in hexadecimal.
    pub hex: bool,
    /// How the builder computes the field if it is left unset.
    pub computed: Computed,
    /// Value of the field if it is left unset and not computed.
    pub default: u64,
    /// Whether the field must be zero when sent and ignored when received.
    pub reserved: bool,
    /// Whether the number is in bytes or milliseconds under its filter name, because Wireshark's name is. Under its own name
    /// it is in its own unit.
    pub base_unit_in_filters: bool,
    /// Documentation of the field: meaning, unit and RFC section.
    pub doc: &'static str,
}

/// Its names, bits and kind. The table that it is in has the rest.
///
/// ```
/// let text = r#"Field { name: "ttl", filter: "ip.ttl", bits: 64..72, kind: Uint, .. }"#;
/// let ttl = &packetsmith::Ipv4::FIELDS[packetsmith::Ipv4::row("ttl") as usize];
/// assert_eq!(format!("{ttl:?}"), text);
/// ```
impl fmt::Debug for Field {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Field");
        out.field("name", &self.name).field("filter", &self.filter);
        if self.first_bit < self.end_bit {
            out.field("bits", &self.bits());
        }
        out.field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Field {
    /// A field at fixed bits of its header.
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
            number_bits: 0,
            kind,
            unit: Unit::None,
            hex: false,
            computed: Computed::Nothing,
            default: 0,
            reserved: false,
            base_unit_in_filters: false,
            doc,
        }
    }

    /// A field whose offset depends on the data before it.
    pub const fn floating(name: &'static str, filter: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self::fixed(name, filter, 0..0, kind, doc)
    }

    /// Sets how many bits the number has, if the offset is not fixed.
    pub const fn of_bits(mut self, bits: u16) -> Self {
        self.number_bits = bits;
        self
    }

    /// How many bits the number has. 0 if it is no number, or its length is not fixed.
    ///
    /// ```
    /// use packetsmith::proto::transport::TcpOption;
    /// use packetsmith::wire::TaggedEnum;
    /// let size = TcpOption::rows(2)[0];
    /// assert_eq!((size.filter, size.width()), ("tcp.options.mss_val", 16));
    /// ```
    pub const fn width(&self) -> u16 {
        match self.end_bit {
            0 => self.number_bits,
            end => end - self.first_bit,
        }
    }

    /// Marks the field as computed by code of the protocol or option, see [`Computed::Custom`].
    pub const fn computed(mut self) -> Self {
        self.computed = Computed::Custom;
        self
    }

    /// Marks the field as the length of the header with its options, in units of `unit` bytes, minus `less` bytes.
    pub const fn header_length(mut self, unit: u8, less: u8) -> Self {
        self.computed = Computed::HeaderLength { unit, less };
        self
    }

    /// Marks the field as the length of header and payload in bytes, minus `less` bytes.
    pub const fn total_length(mut self, less: u8) -> Self {
        self.computed = Computed::TotalLength { less };
        self
    }

    /// Marks the field as the number that selects the next protocol.
    pub const fn next_protocol(mut self, numbers: SelectorKind) -> Self {
        self.computed = Computed::NextProtocol(numbers);
        self
    }

    /// Sets the value of the field if it is left unset.
    pub const fn default(mut self, number: u64) -> Self {
        self.default = number;
        self
    }

    /// Tells whether the builder computes the field if it is left unset.
    pub const fn is_computed(&self) -> bool {
        !matches!(self.computed, Computed::Nothing)
    }

    /// Marks the field as reserved: it must be zero when sent.
    pub const fn reserved(mut self) -> Self {
        self.reserved = true;
        self
    }

    /// Counts in bytes or milliseconds under the filter name: Wireshark's name has Wireshark's unit.
    ///
    /// ```
    /// use packetsmith::Tcp;
    /// let offset = Tcp::FIELDS.iter().find(|field| field.filter == "tcp.hdr_len").unwrap();
    /// assert_eq!(offset.filter_scale(), 4, "tcp.hdr_len counts bytes, the data offset units of 4 bytes");
    /// ```
    pub const fn base_unit_in_filters(mut self) -> Self {
        self.base_unit_in_filters = true;
        self
    }

    /// What the number is multiplied by under its filter name.
    pub const fn filter_scale(&self) -> u32 {
        match self.unit {
            Unit::Bytes(bytes) if self.base_unit_in_filters => bytes as u32,
            Unit::MillisecondsTimes(milliseconds) if self.base_unit_in_filters => milliseconds,
            _ => 1,
        }
    }

    /// Sets a name that is a keyword in Rust, such as `type`.
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

    /// Marks the field as an Internet checksum, which the builder computes.
    pub const fn checksum(mut self) -> Self {
        self.kind = Kind::Checksum;
        self.computed = Computed::Checksum;
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

    /// Counts units of 10 milliseconds.
    pub const fn units_of_10_milliseconds(mut self) -> Self {
        self.unit = Unit::MillisecondsTimes(10);
        self
    }

    /// Counts units of 100 milliseconds.
    pub const fn units_of_100_milliseconds(mut self) -> Self {
        self.unit = Unit::MillisecondsTimes(100);
        self
    }

    /// Counts units of 4 seconds.
    pub const fn units_of_4_seconds(mut self) -> Self {
        self.unit = Unit::MillisecondsTimes(4000);
        self
    }

    /// Counts units of 8 seconds.
    pub const fn units_of_8_seconds(mut self) -> Self {
        self.unit = Unit::MillisecondsTimes(8000);
        self
    }

    /// Counts minutes.
    pub const fn minutes(mut self) -> Self {
        self.unit = Unit::MillisecondsTimes(60_000);
        self
    }

    /// The number is a code of 8 bits for tenths of a second, RFC 3376 §4.1.1.
    pub const fn time_code_of_tenths(mut self) -> Self {
        self.unit = Unit::TimeCode { bits: 8, milliseconds: 100 };
        self
    }

    /// The number is a code of 8 bits for seconds, RFC 3376 §4.1.7.
    pub const fn time_code_of_seconds(mut self) -> Self {
        self.unit = Unit::TimeCode { bits: 8, milliseconds: 1000 };
        self
    }

    /// The number is a code of 16 bits for milliseconds, RFC 3810 §5.1.3.
    pub const fn time_code_of_milliseconds(mut self) -> Self {
        self.unit = Unit::TimeCode { bits: 16, milliseconds: 1 };
        self
    }

    /// The number is the binary logarithm of milliseconds.
    pub const fn log2_milliseconds(mut self) -> Self {
        self.unit = Unit::Log2 { bias: 0, steps: 1, milliseconds: 1 };
        self
    }

    /// The time is 2^(n - 32) seconds, RFC 7401 §5.2.4.
    pub const fn puzzle_lifetime(mut self) -> Self {
        self.unit = Unit::Log2 { bias: 32, steps: 1, milliseconds: 1000 };
        self
    }

    /// The time is 2^((n - 64) / 8) seconds, RFC 8003 §4.2.
    pub const fn registration_lifetime(mut self) -> Self {
        self.unit = Unit::Log2 { bias: 64, steps: 8, milliseconds: 1000 };
        self
    }

    /// The number is the signed binary logarithm of seconds.
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

    /// Counts 2⁻¹⁶ seconds since 1970.
    pub const fn unix_time(mut self) -> Self {
        self.unit = Unit::UnixTime;
        self
    }

    /// The number is a TCP port.
    pub const fn tcp_port(mut self) -> Self {
        self.unit = Unit::TcpPort;
        self
    }

    /// The number is a UDP port.
    pub const fn udp_port(mut self) -> Self {
        self.unit = Unit::UdpPort;
        self
    }

    /// Bits of the field in its header, counted as in the RFC's figure.
    #[inline]
    pub const fn bits(&self) -> Range<usize> {
        self.first_bit as usize..self.end_bit as usize
    }

    /// Bytes of the frame that hold the field, in a header that begins at byte `at`.
    #[inline]
    pub const fn span(&self, at: u32) -> Span {
        Span::new(at + self.first_bit as u32 / 8, at + (self.end_bit as u32).div_ceil(8))
    }

    /// Reads the field from a header. `None` if the header ends before the field does.
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

    /// The kind of one value: of an item if the field is a list, or a list of lists.
    #[inline]
    pub const fn item_kind(&self) -> Kind {
        let mut kind = self.kind;
        while let Kind::List(item) = kind {
            kind = *item;
        }
        kind
    }

    /// The name of `value` in the field's registry. `None` if it has none.
    pub fn meaning(&self, value: &Value<'_>) -> Option<&'static str> {
        match (self.item_kind(), value) {
            (Kind::Named(registry), Value::Uint(n)) => registry.name(*n),
            _ => None,
        }
    }
}

/// A value that a field cannot have, or a field that is missing or unknown.
///
/// ```
/// use packetsmith::Udp;
/// use packetsmith::wire::{FieldError, ValueError};
/// let error = FieldError::at(&Udp::FIELDS[0], ValueError::Kind("a number"));
/// assert_eq!(error.to_string(), "src_port: a number is called for here");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FieldError {
    /// The field. `None` if the error is about no known field.
    pub field: Option<&'static Field>,
    /// What is wrong.
    pub error: ValueError,
}

impl FieldError {
    /// An error of `field`.
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

/// Receives the fields of a layer in wire order.
///
/// It is the part of a [`Sink`](crate::dissect::Sink) that protocols use.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Field, Span, Value, examine};
/// use packetsmith::wire::Visitor;
/// /// The bytes of each field of this name.
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
    /// Receives a field with its bytes and value.
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>);
    /// Begins a list or a group. It contains all fields up to the matching [`close`](Self::close).
    fn open(&mut self, field: &'static Field, span: Span);
    /// Ends the innermost list or group.
    fn close(&mut self);
}

/// Shows the fields of a fixed header that begins at byte `at`. Stops at the first field that `bytes` does not hold.
pub fn show_fixed(fields: &'static [Field], bytes: &[u8], at: u32, visitor: &mut dyn Visitor) {
    for field in fields {
        let Some(value) = field.read(bytes) else { return };
        visitor.field(field, field.span(at), value);
    }
}

/// Tells whether the fields cover `len` bytes in order, without gap or overlap.
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

/// Checks a table when it is compiled: the rows must tile the header, and the type of each must hold its bits. `types`
/// gives for each row the bits that its type holds, and the error.
#[doc(hidden)]
pub const fn check_rows(fields: &[Field], len: usize, types: &[(usize, &str)]) {
    assert!(tiles(fields, len), "the rows must tile the header");
    let mut row = 0;
    while row < fields.len() {
        if (fields[row].end_bit - fields[row].first_bit) as usize > types[row].0 {
            panic!("{}", types[row].1);
        }
        row += 1;
    }
}

/// The computed fields, one bit for each row.
#[doc(hidden)]
pub const fn computed_mask(fields: &[Field]) -> u64 {
    let (mut mask, mut i) = (0, 0);
    while i < fields.len() {
        if fields[i].is_computed() {
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
    /// Writes a value to the field's bits. The header must hold them.
    pub fn write(&'static self, header: &mut [u8], value: &Value<'_>) -> Result<(), FieldError> {
        value.write(self.kind, header, self.bits()).map_err(|error| FieldError::at(self, error))
    }
}

impl Computed {
    /// The number of a length field. `head` is the length of the header in bytes, `total` that of header and payload.
    /// `None` if the field is not a length.
    #[inline]
    pub fn length(self, head: usize, total: usize) -> Option<Result<u64, ValueError>> {
        let (have, unit) = match self {
            Computed::HeaderLength { unit, less } => (head.saturating_sub(less.into()), usize::from(unit.max(1))),
            Computed::TotalLength { less } => (total.saturating_sub(less.into()), 1),
            _ => return None,
        };
        Some(if have % unit == 0 { Ok((have / unit) as u64) } else { Err(ValueError::NotWhole { have, unit }) })
    }
}
