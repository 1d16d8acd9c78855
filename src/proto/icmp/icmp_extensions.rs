//! ICMP extensions (RFC 4884): objects that routers append to the quoted packet.

use crate::layer::LayerBounds;
use crate::layer::Report;
use crate::layer::rules;
use crate::layer::{IssueKind, LayerContext};
use crate::wire::{BitRange, Schema};
use crate::wire::{ByteSink, Codec, Cursor, List, TaggedEnum, Text, TlvItem, TlvLayout, Tlvs, tagged_enum};
use crate::wire::{Checksum, Sum};
use crate::wire::{Encoder, FieldError, LENGTH, OWN, TRAILER, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, put_bits, registry};
use core::net::{Ipv4Addr, Ipv6Addr};

rules! {
    /// Rules of ICMP and ICMPv6 extensions.
    pub enum IcmpRule {
        NoExtensionStructure = Warning "icmp.extensions.not_version_2"
            "these bytes are not an extension structure of version 2 (RFC 4884 §7)",
        LengthTooLarge = Error "icmp.length.too_large"
            "the length of the quoted packet is greater than that of the message (RFC 4884 §4)",
        LengthNotAtExtensions = Warning "icmp.length.not_at_extensions"
            "the length of the quoted packet does not lead to the extension structure, which begins at byte 128 (RFC 4884 §5.5)",
    }
}

header! {
    /// Header of an extension structure, RFC 4884 §7.
    pub struct IcmpExtensionHeader(4) => IcmpExtensionHeaderEdit {
        /// Version: always 2.
        version: u8 = 0..4, "icmp.ext.version", default(2);
        /// Reserved.
        reserved: u16 = 4..16, "icmp.ext.res", reserved;
        /// Internet checksum of the extension structure. Zero if none was computed.
        checksum: u16 = 16..32, "icmp.ext.checksum", checksum;
    }
}

/// An extension structure with its objects. It borrows from the frame.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::icmp::{IcmpExtensions, IcmpObject};
/// let bytes = [0x20, 0, 0x65, 0x5b, 0, 8, 1, 1, 0x18, 0x6a, 0x01, 0x01];
/// let extensions = IcmpExtensions::new(Cursor::new(&bytes)).unwrap();
/// let Some(IcmpObject::Mpls { labels, .. }) = extensions.objects().iter().next() else { panic!() };
/// assert_eq!(labels.iter().next().unwrap().label(), 100000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpExtensions<'a> {
    all: Cursor<'a>,
    header: IcmpExtensionHeader,
    objects: Cursor<'a>,
}

pub(crate) const EXTENSIONS: &Field =
    &Field::floating("extensions", "icmp.ext", Kind::Group, "Extension structure, RFC 4884 §7.");
pub(crate) const OBJECTS: &Field =
    &Field::floating("objects", "icmp.ext", Kind::List(&Kind::Group), "Extension objects, RFC 4884 §8.");

impl<'a> IcmpExtensions<'a> {
    /// The version supported.
    pub const VERSION: u8 = 2;

    /// Reads all remaining bytes as an extension structure. `None` if the header is truncated or has another version.
    pub fn new(all: Cursor<'a>) -> Option<Self> {
        let mut objects = all;
        let header = IcmpExtensionHeader::take(&mut objects)?;
        (header.version() == Self::VERSION).then_some(IcmpExtensions { all, header, objects })
    }

    /// The fixed header.
    pub fn header(&self) -> IcmpExtensionHeader {
        self.header
    }

    /// The objects.
    pub fn objects(&self) -> Tlvs<'a, IcmpObject<'a>> {
        Tlvs::at(self.objects)
    }

    /// Verifies the checksum of a structure that was captured completely.
    pub fn verify(&self) -> Checksum {
        match self.header.checksum() {
            0 => Checksum::Absent,
            stored => Sum::new().bytes(self.all.bytes()).verify(stored),
        }
    }

    pub(crate) fn show(&self, is_whole: bool, visitor: &mut dyn Visitor) {
        visitor.open(EXTENSIONS, self.all.span());
        for field in IcmpExtensionHeader::FIELDS {
            let value = match (field.kind, field.read(self.header.as_bytes())) {
                (Kind::Checksum, Some(Value::Uint(n))) => {
                    let state = if is_whole { self.verify() } else { Checksum::Unverifiable };
                    Value::Checksum(n as u16, state)
                }
                (_, Some(value)) => value,
                (_, None) => continue,
            };
            visitor.field(field, field.span(self.all.span().start), value);
        }
        self.objects().show(OBJECTS, visitor);
        visitor.close();
    }

