//! IGMP, RFC 1112 (version 1), RFC 2236 (version 2) and RFC 3376 (version 3).

use super::multicast::{CountedList, GroupAddress, GroupRecord, Listed, decode_time8};
use crate::field::{Field, Registry, Visitor, header, registry};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::part::{Variants, show_message, variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv4Addr;

registry! {
    /// IGMP types, IANA's registry.
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
    /// What every IGMP message begins with, [RFC 3376 §4](https://www.rfc-editor.org/rfc/rfc3376#section-4).
    /// [`message`](Igmp::message) gives the rest.
    ///
    /// ```
    /// use packetsmith::{Igmp, IgmpType};
    /// let (igmp, _) = Igmp::split(&[0x11, 100, 0xee, 0x9b, 0, 0, 0, 0]).unwrap();
    /// assert_eq!(igmp.kind(), IgmpType::MembershipQuery);
    /// assert_eq!(igmp.max_response_code(), 100); // ten seconds
    /// ```
    pub struct Igmp(4) {
        /// What the message is.
        kind: IgmpType = 0..8, "igmp.type", named("type");
        /// In a query, the longest time to wait before a report, in tenths of a second, from 128 on
        /// with an exponent ([`Igmp::max_response_time`]). In a multicast router advertisement, the
        /// seconds until the next (RFC 4286). Unused in other messages.
        max_response_code: u8 = 8..16, "igmp.max_resp";
        /// Internet checksum of the whole message.
        checksum: u16 = 16..32, "igmp.checksum", checksum;
    }
}

impl<'a> Igmp<&'a [u8; 4]> {
    /// The number of the message's variant: its type, but queries and reports of version 3 have
    /// their own.
    fn variant(&self, len: usize) -> u16 {
        match (u8::from(self.kind()), len) {
            // Version 3 queries are told by their length alone (RFC 3376 §7.1).
            (0x11, 12..) => 0x1103,
            (kind, _) => kind.into(),
        }
    }

    /// What the head holds behind the fixed header.
    pub fn message(&self, place: &Place<'a>) -> IgmpMessage<'a> {
        IgmpMessage::decode(self.variant(place.head().len()), place.options(Igmp::LEN))
    }

    /// The longest time to wait before a report, in tenths of a second; `None` but in queries.
    /// Version 1 has 10 seconds, fixed (RFC 2236 §4).
    pub fn max_response_time(&self, place: &Place<'a>) -> Option<u16> {
        match (self.message(place), self.max_response_code()) {
            (IgmpMessage::Query { .. }, 0) => Some(100),
            (IgmpMessage::Query { .. }, code) => Some(code.into()),
            (IgmpMessage::Query3 { .. }, code) => Some(decode_time8(code)),
            _ => None,
        }
    }
}

impl<'a> Protocol<'a> for Igmp<&'a [u8; 4]> {
    const NAME: &'static str = "igmp";
    const TITLE: &'static str = "Internet Group Management Protocol, RFC 3376";
    const TABLE: &'static [Field] = Igmp::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[
        IgmpMessage::FIELDS,
        IgmpQuery::FIELDS,
        Ipv4Addr::RECORD,
        &[*<Ipv4Addr as Listed>::COUNT, *<GroupRecord<Ipv4Addr> as Listed>::COUNT],
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] =
        &[("messages (0x1100 + version for queries)", IgmpMessage::REGISTRY)];
    const RAW: &'static str = "DVMRP, PIM version 1 and other protocols that share the number; auxiliary data.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Igmp::LEN))?;
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
        let parts = Parts::new(header, needed.min(bytes.len()), Next::Unknown);
        Ok(if needed > bytes.len() { parts.flaw(Flaw::needs(needed)) } else { parts })
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::plain(Upto::Body))
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Igmp::LEN] = builder.header(at);
        let variant = match Igmp::new(&header).variant(0) {
            0x11 => builder.likeliest::<IgmpMessage>(&[0x11, 0x1103]),
            variant => variant,
        };
        IgmpMessage::build(variant, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        show_message::<IgmpMessage>(self.variant(place.head().len()), place.options(Igmp::LEN), visitor);
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if !place.is_whole() {
            return;
        }
        let (declared, have, rest) = match self.message(place) {
            IgmpMessage::Query3 { sources, rest, .. } => (sources.declared, sources.len(), rest),
            IgmpMessage::Report3 { records, rest, .. } => (records.declared, records.len(), rest),
            _ => return,
        };
        let span = place.head_span();
        if usize::from(declared) > have {
            report(None, span, Reason::Missing { declared: declared.into(), have: have as u32 });
        } else if rest.is_some() {
            let rule = "bytes follow the last record or source; receivers ignore them (RFC 3376 §4.1.10, §4.2.11)";
            report(None, span, Reason::Rule(Severity::Note, rule));
        }
    }
}

