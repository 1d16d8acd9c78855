//! The outcome of a command, and messages on standard error.

use packetsmith::output::TerminalText;
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};

/// The outcome of a command.
pub enum Outcome {
    /// All went well.
    Done,
    /// Nothing was wrong, but no packet matched.
    NothingMatched,
    /// Something could not be done; a message says what.
    Failed,
}

/// Prints a message on standard error. Characters that are unsafe for a terminal are escaped, since a message may
/// quote names of files, packets and JSON. A standard error that cannot be written is no reason to stop.
pub fn complain(message: impl Display) {
    let message = message.to_string();
    let mut text = String::new();
    for (n, line) in message.split('\n').enumerate() {
        // The lines of a message are indented or empty. All else is text that is quoted.
        let own = n == 0 || line.is_empty() || line.starts_with("  ");
        let gap = if n == 0 {
            ""
        } else if own {
            "\n"
        } else {
            "\\n"
        };
        let _ = write!(text, "{gap}{}", TerminalText(line));
    }
    let _ = writeln!(anstream::stderr(), "\x1b[1;31mpacketsmith:\x1b[0m {text}");
}

/// Prints a message on standard error: the command has failed.
pub fn fail(message: impl Display) -> io::Result<Outcome> {
    complain(message);
    Ok(Outcome::Failed)
}

/// Shows a line of input with a mark below the character at byte `at`. Of a long line, the part around it is shown.
pub fn marked(line: &str, at: usize) -> String {
    /// Most characters to show on each side.
    const SIDE: usize = 60;
    let (before, after) = line.split_at(at.min(line.len()));
    let skipped = before.char_indices().rev().nth(SIDE - 1).map_or(0, |(start, _)| start);
    let cut = after.char_indices().nth(SIDE).map_or(after.len(), |(end, _)| end);
    let start = if skipped > 0 { "…" } else { "" };
    let end = if cut < after.len() { "…" } else { "" };
    let before = format!("{start}{}", TerminalText(&before[skipped..]));
    let mark = " ".repeat(before.chars().count());
    format!("  {before}{}{end}\n  {mark}^", TerminalText(&after[..cut]))
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn the_mark_is_below_its_character() {
        assert_eq!(marked("ip.src = 1", 7), "  ip.src = 1\n         ^");
        assert_eq!(marked("a\x1bb", 2), "  a\\x1bb\n       ^");
        assert_eq!(marked("", 0), "  \n  ^");
    }

    #[test]
    fn of_a_long_line_the_part_around_the_mark_is_shown() {
        let long = "x".repeat(100_000);
        let text = marked(&long, 70_000);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0].chars().count(), 2 + 1 + 60 + 60 + 1);
        assert_eq!(lines[1].chars().count(), 2 + 1 + 60 + 1);
    }
}
