//! Writes every field of every packet under its name in display filters.
//!
//! `cargo run --release --features capture --example values FILE...` writes one line for each field: the number of the
//! packet, the layer, the filter name, the type of the value, and the value. A line `= FILE` begins each file.
//! `tools/compare_tshark.py` reads it.

use packetsmith::capture::Reader;
use packetsmith::dissect::{Sink, walk};
use packetsmith::output::TextBuffer;
use packetsmith::wire::Visitor;
use packetsmith::*;
use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::env::args_os().skip(1) {
        writeln!(out, "= {}", path.display())?;
        let Ok(mut reader) = Reader::open(&path) else { continue };
        while let Some(record) = reader.next_record() {
            let Ok(record) = record else { continue };
            let mut values = Values { text: TextBuffer::default(), packet: record.number, layer: "" };
            let layers = examine(record.link_type.unwrap_or(u16::MAX), record.data);
            let layers = layers.original_len(record.original_len as usize).fcs_len(record.fcs_len);
            walk(layers, &mut values);
            out.write_all(&values.text.bytes)?;
        }
    }
    out.flush()
}

struct Values {
    text: TextBuffer,
    packet: u64,
    layer: &'static str,
}

impl Values {
    fn line(&mut self, filter: &str, form: &str, value: impl std::fmt::Display) {
        let (packet, layer) = (self.packet, self.layer);
        self.text.show(format_args!("{packet}\t{layer}\t{filter}\t{form}\t{value}\n"));
    }
}

impl Visitor for Values {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        // A field without bytes is derived, not read.
        if field.filter.is_empty() || span.is_empty() {
            return;
        }
        match value {
            Value::Uint(n) => self.line(field.filter, "number", n),
            Value::Int(n) => self.line(field.filter, "number", n),
            Value::Bool(b) => self.line(field.filter, "number", u8::from(b)),
            Value::Checksum(n, _) => self.line(field.filter, "number", n),
            Value::Mac(a) => self.line(field.filter, "text", a),
            Value::Ipv4(a) => self.line(field.filter, "text", a),
            Value::Ipv6(a) => self.line(field.filter, "text", a),
            Value::Name(n) => self.line(field.filter, "name", n),
            Value::Bytes(b) | Value::Text(b) => self.line(field.filter, "bytes", Hex(b)),
            _ => {}
        }
        if let (Kind::Flags(flags), Value::Uint(n)) = (field.item_kind(), value) {
            for flag in flags.iter().filter(|flag| !flag.filter.is_empty()) {
                self.line(flag.filter, "number", u8::from(n & flag.mask != 0));
            }
        }
    }

    fn open(&mut self, _: &'static Field, _: Span) {}

    fn close(&mut self) {}
}

impl Sink for Values {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.layer = layer.proto.name();
    }

    fn issue(&mut self, _: &Issue) {}

    fn end(&mut self, _: &ExaminedLayer<'_>) {}
}
