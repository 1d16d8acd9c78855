//! DNS messages (RFC 1035) over UDP and TCP, also multicast DNS (RFC 6762) and LLMNR (RFC 4795).

use crate::layer::Rule;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, Limit, NextProtocol};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::proto::dns::sections::DnsRule;
use crate::proto::dns::sections::{
    DnsQuestion, DnsRecord, DnsSection, NAME, NAME_ASKED, NameEncoder, Walk, check_opt, check_record,
};
use crate::proto::{
    DnsOpcode, DnsRcode, DnsType, MulticastQuestionFields, MulticastRecordFields, OptFields, QuestionFields, Rdata,
    RecordFields,
};
use crate::wire::Schema;
use crate::wire::TaggedEnum;
use crate::wire::{ByteSink, HeaderContents, HeaderWith};
use crate::wire::{Cursor, Encoder, Field, FieldError, Kind, LabelTable, Span, Value, ValueError, Visitor, header};
#[cfg(feature = "alloc")]
use crate::wire::{InlineFields, append};

/// Name of DNS over TCP, which says where a message ends.
pub(crate) const OVER_TCP: &str = "dns_over_tcp";

header! {
    /// DNS message header, [RFC 1035 §4.1.1](https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1).
    /// Questions and records follow; see [`questions`](Self::questions) and [`records`](Self::records).
    ///
    /// ```
    /// use packetsmith::proto::dns::DnsType;
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let message = b"\0\x07\x81\x80\0\x01\0\x01\0\0\0\0\x03www\x07example\0\0\x01\0\x01\
    ///     \xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x01";
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(53), message)).next().unwrap();
    /// let View::Dns(dns) = layer.view else { panic!() };
    /// assert!(dns.response() && dns.recursion_available() && !dns.truncated());
    /// let question = dns.questions(&layer.context).next().unwrap();
    /// assert_eq!((question.name.to_string().as_str(), question.qtype), ("www.example", DnsType::A));
    /// let answer = dns.answers(&layer.context).next().unwrap();
    /// assert_eq!((answer.name == question.name, answer.ttl, answer.rdlength), (true, 3600, 4));
    /// ```
    ///
    /// A message is built from questions and records. Counts and lengths are computed, and names compressed.
    ///
    /// ```
    /// use packetsmith::proto::dns::{DnsQuestion, DnsRecord, DnsType};
    /// use packetsmith::{Dns, Name, Stack};
    /// let name = Name::from_text("www.example.org").unwrap();
    /// let message = Stack::new()
    ///     .push(
    ///         Dns::build()
    ///             .id(7)
    ///             .response(true)
    ///             .questions(&[DnsQuestion::new(name, DnsType::A)])
    ///             .answers(&[DnsRecord::a(name, 300, [192, 0, 2, 1].into())]),
    ///     )
    ///     .finish()
    ///     .unwrap();
    /// assert_eq!(message[4..12], [0, 1, 0, 1, 0, 0, 0, 0]);
    /// assert!(message.ends_with(&[0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1]));
    /// ```
    pub struct Dns(12) => DnsEdit, layer {
        /// Identifier; matches responses to queries. Zero in multicast DNS.
        id: u16 = 0..16, "dns.id", hex;
        /// QR: the message is a response.
        response: bool = 16..17, "dns.flags.response";
        /// Opcode: kind of query.
        opcode: DnsOpcode = 17..21, "dns.flags.opcode";
        /// AA: the responder is authoritative for the name. In LLMNR: the name is in conflict.
        authoritative: bool = 21..22, "dns.flags.authoritative";
        /// TC: the message was truncated to the limit of the transport.
        truncated: bool = 22..23, "dns.flags.truncated";
        /// RD: the client asks for recursion. In LLMNR: the name is tentative.
        recursion_desired: bool = 23..24, "dns.flags.recdesired", default(1);
        /// RA: the server supports recursion.
        recursion_available: bool = 24..25, "dns.flags.recavail";
        /// Z: reserved.
        z: bool = 25..26, "dns.flags.z", reserved;
        /// AD: the responder considers all data authentic, RFC 4035 §3.1.6.
        authentic_data: bool = 26..27, "dns.flags.authenticated";
        /// CD: the sender accepts data that was not validated, RFC 4035 §3.2.2.
        checking_disabled: bool = 27..28, "dns.flags.checkdisable";
        /// Response code. With an OPT record, its low four bits.
        rcode: DnsRcode = 28..32, "dns.flags.rcode";
        /// Number of questions; in an update, of zones (RFC 2136 §2.2).
        question_count: u16 = 32..48, "dns.count.queries", computed;
        /// Number of answer records; in an update, of prerequisites.
        answer_count: u16 = 48..64, "dns.count.answers", computed;
        /// Number of authority records; in an update, of updates.
        authority_count: u16 = 64..80, "dns.count.auth_rr", computed;
        /// Number of additional records.
        additional_count: u16 = 80..96, "dns.count.add_rr", computed;
    }
}

