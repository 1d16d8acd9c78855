//! Of TLS: what the bytes of handshake messages say that the tables leave raw, and what is worked out of them.
//!
//! The parameters of a key exchange before TLS 1.3 depend on the cipher suite, which the ServerHello says. They have values
//! where their lengths fit the message to the byte, which one form alone does.

use super::datum::Datum;
use super::derived::{Derived, Receiver, named};
use super::md5::md5;
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::app::{TlsExtension, TlsHandshake, TlsMessage};
use crate::proto::{Proto, View};
use crate::wire::{Counted, Cursor, Span};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

const U8: Type = Type::Number(0, 0xff);
const U16: Type = Type::Number(0, 0xffff);

const fn tls(name: &'static str, kind: Type) -> Derived {
    named(name, Proto::Tls, kind, values)
}

pub(super) static TLS: &[Derived] = &[
    tls("tls.handshake.random_time", Type::Time),
    tls("tls.handshake.random_bytes", Type::Bytes),
    tls("tls.handshake.ja3_full", Type::Text),
    tls("tls.handshake.ja3", Type::Text),
    tls("tls.handshake.ja3s_full", Type::Text),
    tls("tls.handshake.ja3s", Type::Text),
    tls("tls.handshake.server_curve_type", U8),
    tls("tls.handshake.server_named_curve", U16),
    tls("tls.handshake.server_point_len", U8),
    tls("tls.handshake.server_point", Type::Bytes),
    tls("tls.handshake.p_len", U16),
    tls("tls.handshake.p", Type::Bytes),
    tls("tls.handshake.g_len", U16),
    tls("tls.handshake.g", Type::Bytes),
    tls("tls.handshake.ys_len", U16),
    tls("tls.handshake.ys", Type::Bytes),
    tls("tls.handshake.sig_hash_alg", U16).beside_fields(),
    tls("tls.handshake.sig_hash_hash", U8).beside_fields(),
    tls("tls.handshake.sig_hash_sig", U8).beside_fields(),
    tls("tls.handshake.sig_len", U16),
    tls("tls.handshake.sig", Type::Bytes),
    tls("tls.handshake.client_point_len", U8),
    tls("tls.handshake.client_point", Type::Bytes),
    tls("tls.handshake.cert_types_count", U8),
    tls("tls.handshake.cert_types", Type::Presence),
    tls("tls.handshake.cert_type", U8),
    tls("tls.handshake.dnames_len", U16),
    tls("tls.sct.scts_length", U16),
    tls("tls.sct.sct_length", U16),
    tls("tls.sct.sct_version", U8),
    tls("tls.sct.sct_logid", Type::Bytes),
    tls("tls.sct.sct_timestamp", Type::Time),
    tls("tls.sct.sct_extensions_length", U16),
    tls("tls.sct.sct_signature_length", U16),
    tls("tls.sct.sct_signature", Type::Bytes),
];

/// What a message says: name, value, and where it is.
pub(super) type MessageParts<'a> = Vec<(&'static str, Datum<'a>, Span)>;

/// TLS 1.2, since which signatures say their algorithm.
const TLS_1_2: u16 = 0x0303;

/// Gives the values of a name in the messages of a record.
fn values(layer: &ExaminedLayer<'_>, name: &'static str, receive: &mut Receiver<'_>) {
    let View::Tls(tls) = &layer.view else { return };
    let has_algorithm = u16::from(tls.version()) >= TLS_1_2;
    for message in tls.messages(&layer.context).filter(TlsMessage::is_whole) {
        let (mut found, contents) = (Vec::new(), message.contents);
        let _ = match message.kind {
            1 | 2 => hello(&message, &mut found),
            11 => certificates(contents, &mut found),
            12 => server_key_exchange(contents, has_algorithm, &mut found),
            13 => certificate_request(contents, has_algorithm, &mut found),
            16 => client_key_exchange(contents, &mut found),
            _ => None,
        };
        for (_, datum, span) in found.iter().filter(|(known, ..)| *known == name) {
            receive(datum, *span);
        }
    }
}

