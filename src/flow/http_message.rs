//! What matters of an HTTP message: whether it asks or answers, and whether all of it is in its segment.

use super::transaction::TransactionRole;
use crate::dissect::ExaminedLayer;
use crate::proto::Http;
use crate::proto::app::HttpStart;
use crate::proto::http_chunks::ChunkReader;
use crate::proto::http_framing::HttpFraming;

/// What matters of an HTTP message.
#[derive(Clone, Copy, Debug)]
pub(super) struct HttpMessage {
    pub(super) role: TransactionRole,
    /// Another response follows this one: status 1xx, but not 101, after which the connection has another protocol.
    pub(super) is_interim: bool,
    /// More of the message follows in other segments, or may follow.
    pub(super) goes_on: bool,
}

impl HttpMessage {
    /// `None` if the segment ends within the start line of a response: its status is not known.
    pub(super) fn new(http: Http<&[u8; 0]>, layer: &ExaminedLayer<'_>) -> Option<Self> {
        let (head, content) = (layer.header(), layer.payload());
        if !head.starts_with(b"HTTP/") {
            let goes_on = goes_on(head, Some(0), content);
            return Some(HttpMessage { role: TransactionRole::Request, is_interim: false, goes_on });
        }
        let Some(HttpStart::Response { status, .. }) = http.start(&layer.context) else { return None };
        let length_of_none = match status {
            100..200 | 204 | 304 => Some(0),
            _ => None,
        };
        Some(HttpMessage {
            role: TransactionRole::Response,
            is_interim: matches!(status, 100..200) && status != 101,
            goes_on: goes_on(head, length_of_none, content),
        })
    }
}

/// Whether more of a message follows (RFC 9112 §6.3). `usual` is the length of the content if no header field says it.
fn goes_on(head: &[u8], usual: Option<usize>, content: &[u8]) -> bool {
    if !(head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")) {
        return true;
    }
    let framing = HttpFraming::read(head);
    if framing.is_chunked {
        let mut chunks = ChunkReader::new();
        chunks.take(content, &mut |_| {});
        return !chunks.is_done() && chunks.fault().is_none();
    }
    let length = framing.length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
    length.or(usual).is_none_or(|length| content.len() < length)
}
