//! Addresses of a pseudo-header.

use crate::wire::Span;
use crate::wire::Sum;

/// Offsets of the addresses for a pseudo-header in the frame (RFC 9293 §3.1, RFC 8200 §8.1).
///
/// ```
/// use packetsmith::{Checksum, Sum};
/// use packetsmith::layer::PseudoHeaderAddresses;
/// let packet = [
///     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
///     0x30, 0x39, 0x00, 0x07, 0, 9, 0x9a, 0x99, b'!', // UDP
/// ];
/// let addresses = PseudoHeaderAddresses::ipv4(0);
/// assert_eq!((addresses.source(&packet), addresses.destination(&packet)), (&[10, 0, 0, 1][..], &[10, 0, 0, 2][..]));
/// let pseudo = Sum::new().bytes(addresses.source(&packet)).bytes(addresses.destination(&packet)).number(17).number(9);
/// assert_eq!(pseudo.bytes(&packet[20..]).verify(0x9a99), Checksum::Good);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PseudoHeaderAddresses {
    /// Length of an address in bytes: 4 or 16. 0 if there is no IP header.
    pub size: u8,
    /// Offset of the IP header.
    pub header: u32,
    /// Offset of the source address.
    pub src: u32,
    /// Offset of the destination address. It is the final one if the packet is source-routed.
    pub dst: u32,
}

impl PseudoHeaderAddresses {
    pub(super) const NONE: PseudoHeaderAddresses = PseudoHeaderAddresses { size: 0, header: 0, src: 0, dst: 0 };

    /// The addresses of an IPv4 header at byte `header`.
    #[inline]
    pub const fn ipv4(header: u32) -> Self {
        PseudoHeaderAddresses { size: 4, header, src: header + 12, dst: header + 16 }
    }

    /// The addresses of an IPv6 header at byte `header`.
    #[inline]
    pub const fn ipv6(header: u32) -> Self {
        PseudoHeaderAddresses { size: 16, header, src: header + 8, dst: header + 24 }
    }

    /// The bytes of the source address.
    #[inline]
    pub fn source<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        Span::new(self.src, self.src + u32::from(self.size)).of(frame)
    }

    /// The same in a frame in which the bytes are this much further back.
    #[cfg(feature = "std")]
    pub(crate) fn shifted(self, by: u32) -> Self {
        PseudoHeaderAddresses { header: self.header + by, src: self.src + by, dst: self.dst + by, ..self }
    }

    /// The sum of both addresses.
    #[inline]
    pub(super) fn sum(&self, frame: &[u8]) -> Sum {
        let (source, destination) = (self.source(frame), self.destination(frame));
        match (source.first_chunk(), destination.first_chunk()) {
            (Some(&source), Some(&destination)) if self.size == 4 => {
                Sum::new().number(u32::from_be_bytes(source)).number(u32::from_be_bytes(destination))
            }
            _ => Sum::new().bytes(source).bytes(destination),
        }
    }

    /// The bytes of the destination address.
    #[inline]
    pub fn destination<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        Span::new(self.dst, self.dst + u32::from(self.size)).of(frame)
    }
}