header! {
    /// What a version 3 query says of the querier, RFC 3376 §4.1.
    pub struct IgmpQuery(2) {
        /// Reserved.
        reserved: u8 = 0..4, "igmp.reserved", reserved;
        /// Routers are not to update their timers.
        suppress: bool = 4..5, "igmp.s";
        /// The querier's robustness variable.
        robustness: u8 = 5..8, "igmp.qrv";
        /// The querier's query interval in seconds, from 128 on with an exponent
        /// ([`decode_time8`]).
        interval_code: u8 = 8..16, "igmp.qqic";
    }
}

variants! {
    /// What stands behind the first four bytes of an IGMP message, told apart by its type; a query
    /// of version 3 has the number 0x1103.
    pub enum IgmpMessage<'a>: "type", "igmp.type" {
        Query = 0x11 "membership query" {
            /// The group asked for; zero asks for all.
            group: Ipv4Addr, "igmp.maddr";
        }
        Query3 = 0x1103 "version 3 membership query" {
            /// The group asked for; zero asks for all.
            group: Ipv4Addr, "igmp.maddr";
            /// What the querier says of itself.
            querier: IgmpQuery, "igmp.querier";
            /// The sources asked for.
            sources: CountedList<'a, Ipv4Addr>, "igmp.saddr";
            /// Bytes behind the sources.
            rest: Option<&'a [u8]>, "igmp.data";
        }
        Report1 = 0x12 "version 1 membership report" {
            /// The group that the host is in.
            group: Ipv4Addr, "igmp.maddr";
        }
        Report2 = 0x16 "version 2 membership report" {
            /// The group that the host is in.
            group: Ipv4Addr, "igmp.maddr";
        }
        Leave = 0x17 "leave group" {
            /// The group that the host leaves.
            group: Ipv4Addr, "igmp.maddr";
        }
        Report3 = 0x22 "version 3 membership report" {
            /// Reserved.
            reserved: u16, "igmp.reserved", reserved;
            /// The state of groups.
            records: CountedList<'a, GroupRecord<'a, Ipv4Addr>>, "igmp.grp_recs";
            /// Bytes behind the records.
            rest: Option<&'a [u8]>, "igmp.data";
        }
        RouterAdvertisement = 0x30 "multicast router advertisement" {
            /// Time between queries, RFC 4286 §3.1.
            query_interval: u16, "igmp.query_interval", seconds;
            /// The router's robustness variable.
            robustness: u16, "igmp.robustness";
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Checksum, Examined, GroupRecordType, IgmpMessage, Reason, View, examine};
    use std::vec::Vec;

    /// A multicast packet with this message in it.
    fn packet(message: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x45, 0, 0, 20 + message.len() as u8, 0, 0, 0, 0, 1, 2, 0, 0, 10, 0, 0, 1, 224, 0, 0, 22];
        frame.extend_from_slice(message);
        let sum = crate::Sum::new().bytes(message).checksum();
        frame[22..24].copy_from_slice(&sum.to_be_bytes());
        frame
    }

    fn igmp(frame: &[u8]) -> (Examined<'_>, IgmpMessage<'_>, Option<u16>) {
        let layer = examine(228, frame).nth(1).unwrap();
        let View::Igmp(igmp) = layer.view else { panic!() };
        (layer, igmp.message(&layer.place), igmp.max_response_time(&layer.place))
    }

    #[test]
    fn the_three_versions_of_a_query_differ_in_code_and_length() {
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
    fn bytes_behind_the_records_are_no_records() {
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
        layer.issues(|issue| notes.push(issue.reason));
        assert!(matches!(notes[..], [Reason::Rule(crate::Severity::Note, _)]), "{notes:?}");
    }

    #[test]
    fn protocols_inside_of_igmp_are_named_and_kept() {
        let frame = packet(&[0x13, 1, 0, 0, 1, 2, 3]);
        let (layer, message, _) = igmp(&frame);
        assert_eq!((message, layer.body()), (IgmpMessage::Unknown { kind: 0x13, data: &[] }, &[1, 2, 3][..]));
    }
}
