//! Fast headers: the network and transport header of a packet, and its payload, without the walk.
//!
//! [`dissect`](crate::dissect()) walks any frame and gives every layer. To get addresses and ports of many packets,
//! [`FastHeaders`] is faster: it calls the same parsers one after the other, for the common packets.

use crate::dissect::Layers;
use crate::layer::NextProtocol;
use crate::layer::{ParseDefect, ParseDefectKind, ParsedHeader, Protocol};
use crate::proto::{Arp, Ethernet, Icmpv4, Icmpv6, Ipv4, Ipv6, Proto, Tcp, Udp, View, Vlan};

/// Network and transport header of a packet, and its payload.
///
/// The headers are those of [`dissect`](crate::dissect()): the first network layer, and the first layer after it and
/// its extension headers. Inner packets of tunnels are not read.
///
/// ```
/// use packetsmith::{FastHeaders, View};
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
/// let outline = FastHeaders::of(1, &frame);
/// let View::Udp(udp) = outline.transport else { panic!() };
/// assert_eq!((udp.dst_port(), outline.payload), (53, &b"?"[..]));
/// assert!(outline.is_intact);
/// ```
#[derive(Clone, Copy)]
pub struct FastHeaders<'a> {
    /// The header of IPv4, IPv6 or ARP. [`View::Data`] if there is none, [`View::Cut`] if it is cut.
    pub network: View<'a>,
    /// The header after the network header and its extension headers: TCP, UDP, ICMP or another. [`View::Data`] for an
    /// unknown protocol, a fragment or nothing, [`View::Cut`] if it is cut.
    pub transport: View<'a>,
    /// The payload of the innermost of the two headers.
    pub payload: &'a [u8],
    /// Whether the structure up to here is valid: no length contradicts another, and nothing is cut off.
    pub is_intact: bool,
}

/// The headers, and the payload in hexadecimal.
impl core::fmt::Debug for FastHeaders<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("FastHeaders");
        out.field("network", &self.network).field("transport", &self.transport);
        out.field("payload", &crate::wire::DebugValue(self.payload)).field("is_intact", &self.is_intact).finish()
    }
}

impl<'a> FastHeaders<'a> {
    /// Reads a frame of a [`LinkType`](crate::LinkType) or its number (1 is Ethernet), or one that begins with another
    /// header, as [`dissect`](crate::dissect()).
    ///
    /// Never fails, never panics, allocates nothing.
    #[inline]
    pub fn of(first: impl Into<NextProtocol>, frame: &'a [u8]) -> Self {
        let first = first.into();
        match Self::common(first, frame) {
            Some(outline) => outline,
            None => Self::any(Layers::new(first, frame)),
        }
    }

    /// Reads the common packets, if they are intact. Each kind has a separate code path, so that nothing is tested
    /// twice.
    #[inline(always)]
    fn common(selector: NextProtocol, frame: &'a [u8]) -> Option<Self> {
        if !selector.selects(Proto::Ethernet) || frame.len() >= ParsedHeader::<()>::OPEN as usize {
            return None;
        }
        let (_, mut selector, mut bytes) = inside(frame, Ethernet::parse(frame, selector))?;
        while selector.selects(Proto::Vlan) {
            (_, selector, bytes) = inside(bytes, Vlan::parse(bytes, selector))?;
        }
        if !matches!(selector, NextProtocol::EtherType(_)) {
            return None;
        }
        if selector.selects(Proto::Ipv4) {
            let (ip, selector, bytes) = inside(bytes, Ipv4::parse(bytes, selector))?;
            Self::carried(View::Ipv4(ip), selector, bytes)
        } else if selector.selects(Proto::Ipv6) {
            let (ip, selector, bytes) = inside(bytes, Ipv6::parse(bytes, selector))?;
            Self::carried(View::Ipv6(ip), selector, bytes)
        } else if selector.selects(Proto::Arp) {
            let (arp, _, payload) = inside(bytes, Arp::parse(bytes, selector))?;
            Some(FastHeaders { network: View::Arp(arp), transport: View::Data, payload, is_intact: true })
        } else {
            None
        }
    }

    /// Reads the payload of an IP packet.
    #[inline(always)]
    fn carried(network: View<'a>, selector: NextProtocol, bytes: &'a [u8]) -> Option<Self> {
        let outline = |transport, payload| Some(FastHeaders { network, transport, payload, is_intact: true });
        if selector.selects(Proto::Tcp) {
            let (tcp, _, payload) = inside(bytes, Tcp::parse(bytes, selector))?;
            outline(View::Tcp(tcp), payload)
        } else if selector.selects(Proto::Udp) {
            let (udp, _, payload) = inside(bytes, Udp::parse(bytes, selector))?;
            outline(View::Udp(udp), payload)
        } else if selector.selects(Proto::Icmpv4) {
            let (icmp, _, payload) = inside(bytes, Icmpv4::parse(bytes, selector))?;
            outline(View::Icmpv4(icmp), payload)
        } else if selector.selects(Proto::Icmpv6) {
            let (icmp, _, payload) = inside(bytes, Icmpv6::parse(bytes, selector))?;
            outline(View::Icmpv6(icmp), payload)
        } else if selector == NextProtocol::Fragment {
            outline(View::Data, bytes)
        } else {
            None
        }
    }

    /// Reads any packet, by the walk.
    #[inline(never)]
    fn any(layers: Layers<'a>) -> Self {
        let mut outline = FastHeaders { network: View::Data, transport: View::Data, payload: &[], is_intact: true };
        for layer in layers {
            outline.is_intact &= layer.is_intact();
            outline.payload = layer.payload();
            match (outline.network, layer.proto) {
                (View::Data, Proto::Ipv4 | Proto::Ipv6 | Proto::Arp) => outline.network = layer.view,
                (View::Data, _) => {}
                (
                    View::Ipv4(_) | View::Ipv6(_),
                    Proto::HopByHop | Proto::DestinationOptions | Proto::Routing | Proto::Fragment | Proto::Ah,
                ) => {}
                (View::Ipv4(_) | View::Ipv6(_), _) => {
                    outline.transport = layer.view;
                    break;
                }
                _ => break,
            }
        }
        outline
    }
}

/// The header, next selector and payload of an intact layer. `None` if it has a defect.
#[inline(always)]
fn inside<H>(bytes: &[u8], parsed: Result<ParsedHeader<H>, ParseDefect>) -> Option<(H, NextProtocol, &[u8])> {
    let ParsedHeader { header, header_len, total_len, next, defect } = parsed.ok()?;
    if !matches!(defect.kind, ParseDefectKind::None) {
        return None;
    }
    let end = if total_len == ParsedHeader::<()>::OPEN { bytes.len() } else { total_len as usize };
    Some((header, next, bytes.get(header_len..end)?))
}
