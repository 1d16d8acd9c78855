//! Where outputs are cut, broken and handed over: bytes of one length more than a limit, and one less.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test output_limits` writes them.

mod common;

use common::{digest, expect, root, samples};
use packetsmith::output::{DRAIN_AT, Hexdump, Json, Style, Summary, TextBuffer, TreeText};
use packetsmith::{Packet, Proto, dissect, examine};
use std::fmt::Write;

/// A frame of a packet text.
fn frame(text: &str) -> Vec<u8> {
    let mut packet: Packet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    packet.build().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn summary(link_type: u16, frame: &[u8], original: usize) -> String {
    let mut summary = Summary::default();
    summary.packet(examine(link_type, frame).original_len(original));
    let columns = [&summary.source, &summary.destination, &summary.protocol, &summary.info];
    columns.map(|column| column.as_str().to_string()).join(" | ")
}

fn tree(style: Style, width: usize, link_type: u16, frame: &[u8]) -> String {
    let mut tree = TreeText::new(style, width);
    tree.packet(examine(link_type, frame));
    tree.text.as_str().into()
}

fn json(link_type: u16, frame: &[u8]) -> String {
    let mut json = Json::default();
    json.packet(|_| {}, examine(link_type, frame));
    json.text.as_str().into()
}

#[test]
fn bytes_are_dumped_in_lines_of_sixteen() {
    let mut out = String::new();
    for length in [0, 1, 7, 8, 9, 15, 16, 17, 24, 32, 33] {
        let bytes: Vec<u8> = (0..length).map(|at| (at * 13 + 0x1c) as u8).collect();
        for style in [Style::PLAIN, Style::COLOUR] {
            let mut dump = Hexdump::new(style);
            dump.packet(&bytes, dissect(1, &bytes));
            let _ = writeln!(out, "{length} bytes\n{}", dump.text.as_str().escape_debug());
        }
    }
    for text in ["ethernet / ipv4 / udp src_port=9 / 0x7f20217e", "ethernet / vlan / ipv6 / tcp / 0x00"] {
        let mut bytes = frame(text);
        bytes.extend([0; 4]);
        let mut dump = Hexdump::new(Style::COLOUR);
        dump.packet(&bytes, dissect(1, &bytes));
        let _ = writeln!(out, "{text}\n{}", dump.text.as_str().escape_debug());
    }
    // Offsets have more digits where they need them; lines are handed over when there are many.
    for length in [0x0000_ffff, 0x0001_0000, 0x0001_0001] {
        let bytes = vec![b'a'; length];
        let (mut dump, mut handed) = (Hexdump::default(), Vec::new());
        let mut all = String::new();
        dump.stream(&bytes, dissect(147, &bytes), &mut |text: &mut TextBuffer| {
            handed.push(text.bytes.len());
            all.push_str(text.as_str());
            text.bytes.clear();
        });
        all.push_str(dump.text.as_str());
        let last = all.lines().last().unwrap_or_default();
        let first = &handed[..handed.len().min(2)];
        let _ = writeln!(out, "{length}: {} {first:?} {:016x} {last}", handed.len(), digest(all.as_bytes()));
        let mut whole = Hexdump::default();
        whole.packet(&bytes, dissect(147, &bytes));
        assert!(whole.text.as_str() == all, "what is handed over is the whole");
    }
    expect(&root().join("tests/expected/output_hexdump.txt"), &out);
}

#[test]
fn a_line_has_limits() {
    let mut out = String::new();
    let mut add = |name: &str, bytes: &[u8], original: usize| {
        let text = summary(1, bytes, original);
        let (head, tail) = (text.chars().take(160).collect::<String>(), text.chars().rev().take(60));
        let tail: String = tail.collect::<Vec<_>>().into_iter().rev().collect();
        let shown = if text.chars().count() > 220 { format!("{head} ... {tail}") } else { text.clone() };
        let _ = writeln!(out, "{name}: {} bytes, {shown}", text.len());
    };
    for tags in 0..8 {
        let tags_text: String = (0..tags).map(|tag| format!(" / vlan id={}", tag + 100)).collect();
        for end in ["", " / ipv4", " / ipv4 / udp", " / arp", " / 0x01"] {
            let bytes = frame(&format!("ethernet{tags_text}{end}"));
            add(&format!("{tags} tags{end}"), &bytes, bytes.len());
        }
    }
    let http = "ethernet / ipv4 / tcp src_port=9999";
    for length in (940..1010).chain([1400, 4000]) {
        for (letter, size) in [("a", 1), ("é", 2), ("€", 3), ("𝄞", 4)] {
            let target = letter.repeat(length / size) + &"x".repeat(length % size);
            let bytes = frame(&format!("{http} / http method=GET target=\"/{target}\" version=\"HTTP/1.1\""));
            add(&format!("{length} of {letter}"), &bytes, bytes.len());
        }
    }
    let bytes = frame("ethernet / ipv4 src=10.0.0.1 dst=10.0.0.2 / udp src_port=9 dst_port=10 / \"hello\"");
    for cut in 0..=bytes.len() {
        add(&format!("cut to {cut}"), &bytes[..cut], bytes.len());
    }
    for original in [bytes.len() - 1, bytes.len() + 1, 1 << 20] {
        add(&format!("{original} on the wire"), &bytes, original);
    }
    for at in [24, 25, 40, 41] {
        let mut wrong = bytes.clone();
        wrong[at] ^= 0x55;
        add(&format!("byte {at} wrong"), &wrong, wrong.len());
        wrong[24] ^= 1;
        add(&format!("bytes 24 and {at} wrong"), &wrong, wrong.len());
    }
    for inner in ["ipv4 / udp", "ipv4 / tcp", "ipv4 / icmpv4 type=8", "ipv4 / 0x01", "ipv4 protocol=17 / 0x01"] {
        for outer in
            ["ethernet / ipv4 / icmpv4 type=3", "ethernet / ipv4 / icmpv4 type=11", "ethernet / ipv6 / icmpv6 type=1"]
        {
            let bytes = frame(&format!("{outer} / {inner}"));
            add(&format!("{outer} / {inner}"), &bytes, bytes.len());
        }
    }
    for inner in ["ipv6 / udp", "ipv6 / tcp", "ipv6 / icmpv6 type=128", "ipv6 / hop_by_hop / icmpv6 type=200"] {
        let bytes = frame(&format!("ethernet / ipv6 / icmpv6 type=3 / {inner}"));
        add(&format!("icmpv6 / {inner}"), &bytes, bytes.len());
    }
    for code in ["lcp", "ipcp", "ipv6cp", "ccp"] {
        for number in [1, 7, 200] {
            let bytes = frame(&format!("ethernet / pppoe / ppp / lcp code=8 / {code} code={number}"));
            add(&format!("{code} {number}"), &bytes, bytes.len());
        }
    }
    for number in [0, 1, 17, 50, 143, 200, 253, 255] {
        let bytes = frame(&format!("ethernet / ipv4 protocol={number} / 0x0102"));
        add(&format!("protocol {number}"), &bytes, bytes.len());
    }
    for number in [0, 1, 1500, 1501, 1535, 1536, 0x0800, 0x88cc, 0x9999, 0xffff] {
        let bytes = frame(&format!("ethernet ethertype={number} / 0x0102"));
        add(&format!("EtherType {number}"), &bytes, bytes.len());
        let bytes = frame(&format!("ethernet / gre protocol={number} / 0x0102"));
        add(&format!("GRE {number}"), &bytes, bytes.len());
    }
    expect(&root().join("tests/expected/output_lines.txt"), &out);
}

#[test]
fn a_tree_is_broken_at_its_width() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        for (number, sample) in samples(proto).into_iter().enumerate().take(3) {
            let packet = sample.packet;
            let mut line = format!("{} {number}:", proto.name());
            for width in [0, 59, 60, 61, 66, 70, 77, 80, 90, 99, 100, 101, 120, 200] {
                let text = tree(Style::PLAIN, width, packet.link_type, &packet.bytes);
                let _ = write!(line, " {width} {:08x}", digest(text.as_bytes()) as u32);
            }
            let text = tree(Style::COLOUR, 100, packet.link_type, &packet.bytes);
            let _ = writeln!(out, "{line} colour {:016x}", digest(text.as_bytes()));
        }
    }
    expect(&root().join("tests/expected/output_widths.txt"), &out);
}

