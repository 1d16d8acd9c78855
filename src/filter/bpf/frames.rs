//! The frames that a program tells apart: link, tags, IP, transport. Each way through them ends with a frame of which the layers
//! are known, and what may follow them.
//!
//! A load past the end of the frame makes the kernel reject it. So each header is read after a comparison with the length
//! of the frame, and a frame that is too short has no readable header. The program looks at the same lengths as the walk.

use super::compile::{Compiler, PartOf};
use super::frame_source::FrameSource;
use super::graph::{Base, Comparing, HeaderPlace, Load, LoadFrom, NodeId, Size, Version, ranges};
use super::instruction::ancillary;
use super::known_layer::{FieldPlace, KnownLayer};
use super::question::LayersBehind;
use super::selecting_numbers::{PartKind, Way, is_last, of_ethertype, of_tcp_port};
use super::unsettled::Unsettled;
use crate::layer::NextProtocol;
use crate::proto::{Icmpv4, Icmpv6, Proto};
use alloc::vec::Vec;

/// Most VLAN tags in a frame that a program looks behind.
const MOST_TAGS: usize = 2;
/// Most IPv6 extension headers that a program looks behind.
const MOST_EXTENSIONS: usize = 2;

/// Lengths of headers in bytes.
const ETHERNET: u32 = 14;
const TAG: u32 = 4;
const IPV4: u32 = 20;
const IPV6: u32 = 40;
const ARP: u32 = 8;

/// Numbers of IP protocols.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Hardware types for which the protocol of a cooked header is no EtherType: GRE, Netlink, IEEE 802.11.
const OTHER_HARDWARE: &[(u32, u32)] = &[(778, 778), (801, 803), (824, 824)];

impl Compiler<'_, '_> {
    /// The program for frames that begin like this. `None` if it is no link type that programs are made for.
    pub(super) fn link(&mut self, first: NextProtocol) -> Option<NodeId> {
        match first {
            NextProtocol::LinkType(1) => Some(self.ethernet()),
            NextProtocol::LinkType(12 | 14 | 101) | NextProtocol::Ip => Some(self.raw()),
            NextProtocol::LinkType(228) => Some(self.ipv4(&Way::default(), 0)),
            NextProtocol::LinkType(229) => Some(self.ipv6(&Way::default(), 0)),
            NextProtocol::LinkType(113) => Some(self.cooked(Proto::Sll, [16, 14, 2])),
            NextProtocol::LinkType(276) => Some(self.cooked(Proto::Sll2, [20, 0, 8])),
            _ => None,
        }
    }

    /// The way with one more layer.
    fn with(&self, way: &Way, layer: KnownLayer) -> Way {
        let mut way = way.clone();
        if self.questions.ask_about_any(layer.proto) {
            way.layers.push(layer);
        }
        way
    }

    fn without_fields(&self, way: &Way, proto: Proto) -> Way {
        self.with(way, KnownLayer::unreadable(proto))
    }

    /// The same, where the last layer has a number that the program has compared.
    fn found(&self, way: &Way, proto: Proto, name: &'static str, number: u32) -> Way {
        let mut way = way.clone();
        if let Some(last) = way.layers.last_mut()
            && last.proto == proto
            && self.questions.ask_about_row(proto, name)
        {
            *last = last.with(name, number);
        }
        way
    }

    /// A part of the program, which is made once for the same way.
    fn once(&mut self, kind: PartKind, way: &Way, make: impl FnOnce(&mut Self, &Way) -> NodeId) -> NodeId {
        let part = (kind, way.clone());
        if let Some((_, node)) = self.made.iter().find(|(known, _)| *known == part) {
            return *node;
        }
        let node = make(self, way);
        self.made.push((part, node));
        node
    }

    fn anything(&mut self, way: &Way, why: Unsettled) -> NodeId {
        self.frame(&way.layers, LayersBehind::Anything, why, PartOf::Nothing, way.taken)
    }

    /// Nothing but data follows.
    fn data(&mut self, way: &Way) -> NodeId {
        self.frame(&way.layers, LayersBehind::Of(Vec::new()), Unsettled::Data, PartOf::Nothing, way.taken)
    }

