//! Lookups of DNS.

use packetsmith::flow::{FlowSettings, Flows, MessageSettings, PacketInfo};
use packetsmith::hosts::{DnsLookup, DnsLookups, DnsOutcome, DnsRetry, DnsService, DnsTransport, Sighting};
use packetsmith::proto::dns::{DnsOpcode, DnsQuestion, DnsRcode, DnsRecord, DnsType, SvcParam};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::wire::Counted;
use packetsmith::{Dns, Ethernet, Ipv4, Ipv6, List, MacAddr, Name, Protocols, Stack, Tcp, Text, Udp, examine};
use std::net::Ipv4Addr;

static KNOWN: Protocols = Protocols::builtin();
const MILLISECOND: i128 = 1_000_000;

struct Capture {
    flows: Flows,
    lookups: DnsLookups,
    packet: u64,
    now: i128,
}

impl Default for Capture {
    fn default() -> Self {
        let messages = Some(MessageSettings::default());
        let flows = Flows::new(FlowSettings { messages, ..FlowSettings::default() });
        Capture { flows, lookups: DnsLookups::default(), packet: 0, now: 0 }
    }
}

impl Capture {
    fn frame(&mut self, milliseconds: i128, link_type: u16, frame: &[u8]) {
        self.packet += 1;
        self.now += milliseconds * MILLISECOND;
        let time = Some(self.now);
        self.flows.packet(PacketInfo { number: self.packet, time, interface: 0 }, examine(link_type, frame));
        let messages = self.flows.messages().iter().map(|message| message.layers(&KNOWN));
        let walks = std::iter::once(examine(link_type, frame)).chain(messages);
        self.lookups.packet(Sighting { packet: self.packet, time }, &self.flows, walks);
    }

    /// A message between the client 10.0.0.1 and a server.
    fn message(&mut self, milliseconds: i128, message: &Message) {
        self.frame(milliseconds, 101, &message.build());
    }

    fn all(&self) -> Vec<&DnsLookup> {
        self.lookups.lookups().collect()
    }
}

#[derive(Clone, Copy)]
struct Message {
    id: u16,
    server: u8,
    port: u16,
    name: &'static str,
    response: bool,
    rcode: u8,
    truncated: bool,
    answers: u8,
}

fn query(id: u16) -> Message {
    Message { id, server: 53, port: 4000, name: "www.test", response: false, rcode: 0, truncated: false, answers: 0 }
}

fn response(id: u16) -> Message {
    Message { response: true, answers: 1, ..query(id) }
}

impl Message {
    fn dns(&self) -> Vec<u8> {
        let name = Name::from_text(self.name).unwrap();
        let question = [DnsQuestion::new(name, DnsType::A)];
        let answers: Vec<_> = (1..=self.answers).map(|last| DnsRecord::a(name, 60, [192, 0, 2, last].into())).collect();
        let dns = Dns::build().id(self.id).response(self.response).rcode(DnsRcode::from(u16::from(self.rcode)));
        let dns = dns.truncated(self.truncated).questions(&question).answers(&answers);
        Stack::new().push(dns).finish().unwrap()
    }

    fn build(&self) -> Vec<u8> {
        let (client, server): (Ipv4Addr, Ipv4Addr) = ([10, 0, 0, 1].into(), [10, 0, 0, self.server].into());
        let (source, destination) = if self.response { (server, client) } else { (client, server) };
        let ports = if self.response { (53, self.port) } else { (self.port, 53) };
        let stack = Stack::new().push(Ipv4::build().src(source).dst(destination));
        stack.push(Udp::build().src_port(ports.0).dst_port(ports.1)).payload(&self.dns()).finish().unwrap()
    }
}

