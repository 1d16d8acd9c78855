//! Exchanges and leases of DHCP.

use packetsmith::hosts::{
    DhcpExchange, DhcpMessageKind, DhcpOutcome, DhcpPurpose, DhcpRepetition, DhcpServer, LeaseEnd, LeaseFinding,
    Leases, Sighting,
};
use packetsmith::proto::dhcp::{DhcpMessageType as Kind, DhcpOperation, DhcpOption};
use packetsmith::{Dhcp, Ipv4, List, MacAddr, Stack, Text, Udp, examine};
use std::net::Ipv4Addr;

const SECOND: i128 = 1_000_000_000;
const IP: u16 = 101;

fn ip(last: u8) -> Ipv4Addr {
    [10, 0, 0, last].into()
}

/// A message that is built.
#[derive(Clone, Copy)]
struct Message {
    kind: Kind,
    client: u8,
    xid: u32,
    server: Option<u8>,
    requested: Option<u8>,
    client_address: u8,
    your_address: u8,
    lease: Option<u32>,
    relay: u8,
    hops: u8,
    router: Option<u8>,
    unicast: bool,
}

fn message(kind: Kind, xid: u32) -> Message {
    let (server, requested, client_address, your_address, lease, relay, hops) = (None, None, 0, 0, None, 0, 0);
    let (client, router, unicast) = (1, None, false);
    Message { kind, client, xid, server, requested, client_address, your_address, lease, relay, hops, router, unicast }
}

impl Message {
    fn is_reply(&self) -> bool {
        matches!(self.kind, Kind::Offer | Kind::Ack | Kind::Nak)
    }

    /// A grant, or an offer.
    fn of(kind: Kind, xid: u32, server: u8, address: u8) -> Self {
        Message { server: Some(server), your_address: address, lease: Some(3600), ..message(kind, xid) }
    }

    fn of_client(self, client: u8) -> Self {
        Message { client, ..self }
    }

    fn build(&self) -> Vec<u8> {
        let router = [ip(self.router.unwrap_or(1))];
        let mut options = vec![DhcpOption::MessageType { message_type: self.kind }];
        options.extend(self.server.map(|server| DhcpOption::ServerIdentifier { address: ip(server) }));
        options.extend(self.requested.map(|address| DhcpOption::RequestedAddress { address: ip(address) }));
        options.extend(self.lease.map(|time| DhcpOption::LeaseTime { time }));
        if self.is_reply() {
            options.push(DhcpOption::SubnetMask { mask: [255, 255, 255, 0].into() });
            options.push(DhcpOption::Router { addresses: List::of(&router) });
        } else {
            options.push(DhcpOption::HostName { name: Text(b"laptop") });
        }
        options.push(DhcpOption::End {});
        let or_none = |last: u8| if last == 0 { Ipv4Addr::UNSPECIFIED } else { ip(last) };
        let operation = if self.is_reply() { DhcpOperation::BootReply } else { DhcpOperation::BootRequest };
        let dhcp = Dhcp::build()
            .op(operation)
            .xid(self.xid)
            .hops(self.hops)
            .ciaddr(or_none(self.client_address))
            .yiaddr(or_none(self.your_address))
            .giaddr(or_none(self.relay))
            .mac(MacAddr([2, 0, 0, 0, 0, self.client]))
            .options(&options);
        let (source, destination) = match (self.is_reply(), self.unicast) {
            (true, _) => (ip(self.server.unwrap_or(1)), Ipv4Addr::BROADCAST),
            (false, true) => (or_none(self.client_address), ip(1)),
            (false, false) => (or_none(self.client_address), Ipv4Addr::BROADCAST),
        };
        let ports = if self.is_reply() { (67, 68) } else { (68, 67) };
        let stack = Stack::new().push(Ipv4::build().src(source).dst(destination));
        stack.push(Udp::build().src_port(ports.0).dst_port(ports.1)).push(dhcp).finish().unwrap()
    }
}

