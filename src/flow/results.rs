//! What is found out about the layers of a packet.

use super::endpoint::Side;
use super::findings::{TcpCompleteness, TcpFindings};
use super::transaction::TransactionAnalysis;
use crate::wire::{MacAddr, TextBuffer};
use core::net::Ipv4Addr;

/// A layer of a packet, and what was found out about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowLayer {
    /// Index of the walk since [`Flows::begin`](super::Flows::begin): 0 is the frame itself, others are
    /// datagrams put together of fragments, packets in samples of sFlow, and messages put together of segments.
    pub walk: usize,
    /// Index of the layer in its walk.
    pub layer: usize,
    /// What was found out.
    pub analysis: LayerAnalysis,
}

/// What was found out about a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerAnalysis {
    /// A TCP segment.
    Tcp(TcpAnalysis),
    /// A UDP datagram.
    Udp(UdpAnalysis),
    /// A request or response.
    Transaction(TransactionAnalysis),
    /// A message of ARP with an address that had another MAC address before. It stands beside the transaction of the message,
    /// and twice if both sender and target have such an address.
    DuplicateAddress(DuplicateAddress),
}

/// An address that ARP shows with another MAC address than before.
///
/// The rule is Wireshark's: the sender of a request or reply counts, and the target of a reply that is not gratuitous; zeros and
/// group addresses do not. An address keeps the MAC address that it had first, and each message with another one is a
/// duplicate. So an address that has moved to another host counts too; see `hosts::AddressTable` for the
/// difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateAddress {
    /// The IP address.
    pub address: Ipv4Addr,
    /// The MAC address of this message.
    pub mac: MacAddr,
    /// The MAC address that the IP address had first.
    pub other_mac: MacAddr,
    /// The last packet with that one: `arp.duplicate-address-frame`.
    pub earlier: u64,
    /// Seconds since then, as the difference of whole seconds: `arp.seconds-since-duplicate-address-frame`. `None` without
    /// times, and if they go back.
    pub seconds: Option<u32>,
}

/// A UDP datagram in its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UdpAnalysis {
    /// Number of the conversation, from 0: `udp.stream`.
    pub stream: u64,
    /// Which side sent the datagram.
    pub side: Side,
    /// Nanoseconds since the first datagram of the conversation: `udp.time_relative`. As in Wireshark, datagrams without
    /// data and those in ICMP errors have no times.
    pub since_first: Option<i64>,
    /// Nanoseconds since the datagram with data before this one in the conversation, or since its first datagram:
    /// `udp.time_delta`.
    pub since_previous: Option<i64>,
}

/// What a segment means in its connection.
///
/// A value is `None` where it cannot be known, and where Wireshark shows none: of a header that the capture cut, of a
/// segment that an ICMP error quotes. Times are in nanoseconds, and negative if the times of the capture go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcpAnalysis {
    /// Number of the connection, from 0: `tcp.stream`.
    pub stream: u64,
    /// Which side sent the segment.
    pub side: Side,
    /// What was found.
    pub findings: TcpFindings,
    /// Which parts of the connection came before this segment: `tcp.completeness`.
    pub completeness: TcpCompleteness,
    /// Sequence number, relative to the first of its side: `tcp.seq`. It is the number of the header if `is_relative` is
    /// `false`.
    pub seq: u32,
    /// Acknowledgment number, relative to the first of the other side: `tcp.ack`.
    pub ack: Option<u32>,
    /// Whether `seq` and `ack` are relative. They are not if an ICMP error quotes the segment, or if its header length is
    /// wrong.
    pub is_relative: bool,
    /// Length of the data in bytes: `tcp.len`.
    pub length: Option<u32>,
    /// Number of the byte after the segment, relative: `tcp.nxtseq`.
    pub next_seq: Option<u32>,
    /// Window in bytes, scaled if the scale is known: `tcp.window_size`.
    pub window: Option<u32>,
    /// Scale of the window. `None` for a SYN, whose window is not scaled: `tcp.window_size_scalefactor`.
    pub window_scale: Option<WindowScale>,
    /// Nanoseconds since the first segment of the connection: `tcp.time_relative`.
    pub since_first: Option<i64>,
    /// Nanoseconds since the segment of the connection before this one: `tcp.time_delta`.
    pub since_previous: Option<i64>,
    /// Nanoseconds of the handshake, from the SYN to the first ACK: `tcp.analysis.initial_rtt`.
    pub initial_rtt: Option<i64>,
    /// Whether the analysis says anything of the segment: `tcp.analysis`.
    pub is_analysed: bool,
    /// Which acknowledgment it repeats.
    pub duplicate_ack: Option<DuplicateAck>,
    /// How long the segment that it repeats was waited for.
    pub retransmission_timeout: Option<RetransmissionTimeout>,
    /// The segment that it acknowledges.
    pub acknowledged: Option<Acknowledged>,
    /// Bytes of its side that were sent and not acknowledged yet: `tcp.analysis.bytes_in_flight`.
    pub bytes_in_flight: Option<u32>,
    /// Bytes of its side since the last segment with PSH: `tcp.analysis.push_bytes_sent`.
    pub push_bytes_sent: Option<u32>,
    /// The packet that this one is a copy of: the segment before it in its direction, with the same IP identification, that
    /// came by another VLAN, tunnel or interface. Such a copy counts as a retransmission, unless
    /// [`Separation::Networks`](super::Separation::Networks) keeps networks apart.
    pub copy_of: Option<u64>,
    /// Whether the payload belongs to messages that span segments, or is one of several: see
    /// [`Flows::messages`](super::Flows::messages). It is not to be dissected by itself then.
    pub is_part_of_message: bool,
    /// Whether the payload looks like HTTP, and is none: the connection has switched to another protocol before, with
    /// `101 Switching Protocols` or CONNECT. It is data then.
    pub is_after_switch: bool,
    /// The version of TLS that the server of the connection has selected up to this segment (RFC 8446 §4.1.3), as in
    /// [`TlsVersion`](crate::proto::app::TlsVersion). Records do not tell it: those of TLS 1.3 say that they are of TLS
    /// 1.2. `None` if no ServerHello was seen, and unless [`FlowSettings::messages`](super::FlowSettings) asks for messages.
    pub tls_version: Option<u16>,
}

