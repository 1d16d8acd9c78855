//! The content of an HTTP message, without chunks and compression.

use super::http_head::MessageHead;
use crate::proto::http_chunks::ChunkReader;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use std::io::Read;
use std::string::String;
use std::vec::Vec;

/// The content of an HTTP/1.x message as the sender means it: chunks are put together (RFC 9112 §7.1), and `gzip` and
/// `deflate` are decompressed (RFC 9110 §8.4).
///
/// ```
/// use packetsmith::flow::{ContentEnd, HttpContent};
/// let message = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n";
/// let content = HttpContent::of(message, 1000).unwrap();
/// assert_eq!((content.bytes.as_slice(), content.end), (&b"hello, world"[..], ContentEnd::Whole));
/// // No more than the limit is kept: a small message can decompress to a large one.
/// let content = HttpContent::of(message, 7).unwrap();
/// assert_eq!((content.bytes.as_slice(), content.end), (&b"hello, "[..], ContentEnd::TooLong));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpContent {
    /// The bytes of the content.
    pub bytes: Vec<u8>,
    /// Whether that is all.
    pub end: ContentEnd,
    /// Codings that were not taken off, outermost last: this crate does not know them, such as `br` and `zstd`.
    pub codings: Vec<String>,
}

/// How the content of a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentEnd {
    /// All of it is there.
    Whole,
    /// The message ends before its content.
    Short,
    /// The content is longer than the limit.
    TooLong,
    /// Chunks or compressed data are malformed: this is what came before.
    Malformed,
}

impl HttpContent {
    /// The content of a message, which begins with its start line; at most `limit` bytes of it. `None` if the head of the
    /// message is not complete.
    pub fn of(message: &[u8], limit: usize) -> Option<Self> {
        let end = MessageHead::find_end(message, 0)?;
        let head = MessageHead::read(&message[..end]);
        let wire = &message[end..];
        let mut content = HttpContent { bytes: Vec::new(), end: ContentEnd::Whole, codings: Vec::new() };
        if head.is_chunked() {
            let mut chunks = ChunkReader::new();
            chunks.take(wire, &mut |bytes| content.bytes.extend_from_slice(bytes));
            content.end = match () {
                () if chunks.is_done() => ContentEnd::Whole,
                () if chunks.fault().is_some() => ContentEnd::Malformed,
                () => ContentEnd::Short,
            };
        } else {
            content.bytes.extend_from_slice(wire);
            if head.length().is_some_and(|length| length > wire.len() as u64) {
                content.end = ContentEnd::Short;
            }
        }
        let mut codings: Vec<&[u8]> = head.codings().collect();
        while let Some(coding) = codings.pop() {
            if !content.decompress(coding, limit) {
                codings.push(coding);
                break;
            }
        }
        content.codings = codings.into_iter().map(|coding| String::from_utf8_lossy(coding).into_owned()).collect();
        if content.bytes.len() > limit {
            content.bytes.truncate(limit);
            content.end = ContentEnd::TooLong;
        }
        Some(content)
    }

