//! Host Identity Protocol (RFC 7401).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{NextProtocol, OptionList};
use crate::layer::{Rule, rules};
use crate::proto::IpProtocol;
use crate::proto::ip::extension::extension;
use crate::wire::Name;
use crate::wire::Schema;
use crate::wire::{ByteSink, Codec, Counted, Cursor, List, TlvItem, TlvLayout, Tlvs, group, tagged_enum, wire_codecs};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, SelectorKind, Span, Value, Visitor, WireValue, flags, header, registry};
use core::net::Ipv6Addr;

registry! {
    /// HIP packet types, RFC 7401 §5.3 and later RFCs.
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
    /// HIP controls, RFC 7401 §5.1.2.
    pub struct HipControls: u16 {
        /// A: the sender's host identity is anonymous.
        ANONYMOUS = 0x0001, "A", "hip.controls.a";
    }
}

header! {
    /// HIP header without its parameters, RFC 7401 §5.1.
    ///
    /// ```
    /// use packetsmith::Hip;
    /// use packetsmith::proto::ip::HipPacketType;
    /// let header = Hip::build().packet_type(HipPacketType::I1).version(2).fixed(true).done();
    /// assert_eq!(header.as_bytes()[2..4], [1, 0x21]);
    /// ```
    pub struct Hip(40) => HipEdit, layer {
        /// Protocol of the payload. Most packets have none.
        next_header: IpProtocol = 0..8, "hip.proto", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "hip.hdr_len", header_length(8, 8);
        /// Always zero. Shim6 sets this bit for payload.
        shim6_payload: bool = 16..17, "hip.shim6_fixed_p";
        /// Packet type.
        packet_type: HipPacketType = 17..24, "hip.packet_type";
        /// Version: 1 for RFC 5201, 2 for RFC 7401.
        version: u8 = 24..28, "hip.version", default(2);
        /// Reserved.
        reserved: u8 = 28..31, "hip.reserved", reserved;
        /// Always one. Shim6 has a zero here.
        fixed: bool = 31..32, "hip.shim6_fixed_s";
        /// Internet checksum of pseudo-header, header and parameters.
        checksum: u16 = 32..48, "hip.checksum", checksum;
        /// Controls: anonymous host identity.
        controls: HipControls = 48..64, "hip.controls", hex;
        /// Host identity tag of the sender.
        sender: [u8; 16] = 64..192, "hip.hit_sndr";
        /// Host identity tag of the receiver. Zero: opportunistic mode, any host may answer.
        receiver: [u8; 16] = 192..320, "hip.hit_rcvr";
    }
}

const PARAMETERS: &Field =
    &Field::floating("parameters", "hip.tlv", Kind::List(&Kind::Group), "Parameters, RFC 7401 §5.2.");

impl<'a> Hip<&'a [u8; 40]> {
    /// The parameters of the header.
    pub fn parameters(&self, context: &LayerContext<'a>) -> Tlvs<'a, HipParameter<'a>> {
        Tlvs::at(context.options(Hip::LEN))
    }
}

rules! {
    /// Rules of HIP.
    pub enum HipRule {
        ParametersOutOfOrder = Warning "hip.parameters.out_of_order"
            "parameters must be in increasing order of their types (RFC 7401 §5.2.1)",
    }
}

impl<'a> Protocol<'a> for Hip<&'a [u8; 40]> {
    const NAME: &'static str = "hip";
    const TITLE: &'static str = "Host Identity Protocol, RFC 7401";
    const TABLE: &'static [Field] = Hip::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<HipParameter>(PARAMETERS));
    const RULES: &'static [&'static [Rule]] = &[HipRule::ALL];
    const RAW: &'static str = "Encrypted data, keyed hashes, signatures and certificates.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Hip::LEN))?;
        let (length, row) = (header.length(), Hip::row("length"));
        let header_len = 8 + usize::from(length) * 8;
        if header_len < Hip::LEN {
            return Ok(ParsedHeader::new(header, Hip::LEN, NextProtocol::Unknown)
                .defect(ParseDefect::too_short(header_len, Hip::LEN).at(row)));
        }
        Ok(extension(header, header.next_header(), length, bytes.len(), row))
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::pseudo(CoverageEnd::Header, 139))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut last = 0;
        for item in self.parameters(context).items().flatten() {
            if item.kind < last {
                report(Some(PARAMETERS), item.span, HipRule::ParametersOutOfOrder.into());
            }
            last = item.kind;
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let kind = self.packet_type();
        summary.begin("HIP").name_or_number(kind.name(), "type ", u8::from(kind));
    }
}

