//! The command line: all subcommands, and the options that they share.

use crate::hosts::{arp, dhcp, dns};
use crate::outcome::{Outcome, complain};
use crate::pager::Pager;
#[cfg(target_os = "linux")]
use crate::probe;
use crate::surgery::{cut, dedup, info, merge, repair, shift, split};
use crate::{
    address, build, capture, completions, echo, explain, extract, fields, filter, follow, fragment, help, letters,
    mutate, output, read, reassemble, rewrite, send, stats, streams, transactions, walkthrough,
};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser, Subcommand};
use packetsmith::output::TerminalText;
use std::ffi::OsString;
use std::io;
use std::path::Path;

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
'packetsmith help filters' describes the language of display filters.
'packetsmith help colors' says what the colours of lines mean."
)]
struct Arguments {
    /// When to write colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: output::Color,
    /// Write to the terminal itself. Without it, what read, stats, streams, explain, arp, dhcp, dns, follow, fields, help and
    /// walkthrough write to a terminal goes through $PACKETSMITH_PAGER, $PAGER or less
    #[arg(long, global = true)]
    no_pager: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "a command line is parsed once")]
enum Command {
    Read(read::Arguments),
    Stats(stats::Arguments),
    Streams(streams::Arguments),
    Transactions(transactions::Arguments),
    Explain(explain::Arguments),
    Arp(arp::Arguments),
    Dhcp(dhcp::Arguments),
    Dns(dns::Arguments),
    Follow(follow::Arguments),
    Extract(extract::Arguments),
    Capture(capture::Arguments),
    Build(build::Arguments),
    Info(info::Arguments),
    Cut(cut::Arguments),
    Merge(merge::Arguments),
    Shift(shift::Arguments),
    Split(split::Arguments),
    Dedup(dedup::Arguments),
    Repair(repair::Arguments),
    Rewrite(rewrite::Arguments),
    Fragment(fragment::Arguments),
    Reassemble(reassemble::Arguments),
    Mutate(mutate::Arguments),
    Send(send::Arguments),
    #[cfg(target_os = "linux")]
    Probe(probe::Arguments),
    Echo(echo::Arguments),
    Walkthrough(walkthrough::Arguments),
    Address(address::Arguments),
    Fields(fields::Arguments),
    Filter(filter::Arguments),
    Help(help::Arguments),
    Completions(completions::Arguments),
    Man(completions::ManArguments),
}

impl Command {
    /// Whether the output may be long and for people.
    fn is_paged(&self) -> bool {
        match self {
            Command::Read(arguments) => arguments.is_paged(),
            Command::Follow(arguments) => arguments.is_paged(),
            Command::Explain(arguments) => arguments.is_paged(),
            Command::Walkthrough(arguments) => arguments.is_paged(),
            Command::Stats(_) | Command::Streams(_) | Command::Fields(_) | Command::Help(_) => true,
            Command::Arp(_) | Command::Dhcp(_) | Command::Dns(_) => true,
            _ => false,
        }
    }
}

/// Runs the command that the arguments name. Errors come from writing to standard output.
pub fn run() -> io::Result<Outcome> {
    let mut given: Vec<OsString> = std::env::args_os().collect();
    let at = command_at(&given);
    let names_read = given.get(at).is_some_and(|argument| argument == "read");
    if !names_read && given.get(at).is_some_and(|argument| means_read(argument, given.len() == at + 1)) {
        let file = given[at..].iter().find(|argument| !argument.to_string_lossy().starts_with('-'));
        complain(format_args!(
            "taken as: packetsmith read {}",
            file.map_or("...".into(), |file| file.to_string_lossy())
        ));
        given.insert(at, "read".into());
    }
    if given.get(at).is_some_and(|argument| argument == "read")
        && let Some(answer) = letters::answer(&given[at + 1..])
    {
        complain(answer);
        return Ok(Outcome::Failed);
    }
    match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments.run(),
        Err(error) => report(error),
    }
}

/// The place of the command: after the options of the tool itself.
fn command_at(given: &[OsString]) -> usize {
    let mut at = 1;
    while let Some(argument) = given.get(at).map(|argument| argument.to_string_lossy()) {
        match &*argument {
            "--color" => at += 2,
            "--no-pager" => at += 1,
            argument if argument.starts_with("--color=") => at += 1,
            _ => break,
        }
    }
    at
}

