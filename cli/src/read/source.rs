//! Where packets come from: capture files in batches, and live interfaces.

use super::arguments::{Arguments, Format};
use super::batch::{BATCH_BYTES, Batch, FileHeader, PacketToPrint};
use super::comments;
use super::hosts::Hosts;
use super::layers::passes;
use super::left_out::LeftOut;
use super::printer::{Drain, Printer};
use crate::capture_json::{self, CaptureDescriber};
use crate::clock::Clock;
use crate::flows::{complain_of_bounds, complain_of_unfinished, follow, layers_of};
use crate::frame_reassembler::{FrameReassembler, Noticed, ReassembledDatagram};
use crate::outcome::complain;
use crate::output::Progress;
use crate::protocols::known;
use crate::signals;
use packetsmith::capture::{Reader, Record};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::output::{HostNames, Json, Style, TerminalText, TextBuffer};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Reassembly before the first packet.
fn reassembler() -> FrameReassembler {
    FrameReassembler::new(Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() })
}

/// The conversations before the first packet.
fn conversations(arguments: &Arguments) -> Flows {
    let messages = (!arguments.no_reassembly).then(MessageSettings::default);
    Flows::knowing(FlowSettings { messages, ..FlowSettings::default() }, *known())
}

/// State that earlier packets determine: clock, reassembly, what has been file_note about the file.
pub(super) struct PacketContext<'a> {
    pub(super) arguments: &'a Arguments,
    style: Style,
    clock: Clock,
    describer: CaptureDescriber,
    /// Reassembles fragments; absent with --no-reassembly.
    datagrams: Option<FrameReassembler>,
    /// Follows connections, and puts their messages together; absent with --raw-numbers and --no-reassembly.
    flows: Option<Flows>,
    /// Conversations that are not followed; absent if all are.
    left_out: Option<LeftOut<'a>>,
    /// Names of hosts; absent without -N.
    hosts: Option<Hosts>,
    /// Text or JSON members about the file, to be printed with the packet at hand.
    file_note: Json,
    /// Number of packets that may still be read.
    remaining: u64,
}

impl<'a> PacketContext<'a> {
    pub(super) fn new(arguments: &'a Arguments, style: Style) -> Self {
        PacketContext {
            arguments,
            style,
            clock: Clock::new(arguments.time),
            describer: CaptureDescriber::default(),
            datagrams: (!arguments.no_reassembly).then(reassembler),
            flows: arguments.follows_connections().then(|| conversations(arguments)),
            left_out: None,
            hosts: arguments.names.then(Hosts::default),
            file_note: Json::default(),
            remaining: arguments.count.unwrap_or(u64::MAX),
        }
    }

    /// Whether the next packet belongs to a conversation that is left out. It is counted then, and nothing else is to be done.
    fn leaves_out(&mut self, record: &Record<'_>) -> bool {
        let is_left_out = self.left_out.as_ref().is_some_and(|left_out| left_out.has(record));
        if is_left_out {
            self.remaining -= 1;
            self.clock.tick(record.timestamp);
        }
        is_left_out
    }

    /// Follows all conversations from now on if a packet that passes needs it. The packets before it are read again.
    fn follow_all_if_needed(&mut self, record: &Record<'_>) -> Result<(), String> {
        let Some(left_out) = &self.left_out else { return Ok(()) };
        let found = self.datagrams.as_ref().map_or(&[][..], |datagrams| &datagrams.found);
        let Some(filter) = self.arguments.filter().filter(|_| left_out.may_be_inside(record, found)) else {
            return Ok(());
        };
        // Such a filter does not ask for times.
        if !passes(filter, &self.shown(record), &self.clock) {
            return Ok(());
        }
        let mut flows = conversations(self.arguments);
        let mut datagrams = self.datagrams.is_some().then(reassembler);
        left_out.follow_all(self.arguments, record, &mut flows, datagrams.as_mut())?;
        (self.flows, self.datagrams, self.left_out) = (Some(flows), datagrams, None);
        Ok(())
    }

