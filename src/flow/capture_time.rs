//! Times of packets, some of which have none.

/// Time of capture in nanoseconds since 1970, in 96 bits: each connection keeps many, and capture files have no time that
/// needs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CaptureTime {
    /// The highest bits. The smallest number is that of packets without a time.
    high: i32,
    low: [u32; 2],
}

impl Default for CaptureTime {
    /// The time of a packet without one.
    fn default() -> Self {
        CaptureTime::NONE
    }
}

impl CaptureTime {
    pub(super) const NONE: CaptureTime = CaptureTime { high: i32::MIN, low: [0; 2] };

    /// A time in nanoseconds since 1970. One that is 2^95 or more nanoseconds from then counts as not known.
    #[inline]
    pub(super) fn new(nanos: Option<i128>) -> Self {
        let Some(nanos) = nanos else { return CaptureTime::NONE };
        match i32::try_from(nanos >> 64) {
            Ok(high) => CaptureTime { high, low: [nanos as u32, (nanos >> 32) as u32] },
            Err(_) => CaptureTime::NONE,
        }
    }

    /// Nanoseconds since 1970.
    #[inline]
    pub(super) fn nanos(self) -> Option<i128> {
        let [low, middle] = self.low.map(i128::from);
        (self.high != i32::MIN).then_some(i128::from(self.high) << 64 | middle << 32 | low)
    }

    /// Nanoseconds from `before` to this time. They are negative if the times of the capture go back. `None` if one of the
    /// times is not known, or if they are more than 292 years apart.
    #[inline]
    pub(super) fn since(self, before: CaptureTime) -> Option<i64> {
        (self.nanos()? - before.nanos()?).try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_times_of_files_have_their_differences() {
        // The last is that of a pcapng file with whole seconds in 64 bits.
        let times =
            [0, -1, 1_700_000_000_000_000_000, 18_446_744_073_204_000_000_000, i128::from(u64::MAX) * 1_000_000_000];
        for nanos in times {
            let time = CaptureTime::new(Some(nanos));
            assert_eq!(time.nanos(), Some(nanos));
            assert_eq!(CaptureTime::new(Some(nanos + 5)).since(time), Some(5));
            assert_eq!(time.since(CaptureTime::new(Some(nanos + 5))), Some(-5));
        }
        let [first, _, now, .., last] = times.map(|nanos| CaptureTime::new(Some(nanos)));
        assert_eq!((now.since(first), last.since(first)), (Some(1_700_000_000_000_000_000), None));
        for none in [CaptureTime::NONE, CaptureTime::new(None), CaptureTime::new(Some(1 << 95)), CaptureTime::default()]
        {
            assert_eq!((none.nanos(), none.since(first), first.since(none)), (None, None, None));
        }
    }
}