#[test]
fn long_values_are_cut_in_a_tree_and_whole_in_json() {
    let mut out = String::new();
    for length in [0, 1, 6, 7, 8, 16, 31, 32, 33, 64, 100] {
        let data = "5a".repeat(length);
        for text in [
            format!("ethernet / data data=\"{data}\""),
            format!("ethernet / ipv4 / tcp options=[253 data=0x{}]", &data[..2 * length.min(30)]),
        ] {
            let bytes = frame(&text);
            let _ = writeln!(out, "{length} bytes\n{}{}", tree(Style::PLAIN, 100, 1, &bytes), json(1, &bytes));
        }
    }
    for length in [1, 17, 18, 60, 255, 256, 257, 400] {
        for letter in [
            "a", "é", "\\x01", "\\x7f", "\\\\", "\\\"", "\\xff", "\\x80", "\u{61c}", "\u{202e}", "\u{a0}", "\u{85}",
            "\u{d8}",
        ] {
            let bytes = frame(&format!(
                "ethernet / ipv4 / udp dst_port=69 / tftp opcode=1 filename=\"{}\" mode=\"octet\"",
                letter.repeat(length)
            ));
            let (tree, json) = (tree(Style::PLAIN, 100, 1, &bytes), json(1, &bytes));
            let line = tree.lines().find(|line| line.contains(" filename ")).unwrap_or_default();
            let member = json.find("\"filename\":").map_or("", |at| &json[at..]);
            let member = if length == 1 { member.split(",\"mode").next().unwrap_or_default() } else { "" };
            let _ = writeln!(out, "{length} of {letter}: {} {:016x} {}", line.len(), digest(json.as_bytes()), member);
            if length == 1 {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    for text in [
        "ethernet trailer=0000000000000000 / ipv4 / udp / 0x01",
        "ethernet fcs_status=1 trailer=000000000000 / ipv4 trailer=0102 / udp / 0x01",
        "ethernet / ipv4 trailer=0102 / udp trailer=03 / 0x01",
    ] {
        let bytes = frame(text);
        let _ = writeln!(out, "{text}\n{}{}", tree(Style::PLAIN, 100, 1, &bytes), json(1, &bytes));
    }
    // Names with characters that JSON escapes.
    for name in ["a\\\"b.c", "a.b", "\u{e9}.x"] {
        let bytes = frame(&format!(
            "ethernet / ipv4 / udp / dns questions=[{{name=\"{name}\"}}] answers=[{{name=\"{name}\" rtype=CNAME}}]"
        ));
        let text = json(1, &bytes);
        let at = text.find("\"questions\"").unwrap_or_default();
        let _ = writeln!(out, "{name} -> {}", &text[at..]);
    }
    expect(&root().join("tests/expected/output_values.txt"), &out);
}

#[test]
fn much_text_is_handed_over_in_pieces_that_are_the_whole() {
    let mut out = String::new();
    for length in [
        1,
        DRAIN_AT / 4,
        DRAIN_AT / 2 - 100,
        DRAIN_AT / 2 - 60,
        DRAIN_AT / 2 - 30,
        DRAIN_AT / 2,
        DRAIN_AT / 2 + 1,
        DRAIN_AT,
        3 * DRAIN_AT,
    ] {
        for link_type in [147, 1] {
            let bytes = vec![0x5a; length];
            let (mut writer, mut whole, mut handed) = (Json::default(), String::new(), Vec::new());
            writer.line(|json| {
                json.stream_layers(examine(link_type, &bytes), &mut |text: &mut TextBuffer| {
                    handed.push(text.bytes.len());
                    whole.push_str(text.as_str());
                    text.bytes.clear();
                });
            });
            whole.push_str(writer.text.as_str());
            assert!(whole == json(link_type, &bytes), "what is handed over is the whole");
            let _ = writeln!(out, "JSON of {length} bytes: {handed:?} and {}", writer.text.bytes.len());
        }
    }
    // A message with many records, and a header that is not read whole.
    let questions = (0..1200).map(|number| format!("{{name=q{number}.example.org}}")).collect::<Vec<_>>().join(" ");
    let long = frame(&format!("ipv4 / udp / dns questions=[{questions}]"));
    let options = "tcp options=[1]";
    for bytes in [long, frame(&format!("ipv4 / {options}"))] {
        for width in [60, 100] {
            let (mut writer, mut whole, mut handed) = (TreeText::new(Style::PLAIN, width), String::new(), Vec::new());
            writer.stream(examine(101, &bytes), &mut |text: &mut TextBuffer| {
                handed.push(text.bytes.len());
                whole.push_str(text.as_str());
                text.bytes.clear();
            });
            whole.push_str(writer.text.as_str());
            assert!(whole == tree(Style::PLAIN, width, 101, &bytes), "what is handed over is the whole");
            let _ = writeln!(out, "a tree of {} bytes: {handed:?} and {}", bytes.len(), writer.text.bytes.len());
        }
        let (mut writer, mut handed) = (Json::default(), Vec::new());
        writer.line(|json| {
            json.stream_layers(examine(101, &bytes), &mut |text: &mut TextBuffer| {
                handed.push(text.bytes.len());
                text.bytes.clear();
            });
        });
        let _ = writeln!(out, "JSON of {} bytes: {handed:?} and {}", bytes.len(), writer.text.bytes.len());
    }
    expect(&root().join("tests/expected/output_pieces.txt"), &out);
}

#[test]
fn members_are_separated_and_quoted() {
    let mut json = Json::default();
    json.line(|_| {});
    json.line(|json| json.number("a", 1));
    json.line(|json| {
        json.flag("yes", true);
        json.flag("no", false);
        json.string("text", "a\"b\\c\n\r\t\u{1}\u{7f}\u{85}\u{202e}\u{d8}é€");
        json.plain("plain", |text| text.str("x"));
        json.hex_string("hex", &[1, 0xff]);
        json.list("list", |json| {
            json.item(1);
            json.item("two");
            json.object("", |json| json.number("b", 2));
            json.object("", |_| {});
        });
        json.list("none", |_| {});
        json.object("object", |json| {
            json.number("c", 3);
            json.verbatim(b"\"d\":4");
            json.verbatim(b"");
            json.number("e", 5);
        });
        json.object("empty", |_| {});
        json.verbatim(b"\"f\":6");
        json.list("more", |json| json.verbatim(b"7"));
        json.number("last", u64::MAX);
    });
    let whole = [
        "{}",
        r#"{"a":1}"#,
        concat!(
            r#"{"yes":true,"no":false,"text":"a\"b\\c\n\r\t\u0001\u007f\u0085\u202eØé€","plain":"x","hex":"01ff","#,
            r#""list":[1,two,{"b":2},{}],"none":[],"object":{"c":3,"d":4,"e":5},"empty":{},"f":6,"more":[7],"#,
            r#""last":18446744073709551615}"#
        ),
    ];
    assert_eq!(json.text.as_str(), whole.join("\n") + "\n");
    json.text.bytes.clear();
    json.members(|json| json.number("a", 1));
    assert_eq!(json.text.as_str(), r#""a":1"#);
    json.text.bytes.clear();
    json.bytes_as_text(b"a\"");
    json.bytes_as_text(b"\xff");
    assert_eq!(json.text.as_str(), r#""a\""{"hex":"ff"}"#);
}

#[test]
fn styles_are_what_terminals_know() {
    let plain = Style::PLAIN;
    for code in [plain.reset(), plain.bold(), plain.dim(), plain.error(), plain.warning(), plain.layer(3)] {
        assert_eq!(code, "");
    }
    let colour = Style::COLOUR;
    let codes = [colour.reset(), colour.bold(), colour.dim(), colour.error(), colour.warning()];
    assert_eq!(codes, ["\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"]);
    let layers: Vec<_> = (0..8).map(|index| colour.layer(index)).collect();
    let six = ["\x1b[34m", "\x1b[36m", "\x1b[32m", "\x1b[35m", "\x1b[93m", "\x1b[95m"];
    assert_eq!(layers, [&six[..], &six[..2]].concat());
    assert_eq!(Style::default(), plain);
}

/// Text is handed over when it is longer than the limit, not when it is as long.
#[test]
fn text_is_handed_over_above_the_limit() {
    let bytes = frame("ethernet / ipv4 / udp / 0x0102030405060708");
    let mut out = String::new();
    let mut before = [0; 3];
    for have in DRAIN_AT - 2000..=DRAIN_AT + 1 {
        let (mut dump, mut tree, mut json) = (Hexdump::default(), TreeText::default(), Json::default());
        let mut counts = [0; 3];
        dump.text.bytes.resize(have, b'x');
        dump.stream(&bytes, dissect(1, &bytes), &mut |_| counts[0] += 1);
        tree.text.bytes.resize(have, b'x');
        tree.stream(examine(1, &bytes), &mut |_| counts[1] += 1);
        json.text.bytes.resize(have, b'x');
        json.stream_layers(examine(1, &bytes), &mut |_| counts[2] += 1);
        if counts != before {
            let _ = writeln!(out, "{} less than the limit: {counts:?}", DRAIN_AT as i64 - have as i64);
        }
        before = counts;
    }
    expect(&root().join("tests/expected/output_drained.txt"), &out);
}
