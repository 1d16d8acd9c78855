//! Capture files: pcap and pcapng, plain or compressed with gzip or zstd, read as a stream.
//!
//! [`Reader`] takes anything that can be read, finds out the format from the first bytes, and
//! hands over one [`Record`] after the other from one buffer, whose 256 KiB do not grow with the
//! file. A record is handed over as it is in the file, however odd; what cannot be read is an
//! [`Error`] with its place, and reading goes on after it where the file's structure allows.
//!
//! ```
//! use packetsmith::capture::Reader;
//!
//! let file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0\
//!     \x05\0\0\0\x07\0\0\0\x03\0\0\0\x04\0\0\0abc";
//! let mut reader = Reader::new(&file[..])?;
//! while let Some(record) = reader.next_record() {
//!     match record {
//!         Ok(record) => {
//!             assert_eq!(record.data, b"abc");
//!             assert_eq!(record.original_len, 4);
//!             assert_eq!(record.link_type, Some(1));
//!             assert_eq!(record.timestamp.unwrap().to_string(), "5.000007");
//!         }
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # Ok::<(), packetsmith::capture::Error>(())
//! ```

mod buffer;
mod error;
mod options;
mod pcap;
mod pcapng;
mod timestamp;
mod write;
mod zstd;

use std::borrow::Cow;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub use error::{Compression, Error, ErrorKind};
pub use options::Options;
pub use pcap::PcapHeader;
pub use pcapng::SectionHeader;
pub use timestamp::{Resolution, Timestamp};
pub use write::{Form, NewRecord, RecordKind, WriteError, Writer};

use buffer::Buffer;
use error::Failure;

/// Most bytes of one record, 128 MiB. For such a record, and as its bytes arrive, the buffer grows to this.
pub const MAX_RECORD: usize = 128 * 1024 * 1024;

/// Most interfaces of one pcapng section that are remembered.
pub const MAX_INTERFACES: usize = 65_536;

/// Most bytes of options that are remembered of one pcapng section and its interfaces.
const MAX_OPTIONS: usize = 1024 * 1024;

/// Beginnings of files in compressions that are not read.
const NOT_DECOMPRESSED: [(&[u8], &str); 3] =
    [(&[0x04, 0x22, 0x4d, 0x18], "lz4"), (&[0xfd, b'7', b'z', b'X'], "xz"), (b"BZh", "bzip2")];

/// Order of the bytes of a number.
///
/// ```
/// use packetsmith::capture::{ByteOrder, PcapHeader, Resolution};
/// let header = PcapHeader::new(ByteOrder::Big, Resolution::MICROSECONDS, 1);
/// assert_eq!(header.bytes()[..4], [0xa1, 0xb2, 0xc3, 0xd4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Most significant byte first.
    Big,
    /// Least significant byte first.
    Little,
}

impl ByteOrder {
    #[inline]
    const fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            ByteOrder::Big => u16::from_be_bytes(bytes),
            ByteOrder::Little => u16::from_le_bytes(bytes),
        }
    }

    #[inline]
    const fn u16s(self, [a, b, c, d]: [u8; 4]) -> (u16, u16) {
        (self.u16([a, b]), self.u16([c, d]))
    }

    #[inline]
    const fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            ByteOrder::Big => u32::from_be_bytes(bytes),
            ByteOrder::Little => u32::from_le_bytes(bytes),
        }
    }

    #[inline]
    const fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            ByteOrder::Big => u64::from_be_bytes(bytes),
            ByteOrder::Little => u64::from_le_bytes(bytes),
        }
    }

    const fn of_u16(self, number: u16) -> [u8; 2] {
        match self {
            ByteOrder::Big => number.to_be_bytes(),
            ByteOrder::Little => number.to_le_bytes(),
        }
    }

    const fn of_u32(self, number: u32) -> [u8; 4] {
        match self {
            ByteOrder::Big => number.to_be_bytes(),
            ByteOrder::Little => number.to_le_bytes(),
        }
    }
}

