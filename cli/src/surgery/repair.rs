//! `packetsmith repair`: what can be saved of a damaged capture.

use super::copying::{CopyArguments, Edit, copy, outcome, shown};
use crate::outcome::{Outcome, complain};
use packetsmith::capture::Record;
use std::io;

/// Saves what can be read of a damaged capture.
///
/// Where a record or a block is damaged, the next intact one is looked for, and what lies between is left out, with a message
/// that says where and how much. A packet that the file ends inside of is kept with the bytes that are there. Of a compressed file
/// that is damaged, what comes before the damage is saved.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith repair broken.pcap -w saved.pcap
  packetsmith repair broken.pcapng.gz -w saved.pcapng

In pcap, records are intact if three in a row are plausible, with times within a week of the
others; in pcapng, a block of a known type that has the same length before and after it. A record
that is damaged inside, but for its length, is copied as it is. A file whose first bytes are no
header of a capture cannot be read.

Exit status: 0 if a file was written, whatever was lost, 1 if no packet could be saved, 2 if the file
could not be read at all, or could not be written.")]
pub struct Arguments {
    #[command(flatten)]
    copy: CopyArguments,
}

/// Keeps all packets, and goes on after damage.
struct Rescue;

impl Edit for Rescue {
    fn keeps(&mut self, _: &Record<'_>) -> Result<bool, String> {
        Ok(true)
    }

    fn goes_on_after_damage(&self) -> bool {
        true
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let copied = copy(&arguments.copy, &mut Rescue);
    if let Ok(copied) = &copied {
        let name = shown(&arguments.copy.file, "standard input");
        complain(match copied.damages {
            0 => format!("{name}: no damage was found: {} packets", copied.written),
            places => format!(
                "{name}: damaged places: {places}; packets saved: {}; bytes passed over: {}",
                copied.written, copied.passed_over
            ),
        });
    }
    let is_empty = copied.as_ref().is_ok_and(|copied| copied.written == 0 && !copied.failed);
    Ok(if is_empty { Outcome::NothingMatched } else { outcome(copied) })
}
