//! A buffer that layers are written to.

use crate::wire::ByteSink;

/// A buffer that is being written.
#[doc(hidden)]
pub struct FrameWriter<'b> {
    pub(super) buffer: &'b mut [u8],
    pub(super) len: usize,
}

impl<'b> FrameWriter<'b> {
    #[inline]
    pub(super) fn new(buffer: &'b mut [u8]) -> Self {
        FrameWriter { buffer, len: 0 }
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
}
