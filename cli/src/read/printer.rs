//! Packets on standard output: lines, trees, bytes and JSON.

use super::arguments::{Arguments, Format};
use super::batch::{Batch, PacketToPrint};
use super::columns::{Columns, Line};
use super::comments;
use super::layers::{layers, layers_of_datagram, passes, sampled_packets};
use super::table::{ListLine, Table};
use crate::capture_json;
use crate::clock::{self, Clock};
use crate::destination::Destination;
use crate::frame_reassembler::{ReassembledDatagram, listed};
use crate::outcome::complain;
use crate::protocols::known;
use packetsmith::dissect::SampledPacket;
use packetsmith::flow::{FlowField, FlowKind, LayerAnalysis, MessageEnd, Side, StreamMessage, of_walk};
use packetsmith::output::{DRAIN_AT, Hexdump, Json, Style, Summary, TextBuffer, TreeText, is_unsafe};
use packetsmith::{Examine, LinkType, Packet};
use serde::Serialize;
use std::io;
use std::sync::Arc;

/// Takes the text of a packet while it is being written, and clears it.
pub(super) type Drain<'d> = &'d mut dyn FnMut(&mut TextBuffer);

/// Prints packets in the format of the arguments.
pub(super) struct Printer<'a> {
    pub(super) arguments: &'a Arguments,
    pub(super) style: Style,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    columns: Columns,
    /// Whether the columns fit the first packets of the file.
    pub(super) measured: bool,
    /// Whether the columns grow with each packet.
    pub(super) growing: bool,
    time: TextBuffer,
    pub(super) matched: bool,
    pub(super) destination: Option<Destination>,
    /// A packet could not be written to the destination: nothing more is.
    pub(super) refused: bool,
    /// A packet was left out of the destination.
    pub(super) left_out: bool,
    /// Name of the file, if there are several.
    pub(super) file: Option<String>,
    /// Output that has not been written yet.
    pub(super) text: TextBuffer,
    /// Columns, if they are printed.
    pub(super) table: Option<Arc<Table>>,
    summary: Summary,
    tree: TreeText,
    hex: Hexdump,
    json: Json,
    packet: Packet,
}

impl<'a> Printer<'a> {
    pub(super) fn new(arguments: &'a Arguments, style: Style, width: Option<usize>) -> Self {
        Printer {
            arguments,
            style,
            width,
            columns: Columns::new(arguments.time, width),
            measured: false,
            growing: false,
            time: TextBuffer::default(),
            matched: false,
            destination: None,
            refused: false,
            left_out: false,
            file: None,
            text: TextBuffer::default(),
            table: None,
            summary: Summary::default(),
            tree: TreeText::new(style, width.unwrap_or(100)),
            hex: Hexdump::new(style),
            json: Json::default(),
            packet: Packet::default(),
        }
    }

    /// Makes another printer for the same file.
    pub(super) fn another(&self) -> Self {
        let Printer { columns, measured, .. } = *self;
        let (file, table) = (self.file.clone(), self.table.clone());
        Printer { file, table, columns, measured, ..Printer::new(self.arguments, self.style, self.width) }
    }

    /// Begins a file, whose columns have widths of their own.
    pub(super) fn begin(&mut self, growing: bool) {
        self.columns = Columns::new(self.arguments.time, self.width);
        (self.measured, self.growing) = (false, growing);
    }

    /// Whether packets are printed as lines.
    pub(super) fn prints_lines(&self) -> bool {
        let Arguments { tree, quiet, .. } = self.arguments;
        !(*tree || *quiet) && self.arguments.is_for_people() && self.destination.is_none()
    }

    /// Whether a packet passes the filter, if that was not found out before.
    fn passes(&self, shown: &PacketToPrint<'_>, clock: &Clock) -> bool {
        let filter = self.arguments.filter().filter(|_| !self.arguments.filters_while_reading());
        filter.is_none_or(|filter| passes(filter, shown, clock))
    }

