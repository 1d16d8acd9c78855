//! Packets as JSON, one object a line: the form in which they are handed to other programs.

use super::DRAIN_AT;
use crate::dissect::Sink;
use crate::dissect::{Examine, ExaminedLayer};
use crate::layer::{Issue, IssueKind};
use crate::packet::Rebuild;
use crate::packet::{TRAILER_MISSING, looks_hex, shortened};
use crate::proto::View;
use crate::wire::Checksum;
use crate::wire::TextBuffer;
use crate::wire::Visitor;
use crate::wire::is_unsafe;
use crate::wire::{Field, Kind, Span, Value};
use crate::wire::{Name, NameBudget};
use core::fmt::Display;

/// Writes packets as JSON objects into [`text`](Self::text).
///
/// An object has a member `layers`, a list of objects: `layer` (the name of its protocol), `at` (first byte and end), then
/// the fields in wire order. Numbers are numbers, addresses and names strings, bytes hexadecimal
/// strings. A key with a dot explains the member before it (`ethertype.name`); whoever reads may skip
/// those, but for `name.raw`: the bytes of a domain name that is compressed. `trailer` has the bytes that a
/// layer's own length leaves out, and `trailer.missing` says how many of these the capture cut off. `data` has those
/// that no protocol takes apart, and `issues` what is wrong.
/// Where the fields alone would not become the layer's bytes again, `raw` has those, so that a
/// [`Packet`](crate::Packet) read from the object always has the bytes of this one.
///
/// ```
/// use packetsmith::{dissect, examine};
/// use packetsmith::output::Json;
/// let mut json = Json::default();
/// json.packet(|_| {}, examine(1, &[0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc, 7]));
/// let line = String::from_utf8(json.text.bytes).unwrap();
/// assert!(line.contains(r#""ethertype":35020,"ethertype.name":"LLDP""#));
/// assert!(line.contains(r#"{"layer":"data","at":[14,15],"data":"07"}"#));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Json {
    /// What has been written, one line a packet. Empty it at will between packets.
    pub text: TextBuffer,
    /// Whether the next member or item is the first of its object or list.
    first: bool,
    /// One bit for each open container, the innermost lowest: 1 for a list.
    lists: u64,
    issues: bool,
    /// The fixed header of the layer at hand.
    table: &'static [Field],
    /// Tells which layers are to be given byte by byte too.
    rebuild: Rebuild,
    names: NameBudget,
}

/// Writes JSON and hands it over when there is much of it.
struct DrainedJson<'j, 'd> {
    json: &'j mut Json,
    drain: &'d mut dyn FnMut(&mut TextBuffer),
}

impl DrainedJson<'_, '_> {
    #[inline]
    fn check(&mut self) {
        if self.json.text.bytes.len() > DRAIN_AT {
            (self.drain)(&mut self.json.text);
        }
    }

    /// Writes a member that is bytes, however many.
    fn long_hex(&mut self, key: &str, bytes: &[u8]) {
        self.json.key(key);
        self.json.text.str("\"");
        for piece in bytes.chunks(DRAIN_AT / 2) {
            self.json.text.hex_bytes(piece);
            self.check();
        }
        self.json.text.str("\"");
    }
}

impl Json {
    /// Writes one packet and the end of its line. `about` adds members of the packet itself.
    pub fn packet(&mut self, about: impl FnOnce(&mut Json), layers: Examine<'_>) {
        self.line(|json| {
            about(json);
            json.layers(layers);
        });
    }

    /// Writes a member `layers`.
    pub fn layers(&mut self, layers: Examine<'_>) {
        self.stream_layers(layers, &mut |_| {});
    }

    /// Like [`layers`](Self::layers), but hands [`text`](Self::text) over whenever it is longer than
    /// [`DRAIN_AT`] bytes, for `drain` to write and clear it: so the text of a packet takes no memory, however long it
    /// is. What is left in the end stays in `text`.
    ///
    /// ```
    /// use packetsmith::examine;
    /// use packetsmith::output::Json;
    /// let (mut json, mut written) = (Json::default(), 0);
    /// let mut drain = |text: &mut packetsmith::output::TextBuffer| {
    ///     written += text.bytes.len();
    ///     text.bytes.clear();
    /// };
    /// json.line(|json| json.stream_layers(examine(147, &[7; 1 << 20]), &mut drain));
    /// assert!(written > 2 << 20 && json.text.bytes.capacity() < 1 << 18);
    /// ```
    pub fn stream_layers(&mut self, layers: Examine<'_>, drain: &mut dyn FnMut(&mut TextBuffer)) {
        self.key("layers");
        self.text.str("[");
        (self.first, self.lists) = (true, 0);
        self.names = NameBudget::default();
        crate::dissect::walk(layers, &mut DrainedJson { json: self, drain });
        self.text.str("]");
        self.first = false;
    }

