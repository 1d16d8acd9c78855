//! Lookups of DNS: queries, and what answered them.

use super::dns_announcement::DnsAnnouncement;
use super::dns_answers::{self, DnsAnswer};
use super::dns_carrier::{Carried, DnsCarrier, DnsService, DnsTransport};
use super::sighting::{Counting, SECOND, Sighting};
use crate::dissect::ExaminedLayer;
use crate::flow::{Endpoint, Endpoints, FlowLayer, Flows, LayerAnalysis, Side, TransactionAnalysis, of_walk};
use crate::proto::View;
use crate::proto::dns::{DnsClass, DnsOpcode, DnsRcode, DnsType};
use crate::wire::MacAddr;
use core::net::IpAddr;
use hashbrown::HashMap;

/// A response to a lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsResponse {
    /// The packet; of a message over TCP, the one that completes it.
    pub at: Sighting,
    /// The host that answered. With multicast it is not the one that was asked.
    pub from: Option<IpAddr>,
    /// Nanoseconds from the first query to the response. `None` without times.
    pub time: Option<i64>,
    /// Response code, with the bits of EDNS (RFC 6891 §6.1.3).
    pub rcode: DnsRcode,
    /// Whether the message was truncated, so that the client asks again over TCP (RFC 7766 §5).
    pub is_truncated: bool,
    /// Whether the server is an authority for the name.
    pub is_authoritative: bool,
    /// Records of the answer section, those that were kept.
    pub answers: Vec<DnsAnswer>,
    /// Records of the answer section, as the header counts them.
    pub answer_count: u16,
    /// Whether the capture cut the message, so that answers may be missing which were sent.
    pub is_cut: bool,
}

/// What a client did after a lookup without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DnsRetry {
    /// It asked the same over TCP, since the response was truncated.
    OverTcp(Sighting),
    /// It asked another server the same.
    OtherServer(Endpoint, Sighting),
    /// It asked the same server the same, with another identifier or from another port.
    SameServer(Sighting),
}

/// A query, and the response to it; or a response that nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsLookup {
    /// DNS, multicast DNS or LLMNR.
    pub service: DnsService,
    /// UDP or TCP.
    pub transport: DnsTransport,
    /// Who asks.
    pub client: Endpoint,
    /// Who is asked: a server, or a multicast group.
    pub server: Endpoint,
    /// Identifier of the message.
    pub id: u16,
    /// Kind of query.
    pub opcode: DnsOpcode,
    /// The name that is asked for, as text with unsafe characters escaped: at most 255 characters. Empty without a question. Of
    /// an update (RFC 2136 §2.3) and of a notification (RFC 1996 §3.7), that of the zone.
    pub name: String,
    /// The type that is asked for. `None` without a question.
    pub qtype: Option<DnsType>,
    /// The class that is asked for. `None` without a question.
    pub qclass: Option<DnsClass>,
    /// Whether the capture cut the question, so that name, type and class are not known.
    pub is_cut: bool,
    /// Further questions in the message.
    pub more_questions: u16,
    /// The first packet with the query. `None` if the response came without one.
    pub query: Option<Sighting>,
    /// The last packet with the query.
    pub last_query: Option<Sighting>,
    /// How often the query was sent.
    pub sent: u32,
    /// The packets between the first and the last that sent it again: at most 7.
    pub queries_between: Vec<u64>,
    /// Whether it is a probe of multicast DNS (RFC 6762 §8.1): a query whose authority section has the records that the host
    /// wants to have alone.
    pub is_probe: bool,
    /// The first response.
    pub response: Option<DnsResponse>,
    /// Further responses: sent again, or of other hosts.
    pub more_responses: u32,
    /// The packets with these, other than the one that contradicts: at most 7.
    pub responses_again: Vec<u64>,
    /// The first of these that contradicts the first response: it has another response code, or other answers. The order of
    /// answers and their times to live do not matter.
    pub other_response: Option<DnsResponse>,
    /// What the client did then, if the lookup was not answered, or failed.
    pub retry: Option<DnsRetry>,
    /// Source address of the frame with the query.
    link: Option<MacAddr>,
    counts: bool,
}

