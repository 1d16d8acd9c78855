//! Frames from memory that no cache holds: touching the next ones before they are needed.

use core::hint::black_box;

/// Frames that are touched together.
const BATCH: usize = 64;

/// Where headers from link to transport stand: in the cache lines of these bytes, for most frames.
const TOUCHED: [usize; 2] = [0, 48];

/// Iterator over frames that touches the headers of the next 64 before it gives the first of them.
///
/// A processor that finds a frame's first byte in no cache waits, since what comes next depends on it. Touched
/// together, their loads overlap. It helps where frames lie in more memory than the caches hold, in a capture
/// that was read as a whole, say; where they are in a cache it costs a little.
///
/// ```
/// use packetsmith::{Ahead, Outline, View};
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
/// let frames = vec![frame; 100];
/// let outlines = Ahead::new(frames.iter().map(Vec::as_slice)).map(|frame| Outline::of(1, frame));
/// assert_eq!(outlines.filter(|outline| matches!(outline.transport, View::Udp(_))).count(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct Ahead<I> {
    frames: I,
    /// Frames that were touched and not yet given.
    touched: usize,
}

impl<I> Ahead<I> {
    /// Goes over frames, which the iterator's clone must find again where they are.
    pub fn new(frames: impl IntoIterator<IntoIter = I>) -> Self {
        Ahead { frames: frames.into_iter(), touched: 0 }
    }
}

impl<'f, I: Iterator<Item = &'f [u8]> + Clone> Iterator for Ahead<I> {
    type Item = &'f [u8];

    #[inline]
    fn next(&mut self) -> Option<&'f [u8]> {
        if self.touched == 0 {
            let next = self.frames.clone().take(BATCH);
            // Read for the sake of reading: the sum is nobody's.
            black_box(
                next.fold(0, |sum, frame| TOUCHED.iter().fold(sum, |sum, &at| sum ^ frame.get(at).unwrap_or(&0))),
            );
            self.touched = BATCH;
        }
        self.touched -= 1;
        self.frames.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.frames.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_frames_come_in_order() {
        let bytes = [7; 300];
        let frames = || (0..300).map(|n| &bytes[..n]);
        assert!(Ahead::new(frames()).eq(frames()));
        assert_eq!(Ahead::new(frames()).size_hint(), (300, Some(300)));
    }
}
