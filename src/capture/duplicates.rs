//! Packets that are in a capture twice.

use super::{Record, Timestamp};
use crate::dissect::dissect;
use crate::proto::View;
use hashbrown::HashMap;
use hmac_sha256::Hash;
use std::collections::VecDeque;
use std::time::Duration;

/// Most packets that a packet is compared with.
pub const MAX_DUPLICATE_WINDOW: usize = 1_000_000;

/// The packets before that a packet is compared with. Those that are duplicates themselves count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateWindow {
    /// So many packets before.
    Packets(usize),
    /// Packets whose times differ by no more than this, at most [`MAX_DUPLICATE_WINDOW`]. A packet without a time is no duplicate.
    Time(Duration),
}

/// What makes two packets the same: these bytes, and how many of them were captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PacketIdentity {
    /// All bytes after so many at the beginning, the length on the wire, and the link type.
    Frame(usize),
    /// The outermost IP packet, but for its time to live (or hop limit) and header checksum: what is the same before and
    /// behind a router, with and without a VLAN tag. The whole frame, if there is no IP packet in it.
    IpPacket,
}

/// A packet that was seen, as its digest.
struct SeenPacket {
    digest: [u8; 32],
    /// How many packets came before it.
    place: u64,
    nanos: Option<i128>,
}

/// Finds the packets of a capture that came before, by their SHA-256.
///
/// It takes about 150 bytes for each packet of the window.
///
/// ```
/// use packetsmith::capture::{DuplicateWindow, Duplicates, PacketIdentity, Reader};
/// # let record = [&[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0][..], &[7, 7, 7]].concat();
/// # let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
/// # let file = [&header[..], &record, &record].concat();
/// let mut duplicates = Duplicates::new(DuplicateWindow::Packets(4), PacketIdentity::Frame(0));
/// let mut reader = Reader::new(&file[..])?;
/// assert!(!duplicates.has_seen(&reader.next_record().unwrap()?));
/// assert!(duplicates.has_seen(&reader.next_record().unwrap()?));
/// # Ok::<(), packetsmith::capture::Error>(())
/// ```
pub struct Duplicates {
    window: DuplicateWindow,
    identity: PacketIdentity,
    /// In the order of the capture.
    seen: VecDeque<SeenPacket>,
    /// Place and time of the last packet with each digest.
    last: HashMap<[u8; 32], (u64, Option<i128>)>,
    place: u64,
    forgotten: u64,
}

impl std::fmt::Debug for Duplicates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Duplicates")
            .field("window", &self.window)
            .field("identity", &self.identity)
            .field("seen", &self.seen.len())
            .finish_non_exhaustive()
    }
}

impl Duplicates {
    /// Compares packets in a window.
    pub fn new(window: DuplicateWindow, identity: PacketIdentity) -> Self {
        Duplicates { window, identity, seen: VecDeque::new(), last: HashMap::new(), place: 0, forgotten: 0 }
    }

    /// Whether the packet is in the window already. It is from now on.
    pub fn has_seen(&mut self, record: &Record<'_>) -> bool {
        let nanos = record.timestamp.map(Timestamp::nanos);
        self.forget(nanos);
        let digest = digest(record, self.identity);
        let before = self.last.insert(digest, (self.place, nanos));
        self.seen.push_back(SeenPacket { digest, place: self.place, nanos });
        self.place += 1;
        match (self.window, before) {
            (_, None) => false,
            (DuplicateWindow::Packets(_), Some(_)) => true,
            (DuplicateWindow::Time(window), Some((_, before))) => match (before, nanos) {
                (Some(before), Some(now)) => now.abs_diff(before) <= window.as_nanos(),
                _ => false,
            },
        }
    }

    /// How many packets of a window of time were forgotten, because it had more than [`MAX_DUPLICATE_WINDOW`].
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets what is before the window of the next packet.
    fn forget(&mut self, nanos: Option<i128>) {
        while let Some(oldest) = self.seen.front() {
            match self.window {
                DuplicateWindow::Packets(most) => {
                    if self.seen.len() <= most.min(MAX_DUPLICATE_WINDOW) {
                        return;
                    }
                }
                DuplicateWindow::Time(window) => {
                    let is_before = match (oldest.nanos, nanos) {
                        (Some(oldest), Some(now)) => now > oldest && now.abs_diff(oldest) > window.as_nanos(),
                        _ => oldest.nanos.is_none(),
                    };
                    if !is_before && self.seen.len() < MAX_DUPLICATE_WINDOW {
                        return;
                    }
                    self.forgotten += u64::from(!is_before);
                }
            }
            let Some(oldest) = self.seen.pop_front() else { return };
            if self.last.get(&oldest.digest).is_some_and(|(place, _)| *place == oldest.place) {
                self.last.remove(&oldest.digest);
            }
        }
    }
}

fn digest(record: &Record<'_>, identity: PacketIdentity) -> [u8; 32] {
    let mut hash = Hash::new();
    let link_type = record.link_type.unwrap_or(u16::MAX);
    let ip = match identity {
        PacketIdentity::Frame(_) => None,
        PacketIdentity::IpPacket => {
            dissect(link_type, record.data).find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)))
        }
    };
    let Some(layer) = ip else {
        let skipped = match identity {
            PacketIdentity::Frame(skipped) => skipped.min(record.data.len()),
            PacketIdentity::IpPacket => 0,
        };
        hash.update(link_type.to_le_bytes());
        hash.update(record.original_len.to_le_bytes());
        hash.update((record.data.len() as u64).to_le_bytes());
        hash.update(&record.data[skipped..]);
        return hash.finalize();
    };
    let (start, end) = (layer.header_span().start as usize, layer.payload_span().end as usize);
    let packet = record.data.get(start..end).unwrap_or_default();
    // Bytes that were cut off, not those that pad a frame.
    hash.update((packet.len() as u64).to_le_bytes());
    let changing: &[usize] = if let View::Ipv4(_) = layer.view { &[8, 10, 11] } else { &[7] };
    let mut fixed = [0; 20];
    let len = packet.len().min(fixed.len());
    fixed[..len].copy_from_slice(&packet[..len]);
    for at in changing {
        fixed[*at] = 0;
    }
    hash.update(&fixed[..len]);
    hash.update(&packet[len..]);
    hash.finalize()
}
