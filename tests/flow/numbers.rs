//! Relative numbers, windows and their scale, times, bytes in flight.

use super::exchange::*;
use packetsmith::flow::WindowScale;

#[test]
fn numbers_are_relative_to_those_of_the_handshake() {
    let mut exchange = Exchange::new();
    let first = exchange.after(0, syn());
    assert_eq!((first.seq, first.next_seq, first.length, first.is_relative), (0, Some(1), Some(0), true));
    let second = exchange.after(5_000, syn_ack());
    assert_eq!((second.seq, second.ack, second.next_seq), (0, Some(1), Some(1)));
    let third = exchange.after(5_000, a(1, 1));
    assert_eq!((third.seq, third.ack, third.next_seq), (1, Some(1), Some(1)));
    let data = exchange.after(5_000, a(1, 1).data(100).with(FIN));
    assert_eq!((data.seq, data.length, data.next_seq), (1, Some(100), Some(102)));
}

#[test]
fn without_a_handshake_the_first_segment_of_a_side_or_its_acknowledgment_says_where_numbers_begin() {
    let mut exchange = Exchange::new();
    let first = exchange.after(0, a(500, 700).data(10));
    assert_eq!((first.seq, first.ack, first.next_seq), (1, Some(1), Some(11)));
    let answer = exchange.after(0, b(700, 510).data(5));
    assert_eq!((answer.seq, answer.ack), (1, Some(11)));
    let earlier = exchange.after(0, a(400, 700).data(10));
    assert_eq!(earlier.seq, 1_u32.wrapping_sub(100), "before the first that was seen");
}

#[test]
fn without_ack_the_acknowledgment_number_is_that_of_the_header() {
    let mut exchange = Exchange::open();
    let segment = exchange.after(0, segment(0, 10_001, 77).without_ack());
    assert_eq!((segment.seq, segment.ack), (1, Some(77)));
}

#[test]
fn numbers_go_on_where_the_sequence_begins_again_at_0() {
    let mut exchange = Exchange::new();
    let first = u32::MAX - 9;
    let side_a = |seq: u32, ack: u32| segment(0, first.wrapping_add(seq), first.wrapping_add(ack));
    let side_b = |seq: u32, ack: u32| segment(1, first.wrapping_add(seq), first.wrapping_add(ack));
    let opening = Segment { flags: SYN, ..side_a(0, 0) };
    exchange.found([opening, side_b(0, 1).with(SYN), side_a(1, 1)]);
    for seq in [1, 6, 11, 16] {
        let sent = exchange.after(1000, side_a(seq, 1).data(5));
        assert_eq!((sent.seq, sent.next_seq, sent.findings), (seq, Some(seq + 5), NOTHING));
        assert_eq!(sent.bytes_in_flight, Some(seq + 4));
    }
    let acknowledged = exchange.after(1000, side_b(1, 21));
    assert_eq!((acknowledged.ack, acknowledged.findings), (Some(21), NOTHING));
    assert_eq!(acknowledged.acknowledged.unwrap().packet, 7);
    assert_eq!(exchange.after(1000, side_a(21, 1).data(5)).bytes_in_flight, Some(5));
}

/// The window of 1,000 of both sides after a handshake.
fn windows(first: Segment, second: Segment) -> [(Option<u32>, Option<WindowScale>); 2] {
    let mut exchange = Exchange::new();
    let opening = exchange.after(0, first);
    assert_eq!((opening.window, opening.window_scale), (Some(1000), None), "the window of a SYN is not scaled");
    exchange.after(0, second);
    [a(1, 1), b(1, 1)].map(|segment| {
        let analysis = exchange.after(0, segment);
        (analysis.window, analysis.window_scale)
    })
}

#[test]
fn windows_are_scaled_if_both_sides_offer_it() {
    let shifts = windows(syn().scale(3), syn_ack().scale(7));
    let scaled = |shift: u8| (Some(1000 << shift), Some(WindowScale::Shift(shift)));
    assert_eq!(shifts, [scaled(3), scaled(7)]);
    assert_eq!(windows(syn().scale(0), syn_ack().scale(0)), [scaled(0); 2]);
    assert_eq!(windows(syn().scale(15), syn_ack().scale(255)), [scaled(14); 2], "RFC 7323 2.3: 14 at most");
}

