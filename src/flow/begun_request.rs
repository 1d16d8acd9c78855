//! Requests that are answered before all of them was sent.

use super::messages::PartialRequest;
use crate::dissect::Examine;
use crate::layer::NextProtocol;
use crate::proto::Protocols;

/// A request of HTTP that was answered before all of it was sent: its first bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BegunRequest {
    /// Number of its transaction, from 0.
    pub transaction: u64,
    /// Number of the connection: `tcp.stream`.
    pub stream: u64,
    /// The packet with its first byte.
    pub packet: u64,
    /// What it is examined as: the ports of the connection.
    pub selector: NextProtocol,
    /// Its first bytes, at most 64 KiB.
    pub bytes: Vec<u8>,
}

impl BegunRequest {
    #[cfg(feature = "applications")]
    pub(super) fn new(transaction: u64, stream: u64, request: &PartialRequest<'_>) -> Self {
        const MOST: usize = 1 << 16;
        let &PartialRequest { bytes, selector, beginning } = request;
        let bytes = bytes.get(..MOST).unwrap_or(bytes).to_vec();
        BegunRequest { transaction, stream, packet: beginning.packet, selector, bytes }
    }

    /// The layers of what there is. `known` has the protocols to look for, as in [`Protocols::examine`].
    pub fn layers<'a>(&'a self, known: &'a Protocols) -> Examine<'a> {
        known.examine(self.selector, &self.bytes).in_stream()
    }
}
