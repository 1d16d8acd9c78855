//! Which packets a fuzzer's bytes become: the same bytes make the same packet.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test arbitrary` writes them.

mod common;

use arbitrary::{Arbitrary, Unstructured};
use common::{digest, expect, root};
use packetsmith::Packet;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The packet of some bytes, as a tree, and the names of its layers.
fn packet(bytes: &[u8]) -> (String, Vec<String>) {
    let packet = match Packet::arbitrary(&mut Unstructured::new(bytes)) {
        Ok(packet) => packet,
        Err(error) => return (error.to_string(), Vec::new()),
    };
    let shown = packet.form.to_string();
    let names = shown.split("{layer=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(String::from).collect();
    (shown, names)
}

#[test]
fn the_same_bytes_make_the_same_packet() {
    let mut out = String::new();
    // Bytes that are all one number, or count; nothing, a few and many.
    for length in [0, 1, 2, 3, 4, 8, 16, 40, 100, 400] {
        for byte in [0, 1, 2, 0x7f, 0xff] {
            let (shown, names) = packet(&vec![byte; length]);
            let _ = writeln!(out, "{length} of {byte:#04x}: {} {:016x}", names.join(" "), digest(shown.as_bytes()));
        }
        let (shown, names) = packet(&(0..length).map(|at| at as u8).collect::<Vec<_>>());
        let _ = writeln!(out, "{length} that count: {} {:016x}", names.join(" "), digest(shown.as_bytes()));
    }
    // What follows what, how often, and a digest of the layers that do.
    let (mut state, mut pairs) = (1_u64, BTreeMap::<String, (usize, u64)>::new());
    for round in 0..6000 {
        let bytes: Vec<u8> = (0..[60, 200, 600][round % 3])
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 56) as u8
            })
            .collect();
        let (shown, names) = packet(&bytes);
        let layers: Vec<&str> = shown.split("{layer=\"").skip(1).collect();
        for (number, layer) in layers.iter().enumerate() {
            let next = names.get(number + 1).map_or("the end", String::as_str);
            let (count, all) = pairs.entry(format!("{} / {next}", names[number])).or_default();
            *count += 1;
            *all = all.rotate_left(1) ^ digest(layer.as_bytes());
        }
    }
    for (pair, (count, all)) in pairs {
        let _ = writeln!(out, "{pair}: {count} {all:016x}");
    }
    expect(&root().join("tests/expected/arbitrary.txt"), &out);
}