    pub(crate) fn check(&self, report: &mut Report<'_>) {
        if let state @ Checksum::Bad(_) = self.verify() {
            let field = &IcmpExtensionHeader::FIELDS[2];
            report(Some(field), field.span(self.all.span().start), IssueKind::Checksum(state));
        }
        self.objects().check(OBJECTS, report);
    }
}

/// Length of a quoted packet without a length field, after the first 8 bytes of the message, RFC 4884 §5.5.
const FIXED: usize = 8 + 128;

/// Where the quoted packet of a message ends, if extensions may follow. `length` is what the length field says in bytes.
/// Where that is 0 or leads to no extension structure, and one with a correct checksum is at 128 bytes, it is taken.
pub(crate) fn quote_end(bytes: &[u8], length: usize) -> Option<usize> {
    let structure = |at: usize| IcmpExtensions::new(Cursor::new(bytes.get(at..)?));
    let end = Some(8 + length).filter(|&end| length > 0 && end <= bytes.len());
    if end.is_some_and(|end| end == bytes.len() || structure(end).is_some()) {
        return end;
    }
    match structure(FIXED) {
        Some(found) if found.verify() == Checksum::Good => Some(FIXED),
        _ => end,
    }
}

/// Reports a length of the quoted packet that contradicts the message. `context` is that of the message.
pub(crate) fn check_length(length: usize, context: &LayerContext<'_>, report: &mut Report<'_>) {
    let end = 8 + length;
    let taken = (context.bounds.payload_end - context.bounds.start) as usize;
    let all = (context.bounds.trailer_end - context.bounds.start) as usize;
    let mut rule = |rule: IcmpRule| report(None, context.header_span(), rule.into());
    if length == 0 || !context.is_all_here() || context.outer_is_short || context.quoted {
        return;
    }
    if end > all {
        rule(IcmpRule::LengthTooLarge);
    } else if end != taken {
        rule(IcmpRule::LengthNotAtExtensions);
    }
}

/// Length in bytes of an extended echo request with its one object, RFC 8335 §2. Data may follow.
pub(crate) fn probe_len(bytes: &[u8]) -> usize {
    const HEAD: usize = 8 + IcmpExtensionHeader::LEN;
    match bytes.get(HEAD..) {
        Some([high, low, ..]) => HEAD + usize::from(u16::from_be_bytes([*high, *low])).max(4),
        _ => HEAD + 4,
    }
}

/// Shows the bytes after the quoted packet as an extension structure, or raw if they are not one.
pub(crate) fn show(trailer: Cursor<'_>, is_whole: bool, visitor: &mut dyn Visitor) {
    match IcmpExtensions::new(trailer) {
        Some(extensions) => extensions.show(is_whole, visitor),
        None if trailer.is_empty() => {}
        None => visitor.field(NO_EXTENSIONS, trailer.span(), Value::Bytes(trailer.bytes())),
    }
}

/// Reports issues in the bytes after the quoted packet, which were captured completely.
pub(crate) fn check(trailer: Cursor<'_>, report: &mut Report<'_>) {
    match IcmpExtensions::new(trailer) {
        Some(extensions) => extensions.check(report),
        None if trailer.is_empty() => {}
        None => {
            report(None, trailer.span(), IcmpRule::NoExtensionStructure.into());
        }
    }
}

tagged_enum! {
    /// An extension object, selected by its class (IANA).
    pub enum IcmpObject<'a>: "class", "icmp.ext.class", "extension objects", length "icmp.ext.length" {
        Mpls = 1 "MPLS label stack" {
            /// Class subtype: 1 is the incoming label stack, RFC 4950 §3.
            c_type: u8, "icmp.ext.ctype";
            /// Label stack entries, top of the stack first.
            labels: List<'a, MplsLabel>, "icmp.mpls";
        }
        InterfaceInformation = 2 "interface information" {
            /// Information about an interface, RFC 5837 §4.
            interface: InterfaceInformation<'a>, "icmp.int_info";
        }
        InterfaceIdentification = 3 "interface identification" {
            /// Interface that is probed, RFC 8335 §2.1.
            interface: InterfaceIdentification<'a>, "icmp.int_ident";
        }
    }
}

