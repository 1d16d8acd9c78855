//! The context of a layer: what the outer layers say about it.

use super::bounds::LayerBounds;
use super::checksum_coverage::{ChecksumCoverage, CoverageEnd};
use super::extension_headers::ExtensionHeaders;
use super::issue::Limit;
use super::next_protocol::NextProtocol;
use super::parsed_header::ParsedHeader;
use super::pseudo_header::PseudoHeaderAddresses;
use super::report::Report;
use crate::wire::{Checksum, Sum};
use crate::wire::{Cursor, Span};

/// What outer layers tell inner layers.
///
/// ```
/// use packetsmith::{View, examine};
/// use packetsmith::layer::{Protocol, PseudoHeaderAddresses, Scope};
/// let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0x66, 0xd7, 10, 0, 0, 1, 10, 0, 0, 2];
/// let layer = examine(101, &packet).next().unwrap();
/// let View::Ipv4(header) = layer.view else { panic!() };
/// let mut scope = Scope::OUTERMOST;
/// header.update_scope(&layer.context, &mut scope);
/// assert_eq!(scope.addresses, PseudoHeaderAddresses::ipv4(0), "what UDP needs to know for its pseudo-header");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The addresses for a pseudo-header.
    pub addresses: PseudoHeaderAddresses,
    /// Byte range of the source address of the enclosing link-layer frame. Empty if it has none.
    pub link_source: Span,
    /// The IPv6 extension headers so far.
    pub extension_headers: ExtensionHeaders,
    /// What sets the end of the next layer.
    pub limit: Limit,
    /// Number of IP headers so far.
    pub ip_headers: u8,
    /// Number of VLAN tags of the enclosing link-layer frame so far.
    pub vlan_tags: u8,
    /// Whether the packet was captured inside of a host, on its loopback interface.
    pub inside_host: bool,
}

impl Scope {
    /// The scope of the outermost layer: nothing is known.
    pub const OUTERMOST: Scope = Scope {
        addresses: PseudoHeaderAddresses::NONE,
        link_source: Span::new(0, 0),
        extension_headers: ExtensionHeaders(0),
        limit: Limit::Frame,
        ip_headers: 0,
        vlan_tags: 0,
        inside_host: false,
    };
}

/// A layer's bounds in its frame, and what the layers outside of it say about it.
///
/// ```
/// use packetsmith::{NextProtocol, examine};
/// # let mut frame = [0; 60];
/// # frame[12..26].copy_from_slice(&[0x08, 0x00, 0x45, 0, 0x05, 0xdc, 0, 0, 0, 0, 64, 17, 0, 0]);
/// # frame[38..40].copy_from_slice(&[0x05, 0xc8]);
/// // UDP over IPv4 over Ethernet, of whose 1514 bytes 60 were captured.
/// let udp = examine(1, &frame).original_len(1514).nth(2).unwrap();
/// let context = udp.context;
/// assert_eq!((context.bounds.start, context.wire_end), (34, 1514));
/// assert_eq!((context.selector, context.addresses.header), (NextProtocol::IpProtocol(17), 14));
/// assert_eq!((context.header().len(), context.payload().len()), (8, 18));
/// assert_eq!((context.bounds.payload_end, context.payload_wire_end), (60, 1514));
/// assert!(!context.is_whole());
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct LayerContext<'a> {
    /// The whole frame.
    pub frame: &'a [u8],
    /// Byte ranges of header, payload and trailer.
    pub bounds: LayerBounds,
    /// Where the layer ended on the wire. It is past the end of the frame if the capture cut the frame.
    pub wire_end: u32,
    /// Where the payload ended on the wire.
    pub payload_wire_end: u32,
    /// The number or rule that selected this protocol.
    pub selector: NextProtocol,
    /// The addresses for a pseudo-header.
    pub addresses: PseudoHeaderAddresses,
    /// Byte range of the source address of the enclosing link-layer frame. Empty if it has none.
    pub link_source: Span,
    /// The IPv6 extension headers before this layer.
    pub extension_headers: ExtensionHeaders,
    /// What sets the end of the layer.
    pub limit: Limit,
    /// Whether bytes of the layer are missing: a length of an outer layer says more than the frame has.
    pub outer_is_short: bool,
    /// Whether bytes of the payload are missing: this layer's length, or an outer one, says more than the frame has.
    pub is_short: bool,
    /// Number of IP headers before this layer.
    pub ip_headers: u8,
    /// Number of VLAN tags before this layer.
    pub vlan_tags: u8,
    /// Whether the packet was captured inside of a host, on its loopback interface.
    pub inside_host: bool,
    /// Whether the layer belongs to a packet that an ICMP error quotes, or of which sFlow has a sample.
    pub quoted: bool,
}

/// Where the layer is. The frame is left out, and what only checks ask for.
impl core::fmt::Debug for LayerContext<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("LayerContext");
        out.field("bounds", &self.bounds).field("wire_end", &self.wire_end).field("selector", &self.selector);
        out.field("limit", &self.limit).field("quoted", &self.quoted).finish_non_exhaustive()
    }
}

