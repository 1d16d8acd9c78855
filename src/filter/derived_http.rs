//! What a message of HTTP says as a whole.

use super::datum::Datum;
use super::derived::{Derived, Receiver, code};
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::{HttpStart, Proto, View};
use crate::wire::Span;
use alloc::string::String;

pub(super) static HTTP: &[Derived] = &[
    code("http.request.full_uri", Proto::Http, Type::Text, full_uri),
    code("http.request.line", Proto::Http, Type::Text, |layer, receive| lines(layer, true, receive)),
    code("http.response.line", Proto::Http, Type::Text, |layer, receive| lines(layer, false, receive)),
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

/// The lines of the header section, with their ends. The last one may be cut.
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
            receive(&Datum::bytes(line), Span::new(at, end));
        }
        at = end;
    }
}
