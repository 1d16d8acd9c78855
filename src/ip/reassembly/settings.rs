//! Bounds and policies of a reassembler.

use super::policy::Policy;
use core::time::Duration;

/// Bounds and policies of a [`Reassembler`].
///
/// ```
/// use packetsmith::ip::{Policy, Reassembler, Settings};
/// let settings = Settings { ipv4: Policy::Linux, bytes: 1 << 20, ..Settings::default() };
/// assert_eq!(Reassembler::new(settings).settings().datagrams, 4096);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Most datagrams that wait at a time; the oldest is given up for a new one.
    pub datagrams: usize,
    /// Most bytes of memory for fragments, in all datagrams that wait; the oldest are given up. What stands beside
    /// them takes up to 512 bytes a datagram.
    pub bytes: usize,
    /// How long a datagram waits from its first fragment to come, by the clock of the capture. 60 s by RFC 8200 §4.5,
    /// 60 to 120 s by RFC 1122 §3.3.2.
    pub timeout: Duration,
    /// What to do where IPv4 fragments overlap.
    pub ipv4: Policy,
    /// What to do where IPv6 fragments overlap. RFC 5722 asks for [`Policy::Drop`].
    pub ipv6: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            datagrams: 4096,
            bytes: 8 << 20,
            timeout: Duration::from_secs(60),
            ipv4: Policy::First,
            ipv6: Policy::Drop,
        }
    }
}
