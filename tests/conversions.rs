//! What a Rust developer tries first: conversions, operators and entry points that must compile and hold.

use packetsmith::proto::ip::{IpProtocol, Ipv4Flags};
use packetsmith::proto::link::EtherType;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{
    Dns, Editor, Ethernet, Examine, FastHeaders, Field, FromBytes, Icmpv4, Ipv4, Ipv6, Layers, LinkType, MacAddr,
    NextProtocol, Proto, Span, Stack, Tcp, Udp, Value, View, Vlan, dissect, examine,
};
use std::collections::{BTreeSet, HashSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fn frame() -> Vec<u8> {
    Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
        .push(Udp::build().src_port(40000).dst_port(53))
        .payload(&[0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'a', 0, 0, 1, 0, 1])
        .finish()
        .unwrap()
}

#[test]
fn mac_addresses() {
    let mac: MacAddr = "02:00:5e:10:00:01".parse().unwrap();
    assert_eq!(MacAddr::from([2, 0, 0x5e, 0x10, 0, 1]), mac);
    assert_eq!(MacAddr::try_from(&[2, 0, 0x5e, 0x10, 0, 1][..]).unwrap(), mac);
    assert!(MacAddr::try_from(&[2, 0, 0x5e, 0x10, 0][..]).is_err() && MacAddr::try_from(&[2; 7][..]).is_err());
    assert_eq!((mac.to_string(), format!("{mac:?}")), ("02:00:5e:10:00:01".into(), "02:00:5e:10:00:01".into()));
    assert_eq!(mac.as_ref(), [2, 0, 0x5e, 0x10, 0, 1]);
    assert_eq!(<[u8; 6]>::from(mac), mac.0);
    assert_eq!(MacAddr::default().to_string(), "00:00:00:00:00:00");
    assert!(MacAddr::default() < mac && mac < MacAddr::BROADCAST);
    assert_eq!(HashSet::from([mac, mac, MacAddr::BROADCAST]).len(), 2);
    assert!(MacAddr::BROADCAST.is_broadcast() && !MacAddr::BROADCAST.is_multicast());
    assert!(MacAddr([0x33, 0x33, 0, 0, 0, 1]).is_multicast() && !mac.is_multicast());
}

#[test]
fn numbers_with_names() {
    assert_eq!(IpProtocol::Tcp, IpProtocol::from(6));
    assert_eq!(u8::from(IpProtocol::Tcp), 6);
    let number: u8 = IpProtocol::Udp.into();
    assert_eq!(number, 17);
    assert_eq!((IpProtocol::Tcp.to_string(), IpProtocol::from(200).to_string()), ("TCP".into(), "200".into()));
    assert_eq!(
        format!("{:>5}|{:<5}|{:>5}", IpProtocol::Tcp, IpProtocol::Udp, IpProtocol::from(200)),
        "  TCP|UDP  |  200"
    );
    assert_eq!(
        ("tcp".parse(), "17".parse(), "0x11".parse()),
        (Ok(IpProtocol::Tcp), Ok(IpProtocol::Udp), Ok(IpProtocol::Udp))
    );
    assert_eq!("ARP".parse(), Ok(EtherType::Arp));
    assert!("colour".parse::<EtherType>().is_err() && "65536".parse::<EtherType>().is_err());
    assert!(IpProtocol::Tcp < IpProtocol::Udp && IpProtocol::from(5) < IpProtocol::Tcp);
    let sorted: BTreeSet<IpProtocol> = [17, 200, 6, 6].map(IpProtocol::from).into();
    assert!(sorted.iter().map(ToString::to_string).eq(["TCP", "UDP", "200"]));
    assert_eq!(HashSet::from([IpProtocol::Tcp, IpProtocol::from(6)]).len(), 1);
    assert_eq!(format!("{:?} {:?}", IpProtocol::Tcp, IpProtocol::from(200)), "Tcp Unknown(200)");
}

#[test]
fn flags() {
    let mut flags = TcpFlags::SYN | TcpFlags::ACK;
    assert!(flags.contains(TcpFlags::SYN) && flags.intersects(TcpFlags::SYN | TcpFlags::RST));
    assert!(!flags.contains(TcpFlags::SYN | TcpFlags::RST) && !flags.intersects(TcpFlags::RST));
    assert_eq!((flags & TcpFlags::SYN, flags - TcpFlags::SYN), (TcpFlags::SYN, TcpFlags::ACK));
    assert_eq!((flags & !TcpFlags::SYN, flags ^ TcpFlags::SYN), (TcpFlags::ACK, TcpFlags::ACK));
    flags |= TcpFlags::PSH;
    flags &= !TcpFlags::SYN;
    flags -= TcpFlags::ACK;
    flags ^= TcpFlags::FIN;
    assert_eq!(flags, TcpFlags::PSH | TcpFlags::FIN);
    assert!(!flags.is_empty() && TcpFlags::empty().is_empty() && TcpFlags::default().is_empty());
    assert!(TcpFlags::all().contains(TcpFlags::CWR | TcpFlags::FIN));

    let flags = TcpFlags::SYN | TcpFlags::ACK;
    assert_eq!((flags.to_string(), format!("{flags:?}")), ("ACK | SYN".into(), "TcpFlags(ACK | SYN)".into()));
    assert_eq!(
        (TcpFlags::empty().to_string(), format!("{:?}", TcpFlags(0x1002))),
        ("0".into(), "TcpFlags(SYN | 0x1000)".into())
    );
    for text in ["SYN | ACK", "syn|ack", "SYN,ACK", "SYN ACK", "SYN+ACK", "SA", "0x12", "18"] {
        assert_eq!(text.parse(), Ok(flags), "{text}");
    }
    assert!("SYN | colour".parse::<TcpFlags>().is_err() && "65536".parse::<TcpFlags>().is_err());
    assert!(flags.into_iter().eq([TcpFlags::ACK, TcpFlags::SYN]) && flags.iter().names().eq(["ACK", "SYN"]));
    let mut found = Vec::new();
    for flag in TcpFlags(0x1012) {
        found.push(flag);
    }
    assert_eq!(found, [TcpFlags::ACK, TcpFlags::SYN, TcpFlags(0x1000)], "no bit is lost");
    let mut collected: TcpFlags = found.into_iter().collect();
    assert_eq!(collected, TcpFlags(0x1012));
    collected.extend([TcpFlags::FIN, TcpFlags::RST]);
    assert_eq!(collected, TcpFlags(0x1017));
    assert_eq!((u16::from(flags), TcpFlags::from(2)), (0x12, TcpFlags::SYN));
    assert_eq!(HashSet::from([TcpFlags::SYN, TcpFlags(2)]).len(), 1);
    assert_eq!("DF".parse(), Ok(Ipv4Flags::DONT_FRAGMENT));
}

#[test]
fn headers() {
    let bytes = frame();
    let udp = Udp::try_from(&bytes[34..]).unwrap();
    assert_eq!((udp.src_port(), udp.dst_port()), (40000, 53));
    let owned: Udp = (&bytes[34..42]).try_into().unwrap();
    let (borrowed, _) = Udp::split(&bytes[34..]).unwrap();
    assert_eq!(owned, borrowed);
    assert_eq!(borrowed, owned);
    assert_eq!(udp, owned);
    assert_eq!((borrowed.as_ref(), owned.as_ref()), (&bytes[34..42], &bytes[34..42]));
    let error = Udp::try_from(&bytes[..7]).unwrap_err();
    assert_eq!((error.needed, error.have), (8, 7));

    // An owned header outlives the buffer.
    let kept: Vec<Udp> = {
        let buffer = frame();
        let (header, _) = Udp::split(&buffer[34..]).unwrap();
        vec![header.to_owned(), Udp::from(header), header.into()]
    };
    assert!(kept.iter().all(|header| *header == udp));
    assert_eq!(HashSet::from([kept[0], kept[1]]).len(), 1);

    assert_eq!(Udp::from([0; 8]), Udp::new([0; 8]));
    assert_eq!(Ipv4::default(), Ipv4::build().done());
    assert_eq!((Ipv4::default().version(), Ipv6::default().hop_limit()), (4, 64));
    assert_eq!(format!("{:?}", Udp::default()), "Udp { src_port: 0, dst_port: 0, length: 0, checksum: 0x0000 }");
}

#[test]
fn the_editor_takes_plain_values() {
    let mut bytes = frame();
    let mut editor = Editor::new(LinkType::Ethernet, &mut bytes);
    editor.update(0, "dst", MacAddr::BROADCAST).unwrap();
    editor.update(1, "ttl", 63).unwrap();
    editor.update(1, "ttl", 62u8).unwrap();
    editor.update(1, "src", Ipv4Addr::new(203, 0, 113, 9)).unwrap();
    editor.update(1, "dst", IpAddr::from([203, 0, 113, 10])).unwrap();
    editor.update(1, "flags", Ipv4Flags::DONT_FRAGMENT).unwrap();
    editor.set(1, "protocol", IpProtocol::Udp).unwrap();
    editor.update(2, "src_port", 61000u16).unwrap();
    editor.update(2, "dst_port", Value::Uint(53)).unwrap();
    let before = bytes.clone();
    let mut editor = Editor::new(1, &mut bytes);
    // Values of another kind, and values that do not fit, are refused.
    assert!(editor.update(1, "src", 7).is_err(), "an IPv4 address is not 7");
    assert!(editor.update(1, "src", Ipv6Addr::LOCALHOST).is_err());
    assert!(editor.update(1, "ttl", Ipv4Addr::LOCALHOST).is_err());
    assert!(editor.update(1, "ttl", "63").is_err());
    assert!(editor.update(1, "ttl", 256).is_err());
    assert!(editor.update(1, "ttl", -1).is_err());
    assert!(editor.update(0, "dst", &[1, 2, 3]).is_err());
    assert!(editor.update(9, "ttl", 63).is_err());
    assert_eq!(bytes, before);
    for layer in examine(1, &bytes) {
        assert!(layer.checksum().is_none_or(|sum| sum == packetsmith::Checksum::Good), "{}", layer.proto);
    }
}

#[test]
fn values() {
    assert_eq!(
        [Value::from(7u8), 7u16.into(), 7u32.into(), 7u64.into(), 7usize.into(), 7i32.into()],
        [Value::Uint(7); 6]
    );
    assert_eq!((Value::from(-7), Value::from(true)), (Value::Int(-7), Value::Bool(true)));
    assert_eq!(Value::from("text"), Value::Text(b"text"));
    assert_eq!((Value::from(&b"bytes"[..]), Value::from(b"bytes")), (Value::Bytes(b"bytes"), Value::Bytes(b"bytes")));
    assert_eq!(Value::from(Ipv6Addr::LOCALHOST), Value::from(IpAddr::from(Ipv6Addr::LOCALHOST)));
    assert_eq!(Value::from(TcpFlags::SYN), Value::Uint(2));
    assert_eq!(Value::from(EtherType::Arp), Value::Uint(0x806));
}

#[test]
fn spans() {
    let span = Span::from(2..5);
    assert_eq!((span, span.to_string()), (Span::new(2, 5), "2..5".into()));
    assert_eq!(Span::try_from(2..5usize), Ok(span));
    assert!(Span::try_from(0..usize::MAX).is_err());
    let range: std::ops::Range<usize> = span.into();
    assert_eq!(b"packet"[range], *b"cke");
}

#[test]
fn protocols_by_name() {
    for &proto in Proto::ALL {
        assert_eq!(proto.to_string().parse(), Ok(proto));
        assert_eq!(proto.to_string(), proto.name());
    }
    assert_eq!(format!("{:>6}", Proto::Udp), "   udp");
    assert!("colour".parse::<Proto>().is_err());
}

#[test]
fn link_types_wherever_a_number_is() {
    let bytes = frame();
    let names = |layers: Layers<'_>| layers.map(|layer| layer.proto.name()).collect::<Vec<_>>();
    let known = names(dissect(1, &bytes));
    assert_eq!(known, ["ethernet", "ipv4", "udp", "dns"]);
    let number: u16 = 1;
    assert_eq!(names(dissect(LinkType::Ethernet, &bytes)), known);
    assert_eq!(names(dissect(number, &bytes)), known);
    assert_eq!(names(dissect(LinkType::from(number), &bytes)), known);
    assert_eq!(names(dissect(EtherType::Ipv4, &bytes[14..])), known[1..]);
    assert_eq!(names(dissect(IpProtocol::Udp, &bytes[34..])), known[2..]);
    assert_eq!(names(dissect(NextProtocol::UdpPort(53), &bytes[42..])), known[3..]);
    assert_eq!(examine(LinkType::Raw, &bytes[14..]).count(), 3);
    assert!(matches!(FastHeaders::of(LinkType::Ethernet, &bytes).transport, View::Udp(_)));
    assert!(matches!(FastHeaders::of(EtherType::Ipv4, &bytes[14..]).transport, View::Udp(_)));
    assert_eq!(Editor::new(LinkType::Ethernet, &mut bytes.clone()).layers().count(), 4);
}

#[test]
fn entry_points() {
    let bytes = frame();
    assert_eq!(Layers::from_ethernet(&bytes).count(), 4);
    assert_eq!(Layers::from_ip(&bytes[14..]).count(), 3);
    assert_eq!(Layers::from_udp_payload(53, &bytes[42..]).next().unwrap().proto, Proto::Dns);
    assert_eq!(Layers::from_tcp_payload(80, b"GET / HTTP/1.1\r\n\r\n").next().unwrap().proto, Proto::Http);
    assert_eq!((Examine::from_ethernet(&bytes).count(), Examine::from_ip(&bytes[14..]).count()), (4, 3));
    assert_eq!(Examine::from_udp_payload(53, &bytes[42..]).count(), 1);
    assert!(matches!(FastHeaders::from_ethernet(&bytes).transport, View::Udp(_)));
    assert!(matches!(FastHeaders::from_ip(&bytes[14..]).transport, View::Udp(_)));

    let ip = Ipv4::from_bytes(&bytes[14..]).unwrap();
    assert_eq!((ip.dst(), ip.is_intact), (Ipv4Addr::new(10, 0, 0, 2), true));
    let udp = Udp::from_bytes(ip.payload()).unwrap();
    assert_eq!((udp.dst_port(), udp.next), (53, NextProtocol::UdpPorts(40000, 53)));
    let dns = Dns::from_bytes(udp.payload()).unwrap();
    assert_eq!(dns.questions(&dns.context).map(|question| question.name.to_string()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(dissect(udp.next, udp.payload()).next().unwrap().proto, Proto::Dns);

    let padded = Ipv4::from_bytes(&[&bytes[14..], &[0; 3]].concat()).map(|ip| (ip.payload().len(), ip.trailer().len()));
    assert_eq!(padded, Ok((27, 3)));
    let cut = Ipv4::from_bytes(&bytes[14..40]).map(|ip| (ip.is_intact, ip.payload().len()));
    assert_eq!(cut, Ok((false, 6)));
    assert_eq!(Dns::from_bytes(&[0; 11]).unwrap_err().needed, 12);
}

/// Sent to other threads and shared between them.
#[test]
fn main_types_are_send_and_sync() {
    const fn check<T: Send + Sync>() {}
    const _: () = {
        check::<Layers<'static>>();
        check::<packetsmith::Layer<'static>>();
        check::<View<'static>>();
        check::<Examine<'static>>();
        check::<packetsmith::ExaminedLayer<'static>>();
        check::<FastHeaders<'static>>();
        check::<packetsmith::Issue>();
        check::<packetsmith::IssueKind>();
        check::<packetsmith::Rule>();
        check::<Proto>();
        check::<NextProtocol>();
        check::<LinkType>();
        check::<Field>();
        check::<Value<'static>>();
        check::<packetsmith::Name<'static>>();
        check::<packetsmith::List<'static, u16>>();
        check::<packetsmith::Tlvs<'static, packetsmith::proto::transport::TcpOption<'static>>>();
        check::<Tcp>();
        check::<Tcp<&'static [u8; 20]>>();
        check::<Icmpv4>();
        check::<Vlan>();
        check::<packetsmith::proto::transport::TcpEdit>();
        check::<packetsmith::EncodeError>();
        check::<Editor<'static>>();
        check::<packetsmith::Mutator>();
        check::<packetsmith::Packet>();
        check::<packetsmith::PacketError>();
        check::<packetsmith::PacketTextError>();
        check::<packetsmith::Tree>();
        check::<packetsmith::Filter>();
        check::<packetsmith::FilterError>();
        check::<packetsmith::ip::Reassembler>();
        check::<packetsmith::ip::Fragmenter>();
        check::<packetsmith::output::Json>();
        check::<packetsmith::output::TreeText>();
    };
    #[cfg(feature = "capture")]
    const _: () = {
        use packetsmith::capture;
        check::<capture::Reader<std::fs::File>>();
        check::<capture::Writer<std::fs::File>>();
        check::<capture::Record<'static>>();
        check::<capture::Interface>();
        check::<capture::Timestamp>();
        check::<capture::Error>();
        check::<capture::WriteError>();
    };
}
