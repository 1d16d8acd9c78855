//! Each protocol inside each other, options of each length, and fields beside raw bytes: what is built, or why it is not.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test layer_pairs` writes them.

mod common;

use common::{digest, expect, root, samples};
use packetsmith::{Packet, Proto, View, examine};
use std::fmt::Write;

/// What a text becomes.
fn built(text: &str) -> Result<Vec<u8>, String> {
    let mut packet: Packet = text.parse().map_err(|error: packetsmith::PacketTextError| error.to_string())?;
    packet.build().map_err(|error| error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn each_protocol_announces_each_other_as_it_did() {
    let mut out = String::new();
    let names: Vec<&str> = Proto::ALL.iter().map(|proto| proto.name()).collect();
    for outer in &names {
        let mut text = String::new();
        // Those inside that are found where they were put.
        let mut found = Vec::new();
        for inner in names.iter().filter(|_| *outer != "data") {
            for more in ["", " / 0x01020304", " / ipv4 / udp", " / dns"] {
                let shown = format!("{outer} / {inner}{more}");
                let made = built(&shown);
                let _ = writeln!(text, "{shown} {}", made.as_ref().map_or_else(String::clone, |made| hex(made)));
                if let (Ok(made), Ok(head)) = (&made, built(outer))
                    && more.is_empty()
                    && *inner != "data"
                {
                    let changed = made.iter().zip(&head).position(|(one, other)| one != other);
                    if let Some(at) = changed {
                        found.push(format!("{inner} {at}:{:02x}", made[at]));
                    }
                }
            }
        }
        let _ = writeln!(out, "{outer}: {:016x} {}", digest(text.as_bytes()), found.join(", "));
    }
    expect(&root().join("tests/expected/layer_pairs.txt"), &out);
}

#[test]
fn options_of_each_length_are_padded_or_refused_as_they_were() {
    let mut out = String::new();
    for &proto in Proto::ALL {
        let Ok(plain) = built(proto.name()) else { continue };
        for list in ["options", "tags", "attributes", "avps", "extensions", "headers", "objects", "blocks"] {
            if built(&format!("{} {list}=[]", proto.name())).is_err() {
                continue;
            }
            let mut text = String::new();
            for length in (0..44).chain([251, 252, 253, 254, 255, 256, 257, 1020, 1021, 65_531, 65_532, 65_536]) {
                for kind in [0, 1, 2, 200, 255, 256] {
                    for after in ["", ", 1"] {
                        let data = "5a".repeat(length);
                        let shown = format!("{} {list}=[{kind} data=0x{data}{after}]", proto.name());
                        let made = match built(&shown) {
                            Ok(made) => format!("{} {:016x}", made.len(), digest(&made)),
                            Err(error) => error,
                        };
                        let _ = writeln!(text, "{length} {kind}{after}: {made}");
                    }
                }
            }
            let refused = text.lines().filter(|line| line.contains("is ") || line.contains("there")).count();
            let all = digest(text.as_bytes());
            let _ = writeln!(out, "{} {list}: {} bytes, {refused} refused, {all:016x}", proto.name(), plain.len());
        }
    }
    expect(&root().join("tests/expected/option_lengths.txt"), &out);
}

/// Values in place of one: the same in other words, another, none, and of other kinds.
fn others(value: &serde_json::Value) -> Vec<serde_json::Value> {
    use serde_json::json;
    let mut all = match value {
        serde_json::Value::Number(number) => {
            let number = number.as_u64().unwrap_or_default();
            vec![json!(number.to_string()), json!(format!("{number:#x}")), json!(number ^ 1)]
        }
        serde_json::Value::String(text) => vec![
            json!(text.to_uppercase()),
            json!(format!("{text}0")),
            json!(format!("{text}00")),
            json!({ "text": text }),
            json!({ "hex": text }),
            json!(text.get(1..).unwrap_or_default()),
        ],
        serde_json::Value::Bool(flag) => vec![json!(!flag), json!(u8::from(*flag)), json!(flag.to_string())],
        serde_json::Value::Array(items) => {
            let (mut fewer, mut more) = (items.clone(), items.clone());
            fewer.pop();
            more.extend(items.last().cloned());
            vec![json!(fewer), json!(more), json!({}), json!([])]
        }
        serde_json::Value::Object(_) => vec![json!({}), json!([value])],
        serde_json::Value::Null => Vec::new(),
    };
    all.push(serde_json::Value::Null);
    all.push(json!("x"));
    all
}

/// The places of all members inside of a value, as JSON pointers.
fn places(value: &serde_json::Value, before: &str, all: &mut Vec<String>) {
    let mut inner = |key: &str, value: &serde_json::Value| {
        let place = format!("{before}/{}", key.replace('/', "~1"));
        all.push(place.clone());
        places(value, &place, all);
    };
    match value {
        serde_json::Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, item)| inner(&number.to_string(), item));
        }
        serde_json::Value::Object(members) => members.iter().for_each(|(key, member)| inner(key, member)),
        _ => {}
    }
}

