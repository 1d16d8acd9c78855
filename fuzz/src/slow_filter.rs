//! A slow, obvious evaluator of display filters over the values that a packet shows, to compare the fast one with.
//!
//! A filter is made from bytes and written as text for [`Filter::parse`]. While it is made, it is evaluated over a list of
//! all values: no plan, no types, every value compared with every other. The values of expressions are in
//! `slow_expression`.

use super::slow_expression::{Alone, Expression, Maker, OwnName, literal, own_names, pairs};
use super::slow_regex::pattern;
use packetsmith::{Examine, Filter};

/// A filter as text, and whether the packet passes it.
struct Answer {
    text: String,
    passes: bool,
}

/// How many of the values must pass.
#[derive(Clone, Copy)]
enum HowMany {
    Any,
    All,
}

impl HowMany {
    fn pass<T>(self, values: &[T], holds: impl FnMut(&T) -> bool) -> bool {
        match self {
            HowMany::Any => values.iter().any(holds),
            HowMany::All => !values.is_empty() && values.iter().all(holds),
        }
    }
}

impl Maker<'_> {
    fn condition(&mut self, depth: usize) -> Answer {
        match self.choices.byte() % 8 {
            kind @ 0..=2 if depth > 0 => {
                let parts: Vec<Answer> = (0..2).map(|_| self.condition(depth - 1)).collect();
                let text: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
                let (operator, passes) = match kind {
                    0 => (" && ", parts.iter().all(|part| part.passes)),
                    1 => (" xor ", parts.iter().fold(false, |odd, part| odd != part.passes)),
                    _ => (" or ", parts.iter().any(|part| part.passes)),
                };
                Answer { text: format!("({})", text.join(operator)), passes }
            }
            3 if depth > 0 => {
                let inner = self.condition(depth - 1);
                Answer { text: format!("!({})", inner.text), passes: !inner.passes }
            }
            _ => self.test(),
        }
    }

    fn test(&mut self) -> Answer {
        let left = self.expression(3);
        match self.choices.byte() % 12 {
            0 | 1 => self.alone(left),
            2 | 3 => self.set(left),
            4 if left.shape.is_searched() => self.contains(left),
            5 if left.shape.is_searched() => self.matches(left),
            6 | 7 => {
                let right = self.expression_of(left.shape, 2);
                self.compare(left, right)
            }
            8 => {
                // A value may come first.
                let value = self.value_near(&left);
                self.compare(value, left)
            }
            _ => {
                let value = self.value_near(&left);
                self.compare(left, value)
            }
        }
    }

    /// An expression without a comparison.
    fn alone(&mut self, left: Expression) -> Answer {
        let passes = match left.alone {
            Alone::Exists => !left.values.is_empty(),
            Alone::IsSet => left.values.iter().any(|value| value.is_set()),
            Alone::Refused => {
                let value = self.value_near(&left);
                return self.compare(left, value);
            }
        };
        Answer { text: left.text, passes }
    }

    /// `any`, `all`, or the number of values that the operator asks for by itself.
    fn how_many(&mut self, usual: HowMany) -> (&'static str, HowMany) {
        match self.choices.byte() % 4 {
            0 => ("any ", HowMany::Any),
            1 => ("all ", HowMany::All),
            _ => ("", usual),
        }
    }

    /// Every value with every other.
    fn compare(&mut self, left: Expression, right: Expression) -> Answer {
        use std::cmp::Ordering::{self, Equal, Greater, Less};
        let (operator, wanted, usual): (_, &[Ordering], _) = match self.choices.byte() % 8 {
            0 => ("==", &[Equal], HowMany::Any),
            1 => ("!=", &[Less, Greater], HowMany::All),
            2 => ("===", &[Equal], HowMany::All),
            3 => ("!==", &[Less, Greater], HowMany::Any),
            4 => ("<", &[Less], HowMany::Any),
            5 => ("<=", &[Less, Equal], HowMany::Any),
            6 => ("gt", &[Greater], HowMany::Any),
            _ => ("ge", &[Greater, Equal], HowMany::Any),
        };
        // A word such as any cannot stand before a value.
        let (word, how_many) = if left.is_value { ("", usual) } else { self.how_many(usual) };
        self.note(&left, &right);
        let both: Vec<_> = left.values.iter().flat_map(|a| right.values.iter().map(move |b| a.cmp(b))).collect();
        let passes = how_many.pass(&both, |order| wanted.contains(order));
        Answer { text: format!("{word}{} {operator} {}", left.text, right.text), passes }
    }

    fn set(&mut self, left: Expression) -> Answer {
        let mut texts = Vec::new();
        let mut members: Vec<(Expression, Option<Expression>)> = Vec::new();
        for _ in 0..1 + self.choices.byte() % 3 {
            let (mut low, high) = (self.member(&left), self.choices.byte().is_multiple_of(2));
            self.note(&left, &low);
            let high = high.then(|| self.member(&left));
            let high = high.map(|mut high| {
                self.note(&left, &high);
                // A range of values that ends before it begins is refused.
                if low.is_value && high.is_value && low.values > high.values {
                    std::mem::swap(&mut low, &mut high);
                }
                high
            });
            texts.push(match &high {
                Some(high) => format!("{} .. {}", low.text, high.text),
                None => low.text.clone(),
            });
            members.push((low, high));
        }
        let has = |value: &_| {
            members.iter().any(|(low, high)| match high {
                None => low.values.contains(value),
                Some(high) => low.values.iter().any(|low| value >= low) && high.values.iter().any(|high| value <= high),
            })
        };
        let (word, how_many) = self.how_many(HowMany::Any);
        let passes = how_many.pass(&left.values, has);
        let (not, passes) = if self.choices.byte() & 1 == 0 { ("", passes) } else { ("not ", !passes) };
        Answer { text: format!("{word}{} {not}in {{{}}}", left.text, texts.join(", ")), passes }
    }

    /// A member of a set: a value, or another expression.
    fn member(&mut self, left: &Expression) -> Expression {
        match self.choices.byte() % 4 {
            0 => self.expression_of(left.shape, 1),
            _ => self.value_near(left),
        }
    }

    fn contains(&mut self, left: Expression) -> Answer {
        let (word, how_many) = self.how_many(HowMany::Any);
        if self.choices.byte().is_multiple_of(4) {
            let right = self.expression_of(left.shape, 2);
            let both = left.values.iter().flat_map(|a| right.values.iter().map(move |b| (a, b))).collect::<Vec<_>>();
            let passes = how_many.pass(&both, |(a, b)| has(a.bytes(), b.bytes()));
            return Answer { text: format!("{word}{} contains {}", left.text, right.text), passes };
        }
        let needle = self.part_of(&left);
        let text = if left.shape.is_text() { literal(left.shape, &needle) } else { pairs(&needle) };
        let passes = how_many.pass(&left.values, |value| has(value.bytes(), &needle));
        Answer { text: format!("{word}{} contains {text}", left.text), passes }
    }

    fn matches(&mut self, left: Expression) -> Answer {
        let (word, how_many) = self.how_many(HowMany::Any);
        let part = self.part_of(&left);
        let pattern = pattern(&mut self.choices, &part);
        let passes = how_many.pass(&left.values, |value| pattern.finds(value.bytes()));
        Answer { text: format!("{word}{} matches r\"{}\"", left.text, pattern.text()), passes }
    }

    /// Some bytes that a value has, or that differ from them in one bit.
    fn part_of(&mut self, left: &Expression) -> Vec<u8> {
        let whole = left.values.first().map_or(&b"abc"[..], |value| value.bytes());
        let start = self.choices.below(whole.len());
        let end = (start + 1 + self.choices.below(4)).min(whole.len());
        let mut part = whole.get(start..end).filter(|part| !part.is_empty()).unwrap_or(b"a").to_vec();
        if self.choices.byte().is_multiple_of(4) {
            part[0] ^= 1;
        }
        part
    }
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

/// Makes a filter from `choices`.
fn make<'a>(choices: &'a [u8], layers: Examine<'a>) -> (Maker<'a>, Answer) {
    static NAMES: std::sync::OnceLock<Vec<OwnName>> = std::sync::OnceLock::new();
    let mut maker = Maker::new(choices, layers, NAMES.get_or_init(own_names));
    let answer = maker.condition(3);
    (maker, answer)
}

/// The text of a filter that is made from `choices`.
pub fn text<'a>(choices: &'a [u8], layers: Examine<'a>) -> String {
    make(choices, layers).1.text
}

/// Compares the filter with the slow evaluator. The filter is made from `choices`.
pub fn check<'a>(choices: &'a [u8], layers: impl Fn() -> Examine<'a>) {
    let (maker, Answer { text, passes }) = make(choices, layers());
    match Filter::parse(&text) {
        Ok(filter) => assert_eq!(filter.matches(layers()), passes, "{text}"),
        Err(error) => assert!(maker.may_be_refused(&error.what), "{text}: {error} at {}", error.at),
    }
}
