//! Leases of DHCP, DHCPv6 and BOOTP, by the messages of a capture.

use super::dhcp_exchange::{DhcpDifference, DhcpExchange, differences, differences_of};
use super::dhcp_messages::{
    DhcpClient, DhcpMessage, DhcpMessageKind, DhcpPurpose, DhcpRepetition, DhcpServer, DhcpTerms, LeasedAddress,
};
use super::dhcp_reading::DhcpReading;
use super::sighting::{Counting, SECOND, Sighting};
use crate::dissect::ExaminedLayer;
use crate::ip::NetworkHasher;
use crate::proto::dhcp::{DhcpMessageType, DhcpOperation, Dhcpv6MessageType};
use crate::proto::{Proto, View};
use core::net::IpAddr;
use hashbrown::HashMap;

/// How long messages with one transaction identifier belong together.
const LASTS: i64 = 600 * SECOND;

/// How long a request that was answered is sent again, if the answer was lost: RFC 2131 §4.1 doubles the time to 64 seconds.
const REPEATS: i64 = 64 * SECOND;

/// A lease that ends never.
const INFINITE: u32 = u32::MAX;

/// How a lease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LeaseEnd {
    /// The capture has no message that ends it.
    Open,
    /// The client gave it back.
    Released(Sighting),
    /// The client found that the address is in use.
    Declined(Sighting),
    /// A server refused to renew it, or to confirm it.
    Refused(Sighting),
    /// The client got another address of IPv4 by the same VLAN.
    Replaced(Sighting),
    /// The address was leased to another client.
    Taken(Sighting),
    /// A lease of the client ended, by a message whose address is cut off: it may be this one.
    Unclear(Sighting),
}

/// An address or a prefix that a server leased to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The client.
    pub client: DhcpClient,
    /// The VLAN of the first grant.
    pub vlan: Option<u16>,
    /// The address or prefix.
    pub address: LeasedAddress,
    /// The server that granted it last.
    pub server: Option<DhcpServer>,
    /// The first and the last grant: ACK or REPLY.
    pub granted: (Sighting, Sighting),
    /// Number of grants after the first.
    pub renewals: u64,
    /// Lease time of the last grant in seconds. 0xffffffff: infinity.
    pub lease_time: Option<u32>,
    /// What the last grant said beside the address.
    pub terms: DhcpTerms,
    /// How it ended.
    pub end: LeaseEnd,
    /// Whether the address was leased to another client before, and that lease had ended or run out.
    pub is_reused: bool,
    /// Whether the last grant is cut off in the capture, so that the lease time may be in the rest.
    is_cut: bool,
    network: u64,
    key: (u16, Vec<u8>),
    /// The exchanges with the first and the last grant.
    exchanges: (usize, usize),
}

impl Lease {
    /// When it runs out, in nanoseconds since 1970, if it does and if the time is known.
    pub fn expires(&self) -> Option<i128> {
        let seconds = self.lease_time.filter(|time| *time != INFINITE)?;
        self.granted.1.time?.checked_add(i128::from(seconds) * i128::from(SECOND))
    }

    /// Whether it had run out at a time, in nanoseconds since 1970.
    pub fn has_expired(&self, time: Option<i128>) -> bool {
        self.expires().zip(time).is_some_and(|(end, now)| end <= now)
    }
}

