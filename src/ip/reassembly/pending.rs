//! A datagram that waits for fragments.

use super::findings::Findings;
use super::key::Key;
use super::segments::FragmentBuffers;
use core::time::Duration;

/// A datagram that waits for fragments.
#[derive(Debug)]
pub(super) struct PendingDatagram {
    pub(super) key: Key,
    /// Whether the datagram is in the table.
    pub(super) listed: bool,
    /// When its first fragment was captured.
    pub(super) started: Duration,
    /// What the clock of all packets said then.
    pub(super) arrived: Duration,
    /// Neighbours in the list by age.
    pub(super) older: usize,
    pub(super) newer: usize,
    pub(super) buffers: FragmentBuffers,
    /// Bytes of payload held.
    pub(super) held: usize,
    /// Bytes of the payload, once the last fragment is here.
    pub(super) total: Option<u16>,
    /// Next header of the first fragment; until it comes, of any other.
    pub(super) next_header: Option<u8>,
    pub(super) findings: Findings,
    /// Given up because of an overlap: further fragments are refused.
    pub(super) given_up: bool,
}