registry! {
    /// Diffie-Hellman groups, RFC 7401 §5.2.7 and IANA.
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
    /// HIP ciphers, RFC 7401 §5.2.8.
    pub enum HipCipher: u16 {
        Reserved = 0 "reserved",
        Null = 1 "NULL-ENCRYPT",
        Aes128Cbc = 2 "AES-128-CBC",
        TripleDesCbc = 3 "3DES-CBC",
        Aes256Cbc = 4 "AES-256-CBC",
    }
}

registry! {
    /// HIP transforms of version 1, RFC 5201 §5.2.7.
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
    /// ESP suites, RFC 7402 §5.1.2.
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
    /// Host identity tag suites, RFC 7401 §5.2.10. The suite number is in the upper four bits of the byte.
    pub enum HipSuite: u8 {
        Reserved = 0x00 "reserved",
        RsaDsaSha256 = 0x10 "RSA, DSA/SHA-256",
        EcdsaSha384 = 0x20 "ECDSA/SHA-384",
        EcdsaLowSha1 = 0x30 "ECDSA_LOW/SHA-1",
    }
}

registry! {
    /// Host identity algorithms, RFC 7401 §5.2.9.
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
    /// Domain identifier types, RFC 7401 §5.2.9.
    pub enum HipDomainType: u8 { None = 0 "none", Fqdn = 1 "FQDN", Nai = 2 "NAI" }
}

registry! {
    /// Notification types, RFC 7401 §5.2.19 and later RFCs.
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
    /// Registration types, RFC 8003 §4.5 and later RFCs.
    pub enum HipRegistration: u8 { Rendezvous = 1 "RENDEZVOUS", RelayUdpHip = 2 "RELAY_UDP_HIP" }
}

registry! {
    /// Reasons for a failed registration, RFC 8003 §4.4.
    pub enum HipRegistrationFailure: u8 {
        Credentials = 0 "additional credentials required",
        Unavailable = 1 "registration type unavailable",
        Resources = 2 "insufficient resources",
        InvalidCertificate = 3 "invalid certificate",
    }
}

registry! {
    /// NAT traversal modes, RFC 5770 §5.4.
    pub enum HipNatMode: u16 { Reserved = 0 "reserved", UdpEncapsulation = 1 "UDP-ENCAPSULATION", IceStunUdp = 2 "ICE-STUN-UDP" }
}

header! {
    /// Fixed part of HOST_ID, RFC 7401 §5.2.9.
    pub struct HipHostIdFields(6) => HipHostIdFieldsEdit {
        /// Length of the host identity in bytes.
        identity_length: u16 = 0..16, "hip.tlv.host_id_length", bytes, computed;
        /// Domain identifier type.
        domain_type: HipDomainType = 16..20, "hip.tlv.host_domain_id_type";
        /// Length of the domain identifier in bytes.
        domain_length: u16 = 20..32, "hip.tlv.host_domain_id_length", bytes, computed;
        /// Host identity algorithm. In version 1, the flags of a DNSSEC key, with which the host identity starts
        /// (RFC 5201 §5.2.8).
        algorithm: HipAlgorithm = 32..48, "hip.tlv.host_id_header_algo";
    }
}

/// A host identity with an optional domain identifier, RFC 7401 §5.2.9.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HipHostId<'a> {
    /// Lengths and types.
    pub fields: HipHostIdFields,
    /// Host identity: a public key.
    pub identity: &'a [u8],
    /// Domain identifier: a DNS name or a network access identifier.
    pub domain: &'a [u8],
}

crate::wire::readable_debug!(HipHostId: fields, identity, domain);

const IDENTITY: &Field = &Field::floating("identity", "hip.tlv.host_id", Kind::Bytes, "Host identity: a public key.");
const FQDN: &Field = &Field::floating("domain", "hip.fqdn", Kind::Name, "Domain name of the host.");
const NAI: &Field = &Field::floating("domain", "hip.nai", Kind::Text, "Network access identifier of the host.");
const DOMAIN: &Field =
    &Field::floating("domain", "hip.tlv.host_domain_id", Kind::Bytes, "Domain identifier of an unknown type.");

