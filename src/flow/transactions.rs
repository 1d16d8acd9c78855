//! The table of requests and their responses.

use super::bounded_table::BoundedTable;
use super::capture_time::CaptureTime;
#[cfg(feature = "applications")]
use super::endpoint::Side;
#[cfg(feature = "applications")]
use super::http_message::HttpMessage;
#[cfg(feature = "applications")]
use super::messages::PartialRequest;
use super::transaction::{TransactionAnalysis, TransactionProtocol, TransactionRole};
use super::transaction_message::{Carrier, TcpCarrier, TransactionKey, TransactionMessage, TransactionMoment};
use crate::dissect::ExaminedLayer;
#[cfg(feature = "applications")]
use crate::layer::NextProtocol;
#[cfg(feature = "applications")]
use crate::proto::View;

/// A request that was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnansweredRequest {
    /// The protocol.
    pub protocol: TransactionProtocol,
    /// Number of the transaction, from 0.
    pub transaction: u64,
    /// The packet that was the first with the request.
    pub packet: u64,
    /// Time of that packet in nanoseconds since 1970, if it is known.
    pub time: Option<i128>,
    /// How often the request was sent.
    pub sent: u32,
    /// Whether a new request made it leave the table, because that was full.
    pub made_room: bool,
}

/// A request, and its response if it came.
#[derive(Clone, Copy, Debug)]
struct Transaction {
    protocol: TransactionProtocol,
    number: u64,
    /// Packets and times of the request as it was first sent, and as it was last sent.
    first: (u64, CaptureTime),
    last: (u64, CaptureTime),
    sent: u32,
    variant: u64,
    /// Packet and variant of the response.
    response: Option<(u64, u64)>,
    /// Relative numbers of the segments with request and response, and what the request acknowledges.
    request_seq: Option<u32>,
    response_seq: Option<u32>,
    ack: Option<u32>,
}

impl Transaction {
    fn unanswered(&self, made_room: bool) -> Option<UnansweredRequest> {
        let Transaction { protocol, number: transaction, first: (packet, time), sent, .. } = *self;
        let unanswered = UnansweredRequest { protocol, transaction, packet, time: time.nanos(), sent, made_room };
        self.response.is_none().then_some(unanswered)
    }

    /// The packet with the request that a response answers, and its time. Wireshark takes the last of several echo
    /// requests, and the first of several DNS queries.
    fn request(&self) -> (u64, CaptureTime) {
        match self.protocol {
            TransactionProtocol::Icmp | TransactionProtocol::Icmpv6 => self.last,
            _ => self.first,
        }
    }

    /// Whether the same request at this time is a retransmission. Later it is a new one with numbers that come again.
    fn can_repeat(&self, now: CaptureTime) -> bool {
        const SECOND: i64 = 1_000_000_000;
        let (since, most) = match self.protocol {
            // As in Wireshark.
            TransactionProtocol::Dns => (self.first.1, 5 * SECOND),
            TransactionProtocol::Arp | TransactionProtocol::Icmp | TransactionProtocol::Icmpv6 => {
                (self.last.1, 60 * SECOND)
            }
            _ => return self.response.is_none(),
        };
        self.response.is_none() && now.since(since).is_none_or(|nanos| nanos <= most)
    }
}

/// The requests and responses of an HTTP connection that were counted.
#[cfg(feature = "applications")]
#[derive(Clone, Copy, Debug)]
struct HttpConnection {
    /// Number of the next request.
    requests: u64,
    /// Number of the request that the next response belongs to.
    responses: u64,
    /// Pairs of a request and a response, as Wireshark counts them, and whether the last one has its response.
    pairs: u32,
    is_answered: bool,
    /// Whether the last message is looked at once more.
    is_again: bool,
    /// Packets with the request and the response of the last pair, and of the one before.
    pair: [Option<u64>; 2],
    previous: [Option<u64>; 2],
}

#[cfg(feature = "applications")]
impl HttpConnection {
    const NEW: Self = HttpConnection {
        requests: 0,
        responses: 0,
        pairs: 0,
        is_answered: true,
        is_again: false,
        pair: [None; 2],
        previous: [None; 2],
    };