impl TlvItem for IcmpObject<'_> {
    // The class subtype is read as the first byte of the contents. For interfaces it selects the contents.
    const LAYOUT: TlvLayout = TlvLayout {
        header_len: 3,
        kind: BitRange::new(16, 24),
        length: BitRange::new(0, 16),
        counts_header: true,
        ..TlvLayout::BYTES
    };
}

header! {
    /// An MPLS label stack entry, RFC 3032 §2.1.
    pub struct MplsLabel(4) => MplsLabelEdit {
        /// Label value.
        label: u32 = 0..20, "icmp.mpls.label";
        /// Traffic class, formerly experimental bits, RFC 5462.
        traffic_class: u8 = 20..23, "icmp.mpls.exp";
        /// Bottom of stack: this is the last entry.
        bottom: bool = 23..24, "icmp.mpls.s";
        /// Time to live in hops.
        ttl: u8 = 24..32, "icmp.mpls.ttl";
    }
}

registry! {
    /// Role of an interface with respect to the quoted packet, RFC 5837 §4.1.
    pub enum InterfaceRole: u8 {
        Incoming = 0 "incoming interface",
        SubIp = 1 "sub-IP component of the incoming interface",
        Outgoing = 2 "outgoing interface",
        NextHop = 3 "next hop",
    }
}

header! {
    /// Class subtype of interface information: the fields that follow, and the role of the interface. RFC 5837 §4.1.
    pub struct InterfaceContents(1) => InterfaceContentsEdit {
        /// Role of the interface with respect to the quoted packet.
        role: InterfaceRole = 0..2, "icmp.int_info.role";
        /// Reserved.
        reserved: u8 = 2..4, "icmp.int_info.reserved", reserved;
        /// An interface index follows.
        has_index: bool = 4..5, "icmp.int_info.ifindex", computed;
        /// An IP address follows.
        has_address: bool = 5..6, "icmp.int_info.ipaddr", computed;
        /// An interface name follows.
        has_name: bool = 6..7, "icmp.int_info.name_present", computed;
        /// An MTU follows.
        has_mtu: bool = 7..8, "icmp.int_info.mtu_present", computed;
    }
}

/// Information about an interface, RFC 5837 §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceInformation<'a> {
    /// Fields present, and the role of the interface.
    pub contents: InterfaceContents,
    /// Interface index (SNMP `ifIndex`).
    pub index: Option<u32>,
    /// IP address of the interface.
    pub address: Option<InterfaceAddress<'a>>,
    /// Interface name (SNMP `ifName`).
    pub name: Option<InterfaceName<'a>>,
    /// MTU of the interface in bytes.
    pub mtu: Option<u32>,
}

/// Reads a part if `there` is set. The inner `None` means that the part is absent.
fn take_if<'a, T: Codec<'a>>(there: bool, cursor: &mut Cursor<'a>) -> Option<Option<T>> {
    if there { T::take(cursor).map(Some) } else { Some(None) }
}

const NO_EXTENSIONS: &Field =
    &Field::floating("extension_data", "icmp.ext.data", Kind::Bytes, "Bytes in place of an extension structure.");

/// Builds an extension structure in the header or, if no trailer bytes are given, in the trailer.
pub(crate) fn build(in_head: bool, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    if !in_head && builder.source.has(TRAILER) {
        // The trailer bytes already contain the extensions.
        [EXTENSIONS, NO_EXTENSIONS].into_iter().for_each(|field| builder.source.skip(field));
        return Ok(());
    }
    match in_head {
        true => build_here(builder),
        false => builder.in_trailer(build_here),
    }
}

/// Computes the length of the quoted packet, if extensions follow it. The length is in byte `at` of the message, in units
/// of `unit` bytes.
pub(crate) fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64, at: u32, unit: u32) -> Result<(), FieldError> {
    if unset & OWN == 0 || bounds.trailer_end <= bounds.payload_end {
        return Ok(());
    }
    let (number, max) = (u64::from((bounds.payload_end - bounds.header_end) / unit), u8::MAX.into());
    let length = u8::try_from(number).map_err(|_| FieldError::at(LENGTH, ValueError::TooLarge { number, max }))?;
    if let Some(byte) = frame.get_mut((bounds.start + at) as usize) {
        *byte = length;
    }
    Ok(())
}

