//! The messages of one side of a connection.

use super::framing::{Beginning, DNS_HEADER, Framing};
use super::message_rest::Rest;
use super::shared_state::SharedState;
use super::stream_message::{MessageBeginning, MessageEnd, MessageSegment, StreamMessage};
#[cfg(feature = "applications")]
use super::tls_records::TlsSide;
use crate::flow::Side;
use crate::flow::stream_position::SidePosition;
use crate::flow::transaction_message::TransactionMoment;
use crate::layer::NextProtocol;
use crate::proto::Protocols;
use core::ops::Range;

/// What does not change while a segment is read.
#[derive(Clone, Copy)]
pub(super) struct ReadingRules<'k> {
    pub(super) known: &'k Protocols,
    /// Ports from the sender's point of view.
    pub(super) selector: NextProtocol,
    /// Most bytes of a message that are kept.
    pub(super) limit: usize,
    /// The packet at hand.
    pub(super) moment: TransactionMoment,
    /// What it acknowledges, as a relative number.
    pub(super) ack: Option<u32>,
    /// The sequence number from which relative numbers of the sender count.
    pub(super) base: Option<u32>,
}

impl ReadingRules<'_> {
    /// Where a message begins: with a sequence number in a packet.
    fn beginning(&self, packet: u64, seq: u32) -> MessageBeginning {
        let seq = self.base.map(|base| seq.wrapping_sub(base));
        match packet == self.moment.packet {
            true => MessageBeginning { packet, time: self.moment.now, seq, ack: self.ack },
            false => MessageBeginning { packet, seq, ..MessageBeginning::default() },
        }
    }
}

/// A request of HTTP of which more is to come.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "applications"), allow(dead_code))]
pub(in crate::flow) struct PartialRequest<'a> {
    /// What there is of it.
    pub(in crate::flow) bytes: &'a [u8],
    pub(in crate::flow) selector: NextProtocol,
    pub(in crate::flow) beginning: MessageBeginning,
}

/// A message whose end is known.
#[derive(Debug)]
pub(super) struct Finished {
    /// The range in the data that was taken last, if the message lies in it whole. Its bytes are not copied then.
    pub(super) within: Option<Range<usize>>,
    pub(super) bytes: Vec<u8>,
    pub(super) length: u64,
    pub(super) missing: u64,
    pub(super) segments: Vec<MessageSegment>,
    pub(super) segment_count: u64,
    pub(super) end: MessageEnd,
    pub(super) is_chained: bool,
    pub(super) beginning: MessageBeginning,
    pub(super) joined: Option<Vec<u8>>,
    /// What it is examined as, if its bytes and the ports do not say it.
    pub(super) told_by_stream: Option<NextProtocol>,
}

impl Finished {
    /// The message with what is known of its connection. `header` is the walk and the layer of the header that ends it,
    /// `selector` has the ports from its sender's point of view.
    pub(super) fn into_message(
        self,
        stream: u64,
        side: Side,
        header: (usize, usize),
        selector: NextProtocol,
    ) -> StreamMessage {
        let Finished { bytes, length, missing, segments, segment_count, end, beginning, joined, .. } = self;
        let selector = self.told_by_stream.unwrap_or(selector);
        let (walk, layer) = header;
        StreamMessage {
            stream,
            side,
            walk,
            layer,
            selector,
            bytes,
            length,
            missing,
            segments,
            segment_count,
            end,
            beginning,
            joined,
        }
    }
}

/// What is known of the message that begins with these bytes. `scanned` of them were not enough before; the flags tell whether
/// a message must begin here, and whether its framing is a guess.
fn beginning(
    framing: Framing,
    bytes: &[u8],
    (scanned, is_in_step, is_guess): (usize, bool, bool),
    rules: ReadingRules<'_>,
    shared: &mut SharedState,
) -> Beginning {
    if is_guess {
        let found = Framing::of_start(rules.known, rules.selector, bytes);
        if found == Some((framing, true)) {
            return Beginning::NeedsMore;
        }
        if found != Some((framing, false)) {
            return Beginning::NoMessage;
        }
    }
    framing.begin((rules.known, rules.selector), bytes, (scanned, is_in_step), &mut shared.requests)
}

