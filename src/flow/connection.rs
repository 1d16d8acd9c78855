//! A TCP connection: its numbers, its handshake and its end.

use super::analysis::{Moment, SegmentAnalysis};
use super::capture_time::CaptureTime;
use super::direction::{Direction, Directions, Scale};
use super::endpoint::{Endpoint, Endpoints, Side};
use super::findings::{TcpCompleteness, TcpFindings};
use super::results::{TcpAnalysis, WindowScale};
use super::tcp_segment::TcpSegment;
use super::unacknowledged::SegmentPool;
use crate::proto::TcpFlags;
use core::fmt;

/// Where a connection is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TcpState {
    /// A SYN was seen, and no answer to it.
    Unanswered,
    /// SYN and SYN, ACK were seen, and no ACK of the opener. Both sides may have opened at the same time.
    HalfOpen,
    /// Both sides can send.
    Open,
    /// One side has sent FIN.
    HalfClosed(Side),
    /// Both sides have sent FIN.
    Closed,
    /// A side has sent RST.
    Reset(Side),
    /// The beginning was not seen; both sides may send.
    Midway,
}

/// A few words: `open`, `closed by the first side`.
impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: &Side| if *side == Side::First { "the first side" } else { "the second side" };
        match self {
            TcpState::Unanswered => f.write_str("unanswered"),
            TcpState::HalfOpen => f.write_str("half-open"),
            TcpState::Open => f.write_str("open"),
            TcpState::HalfClosed(by) => write!(f, "closed by {}", side(by)),
            TcpState::Closed => f.write_str("closed"),
            TcpState::Reset(by) => write!(f, "reset by {}", side(by)),
            TcpState::Midway => f.write_str("midway"),
        }
    }
}

/// A TCP connection as it was seen so far.
///
/// ```
/// use packetsmith::flow::{Flows, PacketInfo, FlowSettings, TcpState};
/// use packetsmith::{Ipv4, Stack, Tcp, examine, proto::transport::TcpFlags};
/// let syn = Stack::new().push(Ipv4::build()).push(Tcp::build().flags(TcpFlags::SYN)).finish().unwrap();
/// let mut flows = Flows::new(FlowSettings::default());
/// flows.packet(PacketInfo::default(), examine(101, &syn));
/// assert_eq!(flows.tcp().next().unwrap().state(), TcpState::Unanswered);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TcpConnection {
    /// Number of the connection, from 0.
    pub stream: u64,
    /// Source and destination of its first segment.
    pub endpoints: Endpoints,
    /// The side that opened the connection: it sent SYN without ACK, or the other side answered with SYN, ACK. `None` if
    /// neither was seen.
    pub opener: Option<Side>,
    /// Whether both sides sent SYN without ACK (RFC 9293 §3.5).
    pub is_simultaneous: bool,
    /// Which sides have sent SYN, ACK: both do after a simultaneous open.
    pub accepted: [bool; 2],
    /// Which parts of the connection were seen.
    pub completeness: TcpCompleteness,
    /// Segments of each side.
    pub packets: [u64; 2],
    /// Bytes of data that each side sent, repeated ones too.
    pub bytes: [u64; 2],
    /// Segments of each side that repeat others.
    pub retransmissions: [u64; 2],
    /// Times of the first and of the last segment, in nanoseconds since 1970, if the packets have times.
    pub times: Option<(i128, i128)>,
    /// Nanoseconds of the handshake, from the SYN to the first ACK.
    pub initial_rtt: Option<i64>,
    /// Which sides have sent FIN.
    pub finished: [bool; 2],
    /// The side that sent a RST.
    pub reset: Option<Side>,
}

impl TcpConnection {
    /// Where the connection is in its life.
    pub fn state(&self) -> TcpState {
        let seen = self.completeness;
        match (self.reset, self.finished) {
            (Some(side), _) => TcpState::Reset(side),
            (None, [true, true]) => TcpState::Closed,
            (None, [true, false]) => TcpState::HalfClosed(Side::First),
            (None, [false, true]) => TcpState::HalfClosed(Side::Second),
            _ if self.opener.is_none() => TcpState::Midway,
            _ if self.is_simultaneous && self.accepted == [true; 2] => TcpState::Open,
            _ if seen.0 & (TcpCompleteness::ACK.0 | TcpCompleteness::DATA.0) != 0 && self.packets[1] > 0 => {
                TcpState::Open
            }
            _ if seen.contains(TcpCompleteness::SYN_ACK) || self.is_simultaneous => TcpState::HalfOpen,
            _ => TcpState::Unanswered,
        }
    }
}

