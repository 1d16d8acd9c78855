//! Checking: names are looked up, types are compared, and conditions become tests.

use super::cost::{MOST_LISTED, MOST_RESULTS};
use super::datum::Datum;
use super::error::{ColumnError, FilterError};
use super::functions::{self, Function};
use super::issues;
use super::literal::{Constant, Expected, NUMBERS, constant, is_literal};
use super::names::FilterNames;
use super::notation::{Notation, notation};
use super::parse::MAX_TESTS;
use super::plan::{Check, Comparison, Expression, Operand, Plan, PlanInput, PlannedColumn, SetMember, Test};
use super::reference::{Measure, Reference};
use super::syntax::{Arithmetic, Condition, Operator, Quantifier, Relation, Right, Term, TermKind};
use super::token::error;
use super::typed::Typed;
use super::types::Type;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
#[cfg(feature = "regex")]
use alloc::string::ToString;
use alloc::vec::Vec;

/// Turns a condition into a plan.
pub(super) fn check(condition: &Condition, names: FilterNames<'_>) -> Result<Plan, FilterError> {
    let mut checker = Checker { names, tests: Vec::new(), inputs: Vec::new() };
    let expression = checker.condition(condition)?;
    Ok(Plan::new(expression, checker.tests, checker.inputs, names))
}

/// Turns expressions into a plan whose values are columns.
pub(super) fn columns(
    expressions: &[Condition],
    names: FilterNames<'_>,
) -> Result<(Plan, Vec<PlannedColumn>), ColumnError> {
    let mut checker = Checker { names, tests: Vec::new(), inputs: Vec::new() };
    let mut planned = Vec::new();
    for (column, expression) in expressions.iter().enumerate() {
        planned.push(checker.column(expression).map_err(|error| ColumnError { column, error })?);
    }
    Ok((Plan::new(Expression::All(Vec::new()), checker.tests, checker.inputs, names), planned))
}

struct Checker<'k> {
    names: FilterNames<'k>,
    tests: Vec<Test>,
    inputs: Vec<PlanInput>,
}

type Checked<T> = Result<T, FilterError>;

