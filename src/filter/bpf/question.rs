//! What a test of the filter asks of a frame of which some layers are known.

use super::frame_source::FrameSource;
use super::graph::{Load, LoadFrom};
use super::known_layer::{FieldPlace, HeaderBits, KnownLayer};
use super::ranges;
use super::value_check::{CheckedValue, IS_THERE, NamedField, ValueCheck};
use crate::filter::derived::Derived;
use crate::filter::names::FilterNames;
use crate::filter::plan::{Operand, Plan, PlanInput, Test};
use crate::filter::reference::{FrameField, Measure, ValueSource};
use crate::filter::syntax::Quantifier;
use crate::filter::types::Type;
use crate::layer::NextProtocol;
use crate::proto::{Ethernet, Proto};
use crate::wire::Field;
use alloc::vec::Vec;

/// What may follow the known layers of a frame.
#[derive(Clone, Debug)]
pub(super) enum LayersBehind {
    Anything,
    /// Data, and layers of these protocols, each with what selects it.
    Of(Vec<(Proto, NextProtocol)>),
}

/// What is known of a frame.
#[derive(Clone, Debug)]
pub(super) struct KnownFrame<'l> {
    pub(super) layers: &'l [KnownLayer],
    pub(super) rest: LayersBehind,
    /// Bytes that the kernel took out of the frame.
    pub(super) taken_bytes: u32,
    pub(super) counts: SharedFacts,
}

/// Which facts count. What a filter says of a packet can depend on other packets, and on these only facts count that all of
/// them share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SharedFacts {
    All,
    /// What the fragments of a datagram share.
    OfDatagram,
    /// What the segments of a connection share.
    OfConnection(SegmentDirection),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SegmentDirection {
    Same,
    /// Source and destination are the other way round.
    Opposite,
}

/// What a frame answers to a test.
pub(super) struct Answer {
    /// Checks of the values that are known to be there.
    pub(super) checks: Vec<ValueCheck>,
    /// Checks of values that may be there.
    optional: Vec<ValueCheck>,
    /// Whether there may be values that no instruction reads.
    pub(super) is_unreadable: bool,
    /// Whether there may be values in headers that may be cut or wrong.
    pub(super) is_hidden: bool,
    /// Whether what follows the known layers may have values.
    pub(super) has_more: bool,
}

impl Answer {
    const NONE: Answer =
        Answer { checks: Vec::new(), optional: Vec::new(), is_unreadable: false, is_hidden: false, has_more: false };

    /// Whether a program cannot settle the test.
    pub(super) fn is_open(&self) -> bool {
        self.is_unreadable || self.is_hidden || self.has_more
    }

    /// Takes the checks of values that may not be there together with the others. Where all values must pass, one that is not
    /// there neither passes nor fails, so such a check says something only if there is no other value.
    fn settle_optional(&mut self, quantifier: Quantifier) {
        let is_alone = self.checks.is_empty() && self.optional.len() == 1 && !self.is_open();
        match quantifier {
            Quantifier::All if !is_alone => self.is_unreadable |= !self.optional.is_empty() && !self.is_open(),
            _ => self.checks.append(&mut self.optional),
        }
    }
}

/// The tests of a filter, and which protocols each is about.
pub(super) struct Questions<'p> {
    pub(super) plan: &'p Plan,
    pub(super) source: FrameSource,
    inputs: Vec<InputProtocols>,
}

/// A protocol, of whose layers only those have a name that were selected in a certain way.
type SelectedProtocol = (Proto, fn(NextProtocol) -> bool);

/// The protocols whose layers give an input values.
struct InputProtocols {
    /// By their rows, one bit each.
    protocols: u128,
    selected: Vec<SelectedProtocol>,
    /// Whether any frame may give it values.
    is_of_any: bool,
}

