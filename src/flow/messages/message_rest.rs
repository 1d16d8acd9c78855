//! What follows the head of a message.

use super::stream_message::MessageEnd;
#[cfg(feature = "applications")]
use super::tls_records::HandshakeRecords;
use crate::proto::http_chunks::ChunkReader;
use std::boxed::Box;
use std::vec::Vec;

/// What follows the head of a message.
#[derive(Clone, Debug)]
pub(super) enum Rest {
    /// So many bytes.
    Counted(u64),
    /// Chunks (RFC 9112 §7.1).
    Chunked(ChunkReader),
    /// All until the connection is closed.
    UntilClosed,
    /// Records of TLS that go on with a handshake message.
    #[cfg(feature = "applications")]
    Records(Box<HandshakeRecords>),
}

impl Rest {
    /// How many of the bytes belong to the message.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        match self {
            Rest::Counted(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= length as u64;
                length
            }
            Rest::Chunked(chunks) => chunks.take(bytes, &mut |_| {}),
            Rest::UntilClosed => bytes.len(),
            #[cfg(feature = "applications")]
            Rest::Records(records) => records.take(bytes),
        }
    }

    /// How the message ends here, if it does.
    pub(super) fn end(&self) -> Option<MessageEnd> {
        match () {
            () if self.is_done() => Some(MessageEnd::Complete),
            () if self.is_malformed() => Some(MessageEnd::Malformed),
            () => None,
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Rest::Counted(left) => *left == 0,
            Rest::Chunked(chunks) => chunks.is_done(),
            Rest::UntilClosed => false,
            #[cfg(feature = "applications")]
            Rest::Records(records) => records.is_done(),
        }
    }

    fn is_malformed(&self) -> bool {
        match self {
            Rest::Chunked(chunks) => chunks.fault().is_some(),
            #[cfg(feature = "applications")]
            Rest::Records(records) => records.is_malformed(),
            _ => false,
        }
    }

    /// Memory of what is kept beside the bytes of the message.
    pub(super) fn memory(&self) -> usize {
        match self {
            #[cfg(feature = "applications")]
            Rest::Records(records) => records.memory(),
            _ => 0,
        }
    }

    /// The message as it is shown, if that is not as it was sent.
    pub(super) fn joined(self) -> Option<Vec<u8>> {
        match self {
            #[cfg(feature = "applications")]
            Rest::Records(records) => records.joined(),
            _ => None,
        }
    }
}
