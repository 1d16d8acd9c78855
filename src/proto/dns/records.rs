//! Record data of DNS by type (RFC 1035 §3 and later RFCs).

use crate::proto::IpProtocol;
use crate::proto::{
    AddressPrefix, CaaFlags, CertificateType, CsyncFlags, DigestType, DnsGatewayType, DnsRcode, DnsType, DnskeyFlags,
    DnssecAlgorithm, EdnsOption, IpseckeyAlgorithm, Nsec3Flags, Nsec3Hash, SshAlgorithm, SshFingerprint, TkeyMode,
    TlsaMatching, TlsaSelector, TlsaUsage, ZonemdHash,
};
use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::Schema;
use crate::wire::{ByteSink, Codec, Counted, Cursor, List, Text, TlvItem, TlvLayout, Tlvs, tagged_enum, wire_codecs};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, WireValue, header};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

header! {
    /// Geographic location, RFC 1876 §2.
    ///
    /// ```
    /// use packetsmith::proto::dns::Loc;
    /// let loc = Loc::new(*b"\0\x12\x16\x13\x8b\x0d\x2c\x8c\x7f\xf8\xfc\xa5\0\x98\xb9\xa8");
    /// assert_eq!((loc.size_cm(), loc.horizontal_precision_cm()), (100, 1_000_000));
    /// assert!((loc.latitude_degrees() - 51.5).abs() < 0.2 && loc.longitude_degrees().abs() < 0.2);
    /// assert_eq!(loc.altitude_cm(), 9_000);
    /// ```
    pub struct Loc(16) => LocEdit {
        /// Version: 0.
        version: u8 = 0..8, "dns.loc.version";
        /// Diameter of the enclosing sphere in centimetres: mantissa (upper 4 bits) × 10^exponent (lower 4 bits).
        size: u8 = 8..16, "dns.loc.size", hex;
        /// Horizontal precision in centimetres, same format as `size`.
        horizontal_precision: u8 = 16..24, "dns.loc.horizontal_precision", hex;
        /// Vertical precision in centimetres, same format as `size`.
        vertical_precision: u8 = 24..32, "dns.loc.vertical_precision", hex;
        /// Latitude in thousandths of an arc second. 2^31 is the equator; larger values are north.
        latitude: u32 = 32..64, "dns.loc.latitude";
        /// Longitude in thousandths of an arc second. 2^31 is the prime meridian; larger values are east.
        longitude: u32 = 64..96, "dns.loc.longitude";
        /// Altitude in centimetres, relative to 100 km below the WGS 84 spheroid.
        altitude: u32 = 96..128, "dns.loc.altitude";
    }
}

impl<B: core::borrow::Borrow<[u8; 16]>> Loc<B> {
    /// Decodes a length with a decimal exponent.
    fn centimetres(value: u8) -> u64 {
        u64::from(value >> 4) * 10u64.pow(u32::from(value & 15))
    }
    /// Diameter of the enclosing sphere in centimetres.
    pub fn size_cm(&self) -> u64 {
        Self::centimetres(self.size())
    }
    /// Horizontal precision in centimetres.
    pub fn horizontal_precision_cm(&self) -> u64 {
        Self::centimetres(self.horizontal_precision())
    }
    /// Vertical precision in centimetres.
    pub fn vertical_precision_cm(&self) -> u64 {
        Self::centimetres(self.vertical_precision())
    }
    /// Latitude in degrees, positive to the north.
    pub fn latitude_degrees(&self) -> f64 {
        (f64::from(self.latitude()) - 2_147_483_648.0) / 3_600_000.0
    }
    /// Longitude in degrees, positive to the east.
    pub fn longitude_degrees(&self) -> f64 {
        (f64::from(self.longitude()) - 2_147_483_648.0) / 3_600_000.0
    }
    /// Altitude above the WGS 84 spheroid in centimetres.
    pub fn altitude_cm(&self) -> i64 {
        i64::from(self.altitude()) - 10_000_000
    }
}

/// A 48-bit number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct U48(pub u64);

impl WireValue for U48 {
    const MAX_BITS: usize = 48;
    const KIND: Kind = Kind::Uint;
    fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
        U48(u64::get(buf, bits))
    }
    fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
        self.0.put(buf, bits)
    }
}
wire_codecs!(U48);

/// Type bitmap, RFC 4034 §4.1.2: blocks of up to 256 bits, each preceded by its number and length.
///
/// ```
/// use packetsmith::proto::dns::{DnsType, TypeBitmap};
/// let types = TypeBitmap::new(&[0, 1, 0x40, 1, 1, 0x40]).unwrap();
/// assert_eq!(types.iter().collect::<Vec<_>>(), [DnsType::A, DnsType::Caa]);
/// assert_eq!(types, TypeBitmap::of(&[DnsType::Caa, DnsType::A]));
/// ```
#[derive(Clone, Copy)]
pub struct TypeBitmap<'a>(Types<'a>);

#[derive(Clone, Copy)]
enum Types<'a> {
    Encoded(&'a [u8]),
    Given(&'a [DnsType]),
}

impl PartialEq for TypeBitmap<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.numbers().eq(other.numbers())
    }
}
impl Eq for TypeBitmap<'_> {}

impl fmt::Debug for TypeBitmap<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Blocks of a bitmap that is written.
struct Blocks {
    number: u8,
    bits: [u8; 32],
}

impl Blocks {
    const NONE: Blocks = Blocks { number: 0, bits: [0; 32] };

    /// Adds a type. Types must ascend.
    fn add(&mut self, number: u16, out: &mut dyn ByteSink) {
        let [block, bit] = number.to_be_bytes();
        if block != self.number {
            self.end(out);
            self.number = block;
        }
        self.bits[usize::from(bit >> 3)] |= 0x80 >> (bit & 7);
    }

    /// Writes the block, as long as its highest type requires.
    fn end(&mut self, out: &mut dyn ByteSink) {
        if let Some(end) = self.bits.iter().rposition(|&byte| byte != 0) {
            out.put(&[self.number, end as u8 + 1]);
            out.put(&self.bits[..=end]);
        }
        self.bits = [0; 32];
    }
}

impl<'a> TypeBitmap<'a> {
    /// A bitmap of these types, in any order, to build a record.
    pub const fn of(types: &'a [DnsType]) -> Self {
        TypeBitmap(Types::Given(types))
    }

    /// Reads `bytes` as blocks. `None` if they are not valid blocks.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut left = bytes;
        while let [_, length @ 1..=32, rest @ ..] = left {
            left = rest.get(usize::from(*length)..)?;
        }
        left.is_empty().then_some(TypeBitmap(Types::Encoded(bytes)))
    }

    /// The types, with the offset of the byte that contains the bit of each.
    fn offsets(&self) -> BitmapTypes<'a> {
        let bytes = match self.0 {
            Types::Encoded(bytes) => bytes,
            Types::Given(_) => &[],
        };
        BitmapTypes { bytes, window: 0, start: 0, end: 0, bit: 0 }
    }

    /// The numbers of the types in ascending order.
    fn numbers(&self) -> impl Iterator<Item = u16> + use<'a> {
        let given = match self.0 {
            Types::Encoded(_) => &[],
            Types::Given(types) => types,
        };
        let mut encoded = self.offsets();
        let mut least = 0;
        core::iter::from_fn(move || {
            if let Some((_, number)) = encoded.next() {
                return Some(number);
            }
            let next = given.iter().map(|&number| u16::from(number)).filter(|&n| u32::from(n) >= least).min()?;
            least = u32::from(next) + 1;
            Some(next)
        })
    }

    /// The types in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = DnsType> + use<'a> {
        self.numbers().map(DnsType::from)
    }
}

