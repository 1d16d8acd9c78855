//! What was lost, sent again, out of order, captured twice, or too large.

use super::story::*;
use packetsmith::explain::Topic;
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ethernet, Icmpv4, Ipv4, Stack, Tcp};

#[test]
fn copies_are_counted_with_their_packets() {
    let mut story = Story::new();
    story.open();
    let frame = story.segment_bytes(true, ACK, (1, 1), &[7; 100], 64_000);
    (0..4).for_each(|_| _ = story.frame(30, &frame));
    has(&story.told(Topic::Connections), "A packet of the client came 3 more times, unchanged (packets 5, 6 and 7)");
}

#[test]
fn what_came_of_a_gap_is_not_missing() {
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (15, 1), &[7; 100]);
    story.segment(300, true, ACK, (1, 1), &[7; 5]);
    has(&story.told(Topic::Connections), "9 bytes of the client before packet 4 are not in the capture");
}

#[test]
fn a_segment_that_is_sent_again_is_told_by_its_cause() {
    // After a timeout.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    story.segment(250, true, ACK, (1, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 101), b"");
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The client had no acknowledgment of the 100 bytes of packet 4 and sent them again after 250 ms (packet 5); the \
         server acknowledged them then (packet 6).",
    );

    // By request of the other side.
    let mut story = Story::new();
    story.open();
    for n in 0..4 {
        story.segment(1, true, ACK, (1 + 100 * n, 1), &[7; 100]);
    }
    story.segment(20, false, ACK, (1, 101), b"");
    story.segment(1, false, ACK, (1, 101), b"");
    story.segment(1, false, ACK, (1, 101), b"");
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 401), b"");
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The 100 bytes of packet 5 had not come to the server when it sent 2 duplicate ACKs for the bytes before (packets 9 and 10)",
    );
    has(&text, "as a fast retransmission; the server acknowledged them then (packet 12).");

    // For nothing.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 101), b"");
    story.segment(200, true, ACK, (1, 1), &[7; 100]);
    has(&story.told(Topic::Connections), "again after 220 ms (packet 6), though the server had acknowledged them.");
}

#[test]
fn what_the_capture_lacks_is_not_what_the_network_lost() {
    // Acknowledged: the capture lacks it.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 201), b"");
    let text = story.told(Topic::Connections);
    has(
        &text,
        "100 bytes of the client are not in the capture (before packet 4), but the server acknowledged them (packet 5)",
    );

    // Sent later: lost before the capture, or late.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    story.segment(300, true, ACK, (1, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 201), b"");
    let text = story.told(Topic::Connections);
    has(&text, "100 bytes of the client were missing before packet 4, and came 300 ms later (packet 5)");
    has_not(&text, "not in the capture (before");

    // Neither sent nor acknowledged.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    has(
        &story.told(Topic::Connections),
        "100 bytes of the client before packet 4 are not in the capture, and neither is an",
    );
}

#[test]
fn the_same_packet_twice_is_no_retransmission() {
    let mut story = Story::new();
    story.open();
    let frame = story.segment_bytes(true, ACK, (1, 1), &[7; 100], 64_000);
    story.frame(1, &frame);
    story.frame(1, &frame);
    let text = story.told(Topic::Connections);
    has(&text, "A packet of the client came a second time, unchanged (packet 5)");
    has(&text, "The client sent 100 bytes (packet 4)");
    has_not(&text, "sent them again");
}

/// An ICMP error of the router about a frame.
fn error(message: Icmpv4Message<'_>, code: u8, kind: u8, about: &[u8]) -> Vec<u8> {
    let icmp = Icmpv4::build().kind(kind.into()).code(code).message(message);
    let ip = Ipv4::build().src(ROUTER.into()).dst(CLIENT.into());
    Stack::new().push(Ethernet::build()).push(ip).push(icmp).payload(&about[14..14 + 28]).finish().unwrap()
}

#[test]
fn an_mtu_that_is_too_small_is_told_with_what_the_sender_did() {
    let too_big = Icmpv4Message::FragmentationNeeded { unused: 0, length: 0, mtu: 1400 };
    let mut story = Story::new();
    story.open();
    let large = story.segment_bytes(true, ACK, (1, 1), &[7; 1460], 64_000);
    story.frame(1, &large);
    story.frame(1, &error(too_big, 4, 3, &large));
    story.segment(1, true, ACK, (1, 1), &[7; 1360]);
    story.segment(1, true, ACK, (1361, 1), &[7; 100]);
    let explanation = story.explanation();
    let text = explanation.to_string();
    has(&text, "192.0.2.254 said about packet 4 of the client that it is too large for the next link");
    has(
        &text,
        "the MTU there is 1,400 bytes (packet 5). The segment in the error has 1,460 bytes of data; those of the client have at \
         most 1,360 from packet 6 on.",
    );
    has(&text, "1 ICMP error says that a packet was too large for a link on the way (packet 5).");

    // Who does not heed it.
    let mut story = Story::new();
    story.open();
    let large = story.segment_bytes(true, ACK, (1, 1), &[7; 1460], 64_000);
    story.frame(1, &large);
    story.frame(1, &error(too_big, 4, 3, &large));
    story.segment(500, true, ACK, (1, 1), &[7; 1460]);
    has(&story.told(Topic::Connections), "The client went on with segments that are not smaller (packet 6).");
}

