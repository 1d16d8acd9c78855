//! Extensions of TLS handshake messages, RFC 8446 §4.2 and IANA's registry.
//!
//! Some extensions have other contents in a server's message than in a client's. What they are follows from their length.

use crate::proto::app::tls::numbers::{
    TlsCertificateCompression, TlsGroup, TlsMaxFragmentLength, TlsNameType, TlsPointFormat, TlsPskMode,
    TlsSignatureScheme, TlsStatusType, TlsVersion,
};
use crate::wire::{ByteSink, Codec, Counted, Cursor, List, Schema, Text, TlvItem, TlvLayout, Tlvs};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, group, tagged_enum};

tagged_enum! {
    /// An extension, RFC 8446 §4.2. Types and names are those of IANA's registry.
    ///
    /// ```
    /// use packetsmith::proto::app::{TlsExtension, TlsNameType, TlsServerName};
    /// use packetsmith::{List, Tlvs};
    /// use packetsmith::wire::Counted;
    /// let list = Tlvs::<TlsExtension>::new(b"\0\0\0\x10\0\x0e\0\0\x0bexample.com\0\x17\0\0");
    /// let mut extensions = list.iter();
    /// let Some(TlsExtension::ServerName { names: Some(Counted(names)) }) = extensions.next() else { panic!() };
    /// let name = TlsServerName { name_type: TlsNameType::HostName, name: "example.com".into() };
    /// assert_eq!(names, List::of(&[name]));
    /// assert_eq!(extensions.next(), Some(TlsExtension::ExtendedMasterSecret {}));
    /// ```
    pub enum TlsExtension<'a>: "type", "tls.handshake.extension.type", "TLS extensions", length "tls.handshake.extension.len" {
        ServerName = 0 "server_name" {
            /// Names of the server that the client asks for, RFC 6066 §3. A server's answer has none.
            names: Option<Counted<List<'a, TlsServerName<'a>, 1>, 2>>, "";
        }
        MaxFragmentLength = 1 "max_fragment_length" {
            /// Largest length of a record's contents, RFC 6066 §4.
            max_length: TlsMaxFragmentLength, "tls.handshake.max_fragment_length";
        }
        ClientCertificateUrl = 2 "client_certificate_url" {}
        TrustedCaKeys = 3 "trusted_ca_keys" {
            /// Authorities that the client trusts, RFC 6066 §6.
            authorities: &'a [u8], "";
        }
        TruncatedHmac = 4 "truncated_hmac" {}
        StatusRequest = 5 "status_request" {
            /// What the client asks for, RFC 6066 §8. A server's answer has nothing.
            request: Option<TlsStatusRequest<'a>>, "";
        }
        SupportedGroups = 10 "supported_groups" {
            /// Groups for the exchange of keys, the preferred one first; RFC 8446 §4.2.7.
            groups: Counted<List<'a, TlsGroup>, 2>, "tls.handshake.extensions_supported_group", hex;
        }
        EcPointFormats = 11 "ec_point_formats" {
            /// Formats of points, RFC 8422 §5.1.2.
            formats: Counted<List<'a, TlsPointFormat>>, "tls.handshake.extensions_ec_point_format";
        }
        Srp = 12 "srp" {
            /// Name of the user, RFC 5054 §2.8.1.
            user: Counted<Text<'a>>, "tls.handshake.extensions_srp_username";
        }
        SignatureAlgorithms = 13 "signature_algorithms" {
            /// Schemes of signatures, the preferred one first; RFC 8446 §4.2.3.
            schemes: Counted<List<'a, TlsSignatureScheme>, 2>, "tls.handshake.sig_hash_alg", hex;
        }
        UseSrtp = 14 "use_srtp" {
            /// Profiles of SRTP, RFC 5764 §4.1.1.
            profiles: &'a [u8], "";
        }
        Heartbeat = 15 "heartbeat" {
            /// Whether heartbeats may be sent, RFC 6520 §2: 1 yes, 2 no.
            mode: u8, "tls.handshake.extension.heartbeat.mode";
        }
        Alpn = 16 "application_layer_protocol_negotiation" {
            /// Names of application protocols, the preferred one first; RFC 7301 §3.1. A server's answer has one.
            protocols: Counted<List<'a, Counted<Text<'a>>>, 2>, "tls.handshake.extensions_alpn_str";
        }
        StatusRequestV2 = 17 "status_request_v2" {
            /// What the client asks for, RFC 6961 §2.2.
            requests: &'a [u8], "";
        }
        SignedCertificateTimestamp = 18 "signed_certificate_timestamp" {
            /// Timestamps of logs, RFC 6962 §3.3. A client's request has none.
            timestamps: &'a [u8], "";
        }
        ClientCertificateType = 19 "client_certificate_type" {
            /// Types of the client's certificate, RFC 7250 §3.
            types: &'a [u8], "";
        }
        ServerCertificateType = 20 "server_certificate_type" {
            /// Types of the server's certificate, RFC 7250 §3.
            types: &'a [u8], "";
        }
        Padding = 21 "padding" {
            /// Zeros, RFC 7685 §3.
            zeros: &'a [u8], "tls.handshake.extensions_padding_data";
        }
        EncryptThenMac = 22 "encrypt_then_mac" {}
        ExtendedMasterSecret = 23 "extended_master_secret" {}
        TokenBinding = 24 "token_binding" {
            /// Version and parameters, RFC 8472 §2.
            parameters: &'a [u8], "";
        }
        CachedInfo = 25 "cached_info" {
            /// What the client has stored, RFC 7924 §3.
            objects: &'a [u8], "";
        }
        CompressCertificate = 27 "compress_certificate" {
            /// Algorithms of compression, the preferred one first; RFC 8879 §3.
            algorithms: Counted<List<'a, TlsCertificateCompression>>, "tls.compress_certificate.algorithm";
        }
        RecordSizeLimit = 28 "record_size_limit" {
            /// Largest length of a record's contents that the sender accepts, RFC 8449 §4.
            limit: u16, "tls.record_size_limit", bytes;
        }
        DelegatedCredential = 34 "delegated_credential" {
            /// Schemes of signatures of delegated credentials, RFC 9345 §4.1.1.
            schemes: Counted<List<'a, TlsSignatureScheme>, 2>, "tls.handshake.sig_hash_alg", hex;
        }
        SessionTicket = 35 "session_ticket" {
            /// Ticket of an earlier session, RFC 5077 §3.2. Empty if the client has none.
            ticket: &'a [u8], "";
        }
        PreSharedKey = 41 "pre_shared_key" {
            /// Keys that the client offers, or the one that the server selected; RFC 8446 §4.2.11.
            keys: TlsPreSharedKey<'a>, "";
        }
        EarlyData = 42 "early_data" {
            /// Most early data that may be sent, RFC 8446 §4.2.10. It is in a NewSessionTicket alone.
            max_size: Option<u32>, "tls.early_data.max_early_data_size", bytes;
        }
        SupportedVersions = 43 "supported_versions" {
            /// Versions that the client offers, or the one that the server selected; RFC 8446 §4.2.1.
            versions: TlsSupportedVersions<'a>, "";
        }
        Cookie = 44 "cookie" {
            /// What the server wants to have back, RFC 8446 §4.2.2.
            cookie: Counted<&'a [u8], 2>, "tls.handshake.extensions.cookie";
        }
        PskKeyExchangeModes = 45 "psk_key_exchange_modes" {
            /// How pre-shared keys may be used, RFC 8446 §4.2.9.
            modes: Counted<List<'a, TlsPskMode>>, "tls.extension.psk_ke_mode";
        }
        CertificateAuthorities = 47 "certificate_authorities" {
            /// Distinguished names of authorities, RFC 8446 §4.2.4.
            authorities: Counted<List<'a, Counted<&'a [u8], 2>>, 2>, "";
        }
        OidFilters = 48 "oid_filters" {
            /// What the client's certificate must have, RFC 8446 §4.2.5.
            filters: &'a [u8], "";
        }
        PostHandshakeAuth = 49 "post_handshake_auth" {}
        SignatureAlgorithmsCert = 50 "signature_algorithms_cert" {
            /// Schemes of signatures in certificates, RFC 8446 §4.2.3.
            schemes: Counted<List<'a, TlsSignatureScheme>, 2>, "tls.handshake.sig_hash_alg", hex;
        }
        KeyShare = 51 "key_share" {
            /// Public keys of the client, the one of the server, or the group that the server asks for; RFC 8446 §4.2.8.
            shares: TlsKeyShare<'a>, "";
        }
        QuicTransportParameters = 57 "quic_transport_parameters" {
            /// Parameters of QUIC, RFC 9000 §18.
            parameters: &'a [u8], "";
        }
        TicketRequest = 58 "ticket_request" {
            /// How many tickets the client wants, RFC 9149 §3.
            request: &'a [u8], "";
        }
        Grease0a0a = 0x0a0a "GREASE 0x0a0a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease1a1a = 0x1a1a "GREASE 0x1a1a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease2a2a = 0x2a2a "GREASE 0x2a2a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        NextProtocolNegotiation = 0x3374 "next_protocol_negotiation" {
            /// Names of application protocols, by the draft that ALPN replaced. A client's request has none.
            protocols: List<'a, Counted<Text<'a>>>, "tls.handshake.extensions_npn";
        }
        Grease3a3a = 0x3a3a "GREASE 0x3a3a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        ApplicationSettingsOld = 0x4469 "application_settings_old" {
            /// Application protocols that have settings, by a draft.
            settings: &'a [u8], "";
        }
        ApplicationSettings = 0x44cd "application_settings" {
            /// Application protocols that have settings, by a draft.
            settings: &'a [u8], "";
        }
        Grease4a4a = 0x4a4a "GREASE 0x4a4a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease5a5a = 0x5a5a "GREASE 0x5a5a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease6a6a = 0x6a6a "GREASE 0x6a6a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        ChannelId = 0x7550 "channel_id" {
            /// Nothing, in the versions of the draft that were in use.
            channel: &'a [u8], "";
        }
        Grease7a7a = 0x7a7a "GREASE 0x7a7a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease8a8a = 0x8a8a "GREASE 0x8a8a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Grease9a9a = 0x9a9a "GREASE 0x9a9a" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greaseaaaa = 0xaaaa "GREASE 0xaaaa" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greasebaba = 0xbaba "GREASE 0xbaba" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greasecaca = 0xcaca "GREASE 0xcaca" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greasedada = 0xdada "GREASE 0xdada" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greaseeaea = 0xeaea "GREASE 0xeaea" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        Greasefafa = 0xfafa "GREASE 0xfafa" {
            /// Anything, RFC 8701 §2.
            anything: &'a [u8], "";
        }
        EncryptedClientHello = 0xfe0d "encrypted_client_hello" {
            /// The ClientHello inside, encrypted, and what the server needs to decrypt it; RFC 9849 §5.
            hello: &'a [u8], "";
        }
        RenegotiationInfo = 0xff01 "renegotiation_info" {
            /// Verify data of the handshake before, RFC 5746 §3.2. Empty in the first one.
            renegotiated: Counted<&'a [u8]>, "tls.handshake.extensions_reneg_info";
        }
    }
}