    /// Makes the columns wide enough for a packet.
    pub(super) fn measure(&mut self, shown: &PacketToPrint<'_>, clock: &Clock) {
        let PacketToPrint { record, .. } = shown;
        if self.passes(shown, clock) {
            self.summarize(shown, clock);
            self.columns.fit(&Line {
                number: record.number,
                time: &self.time.bytes,
                summary: &self.summary,
                length: record.original_len.into(),
            });
        }
    }

    /// Prints the packets of a batch, and clears it. Those of the first batch set the widths of the columns.
    pub(super) fn show_batch(&mut self, batch: &mut Batch, drain: Drain<'_>) {
        if !std::mem::replace(&mut self.measured, true) && !self.growing && self.prints_lines() {
            batch.each(|shown, clock| self.measure(shown, clock));
        }
        batch.show(|shown, clock| self.show(shown, clock, drain));
    }

    /// Prints a packet, and the datagrams that it completes. `drain` takes the text where there is much of it.
    pub(super) fn show(&mut self, shown: &PacketToPrint<'_>, clock: &Clock, drain: Drain<'_>) {
        let PacketToPrint { record, datagrams, .. } = shown;
        let arguments = self.arguments;
        let json = arguments.format == Some(Format::Json);
        if !self.passes(shown, clock) {
            return;
        }
        self.matched = true;
        if let Some(destination) = self.destination.as_mut() {
            if self.refused {
                return;
            }
            if let Err(message) = destination.write_described(record, record.kind(), &mut self.left_out) {
                complain(message);
                self.refused = true;
                return;
            }
            if !arguments.asks_to_print() {
                return;
            }
        }
        if arguments.quiet {
            return;
        }
        if json {
            return self.packet(shown, drain);
        }
        if let Some(table) = self.table.clone() {
            let mut info = TextBuffer::default();
            if table.has_list_columns() {
                self.summarize(shown, clock);
                write_info(shown, &self.summary, &mut info);
            }
            let line = ListLine { time: &self.time.bytes, summary: &self.summary, info: &info.bytes };
            return table.row(shown, clock, &line, &mut self.text);
        }
        match arguments.tree {
            true => self.title(shown, clock),
            false => self.columns(shown, clock),
        }
        if arguments.tree {
            self.tree(layers(shown), 0, shown, drain);
        }
        if arguments.hex {
            self.bytes(record.link_type.unwrap_or(u16::MAX), record.data, drain);
        }
        if !(arguments.tree || arguments.hex) {
            return;
        }
        for (number, datagram) in datagrams.iter().enumerate() {
            self.datagram(shown, number + 1, datagram, drain);
        }
        let mut walk = datagrams.len() + 1;
        for sampled in sampled_packets(shown) {
            self.sampled(shown, walk, &sampled, drain);
            walk += 1;
        }
        for message in shown.messages {
            self.message(shown, walk, message, drain);
            walk += 1;
        }
        self.text.str("\n");
    }

    fn tree(&mut self, layers: Examine<'_>, walk: usize, shown: &PacketToPrint<'_>, drain: Drain<'_>) {
        let found = if self.arguments.raw_numbers { &[] } else { of_walk(shown.flows, walk) };
        std::mem::swap(&mut self.text, &mut self.tree.text);
        let host = |address| shown.hosts.and_then(|hosts| hosts.name(address, shown.record.number));
        self.tree.stream_with_hosts(layers, found, &host, drain);
        std::mem::swap(&mut self.text, &mut self.tree.text);
    }

    fn bytes(&mut self, link_type: u16, frame: &[u8], drain: Drain<'_>) {
        std::mem::swap(&mut self.text, &mut self.hex.text);
        self.hex.stream(frame, known().dissect(link_type, frame), drain);
        std::mem::swap(&mut self.text, &mut self.hex.text);
    }

    pub(super) fn object(&mut self, write: impl FnOnce(&mut Json)) {
        std::mem::swap(&mut self.text, &mut self.json.text);
        write(&mut self.json);
        std::mem::swap(&mut self.text, &mut self.json.text);
    }