/// A segment of the client with an identification of its IP header and with the timestamps option.
fn marked(story: &mut Story, wait: i128, from: u32, data: &[u8], (identification, clock): (u16, u32)) -> u64 {
    let ip = Ipv4::build().src(CLIENT.into()).dst(SERVER.into()).identification(identification);
    let tcp = Tcp::build().src_port(40000).dst_port(80).flags(ACK).seq(1000 + from).ack(5001);
    let options = [TcpOption::Timestamps { value: clock, echo: 9 }];
    let tcp = tcp.options(&options);
    let frame = Stack::new().push(Ethernet::build()).push(ip).push(tcp).payload(data).finish().unwrap();
    story.frame(wait, &frame)
}

#[test]
fn the_order_of_segments_is_told_by_identifications_and_clocks() {
    let told = |first: (u16, u32), place: (u16, u32), filler: (u16, u32)| {
        let mut story = Story::new();
        story.open();
        marked(&mut story, 1, 1, &[7; 100], first);
        marked(&mut story, 0, 201, &[7; 100], place);
        marked(&mut story, 1, 101, &[7; 50], filler);
        marked(&mut story, 1, 151, &[7; 50], filler);
        let explanation = story.explanation();
        explanation.to_string()
    };
    // The host counts its packets, and sent the later bytes first.
    let again = told((500, 1), (502, 1), (503, 1));
    has(
        &again,
        "100 bytes of the client were missing before packet 5, and came up to 2.00 ms later (packets 6 and 7): ",
    );
    has(&again, "they were sent again; an earlier copy is not in the capture.");
    has(&again, "1 gap in TCP data was filled by segments that were sent again (packet 5).");
    has_not(&again, "out of order");
    // It sent the missing bytes before: each segment counts.
    let reordered = told((500, 1), (503, 1), (501, 1));
    has(&reordered, "2 segments of the client came out of order, up to 2.00 ms late (packets 6 and 7).");
    has(&reordered, "2 TCP segments came out of order (packets 6 and 7).");
    // By the clock of the timestamps alone.
    has(&told((0, 1), (0, 2), (0, 3)), "they were sent again");
    has(&told((0, 1), (0, 3), (0, 2)), "came out of order");
    // Nothing tells it: identifications at random, or none, in one tick of the clock.
    for marks in [[0, 0, 0], [500, 40_000, 503]] {
        let [first, place, filler] = marks.map(|identification| (identification, 1));
        has(&told(first, place, filler), "they were lost before the place of the capture and sent again, or late.");
    }
    // What contradicts itself tells nothing.
    has(&told((500, 1), (502, 3), (503, 2)), "or late.");
}

#[test]
fn a_copy_without_identification_is_told_by_its_header() {
    let syn_ack = |clock: u32| {
        let ip = Ipv4::build().src(SERVER.into()).dst(CLIENT.into());
        let tcp = Tcp::build().src_port(80).dst_port(40000).flags(SYN_ACK).seq(5000).ack(1001);
        let options = [TcpOption::Timestamps { value: clock, echo: 9 }];
        Stack::new().push(Ethernet::build()).push(ip).push(tcp.options(&options)).finish().unwrap()
    };
    let told = |wait: i128, clock: u32| {
        let mut story = Story::new();
        story.syn(0);
        story.frame(20, &syn_ack(7));
        story.ack(1);
        story.frame(wait, &syn_ack(clock));
        story.told(Topic::Connections)
    };
    has(&told(100, 7), "A packet of the server came a second time, unchanged (packet 4)");
    has_not(&told(100, 7), "had not come to the server");
    // The clock has gone on, or a timer may have.
    has(&told(100, 107), "The client's ACK (packet 3) had not come to the server");
    has(&told(1000, 7), "The client's ACK (packet 3) had not come to the server");

    // Data: the clock stands still, though it should have ticked.
    let told = |wait: i128, is_answered: bool| {
        let mut story = Story::new();
        story.open();
        marked(&mut story, 1, 1, &[7; 100], (0, 5));
        if is_answered {
            story.segment(0, false, ACK, (1, 1), b"");
        }
        marked(&mut story, wait, 1, &[7; 100], (0, 5));
        story.told(Topic::Connections)
    };
    has(&told(50, true), "A packet of the client came a second time");
    has(&told(2, true), "The client had no acknowledgment of the 100 bytes of packet 4 and sent them again");
    has(&told(2, false), "sent them again after 2.00 ms");
}

