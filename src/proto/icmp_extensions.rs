//! Extensions of ICMP messages, RFC 4884: what routers add behind the packet that they quote.

use crate::checksum::{Checksum, Sum};
use crate::field::{Field, Kind, Span, Value, Visitor, header, registry};
use crate::layer::{Reason, Report, Severity};
use crate::part::{Cursor, Framed, Framing, List, Part, Put, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake, TAIL, Unfit};
use core::net::{Ipv4Addr, Ipv6Addr};

header! {
    /// Header of an extension structure, RFC 4884 §7.
    pub struct IcmpExtensionHeader(4) {
        /// Always 2.
        version: u8 = 0..4, "icmp.ext.version", default(2);
        /// Reserved.
        reserved: u16 = 4..16, "icmp.ext.res", reserved;
        /// Internet checksum of the extension structure; zero if none was computed.
        checksum: u16 = 16..32, "icmp.ext.checksum", checksum;
    }
}

/// An extension structure with its objects. Borrows from the frame.
///
/// ```
/// use packetsmith::{Cursor, IcmpExtensions, IcmpObject};
/// let bytes = [0x20, 0, 0x65, 0x5b, 0, 8, 1, 1, 0x18, 0x6a, 0x01, 0x01];
/// let extensions = IcmpExtensions::new(Cursor::new(&bytes)).unwrap();
/// let Some(IcmpObject::Mpls { labels, .. }) = extensions.objects().iter().next() else { panic!() };
/// assert_eq!(labels.iter().next().unwrap().label(), 100000);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IcmpExtensions<'a> {
    whole: Cursor<'a>,
    header: IcmpExtensionHeader,
    objects: Cursor<'a>,
}

pub(super) const EXTENSIONS: &Field =
    &Field::floating("extensions", "icmp.ext", Kind::Group, "Extension structure, RFC 4884 §7.");
pub(super) const OBJECTS: &Field =
    &Field::floating("objects", "icmp.ext", Kind::List(&Kind::Group), "Extension objects, RFC 4884 §8.");

impl<'a> IcmpExtensions<'a> {
    /// The version that the structure has.
    pub const VERSION: u8 = 2;

    /// Takes all that the cursor has as an extension structure; `None` where its header is not
    /// there, or of another version.
    pub fn new(whole: Cursor<'a>) -> Option<Self> {
        let mut objects = whole;
        let header = IcmpExtensionHeader::take(&mut objects)?;
        (header.version() == Self::VERSION).then_some(IcmpExtensions { whole, header, objects })
    }

    /// The fixed header.
    pub fn header(&self) -> IcmpExtensionHeader {
        self.header
    }

    /// The objects.
    pub fn objects(&self) -> Tlvs<'a, IcmpObject<'a>> {
        Tlvs::at(self.objects)
    }

    /// Says what the checksum is worth, given that the structure is all there.
    pub fn verify(&self) -> Checksum {
        match self.header.checksum() {
            0 => Checksum::Absent,
            stored => Sum::new().bytes(self.whole.bytes()).verify(stored),
        }
    }

    pub(super) fn show(&self, is_whole: bool, visitor: &mut dyn Visitor) {
        visitor.open(EXTENSIONS, self.whole.span());
        for field in IcmpExtensionHeader::FIELDS {
            let value = match (field.kind, field.read(self.header.as_bytes())) {
                (Kind::Checksum, Some(Value::Uint(n))) => {
                    let state = if is_whole { self.verify() } else { Checksum::Unverifiable };
                    Value::Checksum(n as u16, state)
                }
                (_, Some(value)) => value,
                (_, None) => continue,
            };
            visitor.field(field, field.span(self.whole.span().start), value);
        }
        self.objects().show(OBJECTS, visitor);
        visitor.close();
    }

    pub(super) fn check(&self, report: &mut Report<'_>) {
        if let state @ Checksum::Bad(_) = self.verify() {
            let field = &IcmpExtensionHeader::FIELDS[2];
            report(Some(field), field.span(self.whole.span().start), Reason::Checksum(state));
        }
        self.objects().check(OBJECTS, report);
    }
}

