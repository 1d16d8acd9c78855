//! TLS over TCP: RFC 8446 (1.3), RFC 5246 (1.2) and before. Each record is a layer; records in the same bytes follow each
//! other.
//!
//! A packet does not say what is encrypted. Handshake messages are taken for encrypted after a ChangeCipherSpec in the same
//! bytes, and where their types and lengths make no sense.

pub(crate) mod extensions;
pub(crate) mod handshake;
pub(crate) mod ja4;
pub(crate) mod numbers;

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, LayerBounds, LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::app::tls::extensions::TlsExtension;
use crate::proto::app::tls::handshake::{MESSAGES, Messages, TlsHandshake, TlsMessage};
use crate::proto::app::tls::numbers::{TlsAlertDescription, TlsAlertLevel, TlsContentType, TlsVersion};
#[cfg(feature = "alloc")]
use crate::wire::TextBuffer;
use crate::wire::{Cursor, DATA, Schema, TaggedEnum, header, options_of};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor};

header! {
    /// Header of a TLS record, [RFC 8446 §5.1](https://www.rfc-editor.org/rfc/rfc8446#section-5.1). The layer is the whole
    /// record; the next record is its payload.
    ///
    /// ```
    /// use packetsmith::proto::app::{TlsAlertDescription, TlsAlertLevel, TlsContentType, TlsVersion};
    /// use packetsmith::{Examine, Layers, NextProtocol, Proto, View};
    /// let segment = b"\x14\x03\x03\0\x01\x01\x15\x03\x03\0\x02\x02\x28";
    /// let mut layers = Examine::new(Layers::new(NextProtocol::TcpPorts(50000, 443), segment));
    /// let first = layers.next().unwrap();
    /// let View::Tls(tls) = first.view else { panic!() };
    /// assert_eq!((tls.content_type(), tls.version()), (TlsContentType::ChangeCipherSpec, TlsVersion::Tls12));
    /// let second = layers.next().unwrap();
    /// let View::Tls(tls) = second.view else { panic!() };
    /// let alert = (TlsAlertLevel::Fatal, TlsAlertDescription::HandshakeFailure);
    /// assert_eq!(tls.alert(&second.context), Some(alert));
    /// ```
    pub struct Tls(5) => TlsEdit, layer {
        /// What the record carries.
        content_type: TlsContentType = 0..8, "tls.record.content_type", default(22);
        /// Version. It does not tell which one is used: since TLS 1.3 it is that of TLS 1.2, and in a first ClientHello
        /// often that of TLS 1.0.
        version: TlsVersion = 8..24, "tls.record.version", hex, default(0x0303);
        /// Length of the contents in bytes: at most 2^14, and 256 more (RFC 8446 §5.2) or 2048 more (RFC 5246 §6.2.3) if
        /// they are encrypted.
        length: u16 = 24..40, "tls.record.length", bytes, computed;
    }
}

/// Largest length of a record's contents in bytes, RFC 5246 §6.2.3.
const MAX_LENGTH: u16 = (1 << 14) + 2048;

const CONTENT_TYPE: &Field = &Tls::FIELDS[Tls::row("content_type") as usize];
const LENGTH: &Field = &Tls::FIELDS[Tls::row("length") as usize];
const FRAGMENT: &Field = &Field::floating(
    "fragment",
    "",
    Kind::Bytes,
    "Bytes of a handshake message that a record before this one began, RFC 8446 §5.1.",
);
const CHANGE_CIPHER_SPEC: &Field = &Field::floating(
    "change_cipher_spec",
    "tls.change_cipher_spec",
    Kind::Bytes,
    "One byte with the value 1: what follows is encrypted; RFC 5246 §7.1. In TLS 1.3 it means nothing.",
);
const ALERT_LEVEL: &Field = &Field::floating(
    "level",
    "tls.alert_message.level",
    Kind::Named(TlsAlertLevel::REGISTRY),
    "Level of the alert, RFC 8446 §6.",
)
.of_bits(8);
const ALERT_DESCRIPTION: &Field = &Field::floating(
    "description",
    "tls.alert_message.desc",
    Kind::Named(TlsAlertDescription::REGISTRY),
    "What the alert says, RFC 8446 §6.",
)
.of_bits(8);
const APP_DATA: &Field = &Field::floating(
    "app_data",
    "tls.app_data",
    Kind::Bytes,
    "Encrypted data of the application. In TLS 1.3 also encrypted messages of other types, RFC 8446 §5.2.",
);
const ENCRYPTED: &Field =
    &Field::floating("encrypted", "", Kind::Bytes, "Encrypted messages, or a part of a message that began before.");