    /// Takes off a coding. `false` if it is not known.
    fn decompress(&mut self, coding: &[u8], limit: usize) -> bool {
        let bytes = core::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            // Nothing is nothing in any coding.
            return true;
        }
        // One byte more tells whether the content is longer.
        let most = limit as u64 + 1;
        let is = |name: &str| coding.eq_ignore_ascii_case(name.as_bytes());
        let mut out = Vec::new();
        let result = if is("gzip") || is("x-gzip") {
            MultiGzDecoder::new(&bytes[..]).take(most).read_to_end(&mut out)
        } else if is("deflate") {
            // The name means the zlib format (RFC 9110 §8.4.1.2), but some send it without.
            let is_zlib =
                matches!(bytes[..], [a, b, ..] if a & 15 == 8 && u16::from_be_bytes([a, b]).is_multiple_of(31));
            match is_zlib {
                true => ZlibDecoder::new(&bytes[..]).take(most).read_to_end(&mut out),
                false => DeflateDecoder::new(&bytes[..]).take(most).read_to_end(&mut out),
            }
        } else {
            self.bytes = bytes;
            return false;
        };
        self.bytes = out;
        if result.is_err() && self.end == ContentEnd::Whole {
            self.end = ContentEnd::Malformed;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use std::io::Write;
    use std::{format, vec};

    fn message(fields: &str, content: &[u8]) -> Vec<u8> {
        [format!("HTTP/1.1 200 OK\r\n{fields}\r\n").as_bytes(), content].concat()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn of(fields: &str, content: &[u8]) -> (Vec<u8>, ContentEnd) {
        let content = HttpContent::of(&message(fields, content), 1 << 20).unwrap();
        (content.bytes, content.end)
    }

    #[test]
    fn compression_is_taken_off() {
        let text = b"a text that is repeated; a text that is repeated".as_slice();
        let whole = (text.to_vec(), ContentEnd::Whole);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(text).unwrap();
        assert_eq!(of("Content-Encoding: gzip\r\n", &gzip(text)), whole);
        assert_eq!(of("Content-Encoding: X-GZIP\r\n", &gzip(text)), whole);
        assert_eq!(of("Content-Encoding: deflate\r\n", &zlib.finish().unwrap()), whole);
        assert_eq!(of("Content-Encoding: deflate\r\n", &raw.finish().unwrap()), whole);
        assert_eq!(of("Content-Encoding: gzip, identity, gzip\r\n", &gzip(&gzip(text))), whole);
        // Members follow each other.
        let two = [gzip(&text[..10]), gzip(&text[10..])].concat();
        assert_eq!(of("Content-Encoding: gzip\r\n", &two), whole);
        let packed = gzip(text);
        let chunked = [format!("{:x}\r\n", packed.len()).as_bytes(), &packed, b"\r\n0\r\n\r\n"].concat();
        assert_eq!(of("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", &chunked), whole);
        // Compressed content has a length; chunks win over it.
        assert_eq!(of("Transfer-Encoding: gzip, chunked\r\nContent-Length: 3\r\n", &chunked), whole);
    }

    #[test]
    fn nothing_is_nothing_in_any_coding() {
        let content = HttpContent::of(&message("Content-Encoding: br, gzip, deflate\r\n", &gzip(b"")), 100).unwrap();
        assert_eq!((content.bytes.as_slice(), content.codings.len()), (&b""[..], 0));
    }

    #[test]
    fn unknown_codings_are_named_and_left() {
        let content = HttpContent::of(&message("Content-Encoding: br\r\n", b"abc"), 100).unwrap();
        assert_eq!((content.bytes.as_slice(), content.codings), (&b"abc"[..], vec!["br".into()]));
    }

    #[test]
    fn what_is_wrong_with_content_is_said() {
        let text = vec![b'a'; 100_000];
        let packed = gzip(&text);
        let fields = "Content-Encoding: gzip\r\n";
        let (bytes, end) = of(fields, &packed[..packed.len() - 9]);
        assert!(text.starts_with(&bytes) && end == ContentEnd::Malformed);
        let fields = format!("{fields}Content-Length: {}\r\n", packed.len());
        assert_eq!(of(&fields, &packed[..packed.len() - 9]).1, ContentEnd::Short);
        assert_eq!(of("Transfer-Encoding: chunked\r\n", b"5\r\nhel"), (b"hel".to_vec(), ContentEnd::Short));
        assert_eq!(of("Transfer-Encoding: chunked\r\n", b"2\r\nhel"), (b"he".to_vec(), ContentEnd::Malformed));
        // A small message that decompresses to a large one.
        let content = HttpContent::of(&message("Content-Encoding: gzip\r\n", &packed), 1000).unwrap();
        assert_eq!((content.bytes.len(), content.end), (1000, ContentEnd::TooLong));
        assert_eq!(HttpContent::of(b"HTTP/1.1 200 OK\r\nA: b\r\n", 10), None);
    }
}
