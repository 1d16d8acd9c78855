//! What is found out about a header, by Wireshark's names: for trees, JSON and filters.

use super::findings::TcpFindings;
use super::results::{LayerAnalysis, TcpAnalysis, UdpAnalysis};

/// A value that the analysis of a conversation gives for a TCP or UDP header.
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
    /// Nanoseconds.
    Duration,
    /// Something that was found: the value is 1, or there is none.
    Found,
    /// Whether anything was found. It says nothing that others do not say, so only filters have it.
    AnyFound,
}

impl FlowField {
    /// All fields, those of TCP first.
    pub fn all() -> impl Iterator<Item = &'static FlowField> {
        TCP.iter().chain(UDP)
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
                LayerAnalysis::Udp(_) => None,
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
                LayerAnalysis::Tcp(_) => None,
            },
        }
    };
}

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
        "findings",
        "tcp.analysis.flags",
        AnyFound,
        "Something was found: a retransmission, a lost segment, a window of 0 and the like.",
        |tcp| (tcp.findings.0 & TcpFindings::REMARKABLE.0 != 0).then_some(1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_is_a_field() {
        let fields = || FlowField::all().filter(|field| field.kind == FlowKind::Found).map(|field| field.filter);
        assert!(TcpFindings::FLAGS.iter().all(|flag| fields().any(|filter| filter == flag.filter)));
        assert_eq!(TcpFindings::FLAGS.len(), fields().count());
    }
}
