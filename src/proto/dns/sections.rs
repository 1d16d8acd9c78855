//! Sections of a DNS message: questions and resource records (RFC 1035 §4.1.2 and §4.1.3).

use crate::layer::Report;
use crate::layer::rules;
use crate::layer::{IssueKind, Limit};
use crate::proto::dns::records::SvcParamKey;
use crate::proto::{DnsClass, DnsType, EdnsOption, OptFields, Rdata, SvcParam};
use crate::wire::{ByteSink, Codec, Counted, LabelTable, List, Text, Tlvs, ValueReceiver, refuse_values};
use crate::wire::{Cursor, DATA, ITEM, TaggedEnum, show_contents};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, show_fixed};
use crate::wire::{Name, NameError};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

rules! {
    /// Rules of DNS.
    pub enum DnsRule {
        TtlHighBit = Warning "dns.ttl.high_bit"
            "the most significant bit is set, and the TTL counts as zero (RFC 2181 §8)",
        ParamsOutOfOrder = Error "dns.params.out_of_order"
            "the keys must be in strictly increasing order (RFC 9460 §2.2)",
        MandatoryOutOfOrder = Error "dns.params.mandatory_out_of_order"
            "the keys of the mandatory parameter must be in strictly increasing order, and not be empty (RFC 9460 §8)",
        MandatoryMissing = Error "dns.params.mandatory_missing"
            "a mandatory key must be in the record, and must not be the key of the mandatory parameter itself (RFC 9460 §8)",
        AlpnEmpty = Error "dns.params.alpn_empty"
            "the list of application protocols and its items must not be empty (RFC 9460 §7.1.1)",
        NoDefaultAlpnAlone = Warning "dns.params.no_default_alpn_alone"
            "no-default-alpn needs a list of application protocols beside it (RFC 9460 §7.1.1)",
        HintEmpty = Error "dns.params.hint_empty" "the list of address hints must not be empty (RFC 9460 §7.3)",
        QueryWithAnswers = Note "dns.answers_in_query"
            "a standard query has no answers (RFC 1035 §4.1.1; but multicast DNS, RFC 6762 §7.1)",
        QuestionMissing = Note "dns.question.missing" "a standard query has a question (RFC 1035 §4.1.2)",
        OptRepeated = Error "dns.opt.repeated" "there is more than one OPT record (RFC 6891 §6.1.1)",
        OptOutsideAdditional = Error "dns.opt.outside_additional"
            "an OPT record is only valid in the additional section (RFC 6891 §6.1.1)",
        OptNameNotRoot = Error "dns.opt.name_not_root" "the name of an OPT record must be the root (RFC 6891 §6.1.2)",
    }
}

header! {
    /// Fields after the name in a question, RFC 1035 §4.1.2.
    pub struct QuestionFields(4) => QuestionFieldsEdit {
        /// Query type.
        qtype: DnsType = 0..16, "dns.qry.type";
        /// Query class.
        qclass: DnsClass = 16..32, "dns.qry.class";
    }
}

header! {
    /// Fields after the name in a question of multicast DNS, RFC 6762 §5.4.
    pub struct MulticastQuestionFields(4) => MulticastQuestionFieldsEdit {
        /// Query type.
        qtype: DnsType = 0..16, "dns.qry.type";
        /// QU: a unicast response is acceptable.
        unicast_response: bool = 16..17, "dns.qry.qu";
        /// Query class.
        qclass: DnsClass = 17..32, "dns.qry.class";
    }
}

header! {
    /// Fields after the name in a record, RFC 1035 §4.1.3.
    pub struct RecordFields(10) => RecordFieldsEdit {
        /// Record type.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Record class.
        class: DnsClass = 16..32, "dns.resp.class";
        /// Time to live: time for which the record may be cached, in seconds.
        ttl: u32 = 32..64, "dns.resp.ttl", seconds;
        /// Length of the record data in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, computed;
    }
}

