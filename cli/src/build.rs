//! `packetsmith build`: packets from text, or from the JSON that `read` writes.

use crate::capture_json::{PacketObject, RecordMembers, SourceFile, unhex};
use crate::clock;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::json_objects::{JsonObjects, locate};
use crate::numbers::link_type;
use crate::outcome::{Outcome, complain, marked};
use crate::output::Output;
use packetsmith::LinkType;
use packetsmith::capture::{BlockOptions, Format, MAX_RECORD, Record, RecordKind, Timestamp};
use packetsmith::output::{Hexdump, Style, TextBuffer, TreeText};
use packetsmith::packet::Step;
use packetsmith::{NextProtocol, Packet, PacketText, Proto, dissect, examine};
use serde::de::DeserializeSeed;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Builds packets.
///
/// Fields that are not set are computed: lengths, checksums, and the numbers that select the next protocol. Fields that
/// are set are written verbatim, right or wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith build 'ethernet dst=ff:ff:ff:ff:ff:ff / ipv4 src=0.0.0.0 dst=255.255.255.255
    / udp src_port=68 dst_port=67 / dhcp message_type=discover' -w discover.pcap
  packetsmith build -V -x 'ipv4 dst=10.0.0.1 ttl=3 / icmpv4 type=8 / \"ping\"'
  packetsmith build 'ipv6 dst=fe80::1 / tcp dst_port=80 flags=SYN maximum_segment_size=1440' -x
  packetsmith read -T json trace.pcap | jq -c 'del(.layers[].at)' | packetsmith build - -w same.pcap
  packetsmith read -T json --editable trace.pcap > edit.json; $EDITOR edit.json
  packetsmith build edit.json -w edited.pcap

A packet is its layers with slashes between them, outermost first; a layer is its name and its
fields, by the names that read -V shows ('packetsmith fields' lists them). Write lists in brackets,
groups in braces, text in quotes; 0x00ff or \"text\" or @FILE as a layer is the payload.

Exit status: 0 if all packets were built, 2 if not.")]
pub struct Arguments {
    /// Packets as text, or files of JSON; - for JSON on standard input
    #[arg(required = true, value_name = "PACKET|FILE")]
    packets: Vec<String>,
    /// Write the packets to this capture file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Format of the capture file; by default that of the file that JSON came from, or else pcap
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    file_format: Option<Choice>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    hex: bool,
    /// Link type of packets whose first layer does not determine it: a LINKTYPE_ number, or a name such as ethernet
    #[arg(long, value_name = "N|NAME", value_parser = link_type)]
    link_type: Option<u16>,
    /// Time of packets that have none, in seconds since 1970; now by default
    #[arg(long, value_name = "SECONDS", value_parser = parse_time, allow_negative_numbers = true)]
    time: Option<Timestamp>,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    text.parse::<Timestamp>().map_err(|_| "is no number of seconds with up to nine decimal places".into())
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut builder = match Builder::new(arguments, style) {
        Ok(builder) => builder,
        Err(message) => return Ok(failed(message)),
    };
    for (i, text) in arguments.packets.iter().enumerate() {
        builder.source = i as u64;
        let result = match text == "-" || Path::new(text).exists() || text.ends_with(".json") {
            true => builder.file(text),
            false => builder.text(text),
        };
        if let Err(trouble) = result {
            builder.output.flush()?;
            return match trouble {
                BuildFailure::Message(message) => Ok(failed(message)),
                BuildFailure::Output(error) => Err(error),
            };
        }
    }
    builder.output.flush()?;
    match builder.destination.map(Destination::finish) {
        Some(Err(message)) => Ok(failed(message)),
        Some(Ok(times)) => {
            complain_of_rounded(times);
            Ok(Outcome::Done)
        }
        _ => Ok(Outcome::Done),
    }
}

fn failed(message: String) -> Outcome {
    complain(message);
    Outcome::Failed
}

