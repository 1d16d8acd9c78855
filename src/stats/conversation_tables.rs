//! Who talked to whom: conversations and endpoints of each layer.

use super::pair_table::{EndTable, EndTraffic, Pair, PairTable};
use super::traffic::Traffic;
use crate::dissect::ExaminedLayer;
use crate::dissect::plain_transport::PlainTransport;
use crate::flow::{Conversation, Endpoint, Flows, LayerAnalysis, Side, TcpFindings, TcpState};
use crate::proto::View;
use crate::wire::mac::MacAddr;
use core::fmt;
use core::hash::Hash;
use core::net::IpAddr;

/// What conversations and endpoints are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressKind {
    /// MAC addresses of Ethernet.
    Ethernet,
    /// Addresses of IPv4 and IPv6.
    Ip,
    /// Addresses of IPv4.
    Ipv4,
    /// Addresses of IPv6.
    Ipv6,
    /// Addresses and ports of TCP.
    Tcp,
    /// Addresses and ports of UDP.
    Udp,
}

impl AddressKind {
    /// All kinds, from the lowest layer on.
    pub const ALL: [AddressKind; 6] = [
        AddressKind::Ethernet,
        AddressKind::Ip,
        AddressKind::Ipv4,
        AddressKind::Ipv6,
        AddressKind::Tcp,
        AddressKind::Udp,
    ];

    /// The name of the protocol, as tshark's statistics have it.
    pub const fn name(self) -> &'static str {
        match self {
            AddressKind::Ethernet => "eth",
            AddressKind::Ip => "ip",
            AddressKind::Ipv4 => "ipv4",
            AddressKind::Ipv6 => "ipv6",
            AddressKind::Tcp => "tcp",
            AddressKind::Udp => "udp",
        }
    }
}

/// One end of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkEnd {
    /// A host on a link.
    Mac(MacAddr),
    /// A host.
    Ip(IpAddr),
    /// A port of a host.
    Port(Endpoint),
}

/// The address as it is written: `10.0.0.1`, `10.0.0.1:80`.
impl fmt::Display for NetworkEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NetworkEnd::Mac(address) => address.fmt(f),
            NetworkEnd::Ip(address) => address.fmt(f),
            NetworkEnd::Port(endpoint) => endpoint.fmt(f),
        }
    }
}

/// What is known of a TCP connection beside its traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionStatistics {
    /// Where it was in its life in the end. `None` before [`CaptureStatistics::finish`](super::CaptureStatistics::finish).
    pub state: Option<TcpState>,
    /// Segments of each end that repeat others.
    pub retransmissions: [u64; 2],
}

/// A conversation, and what each end of it sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationStatistics {
    /// Source and destination of the first packet.
    pub ends: [NetworkEnd; 2],
    /// Number of the TCP or UDP conversation, as [`Flows`] gives it.
    pub stream: Option<u64>,
    /// What each end sent.
    pub sent: [Traffic; 2],
    /// The least and the greatest time of the packets, in nanoseconds since 1970.
    pub times: Option<(i128, i128)>,
    /// Of TCP: how it went.
    pub connection: Option<ConnectionStatistics>,
}

impl ConversationStatistics {
    /// What both ends sent.
    pub fn total(&self) -> Traffic {
        self.sent[0] + self.sent[1]
    }
}

/// An address, and what it sent and received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointStatistics {
    /// The address.
    pub end: NetworkEnd,
    /// What it sent.
    pub sent: Traffic,
    /// What it received.
    pub received: Traffic,
}

impl EndpointStatistics {
    /// What it sent and received. A packet that it sent to itself counts twice, as in Wireshark.
    pub fn total(&self) -> Traffic {
        self.sent + self.received
    }
}

/// Conversations of TCP or UDP by the numbers that [`Flows`] gives them.
#[derive(Clone, Debug)]
struct StreamTable {
    /// The numbers begin with 0. A number may belong to no packet that counts.
    streams: Vec<Option<(Pair<Endpoint>, ConnectionStatistics)>>,
    limit: usize,
    left_out: Traffic,
    others: EndTable<Endpoint>,
}

