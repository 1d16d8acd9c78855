//! What a parser hands to the reader.

use super::Timestamp;

/// A record that a parser has found, as offsets in the buffer.
#[derive(Clone, Copy)]
pub(super) struct FoundRecord {
    pub(super) offset: u64,
    pub(super) at: usize,
    pub(super) head_len: usize,
    pub(super) data_len: usize,
    /// From `at`.
    pub(super) options_at: usize,
    pub(super) options_len: usize,
    pub(super) interface: u32,
    pub(super) original_len: u32,
    pub(super) timestamp: Option<Timestamp>,
}

/// A pcapng block without a packet, as offsets in the buffer.
#[derive(Clone, Copy)]
pub(super) struct FoundBlock {
    pub(super) block_type: u32,
    pub(super) offset: u64,
    /// Where the body is.
    pub(super) at: usize,
    pub(super) len: usize,
}

/// What comes next in a file.
#[derive(Clone, Copy)]
pub(super) enum FoundItem {
    /// The interface of a pcap file, which its header describes.
    PcapInterface,
    Packet(FoundRecord),
    Section(FoundBlock),
    Interface(FoundBlock),
    Other(FoundBlock),
}
