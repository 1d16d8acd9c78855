//! `packetsmith explain`: what happened in a capture, told in sentences.

mod page;

use self::page::{Page, object};
use crate::clock::{self, Clock};
use crate::flows::{complain_of_bounds, follow, layers_of};
use crate::frame_reassembler::{FrameReassembler, ReassembledDatagram};
use crate::numbers::number;
use crate::outcome::{Outcome, complain, fail};
use crate::output::{Output, Progress};
use crate::protocols::known;
use crate::read::{PacketToPrint, parse_filter, passes};
use crate::{input, protocols, signals};
use clap::ValueEnum;
use packetsmith::Filter;
use packetsmith::capture::{Reader, Record, Timestamp};
use packetsmith::explain::{ExplainSettings, ExplainedPacket, Explainer, Explanation};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::output::{Json, Style};
use std::io::{self, Read};
use std::path::PathBuf;

/// Tells what happened in a capture: hosts, connections, fragments, and what went wrong.
///
/// Each sentence has the numbers of its packets. It says what the packets show: what is not in the capture is said to be
/// not in the capture, since it may have been on the wire. Packets that are not explained are listed at the end, by protocol.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith explain trace.pcap
  packetsmith explain -Y 'tcp.stream == 3' trace.pcap      one connection
  packetsmith explain -Y 'ip.addr == 192.0.2.1' trace.pcap what a host has to do with
  packetsmith explain --connections 100 trace.pcap         tell more connections one by one
  packetsmith explain -T json trace.pcap | jq -r 'select(.chapter == \"summary\") | .text'
  packetsmith walkthrough -w story.pcap && packetsmith explain story.pcap

The first connections are told one by one (--connections), and of the others those that had trouble \
(--troubled); the rest is summed up by the port of the server. Connections of two hosts that failed in \
the same way are told together. Numbers of connections are those of tcp.stream.

Exit status: 0 if all went well, 1 if there is no packet to tell of, 2 if the file could not be read to \
its end.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Tell only of what has a packet that passes this display filter: of a connection, all of it. See 'packetsmith help
    /// filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    filter: Option<Filter>,
    /// Tell the first N connections one by one
    #[arg(long, value_name = "N", default_value = "10", value_parser = number::<usize>(0..=u64::MAX))]
    connections: usize,
    /// Tell N more connections one by one that had trouble
    #[arg(long, value_name = "N", default_value = "20", value_parser = number::<usize>(0..=u64::MAX))]
    troubled: usize,
    /// Limit on the connections that are followed: of further ones, only the segments are counted
    #[arg(long, value_name = "N", default_value = "20000", value_parser = number::<u32>(16..=u32::MAX.into()))]
    max_connections: u32,
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
    /// Text for people
    Text,
    /// One line of JSON a statement
    Json,
}

impl Arguments {
    /// Whether the output is for people.
    pub fn is_paged(&self) -> bool {
        self.format == Format::Text
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    let mut reader = match input::open(&arguments.file, &arguments.input) {
        Ok(reader) => reader,
        Err(message) => return fail(message),
    };
    let explained = explain(&mut reader, arguments);
    let mut output = Output::new();
    match arguments.format {
        Format::Text => {
            let text = Page::new(style, output.width).text(&explained.explanation);
            output.put(text.as_bytes())?;
        }
        Format::Json => {
            let mut json = Json::default();
            for chapter in &explained.explanation.chapters {
                for paragraph in &chapter.paragraphs {
                    for statement in &paragraph.statements {
                        json.text.bytes.clear();
                        object(chapter.topic, paragraph.connection.as_ref(), statement, &mut json);
                        output.put(&json.text.bytes)?;
                    }
                }
            }
        }
    }
    output.flush()?;
    Ok(match (explained.failed, explained.selected) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// What was explained of a file.
struct Explained {
    explanation: Explanation,
    /// Number of packets that passed the filter.
    selected: u64,
    failed: bool,
}

/// Reads a file, and explains its packets.
fn explain<R: Read>(reader: &mut Reader<R>, arguments: &Arguments) -> Explained {
    let name = arguments.file.to_string_lossy();
    let mut progress = Progress::new(reader, &name);
    let settings = Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() };
    let mut datagrams = FrameReassembler::new(settings);
    let messages = Some(MessageSettings::default());
    let mut flows = Flows::knowing(FlowSettings { messages, ..FlowSettings::default() }, *known());
    let mut told = ExplainSettings::default();
    told.told_connections = arguments.connections;
    told.told_troubled = arguments.troubled;
    told.followed_connections = arguments.max_connections as usize;
    let mut explainer = Explainer::new(told);
    let mut clock = Clock::new(clock::Format::R);
    let (mut selected, mut failed) = (0, false);
    while let Some(record) = reader.next_record().filter(|_| !signals::ended()) {
        match &record {
            Ok(record) => {
                follow(&mut flows, record, Some(&mut datagrams));
                let is_selected = arguments.filter.as_ref().is_none_or(|filter| {
                    clock.tick(record.timestamp);
                    let packet = PacketToPrint::to_filter(record, &datagrams, Some(&flows));
                    passes(filter, &packet, &clock)
                });
                selected += u64::from(is_selected);
                packet(&mut explainer, record, &datagrams, &flows, is_selected);
            }
            Err(error) => {
                complain(error);
                failed = true;
            }
        }
        progress.packet(reader);
    }
    drop(progress);
    failed |= signals::complain_if_interrupted(&name, reader.source_len());
    complain_of_bounds(&flows, &name);
    flows.finish();
    Explained { explanation: explainer.finish(&flows, known()), selected, failed }
}

/// Hands a packet over with all its walks.
fn packet(
    explainer: &mut Explainer,
    record: &Record<'_>,
    datagrams: &FrameReassembler,
    flows: &Flows,
    is_selected: bool,
) {
    let explained = ExplainedPacket {
        number: record.number,
        time: record.timestamp.map(Timestamp::nanos),
        interface: record.interface,
        length: record.original_len.into(),
        is_selected,
        flows,
        known: known(),
    };
    let whole = datagrams.found.iter().map(ReassembledDatagram::layers);
    let frame = std::iter::once(datagrams.noticed.of(layers_of(record)));
    // Samples take a number of a walk each, before messages.
    let last = || datagrams.found.last().map_or_else(|| layers_of(record), ReassembledDatagram::layers);
    let has_samples = flows.found().last().is_some_and(|last| last.walk > datagrams.found.len());
    let samples = has_samples.then(|| last().sampled_packets()).into_iter().flatten();
    let samples = samples.map(|sampled| sampled.layers());
    explainer.packet(&explained, frame.chain(whole).chain(samples));
}
