//! Messages that span segments: where they begin and end, what is shown of each segment, and the bounds.

use super::exchange::{FIN, IP, RST, Segment, a, b, syn, syn_ack};
use packetsmith::flow::{
    FlowSettings, Flows, LayerAnalysis, MessageEnd, MessageSettings, PacketInfo, Side, StreamMessage, TcpFindings,
    TransactionAnalysis,
};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Protocols, Stack, examine};
use proptest::prelude::*;

/// A connection whose data is text. Numbers are offsets in the stream of a side.
struct Talk {
    flows: Flows,
    number: u64,
    ports: [u16; 2],
}

/// What a segment gave: whether its payload is a part of messages, and the messages.
type Given = (bool, Vec<StreamMessage>);

impl Talk {
    fn with(messages: MessageSettings, port: u16) -> Self {
        let settings = FlowSettings { messages: Some(messages), ..FlowSettings::default() };
        let mut talk = Talk { flows: Flows::new(settings), number: 0, ports: [40_000, port] };
        for segment in [syn(), syn_ack(), a(1, 1)] {
            talk.send(&segment.ports(40_000, port), b"");
        }
        talk
    }

    fn http() -> Self {
        Talk::with(MessageSettings::default(), 80)
    }

    fn send(&mut self, segment: &Segment, data: &[u8]) -> Given {
        self.send_cut(segment, data, 0)
    }

    /// Sends a segment of which the capture lacks so many bytes at the end.
    fn send_cut(&mut self, segment: &Segment, data: &[u8], missing: usize) -> Given {
        self.number += 1;
        let packet =
            Stack::new().push(segment.ip(self.number as u16)).push(segment.tcp()).payload(data).finish().unwrap();
        let info = PacketInfo { number: self.number, time: Some(i128::from(self.number) * 1_000_000), interface: 0 };
        let captured = &packet[..packet.len() - missing];
        self.flows.packet(info, examine(IP, captured).original_len(packet.len()));
        let is_part = self.flows.segments().next().unwrap().is_part_of_message;
        (is_part, self.flows.messages().to_vec())
    }

    /// Data of a side at an offset, which acknowledges so much of the other side.
    fn data(&mut self, side: usize, offset: usize, acknowledged: usize, flags: TcpFlags, data: &[u8]) -> Given {
        let (seq, ack) = (offset as u32 + 1, acknowledged as u32 + 1);
        let segment = if side == 0 { a(seq, ack) } else { b(seq, ack) }.with(flags).ports(self.ports[0], self.ports[1]);
        self.send(&segment, data)
    }

    fn client(&mut self, offset: usize, data: &[u8]) -> Given {
        self.data(0, offset, 0, TcpFlags::PSH, data)
    }

    fn server(&mut self, offset: usize, data: &[u8]) -> Given {
        self.data(1, offset, 0, TcpFlags::PSH, data)
    }
}

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";

fn names(message: &StreamMessage) -> Vec<&'static str> {
    let known = Protocols::builtin();
    message.layers(&known).map(|layer| layer.proto.name()).collect()
}

fn alone() -> Given {
    (false, vec![])
}

fn part() -> Given {
    (true, vec![])
}

#[test]
fn a_message_in_one_segment_is_left_to_its_packet() {
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, GET), alone());
    assert_eq!(talk.server(0, ANSWER), alone());
    // And what is no message.
    assert_eq!(talk.client(GET.len(), b"\x01\x02\x03"), alone());
}

#[test]
fn a_message_is_complete_with_its_last_segment() {
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, &GET[..10]), part());
    assert_eq!(talk.client(10, &GET[10..20]), part());
    let (is_part, messages) = talk.client(20, &GET[20..]);
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert!(is_part);
    assert_eq!(message.bytes, GET);
    assert_eq!((message.side, message.stream, message.length), (Side::First, 0, GET.len() as u64));
    assert_eq!((message.end, message.missing, message.segment_count), (MessageEnd::Complete, 0, 3));
    assert_eq!(message.packets(), [4, 5, 6]);
    assert_eq!(message.segments[1].range, 10..20);
    assert_eq!(names(message), ["http"]);
}

#[test]
fn messages_that_share_a_segment_are_told_apart() {
    let mut talk = Talk::http();
    let both = [GET, GET].concat();
    let (is_part, messages) = talk.client(0, &both);
    assert!(is_part);
    assert_eq!(messages.iter().map(|message| &message.bytes[..]).collect::<Vec<_>>(), [GET, GET]);
    // The end of a message, a whole one, and the start of another.
    let three = [ANSWER, ANSWER, ANSWER].concat();
    assert_eq!(talk.server(0, &three[..20]), part());
    let (is_part, messages) = talk.server(20, &three[20..120]);
    assert!(is_part);
    assert_eq!(messages.iter().map(|message| message.packets()).collect::<Vec<_>>(), [vec![5, 6], vec![6]]);
    let (_, messages) = talk.server(120, &three[120..]);
    assert_eq!(messages[0].bytes, ANSWER);
}

