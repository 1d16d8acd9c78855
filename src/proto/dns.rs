//! DNS, RFC 1035: messages over UDP and TCP; also multicast DNS (RFC 6762) and LLMNR (RFC 4795).

use super::dns_records::{A6_FIELDS, HIT, HOST_KEY};
use super::dns_sections::{DnsQuestion, DnsRecord, DnsSection, NAME, NAME_ASKED, Walk, check_opt, check_record};
use super::{
    AddressPrefix, AmtRelay, AmtRelayFields, ClientSubnet, DnsOpcode, DnsOverTcp, DnsRcode, DnsType, EdnsOption,
    HostIdentityFields, IpseckeyFields, IpseckeyGateway, Loc, MulticastQuestionFields, MulticastRecordFields,
    OptFields, PrefixFields, QuestionFields, Rdata, RecordFields, SubnetFields, SvcParam,
};
use crate::field::{Field, Kind, Registry, Value, Visitor, header};
use crate::layer::{Flaw, Limit, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::Variants;
use crate::source::{Builder, Labels, Mistake};

header! {
    /// DNS message header, [RFC 1035 §4.1.1](https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1).
    /// Questions and records follow; see [`questions`](Self::questions) and [`records`](Self::records).
    ///
    /// ```
    /// use packetsmith::{DnsType, Examine, Layers, Next, View};
    /// let message = b"\0\x07\x81\x80\0\x01\0\x01\0\0\0\0\x03www\x07example\0\0\x01\0\x01\
    ///     \xc0\x0c\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x01";
    /// let layer = Examine::new(Layers::new(Next::UdpPort(53), message)).next().unwrap();
    /// let View::Dns(dns) = layer.view else { panic!() };
    /// assert!(dns.response() && dns.recursion_available() && !dns.truncated());
    /// let question = dns.questions(&layer.place).next().unwrap();
    /// assert_eq!((question.name.to_string().as_str(), question.qtype), ("www.example", DnsType::A));
    /// let answer = dns.answers(&layer.place).next().unwrap();
    /// assert_eq!((answer.name == question.name, answer.ttl, answer.rdlength), (true, 3600, 4));
    /// ```
    pub struct Dns(12) {
        /// What a query and its responses have in common; zero in multicast DNS.
        id: u16 = 0..16, "dns.id", hex;
        /// A response, not a query.
        response: bool = 16..17, "dns.flags.response";
        /// Kind of query.
        opcode: DnsOpcode = 17..21, "dns.flags.opcode";
        /// The responder is an authority for the name. In LLMNR: the name is in conflict.
        authoritative: bool = 21..22, "dns.flags.authoritative";
        /// The message was cut to what the transport takes.
        truncated: bool = 22..23, "dns.flags.truncated";
        /// The server is asked to pursue the query. In LLMNR: the name is tentative.
        recursion_desired: bool = 23..24, "dns.flags.recdesired", default(1);
        /// The server can pursue queries.
        recursion_available: bool = 24..25, "dns.flags.recavail";
        /// Reserved.
        z: bool = 25..26, "dns.flags.z", reserved;
        /// The responder has verified all data, RFC 4035 §3.1.6.
        authentic_data: bool = 26..27, "dns.flags.authenticated";
        /// The sender takes data that was not verified, RFC 4035 §3.2.2.
        checking_disabled: bool = 27..28, "dns.flags.checkdisable";
        /// Response code, the low four bits of it where there is an OPT record.
        rcode: DnsRcode = 28..32, "dns.flags.rcode";
        /// Questions; in an update: zones (RFC 2136 §2.2).
        question_count: u16 = 32..48, "dns.count.queries", derived;
        /// Answer records; in an update: prerequisites.
        answer_count: u16 = 48..64, "dns.count.answers", derived;
        /// Authority records; in an update: updates.
        authority_count: u16 = 64..80, "dns.count.auth_rr", derived;
        /// Additional records.
        additional_count: u16 = 80..96, "dns.count.add_rr", derived;
    }
}

const REST: &Field = &Field::floating("rest", "dns.extraneous.data", Kind::Bytes, "Bytes that are no whole record.");

/// Asks for compressed names when a message is built; names that bring their bytes along keep those.
const COMPRESS: &Field = &Field::floating("compress", "", Kind::Bool, "Compress names when building, RFC 1035 §4.1.4.");
const QUESTIONS: &Field = &Field::floating("questions", "", Kind::List(&Kind::Group), "Questions, RFC 1035 §4.1.2.");
/// The sections of records: list, count, and name.
const SECTIONS: [(DnsSection, &Field, u8); 3] = [
    (
        DnsSection::Answer,
        &Field::floating("answers", "", Kind::List(&Kind::Group), "Records that answer, RFC 1035 §4.1.3."),
        Dns::row("answer_count"),
    ),
    (
        DnsSection::Authority,
        &Field::floating("authority", "", Kind::List(&Kind::Group), "Records that lead to an authority."),
        Dns::row("authority_count"),
    ),
    (
        DnsSection::Additional,
        &Field::floating("additional", "", Kind::List(&Kind::Group), "Records that may help."),
        Dns::row("additional_count"),
    ),
];

/// Builds a list of entries and counts them.
fn build_entries(
    list: &'static Field,
    builder: &mut Builder<'_>,
    build: fn(&mut Builder<'_>) -> Result<(), Mistake>,
) -> Result<u64, Mistake> {
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

impl<B: core::borrow::Borrow<[u8; 12]>> Dns<B> {
    /// Records of each section as the header counts them.
    fn counts(&self) -> [u16; 3] {
        [self.answer_count(), self.authority_count(), self.additional_count()]
    }

    /// Bytes that a message with these counts has at the least: each name has one.
    pub(super) fn least_length(&self) -> usize {
        let records: usize = self.counts().into_iter().map(usize::from).sum();
        let (question, record) = (1 + QuestionFields::LEN, 1 + RecordFields::LEN);
        Dns::LEN + usize::from(self.question_count()) * question + records * record
    }
}

impl<'a> Dns<&'a [u8; 12]> {
    fn walk(&self, place: &Place<'a>) -> Walk<'a> {
        let multicast =
            matches!(place.context.via, Next::UdpPort(5353) | Next::UdpPorts(5353, _) | Next::UdpPorts(_, 5353));
        Walk { cursor: place.options(Dns::LEN).in_message(place.context.at), multicast, broken: None }
    }

    /// The questions, as many as are there.
    pub fn questions(&self, place: &Place<'a>) -> impl Iterator<Item = DnsQuestion<'a>> + use<'a> {
        let mut walk = self.walk(place);
        (0..self.question_count()).map_while(move |_| walk.question())
    }

    /// The records of all sections, as many as are there.
    pub fn records(&self, place: &Place<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        let mut walk = self.walk(place);
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

    /// The answers, as many as are there.
    pub fn answers(&self, place: &Place<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(place).take_while(|record| record.section == DnsSection::Answer)
    }

    /// The records that lead to an authority, as many as are there.
    pub fn authority(&self, place: &Place<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(place).filter(|record| record.section == DnsSection::Authority)
    }

    /// The additional records, as many as are there.
    pub fn additional(&self, place: &Place<'a>) -> impl Iterator<Item = DnsRecord<'a>> + use<'a> {
        self.records(place).filter(|record| record.section == DnsSection::Additional)
    }

    /// The response code with the upper bits that an OPT record has of it, RFC 6891 §6.1.3.
    pub fn extended_rcode(&self, place: &Place<'a>) -> DnsRcode {
        let upper = self.additional(place).find_map(|record| record.opt()).map_or(0, |opt| opt.extended_rcode());
        DnsRcode::from(u16::from(upper) << 4 | u16::from(self.rcode()))
    }

    /// Who sets the end of the message.
    fn limit(&self, place: &Place<'a>) -> Limit {
        let cut = match place.context.via {
            Next::DnsMessage(length) if place.head().len() >= length.into() => {
                return Limit::Layer(DnsOverTcp::<&[u8; 2]>::NAME);
            }
            Next::DnsMessage(_) => place.head_end < place.context.wire_end,
            _ => !place.is_whole(),
        };
        match place.context.limit {
            _ if place.context.quoted => Limit::Quote,
            _ if cut => Limit::Snapshot,
            limit => limit,
        }
    }
}

impl<'a> Protocol<'a> for Dns<&'a [u8; 12]> {
    const NAME: &'static str = "dns";
    const TITLE: &'static str = "Domain Name System, RFC 1035";
    const TABLE: &'static [Field] = Dns::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*QUESTIONS, *SECTIONS[0].1, *SECTIONS[1].1, *SECTIONS[2].1, *NAME_ASKED, *NAME, *REST],
        MulticastQuestionFields::FIELDS,
        MulticastRecordFields::FIELDS,
        OptFields::FIELDS,
        Rdata::FIELDS,
        Loc::FIELDS,
        PrefixFields::FIELDS,
        &[*AddressPrefix::ADDRESS[0], *AddressPrefix::ADDRESS[1], *AddressPrefix::ADDRESS[2]],
        &[*EdnsOption::KIND, *SvcParam::KIND],
        EdnsOption::FIELDS,
        IpseckeyFields::FIELDS,
        &[
            *IpseckeyGateway::GATEWAY[0],
            *IpseckeyGateway::GATEWAY[1],
            *IpseckeyGateway::GATEWAY[2],
            *IpseckeyGateway::GATEWAY[3],
        ],
        AmtRelayFields::FIELDS,
        &[*AmtRelay::GATEWAY[0], *AmtRelay::GATEWAY[1], *AmtRelay::GATEWAY[2], *AmtRelay::GATEWAY[3]],
        HostIdentityFields::FIELDS,
        &[*HIT, *HOST_KEY, *A6_FIELDS[0], *A6_FIELDS[1], *A6_FIELDS[2]],
        SubnetFields::FIELDS,
        &[*ClientSubnet::ADDRESS[0], *ClientSubnet::ADDRESS[1], *ClientSubnet::ADDRESS[2]],
        SvcParam::FIELDS,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[
        ("resource records", Rdata::REGISTRY),
        ("EDNS options", EdnsOption::REGISTRY),
        ("service parameters", SvcParam::REGISTRY),
    ];
    const RAW: &'static str =
        "Keys, signatures, certificates and digests; records of types that have no more than a name.";

    fn parse(bytes: &'a [u8], via: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Dns::LEN))?;
        Ok(match via {
            Next::DnsMessage(length) if usize::from(length) < bytes.len() => {
                Parts::new(header, usize::from(length).max(Dns::LEN), Next::TcpPort(53))
            }
            _ => Parts::new(header, bytes.len(), Next::Unknown),
        })
    }

    fn build(builder: &mut Builder<'_>, at: usize, auto: &mut u64) -> Result<(), Mistake> {
        if builder.source.value(COMPRESS)? == Some(Value::Bool(true)) {
            builder.labels = Some(Labels::new());
        }
        let questions = build_entries(QUESTIONS, builder, super::dns_sections::build_question)?;
        let mut counts = [(Dns::row("question_count"), questions), (0, 0), (0, 0), (0, 0)];
        for ((_, list, row), count) in SECTIONS.into_iter().zip(&mut counts[1..]) {
            *count = (row, build_entries(list, builder, super::dns_sections::build_record)?);
        }
        builder.bytes(REST)?;
        for (row, count) in counts {
            if *auto >> row & 1 == 1 {
                builder.patch(at + usize::from(Dns::FIELDS[usize::from(row)].first_bit) / 8, 2, count);
            }
        }
        Ok(())
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let mut walk = self.walk(place);
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

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let mut walk = self.walk(place);
        let limit = self.limit(place);
        let mut missing = None;
        let mut count = |row: u8, declared: u16, have: usize| {
            if have < declared.into() && missing.is_none() {
                missing = Some((row, Reason::Missing { declared: declared.into(), have: have as u32 }));
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
        let cut = matches!(limit, Limit::Snapshot | Limit::Segment | Limit::Quote);
        let rest = walk.cursor.span();
        match (walk.broken, missing) {
            (Some(error), _) => report(Some(NAME), rest, Reason::Name(error)),
            (None, Some((row, reason))) if !cut => {
                let field = &Dns::FIELDS[usize::from(row)];
                report(Some(field), field.span(place.context.at), reason);
            }
            (None, None) if !rest.is_empty() => report(Some(REST), rest, Reason::Surplus(rest.len() as u32)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::field::Span;
    use crate::layer::Severity;
    use crate::name::NameError;
    use crate::proto::{Proto, View};
    use std::string::{String, ToString};
    use std::vec::Vec;
    use std::{format, vec};

    /// A message of these counts; the rest of the header is zero.
    fn message(counts: [u8; 4], entries: &[u8]) -> Vec<u8> {
        let [q, an, ns, ar] = counts;
        [&[0, 1, 0, 0, 0, q, 0, an, 0, ns, 0, ar], entries].concat()
    }

    /// A message over TCP behind a TCP header.
    fn segment(data: &[u8]) -> Vec<u8> {
        let mut tcp = vec![0; 20];
        (tcp[1], tcp[3], tcp[12], tcp[13]) = (53, 99, 0x50, 0x10);
        tcp.extend(data);
        tcp
    }

    fn layers(frame: &[u8], first: Next) -> Vec<Proto> {
        Examine::new(Layers::new(first, frame)).map(|layer| layer.proto).collect()
    }

    fn issues(frame: &[u8], first: Next, original_len: usize) -> Vec<(Option<&'static str>, Reason)> {
        let mut all = Vec::new();
        for layer in Examine::new(Layers::new(first, frame)).original_len(original_len) {
            if matches!(layer.proto, Proto::Dns | Proto::DnsOverTcp) {
                layer.issues(|issue| all.push((issue.field.map(|field| field.name), issue.reason)));
            }
        }
        all
    }

    fn udp_issues(frame: &[u8]) -> Vec<(Option<&'static str>, Reason)> {
        issues(frame, Next::UdpPort(53), frame.len())
    }

    /// Writes fields as `name=value`, lists and groups in brackets.
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

    fn shown(frame: &[u8], first: Next) -> String {
        let mut shown = Shown::default();
        Examine::new(Layers::new(first, frame)).for_each(|layer| layer.show(&mut shown));
        let (_, entries) = shown.0.split_once("additional_count=").unwrap();
        entries[2..].trim().to_string()
    }

    #[test]
    fn a_name_that_leads_nowhere_costs_the_name_only() {
        let entries = b"\xc0\x0c\0\x01\0\x01\0\0\0\0\0\x04\xc0\0\x02\x01\
            \x01b\0\0\x05\0\x01\0\0\0\0\0\x02\xc0\x2a";
        let frame = message([0, 2, 0, 0], entries);
        let text = shown(&frame, Next::UdpPort(53));
        assert!(text.contains("address=Ipv4(192.0.2.1) ] item[ name=b rtype=5"), "{text}");
        let broken = Reason::Name(NameError::ForwardPointer);
        assert_eq!(udp_issues(&frame), [(Some("name"), broken), (Some("canonical_name"), broken)]);
    }

    #[test]
    fn a_name_without_an_end_costs_the_rest() {
        let frame = message([1, 1, 0, 0], b"\x01a\0\0\x01\0\x01\x80rest");
        assert_eq!(udp_issues(&frame), [(Some("name"), Reason::Name(NameError::ReservedLabel(0x80)))]);
        let text = shown(&frame, Next::UdpPort(53));
        assert_eq!(text, "questions[ item[ name=a qtype=1 qclass=1 ] ] rest=Bytes([128, 114, 101, 115, 116])");
    }

    #[test]
    fn counts_beyond_the_bytes_end_with_them() {
        let mut frame = message([0; 4], b"\x01a\0\0\x01\0\x01");
        frame[4..12].fill(0xff);
        let layer = Examine::new(Layers::new(Next::UdpPort(53), &frame)).next().unwrap();
        let View::Dns(dns) = layer.view else { panic!() };
        assert_eq!((dns.questions(&layer.place).count(), dns.records(&layer.place).count()), (1, 0));
        let missing = Reason::Missing { declared: 65535, have: 1 };
        assert_eq!(udp_issues(&frame), [(Some("question_count"), missing)]);
    }

    #[test]
    fn data_beyond_the_message_is_shown_as_far_as_it_goes() {
        let frame = message([0, 1, 0, 0], b"\0\0\x01\0\x01\0\0\0\0\0\x04\xc0\0");
        assert!(shown(&frame, Next::UdpPort(53)).ends_with("rdlength=4 data=Bytes([192, 0]) ] ]"));
        let cut = |limit| (Some("rdlength"), Reason::Truncated { needed: 4, have: 2, limit });
        assert_eq!(udp_issues(&frame), [cut(Limit::Frame)]);
        assert_eq!(issues(&frame, Next::UdpPort(53), frame.len() + 2), [cut(Limit::Snapshot)]);
        assert_eq!(cut(Limit::Snapshot).1.severity(), Severity::Note);
    }

    #[test]
    fn a_snapshot_that_cuts_records_is_no_fault_of_the_counts() {
        let frame = message([1, 3, 0, 0], b"\x01a\0\0\x01\0\x01\x01");
        assert_eq!(issues(&frame, Next::UdpPort(53), frame.len() + 60), []);
    }

    #[test]
    fn bytes_after_the_last_record_are_kept() {
        let frame = message([1, 0, 0, 0], b"\0\0\x01\0\x01more");
        assert_eq!(udp_issues(&frame), [(Some("rest"), Reason::Surplus(4))]);
        assert!(shown(&frame, Next::UdpPort(53)).ends_with("rest=Bytes([109, 111, 114, 101])"));
    }

    #[test]
    fn data_that_does_not_fit_its_type_stays_raw() {
        let frame = message([0, 1, 0, 0], b"\0\0\x01\0\x01\0\0\0\0\0\x03abc");
        assert_eq!(udp_issues(&frame), [(None, Reason::BadItem(1))]);
        assert!(shown(&frame, Next::UdpPort(53)).ends_with("data=Bytes([97, 98, 99]) ] ]"));
    }

    #[test]
    fn an_update_names_types_without_data() {
        let frame = message([0, 2, 0, 0], b"\0\0\x01\0\xff\0\0\0\0\0\0\0\0\x06\0\xfe\0\0\0\0\0\0");
        assert_eq!(udp_issues(&frame), []);
    }

    #[test]
    fn the_class_has_15_bits_in_multicast_only() {
        let entries = b"\0\0\x0c\x80\x01\0\0\x01\x80\x01\0\0\0\0\0\x04\xc0\0\x02\x01";
        let frame = message([1, 1, 0, 0], entries);
        let multicast = shown(&frame, Next::UdpPorts(5353, 5353));
        assert!(multicast.contains("qtype=12 unicast_response=Bool(true) qclass=1 "), "{multicast}");
        assert!(multicast.contains("cache_flush=Bool(true) class=1 "), "{multicast}");
        let unicast = shown(&frame, Next::UdpPorts(53, 5000));
        assert!(unicast.contains("qclass=32769 ") && unicast.contains(" class=32769 "), "{unicast}");
    }

    #[test]
    fn there_is_one_opt_record_among_the_additional_ones() {
        let opt = b"\0\0\x29\x04\xd0\x01\0\x80\0\0\0";
        let good = message([0, 0, 0, 1], opt);
        assert_eq!(udp_issues(&good), []);
        let text = shown(&good, Next::UdpPort(53));
        assert!(text.contains("udp_payload_size=1232 extended_rcode=1 version=0 flags=32768 rdlength=0"), "{text}");
        let layer = Examine::new(Layers::new(Next::UdpPort(53), &good)).next().unwrap();
        let View::Dns(dns) = layer.view else { panic!() };
        assert_eq!(dns.extended_rcode(&layer.place), DnsRcode::BadVersion);
        assert_eq!(udp_issues(&message([0, 0, 0, 2], &opt.repeat(2))).len(), 1, "more than one");
        assert_eq!(udp_issues(&message([0, 1, 0, 0], opt)).len(), 1, "elsewhere");
        assert_eq!(udp_issues(&message([0, 0, 0, 1], &[b"\x01a", &opt[..]].concat())).len(), 1, "not the root");
    }

    #[test]
    fn what_a_segment_cuts_is_no_malformation() {
        let query = message([1, 0, 0, 0], b"\x07example\0\0\x01\0\x01");
        let stream = [&[0, query.len() as u8], &query[..]].concat();
        let tcp = Next::IpProtocol(6);
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
        // The message goes on from the segment before.
        for middle in [&b"\x0aGET / HTTP/1.1\r\n"[..], b"\xc0\x0c\0\x01\0\x01", b"\0\x05hello"] {
            let frame = segment(middle);
            let all = issues(&frame, tcp, 0);
            assert!(all.iter().all(|(_, reason)| reason.severity() == Severity::Note), "{all:?}");
        }
        assert_eq!(layers(&segment(b"\0\x05hello"), tcp), [Tcp, DnsOverTcp, Data]);
        assert_eq!(layers(&segment(b"\x20\x20some text that goes on"), tcp), [Tcp, DnsOverTcp, Data]);
    }

    #[test]
    fn any_bytes_are_walked_to_an_end() {
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
            for first in [Next::UdpPort(53), Next::UdpPort(5353), Next::TcpPort(53)] {
                let mut shown = Shown::default();
                let (mut end, mut body) = (0, 0);
                for layer in Examine::new(Layers::new(first, &frame)) {
                    layer.show(&mut shown);
                    layer.issues(|issue| {
                        assert!(issue.span.end as usize <= frame.len() && !issue.to_string().is_empty())
                    });
                    assert_eq!(layer.place.context.at as usize, end);
                    (end, body) = (end + layer.head().len(), layer.body().len());
                }
                assert_eq!(end + body, frame.len());
                assert_eq!(shown.1, 0, "what was opened is closed");
            }
        }
    }
}
