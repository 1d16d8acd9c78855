//! Sinks for encoded bytes.

use super::field::FieldError;

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
    /// Reports a value that cannot be encoded: what is written in its place is not the value. The sink of a
    /// [`Stack`](crate::Stack) makes it the error of the frame. A sink that reports no errors ignores it.
    fn refuse(&mut self, error: FieldError) {
        let _ = error;
    }
    /// Tells whether the sink was told of an error.
    fn has_refused(&mut self) -> bool {
        false
    }
}

impl<S: ByteSink + ?Sized> ByteSink for &mut S {
    fn put(&mut self, bytes: &[u8]) {
        (**self).put(bytes)
    }
    fn written(&mut self) -> &mut [u8] {
        (**self).written()
    }
    fn len(&mut self) -> usize {
        (**self).len()
    }
    fn truncate(&mut self, len: usize) {
        (**self).truncate(len)
    }
    fn refuse(&mut self, error: FieldError) {
        (**self).refuse(error)
    }
    fn has_refused(&mut self) -> bool {
        (**self).has_refused()
    }
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

/// Tells whether two functions put the same bytes.
pub fn same_bytes(a: &dyn Fn(&mut dyn ByteSink), b: &dyn Fn(&mut dyn ByteSink)) -> bool {
    let mut start = 0;
    loop {
        let mut windows = [Window::at(start), Window::at(start)];
        let [of_a, of_b] = &mut windows;
        a(of_a);
        b(of_b);
        if of_a.len != of_b.len || of_a.bytes != of_b.bytes {
            return false;
        }
        start += WINDOW;
        if start >= of_a.len {
            return true;
        }
    }
}

/// Bytes that are compared at a time: most options have fewer.
const WINDOW: usize = 256;

/// A sink that keeps the bytes from `start` on, as far as there is room.
pub(super) struct Window {
    start: usize,
    len: usize,
    bytes: [u8; WINDOW],
}

impl Window {
    /// Keeps the bytes from `start` on.
    pub(super) fn at(start: usize) -> Self {
        Window { start, len: 0, bytes: [0; WINDOW] }
    }

    /// The first bytes that were kept, `len` at most.
    pub(super) fn first(&self, len: usize) -> &[u8] {
        let have = self.len.saturating_sub(self.start).min(len);
        self.bytes.get(..have).unwrap_or(&self.bytes)
    }
}

impl ByteSink for Window {
    fn put(&mut self, bytes: &[u8]) {
        let before = self.start.saturating_sub(self.len);
        let at = self.len.saturating_sub(self.start);
        self.len += bytes.len();
        let bytes = bytes.get(before..).unwrap_or(&[]);
        for (to, from) in self.bytes.get_mut(at..).unwrap_or(&mut []).iter_mut().zip(bytes) {
            *to = *from;
        }
    }
    fn written(&mut self) -> &mut [u8] {
        &mut []
    }
    fn len(&mut self) -> usize {
        self.len
    }
    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

/// Keeps the first error that it is told of, and no bytes.
#[derive(Default)]
pub(super) struct FirstError {
    pub(super) error: Option<FieldError>,
    len: usize,
}

impl ByteSink for FirstError {
    fn put(&mut self, bytes: &[u8]) {
        self.len += bytes.len()
    }
    fn written(&mut self) -> &mut [u8] {
        &mut []
    }
    fn len(&mut self) -> usize {
        self.len
    }
    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
    fn refuse(&mut self, error: FieldError) {
        self.error.get_or_insert(error);
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
    fn len(&mut self) -> usize {
        self.0
    }
    fn truncate(&mut self, len: usize) {
        self.0 = self.0.min(len);
    }
}

#[cfg(test)]
mod tests {
    use super::{ByteSink, WINDOW, same_bytes};

    #[test]
    fn bytes_are_compared_over_windows_and_pieces() {
        let bytes: [u8; 700] = core::array::from_fn(|i| i as u8);
        let pieces = |bytes: &[u8], size: usize| -> bool {
            same_bytes(&|out: &mut dyn ByteSink| bytes.chunks(size).for_each(|piece| out.put(piece)), &|out| {
                out.put(&(0..700).map(|i| i as u8).collect::<std::vec::Vec<_>>())
            })
        };
        assert!([1, 3, 255, 256, 257, 700].iter().all(|&size| pieces(&bytes, size)));
        for at in [0, WINDOW - 1, WINDOW, 2 * WINDOW, 699] {
            let mut other = bytes;
            other[at] ^= 1;
            assert!(!pieces(&other, 100) && !pieces(&bytes[..at], 100), "{at}");
        }
        assert!(same_bytes(&|_| {}, &|out| out.put(&[])));
    }
}
