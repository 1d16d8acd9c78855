//! `packetsmith read`: shows the packets of capture files.

mod arguments;
mod batch;
mod layers;
mod printer;
mod source;
mod threads;

pub use self::arguments::Arguments;

use self::arguments::Format;
use self::printer::Printer;
use self::source::FileSource;
use crate::destination::Destination;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use packetsmith::capture::Reader;
use packetsmith::output::{Style, TerminalText};
use std::io;

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut printer = Printer::new(arguments, style, output.width);
    let mut failed = false;
    if let Some(path) = &arguments.write {
        match Destination::create(path, arguments.file_format) {
            Ok(destination) => printer.destination = Some(destination),
            Err(message) => {
                complain(message);
                return Ok(Outcome::Failed);
            }
        }
    }
    if let Some(interface) = &arguments.interface {
        output.eager = true;
        failed = source::live(interface, &mut printer, &mut output)?;
    }
    let several = arguments.files.len() > 1;
    for (i, path) in arguments.files.iter().enumerate() {
        let reader = match Reader::open(path) {
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
        if several {
            printer.file = Some(name.clone().into_owned());
            if arguments.format != Some(Format::Json) && printer.destination.is_none() {
                let gap = if i > 0 { "\n" } else { "" };
                output.put(
                    format!("{gap}{}==> {} <=={}\n", style.bold(), TerminalText(&name), style.reset()).as_bytes(),
                )?;
            }
        }
        output.eager |= reader.source_len().is_none();
        failed |= threads::show_file(FileSource::new(arguments, reader, &name), &mut printer, &mut output)?;
    }
    output.flush()?;
    failed |= printer.refused;
    if let Some(destination) = printer.destination.take_if(|_| !printer.refused) {
        match destination.finish() {
            Ok(0) => {}
            Ok(n) => complain(format_args!(
                "{n} times had more digits than the file can hold, and were rounded down: -F pcapng keeps them"
            )),
            Err(message) => {
                complain(message);
                failed = true;
            }
        }
    }
    Ok(match (failed, printer.matched || arguments.filter.is_none()) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NothingMatched,
    })
}