#[test]
fn dns_messages_have_a_length() {
    let mut talk = Talk::with(MessageSettings::default(), 53);
    let query = b"\0\x11\0\x07\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01";
    // Two in a segment are layers of its packet.
    assert_eq!(talk.client(0, &query.repeat(2)), alone());
    assert_eq!(talk.client(38, &query[..1]), part());
    assert_eq!(talk.client(39, &query[1..2]), part());
    let (_, messages) = talk.client(40, &query[2..]);
    assert_eq!(names(&messages[0]), ["dns_over_tcp", "dns"]);
    assert_eq!(messages[0].packets(), [5, 6, 7]);
}

#[test]
fn a_stream_can_begin_with_few_bytes() {
    for cut in 1..8 {
        for (side, message) in [(0, GET), (1, ANSWER)] {
            let mut talk = Talk::http();
            assert_eq!(talk.data(side, 0, 0, TcpFlags::PSH, &message[..cut]), part(), "{cut}");
            let (_, messages) = talk.data(side, cut, 0, TcpFlags::PSH, &message[cut..]);
            assert_eq!(messages[0].bytes, message, "{cut}");
        }
    }
    // Byte by byte, and two messages.
    let mut talk = Talk::http();
    let all = GET.repeat(2);
    let messages: Vec<_> = (0..all.len()).flat_map(|at| talk.client(at, &all[at..at + 1]).1).collect();
    assert_eq!(messages.iter().map(|message| &message.bytes[..]).collect::<Vec<_>>(), [GET, GET]);
    // What only looked like a message is data.
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, b"GE"), part());
    assert!(talk.client(2, b"\x00\x01").1.is_empty());
    assert_eq!(talk.client(4, GET), alone());
}

#[test]
fn lengths_of_dns_that_are_too_small_do_not_hide_what_follows() {
    let query = b"\0\x11\0\x07\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01".as_slice();
    let mut talk = Talk::with(MessageSettings::default(), 53);
    let (is_part, messages) = talk.client(0, &[b"\0\0".as_slice(), query, b"\0\x01x", query].concat());
    assert!(is_part);
    let bytes: Vec<_> = messages.iter().map(|message| &message.bytes[..]).collect();
    assert_eq!(bytes, [b"\0\0", query, b"\0\x01x", query]);
}

#[test]
fn a_tls_record_without_contents_does_not_hide_what_follows() {
    let record = |length: u8| [&[23, 3, 3, 0, length][..], &vec![b'x'; length.into()]].concat();
    let mut talk = Talk::with(MessageSettings::default(), 443);
    assert_eq!(talk.client(0, &record(40)), alone());
    let (is_part, messages) = talk.client(45, &[record(0), record(30)].concat());
    assert!(is_part);
    assert_eq!(messages.iter().map(|message| message.length).collect::<Vec<_>>(), [5, 35]);
}

/// What is said of the request or response of the packet at hand.
fn transaction(talk: &Talk) -> TransactionAnalysis {
    let of_http = talk.flows.found().iter().find_map(|found| match found.analysis {
        LayerAnalysis::Transaction(transaction) => Some(transaction),
        _ => None,
    });
    of_http.unwrap()
}

/// A record of TLS.
fn record(content_type: u8, contents: &[u8]) -> Vec<u8> {
    [&[content_type, 3, 3][..], &(contents.len() as u16).to_be_bytes(), contents].concat()
}

/// A ServerHello that selects TLS 1.3, or a ClientHello that offers it.
fn hello(is_server: bool) -> Vec<u8> {
    let extension: &[u8] = if is_server { b"\0\x2b\0\x02\x03\x04" } else { b"\0\x2b\0\x03\x02\x03\x04" };
    let suites: &[u8] = if is_server { b"\x13\x01\0" } else { b"\0\x02\x13\x01\x01\0" };
    let contents =
        [b"\x03\x03", &[b'r'; 32][..], b"\0", suites, &(extension.len() as u16).to_be_bytes(), extension].concat();
    [&[if is_server { 2 } else { 1 }, 0, 0, contents.len() as u8][..], &contents].concat()
}

