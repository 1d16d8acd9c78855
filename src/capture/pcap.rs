//! pcap files: a header, then records.
//!
//! pcap-file reads the header. The records are read here, since it takes the first length for the
//! captured one, which it is not in files before version 2.4, and knows records of 16 bytes only.
//! For the records it does know it would be a second way beside this one, and is no faster.

use std::io::Read;

use pcap_file::pcap::PcapHeader as FileHeader;

use super::buffer::Buffer;
use super::error::{ErrorKind, Failure};
use super::found_record::FoundRecord;
use super::{ByteOrder, Interface, MAX_RECORD, Resolution, Timestamp};
use crate::proto::LinkType;

const HEADER: usize = 24;

/// Magic number of Alexey Kuznetzov's patched libpcap.
const MODIFIED: u32 = 0xa1b2_cd34;
const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;

/// Header of a pcap file.
///
/// ```
/// use packetsmith::capture::{ByteOrder, PcapHeader, Resolution};
/// let header = PcapHeader::new(ByteOrder::Little, Resolution::NANOSECONDS, 101);
/// assert_eq!((header.link_type(), header.bytes()[0]), (101, 0x4d));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcapHeader {
    /// Byte order of all headers.
    pub byte_order: ByteOrder,
    /// Unit of the sub-second part: microseconds or nanoseconds.
    pub resolution: Resolution,
    /// Whether records have the 24-byte header of Kuznetzov's patched libpcap (magic number
    /// a1b2cd34), which adds interface index, protocol and packet type.
    pub modified: bool,
    /// Major and minor version: nearly always 2 and 4.
    pub version: (u16, u16),
    /// Time zone: seconds to be added for local time. Writers leave it 0; not applied.
    pub time_zone: i32,
    /// Accuracy of timestamps; not used.
    pub accuracy: u32,
    /// Snapshot length: most bytes captured of a packet; records may have more.
    pub snap_len: u32,
    /// The field with the link type in its low 16 bits.
    pub link_field: u32,
}

impl PcapHeader {
    /// The header of a new file: version 2.4, snapshot length 262,144 bytes as tcpdump has it.
    pub fn new(byte_order: ByteOrder, resolution: Resolution, link_type: impl Into<LinkType>) -> Self {
        PcapHeader {
            byte_order,
            resolution,
            modified: false,
            version: (2, 4),
            time_zone: 0,
            accuracy: 0,
            snap_len: 262_144,
            link_field: u16::from(link_type.into()).into(),
        }
    }

    /// Returns the one interface that the file has.
    pub fn interface(&self) -> Interface {
        Interface {
            link_type: Some(self.link_type()),
            snap_len: self.snap_len,
            resolution: self.resolution,
            fcs_len: self.fcs_len(),
            ..Interface::unknown(self.byte_order)
        }
    }

    /// The interface as a pcapng section in little endian describes it.
    pub(super) fn described(&self) -> Interface {
        let mut options = Vec::new();
        if self.resolution == Resolution::NANOSECONDS {
            options.extend([9, 0, 1, 0, self.resolution.raw(), 0, 0, 0]);
        }
        if let Some(len) = self.fcs_len() {
            options.extend([13, 0, 1, 0, len, 0, 0, 0]);
        }
        if !options.is_empty() {
            options.extend([0; 4]);
        }
        Interface::new(ByteOrder::Little, self.link_type(), self.snap_len, &options)
    }

    /// Returns the header as the bytes of the file.
    pub fn bytes(&self) -> [u8; 24] {
        let magic = match (self.modified, self.resolution) {
            (true, _) => MODIFIED,
            (_, Resolution::NANOSECONDS) => NANOSECONDS,
            _ => MICROSECONDS,
        };
        let order = self.byte_order;
        let [major, minor] = [self.version.0, self.version.1].map(|number| order.of_u16(number));
        let mut bytes = [0; 24];
        bytes[..4].copy_from_slice(&order.of_u32(magic));
        bytes[4..6].copy_from_slice(&major);
        bytes[6..8].copy_from_slice(&minor);
        let rest = [self.time_zone as u32, self.accuracy, self.snap_len, self.link_field];
        for (place, number) in bytes[8..].chunks_exact_mut(4).zip(rest) {
            place.copy_from_slice(&order.of_u32(number));
        }
        bytes
    }

