//! A conversation over UDP.

use super::capture_time::CaptureTime;
use super::endpoint::{ConversationKey, Endpoints, KeyEnd};
use super::results::UdpAnalysis;

/// A conversation over UDP as it was seen so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UdpConversation {
    /// Number of the conversation, from 0.
    pub stream: u64,
    /// Source and destination of its first datagram.
    pub endpoints: Endpoints,
    /// Datagrams of each side.
    pub packets: [u64; 2],
    /// Bytes of data that each side sent.
    pub bytes: [u64; 2],
    /// Times of the first and of the last datagram, in nanoseconds since 1970, if the packets have times.
    pub times: Option<(i128, i128)>,
}

/// What is remembered of a conversation.
#[derive(Debug)]
pub(super) struct UdpFlow {
    stream: u64,
    packets: [u64; 2],
    bytes: [u64; 2],
    first: CaptureTime,
    previous: CaptureTime,
    /// Time of the last datagram that was not quoted.
    last: CaptureTime,
    /// The end of the key from which the first datagram came.
    first_from: KeyEnd,
    succession: Succession,
}

/// Whether another conversation with the same addresses and ports follows: see [`udp_beginnings`](super::udp_beginnings).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Succession {
    /// None, so far.
    Open,
    /// The next datagram begins one.
    Over,
    /// None: this one began in that way.
    Last,
}

impl UdpFlow {
    pub(super) fn new(stream: u64, first_from: KeyEnd, now: CaptureTime) -> Self {
        let last = CaptureTime::NONE;
        let succession = Succession::Open;
        UdpFlow { stream, packets: [0; 2], bytes: [0; 2], first: now, previous: now, last, first_from, succession }
    }

    /// A conversation that follows one that is over.
    #[cold]
    pub(super) fn following(stream: u64, first_from: KeyEnd, now: CaptureTime) -> Self {
        UdpFlow { succession: Succession::Last, ..Self::new(stream, first_from, now) }
    }

    /// Takes a message after which the next datagram begins another conversation.
    pub(super) fn end(&mut self) {
        if self.succession == Succession::Open {
            self.succession = Succession::Over;
        }
    }

    /// Whether the next datagram begins another conversation.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.succession == Succession::Over
    }

    /// The end of the key from which the first datagram came.
    pub(super) const fn first_from(&self) -> KeyEnd {
        self.first_from
    }

    /// Takes a datagram with so many bytes of data; a quoted one has none.
    #[inline]
    pub(super) fn datagram(&mut self, from: KeyEnd, length: Option<u64>, now: CaptureTime) -> UdpAnalysis {
        let side = from.side(self.first_from);
        if let Some(length) = length {
            self.packets[side.index()] += 1;
            self.bytes[side.index()] += length;
            self.last = now;
        }
        let (mut since_first, mut since_previous) = (None, None);
        // As in Wireshark, datagrams without data have no times.
        if length.is_some_and(|length| length > 0) {
            since_first = now.since(self.first);
            since_previous = now.since(core::mem::replace(&mut self.previous, now));
        }
        UdpAnalysis { stream: self.stream, side, since_first, since_previous }
    }

    /// Whether datagrams of both sides were seen.
    #[inline]
    pub(super) const fn is_answered(&self) -> bool {
        self.packets[0] > 0 && self.packets[1] > 0
    }

    /// The conversation as it was seen so far.
    pub(super) fn shown(&self, key: &ConversationKey) -> UdpConversation {
        UdpConversation {
            stream: self.stream,
            endpoints: key.endpoints(self.first_from),
            packets: self.packets,
            bytes: self.bytes,
            times: self.first.nanos().zip(self.last.nanos()),
        }
    }
}
