//! `packetsmith streams`: the conversations of a capture, one a line.

use crate::flows::follow_file;
use crate::outcome::{Outcome, complain, fail};
use crate::output::Output;
use crate::{clock, input, protocols};
use clap::ValueEnum;
use packetsmith::capture::{Reader, Timestamp};
use packetsmith::flow::{Conversation, FlowSettings, Flows, Separation, Side, TcpState};
use packetsmith::output::{Json, Style, TextBuffer};
use std::io::{self, Read};
use std::path::PathBuf;

/// Most conversations that are kept to be listed in the order of their numbers.
const MOST_KEPT: usize = 1 << 16;

/// Lists the TCP connections and UDP conversations of a capture.
///
/// Each has its number, which is Wireshark's tcp.stream or udp.stream, its two ends, how it went, packets and bytes of
/// each end, when it began and how long it took. The client of a TCP connection is who opened it; if that was not seen,
/// and with UDP, it is who sent the first packet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith streams trace.pcap
  packetsmith streams --protocol tcp -T json trace.pcap | jq 'select(.state == \"unanswered\")'
  packetsmith read -Y 'tcp.stream == 3' trace.pcap        the packets of one of them

Bytes are those of the data, repeated ones too. A copy of a packet on another VLAN, in a tunnel or on
another interface counts as its retransmission, as in Wireshark; --keep-networks-apart makes it a
conversation of its own.

Exit status: 0 if all went well, 1 if there are no conversations, 2 if the file could not be read to its end.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    /// List only the conversations of this protocol
    #[arg(long, value_name = "PROTOCOL")]
    protocol: Option<Protocol>,
    /// Keep what came by different VLANs, tunnels or interfaces apart
    #[arg(long)]
    keep_networks_apart: bool,
    /// Limit on the conversations of each protocol that are followed at a time; those idle longest are listed and
    /// forgotten
    #[arg(long, value_name = "N", default_value = "131072", value_parser = crate::numbers::number::<u32>(16..=u32::MAX.into()))]
    max_conversations: u32,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// A protocol that has conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    Text,
    /// One line of JSON a conversation
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    let reader = match input::open(&arguments.file, &arguments.input) {
        Ok(reader) => reader,
        Err(error) => return fail(error),
    };
    let mut list = StreamList::new(arguments, style);
    let failed = list.file(reader)?;
    list.output.flush()?;
    Ok(match (failed, list.listed) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// The conversations that ended, and how they are written.
struct StreamList<'a> {
    arguments: &'a Arguments,
    style: Style,
    output: Output,
    ended: Vec<Conversation>,
    listed: u64,
    /// Time of the first packet, in nanoseconds since 1970.
    first: Option<i128>,
    has_table: bool,
    text: TextBuffer,
    json: Json,
}

