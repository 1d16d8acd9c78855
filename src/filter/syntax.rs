//! What a filter says, before the names in it are looked up.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// A combination of tests.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Relation(Relation),
    /// A name alone asks whether it is there; a calculation, whether it is not zero.
    Alone(Term),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// An odd number of them.
    Xor(Vec<Condition>),
}

/// A comparison.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// `any` or `all` before the comparison.
    pub(super) quantifier: Option<Quantifier>,
    pub(super) left: Term,
    pub(super) operator: Operator,
    /// Where the operator is.
    pub(super) at: usize,
    pub(super) right: Right,
}

#[derive(Clone, Debug)]
pub(super) enum Right {
    Term(Term),
    /// Members of a set: single ones, or ranges.
    Set(Vec<(Term, Option<Term>)>),
}

/// How many of a field's values must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quantifier {
    Any,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    /// `!=`: all values differ.
    AllDiffer,
    /// `===`: all values are equal.
    AllEqual,
    /// `!==`: a value differs.
    AnyDiffers,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    Matches,
    In,
    NotIn,
}

/// A part of a comparison, and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) at: usize,
    pub(super) kind: TermKind,
}

#[derive(Clone, Debug)]
pub(super) enum TermKind {
    /// A name or a value: what it is depends on what it is compared with.
    Word(String),
    Quoted(Vec<u8>),
    Character(u8),
    /// A name with the layers in which it is looked for, counted from 1, or from -1 backwards.
    InLayers(String, Vec<SliceRange>),
    /// `@`: the bytes of a field.
    Raw(Box<Term>),
    Slice(Box<Term>, Vec<SliceRange>),
    Call(String, Vec<Term>),
    Negative(Box<Term>),
    Calculation(Arithmetic, Box<Term>, Box<Term>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    And,
}

/// A part of a slice, or some layers: from an offset, which counts from the end if it is negative, up to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SliceRange {
    pub(super) start: i64,
    pub(super) end: SliceEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SliceEnd {
    /// So many bytes.
    Length(u32),
    /// Up to this offset, included.
    Last(i64),
    /// Up to the end.
    Open,
}