fn build_here(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    builder.bytes(NO_EXTENSIONS)?;
    if !builder.source.open(EXTENSIONS)? {
        return Ok(());
    }
    let at = builder.len();
    let derived = builder.fixed::<{ IcmpExtensionHeader::LEN }>(IcmpExtensionHeader::FIELDS)?;
    Tlvs::<IcmpObject>::build(OBJECTS, builder)?;
    builder.source.close()?;
    if derived != 0 {
        let sum = Sum::new().bytes(builder.out.written().get(at..).unwrap_or(&[])).checksum();
        builder.patch(at + 2, 2, sum.into());
    }
    Ok(())
}

const INDEX: &Field =
    &Field::floating("index", "icmp.int_info.index", Kind::Uint, "Interface index (SNMP ifIndex).").of_bits(32);
const NAME: &Field = &Field::floating("name", "icmp.int_info.name", Kind::Text, "Interface name (SNMP ifName).");
const MTU: &Field =
    &Field::floating("mtu", "icmp.int_info.mtu", Kind::Uint, "MTU of the interface in bytes.").of_bits(32).bytes();
const FAMILY: &Field =
    &Field::floating("family", "icmp.int_info.afi", Kind::Uint, "Address family number.").of_bits(16);
const IPV4: &Field = &Field::floating("address", "icmp.int_info.ipv4", Kind::Ipv4, "Address.");
const IPV6: &Field = &Field::floating("address", "icmp.int_info.ipv6", Kind::Ipv6, "Address.");
const OTHER: &Field = &Field::floating("address", "icmp.int_info.ipunknown", Kind::Bytes, "Address.");

pub(crate) const SCHEMA: &Schema = &Schema {
    fields: &[*EXTENSIONS, *OBJECTS, *IcmpObject::KIND, *NO_EXTENSIONS],
    nested: &[&Schema::of(IcmpExtensionHeader::FIELDS), IcmpObject::SCHEMA],
    ..Schema::EMPTY
};

impl<'a> Codec<'a> for InterfaceInformation<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: InterfaceContents::FIELDS,
        nested: &[&Schema { fields: &[*INDEX, *NAME, *MTU], ..Schema::EMPTY }, InterfaceAddress::SCHEMA],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let contents = InterfaceContents::take(cursor)?;
        Some(InterfaceInformation {
            contents,
            index: take_if(contents.has_index(), cursor)?,
            address: take_if(contents.has_address(), cursor)?,
            name: take_if(contents.has_name(), cursor)?,
            mtu: take_if(contents.has_mtu(), cursor)?,
        })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let mut at = span.start;
        let mut next = |len: usize| {
            at += len as u32;
            Span::new(at - len as u32, at)
        };
        self.contents.show(INDEX, next(InterfaceContents::LEN), visitor);
        self.index.show(INDEX, next(self.index.map_or(0, |_| 4)), visitor);
        self.address.show(OTHER, next(self.address.map_or(0, |a| a.wire_len())), visitor);
        self.name.show(NAME, next(self.name.map_or(0, |n| n.0.len() + 1)), visitor);
        self.mtu.show(MTU, next(self.mtu.map_or(0, |_| 4)), visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.contents.emit(out);
        self.index.emit(out);
        self.address.emit(out);
        self.name.emit(out);
        self.mtu.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<{ InterfaceContents::LEN }>(InterfaceContents::FIELDS)?;
        // A flag that is not set follows from whether its field is given.
        let given = [
            (InterfaceContents::row("has_index"), builder.source.has(INDEX)),
            (InterfaceContents::row("has_address"), InterfaceAddress::is_given(FAMILY, builder)),
            (InterfaceContents::row("has_name"), builder.source.has(NAME)),
            (InterfaceContents::row("has_mtu"), builder.source.has(MTU)),
        ];
        let mut bytes = builder.header::<{ InterfaceContents::LEN }>(at);
        for (row, _) in given.into_iter().filter(|&(row, is_given)| is_given && unset >> row & 1 == 1) {
            put_bits(&mut bytes, InterfaceContents::FIELDS[usize::from(row)].bits(), 1);
        }
        builder.patch(at, InterfaceContents::LEN, bytes[0].into());
        let contents = InterfaceContents::new(bytes);
        if contents.has_index() {
            builder.number(INDEX, 4)?;
        }
        if contents.has_address() {
            InterfaceAddress::build(FAMILY, builder)?;
        }
        if contents.has_name() {
            InterfaceName::build(NAME, builder)?;
        }
        if contents.has_mtu() {
            builder.number(MTU, 4)?;
        }
        Ok(())
    }
}