header! {
    /// Fields after the name in a record of multicast DNS, RFC 6762 §10.2.
    pub struct MulticastRecordFields(10) => MulticastRecordFieldsEdit {
        /// Record type.
        rtype: DnsType = 0..16, "dns.resp.type";
        /// Older records with this name, type and class must be removed from the cache.
        cache_flush: bool = 16..17, "dns.resp.cache_flush";
        /// Record class.
        class: DnsClass = 17..32, "dns.resp.class";
        /// Time to live: time for which the record may be cached, in seconds.
        ttl: u32 = 32..64, "dns.resp.ttl", seconds;
        /// Length of the record data in bytes.
        rdlength: u16 = 64..80, "dns.resp.len", bytes, computed;
    }
}

/// Section of a message that contains a record. In an update (RFC 2136), the sections have other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DnsSection {
    /// Answer section; in an update, prerequisites.
    Answer,
    /// Authority section; in an update, updates.
    Authority,
    /// Additional section.
    Additional,
}

pub(crate) const NAME_ASKED: &Field = &Field::floating("name", "dns.qry.name", Kind::Name, "Name queried.");
pub(crate) const NAME: &Field = &Field::floating("name", "dns.resp.name", Kind::Name, "Owner name of the record.");

/// A question, RFC 1035 §4.1.2.
///
/// ```
/// use packetsmith::Name;
/// use packetsmith::proto::dns::{DnsClass, DnsQuestion, DnsType};
/// let question = DnsQuestion::new(Name::from_text("example.org").unwrap(), DnsType::Aaaa);
/// assert_eq!(question.qclass, DnsClass::Internet);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DnsQuestion<'a> {
    /// Name queried.
    pub name: Name<'a>,
    /// Query type.
    pub qtype: DnsType,
    /// Query class.
    pub qclass: DnsClass,
    /// QU: a unicast response is acceptable; multicast DNS only.
    pub unicast_response: bool,
    /// Byte range of the question. Empty if it was not read.
    pub span: Span,
}

/// A resource record, RFC 1035 §4.1.3: read from a message, or made to build one.
///
/// ```
/// use packetsmith::Name;
/// use packetsmith::proto::dns::{DnsRecord, Rdata};
/// let name = Name::from_text("example.org").unwrap();
/// let address = DnsRecord::a(name, 300, [192, 0, 2, 1].into());
/// assert_eq!(address.data(), Rdata::A { address: [192, 0, 2, 1].into() });
/// // Records of all types are made of their data.
/// let data = Rdata::Uri { priority: 1, weight: 1, target: packetsmith::Text(b"https://example.org/") };
/// let mut uri = DnsRecord::new(name, 300, data);
/// uri.cache_flush = true;
/// assert_eq!(uri.rtype, packetsmith::proto::dns::DnsType::Uri);
/// ```
#[derive(Clone, Copy)]
pub struct DnsRecord<'a> {
    /// Section that contains the record. When a message is built, the list that the record is in says it.
    pub section: DnsSection,
    /// Owner name of the record.
    pub name: Name<'a>,
    /// Record type.
    pub rtype: DnsType,
    /// Record class. In an OPT record, the largest UDP payload in bytes.
    pub class: DnsClass,
    /// Older records with this name, type and class must be removed from the cache; multicast DNS only.
    pub cache_flush: bool,
    /// Time to live: time for which the record may be cached, in seconds.
    pub ttl: u32,
    /// Length of the record data in bytes, as given in the record that was read. It is computed when a message is built.
    pub rdlength: u16,
    /// The record data that was read. It is shorter than `rdlength` if the message ends first.
    pub rdata: Cursor<'a>,
    /// Byte range of the record. Empty if it was not read.
    pub span: Span,
    /// The record data of a record that was not read.
    given: Option<Rdata<'a>>,
}

impl fmt::Debug for DnsRecord<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("DnsRecord");
        out.field("section", &self.section).field("name", &self.name).field("class", &self.class);
        out.field("cache_flush", &self.cache_flush).field("ttl", &self.ttl).field("data", &self.data()).finish()
    }
}

impl<'a> DnsQuestion<'a> {
    /// A question of class Internet.
    pub const fn new(name: Name<'a>, qtype: DnsType) -> Self {
        let span = Span { start: 0, end: 0 };
        DnsQuestion { name, qtype, qclass: DnsClass::Internet, unicast_response: false, span }
    }