rules! {
    /// Rules of TLS.
    pub enum TlsRule {
        LengthTooLarge = Warning "tls.length.too_large"
            "the length must not be greater than 2^14 + 2048 (RFC 5246 §6.2.3)",
        Empty = Warning "tls.length.zero" "a record of this type must not be empty (RFC 8446 §5.1)",
        ContentTypeUnassigned = Warning "tls.content_type.unassigned"
            "the content type is not assigned, and the receiver ends the connection (RFC 8446 §5)",
        ExtensionRepeated = Warning "tls.extensions.repeated"
            "a message must not have two extensions of the same type (RFC 8446 §4.2)",
        PreSharedKeyNotLast = Warning "tls.extensions.pre_shared_key_not_last"
            "pre_shared_key must be the last extension of a ClientHello (RFC 8446 §4.2.11)",
    }
}

/// What a record carries, as far as its bytes tell.
#[derive(Clone, Copy)]
enum Contents {
    ChangeCipherSpec,
    Alert,
    /// Bytes of a message that began before, then messages. The last one has so many bytes in the next record.
    Handshake {
        fragment: u32,
        missing: u32,
    },
    ApplicationData,
    /// Encrypted alerts or handshake messages.
    Encrypted,
    /// Of another content type.
    Other,
}

impl Contents {
    /// What a record of this type carries, of `length` bytes, of which these are there.
    fn of(content_type: TlsContentType, length: usize, bytes: &[u8], selector: NextProtocol) -> Self {
        match content_type {
            TlsContentType::ChangeCipherSpec if length == 1 => Contents::ChangeCipherSpec,
            TlsContentType::Alert if length == 2 => Contents::Alert,
            TlsContentType::Handshake => Self::of_handshake(length, bytes, selector),
            TlsContentType::ApplicationData => Contents::ApplicationData,
            TlsContentType::ChangeCipherSpec | TlsContentType::Alert => Contents::Encrypted,
            _ => Contents::Other,
        }
    }

    fn of_handshake(length: usize, bytes: &[u8], selector: NextProtocol) -> Self {
        let fragment = match selector {
            NextProtocol::TlsRecord(missing) => missing as usize,
            NextProtocol::TlsEncrypted if !handshake::is_hello(bytes, length) => return Contents::Encrypted,
            _ => 0,
        };
        if let Some(missing) = fragment.checked_sub(length).filter(|_| fragment > 0) {
            return Contents::Handshake { fragment: length as u32, missing: missing as u32 };
        }
        let rest = bytes.get(fragment..).unwrap_or_default();
        match handshake::missing(rest, length - fragment) {
            Some(missing) => Contents::Handshake { fragment: fragment as u32, missing },
            None => Contents::Encrypted,
        }
    }
}

/// The start of a record: its content type, and the length of its contents. `None` if it is not plausible.
fn plausible(bytes: &[u8]) -> Option<(TlsContentType, u16)> {
    let &[content_type @ 20..=24, 3, 0..=4, a, b, ..] = bytes else { return None };
    let (content_type, length) = (content_type.into(), u16::from_be_bytes([a, b]));
    let is_empty = length == 0 && content_type != TlsContentType::ApplicationData;
    if length > MAX_LENGTH || is_empty { None } else { Some((content_type, length)) }
}

