//! Tests that need all values of a packet at once: of two fields, of layers that are counted from the last one, or how
//! many there are.
//!
//! A packet chooses how many values there are. So no pair of values is tried where their order answers, and a calculation
//! whose results could be too many is refused when the filter is parsed (`cost`).

use super::datum::Datum;
use super::plan::{Check, Comparison, Operand, Plan, SetMember};
use super::search::Search;
use super::syntax::{Arithmetic, Quantifier};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// Number of results of a calculation that are collected before duplicates are removed.
const RESULTS_BEFORE_SORT: usize = 1 << 16;

type KeptValues = Vec<Datum<'static>>;

/// The values that are kept until the end of the packet.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Of each input; empty if none is kept.
    inputs: Vec<KeptInput>,
}

#[derive(Clone, Debug, Default)]
struct KeptInput {
    values: KeptValues,
    /// The layer of each value, if layers are counted from the last one.
    layers: Vec<u32>,
}

impl Kept {
    pub(super) fn for_plan(plan: &Plan) -> Self {
        match plan.inputs.iter().any(|input| input.kept) {
            true => Kept { inputs: plan.inputs.iter().map(|_| KeptInput::default()).collect() },
            false => Kept::default(),
        }
    }

    pub(super) fn keep(&mut self, input: usize, datum: &Datum<'_>, layer: Option<u32>) {
        if let Some(kept) = self.inputs.get_mut(input) {
            kept.values.push(datum.clone().into_owned());
            kept.layers.extend(layer);
        }
    }

    /// Drops the values of layers that do not count, now that the last layer is known.
    pub(super) fn choose_layers(&mut self, plan: &Plan) {
        for (kept, input) in self.inputs.iter_mut().zip(&plan.inputs) {
            let Some(last) = kept.layers.iter().max().copied() else { continue };
            let mut layers = core::mem::take(&mut kept.layers).into_iter();
            kept.values.retain(|_| layers.next().is_some_and(|layer| input.reference.counts_in(layer, last)));
        }
    }

    pub(super) fn passes(&self, operand: &Operand, check: &Check, quantifier: Quantifier) -> bool {
        if let Some(passes) = self.passes_by_order(operand, check, quantifier) {
            return passes;
        }
        match check {
            Check::Pair(comparison, other) => pair(&self.all(operand), *comparison, &self.all(other), quantifier),
            Check::PairContains(other) => contains(&self.all(operand), &self.all(other), quantifier),
            Check::In(members) if members.iter().any(SetMember::has_values) => {
                let members: Vec<_> = members.iter().map(|member| self.member(member)).collect();
                quantified(&self.all(operand), quantifier, |value| members.iter().any(|member| member.has(value)))
            }
            check => quantified(&self.all(operand), quantifier, |value| check.holds(value)),
        }
    }

    /// Which of two operands is greater: the least and the greatest value of each answer it. None if it is another
    /// question, or these are not known without all values.
    fn passes_by_order(&self, operand: &Operand, check: &Check, quantifier: Quantifier) -> Option<bool> {
        let (comparison, others) = match check {
            Check::Pair(comparison, other) => (*comparison, self.extremes(other)?),
            Check::Compare(comparison, constant) => {
                (*comparison, Some((constant.datum()?.clone(), constant.datum()?.clone())))
            }
            _ => return None,
        };
        if !comparison.is_of_order() {
            return None;
        }
        let Some(((least, greatest), (other_least, other_greatest))) = self.extremes(operand)?.zip(others) else {
            return Some(false);
        };
        let is_less = matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
        Some(comparison.holds(match is_less == (quantifier == Quantifier::Any) {
            true => least.order(&other_greatest),
            false => greatest.order(&other_least),
        }))
    }

    /// The least and the greatest value. None if all values must be known for them, Some(None) if there is no value.
    fn extremes(&self, operand: &Operand) -> Option<Option<(Datum<'static>, Datum<'static>)>> {
        let (operator, a, b) = match operand {
            Operand::Calculation(operator @ (Arithmetic::Add | Arithmetic::Subtract), a, b) => (*operator, a, b),
            Operand::Calculation(..) => return None,
            Operand::Negative(inner) => {
                let ends = self.extremes(inner)?;
                return Some(ends.and_then(|(least, greatest)| greatest.negative().zip(least.negative())));
            }
            operand => {
                let all = self.all(operand);
                return Some(all.first().cloned().zip(all.last().cloned()));
            }
        };
        let (Some((a, b)), Some((c, d))) = (self.extremes(a)?, self.extremes(b)?) else { return Some(None) };
        let (c, d) = if operator == Arithmetic::Add { (c, d) } else { (d, c) };
        Some(a.calculate(operator, &c).zip(b.calculate(operator, &d)))
    }

