//! Copies of captures: packets and all other blocks, in the format of the source or another, from one source or several.

use super::options::COMMENT;
use super::write::{Form, NewRecord, WriteError, Writer};
use super::{
    BlockKind, BlockOptions, ByteOrder, CaptureItem, Format, Interface, ItemContent, MAX_INTERFACES, Omissions,
    OtherBlock, PcapHeader, Record, RecordKind, Resolution, SectionHeader, ShiftError, TimeShift,
};
use std::fmt;
use std::io::{self, Write};

/// Why a packet or a block is not in a copy.
#[derive(Debug)]
#[non_exhaustive]
pub enum CopyError {
    /// It cannot be written.
    Write(WriteError),
    /// Its link type is not that of the pcap file, which has only one.
    LinkType {
        /// Link type of the packet.
        found: u16,
        /// Link type of the file.
        begun: u16,
    },
    /// Its file does not describe the interface. The copy goes on without it.
    Undescribed(u32),
    /// Its time cannot be moved.
    Shift(ShiftError),
    /// The section of the copy has as many interfaces as are read of a section.
    TooManyInterfaces,
}

impl CopyError {
    /// Whether the copy can go on without what is at fault.
    pub fn is_of_one_packet(&self) -> bool {
        matches!(self, CopyError::Undescribed(_))
    }
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CopyError::Write(error) => error.fmt(f),
            CopyError::LinkType { found, begun } => write!(
                f,
                "its link type is {found}, but a pcap file has only one, here {begun}: write pcapng (-F pcapng), or filter"
            ),
            CopyError::Undescribed(interface) => {
                write!(f, "left out: its file does not describe interface {interface}")
            }
            CopyError::Shift(error) => error.fmt(f),
            CopyError::TooManyInterfaces => write!(f, "more than {MAX_INTERFACES} interfaces"),
        }
    }
}

impl std::error::Error for CopyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CopyError::Write(error) => Some(error),
            CopyError::Shift(error) => Some(error),
            _ => None,
        }
    }
}

impl From<WriteError> for CopyError {
    fn from(error: WriteError) -> Self {
        CopyError::Write(error)
    }
}

impl From<ShiftError> for CopyError {
    fn from(error: ShiftError) -> Self {
        CopyError::Shift(error)
    }
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        CopyError::Write(error.into())
    }
}

/// What is changed of a packet when it is copied.
#[derive(Clone, Copy, Debug, Default)]
pub struct PacketChanges<'a> {
    /// Moves the time.
    pub shift: Option<TimeShift>,
    /// Takes the place of all comments of the packet.
    pub comments: Option<&'a [&'a str]>,
}

/// How the sections of the sources become sections of a pcapng copy.
enum Sections {
    /// Each becomes one. Of the source and section at hand, the numbers.
    Kept(Option<(usize, u64)>),
    /// All become one, with interfaces of new numbers.
    Joined(Box<SectionHeader>, Vec<SourceInterfaces>),
}

/// The interfaces of a source in a joint section.
#[derive(Default)]
struct SourceInterfaces {
    section: u64,
    /// By the number in the source; nothing for one that is not described.
    numbers: Vec<Option<u32>>,
    /// What the header of the section said, for a comment of its first interface.
    header: Option<String>,
}