/// Takes a number of `count` bytes.
fn number(cursor: &mut Cursor<'_>, count: usize) -> Option<(u64, Span)> {
    let part = cursor.split(count)?;
    Some((part.bytes().iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), part.span()))
}

/// Takes a number, and notes it under a name.
fn noted(cursor: &mut Cursor<'_>, count: usize, name: &'static str, found: &mut MessageParts<'_>) -> Option<u64> {
    let (number, span) = number(cursor, count)?;
    found.push((name, Datum::Number(number.into()), span));
    Some(number)
}

/// Takes a length of `count` bytes and as many bytes as it says, and notes both.
fn counted<'a>(
    cursor: &mut Cursor<'a>,
    count: usize,
    [length, value]: [&'static str; 2],
    found: &mut MessageParts<'a>,
) -> Option<Cursor<'a>> {
    let number = noted(cursor, count, length, found)?;
    let contents = cursor.split(usize::try_from(number).ok()?)?;
    if !contents.is_empty() && !value.is_empty() {
        found.push((value, Datum::bytes(contents.bytes()), contents.span()));
    }
    Some(contents)
}

/// ECDHE, RFC 8422 §5.4, or DHE, RFC 5246 §7.4.3: the one that fits.
fn server_key_exchange<'a>(contents: Cursor<'a>, has_algorithm: bool, found: &mut MessageParts<'a>) -> Option<()> {
    let form = |is_curve: bool| {
        let (mut cursor, mut parts) = (contents, Vec::new());
        match is_curve {
            true => curve(&mut cursor, &mut parts)?,
            false => group(&mut cursor, &mut parts)?,
        }
        signature(&mut cursor, has_algorithm, &mut parts)?;
        cursor.is_empty().then_some(parts)
    };
    let mut fitting = [true, false].into_iter().filter_map(form);
    let parts = fitting.next()?;
    if fitting.next().is_none() {
        found.extend(parts);
    }
    Some(())
}

fn curve<'a>(cursor: &mut Cursor<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    const NAMED_CURVE: u64 = 3;
    let kind = noted(cursor, 1, "tls.handshake.server_curve_type", found)?;
    noted(cursor, 2, "tls.handshake.server_named_curve", found)?;
    let point = counted(cursor, 1, ["tls.handshake.server_point_len", "tls.handshake.server_point"], found)?;
    (kind == NAMED_CURVE && !point.is_empty()).then_some(())
}

fn group<'a>(cursor: &mut Cursor<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    let names = [
        ["tls.handshake.p_len", "tls.handshake.p"],
        ["tls.handshake.g_len", "tls.handshake.g"],
        ["tls.handshake.ys_len", "tls.handshake.ys"],
    ];
    for names in names {
        let number = counted(cursor, 2, names, found)?;
        if number.is_empty() {
            return None;
        }
    }
    Some(())
}

/// The signature at the end of a message, RFC 5246 §4.7. What is not authenticated has none.
fn signature<'a>(cursor: &mut Cursor<'a>, has_algorithm: bool, found: &mut MessageParts<'a>) -> Option<()> {
    if cursor.is_empty() {
        return Some(());
    }
    if has_algorithm {
        let (algorithm, span) = number(cursor, 2)?;
        algorithm_names(algorithm, span, found);
    }
    counted(cursor, 2, ["tls.handshake.sig_len", "tls.handshake.sig"], found).map(|_| ())
}

fn algorithm_names(algorithm: u64, span: Span, found: &mut MessageParts<'_>) {
    let number = |number: u64| Datum::Number(number.into());
    found.push(("tls.handshake.sig_hash_alg", number(algorithm), span));
    found.push(("tls.handshake.sig_hash_hash", number(algorithm >> 8), Span::new(span.start, span.start + 1)));
    found.push(("tls.handshake.sig_hash_sig", number(algorithm & 0xff), Span::new(span.start + 1, span.end)));
}