    fn member<'m>(&self, member: &'m SetMember) -> KnownMember<'m> {
        match member {
            SetMember::Same(operand) => KnownMember::Values(self.all(operand)),
            SetMember::Between(low, high) => {
                let (low, high) = (self.all(low), self.all(high));
                KnownMember::Between(low.first().cloned().zip(high.last().cloned()))
            }
            constant => KnownMember::Constant(constant),
        }
    }

    /// The values of an operand in order, each once.
    fn all(&self, operand: &Operand) -> KeptValues {
        distinct(self.values(operand))
    }

    /// The values of an operand for a column: those of one input in order, results of calculations with several each once.
    pub(super) fn listed<'k>(&'k self, operand: &'k Operand) -> Vec<Datum<'k>> {
        let mut first = None;
        operand.inputs(&mut |input| first = Some(input));
        let kept = first.and_then(|input| self.inputs.get(input)).map_or(&[][..], |kept| &kept.values);
        match operand.is_of_one_value() {
            true => kept.iter().filter_map(|value| operand.of(value)).collect(),
            false => self.values(operand),
        }
    }

    /// The values of an operand: those of a calculation once, others as often as they are there.
    fn values(&self, operand: &Operand) -> KeptValues {
        let each = |inner: &Operand, change: &dyn Fn(Datum<'static>) -> Option<Datum<'static>>| {
            self.values(inner).into_iter().filter_map(change).collect()
        };
        match operand {
            Operand::PlanInput(input) => self.inputs.get(*input).map_or(Vec::new(), |kept| kept.values.clone()),
            Operand::Constant(constant) => Vec::from([constant.clone()]),
            Operand::Slice(inner, ranges) => each(inner, &|value| value.slice(ranges).map(Datum::into_owned)),
            Operand::Upper(inner) => each(inner, &|value| Some(value.upper())),
            Operand::Lower(inner) => each(inner, &|value| Some(value.lower())),
            Operand::Absolute(inner) => each(inner, &|value| value.absolute()),
            Operand::Negative(inner) => each(inner, &|value| value.negative()),
            Operand::Calculation(operator, a, b) => calculate(*operator, &self.all(a), &self.all(b)),
            Operand::Count(inner) => match self.values(inner).len() {
                0 => Vec::new(),
                count => Vec::from([Datum::Number(count as i128)]),
            },
            Operand::Least(operands) => self.extreme(operands, Ordering::Less),
            Operand::Greatest(operands) => self.extreme(operands, Ordering::Greater),
        }
    }

    /// The least or greatest value. None if an argument has no value.
    fn extreme(&self, operands: &[Operand], wanted: Ordering) -> KeptValues {
        let mut best: Option<Datum<'static>> = None;
        for operand in operands {
            let mut values = self.all(operand);
            let end = if wanted.is_lt() { values.drain(..).next() } else { values.pop() };
            let Some(end) = end else { return Vec::new() };
            if best.as_ref().is_none_or(|best| end.order(best) == wanted) {
                best = Some(end);
            }
        }
        best.into_iter().collect()
    }
}

/// A member of a set whose values are known.
enum KnownMember<'m> {
    Constant(&'m SetMember),
    /// In order.
    Values(KeptValues),
    Between(Option<(Datum<'static>, Datum<'static>)>),
}

impl KnownMember<'_> {
    fn has(&self, value: &Datum<'_>) -> bool {
        match self {
            KnownMember::Constant(member) => member.has(value),
            KnownMember::Values(values) => values.binary_search_by(|other| other.order(value)).is_ok(),
            KnownMember::Between(ends) => {
                ends.as_ref().is_some_and(|(low, high)| value.order(low).is_ge() && value.order(high).is_le())
            }
        }
    }
}

fn quantified(values: &[Datum<'_>], quantifier: Quantifier, holds: impl FnMut(&Datum<'_>) -> bool) -> bool {
    match quantifier {
        Quantifier::Any => values.iter().any(holds),
        Quantifier::All => !values.is_empty() && values.iter().all(holds),
    }
}

