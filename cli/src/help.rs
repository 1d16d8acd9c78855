//! `packetsmith help`: the help of the tool and of its commands, and pages of documentation.

use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::Command;
use packetsmith::output::{LINE_COLOURS, Style};
use std::fmt::Write;
use std::io;

/// Pages that are not about one command: name and text.
///
/// `filters.md` is a link to `docs/filters.md`, so that the packaged crate has it too.
const PAGES: [(&str, &str); 1] = [("filters", include_str!("../filters.md"))];

/// The page on the colours of lines.
const COLORS: &str = "colors";

/// Shows this help, the help of a command, or a page: filters, colors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith help                 the commands
  packetsmith help read            the options of 'read', with examples
  packetsmith help filters         the language of display filters
  packetsmith help colors          what the colours of lines mean

Exit status: 0 if all went well, 2 if there is no such command or page.")]
pub struct Arguments {
    /// A command, or a page: filters, colors
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

/// Runs the command; `tool` is the tool's own description of its arguments.
pub fn run(arguments: &Arguments, mut tool: Command, style: Style) -> io::Result<Outcome> {
    // Completes the names of the commands: `packetsmith read`, not `read`.
    tool.build();
    let Some(topic) = &arguments.topic else {
        return show(&styled(&mut tool, style));
    };
    if topic == COLORS {
        return show(&colors(style));
    }
    if let Some((_, page)) = PAGES.iter().find(|(name, _)| name == topic) {
        return show(page);
    }
    if let Some(command) = tool.find_subcommand_mut(topic) {
        return show(&styled(command, style));
    }
    let commands: Vec<_> = tool.get_subcommands().map(Command::get_name).collect();
    let pages = PAGES.map(|(name, _)| name).into_iter().chain([COLORS]).collect::<Vec<_>>().join(", ");
    complain(format_args!("help: {topic} is neither a command ({}) nor a page ({pages})", commands.join(", ")));
    Ok(Outcome::Failed)
}

fn show(text: &str) -> io::Result<Outcome> {
    let mut output = Output::new();
    output.put(text.as_bytes())?;
    output.flush()?;
    Ok(Outcome::Done)
}

/// The help of a command, as it prints it itself.
fn styled(command: &mut Command, style: Style) -> String {
    let help = command.render_long_help();
    if style.colour { help.ansi().to_string() } else { help.to_string() }
}

/// The page on the colours of lines: the table that 'read' uses.
fn colors(style: Style) -> String {
    let mut page = String::from(
        "\
The colours of the lines of 'packetsmith read', on a terminal or with --color always. The first
row that holds counts. Where something is wrong, protocol and summary have the colour, otherwise
the protocol alone.

",
    );
    for row in LINE_COLOURS {
        // A string takes no errors.
        let _ = writeln!(page, "  {}{:13}{}  {}", style.line(row.kind), row.name, style.reset(), row.what);
    }
    page += "
--color auto (the default) writes colours to a terminal, unless NO_COLOR is set, CLICOLOR is 0 or
TERM is dumb. CLICOLOR_FORCE=1 has them in files and pipes, too.
";
    page
}
