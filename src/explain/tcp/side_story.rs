//! What one side of a TCP connection sent.

use crate::explain::packet_list::{PacketList, PacketMoment};
use crate::flow::TcpFindings;
use crate::proto::TcpFlags;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// Most moments of a list that are kept, beside the last one.
const MOST_MOMENTS: usize = 8;

/// Most segments of a side that are remembered, to find the one that another repeats.
const MOST_RECENT: usize = 64;

/// Most segments before one that are compared with it, to find that it is a copy.
const MOST_COPIED: usize = 16;

/// Most ranges of missing bytes that are remembered of a side.
const MOST_GAPS: usize = 32;

/// Packets and their times: the first few, how many there are, and the last.
#[derive(Debug, Default)]
pub(super) struct MomentList {
    pub(super) first: Vec<PacketMoment>,
    pub(super) last: Option<PacketMoment>,
    pub(super) packets: PacketList,
}

impl MomentList {
    pub(super) fn push(&mut self, at: PacketMoment) {
        if self.first.len() < MOST_MOMENTS {
            self.first.push(at);
        }
        self.last = Some(at);
        self.packets.push(at.packet);
    }

    fn one(at: PacketMoment) -> Self {
        let mut list = MomentList::default();
        list.push(at);
        list
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The last packet before another, as far as it is known.
    pub(super) fn last_before(&self, packet: u64) -> Option<&PacketMoment> {
        let last = self.last.as_ref().filter(|last| last.packet < packet);
        last.or_else(|| self.first.iter().rfind(|at| at.packet < packet))
    }
}

/// A segment as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecentSegment {
    pub(super) at: PacketMoment,
    /// Relative numbers of its first byte, and of the byte after it.
    pub(super) seq: u32,
    pub(super) end: u32,
    pub(super) length: u32,
    pub(super) ack: u32,
    pub(super) flags: u16,
    /// Sequence number as it is in the header.
    pub(super) absolute_seq: u32,
    /// Identification of its IP header; 0 if it has none.
    pub(super) identification: u32,
    /// The VLANs, tunnels and interface that it came by.
    pub(super) network: u64,
    /// A number that is the same if all bytes of the TCP header are.
    pub(super) header: u64,
    /// Bytes of the TCP header.
    pub(super) header_length: u32,
    /// The sender's clock, by the timestamps option (RFC 7323 §3).
    pub(super) timestamp: Option<u32>,
    /// Whether the capture has it again.
    pub(super) has_copy: bool,
}

impl RecentSegment {
    /// The number after its last byte, or after its SYN.
    pub(super) fn data_end(&self) -> u32 {
        let is_syn = u32::from(self.flags & TcpFlags::SYN.0 != 0);
        self.seq.wrapping_add(self.length).wrapping_add(is_syn)
    }

    /// Whether the other is the same packet, which came twice. No sender gives two packets the same identification soon after
    /// each other, whatever they repeat. Without identifications (RFC 6864 §4.1, IPv6), these are copies, with the same
    /// TCP header each:
    ///
    /// - packets of the very same time;
    /// - SYN and SYN-ACK that are too close together for a timer, which waits for a second (RFC 6298 §2);
    /// - packets so far apart that the clock of the timestamps has ticked, if it stands still in them;
    /// - data within a millisecond, if no packet of the other side (`answered`) is between: no timer is that short.
    fn is_same_packet(&self, other: &RecentSegment, answered: Option<u64>) -> bool {
        const IDENTIFIED: i64 = 50_000_000;
        const SAME_HEADER: i64 = 200_000_000;
        const NO_TIMER: i64 = 1_000_000;
        const TICKS: i64 = 20_000_000;
        let numbers =
            |of: &RecentSegment| (of.seq, of.end, of.length, of.ack, of.flags, of.absolute_seq, of.identification);
        if numbers(self) != numbers(other) {
            return false;
        }
        let Some(wait) = other.at.distance(self.at).map(|wait| wait.0) else { return self.identification != 0 };
        let (is_syn, has_header) = (self.flags & TcpFlags::SYN.0 != 0, self.header == other.header);
        match self.identification {
            // An ACK may be sent twice in a moment, with other options.
            0 if wait == 0 => has_header || self.seq != self.end,
            0 if is_syn && wait < NO_TIMER => true,
            0 if !has_header => false,
            0 if self.timestamp.is_some() && wait < SAME_HEADER => {
                is_syn || wait >= TICKS || self.is_at_once(other, wait, NO_TIMER, answered)
            }
            0 => self.is_at_once(other, wait, NO_TIMER, answered),
            _ if has_header => wait < SAME_HEADER,
            _ => wait < IDENTIFIED,
        }
    }

