//! All that is told beside TCP connections.

use super::story::*;
use packetsmith::explain::StatementMember;
use packetsmith::explain::Topic;
use packetsmith::proto::dns::{DnsOpcode, DnsQuestion, DnsRcode, DnsRecord, DnsType};
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::icmp::{Icmpv6Message, LinkLayerAddress, NdpOption, NeighborFlags};
use packetsmith::proto::link::ArpOperation;
use packetsmith::{Arp, Dns, Ethernet, Icmpv4, Icmpv6, Ipv4, Ipv6, MacAddr, Name, Stack, Tlvs, Udp};
use std::net::Ipv6Addr;

#[test]
fn times_that_go_back_are_said_and_give_no_waits() {
    let mut story = Story::new();
    story.syn(5000);
    story.syn_ack(-3000);
    story.ack(-1000);
    let text = story.explanation().to_string();
    has(&text, "in 4.00 s.");
    has(&text, "The times of packets go back twice (packets 2 and 3)");
    has(&text, "The client opened it with SYN, SYN-ACK and ACK");
    has_not(&text, " -");
}

#[test]
fn fragments_are_whole_or_it_is_said_what_is_missing() {
    let fragments = |id: u16| {
        let udp = Udp::build().src_port(4000).dst_port(9);
        let ip = Ipv4::build().src(CLIENT.into()).dst(SERVER.into()).identification(id);
        let whole = Stack::new().push(ip).push(udp).payload(&[7; 3000]).finish().unwrap();
        let mut frames = Vec::new();
        for (offset, range) in [(0, 20..1500), (185, 1500..2980), (370, 2980..3028)] {
            let flags = if offset < 370 { 1_u16 } else { 0 };
            let mut frame = vec![0; 12];
            frame.extend([8, 0]);
            frame.extend(&whole[..20]);
            let length = (20 + range.len()) as u16;
            frame[16..18].copy_from_slice(&length.to_be_bytes());
            frame[20..22].copy_from_slice(&(flags << 13 | offset).to_be_bytes());
            frame.extend(&whole[range]);
            frames.push(frame);
        }
        frames
    };
    let mut story = Story::new();
    fragments(1).iter().for_each(|frame| {
        story.frame(1, frame);
    });
    let second = fragments(2);
    story.frame(1, &second[0]);
    story.frame(1, &second[2]);
    let text = story.told(Topic::Fragments);
    has(
        &text,
        "192.0.2.1 sent 3,008 bytes of UDP to 198.51.100.2 in 3 fragments (packets 1, 2 and 3). All of them are there.",
    );
    has(&text, "in fragments (packets 4 and 5), but bytes 1,480 to 2,959 of it are not in the capture.");
}

