//! `packetsmith dedup`: packets that were captured twice.

use super::copying::{CopyArguments, Edit, copy, outcome, shown};
use super::times::nanos;
use crate::numbers::number;
use crate::outcome::{Outcome, complain};
use clap::ValueEnum;
use packetsmith::capture::{DuplicateWindow, Duplicates, MAX_DUPLICATE_WINDOW, PacketIdentity, Record};
use std::io;
use std::time::Duration;

/// Leaves out packets that were captured twice.
///
/// A packet is left out if one of those before it is the same, by its SHA-256. All else is copied as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith dedup trace.pcapng -w once.pcapng                  among five packets, as editcap -d
  packetsmith dedup trace.pcap -D 1000 -w once.pcap              among 1000 packets
  packetsmith dedup trace.pcap --within 0.05 -w once.pcap        among those of 50 ms
  packetsmith dedup trace.pcap --by ip --within 1 -w once.pcap   before and behind a router
  packetsmith dedup trace.pcap -I 14 -w once.pcap                whatever the Ethernet header is

-D and -I are as in editcap; --within is its -w. A window takes about 150 bytes for each packet.

Exit status: 0 if all went well, with or without duplicates, 2 if the file could not be read to its
end, or a packet could not be written.")]
pub struct Arguments {
    #[command(flatten)]
    copy: CopyArguments,
    /// Compare each packet with the N-1 packets before it
    #[arg(short = 'D', long = "window", value_name = "N", default_value = "5", value_parser = number::<usize>(1..=1_000_000))]
    window: usize,
    /// Compare each packet with those at most so many seconds apart, up to 1,000,000 of them
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "window")]
    within: Option<Duration>,
    /// What makes packets the same
    #[arg(long, value_name = "WHAT", default_value = "frame")]
    by: By,
    /// Ignore so many bytes at the beginning of each packet
    #[arg(short = 'I', long, value_name = "BYTES", value_parser = number::<usize>(0..=1_000_000), conflicts_with = "by")]
    ignore: Option<usize>,
}

/// What makes packets the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// All their bytes
    Frame,
    /// The outermost IP packet, but for its time to live and header checksum; without one, all bytes
    Ip,
}

/// Parses a length of time.
fn seconds(text: &str) -> Result<Duration, String> {
    let nanos = nanos(text).ok().and_then(|nanos| u64::try_from(nanos).ok());
    nanos.map(Duration::from_nanos).ok_or_else(|| "a number of seconds is expected, such as 0.05".to_string())
}

/// Leaves out what was seen before.
struct Once {
    duplicates: Duplicates,
    left_out: u64,
}

impl Edit for Once {
    fn keeps(&mut self, record: &Record<'_>) -> Result<bool, String> {
        let has_seen = self.duplicates.has_seen(record);
        self.left_out += u64::from(has_seen);
        Ok(!has_seen)
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let window = arguments.within.map_or(DuplicateWindow::Packets(arguments.window - 1), DuplicateWindow::Time);
    let identity = match arguments.by {
        By::Frame => PacketIdentity::Frame(arguments.ignore.unwrap_or(0)),
        By::Ip => PacketIdentity::IpPacket,
    };
    let mut once = Once { duplicates: Duplicates::new(window, identity), left_out: 0 };
    let copied = copy(&arguments.copy, &mut once);
    let name = shown(&arguments.copy.file, "standard input");
    if let Ok(copied) = &copied {
        complain(format_args!("{name}: {} of {} packets are duplicates and were left out", once.left_out, copied.read));
    }
    let forgotten = once.duplicates.forgotten();
    if forgotten > 0 {
        complain(format_args!(
            "{name}: --within has more than {MAX_DUPLICATE_WINDOW} packets: {forgotten} were forgotten early, and their \
             duplicates stayed"
        ));
    }
    Ok(outcome(copied))
}
