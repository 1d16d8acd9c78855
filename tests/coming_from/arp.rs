//! The answer to an ARP request for one address.

pub mod packetsmith {
    use packetsmith::proto::link::ArpOperation;
    use packetsmith::{Arp, Ethernet, FromBytes, LinkType, MacAddr, Stack};
    use std::net::Ipv4Addr;

    pub fn answer(frame: &[u8], mac: [u8; 6], ip: Ipv4Addr) -> Option<Vec<u8>> {
        let mac = MacAddr(mac);
        let request = Arp::find_in(LinkType::Ethernet, frame)?;
        let asker = request.macs_and_ips(&request.context)?;
        if request.operation() != ArpOperation::Request || asker.target_ip != ip {
            return None;
        }
        let reply =
            Arp::build().operation(ArpOperation::Reply).sender(mac, ip).target(asker.sender_mac, asker.sender_ip);
        Stack::new().push(Ethernet::build().src(mac).dst(asker.sender_mac)).push(reply).finish().ok()
    }
}

pub mod etherparse {
    use etherparse::{ArpEthIpv4Packet, ArpOperation, NetSlice, PacketBuilder, SlicedPacket};
    use std::net::Ipv4Addr;

    pub fn answer(frame: &[u8], mac: [u8; 6], ip: Ipv4Addr) -> Option<Vec<u8>> {
        let Some(NetSlice::Arp(arp)) = SlicedPacket::from_ethernet(frame).ok()?.net else { return None };
        let request = arp.to_packet().try_eth_ipv4().ok()?;
        if request.operation != ArpOperation::REQUEST || request.target_ipv4 != ip.octets() {
            return None;
        }
        let reply = ArpEthIpv4Packet {
            operation: ArpOperation::REPLY,
            sender_mac: mac,
            sender_ipv4: ip.octets(),
            target_mac: request.sender_mac,
            target_ipv4: request.sender_ipv4,
        };
        let builder = PacketBuilder::ethernet2(mac, request.sender_mac).arp(reply.into());
        let mut frame = Vec::with_capacity(builder.size());
        builder.write(&mut frame).ok()?;
        Some(frame)
    }
}

pub mod pnet {
    use pnet_packet::arp::{ArpHardwareTypes, ArpOperations, ArpPacket, MutableArpPacket};
    use pnet_packet::ethernet::{EtherTypes, EthernetPacket, MutableEthernetPacket};
    use pnet_packet::{MutablePacket, Packet};
    use std::net::Ipv4Addr;

    pub fn answer(frame: &[u8], mac: [u8; 6], ip: Ipv4Addr) -> Option<Vec<u8>> {
        let ethernet = EthernetPacket::new(frame).filter(|ethernet| ethernet.get_ethertype() == EtherTypes::Arp)?;
        let request = ArpPacket::new(ethernet.payload())?;
        if request.get_operation() != ArpOperations::Request || request.get_target_proto_addr() != ip {
            return None;
        }
        let mut frame = vec![0; 14 + 28];
        let mut ethernet = MutableEthernetPacket::new(&mut frame)?;
        ethernet.set_source(mac.into());
        ethernet.set_destination(request.get_sender_hw_addr());
        ethernet.set_ethertype(EtherTypes::Arp);
        let mut reply = MutableArpPacket::new(ethernet.payload_mut())?;
        reply.set_hardware_type(ArpHardwareTypes::Ethernet);
        reply.set_protocol_type(EtherTypes::Ipv4);
        reply.set_hw_addr_len(6);
        reply.set_proto_addr_len(4);
        reply.set_operation(ArpOperations::Reply);
        reply.set_sender_hw_addr(mac.into());
        reply.set_sender_proto_addr(ip);
        reply.set_target_hw_addr(request.get_sender_hw_addr());
        reply.set_target_proto_addr(request.get_sender_proto_addr());
        Some(frame)
    }
}

pub mod smoltcp {
    use smoltcp::wire::{
        ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr,
    };
    use std::net::Ipv4Addr;

    pub fn answer(frame: &[u8], mac: [u8; 6], ip: Ipv4Addr) -> Option<Vec<u8>> {
        let ethernet =
            EthernetFrame::new_checked(frame).ok().filter(|frame| frame.ethertype() == EthernetProtocol::Arp)?;
        let ArpRepr::EthernetIpv4 {
            operation, source_hardware_addr, source_protocol_addr, target_protocol_addr, ..
        } = ArpRepr::parse(&ArpPacket::new_checked(ethernet.payload()).ok()?).ok()?
        else {
            return None;
        };
        if operation != ArpOperation::Request || target_protocol_addr != ip {
            return None;
        }
        let mac = EthernetAddress(mac);
        let reply = ArpRepr::EthernetIpv4 {
            operation: ArpOperation::Reply,
            source_hardware_addr: mac,
            source_protocol_addr: ip,
            target_hardware_addr: source_hardware_addr,
            target_protocol_addr: source_protocol_addr,
        };
        let ethernet = EthernetRepr { src_addr: mac, dst_addr: source_hardware_addr, ethertype: EthernetProtocol::Arp };
        let mut frame = vec![0; ethernet.buffer_len() + reply.buffer_len()];
        let mut out = EthernetFrame::new_unchecked(&mut frame);
        ethernet.emit(&mut out);
        reply.emit(&mut ArpPacket::new_unchecked(out.payload_mut()));
        Some(frame)
    }
}

#[test]
fn all_answer_the_same() {
    use ::packetsmith::{Arp, Ethernet, MacAddr, Stack};
    let asker = MacAddr([2, 0, 0, 0, 0, 0x64]);
    let arp = Arp::build().sender(asker, [192, 168, 1, 100].into()).target([0; 6].into(), [192, 168, 1, 1].into());
    let frame = Stack::new().push(Ethernet::build().src(asker).dst(MacAddr::BROADCAST)).push(arp).finish().unwrap();
    let (mac, ip) = ([2, 0, 0, 0, 0, 1], [192, 168, 1, 1].into());
    let ours = packetsmith::answer(&frame, mac, ip).unwrap();
    assert_eq!((ours.len(), &ours[20..22], &ours[28..32]), (42, &[0, 2][..], &[192, 168, 1, 1][..]));
    assert_eq!(Some(&ours), etherparse::answer(&frame, mac, ip).as_ref());
    assert_eq!(Some(&ours), pnet::answer(&frame, mac, ip).as_ref());
    assert_eq!(Some(&ours), smoltcp::answer(&frame, mac, ip).as_ref());
    for (frame, ip) in [(&frame, [192, 168, 1, 2].into()), (&ours, [192, 168, 1, 100].into())] {
        assert_eq!(packetsmith::answer(frame, mac, ip), None, "another address, no request");
        assert_eq!(etherparse::answer(frame, mac, ip), None);
        assert_eq!(pnet::answer(frame, mac, ip), None);
        assert_eq!(smoltcp::answer(frame, mac, ip), None);
    }
}