    /// Counts the next packet, and gives it to reassembly and to the connections.
    fn advance(&mut self, record: &Record<'_>) {
        self.remaining -= 1;
        match (&mut self.flows, &mut self.datagrams) {
            (Some(flows), datagrams) => follow(flows, record, datagrams.as_mut()),
            (None, Some(datagrams)) => {
                datagrams.packet(record, &mut |_| {});
            }
            (None, None) => {}
        }
        if let Some(hosts) = &self.hosts {
            let datagrams = self.datagrams.as_ref().map_or(&[][..], |datagrams| &datagrams.found);
            let walks = datagrams.iter().map(ReassembledDatagram::layers);
            hosts.learn(record.number, std::iter::once(layers_of(record)).chain(walks));
        }
    }

    /// Writes the note about the file that goes with a packet. `false` if the packet is not shown at all, where the filter
    /// [is applied while reading](Arguments::filters_while_reading). `is_ticked` says whether the clock has taken the
    /// packet's time.
    fn describe_file(&mut self, record: &Record<'_>, is_ticked: bool) -> bool {
        let Arguments { format, tree, .. } = self.arguments;
        self.file_note.text.bytes.clear();
        if let Some(filter) = self.arguments.filter().filter(|_| self.arguments.filters_while_reading()) {
            let mut clock = self.clock.clone();
            if !is_ticked {
                clock.tick(record.timestamp);
            }
            if !passes(filter, &self.shown(record), &clock) {
                return false;
            }
            if let (Some(left_out), Some(flows)) = (&mut self.left_out, &self.flows) {
                left_out.is_shown(flows);
            }
        }
        if *format == Some(Format::Json) {
            if self.describer.has_news(record) {
                self.file_note.members(|json| self.describer.record(record, json));
            }
        } else if *tree {
            let text = &mut self.file_note.text;
            if let Some(name) = record.description.and_then(|interface| interface.name()) {
                text.show(format_args!("  on {}", TerminalText(name)));
            }
            text.str("\n");
            comments::of_file(&mut self.describer, record, self.style, text);
        }
        true
    }

    /// Whether more packets may be taken.
    pub(super) fn takes_more(&self) -> bool {
        self.remaining > 0
    }

    /// The clock, which has the time of the last packet.
    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Takes the next packet and prints it.
    pub(super) fn show(&mut self, record: &Record<'_>, printer: &mut Printer<'_>, drain: Drain<'_>) {
        self.advance(record);
        self.clock.tick(record.timestamp);
        if self.describe_file(record, true) {
            printer.show(&self.shown(record), &self.clock, drain);
            self.clock.tick_shown(record.timestamp);
        }
    }

    pub(super) fn shown<'r>(&'r self, record: &'r Record<'r>) -> PacketToPrint<'r> {
        let datagrams = self.datagrams.as_ref().map_or(&[][..], |datagrams| &datagrams.found);
        let noticed = self.datagrams.as_ref().map_or(Noticed::default(), |datagrams| datagrams.noticed);
        let flows = self.flows.as_ref().map_or(&[][..], Flows::found);
        let messages = self.flows.as_ref().map_or(&[][..], Flows::messages);
        PacketToPrint {
            record,
            datagrams,
            noticed,
            flows,
            messages,
            file_note: &self.file_note.text.bytes,
            hosts: self.hosts.as_ref(),
        }
    }
}

/// A capture file, read in batches.
pub(super) struct FileSource<'a, R: Read> {
    reader: Reader<R>,
    name: String,
    pub(super) context: PacketContext<'a>,
    progress: Progress,
    /// Header of the file, or of the pcapng section with this number.
    format: Option<(u64, Arc<FileHeader>)>,
    batches: u64,
    /// Whether packets are copied, so that other threads can read meanwhile.
    pub(super) copies: bool,
    /// Whether each packet is printed at once.
    pub(super) eager: bool,
    /// Whether the file could not be read again.
    pub(super) failed: bool,
}

