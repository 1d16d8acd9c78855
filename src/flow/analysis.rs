//! The analysis of a segment, by the rules that Wireshark goes by.

use super::capture_time::CaptureTime;
use super::direction::{Direction, Directions, Scale};
use super::findings::TcpFindings;
use super::results::{Acknowledged, DuplicateAck, RetransmissionTimeout, TcpAnalysis};
use super::tcp_segment::TcpSegment;
use super::unacknowledged::{SegmentPool, SentSegment, is_before};
use crate::proto::TcpFlags;

/// A duplicate acknowledgment leads to a fast retransmission within this time, in nanoseconds.
const FAST_RETRANSMISSION: i64 = 20_000_000;

/// What comes out of order comes within this time in nanoseconds, if the round-trip time of the handshake is not known.
const OUT_OF_ORDER: i64 = 3_000_000;

/// Bytes in flight from here on are taken for wrong numbers.
const MOST_IN_FLIGHT: u32 = 2_000_000_000;

/// The packet at hand, and how the segment came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Number and time of the packet.
    pub(super) packet: u64,
    pub(super) now: CaptureTime,
    /// Whether the time is 1970-01-01 00:00:00, which Wireshark takes for none.
    pub(super) is_zero: bool,
    /// The network that the segment came by.
    pub(super) network: u64,
    /// Identification of its IP header.
    pub(super) identification: Option<u32>,
}

/// A segment on its way through the rules.
pub(super) struct SegmentAnalysis<'s, 'a> {
    directions: &'s mut Directions,
    pool: &'s mut SegmentPool,
    segment: &'s TcpSegment<'a>,
    moment: &'s Moment,
    result: &'s mut TcpAnalysis,
    /// Round-trip time of the handshake as it was known before this segment, and as it is known with it.
    initial_rtt: [Option<i64>; 2],
    /// The segment acknowledges unseen bytes, which counts like two duplicate acknowledgments.
    counts_as_duplicates: bool,
    /// Something was found or computed, so that Wireshark shows the round-trip time of the handshake too.
    has_record: bool,
}

impl<'s, 'a> SegmentAnalysis<'s, 'a> {
    pub(super) fn new(
        directions: &'s mut Directions,
        pool: &'s mut SegmentPool,
        segment: &'s TcpSegment<'a>,
        moment: &'s Moment,
        result: &'s mut TcpAnalysis,
        initial_rtt: [Option<i64>; 2],
    ) -> Self {
        SegmentAnalysis {
            directions,
            pool,
            segment,
            moment,
            result,
            initial_rtt,
            counts_as_duplicates: false,
            has_record: false,
        }
    }

    /// Goes through the rules. The order matters: each rule sees what those before it changed.
    pub(super) fn run(mut self) {
        self.restart();
        if self.is_window_probe() {
            self.find(TcpFindings::ZERO_WINDOW_PROBE);
        } else {
            self.windows_and_losses();
        }
        self.acknowledgments();
        self.repeats();
        self.remember();
        self.acknowledge();
        self.in_flight();
        self.has_record |= self.result.findings.0 & !CONNECTION_FINDINGS.0 != 0;
        if self.has_record {
            self.result.initial_rtt = self.initial_rtt[1];
        }
        // The SYN has nothing to say yet.
        let TcpAnalysis { findings, acknowledged, bytes_in_flight, initial_rtt, .. } = &self.result;
        let has_findings = findings.0 & !CONNECTION_FINDINGS.0 != 0;
        self.result.is_analysed =
            has_findings || acknowledged.is_some() || bytes_in_flight.is_some() || initial_rtt.is_some();
    }

    fn find(&mut self, findings: TcpFindings) {
        self.result.findings |= findings;
    }

    fn found(&self, findings: TcpFindings) -> bool {
        self.result.findings.contains(findings)
    }

    fn this(&mut self) -> &mut Direction {
        self.directions.of(self.result.side)
    }

    /// The direction of the other side, or this one if an endpoint sends to itself.
    fn other(&mut self) -> &mut Direction {
        let side = self.directions.other(self.result.side);
        self.directions.of(side)
    }

    /// Both directions, to read them: that of the segment, and the other.
    fn both(&self) -> (&Direction, &Direction) {
        let side = self.result.side;
        (self.directions.get(side), self.directions.get(self.directions.other(side)))
    }

    /// Whether the segment has SYN, FIN or RST.
    fn is_control(&self) -> bool {
        self.segment.flags.0 & (TcpFlags::SYN.0 | TcpFlags::FIN.0 | TcpFlags::RST.0) != 0
    }