/// Bytes of an extended echo request with its one object, RFC 8335 §2; what follows is data.
pub(super) fn probe_len(bytes: &[u8]) -> usize {
    const HEAD: usize = 8 + IcmpExtensionHeader::LEN;
    match bytes.get(HEAD..) {
        Some([high, low, ..]) => HEAD + usize::from(u16::from_be_bytes([*high, *low])).max(4),
        _ => HEAD + 4,
    }
}

/// Shows the bytes where extensions belong, as an extension structure if they are one.
pub(super) fn show(tail: Cursor<'_>, is_whole: bool, visitor: &mut dyn Visitor) {
    match IcmpExtensions::new(tail) {
        Some(extensions) => extensions.show(is_whole, visitor),
        None if tail.is_empty() => {}
        None => visitor.field(NO_EXTENSIONS, tail.span(), Value::Bytes(tail.bytes())),
    }
}

/// Reports what is wrong with the bytes where extensions belong, all of which are there.
pub(super) fn check(tail: Cursor<'_>, report: &mut Report<'_>) {
    match IcmpExtensions::new(tail) {
        Some(extensions) => extensions.check(report),
        None if tail.is_empty() => {}
        None => {
            let rule = "is no extension structure of version 2 (RFC 4884 §7)";
            report(None, tail.span(), Reason::Rule(Severity::Warning, rule));
        }
    }
}

variants! {
    /// An object of an extension structure, told apart by its class; IANA's registry.
    pub enum IcmpObject<'a>: "class", "icmp.ext.class" {
        Mpls = 1 "MPLS label stack" {
            /// 1: the label stack as the packet came in, RFC 4950 §3.
            c_type: u8, "icmp.ext.ctype";
            /// The labels, outermost first.
            labels: List<'a, MplsLabel>, "icmp.mpls";
        }
        InterfaceInformation = 2 "interface information" {
            /// What is known of an interface, RFC 5837 §4.
            interface: InterfaceInformation<'a>, "icmp.int_info";
        }
        InterfaceIdentification = 3 "interface identification" {
            /// The interface that is asked about, RFC 8335 §2.1.
            interface: InterfaceIdentification<'a>, "icmp.int_ident";
        }
    }
}

impl Framed for IcmpObject<'_> {
    // The sub-type counts as the first byte of the contents: for interfaces it says what is in them.
    const FRAMING: Framing = Framing { length: 2, whole: true, length_first: true, ..Framing::BYTES };
}

header! {
    /// An entry of an MPLS label stack, RFC 3032 §2.1.
    pub struct MplsLabel(4) {
        /// Label.
        label: u32 = 0..20, "icmp.mpls.label";
        /// Traffic class, RFC 5462; once "experimental".
        traffic_class: u8 = 20..23, "icmp.mpls.exp";
        /// Bottom of the stack.
        bottom: bool = 23..24, "icmp.mpls.s";
        /// Hops that the packet may still take.
        ttl: u8 = 24..32, "icmp.mpls.ttl";
    }
}

registry! {
    /// What an interface has to do with the quoted packet, RFC 5837 §4.1.
    pub enum InterfaceRole: u8 {
        Incoming = 0 "incoming interface",
        SubIp = 1 "sub-IP component of the incoming interface",
        Outgoing = 2 "outgoing interface",
        NextHop = 3 "next hop",
    }
}

header! {
    /// The sub-type of interface information: what follows, and of which interface. RFC 5837 §4.1.
    pub struct InterfaceContents(1) {
        /// What the interface has to do with the quoted packet.
        role: InterfaceRole = 0..2, "icmp.int_info.role";
        /// Reserved.
        reserved: u8 = 2..4, "icmp.int_info.reserved", reserved;
        /// An index follows.
        has_index: bool = 4..5, "icmp.int_info.ifindex";
        /// An address follows.
        has_address: bool = 5..6, "icmp.int_info.ipaddr";
        /// A name follows.
        has_name: bool = 6..7, "icmp.int_info.name_present";
        /// An MTU follows.
        has_mtu: bool = 7..8, "icmp.int_info.mtu_present";
    }
}

