//! Frames that are wrong in exactly one way, to test parsers.

use crate::layer::NextProtocol;
use crate::proto::{Proto, Protocols, View};
use crate::wire::Computed;
use crate::wire::{Field, Kind};
use alloc::vec::Vec;
use core::fmt;

/// The kind of a fault.
///
/// ```
/// use packetsmith::Fault;
/// assert_eq!(Fault::ALL.map(Fault::name)[..2], ["length", "checksum"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// A length is wrong.
    Length,
    /// A checksum is wrong.
    Checksum,
    /// A byte of an option is wrong: in its type, its length or its value.
    Option,
    /// A flag is inverted, or a reserved bit is set.
    Flag,
    /// A number with one valid value, or a selector of the next protocol, is wrong.
    Number,
    /// The frame ends early.
    Truncation,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 6] =
        [Fault::Length, Fault::Checksum, Fault::Option, Fault::Flag, Fault::Number, Fault::Truncation];

    /// Name of the fault.
    pub const fn name(self) -> &'static str {
        match self {
            Fault::Length => "length",
            Fault::Checksum => "checksum",
            Fault::Option => "option",
            Fault::Flag => "flag",
            Fault::Number => "number",
            Fault::Truncation => "truncation",
        }
    }
}

/// The change that was made to a frame.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Fault, Mutator};
/// let mut wrong = Vec::new();
/// let mutation = Mutator::new(1).with(Fault::Checksum, 1, &frame, &mut wrong).unwrap();
/// assert_eq!((mutation.fault, wrong.len()), (Fault::Checksum, frame.len()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mutation {
    /// The kind of fault.
    pub fault: Fault,
    /// Index of the layer, from 0.
    pub layer: usize,
    /// Its protocol.
    pub proto: Proto,
    /// The field that was changed. `None` if it was not a field.
    pub field: Option<&'static Field>,
    /// The old value: the number in the field, the byte, or the length of the frame in bytes.
    pub before: u64,
    /// The new value.
    pub after: u64,
    /// Offset of the first byte that was changed or is missing.
    pub at: usize,
}

/// `length: layer 2 (ipv4), total_length 60 -> 0`
impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mutation { fault, layer, proto, before, after, at, .. } = *self;
        write!(f, "{}: ", fault.name())?;
        if fault == Fault::Truncation {
            return write!(f, "{before} bytes cut to {after}, in layer {} ({})", layer + 1, proto.name());
        }
        write!(f, "layer {} ({}), ", layer + 1, proto.name())?;
        match self.field {
            Some(field) if field.hex || matches!(field.kind, Kind::Checksum) => {
                write!(f, "{} {before:#x} -> {after:#x}", field.name)
            }
            Some(field) => write!(f, "{} {before} -> {after}", field.name),
            None => write!(f, "byte {at} {before:#04x} -> {after:#04x}"),
        }
    }
}

/// Makes frames wrong in exactly one way. Every checksum around the fault stays as right as it was. The same seed makes
/// the same faults.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, Mutator, Stack, Udp};
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build()).finish().unwrap();
/// let mut mutator = Mutator::new(7);
/// let mut wrong = Vec::new();
/// let mutation = mutator.mutate(1, &frame, &mut wrong).unwrap();
/// assert_ne!(frame, wrong, "{mutation}");
/// ```
#[derive(Clone, Debug)]
pub struct Mutator {
    state: u64,
    known: Protocols,
}

impl Mutator {
    /// A mutator with this seed.
    pub const fn new(seed: u64) -> Self {
        Mutator { state: seed, known: Protocols::builtin() }
    }

    /// Sets the protocols that frames may have.
    ///
    /// ```
    /// use packetsmith::{Mutator, Protocols};
    /// let mut mutator = Mutator::new(7).protocols(Protocols::builtin().without_heuristics());
    /// let mut wrong = Vec::new();
    /// let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    /// assert!(mutator.mutate(228, &packet, &mut wrong).is_some());
    /// ```
    pub const fn protocols(mut self, known: Protocols) -> Self {
        self.known = known;
        self
    }

    /// The next random number (SplitMix64).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// Copies a frame to `wrong`, which is cleared first, and makes it wrong. `None` if the frame has nothing to
    /// change: it is empty, its first header is cut, or it has one byte and no known protocol.
    pub fn mutate(&mut self, first: impl Into<NextProtocol>, frame: &[u8], wrong: &mut Vec<u8>) -> Option<Mutation> {
        let selector = first.into();
        // Not every frame has an option or a flag. If not, the next kind is tried.
        let first = self.below(Fault::ALL.len());
        (0..Fault::ALL.len()).find_map(|i| {
            let fault = *Fault::ALL.get((first + i) % Fault::ALL.len())?;
            self.with_fault(fault, selector, frame, wrong)
        })
    }

    /// Like [`mutate`](Self::mutate), with one kind of fault. `None` if the frame has nothing to change in this way.
    pub fn with(
        &mut self,
        fault: Fault,
        first: impl Into<NextProtocol>,
        frame: &[u8],
        wrong: &mut Vec<u8>,
    ) -> Option<Mutation> {
        self.with_fault(fault, first.into(), frame, wrong)
    }