impl InputProtocols {
    fn of(input: &PlanInput) -> Self {
        let mut found = InputProtocols { protocols: 0, selected: Vec::new(), is_of_any: false };
        for source in &input.reference.sources {
            match source {
                ValueSource::Protocol(proto) => found.add(*proto),
                ValueSource::Selected(proto, selects) => found.selected.push((*proto, *selects)),
                ValueSource::Derived(derived) => found.add(derived.proto),
                // What is said of the frame has a value in each frame, and no layer gives it.
                ValueSource::Frame(_) => {}
                _ if source.is_of_fields() => {
                    let fields = FilterNames::builtin().all_fields();
                    fields.filter(|(proto, field)| source.shows(*proto, field)).for_each(|(proto, _)| found.add(proto));
                }
                // Issues, and what a conversation says.
                _ => found.is_of_any = true,
            }
        }
        found
    }

    fn add(&mut self, proto: Proto) {
        self.protocols |= 1 << proto.row() as u32;
    }

    /// Whether a layer of a protocol that was selected like this may give values.
    fn has(&self, proto: Proto, selector: NextProtocol) -> bool {
        self.is_of_any
            || self.protocols >> proto.row() as u32 & 1 == 1
            || self.selected.iter().any(|(known, selects)| *known == proto && selects(selector))
    }
}

// Each protocol has a bit.
const _: () = assert!(Proto::ALL.len() <= 128);

impl<'p> Questions<'p> {
    pub(super) fn new(plan: &'p Plan, source: FrameSource) -> Self {
        Questions { plan, source, inputs: plan.inputs.iter().map(InputProtocols::of).collect() }
    }

    /// Whether some test is about a protocol that was selected like this.
    pub(super) fn ask_about(&self, proto: Proto, selector: NextProtocol) -> bool {
        self.inputs.iter().any(|input| input.has(proto, selector))
    }

    /// Whether some test is about a protocol, however it was selected.
    pub(super) fn ask_about_any(&self, proto: Proto) -> bool {
        let has = |input: &InputProtocols| {
            input.protocols >> proto.row() as u32 & 1 == 1 || input.selected.iter().any(|(known, _)| *known == proto)
        };
        self.inputs.iter().any(has)
    }

    /// Whether some test is about a row of a header.
    pub(super) fn ask_about_row(&self, proto: Proto, name: &str) -> bool {
        let Some(row) = proto.fields().iter().find(|field| field.name == name) else { return false };
        self.plan.inputs.iter().any(|input| input.reference.sources.iter().any(|source| source.shows(proto, row)))
    }

    /// Whether some test is about the length of the frame.
    pub(super) fn ask_about_length(&self) -> bool {
        let is_length = |source: &ValueSource| matches!(source, ValueSource::Frame(_));
        self.plan.inputs.iter().any(|input| input.reference.sources.iter().any(is_length))
    }

    /// Whether an answer needs other packets: their numbers and times, or what a conversation says.
    pub(super) fn need_all_packets(&self) -> bool {
        let counts = |source: &ValueSource| {
            matches!(
                source,
                ValueSource::Frame(
                    FrameField::Number
                        | FrameField::SinceFirst
                        | FrameField::SincePrevious
                        | FrameField::SinceDisplayed
                        | FrameField::Section
                )
            )
        };
        self.plan.flows || self.plan.inputs.iter().any(|input| input.reference.sources.iter().any(counts))
    }

    /// The inputs of a test that it cannot pass without: if one of them has no value, the test has none.
    fn needed(&self, number: usize) -> Vec<usize> {
        match self.plan.tests.get(number) {
            Some(Test::Present) | None => Vec::new(),
            Some(Test::Each { operand, .. } | Test::Whole { operand, .. }) => {
                let mut needed = Vec::new();
                operand.needed(&mut needed);
                needed
            }
        }
    }