impl<'a> Codec<'a> for HipHostId<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: HipHostIdFields::FIELDS,
        nested: &[&Schema { fields: &[*IDENTITY, *FQDN, *NAI, *DOMAIN], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fields = HipHostIdFields::take(cursor)?;
        let domain = usize::from(fields.domain_length());
        // In version 1, the length includes the two bytes where version 2 has the algorithm.
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
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fields.emit(out);
        out.put(self.identity);
        out.put(self.domain);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<6>(HipHostIdFields::FIELDS)?;
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
        if unset & 1 << HipHostIdFields::row("identity_length") != 0 {
            builder.compute(&HipHostIdFields::FIELDS[0], (at, 2), domain - identity, u16::MAX.into())?;
        }
        if unset & 1 << HipHostIdFields::row("domain_length") != 0 {
            let (field, length) = (&HipHostIdFields::FIELDS[2], builder.len() - domain);
            builder.compute(field, (at + 2, 2), length, 0xfff)?;
            builder.patch(at + 2, 2, u64::from(kind) << 12 | length as u64);
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        HipHostIdFields::FIELDS.iter().chain([IDENTITY]).any(|field| builder.source.has(field))
    }
}

header! {
    /// Fixed part of a locator, RFC 8046 §4.
    pub struct HipLocatorFields(8) => HipLocatorFieldsEdit {
        /// Traffic type: 0 all traffic, 1 HIP messages, 2 other packets.
        traffic_type: u8 = 0..8, "hip.tlv.locator_traffic_type";
        /// Locator type: 0 an address, 1 an SPI and an address.
        locator_type: u8 = 8..16, "hip.tlv.locator_type";
        /// Length of the locator in units of 4 bytes.
        length: u8 = 16..24, "hip.tlv.locator_len", words, computed;
        /// Reserved.
        reserved: u8 = 24..31, "hip.tlv.locator_reserved", reserved;
        /// This is the preferred locator.
        preferred: bool = 31..32, "hip.tlv.locator_preferred";
        /// Lifetime of the locator in seconds.
        lifetime: u32 = 32..64, "hip.tlv.locator_lifetime", seconds;
    }
}

/// A locator of a host, RFC 8046 §4.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HipLocator<'a> {
    /// Traffic type, locator type, length and lifetime.
    pub fields: HipLocatorFields,
    /// The locator.
    pub locator: &'a [u8],
}

crate::wire::readable_debug!(HipLocator: fields, locator);

const SPI: &Field = &Field::floating("spi", "hip.tlv.locator_spi", Kind::Uint, "SPI of the ESP security association.")
    .of_bits(32)
    .hex();
const LOCATOR_ADDRESS: &Field =
    &Field::floating("address", "hip.tlv.locator_address", Kind::Ipv6, "IPv6 address, or IPv4-mapped IPv6 address.");
const LOCATOR: &Field = &Field::floating("locator", "hip.tlv.locator", Kind::Bytes, "Locator of an unknown type.");

impl HipLocator<'_> {
    /// The SPI, if the locator has one.
    pub fn spi(&self) -> Option<u32> {
        match (self.fields.locator_type(), self.locator) {
            (1, &[a, b, c, d, ..]) if self.locator.len() == 20 => Some(u32::from_be_bytes([a, b, c, d])),
            _ => None,
        }
    }

    /// The IPv6 address, or IPv4-mapped IPv6 address.
    pub fn address(&self) -> Option<Ipv6Addr> {
        let octets: &[u8; 16] = self.locator.last_chunk()?;
        let fits = self.locator.len() == 16 && self.fields.locator_type() == 0 || self.spi().is_some();
        fits.then_some((*octets).into())
    }
}

impl<'a> Codec<'a> for HipLocator<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: HipLocatorFields::FIELDS,
        nested: &[&Schema { fields: &[*SPI, *LOCATOR_ADDRESS, *LOCATOR], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
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
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fields.emit(out);
        out.put(self.locator);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<8>(HipLocatorFields::FIELDS)?;
        let start = builder.len();
        if builder.source.has(SPI) {
            builder.number(SPI, 4)?;
        }
        if builder.source.has(LOCATOR_ADDRESS) {
            builder.wire::<Ipv6Addr>(LOCATOR_ADDRESS)?;
        }
        builder.bytes(LOCATOR)?;
        if unset & 1 << HipLocatorFields::row("length") != 0 {
            let words = (builder.len() - start) / 4;
            builder.compute(&HipLocatorFields::FIELDS[2], (at + 2, 1), words, u8::MAX.into())?;
        }
        Ok(())
    }
}