    /// Begins the part about what was put together of several packets.
    fn reassembled(&mut self, what: &str, length: u64, packets: &[u64]) {
        let (line, style) = (&mut self.text, self.style);
        line.str(style.bold());
        line.str(what);
        line.str(style.reset());
        let noun = if packets.len() == 1 { "packet" } else { "packets" };
        line.show(format_args!("  {length} bytes from {noun} {}\n", listed(packets)));
    }

    /// Prints a reassembled datagram.
    fn datagram(&mut self, shown: &PacketToPrint<'_>, walk: usize, datagram: &ReassembledDatagram, drain: Drain<'_>) {
        self.reassembled("Reassembled", datagram.packet.len() as u64, &datagram.packets());
        let (line, style) = (&mut self.text, self.style);
        for origin in &datagram.origins {
            line.show(format_args!(
                "  packet {:<6} bytes {}..{} of the payload\n",
                origin.frame, origin.bytes.start, origin.bytes.end
            ));
        }
        for text in datagram.findings.texts() {
            line.show(format_args!("  {}! {text}{}\n", style.warning(), style.reset()));
        }
        if self.arguments.tree {
            self.tree(layers_of_datagram(shown, walk, datagram), walk, shown, drain);
        }
        if self.arguments.hex {
            self.bytes(LinkType::Raw.into(), &datagram.packet, drain);
        }
    }

    /// Prints a packet of which the packet has a sample.
    fn sampled(&mut self, shown: &PacketToPrint<'_>, walk: usize, sampled: &SampledPacket<'_>, drain: Drain<'_>) {
        let (line, style, header) = (&mut self.text, self.style, &sampled.header);
        line.str(style.bold());
        line.str("Sampled");
        line.str(style.reset());
        let (have, length) = (sampled.bytes().len(), header.frame_length);
        line.show(format_args!("  first {have} bytes of {length}, in sample {}", header.sample + 1));
        if sampled.depth > 0 {
            line.show(format_args!(" of the sampled packet before, at depth {}", sampled.depth + 1));
        }
        line.str("\n");
        if self.arguments.tree {
            self.tree(sampled.layers(), walk, shown, drain);
        }
        if self.arguments.hex {
            std::mem::swap(&mut self.text, &mut self.hex.text);
            self.hex.stream(sampled.bytes(), sampled.layers().map(|layer| layer.layer), drain);
            std::mem::swap(&mut self.text, &mut self.hex.text);
        }
    }

    /// Prints a message that several segments carry.
    fn message(&mut self, shown: &PacketToPrint<'_>, walk: usize, message: &StreamMessage, drain: Drain<'_>) {
        /// Most segments that are listed.
        const MOST_SEGMENTS: usize = 20;
        self.reassembled("Message", message.length, &message.packets());
        let (line, style) = (&mut self.text, self.style);
        for segment in message.segments.iter().take(MOST_SEGMENTS) {
            line.show(format_args!(
                "  packet {:<6} bytes {}..{} of the message\n",
                segment.packet, segment.range.start, segment.range.end
            ));
        }
        let more = message.segment_count.saturating_sub(message.segments.len().min(MOST_SEGMENTS) as u64);
        if more > 0 {
            line.show(format_args!("  ({more} more segments)\n"));
        }
        if let Some(note) = note_of(message) {
            line.show(format_args!("  {}! {note}{}\n", style.warning(), style.reset()));
        }
        if self.arguments.tree {
            self.tree(message.layers(known()), walk, shown, drain);
        }
        if self.arguments.hex {
            std::mem::swap(&mut self.text, &mut self.hex.text);
            self.hex.stream(&message.bytes, known().dissect(message.selector, &message.bytes), drain);
            std::mem::swap(&mut self.text, &mut self.hex.text);
        }
    }