impl<'a> StreamList<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Self {
        StreamList {
            arguments,
            style,
            output: Output::new(),
            ended: Vec::new(),
            listed: 0,
            first: None,
            has_table: false,
            text: TextBuffer::default(),
            json: Json::default(),
        }
    }

    /// Reads a file, and lists its conversations. `true` if something could not be read.
    fn file<R: Read>(&mut self, mut reader: Reader<R>) -> io::Result<bool> {
        let name = self.arguments.file.to_string_lossy().into_owned();
        let separation = match self.arguments.keep_networks_apart {
            true => Separation::Networks,
            false => Separation::None,
        };
        let conversations = self.arguments.max_conversations as usize;
        let mut flows = Flows::new(FlowSettings { conversations, separation, ..FlowSettings::default() });
        let failed = follow_file(&mut reader, &name, &mut flows, |record, _, flows| {
            self.first = self.first.or(record.timestamp.map(Timestamp::nanos));
            self.ended.extend_from_slice(flows.ended());
            if self.ended.len() >= MOST_KEPT { self.list() } else { Ok(()) }
        })?;
        self.ended.extend(flows.conversations());
        self.list()?;
        if flows.retired() > 0 {
            complain(format_args!(
                "{name}: more than {} conversations of a protocol at a time: {} that were idle longest were listed early; one \
                 that went on later is listed again with a new number (--max-conversations raises the limit)",
                flows.settings().conversations,
                flows.retired()
            ));
        }
        if flows.copies() > 0 {
            complain(format_args!(
                "{name}: {} segments are copies of others from another VLAN, tunnel or interface, and count as \
                 retransmissions (--keep-networks-apart)",
                flows.copies()
            ));
        }
        Ok(failed)
    }

    /// Writes the conversations that ended, by protocol and number.
    fn list(&mut self) -> io::Result<()> {
        let mut ended = std::mem::take(&mut self.ended);
        ended.retain(|conversation| {
            let of = match conversation {
                Conversation::Tcp(_) => Protocol::Tcp,
                Conversation::Udp(_) => Protocol::Udp,
            };
            self.arguments.protocol.is_none_or(|wanted| wanted == of)
        });
        ended.sort_by_key(|conversation| match conversation {
            Conversation::Tcp(tcp) => (0, tcp.stream),
            Conversation::Udp(udp) => (1, udp.stream),
        });
        self.listed += ended.len() as u64;
        if self.arguments.format == Format::Json {
            return ended.iter().try_for_each(|conversation| self.object(conversation));
        }
        let udp = ended.partition_point(|conversation| matches!(conversation, Conversation::Tcp(_)));
        let (tcp, udp) = ended.split_at(udp);
        self.table(["TCP", "client", "server", "state", "packets", "bytes", "start", "duration", "repeated"], tcp)?;
        self.table(["UDP", "client", "server", "", "packets", "bytes", "start", "duration", ""], udp)
    }

    /// Writes conversations of a protocol as a table whose columns are as wide as they must be.
    fn table(&mut self, heading: [&str; 9], conversations: &[Conversation]) -> io::Result<()> {
        if conversations.is_empty() {
            return Ok(());
        }
        let gap = if std::mem::replace(&mut self.has_table, true) { "\n" } else { "" };
        let rows: Vec<_> = conversations.iter().map(|conversation| self.row(conversation)).collect();
        let mut widths = heading.map(str::len);
        for (row, _) in &rows {
            widths = std::array::from_fn(|column| widths[column].max(row[column].len()));
        }
        self.text.bytes.clear();
        self.text.str(gap);
        self.text.str(self.style.bold());
        columns(&heading, &widths, ["", ""], &mut self.text);
        self.text.str(self.style.reset());
        self.text.str("\n");
        for (row, is_remarkable) in &rows {
            let colours = if *is_remarkable { [self.style.warning(), self.style.reset()] } else { ["", ""] };
            columns(&row.each_ref().map(String::as_str), &widths, colours, &mut self.text);
            self.text.str("\n");
            self.output.put(&self.text.bytes)?;
            self.text.bytes.clear();
        }
        Ok(())
    }

    /// The columns of a conversation, and whether its state is to be pointed out.
    fn row(&self, conversation: &Conversation) -> ([String; 9], bool) {
        let facts = Facts::of(conversation);
        let [packets, bytes] = [facts.packets, facts.bytes].map(|[a, b]| format!("{a} / {b}"));
        let [start, duration] = self.times(conversation);
        let repeated = if facts.retransmissions > 0 { facts.retransmissions.to_string() } else { String::new() };
        let stream = facts.stream.to_string();
        let row = [stream, facts.client, facts.server, facts.state, packets, bytes, start, duration, repeated];
        (row, facts.is_remarkable)
    }

    /// Seconds from the first packet of the capture to the first of the conversation, and from that to its last.
    fn times(&self, conversation: &Conversation) -> [String; 2] {
        let times = conversation.times().zip(self.first);
        let spans = times.map(|((start, end), first)| [start - first, end - start]);
        spans.map_or(["-".to_string(), "-".to_string()], |spans| {
            spans.map(|nanos| {
                let mut text = TextBuffer::default();
                clock::seconds(nanos, 6, &mut text);
                text.as_str().to_string()
            })
        })
    }

    fn object(&mut self, conversation: &Conversation) -> io::Result<()> {
        let facts = Facts::of(conversation);
        let [start, duration] = self.times(conversation);
        self.json.text.bytes.clear();
        self.json.line(|json| {
            json.string("protocol", if facts.protocol == Protocol::Tcp { "tcp" } else { "udp" });
            json.number("stream", facts.stream);
            json.string("client", &facts.client);
            json.string("server", &facts.server);
            if facts.protocol == Protocol::Tcp {
                json.string("state", &facts.state);
            }
            json.number("client_packets", facts.packets[0]);
            json.number("server_packets", facts.packets[1]);
            json.number("client_bytes", facts.bytes[0]);
            json.number("server_bytes", facts.bytes[1]);
            if conversation.times().is_some() {
                json.string("start", start);
                json.string("duration", duration);
            }
            if let Conversation::Tcp(tcp) = conversation {
                json.number("retransmissions", facts.retransmissions);
                if let Some(rtt) = tcp.initial_rtt {
                    json.plain("initial_rtt", |text| clock::seconds(rtt.into(), 9, text));
                }
            }
        });
        self.output.put(&self.json.text.bytes)
    }
}