/// Writes copies of captures, packet by packet and block by block, as [`Reader::next_item`](super::Reader::next_item)
/// returns them.
///
/// A pcapng copy has all blocks of its sources: names, statistics, secrets, custom and unknown ones, options and comments. Only
/// custom blocks that ask not to be copied are left out. A pcap copy has packets alone. What it has no place for is counted:
/// see [`left_out`](Self::left_out).
///
/// ```
/// use packetsmith::LinkType;
/// use packetsmith::capture::{Copier, Form, Interface, ItemContent, NewRecord, PacketChanges, Reader, Writer};
/// let mut writer = Writer::pcapng(Vec::new())?;
/// writer.interface(&Interface::of(LinkType::Ethernet).with_name("eth0")?)?;
/// writer.packet(&NewRecord::new(&[7; 60]).comments(&["first"]))?;
/// writer.packet(&NewRecord::new(&[8; 60]))?;
/// let file = writer.finish()?;
///
/// // All but the first packet, which has a comment.
/// let mut reader = Reader::new(&file[..])?;
/// let mut copier = Copier::new(Vec::new(), None);
/// while let Some(item) = reader.next_item() {
///     let item = item?;
///     if !matches!(&item.content, ItemContent::Packet(record) if record.number == 1) {
///         copier.copy(0, &item, PacketChanges::default())?;
///     }
/// }
/// let copy = copier.finish(reader.format())?;
/// let mut reader = Reader::new(&copy[..])?;
/// let record = reader.next_record().unwrap()?;
/// assert_eq!((record.data[0], record.description.unwrap().name().unwrap()), (8, "eth0".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Copier<W: Write> {
    writer: Writer<W>,
    form: Option<Form>,
    /// The header of a pcap file that is written.
    header: Option<PcapHeader>,
    sections: Sections,
    left_out: Omissions,
}

impl<W: Write> fmt::Debug for Copier<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copier").field("form", &self.form).field("left_out", &self.left_out).finish_non_exhaustive()
    }
}

impl<W: Write> Copier<W> {
    /// Writes to `out`, in this format or that of the source. Each section of a source becomes a section.
    pub fn new(out: W, form: Option<Form>) -> Self {
        Copier {
            writer: Writer::new(out),
            form,
            header: None,
            sections: Sections::Kept(None),
            left_out: Omissions::default(),
        }
    }

    /// Writes to `out` in this format; in pcapng, all sections of all sources become one with this header. Each source keeps
    /// its interfaces, in new numbers. What the header of a source's section says becomes a comment of its first interface.
    pub fn joining(out: W, form: Form, header: SectionHeader) -> Self {
        Copier { sections: Sections::Joined(Box::new(header), Vec::new()), ..Copier::new(out, Some(form)) }
    }

    /// Copies a packet or a block of the source with this number.
    ///
    /// # Errors
    ///
    /// Writing fails, or the copy has no place for it. After an error that [is of one packet](CopyError::is_of_one_packet),
    /// the copy can go on.
    pub fn copy(&mut self, source: usize, item: &CaptureItem<'_>, changes: PacketChanges<'_>) -> Result<(), CopyError> {
        let form = *self.form.get_or_insert(Form::of(item.format));
        if form != Form::Pcapng {
            return self.copy_to_pcap(form, item, changes);
        }
        if let (Sections::Joined(..), ItemContent::Section(header)) = (&self.sections, &item.content) {
            self.begin_joined(source, item.section, header)?;
            return Ok(());
        }
        self.enter(source, item)?;
        match &item.content {
            // It is written where its section begins.
            ItemContent::Section(_) => Ok(()),
            ItemContent::Interface(interface) => self.add_interface(source, interface),
            ItemContent::Packet(record) => self.copy_packet(source, record, changes),
            ItemContent::Other(block) => self.copy_block(source, item, block, changes.shift),
        }
    }

    /// What was left out so far.
    pub fn left_out(&self) -> &Omissions {
        &self.left_out
    }

    /// What it writes to.
    pub fn get_mut(&mut self) -> &mut W {
        self.writer.get_mut()
    }

    /// Number of times with more digits than the file can hold, which were rounded down.
    pub fn rounded(&self) -> u64 {
        self.writer.rounded()
    }

