//! The statistics of a capture, packet by packet.

use super::conversation_tables::ConversationTables;
#[cfg(feature = "applications")]
use super::dns_statistics::DnsStatistics;
use super::issue_counts::IssueCounts;
use super::protocol_hierarchy::ProtocolHierarchy;
use super::response_statistics::ResponseStatistics;
use super::traffic_over_time::TrafficOverTime;
use crate::dissect::Examine;
use crate::flow::{FlowLayer, Flows, FollowedPacket, LayerAnalysis, of_walk};
use crate::proto::View;

/// What the capture says of a packet that is counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountedPacket<'a> {
    /// Number of the packet in the capture, from 1.
    pub number: u64,
    /// Time of capture in nanoseconds since 1970, if it is known.
    pub time: Option<i128>,
    /// Length on the wire in bytes.
    pub length: u64,
    /// What [`Flows::followed`] says of the packet. Without it TCP, UDP and response times are not counted.
    pub followed: FollowedPacket<'a>,
}

/// Statistics of a capture. Each part that is there is counted; what is not asked for costs nothing.
///
/// ```
/// use packetsmith::flow::{FlowSettings, Flows, PacketInfo};
/// use packetsmith::stats::{AddressKind, CaptureStatistics, ConversationTables, CountedPacket, ProtocolHierarchy};
/// use packetsmith::{Ethernet, Ipv4, Stack, Udp, examine};
/// let udp = Udp::build().src_port(40000).dst_port(7);
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(udp).payload(b"hi").finish().unwrap();
///
/// let mut flows = Flows::new(FlowSettings::default());
/// let mut statistics = CaptureStatistics {
///     protocols: Some(ProtocolHierarchy::default()),
///     conversations: Some(ConversationTables::default()),
///     ..CaptureStatistics::default()
/// };
/// for number in 1..=3 {
///     flows.packet(PacketInfo { number, ..PacketInfo::default() }, examine(1, &frame));
///     let length = frame.len() as u64;
///     let packet = CountedPacket { number, length, followed: flows.followed(), ..CountedPacket::default() };
///     statistics.packet(&packet, [examine(1, &frame)]);
/// }
/// statistics.finish(&flows);
///
/// let rows = statistics.protocols.unwrap().rows();
/// let names: Vec<_> = rows.iter().map(|row| (row.depth, row.proto.name(), row.traffic.packets)).collect();
/// assert_eq!(names, [(0, "ethernet", 3), (1, "ipv4", 3), (2, "udp", 3), (3, "data", 3)]);
/// let conversations = statistics.conversations.unwrap().conversations(AddressKind::Udp);
/// assert_eq!(conversations[0].sent[0].bytes, 3 * 44);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CaptureStatistics {
    /// Protocols inside of each other.
    pub protocols: Option<ProtocolHierarchy>,
    /// Conversations and endpoints.
    pub conversations: Option<ConversationTables>,
    /// Response times.
    pub responses: Option<ResponseStatistics>,
    /// Issues by identifier.
    pub issues: Option<IssueCounts>,
    /// DNS.
    #[cfg(feature = "applications")]
    pub dns: Option<DnsStatistics>,
    /// Packets and bytes over time.
    pub time: Option<TrafficOverTime>,
}

