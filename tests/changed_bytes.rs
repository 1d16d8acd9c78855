//! What is said of packets with one byte changed, or cut at any byte, stays as it is.
//!
//! Every byte of the packets in `tests/packets` is changed in two ways, and the packet is cut before it. So the lengths,
//! numbers and flags are one more, one less, zero or all ones, each on its own. `tests/changed_bytes.txt` holds digests of
//! what the line, the tree and the issues say, by protocol; `tests/pinned.rs` tells how to see what a digest is of.

mod common;

use common::{Packet as Frame, digest, expect, root, samples};
use packetsmith::output::{Summary, TreeText};
use packetsmith::{Packet, Proto, examine};
use std::fmt::Write;

/// Digests of the outputs of one protocol's packets.
#[derive(Default)]
struct Digests {
    packets: u64,
    line: u64,
    tree: u64,
    issues: u64,
    text: u64,
}

/// Adds an output to a digest.
fn add(all: &mut u64, bytes: &[u8]) {
    *all = digest(&[all.to_le_bytes(), digest(bytes).to_le_bytes()].concat());
}

/// Most bytes of a packet that are changed.
const MOST: usize = 256;

/// The packet with one byte changed in two ways, and cut before it.
fn changed(frame: &Frame, at: usize) -> [Frame; 3] {
    let with = |value: u8| {
        let mut changed = frame.clone();
        changed.bytes[at] = value;
        changed
    };
    let byte = frame.bytes[at];
    let others = [0, 0xff, byte.wrapping_add(1), byte.wrapping_sub(1), byte ^ 0x80, byte << 1];
    let cut = Frame { bytes: frame.bytes[..at].to_vec(), ..frame.clone() };
    [with(byte ^ 1), with(others[at % others.len()]), cut]
}

fn read(frame: &Frame, said: &mut Digests, outputs: &mut (Summary, TreeText, String)) {
    let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
    let (summary, tree, issues) = outputs;
    summary.packet(layers());
    for column in [&summary.source, &summary.destination, &summary.protocol, &summary.info] {
        add(&mut said.line, column.as_str().as_bytes());
    }
    tree.text.bytes.clear();
    tree.packet(layers());
    add(&mut said.tree, tree.text.as_str().as_bytes());
    issues.clear();
    for layer in layers() {
        layer.issues(|issue| {
            let _ = writeln!(issues, "{} {issue}", issue.kind.identifier());
        });
    }
    add(&mut said.issues, issues.as_bytes());
    said.packets += 1;
    if said.packets.is_multiple_of(7) {
        let mut packet = Packet::new(layers());
        packet.simplify(&frame.bytes);
        add(&mut said.text, packet.to_string().as_bytes());
    }
}

/// A line of digests of a protocol's packets.
fn line(proto: Proto) -> String {
    let (mut said, mut outputs) = Default::default();
    for sample in samples(proto) {
        for at in 0..sample.packet.bytes.len().min(MOST) {
            for changed in changed(&sample.packet, at) {
                read(&changed, &mut said, &mut outputs);
            }
        }
    }
    let (name, Digests { packets, line, tree, issues, text }) = (proto.name(), said);
    format!("{name}  {packets} packets  line {line:016x}  tree {tree:016x}  issues {issues:016x}  text {text:016x}\n")
}

#[test]
fn what_is_said_of_changed_bytes_stays_as_it_is() {
    let protos: Vec<_> = Proto::ALL.iter().copied().filter(|proto| *proto != Proto::Data).collect();
    let lines = |protos: &[Proto]| protos.iter().map(|proto| line(*proto)).collect::<String>();
    let (first, second) = protos.split_at(protos.len() / 2);
    let text = std::thread::scope(|scope| {
        let second = scope.spawn(|| lines(second));
        lines(first) + &second.join().expect("no test panics here")
    });
    expect(&root().join("tests/changed_bytes.txt"), &text);
}
