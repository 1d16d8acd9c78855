//! What is found out about a header, by Wireshark's names: for trees, JSON and filters.

use super::findings::TcpFindings;
use super::results::{DuplicateAddress, LayerAnalysis, TcpAnalysis, UdpAnalysis};
use super::transaction::{TransactionAnalysis, TransactionProtocol, TransactionRole};

/// A value that the analysis of a conversation gives for a layer: a TCP or UDP header, a request, a response.
///
/// ```
/// use packetsmith::flow::{FlowField, FlowKind};
/// let field = FlowField::all().find(|field| field.filter == "tcp.analysis.ack_rtt").unwrap();
/// assert_eq!((field.kind, field.name), (FlowKind::Duration, "ack_rtt"));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct FlowField {
    /// Name in JSON and trees.
    pub name: &'static str,
    /// Name in filters, which is Wireshark's.
    pub filter: &'static str,
    /// What the value is.
    pub kind: FlowKind,
    /// What the value means.
    pub doc: &'static str,
    value: fn(&LayerAnalysis) -> Option<i64>,
}

/// What a value of a [`FlowField`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlowKind {
    /// A number.
    Number,
    /// A number that can be negative.
    Signed,
    /// The number of a packet in the capture.
    Packet,
    /// Nanoseconds; seconds in filters.
    Duration,
    /// Nanoseconds; milliseconds in filters.
    Milliseconds,
    /// Something that was found: the value is 1, or there is none.
    Found,
    /// Whether anything was found, or said at all. It says nothing that others do not say, so only filters have it.
    AnyFound,
}

impl FlowField {
    /// All fields, those of TCP first.
    pub fn all() -> impl Iterator<Item = &'static FlowField> {
        let protocols = TransactionProtocol::ALL.iter().filter(|protocol| protocol.is_dissected());
        let transactions = protocols.flat_map(|protocol| of_transaction(*protocol));
        TCP.iter().chain(UDP).chain(transactions).chain(DUPLICATE_ADDRESS)
    }

    /// The fields that a layer can have.
    pub fn of(analysis: &LayerAnalysis) -> &'static [FlowField] {
        match analysis {
            LayerAnalysis::Tcp(_) => TCP,
            LayerAnalysis::Udp(_) => UDP,
            LayerAnalysis::Transaction(transaction) => of_transaction(transaction.protocol),
            LayerAnalysis::DuplicateAddress(_) => DUPLICATE_ADDRESS,
        }
    }

    /// The value that the header has, if it has one.
    #[inline]
    pub fn value(&self, analysis: &LayerAnalysis) -> Option<i64> {
        (self.value)(analysis)
    }
}

type Get<T> = fn(&T) -> Option<i64>;

macro_rules! tcp {
    ($name:literal, $filter:literal, $kind:ident, $doc:literal, $get:expr) => {
        FlowField {
            name: $name,
            filter: $filter,
            kind: FlowKind::$kind,
            doc: $doc,
            value: |analysis| match analysis {
                LayerAnalysis::Tcp(tcp) => {
                    const GET: Get<TcpAnalysis> = $get;
                    GET(tcp)
                }
                _ => None,
            },
        }
    };
}

macro_rules! found {
    ($name:literal, $filter:literal, $flag:ident, $doc:literal) => {
        tcp!($name, $filter, Found, $doc, |tcp| tcp.findings.contains(TcpFindings::$flag).then_some(1))
    };
}

macro_rules! udp {
    ($name:literal, $filter:literal, $kind:ident, $doc:literal, $get:expr) => {
        FlowField {
            name: $name,
            filter: $filter,
            kind: FlowKind::$kind,
            doc: $doc,
            value: |analysis| match analysis {
                LayerAnalysis::Udp(udp) => {
                    const GET: Get<UdpAnalysis> = $get;
                    GET(udp)
                }
                _ => None,
            },
        }
    };
}

macro_rules! duplicate {
    ($name:literal, $filter:literal, $kind:ident, $doc:literal, $get:expr) => {
        FlowField {
            name: $name,
            filter: $filter,
            kind: FlowKind::$kind,
            doc: $doc,
            value: |analysis| match analysis {
                LayerAnalysis::DuplicateAddress(duplicate) => {
                    const GET: Get<DuplicateAddress> = $get;
                    GET(duplicate)
                }
                _ => None,
            },
        }
    };
}