/// The results for each pair of values. How many there can be was bounded when the filter was parsed.
fn calculate(operator: Arithmetic, left: &[Datum<'static>], right: &[Datum<'static>]) -> KeptValues {
    let (mut results, mut most) = (Vec::new(), RESULTS_BEFORE_SORT);
    for a in left {
        results.extend(right.iter().filter_map(|b| a.calculate(operator, b)));
        if results.len() > most {
            results = distinct(results);
            most = 2 * results.len() + RESULTS_BEFORE_SORT;
        }
    }
    distinct(results)
}

/// The values in order, each once.
fn distinct(mut values: KeptValues) -> KeptValues {
    values.sort_unstable_by(|a, b| a.order(b));
    values.dedup_by(|a, b| a.order(b).is_eq());
    values
}

/// Whether a value contains one of the others, or all values contain all others.
fn contains(values: &[Datum<'_>], others: &[Datum<'_>], quantifier: Quantifier) -> bool {
    let mut searches = batches(others).map(Search::new);
    match quantifier {
        Quantifier::Any => searches.any(|mut search| values.iter().any(|value| search.finds_one_in(value.as_bytes()))),
        Quantifier::All => {
            let are_there = !values.is_empty() && !others.is_empty();
            are_there && searches.all(|mut search| values.iter().all(|value| search.finds_all_in(value.as_bytes())))
        }
    }
}

/// Splits the values into batches of limited size. One search runs for each batch, and its memory grows with the batch.
fn batches<'v, 'd>(mut values: &'v [Datum<'d>]) -> impl Iterator<Item = &'v [Datum<'d>]> {
    const MOST_BYTES: usize = 1 << 18;
    core::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |value: &&Datum<'_>| {
            bytes += value.as_bytes().len();
            bytes <= MOST_BYTES
        };
        let count = values.iter().take_while(fits).count().max(1).min(values.len());
        let (batch, rest) = values.split_at(count);
        values = rest;
        (!batch.is_empty()).then_some(batch)
    })
}

/// Compares all values with all others. Both are in order, which answers it without trying each pair.
fn pair(left: &[Datum<'_>], comparison: Comparison, right: &[Datum<'_>], quantifier: Quantifier) -> bool {
    let (Some((a, b)), Some((c, d))) = (left.first().zip(left.last()), right.first().zip(right.last())) else {
        return false;
    };
    let is_shared = || {
        let (few, many) = if left.len() < right.len() { (left, right) } else { (right, left) };
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;

    /// Two inputs of `count` numbers each: the multiples of 3, and the multiples of 5.
    fn kept(count: i128) -> (Kept, [Box<Operand>; 2]) {
        let input =
            |step| KeptInput { values: (0..count).map(|n| Datum::Number(n * step)).collect(), layers: Vec::new() };
        (Kept { inputs: Vec::from([input(3), input(5)]) }, [0, 1].map(|input| Box::new(Operand::PlanInput(input))))
    }

    #[test]
    fn a_calculation_looks_at_all_pairs() {
        let (kept, [a, b]) = kept(600);
        let all = kept.all(&Operand::Calculation(Arithmetic::Multiply, a.clone(), b.clone()));
        let has = |number| all.binary_search_by(|value| value.order(&Datum::Number(number))).is_ok();
        assert!(has(0) && has(15) && has(599 * 3 * 599 * 5) && !has(1));
        let all = kept.all(&Operand::Calculation(Arithmetic::Subtract, a, b));
        assert_eq!(
            all.first().zip(all.last()).map(|(a, b)| (a.order(&Datum::Number(-2995)), b.order(&Datum::Number(1797)))),
            Some((Ordering::Equal, Ordering::Equal))
        );
    }

    #[test]
    fn the_least_and_greatest_sum_are_known_without_all_sums() {
        let (kept, [a, b]) = kept(100_000);
        let difference = Operand::Calculation(Arithmetic::Subtract, a, Box::new(Operand::Negative(b)));
        let test = |comparison, number, quantifier| {
            let check = Check::Compare(comparison, super::super::literal::Constant::Datum(Datum::Number(number)));
            kept.passes(&difference, &check, quantifier)
        };
        let most = 99_999 * 8;
        assert!(test(Comparison::GreaterOrEqual, most, Quantifier::Any));
        assert!(!test(Comparison::Greater, most, Quantifier::Any));
        assert!(test(Comparison::LessOrEqual, most, Quantifier::All));
        assert!(!test(Comparison::Less, 0, Quantifier::Any));
        assert!(test(Comparison::GreaterOrEqual, 0, Quantifier::All));
    }
}
