//! The plan: tests that run on values, and what the walk must show for them.

use super::datum::Datum;
use super::literal::Constant;
use super::names::FilterNames;
use super::notation::Notation;
use super::reference::{FrameField, Measure, Reference, ValueSource};
use super::syntax::{Arithmetic, Quantifier, SliceRange};
use super::types::Type;
use crate::layer::NextProtocol;
use crate::proto::{Ethernet, Proto};
use crate::wire::Field;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A filter that is ready to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) expression: Expression,
    pub(super) tests: Vec<Test>,
    /// What the tests look at, and who asks for it.
    pub(super) inputs: Vec<PlanInput>,
    /// What is asked of each protocol, by its number.
    asked: Vec<AskedOfProtocol>,
    /// What is asked of protocols from outside.
    custom: Vec<(Proto, AskedOfProtocol)>,
    /// Whether something is asked for that is said about the frame as a whole.
    pub(super) frame: bool,
    /// Whether issues are asked for.
    pub(super) issues: bool,
    /// Whether the results of verifying checksums are asked for.
    pub(super) checksums: bool,
    /// Whether something is asked for that the conversation says.
    pub(super) flows: bool,
    /// Whether the list of protocols is asked for.
    pub(super) protocols: bool,
    /// Whether the time since the last packet that passed is asked for.
    pub(super) displayed: bool,
    /// Whether something is asked for that is worked out of a layer and its context.
    pub(super) derived: bool,
    /// Whether something is asked for that the context of a layer says.
    pub(super) context: bool,
    /// Whether items of lists or their lengths are asked for.
    pub(super) items: bool,
}

/// A combination of tests, each given by its index.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Test(usize),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    /// An odd number of them.
    Xor(Vec<Expression>),
}

/// A reference, and what its values are for.
#[derive(Clone, Debug)]
pub(super) struct PlanInput {
    pub(super) reference: Reference,
    /// Tests that look at each value as it comes.
    pub(super) tests: Vec<usize>,
    /// Whether the values are kept until the end of the packet.
    pub(super) kept: bool,
    /// Whether they are shown as a column, or something worked out of them is.
    pub(super) shown: bool,
    /// Whether they are a column by themselves: of a protocol, its heading.
    pub(super) is_column: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The input is there.
    Present,
    /// One input, each of whose values is tested as it comes.
    Each { operand: Operand, check: Check, quantifier: Quantifier },
    /// Several inputs, or all values of one, which are tested at the end.
    Whole { operand: Operand, check: Check, quantifier: Quantifier },
}

/// A value or a calculation.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// The values of an input.
    PlanInput(usize),
    Constant(Datum<'static>),
    Slice(Box<Operand>, Vec<SliceRange>),
    Upper(Box<Operand>),
    Lower(Box<Operand>),
    Absolute(Box<Operand>),
    Negative(Box<Operand>),
    Calculation(Arithmetic, Box<Operand>, Box<Operand>),
    /// The number of values.
    Count(Box<Operand>),
    Least(Vec<Operand>),
    Greatest(Vec<Operand>),
}

/// What a column shows.
#[derive(Clone, Debug)]
pub(super) enum PlannedColumn {
    /// The values of an operand, and how they are written, if their type does not say it.
    Values { operand: Operand, kind: Type, notation: Option<Notation> },
    /// Whether a test passes.
    Test(Expression),
}

/// What is asked of a value.
#[derive(Clone, Debug)]
pub(super) enum Check {
    Exists,
    /// It is not zero.
    Set,
    Compare(Comparison, Constant),
    In(Vec<SetMember>),
    Contains(Vec<u8>),
    #[cfg(feature = "regex")]
    Matches(regex::bytes::Regex),
    /// Comparison with the values of another operand.
    Pair(Comparison, Operand),
    PairContains(Operand),
}

