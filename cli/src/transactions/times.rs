//! Response times: the smallest, the median and the largest, in bounded memory.

/// Each power of two is divided into so many steps.
const STEPS: u32 = 64;

/// How often each response time came, in steps of less than 1.6 %.
pub(super) struct ResponseTimes {
    counts: Vec<u64>,
    pub(super) count: u64,
    pub(super) least: i64,
    pub(super) most: i64,
}

impl Default for ResponseTimes {
    fn default() -> Self {
        let count = place(u64::MAX) + 1;
        ResponseTimes { counts: vec![0; count], count: 0, least: i64::MAX, most: i64::MIN }
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

impl ResponseTimes {
    pub(super) fn add(&mut self, nanos: i64) {
        let place = place(nanos.max(0).unsigned_abs());
        self.counts[place] += 1;
        self.count += 1;
        self.least = self.least.min(nanos);
        self.most = self.most.max(nanos);
    }

    /// A number of which half of the times are not above and half not below, less than 1 % away from such a time. Of an even
    /// number of times it is the lower of the two in the middle.
    pub(super) fn median(&self) -> Option<i64> {
        let half = self.count.checked_sub(1)? / 2;
        let mut before = 0;
        let place = self.counts.iter().position(|count| {
            before += count;
            before > half
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
            let mut times = ResponseTimes::default();
            assert_eq!(times.median(), None);
            (1..=101).rev().for_each(|n| times.add(n * factor));
            let (found, right) = (times.median().unwrap(), 51 * factor);
            assert!((found - right).abs() * 100 <= right, "{found} {right}");
            assert_eq!((times.least, times.most), (factor, 101 * factor));
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
        let mut times = ResponseTimes::default();
        times.add(-5);
        assert_eq!((times.median(), times.least), (Some(-5), -5));
    }
}