/// An address preceded by its address family number, RFC 5837 §4.2.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterfaceAddress<'a> {
    /// IPv4, family 1.
    Ipv4(Ipv4Addr),
    /// IPv6, family 2.
    Ipv6(Ipv6Addr),
    /// Another family: its number and all remaining bytes.
    Other(u16, &'a [u8]),
}

crate::wire::readable_debug!(enum InterfaceAddress: Ipv4(address), Ipv6(address), Other(family, bytes));

impl<'a> InterfaceAddress<'a> {
    const HEAD: usize = 4;

    fn of(family: u16, cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(match family {
            1 => InterfaceAddress::Ipv4(Codec::take(cursor)?),
            2 => InterfaceAddress::Ipv6(Codec::take(cursor)?),
            _ => InterfaceAddress::Other(family, Codec::take(cursor)?),
        })
    }

    /// Address family number (IANA).
    pub fn family(&self) -> u16 {
        match self {
            InterfaceAddress::Ipv4(_) => 1,
            InterfaceAddress::Ipv6(_) => 2,
            InterfaceAddress::Other(family, _) => *family,
        }
    }

    fn wire_len(&self) -> usize {
        Self::HEAD
            + match self {
                InterfaceAddress::Ipv4(_) => 4,
                InterfaceAddress::Ipv6(_) => 16,
                InterfaceAddress::Other(_, bytes) => bytes.len(),
            }
    }

    fn show_address(&self, rows: [&'static Field; 3], span: Span, visitor: &mut dyn Visitor) {
        let [ipv4, ipv6, other] = rows;
        match self {
            InterfaceAddress::Ipv4(a) => visitor.field(ipv4, span, Value::Ipv4(*a)),
            InterfaceAddress::Ipv6(a) => visitor.field(ipv6, span, Value::Ipv6(*a)),
            InterfaceAddress::Other(_, bytes) => visitor.field(other, span, Value::Bytes(bytes)),
        }
    }

    fn emit_address(&self, out: &mut dyn ByteSink) {
        match self {
            InterfaceAddress::Ipv4(a) => out.put(&a.octets()),
            InterfaceAddress::Ipv6(a) => out.put(&a.octets()),
            InterfaceAddress::Other(_, bytes) => out.put(bytes),
        }
    }
}

impl<'a> Codec<'a> for InterfaceAddress<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*FAMILY, *IPV4, *IPV6, *OTHER], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let family = u16::take(cursor)?;
        let [_, _] = cursor.chunk()?;
        Self::of(family, cursor)
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(FAMILY, Span::new(span.start, span.start + 2), Value::Uint(self.family().into()));
        self.show_address([IPV4, IPV6, OTHER], Span::new(span.start + Self::HEAD as u32, span.end), visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.family().emit(out);
        out.put(&[0, 0]);
        self.emit_address(out);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let family = builder.number(FAMILY, 2)?;
        builder.out.put(&[0, 0]);
        build_address(family, [IPV4, IPV6, OTHER], builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(FAMILY) || builder.source.has(OTHER)
    }
}

/// Builds an address of a family.
fn build_address(
    family: u64,
    [ipv4, ipv6, other]: [&'static Field; 3],
    builder: &mut Encoder<'_>,
) -> Result<(), FieldError> {
    match family {
        1 => builder.wire::<Ipv4Addr>(ipv4).map(drop),
        2 => builder.wire::<Ipv6Addr>(ipv6).map(drop),
        _ => builder.bytes(other),
    }
}

/// A name preceded by a length byte, which counts itself, and padded with zero bytes. RFC 5837 §4.3.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InterfaceName<'a>(pub &'a [u8]);

crate::wire::readable_debug!(text InterfaceName);

impl<'a> Codec<'a> for InterfaceName<'a> {
    const KIND: Kind = Kind::Text;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = usize::from(u8::take(cursor)?).checked_sub(1)?;
        cursor.take(len).map(InterfaceName)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, Span::new(span.start + 1, span.end), Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(&[self.0.len() as u8 + 1]);
        out.put(self.0);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.out.put(&[0]);
        builder.bytes(field)?;
        let length = builder.len() - at;
        if length > 255 {
            return Err(FieldError::at(field, ValueError::TooLong { have: length - 1, max: 254 }));
        }
        builder.patch(at, 1, length as u64);
        Ok(())
    }
}

