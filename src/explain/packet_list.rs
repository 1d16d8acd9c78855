//! Numbers of packets and times, as statements have them.

use alloc::vec::Vec;
use core::fmt;

/// Numbers of packets: the first ones, how many there are, and the last. Text has up to [`SHOWN`](Self::SHOWN) of them.
///
/// ```
/// use packetsmith::explain::PacketList;
/// let list: PacketList = [3, 4, 7].into_iter().collect();
/// assert_eq!(list.to_string(), "packets 3, 4 and 7");
/// let many: PacketList = (1..=40).collect();
/// assert_eq!(many.to_string(), "packets 1, 2, 3, 4, 5 ... 40, 40 in all");
/// // Without the count, where a sentence has it.
/// assert_eq!(format!("{many:#}"), "packets 1, 2, 3, 4, 5 ... 40");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacketList {
    first: Vec<u64>,
    count: u64,
    last: u64,
}

impl PacketList {
    /// Most numbers that are kept, beside the last one.
    pub const MOST: usize = 256;

    /// Most numbers in a sentence.
    pub const SHOWN: usize = 8;

    /// A list of one packet.
    pub fn one(packet: u64) -> Self {
        [packet].into_iter().collect()
    }

    /// Appends a number. One that was appended just before counts once.
    pub fn push(&mut self, packet: u64) {
        if self.count > 0 && self.last == packet {
            return;
        }
        if self.first.len() < Self::MOST {
            self.first.push(packet);
        }
        self.count += 1;
        self.last = packet;
    }

    /// Counts packets whose numbers are not known, before the last one.
    pub(super) fn count_more(&mut self, packets: u64) {
        self.count += packets;
    }

    /// The first numbers, at most [`MOST`](Self::MOST).
    pub fn first(&self) -> &[u64] {
        &self.first
    }

    /// How many packets there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The last number, if there is one.
    pub fn last(&self) -> Option<u64> {
        (self.count > 0).then_some(self.last)
    }

    /// All but the first.
    pub(super) fn without_first(&self) -> Self {
        let first = self.first.get(1..).unwrap_or_default().to_vec();
        PacketList { first, count: self.count.saturating_sub(1), last: self.last }
    }

    /// All but those that a condition holds for, as far as they are known.
    pub(super) fn without(&self, is_unwanted: impl Fn(u64) -> bool) -> Self {
        let first: Vec<u64> = self.first.iter().copied().filter(|packet| !is_unwanted(*packet)).collect();
        let count = self.count - (self.first.len() - first.len()) as u64;
        let last = match first.last() {
            Some(last) if count == first.len() as u64 => *last,
            _ => self.last,
        };
        PacketList { first, count, last }
    }

    /// The same packets, with the numbers that are known in order.
    pub(super) fn in_order(mut self) -> Self {
        self.first.sort_unstable();
        self.last = self.first.last().map_or(self.last, |last| self.last.max(*last));
        self
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl FromIterator<u64> for PacketList {
    fn from_iter<I: IntoIterator<Item = u64>>(packets: I) -> Self {
        let mut list = PacketList::default();
        packets.into_iter().for_each(|packet| list.push(packet));
        list
    }
}

impl Extend<u64> for PacketList {
    fn extend<I: IntoIterator<Item = u64>>(&mut self, packets: I) {
        packets.into_iter().for_each(|packet| self.push(packet));
    }
}

/// `packet 3`, `packets 3, 4 and 7`; of many, the first and the last, and unless the form is alternate, how many they are.
impl fmt::Display for PacketList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = match *self.first {
            [] => return f.write_str("no packet"),
            [only] if self.count == 1 => return write!(f, "packet {only}"),
            [a, b] if self.count == 2 => return write!(f, "packets {a} and {b}"),
            [a, ref rest @ ..] => {
                write!(f, "packets {a}")?;
                rest
            }
        };
        if self.count == self.first.len() as u64 && self.first.len() <= Self::SHOWN {
            let [middle @ .., last] = rest else { return Ok(()) };
            middle.iter().try_for_each(|packet| write!(f, ", {packet}"))?;
            return write!(f, " and {last}");
        }
        rest.iter().take(4).try_for_each(|packet| write!(f, ", {packet}"))?;
        write!(f, " ... {}", self.last)?;
        if f.alternate() { Ok(()) } else { write!(f, ", {} in all", Grouped(self.count)) }
    }
}

/// A duration in nanoseconds.
///
/// ```
/// use packetsmith::explain::Nanos;
/// let texts = [61_000, 24_371_000, 1_000_000_000, 75_000_000_000, -5_000_000].map(|nanos| Nanos(nanos).to_string());
/// assert_eq!(texts, ["0.061 ms", "24.4 ms", "1.00 s", "1 min 15 s", "-5.00 ms"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nanos(pub i64);

