//! Messages that span TCP segments: DNS over TCP, HTTP, and those of protocols from outside.

mod framing;
#[cfg(feature = "decompress")]
mod http_content;
mod http_head;
mod incoming;
mod message_rest;
mod shared_state;
mod stream_message;
#[cfg(feature = "applications")]
mod tls_records;

#[cfg(feature = "decompress")]
pub use http_content::{ContentEnd, HttpContent};
pub use stream_message::{MessageEnd, MessageSegment, StreamMessage};

use self::framing::Framing;
pub(super) use self::incoming::PartialRequest;
use self::incoming::{Finished, Incoming, ReadingRules};
use self::shared_state::SharedState;
pub(super) use self::stream_message::MessageBeginning;
use super::bounded_table::BoundedTable;
use super::capture_time::CaptureTime;
use super::endpoint::Side;
use super::findings::TcpFindings;
use super::results::TcpAnalysis;
use super::stream_assembler::{StreamAssembler, StreamEvent, StreamSettings};
use super::stream_position::{SidePosition, StreamPosition};
use super::tcp_segment::TcpSegment;
use super::transaction_message::TransactionMoment;
use super::unacknowledged::is_before;
use crate::ip::Policy;
use crate::layer::NextProtocol;
use crate::proto::{Protocols, TcpFlags};
use std::collections::VecDeque;
use std::sync::Arc;

/// Bounds of the messages that [`Flows`](super::Flows) puts together.
///
/// ```
/// use packetsmith::flow::{FlowSettings, MessageSettings};
/// let messages = MessageSettings { message_bytes: 1 << 16, ..MessageSettings::default() };
/// let settings = FlowSettings { messages: Some(messages), ..FlowSettings::default() };
/// assert_eq!(settings.messages.unwrap().total_bytes, 64 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageSettings {
    /// Most bytes of a message that are kept. A longer one is followed to its end, and has its first bytes.
    pub message_bytes: usize,
    /// Most bytes that wait in all connections: of messages that are not complete, and of segments after a gap. Past it,
    /// the connection that was idle longest gives up what waits.
    pub total_bytes: usize,
    /// Most connections whose messages are followed, as in [`FlowSettings::conversations`](super::FlowSettings). Each takes
    /// some 700 bytes.
    pub connections: usize,
}

impl Default for MessageSettings {
    /// 1 MiB of a message, 64 MiB in all, 65,536 connections.
    fn default() -> Self {
        MessageSettings { message_bytes: 1 << 20, total_bytes: 64 << 20, connections: 1 << 16 }
    }
}

/// Most segments of a connection that are remembered as shown while they waited for others.
const MOST_SHOWN: usize = 1000;

/// Most bytes that wait after a gap while only one side was heard. The other side's acknowledgments, which tell that
/// the capture has lost what is missing, may not be in the capture.
const MOST_UNHEARD: usize = 1 << 16;

/// What makes messages of the data of a connection.
#[derive(Debug, Default)]
struct MessageReader {
    incoming: [Incoming; 2],
    shared: SharedState,
    /// Packets whose payload is a message of its own, and was shown while it waited for data before it.
    shown: VecDeque<u64>,
}

impl MessageReader {
    /// A reader before the first message of a connection that goes on at `position`.
    fn going_on(position: &StreamPosition) -> Self {
        MessageReader { incoming: Side::BOTH.map(|side| Incoming::going_on(position.of(side))), ..Self::default() }
    }
}

/// The messages of one connection.
#[derive(Debug)]
struct MessageStream {
    /// Ports of the first side and of the second.
    ports: [u16; 2],
    assembler: StreamAssembler,
    /// Which sides sent something.
    heard: [bool; 2],
    reader: MessageReader,
    /// The sequence numbers from which relative numbers count.
    bases: [Option<u32>; 2],
    /// Memory of what waits, in bytes.
    memory: usize,
    /// The last packet.
    packet: u64,
    /// Whether the connection is in the list of those that hold data.
    is_listed: bool,
}

