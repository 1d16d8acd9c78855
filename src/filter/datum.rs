//! Values while a filter runs: numbers, and bytes in order.

use super::syntax::{Arithmetic, SliceEnd, SliceRange};
use crate::wire::Value;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A value. The type that was found when the filter was parsed says what the number or the bytes mean; the bytes of
/// addresses and text are ordered as the addresses and the text are.
#[derive(Clone, Debug)]
pub(super) enum Datum<'v> {
    /// A number, a truth value, or nanoseconds.
    Number(i128),
    Bytes(Blob<'v>),
}

/// Bytes of a frame, or a few bytes that stand in no frame.
#[derive(Clone, Debug)]
pub(super) enum Blob<'v> {
    Borrowed(&'v [u8]),
    Short([u8; 16], u8),
    Owned(Vec<u8>),
}

/// The number of a value.
pub(super) fn number_of(value: &Value<'_>) -> Option<i128> {
    match *value {
        Value::Uint(number) => Some(number.into()),
        Value::Int(number) => Some(number.into()),
        Value::Bool(set) => Some(set.into()),
        Value::Checksum(number, _) => Some(number.into()),
        _ => None,
    }
}

impl<'v> Blob<'v> {
    pub(super) fn short(bytes: &[u8]) -> Self {
        let mut short = [0; 16];
        match short.get_mut(..bytes.len()) {
            Some(part) => {
                part.copy_from_slice(bytes);
                Blob::Short(short, bytes.len() as u8)
            }
            None => Blob::Owned(bytes.to_vec()),
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Blob::Borrowed(bytes) => bytes,
            Blob::Short(bytes, length) => &bytes[..usize::from(*length)],
            Blob::Owned(bytes) => bytes,
        }
    }

    fn borrowed(&self) -> Blob<'_> {
        match self {
            Blob::Short(bytes, length) => Blob::Short(*bytes, *length),
            other => Blob::Borrowed(other.as_slice()),
        }
    }

    fn changed(&self, change: fn(&u8) -> u8) -> Blob<'static> {
        match self.as_slice() {
            bytes if bytes.len() <= 16 => {
                let mut short = [0; 16];
                short.iter_mut().zip(bytes).for_each(|(to, from)| *to = change(from));
                Blob::Short(short, bytes.len() as u8)
            }
            bytes => Blob::Owned(bytes.iter().map(change).collect()),
        }
    }
}

impl<'v> Datum<'v> {
    pub(super) fn bytes(bytes: &'v [u8]) -> Self {
        Datum::Bytes(Blob::Borrowed(bytes))
    }

