//! One capture file: its header, interfaces, packets and, at the end, the statistics of the interfaces.

use super::growing_file::{GrowingFile, WriteFailure};
use packetsmith::capture::{
    BlockOptions, ByteOrder, Form, Format, Interface, NewRecord, PcapHeader, Resolution, SectionHeader, Timestamp,
    WriteError, Writer,
};
use packetsmith::live::{CapturedInterface, FrameDirection, LiveStatistics, ReceivedFrame};
use std::io;
use std::path::Path;

/// Type of an Interface Statistics Block.
const STATISTICS: u32 = 5;

/// What all files of a capture have in common.
pub struct Description<'a> {
    pub form: Form,
    pub snap_len: u32,
    /// The filter as text.
    pub filter: Option<&'a str>,
    /// Names of the interfaces of -i. `any` means all interfaces.
    pub names: &'a [String],
}

impl Description<'_> {
    /// Whether the losses of a name cannot be told by interface.
    fn is_any(&self) -> bool {
        self.names.iter().any(|name| name == "any")
    }
}

/// A capture file that is being written.
pub struct CaptureFile {
    writer: Writer<GrowingFile>,
    /// Interfaces that are described, and how many packets of each are in the file.
    delivered: Vec<u64>,
    begin: Timestamp,
    /// What had been counted before the file.
    before: Vec<LiveStatistics>,
    /// Packets in the file.
    pub packets: u64,
}

/// Why a packet could not be written.
pub enum PacketFailure {
    /// The file cannot be written on.
    File(WriteFailure),
    /// The packet has no place in the format.
    Packet(WriteError),
}

