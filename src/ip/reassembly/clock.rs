//! A clock that one wrong time does not change.

use core::time::Duration;

/// The clock of a capture: the middle one of the times of the last three packets, so that a single packet with a wrong
/// time, be it early or late, counts for nothing. It is late by one packet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SteadyClock {
    last: Option<[Duration; 2]>,
}

impl SteadyClock {
    /// Takes the time of the next packet, and returns what the clock says.
    #[inline]
    pub(super) fn tick(&mut self, time: Duration) -> Duration {
        let [older, old] = self.last.unwrap_or([time; 2]);
        self.last = Some([old, time]);
        // Mostly, times ascend.
        if older <= old && old <= time {
            return old;
        }
        older.min(old).max(older.max(old).min(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_time_does_not_change_the_clock() {
        let mut clock = SteadyClock::default();
        let said = [10, 11, 4_000_000, 12, 0, 13, 14].map(|s| clock.tick(Duration::from_secs(s)).as_secs());
        assert_eq!(said, [10, 10, 11, 12, 12, 12, 13]);
    }
}
