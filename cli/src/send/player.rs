//! Sends frames when they are due, several in one call of the system if they are late, and measures how late.

use super::pace::{Pace, Schedule};
use super::precise_sleep::PreciseSleep;
use crate::outcome::complain;
use packetsmith::capture::Timestamp;
use packetsmith::live::Sender;
use packetsmith::stats::DurationHistogram;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Most frames and bytes that are sent in one call.
const BATCH: usize = 128;
const BATCH_BYTES: usize = 1 << 18;

/// A call for one frame takes no longer, unless the machine is busy.
const LONGEST_CALL: Duration = Duration::from_micros(50);

/// A wait of this length is announced.
const LONG_WAIT: Duration = Duration::from_secs(60);

/// Most packets of which a message says that they were not sent.
const MOST_MESSAGES: u64 = 10;

/// A frame of the next batch.
struct Waiting {
    end: usize,
    packet: u64,
    due: Option<Duration>,
}

/// Sends frames, and counts what was sent.
pub struct Player {
    pub sender: Sender,
    pub schedule: Schedule,
    sleep: PreciseSleep,
    /// How long a call for one frame takes, about.
    call: Duration,
    /// When the first frame was sent.
    start: Option<Instant>,
    /// When the last frame was sent.
    end: Option<Instant>,
    bytes: Vec<u8>,
    waiting: Vec<Waiting>,
    /// Frames and bytes that were sent.
    pub sent: u64,
    sent_bytes: u64,
    /// Bytes of the first frame.
    first_bytes: u64,
    late: DurationHistogram,
    /// Packets that were not sent.
    pub refused: u64,
    has_announced: bool,
}

impl Player {
    pub fn new(sender: Sender, pace: Pace) -> Self {
        Player {
            sender,
            schedule: Schedule::new(pace),
            sleep: PreciseSleep::new(),
            call: Duration::ZERO,
            start: None,
            end: None,
            bytes: Vec::new(),
            waiting: Vec::new(),
            sent: 0,
            sent_bytes: 0,
            first_bytes: 0,
            late: DurationHistogram::default(),
            refused: 0,
            has_announced: false,
        }
    }

    /// Says that a packet is not sent. After some messages they are only counted.
    pub fn refuse(&mut self, message: std::fmt::Arguments<'_>) {
        self.refused += 1;
        if self.refused <= MOST_MESSAGES {
            complain(message);
        }
    }