impl StreamTable {
    fn new(limit: usize) -> Self {
        StreamTable { streams: Vec::new(), limit, left_out: Traffic::default(), others: EndTable::new(limit) }
    }

    #[inline]
    fn add(&mut self, source: Endpoint, destination: Endpoint, packet: &StreamPacket, length: u64, time: Option<i128>) {
        let Some(at) = usize::try_from(packet.stream).ok().filter(|at| *at < self.limit) else {
            self.left_out.add(length);
            return self.others.add([source, destination], length);
        };
        if at >= self.streams.len() {
            self.streams.resize(at + 1, None);
        }
        let side = packet.side as usize;
        let (pair, connection) = self.streams[at].get_or_insert_with(|| {
            let ends = if side == 0 { [source, destination] } else { [destination, source] };
            (Pair::new(ends), ConnectionStatistics { state: None, retransmissions: [0; 2] })
        });
        pair.add(side, length, time);
        connection.retransmissions[side] += u64::from(packet.repeats);
    }

    fn pairs(&self) -> impl Iterator<Item = &Pair<Endpoint>> {
        self.streams.iter().flatten().map(|(pair, _)| pair)
    }
}

/// A packet in its TCP or UDP conversation.
struct StreamPacket {
    stream: u64,
    side: Side,
    is_tcp: bool,
    repeats: bool,
}

impl StreamPacket {
    #[inline]
    fn of(analysis: &LayerAnalysis) -> Option<Self> {
        Some(match analysis {
            LayerAnalysis::Tcp(tcp) => {
                let repeats = tcp.findings.contains(TcpFindings::RETRANSMISSION);
                StreamPacket { stream: tcp.stream, side: tcp.side, is_tcp: true, repeats }
            }
            LayerAnalysis::Udp(udp) => {
                StreamPacket { stream: udp.stream, side: udp.side, is_tcp: false, repeats: false }
            }
            LayerAnalysis::Transaction(_) | LayerAnalysis::DuplicateAddress(_) => return None,
        })
    }
}

/// Conversations and endpoints of Ethernet, IP, TCP and UDP.
///
/// Each header of a packet counts, those inside of tunnels too, with all bytes of the packet. A fragment counts for its IP
/// addresses; its datagram counts for TCP or UDP with the packet that completes it. What an ICMP error quotes does not
/// count. All of this is as Wireshark has it. A TCP connection with the ports of one before it is another conversation.
///
/// Each table has places for a number of conversations: those that come first have them. Packets of others are counted
/// together ([`left_out`](Self::left_out)), but still count for their ends, of which each table has as many more. A
/// conversation takes some 200 bytes of memory, an end 100.
#[derive(Clone, Debug)]
pub struct ConversationTables {
    ethernet: PairTable<MacAddr>,
    ipv4: PairTable<u32>,
    ipv6: PairTable<u128>,
    tcp: StreamTable,
    udp: StreamTable,
}

impl Default for ConversationTables {
    /// Tables with places for 131,072 conversations each.
    fn default() -> Self {
        ConversationTables::new(1 << 17)
    }
}

impl ConversationTables {
    /// Tables with places for so many conversations each.
    pub fn new(limit: usize) -> Self {
        ConversationTables {
            ethernet: PairTable::new(limit),
            ipv4: PairTable::new(limit),
            ipv6: PairTable::new(limit),
            tcp: StreamTable::new(limit),
            udp: StreamTable::new(limit),
        }
    }