fn dns(story: &mut Story, wait: i128, id: u16, response: Option<(DnsRcode, &[DnsRecord<'_>])>) -> u64 {
    let question = [DnsQuestion::new(Name::from_text("www.test").unwrap(), DnsType::A)];
    let message = Dns::build().id(id).response(response.is_some());
    let message = message.rcode(response.map_or(DnsRcode::from(0), |(rcode, _)| rcode)).questions(&question);
    let message = message.answers(response.map_or(&[], |(_, answers)| answers));
    let [from, to] = if response.is_some() { [(ROUTER, 53), (CLIENT, 5000)] } else { [(CLIENT, 5000), (ROUTER, 53)] };
    let ip = Ipv4::build().src(from.0.into()).dst(to.0.into());
    let udp = Udp::build().src_port(from.1).dst_port(to.1);
    story.frame(wait, &Stack::new().push(Ethernet::build()).push(ip).push(udp).push(message).finish().unwrap())
}

#[test]
fn a_name_is_asked_answered_and_connected_to() {
    let name = Name::from_text("www.test").unwrap();
    let mut story = Story::new();
    dns(&mut story, 0, 7, None);
    dns(&mut story, 18, 7, Some((DnsRcode::from(0), &[DnsRecord::a(name, 60, SERVER.into())])));
    story.open();
    let explanation = story.explanation();
    let text = explanation.to_string();
    has(
        &text,
        "192.0.2.1 asked 192.0.2.254 by DNS for www.test (A) (packet 1), and got the answer after 18.0 ms (packet 2): \
         198.51.100.2. Connection 0 then went to that address.",
    );
    has(&text, "192.0.2.254 is a name server: it sent 1 response of DNS (packet 2).");
    has(&text, "198.51.100.2 (www.test) is a server: it accepted 1 connection on port 80 (packet 4).");
    has(&text, "In what is told below, nothing went wrong.");

    let mut story = Story::new();
    dns(&mut story, 0, 7, None);
    dns(&mut story, 18, 7, Some((DnsRcode::from(3), &[])));
    dns(&mut story, 1000, 8, None);
    dns(&mut story, 1000, 8, None);
    let text = story.explanation().to_string();
    has(&text, "and the response after 18.0 ms was NXDOMAIN (no such name) (packet 2).");
    has(
        &text,
        "192.0.2.1 asked 192.0.2.254 by DNS for www.test (A) twice (packets 3 and 4); no answer is in the capture.",
    );
    has(&text, "1 DNS lookup was answered with an error (packet 2).");
}

fn arp(story: &mut Story, operation: ArpOperation, sender: (u8, [u8; 4]), target: (u8, [u8; 4])) -> u64 {
    let mac = |last| MacAddr([2, 0, 0, 0, 0, last]);
    let arp = Arp::build().operation(operation).sender(mac(sender.0), sender.1.into());
    let arp = arp.target(mac(target.0), target.1.into());
    let frame = Stack::new().push(Ethernet::build().src(mac(sender.0))).push(arp).finish().unwrap();
    story.frame(5, &frame)
}

#[test]
fn two_hosts_with_one_address_are_told() {
    let mut story = Story::new();
    arp(&mut story, ArpOperation::Request, (1, CLIENT), (0, ROUTER));
    arp(&mut story, ArpOperation::Reply, (9, ROUTER), (1, CLIENT));
    arp(&mut story, ArpOperation::Reply, (8, ROUTER), (1, CLIENT));
    let text = story.explanation().to_string();
    has(&text, "192.0.2.254 is claimed by 02:00:00:00:00:09 and 02:00:00:00:00:08");
    has(&text, "two hosts claimed the same address");

    let mut story = Story::new();
    arp(&mut story, ArpOperation::Request, (1, CLIENT), (0, ROUTER));
    arp(&mut story, ArpOperation::Reply, (9, ROUTER), (1, CLIENT));
    let text = story.explanation().to_string();
    has(
        &text,
        "192.0.2.1 asked for the MAC address of 192.0.2.254 by ARP (packet 1), which is 02:00:00:00:00:09 (packet 2).",
    );
    has_not(&text, "claimed");
}

#[test]
fn what_is_selected_is_told_whole() {
    let mut story = Story::new();
    story.is_selected = false;
    arp(&mut story, ArpOperation::Request, (1, CLIENT), (0, ROUTER));
    story.syn(0);
    story.is_selected = true;
    story.syn_ack(20);
    story.is_selected = false;
    story.ack(1);
    let text = story.explanation().to_string();
    has(&text, "The client opened it in 21.0 ms with SYN, SYN-ACK and ACK (packets 2, 3 and 4).");
    has(&text, "1 packet passed the filter.");
    has_not(&text, "ARP");
}

#[test]
fn what_is_not_explained_is_listed_by_name() {
    let mut story = Story::new();
    for port in [123, 50_000, 50_000] {
        let ip = Ipv4::build().src(CLIENT.into()).dst(SERVER.into());
        let udp = Udp::build().src_port(60_000).dst_port(port);
        let data = [0x23; 48];
        story.frame(1, &Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(&data).finish().unwrap());
    }
    let text = story.told(Topic::Rest);
    has(&text, "ntp: packet 1.");
    has(&text, "udp, port 50000: 2 packets (packets 2 and 3).");
}

fn ping(story: &mut Story, wait: i128, sequence: u16, (from, to): ([u8; 4], [u8; 4]), is_reply: bool) -> u64 {
    let (identifier, kind) = (7, if is_reply { 0_u8 } else { 8 });
    let message = match is_reply {
        true => Icmpv4Message::EchoReply { identifier, sequence },
        false => Icmpv4Message::EchoRequest { identifier, sequence },
    };
    let icmp = Icmpv4::build().kind(kind.into()).message(message);
    let ip = Ipv4::build().src(from.into()).dst(to.into());
    story.frame(wait, &Stack::new().push(Ethernet::build()).push(ip).push(icmp).finish().unwrap())
}

#[test]
fn echo_requests_without_an_answer_are_those_that_are_named() {
    let mut story = Story::new();
    ping(&mut story, 0, 1, (CLIENT, SERVER), false);
    ping(&mut story, 10, 1, (SERVER, CLIENT), true);
    ping(&mut story, 10, 2, (CLIENT, SERVER), false);
    // The copy of a request is answered: so is the request.
    ping(&mut story, 10, 3, (CLIENT, SERVER), false);
    ping(&mut story, 10, 3, (CLIENT, SERVER), false);
    ping(&mut story, 10, 3, (SERVER, CLIENT), true);
    let text = story.explanation().to_string();
    has(&text, "1 echo request is without an answer (packet 3).");
    has(&text, "192.0.2.1 pinged 198.51.100.2 3 times (packets 1, 3 and 4); 2 of them were answered");

    let mut story = Story::new();
    ping(&mut story, 0, 1, (CLIENT, [192, 0, 2, 255]), false);
    ping(&mut story, 10, 1, (ROUTER, CLIENT), true);
    let text = story.explanation().to_string();
    has(&text, "pinged 192.0.2.255 once (packet 1), and hosts answered from their own addresses (packet 2).");
    has_not(&text, "without an answer");
}

#[test]
fn an_alias_is_no_address() {
    let [name, alias] = ["www.test", "host.test"].map(|name| Name::from_text(name).unwrap());
    let mut story = Story::new();
    dns(&mut story, 0, 7, None);
    dns(&mut story, 5, 7, None);
    dns(&mut story, 5, 7, None);
    dns(&mut story, 5, 7, Some((DnsRcode::from(0), &[DnsRecord::cname(name, 60, alias)])));
    let text = story.explanation().to_string();
    has(&text, "for www.test (A) 3 times (packets 1, 2 and 3), and the response after");
    has(&text, "names only the alias CNAME host.test, and no A record (packet 4).");
}

#[test]
fn an_empty_capture_has_one_sentence() {
    assert_eq!(Story::new().explanation().to_string(), "In short\nThe capture has no packets.\n");
}

#[test]
fn members_have_what_the_text_has() {
    let mut story = Story::new();
    story.syn(0);
    story.segment(1, false, RST_ACK, (0, 1), b"");
    let explanation = story.explanation();
    let (_, statement) = explanation.statements().find(|(_, statement)| statement.kind() == "refused").unwrap();
    let mut names = Vec::new();
    statement.members(&mut |name, _| names.push(name));
    assert_eq!(names, ["syns", "resets", "took"]);
}

#[test]
fn a_response_that_contradicts_the_first_is_told() {
    let name = Name::from_text("www.test").unwrap();
    let mut story = Story::new();
    dns(&mut story, 0, 7, None);
    dns(&mut story, 2, 7, Some((DnsRcode::from(0), &[DnsRecord::a(name, 60, ROUTER.into())])));
    dns(&mut story, 16, 7, Some((DnsRcode::from(0), &[DnsRecord::a(name, 60, SERVER.into())])));
    let text = story.explanation().to_string();
    has(
        &text,
        "A second response of 192.0.2.254 to the question of 192.0.2.1 by DNS for www.test (A) (packet 3) contradicts the \
         first (packet 2): it said 198.51.100.2. One of the two may be forged.",
    );
    has(&text, "1 DNS lookup got responses that contradict each other (packet 3).");
    has_not(&text, "nothing went wrong");

    // The same again is none.
    let mut story = Story::new();
    dns(&mut story, 0, 7, None);
    for wait in [2, 16] {
        dns(&mut story, wait, 7, Some((DnsRcode::from(0), &[DnsRecord::a(name, 60, ROUTER.into())])));
    }
    has_not(&story.explanation().to_string(), "contradict");
}

#[test]
fn an_answer_to_a_probe_is_no_announcement() {
    let neighbor = |source: Ipv6Addr, destination: Ipv6Addr, mac: u8, message: Icmpv6Message<'_>, kind: u8| {
        let ip = Ipv6::build().src(source).dst(destination).hop_limit(255);
        let icmp = Icmpv6::build().kind(kind.into()).message(message);
        let frame = Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, mac]));
        Stack::new().push(frame).push(ip).push(icmp).finish().unwrap()
    };
    let [target, group, all] = ["2001:db8::1", "ff02::1:ff00:1", "ff02::1"].map(|text| text.parse().unwrap());
    let no_options = Tlvs::new(&[]);
    let probe = Icmpv6Message::NeighborSolicitation { reserved: 0, target, options: no_options };
    let link = [NdpOption::TargetLinkLayerAddress { address: LinkLayerAddress(&[2, 0, 0, 0, 0, 9]) }];
    let flags = NeighborFlags::OVERRIDE;
    let answer = Icmpv6Message::NeighborAdvertisement { flags, target, options: Tlvs::of(&link) };
    let mut story = Story::new();
    story.frame(0, &neighbor(Ipv6Addr::UNSPECIFIED, group, 1, probe, 135));
    story.frame(1, &neighbor(target, all, 9, answer, 136));
    let text = story.told(Topic::Addresses);
    has(&text, "asked once whether 2001:db8::1 is in use (packet 1), and 02:00:00:00:00:09 has it (packet 2).");
    has_not(&text, "announced");
}

