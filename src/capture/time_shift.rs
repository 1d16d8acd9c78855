//! Moving times: by an offset, and by the error of a clock's rate.

use super::{Resolution, Timestamp};
use std::fmt;

const BILLION: i128 = 1_000_000_000;

/// A change of times: an offset that is added, and the rate of a clock that ran too fast or too slow.
///
/// ```
/// use packetsmith::capture::{Resolution, ShiftError, TimeShift, Timestamp};
/// let time = Timestamp::new(0, 1_700_000_000_250_000, Resolution::MICROSECONDS);
/// let later = TimeShift::by_nanos(-3_600_000_000_000).apply(time)?;
/// assert_eq!(later.to_string(), "1699996400.250000");
/// assert_eq!(TimeShift::by_nanos(1).apply(time), Err(ShiftError::NotWhole(Resolution::MICROSECONDS)));
/// // After 1000 seconds, a clock that loses 20 parts in a million is 20 ms late.
/// let origin = Timestamp::new(0, 1_699_999_000_250_000, Resolution::MICROSECONDS);
/// let right = TimeShift::default().with_skew(origin, 20_000).apply(time)?;
/// assert_eq!(right.to_string(), "1700000000.270000");
/// # Ok::<(), ShiftError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeShift {
    nanos: i128,
    /// The time that stays, in nanoseconds since 1970, and parts per billion of the time since then that are added.
    skew: Option<(i128, i64)>,
}

/// Why a time cannot be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShiftError {
    /// The offset is no whole number of ticks of this length.
    NotWhole(Resolution),
    /// The time would leave the range that the file has for it. It is the time before.
    OutOfRange(Timestamp),
}

impl fmt::Display for ShiftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShiftError::NotWhole(resolution) => {
                let (base, exponent) = if resolution.raw() & 0x80 == 0 { (10, 0) } else { (2, 0x80) };
                let exponent = resolution.raw() - exponent;
                write!(f, "its time counts units of {base}^-{exponent} s, and the offset is no whole number of those")
            }
            ShiftError::OutOfRange(time) => {
                write!(f, "its time {time} would be moved out of the range that the file has for times")
            }
        }
    }
}

impl std::error::Error for ShiftError {}

impl TimeShift {
    /// Adds nanoseconds.
    pub fn by_nanos(nanos: i128) -> Self {
        TimeShift { nanos, skew: None }
    }

    /// Also adds so many parts per billion of the time since `origin`, rounded to the nearest tick.
    pub fn with_skew(self, origin: Timestamp, parts_per_billion: i64) -> Self {
        TimeShift { skew: Some((origin.nanos(), parts_per_billion)), ..self }
    }

    /// Moves a time. It is still counted in the same ticks, from the same second on if there is no need to change that.
    ///
    /// # Errors
    ///
    /// The offset is no whole number of ticks, or the time leaves the range.
    pub fn apply(&self, time: Timestamp) -> Result<Timestamp, ShiftError> {
        let (resolution, out_of_range) = (time.resolution(), ShiftError::OutOfRange(time));
        let ticks = self.ticks(time)?;
        let ticks = i128::from(time.ticks()).checked_add(ticks).ok_or(out_of_range)?;
        match u64::try_from(ticks) {
            Ok(ticks) => Ok(Timestamp::new(time.base(), ticks, resolution)),
            // In pcap, the seconds change.
            Err(_) => {
                let second = resolution.ticks(BILLION).map(i128::from).ok_or(out_of_range)?;
                let seconds = i128::from(time.base()) + ticks.div_euclid(second);
                let base = i64::try_from(seconds).map_err(|_| out_of_range)?;
                let ticks = u64::try_from(ticks.rem_euclid(second)).map_err(|_| out_of_range)?;
                Ok(Timestamp::new(base, ticks, resolution))
            }
        }
    }

    /// Moves a time of an interface that counts from a fixed second on.
    pub(super) fn ticks_of(&self, time: Timestamp) -> Option<u64> {
        let moved = i128::from(time.ticks()).checked_add(self.ticks(time).ok()?)?;
        u64::try_from(moved).ok()
    }

    /// How many ticks are added to a time.
    fn ticks(&self, time: Timestamp) -> Result<i128, ShiftError> {
        let resolution = time.resolution();
        let sign = self.nanos.signum();
        let whole = resolution.ticks(self.nanos.abs()).ok_or(ShiftError::NotWhole(resolution))?;
        let offset = sign * i128::from(whole);
        let Some((origin, parts)) = self.skew else { return Ok(offset) };
        let out_of_range = ShiftError::OutOfRange(time);
        let more = (time.nanos() - origin).checked_mul(parts.into()).ok_or(out_of_range)?;
        let more = resolution.nearest_ticks(more, BILLION).ok_or(out_of_range)?;
        offset.checked_add(more).ok_or(out_of_range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_is_moved_exactly_or_not_at_all() {
        for raw in 0..=255 {
            let resolution = Resolution::from_raw(raw);
            let time = Timestamp::new(5, 1 << 40, resolution);
            for nanos in [0, 1, -1, 1000, 3_600_000_000_000, -3_600_000_000_000] {
                if let Ok(moved) = TimeShift::by_nanos(nanos).apply(time) {
                    assert_eq!(moved.resolution(), resolution);
                    let back = TimeShift::by_nanos(-nanos).apply(moved).unwrap();
                    assert_eq!(back.nanos(), time.nanos(), "{raw} {nanos}");
                }
            }
        }
    }

    #[test]
    fn a_time_of_pcap_changes_its_seconds() {
        let time = Timestamp::new(10, 200_000, Resolution::MICROSECONDS);
        let moved = TimeShift::by_nanos(-500_000_000).apply(time).unwrap();
        assert_eq!((moved.base(), moved.ticks()), (9, 700_000));
        let first = Timestamp::new(i64::MIN, 0, Resolution::MICROSECONDS);
        assert_eq!(TimeShift::by_nanos(-BILLION).apply(first), Err(ShiftError::OutOfRange(first)));
    }

    #[test]
    fn skew_is_rounded_to_the_nearest_tick() {
        let origin = Timestamp::new(0, 0, Resolution::MICROSECONDS);
        let moved = |ticks, parts| {
            let time = Timestamp::new(0, ticks, Resolution::MICROSECONDS);
            TimeShift::default().with_skew(origin, parts).apply(time).unwrap().ticks()
        };
        assert_eq!((moved(1_000_000, 1_400), moved(1_000_000, 1_600)), (1_000_001, 1_000_002));
        assert_eq!((moved(1_000_000, -1_400), moved(1_000_000, -1_600)), (999_999, 999_998));
    }
}
