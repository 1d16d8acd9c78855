//! IGMP version 1 (RFC 1112), version 2 (RFC 2236) and version 3 (RFC 3376).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{IssueKind, NextProtocol, Rule, rules};
use crate::proto::Ipv4Option;
#[cfg(feature = "alloc")]
use crate::proto::icmp::multicast::summarize_query;
use crate::proto::icmp::multicast::{CountedList, GroupRecord, decode_time8};
use crate::wire::Schema;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Value, Visitor, header, registry};
use crate::wire::{TaggedEnum, Tlvs, show_message, tagged_enum};
use core::net::Ipv4Addr;

registry! {
    /// IGMP types (IANA).
    pub enum IgmpType: u8 {
        MembershipQuery = 0x11 "membership query",
        MembershipReport1 = 0x12 "version 1 membership report",
        Dvmrp = 0x13 "DVMRP",
        Pim1 = 0x14 "PIM version 1",
        CiscoTrace = 0x15 "Cisco trace",
        MembershipReport2 = 0x16 "version 2 membership report",
        LeaveGroup = 0x17 "leave group",
        MtraceReply = 0x1e "multicast traceroute response",
        Mtrace = 0x1f "multicast traceroute",
        MembershipReport3 = 0x22 "version 3 membership report",
        RouterAdvertisement = 0x30 "multicast router advertisement",
        RouterSolicitation = 0x31 "multicast router solicitation",
        RouterTermination = 0x32 "multicast router termination",
        Experiment1 = 0xf0 "experiment",
        Rgmp1 = 0xfc "RGMP leave group",
        Rgmp2 = 0xfd "RGMP join group",
        Rgmp3 = 0xfe "RGMP bye",
        Rgmp4 = 0xff "RGMP hello",
    }
}

header! {
    /// First four bytes of every IGMP message, [RFC 3376 §4](https://www.rfc-editor.org/rfc/rfc3376#section-4).
    /// [`message`](Igmp::message) returns the rest of the header.
    ///
    /// ```
    /// use packetsmith::Igmp;
    /// use packetsmith::proto::icmp::IgmpType;
    /// let (igmp, _) = Igmp::split(&[0x11, 100, 0xee, 0x9b, 0, 0, 0, 0]).unwrap();
    /// assert_eq!(igmp.kind(), IgmpType::MembershipQuery);
    /// assert_eq!(igmp.max_response_code(), 100); // ten seconds
    /// ```
    pub struct Igmp(4) => IgmpEdit, layer {
        /// Type of the message.
        kind: IgmpType = 0..8, "igmp.type", named("type");
        /// Maximum response code of a query, in tenths of a second; from 128, a floating-point value
        /// ([`Igmp::max_response_time`]). In a multicast router advertisement, the advertisement interval in
        /// seconds (RFC 4286). Unused in other messages.
        max_response_code: u8 = 8..16, "igmp.max_resp";
        /// Internet checksum of the whole message.
        checksum: u16 = 16..32, "igmp.checksum", checksum;
    }
}

impl<'a> Igmp<&'a [u8; 4]> {
    /// The number of the message's variant: its type, except for version 3 queries and reports.
    fn variant(&self, len: usize) -> u16 {
        match (u8::from(self.kind()), len) {
            // Version 3 queries are recognized by their length alone (RFC 3376 §7.1).
            (0x11, 12..) => 0x1103,
            (kind, _) => kind.into(),
        }
    }

    /// Reports what the IPv4 header before the message lacks. Other protocols use some of the types as they like.
    fn check_ip_header(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let header = context.frame.get(context.addresses.header as usize..context.bounds.start as usize);
        let Some([first, .., _]) = header.filter(|header| header.len() >= 20) else { return };
        let own = matches!(u8::from(self.kind()), 0x11 | 0x12 | 0x16 | 0x17 | 0x22 | 0x30..=0x32);
        if context.addresses.size != 4 || context.quoted || !own {
            return;
        }
        let span = context.header_span();
        if header.and_then(|header| header.get(8)) != Some(&1) {
            report(None, span, IgmpRule::TtlNotOne.into());
        }
        let options = header.and_then(|header| header.get(20..usize::from(first & 0xf) * 4)).unwrap_or(&[]);
        // Version 1 is older than the option.
        let old = matches!((self.kind(), self.max_response_code()), (IgmpType::MembershipReport1, _))
            || self.kind() == IgmpType::MembershipQuery && self.max_response_code() == 0;
        if !old && !Tlvs::<Ipv4Option>::new(options).items().flatten().any(|option| option.kind == 148) {
            report(None, span, IgmpRule::RouterAlertMissing.into());
        }
    }