    /// Whether data comes a second time before the other side can have made the sender repeat it.
    fn is_at_once(&self, other: &RecentSegment, wait: i64, most: i64, answered: Option<u64>) -> bool {
        let first = self.at.packet.min(other.at.packet);
        self.length > 0 && wait < most && answered.is_none_or(|packet| packet < first)
    }

    fn mark(&self) -> SendMark {
        SendMark { identification: self.identification, timestamp: self.timestamp }
    }
}

/// What tells in which order a host sent its segments.
#[derive(Clone, Copy, Debug, Default)]
struct SendMark {
    /// Identification of the IPv4 header; 0 if it has none.
    identification: u32,
    timestamp: Option<u32>,
}

/// When a segment for missing bytes was sent: before the segment that came in its place, or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentOrder {
    /// Before it: the network has changed the order.
    Before,
    /// After it: the bytes were sent again.
    After,
    /// Nothing tells it.
    Unknown,
}

impl SentOrder {
    /// When a segment was sent, by the one that came in its place and the one before both. Identifications tell it if the
    /// host counts its packets with them; timestamps, if its clock has ticked.
    fn of(filler: SendMark, place: SendMark, before: Option<SendMark>) -> Self {
        const NEAR: u16 = 1000;
        let ahead = |of: SendMark, from: SendMark| {
            let [of, from] = [of, from].map(|mark| u16::try_from(mark.identification).ok().filter(|id| *id != 0));
            Some(of?.wrapping_sub(from?))
        };
        let is_near = |distance: Option<u16>| distance.is_some_and(|distance| (1..=NEAR).contains(&distance));
        let by_number = match before {
            Some(before) if is_near(ahead(place, before)) => {
                if is_near(ahead(filler, place)) {
                    SentOrder::After
                } else if is_near(ahead(filler, before)) && is_near(ahead(place, filler)) {
                    SentOrder::Before
                } else {
                    SentOrder::Unknown
                }
            }
            _ => SentOrder::Unknown,
        };
        let by_clock = match (filler.timestamp, place.timestamp) {
            (Some(a), Some(b)) if a != b => match is_before(a, b) {
                true => SentOrder::Before,
                false => SentOrder::After,
            },
            _ => SentOrder::Unknown,
        };
        match (by_number, by_clock) {
            (SentOrder::Unknown, order) | (order, SentOrder::Unknown) => order,
            (a, b) if a == b => a,
            _ => SentOrder::Unknown,
        }
    }
}

/// Bytes that are not in the capture before a segment after them.
#[derive(Debug)]
pub(super) struct MissingBytes {
    /// Ranges of numbers that are still missing.
    ranges: Vec<(u32, u32)>,
    pub(super) bytes: u32,
    /// The segment that came in their place.
    pub(super) before: PacketMoment,
    /// The first acknowledgment of them, if they were not there yet.
    pub(super) acknowledged: Option<PacketMoment>,
    /// The segment that has the last of them.
    pub(super) filled: Option<PacketMoment>,
    /// All segments with some of them.
    pub(super) fillers: PacketList,
    /// When these were sent, if that holds for all of them.
    pub(super) order: Option<SentOrder>,
    /// The segment that came in their place, and the one before them.
    place: SendMark,
    ahead: Option<SendMark>,
}

impl MissingBytes {
    /// How many are still missing.
    pub(super) fn left(&self) -> u32 {
        length_of(&self.ranges)
    }
}

/// Why a side sent a segment again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RepeatCause {
    Unacknowledged,
    Fast,
    Spurious,
}

/// A segment that repeats another which is in the capture.
#[derive(Debug)]
pub(super) struct RepeatedSegment {
    /// The segment that had its first byte before.
    pub(super) original: PacketMoment,
    /// All segments whose bytes it has, and whether it has only a part of these.
    pub(super) originals: PacketList,
    pub(super) is_part: bool,
    pub(super) repeats: MomentList,
    pub(super) bytes: u32,
    pub(super) cause: RepeatCause,
    /// The duplicate ACKs for the bytes before it.
    pub(super) asked_by: PacketList,
    /// Its first number, that after it, and its first acknowledgment.
    seq: u32,
    end: u32,
    pub(super) acknowledged: Option<PacketMoment>,
}

