//! Each edit of each protocol's packets: which bytes it changes, or why it cannot be made.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test editor` writes them.

mod common;

use common::{Packet as Frame, digest, expect, root, samples};
use packetsmith::build::replace;
use packetsmith::ip::Fragmenter;
use packetsmith::wire::fcs;
use packetsmith::{Checksum, Editor, Kind, MacAddr, Packet, Proto, Value, View, dissect, examine};
use std::fmt::Write;

/// Which bytes have changed, and to what.
fn changes(before: &[u8], after: &[u8]) -> String {
    let mut text = String::new();
    for (at, _) in before.iter().zip(after).enumerate().filter(|(_, (old, new))| old != new) {
        let _ = write!(text, " {at}:{:02x}", after[at]);
    }
    if before.len() != after.len() {
        let _ = write!(text, " length {}", after.len());
    }
    if text.is_empty() { " nothing".into() } else { text }
}

/// The frame as it is, with a frame check sequence, without checksums, with checksums left to the network card, with all
/// checksums wrong, with a byte more and cut.
fn kinds(frame: &Frame) -> Vec<(&'static str, Frame)> {
    let mut all = vec![("as it is", frame.clone())];
    if dissect(frame.link_type, &frame.bytes).next().is_some_and(|layer| layer.proto == Proto::Ethernet) {
        let mut with = frame.clone();
        with.bytes.extend([0, 0, 0, 0, 0]);
        let end = with.bytes.len();
        with.bytes.extend(fcs(&with.bytes[..end]));
        all.push(("with a right sequence", with.clone()));
        if let Some(last) = with.bytes.last_mut() {
            *last ^= 1;
        }
        all.push(("with a wrong sequence", with));
    }
    let with_checksums = |set: &dyn Fn(u16) -> u16| {
        let mut changed = frame.clone();
        let mut spots = Vec::new();
        for layer in examine(frame.link_type, &frame.bytes) {
            if layer.checksum().is_none() {
                continue;
            }
            let start = layer.header_span().start;
            let field = layer.proto.fields().iter().find(|field| matches!(field.kind, Kind::Checksum));
            spots.extend(field.map(|field| field.span(start).start as usize));
        }
        for at in spots {
            let stored = u16::from_be_bytes([changed.bytes[at], changed.bytes[at + 1]]);
            changed.bytes[at..at + 2].copy_from_slice(&set(stored).to_be_bytes());
        }
        changed
    };
    all.push(("without checksums", with_checksums(&|_| 0)));
    all.push(("with wrong checksums", with_checksums(&|stored| stored.wrapping_add(0x0101))));
    let mut offloaded = frame.clone();
    let pairs: Vec<_> = examine(frame.link_type, &frame.bytes)
        .filter(|layer| matches!(layer.view, View::Tcp(_) | View::Udp(_)) && layer.checksum().is_some())
        .map(|layer| {
            (layer.header_span().start as usize, layer.proto, layer.context.addresses, layer.payload_span().end)
        })
        .collect();
    for (start, proto, addresses, end) in pairs {
        let number = if proto == Proto::Tcp { 6 } else { 17 };
        let size = u32::from(addresses.size);
        let bytes = |at: u32| &frame.bytes[at as usize..(at + size) as usize];
        let length = end - start as u32;
        let sum = packetsmith::Sum::new().bytes(bytes(addresses.src)).bytes(bytes(addresses.dst));
        let sum = sum.bytes(&length.to_be_bytes()).bytes(&[0, number]).value();
        let at = start + if proto == Proto::Tcp { 16 } else { 6 };
        offloaded.bytes[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }
    if examine(frame.link_type, &offloaded.bytes).any(|layer| layer.checksum() == Some(Checksum::Offloaded)) {
        all.push(("left to the card", offloaded));
    }
    let mut longer = frame.clone();
    longer.bytes.push(0x55);
    all.push(("with a byte more", longer));
    let len = frame.bytes.len();
    all.push(("cut", Frame { bytes: frame.bytes[..len - len.min(1 + len / 8)].to_vec(), ..frame.clone() }));
    all
}

/// Values that a field of this kind may have, and some that it cannot.
fn values(kind: Kind, bits: usize) -> Vec<Value<'static>> {
    let max = u64::MAX >> (64 - bits.clamp(1, 64));
    let mut all = vec![Value::Uint(0), Value::Uint(max), Value::Uint(max / 3), Value::Uint(max.wrapping_add(1))];
    all.push(match kind {
        Kind::Mac => Value::Mac(MacAddr([2, 3, 5, 7, 11, 13])),
        Kind::Ipv4 => Value::Ipv4([203, 0, 113, 77].into()),
        Kind::Ipv6 => Value::Ipv6([0xfd; 16].into()),
        Kind::Bool => Value::Bool(true),
        Kind::Int => Value::Int(-1),
        Kind::Bytes | Kind::Text => Value::Bytes(b"0123456789abcdef0123456789abcdef"),
        _ => Value::Int(-1),
    });
    all
}