#[test]
fn outcomes_of_lookups() {
    let cases = [
        (response(7), DnsOutcome::Answered, false),
        (Message { answers: 0, ..response(7) }, DnsOutcome::NoData, false),
        (Message { truncated: true, ..response(7) }, DnsOutcome::Truncated, false),
        (Message { rcode: 3, answers: 0, ..response(7) }, DnsOutcome::Failed(DnsRcode::from(3)), true),
        (Message { rcode: 2, answers: 0, ..response(7) }, DnsOutcome::Failed(DnsRcode::from(2)), true),
    ];
    for (answer, outcome, is_failure) in cases {
        let mut capture = Capture::default();
        capture.message(0, &query(7));
        capture.message(20, &answer);
        let [lookup] = capture.all()[..] else { panic!() };
        assert_eq!((lookup.outcome(), lookup.is_failure(), lookup.time()), (outcome, is_failure, Some(20_000_000)));
        assert_eq!((lookup.name.as_str(), lookup.qtype, lookup.id), ("www.test", Some(DnsType::A), 7));
    }
}

#[test]
fn a_query_that_is_sent_again_is_one_lookup_and_the_time_runs_from_the_first() {
    let mut capture = Capture::default();
    capture.message(0, &query(7));
    capture.message(1000, &query(7));
    capture.message(30, &response(7));
    capture.message(1, &response(7));
    let [lookup] = capture.all()[..] else { panic!() };
    assert_eq!((lookup.sent, lookup.time(), lookup.more_responses), (2, Some(1_030_000_000), 1));
    assert_eq!(lookup.last_query.unwrap().packet, 2);
}

#[test]
fn a_client_that_gets_no_answer_asks_another_server() {
    let mut capture = Capture::default();
    capture.message(0, &query(7));
    capture.message(5000, &Message { server: 54, port: 4001, ..query(8) });
    capture.message(10, &Message { server: 54, port: 4001, ..response(8) });
    // Solicited again after an answer: no retry.
    capture.message(10, &Message { server: 53, port: 4002, ..query(9) });
    let [first, second, third] = capture.all()[..] else { panic!() };
    assert_eq!((first.outcome(), second.outcome()), (DnsOutcome::Unanswered, DnsOutcome::Answered));
    let Some(DnsRetry::OtherServer(server, at)) = first.retry else { panic!() };
    assert_eq!((server.address.to_string().as_str(), at.packet), ("10.0.0.54", 2));
    assert_eq!((second.retry, third.retry), (None, None));
}

/// A segment of a connection to port 53; sequence numbers begin with 1000 on both sides.
fn segment(is_client: bool, seq: u32, ack: u32, flags: TcpFlags, payload: &[u8]) -> Vec<u8> {
    let (client, server): (Ipv4Addr, Ipv4Addr) = ([10, 0, 0, 1].into(), [10, 0, 0, 53].into());
    let (source, destination) = if is_client { (client, server) } else { (server, client) };
    let ports = if is_client { (5000, 53) } else { (53, 5000) };
    let tcp = Tcp::build().src_port(ports.0).dst_port(ports.1).seq(1000 + seq).ack(1000 + ack).flags(flags);
    Stack::new().push(Ipv4::build().src(source).dst(destination)).push(tcp).payload(payload).finish().unwrap()
}

#[test]
fn after_a_truncated_response_the_client_asks_over_tcp() {
    let mut capture = Capture::default();
    capture.message(0, &query(7));
    capture.message(5, &Message { truncated: true, answers: 0, ..response(7) });
    let over_tcp = |message: Message| {
        let dns = message.dns();
        [&(dns.len() as u16).to_be_bytes()[..], &dns].concat()
    };
    let (asks, answers) = (over_tcp(query(8)), over_tcp(Message { answers: 40, ..response(8) }));
    capture.frame(1, 101, &segment(true, 0, 0, TcpFlags::SYN, b""));
    capture.frame(1, 101, &segment(false, 0, 1, TcpFlags::SYN | TcpFlags::ACK, b""));
    capture.frame(1, 101, &segment(true, 1, 1, TcpFlags::ACK, &asks));
    // The response spans two segments.
    let (first, second) = answers.split_at(100);
    let ack = 1 + asks.len() as u32;
    capture.frame(3, 101, &segment(false, 1, ack, TcpFlags::ACK, first));
    capture.frame(3, 101, &segment(false, 101, ack, TcpFlags::ACK | TcpFlags::PSH, second));
    let [udp, tcp] = capture.all()[..] else { panic!("{:?}", capture.all()) };
    assert!(matches!(udp.retry, Some(DnsRetry::OverTcp(at)) if at.packet == 5));
    assert_eq!((tcp.transport, tcp.outcome(), tcp.time()), (DnsTransport::Tcp, DnsOutcome::Answered, Some(6_000_000)));
    assert_eq!((tcp.client.port, tcp.server.port), (5000, 53));
    let response = tcp.response.as_ref().unwrap();
    assert_eq!((response.answers.len(), response.answer_count, response.at.packet), (40, 40, 7));
}

