//! The capture file that packets are written to: in the format of the arguments, or of the source.

use crate::atomic_file::AtomicFile;
use crate::capture::blocks::STATISTICS;
use crate::outcome::complain;
use clap::ValueEnum;
use packetsmith::capture::{
    ByteOrder, Form, Format, Interface, NewRecord, PcapHeader, Record, RecordKind, Resolution, SectionHeader,
    WriteError, Writer,
};
use std::io;
use std::path::{Path, PathBuf};

/// Format of the capture file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// pcap, times in microseconds
    Pcap,
    /// pcap, times in nanoseconds
    #[value(alias = "nsecpcap")]
    Nanopcap,
    /// pcapng
    Pcapng,
}

/// A capture file that is written. It gets its name when it is complete.
pub struct Destination {
    path: PathBuf,
    writer: Writer<AtomicFile>,
    form: Option<Form>,
    /// The header that has been written.
    header: WrittenHeader,
    /// Number of the file that packets come from, from 0.
    pub source: u64,
    /// Packets that are written.
    pub packets: u64,
}

/// The header of a file or section that has been written.
enum WrittenHeader {
    None,
    Pcap(PcapHeader),
    /// The source and section that packets come from.
    Section(u64, u64),
}

impl Destination {
    /// Creates a file. The message of an error names it.
    pub fn create(path: &Path, choice: Option<Choice>) -> Result<Self, String> {
        let form = choice.map(|choice| match choice {
            Choice::Pcap => Form::Pcap,
            Choice::Nanopcap => Form::NanoPcap,
            Choice::Pcapng => Form::Pcapng,
        });
        let writer = Writer::new(AtomicFile::create(path)?);
        Ok(Destination { path: path.to_path_buf(), writer, form, header: WrittenHeader::None, source: 0, packets: 0 })
    }

    /// Writes the header of a file that may have no packets, unless a header is there.
    pub fn begin(&mut self, format: Format<'_>) -> Result<(), String> {
        let form = *self.form.get_or_insert(form_of(Some(format)));
        let result = match (&self.header, form, format) {
            (WrittenHeader::None, Form::Pcapng, Format::Pcapng(_)) => {
                self.header = WrittenHeader::Section(self.source, 1);
                self.writer.begin(format)
            }
            (WrittenHeader::None, form, Format::Pcap(header)) if form_of(Some(format)) == form => {
                self.header = WrittenHeader::Pcap(*header);
                self.writer.begin(format)
            }
            _ => Ok(()),
        };
        result.map_err(|error| self.message(error.into(), None))
    }

