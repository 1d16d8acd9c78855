//! Host Identity Protocol, RFC 7401.

use super::IpProtocol;
use super::extension::extension;
use crate::field::{Field, Kind, Numbers, Registry, Span, Value, Visitor, Wire, flags, header, registry};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::name::Name;
use crate::part::{
    Counted, Cursor, Framed, Framing, List, OptionList, Part, Put, Tlvs, Variants, group, variants, wire_parts,
};
use crate::source::{Builder, Mistake};
use core::net::Ipv6Addr;

registry! {
    /// What a packet is, RFC 7401 §5.3 and later ones.
    pub enum HipPacketType: u8 {
        I1 = 1 "I1",
        R1 = 2 "R1",
        I2 = 3 "I2",
        R2 = 4 "R2",
        Update = 16 "UPDATE",
        Notify = 17 "NOTIFY",
        Close = 18 "CLOSE",
        CloseAck = 19 "CLOSE_ACK",
        Data = 32 "HIP_DATA",
    }
}

flags! {
    /// Controls, RFC 7401 §5.1.2.
    pub struct HipControls: u16 {
        /// The sender's host identity is anonymous.
        ANONYMOUS = 0x0001, "A", "hip.controls.a";
    }
}

header! {
    /// HIP header without its parameters, RFC 7401 §5.1.
    ///
    /// ```
    /// use packetsmith::{Hip, HipPacketType};
    /// let header = Hip::build().packet_type(HipPacketType::I1).version(2).fixed(true).done();
    /// assert_eq!(header.as_bytes()[2..4], [1, 0x21]);
    /// ```
    pub struct Hip(40) {
        /// Protocol that follows; none in most packets.
        next_header: IpProtocol = 0..8, "hip.proto", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "hip.hdr_len", head_length(8, 8);
        /// Zero; shim6 has a one here for payload.
        shim6_payload: bool = 16..17, "hip.shim6_fixed_p";
        /// What the packet is.
        packet_type: HipPacketType = 17..24, "hip.packet_type";
        /// 1 for RFC 5201, 2 for RFC 7401.
        version: u8 = 24..28, "hip.version", default(2);
        /// Reserved.
        reserved: u8 = 28..31, "hip.reserved", reserved;
        /// One; shim6 has a zero here.
        fixed: bool = 31..32, "hip.shim6_fixed_s";
        /// Internet checksum of pseudo-header, header and parameters.
        checksum: u16 = 32..48, "hip.checksum", checksum;
        /// Controls.
        controls: HipControls = 48..64, "hip.controls", hex;
        /// Host identity tag of the sender.
        sender: [u8; 16] = 64..192, "hip.hit_sndr";
        /// Host identity tag of the receiver; zero: whoever answers.
        receiver: [u8; 16] = 192..320, "hip.hit_rcvr";
    }
}

const PARAMETERS: &Field =
    &Field::floating("parameters", "hip.tlv", Kind::List(&Kind::Group), "Parameters, RFC 7401 §5.2.");

impl<'a> Hip<&'a [u8; 40]> {
    /// The parameters of a header at its place.
    pub fn parameters(&self, place: &Place<'a>) -> Tlvs<'a, HipParameter<'a>> {
        Tlvs::at(place.options(Hip::LEN))
    }
}