/// Why the command ends early: wrong input, or standard output that cannot be written.
enum BuildFailure {
    Message(String),
    Output(io::Error),
}

impl From<String> for BuildFailure {
    fn from(message: String) -> Self {
        BuildFailure::Message(message)
    }
}

impl From<io::Error> for BuildFailure {
    fn from(error: io::Error) -> Self {
        BuildFailure::Output(error)
    }
}

struct Builder<'a> {
    arguments: &'a Arguments,
    destination: Option<Destination>,
    output: Output,
    tree: TreeText,
    hex: Hexdump,
    /// Number of the argument.
    source: u64,
    packets: u64,
    origin: SourceFile,
}

impl<'a> Builder<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Result<Self, String> {
        let create = |path: &PathBuf| Destination::create(path, arguments.file_format);
        Destination::refuse_text(arguments.write.as_ref(), arguments.tree || arguments.hex)?;
        let output = Output::new();
        Ok(Builder {
            arguments,
            destination: arguments.write.as_ref().map(create).transpose()?,
            tree: TreeText::new(style, output.width.unwrap_or(100)),
            hex: Hexdump::new(style),
            output,
            source: 0,
            packets: 0,
            origin: SourceFile::None,
        })
    }

    /// Builds a packet from one line of text.
    fn text(&mut self, text: &str) -> Result<(), BuildFailure> {
        let marked = |error: packetsmith::PacketTextError| {
            let (line, at) = line_of(text, error.at);
            format!("{error}\n\n{}", marked(line, at))
        };
        let mut files = |path: &str| read_file(path);
        let mut notation = PacketText::parse(text, &mut files).map_err(marked)?;
        let frame = notation.build().map_err(marked)?;
        let first = notation.packet.first();
        self.origin = SourceFile::None;
        self.packet(&frame, &RecordMembers::default(), first)
    }

    /// Builds packets from a file of JSON.
    fn file(&mut self, path: &str) -> Result<(), BuildFailure> {
        let (name, read): (&str, Box<dyn Read>) = match path {
            "-" => ("standard input", crate::input::standard_input()),
            path => {
                let file = File::open(path).map_err(|error| format!("{path}: cannot be opened: {error}"))?;
                (path, Box::new(file))
            }
        };
        let read = BufReader::with_capacity(1 << 16, read);
        let mut objects = JsonObjects::new(read);
        let (mut packet, mut frame) = (Packet::default(), Vec::new());
        let (mut about, mut unknown) = (RecordMembers::default(), None);
        self.origin = SourceFile::None;
        let mut number = 0;
        loop {
            if crate::signals::complain_if_interrupted(name, (path != "-").then_some(0)) {
                break;
            }
            let mut parse = |bytes: &[u8]| {
                let object = PacketObject { about: &mut about, form: &mut packet.form, unknown: &mut unknown };
                let mut json = serde_json::Deserializer::from_slice(bytes);
                object.deserialize(&mut json).and_then(|()| json.end())
            };
            let found = objects.next(&mut parse).map_err(|(line, what)| format!("{name}: line {line}: {what}"))?;
            let Some((line, parsed)) = found else { break };
            number += 1;
            parsed.map_err(|error| {
                let at = line + error.line() as u64 - 1;
                // serde_json counts lines and columns from the beginning of this object.
                let text = error.to_string();
                let what = text.rsplit_once(" at line").map_or(text.as_str(), |(what, _)| what);
                format!("{name}: line {at}, column {}, packet {number}: {what}", error.column())
            })?;
            let wrong = |what: &str| format!("{name}: line {line}, packet {number}: {what}");
            if let Some(key) = &unknown {
                let at = locate(&objects.bytes, &[Step::Member(key.clone())]).map_or(line, |(at, _)| line + at);
                return Err(format!("{name}: line {at}, packet {number}: {key}: there is no such member").into());
            }
            self.origin.update(&about).ok_or_else(|| wrong("options are hexadecimal digits"))?;
            if let Some(rest) = &about.rest {
                // The bytes after the last record of the file, which are not a record.
                let rest = unhex(rest).ok_or_else(|| wrong("rest: is hexadecimal digits"))?;
                if let Some(destination) = &mut self.destination {
                    destination.rest(&rest, self.origin.format())?;
                }
                continue;
            }
            if packet.form.is_empty() && about.capture.is_some() {
                // A file without packets.
                if let (Some(destination), Some(format)) = (&mut self.destination, self.origin.format()) {
                    destination.begin(format)?;
                }
                continue;
            }
            frame.clear();
            packet.missing = about.missing();
            packet.build_into(&mut frame).map_err(|error| {
                let (at, column) = locate(&objects.bytes, &error.place).unwrap_or((0, 0));
                let column = if column > 0 { format!(", column {column}") } else { String::new() };
                format!("{name}: line {}{column}, packet {number}, {error}", line + at)
            })?;
            let first = packet.first();
            self.packet(&frame, &about, first).map_err(|trouble| match trouble {
                BuildFailure::Message(message) => {
                    BuildFailure::Message(format!("{name}: line {line}, packet {number}: {message}"))
                }
                trouble => trouble,
            })?;
        }
        Ok(())
    }

    /// Writes or shows a packet.
    fn packet(&mut self, frame: &[u8], about: &RecordMembers, first: Option<Proto>) -> Result<(), BuildFailure> {
        self.packets += 1;
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let interface = about.interface.unwrap_or_default();
        let described = self.origin.interface(interface);
        let timestamp = match (&about.ticks, &about.time, described) {
            (Some((base, ticks)), text, Some(interface)) => {
                let time = Timestamp::new(*base, *ticks, interface.resolution);
                check_ticks(time, text.as_deref())?;
                Some(time)
            }
            (_, Some(text), described) => {
                let time = text.parse::<Timestamp>().map_err(|_| format!("time: {text} is no number of seconds"))?;
                let same = described.and_then(|interface| time.at(interface.resolution, interface.offset));
                Some(self.origin.pcap_time(time).or(same).unwrap_or(time))
            }
            // A Simple Packet Block has no time; nor has a packet that JSON gives none.
            _ if about.capture.is_some() || !matches!(self.origin, SourceFile::None) => None,
            _ => self.arguments.time.or_else(|| Timestamp::from_nanos(now().as_nanos() as i128 / 1000 * 1000)),
        };
        let link_type = described.and_then(|interface| interface.link_type).or(about.link_type);
        let link_type = link_type.or(self.arguments.link_type).or_else(|| first.and_then(link_type_of));
        let options = about.block_options(self.origin.byte_order(), frame);
        let options = options.ok_or_else(|| "options: are hexadecimal digits".to_string())?;
        let header = about.record_header(self.origin.format(), timestamp, frame.len() as u32);
        let header = header.map_err(str::to_string)?;
        let kind = match about.block.as_deref() {
            None => RecordKind::Enhanced,
            Some("simple") => RecordKind::Simple,
            Some("old") => RecordKind::Old { drops: about.drops.unwrap_or_default() },
            Some(other) => return Err(format!("block: {other} is neither simple nor old").into()),
        };
        let record = Record {
            number: about.packet.unwrap_or(self.packets),
            offset: 0,
            timestamp,
            original_len: about.wire_length(frame.len() as u32),
            link_type,
            interface,
            description: described,
            fcs_len: None,
            header: &header,
            data: frame,
            options: BlockOptions::new(self.origin.byte_order(), &options),
            format: self.origin.format(),
            section: self.origin.section(),
            interfaces: self.origin.interfaces(),
        };
        if let Some(destination) = &mut self.destination {
            if record.link_type.is_none() && !matches!(self.origin, SourceFile::Pcapng(..)) {
                let text = "the first layer does not tell the link type: give --link-type".to_string();
                return Err(text.into());
            }
            destination.source = self.source;
            destination.write(&record, kind)?;
        }
        let silent = self.destination.is_some() && !self.arguments.tree && !self.arguments.hex;
        if !silent {
            let link_type = link_type.unwrap_or(u16::MAX);
            if self.arguments.tree || !self.arguments.hex {
                self.tree.text.bytes.clear();
                self.tree.packet(examine(link_type, frame).original_len(record.original_len as usize));
                self.output.put(&self.tree.text.bytes)?;
            }
            if self.arguments.hex {
                self.hex.text.bytes.clear();
                self.hex.packet(frame, dissect(link_type, frame));
                self.output.put(&self.hex.text.bytes)?;
            }
            self.output.put(b"\n")?;
        }
        Ok(())
    }
}

