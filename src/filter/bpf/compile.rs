//! A filter and what is known of a frame, as decisions.
//!
//! A program must accept what the filter may pass. So each part of the filter is asked in one of two ways: whether it may
//! hold, or whether it must hold. A test that cannot be settled may hold, and need not. `!` turns one question into the
//! other: `!a` may hold unless `a` must hold. `&&` and `||` ask their parts in the same way; of `^^`, the first part decides
//! in which way the others are asked. Where both questions have the same answer for the whole filter, the program is exact.

use super::graph::{ACCEPT, Graph, NodeId, REJECT};
use super::known_layer::KnownLayer;
use super::question::{KnownFrame, LayersBehind, Questions, SegmentDirection, SharedFacts};
use super::selecting_numbers::{Part, SelectingNumbers};
use super::unsettled::Unsettled;
use crate::filter::plan::Expression;
use crate::filter::syntax::Quantifier;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Most steps of compiling, as a bound for filters made to take long.
const MOST_STEPS: usize = 1 << 21;

/// How a part of a filter is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    MayHold,
    MustHold,
}

impl Asking {
    fn turned(self) -> Self {
        match self {
            Asking::MayHold => Asking::MustHold,
            Asking::MustHold => Asking::MayHold,
        }
    }
}

/// Packets of which others may be needed for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartOf {
    Nothing,
    /// A fragment, which is put together with others.
    Datagram,
    /// A segment, whose data others may complete.
    Connection,
}

pub(super) struct Compiler<'q, 'p> {
    pub(super) graph: Graph,
    pub(super) questions: &'q Questions<'p>,
    pub(super) numbers: &'q SelectingNumbers,
    expression: &'q Expression,
    /// The tests of the expression.
    tests: Vec<usize>,
    /// What could not be settled.
    pub(super) unsettled: BTreeSet<Unsettled>,
    steps: usize,
    /// Parts of the program that were made already.
    pub(super) made: Vec<(Part, NodeId)>,
}

impl<'q, 'p> Compiler<'q, 'p> {
    pub(super) fn new(questions: &'q Questions<'p>, numbers: &'q SelectingNumbers, expression: &'q Expression) -> Self {
        let mut tests = Vec::new();
        expression.tests(&mut tests);
        let (graph, unsettled, made) = (Graph::new(), BTreeSet::new(), Vec::new());
        Compiler { graph, questions, numbers, expression, tests, unsettled, steps: 0, made }
    }

    /// Whether the filter was too much for a program.
    pub(super) fn gave_up(&self) -> bool {
        self.graph.is_full || self.steps > MOST_STEPS
    }

    /// The answer for frames that have these layers, and then perhaps those of `rest`. `why` says what these are.
    pub(super) fn frame(
        &mut self,
        layers: &[KnownLayer],
        rest: LayersBehind,
        why: Unsettled,
        part_of: PartOf,
        taken_bytes: u32,
    ) -> NodeId {
        let mut frame = KnownFrame { layers, rest, taken_bytes, counts: SharedFacts::All };
        let tests = core::mem::take(&mut self.tests);
        let needs_others =
            part_of != PartOf::Nothing && tests.iter().any(|test| self.questions.answer(*test, &frame).has_more);
        match (needs_others, part_of) {
            (true, PartOf::Datagram) => frame.counts = SharedFacts::OfDatagram,
            (true, PartOf::Connection) => frame.counts = SharedFacts::OfConnection(SegmentDirection::Same),
            _ => {}
        }
        let expression = self.expression;
        let must = self.ask(expression, Asking::MustHold, &frame, ACCEPT, REJECT);
        let mut may = self.ask(expression, Asking::MayHold, &frame, ACCEPT, REJECT);
        if let SharedFacts::OfConnection(_) = frame.counts {
            frame.counts = SharedFacts::OfConnection(SegmentDirection::Opposite);
            may = self.ask(expression, Asking::MayHold, &frame, ACCEPT, may);
        }
        if may != must {
            let answers = tests.iter().map(|test| self.questions.answer(*test, &frame));
            let (mut is_unreadable, mut is_hidden, mut has_more) = (false, false, false);
            for answer in answers {
                is_unreadable |= answer.is_unreadable;
                is_hidden |= answer.is_hidden;
                has_more |= answer.has_more;
            }
            if is_unreadable && (frame.counts == SharedFacts::All || !has_more) {
                self.unsettled.insert(match why {
                    Unsettled::CutHeader => why,
                    _ if is_hidden => why,
                    _ if layers.iter().any(|layer| layer.has_options) => Unsettled::SourceRoute,
                    _ => Unsettled::Test,
                });
            }
            if has_more || is_hidden {
                self.unsettled.insert(why);
            }
        }
        self.tests = tests;
        may
    }

