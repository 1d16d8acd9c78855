//! Requests and responses: of each protocol one that is answered, sent again, not answered, and a response without a request;
//! messages that span segments; what holds when the table is full.

use packetsmith::flow::{
    FlowField, FlowKind, FlowSettings, Flows, LayerAnalysis, PacketInfo, Separation, Side, TransactionAnalysis,
    TransactionProtocol, TransactionRole,
};
use packetsmith::ip::{Fragmenter, Outcome, Reassembler, Settings};
use packetsmith::output::Summary;
use packetsmith::proto::dhcp::{DhcpMessageType, DhcpOperation, DhcpOption};
use packetsmith::proto::icmp::{Icmpv4Message, Icmpv6Message};
use packetsmith::proto::ip::IpProtocol;
use packetsmith::proto::link::ArpOperation;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{
    Arp, Dhcp, Ethernet, Filter, FrameInfo, Icmpv4, Icmpv6, Ipv4, Ipv6, Layers, NextProtocol, Stack, Tcp, Udp, Vlan,
    examine,
};
use std::time::Duration;

const MILLISECOND: i64 = 1_000_000;
const IP: u16 = 101;
const ETHERNET: u16 = 1;

/// A capture whose packets come at times that the test says.
struct Capture {
    flows: Flows,
    number: u64,
    now: i128,
}

impl Capture {
    fn new() -> Self {
        Capture::with(FlowSettings::default())
    }

    fn with(settings: FlowSettings) -> Self {
        Capture { flows: Flows::new(settings), number: 0, now: 1_700_000_000_000_000_000 }
    }

    fn begin(&mut self, milliseconds: i64) {
        self.number += 1;
        self.now += i128::from(milliseconds * MILLISECOND);
        self.flows.begin(PacketInfo { number: self.number, time: Some(self.now), interface: 0 });
    }

    fn found(&self) -> Vec<TransactionAnalysis> {
        let transaction = |analysis: &LayerAnalysis| match analysis {
            LayerAnalysis::Transaction(analysis) => Some(*analysis),
            _ => None,
        };
        self.flows.found().iter().filter_map(|found| transaction(&found.analysis)).collect()
    }

    /// Takes a packet some milliseconds after the one before.
    fn frame(&mut self, milliseconds: i64, link_type: u16, bytes: &[u8]) -> Vec<TransactionAnalysis> {
        self.begin(milliseconds);
        self.flows.add(examine(link_type, bytes));
        self.found()
    }

    /// The same, of a packet with one request or response.
    fn one(&mut self, milliseconds: i64, bytes: &[u8]) -> TransactionAnalysis {
        let found = self.frame(milliseconds, IP, bytes);
        assert_eq!(found.len(), 1);
        found[0]
    }

    fn waiting(&self) -> Vec<(u64, u32)> {
        self.flows.waiting().map(|request| (request.packet, request.sent)).collect()
    }
}

/// What is said: transaction, response to, milliseconds, retransmission of, unsolicited.
type Said = (Option<u64>, Option<u64>, Option<i64>, Option<u64>, bool);

fn said(analysis: TransactionAnalysis) -> Said {
    let TransactionAnalysis { transaction, response_to, time, retransmission_of, is_unsolicited, .. } = analysis;
    (transaction, response_to, time.map(|nanos| nanos / MILLISECOND), retransmission_of, is_unsolicited)
}

const fn request(transaction: u64) -> Said {
    (Some(transaction), None, None, None, false)
}

const fn request_again(transaction: u64, packet: u64) -> Said {
    (Some(transaction), None, None, Some(packet), false)
}

const fn response(transaction: u64, packet: u64, milliseconds: i64) -> Said {
    (Some(transaction), Some(packet), Some(milliseconds), None, false)
}

const UNSOLICITED: Said = (None, None, None, None, true);

/// What a host with the last number of its address sends to another.
fn ip(from: u8, to: u8) -> packetsmith::proto::ip::Ipv4Edit {
    Ipv4::build().src([192, 0, 2, from].into()).dst([192, 0, 2, to].into())
}

fn udp(from: (u8, u16), to: (u8, u16), payload: &[u8]) -> Vec<u8> {
    let udp = Udp::build().src_port(from.1).dst_port(to.1);
    Stack::new().push(ip(from.0, to.0)).push(udp).payload(payload).finish().unwrap()
}