    /// Writes the header and the interfaces of a live capture, as far as they are not there. A pcap file has one link type.
    pub fn describe(&mut self, header: &SectionHeader, interfaces: &[Interface]) -> Result<(), String> {
        let form = *self.form.get_or_insert(Form::Pcapng);
        if form == Form::Pcapng {
            self.begin(Format::Pcapng(header))?;
            for interface in interfaces.iter().skip(self.writer.interfaces()) {
                self.writer.interface(interface).map_err(|error| self.message(error.into(), None))?;
            }
            return Ok(());
        }
        let resolution = if form == Form::NanoPcap { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
        let link_type = interfaces.first().and_then(|interface| interface.link_type).unwrap_or(1);
        self.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, resolution, link_type)))
    }

    /// Writes an Interface Statistics Block, if the format has such blocks.
    pub fn statistics(&mut self, body: &[u8]) -> Result<(), String> {
        match self.form {
            Some(Form::Pcapng) => {
                self.writer.other_block(STATISTICS, body).map_err(|error| self.message(error.into(), None))
            }
            _ => Ok(()),
        }
    }

    /// Writes the bytes that follow the last record of a pcap file, if this file has the same header as the source.
    pub fn rest(&mut self, bytes: &[u8], format: Option<Format<'_>>) -> Result<(), String> {
        match (&self.header, format) {
            (WrittenHeader::Pcap(ours), Some(Format::Pcap(theirs))) if ours == theirs => {
                self.writer.raw(bytes, &[]).map_err(|error| self.message(error.into(), None))
            }
            _ => Ok(()),
        }
    }

    /// Writes a packet. The message of an error names the file and the packet.
    pub fn write(&mut self, record: &Record<'_>, kind: RecordKind) -> Result<(), String> {
        self.record(record, kind).map_err(|error| self.message(error, Some(record)))?;
        self.packets += 1;
        Ok(())
    }

    /// Writes a packet, but leaves it out, with a message, if the file that it comes from does not describe its interface.
    pub fn write_described(
        &mut self,
        record: &Record<'_>,
        kind: RecordKind,
        left_out: &mut bool,
    ) -> Result<(), String> {
        if record.link_type.is_none() {
            let Record { number, interface, .. } = record;
            let path = self.shown();
            complain(format_args!("{path}: without packet {number}: its file does not describe interface {interface}"));
            *left_out = true;
            return Ok(());
        }
        if record.is_shortened() {
            complain(format_args!(
                "packet {}: bytes of its simple packet block past the snapshot length are left out",
                record.number
            ));
        }
        self.write(record, kind)
    }

    /// The name of the file, for messages.
    fn shown(&self) -> String {
        if self.path.as_os_str() == "-" { "standard output".into() } else { self.path.to_string_lossy().into_owned() }
    }

    fn message(&self, error: DestinationError, record: Option<&Record<'_>>) -> String {
        let path = self.shown();
        match (error, record) {
            (DestinationError::Write(WriteError::Io(error)), _) => format!("{path}: cannot be written: {error}"),
            (DestinationError::Write(error), None) => format!("{path}: {error}"),
            (DestinationError::Write(error), Some(record)) => format!("{path}: packet {}: {error}", record.number),
            (DestinationError::LinkType { found, begun }, Some(record)) => format!(
                "{path}: packet {} of interface {} has link type {found}, but a pcap file has only one, here {begun}: \
                 write pcapng (-F pcapng), or filter",
                record.number, record.interface
            ),
            (DestinationError::LinkType { found, .. }, None) => format!("{path}: link type {found}"),
            (DestinationError::NoLinkType, _) => {
                let number = record.map_or(0, |record| record.number);
                format!(
                    "{path}: the file does not describe the interface of packet {number}, so the packet has no link type"
                )
            }
        }
    }

    fn record(&mut self, record: &Record<'_>, kind: RecordKind) -> Result<(), DestinationError> {
        let form = *self.form.get_or_insert(form_of(record.format));
        let new = NewRecord { kind, ..NewRecord::from(record) };
        if form == Form::Pcapng {
            self.pcapng(record)?;
            let interface = if let Some(Format::Pcapng(_)) = record.format { record.interface } else { 0 };
            // Options are in the byte order of the section that they come from, which is this one's too.
            return Ok(self.writer.packet(&NewRecord { interface, ..new })?);
        }
        let header = self.pcap(form, record)?;
        match record.format {
            // Copy the record header verbatim, with times that are out of range.
            Some(Format::Pcap(theirs)) if *theirs == header && !record.header.is_empty() => {
                Ok(self.writer.raw(record.header, record.data)?)
            }
            _ => Ok(self.writer.packet(&new)?),
        }
    }

    /// Writes the header of a pcap file, unless it is written. Returns it.
    fn pcap(&mut self, form: Form, record: &Record<'_>) -> Result<PcapHeader, DestinationError> {
        let link_type = record.link_type.ok_or(DestinationError::NoLinkType)?;
        if let WrittenHeader::Pcap(header) = self.header {
            return match header.link_type() == link_type {
                true => Ok(header),
                false => Err(DestinationError::LinkType { found: link_type, begun: header.link_type() }),
            };
        }
        let header = match record.format {
            Some(format @ Format::Pcap(header)) if form_of(Some(format)) == form => *header,
            _ => {
                let resolution =
                    if form == Form::NanoPcap { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
                let mut header = PcapHeader::new(ByteOrder::Little, resolution, link_type);
                if let Some(len) = record.description.and_then(|interface| interface.fcs_len) {
                    header.link_field |= 0x0400_0000 | u32::from(len / 2) << 28;
                }
                header
            }
        };
        self.header = WrittenHeader::Pcap(header);
        self.writer.begin(Format::Pcap(&header))?;
        Ok(header)
    }

    /// Writes section header and interface blocks, unless they are written.
    fn pcapng(&mut self, record: &Record<'_>) -> Result<(), DestinationError> {
        let fresh = SectionHeader::new(ByteOrder::Little, &[]);
        let header = if let Some(Format::Pcapng(header)) = record.format { header } else { &fresh };
        if !matches!(self.header, WrittenHeader::Section(source, section) if (source, section) == (self.source, record.section))
        {
            self.header = WrittenHeader::Section(self.source, record.section);
            self.writer.begin(Format::Pcapng(header))?;
        }
        if let Some(Format::Pcapng(_)) = record.format {
            for interface in record.interfaces.iter().skip(self.writer.interfaces()) {
                self.writer.interface(interface)?;
            }
        } else if self.writer.interfaces() == 0 {
            let link_type = record.link_type.ok_or(DestinationError::NoLinkType)?;
            let mut options = Vec::new();
            let described = record.description;
            if let Some(nano) = record.timestamp.filter(|time| time.resolution() == Resolution::NANOSECONDS) {
                options.extend([9, 0, 1, 0, nano.resolution().raw(), 0, 0, 0]);
            }
            if let Some(len) = described.and_then(|interface| interface.fcs_len) {
                options.extend([13, 0, 1, 0, len, 0, 0, 0]);
            }
            if !options.is_empty() {
                options.extend([0; 4]);
            }
            let snap_len = described.map_or(0, |interface| interface.snap_len);
            self.writer.interface(&Interface::new(ByteOrder::Little, link_type, snap_len, &options))?;
        }
        Ok(())
    }

    /// Says that a capture on standard output would be mixed with text.
    pub fn refuse_text(path: Option<&PathBuf>, text: bool) -> Result<(), String> {
        match path {
            Some(path) if text && path.as_os_str() == "-" => {
                Err("-w - writes a capture to standard output, where the text would go too: give -w a file".into())
            }
            _ => Ok(()),
        }
    }

    /// Completes the file and gives it its name. Returns the number of times that were rounded down.
    pub fn finish(self) -> Result<u64, String> {
        let rounded = self.writer.rounded();
        let path = self.shown();
        let named = |error: io::Error| format!("{path}: cannot be written: {error}");
        self.writer.finish().and_then(AtomicFile::finish).map_err(named)?;
        Ok(rounded)
    }
}

/// Why a packet cannot be written.
enum DestinationError {
    Write(WriteError),
    LinkType { found: u16, begun: u16 },
    NoLinkType,
}

impl From<WriteError> for DestinationError {
    fn from(error: WriteError) -> Self {
        DestinationError::Write(error)
    }
}

fn form_of(format: Option<Format<'_>>) -> Form {
    match format {
        Some(Format::Pcapng(_)) => Form::Pcapng,
        Some(Format::Pcap(header)) if header.resolution == Resolution::NANOSECONDS => Form::NanoPcap,
        _ => Form::Pcap,
    }
}

/// Says how many times were rounded down.
pub fn complain_of_rounded(times: u64) {
    match times {
        0 => {}
        1 => complain("1 time had more digits than the file can hold, and was rounded down: -F pcapng keeps it"),
        n => complain(format_args!(
            "{n} times had more digits than the file can hold, and were rounded down: -F pcapng keeps them"
        )),
    }
}
