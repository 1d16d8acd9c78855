//! HTTP/1.1 (RFC 9112): start line and header fields, parsed with httparse. SSDP is HTTP in datagrams.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::http_chunks::{ChunkFault, ChunkReader};
use crate::proto::http_framing::{FramingFault, HttpFraming};
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::terminal_text::TerminalText;
use crate::wire::{DATA, ITEM};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header};
#[cfg(feature = "alloc")]
use crate::wire::{TextBuffer, append};
use httparse::{EMPTY_HEADER, Error, Header, Request, Response};

header! {
    /// HTTP/1.x message, RFC 9112 §2. Start line and header fields are the layer's header; the content is its payload.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::app::HttpStart;
    /// let segment = b"GET /index.html HTTP/1.1\r\nHost: example.com\r\n\r\n";
    /// let layer = Examine::new(Layers::new(NextProtocol::TcpPorts(50000, 80), segment)).next().unwrap();
    /// let View::Http(http) = layer.view else { panic!() };
    /// let Some(HttpStart::Request { method, target, .. }) = http.start(&layer.context) else { panic!() };
    /// assert_eq!((method, target), ("GET", "/index.html"));
    /// assert_eq!(http.headers(&layer.context).next(), Some(("Host", &b"example.com"[..])));
    /// ```
    pub struct Http(0) => HttpEdit, layer {}
}

/// Largest number of header fields that are parsed. Further ones stay raw.
const MAX_HEADERS: usize = 64;

/// The start line of a message. Parts that are missing are in the next segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpStart<'a> {
    /// A request.
    Request {
        /// Method, RFC 9110 §9.
        method: &'a str,
        /// Request target, RFC 9112 §3.2.
        target: &'a str,
        /// Minor version: 0 to 9.
        minor_version: Option<u8>,
    },
    /// A response.
    Response {
        /// Minor version: 0 to 9.
        minor_version: u8,
        /// Status code.
        status: u16,
        /// Reason phrase for the user; may be empty.
        reason: &'a str,
    },
}

const METHOD: &Field = &Field::floating("method", "http.request.method", Kind::Text, "Method, RFC 9110 §9.");
const TARGET: &Field = &Field::floating("target", "http.request.uri", Kind::Text, "Request target, RFC 9112 §3.2.");
const REQUEST_VERSION: &Field =
    &Field::floating("version", "http.request.version", Kind::Text, "Version, RFC 9112 §2.3.");
const RESPONSE_VERSION: &Field =
    &Field::floating("version", "http.response.version", Kind::Text, "Version, RFC 9112 §2.3.");
const STATUS: &Field =
    &Field::floating("status", "http.response.code", Kind::Uint, "Status code, RFC 9110 §15.").of_bits(16);
const REASON: &Field = &Field::floating("reason", "http.response.phrase", Kind::Text, "Reason phrase, RFC 9112 §4.");
const HEADERS: &Field = &Field::floating("headers", "", Kind::List(&Kind::Group), "Header fields, RFC 9112 §5.");
const NAME: &Field = &Field::floating("name", "", Kind::Text, "Name of the header field. Letter case is ignored.");

const START_END: &Field = &Field::floating("start_end", "", Kind::Text, "End of the start line, if it is not CR LF.");
const SEPARATOR: &Field =
    &Field::floating("separator", "", Kind::Text, "Bytes between name and value, if they are not a colon and a space.");
const LINE_END: &Field = &Field::floating("line_end", "", Kind::Text, "End of the line, if it is not CR LF.");
const END: &Field = &Field::floating("end", "", Kind::Text, "End of the header section, if it is not an empty line.");
const LINE_END_USUAL: &[u8] = b"\r\n";

/// Declares the filter names of field values, by field name.
macro_rules! values {
    ($($name:literal => $filter:literal,)+) => {
        const NAMES: &[&str] = &[$($name),+];
        const VALUES: &[Field] = &[
            $(Field::floating("value", $filter, Kind::Text, concat!("Value of the ", $name, " field.")),)+
            Field::floating("value", "", Kind::Text, "Value of the header field."),
        ];
    };
}