/// A point of ECDHE, RFC 8422 §5.7: one byte with its length, then a length that points have.
fn client_key_exchange<'a>(contents: Cursor<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    /// X25519, X448, and uncompressed points of the curves with 256, 384 and 521 bits.
    const POINTS: [usize; 5] = [32, 56, 65, 97, 133];
    let (mut cursor, mut parts) = (contents, Vec::new());
    let names = ["tls.handshake.client_point_len", "tls.handshake.client_point"];
    let point = counted(&mut cursor, 1, names, &mut parts)?;
    if cursor.is_empty() && POINTS.contains(&point.bytes().len()) {
        found.extend(parts);
    }
    Some(())
}

/// RFC 5246 §7.4.4.
fn certificate_request<'a>(contents: Cursor<'a>, has_algorithm: bool, found: &mut MessageParts<'a>) -> Option<()> {
    let (mut cursor, mut parts) = (contents, Vec::new());
    let mut types = counted(&mut cursor, 1, ["tls.handshake.cert_types_count", ""], &mut parts)?;
    if !types.is_empty() {
        parts.push(("tls.handshake.cert_types", Datum::Number(1), types.span()));
    }
    while !types.is_empty() {
        noted(&mut types, 1, "tls.handshake.cert_type", &mut parts)?;
    }
    if has_algorithm {
        let (length, _) = number(&mut cursor, 2)?;
        let mut algorithms = cursor.split(usize::try_from(length).ok()?)?;
        while !algorithms.is_empty() {
            let (algorithm, span) = number(&mut algorithms, 2)?;
            algorithm_names(algorithm, span, &mut parts);
        }
    }
    counted(&mut cursor, 2, ["tls.handshake.dnames_len", ""], &mut parts)?;
    if cursor.is_empty() {
        found.extend(parts);
    }
    Some(())
}

fn hello<'a>(message: &TlsMessage<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    const SCT: u16 = 18;
    let decoded = message.decode();
    // TLS 1.3 has no time in its random bytes. The version of a ClientHello is not known yet.
    if message.kind == 1 || decoded.version().is_some_and(|version| u16::from(version) <= TLS_1_2) {
        let mut cursor = message.contents;
        cursor.split(2)?;
        let (seconds, span) = number(&mut cursor, 4)?;
        found.push(("tls.handshake.random_time", Datum::Number(i128::from(seconds) * 1_000_000_000), span));
        let rest = cursor.split(28)?;
        found.push(("tls.handshake.random_bytes", Datum::bytes(rest.bytes()), rest.span()));
    }
    if let Some(text) = ja3(&decoded) {
        let digest = md5(text.as_bytes()).iter().fold(String::new(), |mut digest, byte| {
            let _ = write!(digest, "{byte:02x}");
            digest
        });
        let [full, short] = match message.kind {
            1 => ["tls.handshake.ja3_full", "tls.handshake.ja3"],
            _ => ["tls.handshake.ja3s_full", "tls.handshake.ja3s"],
        };
        found.push((full, owned(&text), message.span));
        found.push((short, owned(&digest), message.span));
    }
    let extensions = decoded.extensions()?;
    for item in extensions.list().items().flatten().filter(|item| item.kind == SCT) {
        timestamps_if_whole(item.contents, found);
    }
    Some(())
}

fn timestamps_if_whole<'a>(cursor: Cursor<'a>, found: &mut MessageParts<'a>) {
    let mut parts = Vec::new();
    if timestamps(cursor, &mut parts).is_some() {
        found.extend(parts);
    }
}

/// Timestamps in extensions of certificates, RFC 6962 §3.3.
fn certificates<'a>(mut contents: Cursor<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    /// The object identifier 1.3.6.1.4.1.11129.2.4.2, in DER.
    const TIMESTAMPS: [u8; 12] = [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02];
    contents.split(3)?;
    while !contents.is_empty() {
        let (length, _) = number(&mut contents, 3)?;
        let mut certificate = contents.split(usize::try_from(length).ok()?)?;
        let Some(at) = certificate.bytes().windows(TIMESTAMPS.len()).position(|part| part == TIMESTAMPS) else {
            continue;
        };
        certificate.split(at + TIMESTAMPS.len())?;
        // An octet string inside of that of the extension.
        let extension = octets(&mut certificate).and_then(|mut extension| octets(&mut extension));
        extension.into_iter().for_each(|list| timestamps_if_whole(list, found));
    }
    Some(())
}

