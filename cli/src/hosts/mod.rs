//! What `arp`, `dhcp` and `dns` share: their arguments, and how they read a file.

pub mod arp;
mod arp_findings;
mod arp_words;
pub mod dhcp;
mod dhcp_text;
pub mod dns;

use crate::clock::{self, Clock};
use crate::flows::{complain_of_bounds, follow, walks};
use crate::frame_reassembler::FrameReassembler;
use crate::numbers::number;
use crate::outcome::{Outcome, complain};
use crate::output::{Output, Progress};
use crate::protocols::known;
use crate::read::{PacketToPrint, parse_filter, passes};
use crate::stats::table::{Cell, MOST_COLUMNS, Table, cut, fit, fit_into};
use crate::stats::{Format, write};
use crate::{input, protocols, signals};
use packetsmith::capture::{Reader, Timestamp};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::hosts::Sighting;
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::output::Style;
use packetsmith::{Examine, Filter};
use std::io::{self, Read};
use std::path::PathBuf;

/// Least columns of a line for people, if the terminal is narrow.
const LEAST_WIDTH: usize = 60;

/// Arguments of the three commands.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// Capture files; - for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Count only packets that pass this display filter. See 'packetsmith help filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    filter: Option<Filter>,
    /// Show the first N rows of a table; 0 for all [default: 20 for text, else 0]
    #[arg(long, value_name = "N", value_parser = number::<usize>(0..=u64::MAX))]
    top: Option<usize>,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    input: input::Arguments,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

impl Common {
    /// How many rows of a table are shown; 0 for all.
    fn top(&self) -> usize {
        self.top.unwrap_or(if self.format == Format::Text { 20 } else { 0 })
    }
}

/// What a command finds in a file.
trait Report {
    /// Whether messages that span TCP segments are needed.
    const NEEDS_MESSAGES: bool;

    /// Sets the interface of the packets that follow.
    fn set_interface(&mut self, _interface: u32) {}

    /// Takes a packet that counts.
    fn packet<'a>(&mut self, at: Sighting, flows: &Flows, walks: impl Iterator<Item = Examine<'a>>);

    /// Takes a packet that does not pass the filter.
    fn other_packet<'a>(&mut self, at: Sighting, flows: &Flows, walks: impl Iterator<Item = Examine<'a>>);

    /// Ends the file.
    fn finish(&mut self, flows: &Flows);

    /// The tables, and the number of messages that count. `first` is the time of the first packet, `width` the most columns
    /// of a line for people.
    fn tables(&self, first: Option<i128>, width: usize) -> (Vec<Table>, u64);
}

