//! What went wrong, counted by kind.

use super::addresses::AddressStatement;
use super::fragments::FragmentStatement;
use super::icmp::IcmpStatement;
use super::leases::LeaseStatement;
use super::name_messages::FailedOperations;
use super::names::FailedLookups;
use super::packet_list::{CountOf, PacketList};
use super::summary::SummaryStatement;
use super::tcp::TcpStatement;
use alloc::vec::Vec;

/// A kind of trouble. The order is that in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TroubleKind {
    Lease,
    LeaseContradicted,
    AddressConflict,
    AddressInUse,
    LookupFailed,
    LookupUnanswered,
    LookupContradicted,
    OperationFailed,
    OperationUnanswered,
    Unanswered,
    Refused,
    HalfOpen,
    SynLost,
    SynAckLost,
    AckLost,
    BothSyn,
    Reset,
    Repeated,
    RepeatedLater,
    LostBefore,
    OutOfOrder,
    NeverSeen,
    Unreadable,
    FinUnanswered,
    ZeroWindow,
    TooBig,
    IcmpError,
    FragmentsMissing,
    FragmentsOverlap,
    EchoUnanswered,
    TlsAlert,
    HttpError,
    HttpUnanswered,
    NotCaptured,
}

/// What went wrong.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    kinds: Vec<(TroubleKind, u64, Vec<u64>)>,
}

/// Most packets of a kind of trouble that are kept.
const MOST_PACKETS: usize = 4096;

impl Trouble {
    fn add(&mut self, kind: TroubleKind, packets: &PacketList) {
        self.add_many(kind, 1, packets);
    }

    fn add_many(&mut self, kind: TroubleKind, count: u64, packets: &PacketList) {
        let place = self.kinds.iter().position(|(of, ..)| *of == kind).unwrap_or_else(|| {
            self.kinds.push((kind, 0, Vec::new()));
            self.kinds.len() - 1
        });
        let (_, sum, all) = &mut self.kinds[place];
        *sum += count;
        // One number for each time.
        let most = usize::try_from(count).unwrap_or(usize::MAX);
        if all.len() < MOST_PACKETS {
            all.extend(packets.first().iter().take(most));
        }
    }

    /// Notes what a statement tells of a connection. `true` if it is trouble.
    pub(super) fn of_tcp(&mut self, statement: &TcpStatement) -> bool {
        use TcpStatement as S;
        let (kind, packets) = match statement {
            S::Unanswered { syns, .. } => (TroubleKind::Unanswered, syns),
            S::Refused { resets, .. } => (TroubleKind::Refused, resets),
            S::HalfOpen { packets, .. } => (TroubleKind::HalfOpen, packets),
            S::BothSentSyn { packets, .. } => (TroubleKind::BothSyn, packets),
            S::SynRepeated { repeats: packets, .. }
            | S::SynAckNotHeard { syns: packets, .. }
            | S::SynAckRepeated { repeats: packets, .. }
            | S::AckNotHeard { syn_acks: packets, .. } => {
                let kind = match statement {
                    S::SynRepeated { .. } => TroubleKind::SynLost,
                    S::AckNotHeard { .. } => TroubleKind::AckLost,
                    _ => TroubleKind::SynAckLost,
                };
                self.add_many(kind, packets.count(), packets);
                return true;
            }
            S::Reset { packets, .. } => (TroubleKind::Reset, packets),
            S::RepeatedOften { repeats: packets, .. } | S::FinRepeated { packets, .. } => {
                self.add_many(TroubleKind::Repeated, packets.count(), packets);
                return true;
            }
            S::Repeated { repeat, .. } => (TroubleKind::Repeated, repeat),
            S::RepeatedMany { unacknowledged, fast, spurious, .. } => {
                for list in [unacknowledged, fast, spurious].into_iter().filter(|list| !list.is_empty()) {
                    self.add_many(TroubleKind::Repeated, list.count(), list);
                }
                return true;
            }
            S::MissingThenSent { before, gaps, how, .. } => {
                let is_repeated = *how == "sent_again";
                let kind = if is_repeated { TroubleKind::RepeatedLater } else { TroubleKind::LostBefore };
                self.add_many(kind, *gaps, before);
                return true;
            }
            S::ZeroWindow { from, .. } => (TroubleKind::ZeroWindow, from),
            S::IcmpError { packets, mtu, what, .. } => {
                let is_too_big = mtu.is_some() || what.starts_with("it is too large");
                let kind = if is_too_big { TroubleKind::TooBig } else { TroubleKind::IcmpError };
                self.add_many(kind, packets.count(), packets);
                return true;
            }
            S::TlsAlert { packets, .. } => (TroubleKind::TlsAlert, packets),
            S::HttpExchange { response: Some(response), answered, .. }
                if response.starts_with('4') || response.starts_with('5') =>
            {
                (TroubleKind::HttpError, answered)
            }
            _ => {
                self.of_capture(statement);
                return false;
            }
        };
        self.add(kind, packets);
        true
    }

