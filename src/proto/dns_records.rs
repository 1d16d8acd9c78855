//! The data of DNS records: types, classes, and what each type holds. RFC 1035 §3 and many more.

use super::{
    CaaFlags, CertificateType, CsyncFlags, DigestType, DnsFamily, DnsGatewayType, DnsRcode, DnsType, DnskeyFlags,
    DnssecAlgorithm, EdnsOption, IpProtocol, IpseckeyAlgorithm, Nsec3Flags, Nsec3Hash, SshAlgorithm, SshFingerprint,
    SvcParamKey, TkeyMode, TlsaMatching, TlsaSelector, TlsaUsage, ZonemdHash,
};
use crate::addr::MacAddr;
use crate::field::{Field, Kind, Span, Value, Visitor, Wire, header, show_fixed};
use crate::name::Name;
use crate::part::{Counted, Cursor, Framed, Framing, List, Part, Put, Text, Tlvs, variants, wire_parts};
use crate::source::{Builder, Mistake, Unfit};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

header! {
    /// Where something is, RFC 1876 §2.
    ///
    /// ```
    /// use packetsmith::Loc;
    /// let loc = Loc::new(*b"\0\x12\x16\x13\x8b\x0d\x2c\x8c\x7f\xf8\xfc\xa5\0\x98\xb9\xa8");
    /// assert_eq!((loc.size_cm(), loc.horizontal_precision_cm()), (100, 1_000_000));
    /// assert!((loc.latitude_degrees() - 51.5).abs() < 0.2 && loc.longitude_degrees().abs() < 0.2);
    /// assert_eq!(loc.altitude_cm(), 9_000);
    /// ```
    pub struct Loc(16) {
        /// Version: 0.
        version: u8 = 0..8, "dns.loc.version";
        /// Diameter of a sphere around it: four bits times ten to the power of four bits, in centimetres.
        size: u8 = 8..16, "dns.loc.size", hex;
        /// Horizontal precision, in the same form.
        horizontal_precision: u8 = 16..24, "dns.loc.horizontal_precision", hex;
        /// Vertical precision, in the same form.
        vertical_precision: u8 = 24..32, "dns.loc.vertical_precision", hex;
        /// Latitude in thousandths of a second of arc; 2^31 is the equator, more is north.
        latitude: u32 = 32..64, "dns.loc.latitude";
        /// Longitude in thousandths of a second of arc; 2^31 is the prime meridian, more is east.
        longitude: u32 = 64..96, "dns.loc.longitude";
        /// Altitude in centimetres above 100 km below the WGS 84 spheroid.
        altitude: u32 = 96..128, "dns.loc.altitude";
    }
}

impl<B: core::borrow::Borrow<[u8; 16]>> Loc<B> {
    /// A length from four bits and a power of ten.
    fn centimetres(value: u8) -> u64 {
        u64::from(value >> 4) * 10u64.pow(u32::from(value & 15))
    }
    /// Diameter of a sphere around it, in centimetres.
    pub fn size_cm(&self) -> u64 {
        Self::centimetres(self.size())
    }
    /// Horizontal precision, in centimetres.
    pub fn horizontal_precision_cm(&self) -> u64 {
        Self::centimetres(self.horizontal_precision())
    }
    /// Vertical precision, in centimetres.
    pub fn vertical_precision_cm(&self) -> u64 {
        Self::centimetres(self.vertical_precision())
    }
    /// Latitude in degrees, north of the equator.
    pub fn latitude_degrees(&self) -> f64 {
        (f64::from(self.latitude()) - 2_147_483_648.0) / 3_600_000.0
    }
    /// Longitude in degrees, east of the prime meridian.
    pub fn longitude_degrees(&self) -> f64 {
        (f64::from(self.longitude()) - 2_147_483_648.0) / 3_600_000.0
    }
    /// Altitude in centimetres above the WGS 84 spheroid.
    pub fn altitude_cm(&self) -> i64 {
        i64::from(self.altitude()) - 10_000_000
    }
}

/// A 48-bit number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct U48(pub u64);

impl Wire for U48 {
    const MAX_BITS: usize = 48;
    const KIND: Kind = Kind::Uint;
    fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
        U48(u64::get(buf, bits))
    }
    fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
        self.0.put(buf, bits)
    }
}
wire_parts!(U48);

/// A set of types, RFC 4034 §4.1.2: blocks of up to 256 bits, each behind its number and length.
///
/// ```
/// use packetsmith::{DnsType, TypeBitmap};
/// let types = TypeBitmap::new(&[0, 1, 0x40, 1, 1, 0x40]).unwrap();
/// assert_eq!(types.iter().collect::<Vec<_>>(), [DnsType::A, DnsType::Caa]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeBitmap<'a>(&'a [u8]);

impl<'a> TypeBitmap<'a> {
    /// Takes bytes as blocks; `None` where they are not.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut left = bytes;
        while let [_, length @ 1..=32, rest @ ..] = left {
            left = rest.get(usize::from(*length)..)?;
        }
        left.is_empty().then_some(TypeBitmap(bytes))
    }

    /// The types, each with the offset of the byte that holds its bit.
    fn offsets(&self) -> impl Iterator<Item = (usize, u16)> + use<'a> {
        let (bytes, mut at) = (self.0, 0);
        let blocks = core::iter::from_fn(move || {
            let [window, length] = *bytes.get(at..)?.first_chunk()?;
            let first = at + 2;
            at = first + usize::from(length);
            Some((first..at, u16::from(window) << 8))
        });
        blocks.flat_map(move |(range, base)| {
            let bits = range.clone().flat_map(|at| (0..8).map(move |bit| (at, bit)));
            let bits = bits.filter(move |&(at, bit)| bytes.get(at).is_some_and(|byte| byte & (0x80 >> bit) != 0));
            bits.map(move |(at, bit)| (at, base + (at - range.start) as u16 * 8 + bit))
        })
    }

    /// The types in order.
    pub fn iter(&self) -> impl Iterator<Item = DnsType> + use<'a> {
        self.offsets().map(|(_, number)| DnsType::from(number))
    }
}

