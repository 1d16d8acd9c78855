//! Options of Neighbor Discovery, RFC 4861 §4.6 and the RFCs that add to it.

use crate::addr::MacAddr;
use crate::field::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use crate::name::Name;
use crate::part::{Counted, Cursor, Framed, Framing, List, Part, Put, Text, variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv6Addr;

flags! {
    /// Flags of a prefix information option.
    pub struct PrefixFlags: u8 {
        /// The prefix is on the link, RFC 4861 §4.6.2.
        ON_LINK = 0x80, "L", "icmpv6.opt.prefix.flag.l";
        /// Addresses may be made up under the prefix, RFC 4862.
        AUTONOMOUS = 0x40, "A", "icmpv6.opt.prefix.flag.a";
        /// The prefix is a whole address of the router, RFC 6275 §7.2.
        ROUTER_ADDRESS = 0x20, "R", "icmpv6.opt.prefix.flag.r";
        /// Prefixes may be had by DHCPv6, RFC 9762.
        DELEGATION = 0x10, "P", "icmpv6.opt.prefix.flag.p";
    }
}

registry! {
    /// How good a router or a route is, RFC 4191 §2.1.
    pub enum RouterPreference: u8 {
        Medium = 0 "medium",
        High = 1 "high",
        Reserved = 2 "reserved",
        Low = 3 "low",
    }
}

header! {
    /// Fixed part of a route information option, RFC 4191 §2.3.
    pub struct RouteInformation(6) {
        /// Bits of the prefix that count.
        prefix_length: u8 = 0..8, "icmpv6.opt.prefix.length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.opt.route_info.flag.reserved", reserved;
        /// How good the route is.
        preference: RouterPreference = 11..13, "icmpv6.opt.route_info.flag.route_preference";
        /// Reserved.
        reserved2: u8 = 13..16, "icmpv6.opt.route_info.flag.reserved", reserved;
        /// For how long the route is valid; all ones for ever.
        lifetime: u32 = 16..48, "icmpv6.opt.route_lifetime", seconds;
    }
}

header! {
    /// Lifetime and prefix length of a PREF64 option, RFC 8781 §4.
    pub struct Pref64(2) {
        /// For how long the prefix is valid, in units of 8 seconds.
        scaled_lifetime: u16 = 0..13, "icmpv6.opt.pref64.scaled_lifetime";
        /// Length of the prefix: 96, 64, 56, 48, 40 or 32 bits.
        prefix_length_code: u8 = 13..16, "icmpv6.opt.pref64.plc";
    }
}

header! {
    /// Fixed part of a 6LoWPAN context option, RFC 6775 §4.2.
    pub struct LowpanContext(6) {
        /// Bits of the prefix that count.
        context_length: u8 = 0..8, "icmpv6.opt.6co.context_length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.opt.6co.flag.reserved", reserved;
        /// The context may be used to compress.
        compression: bool = 11..12, "icmpv6.opt.6co.flag.c";
        /// Number of the context.
        context_id: u8 = 12..16, "icmpv6.opt.6co.flag.cid";
        /// Reserved.
        reserved2: u16 = 16..32, "icmpv6.opt.reserved", reserved;
        /// For how long the context is valid, in minutes.
        lifetime: u16 = 32..48, "icmpv6.opt.6co.valid_lifetime";
    }
}

flags! {
    /// Flags of an address registration option, RFC 8505 §4.1.
    pub struct RegistrationFlags: u8 {
        /// Routing service is asked for.
        ROUTE = 0x02, "R", "icmpv6.opt.earo.flag.r";
        /// The transaction number counts.
        TRANSACTION = 0x01, "T", "icmpv6.opt.earo.flag.t";
    }
}

variants! {
    /// An option of Neighbor Discovery messages; IANA's registry.
    pub enum NdpOption<'a>: "type", "icmpv6.opt.type" {
        SourceLinkLayerAddress = 1 "source link-layer address" {
            /// The sender's address.
            address: LinkLayerAddress<'a>, "icmpv6.opt.linkaddr";
        }
        TargetLinkLayerAddress = 2 "target link-layer address" {
            /// The target's address.
            address: LinkLayerAddress<'a>, "icmpv6.opt.linkaddr";
        }
        PrefixInformation = 3 "prefix information" {
            /// Bits of the prefix that count.
            prefix_length: u8, "icmpv6.opt.prefix.length";
            /// What the prefix is for.
            flags: PrefixFlags, "icmpv6.opt.prefix.flag", hex;
            /// For how long the prefix is on the link; all ones for ever.
            valid_lifetime: u32, "icmpv6.opt.prefix.valid_lifetime", seconds;
            /// For how long addresses made up under the prefix are preferred.
            preferred_lifetime: u32, "icmpv6.opt.prefix.preferred_lifetime", seconds;
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// The prefix.
            prefix: Ipv6Addr, "icmpv6.opt.prefix";
        }
        RedirectedHeader = 4 "redirected header" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// The packet that is redirected, as much as fits.
            packet: &'a [u8], "icmpv6.opt.redirected_packet";
        }
        Mtu = 5 "MTU" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Largest packet that all on the link take.
            mtu: u32, "icmpv6.opt.mtu", bytes;
        }
        NbmaShortcutLimit = 6 "NBMA shortcut limit" {
            /// Hops up to which a shortcut is worth it, RFC 2491.
            limit: u8, "icmpv6.opt.nbma.shortcut_limit";
            /// Reserved.
            reserved: [u8; 5], "icmpv6.opt.reserved", reserved;
        }
        AdvertisementInterval = 7 "advertisement interval" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Longest time between advertisements, RFC 6275 §7.3.
            interval: u32, "icmpv6.opt.advertisement_interval", milliseconds;
        }
        HomeAgentInformation = 8 "home agent information" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// The higher the better, RFC 6275 §7.4.
            preference: u16, "icmpv6.opt.home_agent_preference";
            /// For how long the router serves as a home agent.
            lifetime: u16, "icmpv6.opt.home_agent_lifetime", seconds;
        }
        SourceAddressList = 9 "source address list" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// Addresses of the sender's interface, RFC 3122 §3.1.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.ipv6_address";
        }
        TargetAddressList = 10 "target address list" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// Addresses of the target's interface, RFC 3122 §3.1.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.ipv6_address";
        }
        Cga = 11 "cryptographically generated address" {
            /// Bytes that fill the option up, RFC 3971 §5.1.
            pad_length: u8, "icmpv6.opt.cga.pad_length", bytes;
            /// Reserved.
            reserved: u8, "icmpv6.opt.reserved", reserved;
            /// Random number, RFC 3972 §3.
            modifier: [u8; 16], "icmpv6.opt.cga.modifier";
            /// Prefix of the address.
            subnet_prefix: [u8; 8], "icmpv6.opt.cga.subnet_prefix";
            /// Collisions that were seen: at most 2.
            collisions: u8, "icmpv6.opt.cga.count";
            /// Public key, extension fields, and padding.
            key: &'a [u8], "icmpv6.opt.cga.subject_public_key_info";
        }
        RsaSignature = 12 "RSA signature" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// Start of the public key's SHA-1, RFC 3971 §5.2.
            key_hash: [u8; 16], "icmpv6.opt.rsa.key_hash";
            /// Signature and padding.
            signature: &'a [u8], "icmpv6.opt.digital_signature_padding";
        }
        Timestamp = 13 "timestamp" {
            /// Reserved.
            reserved: [u8; 6], "icmpv6.opt.reserved", reserved;
            /// Seconds since 1970 in units of 1/65536, RFC 3971 §5.3.1.
            timestamp: u64, "icmpv6.opt.timestamp";
        }
        Nonce = 14 "nonce" {
            /// Random number, RFC 3971 §5.3.2.
            nonce: &'a [u8], "icmpv6.opt.nonce";
        }
        TrustAnchor = 15 "trust anchor" {
            /// 1: DER-encoded X.501 name; 2: domain name. RFC 3971 §6.4.3.
            name_type: u8, "icmpv6.opt.name_type";
            /// Bytes that fill the option up.
            pad_length: u8, "icmpv6.opt.cga.pad_length", bytes;
            /// Name and padding.
            name: &'a [u8], "icmpv6.opt.name_x501";
        }
        Certificate = 16 "certificate" {
            /// 1: X.509v3. RFC 3971 §6.4.4.
            certificate_type: u8, "icmpv6.opt.certificate_type";
            /// Reserved.
            reserved: u8, "icmpv6.opt.reserved", reserved;
            /// Certificate and padding.
            certificate: &'a [u8], "icmpv6.opt.certificate_padding";
        }
        IpAddressPrefix = 17 "IP address or prefix" {
            /// 1: old care-of address; 2: new; 3: new access router's address; 4: its prefix. RFC 5568 §6.4.1.
            option_code: u8, "icmpv6.opt.ipa.option_code";
            /// Bits of the prefix that count.
            prefix_length: u8, "icmpv6.opt.ipa.prefix_len";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// Address or prefix.
            address: Ipv6Addr, "icmpv6.opt.ipa.ipv6_address";
        }
        NewRouterPrefix = 18 "new router prefix" {
            /// 0. RFC 4068 §6.4.2.
            option_code: u8, "icmpv6.opt.nrpi.option_code";
            /// Bits of the prefix that count.
            prefix_length: u8, "icmpv6.opt.nrpi.prefix_len";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// Prefix.
            prefix: Ipv6Addr, "icmpv6.opt.nrpi.prefix";
        }
        LinkLayerAddress = 19 "link-layer address" {
            /// Whose address it is, RFC 5568 §6.4.3.
            option_code: u8, "icmpv6.opt.lla.option_code";
            /// Address and padding.
            address: &'a [u8], "icmpv6.opt.lla.bytes";
        }
        NeighborAdvertisementAck = 20 "neighbor advertisement acknowledgment" {
            /// 0. RFC 5568 §6.4.5.
            option_code: u8, "icmpv6.opt.naack.option_code";
            /// What becomes of the new care-of address.
            status: u8, "icmpv6.opt.naack.status";
            /// Reserved.
            reserved: u32, "icmpv6.opt.reserved", reserved;
            /// Care-of address to use instead.
            address: Option<Ipv6Addr>, "icmpv6.opt.naack.supplied_ncoa";
        }
        RouteInformation = 24 "route information" {
            /// How long the prefix is, how good the route, and for how long.
            route: RouteInformation, "icmpv6.opt.route_info";
            /// Prefix, without the zeros that it may end in.
            prefix: ShortPrefix, "icmpv6.opt.prefix";
        }
        RecursiveDnsServers = 25 "recursive DNS servers" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// For how long the servers may be used; all ones for ever. RFC 8106 §5.1.
            lifetime: u32, "icmpv6.opt.rdnss.lifetime", seconds;
            /// The servers' addresses.
            addresses: List<'a, Ipv6Addr>, "icmpv6.opt.rdnss";
        }
        FlagsExtension = 26 "flags extension" {
            /// Flags beyond those of the advertisement, RFC 5175 §4.
            flags: [u8; 6], "icmpv6.opt.efo";
        }
        HandoverKeyRequest = 27 "handover key request" {
            /// Bytes that fill the option up, RFC 5269 §5.1.1.
            pad_length: u8, "icmpv6.opt.hkr.pad_length", bytes;
            /// Algorithm type in the high half.
            algorithm: u8, "icmpv6.opt.hkr.at";
            /// Public key and padding.
            key: &'a [u8], "icmpv6.opt.hkr.encryption_public_key";
        }
        HandoverKeyReply = 28 "handover key reply" {
            /// Bytes that fill the option up, RFC 5269 §5.1.2.
            pad_length: u8, "icmpv6.opt.hkr.pad_length", bytes;
            /// Algorithm type in the high half.
            algorithm: u8, "icmpv6.opt.hkr.at";
            /// For how long the key is valid.
            lifetime: u16, "icmpv6.opt.hkr.lifetime", seconds;
            /// Encrypted key and padding.
            key: &'a [u8], "icmpv6.opt.hkr.encrypted_handover_key";
        }
        DnsSearchList = 31 "DNS search list" {
            /// Reserved.
            reserved: u16, "icmpv6.opt.reserved", reserved;
            /// For how long the names may be used; all ones for ever. RFC 8106 §5.2.
            lifetime: u32, "icmpv6.opt.dnssl.lifetime", seconds;
            /// Domains to look names up in.
            domains: Domains<'a>, "icmpv6.opt.dnssl";
        }
        AddressRegistration = 33 "address registration" {
            /// What became of the registration.
            status: u8, "icmpv6.opt.aro.status";
            /// What the I field says, RFC 8505 §4.1.
            opaque: u8, "icmpv6.opt.earo.opaque";
            /// What is asked for.
            flags: RegistrationFlags, "icmpv6.opt.earo.flag", hex;
            /// Transaction number.
            transaction: u8, "icmpv6.opt.earo.tid";
            /// For how long, in minutes.
            lifetime: u16, "icmpv6.opt.aro.registration_lifetime";
            /// Registration ownership verifier: an EUI-64 or longer.
            owner: &'a [u8], "icmpv6.opt.aro.eui64";
        }
        LowpanContext = 34 "6LoWPAN context" {
            /// What the context is for.
            context: LowpanContext, "icmpv6.opt.6co";
            /// Prefix, without the zeros that it may end in.
            prefix: ShortPrefix, "icmpv6.opt.6co.context_prefix";
        }
        AuthoritativeBorderRouter = 35 "authoritative border router" {
            /// Low half of the version, RFC 6775 §4.3.
            version_low: u16, "icmpv6.opt.abro.version_low";
            /// High half of the version.
            version_high: u16, "icmpv6.opt.abro.version_high";
            /// For how long, in minutes.
            lifetime: u16, "icmpv6.opt.abro.valid_lifetime";
            /// The border router's address.
            address: Ipv6Addr, "icmpv6.opt.abro.6lbr_address";
        }
        LowpanCapability = 36 "6LoWPAN capability" {
            /// Capabilities, RFC 7400 §3.3 and RFC 8505 §4.3.
            flags: u16, "icmpv6.opt.6cio.flags", hex;
            /// Reserved.
            reserved: u32, "icmpv6.opt.6cio.unassigned2", reserved;
        }
        CaptivePortal = 37 "captive portal" {
            /// Where to ask, filled up with zeros. RFC 8910 §2.3.
            uri: Text<'a>, "icmpv6.opt.captive_portal";
        }
        Pref64 = 38 "PREF64" {
            /// For how long, and how long the prefix is.
            lifetime: Pref64, "icmpv6.opt.pref64";
            /// Prefix under which IPv4 can be reached, its highest 96 bits.
            prefix: ShortPrefix, "icmpv6.opt.pref64.prefix";
        }
        EncryptedDns = 144 "encrypted DNS" {
            /// The lower the better; zero: names only. RFC 9463 §6.1.
            priority: u16, "icmpv6.opt.dnr.svcpriority";
            /// For how long; all ones for ever.
            lifetime: u32, "icmpv6.opt.dnr.lifetime", seconds;
            /// Authentication domain name, addresses and service parameters.
            resolver: Resolver<'a>, "icmpv6.opt.dnr.resolver";
        }
    }
}

