//! A TCP connection: its numbers, its handshake and its end.

use super::analysis::{Moment, SegmentAnalysis};
use super::capture_time::CaptureTime;
use super::direction::{Direction, Directions, Scale};
use super::endpoint::{ConversationKey, Endpoints, KeyEnd, Side};
use super::findings::{TcpCompleteness, TcpFindings};
use super::results::{TcpAnalysis, WindowScale};
use super::stream_position::{SidePosition, StreamPosition};
use super::tcp_segment::TcpSegment;
use super::unacknowledged::SegmentPool;
use crate::proto::TcpFlags;
use core::fmt;
use core::num::NonZero;

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

/// What is remembered of a connection. The order of the entries does not matter, their size does: of ten thousand
/// connections that take turns, few are in the cache.
#[derive(Debug)]
pub(super) struct TcpConversation {
    stream: u64,
    /// The end of the key from which the first segment came.
    first_from: KeyEnd,
    opener: Option<Side>,
    is_simultaneous: bool,
    accepted: [bool; 2],
    completeness: TcpCompleteness,
    finished: [bool; 2],
    reset: Option<Side>,
    first_fin: Option<Side>,
    /// A SYN asked for TCP Fast Open; whether it had data.
    fast_open: Option<bool>,
    packets: [u64; 2],
    bytes: [u64; 2],
    retransmissions: [u64; 2],
    first_time: CaptureTime,
    previous_time: CaptureTime,
    /// Time of the last segment that was not quoted.
    last_time: CaptureTime,
    /// Time of the last SYN without ACK.
    syn_time: CaptureTime,
    initial_rtt: Option<NonZero<i64>>,
    directions: Directions,
    /// What a copy of the last segment of each side would be.
    last: [SegmentMark; 2],
}

/// What tells a copy of a segment: header values, and the IP identification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SegmentMark {
    /// Number of the packet; 0 if there was none yet.
    packet: u64,
    network: u64,
    identification: u32,
    seq: u32,
    end: u32,
    ack: u32,
    flags: u16,
    window: u16,
}

impl SegmentMark {
    const NONE: SegmentMark =
        SegmentMark { packet: 0, network: 0, identification: 0, seq: 0, end: 0, ack: 0, flags: 0, window: 0 };
}

impl TcpConversation {
    pub(super) fn new(stream: u64, key: &ConversationKey, first_from: KeyEnd, now: CaptureTime) -> Self {
        TcpConversation {
            stream,
            first_from,
            opener: None,
            is_simultaneous: false,
            accepted: [false; 2],
            completeness: TcpCompleteness(0),
            finished: [false; 2],
            reset: None,
            first_fin: None,
            fast_open: None,
            packets: [0; 2],
            bytes: [0; 2],
            retransmissions: [0; 2],
            first_time: now,
            previous_time: now,
            last_time: CaptureTime::NONE,
            syn_time: CaptureTime::NONE,
            initial_rtt: None,
            directions: Directions::new(key.is_loop()),
            last: [SegmentMark::NONE; 2],
        }
    }

    /// The connection as it was seen so far.
    pub(super) fn shown(&self, key: &ConversationKey) -> TcpConnection {
        TcpConnection {
            stream: self.stream,
            endpoints: key.endpoints(self.first_from),
            opener: self.opener,
            is_simultaneous: self.is_simultaneous,
            accepted: self.accepted,
            completeness: self.completeness,
            packets: self.packets,
            bytes: self.bytes,
            retransmissions: self.retransmissions,
            times: self.first_time.nanos().zip(self.last_time.nanos()),
            initial_rtt: self.initial_rtt(),
            finished: self.finished,
            reset: self.reset,
        }
    }

    /// Nanoseconds of the handshake.
    #[inline]
    fn initial_rtt(&self) -> Option<i64> {
        self.initial_rtt.map(NonZero::get)
    }

    /// The side of a segment from an end of the key.
    #[inline]
    pub(super) const fn side(&self, from: KeyEnd) -> Side {
        from.side(self.first_from)
    }

    /// Where the streams of both sides go on.
    #[inline]
    pub(super) fn position(&self) -> StreamPosition {
        StreamPosition(Side::BOTH.map(|side| {
            let direction = self.directions.get(side);
            let (base, Direction { next, has_syn, .. }) = (direction.base(), *direction);
            let next = Some(next).filter(|&next| next != 0);
            let is_at_start = has_syn && next == base.map(|base| base.wrapping_add(1));
            SidePosition { next, is_heard: self.packets[side.index()] > 0, is_from_start: has_syn, is_at_start }
        }))
    }

