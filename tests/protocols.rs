//! The table of protocols in `docs/protocols.md`, and a packet for each protocol in `tests/packets`.
//!
//! `UPDATE=1 cargo test --test protocols` writes both from the code. Read the difference.

mod common;

use common::{Sample, expect, root, samples, samples_path};
use packetsmith::output::{Summary, TreeText};
use packetsmith::wire::{Registry, Visitor};
use packetsmith::{Field, Kind, Proto, Span, Value, examine};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

fn taken_apart() -> impl Iterator<Item = Proto> {
    Proto::ALL.iter().copied().filter(|&proto| proto != Proto::Data)
}

#[test]
fn every_protocol_has_a_packet_that_shows_it() {
    for proto in taken_apart() {
        let mut text = String::new();
        let begins = format!("  {}  ", proto.name());
        let mut summary = Summary::default();
        for Sample { head, packet } in samples(proto) {
            let mut tree = TreeText::default();
            tree.packet(examine(packet.link_type, &packet.bytes).original_len(packet.original_len));
            let tree = String::from_utf8(tree.text.bytes).expect("trees are text");
            let mut ours = false;
            // A layer begins with its name behind two blanks; its fields stand further in.
            let lines = tree.lines().filter(|line| {
                ours =
                    if line.as_bytes().get(2).is_some_and(|&b| b != b' ') { line.starts_with(&begins) } else { ours };
                ours
            });
            let layers: Vec<_> = lines.collect();
            assert!(!layers.is_empty(), "{}: no such layer in {head}", proto.name());
            let gap = if text.is_empty() { "" } else { "\n" };
            summary.packet(examine(packet.link_type, &packet.bytes).original_len(packet.original_len));
            let line = [summary.protocol.as_str(), summary.info.as_str()].join("  ");
            let _ = write!(text, "{gap}= {head}\n\n{}\n{}\n", line.trim_end(), layers.join("\n"));
        }
        assert!(!text.is_empty(), "{} has no packet in tests/packets", proto.name());
        expect(&samples_path(proto), &text);
    }
}

#[test]
fn the_table_of_protocols_is_the_code_s() {
    let mut text = String::from(
        "# Protocols\n\n\
        `UPDATE=1 cargo test --test protocols` writes this page from the tables in the code. Do not edit it. After the table,\n\
        it lists the options, records and messages of each protocol by number. Those in **bold** occur in the packets of\n\
        `testdata` or `tests/packets`. `packetsmith fields NAME` lists their fields. Each protocol has a packet in\n\
        `tests/packets`, with all that is read of it, and how that was checked.\n\n\
        | protocol | what it is | fields | told apart by number | documents that its fields cite | what stays raw |\n\
        |---|---|---|---|---|---|\n",
    );
    for proto in taken_apart() {
        let variants = proto.variants().map(|(what, registry)| {
            let what = what.split(" (").next().unwrap_or_default();
            format!("{} {what}", registry.entries.len())
        });
        let variants = variants.collect::<Vec<_>>().join(", ");
        let link = |shown: String| if variants.is_empty() { shown } else { format!("[{shown}](#{})", proto.name()) };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            link(format!("`{}`", proto.name())),
            proto.title(),
            fields(proto).count(),
            if variants.is_empty() { "nothing" } else { &variants },
            documents(proto),
            proto.raw(),
        );
    }
    let seen = seen();
    for proto in taken_apart().filter(|proto| proto.variants().next().is_some()) {
        let _ = write!(text, "\n## {}\n", proto.name());
        for (what, registry) in proto.variants() {
            let (first, rest) = what.split_at(1);
            let _ = write!(text, "\n{}{rest}: ", first.to_uppercase());
            let entries = registry.entries.iter().map(|(number, name)| match seen.contains(&(proto.name(), *name)) {
                true => format!("**{number}** {name}"),
                false => format!("{number} {name}"),
            });
            let _ = writeln!(text, "{}.", entries.collect::<Vec<_>>().join("; "));
        }
    }
    expect(&root().join("docs/protocols.md"), &text);
}

fn fields(proto: Proto) -> impl Iterator<Item = &'static Field> {
    proto.fields().iter().chain(proto.variable_fields())
}

/// The RFCs that the documentation of a protocol's fields cites, and its title.
fn documents(proto: Proto) -> String {
    let mut numbers = BTreeSet::new();
    for doc in fields(proto).map(|field| field.doc).chain([proto.title(), proto.raw()]) {
        for cited in doc.split("RFC").skip(1) {
            // `RFC 2348, 2349 and 7440`, `RFC 826 §3`
            for word in cited.split([' ', ',']).filter(|word| !word.is_empty() && *word != "and") {
                let digits = word.trim_end_matches(['.', ';', ')', ':']).trim_end_matches("'s");
                let Some(number) = digits.parse::<u32>().ok().filter(|&n| n > 99) else { break };
                numbers.insert(number);
            }
        }
    }
    let numbers: Vec<_> = numbers.iter().map(|n| n.to_string()).collect();
    if numbers.is_empty() { "none".to_string() } else { format!("RFC {}", numbers.join(", ")) }
}

/// Names of options, records and messages that occur in our packets, with their protocols.
fn seen() -> BTreeSet<(&'static str, &'static str)> {
    struct Names {
        proto: Proto,
        /// The variants of each protocol.
        variants: Vec<(Proto, Vec<&'static Registry>)>,
        found: BTreeSet<(&'static str, &'static str)>,
    }
    impl Visitor for Names {
        fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
            let own = |registry: &Registry| {
                // The type in the fixed header names messages.
                let mut variants =
                    self.variants.iter().filter(|(proto, _)| *proto == self.proto).flat_map(|(_, own)| own);
                field.end_bit > 0 || variants.any(|own| own.entries == registry.entries)
            };
            if let Kind::Named(registry) = field.item_kind()
                && own(registry)
                && let Some(name) = field.meaning(&value)
            {
                self.found.insert((self.proto.name(), name));
            }
        }
        fn open(&mut self, _: &'static Field, _: Span) {}
        fn close(&mut self) {}
    }
    let mut names = Names {
        proto: Proto::Data,
        variants: taken_apart().map(|proto| (proto, proto.variants().map(|(_, own)| own).collect())).collect(),
        found: BTreeSet::new(),
    };
    let built = taken_apart().flat_map(samples).map(|sample| sample.packet);
    let captured = common::testdata().into_iter().flat_map(|path| common::packets(&path));
    for packet in captured.chain(built) {
        for layer in examine(packet.link_type, &packet.bytes) {
            names.proto = layer.proto;
            layer.show(&mut names);
        }
    }
    names.found
}

#[test]
fn numbers_that_are_told_apart_are_so_once() {
    for proto in taken_apart() {
        for (what, registry) in proto.variants() {
            let mut by_number = BTreeMap::new();
            for (number, name) in registry.entries {
                assert_eq!(by_number.insert(number, name), None, "{} {what}: {number}", proto.name());
                assert_eq!(registry.name(*number), Some(*name));
            }
        }
        assert!(proto.raw().ends_with('.'), "{}", proto.name());
    }
}
