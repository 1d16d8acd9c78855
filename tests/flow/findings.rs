//! Each finding about a segment, in the smallest exchange that has it, and in one beside it that has not.

use super::exchange::*;
use packetsmith::flow::TcpFindings as Found;
use packetsmith::output::TextBuffer;

#[test]
fn bytes_sent_again_are_a_retransmission_with_the_time_waited() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.after(0, a(1, 1).data(100)).findings, NOTHING);
    let again = exchange.after(300_000, a(1, 1).data(100));
    assert_eq!(again.findings, Found::RETRANSMISSION);
    let timeout = again.retransmission_timeout.unwrap();
    assert_eq!((timeout.nanos, timeout.packet), (300_000_000, 4));
    assert_eq!(exchange.flows.tcp().next().unwrap().retransmissions, [1, 0]);
    assert_eq!(exchange.found([a(101, 1).data(100)]), NOTHING, "the next bytes");
}

#[test]
fn the_time_waited_counts_from_the_first_segment_that_was_not_acknowledged() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(101, 1).data(100), b(1, 101), a(201, 1).data(100)]);
    let again = exchange.after(100_000, a(101, 1).data(100));
    let timeout = again.retransmission_timeout.unwrap();
    assert_eq!((timeout.packet, timeout.nanos), (5, 102_000_000));
}

#[test]
fn a_syn_and_a_fin_can_be_retransmitted_but_an_acknowledgment_can_not() {
    let mut exchange = Exchange::new();
    assert_eq!(exchange.found([syn(), syn()]), Found::RETRANSMISSION);
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).with(FIN), a(1, 1).with(FIN)]), Found::RETRANSMISSION | Found::ACTIVE_CLOSE);
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(9), b(1, 10), a(5, 1)]), NOTHING);
}

/// Two duplicate acknowledgments, and the segment that they ask for, sent again so late.
fn asked_for(duplicates: usize, microseconds: i128) -> Found {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(101, 1).data(100)]);
    exchange.now += 50_000_000;
    for number in 1..=duplicates as u32 {
        let duplicate = exchange.after(1000, b(1, 1));
        assert_eq!(duplicate.duplicate_ack.unwrap().number, number);
    }
    let again = exchange.after(microseconds, a(1, 1).data(100));
    let is_fast = again.findings.contains(Found::FAST_RETRANSMISSION);
    assert_eq!(again.retransmission_timeout.is_none(), is_fast, "what was asked for did not wait for a timeout");
    again.findings
}

#[test]
fn what_two_duplicates_ask_for_within_20_milliseconds_is_a_fast_retransmission() {
    let fast = Found::RETRANSMISSION | Found::FAST_RETRANSMISSION;
    assert_eq!(asked_for(2, 19_999), fast);
    assert_eq!(asked_for(2, 20_000), Found::RETRANSMISSION);
    assert_eq!(asked_for(1, 1000), Found::RETRANSMISSION);
    assert_eq!(asked_for(3, 1000), fast);
}

#[test]
fn other_bytes_than_those_asked_for_are_no_fast_retransmission() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(101, 1).data(100)]);
    exchange.now += 50_000_000;
    exchange.found([b(1, 1), b(1, 1)]);
    assert_eq!(exchange.found([a(101, 1).data(100)]), Found::RETRANSMISSION);
}

#[test]
fn acknowledged_bytes_sent_again_are_a_spurious_retransmission() {
    let spurious = Found::RETRANSMISSION | Found::SPURIOUS_RETRANSMISSION;
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(100), b(1, 101), a(1, 1).data(100)]), spurious);
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 100)]);
    exchange.now += 50_000_000;
    assert_eq!(exchange.found([a(1, 1).data(100)]), Found::RETRANSMISSION, "the last byte was not acknowledged");
}

/// A segment of 100 bytes that fills a hole so long after the segment behind the hole.
fn fills_a_hole(mut exchange: Exchange, hole: u32, microseconds: i128) -> Found {
    assert_eq!(exchange.found([a(hole + 100, 1).data(100)]), Found::LOST_SEGMENT);
    exchange.after(microseconds, a(hole, 1).data(100)).findings
}

#[test]
fn what_comes_late_by_less_than_the_round_trip_time_is_out_of_order() {
    assert_eq!(fills_a_hole(Exchange::open(), 1, 9_999), Found::OUT_OF_ORDER);
    assert_eq!(fills_a_hole(Exchange::open(), 1, 10_000), Found::RETRANSMISSION);
    // The times of the capture go back.
    assert_eq!(fills_a_hole(Exchange::open(), 1, -1), Found::RETRANSMISSION);
}

#[test]
fn without_a_handshake_3_milliseconds_are_the_limit_of_out_of_order() {
    let midway = || {
        let mut exchange = Exchange::new();
        exchange.found([a(1, 1).data(100)]);
        exchange
    };
    assert_eq!(fills_a_hole(midway(), 101, 2_999), Found::OUT_OF_ORDER);
    assert_eq!(fills_a_hole(midway(), 101, 3_000), Found::RETRANSMISSION);
}

