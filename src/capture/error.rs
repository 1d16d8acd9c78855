//! Errors of capture files.

use super::hexdump::{HexdumpError, HexdumpProblem};
use std::{error, fmt, io};

/// An error of a capture file, with its place.
///
/// One line when shown:
///
/// ```
/// # use packetsmith::capture::Reader;
/// let cut = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
/// let error = Reader::new(&cut[..]).unwrap_err().named("trace.pcap");
/// assert_eq!(error.to_string(), "trace.pcap: the file ends inside its header: 24 bytes needed, 8 there");
/// ```
#[derive(Debug)]
pub struct Error {
    pub(super) name: Option<Box<str>>,
    pub(super) offset: u64,
    pub(super) packet: u64,
    pub(super) fatal: bool,
    pub(super) kind: ErrorKind,
}

impl Error {
    /// Sets the name of the file.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Returns the name of the file, if one was given or it was opened by name.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the offset, in the decompressed file, of the record or block that is wrong.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the number, from 1, of the packet that is wrong or would be next; 0 if the header of the file is wrong.
    pub fn packet(&self) -> u64 {
        self.packet
    }

    /// Returns whether this is the last item: nothing after this place can be read.
    pub fn is_final(&self) -> bool {
        self.fatal
    }

    /// Returns the kind of error.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name().unwrap_or("capture"))?;
        // The place in a hexdump is a line.
        if self.packet > 0 && !matches!(self.kind, ErrorKind::Hexdump(_)) {
            write!(f, "packet {}, byte {}: ", self.packet, self.offset)?;
        }
        write!(f, "{}", self.kind)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Open(error) | ErrorKind::Io(error) | ErrorKind::Damaged(_, error) => Some(error),
            ErrorKind::Hexdump(error) => Some(error),
            _ => None,
        }
    }
}

/// How a capture file is compressed.
///
/// ```
/// use packetsmith::capture::Reader;
/// // gzip's magic, and then nothing.
/// let error = Reader::new(&[0x1f, 0x8b, 8][..]).err().unwrap();
/// assert!(error.to_string().contains("gzip"), "{error}");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Compression {
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        })
    }
}

