//! The file under the buffer and the decompressors.

use std::io::{self, Chain, Cursor, Read};

/// Counts what is read, and remembers the end and what failed here: decompressors wrap that in
/// errors of their own, or say the same of a stream that is cut.
pub(super) struct CountedRead<R> {
    pub(super) inner: R,
    pub(super) count: u64,
    pub(super) ended: bool,
    pub(super) failed: Option<io::Error>,
}

impl<R: Read> Read for CountedRead<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buf) {
                Ok(n) => {
                    self.count = self.count.saturating_add(n as u64);
                    self.ended |= n == 0 && !buf.is_empty();
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let kind = error.kind();
                    self.failed = Some(error);
                    return Err(kind.into());
                }
            }
        }
    }
}

/// The file, the first bytes of which have been read already.
pub(super) type Input<R> = Chain<Cursor<Vec<u8>>, CountedRead<R>>;
