//! The arguments of the command.

use super::table::{Expression, Table, TableOption};
use crate::numbers::number;
use crate::outcome::marked;
use crate::{clock, destination, input, protocols};
use clap::ValueEnum;
use packetsmith::output::TerminalText;
use packetsmith::{ColumnError, Filter};
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
  packetsmith read -T fields -e frame.number -e ip.src -e tcp.len trace.pcap
  packetsmith read -T csv -e frame.time -e ip.addr -e dns.qry.name trace.pcap > names.csv
  packetsmith read -i eth0 -Y arp             the packets of an interface (needs root)
  tcpdump -w - | packetsmith read -           a capture on standard input
  tcpdump -XX -r a.pcap | packetsmith read -  a hexdump on standard input

'packetsmith help filters' describes the language of -Y. 'packetsmith fields' lists the names.
'packetsmith help colors' says what the colours of lines mean.

Exit status: 0 if all went well, 1 if no packet passed the filter, 2 if a file could not be read
to its end.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed, or hexdumps; - for standard input
    #[arg(required_unless_present_any = ["interface", "read_file", "list_interfaces"], value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Another way to give a capture file
    #[arg(short, long, value_name = "FILE", conflicts_with = "interface")]
    pub(super) read_file: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) input: input::Arguments,
    /// Show the packets that a network interface sends and receives, until interrupted; on Linux, any stands for all. May be
    /// given several times. 'capture' writes them to files, and has a capture filter
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["files", "hexdump", "link_type"])]
    pub(super) interface: Vec<String>,
    /// List the network interfaces
    #[arg(short = 'D', long)]
    pub(super) list_interfaces: bool,
    /// Show only packets that pass this display filter, such as 'tcp.port == 443 && !ipv6'. See 'packetsmith help
    /// filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    pub(super) filter: Option<Filter>,
    /// The same as -Y
    #[arg(short = 'R', value_name = "FILTER", value_parser = parse_filter, conflicts_with = "filter", hide = true)]
    pub(super) read_filter: Option<Filter>,
    /// Stop after reading N packets of each file, shown or not
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    pub(super) count: Option<u64>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    pub(super) tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    pub(super) hex: bool,
    /// Show nothing: only the exit status tells whether a packet passed the filter
    #[arg(short, long, conflicts_with_all = ["tree", "hex", "format", "print"])]
    pub(super) quiet: bool,
    /// Show packets that are written with -w, too
    #[arg(short = 'P', long)]
    pub(super) print: bool,
    /// Write each line of the output at once, even to a pipe
    #[arg(short, long)]
    pub(super) line_buffered: bool,
    /// Show the names of hosts that the capture's own DNS answers (also mDNS and LLMNR) tell, from the packet on that
    /// answers; nothing is asked. At most 65,536 names of a file
    #[arg(short = 'N', long)]
    pub(super) names: bool,
    /// Names are never asked for: taken for the sake of habit
    #[arg(short, action = clap::ArgAction::Count, hide = true)]
    pub(super) numeric: u8,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// With -T fields or csv: a column, which is a name or any expression of the filter language, such as ip.src,
    /// 'len(dns.qry.name)' or 'tcp.port == 80'. May be given several times
    #[arg(short, long = "expression", value_name = "EXPRESSION", value_parser = parse_expression, allow_hyphen_values = true)]
    pub(super) expressions: Vec<Expression>,
    /// With -T fields or csv: header=y|n, separator=/t|/s|CHARACTER, aggregator=CHARACTER between several values,
    /// occurrence=f|l|a (the first, the last or all of them), quote=d|s|n, bom=y|n
    #[arg(short = 'E', long = "table-option", value_name = "OPTION", value_parser = TableOption::read)]
    pub(super) table_options: Vec<TableOption>,
    /// Write the packets to this capture file, in the format of the first file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub(super) write: Option<PathBuf>,
    /// Format of the capture file that is written
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    pub(super) file_format: Option<destination::Choice>,
    /// With -T json: leave out correct fields that 'build' computes again, so that packets can be edited
    #[arg(long)]
    pub(super) editable: bool,
    /// Show the numbers and windows of TCP as they are in the headers
    #[arg(long)]
    pub(super) raw_numbers: bool,
    /// Show fragments and TCP segments as they are: do not put datagrams and messages together
    #[arg(long)]
    pub(super) no_reassembly: bool,
    #[command(flatten)]
    pub(super) protocols: protocols::Arguments,
    /// Format of times
    #[arg(short = 't', long, value_name = "FORMAT", default_value = "r")]
    pub(super) time: clock::Format,
    /// Most threads that format the packets of a file; more than four for each core are not started [default: one for
    /// each core, at most 8]. Interfaces, pipes, output to a terminal and -w use one thread
    #[arg(short = 'j', long, value_name = "N", value_parser = number::<u16>(1..=65_535))]
    pub(super) threads: Option<u16>,
}