#[test]
fn a_segment_that_ends_where_the_last_one_did_is_not_out_of_order() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(200), a(101, 1).data(100)]), Found::RETRANSMISSION);
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(200), a(101, 1).data(99)]), Found::OUT_OF_ORDER);
}

#[test]
fn a_segment_behind_a_hole_says_that_one_was_lost_unless_it_resets() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(100), a(102, 1).data(100)]), Found::LOST_SEGMENT);
    assert_eq!(exchange.found([a(202, 1).data(100)]), NOTHING, "it is said once");
    assert_eq!(exchange.found([a(402, 1)]), Found::LOST_SEGMENT, "an acknowledgment shows it too");
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(100), a(102, 1).with(RST)]), NOTHING);
}

#[test]
fn after_a_lost_segment_the_bytes_in_flight_are_not_known_until_the_next_acknowledgment() {
    let mut exchange = Exchange::open();
    let lost = exchange.after(1000, a(101, 1).data(100));
    assert_eq!((lost.findings, lost.bytes_in_flight), (Found::LOST_SEGMENT, None));
    assert_eq!(exchange.after(1000, a(201, 1).data(100)).bytes_in_flight, None);
    exchange.after(1000, b(1, 201));
    let next = exchange.after(1000, a(301, 1).data(50));
    assert_eq!((next.bytes_in_flight, next.push_bytes_sent), (Some(150), Some(50)));
}

#[test]
fn none_or_one_byte_before_the_next_number_is_a_keep_alive() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101)]);
    assert_eq!(exchange.found([a(100, 1)]), Found::KEEP_ALIVE);
    assert_eq!(exchange.found([a(100, 1).data(1)]), Found::KEEP_ALIVE);
    assert_eq!(exchange.found([a(100, 1).data(2)]), NOTHING, "two bytes, of which one is new");
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101)]);
    assert_eq!(exchange.found([a(99, 1)]), NOTHING, "two before the next number");
    assert_eq!(exchange.found([a(100, 1).with(FIN)]), Found::RETRANSMISSION | Found::ACTIVE_CLOSE);
}

#[test]
fn the_same_acknowledgment_after_a_keep_alive_is_its_answer() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101), a(100, 1)]);
    assert_eq!(exchange.found([b(1, 101)]), Found::KEEP_ALIVE_ACK);
    assert_eq!(exchange.found([a(101, 1), b(1, 101)]), Found::DUPLICATE_ACK, "the keep-alive is not the last any more");
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101), a(100, 1)]);
    assert_eq!(exchange.found([b(1, 101).window(500)]), Found::WINDOW_UPDATE);
}

#[test]
fn a_segment_that_fills_the_window_to_the_last_byte_is_found() {
    assert_eq!(Exchange::open().found([a(1, 1).data(1000)]), Found::WINDOW_FULL);
    assert_eq!(Exchange::open().found([a(1, 1).data(999)]), NOTHING);
    assert_eq!(
        Exchange::open().found([a(1, 1).data(1001)]),
        NOTHING,
        "Wireshark does not say that a window is exceeded"
    );
    assert_eq!(Exchange::open().found([a(1, 1).data(1000).with(FIN)]), Found::ACTIVE_CLOSE);
}

#[test]
fn the_window_of_a_syn_is_full_without_scaling_and_that_of_others_with_it() {
    let open = || {
        let mut exchange = Exchange::new();
        exchange.found([syn().scale(2), syn_ack().scale(2), a(1, 1)]);
        exchange
    };
    assert_eq!(open().found([a(1, 1).data(1000)]), Found::WINDOW_FULL);
    assert_eq!(open().found([b(1, 1), a(1, 1).data(1000)]), NOTHING);
    assert_eq!(open().found([b(1, 1), a(1, 1).data(4000)]), Found::WINDOW_FULL);
}

#[test]
fn a_window_of_unknown_scale_is_never_full() {
    assert_eq!(Exchange::new().found([b(1, 1), a(1, 1).data(1000)]), NOTHING);
}

#[test]
fn a_window_of_0_is_found_but_in_segments_that_open_or_end() {
    assert_eq!(Exchange::open().found([b(1, 1).window(0)]), Found::ZERO_WINDOW);
    assert_eq!(Exchange::open().found([b(1, 1).window(0).data(5)]), Found::ZERO_WINDOW);
    assert_eq!(Exchange::open().found([b(1, 1).window(1)]), Found::WINDOW_UPDATE);
    assert_eq!(Exchange::open().found([b(1, 1).window(0).with(RST)]), NOTHING);
    assert_eq!(Exchange::open().found([b(1, 1).window(0).with(FIN)]), Found::ACTIVE_CLOSE);
    assert_eq!(Exchange::new().found([syn().window(0)]), NOTHING);
}

