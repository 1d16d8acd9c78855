//! Colours of the terminal, or none.

/// Escape sequences for a terminal; all empty where colour is not wanted.
///
/// ```
/// use packetsmith::output::Style;
/// assert_eq!((Style::PLAIN.bold(), Style::COLOUR.bold()), ("", "\x1b[1m"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether to write escape sequences at all.
    pub colour: bool,
}

impl Style {
    /// No colour.
    pub const PLAIN: Style = Style { colour: false };
    /// Colour.
    pub const COLOUR: Style = Style { colour: true };

    const fn code(self, code: &'static str) -> &'static str {
        if self.colour { code } else { "" }
    }
    /// Ends whatever was begun.
    pub const fn reset(self) -> &'static str {
        self.code("\x1b[0m")
    }
    /// Headings.
    pub const fn bold(self) -> &'static str {
        self.code("\x1b[1m")
    }
    /// What may be overlooked.
    pub const fn dim(self) -> &'static str {
        self.code("\x1b[2m")
    }
    /// Something malformed.
    pub const fn error(self) -> &'static str {
        self.code("\x1b[31m")
    }
    /// Something unusual.
    pub const fn warning(self) -> &'static str {
        self.code("\x1b[33m")
    }
    /// A colour for each layer, the same in the tree and in the bytes.
    pub const fn layer(self, index: usize) -> &'static str {
        const COLOURS: [&str; 6] = ["\x1b[34m", "\x1b[36m", "\x1b[32m", "\x1b[35m", "\x1b[93m", "\x1b[95m"];
        self.code(COLOURS[index % COLOURS.len()])
    }
}