values! {
    "Accept" => "http.accept",
    "Accept-Encoding" => "http.accept_encoding",
    "Accept-Language" => "http.accept_language",
    "Authorization" => "http.authorization",
    "Cache-Control" => "http.cache_control",
    "Connection" => "http.connection",
    "Content-Encoding" => "http.content_encoding",
    "Content-Length" => "http.content_length_header",
    "Content-Type" => "http.content_type",
    "Cookie" => "http.cookie",
    "Date" => "http.date",
    "Host" => "http.host",
    "Last-Modified" => "http.last_modified",
    "Location" => "http.location",
    "Proxy-Authenticate" => "http.proxy_authenticate",
    "Proxy-Authorization" => "http.proxy_authorization",
    "Referer" => "http.referer",
    "Server" => "http.server",
    "Set-Cookie" => "http.set_cookie",
    "Transfer-Encoding" => "http.transfer_encoding",
    "Upgrade" => "http.upgrade",
    "User-Agent" => "http.user_agent",
    "WWW-Authenticate" => "http.www_authenticate",
    "X-Forwarded-For" => "http.x_forwarded_for",
}

/// The field for the value of a header field. The last one is for names without a filter name.
fn value_field(name: &str) -> &'static Field {
    let row = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name)).unwrap_or(NAMES.len());
    VALUES.get(row).unwrap_or(NAME)
}

/// Writes the bytes between two parts: the usual ones, unless others are given.
fn put_gap(field: &'static Field, usual: &[u8], builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    match builder.source.has(field) {
        true => builder.bytes(field),
        false => {
            builder.out.put(usual);
            Ok(())
        }
    }
}

/// Whether a byte is allowed in a method.
fn is_method(byte: u8) -> bool {
    byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')
}

/// Whether the payload of a TCP segment or a datagram starts with an HTTP/1.x message.
#[inline]
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [b'A'..=b'Z', _, _, ..]) && begins_message(bytes)
}

fn begins_message(bytes: &[u8]) -> bool {
    /// Longest method that is recognized.
    const METHOD: usize = 20;
    /// Methods that are recognized even if the request line continues in the next segment.
    const KNOWN: [&[u8]; 9] = [b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"CONNECT", b"OPTIONS", b"TRACE", b"PATCH"];
    if bytes.starts_with(b"HTTP/1.") {
        return true;
    }
    let Some(end) = bytes.iter().take(METHOD).position(|&byte| !is_method(byte)) else { return false };
    if bytes.get(end) != Some(&b' ') {
        return false;
    }
    let (method, rest) = bytes.split_at(end);
    match rest.iter().position(|&byte| byte == b'\n') {
        Some(line) => {
            let line = rest.split_at(line).0.trim_ascii_end();
            line.split_last_chunk::<9>().is_some_and(|(_, version)| version.starts_with(b" HTTP/1."))
        }
        None => {
            // The line may be cut within its end.
            let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
            KNOWN.contains(&method) && rest.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
        }
    }
}

/// Length of start line and header section in bytes, up to and including the first empty line.
fn section_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = bytes.get(at..)?.iter().position(|&byte| byte == b'\n')?;
        at += line + 1;
        match bytes.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
}

/// Start line and header fields, as far as httparse can read them.
struct HttpHead<'a> {
    start: Option<HttpStart<'a>>,
    headers: [Header<'a>; MAX_HEADERS],
    error: Option<Error>,
}

