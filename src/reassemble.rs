//! Putting IP fragments together again: RFC 791 §3.2, RFC 815, RFC 8200 §4.5.
//!
//! A [`Reassembler`] is bounded in datagrams, bytes and time, whatever is sent to it. What became of each fragment
//! is a value: [`Outcome`] of the fragment, [`Lost`] of datagrams that are given up. `docs/reassembly.md` lists
//! what is done about each known attack.
//!
//! ```
//! use core::time::Duration;
//! use packetsmith::fragment::Fragmenter;
//! use packetsmith::reassemble::{Outcome, Reassembler, Settings};
//! use packetsmith::{Ipv4, Stack};
//! let packet = Stack::new().push(Ipv4::build()).payload(&[7; 4980]).finish().unwrap();
//! let mut reassembler = Reassembler::new(Settings::default());
//! let mut finished = Vec::new();
//! let mut buffer = [0; 1500];
//! for (number, piece) in Fragmenter::new(1500).split(&packet).unwrap().enumerate() {
//!     let fragment = piece.write_into(&mut buffer).unwrap();
//!     let outcome = reassembler.push(fragment, number as u64, Duration::ZERO, &mut |_| {});
//!     if let Outcome::Complete(datagram) = outcome {
//!         assert_eq!(datagram.packet(), packet);
//!         finished = datagram.origins().map(|origin| (origin.frame, origin.bytes)).collect();
//!     }
//! }
//! assert_eq!(finished, [(0, 0..1480), (1, 1480..2960), (2, 2960..4440), (3, 4440..4980)]);
//! ```

use crate::dissect::Layers;
use crate::fragment::shared_sum;
use crate::proto::{Fragment, Ipv4, Ipv4Flags, Ipv6, View, extension_len, header_chain};
use core::fmt;
use core::hash::Hash;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::ops::Range;
use core::time::Duration;
use std::collections::HashMap;

/// Which of two fragments gives the bytes that both have.
///
/// Operating systems differ, and attackers know it: Novak, "Target-Based Fragmentation Assessments" (2005), after
/// Shankar and Paxson, "Active Mapping" (2003). The old fragment is the one that came first. Where fragments begin
/// and end is taken as they were sent, not as they were left by others.
///
/// ```
/// use packetsmith::reassemble::Policy;
/// assert_eq!("bsd-right".parse(), Ok(Policy::BsdRight));
/// assert_eq!(Policy::Linux.to_string(), "linux");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// The old one, always.
    First,
    /// The new one, always (Cisco IOS).
    Last,
    /// The new one if it begins before the old one (BSD, AIX, older Linux).
    Bsd,
    /// The new one if it ends behind the old one, or ends with it and does not begin behind it (HP JetDirect).
    BsdRight,
    /// The new one if it does not begin behind the old one (Linux 2 to 4.18, OpenBSD).
    Linux,
    /// The new one if it begins before the old one and ends behind it (Windows).
    Windows,
    /// The new one if it begins before the old one and does not end before it (Solaris).
    Solaris,
    /// Neither: the datagram is given up (RFC 5722, RFC 8200 §4.5; Linux since 4.19).
    Drop,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Policy; 8] = [
        Policy::First,
        Policy::Last,
        Policy::Bsd,
        Policy::BsdRight,
        Policy::Linux,
        Policy::Windows,
        Policy::Solaris,
        Policy::Drop,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Policy::First => "first",
            Policy::Last => "last",
            Policy::Bsd => "bsd",
            Policy::BsdRight => "bsd-right",
            Policy::Linux => "linux",
            Policy::Windows => "windows",
            Policy::Solaris => "solaris",
            Policy::Drop => "drop",
        }
    }

    /// Tells whether the new fragment's bytes take the place of the old one's.
    fn takes(self, old: Range<u16>, new: Range<u16>) -> bool {
        match self {
            Policy::First | Policy::Drop => false,
            Policy::Last => true,
            Policy::Bsd => new.start < old.start,
            Policy::BsdRight => new.end > old.end || new.end == old.end && new.start <= old.start,
            Policy::Linux => new.start <= old.start,
            Policy::Windows => new.start < old.start && new.end > old.end,
            Policy::Solaris => new.start < old.start && new.end >= old.end,
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::str::FromStr for Policy {
    type Err = &'static str;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Policy::ALL.into_iter().find(|policy| policy.name() == name);
        found.ok_or("is not one of first, last, bsd, bsd-right, linux, windows, solaris, drop")
    }
}

/// Bounds and policies of a [`Reassembler`].
///
/// ```
/// use packetsmith::reassemble::{Policy, Reassembler, Settings};
/// let settings = Settings { ipv4: Policy::Linux, bytes: 1 << 20, ..Settings::default() };
/// assert_eq!(Reassembler::new(settings).settings().datagrams, 4096);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Most datagrams that wait at a time; the oldest is given up for a new one.
    pub datagrams: usize,
    /// Most bytes of memory for fragments, in all datagrams that wait; the oldest are given up. What stands beside
    /// them takes up to 512 bytes a datagram.
    pub bytes: usize,
    /// How long a datagram waits from its first fragment to come, by the clock of the capture. 60 s by RFC 8200 §4.5,
    /// 60 to 120 s by RFC 1122 §3.3.2.
    pub timeout: Duration,
    /// What to do where IPv4 fragments overlap.
    pub ipv4: Policy,
    /// What to do where IPv6 fragments overlap. RFC 5722 asks for [`Policy::Drop`].
    pub ipv6: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            datagrams: 4096,
            bytes: 8 << 20,
            timeout: Duration::from_secs(60),
            ipv4: Policy::First,
            ipv6: Policy::Drop,
        }
    }
}

