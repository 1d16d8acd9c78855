//! `packetsmith mutate`: frames with one fault each.

use crate::capture_json::unhashed;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::numbers::number;
use crate::outcome::{Outcome, complain, fail};
use crate::output::Output;
use crate::protocols::{self, known};
use crate::{input, signals};
use packetsmith::capture::Record;
use packetsmith::{Fault, Mutator};
use std::io;
use std::path::PathBuf;

/// Makes frames with one fault each.
///
/// Each frame is a packet of the file with one fault. Checksums that cover the fault are corrected: an IPv4 header with
/// a wrong length has a correct header checksum. One line for each frame describes the fault.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith mutate trace.pcap -w wrong.pcap --seed 1 --count 1000
  packetsmith mutate trace.pcap -w wrong.pcap --fault checksum --fault length

The same file, seed and count make the same frames.

Exit status: 0 if all went well, 1 if no fault could be made, 2 if a file could not be read or written.")]
pub struct Arguments {
    /// Capture file with correct packets; - for standard input
    #[arg(value_name = "IN")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    /// Write the frames to this capture file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: PathBuf,
    /// Format of the capture file
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT")]
    file_format: Option<Choice>,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value = "0", value_parser = number::<u64>(0..=u64::MAX))]
    seed: u64,
    /// Number of frames to make [default: one for each packet]
    #[arg(long, value_name = "N", value_parser = number::<u64>(0..=u64::MAX))]
    count: Option<u64>,
    /// Make only this kind of fault: length, checksum, option, flag, number or truncation
    #[arg(long, value_name = "KIND", value_parser = parse_fault)]
    fault: Vec<Fault>,
    /// Do not describe the faults
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

fn parse_fault(text: &str) -> Result<Fault, String> {
    let names = || Fault::ALL.map(Fault::name).join(", ");
    Fault::ALL.into_iter().find(|fault| fault.name() == text).ok_or_else(|| format!("is not one of {}", names()))
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    let mut destination = match Destination::create(&arguments.write, arguments.file_format) {
        Ok(destination) => destination,
        Err(message) => return fail(message),
    };
    let mut mutator = Mutator::new(arguments.seed).protocols(*known());
    let (mut output, mut wrong) = (Output::new(), Vec::new());
    let (mut made, mut failed) = (0, false);
    let wanted = arguments.count.unwrap_or(u64::MAX);
    let quiet = arguments.quiet || arguments.write.as_os_str() == "-";
    // Read the file again until there are enough frames.
    loop {
        let before = made;
        let mut reader = match input::open(&arguments.file, &arguments.input) {
            Ok(reader) => reader,
            Err(error) => return fail(error),
        };
        while made < wanted && !signals::ended() {
            let record = match reader.next_record() {
                None => break,
                Some(Ok(record)) => record,
                Some(Err(error)) => {
                    if before == 0 {
                        complain(error);
                        failed = true;
                    }
                    continue;
                }
            };
            let link_type = record.link_type.unwrap_or(u16::MAX);
            let mutation = match arguments.fault[..] {
                [] => mutator.mutate(link_type, record.data, &mut wrong),
                ref kinds => {
                    let first = made as usize;
                    (0..kinds.len()).find_map(|i| {
                        mutator.with(kinds[(first + i) % kinds.len()], link_type, record.data, &mut wrong)
                    })
                }
            };
            let Some(mutation) = mutation else { continue };
            made += 1;
            // Bytes cut by the snapshot length stay missing; a frame truncated by a fault was never longer.
            let missing = (record.original_len as usize).saturating_sub(record.data.len());
            let mut options = Vec::new();
            let options = unhashed(record.options, &mut options);
            let original_len = (wrong.len() + missing) as u32;
            let new = Record { options, data: &wrong, original_len, header: &[], ..record };
            if let Err(message) = destination.write_described(&new, record.kind(), &mut failed) {
                return fail(message);
            }
            if !quiet {
                output.put(format!("{made}: packet {}, {mutation}\n", record.number).as_bytes())?;
            }
        }
        let again = arguments.count.is_some() && made < wanted && made > before && arguments.file.as_os_str() != "-";
        failed |= signals::complain_if_interrupted(&arguments.file.to_string_lossy(), reader.source_len());
        if !again || signals::ended() {
            break;
        }
    }
    output.flush()?;
    match destination.finish() {
        Ok(times) => complain_of_rounded(times),
        Err(message) => return fail(message),
    }
    Ok(match (failed, made) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}
