//! When a capture ends, and when it goes on in another file.

use std::time::Duration;

/// When a capture ends (-a).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StopRule {
    /// After a time.
    Duration(Duration),
    /// After so many bytes of a file.
    FileSize(u64),
    /// After so many packets.
    Packets(u64),
    /// After so many files.
    Files(u64),
}

/// When a capture goes on in another file (-b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SwitchRule {
    /// After a time.
    Duration(Duration),
    /// After so many bytes.
    FileSize(u64),
    /// After so many packets.
    Packets(u64),
    /// When the seconds since 1970 are a multiple of this number.
    Interval(u64),
    /// No other file: the number of files that are kept.
    Files(u64),
}

/// Longest time: a thousand years, as no clock is asked for more.
const LONGEST: f64 = 1000.0 * 365.25 * 86_400.0;

/// Parses a number of seconds above 0.
fn seconds(text: &str) -> Result<Duration, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = text.parse::<f64>().ok().filter(|seconds| plain && *seconds > 0.0 && *seconds <= LONGEST);
    number
        .map(Duration::from_secs_f64)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| format!("{text} is not a number of seconds above 0, such as 60 or 0.5"))
}

/// Parses a whole number of 1 or more.
fn whole(text: &str, most: u64, what: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| (1..=most).contains(number) && !text.starts_with('+'));
    number.ok_or_else(|| match most {
        u64::MAX => format!("{text} is not a number of {what} of 1 or more"),
        most => format!("{text} is not a number of {what} from 1 to {most}"),
    })
}

/// Parses a size in units of 1,000 bytes.
fn kilobytes(text: &str) -> Result<u64, String> {
    whole(text, u64::MAX / 1000, "kB (1,000 bytes)").map(|number| number * 1000)
}

/// Most files of a ring, as in dumpcap: their numbers have five digits.
const MOST_FILES: u64 = 99_999;

/// Splits `test:value`.
fn parts<'a>(text: &'a str, words: &str) -> Result<(&'a str, &'a str), String> {
    text.split_once(':').ok_or_else(|| format!("a condition and its value are expected: {words}"))
}

/// What -a takes.
const STOPS: &str = "duration:SECONDS, filesize:KB, packets:N or files:N";
/// What -b takes.
const SWITCHES: &str = "duration:SECONDS, filesize:KB, packets:N, interval:SECONDS or files:N";

/// Parses a condition of -a.
pub fn stop_rule(text: &str) -> Result<StopRule, String> {
    let (word, value) = parts(text, STOPS)?;
    match word {
        "duration" => seconds(value).map(StopRule::Duration),
        "filesize" => kilobytes(value).map(StopRule::FileSize),
        "packets" => whole(value, u64::MAX, "packets").map(StopRule::Packets),
        "files" => whole(value, MOST_FILES, "files").map(StopRule::Files),
        _ => Err(format!("a capture does not end by {word}: give {STOPS}")),
    }
}

/// Parses a condition of -b.
pub fn switch_rule(text: &str) -> Result<SwitchRule, String> {
    let (word, value) = parts(text, SWITCHES)?;
    match word {
        "duration" => seconds(value).map(SwitchRule::Duration),
        "filesize" => kilobytes(value).map(SwitchRule::FileSize),
        "packets" => whole(value, u64::MAX, "packets").map(SwitchRule::Packets),
        "interval" => whole(value, LONGEST as u64, "seconds").map(SwitchRule::Interval),
        "files" => whole(value, MOST_FILES, "files").map(SwitchRule::Files),
        _ => Err(format!("files do not change by {word}: give {SWITCHES}")),
    }
}

/// Limits of the whole capture and of each file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Of the whole capture.
    pub duration: Option<Duration>,
    pub packets: Option<u64>,
    pub files: Option<u64>,
    /// Of each file.
    pub file_duration: Option<Duration>,
    pub file_bytes: Option<u64>,
    pub file_packets: Option<u64>,
    pub interval: Option<u64>,
    /// Number of files that are kept.
    pub kept: Option<u64>,
    /// Whether there is another file after the first.
    pub has_many: bool,
}