impl Checker<'_> {
    fn condition(&mut self, condition: &Condition) -> Checked<Expression> {
        Ok(match condition {
            Condition::Not(inner) => Expression::Not(Box::new(self.condition(inner)?)),
            Condition::All(parts) => Expression::All(self.conditions(parts)?),
            Condition::Any(parts) => Expression::Any(self.conditions(parts)?),
            Condition::Xor(parts) => Expression::Xor(self.conditions(parts)?),
            Condition::Alone(term) => self.alone(term)?,
            Condition::Relation(relation) => self.relation(relation)?,
        })
    }

    fn column(&mut self, expression: &Condition) -> Checked<PlannedColumn> {
        let Condition::Alone(term) = expression else {
            let test = self.condition(expression)?;
            return match self.tests.len() {
                ..=MAX_TESTS => Ok(PlannedColumn::Test(test)),
                _ => Err(error(0, format!("the columns have more than {MAX_TESTS} tests"))),
            };
        };
        let Typed { operand, kind, name, work, .. } = self.typed_or_unknown(term)?;
        if work > MOST_LISTED {
            let what = "this calculation can have too many results in one packet, one for each pair of values; \
                        take max() or min() of its fields";
            return Err(error(term.at, what));
        }
        let inputs = &mut self.inputs;
        operand.inputs(&mut |input| (inputs[input].kept, inputs[input].shown) = (true, true));
        if let Operand::PlanInput(input) = operand {
            inputs[input].is_column = true;
        }
        let is_value = |input: usize| inputs[input].reference.measure == Measure::Value;
        let notation = match operand {
            Operand::PlanInput(input) if is_value(input) => notation(&name),
            _ => None,
        };
        if let (Operand::PlanInput(input), Some(Notation::Raw)) = (&operand, notation) {
            inputs[*input].reference.measure = Measure::Raw;
            return Ok(PlannedColumn::Values { operand, kind: Type::Bytes, notation: None });
        }
        Ok(PlannedColumn::Values { operand, kind, notation })
    }

    fn conditions(&mut self, parts: &[Condition]) -> Checked<Vec<Expression>> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    /// The input for a reference: a new one, as each test listens by itself.
    fn input(&mut self, reference: Reference) -> usize {
        self.inputs.push(PlanInput::new(reference));
        self.inputs.len() - 1
    }

    fn add(&mut self, test: Test) -> Expression {
        let index = self.tests.len();
        let inputs = &mut self.inputs;
        match &test {
            Test::Present => {}
            Test::Each { operand, .. } => operand.inputs(&mut |input| inputs[input].tests.push(index)),
            Test::Whole { operand, check, .. } => {
                operand.inputs(&mut |input| inputs[input].kept = true);
                check.inputs(&mut |input| inputs[input].kept = true);
            }
        }
        self.tests.push(test);
        Expression::Test(index)
    }

    /// A test of an operand that is named at `at`.
    fn test(&mut self, tested: Typed, at: usize, check: Check, quantifier: Quantifier) -> Checked<Expression> {
        let Typed { operand, work, .. } = tested;
        if work > MOST_RESULTS && !(operand.is_sum() && check.asks_for_order()) {
            let what = "this calculation can have too many results in one packet, one for each pair of values; \
                        compare it by < or >, or take max() or min() of its fields";
            return Err(error(at, what));
        }
        let mut is_pair = false;
        check.inputs(&mut |_| is_pair = true);
        is_pair |= matches!(check, Check::Pair(..) | Check::PairContains(_));
        let is_at_end = is_pair || operand.counts_from_end(&self.inputs);
        Ok(self.add(match operand.is_of_one_value() && !is_at_end {
            true => Test::Each { operand, check, quantifier },
            false => Test::Whole { operand, check, quantifier },
        }))
    }

    /// A term without a comparison.
    fn alone(&mut self, term: &Term) -> Checked<Expression> {
        let typed = self.typed_or_unknown(term)?;
        match (&term.kind, typed.kind) {
            (TermKind::InLayers(..), _) if typed.operand.counts_from_end(&self.inputs) => {
                self.test(typed, term.at, Check::Exists, Quantifier::Any)
            }
            (TermKind::Word(_) | TermKind::InLayers(..), _) => {
                let expression = self.add(Test::Present);
                let index = self.tests.len() - 1;
                let inputs = &mut self.inputs;
                typed.operand.inputs(&mut |input| inputs[input].tests.push(index));
                Ok(expression)
            }
            (TermKind::Calculation(..), _) => self.test(typed, term.at, Check::Set, Quantifier::Any),
            (TermKind::Slice(..) | TermKind::Raw(_), _) => self.test(typed, term.at, Check::Exists, Quantifier::Any),
            (_, kind) if kind.is_number() => self.test(typed, term.at, Check::Set, Quantifier::Any),
            _ => Err(error(term.at, "compare this with a value: it is no test by itself")),
        }
    }

    fn relation(&mut self, relation: &Relation) -> Checked<Expression> {
        let Relation { quantifier, left, operator, right, .. } = relation;
        let (comparison, usual) = match operator {
            Operator::AllDiffer => (Comparison::Different, Quantifier::All),
            Operator::AllEqual => (Comparison::Equal, Quantifier::All),
            Operator::AnyDiffers => (Comparison::Different, Quantifier::Any),
            Operator::Less => (Comparison::Less, Quantifier::Any),
            Operator::LessOrEqual => (Comparison::LessOrEqual, Quantifier::Any),
            Operator::Greater => (Comparison::Greater, Quantifier::Any),
            Operator::GreaterOrEqual => (Comparison::GreaterOrEqual, Quantifier::Any),
            _ => (Comparison::Equal, Quantifier::Any),
        };
        let quantifier = quantifier.unwrap_or(usual);
        let right = match right {
            Right::Set(members) => return self.set(relation, members, quantifier),
            Right::Term(right) => right,
        };
        let first = self.typed(left)?;
        match operator {
            Operator::Contains | Operator::Matches => {
                let first = first.ok_or_else(|| self.not_a_name(left))?;
                return match operator {
                    Operator::Contains => self.contains(relation, first, right, quantifier),
                    _ => self.matches(relation, first, right, quantifier),
                };
            }
            _ => {}
        }
        let Some(first) = first else {
            // A value may come first.
            return match self.typed(right)? {
                Some(second) => self.compare(relation, second, comparison.turned(), left, quantifier),
                None => Err(self.not_a_name(left)),
            };
        };
        self.compare(relation, first, comparison, right, quantifier)
    }

    fn compare(
        &mut self,
        relation: &Relation,
        left: Typed,
        comparison: Comparison,
        right: &Term,
        quantifier: Quantifier,
    ) -> Checked<Expression> {
        let is_equality = matches!(comparison, Comparison::Equal | Comparison::Different);
        match left.kind {
            Type::Issue if !is_equality => {
                return Err(error(relation.at, "issues are compared by ==, !=, in and contains"));
            }
            _ if left.kind.is_ordered() || is_equality => {}
            _ => return Err(error(relation.at, format!("{} has no order: use == or !=", left.name))),
        }
        let before = self.inputs.len();
        if let Some(second) = self.typed(right)? {
            if left.kind.compares_with(second.kind) && !is_word_for_text(right, &left, &second) {
                // Both sides are worked out at the end.
                let left = Typed { work: left.work.max(second.work), ..left };
                return self.test(left, relation.left.at, Check::Pair(comparison, second.operand), quantifier);
            }
            self.inputs.truncate(before);
            if !is_literal(right) || constant(right, left.expected()).is_err() {
                return Err(error(right.at, not_comparable(&left, &second)));
            }
        }
        let value = self.value(right, left.expected())?;
        if left.kind == Type::Issue {
            issues::exists(&value, right.at, self.names.known)?;
        }
        self.test(left, relation.left.at, Check::Compare(comparison, value), quantifier)
    }

    fn set(
        &mut self,
        relation: &Relation,
        members: &[(Term, Option<Term>)],
        quantifier: Quantifier,
    ) -> Checked<Expression> {
        let mut left = self.typed(&relation.left)?.ok_or_else(|| self.not_a_name(&relation.left))?;
        let mut set = Vec::new();
        for (low, high) in members {
            let first = self.member(low, &mut left)?;
            let Some(high) = high else {
                set.push(match first {
                    CheckedMember::Constant(value) => SetMember::One(value),
                    CheckedMember::Operand(operand) => SetMember::Same(operand),
                });
                continue;
            };
            let last = self.member(high, &mut left)?;
            if !left.kind.is_ordered() {
                return Err(error(low.at, format!("{} has no order, so there are no ranges of it", left.name)));
            }
            set.push(match (first, last) {
                (CheckedMember::Constant(Constant::Datum(first)), CheckedMember::Constant(Constant::Datum(last))) => {
                    if first.order(&last).is_gt() {
                        return Err(error(low.at, "this range is empty: it ends before it begins"));
                    }
                    SetMember::Range(first, last)
                }
                (first, last) => SetMember::Between(first.operand(low.at)?, last.operand(high.at)?),
            });
        }
        let test = self.test(left, relation.left.at, Check::In(set), quantifier)?;
        Ok(if relation.operator == Operator::NotIn { Expression::Not(Box::new(test)) } else { test })
    }

    /// A member of a set, or an end of a range: a value, or what has the type of the left side.
    fn member(&mut self, term: &Term, left: &mut Typed) -> Checked<CheckedMember> {
        let before = self.inputs.len();
        if let Some(second) = self.typed(term)? {
            if left.kind.compares_with(second.kind) && !is_word_for_text(term, left, &second) {
                left.work = left.work.max(second.work);
                return Ok(CheckedMember::Operand(second.operand));
            }
            self.inputs.truncate(before);
            if !is_literal(term) || constant(term, left.expected()).is_err() {
                return Err(error(term.at, not_comparable(left, &second)));
            }
        }
        let value = self.value(term, left.expected())?;
        if left.kind == Type::Issue {
            issues::exists(&value, term.at, self.names.known)?;
        }
        Ok(CheckedMember::Constant(value))
    }

    fn contains(
        &mut self,
        relation: &Relation,
        left: Typed,
        right: &Term,
        quantifier: Quantifier,
    ) -> Checked<Expression> {
        if left.kind == Type::Issue {
            let value = constant(right, left.expected())?;
            let part = issues::part(&value, right.at, self.names.known)?;
            return self.test(left, relation.left.at, Check::Contains(part), quantifier);
        }
        searched(relation, &left, "contains")?;
        let before = self.inputs.len();
        if let Some(second) = self.typed(right)? {
            if second.kind.is_searched() && !is_word_for_text(right, &left, &second) {
                return self.test(left, relation.left.at, Check::PairContains(second.operand), quantifier);
            }
            self.inputs.truncate(before);
        }
        let kind = if left.kind == Type::Mac { Type::Bytes } else { left.kind };
        let needle = match constant(right, Expected { kind, ..left.expected() })? {
            Constant::Datum(datum) => datum.as_bytes().to_vec(),
            Constant::Network(..) => return Err(error(right.at, "a value was expected here")),
        };
        self.test(left, relation.left.at, Check::Contains(needle), quantifier)
    }

    #[cfg(feature = "regex")]
    fn matches(
        &mut self,
        relation: &Relation,
        left: Typed,
        right: &Term,
        quantifier: Quantifier,
    ) -> Checked<Expression> {
        searched(relation, &left, "matches")?;
        let TermKind::Quoted(pattern) = &right.kind else {
            return Err(error(right.at, "matches needs a regular expression in double quotes, such as r\"\\.org$\""));
        };
        let pattern = core::str::from_utf8(pattern)
            .map_err(|_| error(right.at, "a regular expression is UTF-8; write bytes in it as r\"\\xff\""))?;
        let regex = regex::bytes::RegexBuilder::new(pattern)
            .case_insensitive(true)
            .unicode(false)
            .size_limit(1 << 20)
            .dfa_size_limit(1 << 20)
            .build();
        let regex = regex.map_err(|problem| {
            let problem = problem.to_string();
            let what = problem.lines().last().unwrap_or("it cannot be read").trim_start_matches("error: ");
            error(right.at, format!("this is no regular expression: {what}"))
        })?;
        self.test(left, relation.left.at, Check::Matches(regex), quantifier)
    }

    #[cfg(not(feature = "regex"))]
    fn matches(&mut self, relation: &Relation, left: Typed, _: &Term, _: Quantifier) -> Checked<Expression> {
        searched(relation, &left, "matches")?;
        Err(error(relation.at, "regular expressions are not supported: the feature regex is off"))
    }

    /// The operand that a term is. None if it is a value.
    fn typed(&mut self, term: &Term) -> Checked<Option<Typed>> {
        Ok(Some(match &term.kind {
            TermKind::Word(word) => match self.names.find(word.strip_prefix('.').unwrap_or(word)) {
                Some(reference) => self.reference(reference),
                None => return Ok(None),
            },
            TermKind::Quoted(_) | TermKind::Character(_) => return Ok(None),
            TermKind::InLayers(name, layers) => {
                let reference = self.names.find(name).ok_or_else(|| error(term.at, self.names.unknown(name)))?;
                self.reference(Reference { layers: layers.clone(), ..reference })
            }
            TermKind::Raw(inner) => self.measured(inner, Measure::Raw, "@")?,
            TermKind::Slice(inner, ranges) => {
                let inner = self.typed_or_unknown(inner)?;
                if !inner.kind.has_bytes() {
                    let what = format!("{} is {}: it has no bytes to slice", inner.name, inner.kind.title());
                    return Err(error(term.at, what));
                }
                let operand = Operand::Slice(Box::new(inner.operand), ranges.clone());
                let title = format!("a slice of {}", inner.name);
                Typed::of(operand, Type::Bytes, title).bounded(inner.most, inner.work)
            }
            TermKind::Call(name, arguments) => self.call(term, name, arguments)?,
            TermKind::Negative(inner) => {
                let Some(inner) = self.typed(inner)? else { return Ok(None) };
                if !matches!(inner.kind, Type::Number(..) | Type::Duration | Type::Milliseconds) {
                    return Err(error(term.at, format!("{} is {}: it has no sign", inner.name, inner.kind.title())));
                }
                let kind = functions::negative(inner.kind);
                let operand = Operand::Negative(Box::new(inner.operand));
                Typed::of(operand, kind, format!("-{}", inner.name)).bounded(inner.most, inner.work)
            }
            TermKind::Calculation(operator, a, b) => return self.calculation(term, *operator, a, b),
        }))
    }

    fn reference(&mut self, reference: Reference) -> Typed {
        let (kind, name, names) = (reference.kind, reference.name.clone(), reference.names.clone());
        let most = reference.sources.iter().map(|source| source.most_values(self.names)).fold(0, u64::saturating_add);
        let input = self.input(reference);
        Typed { names, ..Typed::of(Operand::PlanInput(input), kind, name).bounded(most, 0) }
    }

    /// The error for a word that stands where a name must, and is none.
    fn not_a_name(&self, term: &Term) -> FilterError {
        match &term.kind {
            TermKind::Word(word) | TermKind::InLayers(word, _) if !looks_like_number(term) => {
                error(term.at, self.names.unknown(word))
            }
            _ => error(term.at, "the name of a field or protocol was expected here"),
        }
    }

    /// Reads a value. A word that is none, but a name which cannot be answered, is refused as such.
    fn value(&self, term: &Term, expected: Expected<'_>) -> Checked<Constant> {
        constant(term, expected).map_err(|problem| match &term.kind {
            TermKind::Word(word) => self.names.why_not(word).map_or(problem, |why| error(term.at, why)),
            _ => problem,
        })
    }

    fn typed_or_unknown(&mut self, term: &Term) -> Checked<Typed> {
        self.typed(term)?.ok_or_else(|| self.not_a_name(term))
    }

    /// A name of which something else than its value counts.
    fn measured(&mut self, term: &Term, measure: Measure, what: &str) -> Checked<Typed> {
        let before = self.inputs.len();
        let typed = self.typed_or_unknown(term)?;
        let (Operand::PlanInput(input), Some(last)) = (&typed.operand, self.inputs.get_mut(before)) else {
            return Err(error(term.at, format!("{what} takes the name of a field")));
        };
        let has_value = !matches!(typed.kind, Type::Presence | Type::Issue | Type::Severity);
        let is_written =
            measure != Measure::Written || !matches!(typed.kind, Type::Mixed | Type::Time | Type::Protocol);
        if !has_value || !is_written || last.reference.measure != Measure::Value {
            return Err(error(term.at, format!("{what} does not take {}", typed.name)));
        }
        last.reference.measure = measure;
        let kind = last.kind();
        let title = format!("{what} of {}", typed.name);
        Ok(Typed::of(Operand::PlanInput(*input), kind, title).bounded(typed.most, typed.work))
    }

    fn call(&mut self, term: &Term, name: &str, arguments: &[Term]) -> Checked<Typed> {
        let function = Function::named(name).ok_or_else(|| error(term.at, functions::unknown(name)))?;
        function.takes(arguments.len()).map_err(|what| error(term.at, what))?;
        let Some(first) = arguments.first() else { return Err(error(term.at, "an argument was expected here")) };
        match function {
            Function::Length => return self.measured(first, Measure::Length, name),
            Function::Written => return self.measured(first, Measure::Written, name),
            _ => {}
        }
        let mut given: Vec<Option<Typed>> = Vec::new();
        for argument in arguments {
            given.push(self.typed(argument)?);
        }
        // Values among the arguments have the type of the first name.
        let Some(of) = given.iter().flatten().next().map(|typed| (typed.kind, typed.name.clone())) else {
            return Err(self.not_a_name(first));
        };
        let mut typed = Vec::new();
        for (argument, given) in arguments.iter().zip(given) {
            let one = match given {
                Some(one) => one,
                None => {
                    let expected = Expected { name: &of.1, kind: widened(of.0), names: &[] };
                    match self.value(argument, expected)? {
                        Constant::Datum(Datum::Number(number)) if of.0.is_number() => {
                            let kind = Type::Number(number, number);
                            Typed::of(Operand::Constant(Datum::Number(number)), kind, of.1.clone())
                        }
                        Constant::Datum(datum) => Typed::of(Operand::Constant(datum), of.0, of.1.clone()),
                        Constant::Network(..) => return Err(error(argument.at, "a value was expected here")),
                    }
                }
            };
            if one.kind != of.0 && !(one.kind.is_number() && of.0.is_number()) {
                return Err(error(argument.at, format!("the arguments of {name} must be of the same type")));
            }
            typed.push(one);
        }
        function.apply(typed).map_err(|what| error(first.at, what))
    }

    fn calculation(&mut self, term: &Term, operator: Arithmetic, left: &Term, right: &Term) -> Checked<Option<Typed>> {
        let (first, second) = (self.typed(left)?, self.typed(right)?);
        let known = first.as_ref().or(second.as_ref()).map(|typed| (typed.kind, typed.name.clone()));
        let Some((kind, name)) = known else {
            let name = if is_literal(left) && !looks_like_number(left) { left } else { right };
            return match looks_like_number(name) || !matches!(name.kind, TermKind::Word(_)) {
                // Numbers alone are a value.
                true if is_literal(term) => Ok(None),
                true => Err(error(term.at, "a calculation needs the name of a field")),
                false => Err(self.not_a_name(name)),
            };
        };
        let operand = |typed: Option<Typed>, term: &Term| match typed {
            Some(typed) => Ok(typed),
            None => {
                let kind = if kind.is_number() { NUMBERS } else { kind };
                match self.value(term, Expected { name: &name, kind, names: &[] })? {
                    Constant::Datum(Datum::Number(number)) if kind.is_number() => {
                        let kind = Type::Number(number, number);
                        Ok(Typed::of(Operand::Constant(Datum::Number(number)), kind, name.clone()))
                    }
                    Constant::Datum(datum) => Ok(Typed::of(Operand::Constant(datum), kind, name.clone())),
                    Constant::Network(..) => Err(error(term.at, "a value was expected here")),
                }
            }
        };
        let (first, second) = (operand(first, left)?, operand(second, right)?);
        let kind = functions::calculated(operator, &first, &second).map_err(|what| error(term.at, what))?;
        // Each value of the one with each of the other.
        let pairs = first.most.saturating_mul(second.most);
        let is_pairs = first.most > 1 && second.most > 1;
        let work = first.work.max(second.work).max(if is_pairs { pairs } else { 0 });
        let operand = Operand::Calculation(operator, Box::new(first.operand), Box::new(second.operand));
        Ok(Some(Typed::of(operand, kind, format!("the calculation with {name}")).bounded(pairs, work)))
    }
}

