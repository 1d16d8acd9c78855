//! The reassembler: the table of pending datagrams, their memory, and their age.

use super::clock::SteadyClock;
use super::findings::Findings;
use super::fragment::{IncomingFragment, ParsedFragment, parse};
use super::key::Key;
use super::network::{Network, hash_layers};
use super::outcome::{Datagram, Lost, LostReason, Outcome, Refusal};
use super::pending::PendingDatagram;
use super::policy::Policy;
use super::segments::{FragmentBuffers, HEADROOM, Segment};
use super::settings::{LongDatagrams, Settings};
use crate::dissect::Layer;
use crate::ip::fragmentation::shared_sum;
use crate::proto::{Ipv6, header_chain};
use core::hash::{BuildHasher, Hash, Hasher};
use core::ops::Range;
use core::time::Duration;
use std::collections::HashMap;

const NONE: usize = usize::MAX;

/// Reassembles fragments.
///
/// All that a sender can influence is bounded, see [`Settings`]. The hash of the table has a random key, so no sender can
/// choose keys that collide. Fragments need no allocation once the buffers have grown to the size of the traffic.
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
/// // 61 seconds later the first fragment has been given up.
/// reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// let mut lost = 0;
/// reassembler.push(&last, 2, Duration::from_secs(61), &mut |_| lost += 1);
/// assert_eq!((lost, reassembler.waiting()), (1, 1));
/// ```
#[derive(Debug)]
pub struct Reassembler {
    settings: Settings,
    /// Slots of the datagrams in `entries`. The fragments of one datagram mostly come in a row, so a datagram is
    /// inserted here only when the next one begins. Most are complete before that.
    table: HashMap<Key, usize>,
    /// Pending datagrams, linked by age, and free slots.
    entries: Vec<PendingDatagram>,
    free: Vec<usize>,
    waiting: usize,
    oldest: usize,
    newest: usize,
    /// Buffers to be used again.
    pool: Vec<FragmentBuffers>,
    /// Memory of all buffers in bytes, except those of the last complete datagram.
    bytes: usize,
    done: FragmentBuffers,
    scratch: Vec<Segment>,
    packet: Vec<u8>,
    clock: SteadyClock,
    noticed: Findings,
}

