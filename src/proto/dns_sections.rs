//! The sections of a DNS message: questions and resource records, RFC 1035 §4.1.2 and §4.1.3.

use super::{DnsClass, DnsType, OptFields, Rdata};
use crate::field::{Field, Kind, Span, Value, Visitor, header, show_fixed};
use crate::layer::{Limit, Reason, Report, Severity};
use crate::name::{Name, NameError};
use crate::part::{Cursor, DATA, ITEM, Variants, show_contents};
use crate::source::{Builder, Mistake, Unfit};

header! {
    /// What follows the name in a question, RFC 1035 §4.1.2.
    pub struct QuestionFields(4) {
        /// Type asked for.
        qtype: DnsType = 0..16, "dns.qry.type";
        /// Class asked for.
        qclass: DnsClass = 16..32, "dns.qry.class";
    }
}

header! {
    /// What follows the name in a question of multicast DNS, RFC 6762 §5.4.
    pub struct MulticastQuestionFields(4) {
        /// Type asked for.
        qtype: DnsType = 0..16, "dns.qry.type";
        /// The response may be sent to the sender alone.
        unicast_response: bool = 16..17, "dns.qry.qu";
        /// Class asked for.
        qclass: DnsClass = 17..32, "dns.qry.class";
    }
}

header! {
    /// What follows the name in a record, RFC 1035 §4.1.3.
    pub struct RecordFields(10) {
        /// Type of the record's data.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Class of the record's data.
        class: DnsClass = 16..32, "dns.resp.class";
        /// How long the record may be kept.
        ttl: u32 = 32..64, "dns.resp.ttl", seconds;
        /// Length of the record's data, in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, derived;
    }
}

header! {
    /// What follows the name in a record of multicast DNS, RFC 6762 §10.2.
    pub struct MulticastRecordFields(10) {
        /// Type of the record's data.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Older records of the name, type and class are to be forgotten.
        cache_flush: bool = 16..17, "dns.resp.cache_flush";
        /// Class of the record's data.
        class: DnsClass = 17..32, "dns.resp.class";
        /// How long the record may be kept.
        ttl: u32 = 32..64, "dns.resp.ttl", seconds;
        /// Length of the record's data, in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, derived;
    }
}

/// Which part of a message a record stands in. The second name is the one in an update (RFC 2136).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DnsSection {
    /// Answers, or prerequisites.
    Answer,
    /// Authorities, or updates.
    Authority,
    /// Additional records.
    Additional,
}

pub(super) const NAME_ASKED: &Field = &Field::floating("name", "dns.qry.name", Kind::Name, "Name asked for.");
pub(super) const NAME: &Field = &Field::floating("name", "dns.resp.name", Kind::Name, "Name that the record is about.");

/// A question, RFC 1035 §4.1.2.
#[derive(Clone, Copy, Debug)]
pub struct DnsQuestion<'a> {
    /// Name asked for.
    pub name: Name<'a>,
    /// Type asked for.
    pub qtype: DnsType,
    /// Class asked for.
    pub qclass: DnsClass,
    /// The response may be sent to the sender alone; in multicast DNS only.
    pub unicast_response: bool,
    /// The question's bytes.
    pub span: Span,
    bytes: &'a [u8; 4],
}

/// A resource record, RFC 1035 §4.1.3.
#[derive(Clone, Copy, Debug)]
pub struct DnsRecord<'a> {
    /// Where it stands.
    pub section: DnsSection,
    /// Name that the record is about.
    pub name: Name<'a>,
    /// Type of the record's data.
    pub rtype: DnsType,
    /// Class of the record's data; in an OPT record the largest UDP payload.
    pub class: DnsClass,
    /// Older records of the name, type and class are to be forgotten; in multicast DNS only.
    pub cache_flush: bool,
    /// How long the record may be kept, in seconds.
    pub ttl: u32,
    /// Length of the data as the record has it, in bytes.
    pub rdlength: u16,
    /// The data; shorter than `rdlength` where the message ends first.
    pub rdata: Cursor<'a>,
    /// The record's bytes.
    pub span: Span,
    bytes: &'a [u8; 10],
}

impl<'a> DnsRecord<'a> {
    /// Tells whether all of the data is there.
    pub fn is_whole(&self) -> bool {
        self.rdata.bytes().len() == usize::from(self.rdlength)
    }