/// Data of one side in order, of which messages are made.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    state: IncomingState,
    /// The first bytes of the message at hand.
    bytes: Vec<u8>,
    /// Bytes of the message at hand so far.
    length: u64,
    /// How many of them the capture does not have. After the first of them no more bytes are kept.
    missing: u64,
    segments: Vec<MessageSegment>,
    segment_count: u64,
    /// Where the message at hand began.
    beginning: MessageBeginning,
    /// How the messages before were told apart.
    last: Option<Framing>,
    /// Whether the stream was seen from its first byte.
    is_from_start: bool,
    /// Whether there was no data before.
    is_at_start: bool,
    /// Whether the message at hand is a guess from few bytes.
    is_guess: bool,
    /// Whether the message at hand is a record of TLS by what came before in its connection alone.
    is_told_by_stream: bool,
    #[cfg(feature = "applications")]
    tls: TlsSide,
}

#[derive(Debug, Default)]
enum IncomingState {
    /// No message has begun.
    #[default]
    Between,
    /// A message has begun whose head is not complete. So many bytes were searched for its end.
    Head(Framing, usize),
    /// The head is complete.
    Rest(Framing, Rest),
}

impl Incoming {
    pub(super) fn is_between(&self) -> bool {
        matches!(self.state, IncomingState::Between)
    }

    /// Whether a message has begun, or there was one before.
    pub(super) fn has_messages(&self) -> bool {
        self.last.is_some() || !self.is_between()
    }

    /// A side that goes on at `position`, before its first message.
    pub(super) fn going_on(position: &SidePosition) -> Self {
        let SidePosition { is_from_start, is_at_start, .. } = *position;
        Incoming { is_from_start, is_at_start, ..Incoming::default() }
    }

    /// The side has opened the connection: its data is seen from the first byte.
    pub(super) fn open(&mut self) {
        (self.is_from_start, self.is_at_start) = (true, true);
    }