    /// What a frame answers to a test.
    pub(super) fn answer(&self, number: usize, frame: &KnownFrame<'_>) -> Answer {
        let mut answer = Answer::NONE;
        let Some(test) = self.plan.tests.get(number) else { return answer };
        if let Test::Whole { .. } = test {
            let is_absent = |input: usize| {
                let mut found = Answer::NONE;
                self.input(input, &Test::Present, frame, &mut found);
                found.checks.is_empty() && found.optional.is_empty() && !found.is_open()
            };
            if self.needed(number).into_iter().any(is_absent) {
                return answer;
            }
            answer.is_unreadable = true;
            let mut give = |input: usize| answer.has_more |= self.has_more(input, frame);
            if let Test::Whole { operand, check, .. } = test {
                operand.inputs(&mut give);
                check.inputs(&mut give);
            }
            return answer;
        }
        for (input, planned) in self.plan.inputs.iter().enumerate() {
            if planned.tests.contains(&number) {
                self.input(input, test, frame, &mut answer);
            }
        }
        answer.settle_optional(self.quantifier(number));
        answer
    }

    /// Whether what follows the known layers may give values.
    fn has_more(&self, input: usize, frame: &KnownFrame<'_>) -> bool {
        let (Some(asked), Some(planned)) = (self.inputs.get(input), self.plan.inputs.get(input)) else { return true };
        // Layers that are counted from the first one may all be known.
        let may_count = |proto: Proto| {
            let known = frame.layers.iter().filter(|layer| layer.proto == proto).count() as u32;
            planned.reference.counts_from_end()
                || (known + 1..=crate::layer::MAX_LAYERS as u32).any(|layer| planned.reference.counts_in(layer, 0))
        };
        match &frame.rest {
            LayersBehind::Anything => {
                let of_all = Proto::ALL.iter().filter(|proto| {
                    asked.is_of_any
                        || asked.protocols >> proto.row() as u32 & 1 == 1
                        || asked.selected.iter().any(|(known, _)| known == *proto)
                });
                of_all.into_iter().any(|proto| may_count(*proto))
            }
            LayersBehind::Of(protocols) => {
                let data = (Proto::Data, NextProtocol::Unknown);
                let of_rest = protocols.iter().chain([&data]);
                of_rest.into_iter().any(|(proto, selector)| asked.has(*proto, *selector) && may_count(*proto))
            }
        }
    }

    /// Adds what an input gives a test.
    fn input(&self, input: usize, test: &Test, frame: &KnownFrame<'_>, answer: &mut Answer) {
        let Some(planned) = self.plan.inputs.get(input) else { return };
        answer.has_more |= self.has_more(input, frame);
        let reference = &planned.reference;
        let is_value = reference.measure == Measure::Value && !matches!(reference.kind, Type::Bytes | Type::Mixed);
        for source in &reference.sources {
            match source {
                ValueSource::Frame(field) => match self.of_frame(*field, test, frame) {
                    Some(check) if is_value && reference.layers.is_empty() => answer.checks.push(check),
                    _ => answer.is_unreadable = true,
                },
                _ if self.inputs.get(input).is_none_or(|asked| asked.is_of_any) => answer.is_unreadable = true,
                _ => {}
            }
        }
        for (index, layer) in frame.layers.iter().enumerate() {
            let ordinal = 1 + frame.layers[..index].iter().filter(|before| before.proto == layer.proto).count() as u32;
            if !reference.counts_from_end() && !reference.counts_in(ordinal, 0) {
                continue;
            }
            for source in &reference.sources {
                match self.of_layer(source, layer, test, frame.counts) {
                    None | Some(CheckedValue::NoValue) => {}
                    Some(CheckedValue::Check(check)) if is_value && !reference.counts_from_end() => {
                        answer.checks.push(check)
                    }
                    Some(CheckedValue::CheckIfThere(check)) if is_value && !reference.counts_from_end() => {
                        answer.optional.push(check)
                    }
                    Some(CheckedValue::Hidden) => answer.is_hidden = true,
                    Some(_) => answer.is_unreadable = true,
                }
            }
        }
    }