/// Format of a capture file, with what its header says.
///
/// ```
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
///
/// use packetsmith::capture::{Format, Reader};
/// let reader = Reader::new(&file[..]).unwrap();
/// assert!(matches!(reader.format(), Format::Pcap(header) if header.snap_len == 262_144));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format<'a> {
    /// pcap, in microseconds, nanoseconds, or modified.
    Pcap(&'a PcapHeader),
    /// pcapng; the header is the current section's.
    Pcapng(&'a SectionHeader),
}

/// Where packets were captured. A pcap file has one interface, a pcapng section any number.
///
/// ```
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
///
/// use packetsmith::capture::Reader;
/// let reader = Reader::new(&file[..]).unwrap();
/// assert_eq!((reader.interfaces()[0].link_type, reader.interfaces()[0].snap_len), (Some(1), 262_144));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Type of the first header of each packet, a number of the
    /// [tcpdump registry](https://www.tcpdump.org/linktypes.html); absent if the interface's block is too short to have it.
    pub link_type: Option<u16>,
    /// Most bytes of a packet that are captured; 0 in pcapng for no limit. Records may have more.
    pub snap_len: u32,
    /// Length of a tick of timestamps.
    pub resolution: Resolution,
    /// Seconds to be added to timestamps (which [`Record::timestamp`] has done).
    pub offset: i64,
    /// Length in bytes of the frame check sequence that ends each packet, if the file says.
    pub fcs_len: Option<u8>,
    byte_order: ByteOrder,
    options: Box<[u8]>,
}

impl Interface {
    /// Makes an interface of a pcapng file from what its block holds: link type, snapshot length (0 for no
    /// limit), and options in the byte order of the section.
    pub fn new(byte_order: ByteOrder, link_type: u16, snap_len: u32, options: &[u8]) -> Self {
        let mut interface = Interface { link_type: Some(link_type), snap_len, ..Interface::unknown(byte_order) };
        interface.read_options(options);
        interface.options = options.into();
        interface
    }

    fn read_options(&mut self, options: &[u8]) {
        for (code, value) in Options::new(self.byte_order, options).iter() {
            match (code, value) {
                (9, &[raw]) => self.resolution = Resolution::from_raw(raw),
                (13, &[len]) => self.fcs_len = Some(pcapng::octets(len)),
                (14, &[a, b, c, d, e, f, g, h]) => {
                    self.offset = self.byte_order.u64([a, b, c, d, e, f, g, h]) as i64; // signed
                }
                _ => {}
            }
        }
    }

    fn unknown(byte_order: ByteOrder) -> Self {
        Interface {
            link_type: None,
            snap_len: 0,
            resolution: Resolution::MICROSECONDS,
            offset: 0,
            fcs_len: None,
            byte_order,
            options: Box::default(),
        }
    }

    /// Returns the options of the pcapng block. Those of one section are remembered up to a
    /// megabyte; an interface beyond that has none.
    pub fn options(&self) -> Options<'_> {
        Options::new(self.byte_order, &self.options)
    }

    /// Returns the name, `eth0` for example; allocates only if it is not UTF-8.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.options().find(2).map(String::from_utf8_lossy)
    }
}

/// A packet as the capture file has it.
///
/// ```
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
///
/// use packetsmith::capture::Reader;
/// let mut reader = Reader::new(&file[..]).unwrap();
/// let record = reader.next_record().unwrap().unwrap();
/// assert_eq!((record.number, record.data, record.original_len), (1, &[7, 7, 7][..], 60));
/// assert_eq!(record.timestamp.unwrap().to_string(), "1.000002");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Ordinal of the packet in the file, from 1. Packets that had to be skipped count.
    pub number: u64,
    /// Offset in bytes of the record or block in the decompressed file.
    pub offset: u64,
    /// Time of capture; a Simple Packet Block has none.
    pub timestamp: Option<Timestamp>,
    /// Length in bytes that the packet had; more than there are if it was cut, and in odd files less.
    pub original_len: u32,
    /// Type of the first header, a number of the
    /// [tcpdump registry](https://www.tcpdump.org/linktypes.html); absent if the file names no
    /// such interface.
    pub link_type: Option<u16>,
    /// Number of the interface within its section, from 0.
    pub interface: u32,
    /// What the file says of the interface; absent if it names no such interface.
    pub description: Option<&'a Interface>,
    /// Length in bytes of the frame check sequence at the end, if the file says: for the packet, or else for the interface.
    pub fcs_len: Option<u8>,
    /// Header of the record, or block type, length and fixed fields, unread.
    pub header: &'a [u8],
    /// The packet.
    pub data: &'a [u8],
    /// Options of a pcapng block; none in a pcap file.
    pub options: Options<'a>,
    /// What the file's header says, or in pcapng that of the section; absent where there is no file.
    pub format: Option<Format<'a>>,
    /// Number of the section in a pcapng file, from 1; 0 in pcap.
    pub section: u64,
    /// The interfaces that have been described before the packet.
    pub interfaces: &'a [Interface],
}

impl Record<'_> {
    /// Which kind of block holds the packet.
    pub fn kind(&self) -> RecordKind {
        let (Some(Format::Pcapng(section)), Some(&[kind, _, interface, ..])) =
            (self.format, Some(self.header.as_chunks::<4>().0))
        else {
            return RecordKind::Enhanced;
        };
        match section.byte_order.u32(kind) {
            3 => RecordKind::Simple,
            2 => RecordKind::Old { drops: section.byte_order.u16s(interface).1 },
            _ => RecordKind::Enhanced,
        }
    }
}

