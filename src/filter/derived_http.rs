//! What a message of HTTP says as a whole.

use super::datum::Datum;
use super::derived::{Derived, Receiver, code};
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::{HttpStart, Proto, View};
use crate::wire::Span;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) static HTTP: &[Derived] = &[
    code("http.request.full_uri", Proto::Http, Type::Text, full_uri),
    code("http.request.line", Proto::Http, Type::Text, |layer, receive| lines(layer, true, receive)),
    code("http.response.line", Proto::Http, Type::Text, |layer, receive| lines(layer, false, receive)),
];

/// What Wireshark calls the status codes: the phrases of RFC 9110 §15 and others.
#[rustfmt::skip]
pub(super) const STATUS_TEXTS: &[(u16, &str)] = &[
    (100, "Continue"), (101, "Switching Protocols"), (102, "Processing"), (103, "Early Hints"),
    (199, "Informational - Others"), (200, "OK"), (201, "Created"), (202, "Accepted"),
    (203, "Non-authoritative Information"), (204, "No Content"), (205, "Reset Content"), (206, "Partial Content"),
    (207, "Multi-Status"), (208, "Already Reported"), (226, "IM Used"), (299, "Success - Others"),
    (300, "Multiple Choices"), (301, "Moved Permanently"), (302, "Found"), (303, "See Other"), (304, "Not Modified"),
    (305, "Use Proxy"), (307, "Temporary Redirect"), (308, "Permanent Redirect"), (399, "Redirection - Others"),
    (400, "Bad Request"), (401, "Unauthorized"), (402, "Payment Required"), (403, "Forbidden"), (404, "Not Found"),
    (405, "Method Not Allowed"), (406, "Not Acceptable"), (407, "Proxy Authentication Required"),
    (408, "Request Time-out"), (409, "Conflict"), (410, "Gone"), (411, "Length Required"),
    (412, "Precondition Failed"), (413, "Request Entity Too Large"), (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"), (416, "Requested Range Not Satisfiable"), (417, "Expectation Failed"),
    (418, "I'm a teapot"), (421, "Misdirected Request"), (422, "Unprocessable Entity"), (423, "Locked"),
    (424, "Failed Dependency"), (425, "Too Early"), (426, "Upgrade Required"), (428, "Precondition Required"),
    (429, "Too Many Requests"), (431, "Request Header Fields Too Large"), (451, "Unavailable For Legal Reasons"),
    (499, "Client Error - Others"), (500, "Internal Server Error"), (501, "Not Implemented"), (502, "Bad Gateway"),
    (503, "Service Unavailable"), (504, "Gateway Time-out"), (505, "HTTP Version not supported"),
    (506, "Variant Also Negotiates"), (507, "Insufficient Storage"), (508, "Loop Detected"), (510, "Not Extended"),
    (511, "Network Authentication Required"), (599, "Server Error - Others"),
];

/// The target of a request with its scheme and host, RFC 9110 §7.1. The scheme is http: what is encrypted is not read.
fn full_uri(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    let View::Http(http) = &layer.view else { return };
    let Some(HttpStart::Request { method, target, .. }) = http.start(&layer.context) else { return };
    let Some((_, host)) = http.headers(&layer.context).find(|(name, _)| name.eq_ignore_ascii_case("host")) else {
        return;
    };
    let has_scheme = |scheme: &str| target.get(..scheme.len()).is_some_and(|part| part.eq_ignore_ascii_case(scheme));
    let uri = match method == "CONNECT" || has_scheme("http://") || has_scheme("https://") {
        true => String::from(target).into_bytes(),
        false => [b"http://", host.trim_ascii(), target.as_bytes()].concat(),
    };
    receive(&Datum::bytes(&uri), layer.header_span());
}

/// The lines of the header section. Their ends are the characters `\r\n`, as in Wireshark. The last one may be cut.
fn lines(layer: &ExaminedLayer<'_>, of_request: bool, receive: &mut Receiver<'_>) {
    let View::Http(http) = &layer.view else { return };
    let is_request = match http.start(&layer.context) {
        Some(HttpStart::Request { .. }) => true,
        Some(HttpStart::Response { .. }) => false,
        None => return,
    };
    if is_request != of_request {
        return;
    }
    let mut at = layer.header_span().start;
    for (number, line) in layer.header().split_inclusive(|byte| *byte == b'\n').enumerate() {
        let end = at + line.len() as u32;
        if number > 0 && !line.trim_ascii().is_empty() {
            let text = line.trim_ascii_end();
            let ends = line[text.len()..].iter().flat_map(|byte| byte.escape_ascii());
            let shown: Vec<u8> = text.iter().copied().chain(ends).collect();
            receive(&Datum::bytes(&shown), Span::new(at, end));
        }
        at = end;
    }
}
