//! Fragmentation of IP packets to an MTU: RFC 791 §3.2 and RFC 8200 §4.5.
//!
//! Nothing is allocated and no payload is copied: a [`Piece`] has new headers and a slice of the packet.
//!
//! ```
//! use packetsmith::ip::Fragmenter;
//! use packetsmith::{Ipv4, Stack};
//! let packet = Stack::new().push(Ipv4::build()).payload(&[7; 4980]).finish().unwrap();
//! let pieces: Vec<_> = Fragmenter::new(1500).split(&packet).unwrap().collect();
//! let sizes: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
//! assert_eq!(sizes, [1500, 1500, 1500, 560]);
//! assert_eq!(pieces[3].offset(), 4440);
//! ```

mod error;
mod fragments;
#[cfg(test)]
mod tests;

pub use error::FragmentError;
#[cfg(feature = "std")]
pub(crate) use fragments::shared_sum;
pub use fragments::{Fragments, Piece};

use crate::proto::{Fragment, Ipv4, Ipv4Flags, Ipv6, extension_len, header_chain};
use crate::wire::Sum;
use fragments::Template;

/// Splits packets to an MTU.
///
/// An IPv4 packet keeps its identification. An IPv6 packet has none before it is split: packets get consecutive numbers,
/// from that of [`identification`](Self::identification) or from 0.
///
/// ```
/// use packetsmith::ip::{FragmentError, Fragmenter};
/// use packetsmith::{Ipv4, Stack};
/// use packetsmith::proto::ip::Ipv4Flags;
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
    /// Splits to packets of at most `mtu` bytes, IP headers included.
    pub fn new(mtu: usize) -> Self {
        Fragmenter { mtu, identification: 0, split_headers: false, ignore_dont_fragment: false }
    }

    /// Identification of the next IPv6 packet that is split; each further one has the next number.
    pub fn identification(mut self, first: u32) -> Self {
        self.identification = first;
        self
    }

    /// Splits IPv6 packets even if the first fragment cannot hold all headers, as attackers do (RFC 7112).
    pub fn split_headers(mut self, allow: bool) -> Self {
        self.split_headers = allow;
        self
    }

    /// Splits IPv4 packets even if they have the flag "don't fragment". The flag stays set.
    pub fn ignore_dont_fragment(mut self, ignore: bool) -> Self {
        self.ignore_dont_fragment = ignore;
        self
    }

    /// Splits a packet that begins with its IP header. Bytes past the packet's length field, such as Ethernet padding, are
    /// left out.
    ///
    /// A packet that fits is one unchanged piece. A fragment is split into smaller fragments.
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
        let header_len = usize::from(header.ihl()) * 4;
        if header_len < Ipv4::LEN {
            return Err(FragmentError::HeaderLength(header_len));
        }
        // Length 0 means all bytes: segmentation was left to the network card.
        let length = match usize::from(header.total_length()) {
            0 => packet.len(),
            n => n.max(header_len),
        };
        let packet = packet.get(..length).ok_or(truncated(packet, length))?;
        let (headers, payload) = packet.split_at_checked(header_len).ok_or(truncated(packet, header_len))?;
        if length <= self.mtu {
            return Ok(Fragments::whole(packet));
        }
        if header.flags().contains(Ipv4Flags::DONT_FRAGMENT) && !self.ignore_dont_fragment {
            return Err(FragmentError::DontFragment { mtu: self.mtu, length });
        }
        let first = Template::ipv4(headers);
        let rest = match header_len {
            Ipv4::LEN => first,
            _ => {
                let mut rest = [0; 60];
                let rest_len = copied_options(headers, &mut rest);
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
        let (extensions, after) = packet[Ipv6::LEN..].split_at(chain.length);
        let mut headers = [0; 60];
        headers[..Ipv6::LEN].copy_from_slice(&packet[..Ipv6::LEN]);
        let (before, patched) = extensions.split_at(chain.last);
        let (start, more, payload, next, number) = match Fragment::split(after) {
            Some((header, payload)) if chain.next == 44 => {
                let start = usize::from(header.fragment_offset()) * 8;
                (start, header.more_fragments(), payload, header.next_header().into(), header.identification())
            }
            _ => {
                let number = self.identification;
                self.identification = number.wrapping_add(1);
                (0, false, after, chain.next, number)
            }
        };
        if extensions.is_empty() {
            headers[6] = 44;
        }
        headers[40] = next;
        headers[44..48].copy_from_slice(&number.to_be_bytes());
        let template = Template { headers, len: 48, sum: Sum::new(), extensions: extensions.len() };
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

/// The per-fragment headers of an IPv6 packet: up to the last routing header, or else the hop-by-hop options (RFC 8200
/// §4.5).
struct PerFragment {
    /// Bytes of extension headers.
    length: usize,
    /// Offset of the last of them.
    last: usize,
    /// Next header of the last of them.
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
        // In a fragment, all headers before the fragment header are per-fragment headers.
        match next {
            44 => PerFragment { length: at, last: at, next },
            _ => found,
        }
    }
}

/// Copies a header without the options that only the first fragment has (RFC 791 §3.1, the copied flag).
fn copied_options(headers: &[u8], out: &mut [u8; 60]) -> usize {
    let (fixed, mut options) = headers.split_at(Ipv4::LEN);
    out[..Ipv4::LEN].copy_from_slice(fixed);
    let mut len = Ipv4::LEN;
    while let [kind, rest @ ..] = options {
        let size = match (kind, rest) {
            (0, _) => break,
            (1, _) => 1,
            (_, [size, ..]) if (2..=options.len()).contains(&usize::from(*size)) => usize::from(*size),
            _ => break,
        };
        let (option, after) = options.split_at(size);
        if kind & 0x80 != 0 {
            out[len..len + size].copy_from_slice(option);
            len += size;
        }
        options = after;
    }
    let len = len.next_multiple_of(4);
    out[0] = 0x40 | (len / 4) as u8;
    len
}
