//! Neighbor Discovery options: RFC 4861 §4.6 and later RFCs.

use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::Schema;
use crate::wire::{
    ByteSink, Codec, Counted, Cursor, DebugValue, List, ListValues, Text, TlvItem, TlvLayout, tagged_enum,
};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use core::net::Ipv6Addr;

flags! {
    /// Flags of a prefix information option.
    pub struct PrefixFlags: u8 {
        /// L: the prefix is on-link, RFC 4861 §4.6.2.
        ON_LINK = 0x80, "L", "icmpv6.opt.prefix.flag.l";
        /// A: the prefix may be used for stateless address autoconfiguration, RFC 4862.
        AUTONOMOUS = 0x40, "A", "icmpv6.opt.prefix.flag.a";
        /// R: the prefix field contains a complete address of the router, RFC 6275 §7.2.
        ROUTER_ADDRESS = 0x20, "R", "icmpv6.opt.prefix.flag.r";
        /// P: hosts may request a prefix by DHCPv6 prefix delegation, RFC 9762.
        DELEGATION = 0x10, "P", "icmpv6.opt.prefix.flag.p";
    }
}

registry! {
    /// Preference of a router or route, RFC 4191 §2.1.
    pub enum RouterPreference: u8 {
        Medium = 0 "medium",
        High = 1 "high",
        Reserved = 2 "reserved",
        Low = 3 "low",
    }
}

header! {
    /// Fixed part of a route information option, RFC 4191 §2.3.
    pub struct RouteInformation(6) => RouteInformationEdit {
        /// Prefix length in bits, 0 to 128.
        prefix_length: u8 = 0..8, "icmpv6.opt.prefix.length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.opt.route_info.flag.reserved", reserved;
        /// Preference of the route.
        preference: RouterPreference = 11..13, "icmpv6.opt.route_info.flag.route_preference";
        /// Reserved.
        reserved2: u8 = 13..16, "icmpv6.opt.route_info.flag.reserved", reserved;
        /// Route lifetime in seconds. All ones: infinity.
        lifetime: u32 = 16..48, "icmpv6.opt.route_lifetime", seconds;
    }
}

header! {
    /// Lifetime and prefix length of a PREF64 option, RFC 8781 §4.
    pub struct Pref64(2) => Pref64Edit {
        /// Lifetime of the prefix in units of 8 seconds.
        scaled_lifetime: u16 = 0..13, "icmpv6.opt.pref64.scaled_lifetime", units_of_8_seconds;
        /// Code for the prefix length: 96, 64, 56, 48, 40 or 32 bits.
        prefix_length_code: u8 = 13..16, "icmpv6.opt.pref64.plc";
    }
}

header! {
    /// Fixed part of a 6LoWPAN context option, RFC 6775 §4.2.
    pub struct LowpanContext(6) => LowpanContextEdit {
        /// Length of the context prefix in bits, 0 to 128.
        context_length: u8 = 0..8, "icmpv6.opt.6co.context_length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.opt.6co.flag.reserved", reserved;
        /// C: the context may be used for compression.
        compression: bool = 11..12, "icmpv6.opt.6co.flag.c";
        /// Context identifier.
        context_id: u8 = 12..16, "icmpv6.opt.6co.flag.cid";
        /// Reserved.
        reserved2: u16 = 16..32, "icmpv6.opt.reserved", reserved;
        /// Lifetime of the context in minutes.
        lifetime: u16 = 32..48, "icmpv6.opt.6co.valid_lifetime", minutes;
    }
}

flags! {
    /// Flags of an address registration option, RFC 8505 §4.1.
    pub struct RegistrationFlags: u8 {
        /// R: the node requests reachability for the address.
        ROUTE = 0x02, "R", "icmpv6.opt.earo.flag.r";
        /// T: the transaction identifier is valid.
        TRANSACTION = 0x01, "T", "icmpv6.opt.earo.flag.t";
    }
}