impl<'a> Part<'a> for TypeBitmap<'a> {
    const KIND: Kind = Kind::List(&<DnsType as Wire>::KIND);
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
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.0)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        if !builder.source.open(field)? {
            return Ok(());
        }
        // Blocks of 256 types, each as long as its last type needs.
        let (mut block, mut bits, mut last) = (None, [0; 32], None);
        let flush = |block: Option<u16>, bits: &mut [u8; 32], out: &mut dyn Put| {
            if let (Some(block), Some(end)) = (block, bits.iter().rposition(|&byte| byte != 0)) {
                out.put(&[block as u8, end as u8 + 1]);
                out.put(&bits[..=end]);
            }
            *bits = [0; 32];
        };
        while builder.source.next()? {
            let number = builder.source.value(field)?.and_then(|value| value.number());
            let number = number.and_then(|n| u16::try_from(n).ok()).ok_or(Mistake::at(field, Unfit::Kind("a type")))?;
            if last.is_some_and(|last| last >= number) {
                return Err(Mistake::at(field, Unfit::Rule("types stand in ascending order")));
            }
            last = Some(number);
            if block != Some(number >> 8) {
                flush(block, &mut bits, builder.out);
                block = Some(number >> 8);
            }
            bits[usize::from(number >> 3 & 31)] |= 0x80 >> (number & 7);
        }
        flush(block, &mut bits, builder.out);
        builder.source.close()
    }
}

header! {
    /// What stands before the address in a client subnet option, RFC 7871 §6.
    pub struct SubnetFields(4) {
        /// Family of the address.
        family: DnsFamily = 0..16, "dns.opt.client.family";
        /// Bits of the address that the query is about.
        source_prefix: u8 = 16..24, "dns.opt.client.netmask";
        /// Bits of the address that the response is good for.
        scope_prefix: u8 = 24..32, "dns.opt.client.scope";
    }
}

header! {
    /// What stands before the address in an item of an APL record, RFC 3123 §4.
    pub struct PrefixFields(4) {
        /// Family of the address.
        family: DnsFamily = 0..16, "dns.apl.address_family";
        /// Bits of the prefix.
        prefix: u8 = 16..24, "dns.apl.coded_prefix";
        /// The prefix is left out.
        negation: bool = 24..25, "dns.apl.negation";
        /// Bytes of the address that are there.
        address_length: u8 = 25..32, "dns.apl.afdlength", bytes, derived;
    }
}

macro_rules! subnets {
    ($(
        $(#[$meta:meta])*
        $name:ident($fields:ident, $length:expr): $ipv4:literal, $ipv6:literal, $other:literal;
    )*) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'a> {
            /// What stands before the address.
            pub fields: $fields,
            /// The address without trailing zeros, or cut to its prefix.
            pub address: &'a [u8],
        }

        impl $name<'_> {
            /// The fields of the address.
            pub(super) const ADDRESS: [&'static Field; 3] = [
                &Field::floating("address", $ipv4, Kind::Ipv4, "Address."),
                &Field::floating("address", $ipv6, Kind::Ipv6, "Address."),
                &Field::floating("address", $other, Kind::Bytes, "Address of another family."),
            ];

            /// The address filled up with zeros, where the family is known.
            pub fn ip(&self) -> Option<IpAddr> {
                Some(match self.fields.family() {
                    DnsFamily::Ipv4 => IpAddr::from(filled::<4>(self.address)?),
                    DnsFamily::Ipv6 => IpAddr::from(filled::<16>(self.address)?),
                    _ => return None,
                })
            }
        }

        impl<'a> Part<'a> for $name<'a> {
            const KIND: Kind = Kind::Group;
            fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
                let fields = $fields::take(cursor)?;
                let length: fn(&$fields, &Cursor<'_>) -> usize = $length;
                let address = cursor.take(length(&fields, cursor))?;
                Some($name { fields, address })
            }
            fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                show_fixed($fields::FIELDS, self.fields.as_bytes(), span.start, visitor);
                let span = Span::new(span.start + $fields::LEN as u32, span.end);
                let [ipv4, ipv6, other] = Self::ADDRESS;
                match self.ip() {
                    Some(IpAddr::V4(ip)) => visitor.field(ipv4, span, Value::Ipv4(ip)),
                    Some(IpAddr::V6(ip)) => visitor.field(ipv6, span, Value::Ipv6(ip)),
                    None => visitor.field(other, span, Value::Bytes(self.address)),
                }
            }
            fn emit(&self, out: &mut dyn Put) {
                self.fields.emit(out);
                out.put(self.address)
            }
            fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
                let at = builder.len();
                let auto = builder.fixed::<{ $fields::LEN }>($fields::FIELDS)?;
                let [high, low, prefix, flags] = builder.header(at);
                let [ipv4, ipv6, other] = Self::ADDRESS;
                // A prefix list leaves trailing zeros out, a client subnet what is behind its prefix.
                let bytes = if auto != 0 { None } else { Some(usize::from(prefix).div_ceil(8)) };
                match u16::from_be_bytes([high, low]) {
                    1 => builder.shortened(ipv4, bytes)?,
                    2 => builder.shortened(ipv6, bytes)?,
                    _ => builder.bytes(other)?,
                }
                if auto != 0 {
                    let length = builder.len() - at - $fields::LEN;
                    builder.patch(at + 3, 1, u64::from(flags & 0x80) | length as u64 & 0x7f);
                }
                Ok(())
            }
            fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
                $fields::FIELDS.iter().any(|field| builder.source.has(field))
            }
        }
    )* };
}

subnets! {
    /// The network that a query comes from, RFC 7871 §6.
    ClientSubnet(SubnetFields, |_, cursor| cursor.bytes().len()):
        "dns.opt.client.addr4", "dns.opt.client.addr6", "dns.opt.client.addr";
    /// A prefix of addresses, RFC 3123 §4.
    AddressPrefix(PrefixFields, |fields, _| fields.address_length().into()):
        "dns.apl.afdpart.ipv4", "dns.apl.afdpart.ipv6", "dns.apl.afdpart.data";
}

/// Fills an address up with zeros.
fn filled<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut full = [0; N];
    full.get_mut(..bytes.len())?.copy_from_slice(bytes);
    Some(full)
}