impl<'a> Protocol<'a> for Hip<&'a [u8; 40]> {
    const NAME: &'static str = "hip";
    const TITLE: &'static str = "Host Identity Protocol, RFC 7401";
    const TABLE: &'static [Field] = Hip::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::of::<HipParameter>(PARAMETERS));
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*PARAMETERS, *HipParameter::KIND],
        HipParameter::FIELDS,
        HipLocatorFields::FIELDS,
        &[*SPI, *LOCATOR_ADDRESS, *LOCATOR, *RANDOM, *SOLUTION, *IDENTITY, *FQDN, *NAI, *DOMAIN],
        HipPublicValue::FIELDS,
        HipHostIdFields::FIELDS,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("parameters", HipParameter::REGISTRY)];
    const RAW: &'static str = "What is encrypted, keyed hashes, signatures and certificates.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Hip::LEN))?;
        let (length, row) = (header.length(), Hip::row("length"));
        let head = 8 + usize::from(length) * 8;
        if head < Hip::LEN {
            return Ok(Parts::new(header, Hip::LEN, Next::Unknown).flaw(Flaw::too_short(head, Hip::LEN).at(row)));
        }
        Ok(extension(header, header.next_header(), length, bytes.len(), row))
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::pseudo(Upto::Head, 139))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<HipParameter>::build(PARAMETERS, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if place.head().len() > Hip::LEN {
            self.parameters(place).show(PARAMETERS, visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        self.parameters(place).check(PARAMETERS, report);
        let mut last = 0;
        for item in self.parameters(place).items().flatten() {
            if item.kind < last {
                let rule = "parameters stand in the order of their types (RFC 7401 §5.2.1)";
                report(Some(PARAMETERS), item.span, Reason::Rule(Severity::Warning, rule));
            }
            last = item.kind;
        }
    }
}

registry! {
    /// Groups of Diffie-Hellman, RFC 7401 §5.2.7 and IANA's registry.
    pub enum HipGroup: u8 {
        Reserved = 0 "reserved",
        Modp384 = 1 "384-bit",
        Oakley1 = 2 "Oakley 1",
        Modp1536 = 3 "1536-bit MODP",
        Modp3072 = 4 "3072-bit MODP",
        Modp6144 = 5 "6144-bit MODP",
        Modp8192 = 6 "8192-bit MODP",
        NistP256 = 7 "NIST P-256",
        NistP384 = 8 "NIST P-384",
        NistP521 = 9 "NIST P-521",
        Secp160r1 = 10 "SECP160R1",
        Modp2048 = 11 "2048-bit MODP",
    }
}

registry! {
    /// Ciphers, RFC 7401 §5.2.8.
    pub enum HipCipher: u16 {
        Reserved = 0 "reserved",
        Null = 1 "NULL-ENCRYPT",
        Aes128Cbc = 2 "AES-128-CBC",
        TripleDesCbc = 3 "3DES-CBC",
        Aes256Cbc = 4 "AES-256-CBC",
    }
}

registry! {
    /// Transforms of version 1, RFC 5201 §5.2.7.
    pub enum HipTransform: u16 {
        Reserved = 0 "reserved",
        AesCbcSha1 = 1 "AES-CBC with HMAC-SHA1",
        TripleDesCbcSha1 = 2 "3DES-CBC with HMAC-SHA1",
        TripleDesCbcMd5 = 3 "3DES-CBC with HMAC-MD5",
        BlowfishCbcSha1 = 4 "BLOWFISH-CBC with HMAC-SHA1",
        NullSha1 = 5 "NULL with HMAC-SHA1",
        NullMd5 = 6 "NULL with HMAC-MD5",
    }
}

registry! {
    /// Suites of ESP, RFC 7402 §5.1.2.
    pub enum HipEspSuite: u16 {
        Reserved = 0 "reserved",
        Aes128CbcSha1 = 1 "AES-128-CBC with HMAC-SHA1",
        NullSha256 = 7 "NULL with HMAC-SHA-256",
        Aes128CbcSha256 = 8 "AES-128-CBC with HMAC-SHA-256",
        Aes256CbcSha256 = 9 "AES-256-CBC with HMAC-SHA-256",
        AesCcm8 = 10 "AES-CCM-8",
        AesCcm16 = 11 "AES-CCM-16",
        AesGcm8 = 12 "AES-GCM with an 8-byte ICV",
        AesGcm16 = 13 "AES-GCM with a 16-byte ICV",
        AesCmac96 = 14 "AES-CMAC-96",
        AesGmac = 15 "AES-GMAC",
    }
}

registry! {
    /// Suites of host identity tags, RFC 7401 §5.2.10: the number stands in the high half of a byte.
    pub enum HipSuite: u8 {
        Reserved = 0x00 "reserved",
        RsaDsaSha256 = 0x10 "RSA, DSA/SHA-256",
        EcdsaSha384 = 0x20 "ECDSA/SHA-384",
        EcdsaLowSha1 = 0x30 "ECDSA_LOW/SHA-1",
    }
}

registry! {
    /// Algorithms of host identities, RFC 7401 §5.2.9.
    pub enum HipAlgorithm: u16 {
        Reserved = 0 "reserved",
        NullEncrypt = 1 "NULL-ENCRYPT",
        Dsa = 3 "DSA",
        Rsa = 5 "RSA",
        Ecdsa = 7 "ECDSA",
        EcdsaLow = 9 "ECDSA_LOW",
    }
}

registry! {
    /// Kinds of domain identifiers, RFC 7401 §5.2.9.
    pub enum HipDomainType: u8 { None = 0 "none", Fqdn = 1 "FQDN", Nai = 2 "NAI" }
}

registry! {
    /// What a notification tells, RFC 7401 §5.2.19 and later ones.
    pub enum HipNotification: u16 {
        UnsupportedCriticalParameter = 1 "UNSUPPORTED_CRITICAL_PARAMETER_TYPE",
        InvalidSyntax = 7 "INVALID_SYNTAX",
        NoDhProposal = 14 "NO_DH_PROPOSAL_CHOSEN",
        InvalidDh = 15 "INVALID_DH_CHOSEN",
        NoHipProposal = 16 "NO_HIP_PROPOSAL_CHOSEN",
        InvalidHipCipher = 17 "INVALID_HIP_CIPHER_CHOSEN",
        NoEspProposal = 18 "NO_ESP_PROPOSAL_CHOSEN",
        InvalidEspTransform = 19 "INVALID_ESP_TRANSFORM_CHOSEN",
        UnsupportedHitSuite = 20 "UNSUPPORTED_HIT_SUITE",
        AuthenticationFailed = 24 "AUTHENTICATION_FAILED",
        ChecksumFailed = 26 "CHECKSUM_FAILED",
        HipMacFailed = 28 "HIP_MAC_FAILED",
        EncryptionFailed = 32 "ENCRYPTION_FAILED",
        InvalidHit = 40 "INVALID_HIT",
        BlockedByPolicy = 42 "BLOCKED_BY_POLICY",
        ResponderBusy = 44 "RESPONDER_BUSY_PLEASE_RETRY",
        LocatorTypeUnsupported = 46 "LOCATOR_TYPE_UNSUPPORTED",
        I2Acknowledgement = 16384 "I2_ACKNOWLEDGEMENT",
    }
}

registry! {
    /// Services that a host can register with, RFC 8003 §4.5 and later ones.
    pub enum HipRegistration: u8 { Rendezvous = 1 "RENDEZVOUS", RelayUdpHip = 2 "RELAY_UDP_HIP" }
}

registry! {
    /// Why a registration failed, RFC 8003 §4.4.
    pub enum HipRegistrationFailure: u8 {
        Credentials = 0 "additional credentials required",
        Unavailable = 1 "registration type unavailable",
        Resources = 2 "insufficient resources",
        InvalidCertificate = 3 "invalid certificate",
    }
}

registry! {
    /// How packets go through address translators, RFC 5770 §5.4.
    pub enum HipNatMode: u16 { Reserved = 0 "reserved", UdpEncapsulation = 1 "UDP-ENCAPSULATION", IceStunUdp = 2 "ICE-STUN-UDP" }
}

header! {
    /// Fixed part of HOST_ID, RFC 7401 §5.2.9.
    pub struct HipHostIdFields(6) {
        /// Length of the host identity.
        identity_length: u16 = 0..16, "hip.tlv.host_id_length", bytes, derived;
        /// Kind of domain identifier.
        domain_type: HipDomainType = 16..20, "hip.tlv.host_domain_id_type";
        /// Length of the domain identifier.
        domain_length: u16 = 20..32, "hip.tlv.host_domain_id_length", bytes, derived;
        /// Algorithm of the host identity; in version 1 the flags of a DNSSEC key, with which the host
        /// identity begins (RFC 5201 §5.2.8).
        algorithm: HipAlgorithm = 32..48, "hip.tlv.host_id_header_algo";
    }
}

/// A host identity and a name for it, RFC 7401 §5.2.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HipHostId<'a> {
    /// Lengths and kinds.
    pub fields: HipHostIdFields,
    /// The host identity: a public key.
    pub identity: &'a [u8],
    /// A name for the host, as DNS writes it or as a network access identifier.
    pub domain: &'a [u8],
}

