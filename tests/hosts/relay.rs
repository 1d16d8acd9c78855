//! Exchanges of DHCPv6 that relay agents pass on: messages in messages (RFC 8415 §9, §19).

use packetsmith::hosts::{DhcpExchange, DhcpOutcome, DhcpPurpose, DhcpRepetition, DhcpServer, Leases, Sighting};
use packetsmith::{Ipv6, Stack, Udp, examine};
use std::net::{IpAddr, Ipv6Addr};

const SOLICIT: u8 = 1;
const ADVERTISE: u8 = 2;
const REQUEST: u8 = 3;
const REPLY: u8 = 7;
const CLIENT_DUID: &[u8] = &[0, 3, 0, 1, 2, 0, 0, 0, 0, 1];
const SERVER_DUID: &[u8] = &[0, 3, 0, 1, 2, 0, 0, 0, 0, 2];

fn address(text: &str) -> Ipv6Addr {
    text.parse().unwrap()
}

fn option(code: u16, contents: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes()[..], &(contents.len() as u16).to_be_bytes(), contents].concat()
}

/// A message of a client or a server. The server gives 2001:db8::100 for an hour.
fn message(kind: u8, xid: u8) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 0, xid];
    bytes.extend(option(1, CLIENT_DUID));
    if kind != SOLICIT {
        bytes.extend(option(2, SERVER_DUID));
    }
    let lease = [&address("2001:db8::100").octets()[..], &1800_u32.to_be_bytes(), &3600_u32.to_be_bytes()].concat();
    let lease = if matches!(kind, ADVERTISE | REPLY) { option(5, &lease) } else { Vec::new() };
    let association = [&7_u32.to_be_bytes()[..], &900_u32.to_be_bytes(), &1440_u32.to_be_bytes(), &lease].concat();
    bytes.extend(option(3, &association));
    bytes
}

/// What a relay agent makes of a message: with the interface before it, and another option after it.
fn relayed(is_forward: bool, hops: u8, link: &str, inner: &[u8]) -> Vec<u8> {
    let mut bytes = vec![if is_forward { 12 } else { 13 }, hops];
    bytes.extend(address(link).octets());
    bytes.extend(address("fe80::1").octets());
    bytes.extend(option(18, b"eth0"));
    bytes.extend(option(9, inner));
    bytes.extend(option(37, &[0, 0, 0, 9, 1]));
    bytes
}

/// The exchanges of messages between two hosts each, one a millisecond.
fn exchanges(messages: &[(&str, &str, Vec<u8>)]) -> Leases {
    let mut leases = Leases::default();
    for ((source, destination, message), number) in messages.iter().zip(1..) {
        let ip = Ipv6::build().src(address(source)).dst(address(destination));
        let udp = Udp::build().src_port(547).dst_port(547);
        let frame = Stack::new().push(ip).push(udp).payload(message).finish().unwrap();
        let time = Some(i128::from(number) * 1_000_000);
        leases.packet(Sighting { packet: number, time }, [examine(101, &frame)]);
    }
    leases
}

fn only(leases: &Leases) -> &DhcpExchange {
    let all: Vec<_> = leases.exchanges().collect();
    let [exchange] = all[..] else { panic!("{all:?}") };
    exchange
}

const CLIENT: &str = "fe80::1";
const RELAY: &str = "2001:db8::1";
const SECOND_RELAY: &str = "2001:db8:1::1";
const SERVER: &str = "2001:db8:2::2";
const ALL: &str = "ff02::1:2";

#[test]
fn what_a_relay_agent_passes_on_makes_a_lease() {
    let link = "2001:db8::1";
    let leases = exchanges(&[
        (RELAY, SERVER, relayed(true, 0, link, &message(SOLICIT, 1))),
        (SERVER, RELAY, relayed(false, 0, link, &message(ADVERTISE, 1))),
        (RELAY, SERVER, relayed(true, 0, link, &message(REQUEST, 2))),
        (SERVER, RELAY, relayed(false, 0, link, &message(REPLY, 2))),
    ]);
    let exchange = only(&leases);
    assert_eq!((exchange.purpose, exchange.outcome()), (DhcpPurpose::NewLease, DhcpOutcome::Granted));
    assert_eq!(exchange.client.identifier, CLIENT_DUID);
    assert_eq!(exchange.reply().unwrap().server, Some(DhcpServer::Duid(SERVER_DUID.to_vec())));
    assert_eq!(exchange.duration(), Some(3_000_000));
    for message in &exchange.messages {
        assert_eq!((message.relay, message.repetition), (Some(IpAddr::V6(address(link))), DhcpRepetition::None));
    }
    let lease = leases.leases().next().unwrap();
    assert_eq!((lease.address.to_string(), lease.lease_time), ("2001:db8::100".to_string(), Some(3600)));
    assert_eq!(leases.findings(), []);
}

