//! Lists, names and messages made of values: what is written, what is read again, and what is refused.

use packetsmith::build::{HeaderWith, Options};
use packetsmith::proto::dhcp::*;
use packetsmith::proto::dns::*;
use packetsmith::proto::icmp::*;
use packetsmith::proto::ip::*;
use packetsmith::proto::transport::*;
use packetsmith::wire::{Codec, Counted, Nested, Standalone, Tagged, TaggedEnum, TlvItem, Whole};
use packetsmith::{
    Cursor, Dhcp, Dns, DnsOverTcp, Examine, ExaminedLayer, Icmpv6, Igmp, Ipv4, Ipv6, Layers, List, Name, NextProtocol,
    Routing, Stack, Tcp, Text, Tlvs, View, examine,
};
use std::fmt::Debug;
use std::net::{Ipv4Addr, Ipv6Addr};

fn name(text: &str) -> Name<'_> {
    Name::from_text(text).unwrap()
}

fn v4(last: u8) -> Ipv4Addr {
    [192, 0, 2, last].into()
}

fn v6(last: u16) -> Ipv6Addr {
    [0x2001, 0xdb8, 0, 0, 0, 0, 0, last].into()
}

fn bytes_of<'a, T: Codec<'a>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.emit(&mut bytes);
    bytes
}

/// A list of values is written and read again: the same values, one by one and as a list.
macro_rules! hold {
    ($($type:ty: $values:expr;)*) => { $({
        let values = $values;
        let given = List::<$type>::of(&values);
        let bytes = bytes_of(&given);
        assert_eq!(given.wire_len(), bytes.len());
        let read = List::<$type>::new(&bytes).expect(stringify!($type));
        assert!(read.iter().eq(values.iter().copied()), "{read:?} {values:?}");
        assert_eq!((read, format!("{read:?}")), (given, format!("{given:?}")));
        assert_eq!(read.into_iter().count(), values.len());
        // Elsewhere in a frame.
        let moved = [&[7; 9][..], &bytes].concat();
        let mut cursor = Cursor::new(&moved);
        cursor.take(9);
        assert_eq!(List::<$type>::take(&mut cursor), Some(given));
        // One value less is another list.
        assert_ne!(List::<$type>::of(&values[1..]), given);
    })* };
}

#[test]
fn lists_of_every_type_of_value_are_read_as_they_were_given() {
    let relay = [DhcpVendorOption::Unknown { kind: 1, data: b"x" }];
    hold! {
        u8: [1, 2, 3];
        u16: [1, 0xffff];
        u32: [1, u32::MAX];
        Ipv4Addr: [v4(1), v4(2)];
        Ipv6Addr: [v6(1), v6(2)];
        DhcpOptionCode: [DhcpOptionCode::Router, DhcpOptionCode::from(84), DhcpOptionCode::DomainNameServer];
        Dhcpv6OptionCode: [Dhcpv6OptionCode::ClientId, 9999.into()];
        SvcParamKey: [SvcParamKey::Alpn, SvcParamKey::Port];
        DhcpArchitecture: [DhcpArchitecture::X86Bios, DhcpArchitecture::X64Uefi];
        DhcpNameService: [DhcpNameService::Dns];
        DnssecAlgorithm: [13.into(), 15.into()];
        Counted<Text<'_>>: [Counted(Text(b"h2")), Counted(Text(b"")), Counted(Text(b"h3"))];
        Counted<Text<'_>, 2>: [Counted(Text(b"https://example.org/"))];
        Name<'_>: [name("example.org"), name("."), name("www.example.org")];
        Standalone<Name<'_>>: [Standalone(name("example.org"))];
        Counted<List<'_, Ipv4Addr, 1>>: [Counted(List::of(&[Ipv4Addr::LOCALHOST])), Counted(List::of(&[Ipv4Addr::BROADCAST; 2]))];
        DhcpRoute: [DhcpRoute::new([10, 0, 0, 0].into(), 8, v4(1)), DhcpRoute::new([0; 4].into(), 0, v4(2))];
        DhcpStaticRoute: [DhcpStaticRoute::build().destination(v4(1)).router(v4(2)).done()];
        DhcpPolicyFilter: [DhcpPolicyFilter::build().address(v4(1)).mask(v4(2)).done(); 2];
        DhcpCivicElement<'_>: [DhcpCivicElement { ca_type: DhcpCivicType::City, value: Counted(Text(b"Wien")) }];
        DhcpEnterpriseClass<'_>: [DhcpEnterpriseClass { enterprise: 9, data: Counted(b"abc") }];
        DhcpEnterpriseOptions<'_>: [DhcpEnterpriseOptions { enterprise: 9, suboptions: Counted(Tlvs::of(&relay)) }];
        SackBlock: [SackBlock::build().left(1).right(9).done(), SackBlock::build().left(20).right(30).done()];
        AddressedTimestamp: [AddressedTimestamp::build().address(v4(1)).timestamp(7).done()];
        GroupRecord<'_, Ipv4Addr>: [
            GroupRecord::new(GroupRecordType::ToExclude, v4(1), &[]),
            GroupRecord::new(GroupRecordType::IsInclude, v4(2), &[Ipv4Addr::LOCALHOST]),
        ];
        GroupRecord<'_, Ipv6Addr>: [GroupRecord::new(GroupRecordType::ToInclude, v6(2), &[Ipv6Addr::LOCALHOST])];
        RouterAddress: [RouterAddress::build().address(v4(1)).done()];
        AddressPrefix<'_>: [AddressPrefix {
            fields: PrefixFields::build().family(DnsFamily::Ipv4).prefix(16).address_length(2).done(),
            address: &[10, 7],
        }];
    }
}

