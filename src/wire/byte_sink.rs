//! Where encoded bytes go.

/// Somewhere to put bytes.
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
    /// What has been put so far.
    fn written(&mut self) -> &mut [u8];
    /// How much has been put, whether or not there was room for it.
    fn len(&mut self) -> usize {
        self.written().len()
    }
    /// Tells whether nothing has been put.
    fn is_empty(&mut self) -> bool {
        self.len() == 0
    }
    /// Forgets all but the first `len` bytes.
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

/// Counts bytes instead of keeping them.
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