#[derive(Default)]
struct Capture {
    leases: Leases,
    packet: u64,
    now: i128,
}

impl Capture {
    fn take(&mut self, seconds: i128, message: &Message) {
        self.packet += 1;
        self.now += seconds * SECOND;
        let at = Sighting { packet: self.packet, time: Some(self.now) };
        self.leases.packet(at, [examine(IP, &message.build())]);
    }

    /// A client gets an address.
    fn gets(&mut self, client: u8, xid: u32, server: u8, address: u8) {
        self.take(1, &message(Kind::Discover, xid).of_client(client));
        self.take(0, &Message::of(Kind::Offer, xid, server, address).of_client(client));
        let request = Message { server: Some(server), requested: Some(address), ..message(Kind::Request, xid) };
        self.take(0, &request.of_client(client));
        self.take(0, &Message::of(Kind::Ack, xid, server, address).of_client(client));
    }

    fn exchanges(&self) -> Vec<&DhcpExchange> {
        self.leases.exchanges().collect()
    }

    fn ends(&self) -> Vec<(DhcpPurpose, DhcpOutcome)> {
        self.leases.exchanges().map(|exchange| (exchange.purpose, exchange.outcome())).collect()
    }
}

#[test]
fn four_messages_make_a_lease() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    let [exchange] = capture.exchanges()[..] else { panic!() };
    assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::NewLease, DhcpOutcome::Granted));
    assert_eq!((exchange.messages.len(), exchange.retransmissions()), (4, 0));
    assert_eq!(exchange.client.host_name.as_deref(), Some("laptop"));
    assert_eq!(exchange.granted().unwrap().routers, [ip(1)]);
    let lease = capture.leases.leases().next().unwrap();
    assert_eq!(
        (lease.address.to_string().as_str(), lease.lease_time, lease.end),
        ("10.0.0.50", Some(3600), LeaseEnd::Open)
    );
    assert_eq!(lease.server, Some(DhcpServer::Address(ip(1).into())));
    assert!(capture.leases.findings().is_empty());
}

#[test]
fn states_of_a_request_are_told_apart_as_in_table_4_of_rfc_2131() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    let renewal = Message { client_address: 50, unicast: true, ..message(Kind::Request, 8) };
    capture.take(1800, &renewal);
    capture.take(0, &Message::of(Kind::Ack, 8, 1, 50));
    let rebinding = Message { client_address: 50, ..message(Kind::Request, 9) };
    capture.take(3000, &rebinding);
    // What a relay agent passes on was a broadcast, though it is sent to the server.
    let relayed = Message { client_address: 50, relay: 2, hops: 1, unicast: true, ..message(Kind::Request, 10) };
    capture.take(100, &relayed);
    let reboot = Message { requested: Some(50), ..message(Kind::Request, 11) };
    capture.take(1, &reboot);
    capture.take(0, &Message { your_address: 0, ..Message::of(Kind::Nak, 11, 1, 0) });
    use DhcpOutcome::{Granted, Refused, Unanswered};
    use DhcpPurpose::{NewLease, Rebinding, Reboot, Renewal};
    let expected =
        [(NewLease, Granted), (Renewal, Granted), (Rebinding, Unanswered), (Rebinding, Unanswered), (Reboot, Refused)];
    assert_eq!(capture.ends(), expected);
    let [lease] = capture.leases.leases().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(lease.renewals, 1);
    assert!(matches!(lease.end, LeaseEnd::Refused(at) if at.packet == 10));
}

#[test]
fn a_new_transaction_identifier_in_the_request_goes_on_with_the_offer() {
    let mut capture = Capture::default();
    capture.take(0, &message(Kind::Discover, 7));
    capture.take(0, &Message::of(Kind::Offer, 7, 1, 50));
    capture.take(0, &Message { server: Some(1), requested: Some(50), ..message(Kind::Request, 8) });
    capture.take(0, &Message::of(Kind::Ack, 8, 1, 50));
    assert_eq!(capture.ends(), [(DhcpPurpose::NewLease, DhcpOutcome::Granted)]);
}

