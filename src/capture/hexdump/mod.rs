//! Hexdumps: packets as text, as tcpdump, xxd, hexdump, od, tshark and text2pcap write them.
//!
//! The first line with bytes decides the form of the dump. After that each line is what this form says, or it is refused:
//! offsets say how many bytes a line has, and text beside the bytes is never taken for bytes.

mod blocks;
mod error;
mod header;
mod line;

pub(super) use blocks::HexdumpBlocks;
pub use error::{HexdumpError, HexdumpProblem};
pub use header::HexdumpTimes;

use self::header::{Header, NamedNetwork};
use self::line::{DumpForm, DumpLine, Row, RowLength, plain, quoted, row};
use super::limits::MAX_DUMPED;
use super::{Resolution, Timestamp};
use crate::proto::LinkType;
use crate::wire::Sum;
use std::collections::VecDeque;
use std::fmt;
use std::io::Read;

/// Most characters of a line: a packet of the largest size as `0x45, 0x00` on one line.
const MAX_LINE: usize = 6 * MAX_DUMPED + 1024;

/// Bytes that are read at once.
const STEP: usize = 16 * 1024;

/// Most packets that are looked at to find out the link type.
const MOST_LOOKED_AT: usize = 8;

/// Settings of a [`HexdumpReader`].
///
/// ```
/// use packetsmith::LinkType;
/// use packetsmith::capture::{HexdumpReader, HexdumpSettings};
/// let settings = HexdumpSettings { link_type: Some(LinkType::Raw) };
/// assert_eq!(HexdumpReader::new(&b"45 00"[..], settings).link_type().unwrap(), LinkType::Raw);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HexdumpSettings {
    /// Type of the first header of each packet. `None`: raw IP for a dump of `tcpdump -x` or `-X`, which leave the link
    /// header out, and Ethernet for any other.
    pub link_type: Option<LinkType>,
}

/// A packet of a hexdump.
///
/// ```
/// use packetsmith::capture::{HexdumpReader, HexdumpSettings};
/// let mut dump = HexdumpReader::new(&b"# a comment\n45 00\n"[..], HexdumpSettings::default());
/// let packet = dump.next_packet().unwrap().unwrap();
/// assert_eq!((packet.data, packet.line, packet.time), (&[0x45, 0][..], 2, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HexdumpPacket<'a> {
    /// The packet.
    pub data: &'a [u8],
    /// The time, from a header line of tcpdump.
    pub time: Option<Timestamp>,
    /// Number of the line with its first byte, from 1.
    pub line: u64,
}

/// A packet that has been read.
#[derive(Debug, Default)]
struct StoredPacket {
    data: Vec<u8>,
    header: Header,
    line: u64,
}

/// A line that is read when the next one tells how many bytes it has.
#[derive(Debug)]
struct HeldRow {
    offset: u64,
    body: Vec<u8>,
    line: u64,
}

/// Reads packets from a hexdump.
///
/// These forms are known:
///
/// - `tcpdump -x`, `-xx`, `-X`, `-XX`, with or without the header lines, whose times the packets have;
/// - `xxd`, `hexdump -C`, `od -Ax -tx1`, and the dumps of tshark, Wireshark and text2pcap, in which an offset of 0 begins
///   a packet and a line with `#` is a comment;
/// - digits without offsets, between blanks, commas, colons, hyphens or nothing, also with `0x`; an empty line begins a
///   packet.
///
/// It holds one line and one packet, of at most [`MAX_PACKET`](Self::MAX_PACKET) bytes, and at the beginning up to eight
/// packets to find out the link type. [`Reader::from_hexdump`](super::Reader::from_hexdump) returns the packets as
/// records of a capture file.
///
/// ```
/// use packetsmith::capture::{HexdumpReader, HexdumpSettings};
/// let text = "\
/// 0000  ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01   ................
/// 0010  08 00 06 04 00 01                                 ......
/// ";
/// let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
/// let packet = dump.next_packet()?.unwrap();
/// assert_eq!((packet.data.len(), &packet.data[..2]), (22, &[0xff, 0xff][..]));
/// assert!(dump.next_packet()?.is_none());
/// # Ok::<(), packetsmith::capture::HexdumpError>(())
/// ```
pub struct HexdumpReader<R> {
    lines: Lines<R>,
    settings: HexdumpSettings,
    form: Option<DumpForm>,
    /// The first line before the first line with bytes, which is the header of a packet or wrong.
    skipped: Option<HexdumpError>,
    /// The packet that is being read, if it has begun.
    begun: Option<StoredPacket>,
    held: Option<HeldRow>,
    /// The line before, in the packet that is being read.
    row: Option<Row>,
    /// Digits of the first offset.
    digits: usize,
    /// Whether a `*` came after the last line.
    repeats: bool,
    /// Whether the packet has an offset at its end.
    is_complete: bool,
    /// The header of the next packet.
    header: Header,
    /// Time of day of the last packet with one, and days that have passed, in nanoseconds.
    of_day: (i128, i128),
    /// Packets that have been read to find out the link type.
    ahead: VecDeque<StoredPacket>,
    current: StoredPacket,
    found: Option<(LinkType, HexdumpTimes, Resolution)>,
    done: bool,
}

