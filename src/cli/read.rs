//! `packetsmith read`: what is in capture files.

use super::clock::{self, Clock};
use super::destination::{self, Destination};
use super::meta::{self, Describer};
use super::output::{Output, Progress};
use super::wholes::{Whole, Wholes, listed};
use super::{Outcome, complain};
use clap::ValueEnum;
use packetsmith::capture::{ByteOrder, Format, Options, Reader, Record, Resolution, Timestamp};
use packetsmith::live::Link;
use packetsmith::reassemble::Settings;
use packetsmith::sink::{Hexdump, Json, Style, Summary, Text, Tree};
use packetsmith::{Examine, Filter, Hex, LinkType, Packet, dissect, examine};
use std::io;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// Shows what is in capture files.
///
/// By default one line a packet: number, time, source, destination, protocol, length, and what it says.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith read trace.pcap                 one line a packet
  packetsmith read -V -x -c 1 trace.pcapng    the first packet, field by field and byte by byte
  packetsmith read -Y 'ip.addr == 10.0.0.0/8 && tcp.flags.reset' trace.pcap
  packetsmith read -T json trace.pcap.gz | jq '.layers[].layer'
  packetsmith read -i eth0 -Y arp             what an interface sends and receives (needs root)
  tcpdump -w - | packetsmith read -           what comes in on standard input

Exit status: 0 if all went well, 1 if no packet passed the filter, 2 if a file could not be read to its end.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed; - for standard input
    #[arg(required_unless_present = "interface", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Show what comes in and goes out on a network interface, until interrupted
    #[arg(short, long, value_name = "NAME", conflicts_with = "files")]
    interface: Option<String>,
    /// Show only packets that pass this display filter, such as 'tcp.port == 443 && !ipv6'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter)]
    filter: Option<Filter>,
    /// Stop after so many packets of a file have been read
    #[arg(short, long, value_name = "N")]
    count: Option<u64>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    hex: bool,
    /// Form of the output
    #[arg(short = 'T', long, value_name = "FORM")]
    format: Option<Form>,
    /// Write the packets to a capture file, in the form of the first file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Form of the capture file that is written
    #[arg(short = 'F', long = "file-format", value_name = "FORM", requires = "write")]
    file_format: Option<destination::Choice>,
    /// With -T json: leave out what 'build' computes, where it is right, so that packets can be edited
    #[arg(long)]
    editable: bool,
    /// Show fragments alone: do not put datagrams together
    #[arg(long)]
    no_reassembly: bool,
    /// How to write times
    #[arg(short = 't', long, value_name = "FORM", default_value = "r")]
    time: clock::Format,
}

