//! Packets as a tree of fields, for people.

use super::DRAIN_AT;
use super::style::Style;
use crate::dissect::{Examine, ExaminedLayer};
use crate::dissect::{Sink, walk};
use crate::flow::{FlowField, FlowKind, FlowLayer};
use crate::layer::{Issue, NextProtocol, Severity};
use crate::proto::IpProtocol;
use crate::proto::LinkType;
use crate::proto::View;
use crate::wire::Visitor;
use crate::wire::{Field, Kind, Span, Value};
use crate::wire::{NameBudget, TextBuffer, width_of};
use alloc::vec::Vec;

/// Bytes of a value that are shown; `-x` and JSON have them all.
const MOST_BYTES: usize = 32;
/// Bytes of text that are shown.
const MOST_TEXT: usize = 256;
/// Columns of a field's name.
const NAME: usize = 24;
/// Columns of an offset.
const OFFSET: usize = 6;

/// Writes packets as trees into [`text`](Self::text): a line a layer, a line a field with its offset,
/// name, value and meaning, a line an option or record, and what is wrong with the layer.
///
/// ```
/// use packetsmith::examine;
/// use packetsmith::output::TreeText;
/// let mut tree = TreeText::default();
/// tree.packet(examine(1, &[0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc, 7]));
/// let text = String::from_utf8(tree.text.bytes).unwrap();
/// assert!(text.contains("    12  ethertype               0x88cc             LLDP\n"), "{text}");
/// ```
#[derive(Clone, Debug)]
pub struct TreeText {
    /// What has been written. Empty it at will between packets.
    pub text: TextBuffer,
    style: Style,
    width: usize,
    levels: Vec<TreeLevel>,
    scratch: TextBuffer,
    /// Where the line begins that is being written, if one is.
    line: Option<usize>,
    names: NameBudget,
}

/// Writes a tree and hands it over when there is much of it.
struct DrainedTree<'t, 'd> {
    tree: &'t mut TreeText,
    /// What was found out about the layers.
    found: &'t [FlowLayer],
    drain: &'d mut dyn FnMut(&mut TextBuffer),
}

impl DrainedTree<'_, '_> {
    /// Hands over all whole lines if there are many.
    #[inline]
    fn check(&mut self) {
        let text = &mut self.tree.text;
        if text.bytes.len() > DRAIN_AT {
            let line = self.tree.line.map(|start| text.bytes.split_off(start));
            (self.drain)(text);
            if let Some(line) = line {
                self.tree.line = Some(text.bytes.len());
                text.bytes.extend(line);
            }
        }
    }
}

impl Visitor for DrainedTree<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        self.tree.field(field, span, value);
        self.check();
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        self.tree.open(field, span);
        self.check();
    }
    fn close(&mut self) {
        self.tree.close();
    }
}

impl Sink for DrainedTree<'_, '_> {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.tree.layer(layer);
    }
    fn issue(&mut self, issue: &Issue) {
        self.tree.issue(issue);
        self.check();
    }
    fn end(&mut self, layer: &ExaminedLayer<'_>) {
        self.tree.end(layer);
        for found in self.found.iter().filter(|found| found.layer == layer.index) {
            self.tree.found(layer.header_span().start, found);
        }
        self.check();
    }
}

/// How what comes next is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TreeLevel {
    /// Fields of a layer or of a group: a line each.
    Lines,
    /// Items of a list: a line each.
    Items,
    /// Fields of an item, one after the other; whether one has been written.
    Flow(bool),
    /// Values of a list; whether one has been written.
    Values(bool),
}

impl Default for TreeText {
    fn default() -> Self {
        TreeText::new(Style::PLAIN, 100)
    }
}

impl TreeText {
    /// Writes lines of about `width` columns.
    pub fn new(style: Style, width: usize) -> Self {
        TreeText {
            text: TextBuffer::default(),
            style,
            width: width.max(60),
            levels: Vec::new(),
            scratch: TextBuffer::default(),
            line: None,
            names: NameBudget::default(),
        }
    }

    /// Writes one packet.
    pub fn packet(&mut self, layers: Examine<'_>) {
        self.stream(layers, &mut |_| {});
    }