header! {
    /// What stands before the gateway in an IPSECKEY record, RFC 4025 §2.1.
    pub struct IpseckeyFields(3) {
        /// Lower ones are tried first.
        precedence: u8 = 0..8, "dns.ipseckey.gateway_precedence";
        /// How the gateway is given.
        gateway_type: DnsGatewayType = 8..16, "dns.ipseckey.gateway_type";
        /// Algorithm of the key.
        algorithm: IpseckeyAlgorithm = 16..24, "dns.ipseckey.gateway_algorithm";
    }
}

header! {
    /// What stands before the relay in an AMTRELAY record, RFC 8777 §4.2.
    pub struct AmtRelayFields(2) {
        /// Lower ones are tried first.
        precedence: u8 = 0..8, "dns.amtrelay.precedence";
        /// A gateway may go straight to the relay, without discovery.
        discovery_optional: bool = 8..9, "dns.amtrelay.discovery_optional";
        /// How the relay is given.
        relay_type: DnsGatewayType = 9..16, "dns.amtrelay.relay_type";
    }
}

/// A gateway or relay, in the way that its type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsGateway<'a> {
    /// None.
    None,
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// A name, not compressed.
    Name(Name<'a>),
    /// Of another type: all that is left.
    Unknown(&'a [u8]),
}

impl<'a> DnsGateway<'a> {
    fn take(kind: DnsGatewayType, cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(match kind {
            DnsGatewayType::None => DnsGateway::None,
            DnsGatewayType::Ipv4 => DnsGateway::Ipv4(Part::take(cursor)?),
            DnsGatewayType::Ipv6 => DnsGateway::Ipv6(Part::take(cursor)?),
            DnsGatewayType::Name => DnsGateway::Name(Part::take(cursor)?),
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
        builder: &mut Builder<'_>,
    ) -> Result<(), Mistake> {
        match kind {
            DnsGatewayType::None => Ok(()),
            DnsGatewayType::Ipv4 => <Ipv4Addr as Part>::build(ipv4, builder),
            DnsGatewayType::Ipv6 => <Ipv6Addr as Part>::build(ipv6, builder),
            DnsGatewayType::Name => builder.name(name),
            DnsGatewayType::Unknown(_) => builder.bytes(other),
        }
    }

    fn emit(&self, out: &mut dyn Put) {
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
            /// What stands before it.
            pub fields: $fields,
            /// Itself.
            pub gateway: DnsGateway<'a>,
        }

        impl $name<'_> {
            /// The fields of itself.
            pub(super) const GATEWAY: [&'static Field; 4] = [
                &Field::floating($row, $ipv4, Kind::Ipv4, "Its address."),
                &Field::floating($row, $ipv6, Kind::Ipv6, "Its address."),
                &Field::floating($row, $dns, Kind::Name, "Its name."),
                &Field::floating($row, $other, Kind::Bytes, "It and what follows, where its type is unknown."),
            ];
        }

        impl<'a> Part<'a> for $name<'a> {
            const KIND: Kind = Kind::Group;
            fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
                let fields = $fields::take(cursor)?;
                Some($name { fields, gateway: DnsGateway::take(fields.$kind(), cursor)? })
            }
            fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                self.fields.show(field, span, visitor);
                self.gateway.show(Self::GATEWAY, Span::new(span.start + $fields::LEN as u32, span.end), visitor);
            }
            fn emit(&self, out: &mut dyn Put) {
                self.fields.emit(out);
                self.gateway.emit(out);
            }
            fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
                let at = builder.len();
                builder.fixed::<{ $fields::LEN }>($fields::FIELDS)?;
                let fields = builder.out.written().get(at..).and_then(|bytes| bytes.first_chunk().copied());
                let kind = fields.map_or(DnsGatewayType::None, |bytes| $fields::new(bytes).$kind());
                DnsGateway::build(kind, Self::GATEWAY, builder)
            }
            fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
                $fields::FIELDS.iter().any(|field| builder.source.has(field))
            }
        }
    )* };
}

gateways! {
    /// A gateway that packets to the owner go through, RFC 4025 §2.
    IpseckeyGateway(IpseckeyFields, gateway_type) "gateway":
        "dns.ipseckey.gateway_ipv4", "dns.ipseckey.gateway_ipv6", "dns.ipseckey.gateway_dns", "dns.ipseckey.gateway";
    /// A relay for automatic multicast tunneling, RFC 8777 §4.
    AmtRelay(AmtRelayFields, relay_type) "relay":
        "dns.amtrelay.ipv4", "dns.amtrelay.ipv6", "dns.amtrelay.name", "dns.amtrelay.relay";
}

header! {
    /// Lengths and algorithm at the beginning of a HIP record, RFC 8005 §5.
    pub struct HostIdentityFields(4) {
        /// Length of the host identity tag.
        hit_length: u8 = 0..8, "dns.hip.hit.length", bytes, derived;
        /// Algorithm of the key.
        algorithm: IpseckeyAlgorithm = 8..16, "dns.hip.hit.pk.algo";
        /// Length of the key.
        key_length: u16 = 16..32, "dns.hip.hit.pk.length", bytes, derived;
    }
}

/// A host identity with its tag, RFC 8005 §5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostIdentity<'a> {
    /// Lengths and algorithm.
    pub fields: HostIdentityFields,
    /// The host identity tag.
    pub hit: &'a [u8],
    /// The host identity: a public key.
    pub public_key: &'a [u8],
}

pub(super) const HIT: &Field = &Field::floating("hit", "dns.hip.hit", Kind::Bytes, "Host identity tag.");
pub(super) const HOST_KEY: &Field = &Field::floating("public_key", "dns.hip.pk", Kind::Bytes, "Host identity: a key.");

impl<'a> Part<'a> for HostIdentity<'a> {
    const KIND: Kind = Kind::Group;
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
    fn emit(&self, out: &mut dyn Put) {
        self.fields.emit(out);
        out.put(self.hit);
        out.put(self.public_key);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        let auto = builder.fixed::<{ HostIdentityFields::LEN }>(HostIdentityFields::FIELDS)?;
        let hit = builder.len();
        builder.bytes(HIT)?;
        let key = builder.len();
        builder.bytes(HOST_KEY)?;
        if auto & 1 << HostIdentityFields::row("hit_length") != 0 {
            builder.patch(at, 1, (key - hit) as u64);
        }
        if auto & 1 << HostIdentityFields::row("key_length") != 0 {
            let length = (builder.len() - key) as u64;
            builder.patch(at + 2, 2, length);
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        HostIdentityFields::FIELDS.iter().any(|field| builder.source.has(field))
    }
}

