//! `packetsmith read`: what is in capture files.

use super::batch::{Batch, Held, ROOM, Shown};
use super::clock::{self, Clock};
use super::destination::{self, Destination};
use super::meta::{self, Describer};
use super::output::{Output, Progress};
use super::wholes::{Whole, Wholes, listed};
use super::{Outcome, complain};
use clap::ValueEnum;
use packetsmith::capture::{ByteOrder, Error, Options, Reader, Record, Resolution, Timestamp};
use packetsmith::live::Link;
use packetsmith::reassemble::Settings;
use packetsmith::sink::{Hexdump, Json, Style, Summary, Text, Tree};
use packetsmith::{Examine, Filter, LinkType, Packet, dissect, examine};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
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
    /// Threads that show the packets of a file; by default one a core, eight at most. What is live or comes through a
    /// pipe, what goes to a terminal, and what is written to a capture file takes one
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
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

/// Most threads that are started unasked: one at a time reads, and more than this only wait for it.
const MOST_THREADS: usize = 8;

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut printer = Printer::new(arguments, style, output.width);
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
        output.eager = true;
        failed = live(interface, &mut printer, &mut output)?;
    }
    let several = arguments.files.len() > 1;
    for (i, path) in arguments.files.iter().enumerate() {
        let reader = match Reader::open(path) {
            Ok(reader) => reader,
            Err(error) => {
                output.flush()?;
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
            printer.file = Some(name.clone().into_owned());
            if arguments.format != Some(Form::Json) && printer.destination.is_none() {
                let gap = if i > 0 { "\n" } else { "" };
                output.put(format!("{gap}{}==> {name} <=={}\n", style.bold(), style.reset()).as_bytes())?;
            }
        }
        output.eager |= reader.source_len().is_none();
        failed |= file(Source::new(arguments, reader, &name), &mut printer, &mut output)?;
    }
    output.flush()?;
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

/// Shows a file; tells whether something could not be read.
fn file<R: Read + Send>(mut source: Source<'_, R>, printer: &mut Printer<'_>, output: &mut Output) -> io::Result<bool> {
    let arguments = source.order.arguments;
    let threads = match arguments.threads {
        _ if output.eager || printer.destination.is_some() => 1,
        Some(threads) => threads.into(),
        None => thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS),
    };
    source.copies = threads > 1;
    source.eager = output.eager;
    let mut file = Turns {
        source: Mutex::new(source),
        turn: Mutex::new(Turn { output, number: 0, failed: false, matched: false, result: Ok(()) }),
        passed: Condvar::new(),
    };
    thread::scope(|scope| {
        let mut batch = Batch::default();
        // Most files are small, and threads take longer to start than a batch takes to be shown.
        if file.step(&mut batch, printer) {
            for _ in 1..threads {
                let mut printer = printer.another();
                let file = &file;
                scope.spawn(move || file.work(&mut Batch::default(), &mut printer));
            }
            file.work(&mut batch, printer);
        }
    });
    let turn = file.turn.get_mut().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut turn.result, Ok(()))?;
    let source = file.source.get_mut().unwrap_or_else(PoisonError::into_inner);
    source.end(printer);
    turn.output.put(&printer.text.bytes)?;
    printer.text.bytes.clear();
    printer.matched |= turn.matched;
    Ok(turn.failed)
}

/// What threads share that show one file. Each reads a run of packets, shows them, and writes when all that comes before
/// has been written.
struct Turns<'a, R: Read> {
    source: Mutex<Source<'a, R>>,
    turn: Mutex<Turn<'a>>,
    passed: Condvar,
}

/// Whose turn it is to write.
struct Turn<'a> {
    output: &'a mut Output,
    /// Batches that have been written.
    number: u64,
    failed: bool,
    matched: bool,
    /// After an error nothing more is written, nor read.
    result: io::Result<()>,
}

/// Lets no thread wait for one that will not come.
struct Gone<'a, 'b, R: Read>(&'a Turns<'b, R>);

impl<R: Read> Drop for Gone<'_, '_, R> {
    fn drop(&mut self) {
        if thread::panicking() {
            let mut turn = self.0.turn.lock().unwrap_or_else(PoisonError::into_inner);
            turn.result = Err(io::Error::other("a thread has failed"));
            self.0.passed.notify_all();
        }
    }
}

impl<R: Read> Turns<'_, R> {
    fn work(&self, batch: &mut Batch, printer: &mut Printer<'_>) {
        let _gone = Gone(self);
        while self.step(batch, printer) {}
    }

    /// Reads, shows and writes; tells whether there may be more.
    fn step(&self, batch: &mut Batch, printer: &mut Printer<'_>) -> bool {
        let Ok(mut source) = self.source.lock() else { return false };
        let more = source.fill(batch, printer);
        drop(source);
        batch.show(|shown, clock| printer.show(shown, clock));
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        while turn.number != batch.number && turn.result.is_ok() {
            turn = self.passed.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
        if turn.result.is_err() {
            return false;
        }
        turn.number += 1;
        turn.matched |= printer.matched;
        turn.result = turn.write(&mut printer.text, batch.complaint.take());
        self.passed.notify_all();
        more && turn.result.is_ok()
    }
}