fn dns(id: u8, is_response: bool) -> Vec<u8> {
    let flags = if is_response { 0x80 } else { 0 };
    [&[0, id, flags, 0, 0, 1, 0, 0, 0, 0, 0, 0][..], b"\x07example\x03org\0\0\x01\0\x01"].concat()
}

fn query(id: u8) -> Vec<u8> {
    udp((1, 40_000), (2, 53), &dns(id, false))
}

fn answer(id: u8) -> Vec<u8> {
    udp((2, 53), (1, 40_000), &dns(id, true))
}

#[test]
fn dns_goes_by_conversation_and_identifier() {
    let mut capture = Capture::new();
    assert_eq!(said(capture.one(0, &query(7))), request(0));
    assert_eq!(said(capture.one(1, &query(8))), request(1));
    assert_eq!(said(capture.one(1, &answer(8))), response(1, 2, 1));
    let other_port = udp((2, 53), (1, 40_001), &dns(7, true));
    assert_eq!(said(capture.one(1, &other_port)), UNSOLICITED);
    assert_eq!(said(capture.one(1, &answer(9))), UNSOLICITED);
    assert_eq!(capture.waiting(), [(1, 1)]);
    assert_eq!(said(capture.one(1, &answer(7))), response(0, 1, 5));
    assert_eq!(said(capture.one(1, &answer(7))), request_again(0, 6), "a response that is sent again has no time");
    assert_eq!(said(capture.one(1, &query(7))), request(2), "what was answered is asked anew");
    let analysis = capture.one(0, &query(7));
    assert_eq!((analysis.protocol, analysis.role), (TransactionProtocol::Dns, TransactionRole::Request));
}

#[test]
fn a_query_is_sent_again_within_five_seconds_of_the_first_and_its_time_runs_from_that() {
    let mut capture = Capture::new();
    capture.one(0, &query(7));
    assert_eq!(said(capture.one(2000, &query(7))), request_again(0, 1));
    assert_eq!(said(capture.one(3000, &query(7))), request_again(0, 1), "five seconds");
    assert_eq!(capture.waiting(), [(1, 3)]);
    assert_eq!(said(capture.one(1, &query(7))), request(1), "more");
    let given_up = capture.flows.given_up();
    assert_eq!((given_up.len(), given_up[0].packet, given_up[0].sent, given_up[0].made_room), (1, 1, 3, false));
    capture.one(10, &query(7));
    assert_eq!(said(capture.one(10, &answer(7))), response(1, 4, 20));
    assert!(capture.flows.given_up().is_empty() && capture.waiting().is_empty());
    assert_eq!(capture.flows.requests_given_up(), 0, "there was room");
}

#[test]
fn what_llmnr_asks_by_multicast_any_host_answers() {
    let mut capture = Capture::new();
    let multicast = |id| {
        let ip = Ipv4::build().src([192, 0, 2, 1].into()).dst([224, 0, 0, 252].into());
        let udp = Udp::build().src_port(50_000).dst_port(5355);
        Stack::new().push(ip).push(udp).payload(&dns(id, false)).finish().unwrap()
    };
    assert_eq!(said(capture.one(0, &multicast(3))), request(0));
    assert_eq!(said(capture.one(100, &multicast(3))), request_again(0, 1));
    let answer = |host| udp((host, 5355), (1, 50_000), &dns(3, true));
    assert_eq!(said(capture.one(5, &answer(7))), response(0, 1, 105));
    assert_eq!(said(capture.one(5, &answer(8))), response(0, 1, 110), "another host");
    assert_eq!(said(capture.one(5, &answer(7))), request_again(0, 3));
}