    /// Returns the header of a record as the bytes of the file, and its length: 16, or
    /// in modified files 24, of which the last 8 are zero here. `time` is the two numbers of its timestamp.
    pub fn record(&self, time: [u32; 2], captured: u32, original: u32) -> ([u8; 24], usize) {
        let [seconds, fraction] = time;
        let numbers = match self.version {
            (2, 0..=2) | (543, 0) => [seconds, fraction, original, captured],
            _ => [seconds, fraction, captured, original],
        };
        let mut bytes = [0; 24];
        for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&self.byte_order.of_u32(number));
        }
        (bytes, self.record_len())
    }

    /// Bytes of a record's header.
    const fn record_len(&self) -> usize {
        if self.modified { 24 } else { 16 }
    }

    /// Returns the link type.
    pub const fn link_type(&self) -> u16 {
        self.link_field as u16 // the low 16 bits
    }

    /// Returns the length in bytes of the frame check sequence that ends each packet, if the header has it.
    ///
    /// The highest four bits count units of 16 bits, if bit 26 is set.
    pub const fn fcs_len(&self) -> Option<u8> {
        match self.link_field & 0x0400_0000 {
            0 => None,
            _ => Some((self.link_field >> 28) as u8 * 2),
        }
    }

    fn parse(bytes: &[u8; HEADER]) -> Option<Self> {
        let [a, b, c, d, ..] = *bytes;
        let magic = [a, b, c, d];
        let known = [MICROSECONDS, NANOSECONDS, MODIFIED];
        let byte_order =
            [ByteOrder::Big, ByteOrder::Little].into_iter().find(|order| known.contains(&order.u32(magic)))?;
        let modified = byte_order.u32(magic) == MODIFIED;
        let mut plain = *bytes;
        if modified {
            let magic = match byte_order {
                ByteOrder::Big => MICROSECONDS.to_be_bytes(),
                ByteOrder::Little => MICROSECONDS.to_le_bytes(),
            };
            plain[..4].copy_from_slice(&magic);
        }
        let (_, header) = FileHeader::from_slice(&plain).ok()?;
        Some(PcapHeader {
            byte_order,
            resolution: match byte_order.u32(magic) {
                NANOSECONDS => Resolution::NANOSECONDS,
                _ => Resolution::MICROSECONDS,
            },
            modified,
            version: (header.version_major, header.version_minor),
            time_zone: header.ts_correction,
            accuracy: header.ts_accuracy,
            snap_len: header.snaplen,
            link_field: header.datalink.into(),
        })
    }
}

/// Whether the original length comes before the captured length, by libpcap's rules.
#[derive(Clone, Copy)]
enum Swapped {
    No,
    /// Version 2.3 was written both ways.
    IfLonger,
    Yes,
}

pub(super) struct PcapParser {
    pub(super) header: PcapHeader,
    pub(super) interface: Interface,
    record: usize,
    swapped: Swapped,
    /// Seconds of the first and of the last record.
    seconds: Option<(u32, u32)>,
}

impl PcapParser {
    /// Whether these are the first bytes of a pcap file.
    pub(super) fn knows(magic: [u8; 4]) -> bool {
        [magic, [magic[3], magic[2], magic[1], magic[0]]]
            .map(u32::from_be_bytes)
            .iter()
            .any(|magic| [MICROSECONDS, NANOSECONDS, MODIFIED].contains(magic))
    }

    pub(super) fn new<R: Read>(buffer: &mut Buffer<R>) -> Result<Self, Box<Failure>> {
        let have = buffer.want(HEADER)?;
        let Some(header) = buffer.peek().first_chunk().and_then(PcapHeader::parse) else {
            let (needed, have) = (HEADER as u64, have as u64);
            return Err(Failure::fatal(0, ErrorKind::TruncatedHeader { needed, have }));
        };
        buffer.take(HEADER);
        Ok(PcapParser {
            header,
            interface: header.interface(),
            record: header.record_len(),
            swapped: match header.version {
                (2, 0..=2) | (543, 0) => Swapped::Yes, // 543.0: tcpdump of DG/UX
                (2, 3) => Swapped::IfLonger,
                _ => Swapped::No,
            },
            seconds: None,
        })
    }

    /// Skips the header of a file that was appended: `cat a.pcap b.pcap`. As a record it would be without bytes, of a packet
    /// without bytes.
    #[inline]
    fn no_second_header<R: Read>(&self, buffer: &mut Buffer<R>, offset: u64) -> Result<(), Box<Failure>> {
        match buffer.peek() {
            [a, b, c, d, _, _, _, _, 0, 0, 0, 0, 0, 0, 0, 0, ..] if Self::knows([*a, *b, *c, *d]) => {
                self.second_header(buffer, offset)
            }
            _ => Ok(()),
        }
    }

    #[cold]
    fn second_header<R: Read>(&self, buffer: &mut Buffer<R>, offset: u64) -> Result<(), Box<Failure>> {
        buffer.want(HEADER)?;
        let header = buffer.peek().first_chunk().and_then(PcapHeader::parse);
        match header.filter(|header| header.version == (2, 4)) {
            None => Ok(()),
            Some(header) if (PcapHeader { snap_len: self.header.snap_len, ..header }) == self.header => {
                buffer.take(HEADER);
                Err(Failure::skipped(offset, false, ErrorKind::SecondHeader { same: true }))
            }
            Some(_) => Err(Failure::fatal(offset, ErrorKind::SecondHeader { same: false })),
        }
    }

