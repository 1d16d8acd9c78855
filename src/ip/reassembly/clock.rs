//! A clock that one wrong time does not change.

use core::time::Duration;

/// The clock of a capture: the middle one of the times of the last three packets, so that a single packet with a wrong
/// time, be it early or late, counts for nothing. It is late by one packet.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SteadyClock {
    /// The times of the last three packets; of fewer, the first one counts as those before it.
    last: Option<[Duration; 3]>,
}

impl SteadyClock {
    /// Takes the time of the next packet.
    #[inline]
    pub(super) fn tick(&mut self, time: Duration) {
        let [_, older, old] = self.last.unwrap_or([time; 3]);
        self.last = Some([older, old, time]);
    }

    /// What the clock says. It is worked out only when a datagram begins or seems too old.
    pub(super) fn now(&self) -> Duration {
        let [a, b, c] = self.last.unwrap_or_default();
        a.min(b).max(a.max(b).min(c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_time_does_not_change_the_clock() {
        let mut clock = SteadyClock::default();
        let said = [10, 11, 4_000_000, 12, 0, 13, 14].map(|s| {
            clock.tick(Duration::from_secs(s));
            clock.now().as_secs()
        });
        assert_eq!(said, [10, 10, 11, 12, 12, 12, 13]);
    }
}
