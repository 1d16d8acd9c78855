//! One refillable buffer between a reader and the parsers.
//!
//! pcap-file's buffer has no byte offsets and does not grow. Both are needed here: an error has its place, and a record may
//! be larger than the usual buffer.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::error::{Compression, ErrorKind, Failure};
use super::hexdump::{HexdumpBlocks, HexdumpReader};
use super::input::{CountedRead, Input};
use super::zstd::Zstd;

/// Size of the buffer while no record is larger than it: small enough for a second-level cache.
pub(super) const ORDINARY: usize = 256 * 1024;

/// Most that one call of the gzip decoder is asked for. What it has written when it meets damage
/// is lost, so this bounds the loss.
const GZIP_STEP: usize = 16 * 1024;

/// Number of first bytes that distinguish the formats.
pub(super) const MAGIC: usize = 4;

enum Source<R> {
    Plain(Input<R>),
    Gzip(Box<MultiGzDecoder<Input<R>>>),
    Zstd(Box<Zstd<R>>),
    Hexdump(Box<HexdumpBlocks<R>>),
}

impl<R: Read> Source<R> {
    /// Bytes that have been read from the underlying reader.
    fn position(&self) -> u64 {
        let input = match self {
            Source::Plain(input) => input,
            Source::Gzip(decoder) => decoder.get_ref(),
            Source::Zstd(decoder) => decoder.input(),
            Source::Hexdump(blocks) => return blocks.count,
        };
        input.get_ref().1.count
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        let (result, input, compression) = match self {
            Source::Plain(input) => (input.read(buf), input, None),
            Source::Gzip(decoder) => {
                let step = buf.len().min(GZIP_STEP);
                (decoder.read(&mut buf[..step]), decoder.get_mut(), Some(Compression::Gzip))
            }
            Source::Zstd(decoder) => (decoder.read(buf), decoder.input_mut(), Some(Compression::Zstd)),
            Source::Hexdump(blocks) => return blocks.read(buf).map_err(ErrorKind::Hexdump),
        };
        result.map_err(|error| match (input.get_mut().1.failed.take(), compression) {
            (None, Some(compression)) => ErrorKind::Damaged(compression, error),
            (failed, _) => ErrorKind::Io(failed.unwrap_or(error)),
        })
    }
}

/// The bytes that were read and not yet consumed, and their offset in the file.
pub(super) struct Buffer<R> {
    source: Source<R>,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset of `bytes[start]` in the (decompressed) file.
    offset: u64,
    ended: bool,
}

impl<R: Read> Buffer<R> {
    /// Reads the first bytes, and adds a decompressor if the file is compressed.
    pub(super) fn new(inner: R) -> Result<Self, Box<Failure>> {
        let mut counted = CountedRead { inner, count: 0, ended: false, failed: None };
        let mut magic = Vec::new();
        if let Err(error) = (&mut counted).take(MAGIC as u64).read_to_end(&mut magic) {
            return Err(Failure::fatal(0, ErrorKind::Io(counted.failed.unwrap_or(error))));
        }
        let input = Cursor::new(magic.clone()).chain(counted);
        let source = match magic[..] {
            [0x1f, 0x8b, ..] => Source::Gzip(Box::new(MultiGzDecoder::new(input))),
            // The second may be skipped, and is most likely followed by the first.
            [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Source::Zstd(Box::new(Zstd::new(input))),
            _ => Source::Plain(input),
        };
        Ok(Buffer::of(source))
    }

    /// The buffer of a hexdump.
    pub(super) fn from_hexdump(dump: HexdumpReader<R>) -> Self {
        Buffer::of(Source::Hexdump(Box::new(HexdumpBlocks::new(dump))))
    }

    fn of(source: Source<R>) -> Self {
        Buffer { source, bytes: vec![0; ORDINARY], start: 0, end: 0, offset: 0, ended: false }
    }

    /// Bytes that have been read from the underlying reader.
    pub(super) fn source_position(&self) -> u64 {
        self.source.position()
    }

    /// Offset, in the decompressed file, of the first byte not consumed.
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes held and not consumed.
    #[inline]
    pub(super) fn peek(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Tries to hold `need` bytes; returns how many there are, which is fewer only at the end of the file.
    #[inline]
    pub(super) fn want(&mut self, need: usize) -> Result<usize, Box<Failure>> {
        match self.end - self.start {
            have if have >= need => Ok(have),
            _ => self.fill(need),
        }
    }

    #[cold]
    fn fill(&mut self, need: usize) -> Result<usize, Box<Failure>> {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.bytes.len() > ORDINARY && self.end.max(need) <= ORDINARY {
            self.bytes.truncate(ORDINARY);
            self.bytes.shrink_to_fit();
        }
        while self.end < need && !self.ended {
            if self.end == self.bytes.len() {
                self.grow(need)?;
            }
            match self.source.read(&mut self.bytes[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(n) => self.end += n,
                Err(kind) => return Err(Failure::fatal(self.offset, kind)),
            }
        }
        Ok(self.end)
    }

    /// Doubles the full buffer: a length field alone never makes it grow.
    fn grow(&mut self, need: usize) -> Result<(), Box<Failure>> {
        let len = self.bytes.len().saturating_mul(2).min(need.max(ORDINARY));
        self.bytes
            .try_reserve_exact(len - self.bytes.len())
            .map_err(|_| Failure::fatal(self.offset, ErrorKind::Io(std::io::ErrorKind::OutOfMemory.into())))?;
        self.bytes.resize(len, 0);
        Ok(())
    }

    /// Consumes `n` of the bytes held and returns where they begin, for [`slice`](Self::slice).
    #[inline]
    pub(super) fn take(&mut self, n: usize) -> usize {
        let at = self.start;
        self.start = self.end.min(at + n);
        self.offset += (self.start - at) as u64;
        at
    }

    /// Bytes from the first not consumed on, `need` of them if there are; fewer only at the end of the file.
    pub(super) fn ahead(&mut self, need: usize) -> &[u8] {
        // At the end, more cannot be had. After an error, what is held can still be looked at.
        // More than is needed is read, so that a search that goes on byte by byte does not move them each time.
        if !self.ended && self.end - self.start < need && self.fill(need + ORDINARY).is_err() {
            self.ended = true;
        }
        self.peek()
    }

    /// Consumes `n` bytes, held or not, without holding them all; returns how many there were.
    pub(super) fn skip(&mut self, n: u64) -> Result<u64, Box<Failure>> {
        let mut left = n;
        while left > 0 {
            let have = self.want(1)?;
            if have == 0 {
                break;
            }
            let step = usize::try_from(left).unwrap_or(usize::MAX).min(have);
            self.take(step);
            left -= step as u64;
        }
        Ok(n - left)
    }

    /// Bytes consumed last; they stay until the buffer is filled again.
    #[inline]
    pub(super) fn slice(&self, at: usize, len: usize) -> &[u8] {
        &self.bytes[at..at + len]
    }
}
