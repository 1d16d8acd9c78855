//! What the library says about many packets stays as it is, down to the byte.
//!
//! What is read was compared with tshark where it could be, see `tools/compare_tshark.py`. This test needs no tshark: it
//! holds a digest of each kind of output, for the packets of each protocol, and for packets made of these by changing
//! bytes and lengths. A change of what is said changes a line of `tests/pinned.txt`, and so does not go unseen.
//!
//! A digest does not tell what has changed. `PINNED=folder cargo test --test pinned` writes the outputs themselves to a
//! folder, for example before and after a change; then `diff -r` of the two shows it. If the change is wanted,
//! `UPDATE=1 cargo test --test pinned` writes the digests.

mod common;

use common::{Packet as Frame, expect, packets, root, samples, testdata, with_hostile_lengths};
use packetsmith::ip::{Fragmenter, Outcome, Policy, Reassembler, Settings};
use packetsmith::output::{Json, Summary, TreeText};
use packetsmith::{Editor, Filter, Mutator, Packet, Proto, Value, View, dissect, examine};
use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

/// FNV-1a of 64 bits.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Collects outputs by kind, and gives a line of digests.
#[derive(Default)]
struct Outputs(Vec<(&'static str, String)>);

impl Outputs {
    fn add(&mut self, kind: &'static str, text: &str) {
        if !self.0.iter().any(|(known, _)| *known == kind) {
            self.0.push((kind, String::new()));
        }
        let Some((_, all)) = self.0.iter_mut().find(|(known, _)| *known == kind) else { return };
        all.push_str(text);
        all.push('\n');
    }

    fn line(&self, name: &str) -> String {
        let mut line = name.to_string();
        for (kind, text) in &self.0 {
            let _ = write!(line, "  {kind} {:016x}", digest(text.as_bytes()));
            if let Some(folder) = std::env::var_os("PINNED") {
                let folder = std::path::Path::new(&folder).join(kind);
                std::fs::create_dir_all(&folder).expect("the folder can be made");
                std::fs::write(folder.join(name), text).expect("the file can be written");
            }
        }
        line + "\n"
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Packets made of one: each of its bytes changed in one of a few ways, cut anywhere, with lengths that mean ill.
fn variants(frame: &Frame) -> Vec<Frame> {
    let mut all = vec![frame.clone()];
    let step = (frame.bytes.len() / 16).max(1);
    for at in (0..frame.bytes.len()).step_by(step) {
        for change in [0x01, 0xff] {
            let mut changed = frame.clone();
            changed.bytes[at] ^= change;
            all.push(changed);
        }
        let cut = Frame { bytes: frame.bytes[..at].to_vec(), ..frame.clone() };
        all.push(Frame { original_len: at, ..cut.clone() });
        all.push(cut);
    }
    let mut count = 0;
    with_hostile_lengths(frame, &mut |hostile| {
        count += 1;
        if count <= 24 {
            all.push(hostile.clone());
        }
    });
    all
}

/// What is said about a packet.
fn read(frame: &Frame, out: &mut Outputs) {
    let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
    let (mut summary, mut tree, mut json) = (Summary::default(), TreeText::default(), Json::default());
    summary.packet(layers());
    for column in [&summary.source, &summary.destination, &summary.protocol, &summary.info] {
        out.add("line", column.as_str());
    }
    tree.packet(layers());
    out.add("tree", tree.text.as_str());
    json.packet(|_| {}, layers());
    out.add("json", json.text.as_str());
    let mut issues = String::new();
    for layer in layers() {
        layer.issues(|issue| issues += &format!("{} {issue}\n", issue.kind.identifier()));
    }
    out.add("issues", &issues);
}

/// What is computed again in a packet, and how it is written as text.
fn build(frame: &Frame, out: &mut Outputs) {
    let mut packet = Packet::new(examine(frame.link_type, &frame.bytes).original_len(frame.original_len));
    packet.simplify(&frame.bytes);
    out.add("editable", &serde_json::to_string(&packet.form).expect("a tree is JSON"));
    out.add("text", &packet.to_string());
}

/// Edits of each number of each header, in place.
fn edit(frame: &Frame, out: &mut Outputs) {
    let layers: Vec<_> = dissect(frame.link_type, &frame.bytes).map(|layer| layer.proto).collect();
    for (number, proto) in layers.into_iter().enumerate().take(16) {
        for field in proto.fields() {
            for value in [1, 77] {
                let mut bytes = frame.bytes.clone();
                let done = Editor::new(frame.link_type, &mut bytes).update(number, field.name, &Value::Uint(value));
                let done = done.map_or_else(|error| error.to_string(), |()| hex(&bytes));
                out.add("edit", &format!("{number} {} {done}", field.name));
            }
        }
    }
    let mut bytes = frame.bytes.clone();
    let repaired = Editor::new(frame.link_type, &mut bytes).repair().map_err(|error| error.to_string());
    out.add("edit", &format!("{repaired:?} {}", hex(&bytes)));
    let mut wrong = Vec::new();
    for seed in 0..8 {
        let mutation = Mutator::new(seed).mutate(frame.link_type, &frame.bytes, &mut wrong);
        out.add("mutate", &format!("{mutation:?} {}", hex(&wrong)));
    }
}

/// Fragments of IP packets, and their reassembly, with one fragment changed.
fn fragment(frame: &Frame, out: &mut Outputs) {
    let found =
        dissect(frame.link_type, &frame.bytes).find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)));
    let Some(ip) = found else { return };
    let packet = &frame.bytes[ip.header_span().start as usize..ip.payload_span().end as usize];
    for mtu in [68, 100, 180, 1280] {
        let mut fragments: Vec<Vec<u8>> = Vec::new();
        match Fragmenter::new(mtu).identification(9).ignore_dont_fragment(true).split_headers(true).split(packet) {
            Ok(all) => fragments.extend(all.map(|piece| piece.slices().concat())),
            Err(error) => out.add("fragment", &error.to_string()),
        }
        fragments.iter().for_each(|fragment| out.add("fragment", &hex(fragment)));
        for policy in [Policy::First, Policy::Last, Policy::Bsd, Policy::Linux, Policy::Windows] {
            let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
            // In reverse order, and one of them twice, with other bytes.
            let mut sent: Vec<_> = fragments.iter().rev().cloned().collect();
            if let Some(mut again) = sent.first().cloned() {
                again.iter_mut().rev().take(3).for_each(|byte| *byte ^= 0x55);
                sent.insert(1, again);
            }
            for (number, fragment) in sent.iter().enumerate() {
                let mut lost = String::new();
                let time = Duration::from_millis(number as u64);
                let outcome = reassembler.push(fragment, number as u64, time, &mut |gone| lost += &format!("{gone:?}"));
                let said = match outcome {
                    Outcome::Complete(datagram) => hex(datagram.packet()),
                    outcome => format!("{outcome:?}"),
                };
                out.add("reassemble", &format!("{said} {lost}"));
            }
            out.add("reassemble", &format!("{:?} {}", reassembler.noticed(), reassembler.waiting()));
        }
    }
}

/// Filters that were parsed: parsing is slow without optimization.
#[derive(Default)]
struct Filters(HashMap<String, Result<Filter, String>>);

impl Filters {
    fn says(&mut self, text: &str, frame: &Frame) -> String {
        let filter =
            self.0.entry(text.into()).or_insert_with(|| Filter::parse(text).map_err(|error| error.to_string()));
        match filter {
            Ok(filter) => {
                let layers = examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
                u8::from(filter.matches(layers)).to_string()
            }
            Err(error) => error.clone(),
        }
    }
}

/// Which filters pass a packet: each name that is in it, and two comparisons of it.
fn filter(frame: &Frame, names: &[String], filters: &mut Filters, out: &mut Outputs) {
    for (number, name) in names.iter().enumerate() {
        // The names of a protocol are tried if it is there.
        let group = name.split('.').next().unwrap_or_default();
        if filters.says(group, frame) == "0" || filters.says(name, frame) == "0" {
            continue;
        }
        let forms = [
            format!("{name} == 1"),
            format!("{name} > 100"),
            format!("all {name} != 0"),
            format!("{name}[0:2] == 00:01"),
            format!("{name} contains \"a\""),
            format!("count({name}) > 1"),
            format!("{name}#1 == {name}#-1"),
            format!("{name} matches \"^.{{1,6}}$\""),
            format!("{name} & 1"),
            format!("max({name}) - min({name}) > 3"),
        ];
        let said = [3, 8].map(|step| filters.says(&forms[(number + step) % forms.len()], frame));
        out.add("filter", &format!("{name} {}", said.join(" ")));
    }
}

#[test]
fn what_is_said_of_packets_stays_as_it_is() {
    let (names, mut filters) = (Filter::names(), Filters::default());
    let mut text = String::new();
    let mut pin = |name: &str, frames: Vec<Frame>, with_filters: bool| {
        let mut out = Outputs::default();
        for frame in &frames {
            for variant in variants(frame) {
                read(&variant, &mut out);
            }
            for variant in variants(frame).iter().step_by(7) {
                build(variant, &mut out);
            }
            edit(frame, &mut out);
            fragment(frame, &mut out);
            if with_filters {
                filter(frame, &names, &mut filters, &mut out);
            }
        }
        text.push_str(&out.line(name));
    };
    for &proto in Proto::ALL {
        if proto != Proto::Data {
            pin(proto.name(), samples(proto).into_iter().map(|sample| sample.packet).collect(), true);
        }
    }
    for path in testdata() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Captures of thousands of packets are of few kinds.
        pin(&name, packets(&path).into_iter().step_by(5).take(8).collect(), false);
    }
    expect(&root().join("tests/pinned.txt"), &text);
}