const REST: &Field =
    &Field::floating("rest", "dns.extraneous.data", Kind::Bytes, "Bytes that are not a complete question or record.");

/// Requests compressed names when building. NameEncoder given as raw bytes are kept.
const COMPRESS: &Field = &Field::floating("compress", "", Kind::Bool, "Compress names when building, RFC 1035 §4.1.4.");
const QUESTIONS: &Field = &Field::floating("questions", "", Kind::List(&Kind::Group), "Questions, RFC 1035 §4.1.2.");
/// Record sections: list field, count field and name.
const SECTIONS: [(DnsSection, &Field, u8); 3] = [
    (
        DnsSection::Answer,
        &Field::floating("answers", "", Kind::List(&Kind::Group), "Answer section, RFC 1035 §4.1.3."),
        Dns::row("answer_count"),
    ),
    (
        DnsSection::Authority,
        &Field::floating("authority", "", Kind::List(&Kind::Group), "Authority section, RFC 1035 §4.1.3."),
        Dns::row("authority_count"),
    ),
    (
        DnsSection::Additional,
        &Field::floating("additional", "", Kind::List(&Kind::Group), "Additional section, RFC 1035 §4.1.3."),
        Dns::row("additional_count"),
    ),
];

/// Builds a list of entries and counts them.
fn build_entries(
    list: &'static Field,
    builder: &mut Encoder<'_>,
    build: fn(&mut Encoder<'_>) -> Result<(), FieldError>,
) -> Result<usize, FieldError> {
    let mut count = 0;
    if builder.source.open(list)? {
        while builder.source.next()? {
            build(builder)?;
            count += 1;
        }
        builder.source.close()?;
    }
    Ok(count)
}

/// Questions and records of a message that is built: made by [`DnsEdit::questions`], [`DnsEdit::answers`] and the like.
///
/// NameEncoder are compressed, except in the data of record types that RFC 1035 does not define (RFC 3597 §4).
#[derive(Clone, Copy, Debug)]
pub struct DnsEntries<'o, 'a> {
    questions: &'o [DnsQuestion<'a>],
    /// Answers, authority and additional records.
    records: [&'o [DnsRecord<'a>]; 3],
    /// The counts that were not set, one bit for each row of the header.
    counts: u64,
    compressed: bool,
}

impl DnsEntries<'_, '_> {
    /// Tells whether the count in this row was not set.
    fn counts(&self, row: u8) -> bool {
        self.counts >> row & 1 == 1
    }
}

impl<'o, 'a> HeaderWith<DnsEdit, DnsEntries<'o, 'a>> {
    /// Sets the question section. Its count is computed unless it is set.
    pub fn questions(mut self, questions: &'o [DnsQuestion<'a>]) -> Self {
        self.contents.questions = questions;
        if self.contents.counts(const { Dns::row("question_count") }) {
            self.header = self.header.question_count(questions.len() as u16);
        }
        self
    }

    /// Sets the answer section. Its count is computed unless it is set.
    pub fn answers(mut self, records: &'o [DnsRecord<'a>]) -> Self {
        self.contents.records[0] = records;
        if self.contents.counts(const { Dns::row("answer_count") }) {
            self.header = self.header.answer_count(records.len() as u16);
        }
        self
    }

    /// Sets the authority section. Its count is computed unless it is set.
    pub fn authority(mut self, records: &'o [DnsRecord<'a>]) -> Self {
        self.contents.records[1] = records;
        if self.contents.counts(const { Dns::row("authority_count") }) {
            self.header = self.header.authority_count(records.len() as u16);
        }
        self
    }

    /// Sets the additional section. Its count is computed unless it is set.
    pub fn additional(mut self, records: &'o [DnsRecord<'a>]) -> Self {
        self.contents.records[2] = records;
        if self.contents.counts(const { Dns::row("additional_count") }) {
            self.header = self.header.additional_count(records.len() as u16);
        }
        self
    }

    /// Writes names without compression pointers.
    pub fn uncompressed(mut self) -> Self {
        self.contents.compressed = false;
        self
    }
}

