//! Splitting IP packets to an MTU: RFC 791 §3.2 and RFC 8200 §4.5.
//!
//! Nothing is allocated and no payload is copied: a [`Piece`] is a header of its own and a slice of the packet.
//!
//! ```
//! use packetsmith::fragment::Fragmenter;
//! use packetsmith::{Ipv4, Stack};
//! let packet = Stack::new().push(Ipv4::build()).payload(&[7; 4980]).finish().unwrap();
//! let pieces: Vec<_> = Fragmenter::new(1500).split(&packet).unwrap().collect();
//! let sizes: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
//! assert_eq!(sizes, [1500, 1500, 1500, 560]);
//! assert_eq!(pieces[3].offset(), 4440);
//! ```

use crate::checksum::Sum;
use crate::proto::{Fragment, Ipv4, Ipv4Flags, Ipv6, extension_len, header_chain};
use core::fmt;

/// Why a packet cannot be split.
///
/// ```
/// use packetsmith::fragment::{FragmentError, Fragmenter};
/// assert_eq!(Fragmenter::new(1500).split(&[0x50; 40]).unwrap_err(), FragmentError::Version(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FragmentError {
    /// The bytes begin with no IP header: the version that stands there.
    Version(u8),
    /// Not all of the packet is there.
    Truncated {
        /// Bytes that its lengths ask for.
        needed: usize,
        /// Bytes there.
        have: usize,
    },
    /// The header's length is less than its fixed part.
    HeaderLength(usize),
    /// The packet is larger than the MTU and must not be split (RFC 791 §3.1). A router answers with ICMP type 3,
    /// code 4, and this MTU (RFC 1191 §4).
    DontFragment {
        /// The MTU that it does not fit.
        mtu: usize,
        /// Its length.
        length: usize,
    },
    /// The MTU has no room for the headers and 8 bytes of payload.
    MtuTooSmall {
        /// The MTU.
        mtu: usize,
        /// The smallest that would do.
        needed: usize,
    },
    /// The first fragment has no room for all headers, which it must hold (RFC 8200 §4.5, RFC 7112 §5).
    HeaderChain {
        /// The MTU.
        mtu: usize,
        /// The smallest that would do.
        needed: usize,
    },
    /// A piece would begin or end beyond what an offset of 13 bits and a packet of 65,535 bytes can hold.
    TooLong,
    /// The buffer is too small.
    NoRoom {
        /// Bytes that are needed.
        needed: usize,
        /// Bytes there.
        have: usize,
    },
}

impl fmt::Display for FragmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            FragmentError::Version(n) => write!(f, "is no IP packet: its version is {n}"),
            FragmentError::Truncated { needed, have } => write!(f, "{needed} bytes needed, {have} there"),
            FragmentError::HeaderLength(n) => write!(f, "a header of {n} bytes is too short"),
            FragmentError::DontFragment { mtu, length } => {
                write!(f, "{length} bytes exceed the MTU of {mtu}, and the packet must not be split (DF)")
            }
            FragmentError::MtuTooSmall { mtu, needed } => {
                write!(f, "an MTU of {mtu} has no room for the headers and 8 bytes of payload, {needed} bytes")
            }
            FragmentError::HeaderChain { mtu, needed } => {
                write!(
                    f,
                    "an MTU of {mtu} has no room for all headers, {needed} bytes, in the first fragment (RFC 7112)"
                )
            }
            FragmentError::TooLong => f.write_str("a fragment would reach beyond 65,535 bytes"),
            FragmentError::NoRoom { needed, have } => write!(f, "{needed} bytes needed in the buffer, {have} there"),
        }
    }
}

impl core::error::Error for FragmentError {}