/// The last bits of an IPv6 address, and the name that has the first ones; RFC 2874 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct A6<'a> {
    /// Bits that the prefix name's address gives, 128 at most.
    pub prefix_length: u8,
    /// The address; bytes that are all of the prefix are zero.
    pub suffix: Ipv6Addr,
    /// Whose address has the prefix, if there is one.
    pub prefix_name: Option<Name<'a>>,
}

pub(super) const A6_FIELDS: [&Field; 3] = [
    &Field::floating("prefix_length", "dns.a6.prefix_len", Kind::Uint, "Bits that the prefix name's address gives."),
    &Field::floating("suffix", "dns.a6.address_suffix", Kind::Ipv6, "The rest of the address."),
    &Field::floating("prefix_name", "dns.a6.prefix_name", Kind::Name, "Whose address has the prefix."),
];

impl A6<'_> {
    /// Where in the address the suffix begins.
    fn start(&self) -> usize {
        usize::from(self.prefix_length) / 8
    }
}

impl<'a> Part<'a> for A6<'a> {
    const KIND: Kind = Kind::Group;
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
    fn emit(&self, out: &mut dyn Put) {
        out.put(&[self.prefix_length]);
        out.put(self.suffix.octets().get(self.start()..).unwrap_or(&[]));
        self.prefix_name.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let [length, suffix, name] = A6_FIELDS;
        let bits = builder.number(length, 1)?;
        let octets = match builder.source.value(suffix)? {
            Some(Value::Ipv6(address)) => address.octets(),
            _ => [0; 16],
        };
        builder.out.put(octets.get(bits as usize / 8..).unwrap_or(&[]));
        if bits > 0 { builder.name(name) } else { Ok(()) }
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        A6_FIELDS.iter().any(|field| builder.source.has(field))
    }
}