/// Where a parser has found what in the buffer.
struct Found {
    offset: u64,
    at: usize,
    head_len: usize,
    data_len: usize,
    /// From `at`.
    options_at: usize,
    options_len: usize,
    interface: u32,
    original_len: u32,
    timestamp: Option<Timestamp>,
}

enum Parser {
    Pcap(pcap::Parser),
    Pcapng(pcapng::Parser),
}

/// Reads a capture file record by record.
///
/// It allocates one buffer of 256 KiB (more only for a record that is larger, see [`MAX_RECORD`]),
/// and what it remembers of a section's interfaces; for zstd also the file's window, which may be
/// up to 128 MiB. It reads no more than it needs for the next record, so it can follow a pipe
/// (where zstd's packets come a window late).
///
/// ```
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
///
/// use packetsmith::capture::Reader;
/// let mut reader = Reader::new(&file[..file.len() - 1]).unwrap();
/// let error = reader.next_record().unwrap().unwrap_err();
/// assert_eq!((error.packet(), error.offset()), (1, 24));
/// assert!(reader.next_record().is_none());
/// ```
pub struct Reader<R: Read> {
    buffer: Buffer<R>,
    parser: Parser,
    name: Option<Box<str>>,
    source_len: Option<u64>,
    /// Number of the last packet.
    number: u64,
    done: bool,
}

impl<R: Read> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("name", &self.name)
            .field("format", &self.format())
            .field("position", &self.position())
            .finish_non_exhaustive()
    }
}

impl Reader<Box<dyn Read + Send>> {
    /// Opens a file by name, or standard input for `-`. Errors will name it.
    ///
    /// Fails if it cannot be opened, or for the reasons of [`Reader::new`].
    ///
    /// ```no_run
    /// # use packetsmith::capture::Reader;
    /// let mut reader = Reader::open("trace.pcapng.gz")?;
    /// let size: usize = std::iter::from_fn(|| reader.next_record().map(|r| r.map_or(0, |r| r.data.len()))).sum();
    /// println!("{size} bytes captured");
    /// # Ok::<(), packetsmith::capture::Error>(())
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        if path.as_os_str() == "-" {
            let read: Box<dyn Read + Send> = Box::new(io::stdin());
            return Self::new(read)
                .map(|reader| reader.named("standard input"))
                .map_err(|error| error.named("standard input"));
        }
        let name = path.to_string_lossy();
        let opened = File::open(path).and_then(|file| {
            let metadata = file.metadata()?;
            match metadata.is_dir() {
                true => Err(io::ErrorKind::IsADirectory.into()),
                false => Ok((file, metadata.is_file().then_some(metadata.len()))),
            }
        });
        let (file, source_len) = opened.map_err(|error| {
            Error { name: None, offset: 0, packet: 0, fatal: true, kind: ErrorKind::Open(error) }.named(&name)
        })?;
        let read: Box<dyn Read + Send> = Box::new(file);
        let reader = Self::new(read).map_err(|error| error.named(&name))?;
        Ok(Reader { source_len, ..reader.named(&name) })
    }
}

impl<R: Read> Reader<R> {
    /// Reads the beginning of a file, and finds out its format by that.
    ///
    /// Fails if reading fails, if the file is empty, in no format known here, or ends inside its header.
    pub fn new(read: R) -> Result<Self, Error> {
        Self::begin(read).map_err(|failure| Error {
            name: None,
            offset: failure.offset,
            packet: 0,
            fatal: true,
            kind: failure.kind,
        })
    }

    fn begin(read: R) -> Result<Self, Box<Failure>> {
        let mut buffer = Buffer::new(read)?;
        let have = buffer.want(buffer::MAGIC)?;
        let parser = match buffer.peek().first_chunk() {
            Some(&pcapng::MAGIC) => Parser::Pcapng(pcapng::Parser::new(&mut buffer)?),
            Some(&magic) if pcap::Parser::knows(magic) => Parser::Pcap(pcap::Parser::new(&mut buffer)?),
            _ if have == 0 => return Err(Failure::fatal(0, ErrorKind::Empty)),
            _ => {
                if let Some((_, name)) = NOT_DECOMPRESSED.iter().find(|(magic, _)| buffer.peek().starts_with(magic)) {
                    return Err(Failure::fatal(0, ErrorKind::NotDecompressed(name)));
                }
                let mut first = [0; 4];
                let len = have.min(4);
                first[..len].copy_from_slice(&buffer.peek()[..len]);
                return Err(Failure::fatal(0, ErrorKind::NotCapture { first, len }));
            }
        };
        Ok(Reader { buffer, parser, name: None, source_len: None, number: 0, done: false })
    }