    /// The fields after the name.
    fn fields(&self) -> [u8; 4] {
        let class = u16::from(self.qclass) | u16::from(self.unicast_response) << 15;
        *QuestionFields::build().qtype(self.qtype).qclass(class.into()).done().as_bytes()
    }

    /// Writes the question.
    pub(crate) fn put(&self, names: &mut NameEncoder, out: &mut dyn ByteSink) {
        names.put(NAME_ASKED, &self.name, out);
        out.put(&self.fields());
    }
}

/// Records to build a message of.
impl<'a> DnsRecord<'a> {
    /// A record of class Internet with this data, which says its type. `ttl` is in seconds.
    pub fn new(name: Name<'a>, ttl: u32, data: Rdata<'a>) -> Self {
        DnsRecord {
            section: DnsSection::Answer,
            name,
            rtype: data.kind().into(),
            class: DnsClass::Internet,
            cache_flush: false,
            ttl,
            rdlength: 0,
            rdata: Cursor::new(&[]),
            span: Span::new(0, 0),
            given: Some(data),
        }
    }

    /// The IPv4 address of a name.
    pub fn a(name: Name<'a>, ttl: u32, address: Ipv4Addr) -> Self {
        Self::new(name, ttl, Rdata::A { address })
    }

    /// The IPv6 address of a name.
    pub fn aaaa(name: Name<'a>, ttl: u32, address: Ipv6Addr) -> Self {
        Self::new(name, ttl, Rdata::Aaaa { address })
    }

    /// The name that `name` is an alias of.
    pub fn cname(name: Name<'a>, ttl: u32, canonical_name: Name<'a>) -> Self {
        Self::new(name, ttl, Rdata::Cname { canonical_name })
    }

    /// A name server of a zone.
    pub fn ns(name: Name<'a>, ttl: u32, name_server: Name<'a>) -> Self {
        Self::new(name, ttl, Rdata::Ns { name_server })
    }

    /// The name that an address or another name leads to.
    pub fn ptr(name: Name<'a>, ttl: u32, target: Name<'a>) -> Self {
        Self::new(name, ttl, Rdata::Ptr { target })
    }

    /// A host that accepts mail. Lower preferences are tried first.
    pub fn mx(name: Name<'a>, ttl: u32, preference: u16, exchange: Name<'a>) -> Self {
        Self::new(name, ttl, Rdata::Mx { preference, exchange })
    }

    /// Text: one or more strings of up to 255 bytes.
    pub fn txt(name: Name<'a>, ttl: u32, strings: &'a [Counted<Text<'a>>]) -> Self {
        Self::new(name, ttl, Rdata::Txt { text: List::of(strings) })
    }

    /// A service binding (RFC 9460). Lower priorities are tried first; the target `.` is the name itself.
    pub fn svcb(name: Name<'a>, ttl: u32, priority: u16, target: Name<'a>, params: &'a [SvcParam<'a>]) -> Self {
        Self::new(name, ttl, Rdata::Svcb { priority, target, params: Tlvs::of(params) })
    }

