//! The outcome of a command, and messages on standard error.

use std::fmt::Display;

/// The outcome of a command.
pub enum Outcome {
    /// All went well.
    Done,
    /// Nothing was wrong, but no packet matched.
    NothingMatched,
    /// Something could not be done; a message says what.
    Failed,
}

/// Prints a message on standard error.
pub fn complain(message: impl Display) {
    anstream::eprintln!("\x1b[1;31mpacketsmith:\x1b[0m {message}");
}
