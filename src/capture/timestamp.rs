//! Times in capture files.

use super::rfc3339::{self, Rfc3339};
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;
use std::time::{Duration, SystemTime};

const BILLION: i128 = 1_000_000_000;

/// Resolution of a timestamp, in the coding of pcapng's `if_tsresol` option: with the highest bit
/// clear, the other seven are `n` in 10⁻ⁿ seconds; with it set, `n` in 2⁻ⁿ seconds.
///
/// ```
/// use packetsmith::capture::Resolution;
/// assert_eq!(Resolution::MICROSECONDS.raw(), 6);
/// assert_eq!(Resolution::MICROSECONDS.digits(), 6);
/// assert_eq!(Resolution::from_raw(0x80 | 10).digits(), 4); // 1/1024 s
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resolution(u8);

impl Resolution {
    /// 10⁻⁶ seconds: ordinary pcap, and pcapng without an `if_tsresol` option.
    pub const MICROSECONDS: Self = Resolution(6);
    /// 10⁻⁹ seconds.
    pub const NANOSECONDS: Self = Resolution(9);

    /// Takes the value of an `if_tsresol` option. Each of the 256 values has a meaning.
    pub const fn from_raw(raw: u8) -> Self {
        Resolution(raw)
    }

    /// Returns the value of the `if_tsresol` option that says this.
    pub const fn raw(self) -> u8 {
        self.0
    }

    /// Returns the number of decimal places to show, 0 to 9.
    pub const fn digits(self) -> usize {
        let n = (self.0 & 0x7f) as usize;
        let digits = match self.0 & 0x80 {
            0 => n,
            _ => (n * 30103).div_ceil(100_000), // log10(2) = 0.30103
        };
        if digits > 9 { 9 } else { digits }
    }

    /// Ticks in a number of nanoseconds; `None` if they are not a whole number, or too many.
    pub(super) fn ticks(self, nanos: i128) -> Option<u64> {
        let n = u32::from(self.0 & 0x7f);
        let ticks = match (self.0 & 0x80, n) {
            (0, 0..=9) => {
                let (ticks, rest) = divide(nanos, 10_u32.pow(9 - n));
                (rest == 0).then_some(ticks)?
            }
            (0, 10..=18) => nanos.checked_mul(10_i128.pow(n - 9))?,
            (0x80, 0..=63) => {
                let scaled = nanos.checked_mul(1 << n)?;
                (scaled % BILLION == 0).then_some(scaled / BILLION)?
            }
            _ => return None,
        };
        u64::try_from(ticks).ok()
    }

    /// The number of ticks that is nearest to a fraction of nanoseconds; `None` if it is out of range.
    pub(super) fn nearest_ticks(self, nanos: i128, divisor: i128) -> Option<i128> {
        let n = u32::from(self.0 & 0x7f);
        let (nanos, divisor) = match (self.0 & 0x80, n) {
            (0, 0..=9) => (nanos, divisor.checked_mul(10_i128.pow(9 - n))?),
            (0, _) => (nanos.checked_mul(10_i128.checked_pow(n - 9)?)?, divisor),
            (_, 0..=63) => (nanos.checked_mul(1 << n)?, divisor.checked_mul(BILLION)?),
            _ => return None,
        };
        nanos.checked_add(divisor / 2).map(|nanos| nanos.div_euclid(divisor))
    }

    fn nanos(self, ticks: u64) -> i128 {
        /// Nanoseconds of a tick, by the digits after the point.
        const UNITS: [u32; 10] = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1000, 100, 10, 1];
        let ticks = i128::from(ticks);
        let n = u32::from(self.0 & 0x7f);
        match (self.0 & 0x80, n) {
            (0, 0..=9) => ticks * i128::from(UNITS[n as usize]),
            (0, _) => 10_i128.checked_pow(n - 9).map_or(0, |unit| ticks / unit),
            _ => (ticks * BILLION) >> n,
        }
    }
}

/// Divides with a remainder that is not negative. Nearly all times take no more than 64 bits, which are divided much
/// faster than 128.
const fn divide(nanos: i128, by: u32) -> (i128, u32) {
    match nanos {
        0..=0xffff_ffff_ffff_ffff => ((nanos as u64 / by as u64) as i128, (nanos as u64 % by as u64) as u32),
        _ => (nanos.div_euclid(by as i128), nanos.rem_euclid(by as i128) as u32),
    }
}