#[test]
fn a_fragment_that_comes_again_is_no_further_fragment() {
    let fragment = |offset: u16, is_last: bool, byte: u8| {
        let flags = if is_last { 0_u16 } else { 1 };
        let mut frame =
            [&[0_u8; 12][..], &[8, 0, 0x45, 0, 0, 36, 0, 7], &((flags << 13) | (offset / 8)).to_be_bytes()].concat();
        frame.extend([64, 17, 0, 0]);
        frame.extend([CLIENT, SERVER].concat());
        frame.extend([byte; 16]);
        frame
    };
    let told = |frames: &[Vec<u8>], wait: i128| {
        let mut story = Story::new();
        frames.iter().for_each(|frame| _ = story.frame(wait, frame));
        story.told(Topic::Fragments)
    };
    let [first, second] = [fragment(0, false, 0), fragment(16, true, 1)];
    let doubled = told(&[first.clone(), first.clone(), second.clone(), second.clone()], 1);
    has(&doubled, "sent 32 bytes of UDP to 198.51.100.2 in 2 fragments (packets 1 and 3). All of them are there.");
    has(&doubled, "Fragments came again, unchanged, twice (packets 2 and 4).");
    has_not(&doubled, "overlap");
    // Long after it, it is another datagram with the same identification; other bytes in the same place overlap.
    let twice = told(&[first.clone(), second.clone(), first.clone(), second], 5000);
    has(&twice, "(packets 1 and 2)");
    has(&twice, "(packets 3 and 4)");
    has(&told(&[first, fragment(0, false, 9)], 1), "Fragments of a datagram from 192.0.2.1 to 198.51.100.2 overlap");
}

