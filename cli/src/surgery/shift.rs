//! `packetsmith shift`: other times.

use super::copying::{CopyArguments, Edit, copy, outcome};
use super::times::nanos;
use crate::outcome::Outcome;
use packetsmith::capture::{Record, TimeShift, Timestamp};
use std::io;

/// Moves the times of packets: by an offset, or by the error of a clock's rate.
///
/// The times of interface statistics are moved too. All else is copied as it is. A time that leaves the range of the format, or
/// an offset finer than its ticks, ends the command without a file.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("change").args(["time", "skew"]).required(true).multiple(true),
    after_help = "\
Examples:
  packetsmith shift trace.pcapng -t 3600 -w right.pcapng      one hour later
  packetsmith shift trace.pcap -t -0.25 -w right.pcap         a quarter of a second earlier
  packetsmith shift trace.pcap --skew 20 -w right.pcap        of a clock that loses 20 us in a second
  packetsmith shift trace.pcap -t 0.0000005 -F nanopcap -w right.pcap

-t is as in editcap. Arithmetic is exact to the tick; --skew rounds to the nearest tick.

Exit status: 0 if all went well, 2 if the file could not be read to its end, or a time could not be
moved.")]
pub struct Arguments {
    #[command(flatten)]
    copy: CopyArguments,
    /// Add so many seconds, with up to nine decimal places; negative for earlier
    #[arg(short = 't', long, value_name = "SECONDS", value_parser = nanos, allow_hyphen_values = true)]
    time: Option<i128>,
    /// Stretch the times after the first packet by so many parts per million, with up to three decimal places; negative to
    /// shorten them
    #[arg(long, value_name = "PPM", value_parser = parts_per_billion, allow_hyphen_values = true)]
    skew: Option<i64>,
}

/// Parses parts per million as parts per billion.
fn parts_per_billion(text: &str) -> Result<i64, String> {
    const PER_PART: i128 = 1_000_000;
    let parts = nanos(text).ok().filter(|parts| parts % PER_PART == 0).map(|parts| parts / PER_PART);
    parts
        .and_then(|parts| i64::try_from(parts).ok())
        .filter(|parts| parts.abs() < 1_000_000_000)
        .ok_or_else(|| "parts per million are expected, between -1000000 and 1000000, such as 20 or -0.5".to_string())
}

/// Moves all times.
struct Shift<'a> {
    arguments: &'a Arguments,
    /// The time of the first packet that has one.
    first: Option<Timestamp>,
}

impl Edit for Shift<'_> {
    fn keeps(&mut self, record: &Record<'_>) -> Result<bool, String> {
        self.first = self.first.or(record.timestamp);
        Ok(true)
    }

    fn shift(&self) -> Option<TimeShift> {
        let shift = TimeShift::by_nanos(self.arguments.time.unwrap_or(0));
        Some(match (self.arguments.skew, self.first) {
            (Some(skew), Some(first)) => shift.with_skew(first, skew),
            _ => shift,
        })
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    Ok(outcome(copy(&arguments.copy, &mut Shift { arguments, first: None })))
}
