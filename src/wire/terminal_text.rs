//! Text from packets, files and arguments, made safe for a terminal.

use core::fmt::{self, Write};

/// Tells whether a character may change how a terminal shows other text: control characters (C0, DEL, C1), and the
/// characters that change the direction of text (Unicode Standard Annex 9 §2).
///
/// ```
/// use packetsmith::output::is_unsafe;
/// assert!(['\x1b', '\x7f', '\u{9b}', '\u{202e}'].into_iter().all(is_unsafe));
/// assert!(['a', 'ä', '→', ' '].into_iter().all(|c| !is_unsafe(c)));
/// ```
pub const fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
    )
}

/// Displays a value with its unsafe characters escaped: `\n`, `\x1b`, `\u{202e}`.
///
/// ```
/// use packetsmith::output::TerminalText;
/// assert_eq!(TerminalText("a\x1b[31m\n").to_string(), "a\\x1b[31m\\n");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TerminalText<T>(pub T);

impl<T: fmt::Display> fmt::Display for TerminalText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escape(f), "{}", self.0)
    }
}

struct Escape<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Escape<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut plain = 0;
        for (at, c) in text.char_indices().filter(|&(_, c)| is_unsafe(c)) {
            self.0.write_str(&text[plain..at])?;
            plain = at + c.len_utf8();
            match c {
                '\n' => self.0.write_str("\\n")?,
                '\r' => self.0.write_str("\\r")?,
                '\t' => self.0.write_str("\\t")?,
                c if c.is_ascii() => write!(self.0, "\\x{:02x}", c as u32)?,
                c => write!(self.0, "\\u{{{:x}}}", c as u32)?,
            }
        }
        self.0.write_str(&text[plain..])
    }
}