#[test]
fn what_the_capture_ends_in_counts_too() {
    let mut capture = Capture::default();
    let dns = Message { name: "a-long-name-that-spans-segments.test", ..query(8) }.dns();
    let asks = [&(dns.len() as u16).to_be_bytes()[..], &dns].concat();
    capture.frame(1, 101, &segment(true, 0, 0, TcpFlags::SYN, b""));
    capture.frame(1, 101, &segment(false, 0, 1, TcpFlags::SYN | TcpFlags::ACK, b""));
    capture.frame(1, 101, &segment(true, 1, 1, TcpFlags::ACK, &asks[..asks.len() - 2]));
    let before = capture.all().len();
    capture.flows.finish();
    let messages = capture.flows.messages().iter().map(|message| message.layers(&KNOWN));
    capture.lookups.finish(&capture.flows, messages);
    assert!(capture.all().len() > before || before == 1, "the query counts");
}

#[test]
fn a_response_without_a_query_is_told() {
    let mut capture = Capture::default();
    capture.message(0, &response(7));
    let [lookup] = capture.all()[..] else { panic!() };
    assert_eq!((lookup.outcome(), lookup.time(), lookup.query), (DnsOutcome::Unsolicited, None, None));
    assert_eq!(lookup.client.port, 4000);
    let (_, _, sums) = &capture.lookups.by_server()[0];
    assert_eq!((sums.lookups, sums.unsolicited, sums.failures()), (0, 1, 0));
}

fn multicast(host: u8, message: &[u8]) -> Vec<u8> {
    let ip = Ipv4::build().src([10, 0, 0, host].into()).dst([224, 0, 0, 251].into());
    let stack = Stack::new().push(Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, host]))).push(ip);
    stack.push(Udp::build().src_port(5353).dst_port(5353)).payload(message).finish().unwrap()
}

#[test]
fn multicast_dns_is_matched_by_name_and_type() {
    let mut capture = Capture::default();
    let asks = Message { name: "Host.local", ..query(0) };
    let answers = Message { name: "host.local", ..response(0) };
    capture.frame(0, 1, &multicast(1, &asks.dns()));
    // What the host that asks says of itself is no answer, also not by IPv6.
    capture.frame(5, 1, &multicast(1, &answers.dns()));
    let ip = Ipv6::build().src("fe80::1".parse().unwrap()).dst("ff02::fb".parse().unwrap());
    let own = Stack::new().push(Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, 1]))).push(ip);
    let own = own.push(Udp::build().src_port(5353).dst_port(5353)).payload(&answers.dns()).finish().unwrap();
    capture.frame(5, 1, &own);
    assert_eq!((capture.all()[0].outcome(), capture.lookups.announcements()), (DnsOutcome::Unanswered, 2));
    assert!(!capture.all()[0].is_failure());
    capture.frame(5, 1, &multicast(2, &answers.dns()));
    let [lookup] = capture.all()[..] else { panic!() };
    assert_eq!(
        (lookup.service, lookup.outcome(), lookup.time()),
        (DnsService::Mdns, DnsOutcome::Answered, Some(15_000_000))
    );
    assert_eq!(lookup.response.as_ref().unwrap().from.unwrap().to_string(), "10.0.0.2");
}