#[test]
fn if_one_side_does_not_scale_windows_neither_does() {
    let unused = [(Some(1000), Some(WindowScale::Unused)); 2];
    assert_eq!(windows(syn().scale(7), syn_ack()), unused);
    assert_eq!(windows(syn(), syn_ack().scale(7)), unused);
    assert_eq!(windows(syn(), syn_ack()), unused);
}

#[test]
fn without_a_handshake_the_scale_is_not_known() {
    let mut exchange = Exchange::new();
    let first = exchange.after(0, a(1, 1));
    assert_eq!((first.window, first.window_scale), (Some(1000), Some(WindowScale::Unknown)));
    assert_eq!(
        [WindowScale::Unknown, WindowScale::Unused, WindowScale::Shift(14)].map(WindowScale::factor),
        [-1, -2, 16384]
    );
}

#[test]
fn times_count_from_the_first_segment_and_from_the_one_before() {
    let mut exchange = Exchange::new();
    let times = [(0, syn()), (5, syn_ack()), (-2, a(1, 1))].map(|(microseconds, segment)| {
        let analysis = exchange.after(microseconds, segment);
        (analysis.since_first, analysis.since_previous)
    });
    assert_eq!(times, [(Some(0), Some(0)), (Some(5000), Some(5000)), (Some(3000), Some(-2000))]);
}

#[test]
fn the_handshake_takes_from_the_last_syn_to_the_first_acknowledgment() {
    let mut exchange = Exchange::new();
    exchange.after(0, syn());
    exchange.after(1_000_000, syn());
    exchange.after(5_000, syn_ack());
    exchange.after(7_000, a(1, 1));
    assert_eq!(exchange.flows.tcp().next().unwrap().initial_rtt, Some(12_000_000));
    assert_eq!(exchange.after(0, a(1, 1).data(1)).initial_rtt, Some(12_000_000));
}

#[test]
fn an_acknowledgment_names_the_segment_that_ends_there_and_its_round_trip_time() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(101, 1).data(100)]);
    let answer = exchange.after(4_000, b(1, 101)).acknowledged.unwrap();
    assert_eq!((answer.packet, answer.rtt), (4, Some(5_000_000)));
    assert_eq!(exchange.after(0, b(1, 150)).acknowledged, None, "no segment ends there");
    let at_once = exchange.after(0, a(201, 1).data(100));
    assert_eq!(at_once.bytes_in_flight, Some(151), "what is acknowledged in part");
    let answer = exchange.after(0, b(1, 301)).acknowledged.unwrap();
    assert_eq!((answer.packet, answer.rtt), (8, None), "a time of 0 is none");
}

#[test]
fn of_two_copies_the_first_is_acknowledged() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100)]);
    exchange.after(200_000, a(1, 1).data(100));
    assert_eq!(exchange.after(1000, b(1, 101)).acknowledged.unwrap().packet, 4);
}

#[test]
fn bytes_in_flight_are_those_without_acknowledgment_less_what_is_acknowledged_selectively() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.after(0, a(1, 1).data(100)).bytes_in_flight, Some(100));
    assert_eq!(exchange.after(0, a(101, 1).data(100)).bytes_in_flight, Some(200));
    exchange.after(0, b(1, 101));
    assert_eq!(exchange.after(0, a(201, 1).data(100).with(FIN)).bytes_in_flight, Some(200), "a FIN is no byte");
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(101, 1).data(100)]);
    let block = [5, 10, 0, 0, 0x27, 0x75, 0, 0, 0x27, 0xd9, 1, 1]; // 10,101 to 10,201
    exchange.after(0, b(1, 1).options(&block));
    assert_eq!(exchange.after(0, a(201, 1).data(100)).bytes_in_flight, Some(200));
    assert_eq!(exchange.after(0, b(1, 1).data(7)).bytes_in_flight, Some(7), "each side has its own");
}

#[test]
fn bytes_since_the_last_push_are_counted() {
    let mut exchange = Exchange::open();
    let mut sent = |segment: Segment| exchange.after(0, segment).push_bytes_sent;
    assert_eq!(sent(a(1, 1).data(10)), Some(10));
    assert_eq!(sent(a(11, 1).data(10).with(PSH)), Some(20));
    assert_eq!(sent(a(21, 1).data(5)), Some(5));
}