impl TlvItem for TlsExtension<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

group! {
    /// A name of a server, RFC 6066 §3.
    pub struct TlsServerName<'a> {
        /// Type of the name.
        name_type: TlsNameType, "tls.handshake.extensions_server_name_type";
        /// The name: a DNS name without a dot at its end.
        name: Counted<Text<'a>, 2>, "tls.handshake.extensions_server_name";
    }
}

group! {
    /// A request for the status of the server's certificate, RFC 6066 §8.
    pub struct TlsStatusRequest<'a> {
        /// Type of the status.
        status_type: TlsStatusType, "tls.handshake.extensions_status_request_type";
        /// OCSP responders that the client trusts.
        responder_ids: Counted<&'a [u8], 2>, "";
        /// Extensions of OCSP.
        request_extensions: Counted<&'a [u8], 2>, "";
    }
}

group! {
    /// A public key for a group, RFC 8446 §4.2.8.
    pub struct TlsKeyShareEntry<'a> {
        /// The group.
        group: TlsGroup, "tls.handshake.extensions_key_share_group";
        /// The public key.
        key_exchange: Counted<&'a [u8], 2>, "tls.handshake.extensions_key_share_key_exchange";
    }
}

group! {
    /// A pre-shared key that the client offers, RFC 8446 §4.2.11.
    pub struct TlsPskIdentity<'a> {
        /// Name of the key, such as a ticket.
        identity: Counted<&'a [u8], 2>, "tls.handshake.extensions.psk.identity.identity";
        /// Age of the ticket in milliseconds, to which a secret number is added.
        obfuscated_ticket_age: u32, "tls.handshake.extensions.psk.identity.obfuscated_ticket_age";
    }
}

