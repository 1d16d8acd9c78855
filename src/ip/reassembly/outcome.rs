//! Results: of each fragment, of complete datagrams, and of datagrams that are given up.

use super::key::Key;
use super::pending::PendingDatagram;
use super::segments::Segment;
use core::fmt;
use core::ops::Range;

/// Why a fragment is refused. The datagram goes on waiting for others, unless it is said otherwise.
///
/// ```
/// use packetsmith::ip::Refusal;
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

/// Why a datagram is given up.
///
/// ```
/// use packetsmith::ip::LostReason;
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
/// reassembler.push(&last, 4, Duration::ZERO, &mut |_| {});
/// let mut holes = Vec::new();
/// reassembler.finish(&mut |lost| holes.extend(lost.holes()));
/// assert_eq!(holes, [(0, Some(16))]);
/// ```
#[derive(Debug)]
pub struct Lost<'r> {
    /// Why.
    pub reason: LostReason,
    pub(super) entry: &'r PendingDatagram,
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
/// reassembler.push(&first, 1, Duration::ZERO, &mut |_| {});
/// let Outcome::Complete(datagram) = reassembler.push(&last, 2, Duration::ZERO, &mut |_| {}) else { panic!() };
/// assert_eq!((datagram.packet().len(), datagram.payload()), (44, &[&[1; 16][..], &[2; 8]].concat()[..]));
/// ```
#[derive(Debug)]
pub struct Datagram<'r> {
    pub(super) packet: &'r [u8],
    pub(super) head: usize,
    pub(super) segments: &'r [Segment],
    pub(super) key: Key,
    pub(super) findings: Findings,
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