impl<R> fmt::Debug for HexdumpReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HexdumpReader")
            .field("settings", &self.settings)
            .field("form", &self.form)
            .field("line", &self.lines.number)
            .finish_non_exhaustive()
    }
}

impl HexdumpReader<&[u8]> {
    /// Most bytes of a packet: 262,144, the largest snapshot length of tcpdump.
    pub const MAX_PACKET: usize = MAX_DUMPED;

    /// Tells whether a text is a hexdump, from its first bytes: its first line with bytes, which tcpdump's headers may
    /// precede, begins with the offset 0 or has nothing but digits. `None` if more must be read, which is so for no more
    /// than 64 KiB; `ended` tells that there is no more.
    ///
    /// ```
    /// use packetsmith::capture::HexdumpReader;
    /// assert_eq!(HexdumpReader::recognizes(b"0000  45 00 00 3c\n", false), Some(true));
    /// assert_eq!(HexdumpReader::recognizes(b"Dear friend,\n\n", true), Some(false));
    /// assert_eq!(HexdumpReader::recognizes(b"0000  45 0", false), None);
    /// // A capture file.
    /// assert_eq!(HexdumpReader::recognizes(b"\xd4\xc3\xb2\xa1", false), Some(false));
    /// ```
    pub fn recognizes(first: &[u8], ended: bool) -> Option<bool> {
        const MOST: usize = 64 * 1024;
        let first = first.strip_prefix(BYTE_ORDER_MARK).unwrap_or(first);
        // Capture files, plain and compressed, begin with bytes that no text has; pcapng with ends of lines.
        let is_text = std::str::from_utf8(first).map_or_else(|error| error.error_len().is_none(), |_| true);
        let is_control = |byte: &u8| matches!(byte, 0..=8 | 11 | 12 | 14..=31 | 127);
        if !is_text || first.iter().any(is_control) || first.starts_with(b"\n\r") {
            return Some(false);
        }
        let ended = ended || first.len() >= MOST;
        let whole = match first.iter().rposition(|&byte| byte == b'\n') {
            _ if ended => first,
            Some(end) => &first[..end],
            None => return None,
        };
        let mut has_header = false;
        for line in whole.split(|&byte| byte == b'\n') {
            if line.trim_ascii().is_empty() || line.trim_ascii_start().starts_with(b"#") {
                continue;
            }
            match DumpForm::of(line) {
                None => has_header = true,
                // Only the headers of tcpdump go before bytes.
                Some(Ok(form)) => {
                    if !has_header || form == DumpForm::Tcpdump {
                        return Some(true);
                    }
                }
                Some(Err(_)) if !has_header => return Some(true),
                Some(Err(_)) => {}
            }
        }
        ended.then_some(false)
    }
}