/// Columns of text: ends and state. All others are numbers, which end where their column ends.
const TEXT: std::ops::RangeInclusive<usize> = 1..=3;

/// The column of the state, which can have a colour.
const STATE: usize = 3;

/// Writes a line of a table. Columns that are always empty are left out.
fn columns(row: &[&str; 9], widths: &[usize; 9], colours: [&str; 2], text: &mut TextBuffer) {
    for (column, (cell, &width)) in row.iter().zip(widths).enumerate().filter(|(_, (_, width))| **width > 0) {
        let fill = width - cell.len();
        text.str(if column > 0 { "  " } else { "" });
        text.fill(b' ', if TEXT.contains(&column) { 0 } else { fill });
        text.str(if column == STATE { colours[0] } else { "" });
        text.str(cell);
        text.str(if column == STATE { colours[1] } else { "" });
        text.fill(b' ', if TEXT.contains(&column) { fill } else { 0 });
    }
    while text.bytes.last() == Some(&b' ') {
        text.bytes.pop();
    }
}

/// What a line says about a conversation: client first.
struct Facts {
    protocol: Protocol,
    stream: u64,
    client: String,
    server: String,
    state: String,
    is_remarkable: bool,
    packets: [u64; 2],
    bytes: [u64; 2],
    retransmissions: u64,
}

impl Facts {
    fn of(conversation: &Conversation) -> Self {
        match conversation {
            Conversation::Tcp(tcp) => {
                let client = tcp.opener.unwrap_or(Side::First);
                let by_client = |[first, second]: [u64; 2]| match client {
                    Side::First => [first, second],
                    Side::Second => [second, first],
                };
                let end = |side: Side| if side == client { "client" } else { "server" };
                let state = tcp.state();
                Facts {
                    protocol: Protocol::Tcp,
                    stream: tcp.stream,
                    client: tcp.endpoints.of(client).to_string(),
                    server: tcp.endpoints.of(client.other()).to_string(),
                    state: match state {
                        TcpState::HalfClosed(side) => format!("closed by {}", end(side)),
                        TcpState::Reset(side) => format!("reset by {}", end(side)),
                        state => state.to_string(),
                    },
                    is_remarkable: matches!(state, TcpState::Unanswered | TcpState::HalfOpen | TcpState::Reset(_)),
                    packets: by_client(tcp.packets),
                    bytes: by_client(tcp.bytes),
                    retransmissions: tcp.retransmissions.iter().sum(),
                }
            }
            Conversation::Udp(udp) => Facts {
                protocol: Protocol::Udp,
                stream: udp.stream,
                client: udp.endpoints.of(Side::First).to_string(),
                server: udp.endpoints.of(Side::Second).to_string(),
                state: String::new(),
                is_remarkable: false,
                packets: udp.packets,
                bytes: udp.bytes,
                retransmissions: 0,
            },
        }
    }
}
