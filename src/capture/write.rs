//! Writing capture files: pcap and pcapng.
//!
//! pcap-file's writers cannot write every byte order, version and odd field. A copy must have every byte of its source, so
//! headers are written here.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};

use super::options::{COMMENT, checked, of_interface, of_packet, of_section};
use super::{
    BlockOptions, ByteOrder, Format, Interface, OptionError, PcapHeader, Record, RecordKind, Resolution, SectionHeader,
    Timestamp,
};
use crate::wire::DebugBytes;

/// Format of a capture file to write.
///
/// ```
/// use packetsmith::capture::{Form, Resolution};
/// /// The resolution that the file's header gives all timestamps.
/// fn resolution(form: Form) -> Option<Resolution> {
///     match form {
///         Form::Pcap => Some(Resolution::MICROSECONDS),
///         Form::NanoPcap => Some(Resolution::NANOSECONDS),
///         Form::Pcapng => None, // each interface has its own
///     }
/// }
/// assert_eq!(resolution(Form::NanoPcap).map(Resolution::digits), Some(9));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// pcap with timestamps in microseconds.
    Pcap,
    /// pcap with timestamps in nanoseconds.
    NanoPcap,
    /// pcapng.
    Pcapng,
}

impl Form {
    /// The format that a file has.
    pub fn of(format: Format<'_>) -> Form {
        match format {
            Format::Pcapng(_) => Form::Pcapng,
            Format::Pcap(header) if header.resolution == Resolution::NANOSECONDS => Form::NanoPcap,
            Format::Pcap(_) => Form::Pcap,
        }
    }
}

/// A packet to be written.
///
/// ```
/// use packetsmith::LinkType;
/// use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Resolution, Timestamp, Writer};
/// use std::time::SystemTime;
/// let header = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, LinkType::Ethernet);
/// let mut writer = Writer::new(Vec::new());
/// writer.begin(Format::Pcap(&header)).unwrap();
///
/// let now = Timestamp::try_from(SystemTime::now()).unwrap();
/// writer.packet(&NewRecord::new(&[7; 60]).at(now)).unwrap();
/// assert_eq!(writer.finish().unwrap().len(), 24 + 16 + 60);
/// ```
#[derive(Clone, Copy, Default)]
pub struct NewRecord<'a> {
    /// Time of capture; 0 is written for `None`.
    pub timestamp: Option<Timestamp>,
    /// Length of the packet on the wire, in bytes. `None`: that of the data.
    pub original_len: Option<u32>,
    /// Number of the interface within its section, from 0; in pcap there is only one.
    pub interface: u32,
    /// The packet.
    pub data: &'a [u8],
    /// Options of a pcapng block. They are written in the byte order of the section, see [`Writer`].
    pub options: BlockOptions<'a>,
    /// Comments of a pcapng block, which are written after its options.
    pub comments: &'a [&'a str],
    /// Kind of block.
    pub kind: RecordKind,
}

impl fmt::Debug for NewRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecord")
            .field("timestamp", &self.timestamp)
            .field("original_len", &self.original_len)
            .field("interface", &self.interface)
            .field("data", &DebugBytes(self.data))
            .field("options", &self.options)
            .field("comments", &self.comments)
            .field("kind", &self.kind)
            .finish()
    }
}

impl<'a> NewRecord<'a> {
    /// A packet of the first interface, none of whose bytes are cut off.
    ///
    /// ```
    /// use packetsmith::capture::{NewRecord, Timestamp};
    /// let time: Timestamp = "1700000000.25".parse().unwrap();
    /// let record = NewRecord::new(&[7; 60]).at(time).interface(1).original_len(1514).comments(&["cut", "and kept"]);
    /// assert_eq!((record.interface, record.original_len), (1, Some(1514)));
    /// ```
    pub fn new(data: &'a [u8]) -> Self {
        NewRecord { data, ..NewRecord::default() }
    }