    /// The lengths of the record that begins here, captured and original, and its seconds, if it looks like one.
    fn plausible(&self, bytes: &[u8]) -> Option<(usize, u32)> {
        /// Most bytes of a packet that programs capture.
        const MOST_CAPTURED: u32 = 262_144;
        const MOST_ORIGINAL: u32 = 1 << 24;
        let (&[seconds, fraction, captured, original, ..], _) = bytes.get(..self.record)?.as_chunks::<4>() else {
            return None;
        };
        let order = self.header.byte_order;
        let [seconds, fraction, captured, original] = [seconds, fraction, captured, original].map(|n| order.u32(n));
        let (captured, original) = match self.swapped {
            Swapped::Yes => (original, captured),
            Swapped::IfLonger if captured > original => (original, captured),
            _ => (captured, original),
        };
        let second = if self.header.resolution == Resolution::NANOSECONDS { 1_000_000_000 } else { 1_000_000 };
        let is_right = (1..=MOST_CAPTURED).contains(&captured)
            && (captured..=MOST_ORIGINAL).contains(&original)
            && fraction < second;
        is_right.then_some((self.record + captured as usize, seconds))
    }

    /// Whether records begin here: three in a row, or fewer up to the end of the file, with times near to each other, and to
    /// the first or the last record before the damage.
    pub(super) fn resumes<R: Read>(&self, buffer: &mut Buffer<R>) -> bool {
        const RECORDS: usize = 3;
        /// Most seconds between two records: a week.
        const NEAR: u32 = 7 * 86_400;
        let (mut at, mut before) = (0, None::<u32>);
        for record in 0..RECORDS {
            let bytes = buffer.ahead(at + self.record).get(at..).unwrap_or_default();
            if record > 0 && bytes.is_empty() {
                return true;
            }
            let Some((len, seconds)) = self.plausible(bytes) else { return false };
            let is_near = |other: u32| other.abs_diff(seconds) <= NEAR;
            let is_right = match (before, self.seconds) {
                (Some(before), _) => is_near(before),
                (None, Some((first, last))) => is_near(first) || is_near(last),
                (None, None) => true,
            };
            if !is_right {
                return false;
            }
            if buffer.ahead(at + len).len() < at + len {
                // The last one may be cut.
                return record > 0;
            }
            (at, before) = (at + len, Some(seconds));
        }
        true
    }

    /// The packet of a record that is cut, with its time, and its length on the wire.
    pub(super) fn cut<'b>(&self, bytes: &'b [u8]) -> Option<(Timestamp, u32, &'b [u8])> {
        let (len, _) = self.plausible(bytes)?;
        let order = self.header.byte_order;
        let (&[seconds, fraction, a, b, ..], _) = bytes.as_chunks::<4>() else { return None };
        let time = Timestamp::new(order.u32(seconds).into(), order.u32(fraction).into(), self.header.resolution);
        let data = bytes.get(self.record..).filter(|data| !data.is_empty() && data.len() < len - self.record)?;
        Some((time, order.u32(a).max(order.u32(b)), data))
    }

    #[inline]
    pub(super) fn next<R: Read>(&mut self, buffer: &mut Buffer<R>) -> Result<Option<FoundRecord>, Box<Failure>> {
        let offset = buffer.offset();
        let have = buffer.want(self.record)?;
        if have < self.record {
            return match have {
                0 => Ok(None),
                _ => Err(Failure::truncated(offset, self.record as u64, have)),
            };
        }
        self.no_second_header(buffer, offset)?;
        let (&[seconds, fraction, captured, original, ..], _) = buffer.peek().as_chunks::<4>() else {
            return Ok(None); // there are 16 bytes
        };
        let order = self.header.byte_order;
        let mut captured = order.u32(captured);
        let mut original = order.u32(original);
        if match self.swapped {
            Swapped::No => false,
            Swapped::IfLonger => captured > original,
            Swapped::Yes => true,
        } {
            (captured, original) = (original, captured);
        }
        let data_len = captured as usize;
        if data_len > MAX_RECORD {
            return Err(Failure::fatal(offset, ErrorKind::TooLarge { len: captured.into() }));
        }
        let time = Timestamp::new(order.u32(seconds).into(), order.u32(fraction).into(), self.header.resolution);
        let len = self.record + data_len;
        let have = buffer.want(len)?;
        if have < len {
            return Err(Failure::truncated(offset, len as u64, have));
        }
        let seconds = order.u32(seconds);
        self.seconds = Some((self.seconds.map_or(seconds, |(first, _)| first), seconds));
        Ok(Some(FoundRecord {
            offset,
            at: buffer.take(len),
            head_len: self.record,
            data_len,
            options_at: len,
            options_len: 0,
            interface: 0,
            original_len: original,
            timestamp: Some(time),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_field_is_lost() {
        for link in (0..=0xffff).chain([0x2400_0001, u32::MAX]) {
            let mut bytes = [0; HEADER];
            bytes[..4].copy_from_slice(&MODIFIED.to_le_bytes());
            bytes[20..].copy_from_slice(&u32::to_le_bytes(link));
            let header = PcapHeader::parse(&bytes).unwrap();
            assert_eq!(header.link_field, link);
            assert!(header.modified);
        }
    }
}