    /// Whether segments of both sides were seen.
    #[inline]
    pub(super) const fn is_answered(&self) -> bool {
        self.packets[0] > 0 && self.packets[1] > 0
    }

    #[inline]
    fn direction(&mut self, side: Side) -> &mut Direction {
        self.directions.of(side)
    }

    #[inline]
    fn other(&self, side: Side) -> Side {
        self.directions.other(side)
    }

    /// Whether a segment with SYN begins anew: its number is not that of the direction.
    #[inline]
    pub(super) fn reuses_ports(&self, segment: &TcpSegment<'_>, from: KeyEnd) -> bool {
        segment.has(TcpFlags::SYN)
            && self.directions.get(self.side(from)).base().is_some_and(|base| base != segment.seq)
    }

    /// Gives back the memory of segments that wait.
    pub(super) fn release(&mut self, pool: &mut SegmentPool) {
        self.directions.iter_mut().for_each(|direction| pool.clear(&mut direction.sent));
    }

    /// What is known of a segment before its analysis, which [`segment`](Self::segment) is to go on with. `reuses`: it has
    /// another number than the connection before, which this one replaces if the segment has no ACK.
    #[inline]
    pub(super) fn begin(
        &mut self,
        segment: &TcpSegment<'_>,
        from: KeyEnd,
        now: CaptureTime,
        reuses: bool,
    ) -> TcpAnalysis {
        let side = self.side(from);
        if reuses {
            match segment.has(TcpFlags::ACK) {
                true => self.direction(side).set_base(segment.seq),
                false => self.completeness = TcpCompleteness::SYN,
            }
        }
        TcpAnalysis {
            stream: self.stream,
            side,
            findings: TcpFindings(if reuses { TcpFindings::REUSED_PORTS.0 } else { 0 }),
            completeness: self.completeness,
            seq: segment.seq,
            ack: Some(segment.ack),
            window: Some(segment.window.into()),
            since_first: now.since(self.first_time),
            since_previous: now.since(self.previous_time),
            ..TcpAnalysis::EMPTY
        }
    }

    /// Analyses a segment, and writes what is found to `result`. `is_new`: it is the first of the connection.
    pub(super) fn segment(
        &mut self,
        pool: &mut SegmentPool,
        segment: &TcpSegment<'_>,
        moment: &Moment,
        (is_new, reuses): (bool, bool),
        result: &mut TcpAnalysis,
    ) {
        let (side, now) = (result.side, moment.now);
        self.previous_time = now;
        self.count(segment, side, now);
        if segment.header_length > segment.total_length && !segment.is_quoted {
            // The header is longer than the segment: nothing is analysed.
            if !segment.has(TcpFlags::SYN) {
                result.window_scale = Some(self.scale(side));
            }
            return;
        }
        self.numbers(segment, result);
        self.complete(segment, is_new && !reuses);
        let before = self.initial_rtt();
        self.handshake(segment, moment, result);
        if segment.is_quoted {
            return;
        }
        self.ends(segment, side, result);
        let initial_rtt = [before, self.initial_rtt()];
        SegmentAnalysis::new(&mut self.directions, pool, segment, moment, result, initial_rtt).run();
        if reuses {
            result.initial_rtt = self.initial_rtt();
        }
        if result.findings.contains(TcpFindings::RETRANSMISSION) {
            self.retransmissions[side.index()] += 1;
        }
        limit(segment, result);
    }

    fn count(&mut self, segment: &TcpSegment<'_>, side: Side, now: CaptureTime) {
        if segment.is_quoted {
            return;
        }
        self.packets[side.index()] += 1;
        if segment.header_length <= segment.total_length {
            self.bytes[side.index()] += u64::from(segment.length());
        }
        self.last_time = now;
    }