#[test]
fn wireshark_knows_no_request_that_was_sent_to_a_group_of_llmnr() {
    let mut capture = Capture::new();
    let mut has = |source: (u8, u16), destination: (u8, u16), message: &[u8]| {
        let analysis = LayerAnalysis::Transaction(capture.one(1, &udp(source, destination, message)));
        let value = |name| FlowField::all().find(|field| field.filter == name).unwrap().value(&analysis);
        ["dns.response_to", "dns.time", "dns.multicast_response_to", "dns.multicast_time", "dns.unsolicited"].map(value)
    };
    has((1, 50_000), (251, 5355), &dns(3, false));
    let asked = [None, None, Some(1), Some(1_000_000), None];
    assert_eq!(has((7, 5355), (1, 50_000), &dns(3, true)), asked, "any host answers");
    has((1, 50_001), (7, 5355), &dns(4, false));
    let asked = [Some(3), Some(1_000_000), None, None, None];
    assert_eq!(has((7, 5355), (1, 50_001), &dns(4, true)), asked, "the host that was asked");
}

#[test]
fn multicast_dns_between_its_ports_has_no_transactions() {
    let mut capture = Capture::new();
    for is_response in [false, true] {
        let packet = udp((1, 5353), (2, 5353), &dns(0, is_response));
        assert_eq!(capture.frame(1, IP, &packet), []);
    }
    let legacy = udp((1, 50_000), (251, 5353), &dns(9, false));
    assert_eq!(said(capture.one(1, &legacy)), request(0), "RFC 6762 section 6.7");
    assert_eq!(said(capture.one(1, &udp((7, 5353), (1, 50_000), &dns(9, true)))), response(0, 3, 1));
}

fn echo(from: u8, to: u8, is_reply: bool, sequence: u16) -> Vec<u8> {
    let message = match is_reply {
        false => Icmpv4Message::EchoRequest { identifier: 77, sequence },
        true => Icmpv4Message::EchoReply { identifier: 77, sequence },
    };
    Stack::new().push(ip(from, to)).push(Icmpv4::build().message(message)).payload(b"abc").finish().unwrap()
}

#[test]
fn an_echo_reply_belongs_to_the_last_request() {
    let mut capture = Capture::new();
    assert_eq!(said(capture.one(0, &echo(1, 2, false, 1))), request(0));
    assert_eq!(said(capture.one(10, &echo(1, 2, false, 1))), request_again(0, 1));
    assert_eq!(said(capture.one(3, &echo(2, 1, true, 1))), response(0, 2, 3));
    assert_eq!(said(capture.one(3, &echo(2, 1, true, 1))), request_again(0, 3));
    assert_eq!(said(capture.one(3, &echo(3, 1, true, 1))), UNSOLICITED);
    assert_eq!(said(capture.one(3, &echo(2, 1, true, 2))), UNSOLICITED);
    capture.one(3, &echo(1, 2, false, 5));
    assert_eq!(said(capture.one(61_000, &echo(1, 2, false, 5))), request(2), "after a minute it is another one");
}

#[test]
fn timestamps_and_address_masks_are_asked_for_too() {
    let mut capture = Capture::new();
    let (identifier, sequence) = (1, 1);
    let (originate, receive, transmit) = (1, 2, 3);
    let mask = [255, 255, 255, 0].into();
    let messages = [
        (1, Icmpv4Message::EchoRequest { identifier, sequence }, request(0)),
        (1, Icmpv4Message::TimestampRequest { identifier, sequence, originate, receive, transmit }, request(1)),
        (1, Icmpv4Message::AddressMaskRequest { identifier, sequence, mask }, request(2)),
        (2, Icmpv4Message::AddressMaskReply { identifier, sequence, mask }, response(2, 3, 1)),
        (2, Icmpv4Message::TimestampReply { identifier, sequence, originate, receive, transmit }, response(1, 2, 3)),
        (2, Icmpv4Message::EchoReply { identifier, sequence }, response(0, 1, 5)),
    ];
    for (from, message, expected) in messages {
        let packet = Stack::new().push(ip(from, 3 - from)).push(Icmpv4::build().message(message)).finish().unwrap();
        assert_eq!(said(capture.one(1, &packet)), expected);
    }
}

#[test]
fn echo_of_icmpv6() {
    let mut capture = Capture::new();
    let packet = |from: u16, to: u16, message| {
        let ip = Ipv6::build().src([0x2001, 0xdb8, 0, 0, 0, 0, 0, from].into());
        let ip = ip.dst([0x2001, 0xdb8, 0, 0, 0, 0, 0, to].into());
        Stack::new().push(ip).push(Icmpv6::build().message(message)).finish().unwrap()
    };
    let asks = packet(1, 2, Icmpv6Message::EchoRequest { identifier: 9, sequence: 1 });
    let answers = packet(2, 1, Icmpv6Message::EchoReply { identifier: 9, sequence: 1 });
    assert_eq!(said(capture.one(0, &asks)), request(0));
    let analysis = capture.one(4, &answers);
    assert_eq!((said(analysis), analysis.protocol), (response(0, 1, 4), TransactionProtocol::Icmpv6));
}