/// Items are written as a list, and read again.
fn hold_items<'a, V: TaggedEnum<'a> + TlvItem + PartialEq>(values: &'a [V]) {
    let given = Tlvs::of(values);
    let bytes: &'static [u8] = bytes_of(&given).leak();
    let read = Tlvs::<V>::new(bytes);
    assert_eq!(read, given);
    assert!(read.into_iter().eq(values.iter().copied()));
    assert_eq!(format!("{read:?}"), format!("{given:?}"));
    assert!(values.iter().all(|value| !value.is_unknown()));
}

#[test]
fn options_made_of_lists_are_read_as_they_were_given() {
    let circuit = [DhcpRelayOption::CircuitId { circuit: b"ge-0/0/1" }, DhcpRelayOption::RemoteId { remote: b"\x02" }];
    let vendor = [DhcpVendorOption::Unknown { kind: 1, data: b"x" }];
    let duid = Duid::LinkLayer { hardware: 1.into(), address: &[2, 0, 0, 0, 0, 1] };
    let client = DhcpClientId::Duid { iaid: 7, duid: Tagged::of(&duid) };
    hold_items(&[
        DhcpOption::ParameterRequestList { codes: List::of(&[DhcpOptionCode::Router, DhcpOptionCode::HostName]) },
        DhcpOption::Router { addresses: List::of(&[v4(1)]) },
        DhcpOption::DomainNameServer { addresses: List::of(&[v4(1), v4(2)]) },
        DhcpOption::ClasslessRoute {
            routes: List::of(&[
                DhcpRoute::new([10, 0, 0, 0].into(), 8, v4(1)),
                DhcpRoute::new([172, 16, 128, 0].into(), 17, v4(2)),
            ]),
        },
        DhcpOption::RelayAgentInformation { suboptions: Tlvs::of(&circuit) },
        DhcpOption::VendorSpecific { suboptions: Whole(Tlvs::of(&vendor)) },
        DhcpOption::ClientIdentifier { identifier: Tagged::of(&client) },
        DhcpOption::UserClass { classes: DhcpUserClass::Counted(List::of(&[Counted(Text(b"one"))])) },
        DhcpOption::DomainSearch { domains: Standalone(List::of(&[name("example.org"), name("example.net")])) },
        DhcpOption::End {},
    ]);
    let status = [Dhcpv6Option::StatusCode { status: 0.into(), message: Text(b"fine") }];
    hold_items(&[
        Dhcpv6Option::OptionRequest { codes: List::of(&[Dhcpv6OptionCode::DnsServers, Dhcpv6OptionCode::DomainList]) },
        Dhcpv6Option::IaNa { iaid: 1, t1: 2, t2: 3, options: Nested(Tlvs::of(&status)) },
        Dhcpv6Option::DnsServers { addresses: List::of(&[v6(1), v6(2)]) },
    ]);
    let message = MptcpMessage::MpPrio { fixed: MpPrio::new([0x51]), address_id: Some(3) };
    hold_items(&[
        TcpOption::Sack { blocks: List::of(&[SackBlock::build().left(1).right(9).done()]) },
        TcpOption::Multipath { message: Mptcp::of(&message) },
    ]);
    let stamps = [AddressedTimestamp::build().address(v4(1)).done()];
    let list = Ipv4TimestampList::WithAddresses { timestamps: List::of(&stamps) };
    hold_items(&[
        Ipv4Option::LooseSourceRoute { pointer: 4, route: List::of(&[v4(1), v4(2)]) },
        Ipv4Option::Timestamp { pointer: 5, stamps: Ipv4Timestamps::of(&list) },
    ]);
    hold_items(&[
        NdpOption::RecursiveDnsServers { reserved: 0, lifetime: 9, addresses: List::of(&[v6(1)]) },
        NdpOption::Mtu { reserved: 0, mtu: 1500 },
    ]);
    hold_items(&[
        SvcParam::Mandatory { keys: List::of(&[SvcParamKey::Alpn]) },
        SvcParam::Alpn { protocols: List::of(&[Counted(Text(b"h2")), Counted(Text(b"h3"))]) },
        SvcParam::Ipv4Hint { addresses: List::of(&[v4(1)]) },
        SvcParam::Ipv6Hint { addresses: List::of(&[v6(1)]) },
    ]);
    hold_items(&[EdnsOption::KeyTag { key_tags: List::of(&[1, 2]) }]);
}