    /// A header that is cut, or contradicts itself, and after which the walk finds data at most.
    fn cut(&mut self, way: &Way, proto: Proto) -> NodeId {
        let way = self.without_fields(way, proto);
        self.frame(&way.layers, LayersBehind::Of(Vec::new()), Unsettled::CutHeader, PartOf::Nothing, way.taken)
    }

    fn ethernet(&mut self) -> NodeId {
        let way = Way::default();
        let short = self.anything(&way, Unsettled::CutHeader);
        let plain = self.with(&way, KnownLayer::at(Proto::Ethernet, Base::Frame, 0));
        let mut whole = self.after_type(&plain, Proto::Ethernet, 12, ETHERNET, 0);
        if self.questions.source == FrameSource::Socket {
            let outer = self.with(&way, KnownLayer::of(Proto::Ethernet, FieldPlace::BeforeTakenTag));
            let mut tagged = self.with(&outer, KnownLayer::of(Proto::Vlan, FieldPlace::TakenTag));
            if self.questions.ask_about_length() {
                tagged.taken = TAG;
            }
            let tagged = self.after_type(&tagged, Proto::Vlan, 12, ETHERNET, 1);
            let is_tagged = Load::all(LoadFrom::Ancillary(ancillary::VLAN_TAG_PRESENT));
            whole = self.graph.decide(is_tagged, Comparing::Bits(u32::MAX), tagged, whole);
        }
        self.graph.has_bytes(ETHERNET, whole, short)
    }

    /// What follows the EtherType of a header: the offset of the type, and of what it names.
    fn after_type(&mut self, way: &Way, of: Proto, at: u32, start: u32, tags: usize) -> NodeId {
        let load = Load::frame(at, Size::Half);
        let mut choices = Vec::new();
        let numbers = self.numbers;
        // A tag of any kind is followed by the same.
        let tag = self.tag(way, start, tags);
        for &number in &numbers.ethertypes {
            let way = self.found(way, of, "ethertype", number);
            let node = match of_ethertype(number) {
                Proto::Ipv4 => self.ipv4(&way, start),
                Proto::Ipv6 => self.ipv6(&way, start),
                Proto::Arp => self.arp(&way, start),
                Proto::Vlan => tag,
                proto => {
                    let carrying = self.without_fields(&way, proto);
                    self.anything(&carrying, Unsettled::Encapsulation)
                }
            };
            choices.push((number, node));
        }
        // Numbers that are neither a length nor a type select nothing.
        let (data, llc) = (self.data(way), self.llc(way, start));
        let other = self.graph.decide(load, Comparing::Greater(1500), data, llc);
        self.graph.choose(load, &choices, other)
    }

    fn tag(&mut self, way: &Way, start: u32, tags: usize) -> NodeId {
        if tags == MOST_TAGS {
            let tagged = self.without_fields(way, Proto::Vlan);
            return self.anything(&tagged, Unsettled::ManyTags);
        }
        let cut = self.cut(way, Proto::Vlan);
        let tagged = self.with(way, KnownLayer::at(Proto::Vlan, Base::Frame, start));
        let whole = self.after_type(&tagged, Proto::Vlan, start + 2, start + TAG, tags + 1);
        self.graph.has_bytes(start + TAG, whole, cut)
    }

    /// An IEEE 802.2 header: SNAP and IP have their own service access points.
    fn llc(&mut self, way: &Way, start: u32) -> NodeId {
        let way = self.without_fields(way, Proto::Llc);
        let carrying = self.anything(&way, Unsettled::Encapsulation);
        let other = self.data(&way);
        let load = Load::frame(start, Size::Byte);
        let chosen = self.graph.is_in(load, &[(0x06, 0x06), (0xaa, 0xaa)], carrying, other);
        self.graph.has_bytes(start + 1, chosen, carrying)
    }

    fn raw(&mut self) -> NodeId {
        let way = Way::default();
        let version = Load::frame(0, Size::Byte).masked(0xf0);
        let (ipv4, ipv6) = (self.ipv4(&way, 0), self.ipv6(&way, 0));
        let other = self.data(&way);
        let six = self.graph.decide(version, Comparing::Equal(0x60), ipv6, other);
        let chosen = self.graph.decide(version, Comparing::Equal(0x40), ipv4, six);
        let empty = self.anything(&way, Unsettled::CutHeader);
        self.graph.has_bytes(1, chosen, empty)
    }

