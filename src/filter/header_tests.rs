//! Filters of headers alone: tests that read fields of Ethernet, IP, TCP and UDP where they are in a plain frame, without a
//! walk. [`Run`](super::run::Run) gives the same answers for every frame.

use super::cost::LAST;
use super::datum::Datum;
use super::field_datum::with_datum;
use super::literal::Constant;
use super::plan::{Asked, Check, Comparison, Expression, Operand, Plan, PlanInput, Test};
use super::reference::{Measure, ValueSource};
use super::syntax::Quantifier;
use super::types::Type;
use crate::dissect::plain_transport::{PlainTransport, is_plain_header};
use crate::proto::Proto;
use crate::wire::{Field, Value};
use alloc::vec::Vec;

/// The tests of a plan, as a plain frame answers them.
#[derive(Clone, Debug)]
pub(super) struct HeaderTests {
    /// In the order of the tests of the plan.
    tests: Vec<HeaderTest>,
    /// Whether all packets of a conversation have the same answer.
    pub(super) is_of_conversations: bool,
    /// Whether the tests ask for nothing but headers that plain frames have.
    pub(super) asks_no_others: bool,
}

/// A test of headers.
#[derive(Clone, Debug)]
struct HeaderTest {
    /// Protocols whose presence passes the test.
    presence: Vec<Proto>,
    reads: Vec<HeaderRead>,
    question: HeaderQuestion,
}

/// A field that a test looks at.
#[derive(Clone, Copy, Debug)]
struct HeaderRead {
    proto: Proto,
    field: &'static Field,
    /// The bits of it that count, if these are not all.
    mask: Option<u64>,
    /// Whether the field has packetsmith's own name.
    own: bool,
}

/// What a test asks of the values of its fields.
#[derive(Clone, Debug)]
enum HeaderQuestion {
    Presence,
    /// Of numbers as they are in the header.
    Number(Quantifier, Comparison, u64),
    /// Of other values: by the test of the plan.
    Value(Quantifier),
}

/// Whether data of this protocol has no header of another one after it.
fn is_last(proto: Proto) -> bool {
    #[cfg(feature = "applications")]
    if proto == Proto::Tls {
        return true;
    }
    proto == Proto::Data || LAST.contains(&proto)
}

impl HeaderTests {
    /// The tests of a plan, if headers of plain frames answer all of them.
    pub(super) fn of(plan: &Plan) -> Option<Self> {
        let of_layers = plan.issues || plan.checksums || plan.derived || plan.flows;
        let has_more = of_layers || plan.frame || plan.items || plan.protocols;
        let is_answered = |proto| match is_plain_header(proto) {
            // Rows are read as they are.
            true => plan.asked(proto).is_none_or(|asked| asked.fields != Asked::All),
            // A plain frame has no layer of it, but perhaps one of its payload.
            false => !is_last(proto),
        };
        if has_more || !plan.protocols_asked().all(is_answered) {
            return None;
        }
        let tests = plan.tests.iter().enumerate().map(|(number, test)| {
            let inputs = plan.inputs.iter().filter(|input| input.tests.contains(&number));
            HeaderTest::of(test, inputs.collect())
        });
        let tests: Vec<_> = tests.collect::<Option<_>>()?;
        let is_of_conversations = tests.iter().all(HeaderTest::is_of_conversation);
        Some(HeaderTests { tests, is_of_conversations, asks_no_others: plan.protocols_asked().all(is_plain_header) })
    }

    /// Whether headers alone answer the tests for a frame: its data cannot change the answer. TCP carries no headers of plain frames.
    #[inline]
    pub(super) fn is_answered(&self, frame: &PlainTransport<'_>) -> bool {
        frame.is_tcp && self.asks_no_others || is_last(frame.carried())
    }

    /// Whether a frame passes.
    pub(super) fn pass(&self, plan: &Plan, frame: &PlainTransport<'_>) -> bool {
        self.expression(plan, &plan.expression, frame)
    }

    fn expression(&self, plan: &Plan, expression: &Expression, frame: &PlainTransport<'_>) -> bool {
        let of = |part: &Expression| self.expression(plan, part, frame);
        match expression {
            Expression::Test(number) => match (self.tests.get(*number), plan.tests.get(*number)) {
                (Some(test), Some(planned)) => test.passes(planned, frame),
                _ => false,
            },
            Expression::Not(inner) => !of(inner),
            Expression::All(parts) => parts.iter().all(of),
            Expression::Any(parts) => parts.iter().any(of),
            Expression::Xor(parts) => parts.iter().filter(|part| of(part)).count() % 2 == 1,
        }
    }
}