/// Splits packets to an MTU.
///
/// An IPv4 packet keeps its identification. IPv6 packets have none before they are split: they are numbered from
/// the one that was set, 0 if none was.
///
/// ```
/// use packetsmith::fragment::{FragmentError, Fragmenter};
/// use packetsmith::{Ipv4, Ipv4Flags, Stack};
/// let whole = Ipv4::build().flags(Ipv4Flags::DONT_FRAGMENT);
/// let packet = Stack::new().push(whole).payload(&[0; 2000]).finish().unwrap();
/// let refused = Fragmenter::new(1400).split(&packet).unwrap_err();
/// assert_eq!(refused, FragmentError::DontFragment { mtu: 1400, length: 2020 });
/// ```
#[derive(Clone, Debug)]
pub struct Fragmenter {
    mtu: usize,
    identification: u32,
    split_headers: bool,
    ignore_dont_fragment: bool,
}

impl Fragmenter {
    /// Splits to packets of at most so many bytes, IP headers included.
    pub fn new(mtu: usize) -> Self {
        Fragmenter { mtu, identification: 0, split_headers: false, ignore_dont_fragment: false }
    }

    /// Identification of the next IPv6 packet that is split; those after it count on.
    pub fn identification(mut self, first: u32) -> Self {
        self.identification = first;
        self
    }

    /// Splits IPv6 packets even where the first fragment does not hold all headers, as attackers do (RFC 7112).
    pub fn split_headers(mut self, allow: bool) -> Self {
        self.split_headers = allow;
        self
    }

    /// Splits IPv4 packets even where they say that they must not be. The flag stays as it is.
    pub fn ignore_dont_fragment(mut self, ignore: bool) -> Self {
        self.ignore_dont_fragment = ignore;
        self
    }

    /// Splits a packet that begins with its IP header. What lies behind the packet's own length, such as Ethernet
    /// padding, is left out.
    ///
    /// A packet that fits is one piece, as it is. A fragment is split into smaller ones.
    pub fn split<'p>(&mut self, packet: &'p [u8]) -> Result<Fragments<'p>, FragmentError> {
        match packet.first().map(|byte| byte >> 4) {
            None => Err(FragmentError::Truncated { needed: Ipv4::LEN, have: 0 }),
            Some(4) => self.split_ipv4(packet),
            Some(6) => self.split_ipv6(packet),
            Some(version) => Err(FragmentError::Version(version)),
        }
    }

    fn split_ipv4<'p>(&self, packet: &'p [u8]) -> Result<Fragments<'p>, FragmentError> {
        let (header, _) = Ipv4::split(packet).ok_or(truncated(packet, Ipv4::LEN))?;
        let head_len = usize::from(header.ihl()) * 4;
        if head_len < Ipv4::LEN {
            return Err(FragmentError::HeaderLength(head_len));
        }
        // Zero stands for as many bytes as there are: segmentation was left to the network card.
        let length = match usize::from(header.total_length()) {
            0 => packet.len(),
            n => n.max(head_len),
        };
        let packet = packet.get(..length).ok_or(truncated(packet, length))?;
        let (head, payload) = packet.split_at_checked(head_len).ok_or(truncated(packet, head_len))?;
        if length <= self.mtu {
            return Ok(Fragments::whole(packet));
        }
        if header.flags().contains(Ipv4Flags::DONT_FRAGMENT) && !self.ignore_dont_fragment {
            return Err(FragmentError::DontFragment { mtu: self.mtu, length });
        }
        let first = Template::ipv4(head);
        let rest = match head_len {
            Ipv4::LEN => first,
            _ => {
                let mut rest = [0; 60];
                let rest_len = copied_options(head, &mut rest);
                Template::ipv4(&rest[..rest_len])
            }
        };
        let start = usize::from(header.fragment_offset()) * 8;
        let more = header.flags().contains(Ipv4Flags::MORE_FRAGMENTS);
        Fragments { first, rest, before: &[], patched: &[], payload, mtu: self.mtu, start, offset: start, more }
            .checked()
    }

    fn split_ipv6<'p>(&mut self, packet: &'p [u8]) -> Result<Fragments<'p>, FragmentError> {
        let (header, rest) = Ipv6::split(packet).ok_or(truncated(packet, Ipv6::LEN))?;
        let length = match usize::from(header.payload_length()) {
            0 => packet.len(),
            n => n + Ipv6::LEN,
        };
        let packet = packet.get(..length).ok_or(truncated(packet, length))?;
        if length <= self.mtu {
            return Ok(Fragments::whole(packet));
        }
        let chain = PerFragment::of(header.next_header().into(), &rest[..length - Ipv6::LEN]);
        let (extensions, behind) = packet[Ipv6::LEN..].split_at(chain.length);
        let mut head = [0; 60];
        head[..Ipv6::LEN].copy_from_slice(&packet[..Ipv6::LEN]);
        let (before, patched) = extensions.split_at(chain.last);
        let (start, more, payload, next, number) = match Fragment::split(behind) {
            Some((header, payload)) if chain.next == 44 => {
                let start = usize::from(header.fragment_offset()) * 8;
                (start, header.more_fragments(), payload, header.next_header().into(), header.identification())
            }
            _ => {
                let number = self.identification;
                self.identification = number.wrapping_add(1);
                (0, false, behind, chain.next, number)
            }
        };
        if extensions.is_empty() {
            head[6] = 44;
        }
        head[40] = next;
        head[44..48].copy_from_slice(&number.to_be_bytes());
        let template = Template { head, len: 48, sum: Sum::new(), extensions: extensions.len() };
        if start == 0 && !self.split_headers {
            let chain = header_chain(next, payload).unwrap_or(payload.len());
            let needed = 48 + extensions.len() + chain.next_multiple_of(8);
            if needed > self.mtu {
                return Err(FragmentError::HeaderChain { mtu: self.mtu, needed });
            }
        }
        let (first, rest) = (template, template);
        Fragments { first, rest, before, patched, payload, mtu: self.mtu, start, offset: start, more }.checked()
    }
}

