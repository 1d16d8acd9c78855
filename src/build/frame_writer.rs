//! A buffer that layers are written to.

use super::encoded_layer::EncodeError;
use crate::proto::Proto;
use crate::wire::{ByteSink, FieldError};

/// A buffer that is being written.
#[doc(hidden)]
pub struct FrameWriter<'b> {
    pub(super) buffer: &'b mut [u8],
    pub(super) len: usize,
    /// Number of layers that are written.
    layers: usize,
    /// A value that cannot be encoded.
    pub(super) refused: Option<EncodeError>,
}

/// The layer of an error that is not ended yet.
const NO_LAYER: usize = usize::MAX;

impl<'b> FrameWriter<'b> {
    #[inline]
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        FrameWriter { buffer, len: 0, layers: 0, refused: None }
    }

    /// Ends a layer, whose errors are those that name none yet.
    #[inline]
    pub(super) fn end_layer(&mut self, proto: Proto) {
        if let Some(error) = self.refused.as_mut().filter(|error| error.layer == NO_LAYER) {
            (error.layer, error.proto) = (self.layers, proto);
        }
        self.layers += 1;
    }
}

impl ByteSink for FrameWriter<'_> {
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
        match &self.refused {
            // That of the first layer counts, and in a layer one that names its field.
            Some(first) if first.layer != NO_LAYER || first.error.field.is_some() => {}
            _ => self.refused = Some(EncodeError { layer: NO_LAYER, proto: Proto::Data, error }),
        }
    }
    fn has_refused(&mut self) -> bool {
        self.refused.is_some()
    }
}
