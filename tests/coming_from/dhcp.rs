//! A DHCP discover, and the offer of a server to a relay agent: routes (option 121) and what the relay agent says
//! (option 82).

pub mod packetsmith {
    use packetsmith::proto::dhcp::{DhcpFlags, DhcpMessageType, DhcpOperation, DhcpOption, DhcpOptionCode};
    use packetsmith::proto::dhcp::{DhcpRelayOption, DhcpRoute};
    use packetsmith::{Dhcp, EncodeError, Ethernet, Ipv4, List, MacAddr, Stack, Tlvs, Udp};
    use std::net::Ipv4Addr;

    pub fn discover(client: [u8; 6]) -> Result<Vec<u8>, EncodeError> {
        let asked = [DhcpOptionCode::Router, DhcpOptionCode::DomainNameServer, DhcpOptionCode::ClasslessRoute];
        let options = [
            DhcpOption::MessageType { message_type: DhcpMessageType::Discover },
            DhcpOption::RequestedAddress { address: [192, 168, 1, 100].into() },
            DhcpOption::ParameterRequestList { codes: List::of(&asked) },
            DhcpOption::End {},
        ];
        Stack::new()
            .push(Ethernet::build().src(client.into()).dst(MacAddr::BROADCAST))
            .push(Ipv4::build().dst(Ipv4Addr::BROADCAST))
            .push(Udp::build().src_port(68).dst_port(67))
            .push(Dhcp::build().xid(7).flags(DhcpFlags::BROADCAST).mac(client.into()).options(&options))
            .finish()
    }

    pub fn offer(client: [u8; 6], server: Ipv4Addr, relay: Ipv4Addr) -> Result<Vec<u8>, EncodeError> {
        let (routers, servers) = ([relay], [server]);
        let routes = [DhcpRoute::new([10, 0, 0, 0].into(), 8, relay), DhcpRoute::new([0; 4].into(), 0, relay)];
        let options = [
            DhcpOption::MessageType { message_type: DhcpMessageType::Offer },
            DhcpOption::ServerIdentifier { address: server },
            DhcpOption::Router { addresses: List::of(&routers) },
            DhcpOption::SubnetMask { mask: [255, 255, 255, 0].into() },
            DhcpOption::LeaseTime { time: 3600 },
            DhcpOption::DomainNameServer { addresses: List::of(&servers) },
            DhcpOption::ClasslessRoute { routes: List::of(&routes) },
            DhcpOption::RelayAgentInformation {
                suboptions: Tlvs::of(&[DhcpRelayOption::CircuitId { circuit: b"ge-0/0/1" }]),
            },
            DhcpOption::End {},
        ];
        let dhcp = Dhcp::build().op(DhcpOperation::BootReply).xid(7).flags(DhcpFlags::BROADCAST).mac(client.into());
        Stack::new()
            .push(Ethernet::build())
            .push(Ipv4::build().src(server).dst(relay))
            .push(Udp::build().src_port(67).dst_port(67))
            .push(dhcp.yiaddr([192, 168, 1, 100].into()).giaddr(relay).options(&options))
            .finish()
    }
}

pub mod etherparse {
    use etherparse::PacketBuilder;
    use std::error::Error;
    use std::net::Ipv4Addr;

    // DHCP is written by hand.
    pub fn discover(client: [u8; 6]) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut message = message(1, client);
        message.extend([53, 1, 1]);
        message.extend([50, 4, 192, 168, 1, 100]);
        message.extend([55, 3, 3, 6, 121]);
        message.push(255);
        let builder = PacketBuilder::ethernet2(client, [0xff; 6]).ipv4([0; 4], [255; 4], 64).udp(68, 67);
        let mut frame = Vec::with_capacity(builder.size(message.len()));
        builder.write(&mut frame, &message)?;
        Ok(frame)
    }

    pub fn offer(client: [u8; 6], server: Ipv4Addr, relay: Ipv4Addr) -> Result<Vec<u8>, Box<dyn Error>> {
        let (circuit, [server, relay]) = (b"ge-0/0/1", [server, relay].map(|address| address.octets()));
        let mut message = message(2, client);
        message[16..20].copy_from_slice(&[192, 168, 1, 100]);
        message[24..28].copy_from_slice(&relay);
        message.extend([53, 1, 2]);
        message.extend([&[54, 4][..], &server].concat());
        message.extend([&[3, 4][..], &relay].concat());
        message.extend([1, 4, 255, 255, 255, 0]);
        message.extend([&[51, 4][..], &3600u32.to_be_bytes()].concat());
        message.extend([&[6, 4][..], &server].concat());
        message.extend([&[121, 11, 8, 10][..], &relay, &[0], &relay].concat());
        message.extend([&[82, 2 + circuit.len() as u8, 1, circuit.len() as u8], &circuit[..]].concat());
        message.push(255);
        let builder = PacketBuilder::ethernet2([0; 6], [0; 6]).ipv4(server, relay, 64).udp(67, 67);
        let mut frame = Vec::with_capacity(builder.size(message.len()));
        builder.write(&mut frame, &message)?;
        Ok(frame)
    }

    fn message(operation: u8, client: [u8; 6]) -> Vec<u8> {
        let mut message = vec![0; 240];
        message[..3].copy_from_slice(&[operation, 1, 6]);
        message[4..8].copy_from_slice(&7u32.to_be_bytes());
        message[10] = 0x80;
        message[28..34].copy_from_slice(&client);
        message[236..].copy_from_slice(&[99, 130, 83, 99]);
        message
    }
}

