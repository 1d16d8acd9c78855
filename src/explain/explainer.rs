//! Takes the packets of a capture, and tells what happened.

use super::addresses::{AddressNotes, router_lifetime};
use super::connections::{ConnectionTable, ExplainSettings};
use super::explanation::{Chapter, Explanation, Statement, Topic};
use super::fragments::{FragmentTable, SeenFragment, protocol_name};
use super::icmp::{EchoMessage, IcmpTable, QuotedPacket, echo_numbers};
use super::icmp_error::{IcmpError, IcmpErrorKind};
use super::leases;
use super::name_messages;
use super::names;
use super::packet_list::{Nanos, PacketList, PacketMoment};
use super::packet_walk::{HostProtocols, PacketWalk};
use super::rest::{RestKind, RestTable};
use super::roles::HostTable;
use super::said::Said;
use super::summary::{CaptureSums, CaptureTimes};
use super::taken::{TakenPackets, TopicSet};
use super::tcp::{QuotedSegment, WatchedSegment, digest};
use super::trouble::Trouble;
use crate::dissect::{Examine, ExaminedLayer};
use crate::flow::{
    Endpoint, FlowLayer, Flows, LayerAnalysis, MessageEnd, StreamMessage, TcpAnalysis, TransactionAnalysis,
    TransactionRole, of_walk,
};
use crate::hosts::{AddressTable, DnsLookups, Leases, Sighting};
use crate::ip::NetworkHasher;
use crate::layer::NextProtocol;
use crate::output::HostNames;
use crate::proto::dhcp::DhcpMessageType;
use crate::proto::ip::Ipv4Flags;
use crate::proto::transport::{TcpFlags, TcpOption};
use crate::proto::{Dhcp, Dns, Proto, Protocols, Tcp, View};
use crate::wire::MacAddr;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

/// What the capture says of a packet that is explained.
#[derive(Clone, Copy, Debug)]
pub struct ExplainedPacket<'a> {
    /// Number of the packet in the capture, from 1.
    pub number: u64,
    /// Time of capture in nanoseconds since 1970, if it is known.
    pub time: Option<i128>,
    /// The interface that it came by: addresses of different interfaces are different addresses.
    pub interface: u32,
    /// Length on the wire in bytes.
    pub length: u64,
    /// Whether what the packet belongs to is to be told. All packets are to be given, or what is said to be missing in the
    /// capture may be in it.
    pub is_selected: bool,
    /// The conversations, which have taken the packet.
    pub flows: &'a Flows,
    /// The protocols that are known.
    pub known: &'a Protocols,
}

/// Takes the packets of a capture in order, and tells in the end what happened.
///
/// What is told is what packets show. Memory is bounded: the lists of each chapter have limits, and what did not fit is
/// counted and said.
///
/// ```
/// use packetsmith::explain::{ExplainSettings, ExplainedPacket, Explainer};
/// use packetsmith::flow::{FlowSettings, Flows, PacketInfo};
/// use packetsmith::proto::transport::TcpFlags;
/// use packetsmith::{Ethernet, Ipv4, Protocols, Stack, Tcp, examine};
/// let segment = |client: bool, flags| {
///     let [a, b] = [([192, 0, 2, 1], 40000), ([192, 0, 2, 2], 80)];
///     let (from, to) = if client { (a, b) } else { (b, a) };
///     let ip = Ipv4::build().src(from.0.into()).dst(to.0.into());
///     let tcp = Tcp::build().src_port(from.1).dst_port(to.1).flags(flags).seq(7).ack(8);
///     Stack::new().push(Ethernet::build()).push(ip).push(tcp).finish().unwrap()
/// };
/// let frames = [segment(true, TcpFlags::SYN), segment(false, TcpFlags::RST | TcpFlags::ACK)];
/// let (mut flows, known) = (Flows::new(FlowSettings::default()), Protocols::builtin());
/// let mut explainer = Explainer::new(ExplainSettings::default());
/// for (frame, number) in frames.iter().zip(1..) {
///     flows.packet(PacketInfo { number, ..PacketInfo::default() }, examine(1, frame));
///     let length = frame.len() as u64;
///     let packet =
///         ExplainedPacket { number, time: None, interface: 0, length, is_selected: true, flows: &flows, known: &known };
///     explainer.packet(&packet, [examine(1, frame)]);
/// }
/// flows.finish();
/// let text = explainer.finish(&flows, &known).to_string();
/// assert!(text.contains("The client sent SYN (packet 1), and was refused with RST (packet 2)"));
/// ```
#[derive(Debug)]
pub struct Explainer {
    settings: ExplainSettings,
    packets: u64,
    bytes: u64,
    selected: u64,
    cut: PacketList,
    times: CaptureTimes,
    hosts: HostTable,
    names: HostNames,
    addresses: AddressTable,
    notes: AddressNotes,
    leases: Leases,
    lookups: DnsLookups,
    connections: ConnectionTable,
    fragments: FragmentTable,
    icmp: IcmpTable,
    said: Said,
    rest: RestTable,
    taken: TakenPackets,
    networks: NetworkHasher,
}

