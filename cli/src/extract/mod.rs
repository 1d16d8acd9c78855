//! `packetsmith extract`: what a capture transfers, as files.

mod http_objects;
mod listing;
mod object_files;
mod safe_name;
mod tcp_streams;
mod tftp_files;

use self::http_objects::{HttpMessage, HttpObjects};
use self::listing::{Format, Kind, Listing};
use self::object_files::{Limits, ObjectFiles};
use self::tcp_streams::TcpStreams;
use self::tftp_files::{TftpFiles, UdpDatagram};
use crate::flows::{follow_file, layer_of};
use crate::frame_reassembler::FrameReassembler;
use crate::numbers::{bytes, number};
use crate::outcome::{Outcome, complain, fail};
use crate::protocols::known;
use crate::{input, protocols, signals};
use packetsmith::capture::{Reader, Record};
use packetsmith::flow::{
    Conversation, Endpoint, FlowLayer, FlowSettings, Flows, LayerAnalysis, MessageSettings, Side, StreamMessage,
    TcpAnalysis, TcpFindings, TcpSegment, TransactionAnalysis,
};
use packetsmith::output::Style;
use packetsmith::{ExaminedLayer, NextProtocol, Proto, View};
use std::collections::HashMap;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::PathBuf;

/// Writes what a capture transfers to files: content of HTTP, files of TFTP, and the data of TCP connections.
///
/// Content of HTTP is without chunks and compression. Names of files are made of the names in the packets, so that they
/// can do no harm, with the packet number before them. No file that is there is replaced. What is not complete has a
/// name that ends with '.incomplete', and the list says what is missing; nothing takes its place.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith extract trace.pcap objects
  packetsmith extract -n trace.pcap objects               list them, and write nothing
  packetsmith extract --only tftp boot.pcap objects
  packetsmith extract --streams trace.pcap objects        each side of each TCP connection too
  packetsmith extract -T json trace.pcap objects | jq -r 'select(.complete) | .sha256'
  packetsmith extract --max-size 1M --max-total 100M trace.pcap objects

The SHA-256 is that of the bytes in the file. Files from a capture can be malware: look at them with care.

Exit status: 0 if all went well, 1 if there is nothing to extract, 2 if something could not be read or
written, is not complete, or went over a limit.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Folder for the files. It is made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Extract these alone
    #[arg(long, value_name = "KIND", value_delimiter = ',', default_value = "http,tftp")]
    only: Vec<Kind>,
    /// Extract each side of each TCP connection too
    #[arg(long)]
    streams: bool,
    /// List what would be written, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Limit on the bytes of a file; a longer one is cut. Content of HTTP is put together in memory, so of that at most
    /// 1G is extracted
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = bytes(1..=1 << 50))]
    max_size: u64,
    /// Limit on the bytes of all files
    #[arg(long, value_name = "SIZE", default_value = "4G", value_parser = bytes(1..=1 << 50))]
    max_total: u64,
    /// Limit on the number of files
    #[arg(long, value_name = "N", default_value = "100000", value_parser = number::<u64>(1..=10_000_000))]
    max_files: u64,
    /// Format of the list
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    input: input::Arguments,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// Largest content of HTTP, in bytes.
const MOST_HTTP: u64 = 1 << 30;

/// Bytes of an HTTP message beside its content: the head, and lines between chunks.
const MOST_BESIDE: usize = 1 << 20;

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    let limits = Limits { object: arguments.max_size, total: arguments.max_total, files: arguments.max_files };
    let files = match ObjectFiles::new(&arguments.folder, limits, arguments.dry_run) {
        Ok(files) => files,
        Err(message) => return fail(message),
    };
    let reader = match input::open(&arguments.file, &arguments.input) {
        Ok(reader) => reader,
        Err(error) => return fail(error),
    };
    if !arguments.dry_run {
        signals::watch();
    }
    let mut extractor = Extractor::new(arguments, files, style);
    let mut failed = extractor.file(reader)?;
    extractor.listing.flush()?;
    failed |= extractor.files.complain();
    let Listing { listed, incomplete, .. } = extractor.listing;
    if incomplete > 0 {
        complain(format_args!("{incomplete} of {listed} are not complete"));
    } else if listed == 0 && !failed {
        complain(format_args!("{}: there is nothing to extract", arguments.file.display()));
    }
    Ok(match (failed || incomplete > 0, listed) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        (false, _) => Outcome::Done,
    })
}