impl Turn<'_> {
    fn write(&mut self, text: &mut Text, complaint: Option<Error>) -> io::Result<()> {
        self.output.put(&text.bytes)?;
        text.bytes.clear();
        // One packet may have taken far more than all others do.
        text.bytes.shrink_to(32 * ROOM);
        if let Some(error) = complaint {
            self.output.flush()?;
            complain(error);
            self.failed = true;
        }
        Ok(())
    }
}

/// What a packet is shown by that comes from those before it.
struct Order<'a> {
    arguments: &'a Arguments,
    clock: Clock,
    describer: Describer,
    /// Puts fragments together.
    wholes: Option<Wholes>,
    /// What is to be said of the file.
    said: Json,
    /// Packets that may still be read.
    left: u64,
}

impl<'a> Order<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        Order {
            arguments,
            clock: Clock::new(arguments.time),
            describer: Describer::default(),
            wholes: Some(Wholes::new(Settings::default())).filter(|_| !arguments.no_reassembly),
            said: Json::default(),
            left: arguments.count.unwrap_or(u64::MAX),
        }
    }

    /// Takes the next packet.
    fn take(&mut self, record: &Record<'_>) {
        self.left -= 1;
        if let Some(wholes) = &mut self.wholes {
            let link_type = record.link_type.unwrap_or(u16::MAX);
            wholes.packet(link_type, record.data, record.number, record.timestamp, &mut |_| {});
        }
    }

    /// Says what is to be said of the packet's file; `false` where the packet is not shown at all. What has been said of
    /// a file goes by which packets pass the filter, so in JSON those are chosen here.
    fn say(&mut self, record: &Record<'_>) -> bool {
        let Arguments { format, filter, tree, .. } = self.arguments;
        self.said.text.bytes.clear();
        if *format == Some(Form::Json) {
            let wholes = self.wholes.as_ref().map_or(&[][..], |wholes| &wholes.found);
            if filter.as_ref().is_some_and(|filter| !passes(filter, record, wholes)) {
                return false;
            }
            if self.describer.has_news(record) {
                self.said.members(|json| self.describer.record(record, json));
            }
        } else if *tree && let Some(name) = record.description.and_then(|interface| interface.name()) {
            self.said.text.show(format_args!("  on {}", name.escape_debug()));
        }
        true
    }

    fn shown<'r>(&'r self, record: &'r Record<'r>) -> Shown<'r> {
        let wholes = self.wholes.as_ref().map_or(&[][..], |wholes| &wholes.found);
        Shown { record, wholes, said: &self.said.text.bytes }
    }
}

/// A file that is read.
struct Source<'a, R: Read> {
    reader: Reader<R>,
    order: Order<'a>,
    progress: Progress,
    /// The file's header, or the section's of this number.
    format: Option<(u64, Arc<Held>)>,
    batches: u64,
    /// Whether packets are copied, to be shown while others are read.
    copies: bool,
    /// Whether each packet is to be seen at once.
    eager: bool,
}

impl<'a, R: Read> Source<'a, R> {
    fn new(arguments: &'a Arguments, reader: Reader<R>, name: &str) -> Self {
        let progress = Progress::new(&reader, name);
        let order = Order::new(arguments);
        Source { reader, order, progress, format: None, batches: 0, copies: false, eager: false }
    }

    /// Reads a batch of packets; tells whether there may be more. What is not worth a copy is shown at once.
    fn fill(&mut self, batch: &mut Batch, printer: &mut Printer<'_>) -> bool {
        let Source { reader, order, progress, format, .. } = self;
        batch.number = self.batches;
        self.batches += 1;
        while order.left > 0 && !printer.refused {
            let next = reader.next_record();
            // By reference: a record is large.
            let record = match next {
                None => return false,
                Some(Ok(ref record)) => record,
                Some(Err(error)) => {
                    batch.complaint = Some(error);
                    return true;
                }
            };
            order.take(record);
            let small = record.header.len() + record.data.len() + record.options.bytes().len() < ROOM;
            if let Some(found) = record.format.filter(|_| self.copies && small) {
                if order.say(record) {
                    if format.as_ref().is_none_or(|(section, _)| *section != record.section) {
                        *format = None;
                    }
                    let (_, format) = format.get_or_insert_with(|| (record.section, Arc::new(found.into())));
                    let wholes = order.wholes.as_mut().map_or(Vec::new(), |wholes| std::mem::take(&mut wholes.found));
                    batch.push(&order.shown(record), format, &order.clock, wholes);
                }
                order.clock.tick(record.timestamp);
            } else {
                batch.show(|shown, clock| printer.show(shown, clock));
                order.clock.tick(record.timestamp);
                if order.say(record) {
                    printer.show(&order.shown(record), &order.clock);
                }
            }
            progress.packet(reader);
            if batch.is_full() || printer.text.bytes.len() >= ROOM || self.eager {
                return true;
            }
        }
        false
    }