/// A member of a set.
#[derive(Clone, Debug)]
pub(super) enum SetMember {
    One(Constant),
    Range(Datum<'static>, Datum<'static>),
    /// The values of another operand.
    Same(Operand),
    /// From the values of an operand to those of another one.
    Between(Operand, Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Whether a layer that was selected like this has a name.
type LayerChoice = fn(NextProtocol) -> bool;

/// What is asked of the layers of a protocol.
#[derive(Clone, Debug)]
pub(super) struct AskedOfProtocol {
    pub(super) fields: Asked,
    /// Inputs that have a value because the layer is there. The function says which layers have the name.
    pub(super) presence: Vec<(usize, Option<LayerChoice>)>,
    /// What is asked of rows, in the order of rows, inputs and sources.
    pub(super) rows: Vec<AskedRow>,
}

/// An input that asks for a row of a fixed header.
#[derive(Clone, Copy, Debug)]
pub(super) struct AskedRow {
    pub(super) row: usize,
    pub(super) input: usize,
    /// Number of the source among those of the input.
    pub(super) source: usize,
}

/// Which fields of a protocol are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// Rows of its fixed header.
    Rows,
    /// All that it shows.
    All,
}

/// Protocols that show each row of their header as it is in the table.
const PLAIN: &[Proto] = &[Proto::Ethernet, Proto::Vlan, Proto::Ipv4, Proto::Ipv6, Proto::Tcp, Proto::Udp, Proto::Arp];

impl Plan {
    pub(super) fn new(
        expression: Expression,
        tests: Vec<Test>,
        inputs: Vec<PlanInput>,
        names: FilterNames<'_>,
    ) -> Self {
        let has =
            |wanted: fn(&ValueSource) -> bool| inputs.iter().any(|input| input.reference.sources.iter().any(wanted));
        let issues = has(|source| {
            matches!(
                source,
                ValueSource::Malformed | ValueSource::Issue | ValueSource::OneOfIssues(_) | ValueSource::Severity
            )
        });
        let checksums = has(|source| matches!(source, ValueSource::Checksum(..)));
        let derived = has(|source| matches!(source, ValueSource::Derived(_)));
        let asked: Vec<_> = Proto::ALL.iter().map(|&proto| AskedOfProtocol::new(proto, &inputs)).collect();
        let of = |proto| (proto, AskedOfProtocol::new(proto, &inputs));
        let custom: Vec<_> = names.known.definitions().map(|definition| of(Proto::Custom(definition))).collect();
        let all = asked.iter().chain(custom.iter().map(|(_, asked)| asked)).any(|asked| asked.fields == Asked::All);
        let flows = has(|source| matches!(source, ValueSource::Flow(_) | ValueSource::SackEdge(..)));
        // The heading of a segment has its numbers.
        let of_tcp = |source: &ValueSource| matches!(source, ValueSource::Protocol(Proto::Tcp));
        let headings = inputs.iter().any(|input| input.is_column && input.reference.sources.iter().any(of_tcp));
        let flows = flows || headings;
        let items = has(|source| {
            matches!(source, ValueSource::Item(..) | ValueSource::ItemLength(_) | ValueSource::Contents(_))
        });
        let protocols = has(|source| matches!(source, ValueSource::Frame(FrameField::Protocols)));
        let displayed = has(|source| matches!(source, ValueSource::Frame(FrameField::SinceDisplayed)));
        let context = issues || checksums || derived || flows || all;
        let frame = has(|source| matches!(source, ValueSource::Frame(_) | ValueSource::Malformed));
        Plan {
            expression,
            tests,
            inputs,
            asked,
            custom,
            frame,
            issues,
            checksums,
            flows,
            protocols,
            displayed,
            derived,
            context,
            items,
        }
    }

    /// The protocols of which something is asked.
    pub(super) fn protocols_asked(&self) -> impl Iterator<Item = Proto> {
        let builtin = Proto::ALL.iter().copied().zip(&self.asked);
        let all = builtin.chain(self.custom.iter().map(|(proto, asked)| (*proto, asked)));
        all.filter(|(_, asked)| !asked.is_nothing()).map(|(proto, _)| proto)
    }

    /// What is asked of a protocol. None: nothing.
    pub(super) fn asked(&self, proto: Proto) -> Option<&AskedOfProtocol> {
        match proto {
            Proto::Custom(_) => self.custom.iter().find(|(known, _)| *known == proto).map(|(_, asked)| asked),
            _ => self.asked.get(proto.row() as usize),
        }
        .filter(|asked| !asked.is_nothing())
    }
}

impl AskedOfProtocol {
    fn new(proto: Proto, inputs: &[PlanInput]) -> Self {
        let fields = Asked::of(proto, inputs);
        let sources = || {
            inputs.iter().enumerate().flat_map(|(input, planned)| {
                planned.reference.sources.iter().enumerate().map(move |(number, source)| (input, number, source))
            })
        };
        let presence = sources().filter_map(|(input, _, source)| match source {
            ValueSource::Protocol(of) if *of == proto => Some((input, None)),
            ValueSource::Selected(of, selected) if *of == proto => Some((input, Some(*selected))),
            _ => None,
        });
        let rows = proto.fields().iter().enumerate().flat_map(|(row, field)| {
            let shown = sources().filter(move |(_, _, source)| source.shows(proto, field));
            shown.map(move |(input, source, _)| AskedRow { row, input, source })
        });
        let rows = if fields == Asked::Rows { rows.collect() } else { Vec::new() };
        AskedOfProtocol { fields, presence: presence.collect(), rows }
    }

