//! Addresses, protocol and ports of a frame, also behind VLAN tags.

pub mod packetsmith {
    use packetsmith::FastHeaders;
    use std::net::IpAddr;

    pub fn five_tuple(frame: &[u8]) -> Option<(IpAddr, IpAddr, u8, u16, u16)> {
        let tuple = FastHeaders::from_ethernet(frame).five_tuple()?;
        Some((tuple.src, tuple.dst, tuple.protocol.into(), tuple.src_port, tuple.dst_port))
    }
}

pub mod etherparse {
    use etherparse::{IpNumber, NetSlice, SlicedPacket, TransportSlice};
    use std::net::IpAddr;

    pub fn five_tuple(frame: &[u8]) -> Option<(IpAddr, IpAddr, u8, u16, u16)> {
        let packet = SlicedPacket::from_ethernet(frame).ok()?;
        let (src, dst): (IpAddr, IpAddr) = match packet.net? {
            NetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            NetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            _ => return None,
        };
        match packet.transport? {
            TransportSlice::Tcp(tcp) => Some((src, dst, IpNumber::TCP.0, tcp.source_port(), tcp.destination_port())),
            TransportSlice::Udp(udp) => Some((src, dst, IpNumber::UDP.0, udp.source_port(), udp.destination_port())),
            _ => None,
        }
    }
}

pub mod pnet {
    use pnet_packet::Packet;
    use pnet_packet::ethernet::{EtherTypes, EthernetPacket};
    use pnet_packet::ip::{IpNextHeaderProtocol, IpNextHeaderProtocols};
    use pnet_packet::{ipv4::Ipv4Packet, ipv6::Ipv6Packet, tcp::TcpPacket, udp::UdpPacket, vlan::VlanPacket};
    use std::net::IpAddr;

    // Extension headers of IPv6 are not skipped.
    pub fn five_tuple(frame: &[u8]) -> Option<(IpAddr, IpAddr, u8, u16, u16)> {
        let ethernet = EthernetPacket::new(frame)?;
        let (mut ethertype, mut payload) = (ethernet.get_ethertype(), &frame[EthernetPacket::minimum_packet_size()..]);
        while ethertype == EtherTypes::Vlan {
            ethertype = VlanPacket::new(payload)?.get_ethertype();
            payload = &payload[VlanPacket::minimum_packet_size()..];
        }
        match ethertype {
            EtherTypes::Ipv4 => {
                let ip = Ipv4Packet::new(payload).filter(|ip| ip.get_fragment_offset() == 0)?;
                ports((ip.get_source().into(), ip.get_destination().into()), ip.get_next_level_protocol(), ip.payload())
            }
            EtherTypes::Ipv6 => {
                let ip = Ipv6Packet::new(payload)?;
                ports((ip.get_source().into(), ip.get_destination().into()), ip.get_next_header(), ip.payload())
            }
            _ => None,
        }
    }

    fn ports(
        (src, dst): (IpAddr, IpAddr),
        protocol: IpNextHeaderProtocol,
        payload: &[u8],
    ) -> Option<(IpAddr, IpAddr, u8, u16, u16)> {
        match protocol {
            IpNextHeaderProtocols::Tcp => {
                let tcp = TcpPacket::new(payload)?;
                Some((src, dst, protocol.0, tcp.get_source(), tcp.get_destination()))
            }
            IpNextHeaderProtocols::Udp => {
                let udp = UdpPacket::new(payload)?;
                Some((src, dst, protocol.0, udp.get_source(), udp.get_destination()))
            }
            _ => None,
        }
    }
}

pub mod smoltcp {
    use smoltcp::wire::{EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, UdpPacket};
    use std::net::IpAddr;

    // Extension headers of IPv6 are not skipped. VLAN tags are read by hand.
    pub fn five_tuple(frame: &[u8]) -> Option<(IpAddr, IpAddr, u8, u16, u16)> {
        let ethernet = EthernetFrame::new_checked(frame).ok()?;
        let (mut ethertype, mut payload) = (ethernet.ethertype(), ethernet.payload());
        while let (EthernetProtocol::Unknown(0x8100), [_, _, high, low, rest @ ..]) = (ethertype, payload) {
            (ethertype, payload) = (u16::from_be_bytes([*high, *low]).into(), rest);
        }
        let (src, dst, protocol, payload): (IpAddr, IpAddr, _, _) = match ethertype {
            EthernetProtocol::Ipv4 => {
                let ip = Ipv4Packet::new_checked(payload).ok().filter(|ip| ip.frag_offset() == 0)?;
                (ip.src_addr().into(), ip.dst_addr().into(), ip.next_header(), ip.payload())
            }
            EthernetProtocol::Ipv6 => {
                let ip = Ipv6Packet::new_checked(payload).ok()?;
                (ip.src_addr().into(), ip.dst_addr().into(), ip.next_header(), ip.payload())
            }
            _ => return None,
        };
        match protocol {
            IpProtocol::Tcp => {
                let tcp = TcpPacket::new_checked(payload).ok()?;
                Some((src, dst, protocol.into(), tcp.src_port(), tcp.dst_port()))
            }
            IpProtocol::Udp => {
                let udp = UdpPacket::new_checked(payload).ok()?;
                Some((src, dst, protocol.into(), udp.src_port(), udp.dst_port()))
            }
            _ => None,
        }
    }
}

#[test]
fn all_find_the_same() {
    use ::packetsmith::proto::transport::TcpFlags;
    use ::packetsmith::{Arp, Ethernet, Ipv4, Ipv6, Stack, Tcp, Udp, Vlan};
    let stack = Stack::new().push(Ethernet::build());
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let ip6 = Ipv6::build().src("2001:db8::1".parse().unwrap()).dst("2001:db8::2".parse().unwrap());
    let tcp = Tcp::build().src_port(40000).dst_port(80).flags(TcpFlags::SYN);
    let udp = Udp::build().src_port(40000).dst_port(53);
    let frames = [
        stack.push(ip).push(tcp).finish().unwrap(),
        stack.push(Vlan::build().id(7)).push(ip).push(udp).payload(b"query").finish().unwrap(),
        stack.push(ip6).push(tcp).finish().unwrap(),
        stack.push(Vlan::build().id(7)).push(Vlan::build().id(8)).push(ip6).push(udp).finish().unwrap(),
        stack.push(Arp::build()).finish().unwrap(),
        stack.push(ip.fragment_offset(100).protocol(17.into())).payload(&[0; 64]).finish().unwrap(),
    ];
    for (number, frame) in frames.iter().enumerate() {
        let tuple = packetsmith::five_tuple(frame);
        assert_eq!(tuple.is_some(), number < 4, "frame {number}");
        assert_eq!(tuple, etherparse::five_tuple(frame), "frame {number}");
        assert_eq!(tuple, pnet::five_tuple(frame), "frame {number}");
        assert_eq!(tuple, smoltcp::five_tuple(frame), "frame {number}");
    }
}