fn arp(operation: ArpOperation, sender: (u8, [u8; 4]), target: [u8; 4]) -> Vec<u8> {
    let mac = |n| [2, 0, 0, 0, 0, n].into();
    let arp = Arp::build().operation(operation).sender(mac(sender.0), sender.1.into()).target(mac(0), target.into());
    Stack::new().push(Ethernet::build()).push(arp).finish().unwrap()
}

#[test]
fn arp_goes_by_protocol_addresses() {
    let (mut capture, a, b) = (Capture::new(), [192, 0, 2, 1], [192, 0, 2, 2]);
    let mut one = |milliseconds, packet: Vec<u8>| match capture.frame(milliseconds, ETHERNET, &packet)[..] {
        [analysis] => Some(said(analysis)),
        _ => None,
    };
    assert_eq!(one(0, arp(ArpOperation::Request, (1, a), b)), Some(request(0)));
    assert_eq!(one(1000, arp(ArpOperation::Request, (1, a), b)), Some(request_again(0, 1)));
    assert_eq!(one(2, arp(ArpOperation::Reply, (2, b), a)), Some(response(0, 1, 1002)));
    assert_eq!(one(2, arp(ArpOperation::Reply, (3, b), a)), Some(response(0, 1, 1004)), "another host has the address");
    assert_eq!(one(2, arp(ArpOperation::Reply, (2, b), a)), Some(request_again(0, 3)));
    assert_eq!(one(2, arp(ArpOperation::Reply, (2, [192, 0, 2, 3]), a)), Some(UNSOLICITED));
    assert_eq!(one(2, arp(ArpOperation::Request, (1, a), a)), None, "an announcement asks nothing");
    assert_eq!(one(2, arp(ArpOperation::Reply, (1, a), a)), None, "and neither does a gratuitous reply");
    assert_eq!(one(2, arp(ArpOperation::Request, (1, [0; 4]), b)), Some(request(1)), "a probe");
    assert_eq!(one(2, arp(ArpOperation::Reply, (2, b), [0; 4])), Some(response(1, 9, 2)));
}

fn dhcp(from: u8, xid: u32, message_type: DhcpMessageType, relay: u8) -> Vec<u8> {
    use DhcpMessageType::{Discover, Inform, Request};
    let is_request = matches!(message_type, Discover | Request | Inform);
    let op = if is_request { DhcpOperation::BootRequest } else { DhcpOperation::BootReply };
    let options = [DhcpOption::MessageType { message_type }, DhcpOption::End {}];
    let dhcp = Dhcp::build().op(op).xid(xid).mac([2, 0, 0, 0, 0, 1].into()).giaddr([192, 0, 2, relay].into());
    let ports = if is_request { (68, 67) } else { (67, 68) };
    let udp = Udp::build().src_port(ports.0).dst_port(ports.1);
    Stack::new().push(ip(from, 255)).push(udp).push(dhcp.options(&options)).finish().unwrap()
}

