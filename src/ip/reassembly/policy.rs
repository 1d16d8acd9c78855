//! Which fragment wins where two overlap.

use core::fmt;
use core::ops::Range;

/// Which of two overlapping fragments gives the bytes that both have.
///
/// Operating systems differ, which attackers use: Novak, "Target-Based Fragmentation Assessments" (2005), after Shankar
/// and Paxson, "Active Mapping" (2003). The old fragment is the one that came first. A policy compares the offsets of
/// whole fragments, as they were sent, not of the parts that are left of them.
///
/// ```
/// use packetsmith::ip::Policy;
/// assert_eq!("bsd-right".parse(), Ok(Policy::BsdRight));
/// assert_eq!(Policy::Linux24.to_string(), "linux-2.4");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// Always the old one.
    First,
    /// Always the new one (Cisco IOS).
    Last,
    /// The new one if it begins before the old one (BSD, AIX, Linux 2.0).
    Bsd,
    /// The new one if it ends after the old one, or ends with it and does not begin after it (HP JetDirect).
    BsdRight,
    /// That of Linux since 4.19 (2018): a fragment that lies wholly in what is held is ignored, one that overlaps it in
    /// part gives up the datagram, and so does an end that contradicts another. Of an IPv4 fragment before the last, a
    /// length that is no multiple of 8 is cut to one.
    Linux,
    /// The new one if it does not begin after the old one (Linux 2.2 to 4.18, OpenBSD).
    Linux24,
    /// The new one if it begins before the old one and ends after it (Windows).
    Windows,
    /// The new one if it begins before the old one and does not end before it (Solaris).
    Solaris,
    /// Neither: the datagram is given up (RFC 5722, RFC 8200 §4.5).
    Drop,
}

impl Policy {
    /// Every policy.
    pub const ALL: [Policy; 9] = [
        Policy::First,
        Policy::Last,
        Policy::Bsd,
        Policy::BsdRight,
        Policy::Linux,
        Policy::Linux24,
        Policy::Windows,
        Policy::Solaris,
        Policy::Drop,
    ];

    /// Name of the policy, such as `bsd-right`.
    pub const fn name(self) -> &'static str {
        match self {
            Policy::First => "first",
            Policy::Last => "last",
            Policy::Bsd => "bsd",
            Policy::BsdRight => "bsd-right",
            Policy::Linux => "linux",
            Policy::Linux24 => "linux-2.4",
            Policy::Windows => "windows",
            Policy::Solaris => "solaris",
            Policy::Drop => "drop",
        }
    }

    /// Whether the bytes of the new fragment replace those of the old one.
    #[inline]
    pub(crate) fn replaces<T: Ord>(self, old: Range<T>, new: Range<T>) -> bool {
        match self {
            // Under the last two, overlaps never come this far.
            Policy::First | Policy::Drop | Policy::Linux => false,
            Policy::Last => true,
            Policy::Bsd => new.start < old.start,
            Policy::BsdRight => new.end > old.end || new.end == old.end && new.start <= old.start,
            Policy::Linux24 => new.start <= old.start,
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
        found.ok_or("is not one of first, last, bsd, bsd-right, linux, linux-2.4, windows, solaris, drop")
    }
}
