//! Evaluation: one walk over a packet answers all tests.

use super::expression::{Check, Comparison, Expression, Test};
use super::literal::Literal;
use super::subject::Subject;
use crate::dissect::{ExaminedLayer, Sink};
use crate::layer::{Issue, Severity};
use crate::wire::{Checksum, Field, Span, Value, Visitor};
use alloc::string::ToString;
use core::net::IpAddr;

/// State of the tests during the walk over a packet: one bit for each test.
pub(super) struct Evaluation<'f> {
    pub(super) tests: &'f [Test],
    pub(super) seen: [u64; 2],
    pub(super) passed: [u64; 2],
}

impl Evaluation<'_> {
    fn note(&mut self, index: usize, passed: bool) {
        self.seen[index / 64] |= 1 << (index % 64);
        self.passed[index / 64] |= u64::from(passed) << (index % 64);
    }

    pub(super) fn holds(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Test(i) => {
                let bit = |set: [u64; 2]| set[i / 64] >> (i % 64) & 1 == 1;
                let none = self.tests[*i].none;
                if none { bit(self.seen) && !bit(self.passed) } else { bit(self.passed) }
            }
            Expression::Not(inner) => !self.holds(inner),
            Expression::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.holds(part)),
        }
    }

    fn each(&mut self, mut try_test: impl FnMut(&Test) -> Option<bool>) {
        let tests = self.tests;
        for (i, test) in tests.iter().enumerate() {
            if let Some(passed) = try_test(test) {
                self.note(i, passed);
            }
        }
    }
}

impl Test {
    fn passes(&self, field: Option<&Field>, value: &Value<'_>) -> bool {
        match &self.check {
            None => true,
            Some(check) => check.holds(field, value),
        }
    }
}

impl Check {
    fn holds(&self, field: Option<&Field>, value: &Value<'_>) -> bool {
        match self {
            Check::Compare(Comparison::Equal, literal) => equals(field, value, literal),
            Check::Compare(comparison, literal) => {
                let Some((a, b)) = order(value).zip(rank(literal)) else { return false };
                match comparison {
                    Comparison::Less => a < b,
                    Comparison::LessOrEqual => a <= b,
                    Comparison::Greater => a > b,
                    Comparison::GreaterOrEqual => a >= b,
                    Comparison::Equal => a == b,
                }
            }
            Check::In(set) => set.iter().any(|(low, high)| match low == high {
                true => equals(field, value, low),
                false => order(value)
                    .is_some_and(|v| rank(low).is_some_and(|low| low <= v) && rank(high).is_some_and(|high| v <= high)),
            }),
            Check::Contains(needle) => match *value {
                Value::Bytes(bytes) | Value::Text(bytes) => contains(bytes, needle),
                Value::Name(name) => contains(name.to_string().as_bytes(), needle),
                _ => false,
            },
            Check::Bits(bits) => number_of(value).is_some_and(|n| n & bits != 0),
        }
    }
}

pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    needle.is_empty() || bytes.windows(needle.len()).any(|window| window == needle)
}

fn number_of(value: &Value<'_>) -> Option<i128> {
    match *value {
        Value::Uint(n) => Some(n.into()),
        Value::Int(n) => Some(n.into()),
        Value::Bool(b) => Some(b.into()),
        Value::Checksum(n, _) => Some(n.into()),
        _ => None,
    }
}

/// Numbers and addresses in order. Negative numbers come first.
type Rank = (bool, u128);

fn rank_of_number(n: i128) -> Rank {
    (n >= 0, n as u128)
}

fn order(value: &Value<'_>) -> Option<Rank> {
    match *value {
        Value::Ipv4(a) => Some((true, u32::from(a).into())),
        Value::Ipv6(a) => Some((true, a.into())),
        _ => number_of(value).map(rank_of_number),
    }
}