    /// Counts a message in a packet, and notes its number and the messages before it.
    fn count(&mut self, packet: u64, analysis: &mut TransactionAnalysis) {
        let role = analysis.role;
        let is_response = role == TransactionRole::Response;
        if !core::mem::take(&mut self.is_again) && (!is_response || self.is_answered) {
            self.pairs = self.pairs.saturating_add(1);
            self.previous = core::mem::take(&mut self.pair);
        }
        self.is_answered = is_response;
        self.pair[usize::from(is_response)] = Some(packet);
        let [request, response] = self.previous;
        analysis.number_in_connection = Some(self.pairs);
        analysis.previous_request = request;
        analysis.previous_response = response.filter(|_| is_response);
    }
}

/// A message that goes on in later segments, by its first bytes.
#[derive(Clone, Copy, Debug)]
#[cfg(feature = "applications")]
struct BegunMessage {
    first: [u8; 32],
    length: usize,
    analysis: TransactionAnalysis,
    packet: u64,
    /// Of a request that counts since it has a response: its number in the connection.
    request: Option<u64>,
}

/// How many requests of a connection are searched for the one that a response or a retransmission belongs to.
#[cfg(feature = "applications")]
const SEARCHED: u64 = 64;

/// Requests and their responses, in a table of bounded size.
#[derive(Debug)]
pub(super) struct Transactions {
    table: BoundedTable<TransactionKey, Transaction>,
    #[cfg(feature = "applications")]
    connections: BoundedTable<u64, HttpConnection>,
    #[cfg(feature = "applications")]
    begun: BoundedTable<(u64, Side), Option<BegunMessage>>,
    next: u64,
    /// Requests that the packet at hand made leave the table.
    pub(super) given_up: Vec<UnansweredRequest>,
    /// Requests that made room for others.
    pub(super) made_room: u64,
}

impl Transactions {
    pub(super) fn new(limit: usize) -> Self {
        Transactions {
            table: BoundedTable::keeping_unanswered(limit),
            #[cfg(feature = "applications")]
            connections: BoundedTable::new(limit / 4),
            #[cfg(feature = "applications")]
            begun: BoundedTable::new(limit / 4),
            next: 0,
            given_up: Vec::new(),
            made_room: 0,
        }
    }

    /// Requests that wait for their response.
    pub(super) fn waiting(&self) -> impl Iterator<Item = UnansweredRequest> {
        self.table.entries().filter_map(|(_, transaction)| transaction.unanswered(false))
    }

    /// What a layer is in its transaction. `None` if it takes part in none.
    #[inline(never)]
    pub(super) fn layer(
        &mut self,
        layer: &ExaminedLayer<'_>,
        network: u64,
        carrier: &Carrier,
        moment: TransactionMoment,
    ) -> Option<TransactionAnalysis> {
        #[cfg(feature = "applications")]
        if let Carrier::Tcp(tcp) = carrier {
            if let Some(again) = self.begun_before(layer, tcp, moment) {
                return Some(again);
            }
            let (analysis, goes_on) = match layer.view {
                View::Http(http) => {
                    let message = HttpMessage::new(http, layer)?;
                    (self.http(&message, tcp, moment)?, message.goes_on)
                }
                _ => {
                    // The length before a DNS message can say more than the segment has.
                    let (context, bounds) = (&layer.context, layer.bounds());
                    let have = bounds.trailer_end - bounds.start;
                    let goes_on =
                        matches!(context.selector, NextProtocol::DnsMessage(length) if u32::from(length) > have);
                    (self.message(&TransactionMessage::of(layer, network, carrier)?, moment)?, goes_on)
                }
            };
            if goes_on && !tcp.is_put_together && analysis.retransmission_of.is_none() {
                self.begins(layer.header(), analysis, tcp, (moment.packet, None));
            }
            return Some(analysis);
        }
        #[cfg(feature = "applications")]
        if let (Carrier::Udp { stream, .. }, View::Http(http)) = (carrier, layer.view) {
            return self.http_datagram(*stream, HttpMessage::new(http, layer)?.role, moment);
        }
        self.message(&TransactionMessage::of(layer, network, carrier)?, moment)
    }