/// What is known of an interface, RFC 5837 §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceInformation<'a> {
    /// What is there, and of which interface.
    pub contents: InterfaceContents,
    /// Index, as in SNMP.
    pub index: Option<u32>,
    /// Address.
    pub address: Option<InterfaceAddress<'a>>,
    /// Name, as in SNMP.
    pub name: Option<InterfaceName<'a>>,
    /// Largest packet that it takes, in bytes.
    pub mtu: Option<u32>,
}

/// Takes a part if it is announced; the inner `None` says that it is not.
fn announced<'a, T: Part<'a>>(there: bool, cursor: &mut Cursor<'a>) -> Option<Option<T>> {
    if there { T::take(cursor).map(Some) } else { Some(None) }
}

const NO_EXTENSIONS: &Field =
    &Field::floating("extension_data", "icmp.ext.data", Kind::Bytes, "Bytes in place of an extension structure.");

/// Builds an extension structure, in the head or, where no bytes are given for it, in the tail.
pub(super) fn build(in_head: bool, builder: &mut Builder<'_>) -> Result<(), Mistake> {
    if !in_head && builder.source.has(TAIL) {
        // The tail says the same.
        [EXTENSIONS, NO_EXTENSIONS].into_iter().for_each(|field| builder.source.skip(field));
        return Ok(());
    }
    match in_head {
        true => build_here(builder),
        false => builder.in_tail(build_here),
    }
}

