//! Zstandard, [RFC 8878](https://www.rfc-editor.org/rfc/rfc8878): frames, one after the other.
//!
//! ruzstd decodes one frame. This file goes on to the next frame, skips skippable frames, verifies checksums, and returns
//! the bytes before damage.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::input::Input;

/// Most that a frame may claim as its window: what `zstd --long=27` needs, and zstd's own bound.
const MAX_WINDOW: u64 = 128 * 1024 * 1024;

/// The last block of a frame, without content, and room for a checksum.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

const ONE_BLOCK: BlockDecodingStrategy = BlockDecodingStrategy::UptoBlocks(1);

pub(super) struct Zstd<R> {
    input: BufReader<Input<R>>,
    frame: FrameDecoder,
    /// The error after all bytes that can still be read.
    damage: Option<io::Error>,
}

impl<R: Read> Zstd<R> {
    pub(super) fn new(input: Input<R>) -> Self {
        Zstd { input: BufReader::new(input), frame: FrameDecoder::new(), damage: None }
    }

    pub(super) fn input(&self) -> &Input<R> {
        self.input.get_ref()
    }

    pub(super) fn input_mut(&mut self) -> &mut Input<R> {
        self.input.get_mut()
    }

    /// Decodes one block, or starts the next frame; `false` at the end.
    fn step(&mut self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        if !self.frame.is_finished() {
            self.frame.decode_blocks(&mut self.input, ONE_BLOCK)?;
            return Ok(true);
        }
        let stored = self.frame.get_checksum_from_data();
        if stored.is_some() && stored != self.frame.get_calculated_checksum() {
            return Err("the checksum is not the one stored".into());
        }
        if self.input.fill_buf()?.is_empty() {
            return Ok(false);
        }
        // A new decoder, since one that is used again allocates the window on the header's word.
        self.frame = FrameDecoder::new();
        self.frame.set_max_window_size(MAX_WINDOW);
        match self.frame.init(&mut self.input) {
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let skipped = io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink())?;
                match skipped == u64::from(length) {
                    true => Ok(true),
                    false => Err("a frame to be skipped ends early".into()),
                }
            }
            begun => Ok(begun.map(|()| true)?),
        }
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.frame.read(buf)? {
                0 => {}
                n => return Ok(n),
            }
            if let Some(damage) = self.damage.take() {
                return Err(damage);
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) => {
                    self.damage = Some(match self.input().get_ref().1.ended {
                        true => io::ErrorKind::UnexpectedEof.into(),
                        false => io::Error::other(error),
                    });
                    // Until a frame ends, ruzstd keeps a window of it back. So it ends here; that
                    // fails only where no frame has begun.
                    let _ = self.frame.decode_blocks(&LAST_BLOCK[..], ONE_BLOCK);
                }
            }
        }
    }
}
