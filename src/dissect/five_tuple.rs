//! Five-tuples: what tells flows apart.

use super::fast_headers::FastHeaders;
use crate::proto::{IpProtocol, View};
use core::net::IpAddr;

/// Addresses, protocol and ports of a packet. Packets with the same five-tuple belong to one direction of a flow.
///
/// ```
/// use packetsmith::{Ethernet, FastHeaders, FiveTuple, Ipv4, Stack, Udp};
/// let frame = Stack::new()
///     .push(Ethernet::build())
///     .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
///     .push(Udp::build().src_port(40000).dst_port(53))
///     .finish()
///     .unwrap();
/// let tuple = FastHeaders::from_ethernet(&frame).five_tuple().unwrap();
/// assert_eq!((tuple.src_port, tuple.dst_port), (40000, 53));
/// assert_eq!(tuple.reversed(), FiveTuple { src: tuple.dst, src_port: 53, dst: tuple.src, dst_port: 40000, ..tuple });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FiveTuple {
    /// Source address.
    pub src: IpAddr,
    /// Destination address.
    pub dst: IpAddr,
    /// Transport protocol: TCP, UDP or UDP-Lite.
    pub protocol: IpProtocol,
    /// Source port.
    pub src_port: u16,
    /// Destination port.
    pub dst_port: u16,
}

impl FiveTuple {
    /// The five-tuple of packets in the other direction.
    pub const fn reversed(self) -> Self {
        let FiveTuple { src, dst, protocol, src_port, dst_port } = self;
        FiveTuple { src: dst, dst: src, protocol, src_port: dst_port, dst_port: src_port }
    }
}

impl FastHeaders<'_> {
    /// Source and destination address of the IP packet. `None` if it is none, or if its header is cut.
    ///
    /// ```
    /// use packetsmith::{FastHeaders, Ipv6, Stack};
    /// let packet = Stack::new().push(Ipv6::build().src("2001:db8::1".parse().unwrap())).finish().unwrap();
    /// let (src, _) = FastHeaders::from_ip(&packet).addresses().unwrap();
    /// assert_eq!(src.to_string(), "2001:db8::1");
    /// ```
    #[inline]
    pub fn addresses(&self) -> Option<(IpAddr, IpAddr)> {
        match self.network {
            View::Ipv4(ip) => Some((ip.src().into(), ip.dst().into())),
            View::Ipv6(ip) => Some((ip.src().into(), ip.dst().into())),
            _ => None,
        }
    }

    /// Addresses, protocol and ports of TCP, UDP or UDP-Lite. `None` for other packets, and if the fixed header of the
    /// transport protocol is cut or in another fragment.
    #[inline]
    pub fn five_tuple(&self) -> Option<FiveTuple> {
        let (src, dst) = self.addresses()?;
        let (protocol, src_port, dst_port) = match self.transport {
            View::Tcp(tcp) => (IpProtocol::Tcp, tcp.src_port(), tcp.dst_port()),
            View::Udp(udp) => (IpProtocol::Udp, udp.src_port(), udp.dst_port()),
            View::UdpLite(udp) => (IpProtocol::UdpLite, udp.src_port(), udp.dst_port()),
            _ => return None,
        };
        Some(FiveTuple { src, dst, protocol, src_port, dst_port })
    }
}