/// A time in which the window of a side was 0.
#[derive(Debug)]
pub(super) struct ClosedWindow {
    pub(super) from: PacketMoment,
    pub(super) until: Option<PacketMoment>,
}

/// What one side of a connection sent.
#[derive(Debug, Default)]
pub(super) struct SideStory {
    pub(super) packets: u64,
    /// Its first and its last packet.
    pub(super) first: Option<PacketMoment>,
    pub(super) last: Option<PacketMoment>,
    pub(super) syns: MomentList,
    pub(super) syn_acks: MomentList,
    /// Largest segment that it takes, by the option of its SYN.
    pub(super) mss: Option<u16>,
    /// Number after the highest byte that was seen. A FIN is no byte.
    pub(super) next: Option<u32>,
    /// The segment with that byte.
    highest: Option<SendMark>,
    /// Highest acknowledgment that it sent.
    pub(super) acknowledged: Option<u32>,
    /// Bytes of data, each counted once.
    pub(super) bytes: u64,
    pub(super) data: PacketList,
    pub(super) missing: Vec<MissingBytes>,
    /// Ranges of missing bytes that had no place.
    pub(super) more_missing: u64,
    recent: VecDeque<RecentSegment>,
    /// The first segments that repeat others.
    pub(super) repeated: Vec<RepeatedSegment>,
    pub(super) unacknowledged: PacketList,
    pub(super) fast: PacketList,
    pub(super) spurious: PacketList,
    pub(super) duplicate_acks: PacketList,
    /// The number that the last duplicate ACKs had, and these.
    asks: (u32, PacketList),
    pub(super) window_full: PacketList,
    pub(super) closed_windows: Vec<ClosedWindow>,
    pub(super) closed_count: u64,
    pub(super) probes: PacketList,
    pub(super) keep_alives: PacketList,
    pub(super) fins: MomentList,
    /// Number after the FIN.
    pub(super) fin_end: Option<u32>,
    /// The other side's acknowledgment of the FIN.
    pub(super) fin_acknowledged: Option<PacketMoment>,
    pub(super) resets: MomentList,
    /// Segments after the other side's RST.
    pub(super) after_reset: PacketList,
    pub(super) came_twice: PacketList,
    /// How many packets came again.
    pub(super) copied: u64,
    /// How many of the copies came by another VLAN, tunnel or interface.
    pub(super) by_other_networks: u64,
    pub(super) largest: u32,
}

/// How many numbers ranges have.
fn length_of(ranges: &[(u32, u32)]) -> u32 {
    ranges.iter().fold(0, |sum, (from, to)| to.wrapping_sub(*from).wrapping_add(sum))
}

/// What is left of ranges without another one.
fn without(ranges: &[(u32, u32)], (seq, end): (u32, u32)) -> Vec<(u32, u32)> {
    let mut left = Vec::new();
    for &(from, to) in ranges {
        let start = if is_before(seq, from) { from } else { seq };
        let end = if is_before(end, to) { end } else { to };
        if is_before(start, end) {
            left.extend([(from, start), (end, to)].into_iter().filter(|(from, to)| from != to));
        } else {
            left.push((from, to));
        }
    }
    left
}

/// Whether a number comes before another one, modulo 2^32.
pub(super) const fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

impl SideStory {
    /// Whether the capture has the same packet a second time. `answered` is the last packet of the other side.
    pub(super) fn comes_twice(&mut self, segment: &RecentSegment, answered: Option<u64>) -> bool {
        let mut recent = self.recent.iter_mut().rev().take(MOST_COPIED);
        let Some(original) = recent.find(|recent| recent.is_same_packet(segment, answered)) else { return false };
        self.copied += u64::from(!core::mem::replace(&mut original.has_copy, true));
        self.by_other_networks += u64::from(original.network != segment.network);
        self.came_twice.push(segment.at.packet);
        true
    }

    /// Takes a copy of a packet.
    pub(super) fn copies(&mut self, original: u64, at: PacketMoment) {
        let known = self.recent.iter_mut().rev().find(|recent| recent.at.packet == original);
        let was_copied = known.is_some_and(|known| core::mem::replace(&mut known.has_copy, true));
        // A copy of a copy is the packet that came before.
        let is_copy = self.came_twice.last() == Some(original);
        self.copied += u64::from(!was_copied && !is_copy);
        self.by_other_networks += 1;
        self.came_twice.push(at.packet);
    }

