//! Every byte of a packet has exactly one owner, and no packet causes a panic.

mod common;

use common::{Packet, corpus, packets, shapes, testdata, with_hostile_lengths};
use packetsmith::Field;
use packetsmith::dissect::{Sink, walk};
use packetsmith::output::{Hexdump, Json, Style, Summary, TreeText};
use packetsmith::wire::Visitor;
use packetsmith::{Ethernet, ExaminedLayer, Ipv4, Issue, Span, Stack, Udp, Value, Vlan, dissect, examine};
use proptest::prelude::*;
use proptest::sample::Index;
use std::sync::LazyLock;

/// Puts a frame together again: the headers in order, the last payload, the trailers in reverse order.
fn rebuild(packet: &Packet) -> Vec<u8> {
    let layers: Vec<_> = dissect(packet.link_type, &packet.bytes).collect();
    let heads = layers.iter().map(|layer| layer.header());
    let body = layers.last().map(|layer| layer.payload());
    let tails = layers.iter().rev().map(|layer| layer.trailer());
    heads.chain(body).chain(tails).collect::<Vec<_>>().concat()
}

/// Checks what must hold of all that is shown: places lie inside the frame, and what is opened is closed.
struct Checker<'p> {
    packet: &'p Packet,
    layer: Span,
    open: usize,
}

impl Checker<'_> {
    fn inside(&self, span: Span, outer: Span, what: &str) {
        let inside = outer.start <= span.start && span.start <= span.end && span.end <= outer.end;
        assert!(inside, "{what} at {span:?} lies outside of {outer:?} in {:02x?}", self.packet.bytes);
    }
}

impl Visitor for Checker<'_> {
    fn field(&mut self, field: &'static Field, span: Span, _: Value<'_>) {
        self.inside(span, self.layer, field.name);
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        self.inside(span, self.layer, field.name);
        self.open += 1;
    }
    fn close(&mut self) {
        self.open -= 1;
    }
}

impl Sink for Checker<'_> {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        // What a layer shows may be in its trailer, as the extensions of an ICMP error are.
        self.layer = Span::new(layer.header_span().start, layer.trailer_span().end);
        self.open = 0;
    }
    fn issue(&mut self, issue: &Issue) {
        assert_eq!(self.open, 0, "all that was opened is closed");
        self.inside(issue.span, Span::new(0, self.packet.bytes.len() as u32), issue.protocol);
        assert!(!issue.to_string().is_empty());
    }
    fn end(&mut self, _: &ExaminedLayer<'_>) {
        assert_eq!(self.open, 0, "all that was opened is closed");
    }
}

fn check(packet: &Packet) {
    assert_eq!(rebuild(packet), packet.bytes, "link type {}", packet.link_type);
    common::outline::check(packet.link_type, &packet.bytes);
    let layers = || examine(packet.link_type, &packet.bytes).original_len(packet.original_len);
    walk(layers(), &mut Checker { packet, layer: Span::default(), open: 0 });
}

/// Puts a packet through everything that shows packets.
fn show(packet: &Packet) {
    let layers = || examine(packet.link_type, &packet.bytes).original_len(packet.original_len);
    let mut json = Json::default();
    json.packet(|_| {}, layers());
    let line = std::str::from_utf8(&json.text.bytes).expect("JSON is UTF-8");
    serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|e| panic!("{e} in {line}"));
    let mut tree = TreeText::default();
    tree.packet(layers());
    std::str::from_utf8(&tree.text.bytes).expect("a tree is UTF-8");
    let mut summary = Summary::default();
    summary.packet(layers());
    std::str::from_utf8(&summary.info.bytes).expect("a summary is UTF-8");
    let mut hex = Hexdump::new(Style::COLOUR);
    hex.packet(&packet.bytes, dissect(packet.link_type, &packet.bytes));
}

#[test]
fn every_byte_of_the_testdata_has_one_owner() {
    let mut count = 0;
    for packet in testdata().iter().flat_map(|path| packets(path)) {
        check(&packet);
        show(&packet);
        count += 1;
    }
    assert!(count > 700, "{count} packets");
}