/// Something about leases that should not be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeaseFinding {
    /// An address was leased to a client while another client had it on lease.
    LeasedTwice {
        /// The address or prefix.
        address: LeasedAddress,
        /// The client that had it, and its last grant.
        first: (DhcpClient, Option<DhcpServer>, Sighting),
        /// The client that got it too.
        second: (DhcpClient, Option<DhcpServer>, Sighting),
    },
    /// Two servers granted a client different addresses in one exchange.
    TwoGrants {
        /// The client.
        client: DhcpClient,
        /// What the first server granted.
        first: (LeasedAddress, Option<DhcpServer>, Sighting),
        /// What the second server granted.
        second: (LeasedAddress, Option<DhcpServer>, Sighting),
    },
    /// A server granted an address, and the client had selected another server.
    OtherServer {
        /// The client.
        client: DhcpClient,
        /// The server that the client named.
        selected: DhcpServer,
        /// The server that replied.
        replied: DhcpServer,
        /// The reply.
        at: Sighting,
    },
    /// Several servers answered one DISCOVER or SOLICIT. Where their offers differ in more than the address, one of them may
    /// be a server that should not be there.
    SeveralServers {
        /// The servers, in the order of their offers.
        servers: Vec<DhcpServer>,
        /// What their offers differ in, of `subnet mask`, `routers`, `DNS servers`, `domains`.
        differences: Vec<&'static str>,
        /// The second offer of the first such exchange.
        at: Sighting,
        /// Number of exchanges with offers of these servers.
        exchanges: u64,
        /// Whether an offer is cut off in the capture. Then they may differ in more.
        is_cut: bool,
    },
    /// A server replied twice to one matter, and did not say the same; or two servers granted one address with different
    /// options. One of the replies may be of a server that should not be there. What the first one says counts.
    Contradiction {
        /// The client.
        client: DhcpClient,
        /// Kind of the replies.
        kind: DhcpMessageKind,
        /// The server of the first reply, and the reply.
        first: (Option<DhcpServer>, Sighting),
        /// The server of the second reply, and the reply.
        second: (Option<DhcpServer>, Sighting),
        /// What they differ in.
        differences: Vec<DhcpDifference>,
    },
    /// A client found that an address is in use already (RFC 2131 §3.1, RFC 8415 §18.2.8).
    Declined {
        /// The client.
        client: DhcpClient,
        /// The address.
        address: Option<LeasedAddress>,
        /// The DECLINE.
        at: Sighting,
    },
}

impl LeaseFinding {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            LeaseFinding::LeasedTwice { .. } => "leased_twice",
            LeaseFinding::TwoGrants { .. } => "two_grants",
            LeaseFinding::OtherServer { .. } => "other_server",
            LeaseFinding::SeveralServers { .. } => "several_servers",
            LeaseFinding::Contradiction { .. } => "contradiction",
            LeaseFinding::Declined { .. } => "declined",
        }
    }

    /// The packet that shows it.
    pub fn at(&self) -> Sighting {
        match self {
            LeaseFinding::LeasedTwice { second, .. } => second.2,
            LeaseFinding::TwoGrants { second, .. } => second.2,
            LeaseFinding::Contradiction { second, .. } => second.1,
            LeaseFinding::OtherServer { at, .. }
            | LeaseFinding::SeveralServers { at, .. }
            | LeaseFinding::Declined { at, .. } => *at,
        }
    }
}

/// What a message of DHCP is matched by: version, transaction identifier, client.
type ExchangeKey = (bool, u32, Vec<u8>);