#[test]
fn an_item_with_padding_inside_is_read_as_its_values() {
    let names = [name("example.org")];
    let option = [NdpOption::DnsSearchList { reserved: 0, lifetime: 9, domains: Domains::of(&names) }];
    let bytes = bytes_of(&Tlvs::of(&option));
    let Some(NdpOption::DnsSearchList { domains, .. }) = Tlvs::<NdpOption>::new(&bytes).iter().next() else { panic!() };
    assert!(domains.iter().eq(names), "{domains:?}");
    let option = [NdpOption::EncryptedDns {
        priority: 1,
        lifetime: 9,
        resolver: Resolver::new(names[0], &[Ipv6Addr::LOCALHOST], b"\0\x01\0\x03\x02h2"),
    }];
    let bytes = bytes_of(&Tlvs::of(&option));
    let Some(NdpOption::EncryptedDns { resolver, .. }) = Tlvs::<NdpOption>::new(&bytes).iter().next() else { panic!() };
    assert_eq!(resolver, Resolver::new(names[0], &[Ipv6Addr::LOCALHOST], b"\0\x01\0\x03\x02h2"));
}

/// The first layer of a message of a UDP port.
fn read(port: u16, message: &[u8]) -> ExaminedLayer<'_> {
    Examine::new(Layers::new(NextProtocol::UdpPort(port), message)).next().unwrap()
}

#[test]
fn messages_of_lists_have_their_counts() {
    let joins = [GroupRecord::new(GroupRecordType::ToExclude, v4(9), &[])];
    let report = IgmpMessage::Report3 { reserved: 0, records: CountedList::of(&joins), rest: None };
    let packet = Stack::new().push(Ipv4::build()).push(Igmp::build().message(report)).finish().unwrap();
    assert_eq!(packet[26..36], [0, 1, 4, 0, 0, 0, 192, 0, 2, 9]);
    let sources = [v6(1), v6(2)];
    let joins = [GroupRecord::new(GroupRecordType::AllowNewSources, v6(9), &sources)];
    let report = Icmpv6Message::ListenerReport2 { reserved: 0, records: CountedList::of(&joins), rest: None };
    let packet = Stack::new().push(Ipv6::build()).push(Icmpv6::build().message(report)).finish().unwrap();
    assert_eq!((packet[40], &packet[46..52]), (143, &[0, 1, 5, 0, 0, 2][..]));
    let segments = [v6(1), v6(2), v6(3)];
    let route = RoutingData::SegmentRouting { route: SegmentRoute::new(&segments, &[]) };
    let packet = Stack::new().push(Ipv6::build()).push(Routing::build().message(route)).finish().unwrap();
    assert_eq!(packet[41..45], [6, 4, 0, 2]);
}