#[test]
fn a_field_beside_raw_bytes_agrees_with_them_or_is_refused_as_it_was() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let (mut agreed, mut changed, mut refused, mut text) = (0, 0, 0, String::new());
        for frame in samples(proto).into_iter().map(|sample| sample.packet).take(4) {
            let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
            let Some((number, header)) = layers()
                .enumerate()
                .find(|(_, layer)| layer.proto == proto)
                .map(|(number, layer)| (number, hex(layer.header())))
            else {
                continue;
            };
            let mut packet = Packet::new(layers());
            let missing = packet.missing;
            let tree = serde_json::to_value(&packet.form).expect("a tree is JSON");
            for key in ["raw", "trailer"] {
                let mut raw = tree.clone();
                if key == "raw" {
                    raw["layers"][number]["raw"] = header.clone().into();
                }
                let mut all = Vec::new();
                places(&raw["layers"][number], "", &mut all);
                let step = 1 + all.len() / if key == "raw" { 60 } else { 20 };
                for place in all.into_iter().step_by(step).filter(|place| place != "/layer" && place != "/raw") {
                    let place = format!("/layers/{number}{place}");
                    let old = raw.pointer(&place).cloned().expect("the place is in the value");
                    for other in others(&old) {
                        let mut with = raw.clone();
                        *with.pointer_mut(&place).expect("the place is in the value") = other.clone();
                        let said = match packet.form.read(&with) {
                            Ok(()) => {
                                packet.missing = missing;
                                packet.build().map_err(|error| {
                                    let place: String = error.place.iter().map(|step| format!("/{step}")).collect();
                                    format!("{place} {error}")
                                })
                            }
                            Err(error) => Err(error.to_string()),
                        };
                        let said = match said {
                            Ok(built) if built == frame.bytes => {
                                agreed += 1;
                                "agrees".into()
                            }
                            Ok(built) => {
                                changed += 1;
                                hex(&built)
                            }
                            Err(error) => {
                                refused += 1;
                                error
                            }
                        };
                        let _ = writeln!(text, "{key} {place} {other}: {said}");
                    }
                }
            }
        }
        let all = digest(text.as_bytes());
        let _ = writeln!(out, "{}: {agreed} agree, {changed} change, {refused} refused, {all:016x}", proto.name());
        if let Some(folder) = std::env::var_os("PINNED") {
            let folder = std::path::Path::new(&folder);
            std::fs::write(folder.join(proto.name()), &text).expect("the file can be written");
        }
    }
    expect(&root().join("tests/expected/raw_beside_fields.txt"), &out);
}

