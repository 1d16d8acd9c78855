//! The ring of a packet socket: memory that the kernel writes frames to, and that is read here (`PACKET_RX_RING` of packet(7), with
//! `TPACKET_V3`).
//!
//! The memory has blocks. The kernel fills them one after the other, each with many frames, and gives a block over when it is full
//! or some time has passed: a word in it says whose it is. Its frames are copied, and it is given back.
//!
//! The crate vm-memory maps the memory and reads it. It is made for memory that others write to, those of virtual machines: it
//! reads it without taking references to it, and checks each place. So no unsafe code is needed here.

use super::socket_options::{PacketVersion, ReceiveRing};
use nix::errno::Errno;
use nix::sys::socket::setsockopt;
use std::fs::File;
use std::io;
use std::mem::offset_of;
use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering;
use std::time::Duration;
use vm_memory::mmap::MmapRegionError;
use vm_memory::{Bytes, FileOffset, MmapRegion, VolatileMemory};

/// Bytes of a block, where the buffer has room for some of this size: 3,600 small frames.
const BLOCK: usize = 512 << 10;
/// Blocks that a buffer has at least, if that makes them no smaller than a frame. The kernel takes a new block after some time
/// even if the last has one frame only: a program that gets no processor meanwhile loses nothing until all are taken.
const SOME_BLOCKS: usize = 32;
/// What the kernel keeps before the frame of a block, at most: headers of the block and of the frame.
const BEFORE_FRAME: usize = 512;
/// Divides each block. The frames of a block have any length, but the kernel asks for one.
const NOMINAL_FRAME: usize = 2048;
/// Smallest block: a page of the kernel, which has 64 KiB at most.
const PAGE: usize = 64 << 10;
/// Version of the ring, an enumeration in linux/if_packet.h.
const TPACKET_V3: libc::c_int = 2;

/// Where the header of a block has its fields.
const BLOCK_HEADER: usize = offset_of!(libc::tpacket_block_desc, hdr);
const STATUS: usize = BLOCK_HEADER + offset_of!(libc::tpacket_hdr_v1, block_status);
const FRAMES: usize = BLOCK_HEADER + offset_of!(libc::tpacket_hdr_v1, num_pkts);
const FIRST: usize = BLOCK_HEADER + offset_of!(libc::tpacket_hdr_v1, offset_to_first_pkt);
const LENGTH: usize = BLOCK_HEADER + offset_of!(libc::tpacket_hdr_v1, blk_len);

/// A ring of a socket.
#[derive(Debug)]
pub(super) struct Ring {
    memory: MmapRegion,
    sizes: Sizes,
    /// The block that the kernel gives over next.
    next: usize,
}

/// Sizes of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    block: usize,
    blocks: usize,
}

impl Sizes {
    /// Those of a ring of so many bytes. A block has room for one frame, and there are two blocks, so it may be larger.
    fn new(bytes: usize, snap_len: usize) -> Self {
        let least = (snap_len + BEFORE_FRAME).next_power_of_two().max(PAGE);
        let fitting = 1 << (bytes / SOME_BLOCKS).max(1).ilog2();
        let block = least.max(BLOCK.min(fitting));
        Sizes { block, blocks: (bytes / block).max(2) }
    }

    fn bytes(self) -> usize {
        self.block * self.blocks
    }

    fn request(self, gather: Duration) -> libc::tpacket_req3 {
        libc::tpacket_req3 {
            tp_block_size: self.block as u32,
            tp_block_nr: self.blocks as u32,
            tp_frame_size: NOMINAL_FRAME as u32,
            tp_frame_nr: (self.bytes() / NOMINAL_FRAME) as u32,
            tp_retire_blk_tov: gather.as_millis() as u32,
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        }
    }
}

/// A block that the kernel has given over.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilledBlock {
    pub(super) frames: u32,
    /// Place of the first frame.
    pub(super) first: usize,
    /// Bytes of the block up to the end of its last frame.
    pub(super) length: usize,
}

impl Ring {
    /// Gives a socket that is not bound yet a ring of some bytes, or of less if the system lacks the memory. The kernel gives a
    /// block over at the latest after twice the time to `gather` frames.
    pub(super) fn open(socket: &OwnedFd, bytes: usize, snap_len: usize, gather: Duration) -> io::Result<Self> {
        setsockopt(socket, PacketVersion, &TPACKET_V3)?;
        let mut sizes = Sizes::new(bytes, snap_len);
        loop {
            match setsockopt(socket, ReceiveRing, &sizes.request(gather)) {
                Ok(()) => break,
                Err(Errno::ENOMEM) if sizes.blocks > 2 => sizes.blocks = (sizes.blocks / 2).max(2),
                Err(error) => return Err(error.into()),
            }
        }
        let file = FileOffset::new(File::from(socket.try_clone()?), 0);
        let memory = MmapRegion::from_file(file, sizes.bytes()).map_err(|error| match error {
            MmapRegionError::Mmap(error) => error,
            other => io::Error::other(other),
        })?;
        Ok(Ring { memory, sizes, next: 0 })
    }

    /// Its size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.sizes.bytes()
    }

    /// The next block, if the kernel has given it over.
    pub(super) fn filled(&self) -> Option<FilledBlock> {
        let block = self.memory.get_slice(self.next * self.sizes.block, self.sizes.block).ok()?;
        // What the kernel wrote before it gave the block over can be seen after this.
        let status = block.load::<u32>(STATUS, Ordering::Acquire).ok()?;
        if status & libc::TP_STATUS_USER == 0 {
            return None;
        }
        let word = |at: usize| block.load::<u32>(at, Ordering::Relaxed).unwrap_or_default();
        let (first, length) = (word(FIRST) as usize, (word(LENGTH) as usize).min(self.sizes.block));
        Some(FilledBlock { frames: word(FRAMES), first, length })
    }

    /// Copies bytes of that block from a place on.
    pub(super) fn copy(&self, place: usize, bytes: &mut [u8]) {
        if let Ok(part) = self.memory.get_slice(self.next * self.sizes.block + place, bytes.len()) {
            part.copy_to(bytes);
        }
    }

    /// Gives that block back to the kernel.
    pub(super) fn give_back(&mut self) {
        if let Ok(block) = self.memory.get_slice(self.next * self.sizes.block, self.sizes.block) {
            // What was read is read before this.
            let _ = block.store(libc::TP_STATUS_KERNEL, STATUS, Ordering::Release);
        }
        self.next = (self.next + 1) % self.sizes.blocks;
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, PAGE, Sizes};

    #[test]
    fn a_block_has_room_for_a_frame_and_a_ring_for_two_blocks() {
        let sizes = |bytes, snap_len| Sizes::new(bytes, snap_len);
        assert_eq!(sizes(16 << 20, 262_144), Sizes { block: BLOCK, blocks: 32 });
        assert_eq!(sizes(16 << 20, 60), Sizes { block: BLOCK, blocks: 32 });
        assert_eq!(sizes(4 << 20, 70_000), Sizes { block: 128 << 10, blocks: 32 });
        assert_eq!(sizes(1 << 20, 60), Sizes { block: PAGE, blocks: 16 });
        assert_eq!(sizes(0, 262_144), Sizes { block: 512 << 10, blocks: 2 });
        assert_eq!(sizes(4096, 60), Sizes { block: PAGE, blocks: 2 });
        assert_eq!(sizes(1023 << 20, 262_144).bytes(), 1023 << 20);
    }
}