/// Why a fragment is refused. The datagram goes on waiting for others, unless it is said otherwise.
///
/// ```
/// use packetsmith::reassemble::Refusal;
/// assert_eq!(Refusal::Empty.to_string(), "it holds no payload");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// Its header is malformed.
    Header,
    /// Not all of it was captured, or its length says more than is there.
    Truncated,
    /// It holds no payload.
    Empty,
    /// More follow, but its payload is no multiple of 8 bytes (RFC 8200 §4.5).
    NotWhole,
    /// It ends beyond the 65,535 bytes that a packet can have: the ping of death.
    TooLong,
    /// It is the first, and does not hold all IPv6 headers (RFC 7112 §5).
    HeaderChain,
    /// It is a last fragment that ends before data already held.
    EndsBeforeData,
    /// It ends behind the last fragment.
    BehindEnd,
    /// It is a last fragment, and another last fragment ends elsewhere.
    OtherEnd,
    /// It overlaps another under [`Policy::Drop`]: its datagram is given up.
    Overlap,
    /// Its datagram was given up for an overlap, with all that belongs to it (RFC 5722).
    GivenUp,
    /// The bound on bytes is too small for its datagram, which is given up.
    NoMemory,
}

impl Refusal {
    /// Says why.
    pub const fn text(self) -> &'static str {
        match self {
            Refusal::Header => "its header is malformed",
            Refusal::Truncated => "not all of it is there",
            Refusal::Empty => "it holds no payload",
            Refusal::NotWhole => "more follow, and its payload is no multiple of 8 bytes",
            Refusal::TooLong => "it ends beyond 65,535 bytes",
            Refusal::HeaderChain => "it is the first, and does not hold all headers (RFC 7112)",
            Refusal::EndsBeforeData => "it is the last, and ends before data already held",
            Refusal::BehindEnd => "it ends behind the last fragment",
            Refusal::OtherEnd => "it is the last, and another last fragment ends elsewhere",
            Refusal::Overlap => "it overlaps another fragment (RFC 5722)",
            Refusal::GivenUp => "its datagram was given up because of an overlap (RFC 5722)",
            Refusal::NoMemory => "the bound on memory is too small for its datagram",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// What became of a packet that was pushed.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// let outcome = reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// assert!(matches!(outcome, Outcome::Held { have: 16, of: None }));
/// let outcome = reassembler.push(&first, 2, Duration::ZERO, &mut |_| {});
/// assert!(matches!(outcome, Outcome::Duplicate));
/// let outcome = reassembler.push(&last, 3, Duration::ZERO, &mut |_| {});
/// assert!(matches!(outcome, Outcome::Complete(_)));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<'r> {
    /// It is no fragment.
    NotFragment,
    /// It has a fragment header, and is whole (RFC 6946). No other fragment has to do with it.
    Atomic,
    /// It is kept: bytes of payload held now, and in all, where the last fragment is here.
    Held {
        /// Bytes held.
        have: usize,
        /// Bytes of the whole payload.
        of: Option<usize>,
    },
    /// It is the same, byte by byte, as one that is held.
    Duplicate,
    /// It completes its datagram.
    Complete(Datagram<'r>),
    /// It is not kept. The range is that of its payload in the datagram's.
    Refused(Refusal, Range<usize>),
}

/// What was noticed about a datagram.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// reassembler.push(&first, 2, Duration::ZERO, &mut |_| {});
/// let Outcome::Complete(datagram) = reassembler.push(&last, 3, Duration::ZERO, &mut |_| {}) else { panic!() };
/// assert_eq!(datagram.findings().texts().collect::<Vec<_>>(), ["fragments came more than once"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Findings {
    /// Fragments overlap.
    pub overlap: bool,
    /// They do, and differ where they do.
    pub conflict: bool,
    /// Fragments came more than once.
    pub duplicates: u32,
    /// Fragments were refused.
    pub refused: u32,
    /// The first fragment does not hold all of the next header, or one begins inside of it (RFC 1858, RFC 3128).
    pub tiny: bool,
    /// Fragments say differently what follows the fragment header; the first one's word holds (RFC 8200 §4.5).
    pub next_header: bool,
}

impl Findings {
    /// What was noticed, in words.
    pub fn texts(&self) -> impl Iterator<Item = &'static str> {
        [
            (self.conflict, "fragments overlap, and differ"),
            (self.overlap && !self.conflict, "fragments overlap"),
            (self.duplicates > 0, "fragments came more than once"),
            (self.refused > 0, "fragments were refused"),
            (self.tiny, "the first fragment cuts the next header (RFC 1858)"),
            (self.next_header, "fragments differ in their next header"),
        ]
        .into_iter()
        .filter_map(|(found, text)| found.then_some(text))
    }
}

