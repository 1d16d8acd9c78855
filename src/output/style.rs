//! Colours of the terminal, or none.

use crate::layer::summary::SummaryKind;

/// A row of [`LINE_COLOURS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColour {
    /// Which packets have it.
    pub kind: SummaryKind,
    /// The colour in words.
    pub name: &'static str,
    /// Which packets have it, in words.
    pub what: &'static str,
    escape: &'static str,
}

/// The colours of lines, one for each kind of packet. The first that holds counts. Where something is wrong, protocol and
/// summary have the colour, otherwise the protocol alone. Of the sixteen colours of a terminal, those that can be read on
/// dark and on light.
///
/// ```
/// use packetsmith::output::{LINE_COLOURS, Style, SummaryKind};
/// assert_eq!(LINE_COLOURS[0].kind, SummaryKind::Malformed);
/// assert_eq!(Style::COLOUR.line(SummaryKind::Malformed), "\x1b[1;31m");
/// assert_eq!(Style::PLAIN.line(SummaryKind::Malformed), "");
/// ```
pub const LINE_COLOURS: [LineColour; 8] = {
    use SummaryKind::*;
    const fn row(kind: SummaryKind, name: &'static str, escape: &'static str, what: &'static str) -> LineColour {
        LineColour { kind, name, what, escape }
    }
    [
        row(Malformed, "bold red", "\x1b[1;31m", "a layer is malformed"),
        row(ChecksumIncorrect, "red", "\x1b[31m", "a checksum is incorrect"),
        row(Reset, "bold magenta", "\x1b[1;35m", "TCP reset"),
        row(TcpAnalysis, "yellow", "\x1b[33m", "TCP analysis: retransmissions, lost segments, full windows"),
        row(IcmpError, "magenta", "\x1b[35m", "ICMP and ICMPv6 errors"),
        row(Tcp, "green", "\x1b[32m", "TCP and what goes over it"),
        row(Udp, "cyan", "\x1b[36m", "UDP and what goes over it"),
        row(Other, "bold", "\x1b[1m", "anything else"),
    ]
};

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
    /// The colour of a line, from [`LINE_COLOURS`].
    pub fn line(self, kind: SummaryKind) -> &'static str {
        let row = LINE_COLOURS.iter().find(|row| row.kind == kind);
        row.map_or("", |row| self.code(row.escape))
    }
    /// The colour of the summary of a line: that of the line if something is wrong with the packet.
    pub fn info(self, kind: SummaryKind) -> &'static str {
        if kind <= SummaryKind::IcmpError { self.line(kind) } else { "" }
    }
    /// A colour for each layer, the same in the tree and in the bytes.
    pub const fn layer(self, index: usize) -> &'static str {
        const COLOURS: [&str; 6] = ["\x1b[34m", "\x1b[36m", "\x1b[32m", "\x1b[35m", "\x1b[93m", "\x1b[95m"];
        self.code(COLOURS[index % COLOURS.len()])
    }
}
