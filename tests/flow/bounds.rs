//! What holds when tables are full, and for any segments.

use super::exchange::*;
use packetsmith::flow::{Conversation, FlowSettings, Flows, PacketInfo, TcpAnalysis, TcpState};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Stack, Udp, examine};
use proptest::prelude::*;

fn bounded(conversations: usize) -> FlowSettings {
    FlowSettings { conversations, ..FlowSettings::default() }
}

/// Sends a datagram from a port of its own. Returns the number of its conversation.
fn datagram(exchange: &mut Exchange, port: u16) -> u64 {
    let ip = Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into());
    let packet = Stack::new().push(ip).push(Udp::build().src_port(port).dst_port(7)).finish().unwrap();
    let info = exchange.info(1);
    exchange.flows.packet(info, examine(IP, &packet));
    exchange.flows.udp().find(|udp| udp.endpoints.0[0].port == port).unwrap().stream
}

#[test]
fn the_conversation_that_was_idle_longest_makes_room_and_this_is_said() {
    let mut exchange = Exchange::with(bounded(16));
    for port in 0..16 {
        assert_eq!(datagram(&mut exchange, 1000 + port), u64::from(port));
    }
    assert_eq!(datagram(&mut exchange, 1000), 0, "it goes on");
    assert_eq!(exchange.flows.retired(), 0);
    assert_eq!(datagram(&mut exchange, 2000), 16);
    let [Conversation::Udp(ended)] = exchange.flows.ended() else { panic!("one has ended") };
    assert_eq!((ended.stream, ended.endpoints.0[0].port, exchange.flows.retired()), (1, 1001, 1));
    assert_eq!(datagram(&mut exchange, 1000), 0);
    assert!(exchange.flows.ended().is_empty());
    assert_eq!(datagram(&mut exchange, 1001), 17, "what was retired has a new number");
    assert_eq!((exchange.flows.udp().count(), exchange.flows.retired()), (16, 2));
}

#[test]
fn a_table_has_room_for_16_conversations_at_least() {
    assert_eq!(Flows::new(bounded(0)).settings().conversations, 16);
}

#[test]
fn a_retired_connection_that_goes_on_is_midway() {
    let mut exchange = Exchange::with(bounded(16));
    exchange.found([syn(), syn_ack(), a(1, 1)]);
    for port in 0..16 {
        exchange.found([syn().ports(port, 1), syn_ack().ports(port, 1)]);
    }
    let segment = exchange.after(0, a(1, 1).data(5));
    assert_eq!((segment.stream, segment.seq, segment.findings), (17, 1, NOTHING));
    let connection = exchange.flows.tcp().find(|tcp| tcp.stream == 17).unwrap();
    assert_eq!(connection.state(), TcpState::Midway);
}

/// 100,000 SYNs between the segments of 200 connections, with room for 1,000.
#[test]
fn a_flood_of_syns_leaves_honest_connections_whole() {
    let mut exchange = Exchange::with(bounded(1000));
    let honest = 1..=200_u16;
    for port in honest.clone() {
        exchange.found([syn().ports(port, 80), syn_ack().ports(port, 80), a(1, 1).ports(port, 80)]);
    }
    let mut at = 1;
    for flood in 0..100_000_u32 {
        exchange.after(1, syn().ports((1000 + flood / 60_000) as u16, (flood % 60_000) as u16));
        if flood % 20_000 == 0 {
            for port in honest.clone() {
                let sent = exchange.after(1, a(at, 1).data(10).ports(port, 80));
                assert_eq!((sent.stream, sent.seq, sent.findings), (u64::from(port) - 1, at, NOTHING));
                assert_eq!(sent.bytes_in_flight, Some(10));
                exchange.after(1, b(1, at + 10).ports(port, 80));
            }
            at += 10;
        }
    }
    let table: Vec<_> = exchange.flows.tcp().collect();
    assert_eq!((table.len(), exchange.flows.retired()), (1000, 100_200 - 1000));
    let open = table.iter().filter(|tcp| tcp.state() == TcpState::Open && tcp.packets == [7, 6]);
    assert_eq!(open.count(), 200);
}

/// Segments that wait are bounded for all connections together: then bytes in flight are not said, and never wrong.
#[test]
fn with_too_many_segments_that_wait_bytes_in_flight_are_not_said() {
    let mut exchange = Exchange::with(FlowSettings { unacknowledged: 2, ..FlowSettings::default() });
    let mut sent = |segment: Segment| exchange.after(1000, segment);
    sent(a(1, 1));
    sent(b(1, 1));
    assert_eq!(sent(a(1, 1).data(10)).bytes_in_flight, Some(10));
    assert_eq!(sent(a(11, 1).data(10)).bytes_in_flight, Some(20));
    assert_eq!(sent(a(21, 1).data(10)).bytes_in_flight, None, "no room");
    assert_eq!(sent(b(1, 21)).acknowledged, None);
    assert_eq!(sent(a(31, 1).data(10)).bytes_in_flight, None, "the third still waits");
    let again = sent(a(31, 1).data(10));
    assert_eq!(again.retransmission_timeout, None, "nor since when");
    sent(b(1, 41));
    let next = sent(a(41, 1).data(10).with(PSH));
    assert_eq!((next.bytes_in_flight, next.push_bytes_sent), (Some(10), Some(60)));
    assert_eq!(sent(b(1, 51)).acknowledged.unwrap().packet, 10);
}