/// A point in time exactly as a capture file has it: whole seconds since 1970-01-01 00:00 UTC, plus
/// a number of ticks of some [`Resolution`].
///
/// In a pcap file the seconds are the record's first field and the ticks its second, even where
/// those are a whole second or more. In pcapng the ticks are the 64-bit timestamp and the seconds
/// are the interface's `if_tsoffset`. No file's time is out of range.
///
/// ```
/// use packetsmith::capture::{Resolution, Timestamp};
/// let time = Timestamp::new(1_700_000_000, 250_000, Resolution::MICROSECONDS);
/// assert_eq!(time.nanos(), 1_700_000_000_250_000_000);
/// assert_eq!(time.to_string(), "1700000000.250000");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    base: i64,
    ticks: u64,
    resolution: Resolution,
}

/// Seconds since 1970, with the digits of the resolution.
impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

impl Timestamp {
    /// A timestamp of `base` seconds since 1970 plus `ticks` units of `resolution`.
    #[inline]
    pub const fn new(base: i64, ticks: u64, resolution: Resolution) -> Self {
        Timestamp { base, ticks, resolution }
    }

    /// A timestamp of nanoseconds since 1970.
    pub const fn from_nanos(nanos: i128) -> Option<Self> {
        let (seconds, rest) = divide(nanos, BILLION as u32);
        if seconds < i64::MIN as i128 || seconds > i64::MAX as i128 {
            return None;
        }
        Some(Timestamp { base: seconds as i64, ticks: rest as u64, resolution: Resolution::NANOSECONDS })
    }

    fn parse_seconds(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let numeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !numeric(whole) || !numeric(fraction) || fraction.len() > 9 {
            return None;
        }
        let seconds: i128 = whole.parse().ok()?;
        let rest: i128 = fraction.parse().ok()?;
        let rest = rest * 10_i128.pow(9 - fraction.len() as u32);
        Self::from_nanos(sign * (seconds.checked_mul(BILLION)? + rest))
    }

    /// The date and time of day in UTC, as RFC 3339 writes them. `None` for years before 0 and after 9999.
    ///
    /// ```
    /// use packetsmith::capture::{Resolution, Timestamp};
    /// let time = Timestamp::new(1_700_000_000, 250_000, Resolution::MICROSECONDS);
    /// assert_eq!(time.rfc3339().unwrap().to_string(), "2023-11-14T22:13:20.250000Z");
    /// ```
    pub fn rfc3339(self) -> Option<Rfc3339> {
        Rfc3339::of(self.seconds(), self.subsec_nanos(), self.resolution.digits())
    }

    /// Returns the same time in ticks of another resolution after other seconds; `None` if it is not a whole number of
    /// those ticks.
    pub fn at(self, resolution: Resolution, base: i64) -> Option<Self> {
        let ticks = resolution.ticks(self.nanos() - i128::from(base) * BILLION)?;
        Some(Timestamp { base, ticks, resolution })
    }

    /// Returns the seconds that the ticks are added to, as in the file.
    pub const fn base(self) -> i64 {
        self.base
    }

    /// Returns the ticks as they are in the file.
    pub const fn ticks(self) -> u64 {
        self.ticks
    }

    /// Returns the length of a tick.
    pub const fn resolution(self) -> Resolution {
        self.resolution
    }

    /// Returns nanoseconds since 1970, rounded down if the resolution is finer.
    pub fn nanos(self) -> i128 {
        i128::from(self.base) * BILLION + self.resolution.nanos(self.ticks)
    }

    /// Returns the time that [`Display`](fmt::Display) shows: this one, without the digits that it does not show.
    pub fn shown(self) -> Option<Self> {
        let (nanos, unit) = (self.nanos(), 10_u32.pow(9 - self.resolution.digits() as u32));
        let (_, rest) = divide(nanos.abs(), unit);
        Self::from_nanos(nanos - nanos.signum() * i128::from(rest))
    }

    /// Returns whole seconds since 1970, rounded down (so -0.5 s gives -1).
    pub fn seconds(self) -> i128 {
        divide(self.nanos(), BILLION as u32).0
    }

    /// Returns the nanoseconds after [`seconds`](Self::seconds), 0 to 999,999,999.
    pub fn subsec_nanos(self) -> u32 {
        divide(self.nanos(), BILLION as u32).1
    }
}