const IDENTITY: &Field =
    &Field::floating("identity", "hip.tlv.host_id", Kind::Bytes, "The host identity: a public key.");
const FQDN: &Field = &Field::floating("domain", "hip.fqdn", Kind::Name, "Name of the host.");
const NAI: &Field = &Field::floating("domain", "hip.nai", Kind::Text, "Network access identifier of the host.");
const DOMAIN: &Field = &Field::floating("domain", "hip.tlv.host_domain_id", Kind::Bytes, "Another name of the host.");

impl<'a> Part<'a> for HipHostId<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fields = HipHostIdFields::take(cursor)?;
        let domain = usize::from(fields.domain_length());
        // In version 1 the length counts what stands where version 2 has the algorithm.
        let identity = cursor.bytes().len().checked_sub(domain)?;
        let declared = usize::from(fields.identity_length());
        if identity != declared && identity + 2 != declared {
            return None;
        }
        Some(HipHostId { fields, identity: cursor.take(identity)?, domain: cursor.take(domain)? })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fields.show(field, span, visitor);
        let identity = span.start + HipHostIdFields::LEN as u32;
        let domain = identity + self.identity.len() as u32;
        visitor.field(IDENTITY, Span::new(identity, domain), Value::Bytes(self.identity));
        if self.domain.is_empty() {
            return;
        }
        let (name, span) = (Name::new(self.domain, 0), Span::new(domain, span.end));
        match self.fields.domain_type() {
            HipDomainType::Fqdn if name.wire_len() == Ok(self.domain.len()) => {
                visitor.field(FQDN, span, Value::Name(name));
            }
            HipDomainType::Nai => visitor.field(NAI, span, Value::Text(self.domain)),
            _ => visitor.field(DOMAIN, span, Value::Bytes(self.domain)),
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        self.fields.emit(out);
        out.put(self.identity);
        out.put(self.domain);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        let auto = builder.fixed::<6>(HipHostIdFields::FIELDS)?;
        let identity = builder.len();
        builder.bytes(IDENTITY)?;
        let domain = builder.len();
        let kind = builder.out.written().get(at + 2).map_or(0, |byte| byte >> 4);
        match HipDomainType::from(kind) {
            HipDomainType::Fqdn if builder.source.has(FQDN) => {
                let message = core::mem::replace(&mut builder.message, domain);
                builder.name(FQDN)?;
                builder.message = message;
            }
            HipDomainType::Nai => builder.bytes(NAI)?,
            _ => builder.bytes(DOMAIN)?,
        }
        if auto & 1 << HipHostIdFields::row("identity_length") != 0 {
            builder.patch(at, 2, (domain - identity) as u64);
        }
        if auto & 1 << HipHostIdFields::row("domain_length") != 0 {
            let length = (builder.len() - domain) as u64;
            builder.patch(at + 2, 2, u64::from(kind) << 12 | length & 0xfff);
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        HipHostIdFields::FIELDS.iter().chain([IDENTITY]).any(|field| builder.source.has(field))
    }
}