#[test]
fn every_byte_of_the_corpus_has_one_owner() {
    for packet in corpus().iter().flat_map(|path| packets(path)) {
        check(&packet);
        show(&packet);
    }
}

#[test]
fn a_frame_cut_anywhere_is_still_whole() {
    for mut packet in testdata().iter().flat_map(|path| packets(path).into_iter().take(6)) {
        while packet.bytes.pop().is_some() {
            check(&packet);
        }
    }
}

#[test]
fn lengths_that_mean_ill_leave_every_byte_its_owner() {
    let mut count = 0;
    for packet in shapes() {
        with_hostile_lengths(&packet, &mut |hostile| {
            check(hostile);
            show(hostile);
            count += 1;
        });
    }
    assert!(count > 5_000, "{count} lengths");
}

/// One packet of each kind, to be damaged.
static SEEDS: LazyLock<Vec<Packet>> = LazyLock::new(|| testdata().iter().flat_map(|path| packets(path)).collect());

#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Flip(Index, u8),
    Word(Index, u16),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Remove(Index, u8),
    Link(u16),
    Original(u32),
}

/// Link types that are taken apart.
const LINKS: &[u16] = &[0, 1, 9, 50, 51, 101, 104, 108, 113, 166, 204, 228, 229, 276];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, b)| Damage::Set(at, b)),
        4 => (any::<Index>(), 0..8u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        2 => (any::<Index>(), prop_oneof![Just(0), Just(0xffff), any::<u16>()]).prop_map(|(at, w)| Damage::Word(at, w)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, b)| Damage::Insert(at, b)),
        1 => (any::<Index>(), 1..9u8).prop_map(|(at, n)| Damage::Remove(at, n)),
        1 => prop_oneof![8 => prop::sample::select(LINKS), 1 => any::<u16>()].prop_map(Damage::Link),
        1 => any::<u32>().prop_map(Damage::Original),
    ]
}

fn apply(packet: &mut Packet, damage: &Damage) {
    let bytes = &mut packet.bytes;
    if bytes.is_empty() {
        return;
    }
    let len = bytes.len();
    match damage {
        Damage::Set(at, b) => bytes[at.index(len)] = *b,
        Damage::Flip(at, mask) => bytes[at.index(len)] ^= mask,
        Damage::Word(at, word) => {
            let at = at.index(len);
            bytes[at..len.min(at + 2)].copy_from_slice(&word.to_be_bytes()[..2.min(len - at)]);
        }
        Damage::Cut(at) => bytes.truncate(at.index(len)),
        Damage::Insert(at, new) => {
            let at = at.index(len);
            bytes.splice(at..at, new.iter().copied());
        }
        Damage::Remove(at, n) => {
            let at = at.index(len);
            bytes.drain(at..len.min(at + usize::from(*n)));
        }
        Damage::Link(link_type) => packet.link_type = *link_type,
        Damage::Original(n) => packet.original_len = *n as usize,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_byte_of_a_damaged_packet_has_one_owner(seed in any::<Index>(), all in prop::collection::vec(damage(), 1..6)) {
        let mut packet = seed.get(&SEEDS).clone();
        all.iter().for_each(|damage| apply(&mut packet, damage));
        check(&packet);
        if seed.index(8) == 0 {
            show(&packet);
        }
    }
}

/// Counts what is shown.
#[derive(Default)]
struct Count(usize);

impl Visitor for Count {
    fn field(&mut self, _: &'static Field, _: Span, _: Value<'_>) {
        self.0 += 1;
    }
    fn open(&mut self, _: &'static Field, _: Span) {
        self.0 += 1;
    }
    fn close(&mut self) {}
}

/// Work per byte is bounded: so many fields, and so many bytes of JSON, for a byte of a frame.
fn bounded(link_type: u16, frame: &[u8]) {
    let mut count = Count::default();
    for layer in examine(link_type, frame) {
        layer.show(&mut count);
        layer.issues(|_| count.0 += 1);
    }
    let mut json = Json::default();
    json.packet(|_| {}, examine(link_type, frame));
    let (fields, written, len) = (count.0, json.text.bytes.len(), frame.len());
    assert!(fields <= 100 + FIELDS_PER_BYTE * len, "{fields} fields of {len} bytes: {frame:02x?}");
    assert!(written <= 8192 + JSON_PER_BYTE * len, "{written} bytes of JSON of {len} bytes: {frame:02x?}");
}

const FIELDS_PER_BYTE: usize = 8;
const JSON_PER_BYTE: usize = 300;

#[test]
fn work_is_bounded_by_the_bytes() {
    for path in testdata().into_iter().chain(corpus()) {
        for frame in packets(&path) {
            bounded(frame.link_type, &frame.bytes);
        }
    }
    // What is most for its bytes: names that point to the longest name there can be, and a thousand layers.
    let long = [&[63; 64][..], &[63; 64], &[63; 64], &[61; 62], &[0]].concat();
    let mut dns = [&[0, 1, 0x84, 0, 0, 1, 0xff, 0, 0, 0, 0, 0][..], &long, &[0, 1, 0, 1]].concat();
    while dns.len() < 60_000 {
        dns.extend([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
    }
    let udp = Udp::build().src_port(53).dst_port(4000);
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build());
    bounded(1, &stack.push(udp).payload(&dns).finish().unwrap());
    bounded(1, &[&[0; 12][..], &[0x81, 0, 0, 1].repeat(1500), &[8, 0]].concat());
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for n in 0..20_000u64 {
        let frame: Vec<u8> = (0..n % 600)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state as u8
            })
            .collect();
        bounded([1, 101, 0, 113, 9, 50][n as usize % 6], &frame);
    }
}