/// The error of a text that is no time.
///
/// ```
/// assert!("yesterday".parse::<packetsmith::capture::Timestamp>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError;

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is no time: seconds since 1970, or a date and time as in 2023-11-14T22:13:20.25Z")
    }
}

impl std::error::Error for ParseTimestampError {}

/// Reads seconds since 1970 as `Display` writes them, with up to nine decimal places, or a date and time of RFC 3339.
///
/// ```
/// use packetsmith::capture::Timestamp;
/// let time: Timestamp = "1700000000.25".parse().unwrap();
/// assert_eq!(time.nanos(), 1_700_000_000_250_000_000);
/// assert_eq!("2023-11-14T22:13:20.25Z".parse(), Ok(time));
/// assert_eq!("-0.5".parse::<Timestamp>().unwrap().nanos(), -500_000_000);
/// ```
impl FromStr for Timestamp {
    type Err = ParseTimestampError;
    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let of_date = || rfc3339::parse(text).and_then(Timestamp::from_nanos);
        Timestamp::parse_seconds(text).or_else(of_date).ok_or(ParseTimestampError)
    }
}

/// The earlier time comes first, by nanoseconds. Times in one nanosecond are ordered by their resolution and their ticks.
/// Two times are equal only if a file has them in the same way: [`nanos`](Timestamp::nanos) compares the moments.
///
/// ```
/// use packetsmith::capture::{Resolution, Timestamp};
/// let [early, late] = [1, 2].map(|second| Timestamp::new(second, 0, Resolution::MICROSECONDS));
/// assert!(early < late);
/// ```
impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |time: &Self| (time.nanos(), time.resolution.0, time.base, time.ticks);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The error of a time that is out of range: before 1970, or further from it than the other type can hold.
///
/// ```
/// use packetsmith::capture::{Timestamp, TimestampRangeError};
/// let before: Timestamp = "-1".parse().unwrap();
/// assert_eq!(std::time::Duration::try_from(before), Err(TimestampRangeError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampRangeError;

impl fmt::Display for TimestampRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is out of range")
    }
}

impl std::error::Error for TimestampRangeError {}

impl Timestamp {
    /// The time of the system's clock, in nanoseconds.
    pub fn now() -> Self {
        // No clock has a time out of the range of a timestamp.
        Timestamp::try_from(SystemTime::now()).unwrap_or(Timestamp::new(0, 0, Resolution::NANOSECONDS))
    }
}

/// In nanoseconds.
///
/// ```
/// use packetsmith::capture::Timestamp;
/// use std::time::{Duration, SystemTime};
/// let time = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 250_000_000);
/// assert_eq!(Timestamp::try_from(time).unwrap().to_string(), "1700000000.250000000");
/// ```
impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampRangeError;
    fn try_from(time: SystemTime) -> Result<Self, TimestampRangeError> {
        let nanos = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => after.as_nanos() as i128,
            Err(before) => -(before.duration().as_nanos() as i128),
        };
        Timestamp::from_nanos(nanos).ok_or(TimestampRangeError)
    }
}

/// Rounded down to nanoseconds.
///
/// ```
/// use packetsmith::capture::{Resolution, Timestamp};
/// use std::time::{Duration, SystemTime};
/// let time = SystemTime::try_from(Timestamp::new(7, 500_000, Resolution::MICROSECONDS)).unwrap();
/// assert_eq!(time, SystemTime::UNIX_EPOCH + Duration::from_millis(7500));
/// ```
impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampRangeError;
    fn try_from(time: Timestamp) -> Result<Self, TimestampRangeError> {
        let seconds = Duration::from_secs(u64::try_from(time.seconds().abs()).map_err(|_| TimestampRangeError)?);
        let second = match time.seconds() {
            0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
            _ => SystemTime::UNIX_EPOCH.checked_sub(seconds),
        };
        let nanos = Duration::from_nanos(time.subsec_nanos().into());
        second.and_then(|second| second.checked_add(nanos)).ok_or(TimestampRangeError)
    }
}

/// A time so long after 1970-01-01 00:00 UTC, in nanoseconds.
impl TryFrom<Duration> for Timestamp {
    type Error = TimestampRangeError;
    fn try_from(since: Duration) -> Result<Self, TimestampRangeError> {
        Timestamp::from_nanos(since.as_nanos() as i128).ok_or(TimestampRangeError)
    }
}

