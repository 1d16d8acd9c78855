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
pub(crate) const MAX_LENGTH: u16 = MAX_PLAIN_LENGTH + 2048;
/// Largest length of contents that are not encrypted, RFC 8446 §5.1.
const MAX_PLAIN_LENGTH: u16 = 1 << 14;

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
            "the length of a record that is not encrypted must not be greater than 2^14 (RFC 8446 §5.1)",
        ExtensionRepeated = Warning "tls.extensions.repeated"
            "a message must not have two extensions of the same type (RFC 8446 §4.2)",
        PreSharedKeyNotLast = Warning "tls.extensions.pre_shared_key_not_last"
            "pre_shared_key must be the last extension of a ClientHello (RFC 8446 §4.2.11)",
    }
}

/// What a record carries, as far as its bytes tell.
#[derive(Clone, Copy)]
enum RecordContents {
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

impl RecordContents {
    /// What a record of this type carries, of `length` bytes, of which these are there.
    fn of(content_type: TlsContentType, length: usize, bytes: &[u8], selector: NextProtocol) -> Self {
        match content_type {
            TlsContentType::ChangeCipherSpec if length == 1 => RecordContents::ChangeCipherSpec,
            TlsContentType::Alert if length == 2 => RecordContents::Alert,
            TlsContentType::Handshake => Self::of_handshake(length, bytes, selector),
            TlsContentType::ApplicationData => RecordContents::ApplicationData,
            TlsContentType::ChangeCipherSpec | TlsContentType::Alert => RecordContents::Encrypted,
            _ => RecordContents::Other,
        }
    }

    fn of_handshake(length: usize, bytes: &[u8], selector: NextProtocol) -> Self {
        let fragment = match selector {
            NextProtocol::TlsRecord(missing) => missing as usize,
            NextProtocol::TlsEncrypted if !handshake::is_hello(bytes, length) => return RecordContents::Encrypted,
            _ => 0,
        };
        if let Some(missing) = fragment.checked_sub(length).filter(|_| fragment > 0) {
            return RecordContents::Handshake { fragment: length as u32, missing: missing as u32 };
        }
        let rest = bytes.get(fragment..).unwrap_or_default();
        match handshake::missing(rest, length - fragment) {
            Some(missing) => RecordContents::Handshake { fragment: fragment as u32, missing },
            None => RecordContents::Encrypted,
        }
    }
}

/// The start of a record: its content type, and the length of its contents. `None` if it is not plausible.
pub(crate) fn plausible(bytes: &[u8]) -> Option<(TlsContentType, u16)> {
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

    fn contents(&self, context: &LayerContext<'a>) -> RecordContents {
        let bytes = Self::cursor(context).bytes();
        RecordContents::of(self.content_type(), self.length().into(), bytes, context.selector)
    }

    /// Bytes of a message that began before, and a cursor over the messages.
    fn handshake(&self, context: &LayerContext<'a>) -> Option<(Cursor<'a>, Messages<'a>)> {
        let RecordContents::Handshake { fragment, .. } = self.contents(context) else { return None };
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
            (RecordContents::Alert, &[level, description]) => Some((level.into(), description.into())),
            _ => None,
        }
    }

