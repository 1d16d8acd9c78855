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
    /// A number that is the same if all bytes of the TCP header are.
    pub(super) header: u64,
    /// Whether the capture has it again.
    pub(super) has_copy: bool,
}

impl RecentSegment {
    /// Whether the other is the same packet, which came twice. No sender gives two packets the same identification soon after
    /// each other, whatever they repeat; and no sender waits for less than a millisecond before it repeats a SYN. Without
    /// identifications, packets of the very same time are the same.
    fn is_same_packet(&self, other: &RecentSegment) -> bool {
        const IDENTIFIED: i64 = 50_000_000;
        const SAME_HEADER: i64 = 200_000_000;
        const HANDSHAKE: i64 = 1_000_000;
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
            0 => is_syn && wait < HANDSHAKE,
            _ if has_header => wait < SAME_HEADER,
            _ => wait < IDENTIFIED,
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
    /// Whether all segments with them came so soon that the network has changed the order.
    pub(super) is_reordered: bool,
}

impl MissingBytes {
    /// How many are still missing.
    pub(super) fn left(&self) -> u32 {
        self.ranges.iter().fold(0, |sum, (from, to)| to.wrapping_sub(*from).wrapping_add(sum))
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
    pub(super) original: PacketMoment,
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
    /// Its first packet.
    pub(super) first: Option<PacketMoment>,
    pub(super) syns: MomentList,
    pub(super) syn_acks: MomentList,
    /// Largest segment that it takes, by the option of its SYN.
    pub(super) mss: Option<u16>,
    /// Number after the highest byte that was seen.
    pub(super) next: Option<u32>,
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
    pub(super) largest: u32,
}

/// Whether a number comes before another one, modulo 2^32.
pub(super) const fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

impl SideStory {
    /// Whether the capture has the same packet a second time.
    pub(super) fn comes_twice(&mut self, segment: &RecentSegment) -> bool {
        let Some(original) = self.recent.iter_mut().rev().take(16).find(|recent| recent.is_same_packet(segment)) else {
            return false;
        };
        self.copied += u64::from(!core::mem::replace(&mut original.has_copy, true));
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
        self.came_twice.push(at.packet);
    }

    /// The packet whose segment has this number in its header: the one that an ICMP error quotes.
    pub(super) fn packet_with(&self, absolute_seq: u32, identification: u32) -> Option<u64> {
        let with_number = |recent: &&RecentSegment| recent.absolute_seq == absolute_seq;
        let exact = |recent: &&RecentSegment| identification != 0 && recent.identification == identification;
        let mut recent = self.recent.iter().rev().filter(with_number);
        let found = recent.clone().find(exact).or_else(|| {
            // Without identifications, only if there is no other segment with the number.
            let only = recent.next().filter(|recent| recent.identification == 0 || identification == 0);
            only.filter(|_| recent.next().is_none())
        });
        found.map(|segment| segment.at.packet)
    }

    /// Takes data, SYN and FIN: what is new, what repeats, what is missing before it.
    pub(super) fn numbered(&mut self, segment: RecentSegment, findings: TcpFindings, asked_by: PacketList) {
        let RecentSegment { seq, end, length, at, .. } = segment;
        let is_probe = findings.contains(TcpFindings::KEEP_ALIVE) || findings.contains(TcpFindings::ZERO_WINDOW_PROBE);
        if seq == end || is_probe {
            self.remember(segment);
            return;
        }
        let next = *self.next.get_or_insert(seq);
        let fresh = end.wrapping_sub(if is_before(seq, next) { next } else { seq });
        if is_before(next, end) {
            if is_before(next, seq) {
                self.miss(next, seq, at);
            }
            self.next = Some(end);
            self.bytes += u64::from(fresh.min(length));
        }
        if is_before(seq, next) {
            let filled = self.fill(segment, findings.contains(TcpFindings::OUT_OF_ORDER));
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

    fn miss(&mut self, from: u32, to: u32, before: PacketMoment) {
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
            is_reordered: true,
        });
    }

    /// Takes a segment for bytes that are missing. Returns how many it has.
    fn fill(&mut self, segment: RecentSegment, is_reordered: bool) -> u32 {
        let mut filled = 0;
        for missing in self.missing.iter_mut().filter(|missing| !missing.ranges.is_empty()) {
            let mut left = Vec::new();
            for &(from, to) in &missing.ranges {
                let start = if is_before(segment.seq, from) { from } else { segment.seq };
                let end = if is_before(segment.end, to) { segment.end } else { to };
                if !is_before(start, end) {
                    left.push((from, to));
                    continue;
                }
                filled += end.wrapping_sub(start);
                left.extend([(from, start), (end, to)].into_iter().filter(|(from, to)| from != to));
            }
            if left.is_empty() {
                missing.filled = Some(segment.at);
            }
            missing.is_reordered &= is_reordered;
            missing.ranges = left;
        }
        filled
    }

    fn repeats(&mut self, segment: RecentSegment, findings: TcpFindings, asked_by: PacketList) {
        const MOST_REPEATED: usize = 4;
        let is_original = |recent: &&RecentSegment| {
            !is_before(segment.seq, recent.seq) && is_before(segment.seq, recent.end) && recent.length > 0
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
            self.repeated.push(RepeatedSegment {
                original,
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
        if let Some(next) = self.next
            && is_before(next, ack)
        {
            self.miss(next, ack, at);
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
