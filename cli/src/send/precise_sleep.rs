//! A sleep that ends on time: the system is asked to end it early, and the rest is spent in a loop.

use crate::signals;
use std::time::{Duration, Instant};

/// Longest sleep before signals are looked at.
const NAP: Duration = Duration::from_millis(50);

/// Most time that a sleep is ended early by. A sleep that is later met with a busy machine, of which nothing is learned.
const MOST_EARLY: Duration = Duration::from_micros(100);

/// How much earlier the next sleep ends if one was late, and how much later if one was not. The two hold the time where one sleep in
/// eleven is late.
const EARLIER: Duration = Duration::from_micros(10);
const LATER: Duration = Duration::from_micros(1);

/// Sleeps, and learns how late the system ends a sleep: some 5 us on a machine of its own, some 50 in a virtual one.
#[derive(Debug)]
pub struct PreciseSleep {
    /// How long before the time a sleep ends.
    early: Duration,
}

impl PreciseSleep {
    pub fn new() -> Self {
        // Linux lets a sleep last some 50 us longer otherwise, to wake fewer times.
        #[cfg(target_os = "linux")]
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
        PreciseSleep { early: Duration::from_micros(50) }
    }

    /// Sleeps until a time has come. `false` if a signal comes before it.
    pub fn until(&mut self, time: Instant) -> bool {
        loop {
            if signals::ended() {
                return false;
            }
            let left = time.saturating_duration_since(Instant::now());
            if left <= self.early {
                break;
            }
            let sleep = left - self.early;
            if sleep < NAP {
                std::thread::sleep(sleep);
                self.learn((Instant::now() + self.early).saturating_duration_since(time));
                break;
            }
            std::thread::sleep(NAP);
        }
        while Instant::now() < time {
            std::hint::spin_loop();
        }
        true
    }

    /// Adapts to how late a sleep has ended.
    fn learn(&mut self, late: Duration) {
        if late > MOST_EARLY {
            return;
        }
        self.early = match late > self.early {
            true => (self.early + EARLIER).min(MOST_EARLY),
            false => self.early.saturating_sub(LATER),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{LATER, MOST_EARLY, PreciseSleep};
    use std::time::{Duration, Instant};

    #[test]
    fn no_sleep_ends_before_its_time_and_late_ones_make_it_end_earlier() {
        let mut sleep = PreciseSleep::new();
        for wait in [0, 30, 300, 3000] {
            let time = Instant::now() + Duration::from_micros(wait);
            assert!(sleep.until(time));
            assert!(Instant::now() >= time);
        }
        (0..100).for_each(|_| sleep.learn(MOST_EARLY));
        // It goes to and fro there by one step.
        assert!(sleep.early >= MOST_EARLY - LATER, "{:?}", sleep.early);
        (0..1000).for_each(|_| sleep.learn(Duration::ZERO));
        assert_eq!(sleep.early, Duration::ZERO);
        sleep.learn(Duration::from_secs(1));
        assert_eq!(sleep.early, Duration::ZERO, "of a busy machine nothing is learned");
    }
}