/// How a lookup ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DnsOutcome {
    /// A response without an error, with answers.
    Answered,
    /// A response without an error and without answers: the name has no records of the type (RFC 2308 §2.2), or the response
    /// refers to other servers.
    NoData,
    /// The response was truncated.
    Truncated,
    /// A response with an error, such as NXDOMAIN.
    Failed(DnsRcode),
    /// No response was seen.
    Unanswered,
    /// A response without a query.
    Unsolicited,
}

impl DnsLookup {
    /// Whether it asks for a name: it is a query (RFC 1035 §4.1.1). Updates and notifications of zones do not, and neither do
    /// other operations.
    pub fn is_query(&self) -> bool {
        matches!(self.opcode, DnsOpcode::Query | DnsOpcode::InverseQuery)
    }

    /// How it ended.
    pub fn outcome(&self) -> DnsOutcome {
        match &self.response {
            _ if self.query.is_none() => DnsOutcome::Unsolicited,
            None => DnsOutcome::Unanswered,
            Some(response) if response.rcode != DnsRcode::from(0) => DnsOutcome::Failed(response.rcode),
            Some(response) if response.is_truncated => DnsOutcome::Truncated,
            Some(response) if response.answer_count == 0 && self.opcode == DnsOpcode::from(0) => DnsOutcome::NoData,
            Some(_) => DnsOutcome::Answered,
        }
    }

    /// Whether it failed: no response, or a response with an error. A query of multicast DNS or LLMNR that nobody answers is no
    /// failure: hosts without the name stay silent.
    pub fn is_failure(&self) -> bool {
        match self.outcome() {
            DnsOutcome::Failed(_) => true,
            DnsOutcome::Unanswered => self.service == DnsService::Dns,
            _ => false,
        }
    }

    /// Notes that its query was sent again.
    fn sent_again(&mut self, at: Sighting) {
        if let Some(last) = self.last_query.filter(|_| self.sent > 1 && self.queries_between.len() < MOST_BETWEEN) {
            self.queries_between.push(last.packet);
        }
        (self.last_query, self.sent) = (Some(at), self.sent + 1);
    }

    /// The packet that it begins with.
    pub fn begin(&self) -> Sighting {
        self.query.or(self.response.as_ref().map(|response| response.at)).unwrap_or_default()
    }

    /// Nanoseconds from the first query to the response.
    pub fn time(&self) -> Option<i64> {
        self.response.as_ref().filter(|_| self.query.is_some())?.time
    }
}

/// Who asks for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SameQuestion {
    service: DnsService,
    client: Option<IpAddr>,
    name: String,
    qtype: Option<DnsType>,
    opcode: DnsOpcode,
}

/// Most packets that sent a query again which are kept, beside the first and the last.
const MOST_BETWEEN: usize = 7;

/// How long after a lookup the same question counts as a retry, and how long a question of multicast DNS waits for an answer.
const RETRIES: i64 = 30 * SECOND;
const MULTICAST_WAITS: i64 = 10 * SECOND;

