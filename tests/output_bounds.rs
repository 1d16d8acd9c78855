//! The largest output for a packet, found by search: packets are mutated, and those whose output is larger for their bytes
//! are mutated further. `SECONDS=600 cargo test --release --test output_bounds -- --nocapture` searches for longer.

mod common;

use packetsmith::output::{Json, Summary, TextBuffer, TreeText};
use packetsmith::{Editor, examine};
use std::time::{Duration, Instant};

/// Bytes of JSON, and of a tree, for each byte of a packet, and for a packet of any size.
const JSON_PER_BYTE: usize = 300;
const TREE_PER_BYTE: usize = 300;
const ANY_SIZE: usize = 300_000;
/// Bytes of a line, without number and time.
const LINE: usize = 2_048;
/// Bytes that a writer holds while it hands its text over.
const HELD: usize = 1 << 18;

/// Sizes of the outputs of a packet.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    bytes: usize,
    line: usize,
    json: usize,
    tree: usize,
    held: usize,
}

fn sizes(link_type: u16, frame: &[u8]) -> Sizes {
    let mut summary = Summary::default();
    summary.packet(examine(link_type, frame));
    let columns = [&summary.source, &summary.destination, &summary.protocol, &summary.info];
    let line = columns.iter().map(|column| column.bytes.len()).sum();
    let (mut json, mut tree) = (Json::default(), TreeText::default());
    let (mut of_json, mut of_tree, mut held) = (0, 0, 0);
    json.line(|json| {
        json.stream_layers(examine(link_type, frame), &mut |text: &mut TextBuffer| {
            of_json += text.bytes.len();
            text.bytes.clear();
        });
    });
    tree.stream(examine(link_type, frame), &mut |text: &mut TextBuffer| {
        of_tree += text.bytes.len();
        text.bytes.clear();
    });
    held = held.max(json.text.bytes.capacity()).max(tree.text.bytes.capacity());
    let (json, tree) = (of_json + json.text.bytes.len(), of_tree + tree.text.bytes.len());
    Sizes { bytes: frame.len(), line, json, tree, held }
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

/// Changes a frame: bytes, or parts repeated or taken from another frame; then, mostly, its lengths are made right.
fn mutate(frame: &mut Vec<u8>, link_type: u16, other: &[u8], random: &mut Random) {
    const MOST: usize = 1_500;
    for _ in 0..1 + random.below(3) {
        let at = random.below(frame.len());
        match random.below(6) {
            0 => frame.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.below(256) as u8),
            1 => drop(frame.drain(at..(at + 1 + random.below(16)).min(frame.len()))),
            2 => {
                let from = random.below(other.len());
                let part = &other[from..(from + 1 + random.below(64)).min(other.len())];
                drop(frame.splice(at..at, part.iter().copied()));
            }
            3 => frame.iter_mut().skip(at).take(2).for_each(|byte| *byte = [0, 255, 1, 0xc0, 0x80][random.below(5)]),
            _ => {
                // Options, records and names that come again and again are what prints most.
                let part = frame[at..(at + 1 + random.below(24)).min(frame.len())].to_vec();
                let room = MOST.saturating_sub(frame.len()) / part.len().max(1);
                let times = if random.below(2) == 0 { room } else { random.below(room.min(40)) };
                drop(frame.splice(at..at, part.repeat(times)));
            }
        }
        if frame.is_empty() {
            frame.push(0);
        }
        frame.truncate(MOST);
    }
    if random.below(4) > 0 {
        let _ = Editor::new(link_type, frame).repair();
    }
}

#[test]
fn no_packet_prints_more_than_its_bound() {
    let seeds = common::shapes();
    let seconds = std::env::var("SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(5);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    type Measure = (&'static str, fn(&Sizes) -> f64);
    let measures: [Measure; 3] = [
        ("line", |sizes| sizes.line as f64),
        ("JSON", |sizes| sizes.json as f64 / (sizes.bytes + 100) as f64),
        ("tree", |sizes| sizes.tree as f64 / (sizes.bytes + 100) as f64),
    ];
    // Of each measure the packets with most, each grown from its own seed.
    let mut pools = measures.map(|(_, measure)| {
        let mut pool: Vec<_> = seeds
            .iter()
            .map(|seed| (measure(&sizes(seed.link_type, &seed.bytes)), seed.link_type, seed.bytes.clone()))
            .collect();
        pool.sort_by(|a, b| b.0.total_cmp(&a.0));
        pool
    });
    let (mut rounds, mut held) = (0_u64, 0);
    while Instant::now() < end {
        for ((_, measure), pool) in measures.iter().zip(&mut pools) {
            // Mostly one of the best, sometimes any.
            let size = if random.below(3) > 0 { 16 } else { pool.len() };
            let (n, other) = (random.below(size), random.below(seeds.len()));
            let (score, link_type, mut frame) = pool[n].clone();
            mutate(&mut frame, link_type, &seeds[other].bytes, &mut random);
            let found = sizes(link_type, &frame);
            let shown = || format!("{found:?} of link type {link_type}: {}", packetsmith::Hex(&frame));
            assert!(found.line <= LINE, "{}", shown());
            assert!(found.json <= ANY_SIZE + JSON_PER_BYTE * found.bytes, "{}", shown());
            assert!(found.tree <= ANY_SIZE + TREE_PER_BYTE * found.bytes, "{}", shown());
            assert!(found.held <= HELD, "{}", shown());
            held = held.max(found.held);
            if measure(&found) > score {
                pool[n] = (measure(&found), link_type, frame);
            }
            rounds += 1;
        }
    }
    for ((name, _), pool) in measures.iter().zip(&mut pools) {
        pool.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, link_type, frame) in pool.iter().take(3) {
            println!("{name}: {:?}, link type {link_type}: {}", sizes(*link_type, frame), packetsmith::Hex(frame));
        }
    }
    println!("{rounds} packets; {held} bytes held at most");
}