fn truncated(packet: &[u8], needed: usize) -> FragmentError {
    FragmentError::Truncated { needed, have: packet.len() }
}

/// The headers that every fragment of an IPv6 packet carries: up to the last routing header, or else the
/// hop-by-hop options (RFC 8200 §4.5).
struct PerFragment {
    /// Bytes of extension headers.
    length: usize,
    /// Where the last of them begins.
    last: usize,
    /// What its next header says.
    next: u8,
}

impl PerFragment {
    fn of(mut next: u8, bytes: &[u8]) -> Self {
        let mut found = PerFragment { length: 0, last: 0, next };
        let mut at = 0;
        while let (0 | 43 | 60, Some(rest @ [after, ..])) = (next, bytes.get(at..)) {
            let Some(end) = extension_len(next, rest).map(|length| at + length) else { break };
            if end > bytes.len() || next == 0 && at != 0 {
                break;
            }
            if next != 60 {
                found = PerFragment { length: end, last: at, next: *after };
            }
            (next, at) = (*after, end);
        }
        // A fragment stands behind whatever its headers are.
        match next {
            44 => PerFragment { length: at, last: at, next },
            _ => found,
        }
    }
}

/// Copies a header without the options that belong to the first fragment alone (RFC 791 §3.1, the copied flag).
fn copied_options(head: &[u8], out: &mut [u8; 60]) -> usize {
    let (fixed, mut options) = head.split_at(Ipv4::LEN);
    out[..Ipv4::LEN].copy_from_slice(fixed);
    let mut len = Ipv4::LEN;
    while let [kind, rest @ ..] = options {
        let size = match (kind, rest) {
            (0, _) => break,
            (1, _) => 1,
            (_, [size, ..]) if (2..=options.len()).contains(&usize::from(*size)) => usize::from(*size),
            _ => break,
        };
        let (option, behind) = options.split_at(size);
        if kind & 0x80 != 0 {
            out[len..len + size].copy_from_slice(option);
            len += size;
        }
        options = behind;
    }
    let len = len.next_multiple_of(4);
    out[0] = 0x40 | (len / 4) as u8;
    len
}

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
struct Template {
    head: [u8; 60],
    len: u8,
    /// Of IPv4: the sum of what is the same in all fragments.
    sum: Sum,
    /// Bytes of IPv6 extension headers in front of the fragment header.
    extensions: usize,
}

