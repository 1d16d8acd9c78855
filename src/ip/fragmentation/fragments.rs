//! The fragments of a packet: header templates, and the iterator that completes them.

use super::error::FragmentError;
use crate::proto::Ipv6;
use crate::wire::Sum;

/// Where in an IPv4 header that stands what is each fragment's own, and which bits: length, flags with offset, checksum.
const OWN: [(usize, u16); 3] = [(2, 0xffff), (6, 0x3fff), (10, 0xffff)];

/// The sum of all that fragments of a packet share of an IPv4 header. What is their own is taken out of the sum rather than
/// cleared first: what was just written in bytes is slow to read in words.
pub(crate) fn shared_sum(header: &[u8]) -> Sum {
    OWN.iter().fold(Sum::new().bytes(header), |sum, &(at, mask)| {
        let word = header.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |&word| u16::from_be_bytes(word));
        sum.number(u32::from(!(word & mask)))
    })
}

/// A header to be completed for each fragment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    pub(super) head: [u8; 60],
    pub(super) len: u8,
    /// Of IPv4: the sum of what is the same in all fragments.
    pub(super) sum: Sum,
    /// Bytes of IPv6 extension headers in front of the fragment header.
    pub(super) extensions: usize,
}

impl Template {
    pub(super) fn ipv4(header: &[u8]) -> Self {
        let mut head = [0; 60];
        head[..header.len()].copy_from_slice(header);
        for (at, mask) in OWN {
            let word = u16::from_be_bytes([head[at], head[at + 1]]) & !mask;
            head[at..at + 2].copy_from_slice(&word.to_be_bytes());
        }
        let sum = shared_sum(header);
        Template { head, len: header.len() as u8, sum, extensions: 0 }
    }

    #[inline]
    pub(super) fn is_ipv4(&self) -> bool {
        self.head[0] >> 4 == 4
    }

    /// Bytes of all headers.
    #[inline]
    pub(super) fn size(&self) -> usize {
        usize::from(self.len) + self.extensions
    }

    /// Completes the header.
    #[inline]
    pub(super) fn fill(&self, payload: usize, offset: usize, more: bool) -> [u8; 60] {
        let mut head = self.head;
        if self.is_ipv4() {
            let total = payload as u16 + u16::from(self.len);
            let word = (offset / 8) as u16 | u16::from(more) << 13;
            head[2..4].copy_from_slice(&total.to_be_bytes());
            head[6] |= (word >> 8) as u8;
            head[7] = word as u8;
            let checksum = self.sum.number(total.into()).number(word.into()).checksum();
            head[10..12].copy_from_slice(&checksum.to_be_bytes());
        } else {
            let length = (payload + 8 + self.extensions) as u16;
            head[4..6].copy_from_slice(&length.to_be_bytes());
            head[42..44].copy_from_slice(&(offset as u16 | u16::from(more)).to_be_bytes());
        }
        head
    }
}

/// The pieces of a packet, in order.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// use packetsmith::ip::Fragmenter;
/// let packet = Stack::new().push(Ipv4::build()).payload(&[0; 4980]).finish().unwrap();
/// assert_eq!(Fragmenter::new(1500).split(&packet).unwrap().len(), 4);
/// ```
#[derive(Clone, Debug)]
pub struct Fragments<'p> {
    /// Of the packet's beginning, and of all that follows; without length where the packet is whole.
    pub(super) first: Template,
    pub(super) rest: Template,
    /// IPv6 extension headers up to the last that is in every fragment, and that one, whose next header changes.
    pub(super) before: &'p [u8],
    pub(super) patched: &'p [u8],
    /// What has not been given out.
    pub(super) payload: &'p [u8],
    pub(super) mtu: usize,
    /// Offset in bytes of the packet's own payload, and of what has not been given out.
    pub(super) start: usize,
    pub(super) offset: usize,
    /// Whether more follows behind this packet, which is a fragment itself.
    pub(super) more: bool,
}

impl<'p> Fragments<'p> {
    pub(super) fn whole(packet: &'p [u8]) -> Self {
        let template = Template { head: [0; 60], len: 0, sum: Sum::new(), extensions: 0 };
        Fragments {
            first: template,
            rest: template,
            before: &[],
            patched: &[],
            payload: packet,
            mtu: packet.len(),
            start: 0,
            offset: 0,
            more: false,
        }
    }

    /// Sees to it that all pieces can be made.
    pub(super) fn checked(self) -> Result<Self, FragmentError> {
        let needed = self.first.size() + 8;
        if self.mtu < needed {
            return Err(FragmentError::MtuTooSmall { mtu: self.mtu, needed });
        }
        let fixed = if self.first.is_ipv4() { self.first.size() } else { self.first.size() - 48 };
        if self.start + self.payload.len() + fixed > 65535 {
            return Err(FragmentError::TooLong);
        }
        Ok(self)
    }