/// A connection with what the analysis remembers of it.
#[derive(Debug)]
pub(super) struct TcpConversation {
    pub(super) shown: TcpConnection,
    first_time: CaptureTime,
    previous_time: CaptureTime,
    /// Time of the last SYN without ACK.
    syn_time: CaptureTime,
    pub(super) initial_rtt: Option<i64>,
    first_fin: Option<Side>,
    /// A SYN asked for TCP Fast Open; whether it had data.
    fast_open: Option<bool>,
    directions: Directions,
    /// What a copy of the last segment of each side would be.
    last: [Option<SegmentMark>; 2],
}

/// What tells a copy of a segment: header values, and the IP identification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentMark {
    packet: u64,
    pub(super) network: u64,
    pub(super) identification: u32,
    seq: u32,
    end: u32,
    ack: u32,
    flags: u16,
    window: u16,
}

impl TcpConversation {
    pub(super) fn new(stream: u64, source: Endpoint, destination: Endpoint, now: CaptureTime) -> Self {
        TcpConversation {
            shown: TcpConnection {
                stream,
                endpoints: Endpoints([source, destination]),
                opener: None,
                is_simultaneous: false,
                accepted: [false; 2],
                completeness: TcpCompleteness(0),
                packets: [0; 2],
                bytes: [0; 2],
                retransmissions: [0; 2],
                times: None,
                initial_rtt: None,
                finished: [false; 2],
                reset: None,
            },
            first_time: now,
            previous_time: now,
            syn_time: CaptureTime::NONE,
            initial_rtt: None,
            first_fin: None,
            fast_open: None,
            directions: Directions::new(source == destination),
            last: [None; 2],
        }
    }

    #[inline]
    pub(super) fn direction(&mut self, side: Side) -> &mut Direction {
        self.directions.of(side)
    }

    #[inline]
    pub(super) fn other(&self, side: Side) -> Side {
        self.directions.other(side)
    }

    /// Whether a segment with SYN begins anew: its number is not that of the direction.
    pub(super) fn reuses_ports(&self, segment: &TcpSegment<'_>) -> bool {
        let side = self.shown.endpoints.side(segment.source);
        segment.has(TcpFlags::SYN) && self.directions.base(side).is_some_and(|base| base != segment.seq)
    }

    /// Gives back the memory of segments that wait.
    pub(super) fn release(&mut self, pool: &mut SegmentPool) {
        self.directions.iter_mut().for_each(|direction| pool.clear(&mut direction.sent));
    }

