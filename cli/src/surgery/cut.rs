//! `packetsmith cut`: a part of a capture.

use super::copying::{CopyArguments, Edit, copy, outcome, shown};
use super::times::TimeArgument;
use crate::outcome::{Outcome, complain};
use packetsmith::capture::{Record, Timestamp};
use std::io;
use std::ops::RangeInclusive;

/// Cuts a part out of a capture: packets by their numbers, or those of a time.
///
/// Without numbers and times, all packets are copied. A pcapng copy has all other blocks of the file too: interfaces, names,
/// statistics, secrets and comments, wherever they are in it. The file is read to its end for them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith cut trace.pcapng 1-100 -w begin.pcapng        the first 100 packets
  packetsmith cut trace.pcapng 7 20-30 500- -w part.pcapng  packet 7, 20 to 30, and from 500 on
  packetsmith cut trace.pcapng 7 -v -w others.pcapng        all but packet 7
  packetsmith cut trace.pcap -A +60 -B +120 -w minute.pcap  the second minute
  packetsmith cut trace.pcap -A 2023-11-14T22:13:20Z -w late.pcap
  packetsmith cut trace.pcapng --comment '3=the reset' -w told.pcapng

With numbers and times, packets are copied that have both. -A and -B are as in editcap.

Exit status: 0 if all went well, 1 if the copy has no packets, 2 if the file could not be read to
its end, or a packet could not be written.")]
pub struct Arguments {
    #[command(flatten)]
    copy: CopyArguments,
    /// Numbers of packets: 7, 20-30, or 500- to the end
    #[arg(value_name = "RANGE", value_parser = parse_range)]
    ranges: Vec<RangeInclusive<u64>>,
    /// Only packets at or after this time: seconds since 1970, a date and time such as 2023-11-14T22:13:20Z, or +SECONDS
    /// from the first packet
    #[arg(short = 'A', long, value_name = "TIME", value_parser = TimeArgument::parse, allow_hyphen_values = true)]
    after: Option<TimeArgument>,
    /// Only packets before this time
    #[arg(short = 'B', long, value_name = "TIME", value_parser = TimeArgument::parse, allow_hyphen_values = true)]
    before: Option<TimeArgument>,
    /// All other packets
    #[arg(short = 'v', long)]
    invert: bool,
}

/// Parses a range of packet numbers.
fn parse_range(text: &str) -> Result<RangeInclusive<u64>, String> {
    let number = |text: &str| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| is_number && *number > 0)
    };
    let range = match text.split_once('-') {
        None => number(text).map(|number| number..=number),
        Some((first, "")) => number(first).map(|first| first..=u64::MAX),
        Some((first, last)) => number(first).zip(number(last)).map(|(first, last)| first..=last),
    };
    match range {
        Some(range) if range.is_empty() => Err(format!("{} comes after {}", range.start(), range.end())),
        Some(range) => Ok(range),
        None => Err("numbers of packets are expected, from 1 on: 7, 20-30 or 500-".to_string()),
    }
}

/// The packets that are cut out.
struct Part<'a> {
    arguments: &'a Arguments,
    /// The time of the first packet that has one.
    first: Option<Timestamp>,
    /// Packets without a time, where that counts.
    without_time: u64,
}

impl Edit for Part<'_> {
    fn keeps(&mut self, record: &Record<'_>) -> Result<bool, String> {
        let Arguments { ranges, after, before, invert, .. } = self.arguments;
        self.first = self.first.or(record.timestamp);
        let has_number = ranges.is_empty() || ranges.iter().any(|range| range.contains(&record.number));
        let has_time = match (record.timestamp, self.first) {
            _ if after.is_none() && before.is_none() => true,
            (Some(time), Some(first)) => {
                let nanos = time.nanos();
                after.is_none_or(|after| after.nanos(first) <= nanos)
                    && before.is_none_or(|before| nanos < before.nanos(first))
            }
            _ => {
                self.without_time += 1;
                return Ok(false);
            }
        };
        Ok((has_number && has_time) != *invert)
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let mut part = Part { arguments, first: None, without_time: 0 };
    let copied = copy(&arguments.copy, &mut part);
    if part.without_time > 0 {
        complain(format_args!(
            "{}: {} packets without a time were left out",
            shown(&arguments.copy.file, "standard input"),
            part.without_time
        ));
    }
    let is_empty = copied.as_ref().is_ok_and(|copied| copied.written == 0 && !copied.failed);
    if let (true, Ok(copied)) = (is_empty, &copied) {
        let name = shown(&arguments.copy.file, "standard input");
        complain(format_args!("{name}: none of its {} packets is in the part: the copy is empty", copied.read));
    }
    Ok(if is_empty { Outcome::NothingMatched } else { outcome(copied) })
}