    /// The data by its type; `Unknown` where it does not fit, or is cut.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, Next, Rdata, View};
    /// let message = b"\0\x07\x81\x80\0\0\0\x01\0\0\0\0\x07example\0\0\x0f\0\x01\
    ///     \0\0\x0e\x10\0\x09\0\x0a\x04mail\xc0\x0c";
    /// let layer = Examine::new(Layers::new(Next::UdpPort(53), message)).next().unwrap();
    /// let View::Dns(dns) = layer.view else { panic!() };
    /// match dns.answers(&layer.place).next().unwrap().data() {
    ///     Rdata::Mx { exchange, .. } => assert_eq!(exchange.to_string(), "mail.example"),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    pub fn data(&self) -> Rdata<'a> {
        let kind = self.rtype.into();
        match self.is_typed() {
            true => Rdata::decode(kind, self.rdata),
            false => Rdata::Unknown { kind, data: self.rdata.bytes() },
        }
    }

    /// The OPT record's own fields, in place of class and TTL.
    pub fn opt(&self) -> Option<OptFields<&'a [u8; 10]>> {
        (self.rtype == DnsType::Opt).then(|| OptFields::new(self.bytes))
    }

    /// Tells whether the type alone says what the data is. An address of the class CH is another
    /// thing (RFC 1035 §3.4.1), and an update may name a type without data (RFC 2136 §2.4, §2.5).
    fn is_typed(&self) -> bool {
        let elsewhere = self.rtype == DnsType::A && self.class == DnsClass::Chaos;
        let empty = self.rdlength == 0 && matches!(self.class, DnsClass::Any | DnsClass::None);
        self.is_whole() && !elsewhere && !empty
    }
}

/// Takes questions and records off the front of a message until its bytes end or make no sense.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) multicast: bool,
    /// Why the name at the cursor has no end, other than that the message ends.
    pub(super) broken: Option<NameError>,
}

impl<'a> Walk<'a> {
    /// Takes a name and the `N` bytes behind it; leaves all as it is where they are not there.
    fn entry<const N: usize>(&mut self) -> Option<(Name<'a>, &'a [u8; N], u32)> {
        let (mut cursor, at) = (self.cursor, self.at());
        let Some(name) = cursor.name() else {
            let error = Name::new(cursor.bytes(), 0).wire_len().err();
            self.broken = error.filter(|&error| error != NameError::Truncated);
            return None;
        };
        let fields = cursor.chunk()?;
        self.cursor = cursor;
        Some((name, fields, at))
    }

    /// Where the next entry begins.
    fn at(&self) -> u32 {
        self.cursor.span().start
    }

    pub(super) fn question(&mut self) -> Option<DnsQuestion<'a>> {
        let (name, bytes, at) = self.entry()?;
        let (plain, multicast) = (QuestionFields::new(bytes), MulticastQuestionFields::new(bytes));
        Some(DnsQuestion {
            name,
            qtype: plain.qtype(),
            qclass: if self.multicast { multicast.qclass() } else { plain.qclass() },
            unicast_response: self.multicast && multicast.unicast_response(),
            span: Span::new(at, self.at()),
            bytes,
        })
    }

    pub(super) fn record(&mut self, section: DnsSection) -> Option<DnsRecord<'a>> {
        let (name, bytes, at) = self.entry()?;
        let (plain, multicast) = (RecordFields::new(bytes), MulticastRecordFields::new(bytes));
        let rdlength = plain.rdlength();
        let rdata = self.cursor.split(rdlength.into()).unwrap_or_else(|| self.cursor.rest());
        let flush = self.multicast && plain.rtype() != DnsType::Opt;
        Some(DnsRecord {
            section,
            name,
            rtype: plain.rtype(),
            class: if flush { multicast.class() } else { plain.class() },
            cache_flush: flush && multicast.cache_flush(),
            ttl: plain.ttl(),
            rdlength,
            rdata,
            span: Span::new(at, self.at()),
            bytes,
        })
    }
}

impl<'a> Walk<'a> {
    /// Shows `count` entries, or as many as are there, as a list.
    pub(super) fn list<E>(
        &mut self,
        (field, count): (&'static Field, u16),
        visitor: &mut dyn Visitor,
        take: impl Fn(&mut Self) -> Option<E>,
        show: impl Fn(&E, &mut dyn Visitor),
    ) {
        let mut end = *self;
        let there = (0..count).take_while(|_| take(&mut end).is_some()).count();
        if there > 0 {
            visitor.open(field, Span::new(self.at(), end.at()));
            for entry in (0..there).map_while(|_| take(self)) {
                show(&entry, visitor);
            }
            visitor.close();
        }
    }
}

impl DnsQuestion<'_> {
    pub(super) fn show(&self, multicast: bool, visitor: &mut dyn Visitor) {
        let fields = if multicast { MulticastQuestionFields::FIELDS } else { QuestionFields::FIELDS };
        let at = self.span.end - QuestionFields::LEN as u32;
        visitor.open(ITEM, self.span);
        visitor.field(NAME_ASKED, Span::new(self.span.start, at), Value::Name(self.name));
        show_fixed(fields, self.bytes, at, visitor);
        visitor.close();
    }
}

