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

    /// Outlines the packets that most are, if they are intact.
    #[inline(always)]
    fn common(link_type: u16, frame: &'a [u8]) -> Option<Self> {
        let via = Next::LinkType(link_type);
        if via.single() != Proto::Ethernet || frame.len() >= Parts::<()>::OPEN as usize {
            return None;
        }
        let (_, mut via, mut bytes) = inside(frame, Ethernet::parse(frame, via))?;
        while via.single() == Proto::Vlan {
            (_, via, bytes) = inside(bytes, Vlan::parse(bytes, via))?;
        }
        let (network, via, bytes) = match via.single() {
            Proto::Ipv4 => viewed(View::Ipv4, inside(bytes, Ipv4::parse(bytes, via))?),
            Proto::Ipv6 => viewed(View::Ipv6, inside(bytes, Ipv6::parse(bytes, via))?),
            Proto::Arp => viewed(View::Arp, inside(bytes, Arp::parse(bytes, via))?),
            _ => return None,
        };
        let (transport, _, payload) = match via.single() {
            Proto::Tcp => viewed(View::Tcp, inside(bytes, Tcp::parse(bytes, via))?),
            Proto::Udp => viewed(View::Udp, inside(bytes, Udp::parse(bytes, via))?),
            Proto::Icmpv4 => viewed(View::Icmpv4, inside(bytes, Icmpv4::parse(bytes, via))?),
            Proto::Icmpv6 => viewed(View::Icmpv6, inside(bytes, Icmpv6::parse(bytes, via))?),
            Proto::Data if matches!(via, Next::Fragment) || matches!(network, View::Arp(_)) => (View::Data, via, bytes),
            _ => return None,
        };
        Some(Outline { network, transport, payload, is_intact: true })
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

#[inline(always)]
fn viewed<'a, H>(view: fn(H) -> View<'a>, (header, via, body): (H, Next, &'a [u8])) -> (View<'a>, Next, &'a [u8]) {
    (view(header), via, body)
}
