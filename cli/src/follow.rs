//! `packetsmith follow`: the data of one conversation.

use crate::flows::{complain_of_bounds, follow_file, layer_of};
use crate::numbers::number;
use crate::outcome::{Outcome, complain, fail};
use crate::output::Output;
use crate::{input, protocols};
use clap::ValueEnum;
use packetsmith::Hex;
use packetsmith::capture::Reader;
use packetsmith::flow::{
    FlowSettings, Flows, LayerAnalysis, Side, StreamAssembler, StreamEvent, StreamSettings, TcpSegment,
};
use packetsmith::ip::Policy;
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};
use std::io::{self, Read};
use std::path::PathBuf;

/// Shows the data of one TCP connection or UDP conversation, put together in order.
///
/// Lines of the side that sent the first packet begin with '>', those of the other side with '<'. Bytes that are not in
/// the capture are named where they are missing, and never replaced by others. 'packetsmith streams' lists the numbers.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith follow trace.pcap 3
  packetsmith follow trace.pcap 3 -T hex
  packetsmith follow trace.pcap 3 -T raw --side first > request.bin
  packetsmith follow --udp dns.pcap 0

Text shows UTF-8; a line that ends with CR LF is shown as a line, and other control characters are escaped. For the exact
bytes, use hex or raw.

Exit status: 0 if all went well, 1 if there is no conversation with this number, 2 if the file could not be
read to its end, or if raw data has gaps.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    /// Number of the conversation: Wireshark's tcp.stream, or udp.stream
    #[arg(value_name = "N", value_parser = number::<u64>(0..=u64::MAX))]
    stream: u64,
    /// Follow a UDP conversation
    #[arg(long)]
    udp: bool,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Show only the data of one side; raw output needs it
    #[arg(long, value_name = "SIDE", required_if_eq("format", "raw"))]
    side: Option<OneSide>,
    /// Policy for overlapping segments that wait for data before them
    #[arg(long, value_name = "POLICY", default_value = "first")]
    policy: Policy,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

impl Arguments {
    /// Whether the output is for a pager.
    pub fn is_paged(&self) -> bool {
        self.format != Format::Raw && self.file.is_file()
    }
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Lines of text
    Text,
    /// Offsets, hexadecimal bytes and characters
    Hex,
    /// The bytes of one side as they are
    Raw,
    /// One line of JSON for each piece of data
    Json,
}

/// One side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OneSide {
    /// The side that sent the first packet
    First,
    /// The other side
    Second,
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
    let mut data = StreamPrinter::new(arguments, style);
    let (mut failed, found) = read(arguments, reader, &mut data)?;
    data.end()?;
    if data.missing > 0 && arguments.format == Format::Raw {
        complain(format_args!("{} bytes are not in the capture: what is written has gaps", data.missing));
        failed = true;
    }
    if !found && !failed {
        let protocol = if arguments.udp { "UDP" } else { "TCP" };
        complain(format_args!(
            "{}: there is no {protocol} conversation with the number {}; 'packetsmith streams' lists them",
            arguments.file.display(),
            arguments.stream
        ));
    }
    Ok(match (failed, found) {
        (true, _) => Outcome::Failed,
        (false, false) => Outcome::NothingMatched,
        (false, true) => Outcome::Done,
    })
}