#[test]
fn messages_before_and_after_relay_agents_are_copies() {
    // On the client's link, after a relay agent, and after a second one; and the way back.
    let (link, middle) = ("2001:db8::1", "2001:db8:1::1");
    let forward = |kind, xid| {
        let once = relayed(true, 0, link, &message(kind, xid));
        let twice = relayed(true, 1, middle, &once);
        [(CLIENT, ALL, message(kind, xid)), (RELAY, SECOND_RELAY, once), (SECOND_RELAY, SERVER, twice)]
    };
    let back = |kind, xid| {
        let once = relayed(false, 0, link, &message(kind, xid));
        let twice = relayed(false, 1, middle, &once);
        [(SERVER, SECOND_RELAY, twice), (SECOND_RELAY, RELAY, once), (RELAY, CLIENT, message(kind, xid))]
    };
    let messages = [forward(SOLICIT, 1), back(ADVERTISE, 1), forward(REQUEST, 2), back(REPLY, 2)].concat();
    let leases = exchanges(&messages);
    let exchange = only(&leases);
    assert_eq!((exchange.outcome(), exchange.retransmissions()), (DhcpOutcome::Granted, 0));
    let copies: Vec<_> = exchange.messages.iter().map(|message| message.repetition).collect();
    let expected = (1..=12).map(|packet| match packet % 3 {
        1 => DhcpRepetition::None,
        _ => DhcpRepetition::Copy((packet - 1) / 3 * 3 + 1),
    });
    assert_eq!(copies, expected.collect::<Vec<_>>());
    assert_eq!(leases.leases().count(), 1);
    assert_eq!(leases.findings(), []);
}

#[test]
fn a_request_that_comes_again_by_the_same_way_is_a_retransmission() {
    let link = "2001:db8::1";
    let solicit = relayed(true, 0, link, &message(SOLICIT, 1));
    let leases = exchanges(&[(RELAY, SERVER, solicit.clone()), (RELAY, SERVER, solicit)]);
    let exchange = only(&leases);
    assert_eq!((exchange.outcome(), exchange.retransmissions()), (DhcpOutcome::Unanswered, 1));
}

#[test]
fn a_relay_agent_without_an_address_has_none() {
    // RFC 6221 §5.1.
    let leases =
        exchanges(&[(CLIENT, ALL, message(SOLICIT, 1)), (CLIENT, ALL, relayed(true, 0, "::", &message(SOLICIT, 1)))]);
    let exchange = only(&leases);
    assert_eq!(exchange.messages[1].relay, None);
    assert_eq!(exchange.messages[1].repetition, DhcpRepetition::Copy(1));
}

#[test]
fn what_is_no_message_inside_is_left_out() {
    let leases = exchanges(&[
        (RELAY, SERVER, relayed(true, 0, "2001:db8::1", &[])),
        (RELAY, SERVER, relayed(true, 0, "2001:db8::1", &[1, 0])),
        (RELAY, SERVER, vec![12, 0, 1]),
    ]);
    assert_eq!(leases.exchanges().count(), 0);
}

#[test]
fn a_host_name_has_the_form_of_domain_names() {
    // RFC 4704: flags, and labels that need not be all of the name.
    let mut solicit = message(SOLICIT, 1);
    solicit.extend(option(39, b"\0\x04a\xc3.b\x04test"));
    let leases = exchanges(&[(CLIENT, ALL, solicit)]);
    assert_eq!(only(&leases).client.host_name.as_deref(), Some(r"a\195\.b.test"));
}
