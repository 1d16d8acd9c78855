//! The command-line tool: exit codes, and what happens when the reader of the output goes away.
//!
//! The arguments are in `arguments`. Each subcommand has a file or folder with its name.
#![forbid(unsafe_code)]

mod address;
mod arguments;
mod atomic_file;
mod build;
mod capture;
mod capture_json;
mod clock;
mod completions;
mod destination;
mod echo;
mod explain;
mod extract;
mod fields;
mod filter;
mod flows;
mod follow;
mod fragment;
mod frame_reassembler;
mod help;
mod hosts;
mod input;
mod interface_errors;
mod json_objects;
mod letters;
mod mutate;
mod numbers;
mod outcome;
mod output;
mod pager;
#[cfg(target_os = "linux")]
mod probe;
mod protocols;
mod read;
mod reassemble;
mod rewrite;
mod send;
mod signals;
mod stats;
mod streams;
mod surgery;
mod transactions;
mod walkthrough;

use outcome::{Outcome, complain};
use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::run() {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NothingMatched) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        // The reader of our output has closed the pipe: no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("standard output cannot be written: {error}"));
            ExitCode::from(2)
        }
    }
}
