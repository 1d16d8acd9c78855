//! Packets on standard output: lines, trees, bytes and JSON.

use super::arguments::{Arguments, Format};
use super::batch::PacketToPrint;
use super::layers::{layers, passes};
use crate::capture_json;
use crate::clock::{self, Clock};
use crate::destination::Destination;
use crate::frame_reassembler::{ReassembledDatagram, listed};
use crate::outcome::complain;
use packetsmith::capture::Record;
use packetsmith::output::{Hexdump, Json, Style, Summary, TextBuffer, TreeText};
use packetsmith::proto::link::LinkType;
use packetsmith::{Examine, Packet, dissect};

/// Prints packets in the format of the arguments.
pub(super) struct Printer<'a> {
    pub(super) arguments: &'a Arguments,
    style: Style,
    /// Columns of the terminal, if it is one.
    width: Option<usize>,
    pub(super) matched: bool,
    pub(super) destination: Option<Destination>,
    /// A packet could not be written to the destination: nothing more is.
    pub(super) refused: bool,
    /// Name of the file, if there are several.
    pub(super) file: Option<String>,
    /// Output that has not been written yet.
    pub(super) text: TextBuffer,
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
            matched: false,
            destination: None,
            refused: false,
            file: None,
            text: TextBuffer::default(),
            summary: Summary::default(),
            tree: TreeText::new(style, width.unwrap_or(100)),
            hex: Hexdump::new(style),
            json: Json::default(),
            packet: Packet::default(),
        }
    }

    /// Makes another printer for the same file.
    pub(super) fn another(&self) -> Self {
        Printer { file: self.file.clone(), ..Printer::new(self.arguments, self.style, self.width) }
    }

    /// Prints a packet, and the datagrams that it completes.
    pub(super) fn show(&mut self, shown: &PacketToPrint<'_>, clock: &Clock) {
        let PacketToPrint { record, datagrams, .. } = shown;
        let arguments = self.arguments;
        let json = arguments.format == Some(Format::Json);
        if !json && arguments.filter.as_ref().is_some_and(|filter| !passes(filter, record, datagrams, clock)) {
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
            false => self.columns(record, datagrams.last(), clock),
        }
        if arguments.tree {
            self.tree(layers(record));
        }
        if arguments.hex {
            self.bytes(record.link_type.unwrap_or(u16::MAX), record.data);
        }
        for datagram in *datagrams {
            self.datagram(datagram);
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

    pub(super) fn object(&mut self, write: impl FnOnce(&mut Json)) {
        std::mem::swap(&mut self.text, &mut self.json.text);
        write(&mut self.json);
        std::mem::swap(&mut self.text, &mut self.json.text);
    }

    /// Prints a reassembled datagram.
    fn datagram(&mut self, datagram: &ReassembledDatagram) {
        if !(self.arguments.tree || self.arguments.hex) {
            return;
        }
        let (line, style) = (&mut self.text, self.style);
        line.str(style.bold());
        line.str("Reassembled");
        line.str(style.reset());
        line.show(format_args!("  {} bytes from packets {}\n", datagram.packet.len(), listed(&datagram.packets())));
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
            self.tree(datagram.layers());
        }
        if self.arguments.hex {
            self.bytes(LinkType::Raw.into(), &datagram.packet);
        }
    }

    /// Prints a packet as one line, cut at the width of the terminal.
    fn columns(&mut self, record: &Record<'_>, datagram: Option<&ReassembledDatagram>, clock: &Clock) {
        match datagram {
            Some(datagram) => self.summary.packet(datagram.layers()),
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
        if let Some(datagram) = datagram {
            line.show(format_args!(" [reassembled of {}]", listed(&datagram.packets())));
        }
        if let Some(width) = self.width {
            line.cut_to(start, width);
        }
        line.str("\n");
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
        line.bytes.extend_from_slice(shown.file_note);
        line.str("\n");
    }

    fn packet(&mut self, shown: &PacketToPrint<'_>) {
        let PacketToPrint { record, datagrams, file_note, .. } = *shown;
        let Printer { arguments, file, packet, .. } = self;
        let about = |json: &mut Json| {
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
            if !datagrams.is_empty() {
                json.list("reassembled", |json| datagrams.iter().for_each(|datagram| reassembled(datagram, json)));
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
                // Neither the buffer nor the tree can fail.
                let _ = serde_json::to_writer(&mut *text, &layer);
            }
            text.extend_from_slice(b"\n]}\n");
        } else {
            self.json.packet(about, layers(record));
        }
        std::mem::swap(&mut self.text, &mut self.json.text);
    }
}

/// Writes a reassembled datagram as an item of a list.
fn reassembled(datagram: &ReassembledDatagram, json: &mut Json) {
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
        json.layers(datagram.layers());
    });
}
