//! Times as dates: RFC 3339 in UTC.

use core::fmt;

const DAY: i128 = 86_400;
/// Days from 0000-03-01 to 1970-01-01 in the Gregorian calendar.
const EPOCH: i128 = 719_468;
/// Days in 400 years.
const ERA: i128 = 146_097;

/// A time as RFC 3339 §5.6 writes it, in UTC. Made by [`Timestamp::rfc3339`](super::Timestamp::rfc3339).
///
/// ```
/// use packetsmith::capture::Timestamp;
/// let time: Timestamp = "2023-11-14T22:13:20.25Z".parse().unwrap();
/// assert_eq!(time.nanos(), 1_700_000_000_250_000_000);
/// assert_eq!(time.rfc3339().unwrap().to_string(), "2023-11-14T22:13:20.250000000Z");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfc3339 {
    year: u16,
    month: u8,
    day: u8,
    second_of_day: u32,
    nanos: u32,
    digits: usize,
}

impl Rfc3339 {
    /// The date of a time in seconds since 1970 and nanoseconds, with a number of decimal places. `None` for a year that
    /// is not between 0 and 9999.
    pub(super) fn of(seconds: i128, nanos: u32, digits: usize) -> Option<Self> {
        let (day, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        // Years begin in March, so that a leap day is the last day of its year.
        let day = day + EPOCH;
        let (era, day) = (day.div_euclid(ERA), day.rem_euclid(ERA));
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = era * 400 + year + i128::from(month <= 2);
        Some(Rfc3339 {
            year: u16::try_from(year).ok().filter(|year| *year <= 9999)?,
            month: month as u8,
            day: day as u8,
            second_of_day: second as u32,
            nanos,
            digits,
        })
    }
}

impl fmt::Display for Rfc3339 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rfc3339 { year, month, day, second_of_day, nanos, digits } = *self;
        let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match digits {
            0 => f.write_str("Z"),
            _ => write!(f, ".{:0digits$}Z", nanos / 10_u32.pow(9 - digits as u32)),
        }
    }
}

/// Nanoseconds since 1970 of a date and time. A leap second is the second after it.
pub(super) fn parse(text: &str) -> Option<i128> {
    let number = |range: core::ops::Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.parse::<i128>().ok()
    };
    let is = |at: usize, expected: &[u8]| text.as_bytes().get(at).is_some_and(|byte| expected.contains(byte));
    if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
        return None;
    }
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i128::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count()),
        None => ("0", rest),
    };
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let nanos = fraction.parse::<i128>().ok()? * 10_i128.pow(9 - fraction.len() as u32);
    // Years begin in March, so that a leap day is the last day of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = year.div_euclid(400) * ERA + year.rem_euclid(400) * 365 + year.rem_euclid(400) / 4
        - year.rem_euclid(400) / 100
        + day_of_year
        - EPOCH;
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset(zone)?;
    Some(seconds * 1_000_000_000 + nanos)
}

/// Seconds that a time zone is ahead of UTC: `Z`, or `+01:00`.
fn offset(zone: &str) -> Option<i128> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |text: &str| (text.len() == 2 && !text.starts_with('+')).then(|| text.parse::<u8>().ok()).flatten();
    let (hours, minutes) = (number(hours).filter(|n| *n < 24)?, number(minutes).filter(|n| *n < 60)?);
    Some(sign * (i128::from(hours) * 3600 + i128::from(minutes) * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Resolution, Timestamp};

    #[test]
    fn dates_become_times_and_dates_again() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("0000-01-01T00:00:00Z", -62_167_219_200),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("1900-03-01T00:00:00Z", -2_203_891_200),
            ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(parse(text), Some(i128::from(seconds) * 1_000_000_000), "{text}");
            let time = Timestamp::new(seconds, 0, Resolution::from_raw(0));
            assert_eq!(time.rfc3339().unwrap().to_string(), text);
        }
        for days in -719_000..2_900_000_i64 {
            let time = Timestamp::new(days * 86_400, 0, Resolution::from_raw(0));
            let Some(date) = time.rfc3339() else { continue };
            if days % 97 == 0 {
                assert_eq!(parse(&date.to_string()), Some(time.nanos()), "{date}");
            }
        }
        for out in [-62_167_219_201, 253_402_300_800, i64::MIN, i64::MAX] {
            assert_eq!(Timestamp::new(out, 0, Resolution::NANOSECONDS).rfc3339(), None);
        }
    }

    #[test]
    fn zones_and_wrong_dates() {
        assert_eq!(parse("2023-11-14 23:13:20+01:00"), parse("2023-11-14t22:13:20z"));
        assert_eq!(parse("2023-11-14T16:43:20.5-05:30"), parse("2023-11-14T22:13:20.500Z"));
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2017-01-01T00:00:00Z"));
        for wrong in [
            "",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "2023-11-14T22:13:20.Z",
            "2023-11-14T22:13:20.1234567890Z",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-00-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:60:00Z",
            "2023-01-01T00:00:61Z",
            "+023-01-01T00:00:00Z",
            "2023-01-01T00:00:00+1:00",
            "2023-01-01T00:00:00+24:00",
            "2023-01-01T00:00:00++1:00",
            "2023-01-01T00:00:00Zé",
            "é023-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