#[test]
fn dhcp_goes_by_transaction_identifier_hardware_address_and_message_type() {
    use DhcpMessageType::{Ack, Discover, Inform, Nak, Offer, Release, Request};
    let mut capture = Capture::new();
    let mut one = |packet: Vec<u8>| capture.frame(10, IP, &packet).first().copied().map(said);
    assert_eq!(one(dhcp(0, 5, Discover, 0)), Some(request(0)));
    assert_eq!(one(dhcp(0, 5, Discover, 0)), Some(request_again(0, 1)));
    assert_eq!(one(dhcp(7, 5, Discover, 7)), Some(request(0)), "a relay agent passes it on");
    assert_eq!(one(dhcp(2, 5, Offer, 0)), Some(response(0, 1, 30)));
    assert_eq!(one(dhcp(3, 5, Offer, 0)), Some(response(0, 1, 40)), "another server offers too");
    assert_eq!(one(dhcp(2, 5, Offer, 0)), Some(request_again(0, 4)));
    assert_eq!(one(dhcp(0, 5, Request, 0)), Some(request(1)));
    assert_eq!(one(dhcp(2, 5, Ack, 0)), Some(response(1, 7, 10)));
    assert_eq!(one(dhcp(0, 6, Request, 0)), Some(request(2)));
    assert_eq!(one(dhcp(2, 6, Nak, 0)), Some(response(2, 9, 10)));
    assert_eq!(one(dhcp(0, 8, Discover, 0)), Some(request(3)));
    assert_eq!(one(dhcp(2, 8, Ack, 0)), Some(response(3, 11, 10)), "rapid commit, RFC 4039");
    assert_eq!(one(dhcp(0, 9, Inform, 0)), Some(request(4)));
    assert_eq!(one(dhcp(2, 10, Ack, 0)), Some(UNSOLICITED));
    assert_eq!(one(dhcp(0, 9, Release, 0)), None, "it is not answered");
}

#[test]
fn dhcpv6_goes_by_transaction_identifier_and_client() {
    let mut capture = Capture::new();
    let packet = |kind: u8, xid: u8, client: u8| {
        let message = [kind, 0, 0, xid, 0, 1, 0, 4, 0, 3, 0, client];
        let ports = if matches!(kind, 2 | 7) { (547, 546) } else { (546, 547) };
        let udp = Udp::build().src_port(ports.0).dst_port(ports.1);
        Stack::new().push(Ipv6::build()).push(udp).payload(&message).finish().unwrap()
    };
    assert_eq!(said(capture.one(0, &packet(1, 5, 1))), request(0), "SOLICIT");
    assert_eq!(said(capture.one(7, &packet(1, 5, 2))), request(1), "of another client");
    assert_eq!(said(capture.one(993, &packet(1, 5, 1))), request_again(0, 1));
    assert_eq!(said(capture.one(3, &packet(2, 5, 1))), response(0, 1, 1003), "ADVERTISE");
    assert_eq!(said(capture.one(3, &packet(7, 6, 1))), UNSOLICITED, "REPLY");
    assert_eq!(capture.waiting(), [(2, 1)]);
}

/// A segment of the client (1) or of the server (2), with relative numbers.
fn segment(from: u8, seq: u32, ack: u32, payload: &[u8]) -> Vec<u8> {
    let ports = if from == 1 { (40_000, 80) } else { (80, 40_000) };
    let tcp = Tcp::build().src_port(ports.0).dst_port(ports.1).seq(seq).ack(ack).flags(TcpFlags::ACK);
    Stack::new().push(ip(from, 3 - from)).push(tcp).payload(payload).finish().unwrap()
}

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

#[test]
fn responses_of_http_come_in_the_order_of_the_requests() {
    let mut capture = Capture::new();
    let (get, ok) = (GET.len() as u32, OK.len() as u32);
    assert_eq!(said(capture.one(0, &segment(2, 1, 1, OK))), UNSOLICITED, "the capture begins late");
    assert_eq!(said(capture.one(1, &segment(1, 1, 1 + ok, GET))), request(0));
    assert_eq!(said(capture.one(1, &segment(1, 1 + get, 1 + ok, GET))), request(1), "pipelined");
    assert_eq!(said(capture.one(1, &segment(1, 1 + 2 * get, 1 + ok, GET))), request(2));
    assert_eq!(said(capture.one(1, &segment(2, 1 + ok, 1 + 3 * get, OK))), response(0, 2, 3));
    assert_eq!(said(capture.one(1, &segment(2, 1 + 2 * ok, 1 + 3 * get, OK))), response(1, 3, 3));
    assert_eq!(said(capture.one(1, &segment(2, 1 + 3 * ok, 1 + 3 * get, OK))), response(2, 4, 3));
    assert_eq!(said(capture.one(1, &segment(2, 1 + 4 * ok, 1 + 3 * get, OK))), UNSOLICITED);
}

