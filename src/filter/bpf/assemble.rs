//! From decisions to instructions. A program is written from its end, so the places that jumps lead to are known.
//!
//! The accumulator is loaded once for decisions on the same value that follow each other, and so is the index register for
//! values at the same place. Offsets of conditional jumps have eight bits: a longer way goes over an unconditional jump.

use super::graph::{Base, Comparing, DecisionNode, Graph, HeaderPlace, Load, LoadFrom, NodeId, Size, Verdict, Version};
use super::instruction::{ALL_BYTES, BpfInstruction, code};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Most instructions that the kernel takes, `BPF_MAXINSNS`.
const MOST_INSTRUCTIONS: usize = 4096;

/// Cells of the memory.
const NETWORK: u32 = 0;
const TRANSPORT: u32 = 1;
const NEXT_HEADER: u32 = 2;
const TRANSPORT_LENGTH: u32 = 3;

/// How a node is entered: what is loaded already.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum WayIn {
    WithValue,
    WithIndex,
    Start,
}

/// Where a node can be entered, each counted in instructions from the end of the program to it.
#[derive(Clone, Copy)]
struct EntryPoints {
    start: usize,
    /// Where the index register has the place already.
    with_index: usize,
    /// Where the accumulator has the value already.
    with_value: usize,
}

/// The instructions of the decisions from `root` on. `None` if they are more than the kernel takes.
pub(super) fn assemble(graph: &Graph, root: NodeId) -> Option<Vec<BpfInstruction>> {
    let order = graph.in_order(root);
    let mut assembler = Assembler {
        graph,
        backwards: Vec::new(),
        entries: BTreeMap::new(),
        ways: BTreeMap::new(),
        steps: BTreeMap::new(),
    };
    assembler.note(root, WayIn::Start);
    for &id in &order {
        match graph.node(id) {
            DecisionNode::Return { .. } => {}
            DecisionNode::Decide { load, test, yes, no } => [yes, no].into_iter().for_each(|next| {
                let way = assembler.way_in(next, Some((load, test)));
                assembler.note(next, way);
            }),
            DecisionNode::Set { next, .. } => assembler.note(next, WayIn::Start),
        }
    }
    for id in order {
        assembler.write(id);
        if assembler.backwards.len() > MOST_INSTRUCTIONS {
            return None;
        }
    }
    let mut instructions = assembler.backwards;
    instructions.reverse();
    Some(instructions)
}

impl Graph {
    /// The nodes that are reached, each after those that it leads to. The root is the last one.
    fn in_order(&self, root: NodeId) -> Vec<NodeId> {
        let mut order = Vec::new();
        let mut seen = Vec::from_iter((0..=root).map(|_| false));
        let mut waiting = Vec::from([(root, false)]);
        while let Some((id, is_left)) = waiting.pop() {
            if is_left {
                order.push(id);
                continue;
            }
            if core::mem::replace(&mut seen[id as usize], true) {
                continue;
            }
            waiting.push((id, true));
            match self.node(id) {
                DecisionNode::Return { .. } => {}
                // What is pushed last is written first, so it comes last in the program.
                DecisionNode::Decide { yes, no, .. } => waiting.extend([(no, false), (yes, false)]),
                DecisionNode::Set { next, .. } => waiting.push((next, false)),
            }
        }
        order
    }
}

struct Assembler<'g> {
    graph: &'g Graph,
    backwards: Vec<BpfInstruction>,
    entries: BTreeMap<NodeId, EntryPoints>,
    /// For each node, the way in that has least loaded already. What comes before it is not written.
    ways: BTreeMap<NodeId, WayIn>,
    /// For places that are far, the nearest jump that leads there.
    steps: BTreeMap<usize, usize>,
}

