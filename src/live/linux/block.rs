//! The frames of a block of the ring.

use super::link_types::link_type;
use super::ring::{FilledBlock, Ring};
use crate::live::received::{FrameDirection, FrameTime};
use crate::live::receiver::SystemFrame;
use std::fmt;
use std::mem::offset_of;
use std::vec::Vec;

/// Length of the addresses that a VLAN tag follows.
const ADDRESSES: usize = 12;
/// Length of a VLAN tag.
const TAG: usize = 4;
/// Where `struct sockaddr_ll` begins that stands behind the header of a frame.
const ADDRESS: usize = size_of::<libc::tpacket3_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);
/// Length of both.
const HEADER: usize = ADDRESS + size_of::<libc::sockaddr_ll>();

/// Bytes that are copied at once, which the fastest cache of a processor has room for; more for a longer frame.
pub(super) const SOME: usize = 16 << 10;
/// All bytes of a block are copied at once, so that the kernel has it back before its frames are taken.
pub(super) const ALL: usize = usize::MAX;

/// A block of which not all frames are taken yet.
#[derive(Default)]
pub(super) struct RingBlock {
    /// Bytes that are copied at a time.
    portion: usize,
    bytes: Vec<u8>,
    /// Place in the block of the bytes that are copied, and where they end.
    begin: usize,
    end: usize,
    /// End of the block.
    length: usize,
    /// Whether the kernel has the block again, since all of it is copied.
    is_back: bool,
    /// Frames that were not looked at, and the place of the first of them.
    left: u32,
    place: usize,
    /// The frame that is taken next.
    next: Option<Stored>,
}

impl fmt::Debug for RingBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingBlock").field("left", &self.left).field("next", &self.next).finish_non_exhaustive()
    }
}

/// What is known of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stored {
    /// Its place in the copied bytes.
    start: usize,
    end: usize,
    time: FrameTime,
    original_len: u32,
    direction: FrameDirection,
    index: u32,
    link_type: u16,
}

/// Where the bytes of a block are copied from.
pub(super) trait BlockSource {
    /// Copies bytes of the block from a place on.
    fn copy(&self, place: usize, bytes: &mut [u8]);
    /// Ends the block.
    fn give_back(&mut self);
}

impl BlockSource for Ring {
    fn copy(&self, place: usize, bytes: &mut [u8]) {
        Ring::copy(self, place, bytes);
    }

    fn give_back(&mut self) {
        Ring::give_back(self);
    }
}

impl RingBlock {
    /// Before the first block. So many bytes of each are copied at a time.
    pub(super) fn new(portion: usize) -> Self {
        RingBlock { portion, ..RingBlock::default() }
    }

    /// Begins with a block that was filled.
    pub(super) fn begin(&mut self, filled: FilledBlock) {
        let FilledBlock { frames, first, length } = filled;
        (self.left, self.place, self.length) = (frames, first, length);
        (self.begin, self.end, self.is_back) = (0, 0, false);
    }

    /// The time of the next frame. Frames of an unknown link type are passed over, and counted by `left_out`. The block is given
    /// back as soon as it is copied. Frames are cut to the snapshot length.
    pub(super) fn look(
        &mut self,
        source: &mut impl BlockSource,
        snap_len: usize,
        left_out: &mut u64,
    ) -> Option<FrameTime> {
        while self.left > 0 && self.next.is_none() {
            self.left -= 1;
            match self.header(source) {
                Some(header) => {
                    let frame = self.place - self.begin + usize::from(header.frame);
                    // Places within a block are less than its length.
                    self.place = self.place.saturating_add(header.next as usize);
                    match link_type(header.hardware) {
                        Some(link_type) => self.next = Some(self.stored(&header, frame, link_type, snap_len)),
                        None => *left_out += 1,
                    }
                }
                None => self.left = 0,
            }
            if self.left == 0 && !std::mem::replace(&mut self.is_back, true) {
                source.give_back();
            }
        }
        self.next.map(|frame| frame.time)
    }