/// Lookups of DNS (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795), by the messages of a capture.
///
/// Responses are matched with queries by [`Flows`], as in `transactions` and in filters: by conversation and identifier; those
/// of multicast DNS, which have none, by name and type. Messages over TCP count when they are complete. What ICMP errors quote,
/// and what sFlow samples, does not count.
///
/// Memory is bounded: see [`MOST_LOOKUPS`](Self::MOST_LOOKUPS) and [`MOST_BYTES`](Self::MOST_BYTES), and
/// [`left_out`](Self::left_out) and [`answers_left_out`](Self::answers_left_out) for what did not fit.
///
/// ```
/// use packetsmith::flow::{FlowSettings, Flows, PacketInfo};
/// use packetsmith::hosts::{DnsLookups, DnsOutcome, Sighting};
/// use packetsmith::proto::dns::{DnsQuestion, DnsRecord, DnsType};
/// use packetsmith::{Dns, Ipv4, Name, Stack, Udp, examine};
/// let name = Name::from_text("www.test").unwrap();
/// let (question, answer) = ([DnsQuestion::new(name, DnsType::A)], [DnsRecord::a(name, 60, [192, 0, 2, 7].into())]);
/// let (client, server) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
/// let query = Stack::new().push(Ipv4::build().src(client).dst(server)).push(Udp::build().src_port(4000).dst_port(53));
/// let query = query.push(Dns::build().id(7).questions(&question)).finish().unwrap();
/// let response = Stack::new().push(Ipv4::build().src(server).dst(client)).push(Udp::build().src_port(53).dst_port(4000));
/// let dns = Dns::build().id(7).response(true).questions(&question).answers(&answer);
/// let response = response.push(dns).finish().unwrap();
///
/// let mut flows = Flows::new(FlowSettings::default());
/// let mut lookups = DnsLookups::default();
/// for (packet, frame) in [(1, &query), (2, &response)] {
///     let time = Some(i128::from(packet) * 5_000_000);
///     flows.packet(PacketInfo { number: packet, time, ..PacketInfo::default() }, examine(101, frame));
///     lookups.packet(Sighting { packet, time }, &flows, [examine(101, frame)]);
/// }
/// let lookup = lookups.lookups().next().unwrap();
/// assert_eq!((lookup.name.as_str(), lookup.outcome(), lookup.time()), ("www.test", DnsOutcome::Answered, Some(5_000_000)));
/// assert_eq!(lookup.response.as_ref().unwrap().answers[0].data, "192.0.2.7");
/// ```
#[derive(Clone, Debug, Default)]
pub struct DnsLookups {
    lookups: Vec<DnsLookup>,
    /// By number of the transaction of [`Flows`].
    waiting: HashMap<u64, usize>,
    last: HashMap<SameQuestion, usize>,
    announcements: u64,
    announced: Vec<DnsAnnouncement>,
    messages: u64,
    left_out: u64,
    answers_left_out: u64,
    bytes: usize,
}

impl DnsLookups {
    /// Most lookups.
    pub const MOST_LOOKUPS: usize = 1 << 18;

    /// Most bytes of the names and answers of all lookups, 128 MiB. Answers that would need more are left out.
    pub const MOST_BYTES: usize = 1 << 27;