    /// The segment that has this number in its header: the one that an ICMP error quotes.
    pub(super) fn segment_with(&self, absolute_seq: u32, identification: u32) -> Option<&RecentSegment> {
        let with_number = |recent: &&RecentSegment| recent.absolute_seq == absolute_seq;
        let exact = |recent: &&RecentSegment| identification != 0 && recent.identification == identification;
        let mut recent = self.recent.iter().rev().filter(with_number);
        recent.clone().find(exact).or_else(|| {
            // Without identifications, only if there is no other segment with the number.
            let only = recent.next().filter(|recent| recent.identification == 0 || identification == 0);
            only.filter(|_| recent.next().is_none())
        })
    }

    /// Takes data, SYN and FIN: what is new, what repeats, what is missing before it.
    pub(super) fn numbered(&mut self, segment: RecentSegment, findings: TcpFindings, asked_by: PacketList) {
        let RecentSegment { seq, length, at, .. } = segment;
        let is_probe = findings.contains(TcpFindings::KEEP_ALIVE) || findings.contains(TcpFindings::ZERO_WINDOW_PROBE);
        if seq == segment.end || is_probe {
            self.remember(segment);
            return;
        }
        // A FIN takes a number, but bytes may come after it: of a host that another one interferes with.
        let end = segment.data_end();
        let next = *self.next.get_or_insert(seq);
        let fresh = end.wrapping_sub(if is_before(seq, next) { next } else { seq });
        if is_before(next, seq) {
            self.miss((next, seq), at, segment.mark());
            self.next = Some(seq);
        }
        if is_before(next, end) {
            self.next = Some(end);
            self.highest = Some(segment.mark());
            self.bytes += u64::from(fresh.min(length));
        }
        if is_before(seq, next) {
            let filled = self.fill(segment);
            self.bytes += u64::from(filled.min(length));
            let is_old = !is_before(next, end);
            if filled == 0 && length > 0 && is_old && self.more_missing == 0 {
                self.repeats(segment, findings, asked_by);
            }
        }
        if length > 0 {
            self.data.push(at.packet);
            self.largest = self.largest.max(length);
        }
        self.remember(segment);
    }

    pub(super) fn remember(&mut self, segment: RecentSegment) {
        if self.recent.len() == MOST_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(segment);
    }

    fn miss(&mut self, (from, to): (u32, u32), before: PacketMoment, place: SendMark) {
        if self.missing.len() == MOST_GAPS {
            // What is settled makes room for what is not.
            self.more_missing += 1;
            return;
        }
        self.missing.push(MissingBytes {
            ranges: [(from, to)].into(),
            bytes: to.wrapping_sub(from),
            before,
            acknowledged: None,
            filled: None,
            fillers: PacketList::default(),
            order: None,
            place,
            ahead: self.highest,
        });
    }

    /// Takes a segment for bytes that are missing. Returns how many it has.
    fn fill(&mut self, segment: RecentSegment) -> u32 {
        let mut filled = 0;
        for missing in self.missing.iter_mut().filter(|missing| !missing.ranges.is_empty()) {
            let before = missing.left();
            let left = without(&missing.ranges, (segment.seq, segment.data_end()));
            filled += before.wrapping_sub(length_of(&left));
            if left.is_empty() {
                missing.filled = Some(segment.at);
            }
            if left != missing.ranges {
                let order = SentOrder::of(segment.mark(), missing.place, missing.ahead);
                let is_same = missing.order.is_none_or(|before| before == order);
                missing.order = Some(if is_same { order } else { SentOrder::Unknown });
                missing.fillers.push(segment.at.packet);
            }
            missing.ranges = left;
        }
        filled
    }

