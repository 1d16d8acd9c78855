//! What a filter is when it has been read.

use super::literal::Literal;
use super::subject::Subject;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// A combination of tests, each given by its index.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Test(usize),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) subject: Subject,
    /// Condition for one of the values; `None` tests for presence.
    pub(super) check: Option<Check>,
    /// The test is negated, but the subject must be present: `!=`.
    pub(super) none: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Check {
    Compare(Comparison, Literal),
    In(Vec<(Literal, Literal)>),
    Contains(Vec<u8>),
    Bits(i128),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
