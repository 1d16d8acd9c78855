//! Printing of the story: chapters, paragraphs, packets, bytes and masks.

use super::scenario::{self, Frame};
use packetsmith::dissect::{Sink, walk};
use packetsmith::output::{Style, Summary, TextBuffer};
use packetsmith::subnet::{Bits, Subnet};
use packetsmith::wire::Visitor;
use packetsmith::{ExaminedLayer, Field, Issue, Span, Value, examine};
use std::fmt::Write;
use std::net::Ipv4Addr;

/// A field of a packet, as it is shown.
struct ShownField {
    layer: &'static str,
    name: &'static str,
    span: Span,
    pub(super) text: String,
}

/// Collects the fields of a packet. Fields of an option have the option's name.
#[derive(Default)]
struct FieldCollector {
    layer: &'static str,
    option: Option<&'static str>,
    fields: Vec<ShownField>,
}

impl Visitor for FieldCollector {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        if matches!(field.name, "code" | "kind") {
            self.option = field.meaning(&value);
            return;
        }
        let (mut text, mut meaning) = (TextBuffer::default(), TextBuffer::default());
        text.value(field, &value, 24);
        meaning.meaning(field, &value);
        let mut text = String::from_utf8_lossy(&text.bytes).into_owned();
        match String::from_utf8_lossy(&meaning.bytes).as_ref() {
            // True of nearly all addresses here.
            "" | "locally administered" | "private" => {}
            unit if unit == "bytes" || unit.starts_with("s (") => text = format!("{text} {unit}"),
            meaning => text = format!("{text} ({meaning})"),
        }
        let name = self.option.filter(|_| field.name != "length").unwrap_or(field.name);
        self.fields.push(ShownField { layer: self.layer, name, span, text });
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        if self.option.is_none() {
            self.fields.push(ShownField { layer: self.layer, name: field.name, span, text: String::new() });
        }
    }
    fn close(&mut self) {}
}

impl Sink for FieldCollector {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        (self.layer, self.option) = (layer.proto.name(), None);
    }
    fn issue(&mut self, _: &Issue) {}
    fn end(&mut self, _: &ExaminedLayer<'_>) {}
}

/// Prints the story and keeps its frames.
#[derive(Default)]
pub(super) struct Narrator {
    pub(super) style: Style,
    pub(super) text: String,
    pub(super) frames: Vec<Frame>,
}

impl Narrator {
    /// Begins a chapter.
    pub(super) fn chapter(&mut self, number: u8, title: &str) {
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let _ = write!(self.text, "{}{bold}{number}. {title}{reset}\n\n", if number > 1 { "\n" } else { "" });
    }

    /// Prints a paragraph in lines of at most 96 columns.
    pub(super) fn tell(&mut self, text: &str) {
        let mut column = 0;
        for word in text.split_whitespace() {
            let width = word.chars().count();
            let gap = match column {
                0 => "",
                _ if column + 1 + width > 96 => {
                    column = 0;
                    "\n"
                }
                _ => {
                    column += 1;
                    " "
                }
            };
            column += width;
            let _ = write!(self.text, "{gap}{word}");
        }
        self.text += "\n\n";
    }

    /// Prints a packet: a line, chosen fields of its layers, and chosen bytes with captions.
    pub(super) fn packet(&mut self, frame: Frame, fields: &[(&str, &str)], bytes: &[(&str, &str, &str)]) {
        let number = self.frames.len() + 1;
        let mut summary = Summary::default();
        summary.packet(examine(1, &frame.bytes));
        let (bold, dim, reset) = (self.style.bold(), self.style.dim(), self.style.reset());
        let column = |text: &TextBuffer| String::from_utf8_lossy(&text.bytes).into_owned();
        let line = format!(
            "{bold}{number:>3}{reset}  {dim}{:>9.6} s{reset}  {} -> {}  {bold}{}{reset}  {} bytes",
            frame.time.as_secs_f64(),
            column(&summary.source),
            column(&summary.destination),
            column(&summary.protocol),
            frame.bytes.len(),
        );
        let _ = writeln!(self.text, "{line}");
        let info = column(&summary.info);
        let info: String =
            if info.chars().count() > 92 { info.chars().take(91).chain(['…']).collect() } else { info };
        let _ = writeln!(self.text, "     {info}");
        let mut collect = FieldCollector::default();
        walk(examine(1, &frame.bytes), &mut collect);
        for (index, (layer, names)) in fields.iter().enumerate() {
            let colour = self.style.layer(index);
            let _ = write!(self.text, "     {colour}{layer:<9}{reset}");
            let mut width = 14;
            for name in names.split(", ") {
                // A field with several values is shown once, with all of them.
                let values: Vec<&str> = collect
                    .fields
                    .iter()
                    .filter(|shown| shown.layer == *layer && shown.name == name && !shown.text.is_empty())
                    .map(|shown| shown.text.as_str())
                    .collect();
                if values.is_empty() {
                    continue;
                }
                let text = format!("{name} {}", values.join(", "));
                let columns = text.chars().count();
                if width + columns + 2 > 98 && width > 14 {
                    let _ = write!(self.text, "\n{:14}", "");
                    width = 14;
                }
                let gap = if width > 14 { "  " } else { " " };
                let _ = write!(self.text, "{gap}{text}");
                width += columns + 2;
            }
            self.text += "\n";
        }
        for (layer, name, caption) in bytes {
            let found = collect.fields.iter().find(|shown| shown.layer == *layer && shown.name == *name);
            let span = match (found, *name) {
                (Some(shown), _) => shown.span,
                _ => continue,
            };
            self.bytes(&frame.bytes, span, caption);
        }
        self.text += "\n";
        self.frames.push(frame);
    }

    /// Prints bytes, 16 a line, with a caption on the first line.
    pub(super) fn bytes(&mut self, frame: &[u8], span: Span, caption: &str) {
        let (dim, reset) = (self.style.dim(), self.style.reset());
        let bytes = frame.get(span.start as usize..span.end as usize).unwrap_or_default();
        for (i, row) in bytes.chunks(16).enumerate() {
            let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
            let caption = if i == 0 { caption } else { "" };
            let line =
                format!("     {dim}{:04x}{reset}  {:<47}  {caption}", span.start as usize + 16 * i, hex.join(" "));
            let _ = writeln!(self.text, "{}", line.trim_end());
        }
    }

    /// Prints how the mask decides whether two addresses are on the same network.
    pub(super) fn mask(&mut self, from: Ipv4Addr, to: Ipv4Addr) {
        let subnet = Subnet::new(from.into(), 24);
        for (name, address) in [("", from), ("", to)] {
            let _ = writeln!(self.text, "     {name:<4}{:<16}{}", address.to_string(), Bits(address.into()));
            let _ = writeln!(
                self.text,
                "     {:<4}{:<16}{}",
                "AND",
                scenario::MASK.to_string(),
                Bits(scenario::MASK.into())
            );
            let network = address & scenario::MASK;
            let _ = writeln!(self.text, "     {:<4}{:<16}{}\n", "=", network.to_string(), Bits(network.into()));
        }
        let (bold, reset) = (self.style.bold(), self.style.reset());
        let verdict = match subnet.is_some_and(|subnet| subnet.is_local(to.into())) {
            true => format!("The same network: {from} sends to {to} directly."),
            false => format!("Another network: what {from} has for {to} goes to the gateway."),
        };
        let _ = writeln!(self.text, "     {bold}{verdict}{reset}\n");
    }
}
