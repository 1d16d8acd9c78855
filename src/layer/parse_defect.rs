//! Parse defects: what `Protocol::parse` finds wrong with the structure of a header.

/// A defect in the structure of a header. It is small, because each layer of the walk has one.
/// [`ExaminedLayer::issues`](crate::ExaminedLayer::issues) converts it to an [`IssueKind`](crate::IssueKind).
///
/// ```
/// use packetsmith::{NextProtocol, Udp};
/// use packetsmith::layer::{ParseDefect, Protocol};
/// let parse = |bytes| <Udp<&[u8; 8]> as Protocol>::parse(bytes, NextProtocol::IpProtocol(17));
/// assert_eq!(parse(&[0; 5]).unwrap_err(), ParseDefect::needs(8));
/// // The header is complete, but its length field is less than the length of the header.
/// let defect = parse(&[0, 7, 0, 7, 0, 4, 0, 0]).unwrap().defect;
/// assert_eq!(defect, ParseDefect::too_short(4, 8).at(Udp::row("length")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParseDefect {
    /// The kind of defect.
    pub kind: ParseDefectKind,
    /// Row of the field with the defect. [`ParseDefect::HEADER`] is the header as a whole.
    pub row: u8,
    /// Bytes needed, bytes in the length field, or the version found.
    pub found: u32,
    /// Smallest valid length in bytes, or the version expected.
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
#[non_exhaustive]
pub enum ParseDefectKind {
    /// Nothing is wrong.
    None,
    /// See [`IssueKind::Truncated`](crate::IssueKind::Truncated).
    Truncated,
    /// See [`IssueKind::TooShort`](crate::IssueKind::TooShort).
    TooShort,
    /// See [`IssueKind::Version`](crate::IssueKind::Version).
    Version,
    /// See [`IssueKind::Inferred`](crate::IssueKind::Inferred).
    Inferred,
    /// See [`IssueKind::TooDeep`](crate::IssueKind::TooDeep).
    TooDeep,
}

impl ParseDefect {
    /// The header as a whole.
    pub const HEADER: u8 = u8::MAX;
    /// Nothing is wrong.
    pub const NONE: ParseDefect = ParseDefect { kind: ParseDefectKind::None, row: Self::HEADER, found: 0, expected: 0 };
    /// The frame has more layers than are dissected.
    pub const TOO_DEEP: ParseDefect = ParseDefect { kind: ParseDefectKind::TooDeep, ..Self::NONE };

    /// The header needs this many bytes, and there are fewer.
    #[inline]
    pub const fn needs(bytes: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::Truncated, found: bytes as u32, ..Self::NONE }
    }

    /// A length field says `declared` bytes, and `min` is the smallest valid length.
    #[inline]
    pub const fn too_short(declared: usize, min: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::TooShort, found: declared as u32, expected: min as u32, ..Self::NONE }
    }

    /// The version is not the expected one.
    #[inline]
    pub const fn version(found: u8, expected: u8) -> Self {
        ParseDefect { kind: ParseDefectKind::Version, found: found as u32, expected: expected as u32, ..Self::NONE }
    }

    /// A length field is zero. `bytes` bytes were taken instead.
    #[inline]
    pub const fn inferred(bytes: usize) -> Self {
        ParseDefect { kind: ParseDefectKind::Inferred, found: bytes as u32, ..Self::NONE }
    }

    /// Sets the row of the field with the defect.
    #[inline]
    pub const fn at(mut self, row: u8) -> Self {
        self.row = row;
        self
    }
}