#[derive(Clone, Debug)]
struct Random {
    segment: Segment,
    microseconds: i128,
}

/// Segments of a few connections whose numbers are near each other, so that rules apply.
fn random() -> impl Strategy<Value = Random> {
    let numbers = (0..2_usize, 0..40_u32, 0..40_u32, any::<u8>());
    let contents = (0..3_u16, prop_oneof![Just(0_usize), Just(1), 0..30_usize], 0..3_u16, 0..6_usize);
    (numbers, contents, prop_oneof![0..4000_i128, 0..400_000_i128]).prop_map(|(numbers, contents, microseconds)| {
        let ((side, seq, ack, flags), (port, length, window, options)) = (numbers, contents);
        // ACK with most, the others with few.
        let rare = if flags % 8 == 0 { flags >> 3 & 0x1f } else { flags >> 3 & 8 };
        let flags = TcpFlags(u16::from(rare) | if flags & 7 == 7 { 0 } else { 0x10 });
        let options: &[u8] =
            [&[][..], &[3, 3, 2, 0], &[34, 4, 1, 2], &[5, 10, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0], &[1; 4], &[3, 9, 0, 0]]
                [options];
        let (seq, ack) = ([u32::MAX - 20, 7][side].wrapping_add(seq), [7, u32::MAX - 20][side].wrapping_add(ack));
        let segment =
            Segment { flags, length, window: window * 20, options: options.to_vec(), ..segment(side, seq, ack) };
        Random { segment: segment.ports(1000 + port, 80), microseconds }
    })
}

/// What is found of each segment, and the bases of the numbers, by connection and side.
fn run(settings: FlowSettings, segments: &[Random]) -> Vec<TcpAnalysis> {
    let mut exchange = Exchange::with(settings);
    segments.iter().map(|random| exchange.after(random.microseconds, random.segment.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CASES").map_or(400, |n| n.parse().unwrap())))]

    #[test]
    fn nothing_depends_on_a_limit_that_is_not_reached(segments in prop::collection::vec(random(), 1..80)) {
        let found = run(bounded(1 << 17), &segments);
        prop_assert_eq!(&run(bounded(16), &segments), &found);
        for (analysis, random) in found.iter().zip(&segments) {
            let next = analysis.next_seq.unwrap().wrapping_sub(analysis.seq);
            let control = random.segment.flags.0 & (SYN.0 | FIN.0) != 0;
            prop_assert_eq!(next, random.segment.length as u32 + u32::from(control));
        }
    }

    #[test]
    fn what_rests_on_segments_that_wait_is_right_or_not_said(
        segments in prop::collection::vec(random(), 1..80), unacknowledged in 0..6_usize,
    ) {
        let found = run(FlowSettings::default(), &segments);
        let bounded = run(FlowSettings { unacknowledged, ..FlowSettings::default() }, &segments);
        for (whole, bounded) in found.iter().zip(&bounded) {
            let mut expected = *whole;
            expected.bytes_in_flight = bounded.bytes_in_flight.and(whole.bytes_in_flight);
            expected.push_bytes_sent = bounded.push_bytes_sent.and(whole.push_bytes_sent);
            expected.acknowledged = bounded.acknowledged.and(whole.acknowledged);
            expected.retransmission_timeout = bounded.retransmission_timeout.and(whole.retransmission_timeout);
            // Wireshark shows it beside what an acknowledgment says.
            expected.initial_rtt = bounded.initial_rtt.and(whole.initial_rtt);
            expected.is_analysed = bounded.is_analysed && whole.is_analysed;
            prop_assert_eq!(bounded, &expected);
        }
    }

    #[test]
    fn any_bytes_as_packets_are_taken(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..20)) {
        let mut flows = Flows::new(bounded(16));
        for bytes in packets {
            let mut packet = vec![0x45, 0, 0, 20 + bytes.len() as u8, 0, 0, 0, 0, 64, 6, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
            packet.extend(bytes);
            flows.packet(PacketInfo { number: flows.packets() + 1, time: Some(0), interface: 0 }, examine(IP, &packet));
        }
        prop_assert!(flows.tcp().count() <= 16);
    }
}
