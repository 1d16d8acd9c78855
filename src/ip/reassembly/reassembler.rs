//! The reassembler: the table of pending datagrams, their memory, and their age.

use super::fragment::{IncomingFragment, Parsed, parse};
use super::key::Key;
use super::outcome::{Datagram, Findings, Lost, LostReason, Outcome, Refusal};
use super::pending::PendingDatagram;
use super::policy::Policy;
use super::segments::{Buffers, HEADROOM, Segment};
use super::settings::Settings;
use crate::ip::fragmentation::shared_sum;
use crate::proto::{Ipv6, header_chain};
use core::ops::Range;
use core::time::Duration;
use std::collections::HashMap;

const NONE: usize = usize::MAX;

/// Puts fragments together again.
///
/// Bounded in all that a sender decides about: see [`Settings`]. The hash of its table has a secret of its own, so that
/// no sender can choose keys that collide. Nothing is allocated for a fragment once the buffers have grown to the
/// traffic's size.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::ip::*;
/// use packetsmith::{Ipv4, Stack};
/// use packetsmith::proto::ip::Ipv4Flags;
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// // A minute and a second later the first fragment has been given up.
/// reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// let mut lost = 0;
/// reassembler.push(&last, 2, Duration::from_secs(61), &mut |_| lost += 1);
/// assert_eq!((lost, reassembler.waiting()), (1, 1));
/// ```
#[derive(Debug)]
pub struct Reassembler {
    settings: Settings,
    /// Where the datagrams are. Fragments mostly come one behind the other, so a datagram is put here when
    /// the next begins, and most are complete before.
    table: HashMap<Key, usize>,
    /// Those that wait are linked by age; the others are free.
    entries: Vec<PendingDatagram>,
    free: Vec<usize>,
    waiting: usize,
    oldest: usize,
    newest: usize,
    /// Buffers that wait to be used again.
    pool: Vec<Buffers>,
    /// Memory of all buffers but the last datagram's.
    bytes: usize,
    done: Buffers,
    scratch: Vec<Segment>,
    packet: Vec<u8>,
}

impl Reassembler {
    /// Begins with nothing.
    pub fn new(mut settings: Settings) -> Self {
        settings.datagrams = settings.datagrams.max(1);
        Reassembler {
            settings,
            table: HashMap::new(),
            entries: Vec::new(),
            free: Vec::new(),
            waiting: 0,
            oldest: NONE,
            newest: NONE,
            pool: Vec::new(),
            bytes: 0,
            done: Buffers::default(),
            scratch: Vec::new(),
            packet: Vec::new(),
        }
    }

    /// The bounds and policies.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// How many datagrams wait.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Bytes of memory that fragments take now, those that wait to be used again included.
    pub fn memory(&self) -> usize {
        self.bytes
    }