    /// Sets the time of capture.
    pub fn at(self, timestamp: Timestamp) -> Self {
        NewRecord { timestamp: Some(timestamp), ..self }
    }

    /// Sets the number of the interface within its section, from 0.
    pub fn interface(self, number: u32) -> Self {
        NewRecord { interface: number, ..self }
    }

    /// Sets the length of the packet on the wire, in bytes.
    pub fn original_len(self, bytes: u32) -> Self {
        NewRecord { original_len: Some(bytes), ..self }
    }

    /// Sets the comments. Only pcapng has them.
    pub fn comments(self, comments: &'a [&'a str]) -> Self {
        NewRecord { comments, ..self }
    }

    /// The record with other bytes. What the capture cut off stays cut off: the length on the wire changes by as much as
    /// that of the data. Options stay, so a hash of the packet must be left out before.
    ///
    /// ```
    /// use packetsmith::capture::NewRecord;
    /// let record = NewRecord { data: &[0; 100], original_len: Some(142), ..NewRecord::default() };
    /// assert_eq!(record.with_data(&[0; 104]).original_len, Some(146));
    /// ```
    pub fn with_data(self, data: &'a [u8]) -> Self {
        let longer = data.len() as i64 - self.data.len() as i64;
        let original_len =
            self.original_len.map(|length| (i64::from(length) + longer).clamp(0, u32::MAX.into()) as u32);
        NewRecord { data, original_len, ..self }
    }

    /// Length of the packet on the wire, in bytes.
    fn wire_len(&self) -> u32 {
        self.original_len.unwrap_or(self.data.len() as u32)
    }
}

/// The packet as it was read. [`NewRecord::with_data`] gives it other bytes.
impl<'a> From<&Record<'a>> for NewRecord<'a> {
    fn from(record: &Record<'a>) -> Self {
        NewRecord {
            timestamp: record.timestamp,
            original_len: Some(record.original_len),
            interface: record.interface,
            data: record.data,
            options: record.options,
            comments: &[],
            kind: record.kind(),
        }
    }
}

/// Why a packet or block cannot be written.
///
/// ```
/// use packetsmith::capture::{ByteOrder, Format, NewRecord, SectionHeader, WriteError, Writer};
/// let mut writer = Writer::new(Vec::new());
/// assert!(matches!(writer.packet(&NewRecord::default()), Err(WriteError::NotBegun)));
/// writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Big, &[])))?;
/// let error = writer.packet(&NewRecord { interface: 2, ..NewRecord::default() }).unwrap_err();
/// assert_eq!(error.to_string(), "interface 2 is not described before its packet");
/// # Ok::<(), WriteError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum WriteError {
    /// Writing failed.
    Io(io::Error),
    /// The time is out of range: pcap has 32 bits for seconds since 1970, pcapng 64 bits of ticks.
    Time(Timestamp),
    /// The interface has not been written.
    Interface(u32),
    /// The packet or the options exceed the length field of a block.
    TooLong(usize),
    /// A second header in a pcap file, or an interface outside pcapng.
    NotPcapng,
    /// No header has been written.
    NotBegun,
    /// A comment is no text that an option can hold.
    Comment(OptionError),
    /// A comment of a packet in a pcap file or a Simple Packet Block, which have no comments.
    NoComments,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io(error) => error.fmt(f),
            WriteError::Time(time) => write!(f, "the file's form has no room for the time {time}"),
            WriteError::Interface(number) => write!(f, "interface {number} is not described before its packet"),
            WriteError::TooLong(n) => write!(f, "{n} bytes are more than a record can hold"),
            WriteError::NotPcapng => f.write_str("a pcap file has one header and no interfaces"),
            WriteError::Comment(error) => write!(f, "comment: {error}"),
            WriteError::NoComments => f.write_str("only pcapng has comments, but not in a Simple Packet Block"),
            WriteError::NotBegun => f.write_str("a header comes before the first packet"),
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Io(error) => Some(error),
            WriteError::Comment(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        WriteError::Io(error)
    }
}

