//! What is left of a packet without what is computed again, where some of it is wrong.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test simplified` writes them.

mod common;

use common::{Packet as Frame, digest, expect, root, samples};
use packetsmith::wire::Computed;
use packetsmith::{Editor, Kind, Packet, Proto, Value, dissect, examine};
use std::fmt::Write;

/// The packet without what is computed, as text. It is built to the same bytes again, by JSON and by text.
fn simplified(frame: &Frame) -> String {
    let mut packet = Packet::new(examine(frame.link_type, &frame.bytes).original_len(frame.original_len));
    packet.simplify(&frame.bytes);
    let text = packet.to_string();
    assert!(packet.build().is_ok_and(|built| built == frame.bytes), "{text}");
    let json = serde_json::to_value(&packet.form).expect("a tree is JSON");
    let mut again = Packet::default();
    again.missing = packet.missing;
    again.form.read(&json).expect("what is written can be read");
    match again.build() {
        Ok(built) => assert!(built == frame.bytes, "{text}"),
        Err(error) => panic!("{error}: {json}"),
    }
    text
}

/// The numbers of the layers and the names of the fields that are computed.
fn computed(frame: &Frame) -> Vec<(usize, &'static str, u64)> {
    let layers = dissect(frame.link_type, &frame.bytes).take(10).enumerate();
    layers
        .flat_map(|(number, layer)| {
            let fields = layer.proto.fields().iter().filter(|field| {
                let checksum = matches!(field.kind, Kind::Checksum) || field.computed == Computed::Checksum;
                let number = !matches!(field.computed, Computed::Nothing | Computed::NextProtocol(_));
                checksum || number
            });
            let all: Vec<_> =
                fields.filter_map(|field| Some((number, field.name, field.read(layer.header())?.number()?))).collect();
            all
        })
        .collect()
}

#[test]
fn what_is_wrong_stays_and_what_is_right_is_left_out_as_it_was() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let (mut text, mut kept) = (String::new(), 0);
        for frame in samples(proto).into_iter().map(|sample| sample.packet).take(3) {
            let all = computed(&frame);
            let pairs = (0..all.len()).flat_map(|one| (one..all.len()).map(move |other| (one, other)));
            let pairs: Vec<_> = pairs.collect();
            let step = 1 + pairs.len() / 12;
            for (one, other) in pairs.into_iter().step_by(step) {
                for (change, cut) in [(1, 0), (u64::MAX, 3)] {
                    let mut wrong = frame.clone();
                    for (layer, name, value) in [all[one], all[other]] {
                        let value = Value::Uint(value.wrapping_add(change));
                        let _ = Editor::new(wrong.link_type, &mut wrong.bytes).set(layer, name, value);
                    }
                    wrong.bytes.truncate(wrong.bytes.len().saturating_sub(cut));
                    let shown = simplified(&wrong);
                    kept += shown.matches('=').count();
                    let _ = writeln!(text, "{one} {other} {change} {shown}");
                }
            }
            let _ = writeln!(text, "{}", simplified(&frame));
        }
        let _ = writeln!(out, "{}: {} members {:016x}", proto.name(), kept, digest(text.as_bytes()));
    }
    expect(&root().join("tests/expected/simplified.txt"), &out);
}

/// Headers inside each other, each with something wrong: up to a number of them, only what is needed is kept.
#[test]
fn of_many_that_are_wrong_all_are_kept() {
    let mut out = String::new();
    for depth in 1..21 {
        for (name, change) in [("checksum", 1), ("total_length", 4), ("total_length", 1)] {
            for every in [1, 2] {
                let text = format!("{}udp / 0x0102030405060708", "ipv4 / ".repeat(depth));
                let bytes = text.parse::<Packet>().unwrap().build().unwrap();
                let mut frame = Frame { link_type: 228, original_len: bytes.len(), bytes };
                for layer in (0..depth).step_by(every) {
                    let at = 20 * layer + if name == "checksum" { 10 } else { 2 };
                    let old = u16::from_be_bytes([frame.bytes[at], frame.bytes[at + 1]]);
                    let value = Value::Uint(u64::from(old.wrapping_sub(change)));
                    let _ = Editor::new(228, &mut frame.bytes).set(layer, name, value);
                }
                let shown = simplified(&frame);
                let members = shown.matches('=').count();
                let _ = writeln!(out, "{depth} {name} {change} {every}: {members} {:016x}", digest(shown.as_bytes()));
            }
        }
    }
    expect(&root().join("tests/expected/simplified_deep.txt"), &out);
}