    /// Like [`packet`](Self::packet), but hands [`text`](Self::text) over whenever it is longer than [`DRAIN_AT`] bytes,
    /// for `drain` to write and clear it. What is left in the end stays in `text`.
    pub fn stream(&mut self, layers: Examine<'_>, drain: &mut dyn FnMut(&mut TextBuffer)) {
        self.stream_in_flow(layers, &[], drain);
    }

    /// Like [`stream`](Self::stream), with what [`Flows`](crate::flow::Flows) found out about the layers: a line
    /// for each value, whose name is in brackets, after the fields of the header.
    pub fn stream_in_flow(&mut self, layers: Examine<'_>, found: &[FlowLayer], drain: &mut dyn FnMut(&mut TextBuffer)) {
        self.names = NameBudget::default();
        walk(layers, &mut DrainedTree { tree: self, found, drain });
    }

    /// Writes what was found out about a header: each value with its meaning.
    fn found(&mut self, at: u32, found: &FlowLayer) {
        for field in FlowField::of(&found.analysis) {
            let Some(value) = field.value(&found.analysis).filter(|_| field.kind != FlowKind::AnyFound) else {
                continue;
            };
            self.begin(at);
            let start = self.text.bytes.len();
            self.text.show(format_args!("[{}]", field.name));
            self.text.pad_to(start, NAME - 1);
            self.text.str(" ");
            let start = self.text.bytes.len();
            match field.kind {
                FlowKind::Found => self.text.str("yes"),
                FlowKind::Duration | FlowKind::Milliseconds => {
                    let nanos = value.unsigned_abs();
                    self.text.str(if value < 0 { "-" } else { "" });
                    self.text.show(format_args!("{}.{:09} s", nanos / 1_000_000_000, nanos % 1_000_000_000));
                }
                _ => self.text.show(value),
            }
            self.meaning_column(start);
            self.text.str(self.style.dim());
            self.text.str(field.doc.trim_end_matches('.'));
            self.text.str(self.style.reset());
            self.finish_line();
        }
    }

    /// Begins a line with an offset, indented by the depth of the tree.
    fn begin(&mut self, at: u32) {
        self.finish_line();
        self.line = Some(self.text.bytes.len());
        self.text.str(self.style.dim());
        let digits = at.checked_ilog10().map_or(1, |d| d as usize + 1);
        self.text.fill(b' ', OFFSET.saturating_sub(digits));
        self.text.number(at.into());
        self.text.str(self.style.reset());
        self.text.fill(b' ', 2 + 2 * self.depth());
    }

    fn depth(&self) -> usize {
        self.levels
            .iter()
            .filter(|level| matches!(level, TreeLevel::Items | TreeLevel::Lines))
            .count()
            .saturating_sub(1)
    }

    fn finish_line(&mut self) {
        if self.line.take().is_some() {
            while self.text.bytes.last() == Some(&b' ') {
                self.text.bytes.pop();
            }
            self.text.str("\n");
        }
    }

    /// Appends a piece to the item being written, on a new line where it does not fit any more.
    fn piece(&mut self, at: u32, separator: &str, write: impl FnOnce(&mut TextBuffer, Style)) {
        self.scratch.bytes.clear();
        write(&mut self.scratch, self.style);
        let column = self.line.map_or(0, |start| width_of(&self.text.bytes[start..]));
        if self.line.is_none() {
            self.begin(at);
            self.text.str("  ");
        } else if column + width_of(&self.scratch.bytes) + separator.len() > self.width {
            self.text.str(separator.trim_end());
            self.finish_line();
            self.line = Some(self.text.bytes.len());
            self.text.fill(b' ', OFFSET + 4 + 2 * self.depth());
        } else {
            self.text.str(separator);
        }
        self.text.bytes.extend_from_slice(&self.scratch.bytes);
    }

    fn data(&mut self, name: &str, span: Span, bytes: &[u8], about: &str) {
        self.begin(span.start);
        self.named(name);
        let start = self.text.bytes.len();
        let field = Field::floating("", "", Kind::Bytes, "");
        self.text.value(&field, &Value::Bytes(bytes), MOST_BYTES);
        self.meaning_column(start);
        self.text.str(self.style.dim());
        self.text.str(about);
        self.text.str(self.style.reset());
        self.finish_line();
    }

    fn named(&mut self, name: &str) {
        let start = self.text.bytes.len();
        self.text.str(name);
        self.text.pad_to(start, (NAME - 1).saturating_sub(2 * self.depth()));
        self.text.str(" ");
    }

