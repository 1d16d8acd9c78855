//! What is read of packets by each contestant, and the packets: the same fields, and digests that must be equal.

use etherparse::{NetSlice, PacketBuilder, SlicedPacket, TransportSlice};
use packetsmith::{View, dissect};

/// What is read of a packet, summed up: addresses, ports, flags, length of the payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    pub sum: u64,
}

impl Digest {
    #[inline(always)]
    fn add(&mut self, n: u64) {
        self.sum = self.sum.wrapping_mul(31).wrapping_add(n);
    }
}

fn word(bytes: &[u8]) -> u64 {
    bytes.chunks_exact(4).fold(0, |sum, c| sum ^ u64::from(u32::from_be_bytes([c[0], c[1], c[2], c[3]])))
}

#[inline(always)]
pub fn ours(frame: &[u8], digest: &mut Digest) {
    for layer in dissect(1, frame) {
        match layer.view {
            View::Ipv4(ip) => {
                digest.add(u64::from(u32::from(ip.src())) ^ u64::from(u32::from(ip.dst())));
            }
            View::Ipv6(ip) => digest.add(word(&ip.src().octets()) ^ word(&ip.dst().octets())),
            View::Tcp(tcp) => {
                digest.add(u64::from(tcp.src_port()) << 16 | u64::from(tcp.dst_port()));
                digest.add(u64::from(tcp.flags().0));
                digest.add(layer.body().len() as u64);
                break;
            }
            View::Udp(udp) => {
                digest.add(u64::from(udp.src_port()) << 16 | u64::from(udp.dst_port()));
                digest.add(layer.body().len() as u64);
                break;
            }
            _ => {}
        }
    }
}

#[inline(always)]
pub fn etherparse(frame: &[u8], digest: &mut Digest) {
    let Ok(packet) = SlicedPacket::from_ethernet(frame) else { return };
    match packet.net {
        Some(NetSlice::Ipv4(ip)) => {
            let header = ip.header();
            digest.add(word(&header.source()) ^ word(&header.destination()));
        }
        Some(NetSlice::Ipv6(ip)) => {
            let header = ip.header();
            digest.add(word(&header.source()) ^ word(&header.destination()));
        }
        _ => {}
    }
    match packet.transport {
        Some(TransportSlice::Tcp(tcp)) => {
            digest.add(u64::from(tcp.source_port()) << 16 | u64::from(tcp.destination_port()));
            digest.add(u64::from(u16::from_be_bytes([tcp.slice()[12], tcp.slice()[13]]) & 0xfff));
            digest.add(tcp.payload().len() as u64);
        }
        Some(TransportSlice::Udp(udp)) => {
            digest.add(u64::from(udp.source_port()) << 16 | u64::from(udp.destination_port()));
            digest.add(udp.payload().len() as u64);
        }
        _ => {}
    }
}

#[inline(always)]
pub fn floor(frame: &[u8], digest: &mut Digest) -> Option<()> {
    let be16 = |b: &[u8], at: usize| Some(u16::from_be_bytes(*b.get(at..)?.first_chunk()?));
    let (mut at, mut ethertype) = (14, be16(frame, 12)?);
    while ethertype == 0x8100 {
        ethertype = be16(frame, at + 2)?;
        at += 4;
    }
    let ip = frame.get(at..)?;
    let (protocol, transport) = match ethertype {
        0x0800 => {
            let header = ip.first_chunk::<20>()?;
            let (ihl, total) = (usize::from(header[0] & 15) * 4, usize::from(be16(header, 2)?));
            if header[0] >> 4 != 4 || ihl < 20 || be16(header, 6)? & 0x3fff != 0 {
                return None;
            }
            digest.add(word(&header[12..16]) ^ word(&header[16..20]));
            (header[9], ip.get(ihl..total)?)
        }
        0x86dd => {
            let header = ip.first_chunk::<40>()?;
            digest.add(word(&header[8..24]) ^ word(&header[24..40]));
            (header[6], ip.get(40..40 + usize::from(be16(header, 4)?))?)
        }
        _ => return None,
    };
    match protocol {
        6 => {
            let header = transport.first_chunk::<20>()?;
            let offset = usize::from(header[12] >> 4) * 4;
            digest.add(u64::from(be16(header, 0)?) << 16 | u64::from(be16(header, 2)?));
            digest.add(u64::from(be16(header, 12)? & 0xfff));
            digest.add(transport.get(offset.max(20)..)?.len() as u64);
        }
        17 => {
            let header = transport.first_chunk::<8>()?;
            digest.add(u64::from(be16(header, 0)?) << 16 | u64::from(be16(header, 2)?));
            digest.add(transport.get(8..usize::from(be16(header, 4)?))?.len() as u64);
        }
        _ => {}
    }
    Some(())
}