/// Reads the files, and writes what was found in each.
fn run<R: Report>(common: &Common, style: Style, report: impl Fn() -> R) -> io::Result<Outcome> {
    if let Err(message) = common.protocols.apply() {
        complain(message);
        return Ok(Outcome::Failed);
    }
    let mut output = Output::new();
    let (mut failed, mut messages, mut written) = (false, 0, 0);
    for path in &common.files {
        if signals::ended() {
            break;
        }
        let name = path.to_string_lossy();
        let mut reader = match input::open(path, &common.input) {
            Ok(reader) => reader,
            Err(message) => {
                output.flush()?;
                complain(message);
                failed = true;
                continue;
            }
        };
        let mut report = report();
        let (first, has_failed) = read(&mut reader, &name, common, &mut report);
        failed |= has_failed;
        let width = output.width.unwrap_or(MOST_COLUMNS).clamp(LEAST_WIDTH, MOST_COLUMNS);
        let (tables, count) = report.tables(first, width);
        messages += count;
        let file = (common.files.len() > 1).then_some(&*name);
        write(&tables, file, written, common.format, style, &mut output)?;
        written += 1;
    }
    output.flush()?;
    Ok(match (failed, messages) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// Reads a file. Returns the time of its first packet, and whether something could not be read.
fn read<R: Read, P: Report>(
    reader: &mut Reader<R>,
    name: &str,
    common: &Common,
    report: &mut P,
) -> (Option<i128>, bool) {
    let mut progress = Progress::new(reader, name);
    let settings = Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() };
    let mut datagrams = FrameReassembler::new(settings);
    let messages = (P::NEEDS_MESSAGES || common.filter.is_some()).then(MessageSettings::default);
    let mut flows = Flows::knowing(FlowSettings { messages, ..FlowSettings::default() }, *known());
    let mut clock = Clock::new(clock::Format::R);
    let (mut first, mut failed) = (None, false);
    while let Some(record) = reader.next_record().filter(|_| !signals::ended()) {
        match &record {
            Ok(record) => {
                follow(&mut flows, record, Some(&mut datagrams));
                clock.tick(record.timestamp);
                let time = record.timestamp.map(Timestamp::nanos);
                first = first.or(time);
                let counts = common.filter.as_ref().is_none_or(|filter| {
                    let packet = PacketToPrint::to_filter(record, &datagrams, Some(&flows));
                    passes(filter, &packet, &clock)
                });
                let at = Sighting { packet: record.number, time };
                let walks = walks(record, &datagrams, Some(&flows));
                report.set_interface(record.interface);
                match counts {
                    true => report.packet(at, &flows, walks),
                    false => report.other_packet(at, &flows, walks),
                }
            }
            Err(error) => {
                complain(error);
                failed = true;
            }
        }
        progress.packet(reader);
    }
    drop(progress);
    failed |= signals::complain_if_interrupted(name, reader.source_len());
    flows.finish();
    report.finish(&flows);
    complain_of_bounds(&flows, name);
    (first, failed)
}

/// Seconds from the first packet to this one.
fn since(at: Option<Sighting>, first: Option<i128>) -> Cell {
    Cell::seconds(at.and_then(|at| at.time).zip(first).map(|(time, first)| time - first), 6)
}

/// A count, unless it is 0.
fn some(count: u64) -> Cell {
    if count == 0 { Cell::Absent } else { Cell::Count(count) }
}

/// A text, unless there is none.
fn optional(value: Option<impl ToString>) -> Cell {
    value.map_or(Cell::Absent, Cell::text)
}

/// A number of things: `1 reply`, `2 replies`.
fn many(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// Wraps a text at blanks to lines of a given width in characters. Lines after the first are indented.
fn wrap(text: &str, most: usize, blanks: usize, lines: &mut Vec<String>) {
    let mut line: Vec<char> = text.chars().collect();
    loop {
        let begin = line.iter().position(|c| *c != ' ').unwrap_or(0).max(blanks);
        let place = (begin + 1..line.len().min(most + 1)).rev().find(|at| line.get(*at) == Some(&' '));
        let Some(place) = place.filter(|_| line.len() > most) else { break };
        let rest: Vec<char> = line.iter().skip(place + 1).copied().collect();
        lines.push(line.iter().take(place).collect());
        line = std::iter::repeat_n(' ', blanks).chain(rest).collect();
    }
    lines.push(line.into_iter().collect());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::table::{number, text};

    fn table() -> Table {
        let columns = vec![text("name", "name"), number("count", "count"), text("note", "note")];
        let row = |name: &str| vec![Cell::text(name), Cell::Count(7), Cell::text("a note of some length")];
        Table { columns, rows: vec![row("www.example.test"), row("x")], ..Table::default() }
    }

    fn lines(table: &Table) -> Vec<String> {
        let mut buffer = packetsmith::output::TextBuffer::default();
        table.write(Style::PLAIN, &mut buffer);
        buffer.as_str().lines().skip(1).map(str::to_string).collect()
    }

    #[test]
    fn a_table_is_cut_where_it_may_be_and_then_loses_columns() {
        let fitted = |width| {
            let mut table = table();
            fit(&mut table, width, &[("note", 8), ("name", 8)], &["count", "note"]);
            assert!(lines(&table).iter().all(|line| line.chars().count() <= width), "{:?}", lines(&table));
            table
        };
        assert_eq!(lines(&fitted(100)), lines(&table()), "there is room");
        assert_eq!(lines(&fitted(40))[1], "  www.example.test      7  a note of so…");
        assert_eq!(lines(&fitted(27))[1], "  www.exa…      7  a note …");
        assert_eq!(lines(&fitted(20))[1], "  www.exa…  a note …");
        assert_eq!(lines(&fitted(10))[1], "  www.exa…");
        // Programs get all of it.
        let table = fitted(10);
        assert!(matches!(table.rows[0][0].value(), Cell::Text(name) if name == "www.example.test"));
    }
}