/// The interface probed by an extended echo request, RFC 8335 §2.1.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterfaceIdentification<'a> {
    /// By name, padded with zero bytes.
    Name(&'a [u8]),
    /// By interface index.
    Index(u32),
    /// By address.
    Address(InterfaceAddress<'a>),
}

impl core::fmt::Debug for InterfaceIdentification<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Name(name) => f.debug_tuple("Name").field(&Text(name)).finish(),
            Self::Index(index) => f.debug_tuple("Index").field(index).finish(),
            Self::Address(address) => f.debug_tuple("Address").field(address).finish(),
        }
    }
}

const BY_NAME: &Field = &Field::floating("name", "icmp.int_ident.name", Kind::Text, "Interface name (SNMP ifName).");
const BY_INDEX: &Field =
    &Field::floating("index", "icmp.int_ident.index", Kind::Uint, "Interface index (SNMP ifIndex).").of_bits(32);
const BY_FAMILY: &Field =
    &Field::floating("family", "icmp.int_ident.afi", Kind::Uint, "Address family number.").of_bits(16);
const BY_IPV4: &Field = &Field::floating("address", "icmp.int_ident.ipv4", Kind::Ipv4, "Address.");
const BY_IPV6: &Field = &Field::floating("address", "icmp.int_ident.ipv6", Kind::Ipv6, "Address.");
const BY_OTHER: &Field = &Field::floating("address", "icmp.int_ident.address", Kind::Bytes, "Address.");
const C_TYPE: &Field =
    &Field::floating("c_type", "icmp.ext.ctype", Kind::Uint, "Class subtype: how the interface is identified.")
        .of_bits(8);
const ADDRESS_LENGTH: &Field =
    &Field::floating("address_length", "icmp.int_ident.addr_length", Kind::Uint, "Length of the address in bytes.")
        .of_bits(8)
        .bytes();

