//! The content of HTTP/1.x requests and responses.

use super::listing::{Kind, Listing, Notes, ObjectFacts, Part};
use super::object_files::ObjectFiles;
use super::safe_name::{FileName, cut, percent_decoded};
use crate::protocols::known;
use packetsmith::flow::{
    BegunRequest, ContentEnd, Endpoint, HttpContent, MessageEnd, Side, StreamMessage, TransactionAnalysis,
};
use packetsmith::proto::app::{HttpRule, HttpStart};
use packetsmith::{ExaminedLayer, NextProtocol, View};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

/// Most bytes of methods and addresses that are kept of requests without a response. Those of the oldest connections
/// are forgotten first.
const MOST_KEPT: usize = 32 << 20;

/// Longest part of an address that is kept, in bytes.
const MOST_ADDRESS: usize = 2000;

/// Most packets of a connection that are remembered for their overlaps.
const MOST_OVERLAPS: usize = 16;

/// Most requests of a connection that wait for their responses.
const MOST_WAITING: usize = 1000;

/// An HTTP message.
pub(super) struct HttpMessage<'a> {
    /// Number of the connection.
    pub(super) stream: u64,
    /// Its protocol: the ports of sender and receiver.
    pub(super) selector: NextProtocol,
    /// Sender and receiver, if they are known.
    pub(super) ends: Option<[Endpoint; 2]>,
    pub(super) bytes: &'a [u8],
    /// Who sent it.
    pub(super) side: Side,
    /// The last packet with bytes of it.
    pub(super) packet: u64,
    /// The number of the current packet. `None` at the end of the capture.
    pub(super) now: Option<u64>,
    /// What is known of a message that does not lie in one segment.
    pub(super) message: Option<&'a StreamMessage>,
    /// Which request belongs to which response.
    pub(super) transaction: Option<TransactionAnalysis>,
}

/// What is kept of a request.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    url: String,
    /// The target without scheme and host.
    path: String,
}

impl Request {
    fn memory(&self) -> usize {
        size_of::<Self>() + self.method.len() + self.url.len() + self.path.len()
    }

    /// The request of a start line and the host that its field names, or else that received it.
    fn new(method: &str, target: &str, host: Option<&[u8]>, receiver: Option<Endpoint>) -> Self {
        let shown = cut(target, MOST_ADDRESS);
        let more = if shown.len() < target.len() { "…" } else { "" };
        let host = match host {
            Some(host) => cut(String::from_utf8_lossy(host).trim(), MOST_ADDRESS).to_string(),
            None => receiver.map(|receiver| receiver.to_string()).unwrap_or_default(),
        };
        let (url, path) = match target.split_once("://") {
            // The absolute form (RFC 9112 §3.2.2).
            Some((scheme, rest)) if !scheme.contains('/') => {
                (format!("{shown}{more}"), rest.split_once('/').map_or("", |(_, path)| path))
            }
            _ if target.starts_with('/') => (format!("http://{host}{shown}{more}"), target),
            _ => (format!("http://{host} {shown}{more}"), target),
        };
        // The end of a path has the name.
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = &path[path.len() - cut_start(path, MOST_ADDRESS)..];
        Request { method: cut(method, 100).to_string(), url, path: path.to_string() }
    }

    /// The name of a file with content of a type.
    fn name(&self, packet: u64, content_type: &str) -> FileName {
        let otherwise = if content_type.starts_with("text/html") { "index.html" } else { "index" };
        let last = self.path.rsplit('/').next().unwrap_or_default();
        FileName::new(&format!("{packet}-"), &percent_decoded(last.as_bytes()), otherwise)
    }
}

/// Notes that the fields of a head contradict each other about the end of the message. Tells whether this leaves it unknown
/// which content a request has.
fn note_framing(layer: &ExaminedLayer<'_>, is_request: bool, notes: &mut Notes) -> bool {
    const DOUBTFUL: [HttpRule; 3] = [HttpRule::LengthAndCoding, HttpRule::CodingInOldVersion, HttpRule::ChunkTooLarge];
    const UNKNOWN: [HttpRule; 3] = [HttpRule::LengthInvalid, HttpRule::LengthsDifferent, HttpRule::CodingNotChunked];
    let (mut doubtful, mut unknown) = (Vec::new(), Vec::new());
    layer.issues(|issue| {
        let is_one_of = |rules: &[HttpRule]| rules.iter().any(|&rule| issue.kind == rule.into());
        if is_one_of(&DOUBTFUL) {
            doubtful.push(issue.kind);
        } else if is_one_of(&UNKNOWN) {
            unknown.push(issue.kind);
        }
    });
    // What has chunks ends with them, whatever a length says.
    let has_chunks =
        doubtful.contains(&HttpRule::LengthAndCoding.into()) && !unknown.contains(&HttpRule::CodingNotChunked.into());
    let is_unknown = is_request && !has_chunks && !unknown.is_empty();
    for kind in unknown.into_iter().chain(doubtful) {
        match is_unknown {
            true => notes.incomplete(format!("it is not known what the content is: {kind}")),
            false => notes.remark(format!("where the message ends is doubtful: {kind}")),
        }
    }
    is_unknown
}

