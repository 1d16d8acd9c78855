//! The fragments of a packet: header templates, and the iterator that completes them.

use super::error::FragmentError;
use crate::proto::Ipv6;
use crate::wire::{DebugBytes, Sum};
use core::fmt;

/// Words of an IPv4 header that differ between fragments, by offset, and their bits: length, flags and offset, checksum.
const CHANGED_WORDS: [(usize, u16); 3] = [(2, 0xffff), (6, 0x3fff), (10, 0xffff)];

/// Checksum of the parts of an IPv4 header that all fragments share. The other words are subtracted from the sum instead of
/// being cleared first: words are slow to load after their bytes were stored.
pub(crate) fn shared_sum(header: &[u8]) -> Sum {
    CHANGED_WORDS.iter().fold(Sum::new().bytes(header), |sum, &(at, mask)| {
        let word = header.get(at..).and_then(|bytes| bytes.first_chunk()).map_or(0, |&word| u16::from_be_bytes(word));
        sum.number(u32::from(!(word & mask)))
    })
}

/// Header of the fragments; `fill` completes it for each.
#[derive(Clone, Copy)]
pub(super) struct Template {
    pub(super) headers: [u8; 60],
    pub(super) len: u8,
    /// IPv4: checksum of the parts that all fragments share.
    pub(super) sum: Sum,
    /// Bytes of IPv6 extension headers before the fragment header.
    pub(super) extensions: usize,
}

impl Template {
    pub(super) fn ipv4(header: &[u8]) -> Self {
        let mut headers = [0; 60];
        headers[..header.len()].copy_from_slice(header);
        for (at, mask) in CHANGED_WORDS {
            let word = u16::from_be_bytes([headers[at], headers[at + 1]]) & !mask;
            headers[at..at + 2].copy_from_slice(&word.to_be_bytes());
        }
        let sum = shared_sum(header);
        Template { headers, len: header.len() as u8, sum, extensions: 0 }
    }

    #[inline]
    pub(super) fn is_ipv4(&self) -> bool {
        self.headers[0] >> 4 == 4
    }

    /// Length of all headers in bytes.
    #[inline]
    pub(super) fn size(&self) -> usize {
        usize::from(self.len) + self.extensions
    }

    /// Completes the header.
    #[inline]
    pub(super) fn fill(&self, payload: usize, offset: usize, more: bool) -> [u8; 60] {
        let mut headers = self.headers;
        if self.is_ipv4() {
            let total = payload as u16 + u16::from(self.len);
            let word = (offset / 8) as u16 | u16::from(more) << 13;
            headers[2..4].copy_from_slice(&total.to_be_bytes());
            headers[6] |= (word >> 8) as u8;
            headers[7] = word as u8;
            let checksum = self.sum.number(total.into()).number(word.into()).checksum();
            headers[10..12].copy_from_slice(&checksum.to_be_bytes());
        } else {
            let length = (payload + 8 + self.extensions) as u16;
            headers[4..6].copy_from_slice(&length.to_be_bytes());
            headers[42..44].copy_from_slice(&(offset as u16 | u16::from(more)).to_be_bytes());
        }
        headers
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
#[derive(Clone)]
pub struct Fragments<'p> {
    /// Headers of the first fragment and of all others; empty if the packet fits.
    pub(super) first: Template,
    pub(super) rest: Template,
    /// IPv6 per-fragment headers but the last, and the last, whose next header changes.
    pub(super) before: &'p [u8],
    pub(super) patched: &'p [u8],
    /// Payload that has not been returned yet.
    pub(super) payload: &'p [u8],
    pub(super) mtu: usize,
    /// Offset in bytes of the packet's payload, and of the rest that has not been returned yet.
    pub(super) start: usize,
    pub(super) offset: usize,
    /// The packet is itself a fragment that others follow.
    pub(super) more: bool,
}

impl fmt::Debug for Fragments<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fragments")
            .field("mtu", &self.mtu)
            .field("offset", &self.offset)
            .field("payload", &DebugBytes(self.payload))
            .finish_non_exhaustive()
    }
}