    /// Linux cooked frames: length of the header, and offsets of the protocol and the hardware type in it. A socket has no such
    /// header before the packet.
    fn cooked(&mut self, proto: Proto, [length, protocol, hardware]: [u32; 3]) -> NodeId {
        let way = self.without_fields(&Way::default(), proto);
        let other = self.anything(&way, Unsettled::Encapsulation);
        let (start, type_load, hardware_load) = match self.questions.source {
            FrameSource::File => (length, Load::frame(protocol, Size::Half), Load::frame(hardware, Size::Half)),
            FrameSource::Socket => {
                let of = |what| Load::all(LoadFrom::Ancillary(what));
                (0, of(ancillary::PROTOCOL), of(ancillary::HARDWARE_TYPE))
            }
        };
        let mut choices = Vec::new();
        let numbers = self.numbers;
        for &number in &numbers.ethertypes {
            let node = match of_ethertype(number) {
                Proto::Ipv4 => self.ipv4(&way, start),
                Proto::Ipv6 => self.ipv6(&way, start),
                Proto::Arp => self.arp(&way, start),
                _ => other,
            };
            choices.push((number, node));
        }
        let next = self.graph.choose(type_load, &choices, other);
        let next = self.graph.is_in(hardware_load, OTHER_HARDWARE, other, next);
        match self.questions.source {
            FrameSource::File => self.graph.has_bytes(length, next, other),
            FrameSource::Socket => {
                let is_tagged = Load::all(LoadFrom::Ancillary(ancillary::VLAN_TAG_PRESENT));
                self.graph.decide(is_tagged, Comparing::Bits(u32::MAX), other, next)
            }
        }
    }

    fn arp(&mut self, way: &Way, start: u32) -> NodeId {
        let cut = self.cut(way, Proto::Arp);
        let known = self.with(way, KnownLayer::at(Proto::Arp, Base::Network, 0));
        let whole = self.data(&known);
        let whole = self.graph.set(HeaderPlace::Network(start), whole);
        self.graph.has_bytes(start + ARP, whole, cut)
    }

    fn ipv4(&mut self, way: &Way, start: u32) -> NodeId {
        let wrong = self.cut(way, Proto::Ipv4);
        let plain = self.once(PartKind::AfterIpv4 { has_options: false }, way, |this, way| this.after_ipv4(way, false));
        let plain = self.graph.set(HeaderPlace::Transport(IPV4), plain);
        let options = self.once(PartKind::AfterIpv4 { has_options: true }, way, |this, way| this.after_ipv4(way, true));
        let options = self.graph.decide(Load::all(LoadFrom::Length), Comparing::ReachesTransport(0), options, wrong);
        let options = self.graph.set(HeaderPlace::TransportAfterIpv4, options);
        let first = Load::network(0, Size::Byte);
        let options = self.graph.is_in(first, &[(0x46, 0x4f)], options, wrong);
        let whole = self.graph.decide(first, Comparing::Equal(0x45), plain, options);
        let whole = self.graph.set(HeaderPlace::Network(start), whole);
        self.graph.has_bytes(start + IPV4, whole, wrong)
    }

    /// What follows an IPv4 header, whose place and end are known.
    fn after_ipv4(&mut self, way: &Way, has_options: bool) -> NodeId {
        // A total length below the header's, or of zero, which segmentation offload leaves there.
        let unclear = self.without_fields(way, Proto::Ipv4);
        let unclear = self.anything(&unclear, Unsettled::CutHeader);
        let header = KnownLayer { has_options, ..KnownLayer::at(Proto::Ipv4, Base::Network, 0) };
        let way = self.with(way, header);
        let load = Load::network(9, Size::Byte);
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        for number in [TCP, UDP].into_iter().chain(1..=u8::MAX) {
            if NextProtocol::IpProtocol(number).proto() == Proto::Data {
                continue;
            }
            let way = self.found(&way, Proto::Ipv4, "protocol", number.into());
            whole.push((number.into(), self.transport(&way, number, Version::V4)));
            parts.push((number.into(), self.fragment_of(&way, number)));
        }
        let data = self.data(&way);
        let whole = self.graph.choose(load, &whole, data);
        let parts = self.graph.choose(load, &parts, data);
        // More fragments, or an offset.
        let whole = self.graph.decide(Load::network(6, Size::Half), Comparing::Bits(0x3fff), parts, whole);
        let length = Load::all(LoadFrom::TransportLength);
        let whole = self.graph.decide(length, Comparing::Greater(0xffff), unclear, whole);
        self.graph.set(HeaderPlace::TransportLength(Version::V4), whole)
    }