    /// Pads a value that began at byte `start` up to the column of meanings.
    fn meaning_column(&mut self, start: usize) {
        self.text.pad_to(start, 17);
        self.text.str("  ");
    }
}

fn most(value: &Value<'_>) -> usize {
    if let Value::Text(_) = value { MOST_TEXT } else { MOST_BYTES }
}

impl TreeText {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let value = match value {
            Value::Name(name) => self.names.refuse(&name).map_or(value, Value::Bytes),
            value => value,
        };
        match self.levels.last().copied().unwrap_or(TreeLevel::Lines) {
            TreeLevel::Lines | TreeLevel::Items => {
                self.begin(span.start);
                self.named(field.name);
                let start = self.text.bytes.len();
                self.text.value(field, &value, most(&value));
                let end = self.text.bytes.len();
                self.meaning_column(start);
                let bad = matches!(value, Value::Checksum(_, crate::wire::Checksum::Bad(_)));
                self.text.str(if bad { self.style.error() } else { self.style.dim() });
                if self.text.meaning(field, &value) {
                    self.text.str(self.style.reset());
                } else {
                    self.text.bytes.truncate(end);
                }
                self.finish_line();
            }
            TreeLevel::Flow(begun) => {
                self.piece(span.start, if begun { ", " } else { "" }, |text, style| {
                    text.str(style.dim());
                    text.str(field.name);
                    text.str(style.reset());
                    text.str(" ");
                    text.value(field, &value, most(&value));
                    let before = text.bytes.len();
                    let in_brackets =
                        matches!(field.kind, Kind::Named(_) | Kind::Flags(_) | Kind::Mac | Kind::Ipv4 | Kind::Ipv6);
                    text.str(if in_brackets { " (" } else { " " });
                    match text.meaning(field, &value) {
                        true if in_brackets => text.str(")"),
                        true => {}
                        false => text.bytes.truncate(before),
                    }
                });
                if let Some(level) = self.levels.last_mut() {
                    *level = TreeLevel::Flow(true);
                }
            }
            TreeLevel::Values(begun) => {
                self.piece(span.start, if begun { ", " } else { "" }, |text, _| {
                    text.value(field, &value, most(&value));
                    let before = text.bytes.len();
                    text.str(" (");
                    match matches!(field.item_kind(), Kind::Named(_)) && text.meaning(field, &value) {
                        true => text.str(")"),
                        false => text.bytes.truncate(before),
                    }
                });
                if let Some(level) = self.levels.last_mut() {
                    *level = TreeLevel::Values(true);
                }
            }
        }
    }

    fn open(&mut self, field: &'static Field, span: Span) {
        let outer = self.levels.last().copied().unwrap_or(TreeLevel::Lines);
        let list = matches!(field.kind, Kind::List(_));
        match (outer, field.item_kind()) {
            (TreeLevel::Lines | TreeLevel::Items, Kind::Group) if outer == TreeLevel::Lines || list => {
                self.begin(span.start);
                self.text.str(field.name);
                self.finish_line();
                self.levels.push(if list { TreeLevel::Items } else { TreeLevel::Lines });
            }
            (TreeLevel::Items, _) => {
                self.begin(span.start);
                self.text.str("- ");
                self.levels.push(TreeLevel::Flow(false));
            }
            (TreeLevel::Lines, _) => {
                self.begin(span.start);
                self.named(field.name);
                self.levels.push(TreeLevel::Values(false));
            }
            (TreeLevel::Flow(begun) | TreeLevel::Values(begun), kind) => {
                self.piece(span.start, if begun { ", " } else { "" }, |text, style| {
                    text.str(style.dim());
                    text.str(field.name);
                    text.str(style.reset());
                    text.str(" ");
                });
                if let Some(level) = self.levels.last_mut() {
                    *level = TreeLevel::Flow(true);
                }
                self.levels.push(match (list, kind) {
                    (true, Kind::Group) => TreeLevel::Items,
                    (true, _) => TreeLevel::Values(false),
                    (false, _) => TreeLevel::Flow(false),
                });
            }
        }
    }

    fn close(&mut self) {
        let closed = self.levels.pop();
        let outer = self.levels.last().copied().unwrap_or(TreeLevel::Lines);
        if matches!(outer, TreeLevel::Lines | TreeLevel::Items) || closed == Some(TreeLevel::Items) {
            self.finish_line();
        }
    }
}

