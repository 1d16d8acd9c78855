//! What is noticed about a datagram on the way.

use crate::proto::FragmentIssues;

/// Findings about the fragments of a datagram.
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
    /// Fragments overlap, with different bytes.
    pub conflict: bool,
    /// Number of duplicate fragments.
    pub duplicates: u32,
    /// A last fragment ends elsewhere than another, or before data that is held.
    pub other_end: bool,
    /// A fragment ends after the last fragment.
    pub past_end: bool,
    /// Number of refused fragments.
    pub refused: u32,
    /// The first fragment cuts the next header, or another one begins inside it (RFC 1858, RFC 3128).
    pub tiny: bool,
    /// The fragments have different next headers. The first fragment's counts (RFC 8200 §4.5).
    pub next_header: bool,
}

impl Findings {
    /// Adds the findings about one more fragment; mostly there are none.
    #[inline]
    pub(super) fn add(&mut self, new: &Findings) {
        if *new == Findings::default() {
            return;
        }
        self.overlap |= new.overlap;
        self.conflict |= new.conflict;
        self.duplicates += new.duplicates;
        self.other_end |= new.other_end;
        self.past_end |= new.past_end;
        self.refused += new.refused;
        self.tiny |= new.tiny;
        self.next_header |= new.next_header;
    }

    /// The findings as issues of the fragment, for [`Examine::reassembly`](crate::Examine::reassembly).
    pub fn issues(&self) -> FragmentIssues {
        FragmentIssues {
            overlap: self.overlap && !self.conflict,
            overlap_conflict: self.conflict,
            repeated: self.duplicates > 0,
            other_end: self.other_end,
            past_end: self.past_end,
        }
    }

    /// The findings in words.
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