    /// Takes the frame that was looked at.
    pub(super) fn take(&mut self) -> Option<SystemFrame<'_>> {
        let Stored { start, end, time, original_len, direction, index, link_type } = self.next.take()?;
        let data = self.bytes.get(start..end)?;
        Some(SystemFrame { data, time, original_len, direction, index, link_type })
    }

    /// The header at the place of the next frame. The frame is copied with it.
    fn header(&mut self, source: &mut impl BlockSource) -> Option<BesideFrame> {
        if self.place.saturating_add(HEADER) > self.end {
            self.copy(source, self.portion);
        }
        let copied = self.bytes.get(..self.end - self.begin)?;
        let header = BesideFrame::parse(copied, self.place.checked_sub(self.begin)?)?;
        let length = usize::from(header.frame) + header.captured_len as usize;
        if self.place.saturating_add(length) > self.end {
            self.copy(source, length.max(self.portion));
        }
        Some(header)
    }

    /// Copies so many bytes from the place of the next frame on, if the block has them.
    fn copy(&mut self, source: &mut impl BlockSource, bytes: usize) {
        if self.is_back {
            return;
        }
        self.begin = self.place.min(self.length);
        self.end = self.begin.saturating_add(bytes).min(self.length);
        let length = self.end - self.begin;
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        source.copy(self.begin, &mut self.bytes[..length]);
        if self.end == self.length {
            source.give_back();
            self.is_back = true;
        }
    }

    /// What is known of a frame. The VLAN tag that the kernel took out of it is put back.
    fn stored(&mut self, header: &BesideFrame, mut start: usize, link_type: u16, snap_len: usize) -> Stored {
        let mut original_len = header.original_len;
        let copied = self.end - self.begin;
        let mut end = start.saturating_add(header.captured_len as usize).min(copied).max(start);
        let tag = header.vlan_tag().filter(|_| link_type == 1 && end - start >= ADDRESSES && start >= TAG);
        if let Some(tag) = tag {
            self.bytes.copy_within(start..start + ADDRESSES, start - TAG);
            self.bytes[start + ADDRESSES - TAG..start + ADDRESSES].copy_from_slice(&tag);
            start -= TAG;
            original_len = original_len.saturating_add(TAG as u32);
        }
        end = end.min(start + snap_len);
        let BesideFrame { time, packet_type, index, .. } = *header;
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
struct BesideFrame {
    /// Distance to the header of the next frame.
    next: u32,
    time: FrameTime,
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

impl BesideFrame {
    /// The header at a place. Its numbers are in the machine's order.
    fn parse(bytes: &[u8], place: usize) -> Option<Self> {
        let bytes: &[u8; HEADER] = bytes.get(place..)?.first_chunk()?;
        let half = |at: usize| u16::from_ne_bytes([bytes[at], bytes[at + 1]]);
        let word = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let [seconds, nanos] = [offset_of!(libc::tpacket3_hdr, tp_sec), offset_of!(libc::tpacket3_hdr, tp_nsec)];
        Some(BesideFrame {
            next: word(offset_of!(libc::tpacket3_hdr, tp_next_offset)),
            time: FrameTime::new(word(seconds).into(), word(nanos)),
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

    /// A block, and how often it was given back.
    struct Bytes(Vec<u8>, u32);

    impl BlockSource for Bytes {
        fn copy(&self, place: usize, bytes: &mut [u8]) {
            bytes.copy_from_slice(&self.0[place..place + bytes.len()]);
        }

        fn give_back(&mut self) {
            self.1 += 1;
        }
    }

    /// Bytes, captured and original length of the frames of a block, and how many were left out.
    fn frames_of(bytes: Vec<u8>, frames: u32, snap_len: usize) -> (Vec<(Vec<u8>, u32)>, u64) {
        let at_once = frames_copied(bytes.clone(), frames, snap_len, ALL);
        let in_parts = frames_copied(bytes, frames, snap_len, SOME);
        assert!(at_once == in_parts);
        in_parts
    }

    fn frames_copied(bytes: Vec<u8>, frames: u32, snap_len: usize, portion: usize) -> (Vec<(Vec<u8>, u32)>, u64) {
        let (mut block, mut left_out, mut found) = (RingBlock::new(portion), 0, Vec::new());
        block.begin(FilledBlock { frames, first: 0, length: bytes.len() });
        let mut source = Bytes(bytes, 0);
        while let Some(time) = block.look(&mut source, snap_len, &mut left_out) {
            assert_eq!(time, FrameTime::new(1_700_000_000, 123_456_789));
            let frame = block.take().expect("it was seen");
            assert_eq!((frame.index, frame.link_type, frame.direction), (7, 1, FrameDirection::Sent));
            found.push((frame.data.to_vec(), frame.original_len));
        }
        assert_eq!((block.left, source.1), (0, 1), "given back once");
        (found, left_out)
    }

    #[test]
    fn frames_come_one_by_one_and_those_of_unknown_links_are_counted() {
        let ethernet = libc::ARPHRD_ETHER;
        let mut bytes = with_header(&[1; 60], ethernet, 0, [0, 0], 144);
        bytes.resize(144, 0);
        bytes.extend(with_header(&[2; 60], libc::ARPHRD_INFINIBAND, 0, [0, 0], 144));
        bytes.resize(288, 0);
        bytes.extend(with_header(&[3; 80], ethernet, 0, [0, 0], 0));
        assert_eq!(frames_of(bytes, 3, 70), (vec![(vec![1; 60], 160), (vec![3; 70], 180)], 1));
    }

    #[test]
    fn a_block_is_copied_in_parts() {
        let mut bytes = Vec::new();
        let lengths = [60, 9000, 60, 40_000, 60, 17_000, 60, 60];
        for length in lengths {
            let next = (82 + length as u32).next_multiple_of(8);
            bytes.extend(with_header(&vec![length as u8; length], libc::ARPHRD_ETHER, 0, [0, 0], next));
            bytes.resize(bytes.len().next_multiple_of(8), 0);
        }
        let found = frames_of(bytes, lengths.len() as u32, 100_000).0;
        let expected: Vec<_> =
            lengths.iter().map(|&length| (vec![length as u8; length], length as u32 + 100)).collect();
        assert!(found == expected, "{:?}", found.iter().map(|(data, _)| data.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_tag_is_there_only_if_the_kernel_says_so() {
        let frame: Vec<u8> = (0..60).collect();
        let tagged = |status: u32, tag: [u16; 2], snap_len: usize| {
            let bytes = with_header(&frame, libc::ARPHRD_ETHER, status, tag, 0);
            frames_of(bytes, 1, snap_len).0.remove(0)
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
        assert_eq!(frames_of(bytes.clone(), 9, 100).0, [(vec![1; 60], 160)]);
        assert_eq!(frames_of(bytes[..100].to_vec(), 1, 100).0, [(vec![1; 18], 160)]);
        assert_eq!(frames_of(bytes[..60].to_vec(), 1, 100).0, []);
    }
}