/// The kind of an error of a capture file. Lengths are in bytes.
///
/// ```
/// use packetsmith::capture::{ErrorKind, Reader};
/// let error = Reader::new(&b"a letter"[..]).err().unwrap();
/// assert!(matches!(error.kind(), ErrorKind::NotCapture { first: [b'a', b' ', b'l', b'e'], .. }));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file cannot be opened.
    Open(io::Error),
    /// Reading failed.
    Io(io::Error),
    /// The compressed stream is damaged, ends early, or asks for more memory than is allowed.
    Damaged(Compression, io::Error),
    /// The file is compressed in this format, which is not supported.
    NotDecompressed(&'static str),
    /// A line of a hexdump is wrong.
    Hexdump(HexdumpError),
    /// The file has no bytes.
    Empty,
    /// The first bytes belong to no known format.
    NotCapture {
        /// The first bytes; zeros where there are fewer than four.
        first: [u8; 4],
        /// How many of them there are.
        len: usize,
    },
    /// The file ends before its header does.
    TruncatedHeader {
        /// Length of the header.
        needed: u64,
        /// Bytes there.
        have: u64,
    },
    /// The file ends inside a record or block.
    TruncatedRecord {
        /// Length of the record, as far as it is known, its header included.
        needed: u64,
        /// Bytes there.
        have: u64,
    },
    /// A record claims more than [`MAX_RECORD`](super::MAX_RECORD).
    TooLarge {
        /// Length claimed.
        len: u64,
    },
    /// The length of a pcapng block is less than a block can have, or no multiple of four.
    BlockLength {
        /// The length.
        len: u32,
    },
    /// The length before and the length after a pcapng block are not the same.
    BlockLengths {
        /// Length before the body.
        first: u32,
        /// Length after the body.
        second: u32,
    },
    /// The byte-order magic of a pcapng section is wrong.
    ByteOrderMagic([u8; 4]),
    /// The body of a pcapng block is too short for its fixed fields.
    ShortBlock {
        /// Type of the block.
        block_type: u32,
        /// Length of the fixed fields.
        needed: u64,
        /// Length of the body.
        have: u64,
    },
    /// A packet's captured length goes beyond its pcapng block.
    CapturedLength {
        /// The captured length.
        captured: u32,
        /// Bytes there.
        have: u64,
    },
    /// A pcapng section has more than [`MAX_INTERFACES`](super::MAX_INTERFACES); packets of this
    /// one have no link type.
    TooManyInterfaces,
    /// A second header in a pcap file, of a file that was appended. If it says the same as the first, it is skipped.
    SecondHeader {
        /// Whether it says the same.
        same: bool,
    },
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        match self {
            Open(error) => write!(f, "cannot be opened: {error}"),
            Io(error) => write!(f, "cannot be read: {error}"),
            Damaged(compression, error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                write!(f, "the {compression} data ends early")
            }
            Damaged(compression, error) => write!(f, "the {compression} data is damaged: {error}"),
            NotDecompressed(name) => write!(f, "compressed with {name}, which is not supported"),
            Hexdump(HexdumpError { problem: HexdumpProblem::Io(error), .. }) => write!(f, "cannot be read: {error}"),
            Hexdump(error) => error.fmt(f),
            Empty => write!(f, "the file is empty"),
            NotCapture { first, len } => {
                write!(f, "not a pcap or pcapng file: it begins with")?;
                first.iter().take(*len).try_for_each(|byte| write!(f, " {byte:02x}"))
            }
            TruncatedHeader { needed, have } => {
                write!(f, "the file ends inside its header: {needed} bytes needed, {have} there")
            }
            TruncatedRecord { needed, have } => {
                write!(f, "the file ends inside this record: {needed} bytes needed, {have} there")
            }
            TooLarge { len } => {
                write!(f, "this record claims {len} bytes, more than the {} allowed", super::MAX_RECORD)
            }
            BlockLength { len } => write!(f, "{len} cannot be the length of a block"),
            BlockLengths { first, second } => {
                write!(f, "the length before this block is {first}, after it {second}")
            }
            ByteOrderMagic([a, b, c, d]) => {
                write!(f, "a section begins without a byte order: {a:02x} {b:02x} {c:02x} {d:02x}")
            }
            ShortBlock { block_type, needed, have } => {
                write!(f, "this block of type {block_type} is too short: {needed} bytes needed, {have} there")
            }
            CapturedLength { captured, have } => {
                write!(f, "the block ends inside this packet: {captured} bytes captured, {have} there")
            }
            SecondHeader { same: true } => {
                f.write_str("here is the header of another capture file, which was appended; it is skipped")
            }
            SecondHeader { same: false } => f.write_str(
                "here is the header of another capture file, whose packets are stored in another way: split it",
            ),
            TooManyInterfaces => {
                write!(f, "more than {} interfaces in one section", super::MAX_INTERFACES)
            }
        }
    }
}

/// An error without file name and packet number, which the reader adds. Always boxed, so that results stay small.
pub(super) struct Failure {
    pub(super) offset: u64,
    pub(super) fatal: bool,
    /// Whether a packet was skipped, which then counts.
    pub(super) packet: bool,
    pub(super) kind: ErrorKind,
}

impl Failure {
    /// Nothing more can be read.
    #[cold]
    pub(super) fn fatal(offset: u64, kind: ErrorKind) -> Box<Self> {
        Box::new(Failure { offset, fatal: true, packet: false, kind })
    }

    /// Something was skipped; what follows can be read.
    #[cold]
    pub(super) fn skipped(offset: u64, packet: bool, kind: ErrorKind) -> Box<Self> {
        Box::new(Failure { offset, fatal: false, packet, kind })
    }

    /// The error of a file that cannot be read at all.
    #[cold]
    pub(super) fn of_header(self) -> Error {
        Error { name: None, offset: self.offset, packet: 0, fatal: true, kind: self.kind }
    }

    /// The file ends inside a record.
    #[cold]
    pub(super) fn truncated(offset: u64, needed: u64, have: usize) -> Box<Self> {
        Self::fatal(offset, ErrorKind::TruncatedRecord { needed, have: have as u64 })
    }
}
