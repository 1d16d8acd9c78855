//! `packetsmith build`: packets from text, or from the JSON that `read` writes.

use super::destination::{Choice, Destination};
use super::meta::{About, Object, Origin, unhex};
use super::output::Output;
use super::{Outcome, complain};
use packetsmith::capture::{Format, MAX_RECORD, Options, Record, RecordKind, Timestamp};
use packetsmith::form::Step;
use packetsmith::sink::{Hexdump, Style, Tree};
use packetsmith::{LinkType, Next, Notation, Packet, Proto, dissect, examine};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Builds packets.
///
/// What is not set is computed: lengths, checksums, the numbers that announce what follows. What is set goes
/// out as it is, wrong or not.
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
fields, by the names that read -V shows ('packetsmith fields' lists them). Lists stand in brackets,
groups in braces, text in quotes; 0x00ff or \"text\" or @FILE as a layer is the payload.

Exit status: 0 if all was built, 2 if not.")]
pub struct Arguments {
    /// Packets as text, or files of JSON; - for JSON on standard input
    #[arg(required = true, value_name = "PACKET|FILE")]
    packets: Vec<String>,
    /// Write the packets to this capture file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Form of the capture file; by default that of the file that JSON came from, or else pcap
    #[arg(short = 'F', long = "file-format", value_name = "FORM", requires = "write")]
    file_format: Option<Choice>,
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    hex: bool,
    /// Link type (a LINKTYPE_ number) of packets that do not begin with a layer that tells
    #[arg(long, value_name = "N")]
    link_type: Option<u16>,
    /// Time of packets that have none, in seconds since 1970; now by default
    #[arg(long, value_name = "SECONDS", value_parser = parse_time, allow_negative_numbers = true)]
    time: Option<Timestamp>,
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "is no number of seconds with up to nine decimal places".into())
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
                Trouble::Message(message) => Ok(failed(message)),
                Trouble::Output(error) => Err(error),
            };
        }
    }
    builder.output.flush()?;
    match builder.destination.map(Destination::finish) {
        Some(Err(message)) => Ok(failed(message)),
        Some(Ok(n)) if n > 0 => {
            complain(format_args!("{n} times had more digits than the file has room for, and were rounded down"));
            Ok(Outcome::Done)
        }
        _ => Ok(Outcome::Done),
    }
}

fn failed(message: String) -> Outcome {
    complain(message);
    Outcome::Failed
}

/// What ends the command: a mistake, or standard output that cannot be written.
enum Trouble {
    Message(String),
    Output(io::Error),
}

impl From<String> for Trouble {
    fn from(message: String) -> Self {
        Trouble::Message(message)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Trouble::Output(error)
    }
}

struct Builder<'a> {
    arguments: &'a Arguments,
    destination: Option<Destination>,
    output: Output,
    tree: Tree,
    hex: Hexdump,
    /// Number of the argument.
    source: u64,
    packets: u64,
    origin: Origin,
}