/// What is known of the scale of a window (RFC 7323 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WindowScale {
    /// The handshake was not seen: the window may be larger than shown.
    Unknown,
    /// One of the sides does not scale windows.
    Unused,
    /// The window of the header is to be shifted by so many bits, 0 to 14.
    Shift(u8),
}

impl WindowScale {
    /// The value of `tcp.window_size_scalefactor`: the factor, -1 if it is unknown, -2 if windows are not scaled.
    pub const fn factor(self) -> i32 {
        match self {
            WindowScale::Unknown => -1,
            WindowScale::Unused => -2,
            WindowScale::Shift(shift) => 1 << shift,
        }
    }
}

/// Which acknowledgment a segment repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateAck {
    /// Number of the duplicate, from 1: `tcp.analysis.duplicate_ack_num`.
    pub number: u32,
    /// The packet that was the first with this acknowledgment: `tcp.analysis.duplicate_ack_frame`.
    pub packet: u64,
}

/// How long a segment waited until it was sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetransmissionTimeout {
    /// Nanoseconds since that packet: `tcp.analysis.rto`.
    pub nanos: i64,
    /// The packet with the first segment that was not acknowledged: `tcp.analysis.rto_frame`.
    pub packet: u64,
}

/// The segment that an acknowledgment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The packet with the segment: `tcp.analysis.acks_frame`.
    pub packet: u64,
    /// Nanoseconds since that packet, if not 0: `tcp.analysis.ack_rtt`.
    pub rtt: Option<i64>,
}

impl TcpAnalysis {
    /// Of which nothing is known.
    #[cfg(feature = "std")]
    pub(super) const EMPTY: TcpAnalysis = TcpAnalysis {
        stream: 0,
        side: Side::First,
        findings: TcpFindings(0),
        completeness: TcpCompleteness(0),
        seq: 0,
        ack: None,
        is_relative: false,
        length: None,
        next_seq: None,
        window: None,
        window_scale: None,
        since_first: None,
        since_previous: None,
        initial_rtt: None,
        is_analysed: false,
        duplicate_ack: None,
        retransmission_timeout: None,
        acknowledged: None,
        bytes_in_flight: None,
        push_bytes_sent: None,
        copy_of: None,
        is_part_of_message: false,
        is_after_switch: false,
        tls_version: None,
    };

    /// Whether [`append_marks`](Self::append_marks) appends anything.
    #[inline]
    pub(crate) fn has_marks(&self) -> bool {
        self.findings.0 & TcpFindings::REMARKABLE.0 != 0 || self.copy_of.is_some()
    }

    /// Whether the payload of the segment is data, whatever it begins with: it is a part of messages, or no HTTP any more.
    /// See [`Examine::payload_as_data`](crate::Examine::payload_as_data).
    pub fn has_payload_as_data(&self) -> bool {
        self.is_part_of_message || self.is_after_switch
    }

    /// Appends what was found in Wireshark's words, each in brackets and followed by a blank: `[TCP Dup ACK 5#1] `.
    pub fn append_marks(&self, text: &mut TextBuffer) {
        let mut found = self.findings;
        for (special, general) in [
            (TcpFindings::SPURIOUS_RETRANSMISSION, TcpFindings::RETRANSMISSION),
            (TcpFindings::FAST_RETRANSMISSION, TcpFindings::RETRANSMISSION),
        ] {
            if found.contains(special) {
                found = TcpFindings(found.0 & !general.0);
            }
        }
        let found = TcpFindings(found.0 & TcpFindings::REMARKABLE.0);
        for name in found.iter().names() {
            text.str("[");
            text.str(name);
            if let Some(duplicate) = self.duplicate_ack.filter(|_| name == "TCP Dup ACK") {
                text.str(" ");
                text.number(duplicate.packet);
                text.str("#");
                text.number(duplicate.number.into());
            }
            text.str("] ");
        }
        if let Some(packet) = self.copy_of {
            text.str("[copy of ");
            text.number(packet);
            text.str("] ");
        }
    }
}

/// Of a packet's headers, sorted by walk, those of one walk.
#[inline]
pub fn of_walk(found: &[FlowLayer], walk: usize) -> &[FlowLayer] {
    // Most packets have one header that is followed.
    if let [only] = found {
        return if only.walk == walk { found } else { &[] };
    }
    let start = found.partition_point(|layer| layer.walk < walk);
    let end = found.partition_point(|layer| layer.walk <= walk);
    found.get(start..end).unwrap_or(&[])
}
