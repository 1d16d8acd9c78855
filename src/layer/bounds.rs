//! Byte ranges of a layer: header, payload and trailer.

use crate::wire::Span;

/// Byte ranges of a layer, counted from the start of the frame. Header, payload and trailer follow each other without
/// gaps.
///
/// ```
/// use packetsmith::layer::LayerBounds;
/// let bounds = LayerBounds { start: 14, header_end: 34, payload_end: 42, trailer_end: 60 };
/// assert_eq!((bounds.header_span().len(), bounds.payload_span().len(), bounds.trailer_span().len()), (20, 8, 18));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerBounds {
    /// First byte of the header.
    pub start: u32,
    /// One past the last byte of the header with its options.
    pub header_end: u32,
    /// One past the last byte of the payload.
    pub payload_end: u32,
    /// One past the last byte of the trailer: the bytes past the header's length field.
    pub trailer_end: u32,
}

impl LayerBounds {
    /// Byte range of the header with its options.
    #[inline]
    pub const fn header_span(&self) -> Span {
        Span::new(self.start, self.header_end)
    }

    /// Byte range of the payload.
    #[inline]
    pub const fn payload_span(&self) -> Span {
        Span::new(self.header_end, self.payload_end)
    }

    /// Byte range of the trailer: bytes past the header's length field.
    #[inline]
    pub const fn trailer_span(&self) -> Span {
        Span::new(self.payload_end, self.trailer_end)
    }
}