#[test]
fn packets_and_roles_are_values() {
    let mut story = Story::new();
    story.open();
    for n in 0..300 {
        story.segment(1, true, ACK, (1 + n, 1), &[7]);
    }
    let explanation = story.explanation();
    let packets = |kind: &str, wanted: &str| {
        let (_, statement) = explanation.statements().find(|(_, statement)| statement.kind() == kind).unwrap();
        let mut found = None;
        statement.members(&mut |name, member| match member {
            StatementMember::Packets(packets) if name == wanted => found = Some(packets.clone()),
            _ => {}
        });
        found.unwrap()
    };
    let data = packets("data", "first_packets");
    assert_eq!((data.first().len(), data.count(), data.last()), (256, 300, Some(303)));
    assert_eq!(data.to_string(), "packets 4, 5, 6, 7, 8 ... 303, 300 in all");
    let mut roles = Vec::new();
    for (_, statement) in explanation.statements().filter(|(_, statement)| statement.kind() == "host") {
        statement.members(&mut |name, member| {
            let StatementMember::Records(records) = member else { return };
            assert_eq!(name, "roles");
            for record in records {
                record.members(&mut |name, member| {
                    if let StatementMember::Text(text) = member {
                        roles.push(format!("{name} {text}"));
                    }
                });
            }
        });
    }
    assert_eq!(roles, ["role client", "evidence tcp_connections", "role server", "evidence tcp_connections"]);
}