/// Which frame gave which bytes of a datagram's payload.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&last, 4, Duration::ZERO, &mut |_| {});
/// let Outcome::Complete(datagram) = reassembler.push(&first, 9, Duration::ZERO, &mut |_| {}) else { panic!() };
/// let origins: Vec<_> = datagram.origins().collect();
/// assert_eq!(origins, [Origin { bytes: 0..16, frame: 9 }, Origin { bytes: 16..24, frame: 4 }]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Bytes of the payload.
    pub bytes: Range<usize>,
    /// The frame's number, as it was pushed.
    pub frame: u64,
}

/// What fragments of one datagram have in common.
///
/// IPv4: source, destination, protocol and identification. IPv6: source, destination and identification, since only
/// the first fragment says what follows (RFC 8200 §4.5).
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&last, 4, Duration::ZERO, &mut |_| {});
/// reassembler.finish(&mut |lost| {
///     assert_eq!(lost.key().to_string(), "0.0.0.0 > 0.0.0.0, identification 0x0007, protocol 253");
/// });
/// ```
#[derive(Clone, Copy, Eq, Hash)]
#[allow(clippy::derived_hash_with_manual_eq)] // Both are of all fields.
pub struct Key {
    /// Source and destination, most significant first; those of IPv4 in the first word.
    addresses: [u64; 4],
    identification: u32,
    /// The payload's protocol in IPv4, where it is part of the key.
    protocol: Option<u8>,
}