    /// Reports what is wrong with the extensions of a message.
    fn check_extensions(message: &TlsMessage<'a>, report: &mut Report<'_>) {
        /// Largest number of extensions that are compared with each other.
        const MAX: usize = 128;
        let Some(extensions) = message.decode().extensions() else { return };
        let list = extensions.list();
        if message.is_whole() && extensions.is_whole() {
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
        the contents of rare extensions. Messages that span records are put together in streams alone.";

    /// A record whose end is not there continues in the next segment.
    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(Tls::LEN))?;
        let length = usize::from(header.length());
        let Some((contents, rest)) = rest.split_at_checked(length) else {
            let defect = ParseDefect::needs(Tls::LEN + length).at(Tls::row("length"));
            return Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(defect));
        };
        let next = match (RecordContents::of(header.content_type(), length, contents, selector), selector) {
            // Too few bytes for a header may be the start of one.
            _ if rest.len() < Tls::LEN && !matches!(rest, [20..=24] | [20..=24, 3, ..]) => NextProtocol::Unknown,
            _ if rest.len() >= Tls::LEN && plausible(rest).is_none() => NextProtocol::Unknown,
            (_, NextProtocol::TlsEncrypted) | (RecordContents::ChangeCipherSpec, _) => NextProtocol::TlsEncrypted,
            (RecordContents::Handshake { missing, .. }, _) => NextProtocol::TlsRecord(missing),
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
            RecordContents::ChangeCipherSpec => bytes(CHANGE_CIPHER_SPEC),
            RecordContents::ApplicationData => bytes(APP_DATA),
            RecordContents::Encrypted => bytes(ENCRYPTED),
            RecordContents::Other => bytes(DATA),
            RecordContents::Alert => {
                let (at, values) = (cursor.span().start, cursor.bytes());
                for ((field, value), at) in [ALERT_LEVEL, ALERT_DESCRIPTION].into_iter().zip(values).zip(at..) {
                    visitor.field(field, Span::new(at, at + 1), Value::Uint((*value).into()));
                }
            }
            RecordContents::Handshake { .. } => {
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
        let encrypted = matches!(self.contents(context), RecordContents::ApplicationData | RecordContents::Encrypted);
        if self.length() > MAX_PLAIN_LENGTH && !encrypted {
            report(Some(LENGTH), LENGTH.span(context.bounds.start), TlsRule::LengthTooLarge.into());
        }
        for message in self.messages(context) {
            let decoded = message.decode();
            let unfit = decoded.is_unknown() && TlsHandshake::variant(message.kind.into()).is_some();
            let cut = decoded.extensions().is_some_and(|extensions| !extensions.is_whole());
            if message.is_whole() && (unfit || cut) {
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
        if let RecordContents::Handshake { fragment, .. } = contents {
            return self.summarize_messages(fragment, context, info);
        }
        separate(info);
        match contents {
            RecordContents::ChangeCipherSpec => info.str("Change Cipher Spec"),
            RecordContents::ApplicationData => info.str("Application Data"),
            RecordContents::Encrypted if self.content_type() == TlsContentType::Alert => info.str("Encrypted Alert"),
            RecordContents::Encrypted => info.str("Encrypted Handshake Message"),
            RecordContents::Alert => match self.alert(context) {
                Some((level, description)) => {
                    info.str("Alert (");
                    info.name_or_number(level.name(), "level ", u8::from(level));
                    info.str(", ");
                    info.name_or_number(description.name(), "description ", u8::from(description));
                    info.str(")");
                }
                None => info.str("Alert"),
            },
            RecordContents::Handshake { .. } | RecordContents::Other => {
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
pub(crate) fn column(version: TlsVersion) -> &'static str {
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

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::layer::{Limit, Severity};
    use crate::proto::app::tls::extensions::TlsKeyShare;
    use crate::proto::app::tls::ja4::TlsJa4;
    use crate::proto::app::tls::numbers::{TlsCipherSuite, TlsGroup};
    use crate::proto::{Proto, Protocols, View};
    use crate::wire::Counted;
    use std::string::ToString;
    use std::vec::Vec;

    /// A record with a ClientHello that has the cipher suites, extensions and signature schemes of the example in the
    /// specification of JA4, and GREASE.
    const HELLO: &[u8] = &[
        0x16, 0x03, 0x01, 0x01, 0x47, 0x01, 0x00, 0x01, 0x43, 0x03, 0x03, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26,
        0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38,
        0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x20, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49,
        0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b,
        0x5c, 0x5d, 0x5e, 0x5f, 0x00, 0x20, 0x2a, 0x2a, 0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xc0, 0x2b, 0xc0, 0x2f,
        0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8, 0xc0, 0x13, 0xc0, 0x14, 0x00, 0x9c, 0x00, 0x9d, 0x00, 0x2f,
        0x00, 0x35, 0x01, 0x00, 0x00, 0xda, 0x0a, 0x0a, 0x00, 0x00, 0x00, 0x1b, 0x00, 0x03, 0x02, 0x00, 0x02, 0x00,
        0x00, 0x00, 0x14, 0x00, 0x12, 0x00, 0x00, 0x0f, 0x77, 0x77, 0x77, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c,
        0x65, 0x2e, 0x63, 0x6f, 0x6d, 0x00, 0x33, 0x00, 0x2b, 0x00, 0x29, 0x4a, 0x4a, 0x00, 0x01, 0x00, 0x00, 0x1d,
        0x00, 0x20, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x00, 0x10,
        0x00, 0x0e, 0x00, 0x0c, 0x02, 0x68, 0x32, 0x08, 0x68, 0x74, 0x74, 0x70, 0x2f, 0x31, 0x2e, 0x31, 0x44, 0x69,
        0x00, 0x05, 0x00, 0x03, 0x02, 0x68, 0x32, 0x00, 0x17, 0x00, 0x00, 0x00, 0x2d, 0x00, 0x02, 0x01, 0x01, 0x00,
        0x05, 0x00, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, 0x00, 0x23, 0x00, 0x00,
        0x00, 0x12, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x0b, 0x0a, 0x7a, 0x7a, 0x03, 0x04, 0x03, 0x03, 0x03, 0x02, 0x03,
        0x01, 0xff, 0x01, 0x00, 0x01, 0x00, 0x00, 0x0d, 0x00, 0x12, 0x00, 0x10, 0x04, 0x03, 0x08, 0x04, 0x04, 0x01,
        0x05, 0x03, 0x08, 0x05, 0x05, 0x01, 0x08, 0x06, 0x06, 0x01, 0x00, 0x0a, 0x00, 0x0a, 0x00, 0x08, 0x4a, 0x4a,
        0x00, 0x1d, 0x00, 0x17, 0x00, 0x18, 0x3a, 0x3a, 0x00, 0x01, 0x00, 0x00, 0x15, 0x00, 0x0b, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    ];

    const HTTPS: NextProtocol = NextProtocol::TcpPorts(50000, 443);

    fn walk(ports: NextProtocol, bytes: &[u8]) -> Vec<ExaminedLayer<'_>> {
        Examine::new(Layers::new(ports, bytes)).collect()
    }

    fn protos(ports: NextProtocol, bytes: &[u8]) -> Vec<Proto> {
        walk(ports, bytes).iter().map(|layer| layer.proto).collect()
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    fn messages<'a>(layer: &ExaminedLayer<'a>) -> Vec<TlsHandshake<'a>> {
        let View::Tls(tls) = layer.view else { panic!() };
        tls.messages(&layer.context).map(|message| message.decode()).collect()
    }

    fn fingerprint(layer: &ExaminedLayer<'_>) -> Option<TlsJa4> {
        let View::Tls(tls) = layer.view else { panic!() };
        tls.messages(&layer.context).next()?.ja4()
    }

    /// A record.
    fn record(content_type: u8, contents: &[u8]) -> Vec<u8> {
        let mut bytes = std::vec![content_type, 3, 3];
        bytes.extend((contents.len() as u16).to_be_bytes());
        bytes.extend(contents);
        bytes
    }

    /// A handshake message.
    fn message(kind: u8, contents: &[u8]) -> Vec<u8> {
        let mut bytes = (contents.len() as u32 | u32::from(kind) << 24).to_be_bytes().to_vec();
        bytes.extend(contents);
        bytes
    }

    #[test]
    fn a_client_hello_is_read() {
        let layers = walk(HTTPS, HELLO);
        assert_eq!(layers.len(), 1);
        assert_eq!(issues(&layers[0]), []);
        let [hello] = messages(&layers[0])[..] else { panic!() };
        assert_eq!(hello.server_name(), Some(&b"www.example.com"[..]));
        assert_eq!(hello.version(), Some(TlsVersion::Tls13));
        let TlsHandshake::ClientHello { cipher_suites: Counted(suites), .. } = hello else { panic!() };
        assert!(suites.iter().take(2).eq([TlsCipherSuite::Grease2a2a, TlsCipherSuite::Aes128GcmSha256]));
        let mut extensions = hello.extensions().unwrap().list().iter();
        let shares = extensions.find_map(|extension| match extension {
            TlsExtension::KeyShare { shares: TlsKeyShare::Client(Counted(shares)) } => Some(shares),
            _ => None,
        });
        let groups = shares.unwrap().iter().map(|share| (share.group, share.key_exchange.0.len()));
        assert!(groups.eq([(TlsGroup::Grease4a4a, 1), (TlsGroup::X25519, 32)]));
    }

    /// The fingerprint is that of the example in FoxIO's specification, and so are cipher suites, extensions and signature
    /// schemes. The hashes are those of Python's hashlib too: the first 12 digits of SHA-256 of
    /// `002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9`, and of
    /// `0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601`.
    #[test]
    fn the_fingerprint_is_the_one_of_the_specification() {
        let hello = messages(&walk(HTTPS, HELLO)[0])[0];
        assert_eq!(hello.ja4().unwrap().to_string(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        assert_eq!(TlsHandshake::ServerHelloDone {}.ja4(), None);
    }

    #[test]
    fn records_of_a_segment_follow_each_other() {
        let done = message(14, &[]);
        let bytes =
            [record(22, &done), record(20, &[1]), record(22, &[0; 40]), record(23, b"???"), record(21, &[7; 26])];
        let bytes = bytes.concat();
        let layers = walk(HTTPS, &bytes);
        assert!(layers.iter().all(|layer| layer.proto == Proto::Tls && issues(layer).is_empty()));
        let numbers: Vec<_> = layers.iter().map(|layer| (layer.header().len(), messages(layer).len())).collect();
        assert_eq!(numbers, [(9, 1), (6, 0), (45, 0), (8, 0), (31, 0)]);
    }

    #[test]
    fn what_is_encrypted_is_no_message() {
        for contents in
            [&[0; 40][..], &[0, 0, 0, 0, 0, 0, 0, 1], &[14, 0, 0, 1, 1], &[99, 0, 0, 0], &[11, 0x20, 0, 0, 1], &[16]]
        {
            assert!(messages(&walk(HTTPS, &record(22, contents))[0]).is_empty(), "{contents:?}");
        }
        assert_eq!(messages(&walk(HTTPS, &record(22, &[0; 4]))[0]), [TlsHandshake::HelloRequest {}]);
        // After a ChangeCipherSpec there may be a hello all the same.
        let bytes = [record(20, &[1]), HELLO.to_vec(), record(20, &[1]), record(22, &message(14, &[]))].concat();
        let counts: Vec<_> = walk(HTTPS, &bytes).iter().map(|layer| messages(layer).len()).collect();
        assert_eq!(counts, [0, 1, 0, 0]);
    }

    #[test]
    fn a_message_continues_in_the_next_record() {
        let certificate = message(11, &[&[0, 0, 67][..], &[0, 0, 64], &[9; 64]].concat());
        let (first, second) = certificate.split_at(30);
        let bytes = [record(22, first), record(22, &[second, &message(14, &[])].concat())].concat();
        let layers = walk(HTTPS, &bytes);
        let View::Tls(tls) = layers[0].view else { panic!() };
        let cut = tls.messages(&layers[0].context).next().unwrap();
        assert_eq!((cut.length, cut.contents.bytes().len(), cut.is_whole()), (70, 26, false));
        assert_eq!(messages(&layers[1]), [TlsHandshake::ServerHelloDone {}]);
        assert!(layers.iter().all(|layer| issues(layer).is_empty()));
    }

    #[test]
    fn a_record_that_the_segment_cuts_is_read_as_far_as_it_goes() {
        let whole = walk(HTTPS, HELLO);
        let name = HELLO.windows(15).position(|bytes| bytes == b"www.example.com").unwrap() + 15;
        for len in Tls::LEN..HELLO.len() {
            let mut tcp = std::vec![0; 20];
            (tcp[0], tcp[1], tcp[2], tcp[3], tcp[12]) = (0xc3, 0x50, 1, 0xbb, 0x50);
            tcp.extend(&HELLO[..len]);
            let layers = walk(NextProtocol::IpProtocol(6), &tcp);
            assert_eq!(layers[1].proto, Proto::Tls);
            let [IssueKind::Truncated { limit: Limit::Segment, needed, have, .. }] = issues(&layers[1])[..] else {
                panic!("{len}: {:?}", issues(&layers[1]))
            };
            assert_eq!((needed as usize, have as usize), (HELLO.len(), len));
            assert_eq!(issues(&layers[1])[0].severity(), Severity::Note);
            let found = messages(&layers[1]).first().and_then(|hello| hello.server_name());
            assert_eq!(found.is_some(), len >= name, "{len}");
            assert_eq!(fingerprint(&layers[1]), None, "{len}");
        }
        assert!(fingerprint(&whole[0]).is_some());
    }

    #[test]
    fn lengths_that_are_wrong_spoil_nothing_else() {
        // Cipher suites of an odd length; compression methods, and extensions, beyond the message.
        for (at, value) in [(77, 33), (110, 200), (112, 0xff)] {
            let mut bytes = HELLO.to_vec();
            bytes[at] = value;
            let layers = walk(HTTPS, &bytes);
            assert_eq!(layers.len(), 1);
            let bad = issues(&layers[0]);
            assert!(matches!(bad[..], [IssueKind::BadItem(1)] | [IssueKind::CutItem { .. }]), "{at}: {bad:?}");
        }
        let bytes = record(22, &message(2, &[3, 3]));
        let layers = walk(HTTPS, &bytes);
        assert!(messages(&layers[0]).is_empty(), "a ServerHello is longer");
        assert_eq!(protos(HTTPS, &record(22, &[])), [Proto::Data]);
        assert_eq!(protos(HTTPS, &[22, 3, 3, 0x50, 0, 1]), [Proto::Data], "too long for a record");
        let long = [&message(11, &[0; 16381])[..], &[14, 0, 0]].concat();
        assert_eq!(
            issues(&walk(HTTPS, &record(22, &long[..16385]))[0]),
            [TlsRule::LengthTooLarge.into(), IssueKind::BadItem(11)]
        );
    }

    #[test]
    fn extensions_are_checked() {
        let check = |extensions: &[u8]| {
            let mut hello = std::vec![3, 3];
            hello.extend([0; 32]);
            hello.extend([0, 0, 2, 0x13, 1, 1, 0, 0, extensions.len() as u8]);
            hello.extend(extensions);
            issues(&walk(HTTPS, &record(22, &message(1, &hello)))[0])
        };
        assert_eq!(check(&[0, 0x17, 0, 0, 0, 0x17, 0, 0]), [TlsRule::ExtensionRepeated.into()]);
        let key = [0, 41, 0, 13, 0, 7, 0, 1, 9, 0, 0, 0, 0, 0, 2, 1, 9];
        assert_eq!(check(&key), []);
        assert_eq!(check(&[&key[..], &[0, 0x17, 0, 0]].concat()), [TlsRule::PreSharedKeyNotLast.into()]);
        assert_eq!(check(&[0, 0x17, 0, 1, 0]), [IssueKind::BadItem(0x17)]);
        assert!(matches!(check(&[0, 0x17, 0, 1])[..], [IssueKind::CutItem { kind: 0x17, .. }]));
    }

    #[test]
    fn records_are_recognized_on_any_port() {
        let other = NextProtocol::TcpPorts(50000, 50001);
        for bytes in [HELLO, &record(23, b"x"), &record(20, &[1]), &record(21, &[1, 0]), &HELLO[..5]] {
            assert_eq!(protos(other, bytes), [Proto::Tls], "{bytes:?}");
        }
        for bytes in
            [&record(22, &[99, 0, 0, 0])[..], &record(20, &[2]), &record(21, &[3, 0]), &record(24, &[1]), &HELLO[..4]]
        {
            assert_eq!(protos(other, bytes), [Proto::Data], "{bytes:?}");
        }
        // On a port of TLS, encrypted messages are recognized too, and other data is data.
        assert_eq!(protos(HTTPS, &record(22, &[99, 0, 0, 0])), [Proto::Tls]);
        assert_eq!(protos(HTTPS, b"GET / HTTP/1.1\r\n\r\n"), [Proto::Http]);
        assert_eq!(protos(HTTPS, &[23, 4, 0, 0, 1, 7]), [Proto::Data]);
        let known = Protocols::builtin().without_heuristics();
        let proto = |ports, bytes| known.dissect(ports, bytes).last().unwrap().proto;
        assert_eq!((proto(HTTPS, HELLO), proto(other, HELLO)), (Proto::Tls, Proto::Data));
    }

    #[test]
    fn bytes_after_a_record_that_begin_no_record_are_data() {
        assert_eq!(protos(HTTPS, &[&record(23, b"x")[..], b"hello"].concat()), [Proto::Tls, Proto::Data]);
        assert_eq!(protos(HTTPS, &[&record(23, b"x")[..], b"h"].concat()), [Proto::Tls, Proto::Data]);
        let bytes = [&record(23, b"x")[..], &[23, 3, 3]].concat();
        let layers = walk(HTTPS, &bytes);
        let all: Vec<_> = layers.iter().flat_map(issues).collect();
        assert!(matches!(all[..], [IssueKind::Truncated { needed: 5, have: 3, .. }]), "{all:?}");
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn the_summary_has_version_messages_and_name() {
        let line = |bytes: &[u8]| {
            let mut summary = crate::output::Summary::default();
            summary.packet(Examine::new(Layers::new(HTTPS, bytes)));
            std::format!("{} {}", summary.protocol.as_str(), summary.info.as_str())
        };
        assert_eq!(line(HELLO), "TLSv1.3 Client Hello (SNI=www.example.com)");
        assert_eq!(line(&record(21, &[2, 40])), "TLSv1.2 Alert (fatal, handshake failure)");
        let bytes = [record(20, &[1]), record(22, &[7; 40]), record(23, b"x"), record(21, &[7; 40])].concat();
        let all = "TLSv1.2 Change Cipher Spec, Encrypted Handshake Message, Application Data, Encrypted Alert";
        assert_eq!(line(&bytes), all);
    }
}