/// Extracts what a capture transfers.
struct Extractor<'a> {
    arguments: &'a Arguments,
    files: ObjectFiles<'a>,
    listing: Listing,
    http: Option<HttpObjects>,
    tftp: Option<TftpFiles>,
    streams: Option<TcpStreams>,
}

impl<'a> Extractor<'a> {
    fn new(arguments: &'a Arguments, files: ObjectFiles<'a>, style: Style) -> Self {
        let has = |kind| arguments.only.contains(&kind);
        Extractor {
            arguments,
            files,
            listing: Listing::new(arguments.format, style),
            http: has(Kind::Http).then(|| HttpObjects::new(most_http(arguments))),
            tftp: has(Kind::Tftp).then(TftpFiles::default),
            streams: (has(Kind::Streams) || arguments.streams).then(TcpStreams::default),
        }
    }

    /// Reads a file, and extracts what is in it. `true` if something could not be read.
    fn file<R: Read>(&mut self, mut reader: Reader<R>) -> io::Result<bool> {
        let name = self.arguments.file.to_string_lossy().into_owned();
        let messages = self.http.as_ref().map(|_| message_settings(most_http(self.arguments)));
        let mut flows = Flows::knowing(FlowSettings { messages, ..FlowSettings::default() }, *known());
        let mut failed = follow_file(&mut reader, &name, &mut flows, |record, datagrams, flows| {
            self.packet(record, datagrams, flows)?;
            flows.ended().iter().try_for_each(|conversation| self.end(conversation))
        })?;
        self.finish(&mut flows)?;
        if flows.given_up_messages() > 0 {
            complain(format_args!(
                "{name}: {} connections had more messages at a time than memory is for: these are not extracted",
                flows.given_up_messages()
            ));
            failed = true;
        }
        Ok(failed)
    }

