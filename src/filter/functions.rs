//! Functions and calculations: what they take and what they give.

use super::plan::Operand;
use super::syntax::Arithmetic;
use super::typed::Typed;
use super::types::Type;
use crate::wire::nearest;
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
        Some(near) => format!("no function is called {name}; the nearest is {near}"),
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
        let is_calculated = |kind: Type| matches!(kind, Type::Number(..) | Type::Real | Type::Duration);
        let all = arguments.iter().map(|argument| argument.kind).reduce(Type::or);
        let name = arguments.first().map_or(String::new(), |first| first.name.clone());
        let kind = all.unwrap_or(Type::Mixed);
        let wrong = |wants: &str| Err(format!("{name} is {}; this function takes {wants}", kind.title()));
        let title = format!("the function of {name}");
        let mut operands: Vec<Operand> = arguments.into_iter().map(|argument| argument.operand).collect();
        let one = |operands: &mut Vec<Operand>| Box::new(operands.remove(0));
        Ok(match self {
            Function::Count if matches!(kind, Type::Issue | Type::Severity | Type::Presence) => {
                return wrong("a field");
            }
            Function::Count => Typed::of(Operand::Count(one(&mut operands)), Type::Number(0, u32::MAX.into()), title),
            Function::Upper | Function::Lower if kind != Type::Text => return wrong("text"),
            Function::Upper => Typed::of(Operand::Upper(one(&mut operands)), kind, title),
            Function::Lower => Typed::of(Operand::Lower(one(&mut operands)), kind, title),
            Function::Absolute if !is_calculated(kind) => return wrong("a number"),
            Function::Absolute => Typed::of(Operand::Absolute(one(&mut operands)), kind, title),
            Function::Greatest | Function::Least if !kind.is_ordered() => return wrong("values in order"),
            Function::Greatest => Typed::of(Operand::Greatest(operands), kind, title),
            Function::Least => Typed::of(Operand::Least(operands), kind, title),
            Function::Length | Function::Written => return wrong("the name of a field"),
        })
    }
}

/// The type of a calculation.
pub(super) fn calculated(operator: Arithmetic, left: &Typed, right: &Typed) -> Result<Type, String> {
    let (a, b) = (left.kind, right.kind);
    if a.is_number() && b.is_number() {
        return match operator {
            Arithmetic::And => Ok(Type::Number(0, u64::MAX.into())),
            _ => Ok(Type::Number(i64::MIN.into(), u64::MAX.into())),
        };
    }
    let has_bits = |kind: Type| matches!(kind, Type::Ipv4 | Type::Ipv6 | Type::Mac | Type::Bytes);
    match operator {
        Arithmetic::And if a == b && has_bits(a) => Ok(a),
        Arithmetic::Add | Arithmetic::Subtract if a == b && matches!(a, Type::Real | Type::Duration) => Ok(a),
        Arithmetic::Multiply | Arithmetic::Divide if a == b && a == Type::Real => Ok(a),
        _ => Err(format!(
            "{} is {} and {} is {}: this cannot be worked out",
            left.name,
            a.title(),
            right.name,
            b.title()
        )),
    }
}