impl Key {
    #[inline(always)]
    fn ipv4(header: &Ipv4<&[u8; 20]>) -> Self {
        let (source, destination) = (u32::from(header.src()), u32::from(header.dst()));
        Key {
            addresses: [u64::from(source) << 32 | u64::from(destination), 0, 0, 0],
            identification: header.identification().into(),
            protocol: Some(header.protocol().into()),
        }
    }

    fn ipv6(header: &Ipv6<&[u8; 40]>, identification: u32) -> Self {
        let (source, destination) = (u128::from(header.src()), u128::from(header.dst()));
        let addresses = [(source >> 64) as u64, source as u64, (destination >> 64) as u64, destination as u64];
        Key { addresses, identification, protocol: None }
    }

    fn is_ipv4(&self) -> bool {
        self.protocol.is_some()
    }

    /// Source and destination.
    pub fn addresses(&self) -> (IpAddr, IpAddr) {
        let [a, b, c, d] = self.addresses;
        let four = |word: u64| IpAddr::V4(Ipv4Addr::from(word as u32));
        let six = |high: u64, low: u64| IpAddr::V6(Ipv6Addr::from(u128::from(high) << 64 | u128::from(low)));
        if self.is_ipv4() { (four(a >> 32), four(a)) } else { (six(a, b), six(c, d)) }
    }

    /// Identification; 16 bits of it in IPv4.
    pub fn identification(&self) -> u32 {
        self.identification
    }

    /// Number of the payload's protocol; in IPv6 it is no part of the key.
    pub fn protocol(&self) -> Option<u8> {
        self.protocol
    }
}

/// Word by word and not in order, or the compiler compares vectors, and those of a key that was just made must
/// wait until its words are out of the store buffer.
impl PartialEq for Key {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.identification == other.identification
            && [0, 2, 1, 3].into_iter().all(|word| self.addresses[word] == other.addresses[word])
            && self.protocol == other.protocol
    }
}

