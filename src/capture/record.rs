//! Records: packets as a capture file stores them, and the format of the file.

use crate::wire::DebugBytes;
use std::borrow::Cow;
use std::fmt;

use super::{BlockOptions, Interface, PcapHeader, SectionHeader, Timestamp};

/// Format of a capture file, with its header.
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

/// Kind of the block that holds a packet. pcap has only one kind of record.
///
/// ```
/// use packetsmith::capture::{NewRecord, RecordKind};
/// assert_eq!(NewRecord::default().kind, RecordKind::Enhanced);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Enhanced Packet Block, or pcap's record.
    #[default]
    Enhanced,
    /// Simple Packet Block: of the first interface, without time and options.
    Simple,
    /// The obsolete Packet Block.
    Old {
        /// Packets dropped since the previous one; 65,535 for unknown.
        drops: u16,
    },
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
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// Number of the packet in the file, from 1. Skipped packets count.
    pub number: u64,
    /// Offset in bytes of the record or block in the decompressed file.
    pub offset: u64,
    /// Time of capture; `None` for a Simple Packet Block.
    pub timestamp: Option<Timestamp>,
    /// Length of the packet on the wire, in bytes: more than `data` if it was cut; in odd files less.
    pub original_len: u32,
    /// Type of the first header, a number of the
    /// [tcpdump registry](https://www.tcpdump.org/linktypes.html); `None` if the file does not describe the interface.
    pub link_type: Option<u16>,
    /// Number of the interface within its section, from 0.
    pub interface: u32,
    /// The interface; `None` if the file does not describe it.
    pub description: Option<&'a Interface>,
    /// Length in bytes of the frame check sequence at the end, if the file has it: for the packet, or else for the interface.
    pub fcs_len: Option<u8>,
    /// Header of the record as bytes; in pcapng block type, length and fixed fields.
    pub header: &'a [u8],
    /// The packet.
    pub data: &'a [u8],
    /// Options of a pcapng block; none in a pcap file.
    pub options: BlockOptions<'a>,
    /// Header of the file or pcapng section; `None` if there is no file.
    pub format: Option<Format<'a>>,
    /// Number of the section in a pcapng file, from 1; 0 in pcap.
    pub section: u64,
    /// The interfaces that the file describes before the packet.
    pub interfaces: &'a [Interface],
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("number", &self.number)
            .field("offset", &self.offset)
            .field("timestamp", &self.timestamp)
            .field("original_len", &self.original_len)
            .field("link_type", &self.link_type)
            .field("interface", &self.interface)
            .field("fcs_len", &self.fcs_len)
            .field("data", &DebugBytes(self.data))
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<'a> Record<'a> {
    /// The comments of the packet; allocates only for those that are not UTF-8.
    ///
    /// ```
    /// use packetsmith::capture::{ByteOrder, Format, Interface, NewRecord, Reader, SectionHeader, Writer};
    /// let mut writer = Writer::new(Vec::new());
    /// writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Little, &[])))?;
    /// writer.interface(&Interface::new(ByteOrder::Little, 1, 0, &[]))?;
    /// writer.packet(&NewRecord::new(&[0; 60]).comments(&["the first", "of two"]))?;
    /// let file = writer.finish()?;
    /// let mut reader = Reader::new(&file[..])?;
    /// assert!(reader.next_record().unwrap()?.comments().eq(["the first", "of two"]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn comments(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.options.comments()
    }

    /// Tells whether the record is a Simple Packet Block with more bytes than the snapshot length of its interface allows.
    /// [`data`](Self::data) does not have them.
    pub fn is_shortened(&self) -> bool {
        let (Some(Format::Pcapng(section)), &[_, length, ..]) = (self.format, self.header.as_chunks::<4>().0) else {
            return false;
        };
        // Type, length, length of the packet, and length again.
        let room = section.byte_order.u32(length).saturating_sub(16) as usize;
        self.kind() == RecordKind::Simple && room > self.data.len().next_multiple_of(4)
    }

    /// Packets that were dropped between the packet before, of the same interface, and this one, if the file says it:
    /// `epb_dropcount`.
    pub fn drops(&self) -> Option<u64> {
        match self.kind() {
            RecordKind::Old { drops: u16::MAX } => None,
            RecordKind::Old { drops } => Some(drops.into()),
            _ if self.options.bytes().is_empty() => None,
            _ => self.options.find(4)?.try_into().ok().map(|bytes| self.options.order().u64(bytes)),
        }
    }

    /// Kind of block of the packet.
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