    /// Notes what a capture lacks or has in another order: the connection may have had no trouble.
    fn of_capture(&mut self, statement: &TcpStatement) {
        use TcpStatement as S;
        match statement {
            S::NotCaptured { before, gaps, .. } => self.add_many(TroubleKind::NotCaptured, *gaps, before),
            S::NeverSeen { before, gaps, .. } => self.add_many(TroubleKind::NeverSeen, *gaps, before),
            S::MoreMissing { ranges, .. } => {
                self.add_many(TroubleKind::NeverSeen, *ranges, &PacketList::default());
            }
            S::OutOfOrder { packets, .. } => self.add_many(TroubleKind::OutOfOrder, packets.count(), packets),
            S::Unreadable { packets } => self.add_many(TroubleKind::Unreadable, packets.count(), packets),
            S::HttpExchange { response: None, asked, .. } => self.add(TroubleKind::HttpUnanswered, asked),
            S::HalfClosed { acknowledged: None, resets: 0, fin, .. } => self.add(TroubleKind::FinUnanswered, fin),
            S::Closed { last_ack: None, second_fin, fin, .. } if fin != second_fin => {
                self.add(TroubleKind::FinUnanswered, second_fin);
            }
            _ => {}
        }
    }

    /// Notes what a statement tells of DHCP.
    pub(super) fn of_leases(&mut self, statement: &LeaseStatement) {
        if statement.is_trouble() {
            self.add(TroubleKind::Lease, &statement.packet());
        }
        if let LeaseStatement::Contradiction { packets, .. } = statement {
            self.add(TroubleKind::LeaseContradicted, packets);
        }
        if let LeaseStatement::More { refused, unanswered, packets, .. } = statement
            && refused + unanswered > 0
        {
            self.add_many(TroubleKind::Lease, refused + unanswered, packets);
        }
    }

    /// Notes what a statement tells of ARP and Neighbor Discovery.
    pub(super) fn of_addresses(&mut self, statement: &AddressStatement) {
        if let Some(packets) = statement.conflict() {
            self.add(TroubleKind::AddressConflict, packets);
        }
        if let Some(packets) = statement.in_use() {
            self.add(TroubleKind::AddressInUse, packets);
        }
    }

    /// Notes lookups that failed.
    pub(super) fn of_lookups(&mut self, failed: FailedLookups) {
        let FailedLookups { failed, unanswered, contradicted } = failed;
        for (kind, (count, packets)) in [
            (TroubleKind::LookupFailed, failed),
            (TroubleKind::LookupUnanswered, unanswered),
            (TroubleKind::LookupContradicted, contradicted),
        ] {
            if count > 0 {
                self.add_many(kind, count, &packets);
            }
        }
    }

    /// Notes operations of DNS that failed.
    pub(super) fn of_operations(&mut self, operations: FailedOperations) {
        let FailedOperations { failed, unanswered } = operations;
        let kinds = [(TroubleKind::OperationFailed, failed), (TroubleKind::OperationUnanswered, unanswered)];
        for (kind, (count, packets)) in kinds.into_iter().filter(|(_, (count, _))| *count > 0) {
            self.add_many(kind, count, &packets);
        }
    }

    /// Notes what a statement tells of fragments.
    pub(super) fn of_fragments(&mut self, statement: &FragmentStatement) {
        match statement {
            FragmentStatement::Incomplete { packets, .. } => self.add(TroubleKind::FragmentsMissing, packets),
            FragmentStatement::MoreIncomplete { packets, datagrams, .. } => {
                self.add_many(TroubleKind::FragmentsMissing, *datagrams, packets);
            }
            FragmentStatement::Overlap { packets, .. } => self.add(TroubleKind::FragmentsOverlap, packets),
            _ => {}
        }
    }

    /// Notes what a statement tells of ICMP.
    pub(super) fn of_icmp(&mut self, statement: &IcmpStatement) {
        match statement {
            IcmpStatement::Echo { unanswered, .. } if !unanswered.is_empty() => {
                self.add_many(TroubleKind::EchoUnanswered, unanswered.count(), unanswered);
            }
            IcmpStatement::Error { packets, .. } if !statement.is_redirect() => {
                let kind = if statement.is_too_big() { TroubleKind::TooBig } else { TroubleKind::IcmpError };
                self.add_many(kind, packets.count(), packets);
            }
            _ => {}
        }
    }

