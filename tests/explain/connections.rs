//! TCP connections: how they began, went and ended.

use super::story::*;
use packetsmith::explain::{ExplainSettings, Statement, TcpStatement, Topic};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ethernet, Ipv4, Stack, Tcp};

#[test]
fn a_connection_is_told_from_handshake_to_end() {
    let mut story = Story::new();
    story.open();
    story.segment(5, true, ACK, (1, 1), b"GET / HTTP/1.1\r\nHost: www.test\r\n\r\n");
    story.segment(30, false, ACK, (1, 35), b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    story.segment(1, true, FIN_ACK, (35, 46), b"");
    story.segment(20, false, FIN_ACK, (46, 36), b"");
    story.segment(1, true, ACK, (36, 47), b"");
    let text = story.told(Topic::Connections);
    has(&text, "The client opened it in 21.0 ms with SYN, SYN-ACK and ACK (packets 1, 2 and 3).");
    has(
        &text,
        "The client requested GET / from www.test (packet 4), and the server answered 404 Not Found after 30.0 ms",
    );
    has(&text, "The client sent 34 bytes (packet 4), the server 45 (packet 5).");
    has(
        &text,
        "The client closed first, with FIN (packet 6), and the server 20.0 ms later (packet 7); the client acknowledged",
    );
    has_not(&text, "again");
}

#[test]
fn a_lost_syn_is_repeated_before_any_answer() {
    let mut story = Story::new();
    story.syn(0);
    story.syn(1000);
    story.syn(2000);
    story.syn_ack(20);
    story.ack(1);
    let text = story.told(Topic::Connections);
    has(&text, "The client's SYN (packet 1) has no answer in the capture");
    has(&text, "The client sent it again after 1.00 s and 2.00 s (packets 2 and 3).");
    has(
        &text,
        "opened it in 21.0 ms with SYN, SYN-ACK and ACK (packets 3, 4 and 5), 3.02 s after its first SYN (packet 1).",
    );
}

#[test]
fn what_is_told_of_connections_counts_in_the_summary() {
    // A reset after both FINs.
    let mut story = Story::new();
    story.open();
    story.segment(1, true, FIN_ACK, (1, 1), b"");
    story.segment(1, false, FIN_ACK, (1, 2), b"");
    story.segment(1, true, RST_ACK, (2, 2), b"");
    let text = story.told(Topic::Summary);
    has(&text, "1 TCP connection was reset (packet 6).");
    has_not(&text, "nothing went wrong");

    // Each repeat counts.
    let mut story = Story::new();
    story.syn(0);
    story.syn(1000);
    story.syn(2000);
    story.syn_ack(20);
    story.ack(1);
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    for wait in [300, 600, 1200] {
        story.segment(wait, true, ACK, (1, 1), &[7; 100]);
    }
    let text = story.explanation().to_string();
    has(&text, "2 times a SYN had no answer and was sent again (packets 2 and 3).");
    has(&text, "3 TCP segments were sent again (packets 7, 8 and 9).");
    has(
        &text,
        "The client sent the 100 bytes of packet 6 again 3 times, after 300 ms to 2.10 s (packets 7, 8 and 9); an \
         acknowledgment is not in the capture.",
    );

    // Nothing is selected.
    let mut story = Story::new();
    story.is_selected = false;
    story.open();
    let text = story.explanation().to_string();
    has(&text, "No packet passed the filter.");
    has_not(&text, "went wrong");
}

#[test]
fn two_syns_alone_open_nothing() {
    let mut story = Story::new();
    story.syn(0);
    story.segment(1, false, SYN, (0, 0), b"");
    let text = story.explanation().to_string();
    has(&text, "Both sides sent SYN (packets 1 and 2), and nothing more of the connection is in the capture.");
    has_not(&text, "opened it");
    has_not(&text, "nothing went wrong");

    let mut story = Story::new();
    for from_client in [true, false] {
        story.segment(1, from_client, SYN, (0, 0), b"");
    }
    story.segment(1, true, SYN_ACK, (0, 1), b"");
    story.syn_ack(1);
    has(&story.told(Topic::Connections), "Both sides opened it at the same time");
}

#[test]
fn a_response_counts_from_its_first_packet() {
    let mut story = Story::new();
    story.open();
    story.segment(5, true, ACK, (1, 1), b"GET / HTTP/1.1\r\nHost: www.test\r\n\r\n");
    story.segment(30, false, ACK, (1, 35), b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
    story.segment(2000, false, ACK, (41, 35), b"cd");
    has(&story.told(Topic::Connections), "answered 200 OK after 30.0 ms (packet 5), complete after 2.03 s (packet 6).");
}

#[test]
fn a_syn_after_the_ack_shows_no_lost_syn_ack() {
    let mut story = Story::new();
    story.open();
    story.syn(100);
    let text = story.told(Topic::Connections);
    has(&text, "The client's SYN is in the capture again (packet 4), after its ACK (packet 3).");
    has_not(&text, "had not come to the client");
}

#[test]
fn a_lost_syn_ack_is_seen_and_the_syn_comes_again() {
    let mut story = Story::new();
    story.syn(0);
    story.syn_ack(1);
    story.syn(999);
    story.syn_ack(1);
    story.ack(20);
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The server's SYN-ACK (packet 2) had not come to the client when it sent its SYN again after 1.00 s (packet 3)",
    );
    has(&text, "The server sent SYN-ACK again (packet 4).");
    has_not(&text, "has no answer in the capture");
    has_not(&text, "The client's ACK");
}

#[test]
fn a_lost_ack_makes_the_server_repeat_its_syn_ack() {
    let mut story = Story::new();
    story.open();
    story.syn_ack(1000);
    story.ack(1);
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The client's ACK (packet 3) had not come to the server when that sent its SYN-ACK again after 1.00 s (packet 4)",
    );
    has(&text, "The client acknowledged again (packet 5).");
    has_not(&text, "duplicate ACK");
}