    /// A service binding for HTTPS (RFC 9460). Lower priorities are tried first; the target `.` is the name itself.
    pub fn https(name: Name<'a>, ttl: u32, priority: u16, target: Name<'a>, params: &'a [SvcParam<'a>]) -> Self {
        Self::new(name, ttl, Rdata::Https { priority, target, params: Tlvs::of(params) })
    }

    /// An OPT record, which goes into the additional section (RFC 6891 §6.1.2). `udp_payload_size` is the largest UDP
    /// payload that the sender accepts, in bytes.
    pub fn edns(udp_payload_size: u16, options: &'a [EdnsOption<'a>]) -> Self {
        let root = Name::new(&[0], 0);
        let data = Rdata::Opt { options: Tlvs::of(options) };
        DnsRecord { section: DnsSection::Additional, class: udp_payload_size.into(), ..Self::new(root, 0, data) }
    }

    /// The fields after the name.
    fn fields(&self) -> [u8; 10] {
        let class = u16::from(self.class) | u16::from(self.cache_flush) << 15;
        let fields = RecordFields::build().rtype(self.rtype).class(class.into()).ttl(self.ttl).rdlength(self.rdlength);
        *fields.done().as_bytes()
    }

    /// Writes the record.
    pub(crate) fn put(&self, names: &mut NameEncoder, out: &mut dyn ByteSink) {
        names.put(NAME, &self.name, out);
        out.put(&self.fields());
        let at = out.len();
        let data = self.data();
        // Only names in the record types of RFC 1035 are compressed (RFC 3597 §4).
        match self.rtype.into() {
            2..=9 | 12 | 14 | 15 => data.visit(&mut PutRdata { names, out }),
            _ => data.emit(out),
        }
        if out.has_refused() {
            refuse_values(&data, out);
        }
        let (have, max) = (out.len() - at, usize::from(u16::MAX));
        if have > max {
            let field = &RecordFields::FIELDS[usize::from(const { RecordFields::row("rdlength") })];
            out.refuse(FieldError::at(field, ValueError::TooLong { have, max }));
        }
        if let Some(length) = out.written().get_mut(at - 2..at) {
            length.copy_from_slice(&(have as u16).to_be_bytes());
        }
    }
}

/// The names of a message that is written.
pub(crate) struct NameEncoder {
    /// Offset of the message.
    pub(crate) message: usize,
    /// Labels that names can point to. `None` if names are not compressed.
    pub(crate) labels: Option<LabelTable>,
}

impl NameEncoder {
    /// Writes a name.
    fn put(&mut self, field: &'static Field, name: &Name<'_>, out: &mut dyn ByteSink) {
        if name.check().is_err() {
            out.refuse(FieldError::at(field, ValueError::Rule("the name cannot be read to its end")));
        }
        match &mut self.labels {
            Some(labels) => labels.put(name, self.message, out),
            None => name.emit(out),
        }
    }
}

/// Writes the values of record data, with compressed names.
struct PutRdata<'s> {
    names: &'s mut NameEncoder,
    out: &'s mut dyn ByteSink,
}

impl ValueReceiver for PutRdata<'_> {
    fn value<'a, T: Codec<'a>>(&mut self, value: &T) {
        match T::KIND {
            // A name is passed to the visitor.
            Kind::Name => value.show(NAME, Span::new(0, 0), self),
            _ => value.emit(self.out),
        }
    }
}

impl Visitor for PutRdata<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        if let Value::Name(name) = value {
            self.names.put(field, &name, self.out);
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

/// What was read.
impl<'a> DnsRecord<'a> {
    /// Whether all of the record data is present.
    pub fn is_whole(&self) -> bool {
        self.given.is_some() || self.rdata.bytes().len() == usize::from(self.rdlength)
    }

    /// The record data, decoded by type. `Unknown` if the data does not fit the type or is truncated.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::dns::Rdata;
    /// let message = b"\0\x07\x81\x80\0\0\0\x01\0\0\0\0\x07example\0\0\x0f\0\x01\
    ///     \0\0\x0e\x10\0\x09\0\x0a\x04mail\xc0\x0c";
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(53), message)).next().unwrap();
    /// let View::Dns(dns) = layer.view else { panic!() };
    /// match dns.answers(&layer.context).next().unwrap().data() {
    ///     Rdata::Mx { exchange, .. } => assert_eq!(exchange.to_string(), "mail.example"),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    pub fn data(&self) -> Rdata<'a> {
        if let Some(data) = self.given {
            return data;
        }
        let kind = self.rtype.into();
        match self.is_typed() {
            true => Rdata::decode(kind, self.rdata),
            false => Rdata::Unknown { kind, data: self.rdata.bytes() },
        }
    }

    /// The fields of an OPT record, which replace class and TTL.
    pub fn opt(&self) -> Option<OptFields> {
        (self.rtype == DnsType::Opt).then(|| OptFields::new(self.fields()))
    }

    /// Whether the type alone determines the format of the data. A record of class CH has a different format
    /// (RFC 1035 §3.4.1), and an update may name a type without data (RFC 2136 §2.4, §2.5).
    fn is_typed(&self) -> bool {
        let elsewhere = self.rtype == DnsType::A && self.class == DnsClass::Chaos;
        let empty = self.rdlength == 0 && matches!(self.class, DnsClass::Any | DnsClass::None);
        self.is_whole() && !elsewhere && !empty
    }
}