variants! {
    /// The data of a record by its type. Names may be compressed; what does not fit its type, and
    /// types without a row here, are kept as they are (RFC 3597).
    ///
    /// ```
    /// use packetsmith::{Cursor, Rdata, part::Variants};
    /// let data = Rdata::decode(15, Cursor::new(b"\0\x0a\x04mail\x07example\0"));
    /// let Rdata::Mx { preference, exchange } = data else { panic!() };
    /// assert_eq!((preference, exchange.to_string().as_str()), (10, "mail.example"));
    /// ```
    pub enum Rdata<'a>: "rtype", "dns.resp.type" {
        /// RFC 1035 §3.4.1.
        A = 1 "A" {
            /// Address of a host.
            address: Ipv4Addr, "dns.a";
        }
        /// RFC 1035 §3.3.11.
        Ns = 2 "NS" {
            /// A server that is an authority for the domain.
            name_server: Name<'a>, "dns.ns";
        }
        /// RFC 1035 §3.3.4.
        Md = 3 "MD" {
            /// Host that delivers mail.
            mail_agent: Name<'a>, "dns.md";
        }
        /// RFC 1035 §3.3.5.
        Mf = 4 "MF" {
            /// Host that forwards mail.
            mail_agent: Name<'a>, "dns.mf";
        }
        /// RFC 1035 §3.3.1.
        Cname = 5 "CNAME" {
            /// The name that the owner is an alias of.
            canonical_name: Name<'a>, "dns.cname";
        }
        /// RFC 1035 §3.3.13.
        Soa = 6 "SOA" {
            /// The zone's primary server.
            mname: Name<'a>, "dns.soa.mname";
            /// Mailbox of who is responsible, its first dot for an at sign.
            rname: Name<'a>, "dns.soa.rname";
            /// Version of the zone.
            serial: u32, "dns.soa.serial_number";
            /// When to look for a new version.
            refresh: u32, "dns.soa.refresh_interval", seconds;
            /// When to look again after a failure.
            retry: u32, "dns.soa.retry_interval", seconds;
            /// When to give the zone up.
            expire: u32, "dns.soa.expire_limit", seconds;
            /// How long to remember that there is no such record, RFC 2308 §4.
            minimum: u32, "dns.soa.minimum_ttl", seconds;
        }
        /// RFC 1035 §3.3.3.
        Mb = 7 "MB" {
            /// Host of the mailbox.
            mailbox_host: Name<'a>, "dns.mb";
        }
        /// RFC 1035 §3.3.6.
        Mg = 8 "MG" {
            /// Mailbox in the group.
            member: Name<'a>, "dns.mg";
        }
        /// RFC 1035 §3.3.8.
        Mr = 9 "MR" {
            /// Mailbox that takes the place of the owner.
            new_name: Name<'a>, "dns.mr";
        }
        /// RFC 1035 §3.3.10.
        Null = 10 "NULL" {
            /// Anything at all.
            anything: &'a [u8], "dns.null";
        }
        /// RFC 1035 §3.4.2.
        Wks = 11 "WKS" {
            /// Address of the host.
            address: Ipv4Addr, "dns.wks.address";
            /// Protocol of the services.
            protocol: IpProtocol, "dns.wks.protocol";
            /// One bit a port, from port 0 on.
            ports: &'a [u8], "dns.wks.bits";
        }
        /// RFC 1035 §3.3.12.
        Ptr = 12 "PTR" {
            /// The name pointed to.
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
            /// Mailbox of who is responsible.
            responsible: Name<'a>, "dns.minfo.r";
            /// Mailbox for errors.
            errors: Name<'a>, "dns.minfo.e";
        }
        /// RFC 1035 §3.3.9.
        Mx = 15 "MX" {
            /// Lower ones are tried first.
            preference: u16, "dns.mx.preference";
            /// Host that takes mail.
            exchange: Name<'a>, "dns.mx.mail_exchange";
        }
        /// RFC 1035 §3.3.14.
        Txt = 16 "TXT" {
            /// One or more strings.
            text: List<'a, Counted<Text<'a>>>, "dns.txt";
        }
        /// RFC 1183 §2.2.
        Rp = 17 "RP" {
            /// Mailbox of who is responsible.
            mailbox: Name<'a>, "dns.rp.mailbox";
            /// Where a TXT record says more.
            text_name: Name<'a>, "dns.rp.txt_rr";
        }
        /// RFC 1183 §1.
        Afsdb = 18 "AFSDB" {
            /// 1 for AFS cell databases, 2 for DCE name servers.
            subtype: u16, "dns.afsdb.subtype";
            /// The server.
            host: Name<'a>, "dns.afsdb.hostname";
        }
        /// RFC 1183 §3.1.
        X25 = 19 "X25" {
            /// Address in X.121's form.
            psdn_address: Counted<Text<'a>>, "dns.x25.psdn_address";
        }
        /// RFC 1183 §3.2.
        Isdn = 20 "ISDN" {
            /// Number.
            address: Counted<Text<'a>>, "dns.idsn.address";
            /// Subaddress.
            sub_address: Option<Counted<Text<'a>>>, "dns.idsn.sa.address";
        }
        /// RFC 1183 §3.3.
        Rt = 21 "RT" {
            /// Lower ones are tried first.
            preference: u16, "dns.rt.subtype";
            /// Host that routes to the owner.
            intermediate: Name<'a>, "dns.rt.intermediate_host";
        }
        /// RFC 1706 §5.
        Nsap = 22 "NSAP" {
            /// Address.
            nsap: &'a [u8], "dns.nsap.rdata";
        }
        /// RFC 1706 §6.
        NsapPtr = 23 "NSAP-PTR" {
            /// The name pointed to.
            owner: Name<'a>, "dns.nsap_ptr.owner";
        }
        /// RFC 2535 §4, over a message as SIG(0), RFC 2931 §3.
        Sig = 24 "SIG" {
            /// Type of the records signed, 0 for a message.
            type_covered: DnsType, "dns.rrsig.type_covered";
            /// Algorithm.
            algorithm: DnssecAlgorithm, "dns.rrsig.algorithm";
            /// Labels of the name signed.
            labels: u8, "dns.rrsig.labels";
            /// TTL as it was signed.
            original_ttl: u32, "dns.rrsig.original_ttl", seconds;
            /// When the signature ends, in seconds since 1970.
            expiration: u32, "dns.rrsig.signature_expiration";
            /// When it begins.
            inception: u32, "dns.rrsig.signature_inception";
            /// Tells the signer's keys apart.
            key_tag: u16, "dns.rrsig.key_tag";
            /// Whose key it is.
            signer: Name<'a>, "dns.rrsig.signers_name";
            /// The signature.
            signature: &'a [u8], "dns.rrsig.signature";
        }
        /// RFC 2535 §3, RFC 3445.
        Key = 25 "KEY" {
            /// What the key is for.
            flags: u16, "dns.key.flags", hex;
            /// Protocol that uses the key, 3 for DNSSEC.
            protocol: u8, "dns.key.protocol";
            /// Algorithm.
            algorithm: DnssecAlgorithm, "dns.key.algorithm";
            /// The key.
            public_key: &'a [u8], "dns.key.public_key";
        }
        /// RFC 2163 §4.
        Px = 26 "PX" {
            /// Lower ones are tried first.
            preference: u16, "dns.px.preference";
            /// Domain in Internet mail.
            map822: Name<'a>, "dns.px.map822";
            /// Domain in X.400.
            mapx400: Name<'a>, "dns.px.map400";
        }
        /// RFC 1712 §3.
        Gpos = 27 "GPOS" {
            /// Degrees east.
            longitude: Counted<Text<'a>>, "dns.gpos.longitude";
            /// Degrees north.
            latitude: Counted<Text<'a>>, "dns.gpos.latitude";
            /// Metres.
            altitude: Counted<Text<'a>>, "dns.gpos.altitude";
        }
        /// RFC 3596 §2.2.
        Aaaa = 28 "AAAA" {
            /// Address of a host.
            address: Ipv6Addr, "dns.aaaa";
        }
        /// RFC 1876 §2.
        Loc = 29 "LOC" {
            /// Where the owner is.
            location: Loc, "dns.loc";
        }
        /// RFC 2535 §5.
        Nxt = 30 "NXT" {
            /// Next name of the zone.
            next_name: Name<'a>, "dns.nxt.next_domain_name";
            /// One bit a type, from type 0 on.
            types: &'a [u8], "dns.nxt.types";
        }
        /// RFC 2782.
        Srv = 33 "SRV" {
            /// Lower ones are tried first.
            priority: u16, "dns.srv.priority";
            /// Share among those of one priority.
            weight: u16, "dns.srv.weight";
            /// Port of the service.
            port: u16, "dns.srv.port";
            /// Host of the service.
            target: Name<'a>, "dns.srv.target";
        }
        /// RFC 3403 §4.1.
        Naptr = 35 "NAPTR" {
            /// Order of the rules.
            order: u16, "dns.naptr.order";
            /// Order among those of one order.
            preference: u16, "dns.naptr.preference";
            /// What comes next.
            flags: Counted<Text<'a>>, "dns.naptr.flags";
            /// Services on offer.
            services: Counted<Text<'a>>, "dns.naptr.service";
            /// Substitution to make.
            regexp: Counted<Text<'a>>, "dns.naptr.regex";
            /// Name to ask for next.
            replacement: Name<'a>, "dns.naptr.replacement";
        }
        /// RFC 2230 §3.1.
        Kx = 36 "KX" {
            /// Lower ones are tried first.
            preference: u16, "dns.kx.preference";
            /// Host that exchanges keys.
            exchanger: Name<'a>, "dns.kx.key_exchange";
        }
        /// RFC 4398 §2.
        Cert = 37 "CERT" {
            /// Kind of certificate.
            certificate_type: CertificateType, "dns.cert.type";
            /// Tells keys apart.
            key_tag: u16, "dns.cert.key_tag";
            /// Algorithm.
            algorithm: DnssecAlgorithm, "dns.cert.algorithm";
            /// The certificate, or its revocation list.
            certificate: &'a [u8], "dns.cert.certificate";
        }
        /// RFC 2874 §3.1; historic (RFC 6563).
        A6 = 38 "A6" {
            /// A part of an address.
            address: A6<'a>, "dns.a6";
        }
        /// RFC 6672 §2.1.
        Dname = 39 "DNAME" {
            /// What takes the owner's place at the end of names.
            target: Name<'a>, "dns.dname";
        }
        /// RFC 6891 §6.1.2.
        Opt = 41 "OPT" {
            /// Options.
            options: Tlvs<'a, EdnsOption<'a>>, "dns.opt";
        }
        /// RFC 3123 §4.
        Apl = 42 "APL" {
            /// Prefixes of addresses.
            prefixes: List<'a, AddressPrefix<'a>>, "dns.apl";
        }
        /// RFC 4034 §5.1.
        Ds = 43 "DS" {
            /// Tells the child's keys apart.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Algorithm of the digest.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the child's key.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 4255 §3.1.
        Sshfp = 44 "SSHFP" {
            /// Algorithm of the key.
            algorithm: SshAlgorithm, "dns.sshfp.algorithm";
            /// Algorithm of the fingerprint.
            fingerprint_type: SshFingerprint, "dns.sshfp.fingerprint.type";
            /// Fingerprint of the key.
            fingerprint: &'a [u8], "dns.sshfp.fingerprint";
        }
        /// RFC 4025 §2.
        Ipseckey = 45 "IPSECKEY" {
            /// Where packets to the owner go.
            gateway: IpseckeyGateway<'a>, "dns.ipseckey";
            /// The key, in DNSSEC's form without its head.
            public_key: &'a [u8], "dns.ipseckey.public_key";
        }
        /// RFC 4034 §3.1.
        Rrsig = 46 "RRSIG" {
            /// Type of the records signed.
            type_covered: DnsType, "dns.rrsig.type_covered";
            /// Algorithm.
            algorithm: DnssecAlgorithm, "dns.rrsig.algorithm";
            /// Labels of the name signed, without a wildcard.
            labels: u8, "dns.rrsig.labels";
            /// TTL as it was signed.
            original_ttl: u32, "dns.rrsig.original_ttl", seconds;
            /// When the signature ends, in seconds since 1970.
            expiration: u32, "dns.rrsig.signature_expiration";
            /// When it begins.
            inception: u32, "dns.rrsig.signature_inception";
            /// Tells the signer's keys apart.
            key_tag: u16, "dns.rrsig.key_tag";
            /// Zone of the key.
            signer: Name<'a>, "dns.rrsig.signers_name";
            /// The signature.
            signature: &'a [u8], "dns.rrsig.signature";
        }
        /// RFC 4034 §4.1, in multicast DNS RFC 6762 §6.1.
        Nsec = 47 "NSEC" {
            /// Next name of the zone.
            next_name: Name<'a>, "dns.nsec.next_domain_name";
            /// Types that the owner has.
            types: TypeBitmap<'a>, "dns.nsec.types";
        }
        /// RFC 4034 §2.1.
        Dnskey = 48 "DNSKEY" {
            /// What the key is for.
            flags: DnskeyFlags, "dns.dnskey.flags", hex;
            /// Always 3.
            protocol: u8, "dns.dnskey.protocol";
            /// Algorithm.
            algorithm: DnssecAlgorithm, "dns.dnskey.algorithm";
            /// The key.
            public_key: &'a [u8], "dns.dnskey.public_key";
        }
        /// RFC 4701 §3.
        Dhcid = 49 "DHCID" {
            /// Digest of a DHCP client's identity.
            identifier: &'a [u8], "dns.dhcid.rdata";
        }
        /// RFC 5155 §3.
        Nsec3 = 50 "NSEC3" {
            /// Algorithm of the hashes.
            hash_algorithm: Nsec3Hash, "dns.nsec3.algo";
            /// Flags.
            flags: Nsec3Flags, "dns.nsec3.flags", hex;
            /// Times that the hash is made over again.
            iterations: u16, "dns.nsec3.iterations";
            /// Salt of the hashes.
            salt: Counted<&'a [u8]>, "dns.nsec3.salt_value";
            /// Next hash of the zone.
            next_hashed_name: Counted<&'a [u8]>, "dns.nsec3.hash_value";
            /// Types that the owner has.
            types: TypeBitmap<'a>, "dns.nsec3.types";
        }
        /// RFC 5155 §4.
        Nsec3param = 51 "NSEC3PARAM" {
            /// Algorithm of the hashes.
            hash_algorithm: Nsec3Hash, "dns.nsec3.algo";
            /// Flags.
            flags: Nsec3Flags, "dns.nsec3.flags", hex;
            /// Times that the hash is made over again.
            iterations: u16, "dns.nsec3.iterations";
            /// Salt of the hashes.
            salt: Counted<&'a [u8]>, "dns.nsec3.salt_value";
        }
        /// RFC 6698 §2.1.
        Tlsa = 52 "TLSA" {
            /// What the certificate is for.
            usage: TlsaUsage, "dns.tlsa.certificate_usage";
            /// What of it is matched.
            selector: TlsaSelector, "dns.tlsa.selector";
            /// How it is matched.
            matching_type: TlsaMatching, "dns.tlsa.matching_type";
            /// What it is matched with.
            association: &'a [u8], "dns.tlsa.certificate_association_data";
        }
        /// RFC 8162 §2.
        Smimea = 53 "SMIMEA" {
            /// What the certificate is for.
            usage: TlsaUsage, "dns.tlsa.certificate_usage";
            /// What of it is matched.
            selector: TlsaSelector, "dns.tlsa.selector";
            /// How it is matched.
            matching_type: TlsaMatching, "dns.tlsa.matching_type";
            /// What it is matched with.
            association: &'a [u8], "dns.tlsa.certificate_association_data";
        }
        /// RFC 8005 §5.
        Hip = 55 "HIP" {
            /// Who the owner is.
            identity: HostIdentity<'a>, "dns.hip";
            /// Where to meet the owner, the preferred first.
            rendezvous_servers: List<'a, Name<'a>>, "dns.hip.rendezvous_server";
        }
        /// As TXT, for the status of a zone.
        Ninfo = 56 "NINFO" {
            /// One or more strings.
            text: List<'a, Counted<Text<'a>>>, "dns.ninfo";
        }
        /// Draft-ietf-dnsop-dnssec-trust-history.
        Talink = 58 "TALINK" {
            /// The trust anchor before.
            previous: Name<'a>, "dns.talink.previous";
            /// The trust anchor after.
            next: Name<'a>, "dns.talink.next";
        }
        /// RFC 7344 §3.1: a DS record for the parent to take.
        Cds = 59 "CDS" {
            /// Tells the child's keys apart.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key, 0 to delete.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Algorithm of the digest.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the child's key.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 7344 §3.2: a DNSKEY record for the parent to take.
        Cdnskey = 60 "CDNSKEY" {
            /// What the key is for.
            flags: DnskeyFlags, "dns.dnskey.flags", hex;
            /// Always 3.
            protocol: u8, "dns.dnskey.protocol";
            /// Algorithm, 0 to delete.
            algorithm: DnssecAlgorithm, "dns.dnskey.algorithm";
            /// The key.
            public_key: &'a [u8], "dns.dnskey.public_key";
        }
        /// RFC 7929 §2.
        Openpgpkey = 61 "OPENPGPKEY" {
            /// A transferable public key.
            key: &'a [u8], "dns.openpgpkey";
        }
        /// RFC 7477 §2.1.
        Csync = 62 "CSYNC" {
            /// The child's SOA serial number.
            serial: u32, "dns.csync.soa";
            /// Flags.
            flags: CsyncFlags, "dns.csync.flags", hex;
            /// Types to take over from the child.
            types: TypeBitmap<'a>, "dns.csync.type_bitmap";
        }
        /// RFC 8976 §2.2.
        Zonemd = 63 "ZONEMD" {
            /// The zone's SOA serial number.
            serial: u32, "dns.zonemd.serial";
            /// 1: the digest of all of the zone.
            scheme: u8, "dns.zonemd.scheme";
            /// Algorithm of the digest.
            hash_algorithm: ZonemdHash, "dns.zonemd.hash_algo";
            /// Digest of the zone.
            digest: &'a [u8], "dns.zonemd.digest";
        }
        /// RFC 9460 §2.2.
        Svcb = 64 "SVCB" {
            /// Lower ones are tried first, 0 for an alias.
            priority: u16, "dns.svcb.svcpriority";
            /// Host of the service, the root for the owner.
            target: Name<'a>, "dns.svcb.targetname";
            /// How to reach the service.
            params: Tlvs<'a, SvcParam<'a>>, "dns.svcb.svcparam";
        }
        /// RFC 9460 §9.
        Https = 65 "HTTPS" {
            /// Lower ones are tried first, 0 for an alias.
            priority: u16, "dns.svcb.svcpriority";
            /// Host of the service, the root for the owner.
            target: Name<'a>, "dns.svcb.targetname";
            /// How to reach the service.
            params: Tlvs<'a, SvcParam<'a>>, "dns.svcb.svcparam";
        }
        /// RFC 9859 §2.
        Dsync = 66 "DSYNC" {
            /// Type to send a notification about.
            record_type: DnsType, "dns.dsync.rrtype";
            /// 1: NOTIFY.
            scheme: u8, "dns.dsync.scheme";
            /// Port to send it to.
            port: u16, "dns.dsync.port";
            /// Host to send it to.
            target: Name<'a>, "dns.dsync.target";
        }
        /// RFC 7208 §3.1.
        Spf = 99 "SPF" {
            /// One or more strings.
            text: List<'a, Counted<Text<'a>>>, "dns.spf";
        }
        /// RFC 6742 §2.1.
        Nid = 104 "NID" {
            /// Lower ones are preferred.
            preference: u16, "dns.ilnp.nid.preference";
            /// Node identifier.
            node_id: [u8; 8], "dns.ilnp.nid";
        }
        /// RFC 6742 §2.2.
        L32 = 105 "L32" {
            /// Lower ones are preferred.
            preference: u16, "dns.ilnp.l32.preference";
            /// Locator.
            locator: Ipv4Addr, "dns.ilnp.l32";
        }
        /// RFC 6742 §2.3.
        L64 = 106 "L64" {
            /// Lower ones are preferred.
            preference: u16, "dns.ilnp.l64.preference";
            /// Locator.
            locator: [u8; 8], "dns.ilnp.l64";
        }
        /// RFC 6742 §2.4.
        Lp = 107 "LP" {
            /// Lower ones are preferred.
            preference: u16, "dns.ilnp.lp.preference";
            /// Name that has locators.
            locator_name: Name<'a>, "dns.ilnp.lp";
        }
        /// RFC 7043 §3.
        Eui48 = 108 "EUI48" {
            /// Address.
            address: MacAddr, "dns.eui48";
        }
        /// RFC 7043 §4.
        Eui64 = 109 "EUI64" {
            /// Address.
            address: [u8; 8], "dns.eui64";
        }
        /// RFC 2930 §2.
        Tkey = 249 "TKEY" {
            /// Algorithm of the key.
            algorithm_name: Name<'a>, "dns.tkey.algo_name";
            /// When the key begins, in seconds since 1970.
            inception: u32, "dns.tkey.signature_inception";
            /// When it ends.
            expiration: u32, "dns.tkey.signature_expiration";
            /// How the key is made.
            mode: TkeyMode, "dns.tkey.mode";
            /// Error.
            error: DnsRcode, "dns.tkey.error";
            /// What the key is made of.
            key: Counted<&'a [u8], 2>, "dns.tkey.key_data";
            /// Nothing yet.
            other: Counted<&'a [u8], 2>, "dns.tkey.other_data";
        }
        /// RFC 8945 §4.2.
        Tsig = 250 "TSIG" {
            /// Algorithm of the code.
            algorithm_name: Name<'a>, "dns.tsig.algorithm_name";
            /// When it was signed, in seconds since 1970.
            time_signed: U48, "dns.tsig.time_signed";
            /// How far clocks may be apart.
            fudge: u16, "dns.tsig.fudge", seconds;
            /// Message authentication code.
            mac: Counted<&'a [u8], 2>, "dns.tsig.mac";
            /// The message's identifier as it was signed.
            original_id: u16, "dns.tsig.original_id", hex;
            /// Error.
            error: DnsRcode, "dns.tsig.error";
            /// The server's time, with a bad time.
            other: Counted<&'a [u8], 2>, "dns.tsig.other_data";
        }
        /// RFC 7553 §4.
        Uri = 256 "URI" {
            /// Lower ones are tried first.
            priority: u16, "dns.uri.priority";
            /// Share among those of one priority.
            weight: u16, "dns.uri.weight";
            /// The URI.
            target: Text<'a>, "dns.uri.target";
        }
        /// RFC 8659 §4.1.
        Caa = 257 "CAA" {
            /// Flags.
            flags: CaaFlags, "dns.caa.flags", hex;
            /// Name of the property.
            tag: Counted<Text<'a>>, "dns.caa.tag";
            /// Its value.
            value: Text<'a>, "dns.caa.value";
        }
        /// As TXT, for Application Visibility and Control.
        Avc = 258 "AVC" {
            /// One or more strings.
            text: List<'a, Counted<Text<'a>>>, "dns.avc";
        }
        /// Draft-durand-doa-over-dns §3.
        Doa = 259 "DOA" {
            /// Enterprise number of who gives the type a meaning.
            enterprise: u32, "dns.doa.enterprise";
            /// Kind of object.
            object_type: u32, "dns.doa.type";
            /// Where the object is: 1 here, 2 at a URI.
            location: u8, "dns.doa.location";
            /// Media type of the data.
            media_type: Counted<Text<'a>>, "dns.doa.media_type";
            /// The object, or where it is.
            data: &'a [u8], "dns.doa.data";
        }
        /// RFC 8777 §4.
        Amtrelay = 260 "AMTRELAY" {
            /// Where multicast from the owner can be had.
            relay: AmtRelay<'a>, "dns.amtrelay";
        }
        /// RFC 9606 §5, as TXT.
        Resinfo = 261 "RESINFO" {
            /// What the resolver can do.
            text: List<'a, Counted<Text<'a>>>, "dns.resinfo";
        }
        /// As TXT, for public wallet addresses.
        Wallet = 262 "WALLET" {
            /// One or more strings.
            text: List<'a, Counted<Text<'a>>>, "dns.wallet";
        }
        /// As DS, for trust anchors.
        Ta = 32768 "TA" {
            /// Tells the child's keys apart.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Algorithm of the digest.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the key.
            digest: &'a [u8], "dns.ds.digest";
        }
        /// RFC 4431 §2, as DS.
        Dlv = 32769 "DLV" {
            /// Tells the child's keys apart.
            key_tag: u16, "dns.ds.key_id";
            /// Algorithm of the key.
            algorithm: DnssecAlgorithm, "dns.ds.algorithm";
            /// Algorithm of the digest.
            digest_type: DigestType, "dns.ds.digest_type";
            /// Digest of the key.
            digest: &'a [u8], "dns.ds.digest";
        }
    }
}

variants! {
    /// A parameter of a service binding, RFC 9460 §7 and §8.
    pub enum SvcParam<'a>: "key", "dns.svcb.svcparam.key" {
        /// RFC 9460 §8.
        Mandatory = 0 "mandatory" {
            /// Parameters that a client must know.
            keys: List<'a, SvcParamKey>, "dns.svcb.svcparam.mandatory.key";
        }
        /// RFC 9460 §7.1.
        Alpn = 1 "alpn" {
            /// Protocols spoken.
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
            /// Addresses to try.
            addresses: List<'a, Ipv4Addr>, "dns.svcb.svcparam.ipv4hint.ip";
        }
        /// RFC 9848 §3.
        Ech = 5 "ech" {
            /// Configurations of encrypted client hello.
            config: &'a [u8], "dns.svcb.svcparam.echconfig";
        }
        /// RFC 9460 §7.3.
        Ipv6Hint = 6 "ipv6hint" {
            /// Addresses to try.
            addresses: List<'a, Ipv6Addr>, "dns.svcb.svcparam.ipv6hint.ip";
        }
        /// RFC 9461 §5.
        DohPath = 7 "dohpath" {
            /// URI template of DNS over HTTPS.
            template: Text<'a>, "dns.svcb.svcparam.dohpath";
        }
        /// RFC 9540 §4.
        Ohttp = 8 "ohttp" {}
        /// Groups of TLS key exchange.
        TlsSupportedGroups = 9 "tls-supported-groups" {
            /// Groups, the preferred first.
            groups: List<'a, u16>, "dns.svcb.svcparam.groups";
        }
    }
}

