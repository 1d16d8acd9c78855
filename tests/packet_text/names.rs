//! Each name of each protocol: a field, an option, or nothing.

use super::built;
use super::common::{digest, expect, root, samples};
use packetsmith::{Packet, Proto, examine};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The keys of the objects of a value.
fn keys(value: &serde_json::Value, all: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, all)),
        serde_json::Value::Object(members) => {
            for (key, member) in members {
                all.insert(key.clone());
                keys(member, all);
            }
        }
        _ => {}
    }
}

#[test]
fn a_name_is_a_field_an_option_or_nothing_as_it_was() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let (mut names, mut heads) = (BTreeSet::new(), BTreeSet::from([String::new()]));
        names.extend(proto.fields().iter().flat_map(|field| [field.name.to_string(), field.filter.to_string()]));
        for sample in samples(proto) {
            let frame = sample.packet;
            let packet = Packet::new(examine(frame.link_type, &frame.bytes));
            let json = serde_json::to_value(&packet.form).expect("a tree is JSON");
            for layer in json["layers"].as_array().into_iter().flatten().filter(|layer| layer["layer"] == proto.name())
            {
                keys(layer, &mut names);
                // What follows the fixed part may depend on the first numbers.
                for (key, value) in layer.as_object().into_iter().flatten().skip(1) {
                    let kind = ["type", "code", "op", "opcode", "version", "mode", "message_type", "routing_type"];
                    if kind.contains(&key.as_str()) && heads.len() < 24 {
                        heads.insert(format!(" {key}={value}"));
                    }
                }
            }
        }
        for name in names.iter().filter(|name| !name.is_empty()) {
            let mut answers: Vec<String> = Vec::new();
            for head in &heads {
                for value in ["1", "fe80::1", "[5]", "{}"] {
                    let answer = built(&format!("{}{head} {name}={value}", proto.name()));
                    answers.push(answer.split(": there is").next().unwrap_or_default().to_string());
                }
            }
            let all = digest(answers.join("\n").as_bytes());
            let _ =
                writeln!(out, "{} {name}: {} | {} | {all:016x}", proto.name(), answers[0], answers[answers.len() - 4]);
        }
    }
    expect(&root().join("tests/expected/packet_text_names.txt"), &out);
}