    /// Relative numbers, and the window.
    fn numbers(&mut self, segment: &TcpSegment<'_>, result: &mut TcpAnalysis) {
        let (side, TcpSegment { seq, ack, .. }) = (result.side, *segment);
        let (is_syn, is_ack) = (segment.has(TcpFlags::SYN), segment.has(TcpFlags::ACK));
        let other = self.other(side);
        if !segment.is_quoted {
            self.direction(side).base_or(if is_syn { seq } else { seq.wrapping_sub(1) });
            if is_ack {
                self.direction(other).base_or(ack.wrapping_sub(1));
            }
        }
        if is_syn {
            let shift = segment.options().window_scale;
            let this = self.direction(side);
            this.has_syn |= !segment.is_quoted;
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
        let base = self.direction(side).base().unwrap_or(0);
        let other_base = self.direction(other).base().unwrap_or(0);
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
        let mut add = |parts: TcpCompleteness| self.completeness |= parts;
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
    fn handshake(&mut self, segment: &TcpSegment<'_>, moment: &Moment, result: &mut TcpAnalysis) {
        let (side, Moment { now, is_zero, .. }) = (result.side, *moment);
        if segment.is_opening() {
            // As in Wireshark, a time of 0 is none.
            self.syn_time = if is_zero { CaptureTime::NONE } else { now };
            if !segment.is_quoted {
                let opener = *self.opener.get_or_insert(side);
                self.is_simultaneous |= opener != side;
            }
            if segment.options().has_fast_open_cookie {
                self.fast_open = Some(segment.length() > 0);
                result.findings |= TcpFindings::FAST_OPEN;
            }
        } else if segment.has(TcpFlags::ACK) && !segment.has(TcpFlags::SYN) {
            if self.initial_rtt.is_none() {
                self.initial_rtt = now.since(self.syn_time).and_then(NonZero::new);
            }
        } else if segment.has(TcpFlags::SYN | TcpFlags::ACK) && !segment.is_quoted {
            self.opener.get_or_insert(self.directions.other(side));
            self.accepted[side.index()] = true;
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
            self.finished[side.index()] = true;
        }
        if segment.has(TcpFlags::RST) {
            self.reset.get_or_insert(side);
        }
    }

    /// The packet that a segment is a copy of, see [`TcpAnalysis::copy_of`].
    pub(super) fn copy_of(&mut self, segment: &TcpSegment<'_>, side: Side, moment: &Moment) -> Option<u64> {
        let Moment { packet, network, identification, .. } = *moment;
        let TcpSegment { seq, ack, window, flags: TcpFlags(flags), .. } = *segment;
        let identification = identification.filter(|_| !segment.is_quoted)?;
        let mark = SegmentMark { packet, network, identification, seq, end: segment.end(), ack, flags, window };
        let before = core::mem::replace(&mut self.last[side.index()], mark);
        let is_copy = before.network != network && SegmentMark { packet, network, ..before } == mark;
        (is_copy && before != SegmentMark::NONE).then_some(before.packet)
    }
}

/// Leaves what Wireshark shows of a segment whose header was not captured whole, or whose header length is too small.
fn limit(segment: &TcpSegment<'_>, result: &mut TcpAnalysis) {
    const LEN: u32 = crate::proto::Tcp::LEN as u32;
    if segment.header_length < LEN {
        *result = TcpAnalysis { ack: None, next_seq: None, window: None, window_scale: None, ..*result };
    } else if segment.captured_header < LEN {
    } else if segment.captured_header < segment.header_length {
        // Wireshark gives up at the options, after flags and times.
        let ends = TcpFindings::ACTIVE_CLOSE.0 | TcpFindings::PASSIVE_CLOSE.0;
        let TcpAnalysis { findings, since_first, since_previous, .. } = *result;
        let findings = TcpFindings(findings.0 & ends);
        *result = TcpAnalysis { findings, since_first, since_previous, ..without_analysis(result) };
        return;
    } else {
        return;
    }
    *result = without_analysis(result);
}

/// The numbers of a segment alone.
fn without_analysis(result: &TcpAnalysis) -> TcpAnalysis {
    let TcpAnalysis { stream, side, completeness, seq, ack, is_relative, length, next_seq, .. } = *result;
    let TcpAnalysis { window, window_scale, .. } = *result;
    let numbers =
        TcpAnalysis { stream, side, completeness, seq, ack, is_relative, length, next_seq, ..TcpAnalysis::EMPTY };
    TcpAnalysis { window, window_scale, ..numbers }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_with_its_key_fits_into_eight_cache_lines() {
        assert_eq!(size_of::<(ConversationKey, TcpConversation)>(), 512);
    }
}