#[test]
fn attempts_without_success_are_told_with_what_each_side_did() {
    let mut story = Story::new();
    story.syn(0);
    story.syn(1000);
    let text = story.told(Topic::Connections);
    has(&text, "The client sent SYN twice, again after 1.00 s (packets 1 and 2), and no answer is in the capture.");

    let mut story = Story::new();
    story.syn(0);
    story.segment(1, false, RST_ACK, (0, 1), b"");
    has(&story.told(Topic::Connections), "was refused with RST after 1.00 ms (packet 2)");

    let mut story = Story::new();
    story.syn(0);
    story.syn_ack(1);
    has(&story.told(Topic::Connections), "SYN was answered with SYN-ACK (packets 1 and 2), but no ACK of the client");

    let mut story = Story::new();
    story.syn(0);
    story.syn_ack(1);
    story.segment(1, true, TcpFlags::RST, (1, 0), b"");
    let text = story.told(Topic::Connections);
    has(&text, "The client reset the connection with RST (packet 3) in place of the ACK that ends the handshake");
    has_not(&text, "half open");
}

#[test]
fn a_closed_window_is_told_with_the_time_that_it_lasted() {
    let mut story = Story::new();
    story.open();
    story.segment(1, true, ACK, (1, 1), &[7; 100]);
    let closed = story.segment_bytes(false, ACK, (1, 101), b"", 0);
    story.frame(1, &closed);
    story.segment(500, true, ACK, (100, 1), b"");
    let open = story.segment_bytes(false, ACK, (1, 101), b"", 8000);
    story.frame(1500, &open);
    let text = story.told(Topic::Connections);
    has(&text, "it announced a window of 0 (packet 5), and the client had to wait for 2.00 s (packet 7).");
    has(&text, "The client asked once whether the closed window had opened (packet 6).");
}

#[test]
fn a_reset_is_told_with_what_came_before_and_after() {
    let mut story = Story::new();
    story.open();
    story.segment(100, false, RST_ACK, (1, 1), b"");
    story.segment(5, true, ACK, (1, 1), &[7; 10]);
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The server reset the connection with RST (packet 4) while both sides could send, 121 ms after its first packet.",
    );
    has(&text, "1 segment of the other side came after that (packet 5).");

    let mut story = Story::new();
    story.open();
    story.segment(10, false, FIN_ACK, (1, 1), b"");
    story.segment(10, true, RST_ACK, (1, 2), b"");
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The server closed its side, with FIN (packet 4). The client reset the connection with RST (packet 5) after the FIN",
    );
}

