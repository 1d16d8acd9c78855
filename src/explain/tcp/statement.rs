//! What is said of a TCP connection.

use crate::explain::packet_list::{Nanos, PacketList};
use crate::explain::statement_macro::{
    MemberValue, MemberVisitor, StatementMember, StatementRecord, records, statements, texts,
};
use crate::flow::Endpoint;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

/// A side of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The side that opened the connection.
    Client,
    /// The other side.
    Server,
    /// A side of a connection of which it is not known who opened it.
    Endpoint(Endpoint),
}

/// `the client`, `192.0.2.1:80`.
impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Client => f.write_str("the client"),
            Party::Server => f.write_str("the server"),
            Party::Endpoint(endpoint) => write!(f, "{endpoint}"),
        }
    }
}

texts!(Party);

/// Where a connection was when it was reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResetMoment {
    /// Both sides had sent FIN.
    BothFinished,
    /// The side that sent RST had sent FIN before.
    AfterOwnFin,
    /// The other side had sent FIN before.
    AfterOtherFin,
    /// The handshake was not complete.
    BeforeHandshake,
    /// The opener sent RST, and there was no answer to its SYN.
    BeforeAnswer,
    /// The opener sent RST after the SYN-ACK, and no ACK.
    InHandshake,
    /// Neither side had sent FIN.
    Open,
}

impl fmt::Display for ResetMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResetMoment::BothFinished => "after both sides had sent FIN",
            ResetMoment::AfterOwnFin => "after its own FIN",
            ResetMoment::AfterOtherFin => "after the FIN of the other side",
            ResetMoment::BeforeHandshake => "before the handshake was complete",
            ResetMoment::BeforeAnswer => "before there was an answer in the capture",
            ResetMoment::InHandshake => "in place of the ACK that ends the handshake",
            ResetMoment::Open => "while both sides could send",
        })
    }
}

impl ResetMoment {
    /// A name in lower case, with `_` between words.
    pub const fn name(self) -> &'static str {
        match self {
            ResetMoment::BothFinished => "both_finished",
            ResetMoment::AfterOwnFin => "after_own_fin",
            ResetMoment::AfterOtherFin => "after_other_fin",
            ResetMoment::BeforeHandshake => "before_handshake",
            ResetMoment::BeforeAnswer => "before_answer",
            ResetMoment::InHandshake => "in_handshake",
            ResetMoment::Open => "open",
        }
    }
}

impl MemberValue for ResetMoment {
    fn member(&self, name: &'static str, visit: &mut MemberVisitor<'_>) {
        visit(name, StatementMember::Text(&self.name()));
    }
}

/// What a sender did after an error of ICMP about its segment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterError {
    /// It sent nothing more.
    NothingMore,
    /// It sent no more data.
    NoMoreData {
        /// Its next segment.
        packet: u64,
    },
    /// It sent more data; the error was not about the size of segments, or the capture does not show it.
    MoreData {
        /// Its next segment with data.
        packet: u64,
    },
    /// Its later segments have less data than the one that the error quotes.
    SmallerThanQuoted {
        /// Bytes of data in the largest of them.
        most: u32,
        /// Bytes of data in the segment that the error quotes, by the lengths in its headers.
        quoted: u32,
        /// The first of them.
        packet: u64,
    },
    /// Its later segments have less data than those before. How much the quoted one has is not known.
    Smaller {
        /// Bytes of data in the largest of them.
        most: u32,
        /// Bytes of data in the largest one before the error.
        before: u32,
        /// The first of them.
        packet: u64,
    },
    /// It sent segments that are not smaller.
    AsLarge {
        /// The largest segment with data after the error.
        packet: u64,
    },
}

records!(AfterError);