/// Tells whether an argument in the place of the command is a file or an option of `read`. `alone` tells that no other
/// argument follows.
fn means_read(argument: &OsString, alone: bool) -> bool {
    let tool = Arguments::command();
    let text = argument.to_string_lossy();
    if let Some(long) = text.strip_prefix("--") {
        let long = long.split_once('=').map_or(long, |(name, _)| name);
        let has = |command: &clap::Command| command.get_arguments().any(|argument| argument.get_long() == Some(long));
        return !has(&tool) && tool.find_subcommand("read").is_some_and(has);
    }
    match text.starts_with('-') {
        // Alone, -V asks for the version.
        true => text == "-" || !(text == "-V" && alone) && letters::begins_read(&text),
        false => tool.find_subcommand(&*text).is_none() && Path::new(argument).exists(),
    }
}

/// Prints an error of the arguments, or the help that they ask for. What it quotes has its unsafe characters escaped, and
/// it gives no advice to write a wrong option as a value.
fn report(mut error: clap::Error) -> io::Result<Outcome> {
    if error.kind() == ErrorKind::UnknownArgument {
        error.remove(ContextKind::Suggested);
    }
    let escaped: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(TerminalText(text).to_string()))),
            _ => None,
        })
        .collect();
    for (kind, value) in escaped {
        error.insert(kind, value);
    }
    let failed = error.use_stderr();
    match error.print() {
        Err(problem) if !failed => Err(problem),
        _ if failed => Ok(Outcome::Failed),
        _ => Ok(Outcome::Done),
    }
}

impl Arguments {
    /// Runs the command.
    fn run(self) -> io::Result<Outcome> {
        let style = self.color.style();
        // Started after the style is known, which is that of the terminal; ended when the command is.
        let _pager = (!self.no_pager && self.command.is_paged()).then(Pager::start);
        match self.command {
            Command::Read(arguments) => read::run(&arguments, style),
            Command::Stats(arguments) => stats::run(&arguments, style),
            Command::Streams(arguments) => streams::run(&arguments, style),
            Command::Transactions(arguments) => transactions::run(&arguments, style),
            Command::Explain(arguments) => explain::run(&arguments, style),
            Command::Arp(arguments) => arp::run(&arguments, style),
            Command::Dhcp(arguments) => dhcp::run(&arguments, style),
            Command::Dns(arguments) => dns::run(&arguments, style),
            Command::Follow(arguments) => follow::run(&arguments, style),
            Command::Extract(arguments) => extract::run(&arguments, style),
            Command::Capture(arguments) => capture::run(&arguments, style),
            Command::Build(arguments) => build::run(&arguments, style),
            Command::Info(arguments) => info::run(&arguments, style),
            Command::Cut(arguments) => cut::run(&arguments),
            Command::Merge(arguments) => merge::run(&arguments),
            Command::Shift(arguments) => shift::run(&arguments),
            Command::Split(arguments) => split::run(&arguments),
            Command::Dedup(arguments) => dedup::run(&arguments),
            Command::Repair(arguments) => repair::run(&arguments),
            Command::Rewrite(arguments) => rewrite::run(&arguments),
            Command::Fragment(arguments) => fragment::run(&arguments),
            Command::Reassemble(arguments) => reassemble::run(&arguments),
            Command::Mutate(arguments) => mutate::run(&arguments),
            Command::Send(arguments) => send::run(&arguments),
            #[cfg(target_os = "linux")]
            Command::Probe(arguments) => probe::run(&arguments, style),
            Command::Echo(arguments) => echo::run(&arguments),
            Command::Walkthrough(arguments) => walkthrough::run(&arguments, style),
            Command::Address(arguments) => address::run(&arguments),
            Command::Fields(arguments) => fields::run(&arguments, style),
            Command::Filter(arguments) => filter::run(&arguments),
            Command::Help(arguments) => help::run(&arguments, Arguments::command(), style),
            Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
            Command::Man(arguments) => completions::man(&arguments, Arguments::command()),
        }
    }
}
