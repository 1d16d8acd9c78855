//! Bounds and policies of a reassembler.

use super::policy::Policy;
use core::time::Duration;

/// Bounds and policies of a [`Reassembler`](crate::ip::Reassembler).
///
/// ```
/// use packetsmith::ip::{Policy, Reassembler, Settings};
/// let settings = Settings { ipv4: Policy::Linux, bytes: 1 << 20, ..Settings::default() };
/// assert_eq!(Reassembler::new(settings).settings().datagrams, 4096);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Limit on incomplete datagrams; the oldest is given up for a new one.
    pub datagrams: usize,
    /// Limit on the memory for fragments of all incomplete datagrams, in bytes; the oldest are given up. Bookkeeping
    /// takes up to 512 bytes more for each datagram.
    pub bytes: usize,
    /// Time limit for a datagram, from the arrival of its first fragment, by the clock of the capture. RFC 8200 §4.5 says
    /// 60 s, RFC 1122 §3.3.2 60 to 120 s.
    pub timeout: Duration,
    /// Policy for overlapping IPv4 fragments.
    pub ipv4: Policy,
    /// Policy for overlapping IPv6 fragments. RFC 5722 requires [`Policy::Drop`].
    pub ipv6: Policy,
    /// What is done with an IPv6 datagram that is longer than its length field can say.
    pub long_ipv6: LongDatagrams,
}

/// What is done with an IPv6 datagram whose payload, with the extension headers before the fragment header, exceeds
/// 65,535 bytes. Receivers discard it (RFC 8200 §4.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LongDatagrams {
    /// The fragment that makes it too long is refused, as receivers do.
    #[default]
    Refuse,
    /// It is put together, with a payload length of 0, to show what the fragments carry. The limit of 65,535 bytes for the
    /// end of a fragment stays.
    Show,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            datagrams: 4096,
            bytes: 8 << 20,
            timeout: Duration::from_secs(60),
            ipv4: Policy::First,
            ipv6: Policy::Drop,
            long_ipv6: LongDatagrams::Refuse,
        }
    }
}