impl Framed for SvcParam<'_> {
    const FRAMING: Framing = Framing::WORDS;
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::part::Variants;
    use std::vec::Vec;

    #[test]
    fn names_of_numbers_agree_between_tables() {
        for &(number, name) in Rdata::REGISTRY.entries {
            assert_eq!((DnsType::REGISTRY.name)(number), Some(name));
        }
        assert_eq!(SvcParam::REGISTRY.entries, SvcParamKey::REGISTRY.entries);
    }

    #[test]
    fn data_that_fits_its_type_is_written_back_as_it_was() {
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
    fn data_must_be_used_up() {
        let address = [192, 0, 2, 1, 0];
        assert!(Rdata::decode(1, Cursor::new(&address)).is_unknown());
        assert!(Rdata::decode(1, Cursor::new(&address[..3])).is_unknown());
        assert_eq!(Rdata::decode(1, Cursor::new(&address[..4])), Rdata::A { address: [192, 0, 2, 1].into() });
    }

    #[test]
    fn data_that_breaks_off_stays_raw() {
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
    fn a_gateway_is_what_its_type_says() {
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
    fn a_bitmap_of_wrong_blocks_is_none() {
        for bytes in [&b"\0"[..], b"\0\0", b"\0\x21", b"\0\x02\x40", b"\0\x01\x40\x01"] {
            assert_eq!(TypeBitmap::new(bytes), None, "{bytes:?}");
        }
        assert_eq!(TypeBitmap::new(b"").unwrap().iter().count(), 0);
        let full = [&b"\xff\x20"[..], &[0xff; 32]].concat();
        let types = TypeBitmap::new(&full).unwrap();
        assert_eq!((types.iter().count(), types.iter().last()), (256, Some(DnsType::Unknown(0xffff))));
    }

    #[test]
    fn a_subnet_is_filled_up_with_zeros() {
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