/// Whether bytes that no port says anything about begin with a TLS record.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    let Some((content_type, length)) = plausible(bytes) else { return false };
    let contents = bytes.get(Tls::LEN..).unwrap_or_default();
    match (content_type, contents) {
        (_, []) => true,
        (TlsContentType::ChangeCipherSpec, [value, ..]) => length == 1 && *value == 1,
        (TlsContentType::Alert, [level, ..]) => length > 2 || matches!(level, 1 | 2),
        (TlsContentType::Handshake, [kind, ..]) => TlsHandshake::variant((*kind).into()).is_some(),
        (TlsContentType::ApplicationData, _) => true,
        _ => false,
    }
}

impl Tls {
    /// Length in bytes of the TLS record that `bytes` begin with, with its header of five bytes. More than there are
    /// bytes, if the record goes on. `None` if they are no plausible start of a record: content type 20 to 24, version SSL
    /// 3.0 to TLS 1.3, at most 2^14 + 2048 bytes of contents (RFC 5246 §6.2.3).
    ///
    /// ```
    /// use packetsmith::Tls;
    /// assert_eq!(Tls::record_length(&[23, 3, 3, 1, 0]), Some(261));
    /// assert_eq!(Tls::record_length(&[23, 3, 3, 1]), None, "too few bytes");
    /// assert_eq!(Tls::record_length(b"GET / HTTP/1.1"), None);
    /// ```
    pub fn record_length(bytes: &[u8]) -> Option<usize> {
        plausible(bytes).map(|(_, length)| Tls::LEN + usize::from(length))
    }
}