impl SourceFile {
    fn format(&self) -> Option<Format<'_>> {
        match self {
            SourceFile::None => None,
            SourceFile::Pcap(header, _) => Some(Format::Pcap(header)),
            SourceFile::Pcapng(header, ..) => Some(Format::Pcapng(header)),
        }
    }

    fn interfaces(&self) -> &[packetsmith::capture::Interface] {
        match self {
            SourceFile::None => &[],
            SourceFile::Pcap(_, interface) => std::slice::from_ref(interface),
            SourceFile::Pcapng(_, interfaces, _) => interfaces,
        }
    }

    fn interface(&self, number: u32) -> Option<&packetsmith::capture::Interface> {
        self.interfaces().get(number as usize)
    }

    fn section(&self) -> u64 {
        if let SourceFile::Pcapng(_, _, section) = self { *section } else { 0 }
    }

    fn byte_order(&self) -> packetsmith::capture::ByteOrder {
        match self {
            SourceFile::Pcap(header, _) => header.byte_order,
            SourceFile::Pcapng(header, ..) => header.byte_order,
            SourceFile::None => packetsmith::capture::ByteOrder::Little,
        }
    }

    /// A time as a pcap file stores it: whole seconds, and a fraction in its unit.
    fn pcap_time(&self, time: Timestamp) -> Option<Timestamp> {
        let SourceFile::Pcap(header, _) = self else { return None };
        let seconds = i64::try_from(time.seconds()).ok()?;
        time.at(header.resolution, seconds)
    }
}

