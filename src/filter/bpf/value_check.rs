//! What a program checks of one value of a field, and the decisions for it.

use super::graph::{Base, Comparing, Graph, Load, LoadFrom, NodeId, Size};
use super::known_layer::{HeaderBits, KnownLayer};
use super::ranges::{self, BytesCondition, BytesTest};
use crate::filter::datum::Datum;
use crate::filter::derived::{Derived, DerivedBits};
use crate::filter::plan::{Check, Operand};
use crate::filter::syntax::Arithmetic;
use crate::filter::types::Type;
use crate::wire::Field;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// What is checked of a value.
#[derive(Debug)]
pub(super) enum ValueCheck {
    Known(bool),
    /// The number lies in one of these ranges.
    Number(Load, Vec<(u32, u32)>),
    /// One of these bits is set, or none.
    Bits {
        load: Load,
        bits: u32,
        is_set: bool,
    },
    /// Bytes from a place on, each with the bits that count.
    Bytes {
        base: Base,
        bytes: Vec<(u32, u8)>,
        test: BytesTest,
    },
}

/// What a program can do with a value.
pub(super) enum CheckedValue {
    /// The calculation has no result, so there is no value.
    NoValue,
    Check(ValueCheck),
    /// The check holds if the value is there and passes. It may not be there.
    CheckIfThere(ValueCheck),
    /// A program cannot check it.
    Cannot,
    /// The header may be cut or wrong, and is not read.
    Hidden,
}

/// A field of a layer under a name.
pub(super) struct NamedField<'l> {
    pub(super) layer: &'l KnownLayer,
    pub(super) place: HeaderBits,
    pub(super) kind: Type,
    /// The number of the filter is so many times that of the header.
    scale: i128,
    /// The bits of the field that the name stands for, if these are not all.
    bits: Option<u64>,
    /// The numbers with which it is there.
    present: RangeInclusive<u64>,
}

impl<'l> NamedField<'l> {
    /// A row of the header, or some of its bits. `is_own` is whether the name is packetsmith's own.
    pub(super) fn row(layer: &'l KnownLayer, field: &'static Field, bits: Option<u64>, is_own: bool) -> Self {
        let scale = if is_own || bits.is_some() { 1 } else { i128::from(field.filter_scale()) };
        let place = HeaderBits::of(field);
        NamedField { layer, place, kind: Type::of(field, is_own), scale, bits, present: 0..=u64::MAX }
    }

    /// Bits that have a name of their own. `None` if they are not always the same bits.
    pub(super) fn derived(layer: &'l KnownLayer, derived: &Derived) -> Option<Self> {
        let DerivedBits { first, end, present } = derived.bits()?;
        let place = HeaderBits { first: first.into(), end: end.into() };
        Some(NamedField { layer, place, kind: derived.kind, scale: 1, bits: None, present })
    }

    pub(super) fn check(&self, operand: &Operand, check: &Check) -> CheckedValue {
        match self.kind {
            Type::Number(0, _) | Type::Boolean => match self.number(operand, check) {
                Some(check) => check,
                None => CheckedValue::Cannot,
            },
            Type::Mac | Type::Ipv4 | Type::Ipv6 if self.bits.is_none() => self.bytes(operand, check),
            _ => CheckedValue::Cannot,
        }
    }

    /// What a test for the presence of the field asks.
    pub(super) fn presence(&self) -> CheckedValue {
        self.check(&Operand::PlanInput(0), &Check::Exists)
    }

