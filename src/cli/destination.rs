//! Packets into a capture file of the form that was asked for, or of the one that they come from.

use super::save::Save;
use clap::ValueEnum;
use packetsmith::capture::{
    ByteOrder, Form, Format, Interface, NewRecord, PcapHeader, Record, RecordKind, Resolution, SectionHeader,
    WriteError, Writer,
};
use std::io;
use std::path::{Path, PathBuf};

/// Form of the capture file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// pcap, times in microseconds
    Pcap,
    /// pcap, times in nanoseconds
    Nanopcap,
    /// pcapng
    Pcapng,
}

/// A capture file that is written, named when it is whole.
pub struct Destination {
    path: PathBuf,
    writer: Writer<Save>,
    form: Option<Form>,
    /// What has been begun.
    begun: Begun,
    /// Number of the file that packets come from, from 0.
    pub source: u64,
}

enum Begun {
    Nothing,
    Pcap(PcapHeader),
    /// The source and section that packets come from.
    Section(u64, u64),
}

impl Destination {
    /// Begins a file. The message of an error names it.
    pub fn create(path: &Path, choice: Option<Choice>) -> Result<Self, String> {
        let form = choice.map(|choice| match choice {
            Choice::Pcap => Form::Pcap,
            Choice::Nanopcap => Form::NanoPcap,
            Choice::Pcapng => Form::Pcapng,
        });
        let writer = Writer::new(Save::create(path)?);
        Ok(Destination { path: path.to_path_buf(), writer, form, begun: Begun::Nothing, source: 0 })
    }

    /// Says what the file's header is to be, for a file that may have no packets.
    pub fn begin(&mut self, format: Format<'_>) -> Result<(), String> {
        let form = *self.form.get_or_insert(form_of(Some(format)));
        let result = match (&self.begun, form, format) {
            (Begun::Nothing, Form::Pcapng, Format::Pcapng(_)) => {
                self.begun = Begun::Section(self.source, 1);
                self.writer.begin(format)
            }
            (Begun::Nothing, form, Format::Pcap(header)) if form_of(Some(format)) == form => {
                self.begun = Begun::Pcap(*header);
                self.writer.begin(format)
            }
            _ => Ok(()),
        };
        result.map_err(|error| self.message(error.into(), None))
    }

    /// Writes bytes behind the last packet of a pcap file that are none, where the file has the form of the
    /// one that they come from.
    pub fn rest(&mut self, bytes: &[u8], format: Option<Format<'_>>) -> Result<(), String> {
        match (&self.begun, format) {
            (Begun::Pcap(ours), Some(Format::Pcap(theirs))) if ours == theirs => {
                self.writer.raw(bytes, &[]).map_err(|error| self.message(error.into(), None))
            }
            _ => Ok(()),
        }
    }

    /// Writes a packet. The message of an error names the file and the packet.
    pub fn write(&mut self, record: &Record<'_>, kind: RecordKind) -> Result<(), String> {
        self.record(record, kind).map_err(|error| self.message(error, Some(record)))
    }

    fn message(&self, error: Trouble, record: Option<&Record<'_>>) -> String {
        let path = if self.path.as_os_str() == "-" { "standard output".into() } else { self.path.to_string_lossy() };
        match (error, record) {
            (Trouble::Write(WriteError::Io(error)), _) => format!("{path}: cannot be written: {error}"),
            (Trouble::Write(error), None) => format!("{path}: {error}"),
            (Trouble::Write(error), Some(record)) => format!("{path}: packet {}: {error}", record.number),
            (Trouble::LinkType { found, begun }, Some(record)) => format!(
                "{path}: packet {} of interface {} has link type {found}, and a pcap file has one, here {begun}: \
                 write pcapng (-F pcapng), or filter",
                record.number, record.interface
            ),
            (Trouble::LinkType { found, .. }, None) => format!("{path}: link type {found}"),
            (Trouble::NoLinkType, _) => {
                let number = record.map_or(0, |record| record.number);
                format!("{path}: packet {number} is of no known interface, so it has no link type")
            }
        }
    }

    fn record(&mut self, record: &Record<'_>, kind: RecordKind) -> Result<(), Trouble> {
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
            // Whatever a header has, odd times and all.
            Some(Format::Pcap(theirs)) if *theirs == header && !record.header.is_empty() => {
                Ok(self.writer.raw(record.header, record.data)?)
            }
            _ => Ok(self.writer.packet(&new)?),
        }
    }

    /// Begins a pcap file, unless that is done, and tells its header.
    fn pcap(&mut self, form: Form, record: &Record<'_>) -> Result<PcapHeader, Trouble> {
        let link_type = record.link_type.ok_or(Trouble::NoLinkType)?;
        if let Begun::Pcap(header) = self.begun {
            return match header.link_type() == link_type {
                true => Ok(header),
                false => Err(Trouble::LinkType { found: link_type, begun: header.link_type() }),
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
        self.begun = Begun::Pcap(header);
        self.writer.begin(Format::Pcap(&header))?;
        Ok(header)
    }

    /// Begins a section and describes interfaces, unless that is done.
    fn pcapng(&mut self, record: &Record<'_>) -> Result<(), Trouble> {
        let fresh = SectionHeader::new(ByteOrder::Little, &[]);
        let header = if let Some(Format::Pcapng(header)) = record.format { header } else { &fresh };
        if !matches!(self.begun, Begun::Section(source, section) if (source, section) == (self.source, record.section))
        {
            self.begun = Begun::Section(self.source, record.section);
            self.writer.begin(Format::Pcapng(header))?;
        }
        if let Some(Format::Pcapng(_)) = record.format {
            for interface in record.interfaces.iter().skip(self.writer.interfaces()) {
                self.writer.interface(interface)?;
            }
        } else if self.writer.interfaces() == 0 {
            let link_type = record.link_type.ok_or(Trouble::NoLinkType)?;
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

    /// Ends the file and gives it its name. Says how many times were rounded.
    pub fn finish(self) -> Result<u64, String> {
        let rounded = self.writer.rounded();
        let path = self.path.to_string_lossy().into_owned();
        let named = |error: io::Error| format!("{path}: cannot be written: {error}");
        self.writer.finish().and_then(Save::finish).map_err(named)?;
        Ok(rounded)
    }
}

/// What keeps a packet from being written.
enum Trouble {
    Write(WriteError),
    LinkType { found: u16, begun: u16 },
    NoLinkType,
}

impl From<WriteError> for Trouble {
    fn from(error: WriteError) -> Self {
        Trouble::Write(error)
    }
}

fn form_of(format: Option<Format<'_>>) -> Form {
    match format {
        Some(Format::Pcapng(_)) => Form::Pcapng,
        Some(Format::Pcap(header)) if header.resolution == Resolution::NANOSECONDS => Form::NanoPcap,
        _ => Form::Pcap,
    }
}
