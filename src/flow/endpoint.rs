//! Endpoints of conversations.

use core::fmt;
#[cfg(feature = "std")]
use core::hash::{Hash, Hasher};
use core::net::IpAddr;

/// TCP port of the control connection of FTP, which announces other connections (RFC 959).
pub(crate) const FTP_CONTROL_PORT: u16 = 21;

/// An address and a port.
///
/// ```
/// use packetsmith::flow::Endpoint;
/// let endpoint = Endpoint { address: "2001:db8::1".parse().unwrap(), port: 443 };
/// assert_eq!(endpoint.to_string(), "[2001:db8::1]:443");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The IP address.
    pub address: IpAddr,
    /// The port of TCP or UDP.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(address) => write!(f, "{address}:{}", self.port),
            IpAddr::V6(address) => write!(f, "[{address}]:{}", self.port),
        }
    }
}

/// Which of the two endpoints of a conversation: the one that sent its first packet, or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The endpoint that sent the first packet that was seen.
    First,
    /// The other endpoint.
    Second,
}

impl Side {
    #[cfg(feature = "std")]
    pub(super) const BOTH: [Side; 2] = [Side::First, Side::Second];

    /// The other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Side::First => Side::Second,
            Side::Second => Side::First,
        }
    }

    #[cfg(feature = "std")]
    #[inline]
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(feature = "std")]
/// The two endpoints of a conversation, in the order of its first packet: source, destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Endpoints(pub [Endpoint; 2]);

#[cfg(feature = "std")]
impl Endpoints {
    /// The endpoint of a side.
    pub const fn of(&self, side: Side) -> Endpoint {
        self.0[side.index()]
    }
}

#[cfg(feature = "std")]
/// What tells conversations apart: both endpoints, whatever their order, and a number for the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ConversationKey {
    lower: Endpoint,
    upper: Endpoint,
    network: u64,
}

#[cfg(feature = "std")]
impl ConversationKey {
    /// The key of a packet, and which of the ends of the key is its source.
    #[inline]
    pub(super) fn new(source: Endpoint, destination: Endpoint, network: u64) -> (Self, KeyEnd) {
        if source <= destination {
            (ConversationKey { lower: source, upper: destination, network }, KeyEnd::Lower)
        } else {
            (ConversationKey { lower: destination, upper: source, network }, KeyEnd::Upper)
        }
    }

    /// Whether both ends are the same.
    pub(super) fn is_loop(&self) -> bool {
        self.lower == self.upper
    }

    /// The endpoints of a conversation whose first packet came from an end.
    pub(super) const fn endpoints(&self, first: KeyEnd) -> Endpoints {
        match first {
            KeyEnd::Lower => Endpoints([self.lower, self.upper]),
            KeyEnd::Upper => Endpoints([self.upper, self.lower]),
        }
    }
}

/// One of the two ends of a [`ConversationKey`].
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyEnd {
    Lower,
    Upper,
}

#[cfg(feature = "std")]
impl KeyEnd {
    /// The side of a packet from this end in a conversation whose first packet came from the end `first`.
    #[inline]
    pub(super) const fn side(self, first: KeyEnd) -> Side {
        if self as u8 == first as u8 { Side::First } else { Side::Second }
    }

    pub(super) const fn other(self) -> Self {
        match self {
            KeyEnd::Lower => KeyEnd::Upper,
            KeyEnd::Upper => KeyEnd::Lower,
        }
    }
}

#[cfg(feature = "std")]
/// Whole numbers in place of the bytes of each address: a third of the time.
impl Hash for ConversationKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let ports = u64::from(self.lower.port) << 16 | u64::from(self.upper.port);
        match (self.lower.address, self.upper.address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => state.write_u64(u64::from(a.to_bits()) << 32 | u64::from(b.to_bits())),
            (a, b) => {
                for address in [a, b] {
                    let bits = match address {
                        IpAddr::V4(address) => u128::from(address.to_bits()),
                        IpAddr::V6(address) => address.to_bits(),
                    };
                    state.write_u128(bits);
                }
            }
        }
        state.write_u64(ports ^ self.network.rotate_left(32));
    }
}