/// Splits questions and records off the front of a message, until the bytes end or are invalid.
#[derive(Clone, Copy)]
pub(crate) struct Walk<'a> {
    pub(crate) cursor: Cursor<'a>,
    pub(crate) multicast: bool,
    /// The reason why the name at the cursor is invalid, other than the end of the message.
    pub(crate) broken: Option<NameError>,
}

impl<'a> Walk<'a> {
    /// Splits off a name and the `N` bytes that follow. Leaves the cursor unchanged if they are not all present.
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

    /// Offset of the next entry.
    fn at(&self) -> u32 {
        self.cursor.span().start
    }

    pub(crate) fn question(&mut self) -> Option<DnsQuestion<'a>> {
        let (name, bytes, at) = self.entry()?;
        let (plain, multicast) = (QuestionFields::new(bytes), MulticastQuestionFields::new(bytes));
        Some(DnsQuestion {
            name,
            qtype: plain.qtype(),
            qclass: if self.multicast { multicast.qclass() } else { plain.qclass() },
            unicast_response: self.multicast && multicast.unicast_response(),
            span: Span::new(at, self.at()),
        })
    }

    pub(crate) fn record(&mut self, section: DnsSection) -> Option<DnsRecord<'a>> {
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
            given: None,
        })
    }
}

impl<'a> Walk<'a> {
    /// Shows up to `count` entries as a list.
    pub(crate) fn list<E>(
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
    pub(crate) fn show(&self, multicast: bool, visitor: &mut dyn Visitor) {
        let fields = if multicast { MulticastQuestionFields::FIELDS } else { QuestionFields::FIELDS };
        let at = self.span.end - QuestionFields::LEN as u32;
        visitor.open(ITEM, self.span);
        visitor.field(NAME_ASKED, Span::new(self.span.start, at), Value::Name(self.name));
        show_fixed(fields, &self.fields(), at, visitor);
        visitor.close();
    }
}

impl DnsRecord<'_> {
    pub(crate) fn show(&self, multicast: bool, visitor: &mut dyn Visitor) {
        let fields = match self.rtype {
            DnsType::Opt => OptFields::FIELDS,
            _ if multicast => MulticastRecordFields::FIELDS,
            _ => RecordFields::FIELDS,
        };
        let rdata = self.rdata.span();
        let at = rdata.start - RecordFields::LEN as u32;
        visitor.open(ITEM, self.span);
        visitor.field(NAME, Span::new(self.span.start, at), Value::Name(self.name));
        show_fixed(fields, &self.fields(), at, visitor);
        if self.is_typed() {
            show_contents::<Rdata>(self.rtype.into(), self.rdata, visitor);
        } else if !rdata.is_empty() {
            visitor.field(DATA, rdata, Value::Bytes(self.rdata.bytes()));
        }
        visitor.close();
    }
}

/// Builds a question.
pub(crate) fn build_question(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    builder.name(NAME_ASKED)?;
    let multicast = builder.source.has(&MulticastQuestionFields::FIELDS[1]);
    let fields = if multicast { MulticastQuestionFields::FIELDS } else { QuestionFields::FIELDS };
    builder.fixed::<{ QuestionFields::LEN }>(fields).map(drop)
}

/// Builds a record.
pub(crate) fn build_record(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
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
        // Only names in the record types of RFC 1035 are compressed (RFC 3597 §4).
        let labels = if matches!(kind, 2..=9 | 12 | 14 | 15) { None } else { builder.labels.take() };
        Rdata::build(kind, builder)?;
        builder.labels = labels.or(builder.labels.take());
    }
    if length.is_none() {
        let (have, max) = (builder.len() - at, usize::from(u16::MAX));
        if have > max {
            return Err(FieldError::at(&RecordFields::FIELDS[3], ValueError::TooLong { have, max }));
        }
        builder.patch(at - 2, 2, have as u64);
    }
    Ok(())
}