impl Framed for NdpOption<'_> {
    const FRAMING: Framing = Framing { whole: true, unit: 8, ..Framing::BYTES };
}

/// A link-layer address, filled up with zeros where the link has addresses of other lengths than 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkLayerAddress<'a>(pub &'a [u8]);

const LINK_ADDRESS: &Field =
    &Field::floating("address", "icmpv6.opt.linkaddr", Kind::Bytes, "Link-layer address and padding.");

impl LinkLayerAddress<'_> {
    /// The MAC address, on links that have them.
    pub fn mac(&self) -> Option<MacAddr> {
        self.0.try_into().ok().map(MacAddr)
    }
}

impl<'a> Part<'a> for LinkLayerAddress<'a> {
    const KIND: Kind = Kind::Mac;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(LinkLayerAddress(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        match self.mac() {
            Some(mac) => visitor.field(field, span, Value::Mac(mac)),
            None => visitor.field(LINK_ADDRESS, span, Value::Bytes(self.0)),
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.0)
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.bytes(LINK_ADDRESS)
    }
}

/// A prefix whose last bytes are left out where they are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortPrefix {
    /// The prefix, filled up with zeros.
    pub address: Ipv6Addr,
    /// Bytes of it on the wire: at most 16.
    pub wire_len: u8,
}

