//! Structural defects that the walk carries with a layer.

/// Says that a header is not as it should be. Small, since the walk carries one with each layer;
/// [`IssueKind`] is made of it where someone asks.
///
/// ```
/// use packetsmith::{NextProtocol, Udp};
/// use packetsmith::layer::{ParseDefect, Protocol};
/// let parse = |bytes| <Udp<&[u8; 8]> as Protocol>::parse(bytes, NextProtocol::IpProtocol(17));
/// assert_eq!(parse(&[0; 5]).unwrap_err(), ParseDefect::needs(8));
/// // Here the header is there, and its length is less than itself.
/// let defect = parse(&[0, 7, 0, 7, 0, 4, 0, 0]).unwrap().defect;
/// assert_eq!(defect, ParseDefect::too_short(4, 8).at(Udp::row("length")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDefect {
    /// What it is.
    pub kind: ParseDefectKind,
    /// Row of the field it is about; [`ParseDefect::HEADER`] for the header as a whole.
    pub row: u8,
    /// Bytes needed, bytes declared, or the version found.
    pub found: u32,
    /// Bytes that there must be at least, or the version expected.
    pub expected: u32,
}

/// Kind of a [`ParseDefect`].
///
/// ```
/// use packetsmith::{Ipv4, NextProtocol};
/// use packetsmith::layer::{ParseDefectKind, Protocol};
/// let kind = |first: u8, total: u8| {
///     let mut header = [0; 20];
///     (header[0], header[3]) = (first, total);
///     <Ipv4<&[u8; 20]> as Protocol>::parse(&header, NextProtocol::EtherType(0x0800)).unwrap().defect.kind
/// };
/// assert_eq!(kind(0x45, 20), ParseDefectKind::None);
/// assert_eq!(kind(0x65, 20), ParseDefectKind::Version);
/// assert_eq!(kind(0x44, 20), ParseDefectKind::TooShort);
/// assert_eq!(kind(0x45, 0), ParseDefectKind::Inferred);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseDefectKind {
    /// Nothing is wrong.
    None,
    /// See [`IssueKind::Truncated`].
    Truncated,
    /// See [`IssueKind::TooShort`].
    TooShort,
    /// See [`IssueKind::Version`].
    Version,
    /// See [`IssueKind::Inferred`].
    Inferred,
    /// See [`IssueKind::TooDeep`].
    TooDeep,
}

impl ParseDefect {
    /// The header as a whole.
    pub const HEADER: u8 = u8::MAX;
    /// Nothing is wrong.
    pub const NONE: ParseDefect = ParseDefect { kind: ParseDefectKind::None, row: Self::HEADER, found: 0, expected: 0 };
    /// There are more layers than are dissected.
    pub const TOO_DEEP: ParseDefect = ParseDefect { kind: ParseDefectKind::TooDeep, ..Self::NONE };

    /// The header needs so many bytes, and there are fewer.
    #[inline]
    pub const fn needs(bytes: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::Truncated, found: bytes as u32, ..Self::NONE }
    }

    /// A length says `declared` bytes, and at least `min` are needed.
    #[inline]
    pub const fn too_short(declared: usize, min: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::TooShort, found: declared as u32, expected: min as u32, ..Self::NONE }
    }

    /// The version is not the expected one.
    #[inline]
    pub const fn version(found: u8, expected: u8) -> Self {
        ParseDefect { kind: ParseDefectKind::Version, found: found as u32, expected: expected as u32, ..Self::NONE }
    }

    /// A length is zero, and what is there was taken.
    #[inline]
    pub const fn inferred(bytes: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::Inferred, found: bytes as u32, ..Self::NONE }
    }

    /// Says which row it is about.
    #[inline]
    pub const fn at(mut self, row: u8) -> Self {
        self.row = row;
        self
    }
}
