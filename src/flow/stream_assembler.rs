//! The data of a TCP connection in order.

use super::endpoint::Side;
use super::tcp_segment::TcpSegment;
use crate::ip::Policy;
use crate::proto::TcpFlags;
use core::ops::Range;

/// Data that begins farther from what is expected than the largest window is no data of the connection (RFC 7323 §2.3).
const LARGEST_WINDOW: i64 = 1 << 30;

/// Bounds and policy of a [`StreamAssembler`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamSettings {
    /// Limit on data of each side that waits for data before it, in bytes with some 100 for each segment. Past it, what
    /// is missing is given up.
    pub waiting: usize,
    /// Which of two overlapping segments gives the bytes that both have, while they wait. What was delivered is not
    /// changed. `linux` and `drop`, which are about datagrams, count as `first`.
    pub policy: Policy,
}

impl Default for StreamSettings {
    /// 4 MiB for each side; the segment that came first gives the bytes.
    fn default() -> Self {
        StreamSettings { waiting: 4 << 20, policy: Policy::First }
    }
}

/// What a [`StreamAssembler`] delivers. Data of a side is in order and without gaps, but for those that are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEvent<'a> {
    /// The next bytes.
    Data {
        /// Who sent them.
        side: Side,
        /// The bytes.
        bytes: &'a [u8],
        /// Number of the packet with them.
        packet: u64,
        /// Sequence number of the first of them, as in headers.
        seq: u32,
    },
    /// So many bytes are not in the capture. They are left out, never replaced by others.
    Missing {
        /// Who sent them.
        side: Side,
        /// Number of bytes.
        bytes: u64,
    },
    /// The side has sent FIN, and all before it was delivered.
    End {
        /// Who sent it.
        side: Side,
    },
}

/// Puts the segments of one TCP connection in order.
///
/// Segments can come in any order, repeated, and overlapping. What comes in order is delivered at once, without a copy.
/// A gap is given up if the other side has acknowledged bytes past it: the capture has lost them, the network has not. It
/// is given up too if more waits than [`StreamSettings::waiting`], and by [`finish`](Self::finish).
///
/// ```
/// use packetsmith::flow::{Side, StreamAssembler, StreamEvent, StreamSettings, TcpSegment};
/// use packetsmith::{Ipv4, Stack, Tcp, examine};
/// let mut assembler = StreamAssembler::new(StreamSettings::default());
/// let mut text = Vec::new();
/// for (seq, data) in [(1, "he"), (6, " world"), (2, "ello")] {
///     let packet = Stack::new().push(Ipv4::build()).push(Tcp::build().seq(seq)).payload(data.as_bytes()).finish().unwrap();
///     let layer = examine(101, &packet).nth(1).unwrap();
///     assembler.push(Side::First, &TcpSegment::from_layer(&layer).unwrap(), 1, &mut |event| match event {
///         StreamEvent::Data { bytes, .. } => text.extend_from_slice(bytes),
///         other => panic!("{other:?}"),
///     });
/// }
/// assert_eq!(String::from_utf8(text).unwrap(), "hello world");
/// ```
#[derive(Debug, Default)]
pub struct StreamAssembler {
    settings: StreamSettings,
    sides: [StreamSide; 2],
}

/// One direction of a connection.
#[derive(Debug, Default)]
struct StreamSide {
    /// Sequence number of the next byte, once it is known, and its offset in the stream.
    next: Option<u32>,
    offset: u64,
    /// Segments after a gap, by offset, without overlaps.
    waiting: Vec<WaitingSegment>,
    /// Memory of the waiting segments in bytes.
    bytes: usize,
    /// Offset of the FIN.
    end: Option<u64>,
    has_ended: bool,
    conflicts: u64,
}

/// Bytes that wait for those before them.
#[derive(Clone, Debug)]
struct WaitingSegment {
    /// Range in the stream.
    range: Range<u64>,
    /// Range of the whole segment, as it was sent.
    sent: Range<u64>,
    /// The bytes; fewer than the range has if the capture cut the packet.
    data: Vec<u8>,
    packet: u64,
}

impl WaitingSegment {
    fn memory(&self) -> usize {
        size_of::<Self>() + self.data.len()
    }

    /// The part of the segment in a range.
    fn part(&self, range: Range<u64>) -> Self {
        let of = |offset: u64| ((offset - self.range.start) as usize).min(self.data.len());
        let data = self.data[of(range.start)..of(range.end)].to_vec();
        WaitingSegment { range, sent: self.sent.clone(), data, packet: self.packet }
    }
}