tagged_enum! {
    /// A HIP parameter, RFC 7401 §5.2. Parameters with an odd type are critical.
    pub enum HipParameter<'a>: "type", "hip.type", "parameters" {
        EspInfo = 65 "ESP_INFO" {
            /// Reserved.
            reserved: u16, "hip.tlv_esp_info_reserved", reserved;
            /// Index of the ESP keys in the keying material, RFC 7402 §5.1.1.
            key_index: u16, "hip.tlv_esp_info_key_index";
            /// SPI that is replaced. Zero: none.
            old_spi: u32, "hip.tlv_esp_info_old_spi", hex;
            /// SPI to use from now on.
            new_spi: u32, "hip.tlv_esp_info_new_spi", hex;
        }
        R1CounterOld = 128 "R1_COUNTER (version 1)" {
            /// Reserved, RFC 5201 §5.2.3.
            reserved: u32, "hip.tlv.r1_reserved", reserved;
            /// Generation counter of the puzzles.
            counter: u64, "hip.tlv.r1_counter";
        }
        R1Counter = 129 "R1_COUNTER" {
            /// Reserved, RFC 7401 §5.2.3.
            reserved: u32, "hip.tlv.r1_reserved", reserved;
            /// Generation counter of the puzzles.
            counter: u64, "hip.tlv.r1_counter";
        }
        LocatorSet = 193 "LOCATOR_SET" {
            /// Locators of the host, RFC 8046 §4.
            locators: List<'a, HipLocator<'a>>, "hip.tlv.locator_set";
        }
        Puzzle = 257 "PUZZLE" {
            /// Difficulty in bits (K), RFC 7401 §5.2.4.
            difficulty: u8, "hip.tlv_puzzle_k";
            /// Puzzle lifetime: 2^(value - 32) seconds.
            lifetime: u8, "hip.tlv_puzzle_lifetime", puzzle_lifetime;
            /// Opaque value, returned by the initiator.
            opaque: u16, "hip.tlv_puzzle_opaque", hex;
            /// Random number (I).
            random: &'a [u8], "hip.tlv.puzzle_random_i";
        }
        Solution = 321 "SOLUTION" {
            /// Difficulty in bits (K), RFC 7401 §5.2.5.
            difficulty: u8, "hip.tlv_solution_k";
            /// Reserved; the lifetime in a puzzle.
            reserved: u8, "hip.tlv_solution_reserved", reserved;
            /// Opaque value, copied from the puzzle.
            opaque: u16, "hip.tlv_solution_opaque", hex;
            /// Random number (I) of the puzzle, and solution (J) of the same length.
            random_and_solution: Halves<'a>, "hip.tlv.solution";
        }
        Seq = 385 "SEQ" {
            /// Update ID, RFC 7401 §5.2.16.
            update: u32, "hip.tlv_seq_update_id";
        }
        Ack = 449 "ACK" {
            /// Acknowledged update IDs of the peer, RFC 7401 §5.2.17.
            updates: List<'a, u32, 1>, "hip.tlv_ack_updid";
        }
        DhGroupList = 511 "DH_GROUP_LIST" {
            /// Groups in order of preference, RFC 7401 §5.2.6.
            groups: List<'a, HipGroup, 1>, "hip.tlv.dh_group_id";
        }
        DiffieHellman = 513 "DIFFIE_HELLMAN" {
            /// Diffie-Hellman public values: one in RFC 7401 §5.2.7, up to two in RFC 5201 §5.2.6.
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
            /// Smallest interval between connectivity checks in milliseconds, RFC 5770 §5.5.
            interval: u32, "hip.tlv_transaction_minta", milliseconds;
        }
        Encrypted = 641 "ENCRYPTED" {
            /// Reserved, RFC 7401 §5.2.18.
            reserved: u32, "hip.tlv.enc_reserved", reserved;
            /// Initialization vector, if the cipher has one, and encrypted parameters.
            data: &'a [u8], "hip.encrypted_parameter_data";
        }
        HostId = 705 "HOST_ID" {
            /// Host identity, RFC 7401 §5.2.9.
            host: HipHostId<'a>, "hip.tlv.host";
        }
        HitSuiteList = 715 "HIT_SUITE_LIST" {
            /// Suites in order of preference, RFC 7401 §5.2.10.
            suites: List<'a, HipSuite, 1>, "hip.tlv.hit_suite_id";
        }
        Cert = 768 "CERT" {
            /// Certificate group, RFC 8002 §2.
            group: u8, "hip.tlv.cert_group";
            /// Number of certificates in the group.
            count: u8, "hip.tlv.cert_count";
            /// Sequence number of the certificate in the group.
            id: u8, "hip.tlv.cert_id";
            /// Certificate type: 1 X.509, 3 its hash and URL, 5 its LDAP URL, 7 its distinguished name.
            certificate_type: u8, "hip.tlv.cert_type";
            /// The certificate, or a reference to it.
            certificate: &'a [u8], "hip.tlv.certificate";
        }
        Notification = 832 "NOTIFICATION" {
            /// Reserved, RFC 7401 §5.2.19.
            reserved: u16, "hip.tlv.notification_res", reserved;
            /// Notification type.
            notification_type: HipNotification, "hip.tlv.notification_type";
            /// Notification data.
            data: &'a [u8], "hip.tlv.notification_data";
        }
        EchoRequestSigned = 897 "ECHO_REQUEST_SIGNED" {
            /// Data for the peer to return, RFC 7401 §5.2.20.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        RegInfo = 930 "REG_INFO" {
            /// Shortest lifetime offered: 2^((value - 64) / 8) seconds. RFC 8003 §4.1.
            min_lifetime: Option<u8>, "hip.tlv.reg_ltmin", registration_lifetime;
            /// Longest lifetime offered, in the same encoding.
            max_lifetime: Option<u8>, "hip.tlv.reg_ltmax", registration_lifetime;
            /// Registration types offered.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegRequest = 932 "REG_REQUEST" {
            /// Lifetime requested: 2^((value - 64) / 8) seconds. RFC 8003 §4.2.
            lifetime: u8, "hip.tlv.reg_lt", registration_lifetime;
            /// Registration types requested.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegResponse = 934 "REG_RESPONSE" {
            /// Lifetime granted: 2^((value - 64) / 8) seconds. RFC 8003 §4.3.
            lifetime: u8, "hip.tlv.reg_lt", registration_lifetime;
            /// Registration types granted.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegFailed = 936 "REG_FAILED" {
            /// Reason for the failure, RFC 8003 §4.4.
            failure: HipRegistrationFailure, "hip.tlv.reg_failtype";
            /// Registration types refused.
            types: List<'a, HipRegistration>, "hip.tlv.reg_type";
        }
        RegFrom = 950 "REG_FROM" {
            /// Source port of the registration request, RFC 5770 §5.7.
            port: u16, "hip.tlv.reg_from_port";
            /// Transport protocol of the registration request.
            protocol: IpProtocol, "hip.tlv_reg_from_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_reg_from_reserved", reserved;
            /// Source address of the registration request: IPv6 or IPv4-mapped.
            address: Ipv6Addr, "hip.tlv_reg_from_address";
        }
        EchoResponseSigned = 961 "ECHO_RESPONSE_SIGNED" {
            /// Data returned to the peer, RFC 7401 §5.2.22.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        TransportFormatList = 2049 "TRANSPORT_FORMAT_LIST" {
            /// Types of the parameters that describe the offered formats, in order of preference; RFC 7401 §5.2.11.
            formats: List<'a, HipParameterType, 1>, "hip.tlv.transport_format";
        }
        EspTransform = 4095 "ESP_TRANSFORM" {
            /// Reserved, RFC 7402 §5.1.2.
            reserved: u16, "hip.tlv.esp_trans_res", reserved;
            /// Suites in order of preference.
            suites: List<'a, HipEspSuite, 1>, "hip.tlv.esp_trans_id";
        }
        HipMac = 61505 "HIP_MAC" {
            /// Keyed hash of the packet up to this parameter, RFC 7401 §5.2.12.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        HipMac2 = 61569 "HIP_MAC_2" {
            /// Keyed hash of the packet up to this parameter and the sender's HOST_ID, RFC 7401 §5.2.13.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        HipSignature2 = 61633 "HIP_SIGNATURE_2" {
            /// Signature algorithm, RFC 7401 §5.2.15.
            algorithm: HipAlgorithm, "hip.tlv.sig_alg";
            /// Signature of the packet up to this parameter, without the receiver-specific fields.
            signature: &'a [u8], "hip.tlv.sig";
        }
        HipSignature = 61697 "HIP_SIGNATURE" {
            /// Signature algorithm, RFC 7401 §5.2.14.
            algorithm: HipAlgorithm, "hip.tlv.sig_alg";
            /// Signature of the packet up to this parameter.
            signature: &'a [u8], "hip.tlv.sig";
        }
        EchoResponseUnsigned = 63425 "ECHO_RESPONSE_UNSIGNED" {
            /// Data returned to the peer, RFC 7401 §5.2.23.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        EchoRequestUnsigned = 63661 "ECHO_REQUEST_UNSIGNED" {
            /// Data for the peer to return, RFC 7401 §5.2.21.
            data: &'a [u8], "hip.tlv.opaque_data";
        }
        RelayFrom = 63998 "RELAY_FROM" {
            /// Source port of the relayed packet, RFC 5770 §5.6.
            port: u16, "hip.tlv.relay_from_port";
            /// Transport protocol of the relayed packet.
            protocol: IpProtocol, "hip.tlv_relay_from_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_relay_from_reserved", reserved;
            /// Source address of the relayed packet: IPv6 or IPv4-mapped.
            address: Ipv6Addr, "hip.tlv_relay_from_address";
        }
        RelayTo = 64002 "RELAY_TO" {
            /// Port that the packet is to be relayed to, RFC 5770 §5.6.
            port: u16, "hip.tlv.relay_to_port";
            /// Transport protocol to relay the packet with.
            protocol: IpProtocol, "hip.tlv_relay_to_protocol";
            /// Reserved.
            reserved: u8, "hip.tlv_relay_to_reserved", reserved;
            /// Address that the packet is to be relayed to: IPv6 or IPv4-mapped.
            address: Ipv6Addr, "hip.tlv_relay_to_address";
        }
        From = 65498 "FROM" {
            /// Source address of the packet, RFC 8004 §4.2.2.
            address: Ipv6Addr, "hip.tlv_from_address";
        }
        RvsHmac = 65500 "RVS_HMAC" {
            /// Keyed hash of the packet up to this parameter, RFC 8004 §4.2.1.
            mac: &'a [u8], "hip.tlv.hmac";
        }
        ViaRvs = 65502 "VIA_RVS" {
            /// Addresses of the rendezvous servers passed, RFC 8004 §4.2.3.
            addresses: List<'a, Ipv6Addr>, "hip.tlv_rvs_address";
        }
        RelayHmac = 65520 "RELAY_HMAC" {
            /// Keyed hash of the packet up to this parameter, RFC 5770 §5.8.
            mac: &'a [u8], "hip.tlv.hmac";
        }
    }
}