    /// A message of SSDP, which is counted and belongs to no transaction: any host may answer, from another port.
    #[cfg(feature = "applications")]
    fn http_datagram(
        &mut self,
        stream: u64,
        role: TransactionRole,
        moment: TransactionMoment,
    ) -> Option<TransactionAnalysis> {
        // No capture has so many connections.
        const OF_UDP: u64 = 1 << 63;
        let place = self.http_connection(stream | OF_UDP);
        let mut analysis = TransactionAnalysis::new(TransactionProtocol::Http, role);
        self.connections.at(place).count(moment.packet, &mut analysis);
        Some(analysis)
    }

    #[cfg(feature = "applications")]
    fn http_connection(&mut self, stream: u64) -> usize {
        match self.connections.find(&stream) {
            Some(place) => place,
            None => self.connections.insert(stream, HttpConnection::NEW).0,
        }
    }

    /// Notes a message that later segments go on with.
    #[cfg(feature = "applications")]
    fn begins(
        &mut self,
        header: &[u8],
        analysis: TransactionAnalysis,
        tcp: &TcpCarrier,
        (packet, request): (u64, Option<u64>),
    ) {
        let mut first = [0; 32];
        let length = header.len().min(first.len());
        first[..length].copy_from_slice(&header[..length]);
        let message = Some(BegunMessage { first, length, analysis, packet, request });
        let key = (tcp.stream, tcp.side);
        match self.begun.find(&key) {
            Some(place) => *self.begun.at(place) = message,
            None => {
                self.begun.insert(key, message);
            }
        }
    }

    /// What was said of a message put together of segments when the first of them came.
    #[cfg(feature = "applications")]
    fn begun_before(
        &mut self,
        layer: &ExaminedLayer<'_>,
        tcp: &TcpCarrier,
        moment: TransactionMoment,
    ) -> Option<TransactionAnalysis> {
        if !tcp.is_put_together {
            return None;
        }
        let place = self.begun.find(&(tcp.stream, tcp.side))?;
        let begun = self.begun.at(place);
        let BegunMessage { first, length, analysis, packet, request } = (*begun)?;
        let is_same = layer.header().starts_with(first.get(..length)?);
        if !is_same {
            return None;
        }
        *begun = None;
        // The final response is still to come: the time runs from here, as without an interim response.
        if let Some(place) = request.and_then(|number| self.table.find(&http_key(tcp.stream, number))) {
            let known = self.table.at(place);
            if known.response.is_none() {
                (known.first, known.last) = ((moment.packet, moment.now), (moment.packet, moment.now));
            }
        }
        let mut analysis = TransactionAnalysis { begun_in: Some(packet), ..analysis };
        // Wireshark counts it when it is complete, after its response.
        if request.is_some()
            && let Some(place) = self.connections.find(&tcp.stream)
        {
            self.connections.at(place).count(moment.packet, &mut analysis);
        }
        Some(analysis)
    }

    /// A message whose counterpart has the same key.
    fn message(&mut self, message: &TransactionMessage, moment: TransactionMoment) -> Option<TransactionAnalysis> {
        match message.role {
            TransactionRole::Request => Some(self.request(message, moment)),
            TransactionRole::Response => Some(self.response(message, moment)),
        }
    }

    fn request(&mut self, message: &TransactionMessage, moment: TransactionMoment) -> TransactionAnalysis {
        let TransactionMoment { packet, now } = moment;
        let protocol = message.key.protocol;
        let mut analysis = TransactionAnalysis::new(protocol, TransactionRole::Request);
        if let Some(place) = self.table.find(&message.key) {
            let known = self.table.at(place);
            if known.can_repeat(now) {
                analysis.transaction = Some(known.number);
                if known.variant == message.variant {
                    analysis.retransmission_of = Some(known.first.0);
                    known.last = (packet, now);
                    known.sent = known.sent.saturating_add(1);
                }
                return analysis;
            }
        }
        let transaction = Transaction {
            protocol,
            number: self.next,
            first: (packet, now),
            last: (packet, now),
            sent: 1,
            variant: message.variant,
            response: None,
            request_seq: None,
            response_seq: None,
            ack: None,
        };
        self.add(message.key, transaction);
        analysis.transaction = Some(transaction.number);
        analysis
    }