/// `10.0.0.1 > 10.0.0.2, identification 0x1234, protocol 17`
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, destination) = self.addresses();
        match self.protocol() {
            Some(protocol) => {
                let id = self.identification();
                write!(f, "{source} > {destination}, identification 0x{id:04x}, protocol {protocol}")
            }
            None => write!(f, "{source} > {destination}, identification 0x{:08x}", self.identification()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

/// Bytes that are held, and the fragment that they are from.
#[derive(Clone, Copy, Debug)]
struct Segment {
    /// Where in the payload.
    start: u16,
    end: u16,
    /// Where the fragment began and ended as it was sent.
    from: u16,
    to: u16,
    /// Where in the log.
    at: u32,
    frame: u64,
}

impl Segment {
    fn len(&self) -> usize {
        usize::from(self.end - self.start)
    }

    /// The part of it that lies in a range.
    fn part(mut self, start: u16, end: u16) -> Self {
        self.at += u32::from(start - self.start);
        (self.start, self.end) = (start, end);
        self
    }
}

/// Room in front of the payload, where the headers go if it is all in order when the datagram is complete.
const HEADROOM: usize = 128;

/// Memory of one datagram.
#[derive(Debug, Default)]
struct Buffers {
    /// Headers of the first fragment, without the fragment header.
    head: Vec<u8>,
    /// Payloads as they came, behind [`HEADROOM`].
    log: Vec<u8>,
    /// What is held, in order, without overlaps.
    segments: Vec<Segment>,
}

impl Buffers {
    fn size(&self) -> usize {
        self.head.capacity() + self.log.capacity() + self.segments.capacity() * size_of::<Segment>()
    }

    fn clear(&mut self) {
        self.head.clear();
        self.log.clear();
        self.log.resize(HEADROOM, 0);
        self.segments.clear();
    }

    /// How much more memory so many more bytes and segments take; nothing mostly.
    fn growth(&self, head: usize, bytes: usize, segments: usize) -> (usize, usize, usize) {
        let more = |have: usize, need: usize| if need <= have { 0 } else { need.max(have * 2) - have };
        (
            more(self.head.capacity(), head),
            more(self.log.capacity(), self.log.len() + bytes),
            more(self.segments.capacity(), self.segments.len() + segments),
        )
    }

    fn reserve(&mut self, (head, bytes, segments): (usize, usize, usize)) {
        fn grow<T>(vec: &mut Vec<T>, by: usize) {
            if by > 0 {
                vec.reserve_exact(vec.capacity() - vec.len() + by);
            }
        }
        grow(&mut self.head, head);
        grow(&mut self.log, bytes);
        grow(&mut self.segments, segments);
    }

    fn append(&mut self, payload: &[u8]) -> u32 {
        let at = self.log.len() as u32;
        self.log.extend_from_slice(payload);
        at
    }

    fn bytes(&self, segment: &Segment) -> &[u8] {
        self.log.get(segment.at as usize..segment.at as usize + segment.len()).unwrap_or_default()
    }

    /// The segments that have bytes in a range.
    fn touched(&self, range: &Range<u16>) -> Range<usize> {
        if self.segments.last().is_none_or(|last| last.end <= range.start) {
            return self.segments.len()..self.segments.len();
        }
        let from = self.segments.partition_point(|segment| segment.end <= range.start);
        let to = self.segments.partition_point(|segment| segment.start < range.end);
        from..to.max(from)
    }

    /// Tells whether bytes that are held differ from those of a fragment.
    fn conflicts(&self, touched: Range<usize>, range: &Range<u16>, payload: &[u8]) -> bool {
        self.segments[touched].iter().any(|segment| {
            let (start, end) = (segment.start.max(range.start), segment.end.min(range.end));
            let of = |from: u16| usize::from(start - from)..usize::from(end - from);
            self.bytes(&segment.part(start, end)) != payload.get(of(range.start)).unwrap_or_default()
        })
    }

    /// Puts a fragment among those that are held, and tells how many bytes are new.
    fn insert(
        &mut self,
        touched: Range<usize>,
        range: Range<u16>,
        payload: &[u8],
        frame: u64,
        policy: Policy,
        scratch: &mut Vec<Segment>,
    ) -> usize {
        let new = Segment { start: range.start, end: range.end, from: range.start, to: range.end, at: 0, frame };
        let slice = |start: u16, end: u16| &payload[usize::from(start - range.start)..usize::from(end - range.start)];
        if touched.is_empty() {
            let at = self.append(payload);
            self.segments.insert(touched.start, Segment { at, ..new });
            return payload.len();
        }
        scratch.clear();
        let (mut at, mut added) = (range.start, 0);
        for i in touched.clone() {
            let old = self.segments[i];
            if at < old.start {
                let log = self.append(slice(at, old.start));
                scratch.push(Segment { start: at, end: old.start, at: log, ..new });
                added += usize::from(old.start - at);
            }
            if policy.takes(old.from..old.to, range.clone()) {
                let (start, end) = (old.start.max(range.start), old.end.min(range.end));
                if old.start < start {
                    scratch.push(old.part(old.start, start));
                }
                let place = old.part(start, end).at;
                self.log[place as usize..][..usize::from(end - start)].copy_from_slice(slice(start, end));
                scratch.push(Segment { start, end, at: place, ..new });
                if end < old.end {
                    scratch.push(old.part(end, old.end));
                }
            } else {
                scratch.push(old);
            }
            at = old.end;
        }
        if at < range.end {
            let log = self.append(slice(at, range.end));
            scratch.push(Segment { start: at, end: range.end, at: log, ..new });
            added += usize::from(range.end - at);
        }
        self.segments.splice(touched, scratch.drain(..));
        added
    }

    /// Tells whether the payload lies in order behind the room for headers, and the headers fit.
    fn in_order(&self) -> bool {
        let mut at = HEADROOM;
        self.head.len() <= HEADROOM
            && self.segments.iter().all(|segment| {
                let fits = segment.at as usize == at;
                at += segment.len();
                fits
            })
    }
}

const NONE: usize = usize::MAX;

/// A datagram that waits.
#[derive(Debug)]
struct Entry {
    key: Key,
    /// Whether the table knows it.
    listed: bool,
    started: Duration,
    /// Neighbours in the order of age.
    older: usize,
    newer: usize,
    buffers: Buffers,
    /// Bytes held.
    held: usize,
    /// Bytes of the payload, once the last fragment is here.
    total: Option<u16>,
    /// What the first fragment says to follow, or, until it comes, any other.
    next_header: Option<u8>,
    findings: Findings,
    /// It was given up because of an overlap, and what else comes of it is refused.
    given_up: bool,
}

/// Why a datagram is given up.
///
/// ```
/// use packetsmith::reassemble::LostReason;
/// assert_eq!(LostReason::Timeout.text(), "its time was over");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LostReason {
    /// Its time was over.
    Timeout,
    /// It was the oldest, and its place or memory was needed.
    Evicted,
    /// Fragments overlap under [`Policy::Drop`].
    Overlap,
    /// Its first fragment's headers make it longer than 65,535 bytes.
    TooLong,
    /// The bound on bytes is too small for it.
    NoMemory,
    /// The capture ended.
    End,
}

impl LostReason {
    /// Says why.
    pub const fn text(self) -> &'static str {
        match self {
            LostReason::Timeout => "its time was over",
            LostReason::Evicted => "it was the oldest, and its memory was needed",
            LostReason::Overlap => "its fragments overlap (RFC 5722)",
            LostReason::TooLong => "it is longer than 65,535 bytes",
            LostReason::NoMemory => "the bound on memory is too small for it",
            LostReason::End => "the capture ended",
        }
    }
}

