//! What a mutator makes of packets of each protocol: each kind of fault, what is said of it, and the bytes.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test mutations` writes them.

mod common;

use common::{digest, expect, root, samples};
use packetsmith::{Ethernet, Fault, Ipv4, Mutator, Proto, Stack, Tcp, examine};
use std::collections::BTreeMap;
use std::fmt::Write;

#[test]
fn each_fault_of_each_protocol_is_as_it_was() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let frames: Vec<_> = samples(proto).into_iter().map(|sample| sample.packet).collect();
        for fault in Fault::ALL {
            // One line for each field that is changed, with the first change of it.
            let mut said: BTreeMap<String, (String, usize, u64)> = BTreeMap::new();
            for (number, frame) in frames.iter().enumerate() {
                let mut wrong = Vec::new();
                for seed in 0..40 {
                    let mut mutator = Mutator::new(seed);
                    let made = mutator.with(fault, frame.link_type, &frame.bytes, &mut wrong);
                    let again = mutator.clone().mutate(frame.link_type, &frame.bytes, &mut Vec::new());
                    let key = made.as_ref().map_or("nothing".into(), |made| match made.field {
                        Some(field) => format!("{} {}", made.proto.name(), field.name),
                        None => made.proto.name().into(),
                    });
                    let text = made.as_ref().map_or(String::new(), |made| format!(" {made} at {}", made.at));
                    let next = again.map_or("nothing".into(), |again| again.to_string());
                    let (_, count, all) =
                        said.entry(key).or_insert_with(|| (format!("packet {number} seed {seed}:{text}"), 0, 0));
                    *count += 1;
                    *all = all.rotate_left(1) ^ digest(&[&wrong, text.as_bytes(), next.as_bytes()].concat());
                }
            }
            for (key, (first, count, all)) in said {
                let _ = writeln!(out, "{} {} {key}: {count} {all:016x} {first}", proto.name(), fault.name());
            }
        }
    }
    expect(&root().join("tests/expected/mutations.txt"), &out);
}

#[test]
fn a_mutation_says_where_and_what() {
    let tcp = Tcp::build().src_port(50000).dst_port(50001).raw(&[2, 4, 5, 0xb4, 1, 1, 4, 2]);
    let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(tcp).payload(b"abc").finish().unwrap();
    let mut out = String::new();
    let mut wrong = Vec::new();
    for fault in Fault::ALL {
        for length in [0, 1, 13, 14, 20, 34, 35, 53, 54, 61, 62, frame.len()] {
            let mut mutator = Mutator::new(9);
            for _ in 0..12 {
                let made = mutator.with(fault, 1, &frame[..length], &mut wrong);
                let text = made.as_ref().map_or("nothing".into(), |made| {
                    assert!(wrong.len() < length || wrong[made.at] != frame[made.at] || made.field.is_some(), "{made}");
                    assert_ne!(wrong, frame[..length], "{made}");
                    format!("{made}; layer {}, at {}, {} -> {}", made.layer, made.at, made.before, made.after)
                });
                let _ = writeln!(out, "{length} {text} {:016x}", digest(&wrong));
            }
        }
    }
    // Without a link type, of one byte, and of nothing.
    for bytes in [&[][..], &[7], &[7, 8], &[0; 20]] {
        for link_type in [1, 147, 101] {
            let mut mutator = Mutator::new(u64::MAX);
            for _ in 0..6 {
                let made = mutator.mutate(link_type, bytes, &mut wrong);
                let text = made.map_or("nothing".into(), |made| made.to_string());
                let _ = writeln!(out, "link type {link_type} {bytes:?}: {text} {wrong:?}");
            }
        }
    }
    expect(&root().join("tests/expected/mutations_said.txt"), &out);
}

#[test]
fn a_fault_is_of_its_kind_in_every_protocol() {
    let mut wrong = Vec::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        for frame in samples(proto).into_iter().map(|sample| sample.packet).take(4) {
            for seed in 0..8 {
                let mut mutator = Mutator::new(seed);
                if let Some(made) = mutator.with(Fault::Truncation, frame.link_type, &frame.bytes, &mut wrong) {
                    assert_eq!((made.at, made.after as usize), (wrong.len(), wrong.len()));
                    assert_eq!(made.before as usize, frame.bytes.len());
                    assert_eq!(wrong, frame.bytes[..made.at]);
                    let layers: Vec<_> = examine(frame.link_type, &frame.bytes).collect();
                    let begins = |layer: usize| layers[layer].header_span().start as usize;
                    assert!(begins(made.layer) <= made.at);
                }
                if let Some(made) = mutator.with(Fault::Option, frame.link_type, &frame.bytes, &mut wrong) {
                    let (before, after) = (frame.bytes[made.at], wrong[made.at]);
                    assert_eq!((u64::from(before), u64::from(after)), (made.before, made.after));
                    assert_eq!((before ^ after).count_ones(), 1);
                }
            }
        }
    }
}
