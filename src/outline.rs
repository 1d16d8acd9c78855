//! The outline of a packet: its network and transport headers and what they carry, at a glance.
//!
//! [`dissect`](crate::dissect()) walks whatever there is and says where each byte belongs. Who only wants
//! addresses and ports of many packets takes the outline: the same parsers, one behind the other without the
//! walk between them, for the packets that most packets are.

use crate::dissect::Layers;
use crate::layer::{Flaw, FlawKind, Next, Parts, Protocol};
use crate::proto::{Arp, Ethernet, Icmpv4, Icmpv6, Ipv4, Ipv6, Proto, Tcp, Udp, View, Vlan};

/// Network and transport header of a packet, and what they carry.
///
/// It is what the first network layer of [`dissect`](crate::dissect()) and the first layer behind it and
/// its extension headers are, whatever the link; tunnels are not entered.
///
/// ```
/// use packetsmith::{Outline, View};
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
/// let outline = Outline::of(1, &frame);
/// let View::Udp(udp) = outline.transport else { panic!() };
/// assert_eq!((udp.dst_port(), outline.payload), (53, &b"?"[..]));
/// assert!(outline.is_intact);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Outline<'a> {
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

impl<'a> Outline<'a> {
    /// Outlines a frame of a link type (a `LINKTYPE_` number; 1 is Ethernet).
    ///
    /// Never fails, never panics, allocates nothing.
    #[inline]
    pub fn of(link_type: u16, frame: &'a [u8]) -> Self {
        match Self::common(link_type, frame) {
            Some(outline) => outline,
            None => Self::any(Layers::new(Next::LinkType(link_type), frame)),
        }
    }

    /// Outlines the packets that most are, if they are intact. Each kind has a path of its own from here to its
    /// end, so that nothing is asked twice.
    #[inline(always)]
    fn common(link_type: u16, frame: &'a [u8]) -> Option<Self> {
        let via = Next::LinkType(link_type);
        if !via.announces(Proto::Ethernet) || frame.len() >= Parts::<()>::OPEN as usize {
            return None;
        }
        let (_, mut via, mut bytes) = inside(frame, Ethernet::parse(frame, via))?;
        while via.announces(Proto::Vlan) {
            (_, via, bytes) = inside(bytes, Vlan::parse(bytes, via))?;
        }
        if !matches!(via, Next::EtherType(_)) {
            return None;
        }
        if via.announces(Proto::Ipv4) {
            let (ip, via, bytes) = inside(bytes, Ipv4::parse(bytes, via))?;
            Self::carried(View::Ipv4(ip), via, bytes)
        } else if via.announces(Proto::Ipv6) {
            let (ip, via, bytes) = inside(bytes, Ipv6::parse(bytes, via))?;
            Self::carried(View::Ipv6(ip), via, bytes)
        } else if via.announces(Proto::Arp) {
            let (arp, _, payload) = inside(bytes, Arp::parse(bytes, via))?;
            Some(Outline { network: View::Arp(arp), transport: View::Data, payload, is_intact: true })
        } else {
            None
        }
    }

    /// Outlines what an IP packet carries.
    #[inline(always)]
    fn carried(network: View<'a>, via: Next, bytes: &'a [u8]) -> Option<Self> {
        let outline = |transport, payload| Some(Outline { network, transport, payload, is_intact: true });
        if via.announces(Proto::Tcp) {
            let (tcp, _, payload) = inside(bytes, Tcp::parse(bytes, via))?;
            outline(View::Tcp(tcp), payload)
        } else if via.announces(Proto::Udp) {
            let (udp, _, payload) = inside(bytes, Udp::parse(bytes, via))?;
            outline(View::Udp(udp), payload)
        } else if via.announces(Proto::Icmpv4) {
            let (icmp, _, payload) = inside(bytes, Icmpv4::parse(bytes, via))?;
            outline(View::Icmpv4(icmp), payload)
        } else if via.announces(Proto::Icmpv6) {
            let (icmp, _, payload) = inside(bytes, Icmpv6::parse(bytes, via))?;
            outline(View::Icmpv6(icmp), payload)
        } else if via == Next::Fragment {
            outline(View::Data, bytes)
        } else {
            None
        }
    }

    /// Outlines whatever there is.
    #[inline(never)]
    fn any(layers: Layers<'a>) -> Self {
        let mut outline = Outline { network: View::Data, transport: View::Data, payload: &[], is_intact: true };
        for layer in layers {
            outline.is_intact &= layer.is_intact();
            outline.payload = layer.body();
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
fn inside<H>(bytes: &[u8], parsed: Result<Parts<H>, Flaw>) -> Option<(H, Next, &[u8])> {
    let Parts { header, head, total, next, flaw } = parsed.ok()?;
    if !matches!(flaw.kind, FlawKind::None) {
        return None;
    }
    let end = if total == Parts::<()>::OPEN { bytes.len() } else { total as usize };
    Some((header, next, bytes.get(head..end)?))
}