tagged_enum! {
    /// An option of Neighbor Discovery messages (IANA).
    pub enum NdpOption<'a>: "type", "icmpv6.opt.type", "neighbour discovery options", length "icmpv6.opt.length" {
        SourceLinkLayerAddress = 1 "source link-layer address" {
            /// Link-layer address of the sender.
            address: LinkLayerAddress<'a>, "icmpv6.opt.linkaddr";
        }
        TargetLinkLayerAddress = 2 "target link-layer address" {
            /// Link-layer address of the target.
            address: LinkLayerAddress<'a>, "icmpv6.opt.linkaddr";
        }
        PrefixInformation = 3 "prefix information" {
            /// Prefix length in bits, 0 to 128.
            prefix_length: u8, "icmpv6.opt.prefix.length";
            /// Flags: on-link, autonomous and others.
            flags: PrefixFlags, "icmpv6.opt.prefix.flag", hex;
            /// Time for which the prefix is valid, in seconds. All ones: infinity.
            valid_lifetime: u32, "icmpv6.opt.prefix.valid_lifetime", seconds;
            /// Time for which autoconfigured addresses are preferred, in seconds. All ones: infinity.
            preferred_lifetime: u32, "icmpv6.opt.prefix.preferred_lifetime", seconds;
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// The prefix.
            prefix: Ipv6Addr, "icmpv6.opt.prefix";
        }
        RedirectedHeader = 4 "redirected header" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// Start of the redirected packet.
            packet: &'a [u8], "icmpv6.opt.redirected_packet";
        }
        Mtu = 5 "MTU" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Recommended MTU of the link in bytes.
            mtu: u32, "icmpv6.opt.mtu", bytes;
        }
        NbmaShortcutLimit = 6 "NBMA shortcut limit" {
            /// Largest number of hops for which a shortcut is used, RFC 2491.
            limit: u8, "icmpv6.opt.nbma.shortcut_limit";
            /// Reserved.
            reserved: [u8; 5], "icmpv6.opt.reserved", reserved;
        }
        AdvertisementInterval = 7 "advertisement interval" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Largest interval between advertisements in milliseconds, RFC 6275 §7.3.
            interval: u32, "icmpv6.opt.advertisement_interval", milliseconds;
        }
        HomeAgentInformation = 8 "home agent information" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Preference of the home agent; higher is better. RFC 6275 §7.4.
            preference: u16, "icmpv6.opt.home_agent_preference";
            /// Time for which the router serves as a home agent, in seconds.
            lifetime: u16, "icmpv6.opt.home_agent_lifetime", seconds;
        }
        SourceAddressList = 9 "source address list" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// IPv6 addresses of the sender's interface, RFC 3122 §3.1.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.ipv6_address";
        }
        TargetAddressList = 10 "target address list" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// IPv6 addresses of the target's interface, RFC 3122 §3.1.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.ipv6_address";
        }
        Cga = 11 "cryptographically generated address" {
            /// Length of the padding in bytes, RFC 3971 §5.1.
            pad_length: u8, "icmpv6.opt.cga.pad_length", bytes;
            /// Reserved.
            reserved: u8, "icmpv6.opt.reserved", reserved;
            /// Random number, RFC 3972 §3.
            modifier: [u8; 16], "icmpv6.opt.cga.modifier";
            /// Subnet prefix of the address.
            subnet_prefix: [u8; 8], "icmpv6.opt.cga.subnet_prefix";
            /// Collision count: 0, 1 or 2.
            collisions: u8, "icmpv6.opt.cga.count";
            /// Public key, extension fields and padding.
            key: &'a [u8], "icmpv6.opt.cga.subject_public_key_info";
        }
        RsaSignature = 12 "RSA signature" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Leftmost 128 bits of the SHA-1 hash of the public key, RFC 3971 §5.2.
            key_hash: [u8; 16], "icmpv6.opt.rsa.key_hash";
            /// Signature and padding.
            signature: &'a [u8], "icmpv6.opt.digital_signature_padding";
        }
        Timestamp = 13 "timestamp" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// Seconds since 1970 in units of 1/65536 second, RFC 3971 §5.3.1.
            timestamp: u64, "icmpv6.opt.timestamp", unix_time;
        }
        Nonce = 14 "nonce" {
            /// Random number, RFC 3971 §5.3.2.
            nonce: &'a [u8], "icmpv6.opt.nonce";
        }
        TrustAnchor = 15 "trust anchor" {
            /// Type of the name: 1 DER-encoded X.501 name, 2 domain name. RFC 3971 §6.4.3.
            name_type: u8, "icmpv6.opt.name_type";
            /// Length of the padding in bytes.
            pad_length: u8, "icmpv6.opt.cga.pad_length", bytes;
            /// Name and padding.
            name: &'a [u8], "icmpv6.opt.name_x501";
        }
        Certificate = 16 "certificate" {
            /// Type of the certificate: 1 X.509v3. RFC 3971 §6.4.4.
            certificate_type: u8, "icmpv6.opt.certificate_type";
            /// Reserved.
            reserved: u8, "icmpv6.opt.reserved", reserved;
            /// Certificate and padding.
            certificate: &'a [u8], "icmpv6.opt.certificate_padding";
        }
        IpAddressPrefix = 17 "IP address or prefix" {
            /// 1 old care-of address, 2 new, 3 new access router's address, 4 its prefix. RFC 5568 §6.4.1.
            option_code: u8, "icmpv6.opt.ipa.option_code";
            /// Prefix length in bits, 0 to 128.
            prefix_length: u8, "icmpv6.opt.ipa.prefix_len";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// Address or prefix.
            address: Ipv6Addr, "icmpv6.opt.ipa.ipv6_address";
        }
        NewRouterPrefix = 18 "new router prefix" {
            /// Always 0. RFC 4068 §6.4.2.
            option_code: u8, "icmpv6.opt.nrpi.option_code";
            /// Prefix length in bits, 0 to 128.
            prefix_length: u8, "icmpv6.opt.nrpi.prefix_len";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// Prefix.
            prefix: Ipv6Addr, "icmpv6.opt.nrpi.prefix";
        }
        LinkLayerAddress = 19 "link-layer address" {
            /// Kind of node that the address belongs to, RFC 5568 §6.4.3.
            option_code: u8, "icmpv6.opt.lla.option_code";
            /// Address and padding.
            address: &'a [u8], "icmpv6.opt.lla.bytes";
        }
        NeighborAdvertisementAck = 20 "neighbor advertisement acknowledgment" {
            /// Always 0. RFC 5568 §6.4.5.
            option_code: u8, "icmpv6.opt.naack.option_code";
            /// Status of the new care-of address.
            status: u8, "icmpv6.opt.naack.status";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// New care-of address, supplied if the requested one is not usable.
            address: Option<Ipv6Addr>, "icmpv6.opt.naack.supplied_ncoa";
        }
        RouteInformation = 24 "route information" {
            /// Prefix length, preference and lifetime.
            route: RouteInformation, "icmpv6.opt.route_info";
            /// Prefix; trailing zero bytes may be omitted.
            prefix: ShortPrefix, "icmpv6.opt.prefix";
        }
        RecursiveDnsServers = 25 "recursive DNS servers" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Lifetime of the servers in seconds. All ones: infinity. RFC 8106 §5.1.
            lifetime: u32, "icmpv6.opt.rdnss.lifetime", seconds;
            /// Addresses of the servers.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.rdnss";
        }
        FlagsExtension = 26 "flags extension" {
            /// Additional flags of the router advertisement, RFC 5175 §4.
            flags: [u8; 6], "icmpv6.opt.efo";
        }
        HandoverKeyRequest = 27 "handover key request" {
            /// Length of the padding in bytes, RFC 5269 §5.1.1.
            pad_length: u8, "icmpv6.opt.hkr.pad_length", bytes;
            /// Algorithm type in the upper four bits.
            algorithm: u8, "icmpv6.opt.hkr.at";
            /// Public key and padding.
            key: &'a [u8], "icmpv6.opt.hkr.encryption_public_key";
        }
        HandoverKeyReply = 28 "handover key reply" {
            /// Length of the padding in bytes, RFC 5269 §5.1.2.
            pad_length: u8, "icmpv6.opt.hkr.pad_length", bytes;
            /// Algorithm type in the upper four bits.
            algorithm: u8, "icmpv6.opt.hkr.at";
            /// Lifetime of the key in seconds.
            lifetime: u16, "icmpv6.opt.hkr.lifetime", seconds;
            /// Encrypted key and padding.
            key: &'a [u8], "icmpv6.opt.hkr.encrypted_handover_key";
        }
        DnsSearchList = 31 "DNS search list" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Lifetime of the domain names in seconds. All ones: infinity. RFC 8106 §5.2.
            lifetime: u32, "icmpv6.opt.dnssl.lifetime", seconds;
            /// Domain names of the search list.
            domains: Domains<'a>, "icmpv6.opt.dnssl";
        }
        AddressRegistration = 33 "address registration" {
            /// Status of the registration.
            status: u8, "icmpv6.opt.aro.status";
            /// Opaque field, interpreted as the I field says, RFC 8505 §4.1.
            opaque: u8, "icmpv6.opt.earo.opaque";
            /// Flags: routing and transaction.
            flags: RegistrationFlags, "icmpv6.opt.earo.flag", hex;
            /// Transaction identifier.
            transaction: u8, "icmpv6.opt.earo.tid";
            /// Registration lifetime in minutes.
            lifetime: u16, "icmpv6.opt.aro.registration_lifetime", minutes;
            /// Registration ownership verifier: an EUI-64 or longer.
            owner: &'a [u8], "icmpv6.opt.aro.eui64";
        }
        LowpanContext = 34 "6LoWPAN context" {
            /// Prefix length, context identifier and lifetime.
            context: LowpanContext, "icmpv6.opt.6co";
            /// Prefix; trailing zero bytes may be omitted.
            prefix: ShortPrefix, "icmpv6.opt.6co.context_prefix";
        }
        AuthoritativeBorderRouter = 35 "authoritative border router" {
            /// Low 16 bits of the version, RFC 6775 §4.3.
            version_low: u16, "icmpv6.opt.abro.version_low";
            /// High 16 bits of the version.
            version_high: u16, "icmpv6.opt.abro.version_high";
            /// Lifetime in minutes.
            lifetime: u16, "icmpv6.opt.abro.valid_lifetime", minutes;
            /// Address of the border router.
            address: Ipv6Addr, "icmpv6.opt.abro.6lbr_address";
        }
        LowpanCapability = 36 "6LoWPAN capability" {
            /// Capability flags, RFC 7400 §3.3 and RFC 8505 §4.3.
            flags: u16, "icmpv6.opt.6cio.flags", hex;
            /// Reserved.
            reserved: u32, "icmpv6.opt.6cio.unassigned2", reserved;
        }
        CaptivePortal = 37 "captive portal" {
            /// URI of the captive portal API, padded with zero bytes. RFC 8910 §2.3.
            uri: Text<'a>, "icmpv6.opt.captive_portal";
        }
        Pref64 = 38 "PREF64" {
            /// Lifetime and prefix length.
            lifetime: Pref64, "icmpv6.opt.pref64";
            /// Highest 96 bits of the NAT64 prefix.
            prefix: ShortPrefix, "icmpv6.opt.pref64.prefix";
        }
        EncryptedDns = 144 "encrypted DNS" {
            /// Service priority; lower is better. Zero: the option contains only names. RFC 9463 §6.1.
            priority: u16, "icmpv6.opt.dnr.svcpriority";
            /// Lifetime in seconds. All ones: infinity.
            lifetime: u32, "icmpv6.opt.dnr.lifetime", seconds;
            /// Authentication domain name, addresses and service parameters.
            resolver: Resolver<'a>, "icmpv6.opt.dnr.resolver";
        }
    }
}