/// Exchanges and leases of DHCP (RFC 2131), BOOTP (RFC 951) and DHCPv6 (RFC 8415).
///
/// Messages of one exchange have one transaction identifier and one hardware address; of DHCPv6 one DUID. They may come by
/// several VLANs, as before and after a relay agent. Clients are told apart by their identifier, and without one by their
/// hardware address. What ICMP errors quote, and what sFlow samples, does not count.
///
/// Memory is bounded: see [`MOST`](Self::MOST), and [`left_out`](Self::left_out) for what did not fit.
///
/// ```
/// use packetsmith::hosts::{DhcpOutcome, DhcpPurpose, Leases, Sighting};
/// use packetsmith::proto::dhcp::{DhcpMessageType, DhcpOperation, DhcpOption};
/// use packetsmith::{Dhcp, Ipv4, Stack, Udp, examine};
/// let message = |kind, op, address: [u8; 4]| {
///     let options = [
///         DhcpOption::MessageType { message_type: kind },
///         DhcpOption::ServerIdentifier { address: [10, 0, 0, 1].into() },
///         DhcpOption::LeaseTime { time: 3600 },
///         DhcpOption::End {},
///     ];
///     let dhcp = Dhcp::build().op(op).xid(7).yiaddr(address.into()).mac([2, 0, 0, 0, 0, 5].into());
///     let ports = if op == DhcpOperation::BootReply { (67, 68) } else { (68, 67) };
///     let udp = Udp::build().src_port(ports.0).dst_port(ports.1);
///     Stack::new().push(Ipv4::build()).push(udp).push(dhcp.options(&options)).finish().unwrap()
/// };
/// let mut leases = Leases::default();
/// let request = message(DhcpMessageType::Request, DhcpOperation::BootRequest, [0; 4]);
/// leases.packet(Sighting { packet: 1, time: Some(0) }, [examine(101, &request)]);
/// let ack = message(DhcpMessageType::Ack, DhcpOperation::BootReply, [10, 0, 0, 5]);
/// leases.packet(Sighting { packet: 2, time: Some(5_000_000) }, [examine(101, &ack)]);
///
/// let exchange = leases.exchanges().next().unwrap();
/// assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::NewLease, DhcpOutcome::Granted));
/// let lease = leases.leases().next().unwrap();
/// assert_eq!((lease.address.to_string().as_str(), lease.expires()), ("10.0.0.5", Some(3_600_005_000_000)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Leases {
    networks: NetworkHasher,
    exchanges: Vec<DhcpExchange>,
    open: HashMap<ExchangeKey, usize>,
    /// The last DISCOVER or SOLICIT of a client, which a REQUEST follows.
    discoveries: HashMap<(bool, Vec<u8>), usize>,
    leases: Vec<Lease>,
    places: HashMap<(u64, LeasedAddress), usize>,
    findings: Vec<LeaseFinding>,
    messages: u64,
    unusable: u64,
    first_unusable: Option<Sighting>,
    left_out: u64,
    last_time: Option<i128>,
}

impl Leases {
    /// Most exchanges, most leases and most findings.
    pub const MOST: usize = 1 << 16;

