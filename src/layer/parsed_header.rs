//! The result of parsing a header.

use super::next_protocol::NextProtocol;
use super::parse_defect::ParseDefect;

/// A parsed header: its length, the length of the layer, and the selector of the next protocol.
///
/// ```
/// use packetsmith::{NextProtocol, Udp};
/// use packetsmith::layer::{ParsedHeader, Protocol};
/// let bytes = [0x30, 0x39, 0, 7, 0, 9, 0, 0, b'!', 0, 0, 0];
/// let parts = <Udp<&[u8; 8]> as Protocol>::parse(&bytes, NextProtocol::IpProtocol(17)).unwrap();
/// assert_eq!((parts.header_len, parts.total_len), (8, 9), "one byte of payload, and a trailer of three");
/// assert_eq!(parts.next, NextProtocol::UdpPorts(12345, 7));
/// // Without a length field, all bytes that follow are the payload.
/// assert_eq!(ParsedHeader::new((), 4, NextProtocol::Unknown).total_len, ParsedHeader::<()>::OPEN);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ParsedHeader<H> {
    /// The fixed header.
    pub header: H,
    /// Length of the header with its options, in bytes. Never more than the bytes that were given.
    pub header_len: usize,
    /// Length of header and payload in bytes, as the length field says. [`ParsedHeader::OPEN`] if there is no length
    /// field.
    pub total_len: u32,
    /// The selector of the next protocol.
    pub next: NextProtocol,
    /// The first defect in the structure of the header.
    pub defect: ParseDefect,
}

impl<H> ParsedHeader<H> {
    /// The protocol has no length field: the layer ends where the outer one ends.
    pub const OPEN: u32 = u32::MAX;

    /// A header whose payload is all bytes that follow.
    #[inline]
    pub const fn new(header: H, header_len: usize, next: NextProtocol) -> Self {
        ParsedHeader { header, header_len, total_len: Self::OPEN, next, defect: ParseDefect::NONE }
    }

    /// Sets the length of header and payload in bytes.
    #[inline]
    pub const fn total_len(mut self, bytes: usize) -> Self {
        self.total_len = if bytes < Self::OPEN as usize { bytes as u32 } else { Self::OPEN - 1 };
        self
    }

    /// Sets the defect.
    #[inline]
    pub const fn defect(mut self, defect: ParseDefect) -> Self {
        self.defect = defect;
        self
    }
}