impl HeaderContents for DnsEntries<'_, '_> {
    fn put(&self, out: &mut dyn ByteSink) {
        let message = out.len() - Dns::LEN;
        let mut names = NameEncoder { message, labels: if self.compressed { Some(LabelTable::new()) } else { None } };
        self.questions.iter().for_each(|question| question.put(&mut names, out));
        self.records.iter().copied().flatten().for_each(|record| record.put(&mut names, out));
        let numbers = self.records.map(|records| records.len());
        let rows = [const { Dns::row("question_count") }, SECTIONS[0].2, SECTIONS[1].2, SECTIONS[2].2];
        for (row, number) in rows.into_iter().zip([self.questions.len()].into_iter().chain(numbers)) {
            if number > u16::MAX.into() && self.counts(row) {
                let error = ValueError::TooLarge { number: number as u64, max: u16::MAX.into() };
                out.refuse(FieldError::at(&Dns::FIELDS[usize::from(row)], error));
            }
        }
    }
}

impl DnsEdit {
    /// A message of no questions and records.
    fn entries<'o, 'a>(mut self) -> HeaderWith<Self, DnsEntries<'o, 'a>> {
        let counts = core::mem::take(&mut self.unset);
        let contents = DnsEntries { questions: &[], records: [&[]; 3], counts, compressed: true };
        HeaderWith { header: self, contents }
    }

    /// Adds the question section. Its count is computed unless it is set.
    pub fn questions<'o, 'a>(self, questions: &'o [DnsQuestion<'a>]) -> HeaderWith<Self, DnsEntries<'o, 'a>> {
        self.entries().questions(questions)
    }

    /// Adds the answer section. Its count is computed unless it is set.
    pub fn answers<'o, 'a>(self, records: &'o [DnsRecord<'a>]) -> HeaderWith<Self, DnsEntries<'o, 'a>> {
        self.entries().answers(records)
    }

    /// Adds the authority section. Its count is computed unless it is set.
    pub fn authority<'o, 'a>(self, records: &'o [DnsRecord<'a>]) -> HeaderWith<Self, DnsEntries<'o, 'a>> {
        self.entries().authority(records)
    }

    /// Adds the additional section. Its count is computed unless it is set.
    pub fn additional<'o, 'a>(self, records: &'o [DnsRecord<'a>]) -> HeaderWith<Self, DnsEntries<'o, 'a>> {
        self.entries().additional(records)
    }
}

impl<B: core::borrow::Borrow<[u8; 12]>> Dns<B> {
    /// Record counts of the three sections, from the header.
    fn counts(&self) -> [u16; 3] {
        [self.answer_count(), self.authority_count(), self.additional_count()]
    }

    /// Smallest possible length in bytes of a message with these counts: each name takes at least one byte.
    pub(crate) fn least_length(&self) -> usize {
        let records: usize = self.counts().into_iter().map(usize::from).sum();
        let (question, record) = (1 + QuestionFields::LEN, 1 + RecordFields::LEN);
        Dns::LEN + usize::from(self.question_count()) * question + records * record
    }
}

