//! Packets whose headers are in samples of sFlow: each is dissected as a packet of its own.

use super::examine::{Examine, ExaminedLayer};
use super::walk::Layers;
use crate::layer::NextProtocol;
use crate::proto::app::{SflowSampledHeader, SflowSampledHeaders};
use crate::proto::{Protocols, View};

/// A packet of which a sample of sFlow has the header. See [`Examine::sampled_packets`].
#[derive(Clone, Copy, Debug)]
pub struct SampledPacket<'a> {
    /// What the sample says.
    pub header: SflowSampledHeader<'a>,
    /// How many samples this one is inside of: 0 for those of the packet that was captured.
    pub depth: usize,
    known: Option<&'a Protocols>,
}

impl<'a> SampledPacket<'a> {
    /// The first bytes of the packet.
    pub fn bytes(&self) -> &'a [u8] {
        self.header.contents.bytes()
    }

    /// The layers of the packet. Each is [quoted](super::Layer::quoted): the packet was not captured here. A header of
    /// which no protocol is known is a layer of data.
    pub fn layers(&self) -> Examine<'a> {
        let first = self.header.protocol.selector().unwrap_or(NextProtocol::Unknown);
        let layers = Layers::knowing(self.known, first, self.bytes()).quoted();
        Examine::new(layers).original_len(self.header.original_len())
    }
}

/// The packets in samples of sFlow, in the order of their headers: after each packet those in its own samples. Made by
/// [`Examine::sampled_packets`]. The default has none.
#[derive(Clone, Debug, Default)]
pub struct SampledPackets<'a> {
    /// The headers that are left at each depth.
    levels: [Option<SflowSampledHeaders<'a>>; SampledPackets::MOST_LEVELS],
    depth: usize,
    known: Option<&'a Protocols>,
}

impl SampledPackets<'_> {
    /// How deep samples inside of samples are followed. Those further in stay bytes.
    pub const MOST_LEVELS: usize = 4;
}

impl<'a> SampledPackets<'a> {
    fn new(headers: Option<SflowSampledHeaders<'a>>, known: Option<&'a Protocols>) -> Self {
        let mut levels = [const { None }; SampledPackets::MOST_LEVELS];
        levels[0] = headers;
        SampledPackets { levels, depth: 0, known }
    }
}

impl<'a> Iterator for SampledPackets<'a> {
    type Item = SampledPacket<'a>;

    fn next(&mut self) -> Option<SampledPacket<'a>> {
        loop {
            let headers = self.levels.get_mut(self.depth)?.as_mut();
            if let Some(header) = headers.and_then(Iterator::next) {
                let packet = SampledPacket { header, depth: self.depth, known: self.known };
                if let Some(next) = self.levels.get_mut(self.depth + 1)
                    && let Some(inside) = packet.layers().find_map(|layer| layer.sampled_headers())
                {
                    *next = Some(inside);
                    self.depth += 1;
                }
                return Some(packet);
            }
            self.depth = self.depth.checked_sub(1)?;
        }
    }
}

impl<'a> ExaminedLayer<'a> {
    /// The headers of packets that are in the samples of the layer.
    fn sampled_headers(&self) -> Option<SflowSampledHeaders<'a>> {
        match &self.view {
            View::Sflow(sflow) => Some(sflow.sampled_headers(&self.context)),
            _ => None,
        }
    }

    /// The packets in the samples of the layer, see [`Examine::sampled_packets`]. None, if it is not sFlow, or if an ICMP
    /// error quotes it.
    pub fn sampled_packets(&self) -> SampledPackets<'a> {
        let headers = if self.quoted { None } else { self.sampled_headers() };
        SampledPackets::new(headers, self.known)
    }
}

impl<'a> Examine<'a> {
    /// The packets whose headers are in samples of sFlow, if the packet has them. They are walks of their own, which
    /// [`Flows`](crate::flow::Flows) takes after that of the packet. Those in samples of a sampled packet follow it, down to
    /// a depth of [`SampledPackets::MOST_LEVELS`]. A fragment has none: the datagram that it belongs to has them.
    ///
    /// ```
    /// # use packetsmith::proto::app::{SflowDatagram, SflowFlowRecord, SflowFlowSample, SflowHeaderBytes};
    /// # use packetsmith::proto::app::{SflowHeaderProtocol, SflowList, SflowSample};
    /// # use packetsmith::{Ipv4, Sflow, Stack, Tcp, Udp};
    /// # let sampled = Stack::new().push(Ipv4::build()).push(Tcp::build().dst_port(80)).finish().unwrap();
    /// # let header = SflowHeaderBytes::new(&sampled);
    /// # let protocol = SflowHeaderProtocol::Ipv4;
    /// # let records = [SflowFlowRecord::RawPacketHeader { protocol, frame_length: 40, stripped: 0, header }];
    /// # let about = SflowFlowSample::build().done();
    /// # let samples = [SflowSample::FlowSample { about, records: SflowList::of(&records), rest: None }];
    /// # let (agent, samples) = ([192, 0, 2, 1].into(), SflowList::of(&samples));
    /// # let message = SflowDatagram::Ipv4 { agent, sub_agent: 0, sequence: 1, uptime: 0, samples };
    /// # let stack = Stack::new().push(Ipv4::build()).push(Udp::build().dst_port(6343));
    /// # let stack = stack.push(Sflow::build().message(message));
    /// # let packet = stack.finish().unwrap();
    /// use packetsmith::examine;
    /// // A datagram of sFlow with a sample of a TCP segment.
    /// let mut names = Vec::new();
    /// for sampled in examine(101, &packet).sampled_packets() {
    ///     names.extend(sampled.layers().map(|layer| layer.proto.name()));
    /// }
    /// assert_eq!(names, ["ipv4", "tcp"]);
    /// ```
    pub fn sampled_packets(self) -> SampledPackets<'a> {
        // Few packets are sFlow. Data of no protocol is none, and the walk alone takes less time.
        #[cfg(feature = "alloc")]
        if self.plain_transport().is_some() {
            return SampledPackets::default();
        }
        if !self.layers.clone().by_calls().any(|layer| matches!(layer.view, View::Sflow(_))) {
            return SampledPackets::default();
        }
        for layer in self {
            match layer.view {
                View::Ipv4(ip) if ip.is_fragment() => break,
                View::Fragment(fragment) if fragment.more_fragments() || fragment.fragment_offset() != 0 => break,
                View::Sflow(_) => return layer.sampled_packets(),
                _ => {}
            }
        }
        SampledPackets::default()
    }
}