#[test]
fn each_update_changes_what_it_did() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let mut all = std::collections::BTreeMap::<&str, (usize, usize, String)>::new();
        for frame in samples(proto).into_iter().map(|sample| sample.packet).take(5) {
            for (kind, frame) in kinds(&frame) {
                let (count, refused, text) = all.entry(kind).or_default();
                let layers: Vec<_> = dissect(frame.link_type, &frame.bytes).map(|layer| layer.proto).take(12).collect();
                for (number, layer) in layers.into_iter().enumerate() {
                    for field in layer.fields() {
                        for value in values(field.kind, field.bits().len()) {
                            let mut bytes = frame.bytes.clone();
                            let done = Editor::new(frame.link_type, &mut bytes).update(number, field.name, value);
                            *count += 1;
                            *refused += usize::from(done.is_err());
                            let done = done.map_or_else(|error| error.to_string(), |()| changes(&frame.bytes, &bytes));
                            let _ = writeln!(text, "{number} {} {done}", field.name);
                        }
                    }
                }
                let mut bytes = frame.bytes.clone();
                let done = Editor::new(frame.link_type, &mut bytes).repair();
                let done = done.map_or_else(|error| error.to_string(), |()| changes(&frame.bytes, &bytes));
                let _ = writeln!(text, "repaired {done}");
                for at in (0..=frame.bytes.len()).step_by(1 + frame.bytes.len() / 40) {
                    for with in [&[0x5a][..], &[0xff, 0], &[1, 2, 3], &[]] {
                        let mut bytes = frame.bytes.clone();
                        let done = Editor::new(frame.link_type, &mut bytes).patch(at, with);
                        let done = done.map_or_else(|error| error.to_string(), |()| changes(&frame.bytes, &bytes));
                        let _ = writeln!(text, "{at} {done}");
                    }
                }
            }
        }
        for (kind, (count, refused, text)) in all {
            let all = digest(text.as_bytes());
            let _ = writeln!(out, "{} {kind}: {count} updates, {refused} refused, {all:016x}", proto.name());
        }
    }
    expect(&root().join("tests/expected/editor.txt"), &out);
}

/// Frames of packet texts beside the samples: EtherTypes that are lengths, or almost.
fn with_lengths() -> Vec<Frame> {
    let numbers = [0, 1, 38, 1500, 1501, 1535, 1536, 1537, 0x0800];
    let texts = numbers.into_iter().flat_map(|number| {
        [
            format!("ethernet ethertype={number} / 0x010203"),
            format!("ethernet / vlan ethertype={number} / 0x010203"),
            format!("ethernet / gre protocol={number} / 0x010203"),
        ]
    });
    texts.map(|text| frame(&text, 1)).collect()
}