    /// The request of HTTP at hand. `selector` has the ports from its sender's point of view.
    pub(super) fn partial_request(&self, selector: NextProtocol) -> Option<PartialRequest<'_>> {
        let (IncomingState::Head(Framing::Http, _) | IncomingState::Rest(Framing::Http, _)) = self.state else {
            return None;
        };
        let is_response = self.bytes.starts_with(b"HTTP/") || b"HTTP/".starts_with(&self.bytes);
        (!is_response).then_some(PartialRequest { bytes: &self.bytes, selector, beginning: self.beginning })
    }

    /// Whether data that begins with a relative number differs from the bytes of the message at hand.
    pub(super) fn differs(&self, data: &[u8], seq: u32) -> bool {
        let Some(start) = self.beginning.seq.filter(|_| !self.bytes.is_empty()) else { return false };
        let offset = seq.wrapping_sub(start) as i32;
        let (ours, theirs) = match usize::try_from(offset) {
            Ok(offset) => (self.bytes.get(offset..), Some(data)),
            Err(_) => (Some(&self.bytes[..]), data.get(offset.unsigned_abs() as usize..)),
        };
        let mut pairs = ours.into_iter().flatten().zip(theirs.into_iter().flatten());
        pairs.any(|(ours, theirs)| ours != theirs)
    }

    /// Memory of what is kept, in bytes.
    pub(super) fn memory(&self) -> usize {
        let beside = if let IncomingState::Rest(_, rest) = &self.state { rest.memory() } else { 0 };
        self.bytes.len() + self.segments.len() * size_of::<MessageSegment>() + beside
    }

    /// Takes the next data of the side, which a packet has and which begins with a sequence number, and appends the messages that end in it. Returns how many bytes from the start
    /// belong to messages: the others begin none.
    pub(super) fn take(
        &mut self,
        data: &[u8],
        (packet, seq): (u64, u32),
        rules: ReadingRules<'_>,
        shared: &mut SharedState,
        finished: &mut Vec<Finished>,
    ) -> usize {
        // Where the message at hand begins, and up to where its bytes are kept.
        let (mut start, mut kept, mut at) = (0, 0, 0);
        let is_at_start = core::mem::take(&mut self.is_at_start);
        loop {
            match &mut self.state {
                IncomingState::Between => {
                    let rest = &data[at..];
                    let framing = self.framing(rest, rules, shared, is_at_start && at == 0);
                    let framing =
                        framing.filter(|framing| *framing != Framing::Http || !shared.requests.has_switched());
                    let Some(framing) = framing.filter(|_| at < data.len()) else { return at };
                    (start, kept) = (at, at);
                    self.beginning = rules.beginning(packet, seq.wrapping_add(at as u32));
                    self.state = IncomingState::Head(framing, 0);
                }
                &mut IncomingState::Head(framing, scanned) => {
                    let before = self.bytes.len();
                    if before > 0 {
                        self.bytes.extend_from_slice(&data[start..]);
                    }
                    let bytes = if before > 0 { &self.bytes } else { &data[start..] };
                    let is_in_step = self.is_from_start || self.last == Some(framing);
                    let state = (scanned, is_in_step, self.is_guess);
                    let beginning = beginning(framing, bytes, state, rules, shared);
                    match beginning {
                        Beginning::NeedsMore => {
                            self.state = IncomingState::Head(framing, bytes.len());
                            self.bytes.truncate(before);
                            self.keep(&data[start..], packet, ReadingRules { limit: usize::MAX, ..rules });
                            return data.len();
                        }
                        // The guess was wrong. Its bytes were shown as data.
                        Beginning::NoMessage if self.is_guess => {
                            *self = Incoming { is_from_start: self.is_from_start, ..Incoming::default() };
                            (start, kept, at) = (0, 0, 0);
                        }
                        Beginning::NoMessage => {
                            self.bytes.truncate(before);
                            if before > 0 {
                                self.keep(&data[start..], packet, rules);
                                self.finish(None, MessageEnd::Malformed, finished);
                                return data.len();
                            }
                            self.state = IncomingState::Between;
                            return start;
                        }
                        // Records without contents, after which more was kept until it could be told what they are.
                        Beginning::Head(length, rest) if length < before => {
                            self.bytes.truncate(before);
                            self.is_guess = false;
                            self.state = IncomingState::Rest(framing, rest);
                            self.first_of_kept(length, rules, shared, finished);
                        }
                        Beginning::Head(length, rest) => {
                            self.is_guess = false;
                            self.bytes.truncate(before);
                            at = start + length - before;
                            self.state = IncomingState::Rest(framing, rest);
                            if before > 0 {
                                self.keep(&data[start..at], packet, rules);
                                kept = at;
                            }
                        }
                    }
                }
                IncomingState::Rest(framing, rest) => {
                    let framing = *framing;
                    at += rest.take(&data[at..]);
                    let Some(end) = rest.end() else {
                        self.keep(&data[kept..], packet, rules);
                        return data.len();
                    };
                    let is_record = framing == Framing::Tls && matches!(rest, Rest::Counted(_));
                    if self.length > 0 {
                        self.keep(&data[kept..at], packet, rules);
                        kept = at;
                    }
                    if is_record && self.goes_on(&data[start..at], &mut shared.tls_version) {
                        continue;
                    }
                    let least = if framing == Framing::Dns { 2 + usize::from(DNS_HEADER) } else { 6 };
                    let is_chained = framing.is_chained() && at - start >= least;
                    let within = (self.length == 0).then_some((start..at, packet, is_chained));
                    self.finish(within, end, finished);
                    shared.is_tls |= framing == Framing::Tls;
                    shared.learn(finished.last().and_then(|message| message.joined.as_deref()));
                }
            }
        }
    }

    /// Ends the message at hand, which has so many of the bytes that were kept, and takes the others anew.
    fn first_of_kept(
        &mut self,
        length: usize,
        rules: ReadingRules<'_>,
        shared: &mut SharedState,
        finished: &mut Vec<Finished>,
    ) {
        let others = self.bytes.split_off(length);
        let packet = self.segments.last().map_or(0, |segment| segment.packet);
        let seq = self.beginning.seq.zip(rules.base).map_or(0, |(seq, base)| seq.wrapping_add(base));
        let end = length as u64;
        self.length = end;
        self.segments.retain(|segment| segment.range.start < end);
        self.segments.iter_mut().for_each(|segment| segment.range.end = segment.range.end.min(end));
        self.segment_count = self.segments.len() as u64;
        self.finish(None, MessageEnd::Complete, finished);
        let before = finished.len();
        self.take(&others, (packet, seq.wrapping_add(length as u32)), rules, shared, finished);
        for message in finished.iter_mut().skip(before) {
            if let Some(range) = message.within.take() {
                message.bytes = others[range].to_vec();
            }
        }
    }

    /// Whether the message goes on after a record of TLS, which ends within a handshake message. The record is `within` the
    /// data at hand, unless bytes of it were kept.
    #[cfg(feature = "applications")]
    fn goes_on(&mut self, within: &[u8], version: &mut Option<u16>) -> bool {
        let record = if self.length == 0 { within } else { &self.bytes };
        let is_whole = self.length == 0 || self.length == record.len() as u64;
        let Some(records) = self.tls.record(record, version).filter(|_| is_whole) else { return false };
        self.state = IncomingState::Rest(Framing::Tls, Rest::Records(Box::new(records)));
        true
    }

    #[cfg(not(feature = "applications"))]
    fn goes_on(&mut self, _: &[u8], _: &mut Option<u16>) -> bool {
        false
    }

    /// How the message is told apart that begins with these bytes. `is_first`: they are the first of the stream.
    fn framing(
        &mut self,
        bytes: &[u8],
        rules: ReadingRules<'_>,
        shared: &SharedState,
        is_first: bool,
    ) -> Option<Framing> {
        if is_first && self.last.is_none() {
            let (framing, is_guess) = Framing::of_start(rules.known, rules.selector, bytes)?;
            self.is_guess = is_guess;
            return Some(framing);
        }
        let last = self.last.or(shared.is_tls.then_some(Framing::Tls));
        match (Framing::of(rules.known, rules.selector, bytes), last) {
            (None, Some(last)) => {
                let goes_on = last.may_begin(bytes) || last.is_empty_record(bytes);
                self.is_told_by_stream = last.is_record(bytes);
                Some(last).filter(|_| goes_on || self.is_told_by_stream)
            }
            (framing, _) => framing,
        }
    }

    /// What a record of TLS is examined as of which the ports say nothing.
    #[cfg(feature = "applications")]
    fn record_selector(&self) -> NextProtocol {
        match self.tls.is_encrypted() {
            true => NextProtocol::TlsEncrypted,
            false => NextProtocol::TlsRecord(0),
        }
    }

    #[cfg(not(feature = "applications"))]
    fn record_selector(&self) -> NextProtocol {
        NextProtocol::TlsRecord(0)
    }

    /// Keeps bytes of the message at hand, as far as the limit allows.
    fn keep(&mut self, bytes: &[u8], packet: u64, rules: ReadingRules<'_>) {
        if bytes.is_empty() {
            return;
        }
        let start = self.length;
        self.length += bytes.len() as u64;
        self.segment_count += 1;
        let room = rules.limit.saturating_sub(self.bytes.len()).min(bytes.len());
        if room == 0 || self.missing > 0 {
            return;
        }
        self.bytes.extend_from_slice(&bytes[..room]);
        self.segments.push(MessageSegment { packet, range: start..start + room as u64 });
    }

    /// Ends the message at hand. `within`: it lies in the data at hand.
    fn finish(&mut self, within: Option<(Range<usize>, u64, bool)>, end: MessageEnd, finished: &mut Vec<Finished>) {
        let last = match self.state {
            IncomingState::Head(framing, _) | IncomingState::Rest(framing, _) => Some(framing),
            IncomingState::Between => self.last,
        };
        let told_by_stream = self.is_told_by_stream.then_some(self.record_selector());
        let next = Incoming {
            last,
            is_from_start: self.is_from_start,
            #[cfg(feature = "applications")]
            tls: self.tls,
            ..Incoming::default()
        };
        let Incoming { bytes, length, missing, segments, segment_count, beginning, state, .. } =
            core::mem::replace(self, next);
        let joined = match state {
            IncomingState::Rest(_, rest) if end == MessageEnd::Complete => rest.joined(),
            _ => None,
        };
        let whole = Finished {
            within: None,
            bytes,
            length,
            missing,
            segments,
            segment_count,
            end,
            is_chained: false,
            beginning,
            joined,
            told_by_stream,
        };
        finished.push(match within {
            Some((range, packet, is_chained)) => {
                let length = range.len() as u64;
                let segments = std::vec![MessageSegment { packet, range: 0..length }];
                Finished { within: Some(range), length, segments, segment_count: 1, is_chained, ..whole }
            }
            None => whole,
        });
    }

    /// So many bytes are not in the capture.
    pub(super) fn gap(&mut self, missing: u64, finished: &mut Vec<Finished>) {
        let stays = match &mut self.state {
            IncomingState::Between => return,
            IncomingState::Rest(_, Rest::Counted(left)) if *left > missing => {
                *left -= missing;
                true
            }
            IncomingState::Rest(_, Rest::UntilClosed) => true,
            _ => false,
        };
        self.length += missing;
        self.missing += missing;
        if !stays {
            self.finish(None, MessageEnd::Gap, finished);
        }
    }

    /// The capture has ended.
    pub(super) fn abandon(&mut self, finished: &mut Vec<Finished>) {
        if !self.is_between() {
            self.finish(None, MessageEnd::Unfinished, finished);
        }
    }

    /// The side has closed the connection, in order (`is_orderly`) or by a reset.
    pub(super) fn close(&mut self, is_orderly: bool, finished: &mut Vec<Finished>) {
        let end = match self.state {
            IncomingState::Between => return,
            IncomingState::Rest(_, Rest::UntilClosed) if is_orderly => MessageEnd::Complete,
            _ => MessageEnd::Closed,
        };
        self.finish(None, end, finished);
    }
}
