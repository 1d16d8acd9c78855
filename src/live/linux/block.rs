//! The frames of a block of the ring.

use super::link_types::link_type;
use super::ring::{BlockContents, Ring};
use crate::live::received::FrameDirection;
use crate::live::receiver::SystemFrame;
use std::fmt;
use std::mem::offset_of;
use std::time::{Duration, SystemTime};
use std::vec::Vec;

/// Length of the addresses that a VLAN tag follows.
const ADDRESSES: usize = 12;
/// Length of a VLAN tag.
const TAG: usize = 4;
/// Where `struct sockaddr_ll` begins that stands behind the header of a frame.
const ADDRESS: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);

/// A copy of a block, of which not all frames are taken yet.
#[derive(Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// Frames that were not looked at, and the place of the first of them.
    left: u32,
    place: usize,
    /// The frame that is taken next.
    next: Option<Stored>,
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block").field("left", &self.left).field("next", &self.next).finish_non_exhaustive()
    }
}

/// What is known of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Block {
    /// Reads the next block that the kernel has given over, if there is one. Frames are cut to some bytes. `left_out` counts frames
    /// of an unknown link type, which are passed over.
    pub(super) fn read(&mut self, ring: &mut Ring, snap_len: usize, left_out: &mut u64) -> bool {
        let Some(BlockContents { frames, first }) = ring.take_block(&mut self.bytes) else { return false };
        (self.left, self.place) = (frames, first);
        self.look(snap_len, left_out);
        true
    }

    /// Whether all frames were taken.
    pub(super) fn is_empty(&self) -> bool {
        self.next.is_none()
    }

    /// The time of the next frame.
    pub(super) fn next_time(&self) -> Option<SystemTime> {
        self.next.map(|frame| frame.time)
    }

    /// Takes the next frame, and tells whether it is the last.
    pub(super) fn take(&mut self, snap_len: usize, left_out: &mut u64) -> Option<(SystemFrame<'_>, bool)> {
        let Stored { start, end, time, original_len, direction, index, link_type } = self.next.take()?;
        self.look(snap_len, left_out);
        let data = self.bytes.get(start..end)?;
        Some((SystemFrame { data, time, original_len, direction, index, link_type }, self.next.is_none()))
    }

    /// Looks for the next frame.
    fn look(&mut self, snap_len: usize, left_out: &mut u64) {
        while self.left > 0 && self.next.is_none() {
            self.left -= 1;
            let Some(header) = Header::parse(&self.bytes, self.place) else {
                self.left = 0;
                return;
            };
            let frame = self.place + usize::from(header.frame);
            self.place += header.next as usize;
            match link_type(header.hardware) {
                Some(link_type) => self.next = Some(self.stored(&header, frame, link_type, snap_len)),
                None => *left_out += 1,
            }
        }
    }

    /// What is known of a frame. The VLAN tag that the kernel took out of it is put back.
    fn stored(&mut self, header: &Header, mut start: usize, link_type: u16, snap_len: usize) -> Stored {
        let mut original_len = header.original_len;
        let mut end = start.saturating_add(header.captured_len as usize).min(self.bytes.len()).max(start);
        let tag = header.vlan_tag().filter(|_| link_type == 1 && end - start >= ADDRESSES && start >= TAG);
        if let Some(tag) = tag {
            self.bytes.copy_within(start..start + ADDRESSES, start - TAG);
            self.bytes[start + ADDRESSES - TAG..start + ADDRESSES].copy_from_slice(&tag);
            start -= TAG;
            original_len = original_len.saturating_add(TAG as u32);
        }
        end = end.min(start + snap_len);
        let Header { time, packet_type, index, .. } = *header;
        Stored { start, end, time, original_len, direction: direction(packet_type), index, link_type }
    }
}

/// Direction of a packet by its type, one of packet(7).
fn direction(packet_type: u8) -> FrameDirection {
    match packet_type {
        libc::PACKET_HOST => FrameDirection::ToThisHost,
        libc::PACKET_BROADCAST => FrameDirection::Broadcast,
        libc::PACKET_MULTICAST => FrameDirection::Multicast,
        libc::PACKET_OTHERHOST => FrameDirection::ToOtherHost,
        libc::PACKET_OUTGOING => FrameDirection::Sent,
        _ => FrameDirection::Unknown,
    }
}

/// What stands before a frame: of `struct tpacket3_hdr` and `struct sockaddr_ll`.
struct Header {
    /// Distance to the header of the next frame.
    next: u32,
    time: SystemTime,
    captured_len: u32,
    original_len: u32,
    status: u32,
    /// Distance to the frame.
    frame: u16,
    tag: u16,
    tag_type: u16,
    index: u32,
    hardware: u16,
    packet_type: u8,
}

impl Header {
    /// The header at a place. Its numbers are in the machine's order.
    fn parse(bytes: &[u8], place: usize) -> Option<Self> {
        let bytes: &[u8; ADDRESS + size_of::<libc::sockaddr_ll>()] = bytes.get(place..)?.first_chunk()?;
        let half = |at: usize| u16::from_ne_bytes([bytes[at], bytes[at + 1]]);
        let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let [seconds, nanos] = [offset_of!(libc::tpacket3_hdr, tp_sec), offset_of!(libc::tpacket3_hdr, tp_nsec)];
        Some(Header {
            next: word(offset_of!(libc::tpacket3_hdr, tp_next_offset)),
            time: SystemTime::UNIX_EPOCH + Duration::new(word(seconds).into(), word(nanos)),
            captured_len: word(offset_of!(libc::tpacket3_hdr, tp_snaplen)),
            original_len: word(offset_of!(libc::tpacket3_hdr, tp_len)),
            status: word(offset_of!(libc::tpacket3_hdr, tp_status)),
            frame: half(offset_of!(libc::tpacket3_hdr, tp_mac)),
            // The kernel has 16 bits of it in a field of 32.
            tag: word(offset_of!(libc::tpacket3_hdr, hv1.tp_vlan_tci)) as u16,
            tag_type: half(offset_of!(libc::tpacket3_hdr, hv1.tp_vlan_tpid)),
            index: word(ADDRESS + offset_of!(libc::sockaddr_ll, sll_ifindex)),
            hardware: half(ADDRESS + offset_of!(libc::sockaddr_ll, sll_hatype)),
            packet_type: bytes[ADDRESS + offset_of!(libc::sockaddr_ll, sll_pkttype)],
        })
    }