/// What some editors put before a text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read> HexdumpReader<R> {
    /// A reader of a hexdump. Nothing is read yet.
    pub fn new(read: R, settings: HexdumpSettings) -> Self {
        HexdumpReader {
            lines: Lines { read, bytes: Vec::new(), start: 0, number: 0, position: 0, ended: false, failed: None },
            skipped: None,
            settings,
            form: None,
            begun: None,
            held: None,
            row: None,
            digits: 0,
            repeats: false,
            is_complete: false,
            header: Header::default(),
            of_day: (0, 0),
            ahead: VecDeque::new(),
            current: StoredPacket::default(),
            found: None,
            done: false,
        }
    }

    /// Reads the next packet. `None` at the end.
    ///
    /// # Errors
    ///
    /// Reading fails, or a line is not what the form of the dump says. Nothing more can be read then; packets that were
    /// complete have been returned.
    pub fn next_packet(&mut self) -> Result<Option<HexdumpPacket<'_>>, HexdumpError> {
        self.current = match self.ahead.pop_front() {
            Some(packet) => packet,
            None => {
                let spare = std::mem::take(&mut self.current.data);
                let Some(packet) = self.read_packet(spare)? else { return Ok(None) };
                packet
            }
        };
        let StoredPacket { data, header, line } = &self.current;
        if let (Some(time), Some((_, _, resolution))) = (header.time, self.found)
            && time.at(resolution, 0).is_none()
            && time.nanos() >= 0
        {
            let error = HexdumpError { line: *line, problem: HexdumpProblem::Finer };
            self.ahead.clear();
            self.done = true;
            return Err(error);
        }
        Ok(Some(HexdumpPacket { data, time: header.time, line: *line }))
    }

    /// Type of the first header of the packets: that of the settings, or what the first packets tell.
    ///
    /// # Errors
    ///
    /// As for [`next_packet`](Self::next_packet).
    pub fn link_type(&mut self) -> Result<LinkType, HexdumpError> {
        self.look_ahead().map(|(link_type, ..)| link_type)
    }

    /// What the times of the packets are, by the first of them.
    ///
    /// # Errors
    ///
    /// As for [`next_packet`](Self::next_packet).
    pub fn times(&mut self) -> Result<HexdumpTimes, HexdumpError> {
        self.look_ahead().map(|(_, times, _)| times)
    }

    fn resolution(&mut self) -> Result<Resolution, HexdumpError> {
        self.look_ahead().map(|(.., resolution)| resolution)
    }

    /// Number of bytes of text that have been read.
    pub(super) fn position(&self) -> u64 {
        self.lines.position
    }

    /// Reads packets until one tells the link type.
    fn look_ahead(&mut self) -> Result<(LinkType, HexdumpTimes, Resolution), HexdumpError> {
        if let Some(found) = self.found {
            return Ok(found);
        }
        let mut told = self.settings.link_type;
        let mut header = None;
        while header.is_none() || told.is_none() {
            let packet = match self.read_packet(Vec::new()) {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                // What was complete is shown before the error comes again.
                Err(error) if self.ahead.is_empty() => return Err(error),
                Err(error) => {
                    self.lines.failed = Some(error);
                    self.done = false;
                    break;
                }
            };
            header = header.or(Some(packet.header));
            told = told.or(match self.form {
                Some(DumpForm::Tcpdump) => told_by(&packet),
                _ => Some(LinkType::Ethernet),
            });
            self.ahead.push_back(packet);
            if self.ahead.len() == MOST_LOOKED_AT {
                break;
            }
        }
        let header = header.unwrap_or_default();
        let resolution = header.time.map_or(Resolution::MICROSECONDS, Timestamp::resolution);
        let found = (told.unwrap_or(LinkType::Ethernet), header.times, resolution);
        self.found = Some(found);
        Ok(found)
    }

    /// Reads lines until a packet is complete.
    fn read_packet(&mut self, spare: Vec<u8>) -> Result<Option<StoredPacket>, HexdumpError> {
        if self.done {
            return Ok(None);
        }
        let read = self.read_lines(spare);
        self.done = !matches!(read, Ok(Some(_)));
        read
    }

    fn read_lines(&mut self, mut spare: Vec<u8>) -> Result<Option<StoredPacket>, HexdumpError> {
        while let Some(range) = self.lines.next()? {
            let line = &self.lines.bytes[range];
            let form = match self.form {
                Some(form) => form,
                None => match first_form(line) {
                    Ok(Some(form)) => match self.skipped.take() {
                        Some(error) if form != DumpForm::Tcpdump => return Err(error),
                        _ => *self.form.insert(form),
                    },
                    Ok(None) => continue,
                    Err(HexdumpProblem::NotHex(text)) => {
                        self.header = Header::parse(line).unwrap_or(self.header);
                        let problem = HexdumpProblem::NotHex(text);
                        self.skipped = self.skipped.take().or(Some(self.lines.error(problem)));
                        continue;
                    }
                    Err(problem) => return Err(self.lines.error(problem)),
                },
            };
            let number = self.lines.number;
            let ready = match form.line(line).map_err(|problem| self.lines.error(problem))? {
                DumpLine::Comment => None,
                DumpLine::Blank if form == DumpForm::Plain => self.begun.take(),
                DumpLine::Blank => None,
                DumpLine::Header => {
                    let header = Header::parse(line);
                    // After bytes, a line that continues a header is a line of bytes that is damaged.
                    if header.is_none() && self.begun.is_some() {
                        return Err(self.lines.error(HexdumpProblem::NotHex(quoted(line.trim_ascii()))));
                    }
                    let ready = self.finish()?;
                    self.header = header.unwrap_or(self.header);
                    ready
                }
                DumpLine::Repeat => {
                    self.repeat()?;
                    None
                }
                DumpLine::Digits(digits) => {
                    let begun = self.begun.get_or_insert_with(|| StoredPacket {
                        data: std::mem::take(&mut spare),
                        header: Header::default(),
                        line: number,
                    });
                    if begun.line == number {
                        begun.data.clear();
                    }
                    let read = plain(digits, &mut begun.data).and_then(|()| short(&begun.data));
                    read.map_err(|problem| self.lines.error(problem))?;
                    None
                }
                // No offset is shorter than the first.
                DumpLine::Row(_, digits, _) if digits < self.digits => {
                    return Err(self.lines.error(HexdumpProblem::NotHex(quoted(line.trim_ascii()))));
                }
                DumpLine::Row(offset, digits, body) => {
                    self.digits = if self.digits == 0 { digits } else { self.digits };
                    let body = body.trim_ascii().to_vec();
                    self.row(offset, body, &mut spare)?
                }
            };
            if let Some(packet) = ready {
                return Ok(Some(packet));
            }
        }
        if let Some(error) = self.skipped.take() {
            return Err(error);
        }
        match self.form {
            Some(DumpForm::Plain) => Ok(self.begun.take()),
            _ => self.finish(),
        }
    }

    /// Takes a line with an offset. Returns the packet that it ends.
    fn row(&mut self, offset: u64, body: Vec<u8>, spare: &mut Vec<u8>) -> Result<Option<StoredPacket>, HexdumpError> {
        let line = self.lines.number;
        let ends = body.is_empty();
        let mut ready = None;
        if offset == 0 && !ends {
            ready = self.finish()?;
        } else if self.begun.is_none() || self.is_complete {
            // An empty packet ends at once.
            return match offset {
                0 => Ok(None),
                _ => Err(self.lines.error(HexdumpProblem::FirstOffset(offset))),
            };
        } else {
            self.read_held(Some(offset))?;
            self.fill(offset)?;
        }
        if ends {
            self.is_complete = true;
            return Ok(ready);
        }
        if self.begun.is_none() {
            let header = self.dated();
            let mut data = std::mem::take(spare);
            data.clear();
            self.begun = Some(StoredPacket { data, header, line });
            self.row = None;
            self.is_complete = false;
        }
        self.held = Some(HeldRow { offset, body, line });
        Ok(ready)
    }

    /// Ends the packet that is being read, if there is one.
    fn finish(&mut self) -> Result<Option<StoredPacket>, HexdumpError> {
        if self.repeats {
            return Err(self.lines.error(HexdumpProblem::Repeat));
        }
        self.read_held(None)?;
        self.is_complete = false;
        Ok(self.begun.take())
    }

    /// Reads the line that was held. `next` is the offset of the next one, if that belongs to the packet.
    fn read_held(&mut self, next: Option<u64>) -> Result<(), HexdumpError> {
        let Some(held) = self.held.take() else { return Ok(()) };
        let form = self.form.unwrap_or(DumpForm::Columns);
        let begun = self.begun.get_or_insert_default();
        let start = begun.data.len();
        let mut read = || -> Result<Row, HexdumpProblem> {
            let (offset, have) = (next.unwrap_or(0), held.offset);
            let count = match next {
                None => RowLength::AtMost(self.row.map(|row| row.count)),
                Some(_) => match usize::try_from(offset.saturating_sub(have)) {
                    Ok(count @ 1..=MAX_DUMPED) => RowLength::Exactly(count),
                    _ => return Err(HexdumpProblem::Offset { offset, have }),
                },
            };
            let found = row(form, &held.body, count, &mut begun.data)?;
            short(&begun.data)?;
            let is_blank = || begun.data[start..].iter().all(|&byte| byte == b' ');
            let is_short = self.row.is_some_and(|before| before.has_text && found.count < before.count);
            match is_short && next.is_none() && !found.has_text && !is_blank() {
                true => Err(HexdumpProblem::NoText),
                false => Ok(found),
            }
        };
        let found = read().map_err(|problem| HexdumpError { line: held.line, problem })?;
        // The last line is shorter than the others.
        self.row = Some(match self.row {
            Some(before) if next.is_none() => before,
            _ => found,
        });
        Ok(())
    }

    /// Takes a `*`.
    fn repeat(&mut self) -> Result<(), HexdumpError> {
        let width = match (&self.held, self.row) {
            _ if self.repeats || self.is_complete => None,
            (Some(held), Some(row)) => Some(held.offset + row.count as u64),
            // Of the first line, the tools have sixteen bytes.
            (Some(held), None) => Some(held.offset + 16),
            (None, _) => None,
        };
        let Some(next) = width else { return Err(self.lines.error(HexdumpProblem::Repeat)) };
        self.read_held(Some(next))?;
        self.repeats = true;
        Ok(())
    }

    /// Repeats the last line up to an offset, after a `*`.
    fn fill(&mut self, offset: u64) -> Result<(), HexdumpError> {
        let Some(begun) = &mut self.begun else { return Ok(()) };
        let have = begun.data.len();
        let width = self.row.map_or(0, |row| row.count).min(have);
        if std::mem::take(&mut self.repeats) {
            let missing = usize::try_from(offset).unwrap_or(usize::MAX).saturating_sub(have);
            if missing > MAX_DUMPED {
                return Err(self.lines.error(HexdumpProblem::TooLong));
            }
            if width == 0 || missing == 0 || !missing.is_multiple_of(width) {
                return Err(self.lines.error(HexdumpProblem::Repeat));
            }
            for _ in 0..missing / width {
                begun.data.extend_from_within(have - width..have);
            }
            return short(&begun.data).map_err(|problem| self.lines.error(problem));
        }
        match offset == have as u64 {
            true => Ok(()),
            false => Err(self.lines.error(HexdumpProblem::Offset { offset, have: have as u64 })),
        }
    }

    /// The header of the packet that begins. Times of day go on after midnight.
    fn dated(&mut self) -> Header {
        const DAY: i128 = 86_400_000_000_000;
        let mut header = std::mem::take(&mut self.header);
        if let (HexdumpTimes::OfDay, Some(time)) = (header.times, header.time) {
            let (before, days) = &mut self.of_day;
            // Packets out of order go back by less.
            if time.nanos() + DAY / 2 < *before {
                *days += DAY;
            }
            *before = time.nanos();
            let moved = Timestamp::from_nanos(time.nanos() + *days);
            header.time = moved.and_then(|moved| moved.at(time.resolution(), i64::try_from(moved.seconds()).ok()?));
        }
        header
    }
}

