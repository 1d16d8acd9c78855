//! Frames that one call of `recvmmsg` reads.

use super::auxiliary::Auxiliary;
use super::link_types::link_type;
use crate::live::received::FrameDirection;
use crate::live::receiver::SystemFrame;
use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, LinkAddr, MsgFlags, MultiHeaders, RecvMsg, recvmmsg};
use std::fmt;
use std::io::IoSliceMut;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, SystemTime};
use std::vec::Vec;

/// Most frames of a batch.
const FRAMES: usize = 64;
/// Length of the addresses that a VLAN tag follows.
const ADDRESSES: usize = 12;
/// Length of a VLAN tag.
const TAG: usize = 4;
/// Room for what the kernel tells beside a frame: a time and auxiliary data, each with a header.
const CONTROL: usize = 128;

/// Frames that were read, and not taken yet.
pub(super) struct Batch {
    bytes: Vec<u8>,
    /// Room for one frame in `bytes`, with that of a tag before it.
    stride: usize,
    snap_len: usize,
    frames: Vec<Stored>,
    next: usize,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("frames", &self.frames.len()).field("next", &self.next).finish_non_exhaustive()
    }
}

/// What is known of a frame.
#[derive(Clone, Copy)]
struct Stored {
    /// Its place in the bytes.
    start: usize,
    end: usize,
    time: SystemTime,
    original_len: u32,
    direction: FrameDirection,
    index: u32,
    link_type: u16,
}

/// What a call read.
pub(super) struct BatchCount {
    /// Frames of which the batch has one.
    pub(super) kept: usize,
    /// Frames whose link type is not known.
    pub(super) left_out: u64,
    /// Whether the kernel may have more.
    pub(super) may_have_more: bool,
}

impl Batch {
    pub(super) fn new(snap_len: usize) -> Self {
        // With strides of a power of two, the frames would compete for the same lines of the cache.
        let stride = (TAG + snap_len).next_multiple_of(64) + 5 * 64;
        Batch { bytes: vec![0; stride * FRAMES], stride, snap_len, frames: Vec::with_capacity(FRAMES), next: 0 }
    }

    /// Reads what the kernel has.
    pub(super) fn read(&mut self, socket: &OwnedFd) -> Result<BatchCount, Errno> {
        self.frames.clear();
        self.next = 0;
        let (stride, snap_len) = (self.stride, self.snap_len);
        let mut rooms = self.bytes.chunks_exact_mut(stride);
        let mut parts: [[IoSliceMut<'_>; 1]; FRAMES] = std::array::from_fn(|_| {
            let room = rooms.next().map_or(&mut [][..], |room| &mut room[TAG..TAG + snap_len]);
            [IoSliceMut::new(room)]
        });
        // New ones for each call: nix does not set back the lengths of their parts, which the kernel makes shorter.
        let mut headers = MultiHeaders::<LinkAddr>::preallocate(FRAMES, Some(Vec::with_capacity(CONTROL)));
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_TRUNC;
        let messages = recvmmsg(socket.as_raw_fd(), &mut headers, parts.iter_mut(), flags, None)?;
        let (mut read, mut left_out) = (0, 0);
        let mut tags = [None; FRAMES];
        for (at, message) in messages.enumerate() {
            read = at + 1;
            match stored(&message, at * stride + TAG, snap_len) {
                Some((frame, tag)) => {
                    tags[self.frames.len()] = tag;
                    self.frames.push(frame);
                }
                // A frame of the loopback device goes out and comes in, and is taken once.
                None if is_second_copy(&message) => {}
                None => left_out += 1,
            }
        }
        for (frame, tag) in self.frames.iter_mut().zip(tags) {
            if let Some(tag) = tag {
                let start = frame.start - TAG;
                self.bytes.copy_within(frame.start..frame.start + ADDRESSES, start);
                self.bytes[start + ADDRESSES..frame.start + ADDRESSES].copy_from_slice(&tag);
                (frame.start, frame.end) = (start, frame.end.min(start + snap_len));
                frame.original_len += TAG as u32;
            }
        }
        Ok(BatchCount { kept: self.frames.len(), left_out, may_have_more: read == FRAMES })
    }

    /// Whether all frames were taken.
    pub(super) fn is_empty(&self) -> bool {
        self.next == self.frames.len()
    }

    /// The time of the next frame.
    pub(super) fn next_time(&self) -> Option<SystemTime> {
        self.frames.get(self.next).map(|frame| frame.time)
    }

    /// Takes the next frame, and tells whether it is the last.
    pub(super) fn take(&mut self) -> Option<(SystemFrame<'_>, bool)> {
        let Stored { start, end, time, original_len, direction, index, link_type } = *self.frames.get(self.next)?;
        self.next += 1;
        let frame = SystemFrame { data: &self.bytes[start..end], time, original_len, direction, index, link_type };
        Some((frame, self.next == self.frames.len()))
    }
}

/// Whether this is the copy of a frame of the loopback device that goes out.
fn is_second_copy(message: &RecvMsg<'_, '_, LinkAddr>) -> bool {
    message
        .address
        .is_some_and(|from| from.hatype() == libc::ARPHRD_LOOPBACK && from.pkttype() == libc::PACKET_OUTGOING)
}

/// What is known of a message whose bytes stand at `start`, and the VLAN tag that the kernel took out of it. `None` for the second
/// copy of a frame, and for a link type that is not known.
fn stored(message: &RecvMsg<'_, '_, LinkAddr>, start: usize, snap_len: usize) -> Option<(Stored, Option<[u8; 4]>)> {
    let from = message.address?;
    if is_second_copy(message) {
        return None;
    }
    let link_type = link_type(from.hatype())?;
    let (mut time, mut auxiliary) = (None, None);
    for part in message.cmsgs().ok().into_iter().flatten() {
        match part {
            ControlMessageOwned::ScmTimestampns(at) => time = Some(SystemTime::UNIX_EPOCH + Duration::from(at)),
            ControlMessageOwned::Unknown(data)
                if (data.cmsg_header.cmsg_level, data.cmsg_header.cmsg_type)
                    == (libc::SOL_PACKET, libc::PACKET_AUXDATA) =>
            {
                auxiliary = Auxiliary::parse(&data.data_bytes);
            }
            _ => {}
        }
    }
    let length = message.bytes.min(snap_len);
    let direction = match from.pkttype() {
        libc::PACKET_HOST => FrameDirection::ToThisHost,
        libc::PACKET_BROADCAST => FrameDirection::Broadcast,
        libc::PACKET_MULTICAST => FrameDirection::Multicast,
        libc::PACKET_OTHERHOST => FrameDirection::ToOtherHost,
        libc::PACKET_OUTGOING => FrameDirection::Sent,
        _ => FrameDirection::Unknown,
    };
    let tag = auxiliary.and_then(|data| data.vlan_tag()).filter(|_| link_type == 1 && length >= ADDRESSES);
    let original_len = auxiliary.map_or(message.bytes as u32, |data| data.length);
    let (end, time) = (start + length, time.unwrap_or_else(SystemTime::now));
    Some((Stored { start, end, time, original_len, direction, index: from.ifindex() as u32, link_type }, tag))
}
