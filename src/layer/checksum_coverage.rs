//! What a checksum covers.

/// What an Internet checksum covers.
///
/// ```
/// use packetsmith::{Checksum, examine};
/// use packetsmith::layer::{ChecksumCoverage, CoverageEnd};
/// # let packet = [
/// #     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
/// #     0x30, 0x39, 0x00, 0x07, 0, 9, 0x9a, 0x99, b'!', // UDP
/// # ];
/// // UDP's: pseudo-header, header and data, and zero for none.
/// let cover = ChecksumCoverage { optional: true, ..ChecksumCoverage::pseudo(CoverageEnd::Body, 17) };
/// let context = examine(101, &packet).nth(1).unwrap().context;
/// assert_eq!(context.verify(cover, 0x9a99), Checksum::Good);
/// assert_eq!(context.verify(cover, 0), Checksum::Absent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChecksumCoverage {
    /// How far it goes from the start of the layer.
    pub upto: CoverageEnd,
    /// The protocol number that a pseudo-header before it has, where there is one.
    pub pseudo: Option<u8>,
    /// Whether zero says that there is none; a sum of zero is sent as 0xffff then.
    pub optional: bool,
}

/// How far a checksum goes.
///
/// ```
/// use packetsmith::examine;
/// use packetsmith::layer::{ChecksumCoverage, CoverageEnd};
/// // A header of 20 bytes, a body of 8, and 4 that the length leaves out.
/// let mut packet = [0; 32];
/// packet[..4].copy_from_slice(&[0x45, 0, 0, 28]);
/// let context = examine(101, &packet).next().unwrap().context;
/// let covered = |upto| context.covered(ChecksumCoverage::plain(upto)).map(|(_, span)| span.end);
/// assert_eq!([CoverageEnd::Head, CoverageEnd::Body, CoverageEnd::Tail].map(covered), [Some(20), Some(28), Some(32)]);
/// assert_eq!([CoverageEnd::First(24), CoverageEnd::First(30)].map(covered), [Some(24), None]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageEnd {
    /// To the end of the head.
    Head,
    /// To the end of the body.
    Body,
    /// To the end of the tail.
    Tail,
    /// So many bytes, of head and body.
    First(u32),
}

impl ChecksumCoverage {
    /// All bytes up to there, and no pseudo-header.
    pub const fn plain(upto: CoverageEnd) -> Self {
        ChecksumCoverage { upto, pseudo: None, optional: false }
    }

    /// A pseudo-header, and all bytes up to there.
    pub const fn pseudo(upto: CoverageEnd, protocol: u8) -> Self {
        ChecksumCoverage { upto, pseudo: Some(protocol), optional: false }
    }
}
