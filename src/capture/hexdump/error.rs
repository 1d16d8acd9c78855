//! Errors of hexdumps: the line, and what is wrong with it.

use crate::capture::limits::MAX_DUMPED;
use crate::wire::terminal_text::TerminalText;
use std::{error, fmt, io};

/// An error of a hexdump, with the number of its line.
///
/// ```
/// use packetsmith::capture::{HexdumpReader, HexdumpSettings};
/// let mut dump = HexdumpReader::new(&b"0000  45 00 0\n"[..], HexdumpSettings::default());
/// let error = dump.next_packet().unwrap_err();
/// assert_eq!(error.line, 1);
/// assert_eq!(error.to_string(), "line 1: a byte has two digits, here: 0");
/// ```
#[derive(Debug)]
pub struct HexdumpError {
    /// Number of the line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: HexdumpProblem,
}

impl fmt::Display for HexdumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl error::Error for HexdumpError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.problem {
            HexdumpProblem::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// What is wrong with a line of a hexdump. Texts are the first characters of what stands there.
///
/// ```
/// use packetsmith::capture::{HexdumpProblem, HexdumpReader, HexdumpSettings};
/// let mut dump = HexdumpReader::new(&b"0000  45 00\n0010  00 28\n"[..], HexdumpSettings::default());
/// let error = dump.next_packet().unwrap_err();
/// assert!(matches!(error.problem, HexdumpProblem::Missing { have: 2, want: 16 }));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum HexdumpProblem {
    /// Reading failed.
    Io(io::Error),
    /// The line is longer than a packet of the largest size needs, in bytes.
    LongLine(usize),
    /// Neither bytes nor an offset, nor a comment that begins with `#`.
    NotHex(Box<str>),
    /// A byte has an odd number of digits.
    OddDigits(Box<str>),
    /// Words of more than one byte without a colon after the offset, as `hexdump` and `od -x` write them: the order of
    /// their bytes is that of the machine.
    Words(Box<str>),
    /// The words of `xxd -e` have their bytes in reverse.
    LittleEndian,
    /// The first offset of a packet is not 0.
    FirstOffset(u64),
    /// An offset is not after the one before it.
    Offset {
        /// The offset.
        offset: u64,
        /// Bytes of the packet before this line.
        have: u64,
    },
    /// The line has fewer bytes than the offset of the next one says.
    Missing {
        /// Bytes of the line.
        have: usize,
        /// Bytes up to the next offset.
        want: usize,
    },
    /// The line has more bytes than the offset of the next one says.
    Surplus {
        /// Bytes up to the next offset.
        want: usize,
        /// What stands after them.
        text: Box<str>,
    },
    /// The line has no text, as the lines before have, or no gap before it: what is text cannot be told.
    NoText,
    /// A `*`, which stands for lines like the one before, that is not between two lines of a packet.
    Repeat,
    /// A packet has more than [`HexdumpReader::MAX_PACKET`](super::HexdumpReader::MAX_PACKET).
    TooLong,
    /// The time has more decimal places than that of the first packet.
    Finer,
}

/// Displays what is wrong, without the line.
impl fmt::Display for HexdumpProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use HexdumpProblem::*;
        match self {
            Io(error) => write!(f, "cannot be read: {error}"),
            LongLine(most) => write!(f, "the line has more than {most} characters"),
            NotHex(text) => write!(f, "no byte in hexadecimal: {}", TerminalText(text)),
            OddDigits(text) => write!(f, "a byte has two digits, here: {}", TerminalText(text)),
            Words(text) => write!(
                f,
                "a word of several bytes, whose order is that of the machine: {}; take hexdump -C or od -Ax -tx1",
                TerminalText(text)
            ),
            LittleEndian => f.write_str("the words have their bytes in reverse: take xxd without -e"),
            FirstOffset(offset) => write!(f, "the first offset of a packet is 0, not {offset:#x}"),
            Offset { offset, have } => {
                write!(f, "the offset {offset:#x} stands after {have:#x} bytes")
            }
            Missing { have, want } => {
                write!(f, "the line has {have} bytes, and {want} by the next line's offset, which is hexadecimal")
            }
            Surplus { want, text } => {
                write!(
                    f,
                    "the line has {want} bytes by the offset of the next line; after them is: {}",
                    TerminalText(text)
                )
            }
            NoText => f.write_str("where the bytes end and the text begins cannot be told: two blanks go between them"),
            Repeat => f.write_str("* stands for lines like the one before, up to the offset of the next"),
            TooLong => write!(f, "the packet has more than {MAX_DUMPED} bytes"),
            Finer => f.write_str("the time has more decimal places than that of the first packet"),
        }
    }
}