    /// The VLAN tag as the bytes that it was in the frame.
    fn vlan_tag(&self) -> Option<[u8; TAG]> {
        if self.status & libc::TP_STATUS_VLAN_VALID == 0 {
            return None;
        }
        let has_type = self.status & libc::TP_STATUS_VLAN_TPID_VALID != 0;
        let tag_type: u16 = if has_type { self.tag_type } else { 0x8100 };
        let ([a, b], [c, d]) = (tag_type.to_be_bytes(), self.tag.to_be_bytes());
        Some([a, b, c, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame with what the kernel writes before it.
    fn with_header(frame: &[u8], hardware: u16, status: u32, tag: [u16; 2], next: u32) -> Vec<u8> {
        let mac = 82_u16;
        let words = [next, 1_700_000_000, 123_456_789, frame.len() as u32, frame.len() as u32 + 100, status];
        let mut bytes: Vec<u8> = words.map(u32::to_ne_bytes).concat();
        bytes.extend([mac, 96].map(u16::to_ne_bytes).concat());
        bytes.extend([0, u32::from(tag[0])].map(u32::to_ne_bytes).concat());
        bytes.extend([tag[1], 0].map(u16::to_ne_bytes).concat());
        bytes.resize(ADDRESS, 0);
        bytes.extend([17, 0].map(u16::to_ne_bytes).concat());
        bytes.extend(7_u32.to_ne_bytes());
        bytes.extend(hardware.to_ne_bytes());
        bytes.push(libc::PACKET_OUTGOING);
        bytes.resize(mac.into(), 0);
        bytes.extend(frame);
        bytes
    }

    fn block(bytes: Vec<u8>, frames: u32, snap_len: usize) -> (Block, u64) {
        let mut block = Block { bytes, left: frames, ..Block::default() };
        let mut left_out = 0;
        block.look(snap_len, &mut left_out);
        (block, left_out)
    }

    #[test]
    fn frames_come_one_by_one_and_those_of_unknown_links_are_counted() {
        let ethernet = libc::ARPHRD_ETHER;
        let mut bytes = with_header(&[1; 60], ethernet, 0, [0, 0], 144);
        bytes.resize(144, 0);
        bytes.extend(with_header(&[2; 60], libc::ARPHRD_INFINIBAND, 0, [0, 0], 144));
        bytes.resize(288, 0);
        bytes.extend(with_header(&[3; 80], ethernet, 0, [0, 0], 0));
        let (mut block, mut left_out) = block(bytes, 3, 70);
        let time = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 123_456_789);
        assert_eq!(block.next_time(), Some(time));
        {
            let (frame, is_last) = block.take(70, &mut left_out).expect("there is one");
            assert_eq!((frame.data, frame.original_len, frame.time, is_last), (&[1; 60][..], 160, time, false));
            assert_eq!((frame.index, frame.link_type, frame.direction), (7, 1, FrameDirection::Sent));
        }
        {
            let (frame, is_last) = block.take(70, &mut left_out).expect("there is one");
            assert_eq!((frame.data, frame.original_len, is_last), (&[3; 70][..], 180, true));
        }
        assert!(block.take(70, &mut left_out).is_none() && block.is_empty());
        assert_eq!(left_out, 1);
    }

    #[test]
    fn a_tag_is_there_only_if_the_kernel_says_so() {
        let frame: Vec<u8> = (0..60).collect();
        let tagged = |status: u32, tag: [u16; 2], snap_len: usize| {
            let (mut block, mut left_out) =
                block(with_header(&frame, libc::ARPHRD_ETHER, status, tag, 0), 1, snap_len);
            let (frame, _) = block.take(snap_len, &mut left_out).expect("there is one");
            (frame.data.to_vec(), frame.original_len)
        };
        let with = |tag: [u8; 4]| [&frame[..12], &tag, &frame[12..]].concat();
        assert_eq!(tagged(0x51, [0x2064, 0x88a8], 100), (with([0x88, 0xa8, 0x20, 0x64]), 164));
        assert_eq!(tagged(0x11, [0, 0], 100), (with([0x81, 0, 0, 0]), 164), "a priority tag of an older kernel");
        assert_eq!(tagged(0x51, [5, 0x8100], 62), (with([0x81, 0, 0, 5])[..62].to_vec(), 164), "it is cut behind that");
        assert_eq!(tagged(0x01, [5, 0x8100], 100), (frame.clone(), 160));
    }

    #[test]
    fn a_block_that_is_cut_or_wrong_ends() {
        let bytes = with_header(&[1; 60], libc::ARPHRD_ETHER, 0, [0, 0], u32::MAX);
        let (mut whole, mut left_out) = block(bytes.clone(), 9, 100);
        assert!(whole.take(100, &mut left_out).is_some_and(|(frame, is_last)| is_last && frame.data.len() == 60));
        let (mut short, _) = block(bytes[..100].to_vec(), 1, 100);
        assert!(short.take(100, &mut left_out).is_some_and(|(frame, _)| frame.data.len() == 18));
        assert!(block(bytes[..60].to_vec(), 1, 100).0.is_empty());
    }
}
