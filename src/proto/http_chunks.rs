//! The chunked transfer coding of HTTP (RFC 9112 §7.1).

/// Largest size of a chunk, and largest length of content, in bytes. RFC 9112 §7.1 has no bound and wants readers to have
/// one: nginx and Apache refuse 2^63. Nothing sends more than this in one message, and a capture reader that believed it
/// would take all that follows for content.
pub(crate) const LARGEST_SIZE: u64 = 1 << 50;

/// Longest line with the size of a chunk, and longest trailer section, in bytes.
const MOST_LINE: usize = 1 << 16;

/// Reads content in chunks, as it comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChunkReader {
    state: ChunkState,
    /// Bytes of the line or of the trailer section so far.
    line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChunkState {
    /// In the digits of a size, of which there were some or none.
    Size {
        value: u64,
        has_digits: bool,
    },
    /// After the digits, in what extends the line.
    Extension {
        value: u64,
    },
    /// In the data of a chunk; so many bytes are missing.
    Data(u64),
    /// In the line end after the data; whether it began with CR.
    DataEnd {
        after_cr: bool,
    },
    /// In the trailer section; whether the line has bytes so far.
    Trailer {
        is_empty: bool,
    },
    Done,
    Invalid(ChunkFault),
}

/// Why bytes are no chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChunkFault {
    /// No size where one must be, or no line end after the data.
    Malformed,
    /// A size above [`LARGEST_SIZE`].
    TooLarge,
}

impl ChunkReader {
    pub(crate) const fn new() -> Self {
        ChunkReader { state: ChunkState::Size { value: 0, has_digits: false }, line: 0 }
    }

    /// Takes bytes, and hands over those of the content. Returns how many it took: all, unless the content ends before.
    pub(crate) fn take(&mut self, bytes: &[u8], content: &mut dyn FnMut(&[u8])) -> usize {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            self.state = match self.state {
                ChunkState::Done | ChunkState::Invalid(_) => break,
                ChunkState::Data(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    content(&bytes[at..at + length]);
                    at += length;
                    match left - length as u64 {
                        0 => ChunkState::DataEnd { after_cr: false },
                        left => ChunkState::Data(left),
                    }
                }
                _ => {
                    at += 1;
                    self.line += 1;
                    if self.line > MOST_LINE { ChunkState::Invalid(ChunkFault::Malformed) } else { self.byte(byte) }
                }
            };
        }
        at
    }

    /// The state after a byte that is not content.
    fn byte(&mut self, byte: u8) -> ChunkState {
        match (self.state, byte) {
            (ChunkState::Size { value, has_digits: true } | ChunkState::Extension { value }, b'\n') => {
                self.line = 0;
                if value == 0 { ChunkState::Trailer { is_empty: true } } else { ChunkState::Data(value) }
            }
            (ChunkState::Size { value, has_digits: true }, b'\r' | b';' | b' ' | b'\t') => {
                ChunkState::Extension { value }
            }
            (ChunkState::Size { value, .. }, digit) if digit.is_ascii_hexdigit() => {
                let digit = (digit as char).to_digit(16).unwrap_or_default();
                match value << 4 | u64::from(digit) {
                    value if value > LARGEST_SIZE => ChunkState::Invalid(ChunkFault::TooLarge),
                    value => ChunkState::Size { value, has_digits: true },
                }
            }
            (ChunkState::Extension { value }, _) => ChunkState::Extension { value },
            (ChunkState::DataEnd { after_cr: false }, b'\r') => ChunkState::DataEnd { after_cr: true },
            (ChunkState::DataEnd { .. }, b'\n') => {
                self.line = 0;
                ChunkState::Size { value: 0, has_digits: false }
            }
            (ChunkState::Trailer { is_empty: true }, b'\n') => ChunkState::Done,
            (ChunkState::Trailer { .. }, b'\n') => ChunkState::Trailer { is_empty: true },
            (ChunkState::Trailer { is_empty }, b'\r') => ChunkState::Trailer { is_empty },
            (ChunkState::Trailer { .. }, _) => ChunkState::Trailer { is_empty: false },
            _ => ChunkState::Invalid(ChunkFault::Malformed),
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state == ChunkState::Done
    }

    /// What is wrong with the bytes so far.
    pub(crate) fn fault(&self) -> Option<ChunkFault> {
        match self.state {
            ChunkState::Invalid(fault) => Some(fault),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Content, bytes taken, and whether the content is done, of bytes given in pieces of a size.
    fn read(bytes: &[u8], piece: usize) -> (Vec<u8>, usize, bool, bool) {
        let (mut reader, mut content, mut taken) = (ChunkReader::new(), Vec::new(), 0);
        for piece in bytes.chunks(piece) {
            taken += reader.take(piece, &mut |bytes| content.extend_from_slice(bytes));
        }
        (content, taken, reader.is_done(), reader.fault().is_some())
    }

    #[test]
    fn chunks_are_read_in_pieces_of_any_size() {
        let bytes =
            b"4\r\nWiki\r\n6;name=\"a\"\r\npedia \r\nE \r\nin \r\n\r\nchunks.\r\n0\r\nExpires: never\r\n\r\nrest";
        for piece in 1..=bytes.len() {
            let (content, taken, done, invalid) = read(bytes, piece);
            assert_eq!(content, b"Wikipedia in \r\n\r\nchunks.", "pieces of {piece}");
            assert_eq!((taken, done, invalid), (bytes.len() - 4, true, false), "pieces of {piece}");
        }
    }

    #[test]
    fn lines_may_end_with_lf_alone() {
        assert_eq!(read(b"3\nabc\n0\n\n", 2), (b"abc".to_vec(), 9, true, false));
    }

    #[test]
    fn what_is_no_chunk_is_invalid() {
        for bytes in [&b"\r\n"[..], b"g\r\n", b"-1\r\n", b"1\r\nab\r\n", b"1\r\na\r\r\n", b";\n"] {
            let (_, _, done, invalid) = read(bytes, 64);
            assert!(!done && invalid, "{bytes:?}");
        }
        let (_, taken, _, invalid) = read(&[b"1;".to_vec(), std::vec![b'x'; 1 << 17]].concat(), 64);
        assert!(invalid && taken == MOST_LINE + 1);
    }

    #[test]
    fn sizes_that_nothing_has_are_refused() {
        let fault = |size: &str| {
            let mut reader = ChunkReader::new();
            reader.take(size.as_bytes(), &mut |_| {});
            reader.fault()
        };
        for size in ["ffffffffffffffff\r\n", "7fffffffffffffff\r\n", "10000000000000000\r\n", "4000000000001\r\n"] {
            assert_eq!(fault(size), Some(ChunkFault::TooLarge), "{size}");
        }
        for size in ["4000000000000\r\n", "000000000000000000001\r\n"] {
            assert_eq!(fault(size), None, "{size}");
        }
    }
}
