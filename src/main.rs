//! The command-line tool: exit codes and the broken pipe. What it does is in `cli`.
#![forbid(unsafe_code)]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(cli::Outcome::Done) => ExitCode::SUCCESS,
        Ok(cli::Outcome::NothingMatched) => ExitCode::from(1),
        Ok(cli::Outcome::Failed) => ExitCode::from(2),
        // Whoever read our output has had enough, which is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            cli::complain(format_args!("standard output cannot be written: {error}"));
            ExitCode::from(2)
        }
    }
}
