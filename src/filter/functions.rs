//! Functions and calculations: what they take and what they give.

use super::plan::Operand;
use super::syntax::Arithmetic;
use super::typed::Typed;
use super::types::Type;
use crate::wire::{nearest, the_nearest};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Length,
    Count,
    Upper,
    Lower,
    Written,
    Greatest,
    Least,
    Absolute,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("len", Function::Length),
    ("count", Function::Count),
    ("upper", Function::Upper),
    ("lower", Function::Lower),
    ("string", Function::Written),
    ("max", Function::Greatest),
    ("min", Function::Least),
    ("abs", Function::Absolute),
];

pub(super) fn unknown(name: &str) -> String {
    let known = || FUNCTIONS.iter().map(|(name, _)| *name);
    match nearest(name, known()) {
        Some(near) => format!("no function is called {name}{}", the_nearest(&near)),
        None => format!("no function is called {name}; there are {}", known().collect::<Vec<_>>().join(", ")),
    }
}

impl Function {
    pub(super) fn named(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Whether it takes so many arguments.
    pub(super) fn takes(self, count: usize) -> Result<(), String> {
        match self {
            Function::Greatest | Function::Least if count > 0 => Ok(()),
            Function::Greatest | Function::Least => Err("an argument was expected here".to_string()),
            _ if count == 1 => Ok(()),
            _ => Err("this function takes one argument".to_string()),
        }
    }

    /// The function of its arguments, which are of one type.
    pub(super) fn apply(self, arguments: Vec<Typed>) -> Result<Typed, String> {
        let is_calculated = |kind: Type| matches!(kind, Type::Number(..) | Type::Duration | Type::Milliseconds);
        let all = arguments.iter().map(|argument| argument.kind).reduce(Type::or);
        let name = arguments.first().map_or(String::new(), |first| first.name.clone());
        let kind = all.unwrap_or(Type::Mixed);
        let wrong = |wants: &str| Err(format!("{name} is {}; this function takes {wants}", kind.title()));
        let title = format!("the function of {name}");
        let (most, work) = (arguments.first().map_or(1, |first| first.most), arguments.iter().map(|a| a.work).max());
        let work = work.unwrap_or(0);
        let mut operands: Vec<Operand> = arguments.into_iter().map(|argument| argument.operand).collect();
        let one = |operands: &mut Vec<Operand>| Box::new(operands.remove(0));
        let typed = match self {
            Function::Count if matches!(kind, Type::Issue | Type::Severity | Type::Presence) => {
                return wrong("a field");
            }
            Function::Count => Typed::of(Operand::Count(one(&mut operands)), Type::Number(0, u32::MAX.into()), title),
            Function::Upper | Function::Lower if kind != Type::Text => return wrong("text"),
            Function::Upper => Typed::of(Operand::Upper(one(&mut operands)), kind, title).bounded(most, 0),
            Function::Lower => Typed::of(Operand::Lower(one(&mut operands)), kind, title).bounded(most, 0),
            Function::Absolute if !is_calculated(kind) => return wrong("a number"),
            Function::Absolute => {
                Typed::of(Operand::Absolute(one(&mut operands)), absolute(kind), title).bounded(most, 0)
            }
            Function::Greatest | Function::Least if !kind.is_ordered() => return wrong("values in order"),
            Function::Greatest => Typed::of(Operand::Greatest(operands), kind, title),
            Function::Least => Typed::of(Operand::Least(operands), kind, title),
            Function::Length | Function::Written => return wrong("the name of a field"),
        };
        let most = typed.most;
        Ok(typed.bounded(most, work))
    }
}

/// The least and the greatest number of a type.
fn range(kind: Type) -> (i128, i128) {
    match kind {
        Type::Number(least, most) => (least, most),
        _ => (0, 1),
    }
}

fn absolute(kind: Type) -> Type {
    match kind {
        Type::Number(least, most) => {
            let nearest = if least <= 0 && most >= 0 { 0 } else { least.abs().min(most.abs()) };
            Type::Number(nearest, least.abs().max(most.abs()))
        }
        other => other,
    }
}

/// The type of `-A`.
pub(super) fn negative(kind: Type) -> Type {
    match kind {
        Type::Number(least, most) => Type::Number(-most, -least),
        other => other,
    }
}

/// The type of a calculation with numbers.
fn number(operator: Arithmetic, left: Type, right: Type) -> Type {
    let ((a, b), (c, d)) = (range(left), range(right));
    let farthest = a.abs().max(b.abs());
    let (least, most) = match operator {
        Arithmetic::Add => (a.saturating_add(c), b.saturating_add(d)),
        Arithmetic::Subtract => (a.saturating_sub(d), b.saturating_sub(c)),
        Arithmetic::Multiply => {
            let corners = [a.saturating_mul(c), a.saturating_mul(d), b.saturating_mul(c), b.saturating_mul(d)];
            corners.iter().fold((i128::MAX, i128::MIN), |(least, most), n| (least.min(*n), most.max(*n)))
        }
        Arithmetic::Divide if a >= 0 && c >= 0 => (0, b),
        Arithmetic::Divide => (-farthest, farthest),
        Arithmetic::Remainder => (if a >= 0 { 0 } else { -farthest }, farthest),
        Arithmetic::And if a >= 0 && c >= 0 => (0, b.min(d)),
        Arithmetic::And => (i64::MIN.into(), u64::MAX.into()),
    };
    Type::Number(least.max(-i128::MAX), most)
}

/// The type of a calculation.
pub(super) fn calculated(operator: Arithmetic, left: &Typed, right: &Typed) -> Result<Type, String> {
    let (a, b) = (left.kind, right.kind);
    if a.is_number() && b.is_number() {
        return Ok(number(operator, a, b));
    }
    let has_bits = |kind: Type| matches!(kind, Type::Ipv4 | Type::Ipv6 | Type::Mac | Type::Bytes);
    match operator {
        Arithmetic::And if a == b && has_bits(a) => Ok(a),
        Arithmetic::Add | Arithmetic::Subtract if a == b && matches!(a, Type::Duration | Type::Milliseconds) => Ok(a),
        _ => Err(format!(
            "{} is {} and {} is {}: this cannot be worked out",
            left.name,
            a.title(),
            right.name,
            b.title()
        )),
    }
}