    /// Gives the file a name, for errors.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Reads the next record.
    ///
    /// An error that [is final](Error::is_final) is the last item; after another one, reading goes
    /// on behind the damage. At most one error comes for each record or block.
    #[inline]
    pub fn next_record(&mut self) -> Option<Result<Record<'_>, Error>> {
        if self.done {
            return None;
        }
        let found = match &mut self.parser {
            Parser::Pcap(parser) => parser.next(&mut self.buffer),
            Parser::Pcapng(parser) => parser.next(&mut self.buffer),
        };
        match found {
            Ok(Some(found)) => {
                self.number += 1;
                Some(Ok(self.record(found)))
            }
            Ok(None) => {
                self.done = true;
                None
            }
            Err(failure) => Some(Err(self.error(*failure))),
        }
    }

    #[inline]
    fn record(&self, found: Found) -> Record<'_> {
        let (interface, byte_order) = match &self.parser {
            Parser::Pcap(parser) => (Some(&parser.interface), parser.header.byte_order),
            Parser::Pcapng(parser) => (parser.interfaces.get(found.interface as usize), parser.section.byte_order),
        };
        let options = self.buffer.slice(found.at + found.options_at, found.options_len);
        let options = Options::new(byte_order, options);
        Record {
            number: self.number,
            offset: found.offset,
            timestamp: found.timestamp,
            original_len: found.original_len,
            link_type: interface.and_then(|interface| interface.link_type),
            interface: found.interface,
            description: interface,
            fcs_len: fcs_len(options).or(interface.and_then(|interface| interface.fcs_len)),
            header: self.buffer.slice(found.at, found.head_len),
            data: self.buffer.slice(found.at + found.head_len, found.data_len),
            options,
            format: Some(self.format()),
            section: self.sections(),
            interfaces: self.interfaces(),
        }
    }

    #[cold]
    fn error(&mut self, failure: Failure) -> Error {
        let Failure { offset, fatal, packet, kind } = failure;
        self.done = fatal;
        let number = self.number + 1;
        if packet {
            self.number = number;
        }
        Error { name: self.name.clone(), offset, packet: number, fatal, kind }
    }

    /// Returns the format, and what the file's header (in pcapng, the current section's) says.
    pub fn format(&self) -> Format<'_> {
        match &self.parser {
            Parser::Pcap(parser) => Format::Pcap(&parser.header),
            Parser::Pcapng(parser) => Format::Pcapng(&parser.section),
        }
    }

    /// Returns how many sections have been begun: 0 in a pcap file, 1 and more in pcapng.
    pub fn sections(&self) -> u64 {
        match &self.parser {
            Parser::Pcap(_) => 0,
            Parser::Pcapng(parser) => parser.sections,
        }
    }

    /// Returns the interfaces; in pcapng, those of the current section that have been met so far.
    pub fn interfaces(&self) -> &[Interface] {
        match &self.parser {
            Parser::Pcap(parser) => std::slice::from_ref(&parser.interface),
            Parser::Pcapng(parser) => &parser.interfaces,
        }
    }

    /// Returns what stands behind the last record that could be read, a megabyte of it at most: a record
    /// that is cut, or one that makes no sense. Only an error that [is final](Error::is_final) leaves
    /// something.
    pub fn rest(&mut self) -> &[u8] {
        const MOST: usize = 1 << 20;
        match self.done && self.buffer.want(MOST).is_ok() {
            true => &self.buffer.peek()[..self.buffer.peek().len().min(MOST)],
            false => &[],
        }
    }

    /// Returns the offset in bytes, in the decompressed file, of what will be read next.
    pub fn position(&self) -> u64 {
        self.buffer.offset()
    }

    /// Returns how many bytes have been read from the underlying reader: for a compressed file,
    /// compressed ones. Up to a buffer more than what has been handed over.
    pub fn source_position(&self) -> u64 {
        self.buffer.source_position()
    }

    /// Returns the size of the underlying file in bytes, if it is a regular file opened by name.
    pub fn source_len(&self) -> Option<u64> {
        self.source_len
    }
}

/// Length of the frame check sequence by the flags option, bits 5 to 8; 0 is for not known.
#[inline]
fn fcs_len(options: Options<'_>) -> Option<u8> {
    if options.bytes().is_empty() {
        return None;
    }
    let flags: [u8; 4] = options.find(2)?.try_into().ok()?;
    match options.order().u32(flags) >> 5 & 0xf {
        0 => None,
        n => Some(n as u8), // four bits
    }
}