/// Reads a file, and gives the data of the conversation to the printer. Tells whether something could not be read, and
/// whether the conversation was found.
fn read<R: Read>(
    arguments: &Arguments,
    mut reader: Reader<R>,
    data: &mut StreamPrinter<'_>,
) -> io::Result<(bool, bool)> {
    let name = arguments.file.to_string_lossy().into_owned();
    let mut flows = Flows::new(FlowSettings::default());
    let mut assembler = StreamAssembler::new(StreamSettings { policy: arguments.policy, ..StreamSettings::default() });
    let mut found = false;
    let failed = follow_file(&mut reader, &name, &mut flows, |record, datagrams, flows| {
        for header in flows.found() {
            let side = match &header.analysis {
                LayerAnalysis::Tcp(tcp) if !arguments.udp && tcp.stream == arguments.stream => tcp.side,
                LayerAnalysis::Udp(udp) if arguments.udp && udp.stream == arguments.stream => udp.side,
                _ => continue,
            };
            found = true;
            let Some(layer) = layer_of(record, datagrams, flows, header) else { continue };
            match TcpSegment::from_layer(&layer) {
                Some(segment) => assembler.push(side, &segment, record.number, &mut |event| data.event(&event)),
                None if layer.quoted => {}
                None => data.event(&StreamEvent::Data { side, bytes: layer.payload(), packet: record.number, seq: 0 }),
            }
        }
        data.write()
    })?;
    assembler.finish(&mut |event| data.event(&event));
    complain_of_bounds(&flows, &name);
    for (side, which) in [(Side::First, "first"), (Side::Second, "second")] {
        if assembler.conflicts(side) > 0 {
            complain(format_args!(
                "{name}: {} bytes of the {which} side were sent with different values: --policy says which are shown",
                assembler.conflicts(side)
            ));
        }
    }
    Ok((failed, found))
}

/// Writes the data of a conversation.
struct StreamPrinter<'a> {
    arguments: &'a Arguments,
    style: Style,
    output: Output,
    text: TextBuffer,
    json: Json,
    /// Bytes of each side so far, missing ones too.
    offsets: [u64; 2],
    missing: u64,
    /// The first bytes of a character, whose others have not come yet.
    begun: [Vec<u8>; 2],
    /// Whether the last byte of a side was CR.
    after_cr: [bool; 2],
    /// The side of the line that is being written.
    line: Option<Side>,
}

impl<'a> StreamPrinter<'a> {
    fn new(arguments: &'a Arguments, style: Style) -> Self {
        StreamPrinter {
            arguments,
            style,
            output: Output::new(),
            text: TextBuffer::default(),
            json: Json::default(),
            offsets: [0; 2],
            missing: 0,
            begun: [Vec::new(), Vec::new()],
            after_cr: [false; 2],
            line: None,
        }
    }

    fn write(&mut self) -> io::Result<()> {
        self.output.put(&self.text.bytes)?;
        self.text.bytes.clear();
        Ok(())
    }

    /// Ends the output.
    fn end(&mut self) -> io::Result<()> {
        for side in [Side::First, Side::Second] {
            self.end_character(side);
        }
        self.end_line();
        self.write()?;
        self.output.flush()
    }

    fn event(&mut self, event: &StreamEvent<'_>) {
        let side = match *event {
            StreamEvent::Data { side, .. } | StreamEvent::Missing { side, .. } | StreamEvent::End { side } => side,
            _ => return,
        };
        let index = side as usize;
        let wanted = match self.arguments.side {
            None => true,
            Some(OneSide::First) => side == Side::First,
            Some(OneSide::Second) => side == Side::Second,
        };
        if wanted {
            self.show(side, event);
        }
        self.offsets[index] += match *event {
            StreamEvent::Data { bytes, .. } => bytes.len() as u64,
            StreamEvent::Missing { bytes, .. } => bytes,
            _ => 0,
        };
    }

    fn show(&mut self, side: Side, event: &StreamEvent<'_>) {
        let format = self.arguments.format;
        if format == Format::Json {
            return self.object(side, event);
        }
        match *event {
            StreamEvent::Data { bytes, .. } => match format {
                Format::Raw => self.text.bytes.extend_from_slice(bytes),
                Format::Hex => self.hex(side, bytes),
                _ => self.lines(side, bytes),
            },
            StreamEvent::Missing { bytes, .. } => {
                self.missing += bytes;
                if format != Format::Raw {
                    self.end_character(side);
                    self.begin_line(side);
                    let (colour, reset) = (self.style.warning(), self.style.reset());
                    self.text.show(format_args!("{colour}[{bytes} bytes are not in the capture]{reset}"));
                    self.end_line();
                }
            }
            _ => self.end_character(side),
        }
    }