/// A datagram that was given up, with what there was of it.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&last, 4, Duration::ZERO, &mut |_| {});
/// let mut holes = Vec::new();
/// reassembler.finish(&mut |lost| holes.extend(lost.holes()));
/// assert_eq!(holes, [(0, Some(16))]);
/// ```
#[derive(Debug)]
pub struct Lost<'r> {
    /// Why.
    pub reason: LostReason,
    entry: &'r Entry,
}

impl<'r> Lost<'r> {
    /// What its fragments have in common.
    pub fn key(&self) -> Key {
        self.entry.key
    }

    /// Bytes of payload that were held.
    pub fn have(&self) -> usize {
        self.entry.held
    }

    /// Bytes of the whole payload, where the last fragment was held.
    pub fn of(&self) -> Option<usize> {
        self.entry.total.map(usize::from)
    }

    /// What was noticed.
    pub fn findings(&self) -> Findings {
        self.entry.findings
    }

    /// Which frame gave which bytes.
    pub fn origins(&self) -> impl Iterator<Item = Origin> + use<'r> {
        origins(&self.entry.buffers.segments)
    }

    /// The holes between them; the last has no end where the last fragment is missing.
    pub fn holes(&self) -> impl Iterator<Item = (usize, Option<usize>)> + use<'r> {
        let segments = &self.entry.buffers.segments;
        let total = self.of();
        let starts = core::iter::once(0).chain(segments.iter().map(|segment| usize::from(segment.end)));
        let ends = segments.iter().map(|segment| Some(usize::from(segment.start))).chain([total]);
        starts.zip(ends).filter(|(start, end)| end.is_none_or(|end| end > *start))
    }
}