#[test]
fn an_interim_response_does_not_end_the_transaction() {
    let mut capture = Capture::new();
    let post = b"POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    capture.one(0, &segment(1, 1, 1, post));
    let end = 1 + post.len() as u32;
    let interim = capture.one(5, &segment(2, 1, end, CONTINUE));
    assert_eq!((said(interim), interim.is_interim), (response(0, 1, 5), true));
    assert_eq!(capture.frame(1, IP, &segment(1, end, 1 + CONTINUE.len() as u32, b"body")), []);
    let last = capture.one(5, &segment(2, 1 + CONTINUE.len() as u32, end + 4, OK));
    assert_eq!((said(last), last.is_interim), (response(0, 1, 11), false));
}

#[test]
fn a_response_that_was_not_captured_does_not_shift_the_others() {
    let mut capture = Capture::new();
    let (get, ok) = (GET.len() as u32, OK.len() as u32);
    capture.one(0, &segment(1, 1, 1, GET));
    assert_eq!(said(capture.one(1, &segment(1, 1 + get, 1 + ok, GET))), request(1), "it acknowledges a response");
    assert_eq!(said(capture.one(1, &segment(2, 1 + ok, 1 + 2 * get, OK))), response(1, 2, 1));
    assert_eq!(capture.waiting(), [(1, 1)]);
}

#[test]
fn what_tcp_sends_again_is_no_other_request() {
    let mut capture = Capture::new();
    let get = GET.len() as u32;
    capture.one(0, &segment(1, 1, 1, GET));
    assert_eq!(said(capture.one(300, &segment(1, 1, 1, GET))), request_again(0, 1));
    assert_eq!(capture.waiting(), [(1, 2)]);
    assert_eq!(said(capture.one(1, &segment(2, 1, 1 + get, OK))), response(0, 1, 301));
    assert_eq!(said(capture.one(300, &segment(2, 1, 1 + get, OK))), request_again(0, 3));
}

/// The layers of a message after the TCP header.
fn message(bytes: &[u8]) -> packetsmith::Examine<'_> {
    packetsmith::Examine::new(Layers::new(NextProtocol::TcpPorts(40_000, 80), bytes))
}

#[test]
fn a_message_that_spans_segments_counts_once() {
    let mut capture = Capture::new();
    let (first, second) = GET.split_at(20);
    assert_eq!(said(capture.one(0, &segment(1, 1, 1, first))), request(0), "the first segment shows it");
    capture.begin(5);
    capture.flows.add(examine(IP, &segment(1, 21, 1, second)));
    capture.flows.add_message(0, Side::First, message(GET));
    let [again] = capture.found()[..] else { panic!("the whole message shows it too") };
    assert_eq!((said(again), again.begun_in), (request(0), Some(1)));
    assert_eq!((capture.flows.found().last().unwrap().walk, capture.waiting()), (1, vec![(1, 1)]));
    // The same bytes a second time are another request.
    capture.begin(5);
    capture.flows.add_message(0, Side::First, message(GET));
    assert_eq!(capture.found().into_iter().map(said).collect::<Vec<_>>(), [request(1)]);
    assert_eq!(said(capture.one(5, &segment(2, 1, 1 + GET.len() as u32, OK))), response(0, 1, 15));
}

#[test]
fn the_other_side_and_other_connections_have_messages_of_their_own() {
    let mut capture = Capture::new();
    capture.one(0, &segment(1, 1, 1, &GET[..20]));
    capture.begin(1);
    capture.flows.add_message(1, Side::First, message(GET));
    assert_eq!(capture.found()[0].begun_in, None);
    capture.begin(1);
    capture.flows.add_message(0, Side::Second, message(OK));
    assert_eq!(said(capture.found()[0]), response(0, 1, 2));
}