    /// Writes a member that is a number.
    pub fn number(&mut self, key: &str, n: u64) {
        self.key(key);
        self.text.number(n);
    }

    /// Writes a member that is a number, and can be negative.
    pub fn integer(&mut self, key: &str, n: i64) {
        self.key(key);
        self.text.show(n);
    }

    /// Writes a member that is true or false.
    pub fn flag(&mut self, key: &str, value: bool) {
        self.key(key);
        self.text.str(if value { "true" } else { "false" });
    }

    /// Writes an item of a list that is a number.
    pub fn item(&mut self, n: impl Display) {
        self.separate();
        self.text.show(n);
    }

    /// Writes an item of a list that is a string.
    pub fn item_string(&mut self, value: impl Display) {
        self.separate();
        self.quoted(value);
    }

    /// Writes a member that is an object; in a list, an item.
    pub fn object(&mut self, key: &str, members: impl FnOnce(&mut Json)) {
        if key.is_empty() {
            self.separate()
        } else {
            self.key(key)
        }
        self.text.str("{");
        self.first = true;
        members(self);
        self.text.str("}");
        self.first = false;
    }

    /// Writes a member that is a list.
    pub fn list(&mut self, key: &str, items: impl FnOnce(&mut Json)) {
        self.key(key);
        self.text.str("[");
        self.first = true;
        items(self);
        self.text.str("]");
        self.first = false;
    }

    /// Writes one object and the end of its line.
    pub fn line(&mut self, members: impl FnOnce(&mut Json)) {
        self.text.str("{");
        (self.first, self.lists) = (true, 0);
        members(self);
        self.text.str("}\n");
    }

    /// Writes members alone, for another object.
    pub fn members(&mut self, members: impl FnOnce(&mut Json)) {
        (self.first, self.lists) = (true, 0);
        members(self);
    }

    /// Writes members that [`members`](Self::members) has written.
    pub fn verbatim(&mut self, members: &[u8]) {
        if !members.is_empty() {
            self.separate();
            self.text.bytes.extend_from_slice(members);
        }
    }

    /// Writes a member that is a string.
    pub fn string(&mut self, key: &str, value: impl Display) {
        self.key(key);
        self.quoted(value);
    }

    /// Writes a member that is a string of characters that need no escape.
    pub fn plain(&mut self, key: &str, write: impl FnOnce(&mut TextBuffer)) {
        self.key(key);
        self.text.str("\"");
        write(&mut self.text);
        self.text.str("\"");
    }

    /// Writes a member that is bytes: a string of hexadecimal digits.
    pub fn hex_string(&mut self, key: &str, bytes: &[u8]) {
        self.key(key);
        self.hex(bytes);
    }

    /// Writes a member that is text of any bytes: a string where it is UTF-8, else `{"hex":"..."}`.
    pub fn bytes_as_text(&mut self, bytes: &[u8]) {
        match core::str::from_utf8(bytes) {
            Ok(s) => {
                self.text.str("\"");
                escape(&mut self.text, s);
                self.text.str("\"");
            }
            Err(_) => {
                self.text.str("{\"hex\":\"");
                self.text.hex_bytes(bytes);
                self.text.str("\"}");
            }
        }
    }

    /// Writes a list of the span's ends.
    fn span(&mut self, key: &str, span: Span) {
        self.key(key);
        self.text.str("[");
        self.text.number(span.start.into());
        self.text.str(",");
        self.text.number(span.end.into());
        self.text.str("]");
    }