    /// Works out the columns of a packet.
    fn summarize(&mut self, shown: &PacketToPrint<'_>, clock: &Clock) {
        let PacketToPrint { record, datagrams, .. } = *shown;
        let walk = datagrams.len();
        let layers = match datagrams.last() {
            Some(datagram) => layers_of_datagram(shown, walk, datagram),
            None => layers(shown),
        };
        let found_in = |walk| if self.arguments.raw_numbers { &[] } else { of_walk(shown.flows, walk) };
        let first = if shown.messages.is_empty() { 0 } else { walk + 1 + samples_before_messages(shown) };
        let messages = shown.messages.iter().enumerate();
        let messages = &mut messages.map(|(n, message)| (message.layers(known()), found_in(first + n)));
        let found = found_in(walk);
        self.summary.packet_with_messages(layers, found, messages);
        if record.link_type.is_none() {
            self.summary.info.bytes.clear();
            self.summary.info.show(format_args!(
                "of interface {}, which the file does not describe; {} bytes",
                record.interface,
                record.data.len()
            ));
        }
        if let Some(hosts) = shown.hosts {
            hosts.rename(record.number, &mut self.summary);
        }
        self.time.bytes.clear();
        clock.write(record.timestamp, &mut self.time);
    }

    /// Prints a packet as one line, cut at the width of the terminal.
    fn columns(&mut self, shown: &PacketToPrint<'_>, clock: &Clock) {
        self.summarize(shown, clock);
        let record = shown.record;
        let Printer { text, summary, time, columns, .. } = self;
        let length = record.original_len.into();
        let line = Line { number: record.number, time: &time.bytes, summary, length };
        if self.growing {
            columns.fit(&line);
        }
        let start = text.bytes.len();
        columns.write(&line, self.style, text);
        let colour = self.style.info(summary.kind);
        text.str(colour);
        write_info(shown, summary, text);
        if let Some(width) = self.width {
            text.cut_to(start, width);
        }
        text.str(if colour.is_empty() { "" } else { self.style.reset() });
        text.str("\n");
        comments::of_packet(record, self.style, text);
    }

    /// Prints the heading of a packet's tree.
    fn title(&mut self, shown: &PacketToPrint<'_>, clock: &Clock) {
        let (record, line, style) = (shown.record, &mut self.text, self.style);
        line.str(style.bold());
        line.str("Packet ");
        line.number(record.number);
        line.str(style.reset());
        line.str("  ");
        clock.write(record.timestamp, line);
        if self.arguments.time.is_seconds() {
            line.str(" s");
        }
        line.show(format_args!("  {} bytes", record.original_len));
        if record.data.len() != record.original_len as usize {
            line.show(format_args!(", {} captured", record.data.len()));
        }
        line.str("  ");
        match record.link_type {
            None => line.show(format_args!("of interface {}, which the file does not describe", record.interface)),
            Some(n) => match LinkType::from(n).name() {
                Some(name) => line.str(name),
                None => line.show(format_args!("link type {n}")),
            },
        }
        // It ends with the end of the line, and the comments of what begins with the packet.
        line.bytes.extend_from_slice(shown.file_note);
        comments::of_packet(record, style, line);
    }

