//! How many values a packet can give a name, so that a calculation with two of them has bounds.
//!
//! A packet chooses how many values there are. A calculation with two names has a result for each pair of their values.

use super::names::FilterNames;
use super::plan::{Check, Comparison, Operand};
use super::reference::{FrameField, ValueSource};
use super::syntax::Arithmetic;
use crate::layer::MAX_LAYERS;
use crate::proto::Proto;

/// Most results of a calculation that are worked out. The worst packet takes a second.
pub(super) const MOST_RESULTS: u64 = 1 << 24;

/// Most results of a calculation that a column lists.
pub(super) const MOST_LISTED: u64 = 1 << 16;

/// Most values of options and records. A packet with more has a length that few links have.
const MOST_ITEMS: u64 = 1 << 16;

/// Most values of a protocol that carries no other one: it is the last layer, or an error quotes it.
const MOST_OF_LAST: u64 = 64;

/// Protocols that carry data and no other protocol.
pub(super) const LAST: &[Proto] = &[
    Proto::Igmp,
    #[cfg(feature = "applications")]
    Proto::Dns,
    #[cfg(feature = "applications")]
    Proto::Dhcp,
    #[cfg(feature = "applications")]
    Proto::Dhcpv6,
    #[cfg(feature = "applications")]
    Proto::Ntp,
    #[cfg(feature = "applications")]
    Proto::NtpControl,
    #[cfg(feature = "applications")]
    Proto::NtpPrivate,
    #[cfg(feature = "applications")]
    Proto::Tftp,
    #[cfg(feature = "applications")]
    Proto::Snmp,
    #[cfg(feature = "applications")]
    Proto::Radius,
    #[cfg(feature = "applications")]
    Proto::Http,
    Proto::Data,
];

/// Most values of a field of this protocol: of a row of its header, or of a part that can be there several times.
fn most_of(proto: Proto, is_row: bool) -> u64 {
    match proto {
        // A header has 40 bytes of options at most.
        Proto::Tcp => MOST_OF_LAST,
        proto if is_row && LAST.contains(&proto) => MOST_OF_LAST,
        _ if is_row => MAX_LAYERS as u64,
        _ => MOST_ITEMS,
    }
}

impl ValueSource {
    /// How many values a packet can give it.
    pub(super) fn most_values(&self, names: FilterNames<'_>) -> u64 {
        match self {
            ValueSource::Frame(FrameField::Comment) => MOST_ITEMS,
            ValueSource::Frame(_) => 1,
            ValueSource::Protocol(proto) | ValueSource::Selected(proto, _) => most_of(*proto, true),
            ValueSource::Flow(_) => MAX_LAYERS as u64,
            // Four blocks fit in a header.
            ValueSource::SackEdge(..) => 4 * MAX_LAYERS as u64,
            ValueSource::Derived(derived) => most_of(derived.proto, !matches!(derived.proto.name(), "dhcp" | "tls")),
            _ if self.is_of_fields() => {
                let fields = names.all_fields().filter(|(proto, field)| self.shows(*proto, field));
                let is_row = |proto: Proto, name: &str| proto.fields().iter().any(|row| row.name == name);
                fields.map(|(proto, field)| most_of(proto, is_row(proto, field.name))).max().unwrap_or(0)
            }
            // Issues, and what is said of them.
            _ => MOST_ITEMS,
        }
    }
}

impl Check {
    /// Whether the least and the greatest value of a sum answer it.
    pub(super) fn asks_for_order(&self) -> bool {
        match self {
            Check::Pair(comparison, other) => comparison.is_of_order() && other.is_sum(),
            Check::Compare(comparison, constant) => comparison.is_of_order() && constant.datum().is_some(),
            _ => false,
        }
    }
}

impl Comparison {
    /// Whether it asks which value is greater.
    pub(super) fn is_of_order(self) -> bool {
        !matches!(self, Comparison::Equal | Comparison::Different)
    }
}

impl Operand {
    /// Whether it is a sum or difference: its least value is known from the least and greatest of its parts.
    pub(super) fn is_sum(&self) -> bool {
        match self {
            Operand::PlanInput(_) | Operand::Constant(_) => true,
            Operand::Negative(inner) => inner.is_sum(),
            Operand::Calculation(Arithmetic::Add | Arithmetic::Subtract, a, b) => a.is_sum() && b.is_sum(),
            _ => false,
        }
    }
}
