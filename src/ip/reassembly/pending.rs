//! A datagram that waits for fragments.

use super::key::Key;
use super::outcome::Findings;
use super::segments::Buffers;
use core::time::Duration;

/// A datagram that waits.
#[derive(Debug)]
pub(super) struct PendingDatagram {
    pub(super) key: Key,
    /// Whether the table knows it.
    pub(super) listed: bool,
    pub(super) started: Duration,
    /// Neighbours in the order of age.
    pub(super) older: usize,
    pub(super) newer: usize,
    pub(super) buffers: Buffers,
    /// Bytes held.
    pub(super) held: usize,
    /// Bytes of the payload, once the last fragment is here.
    pub(super) total: Option<u16>,
    /// What the first fragment says to follow, or, until it comes, any other.
    pub(super) next_header: Option<u8>,
    pub(super) findings: Findings,
    /// It was given up because of an overlap, and what else comes of it is refused.
    pub(super) given_up: bool,
}
