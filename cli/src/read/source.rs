//! Where packets come from: capture files in batches, and live interfaces.

use super::arguments::{Arguments, Format};
use super::batch::{BATCH_BYTES, Batch, FileHeader, PacketToPrint};
use super::layers::passes;
use super::printer::Printer;
use crate::capture_json::{self, CaptureDescriber};
use crate::clock::Clock;
use crate::frame_reassembler::FrameReassembler;
use crate::outcome::complain;
use crate::output::{Output, Progress};
use packetsmith::capture::{BlockOptions, ByteOrder, Reader, Record, Resolution, Timestamp};
use packetsmith::ip::Settings;
use packetsmith::live::Link;
use packetsmith::output::Json;
use packetsmith::proto::link::LinkType;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// State that earlier packets determine: clock, reassembly, what has been file_note about the file.
pub(super) struct PacketContext<'a> {
    pub(super) arguments: &'a Arguments,
    clock: Clock,
    describer: CaptureDescriber,
    /// Reassembles fragments; absent with --no-reassembly.
    datagrams: Option<FrameReassembler>,
    /// Text or JSON members about the file, to be printed with the packet at hand.
    file_note: Json,
    /// Number of packets that may still be read.
    remaining: u64,
}

impl<'a> PacketContext<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        PacketContext {
            arguments,
            clock: Clock::new(arguments.time),
            describer: CaptureDescriber::default(),
            datagrams: Some(FrameReassembler::new(Settings::default())).filter(|_| !arguments.no_reassembly),
            file_note: Json::default(),
            remaining: arguments.count.unwrap_or(u64::MAX),
        }
    }

    /// Counts the next packet, and gives it to reassembly.
    fn advance(&mut self, record: &Record<'_>) {
        self.remaining -= 1;
        if let Some(datagrams) = &mut self.datagrams {
            let link_type = record.link_type.unwrap_or(u16::MAX);
            datagrams.packet(link_type, record.data, record.number, record.timestamp, &mut |_| {});
        }
    }

    /// Writes the note about the file that goes with a packet. `false` if the packet is not shown at all: in JSON the
    /// file is described with the first packet that passes the filter, so the filter is evaluated here. `is_ticked` says
    /// whether the clock has taken the packet's time.
    fn describe_file(&mut self, record: &Record<'_>, is_ticked: bool) -> bool {
        let Arguments { format, filter, tree, .. } = self.arguments;
        self.file_note.text.bytes.clear();
        if *format == Some(Format::Json) {
            let datagrams = self.datagrams.as_ref().map_or(&[][..], |datagrams| &datagrams.found);
            if let Some(filter) = filter {
                let mut clock = self.clock.clone();
                if !is_ticked {
                    clock.tick(record.timestamp);
                }
                if !passes(filter, record, datagrams, &clock) {
                    return false;
                }
            }
            if self.describer.has_news(record) {
                self.file_note.members(|json| self.describer.record(record, json));
            }
        } else if *tree && let Some(name) = record.description.and_then(|interface| interface.name()) {
            self.file_note.text.show(format_args!("  on {}", name.escape_debug()));
        }
        true
    }

    fn shown<'r>(&'r self, record: &'r Record<'r>) -> PacketToPrint<'r> {
        let datagrams = self.datagrams.as_ref().map_or(&[][..], |datagrams| &datagrams.found);
        PacketToPrint { record, datagrams, file_note: &self.file_note.text.bytes }
    }
}

/// A capture file, read in batches.
pub(super) struct FileSource<'a, R: Read> {
    reader: Reader<R>,
    pub(super) context: PacketContext<'a>,
    progress: Progress,
    /// Header of the file, or of the pcapng section with this number.
    format: Option<(u64, Arc<FileHeader>)>,
    batches: u64,
    /// Whether packets are copied, so that other threads can read meanwhile.
    pub(super) copies: bool,
    /// Whether each packet is printed at once.
    pub(super) eager: bool,
}

impl<'a, R: Read> FileSource<'a, R> {
    pub(super) fn new(arguments: &'a Arguments, reader: Reader<R>, name: &str) -> Self {
        let progress = Progress::new(&reader, name);
        let context = PacketContext::new(arguments);
        FileSource { reader, context, progress, format: None, batches: 0, copies: false, eager: false }
    }

    /// Reads a batch of packets, and tells whether there may be more. Packets that are not copied are printed at once.
    pub(super) fn fill(&mut self, batch: &mut Batch, printer: &mut Printer<'_>) -> bool {
        let FileSource { reader, context, progress, format, .. } = self;
        batch.number = self.batches;
        self.batches += 1;
        while context.remaining > 0 && !printer.refused {
            let next = reader.next_record();
            // By reference: a record is large.
            let record = match next {
                None => return false,
                Some(Ok(ref record)) => record,
                Some(Err(error)) => {
                    batch.error = Some(error);
                    return true;
                }
            };
            context.advance(record);
            let small = record.header.len() + record.data.len() + record.options.bytes().len() < BATCH_BYTES;
            if let Some(found) = record.format.filter(|_| self.copies && small) {
                if context.describe_file(record, false) {
                    if format.as_ref().is_none_or(|(section, _)| *section != record.section) {
                        *format = None;
                    }
                    let (_, format) = format.get_or_insert_with(|| (record.section, Arc::new(found.into())));
                    let datagrams =
                        context.datagrams.as_mut().map_or(Vec::new(), |datagrams| std::mem::take(&mut datagrams.found));
                    batch.push(&context.shown(record), format, &context.clock, datagrams);
                }
                context.clock.tick(record.timestamp);
            } else {
                batch.show(|shown, clock| printer.show(shown, clock));
                context.clock.tick(record.timestamp);
                if context.describe_file(record, true) {
                    printer.show(&context.shown(record), &context.clock);
                }
            }
            progress.packet(reader);
            if batch.is_full() || printer.text.bytes.len() >= BATCH_BYTES || self.eager {
                return true;
            }
        }
        false
    }

    /// Ends a file. A file without packets still has a header to write, and bytes may follow the last whole record.
    pub(super) fn end(&mut self, printer: &mut Printer<'_>) {
        let format = self.reader.format();
        if let Some(destination) = printer.destination.as_mut().filter(|_| !printer.refused)
            && let Err(message) = destination.begin(format)
        {
            complain(message);
            printer.refused = true;
        }
        if self.context.arguments.format != Some(Format::Json) {
            return;
        }
        if self.context.describer.is_new() {
            printer.object(|json| json.line(|json| capture_json::capture(format, json)));
        }
        let rest = self.reader.rest();
        if !rest.is_empty() {
            printer.object(|json| json.line(|json| json.hex_string("rest", rest)));
        }
    }
}

/// Prints the packets that an interface sends and receives. `true` if it cannot be opened or read.
pub(super) fn live(interface: &str, printer: &mut Printer<'_>, output: &mut Output) -> io::Result<bool> {
    let mut link = match Link::open(interface) {
        Ok(link) => link,
        Err(error) => {
            complain(format_args!("{interface}: cannot be opened: {error}"));
            return Ok(true);
        }
    };
    let mut context = PacketContext::new(printer.arguments);
    let mut number = 0;
    while context.remaining > 0 && !printer.refused {
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
            options: BlockOptions::new(ByteOrder::Big, &[]),
            format: None,
            section: 0,
            interfaces: &[],
        };
        context.advance(&record);
        context.clock.tick(record.timestamp);
        if context.describe_file(&record, true) {
            printer.show(&context.shown(&record), &context.clock);
        }
        output.put(&printer.text.bytes)?;
        printer.text.bytes.clear();
    }
    Ok(false)
}