/// How long after 1970-01-01 00:00 UTC the time is, rounded down to nanoseconds. A time before is an error.
impl TryFrom<Timestamp> for Duration {
    type Error = TimestampRangeError;
    fn try_from(time: Timestamp) -> Result<Self, TimestampRangeError> {
        let seconds = u64::try_from(time.seconds()).map_err(|_| TimestampRangeError)?;
        Ok(Duration::new(seconds, time.subsec_nanos()))
    }
}

/// Seconds since 1970, with as many decimal places (0 to 9) as the resolution has. [`Timestamp::rfc3339`] gives a date.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.nanos();
        let digits = self.resolution.digits();
        let (sign, magnitude) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
        let (seconds, rest) = (magnitude / 1_000_000_000, magnitude % 1_000_000_000);
        write!(f, "{sign}{seconds}")?;
        match digits {
            0 => Ok(()),
            _ => write!(f, ".{:0digits$}", rest / 10_u128.pow(9 - digits as u32)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(base: i64, ticks: u64, raw: u8) -> Timestamp {
        Timestamp::new(base, ticks, Resolution::from_raw(raw))
    }

    #[test]
    fn every_resolution_takes_every_tick() {
        for raw in 0..=255 {
            for base in [i64::MIN, -1, 0, i64::MAX] {
                let t = time(base, u64::MAX, raw);
                assert_eq!(t.seconds() * BILLION + i128::from(t.subsec_nanos()), t.nanos());
                assert!(!t.to_string().is_empty());
            }
        }
    }

    #[test]
    fn what_is_shown_is_what_its_text_is_read_as() {
        for raw in 0..=255 {
            for base in [i64::MIN, -2, -1, 0, 1_700_000_000, i64::MAX] {
                for ticks in [0, 1, 999, 999_999, 1_000_000, 123_456_789, u64::MAX / 3, u64::MAX] {
                    let t = time(base, ticks, raw);
                    assert_eq!(t.shown(), t.to_string().parse().ok(), "{t:?}");
                }
            }
        }
    }

    #[test]
    fn the_clock_of_the_system_and_durations() {
        for nanos in [0, 1, -1, 1_700_000_000_123_456_789, -1_700_000_000_123_456_789] {
            let t = Timestamp::from_nanos(nanos).unwrap();
            let system = SystemTime::try_from(t).unwrap();
            assert_eq!(Timestamp::try_from(system), Ok(t));
            assert_eq!(
                Duration::try_from(t).ok().map(|since| since.as_nanos() as i128),
                Some(nanos).filter(|n| *n >= 0)
            );
        }
        assert_eq!(Timestamp::try_from(Duration::MAX), Err(TimestampRangeError));
        let longest = time(i64::MAX, u64::MAX, 0);
        assert_eq!((SystemTime::try_from(longest), Duration::try_from(longest)).0, Err(TimestampRangeError));
        let picoseconds = Timestamp::new(0, 1_999, Resolution::from_raw(12));
        assert_eq!(Duration::try_from(picoseconds), Ok(Duration::from_nanos(1)));
        let later = Timestamp::new(0, 2_000, Resolution::from_raw(12));
        assert!(picoseconds < later && Timestamp::new(0, 1_998, Resolution::from_raw(12)) < picoseconds);
    }

    #[test]
    fn decimal_and_binary_ticks() {
        assert_eq!(time(1, 2, 0).nanos(), 3 * BILLION);
        assert_eq!(time(0, 1_234, 12).nanos(), 1);
        assert_eq!(time(0, 3, 0x80 | 1).nanos(), 1_500_000_000);
        assert_eq!(time(0, u64::MAX, 0x80 | 64).nanos(), 999_999_999);
        assert_eq!(time(5, u64::MAX, 127).nanos(), 5 * BILLION);
    }

    #[test]
    fn shown_with_the_digits_of_the_resolution() {
        assert_eq!(time(7, 0, 0).to_string(), "7");
        assert_eq!(time(7, 5, 3).to_string(), "7.005");
        assert_eq!(time(7, 1, 12).to_string(), "7.000000000");
        assert_eq!(time(-2, 500_000, 6).to_string(), "-1.500000");
        assert_eq!(time(1, 3_000_001, 6).to_string(), "4.000001");
    }
}