#[test]
fn a_dns_message_is_counted_and_compressed() {
    let (www, alias, root) = (name("www.example.org"), name("web.example.org"), name("."));
    let hint = [v4(80)];
    let params = [
        SvcParam::Alpn { protocols: List::of(&[Counted(Text(b"h2"))]) },
        SvcParam::Port { port: 8443 },
        SvcParam::Ipv4Hint { addresses: List::of(&hint) },
    ];
    let (text, cookie) =
        ([Counted(Text(b"v=spf1")), Counted(Text(b"-all"))], [EdnsOption::Cookie { client: [7; 8], server: None }]);
    let questions = [DnsQuestion::new(www, DnsType::A)];
    let answers = [
        DnsRecord::cname(www, 300, alias),
        DnsRecord::a(alias, 60, v4(80)),
        DnsRecord::aaaa(alias, 60, v6(80)),
        DnsRecord::txt(www, 60, &text),
        DnsRecord::https(www, 60, 1, root, &params),
        DnsRecord::mx(name("Example.org"), 60, 10, name("mail.example.org")),
        DnsRecord::new(name("example.org"), 60, Rdata::Srv { priority: 1, weight: 2, port: 3, target: www }),
    ];
    let authority = [DnsRecord::ns(name("example.org"), 60, name("ns.example.org"))];
    let additional = [DnsRecord::edns(1232, &cookie)];
    let dns = Dns::build().id(7).response(true).questions(&questions).answers(&answers);
    let dns = dns.authority(&authority).additional(&additional);
    let message = Stack::new().push(dns).finish().unwrap();
    assert_eq!(message[..12], [0, 7, 0x81, 0, 0, 1, 0, 7, 0, 1, 0, 1]);

    let layer = read(53, &message);
    let View::Dns(header) = layer.view else { panic!() };
    let mut issues = Vec::new();
    layer.issues(|issue| issues.push(issue.to_string()));
    assert_eq!(issues, [""; 0]);
    let read_records: Vec<_> = header.records(&layer.context).collect();
    let given: Vec<_> = [&answers[..], &authority, &additional].concat();
    assert_eq!(read_records.len(), given.len());
    for (read, given) in read_records.iter().zip(&given) {
        assert_eq!((read.name, read.rtype, read.class, read.ttl), (given.name, given.rtype, given.class, given.ttl));
        assert_eq!(read.data(), given.data());
        assert!(read.is_whole() && given.is_whole());
    }
    // Names are compressed, but those in records that RFC 1035 does not define (RFC 3597 §4).
    assert!(read_records[0].name.is_compressed() && read_records[1].name.is_compressed());
    let Rdata::Srv { target, .. } = read_records[6].data() else { panic!() };
    assert!(!target.is_compressed());
    let Rdata::Mx { exchange, .. } = read_records[5].data() else { panic!() };
    assert!(exchange.is_compressed());
    assert_eq!(read_records[5].name.to_string(), "Example.org", "the case of letters is kept");
    assert_eq!(read_records[8].opt().unwrap().udp_payload_size(), 1232);

    // What was read can be written again, into another message.
    let question: Vec<_> = header.questions(&layer.context).collect();
    let (answers, rest) = read_records.split_at(7);
    let again = Dns::build().id(7).response(true).questions(&question).answers(answers);
    let again = again.authority(&rest[..1]).additional(&rest[1..]);
    assert_eq!(Stack::new().push(again).finish().unwrap(), message);
    let plain = Stack::new().push(dns.uncompressed()).finish().unwrap();
    assert!(plain.len() > message.len());
    let layer = read(53, &plain);
    let View::Dns(header) = layer.view else { panic!() };
    assert!(header.records(&layer.context).all(|record| !record.name.is_compressed()));

    // A buffer of just the length is enough.
    let mut buffer = vec![0; message.len()];
    assert_eq!(Stack::new().push(dns).write_into(&mut buffer).unwrap(), message.len());
    assert_eq!(buffer, message);
    let short = message.len() - 1;
    assert!(Stack::new().push(dns).write_into(&mut buffer[..short]).is_err());

    // Over TCP, the length precedes the message, and offsets count from it.
    let over_tcp = Stack::new().push(DnsOverTcp::build()).push(dns).finish().unwrap();
    assert_eq!((&over_tcp[..2], &over_tcp[2..]), (&(message.len() as u16).to_be_bytes()[..], &message[..]));
}