    /// Takes a packet that begins with its IP header, with the number of its frame, which is given back in what is said
    /// of it, and the time of its capture. Datagrams that are given up meanwhile are told to `lost`.
    ///
    /// Bytes behind the packet's own length are not looked at.
    pub fn push(&mut self, packet: &[u8], frame: u64, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) -> Outcome<'_> {
        self.expire(time, lost);
        let incoming = match parse(packet) {
            Parsed::NotFragment => return Outcome::NotFragment,
            Parsed::Atomic => return Outcome::Atomic,
            Parsed::Bad(refusal) => return Outcome::Refused(refusal, 0..0),
            Parsed::Fragment(incoming) => incoming,
        };
        let range = incoming.offset..incoming.offset + incoming.payload.len();
        match self.admit(&incoming, frame, time, lost) {
            Ok(Admitted::Held(slot)) => {
                let entry = &self.entries[slot];
                Outcome::Held { have: entry.held, of: entry.total.map(usize::from) }
            }
            Ok(Admitted::Duplicate) => Outcome::Duplicate,
            Ok(Admitted::Complete(slot)) => self.complete(slot, range, lost),
            Err(refusal) => Outcome::Refused(refusal, range),
        }
    }

    /// Gives up what has waited too long at a time.
    pub fn expire(&mut self, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) {
        while let Some(entry) = self.entries.get(self.oldest) {
            if time.saturating_sub(entry.started) <= self.settings.timeout {
                break;
            }
            self.lose(self.oldest, LostReason::Timeout, lost);
        }
    }

    /// Gives up all that waits, since nothing more comes.
    pub fn finish(&mut self, lost: &mut dyn FnMut(Lost<'_>)) {
        while self.oldest != NONE {
            self.lose(self.oldest, LostReason::End, lost);
        }
    }

    #[inline(always)]
    fn admit(
        &mut self,
        incoming: &IncomingFragment<'_>,
        frame: u64,
        time: Duration,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Result<Admitted, Refusal> {
        let IncomingFragment { key, head, payload, offset, more, next, .. } = *incoming;
        let ipv4 = key.is_ipv4();
        let first = offset == 0;
        let slot = match self.entries.get(self.newest) {
            Some(newest) if newest.key == key => Some(self.newest),
            _ => self.table.get(&key).copied(),
        };
        let refused = |this: &mut Self, refusal| {
            if let Some(slot) = slot {
                this.entries[slot].findings.refused += 1;
            }
            Err(refusal)
        };
        let end = offset + payload.len();
        let fixed = if ipv4 { head.len() } else { head.len() - Ipv6::LEN };
        if payload.is_empty() {
            return refused(self, Refusal::Empty);
        }
        if more && !payload.len().is_multiple_of(8) {
            return refused(self, Refusal::NotWhole);
        }
        let (Ok(start), Ok(end), true) = (u16::try_from(offset), u16::try_from(end), fixed + end <= 65535) else {
            return refused(self, Refusal::TooLong);
        };
        let cut = first && header_chain(next, payload).is_none();
        if cut && !ipv4 {
            return refused(self, Refusal::HeaderChain);
        }
        let slot = match slot {
            Some(slot) => slot,
            None => self.begin(key, time, lost),
        };
        let entry = &mut self.entries[slot];
        let mut refuse = |refusal| {
            entry.findings.refused += 1;
            Err(refusal)
        };
        if entry.given_up {
            return refuse(Refusal::GivenUp);
        }
        let held_end = entry.buffers.segments.last().map_or(0, |last| last.end);
        match entry.total {
            Some(total) if !more && end != total => return refuse(Refusal::OtherEnd),
            Some(total) if end > total => return refuse(Refusal::BehindEnd),
            None if !more && end < held_end => return refuse(Refusal::EndsBeforeData),
            _ => {}
        }
        let range = start..end;
        let touched = entry.buffers.touched(&range);
        let overlaps = !touched.is_empty();
        let policy = if ipv4 { self.settings.ipv4 } else { self.settings.ipv6 };
        if overlaps {
            let conflict = entry.buffers.conflicts(touched.clone(), &range, payload);
            let held = entry.buffers.segments[touched.start];
            if !conflict && (held.start, held.end, held.from, held.to) == (start, end, start, end) {
                entry.findings.duplicates += 1;
                return Ok(Admitted::Duplicate);
            }
            entry.findings.overlap = true;
            entry.findings.conflict |= conflict;
            if policy == Policy::Drop {
                entry.findings.refused += 1;
                self.give_up(slot, lost);
                return Err(Refusal::Overlap);
            }
        }
        let growth = entry.buffers.growth(if first { head.len() } else { 0 }, payload.len(), 2 * touched.len() + 2);
        if growth != (0, 0, 0) && !self.reserve(slot, growth, lost) {
            self.lose(slot, LostReason::NoMemory, lost);
            return Err(Refusal::NoMemory);
        }
        let entry = &mut self.entries[slot];
        entry.held += entry.buffers.insert(touched, range, payload, frame, policy, &mut self.scratch);
        if !more {
            entry.total = Some(end);
        }
        entry.findings.tiny |= cut || ipv4 && next == 6 && offset == 8;
        entry.findings.next_header |= entry.next_header.is_some_and(|held| held != next);
        // The headers are those of the fragment that gives the first byte.
        if first && entry.buffers.segments.first().is_some_and(|segment| segment.frame == frame) {
            entry.buffers.head.clear();
            entry.buffers.head.extend_from_slice(head);
            if let Some(byte) = entry.buffers.head.get_mut(incoming.next_at) {
                *byte = next;
            }
        }
        if first || entry.next_header.is_none() {
            entry.next_header = Some(next);
        }
        let complete = entry.total.is_some_and(|total| usize::from(total) == entry.held);
        Ok(if complete { Admitted::Complete(slot) } else { Admitted::Held(slot) })
    }

    /// Begins a datagram.
    fn begin(&mut self, key: Key, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) -> usize {
        if self.waiting >= self.settings.datagrams {
            self.lose(self.oldest, LostReason::Evicted, lost);
        }
        let mut buffers = self.pool.pop().unwrap_or_default();
        if buffers.log.capacity() < HEADROOM {
            self.bytes += HEADROOM - buffers.log.capacity();
            buffers.log.reserve_exact(HEADROOM);
        }
        buffers.clear();
        let slot = self.free.pop().unwrap_or(self.entries.len());
        match self.entries.get_mut(self.newest) {
            Some(newest) => {
                newest.newer = slot;
                if !newest.listed {
                    newest.listed = true;
                    self.table.insert(newest.key, self.newest);
                }
            }
            None => self.oldest = slot,
        }
        let entry = PendingDatagram {
            key,
            listed: false,
            started: time,
            older: self.newest,
            newer: NONE,
            buffers,
            held: 0,
            total: None,
            next_header: None,
            findings: Findings::default(),
            given_up: false,
        };
        match self.entries.get_mut(slot) {
            Some(context) => *context = entry,
            None => self.entries.push(entry),
        }
        self.newest = slot;
        self.waiting += 1;
        slot
    }

    /// Takes a datagram out of the order of age and the table. Its entry keeps what it holds until the slot is
    /// used again.
    fn remove(&mut self, slot: usize) {
        let PendingDatagram { key, listed, older, newer, .. } = self.entries[slot];
        match self.entries.get_mut(older) {
            Some(entry) => entry.newer = newer,
            None => self.oldest = newer,
        }
        match self.entries.get_mut(newer) {
            Some(entry) => entry.older = older,
            None => self.newest = older,
        }
        if listed {
            self.table.remove(&key);
        }
        self.free.push(slot);
        self.waiting -= 1;
    }

    fn lose(&mut self, slot: usize, reason: LostReason, lost: &mut dyn FnMut(Lost<'_>)) {
        self.remove(slot);
        let entry = &mut self.entries[slot];
        if !entry.given_up {
            lost(Lost { reason, entry });
        }
        let buffers = core::mem::take(&mut entry.buffers);
        self.recycle(buffers);
    }

    /// Gives up a datagram whose fragments overlap. Its key stays, so that the rest of it is refused.
    fn give_up(&mut self, slot: usize, lost: &mut dyn FnMut(Lost<'_>)) {
        let entry = &mut self.entries[slot];
        lost(Lost { reason: LostReason::Overlap, entry });
        entry.given_up = true;
        let buffers = core::mem::take(&mut entry.buffers);
        self.recycle(buffers);
    }

    fn recycle(&mut self, buffers: Buffers) {
        if buffers.log.capacity() > 0 {
            self.pool.push(buffers);
        }
    }

    /// Makes a datagram's buffers larger, and gives up the oldest others for it if need be.
    fn reserve(&mut self, slot: usize, growth: (usize, usize, usize), lost: &mut dyn FnMut(Lost<'_>)) -> bool {
        let by = growth.0 + growth.1 + growth.2 * size_of::<Segment>();
        while self.bytes + by > self.settings.bytes {
            if let Some(buffers) = self.pool.pop() {
                self.bytes -= buffers.size();
                continue;
            }
            let mut oldest = self.oldest;
            if oldest == slot {
                oldest = self.entries[slot].newer;
            }
            if oldest == NONE {
                return false;
            }
            self.lose(oldest, LostReason::Evicted, lost);
        }
        let entry = &mut self.entries[slot];
        let before = entry.buffers.size();
        entry.buffers.reserve(growth);
        self.bytes = self.bytes - before + entry.buffers.size();
        true
    }

    /// Makes the packet of a datagram whose payload is all here.
    fn complete(&mut self, slot: usize, range: Range<usize>, lost: &mut dyn FnMut(Lost<'_>)) -> Outcome<'_> {
        let entry = &self.entries[slot];
        let (ipv4, head, payload) = (entry.key.is_ipv4(), entry.buffers.head.len(), entry.held);
        let length = if ipv4 { head + payload } else { head + payload - Ipv6::LEN };
        let Ok(length) = u16::try_from(length) else {
            self.lose(slot, LostReason::TooLong, lost);
            return Outcome::Refused(Refusal::TooLong, range);
        };
        self.remove(slot);
        // The buffers of the datagram before go back, and this one's stay until the next.
        let entry = &mut self.entries[slot];
        let (key, findings) = (entry.key, entry.findings);
        let before = core::mem::replace(&mut self.done, core::mem::take(&mut entry.buffers));
        self.bytes = (self.bytes + before.size()).saturating_sub(self.done.size());
        self.recycle(before);
        let Reassembler { done, packet, .. } = self;
        let in_order = done.in_order();
        let Buffers { head, log, segments } = done;
        let packet: &mut [u8] = if in_order {
            let start = HEADROOM - head.len();
            log[start..HEADROOM].copy_from_slice(head);
            &mut log[start..]
        } else {
            packet.clear();
            packet.extend_from_slice(head);
            for segment in segments.iter() {
                packet.extend_from_slice(&log[segment.at as usize..][..segment.len()]);
            }
            packet
        };
        if ipv4 {
            let checksum = shared_sum(head).number(length.into()).checksum();
            packet[2..4].copy_from_slice(&length.to_be_bytes());
            packet[6] &= 0xc0;
            packet[7] = 0;
            packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        } else {
            packet[4..6].copy_from_slice(&length.to_be_bytes());
        }
        Outcome::Complete(Datagram { packet, head: head.len(), segments, key, findings })
    }
}

/// What was done with a fragment that was let in.
enum Admitted {
    Held(usize),
    Duplicate,
    Complete(usize),
}