impl Reassembler {
    /// An empty reassembler.
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
            done: FragmentBuffers::default(),
            scratch: Vec::new(),
            packet: Vec::new(),
            clock: SteadyClock::default(),
            noticed: Findings::default(),
        }
    }

    /// The settings, with at least one datagram.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Number of incomplete datagrams.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Memory for fragments in bytes, buffers to be used again included.
    pub fn memory(&self) -> usize {
        self.bytes
    }

    /// Takes a packet that begins with its IP header.
    ///
    /// `frame` is the number of its frame, which [`Origin`](super::Origin) returns. `time` is the time of its capture.
    /// `lost` is called for each datagram that is given up. Bytes past the packet's length field are ignored. All packets
    /// that are given here are of one network: see [`push_from`](Self::push_from).
    #[inline]
    pub fn push(&mut self, packet: &[u8], frame: u64, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) -> Outcome<'_> {
        self.push_from(Network::default(), packet, frame, time, lost)
    }

    /// Like [`push`](Self::push), for a packet that came by `network`. Fragments of different networks are not put
    /// together.
    pub fn push_from(
        &mut self,
        network: Network,
        packet: &[u8],
        frame: u64,
        time: Duration,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Outcome<'_> {
        self.noticed = Findings::default();
        self.clock.tick(time);
        self.expire_by_both(time, None, lost);
        let parsed = parse(packet, network);
        let incoming = match &parsed {
            ParsedFragment::NotFragment => return Outcome::NotFragment,
            ParsedFragment::Atomic => return Outcome::Atomic,
            ParsedFragment::Bad(refusal) => return Outcome::Refused(*refusal, 0..0),
            ParsedFragment::Fragment(incoming) => incoming,
        };
        let range = incoming.offset..incoming.offset + incoming.payload.len();
        let slot = self.pending(&incoming.key, time, lost);
        match self.admit(incoming, slot, frame, time, lost) {
            Ok(Admitted::Held(slot)) => {
                let entry = &self.entries[slot];
                Outcome::Held { have: entry.held, of: entry.total.map(usize::from) }
            }
            Ok(Admitted::Duplicate) => Outcome::Duplicate,
            Ok(Admitted::Complete(slot)) => {
                self.noticed = self.entries[slot].findings;
                self.complete(slot, range, lost)
            }
            Err(refusal) => Outcome::Refused(refusal, range),
        }
    }

    /// What the last packet made known: what its fragment adds to the findings about its datagram, and all of them if it
    /// completes the datagram, or if the datagram was given up before.
    pub fn noticed(&self) -> Findings {
        self.noticed
    }

    /// The network that a packet came by, from the interface and from the layers that are around its IP header at byte `at`
    /// of the frame. A datagram inside of another begins with the network of the `outer` one.
    pub fn network<'a>(
        &self,
        outer: Network,
        interface: u64,
        layers: impl Iterator<Item = Layer<'a>>,
        at: usize,
    ) -> Network {
        let mut hasher = self.table.hasher().build_hasher();
        (outer, interface).hash(&mut hasher);
        hash_layers(layers, at, &mut hasher);
        Network(hasher.finish())
    }

    /// Gives up the datagrams whose time limit has passed at `time`, and those that began later by more than it: the clock
    /// was set back.
    pub fn expire(&mut self, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) {
        self.expire_by_both(time, Some(time), lost);
    }

    /// Gives up the oldest datagrams while the time of the packet and `now` both say that their time is over. `now` is what
    /// the steady clock says, unless it is given.
    #[inline(always)]
    fn expire_by_both(&mut self, time: Duration, now: Option<Duration>, lost: &mut dyn FnMut(Lost<'_>)) {
        let limit = self.settings.timeout;
        while let Some(entry) = self.entries.get(self.oldest) {
            if time.abs_diff(entry.started) <= limit {
                break;
            }
            if now.unwrap_or_else(|| self.clock.now()).abs_diff(entry.arrived) <= limit {
                break;
            }
            self.lose(self.oldest, LostReason::Timeout, lost);
        }
    }

    /// Gives up all incomplete datagrams, at the end of the input.
    pub fn finish(&mut self, lost: &mut dyn FnMut(Lost<'_>)) {
        while self.oldest != NONE {
            self.lose(self.oldest, LostReason::End, lost);
        }
    }

    /// Slot of the datagram that waits for a fragment of `time`. It is given up if its first fragment is too far away in
    /// time, whatever the clock of all packets says.
    #[inline]
    fn pending(&mut self, key: &Key, time: Duration, lost: &mut dyn FnMut(Lost<'_>)) -> Option<usize> {
        let slot = match self.entries.get(self.newest) {
            Some(newest) if newest.key == *key => self.newest,
            _ => *self.table.get(key)?,
        };
        if time.abs_diff(self.entries[slot].started) <= self.settings.timeout {
            return Some(slot);
        }
        self.lose(slot, LostReason::Timeout, lost);
        None
    }

    /// Refuses a fragment. Linux gives up the datagram of one that is malformed or contradicts others.
    #[cold]
    fn refuse(
        &mut self,
        slot: Option<usize>,
        refusal: Refusal,
        policy: Policy,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Result<Admitted, Refusal> {
        let new = &mut self.noticed;
        new.refused += 1;
        new.other_end |= matches!(refusal, Refusal::OtherEnd | Refusal::EndsBeforeData);
        new.past_end |= refusal == Refusal::BehindEnd;
        let Some(slot) = slot else { return Err(refusal) };
        let entry = &mut self.entries[slot];
        entry.findings.add(new);
        match (refusal, policy) {
            // What the others of its datagram have shown is why it is refused.
            (Refusal::GivenUp, _) => *new = entry.findings,
            (Refusal::Overlap, Policy::Linux) => self.lose(slot, LostReason::Overlap, lost),
            (Refusal::Overlap, _) => self.give_up(slot, lost),
            (Refusal::Inside | Refusal::NotWhole | Refusal::HeaderChain, _) => {}
            // IPv6 fragments past the maximum are refused alone.
            (Refusal::TooLong, Policy::Linux) if !entry.key.is_ipv4() => {}
            (_, Policy::Linux) => self.lose(slot, LostReason::Contradiction, lost),
            _ => {}
        }
        Err(refusal)
    }

    #[inline(always)]
    fn admit(
        &mut self,
        incoming: &IncomingFragment<'_>,
        slot: Option<usize>,
        frame: u64,
        time: Duration,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Result<Admitted, Refusal> {
        let IncomingFragment { ref key, headers, mut payload, offset, more, next, .. } = *incoming;
        let ipv4 = key.is_ipv4();
        let policy = if ipv4 { self.settings.ipv4 } else { self.settings.ipv6 };
        let first = offset == 0;
        if policy == Policy::Linux && ipv4 && more {
            payload = &payload[..payload.len() & !7];
        }
        let fixed = if ipv4 { headers.len() } else { headers.len() - Ipv6::LEN };
        if payload.is_empty() {
            return self.refuse(slot, Refusal::Empty, policy, lost);
        }
        if more && !payload.len().is_multiple_of(8) {
            return self.refuse(slot, Refusal::NotWhole, policy, lost);
        }
        let end = offset + payload.len();
        let fits = fixed + end <= 65535 || !ipv4 && self.settings.long_ipv6 == LongDatagrams::Show;
        let (Ok(start), Ok(end), true) = (u16::try_from(offset), u16::try_from(end), fits) else {
            return self.refuse(slot, Refusal::TooLong, policy, lost);
        };
        let cut = first && header_chain(next, payload).is_none();
        if cut && !ipv4 {
            return self.refuse(slot, Refusal::HeaderChain, policy, lost);
        }
        let slot = match slot {
            Some(slot) => slot,
            None => self.begin(*key, time, lost),
        };
        let new = &mut self.noticed;
        new.tiny = cut || ipv4 && next == 6 && offset == 8;
        let range = start..end;
        let mut entry = &mut self.entries[slot];
        let touched = match place(entry, &range, payload, more, policy, new) {
            Ok(Some(touched)) => touched,
            Ok(None) => {
                entry.findings.add(new);
                return Ok(Admitted::Duplicate);
            }
            Err(refusal) => return self.refuse(Some(slot), refusal, policy, lost),
        };
        let growth = entry.buffers.growth(if first { headers.len() } else { 0 }, payload.len(), 2 * touched.len() + 2);
        if growth != (0, 0, 0) {
            if !self.reserve(slot, growth, lost) {
                self.lose(slot, LostReason::NoMemory, lost);
                return Err(Refusal::NoMemory);
            }
            entry = &mut self.entries[slot];
        }
        entry.held += entry.buffers.insert(touched, range, payload, frame, policy, &mut self.scratch);
        if !more {
            entry.total = Some(end);
        }
        self.noticed.next_header = entry.next_header.is_some_and(|held| held != next);
        entry.findings.add(&self.noticed);
        // The headers are those of the fragment that gives byte 0.
        if first && entry.buffers.segments.first().is_some_and(|segment| segment.frame == frame) {
            entry.buffers.headers.clear();
            entry.buffers.headers.extend_from_slice(headers);
            if let Some(byte) = entry.buffers.headers.get_mut(incoming.next_at) {
                *byte = next;
            }
        }
        if first || entry.next_header.is_none() {
            entry.next_header = Some(next);
        }
        let complete = entry.total.is_some_and(|total| usize::from(total) == entry.held);
        Ok(if complete { Admitted::Complete(slot) } else { Admitted::Held(slot) })
    }

    /// Adds a pending datagram, and returns its slot.
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
            arrived: self.clock.now(),
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
            Some(free) => *free = entry,
            None => self.entries.push(entry),
        }
        self.newest = slot;
        self.waiting += 1;
        slot
    }

    /// Removes a datagram from the list by age and from the table. Its entry keeps its data until the slot is used
    /// again.
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

    /// Gives up a datagram whose fragments overlap. Its key stays, so that further fragments are refused.
    fn give_up(&mut self, slot: usize, lost: &mut dyn FnMut(Lost<'_>)) {
        let entry = &mut self.entries[slot];
        lost(Lost { reason: LostReason::Overlap, entry });
        entry.given_up = true;
        let buffers = core::mem::take(&mut entry.buffers);
        self.recycle(buffers);
    }

    fn recycle(&mut self, buffers: FragmentBuffers) {
        if buffers.log.capacity() > 0 {
            self.pool.push(buffers);
        }
    }

    /// Enlarges the buffers of a datagram, and gives up the oldest other datagrams if memory is short.
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

    /// Builds the packet of a datagram whose payload is complete.
    fn complete(&mut self, slot: usize, range: Range<usize>, lost: &mut dyn FnMut(Lost<'_>)) -> Outcome<'_> {
        let entry = &self.entries[slot];
        let (ipv4, headers, payload) = (entry.key.is_ipv4(), entry.buffers.headers.len(), entry.held);
        let length = if ipv4 { headers + payload } else { headers + payload - Ipv6::LEN };
        let length = match u16::try_from(length) {
            Ok(length) => length,
            // As with a jumbogram, the header has no length.
            Err(_) if !ipv4 && self.settings.long_ipv6 == LongDatagrams::Show => 0,
            Err(_) => {
                self.lose(slot, LostReason::TooLong, lost);
                return Outcome::Refused(Refusal::TooLong, range);
            }
        };
        self.remove(slot);
        // Recycle the buffers of the previous complete datagram; those of this one stay until the next.
        let entry = &mut self.entries[slot];
        let (key, findings) = (entry.key, entry.findings);
        let before = core::mem::replace(&mut self.done, core::mem::take(&mut entry.buffers));
        self.bytes = (self.bytes + before.size()).saturating_sub(self.done.size());
        self.recycle(before);
        let Reassembler { done, packet, .. } = self;
        let in_order = done.in_order();
        let FragmentBuffers { headers, log, segments } = done;
        let packet: &mut [u8] = if in_order {
            let start = HEADROOM - headers.len();
            log[start..HEADROOM].copy_from_slice(headers);
            &mut log[start..]
        } else {
            packet.clear();
            packet.extend_from_slice(headers);
            for segment in segments.iter() {
                packet.extend_from_slice(&log[segment.at as usize..][..segment.len()]);
            }
            packet
        };
        if ipv4 {
            let checksum = shared_sum(headers).number(length.into()).checksum();
            packet[2..4].copy_from_slice(&length.to_be_bytes());
            packet[6] &= 0xc0;
            packet[7] = 0;
            packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        } else {
            packet[4..6].copy_from_slice(&length.to_be_bytes());
        }
        Outcome::Complete(Datagram { packet, headers: headers.len(), segments, key, findings })
    }
}

/// Result of admitting a fragment, with the slot of its datagram.
enum Admitted {
    Held(usize),
    Duplicate,
    Complete(usize),
}

/// Compares a fragment with what is held: the segments that it touches, or `None` if it is a duplicate.
#[inline(always)]
fn place(
    entry: &mut PendingDatagram,
    range: &Range<u16>,
    payload: &[u8],
    more: bool,
    policy: Policy,
    new: &mut Findings,
) -> Result<Option<Range<usize>>, Refusal> {
    if entry.given_up {
        return Err(Refusal::GivenUp);
    }
    let held_end = entry.buffers.segments.last().map_or(0, |last| last.end);
    match entry.total {
        Some(total) if !more && range.end != total => return Err(Refusal::OtherEnd),
        Some(total) if range.end > total => return Err(Refusal::BehindEnd),
        None if !more && range.end < held_end => return Err(Refusal::EndsBeforeData),
        _ => {}
    }
    if policy == Policy::Linux && !more {
        entry.total = Some(range.end);
    }
    let touched = entry.buffers.touched(range);
    let Some(held) = entry.buffers.segments.get(touched.clone()).and_then(|touched| touched.first()) else {
        return Ok(Some(touched));
    };
    let conflict = entry.buffers.conflicts(touched.clone(), range, payload);
    let whole = |held: &Segment| (held.start, held.end, held.from, held.to);
    if !conflict && whole(held) == (range.start, range.end, range.start, range.end) {
        new.duplicates = 1;
        return Ok(None);
    }
    (new.overlap, new.conflict) = (true, conflict);
    match policy {
        Policy::Linux if entry.buffers.is_inside_a_run(touched.clone(), range) => Err(Refusal::Inside),
        Policy::Drop | Policy::Linux => Err(Refusal::Overlap),
        _ => Ok(Some(touched)),
    }
}