/// The options in the byte order of the section, with comments after them.
fn with_comments<'a>(
    order: ByteOrder,
    options: BlockOptions<'a>,
    comments: &[&str],
) -> Result<Cow<'a, [u8]>, WriteError> {
    let mut bytes = options.in_order(order, of_packet);
    for comment in comments {
        let before = BlockOptions::new(order, &bytes);
        bytes = Cow::Owned(checked(comment).and_then(|text| before.with(COMMENT, text)).map_err(WriteError::Comment)?);
    }
    Ok(bytes)
}

enum State {
    New,
    Pcap(PcapHeader),
    /// Byte order, and of each interface the resolution and offset of its timestamps.
    Pcapng(ByteOrder, Vec<(Resolution, i64)>),
}

/// Writes a capture file. It calls the writer once for each part of a record: use a [`BufWriter`](io::BufWriter).
///
/// The options of a block are written in the byte order of their section, whichever they have: their codes and lengths, and
/// the numbers in options that the specification of pcapng knows, and in front of custom options. An unknown option may have
/// numbers too: its value is written as it is.
///
/// ```
/// use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Reader, Resolution, Timestamp, Writer};
/// let mut writer = Writer::new(Vec::new());
/// writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1)))?;
/// let timestamp = Some("1700000000.25".parse()?);
/// writer.packet(&NewRecord { timestamp, original_len: Some(4), data: b"abc", ..NewRecord::default() })?;
/// let file = writer.finish()?;
/// let mut reader = Reader::new(&file[..])?;
/// let record = reader.next_record().unwrap()?;
/// assert_eq!((record.data, record.original_len), (&b"abc"[..], 4));
/// assert_eq!(record.timestamp.unwrap().to_string(), "1700000000.250000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Writer<W: Write> {
    out: W,
    state: State,
    rounded: u64,
}

impl<W: Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("rounded", &self.rounded).finish_non_exhaustive()
    }
}