    fn number(&self, operand: &Operand, check: &Check) -> Option<CheckedValue> {
        let all = (1_u64 << self.place.width()).checked_sub(1)?;
        // The bits of the field that count, and by how many the number is shifted right after that.
        let (bits, down) = match (operand, self.bits) {
            (Operand::PlanInput(_), None) => (all, 0),
            (Operand::PlanInput(_), Some(bits)) => (bits & all, bits.trailing_zeros()),
            (Operand::Calculation(Arithmetic::And, a, b), bits) => {
                let constant = match (&**a, &**b) {
                    (Operand::PlanInput(_), Operand::Constant(Datum::Number(number)))
                    | (Operand::Constant(Datum::Number(number)), Operand::PlanInput(_)) => {
                        u64::try_from(*number).ok()?
                    }
                    _ => return None,
                };
                match bits {
                    None if self.scale == 1 => (all & constant, 0),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let most = i128::from(bits >> down);
        let mut passing = ranges::unscaled(ranges::numbers(check, most * self.scale)?, self.scale);
        let is_optional = *self.present.start() > 0 || *self.present.end() < all;
        if let Some(number) = self.layer.found_number(self.place) {
            if !self.present.contains(&number.into()) {
                return Some(CheckedValue::NoValue);
            }
            let value = i128::from((u64::from(number) & bits) >> down);
            let passes = passing.iter().any(|(first, last)| (*first..=*last).contains(&value));
            return Some(CheckedValue::Check(ValueCheck::Known(passes)));
        }
        let place = self.layer.number_of(self.place)?;
        if is_optional {
            // Whether it is there is seen from all bits.
            if bits != all {
                return None;
            }
            let (first, last) = (i128::from(*self.present.start()), i128::from((*self.present.end()).min(all)));
            passing.iter_mut().for_each(|range| *range = (range.0.max(first), range.1.min(last)));
            passing.retain(|(first, last)| first <= last);
        }
        let mask = u32::try_from(bits << place.shift).ok()? & place.load.mask;
        let check = match passing[..] {
            [] => ValueCheck::Known(false),
            [(0, last)] if last == most => ValueCheck::Known(true),
            [(1, last)] if last == most => ValueCheck::Bits { load: place.load, bits: mask, is_set: true },
            [(0, 0)] if most.count_ones() == 1 => ValueCheck::Bits { load: place.load, bits: mask, is_set: false },
            _ => {
                let up = place.shift + down;
                let in_place = |&(first, last): &(i128, i128)| {
                    let end = if last == most { u32::MAX } else { ((last as u64) << up) as u32 };
                    (((first as u64) << up) as u32, end)
                };
                let load = if mask == all_of(place.load) { place.load } else { place.load.masked(mask) };
                ValueCheck::Number(load, passing.iter().map(in_place).collect())
            }
        };
        Some(if is_optional { CheckedValue::CheckIfThere(check) } else { CheckedValue::Check(check) })
    }

    fn bytes(&self, operand: &Operand, check: &Check) -> CheckedValue {
        let Some((base, at)) = self.layer.bytes_of(self.place) else { return CheckedValue::Cannot };
        let length = self.place.width() / 8;
        let bytes = match taken(operand, at..at + length) {
            Some(Some(bytes)) => bytes,
            Some(None) => return CheckedValue::NoValue,
            None => return CheckedValue::Cannot,
        };
        match ranges::bytes(check, bytes.len()) {
            Some(test) => CheckedValue::Check(ValueCheck::Bytes { base, bytes, test }),
            None => CheckedValue::Cannot,
        }
    }
}

/// All bits that a load can give.
fn all_of(load: Load) -> u32 {
    match load.from {
        LoadFrom::Bytes { size: Size::Byte, .. } => 0xff,
        LoadFrom::Bytes { size: Size::Half, .. } => 0xffff,
        _ => load.mask,
    }
}

/// The bytes that an operand takes of a field, each with the bits that count. `None` if it is no such operand, `Some(None)` if
/// it has no value.
fn taken(operand: &Operand, field: core::ops::Range<u32>) -> Option<Option<Vec<(u32, u8)>>> {
    match operand {
        Operand::PlanInput(_) => Some(Some(field.map(|at| (at, 0xff)).collect())),
        Operand::Slice(inner, parts) => {
            let Some(bytes) = taken(inner, field)? else { return Some(None) };
            let mut slice = Vec::new();
            for part in parts {
                let Some(range) = part.of(bytes.len()) else { return Some(None) };
                slice.extend_from_slice(&bytes[range]);
            }
            Some(Some(slice))
        }
        Operand::Calculation(Arithmetic::And, a, b) => {
            let (inner, Datum::Bytes(constant)) = (match (&**a, &**b) {
                (inner, Operand::Constant(constant)) | (Operand::Constant(constant), inner) => (inner, constant),
                _ => return None,
            }) else {
                return None;
            };
            let Some(mut bytes) = taken(inner, field)? else { return Some(None) };
            let constant = constant.as_slice();
            if constant.len() != bytes.len() {
                return Some(None);
            }
            bytes.iter_mut().zip(constant).for_each(|((_, bits), byte)| *bits &= byte);
            Some(Some(bytes))
        }
        _ => None,
    }
}

impl ValueCheck {
    /// The decisions of the check.
    pub(super) fn decide(&self, graph: &mut Graph, yes: NodeId, no: NodeId) -> NodeId {
        match self {
            ValueCheck::Known(true) => yes,
            ValueCheck::Known(false) => no,
            ValueCheck::Number(load, ranges) => graph.is_in(*load, ranges, yes, no),
            ValueCheck::Bits { load, bits, is_set } => {
                let (yes, no) = if *is_set { (yes, no) } else { (no, yes) };
                graph.decide(*load, Comparing::Bits(*bits), yes, no)
            }
            ValueCheck::Bytes { base, bytes, test } => {
                let words = words(*base, bytes);
                let (yes, no) = if test.is_reversed { (no, yes) } else { (yes, no) };
                let of = |no, condition: &BytesCondition| condition.decide(graph, &words, yes, no);
                test.any_of.iter().rev().fold(no, of)
            }
        }
    }
}

/// A part of bytes that one instruction loads, and which of the bytes they are.
struct Word {
    load: Load,
    range: core::ops::Range<usize>,
}

/// Takes bytes that follow each other together, four, two or one of them.
fn words(base: Base, bytes: &[(u32, u8)]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = 0;
    while let Some(&(at, _)) = bytes.get(start) {
        let together = bytes[start..].iter().zip(at..).take_while(|((found, _), at)| found == at).count();
        let (size, length) = match together {
            4.. => (Size::Word, 4),
            2 | 3 => (Size::Half, 2),
            _ => (Size::Byte, 1),
        };
        let range = start..start + length;
        let all = u32::MAX >> (32 - 8 * length);
        let mask = bytes[range.clone()].iter().fold(0, |mask, (_, bits)| mask << 8 | u32::from(*bits));
        let load = Load::all(LoadFrom::Bytes { base, at, size });
        words.push(Word { load: if mask == all { load } else { load.masked(mask) }, range });
        start += length;
    }
    words
}

/// The number of some bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

impl BytesCondition {
    fn decide(&self, graph: &mut Graph, words: &[Word], yes: NodeId, no: NodeId) -> NodeId {
        let part = |bytes: &[u8], word: &Word| bytes.get(word.range.clone()).map_or(0, number);
        match self {
            BytesCondition::Always => yes,
            BytesCondition::Set => words.iter().rev().fold(no, |rest, word| {
                graph.decide(Load { mask: u32::MAX, ..word.load }, Comparing::Bits(word.load.mask), yes, rest)
            }),
            BytesCondition::Same { bytes, mask } => {
                let is_outside = bytes.iter().zip(mask).any(|(byte, mask)| byte & !mask != 0);
                let same = words.iter().rev().fold(yes, |rest, word| {
                    let (wanted, counts) = (part(bytes, word), part(mask, word));
                    if counts == 0 {
                        return rest;
                    }
                    let is_all = counts == u32::MAX >> (32 - 8 * word.range.len());
                    let load = if is_all { word.load } else { word.load.masked(word.load.mask & counts) };
                    graph.decide(load, Comparing::Equal(wanted), rest, no)
                });
                if is_outside { no } else { same }
            }
            BytesCondition::AtLeast(bytes) => words.iter().rev().enumerate().fold(yes, |rest, (from_end, word)| {
                let least = part(bytes, word);
                if from_end == 0 {
                    return graph.decide(word.load, Comparing::GreaterOrEqual(least), yes, no);
                }
                let equal = graph.decide(word.load, Comparing::Equal(least), rest, no);
                graph.decide(word.load, Comparing::Greater(least), yes, equal)
            }),
            BytesCondition::AtMost(bytes) => words.iter().rev().enumerate().fold(yes, |rest, (from_end, word)| {
                let most = part(bytes, word);
                if from_end == 0 {
                    return graph.decide(word.load, Comparing::Greater(most), no, yes);
                }
                let equal = graph.decide(word.load, Comparing::Equal(most), rest, yes);
                graph.decide(word.load, Comparing::Greater(most), no, equal)
            }),
            BytesCondition::Between(first, last) => {
                let below_end = BytesCondition::AtMost(last.clone()).decide(graph, words, yes, no);
                BytesCondition::AtLeast(first.clone()).decide(graph, words, below_end, no)
            }
        }
    }
}

/// A check that every value passes, for what is there.
pub(super) const IS_THERE: CheckedValue = CheckedValue::Check(ValueCheck::Known(true));
