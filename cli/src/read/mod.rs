//! `packetsmith read`: shows the packets of capture files.

mod batch;
mod printer;
mod source;
mod threads;

use self::printer::Printer;
use self::source::FileSource;
use crate::clock;
use crate::destination::{self, Destination};
use crate::frame_reassembler::ReassembledDatagram;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::ValueEnum;
use packetsmith::capture::{Reader, Record};
use packetsmith::output::Style;
use packetsmith::{Examine, Filter, examine};
use std::io;
use std::path::PathBuf;

/// Shows the packets of capture files.
///
/// By default one line a packet: number, time, source, destination, protocol, length, and a summary.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith read trace.pcap                 one line a packet
  packetsmith read -V -x -c 1 trace.pcapng    the first packet, field by field and byte by byte
  packetsmith read -Y 'ip.addr == 10.0.0.0/8 && tcp.flags.reset' trace.pcap
  packetsmith read -T json trace.pcap.gz | jq '.layers[].layer'
  packetsmith read -i eth0 -Y arp             the packets of an interface (needs root)
  tcpdump -w - | packetsmith read -           a capture on standard input

'packetsmith help filters' describes the language of -Y. 'packetsmith fields' lists the names.

Exit status: 0 if all went well, 1 if no packet passed the filter, 2 if a file could not be read
to its end.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed; - for standard input
    #[arg(required_unless_present = "interface", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show the packets that a network interface sends and receives, until interrupted
    #[arg(short, long, value_name = "NAME", conflicts_with = "files")]
    interface: Option<String>,
    /// Show only packets that pass this display filter, such as 'tcp.port == 443 && !ipv6'. See 'packetsmith help
    /// filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter)]
    filter: Option<Filter>,
    /// Stop after N packets of each file
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    hex: bool,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Write the packets to this capture file, in the format of the first file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Format of the capture file that is written
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    file_format: Option<destination::Choice>,
    /// With -T json: leave out correct fields that 'build' computes again, so that packets can be edited
    #[arg(long)]
    editable: bool,
    /// Show fragments as they are: do not reassemble datagrams
    #[arg(long)]
    no_reassembly: bool,
    /// Format of times
    #[arg(short = 't', long, value_name = "FORMAT", default_value = "r")]
    time: clock::Format,
    /// Number of threads that format the packets of a file [default: one for each core, at most 8]. Interfaces, pipes,
    /// output to a terminal and -w use one thread
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

/// Parses a filter. The message of an error marks the place.
fn parse_filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|error| {
        let column = text[..error.at].chars().count();
        format!("{error}\n\n  {text}\n  {:column$}^", "")
    })
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One line of JSON a packet, with everything that -V and -x show
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut printer = Printer::new(arguments, style, output.width);
    let mut failed = false;
    if let Some(path) = &arguments.write {
        match Destination::create(path, arguments.file_format) {
            Ok(destination) => printer.destination = Some(destination),
            Err(message) => {
                complain(message);
                return Ok(Outcome::Failed);
            }
        }
    }
    if let Some(interface) = &arguments.interface {
        output.eager = true;
        failed = source::live(interface, &mut printer, &mut output)?;
    }
    let several = arguments.files.len() > 1;
    for (i, path) in arguments.files.iter().enumerate() {
        let reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) => {
                output.flush()?;
                complain(error);
                failed = true;
                continue;
            }
        };
        let name = path.to_string_lossy();
        if let Some(destination) = &mut printer.destination {
            destination.source = i as u64;
        }
        if several {
            printer.file = Some(name.clone().into_owned());
            if arguments.format != Some(Format::Json) && printer.destination.is_none() {
                let gap = if i > 0 { "\n" } else { "" };
                output.put(format!("{gap}{}==> {name} <=={}\n", style.bold(), style.reset()).as_bytes())?;
            }
        }
        output.eager |= reader.source_len().is_none();
        failed |= threads::show_file(FileSource::new(arguments, reader, &name), &mut printer, &mut output)?;
    }
    output.flush()?;
    failed |= printer.refused;
    if let Some(destination) = printer.destination.take_if(|_| !printer.refused) {
        match destination.finish() {
            Ok(0) => {}
            Ok(n) => complain(format_args!(
                "{n} times had more digits than the file can hold, and were rounded down: -F pcapng keeps them"
            )),
            Err(message) => {
                complain(message);
                failed = true;
            }
        }
    }
    Ok(match (failed, printer.matched || arguments.filter.is_none()) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NothingMatched,
    })
}

/// Whether a packet passes a filter, or a datagram that it completes.
fn passes(filter: &Filter, record: &Record<'_>, datagrams: &[ReassembledDatagram]) -> bool {
    filter.matches_any(std::iter::once(layers(record)).chain(datagrams.iter().map(ReassembledDatagram::layers)))
}

/// The layers of a packet. A packet of an interface that the file does not describe is a layer of data.
fn layers<'a>(record: &Record<'a>) -> Examine<'a> {
    let link_type = record.link_type.unwrap_or(u16::MAX);
    examine(link_type, record.data).original_len(record.original_len as usize).fcs_len(record.fcs_len)
}