/// Packets with payloads that are split, of each protocol with a checksum over all of them.
fn long_packets() -> Vec<Frame> {
    let payload = "5a".repeat(301);
    let inner = [
        "udp src_port=9",
        "udp src_port=9 checksum=0",
        "tcp src_port=9",
        "udp_lite src_port=9",
        "icmpv6 type=128",
        "icmpv4 type=8",
    ];
    let outer =
        ["ipv4 src=10.0.0.1 dst=10.0.0.2", "ipv6 src=fe80::1 dst=fe80::2", "ipv6 / destination_options", "vlan / ipv4"];
    let all =
        outer.into_iter().flat_map(|outer| inner.map(|inner| format!("ethernet / {outer} / {inner} / 0x{payload}")));
    all.map(|text| frame(&text, 1)).collect()
}

/// The samples of a protocol; for data, others.
fn frames(proto: Proto, others: fn() -> Vec<Frame>) -> Vec<Frame> {
    match proto {
        Proto::Data => others(),
        proto => samples(proto).into_iter().map(|sample| sample.packet).take(3).collect(),
    }
}

fn frame(text: &str, link_type: u16) -> Frame {
    let mut packet: Packet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let bytes = packet.build().unwrap_or_else(|error| panic!("{text}: {error}"));
    Frame { link_type, original_len: bytes.len(), bytes }
}

/// The first sample of a protocol that holds, as an Ethernet frame.
fn ethernet(proto: Proto) -> Option<Vec<u8>> {
    samples(proto)
        .into_iter()
        .map(|sample| sample.packet)
        .find(|packet| packet.link_type == 1)
        .map(|packet| packet.bytes)
}

#[test]
fn a_patch_has_bounds() {
    let mut frame = [&[0; 12][..], &[0x88, 0xb5], &[7; 300]].concat();
    let before = frame.clone();
    let mut out = String::new();
    for (at, length) in [
        (0, 0),
        (0, 1),
        (0, 127),
        (0, 128),
        (0, 129),
        (313, 1),
        (314, 0),
        (314, 1),
        (315, 0),
        (313, 2),
        (186, 128),
        (187, 128),
        (186, 129),
        (200, 200),
        (usize::MAX, 1),
        (usize::MAX, 0),
        (1000, 1),
    ] {
        frame.copy_from_slice(&before);
        let done = Editor::new(1, &mut frame).patch(at, &vec![9; length]);
        let done = done.map_or_else(|error| error.to_string(), |()| "done".into());
        let changed = frame.iter().filter(|&&byte| byte == 9).count();
        let _ = writeln!(out, "{length} bytes at {at}: {done}, {changed} changed");
    }
    // Fields that are not there, layers that are not there, and a header that is cut.
    let whole = ethernet(Proto::Udp).expect("a packet has UDP");
    for length in [0, 1, 13, 14, 15, 33, 34, 35, 41, 42, whole.len()] {
        for (layer, field) in
            [(0, "src"), (0, "eth.src"), (1, "ttl"), (1, "ip.ttl"), (2, "length"), (3, "data"), (9, "x")]
        {
            for set in [true, false] {
                let mut bytes = whole[..length.min(whole.len())].to_vec();
                let old = bytes.clone();
                let mut editor = Editor::new(1, &mut bytes);
                let value = if field.ends_with("src") { Value::Mac(MacAddr([4; 6])) } else { Value::Uint(5) };
                let done = if set { editor.set(layer, field, value) } else { editor.update(layer, field, value) };
                let done = done.map_or_else(|error| error.to_string(), |()| "done".into());
                let name = if set { "set" } else { "update" };
                let _ = writeln!(out, "{name} {layer} {field} of {length} bytes: {done},{}", changes(&old, &bytes));
            }
        }
    }
    expect(&root().join("tests/expected/editor_bounds.txt"), &out);
}