impl<'a> Builder<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Result<Self, String> {
        let create = |path: &PathBuf| Destination::create(path, arguments.file_format);
        let output = Output::new();
        Ok(Builder {
            arguments,
            destination: arguments.write.as_ref().map(create).transpose()?,
            tree: Tree::new(style, output.width.unwrap_or(100)),
            hex: Hexdump::new(style),
            output,
            source: 0,
            packets: 0,
            origin: Origin::None,
        })
    }

    /// Builds a packet from one line of text.
    fn text(&mut self, text: &str) -> Result<(), Trouble> {
        let marked = |error: packetsmith::NotationError| {
            let (line, at) = line_of(text, error.at);
            let column = line[..at].chars().count();
            format!("{error}\n\n  {line}\n  {:column$}^", "")
        };
        let mut files = |path: &str| read_file(path);
        let mut notation = Notation::parse(text, &mut files).map_err(marked)?;
        let frame = notation.build().map_err(marked)?;
        let first = notation.packet.first();
        self.origin = Origin::None;
        self.packet(&frame, &About::default(), first)
    }

    /// Builds packets from a file of JSON.
    fn file(&mut self, path: &str) -> Result<(), Trouble> {
        let (name, read): (&str, Box<dyn Read>) = match path {
            "-" => ("standard input", Box::new(io::stdin())),
            path => {
                let file = File::open(path).map_err(|error| format!("{path}: cannot be opened: {error}"))?;
                (path, Box::new(file))
            }
        };
        let read = BufReader::with_capacity(1 << 16, read);
        let mut objects = Objects { read, line: 1, pending: Vec::new(), at: 0, bytes: Vec::new() };
        let (mut packet, mut frame) = (Packet::default(), Vec::new());
        let (mut about, mut unknown) = (About::default(), None);
        self.origin = Origin::None;
        let mut number = 0;
        loop {
            let mut parse = |bytes: &[u8]| {
                let object = Object { about: &mut about, form: &mut packet.form, unknown: &mut unknown };
                let mut json = serde_json::Deserializer::from_slice(bytes);
                object.deserialize(&mut json).and_then(|()| json.end())
            };
            let found = objects.next(&mut parse).map_err(|(line, what)| format!("{name}: line {line}: {what}"))?;
            let Some((line, parsed)) = found else { break };
            number += 1;
            parsed.map_err(|error| {
                let at = line + error.line() as u64 - 1;
                // What serde_json says of the place is within this object.
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
                // What stood behind the last packet, and is none.
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
            packet.build_into(&mut frame).map_err(|error| {
                let (at, column) = locate(&objects.bytes, &error.place).unwrap_or((0, 0));
                let column = if column > 0 { format!(", column {column}") } else { String::new() };
                format!("{name}: line {}{column}, packet {number}, {error}", line + at)
            })?;
            let first = packet.first();
            self.packet(&frame, &about, first).map_err(|trouble| match trouble {
                Trouble::Message(message) => {
                    Trouble::Message(format!("{name}: line {line}, packet {number}: {message}"))
                }
                trouble => trouble,
            })?;
        }
        Ok(())
    }

    /// Writes or shows a packet.
    fn packet(&mut self, frame: &[u8], about: &About, first: Option<Proto>) -> Result<(), Trouble> {
        self.packets += 1;
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let interface = about.interface.unwrap_or_default();
        let described = self.origin.interface(interface);
        let timestamp = match (&about.ticks, &about.time, described) {
            (Some((base, ticks)), _, Some(interface)) => Some(Timestamp::new(*base, *ticks, interface.resolution)),
            (_, Some(text), described) => {
                let time = Timestamp::parse(text).ok_or_else(|| format!("time: {text} is no number of seconds"))?;
                let same = described.and_then(|interface| time.at(interface.resolution, interface.offset));
                Some(self.origin.pcap_time(time).or(same).unwrap_or(time))
            }
            // A Simple Packet Block has none, and neither has what is said to be read.
            _ if about.capture.is_some() || !matches!(self.origin, Origin::None) => None,
            _ => self.arguments.time.or_else(|| Timestamp::from_nanos(now().as_nanos() as i128 / 1000 * 1000)),
        };
        let link_type = described.and_then(|interface| interface.link_type).or(about.link_type);
        let link_type = link_type.or(self.arguments.link_type).or_else(|| first.and_then(link_type_of));
        let options = unhex(about.options.as_deref().unwrap_or(""))
            .ok_or_else(|| "options: are hexadecimal digits".to_string())?;
        let header =
            unhex(about.record.as_deref().unwrap_or("")).ok_or_else(|| "record: is hexadecimal".to_string())?;
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
            original_len: about.original_length.unwrap_or(frame.len() as u32),
            link_type,
            interface,
            description: described,
            fcs_len: None,
            header: &header,
            data: frame,
            options: Options::new(self.origin.byte_order(), &options),
            format: self.origin.format(),
            section: self.origin.section(),
            interfaces: self.origin.interfaces(),
        };
        if let Some(destination) = &mut self.destination {
            if record.link_type.is_none() && !matches!(self.origin, Origin::Pcapng(..)) {
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

impl Origin {
    fn format(&self) -> Option<Format<'_>> {
        match self {
            Origin::None => None,
            Origin::Pcap(header, _) => Some(Format::Pcap(header)),
            Origin::Pcapng(header, ..) => Some(Format::Pcapng(header)),
        }
    }

    fn interfaces(&self) -> &[packetsmith::capture::Interface] {
        match self {
            Origin::None => &[],
            Origin::Pcap(_, interface) => std::slice::from_ref(interface),
            Origin::Pcapng(_, interfaces, _) => interfaces,
        }
    }

    fn interface(&self, number: u32) -> Option<&packetsmith::capture::Interface> {
        self.interfaces().get(number as usize)
    }

    fn section(&self) -> u64 {
        if let Origin::Pcapng(_, _, section) = self { *section } else { 0 }
    }

    fn byte_order(&self) -> packetsmith::capture::ByteOrder {
        match self {
            Origin::Pcap(header, _) => header.byte_order,
            Origin::Pcapng(header, ..) => header.byte_order,
            Origin::None => packetsmith::capture::ByteOrder::Little,
        }
    }

    /// A time as a pcap file has it: whole seconds, and the rest in its unit.
    fn pcap_time(&self, time: Timestamp) -> Option<Timestamp> {
        let Origin::Pcap(header, _) = self else { return None };
        let seconds = i64::try_from(time.seconds()).ok()?;
        time.at(header.resolution, seconds)
    }
}

/// The link type whose frames begin with a protocol; the lowest number of several.
fn link_type_of(first: Proto) -> Option<u16> {
    match first {
        // The numbers of raw IP stand for both versions, and 228 and 229 for one each.
        Proto::Data => None,
        proto => (0..=1023).find(|&n| Next::LinkType(n).proto() == proto && LinkType::from(n).name().is_some()),
    }
}

/// The line of a text that a byte is in, and where in the line.
fn line_of(text: &str, at: usize) -> (&str, usize) {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    (&text[start..end], at - start)
}

/// Reads a file that is a payload.
fn read_file(path: &str) -> Result<Vec<u8>, String> {
    let named = |error: io::Error| format!("{path}: cannot be read: {error}");
    let mut bytes = Vec::new();
    File::open(path).map_err(named)?.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes).map_err(named)?;
    match bytes.len() > MAX_RECORD {
        true => Err(format!("{path}: is longer than the {MAX_RECORD} bytes that a packet may have")),
        false => Ok(bytes),
    }
}

/// Most bytes of one object of JSON: enough for a frame of 20 MB, byte by byte and field by field.
const MAX_OBJECT: usize = 1 << 26;

/// Bytes of a line that is taken for an object at first sight.
const MAX_LINE: u64 = 1 << 18;

/// How it went to read an object.
type Parsed = serde_json::Result<()>;

/// Cuts a stream of JSON into its objects, however they are spread over lines.
struct Objects<R> {
    read: BufReader<R>,
    /// Line that is read, from 1.
    line: u64,
    /// A line that has been read, and where in it the rest begins.
    pending: Vec<u8>,
    at: usize,
    /// The last object.
    bytes: Vec<u8>,
}

impl<R: Read> Objects<R> {
    /// Reads the next object, and gives it to `parse`; tells the line that it begins in, and how that went. An error has
    /// its line.
    fn next(&mut self, parse: &mut impl FnMut(&[u8]) -> Parsed) -> Result<Option<(u64, Parsed)>, (u64, String)> {
        // Most objects are a line each, and nothing says so better than the parser.
        if self.pending[self.at..].trim_ascii().is_empty() {
            self.line += self.pending[self.at..].iter().filter(|&&byte| byte == b'\n').count() as u64;
            let start = self.line;
            self.pending.clear();
            self.at = 0;
            let read = Read::by_ref(&mut self.read).take(MAX_LINE).read_until(b'\n', &mut self.pending);
            read.map_err(|error| (start, format!("cannot be read: {error}")))?;
            if let [b'{', .., b'}', b'\n'] = self.pending.as_slice()
                && parse(&self.pending).is_ok()
            {
                std::mem::swap(&mut self.pending, &mut self.bytes);
                self.pending.clear();
                self.line += 1;
                return Ok(Some((start, Ok(()))));
            }
        }
        let found = self.cut()?;
        Ok(found.map(|line| (line, parse(&self.bytes))))
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.at < self.pending.len() { Ok(&self.pending[self.at..]) } else { self.read.fill_buf() }
    }

    /// Cuts off the next object, byte by byte; tells the line that it begins in.
    fn cut(&mut self) -> Result<Option<u64>, (u64, String)> {
        self.bytes.clear();
        let (mut depth, mut in_string, mut escaped) = (0u64, false, false);
        let (mut line, mut start) = (self.line, self.line);
        let mut bytes = std::mem::take(&mut self.bytes);
        let found = loop {
            let chunk = match self.fill() {
                Ok(chunk) => chunk,
                Err(error) => break Err((line, format!("cannot be read: {error}"))),
            };
            if chunk.is_empty() {
                break match bytes.is_empty() {
                    true => Ok(None),
                    false => Err((line, "the object that begins above does not end".into())),
                };
            }
            let (mut used, mut begin) = (0, 0);
            let mut done = false;
            for &byte in chunk {
                used += 1;
                line += u64::from(byte == b'\n');
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if in_string => escaped = true,
                    b'"' => in_string = !in_string,
                    _ if in_string => {}
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth = depth.saturating_sub(1);
                        done = depth == 0;
                    }
                    _ => {}
                }
                if bytes.is_empty() && begin + 1 == used {
                    if byte.is_ascii_whitespace() {
                        begin = used;
                        continue;
                    }
                    if byte != b'{' {
                        self.bytes = bytes;
                        return Err((line, "is not JSON: a packet is an object in braces".into()));
                    }
                    start = line;
                }
                if done {
                    break;
                }
            }
            bytes.extend_from_slice(&chunk[begin..used]);
            if self.at < self.pending.len() {
                self.at += used;
            } else {
                self.read.consume(used);
            }
            if done {
                break Ok(Some(start));
            }
            if bytes.len() > MAX_OBJECT {
                break Err((start, format!("the object is longer than the {MAX_OBJECT} bytes allowed")));
            }
        };
        (self.line, self.bytes) = (line, bytes);
        found
    }
}

