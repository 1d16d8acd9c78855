//! Byte ranges of a frame.

use core::fmt;
use core::num::TryFromIntError;
use core::ops::Range;

/// A range of bytes, counted from the start of the frame.
///
/// ```
/// use packetsmith::Span;
/// let span = Span::new(14, 34);
/// assert_eq!(span.len(), 20);
/// assert_eq!(span.of(&[7; 40]).len(), 20);
/// assert_eq!(Span::from(14..34), span);
/// assert_eq!((span.to_string(), std::ops::Range::<usize>::from(span)), ("14..34".to_string(), 14..34));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// Number of bytes.
    #[inline]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Tells whether it has no bytes.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// The bytes of `frame` in the span. Empty if the span is not in the frame.
    #[inline]
    pub fn of(self, frame: &[u8]) -> &[u8] {
        frame.get(self.start as usize..self.end as usize).unwrap_or(&[])
    }
}

impl From<Range<u32>> for Span {
    #[inline]
    fn from(range: Range<u32>) -> Self {
        Span::new(range.start, range.end)
    }
}

/// A range beyond 4 GiB is an error.
impl TryFrom<Range<usize>> for Span {
    type Error = TryFromIntError;
    fn try_from(range: Range<usize>) -> Result<Self, TryFromIntError> {
        Ok(Span::new(range.start.try_into()?, range.end.try_into()?))
    }
}

impl From<Span> for Range<usize> {
    #[inline]
    fn from(span: Span) -> Self {
        span.start as usize..span.end as usize
    }
}

/// `14..34`
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