#[test]
fn counts_that_are_set_are_sent() {
    let questions = [DnsQuestion::new(name("a"), DnsType::A)];
    for set in [0, 7] {
        let message = Stack::new().push(Dns::build().question_count(set).questions(&questions)).finish().unwrap();
        assert_eq!(message[4..12], [0, set as u8, 0, 0, 0, 0, 0, 0]);
    }
    let message = Stack::new().push(Dns::build().additional_count(9).questions(&questions)).finish().unwrap();
    assert_eq!(message[4..12], [0, 1, 0, 0, 0, 0, 0, 9]);
    let many = vec![questions[0]; 65536];
    let error = Stack::new().push(Dns::build().questions(&many)).finish().unwrap_err();
    assert_eq!(error.to_string(), "dns.question_count: 65536 is more than 65535, the largest that fits");
}

#[test]
fn a_multicast_question_and_record_have_their_bits() {
    let mut question = DnsQuestion::new(name("host.local"), DnsType::A);
    question.unicast_response = true;
    let mut record = DnsRecord::a(name("host.local"), 120, v4(1));
    record.cache_flush = true;
    let message = Stack::new().push(Dns::build().questions(&[question]).answers(&[record])).finish().unwrap();
    let layer = read(5353, &message);
    let View::Dns(dns) = layer.view else { panic!() };
    assert!(dns.questions(&layer.context).all(|question| question.unicast_response));
    assert!(dns.answers(&layer.context).all(|record| record.cache_flush && record.class == DnsClass::Internet));
}

#[test]
fn what_does_not_fit_is_an_error_of_layer_and_field() {
    let refuse = |stack: Result<Vec<u8>, packetsmith::EncodeError>| stack.unwrap_err().to_string();
    let large = vec![0; 65536];
    let data = Rdata::Null { anything: &large };
    let record = [DnsRecord::new(name("a"), 0, data)];
    assert_eq!(
        refuse(Stack::new().push(Ipv4::build()).push(Dns::build().answers(&record)).finish()),
        "dns.rdlength: 65536 bytes where 65535 fit"
    );
    let long = [b'x'; 256];
    let text = [Counted(Text(&long))];
    let record = [DnsRecord::txt(name("a"), 0, &text)];
    assert_eq!(refuse(Stack::new().push(Dns::build().answers(&record)).finish()), "dns.text: 256 bytes where 255 fit");
    let broken = Name::new(b"\xc0\0", 0);
    assert_eq!(
        refuse(Stack::new().push(Dns::build().answers(&[DnsRecord::a(broken, 0, v4(1))])).finish()),
        "dns.name: the name cannot be read to its end"
    );
    let record = [DnsRecord::new(name("a"), 0, Rdata::Cname { canonical_name: broken })];
    let error = Stack::new().push(Ipv4::build()).push(Dns::build().answers(&record)).finish().unwrap_err();
    assert_eq!((error.layer, error.to_string().as_str()), (1, "dns.name: the name cannot be read to its end"));
    let suboption = [DhcpRelayOption::CircuitId { circuit: &long }];
    let option = [DhcpOption::RelayAgentInformation { suboptions: Tlvs::of(&suboption) }];
    assert_eq!(
        refuse(Stack::new().push(Dhcp::build().options(&option)).finish()),
        "dhcp.circuit: 256 bytes where 255 fit"
    );
    let route = [DhcpRoute::new(v4(1), 33, v4(1))];
    let option = [DhcpOption::ClasslessRoute { routes: List::of(&route) }];
    assert_eq!(
        refuse(Stack::new().push(Dhcp::build().options(&option)).finish()),
        "dhcp.width: 33 is more than 32, the largest that fits"
    );
    let option = [TcpOption::Unknown { kind: 99, data: &long }];
    assert_eq!(refuse(Stack::new().push(Tcp::build().options(&option)).finish()), "tcp.data: 256 bytes where 253 fit");
    let sources = vec![Ipv4Addr::LOCALHOST; 65536];
    let joins = [GroupRecord::new(GroupRecordType::ToExclude, v4(9), &sources)];
    let report = IgmpMessage::Report3 { reserved: 0, records: CountedList::of(&joins), rest: None };
    assert_eq!(
        refuse(Stack::new().push(Igmp::build().message(report)).finish()),
        "igmp.source_count: 65536 is more than 65535, the largest that fits"
    );
}