#[test]
fn retransmissions_and_copies_of_relay_agents_are_told_apart() {
    let mut capture = Capture::default();
    capture.take(0, &message(Kind::Discover, 7));
    capture.take(4, &message(Kind::Discover, 7));
    capture.take(0, &Message { relay: 2, hops: 1, ..message(Kind::Discover, 7) });
    let [exchange] = capture.exchanges()[..] else { panic!() };
    let found: Vec<_> = exchange.messages.iter().map(|message| message.repetition).collect();
    assert_eq!(found, [DhcpRepetition::None, DhcpRepetition::Retransmission(1), DhcpRepetition::Copy(1)]);
    assert_eq!((exchange.outcome(), exchange.retransmissions()), (DhcpOutcome::Unanswered, 1));
}

#[test]
fn an_ack_that_was_lost_is_asked_for_again_in_the_same_exchange() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    capture.take(4, &Message { server: Some(1), requested: Some(50), ..message(Kind::Request, 7) });
    capture.take(0, &Message::of(Kind::Ack, 7, 1, 50));
    assert_eq!(capture.exchanges().len(), 1);
    assert_eq!(capture.leases.leases().next().unwrap().renewals, 0);
    // Later, it is another matter.
    capture.take(300, &message(Kind::Discover, 7));
    assert_eq!(capture.exchanges().len(), 2);
}

#[test]
fn a_discover_after_a_nak_begins_anew() {
    let mut capture = Capture::default();
    capture.take(0, &message(Kind::Discover, 7));
    capture.take(0, &Message::of(Kind::Offer, 7, 1, 50));
    capture.take(0, &Message { server: Some(1), requested: Some(50), ..message(Kind::Request, 7) });
    capture.take(0, &Message { your_address: 0, ..Message::of(Kind::Nak, 7, 1, 0) });
    capture.take(1, &message(Kind::Discover, 7));
    use DhcpPurpose::NewLease;
    assert_eq!(capture.ends(), [(NewLease, DhcpOutcome::Refused), (NewLease, DhcpOutcome::Unanswered)]);
}

#[test]
fn several_servers_are_named_and_what_their_offers_differ_in() {
    let mut capture = Capture::default();
    for xid in [7, 8] {
        capture.take(1, &message(Kind::Discover, xid));
        capture.take(0, &Message::of(Kind::Offer, xid, 1, 50));
        capture.take(0, &Message { router: Some(66), ..Message::of(Kind::Offer, xid, 66, 60) });
    }
    let [LeaseFinding::SeveralServers { servers, differences, exchanges, at, is_cut: false }] =
        &capture.leases.findings()[..]
    else {
        panic!("{:?}", capture.leases.findings())
    };
    assert_eq!(servers, &[1, 66].map(|last| DhcpServer::Address(ip(last).into())));
    assert_eq!((&differences[..], *exchanges, at.packet), (&["routers"][..], 2, 3));
    assert_eq!(capture.ends()[0].1, DhcpOutcome::Offered);
}

#[test]
fn a_server_for_boot_programs_offers_no_address() {
    let mut capture = Capture::default();
    capture.take(0, &message(Kind::Discover, 7));
    capture.take(0, &Message::of(Kind::Offer, 7, 1, 50));
    capture.take(0, &Message { your_address: 0, router: Some(66), ..Message::of(Kind::Offer, 7, 9, 0) });
    assert!(capture.leases.findings().is_empty());
    assert_eq!(capture.exchanges()[0].offers().len(), 1);
}

