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
    /// Why it can no longer be written.
    error: Mutex<Option<io::Error>>,
}

impl Log {
    pub(super) fn new(output: Output) -> Self {
        Log { output: Mutex::new(output), error: Mutex::new(None) }
    }

    /// Writes a line. What it quotes is made safe for a terminal.
    pub(super) fn line(&self, text: &str) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let written = output.put(format!("{}\n", TerminalText(text)).as_bytes()).and_then(|()| output.flush());
        if let Err(error) = written {
            self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    }

    /// Fails if a line could not be written: the server ends then, since nobody sees its output.
    pub(super) fn check(&self) -> io::Result<()> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }

    /// Writes what somebody sent: its length, and the beginning of its text.
    pub(super) fn received(&self, peer: SocketAddr, bytes: &[u8]) {
        const SHOWN: usize = 60;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\r', '\n']);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        let unit = if bytes.len() == 1 { "byte" } else { "bytes" };
        let colon = if shown.is_empty() { "" } else { ": " };
        self.line(&format!("{peer} sent {} {unit}{colon}{shown}", bytes.len()));
    }
}