impl<'a> Dns<&'a [u8; 12]> {
    fn walk(&self, context: &LayerContext<'a>) -> Walk<'a> {
        let multicast = matches!(
            context.selector,
            NextProtocol::UdpPort(5353) | NextProtocol::UdpPorts(5353, _) | NextProtocol::UdpPorts(_, 5353)
        );
        Walk { cursor: context.options(Dns::LEN).in_message(context.bounds.start), multicast, broken: None }
    }

    /// The questions present. There may be fewer than the header counts.
    pub fn questions(&self, context: &LayerContext<'a>) -> impl Iterator<Item = DnsQuestion<'a>> + use<'a> {
        let mut walk = self.walk(context);
        (0..self.question_count()).map_while(move |_| walk.question())
    }

    /// The records present in all sections. There may be fewer than the header counts.
    pub fn records(&self, context: &LayerContext<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        let mut walk = self.walk(context);
        for _ in 0..self.question_count() {
            if walk.question().is_none() {
                break;
            }
        }
        let [answers, authority, additional] = self.counts();
        let sections =
            [(DnsSection::Answer, answers), (DnsSection::Authority, authority), (DnsSection::Additional, additional)];
        let sections = sections.into_iter().flat_map(|(section, count)| (0..count).map(move |_| section));
        sections.map_while(move |section| walk.record(section))
    }

    /// The records present in the answer section.
    pub fn answers(&self, context: &LayerContext<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(context).take_while(|record| record.section == DnsSection::Answer)
    }

    /// The records present in the authority section.
    pub fn authority(&self, context: &LayerContext<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(context).filter(|record| record.section == DnsSection::Authority)
    }

    /// The records present in the additional section.
    pub fn additional(&self, context: &LayerContext<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(context).filter(|record| record.section == DnsSection::Additional)
    }

    /// The response code, including the upper bits in an OPT record, RFC 6891 §6.1.3.
    pub fn extended_rcode(&self, context: &LayerContext<'a>) -> DnsRcode {
        let upper = self.additional(context).find_map(|record| record.opt()).map_or(0, |opt| opt.extended_rcode());
        DnsRcode::from(u16::from(upper) << 4 | u16::from(self.rcode()))
    }

    /// What determines the end of the message.
    fn limit(&self, context: &LayerContext<'a>) -> Limit {
        let cut = match context.selector {
            NextProtocol::DnsMessage(length) if context.header().len() >= length.into() => {
                return Limit::Layer(OVER_TCP);
            }
            NextProtocol::DnsMessage(_) => context.bounds.header_end < context.wire_end,
            _ => !context.is_whole(),
        };
        match context.limit {
            _ if context.quoted => Limit::Quote,
            _ if cut => Limit::Snapshot,
            limit => limit,
        }
    }
}

impl<'a> Protocol<'a> for Dns<&'a [u8; 12]> {
    const NAME: &'static str = "dns";
    const TITLE: &'static str = "Domain Name System, RFC 1035";
    const TABLE: &'static [Field] = Dns::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[
        &Schema {
            fields: &[*QUESTIONS, *SECTIONS[0].1, *SECTIONS[1].1, *SECTIONS[2].1, *NAME_ASKED, *NAME, *REST],
            ..Schema::EMPTY
        },
        &Schema::of(MulticastQuestionFields::FIELDS),
        &Schema::of(MulticastRecordFields::FIELDS),
        &Schema::of(OptFields::FIELDS),
        Rdata::SCHEMA,
    ];
    const RULES: &'static [&'static [Rule]] = &[DnsRule::ALL];
    const RAW: &'static str = "Keys, signatures, certificates and digests; record types without a published format.";

    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Dns::LEN))?;
        Ok(match selector {
            NextProtocol::DnsMessage(length) if usize::from(length) < bytes.len() => {
                ParsedHeader::new(header, usize::from(length).max(Dns::LEN), NextProtocol::TcpPort(53))
            }
            _ => ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown),
        })
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        if builder.source.value(COMPRESS)? == Some(Value::Bool(true)) {
            builder.labels = Some(LabelTable::new());
        }
        let questions = build_entries(QUESTIONS, builder, crate::proto::dns::sections::build_question)?;
        let mut counts = [(Dns::row("question_count"), questions), (0, 0), (0, 0), (0, 0)];
        for ((_, list, row), count) in SECTIONS.into_iter().zip(&mut counts[1..]) {
            *count = (row, build_entries(list, builder, crate::proto::dns::sections::build_record)?);
        }
        builder.bytes(REST)?;
        for (row, count) in counts {
            if *unset >> row & 1 == 1 {
                *unset &= !(1 << row);
                let field = &Dns::FIELDS[usize::from(row)];
                builder.compute(field, (at + usize::from(field.first_bit) / 8, 2), count, u16::MAX.into())?;
            }
        }
        Ok(())
    }

    /// Counts that are not set are those of the lists. Bytes in place of the lists do not say which section they belong
    /// to: those that the counts do not cover are an error.
    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let rows = const {
            [
                Dns::row("question_count"),
                Dns::row("answer_count"),
                Dns::row("authority_count"),
                Dns::row("additional_count"),
            ]
        };
        let Some(open) = rows.into_iter().find(|row| unset >> row & 1 == 1) else { return Ok(()) };
        let start = bounds.start + Dns::LEN as u32;
        let end = if bounds.header_end > start { bounds.header_end } else { bounds.payload_end };
        let Some((header, _)) = frame.get(bounds.start as usize..).and_then(Dns::split) else { return Ok(()) };
        let cursor = Cursor::within(frame, Span::new(start, end)).in_message(bounds.start);
        let mut walk = Walk { cursor, multicast: false, broken: None };
        let questions = (0..header.question_count()).take_while(|_| walk.question().is_some()).count();
        let whole = questions == usize::from(header.question_count());
        let whole = whole
            && SECTIONS
                .into_iter()
                .zip(header.counts())
                .all(|((section, ..), count)| (0..count).all(|_| walk.record(section).is_some()));
        if whole && !walk.cursor.is_empty() {
            let rule = ValueError::Rule("does not follow from bytes: set the counts of what is given as bytes");
            return Err(FieldError::at(&Dns::FIELDS[usize::from(open)], rule));
        }
        Ok(())
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let mut walk = self.walk(context);
        let multicast = walk.multicast;
        let questions = (QUESTIONS, self.question_count());
        walk.list(questions, visitor, Walk::question, |question, visitor| question.show(multicast, visitor));
        for ((section, field, _), count) in SECTIONS.into_iter().zip(self.counts()) {
            let take = |walk: &mut Walk<'a>| walk.record(section);
            walk.list((field, count), visitor, take, |record, visitor| record.show(multicast, visitor));
        }
        if !walk.cursor.is_empty() {
            visitor.field(REST, walk.cursor.span(), Value::Bytes(walk.cursor.bytes()));
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut walk = self.walk(context);
        let limit = self.limit(context);
        let mut missing = None;
        let mut count = |row: u8, declared: u16, have: usize| {
            if have < declared.into() && missing.is_none() {
                missing = Some((row, IssueKind::Missing { declared: declared.into(), have: have as u32 }));
            }
        };
        let (mut have, mut opts) = (0, 0);
        while have < self.question_count().into() && walk.question().is_some() {
            have += 1;
        }
        count(Dns::row("question_count"), self.question_count(), have);
        for ((section, _, row), declared) in SECTIONS.into_iter().zip(self.counts()) {
            let mut have = 0;
            while have < declared.into()
                && let Some(record) = walk.record(section)
            {
                check_record(&record, limit, report);
                if record.rtype == DnsType::Opt {
                    opts += 1;
                    check_opt(&record, opts, report);
                }
                have += 1;
            }
            count(row, declared, have);
        }
        let multicast = matches!(context.selector, NextProtocol::UdpPorts(5353, _) | NextProtocol::UdpPorts(_, 5353));
        if !self.response() && self.opcode() == DnsOpcode::Query && self.answer_count() > 0 && !multicast {
            let field = &Dns::FIELDS[const { Dns::row("answer_count") as usize }];
            report(Some(field), field.span(context.bounds.start), DnsRule::QueryWithAnswers.into());
        }
        let asks = [self.question_count(), self.answer_count(), self.additional_count()];
        if !self.response() && self.opcode() == DnsOpcode::Query && asks == [0; 3] && !multicast {
            let field = &Dns::FIELDS[const { Dns::row("question_count") as usize }];
            report(Some(field), field.span(context.bounds.start), DnsRule::QuestionMissing.into());
        }
        let cut = matches!(limit, Limit::Snapshot | Limit::Segment | Limit::Quote);
        let rest = walk.cursor.span();
        match (walk.broken, missing) {
            (Some(error), _) => report(Some(NAME), rest, IssueKind::Name(error)),
            (None, Some((row, reason))) if !cut => {
                let field = &Dns::FIELDS[usize::from(row)];
                report(Some(field), field.span(context.bounds.start), reason);
            }
            (None, None) if !rest.is_empty() => report(Some(REST), rest, IssueKind::Surplus(rest.len() as u32)),
            _ => {}
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin(match context.selector {
            NextProtocol::UdpPorts(5353, _) | NextProtocol::UdpPorts(_, 5353) => "MDNS",
            NextProtocol::UdpPorts(5355, _) | NextProtocol::UdpPorts(_, 5355) => "LLMNR",
            _ => "DNS",
        });
        match self.opcode().name() {
            Some("query") => info.str("Standard query"),
            name => info.name_or_number(name, "opcode ", u8::from(self.opcode())),
        }
        info.str(if self.response() { " response " } else { " " });
        info.hex(self.id().into(), 4);
        let rcode = u16::from(self.extended_rcode(context));
        if rcode != 0 {
            info.str(" [");
            info.name_or_number(DnsRcode::from(rcode).name(), "rcode ", rcode);
            info.str("]");
        }
        info.str(if self.truncated() { " [truncated]" } else { "" });
        for question in self.questions(context).take(8) {
            info.str(" ");
            info.name_or_number(question.qtype.name(), "TYPE", u16::from(question.qtype));
            append!(info, " ", &question.name);
        }
        let mut records = self.records(context).filter(|record| record.rtype != DnsType::Opt);
        for (i, record) in records.by_ref().take(16).enumerate() {
            info.str(if i == 0 { " → " } else { ", " });
            info.name_or_number(record.rtype.name(), "TYPE", u16::from(record.rtype));
            info.str(" ");
            match record.section {
                DnsSection::Answer => {}
                _ => append!(info, &record.name, " "),
            }
            Rdata::show(record.rtype.into(), record.rdata, &mut InlineFields::values(info));
        }
        if records.next().is_some() {
            info.str(", …");
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::Severity;
    use crate::proto::{Proto, View};
    use crate::wire::NameError;
    use crate::wire::Span;
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{format, vec};

    /// Builds a message with these counts. The other header fields are zero.
    fn message(counts: [u8; 4], entries: &[u8]) -> Vec<u8> {
        let [q, an, ns, ar] = counts;
        [&[0, 1, 0x80, 0, 0, q, 0, an, 0, ns, 0, ar], entries].concat()
    }

    /// Builds a TCP segment with a message.
    fn segment(data: &[u8]) -> Vec<u8> {
        let mut tcp = vec![0; 20];
        (tcp[1], tcp[3], tcp[12], tcp[13]) = (53, 99, 0x50, 0x10);
        tcp.extend(data);
        tcp
    }

    fn layers(frame: &[u8], first: NextProtocol) -> Vec<Proto> {
        Examine::new(Layers::new(first, frame)).map(|layer| layer.proto).collect()
    }

    fn issues(frame: &[u8], first: NextProtocol, original_len: usize) -> Vec<(Option<&'static str>, IssueKind)> {
        let mut all = Vec::new();
        for layer in Examine::new(Layers::new(first, frame)).original_len(original_len) {
            if matches!(layer.proto, Proto::Dns | Proto::DnsOverTcp) {
                layer.issues(|issue| all.push((issue.field.map(|field| field.name), issue.kind)));
            }
        }
        all
    }

    fn udp_issues(frame: &[u8]) -> Vec<(Option<&'static str>, IssueKind)> {
        issues(frame, NextProtocol::UdpPort(53), frame.len())
    }

    /// Writes fields as `name=value`, and lists and groups in brackets.
    #[derive(Default)]
    struct Shown(String, usize);

    impl Visitor for Shown {
        fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
            let value = match value {
                Value::Name(name) => name.to_string(),
                Value::Uint(n) => n.to_string(),
                other => format!("{other:?}"),
            };
            self.0 += &format!("{}={value} ", field.name);
        }
        fn open(&mut self, field: &'static Field, _: Span) {
            self.0 += &format!("{}[ ", field.name);
            self.1 += 1;
        }
        fn close(&mut self) {
            self.0 += "] ";
            self.1 -= 1;
        }
    }

    fn shown(frame: &[u8], first: NextProtocol) -> String {
        let mut shown = Shown::default();
        Examine::new(Layers::new(first, frame)).for_each(|layer| layer.show(&mut shown));
        let (_, entries) = shown.0.split_once("additional_count=").unwrap();
        entries[2..].trim().to_string()
    }

    #[test]
    fn a_name_with_a_bad_pointer_loses_only_the_name() {
        let entries = b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04\xc0\0\x02\x01\
            \x01b\0\0\x05\0\x01\0\0\0\0\0\x02\xc0\x2a";
        let frame = message([0, 2, 0, 0], entries);
        let text = shown(&frame, NextProtocol::UdpPort(53));
        assert!(text.contains("address=Ipv4(192.0.2.1) ] item[ name=b rtype=5"), "{text}");
        let broken = IssueKind::Name(NameError::ForwardPointer);
        assert_eq!(udp_issues(&frame), [(Some("name"), broken), (Some("canonical_name"), broken)]);
    }

    #[test]
    fn a_name_without_an_end_makes_the_rest_raw() {
        let frame = message([1, 1, 0, 0], b"\x01a\0\0\x01\0\x01\x80rest");
        assert_eq!(udp_issues(&frame), [(Some("name"), IssueKind::Name(NameError::ReservedLabel(0x80)))]);
        let text = shown(&frame, NextProtocol::UdpPort(53));
        assert_eq!(text, "questions[ item[ name=a qtype=1 qclass=1 ] ] rest=Bytes(0x8072657374)");
    }

    #[test]
    fn counts_beyond_the_bytes_are_reported() {
        let mut frame = message([0; 4], b"\x01a\0\0\x01\0\x01");
        frame[4..12].fill(0xff);
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(53), &frame)).next().unwrap();
        let View::Dns(dns) = layer.view else { panic!() };
        assert_eq!((dns.questions(&layer.context).count(), dns.records(&layer.context).count()), (1, 0));
        let missing = IssueKind::Missing { declared: 65535, have: 1 };
        assert_eq!(udp_issues(&frame), [(Some("question_count"), missing)]);
    }

    #[test]
    fn record_data_beyond_the_message_is_shown_truncated() {
        let frame = message([0, 1, 0, 0], b"\0\0\x01\0\x01\0\0\0\0\0\x04\xc0\0");
        assert!(shown(&frame, NextProtocol::UdpPort(53)).ends_with("rdlength=4 data=Bytes(0xc000) ] ]"));
        let cut = |limit| (Some("rdlength"), IssueKind::Truncated { needed: 4, have: 2, limit });
        assert_eq!(udp_issues(&frame), [cut(Limit::Frame)]);
        assert_eq!(issues(&frame, NextProtocol::UdpPort(53), frame.len() + 2), [cut(Limit::Snapshot)]);
        assert_eq!(cut(Limit::Snapshot).1.severity(), Severity::Note);
    }

    #[test]
    fn records_truncated_by_the_capture_are_not_a_count_issue() {
        let frame = message([1, 3, 0, 0], b"\x01a\0\0\x01\0\x01\x01");
        assert_eq!(issues(&frame, NextProtocol::UdpPort(53), frame.len() + 60), []);
    }

    #[test]
    fn bytes_after_the_last_record_are_kept() {
        let frame = message([1, 0, 0, 0], b"\0\0\x01\0\x01more");
        assert_eq!(udp_issues(&frame), [(Some("rest"), IssueKind::Surplus(4))]);
        assert!(shown(&frame, NextProtocol::UdpPort(53)).ends_with("rest=Bytes(0x6d6f7265)"));
    }

    #[test]
    fn data_that_does_not_fit_its_type_stays_raw() {
        let frame = message([0, 1, 0, 0], b"\0\0\x01\0\x01\0\0\0\0\0\x03abc");
        assert_eq!(udp_issues(&frame), [(None, IssueKind::BadItem(1))]);
        assert!(shown(&frame, NextProtocol::UdpPort(53)).ends_with("data=Bytes(0x616263) ] ]"));
    }

    #[test]
    fn an_update_may_name_types_without_data() {
        let frame = message([0, 2, 0, 0], b"\0\0\x01\0\xff\0\0\0\0\0\0\0\0\x06\0\xfe\0\0\0\0\0\0");
        assert_eq!(udp_issues(&frame), []);
    }

    #[test]
    fn the_class_has_15_bits_only_in_multicast_dns() {
        let entries = b"\0\0\x0c\x80\x01\0\0\x01\x80\x01\0\0\0\0\0\x04\xc0\0\x02\x01";
        let frame = message([1, 1, 0, 0], entries);
        let multicast = shown(&frame, NextProtocol::UdpPorts(5353, 5353));
        assert!(multicast.contains("qtype=12 unicast_response=Bool(true) qclass=1 "), "{multicast}");
        assert!(multicast.contains("cache_flush=Bool(true) class=1 "), "{multicast}");
        let unicast = shown(&frame, NextProtocol::UdpPorts(53, 5000));
        assert!(unicast.contains("qclass=32769 ") && unicast.contains(" class=32769 "), "{unicast}");
    }

    #[test]
    fn one_opt_record_is_allowed_in_the_additional_section() {
        let opt = b"\0\0\x29\x04\xd0\x01\0\x80\0\0\0";
        let good = message([0, 0, 0, 1], opt);
        assert_eq!(udp_issues(&good), []);
        let text = shown(&good, NextProtocol::UdpPort(53));
        assert!(text.contains("udp_payload_size=1232 extended_rcode=1 version=0 flags=32768 rdlength=0"), "{text}");
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(53), &good)).next().unwrap();
        let View::Dns(dns) = layer.view else { panic!() };
        assert_eq!(dns.extended_rcode(&layer.context), DnsRcode::BadVersion);
        assert_eq!(udp_issues(&message([0, 0, 0, 2], &opt.repeat(2))).len(), 1, "more than one");
        assert_eq!(udp_issues(&message([0, 1, 0, 0], opt)).len(), 1, "elsewhere");
        assert_eq!(udp_issues(&message([0, 0, 0, 1], &[b"\x01a", &opt[..]].concat())).len(), 1, "not the root");
    }

    #[test]
    fn a_message_truncated_by_the_segment_is_not_malformed() {
        let query = message([1, 0, 0, 0], b"\x07example\0\0\x01\0\x01");
        let stream = [&[0, query.len() as u8], &query[..]].concat();
        let tcp = NextProtocol::IpProtocol(6);
        use Proto::{Data, Dns, DnsOverTcp, Tcp};
        assert_eq!(layers(&segment(&stream), tcp), [Tcp, DnsOverTcp, Dns]);
        assert_eq!(layers(&segment(&stream.repeat(2)), tcp), [Tcp, DnsOverTcp, Dns, DnsOverTcp, Dns]);
        assert_eq!(issues(&segment(&stream.repeat(2)), tcp, 0), []);
        for len in 1..stream.len() {
            let frame = segment(&stream[..len]);
            let expected: &[Proto] = if len <= 2 { &[Tcp, DnsOverTcp] } else { &[Tcp, DnsOverTcp, Dns] };
            assert_eq!(layers(&frame, tcp), expected, "{len} bytes");
            let all = issues(&frame, tcp, 0);
            assert!(!all.is_empty() && all.iter().all(|(_, reason)| reason.severity() == Severity::Note), "{all:?}");
        }
        // A message that continues from the previous segment.
        for middle in [&b"\x0aGET / HTTP/1.1\r\n"[..], b"\xc0\x0c\0\x01\0\x01", b"\0\x05hello"] {
            let frame = segment(middle);
            let all = issues(&frame, tcp, 0);
            assert!(all.iter().all(|(_, reason)| reason.severity() == Severity::Note), "{all:?}");
        }
        assert_eq!(layers(&segment(b"\0\x05hello"), tcp), [Tcp, DnsOverTcp, Data]);
        assert_eq!(layers(&segment(b"\x20\x20some text that goes on"), tcp), [Tcp, DnsOverTcp, Data]);
    }

    #[test]
    fn arbitrary_bytes_are_parsed_to_the_end() {
        let entries = b"\x01a\x01b\0\0\x01\0\x01\xc0\x0c\0\x06\0\x01\0\0\0\0\0\x16\xc0\x0c\xc0\x0e\
            \0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05\0\0\x29\x04\xd0\0\0\0\0\0\x0c\0\x0a\0\x08ABCDEFGH";
        let good = message([1, 1, 0, 1], entries);
        let mut seed = 1u32;
        let mut random = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 16) as usize
        };
        for round in 0..4_000 {
            let mut frame = good.clone();
            for _ in 0..round % 5 {
                let at = random() % frame.len();
                frame[at] = random() as u8;
            }
            frame.truncate(frame.len() - if round % 3 == 0 { random() % frame.len() } else { 0 });
            for first in [NextProtocol::UdpPort(53), NextProtocol::UdpPort(5353), NextProtocol::TcpPort(53)] {
                let mut shown = Shown::default();
                let (mut end, mut payload) = (0, 0);
                for layer in Examine::new(Layers::new(first, &frame)) {
                    layer.show(&mut shown);
                    layer.issues(|issue| {
                        assert!(issue.span.end as usize <= frame.len() && !issue.to_string().is_empty())
                    });
                    assert_eq!(layer.context.bounds.start as usize, end);
                    (end, payload) = (end + layer.header().len(), layer.payload().len());
                }
                assert_eq!(end + payload, frame.len());
                assert_eq!(shown.1, 0, "every group that was opened is closed");
            }
        }
    }
}