/// Finds the place of a value in JSON: lines below the first, and the column.
fn locate(json: &[u8], path: &[Step]) -> Option<(u64, usize)> {
    struct Seek<'p>(&'p [Step]);
    impl<'de> DeserializeSeed<'de> for Seek<'_> {
        type Value = ();
        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> Visitor<'de> for Seek<'_> {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a way on")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            let Some((Step::Item(n), rest)) = self.0.split_first() else {
                return Err(serde::de::Error::custom("here"));
            };
            for _ in 0..*n {
                items.next_element::<IgnoredAny>()?;
            }
            items.next_element_seed(Seek(rest))?;
            Err(serde::de::Error::custom("here"))
        }
        fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            let Some((Step::Member(name), rest)) = self.0.split_first() else {
                return Err(serde::de::Error::custom("here"));
            };
            while let Some(key) = members.next_key::<String>()? {
                if key == *name {
                    members.next_value_seed(Seek(rest))?;
                    return Err(serde::de::Error::custom("here"));
                }
                members.next_value::<IgnoredAny>()?;
            }
            Err(serde::de::Error::custom("here"))
        }
    }
    let error = Seek(path).deserialize(&mut serde_json::Deserializer::from_slice(json)).err()?;
    (!path.is_empty()).then_some((error.line() as u64 - 1, error.column()))
}
