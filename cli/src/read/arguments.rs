//! The arguments of the command.

use crate::outcome::marked;
use crate::{clock, destination};
use clap::ValueEnum;
use packetsmith::Filter;
use packetsmith::output::TerminalText;
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
    pub(super) files: Vec<PathBuf>,
    /// Show the packets that a network interface sends and receives, until interrupted
    #[arg(short, long, value_name = "NAME", conflicts_with = "files")]
    pub(super) interface: Option<String>,
    /// Show only packets that pass this display filter, such as 'tcp.port == 443 && !ipv6'. See 'packetsmith help
    /// filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter)]
    pub(super) filter: Option<Filter>,
    /// Stop after N packets of each file
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) count: Option<u64>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    pub(super) tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    pub(super) hex: bool,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write the packets to this capture file, in the format of the first file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub(super) write: Option<PathBuf>,
    /// Format of the capture file that is written
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    pub(super) file_format: Option<destination::Choice>,
    /// With -T json: leave out correct fields that 'build' computes again, so that packets can be edited
    #[arg(long)]
    pub(super) editable: bool,
    /// Show fragments as they are: do not reassemble datagrams
    #[arg(long)]
    pub(super) no_reassembly: bool,
    /// Format of times
    #[arg(short = 't', long, value_name = "FORMAT", default_value = "r")]
    pub(super) time: clock::Format,
    /// Number of threads that format the packets of a file [default: one for each core, at most 8]. Interfaces, pipes,
    /// output to a terminal and -w use one thread
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
}

/// Parses a filter. The message of an error marks the place.
fn parse_filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|error| format!("{}\n\n{}", TerminalText(&error), marked(text, error.at)))
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    Text,
    /// One line of JSON a packet, with everything that -V and -x show
    Json,
}