const DUPLICATE_ADDRESS: &[FlowField] = &[
    duplicate!(
        "duplicate_address",
        "arp.duplicate-address-detected",
        Found,
        "The address of sender or target had another MAC address before.",
        |_| Some(1)
    ),
    duplicate!(
        "duplicate_address_packet",
        "arp.duplicate-address-frame",
        Packet,
        "The last packet with the MAC address before.",
        |duplicate| Some(duplicate.earlier as i64)
    ),
    duplicate!(
        "duplicate_address_seconds",
        "arp.seconds-since-duplicate-address-frame",
        Number,
        "Whole seconds since that packet.",
        |duplicate| duplicate.seconds.map(i64::from)
    ),
];

const TCP: &[FlowField] = &[
    tcp!("stream", "tcp.stream", Number, "Number of the connection, from 0.", |tcp| Some(tcp.stream as i64)),
    tcp!(
        "completeness",
        "tcp.completeness",
        Number,
        "Parts of the connection that came before: SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32.",
        |tcp| Some(tcp.completeness.0.into())
    ),
    tcp!("seq", "tcp.seq", Number, "Sequence number, relative to the first of its side.", |tcp| Some(tcp.seq.into())),
    tcp!("next_seq", "tcp.nxtseq", Number, "Relative number of the byte after the segment.", |tcp| tcp
        .next_seq
        .map(i64::from)),
    tcp!("ack", "tcp.ack", Number, "Acknowledgment number, relative to the first of the other side.", |tcp| tcp
        .ack
        .map(i64::from)),
    tcp!("length", "tcp.len", Number, "Length of the data in bytes.", |tcp| tcp.length.map(i64::from)),
    tcp!("window", "tcp.window_size", Number, "Window in bytes, scaled if the scale is known.", |tcp| tcp
        .window
        .map(i64::from)),
    tcp!(
        "window_scale",
        "tcp.window_size_scalefactor",
        Signed,
        "Factor of the window; -1: not known, -2: windows are not scaled.",
        |tcp| tcp.window_scale.map(|scale| scale.factor().into())
    ),
    tcp!("since_first", "tcp.time_relative", Duration, "Time since the first segment of the connection.", |tcp| tcp
        .since_first),
    tcp!("since_previous", "tcp.time_delta", Duration, "Time since the previous segment of the connection.", |tcp| tcp
        .since_previous),
    tcp!(
        "initial_rtt",
        "tcp.analysis.initial_rtt",
        Duration,
        "Time of the handshake, from the SYN to the first ACK.",
        |tcp| tcp.initial_rtt
    ),
    tcp!(
        "acks_packet",
        "tcp.analysis.acks_frame",
        Packet,
        "Packet with the segment that this one acknowledges.",
        |tcp| tcp.acknowledged.map(|segment| segment.packet as i64)
    ),
    tcp!("ack_rtt", "tcp.analysis.ack_rtt", Duration, "Time since that packet.", |tcp| tcp
        .acknowledged
        .and_then(|segment| segment.rtt)),
    tcp!(
        "bytes_in_flight",
        "tcp.analysis.bytes_in_flight",
        Number,
        "Bytes that were sent and not acknowledged.",
        |tcp| tcp.bytes_in_flight.map(i64::from)
    ),
    tcp!("push_bytes_sent", "tcp.analysis.push_bytes_sent", Number, "Bytes since the last segment with PSH.", |tcp| {
        tcp.push_bytes_sent.map(i64::from)
    }),
    tcp!(
        "is_analysed",
        "tcp.analysis",
        AnyFound,
        "The analysis says something of the segment: a finding, what it acknowledges, bytes in flight.",
        |tcp| tcp.is_analysed.then_some(1)
    ),
    tcp!(
        "findings",
        "tcp.analysis.flags",
        AnyFound,
        "Something was found: a retransmission, a lost segment, a window of 0 and the like.",
        |tcp| {
            let found = tcp.findings.0 & TcpFindings::REMARKABLE.0 & !TcpFindings::OVERLAP_CONFLICT.0;
            (found != 0).then_some(1)
        }
    ),
    found!(
        "retransmission",
        "tcp.analysis.retransmission",
        RETRANSMISSION,
        "The segment repeats bytes that were sent before."
    ),
    found!(
        "fast_retransmission",
        "tcp.analysis.fast_retransmission",
        FAST_RETRANSMISSION,
        "A retransmission within 20 ms of duplicate acknowledgments."
    ),
    found!(
        "spurious_retransmission",
        "tcp.analysis.spurious_retransmission",
        SPURIOUS_RETRANSMISSION,
        "A retransmission of what was acknowledged already."
    ),
    found!(
        "out_of_order",
        "tcp.analysis.out_of_order",
        OUT_OF_ORDER,
        "The segment came soon after one with higher numbers."
    ),
    tcp!("rto", "tcp.analysis.rto", Duration, "Time since the segment that is sent again.", |tcp| tcp
        .retransmission_timeout
        .map(|timeout| timeout.nanos)),
    tcp!("rto_packet", "tcp.analysis.rto_frame", Packet, "Packet with that segment.", |tcp| tcp
        .retransmission_timeout
        .map(|timeout| timeout.packet as i64)),
    found!("lost_segment", "tcp.analysis.lost_segment", LOST_SEGMENT, "Bytes before this segment were not seen."),
    found!(
        "acked_unseen",
        "tcp.analysis.ack_lost_segment",
        ACKED_UNSEEN,
        "The segment acknowledges bytes that were not seen."
    ),
    found!("duplicate_ack", "tcp.analysis.duplicate_ack", DUPLICATE_ACK, "The segment repeats an acknowledgment."),
    tcp!("duplicate_ack_number", "tcp.analysis.duplicate_ack_num", Number, "Number of the duplicate, from 1.", |tcp| {
        tcp.duplicate_ack.map(|ack| ack.number.into())
    }),
    tcp!(
        "duplicate_ack_packet",
        "tcp.analysis.duplicate_ack_frame",
        Packet,
        "The first packet with this acknowledgment.",
        |tcp| tcp.duplicate_ack.map(|ack| ack.packet as i64)
    ),
    found!("window_full", "tcp.analysis.window_full", WINDOW_FULL, "The segment fills the window of the other side."),
    found!("zero_window", "tcp.analysis.zero_window", ZERO_WINDOW, "The segment announces a window of 0."),
    found!(
        "zero_window_probe",
        "tcp.analysis.zero_window_probe",
        ZERO_WINDOW_PROBE,
        "One byte to a side that announced a window of 0."
    ),
    found!(
        "zero_window_probe_ack",
        "tcp.analysis.zero_window_probe_ack",
        ZERO_WINDOW_PROBE_ACK,
        "The answer to a probe: the window is still 0."
    ),
    found!("window_update", "tcp.analysis.window_update", WINDOW_UPDATE, "The segment changes nothing but the window."),
    found!(
        "keep_alive",
        "tcp.analysis.keep_alive",
        KEEP_ALIVE,
        "The segment asks whether the other side is still there."
    ),
    found!("keep_alive_ack", "tcp.analysis.keep_alive_ack", KEEP_ALIVE_ACK, "The answer to a keep-alive."),
    found!(
        "reused_ports",
        "tcp.analysis.reused_ports",
        REUSED_PORTS,
        "A SYN of a new connection with the ports of another."
    ),
    found!("fast_open", "tcp.analysis.tfo_syn", FAST_OPEN, "A SYN with a cookie of TCP Fast Open."),
    found!(
        "fast_open_accepted",
        "tcp.analysis.tfo_ack",
        FAST_OPEN_ACCEPTED,
        "The SYN, ACK acknowledges data of the SYN."
    ),
    found!(
        "fast_open_ignored",
        "tcp.analysis.tfo_ignored",
        FAST_OPEN_IGNORED,
        "The SYN, ACK does not acknowledge data of the SYN."
    ),
    found!("active_close", "tcp.connection.fin_active", ACTIVE_CLOSE, "A FIN from the side that closes first."),
    found!("passive_close", "tcp.connection.fin_passive", PASSIVE_CLOSE, "A FIN from the side that closes second."),
    found!(
        "overlap_conflict",
        "tcp.segment.overlap.conflict",
        OVERLAP_CONFLICT,
        "Bytes differ from those of a segment before, which it overlaps."
    ),
    tcp!(
        "copy_of",
        "tcp.copy_of",
        Packet,
        "The packet that this is a copy of, from another VLAN, tunnel or interface.",
        |tcp| tcp.copy_of.map(|packet| packet as i64)
    ),
];