    /// A fragment of IPv4.
    fn fragment_of(&mut self, way: &Way, number: u8) -> NodeId {
        let selector = NextProtocol::IpProtocol(number);
        let rest = match selector.proto() {
            Proto::Tcp => {
                let of_ports = self.numbers.tcp_ports.iter().flat_map(|port| of_tcp_port(Some(*port)));
                LayersBehind::Of(
                    [(Proto::Tcp, selector)].into_iter().chain(of_ports).chain(of_tcp_port(None)).collect(),
                )
            }
            last @ (Proto::Igmp | Proto::Esp) => LayersBehind::Of(Vec::from([(last, selector)])),
            _ => LayersBehind::Anything,
        };
        self.frame(&way.layers, rest, Unsettled::Fragment, PartOf::Datagram, way.taken)
    }

    fn ipv6(&mut self, way: &Way, start: u32) -> NodeId {
        let wrong = self.cut(way, Proto::Ipv6);
        let known = self.with(way, KnownLayer::at(Proto::Ipv6, Base::Network, 0));
        // A jumbogram, or segmentation offload.
        let unclear = self.anything(&known, Unsettled::CutHeader);
        let next = self.after_ipv6(&known, 0);
        let next = self.graph.set(HeaderPlace::TransportLength(Version::V6), next);
        let next = self.graph.set(HeaderPlace::NextHeader, next);
        let next = self.graph.set(HeaderPlace::Transport(IPV6), next);
        let next = self.graph.decide(Load::network(4, Size::Half), Comparing::Equal(0), unclear, next);
        let version = Load::network(0, Size::Byte).masked(0xf0);
        let next = self.graph.decide(version, Comparing::Equal(0x60), next, wrong);
        let next = self.graph.set(HeaderPlace::Network(start), next);
        self.graph.has_bytes(start + IPV6, next, wrong)
    }

    /// What follows an IPv6 header and its extension headers so far.
    fn after_ipv6(&mut self, way: &Way, extensions: usize) -> NodeId {
        self.once(PartKind::AfterIpv6(extensions), way, |this, way| {
            let mut choices = Vec::new();
            for number in [TCP, UDP].into_iter().chain(0..=u8::MAX) {
                let node = match NextProtocol::IpProtocol(number).proto() {
                    Proto::Data => continue,
                    proto @ (Proto::HopByHop | Proto::DestinationOptions | Proto::Routing) => {
                        this.extension(way, proto, extensions)
                    }
                    proto @ Proto::Fragment => {
                        let way = this.without_fields(way, proto);
                        this.frame(
                            &way.layers,
                            LayersBehind::Anything,
                            Unsettled::Fragment,
                            PartOf::Datagram,
                            way.taken,
                        )
                    }
                    _ => this.transport(way, number, Version::V6),
                };
                choices.push((number.into(), node));
            }
            let data = this.data(way);
            this.graph.choose(Load::all(LoadFrom::NextHeader), &choices, data)
        })
    }

    fn extension(&mut self, way: &Way, proto: Proto, extensions: usize) -> NodeId {
        let way = self.without_fields(way, proto);
        if extensions == MOST_EXTENSIONS {
            return self.anything(&way, Unsettled::ExtensionHeaders);
        }
        let cut = self.anything(&way, Unsettled::CutHeader);
        let next = self.after_ipv6(&way, extensions + 1);
        // The header must end within the packet and the frame, or nothing follows it.
        let next = self.graph.decide(Load::all(LoadFrom::Length), Comparing::ReachesTransport(0), next, cut);
        let next = self.graph.decide(Load::all(LoadFrom::TransportLength), Comparing::Greater(0xffff), cut, next);
        let next = self.graph.set(HeaderPlace::TransportLength(Version::V6), next);
        let next = self.graph.set(HeaderPlace::AfterExtension, next);
        self.readable(8, next, cut)
    }

