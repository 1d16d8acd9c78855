//! What a router answers if the time to live ends, and what a host reads of an error: the ports of the packet that it
//! quotes.

pub mod packetsmith {
    use packetsmith::proto::icmp::Icmpv4Message;
    use packetsmith::{Icmpv4, Ipv4, Layers, Stack, View};
    use std::net::Ipv4Addr;

    pub fn time_exceeded(packet: &[u8], router: Ipv4Addr) -> Option<Vec<u8>> {
        let (ip, _) = Ipv4::split(packet)?;
        Stack::new()
            .push(Ipv4::build().src(router).dst(ip.src()))
            .push(Icmpv4::build().message(Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 }))
            .payload(&packet[..packet.len().min(576 - 28)])
            .finish()
            .ok()
    }

    pub fn quoted_ports(packet: &[u8]) -> Option<(u16, u16)> {
        Layers::from_ip(packet).find_map(|layer| match layer.view {
            View::Udp(udp) if layer.quoted => Some((udp.src_port(), udp.dst_port())),
            _ => None,
        })
    }
}

pub mod etherparse {
    use etherparse::icmpv4::TimeExceededCode;
    use etherparse::{Icmpv4Type, IpNumber, Ipv4Header, PacketBuilder, SlicedPacket, TransportSlice, UdpHeaderSlice};
    use std::net::Ipv4Addr;

    pub fn time_exceeded(packet: &[u8], router: Ipv4Addr) -> Option<Vec<u8>> {
        let (ip, _) = Ipv4Header::from_slice(packet).ok()?;
        let error = Icmpv4Type::TimeExceeded(TimeExceededCode::TtlExceededInTransit);
        let builder = PacketBuilder::ipv4(router.octets(), ip.source, 64).icmpv4(error);
        let quote = &packet[..packet.len().min(576 - 28)];
        let mut reply = Vec::with_capacity(builder.size(quote.len()));
        builder.write(&mut reply, quote).ok()?;
        Some(reply)
    }

    pub fn quoted_ports(packet: &[u8]) -> Option<(u16, u16)> {
        let Some(TransportSlice::Icmpv4(icmp)) = SlicedPacket::from_ip(packet).ok()?.transport else { return None };
        let (Icmpv4Type::TimeExceeded(_) | Icmpv4Type::DestinationUnreachable(_)) = icmp.icmp_type() else {
            return None;
        };
        let (ip, payload) = Ipv4Header::from_slice(icmp.payload()).ok()?;
        let udp = UdpHeaderSlice::from_slice(payload).ok().filter(|_| ip.protocol == IpNumber::UDP)?;
        Some((udp.source_port(), udp.destination_port()))
    }
}

pub mod pnet {
    use pnet_packet::icmp::time_exceeded::MutableTimeExceededPacket;
    use pnet_packet::icmp::{self, IcmpPacket, IcmpTypes};
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv4::{self, Ipv4Packet, MutableIpv4Packet};
    use pnet_packet::udp::UdpPacket;
    use pnet_packet::{MutablePacket, Packet};
    use std::net::Ipv4Addr;

    pub fn time_exceeded(packet: &[u8], router: Ipv4Addr) -> Option<Vec<u8>> {
        let quote = &packet[..packet.len().min(576 - 28)];
        let mut reply = vec![0; 28 + quote.len()];
        let length = reply.len() as u16;
        let mut ip = MutableIpv4Packet::new(&mut reply)?;
        ip.set_version(4);
        ip.set_header_length(5);
        ip.set_total_length(length);
        ip.set_ttl(64);
        ip.set_next_level_protocol(IpNextHeaderProtocols::Icmp);
        ip.set_source(router);
        ip.set_destination(Ipv4Packet::new(packet)?.get_source());
        ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
        let mut error = MutableTimeExceededPacket::new(ip.payload_mut())?;
        error.set_icmp_type(IcmpTypes::TimeExceeded);
        error.set_payload(quote);
        let checksum = icmp::checksum(&IcmpPacket::new(error.packet())?);
        error.set_checksum(checksum);
        Some(reply)
    }