impl TreeText {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.levels.clear();
        let span = if let View::Data = layer.view { layer.payload_span() } else { layer.header_span() };
        self.text.str("  ");
        self.text.str(self.style.layer(layer.index));
        self.text.str(self.style.bold());
        self.text.str(layer.proto.name());
        self.text.str(self.style.reset());
        self.text.str(self.style.dim());
        let title = match layer.view {
            View::Data => "",
            _ => layer.proto.title(),
        };
        self.text.str(if title.is_empty() { "" } else { "  " });
        self.text.str(title);
        self.text.show(format_args!("  bytes {}..{}", span.start, span.end));
        self.text.str(if layer.quoted { "  quoted" } else { "" });
        self.text.str(if let View::Cut = layer.view { "  cut" } else { "" });
        self.text.str(self.style.reset());
        self.text.str("\n");
        self.levels.push(TreeLevel::Lines);
        if let View::Data = layer.view {
            self.scratch.bytes.clear();
            announced(layer.selector, &mut self.scratch);
            let about = core::mem::take(&mut self.scratch.bytes);
            self.data("data", span, layer.payload(), core::str::from_utf8(&about).unwrap_or_default());
            self.scratch.bytes = about;
        }
    }

    fn issue(&mut self, issue: &Issue) {
        self.levels.truncate(1);
        let (name, colour) = match issue.kind.severity() {
            Severity::Error => ("error", self.style.error()),
            Severity::Warning => ("warning", self.style.warning()),
            Severity::Note => ("note", self.style.dim()),
        };
        self.begin(issue.span.start);
        self.text.str(colour);
        self.text.str("! ");
        self.text.str(name);
        self.text.str(": ");
        if let Some(field) = issue.field {
            self.text.str(field.name);
            self.text.str(": ");
        }
        self.text.show(issue.kind);
        self.text.str(self.style.reset());
        // After the message, which is read first; on a line of its own where it does not fit.
        self.piece(issue.span.start, "  ", |text, style| {
            text.str(style.dim());
            text.show(format_args!("[{}]", issue.kind.identifier()));
            text.str(style.reset());
        });
        self.finish_line();
    }

    fn end(&mut self, layer: &ExaminedLayer<'_>) {
        self.levels.truncate(1);
        match self.names.take_left_out() {
            0 => {}
            n => {
                self.begin(layer.header_span().start);
                self.text.show(format_args!("… {n} more names are not written out, only the bytes of their pointers"));
                self.finish_line();
            }
        }
        // Ethernet shows it field by field.
        if layer.ethernet_trailer().is_none() && !layer.trailer().is_empty() {
            self.data("trailer", layer.trailer_span(), layer.trailer(), "beyond the layer's own length");
        }
    }
}

/// Says why something is shown as data.
pub(super) fn announced(selector: NextProtocol, text: &mut TextBuffer) {
    match selector {
        NextProtocol::LinkType(n) => match LinkType::from(n).name() {
            Some(name) => text.show(format_args!("link type {n}, {name}")),
            None => text.show(format_args!("link type {n}")),
        },
        NextProtocol::EtherType(n) => match crate::proto::EtherType::from(n).name() {
            Some(name) => text.show(format_args!("EtherType {n:#06x}, {name}")),
            None => text.show(format_args!("EtherType {n:#06x}")),
        },
        NextProtocol::IpProtocol(n) => match IpProtocol::from(n).name() {
            Some(name) => text.show(format_args!("IP protocol {n}, {name}")),
            None => text.show(format_args!("IP protocol {n}")),
        },
        #[cfg(feature = "tunnels")]
        #[cfg(feature = "tunnels")]
        NextProtocol::PppProtocol(n) => match crate::proto::PppProtocolNumber::from(n).name() {
            Some(name) => text.show(format_args!("PPP protocol {n:#06x}, {name}")),
            None => text.show(format_args!("PPP protocol {n:#06x}")),
        },
        NextProtocol::Sap(n) => text.show(format_args!("service access point {n:#04x}")),
        NextProtocol::IpVersion(n) => text.show(format_args!("IP version {n}")),
        NextProtocol::Family(n) => text.show(format_args!("address family {n}")),
        NextProtocol::Fragment => text.str("part of a fragmented packet"),
        NextProtocol::Encrypted => text.str("encrypted"),
        _ => {}
    }
}
