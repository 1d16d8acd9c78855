//! Records of the answer section, as text.

use crate::layer::LayerContext;
use crate::proto::Dns;
use crate::proto::dns::{DnsType, Rdata};
use crate::wire::{InlineFields, Name, TaggedEnum, TextBuffer};

/// Most answers of a response, most characters of a name and of the data of an answer, and most characters of all data.
const MOST_ANSWERS: usize = 64;
const MOST_TEXT: usize = 255;
const MOST_BYTES: usize = 4096;

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

/// The answers of a response, as far as there is room.
pub(super) fn read<'a>(dns: &Dns<&'a [u8; 12]>, context: &LayerContext<'a>, room: usize) -> Vec<DnsAnswer> {
    let mut left = room.min(MOST_BYTES + MOST_ANSWERS * core::mem::size_of::<DnsAnswer>());
    let mut answers = Vec::new();
    for record in dns.answers(context).take(MOST_ANSWERS) {
        let mut text = TextBuffer::default();
        Rdata::show(record.rtype.into(), record.rdata, &mut InlineFields::values(&mut text));
        text.cut_to(0, MOST_TEXT);
        let data = text.as_str().to_string();
        let answer = DnsAnswer { name: name(&record.name), rtype: record.rtype, ttl: record.ttl, data };
        match left.checked_sub(answer.bytes()) {
            Some(rest) => left = rest,
            None => break,
        }
        answers.push(answer);
    }
    answers
}
