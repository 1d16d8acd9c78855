//! What the head of an HTTP message says about its content (RFC 9112 §6.3).

use super::message_rest::Rest;
use crate::proto::http_chunks::ChunkReader;
use crate::proto::http_framing::HttpFraming;
use std::collections::VecDeque;

/// Most requests of a connection that wait for their responses.
const MOST_OUTSTANDING: usize = 1000;

/// A request, as far as its response depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RequestKind {
    /// The response has no content.
    Head,
    /// After the response come other protocols.
    Connect,
    Other,
}

/// The requests of a connection that wait for their responses.
#[derive(Clone, Debug, Default)]
pub(super) struct Outstanding {
    requests: VecDeque<RequestKind>,
    /// Whether the connection has another protocol from now on.
    has_switched: bool,
}

impl Outstanding {
    /// Whether the connection has left HTTP: after `101 Switching Protocols` (RFC 9110 §15.2.2), and after a successful
    /// response to CONNECT (RFC 9110 §9.3.6). What follows is no HTTP, even where it looks like it.
    pub(super) fn has_switched(&self) -> bool {
        self.has_switched
    }
}

/// Start line and fields, as far as they say where the message ends.
#[derive(Clone, Debug)]
pub(super) struct MessageHead<'a> {
    start: StartLine,
    framing: HttpFraming<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StartLine {
    Request(RequestKind),
    Response(u16),
}

impl<'a> MessageHead<'a> {
    /// Longest head in bytes.
    pub(super) const MOST: usize = 1 << 18;

    /// Where the first empty line ends. There was none in the first `scanned` bytes.
    pub(super) fn find_end(bytes: &[u8], scanned: usize) -> Option<usize> {
        let mut at = scanned.saturating_sub(3);
        loop {
            at += bytes.get(at..)?.iter().position(|&byte| byte == b'\n')? + 1;
            match bytes.get(at..)? {
                [b'\n', ..] => return Some(at + 1),
                [b'\r', b'\n', ..] => return Some(at + 2),
                _ => {}
            }
        }
    }

    /// Reads a head that is complete.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let start = bytes.split(|&byte| byte == b'\n').next().unwrap_or(b"").trim_ascii();
        let mut words = start.split(|&byte| byte == b' ');
        let first = words.next().unwrap_or(b"");
        let start = if first.starts_with(b"HTTP/") {
            let status = words.next().and_then(|word| core::str::from_utf8(word).ok()?.parse().ok());
            StartLine::Response(status.unwrap_or(0))
        } else {
            StartLine::Request(match first {
                b"HEAD" => RequestKind::Head,
                b"CONNECT" => RequestKind::Connect,
                _ => RequestKind::Other,
            })
        };
        MessageHead { start, framing: HttpFraming::read(bytes) }
    }

    /// The codings of the content but chunks, in the order in which they were applied.
    #[cfg(feature = "decompress")]
    pub(super) fn codings(&self) -> impl Iterator<Item = &'a [u8]> {
        let codings = self.framing.codings.into_iter().flat_map(|list| list.split(|&byte| byte == b','));
        let is_plain = |coding: &[u8]| {
            coding.is_empty() || ["identity", "chunked"].iter().any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
        };
        codings.map(<[u8]>::trim_ascii).filter(move |coding| !is_plain(coding))
    }

    #[cfg(feature = "decompress")]
    pub(super) fn is_chunked(&self) -> bool {
        self.framing.is_chunked
    }

    /// The length of the content, if the head says it.
    #[cfg(feature = "decompress")]
    pub(super) fn length(&self) -> Option<u64> {
        self.framing.length()
    }

    /// What follows the head, in the order of RFC 9112 §6.3. A request waits for its response from then on.
    pub(super) fn rest(&self, outstanding: &mut Outstanding) -> Rest {
        let is_response = match self.start {
            StartLine::Request(kind) => {
                if outstanding.requests.len() < MOST_OUTSTANDING {
                    outstanding.requests.push_back(kind);
                }
                false
            }
            StartLine::Response(status) => {
                // An interim response; the final one follows. 101 is final: other protocols follow.
                let request = match status {
                    100..=199 if status != 101 => None,
                    _ => outstanding.requests.pop_front(),
                };
                let is_tunnel = status == 101 || (200..=299).contains(&status) && request == Some(RequestKind::Connect);
                outstanding.has_switched |= is_tunnel;
                if is_tunnel || matches!(status, 100..=199 | 204 | 304) || request == Some(RequestKind::Head) {
                    return Rest::Counted(0);
                }
                true
            }
        };
        match self.framing.length() {
            _ if self.framing.is_chunked => Rest::Chunked(ChunkReader::new()),
            Some(length) => Rest::Counted(length),
            _ if is_response => Rest::UntilClosed,
            _ => Rest::Counted(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What follows the last of these heads.
    fn rest(heads: &[&str]) -> Rest {
        let mut outstanding = Outstanding::default();
        let mut rest = Rest::UntilClosed;
        for head in heads {
            rest = MessageHead::read(head.as_bytes()).rest(&mut outstanding);
        }
        rest
    }

    #[test]
    fn the_end_of_a_head_is_found_in_pieces() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
        for scanned in 0..27 {
            assert_eq!(MessageHead::find_end(head, scanned), Some(27), "{scanned}");
        }
        assert_eq!(MessageHead::find_end(&head[..26], 0), None);
        assert_eq!(MessageHead::find_end(b"GET / HTTP/1.1\n\nrest", 0), Some(16));
    }

    #[test]
    fn fields_say_what_follows() {
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assert!(matches!(rest(&[get]), Rest::Counted(0)));
        assert!(matches!(rest(&["POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"]), Rest::Counted(5)));
        assert!(matches!(rest(&[get, "HTTP/1.1 200 OK\r\n\r\n"]), Rest::UntilClosed));
        assert!(matches!(rest(&[get, "HTTP/1.1 200 OK\ncontent-LENGTH : 7\n\n"]), Rest::Counted(7)));
        assert!(matches!(rest(&[get, "HTTP/1.1 200 OK\r\nContent-Length: 7, 7\r\n\r\n"]), Rest::Counted(7)));
        // Lengths that contradict each other, or that are no numbers.
        for length in ["7, 8", "+7", "", "99999999999999999999"] {
            let head = std::format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            assert!(matches!(rest(&[get, &head]), Rest::UntilClosed), "{length}");
        }
        let both = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
        assert!(matches!(rest(&[get, both]), Rest::Chunked(_)));
        let not_chunked = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: gzip\r\n\r\n";
        assert!(matches!(rest(&[get, not_chunked]), Rest::UntilClosed));
    }

    #[test]
    fn requests_say_whether_responses_have_content() {
        let response = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
        let head = "HEAD / HTTP/1.1\r\n\r\n";
        assert!(matches!(rest(&[head, response]), Rest::Counted(0)));
        assert!(matches!(rest(&[head, "HTTP/1.1 100 Continue\r\n\r\n", response]), Rest::Counted(0)));
        assert!(matches!(rest(&[head, response, response]), Rest::Counted(7)));
        let mut outstanding = Outstanding::default();
        for (head, has_switched) in [("CONNECT a:443 HTTP/1.1\r\n\r\n", false), ("HTTP/1.1 407 No\r\n\r\n", false)] {
            MessageHead::read(head.as_bytes()).rest(&mut outstanding);
            assert_eq!(outstanding.has_switched(), has_switched);
        }
        assert!(matches!(rest(&["CONNECT a:443 HTTP/1.1\r\n\r\n", response]), Rest::Counted(0)));
        assert!(matches!(rest(&["HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"]), Rest::Counted(0)));
    }
}