impl TlvItem for NdpOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, unit: 8, ..TlvLayout::BYTES };
}

/// A link-layer address, padded with zero bytes if the length is not 6.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LinkLayerAddress<'a>(pub &'a [u8]);

crate::wire::readable_debug!(bytes LinkLayerAddress);

const LINK_ADDRESS: &Field =
    &Field::floating("address", "icmpv6.opt.linkaddr", Kind::Bytes, "Link-layer address and padding.");

impl LinkLayerAddress<'_> {
    /// The MAC address, if the address has six bytes.
    pub fn mac(&self) -> Option<MacAddr> {
        self.0.try_into().ok().map(MacAddr)
    }
}

impl<'a> Codec<'a> for LinkLayerAddress<'a> {
    const KIND: Kind = Kind::Mac;
    const SCHEMA: &'static Schema = &Schema { fields: &[*LINK_ADDRESS], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(LinkLayerAddress(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        match self.mac() {
            Some(mac) => visitor.field(field, span, Value::Mac(mac)),
            None => visitor.field(LINK_ADDRESS, span, Value::Bytes(self.0)),
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(LINK_ADDRESS)
    }
}

/// A prefix whose trailing zero bytes may be omitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortPrefix {
    /// The prefix, with omitted bytes set to zero.
    pub address: Ipv6Addr,
    /// Length of the prefix in the packet in bytes, at most 16.
    pub wire_len: u8,
}