    pub fn quoted_ports(packet: &[u8]) -> Option<(u16, u16)> {
        let ip = Ipv4Packet::new(packet).filter(|ip| ip.get_next_level_protocol() == IpNextHeaderProtocols::Icmp)?;
        let (IcmpTypes::TimeExceeded | IcmpTypes::DestinationUnreachable) =
            IcmpPacket::new(ip.payload())?.get_icmp_type()
        else {
            return None;
        };
        let quoted = Ipv4Packet::new(ip.payload().get(8..)?)?;
        let udp = UdpPacket::new(quoted.payload())?;
        let is_udp = quoted.get_next_level_protocol() == IpNextHeaderProtocols::Udp;
        is_udp.then_some((udp.get_source(), udp.get_destination()))
    }
}

pub mod smoltcp {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{Icmpv4Packet, Icmpv4Repr, Icmpv4TimeExceeded, IpProtocol, Ipv4Packet, Ipv4Repr, UdpPacket};
    use std::net::Ipv4Addr;

    // The quoted header is made again from what smoltcp keeps of it: without options, type of service, identification.
    pub fn time_exceeded(packet: &[u8], router: Ipv4Addr) -> Option<Vec<u8>> {
        let checksums = ChecksumCapabilities::default();
        let packet = Ipv4Packet::new_checked(packet).ok()?;
        let header = Ipv4Repr::parse(&packet, &checksums).ok()?;
        let data = &packet.payload()[..packet.payload().len().min(576 - 48)];
        let icmp = Icmpv4Repr::TimeExceeded { reason: Icmpv4TimeExceeded::TtlExpired, header, data };
        let ip = Ipv4Repr {
            src_addr: router,
            dst_addr: packet.src_addr(),
            next_header: IpProtocol::Icmp,
            payload_len: icmp.buffer_len(),
            hop_limit: 64,
        };
        let mut reply = vec![0; ip.buffer_len() + icmp.buffer_len()];
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut reply), &checksums);
        icmp.emit(&mut Icmpv4Packet::new_unchecked(&mut reply[ip.buffer_len()..]), &checksums);
        Some(reply)
    }

    // An error that quotes a part of the packet is refused.
    pub fn quoted_ports(packet: &[u8]) -> Option<(u16, u16)> {
        let ip = Ipv4Packet::new_checked(packet).ok().filter(|ip| ip.next_header() == IpProtocol::Icmp)?;
        let icmp = Icmpv4Packet::new_checked(ip.payload()).ok()?;
        let (Icmpv4Repr::TimeExceeded { header, data, .. } | Icmpv4Repr::DstUnreachable { header, data, .. }) =
            Icmpv4Repr::parse(&icmp, &ChecksumCapabilities::default()).ok()?
        else {
            return None;
        };
        let udp = UdpPacket::new_checked(data).ok()?;
        (header.next_header == IpProtocol::Udp).then_some((udp.src_port(), udp.dst_port()))
    }
}

#[test]
fn all_answer_the_same() {
    use ::packetsmith::proto::ip::Ipv4Flags;
    use ::packetsmith::{Ipv4, Stack, Udp};
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([192, 0, 2, 1].into()).ttl(1);
    // What smoltcp's router quotes has this flag.
    let stack = Stack::new().push(ip.flags(Ipv4Flags::DONT_FRAGMENT));
    for length in [10, 600] {
        let payload = vec![7; length];
        let packet = stack.push(Udp::build().src_port(40000).dst_port(33434)).payload(&payload).finish().unwrap();
        let router = [10, 0, 0, 254].into();
        let ours = packetsmith::time_exceeded(&packet, router).unwrap();
        crate::all_checksums_are_good(101, &ours);
        assert_eq!(ours.len(), (28 + packet.len()).min(576));
        for reply in [&ours, &etherparse::time_exceeded(&packet, router).unwrap()] {
            assert_eq!(packetsmith::quoted_ports(reply), Some((40000, 33434)));
            assert_eq!(etherparse::quoted_ports(reply), Some((40000, 33434)));
            assert_eq!(pnet::quoted_ports(reply), Some((40000, 33434)));
            let is_whole = length == 10;
            assert_eq!(smoltcp::quoted_ports(reply), is_whole.then_some((40000, 33434)), "it takes no cut packet");
        }
        let ours = crate::may_be_fragmented(101, ours);
        assert_eq!(ours, crate::may_be_fragmented(101, etherparse::time_exceeded(&packet, router).unwrap()));
        assert_eq!(ours, crate::may_be_fragmented(101, pnet::time_exceeded(&packet, router).unwrap()));
        assert_eq!(ours, crate::may_be_fragmented(101, smoltcp::time_exceeded(&packet, router).unwrap()));
    }
}
