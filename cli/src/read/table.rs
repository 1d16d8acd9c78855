//! Rows of columns: `-T fields` as tshark writes them, and `-T csv`.

use super::batch::PacketToPrint;
use super::layers::{frame_info, layers, layers_of_datagram, sampled_packets};
use crate::clock::Clock;
use crate::protocols::known;
use packetsmith::output::{Summary, TerminalText, TextBuffer};
use packetsmith::{ColumnError, ColumnValue, Columns};

/// A column of the lines that are printed for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListColumn {
    Number,
    Time,
    Source,
    Destination,
    Protocol,
    Length,
    Info,
}

/// Names of these columns: those of Wireshark since 4.2, and their titles, which tshark takes before.
const LIST_COLUMNS: [(&str, &str, ListColumn); 7] = [
    ("_ws.col.number", "_ws.col.No.", ListColumn::Number),
    ("_ws.col.cls_time", "_ws.col.Time", ListColumn::Time),
    ("_ws.col.def_src", "_ws.col.Source", ListColumn::Source),
    ("_ws.col.def_dst", "_ws.col.Destination", ListColumn::Destination),
    ("_ws.col.protocol", "_ws.col.Protocol", ListColumn::Protocol),
    ("_ws.col.packet_length", "_ws.col.Length", ListColumn::Length),
    ("_ws.col.info", "_ws.col.Info", ListColumn::Info),
];

impl ListColumn {
    fn named(text: &str) -> Option<Self> {
        let found = LIST_COLUMNS.iter().find(|(name, title, _)| [*name, *title].contains(&text));
        found.map(|(.., column)| *column)
    }
}

/// The line of a packet, of which a column may be asked for.
pub(super) struct ListLine<'l> {
    pub(super) time: &'l [u8],
    pub(super) summary: &'l Summary,
    /// What the line says at its end.
    pub(super) info: &'l [u8],
}

/// What a column of a table has.
#[derive(Clone, Copy, Debug)]
enum TableColumn {
    /// The values of an expression, by its number among those that are worked out.
    Values(usize),
    List(ListColumn),
}

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
        if ListColumn::named(text).is_some() {
            return Ok(Expression { text: text.to_string(), needs_flows: true, needs_displayed: false });
        }
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
    /// What is worked out.
    columns: Columns,
    /// What the columns of the table have.
    shown: Vec<TableColumn>,
    texts: Vec<String>,
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
        let (mut shown, mut worked_out) = (Vec::new(), Vec::new());
        for expression in expressions {
            shown.push(match ListColumn::named(&expression.text) {
                Some(column) => TableColumn::List(column),
                None => {
                    worked_out.push(expression.text.as_str());
                    TableColumn::Values(worked_out.len() - 1)
                }
            });
        }
        let columns = Columns::parse(worked_out).map_err(|error| format!("-e: {error}"))?;
        let separator = if csv { ',' } else { '\t' };
        let texts: Vec<String> = expressions.iter().map(|expression| expression.text.clone()).collect();
        let empty = (0..texts.len()).map(|n| !csv && texts[n + 1..].contains(&texts[n])).collect();
        let mut table = Table {
            empty,
            columns,
            shown,
            texts,
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
        for (column, name) in self.texts.iter().enumerate() {
            self.separate(column, text);
            let start = text.bytes.len();
            text.show(TerminalText(name));
            self.quote_if_needed(start, text);
        }
        text.str("\n");
    }

    /// Whether a column of the lines for people is asked for.
    pub(super) fn has_list_columns(&self) -> bool {
        self.shown.iter().any(|column| matches!(column, TableColumn::List(_)))
    }

    /// Writes the row of a packet. `line` is its line, if a column of it is asked for.
    pub(super) fn row(&self, packet: &PacketToPrint<'_>, clock: &Clock, line: &ListLine<'_>, text: &mut TextBuffer) {
        frame_info(packet, clock, |info| {
            let mut reader = self.columns.read(info);
            reader.walk(layers(packet));
            for (number, datagram) in packet.datagrams.iter().enumerate() {
                reader.datagram(layers_of_datagram(packet, number + 1, datagram));
            }
            sampled_packets(packet).for_each(|sampled| reader.walk(sampled.layers()));
            packet.messages.iter().for_each(|message| reader.walk(message.layers(known())));
            let values = reader.finish();
            for (column, shown) in self.shown.iter().enumerate() {
                self.separate(column, text);
                if self.empty[column] {
                    continue;
                }
                let start = text.bytes.len();
                let is_there = match shown {
                    TableColumn::Values(number) => self.values(values.values(*number), text),
                    TableColumn::List(column) => line.write(*column, packet, text),
                };
                if let Some(quote) = self.quote.filter(|_| is_there) {
                    let mut quoted = [0; 4];
                    text.bytes.splice(start..start, quote.encode_utf8(&mut quoted).bytes());
                    text.show(quote);
                }
                self.quote_if_needed(start, text);
            }
        });
        text.str("\n");
    }

    /// Writes the values of a cell. False if there are none.
    fn values<'v>(&self, mut all: impl Iterator<Item = ColumnValue<'v>>, text: &mut TextBuffer) -> bool {
        let mut shown = 0;
        let mut write = |value: ColumnValue<'_>| {
            if shown > 0 {
                text.show(self.aggregator);
            }
            shown += 1;
            text.show(value);
        };
        match self.occurrence {
            Occurrence::First => all.next().into_iter().for_each(&mut write),
            Occurrence::Last => all.last().into_iter().for_each(&mut write),
            Occurrence::All => all.for_each(&mut write),
        }
        shown > 0
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

impl ListLine<'_> {
    /// Writes a column. `false` if the column is empty.
    fn write(&self, column: ListColumn, packet: &PacketToPrint<'_>, text: &mut TextBuffer) -> bool {
        let start = text.bytes.len();
        match column {
            ListColumn::Number => text.number(packet.record.number),
            ListColumn::Length => text.number(packet.record.original_len.into()),
            ListColumn::Time => text.bytes.extend_from_slice(self.time),
            ListColumn::Source => text.bytes.extend_from_slice(&self.summary.source.bytes),
            ListColumn::Destination => text.bytes.extend_from_slice(&self.summary.destination.bytes),
            ListColumn::Protocol => text.bytes.extend_from_slice(&self.summary.protocol.bytes),
            ListColumn::Info => text.bytes.extend_from_slice(self.info),
        }
        text.bytes.len() > start
    }
}