impl Codec<'_> for ShortPrefix {
    const KIND: Kind = Kind::Ipv6;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut octets = [0; 16];
        let bytes = cursor.rest().bytes();
        octets.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(ShortPrefix { address: octets.into(), wire_len: bytes.len() as u8 })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Ipv6(self.address))
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.address.octets().get(..self.wire_len.into()).unwrap_or(&[]))
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.shortened(field, Some(16))
    }
}

/// A sequence of domain names, padded with zero bytes.
///
/// ```
/// use packetsmith::Name;
/// use packetsmith::proto::icmp::{Domains, NdpOption};
/// use packetsmith::wire::TlvItem;
/// let names = [Name::from_text("example.org").unwrap()];
/// let option = NdpOption::DnsSearchList { reserved: 0, lifetime: 600, domains: Domains::of(&names) };
/// let mut bytes = Vec::new();
/// NdpOption::LAYOUT.emit(&option, &mut bytes);
/// assert_eq!((bytes[1], bytes.len()), (3, 24), "padded to units of 8 bytes");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Domains<'a> {
    names: List<'a, Name<'a>>,
    /// Bytes of the padding.
    padding: usize,
}

impl core::fmt::Debug for Domains<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.names.fmt(f)
    }
}

impl<'a> Domains<'a> {
    /// A list of these names, to build an option.
    pub const fn of(names: &'a [Name<'a>]) -> Self {
        Domains { names: List::of(names), padding: 0 }
    }

    /// The names in order.
    pub fn iter(&self) -> ListValues<'a, Name<'a>> {
        self.names.iter()
    }
}

