//! What follows the head of a message.

use crate::proto::http_chunks::ChunkReader;

/// What follows the head of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rest {
    /// So many bytes.
    Counted(u64),
    /// Chunks (RFC 9112 §7.1).
    Chunked(ChunkReader),
    /// All until the connection is closed.
    UntilClosed,
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
        }
    }

    pub(super) fn is_done(&self) -> bool {
        match self {
            Rest::Counted(left) => *left == 0,
            Rest::Chunked(chunks) => chunks.is_done(),
            Rest::UntilClosed => false,
        }
    }

    pub(super) fn is_malformed(&self) -> bool {
        matches!(self, Rest::Chunked(chunks) if chunks.fault().is_some())
    }
}
