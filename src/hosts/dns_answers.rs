//! Records of the answer section, as text.

use crate::layer::LayerContext;
use crate::proto::Dns;
use crate::proto::dns::{DnsType, Rdata, SvcParam, SvcParamKey};
use crate::wire::{Cursor, InlineFields, Name, TaggedEnum, TextBuffer};

/// Most answers of a response, most characters of a name and of the data of an answer, and most characters of all data.
const MOST_ANSWERS: usize = 64;
const MOST_TEXT: usize = 255;
const MOST_BYTES: usize = 4096;

/// Most parameters of a service, and most values of one.
const MOST_PARAMS: usize = 16;
const MOST_VALUES: usize = 8;

/// A record of the answer section.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsAnswer {
    /// Owner name, as text with unsafe characters escaped: at most 255 characters.
    pub name: String,
    /// Type of the record.
    pub rtype: DnsType,
    /// Time to live in seconds.
    pub ttl: u32,
    /// The data of the record as text, as in the summary line: `192.0.2.1`, `10 mail.example`. At most 255 characters.
    pub data: String,
}

impl DnsAnswer {
    pub(super) fn bytes(&self) -> usize {
        core::mem::size_of::<Self>() + self.name.len() + self.data.len()
    }
}

/// A name as text.
pub(super) fn name(name: &Name<'_>) -> String {
    let mut text = TextBuffer::default();
    text.name(name);
    text.cut_to(0, MOST_TEXT);
    text.as_str().to_string()
}

/// Whether two responses have the same answers. Their order and their times to live do not matter.
pub(super) fn are_same(first: &[DnsAnswer], other: &[DnsAnswer]) -> bool {
    let all = |answers: &[DnsAnswer]| {
        let answers = answers.iter();
        let mut all: Vec<_> = answers
            .map(|answer| (answer.name.to_ascii_lowercase(), u16::from(answer.rtype), answer.data.clone()))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    all(first) == all(other)
}

/// Labels of a name, which may not be all of them, as the text of a name.
pub(super) fn name_of_labels<'a>(labels: impl Iterator<Item = &'a [u8]>) -> String {
    let mut bytes = Vec::new();
    for label in labels {
        bytes.push(u8::try_from(label.len()).unwrap_or(0));
        bytes.extend_from_slice(label);
    }
    if bytes.is_empty() {
        return String::new();
    }
    bytes.push(0);
    name(&Name::new(&bytes, 0))
}

/// The data of a record as text.
fn data(rtype: DnsType, rdata: Cursor<'_>) -> String {
    let mut text = TextBuffer::default();
    match Rdata::decode(rtype.into(), rdata) {
        Rdata::Svcb { priority, target, params } | Rdata::Https { priority, target, params } => {
            text.bytes.extend_from_slice(format!("{priority} ").as_bytes());
            text.name(&target);
            for param in params.items().take(MOST_PARAMS).flatten() {
                if text.bytes.len() > MOST_TEXT {
                    break;
                }
                text.bytes.push(b' ');
                service_parameter(param.kind, param.contents, &mut text);
            }
        }
        _ => {
            Rdata::show(rtype.into(), rdata, &mut InlineFields::values(&mut text));
        }
    }
    text.cut_to(0, MOST_TEXT);
    text.as_str().to_string()
}

/// A service parameter in presentation form (RFC 9460 §2.1): `alpn=h2,h3`, `port=8443`.
fn service_parameter(key: u16, contents: Cursor<'_>, text: &mut TextBuffer) {
    match SvcParamKey::REGISTRY.name(key.into()) {
        Some(known) => text.str(known),
        None => text.show(format_args!("key{key}")),
    }
    let start = text.bytes.len();
    text.bytes.push(b'=');
    let empty = text.bytes.len();
    let list = |values: &mut dyn Iterator<Item = String>, text: &mut TextBuffer| {
        let values: Vec<String> = values.take(MOST_VALUES + 1).collect();
        let shown = values.get(..MOST_VALUES).unwrap_or(&values).join(",");
        text.bytes.extend_from_slice(shown.as_bytes());
        if values.len() > MOST_VALUES {
            text.bytes.extend_from_slice(b",...");
        }
    };
    match SvcParam::decode(key, contents) {
        SvcParam::Mandatory { keys } => list(&mut keys.iter().map(|key| key.to_string()), text),
        SvcParam::Alpn { protocols } => list(&mut protocols.iter().map(|of| escaped(of.0.0)), text),
        SvcParam::Port { port } => text.bytes.extend_from_slice(port.to_string().as_bytes()),
        SvcParam::Ipv4Hint { addresses } => list(&mut addresses.iter().map(|of| of.to_string()), text),
        SvcParam::Ipv6Hint { addresses } => list(&mut addresses.iter().map(|of| of.to_string()), text),
        SvcParam::Ech { config } => text.bytes.extend_from_slice(format!("({} bytes)", config.len()).as_bytes()),
        SvcParam::DohPath { template } => text.escaped(template.0),
        SvcParam::TlsSupportedGroups { groups } => list(&mut groups.iter().map(|of| of.to_string()), text),
        SvcParam::NoDefaultAlpn {} | SvcParam::Ohttp {} => {}
        _ => text.escaped(contents.bytes()),
    }
    // A key without a value has no equals sign.
    if text.bytes.len() == empty {
        text.bytes.truncate(start);
    }
}

/// Bytes as text: those that are not safe are escaped.
fn escaped(bytes: &[u8]) -> String {
    let mut text = TextBuffer::default();
    text.escaped(bytes);
    text.as_str().to_string()
}

/// The answers of a response, as far as there is room.
pub(super) fn read<'a>(dns: &Dns<&'a [u8; 12]>, context: &LayerContext<'a>, room: usize) -> Vec<DnsAnswer> {
    let mut left = room.min(MOST_BYTES + MOST_ANSWERS * core::mem::size_of::<DnsAnswer>());
    let mut answers = Vec::new();
    for record in dns.answers(context).take(MOST_ANSWERS) {
        let data = data(record.rtype, record.rdata);
        let answer = DnsAnswer { name: name(&record.name), rtype: record.rtype, ttl: record.ttl, data };
        match left.checked_sub(answer.bytes()) {
            Some(rest) => left = rest,
            None => break,
        }
        answers.push(answer);
    }
    answers
}