group! {
    /// Pre-shared keys that the client offers, RFC 8446 §4.2.11.
    pub struct TlsOfferedPsks<'a> {
        /// The keys.
        identities: Counted<List<'a, TlsPskIdentity<'a>>, 2>, "";
        /// For each key a proof that the client has it.
        binders: Counted<List<'a, Counted<&'a [u8]>>, 2>, "";
    }
}

/// Declares contents of which there are several forms. The first form that uses up the bytes is the one; the first form
/// whose fields are given is built.
macro_rules! forms {
    (
        $(#[$meta:meta])*
        pub enum $name:ident<$lt:lifetime> { $( $(#[doc = $doc:literal])* $var:ident($ty:ty) => $row:literal, $filter:literal $(, $attr:ident)* ; )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum $name<$lt> { $( $(#[doc = $doc])* $var($ty), )+ }
        crate::wire::readable_debug!(enum $name: $($var(value)),+);
        impl<$lt> $name<$lt> {
            /// A field for each form.
            const FIELDS: &'static [Field] = &[ $(
                Field::floating($row, $filter, <$ty as Codec>::KIND, concat!($($doc),*)).of_bits(<$ty as Codec>::BITS)$(.$attr())*
            ),+ ];
        }
        impl<$lt> Codec<$lt> for $name<$lt> {
            const KIND: Kind = Kind::Group;
            const SCHEMA: &'static Schema =
                &Schema { fields: Self::FIELDS, nested: &[$( <$ty as Codec>::SCHEMA ),+], ..Schema::EMPTY };
            fn take(cursor: &mut Cursor<$lt>) -> Option<Self> {
                $(
                    let mut left = *cursor;
                    if let Some(value) = <$ty as Codec>::take(&mut left)
                        && left.is_empty()
                    {
                        *cursor = left;
                        return Some(Self::$var(value));
                    }
                )+
                None
            }
            fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
                let mut rows = Self::FIELDS.iter();
                $(
                    let row = rows.next();
                    if let (Self::$var(value), Some(row)) = (self, row) {
                        return value.show(row, span, visitor);
                    }
                )+
            }
            fn emit(&self, out: &mut dyn ByteSink) {
                match self {
                    $( Self::$var(value) => value.emit(out), )+
                }
            }
            fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
                let mut rows = Self::FIELDS.iter();
                $(
                    if let Some(row) = rows.next()
                        && <$ty as Codec>::is_given(row, builder)
                    {
                        return <$ty as Codec>::build(row, builder);
                    }
                )+
                Ok(())
            }
            fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
                let mut rows = Self::FIELDS.iter();
                $(
                    if let Some(row) = rows.next()
                        && <$ty as Codec>::is_given(row, builder)
                    {
                        return true;
                    }
                )+
                false
            }
        }
    };
}