/// The contents of an octet string in DER of at most 65,535 bytes.
fn octets<'a>(cursor: &mut Cursor<'a>) -> Option<Cursor<'a>> {
    const OCTETS: u64 = 0x04;
    let (tag, _) = number(cursor, 1)?;
    let (first, _) = number(cursor, 1)?;
    let length = match first {
        0..=0x7f => first,
        0x81 | 0x82 => number(cursor, (first & 3) as usize)?.0,
        _ => return None,
    };
    let contents = cursor.split(usize::try_from(length).ok()?)?;
    (tag == OCTETS).then_some(contents)
}

fn owned(text: &str) -> Datum<'static> {
    Datum::bytes(text.as_bytes()).into_owned()
}

/// Signed certificate timestamps, RFC 6962 §3.3.
fn timestamps<'a>(mut cursor: Cursor<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    let mut list = counted(&mut cursor, 2, ["tls.sct.scts_length", ""], found)?;
    while !list.is_empty() {
        let mut one = counted(&mut list, 2, ["tls.sct.sct_length", ""], found)?;
        noted(&mut one, 1, "tls.sct.sct_version", found)?;
        let log = one.split(32)?;
        found.push(("tls.sct.sct_logid", Datum::bytes(log.bytes()), log.span()));
        let (milliseconds, span) = number(&mut one, 8)?;
        found.push(("tls.sct.sct_timestamp", Datum::Number(i128::from(milliseconds) * 1_000_000), span));
        counted(&mut one, 2, ["tls.sct.sct_extensions_length", ""], found)?;
        let (algorithm, span) = number(&mut one, 2)?;
        algorithm_names(algorithm, span, found);
        counted(&mut one, 2, ["tls.sct.sct_signature_length", "tls.sct.sct_signature"], found)?;
    }
    Some(())
}

/// What a hello offers, as JA3 writes it: version, cipher suites, types of extensions, groups and point formats, without the
/// numbers of RFC 8701. Of a ServerHello, the first three.
fn ja3(hello: &TlsHandshake<'_>) -> Option<String> {
    let is_grease = |number: u16| number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff;
    let join = |numbers: &mut dyn Iterator<Item = u16>| {
        numbers.filter(|number| !is_grease(*number)).map(|number| number.to_string()).collect::<Vec<_>>().join("-")
    };
    let kinds = |hello: &TlsHandshake<'_>| {
        hello.extensions().map_or(String::new(), |list| join(&mut list.list().items().flatten().map(|item| item.kind)))
    };
    match hello {
        TlsHandshake::ClientHello { version, cipher_suites: Counted(suites), .. } => {
            let (mut groups, mut formats) = (String::new(), String::new());
            for extension in hello.extensions().iter().flat_map(|extensions| extensions.list().iter()) {
                match extension {
                    TlsExtension::SupportedGroups { groups: Counted(list) } => {
                        groups = join(&mut list.iter().map(u16::from));
                    }
                    TlsExtension::EcPointFormats { formats: Counted(list) } => {
                        formats = join(&mut list.iter().map(|format| u16::from(u8::from(format))));
                    }
                    _ => {}
                }
            }
            let suites = join(&mut suites.iter().map(u16::from));
            Some(format!("{},{suites},{},{groups},{formats}", u16::from(*version), kinds(hello)))
        }
        TlsHandshake::ServerHello { version, cipher_suite, .. } => {
            Some(format!("{},{},{}", u16::from(*version), u16::from(*cipher_suite), kinds(hello)))
        }
        _ => None,
    }
}