#[test]
fn grants_of_two_servers_and_of_a_server_that_was_not_selected_are_told() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    capture.take(0, &Message::of(Kind::Ack, 7, 66, 60));
    let names: Vec<_> = capture.leases.findings().iter().map(LeaseFinding::name).collect();
    assert_eq!(names, ["two_grants", "other_server"]);
    let ends: Vec<_> = capture.leases.leases().map(|lease| lease.end).collect();
    assert!(matches!(ends[..], [LeaseEnd::Replaced(_), LeaseEnd::Open]));
}

#[test]
fn an_address_with_two_clients_is_told_unless_the_first_lease_is_over() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    capture.gets(2, 8, 66, 50);
    let findings = capture.leases.findings();
    let [LeaseFinding::LeasedTwice { address, first, second }] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((address.to_string().as_str(), first.2.packet, second.2.packet), ("10.0.0.50", 4, 8));

    // After the lease time, or a release, the address is reused.
    for release in [true, false] {
        let mut capture = Capture::default();
        capture.gets(1, 7, 1, 50);
        if release {
            let message = Message { server: Some(1), client_address: 50, unicast: true, ..message(Kind::Release, 9) };
            capture.take(1, &message);
        } else {
            capture.now += 3600 * SECOND;
        }
        capture.gets(2, 8, 1, 50);
        assert!(capture.leases.findings().is_empty(), "{release}");
        let leases: Vec<_> = capture.leases.leases().collect();
        assert_eq!((leases.len(), leases[1].is_reused), (2, true));
        assert!(matches!(leases[0].end, LeaseEnd::Released(_)) == release);
        assert!(leases[0].has_expired(capture.leases.last_time()) != release);
    }
}

#[test]
fn a_boot_program_and_the_system_after_it_are_one_client() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    // The same hardware address, and now a client identifier.
    let mut frame = Message::of(Kind::Ack, 9, 1, 50).build();
    let end = frame.iter().rposition(|byte| *byte == 255).unwrap();
    frame.splice(end..end, [61, 3, 0, b'a', b'b']);
    let length = (frame.len() as u16).to_be_bytes();
    frame[2..4].copy_from_slice(&length);
    capture.leases.packet(Sighting { packet: 9, time: Some(0) }, [examine(IP, &frame)]);
    assert!(capture.leases.findings().is_empty());
}

#[test]
fn a_decline_says_that_an_address_is_in_use() {
    let mut capture = Capture::default();
    capture.gets(1, 7, 1, 50);
    capture.take(1, &Message { server: Some(1), requested: Some(50), ..message(Kind::Decline, 8) });
    let [LeaseFinding::Declined { address, .. }] = &capture.leases.findings()[..] else { panic!() };
    assert_eq!(address.unwrap().to_string(), "10.0.0.50");
    assert_eq!(capture.ends()[1], (DhcpPurpose::Decline, DhcpOutcome::NoReplyExpected));
    assert!(matches!(capture.leases.leases().next().unwrap().end, LeaseEnd::Declined(_)));
}

#[test]
fn replies_without_a_request_are_told() {
    let mut capture = Capture::default();
    capture.take(0, &Message::of(Kind::Ack, 7, 1, 50));
    let [exchange] = capture.exchanges()[..] else { panic!() };
    assert_eq!(
        (exchange.purpose, exchange.outcome(), exchange.duration()),
        (DhcpPurpose::Unknown, DhcpOutcome::Granted, None)
    );
}

#[test]
fn a_message_without_option_53_is_bootp() {
    let build = |operation, address: u8| {
        let dhcp = Dhcp::build().op(operation).xid(5).mac(MacAddr([2, 0, 0, 0, 0, 1]));
        let dhcp =
            dhcp.yiaddr(if address == 0 { Ipv4Addr::UNSPECIFIED } else { ip(address) }).options(&[DhcpOption::End {}]);
        let ports = if address == 0 { (68, 67) } else { (67, 68) };
        let stack = Stack::new().push(Ipv4::build().src(ip(1))).push(Udp::build().src_port(ports.0).dst_port(ports.1));
        stack.push(dhcp).finish().unwrap()
    };
    let mut leases = Leases::default();
    for (packet, frame) in [build(DhcpOperation::BootRequest, 0), build(DhcpOperation::BootReply, 9)].iter().enumerate()
    {
        leases.packet(Sighting { packet: packet as u64 + 1, time: None }, [examine(IP, frame)]);
    }
    let exchange = leases.exchanges().next().unwrap();
    assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::Bootp, DhcpOutcome::Granted));
    assert_eq!(exchange.messages[1].kind, DhcpMessageKind::Bootp(DhcpOperation::BootReply));
}