    /// Adds a request, in place of an earlier one with the same key.
    fn add(&mut self, key: TransactionKey, transaction: Transaction) {
        self.next += 1;
        let before = match self.table.find(&key) {
            Some(place) => {
                let before = core::mem::replace(self.table.at(place), transaction);
                self.table.unanswered(place);
                before.unanswered(false)
            }
            None => self.table.insert(key, transaction).1.and_then(|(_, before)| before.unanswered(true)),
        };
        self.made_room += u64::from(before.is_some_and(|before| before.made_room));
        self.given_up.extend(before);
    }

    fn response(&mut self, message: &TransactionMessage, moment: TransactionMoment) -> TransactionAnalysis {
        let mut analysis = TransactionAnalysis::new(message.key.protocol, TransactionRole::Response);
        let mut place = self.table.find(&message.key);
        if let Some(other) = &message.other_key
            && place.is_none_or(|place| self.table.at(place).response.is_some())
            && let Some(waiting) = self.table.find(other)
            && (place.is_none() || self.table.at(waiting).response.is_none())
        {
            place = Some(waiting);
        }
        let Some(place) = place else {
            analysis.is_unsolicited = true;
            return analysis;
        };
        let known = self.table.at(place);
        analysis.transaction = Some(known.number);
        analysis.is_asked_by_multicast = message.asks_any_host && known.variant != message.variant;
        match known.response {
            Some((first, variant)) => analysis.retransmission_of = Some(first).filter(|_| variant == message.variant),
            None => known.response = Some((moment.packet, message.variant)),
        }
        // As in Wireshark, a response that is sent again has no time. Another server's has.
        if analysis.retransmission_of.is_none() {
            let (request, time) = known.request();
            analysis.response_to = Some(request);
            analysis.time = moment.now.since(time);
        }
        self.table.answered(place);
        analysis
    }
}

#[cfg(feature = "applications")]
impl Transactions {
    /// A message of HTTP. Responses come in the order of the requests (RFC 9112 §9.3.2).
    fn http(
        &mut self,
        message: &HttpMessage,
        tcp: &TcpCarrier,
        moment: TransactionMoment,
    ) -> Option<TransactionAnalysis> {
        let place = self.http_connection(tcp.stream);
        let connection = *self.connections.at(place);
        if tcp.is_retransmission
            && let Some(again) = self.http_again(message.role, tcp, connection.requests, moment)
        {
            return Some(again);
        }
        let mut analysis = match message.role {
            TransactionRole::Request => self.http_request(place, tcp, moment),
            TransactionRole::Response => self.http_response(place, message, tcp, moment),
        };
        self.connections.at(place).count(moment.packet, &mut analysis);
        Some(analysis)
    }

    /// Counts a request of which more is to come, since its response has come. Returns the number of its transaction, or
    /// `None` if it was counted before.
    pub(super) fn http_begun(&mut self, request: &PartialRequest<'_>, (stream, side): (u64, Side)) -> Option<u64> {
        let PartialRequest { bytes, beginning, .. } = *request;
        let begun = self.begun.find(&(stream, side)).and_then(|place| *self.begun.at(place));
        let was_counted = begun.is_some_and(|begun| {
            begun.packet == beginning.packet && bytes.starts_with(begun.first.get(..begun.length).unwrap_or_default())
        });
        let place = self.connections.find(&stream).filter(|_| !was_counted)?;
        let tcp = TcpCarrier::put_together(stream, side, beginning.seq, beginning.ack);
        let moment = TransactionMoment { packet: beginning.packet, now: beginning.time };
        let connection = self.connections.at(place);
        connection.is_again = true;
        let number = connection.requests;
        let analysis = self.http_request(place, &tcp, moment);
        self.begins(bytes, analysis, &tcp, (beginning.packet, Some(number)));
        analysis.transaction
    }