    /// Takes a packet that counts, after `flows` has taken it: its layers and those of the datagrams and messages that it
    /// completes, in the order of their numbers in [`FlowLayer::walk`].
    pub fn packet<'a, L>(&mut self, at: Sighting, flows: &Flows, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        self.take(at, Counting::Counts, flows, walks);
    }

    /// Takes a packet that does not count. A lookup counts if one of its packets does.
    pub fn other_packet<'a, L>(&mut self, at: Sighting, flows: &Flows, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        self.take(at, Counting::Other, flows, walks);
    }

    /// Ends the capture, after [`Flows::finish`]: takes the messages over TCP whose end is not in it, given the layers of each
    /// of [`Flows::messages`].
    pub fn finish<'a, L>(&mut self, flows: &Flows, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        let connections: HashMap<u64, Endpoints> = match flows.messages().is_empty() {
            true => HashMap::new(),
            false => flows.tcp().map(|connection| (connection.stream, connection.endpoints)).collect(),
        };
        for (number, (message, layers)) in flows.messages().iter().zip(walks).enumerate() {
            let packet = message.segments.first().map_or(0, |segment| segment.packet);
            let at = Sighting { packet, time: None };
            let carrier = connections.get(&message.stream).map(|ends| {
                let (source, destination) = (ends.of(message.side), ends.of(message.side.other()));
                DnsCarrier { transport: DnsTransport::Tcp, source, destination, link: None }
            });
            self.walk(at, Counting::Counts, of_walk(flows.found(), number), layers, carrier);
        }
    }

    fn take<'a, L>(&mut self, at: Sighting, counting: Counting, flows: &Flows, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        let messages = flows.messages();
        if messages.is_empty() {
            for (number, layers) in walks.into_iter().enumerate() {
                self.walk(at, counting, of_walk(flows.found(), number), layers, None);
            }
            return;
        }
        // Messages come last, and have no headers of IP and TCP: the segment in the packet has those.
        let walks: Vec<L> = walks.into_iter().collect();
        let first = walks.len().saturating_sub(messages.len());
        let mut segments: Vec<(u64, Side, DnsCarrier)> = Vec::new();
        for (number, layers) in walks.into_iter().enumerate() {
            let found = of_walk(flows.found(), number);
            let carrier = number.checked_sub(first).and_then(|place| messages.get(place)).and_then(|message| {
                let (_, side, carrier) = segments.iter().find(|(stream, ..)| *stream == message.stream)?;
                Some(if *side == message.side { *carrier } else { carrier.back() })
            });
            let last = self.walk(at, counting, found, layers, carrier);
            let analysis = found.iter().rev().find_map(|found| match &found.analysis {
                LayerAnalysis::Tcp(tcp) => Some((tcp.stream, tcp.side)),
                _ => None,
            });
            if let Some(((stream, side), carrier)) = analysis.zip(last) {
                segments.push((stream, side, carrier));
            }
        }
    }

    /// Takes a walk. Returns the last header of TCP or UDP in it.
    fn walk<'a>(
        &mut self,
        at: Sighting,
        counting: Counting,
        found: &[FlowLayer],
        layers: impl IntoIterator<Item = ExaminedLayer<'a>>,
        mut carrier: Option<DnsCarrier>,
    ) -> Option<DnsCarrier> {
        let part = found.iter().find_map(|found| match &found.analysis {
            LayerAnalysis::Tcp(tcp) if tcp.is_part_of_message => Some(found.layer),
            _ => None,
        });
        let mut layers = layers.into_iter();
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            if layer.quoted {
                break;
            }
            match layer.view {
                View::Tcp(tcp) => carrier = DnsCarrier::of(layer, DnsTransport::Tcp, tcp.src_port(), tcp.dst_port()),
                View::Udp(udp) => carrier = DnsCarrier::of(layer, DnsTransport::Udp, udp.src_port(), udp.dst_port()),
                View::Dns(dns) => {
                    let analysis = found.iter().filter(|found| found.layer == layer.index);
                    let mut transaction = analysis.filter_map(|found| match &found.analysis {
                        LayerAnalysis::Transaction(transaction) => Some(transaction),
                        _ => None,
                    });
                    if let Some(carrier) = carrier {
                        self.message(&Carried { dns, layer, carrier }, at, counting, transaction.next());
                    }
                }
                _ => {}
            }
            // The message that is put together of segments has the payload.
            if part == Some(layer.index) {
                break;
            }
        }
        carrier
    }

    /// The lookups that count, in the order of their queries.
    pub fn lookups(&self) -> impl Iterator<Item = &DnsLookup> {
        self.lookups.iter().filter(|lookup| lookup.counts && lookup.is_query())
    }

    /// The operations that count and are no lookups, in the order of their requests: updates of zones (RFC 2136), notifications
    /// of changed zones (RFC 1996) and others. What is said of queries holds for their requests.
    pub fn operations(&self) -> impl Iterator<Item = &DnsLookup> {
        self.lookups.iter().filter(|lookup| lookup.counts && !lookup.is_query())
    }

    /// The responses of multicast DNS that count and answer no question that was seen, as far as they were kept.
    pub fn announced(&self) -> impl Iterator<Item = &DnsAnnouncement> {
        self.announced.iter()
    }

    /// Number of messages that count.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Responses of multicast DNS that answer no question that was seen: announcements, and answers to questions before the
    /// capture.
    pub fn announcements(&self) -> u64 {
        self.announcements
    }

    /// Number of lookups that did not fit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Number of answers that were left out, because a response has many or because all have too many bytes.
    pub fn answers_left_out(&self) -> u64 {
        self.answers_left_out
    }

    fn message(
        &mut self,
        carried: &Carried<'_, '_>,
        at: Sighting,
        counting: Counting,
        transaction: Option<&TransactionAnalysis>,
    ) {
        self.messages += counting.one();
        match (carried.dns.response(), transaction) {
            (false, Some(analysis)) => self.query(carried, at, counting, analysis),
            (true, Some(analysis)) => self.response(carried, at, counting, analysis),
            (false, None) => self.multicast_query(carried, at, counting),
            (true, None) => self.multicast_response(carried, at, counting),
        }
    }

    fn query(&mut self, carried: &Carried<'_, '_>, at: Sighting, counting: Counting, analysis: &TransactionAnalysis) {
        let known = analysis.transaction.and_then(|number| self.waiting.get(&number).copied());
        if let Some(lookup) = known.and_then(|place| self.lookups.get_mut(place)) {
            lookup.counts |= counting == Counting::Counts;
            // The message of which the first segment was seen before is complete.
            if analysis.begun_in.is_none() {
                lookup.sent_again(at);
            }
            return;
        }
        let place = self.add(DnsLookup { query: Some(at), last_query: Some(at), sent: 1, ..new(carried, counting) });
        if let Some((place, number)) = place.zip(analysis.transaction) {
            self.waiting.insert(number, place);
        }
    }

    fn response(
        &mut self,
        carried: &Carried<'_, '_>,
        at: Sighting,
        counting: Counting,
        analysis: &TransactionAnalysis,
    ) {
        let place = analysis.transaction.and_then(|number| self.waiting.get(&number).copied());
        let place = match place {
            Some(place) => place,
            // Its query did not fit, so it is not without one.
            None if analysis.transaction.is_some() => return,
            None => match self.add(new(carried, counting)) {
                Some(place) => place,
                None => return,
            },
        };
        let Some(lookup) = self.lookups.get_mut(place) else { return };
        lookup.counts |= counting == Counting::Counts;
        if lookup.response.is_none() {
            let response = self.read_response(carried, at, analysis.time);
            if let Some(lookup) = self.lookups.get_mut(place) {
                lookup.response = Some(response);
            }
        } else if analysis.begun_in.is_none() {
            lookup.more_responses += 1;
            let contradicts = lookup.other_response.is_none() && self.compare_response(carried, at, place);
            if let Some(lookup) = self.lookups.get_mut(place).filter(|_| !contradicts)
                && lookup.responses_again.len() < MOST_BETWEEN
            {
                lookup.responses_again.push(at.packet);
            }
        }
    }

    /// Keeps a further response if it contradicts the first, and returns whether it does.
    fn compare_response(&mut self, carried: &Carried<'_, '_>, at: Sighting, place: usize) -> bool {
        let before = (self.bytes, self.answers_left_out);
        let query = self.lookups.get(place).and_then(|lookup| lookup.query);
        let other = self.read_response(carried, at, query.and_then(|query| at.since(&query)));
        if let Some(lookup) = self.lookups.get_mut(place)
            && lookup.response.as_ref().is_some_and(|first| contradicts(first, &other))
        {
            lookup.other_response = Some(other);
            true
        } else {
            // It is not kept.
            (self.bytes, self.answers_left_out) = before;
            false
        }
    }

    fn multicast_query(&mut self, carried: &Carried<'_, '_>, at: Sighting, counting: Counting) {
        for n in 0..carried.dns.question_count().min(MOST_QUESTIONS) {
            let Some(lookup) = of_question(carried, counting, n.into()) else { break };
            let key = SameQuestion { client: Some(lookup.client.address), ..key(&lookup) };
            let known = self.last.get(&key).and_then(|place| self.lookups.get_mut(*place));
            if let Some(known) = known.filter(|known| known.response.is_none() && known.is_probe == lookup.is_probe)
                && known.last_query.is_some_and(|last| at.is_within(MULTICAST_WAITS, &last))
            {
                known.sent_again(at);
                known.counts |= counting == Counting::Counts;
                continue;
            }
            self.add(DnsLookup { query: Some(at), last_query: Some(at), sent: 1, ..lookup });
        }
    }

    /// Answers every host that asked for a name and type in the response.
    fn multicast_response(&mut self, carried: &Carried<'_, '_>, at: Sighting, counting: Counting) {
        let records = carried.dns.answers(carried.context()).take(MOST_QUESTIONS.into());
        let mut asked: Vec<(String, DnsType)> = Vec::new();
        for record in records {
            let asked_for = (dns_answers::name(&record.name), record.rtype);
            if !asked.contains(&asked_for) {
                asked.push(asked_for);
            }
        }
        // Recent lookups are at the end.
        let mut places = Vec::new();
        for (place, lookup) in self.lookups.iter().enumerate().rev().take(MOST_RECENT) {
            let is_open = lookup.service == DnsService::Mdns && lookup.response.is_none() && lookup.query.is_some();
            let is_recent = lookup.last_query.is_some_and(|last| at.is_within(MULTICAST_WAITS, &last));
            let matches = |(name, rtype): &(String, DnsType)| {
                let is_any = lookup.qtype == Some(DnsType::Any);
                name.eq_ignore_ascii_case(&lookup.name) && (is_any || lookup.qtype == Some(*rtype))
            };
            // What a host says of itself answers no question of its own.
            let is_own = lookup.client.address == carried.carrier.source.address
                || lookup.link.is_some() && lookup.link == carried.carrier.link;
            if is_open && is_recent && !is_own && asked.iter().any(matches) {
                places.push(place);
            }
        }
        if places.is_empty() {
            self.announcements += counting.one();
            if counting == Counting::Counts
                && self.announced.len() < Self::MOST_LOOKUPS
                && self.bytes < Self::MOST_BYTES
            {
                let announcement = DnsAnnouncement::of(carried, at);
                self.bytes += announcement.bytes();
                self.announced.push(announcement);
            }
        }
        for place in places {
            let query = self.lookups.get(place).and_then(|lookup| lookup.query);
            let response = self.read_response(carried, at, query.and_then(|query| at.since(&query)));
            if let Some(lookup) = self.lookups.get_mut(place) {
                lookup.counts |= counting == Counting::Counts;
                lookup.response = Some(response);
            }
        }
    }

    fn read_response(&mut self, carried: &Carried<'_, '_>, at: Sighting, time: Option<i64>) -> DnsResponse {
        let Carried { dns, .. } = carried;
        let room = Self::MOST_BYTES.saturating_sub(self.bytes);
        let answers = dns_answers::read(dns, carried.context(), room);
        self.bytes += answers.iter().map(DnsAnswer::bytes).sum::<usize>();
        self.answers_left_out += u64::from(dns.answer_count()).saturating_sub(answers.len() as u64);
        DnsResponse {
            at,
            from: Some(carried.carrier.source.address),
            time,
            rcode: dns.extended_rcode(carried.context()),
            is_truncated: dns.truncated(),
            is_authoritative: dns.authoritative(),
            answers,
            answer_count: dns.answer_count(),
            is_cut: carried.is_cut(),
        }
    }

    /// Adds a lookup, and notes it as a retry of the one before it.
    fn add(&mut self, lookup: DnsLookup) -> Option<usize> {
        let place = self.lookups.len();
        if place >= Self::MOST_LOOKUPS {
            self.left_out += 1;
            return None;
        }
        if let (Some(at), true) = (lookup.query, lookup.qtype.is_some()) {
            let before = self.last.insert(key(&lookup), place);
            if let Some(before) = before.and_then(|before| self.lookups.get_mut(before)) {
                note_retry(before, &lookup, at);
            }
        }
        self.bytes += lookup.name.len() + core::mem::size_of::<DnsLookup>();
        self.lookups.push(lookup);
        Some(place)
    }
}

