//! `packetsmith transactions`: requests with their responses, one a line.

mod asked;

use self::asked::asked;
use crate::flows::{complain_of_bounds, follow_file, layer_of};
use crate::frame_reassembler::FrameReassembler;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use crate::protocols::known;
use crate::{clock, input, protocols, signals};
use clap::ValueEnum;
use packetsmith::ExaminedLayer;
use packetsmith::capture::{Reader, Record};
use packetsmith::flow::{
    FlowLayer, FlowSettings, Flows, LayerAnalysis, MessageSettings, Separation, TransactionAnalysis,
    TransactionProtocol, TransactionRole, UnansweredRequest,
};
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};
use packetsmith::stats::DurationHistogram;
use std::collections::HashMap;
use std::io::{self, Read};
use std::path::PathBuf;

/// Most transactions that are kept to be listed in the order of their requests.
const MOST_KEPT: usize = 1 << 16;

/// Lists requests and their responses, with the time between them.
///
/// The protocols are DNS and LLMNR, HTTP, DHCP, DHCPv6, ICMP and ICMPv6 (echo; timestamp and address mask too) and ARP. Each
/// transaction has the packet with its request, what was asked, the packet with the response, the time from one to the
/// other, and how often the request was sent. At the end there is a summary of each protocol.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith transactions trace.pcap
  packetsmith transactions --protocol dns,http --slower-than 0.5s trace.pcap
  packetsmith transactions --unanswered trace.pcap             requests without a response
  packetsmith transactions -T json trace.pcap | jq 'select(.sent > 1)'
  packetsmith read -Y 'dns.time > 0.5' trace.pcap              the packets with slow responses

The time runs from the first sending of a request; with ICMP from the last, as in Wireshark. The summary counts all
transactions, also those that are not listed. Its median is exact to 1 %; of an even number of times, it is the lower of the
two in the middle.

Exit status: 0 if all went well, 1 if nothing is listed, 2 if a file could not be read to its end.")]
pub struct Arguments {
    /// Capture files; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// List only the transactions of these protocols: arp, icmp, icmpv6, dns, dhcp, dhcpv6, http
    #[arg(long, value_name = "PROTOCOL,...", value_delimiter = ',')]
    protocol: Vec<TransactionProtocol>,
    /// List only requests without a response
    #[arg(long)]
    unanswered: bool,
    /// List only responses that took longer, such as 0.5s, 20ms or 100us; with --unanswered, these too
    #[arg(long, value_name = "TIME", value_parser = time)]
    slower_than: Option<i64>,
    /// Keep what came by different VLANs, tunnels or interfaces apart
    #[arg(long)]
    keep_networks_apart: bool,
    /// Limit on the requests that are waiting or remembered at a time; the one that waits longest is given up
    #[arg(long, value_name = "N", default_value = "65536", value_parser = crate::numbers::number::<u32>(16..=u32::MAX.into()))]
    max_transactions: u32,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    input: input::Arguments,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// One line of JSON a transaction, and one for each protocol in the end
    Json,
}

/// Parses a time: seconds, or a number with a unit.
pub fn time(text: &str) -> Result<i64, String> {
    let units = [("ms", 1_000_000_u64), ("us", 1000), ("ns", 1), ("s", 1_000_000_000), ("", 1_000_000_000)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit))).unwrap_or((text, 1));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let is_number =
        |digits: &str| !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    let parse = |digits: &str| digits.parse::<u64>().unwrap_or(0);
    let nanos = (is_number(whole) && is_number(fraction))
        .then(|| parse(whole) * unit + parse(fraction) * unit / 10_u64.pow(fraction.len() as u32));
    nanos
        .and_then(|nanos| i64::try_from(nanos).ok())
        .ok_or_else(|| "a time such as 0.5s, 20ms or 100us is expected".to_string())
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        complain(message);
        return Ok(Outcome::Failed);
    }
    let mut list = TransactionList::new(arguments, style);
    let mut failed = false;
    for (n, path) in arguments.files.iter().enumerate() {
        if signals::ended() {
            break;
        }
        let name = path.to_string_lossy();
        match input::open(path, &arguments.input) {
            Ok(reader) => {
                list.begin_file(n, &name)?;
                failed |= list.file(reader, &name)?;
            }
            Err(error) => {
                list.output.flush()?;
                complain(error);
                failed = true;
            }
        }
    }
    list.summary()?;
    list.output.flush()?;
    Ok(match (failed, list.listed) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// A request of which no response was seen yet.
struct Asked {
    packet: u64,
    asked: String,
    sent: u32,
}

/// How a transaction ended.
enum Ending {
    Response { packet: u64, time: Option<i64> },
    Unanswered,
    GivenUp,
}

/// A line of the list.
struct ListedTransaction {
    protocol: TransactionProtocol,
    number: u64,
    request: Asked,
    ending: Ending,
}

/// What the summary says about a protocol.
#[derive(Default)]
struct ProtocolCounts {
    transactions: u64,
    unanswered: u64,
    unsolicited: u64,
    times: DurationHistogram,
}

/// The transactions that ended, and how they are written.
struct TransactionList<'a> {
    arguments: &'a Arguments,
    style: Style,
    output: Output,
    file: Option<String>,
    waiting: HashMap<u64, Asked>,
    ended: Vec<ListedTransaction>,
    listed: u64,
    counts: Vec<ProtocolCounts>,
    has_table: bool,
    text: TextBuffer,
    json: Json,
}