impl MessageStream {
    /// A stream that goes on at `position`.
    fn new(ports: [u16; 2], position: &StreamPosition) -> Self {
        let settings = StreamSettings { waiting: MOST_UNHEARD, policy: Policy::First };
        MessageStream {
            ports,
            assembler: StreamAssembler::going_on(settings, Side::BOTH.map(|side| position.of(side).next)),
            heard: Side::BOTH.map(|side| position.of(side).is_heard),
            reader: MessageReader::going_on(position),
            bases: [None; 2],
            memory: 0,
            packet: 0,
            is_listed: false,
        }
    }
}

/// What is found out about a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct SegmentContents {
    pub(super) payload: SegmentPayload,
    /// The version of TLS of the connection, if it is known.
    pub(super) tls_version: Option<u16>,
    /// Whether it overlaps bytes that are still kept, and has others.
    pub(super) overlaps_other_bytes: bool,
}

/// What the payload of a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SegmentPayload {
    /// It is dissected by itself.
    Own,
    /// It belongs to messages, which are dissected instead.
    Part,
    /// It looks like HTTP, and the connection has left HTTP before.
    NotHttp,
}

/// Puts messages together.
#[derive(Debug)]
pub(super) struct MessageReassembler {
    settings: MessageSettings,
    known: Arc<Protocols>,
    streams: BoundedTable<u64, MessageStream>,
    /// Memory of what waits in all connections, in bytes.
    memory: usize,
    /// Connections that hold data, with their packet at the time, in the order in which they are given up.
    holders: VecDeque<(u64, u64)>,
    given_up: u64,
    finished: Vec<(Side, Finished)>,
    found: Vec<StreamMessage>,
    /// How many of them were taken.
    taken: usize,
}

impl MessageReassembler {
    pub(super) fn new(settings: MessageSettings, known: Protocols) -> Self {
        MessageReassembler {
            settings,
            known: Arc::new(known),
            streams: BoundedTable::new(settings.connections),
            memory: 0,
            holders: VecDeque::new(),
            given_up: 0,
            finished: Vec::new(),
            found: Vec::new(),
            taken: 0,
        }
    }

    pub(super) fn begin(&mut self) {
        self.found.clear();
        self.taken = 0;
    }

    /// The messages of the packet and how many of them were taken before, if there are new ones.
    #[inline]
    pub(super) fn take_new(&mut self) -> Option<(Arc<Protocols>, Vec<StreamMessage>, usize)> {
        if self.taken == self.found.len() {
            return None;
        }
        let from = core::mem::replace(&mut self.taken, self.found.len());
        Some((self.known.clone(), core::mem::take(&mut self.found), from))
    }

    /// Gives back what [`take_new`](Self::take_new) took.
    pub(super) fn put(&mut self, found: Vec<StreamMessage>) {
        self.found = found;
    }

    pub(super) fn found(&self) -> &[StreamMessage] {
        &self.found
    }