/// Whether two responses to a query do not say the same. Where answers were cut off or left out, only the code tells it.
fn contradicts(first: &DnsResponse, other: &DnsResponse) -> bool {
    let is_whole =
        |response: &DnsResponse| !response.is_truncated && response.answers.len() == usize::from(response.answer_count);
    let is_same = || dns_answers::are_same(&first.answers, &other.answers);
    first.rcode != other.rcode || is_whole(first) && is_whole(other) && !is_same()
}

/// Most questions of a message, and most lookups that a response of multicast DNS is compared with.
const MOST_QUESTIONS: u16 = 64;
const MOST_RECENT: usize = 512;

fn key(lookup: &DnsLookup) -> SameQuestion {
    let DnsLookup { service, qtype, opcode, .. } = *lookup;
    SameQuestion { service, client: Some(lookup.client.address), name: lookup.name.to_ascii_lowercase(), qtype, opcode }
}

/// Notes that a client asks the same again, if the lookup before has no answer.
fn note_retry(before: &mut DnsLookup, lookup: &DnsLookup, at: Sighting) {
    let is_soon = before.last_query.is_some_and(|last| at.is_within(RETRIES, &last));
    let outcome = before.outcome();
    let has_failed = matches!(outcome, DnsOutcome::Unanswered | DnsOutcome::Truncated | DnsOutcome::Failed(_));
    if !is_soon || !has_failed || before.retry.is_some() || before.service != DnsService::Dns {
        return;
    }
    let is_same = before.server.address == lookup.server.address;
    let goes_to_tcp = (before.transport, lookup.transport) == (DnsTransport::Udp, DnsTransport::Tcp);
    before.retry = Some(match (outcome, is_same) {
        (DnsOutcome::Truncated, true) if goes_to_tcp => DnsRetry::OverTcp(at),
        (_, true) => DnsRetry::SameServer(at),
        (_, false) => DnsRetry::OtherServer(lookup.server, at),
    });
}