#[test]
fn dns_over_tcp_goes_by_connection() {
    let mut capture = Capture::new();
    let framed = |message: Vec<u8>| [&(message.len() as u16).to_be_bytes()[..], &message].concat();
    let packet = |from: u8, payload: &[u8]| {
        let ports = if from == 1 { (40_000, 53) } else { (53, 40_000) };
        let tcp = Tcp::build().src_port(ports.0).dst_port(ports.1).seq(1).ack(1).flags(TcpFlags::ACK);
        Stack::new().push(ip(from, 3 - from)).push(tcp).payload(payload).finish().unwrap()
    };
    let queries = [framed(dns(1, false)), framed(dns(2, false))].concat();
    let found = capture.frame(0, IP, &packet(1, &queries));
    assert_eq!(found.into_iter().map(said).collect::<Vec<_>>(), [request(0), request(1)]);
    let answers = [framed(dns(2, true)), framed(dns(1, true))].concat();
    let (begun, _) = answers.split_at(answers.len() - 5);
    let found = capture.frame(3, IP, &packet(2, begun));
    assert_eq!(found.into_iter().map(said).collect::<Vec<_>>(), [response(1, 1, 3), response(0, 1, 3)]);
    capture.begin(1);
    let whole = framed(dns(1, true));
    let layers = packetsmith::Examine::new(Layers::new(NextProtocol::TcpPorts(53, 40_000), &whole));
    capture.flows.add_message(0, Side::Second, layers);
    let [again] = capture.found()[..] else { panic!("the second message goes on") };
    assert_eq!((said(again), again.begun_in), (response(0, 1, 3), Some(2)));
}

#[test]
fn what_an_icmp_error_quotes_takes_no_part() {
    let mut capture = Capture::new();
    let asks = query(7);
    capture.one(0, &asks);
    let error = [&[3, 1, 0, 0, 0, 0, 0, 0][..], &asks].concat();
    let packet = Stack::new().push(ip(9, 1).protocol(IpProtocol::Icmp)).payload(&error).finish().unwrap();
    assert_eq!(capture.frame(1, IP, &packet), []);
    assert_eq!(capture.waiting(), [(1, 1)]);
}

#[test]
fn of_fragments_the_whole_datagram_counts() {
    let mut capture = Capture::new();
    let whole = {
        let payload = [dns(7, false), vec![0; 60]].concat();
        udp((1, 40_000), (2, 53), &payload)
    };
    let mut reassembler = Reassembler::new(Settings::default());
    let mut datagrams = Vec::new();
    for fragment in Fragmenter::new(60).split(&whole).unwrap() {
        let fragment = fragment.to_vec();
        assert_eq!(capture.frame(1, IP, &fragment), []);
        if let Outcome::Complete(datagram) = reassembler.push(&fragment, capture.number, Duration::ZERO, &mut |_| {}) {
            datagrams.push(datagram.packet().to_vec());
        }
    }
    capture.flows.add(examine(IP, &datagrams[0]));
    assert_eq!(capture.found().into_iter().map(said).collect::<Vec<_>>(), [request(0)]);
}

#[test]
fn networks_can_keep_transactions_apart() {
    for (separation, expected) in [(Separation::None, response(0, 1, 1)), (Separation::Networks, UNSOLICITED)] {
        let mut capture = Capture::with(FlowSettings { separation, ..FlowSettings::default() });
        let tagged = |vlan, packet: &[u8]| {
            let vlan = Vlan::build().id(vlan).ethertype(packetsmith::proto::link::EtherType::Ipv4);
            Stack::new().push(Ethernet::build()).push(vlan).payload(packet).finish().unwrap()
        };
        capture.frame(0, ETHERNET, &tagged(10, &echo(1, 2, false, 1)));
        let found = capture.frame(1, ETHERNET, &tagged(20, &echo(2, 1, true, 1)));
        assert_eq!(said(found[0]), expected);
    }
}

#[test]
fn the_request_that_waits_longest_makes_room_and_this_is_said() {
    let mut capture = Capture::with(FlowSettings { transactions: 1, ..FlowSettings::default() });
    assert_eq!(capture.flows.settings().transactions, 16);
    for id in 0..16 {
        capture.one(1, &query(id));
    }
    capture.one(1, &answer(5));
    capture.one(1, &query(100));
    assert!(capture.flows.given_up().is_empty(), "what was answered makes room first");
    capture.one(1, &query(101));
    let [given_up] = capture.flows.given_up() else { panic!("one is given up") };
    assert_eq!((given_up.transaction, given_up.packet, given_up.sent, given_up.made_room), (0, 1, 1, true));
    assert_eq!((given_up.protocol, capture.flows.requests_given_up()), (TransactionProtocol::Dns, 1));
    assert_eq!(said(capture.one(1, &answer(0))), UNSOLICITED);
    assert!(capture.flows.given_up().is_empty());
    assert_eq!(capture.flows.waiting().count(), 16);
    for id in 0..256_u32 {
        capture.one(1, &segment(1, 1 + id * GET.len() as u32, 1, GET));
    }
    assert_eq!((capture.flows.waiting().count(), capture.flows.requests_given_up()), (16, 257));
}

