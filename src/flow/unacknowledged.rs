//! Segments that wait for their acknowledgment: a list for each direction, in one pool of bounded size.

use super::capture_time::CaptureTime;
use core::num::NonZero;

const NONE: u32 = u32::MAX;

/// Most segments of one direction. Wireshark keeps no more either.
const MOST_OF_ONE: u32 = 10_000;

/// A segment that was not acknowledged yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct SentSegment {
    /// Number of the packet, and its time.
    pub(super) packet: u64,
    pub(super) time: CaptureTime,
    /// First number, and the number after the last.
    pub(super) seq: u32,
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug)]
struct ListNode {
    segment: SentSegment,
    next: u32,
}

/// The lists of all directions. Nodes of acknowledged segments are used again, so a table that is warm allocates nothing.
#[derive(Debug)]
pub(super) struct SegmentPool {
    nodes: Vec<ListNode>,
    free: u32,
    limit: usize,
}

/// The list of one direction, in the order of arrival.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentList {
    head: u32,
    tail: u32,
    len: u32,
    /// Bounds of what is in the list, as distances from `base`.
    base: u32,
    bounds: Bounds,
    /// What was left out, because there were too many segments.
    left_out: Option<LeftOut>,
}

/// Ends of segments that are not in a list.
#[derive(Clone, Copy, Debug)]
struct LeftOut {
    lowest: u32,
    /// Distance from the lowest to the highest, and one more.
    span: NonZero<u32>,
}

impl LeftOut {
    fn add(ends: Option<Self>, end: u32) -> Self {
        let LeftOut { lowest, span } = ends.unwrap_or(LeftOut { lowest: end, span: NonZero::<u32>::MIN });
        let distance = end.wrapping_sub(lowest);
        match () {
            () if distance < span.get() => LeftOut { lowest, span },
            () if is_before(end, lowest) => {
                LeftOut { lowest: end, span: span.saturating_add(lowest.wrapping_sub(end)) }
            }
            () => LeftOut { lowest, span: NonZero::<u32>::MIN.saturating_add(distance) },
        }
    }

    /// Whether `ack` acknowledges all of them. Numbers that are too far apart to be compared stay.
    fn is_acknowledged(self, ack: u32) -> bool {
        (self.span.get() - 1..1 << 31).contains(&ack.wrapping_sub(self.lowest))
    }
}

/// Distances from a base, compared as plain numbers.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    lowest_seq: u32,
    lowest_end: u32,
    highest_seq: u32,
    highest_end: u32,
}

impl Bounds {
    const EMPTY: Bounds = Bounds { lowest_seq: u32::MAX, lowest_end: u32::MAX, highest_seq: 0, highest_end: 0 };

    fn add(&mut self, base: u32, segment: &SentSegment) {
        let (seq, end) = (segment.seq.wrapping_sub(base), segment.end.wrapping_sub(base));
        self.lowest_seq = self.lowest_seq.min(seq);
        self.lowest_end = self.lowest_end.min(end);
        self.highest_seq = self.highest_seq.max(seq);
        self.highest_end = self.highest_end.max(end);
    }

    /// Whether an acknowledgment of `ack` neither ends at, nor cuts, nor removes any segment.
    fn all_after(&self, ack: u32) -> bool {
        let highest = self.highest_seq.max(self.highest_end);
        ack <= self.lowest_seq && ack < self.lowest_end && highest.wrapping_sub(ack) < 1 << 31
    }
}

impl SegmentList {
    pub(super) const EMPTY: SegmentList =
        SegmentList { head: NONE, tail: NONE, len: 0, base: 0, bounds: Bounds::EMPTY, left_out: None };

    /// Whether all segments that wait for their acknowledgment are in the list.
    pub(super) fn is_whole(&self) -> bool {
        self.left_out.is_none()
    }
}

impl SegmentPool {
    pub(super) fn new(limit: usize) -> Self {
        SegmentPool { nodes: Vec::new(), free: NONE, limit: limit.min(NONE as usize) }
    }

    /// Appends a segment, unless there are too many.
    pub(super) fn push(&mut self, list: &mut SegmentList, base: u32, segment: SentSegment) {
        if list.len >= MOST_OF_ONE {
            return;
        }
        let node = ListNode { segment, next: NONE };
        let at = if let Some(free) = self.nodes.get_mut(self.free as usize) {
            let next = core::mem::replace(free, node).next;
            core::mem::replace(&mut self.free, next)
        } else if self.nodes.len() < self.limit {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        } else {
            list.left_out = Some(LeftOut::add(list.left_out, segment.end));
            return;
        };
        match self.nodes.get_mut(list.tail as usize) {
            Some(tail) => tail.next = at,
            None => list.head = at,
        }
        list.tail = at;
        list.len += 1;
        if list.len == 1 {
            (list.base, list.bounds) = (base, Bounds::EMPTY);
        }
        list.bounds.add(list.base, &segment);
    }

    /// The first segment of a list.
    pub(super) fn first(&self, list: &SegmentList) -> Option<SentSegment> {
        self.nodes.get(list.head as usize).map(|node| node.segment)
    }