    /// Bytes of payload in the next piece.
    #[inline]
    fn following(&self) -> (&Template, usize) {
        let template = if self.offset == self.start { &self.first } else { &self.rest };
        let room = self.mtu.saturating_sub(template.size());
        match self.payload.len() {
            all if all <= room => (template, all),
            _ => (template, room & !7),
        }
    }
}

impl<'p> Iterator for Fragments<'p> {
    type Item = Piece<'p>;

    #[inline]
    fn next(&mut self) -> Option<Piece<'p>> {
        if self.payload.is_empty() {
            return None;
        }
        let (template, size) = self.following();
        let (payload, behind) = self.payload.split_at_checked(size)?;
        let (offset, more) = (self.offset, self.more || !behind.is_empty());
        let head = if template.len == 0 { template.head } else { template.fill(size, offset, more) };
        let len = template.len;
        (self.payload, self.offset) = (behind, offset + size);
        Some(Piece { head, len, before: self.before, patched: self.patched, payload, offset, more })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.payload.is_empty() {
            return (0, Some(0));
        }
        let (_, size) = self.following();
        let behind = self.payload.len() - size;
        let room = self.mtu.saturating_sub(self.rest.size()).max(8);
        // All but the last have a multiple of 8 bytes.
        let count = 1 + if behind == 0 { 0 } else { 1 + behind.saturating_sub(room).div_ceil(room & !7) };
        (count, Some(count))
    }
}

impl ExactSizeIterator for Fragments<'_> {}

/// One of the packets that a larger one is split into: headers of its own, and a part of the payload.
///
/// ```
/// use packetsmith::ip::Fragmenter;
/// use packetsmith::{Ipv6, Stack};
/// let packet = Stack::new().push(Ipv6::build()).payload(&[7; 3000]).finish().unwrap();
/// let mut buffer = [0; 1280];
/// for piece in Fragmenter::new(1280).identification(9).split(&packet).unwrap() {
///     let frame = piece.write_into(&mut buffer).unwrap();
///     assert_eq!((frame.len(), frame[6]), (piece.len(), 44));
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Piece<'p> {
    pub(super) head: [u8; 60],
    pub(super) len: u8,
    pub(super) before: &'p [u8],
    pub(super) patched: &'p [u8],
    pub(super) payload: &'p [u8],
    pub(super) offset: usize,
    pub(super) more: bool,
}

impl<'p> Piece<'p> {
    /// The piece without a copy: slices that make up the packet when they stand one behind the other, the last of them
    /// the payload. Made for vectored writes; some may be empty.
    pub fn slices(&self) -> [&[u8]; 6] {
        let head = self.head.get(..self.len.into()).unwrap_or_default();
        let (fixed, fragment) = match self.head[0] >> 4 {
            6 => head.split_at_checked(Ipv6::LEN).unwrap_or((head, &[])),
            _ => (head, &[][..]),
        };
        match self.patched {
            // Where no fragment header was before, the last header in front of it announces it.
            [_, behind @ ..] => [fixed, self.before, &[44], behind, fragment, self.payload],
            [] => [fixed, self.before, &[], &[], fragment, self.payload],
        }
    }

    /// Length in bytes, all headers included.
    #[allow(clippy::len_without_is_empty)] // No packet is empty.
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len) + self.before.len() + self.patched.len() + self.payload.len()
    }

    /// The part of the payload; of a packet that fits, all of it with its headers.
    pub fn payload(&self) -> &'p [u8] {
        self.payload
    }

    /// Where the part begins in the original payload, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Tells whether more parts follow.
    pub fn more_fragments(&self) -> bool {
        self.more
    }

    /// Tells whether this is the packet as it was, which fits.
    pub fn is_whole(&self) -> bool {
        self.len == 0
    }

    /// Writes the piece to the beginning of a buffer, and gives what was written.
    #[inline]
    pub fn write_into<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b mut [u8], FragmentError> {
        let (needed, have) = (self.len(), buffer.len());
        let out = buffer.get_mut(..needed).ok_or(FragmentError::NoRoom { needed, have })?;
        // Mostly there is nothing between header and payload.
        if needed == usize::from(self.len) + self.payload.len() {
            let (head, payload) = out.split_at_mut(self.len.into());
            head.copy_from_slice(self.head.get(..self.len.into()).unwrap_or_default());
            payload.copy_from_slice(self.payload);
            return Ok(out);
        }
        let mut rest = &mut *out;
        for slice in self.slices() {
            let (now, behind) = rest.split_at_mut(slice.len());
            now.copy_from_slice(slice);
            rest = behind;
        }
        Ok(out)
    }
}
