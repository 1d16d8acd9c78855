//! Times of packets, some of which have none.

/// Time of capture in nanoseconds after the first packet that has a time; the smallest number is that of packets without
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CaptureTime(i64);

impl Default for CaptureTime {
    fn default() -> Self {
        CaptureTime::NONE
    }
}

impl CaptureTime {
    pub(super) const NONE: CaptureTime = CaptureTime(i64::MIN);

    /// Nanoseconds from `before` to this time. They are negative if the times of the capture go back. `None` if one of the
    /// times is not known, or if they are more than 292 years apart.
    #[inline]
    pub(super) const fn since(self, before: CaptureTime) -> Option<i64> {
        if self.is_known() && before.is_known() { self.0.checked_sub(before.0) } else { None }
    }

    #[inline]
    const fn is_known(self) -> bool {
        self.0 != CaptureTime::NONE.0
    }
}

/// Times of packets as differences of 8 bytes, which are kept many times.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CaptureClock {
    /// Time of the first packet that has one, in nanoseconds since 1970.
    first: Option<i128>,
}

impl CaptureClock {
    /// The time of a packet. One that is more than 292 years from the first counts as not known.
    #[inline]
    pub(super) fn time(&mut self, nanos: Option<i128>) -> CaptureTime {
        let Some(nanos) = nanos else { return CaptureTime::NONE };
        let after = nanos.checked_sub(*self.first.get_or_insert(nanos));
        after.and_then(|after| i64::try_from(after).ok()).map_or(CaptureTime::NONE, CaptureTime)
    }

    /// Nanoseconds since 1970.
    pub(super) fn nanos(&self, time: CaptureTime) -> Option<i128> {
        self.first.filter(|_| time.is_known())?.checked_add(time.0.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_far_from_the_first_are_not_known() {
        let mut clock = CaptureClock::default();
        assert_eq!(clock.time(None), CaptureTime::NONE);
        let first = 1_700_000_000_000_000_000;
        let times = [first, first - 5, first + i128::from(i64::MAX), 0].map(|nanos| {
            let time = clock.time(Some(nanos));
            assert_eq!(clock.nanos(time), Some(nanos));
            time
        });
        assert_eq!((times[1].since(times[0]), times[2].since(times[0])), (Some(-5), Some(i64::MAX)));
        assert_eq!((times[2].since(times[1]), times[0].since(CaptureTime::NONE)), (None, None));
        for far in [first + (1 << 63), first - (1 << 63), i128::MAX, i128::MIN] {
            assert_eq!(clock.time(Some(far)), CaptureTime::NONE);
        }
    }
}