fn origins(segments: &[Segment]) -> impl Iterator<Item = Origin> + use<'_> {
    segments.chunk_by(|a, b| a.frame == b.frame && a.end == b.start).filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        Some(Origin { bytes: first.start.into()..last.end.into(), frame: first.frame })
    })
}

/// A datagram that is complete.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// let Outcome::Complete(datagram) = reassembler.push(&last, 2, Duration::ZERO, &mut |_| {}) else { panic!() };
/// assert_eq!((datagram.packet().len(), datagram.payload()), (44, &[&[1; 16][..], &[2; 8]].concat()[..]));
/// ```
#[derive(Debug)]
pub struct Datagram<'r> {
    packet: &'r [u8],
    head: usize,
    segments: &'r [Segment],
    key: Key,
    findings: Findings,
}

impl<'r> Datagram<'r> {
    /// The packet as it was before it was split: the first fragment's headers, without the fragment header, with
    /// lengths and checksum as they must be. It can be dissected as link type 101, raw IP.
    pub fn packet(&self) -> &'r [u8] {
        self.packet
    }

    /// What was split.
    pub fn payload(&self) -> &'r [u8] {
        self.packet.get(self.head..).unwrap_or_default()
    }

    /// What its fragments have in common.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Which frame gave which bytes of the payload.
    pub fn origins(&self) -> impl Iterator<Item = Origin> + use<'r> {
        origins(self.segments)
    }

    /// What was noticed about its fragments.
    pub fn findings(&self) -> Findings {
        self.findings
    }
}

/// A fragment, as its headers have it.
struct Incoming<'p> {
    key: Key,
    /// Its headers, without the fragment header, and where in them stands what comes next (IPv6).
    head: &'p [u8],
    next_at: usize,
    /// What comes behind the fragment header.
    next: u8,
    offset: usize,
    more: bool,
    payload: &'p [u8],
}

/// What a packet is to reassembly.
enum Found<'p> {
    Nothing,
    Atomic,
    Fragment(Incoming<'p>),
    Bad(Refusal),
}

#[inline(always)]
fn read(packet: &[u8]) -> Found<'_> {
    match packet.first().map(|byte| byte >> 4) {
        Some(4) => read_ipv4(packet),
        Some(6) => read_ipv6(packet),
        _ => Found::Nothing,
    }
}

#[inline(always)]
fn read_ipv4(packet: &[u8]) -> Found<'_> {
    let Some((header, _)) = Ipv4::split(packet) else { return Found::Nothing };
    if !header.is_fragment() {
        return Found::Nothing;
    }
    let head = usize::from(header.ihl()) * 4;
    let length = match usize::from(header.total_length()) {
        0 => packet.len(),
        n => n,
    };
    if head < Ipv4::LEN || length < head {
        return Found::Bad(Refusal::Header);
    }
    let Some((head, payload)) = packet.get(..length).and_then(|packet| packet.split_at_checked(head)) else {
        return Found::Bad(Refusal::Truncated);
    };
    Found::Fragment(Incoming {
        key: Key::ipv4(&header),
        head,
        next_at: 9,
        next: header.protocol().into(),
        offset: usize::from(header.fragment_offset()) * 8,
        more: header.flags().contains(Ipv4Flags::MORE_FRAGMENTS),
        payload,
    })
}

