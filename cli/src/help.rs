//! `packetsmith help`: the help of the tool and of its commands, and pages of documentation.

use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::Command;
use std::io;

/// Pages that are not about one command: name and text.
///
/// `filters.md` is a link to `docs/filters.md`, so that the packaged crate has it too.
const PAGES: [(&str, &str); 1] = [("filters", include_str!("../filters.md"))];

/// Shows this help, the help of a command, or a page: filters
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith help                 the commands
  packetsmith help read            the options of 'read', with examples
  packetsmith help filters         the language of display filters

Exit status: 0 if all went well, 2 if there is no such command or page.")]
pub struct Arguments {
    /// A command, or a page: filters
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

/// Runs the command; `tool` is the tool's own description of its arguments.
pub fn run(arguments: &Arguments, mut tool: Command) -> io::Result<Outcome> {
    // Completes the names of the commands: `packetsmith read`, not `read`.
    tool.build();
    let Some(topic) = &arguments.topic else {
        tool.print_long_help()?;
        return Ok(Outcome::Done);
    };
    if let Some((_, page)) = PAGES.iter().find(|(name, _)| name == topic) {
        let mut output = Output::new();
        output.put(page.as_bytes())?;
        output.flush()?;
        return Ok(Outcome::Done);
    }
    if let Some(command) = tool.find_subcommand_mut(topic) {
        command.print_long_help()?;
        return Ok(Outcome::Done);
    }
    let commands: Vec<_> = tool.get_subcommands().map(Command::get_name).collect();
    let pages = PAGES.map(|(name, _)| name).join(", ");
    complain(format_args!("help: {topic} is neither a command ({}) nor a page ({pages})", commands.join(", ")));
    Ok(Outcome::Failed)
}
