//! How the floor, smoltcp and pnet_packet read a frame.

use crate::facts::Facts;

/// The floor: hand-written offsets for these protocols alone. Every length is checked against the bytes that are there.
#[inline(always)]
pub fn floor(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let _ = floor_into(frame, &mut facts);
    facts
}

#[inline(always)]
fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[inline(always)]
fn floor_into(frame: &[u8], facts: &mut Facts) -> Option<()> {
    let (mut at, mut ethertype) = (14, be16(frame, 12)?);
    while ethertype == 0x8100 {
        ethertype = be16(frame, at + 2)?;
        at += 4;
    }
    let packet = frame.get(at..)?;
    let (protocol, transport) = match ethertype {
        0x0800 => {
            let header = packet.first_chunk::<20>()?;
            let (head, total) = (usize::from(header[0] & 15) * 4, usize::from(be16(header, 2)?));
            if header[0] >> 4 != 4 || head < 20 {
                return None;
            }
            facts.v4(*header[12..].first_chunk()?, *header[16..].first_chunk()?);
            let body = packet.get(head..total)?;
            if be16(header, 6)? & 0x3fff != 0 {
                return None;
            }
            (header[9], body)
        }
        0x86dd => {
            let header = packet.first_chunk::<40>()?;
            if header[0] >> 4 != 6 {
                return None;
            }
            facts.v6(*header[8..].first_chunk()?, *header[24..].first_chunk()?);
            let mut body = packet.get(40..40 + usize::from(be16(header, 4)?))?;
            let mut next = header[6];
            loop {
                match next {
                    // Hop-by-hop options, routing, destination options.
                    0 | 43 | 60 => {
                        let [after, len, ..] = *body.first_chunk::<8>()?;
                        (next, body) = (after, body.get(8 + usize::from(len) * 8..)?);
                    }
                    44 => {
                        let [after, _, a, b, ..] = *body.first_chunk::<8>()?;
                        if u16::from_be_bytes([a, b]) & 0xfff9 != 0 {
                            return None;
                        }
                        (next, body) = (after, &body[8..]);
                    }
                    _ => break,
                }
            }
            (next, body)
        }
        0x0806 => {
            let header = packet.first_chunk::<28>()?;
            if header[..6] != [0, 1, 8, 0, 6, 4] {
                return None;
            }
            facts.ports(0, be16(header, 6)?);
            return None;
        }
        _ => return None,
    };
    match protocol {
        6 => {
            let header = transport.first_chunk::<20>()?;
            let head = usize::from(header[12] >> 4) * 4;
            if head < 20 {
                return None;
            }
            facts.ports(be16(header, 0)?, be16(header, 2)?);
            facts.flags = (be16(header, 12)? & 0xfff).into();
            facts.length = transport.get(head..)?.len() as u64;
        }
        17 => {
            let header = transport.first_chunk::<8>()?;
            facts.ports(be16(header, 0)?, be16(header, 2)?);
            facts.length = transport.get(8..usize::from(be16(header, 4)?))?.len() as u64;
        }
        1 | 58 => {
            let header = transport.first_chunk::<4>()?;
            facts.ports(header[0].into(), header[1].into());
        }
        _ => {}
    }
    Some(())
}

/// Unchecked views of smoltcp. VLAN tags, which it does not have, are read by hand.
#[inline(always)]
pub fn smoltcp(frame: &[u8]) -> Facts {
    use smoltcp::wire::*;
    let mut facts = Facts::default();
    let ethernet = EthernetFrame::new_unchecked(frame);
    let (mut ethertype, mut payload) = (u16::from(ethernet.ethertype()), ethernet.payload());
    while ethertype == 0x8100 {
        ethertype = u16::from_be_bytes([payload[2], payload[3]]);
        payload = &payload[4..];
    }
    let (protocol, transport) = match ethertype {
        0x0800 => {
            let ip = Ipv4Packet::new_unchecked(payload);
            facts.v4(ip.src_addr().octets(), ip.dst_addr().octets());
            if ip.more_frags() || ip.frag_offset() != 0 {
                return facts;
            }
            (ip.next_header(), ip.payload())
        }
        0x86dd => {
            let ip = Ipv6Packet::new_unchecked(payload);
            facts.v6(ip.src_addr().octets(), ip.dst_addr().octets());
            let (mut next, mut body) = (ip.next_header(), ip.payload());
            loop {
                match next {
                    IpProtocol::HopByHop | IpProtocol::Ipv6Route | IpProtocol::Ipv6Opts => {
                        let extension = Ipv6ExtHeader::new_unchecked(body);
                        let length = 8 + usize::from(extension.header_len()) * 8;
                        (next, body) = (extension.next_header(), &body[length..]);
                    }
                    IpProtocol::Ipv6Frag => {
                        let extension = Ipv6ExtHeader::new_unchecked(body);
                        let fragment = Ipv6FragmentHeader::new_unchecked(extension.payload());
                        if fragment.more_frags() || fragment.frag_offset() != 0 {
                            return facts;
                        }
                        (next, body) = (extension.next_header(), &body[8..]);
                    }
                    _ => break,
                }
            }
            (next, body)
        }
        0x0806 => {
            let arp = ArpPacket::new_unchecked(payload);
            facts.ports(0, arp.operation().into());
            return facts;
        }
        _ => return facts,
    };
    match protocol {
        IpProtocol::Tcp => {
            let tcp = TcpPacket::new_unchecked(transport);
            facts.ports(tcp.src_port(), tcp.dst_port());
            // It has a function for each flag.
            facts.flags = (u16::from_be_bytes([transport[12], transport[13]]) & 0xfff).into();
            facts.length = tcp.payload().len() as u64;
        }
        IpProtocol::Udp => {
            let udp = UdpPacket::new_unchecked(transport);
            facts.ports(udp.src_port(), udp.dst_port());
            facts.length = udp.payload().len() as u64;
        }
        IpProtocol::Icmp => {
            let icmp = Icmpv4Packet::new_unchecked(transport);
            facts.ports(u8::from(icmp.msg_type()).into(), icmp.msg_code().into());
        }
        IpProtocol::Icmpv6 => {
            let icmp = Icmpv6Packet::new_unchecked(transport);
            facts.ports(u8::from(icmp.msg_type()).into(), icmp.msg_code().into());
        }
        _ => {}
    }
    facts
}