    pub(super) fn borrowed(&self) -> Datum<'_> {
        match self {
            Datum::Number(number) => Datum::Number(*number),
            Datum::Bytes(bytes) => Datum::Bytes(bytes.borrowed()),
        }
    }

    pub(super) fn into_owned(self) -> Datum<'static> {
        match self {
            Datum::Number(number) => Datum::Number(number),
            Datum::Bytes(Blob::Owned(bytes)) => Datum::Bytes(Blob::Owned(bytes)),
            Datum::Bytes(bytes) => Datum::Bytes(Blob::short(bytes.as_slice())),
        }
    }

    /// The bytes. None for numbers.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Datum::Bytes(bytes) => bytes.as_slice(),
            _ => &[],
        }
    }

    /// Compares two values of the same type.
    pub(super) fn order(&self, other: &Datum<'_>) -> Ordering {
        match (self, other) {
            (Datum::Number(a), Datum::Number(b)) => a.cmp(b),
            (a, b) => a.as_bytes().cmp(b.as_bytes()),
        }
    }

    /// Tells whether a number is not zero, or a bit of the bytes is set.
    pub(super) fn is_set(&self) -> bool {
        match self {
            Datum::Number(number) => *number != 0,
            Datum::Bytes(bytes) => bytes.as_slice().iter().any(|byte| *byte != 0),
        }
    }

    pub(super) fn upper(&self) -> Datum<'static> {
        self.changed(u8::to_ascii_uppercase)
    }

    pub(super) fn lower(&self) -> Datum<'static> {
        self.changed(u8::to_ascii_lowercase)
    }

    fn changed(&self, change: fn(&u8) -> u8) -> Datum<'static> {
        match self {
            Datum::Bytes(bytes) => Datum::Bytes(bytes.changed(change)),
            other => other.clone().into_owned(),
        }
    }

    pub(super) fn absolute(self) -> Option<Self> {
        Some(match self {
            Datum::Number(number) => Datum::Number(number.checked_abs()?),
            other => other,
        })
    }

    pub(super) fn negative(self) -> Option<Self> {
        Some(match self {
            Datum::Number(number) => Datum::Number(number.checked_neg()?),
            other => other,
        })
    }

    /// The parts of the bytes, one after the other. None if a part begins or ends outside of them.
    pub(super) fn slice(self, ranges: &[SliceRange]) -> Option<Self> {
        let length = self.as_bytes().len();
        if let [range] = ranges {
            let range = range.of(length)?;
            return Some(Datum::Bytes(match self {
                Datum::Bytes(Blob::Borrowed(bytes)) => Blob::Borrowed(&bytes[range]),
                other => Blob::short(&other.as_bytes()[range]),
            }));
        }
        let mut parts = Vec::new();
        for range in ranges {
            // No more than the bytes themselves, whatever the parts are.
            let part = &self.as_bytes()[range.of(length)?];
            parts.extend_from_slice(part);
        }
        Some(Datum::Bytes(Blob::Owned(parts)))
    }

    /// The result of a calculation. None if there is none: a division by zero, or bytes of different lengths.
    pub(super) fn calculate(&self, operator: Arithmetic, other: &Datum<'_>) -> Option<Datum<'static>> {
        match (self, other) {
            (Datum::Number(a), Datum::Number(b)) => {
                let result = match operator {
                    Arithmetic::Add => a.checked_add(*b),
                    Arithmetic::Subtract => a.checked_sub(*b),
                    Arithmetic::Multiply => a.checked_mul(*b),
                    Arithmetic::Divide => a.checked_div(*b),
                    Arithmetic::Remainder => a.checked_rem(*b),
                    Arithmetic::And => Some(a & b),
                };
                result.map(Datum::Number)
            }
            (Datum::Bytes(a), Datum::Bytes(b)) if operator == Arithmetic::And => {
                let (a, b) = (a.as_slice(), b.as_slice());
                if a.len() != b.len() {
                    return None;
                }
                let mut short = [0; 16];
                if a.len() > short.len() {
                    return Some(Datum::Bytes(Blob::Owned(a.iter().zip(b).map(|(a, b)| a & b).collect())));
                }
                short.iter_mut().zip(a.iter().zip(b)).for_each(|(to, (a, b))| *to = a & b);
                Some(Datum::Bytes(Blob::Short(short, a.len() as u8)))
            }
            _ => None,
        }
    }
}

impl SliceRange {
    /// The bytes of a value of this length. None if they are not all there.
    pub(super) fn of(&self, length: usize) -> Option<core::ops::Range<usize>> {
        let offset = |at: i64| match at {
            0.. => usize::try_from(at).ok(),
            _ => length.checked_sub(usize::try_from(at.unsigned_abs()).ok()?),
        };
        let start = offset(self.start).filter(|start| *start < length)?;
        let end = match self.end {
            SliceEnd::Length(count) => start.checked_add(usize::try_from(count).ok()?)?,
            SliceEnd::Last(last) => offset(last)?.checked_add(1)?,
            SliceEnd::Open => length,
        };
        (start < end && end <= length).then_some(start..end)
    }
}

/// Tells whether `needle` is in `bytes`.
pub(super) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    let Some(last) = bytes.len().checked_sub(needle.len()) else { return false };
    (0..=last).any(|at| bytes[at] == *first && bytes[at + 1..at + needle.len()] == *rest)
}
