//! Frames that certainly have no issue, without a walk: most frames of most captures. What is not certain takes the walk, which
//! knows the rules.

use super::examine::Examine;
use super::plain_transport::PlainTransport;
use crate::proto::{Ethernet, Ipv4, Ipv6, Tcp, TcpFlags, Udp};
use crate::wire::Sum;
use core::net::IpAddr;

/// A TCP option with timestamps, in the layout that RFC 7323 appendix A recommends.
const TIMESTAMPS: [u8; 4] = [1, 1, 8, 10];

impl Examine<'_> {
    /// Whether a plain frame, which these layers begin, certainly has no issue: addresses of hosts, the usual flags and
    /// options, nothing after the IP packet, and right checksums.
    pub(crate) fn is_unremarkable(&self, plain: &PlainTransport<'_>) -> bool {
        let (frame, wire_end) = self.frame();
        let is_whole = wire_end as usize == frame.len() && plain.span.end as usize == frame.len();
        if !is_whole || plain.vlan.is_some() {
            return false;
        }
        let Some((ethernet, packet)) = frame.split_first_chunk::<{ Ethernet::LEN }>() else { return false };
        let [_, _, _, _, _, _, source, ..] = ethernet;
        source & 1 == 0
            && plain.source != plain.destination
            && has_good_network(plain, packet)
            && plain.has_good_transport()
    }
}

/// Whether the IP header has addresses of two hosts, may be forwarded, and has a right checksum.
fn has_good_network(plain: &PlainTransport<'_>, packet: &[u8]) -> bool {
    match (plain.source, plain.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            let Some(bytes) = packet.first_chunk::<{ Ipv4::LEN }>() else { return false };
            let header = Ipv4::new(*bytes);
            let is_host = |first: u8| matches!(first, 1..=126 | 128..=223);
            is_host(source.octets()[0])
                && is_host(destination.octets()[0])
                && header.ttl() > 0
                // The reserved bit is the highest one.
                && bytes[6] & 0x80 == 0
                && Sum::new().bytes(bytes).value() == 0xffff
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            let Some(bytes) = packet.first_chunk::<{ Ipv6::LEN }>() else { return false };
            // Global unicast, unique local and link-local addresses (RFC 4291 §2.4, RFC 4193).
            let is_host = |first: u8| matches!(first, 0x20..=0x3f | 0xfc..=0xfe);
            is_host(source.octets()[0]) && is_host(destination.octets()[0]) && Ipv6::new(*bytes).hop_limit() > 0
        }
        _ => false,
    }
}

impl PlainTransport<'_> {
    /// Whether the TCP segment is one of an open connection, or the datagram of UDP has a port, and the checksum is right.
    fn has_good_transport(&self) -> bool {
        let bytes = self.span.of(self.frame);
        let is_usual = match self.is_tcp {
            true => bytes.split_first_chunk::<{ Tcp::LEN }>().is_some_and(|(header, rest)| {
                let tcp = Tcp::new(*header);
                let options = usize::from(tcp.data_offset()) * 4 - Tcp::LEN;
                let usual = TcpFlags::ACK.0 | TcpFlags::PSH.0 | TcpFlags::FIN.0;
                tcp.flags().0 & !usual == 0
                    && tcp.flags().contains(TcpFlags::ACK)
                    && tcp.urgent_pointer() == 0
                    && tcp.src_port() != 0
                    && tcp.dst_port() != 0
                    && (options == 0 || options == 12 && rest.starts_with(&TIMESTAMPS))
            }),
            false => bytes.first_chunk::<{ Udp::LEN }>().is_some_and(|header| {
                let udp = Udp::new(*header);
                udp.dst_port() != 0 && udp.checksum() != 0
            }),
        };
        is_usual && self.has_good_checksum(bytes)
    }
}