#[test]
fn padding_and_frame_check_sequence_are_ethernets_alone() {
    let stack = |pad| Stack::new().push(Ethernet::build()).push(Vlan::build()).push(Ipv4::build()).pad(pad).fcs();
    let padded = stack(60).finish().unwrap();
    let unpadded = stack(0).finish().unwrap();
    let unknown =
        Stack::new().push(Ethernet::build().ethertype(0x88b5u16.into())).payload(b"data").fcs().finish().unwrap();
    let mut wrong = padded.clone();
    wrong[63] ^= 1;
    // The frame, whether the capture says that it ends with a frame check sequence, and the bytes of each layer's trailer.
    for (frame, fcs_len, expected) in [
        (&padded, None, &[26, 0, 0][..]),
        (&padded, Some(4), &[26, 0, 0]),
        (&padded, Some(0), &[0, 0, 26]),
        (&wrong, None, &[0, 0, 26]),
        (&wrong, Some(4), &[26, 0, 0]),
        (&unpadded, None, &[4, 0, 0]),
        (&unknown, Some(4), &[4, 0]),
        (&unknown, None, &[0, 0]),
    ] {
        let layers = || examine(1, frame).fcs_len(fcs_len);
        let lengths: Vec<_> = layers().map(|layer| layer.trailer().len()).collect();
        assert_eq!(lengths, expected, "{fcs_len:?} {frame:02x?}");
        // The walk with context gives every byte once, too.
        let headers = layers().flat_map(|layer| layer.header().to_vec());
        let payload = layers().last().map(|layer| layer.payload().to_vec()).unwrap_or_default();
        let all: Vec<_> = layers().collect();
        let trailers = all.iter().rev().flat_map(|layer| layer.trailer().to_vec());
        assert_eq!(headers.chain(payload).chain(trailers).collect::<Vec<_>>(), *frame, "{fcs_len:?}");
        // In JSON and in the tree the bytes are there once, and JSON gives the frame again.
        let mut json = Json::default();
        json.packet(|_| {}, layers());
        let line = String::from_utf8(json.text.bytes).unwrap();
        assert_eq!(line.matches("\"trailer\"").count(), expected.iter().filter(|len| **len > 0).count(), "{line}");
        let mut tree = TreeText::default();
        tree.packet(layers());
        let tree = String::from_utf8(tree.text.bytes).unwrap();
        assert_eq!(
            tree.matches("trailer").count(),
            usize::from(expected[0] == 0 && expected.iter().any(|len| *len > 0)),
            "{tree}"
        );
        let mut packet = packetsmith::Packet::default();
        packet.form.read(&mut serde_json::Deserializer::from_str(&line)).unwrap();
        assert_eq!(packet.build().unwrap(), *frame, "{line}");
    }
}
