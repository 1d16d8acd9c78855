//! Times of packets, some of which have none.

/// Time of capture in nanoseconds since 1970. Some packets have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CaptureTime(Option<i64>);

impl CaptureTime {
    pub(super) const NONE: CaptureTime = CaptureTime(None);

    /// A time outside of the years 1678 to 2262 is none.
    #[inline]
    pub(super) fn new(nanos: Option<i128>) -> Self {
        CaptureTime(nanos.and_then(|nanos| nanos.try_into().ok()))
    }

    /// Nanoseconds from `before` to this time. They are negative if the times of the capture go back. `None` if one of the
    /// times is not known.
    #[inline]
    pub(super) fn since(self, before: CaptureTime) -> Option<i64> {
        self.0?.checked_sub(before.0?)
    }

    pub(super) fn nanos(self) -> Option<i64> {
        self.0
    }
}