/// The types in the blocks of a bitmap, with the offset of the byte that contains the bit of each.
struct BitmapTypes<'a> {
    bytes: &'a [u8],
    /// The bytes of the current block.
    window: u8,
    start: usize,
    end: usize,
    /// The next bit in it.
    bit: usize,
}

impl Iterator for BitmapTypes<'_> {
    type Item = (usize, u16);
    fn next(&mut self) -> Option<(usize, u16)> {
        loop {
            while self.bit < 8 * (self.end - self.start) {
                let (at, bit) = (self.start + self.bit / 8, self.bit);
                self.bit += 1;
                if self.bytes.get(at)? & (0x80 >> (bit % 8)) != 0 {
                    return Some((at, (u16::from(self.window) << 8) + bit as u16));
                }
            }
            let [window, length] = *self.bytes.get(self.end..)?.first_chunk()?;
            let start = self.end + 2;
            (self.window, self.start, self.end, self.bit) = (window, start, start + usize::from(length), 0);
        }
    }
}

impl<'a> Codec<'a> for TypeBitmap<'a> {
    const KIND: Kind = Kind::List(&<DnsType as WireValue>::KIND);
    const BITS: u16 = 16;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Self::new(cursor.rest().bytes())
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.open(field, span);
        for (offset, number) in self.offsets() {
            let at = span.start + offset as u32;
            visitor.field(field, Span::new(at, at + 1), Value::Uint(number.into()));
        }
        visitor.close();
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        if let Types::Encoded(bytes) = self.0 {
            return out.put(bytes);
        }
        let mut blocks = Blocks::NONE;
        self.numbers().for_each(|number| blocks.add(number, out));
        blocks.end(out);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if !builder.source.open(field)? {
            return Ok(());
        }
        let (mut blocks, mut last) = (Blocks::NONE, None);
        while builder.source.next()? {
            let number = builder.source.value(field)?.and_then(|value| value.number());
            let number =
                number.and_then(|n| u16::try_from(n).ok()).ok_or(FieldError::at(field, ValueError::Kind("a type")))?;
            if last.is_some_and(|last| last >= number) {
                return Err(FieldError::at(field, ValueError::Rule("types must be in ascending order")));
            }
            last = Some(number);
            blocks.add(number, builder.out);
        }
        blocks.end(builder.out);
        builder.source.close()
    }
}

header! {
    /// Fields before the gateway in an IPSECKEY record, RFC 4025 §2.1.
    pub struct IpseckeyFields(3) => IpseckeyFieldsEdit {
        /// Lower values are tried first.
        precedence: u8 = 0..8, "dns.ipseckey.gateway_precedence";
        /// Format of the gateway.
        gateway_type: DnsGatewayType = 8..16, "dns.ipseckey.gateway_type";
        /// Algorithm of the public key.
        algorithm: IpseckeyAlgorithm = 16..24, "dns.ipseckey.gateway_algorithm";
    }
}

header! {
    /// Fields before the relay in an AMTRELAY record, RFC 8777 §4.2.
    pub struct AmtRelayFields(2) => AmtRelayFieldsEdit {
        /// Lower values are tried first.
        precedence: u8 = 0..8, "dns.amtrelay.precedence";
        /// Discovery optional: a gateway may contact the relay directly.
        discovery_optional: bool = 8..9, "dns.amtrelay.discovery_optional";
        /// Format of the relay.
        relay_type: DnsGatewayType = 9..16, "dns.amtrelay.relay_type";
    }
}

/// A gateway or relay in the format given by its type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DnsGateway<'a> {
    /// No gateway.
    None,
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// An uncompressed name.
    Name(Name<'a>),
    /// An unknown type: all remaining bytes.
    Unknown(&'a [u8]),
}

crate::wire::readable_debug!(enum DnsGateway: None, Ipv4(address), Ipv6(address), Name(name), Unknown(bytes));

impl<'a> DnsGateway<'a> {
    fn take(kind: DnsGatewayType, cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(match kind {
            DnsGatewayType::None => DnsGateway::None,
            DnsGatewayType::Ipv4 => DnsGateway::Ipv4(Codec::take(cursor)?),
            DnsGatewayType::Ipv6 => DnsGateway::Ipv6(Codec::take(cursor)?),
            DnsGatewayType::Name => DnsGateway::Name(Codec::take(cursor)?),
            DnsGatewayType::Unknown(_) => DnsGateway::Unknown(cursor.rest().bytes()),
        })
    }

    fn show(&self, [ipv4, ipv6, name, other]: [&'static Field; 4], span: Span, visitor: &mut dyn Visitor) {
        match *self {
            DnsGateway::None => {}
            DnsGateway::Ipv4(address) => visitor.field(ipv4, span, Value::Ipv4(address)),
            DnsGateway::Ipv6(address) => visitor.field(ipv6, span, Value::Ipv6(address)),
            DnsGateway::Name(it) => visitor.field(name, span, Value::Name(it)),
            DnsGateway::Unknown(bytes) => visitor.field(other, span, Value::Bytes(bytes)),
        }
    }

    fn build(
        kind: DnsGatewayType,
        [ipv4, ipv6, name, other]: [&'static Field; 4],
        builder: &mut Encoder<'_>,
    ) -> Result<(), FieldError> {
        match kind {
            DnsGatewayType::None => Ok(()),
            DnsGatewayType::Ipv4 => <Ipv4Addr as Codec>::build(ipv4, builder),
            DnsGatewayType::Ipv6 => <Ipv6Addr as Codec>::build(ipv6, builder),
            DnsGatewayType::Name => builder.name(name),
            DnsGatewayType::Unknown(_) => builder.bytes(other),
        }
    }

    fn emit(&self, out: &mut dyn ByteSink) {
        match self {
            DnsGateway::None => {}
            DnsGateway::Ipv4(address) => address.emit(out),
            DnsGateway::Ipv6(address) => address.emit(out),
            DnsGateway::Name(name) => name.emit(out),
            DnsGateway::Unknown(bytes) => out.put(bytes),
        }
    }
}

macro_rules! gateways {
    ($(
        $(#[$meta:meta])*
        $name:ident($fields:ident, $kind:ident) $row:literal: $ipv4:literal, $ipv6:literal, $dns:literal, $other:literal;
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'a> {
            /// Fields before the gateway or relay.
            pub fields: $fields,
            /// The gateway or relay.
            pub gateway: DnsGateway<'a>,
        }

        impl $name<'_> {
            /// Fields of the gateway or relay, by format.
            pub(crate) const GATEWAY: [&'static Field; 4] = [
                &Field::floating($row, $ipv4, Kind::Ipv4, "IPv4 address."),
                &Field::floating($row, $ipv6, Kind::Ipv6, "IPv6 address."),
                &Field::floating($row, $dns, Kind::Name, "Domain name."),
                &Field::floating($row, $other, Kind::Bytes, "Address of an unknown type, and the bytes that follow."),
            ];
        }

        impl<'a> Codec<'a> for $name<'a> {
            const KIND: Kind = Kind::Group;
            const SCHEMA: &'static Schema = &Schema {
                fields: $fields::FIELDS,
                nested: &[&Schema { fields: &[*Self::GATEWAY[0], *Self::GATEWAY[1], *Self::GATEWAY[2], *Self::GATEWAY[3]], ..Schema::EMPTY }],
                ..Schema::EMPTY
            };
            fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
                let fields = $fields::take(cursor)?;
                Some($name { fields, gateway: DnsGateway::take(fields.$kind(), cursor)? })
            }
            fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                self.fields.show(field, span, visitor);
                self.gateway.show(Self::GATEWAY, Span::new(span.start + $fields::LEN as u32, span.end), visitor);
            }
            fn emit(&self, out: &mut dyn ByteSink) {
                self.fields.emit(out);
                self.gateway.emit(out);
            }
            fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
                let at = builder.len();
                builder.fixed::<{ $fields::LEN }>($fields::FIELDS)?;
                let fields = builder.out.written().get(at..).and_then(|bytes| bytes.first_chunk().copied());
                let kind = fields.map_or(DnsGatewayType::None, |bytes| $fields::new(bytes).$kind());
                DnsGateway::build(kind, Self::GATEWAY, builder)
            }
            fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
                builder.has_any($fields::FIELDS)
            }
        }
    )* };
}