    /// The conversations in the order of their first packets; of IP, those of IPv4 first.
    pub fn conversations(&self, kind: AddressKind) -> Vec<ConversationStatistics> {
        let ipv4 = || self.ipv4.pairs.iter().map(|pair| plain(pair, of_ipv4));
        let ipv6 = || self.ipv6.pairs.iter().map(|pair| plain(pair, of_ipv6));
        match kind {
            AddressKind::Ethernet => self.ethernet.pairs.iter().map(|pair| plain(pair, NetworkEnd::Mac)).collect(),
            AddressKind::Ip => ipv4().chain(ipv6()).collect(),
            AddressKind::Ipv4 => ipv4().collect(),
            AddressKind::Ipv6 => ipv6().collect(),
            AddressKind::Tcp => streams(&self.tcp, true),
            AddressKind::Udp => streams(&self.udp, false),
        }
    }

    /// The addresses, in no order.
    pub fn endpoints(&self, kind: AddressKind) -> Vec<EndpointStatistics> {
        let mut all = Vec::new();
        let (ipv4, ipv6) = (matches!(kind, AddressKind::Ipv4), matches!(kind, AddressKind::Ipv6));
        let both = matches!(kind, AddressKind::Ip);
        if ipv4 || both {
            ends(&self.ipv4.others.with(self.ipv4.pairs.iter()), of_ipv4, &mut all);
        }
        if ipv6 || both {
            ends(&self.ipv6.others.with(self.ipv6.pairs.iter()), of_ipv6, &mut all);
        }
        match kind {
            AddressKind::Ethernet => {
                ends(&self.ethernet.others.with(self.ethernet.pairs.iter()), NetworkEnd::Mac, &mut all);
            }
            AddressKind::Tcp => ends(&self.tcp.others.with(self.tcp.pairs()), NetworkEnd::Port, &mut all),
            AddressKind::Udp => ends(&self.udp.others.with(self.udp.pairs()), NetworkEnd::Port, &mut all),
            _ => {}
        }
        all
    }

    /// Packets of conversations that have no place in the table.
    pub fn left_out(&self, kind: AddressKind) -> Traffic {
        match kind {
            AddressKind::Ethernet => self.ethernet.left_out,
            AddressKind::Ip => self.ipv4.left_out + self.ipv6.left_out,
            AddressKind::Ipv4 => self.ipv4.left_out,
            AddressKind::Ipv6 => self.ipv6.left_out,
            AddressKind::Tcp => self.tcp.left_out,
            AddressKind::Udp => self.udp.left_out,
        }
    }

    /// Packets sent and received by addresses that have no place in the table.
    pub fn left_out_of_endpoints(&self, kind: AddressKind) -> Traffic {
        match kind {
            AddressKind::Ethernet => self.ethernet.others.left_out,
            AddressKind::Ip => self.ipv4.others.left_out + self.ipv6.others.left_out,
            AddressKind::Ipv4 => self.ipv4.others.left_out,
            AddressKind::Ipv6 => self.ipv6.others.left_out,
            AddressKind::Tcp => self.tcp.others.left_out,
            AddressKind::Udp => self.udp.others.left_out,
        }
    }

    /// Counts a frame of Ethernet, IP, and TCP or UDP.
    #[inline]
    pub(super) fn plain(
        &mut self,
        frame: &PlainTransport<'_>,
        analysis: Option<&LayerAnalysis>,
        length: u64,
        time: Option<i128>,
    ) {
        if let Some([a, b, c, d, e, f, g, h, i, j, k, l]) = frame.frame.first_chunk::<12>().copied() {
            self.ethernet.add(MacAddr([g, h, i, j, k, l]), MacAddr([a, b, c, d, e, f]), length, time);
        }
        self.ip(frame.source, frame.destination, length, time);
        if let Some(analysis) = analysis {
            self.stream([frame.source, frame.destination], frame.ports.into(), analysis, length, time);
        }
    }