    fn repeats(&mut self, segment: RecentSegment, findings: TcpFindings, asked_by: PacketList) {
        const MOST_REPEATED: usize = 4;
        let is_original = |recent: &&RecentSegment| {
            !is_before(segment.seq, recent.seq) && is_before(segment.seq, recent.data_end()) && recent.length > 0
        };
        let original = self.recent.iter().rev().find(is_original).map(|original| original.at);
        let cause = if findings.contains(TcpFindings::SPURIOUS_RETRANSMISSION) {
            RepeatCause::Spurious
        } else if findings.contains(TcpFindings::FAST_RETRANSMISSION) {
            RepeatCause::Fast
        } else if findings.contains(TcpFindings::RETRANSMISSION) || original.is_some() {
            // Wireshark calls a repeat out of order if it comes soon. Here the same bytes are in the capture before it.
            RepeatCause::Unacknowledged
        } else {
            return;
        };
        match cause {
            RepeatCause::Unacknowledged => self.unacknowledged.push(segment.at.packet),
            RepeatCause::Fast => self.fast.push(segment.at.packet),
            RepeatCause::Spurious => self.spurious.push(segment.at.packet),
        }
        let same = |known: &&mut RepeatedSegment| (known.seq, known.end) == (segment.seq, segment.end);
        if let Some(known) = self.repeated.iter_mut().find(same) {
            known.repeats.push(segment.at);
        } else if self.repeated.len() < MOST_REPEATED
            && let Some(original) = original
        {
            let (originals, is_part) = self.originals(&segment);
            self.repeated.push(RepeatedSegment {
                original,
                originals,
                is_part,
                repeats: MomentList::one(segment.at),
                bytes: segment.length,
                cause,
                asked_by,
                seq: segment.seq,
                end: segment.end,
                acknowledged: None,
            });
        }
    }

    /// The last segments that have the bytes of another, and whether they have others too.
    fn originals(&self, segment: &RecentSegment) -> (PacketList, bool) {
        let mut left = [(segment.seq, segment.data_end())].to_vec();
        let (mut packets, mut is_part) = (Vec::new(), false);
        for recent in self.recent.iter().rev().filter(|recent| recent.length > 0) {
            let before = left.clone();
            left = without(&left, (recent.seq, recent.data_end()));
            if left != before {
                packets.push(recent.at.packet);
                is_part |= is_before(recent.seq, segment.seq) || is_before(segment.data_end(), recent.data_end());
            }
            if left.is_empty() {
                break;
            }
        }
        packets.sort_unstable();
        (packets.into_iter().collect(), is_part)
    }

    /// Takes a duplicate ACK that the side sends.
    pub(super) fn asks(&mut self, ack: u32, at: PacketMoment) {
        if self.asks.0 != ack {
            self.asks = (ack, PacketList::default());
        }
        self.asks.1.push(at.packet);
    }

    /// The duplicate ACKs of the side for the bytes before a number, if there are some.
    pub(super) fn asked_for(&self, seq: u32) -> PacketList {
        if self.asks.0 == seq { self.asks.1.clone() } else { PacketList::default() }
    }

    /// Takes an acknowledgment of the other side.
    pub(super) fn acknowledged_by_other(&mut self, ack: u32, at: PacketMoment) {
        for repeated in self.repeated.iter_mut().filter(|repeated| repeated.acknowledged.is_none()) {
            if !is_before(ack, repeated.end) {
                repeated.acknowledged = Some(at);
            }
        }
        for missing in self.missing.iter_mut().filter(|missing| missing.acknowledged.is_none()) {
            if missing.ranges.first().is_some_and(|&(_, to)| !is_before(ack, to)) {
                missing.acknowledged = Some(at);
            }
        }
        // The number of the FIN is no byte.
        let is_fin = |next: u32| ack == next.wrapping_add(1) && self.fin_end == Some(ack);
        if let Some(next) = self.next
            && is_before(next, ack)
            && !is_fin(next)
        {
            self.miss((next, ack), at, SendMark::default());
            if let Some(missing) = self.missing.last_mut().filter(|missing| missing.before == at) {
                missing.acknowledged = Some(at);
            }
            self.next = Some(ack);
        }
        if self.fin_acknowledged.is_none() && self.fin_end.is_some_and(|end| !is_before(ack, end)) {
            self.fin_acknowledged = Some(at);
        }
    }

    /// Takes the window that the side announces.
    pub(super) fn window(&mut self, is_closed: bool, at: PacketMoment) {
        const MOST_CLOSED: usize = 4;
        let open = self.closed_windows.last_mut().filter(|window| window.until.is_none());
        match (is_closed, open) {
            (true, None) => {
                self.closed_count += 1;
                if self.closed_windows.len() < MOST_CLOSED {
                    self.closed_windows.push(ClosedWindow { from: at, until: None });
                }
            }
            (false, Some(window)) => window.until = Some(at),
            _ => {}
        }
    }
}