fn rank(literal: &Literal) -> Option<Rank> {
    match *literal {
        Literal::Number(n) => Some(rank_of_number(n)),
        Literal::Address(IpAddr::V4(a), _) => Some((true, u32::from(a).into())),
        Literal::Address(IpAddr::V6(a), _) => Some((true, a.into())),
        _ => None,
    }
}

fn equals(field: Option<&Field>, value: &Value<'_>, literal: &Literal) -> bool {
    match (*value, literal) {
        (Value::Ipv4(a), Literal::Address(IpAddr::V4(b), prefix)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(*prefix)).unwrap_or(0);
            u32::from(a) & mask == u32::from(*b) & mask
        }
        (Value::Ipv6(a), Literal::Address(IpAddr::V6(b), prefix)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(*prefix)).unwrap_or(0);
            u128::from(a) & mask == u128::from(*b) & mask
        }
        (Value::Mac(a), Literal::Bytes(b)) => a.0[..] == b[..],
        (Value::Bytes(a) | Value::Text(a), Literal::Bytes(b)) => a == b,
        (Value::Text(a), Literal::Text(b)) => {
            let end = a.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            &a[..end] == b.as_bytes()
        }
        (Value::Name(name), Literal::Text(text)) => {
            name.to_string().eq_ignore_ascii_case(text.strip_suffix('.').unwrap_or(text))
        }
        // A number may be given by its name in the field's registry.
        (Value::Uint(_), Literal::Text(text)) => {
            field.and_then(|f| f.meaning(value)).is_some_and(|name| name.eq_ignore_ascii_case(text))
        }
        (_, Literal::Number(n)) => number_of(value) == Some(*n),
        _ => false,
    }
}

impl Visitor for Evaluation<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        self.each(|test| match &test.subject {
            Subject::Fields(names) if names.contains(&field.filter) => Some(test.passes(Some(field), &value)),
            Subject::Bit(name, mask) if *name == field.filter => {
                number_of(&value).map(|n| test.passes(None, &Value::Uint(u64::from(n & i128::from(*mask) != 0))))
            }
            Subject::Status(name) if *name == field.filter => match (value, &test.check) {
                (Value::Checksum(..), None) => Some(true),
                (Value::Checksum(_, state), Some(Check::Compare(_, Literal::Text(text)))) => {
                    let name = match state {
                        Checksum::Good => "good",
                        Checksum::Bad(_) => "bad",
                        Checksum::Absent => "absent",
                        Checksum::Unverifiable => "unverifiable",
                        Checksum::Offloaded => "offloaded",
                    };
                    Some(name.eq_ignore_ascii_case(text))
                }
                _ => None,
            },
            _ => None,
        });
    }

    fn open(&mut self, field: &'static Field, _: Span) {
        self.each(|test| match &test.subject {
            Subject::Fields(names) if test.check.is_none() && names.contains(&field.filter) => Some(true),
            _ => None,
        });
    }

    fn close(&mut self) {}
}

impl Sink for Evaluation<'_> {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.each(|test| match &test.subject {
            Subject::Protocol(protocols) if protocols.contains(&layer.proto) => Some(true),
            Subject::Length if layer.index == 0 => Some(test.passes(None, &Value::Uint(layer.context.wire_end.into()))),
            _ => None,
        });
    }

    fn issue(&mut self, issue: &Issue) {
        self.each(|test| match &test.subject {
            Subject::Issue => Some(test.passes(None, &Value::Text(issue.kind.identifier().as_bytes()))),
            Subject::OneOfIssues(identifiers) if identifiers.contains(&issue.kind.identifier()) => {
                Some(test.passes(None, &Value::Bool(true)))
            }
            Subject::IssueSeverity => Some(test.passes(None, &Value::Uint(issue.kind.severity() as u64))),
            Subject::Malformed if issue.kind.severity() == Severity::Error => Some(true),
            _ => None,
        });
    }

    fn end(&mut self, _: &ExaminedLayer<'_>) {}
}