#[test]
fn a_fin_that_does_not_count_takes_no_byte() {
    // Another host sends RST and FIN in the name of the server, and the server goes on.
    let mut story = Story::new();
    story.syn(0);
    story.segment(10, false, RST_ACK, (1, 1), b"");
    story.segment(1, false, FIN_ACK, (1, 1), b"");
    story.segment(1, true, TcpFlags::RST, (1, 0), b"");
    story.syn_ack(5);
    story.ack(1);
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    story.segment(20, false, ACK, (1, 101), &[7; 79]);
    let text = story.told(Topic::Connections);
    has(&text, "The client sent 100 bytes (packet 7), the server 79 (packet 8).");
    has(&text, "The server reset the connection with RST (packet 2) before the handshake was complete");
    has(&text, "The client sent RST too (packet 4).");
    let places = ["(packet 2)", "(packet 4)", "FIN (packet 3)"].map(|place| text.find(place).unwrap());
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn errors_that_say_the_same_are_told_together() {
    let too_big = Icmpv4Message::FragmentationNeeded { unused: 0, length: 0, mtu: 1400 };
    let mut story = Story::new();
    story.open();
    for n in 0..3 {
        let large = story.segment_bytes(true, ACK, (1 + 1460 * n, 1), &[7; 1460], 64_000);
        story.frame(1, &large);
        story.frame(1, &error(too_big, 4, 3, &large));
    }
    story.segment(1, true, ACK, (1, 1), &[7; 1360]);
    let explanation = story.explanation();
    let text = explanation.to_string();
    has(
        &text,
        "192.0.2.254 said about packets 4, 6 and 8 of the client that they are too large for the next link, and must not be \
         fragmented: the MTU there is 1,400 bytes (packets 5, 7 and 9).",
    );
    has(
        &text,
        "The segment in the last error has 1,460 bytes of data; those of the client have at most 1,360 from packet 10 on.",
    );
    has(&text, "3 ICMP errors say that a packet was too large for a link on the way (packets 5, 7 and 9).");
    assert_eq!(explanation.statements().filter(|(_, statement)| statement.kind() == "icmp_error").count(), 1);
}

#[test]
fn the_length_of_a_quoted_segment_is_that_of_its_header() {
    let too_big = Icmpv4Message::FragmentationNeeded { unused: 0, length: 0, mtu: 1500 };
    // On the way, two segments became one: the error quotes that.
    let mut story = Story::new();
    story.open();
    let mut large = story.segment_bytes(true, ACK, (1, 1), &[7; 1460], 64_000);
    story.frame(1, &large);
    large[16..18].copy_from_slice(&1645_u16.to_be_bytes());
    story.frame(1, &error(too_big, 4, 3, &large));
    story.segment(500, true, ACK, (1, 1), &[7; 1460]);
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The segment in the error has 1,605 bytes of data; those of the client have at most 1,460 from packet 6 on.",
    );
    has_not(&text, "not smaller");

    // An error about something else says nothing of sizes.
    let port = Icmpv4Message::DestinationUnreachable { unused: 0, length: 0, unused2: 0 };
    let mut story = Story::new();
    story.open();
    let large = story.segment_bytes(true, ACK, (1, 1), &[7; 1460], 64_000);
    story.frame(1, &large);
    story.frame(1, &error(port, 1, 3, &large));
    story.segment(500, true, ACK, (1, 1), &[7; 100]);
    has(&story.told(Topic::Connections), "The client sent more data after that (packet 6).");
}

#[test]
fn a_repeat_names_all_segments_whose_bytes_it_has() {
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    story.segment(300, true, ACK, (51, 1), &[7; 100]);
    has(
        &story.told(Topic::Connections),
        "The client had no acknowledgment of 100 bytes of packets 4 and 5 and sent them again after 301 ms (packet 6)",
    );
    // All bytes of both.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    story.segment(1, true, ACK, (101, 1), &[7; 100]);
    story.segment(300, true, ACK, (1, 1), &[7; 200]);
    has(&story.told(Topic::Connections), "no acknowledgment of the 200 bytes of packets 4 and 5 and sent them again");
}
