//! Which protocols a capture has, inside of which others.

use super::traffic::Traffic;
use crate::dissect::ExaminedLayer;
use crate::proto::{Proto, View};

/// Most paths that are counted.
const MOST_PATHS: usize = 4096;

/// Most protocols inside each other that are counted.
const MOST_DEPTH: usize = 64;

/// No node.
const NONE: u32 = u32::MAX;

/// The protocols of packets as a tree: each path from the link layer inwards, with the packets that have it.
///
/// A packet counts once for each path, with all of its bytes, as in Wireshark's protocol hierarchy. Extension headers belong
/// to IPv6. A fragment is data; the packet that completes the datagram has the protocols of the datagram. The packet that
/// completes a message of several TCP segments has the protocol of the message; the others end with TCP. What an ICMP error
/// quotes does not count.
///
/// At most 4,096 paths are counted, of at most 64 protocols; of other packets the outer protocols are, and
/// [`cut`](Self::cut) says how many those are.
#[derive(Clone, Debug)]
pub struct ProtocolHierarchy {
    /// The root, which is no protocol, and the protocols, each after the one that it is in.
    nodes: Vec<PathNode>,
    /// Nodes of frames without anything unusual, by their path.
    plain: [u32; 8],
    cut: u64,
    /// The packet at hand.
    serial: u64,
    length: u64,
    path: Vec<Proto>,
    is_cut: bool,
    /// Protocols up to the IP header of the fragment.
    fragment: Option<usize>,
    /// Protocols up to the last TCP header.
    tcp: Option<usize>,
    /// Whether the rest of the walk does not count.
    is_ended: bool,
}

#[derive(Clone, Copy, Debug)]
struct PathNode {
    proto: Proto,
    child: u32,
    sibling: u32,
    /// The last packet that was counted.
    last: u64,
    traffic: Traffic,
    /// Packets that are not counted in the outer nodes yet.
    plain: Traffic,
}

impl PathNode {
    fn new(proto: Proto) -> Self {
        let none = Traffic::default();
        PathNode { proto, child: NONE, sibling: NONE, last: 0, traffic: none, plain: none }
    }
}

/// A protocol, inside of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HierarchyRow {
    /// How many protocols are around it.
    pub depth: usize,
    /// The protocol.
    pub proto: Proto,
    /// The packets that have it there.
    pub traffic: Traffic,
}

impl Default for ProtocolHierarchy {
    fn default() -> Self {
        ProtocolHierarchy {
            nodes: vec![PathNode::new(Proto::Data)],
            plain: [NONE; 8],
            cut: 0,
            serial: 0,
            length: 0,
            path: Vec::new(),
            is_cut: false,
            fragment: None,
            tcp: None,
            is_ended: false,
        }
    }
}

impl ProtocolHierarchy {
    /// Packets that have more protocols than were counted.
    pub fn cut(&self) -> u64 {
        self.cut
    }

    /// The protocols from the outermost on, each followed by those inside of it; of several in the same protocol, the one
    /// with the most packets first.
    pub fn rows(&self) -> Vec<HierarchyRow> {
        // An inner node comes after its outer one.
        let mut totals: Vec<Traffic> = self.nodes.iter().map(|node| node.plain).collect();
        for at in (0..self.nodes.len()).rev() {
            let inner: Traffic = self.children(at as u32).map(|child| totals[child as usize]).sum();
            totals[at] = totals[at] + inner;
        }
        for (total, node) in totals.iter_mut().zip(&self.nodes) {
            *total = *total + node.traffic;
        }
        let mut rows = Vec::new();
        let mut waiting = vec![(0, 0)];
        while let Some((at, depth)) = waiting.pop() {
            let node = &self.nodes[at as usize];
            if depth > 0 {
                rows.push(HierarchyRow { depth: depth - 1, proto: node.proto, traffic: totals[at as usize] });
            }
            let mut inner: Vec<u32> = self.children(at).collect();
            inner.sort_by_key(|child| (totals[*child as usize].packets, core::cmp::Reverse(*child)));
            waiting.extend(inner.into_iter().map(|child| (child, depth + 1)));
        }
        rows
    }

    fn children(&self, at: u32) -> impl Iterator<Item = u32> {
        let mut next = self.nodes[at as usize].child;
        core::iter::from_fn(move || {
            let at = next;
            next = self.nodes.get(at as usize)?.sibling;
            Some(at)
        })
    }

