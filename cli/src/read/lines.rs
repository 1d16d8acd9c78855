//! Packets that come one by one, shown as `read` shows those of an interface.

use super::arguments::Arguments;
use super::layers::passes;
use super::printer::Printer;
use super::source::PacketContext;
use crate::capture::session::record_of;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::outcome::complain;
use crate::output::Output;
use clap::Parser;
use packetsmith::Filter;
use packetsmith::live::ReceivedFrame;
use packetsmith::output::Style;
use std::io;
use std::path::PathBuf;

/// How packets are shown, and where they are kept.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub struct ShowArguments {
    /// Show every field of every layer
    #[arg(short = 'V', long)]
    tree: bool,
    /// Show the bytes
    #[arg(short = 'x', long)]
    hex: bool,
    /// Write the packets to this capture file too
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Format of the capture file [default: pcapng]
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    file_format: Option<Choice>,
}

impl ShowArguments {
    /// The arguments of `read` that show packets so.
    pub fn arguments(&self) -> Arguments {
        #[derive(Parser)]
        struct Command {
            #[command(flatten)]
            arguments: Arguments,
        }
        let mut given = vec!["read", "-", "--print"];
        given.extend(self.tree.then_some("-V"));
        given.extend(self.hex.then_some("-x"));
        let Command { mut arguments } = Command::parse_from(given);
        arguments.write.clone_from(&self.write);
        // The kernel's times have nanoseconds.
        arguments.file_format = self.file_format.or(Some(Choice::Pcapng));
        arguments
    }
}

/// Shows packets as they come, with the numbers of connections and with fragments put together.
pub struct Lines<'a> {
    context: PacketContext<'a>,
    printer: Printer<'a>,
    number: u64,
}

impl<'a> Lines<'a> {
    /// Begins with no packet. An error names the capture file that cannot be created.
    pub fn new(arguments: &'a Arguments, style: Style, output: &Output) -> Result<Self, String> {
        let mut printer = Printer::new(arguments, style, output.width);
        printer.begin(true);
        let path = arguments.write.as_ref();
        Destination::refuse_text(path, true)?;
        printer.destination = path.map(|path| Destination::create(path, arguments.file_format)).transpose()?;
        Ok(Lines { context: PacketContext::new(arguments, style), printer, number: 0 })
    }

    /// Shows a frame if it passes the first filter, alone as it is. Tells then which of the other filters it passes, together with the
    /// datagram that it completes; `None` if it is not shown.
    pub fn frame<const N: usize>(
        &mut self,
        frame: &ReceivedFrame<'_>,
        shows: &Filter,
        asked: [&Filter; N],
        output: &mut Output,
    ) -> io::Result<Option<[bool; N]>> {
        let Lines { context, printer, number } = self;
        let record = record_of(*number + 1, frame);
        if !passes(shows, &super::batch::PacketToPrint::alone(&record), context.clock()) {
            return Ok(None);
        }
        *number += 1;
        let mut written = Ok(());
        context.show(&record, printer, &mut |text| {
            if written.is_ok() {
                written = output.put(&text.bytes);
            }
            text.bytes.clear();
        });
        written?;
        output.put(&printer.text.bytes)?;
        printer.text.bytes.clear();
        let shown = context.shown(&record);
        Ok(Some(asked.map(|filter| passes(filter, &shown, context.clock()))))
    }

    /// Completes the capture file. `false` if that fails, with a message.
    pub fn finish(mut self) -> bool {
        let mut done = !(self.printer.refused || self.printer.left_out);
        if let Some(destination) = self.printer.destination.take_if(|_| done) {
            match destination.finish() {
                Ok(times) => complain_of_rounded(times),
                Err(message) => {
                    complain(message);
                    done = false;
                }
            }
        }
        done
    }
}
