//! Streams put in order, their messages, and the content of HTTP messages, beside programs that keep everything.

use packetsmith::flow::{
    ContentEnd, FlowSettings, Flows, HttpContent, MessageEnd, MessageSettings, PacketInfo, Side, StreamAssembler,
    StreamEvent, StreamSettings, TcpSegment,
};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Stack, Tcp, examine};

/// Sequence numbers of the first bytes: one side's numbers wrap.
const FIRST: [u32; 2] = [u32::MAX - 300, 7000];

/// A segment of a stream, as four bytes of the input say.
#[derive(Clone, Copy)]
struct Cut {
    side: usize,
    start: usize,
    length: usize,
    flags: u8,
    /// How many bytes of the other side it acknowledges.
    acknowledged: usize,
}

impl Cut {
    fn new([kind, start, length, acknowledged]: [u8; 4], streams: [&[u8]; 2]) -> Self {
        let side = usize::from(kind & 1);
        let stream = streams[side].len();
        let start = (usize::from(start) * 4 + usize::from(kind >> 6)).min(stream);
        let flags = 16 | if kind & 0x3e == 2 { 1 } else { 0 } | if kind & 0x3e == 4 { 4 } else { 0 };
        let length = usize::from(length).min(stream - start);
        Cut { side, start, length, flags, acknowledged: usize::from(acknowledged) * 4 }
    }

    fn packet(&self, streams: [&[u8]; 2], ports: [u16; 2]) -> Vec<u8> {
        let ip = [[10, 0, 0, 1], [10, 0, 0, 2]];
        let ip = Ipv4::build().src(ip[self.side].into()).dst(ip[1 - self.side].into());
        let tcp =
            Tcp::build().src_port(ports[self.side]).dst_port(ports[1 - self.side]).flags(TcpFlags(self.flags.into()));
        let tcp = tcp.seq(FIRST[self.side].wrapping_add(self.start as u32));
        let tcp = tcp.ack(FIRST[1 - self.side].wrapping_add(self.acknowledged as u32));
        let data = &streams[self.side][self.start..self.start + self.length];
        Stack::new().push(ip).push(tcp).payload(data).finish().unwrap()
    }

    /// The SYN before the first byte.
    fn syn(side: usize, ports: [u16; 2]) -> Vec<u8> {
        let cut = Cut { side, start: 0, length: 0, flags: 2 | (side as u8 * 16), acknowledged: 0 };
        let mut packet = cut.packet([b"", b""], ports);
        let seq = FIRST[side].wrapping_sub(1).to_be_bytes();
        packet[24..28].copy_from_slice(&seq);
        packet
    }
}

/// Which limits hold, two streams, and how they are cut.
type Parts<'a> = (u8, [&'a [u8]; 2], &'a [[u8; 4]]);

/// The second byte of the input says how long the list of cuts is.
fn parts(input: &[u8]) -> Option<Parts<'_>> {
    let [limits, cuts, rest @ ..] = input else { return None };
    let (cuts, text) = rest.split_at_checked(usize::from(*cuts) * 4)?;
    let (first, second) = text.split_at(text.len() / 2);
    Some((*limits, [first, second], cuts.as_chunks().0))
}

/// What an assembler delivers is what a reassembler has that keeps all bytes and says which are there.
fn in_order(streams: [&[u8]; 2], cuts: &[Cut], ports: [u16; 2], limit: usize) {
    let mut assembler = StreamAssembler::new(StreamSettings { waiting: limit, ..StreamSettings::default() });
    let mut there = streams.map(|stream| vec![false; stream.len() + 1]);
    let mut at = [0; 2];
    let mut ended = [false; 2];
    let mut event = |event: StreamEvent<'_>, there: &[Vec<bool>; 2]| match event {
        StreamEvent::Data { side, bytes, .. } => {
            let side = side as usize;
            assert_eq!(&streams[side][at[side]..at[side] + bytes.len()], bytes);
            assert!(there[side][at[side]..at[side] + bytes.len()].iter().all(|there| *there));
            at[side] += bytes.len();
        }
        StreamEvent::Missing { side, bytes } => {
            let side = side as usize;
            let end = (at[side] + bytes as usize).min(streams[side].len());
            assert!(
                there[side][at[side]..end].iter().all(|there| !there),
                "bytes were there that are said to be missing"
            );
            at[side] += bytes as usize;
        }
        StreamEvent::End { side } => assert!(!std::mem::replace(&mut ended[side as usize], true)),
        _ => {}
    };
    for side in 0..2 {
        let packet = Cut::syn(side, ports);
        let layer = examine(101, &packet).nth(1).unwrap();
        let segment = TcpSegment::from_layer(&layer).unwrap();
        assembler.push([Side::First, Side::Second][side], &segment, 0, &mut |given| event(given, &there));
    }
    for (number, cut) in cuts.iter().enumerate() {
        let packet = cut.packet(streams, ports);
        let layer = examine(101, &packet).nth(1).unwrap();
        let segment = TcpSegment::from_layer(&layer).unwrap();
        there[cut.side][cut.start..cut.start + cut.length].fill(true);
        let side = [Side::First, Side::Second][cut.side];
        assembler.push(side, &segment, number as u64 + 1, &mut |given| event(given, &there));
    }
    assembler.finish(&mut |given| event(given, &there));
}

