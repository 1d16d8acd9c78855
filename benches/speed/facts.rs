//! The facts that every contestant reads from a frame, and how packetsmith and etherparse read them.

use etherparse::{LaxNetSlice, LaxSlicedPacket, NetSlice, SlicedPacket, TransportSlice};
use packetsmith::{FastHeaders, View, dissect};

/// The facts that a program needs to count or filter frames. Fragments have addresses alone.
///
/// Each fact is a separate word. Narrow ones that are written side by side and read together would stall, and the bench
/// would measure that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Source and destination, folded.
    pub addresses: u64,
    /// Ports of TCP and UDP, type and code of ICMP, operation of ARP.
    pub ports: u64,
    /// TCP flags with the reserved bits.
    pub flags: u64,
    /// Length of the payload of TCP and UDP in bytes.
    pub length: u64,
}

impl Facts {
    #[inline(always)]
    pub fn v4(&mut self, src: [u8; 4], dst: [u8; 4]) {
        self.addresses = u64::from(u32::from_be_bytes(src)) << 32 | u64::from(u32::from_be_bytes(dst));
    }
    #[inline(always)]
    pub fn v6(&mut self, src: [u8; 16], dst: [u8; 16]) {
        let n = u128::from_be_bytes(src).rotate_left(1) ^ u128::from_be_bytes(dst);
        self.addresses = n as u64 ^ (n >> 64) as u64;
    }
    #[inline(always)]
    pub fn ports(&mut self, src: u16, dst: u16) {
        self.ports = u64::from(src) << 16 | u64::from(dst);
    }
}

/// Digest of the facts of all frames. A frame waits for one addition of the frame before at most. With a chain of
/// multiplications the bench would measure the digest.
pub fn digest<'a>(frames: impl Iterator<Item = &'a [u8]>, read: impl Fn(&[u8]) -> Facts) -> u64 {
    frames.fold(0, |sum, frame| add(sum, read(frame)))
}

#[inline(always)]
pub fn add(sum: u64, facts: Facts) -> u64 {
    let Facts { addresses, ports, flags, length } = facts;
    let facts = (addresses ^ ports << 32).wrapping_add((flags << 16 ^ length).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    sum.rotate_left(7).wrapping_add(facts)
}

#[inline(always)]
fn header(facts: &mut Facts, view: &View<'_>, carried: usize) {
    match view {
        View::Ipv4(ip) => facts.v4(ip.src().octets(), ip.dst().octets()),
        View::Ipv6(ip) => facts.v6(ip.src().octets(), ip.dst().octets()),
        View::Tcp(tcp) => {
            facts.ports(tcp.src_port(), tcp.dst_port());
            facts.flags = tcp.flags().0.into();
            facts.length = carried as u64;
        }
        View::Udp(udp) => {
            facts.ports(udp.src_port(), udp.dst_port());
            facts.length = carried as u64;
        }
        View::Icmpv4(icmp) => facts.ports(u8::from(icmp.kind()).into(), icmp.code().into()),
        View::Icmpv6(icmp) => facts.ports(u8::from(icmp.kind()).into(), icmp.code().into()),
        View::Arp(arp) => facts.ports(0, arp.operation().into()),
        _ => {}
    }
}

/// The walk, to the transport header.
#[inline(always)]
pub fn walk(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    for layer in dissect(1, frame) {
        match layer.view {
            View::Ipv4(_) | View::Ipv6(_) => header(&mut facts, &layer.view, 0),
            View::Arp(_) | View::Tcp(_) | View::Udp(_) | View::Icmpv4(_) | View::Icmpv6(_) => {
                header(&mut facts, &layer.view, layer.payload().len());
                break;
            }
            _ => {}
        }
    }
    facts
}

#[inline(always)]
pub fn outline(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let outline = FastHeaders::of(1, frame);
    header(&mut facts, &outline.network, 0);
    header(&mut facts, &outline.transport, outline.payload.len());
    facts
}

#[inline(always)]
fn transport(facts: &mut Facts, transport: &Option<TransportSlice<'_>>) {
    match transport {
        Some(TransportSlice::Tcp(tcp)) => {
            facts.ports(tcp.source_port(), tcp.destination_port());
            // It has a function for each flag.
            facts.flags = (u16::from_be_bytes([tcp.slice()[12], tcp.slice()[13]]) & 0xfff).into();
            facts.length = tcp.payload().len() as u64;
        }
        Some(TransportSlice::Udp(udp)) => {
            facts.ports(udp.source_port(), udp.destination_port());
            facts.length = udp.payload().len() as u64;
        }
        Some(TransportSlice::Icmpv4(icmp)) => facts.ports(icmp.type_u8().into(), icmp.code_u8().into()),
        Some(TransportSlice::Icmpv6(icmp)) => facts.ports(icmp.type_u8().into(), icmp.code_u8().into()),
        _ => {}
    }
}

#[inline(always)]
pub fn sliced(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let Ok(packet) = SlicedPacket::from_ethernet(frame) else { return facts };
    match &packet.net {
        Some(NetSlice::Ipv4(ip)) => facts.v4(ip.header().source(), ip.header().destination()),
        Some(NetSlice::Ipv6(ip)) => facts.v6(ip.header().source(), ip.header().destination()),
        Some(NetSlice::Arp(slice)) => facts.ports(0, slice.operation().0),
        None => {}
    }
    transport(&mut facts, &packet.transport);
    facts
}

#[inline(always)]
pub fn lax(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let Ok(packet) = LaxSlicedPacket::from_ethernet(frame) else { return facts };
    match &packet.net {
        Some(LaxNetSlice::Ipv4(ip)) => facts.v4(ip.header().source(), ip.header().destination()),
        Some(LaxNetSlice::Ipv6(ip)) => facts.v6(ip.header().source(), ip.header().destination()),
        Some(LaxNetSlice::Arp(slice)) => facts.ports(0, slice.operation().0),
        None => {}
    }
    transport(&mut facts, &packet.transport);
    facts
}
