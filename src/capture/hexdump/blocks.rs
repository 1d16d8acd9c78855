//! A hexdump as the bytes of a pcapng file, which the reader reads like any other.

use super::{HexdumpError, HexdumpReader};
use crate::capture::{Resolution, Timestamp};
use std::io::Read;

/// Type, length and length again of a block.
const FRAME: usize = 12;

/// The pcapng file that has the packets of a hexdump: one section, one interface, and a block for each packet, in little
/// endian. A packet without time is a Simple Packet Block.
pub(in crate::capture) struct HexdumpBlocks<R> {
    dump: HexdumpReader<R>,
    block: Vec<u8>,
    at: usize,
    has_begun: bool,
    /// Bytes that have been read.
    pub(in crate::capture) count: u64,
}

impl<R: Read> HexdumpBlocks<R> {
    pub(in crate::capture) fn new(dump: HexdumpReader<R>) -> Self {
        HexdumpBlocks { dump, block: Vec::new(), at: 0, has_begun: false, count: 0 }
    }

    /// Reads bytes of the file. 0 at its end.
    pub(in crate::capture) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, HexdumpError> {
        if self.at == self.block.len() {
            self.block.clear();
            self.at = 0;
            match self.has_begun {
                true => self.packet()?,
                false => self.begin()?,
            }
            self.count = self.dump.position();
        }
        let rest = &self.block[self.at..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.at += n;
        Ok(n)
    }

    /// Writes the headers of the section and of the interface.
    fn begin(&mut self) -> Result<(), HexdumpError> {
        let link_type = u16::from(self.dump.link_type()?);
        let resolution = self.dump.resolution()?;
        self.has_begun = true;
        self.block(0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes(), &[1, 0, 0, 0], &[0xff; 8]]);
        let options: &[u8] = match resolution {
            Resolution::NANOSECONDS => &[9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0],
            _ => &[],
        };
        self.block(1, &[&link_type.to_le_bytes(), &[0; 6], options]);
        Ok(())
    }

    /// Writes the block of the next packet, if there is one.
    fn packet(&mut self) -> Result<(), HexdumpError> {
        let resolution = self.dump.resolution()?;
        let Some(packet) = self.dump.next_packet()? else { return Ok(()) };
        let length = (packet.data.len() as u32).to_le_bytes(); // at most 262,144
        let data = packet.data.to_vec();
        match packet.time.and_then(|time| ticks(time, resolution)) {
            Some(ticks) => {
                let [high, low] = [(ticks >> 32) as u32, ticks as u32].map(u32::to_le_bytes);
                self.block(6, &[&[0; 4], &high, &low, &length, &length, &data]);
            }
            None => self.block(3, &[&length, &data]),
        }
        Ok(())
    }

    fn block(&mut self, kind: u32, parts: &[&[u8]]) {
        let body: usize = parts.iter().map(|part| part.len()).sum();
        let length = ((FRAME + body.next_multiple_of(4)) as u32).to_le_bytes();
        self.block.extend_from_slice(&kind.to_le_bytes());
        self.block.extend_from_slice(&length);
        parts.iter().for_each(|part| self.block.extend_from_slice(part));
        self.block.resize(self.block.len().next_multiple_of(4), 0);
        self.block.extend_from_slice(&length);
    }
}

/// A time as ticks since 1970.
fn ticks(time: Timestamp, resolution: Resolution) -> Option<u64> {
    time.at(resolution, 0).map(Timestamp::ticks)
}