/// Any two streams of HTTP, DNS or nothing, cut into segments that come in any order, repeated and with gaps: what is put
/// together is what was sent, and never more than the limits.
pub fn stream(input: &[u8]) {
    let Some((limits, streams, cuts)) = parts(input) else { return };
    let ports = [40_000, if limits & 1 == 0 { 80 } else { 53 }];
    let cuts: Vec<Cut> = cuts.iter().map(|bytes| Cut::new(*bytes, streams)).collect();
    in_order(streams, &cuts, ports, if limits & 2 == 0 { 1 << 20 } else { 600 });
    let messages = MessageSettings {
        message_bytes: if limits & 4 == 0 { 1 << 20 } else { 64 },
        total_bytes: if limits & 8 == 0 { 64 << 20 } else { 2000 },
        ..MessageSettings::default()
    };
    let mut flows = Flows::new(FlowSettings { messages: Some(messages), ..FlowSettings::default() });
    for side in 0..2 {
        flows.packet(PacketInfo::default(), examine(101, &Cut::syn(side, ports)));
    }
    // Where the next message of each side is looked for: they come in order.
    let mut from = [0; 2];
    let mut given_up = 0;
    for (number, cut) in cuts.iter().enumerate() {
        let packet = cut.packet(streams, ports);
        let info = PacketInfo { number: number as u64 + 1, ..PacketInfo::default() };
        flows.packet(info, examine(101, &packet));
        if flows.given_up_messages() != given_up {
            given_up = flows.given_up_messages();
            from = [0; 2];
        }
        for message in flows.messages() {
            let side = message.side as usize;
            assert!(message.bytes.len() <= messages.message_bytes.max(1 << 18));
            let kept = message.bytes.len() as u64;
            assert!(kept + message.missing <= message.length);
            if message.end == MessageEnd::Complete && message.missing == 0 && messages.message_bytes > 1 << 18 {
                assert_eq!(kept, message.length);
            }
            let place = streams[side][from[side]..]
                .windows(message.bytes.len().max(1))
                .position(|bytes| bytes == message.bytes);
            assert!(message.bytes.is_empty() || place.is_some(), "a message was not sent so");
            from[side] += place.unwrap_or(0);
            let covered: u64 = message.segments.iter().map(|segment| segment.range.end - segment.range.start).sum();
            assert_eq!(covered, kept);
            for segment in &message.segments {
                let cut = cuts[segment.packet as usize - 1];
                assert_eq!(cut.side, side);
                assert!(segment.range.end - segment.range.start <= cut.length as u64);
            }
        }
    }
}

/// Chunks, read by lines.
fn naive_chunks(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        // What extends the line can be any bytes.
        let digits = bytes[..end].split(|byte| b"; \t\r".contains(byte)).next()?;
        let digits = std::str::from_utf8(digits).ok()?;
        if digits.is_empty() || digits.starts_with('+') {
            return None;
        }
        let length = usize::from_str_radix(digits, 16).ok()?;
        bytes = &bytes[end + 1..];
        if length == 0 {
            return Some(content);
        }
        content.extend_from_slice(bytes.get(..length)?);
        bytes = &bytes[length..];
        bytes = bytes.strip_prefix(b"\r\n").or_else(|| bytes.strip_prefix(b"\n"))?;
    }
}

/// Any bytes after a head of HTTP: chunks are what reading by lines gives, and nothing is longer than the limit.
pub fn http_content(input: &[u8]) {
    let [kind, limit, wire @ ..] = input else { return };
    let limit = usize::from(*limit) * 64;
    let chunked = if kind & 1 == 0 { "" } else { "Transfer-Encoding: chunked\r\n" };
    let coding =
        ["", "Content-Encoding: gzip\r\n", "Content-Encoding: deflate\r\n", "Content-Encoding: gzip, deflate\r\n"];
    let coding = coding[usize::from(kind >> 1 & 3)];
    let mut message = format!("HTTP/1.1 200 OK\r\n{chunked}{coding}\r\n").into_bytes();
    message.extend_from_slice(wire);
    let content = HttpContent::of(&message, limit).unwrap();
    assert!(content.bytes.len() <= limit && content.codings.is_empty());
    // Without a head of its own, any bytes.
    if let Some(content) = HttpContent::of(wire, limit) {
        assert!(content.bytes.len() <= limit);
    }
    if kind & 1 == 1 && coding.is_empty() && content.end != ContentEnd::TooLong {
        match (content.end, naive_chunks(wire)) {
            (ContentEnd::Whole, Some(naive)) => assert_eq!(content.bytes, naive),
            (ContentEnd::Whole, None) => panic!("chunks were read where there are none"),
            _ => {}
        }
    }
}
