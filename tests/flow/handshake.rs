//! Ports that are used again, TCP Fast Open, how connections end, and which parts of them were seen.

use super::exchange::*;
use packetsmith::flow::{Conversation, TcpCompleteness, TcpFindings as Found};

#[test]
fn a_syn_with_another_number_begins_a_new_connection() {
    let mut exchange = Exchange::open();
    let again = exchange.after(0, Segment { seq: 777, ..syn() });
    assert_eq!((again.stream, again.findings), (1, Found::REUSED_PORTS));
    assert_eq!((again.seq, again.completeness), (0, TcpCompleteness::SYN));
    let [Conversation::Tcp(before)] = exchange.flows.ended() else { panic!("the connection before has ended") };
    assert_eq!((before.stream, before.packets), (0, [2, 1]));
    assert_eq!((exchange.flows.tcp().count(), exchange.flows.retired()), (1, 0));
    let answer = exchange.after(0, segment(1, 9999, 778).with(SYN));
    assert_eq!((answer.stream, answer.seq, answer.ack, answer.findings), (1, 0, Some(1), NOTHING));
    assert!(exchange.flows.ended().is_empty(), "it is said once");
}

#[test]
fn a_syn_with_the_same_number_is_sent_again() {
    let mut exchange = Exchange::open();
    let again = exchange.after(0, syn());
    assert_eq!((again.stream, again.findings), (0, Found::RETRANSMISSION));
    assert!(exchange.flows.ended().is_empty());
}

#[test]
fn a_syn_ack_with_another_number_changes_the_numbers_of_its_side_alone() {
    let mut exchange = Exchange::new();
    exchange.found([syn(), syn_ack()]);
    let again = exchange.after(0, segment(1, 777, 10_001).with(SYN));
    assert!(again.findings.contains(Found::REUSED_PORTS));
    assert_eq!((again.stream, again.seq, again.ack), (0, 0, Some(1)));
    assert_eq!(exchange.after(0, segment(0, 10_001, 778)).ack, Some(1));
    assert!(exchange.flows.ended().is_empty());
}

const COOKIE: [u8; 8] = [34, 6, 1, 2, 3, 4, 1, 1];

#[test]
fn a_syn_with_a_cookie_opens_fast_and_the_answer_accepts_or_ignores_its_data() {
    for cookie in [&COOKIE[..], &[254, 8, 0xf9, 0x89, 1, 2, 3, 4]] {
        let mut exchange = Exchange::new();
        assert_eq!(exchange.found([syn().options(cookie).data(10)]), Found::FAST_OPEN);
        assert_eq!(exchange.found([b(0, 11).with(SYN)]), Found::FAST_OPEN_ACCEPTED);
        let mut exchange = Exchange::new();
        exchange.found([syn().options(cookie).data(10)]);
        assert_eq!(exchange.found([b(0, 1).with(SYN)]), Found::FAST_OPEN_IGNORED);
        let mut exchange = Exchange::new();
        exchange.found([syn().options(cookie)]);
        assert_eq!(exchange.found([b(0, 1).with(SYN)]), NOTHING, "there was no data to ignore");
    }
}

#[test]
fn a_request_of_a_cookie_does_not_open_fast() {
    for request in [&[34, 2, 1, 1][..], &[254, 4, 0xf9, 0x89]] {
        let mut exchange = Exchange::new();
        assert_eq!(exchange.found([syn().options(request).data(10)]), NOTHING);
        assert_eq!(exchange.found([b(0, 1).with(SYN)]), NOTHING);
    }
}

#[test]
fn who_sends_fin_first_closes_actively_and_the_other_passively() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([b(1, 1).with(FIN)]), Found::ACTIVE_CLOSE);
    assert_eq!(exchange.found([a(1, 2).data(3)]), NOTHING);
    assert_eq!(exchange.found([a(4, 2).with(FIN)]), Found::PASSIVE_CLOSE);
    assert_eq!(exchange.found([b(2, 5)]), NOTHING);
    assert_eq!(exchange.found([b(1, 1).with(FIN)]), Found::ACTIVE_CLOSE | Found::RETRANSMISSION);
}

/// What was seen before each segment, and in the end.
fn completeness<const N: usize>(segments: [Segment; N]) -> ([u8; N], u8) {
    let mut exchange = Exchange::new();
    let before = segments.map(|segment| exchange.after(1000, segment).completeness.0);
    (before, exchange.flows.tcp().next().unwrap().completeness.0)
}

#[test]
fn completeness_tells_what_came_before_the_segment() {
    let whole = [syn(), syn_ack(), a(1, 1), a(1, 1).data(5), b(1, 6).with(FIN), a(6, 2).with(FIN)];
    assert_eq!(completeness(whole), ([0, 1, 3, 7, 15, 31], 31));
    assert_eq!(completeness([syn().data(5), syn_ack()]), ([0, 9], 11));
    assert_eq!(completeness([syn(), b(0, 1).with(RST)]), ([0, 1], 37), "the RST has ACK too");
    assert_eq!(completeness([syn(), b(0, 1).with(RST).without_ack()]), ([0, 1], 33));
}

#[test]
fn of_a_connection_midway_the_first_segment_does_not_count() {
    assert_eq!(completeness([syn_ack(), a(1, 1)]), ([0, 0], 4));
    assert_eq!(completeness([a(1, 1).data(5), a(6, 1).data(5)]), ([0, 0], 8));
    assert_eq!(completeness([a(1, 1).with(RST), a(1, 1).without_ack().data(5)]), ([0, 0], 0));
}

#[test]
fn the_time_of_a_handshake_that_begins_at_0_is_not_known_as_in_wireshark() {
    for (start, rtt) in [(0, None), (1_000_000, Some(10_000_000))] {
        let mut exchange = Exchange { now: start, ..Exchange::new() };
        exchange.after(0, syn());
        exchange.after(5_000, syn_ack());
        exchange.after(5_000, a(1, 1));
        assert_eq!(exchange.flows.tcp().next().unwrap().initial_rtt, rtt);
    }
}