impl CaptureStatistics {
    /// Counts a packet, given its layers and those of the datagrams and messages that it completes, in the order of their
    /// numbers in [`FlowLayer::walk`]. Packets in samples of sFlow have such a number too, and do not count.
    pub fn packet<'a>(&mut self, packet: &CountedPacket<'_>, walks: impl IntoIterator<Item = Examine<'a>>) {
        if let Some(time) = &mut self.time {
            time.add(packet.time, packet.length);
        }
        self.take_ended(&packet.followed);
        if !self.needs_layers() {
            return;
        }
        let mut has_begun = false;
        for (number, layers) in walks.into_iter().enumerate() {
            let found = of_walk(packet.followed.found, number);
            if number == 0 && self.plain(packet, &layers, found) {
                continue;
            }
            if let Some(protocols) = &mut self.protocols
                && !core::mem::replace(&mut has_begun, true)
            {
                protocols.begin(packet.length);
            }
            self.walk(packet, number, layers, found);
        }
        if let Some(protocols) = &mut self.protocols
            && has_begun
        {
            protocols.end();
        }
    }

    /// Takes a packet that does not count: it may answer a request that counts.
    pub fn other_packet(&mut self, followed: &FollowedPacket<'_>) {
        self.take_ended(followed);
        if let Some(responses) = &mut self.responses {
            for found in followed.found {
                if let LayerAnalysis::Transaction(analysis) = &found.analysis {
                    responses.response(analysis);
                }
            }
        }
    }

    /// Ends the capture: takes the states of the connections, and the requests without a response.
    pub fn finish(&mut self, flows: &Flows) {
        if let Some(conversations) = &mut self.conversations {
            conversations.finish(flows);
        }
        if let Some(responses) = &mut self.responses {
            flows.waiting().for_each(|request| responses.unanswered(&request));
        }
    }

    fn needs_layers(&self) -> bool {
        #[cfg(feature = "applications")]
        if self.dns.is_some() {
            return true;
        }
        self.protocols.is_some() || self.conversations.is_some() || self.responses.is_some() || self.issues.is_some()
    }

    #[inline]
    fn take_ended(&mut self, followed: &FollowedPacket<'_>) {
        if let Some(conversations) = &mut self.conversations {
            conversations.ended(followed.ended);
        }
        if let Some(responses) = &mut self.responses {
            followed.given_up.iter().for_each(|request| responses.unanswered(request));
        }
    }

    /// Counts a frame of Ethernet, IP, TCP or UDP and data of no protocol without a walk. `false` for others.
    #[inline]
    fn plain(&mut self, packet: &CountedPacket<'_>, layers: &Examine<'_>, found: &[FlowLayer]) -> bool {
        if !packet.followed.messages.is_empty() {
            return false;
        }
        let Some(frame) = layers.plain_transport().filter(|frame| frame.vlan.is_none()) else { return false };
        if self.issues.is_some() && !layers.is_unremarkable(&frame) {
            return false;
        }
        let analysis = match found {
            [] => None,
            [FlowLayer { layer, analysis, .. }] if *layer == frame.layer() => Some(analysis),
            _ => return false,
        };
        if let Some(conversations) = &mut self.conversations {
            conversations.plain(&frame, analysis, packet.length, packet.time);
        }
        if let Some(protocols) = &mut self.protocols {
            let is_part = matches!(analysis, Some(LayerAnalysis::Tcp(tcp)) if tcp.is_part_of_message);
            let has_data = !is_part && frame.has_data();
            protocols.plain(frame.source.is_ipv6(), frame.is_tcp, has_data, packet.length);
        }
        true
    }

    fn walk(&mut self, packet: &CountedPacket<'_>, number: usize, layers: Examine<'_>, mut found: &[FlowLayer]) {
        let mut is_counted = false;
        let part = found.iter().find(|found| match &found.analysis {
            LayerAnalysis::Tcp(tcp) => tcp.is_part_of_message,
            _ => false,
        });
        // The message has the payload.
        let mut layers = match part {
            Some(part) => layers.payload_as_data(part.layer),
            None => layers,
        };
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            // A packet in a sample was not captured.
            if layer.quoted && layer.index == 0 {
                return;
            }
            if let Some(issues) = &mut self.issues {
                layer.issues(|issue| issues.add(&issue, packet.number));
            }
            if layer.index == 0 {
                is_counted = match &mut self.protocols {
                    Some(protocols) => protocols.begin_walk(number, layer),
                    None => number > 0 && matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)),
                };
            }
            let mut analysis = None;
            while let [first, rest @ ..] = found
                && first.layer <= layer.index
            {
                found = rest;
                match &first.analysis {
                    LayerAnalysis::Transaction(transaction) => {
                        if let Some(responses) = &mut self.responses {
                            responses.layer(transaction, layer);
                        }
                    }
                    other => analysis = Some(other),
                }
            }
            // The IP header of a datagram that was put together was counted with its fragment.
            if !(is_counted && layer.index == 0) {
                if let Some(conversations) = &mut self.conversations {
                    conversations.layer(layer, analysis, packet.length, packet.time);
                }
                if let Some(protocols) = &mut self.protocols {
                    protocols.layer(layer);
                }
            }
            #[cfg(feature = "applications")]
            if let Some(dns) = &mut self.dns {
                dns.layer(layer, packet.time);
            }
            if let (Some(LayerAnalysis::Tcp(tcp)), Some(protocols)) = (analysis, &mut self.protocols)
                && tcp.is_part_of_message
            {
                protocols.end_walk();
            }
        }
    }
}