fn build_here(builder: &mut Builder<'_>) -> Result<(), Mistake> {
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

const INDEX: &Field = &Field::floating("index", "icmp.int_info.index", Kind::Uint, "Index, as in SNMP.");
const NAME: &Field = &Field::floating("name", "icmp.int_info.name", Kind::Text, "Name, as in SNMP.");
const MTU: &Field = &Field::floating("mtu", "icmp.int_info.mtu", Kind::Uint, "Largest packet, in bytes.").bytes();
const FAMILY: &Field = &Field::floating("family", "icmp.int_info.afi", Kind::Uint, "Address family number.");
const IPV4: &Field = &Field::floating("address", "icmp.int_info.ipv4", Kind::Ipv4, "Address.");
const IPV6: &Field = &Field::floating("address", "icmp.int_info.ipv6", Kind::Ipv6, "Address.");
const OTHER: &Field = &Field::floating("address", "icmp.int_info.ipunknown", Kind::Bytes, "Address.");

pub(super) const VARIABLE: &[&[Field]] = &[
    &[*EXTENSIONS, *OBJECTS, *IcmpObject::KIND, *NO_EXTENSIONS],
    IcmpExtensionHeader::FIELDS,
    IcmpObject::FIELDS,
    MplsLabel::FIELDS,
    InterfaceContents::FIELDS,
    &[*INDEX, *NAME, *MTU, *FAMILY, *IPV4, *IPV6, *OTHER],
    &[*C_TYPE, *ADDRESS_LENGTH, *BY_NAME, *BY_INDEX, *BY_FAMILY, *BY_IPV4, *BY_IPV6, *BY_OTHER],
];

impl<'a> Part<'a> for InterfaceInformation<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let contents = InterfaceContents::take(cursor)?;
        Some(InterfaceInformation {
            contents,
            index: announced(contents.has_index(), cursor)?,
            address: announced(contents.has_address(), cursor)?,
            name: announced(contents.has_name(), cursor)?,
            mtu: announced(contents.has_mtu(), cursor)?,
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
    fn emit(&self, out: &mut dyn Put) {
        self.contents.emit(out);
        self.index.emit(out);
        self.address.emit(out);
        self.name.emit(out);
        self.mtu.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.fixed::<{ InterfaceContents::LEN }>(InterfaceContents::FIELDS)?;
        let contents = InterfaceContents::new(builder.header(at));
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

/// An address behind the number of its family, RFC 5837 §4.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterfaceAddress<'a> {
    /// IPv4, family 1.
    Ipv4(Ipv4Addr),
    /// IPv6, family 2.
    Ipv6(Ipv6Addr),
    /// Another family: its number and all bytes that follow.
    Other(u16, &'a [u8]),
}

impl<'a> InterfaceAddress<'a> {
    const HEAD: usize = 4;

    fn of(family: u16, cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(match family {
            1 => InterfaceAddress::Ipv4(Part::take(cursor)?),
            2 => InterfaceAddress::Ipv6(Part::take(cursor)?),
            _ => InterfaceAddress::Other(family, Part::take(cursor)?),
        })
    }

    /// The number of the address family.
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

    fn emit_address(&self, out: &mut dyn Put) {
        match self {
            InterfaceAddress::Ipv4(a) => out.put(&a.octets()),
            InterfaceAddress::Ipv6(a) => out.put(&a.octets()),
            InterfaceAddress::Other(_, bytes) => out.put(bytes),
        }
    }
}

impl<'a> Part<'a> for InterfaceAddress<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let family = u16::take(cursor)?;
        let [_, _] = cursor.chunk()?;
        Self::of(family, cursor)
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(FAMILY, Span::new(span.start, span.start + 2), Value::Uint(self.family().into()));
        self.show_address([IPV4, IPV6, OTHER], Span::new(span.start + Self::HEAD as u32, span.end), visitor);
    }
    fn emit(&self, out: &mut dyn Put) {
        self.family().emit(out);
        out.put(&[0, 0]);
        self.emit_address(out);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let family = builder.number(FAMILY, 2)?;
        builder.out.put(&[0, 0]);
        build_address(family, [IPV4, IPV6, OTHER], builder)
    }
}

/// Builds an address of a family.
fn build_address(
    family: u64,
    [ipv4, ipv6, other]: [&'static Field; 3],
    builder: &mut Builder<'_>,
) -> Result<(), Mistake> {
    match family {
        1 => builder.wire::<Ipv4Addr>(ipv4).map(drop),
        2 => builder.wire::<Ipv6Addr>(ipv6).map(drop),
        _ => builder.bytes(other),
    }
}

/// A name behind a length of one byte that counts itself too; zeros fill it up. RFC 5837 §4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceName<'a>(pub &'a [u8]);

impl<'a> Part<'a> for InterfaceName<'a> {
    const KIND: Kind = Kind::Text;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let len = usize::from(u8::take(cursor)?).checked_sub(1)?;
        cursor.take(len).map(InterfaceName)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, Span::new(span.start + 1, span.end), Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(&[self.0.len() as u8 + 1]);
        out.put(self.0);
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.out.put(&[0]);
        builder.bytes(field)?;
        let length = builder.len() - at;
        if length > 255 {
            return Err(Mistake::at(field, Unfit::TooLong { have: length - 1, max: 254 }));
        }
        builder.patch(at, 1, length as u64);
        Ok(())
    }
}

/// The interface that an extended echo request asks about, RFC 8335 §2.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InterfaceIdentification<'a> {
    /// By name, filled up with zeros.
    Name(&'a [u8]),
    /// By index.
    Index(u32),
    /// By address.
    Address(InterfaceAddress<'a>),
}

const BY_NAME: &Field = &Field::floating("name", "icmp.int_ident.name", Kind::Text, "Name, as in SNMP.");
const BY_INDEX: &Field = &Field::floating("index", "icmp.int_ident.index", Kind::Uint, "Index, as in SNMP.");
const BY_FAMILY: &Field = &Field::floating("family", "icmp.int_ident.afi", Kind::Uint, "Address family number.");
const BY_IPV4: &Field = &Field::floating("address", "icmp.int_ident.ipv4", Kind::Ipv4, "Address.");
const BY_IPV6: &Field = &Field::floating("address", "icmp.int_ident.ipv6", Kind::Ipv6, "Address.");
const BY_OTHER: &Field = &Field::floating("address", "icmp.int_ident.address", Kind::Bytes, "Address.");
const C_TYPE: &Field = &Field::floating("c_type", "icmp.ext.ctype", Kind::Uint, "What the interface is told by.");
const ADDRESS_LENGTH: &Field =
    &Field::floating("address_length", "icmp.int_ident.addr_length", Kind::Uint, "Bytes of the address.").bytes();

impl<'a> Part<'a> for InterfaceIdentification<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match u8::take(cursor)? {
            1 => Part::take(cursor).map(InterfaceIdentification::Name),
            2 => Part::take(cursor).map(InterfaceIdentification::Index),
            3 => {
                let [family @ .., len, _] = *cursor.chunk::<4>()?;
                let mut address = cursor.split(len.into())?;
                cursor.rest(); // zeros up to a multiple of four bytes
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
    fn emit(&self, out: &mut dyn Put) {
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
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
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
                    builder.patch(at, 1, length as u64);
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
    use crate::{Next, Packet, dissect::Examine, dissect::Layers};
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    /// An ICMP message with one object, built from text.
    fn built(kind: u8, object: &str) -> Result<Vec<u8>, crate::packet::PacketError> {
        let text = format!("icmpv4 type={kind} extensions={{objects=[{object}]}}");
        text.parse::<Packet>().expect("the text is one").build()
    }

    #[test]
    fn what_identifies_an_interface_is_built_and_read_again() {
        for (fields, contents) in [
            ("c_type=1 name=\"eth0\"", &b"\x01eth0"[..]),
            ("c_type=2 index=7", &[2, 0, 0, 0, 7]),
            ("c_type=3 family=1 address=10.0.0.1", &[3, 0, 1, 4, 0, 10, 0, 0, 1]),
            ("c_type=3 family=2 address=fd00::1", &[3, 0, 2, 16, 0, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
            ("c_type=3 family=6 address=020304050607", &[3, 0, 6, 6, 0, 2, 3, 4, 5, 6, 7, 0, 0]),
        ] {
            let frame = built(42, &format!("interface_identification {fields}")).unwrap();
            assert_eq!(frame[12..], [&[0, contents.len() as u8 + 3, 3], contents].concat(), "{fields}");
            let again = || Packet::new(Examine::new(Layers::new(Next::IpProtocol(1), &frame)));
            assert_eq!(again().build().unwrap(), frame, "{fields}: {}", again().form);
            assert!(again().form.to_string().contains("c_type="), "{}", again().form);
        }
    }

    #[test]
    fn what_is_known_of_an_interface_is_built_and_read_again() {
        for (fields, contents) in [
            ("role=2", &[0x80][..]),
            ("role=0 has_index=true index=7", &[0x08, 0, 0, 0, 7]),
            ("has_address=true family=1 address=10.0.0.1", &[0x04, 0, 1, 0, 0, 10, 0, 0, 1]),
            ("has_name=true name=\"eth\" has_mtu=true mtu=1500", &[0x03, 4, b'e', b't', b'h', 0, 0, 5, 0xdc]),
            ("has_address=true family=9 address=0102", &[0x04, 0, 9, 0, 0, 1, 2]),
        ] {
            // In the head of a message that quotes nothing.
            let frame = built(42, &format!("interface_information {fields}")).unwrap();
            assert_eq!(frame[12..], [&[0, contents.len() as u8 + 3, 2], contents].concat(), "{fields}");
            let again = Packet::new(Examine::new(Layers::new(Next::IpProtocol(1), &frame))).build();
            assert_eq!(again.unwrap(), frame, "{fields}");
            let Some(value) = InterfaceInformation::take(&mut Cursor::new(contents)) else { panic!("{fields}") };
            let mut out = Vec::new();
            value.emit(&mut out);
            assert_eq!(out, contents, "{fields}");
        }
        let long = "x".repeat(255);
        let error = built(42, &format!("interface_information has_name=true name=\"{long}\"")).unwrap_err();
        assert_eq!(error.mistake.unfit, Unfit::TooLong { have: 255, max: 254 });
        assert!(built(42, &format!("interface_information has_name=true name=\"{}\"", &long[1..])).is_ok());
    }
}