    /// A SYN begins again after the bytes without a hole.
    fn restart(&mut self) {
        if self.segment.is_opening() {
            self.has_record = true;
            let this = self.this();
            if this.contiguous != 0 {
                this.next = this.contiguous;
            }
        }
    }

    fn is_window_probe(&mut self) -> bool {
        let (seq, length) = (self.segment.seq, self.segment.length());
        length == 1 && seq == self.this().next && self.other().window == Some(0)
    }

    fn windows_and_losses(&mut self) {
        let TcpSegment { seq, ack, window, .. } = *self.segment;
        let (length, control) = (self.segment.length(), self.is_control());
        let (this, other) = self.both();
        let mut found = TcpFindings(0);
        if window == 0 && !control {
            found |= TcpFindings::ZERO_WINDOW;
        }
        let is_lost = this.next != 0 && is_before(this.next, seq) && !self.segment.has(TcpFlags::RST);
        if is_lost {
            found |= TcpFindings::LOST_SEGMENT;
        }
        if !control && length <= 1 && seq == this.next.wrapping_sub(1) {
            found |= TcpFindings::KEEP_ALIVE;
        }
        let repeats_ack = !control && length == 0 && seq == this.next && ack == this.last_ack;
        let same_window = this.window == Some(window);
        if repeats_ack && window != 0 && !same_window {
            found |= TcpFindings::WINDOW_UPDATE;
        }
        let announced = other.last_ack.wrapping_add(other.scaled_window());
        if !control && length > 0 && other.scale != Scale::Unknown && seq.wrapping_add(length) == announced {
            found |= TcpFindings::WINDOW_FULL;
        }
        let (multipath, answers) = (this.multipath, other.last_findings);
        self.find(found);
        if is_lost {
            self.this().counts_in_flight = false;
        }
        if !repeats_ack || !same_window {
            return;
        }
        if window != 0 && answers.contains(TcpFindings::KEEP_ALIVE) {
            self.find(TcpFindings::KEEP_ALIVE_ACK);
        } else if window == 0 && answers.contains(TcpFindings::ZERO_WINDOW_PROBE) {
            self.find(TcpFindings::ZERO_WINDOW_PROBE_ACK);
        } else if window != 0 && self.segment.options().multipath == multipath {
            // Acknowledgments that tell the other side something about the paths are no duplicates (RFC 8684 §3.3.1).
            let this = self.this();
            this.duplicates += 1;
            this.may_miss = false;
            let duplicate = DuplicateAck { number: this.duplicates, packet: this.first_ack_packet };
            self.result.duplicate_ack = Some(duplicate);
            self.find(TcpFindings::DUPLICATE_ACK);
        }
    }

    /// A new acknowledgment number, and one of bytes that were not seen.
    fn acknowledgments(&mut self) {
        let (ack, packet) = (self.segment.ack, self.moment.packet);
        let this = self.this();
        if ack != this.last_ack {
            this.first_ack_packet = packet;
            this.duplicates = 0;
            this.may_miss = true;
        }
        if !self.segment.has(TcpFlags::ACK) {
            return;
        }
        let other = self.other();
        if other.contiguous == 0 || !is_before(other.contiguous, ack) {
            return;
        }
        let is_hole = other.contiguous != other.next;
        let is_first = other.may_miss;
        if !is_hole {
            other.may_miss = false;
            other.duplicates = 0;
        }
        other.contiguous = other.next;
        self.has_record = true;
        self.counts_as_duplicates = !is_hole && is_first;
        if is_hole || is_first {
            self.find(TcpFindings::ACKED_UNSEEN);
        }
    }