    fn http_request(&mut self, place: usize, tcp: &TcpCarrier, moment: TransactionMoment) -> TransactionAnalysis {
        let connection = self.connections.at(place);
        let key = http_key(tcp.stream, connection.requests);
        connection.requests += 1;
        let transaction = Transaction {
            protocol: TransactionProtocol::Http,
            number: self.next,
            first: (moment.packet, moment.now),
            last: (moment.packet, moment.now),
            sent: 1,
            variant: 0,
            response: None,
            request_seq: tcp.seq,
            response_seq: None,
            ack: tcp.ack,
        };
        self.add(key, transaction);
        let analysis = TransactionAnalysis::new(TransactionProtocol::Http, TransactionRole::Request);
        TransactionAnalysis { transaction: Some(transaction.number), ..analysis }
    }

    fn http_response(
        &mut self,
        place: usize,
        message: &HttpMessage,
        tcp: &TcpCarrier,
        moment: TransactionMoment,
    ) -> TransactionAnalysis {
        let mut analysis = TransactionAnalysis::new(TransactionProtocol::Http, TransactionRole::Response);
        analysis.is_interim = message.is_interim;
        let HttpConnection { requests, mut responses, .. } = *self.connections.at(place);
        let seq = tcp.seq;
        // A client that waits for each response acknowledges all bytes before the next one with its next request. Such a
        // request is the right one even if a response before was not captured.
        if let Some(seq) = seq {
            let after = responses.saturating_add(1)..requests.min(responses.saturating_add(SEARCHED));
            let acknowledges = |transactions: &mut Self, number| {
                let found = transactions.table.find(&http_key(tcp.stream, number));
                found.is_some_and(|found| transactions.table.at(found).ack == Some(seq))
            };
            if responses < requests
                && !acknowledges(self, responses)
                && let Some(number) = after.clone().find(|number| acknowledges(self, *number))
            {
                responses = number;
            }
        }
        if responses >= requests {
            analysis.is_unsolicited = true;
            return analysis;
        }
        self.connections.at(place).responses = responses + u64::from(!message.is_interim);
        // A request that had to make room is not known any more.
        let Some(found) = self.table.find(&http_key(tcp.stream, responses)) else { return analysis };
        let known = self.table.at(found);
        let (request, time) = known.request();
        analysis.transaction = Some(known.number);
        analysis.response_to = Some(request);
        analysis.time = moment.now.since(time);
        if !message.is_interim {
            known.response = Some((moment.packet, 0));
            known.response_seq = seq;
            self.table.answered(found);
        }
        analysis
    }

    /// A message in a segment that TCP sends again: the one that was in the first such segment, if that was seen.
    fn http_again(
        &mut self,
        role: TransactionRole,
        tcp: &TcpCarrier,
        requests: u64,
        moment: TransactionMoment,
    ) -> Option<TransactionAnalysis> {
        let seq = tcp.seq?;
        for number in (requests.saturating_sub(SEARCHED)..requests).rev() {
            let Some(found) = self.table.find(&http_key(tcp.stream, number)) else { continue };
            let known = self.table.at(found);
            let mut analysis = TransactionAnalysis::new(TransactionProtocol::Http, role);
            analysis.transaction = Some(known.number);
            match role {
                TransactionRole::Request if known.request_seq == Some(seq) => {
                    analysis.retransmission_of = Some(known.first.0);
                    known.last = (moment.packet, moment.now);
                    known.sent = known.sent.saturating_add(1);
                }
                TransactionRole::Response if known.response_seq == Some(seq) => {
                    analysis.retransmission_of = known.response.map(|(packet, _)| packet);
                }
                _ => continue,
            }
            return Some(analysis);
        }
        None
    }
}

#[cfg(feature = "applications")]
fn http_key(stream: u64, number: u64) -> TransactionKey {
    let ends = [stream.into(), 0];
    TransactionKey { protocol: TransactionProtocol::Http, kind: 0, network: 0, ends, number }
}