impl Part<'_> for ShortPrefix {
    const KIND: Kind = Kind::Ipv6;
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        let mut octets = [0; 16];
        let bytes = cursor.rest().bytes();
        octets.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(ShortPrefix { address: octets.into(), wire_len: bytes.len() as u8 })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Ipv6(self.address))
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.address.octets().get(..self.wire_len.into()).unwrap_or(&[]))
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.shortened(field, Some(16))
    }
}

/// Domain names, one after the other, filled up with zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domains<'a> {
    cursor: Cursor<'a>,
    end: Cursor<'a>,
}

impl<'a> Domains<'a> {
    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = Name<'a>> + use<'a> {
        let mut cursor = self.cursor;
        core::iter::from_fn(move || match cursor.bytes() {
            [0, ..] | [] => None,
            _ => cursor.name(),
        })
    }
}

impl<'a> Part<'a> for Domains<'a> {
    const KIND: Kind = Kind::List(&Kind::Name);
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let whole = cursor.rest();
        let mut end = whole;
        while !matches!(end.bytes(), [0, ..] | []) {
            end.name()?;
        }
        end.bytes().iter().all(|&b| b == 0).then_some(Domains { cursor: whole, end })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.open(field, span);
        let mut cursor = self.cursor;
        while cursor.span() != self.end.span() {
            let start = cursor.span().start;
            let Some(name) = cursor.name() else { break };
            visitor.field(field, Span::new(start, cursor.span().start), Value::Name(name));
        }
        visitor.close();
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.cursor.bytes())
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        if builder.source.open(field)? {
            while builder.source.next()? {
                builder.name(field)?;
            }
            builder.source.close()?;
        }
        Ok(())
    }
}