#[test]
fn more_layers_than_a_stack_has_are_refused() {
    let mut out = String::new();
    for tags in [29, 30, 31, 32, 33] {
        let mut frame = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(tags), &[0x88, 0xb5, 1, 2]].concat();
        let layers = dissect(1, &frame).count();
        let set = Editor::new(1, &mut frame).set(0, "ethertype", Value::Uint(0x8100)).is_ok();
        let update = Editor::new(1, &mut frame).update(0, "ethertype", Value::Uint(0x8100)).is_ok();
        let patch = Editor::new(1, &mut frame).patch(0, &[0]).is_ok();
        let repair = Editor::new(1, &mut frame).repair().map_err(|error| (error.layer, error.to_string()));
        let mut replaced = Vec::new();
        let end = frame.len() - 2;
        let done = replace(1, &frame, end, &[1; 40], &mut replaced).map_err(|error| (error.layer, error.to_string()));
        let _ = writeln!(
            out,
            "{tags} tags, {layers} layers: set {set}, update {update}, patch {patch}, repair {repair:?}, replace {done:?}"
        );
    }
    expect(&root().join("tests/expected/editor_depth.txt"), &out);
}

#[test]
fn a_packet_in_the_place_of_another_is_announced() {
    let mut out = String::new();
    for &proto in Proto::ALL {
        let mut text = String::new();
        for frame in frames(proto, with_lengths) {
            let places: Vec<_> = dissect(frame.link_type, &frame.bytes)
                .take(12)
                .flat_map(|layer| {
                    let (start, end) = (layer.header_span().start as usize, layer.header_span().end as usize);
                    [start, start + 1, end.saturating_sub(1), end]
                })
                .chain([frame.bytes.len(), frame.bytes.len() + 1])
                .collect();
            for at in places {
                for with in [0, 1, 60, 1481, 1500, 1501, 1536, 65_500, 65_535, 65_536] {
                    let mut made = Vec::new();
                    let done = replace(frame.link_type, &frame.bytes, at, &vec![0x45; with], &mut made);
                    let done = done.map_or_else(|error| format!("{} {error}", error.layer), |()| String::new());
                    let head = &made[..at.min(made.len())];
                    let same = frame.bytes.len().min(head.len());
                    let _ = writeln!(text, "{at} {with} {done}{} {}", changes(&frame.bytes[..same], head), made.len());
                }
            }
        }
        let _ = writeln!(out, "{}: {:016x}", proto.name(), digest(text.as_bytes()));
    }
    expect(&root().join("tests/expected/editor_replaced.txt"), &out);
}

#[test]
fn an_edit_of_a_fragment_reaches_the_checksum_of_the_whole() {
    let mut out = String::new();
    for &proto in Proto::ALL {
        let mut text = String::new();
        for frame in frames(proto, long_packets) {
            let found = dissect(frame.link_type, &frame.bytes)
                .find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)));
            let Some(ip) = found else { continue };
            let packet = &frame.bytes[ip.header_span().start as usize..ip.payload_span().end as usize];
            for mtu in [68, 76, 84, 100, 1280] {
                let split =
                    Fragmenter::new(mtu).identification(9).ignore_dont_fragment(true).split_headers(true).split(packet);
                for piece in split.into_iter().flatten() {
                    let piece = piece.slices().concat();
                    for (layer, field) in
                        [(0, "src"), (0, "dst"), (0, "ttl"), (0, "hop_limit"), (1, "id"), (1, "offset")]
                    {
                        for value in [
                            Value::Ipv4([9, 8, 7, 6].into()),
                            Value::Ipv6([0xfe; 16].into()),
                            Value::Uint(0),
                            Value::Uint(3),
                        ] {
                            let mut bytes = piece.clone();
                            if Editor::new(101, &mut bytes).update(layer, field, value).is_ok() {
                                let _ = writeln!(text, "{mtu} {field}{}", changes(&piece, &bytes));
                            }
                        }
                    }
                    for at in (0..piece.len()).step_by(7) {
                        let mut bytes = piece.clone();
                        if Editor::new(101, &mut bytes).patch(at, &[0x99]).is_ok() {
                            let _ = writeln!(text, "{mtu} {at}{}", changes(&piece, &bytes));
                        }
                    }
                }
            }
        }
        if !text.is_empty() {
            let _ = writeln!(out, "{}: {} {:016x}", proto.name(), text.lines().count(), digest(text.as_bytes()));
        }
    }
    expect(&root().join("tests/expected/editor_fragments.txt"), &out);
}
