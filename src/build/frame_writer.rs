//! A buffer that layers are written to.

use super::encode_header::EncodeHeader;
use super::encoded_layer::EncodedLayer;
use super::finish::pad;
use crate::layer::LayerBounds;
use crate::wire::{ByteSink, FieldError};

/// A buffer that is being written, and the first `N` layers in it.
#[doc(hidden)]
pub struct FrameWriter<'b, const N: usize> {
    pub(super) buffer: &'b mut [u8],
    pub(super) len: usize,
    pub(super) layers: [EncodedLayer; N],
    pub(super) count: usize,
    /// The first value that cannot be encoded, and its offset in the frame.
    pub(super) refused: Option<(usize, FieldError)>,
}

impl<const N: usize> ByteSink for FrameWriter<'_, N> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if let Some(context) = self.buffer.get_mut(self.len..self.len + bytes.len()) {
            context.copy_from_slice(bytes);
        }
        // Bytes that do not fit are counted, so that the error can say how many are needed.
        self.len += bytes.len();
    }
    fn written(&mut self) -> &mut [u8] {
        let end = self.len.min(self.buffer.len());
        &mut self.buffer[..end]
    }
    #[inline]
    fn len(&mut self) -> usize {
        self.len
    }
    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
    fn refuse(&mut self, error: FieldError) {
        // An error that names its field says more.
        match &self.refused {
            Some((_, first)) if first.field.is_some() => {}
            _ => self.refused = Some((self.len, error)),
        }
    }
    fn has_refused(&mut self) -> bool {
        self.refused.is_some()
    }
}

impl<'b, const N: usize> FrameWriter<'b, N> {
    #[inline]
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        FrameWriter { buffer, len: 0, layers: [EncodedLayer::NONE; N], count: 0, refused: None }
    }

    /// Appends a layer.
    #[inline]
    pub(super) fn layer(&mut self, head: &impl EncodeHeader) {
        let at = self.len;
        let (proto, unset) = head.put(self);
        pad(proto, at, unset, self);
        let (at, end) = (at as u32, self.len as u32);
        if let Some(spot) = self.layers.get_mut(self.count) {
            let bounds = LayerBounds { start: at, header_end: end, payload_end: end, trailer_end: end };
            *spot = EncodedLayer { proto, bounds, unset, ..EncodedLayer::NONE };
        }
        self.count += 1;
    }
}