/// Options that follow the fixed header at once have the cookie before them. Whoever writes bytes first writes it, too.
#[test]
fn the_cookie_of_dhcp_is_written_once() {
    let options = [DhcpOption::End {}];
    let bytes = |header: HeaderWith<DhcpEdit, Options<'_, DhcpOption<'_>>>| Stack::new().push(header).finish().unwrap();
    let expected = [99, 130, 83, 99, 255];
    assert_eq!(bytes(Dhcp::build().options(&options))[236..], expected);
    assert_eq!(bytes(Dhcp::build().options(&[]))[236..], expected[..4]);
    let message = Stack::new().push(Dhcp::build().raw(&DHCP_COOKIE).options(&options)).finish().unwrap();
    assert_eq!(message[236..], expected);
    let message = Stack::new().push(Dhcp::build().raw(&[]).options(&options)).finish().unwrap();
    assert_eq!(message[236..], [255], "what is set is sent as it is");
    let first = [DhcpOption::MessageType { message_type: DhcpMessageType::Offer }];
    let message = Stack::new().push(Dhcp::build().options(&first).options(&options)).finish().unwrap();
    assert_eq!(message[236..], [99, 130, 83, 99, 53, 1, 2, 255]);
}

/// Bytes in enums are hexadecimal, and what is long is short.
#[test]
fn debug_output_of_what_a_user_holds_is_readable() {
    let shown = |value: &dyn Debug| format!("{value:?}");
    assert_eq!(shown(&DnsGateway::Unknown(&[1, 254])), "Unknown(0x01fe)");
    assert_eq!(shown(&DnsGateway::Ipv4(v4(1))), format!("Ipv4({})", v4(1)));
    assert_eq!(shown(&DnsGateway::None), "None");
    assert_eq!(shown(&InterfaceIdentification::Name(b"e0")), "Name(\"e0\")");
    let options = [TcpOption::SackPermitted {}];
    let stack = Stack::new().push(Tcp::build().options(&options).raw(&[1, 255])).payload(&[0xab; 100]);
    let text = shown(&stack);
    assert!(text.contains("contents: Options([SackPermitted]) }, contents: Raw(0x01ff) }), 0xabab"), "{text}");
    assert!(text.contains("abab… (100 bytes)), min: 0"), "{text}");
    let mut frame = stack.finish().unwrap();
    let layer = examine(NextProtocol::IpProtocol(6), &frame).next().unwrap();
    assert!(shown(&layer).len() < 600, "{layer:?}");
    let editor = packetsmith::Editor::new(NextProtocol::IpProtocol(6), &mut frame);
    assert!(shown(&editor).starts_with("Editor { layers: [Tcp(Tcp { src_port: 0,"), "{editor:?}");
    let packet: packetsmith::Packet = "ipv4 ttl=3 / udp".parse().unwrap();
    assert_eq!(format!("{packet:#?}"), "Packet(\n    ipv4 ttl=3 /\n    udp\n)");
    assert_eq!(shown(&packet.form), r#"Tree(layers=[{layer="ipv4" ttl="3"} {layer="udp"}])"#);
}

#[test]
fn a_long_dhcp_option_is_split() {
    let path = [b'p'; 600];
    let options = [DhcpOption::RootPath { path: Text(&path) }, DhcpOption::End {}];
    let message = Stack::new().push(Dhcp::build().options(&options)).finish().unwrap();
    let pieces: Vec<_> = Tlvs::<DhcpOption>::new(&message[240..]).items().map(|item| item.unwrap().length).collect();
    assert_eq!(pieces, [Some(255), Some(255), Some(90), None]);
    let layer = read(67, &message);
    let View::Dhcp(dhcp) = layer.view else { panic!() };
    assert_eq!(dhcp.joined(&layer.context, 17, |option| option == options[0]), Some(true));
}

/// Nothing prints the frame around a value, and no byte in decimal.
#[test]
fn debug_output_is_readable() {
    let shown = |value: &dyn Debug| format!("{value:?}");
    assert_eq!(shown(&Text(b"a\"\n")), r#""a\"\n""#);
    assert_eq!(shown(&DhcpOption::HostName { name: Text(b"pc") }), r#"HostName { name: "pc" }"#);
    assert_eq!(shown(&TcpOption::Unknown { kind: 99, data: &[10, 255] }), "Unknown { kind: 99, data: 0x0aff }");
    assert_eq!(
        shown(&DhcpOption::ParameterRequestList { codes: List::of(&[DhcpOptionCode::Router, 84.into()]) }),
        "ParameterRequestList { codes: [Router, Unknown(84)] }"
    );
    assert_eq!(
        shown(&DhcpOption::RelayAgentInformation { suboptions: Tlvs::new(&[1, 1, 0xab, 9]) }),
        "RelayAgentInformation { suboptions: [CircuitId { circuit: 0xab }, rest 0x09] }"
    );
    let params = [SvcParam::Alpn { protocols: List::of(&[Counted(Text(b"h2"))]) }];
    assert_eq!(
        shown(&DnsRecord::svcb(name("a.example"), 60, 1, name("."), &params)),
        "DnsRecord { section: Answer, name: \"a.example\", class: Internet, cache_flush: false, ttl: 60, \
         data: Svcb { priority: 1, target: \".\", params: [Alpn { protocols: [\"h2\"] }] } }"
    );
    let class = DhcpEnterpriseClass { enterprise: 9, data: Counted(&[10, 255]) };
    assert_eq!(shown(&class), "DhcpEnterpriseClass { enterprise: 9, data: 0x0aff }");
    let blocks = [SackBlock::build().left(1).right(9).done()];
    assert_eq!(
        shown(&TcpOption::Sack { blocks: List::of(&blocks) }),
        "Sack { blocks: [SackBlock { left: 1, right: 9 }] }"
    );
    assert_eq!(List::<Ipv4Addr>::of(&[v4(1), v4(2)]).to_string(), "192.0.2.1, 192.0.2.2");
}

/// A layer prints its header and where it is, but not the frame.
#[test]
fn debug_output_of_layers_has_no_frame() {
    let packet = Stack::new().push(Ipv4::build()).push(Tcp::build()).payload(&[200; 1000]).finish().unwrap();
    for layer in examine(228, &packet) {
        let shown = format!("{layer:?}");
        assert!(shown.len() < 1800 && !shown.contains("200, 200"), "{shown}");
    }
    let shown = format!("{:?}", packetsmith::dissect(228, &packet).nth(1).unwrap());
    assert!(shown.starts_with("Layer { proto: Tcp, view: Tcp(Tcp { src_port: 0, "), "{shown}");
    assert!(format!("{:?}", packetsmith::dissect(228, &packet)).len() < 300);
}

/// Options of lists take no more room than those that borrow from a frame did.
#[test]
fn values_stay_small() {
    assert_eq!(size_of::<List<'_, Ipv4Addr>>(), 32);
    assert_eq!(size_of::<Tlvs<'_, DhcpOption<'_>>>(), 32);
    assert!(size_of::<DhcpOption<'_>>() <= 88, "{}", size_of::<DhcpOption<'_>>());
    assert!(size_of::<TcpOption<'_>>() <= 48, "{}", size_of::<TcpOption<'_>>());
    assert_eq!(size_of::<Name<'_>>(), 24);
}

#[test]
fn a_frame_is_dissected_as_it_was_built() {
    let options = [
        DhcpOption::MessageType { message_type: DhcpMessageType::Discover },
        DhcpOption::ParameterRequestList { codes: List::of(&[DhcpOptionCode::Router]) },
        DhcpOption::End {},
    ];
    let packet = Stack::new()
        .push(Ipv4::build())
        .push(packetsmith::Udp::build().src_port(68).dst_port(67))
        .push(Dhcp::build().options(&options))
        .finish()
        .unwrap();
    let layer = examine(228, &packet).find(|layer| matches!(layer.view, View::Dhcp(_))).unwrap();
    let View::Dhcp(dhcp) = layer.view else { panic!() };
    assert!(dhcp.options(&layer.context).into_iter().eq(options));
}

/// What is read from any bytes, given as a list of values, is the same list, and is written as the same bytes.
fn hold_read<T: Codec<'static> + PartialEq + 'static>(bytes: &'static [u8]) {
    let Some(read) = List::<T>::new(bytes) else { return };
    let values: &'static [T] = read.iter().collect::<Vec<_>>().leak();
    let given = List::<T>::of(values);
    assert_eq!(read, given);
    assert_eq!(bytes_of(&given), bytes);
}

/// A sink that knows whether a value was refused.
#[derive(Default)]
struct Refusals {
    bytes: Vec<u8>,
    refused: bool,
}

impl packetsmith::wire::ByteSink for Refusals {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
    fn written(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
    fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }
    fn refuse(&mut self, _: packetsmith::wire::FieldError) {
        self.refused = true;
    }
    fn has_refused(&mut self) -> bool {
        self.refused
    }
}

/// The same of an item in a list of options, unless it is refused: a name whose pointer leads nowhere.
fn hold_item<V: TaggedEnum<'static> + TlvItem + PartialEq>(kind: u16, bytes: &'static [u8]) {
    let value = V::decode(kind, Cursor::new(bytes));
    let values: &'static [V] = vec![value, value].leak();
    let mut out = Refusals::default();
    Tlvs::of(values).emit(&mut out);
    if out.refused {
        return;
    }
    let read = Tlvs::<V>::new(out.bytes.leak());
    let ends = V::LAYOUT.end.is_some_and(|end| u16::from(end) == kind);
    let lone = V::LAYOUT.lone.iter().any(|&lone| u16::from(lone) == kind);
    // A compressed name depends on where it is in the message.
    let in_place = read.items().find_map(Result::ok).map(|item| V::decode(kind, item.contents));
    let moved = bytes.iter().any(|&byte| byte >= 0xc0)
        && (in_place != Some(value) || format!("{in_place:?}") != format!("{:?}", Some(value)));
    if !ends && !lone && !moved {
        assert_eq!(read, Tlvs::of(values), "{kind} {bytes:02x?}");
        assert_eq!(format!("{read:?}"), format!("{:?}", Tlvs::of(values)));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]
    #[test]
    fn any_list_that_is_read_can_be_given(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..33)) {
        let bytes: &'static [u8] = bytes.leak();
        hold_read::<u8>(bytes);
        hold_read::<u16>(bytes);
        hold_read::<u32>(bytes);
        hold_read::<Ipv4Addr>(bytes);
        hold_read::<Ipv6Addr>(bytes);
        hold_read::<Counted<Text<'_>>>(bytes);
        hold_read::<Counted<Text<'_>, 2>>(bytes);
        hold_read::<Counted<List<'_, Ipv4Addr, 1>>>(bytes);
        hold_read::<DhcpOptionCode>(bytes);
        hold_read::<Dhcpv6OptionCode>(bytes);
        hold_read::<SvcParamKey>(bytes);
        hold_read::<DhcpRoute>(bytes);
        hold_read::<DhcpStaticRoute>(bytes);
        hold_read::<DhcpPolicyFilter>(bytes);
        hold_read::<DhcpCivicElement<'_>>(bytes);
        hold_read::<DhcpEnterpriseClass<'_>>(bytes);
        hold_read::<DhcpEnterpriseOptions<'_>>(bytes);
        hold_read::<PxeMenuEntry<'_>>(bytes);
        hold_read::<SackBlock>(bytes);
        hold_read::<AddressedTimestamp>(bytes);
        hold_read::<GroupRecord<'_, Ipv4Addr>>(bytes);
        hold_read::<GroupRecord<'_, Ipv6Addr>>(bytes);
        hold_read::<AddressPrefix<'_>>(bytes);
        hold_read::<RouterAddress>(bytes);
        hold_read::<Locator>(bytes);
        hold_read::<NodeAddress>(bytes);
    }

    #[test]
    fn any_item_that_is_read_can_be_given(
        kind in 0_u16..256,
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..33),
    ) {
        let bytes: &'static [u8] = bytes.leak();
        hold_item::<DhcpOption<'_>>(kind, bytes);
        hold_item::<DhcpRelayOption<'_>>(kind, bytes);
        hold_item::<DhcpVendorOption<'_>>(kind, bytes);
        hold_item::<Dhcpv6Option<'_>>(kind, bytes);
        hold_item::<EdnsOption<'_>>(kind % 20, bytes);
        hold_item::<SvcParam<'_>>(kind % 10, bytes);
        hold_item::<TcpOption<'_>>(kind, bytes);
        hold_item::<Ipv4Option<'_>>(kind, bytes);
        hold_item::<packetsmith::proto::app::RadiusAttribute<'_>>(kind, bytes);
        hold_item::<packetsmith::proto::app::SflowSample<'_>>(kind % 6, bytes);
        hold_item::<packetsmith::proto::app::SflowFlowRecord<'_>>(kind % 6, bytes);
        hold_item::<packetsmith::proto::app::SflowFlowRecord<'_>>(1001 + kind % 13, bytes);
        hold_item::<packetsmith::proto::app::TlsExtension<'_>>(kind % 60, bytes);
        hold_item::<packetsmith::proto::ppp::PppoeTag<'_>>(kind, bytes);
    }
}