impl<W: Write> Writer<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Writer { out, state: State::New, rounded: 0 }
    }

    /// Begins a pcapng file in little endian. Interfaces come next, and then the packets.
    ///
    /// ```
    /// use packetsmith::LinkType;
    /// use packetsmith::capture::{Interface, NewRecord, Reader, Timestamp, Writer};
    /// let mut writer = Writer::pcapng(Vec::new())?;
    /// writer.interface(&Interface::of(LinkType::Ethernet).with_name("eth0")?)?;
    /// writer.interface(&Interface::of(LinkType::Raw).with_name("tun0")?)?;
    /// writer.packet(&NewRecord::new(&[7; 60]).at(Timestamp::now()).interface(1).comments(&["through the tunnel"]))?;
    /// let file = writer.finish()?;
    ///
    /// let mut reader = Reader::new(&file[..])?;
    /// let record = reader.next_record().unwrap()?;
    /// assert_eq!((record.link_type, record.comments().next().as_deref()), (Some(101), Some("through the tunnel")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Writing fails.
    pub fn pcapng(out: W) -> Result<Self, WriteError> {
        let mut writer = Writer::new(out);
        writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Little, &[])))?;
        Ok(writer)
    }

    /// Begins a pcap file, or a section of a pcapng file, with this header.
    ///
    /// # Errors
    ///
    /// Writing fails, or a pcap header is not the first.
    pub fn begin(&mut self, header: Format<'_>) -> Result<(), WriteError> {
        match (header, &self.state) {
            (Format::Pcap(header), State::New) => {
                self.out.write_all(&header.bytes())?;
                self.state = State::Pcap(*header);
                Ok(())
            }
            (Format::Pcapng(header), State::New | State::Pcapng(..)) => {
                self.section(header)?;
                self.state = State::Pcapng(header.byte_order, Vec::new());
                Ok(())
            }
            _ => Err(WriteError::NotPcapng),
        }
    }

    fn section(&mut self, header: &SectionHeader) -> Result<(), WriteError> {
        let order = header.byte_order;
        let mut fixed = [0; 16];
        fixed[..4].copy_from_slice(&order.of_u32(0x1a2b_3c4d));
        fixed[4..6].copy_from_slice(&order.of_u16(header.version.0));
        fixed[6..8].copy_from_slice(&order.of_u16(header.version.1));
        // The length of the section is not known while it is written.
        fixed[8..].fill(0xff);
        self.block(order, 0x0a0d_0d0a, &fixed, &[], &header.options().in_order(order, of_section))
    }

    /// Describes an interface of a pcapng section; the first one has the number 0.
    ///
    /// # Errors
    ///
    /// Writing fails, or the file is not pcapng.
    pub fn interface(&mut self, interface: &Interface) -> Result<(), WriteError> {
        let State::Pcapng(order, interfaces) = &mut self.state else { return Err(WriteError::NotPcapng) };
        let order = *order;
        interfaces.push((interface.resolution, interface.offset));
        let mut fixed = [0; 8];
        fixed[..2].copy_from_slice(&order.of_u16(interface.link_type.unwrap_or_default()));
        fixed[4..].copy_from_slice(&order.of_u32(interface.snap_len));
        self.block(order, 1, &fixed, &[], &interface.options().in_order(order, of_interface))
    }

    /// Writes a block of a pcapng section that is neither section header, interface nor packet: its type, and the body in the
    /// byte order of the section.
    ///
    /// # Errors
    ///
    /// Writing fails, the file is not pcapng, or the body is too long.
    pub fn other_block(&mut self, block_type: u32, body: &[u8]) -> Result<(), WriteError> {
        let State::Pcapng(order, _) = &self.state else { return Err(WriteError::NotPcapng) };
        let order = *order;
        self.block(order, block_type, &[], body, &[])
    }

    /// Number of interfaces that the section has.
    pub fn interfaces(&self) -> usize {
        match &self.state {
            State::Pcapng(_, interfaces) => interfaces.len(),
            _ => 0,
        }
    }

    /// Writes a packet.
    ///
    /// # Errors
    ///
    /// Writing fails, the time is out of range, the interface has not been written, or there is no place for a comment.
    pub fn packet(&mut self, record: &NewRecord<'_>) -> Result<(), WriteError> {
        let captured = u32::try_from(record.data.len()).map_err(|_| WriteError::TooLong(record.data.len()))?;
        match &self.state {
            State::New => Err(WriteError::NotBegun),
            State::Pcap(_) if !record.comments.is_empty() => Err(WriteError::NoComments),
            State::Pcap(header) => {
                let header = *header;
                let [seconds, fraction] = self.pcap_time(header.resolution, record.timestamp)?;
                let (bytes, len) = header.record([seconds, fraction], captured, record.wire_len());
                self.raw(&bytes[..len], record.data)
            }
            State::Pcapng(order, interfaces) => {
                let order = *order;
                let known = interfaces.get(record.interface as usize).copied();
                let (resolution, offset) = known.ok_or(WriteError::Interface(record.interface))?;
                let mut fixed = [0; 20];
                let numbers = |place: &mut [u8], numbers: &[u32]| {
                    for (place, number) in place.chunks_exact_mut(4).zip(numbers) {
                        place.copy_from_slice(&order.of_u32(*number));
                    }
                };
                if record.kind == RecordKind::Simple && !record.comments.is_empty() {
                    return Err(WriteError::NoComments);
                }
                if record.kind == RecordKind::Simple {
                    numbers(&mut fixed, &[record.wire_len()]);
                    return self.block(order, 3, &fixed[..4], record.data, &[]);
                }
                let ticks = self.pcapng_time(resolution, offset, record.timestamp)?;
                let rest = [(ticks >> 32) as u32, ticks as u32, captured, record.wire_len()];
                numbers(&mut fixed[4..], &rest);
                let kind = match record.kind {
                    RecordKind::Old { drops } => {
                        let number =
                            u16::try_from(record.interface).map_err(|_| WriteError::Interface(record.interface))?;
                        fixed[..2].copy_from_slice(&order.of_u16(number));
                        fixed[2..4].copy_from_slice(&order.of_u16(drops));
                        2
                    }
                    _ => {
                        numbers(&mut fixed, &[record.interface]);
                        6
                    }
                };
                let options = with_comments(order, record.options, record.comments)?;
                self.block(order, kind, &fixed, record.data, &options)
            }
        }
    }

    /// Writes a record of a pcap file with this header, verbatim.
    ///
    /// # Errors
    ///
    /// Writing fails.
    pub fn raw(&mut self, header: &[u8], data: &[u8]) -> Result<(), WriteError> {
        self.out.write_all(header)?;
        self.out.write_all(data)?;
        Ok(())
    }

    /// Number of times with more digits than the file can hold, which were rounded down.
    pub fn rounded(&self) -> u64 {
        self.rounded
    }

    /// Flushes and returns the writer.
    ///
    /// # Errors
    ///
    /// Writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    /// The writer.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    pub(super) fn pcap_time(
        &mut self,
        resolution: Resolution,
        time: Option<Timestamp>,
    ) -> Result<[u32; 2], WriteError> {
        let Some(time) = time else { return Ok([0; 2]) };
        // Verbatim, however odd.
        if let (true, Ok(base), Ok(ticks)) =
            (time.resolution() == resolution, u32::try_from(time.base()), u32::try_from(time.ticks()))
        {
            return Ok([base, ticks]);
        }
        let unit = if resolution == Resolution::NANOSECONDS { 1 } else { 1000 };
        let nanos = time.subsec_nanos();
        self.rounded += u64::from(nanos % unit != 0);
        let seconds = u32::try_from(time.seconds()).map_err(|_| WriteError::Time(time))?;
        Ok([seconds, nanos / unit])
    }

    fn pcapng_time(&mut self, resolution: Resolution, offset: i64, time: Option<Timestamp>) -> Result<u64, WriteError> {
        let Some(time) = time else { return Ok(0) };
        if time.resolution() == resolution && time.base() == offset {
            return Ok(time.ticks());
        }
        let nanos = time.nanos() - i128::from(offset) * 1_000_000_000;
        if let Some(ticks) = resolution.ticks(nanos) {
            return Ok(ticks);
        }
        self.rounded += 1;
        let micros = nanos - nanos.rem_euclid(1000);
        resolution.ticks(micros).ok_or(WriteError::Time(time))
    }

    /// Writes a block: type, length, fixed part, data filled up to four bytes, options likewise, and the
    /// length again.
    fn block(
        &mut self,
        order: ByteOrder,
        kind: u32,
        fixed: &[u8],
        data: &[u8],
        options: &[u8],
    ) -> Result<(), WriteError> {
        let padded = |bytes: &[u8]| bytes.len().next_multiple_of(4);
        let len = 12 + fixed.len() + padded(data) + padded(options);
        let length = order.of_u32(u32::try_from(len).map_err(|_| WriteError::TooLong(len))?);
        let out = &mut self.out;
        // Short parts go together: a call for each would take longer than the copy.
        let mut head = [0; 28];
        head[..4].copy_from_slice(&order.of_u32(kind));
        head[4..8].copy_from_slice(&length);
        head[8..8 + fixed.len()].copy_from_slice(fixed);
        out.write_all(&head[..8 + fixed.len()])?;
        out.write_all(data)?;
        let mut tail = [0; 3 + 32 + 4];
        let (begin, end) = (padded(data) - data.len(), padded(data) - data.len() + padded(options));
        if let Some(tail) = tail.get_mut(..end + 4) {
            tail[begin..begin + options.len()].copy_from_slice(options);
            tail[end..].copy_from_slice(&length);
            return Ok(out.write_all(tail)?);
        }
        out.write_all(&[0; 3][..begin])?;
        out.write_all(options)?;
        out.write_all(&[0; 3][..padded(options) - options.len()])?;
        out.write_all(&length)?;
        Ok(())
    }
}
