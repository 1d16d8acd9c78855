//! Handshake messages of TLS, RFC 8446 §4 and RFC 5246 §7.4.

use crate::proto::app::tls::extensions::{TlsExtension, TlsExtensions, TlsSupportedVersions};
use crate::proto::app::tls::ja4::TlsJa4;
use crate::proto::app::tls::numbers::{TlsCipherSuite, TlsCompression, TlsStatusType, TlsVersion, is_grease};
use crate::wire::{BitRange, TlvItem, TlvLayout};
use crate::wire::{ByteSink, Codec, Counted, Cursor, DATA, ITEM, List, Schema, TaggedEnum, show_message, tagged_enum};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor};

tagged_enum! {
    /// A handshake message, RFC 8446 §4 and RFC 5246 §7.4.
    ///
    /// ```
    /// use packetsmith::proto::app::{TlsCipherSuite, TlsCompression, TlsExtension, TlsExtensions, TlsHandshake, TlsVersion};
    /// use packetsmith::wire::Counted;
    /// use packetsmith::{List, Stack, Tls};
    /// let suites = [TlsCipherSuite::Aes128GcmSha256, TlsCipherSuite::Aes256GcmSha384];
    /// let protocols = ["h2".into()];
    /// let extensions = [TlsExtension::Alpn { protocols: Counted(List::of(&protocols)) }];
    /// let hello = TlsHandshake::ClientHello {
    ///     version: TlsVersion::Tls12,
    ///     random: [7; 32],
    ///     session_id: Counted(&[]),
    ///     cipher_suites: Counted(List::of(&suites)),
    ///     compression_methods: Counted(List::of(&[TlsCompression::Null])),
    ///     extensions: Some(TlsExtensions::of(&extensions)),
    /// };
    /// let record = Stack::new().push(Tls::build().options(&[hello])).finish().unwrap();
    /// assert_eq!(record[..9], [22, 3, 3, 0, 58, 1, 0, 0, 54], "the lengths are computed");
    /// ```
    pub enum TlsHandshake<'a>: "type", "tls.handshake.type", "handshake messages" {
        HelloRequest = 0 "Hello Request" {}
        ClientHello = 1 "Client Hello" {
            /// Highest version of the client; TLS 1.2 where the extension supported_versions says it. RFC 8446 §4.1.2.
            version: TlsVersion, "tls.handshake.version", hex;
            /// Random bytes.
            random: [u8; 32], "tls.handshake.random";
            /// Identifier of a session to resume, 32 bytes at most.
            session_id: Counted<&'a [u8]>, "tls.handshake.session_id";
            /// Cipher suites, the preferred one first.
            cipher_suites: Counted<List<'a, TlsCipherSuite>, 2>, "tls.handshake.ciphersuite", hex;
            /// Methods of compression; since TLS 1.3 none but null.
            compression_methods: Counted<List<'a, TlsCompression>>, "tls.handshake.comp_method";
            /// Extensions, RFC 8446 §4.2. Old clients have none.
            extensions: Option<TlsExtensions<'a>>, "";
        }
        ServerHello = 2 "Server Hello" {
            /// Version of the connection; TLS 1.2 where the extension supported_versions says it. RFC 8446 §4.1.3.
            version: TlsVersion, "tls.handshake.version", hex;
            /// Random bytes. Those of a HelloRetryRequest are fixed.
            random: [u8; 32], "tls.handshake.random";
            /// Identifier of the session, 32 bytes at most; since TLS 1.3 that of the client again.
            session_id: Counted<&'a [u8]>, "tls.handshake.session_id";
            /// Cipher suite of the connection.
            cipher_suite: TlsCipherSuite, "tls.handshake.ciphersuite", hex;
            /// Method of compression.
            compression_method: TlsCompression, "tls.handshake.comp_method";
            /// Extensions, RFC 8446 §4.2. Old servers have none.
            extensions: Option<TlsExtensions<'a>>, "";
        }
        NewSessionTicket = 4 "New Session Ticket" {
            /// How long the server keeps the ticket, RFC 5077 §3.3; 0: it does not say. Since TLS 1.3 the message is encrypted.
            lifetime_hint: u32, "tls.handshake.session_ticket_lifetime_hint", seconds;
            /// The ticket.
            ticket: Counted<&'a [u8], 2>, "tls.handshake.session_ticket";
        }
        EndOfEarlyData = 5 "End of Early Data" {}
        EncryptedExtensions = 8 "Encrypted Extensions" {
            /// Extensions, RFC 8446 §4.3.1.
            extensions: TlsExtensions<'a>, "";
        }
        Certificate = 11 "Certificate" {
            /// Certificates in DER, the sender's first; RFC 5246 §7.4.2. Since TLS 1.3 the message is encrypted.
            certificates: TlsCounted24<List<'a, TlsCounted24<&'a [u8]>>>, "tls.handshake.certificate";
        }
        ServerKeyExchange = 12 "Server Key Exchange" {
            /// Parameters of the key exchange, which depend on the cipher suite; RFC 5246 §7.4.3.
            parameters: &'a [u8], "";
        }
        CertificateRequest = 13 "Certificate Request" {
            /// What the client's certificate must have, RFC 5246 §7.4.4.
            request: &'a [u8], "";
        }
        ServerHelloDone = 14 "Server Hello Done" {}
        CertificateVerify = 15 "Certificate Verify" {
            /// Signature of the handshake, RFC 5246 §7.4.8.
            signature: &'a [u8], "";
        }
        ClientKeyExchange = 16 "Client Key Exchange" {
            /// Public key or encrypted secret, which depends on the cipher suite; RFC 5246 §7.4.7.
            exchange: &'a [u8], "";
        }
        Finished = 20 "Finished" {
            /// Digest of the handshake, RFC 5246 §7.4.9. It is encrypted, unless the cipher suite encrypts nothing.
            verify_data: &'a [u8], "";
        }
        CertificateUrl = 21 "Client Certificate URL" {
            /// Where the client's certificates are, RFC 6066 §5.
            urls: &'a [u8], "";
        }
        CertificateStatus = 22 "Certificate Status" {
            /// Type of the status.
            status_type: TlsStatusType, "tls.handshake.extensions_status_request_type";
            /// Response of the OCSP responder in DER, RFC 6066 §8.
            response: TlsCounted24<&'a [u8]>, "";
        }
        SupplementalData = 23 "Supplemental Data" {
            /// Data of the application, RFC 4680 §2.
            supplement: &'a [u8], "";
        }
        KeyUpdate = 24 "Key Update" {
            /// Whether the other side must update its keys too, RFC 8446 §4.6.3.
            request_update: u8, "tls.handshake.key_update.request_update";
        }
        CompressedCertificate = 25 "Compressed Certificate" {
            /// Algorithm, length and compressed certificates, RFC 8879 §4.
            compressed: &'a [u8], "";
        }
        NextProtocol = 67 "Next Protocol" {
            /// Application protocol that the client selected, by the draft that ALPN replaced.
            selected: Counted<&'a [u8]>, "";
            /// Zeros.
            zeros: Counted<&'a [u8]>, "";
        }
    }
}

