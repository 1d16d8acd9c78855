//! Fragments as their headers describe them.

use super::key::Key;
use super::network::Network;
use super::outcome::Refusal;
use crate::dissect::Layer;
use crate::proto::{Fragment, Ipv4, Ipv4Flags, Ipv6, View, extension_len};
use crate::wire::raw_number;
use core::ops::Range;

/// A fragment, with the fields of its headers.
pub(super) struct IncomingFragment<'p> {
    pub(super) key: Key,
    /// The headers without the fragment header, and the offset in them of the last next-header field (IPv6).
    pub(super) headers: &'p [u8],
    pub(super) next_at: usize,
    /// Protocol of the payload: the next header of the fragment header.
    pub(super) next: u8,
    pub(super) offset: usize,
    pub(super) more: bool,
    pub(super) payload: &'p [u8],
}

/// A packet, as reassembly sees it.
pub(super) enum ParsedFragment<'p> {
    NotFragment,
    Atomic,
    Fragment(IncomingFragment<'p>),
    Bad(Refusal),
}

#[inline(always)]
pub(super) fn parse(packet: &[u8], network: Network) -> ParsedFragment<'_> {
    match packet.first().map(|byte| byte >> 4) {
        Some(4) => parse_ipv4(packet, network),
        Some(6) => parse_ipv6(packet, network),
        _ => ParsedFragment::NotFragment,
    }
}

#[inline(always)]
fn parse_ipv4(packet: &[u8], network: Network) -> ParsedFragment<'_> {
    let Some((header, _)) = Ipv4::split(packet) else { return ParsedFragment::NotFragment };
    if !header.is_fragment() {
        return ParsedFragment::NotFragment;
    }
    let headers = usize::from(header.ihl()) * 4;
    let length = match usize::from(header.total_length()) {
        0 => packet.len(),
        n => n,
    };
    if headers < Ipv4::LEN || length < headers {
        return ParsedFragment::Bad(Refusal::Header);
    }
    let Some((headers, payload)) = packet.get(..length).and_then(|packet| packet.split_at_checked(headers)) else {
        return ParsedFragment::Bad(Refusal::Truncated);
    };
    // The number as it is, not through the registry: this is the hot path.
    let protocol = raw_number(header.as_bytes(), Ipv4::FIELDS, const { Ipv4::row("protocol") }) as u8;
    ParsedFragment::Fragment(IncomingFragment {
        key: Key::ipv4(&header, protocol, network),
        headers,
        next_at: 9,
        next: protocol,
        offset: usize::from(header.fragment_offset()) * 8,
        more: header.flags().contains(Ipv4Flags::MORE_FRAGMENTS),
        payload,
    })
}

fn parse_ipv6(packet: &[u8], network: Network) -> ParsedFragment<'_> {
    let Some((header, rest)) = Ipv6::split(packet) else { return ParsedFragment::NotFragment };
    let (mut next, mut next_at, mut at) = (u8::from(header.next_header()), 6, 0);
    while let Some(header) = rest.get(at..)
        && let (Some(length), [after, ..]) = (extension_len(next, header), header)
    {
        (next_at, next) = (Ipv6::LEN + at, *after);
        at += length;
    }
    let Some(after) = rest.get(at..).filter(|_| next == 44) else { return ParsedFragment::NotFragment };
    let Some((fragment, _)) = Fragment::split(after) else { return ParsedFragment::Bad(Refusal::Truncated) };
    if fragment.is_atomic() {
        return ParsedFragment::Atomic;
    }
    let length = match usize::from(header.payload_length()) {
        0 => packet.len(),
        n => n + Ipv6::LEN,
    };
    let at = Ipv6::LEN + at;
    if length < at + Fragment::LEN {
        return ParsedFragment::Bad(Refusal::Header);
    }
    let Some(payload) = packet.get(at + Fragment::LEN..length) else { return ParsedFragment::Bad(Refusal::Truncated) };
    ParsedFragment::Fragment(IncomingFragment {
        key: Key::ipv6(&header, fragment.identification(), network),
        headers: &packet[..at],
        next_at,
        next: fragment.next_header().into(),
        offset: usize::from(fragment.fragment_offset()) * 8,
        more: fragment.more_fragments(),
        payload,
    })
}

/// Range in a frame of the IP packet that is a fragment; of the innermost, if there are several.
///
/// Packets that an ICMP error quotes do not count.
///
/// ```
/// use packetsmith::ip::find;
/// use packetsmith::{Ethernet, Ipv4, Stack, dissect};
/// use packetsmith::proto::ip::Ipv4Flags;
/// let fragment = Ipv4::build().flags(Ipv4Flags::MORE_FRAGMENTS);
/// let frame = Stack::new().push(Ethernet::build()).push(fragment).payload(&[0; 8]).finish().unwrap();
/// assert_eq!(find(dissect(1, &frame)), Some(14..42));
/// ```
pub fn find<'a>(layers: impl Iterator<Item = Layer<'a>>) -> Option<Range<usize>> {
    let (mut ip, mut found) = (None, None);
    for layer in layers {
        let whole = || layer.header_span().start as usize..layer.payload_span().end as usize;
        match layer.view {
            _ if layer.quoted => break,
            View::Ipv4(header) if header.is_fragment() => found = Some(whole()),
            View::Ipv6(_) => ip = Some(whole()),
            View::Fragment(_) => found = ip.clone(),
            _ => {}
        }
    }
    found
}