impl Template {
    fn ipv4(header: &[u8]) -> Self {
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
    fn is_ipv4(&self) -> bool {
        self.head[0] >> 4 == 4
    }

    /// Bytes of all headers.
    #[inline]
    fn size(&self) -> usize {
        usize::from(self.len) + self.extensions
    }

    /// Completes the header.
    #[inline]
    fn fill(&self, payload: usize, offset: usize, more: bool) -> [u8; 60] {
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
/// use packetsmith::{Ipv4, Stack, fragment::Fragmenter};
/// let packet = Stack::new().push(Ipv4::build()).payload(&[0; 4980]).finish().unwrap();
/// assert_eq!(Fragmenter::new(1500).split(&packet).unwrap().len(), 4);
/// ```
#[derive(Clone, Debug)]
pub struct Fragments<'p> {
    /// Of the packet's beginning, and of all that follows; without length where the packet is whole.
    first: Template,
    rest: Template,
    /// IPv6 extension headers up to the last that is in every fragment, and that one, whose next header changes.
    before: &'p [u8],
    patched: &'p [u8],
    /// What has not been given out.
    payload: &'p [u8],
    mtu: usize,
    /// Offset in bytes of the packet's own payload, and of what has not been given out.
    start: usize,
    offset: usize,
    /// Whether more follows behind this packet, which is a fragment itself.
    more: bool,
}

impl<'p> Fragments<'p> {
    fn whole(packet: &'p [u8]) -> Self {
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
    fn checked(self) -> Result<Self, FragmentError> {
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
/// use packetsmith::fragment::Fragmenter;
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
    head: [u8; 60],
    len: u8,
    before: &'p [u8],
    patched: &'p [u8],
    payload: &'p [u8],
    offset: usize,
    more: bool,
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    fn ipv4(options: &[u8], flags: u8, payload: usize) -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 0, 0x12, 0x34, flags << 5, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        packet.extend_from_slice(options);
        packet[0] = 0x40 | (packet.len() / 4) as u8;
        packet.extend((0..payload).map(|n| n as u8));
        let length = packet.len() as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        let head = 20 + options.len();
        let checksum = Sum::new().bytes(&packet[..head]).checksum();
        packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        packet
    }

    fn ipv6(next: u8, rest: &[&[u8]]) -> Vec<u8> {
        let rest = rest.concat();
        let mut packet = vec![0x60, 0, 0, 0, 0, 0, next, 64];
        packet[4..6].copy_from_slice(&(rest.len() as u16).to_be_bytes());
        packet.extend([0x20; 32]);
        packet.extend(rest);
        packet
    }

    fn pieces(fragmenter: &mut Fragmenter, packet: &[u8]) -> Vec<Vec<u8>> {
        let split = fragmenter.split(packet).unwrap();
        let expected = split.len();
        let pieces: Vec<Vec<u8>> = split.map(|piece| piece.slices().concat()).collect();
        assert_eq!(pieces.len(), expected);
        pieces
    }

    fn words(packets: &[Vec<u8>]) -> Vec<(usize, u16, bool)> {
        let word = |packet: &Vec<u8>| u16::from_be_bytes([packet[6], packet[7]]);
        packets.iter().map(|packet| (packet.len(), word(packet) & 0x1fff, word(packet) & 0x2000 != 0)).collect()
    }

    #[test]
    fn five_thousand_bytes_become_four_fragments() {
        let pieces = pieces(&mut Fragmenter::new(1500), &ipv4(&[], 0, 4980));
        assert_eq!(words(&pieces), [(1500, 0, true), (1500, 185, true), (1500, 370, true), (560, 555, false)]);
        for piece in &pieces {
            assert_eq!(Sum::new().bytes(&piece[..20]).value(), 0xffff);
            assert_eq!(usize::from(u16::from_be_bytes([piece[2], piece[3]])), piece.len());
            assert_eq!(piece[4..6], [0x12, 0x34]);
        }
    }

    #[test]
    fn options_without_the_copied_flag_are_in_the_first_fragment_alone() {
        // Record route is not copied, loose source route is.
        let options = [7, 7, 4, 0, 0, 0, 0, 131, 7, 4, 10, 0, 0, 9, 1, 0];
        let pieces = pieces(&mut Fragmenter::new(100), &ipv4(&options, 0, 150));
        assert_eq!(pieces[0][..1], [0x49]);
        assert_eq!(pieces[0][20..36], options);
        assert_eq!(pieces[1][..1], [0x47]);
        assert_eq!(pieces[1][20..28], [131, 7, 4, 10, 0, 0, 9, 0]);
        assert_eq!(words(&pieces), [(100, 0, true), (100, 8, true), (42, 17, false)]);
    }

    #[test]
    fn a_malformed_option_ends_what_is_copied() {
        for options in [[131, 0, 0, 0], [131, 9, 0, 0], [131, 1, 0, 0], [0, 131, 2, 0]] {
            assert_eq!(pieces(&mut Fragmenter::new(40), &ipv4(&options, 0, 60))[1][0], 0x45);
        }
    }

    #[test]
    fn a_packet_that_fits_passes_whole() {
        let packet = ipv4(&[], 2, 80);
        let padded = [&packet[..], &[0; 6]].concat();
        assert_eq!(pieces(&mut Fragmenter::new(100), &padded), [packet]);
        let packet = ipv6(17, &[&[0; 60]]);
        assert_eq!(pieces(&mut Fragmenter::new(100), &packet), core::slice::from_ref(&packet));
        assert!(Fragmenter::new(100).split(&packet).unwrap().next().unwrap().is_whole());
    }

    #[test]
    fn dont_fragment_refuses() {
        let packet = ipv4(&[], 2, 81);
        let error = Fragmenter::new(100).split(&packet).unwrap_err();
        assert_eq!(error, FragmentError::DontFragment { mtu: 100, length: 101 });
        let pieces = pieces(&mut Fragmenter::new(100).ignore_dont_fragment(true), &packet);
        assert_eq!(words(&pieces), [(100, 0, true), (21, 10, false)]);
        assert_eq!(pieces[1][6] & 0x40, 0x40, "the flag stays");
    }

    #[test]
    fn an_mtu_without_room_is_an_error() {
        let too_small = |mtu| Fragmenter::new(mtu).split(&ipv4(&[], 0, 80)).map(|pieces| pieces.len());
        assert_eq!(too_small(27), Err(FragmentError::MtuTooSmall { mtu: 27, needed: 28 }));
        assert_eq!(too_small(28), Ok(10));
        let split = |mtu| Fragmenter::new(mtu).split(&ipv6(17, &[&[0; 80]])).map(|pieces| pieces.len());
        assert_eq!(split(56), Ok(10));
        assert_eq!(split(55), Err(FragmentError::HeaderChain { mtu: 55, needed: 56 }));
        let packet = ipv6(17, &[&[0; 80]]);
        let mut fragmenter = Fragmenter::new(55).split_headers(true);
        let error = fragmenter.split(&packet).unwrap_err();
        assert_eq!(error, FragmentError::MtuTooSmall { mtu: 55, needed: 56 });
    }

    #[test]
    fn a_fragment_is_split_into_smaller_ones() {
        let whole = ipv4(&[], 0, 300);
        let halves = pieces(&mut Fragmenter::new(180), &whole);
        assert_eq!(words(&halves), [(180, 0, true), (160, 20, false)]);
        let mut again = Vec::new();
        for half in &halves {
            again.extend(pieces(&mut Fragmenter::new(100), half));
        }
        assert_eq!(words(&again), [(100, 0, true), (100, 10, true), (100, 20, true), (80, 30, false)]);
    }

    #[test]
    fn ipv6_headers_for_every_router_are_in_every_fragment() {
        let hop_by_hop = [43, 0, 1, 4, 0, 0, 0, 0];
        let mut routing = [0; 24];
        (routing[0], routing[1], routing[2]) = (60, 2, 4);
        let destination = [6, 0, 1, 4, 0, 0, 0, 0];
        let mut tcp = [0; 100];
        tcp[12] = 0x50;
        let packet = ipv6(0, &[&hop_by_hop, &routing, &destination, &tcp]);
        let pieces = pieces(&mut Fragmenter::new(120).identification(7), &packet);
        assert_eq!(pieces.len(), 3);
        for (n, piece) in pieces.iter().enumerate() {
            assert_eq!((piece[6], piece[40], piece[48]), (0, 43, 44), "hop-by-hop, routing, fragment");
            assert_eq!((piece[72], &piece[76..80]), (60, &[0, 0, 0, 7][..]));
            let word = u16::from_be_bytes([piece[74], piece[75]]);
            assert_eq!((usize::from(word & !7), word & 1 == 1), (n * 40, n < 2));
            assert_eq!(usize::from(u16::from_be_bytes([piece[4], piece[5]])), piece.len() - 40);
        }
        // Behind the routing header nothing is for routers.
        assert_eq!(pieces[0][80], 6);
    }

    #[test]
    fn the_first_ipv6_fragment_holds_all_headers() {
        let destination = [&[17, 4][..], &[1, 36], &[0; 36]].concat();
        let packet = ipv6(60, &[&destination, &[0; 200]]);
        let error = Fragmenter::new(95).split(&packet).unwrap_err();
        assert_eq!(error, FragmentError::HeaderChain { mtu: 95, needed: 96 });
        assert!(Fragmenter::new(96).split(&packet).is_ok());
        assert!(Fragmenter::new(64).split_headers(true).split(&packet).is_ok());
    }

    #[test]
    fn an_ipv6_fragment_is_split_further() {
        let packet = ipv6(17, &[&[1; 400]]);
        let halves = pieces(&mut Fragmenter::new(248).identification(0xabcd_0123), &packet);
        assert_eq!(halves.len(), 2);
        let again = pieces(&mut Fragmenter::new(128).identification(1), &halves[1]);
        assert_eq!(again.len(), 3);
        for (n, piece) in again.iter().enumerate() {
            assert_eq!((piece[6], piece[40], &piece[44..48]), (44, 17, &[0xab, 0xcd, 0x01, 0x23][..]));
            assert_eq!(u16::from_be_bytes([piece[42], piece[43]]), (200 + n * 80) as u16 | u16::from(n < 2));
        }
    }

    #[test]
    fn a_fragment_behind_other_headers_is_split_behind_them_too() {
        let hop_by_hop = [60, 0, 1, 4, 0, 0, 0, 0];
        let destination = [44, 0, 1, 4, 0, 0, 0, 0];
        let fragment = [17, 0, 0x01, 0x91, 0, 0, 0, 9];
        for before in [&[][..], &hop_by_hop] {
            let headers = [before, &destination].concat();
            let payload: Vec<u8> = (0..160).collect();
            let packet = ipv6(if before.is_empty() { 60 } else { 0 }, &[&headers, &fragment, &payload]);
            let pieces = pieces(&mut Fragmenter::new(48 + headers.len() + 80), &packet);
            assert_eq!(pieces.len(), 2);
            for (n, piece) in pieces.iter().enumerate() {
                assert_eq!((piece[6], &piece[40..40 + headers.len()]), (packet[6], &headers[..]));
                let (head, rest) = piece[40 + headers.len()..].split_at(8);
                assert_eq!((head[0], &head[4..]), (17, &[0, 0, 0, 9][..]));
                assert_eq!(
                    u16::from_be_bytes([head[2], head[3]]),
                    0x0190 + n as u16 * 80 + 1,
                    "more follow all the same"
                );
                assert_eq!(rest, &payload[n * 80..][..80]);
            }
        }
    }

    #[test]
    fn the_longest_packets_are_split_and_longer_ones_are_not() {
        let mut fragmenter = Fragmenter::new(1500);
        assert_eq!(pieces(&mut fragmenter, &ipv4(&[], 0, 65515)).len(), 45);
        assert_eq!(pieces(&mut fragmenter, &ipv6(17, &[&[0; 65535]])).len(), 46);
        // The last fragment of the longest one, and one byte more.
        let last = |payload: usize| {
            let mut packet = ipv4(&[], 0, payload);
            packet[6..8].copy_from_slice(&(64000u16 / 8).to_be_bytes());
            fragmenter.clone().split(&packet).map(|pieces| pieces.len())
        };
        assert_eq!((last(1515), last(1516)), (Ok(2), Err(FragmentError::TooLong)));
        let last = |payload: usize| {
            let word = 64000u16.to_be_bytes();
            let packet = ipv6(44, &[&[17, 0, word[0], word[1], 0, 0, 0, 1], &[0; 2000][..payload]]);
            fragmenter.clone().split(&packet).map(|pieces| pieces.len())
        };
        assert_eq!((last(1535), last(1536)), (Ok(2), Err(FragmentError::TooLong)));
    }

    #[test]
    fn each_piece_says_what_part_of_the_payload_it_is() {
        for packet in [ipv4(&[7, 4, 0, 0], 0, 300), ipv6(0, &[&[17, 0, 1, 4, 0, 0, 0, 0], &[5; 300]])] {
            let behind = packet.len() - 300;
            let pieces: Vec<_> = Fragmenter::new(160).split(&packet).unwrap().collect();
            let mut at = 0;
            for (n, piece) in pieces.iter().enumerate() {
                let bytes = piece.slices().concat();
                assert_eq!((piece.offset(), piece.is_whole()), (at, false));
                assert_eq!(piece.payload(), &packet[behind + at..][..piece.payload().len()]);
                assert!(bytes.ends_with(piece.payload()) && piece.len() == bytes.len());
                assert_eq!(piece.more_fragments(), n + 1 < pieces.len());
                let mut buffer = [0xaa; 161];
                assert_eq!(piece.write_into(&mut buffer).unwrap(), bytes);
                assert_eq!(buffer[bytes.len()], 0xaa);
                let error = piece.write_into(&mut buffer[..bytes.len() - 1]).unwrap_err();
                assert_eq!(error, FragmentError::NoRoom { needed: bytes.len(), have: bytes.len() - 1 });
                at += piece.payload().len();
            }
            assert_eq!(at, 300);
        }
    }

    #[test]
    fn what_is_no_packet_is_an_error() {
        let error = |bytes: &[u8]| Fragmenter::new(100).split(bytes).err();
        assert_eq!(error(&[]), Some(FragmentError::Truncated { needed: 20, have: 0 }));
        assert_eq!(error(&[0x50; 40]), Some(FragmentError::Version(5)));
        assert_eq!(error(&[0x45, 0]), Some(FragmentError::Truncated { needed: 20, have: 2 }));
        assert_eq!(error(&[0x44; 40]), Some(FragmentError::HeaderLength(16)));
        assert_eq!(error(&ipv4(&[], 0, 80)[..90]), Some(FragmentError::Truncated { needed: 100, have: 90 }));
        assert_eq!(error(&ipv6(17, &[&[0; 80]])[..90]), Some(FragmentError::Truncated { needed: 120, have: 90 }));
        let mut last = ipv4(&[], 0, 1000);
        last[6..8].copy_from_slice(&[0x1f, 0xff]);
        assert_eq!(error(&last), Some(FragmentError::TooLong));
        let large = ipv6(17, &[&[0; 65536]]);
        assert_eq!(error(&[&[0x60, 0, 0, 0, 0, 0], &large[6..]].concat()), Some(FragmentError::TooLong), "a jumbogram");
    }
}
