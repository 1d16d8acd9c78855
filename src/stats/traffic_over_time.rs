//! Packets and bytes over time.

use super::traffic::Traffic;

/// Most intervals that are kept.
const MOST: usize = 1 << 20;

/// Most intervals whose length is chosen.
const MOST_CHOSEN: usize = 1 << 12;

/// Packets and bytes in intervals of equal length, from the first packet on.
///
/// ```
/// use packetsmith::stats::{Traffic, TrafficOverTime};
/// let mut time = TrafficOverTime::every(1_000_000_000);
/// for (nanos, bytes) in [(500, 60), (999_999_999, 60), (2_000_000_500, 1514)] {
///     time.add(Some(nanos), bytes);
/// }
/// let packets: Vec<_> = time.intervals().iter().map(|traffic| traffic.packets).collect();
/// assert_eq!(packets, [2, 0, 1]);
/// ```
#[derive(Clone, Debug)]
pub struct TrafficOverTime {
    interval: i128,
    /// Whether the length of an interval may grow.
    is_chosen: bool,
    first: Option<i128>,
    intervals: Vec<Traffic>,
    earlier: Traffic,
    without_time: Traffic,
    later: Traffic,
}

impl Default for TrafficOverTime {
    fn default() -> Self {
        TrafficOverTime::chosen()
    }
}

impl TrafficOverTime {
    /// Intervals of so many nanoseconds, at least 1. There is room for 1,048,576 intervals.
    pub fn every(nanos: u64) -> Self {
        TrafficOverTime { interval: i128::from(nanos.max(1)), is_chosen: false, ..TrafficOverTime::chosen() }
    }

    /// Intervals of a power of ten of nanoseconds, as short as 4,096 of them have room for.
    pub fn chosen() -> Self {
        TrafficOverTime {
            interval: 1,
            is_chosen: true,
            first: None,
            intervals: Vec::new(),
            earlier: Traffic::default(),
            without_time: Traffic::default(),
            later: Traffic::default(),
        }
    }

    /// Begins the first interval at this time in nanoseconds since 1970, and not with the first packet that counts.
    pub fn begin_at(&mut self, time: i128) {
        self.first.get_or_insert(time);
    }

    /// Counts a packet by its time in nanoseconds since 1970.
    #[inline]
    pub fn add(&mut self, time: Option<i128>, bytes: u64) {
        let Some(time) = time else { return self.without_time.add(bytes) };
        let first = *self.first.get_or_insert(time);
        let since = time - first;
        // Most times fit in 64 bits, which are divided much faster.
        let at = match (u64::try_from(since), u64::try_from(self.interval)) {
            (Ok(since), Ok(interval)) => usize::try_from(since / interval).unwrap_or(usize::MAX),
            _ if since < 0 => return self.earlier.add(bytes),
            _ => usize::try_from(since / self.interval).unwrap_or(usize::MAX),
        };
        match self.intervals.get_mut(at) {
            Some(interval) => interval.add(bytes),
            None => self.add_later(since, at, bytes),
        }
    }

    /// Counts a packet that is later than all intervals so far.
    fn add_later(&mut self, since: i128, mut at: usize, bytes: u64) {
        while self.is_chosen && at >= MOST_CHOSEN {
            self.intervals = merged(&self.intervals, 10);
            self.interval *= 10;
            at = usize::try_from(since / self.interval).unwrap_or(usize::MAX);
        }
        if at >= MOST {
            return self.later.add(bytes);
        }
        if at >= self.intervals.len() {
            self.intervals.resize(at + 1, Traffic::default());
        }
        self.intervals[at].add(bytes);
    }

    /// Length of an interval in nanoseconds.
    pub fn interval(&self) -> i128 {
        self.interval
    }

    /// Time of the first packet in nanoseconds since 1970, with which the first interval begins.
    pub fn first(&self) -> Option<i128> {
        self.first
    }

    /// Traffic of the intervals, one after the other.
    pub fn intervals(&self) -> &[Traffic] {
        &self.intervals
    }

    /// The same in longer intervals, of which there are at most `most`: `factor` of those here are one, which is 1, 2 or 5
    /// times a power of ten.
    pub fn at_most(&self, most: usize) -> (i128, Vec<Traffic>) {
        let fits = |factor: &usize| self.intervals.len().div_ceil(*factor) <= most.max(1);
        let factors = (0..7).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_usize.pow(power)));
        let factor = factors.into_iter().find(fits).unwrap_or(MOST);
        (self.interval * factor as i128, merged(&self.intervals, factor))
    }

    /// Packets that are earlier than the first one.
    pub fn earlier(&self) -> Traffic {
        self.earlier
    }

    /// Packets without a time.
    pub fn without_time(&self) -> Traffic {
        self.without_time
    }

    /// Packets that are later than all intervals for which there is room.
    pub fn later(&self) -> Traffic {
        self.later
    }
}

fn merged(intervals: &[Traffic], factor: usize) -> Vec<Traffic> {
    intervals.chunks(factor).map(|chunk| chunk.iter().copied().sum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_interval_grows_and_loses_nothing() {
        let mut time = TrafficOverTime::chosen();
        for second in 0..10_000 {
            time.add(Some(1_700_000_000_000_000_000 + second * 1_000_000_000), 100);
        }
        assert_eq!(time.interval(), 10_000_000_000);
        assert!(time.intervals().iter().all(|traffic| traffic.packets == 10));
        let (interval, longer) = time.at_most(40);
        assert_eq!((interval, longer.len()), (500_000_000_000, 20));
        assert_eq!(longer.iter().copied().sum::<Traffic>(), Traffic { packets: 10_000, bytes: 1_000_000 });
    }

    #[test]
    fn packets_out_of_all_intervals_are_counted_apart() {
        let mut time = TrafficOverTime::every(1);
        for nanos in [Some(1000), Some(999), None, Some(i128::from(u64::MAX) * 4), Some(1001)] {
            time.add(nanos, 10);
        }
        assert_eq!(time.intervals(), [Traffic { packets: 1, bytes: 10 }; 2]);
        assert_eq!([time.earlier(), time.without_time(), time.later()], [Traffic { packets: 1, bytes: 10 }; 3]);
    }
}