impl DnsRecord<'_> {
    pub(super) fn show(&self, multicast: bool, visitor: &mut dyn Visitor) {
        let fields = match self.rtype {
            DnsType::Opt => OptFields::FIELDS,
            _ if multicast => MulticastRecordFields::FIELDS,
            _ => RecordFields::FIELDS,
        };
        let rdata = self.rdata.span();
        let at = rdata.start - RecordFields::LEN as u32;
        visitor.open(ITEM, self.span);
        visitor.field(NAME, Span::new(self.span.start, at), Value::Name(self.name));
        show_fixed(fields, self.bytes, at, visitor);
        if self.is_typed() {
            show_contents::<Rdata>(self.rtype.into(), self.rdata, visitor);
        } else if !rdata.is_empty() {
            visitor.field(DATA, rdata, Value::Bytes(self.rdata.bytes()));
        }
        visitor.close();
    }
}

/// Builds a question.
pub(super) fn build_question(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    builder.name(NAME_ASKED)?;
    let multicast = builder.source.has(&MulticastQuestionFields::FIELDS[1]);
    let fields = if multicast { MulticastQuestionFields::FIELDS } else { QuestionFields::FIELDS };
    builder.fixed::<{ QuestionFields::LEN }>(fields).map(drop)
}

/// Builds a record.
pub(super) fn build_record(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    builder.name(NAME)?;
    let kind = builder.source.peek(&RecordFields::FIELDS[0])?.unwrap_or_default() as u16;
    let fields = match kind {
        41 => OptFields::FIELDS,
        _ if builder.source.has(&MulticastRecordFields::FIELDS[1]) => MulticastRecordFields::FIELDS,
        _ => RecordFields::FIELDS,
    };
    let length = builder.source.peek(&RecordFields::FIELDS[3])?;
    builder.fixed::<{ RecordFields::LEN }>(fields)?;
    let at = builder.len();
    // An update may name a type without data.
    let empty = length == Some(0) && !Rdata::rows(kind).iter().any(|row| builder.source.has(row));
    if !empty {
        // Names are compressed in the types of RFC 1035 alone (RFC 3597 §4).
        let labels = if matches!(kind, 2..=9 | 12 | 14 | 15) { None } else { builder.labels.take() };
        Rdata::build(kind, builder)?;
        builder.labels = labels.or(builder.labels.take());
    }
    if length.is_none() {
        let (have, max) = (builder.len() - at, usize::from(u16::MAX));
        if have > max {
            return Err(Mistake::at(&RecordFields::FIELDS[3], Unfit::TooLong { have, max }));
        }
        builder.patch(at - 2, 2, have as u64);
    }
    Ok(())
}

/// Reports what is wrong with a record, its name aside.
pub(super) fn check_record(record: &DnsRecord<'_>, limit: Limit, report: &mut Report<'_>) {
    let (rdata, kind) = (record.rdata.span(), record.rtype.into());
    let mut fixed = |row: u8, reason| {
        let field = &RecordFields::FIELDS[usize::from(row)];
        report(Some(field), field.span(rdata.start - RecordFields::LEN as u32), reason);
    };
    if !record.is_whole() {
        let (needed, have) = (record.rdlength.into(), rdata.len() as u32);
        fixed(RecordFields::row("rdlength"), Reason::Truncated { needed, have, limit });
    }
    if record.ttl >> 31 != 0 && record.rtype != DnsType::Opt {
        let rule = "the highest bit is set, which counts as zero (RFC 2181 §8)";
        fixed(RecordFields::row("ttl"), Reason::Rule(Severity::Warning, rule));
    }
    if !record.is_typed() {
        return;
    }
    let data = Rdata::decode(kind, record.rdata);
    if data.is_unknown() && Rdata::name_of(kind).is_some() {
        report(None, rdata, Reason::BadItem(kind));
    }
    match data {
        Rdata::Opt { options } => options.check(rdata_field("options"), report),
        Rdata::Svcb { params, .. } | Rdata::Https { params, .. } => {
            params.check(rdata_field("params"), report);
            let keys = || params.items().flatten().map(|param| param.kind);
            if !keys().zip(keys().skip(1)).all(|(a, b)| a < b) {
                let rule = "the keys do not stand in strictly ascending order (RFC 9460 §2.2)";
                report(Some(rdata_field("params")), rdata, Reason::Rule(Severity::Error, rule));
            }
        }
        _ => {}
    }
}

/// Reports what is wrong with an OPT record, of which this is the `nth` of the message.
pub(super) fn check_opt(record: &DnsRecord<'_>, nth: usize, report: &mut Report<'_>) {
    let mut rule = |rule| report(None, record.span, Reason::Rule(Severity::Error, rule));
    if nth == 2 {
        rule("more than one OPT record (RFC 6891 §6.1.1)");
    }
    if record.section != DnsSection::Additional {
        rule("an OPT record outside of the additional records (RFC 6891 §6.1.1)");
    }
    if !record.name.is_root() {
        rule("the name of an OPT record is not the root (RFC 6891 §6.1.2)");
    }
}

/// The field of this name among the data of records.
fn rdata_field(name: &str) -> &'static Field {
    Rdata::FIELDS.iter().find(|field| field.name == name).unwrap_or(DATA)
}
