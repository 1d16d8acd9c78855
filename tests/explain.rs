//! What is told of a capture: each statement with packets that show it, and with packets that just do not.

use packetsmith::explain::{ExplainSettings, ExplainedPacket, Explainer, Explanation, Statement, TcpStatement, Topic};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings, PacketInfo};
use packetsmith::ip::{Outcome, Reassembler, Settings};
use packetsmith::proto::dns::{DnsQuestion, DnsRcode, DnsRecord, DnsType};
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::link::ArpOperation;
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Arp, Dns, Ethernet, Icmpv4, Ipv4, MacAddr, Name, Protocols, Stack, Tcp, Udp, examine};
use std::time::Duration;

static KNOWN: Protocols = Protocols::builtin();

const CLIENT: [u8; 4] = [192, 0, 2, 1];
const SERVER: [u8; 4] = [198, 51, 100, 2];
const ROUTER: [u8; 4] = [192, 0, 2, 254];

const SYN: TcpFlags = TcpFlags::SYN;
const ACK: TcpFlags = TcpFlags::ACK;
const SYN_ACK: TcpFlags = TcpFlags(TcpFlags::SYN.0 | TcpFlags::ACK.0);
const FIN_ACK: TcpFlags = TcpFlags(TcpFlags::FIN.0 | TcpFlags::ACK.0);
const RST_ACK: TcpFlags = TcpFlags(TcpFlags::RST.0 | TcpFlags::ACK.0);

/// A capture that is made and explained packet by packet.
struct Story {
    flows: Flows,
    explainer: Explainer,
    reassembler: Reassembler,
    milliseconds: i128,
    is_selected: bool,
    identification: u16,
}

impl Story {
    fn new() -> Self {
        Story::with(ExplainSettings::default())
    }

    fn with(settings: ExplainSettings) -> Self {
        let messages = Some(MessageSettings::default());
        Story {
            flows: Flows::new(FlowSettings { messages, ..FlowSettings::default() }),
            explainer: Explainer::new(settings),
            reassembler: Reassembler::new(Settings::default()),
            milliseconds: 0,
            is_selected: true,
            identification: 0,
        }
    }

    /// Takes a frame so many milliseconds after the one before. Returns its number.
    fn frame(&mut self, wait: i128, frame: &[u8]) -> u64 {
        self.milliseconds += wait;
        let (number, time) = (self.flows.packets() + 1, Some(self.milliseconds * 1_000_000));
        let mut whole = None;
        self.flows.packet(PacketInfo { number, time, interface: 0 }, examine(1, frame));
        if self.flows.has_fragment() {
            let clock = Duration::from_millis(self.milliseconds as u64);
            if let Outcome::Complete(datagram) = self.reassembler.push(&frame[14..], number, clock, &mut |_| {}) {
                whole = Some(datagram.packet().to_vec());
            }
        }
        if let Some(whole) = &whole {
            self.flows.add(examine(101, whole));
        }
        let packet = ExplainedPacket {
            number,
            time,
            length: frame.len() as u64,
            is_selected: self.is_selected,
            flows: &self.flows,
            known: &KNOWN,
        };
        let whole = whole.iter().map(|whole| examine(101, whole));
        self.explainer.packet(&packet, std::iter::once(examine(1, frame)).chain(whole));
        number
    }

    /// A segment of a connection of the client, from its port 40000 to port 80 of the server.
    fn segment(&mut self, wait: i128, from_client: bool, flags: TcpFlags, numbers: (u32, u32), data: &[u8]) -> u64 {
        let frame = self.segment_bytes(from_client, flags, numbers, data, 64_000);
        self.frame(wait, &frame)
    }

    fn segment_bytes(
        &mut self,
        from_client: bool,
        flags: TcpFlags,
        (seq, ack): (u32, u32),
        data: &[u8],
        window: u16,
    ) -> Vec<u8> {
        self.identification += 1;
        let ends = [(CLIENT, 40000), (SERVER, 80)];
        let [from, to] = if from_client { ends } else { [ends[1], ends[0]] };
        let base = if from_client { [1000, 5000] } else { [5000, 1000] };
        let ip = Ipv4::build().src(from.0.into()).dst(to.0.into()).identification(self.identification).ttl(64);
        let tcp = Tcp::build().src_port(from.1).dst_port(to.1).flags(flags).window(window);
        let tcp = tcp.seq(base[0] + seq).ack(base[1] + ack);
        let options = [TcpOption::MaximumSegmentSize { size: 1460 }];
        let options: &[_] = if flags.contains(SYN) { &options } else { &[] };
        Stack::new().push(Ethernet::build()).push(ip).push(tcp.options(options)).payload(data).finish().unwrap()
    }

    /// SYN, SYN-ACK and ACK.
    fn open(&mut self) {
        self.segment(0, true, SYN, (0, 0), b"");
        self.segment(20, false, SYN_ACK, (0, 1), b"");
        self.segment(1, true, ACK, (1, 1), b"");
    }

    fn explanation(mut self) -> Explanation {
        self.flows.finish();
        self.explainer.finish(&self.flows, &KNOWN)
    }

