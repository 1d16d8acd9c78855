//! The decisions of a program: a graph in which equal parts are there once.
//!
//! A decision reads a value, compares it, and goes on in one of two ways. The graph is built from its ends, so a part that
//! needs no decision, because both ways lead to the same place, is never there.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Most decisions while a program is made. One of 4096 instructions has fewer.
const MOST_NODES: usize = 1 << 16;

/// Number of a node. Those that a node leads to have lower numbers.
pub(super) type NodeId = u32;

/// The frame is rejected.
pub(super) const REJECT: NodeId = 0;
/// The frame is accepted.
pub(super) const ACCEPT: NodeId = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DecisionNode {
    Return { accepts: Verdict },
    Decide { load: Load, test: Comparing, yes: NodeId, no: NodeId },
    Set { place: HeaderPlace, next: NodeId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Reject,
    Accept,
}

/// A value of at most 32 bits, and the bits of it that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Load {
    pub(super) from: LoadFrom,
    pub(super) mask: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LoadFrom {
    /// Bytes at an offset from a place in the frame.
    Bytes { base: Base, at: u32, size: Size },
    /// Length of the frame.
    Length,
    /// What the kernel knows beside the frame.
    Ancillary(u32),
    /// Number of the protocol after IPv6 and the extension headers so far.
    NextHeader,
    /// Bytes from the place of the transport header to the end that the IP header tells, less than zero (as a number
    /// without sign: more than 65,535) if it ends before.
    TransportLength,
}

/// A version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V4,
    V6,
}

/// Where offsets count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Base {
    Frame,
    /// The IP or ARP header, in the first cell of the memory.
    Network,
    /// What follows IP and its extension headers, in the second cell.
    Transport,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Size {
    Byte,
    Half,
    Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparing {
    Equal(u32),
    Greater(u32),
    GreaterOrEqual(u32),
    /// One of these bits is set.
    Bits(u32),
    /// The length of the frame reaches so many bytes past the place of the transport header. The load is that length.
    ReachesTransport(u32),
}

/// A place that a program finds out and stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HeaderPlace {
    /// The network header is here.
    Network(u32),
    /// The transport header comes so many bytes after the start of the network header.
    Transport(u32),
    /// The transport header comes after an IPv4 header of the length that it tells.
    TransportAfterIpv4,
    /// The number of the protocol after IPv6 is in its header.
    NextHeader,
    /// The bytes that IP has from the place of the transport header on.
    TransportLength(Version),
    /// An extension header is where the transport header would be: its number and length lead on.
    AfterExtension,
}

impl HeaderPlace {
    /// Cells that it stores, one bit each.
    pub(super) fn stores(self) -> u8 {
        match self {
            HeaderPlace::Network(_) => 1,
            HeaderPlace::Transport(_) | HeaderPlace::TransportAfterIpv4 => 2,
            HeaderPlace::NextHeader => 4,
            HeaderPlace::AfterExtension => 6,
            HeaderPlace::TransportLength(_) => 8,
        }
    }

    fn reads(self) -> u8 {
        match self {
            HeaderPlace::Network(_) => 0,
            HeaderPlace::Transport(_) | HeaderPlace::TransportAfterIpv4 | HeaderPlace::NextHeader => 1,
            HeaderPlace::AfterExtension => 2,
            HeaderPlace::TransportLength(_) => 3,
        }
    }
}

impl Load {
    pub(super) const fn all(from: LoadFrom) -> Self {
        Load { from, mask: u32::MAX }
    }

    /// Bytes of the frame from its start.
    pub(super) const fn frame(at: u32, size: Size) -> Self {
        Load::all(LoadFrom::Bytes { base: Base::Frame, at, size })
    }

    pub(super) const fn network(at: u32, size: Size) -> Self {
        Load::all(LoadFrom::Bytes { base: Base::Network, at, size })
    }

    pub(super) const fn transport(at: u32, size: Size) -> Self {
        Load::all(LoadFrom::Bytes { base: Base::Transport, at, size })
    }

    pub(super) const fn masked(self, mask: u32) -> Self {
        Load { mask, ..self }
    }

    /// Cells that it reads, one bit each.
    fn reads(self) -> u8 {
        match self.from {
            LoadFrom::Bytes { base, .. } => base.cell(),
            LoadFrom::Length | LoadFrom::Ancillary(_) => 0,
            LoadFrom::NextHeader => 4,
            LoadFrom::TransportLength => 8,
        }
    }
}

impl Base {
    fn cell(self) -> u8 {
        match self {
            Base::Frame => 0,
            Base::Network => 1,
            Base::Transport => 2,
        }
    }
}