impl CaptureFile {
    /// Creates a file, and writes what comes before its packets. `before` is what had been counted until now.
    pub fn create(
        path: &Path,
        description: &Description<'_>,
        interfaces: &[CapturedInterface],
        before: Vec<LiveStatistics>,
    ) -> io::Result<Self> {
        let Description { form, snap_len, .. } = *description;
        let mut writer = Writer::new(GrowingFile::create(path, form)?);
        if form == Form::Pcapng {
            writer.begin(Format::Pcapng(&section_header())).map_err(plain)?;
        } else {
            let resolution = if form == Form::NanoPcap { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
            let link_type = interfaces.first().map_or(1, |interface| interface.link_type);
            let header = PcapHeader { snap_len, ..PcapHeader::new(ByteOrder::Little, resolution, link_type) };
            writer.begin(Format::Pcap(&header)).map_err(plain)?;
        }
        let mut file = CaptureFile { writer, delivered: Vec::new(), begin: Timestamp::now(), before, packets: 0 };
        for interface in interfaces {
            file.describe(interface, description).map_err(plain)?;
        }
        file.settle().map_err(|failure| failure.error)?;
        Ok(file)
    }

    /// Describes an interface unless it is described.
    fn describe(&mut self, interface: &CapturedInterface, description: &Description<'_>) -> Result<(), WriteError> {
        if (interface.number as usize) < self.delivered.len() {
            return Ok(());
        }
        self.delivered.push(0);
        if description.form != Form::Pcapng {
            return Ok(());
        }
        // A name or filter that no option can hold is left out: neither has a zero byte, nor 65,535 bytes.
        let mut block = Interface::new(ByteOrder::Little, interface.link_type, description.snap_len, &[]);
        if let Ok(named) = block.clone().with_name(&interface.name) {
            block = named;
        }
        if let Some(filtered) = description.filter.and_then(|filter| block.clone().with_filter(filter).ok()) {
            block = filtered;
        }
        self.writer.interface(&block.with_resolution(Resolution::NANOSECONDS))
    }

    /// Writes a frame.
    pub fn frame(&mut self, frame: &ReceivedFrame<'_>, description: &Description<'_>) -> Result<(), PacketFailure> {
        self.describe(frame.interface, description).map_err(PacketFailure::Packet)?;
        let number = frame.interface.number as usize;
        let nanos = frame.nanos();
        let time = Timestamp::new(0, nanos, Resolution::NANOSECONDS);
        let time = match description.form {
            Form::Pcapng => time,
            _ => Timestamp::new((nanos / 1_000_000_000) as i64, nanos % 1_000_000_000, Resolution::NANOSECONDS),
        };
        let flags = flags(frame.direction);
        let options = BlockOptions::new(ByteOrder::Little, &flags);
        let options = if frame.direction == FrameDirection::Unknown { BlockOptions::default() } else { options };
        let interface = if description.form == Form::Pcapng { frame.interface.number } else { 0 };
        let record = NewRecord::new(frame.data).at(time).interface(interface).original_len(frame.original_len);
        self.writer.packet(&NewRecord { options, ..record }).map_err(PacketFailure::Packet)?;
        self.packets += 1;
        if let Some(delivered) = self.delivered.get_mut(number) {
            *delivered += 1;
        }
        let ended = self.writer.get_mut().end_packet();
        ended.map_err(|failure| PacketFailure::File(self.lost(failure)))
    }

    /// Takes packets that are not in the file from their count.
    fn lost(&mut self, failure: WriteFailure) -> WriteFailure {
        self.packets = self.packets.saturating_sub(failure.packets);
        failure
    }

    /// Writes what waits in memory.
    pub fn settle(&mut self) -> Result<(), WriteFailure> {
        let settled = self.writer.get_mut().settle();
        settled.map_err(|failure| self.lost(failure))
    }

    /// Length of the file in bytes.
    pub fn len(&mut self) -> u64 {
        self.writer.get_mut().len()
    }

    /// Completes the file with the statistics of its interfaces. `now` is what was counted until now.
    pub fn finish(mut self, description: &Description<'_>, now: &[LiveStatistics]) -> Result<(), WriteFailure> {
        if description.form == Form::Pcapng {
            let end = Timestamp::now();
            for number in 0..self.delivered.len() {
                let body = self.statistics(number, description, now, end);
                // Memory takes any block.
                let _ = self.writer.other_block(STATISTICS, &body);
            }
        }
        self.settle()
    }

    /// The body of the Interface Statistics Block of an interface.
    fn statistics(
        &self,
        number: usize,
        description: &Description<'_>,
        now: &[LiveStatistics],
        end: Timestamp,
    ) -> Vec<u8> {
        let ticks = |time: Timestamp| {
            let nanos = u64::try_from(time.nanos()).unwrap_or_default();
            [((nanos >> 32) as u32).to_le_bytes(), (nanos as u32).to_le_bytes()].concat()
        };
        let since = |count: fn(&LiveStatistics) -> u64| {
            // With `any` the kernel counts the losses of all interfaces together: they are written for the first one.
            let place = if description.is_any() && number > 0 { usize::MAX } else { number };
            let before = self.before.get(place).map_or(0, count);
            now.get(place).map(|now| count(now) - before)
        };
        let mut body = (number as u32).to_le_bytes().to_vec();
        body.extend(ticks(end));
        let mut option = |code: u16, value: &[u8]| {
            body.extend(code.to_le_bytes());
            body.extend((value.len() as u16).to_le_bytes());
            body.extend(value);
            body.resize(body.len().next_multiple_of(4), 0);
        };
        if description.is_any() && number == 0 {
            option(1, b"Packets that were received and dropped are those of all interfaces");
        }
        option(2, &ticks(self.begin));
        option(3, &ticks(end));
        if let Some(received) = since(|counted| counted.received) {
            option(4, &received.to_le_bytes());
        }
        if let Some(dropped) = since(|counted| counted.dropped.unwrap_or_default()) {
            option(5, &dropped.to_le_bytes());
        }
        option(8, &self.delivered[number].to_le_bytes());
        option(0, &[]);
        body
    }
}

/// The header of the section: what wrote it, and where.
fn section_header() -> SectionHeader {
    let plain = SectionHeader::new(ByteOrder::Little, &[]);
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let os = format!("{} {}", std::env::consts::OS, release.trim());
    let application = concat!("packetsmith ", env!("CARGO_PKG_VERSION"));
    let described = plain.clone().with_os(os.trim()).and_then(|header| header.with_application(application));
    described.unwrap_or(plain)
}

/// The options of a packet: `epb_flags`, with the direction and the kind of address.
fn flags(direction: FrameDirection) -> [u8; 12] {
    // Two bits say in or out, three more how a frame that came in is addressed.
    let flags = match direction {
        FrameDirection::ToThisHost => 0b0_0101,
        FrameDirection::Multicast => 0b0_1001,
        FrameDirection::Broadcast => 0b0_1101,
        FrameDirection::ToOtherHost => 0b1_0001,
        FrameDirection::Sent => 0b0_0010,
        _ => 0,
    };
    [2, 0, 4, 0, flags, 0, 0, 0, 0, 0, 0, 0]
}

/// An error of the file, or of what is written into memory.
fn plain(error: WriteError) -> io::Error {
    match error {
        WriteError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