impl<'a> Codec<'a> for InterfaceIdentification<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: &[*C_TYPE, *ADDRESS_LENGTH, *BY_NAME, *BY_INDEX, *BY_FAMILY, *BY_IPV4, *BY_IPV6, *BY_OTHER],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match u8::take(cursor)? {
            1 => Codec::take(cursor).map(InterfaceIdentification::Name),
            2 => Codec::take(cursor).map(InterfaceIdentification::Index),
            3 => {
                let [family @ .., len, _] = *cursor.chunk::<4>()?;
                let mut address = cursor.split(len.into())?;
                cursor.rest(); // padding to a multiple of four bytes
                InterfaceAddress::of(u16::from_be_bytes(family), &mut address).map(InterfaceIdentification::Address)
            }
            _ => None,
        }
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let from = |n| Span::new(span.start + n, span.end);
        let mut c_type = |n| visitor.field(C_TYPE, Span::new(span.start, span.start + 1), Value::Uint(n));
        match self {
            InterfaceIdentification::Name(name) => {
                c_type(1);
                visitor.field(BY_NAME, from(1), Value::Text(name))
            }
            InterfaceIdentification::Index(n) => {
                c_type(2);
                n.show(BY_INDEX, from(1), visitor)
            }
            InterfaceIdentification::Address(address) => {
                c_type(3);
                let len = address.wire_len() as u32 - InterfaceAddress::HEAD as u32;
                let at = span.start + 1;
                visitor.field(BY_FAMILY, Span::new(at, at + 2), Value::Uint(address.family().into()));
                visitor.field(ADDRESS_LENGTH, Span::new(at + 2, at + 3), Value::Uint(len.into()));
                address.show_address([BY_IPV4, BY_IPV6, BY_OTHER], Span::new(at + 4, at + 4 + len), visitor);
            }
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        match self {
            InterfaceIdentification::Name(name) => {
                out.put(&[1]);
                out.put(name)
            }
            InterfaceIdentification::Index(n) => {
                out.put(&[2]);
                n.emit(out)
            }
            InterfaceIdentification::Address(address) => {
                out.put(&[3]);
                address.family().emit(out);
                out.put(&[(address.wire_len() - InterfaceAddress::HEAD) as u8, 0]);
                address.emit_address(out)
            }
        }
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        match builder.number(C_TYPE, 1)? {
            1 => builder.bytes(BY_NAME),
            2 => builder.number(BY_INDEX, 4).map(drop),
            _ => {
                let family = builder.number(BY_FAMILY, 2)?;
                let at = builder.len();
                let given = builder.given(ADDRESS_LENGTH, 1)?;
                builder.out.put(&[0]);
                build_address(family, [BY_IPV4, BY_IPV6, BY_OTHER], builder)?;
                let length = builder.len() - at - 2;
                if given.is_none() {
                    builder.compute(ADDRESS_LENGTH, (at, 1), length, u8::MAX.into())?;
                }
                (length..length.next_multiple_of(4)).for_each(|_| builder.out.put(&[0]));
                Ok(())
            }
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::NextProtocol;
    use crate::packet::Packet;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    /// Builds an ICMP message with one object from packet text.
    fn built(kind: u8, object: &str) -> Result<Vec<u8>, crate::packet::PacketError> {
        let text = format!("icmpv4 type={kind} extensions={{objects=[{object}]}}");
        text.parse::<Packet>().expect("the text is one").build()
    }

    #[test]
    fn interface_identification_round_trips() {
        for (fields, contents) in [
            ("c_type=1 name=\"eth0\"", &b"\x01eth0"[..]),
            ("c_type=2 index=7", &[2, 0, 0, 0, 7]),
            ("c_type=3 family=1 address=10.0.0.1", &[3, 0, 1, 4, 0, 10, 0, 0, 1]),
            ("c_type=3 family=2 address=fd00::1", &[3, 0, 2, 16, 0, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ("c_type=3 family=6 address=020304050607", &[3, 0, 6, 6, 0, 2, 3, 4, 5, 6, 7, 0, 0]),
        ] {
            let frame = built(42, &format!("interface_identification {fields}")).unwrap();
            assert_eq!(frame[12..], [&[0, contents.len() as u8 + 3, 3], contents].concat(), "{fields}");
            let again = || Packet::new(Examine::new(Layers::new(NextProtocol::IpProtocol(1), &frame)));
            assert_eq!(again().build().unwrap(), frame, "{fields}: {}", again().form);
            assert!(again().form.to_string().contains("c_type="), "{}", again().form);
        }
    }

    #[test]
    fn interface_information_round_trips() {
        for (fields, contents) in [
            ("role=2", &[0x80][..]),
            ("role=0 has_index=true index=7", &[0x08, 0, 0, 0, 7]),
            ("role=2 index=7 mtu=1500", &[0x89, 0, 0, 0, 7, 0, 0, 5, 0xdc]),
            ("name=\"eth\"", &[0x02, 4, b'e', b't', b'h']),
            ("family=1 address=10.0.0.1", &[0x04, 0, 1, 0, 0, 10, 0, 0, 1]),
            ("has_address=true family=1 address=10.0.0.1", &[0x04, 0, 1, 0, 0, 10, 0, 0, 1]),
            ("has_name=true name=\"eth\" has_mtu=true mtu=1500", &[0x03, 4, b'e', b't', b'h', 0, 0, 5, 0xdc]),
            ("has_address=true family=9 address=0102", &[0x04, 0, 9, 0, 0, 1, 2]),
        ] {
            // In the header of a message that quotes no packet.
            let frame = built(42, &format!("interface_information {fields}")).unwrap();
            assert_eq!(frame[12..], [&[0, contents.len() as u8 + 3, 2], contents].concat(), "{fields}");
            let again = Packet::new(Examine::new(Layers::new(NextProtocol::IpProtocol(1), &frame))).build();
            assert_eq!(again.unwrap(), frame, "{fields}");
            let Some(value) = InterfaceInformation::take(&mut Cursor::new(contents)) else { panic!("{fields}") };
            let mut out = Vec::new();
            value.emit(&mut out);
            assert_eq!(out, contents, "{fields}");
        }
        let long = "x".repeat(255);
        let error = built(42, &format!("interface_information has_name=true name=\"{long}\"")).unwrap_err();
        assert_eq!(error.error.error, ValueError::TooLong { have: 255, max: 254 });
        assert!(built(42, &format!("interface_information has_name=true name=\"{}\"", &long[1..])).is_ok());
    }
}