    /// Sends the frames of a packet when it is due: a packet has several if it is split. The error names what stops all sending.
    pub fn packet<'f>(
        &mut self,
        name: &str,
        number: u64,
        time: Option<Timestamp>,
        frames: impl Iterator<Item = &'f [u8]>,
    ) -> Result<(), String> {
        let mut is_exact = false;
        for frame in frames {
            let due = self.schedule.due(time);
            self.schedule.count(frame.len());
            match (self.start, due) {
                (Some(start), Some(due)) if due > start.elapsed() + self.call => {
                    self.flush(name)?;
                    self.announce(due.saturating_sub(start.elapsed()), name, number);
                    // A frame has left when the call returns, so that the call begins earlier.
                    if !self.sleep.until(start + due.saturating_sub(self.call)) {
                        return Ok(());
                    }
                    is_exact = true;
                }
                // The times of all others count from when it is sent.
                (None, Some(_)) => is_exact = true,
                _ => {}
            }
            self.bytes.extend_from_slice(frame);
            self.waiting.push(Waiting { end: self.bytes.len(), packet: number, due });
            if self.waiting.len() == BATCH || self.bytes.len() >= BATCH_BYTES {
                self.flush(name)?;
            }
        }
        // The next packet may take time to be read.
        if is_exact { self.flush(name) } else { Ok(()) }
    }

    /// Says once that a wait is long.
    fn announce(&mut self, wait: Duration, name: &str, number: u64) {
        if wait > LONG_WAIT && !std::mem::replace(&mut self.has_announced, true) {
            let why = match self.schedule.is_by_capture() {
                true => "by its time; --speed or --pps is faster",
                false => "at this rate",
            };
            let seconds = wait.as_secs_f64().round();
            complain(format_args!("{name}: packet {number} is sent {seconds} s after the one before it, {why}"));
        }
    }

    /// Sends the frames that wait.
    pub fn flush(&mut self, name: &str) -> Result<(), String> {
        let mut begin = 0;
        let frames: Vec<&[u8]> = self
            .waiting
            .iter()
            .map(|waiting| &self.bytes[std::mem::replace(&mut begin, waiting.end)..waiting.end])
            .collect();
        let (mut at, mut too_long) = (0, Vec::new());
        let mut result = Ok(());
        let before = Instant::now();
        while at < frames.len() {
            let (sent, error) = match self.sender.send_many(&frames[at..]) {
                Ok(()) => (frames.len() - at, None),
                Err(error) => (error.sent, Some(error)),
            };
            if self.sent == 0 && sent > 0 {
                self.first_bytes = frames[at].len() as u64;
            }
            self.sent += sent as u64;
            self.sent_bytes += frames[at..at + sent].iter().map(|frame| frame.len() as u64).sum::<u64>();
            at += sent;
            match error {
                Some(error) if error.is_too_long() => {
                    too_long.push((self.waiting[at].packet, frames[at].len()));
                    at += 1;
                }
                Some(error) => {
                    let interface = self.sender.name();
                    let packet = self.waiting[at].packet;
                    result = Err(format!("{name}: packet {packet}: {interface} cannot send: {}", error.error));
                    break;
                }
                None => {}
            }
        }
        if let Some(first) = self.waiting.first() {
            let now = Instant::now();
            self.end = Some(now);
            // The first call takes some 20 us longer than those after it. Their times count from when the first frame has left.
            let start = *self.start.get_or_insert(if first.due.is_some() { now } else { before });
            if let [_] = self.waiting[..] {
                self.call = (7 * self.call + now.duration_since(before).min(LONGEST_CALL)) / 8;
            }
            let late = |due: Duration| now.duration_since(start).saturating_sub(due).as_nanos() as i64;
            self.waiting[..at].iter().filter_map(|waiting| waiting.due).for_each(|due| self.late.add(late(due)));
        }
        self.waiting.clear();
        self.bytes.clear();
        for (packet, length) in too_long {
            let interface = self.sender.name().to_string();
            self.refuse(format_args!(
                "{name}: packet {packet}: not sent: {interface} does not take frames of {length} bytes; --fragment splits \
                 IP packets"
            ));
        }
        result
    }

    /// What was sent, and how late.
    pub fn report(&self) -> String {
        let (count, bytes, interface) = (self.sent, self.sent_bytes, self.sender.name());
        let took = self.start.zip(self.end).map_or(Duration::ZERO, |(start, end)| end - start);
        let frames = if count == 1 { "frame" } else { "frames" };
        let mut text = format!("Sent {count} {frames} of {bytes} bytes to {interface}");
        if count > 1 {
            let seconds = took.as_secs_f64().max(1e-9);
            // Where frames have times, the time begins when the first has left, and so it is none of those that were sent in it.
            let (count, bytes) =
                if self.schedule.has_times() { (count - 1, bytes - self.first_bytes) } else { (count, bytes) };
            let (rate, bits) = (count as f64 / seconds, bytes as f64 * 8.0 / 1e6 / seconds);
            let _ = write!(text, " in {seconds:.6} s: {rate:.0} a second, {bits:.3} Mbit/s");
        }
        text.push('\n');
        let percentiles = (self.late.percentile(50), self.late.percentile(99), self.late.most());
        if let (Some(half), Some(most), Some(last)) = percentiles
            && count > 1
        {
            let micros = |nanos: i64| nanos as f64 / 1e3;
            let _ = writeln!(
                text,
                "Late by: half of them at most {:.0} us, 99 % at most {:.0} us, the latest {:.0} us",
                micros(half),
                micros(most),
                micros(last)
            );
        }
        if self.schedule.earlier > 0 {
            let earlier = self.schedule.earlier;
            let _ =
                writeln!(text, "{earlier} of them have an earlier time than one before them, and were sent at once");
        }
        if self.refused > 0 {
            let _ = writeln!(text, "Not sent: {}", self.refused);
        }
        text
    }
}