#[test]
fn sums_by_server_name_and_code() {
    let mut capture = Capture::default();
    for (n, rcode) in [(1, 0), (2, 0), (3, 3)] {
        capture.message(1, &Message { port: 4000 + n, ..query(n) });
        capture.message(10, &Message { port: 4000 + n, rcode, answers: u8::from(rcode == 0), ..response(n) });
    }
    capture.message(1, &Message { name: "other.test", port: 4010, ..query(9) });
    let servers = capture.lookups.by_server();
    let [(DnsService::Dns, server, sums)] = &servers[..] else { panic!() };
    assert_eq!(server.to_string(), "10.0.0.53");
    assert_eq!((sums.queries, sums.answered, sums.errors, sums.unanswered, sums.failures()), (4, 2, 1, 1, 2));
    assert_eq!((sums.times.count(), sums.times.most()), (3, Some(10_000_000)));
    let (names, more) = capture.lookups.by_name(1);
    assert_eq!((names[0].0.as_str(), names[0].1.queries, more), ("www.test", 3, 1));
    let codes: Vec<_> = capture.lookups.by_rcode().into_iter().map(|(code, count)| (u16::from(code), count)).collect();
    assert_eq!(codes, [(0, 2), (3, 1)]);
}

#[test]
fn answers_that_do_not_fit_are_counted() {
    let mut capture = Capture::default();
    capture.message(0, &query(7));
    capture.message(1, &Message { answers: 100, ..response(7) });
    let [lookup] = capture.all()[..] else { panic!() };
    let kept = lookup.response.as_ref().unwrap().answers.len();
    assert_eq!((kept, capture.lookups.answers_left_out()), (64, 36));
}

#[test]
fn a_second_response_that_contradicts_the_first_is_kept() {
    let of = |second: Message| {
        let mut capture = Capture::default();
        capture.message(0, &query(1));
        capture.message(5, &Message { answers: 2, ..response(1) });
        capture.message(1, &second);
        let lookup = capture.all()[0].clone();
        assert_eq!((lookup.outcome(), lookup.more_responses), (DnsOutcome::Answered, 1));
        lookup.other_response
    };
    let other = of(Message { answers: 1, ..response(1) }).unwrap();
    assert_eq!((other.at.packet, other.time, other.answers.len()), (3, Some(6_000_000), 1));
    assert!(of(Message { rcode: 3, answers: 0, ..response(1) }).is_some());
    // The same again, and one whose answers are cut off.
    assert_eq!(of(Message { answers: 2, ..response(1) }), None);
    assert_eq!(of(Message { answers: 0, truncated: true, ..response(1) }), None);
}

#[test]
fn lookups_and_queries_are_counted_apart() {
    let mut capture = Capture::default();
    capture.message(0, &query(1));
    capture.message(1000, &query(1));
    capture.message(5, &response(1));
    capture.message(5, &query(2));
    let servers = capture.lookups.by_server();
    let [(_, _, sums)] = &servers[..] else { panic!("{servers:?}") };
    assert_eq!((sums.lookups, sums.queries, sums.answered, sums.unanswered), (2, 3, 1, 1));
    assert_eq!(capture.lookups.by_rcode(), [(DnsRcode::from(0), 1)]);
}

#[test]
fn a_message_of_multicast_dns_may_have_probes_and_other_questions() {
    let [wanted, other] = ["host.local", "_http._tcp.local"].map(|name| Name::from_text(name).unwrap());
    let questions = [DnsQuestion::new(wanted, DnsType::Any), DnsQuestion::new(other, DnsType::Ptr)];
    let records = [DnsRecord::a(wanted, 120, [10, 0, 0, 1].into())];
    let stack = Stack::new().push(Ipv4::build().src([10, 0, 0, 1].into()).dst([224, 0, 0, 251].into()));
    let stack = stack.push(Udp::build().src_port(5353).dst_port(5353));
    let frame = stack.push(Dns::build().questions(&questions).authority(&records)).finish().unwrap();
    let mut capture = Capture::default();
    capture.frame(0, 101, &frame);
    let probes: Vec<_> = capture.all().iter().map(|lookup| (lookup.name.as_str(), lookup.is_probe)).collect();
    assert_eq!(probes, [("host.local", true), ("_http._tcp.local", false)]);
}