/// Reports issues of a record, except those of its name.
pub(crate) fn check_record(record: &DnsRecord<'_>, limit: Limit, report: &mut Report<'_>) {
    let (rdata, kind) = (record.rdata.span(), record.rtype.into());
    let mut fixed = |row: u8, reason| {
        let field = &RecordFields::FIELDS[usize::from(row)];
        report(Some(field), field.span(rdata.start - RecordFields::LEN as u32), reason);
    };
    if !record.is_whole() {
        let (needed, have) = (record.rdlength.into(), rdata.len() as u32);
        fixed(RecordFields::row("rdlength"), IssueKind::Truncated { needed, have, limit });
    }
    if record.ttl >> 31 != 0 && record.rtype != DnsType::Opt {
        fixed(RecordFields::row("ttl"), DnsRule::TtlHighBit.into());
    }
    if !record.is_typed() {
        return;
    }
    let data = Rdata::decode(kind, record.rdata);
    if data.is_unknown() && Rdata::name_of(kind).is_some() {
        report(None, rdata, IssueKind::BadItem(kind));
    }
    match data {
        Rdata::Opt { options } => options.check(rdata_field("options"), report),
        Rdata::Svcb { params, .. } | Rdata::Https { params, .. } => {
            params.check(rdata_field("params"), report);
            let keys = || params.items().flatten().map(|param| param.kind);
            if !keys().zip(keys().skip(1)).all(|(a, b)| a < b) {
                report(Some(rdata_field("params")), rdata, DnsRule::ParamsOutOfOrder.into());
            }
            let has = |key: SvcParamKey| keys().any(|kind| kind == u16::from(key));
            for param in params.items().flatten() {
                let rule = match SvcParam::decode(param.kind, param.contents) {
                    SvcParam::Mandatory { keys } if !is_ascending(keys.iter().map(u16::from)) => {
                        DnsRule::MandatoryOutOfOrder
                    }
                    SvcParam::Mandatory { keys }
                        if keys.iter().any(|key| key == SvcParamKey::Mandatory || !has(key)) =>
                    {
                        DnsRule::MandatoryMissing
                    }
                    SvcParam::Alpn { protocols }
                        if protocols.iter().next().is_none() || protocols.iter().any(|one| one.0.0.is_empty()) =>
                    {
                        DnsRule::AlpnEmpty
                    }
                    SvcParam::Ipv4Hint { addresses } if addresses.iter().next().is_none() => DnsRule::HintEmpty,
                    SvcParam::Ipv6Hint { addresses } if addresses.iter().next().is_none() => DnsRule::HintEmpty,
                    SvcParam::NoDefaultAlpn {} if !has(SvcParamKey::Alpn) => DnsRule::NoDefaultAlpnAlone,
                    _ => continue,
                };
                report(Some(rdata_field("params")), param.span, rule.into());
            }
        }
        _ => {}
    }
}

/// Whether numbers ascend, each more than the one before, and there is one.
fn is_ascending(mut numbers: impl Iterator<Item = u16>) -> bool {
    let Some(mut last) = numbers.next() else { return false };
    numbers.all(|number| core::mem::replace(&mut last, number) < number)
}

/// Reports issues of an OPT record, which is the `nth` of the message.
pub(crate) fn check_opt(record: &DnsRecord<'_>, nth: usize, report: &mut Report<'_>) {
    let mut rule = |rule: DnsRule| report(None, record.span, rule.into());
    if nth == 2 {
        rule(DnsRule::OptRepeated);
    }
    if record.section != DnsSection::Additional {
        rule(DnsRule::OptOutsideAdditional);
    }
    if !record.name.is_root() {
        rule(DnsRule::OptNameNotRoot);
    }
}

/// The field of this name in record data.
fn rdata_field(name: &str) -> &'static Field {
    Rdata::FIELDS.iter().find(|field| field.name == name).unwrap_or(DATA)
}