#[test]
fn the_version_of_tls_is_that_of_the_server_hello() {
    let version = |talk: &Talk| talk.flows.segments().next().unwrap().tls_version;
    for cut in [5, 20, 40] {
        let (client, server) = (record(22, &hello(false)), [record(22, &hello(true)), record(23, b"data")].concat());
        // In one segment, in several, and in records that end within the message.
        let split = [record(22, &hello(true)[..cut]), record(22, &hello(true)[cut..])].concat();
        let pieces: [&[&[u8]]; 4] =
            [&[&server], &[&server[..cut], &server[cut..]], &[&split], &[&split[..cut + 5], &split[cut + 5..]]];
        for pieces in pieces {
            let mut talk = Talk::with(MessageSettings::default(), 443);
            assert_eq!(talk.client(0, &client), alone());
            assert_eq!(version(&talk), None);
            let mut offset = 0;
            for piece in pieces {
                assert_eq!(version(&talk), None);
                talk.server(offset, piece);
                offset += piece.len();
            }
            assert_eq!(version(&talk), Some(0x0304), "{cut} {}", pieces.len());
            talk.client(client.len(), &record(23, b"data"));
            assert_eq!(version(&talk), Some(0x0304));
        }
    }
}

#[test]
fn handshake_messages_that_span_records_are_joined() {
    let known = Protocols::builtin();
    let (hello, done) = (hello(false), record(22, &[14, 0, 0, 0]));
    let records = [record(22, &hello[..30]), record(22, &hello[30..33]), record(22, &hello[33..])];
    let types = |message: &StreamMessage| {
        let layers: Vec<_> = message.layers(&known).collect();
        let packetsmith::View::Tls(tls) = layers[0].view else { panic!("{layers:?}") };
        tls.messages(&layers[0].context).map(|message| (message.kind, message.is_whole())).collect::<Vec<_>>()
    };
    // In one segment; in a segment for each record; cut within a header.
    for cuts in [&[200][..], &[35], &[35, 43], &[37, 44, 50]] {
        let mut talk = Talk::with(MessageSettings::default(), 443);
        let all = [records.concat(), done.clone()].concat();
        let (mut offset, mut messages) = (0, Vec::new());
        for &cut in cuts.iter().chain([&all.len()]) {
            let cut = cut.min(all.len());
            if cut > offset {
                messages.extend(talk.client(offset, &all[offset..cut]).1);
            }
            offset = cut;
        }
        assert_eq!(messages.iter().map(types).collect::<Vec<_>>(), [[(1, true)], [(14, true)]], "{cuts:?}");
        assert_eq!(messages[0].bytes, records.concat(), "the bytes are as they were sent");
        assert_eq!(messages[0].length, records.concat().len() as u64);
    }
    // Another record comes between: what there is of the message is shown.
    let mut talk = Talk::with(MessageSettings::default(), 443);
    assert_eq!(talk.client(0, &records[0]), part());
    let (_, messages) = talk.client(35, &record(21, &[2, 40]));
    assert_eq!((&messages[0].bytes, messages[0].end), (&records[0], MessageEnd::Malformed));
    // After ChangeCipherSpec, all is encrypted.
    let mut talk = Talk::with(MessageSettings::default(), 443);
    assert_eq!(talk.client(0, &record(20, &[1])), alone());
    assert_eq!(talk.client(6, &records[0]), alone());
}

#[test]
fn tls_can_begin_with_a_record_without_contents() {
    let (empty, hello) = (record(22, b""), record(22, &hello(false)));
    let all = [&empty[..], &empty, &hello].concat();
    for cut in [0, 3, 5, 8, 10, 12, 30] {
        let mut talk = Talk::with(MessageSettings::default(), 8443);
        let mut messages = if cut > 0 { talk.client(0, &all[..cut]).1 } else { vec![] };
        messages.extend(talk.client(cut, &all[cut..]).1);
        assert_eq!(
            messages.iter().map(|message| message.length).collect::<Vec<_>>(),
            [5, 5, hello.len() as u64],
            "{cut}"
        );
    }
    // Something else follows.
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, &[&empty[..], GET].concat()), alone());
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, &empty), part());
    let (_, messages) = talk.client(5, GET);
    assert_eq!(messages[0].bytes, GET, "a wrong guess does not hide what follows");
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, &empty), part());
    assert_eq!(talk.client(5, b"something else"), alone());
}

