//! What calculations give, and whether a value passes a check.

use super::datum::{Datum, contains};
use super::literal::{Constant, mask};
use super::plan::{Check, Comparison, Operand, SetMember};

impl Operand {
    /// The operand, worked out of one value of its only input.
    pub(super) fn of<'v>(&'v self, value: &'v Datum<'_>) -> Option<Datum<'v>> {
        Some(match self {
            Operand::PlanInput(_) => value.borrowed(),
            Operand::Constant(constant) => constant.borrowed(),
            Operand::Slice(inner, ranges) => inner.of(value)?.slice(ranges)?,
            Operand::Upper(inner) => inner.of(value)?.upper(),
            Operand::Lower(inner) => inner.of(value)?.lower(),
            Operand::Absolute(inner) => inner.of(value)?.absolute()?,
            Operand::Negative(inner) => inner.of(value)?.negative()?,
            Operand::Calculation(operator, a, b) => a.of(value)?.calculate(*operator, &b.of(value)?)?,
            Operand::Count(_) | Operand::Least(_) | Operand::Greatest(_) => return None,
        })
    }
}

impl Check {
    /// Whether a value passes.
    pub(super) fn holds(&self, value: &Datum<'_>) -> bool {
        match self {
            Check::Exists => true,
            Check::Set => value.is_set(),
            Check::Compare(comparison, constant) => constant.compares(*comparison, value),
            Check::In(members) => members.iter().any(|member| member.has(value)),
            Check::Contains(needle) => contains(value.as_bytes(), needle),
            #[cfg(feature = "regex")]
            Check::Matches(regex) => regex.is_match(value.as_bytes()),
            Check::Pair(..) | Check::PairContains(_) => false,
        }
    }
}

impl SetMember {
    /// Whether it has values of the packet.
    pub(super) fn has_values(&self) -> bool {
        matches!(self, SetMember::Same(_) | SetMember::Between(..))
    }

    /// Whether a value is in it. Never if it has values of the packet: these are known at the end.
    pub(super) fn has(&self, value: &Datum<'_>) -> bool {
        match self {
            SetMember::One(constant) => constant.compares(Comparison::Equal, value),
            SetMember::Range(low, high) => value.order(low).is_ge() && value.order(high).is_le(),
            SetMember::Same(_) | SetMember::Between(..) => false,
        }
    }
}

impl Constant {
    /// The value. None if it is a network.
    pub(super) fn datum(&self) -> Option<&Datum<'static>> {
        match self {
            Constant::Datum(datum) => Some(datum),
            Constant::Network(..) => None,
        }
    }

    fn compares(&self, comparison: Comparison, value: &Datum<'_>) -> bool {
        match self {
            Constant::Datum(constant) => comparison.holds(value.order(constant)),
            Constant::Network(network, bits) => {
                let Datum::Bytes(bytes) = value else { return false };
                let mut masked = [0; 16];
                let Some(part) = masked.get_mut(..bytes.as_slice().len()) else { return false };
                part.copy_from_slice(bytes.as_slice());
                mask(part, *bits);
                comparison.holds((*part).cmp(network.as_slice()))
            }
        }
    }
}

impl Comparison {
    pub(super) fn holds(self, order: core::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => order.is_eq(),
            Comparison::Different => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
        }
    }
}
