//! A TCP SYN with options, in VLAN 7.

pub mod packetsmith {
    use packetsmith::proto::transport::{TcpFlags, TcpOption};
    use packetsmith::{EncodeError, Ethernet, Ipv4, Stack, Tcp, Vlan};

    pub fn syn() -> Result<Vec<u8>, EncodeError> {
        let options = [
            TcpOption::MaximumSegmentSize { size: 1460 },
            TcpOption::WindowScale { shift: 7 },
            TcpOption::SackPermitted {},
            TcpOption::Timestamps { value: 1_234_567, echo: 0 },
        ];
        let tcp = Tcp::build().src_port(51775).dst_port(80).seq(1000).flags(TcpFlags::SYN).window(64240);
        Stack::new()
            .push(Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 2].into()))
            .push(Vlan::build().id(7))
            .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
            .push(tcp.options(&options))
            .finish()
    }
}

pub mod etherparse {
    use etherparse::{PacketBuilder, TcpOptionElement, VlanId};
    use std::error::Error;

    pub fn syn() -> Result<Vec<u8>, Box<dyn Error>> {
        let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
            .single_vlan(VlanId::try_new(7)?)
            .ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
            .tcp(51775, 80, 1000, 64240)
            .syn()
            .options(&[
                TcpOptionElement::MaximumSegmentSize(1460),
                TcpOptionElement::WindowScale(7),
                TcpOptionElement::SelectiveAcknowledgementPermitted,
                TcpOptionElement::Timestamp(1_234_567, 0),
            ])?;
        let mut frame = Vec::with_capacity(builder.size(0));
        builder.write(&mut frame, &[])?;
        Ok(frame)
    }
}

pub mod pnet {
    use pnet_packet::MutablePacket;
    use pnet_packet::ethernet::{EtherTypes, MutableEthernetPacket};
    use pnet_packet::ip::IpNextHeaderProtocols;
    use pnet_packet::ipv4::{self, MutableIpv4Packet};
    use pnet_packet::tcp::{self, MutableTcpPacket, TcpFlags, TcpOption};
    use pnet_packet::vlan::MutableVlanPacket;
    use std::net::Ipv4Addr;

    pub fn syn() -> Option<Vec<u8>> {
        let (src, dst) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        let mut frame = vec![0; 14 + 4 + 20 + 40];
        let mut ethernet = MutableEthernetPacket::new(&mut frame)?;
        ethernet.set_source([2, 0, 0, 0, 0, 1].into());
        ethernet.set_destination([2, 0, 0, 0, 0, 2].into());
        ethernet.set_ethertype(EtherTypes::Vlan);
        let mut vlan = MutableVlanPacket::new(ethernet.payload_mut())?;
        vlan.set_vlan_identifier(7);
        vlan.set_ethertype(EtherTypes::Ipv4);
        let mut ip = MutableIpv4Packet::new(vlan.payload_mut())?;
        ip.set_version(4);
        ip.set_header_length(5);
        ip.set_total_length(60);
        ip.set_ttl(64);
        ip.set_next_level_protocol(IpNextHeaderProtocols::Tcp);
        ip.set_source(src);
        ip.set_destination(dst);
        ip.set_checksum(ipv4::checksum(&ip.to_immutable()));
        let mut tcp = MutableTcpPacket::new(ip.payload_mut())?;
        tcp.set_source(51775);
        tcp.set_destination(80);
        tcp.set_sequence(1000);
        tcp.set_data_offset(10);
        tcp.set_flags(TcpFlags::SYN);
        tcp.set_window(64240);
        let (mss, sack) = (TcpOption::mss(1460), TcpOption::sack_perm());
        tcp.set_options(&[mss, TcpOption::wscale(7), sack, TcpOption::timestamp(1_234_567, 0)]);
        tcp.set_checksum(tcp::ipv4_checksum(&tcp.to_immutable(), &src, &dst));
        Some(frame)
    }
}

pub mod smoltcp {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::{
        EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IpProtocol, Ipv4Address, Ipv4Packet, Ipv4Repr,
        TcpControl, TcpPacket, TcpRepr, TcpSeqNumber, TcpTimestampRepr,
    };

    // The VLAN tag is written by hand.
    pub fn syn() -> Vec<u8> {
        let tcp = TcpRepr {
            src_port: 51775,
            dst_port: 80,
            control: TcpControl::Syn,
            seq_number: TcpSeqNumber(1000),
            ack_number: None,
            window_len: 64240,
            window_scale: Some(7),
            max_seg_size: Some(1460),
            sack_permitted: true,
            sack_ranges: [None; 3],
            timestamp: Some(TcpTimestampRepr::new(1_234_567, 0)),
            payload: &[],
        };
        let ip = Ipv4Repr {
            src_addr: Ipv4Address::new(10, 0, 0, 1),
            dst_addr: Ipv4Address::new(10, 0, 0, 2),
            next_header: IpProtocol::Tcp,
            payload_len: tcp.buffer_len(),
            hop_limit: 64,
        };
        let ethernet = EthernetRepr {
            src_addr: EthernetAddress([2, 0, 0, 0, 0, 1]),
            dst_addr: EthernetAddress([2, 0, 0, 0, 0, 2]),
            ethertype: EthernetProtocol::Unknown(0x8100),
        };
        let mut frame = vec![0; 14 + 4 + ip.buffer_len() + tcp.buffer_len()];
        ethernet.emit(&mut EthernetFrame::new_unchecked(&mut frame));
        frame[14..18].copy_from_slice(&[0, 7, 0x08, 0x00]);
        let checksums = ChecksumCapabilities::default();
        ip.emit(&mut Ipv4Packet::new_unchecked(&mut frame[18..]), &checksums);
        let (src, dst) = (ip.src_addr.into(), ip.dst_addr.into());
        tcp.emit(&mut TcpPacket::new_unchecked(&mut frame[38..]), &src, &dst, &checksums);
        frame
    }
}

#[test]
fn all_build_the_same() {
    let ours = packetsmith::syn().unwrap();
    crate::all_checksums_are_good(1, &ours);
    let ours = crate::may_be_fragmented(1, ours);
    assert_eq!(ours, crate::may_be_fragmented(1, etherparse::syn().unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, pnet::syn().unwrap()));
    assert_eq!(ours, crate::may_be_fragmented(1, smoltcp::syn()));
}