/// A type of one byte, and a length of three.
impl TlvItem for TlsHandshake<'_> {
    const LAYOUT: TlvLayout =
        TlvLayout { header_len: 4, kind: BitRange::new(0, 8), length: BitRange::new(8, 32), ..TlvLayout::BYTES };
}

/// Bytes of type and length of a handshake message.
const MESSAGE_HEADER: usize = 4;

/// Random bytes of a ServerHello that is a HelloRetryRequest, RFC 8446 §4.1.3.
const HELLO_RETRY_REQUEST: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
    0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

impl<'a> TlsHandshake<'a> {
    /// The extensions of the message.
    pub fn extensions(&self) -> Option<TlsExtensions<'a>> {
        match *self {
            TlsHandshake::ClientHello { extensions, .. } | TlsHandshake::ServerHello { extensions, .. } => extensions,
            TlsHandshake::EncryptedExtensions { extensions } => Some(extensions),
            _ => None,
        }
    }

    /// The first name of a server that a ClientHello asks for, RFC 6066 §3. It may be any bytes.
    pub fn server_name(&self) -> Option<&'a [u8]> {
        self.extensions()?.list().iter().find_map(|extension| match extension {
            TlsExtension::ServerName { names: Some(Counted(names)) } => names.iter().next().map(|name| name.name.0.0),
            _ => None,
        })
    }

    /// The version that a ServerHello selected, or the highest that a ClientHello offers: that of the extension
    /// supported_versions, or else that of the message itself.
    pub fn version(&self) -> Option<TlsVersion> {
        let (TlsHandshake::ClientHello { version, .. } | TlsHandshake::ServerHello { version, .. }) = *self else {
            return None;
        };
        let found = self.extensions().and_then(|extensions| {
            extensions.list().iter().find_map(|extension| match extension {
                TlsExtension::SupportedVersions { versions } => Some(versions),
                _ => None,
            })
        });
        let highest = match found {
            Some(TlsSupportedVersions::Selected(version)) => Some(version),
            Some(TlsSupportedVersions::Offered(Counted(list))) => {
                let known = list.iter().filter(|version| !is_grease((*version).into()));
                // Drafts of TLS 1.3 have larger numbers than TLS 1.3.
                known.max_by_key(|version| (*version == TlsVersion::Tls13, *version))
            }
            None => None,
        };
        Some(highest.unwrap_or(version))
    }

    /// Tells whether the message is a HelloRetryRequest: a ServerHello with certain random bytes, RFC 8446 §4.1.3.
    pub fn is_hello_retry_request(&self) -> bool {
        matches!(self, TlsHandshake::ServerHello { random, .. } if *random == HELLO_RETRY_REQUEST)
    }

    /// The JA4 fingerprint of a ClientHello. `None` of other messages, of extensions that are cut, and if the message has
    /// more than 512 cipher suites, extensions or signature schemes. Of a message in a packet, ask [`TlsMessage::ja4`]: it
    /// knows whether all of the message is there.
    pub fn ja4(&self) -> Option<TlsJa4> {
        match *self {
            TlsHandshake::ClientHello { cipher_suites: Counted(suites), extensions, .. } => {
                TlsJa4::of(self.version()?, suites, extensions)
            }
            _ => None,
        }
    }
}

