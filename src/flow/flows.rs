//! The conversations of a capture.

use super::analysis::Moment;
use super::announced::Announced;
use super::begun_request::BegunRequest;
use super::bounded_table::BoundedTable;
use super::capture_time::CaptureTime;
use super::connection::{TcpConnection, TcpConversation};
use super::duplicate_addresses::DuplicateAddresses;
use super::endpoint::{ConversationKey, Endpoint, Side};
use super::findings::TcpFindings;
use super::messages::{MessageBeginning, MessageReassembler, SegmentPayload, StreamMessage};
use super::results::{FlowLayer, LayerAnalysis, TcpAnalysis};
use super::settings::{FlowSettings, Separation};
use super::stream_position::StreamPosition;
use super::tcp_segment::{TcpSegment, endpoints};
use super::transaction_message::{Carrier, TcpCarrier, TransactionMoment};
use super::transactions::{Transactions, UnansweredRequest};
use super::udp_beginnings::Transfers;
#[cfg(feature = "applications")]
use super::udp_beginnings::UdpBeginning;
use super::udp_conversation::{UdpConversation, UdpFlow};
use super::unacknowledged::SegmentPool;
#[cfg(feature = "applications")]
use crate::dissect::SampledPackets;
use crate::dissect::plain_transport::PlainTransport;
use crate::dissect::{Examine, ExaminedLayer};
use crate::ip::NetworkHasher;
#[cfg(feature = "applications")]
use crate::layer::LayerContext;
use crate::proto::{Arp, Protocols, Udp, View};

/// What a capture says about a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketInfo {
    /// Number of the packet in the capture, from 1.
    pub number: u64,
    /// Time of capture in nanoseconds since 1970, if it is known. One that is 2^95 or more nanoseconds from then, which no
    /// capture file has, counts as not known.
    pub time: Option<i128>,
    /// Number of the interface, with which networks can be kept apart.
    pub interface: u64,
}

/// What following the conversations says about a packet. See [`Flows::followed`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FollowedPacket<'a> {
    /// What was found out about its layers.
    pub found: &'a [FlowLayer],
    /// Messages of several TCP segments that it completes.
    pub messages: &'a [StreamMessage],
    /// Conversations that left the table with it.
    pub ended: &'a [Conversation],
    /// Requests that are not waited for any more since it came.
    pub given_up: &'a [UnansweredRequest],
}

/// A conversation as it was seen so far.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant, reason = "most conversations are TCP connections, and few are kept")]
pub enum Conversation {
    /// A TCP connection.
    Tcp(TcpConnection),
    /// A conversation over UDP.
    Udp(UdpConversation),
}

impl Conversation {
    /// Times of the first and of the last packet, in nanoseconds since 1970, if the packets have times.
    pub fn times(&self) -> Option<(i128, i128)> {
        match self {
            Conversation::Tcp(tcp) => tcp.times,
            Conversation::Udp(udp) => udp.times,
        }
    }
}

/// The conversations of a capture: a table of bounded size. See the [module](super).
///
/// Fragments do not count. Who puts them together gives the datagrams with [`add`](Self::add), after the packet that
/// completes them. Packets that ICMP errors quote, and those of
/// which sFlow has samples, count as Wireshark counts them: they can begin a conversation.
#[derive(Debug)]
pub struct Flows {
    settings: FlowSettings,
    tcp: BoundedTable<ConversationKey, TcpConversation>,
    udp: BoundedTable<ConversationKey, UdpFlow>,
    transfers: Transfers,
    pool: SegmentPool,
    transactions: Transactions,
    duplicates: DuplicateAddresses,
    /// Numbers of the next conversations.
    next_tcp: u64,
    next_udp: u64,
    retired: u64,
    copies: u64,
    ended: Vec<Conversation>,
    packets: u64,
    /// The packet at hand.
    info: PacketInfo,
    now: CaptureTime,
    walks: usize,
    /// Whether the packet at hand has a fragment.
    has_fragment: bool,
    found: Vec<FlowLayer>,
    networks: NetworkHasher,
    messages: Option<MessageReassembler>,
    announced: Announced,
    begun_requests: Vec<BegunRequest>,
}

impl Flows {
    /// An empty table.
    pub fn new(settings: FlowSettings) -> Self {
        Flows::knowing(settings, Protocols::builtin())
    }

