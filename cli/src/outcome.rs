//! How a command ended, and how it says what is wrong.

use std::fmt::Display;

/// How it went.
pub enum Outcome {
    /// As asked.
    Done,
    /// Nothing was wrong, but no packet matched.
    NothingMatched,
    /// Something could not be done, and it has been said what.
    Failed,
}

/// Says on standard error what is wrong.
pub fn complain(message: impl Display) {
    anstream::eprintln!("\x1b[1;31mpacketsmith:\x1b[0m {message}");
}
