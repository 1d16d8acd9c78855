//! What applications said in TCP connections: HTTP and TLS.

use super::connections::ConnectionTable;
use super::packet_list::{PacketList, PacketMoment};
use super::tcp::TcpStatement;
use crate::dissect::ExaminedLayer;
use crate::flow::{Side, TransactionAnalysis, TransactionRole};
use crate::proto::app::{HttpStart, TlsHandshake};
use crate::proto::{Http, Tls};
use crate::wire::TextBuffer;
use alloc::format;
use alloc::string::{String, ToString};
use hashbrown::HashMap;

/// Most characters of a text from a packet.
const MOST_TEXT: usize = 80;

/// Most requests that wait for their responses.
const MOST_WAITING: usize = 65_536;

/// Where something was said.
pub(super) struct Place {
    pub(super) stream: Option<(u64, Side)>,
    pub(super) packets: PacketList,
    /// The packet with its first bytes.
    pub(super) first: PacketMoment,
    /// The last packet with some of it.
    pub(super) last: PacketMoment,
    /// Whether the capture has all of a message that spans packets.
    pub(super) is_whole: bool,
}

/// A request that waits for its response.
#[derive(Debug)]
struct WaitingRequest {
    stream: u64,
    /// The place of the statement in the connection.
    place: usize,
    /// Its last packet.
    asked: PacketMoment,
}

/// Requests that wait for their responses, by the number of the transaction.
#[derive(Debug, Default)]
pub(super) struct Said {
    waiting: HashMap<u64, WaitingRequest>,
}

impl Said {
    /// Takes a message of HTTP.
    pub(super) fn http(
        &mut self,
        connections: &mut ConnectionTable,
        layer: &ExaminedLayer<'_>,
        http: Http<&[u8; 0]>,
        analysis: Option<&TransactionAnalysis>,
        place: &Place,
    ) {
        let (Some(analysis), Some((stream, side))) = (analysis, place.stream) else { return };
        if analysis.retransmission_of.is_some() || analysis.is_interim {
            return;
        }
        let Some(story) = connections.known(stream) else { return };
        match (analysis.role, http.start(&layer.context)) {
            (TransactionRole::Request, Some(HttpStart::Request { method, target, .. })) => {
                story.requester.get_or_insert(side);
                let host = http.headers(&layer.context).find(|(name, _)| name.eq_ignore_ascii_case("host"));
                let malformed = malformed_line(layer.header());
                let statement = TcpStatement::HttpExchange {
                    request: malformed.map_or_else(|| cut(&format!("{method} {target}")), bytes_text),
                    malformed: if malformed.is_some() { "yes" } else { "no" },
                    host: host.map(|(_, value)| bytes_text(value)),
                    asked: place.packets.clone(),
                    response: None,
                    answered: PacketList::default(),
                    took: None,
                    completed: None,
                    completed_after: None,
                };
                if let (Some(number), Some(at)) = (analysis.transaction, story.says(statement))
                    && self.waiting.len() < MOST_WAITING
                {
                    self.waiting.insert(number, WaitingRequest { stream, place: at, asked: place.last });
                }
            }
            (TransactionRole::Response, Some(HttpStart::Response { status, reason, .. })) => {
                let text = cut(format!("{status} {reason}").trim());
                let request = analysis.transaction.and_then(|number| self.waiting.remove(&number));
                if let Some(WaitingRequest { stream, place: at, asked }) = request {
                    if let Some(TcpStatement::HttpExchange {
                        response,
                        answered,
                        took,
                        completed,
                        completed_after,
                        ..
                    }) = connections.known(stream).and_then(|story| story.said_at(at))
                    {
                        (*response, *answered) = (Some(text), PacketList::one(place.first.packet));
                        *took = place.first.since(asked);
                        if place.is_whole && place.last.packet != place.first.packet {
                            *completed = Some(PacketList::one(place.last.packet));
                            *completed_after = place.last.since(asked);
                        }
                    }
                } else if analysis.is_unsolicited {
                    story.requester.get_or_insert(side.other());
                    story.says(TcpStatement::HttpResponse { response: text, packets: place.packets.clone() });
                }
            }
            _ => {}
        }
    }

    /// Takes a record of TLS.
    pub(super) fn tls(
        &mut self,
        connections: &mut ConnectionTable,
        layer: &ExaminedLayer<'_>,
        tls: Tls<&[u8; Tls::LEN]>,
        place: &Place,
    ) {
        let Some((stream, side)) = place.stream else { return };
        let Some(story) = connections.known(stream) else { return };
        let packets = &place.packets;
        for message in tls.messages(&layer.context) {
            let handshake = message.decode();
            match handshake {
                TlsHandshake::ClientHello { .. } => {
                    story.requester.get_or_insert(side);
                    let name = handshake.server_name().map(bytes_text);
                    story.says(TcpStatement::TlsClientHello { server_name: name, packets: packets.clone() });
                }
                TlsHandshake::ServerHello { .. } if handshake.is_hello_retry_request() => {
                    story.says(TcpStatement::TlsRetry { packets: packets.clone() });
                }
                TlsHandshake::ServerHello { .. } => {
                    let version = handshake.version().map(|version| version.to_string());
                    story.says(TcpStatement::TlsServerHello { version, packets: packets.clone() });
                }
                _ => {}
            }
        }
        if let Some((level, description)) = tls.alert(&layer.context) {
            let (who, alert) = (story.party(side), format!("{description} ({level})"));
            story.says(TcpStatement::TlsAlert { who, alert, packets: packets.clone() });
        }
    }
}

/// The request line of a message, if it is malformed (RFC 9112 §3): it has more than a method, a target and a version with a
/// blank between, as with a blank in the target. A line that goes on in the next segment, and one without a version, as in
/// HTTP/0.9, are not.
fn malformed_line(head: &[u8]) -> Option<&[u8]> {
    let end = head.iter().position(|byte| *byte == b'\n')?;
    let line = head.get(..end)?;
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    (line.split(|byte| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c | b'\r')).count() > 3).then_some(line)
}

/// Bytes as text: those that are not UTF-8 are `\xNN`.
fn bytes_text(bytes: &[u8]) -> String {
    let mut text = TextBuffer::default();
    text.escaped(bytes);
    cut(text.as_str())
}

/// The text, cut at its largest size.
fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_string(),
    }
}
