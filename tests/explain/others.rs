//! All that is told beside TCP connections.

use super::story::*;
use packetsmith::explain::Topic;
use packetsmith::proto::dns::{DnsQuestion, DnsRcode, DnsRecord, DnsType};
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::link::ArpOperation;
use packetsmith::{Arp, Dns, Ethernet, Icmpv4, Ipv4, MacAddr, Name, Stack, Udp};

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
    has(&text, "192.0.2.254 is a name server: it answered 1 query of DNS (packet 2).");
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
    has(&text, "1 DNS query was answered with an error (packet 2).");
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
    has(&text, "NTP: packet 1.");
    has(&text, "UDP port 50000: 2 packets (packets 2 and 3).");
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