/// The graph. Its first two nodes are [`REJECT`] and [`ACCEPT`].
pub(super) struct Graph {
    nodes: Vec<DecisionNode>,
    /// Cells of the memory that a node and those after it read before they store them, one bit each.
    reads: Vec<u8>,
    known: BTreeMap<DecisionNode, NodeId>,
    /// Whether there were too many nodes, so that the graph is of no use.
    pub(super) is_full: bool,
}

impl Graph {
    pub(super) fn new() -> Self {
        let mut graph = Graph { nodes: Vec::new(), reads: Vec::new(), known: BTreeMap::new(), is_full: false };
        graph.add(DecisionNode::Return { accepts: Verdict::Reject }, 0);
        graph.add(DecisionNode::Return { accepts: Verdict::Accept }, 0);
        graph
    }

    pub(super) fn node(&self, id: NodeId) -> DecisionNode {
        self.nodes.get(id as usize).copied().unwrap_or(DecisionNode::Return { accepts: Verdict::Accept })
    }

    fn reads(&self, id: NodeId) -> u8 {
        self.reads.get(id as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, node: DecisionNode, reads: u8) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        if self.nodes.len() == MOST_NODES {
            self.is_full = true;
            return ACCEPT;
        }
        let id = self.nodes.len() as NodeId;
        self.nodes.push(node);
        self.reads.push(reads);
        self.known.insert(node, id);
        id
    }

    /// A decision.
    pub(super) fn decide(&mut self, load: Load, test: Comparing, yes: NodeId, no: NodeId) -> NodeId {
        match test {
            _ if yes == no => yes,
            Comparing::GreaterOrEqual(0) => yes,
            Comparing::Greater(u32::MAX) => no,
            // Bits that do not count are zero.
            Comparing::Equal(number) if number & !load.mask != 0 => no,
            _ => {
                let of_test = if matches!(test, Comparing::ReachesTransport(_)) { 2 } else { 0 };
                let reads = load.reads() | of_test | self.reads(yes) | self.reads(no);
                self.add(DecisionNode::Decide { load, test, yes, no }, reads)
            }
        }
    }

    /// A place that is stored, if something after it reads it.
    pub(super) fn set(&mut self, place: HeaderPlace, next: NodeId) -> NodeId {
        let after = self.reads(next);
        if after & place.stores() == 0 {
            return next;
        }
        self.add(DecisionNode::Set { place, next }, after & !place.stores() | place.reads())
    }

    /// Whether the frame has this many bytes.
    pub(super) fn has_bytes(&mut self, bytes: u32, yes: NodeId, no: NodeId) -> NodeId {
        self.decide(Load::all(LoadFrom::Length), Comparing::GreaterOrEqual(bytes), yes, no)
    }

    /// Goes on by a number: to the node that is chosen for it, or to another one. The choices that come first are asked first.
    pub(super) fn choose(&mut self, load: Load, choices: &[(u32, NodeId)], other: NodeId) -> NodeId {
        let mut targets: Vec<NodeId> = Vec::new();
        for (_, target) in choices {
            if *target != other && !targets.contains(target) {
                targets.push(*target);
            }
        }
        targets.iter().rev().fold(other, |rest, target| {
            let numbers = choices.iter().filter(|(_, chosen)| chosen == target).map(|(number, _)| *number);
            let mut numbers: Vec<u32> = numbers.collect();
            numbers.sort_unstable();
            numbers.dedup();
            let mut next = rest;
            // From the last range to the first. One number after the other, or both ends of a range.
            for (first, last) in ranges(numbers.into_iter()).into_iter().rev() {
                next = match first == last {
                    true => self.decide(load, Comparing::Equal(first), *target, next),
                    false => {
                        let inside = self.decide(load, Comparing::Greater(last), next, *target);
                        self.decide(load, Comparing::GreaterOrEqual(first), inside, next)
                    }
                };
            }
            next
        })
    }

    /// Whether the number lies in one of the ranges. They are in order and do not meet; one that has no upper end ends
    /// with `u32::MAX`.
    pub(super) fn is_in(&mut self, load: Load, ranges: &[(u32, u32)], yes: NodeId, no: NodeId) -> NodeId {
        // What is below a range, and was not found before, is in none.
        ranges.iter().rev().fold(no, |rest, &(first, last)| {
            if first == last {
                self.decide(load, Comparing::Equal(first), yes, rest)
            } else if rest == no {
                let inside = self.decide(load, Comparing::Greater(last), no, yes);
                self.decide(load, Comparing::GreaterOrEqual(first), inside, no)
            } else {
                let inside = self.decide(load, Comparing::GreaterOrEqual(first), yes, no);
                self.decide(load, Comparing::Greater(last), rest, inside)
            }
        })
    }
}

/// Numbers in order, as ranges.
pub(super) fn ranges(numbers: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    ranges
}