    /// The request of HTTP that a side has begun, and not completed.
    pub(super) fn partial_request(&mut self, stream: u64, side: Side) -> Option<PartialRequest<'_>> {
        let place = self.streams.find(&stream)?;
        let stream = self.streams.at(place);
        stream.reader.incoming[side.index()].partial_request(selector_of(stream.ports, side))
    }

    /// How many connections gave up what waited, for want of memory.
    pub(super) fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Ends all connections: appends the messages that wait for data before them, and those that are not complete.
    pub(super) fn finish(&mut self) {
        self.found.clear();
        let Self { settings, known, streams, finished, found, .. } = self;
        for (number, stream) in streams.entries_mut() {
            let ports = stream.ports;
            let selector = |from: Side| selector_of(ports, from);
            let moment = TransactionMoment { packet: 0, now: CaptureTime::NONE };
            let limit = settings.message_bytes;
            let bases = stream.bases;
            let rules = |from: Side| {
                let base = bases[from.index()];
                ReadingRules { known, selector: selector(from), limit, moment, ack: None, base }
            };
            stream.finish(&rules, finished);
            for (side, message) in finished.drain(..) {
                found.push(message.into_message(number, side, (0, 0), selector(side)));
            }
        }
        *self = Self {
            found: core::mem::take(&mut self.found),
            given_up: self.given_up,
            ..Self::new(self.settings, *self.known)
        };
    }

    /// Takes a segment, and appends the messages that it completes. `position` is where the streams went on before it.
    /// Tells what its payload is.
    ///
    /// A stream has no entry before a message begins in it, or a segment is missing: most streams have no messages.
    pub(super) fn segment(
        &mut self,
        analysis: &TcpAnalysis,
        segment: &TcpSegment<'_>,
        position: &StreamPosition,
        header: (usize, usize),
        moment: TransactionMoment,
    ) -> SegmentContents {
        let own = SegmentContents { payload: SegmentPayload::Own, tls_version: None, overlaps_other_bytes: false };
        let packet = moment.packet;
        let control = TcpFlags(TcpFlags::SYN.0 | TcpFlags::FIN.0 | TcpFlags::RST.0);
        let is_empty = segment.length() == 0 && segment.flags.0 & control.0 == 0;
        if segment.is_quoted || is_empty && self.memory == 0 {
            return own;
        }
        let place = match self.streams.find(&analysis.stream) {
            Some(place) => place,
            None if !self.matters(segment, position.of(analysis.side)) => return own,
            None => {
                let ports = match analysis.side {
                    Side::First => [segment.source.port, segment.destination.port],
                    Side::Second => [segment.destination.port, segment.source.port],
                };
                let stream = MessageStream::new(ports, position);
                let (place, before) = self.streams.insert(analysis.stream, stream);
                if let Some((_, before)) = before {
                    self.memory -= before.memory;
                    self.given_up += u64::from(before.memory > 0);
                }
                place
            }
        };
        if analysis.side == Side::Second {
            self.streams.answered(place);
        }
        let most_waiting = (self.settings.total_bytes / 16).min(StreamSettings::default().waiting);
        let Self { settings, known, streams, memory, holders, finished, found, .. } = self;
        let stream = streams.at(place);
        stream.packet = packet;
        stream.heard[analysis.side.index()] = true;
        if stream.heard == [true; 2] {
            stream.assembler.set_waiting(most_waiting);
        }
        let ports = stream.ports;
        let selector = |from: Side| selector_of(ports, from);
        let limit = settings.message_bytes;
        let ack = analysis.ack.filter(|_| analysis.is_relative);
        if analysis.is_relative {
            stream.bases[analysis.side.index()] = Some(segment.seq.wrapping_sub(analysis.seq));
        }
        let bases = stream.bases;
        let rules = |from: Side| {
            let base = bases[from.index()];
            ReadingRules { known, selector: selector(from), limit, moment, ack, base }
        };
        let has_switched = stream.reader.shared.requests.has_switched();
        // A keep-alive repeats a byte without meaning (RFC 9293 §3.8.4).
        let is_kept = analysis.is_relative && !analysis.findings.contains(TcpFindings::KEEP_ALIVE);
        let differs = is_kept && stream.reader.incoming[analysis.side.index()].differs(segment.payload, analysis.seq);
        let conflicts = stream.assembler.conflicts(analysis.side);
        let is_part = stream.take(analysis.side, segment, packet, &rules, finished);
        for (side, mut message) in finished.drain(..) {
            if let Some(range) = message.within.take() {
                message.bytes = segment.payload[range].to_vec();
            }
            found.push(message.into_message(analysis.stream, side, header, selector(side)));
        }
        let now = stream.assembler.memory() + stream.reader.incoming.iter().map(Incoming::memory).sum::<usize>();
        *memory = *memory - stream.memory + now;
        stream.memory = now;
        let tls_version = stream.reader.shared.tls_version;
        let overlaps_other_bytes = differs || stream.assembler.conflicts(analysis.side) > conflicts;
        if now > 0 && !stream.is_listed {
            stream.is_listed = true;
            holders.push_back((analysis.stream, packet));
        }
        if *memory > settings.total_bytes {
            self.give_up();
        }
        let payload = match is_part {
            true => SegmentPayload::Part,
            false if has_switched && looks_like_http(segment.payload) => SegmentPayload::NotHttp,
            false => SegmentPayload::Own,
        };
        SegmentContents { payload, tls_version, overlaps_other_bytes }
    }

    /// Whether a segment of a stream without messages so far begins one, or does not go on where its side stopped.
    fn matters(&self, segment: &TcpSegment<'_>, position: &SidePosition) -> bool {
        if segment.payload.is_empty() {
            return false;
        }
        let is_syn = segment.has(TcpFlags::SYN);
        let seq = segment.seq.wrapping_add(is_syn.into());
        match position.next {
            Some(next) if !is_before(next, seq.wrapping_add(segment.length())) => return false,
            Some(next) if next != seq => return true,
            _ => {}
        }
        let (source, destination) = (segment.source.port, segment.destination.port);
        let (known, selector) = (&self.known, NextProtocol::TcpPorts(source, destination));
        match position.is_at_start || is_syn {
            true => Framing::of_start(known, selector, segment.payload).is_some(),
            false => !segment.is_plain_data && Framing::of(known, selector, segment.payload).is_some(),
        }
    }

    /// Lets the connections that were idle longest give up what waits.
    #[cold]
    fn give_up(&mut self) {
        while self.memory > self.settings.total_bytes
            && let Some((number, listed)) = self.holders.pop_front()
        {
            let Some(place) = self.streams.find(&number) else { continue };
            let stream = self.streams.at(place);
            if stream.memory == 0 {
                stream.is_listed = false;
            } else if stream.packet > listed && self.holders.len() > 1 {
                self.holders.push_back((number, stream.packet));
            } else {
                self.memory -= stream.memory;
                self.given_up += 1;
                *stream = MessageStream::new(stream.ports, &StreamPosition::default());
            }
        }
    }
}