impl<'a> Codec<'a> for Domains<'a> {
    const KIND: Kind = Kind::List(&Kind::Name);
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let all = cursor.rest();
        let mut end = all;
        while !matches!(end.bytes(), [0, ..] | []) {
            end.name()?;
        }
        let padding = end.bytes();
        let mut names = all;
        let names = List::take(&mut names.split(all.bytes().len() - padding.len())?)?;
        padding.iter().all(|&b| b == 0).then_some(Domains { names, padding: padding.len() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.names.show(field, span, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.names.emit(out);
        (0..self.padding).for_each(|_| out.put(&[0]));
    }
    fn wire_len(&self) -> usize {
        self.names.wire_len() + self.padding
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.open(field)? {
            while builder.source.next()? {
                builder.name(field)?;
            }
            builder.source.close()?;
        }
        Ok(())
    }
}

/// An encrypted resolver: parts preceded by their lengths, padded with zero bytes. RFC 9463 §6.1.
#[derive(Clone, Copy)]
pub struct Resolver<'a> {
    /// Authentication domain name of the resolver.
    pub name: Name<'a>,
    /// Addresses. Empty if the option contains only a name.
    pub addresses: List<'a, Ipv6Addr>,
    /// Service parameters in the format of a SVCB record, RFC 9460 §2.2.
    pub parameters: &'a [u8],
    parts: [Span; 3],
    /// Bytes of the padding.
    padding: usize,
}