impl<'a> HttpHead<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let (start, error) = if bytes.starts_with(b"HTTP/") {
            let mut response = Response::new(&mut headers);
            let error = response.parse(bytes).err();
            let start = response.version.zip(response.code).map(|(minor_version, status)| HttpStart::Response {
                minor_version,
                status,
                reason: response.reason.unwrap_or(""),
            });
            (start, error)
        } else {
            let mut request = Request::new(&mut headers);
            let error = request.parse(bytes).err();
            let start = request.method.zip(request.path).map(|(method, target)| HttpStart::Request {
                method,
                target,
                minor_version: request.version,
            });
            (start, error)
        };
        match error {
            Some(Error::Version) => Self::of_later_version(bytes).unwrap_or(HttpHead { start, headers, error }),
            _ => HttpHead { start, headers, error },
        }
    }

    /// Reads a message of a minor version from 2 on, which httparse does not know: as one of the highest version that is
    /// known (RFC 9110 §2.5).
    fn of_later_version(bytes: &'a [u8]) -> Option<Self> {
        // The line may be cut off at its end.
        let line_len = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| end + 1);
        let line = core::str::from_utf8(bytes.get(..line_len)?).ok()?.trim_end_matches(['\r', '\n']);
        let minor = |version: &str| match version.strip_prefix("HTTP/1.")?.as_bytes() {
            &[digit @ b'0'..=b'9'] => Some(digit - b'0'),
            _ => None,
        };
        let (first, rest) = line.split_once(' ')?;
        let start = match minor(first) {
            Some(minor_version) => {
                let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                let &[a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9'] = status.as_bytes() else { return None };
                let status = [a, b, c].iter().fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
                HttpStart::Response { minor_version, status, reason }
            }
            None => {
                let (target, version) = rest.split_once(' ')?;
                HttpStart::Request { method: first, target, minor_version: Some(minor(version)?) }
            }
        };
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let error = httparse::parse_headers(bytes.get(line_len..)?, &mut headers).err();
        Some(HttpHead { start: Some(start), headers, error })
    }

    fn headers(&self) -> impl Iterator<Item = Header<'a>> {
        self.headers.iter().copied().take_while(|header| !header.name.is_empty())
    }
}