fn read_ipv6(packet: &[u8]) -> Found<'_> {
    let Some((header, rest)) = Ipv6::split(packet) else { return Found::Nothing };
    let (mut next, mut next_at, mut at) = (u8::from(header.next_header()), 6, 0);
    while let Some(header) = rest.get(at..)
        && let (Some(length), [after, ..]) = (extension_len(next, header), header)
    {
        (next_at, next) = (Ipv6::LEN + at, *after);
        at += length;
    }
    let Some(behind) = rest.get(at..).filter(|_| next == 44) else { return Found::Nothing };
    let Some((fragment, _)) = Fragment::split(behind) else { return Found::Bad(Refusal::Truncated) };
    if fragment.is_atomic() {
        return Found::Atomic;
    }
    let length = match usize::from(header.payload_length()) {
        0 => packet.len(),
        n => n + Ipv6::LEN,
    };
    let at = Ipv6::LEN + at;
    if length < at + Fragment::LEN {
        return Found::Bad(Refusal::Header);
    }
    let Some(payload) = packet.get(at + Fragment::LEN..length) else { return Found::Bad(Refusal::Truncated) };
    Found::Fragment(Incoming {
        key: Key::ipv6(&header, fragment.identification()),
        head: &packet[..at],
        next_at,
        next: fragment.next_header().into(),
        offset: usize::from(fragment.fragment_offset()) * 8,
        more: fragment.more_fragments(),
        payload,
    })
}

/// Where in a frame the IP packet is that is a fragment, the innermost if there are several.
///
/// What an ICMP error quotes is not looked at.
///
/// ```
/// use packetsmith::reassemble::find;
/// use packetsmith::{Ethernet, Ipv4, Ipv4Flags, Stack, dissect};
/// let fragment = Ipv4::build().flags(Ipv4Flags::MORE_FRAGMENTS);
/// let frame = Stack::new().push(Ethernet::build()).push(fragment).payload(&[0; 8]).finish().unwrap();
/// assert_eq!(find(dissect(1, &frame)), Some(14..42));
/// ```
pub fn find(layers: Layers<'_>) -> Option<Range<usize>> {
    let (mut ip, mut found) = (None, None);
    for layer in layers {
        let whole = || layer.head_span().start as usize..layer.body_span().end as usize;
        match layer.view {
            _ if layer.quoted => break,
            View::Ipv4(header) if header.is_fragment() => found = Some(whole()),
            View::Ipv6(_) => ip = Some(whole()),
            View::Fragment(_) => found = ip.clone(),
            _ => {}
        }
    }
    found
}

/// Puts fragments together again.
///
/// Bounded in all that a sender decides about: see [`Settings`]. The hash of its table has a secret of its own, so that
/// no sender can choose keys that collide. Nothing is allocated for a fragment once the buffers have grown to the
/// traffic's size.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::reassemble::*;
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
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
    entries: Vec<Entry>,
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
        let incoming = match read(packet) {
            Found::Nothing => return Outcome::NotFragment,
            Found::Atomic => return Outcome::Atomic,
            Found::Bad(refusal) => return Outcome::Refused(refusal, 0..0),
            Found::Fragment(incoming) => incoming,
        };
        let range = incoming.offset..incoming.offset + incoming.payload.len();
        match self.admit(&incoming, frame, time, lost) {
            Ok(Step::Held(slot)) => {
                let entry = &self.entries[slot];
                Outcome::Held { have: entry.held, of: entry.total.map(usize::from) }
            }
            Ok(Step::Duplicate) => Outcome::Duplicate,
            Ok(Step::Complete(slot)) => self.complete(slot, range, lost),
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
        incoming: &Incoming<'_>,
        frame: u64,
        time: Duration,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Result<Step, Refusal> {
        let Incoming { key, head, payload, offset, more, next, .. } = *incoming;
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
                return Ok(Step::Duplicate);
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
        Ok(if complete { Step::Complete(slot) } else { Step::Held(slot) })
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
        let entry = Entry {
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
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
        self.newest = slot;
        self.waiting += 1;
        slot
    }

    /// Takes a datagram out of the order of age and the table. Its entry keeps what it holds until the slot is
    /// used again.
    fn remove(&mut self, slot: usize) {
        let Entry { key, listed, older, newer, .. } = self.entries[slot];
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
enum Step {
    Held(usize),
    Duplicate,
    Complete(usize),
}