    /// Whether the packet and the frame have this many bytes from the place of the transport header on.
    fn readable(&mut self, bytes: u32, yes: NodeId, no: NodeId) -> NodeId {
        let length = Load::all(LoadFrom::TransportLength);
        let captured = self.graph.decide(Load::all(LoadFrom::Length), Comparing::ReachesTransport(bytes), yes, no);
        let enough = self.graph.decide(length, Comparing::GreaterOrEqual(bytes), captured, no);
        self.graph.decide(length, Comparing::Greater(0xffff), no, enough)
    }

    /// What IP carries, at the place of the transport header.
    fn transport(&mut self, way: &Way, number: u8, version: Version) -> NodeId {
        let proto = NextProtocol::IpProtocol(number).proto();
        match (proto, version) {
            (Proto::Tcp, _) => self.once(PartKind::Tcp, way, Self::tcp),
            (Proto::Udp, _) => self.once(PartKind::Udp, way, Self::udp),
            (Proto::Icmpv4, Version::V4) | (Proto::Icmpv6, Version::V6) => {
                self.once(PartKind::Icmp(version), way, |this, way| this.icmp(way, proto, version))
            }
            (Proto::Igmp | Proto::Esp, _) => {
                let last = self.without_fields(way, proto);
                self.data(&last)
            }
            // Extension headers after IPv4 too.
            _ => {
                let carrying = self.without_fields(way, proto);
                self.anything(&carrying, Unsettled::Encapsulation)
            }
        }
    }

    fn tcp(&mut self, way: &Way) -> NodeId {
        let cut = self.cut(way, Proto::Tcp);
        let way = self.with(way, KnownLayer::at(Proto::Tcp, Base::Transport, 0));
        let mut next = self.segment(&way, None);
        let numbers = self.numbers;
        for &port in &numbers.tcp_ports {
            let of_port = self.segment(&way, Some(port));
            next = self.has_port(&[(port, port)], of_port, next);
        }
        self.readable(20, next, cut)
    }

    /// A TCP segment, of which one port may select what it carries.
    fn segment(&mut self, way: &Way, port: Option<u32>) -> NodeId {
        let carried = of_tcp_port(port);
        let rest = match carried.iter().all(|(proto, _)| is_last(*proto)) {
            true => LayersBehind::Of(carried),
            false => LayersBehind::Anything,
        };
        self.frame(&way.layers, rest, Unsettled::Data, PartOf::Connection, way.taken)
    }

    /// Whether one of two ports is in these ranges.
    fn has_port(&mut self, ports: &[(u32, u32)], yes: NodeId, no: NodeId) -> NodeId {
        if ports.is_empty() || yes == no {
            return no;
        }
        let destination = self.graph.is_in(Load::transport(2, Size::Half), ports, yes, no);
        self.graph.is_in(Load::transport(0, Size::Half), ports, yes, destination)
    }

    fn udp(&mut self, way: &Way) -> NodeId {
        let cut = self.cut(way, Proto::Udp);
        let way = self.with(way, KnownLayer::at(Proto::Udp, Base::Transport, 0));
        let numbers = self.numbers;
        let data = self.data(&way);
        // The numbers of both ports may select something, so all that the filter asks for may follow.
        let rest = LayersBehind::Of(numbers.of_udp.clone());
        let carrying = self.frame(&way.layers, rest, Unsettled::Data, PartOf::Nothing, way.taken);
        let next = self.has_port(&numbers.udp_ports, carrying, data);
        let tunnel = self.anything(&way, Unsettled::Encapsulation);
        let next = self.has_port(&numbers.tunnels, tunnel, next);
        self.readable(8, next, cut)
    }

    /// ICMP, whose errors quote a packet.
    fn icmp(&mut self, way: &Way, proto: Proto, version: Version) -> NodeId {
        let cut = self.cut(way, proto);
        let way = self.with(way, KnownLayer::at(proto, Base::Transport, 0));
        let is_error = |kind: u32| match version {
            Version::V4 => Icmpv4::new(&[kind as u8, 0, 0, 0]).is_error(),
            Version::V6 => Icmpv6::new(&[kind as u8, 0, 0, 0]).is_error(),
        };
        let errors = ranges((0..=u32::from(u8::MAX)).filter(|kind| is_error(*kind)));
        let other = self.data(&way);
        let quoting = self.anything(&way, Unsettled::Quotation);
        let next = self.graph.is_in(Load::transport(0, Size::Byte), &errors, quoting, other);
        self.readable(4, next, cut)
    }
}