gateways! {
    /// Gateway for packets to the owner, RFC 4025 §2.
    IpseckeyGateway(IpseckeyFields, gateway_type) "gateway":
        "dns.ipseckey.gateway_ipv4", "dns.ipseckey.gateway_ipv6", "dns.ipseckey.gateway_dns", "dns.ipseckey.gateway";
    /// Relay for automatic multicast tunneling, RFC 8777 §4.
    AmtRelay(AmtRelayFields, relay_type) "relay":
        "dns.amtrelay.ipv4", "dns.amtrelay.ipv6", "dns.amtrelay.name", "dns.amtrelay.relay";
}

header! {
    /// Lengths and algorithm at the start of a HIP record, RFC 8005 §5.
    pub struct HostIdentityFields(4) => HostIdentityFieldsEdit {
        /// Length of the host identity tag in bytes.
        hit_length: u8 = 0..8, "dns.hip.hit.length", bytes, computed;
        /// Algorithm of the public key.
        algorithm: IpseckeyAlgorithm = 8..16, "dns.hip.hit.pk.algo";
        /// Length of the public key in bytes.
        key_length: u16 = 16..32, "dns.hip.hit.pk.length", bytes, computed;
    }
}

/// A host identity with its host identity tag, RFC 8005 §5.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HostIdentity<'a> {
    /// Lengths and algorithm.
    pub fields: HostIdentityFields,
    /// The host identity tag.
    pub hit: &'a [u8],
    /// Host identity: a public key.
    pub public_key: &'a [u8],
}

crate::wire::readable_debug!(HostIdentity: fields, hit, public_key);

pub(crate) const HIT: &Field = &Field::floating("hit", "dns.hip.hit", Kind::Bytes, "Host identity tag.");
pub(crate) const HOST_KEY: &Field =
    &Field::floating("public_key", "dns.hip.pk", Kind::Bytes, "Host identity: a public key.");

impl<'a> Codec<'a> for HostIdentity<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: HostIdentityFields::FIELDS,
        nested: &[&Schema { fields: &[*HIT, *HOST_KEY], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fields = HostIdentityFields::take(cursor)?;
        let hit = cursor.take(fields.hit_length().into())?;
        Some(HostIdentity { fields, hit, public_key: cursor.take(fields.key_length().into())? })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fields.show(field, span, visitor);
        let hit = span.start + HostIdentityFields::LEN as u32;
        let key = hit + self.hit.len() as u32;
        visitor.field(HIT, Span::new(hit, key), Value::Bytes(self.hit));
        visitor.field(HOST_KEY, Span::new(key, span.end), Value::Bytes(self.public_key));
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fields.emit(out);
        out.put(self.hit);
        out.put(self.public_key);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<{ HostIdentityFields::LEN }>(HostIdentityFields::FIELDS)?;
        let hit = builder.len();
        builder.bytes(HIT)?;
        let key = builder.len();
        builder.bytes(HOST_KEY)?;
        if unset & 1 << HostIdentityFields::row("hit_length") != 0 {
            builder.compute(&HostIdentityFields::FIELDS[0], (at, 1), key - hit, u8::MAX.into())?;
        }
        if unset & 1 << HostIdentityFields::row("key_length") != 0 {
            let length = builder.len() - key;
            builder.compute(&HostIdentityFields::FIELDS[2], (at + 2, 2), length, u16::MAX.into())?;
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.has_any(HostIdentityFields::FIELDS)
    }
}

/// A part of an IPv6 address: its last bits, and the name that supplies the first bits; RFC 2874 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct A6<'a> {
    /// Prefix length in bits, 0 to 128: the bits that the prefix name supplies.
    pub prefix_length: u8,
    /// Address suffix. Bytes that lie entirely in the prefix are zero.
    pub suffix: Ipv6Addr,
    /// Name whose address supplies the prefix, if any.
    pub prefix_name: Option<Name<'a>>,
}

pub(crate) const A6_FIELDS: [&Field; 3] = [
    &Field::floating(
        "prefix_length",
        "dns.a6.prefix_len",
        Kind::Uint,
        "Prefix length in bits: the bits that the prefix name supplies.",
    )
    .of_bits(8),
    &Field::floating("suffix", "dns.a6.address_suffix", Kind::Ipv6, "Address suffix: the remaining bits."),
    &Field::floating("prefix_name", "dns.a6.prefix_name", Kind::Name, "Name whose address supplies the prefix."),
];

impl A6<'_> {
    /// Offset in the address of the first suffix byte.
    fn start(&self) -> usize {
        usize::from(self.prefix_length) / 8
    }
}

impl<'a> Codec<'a> for A6<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*A6_FIELDS[0], *A6_FIELDS[1], *A6_FIELDS[2]], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [prefix_length] = *cursor.chunk()?;
        let mut octets = [0; 16];
        let suffix = octets.get_mut(usize::from(prefix_length) / 8..)?;
        suffix.copy_from_slice(cursor.take(suffix.len())?);
        let prefix_name = if prefix_length > 0 { Some(cursor.name()?) } else { None };
        (prefix_length <= 128).then_some(A6 { prefix_length, suffix: octets.into(), prefix_name })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let [length, suffix, name] = A6_FIELDS;
        let at = span.start + 1;
        let middle = at + 16 - self.start() as u32;
        visitor.field(length, Span::new(span.start, at), Value::Uint(self.prefix_length.into()));
        visitor.field(suffix, Span::new(at, middle), Value::Ipv6(self.suffix));
        if let Some(prefix) = self.prefix_name {
            visitor.field(name, Span::new(middle, span.end), Value::Name(prefix));
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(&[self.prefix_length]);
        out.put(self.suffix.octets().get(self.start()..).unwrap_or(&[]));
        self.prefix_name.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let [length, suffix, name] = A6_FIELDS;
        let bits = builder.number(length, 1)?;
        let octets = match builder.source.value(suffix)? {
            Some(Value::Ipv6(address)) => address.octets(),
            _ => [0; 16],
        };
        builder.out.put(octets.get(bits as usize / 8..).unwrap_or(&[]));
        if bits > 0 { builder.name(name) } else { Ok(()) }
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        A6_FIELDS.iter().any(|field| builder.source.has(field))
    }
}