    /// Begins a packet.
    pub(super) fn begin(&mut self, length: u64) {
        self.serial += 1;
        self.length = length;
        self.path.clear();
        (self.is_cut, self.fragment, self.tcp) = (false, None, None);
    }

    /// Counts a frame of Ethernet, IP, TCP or UDP and data of no protocol, and nothing else.
    #[inline]
    pub(super) fn plain(&mut self, is_ipv6: bool, is_tcp: bool, has_data: bool, length: u64) {
        let place = usize::from(is_ipv6) << 2 | usize::from(is_tcp) << 1 | usize::from(has_data);
        if let Some(node) = self.nodes.get_mut(self.plain[place] as usize) {
            node.plain.add(length);
            return;
        }
        let ip = if is_ipv6 { Proto::Ipv6 } else { Proto::Ipv4 };
        let transport = if is_tcp { Proto::Tcp } else { Proto::Udp };
        let path = [Proto::Ethernet, ip, transport, Proto::Data];
        let mut at = Some(0);
        for proto in &path[..if has_data { 4 } else { 3 }] {
            at = at.and_then(|at| self.enter(at, *proto));
        }
        match at {
            Some(at) => {
                self.plain[place] = at;
                self.nodes[at as usize].plain.add(length);
            }
            None => self.cut += 1,
        }
    }

    /// Begins the walk of a frame, a datagram or a message. Tells whether the first layer was counted already.
    pub(super) fn begin_walk(&mut self, number: usize, first: &ExaminedLayer<'_>) -> bool {
        self.is_ended = false;
        if number == 0 {
            return false;
        }
        if matches!(first.view, View::Ipv4(_) | View::Ipv6(_)) {
            self.path.truncate(self.fragment.take().unwrap_or(usize::MAX));
            return true;
        }
        self.commit();
        self.path.truncate(self.tcp.unwrap_or(usize::MAX));
        false
    }

    /// Takes a layer of the walk.
    pub(super) fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        if self.is_ended || layer.quoted {
            return;
        }
        if let Proto::HopByHop | Proto::DestinationOptions | Proto::Routing | Proto::Fragment = layer.proto {
            if let View::Fragment(fragment) = layer.view
                && (fragment.more_fragments() || fragment.fragment_offset() != 0)
            {
                self.fragment();
            }
            return;
        }
        // A length before a message is no protocol of its own, and several records of TLS are one protocol.
        #[cfg(feature = "applications")]
        if matches!(layer.proto, Proto::DnsOverTcp)
            || layer.proto == Proto::Tls && self.path.last() == Some(&Proto::Tls)
        {
            return;
        }
        self.push(layer.proto);
        match layer.view {
            View::Tcp(_) => self.tcp = Some(self.path.len()),
            View::Ipv4(ip) if ip.is_fragment() => self.fragment(),
            _ => {}
        }
    }

    /// Ends the walk: what follows is a part of a message.
    pub(super) fn end_walk(&mut self) {
        self.is_ended = true;
    }

    /// What follows is a part of a datagram.
    fn fragment(&mut self) {
        self.fragment = Some(self.path.len());
        self.push(Proto::Data);
        self.is_ended = true;
    }

    fn push(&mut self, proto: Proto) {
        match self.path.len() < MOST_DEPTH {
            true => self.path.push(proto),
            false => self.is_cut = true,
        }
    }

    /// Ends the packet.
    pub(super) fn end(&mut self) {
        self.commit();
        self.cut += u64::from(self.is_cut);
    }

    /// Counts the path.
    fn commit(&mut self) {
        let path = core::mem::take(&mut self.path);
        let mut at = 0;
        for proto in &path {
            let Some(next) = self.enter(at, *proto) else {
                self.is_cut = true;
                break;
            };
            at = next;
            let node = &mut self.nodes[at as usize];
            if core::mem::replace(&mut node.last, self.serial) != self.serial {
                node.traffic.add(self.length);
            }
        }
        self.path = path;
    }

    /// The node of a protocol inside of another one.
    fn enter(&mut self, at: u32, proto: Proto) -> Option<u32> {
        let found = self.children(at).find(|child| self.nodes[*child as usize].proto == proto);
        if found.is_some() {
            return found;
        }
        let new = u32::try_from(self.nodes.len()).ok().filter(|new| (*new as usize) <= MOST_PATHS)?;
        let sibling = core::mem::replace(&mut self.nodes[at as usize].child, new);
        self.nodes.push(PathNode { sibling, ..PathNode::new(proto) });
        Some(new)
    }
}