    /// Retransmissions, and segments out of order.
    fn repeats(&mut self) {
        let (seq, length, end) = (self.segment.seq, self.segment.length(), self.segment.end());
        if length == 0 && !self.segment.is_numbered_control() || self.found(TcpFindings::KEEP_ALIVE) {
            return;
        }
        let ((this, other), now) = (self.both(), self.moment.now);
        let last = seq.wrapping_add(length);
        if length > 0 && other.last_ack != 0 && (last == other.last_ack || is_before(last, other.last_ack)) {
            return self.find(TcpFindings::SPURIOUS_RETRANSMISSION | TcpFindings::RETRANSMISSION);
        }
        let overlaps_one_byte = length > 1 && seq == this.next.wrapping_sub(1);
        if this.next == 0 || !is_before(seq, this.next) || overlaps_one_byte {
            return;
        }
        let was_asked_for = other.duplicates >= 2 || self.counts_as_duplicates;
        // Where times are not known, or go back, the segment counts as one that comes late.
        let elapsed = |before| now.since(before).map_or(u64::MAX, |nanos| nanos as u64);
        let (since_ack, since_next) = (elapsed(other.last_ack_time), elapsed(this.next_time));
        let limit = self.initial_rtt[0].unwrap_or(OUT_OF_ORDER) as u64;
        let (sent, next_packet, next_time) = (this.sent, this.next_packet, this.next_time);
        let end_is_next = end == this.next;
        if was_asked_for && other.last_ack == seq && since_ack < FAST_RETRANSMISSION as u64 {
            self.find(TcpFindings::FAST_RETRANSMISSION | TcpFindings::RETRANSMISSION);
        } else if since_next < limit && !end_is_next {
            self.find(TcpFindings::OUT_OF_ORDER);
        } else {
            self.find(TcpFindings::RETRANSMISSION);
            let first = self.pool.first(&sent);
            let (packet, time) = first.map_or((next_packet, next_time), |first| (first.packet, first.time));
            let nanos = now.since(time).filter(|&nanos| nanos != 0 && sent.is_whole());
            self.result.retransmission_timeout = nanos.map(|nanos| RetransmissionTimeout { nanos, packet });
        }
    }

    fn remember(&mut self) {
        let (seq, end, Moment { packet, now, .. }) = (self.segment.seq, self.segment.end(), *self.moment);
        let TcpSegment { ack, window, .. } = *self.segment;
        let options = self.segment.options();
        let is_probe = self.found(TcpFindings::ZERO_WINDOW_PROBE);
        let findings = self.result.findings;
        let is_opening = self.segment.has(TcpFlags::SYN);
        let this = self.directions.of(self.result.side);
        if self.segment.length() > 0 || self.segment.is_numbered_control() {
            let base = this.base().unwrap_or(seq);
            self.pool.push(&mut this.sent, base, SentSegment { packet, time: now, seq, end });
        }
        if !is_probe {
            if this.next == 0 || is_before(this.next, end) {
                (this.next, this.next_packet, this.next_time) = (end, packet, now);
            }
            if this.contiguous == 0 || seq == this.contiguous {
                this.contiguous = this.next;
            }
        }
        this.window = Some(window);
        this.window_of_syn = is_opening;
        (this.sacked, this.multipath) = (options.sacked, options.multipath);
        (this.last_ack, this.last_ack_time) = (ack, now);
        this.last_findings = findings;
    }

    fn acknowledge(&mut self) {
        let (ack, is_ack) = (self.segment.ack, self.segment.has(TcpFlags::ACK));
        let now = self.moment.now;
        let side = self.directions.other(self.result.side);
        let other = self.directions.of(side);
        other.counts_in_flight |= is_ack;
        let is_whole = other.sent.is_whole();
        if let Some(segment) = self.pool.acknowledge(&mut other.sent, ack).filter(|_| is_whole) {
            let rtt = now.since(segment.time).filter(|&rtt| rtt != 0);
            self.result.acknowledged = Some(Acknowledged { packet: segment.packet, rtt });
            self.has_record = true;
        }
    }

    fn in_flight(&mut self) {
        let length = self.segment.length();
        if length == 0 {
            return;
        }
        let sacked = self.other().sacked;
        let (is_push, control) = (self.segment.has(TcpFlags::PSH), u32::from(self.segment.is_numbered_control()));
        let this = self.directions.of(self.result.side);
        if !this.counts_in_flight {
            return;
        }
        let base = this.base().unwrap_or(0);
        if core::mem::replace(&mut this.push_ended, is_push) {
            this.pushed = 0;
        }
        this.pushed = this.pushed.saturating_add(length);
        let (is_whole, pushed) = (this.sent.is_whole(), this.pushed);
        self.has_record = true;
        let Some((lowest, highest)) = self.pool.span(&mut this.sent, base).filter(|_| is_whole) else { return };
        let bytes = i64::from(highest.wrapping_sub(lowest)) - i64::from(control) - i64::from(sacked);
        if bytes > 0 && bytes < i64::from(MOST_IN_FLIGHT) {
            self.result.bytes_in_flight = Some(bytes as u32);
            self.result.push_bytes_sent = Some(pushed);
        }
    }
}

/// What is found by the handshake and the end of a connection, for which Wireshark makes no record.
const CONNECTION_FINDINGS: TcpFindings = TcpFindings(
    TcpFindings::REUSED_PORTS.0
        | TcpFindings::ACTIVE_CLOSE.0
        | TcpFindings::PASSIVE_CLOSE.0
        | TcpFindings::FAST_OPEN.0
        | TcpFindings::FAST_OPEN_ACCEPTED.0
        | TcpFindings::FAST_OPEN_IGNORED.0,
);