const UDP: &[FlowField] = &[
    udp!("stream", "udp.stream", Number, "Number of the conversation, from 0.", |udp| Some(udp.stream as i64)),
    udp!("since_first", "udp.time_relative", Duration, "Time since the first datagram of the conversation.", |udp| udp
        .since_first),
    udp!(
        "since_previous",
        "udp.time_delta",
        Duration,
        "Time since the previous datagram of the conversation.",
        |udp| udp.since_previous
    ),
];

/// The fields of the requests and responses of a protocol.
fn of_transaction(protocol: TransactionProtocol) -> &'static [FlowField] {
    match protocol {
        TransactionProtocol::Arp => ARP,
        TransactionProtocol::Icmp => ICMP,
        TransactionProtocol::Icmpv6 => ICMPV6,
        TransactionProtocol::Dns => DNS,
        TransactionProtocol::Dhcp => DHCP,
        TransactionProtocol::Dhcpv6 => DHCPV6,
        TransactionProtocol::Http => HTTP,
    }
}

macro_rules! transaction {
    ($protocol:ident, $name:literal, $filter:expr, $kind:ident, $doc:literal, $get:expr) => {
        FlowField {
            name: $name,
            filter: $filter,
            kind: FlowKind::$kind,
            doc: $doc,
            value: |analysis| match analysis {
                LayerAnalysis::Transaction(transaction) if transaction.protocol == TransactionProtocol::$protocol => {
                    const GET: Get<TransactionAnalysis> = $get;
                    GET(transaction)
                }
                _ => None,
            },
        }
    };
}