/// Unchecked views of smoltcp; what it does not know, a VLAN tag, is read by hand.
#[inline(always)]
pub fn smoltcp(frame: &[u8], digest: &mut Digest) {
    use smoltcp::wire::{EthernetFrame, Ipv4Packet, Ipv6Packet, TcpPacket, UdpPacket};
    let ethernet = EthernetFrame::new_unchecked(frame);
    let (mut ethertype, mut payload) = (u16::from(ethernet.ethertype()), ethernet.payload());
    while ethertype == 0x8100 {
        ethertype = u16::from_be_bytes([payload[2], payload[3]]);
        payload = &payload[4..];
    }
    let (protocol, transport) = match ethertype {
        0x0800 => {
            let ip = Ipv4Packet::new_unchecked(payload);
            digest.add(word(&ip.src_addr().octets()) ^ word(&ip.dst_addr().octets()));
            (u8::from(ip.next_header()), ip.payload())
        }
        0x86dd => {
            let ip = Ipv6Packet::new_unchecked(payload);
            digest.add(word(&ip.src_addr().octets()) ^ word(&ip.dst_addr().octets()));
            (u8::from(ip.next_header()), ip.payload())
        }
        _ => return,
    };
    match protocol {
        6 => {
            let tcp = TcpPacket::new_unchecked(transport);
            digest.add(u64::from(tcp.src_port()) << 16 | u64::from(tcp.dst_port()));
            digest.add(u64::from(u16::from_be_bytes([transport[12], transport[13]]) & 0xfff));
            digest.add(tcp.payload().len() as u64);
        }
        17 => {
            let udp = UdpPacket::new_unchecked(transport);
            digest.add(u64::from(udp.src_port()) << 16 | u64::from(udp.dst_port()));
            digest.add(udp.payload().len() as u64);
        }
        _ => {}
    }
}

/// Views of pnet_packet; VLAN tags are a packet of its own there.
#[inline(always)]
pub fn pnet(frame: &[u8], digest: &mut Digest) -> Option<()> {
    use pnet_packet::Packet;
    use pnet_packet::ethernet::{EtherTypes, EthernetPacket};
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::{ipv4::Ipv4Packet, ipv6::Ipv6Packet, tcp::TcpPacket, udp::UdpPacket, vlan::VlanPacket};
    let ethernet = EthernetPacket::new(frame)?;
    let (mut ethertype, mut payload) = (ethernet.get_ethertype(), ethernet.payload());
    if ethertype == EtherTypes::Vlan {
        let vlan = VlanPacket::new(payload)?;
        ethertype = vlan.get_ethertype();
        payload = payload.get(4..)?;
    }
    // Its payload() goes by the frame's end, so lengths are cut by hand.
    let (protocol, transport) = match ethertype {
        EtherTypes::Ipv4 => {
            let ip = Ipv4Packet::new(payload)?;
            digest.add(word(&ip.get_source().octets()) ^ word(&ip.get_destination().octets()));
            let head = usize::from(ip.get_header_length()) * 4;
            (ip.get_next_level_protocol(), payload.get(head..ip.get_total_length().into())?)
        }
        EtherTypes::Ipv6 => {
            let ip = Ipv6Packet::new(payload)?;
            digest.add(word(&ip.get_source().octets()) ^ word(&ip.get_destination().octets()));
            (ip.get_next_header(), payload.get(40..40 + usize::from(ip.get_payload_length()))?)
        }
        _ => return None,
    };
    match protocol {
        IpNextHeaderProtocols::Tcp => {
            let tcp = TcpPacket::new(transport)?;
            digest.add(u64::from(tcp.get_source()) << 16 | u64::from(tcp.get_destination()));
            digest.add(u64::from(tcp.get_flags()) | u64::from(tcp.get_reserved()) << 8);
            digest.add(transport.get(usize::from(tcp.get_data_offset()) * 4..)?.len() as u64);
        }
        IpNextHeaderProtocols::Udp => {
            let udp = UdpPacket::new(transport)?;
            digest.add(u64::from(udp.get_source()) << 16 | u64::from(udp.get_destination()));
            digest.add(transport.get(8..usize::from(udp.get_length()))?.len() as u64);
        }
        _ => {}
    }
    Some(())
}

/// Packets of common sizes: TCP with timestamps and UDP, over IPv4 and a sixth over IPv6, a tenth with
/// a VLAN tag, in an order that no predictor learns.
pub fn packets(count: usize) -> Vec<Vec<u8>> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    (0..count)
        .map(|_| {
            let payload = vec![0x5a; [6, 6, 6, 6, 6, 6, 6, 536, 536, 536, 536, 1400][random(12) as usize]];
            let (a, b) = (random(1 << 32) as u32, random(1 << 32) as u32);
            let (source, destination) = (1024 + random(60000) as u16, 8000 + random(1000) as u16);
            let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
            let mut frame = Vec::new();
            let vlan = random(10) == 0;
            let v6 = random(6) == 0;
            let tcp = random(4) != 0;
            macro_rules! finish {
                ($step:expr) => {
                    if tcp {
                        let step = $step.tcp(source, destination, a, 64000).ack(b);
                        let step = step.options_raw(&[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2]).unwrap();
                        step.write(&mut frame, &payload).unwrap()
                    } else {
                        $step.udp(source, destination).write(&mut frame, &payload).unwrap()
                    }
                };
            }
            let (v6a, v6b) = ([a.to_be_bytes(); 4].concat(), [b.to_be_bytes(); 4].concat());
            let (v6a, v6b): ([u8; 16], [u8; 16]) = (v6a.try_into().unwrap(), v6b.try_into().unwrap());
            match (vlan, v6) {
                (false, false) => finish!(builder.ipv4(a.to_be_bytes(), b.to_be_bytes(), 64)),
                (true, false) => {
                    let id = etherparse::VlanId::try_new(7).unwrap();
                    finish!(builder.single_vlan(id).ipv4(a.to_be_bytes(), b.to_be_bytes(), 64))
                }
                (false, true) => finish!(builder.ipv6(v6a, v6b, 64)),
                (true, true) => {
                    let id = etherparse::VlanId::try_new(7).unwrap();
                    finish!(builder.single_vlan(id).ipv6(v6a, v6b, 64))
                }
            }
            frame
        })
        .collect()
}