    /// An empty table. Messages that span segments are those of the protocols `known`.
    pub fn knowing(mut settings: FlowSettings, known: Protocols) -> Self {
        settings.conversations = settings.conversations.max(16);
        settings.transactions = settings.transactions.max(16);
        Flows {
            settings,
            tcp: BoundedTable::new(settings.conversations),
            udp: BoundedTable::new(settings.conversations),
            transfers: Transfers::new(),
            pool: SegmentPool::new(settings.unacknowledged),
            transactions: Transactions::new(settings.transactions),
            duplicates: DuplicateAddresses::new(settings.transactions),
            next_tcp: 0,
            next_udp: 0,
            retired: 0,
            copies: 0,
            ended: Vec::new(),
            packets: 0,
            info: PacketInfo::default(),
            now: CaptureTime::NONE,
            walks: 0,
            has_fragment: false,
            found: Vec::new(),
            networks: NetworkHasher::default(),
            announced: Announced::default(),
            begun_requests: Vec::new(),
            messages: settings.messages.map(|messages| MessageReassembler::new(messages, known)),
        }
    }

    /// Takes the next packet of the capture, and tells what was found out about its layers.
    pub fn packet<'a>(&mut self, info: PacketInfo, layers: Examine<'a>) -> &[FlowLayer] {
        self.begin(info);
        self.add(layers)
    }

    /// Begins the next packet of the capture, whose layers [`add`](Self::add) takes.
    pub fn begin(&mut self, info: PacketInfo) {
        self.now = CaptureTime::new(info.time);
        self.info = info;
        self.packets += 1;
        self.walks = 0;
        self.has_fragment = false;
        self.found.clear();
        self.ended.clear();
        if let Some(messages) = &mut self.messages {
            messages.begin();
        }
        self.transactions.given_up.clear();
        self.begun_requests.clear();
    }

    /// Takes the layers of the packet, or of a datagram that it completes. Returns what was found out since
    /// [`begin`](Self::begin).
    pub fn add(&mut self, layers: Examine<'_>) -> &[FlowLayer] {
        match layers.plain_transport() {
            Some(plain) => self.plain(&plain),
            None => {
                self.walk(Carrier::None, layers);
            }
        }
        if let Some(messages) = &mut self.messages
            && let Some((known, found, from)) = messages.take_new()
        {
            for message in &found[from..] {
                self.walk(carried_as(message), message.layers(&known));
            }
            if let Some(messages) = &mut self.messages {
                messages.put(found);
            }
        }
        &self.found
    }

    /// Takes the layers of a message that was put together of TCP segments, the last of which is in the packet at hand:
    /// they begin after the TCP header. This is done by itself for those that [`FlowSettings::messages`] asks for. `stream` is the number of the connection, and `side` the side that sent the
    /// message. It counts as the next walk. A message whose first segment an earlier walk showed is not counted again.
    pub fn add_message<'a>(
        &mut self,
        stream: u64,
        side: Side,
        layers: impl IntoIterator<Item = ExaminedLayer<'a>>,
    ) -> &[FlowLayer] {
        self.walk(Carrier::Tcp(TcpCarrier::put_together(stream, side, None, None)), layers)
    }

    fn walk<'a>(&mut self, mut carrier: Carrier, layers: impl IntoIterator<Item = ExaminedLayer<'a>>) -> &[FlowLayer] {
        let mut network = self.networks.begin(self.info.interface);
        let (mut is_fragment, mut identification) = (false, None);
        #[cfg(feature = "applications")]
        let (mut sampled, mut in_fragment) = (None, false);
        let mut layers = layers.into_iter();
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            match layer.view {
                View::Ipv4(ip) => {
                    is_fragment = ip.is_fragment();
                    self.has_fragment |= is_fragment;
                    identification = Some(ip.identification().into());
                    carrier = Carrier::None;
                }
                View::Ipv6(_) => (is_fragment, identification, carrier) = (false, None, Carrier::None),
                View::Fragment(fragment) => {
                    self.has_fragment = true;
                    is_fragment = fragment.more_fragments() || fragment.fragment_offset() != 0;
                    identification = Some(fragment.identification());
                }
                View::Tcp(_) | View::Udp(_) | View::Cut if !is_fragment => {
                    carrier = self.transport(layer, network.value(), identification);
                    // What follows is shown with the message.
                    if self.segments().last().is_some_and(|segment| segment.has_payload_as_data()) {
                        break;
                    }
                }
                View::Icmpv4(_) | View::Icmpv6(_) if !is_fragment => {
                    self.transaction(layer, network.value(), &carrier);
                }
                View::Arp(arp) if !is_fragment => {
                    self.transaction(layer, network.value(), &carrier);
                    self.duplicate_addresses(arp, layer, network.value());
                }
                #[cfg(feature = "applications")]
                View::Dns(_) | View::Http(_) | View::Dhcp(_) | View::Dhcpv6(_) if !is_fragment => {
                    self.transaction(layer, network.value(), &carrier);
                }
                #[cfg(feature = "applications")]
                View::Snmp(_) | View::Tftp(_) if !is_fragment => self.beginning(layer, network.value(), &carrier),
                #[cfg(feature = "applications")]
                View::Sflow(_) if !in_fragment => sampled = Some(layer.sampled_packets()),
                _ => {}
            }
            #[cfg(feature = "applications")]
            {
                in_fragment |= is_fragment;
            }
            network.layer(layer);
        }
        self.walks += 1;
        #[cfg(feature = "applications")]
        if let Some(packets) = sampled {
            self.sampled(packets);
        }
        &self.found
    }

    /// Takes the packets of which a walk had samples. Each counts as the next walk.
    #[cfg(feature = "applications")]
    fn sampled(&mut self, packets: SampledPackets<'_>) {
        // A sampled fragment completes no datagram.
        let has_fragment = self.has_fragment;
        for packet in packets {
            self.walk(Carrier::None, packet.layers());
        }
        self.has_fragment = has_fragment;
    }

    /// Takes the transport header of a plain frame, as [`walk`](Self::walk) does.
    fn plain(&mut self, plain: &PlainTransport<'_>) {
        let mut network = self.networks.begin(self.info.interface);
        if let Some(id) = plain.vlan {
            network.vlan(id);
        }
        let (network, layer) = (network.value(), plain.layer());
        if plain.is_tcp {
            let Some(segment) = TcpSegment::from_plain(plain) else { return };
            self.tcp_header(&segment, layer, network, plain.identification);
        } else {
            let source = Endpoint { address: plain.source, port: plain.ports.0 };
            let destination = Endpoint { address: plain.destination, port: plain.ports.1 };
            let length = Some(plain.span.len().saturating_sub(Udp::LEN) as u64);
            self.datagram(source, destination, length, layer, network);
        }
        self.walks += 1;
    }

    /// Analyses the segment of the layer `layer`, and takes its data for messages.
    fn tcp_header(
        &mut self,
        segment: &TcpSegment<'_>,
        layer: usize,
        network: u64,
        identification: Option<u32>,
    ) -> &TcpAnalysis {
        let key = self.separation(network);
        let Flows { tcp, pool, next_tcp, retired, ended, info, now, announced, found, walks, .. } = self;
        let (key, from) = ConversationKey::new(segment.source, segment.destination, key);
        let new = |next: &mut u64| {
            let conversation = TcpConversation::new(*next, &key, from, *now);
            *next += 1;
            conversation
        };
        let mut end = |key, mut before: TcpConversation, pool: &mut _| {
            before.release(pool);
            ended.push(Conversation::Tcp(before.shown(&key)));
        };
        let (place, is_new, reuses) = match tcp.find(&key) {
            Some(place) => {
                let reuses = tcp.at(place).reuses_ports(segment, from);
                let is_new = reuses && segment.is_opening();
                if is_new {
                    end(key, core::mem::replace(tcp.at(place), new(next_tcp)), pool);
                }
                (place, is_new, reuses)
            }
            None => {
                let (place, before) = tcp.insert(key, new(next_tcp));
                if let Some((key, before)) = before {
                    end(key, before, pool);
                    *retired += 1;
                }
                (place, true, false)
            }
        };
        let conversation = tcp.at(place);
        let is_zero = info.time == Some(0);
        let moment = Moment { packet: info.number, now: *now, is_zero, network, identification };
        // An announced connection is no new one.
        let begins = is_new && !(segment.is_opening() && announced.take(segment));
        announced.observe(segment);
        let position = if segment.payload.is_empty() { StreamPosition::default() } else { conversation.position() };
        // The result is written where it stays: it is large.
        let first = conversation.begin(segment, from, *now, reuses);
        found.push(FlowLayer { walk: *walks, layer, analysis: LayerAnalysis::Tcp(first) });
        let Some(FlowLayer { analysis: LayerAnalysis::Tcp(analysis), .. }) = found.last_mut() else {
            unreachable!("it was pushed")
        };
        conversation.segment(pool, segment, &moment, (begins, reuses), analysis);
        analysis.copy_of = conversation.copy_of(segment, analysis.side, &moment);
        if conversation.is_answered() {
            tcp.answered(place);
        }
        if let Some(messages) = &mut self.messages {
            let moment = TransactionMoment { packet: info.number, now: *now };
            let contents = messages.segment(analysis, segment, &position, (*walks, layer), moment);
            analysis.is_part_of_message = contents.payload == SegmentPayload::Part;
            analysis.is_after_switch = contents.payload == SegmentPayload::NotHttp;
            analysis.tls_version = contents.tls_version;
            // A segment after all that were seen overlaps none: its numbers have come round.
            if contents.overlaps_other_bytes && !analysis.findings.contains(TcpFindings::LOST_SEGMENT) {
                analysis.findings |= TcpFindings::OVERLAP_CONFLICT;
            }
        }
        self.copies += u64::from(analysis.copy_of.is_some());
        analysis
    }

    /// What separates conversations beside addresses and ports.
    fn separation(&self, network: u64) -> u64 {
        match self.settings.separation {
            Separation::None => 0,
            Separation::Networks => network,
        }
    }

    /// Finds addresses of ARP that had another MAC address before.
    fn duplicate_addresses(&mut self, arp: Arp<&[u8; 8]>, layer: &ExaminedLayer<'_>, network: u64) {
        if layer.quoted {
            return;
        }
        let network = self.separation(network);
        for found in self.duplicates.layer(arp, layer, network, (self.info.number, self.now)).into_iter().flatten() {
            let analysis = LayerAnalysis::DuplicateAddress(found);
            self.found.push(FlowLayer { walk: self.walks, layer: layer.index, analysis });
        }
    }

    /// Matches a request or response. What an ICMP error quotes takes no part.
    fn transaction(&mut self, layer: &ExaminedLayer<'_>, network: u64, carrier: &Carrier) {
        if layer.quoted {
            return;
        }
        let network = self.separation(network);
        let moment = TransactionMoment { packet: self.info.number, now: self.now };
        if let Some(mut analysis) = self.transactions.layer(layer, network, carrier, moment) {
            // A response to a request that is still on its way.
            #[cfg(feature = "applications")]
            if analysis.is_unsolicited
                && let Carrier::Tcp(TcpCarrier { stream, side, .. }) = *carrier
                && let Some(messages) = &mut self.messages
                && let Some(request) = messages.partial_request(stream, side.other())
                && let Some(number) = self.transactions.http_begun(&request, (stream, side.other()))
                && let Some(answered) = self.transactions.layer(layer, network, carrier, moment)
            {
                analysis = answered;
                self.begun_requests.push(BegunRequest::new(number, stream, &request));
            }
            let analysis = LayerAnalysis::Transaction(analysis);
            self.found.push(FlowLayer { walk: self.walks, layer: layer.index, analysis });
        }
    }

    fn transport(&mut self, layer: &ExaminedLayer<'_>, network: u64, identification: Option<u32>) -> Carrier {
        if let Some(segment) = TcpSegment::from_layer(layer) {
            return carried_by(self.tcp_header(&segment, layer.index, network, identification));
        }
        if let View::Udp(udp) = layer.view
            && let Some((source, destination)) = endpoints(layer, udp.src_port(), udp.dst_port())
        {
            let length = layer.context.payload_wire_end.saturating_sub(layer.header_span().end);
            let length = (!layer.quoted).then_some(length.into());
            let stream = self.datagram(source, destination, length, layer.index, network);
            return Carrier::Udp { stream, ports: [udp.src_port(), udp.dst_port()] };
        }
        Carrier::None
    }

    /// Takes a datagram with so many bytes of data; a quoted one has none. Returns the number of its conversation.
    fn datagram(
        &mut self,
        source: Endpoint,
        destination: Endpoint,
        length: Option<u64>,
        layer: usize,
        network: u64,
    ) -> u64 {
        let network = self.separation(network);
        let Flows { udp: table, next_udp, retired, ended, now, .. } = self;
        let (key, from) = ConversationKey::new(source, destination, network);
        let place = match table.find(&key) {
            Some(place) if table.at(place).is_over() => {
                let new = UdpFlow::following(*next_udp, from, *now);
                *next_udp += 1;
                ended.push(Conversation::Udp(core::mem::replace(table.at(place), new).shown(&key)));
                table.unanswered(place);
                place
            }
            Some(place) => place,
            None => {
                let ends = (source, destination);
                if let Some(analysis) = self.transfers.datagram(ends, network, length, *now, next_udp) {
                    self.found.push(FlowLayer { walk: self.walks, layer, analysis: LayerAnalysis::Udp(analysis) });
                    return analysis.stream;
                }
                let new = UdpFlow::new(*next_udp, from, *now);
                *next_udp += 1;
                let (place, before) = table.insert(key, new);
                *retired += u64::from(before.is_some());
                ended.extend(before.map(|(key, before)| Conversation::Udp(before.shown(&key))));
                place
            }
        };
        let conversation = table.at(place);
        let analysis = conversation.datagram(from, length, *now);
        if conversation.is_answered() {
            table.answered(place);
        }
        self.found.push(FlowLayer { walk: self.walks, layer, analysis: LayerAnalysis::Udp(analysis) });
        analysis.stream
    }

    /// Takes a message after which a conversation begins although its ports are not new, or does not begin although they
    /// are.
    #[cfg(feature = "applications")]
    fn beginning(&mut self, layer: &ExaminedLayer<'_>, network: u64, carrier: &Carrier) {
        let &Carrier::Udp { ports: [source, destination], .. } = carrier else { return };
        let LayerContext { frame, bounds, payload_wire_end, .. } = layer.context;
        let (start, end) = (bounds.start as usize, bounds.payload_end as usize);
        let bytes = frame.get(start..end).unwrap_or_default();
        let beginning = match layer.view {
            View::Snmp(_) => UdpBeginning::of_snmp(bytes, (payload_wire_end as usize).saturating_sub(start)),
            _ => UdpBeginning::of_tftp(bytes, destination),
        };
        let Some((from, to)) = endpoints(layer, source, destination) else { return };
        let network = self.separation(network);
        match beginning {
            Some(UdpBeginning::AfterSnmp) => {
                let (key, _) = ConversationKey::new(from, to, network);
                if let Some(place) = self.udp.find(&key) {
                    self.udp.at(place).end();
                }
            }
            Some(UdpBeginning::Transfer) => {
                self.ended.extend(self.transfers.request(from, to, network).map(Conversation::Udp));
            }
            None => {}
        }
    }

    /// The messages that the packet at hand completes, in the order in which they were sent. None, unless
    /// [`FlowSettings::messages`] asks for them.
    pub fn messages(&self) -> &[StreamMessage] {
        self.messages.as_ref().map_or(&[], MessageReassembler::found)
    }

    /// Requests of which more is to come, and which count from the packet at hand on, since it has their response.
    pub fn begun_requests(&self) -> &[BegunRequest] {
        &self.begun_requests
    }

    /// Ends the capture: [`messages`](Self::messages) has those whose end is not in it from then on, with what there is of
    /// them, and [`found`](Self::found) what was found out about them. The first message is walk 0. They count with the
    /// packet that they begin in, and responses have no time.
    ///
    /// ```
    /// use packetsmith::flow::{FlowSettings, Flows, MessageEnd, MessageSettings, PacketInfo};
    /// use packetsmith::{Ipv4, Stack, Tcp, examine};
    /// let segment = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe first bytes";
    /// let packet = Stack::new().push(Ipv4::build()).push(Tcp::build().src_port(80)).payload(segment).finish().unwrap();
    /// let settings = FlowSettings { messages: Some(MessageSettings::default()), ..FlowSettings::default() };
    /// let mut flows = Flows::new(settings);
    /// flows.packet(PacketInfo { number: 1, ..PacketInfo::default() }, examine(101, &packet));
    /// assert!(flows.messages().is_empty());
    /// flows.finish();
    /// let [message] = flows.messages() else { panic!() };
    /// assert_eq!((message.end, message.bytes.as_slice()), (MessageEnd::Unfinished, &segment[..]));
    /// ```
    pub fn finish(&mut self) {
        self.begin(PacketInfo::default());
        self.packets -= 1;
        let Some(messages) = &mut self.messages else { return };
        messages.finish();
        let Some((known, found, _)) = messages.take_new() else { return };
        for message in &found {
            self.info.number = message.segments.first().map_or(0, |segment| segment.packet);
            self.walk(carried_as(message), message.layers(&known));
        }
        if let Some(messages) = &mut self.messages {
            messages.put(found);
        }
    }

    /// How many connections gave up messages that were not complete, because more than
    /// [`MessageSettings::total_bytes`](super::MessageSettings::total_bytes) waited.
    pub fn given_up_messages(&self) -> u64 {
        self.messages.as_ref().map_or(0, MessageReassembler::given_up)
    }

    /// Whether the layers of the packet at hand have an IP fragment: without one, it completes no datagram.
    pub fn has_fragment(&self) -> bool {
        self.has_fragment
    }

    /// What was found out about the packet at hand.
    pub fn found(&self) -> &[FlowLayer] {
        &self.found
    }

    /// All that was found out about the packet at hand.
    pub fn followed(&self) -> FollowedPacket<'_> {
        FollowedPacket {
            found: self.found(),
            messages: self.messages(),
            ended: self.ended(),
            given_up: self.given_up(),
        }
    }

    /// The TCP segments of the packet at hand, from the outermost on.
    pub fn segments(&self) -> impl Iterator<Item = &TcpAnalysis> {
        self.found.iter().filter_map(|found| match &found.analysis {
            LayerAnalysis::Tcp(analysis) => Some(analysis),
            _ => None,
        })
    }

    /// The TCP connections that are in the table. A connection that another one with the same ports replaced is not.
    pub fn tcp(&self) -> impl Iterator<Item = TcpConnection> {
        self.tcp.entries().map(|(key, conversation)| conversation.shown(key))
    }

    /// The conversations over UDP that are in the table.
    pub fn udp(&self) -> impl Iterator<Item = UdpConversation> {
        let by_ports = self.udp.entries().map(|(key, conversation)| conversation.shown(key));
        by_ports.chain(self.transfers.conversations())
    }

    /// All conversations that are in the table.
    pub fn conversations(&self) -> impl Iterator<Item = Conversation> {
        self.tcp().map(Conversation::Tcp).chain(self.udp().map(Conversation::Udp))
    }

    /// Conversations that left the table with the packet at hand: retired, or replaced by a connection with the same
    /// ports.
    pub fn ended(&self) -> &[Conversation] {
        &self.ended
    }

    /// Requests that wait for their response.
    pub fn waiting(&self) -> impl Iterator<Item = UnansweredRequest> {
        self.transactions.waiting()
    }

    /// Requests that are not waited for any more since the packet at hand: it has a request for which they made room, or
    /// one with the same identification, which is too late to be a retransmission.
    pub fn given_up(&self) -> &[UnansweredRequest] {
        &self.transactions.given_up
    }

    /// Number of requests without a response that were given up because the table was full. A response that comes later
    /// counts as one without a request.
    pub fn requests_given_up(&self) -> u64 {
        self.transactions.made_room
    }

    /// The settings, with at least 16 conversations and 16 transactions.
    pub fn settings(&self) -> FlowSettings {
        self.settings
    }

    /// Number of packets so far.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Number of conversations that were retired because the table was full. If such a conversation goes on, it has a new
    /// number, and its first segments are not known any more.
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// Number of TCP segments that are copies of the segment before them, which came by another network. See
    /// [`TcpAnalysis::copy_of`].
    pub fn copies(&self) -> u64 {
        self.copies
    }
}

/// What matters of a message that was put together.
fn carried_as(message: &StreamMessage) -> Carrier {
    let MessageBeginning { seq, ack, .. } = message.beginning;
    Carrier::Tcp(TcpCarrier::put_together(message.stream, message.side, seq, ack))
}

/// What matters of a segment for the messages in it.
fn carried_by(analysis: &TcpAnalysis) -> Carrier {
    Carrier::Tcp(TcpCarrier {
        stream: analysis.stream,
        side: analysis.side,
        seq: Some(analysis.seq).filter(|_| analysis.is_relative),
        ack: analysis.ack.filter(|_| analysis.is_relative),
        is_retransmission: analysis.findings.contains(TcpFindings::RETRANSMISSION),
        is_put_together: false,
    })
}
