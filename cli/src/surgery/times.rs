//! Times in arguments, and lengths of time.

use packetsmith::capture::Timestamp;

/// A time in an argument.
#[derive(Clone, Copy, Debug)]
pub enum TimeArgument {
    /// A time of the calendar.
    At(Timestamp),
    /// Nanoseconds after the first packet.
    AfterFirst(i128),
}

impl TimeArgument {
    /// Parses seconds since 1970, a date and time, or `+SECONDS` after the first packet.
    pub fn parse(text: &str) -> Result<Self, String> {
        let time = match text.strip_prefix('+') {
            Some(after) => nanos(after).ok().filter(|_| !after.starts_with('-')).map(TimeArgument::AfterFirst),
            None => text.parse().ok().map(TimeArgument::At),
        };
        time.ok_or_else(|| {
            "is no time: seconds since 1970, a date and time as in 2023-11-14T22:13:20.25Z, or +SECONDS from the first \
             packet"
                .to_string()
        })
    }

    /// Nanoseconds since 1970, in a capture whose first packet has this time.
    pub fn nanos(self, first: Timestamp) -> i128 {
        match self {
            TimeArgument::At(time) => time.nanos(),
            TimeArgument::AfterFirst(after) => first.nanos() + after,
        }
    }
}

/// Parses a number of seconds with up to nine decimal places, which may be negative, as nanoseconds.
pub fn nanos(text: &str) -> Result<i128, String> {
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let is_number = unsigned.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let time = unsigned.parse::<Timestamp>().ok().filter(|_| is_number && unsigned.matches('-').count() <= 1);
    time.map(Timestamp::nanos).ok_or_else(|| "a number of seconds is expected, such as 3600 or -0.25".to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_have_signs_and_decimal_places() {
        assert_eq!(nanos("3600"), Ok(3_600_000_000_000));
        assert_eq!(nanos("-0.25"), Ok(-250_000_000));
        assert_eq!(nanos("+1.000000001"), Ok(1_000_000_001));
        for wrong in ["", "x", "1e3", "2023-11-14", "1-2", "0.0000000001", "--1", "+-+1"] {
            assert!(nanos(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_of_the_calendar_or_after_the_first_packet() {
        let first: Timestamp = "100".parse().unwrap();
        let of = |text| TimeArgument::parse(text).ok().map(|time| time.nanos(first));
        assert_eq!(of("+1.5"), Some(101_500_000_000));
        assert_eq!(of("1.5"), Some(1_500_000_000));
        assert_eq!(of("1970-01-01T00:00:07Z"), Some(7_000_000_000));
        assert_eq!((of("+-1"), of("soon"), of("+")), (None, None, None));
    }
}
