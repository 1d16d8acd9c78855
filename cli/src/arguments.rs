//! The command line: all subcommands, and the options that they share.

use crate::outcome::Outcome;
use crate::{address, build, fields, fragment, help, mutate, output, read, reassemble, walkthrough};
use clap::{CommandFactory, Parser, Subcommand};
use std::io;

/// Dissects network packets and builds them.
#[derive(Debug, Parser)]
// `help` is a command of this tool, because it prints pages too.
#[command(
    name = "packetsmith",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
'packetsmith help COMMAND' describes a command, with examples.
'packetsmith help filters' describes the language of display filters."
)]
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
    Help(help::Arguments),
}

/// Runs the command that the arguments name. Errors come from writing to standard output.
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
        Command::Help(arguments) => help::run(&arguments, Arguments::command()),
    }
}
