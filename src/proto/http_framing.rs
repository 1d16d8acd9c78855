//! What the head of an HTTP/1.x message says about the end of the message (RFC 9112 §6.3).

use super::http_chunks::LARGEST_SIZE;

/// The fields of a head that say where its message ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HttpFraming<'a> {
    pub(crate) has_transfer_encoding: bool,
    /// The last transfer coding is `chunked`.
    pub(crate) is_chunked: bool,
    content_length: ContentLength,
    /// Codings of the content, and those of the message before chunks.
    pub(crate) codings: [&'a [u8]; 2],
    /// The last Content-Length and the last Transfer-Encoding.
    values: [&'a [u8]; 2],
    is_request: bool,
    /// Version 1.0.
    is_old: bool,
}

/// What the fields Content-Length say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ContentLength {
    Absent,
    Bytes(u64),
    Invalid,
    /// Several lengths.
    Different,
}

/// What contradicts what in the fields that say where a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FramingFault {
    LengthInvalid,
    LengthsDifferent,
    LengthAndCoding,
    NotChunked,
    OldVersion,
}

impl<'a> HttpFraming<'a> {
    /// Reads a head that is complete.
    pub(crate) fn read(head: &'a [u8]) -> Self {
        let mut lines = FieldLines(head);
        let start = lines.next().unwrap_or_default().trim_ascii();
        let version =
            if start.starts_with(b"HTTP/") { start.get(..8) } else { start.rsplit(|byte| *byte == b' ').next() };
        let mut framing = HttpFraming {
            has_transfer_encoding: false,
            is_chunked: false,
            content_length: ContentLength::Absent,
            codings: [b"", b""],
            values: [b"", b""],
            is_request: !start.starts_with(b"HTTP/"),
            is_old: version == Some(b"HTTP/1.0"),
        };
        for line in lines {
            let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
            let (name, value) = line.split_at(colon);
            framing.field(name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii());
        }
        framing
    }

    fn field(&mut self, name: &[u8], value: &'a [u8]) {
        let mut elements = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        if name.eq_ignore_ascii_case(b"content-length") {
            self.values[0] = value;
            for element in elements {
                let length = length(element);
                self.content_length = match (self.content_length, length) {
                    (_, None) | (ContentLength::Invalid, _) => ContentLength::Invalid,
                    (ContentLength::Absent, Some(length)) => ContentLength::Bytes(length),
                    (ContentLength::Bytes(before), Some(length)) if before == length => ContentLength::Bytes(length),
                    _ => ContentLength::Different,
                };
            }
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.has_transfer_encoding = true;
            self.is_chunked = elements.next_back().unwrap_or_default().eq_ignore_ascii_case(b"chunked");
            self.codings[1] = value;
            self.values[1] = value;
        } else if name.eq_ignore_ascii_case(b"content-encoding") {
            self.codings[0] = value;
        }
    }

    /// The length of the content, if it is said once and nothing else is.
    pub(crate) fn length(&self) -> Option<u64> {
        match self.content_length {
            ContentLength::Bytes(length) if !self.has_transfer_encoding => Some(length),
            _ => None,
        }
    }

    /// Hands over what is wrong, with the value of the field that it is about.
    pub(crate) fn faults(&self, mut fault: impl FnMut(FramingFault, &'a [u8])) {
        let [length, coding] = self.values;
        match self.content_length {
            ContentLength::Invalid => fault(FramingFault::LengthInvalid, length),
            ContentLength::Different => fault(FramingFault::LengthsDifferent, length),
            ContentLength::Absent | ContentLength::Bytes(_) => {}
        }
        if !self.has_transfer_encoding {
            return;
        }
        if self.content_length != ContentLength::Absent {
            fault(FramingFault::LengthAndCoding, length);
        }
        if self.is_request && !self.is_chunked {
            fault(FramingFault::NotChunked, coding);
        }
        if self.is_old {
            fault(FramingFault::OldVersion, coding);
        }
    }
}

/// The value of a Content-Length. `None` if it is no number, or above [`LARGEST_SIZE`].
fn length(digits: &[u8]) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let text = core::str::from_utf8(digits).ok().filter(|_| is_number)?;
    text.parse().ok().filter(|&length| length <= LARGEST_SIZE)
}

/// The lines of a head. A line that begins with a blank goes on with the field before it (RFC 9112 §5.2).
struct FieldLines<'a>(&'a [u8]);

impl<'a> Iterator for FieldLines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let mut end = 0;
        loop {
            let rest = self.0.get(end..).unwrap_or_default();
            end += rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |at| at + 1);
            if !matches!(self.0.get(end), Some(b' ' | b'\t')) {
                break;
            }
        }
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn faults(head: &str) -> Vec<FramingFault> {
        let mut all = Vec::new();
        HttpFraming::read(head.as_bytes()).faults(|fault, _| all.push(fault));
        all
    }

    #[test]
    fn contradictions_are_found() {
        use FramingFault::{LengthAndCoding, LengthInvalid, LengthsDifferent, NotChunked, OldVersion};
        for (version, fields, expected) in [
            (1, "Host: a\r\n", &[][..]),
            (1, "Content-Length: 7\r\nContent-Length: 7, 7\r\n", &[]),
            (1, "Content-Length: 7\r\ncontent-length: 8\r\n", &[LengthsDifferent]),
            (1, "Content-Length: 7, 8, 7\r\n", &[LengthsDifferent]),
            (1, "Content-Length: 7, 8, x\r\n", &[LengthInvalid]),
            (1, "Content-Length: +7\r\n", &[LengthInvalid]),
            (1, "Content-Length:\r\n", &[LengthInvalid]),
            (1, "Content-Length: 1125899906842625\r\n", &[LengthInvalid]),
            (1, "Content-Length: 1125899906842624\r\n", &[]),
            (1, "Transfer-Encoding: gzip, Chunked\r\n", &[]),
            (1, "Transfer-Encoding: chunked\r\nContent-Length: 7\r\n", &[LengthAndCoding]),
            (1, "Transfer-Encoding: chunked, gzip\r\n", &[NotChunked]),
            (1, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", &[NotChunked]),
            (0, "Transfer-Encoding: chunked\r\n", &[OldVersion]),
            // Folded lines: what looks like a field belongs to the one before it.
            (1, "X: a\r\n Content-Length: x\r\n", &[]),
            (1, "Transfer-Encoding: gzip,\r\n\tchunked\r\n", &[]),
        ] {
            let request = std::format!("POST / HTTP/1.{version}\r\n{fields}\r\n");
            assert_eq!(faults(&request), expected, "{request}");
            let response = std::format!("HTTP/1.{version} 200 OK\r\n{fields}\r\n");
            let expected: Vec<_> = expected.iter().copied().filter(|fault| *fault != NotChunked).collect();
            assert_eq!(faults(&response), expected, "{response}");
        }
    }
}
