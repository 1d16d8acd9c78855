//! Rows of columns: `-T fields` as tshark writes them, and `-T csv`.

use super::batch::PacketToPrint;
use super::layers::{frame_info, layers, layers_of_datagram, sampled_packets};
use crate::clock::Clock;
use crate::protocols::known;
use packetsmith::output::{TerminalText, TextBuffer};
use packetsmith::{ColumnError, ColumnValue, Columns};

/// An expression that `-e` gives.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    text: String,
    pub(super) needs_flows: bool,
    pub(super) needs_displayed: bool,
}

impl Expression {
    /// Reads an expression.
    pub(super) fn read(text: &str) -> Result<Self, ColumnError> {
        let columns = Columns::parse([text])?;
        let (needs_flows, needs_displayed) = (columns.needs_flows(), columns.needs_displayed());
        Ok(Expression { text: text.to_string(), needs_flows, needs_displayed })
    }
}

/// Which of several values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occurrence {
    First,
    Last,
    All,
}

/// An option of `-E`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableOption {
    Bom(bool),
    Header(bool),
    Separator(char),
    Aggregator(char),
    Occurrence(Occurrence),
    Quote(Option<char>),
    Escape,
}

impl TableOption {
    /// Reads an option as tshark has it: `NAME=VALUE`.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        const KNOWN: &str = "bom=y|n, header=y|n, separator=/t|/s|CHARACTER, aggregator=,|/s|CHARACTER, \
                             occurrence=f|l|a, quote=d|s|n, escape=y";
        let unknown = || format!("it is none of {KNOWN}");
        let (name, value) = text.split_once('=').ok_or_else(unknown)?;
        let of = |values: &str| format!("{name}= takes {values}");
        let yes = |what: fn(bool) -> TableOption| match value {
            "y" | "Y" => Ok(what(true)),
            "n" | "N" => Ok(what(false)),
            _ => Err(of("y or n")),
        };
        let character = || match value {
            "/t" => Ok('\t'),
            "/s" => Ok(' '),
            _ => {
                let mut characters = value.chars();
                let found = characters.next().filter(|c| characters.next().is_none() && !matches!(c, '\n' | '\r'));
                found.ok_or_else(|| of("one character, /t for a tab, or /s for a blank"))
            }
        };
        match name {
            "bom" => yes(TableOption::Bom),
            "header" => yes(TableOption::Header),
            "separator" => character().map(TableOption::Separator),
            "aggregator" => character().map(TableOption::Aggregator),
            "occurrence" => match value {
                "f" => Ok(TableOption::Occurrence(Occurrence::First)),
                "l" => Ok(TableOption::Occurrence(Occurrence::Last)),
                "a" => Ok(TableOption::Occurrence(Occurrence::All)),
                _ => Err(of("f, l or a")),
            },
            "quote" => match value {
                "d" => Ok(TableOption::Quote(Some('"'))),
                "s" => Ok(TableOption::Quote(Some('\''))),
                "n" => Ok(TableOption::Quote(None)),
                _ => Err(of("d, s or n")),
            },
            "escape" => match value {
                "y" | "Y" => Ok(TableOption::Escape),
                _ => Err("escape= takes y alone: text of packets is never written as it is".into()),
            },
            _ => Err(unknown()),
        }
    }
}

/// Columns, and how their rows are written.
#[derive(Debug)]
pub(super) struct Table {
    columns: Columns,
    csv: bool,
    bom: bool,
    header: bool,
    separator: char,
    aggregator: char,
    occurrence: Occurrence,
    quote: Option<char>,
    /// Columns that are empty: of an expression that comes several times, tshark fills the last column alone.
    empty: Vec<bool>,
}

