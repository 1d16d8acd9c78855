//! An IPv4 packet is split to an MTU, and fragments are joined. The packet comes from the network: its header has
//! options or not.

pub mod packetsmith {
    use packetsmith::ip::{FragmentError, Fragmenter, Outcome, Reassembler, Settings};
    use std::time::Duration;

    pub fn split(packet: &[u8], mtu: usize) -> Result<Vec<Vec<u8>>, FragmentError> {
        Ok(Fragmenter::new(mtu).split(packet)?.map(|piece| piece.to_vec()).collect())
    }

    pub fn join(fragments: &[Vec<u8>]) -> Option<Vec<u8>> {
        let mut reassembler = Reassembler::new(Settings::default());
        for (number, fragment) in (0..).zip(fragments) {
            if let Outcome::Complete(datagram) = reassembler.push(fragment, number, Duration::ZERO, &mut |_| {}) {
                return Some(datagram.packet().to_vec());
            }
        }
        None
    }
}

pub mod etherparse {
    use etherparse::defrag::IpDefragPool;
    use etherparse::{Ipv4Header, NetSlice, SlicedPacket};
    use std::error::Error;

    // Options are copied to all fragments.
    pub fn split(packet: &[u8], mtu: usize) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
        let (header, payload) = Ipv4Header::from_slice(packet)?;
        let mut fragments = Vec::new();
        let size = (mtu - header.header_len()) / 8 * 8;
        for (number, part) in payload.chunks(size).enumerate() {
            let mut header = header.clone();
            header.set_payload_len(part.len())?;
            header.fragment_offset = ((number * size / 8) as u16).try_into()?;
            header.more_fragments = number * size + part.len() < payload.len();
            let mut fragment = Vec::new();
            header.write(&mut fragment)?;
            fragment.extend(part);
            fragments.push(fragment);
        }
        Ok(fragments)
    }

    // The pool joins the payload. The header is that of the last fragment that came.
    pub fn join(fragments: &[Vec<u8>]) -> Option<Vec<u8>> {
        let mut pool = IpDefragPool::<(), ()>::new();
        for fragment in fragments {
            let sliced = SlicedPacket::from_ip(fragment).ok()?;
            if let Some(datagram) = pool.process_sliced_packet(&sliced, (), ()).ok()? {
                let Some(NetSlice::Ipv4(ip)) = sliced.net else { return None };
                let mut header = ip.header().to_header();
                header.set_payload_len(datagram.payload.len()).ok()?;
                (header.fragment_offset, header.more_fragments) = (Default::default(), false);
                let mut packet = Vec::new();
                header.write(&mut packet).ok()?;
                packet.extend(datagram.payload);
                return Some(packet);
            }
        }
        None
    }
}

pub mod pnet {
    use pnet_packet::Packet;
    use pnet_packet::ipv4::{Ipv4Flags, Ipv4Packet, MutableIpv4Packet, checksum};

    // Options are copied to all fragments.
    pub fn split(packet: &[u8], mtu: usize) -> Option<Vec<Vec<u8>>> {
        let ip = Ipv4Packet::new(packet)?;
        let (headers, payload) = packet.split_at(usize::from(ip.get_header_length()) * 4);
        let mut fragments = Vec::new();
        let size = (mtu - headers.len()) / 8 * 8;
        for (number, part) in payload.chunks(size).enumerate() {
            let mut fragment = [headers, part].concat();
            let (length, is_last) = (fragment.len() as u16, number * size + part.len() == payload.len());
            let mut header = MutableIpv4Packet::new(&mut fragment)?;
            header.set_total_length(length);
            header.set_fragment_offset((number * size / 8) as u16);
            header.set_flags(if is_last { 0 } else { Ipv4Flags::MoreFragments });
            header.set_checksum(checksum(&header.to_immutable()));
            fragments.push(fragment);
        }
        Some(fragments)
    }