header! {
    /// Fixed part of a locator, RFC 8046 §4.
    pub struct HipLocatorFields(8) {
        /// What goes there: 0 all, 1 HIP's messages, 2 other packets.
        traffic_type: u8 = 0..8, "hip.tlv.locator_traffic_type";
        /// 0: an address; 1: one behind the SPI of an association.
        locator_type: u8 = 8..16, "hip.tlv.locator_type";
        /// Length of the locator.
        length: u8 = 16..24, "hip.tlv.locator_len", words, derived;
        /// Reserved.
        reserved: u8 = 24..31, "hip.tlv.locator_reserved", reserved;
        /// It is the preferred one.
        preferred: bool = 31..32, "hip.tlv.locator_preferred";
        /// For how long it is valid.
        lifetime: u32 = 32..64, "hip.tlv.locator_lifetime", seconds;
    }
}

/// Where a host can be reached, RFC 8046 §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HipLocator<'a> {
    /// What it is for.
    pub fields: HipLocatorFields,
    /// The locator.
    pub locator: &'a [u8],
}

const SPI: &Field = &Field::floating("spi", "hip.tlv.locator_spi", Kind::Uint, "SPI of the association.").hex();
const LOCATOR_ADDRESS: &Field =
    &Field::floating("address", "hip.tlv.locator_address", Kind::Ipv6, "Address; an IPv4 address is mapped.");
const LOCATOR: &Field = &Field::floating("locator", "hip.tlv.locator", Kind::Bytes, "Locator of another type.");

impl HipLocator<'_> {
    /// The SPI, where the locator has one.
    pub fn spi(&self) -> Option<u32> {
        match (self.fields.locator_type(), self.locator) {
            (1, &[a, b, c, d, ..]) if self.locator.len() == 20 => Some(u32::from_be_bytes([a, b, c, d])),
            _ => None,
        }
    }

    /// The address. IPv4 addresses are mapped.
    pub fn address(&self) -> Option<Ipv6Addr> {
        let octets: &[u8; 16] = self.locator.last_chunk()?;
        let fits = self.locator.len() == 16 && self.fields.locator_type() == 0 || self.spi().is_some();
        fits.then_some((*octets).into())
    }
}

impl<'a> Part<'a> for HipLocator<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fields = HipLocatorFields::take(cursor)?;
        Some(HipLocator { fields, locator: cursor.take(usize::from(fields.length()) * 4)? })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fields.show(field, span, visitor);
        let start = span.start + HipLocatorFields::LEN as u32;
        let Some(address) = self.address() else {
            return visitor.field(LOCATOR, Span::new(start, span.end), Value::Bytes(self.locator));
        };
        if let Some(spi) = self.spi() {
            visitor.field(SPI, Span::new(start, start + 4), Value::Uint(spi.into()));
        }
        visitor.field(LOCATOR_ADDRESS, Span::new(span.end - 16, span.end), Value::Ipv6(address));
    }
    fn emit(&self, out: &mut dyn Put) {
        self.fields.emit(out);
        out.put(self.locator);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        let auto = builder.fixed::<8>(HipLocatorFields::FIELDS)?;
        let start = builder.len();
        if builder.source.has(SPI) {
            builder.number(SPI, 4)?;
        }
        if builder.source.has(LOCATOR_ADDRESS) {
            builder.wire::<Ipv6Addr>(LOCATOR_ADDRESS)?;
        }
        builder.bytes(LOCATOR)?;
        if auto & 1 << HipLocatorFields::row("length") != 0 {
            let words = (builder.len() - start) as u64 / 4;
            builder.patch(at + 2, 1, words);
        }
        Ok(())
    }
}