impl<'p> Fragments<'p> {
    pub(super) fn whole(packet: &'p [u8]) -> Self {
        let template = Template { headers: [0; 60], len: 0, sum: Sum::new(), extensions: 0 };
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

    /// Checks that all pieces can be made.
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

    /// Headers of the next piece, and its bytes of payload.
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
        let (payload, after) = self.payload.split_at_checked(size)?;
        let (offset, more) = (self.offset, self.more || !after.is_empty());
        let headers = if template.len == 0 { template.headers } else { template.fill(size, offset, more) };
        let len = template.len;
        (self.payload, self.offset) = (after, offset + size);
        Some(Piece { headers, len, before: self.before, patched: self.patched, payload, offset, more })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.payload.is_empty() {
            return (0, Some(0));
        }
        let (_, size) = self.following();
        let after = self.payload.len() - size;
        let room = self.mtu.saturating_sub(self.rest.size()).max(8);
        // All but the last have a multiple of 8 bytes.
        let count = 1 + if after == 0 { 0 } else { 1 + after.saturating_sub(room).div_ceil(room & !7) };
        (count, Some(count))
    }
}

impl ExactSizeIterator for Fragments<'_> {}

/// A packet that a larger one is split into: its headers, and a part of the payload.
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
#[derive(Clone, Copy)]
pub struct Piece<'p> {
    pub(super) headers: [u8; 60],
    pub(super) len: u8,
    pub(super) before: &'p [u8],
    pub(super) patched: &'p [u8],
    pub(super) payload: &'p [u8],
    pub(super) offset: usize,
    pub(super) more: bool,
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece")
            .field("offset", &self.offset)
            .field("more", &self.more)
            .field("payload", &DebugBytes(self.payload))
            .finish_non_exhaustive()
    }
}

impl<'p> Piece<'p> {
    /// The piece as slices, for vectored writes: together they are the packet. The last one is the payload; others may be
    /// empty.
    pub fn slices(&self) -> [&[u8]; 6] {
        let headers = self.headers.get(..self.len.into()).unwrap_or_default();
        let (fixed, fragment) = match self.headers[0] >> 4 {
            6 => headers.split_at_checked(Ipv6::LEN).unwrap_or((headers, &[])),
            _ => (headers, &[][..]),
        };
        match self.patched {
            // A new fragment header is selected by the last header before it.
            [_, after @ ..] => [fixed, self.before, &[44], after, fragment, self.payload],
            [] => [fixed, self.before, &[], &[], fragment, self.payload],
        }
    }

    /// Length in bytes, all headers included.
    #[allow(clippy::len_without_is_empty, reason = "no packet is empty")]
    #[inline]
    pub fn len(&self) -> usize {
        usize::from(self.len) + self.before.len() + self.patched.len() + self.payload.len()
    }

    /// The part of the payload; for a packet that fits, the whole packet.
    pub fn payload(&self) -> &'p [u8] {
        self.payload
    }

    /// Offset of the part in the original payload, in bytes.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether more parts follow.
    pub fn more_fragments(&self) -> bool {
        self.more
    }

    /// Whether this is the unchanged packet, because it fits.
    pub fn is_whole(&self) -> bool {
        self.len == 0
    }

    /// The piece as a packet of its own.
    ///
    /// ```
    /// use packetsmith::ip::Fragmenter;
    /// use packetsmith::{Ipv4, Stack};
    /// let packet = Stack::new().push(Ipv4::build()).payload(&[7; 2000]).finish().unwrap();
    /// let packets: Vec<_> = Fragmenter::new(1500).split(&packet).unwrap().map(|piece| piece.to_vec()).collect();
    /// assert_eq!(packets.iter().map(Vec::len).collect::<Vec<_>>(), [1500, 540]);
    /// ```
    #[cfg(feature = "alloc")]
    pub fn to_vec(&self) -> alloc::vec::Vec<u8> {
        self.slices().concat()
    }

    /// Writes the piece to the beginning of a buffer, and returns the bytes written.
    ///
    /// # Errors
    ///
    /// [`FragmentError::NoRoom`] if the buffer is shorter than [`len`](Self::len).
    #[inline]
    pub fn write_into<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b mut [u8], FragmentError> {
        let (needed, have) = (self.len(), buffer.len());
        let out = buffer.get_mut(..needed).ok_or(FragmentError::NoRoom { needed, have })?;
        // Mostly there is nothing between header and payload.
        if needed == usize::from(self.len) + self.payload.len() {
            let (headers, payload) = out.split_at_mut(self.len.into());
            headers.copy_from_slice(self.headers.get(..self.len.into()).unwrap_or_default());
            payload.copy_from_slice(self.payload);
            return Ok(out);
        }
        let mut rest = &mut *out;
        for slice in self.slices() {
            let (now, after) = rest.split_at_mut(slice.len());
            now.copy_from_slice(slice);
            rest = after;
        }
        Ok(out)
    }
}
