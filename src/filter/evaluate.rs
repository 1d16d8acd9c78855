//! Values of fields as filters have them, what calculations with them give, and whether they pass a check.

use super::datum::{Blob, Datum, contains, number_of};
use super::derived::Line;
use super::literal::{Constant, mask};
use super::plan::{Check, Comparison, Operand, SetMember};
use crate::wire::{Field, Unit, Value};
use core::fmt::Write;

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

/// Seconds between 1900 and 1970, or from 1970 to the beginning of NTP's second era.
const NTP_ERAS: [i128; 2] = [-2_208_988_800, 2_085_978_496];

/// A number under Wireshark's name.
fn scaled(field: &Field, number: i128) -> Datum<'static> {
    match field.unit {
        Unit::NtpTime => {
            // RFC 4330 §3: the highest bit is clear in the second era.
            let era = NTP_ERAS[usize::from(number >> 63 == 0)];
            let seconds = if number == 0 { 0 } else { (number >> 32) + era };
            Datum::Number(seconds * 1_000_000_000 + (((number & 0xffff_ffff) * 1_000_000_000) >> 32))
        }
        Unit::UnixTime => Datum::Number((number * 1_000_000_000) >> 16),
        _ => Datum::Number(number * i128::from(field.filter_scale())),
    }
}

/// Makes a value of a field into a datum.
pub(super) fn with_datum(field: &Field, value: &Value<'_>, own: bool, give: impl FnOnce(&Datum<'_>)) {
    match *value {
        Value::Mac(address) => give(&Datum::Bytes(Blob::short(&address.0))),
        Value::Ipv4(address) => give(&Datum::Bytes(Blob::short(&address.octets()))),
        Value::Ipv6(address) => give(&Datum::Bytes(Blob::short(&address.octets()))),
        Value::Bytes(bytes) => give(&Datum::bytes(bytes)),
        // Fixed fields of text are filled with zeros.
        Value::Text(text) => {
            let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            give(&Datum::bytes(&text[..end]));
        }
        Value::Name(name) => {
            let mut line = Line::default();
            let _ = match name.is_root() {
                true => line.write_str("<Root>"),
                false => write!(line, "{name}"),
            };
            give(&Datum::bytes(line.as_bytes()));
        }
        _ => {
            let number = number_of(value).unwrap_or(0);
            give(&if own { Datum::Number(number) } else { scaled(field, number) });
        }
    }
}