impl HeaderTest {
    fn of(test: &Test, inputs: Vec<&PlanInput>) -> Option<Self> {
        let is_value = |input: &&PlanInput| {
            let reference = &input.reference;
            let is_plain =
                reference.measure == Measure::Value && reference.layers.is_empty() && !input.kept && !input.shown;
            is_plain && !matches!(reference.kind, Type::Bytes | Type::Mixed)
        };
        let question = match test {
            Test::Present => HeaderQuestion::Presence,
            Test::Each { operand, check, quantifier } => match (operand, check) {
                (Operand::PlanInput(_), Check::Compare(comparison, Constant::Datum(Datum::Number(number)))) => {
                    match u64::try_from(*number) {
                        Ok(number) => HeaderQuestion::Number(*quantifier, *comparison, number),
                        Err(_) => HeaderQuestion::Value(*quantifier),
                    }
                }
                _ => HeaderQuestion::Value(*quantifier),
            },
            Test::Whole { .. } => return None,
        };
        if !inputs.iter().all(is_value) {
            return None;
        }
        let mut made = HeaderTest { presence: Vec::new(), reads: Vec::new(), question };
        for source in inputs.iter().flat_map(|input| &input.reference.sources) {
            match source {
                ValueSource::Protocol(proto) if matches!(test, Test::Present) => made.presence.push(*proto),
                ValueSource::Field(_) | ValueSource::Own(..) | ValueSource::Bit(..) => made.add_reads(source),
                _ => return None,
            }
        }
        if made.reads.iter().any(|read| !read.is_number())
            && let HeaderQuestion::Number(quantifier, ..) = made.question
        {
            made.question = HeaderQuestion::Value(quantifier);
        }
        Some(made)
    }

    /// Whether the test looks at addresses and ports alone, and at those of both ends in the same way.
    fn is_of_conversation(&self) -> bool {
        let other_end = |name| match name {
            "src" => Some("dst"),
            "dst" => Some("src"),
            "src_port" => Some("dst_port"),
            "dst_port" => Some("src_port"),
            _ => None,
        };
        let is_in_all = |proto: &Proto| matches!(proto, Proto::Ipv4 | Proto::Ipv6 | Proto::Tcp | Proto::Udp);
        self.presence.iter().all(is_in_all)
            && self.reads.iter().all(|read| {
                let has = |name| self.reads.iter().any(|other| other.proto == read.proto && other.field.name == name);
                is_in_all(&read.proto) && read.mask.is_none() && other_end(read.field.name).is_some_and(has)
            })
    }

    /// Adds the fields that a source stands for.
    fn add_reads(&mut self, source: &ValueSource) {
        let own = matches!(source, ValueSource::Own(..));
        let mask = match source {
            ValueSource::Bit(_, _, mask) => Some(*mask),
            _ => None,
        };
        for &proto in Proto::ALL.iter().filter(|proto| is_plain_header(**proto)) {
            let fields = proto.fields().iter().filter(|field| source.shows(proto, field));
            self.reads.extend(fields.map(|field| HeaderRead { proto, field, mask, own }));
        }
    }

    fn passes(&self, planned: &Test, frame: &PlainTransport<'_>) -> bool {
        let values = self.reads.iter().filter_map(|read| Some((read, read.field.read(frame.header(read.proto)?)?)));
        match &self.question {
            HeaderQuestion::Presence => {
                self.presence.iter().any(|proto| frame.header(*proto).is_some()) || values.into_iter().next().is_some()
            }
            HeaderQuestion::Number(quantifier, comparison, number) => {
                let each = values.map(|(read, value)| comparison.holds(read.bits(&value).cmp(number)));
                quantifier.holds(each)
            }
            HeaderQuestion::Value(quantifier) => {
                let Test::Each { operand, check, .. } = planned else { return false };
                quantifier.holds(values.filter_map(|(read, value)| {
                    let mut passes = None;
                    read.with_datum(&value, |datum| passes = operand.of(datum).map(|result| check.holds(&result)));
                    passes
                }))
            }
        }
    }
}

impl HeaderRead {
    /// Whether the value is the number that is in the header.
    fn is_number(&self) -> bool {
        let has_number = matches!(Type::of(self.field, true), Type::Number(0, _) | Type::Boolean);
        has_number && (self.own || self.field.filter_scale() == 1 && Type::of(self.field, false) != Type::Time)
    }

    /// The bits of a number.
    fn bits(&self, value: &Value<'_>) -> u64 {
        let number = match *value {
            Value::Uint(number) => number,
            Value::Bool(set) => set.into(),
            _ => 0,
        };
        self.mask.map_or(number, |mask| (number & mask) >> mask.trailing_zeros())
    }

    fn with_datum(&self, value: &Value<'_>, give: impl FnOnce(&Datum<'_>)) {
        match self.mask {
            Some(_) => give(&Datum::Number(self.bits(value).into())),
            None => with_datum(self.field, value, self.own, give),
        }
    }
}

impl Quantifier {
    /// Whether some answers make a test pass. None makes none pass.
    fn holds(self, answers: impl IntoIterator<Item = bool>) -> bool {
        let mut answers = answers.into_iter();
        match self {
            Quantifier::Any => answers.any(|passes| passes),
            Quantifier::All => match answers.next() {
                Some(first) => first && answers.all(|passes| passes),
                None => false,
            },
        }
    }
}