    /// The part of the header after the first four bytes.
    pub fn message(&self, context: &LayerContext<'a>) -> IgmpMessage<'a> {
        IgmpMessage::decode(self.variant(context.header().len()), context.options(Igmp::LEN))
    }

    /// Maximum response time of a query in tenths of a second; `None` for other messages. It is fixed at 10 seconds in
    /// version 1 (RFC 2236 §4).
    pub fn max_response_time(&self, context: &LayerContext<'a>) -> Option<u16> {
        match (self.message(context), self.max_response_code()) {
            (IgmpMessage::Query { .. }, 0) => Some(100),
            (IgmpMessage::Query { .. }, code) => Some(code.into()),
            (IgmpMessage::Query3 { .. }, code) => Some(decode_time8(code)),
            _ => None,
        }
    }
}

rules! {
    /// Rules of IGMP.
    pub enum IgmpRule {
        TtlNotOne = Warning "igmp.ttl.not_1" "the time to live must be 1 (RFC 2236 §2, RFC 3376 §4)",
        RouterAlertMissing = Note "igmp.router_alert.missing"
            "the IPv4 header has a router alert option (RFC 2236 §2, RFC 3376 §4)",
        TypeUnassigned = Note "igmp.type.unassigned" "the type is not assigned (IANA)",
        AdditionalData = Note "igmp.message.additional_data"
            "additional data follows the last source or record, and receivers ignore it (RFC 3376 §4.1.10, §4.2.11)",
    }
}

impl<'a> Protocol<'a> for Igmp<&'a [u8; 4]> {
    const NAME: &'static str = "igmp";
    const TITLE: &'static str = "Internet Group Management Protocol, RFC 3376";
    const TABLE: &'static [Field] = Igmp::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[IgmpMessage::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[IgmpRule::ALL];
    const RAW: &'static str = "DVMRP, PIM version 1 and other protocols that use IGMP types; auxiliary data.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Igmp::LEN))?;
        let needed = match header.kind() {
            IgmpType::MembershipQuery if bytes.len() >= 12 => bytes.len(),
            IgmpType::MembershipReport3 => bytes.len().max(8),
            IgmpType::MembershipQuery
            | IgmpType::MembershipReport1
            | IgmpType::MembershipReport2
            | IgmpType::LeaveGroup
            | IgmpType::RouterAdvertisement => 8,
            _ => Igmp::LEN,
        };
        let parts = ParsedHeader::new(header, needed.min(bytes.len()), NextProtocol::Unknown);
        Ok(if needed > bytes.len() { parts.defect(ParseDefect::needs(needed)) } else { parts })
    }

    fn show_row(&self, row: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) -> bool {
        const ROW: u8 = Igmp::row("max_response_code");
        const CODE: Field = Igmp::FIELDS[ROW as usize];
        let field = match self.variant(context.header().len()) {
            _ if row != ROW => return false,
            0x11 => const { &CODE.units_of_100_milliseconds() },
            0x1103 => const { &CODE.time_code_of_tenths() },
            0x30 => const { &CODE.seconds() },
            _ => return false,
        };
        visitor.field(field, field.span(context.bounds.start), Value::Uint(self.max_response_code().into()));
        true
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::plain(CoverageEnd::Payload))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Igmp::LEN] = builder.header(at);
        let variant = match Igmp::new(&header).variant(0) {
            0x11 => builder.likeliest::<IgmpMessage>(&[0x11, 0x1103]),
            variant => variant,
        };
        IgmpMessage::build(variant, builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        show_message::<IgmpMessage>(self.variant(context.header().len()), context.options(Igmp::LEN), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        self.check_ip_header(context, report);
        if self.kind().name().is_none() {
            report(None, context.header_span(), IgmpRule::TypeUnassigned.into());
        }
        if !context.is_whole() {
            return;
        }
        let (declared, have, rest) = match self.message(context) {
            IgmpMessage::Query3 { sources, rest, .. } => (sources.declared, sources.len(), rest),
            IgmpMessage::Report3 { records, rest, .. } => (records.declared, records.len(), rest),
            _ => return,
        };
        let span = context.header_span();
        if usize::from(declared) > have {
            report(None, span, IssueKind::Missing { declared: declared.into(), have: have as u32 });
        } else if rest.is_some() {
            report(None, span, IgmpRule::AdditionalData.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let (info, kind) = (summary.begin("IGMP"), self.kind());
        let query = |group: Ipv4Addr| (!group.is_unspecified()).then_some(group);
        match self.message(context) {
            IgmpMessage::Query3 { group, sources, .. } => {
                summarize_query(info, "version 3 membership query", query(group), sources.iter());
            }
            IgmpMessage::Query { group } => {
                summarize_query(info, "membership query", query(group), core::iter::empty())
            }
            IgmpMessage::Report3 { records, .. } => {
                info.str("version 3 membership report");
                records.iter().take(8).for_each(|record| record.summarize(info));
            }
            message => {
                info.name_or_number(kind.name(), "type ", u8::from(kind));
                info.message(&message, context.options(Igmp::LEN));
            }
        }
    }
}

header! {
    /// Fields that version 3 adds to a query, RFC 3376 §4.1.
    pub struct IgmpQuery(2) => IgmpQueryEdit {
        /// Reserved.
        reserved: u8 = 0..4, "igmp.reserved", reserved;
        /// S: routers must suppress timer updates.
        suppress: bool = 4..5, "igmp.s";
        /// QRV: the querier's robustness variable.
        robustness: u8 = 5..8, "igmp.qrv";
        /// QQIC: the querier's query interval in seconds; from 128, a floating-point value
        /// ([`decode_time8`]).
        interval_code: u8 = 8..16, "igmp.qqic", time_code_of_seconds;
    }
}

tagged_enum! {
    /// The part of an IGMP message after the first four bytes, selected by type. The number of a version 3 query is
    /// 0x1103.
    pub enum IgmpMessage<'a>: "type", "igmp.type", "messages (0x1100 + version for queries)" {
        Query = 0x11 "membership query" {
            /// Group queried. Zero: a general query for all groups.
            group: Ipv4Addr, "igmp.maddr";
        }
        Query3 = 0x1103 "version 3 membership query" {
            /// Group queried. Zero: a general query for all groups.
            group: Ipv4Addr, "igmp.maddr";
            /// Suppress flag, robustness and query interval.
            querier: IgmpQuery, "igmp.querier";
            /// Sources queried.
            sources: CountedList<'a, Ipv4Addr>, "igmp.saddr";
            /// Bytes after the sources.
            rest: Option<&'a [u8]>, "igmp.data";
        }
        Report1 = 0x12 "version 1 membership report" {
            /// Group of which the host is a member.
            group: Ipv4Addr, "igmp.maddr";
        }
        Report2 = 0x16 "version 2 membership report" {
            /// Group of which the host is a member.
            group: Ipv4Addr, "igmp.maddr";
        }
        Leave = 0x17 "leave group" {
            /// Group that the host leaves.
            group: Ipv4Addr, "igmp.maddr";
        }
        Report3 = 0x22 "version 3 membership report" {
            /// Reserved.
            reserved: u16, "igmp.reserved", reserved;
            /// Group records.
            records: CountedList<'a, GroupRecord<'a, Ipv4Addr>>, "igmp.grp_recs";
            /// Bytes after the records.
            rest: Option<&'a [u8]>, "igmp.data";
        }
        RouterAdvertisement = 0x30 "multicast router advertisement" {
            /// Query interval in seconds, RFC 4286 §3.1.
            query_interval: u16, "igmp.query_interval", seconds;
            /// Robustness variable of the router.
            robustness: u16, "igmp.robustness";
        }
    }
}

impl crate::wire::MessageOf<Igmp> for IgmpMessage<'_> {
    fn announce(&self, header: &mut [u8]) {
        // The number of a version 3 query is 256 × type + version.
        let [high, low] = self.kind().to_be_bytes();
        header[0] = if high == 0 { low } else { high };
    }
}

