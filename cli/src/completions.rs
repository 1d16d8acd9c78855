//! `packetsmith completions` and `packetsmith man`: files for shells and for man(1), from the table of the arguments.

use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::Command;
use clap_complete::Shell;
use std::io;

/// Prints the completions of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith completions bash > /etc/bash_completion.d/packetsmith
  packetsmith completions zsh > ~/.zfunc/_packetsmith
  packetsmith completions fish > ~/.config/fish/completions/packetsmith.fish")]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints a manual page: of the tool, or of a command.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith man > /usr/local/share/man/man1/packetsmith.1
  packetsmith man read | man -l -              the page of a command")]
pub struct ManArguments {
    /// A command
    command: Option<String>,
}

/// Prints the completions.
pub fn run(arguments: &Arguments, mut tool: Command) -> io::Result<Outcome> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut tool, "packetsmith", &mut text);
    print(&text)
}

/// Prints a manual page.
pub fn man(arguments: &ManArguments, mut tool: Command) -> io::Result<Outcome> {
    tool.build();
    let command = match &arguments.command {
        None => tool,
        Some(name) => match tool.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                complain(format_args!("man: there is no command {name}; 'packetsmith help' lists them"));
                return Ok(Outcome::Failed);
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text)?;
    print(&text)
}

fn print(text: &[u8]) -> io::Result<Outcome> {
    let mut output = Output::new();
    output.put(text)?;
    output.flush()?;
    Ok(Outcome::Done)
}
