//! `packetsmith stats`: what a capture has.

mod arguments;
mod conversations;
mod count;
mod dns;
mod endpoints;
mod issues;
mod packet_counter;
mod protocol_table;
mod responses;
pub mod summary;
pub mod table;
mod time;

pub use self::arguments::Arguments;

pub use self::arguments::Format;

use self::arguments::Part;
use self::count::Counted;
use self::table::{MOST_COLUMNS, Table};
use crate::outcome::{Outcome, complain, fail};
use crate::output::Output;
use crate::{input, signals};
use packetsmith::capture::Reader;
use packetsmith::output::{Json, Style, TerminalText, TextBuffer};
use std::io::{self, Read};

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let (part, files) = match arguments.part_and_files() {
        Ok(words) => words,
        Err(message) => return fail(message),
    };
    if let Err(message) = arguments.check(part).and_then(|()| arguments.protocols.apply()) {
        return fail(message);
    }
    let one = part.map(|part| [part]);
    let parts = one.as_ref().map_or(&Part::ALL[..], |part| &part[..]);
    let mut output = Output::new();
    let (mut failed, mut packets, mut written) = (false, 0, 0);
    for path in files {
        if signals::ended() {
            break;
        }
        let mut reader = match input::open(path, &arguments.input) {
            Ok(reader) => reader,
            Err(message) => {
                complain(message);
                failed = true;
                continue;
            }
        };
        let name = path.to_string_lossy();
        let counted = count::count(&mut reader, &name, arguments, parts);
        failed |= counted.failed;
        packets += counted.summary.packets;
        let mut tables = Vec::new();
        for part in parts {
            match tables_of(*part, &reader, &counted, arguments, output.width) {
                Ok(more) => tables.extend(more),
                Err(message) => {
                    complain(format_args!("{name}: {message}"));
                    failed = true;
                }
            }
        }
        let file = (files.len() > 1).then_some(&*name);
        write(&tables, file, written, arguments.format, style, &mut output)?;
        written += 1;
    }
    output.flush()?;
    Ok(match (failed, packets) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// The tables of a part. Of a part that was counted there always are some.
fn tables_of<R: Read>(
    part: Part,
    reader: &Reader<R>,
    counted: &Counted,
    arguments: &Arguments,
    width: Option<usize>,
) -> Result<Vec<Table>, String> {
    let statistics = &counted.statistics;
    let top = arguments.top();
    let conversations = statistics.conversations.as_ref();
    Ok(match part {
        Part::Summary => summary::tables(reader, &counted.summary),
        Part::Protocols => statistics.protocols.iter().map(protocol_table::table).collect(),
        Part::Conversations => {
            conversations.map(|all| conversations::tables(all, arguments, counted.first, width)).unwrap_or_default()
        }
        Part::Endpoints => conversations.map(|all| endpoints::tables(all, arguments)).unwrap_or_default(),
        Part::Responses => statistics.responses.iter().map(|all| responses::table(all, top)).collect(),
        Part::Issues => statistics.issues.iter().map(|all| issues::table(all, top)).collect(),
        Part::Dns => statistics.dns.iter().map(dns::table).collect(),
        Part::Time => {
            let all = statistics.time.iter().map(|all| time::table(all, arguments, width));
            all.collect::<Result<_, _>>()?
        }
    })
}

/// Writes the names of the empty tables, in lines of at most `columns` characters.
fn names_of(empty: &[&Table], columns: usize, text: &mut TextBuffer) {
    let mut line = "Empty:".to_string();
    for (n, table) in empty.iter().enumerate() {
        let end = if n + 1 < empty.len() { "," } else { "" };
        if line.len() + 1 + table.name().len() + end.len() > columns {
            text.show(format_args!("{line}\n"));
            line = "  ".to_string();
        }
        line.push_str(&format!(" {}{end}", table.name()));
    }
    text.show(format_args!("{line}\n"));
}

/// Writes the tables of the file with this number.
pub fn write(
    tables: &[Table],
    file: Option<&str>,
    number: usize,
    format: Format,
    style: Style,
    output: &mut Output,
) -> io::Result<()> {
    let mut text = TextBuffer::default();
    match format {
        Format::Text => {
            if let Some(file) = file {
                let gap = if number > 0 { "\n" } else { "" };
                let (bold, reset) = (style.bold(), style.reset());
                text.show(format_args!("{gap}{bold}==> {} <=={reset}\n", TerminalText(file)));
            }
            // Of several tables, those without anything are named at the end.
            let (empty, shown): (Vec<_>, Vec<_>) =
                tables.iter().partition(|table| tables.len() > 1 && table.is_empty());
            for (n, table) in shown.iter().enumerate() {
                text.str(if n > 0 { "\n" } else { "" });
                table.write(style, &mut text);
                output.put(&text.bytes)?;
                text.bytes.clear();
            }
            if !empty.is_empty() {
                text.str(if shown.is_empty() { "" } else { "\n" });
                names_of(&empty, output.width.unwrap_or(MOST_COLUMNS).min(MOST_COLUMNS), &mut text);
                output.put(&text.bytes)?;
            }
        }
        Format::Json => {
            let mut json = Json::default();
            json.line(|json| {
                if let Some(file) = file {
                    json.string("file", file);
                }
                table::members(tables, json);
            });
            output.put(&json.text.bytes)?;
        }
        Format::Csv => {
            // The interfaces of the summary are another table.
            let first = tables.first().map_or("", |table| table.key);
            let same = tables.iter().take_while(|table| table.key == first).count();
            table::csv(&tables[..same], file, number > 0, &mut text);
            output.put(&text.bytes)?;
            output.flush()?;
            for table in &tables[..same] {
                if table.more > 0 {
                    complain(format_args!("{} rows are left out by --top", table.more));
                }
                table.notes.iter().for_each(complain);
            }
        }
    }
    Ok(())
}
