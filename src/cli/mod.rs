//! Arguments of the command line, and what all subcommands have in common.

mod address;
mod batch;
mod build;
mod clock;
mod destination;
mod fields;
mod fragment;
mod meta;
mod mutate;
mod output;
mod read;
mod reassemble;
mod save;
mod story;
mod walkthrough;
mod wholes;

use clap::{Parser, Subcommand};
use std::fmt::Display;
use std::io;

/// Takes network packets apart and puts them together.
#[derive(Debug, Parser)]
#[command(name = "packetsmith", version, max_term_width = 100, disable_help_subcommand = true)]
struct Arguments {
    /// When to write colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: output::Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Read(read::Arguments),
    Build(build::Arguments),
    Fragment(fragment::Arguments),
    Reassemble(reassemble::Arguments),
    Mutate(mutate::Arguments),
    Walkthrough(walkthrough::Arguments),
    Address(address::Arguments),
    Fields(fields::Arguments),
}

/// How it went.
pub enum Outcome {
    /// As asked.
    Done,
    /// Nothing was wrong, but no packet matched.
    NothingMatched,
    /// Something could not be done, and it has been said what.
    Failed,
}

/// Runs the command that the arguments name. An error is one of writing to standard output.
pub fn run() -> io::Result<Outcome> {
    let arguments = Arguments::parse();
    let style = arguments.color.style();
    match arguments.command {
        Command::Read(arguments) => read::run(&arguments, style),
        Command::Build(arguments) => build::run(&arguments, style),
        Command::Fragment(arguments) => fragment::run(&arguments),
        Command::Reassemble(arguments) => reassemble::run(&arguments),
        Command::Mutate(arguments) => mutate::run(&arguments),
        Command::Walkthrough(arguments) => walkthrough::run(&arguments, style),
        Command::Address(arguments) => address::run(&arguments),
        Command::Fields(arguments) => fields::run(&arguments, style),
    }
}

/// Says on standard error what is wrong.
pub fn complain(message: impl Display) {
    anstream::eprintln!("\x1b[1;31mpacketsmith:\x1b[0m {message}");
}