pub mod pnet {
    use pnet_packet::MutablePacket;
    use pnet_packet::dhcp::{DhcpHardwareTypes, DhcpOperation, DhcpOperations, MutableDhcpPacket};
    use pnet_packet::ethernet::{EtherTypes, MutableEthernetPacket};
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv4::{self, MutableIpv4Packet};
    use pnet_packet::udp::{self, MutableUdpPacket};
    use std::net::Ipv4Addr;

    // Options are written by hand.
    pub fn discover(client: [u8; 6]) -> Option<Vec<u8>> {
        let options = [&[53, 1, 1][..], &[50, 4, 192, 168, 1, 100], &[55, 3, 3, 6, 121], &[255]].concat();
        let any = Ipv4Addr::UNSPECIFIED;
        let mut frame = frame(DhcpOperations::Request, client, [any; 2], &options)?;
        udp(&mut frame, client, [0xff; 6], [any, Ipv4Addr::BROADCAST], 68)?;
        Some(frame)
    }

    pub fn offer(client: [u8; 6], server: Ipv4Addr, relay: Ipv4Addr) -> Option<Vec<u8>> {
        let (circuit, ends, [server, relay]) = (b"ge-0/0/1", [server, relay], [server.octets(), relay.octets()]);
        let mut options = vec![53, 1, 2];
        options.extend([&[54, 4][..], &server].concat());
        options.extend([&[3, 4][..], &relay].concat());
        options.extend([1, 4, 255, 255, 255, 0]);
        options.extend([&[51, 4][..], &3600u32.to_be_bytes()].concat());
        options.extend([&[6, 4][..], &server].concat());
        options.extend([&[121, 11, 8, 10][..], &relay, &[0], &relay].concat());
        options.extend([&[82, 2 + circuit.len() as u8, 1, circuit.len() as u8], &circuit[..]].concat());
        options.push(255);
        let mut frame = frame(DhcpOperations::Reply, client, [[192, 168, 1, 100].into(), ends[1]], &options)?;
        udp(&mut frame, [0; 6], [0; 6], ends, 67)?;
        Some(frame)
    }

    fn frame(operation: DhcpOperation, client: [u8; 6], addresses: [Ipv4Addr; 2], options: &[u8]) -> Option<Vec<u8>> {
        let mut frame = vec![0; 14 + 20 + 8 + 236 + 4];
        let mut dhcp = MutableDhcpPacket::new(&mut frame[42..])?;
        dhcp.set_op(operation);
        dhcp.set_htype(DhcpHardwareTypes::Ethernet);
        dhcp.set_hlen(6);
        dhcp.set_xid(7);
        dhcp.set_flags(0x8000);
        dhcp.set_yiaddr(addresses[0]);
        dhcp.set_giaddr(addresses[1]);
        dhcp.set_chaddr(client.into());
        frame[278..].copy_from_slice(&[99, 130, 83, 99]);
        frame.extend(options);
        Some(frame)
    }

    fn udp(frame: &mut [u8], src: [u8; 6], dst: [u8; 6], ends: [Ipv4Addr; 2], port: u16) -> Option<()> {
        let length = frame.len() as u16 - 14;
        let mut ethernet = MutableEthernetPacket::new(frame)?;
        ethernet.set_source(src.into());
        ethernet.set_destination(dst.into());
        ethernet.set_ethertype(EtherTypes::Ipv4);
        let mut ip = MutableIpv4Packet::new(ethernet.payload_mut())?;
        ip.set_version(4);
        ip.set_header_length(5);
        ip.set_total_length(length);
        ip.set_ttl(64);
        ip.set_next_level_protocol(IpNextHeaderProtocols::Udp);
        ip.set_source(ends[0]);
        ip.set_destination(ends[1]);
        ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
        let mut udp = MutableUdpPacket::new(ip.payload_mut())?;
        udp.set_source(port);
        udp.set_destination(67);
        udp.set_length(length - 20);
        udp.set_checksum(udp::ipv4_checksum(&udp.to_immutable(), &ends[0], &ends[1]));
        Some(())
    }
}