    /// Tells what went wrong: nothing, if there is no statement.
    pub(super) fn tell(mut self) -> Vec<SummaryStatement> {
        self.kinds.sort_by_key(|(kind, ..)| *kind);
        let told = self.kinds.into_iter().map(|(kind, count, mut packets)| {
            packets.sort_unstable();
            SummaryStatement::Trouble { what: kind.text(count), count, packets: packets.into_iter().collect() }
        });
        told.collect()
    }
}

impl TroubleKind {
    fn text(self, count: u64) -> alloc::string::String {
        let of = |name: &'static str, rest: &str| alloc::format!("{} {rest}", CountOf(count, name));
        let (is, was) = if count == 1 { ("is", "was") } else { ("are", "were") };
        match self {
            TroubleKind::Lease => of("exchange", "of DHCP did not end well"),
            TroubleKind::LeaseContradicted => {
                of("time", "two replies of DHCP contradicted each other").replacen("1 time", "once", 1)
            }
            TroubleKind::AddressConflict => {
                of("time", "two hosts claimed the same address").replacen("1 time", "once", 1)
            }
            TroubleKind::AddressInUse => of("address", &alloc::format!("{was} in use when a host asked for it")),
            TroubleKind::LookupFailed => of("DNS lookup", &alloc::format!("{was} answered with an error")),
            TroubleKind::LookupUnanswered => of("DNS lookup", "got no answer"),
            TroubleKind::LookupContradicted => of("DNS lookup", "got responses that contradict each other"),
            TroubleKind::OperationFailed => {
                of("DNS operation", &alloc::format!("other than a lookup {was} answered with an error"))
            }
            TroubleKind::OperationUnanswered => of("DNS operation", "other than a lookup got no answer"),
            TroubleKind::Unanswered => of("TCP connection", "got no answer to SYN"),
            TroubleKind::Refused => of("TCP connection", &alloc::format!("{was} refused")),
            TroubleKind::HalfOpen => of("TCP connection", "stayed half open"),
            TroubleKind::SynLost => of("time", "a SYN had no answer and was sent again").replacen("1 time", "once", 1),
            TroubleKind::SynAckLost => of("time", "a SYN-ACK was lost or late").replacen("1 time", "once", 1),
            TroubleKind::AckLost => of("time", "the ACK of a handshake was lost or late").replacen("1 time", "once", 1),
            TroubleKind::Reset => of("TCP connection", &alloc::format!("{was} reset")),
            TroubleKind::Repeated => of("TCP segment", &alloc::format!("{was} sent again")),
            TroubleKind::RepeatedLater => {
                of("gap", &alloc::format!("in TCP data {was} filled by segments that were sent again"))
            }
            TroubleKind::LostBefore => of("gap", &alloc::format!("in TCP data {was} filled by later segments")),
            TroubleKind::OutOfOrder => of("TCP segment", "came out of order"),
            TroubleKind::NeverSeen => of("gap", &alloc::format!("in TCP data {is} not known to have been filled")),
            TroubleKind::Unreadable => of("TCP segment", "cannot be read: the header is wrong or cut off"),
            TroubleKind::FinUnanswered => of("FIN", &alloc::format!("{is} without an acknowledgment in the capture")),
            TroubleKind::BothSyn => {
                of("TCP connection", "began with SYN from both sides and its handshake is not complete")
            }
            TroubleKind::ZeroWindow => of("time", "a window was closed").replacen("1 time", "once", 1),
            TroubleKind::TooBig => {
                let say = if count == 1 { "says" } else { "say" };
                of("ICMP error", &alloc::format!("{say} that a packet was too large for a link on the way"))
            }
            TroubleKind::IcmpError => {
                let report = if count == 1 { "reports" } else { "report" };
                of("ICMP error", &alloc::format!("{report} a problem with a packet"))
            }
            TroubleKind::FragmentsMissing => of("datagram", &alloc::format!("{is} not whole: fragments are missing")),
            TroubleKind::FragmentsOverlap => of("datagram", "came in fragments that overlap"),
            TroubleKind::EchoUnanswered => of("echo request", &alloc::format!("{is} without an answer")),
            TroubleKind::TlsAlert => of("TLS alert", &alloc::format!("{was} sent")),
            TroubleKind::HttpError => of("HTTP request", &alloc::format!("{was} answered with an error")),
            TroubleKind::HttpUnanswered => {
                of("HTTP request", &alloc::format!("{is} without a response in the capture"))
            }
            TroubleKind::NotCaptured => {
                of("time", "the capture lacks bytes that a receiver acknowledged").replacen("1 time", "once", 1)
            }
        }
    }
}
