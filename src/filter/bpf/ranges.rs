//! What a test says of a value, as numbers that pass or bytes that must be there.

use crate::filter::datum::Datum;
use crate::filter::literal::Constant;
use crate::filter::plan::{Check, Comparison, SetMember};
use alloc::vec::Vec;

/// Numbers from the first to the second, both included.
pub(super) type Range = (i128, i128);

/// The values that pass a comparison with a number.
fn passing(comparison: Comparison, number: i128, most: i128) -> Vec<Range> {
    match comparison {
        Comparison::Equal => Vec::from([(number, number)]),
        Comparison::Different => Vec::from([(0, number - 1), (number + 1, most)]),
        Comparison::Less => Vec::from([(0, number - 1)]),
        Comparison::LessOrEqual => Vec::from([(0, number)]),
        Comparison::Greater => Vec::from([(number + 1, most)]),
        Comparison::GreaterOrEqual => Vec::from([(number, most)]),
    }
}

/// The numbers from 0 to `most` that pass a test: ranges in order that do not meet. `None` if it is no test of numbers.
pub(super) fn numbers(check: &Check, most: i128) -> Option<Vec<Range>> {
    let mut ranges = match check {
        Check::Exists => Vec::from([(0, most)]),
        Check::Set => Vec::from([(1, most)]),
        Check::Compare(comparison, Constant::Datum(Datum::Number(number))) => passing(*comparison, *number, most),
        Check::In(members) => members.iter().map(member).collect::<Option<_>>()?,
        _ => return None,
    };
    ranges.iter_mut().for_each(|(first, last)| (*first, *last) = ((*first).max(0), (*last).min(most)));
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    let mut apart: Vec<Range> = Vec::new();
    for (first, last) in ranges {
        match apart.last_mut() {
            Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
            _ => apart.push((first, last)),
        }
    }
    Some(apart)
}

fn member(member: &SetMember) -> Option<Range> {
    match member {
        SetMember::One(Constant::Datum(Datum::Number(number))) => Some((*number, *number)),
        SetMember::Range(Datum::Number(first), Datum::Number(last)) => Some((*first, *last)),
        _ => None,
    }
}

/// Ranges of numbers that are `scale` times those of the header.
pub(super) fn unscaled(ranges: Vec<Range>, scale: i128) -> Vec<Range> {
    let of_header = ranges.into_iter().map(|(first, last)| ((first + scale - 1) / scale, last / scale));
    of_header.filter(|(first, last)| first <= last).collect()
}

/// What bytes must be like to pass: one of these holds, or none of them if it says so.
#[derive(Debug)]
pub(super) struct BytesTest {
    pub(super) any_of: Vec<BytesCondition>,
    pub(super) is_reversed: bool,
}

#[derive(Debug)]
pub(super) enum BytesCondition {
    /// The bytes under this mask are these.
    Same {
        bytes: Vec<u8>,
        mask: Vec<u8>,
    },
    /// They are at least these in order, of the same length.
    AtLeast(Vec<u8>),
    /// They lie between these in order, both included.
    Between(Vec<u8>, Vec<u8>),
    /// They are at most these in order.
    AtMost(Vec<u8>),
    /// A bit is set.
    Set,
    Always,
}

/// The test of `length` bytes. `None` if it is another one.
pub(super) fn bytes(check: &Check, length: usize) -> Option<BytesTest> {
    let of = |any_of, is_reversed| Some(BytesTest { any_of, is_reversed });
    let one = |condition, is_reversed| of(Vec::from([condition]), is_reversed);
    match check {
        Check::Exists => one(BytesCondition::Always, false),
        Check::Set => one(BytesCondition::Set, false),
        Check::Compare(comparison @ (Comparison::Equal | Comparison::Different), constant) => {
            of(same(constant, length)?.into_iter().collect(), *comparison == Comparison::Different)
        }
        Check::Compare(comparison, Constant::Datum(Datum::Bytes(blob))) if blob.as_slice().len() == length => {
            let bytes = blob.as_slice().to_vec();
            match comparison {
                Comparison::GreaterOrEqual => one(BytesCondition::AtLeast(bytes), false),
                Comparison::Less => one(BytesCondition::AtLeast(bytes), true),
                Comparison::LessOrEqual => one(BytesCondition::AtMost(bytes), false),
                _ => one(BytesCondition::AtMost(bytes), true),
            }
        }
        Check::In(members) => {
            let mut any_of = Vec::new();
            for member in members {
                match member {
                    SetMember::One(constant) => any_of.extend(same(constant, length)?),
                    SetMember::Range(Datum::Bytes(first), Datum::Bytes(last)) => {
                        let (first, last) = (first.as_slice(), last.as_slice());
                        if first.len() != length || last.len() != length {
                            return None;
                        }
                        any_of.push(BytesCondition::Between(first.to_vec(), last.to_vec()));
                    }
                    _ => return None,
                }
            }
            of(any_of, false)
        }
        _ => None,
    }
}

/// Equality with a constant. Bytes of another length are never equal.
fn same(constant: &Constant, length: usize) -> Option<Option<BytesCondition>> {
    match constant {
        Constant::Datum(Datum::Bytes(blob)) if blob.as_slice().len() == length => {
            let bytes = blob.as_slice().to_vec();
            Some(Some(BytesCondition::Same { bytes, mask: alloc::vec![0xff; length] }))
        }
        Constant::Datum(Datum::Bytes(_)) => Some(None),
        Constant::Network(blob, bits) if blob.as_slice().len() == length => {
            let mut mask = alloc::vec![0xff; length];
            crate::filter::literal::mask(&mut mask, *bits);
            Some(Some(BytesCondition::Same { bytes: blob.as_slice().to_vec(), mask }))
        }
        _ => None,
    }
}