    fn with_fault(
        &mut self,
        fault: Fault,
        selector: NextProtocol,
        frame: &[u8],
        wrong: &mut Vec<u8>,
    ) -> Option<Mutation> {
        wrong.clear();
        wrong.extend_from_slice(frame);
        let known = self.known;
        let layers = || known.dissect(selector, frame).filter(|layer| !matches!(layer.view, View::Cut)).enumerate();
        match fault {
            Fault::Truncation => {
                let after = self.below(frame.len());
                let (layer, found) =
                    layers().filter(|(_, layer)| layer.header_span().start as usize <= after).last()?;
                wrong.truncate(after);
                let (before, at) = (frame.len() as u64, after);
                Some(Mutation { fault, layer, proto: found.proto, field: None, before, after: after as u64, at })
            }
            Fault::Option => {
                let places = layers().filter(|(_, layer)| layer.proto.options().is_some());
                let bytes = |(i, layer): (usize, crate::dissect::Layer<'_>)| {
                    let span = layer.options().span();
                    (span.start as usize..span.end as usize).map(move |at| (i, layer.proto, at))
                };
                let all: Vec<_> = places.flat_map(bytes).collect();
                let &(layer, proto, at) = all.get(self.below(all.len()))?;
                let before = *frame.get(at)?;
                let after = before ^ (1 << self.below(8));
                known.edit(selector, wrong).patch(at, &[after]).ok()?;
                Some(Mutation { fault, layer, proto, field: None, before: before.into(), after: after.into(), at })
            }
            _ => {
                let fits = |field: &&'static Field| match (fault, field.computed, field.kind) {
                    (Fault::Length, Computed::HeaderLength { .. } | Computed::TotalLength { .. }, _) => true,
                    (Fault::Checksum, Computed::Checksum, _) => true,
                    (Fault::Flag, Computed::Nothing, Kind::Flags(_) | Kind::Bool) => true,
                    (Fault::Flag, _, _) => field.reserved,
                    (Fault::Number, Computed::NextProtocol(_), _) => true,
                    (Fault::Number, Computed::Nothing, _) => {
                        matches!(field.name, "version" | "type" | "op" | "operation")
                    }
                    _ => false,
                };
                let all: Vec<_> = layers()
                    .flat_map(|(i, layer)| {
                        let at = layer.header_span().start;
                        layer.proto.fields().iter().filter(fits).map(move |field| (i, layer.proto, at, field))
                    })
                    .collect();
                let &(layer, proto, at, field) = all.get(self.below(all.len()))?;
                let before = field.read(frame.get(at as usize..)?)?.number()?;
                let max = u64::MAX >> (64 - field.bits().len().clamp(1, 64));
                let bit = 1 << self.below(field.bits().len());
                let choices = match fault {
                    Fault::Length => [0, max, before.wrapping_add(1) & max, before.wrapping_sub(1) & max, before ^ bit],
                    _ => [before ^ bit; 5],
                };
                let after = choices[self.below(5)];
                let after = if after == before { before ^ bit } else { after };
                known.edit(selector, wrong).update(layer, field.name, after).ok()?;
                let at = field.span(at).start as usize;
                Some(Mutation { fault, layer, proto, field: Some(field), before, after, at })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Stack;
    use crate::dissect::examine;
    use crate::proto::TcpOption;
    use crate::proto::{Ethernet, Ipv4, Tcp};

    #[test]
    fn a_frame_is_wrong_in_the_way_that_is_said() {
        let options = [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::SackPermitted {}];
        let tcp = Tcp::build().src_port(50000).dst_port(50001).options(&options);
        let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(tcp).finish().unwrap();
        let (mut mutator, mut wrong) = (Mutator::new(1), Vec::new());
        for fault in Fault::ALL {
            for _ in 0..200 {
                let mutation = mutator.with(fault, 1, &frame, &mut wrong).unwrap();
                assert_eq!(mutation.fault, fault);
                assert_ne!(frame, wrong, "{mutation}");
                if fault == Fault::Checksum {
                    let bad = examine(1, &wrong)
                        .filter(|layer| layer.checksum().is_some_and(|c| c != crate::wire::Checksum::Good));
                    assert_eq!(bad.count(), 1, "{mutation}");
                }
                if fault == Fault::Option {
                    assert!(examine(1, &wrong).all(|l| l.checksum().is_none_or(|c| c == crate::wire::Checksum::Good)));
                }
            }
        }
        let again = |seed| {
            let mut wrong = Vec::new();
            Mutator::new(seed).mutate(1, &frame, &mut wrong).map(|_| wrong)
        };
        assert_eq!(again(5), again(5));
    }

    #[test]
    fn noise_and_nothing_are_taken_too() {
        let (mut mutator, mut wrong) = (Mutator::new(3), Vec::new());
        assert!(mutator.mutate(1, &[], &mut wrong).is_none());
        for len in 1..100 {
            let frame: Vec<u8> = (0..len).map(|_| mutator.next() as u8).collect();
            if let Some(mutation) = mutator.mutate(1, &frame, &mut wrong) {
                assert_ne!(frame, wrong, "{mutation}");
            }
        }
    }
}