impl Explainer {
    /// Nothing has happened yet.
    pub fn new(settings: ExplainSettings) -> Self {
        Explainer {
            settings,
            packets: 0,
            bytes: 0,
            selected: 0,
            cut: PacketList::default(),
            times: CaptureTimes::default(),
            hosts: HostTable::default(),
            names: HostNames::default(),
            addresses: AddressTable::default(),
            notes: AddressNotes::default(),
            leases: Leases::default(),
            lookups: DnsLookups::default(),
            connections: ConnectionTable::default(),
            fragments: FragmentTable::default(),
            icmp: IcmpTable::default(),
            said: Said::default(),
            rest: RestTable::default(),
            taken: TakenPackets::default(),
            networks: NetworkHasher::default(),
        }
    }

    /// Takes a packet, given its layers, and those of the datagrams that it completes and of the packets in samples of
    /// sFlow, in the order of their numbers in [`FlowLayer::walk`]. Messages that span segments are those of the
    /// conversations.
    pub fn packet<'a>(&mut self, packet: &ExplainedPacket<'a>, walks: impl IntoIterator<Item = Examine<'a>>) {
        let at = PacketMoment { packet: packet.number, time: packet.time };
        self.packets += 1;
        self.bytes += packet.length;
        self.selected += u64::from(packet.is_selected);
        self.times.take(at);
        let found = packet.flows.found();
        let (mut is_told, mut taken, mut count, mut frame) = (false, TopicSet::default(), 0, None);
        let new = |number: usize| PacketWalk::new(at, packet.is_selected, of_walk(found, number), number);
        let (walks, mut has) = (walks.into_iter().collect::<Vec<_>>(), HostProtocols::default());
        for layers in walks.iter().cloned() {
            let mut walk = new(count);
            count += 1;
            let part = walk.found.iter().find(|found| match &found.analysis {
                LayerAnalysis::Tcp(tcp) => tcp.is_part_of_message,
                _ => false,
            });
            let layers = match part {
                Some(part) => layers.payload_as_data(part.layer),
                None => layers,
            };
            if count == 1 {
                let (bytes, length) = layers.frame();
                if bytes.len() < length as usize {
                    self.cut.push(at.packet);
                }
                frame = Some(layers.clone());
            }
            self.walk(&mut walk, layers, packet.interface);
            is_told |= walk.is_told;
            taken.add_all(walk.taken);
            has.add(walk.has);
        }
        for (number, message) in packet.flows.messages().iter().enumerate() {
            let mut walk = new(count + number);
            self.message(&mut walk, message, packet.known, packet.interface);
            is_told |= walk.is_told;
            taken.add_all(walk.taken);
            has.add(walk.has);
        }
        self.host_protocols(packet, has, &walks);
        if let Some(frame) = frame.filter(|_| !is_told && packet.is_selected) {
            match taken.is_empty() {
                true => self.rest.add(RestKind::of(frame), at.packet),
                false => self.taken.add(at.packet, taken, RestKind::of(frame)),
            }
        }
    }

    /// Hands the packet to the tables of addresses, leases and lookups that have to do with it.
    fn host_protocols<'a>(&mut self, packet: &ExplainedPacket<'a>, has: HostProtocols, walks: &[Examine<'a>]) {
        let at = Sighting { packet: packet.number, time: packet.time };
        if has.addresses {
            self.addresses.set_interface(packet.interface);
            match packet.is_selected {
                true => self.addresses.packet(at, walks.iter().cloned()),
                false => self.addresses.other_packet(at, walks.iter().cloned()),
            }
        }
        if has.leases {
            match packet.is_selected {
                true => self.leases.packet(at, walks.iter().cloned()),
                false => self.leases.other_packet(at, walks.iter().cloned()),
            }
        }
        if has.names {
            let messages = packet.flows.messages().iter().map(|message| message.layers(packet.known));
            let walks = walks.iter().cloned().chain(messages);
            match packet.is_selected {
                true => self.lookups.packet(at, packet.flows, walks),
                false => self.lookups.other_packet(at, packet.flows, walks),
            }
        }
    }

    fn walk(&mut self, walk: &mut PacketWalk<'_>, layers: Examine<'_>, interface: u32) {
        let all = layers.clone();
        let mut network = self.networks.begin(interface.into());
        let mut layers = layers;
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            // A packet in a sample was not captured.
            if layer.quoted && layer.index == 0 {
                return;
            }
            let found = walk.found.iter().find(|found| found.layer == layer.index);
            walk.network = network.value();
            match layer.view {
                View::Ethernet(frame) if layer.index == 0 => walk.mac = Some(frame.src()),
                View::Ipv4(ip) => {
                    walk.identification = ip.identification().into();
                    walk.is_fragment = ip.is_fragment();
                    let addresses = [ip.src().into(), ip.dst().into()];
                    self.ip(walk, layer, addresses, ip.ttl());
                    if ip.is_fragment() && !layer.quoted {
                        let (offset, last) =
                            (u32::from(ip.fragment_offset()) * 8, !ip.flags().contains(Ipv4Flags::MORE_FRAGMENTS));
                        self.fragment(walk, layer, (Some(ip.protocol().into()), walk.identification), offset, last);
                    }
                }
                View::Ipv6(ip) => {
                    (walk.identification, walk.is_fragment) = (0, false);
                    self.ip(walk, layer, [ip.src().into(), ip.dst().into()], ip.hop_limit());
                }
                View::Fragment(fragment) if !fragment.is_atomic() && !layer.quoted => {
                    walk.is_fragment = true;
                    let protocol = Some(u8::from(fragment.next_header())).filter(|_| fragment.fragment_offset() == 0);
                    let of = (protocol, fragment.identification());
                    let (offset, last) = (u32::from(fragment.fragment_offset()) * 8, !fragment.more_fragments());
                    self.fragment(walk, layer, of, offset, last);
                }
                View::Arp(_) if !layer.quoted => self.address_note(walk, layer),
                _ if walk.is_fragment => {}
                View::Tcp(tcp) => self.tcp(walk, layer, tcp, found),
                View::Cut if layer.quoted => self.quoted_segment(walk, layer, found),
                View::Udp(udp) if layer.quoted => {
                    if let Some(quoted) = &mut walk.quoted {
                        quoted.carried = format!("UDP to port {}", udp.dst_port());
                    }
                }
                View::Icmpv4(_) | View::Icmpv6(_) if !layer.quoted => self.icmp(walk, layer, found),
                View::Dns(dns) if !layer.quoted => self.dns(walk, layer, dns, &all),
                View::Dhcp(dhcp) if !layer.quoted => self.dhcp(walk, layer, dhcp),
                View::Dhcpv6(_) if !layer.quoted => {
                    walk.has.leases = true;
                    walk.taken.add(Topic::Addresses);
                }
                View::Http(http) if !walk.repeats => {
                    self.said.http(
                        &mut self.connections,
                        layer,
                        http,
                        found_transaction(found),
                        &walk.place(&self.times),
                    );
                }
                View::Tls(tls) if !walk.repeats => {
                    self.said.tls(&mut self.connections, layer, tls, &walk.place(&self.times))
                }
                _ => {}
            }
            network.layer(layer);
        }
        if let (Some(error), Some(mut quoted)) = (walk.error.take(), walk.quoted.take()) {
            // The port matters only if it is what the error is about: a traceroute goes to many.
            if error.kind != IcmpErrorKind::Port
                && let Some(end) = quoted.carried.find(" to port ")
            {
                quoted.carried.truncate(end);
            }
            self.icmp.error(error, quoted, walk.at.packet, walk.is_selected);
        }
    }

    /// Takes an IP header.
    fn ip(
        &mut self,
        walk: &mut PacketWalk<'_>,
        layer: &ExaminedLayer<'_>,
        [source, destination]: [IpAddr; 2],
        ttl: u8,
    ) {
        if layer.quoted {
            // The innermost that is quoted is not what the error is about.
            if walk.quoted.is_none() && walk.error.is_some() {
                let protocol = match layer.view {
                    View::Ipv4(ip) => Some(ip.protocol().into()),
                    View::Ipv6(ip) => Some(ip.next_header().into()),
                    _ => None,
                };
                walk.quoted = Some(QuotedPacket { source, destination, carried: protocol_name(protocol) });
                walk.quoted_end = super::icmp::quoted_end(layer);
            }
            return;
        }
        (walk.source, walk.destination) = (Some(source), Some(destination));
        if layer.context.ip_headers == 0 && walk.number == 0 {
            let link = layer.context.link_source.of(layer.context.frame);
            let mac = walk.mac.or_else(|| <[u8; 6]>::try_from(link).ok().map(MacAddr)).filter(|mac| mac.0 != [0; 6]);
            self.hosts.source(source, (mac, ttl), walk.at.packet, walk.is_selected);
        }
    }

    fn fragment(
        &mut self,
        walk: &mut PacketWalk<'_>,
        layer: &ExaminedLayer<'_>,
        (protocol, identification): (Option<u8>, u32),
        offset: u32,
        is_last: bool,
    ) {
        let (Some(source), Some(destination)) = (walk.source, walk.destination) else { return };
        let length = layer.context.payload_wire_end.saturating_sub(layer.payload_span().start);
        let payload = layer.payload_span();
        let payload = layer.frame().get(payload.start as usize..payload.end as usize).unwrap_or_default();
        let digest = digest(payload);
        let fragment = SeenFragment { source, destination, protocol, identification, offset, length, is_last, digest };
        self.fragments.add(&fragment, walk.at, walk.is_selected);
        walk.taken.add(Topic::Fragments);
    }

    fn tcp(
        &mut self,
        walk: &mut PacketWalk<'_>,
        layer: &ExaminedLayer<'_>,
        tcp: Tcp<&[u8; Tcp::LEN]>,
        found: Option<&FlowLayer>,
    ) {
        if layer.quoted {
            return self.quoted_segment(walk, layer, found);
        }
        let Some(analysis) = found_tcp(found) else { return };
        let (Some(source), Some(destination)) = (walk.source, walk.destination) else { return };
        walk.is_told = true;
        walk.stream = Some((analysis.stream, analysis.side));
        let flags = tcp.flags();
        let (mut mss, mut timestamp) = (None, None);
        for option in tcp.options(&layer.context).iter() {
            match option {
                TcpOption::MaximumSegmentSize { size } if flags.contains(TcpFlags::SYN) => {
                    mss.get_or_insert(size);
                }
                TcpOption::Timestamps { value, .. } => {
                    timestamp.get_or_insert(value);
                }
                _ => {}
            }
        }
        let segment = WatchedSegment {
            at: walk.at,
            source: Endpoint { address: source, port: tcp.src_port() },
            destination: Endpoint { address: destination, port: tcp.dst_port() },
            analysis,
            flags,
            seq: tcp.seq(),
            mss,
            timestamp,
            identification: walk.identification,
            network: walk.network,
            header: layer.header(),
        };
        let Some(story) = self.connections.of(&segment, &self.settings) else { return };
        story.is_selected |= walk.is_selected;
        let before = story.handshakes();
        story.segment(&segment);
        walk.repeats = story.last_was_repeated();
        let after = story.handshakes();
        if after.0 > before.0
            && let Some(host) = self.hosts.host(source)
        {
            host.opened.push(walk.at.packet);
        }
        if after.1 > before.1
            && let Some(host) = self.hosts.host(source)
        {
            host.accepts(segment.source.port, walk.at.packet);
        }
    }

    /// Takes a segment that an error quotes: at least its first 8 bytes, with ports and sequence number.
    fn quoted_segment(&mut self, walk: &mut PacketWalk<'_>, layer: &ExaminedLayer<'_>, found: Option<&FlowLayer>) {
        let context = &layer.context;
        let bytes = context.frame.get(context.bounds.start as usize..).and_then(|bytes| bytes.first_chunk::<8>());
        let (Some(&[a, b, c, d, seq @ ..]), Some(quoted), Proto::Tcp) = (bytes, &mut walk.quoted, layer.proto) else {
            return;
        };
        let source = Endpoint { address: quoted.source, port: u16::from_be_bytes([a, b]) };
        let destination = Endpoint { address: quoted.destination, port: u16::from_be_bytes([c, d]) };
        quoted.carried = format!("TCP to port {}", destination.port);
        let known = found_tcp(found).map(|analysis| (analysis.stream, analysis.side));
        let Some((stream, side)) = known.or_else(|| self.connections.last_of(source, destination)) else { return };
        let Some(story) = self.connections.known(stream) else { return };
        let Some(error) = walk.error.take() else { return };
        story.is_selected |= walk.is_selected;
        walk.is_told = true;
        let start = context.bounds.start;
        let quote = context.frame.get(start as usize..context.bounds.trailer_end as usize).unwrap_or_default();
        let header_length = quote.get(12).map(|byte| u32::from(byte >> 4) * 4).filter(|length| *length >= 20);
        let quoted = QuotedSegment {
            seq: u32::from_be_bytes(seq),
            identification: walk.identification,
            length: walk.quoted_end.and_then(|end| end.checked_sub(start)),
            header_length,
        };
        story.error(error, walk.at, side, quoted);
    }

    /// Takes a message of ARP or Neighbor Discovery.
    fn address_note(&mut self, walk: &mut PacketWalk<'_>, layer: &ExaminedLayer<'_>) {
        walk.has.addresses = true;
        let of = (walk.source, walk.destination, walk.mac);
        if self.notes.layer(layer, of, walk.at.packet, walk.is_selected) {
            walk.taken.add(Topic::Addresses);
        }
    }

    fn icmp(&mut self, walk: &mut PacketWalk<'_>, layer: &ExaminedLayer<'_>, found: Option<&FlowLayer>) {
        let (Some(source), Some(destination)) = (walk.source, walk.destination) else { return };
        walk.error = match layer.view {
            View::Icmpv4(icmp) => IcmpError::of_icmpv4(icmp, &layer.context, source),
            View::Icmpv6(icmp) => {
                if icmp.is_ndp() {
                    self.address_note(walk, layer);
                }
                if router_lifetime(icmp, &layer.context).is_some_and(|seconds| seconds > 0)
                    && let Some(host) = self.hosts.host(source)
                {
                    host.advertisements.push(walk.at.packet);
                }
                IcmpError::of_icmpv6(icmp, &layer.context, source)
            }
            _ => None,
        };
        if let Some(error) = &walk.error {
            walk.taken.add(Topic::Icmp);
            if error.kind == IcmpErrorKind::HopLimit
                && let Some(host) = self.hosts.host(source)
            {
                host.ttl_errors.push(walk.at.packet);
            }
        }
        let Some((transaction, numbers)) = found_transaction(found).zip(echo_numbers(layer)) else { return };
        walk.taken.add(Topic::Icmp);
        let (packet, is_selected) = (walk.at.packet, walk.is_selected);
        let asked = super::icmp::last_destination(layer).unwrap_or(destination);
        let hosts = (source, asked);
        let echo = EchoMessage { hosts, numbers, transaction: transaction.transaction, packet, is_selected };
        match transaction.role {
            TransactionRole::Request if transaction.retransmission_of.is_none() => {
                self.icmp.request(&echo);
            }
            TransactionRole::Response if transaction.retransmission_of.is_none() => match transaction.response_to {
                Some(_) => self.icmp.reply(&echo, transaction.time.map(Nanos)),
                None => self.icmp.reply_without_request(&echo),
            },
            _ => {}
        }
    }

    fn dns(
        &mut self,
        walk: &mut PacketWalk<'_>,
        layer: &ExaminedLayer<'_>,
        dns: Dns<&[u8; Dns::LEN]>,
        all: &Examine<'_>,
    ) {
        const MULTICAST: [u16; 2] = [5353, 5355];
        walk.has.names = true;
        walk.taken.add(Topic::Names);
        let ports = match layer.selector {
            NextProtocol::UdpPorts(a, b) => [a, b],
            NextProtocol::UdpPort(port) => [port; 2],
            _ => [0; 2],
        };
        if ports.iter().any(|port| MULTICAST.contains(port)) {
            return;
        }
        // An update or a notification asks for no name, and its records are no answers.
        if !names::is_lookup(dns.opcode()) {
            return;
        }
        self.names.learn(walk.at.packet, all.clone());
        let Some(host) = walk.source.and_then(|source| self.hosts.host(source)) else { return };
        let (count, packets) = match dns.response() {
            true => &mut host.responses,
            false => &mut host.queries,
        };
        *count += 1;
        packets.push(walk.at.packet);
    }

    fn dhcp(&mut self, walk: &mut PacketWalk<'_>, layer: &ExaminedLayer<'_>, dhcp: Dhcp<&[u8; Dhcp::LEN]>) {
        walk.has.leases = true;
        walk.taken.add(Topic::Addresses);
        let kind = dhcp.message_type(&layer.context);
        if !matches!(kind, Some(DhcpMessageType::Offer | DhcpMessageType::Ack)) {
            return;
        }
        // The ACK of an INFORM grants no address.
        let has_address = !dhcp.yiaddr().is_unspecified();
        // A relay agent sends what a server says.
        let identifier =
            dhcp.option(&layer.context, 54).find_map(|option| Some(IpAddr::from(*option.bytes().first_chunk::<4>()?)));
        if has_address && let Some(host) = identifier.or(walk.source).and_then(|server| self.hosts.host(server)) {
            host.leases.push(walk.at.packet);
        }
        if kind == Some(DhcpMessageType::Ack)
            && has_address
            && let Some(host) = self.hosts.host(dhcp.yiaddr().into())
        {
            host.leased.push(walk.at.packet);
        }
        for router in dhcp.option(&layer.context, 3).flat_map(|option| option.bytes().as_chunks::<4>().0) {
            if let Some(host) = self.hosts.host(IpAddr::from(*router)) {
                host.router_option.push(walk.at.packet);
            }
        }
    }

    /// Ends the capture, after [`Flows::finish`], and tells what happened.
    pub fn finish(mut self, flows: &Flows, known: &Protocols) -> Explanation {
        for (number, message) in flows.messages().iter().enumerate() {
            let packet = message.segments.first().map_or(0, |segment| segment.packet);
            let mut walk =
                PacketWalk::new(PacketMoment { packet, time: None }, false, of_walk(flows.found(), number), number);
            self.message(&mut walk, message, known, 0);
        }
        self.lookups.finish(flows, flows.messages().iter().map(|message| message.layers(known)));
        self.told()
    }

    /// Takes a message that spans segments.
    fn message(&mut self, walk: &mut PacketWalk<'_>, message: &StreamMessage, known: &Protocols, interface: u32) {
        walk.message = Some(message.packets().into_iter().collect());
        let has_all = message.missing == 0 && message.bytes.len() as u64 == message.length;
        walk.is_whole = has_all && message.end == MessageEnd::Complete;
        walk.span = message.segments.first().map(|first| first.packet).zip(message.packets().last().copied());
        walk.stream = Some((message.stream, message.side));
        if let Some(story) = self.connections.known(message.stream) {
            let [source, destination] =
                [message.side, message.side.other()].map(|side| story.endpoints.of(side).address);
            (walk.source, walk.destination) = (Some(source), Some(destination));
        }
        self.walk(walk, message.layers(known), interface);
    }

    fn told(mut self) -> Explanation {
        let mut explanation = Explanation::default();
        let (end, mut trouble) = (self.times.end(), Trouble::default());
        let last = self.packets.max(end.packet);
        let names = core::mem::take(&mut self.names);
        let name = |address| names.name(address, last).map(|name| String::from(&*name));
        self.addresses.finish();
        for record in self.addresses.addresses() {
            record.claims.iter().for_each(|claim| self.hosts.owner(claim.mac, record.address));
        }
        let hosts = self.hosts.tell(name);
        let leases = leases::tell(&self.leases);
        leases.iter().for_each(|statement| trouble.of_leases(statement));
        let addresses = self.notes.tell(&self.addresses);
        addresses.iter().for_each(|statement| trouble.of_addresses(statement));
        let went = self.connections.first_after();
        let connection = |client, server, packet| went.find(client, server, packet);
        let (lookups, failed) = names::tell(&self.lookups, connection);
        trouble.of_lookups(failed);
        let (messages, failed) = name_messages::tell(&self.lookups);
        trouble.of_operations(failed);
        let not_followed = self.connections.not_followed();
        let connections = self.connections.tell(&self.settings, end, &mut trouble);
        let fragments = self.fragments.tell();
        fragments.iter().for_each(|statement| trouble.of_fragments(statement));
        let icmp = self.icmp.tell();
        icmp.iter().for_each(|statement| trouble.of_icmp(statement));
        let is_told = !(leases.is_empty()
            && addresses.is_empty()
            && lookups.is_empty()
            && messages.is_empty()
            && connections.is_none()
            && fragments.is_empty()
            && icmp.is_empty());
        let summary = CaptureSums {
            packets: self.packets,
            bytes: self.bytes,
            selected: self.selected,
            cut: self.cut,
            times: self.times,
            not_followed,
            troubles: trouble.tell(),
            is_told,
        }
        .tell();
        let chapters = [
            Chapter::of(Topic::Summary, summary, Statement::Summary),
            Chapter::of(Topic::Hosts, hosts, Statement::Host),
            Chapter::joined(
                Topic::Addresses,
                leases.into_iter().map(Statement::Lease).chain(addresses.into_iter().map(Statement::Address)),
            ),
            Chapter::joined(
                Topic::Names,
                lookups.into_iter().map(Statement::Name).chain(messages.into_iter().map(Statement::NameMessage)),
            ),
            connections,
            Chapter::of(Topic::Fragments, fragments, Statement::Fragment),
            Chapter::of(Topic::Icmp, icmp, Statement::Icmp),
        ];
        explanation.chapters = chapters.into_iter().flatten().collect();
        self.taken.not_told(explanation.chapters.iter(), &mut self.rest);
        explanation.chapters.extend(Chapter::of(Topic::Rest, self.rest.tell(), Statement::Rest));
        explanation
    }
}

fn found_tcp(found: Option<&FlowLayer>) -> Option<&TcpAnalysis> {
    match &found?.analysis {
        LayerAnalysis::Tcp(analysis) => Some(analysis),
        _ => None,
    }
}

fn found_transaction(found: Option<&FlowLayer>) -> Option<&TransactionAnalysis> {
    match &found?.analysis {
        LayerAnalysis::Transaction(analysis) => Some(analysis),
        _ => None,
    }
}