pub(super) const MESSAGES: &Field = &Field::floating(
    "messages",
    "tls.handshake",
    Kind::List(&Kind::Group),
    "Handshake messages, RFC 8446 §4. The last one may continue in the next record.",
);
const MESSAGE_LENGTH: &Field = &Field::floating(
    "length",
    "tls.handshake.length",
    Kind::Uint,
    "Length of the message in bytes, without type and length.",
)
.of_bits(24)
.bytes()
.computed();
const JA4: &Field = &Field::floating(
    "ja4",
    "tls.handshake.ja4",
    Kind::Text,
    "JA4 fingerprint of a ClientHello: what the client offers, in 36 characters. It is not in the packet.",
)
.computed();

/// The fields of a list of messages.
pub(super) const SCHEMA: &Schema = &Schema {
    fields: &[*MESSAGES, TlsHandshake::KIND.of_bits(8), *MESSAGE_LENGTH, *JA4],
    nested: &[TlsHandshake::SCHEMA],
    ..Schema::EMPTY
};

/// A handshake message as encoded.
///
/// ```
/// use packetsmith::proto::app::TlsHandshake;
/// use packetsmith::{Examine, Layers, NextProtocol, View};
/// let record = b"\x16\x03\x03\0\x08\x0e\0\0\0\0\0\0\0";
/// let layer = Examine::new(Layers::new(NextProtocol::TlsRecord(0), record)).next().unwrap();
/// let View::Tls(tls) = layer.view else { panic!() };
/// let message = tls.messages(&layer.context).next();
/// assert!(message.is_none(), "a HelloRequest is alone in its record: this is an encrypted message");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TlsMessage<'a> {
    /// Its type.
    pub kind: u8,
    /// Length of its contents in bytes. If it is more than `contents` has, the message continues in the next record.
    pub length: u32,
    /// Its contents, as far as they are in the record.
    pub contents: Cursor<'a>,
    /// All of its bytes that are in the record.
    pub span: Span,
}

impl<'a> TlsMessage<'a> {
    /// The message decoded. `Unknown` if its type is, or if the contents do not fit it.
    pub fn decode(&self) -> TlsHandshake<'a> {
        TlsHandshake::decode(self.kind.into(), self.contents)
    }

    /// The JA4 fingerprint of a ClientHello. `None` if it is not whole, see [`TlsHandshake::ja4`].
    pub fn ja4(&self) -> Option<TlsJa4> {
        if self.is_whole() { self.decode().ja4() } else { None }
    }

    /// Tells whether all of the message is in the record.
    pub fn is_whole(&self) -> bool {
        self.contents.bytes().len() == self.length as usize
    }
}