impl Table {
    /// A table of these columns: of tshark's form, or as CSV, which has a header.
    pub(super) fn new(expressions: &[Expression], options: &[TableOption], csv: bool) -> Result<Self, String> {
        let columns = Columns::parse(expressions.iter().map(|expression| expression.text.as_str()));
        let columns = columns.map_err(|error| format!("-e: {error}"))?;
        let separator = if csv { ',' } else { '\t' };
        let texts: Vec<&str> = columns.texts().collect();
        let empty = (0..texts.len()).map(|n| !csv && texts[n + 1..].contains(&texts[n])).collect();
        let mut table = Table {
            empty,
            columns,
            csv,
            bom: false,
            header: csv,
            separator,
            aggregator: if csv { ';' } else { ',' },
            occurrence: Occurrence::All,
            quote: None,
        };
        for option in options {
            match *option {
                TableOption::Bom(bom) => table.bom = bom,
                TableOption::Header(header) => table.header = header,
                TableOption::Separator('"') if csv => return Err("-E: separator= cannot be \" with -T csv".into()),
                TableOption::Separator(separator) => table.separator = separator,
                TableOption::Aggregator(aggregator) => table.aggregator = aggregator,
                TableOption::Occurrence(occurrence) => table.occurrence = occurrence,
                TableOption::Quote(_) if csv => {
                    return Err("-E: quote= does not go with -T csv, which quotes what needs it".into());
                }
                TableOption::Quote(quote) => table.quote = quote,
                TableOption::Escape => {}
            }
        }
        Ok(table)
    }

    /// Writes what comes before the first row.
    pub(super) fn begin(&self, text: &mut TextBuffer) {
        if self.bom {
            text.str("\u{feff}");
        }
        if !self.header {
            return;
        }
        for (column, name) in self.columns.texts().enumerate() {
            self.separate(column, text);
            let start = text.bytes.len();
            text.show(TerminalText(name));
            self.quote_if_needed(start, text);
        }
        text.str("\n");
    }

    /// Writes the row of a packet.
    pub(super) fn row(&self, packet: &PacketToPrint<'_>, clock: &Clock, text: &mut TextBuffer) {
        frame_info(packet, clock, |info| {
            let mut reader = self.columns.read(info);
            reader.walk(layers(packet));
            for (number, datagram) in packet.datagrams.iter().enumerate() {
                reader.datagram(layers_of_datagram(packet, number + 1, datagram));
            }
            sampled_packets(packet).for_each(|sampled| reader.walk(sampled.layers()));
            packet.messages.iter().for_each(|message| reader.walk(message.layers(known())));
            let values = reader.finish();
            for column in 0..self.columns.texts().count() {
                self.separate(column, text);
                if self.empty[column] {
                    continue;
                }
                let start = text.bytes.len();
                let all = values.values(column);
                let mut shown = 0;
                let mut write = |value: ColumnValue<'_>| {
                    if shown > 0 {
                        text.show(self.aggregator);
                    }
                    shown += 1;
                    text.show(value);
                };
                match self.occurrence {
                    Occurrence::First => all.take(1).for_each(&mut write),
                    Occurrence::Last => all.last().into_iter().for_each(&mut write),
                    Occurrence::All => all.for_each(&mut write),
                }
                if let Some(quote) = self.quote.filter(|_| shown > 0) {
                    let mut quoted = [0; 4];
                    text.bytes.splice(start..start, quote.encode_utf8(&mut quoted).bytes());
                    text.show(quote);
                }
                self.quote_if_needed(start, text);
            }
        });
        text.str("\n");
    }

    fn separate(&self, column: usize, text: &mut TextBuffer) {
        if column > 0 {
            text.show(self.separator);
        }
    }

    /// Quotes the cell that begins at `start` if RFC 4180 §2 wants it.
    fn quote_if_needed(&self, start: usize, text: &mut TextBuffer) {
        if !self.csv {
            return;
        }
        let cell = String::from_utf8_lossy(&text.bytes[start..]);
        if !cell.contains([self.separator, '"', '\n', '\r']) {
            return;
        }
        let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
        text.bytes.truncate(start);
        text.str(&quoted);
    }
}
