//! Bounds of a table of conversations, and what keeps conversations apart.

use super::messages::MessageSettings;

/// Bounds of [`Flows`](super::Flows), and what keeps conversations apart.
///
/// ```
/// use packetsmith::flow::{Separation, FlowSettings};
/// let settings = FlowSettings { conversations: 1000, separation: Separation::Networks, ..FlowSettings::default() };
/// assert_eq!(settings.unacknowledged, 1 << 18);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowSettings {
    /// Limit on conversations of TCP, and on those of UDP. The one that was idle longest is retired for a new one, those
    /// of which only one side was heard first. A TCP conversation takes up to 800 bytes of memory, one of UDP 300. At
    /// least 16.
    pub conversations: usize,
    /// Limit on segments that wait for their acknowledgment, in all conversations. Each takes 48 bytes. Past it, what
    /// rests on these segments (bytes in flight, round-trip times) is not said of the conversation.
    pub unacknowledged: usize,
    /// Limit on requests that wait for their response, and on those that are remembered with it: together at most so many.
    /// Those that were answered make room first, then the one that waits longest. Each takes up to 500 bytes. At least 16.
    pub transactions: usize,
    /// What keeps conversations apart beside addresses and ports.
    pub separation: Separation,
    /// Whether messages that span TCP segments are put together, and within which bounds. Not by default.
    pub messages: Option<MessageSettings>,
}

impl Default for FlowSettings {
    /// 131,072 conversations, 262,144 segments and 65,536 transactions: at most 200 MB.
    fn default() -> Self {
        FlowSettings {
            conversations: 1 << 17,
            unacknowledged: 1 << 18,
            transactions: 1 << 16,
            separation: Separation::default(),
            messages: None,
        }
    }
}

/// What keeps conversations apart beside addresses and ports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Separation {
    /// Nothing, as Wireshark does it: a copy of a segment on another VLAN, in a tunnel or on another interface counts as
    /// its retransmission.
    #[default]
    None,
    /// Interfaces, VLANs and tunnels too: what came by different networks belongs to different conversations.
    Networks,
}
