//! Segments that a table of conversations with tiny limits takes, and beside it lists that are gone through from the start
//! for each segment.

use packetsmith::examine;
use packetsmith::flow::{
    Conversation, FlowLayer, FlowSettings, Flows, LayerAnalysis, PacketInfo, Separation, TcpAnalysis, TcpFindings,
};
use std::collections::{HashMap, HashSet};

const FIN: u8 = 1;
const SYN: u8 = 2;
const PSH: u8 = 8;
const ACK: u8 = 16;

/// Numbers that the numbers of each side are near.
const NEAR: [u32; 2] = [u32::MAX - 60, 5];

/// A segment or datagram, as eight bytes of the input say.
struct Sent {
    side: usize,
    port: u16,
    is_udp: bool,
    seq: u32,
    ack: u32,
    flags: u8,
    window: u8,
    length: u32,
    options: Vec<u8>,
    /// Bytes that it acknowledges selectively.
    sacked: u32,
}

impl Sent {
    fn new(bytes: [u8; 8]) -> Self {
        let [kind, flags, seq, ack, length, window, extra, _] = bytes;
        let side = usize::from(kind & 1);
        let number = |near: u32, byte: u8| match kind & 0x40 {
            0 => near.wrapping_add(byte.into()),
            _ => near.wrapping_add(u32::from(byte) << 24),
        };
        let left = number(NEAR[1 - side], ack);
        let blocks = [left.to_be_bytes(), left.wrapping_add(window.into()).to_be_bytes()].concat();
        let options = match extra & 7 {
            1 => vec![3, 3, extra >> 3, 0],
            2 => vec![34, 4, extra, 1],
            3 => [&[1, 1, 5, 10][..], &blocks].concat(),
            4 => vec![1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2],
            5 => vec![30, 4, extra, 0],
            6 => vec![extra, 9, 0, 0],
            _ => Vec::new(),
        };
        Sent {
            side,
            port: 1000 + u16::from(kind >> 1 & 15),
            is_udp: kind & 0xa0 == 0xa0,
            seq: number(NEAR[side], seq),
            ack: left,
            flags: flags & 0x3f,
            window,
            length: (length & 63).into(),
            sacked: if extra & 7 == 3 { window.into() } else { 0 },
            options,
        }
    }

