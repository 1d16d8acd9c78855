//! Packets on their way from the thread that reads them to the one that shows them.

use super::clock::Clock;
use super::wholes::Whole;
use packetsmith::capture::{ByteOrder, Error, Format, Options, PcapHeader, Record, SectionHeader, Timestamp};
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a batch: some hundred packets, so that handing them over costs little, and few enough to stay in a core's
/// own cache.
pub const ROOM: usize = 1 << 17;

/// A packet, and what goes by those before it and by the file's blocks.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    pub record: &'a Record<'a>,
    /// Datagrams that it completes.
    pub wholes: &'a [Whole],
    /// What is to be said with it of its file.
    pub said: &'a [u8],
}

/// A run of packets of a file, copied out of the reader's buffer.
#[derive(Default)]
pub struct Batch {
    /// Its place among the file's, from 0.
    pub number: u64,
    bytes: Vec<u8>,
    packets: Vec<Kept>,
    formats: Vec<Arc<Held>>,
    clock: Option<Clock>,
    /// Bytes that it takes up.
    size: usize,
    /// What was wrong behind the last of its packets.
    pub complaint: Option<Error>,
}

/// A record whose bytes stand in the batch.
struct Kept {
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
    said: Range<usize>,
    wholes: Vec<Whole>,
}

/// What a file's header says, or a section's.
pub enum Held {
    Pcap(PcapHeader),
    Pcapng(SectionHeader),
}

impl From<Format<'_>> for Held {
    fn from(format: Format<'_>) -> Self {
        match format {
            Format::Pcap(header) => Held::Pcap(*header),
            Format::Pcapng(header) => Held::Pcapng(header.clone()),
        }
    }
}

impl Held {
    fn format(&self) -> Format<'_> {
        match self {
            Held::Pcap(header) => Format::Pcap(header),
            Held::Pcapng(header) => Format::Pcapng(header),
        }
    }
}

impl Batch {
    pub fn is_full(&self) -> bool {
        self.size >= ROOM
    }

    /// Takes a packet. The clock is as before the first of them.
    pub fn push(&mut self, shown: &Shown<'_>, format: &Arc<Held>, clock: &Clock, wholes: Vec<Whole>) {
        let Shown { record, said, .. } = shown;
        if self.formats.last().is_none_or(|last| !Arc::ptr_eq(last, format)) {
            self.formats.push(format.clone());
        }
        self.clock.get_or_insert_with(|| clock.clone());
        let mut keep = |bytes: &[u8]| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(bytes);
            start..self.bytes.len()
        };
        let (header, data) = (keep(record.header), keep(record.data));
        let (options, said) = (keep(record.options.bytes()), keep(said));
        let inside: usize = wholes.iter().map(|whole| whole.packet.len()).sum();
        self.size += said.end - header.start + inside + size_of::<Kept>();
        self.packets.push(Kept {
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
            said,
            wholes,
        });
    }

    /// Shows the packets in order, each with the clock as it stood when it was read, and forgets them.
    pub fn show(&mut self, mut show: impl FnMut(&Shown<'_>, &Clock)) {
        let Some(mut clock) = self.clock.take() else { return };
        for kept in &self.packets {
            let record = Record {
                number: kept.number,
                offset: 0,
                timestamp: kept.timestamp,
                original_len: kept.original_len,
                link_type: kept.link_type,
                interface: kept.interface,
                description: None,
                fcs_len: kept.fcs_len,
                header: &self.bytes[kept.header.clone()],
                data: &self.bytes[kept.data.clone()],
                options: Options::new(kept.order, &self.bytes[kept.options.clone()]),
                format: Some(self.formats[kept.format].format()),
                section: kept.section,
                interfaces: &[],
            };
            clock.tick(record.timestamp);
            show(&Shown { record: &record, wholes: &kept.wholes, said: &self.bytes[kept.said.clone()] }, &clock);
        }
        self.bytes.clear();
        self.packets.clear();
        self.formats.clear();
        self.size = 0;
    }
}