    fn packet(&mut self, shown: &PacketToPrint<'_>, drain: Drain<'_>) {
        let PacketToPrint { record, datagrams, messages, file_note, .. } = *shown;
        if record.is_shortened() {
            complain(format_args!(
                "packet {}: bytes of its simple packet block past the snapshot length are not in the JSON",
                record.number
            ));
        }
        let Printer { arguments, file, packet, .. } = self;
        let mut about = |json: &mut Json, drain: Drain<'_>| {
            if let Some(file) = file {
                json.string("file", file);
            }
            json.verbatim(file_note);
            json.number("packet", record.number);
            json.number("interface", record.interface.into());
            if let Some(link_type) = record.link_type {
                json.number("link_type", link_type.into());
            }
            if let Some(time) = record.timestamp {
                json.plain("time", |text| clock::seconds(time.nanos(), time.resolution().digits(), text));
            }
            capture_json::oddities(record, json);
            json.number("captured_length", record.data.len() as u64);
            json.number("original_length", record.original_len.into());
            if !arguments.raw_numbers {
                flows_of(shown, json);
            }
            if let Some(hosts) = shown.hosts {
                hosts.members(record.number, layers(shown), json);
            }
            if !datagrams.is_empty() {
                json.list("reassembled", |json| {
                    datagrams.iter().enumerate().for_each(|(number, datagram)| {
                        reassembled(datagram, layers_of_datagram(shown, number + 1, datagram), json, drain)
                    })
                });
            }
            let mut sampled = sampled_packets(shown).peekable();
            if sampled.peek().is_some() {
                json.list("sampled", |json| sampled.for_each(|packet| sampled_packet(&packet, json, drain)));
            }
            if !messages.is_empty() {
                json.list("messages", |json| messages.iter().for_each(|item| message(item, json, drain)));
            }
        };
        std::mem::swap(&mut self.text, &mut self.json.text);
        if arguments.editable {
            packet.read(layers(shown));
            packet.simplify(record.data);
            self.json.line(|json| about(json, drain));
            let text = &mut self.json.text.bytes;
            text.truncate(text.len() - "}\n".len());
            text.extend_from_slice(b",\"layers\":[");
            for (i, layer) in packet.form.items("layers").enumerate() {
                let text = &mut self.json.text.bytes;
                text.extend_from_slice(if i == 0 { b"\n  " } else { b",\n  " });
                // Neither the buffer nor the tree can fail.
                let _ = layer.serialize(&mut serde_json::Serializer::with_formatter(&mut *text, SafeJson));
                if text.len() > DRAIN_AT {
                    drain(&mut self.json.text);
                }
            }
            let text = &mut self.json.text.bytes;
            text.extend_from_slice(b"\n]}\n");
        } else {
            self.json.line(|json| {
                about(json, drain);
                json.stream_layers(layers(shown), drain);
            });
        }
        std::mem::swap(&mut self.text, &mut self.json.text);
    }
}

/// JSON without blanks, whose strings have the characters escaped that are unsafe for a terminal.
struct SafeJson;

impl serde_json::ser::Formatter for SafeJson {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for part in fragment.split_inclusive(is_unsafe) {
            match part.chars().next_back().filter(|&c| is_unsafe(c)) {
                // None of them needs two units of UTF-16.
                Some(c) => write!(writer, "{}\\u{:04x}", &part[..part.len() - c.len_utf8()], c as u32)?,
                None => writer.write_all(part.as_bytes())?,
            }
        }
        Ok(())
    }
}

/// Number of sampled packets, whose walks come before those of messages. Only a packet in which something was found out
/// about a walk after its datagrams is asked for them.
fn samples_before_messages(shown: &PacketToPrint<'_>) -> usize {
    let has_more = shown.flows.last().is_some_and(|last| last.walk > shown.datagrams.len());
    if has_more { sampled_packets(shown).count() } else { 0 }
}

/// Writes a member with what was found out about the layers of a packet.
fn flows_of(shown: &PacketToPrint<'_>, json: &mut Json) {
    let found = shown.flows;
    if found.is_empty() {
        return;
    }
    let datagrams = shown.datagrams.len();
    let sampled = samples_before_messages(shown);
    json.list("flows", |json| {
        for header in found {
            json.object("", |json| {
                match header.walk.checked_sub(datagrams + 1) {
                    None if header.walk == 0 => {}
                    None => json.number("reassembled", header.walk as u64 - 1),
                    Some(number) if number < sampled => json.number("sampled", number as u64),
                    // Messages follow the datagrams.
                    Some(number) => json.number("reassembled", (datagrams + number - sampled) as u64),
                }
                json.number("layer", header.layer as u64);
                for field in FlowField::of(&header.analysis) {
                    let Some(value) = field.value(&header.analysis) else { continue };
                    match field.kind {
                        FlowKind::Found => json.flag(field.name, true),
                        FlowKind::Duration | FlowKind::Milliseconds => {
                            json.plain(field.name, |text| clock::seconds(value.into(), 9, text))
                        }
                        FlowKind::AnyFound => {}
                        _ => json.integer(field.name, value),
                    }
                }
            });
        }
    });
}

