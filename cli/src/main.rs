//! The command-line tool: exit codes and the broken pipe. The arguments are in `arguments`, each subcommand in a file of its own.
#![forbid(unsafe_code)]

mod address;
mod arguments;
mod atomic_file;
mod build;
mod capture_json;
mod clock;
mod destination;
mod fields;
mod fragment;
mod frame_reassembler;
mod mutate;
mod outcome;
mod output;
mod read;
mod reassemble;
mod walkthrough;

use outcome::{Outcome, complain};
use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::run() {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NothingMatched) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        // Whoever read our output has had enough, which is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("standard output cannot be written: {error}"));
            ExitCode::from(2)
        }
    }
}