    fn packet(&mut self, record: &Record<'_>, datagrams: &FrameReassembler, flows: &Flows) -> io::Result<()> {
        for found in flows.found() {
            match &found.analysis {
                LayerAnalysis::Tcp(tcp) if self.http.is_some() || self.streams.is_some() => {
                    let Some(layer) = layer_of(record, datagrams, flows, found) else { continue };
                    let next = FlowLayer { layer: found.layer + 1, ..*found };
                    let next = || layer_of(record, datagrams, flows, &next).map(|layer| layer.proto);
                    self.segment(flows, (found, tcp), &layer, next, record.number)?;
                    let messages = flows.messages().iter().enumerate();
                    for (number, message) in
                        messages.filter(|(_, message)| (message.walk, message.layer) == (found.walk, found.layer))
                    {
                        let walk = 1 + datagrams.found.len() + number;
                        self.message(
                            flows,
                            message,
                            (walk, 0),
                            ends_of(&layer, tcp.side, message.side),
                            Some(record.number),
                        )?;
                    }
                }
                LayerAnalysis::Udp(_) if self.tftp.is_some() => {
                    let Some(layer) = layer_of(record, datagrams, flows, found) else { continue };
                    self.datagram(&layer, record.number)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes a TCP segment. `next` tells the protocol of its payload.
    fn segment(
        &mut self,
        flows: &Flows,
        (found, analysis): (&FlowLayer, &TcpAnalysis),
        layer: &ExaminedLayer<'_>,
        next: impl FnOnce() -> Option<Proto>,
        packet: u64,
    ) -> io::Result<()> {
        let Some(segment) = TcpSegment::from_layer(layer).filter(|segment| !segment.is_quoted) else { return Ok(()) };
        if let Some(streams) = &mut self.streams {
            streams.segment(analysis, &segment, packet, &mut self.files);
        }
        let Some(http) = &mut self.http else { return Ok(()) };
        let findings = analysis.findings;
        if findings.contains(TcpFindings::LOST_SEGMENT) || findings.contains(TcpFindings::ACKED_UNSEEN) {
            http.has_gap(analysis.stream);
        }
        if findings.contains(TcpFindings::OVERLAP_CONFLICT) {
            http.overlaps(analysis.stream, analysis.side, packet);
        }
        for begun in flows.begun_requests().iter().filter(|begun| begun.stream == analysis.stream) {
            http.begun(begun, segment.source);
        }
        if analysis.has_payload_as_data() || segment.payload.is_empty() || next() != Some(Proto::Http) {
            return Ok(());
        }
        let message = HttpMessage {
            stream: analysis.stream,
            selector: NextProtocol::TcpPorts(segment.source.port, segment.destination.port),
            ends: Some([segment.source, segment.destination]),
            bytes: segment.payload,
            side: analysis.side,
            packet,
            now: Some(packet),
            message: None,
            transaction: transaction_of(flows, (found.walk, found.layer + 1)),
        };
        http.message(&message, &mut self.files, &mut self.listing)
    }

    /// Takes a message that does not lie in one segment. Its packet is the last of those that gave its bytes.
    fn message(
        &mut self,
        flows: &Flows,
        message: &StreamMessage,
        place: (usize, usize),
        ends: Option<[Endpoint; 2]>,
        now: Option<u64>,
    ) -> io::Result<()> {
        let Some(http) = &mut self.http else { return Ok(()) };
        let message = HttpMessage {
            stream: message.stream,
            selector: message.selector,
            ends,
            bytes: &message.bytes,
            side: message.side,
            now,
            packet: message.packets().last().copied().unwrap_or_default(),
            message: Some(message),
            transaction: transaction_of(flows, place),
        };
        http.message(&message, &mut self.files, &mut self.listing)
    }

    fn datagram(&mut self, layer: &ExaminedLayer<'_>, packet: u64) -> io::Result<()> {
        let (Some(tftp), View::Udp(udp), false) = (&mut self.tftp, layer.view, layer.quoted) else { return Ok(()) };
        let (addresses, frame) = (&layer.context.addresses, layer.context.frame);
        let (source, destination) = (address(addresses.source(frame)), address(addresses.destination(frame)));
        let Some((source, destination)) = source.zip(destination) else { return Ok(()) };
        let datagram = UdpDatagram {
            source: Endpoint { address: source, port: udp.src_port() },
            destination: Endpoint { address: destination, port: udp.dst_port() },
            payload: layer.payload(),
            length: layer.context.payload_wire_end.saturating_sub(layer.header_span().end) as usize,
            packet,
        };
        tftp.datagram(&datagram, &mut self.files, &mut self.listing)
    }

    /// Ends a conversation that is not followed any more.
    fn end(&mut self, conversation: &Conversation) -> io::Result<()> {
        let Conversation::Tcp(tcp) = conversation else { return Ok(()) };
        if let Some(http) = &mut self.http {
            http.forget(tcp.stream);
        }
        match &mut self.streams {
            Some(streams) => streams.end(tcp.stream, &mut self.files, &mut self.listing),
            None => Ok(()),
        }
    }

    /// Ends the capture.
    fn finish(&mut self, flows: &mut Flows) -> io::Result<()> {
        flows.finish();
        let ends: HashMap<u64, [Endpoint; 2]> = match flows.messages() {
            [] => HashMap::new(),
            _ => flows.tcp().map(|tcp| (tcp.stream, tcp.endpoints.0)).collect(),
        };
        for (walk, message) in flows.messages().iter().enumerate() {
            let ends = ends.get(&message.stream).map(|&[first, second]| match message.side {
                Side::First => [first, second],
                Side::Second => [second, first],
            });
            self.message(flows, message, (walk, 0), ends, None)?;
        }
        if let Some(tftp) = &mut self.tftp {
            tftp.finish(&mut self.files, &mut self.listing)?;
        }
        match &mut self.streams {
            Some(streams) => streams.finish(&mut self.files, &mut self.listing),
            None => Ok(()),
        }
    }
}

/// What was found out about a request or response: that of a walk and a layer.
fn transaction_of(flows: &Flows, place: (usize, usize)) -> Option<TransactionAnalysis> {
    flows.found().iter().find_map(|found| match found.analysis {
        LayerAnalysis::Transaction(transaction) if (found.walk, found.layer) == place => Some(transaction),
        _ => None,
    })
}

/// Sender and receiver of a message that ends with a segment, which the other side may have sent.
fn ends_of(segment: &ExaminedLayer<'_>, sender: Side, side: Side) -> Option<[Endpoint; 2]> {
    let TcpSegment { source, destination, .. } = TcpSegment::from_layer(segment)?;
    Some(if side == sender { [source, destination] } else { [destination, source] })
}

fn most_http(arguments: &Arguments) -> usize {
    usize::try_from(arguments.max_size.min(MOST_HTTP)).unwrap_or(usize::MAX / 4)
}

/// Bounds on messages that are put together: two of the largest at a time.
fn message_settings(most: usize) -> MessageSettings {
    let message_bytes = most.saturating_add(MOST_BESIDE);
    let usual = MessageSettings::default();
    MessageSettings { message_bytes, total_bytes: usual.total_bytes.max(message_bytes.saturating_mul(2)), ..usual }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => bytes.first_chunk::<4>().map(|&bytes| bytes.into()),
        _ => bytes.first_chunk::<16>().map(|&bytes| bytes.into()),
    }
}