/// The messages of a record. What is too short for type and length at its end is no message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Messages<'a>(pub(super) Cursor<'a>);

impl<'a> Iterator for Messages<'a> {
    type Item = TlsMessage<'a>;
    fn next(&mut self) -> Option<TlsMessage<'a>> {
        let start = self.0.span().start;
        let [kind, a, b, c] = *self.0.chunk::<MESSAGE_HEADER>()?;
        let length = u32::from_be_bytes([0, a, b, c]);
        let contents = self.0.split(length as usize).unwrap_or_else(|| self.0.rest());
        Some(TlsMessage { kind, length, contents, span: Span::new(start, contents.span().end) })
    }
}

/// How many bytes of the last message are in the records that follow one of `length` bytes. `None` if the contents are no
/// messages, but encrypted ones or the rest of one that began before. They may be cut.
///
/// Nothing but the bytes tells: the types must be known, and the lengths plausible.
pub(super) fn missing(contents: &[u8], length: usize) -> Option<u32> {
    let mut at = 0;
    while at < length {
        let Some(header) = contents.get(at..).and_then(|rest| rest.first_chunk()) else {
            // The type alone is there, or the length continues in the next record.
            return if at > 0 { Some(0) } else { None };
        };
        let next = contents.get(at + MESSAGE_HEADER).copied();
        at = message_end(at, *header, next, length)?;
    }
    Some((at - length) as u32)
}

/// Where the message ends that begins at `at` in contents of a length. `next` is the byte after its header. `None` if it is
/// no message, or cannot go on past these contents.
fn message_end(at: usize, [kind, a, b, c]: [u8; MESSAGE_HEADER], next: Option<u8>, length: usize) -> Option<usize> {
    /// Longest message that continues in the next record.
    const MAX: usize = 1 << 18;
    let message = u32::from_be_bytes([0, a, b, c]) as usize;
    let has_version = next.is_none_or(|major| major == 3 || major == 0x7f);
    let plausible = match kind {
        // An explicit nonce of zeros looks like it (RFC 5288 §3).
        0 => length == MESSAGE_HEADER && message == 0,
        1 | 2 => message >= 38 && has_version,
        5 | 14 => message == 0,
        _ => TlsHandshake::variant(kind.into()).is_some(),
    };
    let end = at + MESSAGE_HEADER + message;
    let may_continue = matches!(kind, 1 | 2 | 4 | 8 | 11 | 12 | 13 | 22 | 23 | 25) && message <= MAX;
    (plausible && (end <= length || may_continue)).then_some(end)
}

/// Where the last message begins and ends of those from an offset on, in the contents of records that follow each other. The
/// end is past the contents if the message goes on in the next record; at least there, if its header is cut. `None` if
/// these are no messages.
#[cfg(feature = "std")]
pub(crate) fn last_message(contents: &[u8], from: usize) -> Option<(usize, usize)> {
    let (mut last, mut end) = (from, from);
    while end < contents.len() {
        last = end;
        let rest = contents.get(last..).unwrap_or_default();
        end = match rest.first_chunk() {
            Some(header) => message_end(last, *header, rest.get(MESSAGE_HEADER).copied(), contents.len())?,
            None => {
                TlsHandshake::variant((*rest.first()?).into())?;
                last + MESSAGE_HEADER
            }
        };
    }
    Some((last, end))
}

/// Tells whether the contents of a record after a ChangeCipherSpec are a hello in the clear all the same: a client may send
/// one before its second hello (RFC 8446 §D.4).
pub(super) fn is_hello(contents: &[u8], length: usize) -> bool {
    matches!(contents, [1 | 2, a, b, c, 3, ..] if u32::from_be_bytes([0, *a, *b, *c]) as usize + MESSAGE_HEADER == length)
}