impl StreamAssembler {
    /// An assembler before the first segment.
    pub fn new(settings: StreamSettings) -> Self {
        StreamAssembler { settings, sides: Default::default() }
    }

    /// An assembler for streams that go on with these sequence numbers, as far as they are known.
    pub(super) fn going_on(settings: StreamSettings, next: [Option<u32>; 2]) -> Self {
        StreamAssembler { settings, sides: next.map(|next| StreamSide { next, ..StreamSide::default() }) }
    }

    /// Takes the next segment, which `side` sent. `packet` is the number of its packet. A segment that an ICMP error quotes
    /// is ignored.
    pub fn push(
        &mut self,
        side: Side,
        segment: &TcpSegment<'_>,
        packet: u64,
        deliver: &mut dyn FnMut(StreamEvent<'_>),
    ) {
        if segment.is_quoted || segment.header_length > segment.total_length {
            return;
        }
        let settings = self.settings;
        let [first, second] = &mut self.sides;
        let (this, other) = match side {
            Side::First => (first, second),
            Side::Second => (second, first),
        };
        if segment.flags.contains(TcpFlags::ACK) {
            other.acknowledge(side.other(), segment.ack, deliver);
        }
        let is_syn = segment.flags.contains(TcpFlags::SYN);
        let seq = segment.seq.wrapping_add(is_syn.into());
        let length = u64::from(segment.length());
        if is_syn || length > 0 || segment.flags.contains(TcpFlags::FIN) {
            this.next.get_or_insert(seq);
        }
        let Some(start) = this.offset_of(seq) else { return };
        if segment.flags.contains(TcpFlags::FIN) {
            this.end.get_or_insert(start.saturating_add_unsigned(length).max(0) as u64);
        }
        let new_end = start.saturating_add_unsigned(length);
        if length > 0 && new_end > this.offset as i64 {
            // What was delivered before is not compared: it is gone.
            let skip = (this.offset as i64 - start).max(0) as u64;
            let range = (start.max(0) as u64).max(this.offset)..new_end as u64;
            let data = segment.payload.get(skip as usize..).unwrap_or(&[]);
            let data = &data[..data.len().min((range.end - range.start) as usize)];
            let sent = start.max(0) as u64..new_end as u64;
            if range.start == this.offset && this.waiting.is_empty() {
                this.deliver(side, data, range.end - range.start, packet, deliver);
            } else {
                this.insert(WaitingSegment { range, sent, data: data.to_vec(), packet }, settings.policy);
                this.drain(side, deliver);
                while this.bytes > settings.waiting {
                    this.give_up_gap(side, u64::MAX, deliver);
                }
            }
        }
        this.end_if_reached(side, deliver);
    }

    /// Ends the stream: gives up all gaps, and delivers what waits.
    pub fn finish(&mut self, deliver: &mut dyn FnMut(StreamEvent<'_>)) {
        for (side, this) in Side::BOTH.into_iter().zip(&mut self.sides) {
            while !this.waiting.is_empty() {
                this.give_up_gap(side, u64::MAX, deliver);
            }
            if let Some(missing) = this.end.and_then(|end| end.checked_sub(this.offset)).filter(|&missing| missing > 0)
            {
                this.deliver(side, &[], missing, 0, deliver);
            }
            this.end_if_reached(side, deliver);
        }
    }

    /// Changes the limit on data that waits.
    pub(super) fn set_waiting(&mut self, bytes: usize) {
        self.settings.waiting = bytes;
    }

    /// Memory of the segments that wait, in bytes.
    pub fn memory(&self) -> usize {
        self.sides.iter().map(|side| side.bytes).sum()
    }

    /// Whether data of a packet waits for data before it.
    pub(super) fn waits(&self, side: Side, packet: u64) -> bool {
        self.sides[side.index()].waiting.iter().any(|waiting| waiting.packet == packet)
    }

    /// Number of bytes of a side that overlapping segments gave with different values, while they waited.
    pub fn conflicts(&self, side: Side) -> u64 {
        self.sides[side.index()].conflicts
    }
}

impl StreamSide {
    /// Offset of a sequence number in the stream. It is negative before the first byte. `None` if it is not known, or
    /// farther away than the largest window.
    fn offset_of(&self, seq: u32) -> Option<i64> {
        let distance = i64::from(seq.wrapping_sub(self.next?) as i32);
        (distance <= LARGEST_WINDOW).then(|| self.offset as i64 + distance)
    }

    /// Delivers bytes at the offset that is expected. `length` is their number on the wire.
    fn deliver(
        &mut self,
        side: Side,
        bytes: &[u8],
        length: u64,
        packet: u64,
        deliver: &mut dyn FnMut(StreamEvent<'_>),
    ) {
        if !bytes.is_empty() {
            deliver(StreamEvent::Data { side, bytes, packet, seq: self.next.unwrap_or_default() });
        }
        let missing = length - bytes.len() as u64;
        if missing > 0 {
            deliver(StreamEvent::Missing { side, bytes: missing });
        }
        self.offset += length;
        self.next = self.next.map(|next| next.wrapping_add(length as u32));
    }

    /// Inserts a segment among those that wait.
    fn insert(&mut self, new: WaitingSegment, policy: Policy) {
        let from = self.waiting.partition_point(|old| old.range.end <= new.range.start);
        let to = self.waiting.partition_point(|old| old.range.start < new.range.end).max(from);
        let mut parts = Vec::new();
        let mut at = new.range.start;
        for old in &self.waiting[from..to] {
            if at < old.range.start {
                parts.push(new.part(at..old.range.start));
            }
            let both = old.range.start.max(new.range.start)..old.range.end.min(new.range.end);
            let (ours, theirs) = (new.part(both.clone()), old.part(both.clone()));
            self.conflicts += ours.data.iter().zip(&theirs.data).filter(|(a, b)| a != b).count() as u64;
            // Bytes that the capture has are better than none.
            let is_longer = ours.data.len() > theirs.data.len();
            if is_longer || ours.data.len() == theirs.data.len() && policy.replaces(old.sent.clone(), new.sent.clone())
            {
                parts.push(old.part(old.range.start..both.start));
                parts.push(ours);
                parts.push(old.part(both.end..old.range.end));
            } else {
                parts.push(old.clone());
            }
            at = old.range.end;
        }
        if at < new.range.end {
            parts.push(new.part(at..new.range.end));
        }
        parts.retain(|part| !part.range.is_empty());
        self.bytes -= self.waiting[from..to].iter().map(|part| part.memory()).sum::<usize>();
        self.bytes += parts.iter().map(|part| part.memory()).sum::<usize>();
        self.waiting.splice(from..to, parts);
    }

    /// Delivers what waits and is in order.
    fn drain(&mut self, side: Side, deliver: &mut dyn FnMut(StreamEvent<'_>)) {
        let ready = self.ready();
        for segment in self.waiting.drain(..ready).collect::<Vec<_>>() {
            self.bytes -= segment.memory();
            self.deliver(side, &segment.data, segment.range.end - segment.range.start, segment.packet, deliver);
        }
    }

    /// How many of the waiting segments are in order.
    fn ready(&self) -> usize {
        let mut offset = self.offset;
        let in_order = self.waiting.iter().take_while(|segment| {
            let fits = segment.range.start == offset;
            offset = segment.range.end;
            fits
        });
        in_order.count()
    }

    /// Gives up the gap before the first waiting segment, if that begins before `limit`, and delivers what follows.
    fn give_up_gap(&mut self, side: Side, limit: u64, deliver: &mut dyn FnMut(StreamEvent<'_>)) -> bool {
        let Some(first) = self.waiting.first().map(|first| first.range.start).filter(|&start| start < limit) else {
            return false;
        };
        self.deliver(side, &[], first - self.offset, 0, deliver);
        self.drain(side, deliver);
        true
    }

    /// The receiver has acknowledged all before `ack`: gaps before it are not in the capture.
    fn acknowledge(&mut self, side: Side, ack: u32, deliver: &mut dyn FnMut(StreamEvent<'_>)) {
        if self.waiting.is_empty() {
            return;
        }
        let Some(limit) = self.offset_of(ack).and_then(|offset| u64::try_from(offset).ok()) else { return };
        while self.give_up_gap(side, limit, deliver) {}
        self.end_if_reached(side, deliver);
    }

    fn end_if_reached(&mut self, side: Side, deliver: &mut dyn FnMut(StreamEvent<'_>)) {
        if self.end.is_some_and(|end| self.offset >= end) && !self.has_ended {
            self.has_ended = true;
            deliver(StreamEvent::End { side });
        }
    }
}