pub mod smoltcp {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{
        DhcpMessageType, DhcpOption, DhcpPacket, DhcpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
        EthernetRepr, IpProtocol, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr,
    };
    use std::net::Ipv4Addr;

    // Routes and what the relay agent says are written by hand.
    pub fn discover(client: [u8; 6]) -> smoltcp::wire::Result<Vec<u8>> {
        let any = Ipv4Addr::UNSPECIFIED;
        let dhcp = DhcpRepr {
            requested_ip: Some([192, 168, 1, 100].into()),
            parameter_request_list: Some(&[3, 6, 121]),
            ..message(DhcpMessageType::Discover, client, any, any)
        };
        frame(client, [0xff; 6], (any, 68), Ipv4Addr::BROADCAST, &dhcp)
    }

    pub fn offer(client: [u8; 6], server: Ipv4Addr, relay: Ipv4Addr) -> smoltcp::wire::Result<Vec<u8>> {
        let routes = [&[8, 10][..], &relay.octets(), &[0], &relay.octets()].concat();
        let circuit = [&[1, 8][..], b"ge-0/0/1"].concat();
        let dhcp = DhcpRepr {
            server_identifier: Some(server),
            router: Some(relay),
            subnet_mask: Some([255, 255, 255, 0].into()),
            lease_duration: Some(3600),
            dns_servers: Some([server].into_iter().collect()),
            additional_options: &[DhcpOption { kind: 121, data: &routes }, DhcpOption { kind: 82, data: &circuit }],
            ..message(DhcpMessageType::Offer, client, [192, 168, 1, 100].into(), relay)
        };
        frame([0; 6], [0; 6], (server, 67), relay, &dhcp)
    }

    fn message(kind: DhcpMessageType, client: [u8; 6], your_ip: Ipv4Addr, relay: Ipv4Addr) -> DhcpRepr<'static> {
        DhcpRepr {
            message_type: kind,
            transaction_id: 7,
            secs: 0,
            client_hardware_address: EthernetAddress(client),
            client_ip: Ipv4Addr::UNSPECIFIED,
            your_ip,
            server_ip: Ipv4Addr::UNSPECIFIED,
            router: None,
            subnet_mask: None,
            relay_agent_ip: relay,
            broadcast: true,
            requested_ip: None,
            client_identifier: None,
            server_identifier: None,
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: None,
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        }
    }

    fn frame(
        src: [u8; 6],
        dst: [u8; 6],
        (src_addr, src_port): (Ipv4Addr, u16),
        dst_addr: Ipv4Addr,
        dhcp: &DhcpRepr<'_>,
    ) -> smoltcp::wire::Result<Vec<u8>> {
        let mut message = vec![0; dhcp.buffer_len()];
        dhcp.emit(&mut DhcpPacket::new_unchecked(&mut message))?;
        let udp = UdpRepr { src_port, dst_port: 67 };
        let payload_len = udp.header_len() + message.len();
        let ip = Ipv4Repr { src_addr, dst_addr, next_header: IpProtocol::Udp, payload_len, hop_limit: 64 };
        let (src_addr, dst_addr) = (EthernetAddress(src), EthernetAddress(dst));
        let ethernet = EthernetRepr { src_addr, dst_addr, ethertype: EthernetProtocol::Ipv4 };
        let mut frame = vec![0; ethernet.buffer_len() + ip.buffer_len() + payload_len];
        ethernet.emit(&mut EthernetFrame::new_unchecked(&mut frame));
        let checksums = ChecksumCapabilities::default();
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut frame[14..]), &checksums);
        let mut packet = UdpPacket::new_unchecked(&mut frame[34..]);
        let (src, dst) = (ip.src_addr.into(), ip.dst_addr.into());
        udp.emit(&mut packet, &src, &dst, message.len(), |out| out.copy_from_slice(&message), &checksums);
        Ok(frame)
    }
}

#[test]
fn all_build_the_same() {
    let client = [2, 0, 0, 0, 0, 0x64];
    let (server, relay) = ([10, 0, 0, 1].into(), [192, 168, 1, 1].into());
    let ours = packetsmith::discover(client).unwrap();
    crate::all_checksums_are_good(1, &ours);
    let ours = crate::may_be_fragmented(1, ours);
    assert_eq!(ours, crate::may_be_fragmented(1, etherparse::discover(client).unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, pnet::discover(client).unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, smoltcp::discover(client).unwrap()));
    let ours = packetsmith::offer(client, server, relay).unwrap();
    crate::all_checksums_are_good(1, &ours);
    let ours = crate::may_be_fragmented(1, ours);
    assert_eq!(ours, crate::may_be_fragmented(1, etherparse::offer(client, server, relay).unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, pnet::offer(client, server, relay).unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, smoltcp::offer(client, server, relay).unwrap()));
}