#[test]
fn an_exchange_counts_if_one_of_its_packets_does() {
    let discover = message(Kind::Discover, 7).build();
    let offer = Message::of(Kind::Offer, 7, 1, 50).build();
    let mut leases = Leases::default();
    leases.other_packet(Sighting { packet: 1, time: None }, [examine(IP, &discover)]);
    assert_eq!(leases.exchanges().count(), 0);
    leases.packet(Sighting { packet: 2, time: None }, [examine(IP, &offer)]);
    let exchange = leases.exchanges().next().unwrap();
    assert_eq!((exchange.messages.len(), leases.messages()), (2, 1));
}

/// A capture with the first bytes of each message.
fn cut(messages: &[Message], length: usize) -> Leases {
    let mut leases = Leases::default();
    for (packet, message) in messages.iter().enumerate() {
        let frame = message.build();
        let at = Sighting { packet: packet as u64 + 1, time: Some(packet as i128) };
        let kept = &frame[..length.min(frame.len())];
        leases.packet(at, [examine(IP, kept).original_len(frame.len())]);
    }
    leases
}

/// DISCOVER, OFFER, REQUEST, ACK.
fn four() -> [Message; 4] {
    [
        message(Kind::Discover, 7),
        Message::of(Kind::Offer, 7, 1, 50),
        Message { server: Some(1), requested: Some(50), ..message(Kind::Request, 7) },
        Message::of(Kind::Ack, 7, 1, 50),
    ]
}

/// Bytes of the headers of IPv4, UDP and DHCP before the options.
const BEFORE_OPTIONS: usize = 20 + 8 + 236;

#[test]
fn what_is_cut_off_before_its_kind_is_counted() {
    // After the first byte, inside the fixed header, after it, after the magic cookie, and inside option 53.
    for length in [29, 60, BEFORE_OPTIONS, BEFORE_OPTIONS + 4, BEFORE_OPTIONS + 6] {
        let leases = cut(&four(), length);
        assert_eq!((leases.unusable_messages(), leases.messages(), leases.exchanges().count()), (4, 0, 0), "{length}");
        assert_eq!(leases.first_unusable().unwrap().packet, 1);
    }
    let leases = cut(&four(), 2000);
    assert_eq!((leases.unusable_messages(), leases.messages()), (0, 4));
    assert_eq!(leases.exchanges().next().unwrap().cut_messages().count(), 0);
}

#[test]
fn a_request_without_its_last_options_goes_on_with_the_offer() {
    let leases = cut(&four(), BEFORE_OPTIONS + 4 + 3);
    let [exchange] = leases.exchanges().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::NewLease, DhcpOutcome::Granted));
    assert_eq!(exchange.cut_messages().count(), 4);
    // Alone, it is no request of another kind.
    let leases = cut(&four()[2..], BEFORE_OPTIONS + 4 + 3);
    let [exchange] = leases.exchanges().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::Cut, DhcpOutcome::Granted));
}