/// Checks that the time beside ticks is theirs: a changed time must not be passed over.
fn check_ticks(ticks: Timestamp, text: Option<&str>) -> Result<(), String> {
    let mut shown = TextBuffer::default();
    clock::seconds(ticks.nanos(), ticks.resolution().digits(), &mut shown);
    match text {
        Some(text) if text.as_bytes() != shown.bytes => {
            Err(format!("time: {text} is not the time of the ticks, which win: leave ticks out to change it"))
        }
        _ => Ok(()),
    }
}

/// The link type whose frames begin with a protocol; the lowest if there are several.
fn link_type_of(first: Proto) -> Option<u16> {
    match first {
        // The link types of raw IP are for both versions; 228 and 229 are for one each.
        Proto::Data => None,
        proto => (0..=1023).find(|&n| NextProtocol::LinkType(n).proto() == proto && LinkType::from(n).name().is_some()),
    }
}

/// The line that holds a byte of a text, and the offset of the byte in that line.
pub fn line_of(text: &str, at: usize) -> (&str, usize) {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    (&text[start..end], at - start)
}

/// Reads a file that is a payload.
pub fn read_file(path: &str) -> Result<Vec<u8>, String> {
    let named = |error: io::Error| format!("{path}: cannot be read: {error}");
    let mut bytes = Vec::new();
    File::open(path).map_err(named)?.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes).map_err(named)?;
    match bytes.len() > MAX_RECORD {
        true => Err(format!("{path}: is longer than the {MAX_RECORD} bytes that a packet may have")),
        false => Ok(bytes),
    }
}
