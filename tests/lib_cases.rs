//! What users of the library expect, as they would write it first.

use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Reader, Resolution, Writer};
use packetsmith::proto::dns::{DnsClass, DnsQuestion, DnsType, QuestionFields};
use packetsmith::proto::icmp::{Icmpv4Message, Icmpv6Message};
use packetsmith::proto::ip::{IpProtocol, RoutingData};
use packetsmith::{
    Checksum, Dns, Editor, Ethernet, Icmpv4, Icmpv6, Ipv4, Ipv6, List, Name, Routing, Stack, Udp, Value, View, Vlan,
    dissect, examine,
};

fn all_checksums_are_good(link: u16, frame: &[u8]) {
    for layer in examine(link, frame) {
        if let Some(checksum) = layer.checksum() {
            assert_eq!(checksum, Checksum::Good, "{}", layer.proto.name());
        }
    }
}

/// RFC 8200 8.1: the pseudo-header has the final destination. The routing header's length must be known before.
#[test]
fn a_checksum_behind_a_source_route_is_right() {
    let hops = ["2001:db8::5".parse().unwrap()];
    let packet = Stack::new()
        .push(Ipv6::build().src("2001:db8::1".parse().unwrap()).dst("2001:db8::2".parse().unwrap()))
        .push(
            Routing::build()
                .segments_left(1)
                .message(RoutingData::SourceRoute { reserved: 0, addresses: List::of(&hops) }),
        )
        .push(Udp::build().src_port(1).dst_port(2))
        .payload(&[0; 16])
        .finish()
        .unwrap();
    all_checksums_are_good(101, &packet);
}

/// The same for type 2, where the type is not the default one: `message` sets it.
#[test]
fn a_checksum_behind_a_home_address_is_right() {
    let packet = Stack::new()
        .push(Ipv6::build().src("2001:db8::1".parse().unwrap()).dst("2001:db8::2".parse().unwrap()))
        .push(
            Routing::build()
                .segments_left(1)
                .message(RoutingData::Type2 { reserved: 0, home_address: "2001:db8::5".parse().unwrap() }),
        )
        .push(Udp::build().src_port(1).dst_port(2))
        .payload(&[0; 16])
        .finish()
        .unwrap();
    let routing = dissect(101, &packet).find_map(|layer| match layer.view {
        View::Routing(header) => Some(header.as_bytes()[2]),
        _ => None,
    });
    assert_eq!(routing, Some(2), "the routing type");
    all_checksums_are_good(101, &packet);
}

/// A message of a kind gives a header of that kind, without a second word for it.
#[test]
fn a_message_of_icmpv4_sets_the_type() {
    let message = Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 };
    let packet =
        Stack::new().push(Ipv4::build()).push(Icmpv4::build().message(message)).payload(&[0; 28]).finish().unwrap();
    assert_eq!(packet[20], 11, "time exceeded, not echo request");
}

/// The same of ICMPv6.
#[test]
fn a_message_of_icmpv6_sets_the_type() {
    let message = Icmpv6Message::PacketTooBig { mtu: 1280 };
    let packet = Stack::new().push(Ipv6::build()).push(Icmpv6::build().message(message)).finish().unwrap();
    assert_eq!(packet[40], 2, "packet too big");
}

/// What does not fit into a field is an error or a panic, as in text and JSON, but not another value.
#[test]
fn a_value_too_large_for_its_bits_is_not_cut() {
    let built = std::panic::catch_unwind(|| Stack::new().push(Ethernet::build()).push(Vlan::build().id(5000)).finish());
    assert!(built.is_err() || built.is_ok_and(|frame| frame.is_err()), "5000 is more than 4095");
    let built = std::panic::catch_unwind(|| Stack::new().push(Ipv4::build().fragment_offset(0xffff)).finish());
    assert!(built.is_err() || built.is_ok_and(|frame| frame.is_err()), "65535 is more than 8191");
}

/// The editor takes values of the field's kind alone: a number is no address.
#[test]
fn the_editor_refuses_values_of_another_kind() {
    let mut frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build()).finish().unwrap();
    let before = frame.clone();
    let mut editor = Editor::new(1, &mut frame);
    assert!(editor.update(1, "src", Value::Uint(7)).is_err(), "an IPv4 address is not 7");
    assert_eq!(frame, before);
}

/// A record whose original length nobody set has that of its data: no packet is longer than it was.
#[test]
fn a_new_record_has_the_length_of_its_data() {
    let mut writer = Writer::new(Vec::new());
    writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1))).unwrap();
    let written = writer.packet(&NewRecord { data: &[1; 60], ..Default::default() });
    if written.is_err() {
        return; // to refuse it is right too
    }
    let file = writer.finish().unwrap();
    let mut reader = Reader::new(&file[..]).unwrap();
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.original_len, 60);
}

/// Counts of a DNS header are derived (`fields dns` says so): from records that were given as bytes too, or it is an error.
#[test]
fn dns_counts_what_it_holds() {
    let name = Name::from_text("www.example.org").unwrap();
    let typed =
        Stack::new().push(Dns::build().id(7).questions(&[DnsQuestion::new(name, DnsType::A)])).finish().unwrap();
    assert_eq!(typed[4..6], [0, 1], "one question");
    let mut question = Vec::new();
    Name::write_text("www.example.org", &mut question).unwrap();
    question.extend_from_slice(QuestionFields::build().qtype(DnsType::A).qclass(DnsClass::Internet).done().as_bytes());
    let built = Stack::new().push(Dns::build().id(7).raw(&question)).finish();
    assert!(built.is_err() || built.is_ok_and(|message| message == typed), "one question");
}

/// What is printed most often must be readable: a name is its text, not the message around it.
#[test]
fn debug_of_a_name_is_short() {
    let mut message = vec![0; 512];
    let start = message.len();
    Name::write_text("www.example.org", &mut message).unwrap();
    let shown = format!("{:?}", Name::new(&message, start));
    assert!(shown.len() < 100 && shown.contains("www.example.org"), "{} bytes", shown.len());
}

/// One number, one value: a match on `Tcp` must not miss what was made of 6. `Unknown` of it does not exist.
#[test]
fn a_known_number_is_never_unknown() {
    assert_eq!(IpProtocol::from(6), IpProtocol::Tcp);
    assert!(matches!(IpProtocol::from(200), IpProtocol::Unknown(number) if number.number() == 200));
}
