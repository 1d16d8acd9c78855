//! Who has which IP address on a link, over time.

use super::address_claims::{
    AddressEvidence, AddressProbe, AddressRecord, DoubleAnswer, MacChange, MacClaim, ProbeRefusal, Solicited,
};
use super::address_message::{AddressLayer, AddressMessage, Asker, ClaimMessage, Exchange};
use super::sighting::{Counting, SECOND, Sighting};
use crate::dissect::ExaminedLayer;
use crate::ip::NetworkHasher;
use crate::proto::View;
use crate::wire::MacAddr;
use core::net::IpAddr;
use hashbrown::HashMap;

/// How long a request waits for its reply. Hosts ask again after a second (RFC 1122 §2.3.2.1, RFC 4861 §10).
const WAITS: i64 = 10 * SECOND;

/// How long several hosts answer a request.
const ANSWERS: i64 = SECOND;

/// How long a probe can be refused: hosts probe for up to 3 seconds, and wait 2 more (RFC 5227 §1.1).
const PROBES: i64 = 3 * SECOND;

/// Most MAC addresses, changes, probes and double answers that are kept of an address.
const MOST_CLAIMS: usize = 16;
const MOST_CHANGES: usize = 64;

/// Hosts that asked for addresses and got no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnansweredAsker {
    /// The MAC address that asked, if the protocol is ARP.
    pub mac: Option<MacAddr>,
    /// The IP address that asked.
    pub source: Option<IpAddr>,
    /// The interface that its requests came by.
    pub interface: u32,
    /// The innermost VLAN that its requests came by.
    pub vlan: Option<u16>,
    /// The addresses without a reply, in order, and the number of requests for each.
    pub targets: Vec<(IpAddr, u64)>,
    /// Addresses that it asked for, whether they answered or not.
    pub asked: u64,
    /// The first and the last request without a reply.
    pub times: (Sighting, Sighting),
}

/// A host that asks for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct AddressQuestion {
    network: u64,
    asker: Asker,
    target: IpAddr,
}

/// What was asked, up to now.
#[derive(Clone, Debug)]
struct Question {
    source: Option<IpAddr>,
    interface: u32,
    vlan: Option<u16>,
    /// The last request, and the first answer to it.
    first: Sighting,
    last: Sighting,
    answer: Option<(MacAddr, Sighting)>,
    is_answered: bool,
    /// Requests since the last answer.
    waiting: u64,
    /// Of earlier times.
    unanswered: u64,
    times: Option<(Sighting, Sighting)>,
}

/// Which MAC addresses an IP address had, by ARP (RFC 826) and by Neighbor Discovery for IPv6 (RFC 4861).
///
/// Messages of different interfaces, VLANs and tunnels are kept apart: the same address there is another one. What ICMP errors quote,
/// and what sFlow samples, does not count. Nothing is verified: whoever sends a message may claim what it likes.
///
/// Memory is bounded: see [`MOST_ADDRESSES`](Self::MOST_ADDRESSES), and [`left_out`](Self::left_out) for what did not fit.
///
/// ```
/// use packetsmith::hosts::{AddressTable, Sighting};
/// use packetsmith::proto::link::ArpOperation;
/// use packetsmith::{Arp, Ethernet, MacAddr, Stack, examine};
/// let reply = |last| {
///     let (mac, ip) = (MacAddr([2, 0, 0, 0, 0, last]), [10, 0, 0, 1].into());
///     let arp = Arp::build().operation(ArpOperation::Reply).sender(mac, ip);
///     Stack::new().push(Ethernet::build().src(mac)).push(arp.target([2, 0, 0, 0, 0, 9].into(), [10, 0, 0, 9].into()))
/// };
/// let mut table = AddressTable::default();
/// for (packet, last) in [(1, 5), (2, 6), (3, 5)] {
///     let frame = reply(last).finish().unwrap();
///     table.packet(Sighting { packet, time: None }, [examine(1, &frame)]);
/// }
/// let [address] = table.addresses() else { panic!() };
/// assert_eq!((address.claims.len(), address.changes.len()), (2, 2));
/// assert!(address.claims[0].overlaps(&address.claims[1]), "both use the address");
/// ```
#[derive(Clone, Debug, Default)]
pub struct AddressTable {
    networks: NetworkHasher,
    /// The interface of the packets that are taken.
    interface: u32,
    places: HashMap<(u64, IpAddr), usize>,
    records: Vec<AddressRecord>,
    questions: HashMap<AddressQuestion, Question>,
    /// Who asked for an address last.
    last_askers: HashMap<(u64, IpAddr), Asker>,
    messages: u64,
    unusable: u64,
    left_out: u64,
}