impl<'a, R: Read> FileSource<'a, R> {
    pub(super) fn new(arguments: &'a Arguments, style: Style, reader: Reader<R>, path: &Path) -> Self {
        let name = &*path.to_string_lossy();
        let progress = Progress::new(&reader, name);
        let mut context = PacketContext::new(arguments, style);
        context.left_out = LeftOut::of(arguments, path.to_path_buf()).filter(|_| context.flows.is_some());
        FileSource {
            reader,
            name: name.to_string(),
            context,
            progress,
            format: None,
            batches: 0,
            copies: false,
            eager: false,
            failed: false,
        }
    }

    /// Whether more packets may have to be waited for: the file is a pipe.
    pub(super) fn comes_slowly(&self) -> bool {
        self.reader.source_len().is_none()
    }

    /// Says that a signal came before the end of a file, and tells whether that is so. A pipe ends then.
    pub(super) fn complain_if_interrupted(&self) -> bool {
        signals::complain_if_interrupted(&self.name, self.reader.source_len())
    }

    /// Reads a batch of packets, and tells whether there may be more. Packets that are not copied are printed at once.
    /// `drain` writes text when all batches before this one, whose number it is given, are written.
    pub(super) fn fill(
        &mut self,
        batch: &mut Batch,
        printer: &mut Printer<'_>,
        drain: &mut dyn FnMut(u64, &mut TextBuffer),
    ) -> bool {
        let FileSource { reader, context, progress, format, failed, .. } = self;
        batch.number = self.batches;
        self.batches += 1;
        // The first packets are copied anyway, to find the widths of their columns.
        let copies = self.copies || batch.number == 0 && !self.eager && printer.prints_lines();
        let number = batch.number;
        let drain = &mut |text: &mut TextBuffer| drain(number, text);
        while context.remaining > 0 && !printer.refused && !signals::ended() {
            let next = reader.next_record();
            // By reference: a record is large.
            let record = match next {
                None => return false,
                Some(Ok(ref record)) => record,
                // A signal ends a pipe anywhere.
                Some(Err(_)) if signals::ended() => return false,
                Some(Err(error)) => {
                    batch.error = Some(error);
                    return true;
                }
            };
            if context.leaves_out(record) {
                progress.packet(reader);
                continue;
            }
            context.advance(record);
            if let Err(message) = context.follow_all_if_needed(record) {
                complain(message);
                *failed = true;
                return false;
            }
            let small = record.header.len() + record.data.len() + record.options.bytes().len() < BATCH_BYTES;
            if let Some(found) = record.format.filter(|_| copies && small) {
                let is_shown = context.describe_file(record, false);
                if is_shown {
                    if format.as_ref().is_none_or(|(section, _)| *section != record.section) {
                        *format = None;
                    }
                    let (_, format) = format.get_or_insert_with(|| (record.section, Arc::new(found.into())));
                    let datagrams =
                        context.datagrams.as_mut().map_or(Vec::new(), |datagrams| std::mem::take(&mut datagrams.found));
                    batch.push(&context.shown(record), format, &context.clock, datagrams);
                }
                context.clock.tick(record.timestamp);
                if is_shown {
                    context.clock.tick_shown(record.timestamp);
                }
            } else {
                printer.show_batch(batch, drain);
                context.clock.tick(record.timestamp);
                if context.describe_file(record, true) {
                    printer.show(&context.shown(record), &context.clock, drain);
                    context.clock.tick_shown(record.timestamp);
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
        if self.context.hosts.as_ref().is_some_and(Hosts::is_full) {
            complain(format_args!("{}: -N: the names after the first {} are left out", self.name, HostNames::MOST));
        }
        let has_all = self.context.remaining > 0 && !printer.refused && !signals::ended();
        let PacketContext { flows, left_out, .. } = &mut self.context;
        if let Some(flows) = flows {
            complain_of_bounds(flows, &self.name);
            if has_all {
                let left_out = left_out.as_ref();
                let is_shown = |stream| left_out.is_none_or(|left_out| left_out.has_shown(stream));
                complain_of_unfinished(flows, &self.name, |message| is_shown(message.stream));
            }
        }
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
