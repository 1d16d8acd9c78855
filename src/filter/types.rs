//! Types of values, which are checked when a filter is parsed.

use crate::flow::FlowKind;
use crate::wire::{Field, Kind, Registry, Unit};

/// The type of a name, a value or a calculation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Type {
    /// A number from the first to the second.
    Number(i128, i128),
    Boolean,
    /// Nanoseconds, written as seconds.
    Duration,
    /// Nanoseconds, written as milliseconds.
    Milliseconds,
    /// Nanoseconds since 1970.
    Time,
    Ipv4,
    Ipv6,
    Mac,
    Bytes,
    Text,
    /// The bytes of a protocol: its header and what it carries.
    Protocol,
    /// The identifier of an issue.
    Issue,
    Severity,
    /// It is there or not, and has no value.
    Presence,
    /// Values of several types.
    Mixed,
}

/// Numbers that have names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Names {
    Registry(&'static Registry),
    Table(&'static [(u64, &'static str)]),
}

impl Names {
    /// The number with this name, in any case.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        let entries = self.entries();
        entries.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(number, _)| *number)
    }

    pub(super) fn entries(&self) -> &'static [(u64, &'static str)] {
        match self {
            Names::Registry(registry) => registry.entries,
            Names::Table(table) => table,
        }
    }
}

/// Results of verifying a checksum, with Wireshark's numbers and names, and packetsmith's own words.
pub(super) const STATUS: Names = Names::Table(&[
    (0, "bad"),
    (1, "good"),
    (2, "unverified"),
    (2, "unverifiable"),
    (3, "not present"),
    (3, "absent"),
    (4, "illegal"),
    (5, "offloaded"),
]);

impl Type {
    /// The type of what the analysis of a conversation gives.
    pub(super) fn of_flow(kind: FlowKind) -> Self {
        match kind {
            FlowKind::Number => Type::Number(0, u32::MAX.into()),
            FlowKind::Signed => Type::Number(i32::MIN.into(), i32::MAX.into()),
            FlowKind::Packet => Type::Number(0, u64::MAX.into()),
            FlowKind::Duration => Type::Duration,
            FlowKind::Milliseconds => Type::Milliseconds,
            FlowKind::Found | FlowKind::AnyFound => Type::Presence,
        }
    }

    /// The type of a field: under its Wireshark name, or under its own, which gives the number as it is in the header.
    pub(super) fn of(field: &Field, own: bool) -> Self {
        let bits = u32::from(field.width());
        let scale = if own { 1 } else { i128::from(field.filter_scale()) };
        let unsigned = |bits: u32| Type::Number(0, ((1 << if bits == 0 { 64 } else { bits.min(64) }) - 1) * scale);
        match field.item_kind() {
            _ if !own && matches!(field.unit, Unit::NtpTime | Unit::UnixTime) => Type::Time,
            Kind::Bool => Type::Boolean,
            Kind::Int => {
                let half = 1 << (if bits == 0 { 64 } else { bits.min(64) } - 1);
                Type::Number(-half, half - 1)
            }
            Kind::Little => unsigned(32),
            Kind::Checksum => unsigned(16),
            Kind::Uint | Kind::Named(_) | Kind::Flags(_) => unsigned(bits),
            Kind::Mac => Type::Mac,
            Kind::Ipv4 => Type::Ipv4,
            Kind::Ipv6 => Type::Ipv6,
            Kind::Text | Kind::Name => Type::Text,
            Kind::Bytes | Kind::Group | Kind::List(_) => Type::Bytes,
        }
    }

    /// The type of values of either type.
    pub(super) fn or(self, other: Type) -> Type {
        match (self, other) {
            (a, b) if a == b => a,
            (Type::Number(a, b), Type::Number(c, d)) => Type::Number(a.min(c), b.max(d)),
            (number @ Type::Number(..), Type::Boolean) | (Type::Boolean, number @ Type::Number(..)) => number,
            (Type::Bytes | Type::Mac, Type::Bytes | Type::Mac) => Type::Bytes,
            // A number has bytes too.
            (Type::Bytes, Type::Number(..)) | (Type::Number(..), Type::Bytes) => Type::Bytes,
            _ => Type::Mixed,
        }
    }

    /// What the type is called in messages.
    pub(super) fn title(self) -> &'static str {
        match self {
            Type::Number(..) => "a number",
            Type::Boolean => "true or false",
            Type::Duration => "a number of seconds",
            Type::Milliseconds => "a number of milliseconds",
            Type::Time => "a time",
            Type::Ipv4 => "an IPv4 address",
            Type::Ipv6 => "an IPv6 address",
            Type::Mac => "a MAC address",
            Type::Bytes => "bytes",
            Type::Text => "text",
            Type::Protocol => "a protocol",
            Type::Issue => "an issue",
            Type::Severity => "a severity",
            Type::Presence => "without a value",
            Type::Mixed => "values of several types",
        }
    }

    /// How many different values there are.
    pub(super) fn count(self) -> u64 {
        match self {
            Type::Number(least, most) => u64::try_from(most - least).unwrap_or(u64::MAX).saturating_add(1),
            Type::Boolean => 2,
            Type::Severity => 3,
            _ => u64::MAX,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Type::Number(..) | Type::Boolean | Type::Severity)
    }

    /// Whether a value is bytes, of which slices can be taken.
    pub(super) fn has_bytes(self) -> bool {
        matches!(self, Type::Ipv4 | Type::Ipv6) || self.is_searched()
    }

    /// Whether `contains` and `matches` search it.
    pub(super) fn is_searched(self) -> bool {
        matches!(self, Type::Mac | Type::Bytes | Type::Text | Type::Protocol)
    }

    /// Whether `<` and the like compare it.
    pub(super) fn is_ordered(self) -> bool {
        !matches!(self, Type::Presence | Type::Mixed | Type::Issue)
    }

    /// Whether values of both types can be compared with each other.
    pub(super) fn compares_with(self, other: Type) -> bool {
        self.is_number() && other.is_number()
            || self.is_searched() && other.is_searched()
            || self == other && self.is_ordered()
    }
}
