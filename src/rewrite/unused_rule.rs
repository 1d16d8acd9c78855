//! Rules that were for nothing in any packet.

use super::field_change::FieldChange;
use super::mappings::{MacMapping, PortMapping, PrefixMapping};
use core::fmt;

/// A rule that was for no address, port or field of a packet so far.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum UnusedRule<'r> {
    /// A field that no packet has.
    Set(&'r FieldChange),
    /// A mapping of IP addresses.
    Ip(&'r PrefixMapping),
    /// A mapping of a MAC address.
    Mac(&'r MacMapping),
    /// A mapping of a port.
    Port(&'r PortMapping),
}

impl fmt::Display for UnusedRule<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnusedRule::Set(change) => {
                write!(f, "no packet has the field {}", change.name())?;
                change.layer().map_or(Ok(()), |layer| write!(f, "#{layer}"))
            }
            UnusedRule::Ip(mapping) => write!(f, "no address is in {}", mapping.from),
            UnusedRule::Mac(mapping) => write!(f, "no address is {}", mapping.from),
            UnusedRule::Port(mapping) => write!(f, "no port is that of {mapping}"),
        }
    }
}