/// Reads a filter; the message of an error marks the place.
fn parse_filter(text: &str) -> Result<Filter, String> {
    Filter::parse(text).map_err(|error| {
        let column = text[..error.at].chars().count();
        format!("{error}\n\n  {text}\n  {:column$}^", "")
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Lines for people
    Text,
    /// One JSON object a line, with everything that -V and -x show
    Json,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut printer = Printer::new(arguments, style);
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
        printer.output.eager = true;
        failed = live(interface, &mut printer)?;
    }
    let several = arguments.files.len() > 1;
    for (i, path) in arguments.files.iter().enumerate() {
        let mut reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) => {
                printer.output.flush()?;
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
            printer.file(&name, i)?;
        }
        printer.output.eager |= reader.source_len().is_none();
        printer.describer.file();
        let mut progress = Progress::new(&reader, &name);
        printer.clock = Clock::new(arguments.time);
        printer.wholes = printer.wholes.take().map(|_| Wholes::new(Settings::default()));
        printer.left = arguments.count.unwrap_or(u64::MAX);
        while printer.left > 0 {
            match reader.next_record() {
                None => break,
                Some(Ok(record)) => printer.packet(&record)?,
                Some(Err(error)) => {
                    printer.output.flush()?;
                    complain(error);
                    failed = true;
                }
            }
            progress.packet(&reader);
        }
        printer.end_of_file(reader.format())?;
        printer.rest(reader.rest())?;
    }
    printer.output.flush()?;
    failed |= printer.refused;
    if let Some(destination) = printer.destination.take_if(|_| !printer.refused) {
        match destination.finish() {
            Ok(0) => {}
            Ok(n) => complain(format_args!(
                "{n} times had more digits than the file has room for, and were rounded down: -F pcapng keeps them"
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

/// Shows what an interface sends and receives; tells whether that failed.
fn live(interface: &str, printer: &mut Printer<'_>) -> io::Result<bool> {
    let mut link = match Link::open(interface) {
        Ok(link) => link,
        Err(error) => {
            complain(format_args!("{interface}: cannot be opened: {error}"));
            return Ok(true);
        }
    };
    let mut number = 0;
    while printer.left > 0 {
        let frame = match link.receive() {
            Ok(frame) => frame,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                complain(format_args!("{interface}: cannot be read: {error}"));
                return Ok(true);
            }
        };
        number += 1;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        printer.packet(&Record {
            number,
            offset: 0,
            timestamp: Some(Timestamp::new(now.as_secs() as i64, now.subsec_nanos().into(), Resolution::NANOSECONDS)),
            original_len: frame.len() as u32,
            link_type: Some(LinkType::Ethernet.into()),
            interface: 0,
            description: None,
            fcs_len: None,
            header: &[],
            data: frame,
            options: Options::new(ByteOrder::Big, &[]),
            format: None,
            section: 0,
            interfaces: &[],
        })?;
    }
    Ok(false)
}

/// Writes packets in the form that was asked for.
struct Printer<'a> {
    arguments: &'a Arguments,
    output: Output,
    style: Style,
    clock: Clock,
    left: u64,
    matched: bool,
    describer: Describer,
    destination: Option<Destination>,
    /// Puts fragments together.
    wholes: Option<Wholes>,
    /// A packet could not be written, so that nothing more is.
    refused: bool,
    file: Option<String>,
    line: Text,
    summary: Summary,
    tree: Tree,
    hex: Hexdump,
    json: Json,
    packet: Packet,
}

impl<'a> Printer<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Self {
        let output = Output::new();
        Printer {
            arguments,
            style,
            clock: Clock::new(arguments.time),
            left: arguments.count.unwrap_or(u64::MAX),
            matched: false,
            describer: Describer::default(),
            destination: None,
            wholes: Some(Wholes::new(Settings::default())).filter(|_| !arguments.no_reassembly),
            refused: false,
            file: None,
            line: Text::default(),
            summary: Summary::default(),
            tree: Tree::new(style, output.width.unwrap_or(100)),
            hex: Hexdump::new(style),
            json: Json::default(),
            packet: Packet::default(),
            output,
        }
    }

    /// Begins one of several files.
    fn file(&mut self, name: &str, index: usize) -> io::Result<()> {
        self.file = Some(name.to_string());
        if self.arguments.format == Some(Form::Json) || self.destination.is_some() {
            return Ok(());
        }
        let gap = if index > 0 { "\n" } else { "" };
        let (bold, reset) = (self.style.bold(), self.style.reset());
        self.output.put(format!("{gap}{bold}==> {name} <=={reset}\n").as_bytes())
    }

    /// Writes as JSON what stands behind the last whole record.
    fn rest(&mut self, rest: &[u8]) -> io::Result<()> {
        if self.arguments.format != Some(Form::Json) || rest.is_empty() {
            return Ok(());
        }
        self.json.text.bytes.clear();
        self.json.line(|json| json.string("rest", Hex(rest)));
        self.output.put(&self.json.text.bytes)
    }

    /// Ends a file: one without packets has a header all the same.
    fn end_of_file(&mut self, format: Format<'_>) -> io::Result<()> {
        if let Some(destination) = self.destination.as_mut().filter(|_| !self.refused)
            && let Err(message) = destination.begin(format)
        {
            complain(message);
            self.refused = true;
        }
        if self.arguments.format == Some(Form::Json) && self.describer.is_new() {
            self.json.text.bytes.clear();
            self.json.line(|json| meta::capture(format, json));
            self.output.put(&self.json.text.bytes)?;
        }
        Ok(())
    }

    fn packet(&mut self, record: &Record<'_>) -> io::Result<()> {
        self.left -= 1;
        self.clock.tick(record.timestamp);
        let mut wholes = self.wholes.take();
        if let Some(wholes) = &mut wholes {
            let link_type = record.link_type.unwrap_or(u16::MAX);
            wholes.packet(link_type, record.data, record.number, record.timestamp, &mut |_| {});
        }
        let result = self.show(record, wholes.as_ref().map_or(&[], |wholes| &wholes.found));
        self.wholes = wholes;
        result
    }

    /// Shows a packet, and what it completes.
    fn show(&mut self, record: &Record<'_>, wholes: &[Whole]) -> io::Result<()> {
        let all = || std::iter::once(layers(record)).chain(wholes.iter().map(Whole::layers));
        if self.arguments.filter.as_ref().is_some_and(|filter| !filter.matches_any(all())) {
            return Ok(());
        }
        self.matched = true;
        if let Some(destination) = &mut self.destination {
            if let Err(message) = destination.write(record, record.kind()) {
                complain(message);
                (self.refused, self.left) = (true, 0);
                return Ok(());
            }
            if !(self.arguments.tree || self.arguments.hex || self.arguments.format.is_some()) {
                return Ok(());
            }
        }
        if self.arguments.format == Some(Form::Json) {
            return self.object(record, wholes);
        }
        self.line.bytes.clear();
        match self.arguments.tree {
            true => self.title(record),
            false => self.columns(record, wholes.last()),
        }
        self.output.put(&self.line.bytes)?;
        if self.arguments.tree {
            self.tree.text.bytes.clear();
            self.tree.packet(layers(record));
            self.output.put(&self.tree.text.bytes)?;
        }
        if self.arguments.hex {
            self.hex.text.bytes.clear();
            self.hex.packet(record.data, dissect(record.link_type.unwrap_or(u16::MAX), record.data));
            self.output.put(&self.hex.text.bytes)?;
        }
        for whole in wholes {
            self.whole(whole)?;
        }
        if self.arguments.tree || self.arguments.hex {
            self.output.put(b"\n")?;
        }
        Ok(())
    }

    /// Shows a datagram as its packet was before it was split.
    fn whole(&mut self, whole: &Whole) -> io::Result<()> {
        if !(self.arguments.tree || self.arguments.hex) {
            return Ok(());
        }
        let (line, style) = (&mut self.line, self.style);
        line.bytes.clear();
        line.str(style.bold());
        line.str("Reassembled");
        line.str(style.reset());
        line.show(format_args!("  {} bytes from packets {}\n", whole.packet.len(), listed(&whole.packets())));
        for origin in &whole.origins {
            line.show(format_args!(
                "  packet {:<6} bytes {}..{} of the payload\n",
                origin.frame, origin.bytes.start, origin.bytes.end
            ));
        }
        for text in whole.findings.texts() {
            line.show(format_args!("  {}! {text}{}\n", style.warning(), style.reset()));
        }
        self.output.put(&line.bytes)?;
        if self.arguments.tree {
            self.tree.text.bytes.clear();
            self.tree.packet(whole.layers());
            self.output.put(&self.tree.text.bytes)?;
        }
        if self.arguments.hex {
            self.hex.text.bytes.clear();
            self.hex.packet(&whole.packet, dissect(LinkType::Raw.into(), &whole.packet));
            self.output.put(&self.hex.text.bytes)?;
        }
        Ok(())
    }

    /// Writes a packet as one line, cut where the terminal ends.
    fn columns(&mut self, record: &Record<'_>, whole: Option<&Whole>) {
        self.summary.packet(whole.map_or(layers(record), Whole::layers));
        let (line, summary, style) = (&mut self.line, &self.summary, self.style);
        line.str(style.dim());
        let start = line.bytes.len();
        let digits = record.number.checked_ilog10().map_or(1, |d| d as usize + 1);
        line.fill(b' ', 5_usize.saturating_sub(digits));
        line.number(record.number);
        line.str(" ");
        let at = line.bytes.len();
        self.clock.write(record.timestamp, line);
        let width = line.bytes.len() - at;
        let wanted = if self.arguments.time == clock::Format::R { 11 } else { 0 };
        line.bytes.splice(at..at, std::iter::repeat_n(b' ', wanted.max(width) - width));
        line.str(style.reset());
        line.str(" ");
        for (column, width) in [(&summary.source, 15), (&summary.destination, 15)] {
            let at = line.bytes.len();
            line.bytes.extend_from_slice(&column.bytes);
            line.pad_to(at, width);
            line.str(" ");
        }
        let at = line.bytes.len();
        line.str(style.bold());
        line.bytes.extend_from_slice(&summary.protocol.bytes);
        line.str(style.reset());
        line.pad_to(at, 8);
        line.str(" ");
        let at = line.bytes.len();
        line.number(record.original_len.into());
        let width = line.bytes.len() - at;
        line.bytes.splice(at..at, std::iter::repeat_n(b' ', 4_usize.saturating_sub(width)));
        line.str("  ");
        line.bytes.extend_from_slice(&summary.info.bytes);
        if let Some(whole) = whole {
            line.show(format_args!(" [reassembled of {}]", listed(&whole.packets())));
        }
        if let Some(width) = self.output.width {
            line.cut_to(start, width);
        }
        line.str("\n");
    }

    /// Writes the heading of a packet's tree.
    fn title(&mut self, record: &Record<'_>) {
        let (line, style) = (&mut self.line, self.style);
        line.str(style.bold());
        line.str("Packet ");
        line.number(record.number);
        line.str(style.reset());
        line.str("  ");
        self.clock.write(record.timestamp, line);
        if matches!(self.arguments.time, clock::Format::R | clock::Format::D | clock::Format::E) {
            line.str(" s");
        }
        line.show(format_args!("  {} bytes", record.original_len));
        if record.data.len() != record.original_len as usize {
            line.show(format_args!(", {} captured", record.data.len()));
        }
        line.str("  ");
        match record.link_type {
            None => line.str("of no known interface"),
            Some(n) => match LinkType::from(n).name() {
                Some(name) => line.str(name),
                None => line.show(format_args!("link type {n}")),
            },
        }
        if let Some(name) = record.description.and_then(|interface| interface.name()) {
            line.show(format_args!("  on {}", name.escape_debug()));
        }
        line.str("\n");
    }

    fn object(&mut self, record: &Record<'_>, wholes: &[Whole]) -> io::Result<()> {
        self.json.text.bytes.clear();
        let file = self.file.as_deref();
        let describer = &mut self.describer;
        let about = |json: &mut Json| {
            if let Some(file) = file {
                json.string("file", file);
            }
            describer.record(record, json);
            json.number("packet", record.number);
            json.number("interface", record.interface.into());
            if let Some(link_type) = record.link_type {
                json.number("link_type", link_type.into());
            }
            if let Some(time) = record.timestamp {
                json.string("time", time);
            }
            meta::oddities(record, json);
            json.number("captured_length", record.data.len() as u64);
            json.number("original_length", record.original_len.into());
            if !wholes.is_empty() {
                json.list("reassembled", |json| wholes.iter().for_each(|whole| reassembled(whole, json)));
            }
        };
        if self.arguments.editable {
            self.packet.read(layers(record));
            self.packet.simplify(record.data);
            self.json.line(about);
            let text = &mut self.json.text.bytes;
            text.truncate(text.len() - "}\n".len());
            text.extend_from_slice(b",\"layers\":[");
            for (i, layer) in self.packet.form.items("layers").enumerate() {
                text.extend_from_slice(if i == 0 { b"\n  " } else { b",\n  " });
                serde_json::to_writer(&mut *text, &layer)?;
            }
            text.extend_from_slice(b"\n]}\n");
            return self.output.put(&self.json.text.bytes);
        }
        self.json.packet(about, layers(record));
        self.output.put(&self.json.text.bytes)
    }
}

/// Walks a packet of a capture file. One whose interface the file does not know is all data.
fn layers<'a>(record: &Record<'a>) -> Examine<'a> {
    let link_type = record.link_type.unwrap_or(u16::MAX);
    examine(link_type, record.data).original_len(record.original_len as usize).fcs_len(record.fcs_len)
}

/// Writes a datagram as an item of a list.
fn reassembled(whole: &Whole, json: &mut Json) {
    json.object("", |json| {
        json.number("length", whole.packet.len() as u64);
        json.list("fragments", |json| {
            for origin in &whole.origins {
                json.object("", |json| {
                    json.number("packet", origin.frame);
                    json.list("at", |json| {
                        json.item(origin.bytes.start);
                        json.item(origin.bytes.end);
                    });
                });
            }
        });
        let notes: Vec<_> = whole.findings.texts().collect();
        if !notes.is_empty() {
            json.string("notes", notes.join("; "));
        }
        json.layers(whole.layers());
    });
}
