//! Prefetching: touching the headers of the next frames before they are needed.

use core::hint::black_box;

/// Number of frames that are touched together.
const BATCH: usize = 64;

/// Offsets whose cache lines hold the headers from link to transport layer, for most frames.
const TOUCHED: [usize; 2] = [0, 48];

/// Iterator over frames. It touches the headers of the next 64 frames before it gives the first of them.
///
/// A processor waits for the first bytes of a frame if no cache holds them, because the next step depends on them. If
/// many frames are touched together, the loads overlap. This helps if the frames are in more memory than the caches
/// hold, such as a whole capture file. If they are in a cache, it costs a little.
///
/// ```
/// use packetsmith::{FastHeaders, Prefetch, View};
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
/// let frames = vec![frame; 100];
/// let outlines = Prefetch::new(frames.iter().map(Vec::as_slice)).map(|frame| FastHeaders::of(1, frame));
/// assert_eq!(outlines.filter(|outline| matches!(outline.transport, View::Udp(_))).count(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct Prefetch<I> {
    frames: I,
    /// Number of frames that were touched and not given yet.
    touched: usize,
}

impl<I> Prefetch<I> {
    /// Iterates over `frames`. A clone of the iterator must give the same frames.
    pub fn new(frames: impl IntoIterator<IntoIter = I>) -> Self {
        Prefetch { frames: frames.into_iter(), touched: 0 }
    }
}

impl<'f, I: Iterator<Item = &'f [u8]> + Clone> Iterator for Prefetch<I> {
    type Item = &'f [u8];

    #[inline]
    fn next(&mut self) -> Option<&'f [u8]> {
        if self.touched == 0 {
            let next = self.frames.clone().take(BATCH);
            // Touches the cache line; the sum is discarded.
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
        assert!(Prefetch::new(frames()).eq(frames()));
        assert_eq!(Prefetch::new(frames()).size_hint(), (300, Some(300)));
    }
}
