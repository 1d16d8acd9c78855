//! The outline of a packet: its network and transport headers and what they carry, at a glance.
//!
//! [`dissect`](crate::dissect()) walks whatever there is and says where each byte belongs. Who only wants
//! addresses and ports of many packets takes the outline: the same parsers, one behind the other without the
//! walk between them, for the packets that most packets are.

use crate::dissect::Layers;
use crate::layer::NextProtocol;
use crate::layer::{ParseDefect, ParseDefectKind, ParsedHeader, Protocol};
use crate::proto::{Arp, Ethernet, Icmpv4, Icmpv6, Ipv4, Ipv6, Proto, Tcp, Udp, View, Vlan};

/// Network and transport header of a packet, and what they carry.
///
/// It is what the first network layer of [`dissect`](crate::dissect()) and the first layer behind it and
/// its extension headers are, whatever the link; tunnels are not entered.
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
#[derive(Clone, Copy, Debug)]
pub struct FastHeaders<'a> {
    /// The header of IPv4, IPv6 or ARP; [`View::Data`] where there is none, [`View::Cut`] where it is not
    /// all there.
    pub network: View<'a>,
    /// The header of what the packet carries: TCP, UDP, ICMP or whatever it is; [`View::Data`] for what no
    /// protocol takes further apart, a fragment or nothing, [`View::Cut`] for a header that is not all there.
    pub transport: View<'a>,
    /// What the innermost of the two carries.
    pub payload: &'a [u8],
    /// Whether no length on the way here contradicts another, and nothing is cut off.
    pub is_intact: bool,
}

impl<'a> FastHeaders<'a> {
    /// Outlines a frame of a link type (a `LINKTYPE_` number; 1 is Ethernet).
    ///
    /// Never fails, never panics, allocates nothing.
    #[inline]
    pub fn of(link_type: u16, frame: &'a [u8]) -> Self {
        match Self::common(link_type, frame) {
            Some(outline) => outline,
            None => Self::any(Layers::new(NextProtocol::LinkType(link_type), frame)),
        }
    }

    /// Outlines the packets that most are, if they are intact. Each kind has a path of its own from here to its
    /// end, so that nothing is asked twice.
    #[inline(always)]
    fn common(link_type: u16, frame: &'a [u8]) -> Option<Self> {
        let selector = NextProtocol::LinkType(link_type);
        if !selector.announces(Proto::Ethernet) || frame.len() >= ParsedHeader::<()>::OPEN as usize {
            return None;
        }
        let (_, mut selector, mut bytes) = inside(frame, Ethernet::parse(frame, selector))?;
        while selector.announces(Proto::Vlan) {
            (_, selector, bytes) = inside(bytes, Vlan::parse(bytes, selector))?;
        }
        if !matches!(selector, NextProtocol::EtherType(_)) {
            return None;
        }
        if selector.announces(Proto::Ipv4) {
            let (ip, selector, bytes) = inside(bytes, Ipv4::parse(bytes, selector))?;
            Self::carried(View::Ipv4(ip), selector, bytes)
        } else if selector.announces(Proto::Ipv6) {
            let (ip, selector, bytes) = inside(bytes, Ipv6::parse(bytes, selector))?;
            Self::carried(View::Ipv6(ip), selector, bytes)
        } else if selector.announces(Proto::Arp) {
            let (arp, _, payload) = inside(bytes, Arp::parse(bytes, selector))?;
            Some(FastHeaders { network: View::Arp(arp), transport: View::Data, payload, is_intact: true })
        } else {
            None
        }
    }

    /// Outlines what an IP packet carries.
    #[inline(always)]
    fn carried(network: View<'a>, selector: NextProtocol, bytes: &'a [u8]) -> Option<Self> {
        let outline = |transport, payload| Some(FastHeaders { network, transport, payload, is_intact: true });
        if selector.announces(Proto::Tcp) {
            let (tcp, _, payload) = inside(bytes, Tcp::parse(bytes, selector))?;
            outline(View::Tcp(tcp), payload)
        } else if selector.announces(Proto::Udp) {
            let (udp, _, payload) = inside(bytes, Udp::parse(bytes, selector))?;
            outline(View::Udp(udp), payload)
        } else if selector.announces(Proto::Icmpv4) {
            let (icmp, _, payload) = inside(bytes, Icmpv4::parse(bytes, selector))?;
            outline(View::Icmpv4(icmp), payload)
        } else if selector.announces(Proto::Icmpv6) {
            let (icmp, _, payload) = inside(bytes, Icmpv6::parse(bytes, selector))?;
            outline(View::Icmpv6(icmp), payload)
        } else if selector == NextProtocol::Fragment {
            outline(View::Data, bytes)
        } else {
            None
        }
    }

    /// Outlines whatever there is.
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

/// The header of an intact layer, what follows it, and its body.
#[inline(always)]
fn inside<H>(bytes: &[u8], parsed: Result<ParsedHeader<H>, ParseDefect>) -> Option<(H, NextProtocol, &[u8])> {
    let ParsedHeader { header, head, total, next, defect } = parsed.ok()?;
    if !matches!(defect.kind, ParseDefectKind::None) {
        return None;
    }
    let end = if total == ParsedHeader::<()>::OPEN { bytes.len() } else { total as usize };
    Some((header, next, bytes.get(head..end)?))
}