    /// What the frame as a whole gives a test.
    fn of_frame(&self, field: FrameField, test: &Test, frame: &KnownFrame<'_>) -> Option<ValueCheck> {
        let is_length = match self.source {
            // A captured frame may have been longer.
            FrameSource::File => field == FrameField::CapturedLength,
            FrameSource::Socket => field == FrameField::Length,
        };
        if !is_length || frame.counts != SharedFacts::All {
            return None;
        }
        let Test::Each { operand: Operand::PlanInput(_), check, .. } = test else { return None };
        let passing = ranges::numbers(check, u32::MAX.into())?;
        let without = |end: i128| u32::try_from(end - i128::from(frame.taken_bytes)).unwrap_or(0);
        let of_length = passing.iter().filter(|(_, last)| *last >= frame.taken_bytes.into()).map(|&(first, last)| {
            (without(first), if last == i128::from(u32::MAX) { u32::MAX } else { without(last) })
        });
        Some(ValueCheck::Number(Load::all(LoadFrom::Length), of_length.collect()))
    }

    /// What a layer gives a test under a name. `None` if the name is not about the layer.
    fn of_layer(
        &self,
        source: &ValueSource,
        layer: &KnownLayer,
        test: &Test,
        counts: SharedFacts,
    ) -> Option<CheckedValue> {
        match source {
            ValueSource::Protocol(proto) | ValueSource::Selected(proto, _) if *proto != layer.proto => None,
            ValueSource::Protocol(_) if matches!(test, Test::Present) && counts.takes_presence(layer.proto) => {
                Some(IS_THERE)
            }
            ValueSource::Protocol(_) | ValueSource::Selected(..) => Some(CheckedValue::Cannot),
            ValueSource::Derived(derived) => of_derived(derived, layer, test, counts),
            _ if source.is_of_fields() => of_fields(source, layer, test, counts),
            // What no layer has.
            _ => None,
        }
    }

    /// How a test counts values: whether one must pass, or all.
    pub(super) fn quantifier(&self, number: usize) -> Quantifier {
        match self.plan.tests.get(number) {
            Some(Test::Each { quantifier, .. } | Test::Whole { quantifier, .. }) => *quantifier,
            _ => Quantifier::Any,
        }
    }
}

/// What the fields of a layer give a test.
fn of_fields(source: &ValueSource, layer: &KnownLayer, test: &Test, counts: SharedFacts) -> Option<CheckedValue> {
    let shows = |field: &&'static Field| source.shows(layer.proto, field);
    let trailer = if layer.proto == Proto::Ethernet { Ethernet::TRAILER } else { &[] };
    // Options and the like stand at no fixed place. The schemas of a protocol are its fields beyond the header.
    let list = layer.proto.options().map(|list| list.field);
    let others = list.into_iter().chain(layer.proto.schemas().flat_map(|schema| schema.fields)).chain(trailer);
    if others.into_iter().any(|field| shows(&field)) {
        return Some(CheckedValue::Cannot);
    }
    let (bits, is_own) = match source {
        ValueSource::Bit(_, _, bits) => (Some(*bits), false),
        ValueSource::Field("ip.dst") if layer.has_options => {
            return has_row(layer, source).then_some(CheckedValue::Cannot);
        }
        ValueSource::Field(_) => (None, false),
        ValueSource::Own(..) => (None, true),
        _ => return has_row(layer, source).then_some(CheckedValue::Cannot),
    };
    let mut rows = layer.proto.fields().iter().filter(shows);
    let field = rows.next()?;
    if layer.fields == FieldPlace::Unreadable {
        return Some(CheckedValue::Hidden);
    }
    if rows.next().is_some() || !layer.reads(HeaderBits::of(field)) || !counts.takes(layer.proto, field) {
        return Some(CheckedValue::Cannot);
    }
    let field = match counts {
        SharedFacts::OfConnection(SegmentDirection::Opposite) => other_end(layer.proto, field)?,
        _ => field,
    };
    Some(match test {
        Test::Present => IS_THERE,
        Test::Each { operand, check, .. } => NamedField::row(layer, field, bits, is_own).check(operand, check),
        Test::Whole { .. } => CheckedValue::Cannot,
    })
}