/// Cuts a packet as a snapshot length does. The frame is longer on the wire.
#[test]
fn names_that_the_capture_cut_are_said_to_be_cut() {
    let mut capture = Capture::default();
    for (message, length) in [(query(1), 46), (Message { answers: 2, ..response(1) }, 60)] {
        let frame = message.build();
        capture.packet += 1;
        let number = capture.packet;
        let layers = || examine(101, &frame[..length]).original_len(frame.len());
        capture.flows.packet(PacketInfo { number, time: None, interface: 0 }, layers());
        capture.lookups.packet(Sighting { packet: number, time: None }, &capture.flows, [layers()]);
    }
    let all = capture.all();
    assert_eq!((all.len(), all[0].name.as_str(), all[0].is_cut), (1, "", true));
    let response = all[0].response.as_ref().unwrap();
    assert_eq!((response.answers.len(), response.answer_count, response.is_cut), (0, 2, true));
}

#[test]
fn services_have_their_parameters() {
    let name = Name::from_text("www.test").unwrap();
    let protocols = [Counted(Text(b"h2")), Counted(Text(b"h3"))];
    let hints = [Ipv4Addr::new(192, 0, 2, 7)];
    let params = [
        SvcParam::Alpn { protocols: List::of(&protocols) },
        SvcParam::Port { port: 8443 },
        SvcParam::Ipv4Hint { addresses: List::of(&hints) },
    ];
    let question = [DnsQuestion::new(name, DnsType::Https)];
    let answers = [DnsRecord::https(name, 60, 1, Name::new(&[0], 0), &params)];
    let mut capture = Capture::default();
    for is_response in [false, true] {
        let dns = Dns::build().id(1).response(is_response).questions(&question);
        let dns = dns.answers(if is_response { &answers } else { &[] });
        let [from, to] = if is_response { [(53, 2), (4000, 1)] } else { [(4000, 1), (53, 2)] };
        let ip = Ipv4::build().src([10, 0, 0, from.1].into()).dst([10, 0, 0, to.1].into());
        let udp = Udp::build().src_port(from.0).dst_port(to.0);
        capture.frame(1, 101, &Stack::new().push(ip).push(udp).push(dns).finish().unwrap());
    }
    let response = capture.all()[0].response.clone().unwrap();
    assert_eq!(response.answers[0].data, "1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.7");
}

#[test]
fn updates_are_operations_and_no_lookups() {
    let zone = [DnsQuestion::new(Name::from_text("zone.test").unwrap(), DnsType::Soa)];
    let mut capture = Capture::default();
    for is_response in [false, true] {
        let dns = Dns::build().id(1).response(is_response).opcode(DnsOpcode::Update).questions(&zone);
        let [from, to] = if is_response { [(53, 2), (4000, 1)] } else { [(4000, 1), (53, 2)] };
        let ip = Ipv4::build().src([10, 0, 0, from.1].into()).dst([10, 0, 0, to.1].into());
        let udp = Udp::build().src_port(from.0).dst_port(to.0);
        capture.frame(1, 101, &Stack::new().push(ip).push(udp).push(dns).finish().unwrap());
    }
    assert_eq!(capture.all().len(), 0);
    let operation = capture.lookups.operations().next().unwrap();
    assert_eq!(
        (operation.name.as_str(), operation.opcode, operation.is_query()),
        ("zone.test", DnsOpcode::Update, false)
    );
    assert_eq!(operation.outcome(), DnsOutcome::Answered);
}
