//! Results: of each fragment, of complete datagrams, and of datagrams that are given up.

use super::findings::Findings;
use super::key::Key;
use super::pending::PendingDatagram;
use super::segments::Segment;
use crate::wire::DebugBytes;
use core::fmt;
use core::ops::Range;

/// Why a fragment is refused. Its datagram still waits for other fragments, except where a variant says otherwise.
///
/// ```
/// use packetsmith::ip::Refusal;
/// assert_eq!(Refusal::Empty.to_string(), "it holds no payload");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The header is malformed.
    Header,
    /// The packet is shorter than its length field: not all of it was captured, or the length is wrong.
    Truncated,
    /// The payload is empty.
    Empty,
    /// The payload is not a multiple of 8 bytes, but more fragments follow (RFC 8200 §4.5).
    NotWhole,
    /// The fragment ends past 65,535 bytes, the largest packet: the ping of death.
    TooLong,
    /// The first fragment does not hold all IPv6 headers (RFC 7112 §5).
    HeaderChain,
    /// The last fragment ends before data that is already held.
    EndsBeforeData,
    /// The fragment ends after the last fragment.
    BehindEnd,
    /// Another last fragment has a different end.
    OtherEnd,
    /// The fragment overlaps another under [`Policy::Drop`](crate::ip::Policy::Drop) or
    /// [`Policy::Linux`](crate::ip::Policy::Linux): the datagram is given up.
    Overlap,
    /// The fragment lies wholly in what is held, which counts ([`Policy::Linux`](crate::ip::Policy::Linux)).
    Inside,
    /// The datagram was given up because of an overlap, and all its fragments are refused (RFC 5722).
    GivenUp,
    /// The limit on memory is too small for the datagram, which is given up.
    NoMemory,
}

impl Refusal {
    /// The reason in words.
    pub const fn text(self) -> &'static str {
        match self {
            Refusal::Header => "its header is malformed",
            Refusal::Truncated => "it is shorter than its length field",
            Refusal::Empty => "it holds no payload",
            Refusal::NotWhole => "its payload is not a multiple of 8 bytes, but more fragments follow",
            Refusal::TooLong => "it ends past 65,535 bytes",
            Refusal::HeaderChain => "it is the first fragment, but does not hold all headers (RFC 7112)",
            Refusal::EndsBeforeData => "it is the last fragment, but ends before data that is already held",
            Refusal::BehindEnd => "it ends after the last fragment",
            Refusal::OtherEnd => "another last fragment has a different end",
            Refusal::Overlap => "it overlaps another fragment (RFC 5722)",
            Refusal::Inside => "it lies wholly in what is held",
            Refusal::GivenUp => "its datagram was given up because of an overlap (RFC 5722)",
            Refusal::NoMemory => "the limit on memory is too small for its datagram",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// Result of one packet.
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
    /// Not a fragment.
    NotFragment,
    /// An atomic fragment: it has a fragment header but is the whole packet (RFC 6946).
    Atomic,
    /// The fragment is held until its datagram is complete.
    Held {
        /// Bytes of payload held now.
        have: usize,
        /// Bytes of the whole payload, once the last fragment is here.
        of: Option<usize>,
    },
    /// A copy of a fragment that is held, byte for byte.
    Duplicate,
    /// The fragment completes its datagram.
    Complete(Datagram<'r>),
    /// The fragment is not kept. The range is that of its bytes in the payload of the datagram.
    Refused(Refusal, Range<usize>),
}

/// The frame that gave a range of the payload.
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
    /// Range of bytes in the payload.
    pub bytes: Range<usize>,
    /// Number of the frame, as given to [`Reassembler::push`](super::Reassembler::push).
    pub frame: u64,
}

/// Why a datagram is given up.
///
/// ```
/// use packetsmith::ip::LostReason;
/// assert_eq!(LostReason::Timeout.text(), "its time limit has passed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LostReason {
    /// The time limit has passed.
    Timeout,
    /// The oldest datagram, whose slot or memory was needed.
    Evicted,
    /// Fragments overlap under [`Policy::Drop`](crate::ip::Policy::Drop) or [`Policy::Linux`](crate::ip::Policy::Linux).
    Overlap,
    /// A fragment is malformed or contradicts another under [`Policy::Linux`](crate::ip::Policy::Linux), which keeps
    /// nothing of such a datagram.
    Contradiction,
    /// With the headers of the first fragment, the packet is longer than 65,535 bytes.
    TooLong,
    /// The limit on memory is too small for the datagram.
    NoMemory,
    /// The capture ended.
    End,
}

impl LostReason {
    /// The reason in words.
    pub const fn text(self) -> &'static str {
        match self {
            LostReason::Timeout => "its time limit has passed",
            LostReason::Evicted => "it was the oldest, and its memory was needed",
            LostReason::Overlap => "its fragments overlap (RFC 5722)",
            LostReason::Contradiction => "one of its fragments is malformed or contradicts another",
            LostReason::TooLong => "it is longer than 65,535 bytes",
            LostReason::NoMemory => "the limit on memory is too small for it",
            LostReason::End => "the capture ended",
        }
    }
}

/// A datagram that was given up, with the fragments that had come.
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
    /// Why it was given up.
    pub reason: LostReason,
    pub(super) entry: &'r PendingDatagram,
}

impl<'r> Lost<'r> {
    /// The key that its fragments share.
    pub fn key(&self) -> Key {
        self.entry.key
    }

    /// Bytes of payload that were held.
    pub fn have(&self) -> usize {
        self.entry.held
    }

    /// Bytes of the whole payload, if the last fragment was held.
    pub fn of(&self) -> Option<usize> {
        self.entry.total.map(usize::from)
    }

    /// Findings about its fragments.
    pub fn findings(&self) -> Findings {
        self.entry.findings
    }

    /// The frames that gave the bytes that were held.
    pub fn origins(&self) -> impl Iterator<Item = Origin> + use<'r> {
        origins(&self.entry.buffers.segments)
    }

    /// The missing ranges. The last one has no end if the last fragment is missing.
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

/// A complete datagram.
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
pub struct Datagram<'r> {
    pub(super) packet: &'r [u8],
    pub(super) headers: usize,
    pub(super) segments: &'r [Segment],
    pub(super) key: Key,
    pub(super) findings: Findings,
}

impl fmt::Debug for Datagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("key", &self.key)
            .field("packet", &DebugBytes(self.packet))
            .field("headers", &self.headers)
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

impl<'r> Datagram<'r> {
    /// The packet before fragmentation: the headers of the first fragment, without the fragment header, with corrected
    /// length and checksum. Its link type is 101, raw IP.
    pub fn packet(&self) -> &'r [u8] {
        self.packet
    }

    /// The reassembled payload.
    pub fn payload(&self) -> &'r [u8] {
        self.packet.get(self.headers..).unwrap_or_default()
    }

    /// The key that its fragments share.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The frames that gave the bytes of the payload.
    pub fn origins(&self) -> impl Iterator<Item = Origin> + use<'r> {
        origins(self.segments)
    }

    /// Findings about its fragments.
    pub fn findings(&self) -> Findings {
        self.findings
    }
}