/// The fields that are shown of any header agree with its own bytes.
#[test]
fn what_is_shown_of_a_header_agrees_with_its_bytes() {
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        for frame in samples(proto).into_iter().map(|sample| sample.packet).take(8) {
            let step = 1 + frame.bytes.len() / 48;
            for (at, change) in (0..frame.bytes.len()).step_by(step).flat_map(|at| [(at, 0), (at, 1), (at, 0xff)]) {
                let mut bytes = frame.bytes.clone();
                bytes[at] ^= change;
                let Some((number, header)) = examine(frame.link_type, &bytes)
                    .enumerate()
                    .find(|(_, layer)| layer.proto == proto && !matches!(layer.view, View::Cut))
                    .map(|(number, layer)| (number, hex(layer.header())))
                else {
                    continue;
                };
                let mut packet = Packet::new(examine(frame.link_type, &bytes).original_len(frame.original_len));
                let missing = packet.missing;
                let mut tree = serde_json::to_value(&packet.form).expect("a tree is JSON");
                tree["layers"][number]["raw"] = header.into();
                // It follows from the length of the frame.
                tree["layers"][number].as_object_mut().map(|members| members.remove("frame_size"));
                packet.form.read(&tree).expect("what is written can be read");
                packet.missing = missing;
                let name = proto.name();
                let built = packet.build().unwrap_or_else(|error| panic!("{name}, byte {at}: {error}\n{tree}"));
                assert!(built == bytes, "{name}, byte {at}");
            }
        }
    }
}

/// A quoted packet before extensions is padded; trailers of any layer, and bytes that the capture cut off, change lengths.
#[test]
fn what_is_padded_and_what_is_missing_is_counted_as_it_was() {
    let mut out = String::new();
    let extensions = "extensions={objects=[{class=1 c_type=1 labels=[{label=7 bottom=true ttl=2}]}]}";
    for outer in ["ipv4 / icmpv4 type=3", "ipv4 / icmpv4 type=11", "ipv6 / icmpv6 type=1", "ipv6 / icmpv6 type=3"] {
        for length in (0..10).chain(92..112).chain(118..142) {
            let data = if length == 0 { "\"\"".into() } else { format!("0x{}", "61".repeat(length)) };
            for quote in ["", "ipv4 / ", "ipv4 trailer=0102 / ", "ipv4 / udp trailer=0102 / "] {
                let made = built(&format!("{outer} {extensions} / {quote}{data}"));
                let made = made.map(|made| format!("{} {:016x}", made.len(), digest(&made)));
                let _ = writeln!(out, "{outer} / {quote}{length}: {}", made.unwrap_or_else(|error| error));
            }
        }
    }
    for text in [
        "ethernet / ipv4 / udp / 0x01020304",
        "ethernet / ipv4 trailer=aabb / udp / 0x01020304",
        "ethernet trailer=0000000000000000 / ipv4 / udp / 0x01",
        "ethernet trailer=0000000000000000 / ipv4 trailer.missing=3 / udp trailer.missing=2 / 0x01",
        "ethernet trailer=0000 / ipv4 trailer=aa trailer.missing=3 / udp trailer=bb trailer.missing=2 / 0x01",
        "ethernet trailer.missing=4 / ipv6 / tcp / 0x01",
        "ethernet / ipv6 / hop_by_hop / udp trailer=0102 / dns",
        "ethernet trailer=0000 / llc / 0x01",
        "ethernet fcs_status=1 trailer=000000 / ipv4 / udp / 0x01",
        "ethernet fcs_status=1 trailer=00000000 / ipv4 / udp / 0x01",
        "ethernet fcs_status=1 trailer=0000000000 / ipv4 / udp / 0x01",
        "ethernet fcs_status=0 trailer=00000000 / ipv4 / udp / 0x01",
        "ethernet fcs_status=1 / ipv4 trailer=00000000 / udp / 0x01",
        "ethernet fcs_status=1 / ipv4 / udp / 0x01",
        "vlan / ethernet fcs_status=1 trailer=00000000 / ipv4 / udp / 0x01",
    ] {
        for missing in 0..12 {
            let mut packet: Packet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            packet.missing = missing;
            let made = packet.build().map_or_else(|error| error.to_string(), |made| hex(&made));
            let first = packet.first().map_or("none", Proto::name);
            let _ = writeln!(out, "{text}, {missing} missing, {first}: {made}");
        }
    }
    expect(&root().join("tests/expected/layer_trailers.txt"), &out);
}