/// Whether bytes by themselves are taken for a message of HTTP.
#[cfg(feature = "applications")]
fn looks_like_http(bytes: &[u8]) -> bool {
    crate::proto::app::http::begins(bytes)
}

#[cfg(not(feature = "applications"))]
fn looks_like_http(_: &[u8]) -> bool {
    false
}

/// What data of a side begins with: the ports of its sender and of the receiver. `ports` are those of both sides.
fn selector_of(ports: [u16; 2], from: Side) -> NextProtocol {
    match from {
        Side::First => NextProtocol::TcpPorts(ports[0], ports[1]),
        Side::Second => NextProtocol::TcpPorts(ports[1], ports[0]),
    }
}

impl MessageReader {
    /// Takes what the assembler delivers, and appends the messages that end. Those that lie whole in the payload at hand
    /// (`is_at_hand`) have its ranges. Returns how many bytes belong to messages.
    fn event<'k>(
        &mut self,
        event: StreamEvent<'_>,
        rules: &dyn Fn(Side) -> ReadingRules<'k>,
        is_at_hand: bool,
        finished: &mut Vec<(Side, Finished)>,
    ) -> usize {
        let MessageReader { incoming, shared, shown } = self;
        let (mut new, mut taken) = (Vec::new(), 0);
        let from = match event {
            StreamEvent::Data { side, bytes, packet, seq } => {
                taken = incoming[side.index()].take(bytes, (packet, seq), rules(side), shared, &mut new);
                if !is_at_hand && taken == bytes.len() && shown.contains(&packet) {
                    new.retain(|message| message.within.is_none());
                }
                shown.retain(|&shown| shown != packet);
                for message in &mut new {
                    if let Some(range) = message.within.take_if(|_| !is_at_hand) {
                        message.bytes = bytes[range].to_vec();
                    }
                }
                side
            }
            StreamEvent::Missing { side, bytes } => {
                incoming[side.index()].gap(bytes, &mut new);
                side
            }
            StreamEvent::End { side } => {
                incoming[side.index()].close(true, &mut new);
                side
            }
        };
        finished.extend(new.drain(..).map(|message| (from, message)));
        taken
    }
}