    /// Ends a file: one without packets has a header all the same, and behind the last whole record something may stand.
    fn end(&mut self, printer: &mut Printer<'_>) {
        let format = self.reader.format();
        if let Some(destination) = printer.destination.as_mut().filter(|_| !printer.refused)
            && let Err(message) = destination.begin(format)
        {
            complain(message);
            printer.refused = true;
        }
        if self.order.arguments.format != Some(Form::Json) {
            return;
        }
        if self.order.describer.is_new() {
            printer.object(|json| json.line(|json| meta::capture(format, json)));
        }
        let rest = self.reader.rest();
        if !rest.is_empty() {
            printer.object(|json| json.line(|json| json.hex_string("rest", rest)));
        }
    }
}

/// Shows what an interface sends and receives; tells whether that failed.
fn live(interface: &str, printer: &mut Printer<'_>, output: &mut Output) -> io::Result<bool> {
    let mut link = match Link::open(interface) {
        Ok(link) => link,
        Err(error) => {
            complain(format_args!("{interface}: cannot be opened: {error}"));
            return Ok(true);
        }
    };
    let mut order = Order::new(printer.arguments);
    let mut number = 0;
    while order.left > 0 && !printer.refused {
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
        let record = Record {
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
        };
        order.take(&record);
        order.clock.tick(record.timestamp);
        if order.say(&record) {
            printer.show(&order.shown(&record), &order.clock);
        }
        output.put(&printer.text.bytes)?;
        printer.text.bytes.clear();
    }
    Ok(false)
}

/// Writes packets in the form that was asked for.
struct Printer<'a> {
    arguments: &'a Arguments,
    style: Style,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    matched: bool,
    destination: Option<Destination>,
    /// A packet could not be written, so that nothing more is.
    refused: bool,
    /// Name of the file, where there are several.
    file: Option<String>,
    /// What has been written.
    text: Text,
    summary: Summary,
    tree: Tree,
    hex: Hexdump,
    json: Json,
    packet: Packet,
}

impl<'a> Printer<'a> {
    fn new(arguments: &'a Arguments, style: Style, width: Option<usize>) -> Self {
        Printer {
            arguments,
            style,
            width,
            matched: false,
            destination: None,
            refused: false,
            file: None,
            text: Text::default(),
            summary: Summary::default(),
            tree: Tree::new(style, width.unwrap_or(100)),
            hex: Hexdump::new(style),
            json: Json::default(),
            packet: Packet::default(),
        }
    }

    /// Makes one for the same file.
    fn another(&self) -> Self {
        Printer { file: self.file.clone(), ..Printer::new(self.arguments, self.style, self.width) }
    }

    /// Shows a packet, and what it completes.
    fn show(&mut self, shown: &Shown<'_>, clock: &Clock) {
        let Shown { record, wholes, .. } = shown;
        let arguments = self.arguments;
        let json = arguments.format == Some(Form::Json);
        if !json && arguments.filter.as_ref().is_some_and(|filter| !passes(filter, record, wholes)) {
            return;
        }
        self.matched = true;
        if let Some(destination) = self.destination.as_mut() {
            if self.refused {
                return;
            }
            if let Err(message) = destination.write(record, record.kind()) {
                complain(message);
                self.refused = true;
                return;
            }
            if !(arguments.tree || arguments.hex || arguments.format.is_some()) {
                return;
            }
        }
        if json {
            return self.packet(shown);
        }
        match arguments.tree {
            true => self.title(shown, clock),
            false => self.columns(record, wholes.last(), clock),
        }
        if arguments.tree {
            self.tree(layers(record));
        }
        if arguments.hex {
            self.bytes(record.link_type.unwrap_or(u16::MAX), record.data);
        }
        for whole in *wholes {
            self.whole(whole);
        }
        if arguments.tree || arguments.hex {
            self.text.str("\n");
        }
    }

    fn tree(&mut self, layers: Examine<'_>) {
        std::mem::swap(&mut self.text, &mut self.tree.text);
        self.tree.packet(layers);
        std::mem::swap(&mut self.text, &mut self.tree.text);
    }

