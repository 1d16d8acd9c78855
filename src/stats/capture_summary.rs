//! What a capture file says of itself, and what its packets add up to.

use crate::capture::{Interface, Record, Timestamp};
use hashbrown::HashMap;

/// Most interfaces that are listed.
const MOST_INTERFACES: usize = 1024;

/// An interface of a capture file.
#[derive(Clone, Debug)]
pub struct InterfaceRow {
    /// Number of the section in a pcapng file, from 1; 0 in pcap.
    pub section: u64,
    /// Number of the interface within its section, from 0.
    pub number: u32,
    /// The interface; `None` if the file does not describe it.
    pub interface: Option<Interface>,
    /// Packets of the interface.
    pub packets: u64,
}

impl InterfaceRow {
    /// An interface without packets.
    pub fn idle(section: u64, number: u32, interface: Interface) -> Self {
        InterfaceRow { section, number, interface: Some(interface), packets: 0 }
    }
}

/// What the records of a capture file add up to, as capinfos has it.
///
/// ```
/// use packetsmith::capture::Reader;
/// use packetsmith::stats::CaptureSummary;
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
/// let mut reader = Reader::new(&file[..]).unwrap();
/// let mut summary = CaptureSummary::default();
/// while let Some(Ok(record)) = reader.next_record() {
///     summary.add(&record);
/// }
/// assert_eq!((summary.packets, summary.captured, summary.original, summary.cut), (1, 3, 60, 1));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CaptureSummary {
    /// Number of packets.
    pub packets: u64,
    /// Bytes of the packets that were captured.
    pub captured: u64,
    /// Bytes of the packets as they were on the wire.
    pub original: u64,
    /// Packets of which bytes are missing.
    pub cut: u64,
    /// The earliest time.
    pub first: Option<Timestamp>,
    /// The latest time.
    pub last: Option<Timestamp>,
    /// Packets that have an earlier time than the one before them.
    pub out_of_order: u64,
    /// Packets without a time.
    pub without_time: u64,
    /// Packets that were dropped, as the records say.
    pub dropped: u64,
    /// Packets of interfaces that are not listed, since 1,024 are.
    pub of_other_interfaces: u64,
    /// Packets by the number of their link type; `None` for those of an interface that the file does not describe.
    link_types: HashMap<Option<u16>, u64>,
    interfaces: Vec<InterfaceRow>,
    places: HashMap<(u64, u32), usize>,
    /// The interface of the last packet.
    place: usize,
    /// Times in nanoseconds since 1970.
    least: i128,
    most: i128,
    before: i128,
    link_type: (Option<u16>, u64),
}

impl CaptureSummary {
    /// Counts a record.
    #[inline]
    pub fn add(&mut self, record: &Record<'_>) {
        self.packets += 1;
        self.captured += record.data.len() as u64;
        self.original += u64::from(record.original_len);
        self.cut += u64::from((record.data.len() as u64) < u64::from(record.original_len));
        match record.timestamp {
            Some(time) => self.time(time),
            None => self.without_time += 1,
        }
        if self.link_type.0 == record.link_type {
            self.link_type.1 += 1;
        } else {
            let (before, packets) = core::mem::replace(&mut self.link_type, (record.link_type, 1));
            *self.link_types.entry(before).or_default() += packets;
        }
        match self.interfaces.get_mut(self.place) {
            Some(row) if (row.section, row.number) == (record.section, record.interface) => row.packets += 1,
            _ => self.interface(record),
        }
        if record.section > 0 {
            self.dropped = self.dropped.saturating_add(record.drops().unwrap_or(0));
        }
    }

    #[inline]
    fn time(&mut self, time: Timestamp) {
        let nanos = time.nanos();
        if self.first.is_none() {
            (self.first, self.last) = (Some(time), Some(time));
            (self.least, self.most, self.before) = (nanos, nanos, nanos);
        }
        if nanos < self.least {
            (self.least, self.first) = (nanos, Some(time));
        }
        if nanos >= self.most {
            (self.most, self.last) = (nanos, Some(time));
        }
        self.out_of_order += u64::from(nanos < self.before);
        self.before = nanos;
    }

    #[cold]
    fn interface(&mut self, record: &Record<'_>) {
        let key = (record.section, record.interface);
        match self.places.get(&key) {
            Some(place) => self.place = *place,
            None if self.interfaces.len() < MOST_INTERFACES => {
                self.place = self.interfaces.len();
                self.places.insert(key, self.place);
                let (section, number) = key;
                let interface = record.description.cloned();
                self.interfaces.push(InterfaceRow { section, number, interface, packets: 0 });
            }
            None => return self.of_other_interfaces += 1,
        }
        self.interfaces[self.place].packets += 1;
    }

    /// Packets by the number of their link type, the most frequent first. `None` is that of an interface that the file does
    /// not describe.
    pub fn link_types(&self) -> Vec<(Option<u16>, u64)> {
        let mut all = self.link_types.clone();
        let (last, packets) = self.link_type;
        if packets > 0 {
            *all.entry(last).or_default() += packets;
        }
        let mut all: Vec<_> = all.into_iter().filter(|(_, packets)| *packets > 0).collect();
        all.sort_by_key(|(link_type, packets)| (core::cmp::Reverse(*packets), *link_type));
        all
    }

    /// The interfaces that have packets, in the order of their first packets; at most 1,024.
    pub fn interfaces(&self) -> &[InterfaceRow] {
        &self.interfaces
    }

    /// Nanoseconds from the earliest time to the latest.
    pub fn span(&self) -> Option<i128> {
        self.first.map(|_| self.most - self.least)
    }
}