/// The form of a dump by a line that may be its first. `None` for an empty line or a comment.
fn first_form(line: &[u8]) -> Result<Option<DumpForm>, HexdumpProblem> {
    if line.trim_ascii().is_empty() || line.trim_ascii_start().starts_with(b"#") {
        return Ok(None);
    }
    match DumpForm::of(line) {
        Some(form) => form.map(Some),
        None => Err(HexdumpProblem::NotHex(quoted(line.trim_ascii()))),
    }
}

fn short(data: &[u8]) -> Result<(), HexdumpProblem> {
    if data.len() > MAX_DUMPED { Err(HexdumpProblem::TooLong) } else { Ok(()) }
}

/// The link type that a packet of tcpdump tells, if it tells one: with -x and -X it begins with what is above the link.
fn told_by(packet: &StoredPacket) -> Option<LinkType> {
    let StoredPacket { data, header, .. } = packet;
    let ethertype = data.get(12..14).map(|number| u16::from_be_bytes([number[0], number[1]]));
    // IPv4, IPv6, ARP, and tags before them.
    let is_ethernet = matches!(ethertype, Some(0x0800 | 0x86dd | 0x0806 | 0x8100 | 0x88a8 | 0x8863 | 0x8864 | 0x8847));
    let says_ip = header.network == Some(NamedNetwork::Ip) && !is_ethernet;
    let is_ip = match *data.as_slice() {
        [first @ 0x45..=0x4f, _, high, low, ..] => {
            let header = data.get(..usize::from(first & 15) * 4);
            let is_good = header.is_some_and(|header| Sum::new().bytes(header).checksum() == 0);
            is_good || says_ip && usize::from(u16::from_be_bytes([high, low])) == data.len()
        }
        [0x60..=0x6f, _, _, _, high, low, ..] => {
            data.len() == 40 + usize::from(u16::from_be_bytes([high, low])) || says_ip
        }
        _ => false,
    };
    // The beginning of ARP over Ethernet.
    let is_arp = data.starts_with(&[0, 1, 8, 0, 6, 4]) && header.network == Some(NamedNetwork::Other);
    match (is_ip || is_arp, is_ethernet) {
        (true, _) => Some(LinkType::Raw),
        (false, true) => Some(LinkType::Ethernet),
        (false, false) => None,
    }
}

