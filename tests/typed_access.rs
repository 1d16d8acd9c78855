//! Short ways to typed contents: addresses of ARP, five-tuples, the first layer of a protocol, options of DHCP.

use packetsmith::proto::dhcp::{DHCP_COOKIE, DhcpMessageType, DhcpOption};
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::ip::{IpProtocol, Ipv4Flags};
use packetsmith::proto::link::ArpOperation;
use packetsmith::*;

const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);

fn ip(last: u8) -> std::net::Ipv4Addr {
    [10, 0, 0, last].into()
}

#[test]
fn arp_addresses_are_built_and_read() {
    let build = |arp| Stack::new().push(Ethernet::build()).push(arp).finish().unwrap();
    let frame = build(Arp::build().operation(ArpOperation::Reply).target(MAC, ip(2)).sender(MacAddr::BROADCAST, ip(1)));
    let arp = Arp::find_in(LinkType::Ethernet, &frame).unwrap();
    let addresses = arp.macs_and_ips(&arp.context).unwrap();
    assert_eq!((addresses.sender_mac, addresses.sender_ip), (MacAddr::BROADCAST, ip(1)));
    assert_eq!((addresses.target_mac, addresses.target_ip), (MAC, ip(2)));
    assert_eq!(frame[14..22], [0, 1, 8, 0, 6, 4, 0, 2], "types and lengths are those of Ethernet and IPv4");

    let half = build(Arp::build().sender(MAC, ip(1)));
    assert_eq!(half[32..], [0; 10], "what is not set is zero");
}

#[test]
fn other_or_truncated_addresses_are_not_macs_and_ips() {
    let of = |frame: &[u8]| {
        let arp = Arp::find_in(1, frame)?;
        arp.macs_and_ips(&arp.context)
    };
    let stack = Stack::new().push(Ethernet::build());
    let frame = stack.push(Arp::build().sender(MAC, ip(1))).finish().unwrap();
    assert!(of(&frame).is_some());
    assert_eq!(of(&frame[..frame.len() - 1]), None, "truncated");
    assert_eq!(of(&frame[..15]), None, "the fixed header is cut");
    assert_eq!(of(&stack.push(Arp::build().hardware_type(7.into()).sender(MAC, ip(1))).finish().unwrap()), None);
    assert_eq!(of(&stack.push(Arp::build().protocol_type(0x86dd.into()).sender(MAC, ip(1))).finish().unwrap()), None);
    assert_eq!(of(&stack.push(Arp::build().hardware_length(8).sender(MAC, ip(1))).finish().unwrap()), None);
}

#[test]
fn five_tuples_are_of_ports_alone() {
    let packet = Ipv4::build().src(ip(1)).dst(ip(2));
    let of = |frame: &[u8]| FastHeaders::from_ip(frame).five_tuple();
    let tcp = Stack::new().push(packet).push(Tcp::build().src_port(1).dst_port(2)).finish().unwrap();
    let tuple = of(&tcp).unwrap();
    assert_eq!((tuple.src, tuple.dst, tuple.protocol), (ip(1).into(), ip(2).into(), IpProtocol::Tcp));
    assert_eq!((tuple.src_port, tuple.dst_port), (1, 2));
    assert_eq!(tuple.reversed().reversed(), tuple);
    assert_eq!(of(&tcp[..30]), None, "cut");
    let lite = Stack::new().push(packet).push(UdpLite::build().src_port(3)).finish().unwrap();
    assert_eq!(of(&lite).map(|tuple| (tuple.protocol, tuple.src_port)), Some((IpProtocol::UdpLite, 3)));
    let echo = Icmpv4::build().message(Icmpv4Message::EchoRequest { identifier: 1, sequence: 2 });
    let echo = Stack::new().push(packet).push(echo).finish().unwrap();
    assert_eq!((of(&echo), FastHeaders::from_ip(&echo).addresses()), (None, Some((ip(1).into(), ip(2).into()))));
    // The ports of an ICMP error are those of another packet.
    let error = Icmpv4::build().message(Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 });
    let error = Stack::new().push(packet).push(error).payload(&tcp).finish().unwrap();
    assert_eq!(of(&error), None);
    let fragment = packet.fragment_offset(1).protocol(IpProtocol::Udp).flags(Ipv4Flags::MORE_FRAGMENTS);
    assert_eq!(of(&Stack::new().push(fragment).payload(&[0; 16]).finish().unwrap()), None);
}

#[test]
fn find_in_finds_the_first_layer() {
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build().dst(ip(1)));
    let frame = stack.push(Ipv4::build().dst(ip(2))).push(Udp::build()).payload(b"?").finish().unwrap();
    assert_eq!(Ipv4::find_in(1, &frame).unwrap().dst(), ip(1));
    assert_eq!(Udp::find_in(LinkType::Ethernet, &frame).unwrap().payload(), b"?");
    assert!(Tcp::find_in(1, &frame).is_none());
    assert!(Udp::find_in(1, &frame[..60 - 20]).is_none(), "cut");
    // The payload ends where its header says.
    let padded = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build()).pad(60).finish().unwrap();
    assert_eq!(Ipv4::find_in(1, &padded).unwrap().payload().len(), 8);
}

/// Without the cookie, options are no options. It is written once.
#[test]
fn options_of_dhcp_follow_the_cookie() {
    let kind = [DhcpOption::MessageType { message_type: DhcpMessageType::Discover }];
    let end = [DhcpOption::End {}];
    let build = |frame: Result<Vec<u8>, EncodeError>| frame.unwrap()[236..].to_vec();
    let expected = [&DHCP_COOKIE[..], &[53, 1, 1, 255]].concat();
    assert_eq!(build(Stack::new().push(Dhcp::build().options(&kind).options(&end)).finish()), expected);
    let given = Dhcp::build().raw(&DHCP_COOKIE).options(&kind).options(&end);
    assert_eq!(build(Stack::new().push(given).finish()), expected);
    let message = Stack::new().push(Dhcp::build().mac(MAC).options(&kind)).finish().unwrap();
    let dhcp = Dhcp::from_bytes(&message).unwrap();
    assert_eq!(dhcp.options(&dhcp.context).iter().next(), Some(kind[0]));
    assert_eq!((dhcp.hlen(), &dhcp.chaddr()[..6]), (6, &MAC.0[..]));
}
