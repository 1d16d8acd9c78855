//! Batches of packets: copies that one thread reads and then formats.

use super::hosts::Hosts;
use crate::clock::Clock;
use crate::frame_reassembler::{FrameReassembler, Noticed, ReassembledDatagram};
use packetsmith::capture::{BlockOptions, ByteOrder, Error, Format, PcapHeader, Record, SectionHeader, Timestamp};
use packetsmith::flow::{FlowLayer, Flows, FollowedPacket, StreamMessage};
use std::ops::Range;
use std::sync::Arc;

/// Size of a batch in bytes: some hundred packets, so that the locks cost little, and few enough to stay in the cache
/// of a core.
pub const BATCH_BYTES: usize = 1 << 17;

/// A packet to print, with what depends on earlier packets and blocks.
#[derive(Clone, Copy)]
pub struct PacketToPrint<'a> {
    pub record: &'a Record<'a>,
    /// Datagrams that it completes.
    pub datagrams: &'a [ReassembledDatagram],
    /// What reassembly found out about the fragment in it.
    pub noticed: Noticed,
    /// What was found out about its layers.
    pub flows: &'a [FlowLayer],
    /// Messages of several segments that it completes.
    pub messages: &'a [StreamMessage],
    /// Text or JSON members about the file, to be printed with the packet.
    pub file_note: &'a [u8],
    /// Names of hosts, if they are shown.
    pub hosts: Option<&'a Hosts>,
}

impl<'a> PacketToPrint<'a> {
    /// A packet without what depends on others.
    pub fn alone(record: &'a Record<'a>) -> Self {
        let noticed = Noticed::default();
        PacketToPrint { record, datagrams: &[], noticed, flows: &[], messages: &[], file_note: &[], hosts: None }
    }

    /// A packet that is not printed, and only tested by a filter.
    pub fn to_filter(record: &'a Record<'a>, datagrams: &'a FrameReassembler, flows: Option<&'a Flows>) -> Self {
        let followed = flows.map_or_else(FollowedPacket::default, Flows::followed);
        PacketToPrint {
            record,
            datagrams: &datagrams.found,
            noticed: datagrams.noticed,
            flows: followed.found,
            messages: followed.messages,
            file_note: &[],
            hosts: None,
        }
    }
}

/// Consecutive packets of a file, copied out of the reader's buffer.
#[derive(Default)]
pub struct Batch {
    /// Number of the batch in the file, from 0.
    pub number: u64,
    bytes: Vec<u8>,
    packets: Vec<StoredPacket>,
    flows: Vec<FlowLayer>,
    formats: Vec<Arc<FileHeader>>,
    clock: Option<Clock>,
    hosts: Option<Hosts>,
    /// Memory of the packets, in bytes.
    size: usize,
    /// The error that follows the last packet.
    pub error: Option<Error>,
}

/// A record whose bytes are in the buffer of the batch.
struct StoredPacket {
    number: u64,
    timestamp: Option<Timestamp>,
    original_len: u32,
    link_type: Option<u16>,
    interface: u32,
    fcs_len: Option<u8>,
    order: ByteOrder,
    section: u64,
    format: usize,
    header: Range<usize>,
    data: Range<usize>,
    options: Range<usize>,
    file_note: Range<usize>,
    flows: Range<usize>,
    datagrams: Vec<ReassembledDatagram>,
    messages: Vec<StreamMessage>,
    noticed: Noticed,
}

/// The header of a pcap file or of a pcapng section.
pub enum FileHeader {
    Pcap(PcapHeader),
    Pcapng(SectionHeader),
}

impl From<Format<'_>> for FileHeader {
    fn from(format: Format<'_>) -> Self {
        match format {
            Format::Pcap(header) => FileHeader::Pcap(*header),
            Format::Pcapng(header) => FileHeader::Pcapng(header.clone()),
        }
    }
}

impl FileHeader {
    fn format(&self) -> Format<'_> {
        match self {
            FileHeader::Pcap(header) => Format::Pcap(header),
            FileHeader::Pcapng(header) => Format::Pcapng(header),
        }
    }
}

impl Batch {
    pub fn is_full(&self) -> bool {
        self.size >= BATCH_BYTES
    }

    /// Adds a packet. `clock` is the clock before the packet; that of the first packet is kept.
    pub fn push(
        &mut self,
        shown: &PacketToPrint<'_>,
        format: &Arc<FileHeader>,
        clock: &Clock,
        datagrams: Vec<ReassembledDatagram>,
    ) {
        let PacketToPrint { record, file_note, flows, messages, hosts, .. } = *shown;
        if self.formats.last().is_none_or(|last| !Arc::ptr_eq(last, format)) {
            self.formats.push(format.clone());
        }
        self.clock.get_or_insert_with(|| clock.clone());
        if self.hosts.is_none() {
            self.hosts = hosts.cloned();
        }
        let mut keep = |bytes: &[u8]| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            start..self.bytes.len()
        };
        let (header, data) = (keep(record.header), keep(record.data));
        let (options, file_note) = (keep(record.options.bytes()), keep(file_note));
        let first = self.flows.len();
        self.flows.extend_from_slice(flows);
        let inside: usize = datagrams.iter().map(|datagram| datagram.packet.len()).sum();
        let inside = inside + messages.iter().map(|message| message.bytes.len()).sum::<usize>();
        self.size += file_note.end - header.start + inside + size_of::<StoredPacket>() + size_of_val(flows);
        self.packets.push(StoredPacket {
            number: record.number,
            timestamp: record.timestamp,
            original_len: record.original_len,
            link_type: record.link_type,
            interface: record.interface,
            fcs_len: record.fcs_len,
            order: record.options.order(),
            section: record.section,
            format: self.formats.len() - 1,
            header,
            data,
            options,
            file_note,
            flows: first..self.flows.len(),
            datagrams,
            messages: messages.to_vec(),
            noticed: shown.noticed,
        });
    }

    /// Calls `show` for the packets in order, each with the clock as of its reading, and clears the batch.
    pub fn show(&mut self, show: impl FnMut(&PacketToPrint<'_>, &Clock)) {
        self.each(show);
        self.clock = None;
        self.hosts = None;
        self.bytes.clear();
        self.packets.clear();
        self.flows.clear();
        self.formats.clear();
        self.size = 0;
    }

    /// Calls `show` for the packets in order, each with the clock as of its reading.
    pub fn each(&self, mut show: impl FnMut(&PacketToPrint<'_>, &Clock)) {
        let Some(mut clock) = self.clock.clone() else { return };
        for stored in &self.packets {
            let record = Record {
                number: stored.number,
                offset: 0,
                timestamp: stored.timestamp,
                original_len: stored.original_len,
                link_type: stored.link_type,
                interface: stored.interface,
                description: None,
                fcs_len: stored.fcs_len,
                header: &self.bytes[stored.header.clone()],
                data: &self.bytes[stored.data.clone()],
                options: BlockOptions::new(stored.order, &self.bytes[stored.options.clone()]),
                format: Some(self.formats[stored.format].format()),
                section: stored.section,
                interfaces: &[],
            };
            clock.tick(record.timestamp);
            show(
                &PacketToPrint {
                    record: &record,
                    datagrams: &stored.datagrams,
                    noticed: stored.noticed,
                    flows: &self.flows[stored.flows.clone()],
                    messages: &stored.messages,
                    file_note: &self.bytes[stored.file_note.clone()],
                    hosts: self.hosts.as_ref(),
                },
                &clock,
            );
            // Only packets that are shown are in the batch where that matters.
            clock.tick_shown(record.timestamp);
        }
    }
}