impl<'a> Tls<&'a [u8; 5]> {
    /// The contents of the record, as far as they are there.
    fn cursor(context: &LayerContext<'a>) -> Cursor<'a> {
        context.options(Tls::LEN)
    }

    fn contents(&self, context: &LayerContext<'a>) -> Contents {
        let bytes = Self::cursor(context).bytes();
        Contents::of(self.content_type(), self.length().into(), bytes, context.selector)
    }

    /// Bytes of a message that began before, and a cursor over the messages.
    fn handshake(&self, context: &LayerContext<'a>) -> Option<(Cursor<'a>, Messages<'a>)> {
        let Contents::Handshake { fragment, .. } = self.contents(context) else { return None };
        let mut cursor = Self::cursor(context);
        let fragment = cursor.split(fragment as usize).unwrap_or_else(|| cursor.rest());
        Some((fragment, Messages(cursor)))
    }

    /// The handshake messages in the record. There are none if they are encrypted.
    pub fn messages(&self, context: &LayerContext<'a>) -> impl Iterator<Item = TlsMessage<'a>> + use<'a> {
        self.handshake(context).into_iter().flat_map(|(_, messages)| messages)
    }

    /// Level and description of an alert that is not encrypted.
    pub fn alert(&self, context: &LayerContext<'a>) -> Option<(TlsAlertLevel, TlsAlertDescription)> {
        match (self.contents(context), Self::cursor(context).bytes()) {
            (Contents::Alert, &[level, description]) => Some((level.into(), description.into())),
            _ => None,
        }
    }

    /// Reports what is wrong with the extensions of a message.
    fn check_extensions(message: &TlsMessage<'a>, report: &mut Report<'_>) {
        /// Largest number of extensions that are compared with each other.
        const MAX: usize = 128;
        let Some(extensions) = message.decode().extensions() else { return };
        let list = extensions.list();
        if message.is_whole() {
            list.check(TlsExtension::KIND, report);
        }
        let (mut kinds, mut count) = ([0; MAX], 0);
        let mut key = None;
        for item in list.items().flatten() {
            if kinds.get(..count).is_some_and(|kinds| kinds.contains(&item.kind)) {
                report(Some(TlsExtension::KIND), item.span, TlsRule::ExtensionRepeated.into());
            } else if let Some(kind) = kinds.get_mut(count) {
                *kind = item.kind;
                count += 1;
            }
            if let Some(span) = key.take().filter(|_| message.kind == 1) {
                report(Some(TlsExtension::KIND), span, TlsRule::PreSharedKeyNotLast.into());
            }
            key = (item.kind == 41).then_some(item.span);
        }
    }
}

impl<'a> Protocol<'a> for Tls<&'a [u8; 5]> {
    const NAME: &'static str = "tls";
    const TITLE: &'static str = "Transport Layer Security, RFC 8446";
    const TABLE: &'static [Field] = Tls::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[
        &Schema {
            fields: &[*FRAGMENT, *CHANGE_CIPHER_SPEC, *ALERT_LEVEL, *ALERT_DESCRIPTION, *APP_DATA, *ENCRYPTED],
            ..Schema::EMPTY
        },
        handshake::SCHEMA,
    ];
    const RULES: &'static [&'static [Rule]] = &[TlsRule::ALL];
    const RAW: &'static str = "What is encrypted, certificates, the parameters of the key exchange before TLS 1.3, signatures, heartbeats, and \
        the contents of rare extensions. Messages are not put together from several records.";

    /// A record whose end is not there continues in the next segment.
    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(Tls::LEN))?;
        let length = usize::from(header.length());
        let Some((contents, rest)) = rest.split_at_checked(length) else {
            let defect = ParseDefect::needs(Tls::LEN + length).at(Tls::row("length"));
            return Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(defect));
        };
        let next = match (Contents::of(header.content_type(), length, contents, selector), selector) {
            // Too few bytes for a header may be the start of one.
            _ if rest.len() < Tls::LEN && !matches!(rest, [20..=24] | [20..=24, 3, ..]) => NextProtocol::Unknown,
            _ if rest.len() >= Tls::LEN && plausible(rest).is_none() => NextProtocol::Unknown,
            (_, NextProtocol::TlsEncrypted) | (Contents::ChangeCipherSpec, _) => NextProtocol::TlsEncrypted,
            (Contents::Handshake { missing, .. }, _) => NextProtocol::TlsRecord(missing),
            _ => NextProtocol::TlsRecord(0),
        };
        Ok(ParsedHeader::new(header, Tls::LEN + length, next))
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _unset: &mut u64) -> Result<(), FieldError> {
        builder.bytes(FRAGMENT)?;
        builder.bytes(CHANGE_CIPHER_SPEC)?;
        if builder.source.has(ALERT_LEVEL) || builder.source.has(ALERT_DESCRIPTION) {
            builder.number(ALERT_LEVEL, 1)?;
            builder.number(ALERT_DESCRIPTION, 1)?;
        }
        handshake::build(builder)?;
        builder.bytes(APP_DATA)?;
        builder.bytes(ENCRYPTED)?;
        builder.bytes(DATA)
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        if unset >> Tls::row("length") & 1 == 0 {
            return Ok(());
        }
        let number = u64::from(bounds.header_end.saturating_sub(bounds.start + Tls::LEN as u32));
        let length = u16::try_from(number)
            .map_err(|_| FieldError::at(LENGTH, ValueError::TooLarge { number, max: u16::MAX.into() }))?;
        let at = bounds.start as usize + Tls::LEN;
        if let Some(field) = frame.get_mut(at - 2..at) {
            field.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let cursor = Self::cursor(context);
        if cursor.is_empty() {
            return;
        }
        let mut bytes = |field: &'static Field| visitor.field(field, cursor.span(), Value::Bytes(cursor.bytes()));
        match self.contents(context) {
            Contents::ChangeCipherSpec => bytes(CHANGE_CIPHER_SPEC),
            Contents::ApplicationData => bytes(APP_DATA),
            Contents::Encrypted => bytes(ENCRYPTED),
            Contents::Other => bytes(DATA),
            Contents::Alert => {
                let (at, values) = (cursor.span().start, cursor.bytes());
                for ((field, value), at) in [ALERT_LEVEL, ALERT_DESCRIPTION].into_iter().zip(values).zip(at..) {
                    visitor.field(field, Span::new(at, at + 1), Value::Uint((*value).into()));
                }
            }
            Contents::Handshake { .. } => {
                let Some((fragment, messages)) = self.handshake(context) else { return };
                if !fragment.is_empty() {
                    visitor.field(FRAGMENT, fragment.span(), Value::Bytes(fragment.bytes()));
                }
                if !messages.0.is_empty() {
                    handshake::show(messages, visitor);
                }
            }
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let at = context.bounds.start;
        let mut rule = |field: &'static Field, rule: TlsRule| report(Some(field), field.span(at), rule.into());
        if let TlsContentType::Unknown(_) = self.content_type() {
            rule(CONTENT_TYPE, TlsRule::ContentTypeUnassigned);
        }
        if self.length() > MAX_LENGTH {
            rule(LENGTH, TlsRule::LengthTooLarge);
        }
        if self.length() == 0 && self.content_type() != TlsContentType::ApplicationData {
            rule(LENGTH, TlsRule::Empty);
        }
        for message in self.messages(context) {
            let is_known = TlsHandshake::variant(message.kind.into()).is_some();
            if message.is_whole() && is_known && message.decode().is_unknown() {
                report(Some(MESSAGES), message.span, IssueKind::BadItem(message.kind.into()));
            }
            Self::check_extensions(&message, report);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let hello = self.messages(context).find_map(|message| message.decode().version());
        // The records of a packet share a line, and the version that a hello says counts for all of them.
        let follows = [&b"TLS"[..], b"SSL"].iter().any(|name| summary.protocol.bytes.starts_with(name));
        if !follows {
            summary.begin("");
        }
        if !follows || hello.is_some() {
            let version = hello.unwrap_or(self.version());
            summary.protocol.bytes.clear();
            summary.protocol.str(column(version));
        }
        let info = &mut summary.info;
        let contents = self.contents(context);
        if let Contents::Handshake { fragment, .. } = contents {
            return self.summarize_messages(fragment, context, info);
        }
        separate(info);
        match contents {
            Contents::ChangeCipherSpec => info.str("Change Cipher Spec"),
            Contents::ApplicationData => info.str("Application Data"),
            Contents::Encrypted if self.content_type() == TlsContentType::Alert => info.str("Encrypted Alert"),
            Contents::Encrypted => info.str("Encrypted Handshake Message"),
            Contents::Alert => match self.alert(context) {
                Some((level, description)) => {
                    info.str("Alert (");
                    info.name_or_number(level.name(), "level ", u8::from(level));
                    info.str(", ");
                    info.name_or_number(description.name(), "description ", u8::from(description));
                    info.str(")");
                }
                None => info.str("Alert"),
            },
            Contents::Handshake { .. } | Contents::Other => {
                info.name_or_number(self.content_type().name(), "content type ", u8::from(self.content_type()));
            }
        }
    }
}

#[cfg(feature = "alloc")]
impl<'a> Tls<&'a [u8; 5]> {
    fn summarize_messages(&self, fragment: u32, context: &LayerContext<'a>, info: &mut TextBuffer) {
        let mut any = fragment > 0;
        if any {
            separate(info);
            info.str("Handshake Fragment");
        }
        for message in self.messages(context) {
            separate(info);
            any = true;
            let decoded = message.decode();
            match decoded.is_hello_retry_request() {
                true => info.str("Hello Retry Request"),
                false => info.name_or_number(TlsHandshake::name_of(message.kind.into()), "message type ", message.kind),
            }
            if let Some(name) = decoded.server_name() {
                info.str(" (SNI=");
                info.escaped(name);
                info.str(")");
            }
        }
        if !any {
            separate(info);
            info.str("Handshake");
        }
    }
}

/// Separates the records and messages of a line.
#[cfg(feature = "alloc")]
fn separate(info: &mut TextBuffer) {
    if !info.bytes.is_empty() {
        info.str(", ");
    }
}

/// A version as it stands in the protocol's column.
#[cfg(feature = "alloc")]
fn column(version: TlsVersion) -> &'static str {
    match u16::from(version) {
        0x0300 => "SSLv3",
        0x0301 => "TLSv1",
        0x0302 => "TLSv1.1",
        0x0303 => "TLSv1.2",
        0x0304 | 0x7f00..=0x7fff => "TLSv1.3",
        _ => "TLS",
    }
}

options_of! { TlsHandshake: Tls; }