#[test]
fn in_a_stream_of_tls_a_record_header_is_enough() {
    // An encrypted handshake message: nothing but the records before it tells what it is.
    let encrypted = record(22, &[0xee; 40]);
    for port in [80, 8080, 5222] {
        let mut talk = Talk::with(MessageSettings::default(), port);
        assert_eq!(talk.client(0, &encrypted), alone(), "it may be anything");
        let at = encrypted.len();
        assert_eq!(talk.client(at, &record(22, &hello(false))), alone());
        let server = [record(22, &hello(true)), record(20, &[1])].concat();
        assert_eq!(talk.server(0, &server), alone());
        // The other side's first record, and one that follows a record which is recognized.
        let (is_part, messages) = talk.server(server.len(), &encrypted);
        assert_eq!((is_part, messages.len()), (true, 1), "{port}");
        assert_eq!((names(&messages[0]), &messages[0].bytes), (vec!["tls"], &encrypted));
        let at = at + record(22, &hello(false)).len();
        assert_eq!(talk.client(at, &[record(20, &[1]), encrypted.clone()].concat()), alone());
        let at = at + 6 + encrypted.len();
        assert_eq!(talk.client(at, &encrypted[..20]), part());
        let (_, messages) = talk.client(at + 20, &encrypted[20..]);
        assert_eq!((names(&messages[0]), messages[0].packets().len()), (vec!["tls"], 2));
        // What is no record is none there either.
        assert_eq!(talk.server(server.len() + at, b"\x16\x04\x01\0\x05hello"), alone());
    }
}

#[test]
fn a_response_before_the_end_of_its_request_belongs_to_it() {
    let post = b"POST /a HTTP/1.1\r\nHost: example.test\r\nContent-Length: 10\r\n\r\n1234567890";
    let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
    let refusal = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n";
    // Within the content, and within the head.
    for cut in [post.len() - 5, 30, 3] {
        let mut talk = Talk::http();
        assert_eq!(talk.client(0, &post[..cut]), part());
        talk.server(0, interim);
        let said = transaction(&talk);
        assert_eq!((said.response_to, said.time, said.is_unsolicited), (Some(4), Some(1_000_000), false), "{cut}");
        let [begun] = talk.flows.begun_requests() else { panic!("it is handed over once") };
        assert_eq!((begun.transaction, begun.packet, &begun.bytes[..]), (0, 4, &post[..cut]));
        talk.server(interim.len(), refusal);
        let said = transaction(&talk);
        assert_eq!((said.response_to, said.time, said.transaction), (Some(4), Some(2_000_000), Some(0)), "{cut}");
        assert_eq!(talk.flows.begun_requests(), []);
        // One response is all that it has.
        talk.server(interim.len() + refusal.len(), ANSWER);
        assert!(transaction(&talk).is_unsolicited);
        // Its end is no other request.
        talk.client(cut, &post[cut..]);
        let said = transaction(&talk);
        assert_eq!((said.transaction, said.begun_in), (Some(0), Some(4)), "{cut}");
        assert_eq!(talk.flows.waiting().count(), 0);
        // The next one is.
        talk.client(post.len(), post);
        talk.server(interim.len() + refusal.len() + ANSWER.len(), ANSWER);
        let said = transaction(&talk);
        assert_eq!((said.response_to, said.transaction), (Some(9), Some(1)), "{cut}");
    }
}