#[test]
fn one_byte_into_a_window_of_0_is_a_probe_and_what_repeats_the_0_answers_it() {
    let full = || {
        let mut exchange = Exchange::open();
        exchange.found([b(1, 1).window(0)]);
        exchange
    };
    assert_eq!(full().found([a(1, 1).data(2)]), NOTHING);
    assert_eq!(full().found([a(2, 1).data(1)]), Found::LOST_SEGMENT);
    assert_eq!(Exchange::open().found([a(1, 1).data(1)]), NOTHING, "the window is not 0");
    let mut exchange = full();
    assert_eq!(exchange.found([a(1, 1).data(1)]), Found::ZERO_WINDOW_PROBE);
    assert_eq!(exchange.found([b(1, 1).window(0)]), Found::ZERO_WINDOW_PROBE_ACK | Found::ZERO_WINDOW);
    assert_eq!(exchange.found([a(1, 1).data(1)]), Found::ZERO_WINDOW_PROBE, "its byte is no retransmission");
    assert_eq!(exchange.found([b(1, 1).window(500)]), Found::WINDOW_UPDATE);
    let mut exchange = full();
    assert_eq!(exchange.found([b(1, 1).window(0)]), Found::ZERO_WINDOW, "there was no probe");
}

#[test]
fn a_segment_that_changes_nothing_but_the_window_updates_it() {
    assert_eq!(Exchange::open().found([b(1, 1).window(2000)]), Found::WINDOW_UPDATE);
    assert_eq!(Exchange::open().found([b(1, 1).window(2000).data(1)]), NOTHING, "with data");
    assert_eq!(Exchange::open().found([b(1, 1).window(2000).with(FIN)]), Found::ACTIVE_CLOSE);
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(1), b(1, 2).window(2000)]), NOTHING, "with a new acknowledgment");
}

#[test]
fn duplicate_acknowledgments_are_counted_from_the_first_of_their_number() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101)]);
    for number in 1..4 {
        let duplicate = exchange.after(1000, b(1, 101));
        assert_eq!(duplicate.findings, Found::DUPLICATE_ACK);
        let which = duplicate.duplicate_ack.unwrap();
        assert_eq!((which.number, which.packet), (number, 5));
        let mut marks = TextBuffer::default();
        duplicate.append_marks(&mut marks);
        assert_eq!(marks.as_str(), format!("[TCP Dup ACK 5#{number}] "));
    }
    assert_eq!(exchange.found([b(1, 101).window(900)]), Found::WINDOW_UPDATE);
    assert_eq!(exchange.after(1000, b(1, 101).window(900)).duplicate_ack.unwrap().number, 4, "updates do not reset it");
    exchange.found([a(101, 1).data(100), b(1, 201).window(900)]);
    assert_eq!(exchange.after(1000, b(1, 201).window(900)).duplicate_ack.unwrap().number, 1);
}

#[test]
fn an_acknowledgment_with_data_or_another_number_is_no_duplicate() {
    assert_eq!(Exchange::open().found([b(1, 1)]), Found::DUPLICATE_ACK);
    assert_eq!(Exchange::open().found([b(1, 1).data(1)]), NOTHING);
    assert_eq!(Exchange::open().found([b(1, 1).with(RST)]), NOTHING);
    assert_eq!(Exchange::open().found([b(2, 1)]), Found::LOST_SEGMENT);
    assert_eq!(Exchange::open().found([b(1, 0)]), NOTHING);
}

#[test]
fn an_acknowledgment_of_bytes_that_were_not_seen_is_found_once() {
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(100), b(1, 102)]), Found::ACKED_UNSEEN);
    assert_eq!(exchange.found([b(1, 102)]), Found::DUPLICATE_ACK);
    let mut exchange = Exchange::open();
    assert_eq!(exchange.found([a(1, 1).data(100), b(1, 101)]), NOTHING);
}

#[test]
fn each_hole_is_found_once_when_it_is_acknowledged() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(201, 1).data(100)]);
    assert_eq!(exchange.found([b(1, 301)]), Found::ACKED_UNSEEN);
    assert_eq!(exchange.found([a(301, 1).data(100), b(1, 401)]), NOTHING, "the hole is known");
    assert_eq!(exchange.found([a(501, 1).data(100), b(1, 601)]), Found::ACKED_UNSEEN, "the second hole");
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), a(201, 1).data(100)]);
    assert_eq!(exchange.found([b(1, 101)]), NOTHING, "what was seen");
}

#[test]
fn marks_are_in_wiresharks_words_with_the_special_one_alone() {
    let mut exchange = Exchange::open();
    exchange.found([a(1, 1).data(100), b(1, 101)]);
    let mut marks = TextBuffer::default();
    exchange.after(1000, a(1, 1).data(100)).append_marks(&mut marks);
    assert_eq!(marks.as_str(), "[TCP Spurious Retransmission] ");
    marks.bytes.clear();
    exchange.after(1000, a(101, 1).with(FIN)).append_marks(&mut marks);
    assert_eq!(marks.as_str(), "", "the end of a connection is no remark");
}
