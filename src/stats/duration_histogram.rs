//! Durations: the smallest, percentiles and the largest, in bounded memory.

/// Each power of two is divided into so many steps.
const STEPS: u32 = 64;

/// Durations that are kept as they are.
const FEW: usize = 1024;

/// How often each duration came: up to 1,024 as they are, and more in steps of less than 1.6 %. It takes up to 38 KB of memory.
///
/// ```
/// use packetsmith::stats::DurationHistogram;
/// let mut times = DurationHistogram::default();
/// (1..=100).for_each(|millis| times.add(millis * 1_000_000));
/// assert_eq!((times.count(), times.least(), times.most()), (100, Some(1_000_000), Some(100_000_000)));
/// assert_eq!(times.average(), Some(50_500_000));
/// let p95 = times.percentile(95).unwrap();
/// assert!((p95 - 95_000_000).abs() < 950_000, "less than 1 % off");
/// ```
#[derive(Clone, Debug)]
pub struct DurationHistogram {
    /// Counts of the steps up to the longest duration.
    counts: Vec<u64>,
    /// The first durations.
    first: Vec<i64>,
    count: u64,
    sum: i128,
    least: i64,
    most: i64,
}

impl Default for DurationHistogram {
    fn default() -> Self {
        DurationHistogram { counts: Vec::new(), first: Vec::new(), count: 0, sum: 0, least: i64::MAX, most: i64::MIN }
    }
}

/// The step of a number of nanoseconds. Numbers below twice the number of steps have one each.
fn place(nanos: u64) -> usize {
    let shift = nanos.max(1).ilog2().saturating_sub(STEPS.ilog2());
    shift as usize * STEPS as usize + (nanos >> shift) as usize
}

/// The number in the middle of a step.
fn middle(place: usize) -> u64 {
    let steps = STEPS as usize;
    let shift = (place / steps).saturating_sub(1);
    let low = ((place - shift * steps) as u64) << shift;
    low + ((1_u64 << shift) >> 1)
}

impl DurationHistogram {
    /// Counts a duration in nanoseconds. A negative one, of a capture whose times go back, counts as none in percentiles of more
    /// than 1,024.
    pub fn add(&mut self, nanos: i64) {
        let place = place(nanos.max(0).unsigned_abs());
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
        if self.first.len() < FEW {
            self.first.push(nanos);
        }
        self.count += 1;
        self.sum += i128::from(nanos);
        self.least = self.least.min(nanos);
        self.most = self.most.max(nanos);
    }

    /// How many durations there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The least in nanoseconds.
    pub fn least(&self) -> Option<i64> {
        (self.count > 0).then_some(self.least)
    }

    /// The greatest in nanoseconds.
    pub fn most(&self) -> Option<i64> {
        (self.count > 0).then_some(self.most)
    }

    /// The arithmetic mean in nanoseconds, rounded down.
    pub fn average(&self) -> Option<i64> {
        let mean = self.sum.checked_div_euclid(i128::from(self.count))?;
        i64::try_from(mean).ok()
    }

    /// The least duration that `percent` of a hundred are not above; of more than 1,024 durations, one that is less than 1 % away
    /// from it. 50 is the median; of an even number of durations it is the lower of the two in the middle.
    pub fn percentile(&self, percent: u32) -> Option<i64> {
        let wanted = (u128::from(self.count) * u128::from(percent.min(100))).div_ceil(100).max(1);
        if self.count <= FEW as u64 {
            let mut all = self.first.clone();
            all.sort_unstable();
            return all.get(usize::try_from(wanted - 1).ok()?).copied();
        }
        let mut before = 0;
        let place = self.counts.iter().position(|count| {
            before += u128::from(*count);
            before >= wanted
        })?;
        Some(i64::try_from(middle(place)).unwrap_or(i64::MAX).clamp(self.least, self.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_less_than_one_percent_off() {
        for factor in [1, 977, 1_000_003, 123_456_789_012] {
            let mut times = DurationHistogram::default();
            assert_eq!(times.percentile(50), None);
            (1..=101).rev().for_each(|n| times.add(n * factor));
            assert_eq!(times.percentile(50), Some(51 * factor));
            (102..=2001).for_each(|n| times.add(n * factor));
            let (found, right) = (times.percentile(50).unwrap(), 1001 * factor);
            assert!((found - right).abs() * 100 <= right, "{found} {right}");
            assert_eq!((times.least, times.most), (factor, 2001 * factor));
        }
    }

    #[test]
    fn each_number_is_in_its_step() {
        for nanos in (0..64).flat_map(|shift| [1_u64 << shift, (1 << shift) - 1, (3 << shift) / 2]).chain([u64::MAX]) {
            let middle = middle(place(nanos));
            assert!(middle.abs_diff(nanos) <= nanos / 100, "{nanos} {middle}");
        }
    }

    #[test]
    fn times_that_go_back_count_as_none() {
        let mut times = DurationHistogram::default();
        times.add(-5);
        assert_eq!((times.percentile(50), times.least), (Some(-5), -5));
    }
}