/// What bits of a header that have a name of their own give a test.
fn of_derived(derived: &Derived, layer: &KnownLayer, test: &Test, counts: SharedFacts) -> Option<CheckedValue> {
    if derived.proto != layer.proto {
        return None;
    }
    let Some(named) = NamedField::derived(layer, derived).filter(|_| !derived.is_beside_fields) else {
        return Some(CheckedValue::Cannot);
    };
    if layer.fields == FieldPlace::Unreadable {
        return Some(CheckedValue::Hidden);
    }
    let takes = match counts {
        SharedFacts::All => true,
        SharedFacts::OfDatagram => {
            let mut rows = layer.proto.fields().iter().filter(|row| HeaderBits::of(row) == named.place);
            rows.any(|row| counts.takes(layer.proto, row))
        }
        SharedFacts::OfConnection(_) => false,
    };
    if !takes || !layer.reads(named.place) {
        return Some(CheckedValue::Cannot);
    }
    Some(match test {
        Test::Present => named.presence(),
        Test::Each { operand, check, .. } => named.check(operand, check),
        Test::Whole { .. } => CheckedValue::Cannot,
    })
}

fn has_row(layer: &KnownLayer, source: &ValueSource) -> bool {
    layer.proto.fields().iter().any(|field| source.shows(layer.proto, field))
}

/// The field that a packet in the other direction has there.
fn other_end(proto: Proto, field: &'static Field) -> Option<&'static Field> {
    let name = match field.name {
        "src" => "dst",
        "dst" => "src",
        "src_port" => "dst_port",
        "dst_port" => "src_port",
        same => same,
    };
    proto.fields().iter().find(|field| field.name == name)
}

impl SharedFacts {
    /// Whether a field counts.
    fn takes(self, proto: Proto, field: &Field) -> bool {
        match (self, proto) {
            (SharedFacts::All, _) => true,
            (SharedFacts::OfDatagram, Proto::Ipv4) => {
                matches!(field.name, "src" | "dst" | "protocol" | "identification")
            }
            (SharedFacts::OfDatagram, Proto::Ipv6) => matches!(field.name, "src" | "dst"),
            (SharedFacts::OfDatagram, Proto::Vlan) => field.name == "id",
            (SharedFacts::OfConnection(_), Proto::Ipv4 | Proto::Ipv6) => matches!(field.name, "src" | "dst"),
            (SharedFacts::OfConnection(_), Proto::Tcp) => matches!(field.name, "src_port" | "dst_port"),
            _ => false,
        }
    }

    /// Whether the presence of a protocol counts.
    fn takes_presence(self, proto: Proto) -> bool {
        match self {
            SharedFacts::All => true,
            SharedFacts::OfDatagram => matches!(proto, Proto::Ethernet | Proto::Vlan | Proto::Ipv4 | Proto::Ipv6),
            SharedFacts::OfConnection(_) => {
                matches!(proto, Proto::Ethernet | Proto::Ipv4 | Proto::Ipv6 | Proto::Tcp)
            }
        }
    }
}

impl Operand {
    /// Adds the inputs without which the operand has no value.
    fn needed(&self, needed: &mut Vec<usize>) {
        match self {
            Operand::PlanInput(input) => needed.push(*input),
            Operand::Slice(inner, _)
            | Operand::Upper(inner)
            | Operand::Lower(inner)
            | Operand::Absolute(inner)
            | Operand::Negative(inner)
            | Operand::Count(inner) => inner.needed(needed),
            Operand::Calculation(_, a, b) => {
                a.needed(needed);
                b.needed(needed);
            }
            Operand::Constant(_) | Operand::Least(_) | Operand::Greatest(_) => {}
        }
    }
}