impl AddressTable {
    /// Most addresses, and most pairs of a host that asks and an address that it asks for.
    pub const MOST_ADDRESSES: usize = 1 << 16;

    /// Sets the interface that the packets from now on come by. It is 0 at first.
    pub fn set_interface(&mut self, interface: u32) {
        self.interface = interface;
    }

    /// Takes a packet that counts, given its layers, and those of the datagrams that it completes.
    pub fn packet<'a, L>(&mut self, at: Sighting, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        self.take(at, Counting::Counts, walks);
    }

    /// Takes a packet that does not count: it may answer a request that counts, or have the request of a reply that counts.
    pub fn other_packet<'a, L>(&mut self, at: Sighting, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        self.take(at, Counting::Other, walks);
    }

    fn take<'a, L>(&mut self, at: Sighting, counting: Counting, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        for layers in walks {
            let mut network = self.networks.begin(self.interface.into());
            let (mut vlan, mut hop_limit) = (None, None);
            let mut layers = layers.into_iter();
            // A `for` would copy each layer, which is large.
            while let Some(layer) = &layers.next() {
                if layer.quoted {
                    break;
                }
                match layer.view {
                    View::Vlan(tag) => vlan = Some(tag.id()),
                    View::Ipv4(_) => hop_limit = None,
                    View::Ipv6(ip) => hop_limit = Some(ip.hop_limit()),
                    View::Arp(_) | View::Icmpv6(_) => match AddressLayer::of(layer, hop_limit) {
                        AddressLayer::Other => {}
                        AddressLayer::Unusable => self.unusable += counting.one(),
                        AddressLayer::Message(message) => {
                            self.message(&message, at, counting, (network.value(), vlan));
                        }
                    },
                    _ => {}
                }
                network.layer(layer);
            }
        }
    }

    /// Ends the capture: requests that no reply has followed count as unanswered.
    pub fn finish(&mut self) {
        let ended = self.questions.iter_mut().filter_map(|(key, question)| end(question).then_some(*key));
        for key in ended.collect::<Vec<_>>() {
            self.count_unanswered(&key);
        }
    }

    /// The addresses, in the order in which they were seen.
    pub fn addresses(&self) -> &[AddressRecord] {
        &self.records
    }

    /// Number of messages that were used.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Number of messages of ARP and Neighbor Discovery that say nothing of MAC and IP addresses: other operations, too
    /// little captured, group addresses, or a hop limit other than 255 (RFC 4861 §7.1).
    pub fn unusable(&self) -> u64 {
        self.unusable
    }

    /// Number of addresses, and of hosts that ask for an address, that did not fit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Hosts that asked for addresses and got no reply, those with the most addresses first.
    pub fn unanswered(&self) -> Vec<UnansweredAsker> {
        let mut askers: HashMap<(u64, Asker, Option<IpAddr>), UnansweredAsker> = HashMap::new();
        for (key, question) in &self.questions {
            if question.times.is_none() && question.waiting == 0 && !question.is_answered {
                continue;
            }
            let &Question { ref source, unanswered, times, first, interface, vlan, .. } = question;
            let (mac, times) = (matches_mac(key.asker), times.unwrap_or((first, first)));
            let new =
                || UnansweredAsker { mac, source: *source, interface, vlan, targets: Vec::new(), asked: 0, times };
            let asker = askers.entry((key.network, key.asker, *source)).or_insert_with(new);
            asker.asked += 1;
            if unanswered > 0 {
                let is_first = asker.targets.is_empty();
                let (begin, end) = if is_first { times } else { asker.times };
                let earlier = if times.0.packet < begin.packet { times.0 } else { begin };
                asker.times = (earlier, if times.1.packet > end.packet { times.1 } else { end });
                asker.targets.push((key.target, unanswered));
            }
        }
        let mut all: Vec<_> = askers.into_values().filter(|asker| !asker.targets.is_empty()).collect();
        all.iter_mut().for_each(|asker| asker.targets.sort_unstable());
        all.sort_by_key(|asker| (core::cmp::Reverse(asker.targets.len()), asker.times.0.packet));
        all
    }

    fn message(&mut self, message: &AddressMessage, at: Sighting, counting: Counting, place: (u64, Option<u16>)) {
        self.messages += counting.one();
        let (network, vlan) = place;
        let responder = message.claim.map(|claim| claim.mac).or(message.frame_source);
        let mut asked = Solicited::NoAnswer;
        match message.exchange {
            Exchange::None => {}
            Exchange::Request { asker, source, target } => {
                if counting == Counting::Counts
                    && let Some(record) = self.record(target, place)
                {
                    record.requests += 1;
                }
                self.request(AddressQuestion { network, asker, target }, (source, vlan), at, counting);
            }
            Exchange::Probe { mac, target } => {
                if counting == Counting::Counts {
                    self.probe(mac, target, at, place);
                }
            }
            Exchange::Reply { asker, source, target } => {
                asked = self.reply(AddressQuestion { network, asker, target }, source, responder, at);
                if let Some(mac) = responder
                    && self.refuse(mac, target, at, network)
                {
                    asked = Solicited::Yes;
                }
            }
            Exchange::Advertisement { target } => {
                if let Some(mac) = responder {
                    self.refuse(mac, target, at, network);
                }
            }
        }
        if let Some(claim) = message.claim.filter(|_| counting == Counting::Counts) {
            self.claim(&claim, message.frame_source, asked, at, place);
        }
    }

    fn record(&mut self, address: IpAddr, (network, vlan): (u64, Option<u16>)) -> Option<&mut AddressRecord> {
        let next = self.records.len();
        let known = self.places.get(&(network, address)).copied();
        let place = match known {
            Some(place) => place,
            None if next < Self::MOST_ADDRESSES => {
                self.places.insert((network, address), next);
                self.records.push(AddressRecord::new(address, (self.interface, vlan), network));
                next
            }
            None => {
                self.left_out += 1;
                return None;
            }
        };
        self.records.get_mut(place)
    }

    fn request(
        &mut self,
        key: AddressQuestion,
        (source, vlan): (Option<IpAddr>, Option<u16>),
        at: Sighting,
        counting: Counting,
    ) {
        let interface = self.interface;
        if !self.questions.contains_key(&key) && self.questions.len() >= Self::MOST_ADDRESSES {
            self.left_out += 1;
            return;
        }
        self.last_askers.insert((key.network, key.target), key.asker);
        let new = || Question {
            source,
            interface,
            vlan,
            first: at,
            last: at,
            answer: None,
            is_answered: false,
            waiting: 0,
            unanswered: 0,
            times: None,
        };
        let question = self.questions.entry(key).or_insert_with(new);
        let is_repeated = !question.is_answered && at.is_within(WAITS, &question.last);
        let is_unanswered = !is_repeated && end(question);
        if !is_repeated {
            (question.first, question.waiting) = (at, 0);
        }
        (question.last, question.answer, question.is_answered) = (at, None, false);
        (question.source, question.waiting) = (source, question.waiting + counting.one());
        if is_unanswered {
            self.count_unanswered(&key);
        }
    }

    fn count_unanswered(&mut self, key: &AddressQuestion) {
        let place = self.places.get(&(key.network, key.target));
        if let Some(record) = place.and_then(|place| self.records.get_mut(*place)) {
            record.unanswered += 1;
        }
    }

    /// Matches a reply with its request.
    fn reply(&mut self, key: AddressQuestion, source: Option<IpAddr>, mac: Option<MacAddr>, at: Sighting) -> Solicited {
        // A reply may have another target MAC address than that of the request, such as zeros.
        let last =
            || self.last_askers.get(&(key.network, key.target)).map(|asker| AddressQuestion { asker: *asker, ..key });
        let key = if self.questions.contains_key(&key) { key } else { last().unwrap_or(key) };
        let question = self.questions.get_mut(&key).filter(|question| question.source == source);
        // What comes later than a second after a request that was answered does not answer it.
        let waits = |question: &Question| if question.is_answered { ANSWERS } else { WAITS };
        let question = question.filter(|question| at.is_within(waits(question), &question.last));
        let Some(question) = question else { return Solicited::No };
        let request = question.last;
        question.is_answered = true;
        let Some(mac) = mac else { return Solicited::Yes };
        match question.answer {
            None => question.answer = Some((mac, at)),
            Some((first, _)) if first == mac => {}
            Some(first) => {
                let answer = DoubleAnswer { request, first, second: (mac, at) };
                let place = self.places.get(&(key.network, key.target));
                if let Some(record) = place.and_then(|place| self.records.get_mut(*place)) {
                    let is_known = |known: &DoubleAnswer| known.request == request && known.second.0 == mac;
                    if record.double_answers.iter().any(is_known) {
                        return Solicited::Yes;
                    }
                    keep(&mut record.double_answers, answer, MOST_CLAIMS, &mut record.left_out);
                }
            }
        }
        Solicited::Yes
    }

    fn probe(&mut self, mac: MacAddr, target: IpAddr, at: Sighting, place: (u64, Option<u16>)) {
        let Some(record) = self.record(target, place) else { return };
        let mut rival = None;
        for other in &mut record.probes {
            if other.mac != mac && at.is_within(PROBES, &other.last) {
                rival = Some(ProbeRefusal::AlsoProbed(other.mac, other.last));
                other.refused.get_or_insert(ProbeRefusal::AlsoProbed(mac, at));
            }
        }
        if let Some(known) = record.probes.iter_mut().rev().find(|probe| probe.mac == mac)
            && at.is_within(WAITS, &known.last)
        {
            (known.last, known.packets) = (at, known.packets + 1);
            known.refused = known.refused.or(rival);
            return;
        }
        let probe = AddressProbe { mac, first: at, last: at, packets: 1, refused: rival };
        keep(&mut record.probes, probe, MOST_CLAIMS, &mut record.left_out);
    }

    /// Notes that a host has the address that others probe for. Tells whether it answers a probe.
    fn refuse(&mut self, mac: MacAddr, target: IpAddr, at: Sighting, network: u64) -> bool {
        let place = self.places.get(&(network, target));
        let Some(record) = place.and_then(|place| self.records.get_mut(*place)) else { return false };
        let mut answers = false;
        for probe in &mut record.probes {
            if probe.mac != mac && at.is_within(PROBES, &probe.last) {
                probe.refused.get_or_insert(ProbeRefusal::InUse(mac, at));
                answers = true;
            }
        }
        answers
    }

    fn claim(
        &mut self,
        message: &ClaimMessage,
        frame_source: Option<MacAddr>,
        asked: Solicited,
        at: Sighting,
        place: (u64, Option<u16>),
    ) {
        let &ClaimMessage { address, mac, evidence, overrides } = message;
        let Some(record) = self.record(address, place) else { return };
        if record.claims.len() >= MOST_CLAIMS && record.claims.iter().all(|claim| claim.mac != mac) {
            record.left_out += 1;
            return;
        }
        let before = record.last_claim().map(|claim| (claim.mac, claim.last));
        let is_return = record.claims.iter().any(|claim| claim.mac == mac);
        if let Some((from, before)) = before.filter(|(from, _)| *from != mac) {
            let is_gratuitous = matches!(evidence, AddressEvidence::Announcement | AddressEvidence::GratuitousReply);
            let is_advertised = evidence == AddressEvidence::NeighborAdvertisement && overrides;
            let is_announced = is_gratuitous || is_advertised && asked == Solicited::NoAnswer;
            let change = MacChange { from, to: mac, before, at, by: evidence, asked, is_return, is_announced };
            keep(&mut record.changes, change, MOST_CHANGES, &mut record.left_out);
        }
        if !is_return {
            let new = MacClaim {
                mac,
                first: at,
                last: at,
                packets: 0,
                unsolicited: 0,
                overrides: 0,
                other_frame_sources: 0,
                frame_source: None,
                evidence: [0; AddressEvidence::ALL.len()],
            };
            record.claims.push(new);
        }
        let Some(claim) = record.claims.iter_mut().find(|claim| claim.mac == mac) else { return };
        (claim.last, claim.packets) = (at, claim.packets + 1);
        claim.unsolicited += u64::from(asked == Solicited::No);
        claim.overrides += u64::from(overrides);
        if let Some(count) = claim.evidence.get_mut(evidence as usize) {
            *count += 1;
        }
        if let Some(source) = frame_source.filter(|source| *source != mac) {
            claim.other_frame_sources += 1;
            claim.frame_source = Some(source);
        }
    }
}

fn matches_mac(asker: Asker) -> Option<MacAddr> {
    match asker {
        Asker::Mac(mac) => Some(mac),
        Asker::Ip(_) => None,
    }
}

/// Ends a time in which a host asked. Tells whether it stays without a reply.
fn end(question: &mut Question) -> bool {
    if question.is_answered || question.waiting == 0 {
        return false;
    }
    question.unanswered += core::mem::take(&mut question.waiting);
    let begin = question.times.map_or(question.first, |(begin, _)| begin);
    question.times = Some((begin, question.last));
    true
}

/// Keeps an item, unless there are too many.
fn keep<T>(list: &mut Vec<T>, item: T, most: usize, left_out: &mut u64) {
    match list.len() < most {
        true => list.push(item),
        false => *left_out += 1,
    }
}