#[test]
fn answers_that_differ_are_those_of_the_first_response() {
    let name = Name::from_text("www.test").unwrap();
    let told = |second: [u8; 4]| {
        let mut story = Story::new();
        for (id, address) in [(7, SERVER), (8, second)] {
            dns(&mut story, 1000, id, None);
            dns(&mut story, 5, id, Some((DnsRcode::from(0), &[DnsRecord::a(name, 60, address.into())])));
        }
        story.told(Topic::Names)
    };
    has(&told(SERVER), "twice (packets 1 and 3), and got the answer (packets 2 and 4): 198.51.100.2.");
    has(&told(ROUTER), "got the answer (packets 2 and 4); answers differ, the first has 198.51.100.2.");
}

/// A message of DNS over UDP from the client to port 53 of the router, or back.
fn dns_message(
    story: &mut Story,
    is_response: bool,
    message: impl Fn(packetsmith::proto::dns::DnsEdit) -> packetsmith::proto::dns::DnsEdit,
) {
    let zone = [DnsQuestion::new(Name::from_text("zone.test").unwrap(), DnsType::Soa)];
    let dns = message(Dns::build().id(9).response(is_response)).questions(&zone);
    let [from, to] = if is_response { [(ROUTER, 53), (CLIENT, 5000)] } else { [(CLIENT, 5000), (ROUTER, 53)] };
    let ip = Ipv4::build().src(from.0.into()).dst(to.0.into());
    let udp = Udp::build().src_port(from.1).dst_port(to.1);
    story.frame(10, &Stack::new().push(Ethernet::build()).push(ip).push(udp).push(dns).finish().unwrap());
}

#[test]
fn updates_and_notifications_of_zones_are_no_lookups() {
    let told = |opcode: DnsOpcode, rcode: u16| {
        let mut story = Story::new();
        dns_message(&mut story, false, |dns| dns.opcode(opcode));
        dns_message(&mut story, true, |dns| dns.opcode(opcode).rcode(DnsRcode::from(rcode)));
        story.explanation().to_string()
    };
    let text = told(DnsOpcode::Update, 0);
    has(
        &text,
        "192.0.2.1 asked 192.0.2.254 by DNS to update the zone zone.test (packet 1), and the update was accepted",
    );
    has_not(&text, "lookup");
    has_not(&text, "asks for names");
    let text = told(DnsOpcode::Update, 5);
    has(&text, "to update the zone zone.test (packet 1), and was refused after 10.0 ms with REFUSED (packet 2).");
    has(&text, "1 DNS operation other than a lookup was answered with an error (packet 2).");
    let text = told(DnsOpcode::Notify, 0);
    has(
        &text,
        "notified 192.0.2.254 by DNS that the zone zone.test (SOA) may have changed (packet 1), and the notification",
    );
    let text = told(DnsOpcode::Status, 4);
    has(&text, "sent 192.0.2.254 by DNS the operation status about zone.test (SOA) (packet 1)");
}
