//! A packet in which something was seen.

/// A packet in which something was seen, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// Number of the packet in the capture, from 1.
    pub packet: u64,
    /// Time of capture in nanoseconds since 1970, if it is known.
    pub time: Option<i128>,
}

impl Sighting {
    /// Nanoseconds from `before` to this packet. They are negative if the times of the capture go back. `None` if one of the
    /// times is not known, or if they are more than 292 years apart.
    ///
    /// ```
    /// use packetsmith::hosts::Sighting;
    /// let [first, second] = [(1, 5), (2, 9)].map(|(packet, time)| Sighting { packet, time: Some(time) });
    /// assert_eq!(second.since(&first), Some(4));
    /// ```
    pub fn since(&self, before: &Sighting) -> Option<i64> {
        self.time?.checked_sub(before.time?)?.try_into().ok()
    }

    /// Whether this packet came at most so many nanoseconds after `before`. Without times, it counts as soon after.
    pub(super) fn is_within(&self, nanos: i64, before: &Sighting) -> bool {
        match (self.time, before.time) {
            (Some(_), Some(_)) => self.since(before).is_some_and(|since| since <= nanos),
            _ => true,
        }
    }
}

pub(super) const SECOND: i64 = 1_000_000_000;

/// Whether a packet counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    Counts,
    Other,
}

impl Counting {
    pub(super) fn one(self) -> u64 {
        match self {
            Counting::Counts => 1,
            Counting::Other => 0,
        }
    }
}