impl Arguments {
    /// Whether connections are followed: for relative numbers and messages that are shown, or because the filter or a column
    /// asks.
    pub(super) fn follows_connections(&self) -> bool {
        let is_shown = self.shows_packets() && !(self.raw_numbers && self.no_reassembly);
        let asks = |filter: &Filter| filter.needs_flows() || !self.no_reassembly && filter.needs_messages();
        is_shown || self.filter().is_some_and(asks) || self.expressions.iter().any(|expression| expression.needs_flows)
    }

    /// Whether anything of the packets is printed, and not only written to a capture file or counted.
    pub(super) fn shows_packets(&self) -> bool {
        let only_writes = self.write.is_some() && !self.asks_to_print();
        !self.quiet && !only_writes
    }

    /// Whether packets are printed although they are written to a capture file.
    pub(super) fn asks_to_print(&self) -> bool {
        self.tree || self.hex || self.print || self.format.is_some()
    }

    /// Whether the conversations that the filter leaves out need not be followed: the filter chooses whole ones, and what is shown
    /// are lines, which have no numbers of conversations.
    pub(super) fn leaves_out_conversations(&self) -> bool {
        let has_lines = !self.tree && self.is_for_people() && self.shows_packets();
        has_lines && self.time != clock::Format::D && self.filter().is_some_and(Filter::chooses_conversations)
    }

    /// The table to print, if there is one.
    pub(super) fn table(&self) -> Result<Option<Table>, String> {
        let csv = match self.format {
            Some(Format::Fields) => false,
            Some(Format::Csv) => true,
            _ => {
                let option = [("-e", self.expressions.is_empty()), ("-E", self.table_options.is_empty())];
                return match option.iter().find(|(_, is_empty)| !is_empty) {
                    Some((letter, _)) => Err(format!("read: {letter} needs -T fields or -T csv")),
                    None => Ok(None),
                };
            }
        };
        let format = if csv { "-T csv" } else { "-T fields" };
        let others = [("-V", self.tree), ("-x", self.hex), ("-N", self.names), ("--editable", self.editable)];
        if let Some((other, _)) = others.iter().find(|(_, given)| *given) {
            return Err(format!("read: {other} does not go with {format}: its columns are what -e names"));
        }
        if self.expressions.is_empty() {
            return Err(format!("read: {format} needs a column, such as -e frame.number -e ip.src"));
        }
        Table::new(&self.expressions, &self.table_options, csv).map(Some).map_err(|what| format!("read: {what}"))
    }

    /// Whether the output is lines and trees for people.
    pub(super) fn is_for_people(&self) -> bool {
        matches!(self.format, None | Some(Format::Text))
    }

    /// Whether the filter is applied while packets are read, one after the other: JSON describes the file with the first
    /// packet shown, and a time may count from the packet shown before.
    pub(super) fn filters_while_reading(&self) -> bool {
        self.format == Some(Format::Json)
            || self.time == clock::Format::Dd
            || self.leaves_out_conversations()
            || self.filter().is_some_and(Filter::needs_displayed)
            || self.expressions.iter().any(|expression| expression.needs_displayed)
    }

    /// Whether the output is for a pager: not that of an interface or a pipe, which is to be seen as it comes.
    pub fn is_paged(&self) -> bool {
        let mut files = self.read_file.iter().chain(&self.files);
        !self.quiet && self.write.is_none() && self.interface.is_empty() && files.all(|path| path.is_file())
    }

    /// The display filter.
    pub(super) fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref().or(self.read_filter.as_ref())
    }
}

/// Parses a filter. The message of an error marks the place.
pub fn parse_filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|error| format!("{}\n\n{}", TerminalText(&error), marked(text, error.at)))
}

/// Parses an expression. The message of an error marks the place.
fn parse_expression(text: &str) -> Result<Expression, String> {
    let problem = |error: ColumnError| format!("{}\n\n{}", TerminalText(&error), marked(text, error.error.at));
    Expression::read(text).map_err(problem)
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Lines for people
    Text,
    /// One line of JSON a packet, with everything that -V and -x show
    Json,
    /// One line a packet with the columns that -e gives, as tshark writes them
    Fields,
    /// The same as comma-separated values (RFC 4180) with a header; several values are separated by semicolons
    Csv,
}