variants! {
    /// A parameter of the Host Identity Protocol, RFC 7401 §5.2. Those with an odd type are critical.
    pub enum HipParameter<'a>: "type", "hip.type" {
        EspInfo = 65 "ESP_INFO" {
            /// Reserved.
            reserved: u16, "hip.tlv_esp_info_reserved", reserved;
            /// Where in the keying material ESP's keys begin, RFC 7402 §5.1.1.
            key_index: u16, "hip.tlv_esp_info_key_index";
            /// SPI that is given up; zero: none.
            old_spi: u32, "hip.tlv_esp_info_old_spi", hex;
            /// SPI to be used.
            new_spi: u32, "hip.tlv_esp_info_new_spi", hex;
        }
        R1CounterOld = 128 "R1_COUNTER (version 1)" {
            /// Reserved, RFC 5201 §5.2.3.
            reserved: u32, "hip.tlv.r1_reserved", reserved;
            /// Generation of the puzzles.
            counter: u64, "hip.tlv.r1_counter";
        }
        R1Counter = 129 "R1_COUNTER" {
            /// Reserved, RFC 7401 §5.2.3.
            reserved: u32, "hip.tlv.r1_reserved", reserved;
            /// Generation of the puzzles.
            counter: u64, "hip.tlv.r1_counter";
        }
        LocatorSet = 193 "LOCATOR_SET" {
            /// Where the host can be reached, RFC 8046 §4.
            locators: List<'a, HipLocator<'a>>, "hip.tlv.locator_set";
        }
        Puzzle = 257 "PUZZLE" {
            /// Bits that the solution must have, RFC 7401 §5.2.4.
            difficulty: u8, "hip.tlv_puzzle_k";
            /// For how long it may be solved: two to the power of this, less 32, seconds.
            lifetime: u8, "hip.tlv_puzzle_lifetime";
            /// What the initiator is to send back.
            opaque: u16, "hip.tlv_puzzle_opaque", hex;
            /// Random number.
            random: &'a [u8], "hip.tlv.puzzle_random_i";
        }
        Solution = 321 "SOLUTION" {
            /// Bits that the solution must have, RFC 7401 §5.2.5.
            difficulty: u8, "hip.tlv_solution_k";
            /// Reserved; the puzzle's lifetime stood here.
            reserved: u8, "hip.tlv_solution_reserved", reserved;
            /// What the responder wants back.
            opaque: u16, "hip.tlv_solution_opaque", hex;
            /// The puzzle's random number, and as long as that, the solution.
            random_and_solution: Halves<'a>, "hip.tlv.solution";
        }
        Seq = 385 "SEQ" {
            /// Number of the update, RFC 7401 §5.2.16.
            update: u32, "hip.tlv_seq_update_id";
        }
        Ack = 449 "ACK" {
            /// Numbers of the peer's updates that came in, RFC 7401 §5.2.17.
            updates: List<'a, u32, 1>, "hip.tlv_ack_updid";
        }
        DhGroupList = 511 "DH_GROUP_LIST" {
            /// Groups in order of preference, RFC 7401 §5.2.6.
            groups: List<'a, HipGroup, 1>, "hip.tlv.dh_group_id";
        }
        DiffieHellman = 513 "DIFFIE_HELLMAN" {
            /// Public values, one by RFC 7401 §5.2.7, up to two by RFC 5201 §5.2.6.
            values: List<'a, HipPublicValue<'a>, 1>, "hip.tlv.dh";
        }
        HipTransform = 577 "HIP_TRANSFORM" {
            /// Suites in order of preference, RFC 5201 §5.2.7.
            suites: List<'a, HipTransform, 1>, "hip.tlv.trans_id";
        }
        HipCipher = 579 "HIP_CIPHER" {
            /// Ciphers in order of preference, RFC 7401 §5.2.8.
            ciphers: List<'a, HipCipher, 1>, "hip.tlv.cipher_id";
        }
        NatTraversalMode = 608 "NAT_TRAVERSAL_MODE" {
            /// Reserved, RFC 5770 §5.4.
            reserved: u16, "hip.tlv.nat_traversal_mode_reserved", reserved;
            /// Modes in order of preference.
            modes: List<'a, HipNatMode, 1>, "hip.tlv.nat_traversal_mode_id";
        }
        TransactionPacing = 610 "TRANSACTION_PACING" {
            /// Shortest time between connectivity checks, RFC 5770 §5.5.
            interval: u32, "hip.tlv_transaction_minta", milliseconds;
        }
        Encrypted = 641 "ENCRYPTED" {
            /// Reserved, RFC 7401 §5.2.18.
            reserved: u32, "hip.tlv.enc_reserved", reserved;
            /// Initialization vector, where the cipher has one, and parameters in secret.
            data: &'a [u8], "hip.encrypted_parameter_data";
        }
        HostId = 705 "HOST_ID" {
            /// Who the host is, RFC 7401 §5.2.9.
            host: HipHostId<'a>, "hip.tlv.host";
        }
        HitSuiteList = 715 "HIT_SUITE_LIST" {
            /// Suites in order of preference, RFC 7401 §5.2.10.
            suites: List<'a, HipSuite, 1>, "hip.tlv.hit_suite_id";
        }
        Cert = 768 "CERT" {
            /// Group that the certificate belongs to, RFC 8002 §2.
            group: u8, "hip.tlv.cert_group";
            /// Certificates of the group.
            count: u8, "hip.tlv.cert_count";
            /// Number of this one.
            id: u8, "hip.tlv.cert_id";
            /// Encoding: 1 X.509, 3 its hash and URL, 5 its LDAP URL, 7 its distinguished name.
            certificate_type: u8, "hip.tlv.cert_type";
            /// The certificate, or where it is.
            certificate: &'a [u8], "hip.tlv.certificate";
        }
        Notification = 832 "NOTIFICATION" {
            /// Reserved, RFC 7401 §5.2.19.
            reserved: u16, "hip.tlv.notification_res", reserved;
            /// What it tells.
            notification_type: HipNotification, "hip.tlv.notification_type";
            /// More of it.
            data: &'a [u8], "hip.tlv.notification_data";
        }
        EchoRequestSigned = 897 "ECHO_REQUEST_SIGNED" {
            /// What is to be sent back, RFC 7401 §5.2.20.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        RegInfo = 930 "REG_INFO" {
            /// Shortest lifetime on offer: two to the power of half of this, less 32, seconds. RFC 8003 §4.1.
            min_lifetime: Option<u8>, "hip.tlv.reg_ltmin";
            /// Longest lifetime on offer.
            max_lifetime: Option<u8>, "hip.tlv.reg_ltmax";
            /// Services on offer.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegRequest = 932 "REG_REQUEST" {
            /// Lifetime asked for: two to the power of half of this, less 32, seconds. RFC 8003 §4.2.
            lifetime: u8, "hip.tlv.reg_lt";
            /// Services asked for.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegResponse = 934 "REG_RESPONSE" {
            /// Lifetime granted: two to the power of half of this, less 32, seconds. RFC 8003 §4.3.
            lifetime: u8, "hip.tlv.reg_lt";
            /// Services granted.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegFailed = 936 "REG_FAILED" {
            /// Why, RFC 8003 §4.4.
            failure: HipRegistrationFailure, "hip.tlv.reg_failtype";
            /// Services refused.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegFrom = 950 "REG_FROM" {
            /// Port that the registration came from, RFC 5770 §5.7.
            port: u16, "hip.tlv.reg_from_port";
            /// Protocol that it came by.
            protocol: IpProtocol, "hip.tlv_reg_from_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_reg_from_reserved", reserved;
            /// Address that it came from; an IPv4 address is mapped.
            address: Ipv6Addr, "hip.tlv_reg_from_address";
        }
        EchoResponseSigned = 961 "ECHO_RESPONSE_SIGNED" {
            /// What was to be sent back, RFC 7401 §5.2.22.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        TransportFormatList = 2049 "TRANSPORT_FORMAT_LIST" {
            /// Parameters that tell of the formats on offer, in order of preference; RFC 7401 §5.2.11.
            formats: List<'a, HipParameterType, 1>, "hip.tlv.transport_format";
        }
        EspTransform = 4095 "ESP_TRANSFORM" {
            /// Reserved, RFC 7402 §5.1.2.
            reserved: u16, "hip.tlv.esp_trans_res", reserved;
            /// Suites in order of preference.
            suites: List<'a, HipEspSuite, 1>, "hip.tlv.esp_trans_id";
        }
        HipMac = 61505 "HIP_MAC" {
            /// Keyed hash over the packet up to here, RFC 7401 §5.2.12.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        HipMac2 = 61569 "HIP_MAC_2" {
            /// Keyed hash over the packet up to here and the sender's HOST_ID, RFC 7401 §5.2.13.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        HipSignature2 = 61633 "HIP_SIGNATURE_2" {
            /// Algorithm, RFC 7401 §5.2.15.
            algorithm: HipAlgorithm, "hip.tlv.sig_alg";
            /// Signature over the packet up to here, without what is told to one receiver alone.
            signature: &'a [u8], "hip.tlv.sig";
        }
        HipSignature = 61697 "HIP_SIGNATURE" {
            /// Algorithm, RFC 7401 §5.2.14.
            algorithm: HipAlgorithm, "hip.tlv.sig_alg";
            /// Signature over the packet up to here.
            signature: &'a [u8], "hip.tlv.sig";
        }
        EchoResponseUnsigned = 63425 "ECHO_RESPONSE_UNSIGNED" {
            /// What was to be sent back, RFC 7401 §5.2.23.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        EchoRequestUnsigned = 63661 "ECHO_REQUEST_UNSIGNED" {
            /// What is to be sent back, RFC 7401 §5.2.21.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        RelayFrom = 63998 "RELAY_FROM" {
            /// Port that the packet came from, RFC 5770 §5.6.
            port: u16, "hip.tlv.relay_from_port";
            /// Protocol that it came by.
            protocol: IpProtocol, "hip.tlv_relay_from_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_relay_from_reserved", reserved;
            /// Address that it came from; an IPv4 address is mapped.
            address: Ipv6Addr, "hip.tlv_relay_from_address";
        }
        RelayTo = 64002 "RELAY_TO" {
            /// Port that the packet is to go to, RFC 5770 §5.6.
            port: u16, "hip.tlv.relay_to_port";
            /// Protocol that it is to go by.
            protocol: IpProtocol, "hip.tlv_relay_to_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_relay_to_reserved", reserved;
            /// Address that it is to go to; an IPv4 address is mapped.
            address: Ipv6Addr, "hip.tlv_relay_to_address";
        }
        From = 65498 "FROM" {
            /// Address that the packet came from, RFC 8004 §4.2.2.
            address: Ipv6Addr, "hip.tlv_from_address";
        }
        RvsHmac = 65500 "RVS_HMAC" {
            /// Keyed hash over the packet up to here, RFC 8004 §4.2.1.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        ViaRvs = 65502 "VIA_RVS" {
            /// Rendezvous servers passed, RFC 8004 §4.2.3.
            addresses: List<'a, Ipv6Addr>, "hip.tlv_rvs_address";
        }
        RelayHmac = 65520 "RELAY_HMAC" {
            /// Keyed hash over the packet up to here, RFC 5770 §5.8.
            mac: &'a [u8], "hip.tlv.hmac";
        }
    }
}