impl Assembler<'_> {
    fn push(&mut self, code: u16, k: u32) {
        self.backwards.push(BpfInstruction::new(code, k));
    }

    fn write(&mut self, id: NodeId) {
        let entry = match self.graph.node(id) {
            DecisionNode::Return { accepts } => {
                self.push(code::RETURN, if accepts == Verdict::Accept { ALL_BYTES } else { 0 });
                self.here()
            }
            DecisionNode::Set { place, next } => {
                self.jump_to(self.target(next, None));
                self.write_place(place);
                self.here()
            }
            DecisionNode::Decide { load, test, yes, no } => {
                self.write_jump(test, self.target(yes, Some((load, test))), self.target(no, Some((load, test))));
                self.write_load(load, test, self.ways.get(&id).copied().unwrap_or(WayIn::Start))
            }
        };
        self.entries.insert(id, entry);
    }

    fn here(&self) -> EntryPoints {
        let start = self.backwards.len();
        EntryPoints { start, with_index: start, with_value: start }
    }

    fn note(&mut self, id: NodeId, way: WayIn) {
        let known = self.ways.entry(id).or_insert(way);
        *known = way.max(*known);
    }

    /// How a node is entered from a decision.
    fn way_in(&self, id: NodeId, from: Option<(Load, Comparing)>) -> WayIn {
        match (self.graph.node(id), from) {
            (DecisionNode::Decide { load, test, .. }, Some((before, test_before)))
                if is_kept(test_before) && is_kept(test) =>
            {
                if before == load {
                    WayIn::WithValue
                } else if index_of(before).is_some() && index_of(before) == index_of(load) {
                    WayIn::WithIndex
                } else {
                    WayIn::Start
                }
            }
            _ => WayIn::Start,
        }
    }

    /// Where a node is entered from a decision, counted from the end of the program.
    fn target(&self, id: NodeId, from: Option<(Load, Comparing)>) -> usize {
        let Some(entry) = self.entries.get(&id) else { return 0 };
        match self.way_in(id, from) {
            WayIn::Start => entry.start,
            WayIn::WithIndex => entry.with_index,
            WayIn::WithValue => entry.with_value,
        }
    }

    /// An unconditional jump, unless the target is the next instruction.
    fn jump_to(&mut self, target: usize) {
        let distance = self.backwards.len() - target;
        if distance > 0 {
            self.push(code::JUMP, distance as u32);
        }
    }

    /// An instruction that a conditional jump reaches and that leads to a target. `after` is how many instructions may still
    /// be written before the jump.
    fn near(&mut self, target: usize, after: usize) -> usize {
        let is_near = |this: &Self, place: usize| this.backwards.len() + after - place <= usize::from(u8::MAX);
        if is_near(self, target) {
            return target;
        }
        if let Some(step) = self.steps.get(&target).filter(|step| is_near(self, **step)) {
            return *step;
        }
        // No return instead of a jump: the kernel takes what follows a return for reached from it, and misses stored cells.
        self.jump_to(target);
        let step = self.backwards.len();
        self.steps.insert(target, step);
        step
    }

    fn write_jump(&mut self, test: Comparing, yes: usize, no: usize) {
        let distance = |this: &Self, target: usize| this.backwards.len() - target;
        // A step for one way makes the other longer by one.
        let no = self.near(no, 1);
        let yes = self.near(yes, 0);
        let (jt, jf) = (distance(self, yes) as u8, distance(self, no) as u8);
        let (code, k) = match test {
            Comparing::Equal(k) => (code::JUMP_EQUAL, k),
            Comparing::Greater(k) => (code::JUMP_GREATER, k),
            Comparing::GreaterOrEqual(k) => (code::JUMP_GREATER_OR_EQUAL, k),
            Comparing::Bits(k) => (code::JUMP_SET, k),
            Comparing::ReachesTransport(_) => (code::JUMP_GREATER_OR_EQUAL_X, 0),
        };
        self.backwards.push(BpfInstruction { code, jt, jf, k });
    }

    /// Writes what loads a value, backwards.
    fn write_load(&mut self, load: Load, test: Comparing, least: WayIn) -> EntryPoints {
        let with_value = self.backwards.len();
        if least == WayIn::WithValue {
            return self.here();
        }
        if load.mask != u32::MAX {
            self.push(code::AND, load.mask);
        }
        match load.from {
            LoadFrom::Length => {
                self.push(code::LOAD_LENGTH, 0);
                if let Comparing::ReachesTransport(bytes) = test {
                    self.push(code::A_TO_X, 0);
                    self.push(code::ADD, bytes);
                    self.push(code::LOAD_MEMORY, TRANSPORT);
                }
            }
            LoadFrom::Ancillary(k) => self.push(code::LOAD_WORD, k),
            LoadFrom::NextHeader => self.push(code::LOAD_MEMORY, NEXT_HEADER),
            LoadFrom::TransportLength => self.push(code::LOAD_MEMORY, TRANSPORT_LENGTH),
            LoadFrom::Bytes { base: Base::Frame, at, size } => {
                let code = match size {
                    Size::Byte => code::LOAD_BYTE,
                    Size::Half => code::LOAD_HALF,
                    Size::Word => code::LOAD_WORD,
                };
                self.push(code, at);
            }
            LoadFrom::Bytes { base, at, size } => {
                let code = match size {
                    Size::Byte => code::LOAD_BYTE_AT_X,
                    Size::Half => code::LOAD_HALF_AT_X,
                    Size::Word => code::LOAD_WORD_AT_X,
                };
                self.push(code, at);
                let with_index = self.backwards.len();
                if least == WayIn::WithIndex {
                    return EntryPoints { start: with_index, with_index, with_value };
                }
                self.push(code::LOAD_X_MEMORY, if base == Base::Network { NETWORK } else { TRANSPORT });
                return EntryPoints { start: self.backwards.len(), with_index, with_value };
            }
        }
        let start = self.backwards.len();
        EntryPoints { start, with_index: start, with_value }
    }

    /// Writes what finds out a place, backwards.
    fn write_place(&mut self, place: HeaderPlace) {
        match place {
            HeaderPlace::Network(at) => {
                self.push(code::STORE, NETWORK);
                self.push(code::LOAD_CONSTANT, at);
            }
            HeaderPlace::Transport(bytes) => {
                self.push(code::STORE, TRANSPORT);
                self.push(code::ADD, bytes);
                self.push(code::LOAD_MEMORY, NETWORK);
            }
            HeaderPlace::TransportAfterIpv4 => {
                self.push(code::STORE, TRANSPORT);
                self.push(code::ADD_X, 0);
                self.push(code::SHIFT_LEFT, 2);
                self.push(code::AND, 15);
                self.push(code::LOAD_BYTE_AT_X, 0);
                self.push(code::LOAD_X_MEMORY, NETWORK);
            }
            HeaderPlace::NextHeader => {
                self.push(code::STORE, NEXT_HEADER);
                self.push(code::LOAD_BYTE_AT_X, 6);
                self.push(code::LOAD_X_MEMORY, NETWORK);
            }
            HeaderPlace::TransportLength(version) => {
                self.push(code::STORE, TRANSPORT_LENGTH);
                self.push(code::SUBTRACT_X, 0);
                self.push(code::LOAD_X_MEMORY, TRANSPORT);
                if version == Version::V6 {
                    self.push(code::ADD, 40);
                }
                self.push(code::ADD_X, 0);
                self.push(code::LOAD_HALF_AT_X, if version == Version::V6 { 4 } else { 2 });
                self.push(code::LOAD_X_MEMORY, NETWORK);
            }
            HeaderPlace::AfterExtension => {
                self.push(code::STORE, TRANSPORT);
                self.push(code::ADD, 8);
                self.push(code::ADD_X, 0);
                self.push(code::SHIFT_LEFT, 3);
                self.push(code::LOAD_BYTE_AT_X, 1);
                self.push(code::STORE, NEXT_HEADER);
                self.push(code::LOAD_BYTE_AT_X, 0);
                self.push(code::LOAD_X_MEMORY, TRANSPORT);
            }
        }
    }
}

/// Whether a test leaves accumulator and index register as the load made them.
fn is_kept(test: Comparing) -> bool {
    !matches!(test, Comparing::ReachesTransport(_))
}

/// The place whose offset the index register has after a load.
fn index_of(load: Load) -> Option<Base> {
    match load.from {
        LoadFrom::Bytes { base, .. } if base != Base::Frame => Some(base),
        _ => None,
    }
}