impl Limits {
    /// Puts the rules together. A rule that is given twice holds where it is smallest.
    pub fn new(stops: &[StopRule], switches: &[SwitchRule], count: Option<u64>) -> Result<Self, String> {
        fn least<T: PartialOrd>(place: &mut Option<T>, value: T) {
            if place.as_ref().is_none_or(|before| value < *before) {
                *place = Some(value);
            }
        }
        let mut limits = Limits { packets: count, has_many: !switches.is_empty(), ..Limits::default() };
        for stop in stops {
            match *stop {
                StopRule::Duration(time) => least(&mut limits.duration, time),
                StopRule::FileSize(bytes) => least(&mut limits.file_bytes, bytes),
                StopRule::Packets(packets) => least(&mut limits.packets, packets),
                StopRule::Files(files) => least(&mut limits.files, files),
            }
        }
        for switch in switches {
            match *switch {
                SwitchRule::Duration(time) => least(&mut limits.file_duration, time),
                SwitchRule::FileSize(bytes) => least(&mut limits.file_bytes, bytes),
                SwitchRule::Packets(packets) => least(&mut limits.file_packets, packets),
                SwitchRule::Interval(seconds) => least(&mut limits.interval, seconds),
                SwitchRule::Files(files) => least(&mut limits.kept, files),
            }
        }
        let Limits { file_duration, file_bytes, file_packets, interval, .. } = limits;
        let changes = file_duration.is_some() || file_packets.is_some() || interval.is_some() || file_bytes.is_some();
        if limits.has_many && !changes {
            return Err("-b files:N needs to know when a file is full: give -b filesize:KB, duration:SECONDS, \
                        packets:N or interval:SECONDS too"
                .to_string());
        }
        if limits.files.is_some() && !limits.has_many {
            return Err("-a files:N needs several files: give -b filesize:KB, duration:SECONDS, packets:N or \
                        interval:SECONDS too"
                .to_string());
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_dumpcap() {
        assert_eq!(stop_rule("duration:0.5"), Ok(StopRule::Duration(Duration::from_millis(500))));
        assert_eq!(stop_rule("filesize:2"), Ok(StopRule::FileSize(2000)));
        assert_eq!(switch_rule("interval:3600"), Ok(SwitchRule::Interval(3600)));
        assert_eq!(switch_rule("files:5"), Ok(SwitchRule::Files(5)));
        for wrong in [
            "60",
            "duration:",
            "duration:0",
            "duration:-1",
            "duration:1e3",
            "duration:inf",
            "duration:NaN",
            "filesize:0",
            "filesize:1.5",
            "filesize:99999999999999999999",
            "packets:0",
            "packets:+1",
            "size:5",
            "files:100000",
        ] {
            assert!(stop_rule(wrong).is_err(), "{wrong}");
            assert!(switch_rule(wrong).is_err(), "{wrong}");
        }
        assert!(stop_rule("size:5").unwrap_err().contains("filesize:KB"));
    }

    #[test]
    fn files_need_a_size() {
        assert!(Limits::new(&[], &[SwitchRule::Files(2)], None).is_err());
        assert!(Limits::new(&[StopRule::Files(2)], &[], None).is_err());
        // As in dumpcap, -a filesize with -b changes the file.
        let limits = Limits::new(&[StopRule::FileSize(9000)], &[SwitchRule::Files(2)], Some(7)).unwrap();
        assert_eq!((limits.file_bytes, limits.kept, limits.packets), (Some(9000), Some(2), Some(7)));
        let limits = Limits::new(&[StopRule::Packets(3)], &[], Some(7)).unwrap();
        assert_eq!(limits.packets, Some(3));
    }
}