#[test]
fn the_time_of_a_request_runs_from_its_end_if_only_an_interim_response_came_before() {
    let mut talk = Talk::http();
    let post = b"POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n1234567890";
    talk.client(0, &post[..45]);
    talk.server(0, b"HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(transaction(&talk).response_to, Some(4));
    talk.client(45, &post[45..]);
    talk.server(25, ANSWER);
    let said = transaction(&talk);
    assert_eq!((said.response_to, said.time, said.transaction), (Some(6), Some(1_000_000), Some(0)));
}

#[test]
fn a_response_belongs_to_the_requests_before_one_that_is_not_complete() {
    let mut talk = Talk::http();
    let (get, post) = (GET.len(), b"POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n1");
    talk.client(0, GET);
    talk.client(get, post);
    talk.server(0, ANSWER);
    assert_eq!(transaction(&talk).response_to, Some(4));
    talk.server(ANSWER.len(), ANSWER);
    assert_eq!(transaction(&talk).response_to, Some(5));
    // What the client has begun is no request if it is a response.
    let mut talk = Talk::http();
    talk.client(0, &ANSWER[..20]);
    talk.server(0, ANSWER);
    assert!(transaction(&talk).is_unsolicited);
}

#[test]
fn after_a_switch_nothing_is_http_even_if_it_looks_like_it() {
    let connect = b"CONNECT a.test:80 HTTP/1.1\r\n\r\n".as_slice();
    let upgrade = b"GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".as_slice();
    let switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n".as_slice();
    let established = b"HTTP/1.1 200 Connection established\r\n\r\n".as_slice();
    for (request, response) in [(connect, established), (upgrade, switching)] {
        // The response alone, and with the first bytes of the other protocol.
        for more in [b"".as_slice(), b"HTTP/1.1 200 OK\r\n\r\n"] {
            let mut talk = Talk::http();
            assert_eq!(talk.client(0, request), alone());
            let both = [response, more].concat();
            let (is_part, messages) = talk.server(0, &both);
            assert_eq!((is_part, messages.len()), (!more.is_empty(), usize::from(!more.is_empty())));
            assert_eq!(transaction(&talk).response_to, Some(4));
            for (side, offset, bytes) in
                [(0, request.len(), GET), (1, both.len(), ANSWER), (0, request.len() + GET.len(), &GET[..30])]
            {
                assert_eq!(talk.data(side, offset, 0, TcpFlags::PSH, bytes), alone());
                let said = talk.flows.segments().next().unwrap();
                assert!(said.is_after_switch && said.has_payload_as_data());
                assert_eq!(talk.flows.found().len(), 1, "it has no transaction");
            }
            // A protocol that is recognized by itself is shown.
            talk.client(request.len() + GET.len() + 30, b"\x15\x03\x03\0\x02\x01\0");
            assert!(!talk.flows.segments().next().unwrap().has_payload_as_data());
        }
        // Another answer leaves the connection as it is.
        let mut talk = Talk::http();
        talk.client(0, request);
        talk.server(0, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        talk.client(request.len(), GET);
        assert!(!talk.flows.segments().next().unwrap().is_after_switch);
        assert_eq!(talk.flows.found().len(), 2);
    }
}

#[test]
fn requests_and_responses_of_http_are_numbered_in_pairs() {
    const POST: &[u8] = b"POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n";
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    // What the client (0) and the server (1) send, and the numbers that tshark 4.0 gives.
    type Exchange<'a> = &'a [(usize, &'a [u8], &'a [u32])];
    let cases: [Exchange<'_>; 6] = [
        &[(0, GET, &[1]), (1, ANSWER, &[1]), (0, GET, &[2]), (1, ANSWER, &[2])],
        &[(0, GET, &[1]), (0, GET, &[2]), (1, ANSWER, &[2]), (1, ANSWER, &[3]), (0, GET, &[4]), (1, ANSWER, &[4])],
        &[(0, POST, &[]), (1, CONTINUE, &[1]), (0, b"abc", &[2]), (1, ANSWER, &[2]), (0, GET, &[3])],
        &[(0, POST, &[]), (1, ANSWER, &[1]), (0, b"abc", &[2]), (0, GET, &[3]), (1, ANSWER, &[3])],
        &[(1, ANSWER, &[1]), (1, ANSWER, &[2]), (0, GET, &[3]), (1, ANSWER, &[3])],
        &[(0, &GET[..9], &[]), (0, &GET[9..], &[1]), (1, &ANSWER[..9], &[]), (1, &ANSWER[9..], &[1])],
    ];
    for exchange in cases {
        let (mut talk, mut sent) = (Talk::http(), [0, 0]);
        for &(side, data, numbers) in exchange {
            talk.data(side, sent[side], sent[1 - side], TcpFlags::PSH, data);
            sent[side] += data.len();
            let found = talk.flows.found().iter().filter_map(|found| match found.analysis {
                LayerAnalysis::Transaction(transaction) => transaction.number_in_connection,
                _ => None,
            });
            assert_eq!(found.collect::<Vec<_>>(), numbers, "{exchange:?}");
        }
    }
    // The messages of the pair before: of requests that are sent before their responses, tshark takes the last for the first
    // response.
    let (mut talk, mut sent, mut before) = (Talk::http(), [0, 0], Vec::new());
    for (side, data) in [(0, GET), (0, GET), (1, ANSWER), (1, ANSWER), (0, GET), (1, ANSWER)] {
        talk.data(side, sent[side], sent[1 - side], TcpFlags::PSH, data);
        sent[side] += data.len();
        before.push((transaction(&talk).previous_request, transaction(&talk).previous_response));
    }
    let (none, request, response) = ((None, None), |packet| (Some(packet), None), |packet| (None, Some(packet)));
    assert_eq!(before, [none, request(4), request(4), (Some(5), Some(6)), none, response(7)]);
    // What TCP sends again has no number.
    let mut talk = Talk::http();
    talk.client(0, GET);
    talk.client(0, GET);
    talk.data(1, 0, GET.len(), TcpFlags::PSH, ANSWER);
    assert_eq!(transaction(&talk).number_in_connection, Some(1));
}

#[test]
fn what_a_request_acknowledges_tells_whose_response_spans_segments() {
    // The response to the first request is not in the capture; the second request acknowledges it.
    let mut talk = Talk::http();
    let get = GET.len();
    talk.data(0, 0, 0, TcpFlags::PSH, GET);
    talk.data(0, get, 500, TcpFlags::PSH, &GET[..10]);
    talk.data(0, get + 10, 500, TcpFlags::PSH, &GET[10..]);
    talk.data(1, 500, 2 * get, TcpFlags::PSH, &ANSWER[..30]);
    talk.data(1, 530, 2 * get, TcpFlags::PSH, &ANSWER[30..]);
    talk.data(0, 2 * get, 551, TcpFlags::PSH, b"");
    assert_eq!(transaction(&talk).response_to, Some(6));
    assert_eq!(talk.flows.waiting().map(|request| request.packet).collect::<Vec<_>>(), [4]);
}

#[test]
fn a_segment_that_the_capture_cut_is_dissected_by_itself_when_it_comes_again() {
    let mut talk = Talk::http();
    talk.client(0, GET);
    let response = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", &[b'x'; 100][..]].concat();
    let segment = b(1, GET.len() as u32 + 1).with(TcpFlags::PSH).ports(40_000, 80);
    talk.send_cut(&segment, &response, 50);
    assert!(!talk.send_cut(&segment, &response, 50).0);
}

#[test]
fn what_the_end_of_the_capture_cuts_has_its_transaction() {
    let mut talk = Talk::http();
    talk.client(0, GET);
    talk.client(GET.len(), b"POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\n1");
    talk.server(0, &ANSWER[..45]);
    talk.flows.finish();
    let said: Vec<_> = talk
        .flows
        .found()
        .iter()
        .map(|found| match found.analysis {
            LayerAnalysis::Transaction(said) => (found.walk, said.transaction, said.response_to, said.time),
            _ => panic!("{found:?}"),
        })
        .collect();
    assert_eq!(said, [(0, Some(1), None, None), (1, Some(0), Some(4), None)]);
    assert_eq!(talk.flows.waiting().map(|request| request.packet).collect::<Vec<_>>(), [5]);
    assert_eq!(talk.flows.packets(), 6);
}

#[test]
fn content_ends_as_its_head_says() {
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n";
    let mut talk = Talk::http();
    talk.client(0, GET);
    assert_eq!(talk.server(0, &chunked[..55]), part());
    let (_, messages) = talk.server(55, &[&chunked[55..], ANSWER].concat());
    assert_eq!(messages.iter().map(|message| &message.bytes[..]).collect::<Vec<_>>(), [&chunked[..], ANSWER]);
    // A response to HEAD has no content, whatever it says.
    let mut talk = Talk::http();
    talk.client(0, b"HEAD /a HTTP/1.1\r\n\r\n");
    let head = &ANSWER[..ANSWER.len() - 11];
    assert_eq!(talk.server(0, head), alone());
    assert_eq!(talk.server(head.len(), ANSWER), alone());
    // Content without a length ends with the connection.
    for (flags, end) in [(FIN, MessageEnd::Complete), (RST, MessageEnd::Closed)] {
        let mut talk = Talk::http();
        talk.client(0, GET);
        assert_eq!(talk.server(0, b"HTTP/1.0 200 OK\r\n\r\nab"), part());
        let (_, messages) = talk.data(1, 21, 0, flags, b"");
        assert_eq!((&messages[0].bytes[19..], messages[0].end), (&b"ab"[..], end));
    }
    // All of it in one segment with FIN is whole.
    let mut talk = Talk::http();
    talk.client(0, GET);
    assert_eq!(talk.data(1, 0, 0, FIN, b"HTTP/1.0 200 OK\r\n\r\nab"), alone());
}

#[test]
fn what_is_wrong_ends_a_message() {
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello world";
    let mut talk = Talk::http();
    talk.client(0, GET);
    let (is_part, messages) = talk.server(0, bytes);
    assert!(is_part);
    assert_eq!(messages[0].end, MessageEnd::Malformed);
    // The connection goes on.
    assert_eq!(talk.server(bytes.len(), ANSWER), alone());
    // A size that nothing has takes nothing of what follows.
    for size in ["ffffffffffffffff", "7fffffffffffffff", "10000000000000000"] {
        let bytes = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nhello");
        let mut talk = Talk::http();
        talk.client(0, GET);
        let (is_part, messages) = talk.server(0, bytes.as_bytes());
        assert!(is_part);
        assert_eq!(messages[0].end, MessageEnd::Malformed);
        talk.client(GET.len(), GET);
        assert_eq!(talk.server(bytes.len(), ANSWER), alone());
        assert_eq!(transaction(&talk).response_to, Some(6), "{size}");
    }
    // Closed within a head.
    let mut talk = Talk::http();
    talk.client(0, &GET[..10]);
    let (_, messages) = talk.data(0, 10, 0, FIN, b"");
    assert_eq!((&messages[0].bytes[..], messages[0].end), (&GET[..10], MessageEnd::Closed));
}

#[test]
fn a_gap_in_content_is_counted_and_not_filled() {
    let long = [b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n".as_slice(), &[b'x'; 300]].concat();
    let mut talk = Talk::http();
    talk.client(0, GET);
    assert_eq!(talk.server(0, &long[..100]), part());
    // 100 to 200 are not in the capture.
    assert_eq!(talk.server(200, &long[200..250]), part());
    assert_eq!(talk.data(0, GET.len(), 250, TcpFlags::PSH, b""), alone());
    let (_, messages) = talk.server(250, &[&long[250..], ANSWER].concat());
    let [first, second] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((&first.bytes[..], first.missing, first.length), (&long[..100], 100, long.len() as u64));
    assert_eq!(first.end, MessageEnd::Complete);
    assert_eq!(second.bytes, ANSWER);
    // A gap in a head: what comes after is not taken for its rest.
    let mut talk = Talk::http();
    talk.client(0, &GET[..10]);
    talk.client(20, &GET[20..]);
    let (_, messages) = talk.data(1, 0, GET.len(), TcpFlags::PSH, b"");
    assert_eq!((&messages[0].bytes[..], messages[0].end), (&GET[..10], MessageEnd::Gap));
    assert_eq!(talk.client(GET.len(), GET), alone());
}

#[test]
fn a_whole_message_that_waits_is_shown_once() {
    let mut talk = Talk::http();
    assert_eq!(talk.client(GET.len(), GET), alone());
    // The first comes late; the second was shown.
    assert_eq!(talk.client(0, GET), alone());
    // A part that waits is shown with the message.
    let mut talk = Talk::http();
    assert_eq!(talk.client(10, &GET[10..]), alone());
    let (is_part, messages) = talk.client(0, &GET[..10]);
    assert!(is_part);
    assert_eq!((&messages[0].bytes[..], messages[0].packets()), (GET, vec![4, 5]));
}

#[test]
fn a_retransmission_is_not_shown_again() {
    let mut talk = Talk::http();
    assert_eq!(talk.client(0, GET), alone());
    assert_eq!(talk.client(0, GET), part());
    assert_eq!(talk.client(GET.len(), &GET[..10]), part());
    assert_eq!(talk.client(GET.len(), &GET[..10]), part());
    let (_, messages) = talk.client(GET.len() + 5, &GET[5..]);
    assert_eq!(messages[0].bytes, GET);
}

#[test]
fn overlapping_segments_with_other_bytes_are_found_while_bytes_are_kept() {
    let differs = |talk: &Talk| talk.flows.segments().next().unwrap().findings.contains(TcpFindings::OVERLAP_CONFLICT);
    let other = |bytes: &[u8]| bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>();
    // Bytes of a message that is not complete: all of them, the last, and those before and after.
    let mut talk = Talk::http();
    talk.client(0, &GET[..20]);
    for (offset, data, expected) in [
        (0, GET[..20].to_vec(), false),
        (0, other(&GET[..20]), true),
        (10, [&GET[10..19], b"\x01"].concat(), true),
        (10, [&GET[10..20], b"more"].concat(), false),
    ] {
        talk.client(offset, &data);
        assert_eq!(differs(&talk), expected, "{offset} {data:?}");
    }
    // Bytes that wait for data before them.
    let mut talk = Talk::http();
    talk.client(0, GET);
    talk.server(20, &ANSWER[20..30]);
    talk.server(22, &ANSWER[22..25]);
    assert!(!differs(&talk));
    talk.server(25, &other(&ANSWER[25..28]));
    assert!(differs(&talk));
    let (_, messages) = talk.server(0, &ANSWER[..20]);
    assert!(messages.is_empty() && !differs(&talk));
    let (_, messages) = talk.server(30, &ANSWER[30..]);
    assert_eq!(messages[0].bytes, ANSWER, "the first bytes stay");
    // A keep-alive repeats a byte without meaning.
    let mut talk = Talk::http();
    talk.client(0, &GET[..20]);
    talk.data(0, 19, 0, TcpFlags(0), b"\0");
    assert!(!differs(&talk));
    // What was delivered and is not kept cannot be compared.
    let mut talk = Talk::http();
    talk.client(0, GET);
    talk.client(0, &other(GET));
    assert!(!differs(&talk));
}

#[test]
fn a_long_message_has_its_first_bytes() {
    let mut talk = Talk::with(MessageSettings { message_bytes: 100, ..MessageSettings::default() }, 80);
    talk.client(0, GET);
    let long = [b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n".as_slice(), &[b'x'; 3000]].concat();
    for (number, piece) in long.chunks(500).enumerate() {
        let (is_part, messages) = talk.server(number * 500, piece);
        assert!(is_part);
        if let [message] = messages.as_slice() {
            assert_eq!((&message.bytes[..], message.length), (&long[..100], long.len() as u64));
            assert_eq!((message.segments.len(), message.segment_count), (1, 7));
        }
    }
}

#[test]
fn connections_that_are_idle_give_up_what_waits() {
    let messages = MessageSettings { total_bytes: 10_000, ..MessageSettings::default() };
    let settings = FlowSettings { messages: Some(messages), ..FlowSettings::default() };
    let mut flows = Flows::new(settings);
    let mut packet = |port: u16, offset: u32, data: &[u8]| {
        let segment = a(1 + offset, 1).ports(port, 80);
        let packet = Stack::new().push(segment.ip(0)).push(segment.tcp()).payload(data).finish().unwrap();
        let number = flows.packets() + 1;
        flows.packet(PacketInfo { number, ..PacketInfo::default() }, examine(IP, &packet));
        (flows.messages().to_vec(), flows.given_up_messages())
    };
    for port in 1000..2000 {
        packet(port, 0, &GET[..20]);
        // The honest one goes on.
        packet(
            999,
            u32::from(port - 1000) * 20,
            if port == 1000 { b"POST / HTTP/1.1\r\n-:-" } else { b"-: 345678901234567\r\n" },
        );
    }
    let (messages, given_up) = packet(999, 20_000, b"\r\n");
    assert!(given_up > 500 && messages.len() <= 1, "{given_up} {messages:?}");
}

#[test]
fn nothing_is_put_together_unless_asked_for() {
    let mut flows = Flows::new(FlowSettings::default());
    let segment = a(1, 1);
    let packet = Stack::new().push(segment.ip(0)).push(segment.tcp()).payload(&GET[..10]).finish().unwrap();
    flows.packet(PacketInfo::default(), examine(IP, &packet));
    assert!(!flows.segments().next().unwrap().is_part_of_message);
}

/// All bytes of HTTP messages of one side, from what is shown of its segments.
fn shown(talk: &mut Talk, pieces: &[(usize, &[u8])]) -> Vec<u8> {
    let mut all = Vec::new();
    for (offset, data) in pieces {
        let (is_part, messages) = talk.client(*offset, data);
        if !is_part {
            all.push((*offset, data.to_vec()));
        }
        all.extend(messages.into_iter().map(|message| (usize::MAX, message.bytes)));
    }
    all.into_iter().flat_map(|(_, bytes)| bytes).collect()
}

proptest! {
    /// Requests are the same however their bytes are cut into segments.
    #[test]
    fn cuts_do_not_change_messages(lengths in proptest::collection::vec(0usize..200, 1..6), cuts in proptest::collection::vec(1usize..300, 1..30)) {
        let mut stream = Vec::new();
        for length in &lengths {
            stream.extend(format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n").bytes());
            stream.extend(std::iter::repeat_n(b'x', *length));
        }
        let (mut at, mut pieces) = (0, Vec::new());
        for cut in cuts.iter().cycle() {
            let end = (at + cut).min(stream.len());
            pieces.push((at, &stream[at..end]));
            at = end;
            if at == stream.len() {
                break;
            }
        }
        let mut talk = Talk::http();
        // The first message is not recognized by fewer bytes.
        prop_assume!(pieces[0].1.len() > 4);
        let all = shown(&mut talk, &pieces);
        prop_assert_eq!(all, stream);
    }
}

#[test]
fn the_end_of_the_capture_ends_messages() {
    let mut talk = Talk::http();
    talk.client(0, &GET[..10]);
    // A whole message that waits for data before it is shown with its packet, and not again.
    assert!(!talk.server(100, b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx").0);
    talk.flows.finish();
    let [message] = talk.flows.messages() else { panic!("{:?}", talk.flows.messages()) };
    assert_eq!(
        (message.end, message.side, message.bytes.as_slice()),
        (MessageEnd::Unfinished, Side::First, &GET[..10])
    );
    talk.flows.finish();
    assert!(talk.flows.messages().is_empty());
}