    /// Distances from `base` of the lowest number and the highest end of a list. `None` if it is empty.
    pub(super) fn span(&self, list: &mut SegmentList, base: u32) -> Option<(u32, u32)> {
        if list.len == 0 {
            return None;
        }
        if list.base != base {
            (list.base, list.bounds) = (base, self.bounds(list, base));
        }
        Some((list.bounds.lowest_seq, list.bounds.highest_end))
    }

    fn bounds(&self, list: &SegmentList, base: u32) -> Bounds {
        let mut bounds = Bounds::EMPTY;
        let mut at = list.head;
        while let Some(node) = self.nodes.get(at as usize) {
            bounds.add(base, &node.segment);
            at = node.next;
        }
        bounds
    }

    /// Removes what `ack` acknowledges, and cuts the segment that it lies in. Returns the first segment that ends there.
    pub(super) fn acknowledge(&mut self, list: &mut SegmentList, ack: u32) -> Option<SentSegment> {
        list.left_out = list.left_out.filter(|ends| !ends.is_acknowledged(ack));
        if list.len == 0 || list.bounds.all_after(ack.wrapping_sub(list.base)) {
            return None;
        }
        let (mut found, mut bounds) = (None, Bounds::EMPTY);
        let (mut at, mut kept) = (list.head, NONE);
        while let Some(node) = self.nodes.get_mut(at as usize) {
            let (this, next) = (at, node.next);
            let segment = &mut node.segment;
            if segment.end == ack && found.is_none() {
                found = Some(*segment);
            }
            if segment.end == ack || is_before(segment.end, ack) {
                node.next = self.free;
                self.free = this;
                list.len -= 1;
                match self.nodes.get_mut(kept as usize) {
                    Some(kept) => kept.next = next,
                    None => list.head = next,
                }
            } else {
                if is_before(segment.seq, ack) {
                    segment.seq = ack;
                }
                bounds.add(list.base, segment);
                kept = this;
            }
            at = next;
        }
        list.tail = kept;
        list.bounds = bounds;
        found
    }

    /// Empties a list.
    pub(super) fn clear(&mut self, list: &mut SegmentList) {
        if let Some(tail) = self.nodes.get_mut(list.tail as usize) {
            tail.next = self.free;
            self.free = list.head;
        }
        *list = SegmentList::EMPTY;
    }
}

/// Whether sequence number `a` is before `b`, modulo 2^32 (RFC 9293 §3.4).
#[inline]
pub(super) const fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(packet: u64, seq: u32, end: u32) -> SentSegment {
        SentSegment { packet, time: CaptureTime::NONE, seq, end }
    }

    #[test]
    fn an_acknowledgment_removes_and_cuts_segments() {
        let mut pool = SegmentPool::new(4);
        let mut list = SegmentList::EMPTY;
        for (n, seq) in [(1, u32::MAX - 4), (2, 5), (3, 15)] {
            pool.push(&mut list, u32::MAX - 9, segment(n, seq, seq.wrapping_add(10)));
        }
        assert_eq!(pool.span(&mut list, u32::MAX - 9), Some((5, 35)));
        assert!(pool.acknowledge(&mut list, u32::MAX - 4).is_none());
        assert_eq!(pool.acknowledge(&mut list, 5).unwrap().packet, 1);
        assert!(pool.acknowledge(&mut list, 10).is_none());
        assert_eq!(pool.span(&mut list, u32::MAX), Some((11, 26)));
        assert_eq!((pool.first(&list).unwrap().packet, list.len), (2, 2));
        pool.clear(&mut list);
        assert_eq!((pool.nodes.len(), list.len), (3, 0));
    }

    #[test]
    fn a_full_pool_makes_lists_partial() {
        let mut pool = SegmentPool::new(1);
        let mut list = SegmentList::EMPTY;
        pool.push(&mut list, 0, segment(1, 0, 10));
        pool.push(&mut list, 0, segment(2, 10, 20));
        assert!(!list.is_whole());
        assert_eq!(pool.acknowledge(&mut list, 10).unwrap().packet, 1);
        assert!(!list.is_whole(), "the second segment still waits");
        assert!(pool.acknowledge(&mut list, 20).is_none());
        assert!(list.is_whole());
    }

    #[test]
    fn what_is_left_out_is_acknowledged_from_the_lowest_to_the_highest() {
        let ends = [5, u32::MAX - 4, 20, 10].iter().fold(None, |ends, &end| Some(LeftOut::add(ends, end))).unwrap();
        assert!(![u32::MAX - 5, u32::MAX - 4, 5, 19].iter().any(|&ack| ends.is_acknowledged(ack)));
        assert!([20, 21, 1 << 30].iter().all(|&ack| ends.is_acknowledged(ack)));
        let far = LeftOut::add(Some(LeftOut::add(Some(LeftOut::add(None, 0)), 1 << 30)), 3 << 29);
        let too_far = LeftOut::add(Some(far), 3 << 30);
        assert!(far.is_acknowledged(3 << 29) && !(0..32).any(|bit| too_far.is_acknowledged(1 << bit)));
    }
}