/// `sent` is an identifier; the other members are those of the variant.
impl StatementRecord for AfterError {
    fn members(&self, visit: &mut MemberVisitor<'_>) {
        let (sent, members): (&str, &[(&'static str, u64)]) = match *self {
            AfterError::NothingMore => ("nothing", &[]),
            AfterError::NoMoreData { packet } => ("no_data", &[("packet", packet)]),
            AfterError::MoreData { packet } => ("data", &[("packet", packet)]),
            AfterError::SmallerThanQuoted { most, quoted, packet } => {
                ("smaller", &[("packet", packet), ("most", most as u64), ("quoted", quoted as u64)])
            }
            AfterError::Smaller { most, before, packet } => {
                ("smaller", &[("packet", packet), ("most", most as u64), ("before", before as u64)])
            }
            AfterError::AsLarge { packet } => ("not_smaller", &[("packet", packet)]),
        };
        visit("sent", StatementMember::Text(&sent));
        members.iter().for_each(|(name, value)| visit(name, StatementMember::Number(*value)));
    }
}

statements! {
    /// What is said of a TCP connection.
    pub enum TcpStatement {
        /// The capture has no handshake.
        Midway = "midway" {
            /// The first packet of the connection.
            first: PacketList,
        }
        /// Segments whose TCP header is wrong, or cut off.
        Unreadable = "unreadable_headers" {
            /// The segments.
            packets: PacketList,
        }
        /// The capture has packets of one side alone, and they acknowledge what the other one sent.
        OneDirection = "one_direction" {
            /// The side whose packets it has.
            who: Party,
        }
        /// The handshake is complete.
        Opened = "opened" {
            /// SYN, SYN-ACK and ACK, as far as they are in the capture.
            packets: PacketList,
            /// Time from the first of these packets to the ACK.
            took: Option<Nanos>,
            /// The first SYN, if it was sent again before the SYN-ACK.
            first_syn: Option<PacketList>,
            /// Time from the first SYN to the ACK, if it was sent again before the SYN-ACK.
            took_in_all: Option<Nanos>,
        }
        /// Both sides sent SYN, and both acknowledged (RFC 9293 §3.5).
        OpenedByBoth = "opened_by_both" {
            /// Their SYNs.
            packets: PacketList,
        }
        /// Both sides sent SYN, and not both acknowledged.
        BothSentSyn = "both_sent_syn" {
            /// Their SYNs.
            packets: PacketList,
            /// How many other packets the connection has.
            others: u64,
        }
        /// The capture has no SYN, but the answer to it.
        SynNotCaptured = "syn_not_captured" {
            /// The SYN-ACK.
            syn_ack: PacketList,
        }
        /// The capture has no SYN-ACK, but packets that follow one.
        SynAckNotCaptured = "syn_ack_not_captured" {
            /// The SYN.
            syn: PacketList,
            /// Who sent the packet after it.
            who: Party,
            /// That packet: of the client, the acknowledgment.
            ack: PacketList,
        }
        /// The SYN is in the capture again, where it does not show that the answer was lost.
        SynAgain = "syn_again" {
            /// The SYNs.
            syns: PacketList,
            /// The ACK before them; without one, their times are before that of the SYN-ACK.
            ack: Option<PacketList>,
        }
        /// A SYN was sent again before there was an answer.
        SynRepeated = "syn_repeated" {
            /// The first SYN.
            syn: PacketList,
            /// Those after it, up to the answer.
            repeats: PacketList,
            /// Times from each to the next.
            waits: Vec<Nanos>,
        }
        /// A SYN was sent again after its answer.
        SynAckNotHeard = "syn_ack_not_heard" {
            /// The answer.
            syn_ack: PacketList,
            /// The SYNs after it.
            syns: PacketList,
            /// Time from the SYN before to the first of them.
            wait: Option<Nanos>,
            /// The answers to them.
            answers: PacketList,
        }
        /// A SYN-ACK was sent again, and no ACK was seen before.
        SynAckRepeated = "syn_ack_repeated" {
            /// The first SYN-ACK.
            syn_ack: PacketList,
            /// Those after it.
            repeats: PacketList,
            /// Times from each to the next.
            waits: Vec<Nanos>,
        }
        /// A SYN-ACK was sent again after the ACK for it.
        AckNotHeard = "ack_not_heard" {
            /// The ACK.
            ack: PacketList,
            /// The SYN-ACKs after it.
            syn_acks: PacketList,
            /// Time from the SYN-ACK before to the first of them.
            wait: Option<Nanos>,
            /// The client's next acknowledgment.
            answer: Option<PacketList>,
        }
        /// The SYN has no answer.
        Unanswered = "unanswered" {
            /// The SYNs.
            syns: PacketList,
            /// Times from each to the next.
            waits: Vec<Nanos>,
            /// Time from the last of them to the end of the capture.
            silence: Option<Nanos>,
        }
        /// The SYN was answered with RST.
        Refused = "refused" {
            /// The SYNs.
            syns: PacketList,
            /// The RSTs.
            resets: PacketList,
            /// Time from the first SYN to the first RST.
            took: Option<Nanos>,
        }
        /// The SYN-ACK was not answered.
        HalfOpen = "half_open" {
            /// SYN and SYN-ACK.
            packets: PacketList,
            /// Time from the last SYN-ACK to the end of the capture.
            silence: Option<Nanos>,
        }
        /// How large segments may be: the options of SYN and SYN-ACK.
        SegmentSizes = "segment_sizes" {
            /// Bytes that the client takes in a segment.
            client_segment: u16,
            /// Bytes that the server takes in a segment.
            server_segment: u16,
        }
        /// A request of HTTP, and the response to it.
        HttpExchange = "http_exchange" {
            /// Method and target; of a malformed request line, all of it.
            request: String,
            /// `yes`, if the request line is malformed: it is not a method, a target and a version; `no`.
            malformed: &'static str,
            /// The host field of the request.
            host: Option<String>,
            /// The packets with the request.
            asked: PacketList,
            /// Status and reason.
            response: Option<String>,
            /// The packet with the beginning of the response.
            answered: PacketList,
            /// Time from the end of the request to it.
            took: Option<Nanos>,
            /// The last packet of the response, if it spans several and the capture has all of it.
            completed: Option<PacketList>,
            /// Time from the end of the request to that.
            completed_after: Option<Nanos>,
        }
        /// A response of HTTP whose request is not known.
        HttpResponse = "http_response" {
            /// Status and reason.
            response: String,
            /// The packets with the response.
            packets: PacketList,
        }
        /// The first message of a TLS client.
        TlsClientHello = "tls_client_hello" {
            /// The name of the server that it asks for.
            server_name: Option<String>,
            /// The packets with the message.
            packets: PacketList,
        }
        /// The server of TLS asked for another first message (RFC 8446 §4.1.4).
        TlsRetry = "tls_hello_retry" {
            /// The packets with the message.
            packets: PacketList,
        }
        /// The first message of a TLS server.
        TlsServerHello = "tls_server_hello" {
            /// The version that it selected.
            version: Option<String>,
            /// The packets with the message.
            packets: PacketList,
        }
        /// An alert of TLS that is not encrypted.
        TlsAlert = "tls_alert" {
            /// The side that sent it.
            who: Party,
            /// Level and description.
            alert: String,
            /// Its packet.
            packets: PacketList,
        }
        /// More of what applications said.
        MoreSaid = "more_said" {
            /// How many statements.
            count: u64,
        }
        /// How much data was sent.
        Data = "data" {
            /// The client, or the side that sent the first packet.
            first: Party,
            /// Bytes that it sent, each counted once.
            first_bytes: u64,
            /// The other side.
            second: Party,
            /// Bytes that it sent, each counted once.
            second_bytes: u64,
            /// Packets with data of the first side.
            first_packets: PacketList,
            /// Packets with data of the other side.
            second_packets: PacketList,
        }
        /// A segment that repeats another one.
        Repeated = "repeated" {
            /// Who sent it.
            who: Party,
            /// The other side.
            other: Party,
            /// The segments whose bytes it repeats.
            original: PacketList,
            /// `yes`, if it repeats only a part of their bytes; `no`.
            part: &'static str,
            /// The segment that repeats it.
            repeat: PacketList,
            /// Bytes of data in it.
            bytes: u32,
            /// Time from the one to the other.
            wait: Option<Nanos>,
            /// `unacknowledged`, `fast` or `spurious`.
            cause: &'static str,
            /// The duplicate ACKs for the bytes before it.
            asked_by: PacketList,
            /// The first acknowledgment of it.
            acknowledged: Option<PacketList>,
        }
        /// The same bytes that were sent again several times.
        RepeatedOften = "repeated_often" {
            /// Who sent them.
            who: Party,
            /// The other side.
            other: Party,
            /// The segments that had them before.
            original: PacketList,
            /// `yes`, if these have other bytes too; `no`.
            part: &'static str,
            /// The segments that repeat it.
            repeats: PacketList,
            /// Bytes of data in the first of these.
            bytes: u32,
            /// Time from the original to the first repeat.
            first_after: Option<Nanos>,
            /// Time from the original to the last repeat.
            last_after: Option<Nanos>,
            /// The first acknowledgment after the first repeat.
            acknowledged: Option<PacketList>,
        }
        /// Many segments that repeat others.
        RepeatedMany = "repeated_many" {
            /// Who sent them.
            who: Party,
            /// Those that had not been acknowledged, and were not asked for.
            unacknowledged: PacketList,
            /// Those that duplicate ACKs had asked for.
            fast: PacketList,
            /// Those that had been acknowledged.
            spurious: PacketList,
        }
        /// Bytes that were missing at first.
        MissingThenSent = "missing_then_sent" {
            /// Who sent them.
            who: Party,
            /// How many gaps they left.
            gaps: u64,
            /// How many.
            bytes: u64,
            /// The packets in whose place they were expected.
            before: PacketList,
            /// The packets with them.
            filled: PacketList,
            /// The longest time until they came.
            longest: Option<Nanos>,
            /// `sent_again`, if identifications or timestamps show that these packets were sent after those in whose place they
            /// were expected; or else `not_known`.
            how: &'static str,
        }
        /// Segments that came after later ones.
        OutOfOrder = "out_of_order" {
            /// Who sent them.
            who: Party,
            /// The segments.
            packets: PacketList,
            /// The longest time until one came.
            longest: Option<Nanos>,
        }
        /// Bytes that are not in the capture, and were acknowledged.
        NotCaptured = "not_captured" {
            /// Who sent them.
            who: Party,
            /// Who acknowledged them.
            other: Party,
            /// In how many places they are missing.
            gaps: u64,
            /// How many.
            bytes: u64,
            /// The packets before which they are missing.
            before: PacketList,
            /// The packets that acknowledge them.
            acknowledged: PacketList,
        }
        /// Bytes that are in the capture after their acknowledgment.
        AcknowledgedBefore = "acknowledged_before" {
            /// Who sent them.
            who: Party,
            /// How many.
            bytes: u64,
            /// The packets with them.
            packets: PacketList,
        }
        /// Bytes that are not in the capture, and neither is an acknowledgment of them.
        NeverSeen = "never_seen" {
            /// Who sent them.
            who: Party,
            /// In how many places they are missing.
            gaps: u64,
            /// How many.
            bytes: u64,
            /// The packets before which they are missing.
            before: PacketList,
        }
        /// More missing bytes than are followed.
        MoreMissing = "more_missing" {
            /// Who sent them.
            who: Party,
            /// How many ranges.
            ranges: u64,
        }
        /// Duplicate ACKs.
        DuplicateAcks = "duplicate_acks" {
            /// Who sent them.
            who: Party,
            /// The ACKs.
            packets: PacketList,
        }
        /// Segments that fill the window of the other side.
        WindowFull = "window_full" {
            /// Who sent them.
            who: Party,
            /// The other side.
            other: Party,
            /// The segments.
            packets: PacketList,
        }
        /// A window of 0.
        ZeroWindow = "zero_window" {
            /// Who announced it.
            who: Party,
            /// Who had to wait.
            other: Party,
            /// The first packet with it.
            from: PacketList,
            /// The packet with a larger one.
            until: Option<PacketList>,
            /// Time between them.
            lasted: Option<Nanos>,
        }
        /// More windows of 0.
        MoreZeroWindows = "more_zero_windows" {
            /// Who announced them.
            who: Party,
            /// How often, those that were told included.
            count: u64,
        }
        /// Probes of a window of 0.
        WindowProbes = "window_probes" {
            /// Who sent them.
            who: Party,
            /// The probes.
            packets: PacketList,
        }
        /// Keep-alives.
        KeepAlives = "keep_alives" {
            /// Who sent them.
            who: Party,
            /// The keep-alives.
            packets: PacketList,
        }
        /// Packets that came a second time: doubled on the way, or captured twice, or by another network.
        CameTwice = "came_twice" {
            /// Who sent them.
            who: Party,
            /// How many packets came again.
            originals: u64,
            /// How many copies came by another VLAN, tunnel or interface than the original.
            by_other_networks: u64,
            /// The copies.
            packets: PacketList,
        }
        /// Errors of ICMP about segments, which say the same.
        IcmpError = "icmp_error" {
            /// Who sent the error.
            from: IpAddr,
            /// What it says.
            what: String,
            /// The MTU that it tells, in bytes.
            mtu: Option<u32>,
            /// Who sent the segment.
            who: Party,
            /// The segments that the errors quote, as far as they are known.
            about: PacketList,
            /// How many errors quote a segment that is not known.
            about_unknown: u64,
            /// The errors.
            packets: PacketList,
            /// What the sender did after the last of them.
            then: AfterError,
        }
        /// More errors of ICMP.
        MoreErrors = "more_errors" {
            /// How many.
            count: u64,
        }
        /// Both sides sent FIN.
        Closed = "closed" {
            /// Who sent FIN first.
            first: Party,
            /// Its FIN.
            fin: PacketList,
            /// The other side.
            second: Party,
            /// Its FIN.
            second_fin: PacketList,
            /// Time between them.
            wait: Option<Nanos>,
            /// The acknowledgment of the second FIN.
            last_ack: Option<PacketList>,
        }
        /// One side sent FIN.
        HalfClosed = "half_closed" {
            /// Who sent FIN.
            who: Party,
            /// Its FIN.
            fin: PacketList,
            /// The other side.
            other: Party,
            /// The acknowledgment of the FIN.
            acknowledged: Option<PacketList>,
            /// How many RSTs the connection has.
            resets: u64,
        }
        /// A FIN was sent again.
        FinRepeated = "fin_repeated" {
            /// Who sent it.
            who: Party,
            /// The FINs after the first.
            packets: PacketList,
        }
        /// A side sent RST.
        Reset = "reset" {
            /// Who sent it.
            who: Party,
            /// The RSTs.
            packets: PacketList,
            /// Time from the first packet of the connection to the first RST.
            after: Option<Nanos>,
            /// Where the connection was.
            when: ResetMoment,
            /// Segments of the other side after it.
            later: PacketList,
        }
        /// The other side sent RST too.
        OtherReset = "other_reset" {
            /// Who sent it.
            who: Party,
            /// The RSTs.
            packets: PacketList,
        }
        /// The capture has no end of the connection.
        StillOpen = "still_open" {
            /// Its last packet.
            last: PacketList,
            /// Time from that to the end of the capture.
            silence: Option<Nanos>,
        }
    }
}
