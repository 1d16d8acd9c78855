//! When each frame is to be sent.

use packetsmith::capture::Timestamp;
use std::time::Duration;

/// How fast frames are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// At the times of the capture, so many times as fast.
    Capture { speed: f64 },
    /// So many packets in a second.
    Packets { rate: f64 },
    /// So many bits in a second.
    Bits { rate: f64 },
    /// As fast as possible.
    TopSpeed,
}

/// Works out when frames are due, since the first.
#[derive(Debug)]
pub struct Schedule {
    pace: Pace,
    /// Frames and bits before the next one.
    frames: u64,
    bits: u64,
    /// Time of the first packet of this round that has one, and when it was due.
    first: Option<(Timestamp, Duration)>,
    /// When the frame before was due.
    last: Duration,
    /// Packets with an earlier time than a packet before them.
    pub earlier: u64,
}

impl Schedule {
    pub fn new(pace: Pace) -> Self {
        Schedule { pace, frames: 0, bits: 0, first: None, last: Duration::ZERO, earlier: 0 }
    }

    /// Whether frames are due at times.
    pub fn has_times(&self) -> bool {
        self.pace != Pace::TopSpeed
    }

    /// Whether the times of the capture count.
    pub fn is_by_capture(&self) -> bool {
        matches!(self.pace, Pace::Capture { .. })
    }

    /// Begins the next file or round: its first packet follows the last one at once.
    pub fn begin(&mut self) {
        self.first = None;
    }

    /// When a packet is due: `None` for at once.
    pub fn due(&mut self, time: Option<Timestamp>) -> Option<Duration> {
        let due = match self.pace {
            Pace::TopSpeed => return None,
            Pace::Packets { rate } => seconds(self.frames as f64 / rate),
            Pace::Bits { rate } => seconds(self.bits as f64 / rate),
            Pace::Capture { speed } => self.by_capture(time, speed),
        };
        self.last = due.max(self.last);
        Some(self.last)
    }

    fn by_capture(&mut self, time: Option<Timestamp>, speed: f64) -> Duration {
        let Some(time) = time else { return self.last };
        let (first, base) = *self.first.get_or_insert((time, self.last));
        let since = time.nanos() - first.nanos();
        let due = base + seconds(since.max(0) as f64 / 1e9 / speed);
        if due < self.last || since < 0 {
            self.earlier += 1;
        }
        due
    }

    /// Counts a frame that follows [`due`](Self::due).
    pub fn count(&mut self, bytes: usize) {
        self.frames += 1;
        self.bits += 8 * bytes as u64;
    }
}

/// A duration of at most some thousand years.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::{Pace, Schedule};
    use packetsmith::capture::Timestamp;
    use std::time::Duration;

    fn at(nanos: i128) -> Option<Timestamp> {
        Timestamp::from_nanos(nanos)
    }

    #[test]
    fn frames_are_due_as_long_after_the_first_as_in_the_capture() {
        let mut schedule = Schedule::new(Pace::Capture { speed: 2.0 });
        let times = [at(5_000_000_000), at(6_000_000_000), None, at(5_500_000_000), at(9_000_000_000)];
        let due = times.map(|time| schedule.due(time).map(|due| due.as_millis()));
        assert_eq!(due, [Some(0), Some(500), Some(500), Some(500), Some(2000)]);
        assert_eq!(schedule.earlier, 1, "that of 5.5 s, after 6 s");
        schedule.begin();
        assert_eq!(schedule.due(at(5_000_000_000)), Some(Duration::from_secs(2)), "the next round follows at once");
        assert_eq!(schedule.due(at(7_000_000_000)), Some(Duration::from_secs(3)));
    }

    #[test]
    fn rates_count_packets_or_bits() {
        let mut schedule = Schedule::new(Pace::Packets { rate: 100.0 });
        let mut due = |bytes| {
            let due = schedule.due(None);
            schedule.count(bytes);
            due.map(|due| due.as_millis())
        };
        assert_eq!([due(60), due(60), due(1500)], [Some(0), Some(10), Some(20)]);
        let mut schedule = Schedule::new(Pace::Bits { rate: 8000.0 });
        let mut due = |bytes| {
            let due = schedule.due(None);
            schedule.count(bytes);
            due.map(|due| due.as_millis())
        };
        assert_eq!([due(100), due(1000), due(60)], [Some(0), Some(100), Some(1100)]);
        assert_eq!(Schedule::new(Pace::TopSpeed).due(at(7)), None);
    }
}
