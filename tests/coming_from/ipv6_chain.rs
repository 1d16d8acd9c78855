//! An IPv6 packet with extension headers: hop-by-hop options (router alert), a fragment header, UDP. And the numbers of
//! the headers of such a packet.

pub mod packetsmith {
    use packetsmith::proto::ip::{Ipv6Option, Ipv6RouterAlert};
    use packetsmith::{EncodeError, Fragment, HopByHop, Ipv6, Layers, NextProtocol, Stack, Udp};
    use std::net::Ipv6Addr;

    pub fn build(src: Ipv6Addr, dst: Ipv6Addr) -> Result<Vec<u8>, EncodeError> {
        Stack::new()
            .push(Ipv6::build().src(src).dst(dst))
            .push(HopByHop::build().options(&[Ipv6Option::RouterAlert { value: Ipv6RouterAlert(0) }]))
            .push(Fragment::build().identification(7))
            .push(Udp::build().src_port(4000).dst_port(5000))
            .payload(b"hello")
            .finish()
    }

    pub fn headers(packet: &[u8]) -> Vec<u8> {
        let number = |selector| match selector {
            NextProtocol::IpProtocol(number) => Some(number),
            _ => None,
        };
        Layers::from_ip(packet).filter_map(|layer| number(layer.selector)).collect()
    }
}

pub mod etherparse {
    use etherparse::{
        IpFragOffset, IpHeaders, IpNumber, Ipv6ExtensionSlice, Ipv6Extensions, Ipv6FragmentHeader, Ipv6Header,
        Ipv6RawExtHeader, Ipv6Slice, PacketBuilder,
    };
    use std::error::Error;
    use std::net::Ipv6Addr;

    // Options are written by hand.
    pub fn build(src: Ipv6Addr, dst: Ipv6Addr) -> Result<Vec<u8>, Box<dyn Error>> {
        let header =
            Ipv6Header { hop_limit: 64, source: src.octets(), destination: dst.octets(), ..Default::default() };
        let extensions = Ipv6Extensions {
            hop_by_hop_options: Some(Ipv6RawExtHeader::new_raw(IpNumber::UDP, &[5, 2, 0, 0, 1, 0])?),
            fragment: Some(Ipv6FragmentHeader::new(IpNumber::UDP, IpFragOffset::ZERO, false, 7)),
            ..Default::default()
        };
        let builder = PacketBuilder::ip(IpHeaders::Ipv6(header, extensions)).udp(4000, 5000);
        let mut packet = Vec::with_capacity(builder.size(5));
        builder.write(&mut packet, b"hello")?;
        Ok(packet)
    }

    pub fn headers(packet: &[u8]) -> Option<Vec<u8>> {
        let ip = Ipv6Slice::from_slice(packet).ok()?;
        let mut numbers = vec![ip.header().next_header().0];
        for extension in ip.extensions().clone() {
            numbers.push(match extension {
                Ipv6ExtensionSlice::HopByHop(header)
                | Ipv6ExtensionSlice::Routing(header)
                | Ipv6ExtensionSlice::DestinationOptions(header) => header.next_header().0,
                Ipv6ExtensionSlice::Fragment(header) => header.next_header().0,
                Ipv6ExtensionSlice::Authentication(header) => header.next_header().0,
            });
        }
        Some(numbers)
    }
}

pub mod pnet {
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv6::{
        ExtensionPacket, Ipv6Packet, MutableExtensionPacket, MutableFragmentPacket, MutableIpv6Packet,
    };
    use pnet_packet::udp::{self, MutableUdpPacket};
    use pnet_packet::{MutablePacket, Packet};
    use std::net::Ipv6Addr;

    // Options are written by hand.
    pub fn build(src: Ipv6Addr, dst: Ipv6Addr) -> Option<Vec<u8>> {
        let mut packet = vec![0; 40 + 8 + 8 + 8 + 5];
        let mut ip = MutableIpv6Packet::new(&mut packet)?;
        ip.set_version(6);
        ip.set_payload_length(29);
        ip.set_next_header(IpNextHeaderProtocols::Hopopt);
        ip.set_hop_limit(64);
        ip.set_source(src);
        ip.set_destination(dst);
        let (extensions, datagram) = ip.payload_mut().split_at_mut(16);
        let mut hop_by_hop = MutableExtensionPacket::new(&mut extensions[..8])?;
        hop_by_hop.set_next_header(IpNextHeaderProtocols::Ipv6Frag);
        hop_by_hop.set_options(&[5, 2, 0, 0, 1, 0]);
        let mut fragment = MutableFragmentPacket::new(&mut extensions[8..])?;
        fragment.set_next_header(IpNextHeaderProtocols::Udp);
        fragment.set_id(7);
        let mut udp = MutableUdpPacket::new(datagram)?;
        udp.set_source(4000);
        udp.set_destination(5000);
        udp.set_length(13);
        udp.set_payload(b"hello");
        udp.set_checksum(udp::ipv6_checksum(&udp.to_immutable(), &src, &dst));
        Some(packet)
    }

