//! Fragment payloads in memory, without overlaps.

use super::policy::Policy;
use core::ops::Range;

/// Bytes that are held, and the fragment that gave them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// Range in the payload.
    pub(super) start: u16,
    pub(super) end: u16,
    /// Range of the whole fragment, as it was sent.
    pub(super) from: u16,
    pub(super) to: u16,
    /// Start of its run: fragments that came one behind the other at the end of what was held.
    pub(super) run: u16,
    /// Offset in the log.
    pub(super) at: u32,
    pub(super) frame: u64,
}

impl Segment {
    #[inline]
    pub(super) fn len(&self) -> usize {
        usize::from(self.end - self.start)
    }

    /// The part of the segment in a range.
    #[inline]
    pub(super) fn part(mut self, start: u16, end: u16) -> Self {
        self.at += u32::from(start - self.start);
        (self.start, self.end) = (start, end);
        self
    }
}

/// Room before the payload for the headers, so that a payload that came in order need not be copied.
pub(super) const HEADROOM: usize = 128;

/// Memory of one datagram: headers, payloads and the segments of the payload.
#[derive(Debug, Default)]
pub(super) struct FragmentBuffers {
    /// Headers of the first fragment, without the fragment header.
    pub(super) headers: Vec<u8>,
    /// Payloads in order of arrival, after [`HEADROOM`].
    pub(super) log: Vec<u8>,
    /// Segments by offset, without overlaps.
    pub(super) segments: Vec<Segment>,
}

impl FragmentBuffers {
    #[inline]
    pub(super) fn size(&self) -> usize {
        self.headers.capacity() + self.log.capacity() + self.segments.capacity() * size_of::<Segment>()
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.headers.clear();
        self.log.clear();
        self.log.resize(HEADROOM, 0);
        self.segments.clear();
    }

    /// Additional capacity for headers, bytes and segments; mostly zero.
    #[inline]
    pub(super) fn growth(&self, headers: usize, bytes: usize, segments: usize) -> (usize, usize, usize) {
        let more = |have: usize, need: usize| if need <= have { 0 } else { need.max(have * 2) - have };
        (
            more(self.headers.capacity(), headers),
            more(self.log.capacity(), self.log.len() + bytes),
            more(self.segments.capacity(), self.segments.len() + segments),
        )
    }

    #[inline]
    pub(super) fn reserve(&mut self, (headers, bytes, segments): (usize, usize, usize)) {
        fn grow<T>(vec: &mut Vec<T>, by: usize) {
            if by > 0 {
                vec.reserve_exact(vec.capacity() - vec.len() + by);
            }
        }
        grow(&mut self.headers, headers);
        grow(&mut self.log, bytes);
        grow(&mut self.segments, segments);
    }

    #[inline]
    pub(super) fn append(&mut self, payload: &[u8]) -> u32 {
        let at = self.log.len() as u32;
        self.log.extend_from_slice(payload);
        at
    }

    #[inline]
    pub(super) fn bytes(&self, segment: &Segment) -> &[u8] {
        self.log.get(segment.at as usize..segment.at as usize + segment.len()).unwrap_or_default()
    }

    /// Indexes of the segments that overlap a range.
    #[inline]
    pub(super) fn touched(&self, range: &Range<u16>) -> Range<usize> {
        if self.segments.last().is_none_or(|last| last.end <= range.start) {
            return self.segments.len()..self.segments.len();
        }
        let from = self.segments.partition_point(|segment| segment.end <= range.start);
        let to = self.segments.partition_point(|segment| segment.start < range.end);
        from..to.max(from)
    }

    /// Whether a fragment has other bytes than the segments that it overlaps.
    #[inline]
    pub(super) fn conflicts(&self, touched: Range<usize>, range: &Range<u16>, payload: &[u8]) -> bool {
        self.segments[touched].iter().any(|segment| {
            let (start, end) = (segment.start.max(range.start), segment.end.min(range.end));
            let of = |from: u16| usize::from(start - from)..usize::from(end - from);
            self.bytes(&segment.part(start, end)) != payload.get(of(range.start)).unwrap_or_default()
        })
    }

    /// Whether a range lies in the segments that it touches, and these are of one run.
    pub(super) fn is_inside_a_run(&self, touched: Range<usize>, range: &Range<u16>) -> bool {
        match &self.segments[touched] {
            [] => false,
            touched @ [first, ..] => {
                first.start <= range.start
                    && touched.last().is_some_and(|last| last.end >= range.end)
                    && touched.iter().all(|segment| segment.run == first.run)
            }
        }
    }

    /// Inserts a fragment, and returns the number of new bytes.
    #[inline]
    pub(super) fn insert(
        &mut self,
        touched: Range<usize>,
        range: Range<u16>,
        payload: &[u8],
        frame: u64,
        policy: Policy,
        scratch: &mut Vec<Segment>,
    ) -> usize {
        let (start, end) = (range.start, range.end);
        let new = Segment { start, end, from: start, to: end, run: start, at: 0, frame };
        let slice = |start: u16, end: u16| &payload[usize::from(start - range.start)..usize::from(end - range.start)];
        if touched.is_empty() {
            let at = self.append(payload);
            let last = self.segments.last().filter(|last| last.end == start);
            let run = last.map_or(start, |last| last.run);
            self.segments.insert(touched.start, Segment { at, run, ..new });
            return payload.len();
        }
        scratch.clear();
        let (mut at, mut added) = (range.start, 0);
        for i in touched.clone() {
            let old = self.segments[i];
            if at < old.start {
                let log = self.append(slice(at, old.start));
                scratch.push(Segment { start: at, end: old.start, at: log, ..new });
                added += usize::from(old.start - at);
            }
            if policy.replaces(old.from..old.to, range.clone()) {
                let (start, end) = (old.start.max(range.start), old.end.min(range.end));
                if old.start < start {
                    scratch.push(old.part(old.start, start));
                }
                let offset = old.part(start, end).at;
                self.log[offset as usize..][..usize::from(end - start)].copy_from_slice(slice(start, end));
                scratch.push(Segment { start, end, at: offset, ..new });
                if end < old.end {
                    scratch.push(old.part(end, old.end));
                }
            } else {
                scratch.push(old);
            }
            at = old.end;
        }
        if at < range.end {
            let log = self.append(slice(at, range.end));
            scratch.push(Segment { start: at, end: range.end, at: log, ..new });
            added += usize::from(range.end - at);
        }
        self.segments.splice(touched, scratch.drain(..));
        added
    }

    /// Whether the payload is in order after the headroom, and the headers fit before it.
    #[inline]
    pub(super) fn in_order(&self) -> bool {
        let mut at = HEADROOM;
        self.headers.len() <= HEADROOM
            && self.segments.iter().all(|segment| {
                let fits = segment.at as usize == at;
                at += segment.len();
                fits
            })
    }
}
