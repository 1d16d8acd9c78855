//! The list of what was extracted.

use super::object_files::{ObjectFiles, WrittenObject};
use super::safe_name::cut;
use crate::output::Output;
use clap::ValueEnum;
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};
use std::fmt;
use std::io;

/// Most bytes of a line of text, but for a packet number of more than six digits.
const WIDTH: usize = 100;

/// Blanks before the lines that belong to an object.
const INDENT: &str = "        ";

/// Format of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people
    Text,
    /// One line of JSON an object
    Json,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// Content of HTTP/1.x requests and responses
    Http,
    /// Files that TFTP transfers
    Tftp,
    /// Each side of each TCP connection as it was sent
    Streams,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::Http => "http",
            Kind::Tftp => "tftp",
            Kind::Streams => "stream",
        })
    }
}

/// A value of JSON.
#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Number(u64),
}

impl Part {
    pub(super) fn text(value: impl fmt::Display) -> Self {
        Part::Text(value.to_string())
    }
}

/// What is said of an object beside its bytes.
#[derive(Debug)]
pub(super) struct ObjectFacts {
    pub(super) kind: Kind,
    /// Number of its packet: the one that completes an HTTP message, or the first of a file or a side of a connection.
    pub(super) packet: u64,
    /// Where it comes from, for people.
    pub(super) from: String,
    /// The same in parts: names and values of JSON.
    pub(super) parts: Vec<(&'static str, Part)>,
    pub(super) notes: Notes,
}

/// What there is to say about the bytes of an object.
#[derive(Debug, Default)]
pub(super) struct Notes {
    texts: Vec<String>,
    is_incomplete: bool,
}

impl Notes {
    /// Says why bytes are missing.
    pub(super) fn incomplete(&mut self, note: impl Into<String>) {
        self.is_incomplete = true;
        self.texts.push(note.into());
    }

    /// Says something else.
    pub(super) fn remark(&mut self, note: impl Into<String>) {
        self.texts.push(note.into());
    }

    pub(super) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }
}

/// Lists objects when they are written.
pub(super) struct Listing {
    format: Format,
    style: Style,
    output: Output,
    text: TextBuffer,
    json: Json,
    pub(super) listed: u64,
    pub(super) incomplete: u64,
}

impl Listing {
    pub(super) fn new(format: Format, style: Style) -> Self {
        let (text, json) = (TextBuffer::default(), Json::default());
        Listing { format, style, output: Output::new(), text, json, listed: 0, incomplete: 0 }
    }

    /// Ends an object, and lists it if it was written.
    pub(super) fn finish(
        &mut self,
        files: &mut ObjectFiles<'_>,
        object: super::object_files::Object,
        mut facts: ObjectFacts,
    ) -> io::Result<()> {
        if let Some(option) = object.cut_by {
            facts.notes.incomplete(format!("cut at {} bytes ({option})", object.size));
        }
        let is_complete = !facts.notes.is_incomplete();
        match files.finish(object, is_complete) {
            Some(written) => self.list(&written, &facts),
            None => Ok(()),
        }
    }

    fn list(&mut self, object: &WrittenObject, facts: &ObjectFacts) -> io::Result<()> {
        self.listed += 1;
        self.incomplete += u64::from(!object.is_complete);
        match self.format {
            Format::Text => self.rows(object, facts),
            Format::Json => self.object(object, facts),
        }
    }

    /// A row with the numbers, and a line each for names and notes, which have no bounds that columns could have.
    fn rows(&mut self, object: &WrittenObject, facts: &ObjectFacts) -> io::Result<()> {
        let Listing { style, text, .. } = self;
        text.bytes.clear();
        if self.listed == 1 {
            text.str(style.bold());
            text.show(format_args!("packet  {:<6}  {:>12}  SHA-256", "kind", "size"));
            text.str(style.reset());
            text.str("\n");
        }
        let sum = hexadecimal(&object.sha256);
        text.show(format_args!("{:>6}  {:<6}  {:>12}  {sum}\n", facts.packet, facts.kind, object.size));
        let mut line = |label: &str, value: &str, colours: [&str; 2]| {
            let escaped = TerminalText(value).to_string();
            let room = WIDTH - INDENT.len() - label.len();
            let shown = if escaped.len() > room { cut(&escaped, room - '…'.len_utf8()) } else { &escaped };
            let more = if shown.len() < escaped.len() { "…" } else { "" };
            let [colour, reset] = colours;
            text.show(format_args!("{INDENT}{label}{colour}{shown}{more}{reset}\n"));
        };
        line("file  ", &object.file, [style.bold(), style.reset()]);
        line("from  ", &facts.from, ["", ""]);
        let colours = if object.is_complete { ["", ""] } else { [style.warning(), style.reset()] };
        facts.notes.texts.iter().for_each(|note| line("note  ", note, colours));
        self.output.put(&text.bytes)
    }

    fn object(&mut self, object: &WrittenObject, facts: &ObjectFacts) -> io::Result<()> {
        self.json.text.bytes.clear();
        self.json.line(|json| {
            json.number("packet", facts.packet);
            json.string("kind", facts.kind);
            json.number("size", object.size);
            json.string("sha256", hexadecimal(&object.sha256));
            json.string("file", &object.file);
            json.flag("complete", object.is_complete);
            for (name, value) in &facts.parts {
                match value {
                    Part::Text(text) => json.string(name, text),
                    Part::Number(number) => json.number(name, *number),
                }
            }
            if !facts.notes.texts.is_empty() {
                json.string("note", facts.notes.texts.join("; "));
            }
        });
        self.output.put(&self.json.text.bytes)
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
