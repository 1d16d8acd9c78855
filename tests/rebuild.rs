//! What dissecting gives becomes the packet's bytes again, whatever they are.

mod common;

use common::{corpus, packets, testdata};
use packetsmith::sink::Json;
use packetsmith::{Packet, Severity, examine};
use std::collections::BTreeMap;

/// Counts of layers that had to be kept byte by byte, by protocol.
#[derive(Default)]
struct Raw {
    packets: usize,
    layers: BTreeMap<&'static str, usize>,
    /// Of those, in packets that nothing is wrong with.
    well_formed: BTreeMap<&'static str, usize>,
}

#[test]
fn json_becomes_the_packet_again() {
    let (mut json, mut packet) = (Json::default(), Packet::default());
    for path in testdata().into_iter().chain(corpus()) {
        for (number, frame) in packets(&path).into_iter().enumerate() {
            json.text.bytes.clear();
            json.packet(|_| {}, examine(frame.link_type, &frame.bytes).original_len(frame.original_len));
            let mut text = serde_json::Deserializer::from_slice(&json.text.bytes);
            packet.form.read(&mut text).expect("what is written can be read");
            let name = format!("{} packet {}", path.display(), number + 1);
            let built = packet.build();
            let built = built.unwrap_or_else(|error| panic!("{name}: {error}\n{}", packet.form));
            assert_eq!(built, frame.bytes, "{name}\n{}", packet.form);
        }
    }
}

#[test]
fn every_packet_of_every_capture_is_rebuilt() {
    let mut raw = Raw::default();
    let mut packet = Packet::default();
    for path in testdata().into_iter().chain(corpus()) {
        for (number, frame) in packets(&path).into_iter().enumerate() {
            let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
            packet.read(layers());
            let built = packet.build();
            let name = format!("{} packet {}", path.display(), number + 1);
            let built = built.unwrap_or_else(|error| panic!("{name}: {error}\n{}", packet.form));
            assert_eq!(built, frame.bytes, "{name}\n{}", packet.form);
            raw.packets += 1;
            let mut worst = None;
            for layer in layers() {
                layer.issues(|issue| worst = worst.max(Some(issue.reason.severity())));
            }
            for proto in packet.raw() {
                *raw.layers.entry(proto.name()).or_default() += 1;
                if worst < Some(Severity::Warning) {
                    if std::env::var_os("SHOW").is_some() {
                        println!("{name}: {}", proto.name());
                    }
                    *raw.well_formed.entry(proto.name()).or_default() += 1;
                }
            }
        }
    }
    println!("{} packets, raw layers {:?}, of those without a warning {:?}", raw.packets, raw.layers, raw.well_formed);
}
