//! What parsing a header yields.

use super::next_protocol::NextProtocol;
use super::parse_defect::ParseDefect;

/// One protocol's share of the bytes it was given.
///
/// ```
/// use packetsmith::{NextProtocol, Udp};
/// use packetsmith::layer::{ParsedHeader, Protocol};
/// let bytes = [0x30, 0x39, 0, 7, 0, 9, 0, 0, b'!', 0, 0, 0];
/// let parts = <Udp<&[u8; 8]> as Protocol>::parse(&bytes, NextProtocol::IpProtocol(17)).unwrap();
/// assert_eq!((parts.head, parts.total), (8, 9), "one byte of body, and three that are not UDP's");
/// assert_eq!(parts.next, NextProtocol::UdpPorts(12345, 7));
/// // Where no length is, all that follows is the body.
/// assert_eq!(ParsedHeader::new((), 4, NextProtocol::Unknown).total, ParsedHeader::<()>::OPEN);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ParsedHeader<H> {
    /// The fixed header.
    pub header: H,
    /// Bytes of header and options together; never more than were given.
    pub head: usize,
    /// Bytes of head and body together, as a length field says; [`ParsedHeader::OPEN`] if none does.
    pub total: u32,
    /// What the body is.
    pub next: NextProtocol,
    /// The first thing wrong with the header's structure.
    pub defect: ParseDefect,
}

impl<H> ParsedHeader<H> {
    /// No length field says where the layer ends.
    pub const OPEN: u32 = u32::MAX;

    /// A header whose body is all that follows.
    #[inline]
    pub const fn new(header: H, head: usize, next: NextProtocol) -> Self {
        ParsedHeader { header, head, total: Self::OPEN, next, defect: ParseDefect::NONE }
    }

    /// Says how long head and body are together.
    #[inline]
    pub const fn total(mut self, bytes: usize) -> Self {
        self.total = if bytes < Self::OPEN as usize { bytes as u32 } else { Self::OPEN - 1 };
        self
    }

    /// Says what is wrong.
    #[inline]
    pub const fn defect(mut self, defect: ParseDefect) -> Self {
        self.defect = defect;
        self
    }
}
