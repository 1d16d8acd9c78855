//! A message that TCP segments carry.

use crate::dissect::Examine;
use crate::flow::Side;
use crate::flow::capture_time::CaptureTime;
use crate::layer::NextProtocol;
use crate::proto::Protocols;
use alloc::vec::Vec;
use core::ops::Range;

/// A message that spans TCP segments, or that begins or ends inside of one.
///
/// Its bytes are contiguous, and as they were sent: chunks and compression of HTTP are not taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamMessage {
    /// Number of the connection: `tcp.stream`.
    pub stream: u64,
    /// Who sent the message.
    pub side: Side,
    /// Index of the walk with the TCP header that completes the message, as in [`FlowLayer`](crate::flow::FlowLayer); 0, if
    /// the capture ended before.
    pub walk: usize,
    /// Index of that header in its walk.
    pub layer: usize,
    /// What the message is examined as: the ports of the connection, or a record of TLS where only earlier messages of the
    /// connection tell that it is one.
    pub selector: NextProtocol,
    /// The bytes, up to the limit of [`MessageSettings::message_bytes`](crate::flow::MessageSettings), and up to the first that
    /// the capture does not have.
    pub bytes: Vec<u8>,
    /// Length of the message in bytes, with those that are not in `bytes`.
    pub length: u64,
    /// How many bytes the capture does not have. Bytes after the first of them are not in `bytes`.
    pub missing: u64,
    /// The packets that gave `bytes`, in order.
    pub segments: Vec<MessageSegment>,
    /// Number of segments that the message spans, those without bytes in `bytes` too.
    pub segment_count: u64,
    /// How the message ended.
    pub end: MessageEnd,
    /// Where it began.
    pub(in crate::flow) beginning: MessageBeginning,
    /// What is examined, if it is not `bytes`: a handshake message of TLS without the headers of the records that it spans,
    /// but the first.
    pub(super) joined: Option<Vec<u8>>,
}

/// Which bytes of a message a packet gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSegment {
    /// Number of the packet.
    pub packet: u64,
    /// Range in the message.
    pub range: Range<u64>,
}

/// How a message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessageEnd {
    /// It was complete by its own lengths, or by the end of the connection where that ends it (RFC 9112 §6.3).
    Complete,
    /// The capture does not have its end, and what came after could not be told from it.
    Gap,
    /// The side closed the connection before the message was complete.
    Closed,
    /// What followed is no part of a message: a chunk without a length, for example.
    Malformed,
    /// The capture ended before the message: see [`Flows::finish`](crate::flow::Flows::finish).
    Unfinished,
}

/// Where a message began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::flow) struct MessageBeginning {
    /// The packet with its first byte.
    pub(in crate::flow) packet: u64,
    /// Time of that packet, if it did not wait for others.
    pub(in crate::flow) time: CaptureTime,
    /// Relative number of the first byte, and what the segment with it acknowledges, if they are known.
    pub(in crate::flow) seq: Option<u32>,
    pub(in crate::flow) ack: Option<u32>,
}

impl StreamMessage {
    /// The layers of the message. A handshake message of TLS that spans records is one record there, if that is not longer
    /// than a record can be.
    ///
    /// `known` has the protocols to look for, as in [`Protocols::examine`].
    pub fn layers<'a>(&'a self, known: &'a Protocols) -> Examine<'a> {
        if let Some(joined) = &self.joined {
            return known.examine(self.selector, joined).in_stream();
        }
        let length = usize::try_from(self.length).unwrap_or(usize::MAX);
        known.examine(self.selector, &self.bytes).original_len(length).in_stream()
    }

    /// Numbers of the packets that gave `bytes`, sorted, without duplicates.
    pub fn packets(&self) -> Vec<u64> {
        let mut packets: Vec<u64> = self.segments.iter().map(|segment| segment.packet).collect();
        packets.sort_unstable();
        packets.dedup();
        packets
    }
}