impl<'a> LayerContext<'a> {
    /// A layer without any outside of it. `total_len` is the length of header and payload in bytes, as the header says.
    pub(crate) fn alone(frame: &'a [u8], header_len: u32, total_len: u32, selector: NextProtocol) -> Self {
        let end = frame.len() as u32;
        let payload_end = total_len.min(end);
        let Scope { addresses, link_source, extension_headers, limit, ip_headers, vlan_tags, inside_host } =
            Scope::OUTERMOST;
        LayerContext {
            frame,
            bounds: LayerBounds { start: 0, header_end: header_len, payload_end, trailer_end: end },
            wire_end: end,
            payload_wire_end: payload_end,
            selector,
            addresses,
            link_source,
            extension_headers,
            limit,
            outer_is_short: false,
            is_short: total_len != ParsedHeader::<()>::OPEN && total_len > end,
            ip_headers,
            vlan_tags,
            inside_host,
            quoted: false,
        }
    }

    /// Byte range of the header with its options.
    #[inline]
    pub fn header_span(&self) -> Span {
        self.bounds.header_span()
    }
    /// Byte range of the payload.
    #[inline]
    pub fn payload_span(&self) -> Span {
        self.bounds.payload_span()
    }
    /// Byte range of the trailer: bytes past the header's length field.
    #[inline]
    pub fn trailer_span(&self) -> Span {
        self.bounds.trailer_span()
    }
    /// The header with its options.
    #[inline]
    pub fn header(&self) -> &'a [u8] {
        self.header_span().of(self.frame)
    }
    /// The payload.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload_span().of(self.frame)
    }
    /// The trailer: bytes past the header's length field.
    #[inline]
    pub fn trailer(&self) -> &'a [u8] {
        self.trailer_span().of(self.frame)
    }
    /// A cursor over the header from its byte `from` on. Most protocols have their options there.
    #[inline]
    pub fn options(&self, from: usize) -> Cursor<'a> {
        Cursor::within(self.frame, Span::new(self.bounds.start + from as u32, self.bounds.header_end))
    }
    /// Byte range of the destination address of the enclosing Ethernet frame. Empty if there is none.
    pub(crate) fn link_destination(&self) -> Span {
        let source = self.link_source;
        Span::new(source.start.saturating_sub(source.len() as u32), source.start)
    }

    /// Tells whether all of header and payload was captured.
    #[inline]
    pub fn is_whole(&self) -> bool {
        self.bounds.payload_end == self.payload_wire_end
    }

    /// Tells whether all of header, payload and trailer was captured.
    #[inline]
    pub fn is_all_here(&self) -> bool {
        self.bounds.trailer_end == self.wire_end
    }

    /// Reports an extension header in the wrong order (RFC 8200 §4.1).
    pub fn check_order(&self, header: ExtensionHeaders, report: &mut Report<'_>) {
        if let (16, Some(rule)) = (self.addresses.size, self.extension_headers.rule(header)) {
            report(None, self.header_span(), rule.into());
        }
    }

    /// The sum of the pseudo-header, and the span that a checksum covers. `None` if some of the bytes are missing, or
    /// if there are no addresses for a pseudo-header.
    #[inline(always)]
    pub fn covered(&self, cover: ChecksumCoverage) -> Option<(Sum, Span)> {
        let at = self.bounds.start;
        let (end, length) = match cover.end {
            CoverageEnd::Header => (self.bounds.header_end, self.bounds.header_end - at),
            CoverageEnd::Payload if self.is_whole() && !self.is_short => {
                (self.bounds.payload_end, self.bounds.payload_end - at)
            }
            CoverageEnd::Trailer if self.is_all_here() && !self.outer_is_short => {
                (self.bounds.trailer_end, self.bounds.trailer_end - at)
            }
            // The pseudo-header has the length of header and payload.
            CoverageEnd::First(n) if !self.is_short => (
                at.checked_add(n).filter(|end| (self.bounds.header_end..=self.bounds.payload_end).contains(end))?,
                self.payload_wire_end - at,
            ),
            _ => return None,
        };
        let (addresses, frame) = (self.addresses, self.frame);
        let pseudo = match cover.pseudo {
            None => Sum::new(),
            Some(_) if addresses.size == 0 => return None,
            Some(protocol) => addresses.sum(frame).number(protocol.into()).number(length),
        };
        Some((pseudo, Span::new(at, end)))
    }

    /// Whether a checksum is that of the pseudo-header alone, which the network card completes. Windows leaves the length
    /// out for large sends.
    fn is_left_to_the_card(&self, cover: ChecksumCoverage, stored: u16, pseudo: Sum) -> bool {
        cover.pseudo.is_some_and(|protocol| {
            let without_length = || self.addresses.sum(self.frame).number(protocol.into()).value();
            stored == pseudo.value() || stored == without_length()
        })
    }

    /// Whether a checksum can be that of the pseudo-header alone. The payload need not be summed to know that it is not.
    pub(crate) fn may_be_left_to_the_card(&self, cover: ChecksumCoverage, stored: u16) -> bool {
        self.covered(cover).is_some_and(|(pseudo, _)| self.is_left_to_the_card(cover, stored, pseudo))
    }

    /// Verifies the checksum `stored`, which covers `cover`.
    pub fn verify(&self, cover: ChecksumCoverage, stored: u16) -> Checksum {
        if cover.optional && stored == 0 {
            return Checksum::Absent;
        }
        let Some((pseudo, span)) = self.covered(cover) else { return Checksum::Unverifiable };
        match pseudo.bytes(span.of(self.frame)).verify(stored) {
            Checksum::Bad(_) if self.is_left_to_the_card(cover, stored, pseudo) => Checksum::Offloaded,
            state => state,
        }
    }
}