    fn quoted(&mut self, value: impl Display) {
        struct Escaped<'t>(&'t mut TextBuffer);
        impl core::fmt::Write for Escaped<'_> {
            fn write_str(&mut self, s: &str) -> core::fmt::Result {
                escape(self.0, s);
                Ok(())
            }
        }
        self.text.str("\"");
        let _ = core::fmt::Write::write_fmt(&mut Escaped(&mut self.text), format_args!("{value}"));
        self.text.str("\"");
    }

    /// Writes a domain name.
    fn name(&mut self, name: &Name<'_>) {
        let start = self.text.bytes.len();
        self.text.str("\"");
        self.text.name(name);
        if self.text.bytes[start + 1..].iter().any(|&byte| byte == b'"' || byte == b'\\') {
            self.text.bytes.truncate(start);
            return self.quoted(name);
        }
        self.text.str("\"");
    }

    #[inline]
    fn separate(&mut self) {
        if !self.first {
            self.text.str(",");
        }
        self.first = false;
    }

    fn key(&mut self, key: &str) {
        self.text.str(if self.first { "\"" } else { ",\"" });
        self.first = false;
        self.text.str(key);
        self.text.str("\":");
    }

    /// Writes the key of a member that explains another: `key.suffix`.
    fn explain(&mut self, key: &str, suffix: &str) {
        self.text.str(",\"");
        self.text.str(key);
        self.text.str(".");
        self.text.str(suffix);
        self.text.str("\":");
    }

    /// Writes the bytes of an address whose last ones are left out.
    fn shortened(&mut self, field: &Field, span: Span, value: &Value<'_>) {
        if let Some(raw) = shortened(value, span).filter(|_| !self.in_list()) {
            self.explain(field.name, "raw");
            self.hex(&raw);
        }
    }

    /// Tells whether the table has bytes under the field's name.
    fn is_bytes(&self, field: &Field) -> bool {
        self.table.iter().any(|row| row.name == field.name && matches!(row.kind, Kind::Bytes))
    }

    fn hex(&mut self, bytes: &[u8]) {
        self.text.str("\"");
        self.text.hex_bytes(bytes);
        self.text.str("\"");
    }

    fn in_list(&self) -> bool {
        self.lists & 1 == 1
    }
}

/// Appends a string with what JSON wants escaped (RFC 8259 §7), and what is unsafe for a terminal.
fn escape(text: &mut TextBuffer, s: &str) {
    // Most have nothing to escape, and nothing else is found out here, so that it takes a few steps for all. The last
    // three are the first bytes of unsafe characters beyond ASCII.
    let seldom = |b: u8| (b < 0x20) | matches!(b, b'"' | b'\\' | 0x7f | 0xc2 | 0xd8 | 0xe2);
    if !s.bytes().fold(false, |found, b| found | seldom(b)) {
        return text.str(s);
    }
    let mut plain = 0;
    for (at, c) in s.char_indices() {
        if !matches!(c, '"' | '\\') && !is_unsafe(c) {
            continue;
        }
        text.str(&s[plain..at]);
        plain = at + c.len_utf8();
        match c {
            '"' => text.str("\\\""),
            '\\' => text.str("\\\\"),
            '\n' => text.str("\\n"),
            '\r' => text.str("\\r"),
            '\t' => text.str("\\t"),
            // None of them needs two units of UTF-16.
            c => text.show(format_args!("\\u{:04x}", c as u32)),
        }
    }
    text.str(&s[plain..]);
}

impl Visitor for DrainedJson<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        self.json.field(field, span, value);
        self.check();
    }

    fn open(&mut self, field: &'static Field, span: Span) {
        self.json.open(field, span);
    }

    fn close(&mut self) {
        self.json.close();
    }
}