impl MessageStream {
    /// Ends the stream: gives up its gaps, and appends the messages that end with it.
    fn finish<'k>(&mut self, rules: &dyn Fn(Side) -> ReadingRules<'k>, finished: &mut Vec<(Side, Finished)>) {
        let MessageStream { assembler, reader, .. } = self;
        assembler.finish(&mut |event| {
            reader.event(event, rules, false, finished);
        });
        let mut new = Vec::new();
        for side in Side::BOTH {
            reader.incoming[side.index()].abandon(&mut new);
            finished.extend(new.drain(..).map(|message| (side, message)));
        }
    }

    /// Takes a segment, and appends the messages that end. Those that lie whole in the payload have its ranges. Tells
    /// whether the payload belongs to messages.
    fn take<'k>(
        &mut self,
        side: Side,
        segment: &TcpSegment<'_>,
        packet: u64,
        rules: &dyn Fn(Side) -> ReadingRules<'k>,
        finished: &mut Vec<(Side, Finished)>,
    ) -> bool {
        let MessageStream { assembler, reader, .. } = self;
        let payload = segment.payload;
        if segment.flags.contains(TcpFlags::SYN) {
            reader.incoming[side.index()].open();
        }
        let was_between = reader.incoming[side.index()].is_between();
        let mut delivered = None;
        assembler.push(side, segment, packet, &mut |event| {
            let is_at_hand = matches!(event, StreamEvent::Data { side: from, bytes, packet: of, .. }
                if of == packet && from == side && bytes.len() == payload.len());
            let taken = reader.event(event, rules, is_at_hand, finished);
            delivered = Some(taken).filter(|_| is_at_hand).or(delivered);
        });
        let mut new = Vec::new();
        let MessageReader { incoming, shared, shown } = reader;
        if segment.flags.contains(TcpFlags::RST) {
            for from in Side::BOTH {
                incoming[from.index()].close(false, &mut new);
                finished.extend(new.drain(..).map(|message| (from, message)));
            }
        }
        if payload.is_empty() {
            return false;
        }
        if let Some(taken) = delivered {
            if taken == 0 {
                return false;
            }
            let whole = |message: &Finished| message.segments.iter().all(|segment| segment.packet == packet);
            let mine = || finished.iter().filter(|(from, _)| *from == side).map(|(_, message)| message);
            let length: u64 = mine().map(|message| message.length).sum();
            let fits = was_between && mine().all(whole) && length == payload.len() as u64;
            let is_alone = fits
                && mine().all(|message| message.joined.is_none())
                && mine().next().is_some_and(|message| message.told_by_stream.is_none())
                && (mine().count() == 1 || mine().all(|message| message.is_chained));
            if is_alone {
                finished.retain(|(from, _)| *from != side);
            }
            return !is_alone;
        }
        if !assembler.waits(side, packet) {
            // Bytes that came before. They are not shown again if they were messages, unless the capture cut them: a message
            // is not put together of such a segment, so it is dissected by itself each time.
            return incoming[side.index()].has_messages() && !segment.is_cut();
        }
        // The payload waits for data before it. It is shown if it is a message by itself.
        let taken =
            Incoming::default().take(payload, (packet, segment.seq), rules(side), &mut shared.clone(), &mut new);
        let ended = new.last().and_then(|message| message.within.as_ref()).is_some_and(|at| at.end == payload.len());
        let ended = ended && new.iter().all(|message| message.joined.is_none());
        let ended = ended && new.first().is_some_and(|message| message.told_by_stream.is_none());
        let is_alone = ended && (new.len() == 1 || new.iter().all(|message| message.is_chained));
        if is_alone {
            shown.truncate(MOST_SHOWN - 1);
            shown.push_front(packet);
        }
        !is_alone && (taken > 0 || !was_between)
    }
}