group! {
    /// A Diffie-Hellman public value, RFC 7401 §5.2.7.
    pub struct HipPublicValue<'a> {
        /// Diffie-Hellman group.
        group: HipGroup, "hip.tlv.dh_group_id";
        /// Public value.
        public_value: Counted<&'a [u8], 2>, "hip.tlv.dh_public_value";
    }
}

/// A parameter type, as referred to by another parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HipParameterType(pub u16);

impl WireValue for HipParameterType {
    const MAX_BITS: usize = 16;
    const KIND: Kind = Kind::Named(HipParameter::REGISTRY);
    fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
        HipParameterType(u16::get(buf, bits))
    }
    fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
        self.0.put(buf, bits)
    }
}
wire_codecs!(HipParameterType);

/// A puzzle's random number (I), and a solution (J) of the same length.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Halves<'a> {
    /// Random number (I) of the puzzle.
    pub random: &'a [u8],
    /// Solution (J).
    pub solution: &'a [u8],
}

crate::wire::readable_debug!(Halves: random, solution);

const RANDOM: &Field =
    &Field::floating("random", "hip.tlv.solution_random_i", Kind::Bytes, "Random number (I) of the puzzle.");
const SOLUTION: &Field = &Field::floating("solution", "hip.tlv_solution_j", Kind::Bytes, "Solution (J).");

impl<'a> Codec<'a> for Halves<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*RANDOM, *SOLUTION], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let half = cursor.bytes().len() / 2;
        Some(Halves { random: cursor.take(half)?, solution: cursor.take(half)? })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + self.random.len() as u32;
        visitor.field(RANDOM, Span::new(span.start, middle), Value::Bytes(self.random));
        visitor.field(SOLUTION, Span::new(middle, span.end), Value::Bytes(self.solution));
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.random);
        out.put(self.solution);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(RANDOM)?;
        builder.bytes(SOLUTION)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(RANDOM) || builder.source.has(SOLUTION)
    }
}

impl TlvItem for HipParameter<'_> {
    const LAYOUT: TlvLayout = TlvLayout { align: 8, ..TlvLayout::WORDS };
}

crate::wire::options_of! { HipParameter: Hip; }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::TaggedEnum;

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
    fn parameters_round_trip() {
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
            let mut packet = crate::packet::Packet::new(crate::dissect::examine(101, &bytes));
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
