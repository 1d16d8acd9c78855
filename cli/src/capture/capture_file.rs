//! One capture file: its header, interfaces, packets and, at the end, the statistics of the interfaces.

use super::blocks::{self, InterfaceCounts, STATISTICS};
use super::growing_file::{GrowingFile, WriteFailure};
use packetsmith::capture::{
    BlockOptions, ByteOrder, Form, Format, NewRecord, PcapHeader, Resolution, Timestamp, WriteError, Writer,
};
use packetsmith::live::{CapturedInterface, LiveStatistics, ReceivedFrame};
use std::io;
use std::path::Path;

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
            writer.begin(Format::Pcapng(&blocks::section_header())).map_err(plain)?;
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
        self.writer.interface(&blocks::interface(interface, description.snap_len, description.filter))
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
        let flags = blocks::flags(frame.direction);
        let options =
            flags.as_ref().map_or(BlockOptions::default(), |flags| BlockOptions::new(ByteOrder::Little, flags));
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
            let (begin, is_any, before) = (self.begin, description.is_any(), &self.before);
            for (number, &delivered) in self.delivered.iter().enumerate() {
                let body = InterfaceCounts { number, is_any, begin, end, before, now, delivered }.body();
                // Memory takes any block.
                let _ = self.writer.other_block(STATISTICS, &body);
            }
        }
        self.settle()
    }
}

/// An error of the file, or of what is written into memory.
fn plain(error: WriteError) -> io::Error {
    match error {
        WriteError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