    fn bytes(&mut self, link_type: u16, frame: &[u8]) {
        std::mem::swap(&mut self.text, &mut self.hex.text);
        self.hex.packet(frame, dissect(link_type, frame));
        std::mem::swap(&mut self.text, &mut self.hex.text);
    }

    fn object(&mut self, write: impl FnOnce(&mut Json)) {
        std::mem::swap(&mut self.text, &mut self.json.text);
        write(&mut self.json);
        std::mem::swap(&mut self.text, &mut self.json.text);
    }

    /// Shows a datagram as its packet was before it was split.
    fn whole(&mut self, whole: &Whole) {
        if !(self.arguments.tree || self.arguments.hex) {
            return;
        }
        let (line, style) = (&mut self.text, self.style);
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
        if self.arguments.tree {
            self.tree(whole.layers());
        }
        if self.arguments.hex {
            self.bytes(LinkType::Raw.into(), &whole.packet);
        }
    }

    /// Writes a packet as one line, cut where the terminal ends.
    fn columns(&mut self, record: &Record<'_>, whole: Option<&Whole>, clock: &Clock) {
        match whole {
            Some(whole) => self.summary.packet(whole.layers()),
            None => self.summary.packet(layers(record)),
        }
        let (line, summary, style) = (&mut self.text, &self.summary, self.style);
        line.str(style.dim());
        let start = line.bytes.len();
        line.right(record.number, 5);
        line.str(" ");
        let at = line.bytes.len();
        clock.write(record.timestamp, line);
        if self.arguments.time == clock::Format::R {
            line.align_right(at, 11);
        }
        line.str(style.reset());
        line.str(" ");
        for (column, width) in [(&summary.source, 15), (&summary.destination, 15)] {
            let at = line.bytes.len();
            line.bytes.extend_from_slice(&column.bytes);
            line.fill(b' ', (at + width + 1).saturating_sub(line.bytes.len()).max(1));
        }
        let at = line.bytes.len();
        line.str(style.bold());
        line.bytes.extend_from_slice(&summary.protocol.bytes);
        line.str(style.reset());
        line.pad_to(at, 8);
        line.str(" ");
        line.right(record.original_len.into(), 4);
        line.str("  ");
        line.bytes.extend_from_slice(&summary.info.bytes);
        if let Some(whole) = whole {
            line.show(format_args!(" [reassembled of {}]", listed(&whole.packets())));
        }
        if let Some(width) = self.width {
            line.cut_to(start, width);
        }
        line.str("\n");
    }

    /// Writes the heading of a packet's tree.
    fn title(&mut self, shown: &Shown<'_>, clock: &Clock) {
        let (record, line, style) = (shown.record, &mut self.text, self.style);
        line.str(style.bold());
        line.str("Packet ");
        line.number(record.number);
        line.str(style.reset());
        line.str("  ");
        clock.write(record.timestamp, line);
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
        line.bytes.extend_from_slice(shown.said);
        line.str("\n");
    }

    fn packet(&mut self, shown: &Shown<'_>) {
        let Shown { record, wholes, said, .. } = *shown;
        let Printer { arguments, file, packet, .. } = self;
        let about = |json: &mut Json| {
            if let Some(file) = file {
                json.string("file", file);
            }
            json.verbatim(said);
            json.number("packet", record.number);
            json.number("interface", record.interface.into());
            if let Some(link_type) = record.link_type {
                json.number("link_type", link_type.into());
            }
            if let Some(time) = record.timestamp {
                json.plain("time", |text| clock::seconds(time.nanos(), time.resolution().digits(), text));
            }
            meta::oddities(record, json);
            json.number("captured_length", record.data.len() as u64);
            json.number("original_length", record.original_len.into());
            if !wholes.is_empty() {
                json.list("reassembled", |json| wholes.iter().for_each(|whole| reassembled(whole, json)));
            }
        };
        std::mem::swap(&mut self.text, &mut self.json.text);
        if arguments.editable {
            packet.read(layers(record));
            packet.simplify(record.data);
            self.json.line(about);
            let text = &mut self.json.text.bytes;
            text.truncate(text.len() - "}\n".len());
            text.extend_from_slice(b",\"layers\":[");
            for (i, layer) in packet.form.items("layers").enumerate() {
                text.extend_from_slice(if i == 0 { b"\n  " } else { b",\n  " });
                // Neither a buffer nor a form refuses.
                let _ = serde_json::to_writer(&mut *text, &layer);
            }
            text.extend_from_slice(b"\n]}\n");
        } else {
            self.json.packet(about, layers(record));
        }
        std::mem::swap(&mut self.text, &mut self.json.text);
    }
}

/// Tells whether a packet passes a filter, or one that it completes.
fn passes(filter: &Filter, record: &Record<'_>, wholes: &[Whole]) -> bool {
    filter.matches_any(std::iter::once(layers(record)).chain(wholes.iter().map(Whole::layers)))
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