impl Json {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        self.rebuild.note(span);
        let named = !self.in_list();
        if let Value::Name(name) = &value
            && let Some(raw) = self.names.refuse(name)
        {
            return self.name_left_out(field, raw);
        }
        match named {
            true => self.key(field.name),
            false => self.separate(),
        }
        match value {
            Value::Uint(n) => self.text.number(n),
            Value::Int(n) => self.text.signed(n),
            Value::Bool(b) => self.text.str(if b { "true" } else { "false" }),
            Value::Checksum(n, _) => self.text.number(n.into()),
            Value::Mac(a) => {
                self.text.str("\"");
                self.text.mac(a);
                self.text.str("\"");
            }
            Value::Ipv4(a) => {
                self.text.str("\"");
                self.text.ipv4(a.octets());
                self.text.str("\"");
                self.shortened(field, span, &value);
            }
            Value::Ipv6(a) => {
                self.text.str("\"");
                self.text.ipv6(a);
                self.text.str("\"");
                self.shortened(field, span, &value);
            }
            Value::Name(n) => match n.raw() {
                None => self.name(&n),
                Some(raw) if named => {
                    self.name(&n);
                    self.explain(field.name, "raw");
                    self.hex(raw);
                }
                Some(raw) => {
                    self.text.str("{\"value\":");
                    self.name(&n);
                    self.text.str(",\"raw\":");
                    self.hex(raw);
                    self.text.str("}");
                }
            },
            Value::Bytes(b) => self.hex(b),
            // A field may be bytes in the table and text in this packet.
            Value::Text(t) if looks_hex(t) && self.is_bytes(field) => {
                self.text.str("{\"text\":");
                self.bytes_as_text(t);
                self.text.str("}");
            }
            Value::Text(t) => self.bytes_as_text(t),
        }
        if !named {
            return;
        }
        match (field.kind, value) {
            (Kind::Flags(_), Value::Uint(n)) if n != 0 => {
                self.explain(field.name, "name");
                self.text.str("\"");
                self.text.meaning(field, &value);
                self.text.str("\"");
            }
            (_, Value::Checksum(_, state)) => {
                self.explain(field.name, "state");
                self.text.str(match state {
                    Checksum::Good => "\"good\"",
                    Checksum::Bad(_) => "\"bad\"",
                    Checksum::Absent => "\"absent\"",
                    Checksum::Unverifiable => "\"unverifiable\"",
                    Checksum::Offloaded => "\"offloaded\"",
                });
                if let Checksum::Bad(right) = state {
                    self.explain(field.name, "expected");
                    self.text.number(right.into());
                }
            }
            _ => {
                if let Some(name) = field.meaning(&value) {
                    self.explain(field.name, "name");
                    self.text.str("\"");
                    escape(&mut self.text, name);
                    self.text.str("\"");
                }
            }
        }
    }

    /// Writes the bytes of a name that is not written out.
    fn name_left_out(&mut self, field: &Field, raw: &[u8]) {
        if self.in_list() {
            self.separate();
            self.text.str("{\"raw\":");
            self.hex(raw);
            self.text.str("}");
        } else {
            self.separate();
            self.text.str("\"");
            self.text.str(field.name);
            self.text.str(".raw\":");
            self.hex(raw);
        }
    }

    fn open(&mut self, field: &'static Field, span: Span) {
        self.rebuild.note(span);
        match self.in_list() {
            true => self.separate(),
            false => self.key(field.name),
        }
        let list = matches!(field.kind, Kind::List(_));
        self.lists = self.lists << 1 | u64::from(list);
        self.text.str(if list { "[" } else { "{" });
        self.first = true;
        if !list {
            self.span("at", span);
        }
    }

    fn close(&mut self) {
        self.text.str(if self.in_list() { "]" } else { "}" });
        self.lists >>= 1;
        self.first = false;
    }
}

impl Sink for DrainedJson<'_, '_> {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.json.layer(layer);
        match layer.view {
            View::Data => self.long_hex("data", layer.payload()),
            View::Cut => self.long_hex("cut", layer.header()),
            _ => {}
        }
    }

    fn issue(&mut self, issue: &Issue) {
        self.json.issue(issue);
        self.check();
    }

    fn end(&mut self, layer: &ExaminedLayer<'_>) {
        let json = &mut *self.json;
        if json.issues {
            json.text.str("]");
        }
        json.first = false;
        match json.names.take_left_out() {
            0 => {}
            n => json.number("names.left_out", n),
        }
        if !json.rebuild.end(layer) {
            self.long_hex("raw", layer.header());
        }
        if !layer.trailer().is_empty() {
            self.long_hex("trailer", layer.trailer());
            self.json.span("trailer.at", layer.trailer_span());
        }
        if let Some(missing) = layer.trailer_cut_off() {
            self.json.number(TRAILER_MISSING.name, missing.into());
        }
        self.json.text.str("}");
        self.check();
    }
}

impl Json {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.rebuild.layer(layer);
        self.table = layer.proto.fields();
        self.separate();
        self.text.str("{\"layer\":\"");
        self.text.str(layer.proto.name());
        self.text.str("\"");
        self.first = false;
        self.issues = false;
        let is_data = matches!(layer.view, View::Data);
        self.span("at", if is_data { layer.payload_span() } else { layer.header_span() });
        if layer.quoted {
            self.text.str(",\"quoted\":true");
        }
    }

    fn issue(&mut self, issue: &Issue) {
        if !self.issues {
            self.key("issues");
            self.text.str("[");
            self.first = true;
            self.issues = true;
        }
        self.separate();
        self.text.str("{");
        self.first = true;
        self.string("severity", issue.kind.severity());
        self.string("id", issue.kind.identifier());
        self.string("kind", issue.kind.name());
        if let Some(field) = issue.field {
            self.string("field", field.name);
        }
        self.span("at", issue.span);
        if let IssueKind::Truncated { needed, have, limit } = issue.kind {
            self.number("needed", needed.into());
            self.number("have", have.into());
            self.string("limit", limit);
        }
        self.string("text", issue.kind);
        self.text.str("}");
        self.first = false;
    }
}
