//! What a capture file has, packet by packet and block by block.

use super::{Format, Interface, OtherBlock, Record, SectionHeader};

/// A packet or a block of a capture file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CaptureItem<'a> {
    /// Number of the section in a pcapng file, from 1; 0 in pcap.
    pub section: u64,
    /// Header of the file or section.
    pub format: Format<'a>,
    /// The interfaces that the section describes so far, this one included.
    pub interfaces: &'a [Interface],
    /// What it is.
    pub content: ItemContent<'a>,
}

/// What a packet or a block of a capture file is.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly all are packets, which are the largest")]
pub enum ItemContent<'a> {
    /// A packet.
    Packet(Record<'a>),
    /// A section begins. All its options are here, however long.
    Section(SectionHeader),
    /// An interface, with all its options.
    Interface(Interface),
    /// Any other block.
    Other(OtherBlock<'a>),
}