impl<'a> TransactionList<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Self {
        TransactionList {
            arguments,
            style,
            output: Output::new(),
            file: None,
            waiting: HashMap::new(),
            ended: Vec::new(),
            listed: 0,
            counts: TransactionProtocol::ALL.iter().map(|_| ProtocolCounts::default()).collect(),
            has_table: false,
            text: TextBuffer::default(),
            json: Json::default(),
        }
    }

    /// Names a file, if there are several.
    fn begin_file(&mut self, n: usize, name: &str) -> io::Result<()> {
        if self.arguments.files.len() == 1 {
            return Ok(());
        }
        self.file = Some(name.to_string());
        self.has_table = false;
        if self.arguments.format == Format::Text {
            let (gap, style) = (if n > 0 { "\n" } else { "" }, self.style);
            let line = format!("{gap}{}==> {} <=={}\n", style.bold(), TerminalText(name), style.reset());
            self.output.put(line.as_bytes())?;
        }
        Ok(())
    }

    /// Reads a file, and lists its transactions. `true` if something could not be read.
    fn file<R: Read>(&mut self, mut reader: Reader<R>, name: &str) -> io::Result<bool> {
        let separation = match self.arguments.keep_networks_apart {
            true => Separation::Networks,
            false => Separation::None,
        };
        let transactions = self.arguments.max_transactions as usize;
        let messages = Some(MessageSettings::default());
        let settings = FlowSettings { transactions, separation, messages, ..FlowSettings::default() };
        let mut flows = Flows::knowing(settings, *known());
        let failed = follow_file(&mut reader, name, &mut flows, |record, datagrams, flows| {
            self.packet(flows, record, datagrams);
            if self.ended.len() >= MOST_KEPT { self.list() } else { Ok(()) }
        })?;
        flows.finish();
        self.found(&flows, |found| {
            let message = flows.messages().get(found.walk)?;
            let packet = message.segments.first().map_or(0, |segment| segment.packet);
            Some((packet, message.layers(known()).nth(found.layer)?))
        });
        flows.waiting().for_each(|request| self.unanswered(&request));
        self.waiting.clear();
        self.list()?;
        complain_of_bounds(&flows, name);
        if flows.requests_given_up() > 0 {
            complain(format_args!(
                "{name}: more than {} requests at a time: {} that waited longest were given up, so a response that came later \
                 counts as one without a request (--max-transactions raises the limit)",
                flows.settings().transactions,
                flows.requests_given_up()
            ));
        }
        Ok(failed)
    }

    /// Takes what was found out about a packet.
    fn packet<'f>(&mut self, flows: &'f Flows, record: &Record<'f>, datagrams: &'f FrameReassembler) {
        flows.given_up().iter().for_each(|request| self.unanswered(request));
        for begun in flows.begun_requests() {
            let asked = begun.layers(known()).next().map(|layer| asked(&layer)).unwrap_or_default();
            self.waiting.insert(begun.transaction, Asked { packet: begun.packet, asked, sent: 1 });
        }
        self.found(flows, |found| Some((record.number, layer_of(record, datagrams, flows, found)?)));
    }

    /// Takes what was found out. `layer` gives the layer that it is about, and its packet.
    fn found<'f>(&mut self, flows: &'f Flows, layer: impl Fn(&FlowLayer) -> Option<(u64, ExaminedLayer<'f>)>) {
        for found in flows.found() {
            let LayerAnalysis::Transaction(analysis) = &found.analysis else { continue };
            match (analysis.role, analysis.transaction) {
                (TransactionRole::Request, Some(number)) => {
                    let waiting = self.waiting.get_mut(&number);
                    match waiting {
                        Some(asked) => {
                            asked.sent += u32::from(analysis.retransmission_of.is_some());
                            // It counted since its interim response; from now on with the packet that completes it.
                            if let Some((packet, _)) = layer(found).filter(|_| analysis.begun_in.is_some()) {
                                asked.packet = packet;
                            }
                        }
                        None if analysis.retransmission_of.is_some() || analysis.begun_in.is_some() => {}
                        None => {
                            let Some((packet, layer)) = layer(found) else { continue };
                            self.waiting.insert(number, Asked { packet, asked: asked(&layer), sent: 1 });
                        }
                    }
                }
                (TransactionRole::Response, Some(number)) if !analysis.is_interim => {
                    if let Some((packet, _)) = layer(found) {
                        self.response(number, analysis, packet);
                    }
                }
                _ => self.counts_of(analysis.protocol).unsolicited += u64::from(analysis.is_unsolicited),
            }
        }
    }

    fn counts_of(&mut self, protocol: TransactionProtocol) -> &mut ProtocolCounts {
        let place = TransactionProtocol::ALL.iter().position(|known| *known == protocol).unwrap_or(0);
        &mut self.counts[place]
    }

    /// The first response to a request.
    fn response(&mut self, number: u64, analysis: &TransactionAnalysis, packet: u64) {
        let Some(request) = self.waiting.remove(&number) else { return };
        let counts = self.counts_of(analysis.protocol);
        counts.transactions += 1;
        if let Some(time) = analysis.time {
            counts.times.add(time);
        }
        let ending = Ending::Response { packet, time: analysis.time };
        self.end(ListedTransaction { protocol: analysis.protocol, number, request, ending });
    }

    fn unanswered(&mut self, unanswered: &UnansweredRequest) {
        let Some(request) = self.waiting.remove(&unanswered.transaction) else { return };
        let (protocol, number) = (unanswered.protocol, unanswered.transaction);
        let counts = self.counts_of(protocol);
        counts.transactions += 1;
        counts.unanswered += 1;
        let ending = if unanswered.made_room { Ending::GivenUp } else { Ending::Unanswered };
        self.end(ListedTransaction { protocol, number, request, ending });
    }

    /// Keeps a transaction that ended, if it is to be listed.
    fn end(&mut self, transaction: ListedTransaction) {
        let Arguments { unanswered, slower_than, protocol, .. } = self.arguments;
        let is_wanted = match transaction.ending {
            _ if !unanswered && slower_than.is_none() => true,
            Ending::Response { time, .. } => slower_than.zip(time).is_some_and(|(least, time)| time > least),
            _ => *unanswered,
        };
        if is_wanted && (protocol.is_empty() || protocol.contains(&transaction.protocol)) {
            self.ended.push(transaction);
        }
    }

    /// Writes the transactions that ended, by the packets with their requests.
    fn list(&mut self) -> io::Result<()> {
        let mut ended = std::mem::take(&mut self.ended);
        ended.sort_by_key(|transaction| (transaction.request.packet, transaction.number));
        self.listed += ended.len() as u64;
        if self.arguments.format == Format::Json {
            return ended.iter().try_for_each(|transaction| self.object(transaction));
        }
        if ended.is_empty() {
            return Ok(());
        }
        let is_remarkable = |transaction: &ListedTransaction| !matches!(transaction.ending, Ending::Response { .. });
        let rows: Vec<_> = ended.iter().map(|listed| (row(listed), is_remarkable(listed))).collect();
        let gap = std::mem::replace(&mut self.has_table, true);
        self.table(["protocol", "request", "asked", "response", "time", "sent"], &rows, gap)
    }

    /// Writes a table whose columns are as wide as they must be.
    fn table<const N: usize>(&mut self, heading: [&str; N], rows: &[([String; N], bool)], gap: bool) -> io::Result<()> {
        let width = |cell: &str| cell.chars().count();
        let mut widths = heading.map(width);
        for (row, _) in rows {
            widths = std::array::from_fn(|column| widths[column].max(width(&row[column])));
        }
        let style = self.style;
        self.text.str(if gap { "\n" } else { "" });
        self.text.str(style.bold());
        columns(&heading, &widths, &mut self.text);
        self.text.str(style.reset());
        self.text.str("\n");
        for (row, is_remarkable) in rows {
            self.text.str(if *is_remarkable { style.warning() } else { "" });
            columns(&row.each_ref().map(String::as_str), &widths, &mut self.text);
            self.text.str(if *is_remarkable { style.reset() } else { "" });
            self.text.str("\n");
            self.output.put(&self.text.bytes)?;
            self.text.bytes.clear();
        }
        self.output.put(&self.text.bytes)?;
        self.text.bytes.clear();
        Ok(())
    }

    fn object(&mut self, transaction: &ListedTransaction) -> io::Result<()> {
        let ListedTransaction { protocol, request, ending, .. } = transaction;
        self.json.text.bytes.clear();
        let file = self.file.as_ref();
        self.json.line(|json| {
            if let Some(file) = file {
                json.string("file", file);
            }
            json.string("protocol", protocol.name());
            json.number("request", request.packet);
            json.string("asked", &request.asked);
            match ending {
                Ending::Response { packet, time } => {
                    json.number("response", *packet);
                    if let Some(time) = time {
                        json.plain("time", |text| clock::seconds((*time).into(), 9, text));
                    }
                }
                Ending::Unanswered => json.flag("unanswered", true),
                Ending::GivenUp => {
                    json.flag("unanswered", true);
                    json.flag("given_up", true);
                }
            }
            json.number("sent", request.sent.into());
        });
        self.output.put(&self.json.text.bytes)
    }

    /// Writes what there was of each protocol.
    fn summary(&mut self) -> io::Result<()> {
        let counts = std::mem::take(&mut self.counts);
        let wanted = |protocol: &TransactionProtocol| {
            self.arguments.protocol.is_empty() || self.arguments.protocol.contains(protocol)
        };
        let all: Vec<_> = TransactionProtocol::ALL
            .iter()
            .zip(&counts)
            .filter(|(protocol, counts)| wanted(protocol) && counts.transactions + counts.unsolicited > 0)
            .collect();
        let times = |counts: &ProtocolCounts| {
            let times = &counts.times;
            Some([("least", times.least()?), ("median", times.percentile(50)?), ("most", times.most()?)])
        };
        if self.arguments.format == Format::Json {
            for (protocol, counts) in all {
                self.json.text.bytes.clear();
                self.json.line(|json| {
                    json.string("summary", protocol.name());
                    json.number("transactions", counts.transactions);
                    json.number("unanswered", counts.unanswered);
                    json.number("without_request", counts.unsolicited);
                    for (name, nanos) in times(counts).into_iter().flatten() {
                        json.plain(name, |text| clock::seconds(nanos.into(), 9, text));
                    }
                });
                self.output.put(&self.json.text.bytes)?;
            }
            return Ok(());
        }
        if all.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = all
            .into_iter()
            .map(|(protocol, counts)| {
                let [least, median, most] = times(counts)
                    .map_or([const { String::new() }; 3], |times| times.map(|(_, nanos)| in_seconds(nanos)));
                let [all, unanswered, unsolicited] =
                    [counts.transactions, counts.unanswered, counts.unsolicited].map(|count| count.to_string());
                ([protocol.to_string(), all, unanswered, unsolicited, least, median, most], false)
            })
            .collect();
        let heading = ["summary", "transactions", "unanswered", "without request", "least", "median", "most"];
        let gap = self.listed > 0 || self.file.is_some();
        self.table(heading, &rows, gap)
    }
}