    /// The decisions for a part of the filter.
    fn ask(
        &mut self,
        expression: &Expression,
        asking: Asking,
        frame: &KnownFrame<'_>,
        yes: NodeId,
        no: NodeId,
    ) -> NodeId {
        self.steps += 1;
        if yes == no || self.gave_up() {
            return yes;
        }
        match expression {
            Expression::Test(number) => self.test(*number, asking, frame, yes, no),
            Expression::Not(inner) => self.ask(inner, asking.turned(), frame, no, yes),
            Expression::All(parts) => {
                parts.iter().rev().fold(yes, |rest, part| self.ask(part, asking, frame, rest, no))
            }
            Expression::Any(parts) => {
                parts.iter().rev().fold(no, |rest, part| self.ask(part, asking, frame, yes, rest))
            }
            Expression::Xor(parts) => self.odd(parts, asking, frame, yes, no),
        }
    }

    /// The decisions for an odd number of parts.
    fn odd(&mut self, parts: &[Expression], asking: Asking, frame: &KnownFrame<'_>, yes: NodeId, no: NodeId) -> NodeId {
        // For those after a part: whether an odd number may hold, and whether an even number may hold.
        let (mut odd, mut even) = (no, yes);
        let unknown = if asking == Asking::MayHold { yes } else { no };
        for part in parts.iter().rev() {
            let mut of = |if_held: NodeId, if_not: NodeId| {
                // Neither surely nor surely not: the whole is not known either.
                let may = self.ask(part, Asking::MustHold, frame, if_held, unknown);
                self.ask(part, Asking::MayHold, frame, may, if_not)
            };
            (odd, even) = (of(even, odd), of(odd, even));
        }
        odd
    }

    fn test(&mut self, number: usize, asking: Asking, frame: &KnownFrame<'_>, yes: NodeId, no: NodeId) -> NodeId {
        let answer = self.questions.answer(number, frame);
        self.steps += answer.checks.len();
        let is_open = answer.is_open();
        let graph = &mut self.graph;
        match (self.questions.quantifier(number), asking) {
            (Quantifier::Any, Asking::MayHold) if is_open => yes,
            (Quantifier::Any, _) => answer.checks.iter().rev().fold(no, |rest, check| check.decide(graph, yes, rest)),
            (Quantifier::All, Asking::MustHold) if is_open => no,
            (Quantifier::All, _) if answer.checks.is_empty() => {
                if is_open {
                    yes
                } else {
                    no
                }
            }
            (Quantifier::All, _) => answer.checks.iter().rev().fold(yes, |rest, check| check.decide(graph, rest, no)),
        }
    }
}

impl Expression {
    /// Adds the tests of the expression.
    fn tests(&self, tests: &mut Vec<usize>) {
        match self {
            Expression::Test(number) => tests.push(*number),
            Expression::Not(inner) => inner.tests(tests),
            Expression::All(parts) | Expression::Any(parts) | Expression::Xor(parts) => {
                parts.iter().for_each(|part| part.tests(tests));
            }
        }
    }
}