impl fmt::Display for Nanos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SECOND: u64 = 1_000_000_000;
        let nanos = self.0.unsigned_abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        // What would be rounded up to the next unit is of that unit.
        match nanos {
            0..1000 => f.write_str("less than a microsecond"),
            1000..999_500 => write!(f, "0.{:03} ms", (nanos + 500) / 1000),
            999_500..999_500_000 => in_units(f, nanos, 1_000_000, "ms"),
            999_500_000..59_950_000_000 => in_units(f, nanos, SECOND, "s"),
            _ => {
                let seconds = (nanos + SECOND / 2) / SECOND;
                let [days, hours, minutes] = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60];
                let [large, small] = match (days, hours) {
                    (0, 0) => [(minutes, "min"), (seconds % 60, "s")],
                    (0, _) => [(hours, "h"), (minutes, "min")],
                    (1, _) => [(1, "day"), (hours, "h")],
                    _ => [(days, "days"), (hours, "h")],
                };
                write!(f, "{} {}", large.0, large.1)?;
                if small.0 > 0 { write!(f, " {} {}", small.0, small.1) } else { Ok(()) }
            }
        }
    }
}

/// Three digits that count.
fn in_units(f: &mut fmt::Formatter<'_>, nanos: u64, unit: u64, name: &str) -> fmt::Result {
    let hundredths = (nanos + unit / 200) / (unit / 100);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match whole {
        0..10 => write!(f, "{whole}.{rest:02} {name}"),
        10..100 => {
            let tenths = (nanos + unit / 20) / (unit / 10);
            write!(f, "{}.{} {name}", tenths / 10, tenths % 10)
        }
        _ => write!(f, "{} {name}", (nanos + unit / 2) / unit),
    }
}

/// A number with a comma before each three digits: `4,960`.
///
/// ```
/// use packetsmith::explain::Grouped;
/// assert_eq!([7, 999, 4960, 1_000_000].map(|n| Grouped(n).to_string()), ["7", "999", "4,960", "1,000,000"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouped(pub u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            n @ 0..1000 => write!(f, "{n}"),
            n => write!(f, "{},{:03}", Grouped(n / 1000), n % 1000),
        }
    }
}

/// A packet, and its time in nanoseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PacketMoment {
    pub(super) packet: u64,
    pub(super) time: Option<i128>,
}

impl PacketMoment {
    /// Time from an earlier packet to this one. `None` if the times go back between them.
    pub(super) fn since(self, earlier: PacketMoment) -> Option<Nanos> {
        let nanos = self.time?.checked_sub(earlier.time?)?;
        i64::try_from(nanos).ok().filter(|nanos| *nanos >= 0).map(Nanos)
    }

    /// Time between the two, whichever is earlier.
    pub(super) fn distance(self, other: PacketMoment) -> Option<Nanos> {
        self.since(other).or_else(|| other.since(self))
    }

    /// Whether its time is before that of another packet.
    pub(super) fn is_earlier_than(self, other: PacketMoment) -> bool {
        self.time.zip(other.time).is_some_and(|(time, other)| time < other)
    }
}

/// `1 segment`, `3 segments`.
pub(super) struct CountOf(pub(super) u64, pub(super) &'static str);

impl fmt::Display for CountOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CountOf(count, name) = *self;
        match (count, name.strip_suffix('y')) {
            (1, _) => write!(f, "1 {name}"),
            (_, Some(stem)) if !name.ends_with("ay") => write!(f, "{} {stem}ies", Grouped(count)),
            _ if name.ends_with("ss") => write!(f, "{} {name}es", Grouped(count)),
            _ => write!(f, "{} {name}s", Grouped(count)),
        }
    }
}

/// How many of some items are named, if at most so many should be: one more, if that is all of them.
pub(super) fn named_of(count: usize, most: usize) -> usize {
    if count == most + 1 { count } else { most }
}

/// Some items of more: with commas, and `and others` if there are more.
pub(super) fn listed_of<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T], count: u64) -> fmt::Result {
    if count <= items.len() as u64 {
        return listed(f, items, items.len());
    }
    // No `and` before the last.
    listed(f, items, usize::MAX)?;
    f.write_str(" and others")
}

/// Items with commas, and `and` before the last.
pub(super) fn listed<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = T>,
    count: usize,
) -> fmt::Result {
    for (n, item) in items.into_iter().enumerate() {
        f.write_str(match n {
            0 => "",
            n if n + 1 == count => " and ",
            _ => ", ",
        })?;
        write!(f, "{item}")?;
    }
    Ok(())
}