impl core::fmt::Debug for Resolver<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Resolver");
        out.field("name", &self.name).field("addresses", &self.addresses);
        out.field("parameters", &DebugValue(self.parameters)).finish()
    }
}

impl PartialEq for Resolver<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.addresses, self.parameters) == (other.name, other.addresses, other.parameters)
    }
}
impl Eq for Resolver<'_> {}

impl<'a> Resolver<'a> {
    /// A resolver, to build an option: without addresses and service parameters, it has only a name.
    pub const fn new(name: Name<'a>, addresses: &'a [Ipv6Addr], parameters: &'a [u8]) -> Self {
        let parts = [Span { start: 0, end: 0 }; 3];
        Resolver { name, addresses: List::of(addresses), parameters, parts, padding: 0 }
    }
}

const NAME: &Field =
    &Field::floating("name", "icmpv6.opt.dnr.auth_domain_name", Kind::Name, "Authentication domain name.");
const ADDRESSES: &Field = &Field::floating(
    "addresses",
    "icmpv6.opt.dnr.ipv6_address",
    Kind::List(&Kind::Ipv6),
    "IPv6 addresses of the resolver.",
);
const PARAMETERS: &Field =
    &Field::floating("parameters", "icmpv6.opt.dnr.svcparams", Kind::Bytes, "Service parameters.");

impl<'a> Codec<'a> for Resolver<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*NAME, *ADDRESSES, *PARAMETERS], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let whole = cursor.rest();
        let mut left = whole;
        // The padding may be shorter than a length field.
        let mut part = || match left.bytes() {
            [_, _, ..] => u16::take(&mut left).and_then(|len| left.split(len.into())),
            _ => left.split(0),
        };
        let parts @ [mut name, mut addresses, parameters] = [part()?, part()?, part()?];
        let name = name.name().filter(|_| name.is_empty())?;
        let addresses = List::take(&mut addresses)?;
        let padded = left.bytes().len() < 8 && left.bytes().iter().all(|&b| b == 0);
        // Without addresses and parameters, their lengths look like padding.
        let end = if parts[1].is_empty() && parts[2].is_empty() { parts[0].span().end } else { left.span().start };
        let (parts, padding) = (parts.map(|part| part.span()), (left.span().end - end) as usize);
        padded.then_some(Resolver { name, addresses, parameters: parameters.bytes(), parts, padding })
    }
    fn show(&self, _: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        let [name, addresses, parameters] = self.parts;
        visitor.field(NAME, name, Value::Name(self.name));
        if !addresses.is_empty() {
            self.addresses.show(ADDRESSES, addresses, visitor);
            visitor.field(PARAMETERS, parameters, Value::Bytes(self.parameters));
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        Counted::<_, 2>(self.name).emit(out);
        if self.addresses.iter().next().is_some() || !self.parameters.is_empty() {
            Counted::<_, 2>(self.addresses).emit(out);
            Counted::<_, 2>(self.parameters).emit(out);
        }
        (0..self.padding).for_each(|_| out.put(&[0]));
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        Counted::<Name, 2>::build(NAME, builder)?;
        if builder.source.has(ADDRESSES) {
            Counted::<List<Ipv6Addr>, 2>::build(ADDRESSES, builder)?;
            Counted::<&[u8], 2>::build(PARAMETERS, builder)?;
        }
        Ok(())
    }
}