#[test]
fn a_connection_without_its_beginning_has_no_client() {
    let mut story = Story::new();
    story.segment(0, false, ACK, (1, 1), &[7; 10]);
    story.segment(1, true, ACK, (1, 11), b"");
    let explanation = story.explanation();
    let chapter = explanation.chapters.iter().find(|chapter| chapter.topic == Topic::Connections).unwrap();
    let connection = chapter.paragraphs[0].connection.unwrap();
    assert!(!connection.has_client);
    assert!(connection.to_string().starts_with("Connection 0: 198.51.100.2:80 and 192.0.2.1:40000"), "{connection}");
    let [Statement::Tcp(first), ..] = &chapter.paragraphs[0].statements[..] else { panic!() };
    assert!(matches!(first, TcpStatement::Midway { .. }));
}

#[test]
fn attempts_that_fail_in_the_same_way_are_told_together() {
    let mut story = Story::new();
    for port in 20..40 {
        let ip = Ipv4::build().src(CLIENT.into()).dst(SERVER.into());
        let tcp = Tcp::build().src_port(40000).dst_port(port).flags(SYN).seq(7);
        story.frame(1, &Stack::new().push(Ethernet::build()).push(ip).push(tcp).finish().unwrap());
    }
    let text = story.told(Topic::Connections);
    has(
        &text,
        "192.0.2.1 tried 20 times to connect to 198.51.100.2, to 20 ports: 20, 21, 22, 23, 24, 25, 26, 27, 28, 29 and others.",
    );
    has(&text, "No answer to any is in the capture");
}

#[test]
fn connections_past_the_limit_are_summed_up_or_counted() {
    let mut settings = ExplainSettings::default();
    (settings.told_connections, settings.followed_connections) = (2, 5);
    let mut story = Story::with(settings);
    for n in 0..7 {
        for (from_client, flags) in [(true, SYN), (false, SYN_ACK), (true, ACK)] {
            let ends = [(CLIENT, 40_000 + n), (SERVER, 443)];
            let [from, to] = if from_client { ends } else { [ends[1], ends[0]] };
            let ip = Ipv4::build().src(from.0.into()).dst(to.0.into());
            let seq = u32::from(flags == ACK);
            let tcp = Tcp::build().src_port(from.1).dst_port(to.1).flags(flags).seq(seq).ack(u32::from(flags != SYN));
            story.frame(1, &Stack::new().push(Ethernet::build()).push(ip).push(tcp).finish().unwrap());
        }
    }
    let explanation = story.explanation();
    let chapter = explanation.chapters.iter().find(|chapter| chapter.topic == Topic::Connections).unwrap();
    assert_eq!(chapter.paragraphs.iter().filter(|paragraph| paragraph.connection.is_some()).count(), 2);
    let text = explanation.to_string();
    has(&text, "3 more connections to port 443");
    has(&text, "6 segments of further connections are not told of");
}

#[test]
fn resets_after_the_first_are_told_apart_from_it() {
    let mut story = Story::new();
    story.syn(0);
    story.segment(10, false, RST_ACK, (1, 1), b"");
    story.syn_ack(5);
    story.ack(1);
    story.segment(1, true, ACK, (1, 1), &[7; 10]);
    story.segment(1, false, RST_ACK, (1, 11), b"");
    let text = story.told(Topic::Connections);
    has(
        &text,
        "The server reset the connection with RST (packet 2) before the handshake was complete, 10.0 ms after its",
    );
    has(&text, "It sent RST again (packet 6).");
}

#[test]
fn a_refused_attempt_has_the_resets_of_both_sides() {
    let mut story = Story::new();
    story.syn(0);
    story.segment(1, false, RST_ACK, (0, 1), b"");
    story.segment(1, true, TcpFlags::RST, (1, 0), b"");
    let text = story.told(Topic::Connections);
    has(&text, "was refused with RST after 1.00 ms (packet 2)");
    has(&text, "The client sent RST too (packet 3).");
}

#[test]
fn a_syn_that_is_captured_after_its_answer_is_no_second_syn() {
    let mut story = Story::new();
    story.syn_ack(20);
    story.syn(-10);
    story.ack(11);
    let text = story.told(Topic::Connections);
    has_not(&text, "again");
    has(&text, "The client opened it in 11.0 ms with SYN, SYN-ACK and ACK (packets 2, 1 and 3).");
}

#[test]
fn texts_with_odd_bytes_have_one_form() {
    let mut story = Story::new();
    story.open();
    story.segment(5, true, ACK, (1, 1), b"GET / HTTP/1.1\r\nHost: w\xc3\xa4w\xff\r\n\r\n");
    has(&story.told(Topic::Connections), r"The client requested GET / from wäw\xff (packet 4)");
}