#[cfg(test)]
mod tests {
    use crate::dissect::{ExaminedLayer, examine};
    use crate::proto::View;
    use crate::proto::icmp::IgmpRule;
    use crate::proto::{GroupRecordType, IgmpMessage};
    use crate::wire::Checksum;
    use std::vec::Vec;

    /// Builds a multicast packet with this message.
    fn packet(message: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x45, 0, 0, 20 + message.len() as u8, 0, 0, 0, 0, 1, 2, 0, 0, 10, 0, 0, 1, 224, 0, 0, 22];
        frame.extend_from_slice(message);
        let sum = crate::wire::Sum::new().bytes(message).checksum();
        frame[22..24].copy_from_slice(&sum.to_be_bytes());
        frame
    }

    fn igmp(frame: &[u8]) -> (ExaminedLayer<'_>, IgmpMessage<'_>, Option<u16>) {
        let layer = examine(228, frame).nth(1).unwrap();
        let View::Igmp(igmp) = layer.view else { panic!() };
        (layer, igmp.message(&layer.context), igmp.max_response_time(&layer.context))
    }

    #[test]
    fn query_versions_differ_in_code_and_length() {
        let frame = packet(&[0x11, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(igmp(&frame).2, Some(100));
        let frame = packet(&[0x11, 0x8a, 0, 0, 0, 0, 0, 0]);
        assert_eq!(igmp(&frame).2, Some(138));
        let frame = packet(&[0x11, 0x8a, 0, 0, 224, 1, 1, 1, 0x0a, 125, 0, 1, 10, 0, 0, 9]);
        let (layer, message, time) = igmp(&frame);
        let IgmpMessage::Query3 { querier, sources, rest: None, .. } = message else { panic!() };
        assert_eq!((querier.suppress(), querier.robustness(), querier.interval_code()), (true, 2, 125));
        assert_eq!(sources.iter().map(|a| a.octets()).collect::<Vec<_>>(), [[10, 0, 0, 9]]);
        assert_eq!((time, layer.checksum()), (Some(0x1a << 3), Some(Checksum::Good)));
    }

    #[test]
    fn bytes_after_the_records_are_not_records() {
        let record = [2, 1, 0, 1, 224, 0, 0, 251, 10, 0, 0, 9, 0xa, 0xa, 0xa, 0xa];
        let bytes = [&[0x22, 0, 0, 0, 0, 0, 0, 1][..], &record, &record].concat();
        let frame = packet(&bytes);
        let (layer, message, _) = igmp(&frame);
        let IgmpMessage::Report3 { records, rest, .. } = message else { panic!() };
        let [one] = records.iter().collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!((one.kind, one.group.octets()), (GroupRecordType::IsExclude, [224, 0, 0, 251]));
        assert_eq!((one.sources.iter().count(), one.auxiliary), (1, &[0xa; 4][..]));
        assert_eq!(rest, Some(&record[..]));
        let mut notes = Vec::new();
        layer.issues(|issue| notes.push(issue.kind));
        assert_eq!(notes, [IgmpRule::RouterAlertMissing.into(), IgmpRule::AdditionalData.into()]);
    }

    #[test]
    fn protocols_carried_in_igmp_are_named_and_kept() {
        let frame = packet(&[0x13, 1, 0, 0, 1, 2, 3]);
        let (layer, message, _) = igmp(&frame);
        assert_eq!((message, layer.payload()), (IgmpMessage::Unknown { kind: 0x13, data: &[] }, &[1, 2, 3][..]));
    }
}
