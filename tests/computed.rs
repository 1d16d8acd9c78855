//! What the builder computes: lengths, counts and numbers that follow from what is given, and checksums over them.

use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Reader, Resolution, Writer};
use packetsmith::proto::dns::{DnsClass, DnsQuestion, DnsType, QuestionFields};
use packetsmith::proto::icmp::{Icmpv4Message, Icmpv6Message, IgmpMessage};
use packetsmith::proto::ip::{IpProtocol, Ipv4Flags, Ipv4Option, Ipv6Option, MobilityMessage, RoutingData};
use packetsmith::{
    Checksum, DestinationOptions, Dns, Editor, Ethernet, Icmpv4, Icmpv6, Igmp, Ipv4, Ipv6, List, Mobility, Name,
    Packet, Routing, Stack, Tcp, Udp, Value, View, Vlan, dissect, examine,
};
use std::net::Ipv6Addr;

fn address(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn ipv6() -> packetsmith::proto::ip::Ipv6Edit {
    Ipv6::build().src(address("2001:db8:1::1")).dst(address("2001:db8:2::2"))
}

/// Number of checksums, all of which must be right.
fn good_checksums(link_type: u16, frame: &[u8]) -> usize {
    let states: Vec<_> = examine(link_type, frame).filter_map(|l| Some((l.proto.name(), l.checksum()?))).collect();
    assert!(states.iter().all(|(_, state)| *state == Checksum::Good), "{states:?}\n{frame:02x?}");
    states.len()
}

fn built(text: &str) -> Vec<u8> {
    let mut packet: Packet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    packet.build().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The checksum that a segment has over this destination, computed here.
fn sum(source: &Ipv6Addr, destination: &Ipv6Addr, protocol: u8, segment: &[u8]) -> u16 {
    let length = (segment.len() as u32).to_be_bytes();
    let all = [&source.octets()[..], &destination.octets(), &length, &[0, 0, 0, protocol], segment].concat();
    let mut sum =
        all.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum::<u32>();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[test]
fn the_pseudo_header_has_the_final_destination_behind_every_kind_of_routing_header() {
    let last = address("2001:db8:9::9");
    let routes = [
        "routing routing_type=0 segments_left=2 addresses=[2001:db8::7, 2001:db8:9::9]",
        "routing routing_type=2 segments_left=1 home_address=2001:db8:9::9",
        "routing routing_type=4 segments_left=1 segments=[2001:db8:9::9, 2001:db8::7, 2001:db8::8]",
        "routing routing_type=3 segments_left=1 addresses=[2001:db8::7, 2001:db8:9::9]",
    ];
    for route in routes {
        for (protocol, inner) in [(17, "udp src_port=1000 dst_port=2000"), (6, "tcp"), (58, "icmpv6 type=128")] {
            for around in ["", "hop_by_hop / ", "destination_options / "] {
                let text = format!("ipv6 src=2001:db8:1::1 dst=2001:db8:2::2 / {around}{route} / {inner} / 0x010203");
                let packet = built(&text);
                assert_eq!(good_checksums(101, &packet), 1, "{text}");
                let at = dissect(101, &packet).find(|l| matches!(l.proto.name(), "udp" | "tcp" | "icmpv6")).unwrap();
                let segment = &packet[at.header_span().start as usize..];
                assert_eq!(sum(&address("2001:db8:1::1"), &last, protocol, segment), 0xffff, "{text}");
            }
        }
    }
}

#[test]
fn the_typed_builder_knows_the_final_destination_too() {
    let hops = [address("2001:db8::7"), address("2001:db8:9::9")];
    let data = RoutingData::SourceRoute { reserved: 0, addresses: List::of(&hops) };
    let route = Routing::build().segments_left(2).message(data);
    let packet = Stack::new().push(ipv6()).push(route).push(Tcp::build()).payload(b"abc").finish().unwrap();
    assert_eq!((packet[40..44].to_vec(), good_checksums(101, &packet)), (vec![6, 4, 0, 2], 1));
    // The message gives the routing type.
    let home = RoutingData::Type2 { reserved: 0, home_address: address("2001:db8:9::9") };
    let route = Routing::build().segments_left(1).message(home);
    let packet = Stack::new().push(ipv6()).push(route).push(Udp::build()).payload(b"abc").finish().unwrap();
    assert_eq!((packet[42], good_checksums(101, &packet)), (2, 1));
    // The home address option gives the source.
    let option = [Ipv6Option::HomeAddress { address: address("2001:db8:9::9") }];
    let options = DestinationOptions::build().options(&option);
    let packet = Stack::new().push(ipv6()).push(options).push(Udp::build()).payload(b"abc").finish().unwrap();
    assert_eq!(good_checksums(101, &packet), 1);
    // And in IPv4 a source route.
    let hop = [[10, 0, 0, 9].into()];
    let option = [Ipv4Option::LooseSourceRoute { pointer: 4, route: List::of(&hop) }];
    let header = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()).options(&option);
    let packet = Stack::new().push(header).push(Udp::build()).payload(b"abc").finish().unwrap();
    assert_eq!(good_checksums(101, &packet), 2);
}

#[test]
fn a_message_sets_type_and_code() {
    let stack = || Stack::new().push(Ipv4::build());
    let header = |packet: Vec<u8>| [packet[20], packet[21]];
    for (message, wanted) in [
        (Icmpv4Message::EchoReply { identifier: 1, sequence: 2 }, [0, 0]),
        (Icmpv4Message::DestinationUnreachable { unused: 0, length: 0, unused2: 0 }, [3, 0]),
        (Icmpv4Message::FragmentationNeeded { unused: 0, length: 0, mtu: 1400 }, [3, 4]),
        (Icmpv4Message::Redirect { gateway: [10, 0, 0, 1].into() }, [5, 0]),
    ] {
        let packet = stack().push(Icmpv4::build().message(message)).finish().unwrap();
        assert_eq!(header(packet), wanted, "{message:?}");
    }
    // A code of the sender's own stays.
    let expired = Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 };
    assert_eq!(header(stack().push(Icmpv4::build().code(1).message(expired)).finish().unwrap()), [11, 1]);
    let group = IgmpMessage::Report2 { group: [224, 1, 1, 1].into() };
    assert_eq!(header(stack().push(Igmp::build().message(group)).finish().unwrap())[0], 0x16);
    let packet = Stack::new().push(ipv6()).push(Icmpv6::build().message(Icmpv6Message::PacketTooBig { mtu: 1280 }));
    assert_eq!(packet.finish().unwrap()[40..42], [2, 0]);
    let binding = MobilityMessage::Unknown { kind: 7, data: &[0; 18] };
    let packet = Stack::new().push(ipv6()).push(Mobility::build().message(binding)).finish().unwrap();
    assert_eq!(packet[42], 7);
}

#[test]
fn a_number_that_is_too_large_for_its_field_is_an_error_that_names_it() {
    let error = Stack::new().push(Ethernet::build()).push(Vlan::build().id(5000)).finish().unwrap_err();
    assert_eq!(error.to_string(), "vlan.id: 5000 is more than 4095, the largest that fits");
    assert_eq!(error.layer, 1);
    let error = Stack::new().push(Ipv4::build().fragment_offset(0xffff)).push(Udp::build()).finish().unwrap_err();
    assert_eq!(error.to_string(), "ipv4.fragment_offset: 65535 is more than 8191, the largest that fits");
    let error = Stack::new().push(Ipv4::build().flags(Ipv4Flags(9))).finish().unwrap_err();
    assert_eq!(error.to_string(), "ipv4.flags: 9 is more than 7, the largest that fits");
    // Set right afterwards, it is an error all the same; what fits is none.
    assert!(Stack::new().push(Vlan::build().id(4096).id(1)).finish().is_err());
    assert!(Stack::new().push(Vlan::build().id(4095)).finish().is_ok());
    // In place there is nothing that could report it.
    let edited = std::panic::catch_unwind(|| {
        let mut header = Vlan::new([0; 4]);
        header.edit().id(5000);
    });
    let text = edited.unwrap_err().downcast::<String>().unwrap();
    assert_eq!(*text, "Vlan.id: 5000 is more than 4095, the largest that fits");
    assert!(std::panic::catch_unwind(|| Vlan::build().id(5000).done()).is_err());
}

#[test]
fn the_editor_takes_values_of_the_kind_of_the_field() {
    let frame = Stack::new().push(Ethernet::build()).push(ipv6()).push(Udp::build()).finish().unwrap();
    let wrong: [(usize, &str, Value<'_>); 6] = [
        (0, "src", Value::Uint(7)),
        (0, "src", Value::Ipv4([1, 2, 3, 4].into())),
        (1, "src", Value::Ipv4([1, 2, 3, 4].into())),
        (1, "src", Value::Bytes(&[1; 4])),
        (1, "hop_limit", Value::Ipv6(address("::1"))),
        (2, "src_port", Value::Text(b"53")),
    ];
    for (layer, field, value) in wrong {
        let mut edited = frame.clone();
        let mut editor = Editor::new(1, &mut edited);
        assert!(editor.update(layer, field, value).is_err(), "{field} {value:?}");
        assert!(editor.set(layer, field, value).is_err(), "{field} {value:?}");
        assert_eq!(edited, frame);
    }
    let mut edited = frame.clone();
    Editor::new(1, &mut edited).update(1, "src", Value::Bytes(&address("::5").octets())).unwrap();
    assert_eq!((&edited[22..38], good_checksums(1, &edited)), (&address("::5").octets()[..], 1));
}

#[test]
fn the_editor_keeps_a_right_frame_check_sequence_right() {
    let frame = Stack::new().push(Ethernet::build()).push(ipv6()).push(Udp::build()).pad(70).fcs().finish().unwrap();
    let is_right = |frame: &[u8]| {
        let (covered, sequence) = frame.split_last_chunk().unwrap();
        *sequence == packetsmith::wire::fcs(covered)
    };
    let mut edited = frame.clone();
    Editor::new(1, &mut edited).update(1, "hop_limit", Value::Uint(3)).unwrap();
    assert!(is_right(&edited) && edited != frame);
    Editor::new(1, &mut edited).patch(22, &[9; 4]).unwrap();
    assert!(is_right(&edited));
    Editor::new(1, &mut edited).set(2, "checksum", Value::Uint(1)).unwrap();
    assert!(!is_right(&edited), "set writes the field alone");
    // What is wrong, and what is written over it, stays.
    Editor::new(1, &mut edited).update(1, "hop_limit", Value::Uint(4)).unwrap();
    assert!(!is_right(&edited));
    let mut edited = frame.clone();
    Editor::new(1, &mut edited).patch(frame.len() - 2, &[1, 2]).unwrap();
    assert_eq!(edited[frame.len() - 2..], [1, 2]);
    let mut edited = frame.clone();
    edited[60..62].fill(7);
    let fcs = packetsmith::wire::fcs(&edited[..frame.len() - 4]);
    edited[frame.len() - 4..].copy_from_slice(&fcs);
    Editor::new(1, &mut edited).repair().unwrap();
    assert!(is_right(&edited));
}

#[test]
fn counts_and_lengths_follow_from_what_is_given() {
    let srh = built("ipv6 / routing routing_type=4 segments=[::1, ::2, ::3] tag=7 / udp");
    assert_eq!(srh[40..48], [17, 6, 4, 0, 2, 0, 0, 7]);
    let none = built("ipv6 / routing routing_type=4 last_entry=9 segments=[::1]");
    assert_eq!(none[44], 9, "what is set is sent");
    let rpl = built("ipv6 / routing routing_type=3 compressed=15 compressed_last=15 addresses=[::1, ::2] / udp");
    assert_eq!((rpl[41], rpl[45] >> 4, rpl.len()), (1, 6, 40 + 16 + 8));
    let advertisement = built("ipv4 / icmpv4 type=9 lifetime=30 addresses=[{address=10.0.0.1}, {address=10.0.0.2}]");
    assert_eq!(advertisement[24..28], [2, 2, 0, 30]);
    let control = built("ipv4 / udp dst_port=123 / ntp_control / \"a=b\"");
    assert_eq!(control[38..40], [0, 3]);
    let arp = built("arp sender_hardware=0102030405060708 sender_protocol=10.0.0.1 target_protocol=10.0.0.2");
    assert_eq!((arp[4], arp[5], arp.len()), (8, 4, 8 + 24));
    assert_eq!(built("arp")[4..6], [6, 4]);
}

#[test]
fn dns_counts_what_it_holds_or_says_that_it_cannot() {
    let mut question = Vec::new();
    Name::write_text("www.example.net", &mut question).unwrap();
    let fields = QuestionFields::build().qtype(DnsType::A).qclass(DnsClass::Internet).done();
    question.extend_from_slice(fields.as_bytes());
    let error = Stack::new().push(Dns::build().raw(&question)).finish().unwrap_err();
    assert!(error.to_string().starts_with("dns.question_count: "), "{error}");
    assert!(Stack::new().push(Dns::build()).payload(&question).finish().is_err());
    let message = Stack::new().push(Dns::build().question_count(1).raw(&question)).finish().unwrap();
    assert_eq!(message[4..12], [0, 1, 0, 0, 0, 0, 0, 0]);
    let all = Dns::build().question_count(7).answer_count(0).authority_count(0).additional_count(9);
    assert_eq!(Stack::new().push(all.raw(&question)).finish().unwrap()[4..12], [0, 7, 0, 0, 0, 0, 0, 9]);
    let typed = [DnsQuestion::new(Name::from_text("www.example.net").unwrap(), DnsType::A)];
    let message = Stack::new().push(Dns::build().questions(&typed)).finish().unwrap();
    assert_eq!((&message[4..6], &message[12..]), (&[0, 1][..], &question[..]));
    assert_eq!(built("dns questions=[{name=a. qtype=1}, {name=b. qtype=1}]")[4..6], [0, 2]);
}

#[test]
fn icmp_extensions_follow_a_quote_of_which_they_say_the_length() {
    let extensions = "extensions={objects=[{class=1 c_type=1 labels=[{label=7 bottom=true ttl=2}]}]}";
    let quote4 = "ipv4 src=10.0.0.1 dst=10.0.0.2 / udp src_port=7 dst_port=9 / 0x0102030405";
    for (text, link, unit, at) in [
        (format!("ipv4 / icmpv4 type=3 code=1 {extensions} / {quote4}"), 20, 4, 5),
        (format!("ipv4 / icmpv4 type=11 {extensions} / {quote4}"), 20, 4, 5),
        (format!("ipv4 / icmpv4 type=12 {extensions} / 0x1111"), 20, 4, 5),
        (format!("ipv4 / icmpv4 type=11 {extensions}"), 20, 4, 5),
        (format!("ipv6 / icmpv6 type=1 {extensions} / ipv6 / udp / 0x{}", "61".repeat(99)), 40, 8, 4),
        (format!("ipv6 / icmpv6 type=3 {extensions} / ipv6 / udp / 0x01"), 40, 8, 4),
    ] {
        let packet = built(&text);
        let quote = packet.len() - link - 8 - 12;
        assert!(quote >= 128 && quote.is_multiple_of(unit), "{text}");
        assert_eq!(usize::from(packet[link + at]) * unit, quote, "{text}");
        good_checksums(101, &packet);
        let found = dissect(101, &packet).zip(examine(101, &packet)).any(|(layer, examined)| match layer.view {
            View::Icmpv4(icmp) => icmp.extensions(&examined.context).is_some(),
            View::Icmpv6(icmp) => icmp.extensions(&examined.context).is_some(),
            _ => false,
        });
        assert!(found, "{text}");
    }
    // Without extensions there is no length.
    assert_eq!(built(&format!("ipv4 / icmpv4 type=11 / {quote4}"))[25], 0);
}

#[test]
fn a_field_of_the_header_is_set_in_the_header() {
    let relay = built("dhcpv6 message_type=12 hop_count=1 link_address=2001:db8::1 peer_address=fe80::5");
    assert_eq!((relay.len(), &relay[..2], &relay[2..18]), (34, &[12, 1][..], &address("2001:db8::1").octets()[..]));
    // In other messages it is an option.
    let query = built("dhcpv6 message_type=1 link_address=2001:db8::1");
    assert_eq!(query[4..8], [0, 80, 0, 16]);
}

#[test]
fn a_node_has_addresses_of_both_families() {
    let text = "ipv6 / icmpv6 type=140 query_type=4 nonce=1 addresses=[{ttl=3 address=192.0.2.7}]";
    assert_eq!(built(text)[56..], [0, 0, 0, 3, 192, 0, 2, 7]);
    let text = "ipv6 / icmpv6 type=140 query_type=3 nonce=1 addresses=[{ttl=3 address=::7}]";
    assert_eq!(built(text).len(), 40 + 16 + 20);
}

#[test]
fn a_new_record_has_the_length_of_its_data() {
    for (original_len, wanted) in [(None, 60), (Some(0), 0), (Some(99), 99)] {
        let mut writer = Writer::new(Vec::new());
        let header = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1);
        writer.begin(Format::Pcap(&header)).unwrap();
        writer.packet(&NewRecord { data: &[1; 60], original_len, ..Default::default() }).unwrap();
        let file = writer.finish().unwrap();
        assert_eq!(Reader::new(&file[..]).unwrap().next_record().unwrap().unwrap().original_len, wanted);
    }
}

#[test]
fn what_is_printed_for_debugging_is_short() {
    let mut message = vec![0; 500];
    Name::write_text("www.example.org", &mut message).unwrap();
    assert_eq!(format!("{:?}", Name::new(&message, 500)), "\"www.example.org.\"".replace(".\"", "\""));
    assert_eq!(IpProtocol::from(6), IpProtocol::Tcp);
}