    /// Begins a line of a side, unless one of it is being written.
    fn begin_line(&mut self, side: Side) {
        if self.line == Some(side) {
            return;
        }
        self.end_line();
        self.text.str(self.colour(side));
        self.text.str(if side == Side::First { "> " } else { "< " });
        self.line = Some(side);
    }

    fn end_line(&mut self) {
        if self.line.take().is_some() {
            self.text.str(self.style.reset());
            self.text.str("\n");
        }
    }

    fn colour(&self, side: Side) -> &'static str {
        self.style.layer(side as usize * 2)
    }

    /// Writes text, character by character: those of several segments are put together.
    fn lines(&mut self, side: Side, bytes: &[u8]) {
        let index = side as usize;
        let mut all = std::mem::take(&mut self.begun[index]);
        all.extend_from_slice(bytes);
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let (valid, broken) = match std::str::from_utf8(rest) {
                Ok(text) => (text, None),
                Err(error) => {
                    let valid = std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default();
                    (valid, Some(error.error_len()))
                }
            };
            valid.chars().for_each(|c| self.character(side, c));
            rest = &rest[valid.len()..];
            match broken {
                // The others may come with the next segment.
                Some(None) => {
                    self.begun[index] = rest.to_vec();
                    return;
                }
                Some(Some(length)) => {
                    self.broken(side, &rest[..length]);
                    rest = &rest[length..];
                }
                None => {}
            }
        }
    }

    fn character(&mut self, side: Side, c: char) {
        let after_cr = std::mem::replace(&mut self.after_cr[side as usize], c == '\r');
        if after_cr && c != '\n' {
            self.begin_line(side);
            self.text.str("\\r");
        }
        match c {
            '\n' => {
                self.begin_line(side);
                self.end_line();
            }
            '\r' => {}
            '\t' => {
                self.begin_line(side);
                self.text.str("\t");
            }
            c => {
                self.begin_line(side);
                self.text.show(TerminalText(c));
            }
        }
    }

    /// Writes bytes that are no UTF-8.
    fn broken(&mut self, side: Side, bytes: &[u8]) {
        self.end_cr(side);
        for byte in bytes {
            self.begin_line(side);
            self.text.show(format_args!("\\x{byte:02x}"));
        }
    }

    /// A CR that no LF follows is shown.
    fn end_cr(&mut self, side: Side) {
        if std::mem::take(&mut self.after_cr[side as usize]) {
            self.begin_line(side);
            self.text.str("\\r");
        }
    }

    /// The rest of a character does not come any more.
    fn end_character(&mut self, side: Side) {
        let begun = std::mem::take(&mut self.begun[side as usize]);
        self.broken(side, &begun);
    }

    fn hex(&mut self, side: Side, bytes: &[u8]) {
        let start = self.offsets[side as usize];
        for (number, line) in bytes.chunks(16).enumerate() {
            self.begin_line(side);
            self.text.show(format_args!("{:08x}  {:<48}", start + number as u64 * 16, spaced(line)));
            self.text.str(" ");
            for &byte in line {
                self.text.show(if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' });
            }
            self.end_line();
        }
    }

    fn object(&mut self, side: Side, event: &StreamEvent<'_>) {
        let offset = self.offsets[side as usize];
        std::mem::swap(&mut self.text, &mut self.json.text);
        self.json.line(|json| {
            json.string("side", if side == Side::First { "first" } else { "second" });
            json.number("offset", offset);
            match *event {
                StreamEvent::Data { bytes, packet, .. } => {
                    json.number("packet", packet);
                    json.string("data", Hex(bytes));
                }
                StreamEvent::Missing { bytes, .. } => json.number("missing", bytes),
                _ => json.flag("end", true),
            }
        });
        std::mem::swap(&mut self.text, &mut self.json.text);
    }
}

/// Bytes in hexadecimal with blanks between them.
fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x} ")).collect()
}