forms! {
    /// Versions of a supported_versions extension, RFC 8446 §4.2.1.
    pub enum TlsSupportedVersions<'a> {
        /// The version that the server selected.
        Selected(TlsVersion) => "selected_version", "tls.handshake.extensions.supported_version", hex;
        /// The versions that the client offers, the preferred one first.
        Offered(Counted<List<'a, TlsVersion>>) => "versions", "tls.handshake.extensions.supported_version", hex;
    }
}

forms! {
    /// Public keys of a key_share extension, RFC 8446 §4.2.8.
    pub enum TlsKeyShare<'a> {
        /// The group that the server asks for in a HelloRetryRequest.
        Selected(TlsGroup) => "selected_group", "tls.handshake.extensions_key_share_selected_group";
        /// The public keys of the client.
        Client(Counted<List<'a, TlsKeyShareEntry<'a>>, 2>) => "client_shares", "";
        /// The public key of the server.
        Server(TlsKeyShareEntry<'a>) => "server_share", "";
    }
}

forms! {
    /// Keys of a pre_shared_key extension, RFC 8446 §4.2.11.
    pub enum TlsPreSharedKey<'a> {
        /// Which of the client's keys the server selected, counted from zero.
        Selected(u16) => "selected_identity", "tls.handshake.extensions.psk.identity.selected";
        /// The keys that the client offers.
        Offered(TlsOfferedPsks<'a>) => "offered", "";
    }
}