/// Splits a text into lines.
struct Lines<R> {
    read: R,
    bytes: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// Number of the last line.
    number: u64,
    position: u64,
    ended: bool,
    /// An error that comes with the next line.
    failed: Option<HexdumpError>,
}

impl<R: Read> Lines<R> {
    fn error(&self, problem: HexdumpProblem) -> HexdumpError {
        HexdumpError { line: self.number, problem }
    }

    /// The next line, without its end. `None` at the end.
    fn next(&mut self) -> Result<Option<std::ops::Range<usize>>, HexdumpError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut seen = 0;
        loop {
            let rest = &self.bytes[self.start..];
            let end = rest[seen..].iter().position(|&byte| byte == b'\n').map(|end| seen + end);
            let line = match end {
                Some(end) => end,
                None if self.ended && rest.is_empty() => return Ok(None),
                None if self.ended => rest.len(),
                None => {
                    seen = rest.len();
                    if seen > MAX_LINE {
                        self.number += 1;
                        return Err(self.error(HexdumpProblem::LongLine(MAX_LINE)));
                    }
                    self.fill()?;
                    continue;
                }
            };
            self.number += 1;
            let first = self.start;
            self.start = (first + line + 1).min(self.bytes.len());
            let mark = if self.number == 1 && self.bytes[first..].starts_with(BYTE_ORDER_MARK) { 3 } else { 0 };
            return Ok(Some(first + mark..first + line));
        }
    }

    fn fill(&mut self) -> Result<(), HexdumpError> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let have = self.bytes.len();
        self.bytes.resize(have + STEP, 0);
        let read = loop {
            match self.read.read(&mut self.bytes[have..]) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let n = *read.as_ref().unwrap_or(&0);
        self.bytes.truncate(have + n);
        self.position += n as u64;
        self.ended = n == 0;
        match read {
            Ok(_) => Ok(()),
            Err(error) => {
                self.number += 1;
                Err(self.error(HexdumpProblem::Io(error)))
            }
        }
    }
}
