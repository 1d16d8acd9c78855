//! Why a packet cannot be fragmented.

use core::fmt;

/// Why a packet cannot be split.
///
/// ```
/// use packetsmith::ip::{FragmentError, Fragmenter};
/// assert_eq!(Fragmenter::new(1500).split(&[0x50; 40]).unwrap_err(), FragmentError::Version(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FragmentError {
    /// The bytes begin with no IP header: the version that stands there.
    Version(u8),
    /// Not all of the packet is there.
    Truncated {
        /// Bytes that its lengths ask for.
        needed: usize,
        /// Bytes there.
        have: usize,
    },
    /// The header's length is less than its fixed part.
    HeaderLength(usize),
    /// The packet is larger than the MTU and must not be split (RFC 791 §3.1). A router answers with ICMP type 3,
    /// code 4, and this MTU (RFC 1191 §4).
    DontFragment {
        /// The MTU that it does not fit.
        mtu: usize,
        /// Its length.
        length: usize,
    },
    /// The MTU has no room for the headers and 8 bytes of payload.
    MtuTooSmall {
        /// The MTU.
        mtu: usize,
        /// The smallest that would do.
        needed: usize,
    },
    /// The first fragment has no room for all headers, which it must hold (RFC 8200 §4.5, RFC 7112 §5).
    HeaderChain {
        /// The MTU.
        mtu: usize,
        /// The smallest that would do.
        needed: usize,
    },
    /// A piece would begin or end beyond what an offset of 13 bits and a packet of 65,535 bytes can hold.
    TooLong,
    /// The buffer is too small.
    NoRoom {
        /// Bytes that are needed.
        needed: usize,
        /// Bytes there.
        have: usize,
    },
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            FragmentError::Version(n) => write!(f, "is no IP packet: its version is {n}"),
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
            FragmentError::TooLong => f.write_str("a fragment would reach beyond 65,535 bytes"),
            FragmentError::NoRoom { needed, have } => write!(f, "{needed} bytes needed in the buffer, {have} there"),
        }
    }
}

impl core::error::Error for FragmentError {}