    /// Analyses a segment. `is_new`: it is the first of the connection. `reuses`: it has another number than the
    /// connection before, which this one replaces if the segment has no ACK.
    pub(super) fn segment(
        &mut self,
        pool: &mut SegmentPool,
        segment: &TcpSegment<'_>,
        moment: Moment,
        (is_new, reuses): (bool, bool),
    ) -> TcpAnalysis {
        let side = self.shown.endpoints.side(segment.source);
        let now = moment.now;
        if reuses {
            match segment.has(TcpFlags::ACK) {
                true => self.direction(side).base = Some(segment.seq),
                false => self.shown.completeness = TcpCompleteness::SYN,
            }
        }
        let mut result = TcpAnalysis {
            stream: self.shown.stream,
            side,
            findings: TcpFindings(if reuses { TcpFindings::REUSED_PORTS.0 } else { 0 }),
            completeness: self.shown.completeness,
            seq: segment.seq,
            ack: Some(segment.ack),
            is_relative: false,
            length: None,
            next_seq: None,
            window: Some(segment.window.into()),
            window_scale: None,
            since_first: now.since(self.first_time),
            since_previous: now.since(self.previous_time),
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
        self.previous_time = now;
        self.count(segment, side, now);
        if segment.header_length > segment.total_length && !segment.is_quoted {
            // The header is longer than the segment: nothing is analysed.
            if !segment.has(TcpFlags::SYN) {
                result.window_scale = Some(self.scale(side));
            }
            return result;
        }
        self.numbers(segment, &mut result);
        self.complete(segment, is_new && !reuses);
        let before = self.initial_rtt;
        self.handshake(segment, now, &mut result);
        if segment.is_quoted {
            return result;
        }
        self.ends(segment, side, &mut result);
        let mut result =
            SegmentAnalysis::new(&mut self.directions, pool, segment, moment, result, [before, self.initial_rtt]).run();
        if reuses {
            result.initial_rtt = self.initial_rtt;
        }
        if result.findings.contains(TcpFindings::RETRANSMISSION) {
            self.shown.retransmissions[side.index()] += 1;
        }
        limited(segment, result)
    }

    fn count(&mut self, segment: &TcpSegment<'_>, side: Side, now: CaptureTime) {
        if segment.is_quoted {
            return;
        }
        let shown = &mut self.shown;
        shown.packets[side.index()] += 1;
        if segment.header_length <= segment.total_length {
            shown.bytes[side.index()] += u64::from(segment.length());
        }
        shown.times = self.first_time.nanos().zip(now.nanos());
    }

    /// Relative numbers, and the window.
    fn numbers(&mut self, segment: &TcpSegment<'_>, result: &mut TcpAnalysis) {
        let (side, TcpSegment { seq, ack, .. }) = (result.side, *segment);
        let (is_syn, is_ack) = (segment.has(TcpFlags::SYN), segment.has(TcpFlags::ACK));
        let other = self.other(side);
        if !segment.is_quoted {
            self.direction(side).base.get_or_insert(if is_syn { seq } else { seq.wrapping_sub(1) });
            if is_ack {
                self.direction(other).base.get_or_insert(ack.wrapping_sub(1));
            }
        }
        if is_syn {
            let shift = segment.options().window_scale;
            let this = self.direction(side);
            match shift {
                Some(shift) => this.scale = Scale::Shift(shift),
                // The option may be among those that were not captured.
                None if segment.captured_header < segment.header_length => {}
                None if this.scale == Scale::Unknown => this.scale = Scale::Unused,
                None => {}
            }
        } else {
            let scale = self.scale(side);
            result.window_scale = Some(scale);
            if let (WindowScale::Shift(shift), false) = (scale, segment.is_quoted) {
                result.window = Some(u32::from(segment.window) << shift);
            }
        }
        if segment.is_quoted {
            return;
        }
        let base = self.direction(side).base.unwrap_or(0);
        let other_base = self.direction(other).base.unwrap_or(0);
        result.is_relative = true;
        result.seq = seq.wrapping_sub(base);
        result.ack = Some(if is_ack { ack.wrapping_sub(other_base) } else { ack });
        result.length = Some(segment.length());
        result.next_seq = Some(segment.end().wrapping_sub(base));
    }

    /// The scale of a side's windows. If one side does not scale, neither does.
    fn scale(&mut self, side: Side) -> WindowScale {
        let other = self.other(side);
        if self.direction(side).scale == Scale::Unused || self.direction(other).scale == Scale::Unused {
            self.direction(side).scale = Scale::Unused;
            self.direction(other).scale = Scale::Unused;
        }
        match self.direction(side).scale {
            Scale::Unknown => WindowScale::Unknown,
            Scale::Unused => WindowScale::Unused,
            Scale::Shift(shift) => WindowScale::Shift(shift),
        }
    }

    fn complete(&mut self, segment: &TcpSegment<'_>, is_first: bool) {
        let (is_syn, is_ack) = (segment.has(TcpFlags::SYN), segment.has(TcpFlags::ACK));
        let has_data = segment.length() > 0 && !segment.is_quoted;
        let mut add = |parts: TcpCompleteness| self.shown.completeness |= parts;
        if is_first {
            if segment.is_opening() {
                add(TcpCompleteness::SYN);
                if has_data {
                    add(TcpCompleteness::DATA);
                }
            }
            return;
        }
        if is_syn && is_ack {
            add(TcpCompleteness::SYN_ACK);
        } else if is_ack {
            add(if has_data { TcpCompleteness::DATA } else { TcpCompleteness::ACK });
            if segment.has(TcpFlags::FIN) {
                add(TcpCompleteness::FIN);
            }
        }
        if segment.has(TcpFlags::RST) {
            add(TcpCompleteness::RST);
        }
    }

    /// Who opens, how long the handshake takes, and TCP Fast Open.
    fn handshake(&mut self, segment: &TcpSegment<'_>, now: CaptureTime, result: &mut TcpAnalysis) {
        let side = result.side;
        if segment.is_opening() {
            // As in Wireshark, a time of 0 is none.
            self.syn_time = if now.nanos() == Some(0) { CaptureTime::NONE } else { now };
            if !segment.is_quoted {
                let opener = *self.shown.opener.get_or_insert(side);
                self.shown.is_simultaneous |= opener != side;
            }
            if segment.options().has_fast_open_cookie {
                self.fast_open = Some(segment.length() > 0);
                result.findings |= TcpFindings::FAST_OPEN;
            }
        } else if segment.has(TcpFlags::ACK) && !segment.has(TcpFlags::SYN) {
            if self.initial_rtt.is_none() {
                self.initial_rtt = now.since(self.syn_time).filter(|&rtt| rtt != 0);
                self.shown.initial_rtt = self.initial_rtt;
            }
        } else if segment.has(TcpFlags::SYN | TcpFlags::ACK) && !segment.is_quoted {
            self.shown.opener.get_or_insert(self.other(side));
            self.shown.accepted[side.index()] = true;
            if result.ack > Some(1) {
                result.findings |= TcpFindings::FAST_OPEN_ACCEPTED;
            } else if self.fast_open == Some(true) {
                result.findings |= TcpFindings::FAST_OPEN_IGNORED;
            }
        }
    }

    /// FIN and RST.
    fn ends(&mut self, segment: &TcpSegment<'_>, side: Side, result: &mut TcpAnalysis) {
        if segment.has(TcpFlags::FIN) {
            let first = *self.first_fin.get_or_insert(side);
            let end = if first == side { TcpFindings::ACTIVE_CLOSE } else { TcpFindings::PASSIVE_CLOSE };
            result.findings |= end;
            self.shown.finished[side.index()] = true;
        }
        if segment.has(TcpFlags::RST) {
            self.shown.reset.get_or_insert(side);
        }
    }

    /// The packet that a segment is a copy of, see [`TcpAnalysis::copy_of`].
    pub(super) fn copy_of(
        &mut self,
        segment: &TcpSegment<'_>,
        packet: u64,
        network: u64,
        identification: Option<u32>,
    ) -> Option<u64> {
        let identification = identification.filter(|_| !segment.is_quoted)?;
        let side = self.shown.endpoints.side(segment.source);
        let TcpSegment { seq, ack, window, flags: TcpFlags(flags), .. } = *segment;
        let mark = SegmentMark { packet, network, identification, seq, end: segment.end(), ack, flags, window };
        let before = self.last[side.index()].replace(mark)?;
        let is_copy = before.network != network && SegmentMark { packet, network, ..before } == mark;
        is_copy.then_some(before.packet)
    }
}

/// What Wireshark shows of a segment whose header was not captured whole, or whose header length is too small.
fn limited(segment: &TcpSegment<'_>, result: TcpAnalysis) -> TcpAnalysis {
    const LEN: u32 = crate::proto::Tcp::LEN as u32;
    let shown = match () {
        () if segment.header_length < LEN => {
            TcpAnalysis { ack: None, next_seq: None, window: None, window_scale: None, ..result }
        }
        () if segment.captured_header < LEN => result,
        // Wireshark gives up at the options, after flags and times.
        () if segment.captured_header < segment.header_length => {
            let ends = TcpFindings::ACTIVE_CLOSE.0 | TcpFindings::PASSIVE_CLOSE.0;
            return TcpAnalysis {
                findings: TcpFindings(result.findings.0 & ends),
                since_first: result.since_first,
                since_previous: result.since_previous,
                ..without_analysis(result)
            };
        }
        () => return result,
    };
    without_analysis(shown)
}

/// The numbers of a segment alone.
fn without_analysis(result: TcpAnalysis) -> TcpAnalysis {
    TcpAnalysis {
        findings: TcpFindings(0),
        since_first: None,
        since_previous: None,
        initial_rtt: None,
        is_analysed: false,
        duplicate_ack: None,
        retransmission_timeout: None,
        acknowledged: None,
        bytes_in_flight: None,
        push_bytes_sent: None,
        ..result
    }
}