    // pnet joins nothing: by hand, for the fragments of one datagram, without overlaps.
    pub fn join(fragments: &[Vec<u8>]) -> Option<Vec<u8>> {
        let mut parts = Vec::new();
        for fragment in fragments {
            parts.push(Ipv4Packet::new(fragment)?);
        }
        parts.sort_by_key(|part| part.get_fragment_offset());
        let first = parts.first()?;
        let mut packet = first.packet()[..usize::from(first.get_header_length()) * 4].to_vec();
        let headers = packet.len();
        for part in &parts {
            if packet.len() - headers != usize::from(part.get_fragment_offset()) * 8 {
                return None;
            }
            packet.extend(part.payload());
        }
        if parts.last()?.get_flags() & Ipv4Flags::MoreFragments != 0 {
            return None;
        }
        let length = packet.len() as u16;
        let mut header = MutableIpv4Packet::new(&mut packet)?;
        header.set_total_length(length);
        header.set_flags(0);
        header.set_checksum(checksum(&header.to_immutable()));
        Some(packet)
    }
}

pub mod smoltcp {
    use smoltcp::wire::Ipv4Packet;

    // Options are copied to all fragments.
    pub fn split(packet: &[u8], mtu: usize) -> smoltcp::wire::Result<Vec<Vec<u8>>> {
        let ip = Ipv4Packet::new_checked(packet)?;
        let (headers, payload) = packet.split_at(ip.header_len().into());
        let mut fragments = Vec::new();
        let size = (mtu - headers.len()) / 8 * 8;
        for (number, part) in payload.chunks(size).enumerate() {
            let mut fragment = [headers, part].concat();
            let length = fragment.len() as u16;
            let mut header = Ipv4Packet::new_unchecked(&mut fragment);
            header.set_total_len(length);
            header.set_frag_offset((number * size) as u16);
            header.set_more_frags(number * size + part.len() < payload.len());
            header.fill_checksum();
            fragments.push(fragment);
        }
        Ok(fragments)
    }

    // smoltcp joins in its interface only: by hand, for the fragments of one datagram, without overlaps.
    pub fn join(fragments: &[Vec<u8>]) -> Option<Vec<u8>> {
        let mut parts = Vec::new();
        for fragment in fragments {
            parts.push(Ipv4Packet::new_checked(&fragment[..]).ok()?);
        }
        parts.sort_by_key(|part| part.frag_offset());
        let first = parts.first()?.clone();
        let headers = usize::from(first.header_len());
        let mut packet = first.into_inner()[..headers].to_vec();
        for part in &parts {
            if packet.len() - headers != usize::from(part.frag_offset()) {
                return None;
            }
            packet.extend(part.payload());
        }
        if parts.last()?.more_frags() {
            return None;
        }
        let length = packet.len() as u16;
        let mut header = Ipv4Packet::new_unchecked(&mut packet);
        header.set_total_len(length);
        header.set_more_frags(false);
        header.fill_checksum();
        Some(packet)
    }
}

#[test]
fn all_split_and_join_the_same() {
    use ::packetsmith::{Ipv4, Stack, Udp};
    let payload: Vec<u8> = (0..5000).map(|number| number as u8).collect();
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()).identification(7);
    let udp = Udp::build().src_port(4000).dst_port(5000);
    let packet = Stack::new().push(ip).push(udp).payload(&payload).finish().unwrap();
    let mut fragments = packetsmith::split(&packet, 1500).unwrap();
    assert_eq!(fragments.iter().map(Vec::len).collect::<Vec<_>>(), [1500, 1500, 1500, 588]);
    assert_eq!(fragments, etherparse::split(&packet, 1500).unwrap());
    assert_eq!(fragments, pnet::split(&packet, 1500).unwrap());
    assert_eq!(fragments, smoltcp::split(&packet, 1500).unwrap());
    for order in 0..2 {
        assert_eq!(packetsmith::join(&fragments).as_ref(), Some(&packet), "order {order}");
        assert_eq!(etherparse::join(&fragments).as_ref(), Some(&packet), "order {order}");
        assert_eq!(pnet::join(&fragments).as_ref(), Some(&packet), "order {order}");
        assert_eq!(smoltcp::join(&fragments).as_ref(), Some(&packet), "order {order}");
        fragments.swap(0, 2);
    }
    fragments.pop();
    assert_eq!(packetsmith::join(&fragments), None);
    assert_eq!(etherparse::join(&fragments), None);
    assert_eq!(pnet::join(&fragments), None);
    assert_eq!(smoltcp::join(&fragments), None);
}
