//! A position in a frame to read values from.

use super::domain_name::Name;
use super::hex::Hex;
use super::span::Span;

/// A position in a frame to read values from, and the end that they must not cross.
///
/// It borrows the whole frame. So spans count from the start of the frame, and domain names can be followed through
/// their message.
///
/// ```
/// use packetsmith::Cursor;
/// let mut cursor = Cursor::new(&[1, 2, 3, 4]);
/// assert_eq!(cursor.chunk::<2>(), Some(&[1, 2]));
/// assert_eq!((cursor.span().start, cursor.bytes()), (2, &[3, 4][..]));
/// assert!(cursor.take(3).is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cursor<'a> {
    pub(super) frame: &'a [u8],
    pub(super) at: u32,
    pub(super) end: u32,
    pub(super) message: u32,
    pub(super) depth: u8,
}

/// The bytes that are left, and where they are. The frame around them is left out.
impl core::fmt::Debug for Cursor<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Cursor({}..{}: 0x{})", self.at, self.end, Hex(self.bytes()))
    }
}

/// Largest depth of options nested in options, see [`Nested`](crate::wire::Nested).
pub const MAX_NESTING: u8 = 8;

impl<'a> Cursor<'a> {
    /// Reads all of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::within(bytes, Span::new(0, u32::try_from(bytes.len()).unwrap_or(u32::MAX)))
    }

    /// Reads the bytes `span` of `frame`. A span that goes beyond the frame is cut.
    pub fn within(frame: &'a [u8], span: Span) -> Self {
        let end = (span.end as usize).min(frame.len()) as u32;
        Cursor { frame, at: span.start.min(end), end, message: span.start, depth: 0 }
    }

    /// Sets byte `message` of the frame as the first byte of the message that domain names are compressed against.
    pub fn in_message(mut self, message: u32) -> Self {
        self.message = message;
        self
    }

    /// The bytes that were not read yet.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        &self.frame[self.at as usize..self.end as usize]
    }

    /// The span of the bytes that were not read yet.
    #[inline]
    pub fn span(&self) -> Span {
        Span::new(self.at, self.end)
    }

    /// Tells whether all bytes were read.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// Moves past the next `n` bytes and gives a cursor over them. `None` if there are fewer.
    #[inline]
    pub fn split(&mut self, n: usize) -> Option<Self> {
        let n = u32::try_from(n).ok()?;
        let middle = self.at.checked_add(n).filter(|&m| m <= self.end)?;
        let first = Cursor { end: middle, ..*self };
        self.at = middle;
        Some(first)
    }

    /// Moves to the end and gives a cursor over all bytes up to it.
    #[inline]
    pub fn rest(&mut self) -> Self {
        let rest = *self;
        self.at = self.end;
        rest
    }

    /// Reads the next `n` bytes. `None` if there are fewer.
    #[inline]
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        self.split(n).map(|c| c.bytes())
    }

    /// Reads the next `N` bytes. `None` if there are fewer.
    #[inline]
    pub fn chunk<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let chunk = self.bytes().first_chunk()?;
        self.at += N as u32;
        Some(chunk)
    }

    /// Reads a number of `N` bytes, 1 or 2.
    pub(super) fn number<const N: usize>(&mut self) -> Option<u16> {
        Some(self.chunk::<N>()?.iter().fold(0, |n, &byte| n << 8 | u16::from(byte)))
    }

    /// Splits off the bytes that a number of `N` bytes, 1 or 2, counts.
    pub(super) fn counted<const N: usize>(&mut self) -> Option<Self> {
        let len = self.number::<N>()?;
        self.split(len.into())
    }

    /// Reads a domain name. `None` if its end cannot be found.
    pub fn name(&mut self) -> Option<Name<'a>> {
        let message = self.frame.get(self.message as usize..self.end as usize)?;
        let name = Name::new(message, (self.at - self.message) as usize);
        let len = name.wire_len().ok()?;
        self.at += len as u32;
        Some(name)
    }
}