    pub fn headers(packet: &[u8]) -> Option<Vec<u8>> {
        let ip = Ipv6Packet::new(packet)?;
        let (mut numbers, mut rest) = (vec![ip.get_next_header().0], ip.payload());
        while let 0 | 43 | 44 | 60 = *numbers.last()? {
            let header = ExtensionPacket::new(rest)?;
            numbers.push(header.get_next_header().0);
            rest = rest.get(8 + usize::from(header.get_hdr_ext_len()) * 8..)?;
        }
        Some(numbers)
    }
}

pub mod smoltcp {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{
        IpProtocol, Ipv6ExtHeader, Ipv6ExtHeaderRepr, Ipv6FragmentHeader, Ipv6FragmentRepr, Ipv6HopByHopHeader,
        Ipv6HopByHopRepr, Ipv6Packet, Ipv6Repr, UdpPacket, UdpRepr,
    };
    use std::net::Ipv6Addr;

    pub fn build(src: Ipv6Addr, dst: Ipv6Addr) -> Vec<u8> {
        let udp = UdpRepr { src_port: 4000, dst_port: 5000 };
        let fragment = Ipv6FragmentRepr { frag_offset: 0, more_frags: false, ident: 7 };
        let mut options = Ipv6HopByHopRepr::mldv2_router_alert();
        options.push_padn_option(0);
        let ip = Ipv6Repr {
            src_addr: src,
            dst_addr: dst,
            next_header: IpProtocol::HopByHop,
            payload_len: 8 + 8 + udp.header_len() + 5,
            hop_limit: 64,
        };
        let mut packet = vec![0; ip.buffer_len() + ip.payload_len];
        ip.emit(&mut Ipv6Packet::new_unchecked(&mut packet));
        let header = Ipv6ExtHeaderRepr { next_header: IpProtocol::Ipv6Frag, length: 0, data: &[] };
        header.emit(&mut Ipv6ExtHeader::new_unchecked(&mut packet[40..48]));
        options.emit(&mut Ipv6HopByHopHeader::new_unchecked(&mut packet[42..48]));
        let header = Ipv6ExtHeaderRepr { next_header: IpProtocol::Udp, length: 0, data: &[] };
        header.emit(&mut Ipv6ExtHeader::new_unchecked(&mut packet[48..56]));
        fragment.emit(&mut Ipv6FragmentHeader::new_unchecked(&mut packet[50..56]));
        let mut datagram = UdpPacket::new_unchecked(&mut packet[56..]);
        let (src, dst, checksums) = (src.into(), dst.into(), ChecksumCapabilities::default());
        udp.emit(&mut datagram, &src, &dst, 5, |payload| payload.copy_from_slice(b"hello"), &checksums);
        packet
    }

    pub fn headers(packet: &[u8]) -> Option<Vec<u8>> {
        let ip = Ipv6Packet::new_checked(packet).ok()?;
        let (mut numbers, mut rest) = (vec![ip.next_header().into()], ip.payload());
        while let 0 | 43 | 44 | 60 = *numbers.last()? {
            let header = Ipv6ExtHeader::new_checked(rest).ok()?;
            numbers.push(header.next_header().into());
            rest = rest.get(8 + usize::from(header.header_len()) * 8..)?;
        }
        Some(numbers)
    }
}

#[test]
fn all_build_and_read_the_same() {
    let (src, dst) = ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap());
    let ours = packetsmith::build(src, dst).unwrap();
    crate::all_checksums_are_good(101, &ours);
    assert_eq!(ours, etherparse::build(src, dst).unwrap());
    assert_eq!(ours, pnet::build(src, dst).unwrap());
    assert_eq!(ours, smoltcp::build(src, dst));
    let headers = Some(vec![0, 44, 17]);
    assert_eq!(Some(packetsmith::headers(&ours)), headers);
    assert_eq!(etherparse::headers(&ours), headers);
    assert_eq!(pnet::headers(&ours), headers);
    assert_eq!(smoltcp::headers(&ours), headers);
}