    /// Completes the file. If nothing has been written, `format` says what header it has.
    ///
    /// # Errors
    ///
    /// Writing fails.
    pub fn finish(mut self, format: Format<'_>) -> Result<W, CopyError> {
        let form = *self.form.get_or_insert(Form::of(format));
        let is_begun = match &self.sections {
            Sections::Kept(section) => section.is_some(),
            Sections::Joined(_, sources) => !sources.is_empty(),
        };
        match (form, format) {
            (Form::Pcapng, _) if is_begun => {}
            (Form::Pcapng, Format::Pcapng(section)) => self.writer.begin(Format::Pcapng(section))?,
            (Form::Pcapng, Format::Pcap(header)) => {
                self.writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Little, &[])))?;
                self.writer.interface(&header.described())?;
            }
            _ if self.header.is_some() => {}
            (form, Format::Pcap(header)) => _ = self.begin_pcap(form, header.link_type(), Some(header), None)?,
            (form, Format::Pcapng(_)) => _ = self.begin_pcap(form, 1, None, None)?,
        }
        Ok(self.writer.finish()?)
    }

    // pcap

    fn copy_to_pcap(
        &mut self,
        form: Form,
        item: &CaptureItem<'_>,
        changes: PacketChanges<'_>,
    ) -> Result<(), CopyError> {
        let record = match &item.content {
            ItemContent::Packet(record) => record,
            ItemContent::Section(header) => {
                self.left_out.described += u64::from(header.options().iter().next().is_some());
                return Ok(());
            }
            ItemContent::Interface(interface) => {
                // Resolution and frame check sequence are kept.
                let is_described = interface.options().iter().any(|(code, _)| !matches!(code, 9 | 13 | 14));
                self.left_out.described += u64::from(is_described);
                return Ok(());
            }
            ItemContent::Other(block) => {
                self.left_out.block(block.kind());
                return Ok(());
            }
        };
        let link_type = record.link_type.ok_or(CopyError::Undescribed(record.interface))?;
        let header = match self.header {
            Some(header) => header,
            None => {
                let theirs = if let Format::Pcap(header) = item.format { Some(header) } else { None };
                let fcs_len = record.description.and_then(|interface| interface.fcs_len);
                self.begin_pcap(form, link_type, theirs, fcs_len)?
            }
        };
        if header.link_type() != link_type {
            return Err(CopyError::LinkType { found: link_type, begun: header.link_type() });
        }
        if changes.comments.is_some_and(|comments| !comments.is_empty()) {
            return Err(WriteError::NoComments.into());
        }
        let has_comments = changes.comments.is_none() && record.comments().next().is_some();
        self.left_out.commented += u64::from(has_comments);
        self.left_out.with_options += u64::from(record.options.iter().any(|(code, _)| code != COMMENT));
        self.left_out.without_time += u64::from(record.timestamp.is_none());
        let timestamp = match (changes.shift, record.timestamp) {
            (Some(shift), Some(time)) => {
                // A finer resolution has room for a finer offset.
                let finer = time.at(header.resolution, time.seconds() as i64);
                let time = shift.apply(finer.unwrap_or(time))?;
                Some(time.at(time.resolution(), time.seconds() as i64).unwrap_or(time))
            }
            (_, time) => time,
        };
        match item.format {
            // The header is kept as it is, with odd times and with what follows the lengths.
            Format::Pcap(theirs) if *theirs == header && !record.header.is_empty() => {
                let mut bytes = record.header.to_vec();
                if changes.shift.is_some() {
                    let time = self.writer.pcap_time(header.resolution, timestamp)?;
                    for (place, number) in bytes.chunks_exact_mut(4).zip(time) {
                        place.copy_from_slice(&header.byte_order.of_u32(number));
                    }
                }
                Ok(self.writer.raw(&bytes, record.data)?)
            }
            _ => Ok(self.writer.packet(&NewRecord { timestamp, options: BlockOptions::default(), ..record.into() })?),
        }
    }

    /// Writes the header of a pcap file: that of the source, if it has the format.
    fn begin_pcap(
        &mut self,
        form: Form,
        link_type: u16,
        theirs: Option<&PcapHeader>,
        fcs_len: Option<u8>,
    ) -> Result<PcapHeader, CopyError> {
        let header = match theirs {
            Some(header) if Form::of(Format::Pcap(header)) == form => *header,
            _ => {
                let nano = form == Form::NanoPcap;
                let resolution = if nano { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS };
                let mut header = PcapHeader::new(ByteOrder::Little, resolution, link_type);
                match (theirs, fcs_len) {
                    (Some(theirs), _) => (header.link_field, header.snap_len) = (theirs.link_field, theirs.snap_len),
                    (None, Some(len)) => header.link_field |= 0x0400_0000 | u32::from(len / 2) << 28,
                    (None, None) => {}
                }
                header
            }
        };
        self.header = Some(header);
        self.writer.begin(Format::Pcap(&header))?;
        Ok(header)
    }

    // pcapng

    /// Begins the section of an item, and describes the interfaces before it that have malformed blocks.
    fn enter(&mut self, source: usize, item: &CaptureItem<'_>) -> Result<(), CopyError> {
        let described = item.interfaces.len() - usize::from(matches!(item.content, ItemContent::Interface(_)));
        match &mut self.sections {
            Sections::Kept(current) => {
                if *current != Some((source, item.section)) {
                    *current = Some((source, item.section));
                    match (&item.content, item.format) {
                        (ItemContent::Section(header), _) => self.writer.begin(Format::Pcapng(header))?,
                        (_, format @ Format::Pcapng(_)) => self.writer.begin(format)?,
                        (_, Format::Pcap(_)) => {
                            self.writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Little, &[])))?;
                        }
                    }
                }
                // Later interfaces keep their numbers.
                for interface in item.interfaces.iter().take(described).skip(self.writer.interfaces()) {
                    self.writer.interface(interface)?;
                }
            }
            Sections::Joined(_, sources) => {
                let is_known = sources.get(source).is_some_and(|known| known.section == item.section);
                match item.format {
                    _ if is_known => {}
                    Format::Pcapng(header) => self.begin_joined(source, item.section, header)?,
                    Format::Pcap(_) => {
                        self.begin_joined(source, item.section, &SectionHeader::new(ByteOrder::Little, &[]))?;
                    }
                }
                if let Sections::Joined(_, sources) = &mut self.sections
                    && let Some(known) = sources.get_mut(source)
                    && known.numbers.len() < described
                {
                    known.numbers.resize(described, None);
                }
            }
        }
        Ok(())
    }

    /// Begins a section of a source in the joint section, which is begun before the first of all.
    fn begin_joined(&mut self, source: usize, section: u64, header: &SectionHeader) -> Result<(), CopyError> {
        let Sections::Joined(joint, sources) = &mut self.sections else { return Ok(()) };
        if sources.is_empty() {
            self.writer.begin(Format::Pcapng(joint))?;
        }
        if sources.len() <= source {
            // A source that is not there yet has another number than any section.
            sources.resize_with(source + 1, || SourceInterfaces { section: u64::MAX, ..SourceInterfaces::default() });
        }
        if let Some(known) = sources.get_mut(source) {
            // What a section without interfaces says has no place.
            self.left_out.described += u64::from(known.header.is_some());
            *known = SourceInterfaces { section, numbers: Vec::new(), header: said_by(header) };
        }
        Ok(())
    }

    fn add_interface(&mut self, source: usize, interface: &Interface) -> Result<(), CopyError> {
        let number = self.writer.interfaces();
        if let Sections::Joined(_, sources) = &mut self.sections {
            if number >= MAX_INTERFACES {
                return Err(CopyError::TooManyInterfaces);
            }
            if let Some(known) = sources.get_mut(source) {
                known.numbers.push(u32::try_from(number).ok());
                if let Some(said) = known.header.take() {
                    let commented = interface.clone().with_comment(&said).map_err(WriteError::Comment)?;
                    return Ok(self.writer.interface(&commented)?);
                }
            }
        }
        Ok(self.writer.interface(interface)?)
    }

    /// The number of an interface in the copy.
    fn number(&self, source: usize, interface: u32) -> Option<u32> {
        match &self.sections {
            Sections::Kept(_) => ((interface as usize) < self.writer.interfaces()).then_some(interface),
            Sections::Joined(_, sources) => *sources.get(source)?.numbers.get(interface as usize)?,
        }
    }

    fn copy_packet(&mut self, source: usize, record: &Record<'_>, changes: PacketChanges<'_>) -> Result<(), CopyError> {
        let number = self.number(source, record.interface).filter(|_| record.link_type.is_some());
        let interface = number.ok_or(CopyError::Undescribed(record.interface))?;
        let timestamp = match (changes.shift, record.timestamp) {
            (Some(shift), Some(time)) => Some(shift.apply(time)?),
            (_, time) => time,
        };
        let mut kind = record.kind();
        // A Simple Packet Block is of the first interface.
        if kind == RecordKind::Simple && interface != 0 {
            kind = RecordKind::Enhanced;
            self.left_out.without_time += 1;
        }
        let mut new = NewRecord { timestamp, interface, kind, ..NewRecord::from(record) };
        let other_options;
        if let Some(comments) = changes.comments {
            other_options = record.options.without(COMMENT);
            new.options = BlockOptions::new(record.options.order(), &other_options);
            new.comments = comments;
        }
        Ok(self.writer.packet(&new)?)
    }

    fn copy_block(
        &mut self,
        source: usize,
        item: &CaptureItem<'_>,
        block: &OtherBlock<'_>,
        shift: Option<TimeShift>,
    ) -> Result<(), CopyError> {
        let order = match &self.sections {
            Sections::Kept(_) => block.byte_order,
            Sections::Joined(header, _) => header.byte_order,
        };
        let joins = matches!(self.sections, Sections::Joined(..));
        let kind = block.kind();
        // Blocks that are not known may have numbers of interfaces, which are other ones in a joint section.
        if kind == BlockKind::CustomNotCopied || joins && matches!(kind, BlockKind::Other(_)) {
            self.left_out.block(kind);
            return Ok(());
        }
        let mut statistics = None;
        if let Some(old) = block.interface() {
            let moved = |ticks| match (shift, item.interfaces.get(old as usize)) {
                (None, _) => Some(ticks),
                (Some(shift), Some(interface)) => {
                    shift.ticks_of(super::Timestamp::new(interface.offset, ticks, interface.resolution))
                }
                (Some(_), None) => None,
            };
            let number = self.number(source, old).or((!joins && shift.is_none()).then_some(old));
            statistics = number.and_then(|number| block.statistics(number, &moved));
            if statistics.is_none() && (joins || shift.is_some()) {
                self.left_out.block(kind);
                return Ok(());
            }
        }
        let block = OtherBlock { body: statistics.as_deref().unwrap_or(block.body), ..*block };
        match block.in_order(order) {
            Some(body) => Ok(self.writer.other_block(block.block_type, &body)?),
            None => {
                self.left_out.block(kind);
                Ok(())
            }
        }
    }
}

/// What a section's header says, in one text.
fn said_by(header: &SectionHeader) -> Option<String> {
    let told = [("hardware", header.hardware()), ("system", header.os()), ("written by", header.application())];
    let told = told.iter().filter_map(|(what, said)| said.as_ref().map(|said| format!("{what}: {said}")));
    let comments = header.comments().map(|comment| comment.into_owned());
    let mut all: String = told.chain(comments).collect::<Vec<_>>().join("; ");
    // An option has 65,535 bytes, and no zero among them.
    all.retain(|letter| letter != '\0');
    all.truncate(all.floor_char_boundary(65_535));
    (!all.is_empty()).then_some(all)
}