    /// Counts a layer. `analysis` is what [`Flows`] says of it.
    pub(super) fn layer(
        &mut self,
        layer: &ExaminedLayer<'_>,
        analysis: Option<&LayerAnalysis>,
        length: u64,
        time: Option<i128>,
    ) {
        if layer.quoted {
            return;
        }
        match layer.view {
            View::Ethernet(header) => self.ethernet.add(header.src(), header.dst(), length, time),
            View::Ipv4(header) => self.ip(header.src().into(), header.dst().into(), length, time),
            View::Ipv6(header) => self.ip(header.src().into(), header.dst().into(), length, time),
            View::Tcp(_) | View::Udp(_) => {
                let (Some(analysis), [a, b, c, d, ..]) = (analysis, layer.header()) else { return };
                let addresses = &layer.context.addresses;
                let (source, destination) = (addresses.source(layer.frame()), addresses.destination(layer.frame()));
                let (Some(source), Some(destination)) = (ip_address(source), ip_address(destination)) else { return };
                let ports = [u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d])];
                self.stream([source, destination], ports, analysis, length, time);
            }
            _ => {}
        }
    }

    #[inline]
    fn ip(&mut self, source: IpAddr, destination: IpAddr, length: u64, time: Option<i128>) {
        match (source, destination) {
            (IpAddr::V4(a), IpAddr::V4(b)) => self.ipv4.add(a.to_bits(), b.to_bits(), length, time),
            (IpAddr::V6(a), IpAddr::V6(b)) => self.ipv6.add(a.to_bits(), b.to_bits(), length, time),
            _ => {}
        }
    }

    #[inline]
    fn stream(
        &mut self,
        addresses: [IpAddr; 2],
        ports: [u16; 2],
        analysis: &LayerAnalysis,
        length: u64,
        time: Option<i128>,
    ) {
        let Some(packet) = StreamPacket::of(analysis) else { return };
        let [source, destination] = core::array::from_fn(|n| Endpoint { address: addresses[n], port: ports[n] });
        let table = if packet.is_tcp { &mut self.tcp } else { &mut self.udp };
        table.add(source, destination, &packet, length, time);
    }

    /// Takes the states of connections that ended.
    pub(super) fn ended(&mut self, ended: &[Conversation]) {
        for conversation in ended {
            let Conversation::Tcp(tcp) = conversation else { continue };
            let place = usize::try_from(tcp.stream).ok().and_then(|at| self.tcp.streams.get_mut(at));
            if let Some(Some((_, connection))) = place {
                connection.state = Some(tcp.state());
            }
        }
    }

    /// Takes the states of the connections that the capture ended with.
    pub(super) fn finish(&mut self, flows: &Flows) {
        for tcp in flows.tcp() {
            self.ended(&[Conversation::Tcp(tcp)]);
        }
    }
}

fn of_ipv4(bits: u32) -> NetworkEnd {
    NetworkEnd::Ip(IpAddr::V4(bits.into()))
}

fn of_ipv6(bits: u128) -> NetworkEnd {
    NetworkEnd::Ip(IpAddr::V6(bits.into()))
}

fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    }
}

fn plain<A: Copy>(pair: &Pair<A>, end: impl Fn(A) -> NetworkEnd) -> ConversationStatistics {
    let Pair { ends, sent, times } = *pair;
    ConversationStatistics { ends: ends.map(end), stream: None, sent, times, connection: None }
}

fn streams(table: &StreamTable, is_tcp: bool) -> Vec<ConversationStatistics> {
    let all = table.streams.iter().enumerate();
    all.filter_map(|(stream, found)| {
        let (pair, connection) = found.as_ref()?;
        let statistics = plain(pair, NetworkEnd::Port);
        let connection = Some(*connection).filter(|_| is_tcp);
        Some(ConversationStatistics { stream: Some(stream as u64), connection, ..statistics })
    })
    .collect()
}

fn ends<A: Copy + Eq + Hash>(table: &EndTable<A>, end: impl Fn(A) -> NetworkEnd, all: &mut Vec<EndpointStatistics>) {
    all.extend(table.ends.iter().map(|(address, EndTraffic { sent, received })| EndpointStatistics {
        end: end(*address),
        sent: *sent,
        received: *received,
    }));
}
