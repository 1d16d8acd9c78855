//! A dissected packet is built to the same bytes again, whatever they are.

mod common;

use common::{corpus, packets, shapes, testdata, with_hostile_lengths};
use packetsmith::output::Json;
use packetsmith::{Examine, Layers, NextProtocol, Packet, Proto, Severity, examine};
use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
            serde_json::from_slice::<Unique>(&json.text.bytes).unwrap_or_else(|e| panic!("{e} in {}", path.display()));
            let mut text = serde_json::Deserializer::from_slice(&json.text.bytes);
            packet.form.read(&mut text).expect("what is written can be read");
            packet.missing = frame.original_len.saturating_sub(frame.bytes.len()) as u32;
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
                layer.issues(|issue| worst = worst.max(Some(issue.kind.severity())));
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

/// JSON in which no object has a member twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Check;
        impl<'de> Visitor<'de> for Check {
            type Value = Unique;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Unique, A::Error> {
                while items.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Unique, A::Error> {
                let mut seen = BTreeSet::new();
                while let Some(key) = members.next_key::<String>()? {
                    members.next_value::<Unique>()?;
                    if !seen.insert(key.clone()) {
                        return Err(serde::de::Error::custom(format!("{key} stands twice in one object")));
                    }
                }
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(Check)
    }
}

/// What announces each protocol.
static ANNOUNCED: LazyLock<Vec<(Proto, NextProtocol)>> = LazyLock::new(|| {
    let numbers = (0..=u16::MAX).flat_map(|n| {
        let byte = u8::try_from(n).ok();
        let bytes = byte
            .into_iter()
            .flat_map(|n| [NextProtocol::IpProtocol(n), NextProtocol::IpVersion(n), NextProtocol::NtpMode(n)]);
        bytes.chain([
            NextProtocol::EtherType(n),
            NextProtocol::LinkType(n),
            NextProtocol::PppProtocol(n),
            NextProtocol::UdpPort(n),
            NextProtocol::TcpPort(n),
        ])
    });
    let others = [
        NextProtocol::Llc,
        NextProtocol::Snap,
        NextProtocol::PppFramed,
        NextProtocol::PppPlain,
        NextProtocol::PppCompressed,
        NextProtocol::NullLittle,
    ];
    let all: Vec<_> = numbers
        .chain(others)
        .chain([NextProtocol::Http, NextProtocol::Dhcpv6Message, NextProtocol::TlsRecord(0)])
        .collect();
    let protos = Proto::ALL.iter().filter(|proto| **proto != Proto::Data);
    protos
        .map(|&proto| (proto, *all.iter().find(|next| next.proto() == proto).expect("something announces it")))
        .collect()
});

fn rebuild(next: NextProtocol, bytes: &[u8]) {
    let layers = || Examine::new(Layers::new(next, bytes));
    let mut packet = Packet::new(layers());
    let built = packet.build().unwrap_or_else(|error| panic!("{next:?} {bytes:02x?}: {error}\n{}", packet.form));
    assert_eq!(built, bytes, "{next:?}\n{}", packet.form);
    let mut json = Json::default();
    json.packet(|_| {}, layers());
    let line = &json.text.bytes;
    serde_json::from_slice::<Unique>(line).unwrap_or_else(|e| panic!("{e} in {}", String::from_utf8_lossy(line)));
    packet.form.read(&mut serde_json::Deserializer::from_slice(line)).unwrap();
    let built = packet.build().unwrap_or_else(|error| panic!("{next:?} {bytes:02x?}: {error}\n{}", packet.form));
    assert_eq!(built, bytes, "{next:?}\n{}", packet.form);
    // What is built is taken apart to the same values again.
    let again = Packet::new(Examine::new(Layers::new(next, &built)));
    assert_eq!(again.form.to_string(), Packet::new(layers()).form.to_string());
}

/// Names in the client FQDN option of DHCP are ASCII or labels, as a flag says.
#[test]
fn names_of_both_encodings_are_rebuilt() {
    let names: [&[u8]; 9] =
        [b"", b"\0", b".", b"host", b"host.example", b"\x04host\0", b"\x04host", b"\x03a b\x03\xffc.\0", b"\x03a.b\0"];
    for flags in [0, 4, 255] {
        for name in names {
            let mut packet = vec![0; 236];
            (packet[0], packet[1], packet[2]) = (1, 1, 6);
            packet.extend([99, 130, 83, 99, 81, 3 + name.len() as u8, flags, 255, 255]);
            packet.extend(name);
            packet.push(255);
            rebuild(NextProtocol::UdpPort(67), &packet);
        }
    }
}

#[test]
fn lengths_that_mean_ill_are_rebuilt() {
    for packet in shapes() {
        with_hostile_lengths(&packet, &mut |hostile| {
            rebuild(NextProtocol::LinkType(hostile.link_type), &hostile.bytes)
        });
    }
}

#[test]
fn every_prefix_of_a_packet_is_rebuilt() {
    let mut seen = BTreeSet::new();
    for path in testdata() {
        for frame in packets(&path) {
            // One packet of each shape will do.
            let shape: Vec<_> =
                packetsmith::dissect(frame.link_type, &frame.bytes).map(|layer| layer.proto.name()).collect();
            if seen.insert((shape, frame.bytes.len() / 16)) {
                (0..frame.bytes.len().min(400))
                    .for_each(|n| rebuild(NextProtocol::LinkType(frame.link_type), &frame.bytes[..n]));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CASES").map_or(20_000, |n| n.parse().expect("a number"))))]

    #[test]
    fn any_bytes_of_any_protocol_are_rebuilt(which: prop::sample::Index, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        rebuild(which.get(&ANNOUNCED).1, &bytes);
    }

    #[test]
    fn damaged_packets_are_rebuilt(which: prop::sample::Index, at: [prop::sample::Index; 4], with: [u8; 4]) {
        static PACKETS: LazyLock<Vec<common::Packet>> =
            LazyLock::new(|| testdata().iter().flat_map(|path| packets(path)).collect());
        let packet = which.get(&PACKETS);
        let mut bytes = packet.bytes.clone();
        if !bytes.is_empty() {
            at.iter().zip(with).for_each(|(at, with)| *at.get_mut(&mut bytes) = with);
        }
        rebuild(NextProtocol::LinkType(packet.link_type), &bytes);
    }
}