/// Writes a reassembled datagram as an item of a list.
fn reassembled(datagram: &ReassembledDatagram, layers: Examine<'_>, json: &mut Json, drain: Drain<'_>) {
    json.object("", |json| {
        json.number("length", datagram.packet.len() as u64);
        json.list("fragments", |json| {
            for origin in &datagram.origins {
                json.object("", |json| {
                    json.number("packet", origin.frame);
                    json.list("at", |json| {
                        json.item(origin.bytes.start);
                        json.item(origin.bytes.end);
                    });
                });
            }
        });
        let notes: Vec<_> = datagram.findings.texts().collect();
        if !notes.is_empty() {
            json.string("notes", notes.join("; "));
        }
        json.stream_layers(layers, drain);
    });
}

/// Writes a packet of which a packet has a sample as an item of a list.
fn sampled_packet(sampled: &SampledPacket<'_>, json: &mut Json, drain: Drain<'_>) {
    json.object("", |json| {
        json.number("sample", sampled.header.sample as u64);
        if sampled.depth > 0 {
            json.number("depth", sampled.depth as u64);
        }
        json.number("frame_length", sampled.header.frame_length.into());
        json.number("header_length", sampled.bytes().len() as u64);
        json.stream_layers(sampled.layers(), drain);
    });
}

/// Writes a message of several segments as an item of a list.
fn message(message: &StreamMessage, json: &mut Json, drain: Drain<'_>) {
    json.object("", |json| {
        json.number("stream", message.stream);
        json.string("side", if message.side == Side::First { "first" } else { "second" });
        json.number("length", message.length);
        json.list("segments", |json| {
            for segment in &message.segments {
                json.object("", |json| {
                    json.number("packet", segment.packet);
                    json.list("at", |json| {
                        json.item(segment.range.start);
                        json.item(segment.range.end);
                    });
                });
            }
        });
        json.number("segment_count", message.segment_count);
        if message.missing > 0 {
            json.number("missing", message.missing);
        }
        if let Some(note) = note_of(message) {
            json.string("notes", note);
        }
        json.stream_layers(message.layers(known()), drain);
    });
}

/// What is to be said about the end of a message.
fn note_of(message: &StreamMessage) -> Option<String> {
    let kept = message.bytes.len() as u64;
    let end = match message.end {
        MessageEnd::Complete => None,
        MessageEnd::Gap => Some("its end is not in the capture"),
        MessageEnd::Closed => Some("the connection was closed before its end"),
        _ => Some("what follows is no part of it: the message is malformed"),
    };
    match (end, message.missing) {
        (Some(end), _) => Some(end.to_string()),
        (None, 0) if kept < message.length => Some(format!("only the first {kept} bytes are shown")),
        (None, 0) => None,
        (None, missing) => Some(format!("{missing} bytes are not in the capture")),
    }
}

/// Writes what a packet's line says at its end.
fn write_info(shown: &PacketToPrint<'_>, summary: &Summary, text: &mut TextBuffer) {
    text.bytes.extend_from_slice(&summary.info.bytes);
    if let Some(datagram) = shown.datagrams.last() {
        text.show(format_args!(" [reassembled of {}]", listed(&datagram.packets())));
    }
    if let Some(message) = shown.messages.last() {
        if message.segment_count > 1 {
            text.show(format_args!(" [reassembled of {}]", listed(&message.packets())));
        }
        // An acknowledgment tells that nothing more comes of a message of the other side.
        let is_own = shown.flows.iter().any(|found| match &found.analysis {
            LayerAnalysis::Tcp(tcp) => tcp.stream == message.stream && tcp.side == message.side,
            _ => false,
        });
        if !is_own {
            text.str(" [sent by ");
            text.bytes.extend_from_slice(&summary.destination.bytes);
            text.str("]");
        }
        if let Some(note) = note_of(message) {
            text.show(format_args!(" [{note}]"));
        }
    }
}
