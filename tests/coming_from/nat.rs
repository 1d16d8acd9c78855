//! Source address and port of an Ethernet frame with TCP or UDP over IPv4 are rewritten, and the checksums with them.

pub mod packetsmith {
    use packetsmith::{Editor, LinkType, Proto};
    use std::net::Ipv4Addr;

    pub fn source_nat(frame: &mut [u8], address: Ipv4Addr, port: u16) -> Option<()> {
        let mut editor = Editor::new(LinkType::Ethernet, frame);
        let ip = editor.layers().position(|layer| layer.proto == Proto::Ipv4)?;
        editor.update(ip, "src", address).ok()?;
        editor.update(ip + 1, "src_port", port).ok()
    }
}

pub mod etherparse {
    use etherparse::{NetHeaders, PacketHeaders, TransportHeader};
    use std::net::Ipv4Addr;

    // Frames without VLAN tags.
    pub fn source_nat(frame: &mut [u8], address: Ipv4Addr, port: u16) -> Option<()> {
        let packet = PacketHeaders::from_ethernet_slice(frame).ok()?;
        let (Some(NetHeaders::Ipv4(mut ip, _)), Some(mut transport)) = (packet.net, packet.transport) else {
            return None;
        };
        ip.source = address.octets();
        match &mut transport {
            TransportHeader::Tcp(tcp) => tcp.source_port = port,
            TransportHeader::Udp(udp) => udp.source_port = port,
            _ => return None,
        }
        transport.update_checksum_ipv4(&ip, packet.payload.slice()).ok()?;
        let mut headers = Vec::new();
        ip.write(&mut headers).ok()?;
        transport.write(&mut headers).ok()?;
        frame[14..14 + headers.len()].copy_from_slice(&headers);
        Some(())
    }
}

pub mod pnet {
    use pnet_packet::MutablePacket;
    use pnet_packet::ethernet::MutableEthernetPacket;
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv4::{self, MutableIpv4Packet};
    use pnet_packet::tcp::{self, MutableTcpPacket};
    use pnet_packet::udp::{self, MutableUdpPacket};
    use std::net::Ipv4Addr;

    // Frames without VLAN tags.
    pub fn source_nat(frame: &mut [u8], address: Ipv4Addr, port: u16) -> Option<()> {
        let mut ethernet = MutableEthernetPacket::new(frame)?;
        let mut ip = MutableIpv4Packet::new(ethernet.payload_mut())?;
        ip.set_source(address);
        ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
        let destination = ip.get_destination();
        match ip.get_next_level_protocol() {
            IpNextHeaderProtocols::Tcp => {
                let mut tcp = MutableTcpPacket::new(ip.payload_mut())?;
                tcp.set_source(port);
                tcp.set_checksum(tcp::ipv4_checksum(&tcp.to_immutable(), &address, &destination));
            }
            IpNextHeaderProtocols::Udp => {
                let mut udp = MutableUdpPacket::new(ip.payload_mut())?;
                udp.set_source(port);
                udp.set_checksum(udp::ipv4_checksum(&udp.to_immutable(), &address, &destination));
            }
            _ => return None,
        }
        Some(())
    }
}

pub mod smoltcp {
    use smoltcp::wire::{EthernetFrame, IpProtocol, Ipv4Packet, TcpPacket, UdpPacket};
    use std::net::Ipv4Addr;

    // Frames without VLAN tags.
    pub fn source_nat(frame: &mut [u8], address: Ipv4Addr, port: u16) -> Option<()> {
        let mut ethernet = EthernetFrame::new_checked(frame).ok()?;
        let mut ip = Ipv4Packet::new_checked(ethernet.payload_mut()).ok()?;
        ip.set_src_addr(address);
        ip.fill_checksum();
        let (src, dst) = (ip.src_addr().into(), ip.dst_addr().into());
        match ip.next_header() {
            IpProtocol::Tcp => {
                let mut tcp = TcpPacket::new_checked(ip.payload_mut()).ok()?;
                tcp.set_src_port(port);
                tcp.fill_checksum(&src, &dst);
            }
            IpProtocol::Udp => {
                let mut udp = UdpPacket::new_checked(ip.payload_mut()).ok()?;
                udp.set_src_port(port);
                udp.fill_checksum(&src, &dst);
            }
            _ => return None,
        }
        Some(())
    }
}

#[test]
fn all_write_the_same() {
    use ::packetsmith::{Ethernet, Ipv4, Stack, Tcp, Udp};
    let stack = Stack::new().push(Ethernet::build());
    let stack = stack.push(Ipv4::build().src([10, 0, 0, 1].into()).dst([192, 0, 2, 1].into()));
    let frames = [
        stack.push(Tcp::build().src_port(40000).dst_port(80)).payload(b"GET / HTTP/1.1\r\n\r\n").finish().unwrap(),
        stack.push(Udp::build().src_port(40000).dst_port(53)).payload(b"query").finish().unwrap(),
    ];
    for before in frames {
        let [mut ours, mut etherparse, mut pnet, mut smoltcp] =
            [before.clone(), before.clone(), before.clone(), before];
        let (address, port) = ([203, 0, 113, 9].into(), 61000);
        packetsmith::source_nat(&mut ours, address, port).unwrap();
        etherparse::source_nat(&mut etherparse, address, port).unwrap();
        pnet::source_nat(&mut pnet, address, port).unwrap();
        smoltcp::source_nat(&mut smoltcp, address, port).unwrap();
        assert_eq!(ours[26..30], [203, 0, 113, 9]);
        crate::all_checksums_are_good(1, &ours);
        assert_eq!(ours, etherparse);
        assert_eq!(ours, pnet);
        assert_eq!(ours, smoltcp);
    }
}