    fn packet(&self) -> Vec<u8> {
        let ports = [self.port.to_be_bytes(), 80_u16.to_be_bytes()];
        let ports = [ports[self.side], ports[1 - self.side]].concat();
        let transport = match self.is_udp {
            true => [&ports[..], &(8 + self.length as u16).to_be_bytes(), &[0, 0]].concat(),
            false => {
                let offset = (20 + self.options.len() as u8) << 2;
                let numbers = [self.seq.to_be_bytes(), self.ack.to_be_bytes()].concat();
                [&ports[..], &numbers, &[offset, self.flags, 0, self.window, 0, 0, 0, 0], &self.options].concat()
            }
        };
        let total = (20 + transport.len() as u16 + self.length as u16).to_be_bytes();
        let protocol = if self.is_udp { 17 } else { 6 };
        let (source, destination) = (1 + self.side as u8, 2 - self.side as u8);
        let ip = [0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, source, 10, 0, 0, destination];
        [&ip[..], &transport, &vec![0; self.length as usize]].concat()
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn end(&self) -> u32 {
        self.seq.wrapping_add(self.length + u32::from(self.has(SYN | FIN)))
    }
}

/// What is remembered of a side.
#[derive(Default)]
struct NaiveSide {
    base: Option<u32>,
    /// Packet, first number, and the number after the last.
    waiting: Vec<(u64, u32, u32)>,
    sacked: u32,
    is_unknown: bool,
    push_ended: bool,
    pushed: u32,
}

fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

/// Compares what was found with what lists say. `is_bounded`: segments may have been left out, but what is said is right.
fn compare(sides: &mut [NaiveSide; 2], sent: &Sent, packet: u64, found: &TcpAnalysis, is_bounded: bool) {
    let [first, second] = sides;
    let (this, other) = if sent.side == 0 { (first, second) } else { (second, first) };
    if sent.has(SYN) && this.base.is_some_and(|base| base != sent.seq) {
        assert!(sent.has(ACK), "a SYN with another number begins a new connection");
        this.base = Some(sent.seq);
    }
    let base = *this.base.get_or_insert(if sent.has(SYN) { sent.seq } else { sent.seq.wrapping_sub(1) });
    let other_base = other.base.or(sent.has(ACK).then_some(sent.ack.wrapping_sub(1)));
    other.base = other_base;
    assert!(found.is_relative);
    assert_eq!(found.seq, sent.seq.wrapping_sub(base));
    let relative = if sent.has(ACK) { sent.ack.wrapping_sub(other_base.unwrap_or(0)) } else { sent.ack };
    assert_eq!(found.ack, Some(relative));
    assert_eq!((found.length, found.next_seq), (Some(sent.length), Some(sent.end().wrapping_sub(base))));

    this.is_unknown |= found.findings.contains(TcpFindings::LOST_SEGMENT);
    this.sacked = sent.sacked;
    if sent.length > 0 || sent.has(SYN | FIN) {
        this.waiting.push((packet, sent.seq, sent.end()));
    }
    other.is_unknown &= !sent.has(ACK);
    let ends_there = other.waiting.iter().find(|(.., end)| *end == sent.ack).map(|(packet, ..)| *packet);
    other.waiting.retain(|(.., end)| *end != sent.ack && !is_before(*end, sent.ack));
    for (_, seq, _) in &mut other.waiting {
        if is_before(*seq, sent.ack) {
            *seq = sent.ack;
        }
    }
    let said = found.acknowledged.map(|segment| segment.packet);
    assert!(said == ends_there || is_bounded && said.is_none(), "{said:?} {ends_there:?}");

    let mut expected = None;
    if sent.length > 0 && !this.is_unknown {
        let lowest = this.waiting.iter().map(|(_, seq, _)| seq.wrapping_sub(base)).min().unwrap_or(0);
        let highest = this.waiting.iter().map(|(.., end)| end.wrapping_sub(base)).max().unwrap_or(0);
        let bytes = i64::from(highest.wrapping_sub(lowest)) - i64::from(sent.has(SYN | FIN)) - i64::from(other.sacked);
        this.pushed = sent.length + if this.push_ended { 0 } else { this.pushed };
        this.push_ended = sent.has(PSH);
        expected = (1..2_000_000_000).contains(&bytes).then_some((bytes as u32, this.pushed));
    }
    let said = found.bytes_in_flight.zip(found.push_bytes_sent);
    assert!(said == expected || is_bounded && said.is_none(), "{said:?} {expected:?}");
    assert_eq!(found.bytes_in_flight.is_some(), found.push_bytes_sent.is_some());
}

/// How many conversations began, and which ended.
#[derive(Default)]
struct Counts {
    begun: [u64; 2],
    ended: HashSet<(bool, u64)>,
}

impl Counts {
    /// Numbers are given in order, no conversation ends twice, and all are in the table or have ended.
    fn check(&mut self, flows: &Flows) {
        for layer in flows.found() {
            let (kind, stream) = match &layer.analysis {
                LayerAnalysis::Tcp(tcp) => (0, tcp.stream),
                LayerAnalysis::Udp(udp) => (1, udp.stream),
                _ => continue,
            };
            assert!(stream <= self.begun[kind], "no number is left out");
            self.begun[kind] = self.begun[kind].max(stream + 1);
        }
        for conversation in flows.ended() {
            let key = match conversation {
                Conversation::Tcp(tcp) => (true, tcp.stream),
                Conversation::Udp(udp) => (false, udp.stream),
            };
            assert!(self.ended.insert(key), "it ends once");
        }
        let limit = flows.settings().conversations;
        let (tcp, udp) = (flows.tcp().count(), flows.udp().count());
        assert!(tcp <= limit && udp <= limit);
        assert_eq!((tcp + udp + self.ended.len()) as u64, self.begun[0] + self.begun[1]);
        assert!(flows.retired() <= self.ended.len() as u64);
    }
}

/// Segments of few ports whose numbers are near each other, through tables with room for 16 conversations and few segments
/// that wait: what is said of numbers, acknowledgments and bytes in flight is what plain lists say.
pub fn flow(input: &[u8]) {
    let [limits, input @ ..] = input else { return };
    let is_bounded = limits & 1 != 0;
    let settings = FlowSettings {
        conversations: 16,
        unacknowledged: if is_bounded { usize::from(limits >> 3) } else { 1 << 18 },
        transactions: 16,
        separation: if limits & 2 == 0 { Separation::None } else { Separation::Networks },
        messages: None,
    };
    let mut flows = Flows::new(settings);
    let mut naive: HashMap<u64, [NaiveSide; 2]> = HashMap::new();
    let mut counts = Counts::default();
    let mut now = 0_i128;
    for bytes in input.as_chunks::<8>().0 {
        let sent = Sent::new(*bytes);
        now += i128::from(bytes[7] as i8) * 500_000;
        let packet = flows.packets() + 1;
        let time = (bytes[1] & 0x80 == 0).then_some(now);
        flows.begin(PacketInfo { number: packet, time, interface: u64::from(bytes[4] >> 7) });
        // Some come a second time, as a datagram that the packet completes.
        let walks = if bytes[1] & 0x40 == 0 { 1 } else { 2 };
        for _ in 0..walks {
            flows.add(examine(101, &sent.packet()));
        }
        // Data may begin like a message.
        let is_transport = |layer: &&FlowLayer| !matches!(layer.analysis, LayerAnalysis::Transaction(_));
        let found: Vec<FlowLayer> = flows.found().iter().filter(is_transport).copied().collect();
        let places: Vec<_> = found.iter().map(|FlowLayer { walk, layer, .. }| (*walk, *layer)).collect();
        assert_eq!(places, (0..walks).map(|walk| (walk, 1)).collect::<Vec<_>>());
        for layer in &found {
            match &layer.analysis {
                LayerAnalysis::Tcp(tcp) => {
                    compare(naive.entry(tcp.stream).or_default(), &sent, packet, tcp, is_bounded)
                }
                _ => assert!(sent.is_udp),
            }
        }
        counts.check(&flows);
    }
}