    /// The text of a chapter.
    fn told(self, topic: Topic) -> String {
        let explanation = self.explanation();
        let of_topic = explanation.statements().filter(|(of, _)| *of == topic);
        of_topic.map(|(_, statement)| statement.to_string()).collect::<Vec<_>>().join(" ")
    }
}

#[track_caller]
fn has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
}

#[track_caller]
fn has_not(text: &str, unwanted: &str) {
    assert!(!text.contains(unwanted), "{unwanted:?} is in:\n{text}");
}

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
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1000, true, SYN, (0, 0), b"");
    story.segment(2000, true, SYN, (0, 0), b"");
    story.segment(20, false, SYN_ACK, (0, 1), b"");
    story.segment(1, true, ACK, (1, 1), b"");
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
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1000, true, SYN, (0, 0), b"");
    story.segment(2000, true, SYN, (0, 0), b"");
    story.segment(20, false, SYN_ACK, (0, 1), b"");
    story.segment(1, true, ACK, (1, 1), b"");
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
fn times_that_go_back_are_said_and_give_no_waits() {
    let mut story = Story::new();
    story.segment(5000, true, SYN, (0, 0), b"");
    story.segment(-3000, false, SYN_ACK, (0, 1), b"");
    story.segment(-1000, true, ACK, (1, 1), b"");
    let text = story.explanation().to_string();
    has(&text, "in 4.00 s.");
    has(&text, "The times of packets go back twice (packets 2 and 3)");
    has(&text, "The client opened it with SYN, SYN-ACK and ACK");
    has_not(&text, " -");
}

#[test]
fn two_syns_alone_open_nothing() {
    let mut story = Story::new();
    story.segment(0, true, SYN, (0, 0), b"");
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
    story.segment(1, false, SYN_ACK, (0, 1), b"");
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
    story.segment(100, true, SYN, (0, 0), b"");
    let text = story.told(Topic::Connections);
    has(&text, "The client's SYN is in the capture again (packet 4), after its ACK (packet 3).");
    has_not(&text, "had not come to the client");
}

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
fn a_lost_syn_ack_is_seen_and_the_syn_comes_again() {
    let mut story = Story::new();
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1, false, SYN_ACK, (0, 1), b"");
    story.segment(999, true, SYN, (0, 0), b"");
    story.segment(1, false, SYN_ACK, (0, 1), b"");
    story.segment(20, true, ACK, (1, 1), b"");
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
    story.segment(1000, false, SYN_ACK, (0, 1), b"");
    story.segment(1, true, ACK, (1, 1), b"");
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
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1000, true, SYN, (0, 0), b"");
    let text = story.told(Topic::Connections);
    has(&text, "The client sent SYN twice, again after 1.00 s (packets 1 and 2), and no answer is in the capture.");

    let mut story = Story::new();
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1, false, RST_ACK, (0, 1), b"");
    has(&story.told(Topic::Connections), "was refused with RST after 1.00 ms (packet 2)");

    let mut story = Story::new();
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1, false, SYN_ACK, (0, 1), b"");
    has(&story.told(Topic::Connections), "SYN was answered with SYN-ACK (packets 1 and 2), but no ACK of the client");

    let mut story = Story::new();
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1, false, SYN_ACK, (0, 1), b"");
    story.segment(1, true, TcpFlags::RST, (1, 0), b"");
    let text = story.told(Topic::Connections);
    has(&text, "The client reset the connection with RST (packet 3) in place of the ACK that ends the handshake");
    has_not(&text, "half open");
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
        "the MTU there is 1,400 bytes (packet 5). From packet 6 on its segments have at most 1,360 bytes of data",
    );
    has(&text, "1 packet was too large for a link on the way (packet 5).");

    // Who does not heed it.
    let mut story = Story::new();
    story.open();
    let large = story.segment_bytes(true, ACK, (1, 1), &[7; 1460], 64_000);
    story.frame(1, &large);
    story.frame(1, &error(too_big, 4, 3, &large));
    story.segment(500, true, ACK, (1, 1), &[7; 1460]);
    has(&story.told(Topic::Connections), "The client went on with segments that are not smaller (packet 6).");
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
fn what_is_selected_is_told_whole() {
    let mut story = Story::new();
    story.is_selected = false;
    arp(&mut story, ArpOperation::Request, (1, CLIENT), (0, ROUTER));
    story.segment(0, true, SYN, (0, 0), b"");
    story.is_selected = true;
    story.segment(20, false, SYN_ACK, (0, 1), b"");
    story.is_selected = false;
    story.segment(1, true, ACK, (1, 1), b"");
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
    story.segment(0, true, SYN, (0, 0), b"");
    story.segment(1, false, RST_ACK, (0, 1), b"");
    let explanation = story.explanation();
    let (_, statement) = explanation.statements().find(|(_, statement)| statement.kind() == "refused").unwrap();
    let mut names = Vec::new();
    statement.members(&mut |name, _| names.push(name));
    assert_eq!(names, ["syns", "resets", "took"]);
}