    /// Takes a packet that counts, given its layers, and those of the datagrams that it completes.
    pub fn packet<'a, L>(&mut self, at: Sighting, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        for layers in walks {
            self.walk(at, Counting::Counts, layers);
        }
    }

    /// Takes a packet that does not count. An exchange counts if one of its packets does.
    pub fn other_packet<'a, L>(&mut self, at: Sighting, walks: impl IntoIterator<Item = L>)
    where
        L: IntoIterator<Item = ExaminedLayer<'a>>,
    {
        for layers in walks {
            self.walk(at, Counting::Other, layers);
        }
    }

    fn walk<'a>(&mut self, at: Sighting, counting: Counting, layers: impl IntoIterator<Item = ExaminedLayer<'a>>) {
        if let Some(time) = at.time {
            self.last_time = Some(self.last_time.map_or(time, |last| last.max(time)));
        }
        let mut network = self.networks.begin(0);
        let (mut vlan, mut relay, mut relays, mut lacks_message) = (None, None, 0_u8, false);
        let mut layers = layers.into_iter();
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            if layer.quoted {
                break;
            }
            match layer.view {
                View::Vlan(tag) => vlan = Some(tag.id()),
                View::Dhcp(dhcp) => match DhcpReading::of_v4(dhcp, layer, at, network.value()) {
                    Some(reading) => self.message(reading, vlan, counting),
                    None => self.unusable(at, counting),
                },
                View::Cut if layer.proto == Proto::Dhcp => self.unusable(at, counting),
                View::Dhcpv6(dhcp) => {
                    if let Some(header) = dhcp.relay(&layer.context) {
                        // The innermost is that of the client's link. One that knows no address has none (RFC 6221 §5.1).
                        let link = Some(header.link_address()).filter(|address| !address.is_unspecified());
                        (relay, relays) = (link.map(IpAddr::V6).or(relay), relays.saturating_add(1));
                        lacks_message = !layer.context.is_all_here();
                    } else if let Some(reading) = DhcpReading::of_v6(dhcp, layer, at, network.value(), (relay, relays))
                    {
                        lacks_message = false;
                        self.message(reading, vlan, counting);
                    } else {
                        lacks_message = !layer.context.is_whole();
                    }
                }
                _ => {}
            }
            network.layer(layer);
        }
        if lacks_message {
            self.unusable(at, counting);
        }
    }

    /// Counts a message that cannot be used.
    fn unusable(&mut self, at: Sighting, counting: Counting) {
        self.unusable += counting.one();
        if counting == Counting::Counts {
            self.first_unusable = self.first_unusable.or(Some(at));
        }
    }

    /// The exchanges that count, in the order in which they began.
    pub fn exchanges(&self) -> impl Iterator<Item = &DhcpExchange> {
        self.exchanges.iter().filter(|exchange| exchange.counts)
    }

    /// The leases that count, in the order of their first grants.
    pub fn leases(&self) -> impl Iterator<Item = &Lease> {
        let counts = |place: usize| self.exchanges.get(place).is_some_and(|exchange| exchange.counts);
        self.leases.iter().filter(move |lease| counts(lease.exchanges.0) || counts(lease.exchanges.1))
    }

    /// What should not be, in the order of the capture. All packets count for it.
    pub fn findings(&self) -> Vec<LeaseFinding> {
        let mut found: Vec<LeaseFinding> = Vec::new();
        let mut known: HashMap<(Vec<DhcpServer>, Vec<&str>), usize> = HashMap::new();
        for exchange in &self.exchanges {
            let offers = exchange.offers();
            let [_, second, ..] = offers[..] else { continue };
            let (differences, is_cut) = (differences_of(&offers), offers.iter().any(|offer| offer.is_cut));
            let servers: Vec<DhcpServer> = offers.iter().filter_map(|offer| offer.server.clone()).collect();
            let mut sorted = servers.clone();
            sorted.sort();
            let place = *known.entry((sorted, differences.clone())).or_insert(found.len());
            match found.get_mut(place) {
                Some(LeaseFinding::SeveralServers { exchanges, is_cut: known, .. }) => {
                    *exchanges += 1;
                    *known |= is_cut;
                }
                _ => found.push(LeaseFinding::SeveralServers {
                    servers,
                    differences,
                    at: second.at,
                    exchanges: 1,
                    is_cut,
                }),
            }
        }
        found.extend(self.findings.iter().cloned());
        found.sort_by_key(|finding| finding.at().packet);
        found
    }

    /// Number of messages that count.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Number of messages that count and cannot be used, since the capture or the datagram ends before what tells their kind
    /// and their client.
    pub fn unusable_messages(&self) -> u64 {
        self.unusable
    }

    /// The first of the messages that cannot be used.
    pub fn first_unusable(&self) -> Option<Sighting> {
        self.first_unusable
    }

    /// Exchanges, leases and findings that did not fit.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The latest time of the packets that were taken.
    pub fn last_time(&self) -> Option<i128> {
        self.last_time
    }

    fn message(&mut self, reading: DhcpReading, vlan: Option<u16>, counting: Counting) {
        let DhcpReading { transaction, client, purpose, message } = reading;
        self.messages += counting.one();
        let is_v6 = matches!(message.kind, DhcpMessageKind::V6(_));
        let identity = if is_v6 { client.identifier.clone() } else { client.hardware.clone() };
        let key = (is_v6, transaction, identity);
        let mut place = self.open.get(&key).copied().filter(|place| self.belongs(*place, &message, purpose));
        // A REQUEST of DHCPv6 follows the SOLICIT with another transaction identifier (RFC 8415 §16.1). That of DHCP has the
        // identifier of the OFFER (RFC 2131 §4.4.1); some clients take a new one.
        let (is_discovery, is_request) = (is_discovery(&message), is_request(&message) && message.server.is_some());
        let owner = (is_v6, key.2.clone());
        if place.is_none() && is_request {
            let offers = |place: &usize| {
                let offers = self.exchanges.get(*place).map(DhcpExchange::offers).unwrap_or_default();
                is_v6 || offers.iter().any(|offer| offer.server == message.server)
            };
            let before = self.discoveries.get(&owner).copied().filter(offers);
            place = before.filter(|place| self.belongs(*place, &message, purpose));
        }
        let place = match place {
            Some(place) => place,
            None if self.exchanges.len() < Self::MOST => {
                self.exchanges.push(DhcpExchange {
                    client: client.clone(),
                    transaction,
                    vlan,
                    purpose: purpose.unwrap_or(DhcpPurpose::Unknown),
                    messages: Vec::new(),
                    left_out: 0,
                    counts: false,
                });
                self.exchanges.len() - 1
            }
            None => {
                self.left_out += 1;
                return;
            }
        };
        if is_discovery {
            self.discoveries.insert(owner, place);
        }
        self.open.insert(key, place);
        let Some(exchange) = self.exchanges.get_mut(place) else { return };
        exchange.counts |= counting == Counting::Counts;
        exchange.client.learn(&client);
        if let (DhcpPurpose::Cut, Some(purpose)) = (exchange.purpose, purpose) {
            exchange.purpose = purpose;
        }
        let is_reply = message.is_from_server();
        let repetition = exchange.add(message.clone());
        let client = exchange.client.clone();
        if let DhcpRepetition::Contradiction(packet) = repetition {
            let known = exchange.messages.iter().find(|known| known.at.packet == packet && known.kind == message.kind);
            let finding = known.map(|known| contradiction(&client, known, &message));
            finding.into_iter().for_each(|finding| self.find(finding));
        } else if matches!(repetition, DhcpRepetition::None) {
            if is_reply { self.reply(place, &client, &message, vlan) } else { self.request(&client, &message) }
        }
    }

    /// Whether a message goes on with an exchange that has its transaction identifier.
    fn belongs(&self, place: usize, message: &DhcpMessage, purpose: Option<DhcpPurpose>) -> bool {
        let Some(exchange) = self.exchanges.get(place) else { return false };
        let Some(last) = exchange.messages.last() else { return true };
        if !message.at.is_within(LASTS, &last.at) {
            return false;
        }
        let Some(purpose) = purpose else { return true };
        let same = exchange.last_request().map(|(_, last)| last).filter(|last| last.kind == message.kind);
        let is_repeated = same.is_some_and(|same| {
            let is_unknown = (same.is_cut || message.is_cut)
                && (same.terms.addresses.is_empty() || message.terms.addresses.is_empty());
            message.at.is_within(REPEATS, &same.at) && (is_unknown || same.terms.addresses == message.terms.addresses)
        });
        // A REQUEST whose purpose is cut off is for one of these.
        let is_of_request = |purpose| matches!(purpose, DhcpPurpose::NewLease | DhcpPurpose::Reboot | DhcpPurpose::Cut);
        let may_be_same = (exchange.purpose == DhcpPurpose::Cut || purpose == DhcpPurpose::Cut)
            && is_of_request(exchange.purpose)
            && is_of_request(purpose);
        if exchange.purpose != purpose && !may_be_same {
            return false;
        }
        match exchange.messages.iter().any(DhcpMessage::is_final) {
            true => is_repeated,
            false => true,
        }
    }

    /// Takes a message of a client: it may end leases.
    fn request(&mut self, client: &DhcpClient, message: &DhcpMessage) {
        use DhcpMessageKind::{V4, V6};
        let is_release = matches!(message.kind, V4(DhcpMessageType::Release) | V6(Dhcpv6MessageType::Release));
        let is_decline = matches!(message.kind, V4(DhcpMessageType::Decline) | V6(Dhcpv6MessageType::Decline));
        if is_decline {
            let (client, address) = (client.clone(), message.address());
            self.find(LeaseFinding::Declined { client, address, at: message.at });
        }
        if is_release || is_decline {
            let end = if is_release { LeaseEnd::Released(message.at) } else { LeaseEnd::Declined(message.at) };
            for (address, _) in &message.terms.addresses {
                self.end(client, *address, end);
            }
            if message.is_cut && message.terms.addresses.is_empty() {
                self.end_unclear(client, message.at);
            }
        }
    }

    /// Notes that one of the leases of a client ended, and that it is not known which.
    fn end_unclear(&mut self, client: &DhcpClient, at: Sighting) {
        let key = client.key();
        for lease in self.leases.iter_mut().filter(|lease| lease.key == key && lease.end == LeaseEnd::Open) {
            lease.end = LeaseEnd::Unclear(at);
        }
    }

    /// Ends the lease of a client for an address.
    fn end(&mut self, client: &DhcpClient, address: LeasedAddress, end: LeaseEnd) {
        let key = client.key();
        let mut leases = self.leases.iter_mut().rev();
        let known = leases.find(|lease| lease.address == address && lease.key == key && lease.end == LeaseEnd::Open);
        if let Some(lease) = known {
            lease.end = end;
        }
    }

    /// Takes a message of a server that was not seen before.
    fn reply(&mut self, place: usize, client: &DhcpClient, message: &DhcpMessage, vlan: Option<u16>) {
        let Some(exchange) = self.exchanges.get(place) else { return };
        let purpose = exchange.purpose;
        let is_nak = message.kind == DhcpMessageKind::V4(DhcpMessageType::Nak);
        if is_nak {
            let asked = exchange.messages.iter().rev().find(|known| !known.is_from_server()).and_then(|m| m.address());
            let is_cut = exchange.messages.iter().any(|known| known.is_cut && !known.is_from_server());
            match asked {
                Some(address) => self.end(client, address, LeaseEnd::Refused(message.at)),
                None if is_cut => self.end_unclear(client, message.at),
                None => {}
            }
            return;
        }
        let grants = matches!(
            message.kind,
            DhcpMessageKind::V4(DhcpMessageType::Ack)
                | DhcpMessageKind::Bootp(DhcpOperation::BootReply)
                | DhcpMessageKind::V6(Dhcpv6MessageType::Reply)
        );
        let is_about_leases = !matches!(
            purpose,
            DhcpPurpose::Information | DhcpPurpose::Other | DhcpPurpose::Release | DhcpPurpose::Decline
        );
        if !grants || !is_about_leases {
            return;
        }
        self.check_server(place, client, message);
        for (address, lifetime) in message.terms.addresses.clone() {
            if lifetime != Some(0) {
                self.grant(place, client, (address, lifetime), message, vlan);
            }
        }
    }

    /// Notes a lease.
    fn grant(
        &mut self,
        place: usize,
        client: &DhcpClient,
        (address, lifetime): (LeasedAddress, Option<u32>),
        message: &DhcpMessage,
        vlan: Option<u16>,
    ) {
        let (at, key) = (message.at, client.key());
        let (mut is_reused, mut conflict) = (false, None);
        if let Some(lease) = self.places.get(&(message.network, address)).copied()
            && let Some(known) = self.leases.get_mut(lease)
        {
            let is_over = known.end != LeaseEnd::Open || known.has_expired(at.time);
            // A boot program and the system after it have one hardware address and may have two identifiers.
            let is_same = known.key == key || !client.hardware.is_empty() && known.client.hardware == client.hardware;
            if is_same && known.end == LeaseEnd::Open {
                // BOOTP repeats what the client has, and does not renew.
                if matches!(message.kind, DhcpMessageKind::Bootp(_)) {
                    return;
                }
                (known.granted.1, known.exchanges.1) = (at, place);
                known.renewals += 1;
                known.lease_time = lifetime;
                known.server.clone_from(&message.server);
                known.terms = message.terms.clone();
                known.is_cut = message.is_cut;
                known.client.learn(client);
                return;
            }
            is_reused = !is_same && is_over && !matches!(known.end, LeaseEnd::Unclear(_));
            // A lease whose time is cut off may have run out.
            let may_be_over = known.is_cut && known.lease_time.is_none();
            if !is_same && !is_over {
                known.end = LeaseEnd::Taken(at);
            }
            if !is_same && !is_over && !may_be_over {
                let first = (known.client.clone(), known.server.clone(), known.granted.1);
                conflict = Some(LeaseFinding::LeasedTwice {
                    address,
                    first,
                    second: (client.clone(), message.server.clone(), at),
                });
            }
        }
        if let Some(conflict) = conflict {
            self.find(conflict);
        }
        if let LeasedAddress::Address(IpAddr::V4(_)) = address {
            let same = |lease: &&mut Lease| {
                lease.key == key
                    && lease.network == message.network
                    && lease.end == LeaseEnd::Open
                    && matches!(lease.address, LeasedAddress::Address(IpAddr::V4(_)))
            };
            if let Some(before) = self.leases.iter_mut().rev().find(same) {
                before.end = LeaseEnd::Replaced(at);
            }
        }
        if self.leases.len() >= Self::MOST {
            self.left_out += 1;
            return;
        }
        self.places.insert((message.network, address), self.leases.len());
        self.leases.push(Lease {
            client: client.clone(),
            vlan,
            address,
            server: message.server.clone(),
            granted: (at, at),
            renewals: 0,
            lease_time: lifetime,
            terms: message.terms.clone(),
            end: LeaseEnd::Open,
            is_reused,
            is_cut: message.is_cut,
            network: message.network,
            key,
            exchanges: (place, place),
        });
    }

    /// Compares a grant with that of another server, and with the server that the client selected.
    fn check_server(&mut self, place: usize, client: &DhcpClient, message: &DhcpMessage) {
        let Some(exchange) = self.exchanges.get(place) else { return };
        let others = exchange.messages.iter().filter(|known| known.is_final() && known.server != message.server);
        let other = others.clone().find(|known| known.address() != message.address());
        let mut found = Vec::new();
        if let Some(other) = other
            && let (Some(first), Some(second)) = (other.address(), message.address())
        {
            found.push(LeaseFinding::TwoGrants {
                client: client.clone(),
                first: (first, other.server.clone(), other.at),
                second: (second, message.server.clone(), message.at),
            });
        }
        // The message is the last of the exchange by now.
        let before = exchange.messages.iter().filter(|known| known.at.packet < message.at.packet);
        let alike = before.filter(|known| {
            (known.kind, known.address()) == (message.kind, message.address())
                && (known.relay, known.hops, known.network) == (message.relay, message.hops, message.network)
                && known.server != message.server
        });
        let is_address = message.address().is_some();
        if let Some(first) = alike.filter(|_| is_address).find(|first| !differences(first, message).is_empty()) {
            found.push(contradiction(client, first, message));
        }
        let requests = exchange.messages.iter().rev().filter(|known| !known.is_from_server());
        let selected = requests.filter_map(|known| known.server.as_ref()).next();
        let is_new = matches!(exchange.purpose, DhcpPurpose::NewLease);
        if let (Some(selected), Some(replied), true) = (selected, &message.server, is_new)
            && selected != replied
            && !message.is_cut
        {
            let (selected, replied) = (selected.clone(), replied.clone());
            found.push(LeaseFinding::OtherServer { client: client.clone(), selected, replied, at: message.at });
        }
        found.into_iter().for_each(|finding| self.find(finding));
    }

    fn find(&mut self, finding: LeaseFinding) {
        match self.findings.len() < Self::MOST {
            true => self.findings.push(finding),
            false => self.left_out += 1,
        }
    }
}

fn is_discovery(message: &DhcpMessage) -> bool {
    use DhcpMessageKind::{V4, V6};
    matches!(message.kind, V4(DhcpMessageType::Discover) | V6(Dhcpv6MessageType::Solicit))
}

fn is_request(message: &DhcpMessage) -> bool {
    use DhcpMessageKind::{V4, V6};
    matches!(message.kind, V4(DhcpMessageType::Request) | V6(Dhcpv6MessageType::Request))
}

/// Two replies that do not say the same.
fn contradiction(client: &DhcpClient, first: &DhcpMessage, second: &DhcpMessage) -> LeaseFinding {
    LeaseFinding::Contradiction {
        client: client.clone(),
        kind: second.kind,
        first: (first.server.clone(), first.at),
        second: (second.server.clone(), second.at),
        differences: differences(first, second),
    }
}
