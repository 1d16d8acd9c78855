//! Checksum coverage: which bytes an Internet checksum covers.

/// The bytes that an Internet checksum covers.
///
/// ```
/// use packetsmith::{Checksum, examine};
/// use packetsmith::layer::{ChecksumCoverage, CoverageEnd};
/// # let packet = [
/// #     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
/// #     0x30, 0x39, 0x00, 0x07, 0, 9, 0x9a, 0x99, b'!', // UDP
/// # ];
/// // UDP: pseudo-header, header and payload; zero means no checksum.
/// let cover = ChecksumCoverage { optional: true, ..ChecksumCoverage::pseudo(CoverageEnd::Payload, 17) };
/// let context = examine(101, &packet).nth(1).unwrap().context;
/// assert_eq!(context.verify(cover, 0x9a99), Checksum::Good);
/// assert_eq!(context.verify(cover, 0), Checksum::Absent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChecksumCoverage {
    /// The last covered byte. The first one is the first byte of the layer.
    pub end: CoverageEnd,
    /// The protocol number in the pseudo-header. `None` if no pseudo-header is covered.
    pub pseudo: Option<u8>,
    /// Whether zero means that there is no checksum. A computed checksum of zero is then sent as 0xffff.
    pub optional: bool,
}

/// The end of the bytes that a checksum covers.
///
/// ```
/// use packetsmith::examine;
/// use packetsmith::layer::{ChecksumCoverage, CoverageEnd};
/// // A header of 20 bytes, a payload of 8, and a trailer of 4.
/// let mut packet = [0; 32];
/// packet[..4].copy_from_slice(&[0x45, 0, 0, 28]);
/// let context = examine(101, &packet).next().unwrap().context;
/// let covered = |end| context.covered(ChecksumCoverage::plain(end)).map(|(_, span)| span.end);
/// assert_eq!([CoverageEnd::Header, CoverageEnd::Payload, CoverageEnd::Trailer].map(covered), [Some(20), Some(28), Some(32)]);
/// assert_eq!([CoverageEnd::First(24), CoverageEnd::First(30)].map(covered), [Some(24), None]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageEnd {
    /// The end of the header.
    Header,
    /// The end of the payload.
    Payload,
    /// The end of the trailer.
    Trailer,
    /// This many bytes from the start of the layer. They must include the header and end in the payload.
    First(u32),
}

impl ChecksumCoverage {
    /// All bytes of the layer up to `end`, without a pseudo-header.
    pub const fn plain(end: CoverageEnd) -> Self {
        ChecksumCoverage { end, pseudo: None, optional: false }
    }

    /// A pseudo-header with this protocol number, and all bytes of the layer up to `end`.
    pub const fn pseudo(end: CoverageEnd, protocol: u8) -> Self {
        ChecksumCoverage { end, pseudo: Some(protocol), optional: false }
    }
}