const EXTENSIONS_LENGTH: &Field = &Field::floating(
    "extensions_length",
    "tls.handshake.extensions_length",
    Kind::Uint,
    "Length of the extensions in bytes.",
)
.of_bits(16)
.bytes()
.computed();

/// The extensions of a message after their length in bytes, RFC 8446 §4.1.2. If the message is cut, these are the
/// extensions that are there.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::app::{TlsExtension, TlsExtensions};
/// use packetsmith::wire::Codec;
/// let extensions = TlsExtensions::take(&mut Cursor::new(&[0, 8, 0, 0x17, 0, 0, 0, 0x16])).unwrap();
/// assert!(!extensions.is_whole(), "8 bytes, of which 6 are there");
/// assert_eq!(extensions.list().iter().next(), Some(TlsExtension::ExtendedMasterSecret {}));
/// let made = [TlsExtension::ExtendedMasterSecret {}];
/// let mut bytes = Vec::new();
/// TlsExtensions::of(&made).emit(&mut bytes);
/// assert_eq!(bytes, [0, 4, 0, 0x17, 0, 0]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TlsExtensions<'a> {
    list: Tlvs<'a, TlsExtension<'a>>,
    /// The length that the message says, if fewer bytes are there.
    cut: Option<u16>,
}

impl core::fmt::Debug for TlsExtensions<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.list.fmt(f)
    }
}

impl<'a> TlsExtensions<'a> {
    /// These extensions, to build a message. Nothing is copied.
    pub const fn of(extensions: &'a [TlsExtension<'a>]) -> Self {
        TlsExtensions { list: Tlvs::of(extensions), cut: None }
    }

    /// The extensions.
    pub fn list(&self) -> Tlvs<'a, TlsExtension<'a>> {
        self.list
    }

    /// Tells whether all extensions are there.
    pub fn is_whole(&self) -> bool {
        self.cut.is_none()
    }
}

impl<'a> Codec<'a> for TlsExtensions<'a> {
    const KIND: Kind = Kind::List(&Kind::Group);
    const SCHEMA: &'static Schema = &Schema {
        fields: &[*EXTENSIONS_LENGTH],
        nested: &[<Tlvs<'static, TlsExtension<'static>> as Codec>::SCHEMA],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let length = u16::from_be_bytes(*cursor.chunk()?);
        let (list, cut) = match cursor.split(length.into()) {
            Some(list) => (list, None),
            None => (cursor.rest(), Some(length)),
        };
        Some(TlsExtensions { list: Tlvs::at(list), cut })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + 2;
        let length = self.cut.map_or(span.end.saturating_sub(middle), u32::from);
        visitor.field(EXTENSIONS_LENGTH, Span::new(span.start, middle), Value::Uint(length.into()));
        self.list.show(field, visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        match self.cut {
            None => Counted::<_, 2>(self.list).emit(out),
            Some(length) => {
                out.put(&length.to_be_bytes());
                self.list.emit(out);
            }
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let given = builder.given(EXTENSIONS_LENGTH, 2)?;
        Tlvs::<TlsExtension<'_>>::build(field, builder)?;
        let (have, max) = (builder.len() - at - 2, usize::from(u16::MAX));
        match given {
            // A length that is set goes out as it is.
            Some(_) => Ok(()),
            None if have > max => Err(FieldError::at(field, ValueError::TooLong { have, max })),
            None => {
                builder.patch(at, 2, have as u64);
                Ok(())
            }
        }
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(EXTENSIONS_LENGTH) || builder.source.has(field)
    }
}
