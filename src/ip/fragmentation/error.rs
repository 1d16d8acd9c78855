//! Why a packet cannot be fragmented.

use core::fmt;

/// Why a packet cannot be fragmented.
///
/// ```
/// use packetsmith::ip::{FragmentError, Fragmenter};
/// assert_eq!(Fragmenter::new(1500).split(&[0x50; 40]).unwrap_err(), FragmentError::Version(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FragmentError {
    /// The bytes do not begin with an IP header: they have this version.
    Version(u8),
    /// The packet is shorter than its length fields.
    Truncated {
        /// Bytes by its length fields.
        needed: usize,
        /// Bytes given.
        have: usize,
    },
    /// The header length in bytes is less than that of the fixed header.
    HeaderLength(usize),
    /// The packet is larger than the MTU and has the flag "don't fragment" (RFC 791 §3.1). A router answers with ICMP
    /// type 3, code 4, and this MTU (RFC 1191 §4).
    DontFragment {
        /// The MTU in bytes.
        mtu: usize,
        /// Length of the packet in bytes.
        length: usize,
    },
    /// The MTU has no room for the headers and 8 bytes of payload.
    MtuTooSmall {
        /// The MTU in bytes.
        mtu: usize,
        /// The smallest MTU that has room.
        needed: usize,
    },
    /// The first fragment must hold all headers, but has no room for them (RFC 8200 §4.5, RFC 7112 §5).
    HeaderChain {
        /// The MTU in bytes.
        mtu: usize,
        /// The smallest MTU that has room.
        needed: usize,
    },
    /// A fragment would exceed the offset field of 13 bits, or a packet of 65,535 bytes.
    TooLong,
    /// The buffer is too small.
    NoRoom {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        have: usize,
    },
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            FragmentError::Version(n) => write!(f, "is not an IP packet: its version is {n}"),
            FragmentError::Truncated { needed, have } => write!(f, "{needed} bytes needed, {have} there"),
            FragmentError::HeaderLength(n) => write!(f, "a header of {n} bytes is too short"),
            FragmentError::DontFragment { mtu, length } => {
                write!(f, "{length} bytes exceed the MTU of {mtu}, and the packet must not be split (DF)")
            }
            FragmentError::MtuTooSmall { mtu, needed } => {
                write!(f, "an MTU of {mtu} has no room for the headers and 8 bytes of payload, {needed} bytes")
            }
            FragmentError::HeaderChain { mtu, needed } => {
                write!(
                    f,
                    "an MTU of {mtu} has no room for all headers, {needed} bytes, in the first fragment (RFC 7112)"
                )
            }
            FragmentError::TooLong => f.write_str("a fragment would end past 65,535 bytes"),
            FragmentError::NoRoom { needed, have } => write!(f, "{needed} bytes needed in the buffer, {have} there"),
        }
    }
}

impl core::error::Error for FragmentError {}