/// Shows the messages.
pub(super) fn show(mut messages: Messages<'_>, visitor: &mut dyn Visitor) {
    visitor.open(MESSAGES, messages.0.span());
    for message in messages.by_ref() {
        visitor.open(ITEM, message.span);
        let at = message.span.start;
        visitor.field(TlsHandshake::KIND, Span::new(at, at + 1), Value::Uint(message.kind.into()));
        visitor.field(MESSAGE_LENGTH, Span::new(at + 1, at + 4), Value::Uint(message.length.into()));
        show_message::<TlsHandshake<'_>>(message.kind.into(), message.contents, visitor);
        if let Some(ja4) = message.ja4() {
            visitor.field(JA4, message.span, Value::Text(ja4.as_str().as_bytes()));
        }
        visitor.close();
    }
    let rest = messages.0;
    if !rest.is_empty() {
        visitor.open(ITEM, rest.span());
        visitor.field(DATA, rest.span(), Value::Bytes(rest.bytes()));
        visitor.close();
    }
    visitor.close();
}

/// Builds the messages that are given.
pub(super) fn build(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    if !builder.source.open(MESSAGES)? {
        return Ok(());
    }
    while builder.source.next()? {
        build_message(builder)?;
    }
    builder.source.close()
}

fn build_message(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    let at = builder.len();
    // Bytes that are too few for a message.
    if !builder.source.has(TlsHandshake::KIND) && builder.source.has(DATA) {
        return builder.bytes(DATA);
    }
    if !builder.source.has(TlsHandshake::KIND) {
        let rule = ValueError::Rule("says what the message is, and is missing");
        return Err(FieldError::at(TlsHandshake::KIND, rule));
    }
    let kind = builder.number(TlsHandshake::KIND, 1)? as u16;
    let given = builder.given(MESSAGE_LENGTH, 3)?;
    let rows = TlsHandshake::coded_rows(kind);
    // Of a message whose contents are in the next record, there are none.
    if given.is_none() || rows.is_given(builder) || builder.source.has(DATA) {
        TlsHandshake::build(kind, builder)?;
    }
    let have = builder.len() - at - MESSAGE_HEADER;
    if given.is_none() {
        builder.compute(MESSAGE_LENGTH, (at + 1, 3), have, MAX_24 as u64)?;
    }
    if !builder.source.has(JA4) {
        return Ok(());
    }
    let written = builder.out.written().get(at + MESSAGE_HEADER..).unwrap_or_default();
    let ja4 = TlsHandshake::decode(kind, Cursor::new(written)).ja4();
    match builder.source.value(JA4)? {
        Some(Value::Text(text) | Value::Bytes(text)) if ja4.is_none_or(|ja4| ja4.as_str().as_bytes() != text) => {
            let rule = ValueError::Rule("is the fingerprint of another message: leave it out to change the message");
            Err(FieldError::at(JA4, rule))
        }
        _ => Ok(()),
    }
}

/// A value after its length in bytes, which has three bytes.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::app::TlsCounted24;
/// use packetsmith::wire::Codec;
/// let mut cursor = Cursor::new(b"\0\0\x02abc");
/// assert_eq!(TlsCounted24::<&[u8]>::take(&mut cursor), Some(TlsCounted24(&b"ab"[..])));
/// assert_eq!(cursor.bytes(), b"c");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TlsCounted24<T>(pub T);

impl<T: core::fmt::Debug> core::fmt::Debug for TlsCounted24<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Codec<'a>> Codec<'a> for TlsCounted24<T> {
    const KIND: Kind = T::KIND;
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [a, b, c] = *cursor.chunk()?;
        let mut inner = cursor.split(u32::from_be_bytes([0, a, b, c]) as usize)?;
        let value = T::take(&mut inner)?;
        inner.is_empty().then_some(TlsCounted24(value))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, Span::new(span.start + 3, span.end), visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        let (have, max) = (self.0.wire_len(), MAX_24);
        if have > max {
            out.refuse(ValueError::TooLong { have, max }.into());
        }
        let [_, length @ ..] = (have as u32).to_be_bytes();
        out.put(&length);
        self.0.emit(out);
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.out.put(&[0; 3]);
        T::build(field, builder)?;
        let (have, max) = (builder.len() - at - 3, MAX_24);
        if have > max {
            return Err(FieldError::at(field, ValueError::TooLong { have, max }));
        }
        builder.patch(at, 3, have as u64);
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        T::is_given(field, builder)
    }
}

/// Largest number of three bytes.
const MAX_24: usize = (1 << 24) - 1;