impl<'a> Http<&'a [u8; 0]> {
    /// The start line, if it is present and valid.
    pub fn start(&self, context: &LayerContext<'a>) -> Option<HttpStart<'a>> {
        HttpHead::new(context.header()).start
    }

    /// The header fields (name and value) up to the first invalid one; at most 64.
    pub fn headers(&self, context: &LayerContext<'a>) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        let section = HttpHead::new(context.header());
        section
            .headers
            .into_iter()
            .take_while(|header| !header.name.is_empty())
            .map(|header| (header.name, header.value))
    }
}

impl<'a> Http<&'a [u8; 0]> {
    /// Reports what is wrong with the fields that say where the message ends, and with chunks.
    fn check_framing(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let (head, content) = (context.header(), context.payload());
        // The end of a value may be in the next segment.
        if !(head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n")) {
            return;
        }
        let framing = HttpFraming::read(head);
        framing.faults(|fault, value| {
            let rule = match fault {
                FramingFault::LengthInvalid => HttpRule::LengthInvalid,
                FramingFault::LengthsDifferent => HttpRule::LengthsDifferent,
                FramingFault::LengthAndCoding => HttpRule::LengthAndCoding,
                FramingFault::NotChunked => HttpRule::CodingNotChunked,
                FramingFault::OldVersion => HttpRule::CodingInOldVersion,
            };
            report(None, span_of(value, head, context.bounds.start), rule.into());
        });
        // What follows the head of a response to HEAD is the next response.
        if !framing.is_chunked || content.starts_with(b"HTTP/") {
            return;
        }
        let mut chunks = ChunkReader::new();
        let end = context.bounds.header_end + chunks.take(content, &mut |_| {}) as u32;
        let rule = match chunks.fault() {
            Some(ChunkFault::Malformed) => HttpRule::Chunk,
            Some(ChunkFault::TooLarge) => HttpRule::ChunkTooLarge,
            None => return,
        };
        report(None, Span::new(end.saturating_sub(1), end), rule.into());
    }
}

/// Appends a start line that has no meaning: as it is, with what is wrong.
#[cfg(feature = "alloc")]
fn append_start_line(head: &[u8], info: &mut TextBuffer) {
    /// Most bytes of the line that are shown.
    const SHOWN: usize = 80;
    let end = head.iter().position(|&byte| byte == b'\n');
    let line = head.get(..end.unwrap_or(head.len())).unwrap_or(head);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    info.str(if end.is_some() { "malformed " } else { "part of a " });
    info.str(if head.starts_with(b"HTTP/") { "status line " } else { "request line " });
    info.quoted(line.get(..SHOWN).unwrap_or(line));
    info.str(if line.len() > SHOWN { "…" } else { "" });
}

/// Byte range in the frame of `part`, which was read from `section` at offset `at`.
fn span_of(part: &[u8], section: &[u8], at: u32) -> Span {
    let start = at + (part.as_ptr() as usize).wrapping_sub(section.as_ptr() as usize) as u32;
    Span::new(start, start + part.len() as u32)
}

rules! {
    /// Rules of HTTP, and a limit of this library.
    pub enum HttpRule {
        TooManyHeaders = Note "http.headers.too_many"
            "there are more than 64 header fields, and the rest is not dissected",
        HeaderName = Warning "http.headers.name" "a field name contains a byte that is not allowed",
        HeaderValue = Warning "http.headers.value" "a field value contains a byte that is not allowed",
        LineEnd = Warning "http.line_end.invalid" "a line does not end with CR LF or LF",
        Status = Warning "http.status.invalid" "the status code is not three digits, or the reason phrase is invalid",
        StartLine = Warning "http.start_line.invalid" "the start line contains a byte that is not allowed",
        Version = Warning "http.version.unknown" "the version is not HTTP/1 with a minor version of one digit",
        LengthInvalid = Warning "http.content_length.invalid"
            "Content-Length is no number, or greater than 2^50 (RFC 9112 §6.3)",
        LengthsDifferent = Warning "http.content_length.different"
            "the values of Content-Length contradict each other (RFC 9112 §6.3)",
        LengthAndCoding = Warning "http.content_length.with_transfer_encoding"
            "there is a Content-Length beside Transfer-Encoding, and only the latter counts (RFC 9112 §6.3)",
        CodingNotChunked = Warning "http.transfer_encoding.not_chunked"
            "the last transfer coding of a request is not chunked: nothing says where the content ends (RFC 9112 §6.3)",
        CodingInOldVersion = Warning "http.transfer_encoding.old_version"
            "HTTP/1.0 has no Transfer-Encoding: where the message ends is doubtful (RFC 9112 §6.1)",
        Chunk = Warning "http.chunk.malformed" "content in chunks has no size where one must be, or no line end after a chunk",
        ChunkTooLarge = Warning "http.chunk.too_large"
            "a chunk says that it has more than 2^50 bytes: what follows is not taken for content",
    }
}

impl<'a> Protocol<'a> for Http<&'a [u8; 0]> {
    const NAME: &'static str = "http";
    const TITLE: &'static str = "Hypertext Transfer Protocol, RFC 9112";
    const TABLE: &'static [Field] = Http::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[
        &Schema {
            fields: &[
                *METHOD,
                *TARGET,
                *REQUEST_VERSION,
                *RESPONSE_VERSION,
                *STATUS,
                *REASON,
                *HEADERS,
                *NAME,
                *START_END,
                *SEPARATOR,
                *LINE_END,
                *END,
            ],
            ..Schema::EMPTY
        },
        &Schema::of(VALUES),
    ];
    const RULES: &'static [&'static [Rule]] = &[HttpRule::ALL];
    const RAW: &'static str = "The content. Header field values are text; chunks are not reassembled.";

    /// A header section without an end continues in the next segment.
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Http::LEN))?;
        Ok(match section_len(bytes) {
            Some(header_len) => ParsedHeader::new(header, header_len, NextProtocol::Unknown),
            None => ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown)
                .defect(ParseDefect::needs(bytes.len() + 1)),
        })
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let mut usual_end = LINE_END_USUAL;
        if builder.source.has(METHOD) {
            builder.bytes(METHOD)?;
            builder.out.put(b" ");
            builder.bytes(TARGET)?;
            if builder.source.has(REQUEST_VERSION) {
                builder.out.put(b" ");
                builder.bytes(REQUEST_VERSION)?;
            }
        } else if builder.source.has(RESPONSE_VERSION) {
            builder.bytes(RESPONSE_VERSION)?;
            builder.out.put(b" ");
            let status = builder.source.value(STATUS)?.and_then(|value| value.number()).unwrap_or(200);
            let digits = [status / 100 % 10, status / 10 % 10, status % 10].map(|digit| b'0' + digit as u8);
            builder.out.put(&digits);
            if builder.source.has(REASON) {
                builder.out.put(b" ");
                builder.bytes(REASON)?;
            }
        } else {
            usual_end = b"";
        }
        put_gap(START_END, usual_end, builder)?;
        if builder.source.open(HEADERS)? {
            while builder.source.next()? {
                builder.bytes(NAME)?;
                put_gap(SEPARATOR, b": ", builder)?;
                builder.bytes(VALUES.last().unwrap_or(NAME))?;
                put_gap(LINE_END, LINE_END_USUAL, builder)?;
            }
            builder.source.close()?;
        }
        match builder.source.has(DATA) {
            true => builder.bytes(DATA),
            false => put_gap(END, LINE_END_USUAL, builder),
        }
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let (bytes, at) = (context.header(), context.bounds.start);
        let section = HttpHead::new(bytes);
        let mut end = at;
        let mut show = |field: &'static Field, part: &'a [u8], value: Value<'a>| {
            let span = span_of(part, bytes, at);
            end = end.max(span.end);
            visitor.field(field, span, value);
        };
        let mut text = |field, part| show(field, part, Value::Text(part));
        // A version has 8 bytes. It follows the target and a space, or precedes the status.
        const VERSION: usize = 8;
        match section.start {
            Some(HttpStart::Request { method, target, minor_version }) => {
                text(METHOD, method.as_bytes());
                text(TARGET, target.as_bytes());
                let at_version = (span_of(target.as_bytes(), bytes, 0).end + 1) as usize;
                if let Some(version) = minor_version.and_then(|_| bytes.get(at_version..at_version + VERSION)) {
                    text(REQUEST_VERSION, version);
                }
            }
            Some(HttpStart::Response { reason, status, .. }) => {
                if let (Some(version), Some(code)) = (bytes.get(..VERSION), bytes.get(VERSION + 1..VERSION + 4)) {
                    text(RESPONSE_VERSION, version);
                    show(STATUS, code, Value::Uint(status.into()));
                }
                if !reason.is_empty() {
                    show(REASON, reason.as_bytes(), Value::Text(reason.as_bytes()));
                }
            }
            None => {}
        }
        // The bytes between the parts are shown if they are not the usual ones.
        let frame = context.frame;
        let gap = |field: &'static Field, usual: &[u8], span: Span, visitor: &mut dyn Visitor| {
            let bytes = span.of(frame);
            if bytes != usual {
                visitor.field(field, span, Value::Text(bytes));
            }
        };
        // Up to the end of the line, or to the place where parsing stopped.
        let line_end = |from: u32, to: u32| {
            let bytes = Span::new(from, to).of(frame);
            let length = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| end + 1);
            Span::new(from, from + if section.error.is_some() { 0 } else { length as u32 })
        };
        let mut headers = section.headers().peekable();
        match headers.peek() {
            Some(first) => {
                let start = span_of(first.name.as_bytes(), bytes, at).start;
                gap(START_END, LINE_END_USUAL, Span::new(end, start), visitor);
                visitor.open(HEADERS, Span::new(start, context.bounds.header_end));
            }
            None => {
                let line = line_end(end, context.bounds.header_end);
                gap(START_END, if section.start.is_some() { LINE_END_USUAL } else { b"" }, line, visitor);
                end = line.end;
            }
        }
        let any = headers.peek().is_some();
        while let Some(header) = headers.next() {
            let name = span_of(header.name.as_bytes(), bytes, at);
            let next = headers.peek().map(|next| span_of(next.name.as_bytes(), bytes, at).start);
            // An empty value has no bytes; its position is after the colon.
            let value = match header.value {
                [] => Span::new(name.end + 1, name.end + 1),
                value => span_of(value, bytes, at),
            };
            let line = match next {
                Some(next) => Span::new(value.end, next),
                None => line_end(value.end, context.bounds.header_end),
            };
            visitor.open(ITEM, Span::new(name.start, line.end));
            visitor.field(NAME, name, Value::Text(header.name.as_bytes()));
            gap(SEPARATOR, b": ", Span::new(name.end, value.start), visitor);
            visitor.field(value_field(header.name), value, Value::Text(header.value));
            gap(LINE_END, LINE_END_USUAL, line, visitor);
            visitor.close();
            end = line.end;
        }
        if any {
            visitor.close();
        }
        let rest = Span::new(end, context.bounds.header_end);
        match section.error {
            Some(_) if !rest.is_empty() => visitor.field(DATA, rest, Value::Bytes(rest.of(frame))),
            _ => gap(END, LINE_END_USUAL, rest, visitor),
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if let Some(error) = HttpHead::new(context.header()).error {
            let rule = match error {
                Error::TooManyHeaders => HttpRule::TooManyHeaders,
                Error::HeaderName => HttpRule::HeaderName,
                Error::HeaderValue => HttpRule::HeaderValue,
                Error::NewLine => HttpRule::LineEnd,
                Error::Status => HttpRule::Status,
                Error::Token => HttpRule::StartLine,
                Error::Version => HttpRule::Version,
            };
            report(None, context.header_span(), rule.into());
        }
        self.check_framing(context, report);
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let is_ssdp = matches!(context.selector, NextProtocol::HttpDatagram);
        let info = summary.begin(if is_ssdp { "SSDP" } else { "HTTP" });
        let line_is_whole = context.header().contains(&b'\n');
        match self.start(context) {
            // The version is missing, or something else stands before it.
            Some(HttpStart::Request { minor_version: None, .. }) if line_is_whole => {
                append_start_line(context.header(), info);
            }
            Some(HttpStart::Request { method, target, minor_version }) => {
                info.show(format_args!("{} {}", TerminalText(method), TerminalText(target)));
                if let Some(minor) = minor_version {
                    append!(info, " HTTP/1.", minor);
                }
            }
            Some(HttpStart::Response { minor_version, status, reason }) => {
                append!(info, "HTTP/1.", minor_version, " ", status, " ");
                info.show(TerminalText(reason));
            }
            None => append_start_line(context.header(), info),
        }
        let shown = ["host", "content-type", "location"];
        let shown = |name: &str| shown.iter().any(|other| name.eq_ignore_ascii_case(other));
        for (name, value) in self.headers(context).filter(|(name, _)| shown(name)) {
            info.show(format_args!(" {}=", TerminalText(name)));
            info.quoted(value);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::layer::{IssueKind, Limit, Severity};
    use crate::proto::{Proto, View};
    use std::string::String;
    use std::vec::Vec;

    /// Builds a TCP segment with this payload.
    fn segment(payload: &[u8]) -> Vec<u8> {
        let mut tcp = std::vec![0; 20];
        (tcp[0], tcp[1], tcp[2], tcp[12], tcp[13]) = (0x40, 1, 0x50, 0x50, 0x10);
        tcp.extend(payload);
        tcp
    }

    fn http(frame: &[u8]) -> Option<ExaminedLayer<'_>> {
        let layer = Examine::new(Layers::new(NextProtocol::IpProtocol(6), frame)).nth(1)?;
        (layer.proto == Proto::Http).then_some(layer)
    }

    fn headers(layer: &ExaminedLayer<'_>) -> usize {
        let View::Http(http) = layer.view else { panic!() };
        http.headers(&layer.context).count()
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn messages_and_nothing_else_are_recognized_on_any_port() {
        for payload in
            [&b"GET / HTTP/1.1\r\n\r\n"[..], b"HTTP/1.0 200 OK\r\n\r\n", b"NOTIFY * HTTP/1.1\n\n", b"GET /lo"]
        {
            assert!(http(&segment(payload)).is_some(), "{payload:?}");
        }
        for payload in
            [&b"OPTIONS rtsp://a RTSP/1.0\r\n\r\n"[..], b"GET", b"GETTY x", b"HTTP/2", b"POST\n", b"NOTIFY *"]
        {
            assert!(http(&segment(payload)).is_none(), "{payload:?}");
        }
    }

    #[test]
    fn a_message_in_a_datagram_is_ssdp() {
        let search = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nST: ssdp:all\r\n\r\n";
        let walk = |ports, bytes| Layers::new(ports, bytes).map(|layer| layer.proto).collect::<Vec<_>>();
        assert_eq!(walk(NextProtocol::UdpPorts(50000, 1900), search), [Proto::Http]);
        assert_eq!(walk(NextProtocol::UdpPorts(1900, 50000), b"HTTP/1.1 200 OK\r\n\r\n"), [Proto::Http]);
        assert_eq!(walk(NextProtocol::UdpPorts(50000, 1900), b"\x00\x01"), [Proto::Data]);
        assert_eq!(walk(NextProtocol::UdpPorts(50000, 1901), search), [Proto::Data]);
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(1900), search)).next().unwrap();
        assert_eq!(headers(&layer), 2);
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn a_truncated_header_section_is_shown_as_far_as_it_goes() {
        let frame = segment(b"HTTP/1.1 200 OK\r\nServer: a\r\nDate: Th");
        let layer = http(&frame).unwrap();
        assert_eq!(headers(&layer), 1);
        let View::Http(view) = layer.view else { panic!() };
        let start = HttpStart::Response { minor_version: 1, status: 200, reason: "OK" };
        assert_eq!(view.start(&layer.context), Some(start));
        assert!(matches!(issues(&layer)[..], [IssueKind::Truncated { limit: Limit::Segment, .. }]));
        assert_eq!(issues(&layer)[0].severity(), Severity::Note);
    }

    #[test]
    fn contradictory_framing_is_an_issue_of_the_field() {
        let all = |head: &str, content: &[u8]| {
            let frame = segment(&[head.as_bytes(), b"\r\n", content].concat());
            let (layer, mut all) = (http(&frame).unwrap(), Vec::new());
            layer.issues(|issue| all.push((issue.kind, issue.span.of(&frame).to_vec())));
            all
        };
        let said = |rule: HttpRule, bytes: &str| (IssueKind::from(rule), bytes.as_bytes().to_vec());
        assert_eq!(all("POST / HTTP/1.1\r\nContent-Length: 5\r\n", b"hello"), []);
        assert_eq!(
            all("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 60\r\nA: b\r\n", b"hello"),
            [said(HttpRule::LengthsDifferent, "60")]
        );
        assert_eq!(all("HTTP/1.1 200 OK\r\nContent-Length: five\r\n", b""), [said(HttpRule::LengthInvalid, "five")]);
        let both = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 50\r\n";
        assert_eq!(all(both, b"0\r\n\r\nGET /"), [said(HttpRule::LengthAndCoding, "50")]);
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
        assert_eq!(all(chunked, b"5\r\nhello\r\nx"), [said(HttpRule::Chunk, "x")]);
        assert_eq!(all(chunked, b"ffffffffffffffff\r\nhello"), [said(HttpRule::ChunkTooLarge, "f")]);
        assert_eq!(all(chunked, b"5\r\nhel"), []);
        assert_eq!(all(chunked, b"HTTP/1.1 200 OK\r\n\r\n"), [], "a response to HEAD");
        // What a segment cuts is not judged.
        let frame = segment(b"POST / HTTP/1.1\r\nContent-Length: 12\r\nContent-Length: 1");
        assert!(!issues(&http(&frame).unwrap()).contains(&HttpRule::LengthsDifferent.into()));
    }

    #[test]
    fn a_start_line_without_meaning_is_quoted() {
        let line = |payload: &[u8]| {
            let frame = segment(payload);
            let layer = http(&frame).unwrap();
            let mut summary = Summary::default();
            let View::Http(http) = layer.view else { panic!() };
            http.summarize(&layer.context, &mut summary);
            String::from_utf8(summary.info.bytes.clone()).unwrap()
        };
        assert_eq!(line(b"GET /a b HTTP/1.1\r\n\r\n"), "malformed request line \"GET /a b HTTP/1.1\"");
        assert_eq!(line(b"HTTP/1.1 2x0 \x1b[1m\r\n\r\n"), "malformed status line \"HTTP/1.1 2x0 \\x1b[1m\"");
        assert_eq!(line(b"GET /a"), "part of a request line \"GET /a\"");
        assert_eq!(line(b"HTTP/1.1 20"), "part of a status line \"HTTP/1.1 20\"");
        let long = [b"GET ".as_slice(), &[b'"'; 2000], b" b HTTP/1.1\r\n\r\n"].concat();
        let said = line(&long);
        assert!(said.len() < 300 && said.ends_with("\"…"), "{said}");
    }

    #[test]
    fn headers_beyond_the_64th_stay_raw() {
        let payload: String = ["GET / HTTP/1.1\r\n".into(), "A: b\r\n".repeat(100), "\r\nbody".into()].concat();
        let frame = segment(payload.as_bytes());
        let layer = http(&frame).unwrap();
        assert_eq!((headers(&layer), layer.payload()), (64, &b"body"[..]));
        assert_eq!(issues(&layer), [HttpRule::TooManyHeaders.into()]);
    }

    #[test]
    fn an_invalid_header_field_makes_the_rest_raw() {
        let frame = segment(b"GET / HTTP/1.1\r\nA: b\r\nno header\r\nC: d\r\n\r\n");
        let layer = http(&frame).unwrap();
        assert_eq!((headers(&layer), layer.payload().len()), (1, 0));
        assert_eq!(issues(&layer), [HttpRule::HeaderName.into()]);
    }
}