group! {
    /// A public value of Diffie-Hellman, RFC 7401 §5.2.7.
    pub struct HipPublicValue<'a> {
        /// Group.
        group: HipGroup, "hip.tlv.dh_group_id";
        /// Public value.
        public_value: Counted<&'a [u8], 2>, "hip.tlv.dh_public_value";
    }
}

/// The type of a parameter, where another speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HipParameterType(pub u16);

impl Wire for HipParameterType {
    const MAX_BITS: usize = 16;
    const KIND: Kind = Kind::Named(HipParameter::REGISTRY);
    fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
        HipParameterType(u16::get(buf, bits))
    }
    fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
        self.0.put(buf, bits)
    }
}
wire_parts!(HipParameterType);

/// A puzzle's random number and, as long as that, its solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Halves<'a> {
    /// The puzzle's random number.
    pub random: &'a [u8],
    /// The solution.
    pub solution: &'a [u8],
}

const RANDOM: &Field =
    &Field::floating("random", "hip.tlv.solution_random_i", Kind::Bytes, "The puzzle's random number.");
const SOLUTION: &Field = &Field::floating("solution", "hip.tlv_solution_j", Kind::Bytes, "The solution.");

impl<'a> Part<'a> for Halves<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let half = cursor.bytes().len() / 2;
        Some(Halves { random: cursor.take(half)?, solution: cursor.take(half)? })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + self.random.len() as u32;
        visitor.field(RANDOM, Span::new(span.start, middle), Value::Bytes(self.random));
        visitor.field(SOLUTION, Span::new(middle, span.end), Value::Bytes(self.solution));
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.random);
        out.put(self.solution);
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.bytes(RANDOM)?;
        builder.bytes(SOLUTION)
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        builder.source.has(RANDOM) || builder.source.has(SOLUTION)
    }
}