/// A member of a set, or an end of a range.
enum CheckedMember {
    Constant(Constant),
    Operand(Operand),
}

impl CheckedMember {
    fn operand(self, at: usize) -> Checked<Operand> {
        match self {
            CheckedMember::Operand(operand) => Ok(operand),
            CheckedMember::Constant(Constant::Datum(datum)) => Ok(Operand::Constant(datum)),
            CheckedMember::Constant(Constant::Network(..)) => Err(error(at, "a network is no end of a range")),
        }
    }
}

fn not_comparable(left: &Typed, right: &Typed) -> String {
    let [a, b] = [left, right].map(|side| format!("{} is {}", side.name, side.kind.title()));
    format!("{a} and {b}: they cannot be compared")
}

/// The type of what is worked out of a value: it may be larger.
fn widened(kind: Type) -> Type {
    if kind.is_number() { NUMBERS } else { kind }
}

fn looks_like_number(term: &Term) -> bool {
    matches!(&term.kind, TermKind::Word(word) if word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a word that is the name of a protocol is meant as text.
fn is_word_for_text(term: &Term, left: &Typed, right: &Typed) -> bool {
    matches!(&term.kind, TermKind::Word(_)) && left.kind == Type::Text && right.kind == Type::Protocol
}

fn searched(relation: &Relation, left: &Typed, operator: &str) -> Checked<()> {
    match left.kind.is_searched() {
        true => Ok(()),
        false => {
            let what = format!("{operator} searches bytes and text; {} is {}", left.name, left.kind.title());
            Err(error(relation.at, what))
        }
    }
}

impl Comparison {
    /// The same comparison from the other side.
    fn turned(self) -> Self {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            other => other,
        }
    }
}
