//! The reader: returns the records of a stream, one after the other.

use super::buffer::{self, Buffer};
use super::capture_item::{CaptureItem, ItemContent};
use super::error::Failure;
use super::found_record::{FoundBlock, FoundItem, FoundRecord};
use super::hexdump::HexdumpReader;
use super::{
    BlockOptions, Error, ErrorKind, Format, Interface, InterfaceStatistics, OtherBlock, Record, SectionHeader,
    Timestamp, pcap, pcapng,
};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// First bytes of files in compressed formats that are not supported.
const NOT_DECOMPRESSED: [(&[u8], &str); 3] =
    [(&[0x04, 0x22, 0x4d, 0x18], "lz4"), (&[0xfd, b'7', b'z', b'X'], "xz"), (b"BZh", "bzip2")];

/// The parser of the file's format.
enum FileParser {
    Pcap(pcap::PcapParser),
    Pcapng(pcapng::PcapngParser),
}

/// Reads a capture file record by record.
///
/// It allocates one buffer of 256 KiB (more only for larger records, see [`MAX_RECORD`](super::MAX_RECORD)), the interfaces
/// of a section, and for zstd the window of the file, up to 128 MiB. It reads no more than the next record needs, so it can
/// follow a pipe (where packets in zstd are late by a window).
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
    parser: FileParser,
    name: Option<Box<str>>,
    source_len: Option<u64>,
    /// Number of the last packet.
    number: u64,
    done: bool,
    /// What [`next_item`](Self::next_item) has returned last.
    last: Option<FoundItem>,
    /// Whether it has returned the interface of a pcap file.
    begun: bool,
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
    /// Opens a file by name, or standard input for `-`. Errors have the name.
    ///
    /// # Errors
    ///
    /// A file that cannot be opened, and the errors of [`Reader::new`].
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
    /// Reads the beginning of a file, and detects its format.
    ///
    /// # Errors
    ///
    /// Reading fails, or the file is empty, has an unknown format, or ends inside its header.
    pub fn new(read: R) -> Result<Self, Error> {
        Buffer::new(read).and_then(Self::of).map_err(|failure| failure.of_header())
    }

    /// Reads the beginning of a hexdump. Its packets come as from a pcapng file with one interface; those that have no
    /// time, as from Simple Packet Blocks.
    ///
    /// # Errors
    ///
    /// Reading fails, or the first packet is malformed. The error of a later line is the last item of the reader.
    ///
    /// ```
    /// use packetsmith::capture::{HexdumpReader, HexdumpSettings, Reader};
    /// let text = "1700000000.25 IP 10.0.0.1 > 10.0.0.2\n\t0x0000:  4500 0014 0000 0000 4000 66e8 0a00 0001\n\
    ///     \t0x0010:  0a00 0002\n";
    /// let dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
    /// let mut reader = Reader::from_hexdump(dump)?;
    /// let record = reader.next_record().unwrap()?;
    /// assert_eq!((record.link_type, record.data.len()), (Some(101), 20));
    /// assert_eq!(record.timestamp.unwrap().to_string(), "1700000000.250000");
    /// # Ok::<(), packetsmith::capture::Error>(())
    /// ```
    pub fn from_hexdump(dump: HexdumpReader<R>) -> Result<Self, Error> {
        Self::of(Buffer::from_hexdump(dump)).map_err(|failure| failure.of_header())
    }

    /// Sets the size of the underlying file in bytes, of which [`source_position`](Self::source_position) is a part.
    pub fn with_source_len(mut self, len: u64) -> Self {
        self.source_len = Some(len);
        self
    }

    fn of(mut buffer: Buffer<R>) -> Result<Self, Box<Failure>> {
        let have = buffer.want(buffer::MAGIC)?;
        let parser = match buffer.peek().first_chunk() {
            Some(&pcapng::MAGIC) => FileParser::Pcapng(pcapng::PcapngParser::new(&mut buffer)?),
            Some(&magic) if pcap::PcapParser::knows(magic) => FileParser::Pcap(pcap::PcapParser::new(&mut buffer)?),
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
        Ok(Reader { buffer, parser, name: None, source_len: None, number: 0, done: false, last: None, begun: false })
    }

    /// Sets the name of the file, for errors.
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Reads the next record.
    ///
    /// An error that [is final](Error::is_final) is the last item. After another error, reading continues after the damage.
    /// A record or block gives one error at most.
    #[inline]
    pub fn next_record(&mut self) -> Option<Result<Record<'_>, Error>> {
        if self.done {
            return None;
        }
        let found = match &mut self.parser {
            FileParser::Pcap(parser) => parser.next(&mut self.buffer),
            FileParser::Pcapng(parser) => parser.next(&mut self.buffer),
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

    /// Reads the next packet or block. Unlike [`next_record`](Self::next_record), it returns the blocks without packets too:
    /// section headers, interfaces, names, statistics, secrets and unknown ones, in the order of the file. Blocks of up to
    /// [`MAX_RECORD`](super::MAX_RECORD) bytes are read. A pcap file has an interface, and then packets.
    ///
    /// Errors are as those of `next_record`.
    ///
    /// ```
    /// use packetsmith::LinkType;
    /// use packetsmith::capture::{Interface, ItemContent, NewRecord, Reader, Writer};
    /// let mut writer = Writer::pcapng(Vec::new())?;
    /// writer.interface(&Interface::of(LinkType::Ethernet).with_name("eth0")?)?;
    /// writer.packet(&NewRecord::new(&[7; 60]))?;
    /// let file = writer.finish()?;
    ///
    /// let mut reader = Reader::new(&file[..])?;
    /// assert!(matches!(reader.next_item().unwrap()?.content, ItemContent::Section(_)));
    /// assert!(matches!(reader.next_item().unwrap()?.content, ItemContent::Interface(_)));
    /// assert!(matches!(reader.next_item().unwrap()?.content, ItemContent::Packet(record) if record.data == [7; 60]));
    /// assert!(reader.next_item().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_item(&mut self) -> Option<Result<CaptureItem<'_>, Error>> {
        match self.advance()? {
            Ok(()) => self.item().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// Reads the next packet or block, which [`item`](Self::item) returns.
    pub(super) fn advance(&mut self) -> Option<Result<(), Error>> {
        self.last = None;
        if self.done {
            return None;
        }
        let found = match &mut self.parser {
            FileParser::Pcap(_) if !std::mem::replace(&mut self.begun, true) => Ok(Some(FoundItem::PcapInterface)),
            FileParser::Pcap(parser) => parser.next(&mut self.buffer).map(|found| found.map(FoundItem::Packet)),
            FileParser::Pcapng(parser) => {
                parser.keeps_all = true;
                parser.next_block(&mut self.buffer)
            }
        };
        match found {
            Ok(Some(found)) => {
                self.number += u64::from(matches!(found, FoundItem::Packet(_)));
                self.last = Some(found);
                Some(Ok(()))
            }
            Ok(None) => {
                self.done = true;
                None
            }
            Err(failure) => Some(Err(self.error(*failure))),
        }
    }

    /// The time of the packet that was read last, which may have none; nothing if a block was read.
    pub(super) fn packet_time(&self) -> Option<Option<Timestamp>> {
        match self.last? {
            FoundItem::Packet(found) => Some(found.timestamp),
            _ => None,
        }
    }

    /// The packet or block that was read last.
    pub(super) fn item(&self) -> Option<CaptureItem<'_>> {
        let bytes = |found: FoundBlock| self.buffer.slice(found.at, found.len);
        let order = match &self.parser {
            FileParser::Pcap(parser) => parser.header.byte_order,
            FileParser::Pcapng(parser) => parser.section.byte_order,
        };
        let content = match self.last? {
            FoundItem::Packet(found) => ItemContent::Packet(self.record(found)),
            FoundItem::PcapInterface => match self.format() {
                Format::Pcap(header) => ItemContent::Interface(header.described()),
                Format::Pcapng(_) => return None,
            },
            // From the block itself: of all sections and interfaces, a megabyte of options is kept.
            FoundItem::Section(found) => {
                let options = bytes(found).get(16..).unwrap_or_default();
                let mut header = SectionHeader::new(order, options);
                if let Format::Pcapng(section) = self.format() {
                    header.version = section.version;
                }
                ItemContent::Section(header)
            }
            FoundItem::Interface(found) => match bytes(found) {
                [a, b, _, _, c, d, e, f, options @ ..] => {
                    let snap_len = order.u32([*c, *d, *e, *f]);
                    ItemContent::Interface(Interface::new(order, order.u16([*a, *b]), snap_len, options))
                }
                _ => return None,
            },
            FoundItem::Other(found) => {
                let FoundBlock { block_type, offset, .. } = found;
                ItemContent::Other(OtherBlock { block_type, offset, byte_order: order, body: bytes(found) })
            }
        };
        let (section, format, interfaces) = (self.sections(), self.format(), self.interfaces());
        Some(CaptureItem { section, format, interfaces, content })
    }

    #[inline]
    fn record(&self, found: FoundRecord) -> Record<'_> {
        let (interface, byte_order) = match &self.parser {
            FileParser::Pcap(parser) => (Some(&parser.interface), parser.header.byte_order),
            FileParser::Pcapng(parser) => (parser.interfaces.get(found.interface as usize), parser.section.byte_order),
        };
        let options = self.buffer.slice(found.at + found.options_at, found.options_len);
        let options = BlockOptions::new(byte_order, options);
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

    /// Returns the format, with the header of the file or of the current pcapng section.
    pub fn format(&self) -> Format<'_> {
        match &self.parser {
            FileParser::Pcap(parser) => Format::Pcap(&parser.header),
            FileParser::Pcapng(parser) => Format::Pcapng(&parser.section),
        }
    }

    /// Returns the number of sections so far: 0 in a pcap file, 1 or more in pcapng.
    pub fn sections(&self) -> u64 {
        match &self.parser {
            FileParser::Pcap(_) => 0,
            FileParser::Pcapng(parser) => parser.sections,
        }
    }

    /// Returns the interfaces; in pcapng, those of the current section so far.
    pub fn interfaces(&self) -> &[Interface] {
        match &self.parser {
            FileParser::Pcap(parser) => std::slice::from_ref(&parser.interface),
            FileParser::Pcapng(parser) => &parser.interfaces,
        }
    }

    /// Returns the last statistics of each interface that has some so far, in pcapng files: of all sections, at most 1,024.
    pub fn interface_statistics(&self) -> &[InterfaceStatistics] {
        match &self.parser {
            FileParser::Pcap(_) => &[],
            FileParser::Pcapng(parser) => &parser.statistics,
        }
    }

    /// Returns the bytes after the last record that could be read, at most a megabyte: a record that is cut off or
    /// malformed. Empty unless there was an error that [is final](Error::is_final).
    pub fn rest(&mut self) -> &[u8] {
        const MOST: usize = 1 << 20;
        match self.done && self.buffer.want(MOST).is_ok() {
            true => &self.buffer.peek()[..self.buffer.peek().len().min(MOST)],
            false => &[],
        }
    }

    /// After an error that [is final](Error::is_final), looks for the next record or block that is intact, and has reading go
    /// on there. Returns how many bytes are passed over; `None` if there is none.
    ///
    /// In pcap, records are taken for intact if three in a row are plausible, with times near to that of the last packet; in
    /// pcapng, a block of a known type, of at most a megabyte, that has the same length before and after it.
    ///
    /// ```
    /// # let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    /// # let record = [9, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7];
    /// # let file = [&header[..], &record, &[0xff; 100], &record, &record, &record].concat();
    /// use packetsmith::capture::Reader;
    /// let mut reader = Reader::new(&file[..])?;
    /// let (mut packets, mut passed_over) = (0, 0);
    /// while let Some(record) = reader.next_record() {
    ///     match record {
    ///         Ok(_) => packets += 1,
    ///         Err(error) if error.is_final() => passed_over += reader.resume().unwrap_or(0),
    ///         Err(_) => {}
    ///     }
    /// }
    /// assert_eq!((packets, passed_over), (4, 100));
    /// # Ok::<(), packetsmith::capture::Error>(())
    /// ```
    pub fn resume(&mut self) -> Option<u64> {
        if !self.done {
            return None;
        }
        let from = self.buffer.offset();
        loop {
            if self.buffer.ahead(1).is_empty() {
                return None;
            }
            self.buffer.take(1);
            let resumes = match &self.parser {
                FileParser::Pcap(parser) => parser.resumes(&mut self.buffer),
                FileParser::Pcapng(parser) => parser.resumes(&mut self.buffer),
            };
            if resumes {
                self.done = false;
                return Some(self.buffer.offset() - from);
            }
        }
    }

    /// The packet of a record that is cut, with the bytes that are there. `rest` is what [`rest`](Self::rest) has returned
    /// after the error.
    pub fn cut_packet<'a>(&'a self, rest: &'a [u8]) -> Option<CaptureItem<'a>> {
        let (interface, timestamp, original_len, data) = match &self.parser {
            FileParser::Pcap(parser) => {
                let (time, original, data) = parser.cut(rest)?;
                (0, time, original, data)
            }
            FileParser::Pcapng(parser) => parser.cut(rest)?,
        };
        let description = self.interfaces().get(interface as usize)?;
        let (section, format, interfaces) = (self.sections(), self.format(), self.interfaces());
        let record = Record {
            number: self.number + 1,
            offset: self.position(),
            timestamp: Some(timestamp),
            original_len,
            link_type: description.link_type,
            interface,
            description: Some(description),
            fcs_len: None,
            header: &[],
            data,
            options: BlockOptions::default(),
            format: Some(format),
            section,
            interfaces,
        };
        Some(CaptureItem { section, format, interfaces, content: ItemContent::Packet(record) })
    }

    /// Returns the offset of the next record in the decompressed file, in bytes.
    pub fn position(&self) -> u64 {
        self.buffer.offset()
    }

    /// Returns the number of bytes read from the underlying reader, compressed bytes for a compressed file. Up to a buffer
    /// more than the records that have been returned.
    pub fn source_position(&self) -> u64 {
        self.buffer.source_position()
    }

    /// Returns the size of the underlying file in bytes, if it is a regular file opened by name.
    pub fn source_len(&self) -> Option<u64> {
        self.source_len
    }
}

/// Length of the frame check sequence in bytes, from bits 5 to 8 of the flags option; 0 means unknown.
#[inline]
fn fcs_len(options: BlockOptions<'_>) -> Option<u8> {
    if options.bytes().is_empty() {
        return None;
    }
    let flags: [u8; 4] = options.find(2)?.try_into().ok()?;
    match options.order().u32(flags) >> 5 & 0xf {
        0 => None,
        n => Some(n as u8), // four bits
    }
}
