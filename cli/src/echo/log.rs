//! What the server tells of its connections.

use crate::output::Output;
use packetsmith::output::TerminalText;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Longest wait before signals are looked at.
pub(super) const NAP: Duration = Duration::from_millis(100);

/// Standard output, to which several threads write lines.
pub(super) struct Log {
    output: Mutex<Output>,
}

impl Log {
    pub(super) fn new(output: Output) -> Self {
        Log { output: Mutex::new(output) }
    }

    /// Writes a line. What it quotes is made safe for a terminal.
    pub(super) fn line(&self, text: &str) -> io::Result<()> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.put(format!("{}\n", TerminalText(text)).as_bytes())?;
        output.flush()
    }

    /// Writes what somebody sent: its length, and the beginning of its text.
    pub(super) fn received(&self, peer: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        const SHOWN: usize = 60;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\r', '\n']);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        let unit = if bytes.len() == 1 { "byte" } else { "bytes" };
        self.line(&format!("{peer} sent {} {unit}: {shown}", bytes.len()))
    }
}