/// An encrypted resolver: parts that stand behind their lengths, filled up with zeros. RFC 9463 §6.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolver<'a> {
    /// Name to authenticate the resolver by.
    pub name: Name<'a>,
    /// Addresses, unless the name alone is told.
    pub addresses: List<'a, Ipv6Addr>,
    /// Service parameters as in a SVCB record, RFC 9460 §2.2.
    pub parameters: &'a [u8],
    parts: [Cursor<'a>; 3],
    whole: Cursor<'a>,
}

const NAME: &Field =
    &Field::floating("name", "icmpv6.opt.dnr.auth_domain_name", Kind::Name, "Name to authenticate by.");
const ADDRESSES: &Field =
    &Field::floating("addresses", "icmpv6.opt.dnr.ipv6_address", Kind::List(&Kind::Ipv6), "Addresses.");
const PARAMETERS: &Field =
    &Field::floating("parameters", "icmpv6.opt.dnr.svcparams", Kind::Bytes, "Service parameters.");
pub(super) const RESOLVER: &[Field] = &[*NAME, *ADDRESSES, *PARAMETERS, *LINK_ADDRESS];

impl<'a> Part<'a> for Resolver<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let whole = cursor.rest();
        let mut left = whole;
        // Zeros that fill the option up may be too few for a length.
        let mut part = || match left.bytes() {
            [_, _, ..] => u16::take(&mut left).and_then(|len| left.split(len.into())),
            _ => left.split(0),
        };
        let parts @ [mut name, mut addresses, parameters] = [part()?, part()?, part()?];
        let name = name.name().filter(|_| name.is_empty())?;
        let addresses = List::take(&mut addresses)?;
        let padded = left.bytes().len() < 8 && left.bytes().iter().all(|&b| b == 0);
        padded.then_some(Resolver { name, addresses, parameters: parameters.bytes(), parts, whole })
    }
    fn show(&self, _: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        let [name, addresses, parameters] = self.parts.map(|part| part.span());
        visitor.field(NAME, name, Value::Name(self.name));
        if !addresses.is_empty() {
            self.addresses.show(ADDRESSES, addresses, visitor);
            visitor.field(PARAMETERS, parameters, Value::Bytes(self.parameters));
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.whole.bytes())
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        Counted::<Name, 2>::build(NAME, builder)?;
        if builder.source.has(ADDRESSES) {
            Counted::<List<Ipv6Addr>, 2>::build(ADDRESSES, builder)?;
            Counted::<&[u8], 2>::build(PARAMETERS, builder)?;
        }
        Ok(())
    }
}