/// How many bytes at the end of a text, up to a limit, are whole characters.
fn cut_start(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|&len| text.is_char_boundary(text.len() - len)).unwrap_or(0)
}

/// Extracts the content of messages, and names it by the requests.
pub(super) struct HttpObjects {
    /// Requests that wait for their responses, by connection and transaction.
    requests: BTreeMap<(u64, u64), Request>,
    memory: usize,
    /// Connections of which the capture lacks segments, so responses may be missing.
    with_gaps: HashSet<u64>,
    /// The first packets of connections with other bytes than those that they overlap, and their sides.
    overlaps: HashMap<u64, Vec<(Side, u64)>>,
    limit: usize,
}

impl HttpObjects {
    /// Content of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        HttpObjects { requests: BTreeMap::new(), memory: 0, with_gaps: HashSet::new(), overlaps: HashMap::new(), limit }
    }

    /// Notes that segments of a connection are not in the capture, or that they come in another order.
    pub(super) fn has_gap(&mut self, stream: u64) {
        self.with_gaps.insert(stream);
    }

    /// Notes that a packet of a connection has other bytes than those that it overlaps.
    pub(super) fn overlaps(&mut self, stream: u64, side: Side, packet: u64) {
        let packets = self.overlaps.entry(stream).or_default();
        if packets.len() < MOST_OVERLAPS {
            packets.push((side, packet));
        }
    }

    /// Whether such a packet came while a message was sent.
    fn has_overlaps(&self, message: &HttpMessage<'_>, now: u64) -> bool {
        let Some(packets) = self.overlaps.get(&message.stream) else { return false };
        let first = message.message.and_then(|message| message.packets().first().copied()).unwrap_or(message.packet);
        let is_within = |&(side, packet): &(Side, u64)| side == message.side && (first..=now).contains(&packet);
        // Of more packets nothing is known.
        packets.len() == MOST_OVERLAPS || packets.iter().any(is_within)
    }

    /// Forgets a connection.
    pub(super) fn forget(&mut self, stream: u64) {
        self.with_gaps.remove(&stream);
        self.overlaps.remove(&stream);
        while let Some(key) = self.first(stream) {
            self.remove(key);
        }
    }

    fn first(&self, stream: u64) -> Option<(u64, u64)> {
        self.requests.range((stream, 0)..=(stream, u64::MAX)).next().map(|(&key, _)| key)
    }

    fn remove(&mut self, key: (u64, u64)) -> Option<Request> {
        let request = self.requests.remove(&key)?;
        self.memory -= request.memory();
        Some(request)
    }

    fn add(&mut self, key: (u64, u64), request: Request) {
        if self.requests.range((key.0, 0)..=(key.0, u64::MAX)).nth(MOST_WAITING - 1).is_some() {
            return;
        }
        self.remove(key);
        self.memory += request.memory();
        self.requests.insert(key, request);
        while self.memory > MOST_KEPT
            && let Some(&key) = self.requests.keys().next()
        {
            self.remove(key);
        }
    }

    /// The request that a response answers. Those before it are not answered any more. The flag tells of doubt: responses
    /// may be missing, and several requests wait.
    fn answered(&mut self, stream: u64, transaction: u64) -> (Option<Request>, bool) {
        let waiting = self.requests.range((stream, 0)..=(stream, u64::MAX)).take(2).count();
        while let Some(key) = self.first(stream).filter(|key| key.1 < transaction) {
            self.remove(key);
        }
        (self.remove((stream, transaction)), waiting > 1 && self.with_gaps.contains(&stream))
    }

    /// Takes a request that is answered before all of it was sent.
    pub(super) fn begun(&mut self, begun: &BegunRequest, receiver: Endpoint) {
        let Some(layer) = begun.layers(known()).next() else { return };
        let View::Http(http) = layer.view else { return };
        if let Some(HttpStart::Request { method, target, .. }) = http.start(&layer.context) {
            let mut fields = http.headers(&layer.context);
            let host = fields.find(|(name, _)| name.eq_ignore_ascii_case("host")).map(|(_, value)| value);
            self.add((begun.stream, begun.transaction), Request::new(method, target, host, Some(receiver)));
        }
    }

    /// Takes the next message of a connection, and writes its content, if it has some.
    pub(super) fn message(
        &mut self,
        message: &HttpMessage<'_>,
        files: &mut ObjectFiles<'_>,
        listing: &mut Listing,
    ) -> io::Result<()> {
        let &HttpMessage { stream, selector, ends, bytes, packet, transaction, .. } = message;
        let Some(layer) = known().examine(selector, bytes).next() else { return Ok(()) };
        let View::Http(http) = layer.view else { return Ok(()) };
        let Some(start) = http.start(&layer.context) else { return Ok(()) };
        let field = |name: &str| {
            let mut fields = http.headers(&layer.context);
            fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let mut notes = Notes::default();
        let (request, from, status) = match start {
            HttpStart::Request { method, target, .. } => {
                let request = Request::new(method, target, field("host"), ends.map(|[_, to]| to));
                if let Some(number) =
                    transaction.filter(|said| said.begun_in.is_none()).and_then(|said| said.transaction)
                {
                    self.add((stream, number), request.clone());
                }
                let from = format!("request {} {}", request.method, request.url);
                (Some(request), from, None)
            }
            HttpStart::Response { status, .. } => {
                // An interim response: the final one follows.
                if matches!(status, 100..=199) && status != 101 {
                    return Ok(());
                }
                let number = transaction.filter(|said| said.response_to.is_some()).and_then(|said| said.transaction);
                let (request, is_doubtful) = number.map_or((None, false), |number| self.answered(stream, number));
                if is_doubtful {
                    notes.remark("the request is doubtful: responses before may not be in the capture");
                }
                let from = match &request {
                    Some(request) => format!("response to {} {}", request.method, request.url),
                    None => match ends {
                        Some([sender, _]) => format!("response from {sender}, whose request is not in the capture"),
                        None => "response, whose request is not in the capture".to_string(),
                    },
                };
                let is_without = match request.as_ref().map(|request| request.method.as_str()) {
                    Some("HEAD") => true,
                    Some("CONNECT") => matches!(status, 200..=299),
                    _ => matches!(status, 101 | 204 | 304),
                };
                if is_without {
                    return Ok(());
                }
                (request, from, Some(status))
            }
        };
        let Some(content) = HttpContent::of(bytes, self.limit) else { return Ok(()) };
        self.note(message.message, &content, &mut notes);
        if self.has_overlaps(message, message.now.unwrap_or(u64::MAX)) {
            notes.remark("segments overlap with other bytes: those that came first are here");
        }
        let is_unknown = note_framing(&layer, status.is_none(), &mut notes);
        // What lasts until the connection is closed may be nothing at all.
        let has_missing = message.message.is_some_and(|message| message.missing > 0);
        let is_whole = !has_missing && content.end == ContentEnd::Whole;
        if content.bytes.is_empty() && !is_unknown && (is_whole || !notes.is_incomplete()) {
            return Ok(());
        }
        let content_type = field("content-type").map(|value| String::from_utf8_lossy(value).into_owned());
        let content_type = cut(content_type.as_deref().unwrap_or_default(), MOST_ADDRESS);
        let name = match &request {
            Some(request) => request.name(packet, content_type),
            None => FileName::new(&format!("{packet}-"), b"response", "response"),
        };
        let mut parts = vec![("message", Part::text(if status.is_some() { "response" } else { "request" }))];
        if let Some(request) = request {
            parts.extend([("method", Part::Text(request.method)), ("url", Part::Text(request.url))]);
        }
        parts.extend(status.map(|status| ("status", Part::Number(status.into()))));
        if !content_type.is_empty() {
            parts.push(("content_type", Part::text(content_type)));
        }
        if let Some([sender, receiver]) = ends {
            parts.extend([("sender", Part::text(sender)), ("receiver", Part::text(receiver))]);
        }
        let mut object = files.begin(name);
        files.append(&mut object, &content.bytes);
        listing.finish(files, object, ObjectFacts { kind: Kind::Http, packet, from, parts, notes })
    }

    /// Notes what is wrong with content.
    fn note(&self, message: Option<&StreamMessage>, content: &HttpContent, notes: &mut Notes) {
        let is_cut = message.is_some_and(|message| message.missing == 0 && message.length > message.bytes.len() as u64);
        if let Some(message) = message {
            if message.missing > 0 {
                let gap = message.missing;
                notes.incomplete(format!("gap of {gap} bytes, which the capture lacks: what follows is left out"));
            }
            match message.end {
                MessageEnd::Closed => notes.incomplete("short: the connection was closed before the end"),
                MessageEnd::Unfinished => notes.incomplete("short: the capture ends before the end"),
                MessageEnd::Malformed => notes.incomplete("short: malformed chunks follow"),
                _ => {}
            }
        }
        match content.end {
            ContentEnd::TooLong => notes.incomplete(format!("cut at {} bytes (--max-size)", self.limit)),
            _ if is_cut => notes.incomplete(format!("cut at {} bytes (--max-size)", content.bytes.len())),
            ContentEnd::Malformed if !notes.is_incomplete() => notes.incomplete("malformed chunks or compressed data"),
            // Without content, it may be the answer to a HEAD that is not in the capture.
            ContentEnd::Short if !notes.is_incomplete() && !content.bytes.is_empty() => {
                notes.incomplete("short: less than its length says");
            }
            _ => {}
        }
        if !content.codings.is_empty() {
            let codings: Vec<&str> = content.codings.iter().map(|coding| cut(coding, 20)).take(8).collect();
            notes.remark(format!("still coded, since this coding is not known here: {}", codings.join(", ")));
        }
    }
}