tagged_enum! {
    /// Record data by record type. Names may be compressed. Data that does not fit its type, and data of types not
    /// listed here, are kept as raw bytes (RFC 3597).
    ///
    /// ```
    /// use packetsmith::Cursor;
    /// use packetsmith::proto::dns::Rdata;
    /// use packetsmith::wire::TaggedEnum;
    /// let data = Rdata::decode(15, Cursor::new(b"\0\x0a\x04mail\x07example\0"));
    /// let Rdata::Mx { preference, exchange } = data else { panic!() };
    /// assert_eq!((preference, exchange.to_string().as_str()), (10, "mail.example"));
    /// ```
    pub enum Rdata<'a>: "rtype", "dns.resp.type", "resource records" {
        /// RFC 1035 §3.4.1.
        A = 1 "A" {
            /// IPv4 address of a host.
            address: Ipv4Addr, "dns.a";
        }
        /// RFC 1035 §3.3.11.
        Ns = 2 "NS" {
            /// Authoritative name server of the domain.
            name_server: Name<'a>, "dns.ns";
        }
        /// RFC 1035 §3.3.4.
        Md = 3 "MD" {
            /// Host that delivers mail (obsolete).
            mail_agent: Name<'a>, "dns.md";
        }
        /// RFC 1035 §3.3.5.
        Mf = 4 "MF" {
            /// Host that forwards mail (obsolete).
            mail_agent: Name<'a>, "dns.mf";
        }
        /// RFC 1035 §3.3.1.
        Cname = 5 "CNAME" {
            /// Canonical name, of which the owner is an alias.
            canonical_name: Name<'a>, "dns.cname";
        }
        /// RFC 1035 §3.3.13.
        Soa = 6 "SOA" {
            /// Primary name server of the zone.
            mname: Name<'a>, "dns.soa.mname";
            /// Mailbox of the person responsible; the first dot represents `@`.
            rname: Name<'a>, "dns.soa.rname";
            /// Serial number: version of the zone.
            serial: u32, "dns.soa.serial_number";
            /// Interval between checks for a new version, in seconds.
            refresh: u32, "dns.soa.refresh_interval", seconds;
            /// Interval between retries after a failed refresh, in seconds.
            retry: u32, "dns.soa.retry_interval", seconds;
            /// Time after which a secondary server discards the zone, in seconds.
            expire: u32, "dns.soa.expire_limit", seconds;
            /// TTL of negative answers in seconds, RFC 2308 §4.
            minimum: u32, "dns.soa.minimum_ttl", seconds;
        }
        /// RFC 1035 §3.3.3.
        Mb = 7 "MB" {
            /// Host of the mailbox.
            mailbox_host: Name<'a>, "dns.mb";
        }
        /// RFC 1035 §3.3.6.
        Mg = 8 "MG" {
            /// Mailbox that is a member of the group.
            member: Name<'a>, "dns.mg";
        }
        /// RFC 1035 §3.3.8.
        Mr = 9 "MR" {
            /// New name of the mailbox.
            new_name: Name<'a>, "dns.mr";
        }
        /// RFC 1035 §3.3.10.
        Null = 10 "NULL" {
            /// Arbitrary data.
            anything: &'a [u8], "dns.null";
        }
        /// RFC 1035 §3.4.2.
        Wks = 11 "WKS" {
            /// IPv4 address of the host.
            address: Ipv4Addr, "dns.wks.address";
            /// Transport protocol of the services.
            protocol: IpProtocol, "dns.wks.protocol";
            /// Bitmap of ports, starting with port 0.
            ports: &'a [u8], "dns.wks.bits";
        }
        /// RFC 1035 §3.3.12.
        Ptr = 12 "PTR" {
            /// Target name.
            target: Name<'a>, "dns.ptr.domain_name";
        }
        /// RFC 1035 §3.3.2, RFC 8482.
        Hinfo = 13 "HINFO" {
            /// Kind of machine.
            cpu: Counted<Text<'a>>, "dns.hinfo.cpu";
            /// Operating system.
            os: Counted<Text<'a>>, "dns.hinfo.os";
        }
        /// RFC 1035 §3.3.7.
        Minfo = 14 "MINFO" {
            /// Mailbox of the person responsible.
            responsible: Name<'a>, "dns.minfo.r";
            /// Mailbox for error messages.
            errors: Name<'a>, "dns.minfo.e";
        }
        /// RFC 1035 §3.3.9.
        Mx = 15 "MX" {
            /// Lower values are tried first.
            preference: u16, "dns.mx.preference";
            /// Host that accepts mail.
            exchange: Name<'a>, "dns.mx.mail_exchange";
        }
        /// RFC 1035 §3.3.14.
        Txt = 16 "TXT" {
            /// One or more character strings.
            text: List<'a, Counted<Text<'a>>>, "dns.txt";
        }
        /// RFC 1183 §2.2.
        Rp = 17 "RP" {
            /// Mailbox of the person responsible.
            mailbox: Name<'a>, "dns.rp.mailbox";
            /// Name whose TXT record gives more information.
            text_name: Name<'a>, "dns.rp.txt_rr";
        }
        /// RFC 1183 §1.
        Afsdb = 18 "AFSDB" {
            /// Subtype: 1 AFS cell database server, 2 DCE name server.
            subtype: u16, "dns.afsdb.subtype";
            /// Host name of the server.
            host: Name<'a>, "dns.afsdb.hostname";
        }
        /// RFC 1183 §3.1.
        X25 = 19 "X25" {
            /// PSDN address in X.121 format.
            psdn_address: Counted<Text<'a>>, "dns.x25.psdn_address";
        }
        /// RFC 1183 §3.2.
        Isdn = 20 "ISDN" {
            /// ISDN number.
            address: Counted<Text<'a>>, "dns.idsn.address";
            /// ISDN subaddress.
            sub_address: Option<Counted<Text<'a>>>, "dns.idsn.sa.address";
        }
        /// RFC 1183 §3.3.
        Rt = 21 "RT" {
            /// Lower values are tried first.
            preference: u16, "dns.rt.subtype";
            /// Intermediate host that routes to the owner.
            intermediate: Name<'a>, "dns.rt.intermediate_host";
        }
        /// RFC 1706 §5.
        Nsap = 22 "NSAP" {
            /// NSAP address.
            nsap: &'a [u8], "dns.nsap.rdata";
        }
        /// RFC 1706 §6.
        NsapPtr = 23 "NSAP-PTR" {
            /// Target name.
            owner: Name<'a>, "dns.nsap_ptr.owner";
        }
        /// RFC 2535 §4, over a message as SIG(0), RFC 2931 §3.
        Sig = 24 "SIG" {
            /// Type of the signed records. 0: the signature covers a message.
            type_covered: DnsType, "dns.rrsig.type_covered";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.rrsig.algorithm";
            /// Number of labels of the signed name.
            labels: u8, "dns.rrsig.labels";
            /// Original TTL of the signed records in seconds.
            original_ttl: u32, "dns.rrsig.original_ttl", seconds;
            /// End of validity, in seconds since 1970.
            expiration: u32, "dns.rrsig.signature_expiration";
            /// Start of validity, in seconds since 1970.
            inception: u32, "dns.rrsig.signature_inception";
            /// Key tag of the signer's key.
            key_tag: u16, "dns.rrsig.key_tag";
            /// Name of the signer.
            signer: Name<'a>, "dns.rrsig.signers_name";
            /// Signature.
            signature: &'a [u8], "dns.rrsig.signature";
        }
        /// RFC 2535 §3, RFC 3445.
        Key = 25 "KEY" {
            /// Flags: purpose of the key.
            flags: u16, "dns.key.flags", hex;
            /// Protocol that uses the key: 3 is DNSSEC.
            protocol: u8, "dns.key.protocol";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.key.algorithm";
            /// Public key.
            public_key: &'a [u8], "dns.key.public_key";
        }
        /// RFC 2163 §4.
        Px = 26 "PX" {
            /// Lower values are tried first.
            preference: u16, "dns.px.preference";
            /// Domain of an Internet mail address.
            map822: Name<'a>, "dns.px.map822";
            /// Domain of an X.400 address.
            mapx400: Name<'a>, "dns.px.map400";
        }
        /// RFC 1712 §3.
        Gpos = 27 "GPOS" {
            /// Longitude in degrees, positive to the east.
            longitude: Counted<Text<'a>>, "dns.gpos.longitude";
            /// Latitude in degrees, positive to the north.
            latitude: Counted<Text<'a>>, "dns.gpos.latitude";
            /// Altitude in metres.
            altitude: Counted<Text<'a>>, "dns.gpos.altitude";
        }
        /// RFC 3596 §2.2.
        Aaaa = 28 "AAAA" {
            /// IPv6 address of a host.
            address: Ipv6Addr, "dns.aaaa";
        }
        /// RFC 1876 §2.
        Loc = 29 "LOC" {
            /// Location of the owner.
            location: Loc, "dns.loc";
        }
        /// RFC 2535 §5.
        Nxt = 30 "NXT" {
            /// Next owner name in the zone.
            next_name: Name<'a>, "dns.nxt.next_domain_name";
            /// Bitmap of types, starting with type 0.
            types: &'a [u8], "dns.nxt.types";
        }
        /// RFC 2782.
        Srv = 33 "SRV" {
            /// Lower values are tried first.
            priority: u16, "dns.srv.priority";
            /// Relative weight among records of the same priority.
            weight: u16, "dns.srv.weight";
            /// Port of the service.
            port: u16, "dns.srv.port";
            /// Host that provides the service.
            target: Name<'a>, "dns.srv.target";
        }
        /// RFC 3403 §4.1.
        Naptr = 35 "NAPTR" {
            /// Order of processing; lower values first.
            order: u16, "dns.naptr.order";
            /// Preference among rules of the same order; lower values first.
            preference: u16, "dns.naptr.preference";
            /// Flags that control the next lookup.
            flags: Counted<Text<'a>>, "dns.naptr.flags";
            /// Services offered.
            services: Counted<Text<'a>>, "dns.naptr.service";
            /// Substitution expression.
            regexp: Counted<Text<'a>>, "dns.naptr.regex";
            /// Name for the next lookup.
            replacement: Name<'a>, "dns.naptr.replacement";
        }
        /// RFC 2230 §3.1.
        Kx = 36 "KX" {
            /// Lower values are tried first.
            preference: u16, "dns.kx.preference";
            /// Host that exchanges keys.
            exchanger: Name<'a>, "dns.kx.key_exchange";
        }
        /// RFC 4398 §2.
        Cert = 37 "CERT" {
            /// Certificate type.
            certificate_type: CertificateType, "dns.cert.type";
            /// Key tag of the key in the certificate.
            key_tag: u16, "dns.cert.key_tag";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.cert.algorithm";
            /// Certificate or certificate revocation list.
            certificate: &'a [u8], "dns.cert.certificate";
        }
        /// RFC 2874 §3.1; historic (RFC 6563).
        A6 = 38 "A6" {
            /// Part of an IPv6 address.
            address: A6<'a>, "dns.a6";
        }
        /// RFC 6672 §2.1.
        Dname = 39 "DNAME" {
            /// Name that replaces the owner name at the end of names.
            target: Name<'a>, "dns.dname";
        }
        /// RFC 6891 §6.1.2.
        Opt = 41 "OPT" {
            /// EDNS options.
            options: Tlvs<'a, EdnsOption<'a>>, "dns.opt";
        }
        /// RFC 3123 §4.
        Apl = 42 "APL" {
            /// Address prefixes.
            prefixes: List<'a, AddressPrefix<'a>>, "dns.apl";
        }
        /// RFC 4034 §5.1.
        Ds = 43 "DS" {
            /// Key tag of the child's key.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Digest type.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the child's DNSKEY.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 4255 §3.1.
        Sshfp = 44 "SSHFP" {
            /// Algorithm of the key.
            algorithm: SshAlgorithm, "dns.sshfp.algorithm";
            /// Fingerprint type.
            fingerprint_type: SshFingerprint, "dns.sshfp.fingerprint.type";
            /// Fingerprint of the key.
            fingerprint: &'a [u8], "dns.sshfp.fingerprint";
        }
        /// RFC 4025 §2.
        Ipseckey = 45 "IPSECKEY" {
            /// Gateway for packets to the owner.
            gateway: IpseckeyGateway<'a>, "dns.ipseckey";
            /// Public key in DNSKEY format, without the fixed fields.
            public_key: &'a [u8], "dns.ipseckey.public_key";
        }
        /// RFC 4034 §3.1.
        Rrsig = 46 "RRSIG" {
            /// Type of the signed records.
            type_covered: DnsType, "dns.rrsig.type_covered";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.rrsig.algorithm";
            /// Number of labels of the signed name, not counting a wildcard.
            labels: u8, "dns.rrsig.labels";
            /// Original TTL of the signed records in seconds.
            original_ttl: u32, "dns.rrsig.original_ttl", seconds;
            /// End of validity, in seconds since 1970.
            expiration: u32, "dns.rrsig.signature_expiration";
            /// Start of validity, in seconds since 1970.
            inception: u32, "dns.rrsig.signature_inception";
            /// Key tag of the signer's key.
            key_tag: u16, "dns.rrsig.key_tag";
            /// Zone that the signing key belongs to.
            signer: Name<'a>, "dns.rrsig.signers_name";
            /// Signature.
            signature: &'a [u8], "dns.rrsig.signature";
        }
        /// RFC 4034 §4.1, in multicast DNS RFC 6762 §6.1.
        Nsec = 47 "NSEC" {
            /// Next owner name in the zone.
            next_name: Name<'a>, "dns.nsec.next_domain_name";
            /// Types that exist at the owner name.
            types: TypeBitmap<'a>, "dns.nsec.types";
        }
        /// RFC 4034 §2.1.
        Dnskey = 48 "DNSKEY" {
            /// Flags: purpose of the key.
            flags: DnskeyFlags, "dns.dnskey.flags", hex;
            /// Protocol: always 3.
            protocol: u8, "dns.dnskey.protocol";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.dnskey.algorithm";
            /// Public key.
            public_key: &'a [u8], "dns.dnskey.public_key";
        }
        /// RFC 4701 §3.
        Dhcid = 49 "DHCID" {
            /// Digest of the DHCP client identifier and domain name.
            identifier: &'a [u8], "dns.dhcid.rdata";
        }
        /// RFC 5155 §3.
        Nsec3 = 50 "NSEC3" {
            /// Hash algorithm.
            hash_algorithm: Nsec3Hash, "dns.nsec3.algo";
            /// Flags.
            flags: Nsec3Flags, "dns.nsec3.flags", hex;
            /// Number of additional hash iterations.
            iterations: u16, "dns.nsec3.iterations";
            /// Salt of the hash.
            salt: Counted<&'a [u8]>, "dns.nsec3.salt_value";
            /// Next hashed owner name in the zone.
            next_hashed_name: Counted<&'a [u8]>, "dns.nsec3.hash_value";
            /// Types that exist at the owner name.
            types: TypeBitmap<'a>, "dns.nsec3.types";
        }
        /// RFC 5155 §4.
        Nsec3param = 51 "NSEC3PARAM" {
            /// Hash algorithm.
            hash_algorithm: Nsec3Hash, "dns.nsec3.algo";
            /// Flags.
            flags: Nsec3Flags, "dns.nsec3.flags", hex;
            /// Number of additional hash iterations.
            iterations: u16, "dns.nsec3.iterations";
            /// Salt of the hash.
            salt: Counted<&'a [u8]>, "dns.nsec3.salt_value";
        }
        /// RFC 6698 §2.1.
        Tlsa = 52 "TLSA" {
            /// Certificate usage.
            usage: TlsaUsage, "dns.tlsa.certificate_usage";
            /// Selector: the part of the certificate that is matched.
            selector: TlsaSelector, "dns.tlsa.selector";
            /// Matching type.
            matching_type: TlsaMatching, "dns.tlsa.matching_type";
            /// Certificate association data to match.
            association: &'a [u8], "dns.tlsa.certificate_association_data";
        }
        /// RFC 8162 §2.
        Smimea = 53 "SMIMEA" {
            /// Certificate usage.
            usage: TlsaUsage, "dns.tlsa.certificate_usage";
            /// Selector: the part of the certificate that is matched.
            selector: TlsaSelector, "dns.tlsa.selector";
            /// Matching type.
            matching_type: TlsaMatching, "dns.tlsa.matching_type";
            /// Certificate association data to match.
            association: &'a [u8], "dns.tlsa.certificate_association_data";
        }
        /// RFC 8005 §5.
        Hip = 55 "HIP" {
            /// Host identity of the owner.
            identity: HostIdentity<'a>, "dns.hip";
            /// Rendezvous servers, in order of preference.
            rendezvous_servers: List<'a, Name<'a>>, "dns.hip.rendezvous_server";
        }
        /// Same format as TXT; status of a zone.
        Ninfo = 56 "NINFO" {
            /// One or more character strings.
            text: List<'a, Counted<Text<'a>>>, "dns.ninfo";
        }
        /// draft-ietf-dnsop-dnssec-trust-history.
        Talink = 58 "TALINK" {
            /// Previous name in the trust anchor history.
            previous: Name<'a>, "dns.talink.previous";
            /// Next name in the trust anchor history.
            next: Name<'a>, "dns.talink.next";
        }
        /// RFC 7344 §3.1: a DS record that the parent should publish.
        Cds = 59 "CDS" {
            /// Key tag of the child's key.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key. 0: delete the DS records.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Digest type.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the child's DNSKEY.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 7344 §3.2: a DNSKEY record that the parent should publish a DS record for.
        Cdnskey = 60 "CDNSKEY" {
            /// Flags: purpose of the key.
            flags: DnskeyFlags, "dns.dnskey.flags", hex;
            /// Protocol: always 3.
            protocol: u8, "dns.dnskey.protocol";
            /// Algorithm of the key. 0: delete the DS records.
            algorithm: DnssecAlgorithm, "dns.dnskey.algorithm";
            /// Public key.
            public_key: &'a [u8], "dns.dnskey.public_key";
        }
        /// RFC 7929 §2.
        Openpgpkey = 61 "OPENPGPKEY" {
            /// OpenPGP transferable public key.
            key: &'a [u8], "dns.openpgpkey";
        }
        /// RFC 7477 §2.1.
        Csync = 62 "CSYNC" {
            /// SOA serial number of the child zone.
            serial: u32, "dns.csync.soa";
            /// Flags.
            flags: CsyncFlags, "dns.csync.flags", hex;
            /// Types that the parent should copy from the child.
            types: TypeBitmap<'a>, "dns.csync.type_bitmap";
        }
        /// RFC 8976 §2.2.
        Zonemd = 63 "ZONEMD" {
            /// SOA serial number of the zone.
            serial: u32, "dns.zonemd.serial";
            /// Scheme: 1 is a digest of the whole zone.
            scheme: u8, "dns.zonemd.scheme";
            /// Digest type.
            hash_algorithm: ZonemdHash, "dns.zonemd.hash_algo";
            /// Digest of the zone.
            digest: &'a [u8], "dns.zonemd.digest";
        }
        /// RFC 9460 §2.2.
        Svcb = 64 "SVCB" {
            /// Lower values are tried first. 0: an alias.
            priority: u16, "dns.svcb.svcpriority";
            /// Target host. The root name means the owner name.
            target: Name<'a>, "dns.svcb.targetname";
            /// Service parameters.
            params: Tlvs<'a, SvcParam<'a>>, "dns.svcb.svcparam";
        }
        /// RFC 9460 §9.
        Https = 65 "HTTPS" {
            /// Lower values are tried first. 0: an alias.
            priority: u16, "dns.svcb.svcpriority";
            /// Target host. The root name means the owner name.
            target: Name<'a>, "dns.svcb.targetname";
            /// Service parameters.
            params: Tlvs<'a, SvcParam<'a>>, "dns.svcb.svcparam";
        }
        /// RFC 9859 §2.
        Dsync = 66 "DSYNC" {
            /// Record type for which notifications are sent.
            record_type: DnsType, "dns.dsync.rrtype";
            /// Scheme: 1 is NOTIFY.
            scheme: u8, "dns.dsync.scheme";
            /// Port for notifications.
            port: u16, "dns.dsync.port";
            /// Host for notifications.
            target: Name<'a>, "dns.dsync.target";
        }
        /// RFC 7208 §3.1.
        Spf = 99 "SPF" {
            /// One or more character strings.
            text: List<'a, Counted<Text<'a>>>, "dns.spf";
        }
        /// RFC 6742 §2.1.
        Nid = 104 "NID" {
            /// Lower values are preferred.
            preference: u16, "dns.ilnp.nid.preference";
            /// Node identifier.
            node_id: [u8; 8], "dns.ilnp.nid";
        }
        /// RFC 6742 §2.2.
        L32 = 105 "L32" {
            /// Lower values are preferred.
            preference: u16, "dns.ilnp.l32.preference";
            /// Locator.
            locator: Ipv4Addr, "dns.ilnp.l32";
        }
        /// RFC 6742 §2.3.
        L64 = 106 "L64" {
            /// Lower values are preferred.
            preference: u16, "dns.ilnp.l64.preference";
            /// Locator.
            locator: [u8; 8], "dns.ilnp.l64";
        }
        /// RFC 6742 §2.4.
        Lp = 107 "LP" {
            /// Lower values are preferred.
            preference: u16, "dns.ilnp.lp.preference";
            /// Name that has NID, L32 and L64 records.
            locator_name: Name<'a>, "dns.ilnp.lp";
        }
        /// RFC 7043 §3.
        Eui48 = 108 "EUI48" {
            /// EUI-48 address.
            address: MacAddr, "dns.eui48";
        }
        /// RFC 7043 §4.
        Eui64 = 109 "EUI64" {
            /// EUI-64 address.
            address: [u8; 8], "dns.eui64";
        }
        /// RFC 2930 §2.
        Tkey = 249 "TKEY" {
            /// Name of the key's algorithm.
            algorithm_name: Name<'a>, "dns.tkey.algo_name";
            /// Start of validity, in seconds since 1970.
            inception: u32, "dns.tkey.signature_inception";
            /// End of validity, in seconds since 1970.
            expiration: u32, "dns.tkey.signature_expiration";
            /// Mode of key agreement.
            mode: TkeyMode, "dns.tkey.mode";
            /// Error code.
            error: DnsRcode, "dns.tkey.error";
            /// Key exchange data.
            key: Counted<&'a [u8], 2>, "dns.tkey.key_data";
            /// Other data; not used.
            other: Counted<&'a [u8], 2>, "dns.tkey.other_data";
        }
        /// RFC 8945 §4.2.
        Tsig = 250 "TSIG" {
            /// Name of the MAC algorithm.
            algorithm_name: Name<'a>, "dns.tsig.algorithm_name";
            /// Time of signing, in seconds since 1970.
            time_signed: U48, "dns.tsig.time_signed";
            /// Permitted difference of the clocks in seconds.
            fudge: u16, "dns.tsig.fudge", seconds;
            /// Message authentication code.
            mac: Counted<&'a [u8], 2>, "dns.tsig.mac";
            /// Original identifier of the message.
            original_id: u16, "dns.tsig.original_id", hex;
            /// Error code.
            error: DnsRcode, "dns.tsig.error";
            /// Server time, if the error is BADTIME.
            other: Counted<&'a [u8], 2>, "dns.tsig.other_data";
        }
        /// RFC 7553 §4.
        Uri = 256 "URI" {
            /// Lower values are tried first.
            priority: u16, "dns.uri.priority";
            /// Relative weight among records of the same priority.
            weight: u16, "dns.uri.weight";
            /// The URI.
            target: Text<'a>, "dns.uri.target";
        }
        /// RFC 8659 §4.1.
        Caa = 257 "CAA" {
            /// Flags.
            flags: CaaFlags, "dns.caa.flags", hex;
            /// Property tag.
            tag: Counted<Text<'a>>, "dns.caa.tag";
            /// Property value.
            value: Text<'a>, "dns.caa.value";
        }
        /// Same format as TXT; application visibility and control.
        Avc = 258 "AVC" {
            /// One or more character strings.
            text: List<'a, Counted<Text<'a>>>, "dns.avc";
        }
        /// draft-durand-doa-over-dns §3.
        Doa = 259 "DOA" {
            /// Enterprise number that defines the type.
            enterprise: u32, "dns.doa.enterprise";
            /// Type of the object.
            object_type: u32, "dns.doa.type";
            /// Location of the object: 1 in the record, 2 at a URI.
            location: u8, "dns.doa.location";
            /// Media type of the data.
            media_type: Counted<Text<'a>>, "dns.doa.media_type";
            /// The object or its URI.
            data: &'a [u8], "dns.doa.data";
        }
        /// RFC 8777 §4.
        Amtrelay = 260 "AMTRELAY" {
            /// Relay for multicast from the owner.
            relay: AmtRelay<'a>, "dns.amtrelay";
        }
        /// RFC 9606 §5. Same format as TXT.
        Resinfo = 261 "RESINFO" {
            /// Capabilities of the resolver.
            text: List<'a, Counted<Text<'a>>>, "dns.resinfo";
        }
        /// Same format as TXT; public wallet addresses.
        Wallet = 262 "WALLET" {
            /// One or more character strings.
            text: List<'a, Counted<Text<'a>>>, "dns.wallet";
        }
        /// Same format as DS; trust anchors.
        Ta = 32768 "TA" {
            /// Key tag of the child's key.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Digest type.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the key.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 4431 §2. Same format as DS.
        Dlv = 32769 "DLV" {
            /// Key tag of the child's key.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Digest type.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the key.
            digest: &'a [u8], "dns.ds.digest";
        }
    }
}

tagged_enum! {
    /// A parameter of a service binding, RFC 9460 §7 and §8.
    pub enum SvcParam<'a>: "key", "dns.svcb.svcparam.key", "service parameters", codes SvcParamKey: u16 {
        /// RFC 9460 §8.
        Mandatory = 0 "mandatory" {
            /// Keys that a client must understand.
            keys: List<'a, SvcParamKey>, "dns.svcb.svcparam.mandatory.key";
        }
        /// RFC 9460 §7.1.
        Alpn = 1 "alpn" {
            /// Application protocols (ALPN).
            protocols: List<'a, Counted<Text<'a>>>, "dns.svcb.svcparam.alpn";
        }
        /// RFC 9460 §7.1.
        NoDefaultAlpn = 2 "no-default-alpn" {}
        /// RFC 9460 §7.2.
        Port = 3 "port" {
            /// Port of the service.
            port: u16, "dns.svcb.svcparam.port";
        }
        /// RFC 9460 §7.3.
        Ipv4Hint = 4 "ipv4hint" {
            /// Address hints.
            addresses: List<'a, Ipv4Addr>, "dns.svcb.svcparam.ipv4hint.ip";
        }
        /// RFC 9848 §3.
        Ech = 5 "ech" {
            /// Encrypted ClientHello configurations.
            config: &'a [u8], "dns.svcb.svcparam.echconfig";
        }
        /// RFC 9460 §7.3.
        Ipv6Hint = 6 "ipv6hint" {
            /// Address hints.
            addresses: List<'a, Ipv6Addr>, "dns.svcb.svcparam.ipv6hint.ip";
        }
        /// RFC 9461 §5.
        DohPath = 7 "dohpath" {
            /// URI template of DNS over HTTPS.
            template: Text<'a>, "dns.svcb.svcparam.dohpath";
        }
        /// RFC 9540 §4.
        Ohttp = 8 "ohttp" {}
        /// TLS key exchange groups.
        TlsSupportedGroups = 9 "tls-supported-groups" {
            /// Groups in order of preference.
            groups: List<'a, u16>, "dns.svcb.svcparam.groups";
        }
    }
}

impl TlvItem for SvcParam<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::wire::TaggedEnum;
    use std::vec::Vec;

    #[test]
    fn names_of_numbers_agree_between_tables() {
        for &(number, name) in Rdata::REGISTRY.entries {
            assert_eq!(DnsType::REGISTRY.name(number), Some(name));
        }
    }

    #[test]
    fn record_data_round_trips() {
        let samples: &[(u16, &[u8])] = &[
            (1, b"\xc0\0\x02\x01"),
            (2, b"\x02ns\0"),
            (6, b"\x01m\0\x01r\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05"),
            (11, b"\xc0\0\x02\x01\x06\0\0\x40"),
            (13, b"\x03CPU\x02OS"),
            (16, b"\x03one\0\x05three"),
            (16, b""),
            (20, b"\x044155"),
            (20, b"\x0212\x013"),
            (29, b"\0\x12\x16\x13\x8b\x0d\x2c\x8c\x7f\xf8\xfc\xa5\0\x98\xb9\xa8"),
            (33, b"\0\x01\0\x02\x01\xbb\x04host\0"),
            (35, b"\0\x01\0\x02\x01u\x07E2U+sip\x06!a!b!i\0"),
            (41, b"\0\x0a\0\x08ABCDEFGH\0\x08\0\x07\0\x01\x18\0\xc0\0\x02\0\x0f\0\x05\0\x12bad"),
            (42, b"\0\x01\x10\x82\xc0\xa8\0\x02\x40\x03\x20\x01\x0d"),
            (43, b"\x12\x34\x08\x02digest"),
            (38, b"\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
            (38, b"\x40\0\0\0\0\0\0\0\x01\x01p\0"),
            (38, b"\x80\x01p\0"),
            (45, b"\x0a\0\x02key"),
            (45, b"\x0a\x01\x02\xc0\0\x02\x26key"),
            (45, b"\x0a\x02\x02\x20\x01\x0d\xb8\0\x80\0\0\0\0\0\0\0\0\0\x01key"),
            (45, b"\x0a\x03\0\x09mygateway\x07example\0"),
            (45, b"\x0a\x09\x02what is this"),
            (46, b"\0\x01\x0d\x02\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\x04\x01z\0sig"),
            (47, b"\x01n\0\0\x06\x40\x01\0\0\0\x03\x01\x01\x40"),
            (48, b"\x01\x01\x03\x0fkey"),
            (50, b"\x01\x01\0\x0a\x02\xaa\xbb\x03abc\0\x01\x40"),
            (52, b"\x03\x01\x01hash"),
            (55, b"\x03\x02\0\x03hitkey"),
            (55, b"\x03\x02\0\x03hitkey\x03rvs\x07example\0\x04rvs2\0"),
            (58, b"\x01a\0\x01b\0"),
            (62, b"\0\0\0\x01\0\x03\0\x01\x40"),
            (65, b"\0\x01\0\0\0\0\x02\0\x01\0\x01\0\x03\x02h2\0\x03\0\x02\x01\xbb\x12\x34\0\x01x"),
            (108, b"\x02\0\0\0\0\x01"),
            (250, b"\x03alg\0\0\0\x66\0\0\x01\x01\x2c\0\x03mac\x12\x34\0\x10\0\0"),
            (256, b"\0\x01\0\x02https://example/"),
            (257, b"\x80\x05issueca.example"),
            (259, b"\0\0\0\0\0\0\0\x01\x02\x09text/htmlhttps://example/"),
            (260, b"\x0a\0"),
            (260, b"\x0a\x01\xcb\0\x71\x0f"),
            (260, b"\x80\x83\x09amtrelays\x07example\0"),
            (260, b"\x80\x7fwhat is this"),
        ];
        for &(kind, bytes) in samples {
            let data = Rdata::decode(kind, Cursor::new(bytes));
            assert!(!data.is_unknown(), "{kind} {bytes:?}");
            let mut out = Vec::new();
            data.emit(&mut out);
            assert_eq!(out, bytes, "{kind}");
            if !matches!(kind, 16 | 41 | 42 | 56) {
                assert!(Rdata::decode(kind, Cursor::new(&[])).is_unknown(), "{kind}");
            }
        }
    }

    #[test]
    fn record_data_must_be_consumed_completely() {
        let address = [192, 0, 2, 1, 0];
        assert!(Rdata::decode(1, Cursor::new(&address)).is_unknown());
        assert!(Rdata::decode(1, Cursor::new(&address[..3])).is_unknown());
        assert_eq!(Rdata::decode(1, Cursor::new(&address[..4])), Rdata::A { address: [192, 0, 2, 1].into() });
    }

    #[test]
    fn truncated_record_data_stays_raw() {
        let samples: &[(u16, &[u8])] = &[
            (38, b"\x81\x01p\0"),
            (38, b"\x40\0\0\0\0\0\0\0\x01"),
            (38, b"\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0"),
            (45, b"\x0a\x01\x02\xc0\0\x02"),
            (45, b"\x0a\x03\0\x09mygateway"),
            (55, b"\x03\x02\0\x04hitkey"),
            (260, b"\x0a\x01\xcb\0\x71\x0f\0"),
            (260, b"\x0a\0\0"),
        ];
        for &(kind, bytes) in samples {
            assert_eq!(Rdata::decode(kind, Cursor::new(bytes)), Rdata::Unknown { kind, data: bytes });
        }
    }

    #[test]
    fn the_gateway_type_selects_the_format() {
        let relay = |bytes| match Rdata::decode(260, Cursor::new(bytes)) {
            Rdata::Amtrelay { relay } => relay,
            other => panic!("{other:?}"),
        };
        let it = relay(b"\x0a\x81\xcb\0\x71\x0f");
        assert_eq!((it.fields.precedence(), it.fields.discovery_optional()), (10, true));
        assert_eq!(it.gateway, DnsGateway::Ipv4([203, 0, 113, 15].into()));
        assert_eq!(relay(b"\x0a\0").gateway, DnsGateway::None);
        assert_eq!(relay(b"\x0a\x7f?").gateway, DnsGateway::Unknown(b"?"));
    }

    #[test]
    fn a_bitmap_of_invalid_blocks_is_none() {
        for bytes in [&b"\0"[..], b"\0\0", b"\0\x21", b"\0\x02\x40", b"\0\x01\x40\x01"] {
            assert_eq!(TypeBitmap::new(bytes), None, "{bytes:?}");
        }
        assert_eq!(TypeBitmap::new(b"").unwrap().iter().count(), 0);
        let full = [&b"\xff\x20"[..], &[0xff; 32]].concat();
        let types = TypeBitmap::new(&full).unwrap();
        assert_eq!((types.iter().count(), types.iter().last()), (256, Some(DnsType::from(0xffff))));
    }

    #[test]
    fn a_subnet_address_is_padded_with_zeros() {
        let decode = |bytes| match EdnsOption::decode(8, Cursor::new(bytes)) {
            EdnsOption::ClientSubnet { subnet } => subnet.ip(),
            other => panic!("{other:?}"),
        };
        assert_eq!(decode(b"\0\x01\x18\0\xc0\0\x02"), Some([192, 0, 2, 0].into()));
        assert_eq!(decode(b"\0\x02\x10\0\x20\x01"), Some([0x2001, 0, 0, 0, 0, 0, 0, 0].into()));
        assert_eq!(decode(b"\0\x01\x18\0\xc0\0\x02\0\0"), None);
        assert_eq!(decode(b"\0\x03\0\0\xc0"), None);
    }
}