    fn is_nothing(&self) -> bool {
        self.fields == Asked::Nothing && self.presence.is_empty()
    }
}

impl Asked {
    fn of(proto: Proto, inputs: &[PlanInput]) -> Self {
        let sources = || inputs.iter().flat_map(|input| &input.reference.sources);
        let asks = |field: &Field| sources().any(|source| source.shows(proto, field));
        let trailer = if proto == Proto::Ethernet { Ethernet::TRAILER } else { &[] };
        let list = proto.options().map(|list| list.field);
        let variable = list.into_iter().chain(proto.schemas().flat_map(|schema| schema.fields));
        if variable.chain(trailer).any(asks) {
            return Asked::All;
        }
        match proto.fields().iter().any(asks) {
            false => Asked::Nothing,
            true if PLAIN.contains(&proto) => Asked::Rows,
            true => Asked::All,
        }
    }
}

impl ValueSource {
    /// Whether the values of a field of the tables are those of the source.
    pub(super) fn shows(&self, proto: Proto, field: &Field) -> bool {
        match self {
            ValueSource::Field(name)
            | ValueSource::Checksum(name, _)
            | ValueSource::Item(name, _)
            | ValueSource::ItemLength(name) => *name == field.filter,
            ValueSource::Made(made) => made.of == field.filter,
            ValueSource::Counted(counted) => counted.is_of(proto, field),
            ValueSource::Contents(contents) => contents.of == field.filter,
            ValueSource::Bit(filter, name, _) => *filter == field.filter && (!filter.is_empty() || *name == field.name),
            ValueSource::Own(owner, name, filter) => *owner == proto && *name == field.name && *filter == field.filter,
            _ => false,
        }
    }
}

impl Operand {
    /// Whether it can be worked out of one value of the only input.
    pub(super) fn is_of_one_value(&self) -> bool {
        let mut inputs = 0;
        self.count_inputs(&mut inputs) && inputs == 1
    }

    /// Counts the inputs. False if all values of one are needed at once.
    fn count_inputs(&self, inputs: &mut usize) -> bool {
        match self {
            Operand::PlanInput(_) => {
                *inputs += 1;
                true
            }
            Operand::Constant(_) => true,
            Operand::Slice(inner, _) => inner.count_inputs(inputs),
            Operand::Upper(inner) | Operand::Lower(inner) | Operand::Absolute(inner) | Operand::Negative(inner) => {
                inner.count_inputs(inputs)
            }
            Operand::Calculation(_, a, b) => a.count_inputs(inputs) && b.count_inputs(inputs),
            Operand::Count(_) | Operand::Least(_) | Operand::Greatest(_) => false,
        }
    }

    /// Whether layers of an input are counted from the last one.
    pub(super) fn counts_from_end(&self, inputs: &[PlanInput]) -> bool {
        let mut found = false;
        self.inputs(&mut |input| found |= inputs[input].reference.counts_from_end());
        found
    }

    /// Gives each input of the operand.
    pub(super) fn inputs(&self, give: &mut dyn FnMut(usize)) {
        match self {
            Operand::PlanInput(input) => give(*input),
            Operand::Constant(_) => {}
            Operand::Slice(inner, _) | Operand::Count(inner) => inner.inputs(give),
            Operand::Upper(inner) | Operand::Lower(inner) | Operand::Absolute(inner) | Operand::Negative(inner) => {
                inner.inputs(give);
            }
            Operand::Calculation(_, a, b) => {
                a.inputs(give);
                b.inputs(give);
            }
            Operand::Least(all) | Operand::Greatest(all) => all.iter().for_each(|operand| operand.inputs(give)),
        }
    }
}

impl Check {
    /// Gives each input that a value is compared with.
    pub(super) fn inputs(&self, give: &mut dyn FnMut(usize)) {
        match self {
            Check::Pair(_, other) | Check::PairContains(other) => other.inputs(give),
            Check::In(members) => members.iter().for_each(|member| match member {
                SetMember::Same(operand) => operand.inputs(give),
                SetMember::Between(low, high) => {
                    low.inputs(give);
                    high.inputs(give);
                }
                SetMember::One(_) | SetMember::Range(..) => {}
            }),
            _ => {}
        }
    }
}

impl PlanInput {
    pub(super) fn new(reference: Reference) -> Self {
        PlanInput { reference, tests: Vec::new(), kept: false, shown: false, is_column: false }
    }

    /// The type of its values, as they are measured.
    pub(super) fn kind(&self) -> Type {
        match self.reference.measure {
            Measure::Value => self.reference.kind,
            Measure::Length => Type::Number(0, i128::from(u32::MAX)),
            Measure::Raw => Type::Bytes,
            Measure::Written => Type::Text,
        }
    }
}
