//! Tests that need all values of a packet at once: of two fields, or how many there are.

use super::datum::{Datum, contains};
use super::plan::{Check, Comparison, Operand, Plan};
use super::syntax::{Arithmetic, Quantifier};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Most results of a calculation with two fields that have several values each. Further ones are left out, as `docs/filters.md` says.
const MAX_RESULTS: usize = 1 << 16;

/// The values that are kept until the end of the packet.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Of each input; empty if none is kept.
    values: Vec<Vec<Datum<'static>>>,
}

impl Kept {
    pub(super) fn for_plan(plan: &Plan) -> Self {
        match plan.inputs.iter().any(|input| input.kept) {
            true => Kept { values: plan.inputs.iter().map(|_| Vec::new()).collect() },
            false => Kept::default(),
        }
    }

    pub(super) fn keep(&mut self, input: usize, datum: &Datum<'_>) {
        if let Some(values) = self.values.get_mut(input) {
            values.push(datum.clone().into_owned());
        }
    }

    pub(super) fn passes(&self, operand: &Operand, check: &Check, quantifier: Quantifier) -> bool {
        let mut values = self.all(operand);
        match check {
            Check::Pair(comparison, other) => pair(values, *comparison, self.all(other), quantifier),
            Check::PairContains(other) => {
                let (values, others) = (distinct(values), distinct(self.all(other)));
                let mut pairs = values.iter().flat_map(|value| others.iter().map(move |other| (value, other)));
                let holds = |(value, other): (&Datum<'_>, &Datum<'_>)| contains(value.as_bytes(), other.as_bytes());
                match quantifier {
                    Quantifier::Any => pairs.any(holds),
                    Quantifier::All => !values.is_empty() && !others.is_empty() && pairs.all(holds),
                }
            }
            check => match quantifier {
                Quantifier::Any => values.drain(..).any(|value| check.holds(&value)),
                Quantifier::All => !values.is_empty() && values.iter().all(|value| check.holds(value)),
            },
        }
    }

    /// All values of an operand.
    fn all(&self, operand: &Operand) -> Vec<Datum<'static>> {
        let each = |inner: &Operand, change: &dyn Fn(Datum<'static>) -> Option<Datum<'static>>| {
            self.all(inner).into_iter().filter_map(change).collect()
        };
        match operand {
            Operand::PlanInput(input) => self.values.get(*input).cloned().unwrap_or_default(),
            Operand::Constant(constant) => Vec::from([constant.clone()]),
            Operand::Slice(inner, ranges) => each(inner, &|value| value.slice(ranges).map(Datum::into_owned)),
            Operand::Upper(inner) => each(inner, &|value| Some(value.upper())),
            Operand::Lower(inner) => each(inner, &|value| Some(value.lower())),
            Operand::Absolute(inner) => each(inner, &|value| value.absolute()),
            Operand::Negative(inner) => each(inner, &|value| value.negative()),
            Operand::Calculation(operator, a, b) => calculate(*operator, self.all(a), self.all(b)),
            Operand::Count(inner) => match self.all(inner).len() {
                0 => Vec::new(),
                count => Vec::from([Datum::Number(count as i128)]),
            },
            Operand::Least(operands) => self.extreme(operands, Ordering::Less),
            Operand::Greatest(operands) => self.extreme(operands, Ordering::Greater),
        }
    }

    /// The least or greatest value. None if an argument has no value.
    fn extreme(&self, operands: &[Operand], wanted: Ordering) -> Vec<Datum<'static>> {
        let mut best: Option<Datum<'static>> = None;
        for operand in operands {
            let values = self.all(operand);
            if values.is_empty() {
                return Vec::new();
            }
            for value in values {
                if best.as_ref().is_none_or(|best| value.order(best) == wanted) {
                    best = Some(value);
                }
            }
        }
        best.into_iter().collect()
    }
}

fn calculate(operator: Arithmetic, left: Vec<Datum<'static>>, right: Vec<Datum<'static>>) -> Vec<Datum<'static>> {
    let (left, right) = (distinct(left), distinct(right));
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a, b)));
    pairs.take(MAX_RESULTS).filter_map(|(a, b)| a.calculate(operator, b)).collect()
}

/// The values in order, each once.
fn distinct(mut values: Vec<Datum<'static>>) -> Vec<Datum<'static>> {
    values.sort_unstable_by(|a, b| a.order(b));
    values.dedup_by(|a, b| a.order(b).is_eq());
    values
}

/// Compares all values with all others. Their order answers it without trying each pair.
fn pair(left: Vec<Datum<'static>>, comparison: Comparison, right: Vec<Datum<'static>>, quantifier: Quantifier) -> bool {
    let (left, right) = (distinct(left), distinct(right));
    let (Some((a, b)), Some((c, d))) = (left.first().zip(left.last()), right.first().zip(right.last())) else {
        return false;
    };
    let is_shared = || {
        let (few, many) = if left.len() < right.len() { (&left, &right) } else { (&right, &left) };
        few.iter().any(|value| many.binary_search_by(|other| other.order(value)).is_ok())
    };
    let is_one = || left.len() == 1 && right.len() == 1 && a.order(c).is_eq();
    match (comparison, quantifier) {
        (Comparison::Equal, Quantifier::Any) => is_shared(),
        (Comparison::Equal, Quantifier::All) => is_one(),
        (Comparison::Different, Quantifier::All) => !is_shared(),
        (Comparison::Different, Quantifier::Any) => !is_one(),
        // The least with the greatest, or the other way round.
        (Comparison::Less | Comparison::LessOrEqual, Quantifier::Any)
        | (Comparison::Greater | Comparison::GreaterOrEqual, Quantifier::All) => comparison.holds(a.order(d)),
        (Comparison::Less | Comparison::LessOrEqual, Quantifier::All)
        | (Comparison::Greater | Comparison::GreaterOrEqual, Quantifier::Any) => comparison.holds(b.order(c)),
    }
}
