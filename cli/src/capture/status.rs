//! The line that counts packets on a terminal.

use crate::numbers::grouped;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written.
const OFTEN: Duration = Duration::from_secs(1);

/// A line on standard error, if that is a terminal. It is written over and over.
pub struct Status {
    is_wanted: bool,
    is_written: bool,
    last: Instant,
    packets: u64,
}

impl Status {
    /// Begins with no packet.
    pub fn new(is_wanted: bool) -> Self {
        let is_wanted = is_wanted && io::stderr().is_terminal();
        Status { is_wanted, is_written: false, last: Instant::now(), packets: 0 }
    }

    /// Whether it is time for the line.
    pub fn is_due(&self) -> bool {
        self.is_wanted && self.last.elapsed() >= OFTEN
    }

    /// Writes the line.
    pub fn write(&mut self, packets: u64, lost: u64) {
        let seconds = self.last.elapsed().as_secs_f64();
        let rate = (packets.saturating_sub(self.packets) as f64 / seconds) as u64;
        let text = format!("\r{} packets, {} a second, {} lost\x1b[K", grouped(packets), grouped(rate), grouped(lost));
        let mut error = io::stderr();
        let _ = error.write_all(text.as_bytes()).and_then(|()| error.flush());
        (self.is_written, self.last, self.packets) = (true, Instant::now(), packets);
    }

    /// Makes room for a message.
    pub fn clear(&mut self) {
        if std::mem::take(&mut self.is_written) {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