#[test]
fn packets_without_a_time_have_responses_without_one() {
    let mut flows = Flows::new(FlowSettings::default());
    flows.packet(PacketInfo { number: 1, ..PacketInfo::default() }, examine(IP, &query(1)));
    flows.packet(PacketInfo { number: 2, ..PacketInfo::default() }, examine(IP, &answer(1)));
    let LayerAnalysis::Transaction(found) = flows.found()[1].analysis else { panic!("after UDP") };
    assert_eq!((found.response_to, found.time), (Some(1), None));
}

#[test]
fn filters_ask_for_transactions_by_wireshark_s_names_and_units() {
    let packets = [query(1), query(1), answer(1), answer(1), answer(2), echo(1, 2, false, 1), echo(2, 1, true, 1)];
    let passing = |text: &str| {
        let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut capture = Capture::new();
        let mut numbers = Vec::new();
        for packet in &packets {
            capture.frame(1500, IP, packet);
            let flows = capture.flows.found();
            let info = FrameInfo { number: Some(capture.number), flows, ..FrameInfo::default() };
            if filter.matches_with(&info, [examine(IP, packet)]) {
                numbers.push(capture.number);
            }
        }
        numbers
    };
    for (text, expected) in [
        ("dns.time == 3", &[3][..]),
        ("dns.time > 2.999999999", &[3]),
        ("dns.response_to == 1", &[3]),
        ("dns.retransmission", &[2, 4]),
        ("dns.retransmit_request_in == 1", &[2]),
        ("dns.retransmit_response_in == 3", &[4]),
        ("dns.unsolicited", &[5]),
        ("dns.transaction == 0", &[1, 2, 3, 4]),
        ("icmp.resptime == 1500", &[7]),
        ("icmp.resptime > 1499.999999 && icmp.resptime < 1500.000001", &[7]),
        ("icmp.resp_to == 6", &[7]),
        ("icmp.resptime + 0.5 == 1500.5", &[7]),
    ] {
        assert_eq!(passing(text), expected, "{text}");
    }
    let values = Filter::parse("icmp.resptime == 1.5ms").map(|_| ()).unwrap_err().to_string();
    assert!(values.contains("1.5ms is not a number of milliseconds such as 0.25"), "{values}");
    for later in ["dns.response_in", "http.response_in == 5", "icmp.resp_in", "icmpv6.no_resp", "http.next_response_in"]
    {
        let error = Filter::parse(later).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("needs packets that come later; of the response, "), "{error}");
    }
}

#[test]
fn each_protocol_has_its_fields() {
    for protocol in TransactionProtocol::ALL {
        let prefix = format!("{protocol}.");
        let is_time = |field: &&FlowField| field.name == "time" && !field.filter.contains("multicast");
        let times = FlowField::all().filter(is_time).filter(|field| field.filter.starts_with(&prefix));
        let kinds: Vec<_> = times.map(|field| field.kind).collect();
        assert!(matches!(kinds[..], [FlowKind::Duration | FlowKind::Milliseconds]), "{protocol}");
        assert_eq!(protocol.name().parse(), Ok(*protocol));
    }
    assert!("sctp".parse::<TransactionProtocol>().is_err());
}

#[test]
fn the_line_of_a_packet_ends_with_its_transaction() {
    let mut capture = Capture::new();
    let mut summary = Summary::default();
    let mut ends = |packet: Vec<u8>, end: &str| {
        capture.frame(34, IP, &packet);
        summary.packet_in_flow(examine(IP, &packet), capture.flows.found());
        assert!(summary.info.as_str().ends_with(end), "{}", summary.info.as_str());
    };
    ends(query(1), "example.org");
    ends(query(1), " [retransmission of 1]");
    ends(answer(1), " [reply to 1, 0.068000 s]");
    ends(answer(1), " [retransmission of 3]");
    ends(answer(2), " [no request seen]");
}
