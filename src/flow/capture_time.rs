//! Times of packets, some of which have none.

/// Time of capture in nanoseconds since 1970; the smallest number is that of packets without a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CaptureTime(i128);

impl Default for CaptureTime {
    fn default() -> Self {
        CaptureTime::NONE
    }
}

impl CaptureTime {
    pub(super) const NONE: CaptureTime = CaptureTime(i128::MIN);

    #[inline]
    pub(super) fn new(nanos: Option<i128>) -> Self {
        nanos.map_or(CaptureTime::NONE, CaptureTime)
    }

    /// Nanoseconds from `before` to this time. They are negative if the times of the capture go back. `None` if one of the
    /// times is not known, or if they are more than 292 years apart.
    #[inline]
    pub(super) fn since(self, before: CaptureTime) -> Option<i64> {
        self.nanos()?.checked_sub(before.nanos()?)?.try_into().ok()
    }

    #[inline]
    pub(super) fn nanos(self) -> Option<i128> {
        (self != CaptureTime::NONE).then_some(self.0)
    }
}