#[test]
fn what_is_cut_off_shows_no_conflict() {
    let other = four().map(|message| message.of_client(2));
    let both: Vec<Message> = four().into_iter().chain(other.map(|message| Message { xid: 8, ..message })).collect();
    assert_eq!(cut(&both, 2000).findings().len(), 1);
    let leases = cut(&both, BEFORE_OPTIONS + 4 + 3);
    assert!(leases.findings().is_empty(), "the first lease may have run out");
    // A DECLINE whose address is cut off.
    let decline = Message { server: Some(1), requested: Some(50), ..message(Kind::Decline, 8) };
    let all: Vec<Message> = four().into_iter().chain([decline]).collect();
    let leases = cut(&all, BEFORE_OPTIONS + 4 + 3);
    assert!(matches!(leases.leases().next().unwrap().end, LeaseEnd::Unclear(at) if at.packet == 5));
    // Two servers, of which only the addresses are left.
    let offers = [four()[0], four()[1], Message { router: Some(66), ..Message::of(Kind::Offer, 7, 66, 60) }];
    let leases = cut(&offers, BEFORE_OPTIONS + 4 + 3);
    let findings = leases.findings();
    let [LeaseFinding::SeveralServers { differences, is_cut: true, .. }] = &findings[..] else {
        panic!("{findings:?}")
    };
    assert!(differences.is_empty());
}

#[test]
fn a_second_reply_that_says_something_else_is_a_contradiction() {
    let mut capture = Capture::default();
    let [discover, offer, request, ack] = four();
    let evil = |reply| Message { router: Some(66), ..reply };
    for message in [discover, offer, evil(offer), request, ack, evil(ack), evil(ack), ack] {
        capture.take(0, &message);
    }
    let [exchange] = capture.exchanges()[..] else { panic!() };
    let found: Vec<_> = exchange.messages.iter().map(|message| message.repetition).collect();
    use DhcpRepetition::{Contradiction, None, Retransmission};
    let expected = [None, None, Contradiction(2), None, None, Contradiction(5), Retransmission(6), Retransmission(5)];
    assert_eq!(found, expected);
    assert_eq!((exchange.reply().unwrap().at.packet, &exchange.granted().unwrap().routers[..]), (5, &[ip(1)][..]));
    let lease = capture.leases.leases().next().unwrap();
    assert_eq!((lease.granted.1.packet, lease.renewals, &lease.terms.routers[..]), (5, 0, &[ip(1)][..]));
    let findings = capture.leases.findings();
    let [LeaseFinding::Contradiction { .. }, LeaseFinding::Contradiction { first, second, differences, .. }] =
        &findings[..]
    else {
        panic!("{findings:?}")
    };
    assert_eq!((first.1.packet, second.1.packet, findings[1].name()), (5, 6, "contradiction"));
    let [difference] = &differences[..] else { panic!("{differences:?}") };
    assert_eq!((difference.name, &*difference.first, &*difference.second), ("routers", "10.0.0.1", "10.0.0.66"));
}

#[test]
fn addresses_and_lease_times_may_contradict_each_other() {
    let differences = |seconds, second: Message| {
        let mut capture = Capture::default();
        for message in four() {
            capture.take(0, &message);
        }
        capture.take(seconds, &second);
        let found = capture.leases.findings().into_iter().find_map(|finding| match finding {
            LeaseFinding::Contradiction { differences, .. } => Some(differences),
            _ => None,
        });
        found.unwrap_or_default().iter().map(|difference| difference.name).collect::<Vec<_>>()
    };
    let ack = four()[3];
    assert_eq!(differences(0, Message { your_address: 51, ..ack }), ["address"]);
    assert_eq!(differences(0, Message { lease: Some(60), ..ack }), ["lease time"]);
    // What is left of the lease is the same lease.
    assert!(differences(10, Message { lease: Some(3590), ..ack }).is_empty());
    // Another server with the same address.
    assert_eq!(differences(0, Message { server: Some(66), router: Some(66), ..ack }), ["routers"]);
    assert!(differences(0, Message { server: Some(2), ..ack }).is_empty());
    // A server may offer another address when it is asked again.
    let mut capture = Capture::default();
    let [discover, offer, ..] = four();
    [discover, offer, discover, Message { your_address: 51, ..offer }].iter().for_each(|each| capture.take(0, each));
    assert!(capture.leases.findings().is_empty());
}