/// What every protocol has, with Wireshark's names for the request and the time where there are any.
macro_rules! transactions {
    ($protocol:ident, $prefix:literal, $response_to:literal, $time:literal $kind:ident $(, $more:expr)*) => {
        &[
            transaction!(
                $protocol,
                "transaction",
                concat!($prefix, ".transaction"),
                Number,
                "Number of the transaction, from 0.",
                |found| found.transaction.map(|number| number as i64)
            ),
            transaction!($protocol, "response_to", $response_to, Packet, "Packet with the request.", |found| found
                .response_to
                .filter(|_| !found.is_asked_by_multicast)
                .map(|packet| packet as i64)),
            transaction!($protocol, "time", $time, $kind, "Time since the request.", |found| found
                .time
                .filter(|_| !found.is_asked_by_multicast)),
            transaction!(
                $protocol,
                "unsolicited",
                concat!($prefix, ".unsolicited"),
                Found,
                "A response, and no request for it was seen.",
                |found| found.is_unsolicited.then_some(1)
            ),
            $($more,)*
        ]
    };
}

/// Where a message begins that can span segments.
macro_rules! begun {
    ($protocol:ident, $filter:literal) => {
        transaction!($protocol, "begun_in", $filter, Packet, "Packet with the first segment of the message.", |found| {
            found.begun_in.map(|packet| packet as i64)
        })
    };
}

/// The packet that a message repeats, where Wireshark has no names for it.
macro_rules! retransmission {
    ($protocol:ident, $filter:literal) => {
        transaction!(
            $protocol,
            "retransmission_of",
            $filter,
            Packet,
            "Packet with the message that is sent again.",
            |found| found.retransmission_of.map(|packet| packet as i64)
        )
    };
}

const ARP: &[FlowField] =
    transactions!(Arp, "arp", "arp.response_to", "arp.time" Duration, retransmission!(Arp, "arp.retransmission_of"));
