//! `packetsmith read`: shows the packets of capture files.

mod arguments;
mod batch;
mod columns;
mod comments;
mod hosts;
mod layers;
mod left_out;
mod lines;
mod live;
mod printer;
mod source;
mod table;
mod threads;

pub use self::arguments::{Arguments, parse_filter};
pub use self::batch::PacketToPrint;
pub use self::layers::passes;
pub use self::lines::{Lines, ShowArguments};
pub use self::live::{Conditions, lines};

use self::printer::Printer;
use self::source::FileSource;
use crate::capture::interfaces;
use crate::destination::{Destination, complain_of_rounded};
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use crate::{input, signals};
use packetsmith::output::{Style, TerminalText, TextBuffer};
use std::io;
use std::sync::Arc;

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if arguments.list_interfaces {
        return interfaces::list().map(|()| Outcome::Done);
    }
    if let Err(message) = arguments.protocols.apply() {
        complain(message);
        return Ok(Outcome::Failed);
    }
    let table = match arguments.table() {
        Ok(table) => table,
        Err(message) => {
            complain(message);
            return Ok(Outcome::Failed);
        }
    };
    let mut output = Output::new();
    output.eager |= arguments.line_buffered;
    let mut printer = Printer::new(arguments, style, output.width);
    printer.table = table.map(Arc::new);
    let mut failed = false;
    let text = arguments.tree || arguments.hex || arguments.print || arguments.format.is_some();
    let destination = Destination::refuse_text(arguments.write.as_ref(), text).and_then(|()| {
        arguments.write.as_ref().map(|path| Destination::create(path, arguments.file_format)).transpose()
    });
    match destination {
        Ok(destination) => printer.destination = destination,
        Err(message) => {
            complain(message);
            return Ok(Outcome::Failed);
        }
    }
    if let Some(table) = &printer.table {
        let mut text = TextBuffer::default();
        table.begin(&mut text);
        output.put(&text.bytes)?;
    }
    if !arguments.interface.is_empty() {
        output.eager = true;
        failed = live::show(&Conditions::of_read(arguments), &mut printer, &mut output)?;
    }
    let files: Vec<_> = arguments.read_file.iter().chain(&arguments.files).collect();
    for (i, path) in files.iter().enumerate() {
        if signals::ended() {
            break;
        }
        let reader = match input::open(path, &arguments.input) {
            Ok(reader) => reader,
            Err(error) => {
                output.flush()?;
                complain(error);
                failed = true;
                continue;
            }
        };
        let name = path.to_string_lossy();
        if let Some(destination) = &mut printer.destination {
            destination.source = i as u64;
        }
        if files.len() > 1 {
            printer.file = Some(name.clone().into_owned());
            if arguments.is_for_people() && printer.destination.is_none() && !arguments.quiet {
                let gap = if i > 0 { "\n" } else { "" };
                output.put(
                    format!("{gap}{}==> {} <=={}\n", style.bold(), TerminalText(&name), style.reset()).as_bytes(),
                )?;
            }
        }
        output.eager |= reader.source_len().is_none();
        failed |= threads::show_file(FileSource::new(arguments, style, reader, path), &mut printer, &mut output)?;
    }
    output.flush()?;
    failed |= printer.refused || printer.left_out;
    if let Some(destination) = printer.destination.take_if(|_| !printer.refused) {
        match destination.finish() {
            Ok(times) => complain_of_rounded(times),
            Err(message) => {
                complain(message);
                failed = true;
            }
        }
    }
    Ok(match (failed, printer.matched || arguments.filter().is_none()) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NothingMatched,
    })
}