impl Framed for HipParameter<'_> {
    const FRAMING: Framing = Framing { align: 8, ..Framing::WORDS };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter_map(|b| (b as char).to_digit(16).map(|d| d as u8)).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    #[test]
    fn parameters_are_padded_to_8_bytes() {
        let bytes = hex("01c1 0004 00000001  0fff 0006 0000 0008 0007 000000000000");
        let parameters: Vec<_> = Tlvs::<HipParameter>::new(&bytes).iter().collect();
        let [HipParameter::Ack { updates }, HipParameter::EspTransform { reserved: 0, suites }] = parameters[..] else {
            panic!("{parameters:?}")
        };
        assert!(updates.iter().eq([1]));
        assert!(suites.iter().eq([HipEspSuite::Aes128CbcSha256, HipEspSuite::NullSha256]));
        let cut = Tlvs::<HipParameter>::new(&bytes[..18]).items().nth(1).unwrap();
        assert!(cut.is_err(), "padding belongs to the parameter");
    }

    #[test]
    fn parameters_are_written_as_they_were_read() {
        let samples: &[(u16, &str)] = &[
            (65, "0000 0048 00000000 12345678"),
            (129, "00000000 0000000000000007"),
            (193, "00 00 04 01 00000e10 20010db8000000000000000000000001"),
            (193, "00 01 05 00 00000e10 12345678 00000000000000000000ffffc0000201"),
            (257, "0a 25 abcd 0102030405060708"),
            (321, "0a 00 abcd 0102030405060708 1112131415161718"),
            (385, "00000001"),
            (449, "00000001 00000002"),
            (511, "03 07 08"),
            (513, "07 0004 01020304"),
            (513, "03 0002 0102 04 0001 01"),
            (577, "0001 0005"),
            (579, "0002 0004"),
            (608, "0000 0001 0002"),
            (610, "00000014"),
            (641, "00000000 0102030405"),
            (705, "0004 1006 0007 01020304 04686f7374 00"),
            (705, "0006 2003 0005 01020304 614062"),
            (715, "10 20"),
            (768, "01 01 01 03 aabb"),
            (832, "0000 000f 01"),
            (897, "0102"),
            (930, "10 40 01 02"),
            (930, ""),
            (932, "20 01"),
            (936, "00 01"),
            (950, "2904 11 00 00000000000000000000ffffc0000201"),
            (2049, "0fff"),
            (4095, "0000 0001"),
            (61505, "0102030405"),
            (61633, "0005 0102"),
            (61697, "0007 0102"),
            (63661, "0102"),
            (65498, "20010db8000000000000000000000001"),
            (65502, "20010db8000000000000000000000001 20010db8000000000000000000000002"),
        ];
        for &(kind, text) in samples {
            let bytes = hex(text);
            let parameter = HipParameter::decode(kind, Cursor::new(&bytes));
            assert!(!parameter.is_unknown(), "{kind}: {text}");
            let mut written = Vec::new();
            parameter.emit(&mut written);
            assert_eq!(written, bytes, "{kind}");
        }
        for (kind, text) in
            [(321, "0a 00 abcd 010203"), (449, "000000"), (513, "07 0004 0102"), (705, "0005 0000 0005 01")]
        {
            let bytes = hex(text);
            assert_eq!(HipParameter::decode(kind, Cursor::new(&bytes)), HipParameter::Unknown { kind, data: &bytes });
        }
    }

    #[test]
    fn parameters_are_built_from_their_fields() {
        let parameters = [
            "00c1 0018 00 00 04 01 00000e10 20010db8000000000000000000000001 00000000",
            "0141 0014 0a 00 abcd 0102030405060708 1112131415161718",
            "0201 0007 07 0004 01020304 0000000000",
            "02c1 0010 0004 1006 0007 01020304 04686f7374 00 00000000",
        ];
        for parameter in parameters {
            let parameter = hex(parameter);
            let length = 40 + parameter.len() as u8;
            let mut bytes = vec![0x60, 0, 0, 0, 0, length, 139, 64];
            bytes.extend([0xfd; 32]);
            let header = Hip::build().packet_type(HipPacketType::I2).version(2).fixed(true).next_header(59.into());
            bytes.extend(header.length(length / 8 - 1).checksum(0x1234).done().as_bytes());
            bytes.extend(&parameter);
            let mut packet = crate::Packet::new(crate::examine(101, &bytes));
            assert_eq!(packet.build().unwrap(), bytes, "{}", packet.form);
            assert_eq!(packet.raw().len(), 0, "{}", packet.form);
        }
    }

    #[test]
    fn a_locator_may_have_an_spi_before_its_address() {
        let bytes = hex("00 01 05 01 00000e10 12345678 00000000000000000000ffffc0000201 00 07 01 00 00000000 01020304");
        let HipParameter::LocatorSet { locators } = HipParameter::decode(193, Cursor::new(&bytes)) else { panic!() };
        let [first, second] = locators.iter().collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!((first.spi(), first.fields.preferred()), (Some(0x12345678), true));
        assert_eq!(first.address().unwrap().to_string(), "::ffff:192.0.2.1");
        assert_eq!((second.spi(), second.address(), second.locator), (None, None, &[1, 2, 3, 4][..]));
    }
}