/// A lookup of a message, of which nothing was seen yet.
fn new(carried: &Carried<'_, '_>, counting: Counting) -> DnsLookup {
    let is_response = carried.dns.response();
    let DnsCarrier { transport, source, destination, link } = carried.carrier;
    let (client, server) = if is_response { (destination, source) } else { (source, destination) };
    let question = carried.dns.questions(carried.context()).next();
    DnsLookup {
        service: carried.carrier.service(),
        transport,
        client,
        server,
        id: carried.dns.id(),
        opcode: carried.dns.opcode(),
        name: question.map(|question| dns_answers::name(&question.name)).unwrap_or_default(),
        qtype: question.map(|question| question.qtype),
        qclass: question.map(|question| question.qclass),
        is_cut: question.is_none() && carried.dns.question_count() > 0 && carried.is_cut(),
        more_questions: carried.dns.question_count().saturating_sub(1),
        query: None,
        last_query: None,
        sent: 0,
        queries_between: Vec::new(),
        is_probe: !is_response && carried.carrier.service() == DnsService::Mdns && carried.dns.authority_count() > 0,
        response: None,
        more_responses: 0,
        responses_again: Vec::new(),
        other_response: None,
        retry: None,
        link,
        counts: counting == Counting::Counts,
    }
}

/// A lookup of one of several questions.
fn of_question(carried: &Carried<'_, '_>, counting: Counting, number: usize) -> Option<DnsLookup> {
    let question = carried.dns.questions(carried.context()).nth(number)?;
    let (qtype, qclass) = (Some(question.qtype), Some(question.qclass));
    let name = dns_answers::name(&question.name);
    let lookup = DnsLookup { name, qtype, qclass, more_questions: 0, ..new(carried, counting) };
    // One message may have probes and other questions: a probe is about a name that the host wants to have.
    let is_wanted =
        || carried.dns.authority(carried.context()).take(MOST_QUESTIONS.into()).any(|r| r.name == question.name);
    Some(DnsLookup { is_probe: lookup.is_probe && is_wanted(), ..lookup })
}
