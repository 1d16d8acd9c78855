//! Sinks for encoded bytes.

/// A sink for encoded bytes: a `Vec`, a buffer, or a counter.
///
/// ```
/// use packetsmith::wire::ByteSink;
/// let mut bytes = Vec::new();
/// bytes.put(&[1, 2]);
/// bytes.put(&[3]);
/// assert_eq!(bytes.written(), [1, 2, 3]);
/// ```
pub trait ByteSink {
    /// Appends `bytes`.
    fn put(&mut self, bytes: &[u8]);
    /// The bytes that were put so far. A sink that counts has none.
    fn written(&mut self) -> &mut [u8];
    /// Number of bytes that were put, including those that did not fit into a buffer.
    fn len(&mut self) -> usize {
        self.written().len()
    }
    /// Tells whether no byte was put.
    fn is_empty(&mut self) -> bool {
        self.len() == 0
    }
    /// Removes all bytes but the first `len`.
    fn truncate(&mut self, len: usize);
}

#[cfg(feature = "alloc")]
impl ByteSink for alloc::vec::Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes)
    }
    fn written(&mut self) -> &mut [u8] {
        self
    }
    fn truncate(&mut self, len: usize) {
        alloc::vec::Vec::truncate(self, len)
    }
}

/// Counts bytes and does not keep them.
pub(super) struct Count(pub(super) usize);

impl ByteSink for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len()
    }
    fn written(&mut self) -> &mut [u8] {
        &mut []
    }
    fn truncate(&mut self, len: usize) {
        self.0 = self.0.min(len);
    }
}