/// Views of pnet_packet. VLAN tags and extension headers are packets there.
#[inline(always)]
pub fn pnet(frame: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let _ = pnet_into(frame, &mut facts);
    facts
}

#[inline(always)]
fn pnet_into(frame: &[u8], facts: &mut Facts) -> Option<()> {
    use pnet_packet::Packet;
    use pnet_packet::ethernet::{EtherTypes, EthernetPacket};
    use pnet_packet::icmp::IcmpPacket;
    use pnet_packet::icmpv6::Icmpv6Packet;
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv6::{ExtensionPacket, FragmentPacket, Ipv6Packet};
    use pnet_packet::{arp::ArpPacket, ipv4::Ipv4Packet, tcp::TcpPacket, udp::UdpPacket, vlan::VlanPacket};
    let ethernet = EthernetPacket::new(frame)?;
    let (mut ethertype, mut payload) = (ethernet.get_ethertype(), ethernet.payload());
    while ethertype == EtherTypes::Vlan {
        let vlan = VlanPacket::new(payload)?;
        ethertype = vlan.get_ethertype();
        payload = payload.get(4..)?;
    }
    // Its payload() ends at the end of the frame, so lengths are applied by hand.
    let (protocol, transport) = match ethertype {
        EtherTypes::Ipv4 => {
            let ip = Ipv4Packet::new(payload)?;
            facts.v4(ip.get_source().octets(), ip.get_destination().octets());
            if ip.get_flags() & 1 != 0 || ip.get_fragment_offset() != 0 {
                return None;
            }
            let head = usize::from(ip.get_header_length()) * 4;
            (ip.get_next_level_protocol(), payload.get(head..ip.get_total_length().into())?)
        }
        EtherTypes::Ipv6 => {
            let ip = Ipv6Packet::new(payload)?;
            facts.v6(ip.get_source().octets(), ip.get_destination().octets());
            let mut next = ip.get_next_header();
            let mut body = payload.get(40..40 + usize::from(ip.get_payload_length()))?;
            loop {
                match next {
                    IpNextHeaderProtocols::Hopopt
                    | IpNextHeaderProtocols::Ipv6Route
                    | IpNextHeaderProtocols::Ipv6Opts => {
                        let extension = ExtensionPacket::new(body)?;
                        next = extension.get_next_header();
                        body = body.get(8 + usize::from(extension.get_hdr_ext_len()) * 8..)?;
                    }
                    IpNextHeaderProtocols::Ipv6Frag => {
                        let fragment = FragmentPacket::new(body)?;
                        if fragment.get_fragment_offset_with_flags() & 0xfff9 != 0 {
                            return None;
                        }
                        (next, body) = (fragment.get_next_header(), body.get(8..)?);
                    }
                    _ => break,
                }
            }
            (next, body)
        }
        EtherTypes::Arp => {
            let arp = ArpPacket::new(payload)?;
            facts.ports(0, arp.get_operation().0);
            return None;
        }
        _ => return None,
    };
    match protocol {
        IpNextHeaderProtocols::Tcp => {
            let tcp = TcpPacket::new(transport)?;
            facts.ports(tcp.get_source(), tcp.get_destination());
            facts.flags = u64::from(tcp.get_flags()) | u64::from(tcp.get_reserved()) << 8;
            facts.length = transport.get(usize::from(tcp.get_data_offset()) * 4..)?.len() as u64;
        }
        IpNextHeaderProtocols::Udp => {
            let udp = UdpPacket::new(transport)?;
            facts.ports(udp.get_source(), udp.get_destination());
            facts.length = transport.get(8..usize::from(udp.get_length()))?.len() as u64;
        }
        IpNextHeaderProtocols::Icmp => {
            let icmp = IcmpPacket::new(transport)?;
            facts.ports(icmp.get_icmp_type().0.into(), icmp.get_icmp_code().0.into());
        }
        IpNextHeaderProtocols::Icmpv6 => {
            let icmp = Icmpv6Packet::new(transport)?;
            facts.ports(icmp.get_icmpv6_type().0.into(), icmp.get_icmpv6_code().0.into());
        }
        _ => {}
    }
    Some(())
}