fn in_seconds(nanos: i64) -> String {
    let mut text = TextBuffer::default();
    clock::seconds(nanos.into(), 6, &mut text);
    text.as_str().to_string()
}

/// The columns of a transaction.
fn row(transaction: &ListedTransaction) -> [String; 6] {
    let ListedTransaction { protocol, request, ending, .. } = transaction;
    let (response, time) = match ending {
        Ending::Response { packet, time } => (packet.to_string(), time.map_or_else(|| "-".to_string(), in_seconds)),
        Ending::Unanswered => ("unanswered".to_string(), String::new()),
        Ending::GivenUp => ("given up".to_string(), String::new()),
    };
    let sent = request.sent.to_string();
    [protocol.to_string(), request.packet.to_string(), request.asked.clone(), response, time, sent]
}

/// Writes a line of a table. The first column is text, and so is that of what was asked; all others end where their column
/// ends.
fn columns<const N: usize>(row: &[&str; N], widths: &[usize; N], text: &mut TextBuffer) {
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate() {
        let fill = width.saturating_sub(cell.chars().count());
        let is_text = column == 0 || N == 6 && column == 2;
        text.str(if column > 0 { "  " } else { "" });
        text.fill(b' ', if is_text { 0 } else { fill });
        text.str(cell);
        text.fill(b' ', if is_text { fill } else { 0 });
    }
    while text.bytes.last() == Some(&b' ') {
        text.bytes.pop();
    }
}