const ICMP: &[FlowField] = transactions!(Icmp, "icmp", "icmp.resp_to", "icmp.resptime" Milliseconds, retransmission!(Icmp, "icmp.retransmission_of"));
const ICMPV6: &[FlowField] = transactions!(Icmpv6, "icmpv6", "icmpv6.resp_to", "icmpv6.resptime" Milliseconds, retransmission!(Icmpv6, "icmpv6.retransmission_of"));
const DHCP: &[FlowField] = transactions!(Dhcp, "dhcp", "dhcp.response_to", "dhcp.time" Duration, retransmission!(Dhcp, "dhcp.retransmission_of"));
const DHCPV6: &[FlowField] = transactions!(Dhcpv6, "dhcpv6", "dhcpv6.response_to", "dhcpv6.time" Duration, retransmission!(Dhcpv6, "dhcpv6.retransmission_of"));
const HTTP: &[FlowField] = transactions!(Http, "http", "http.request_in", "http.time" Duration, retransmission!(Http, "http.retransmission_of"),
    begun!(Http, "http.begun_in"),
    transaction!(Http, "number", "http.request_number", Number, "Number of the request in its connection, from 1.", |found| found
        .number_in_connection
        .filter(|_| matches!(found.role, TransactionRole::Request))
        .map(i64::from)),
    transaction!(Http, "number", "http.response_number", Number, "Number of the response in its connection, from 1.", |found| found
        .number_in_connection
        .filter(|_| matches!(found.role, TransactionRole::Response))
        .map(i64::from)),
    transaction!(Http, "previous_request", "http.prev_request_in", Packet, "Packet with the request before, which belongs to the pair before.", |found| found
        .previous_request
        .map(|packet| packet as i64)),
    transaction!(Http, "previous_response", "http.prev_response_in", Packet, "Packet with the response before, which belongs to the pair before.", |found| found
        .previous_response
        .map(|packet| packet as i64)));
const DNS: &[FlowField] = transactions!(
    Dns,
    "dns",
    "dns.response_to",
    "dns.time" Duration,
    transaction!(
        Dns,
        "response_to",
        "dns.multicast_response_to",
        Packet,
        "Packet with the request, which was sent to a group address (LLMNR, multicast DNS).",
        |found| found.response_to.filter(|_| found.is_asked_by_multicast).map(|packet| packet as i64)
    ),
    transaction!(Dns, "time", "dns.multicast_time", Duration, "Time since that request.", |found| found
        .time
        .filter(|_| found.is_asked_by_multicast)),
    begun!(Dns, "dns.begun_in"),
    transaction!(Dns, "retransmission", "dns.retransmission", Found, "The message is sent again.", |found| found
        .retransmission_of
        .map(|_| 1)),
    transaction!(Dns, "retransmitted_query", "dns.retransmit_request", AnyFound, "The query is sent again.", |found| {
        found.retransmission_of.filter(|_| matches!(found.role, TransactionRole::Request)).map(|_| 1)
    }),
    transaction!(
        Dns,
        "retransmitted_response",
        "dns.retransmit_response",
        AnyFound,
        "The response is sent again.",
        |found| found.retransmission_of.filter(|_| matches!(found.role, TransactionRole::Response)).map(|_| 1)
    ),
    transaction!(
        Dns,
        "retransmission_of",
        "dns.retransmit_request_in",
        Packet,
        "Packet with the query that is sent again.",
        |found| found
            .retransmission_of
            .filter(|_| matches!(found.role, TransactionRole::Request))
            .map(|packet| packet as i64)
    ),
    transaction!(
        Dns,
        "retransmission_of",
        "dns.retransmit_response_in",
        Packet,
        "Packet with the response that is sent again.",
        |found| found
            .retransmission_of
            .filter(|_| matches!(found.role, TransactionRole::Response))
            .map(|packet| packet as i64)
    )
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_a_field() {
        let fields = || TCP.iter().filter(|field| field.kind == FlowKind::Found).map(|field| field.filter);
        assert!(TcpFindings::FLAGS.iter().all(|flag| fields().any(|filter| filter == flag.filter)));
        assert_eq!(TcpFindings::FLAGS.len(), fields().count());
    }
}
