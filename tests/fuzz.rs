//! Replays the fuzzing corpus, `fuzz/corpus`, and the findings, `fuzz/findings`. Each has a folder for each target.

#![allow(clippy::duplicate_mod, reason = "the fuzz targets share a file with the tests")]

mod common;

#[allow(dead_code, unused_imports)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let mut count = 0;
    for folder in ["corpus", "findings"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder).join(target);
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            let input = std::fs::read(&path).expect("the file can be read");
            // The name of what fails is in the output of a test that fails.
            println!("{}", path.display());
            run(&input);
            count += 1;
        }
    }
    assert!(count > 0, "fuzz/corpus/{target} has nothing in it");
}

#[test]
fn dissect() {
    replay("dissect", targets::dissect_frame);
}

#[test]
fn roundtrip() {
    replay("roundtrip", targets::roundtrip);
}

#[test]
fn fragment() {
    replay("fragment", targets::fragment);
}

#[test]
fn reassemble() {
    replay("reassemble", targets::reassemble);
}

#[test]
fn flow() {
    replay("flow", targets::flow);
}

#[test]
fn stream() {
    replay("stream", targets::stream);
}

#[test]
fn http_content() {
    replay("http_content", targets::http_content);
}

#[test]
fn capture() {
    replay("capture", targets::capture);
}

#[test]
fn build_text() {
    replay("build_text", targets::build_text);
}

#[test]
fn edit() {
    replay("edit", targets::edit);
}

#[test]
fn text() {
    replay("text", targets::text);
}

#[test]
fn differential() {
    replay("differential", targets::differential);
}

#[test]
fn filter() {
    replay("filter", targets::filter);
}

#[test]
fn filter_functions() {
    replay("filter_functions", targets::filter_functions);
}

#[test]
fn capture_filter() {
    replay("capture_filter", targets::capture_filter);
}

#[test]
fn rewrite() {
    replay("rewrite", targets::rewrite);
}

#[test]
fn terminal() {
    replay("terminal", targets::terminal);
}

/// Filters made from random bytes, for packets of every shape. ROUNDS says how many.
#[test]
fn filters_pass_what_a_slow_evaluator_passes() {
    choices_with_shapes(6_000, targets::filter_functions);
}

#[test]
fn programs_accept_what_filters_made_from_bytes_pass() {
    choices_with_shapes(120, targets::capture_filter);
}

#[test]
fn what_is_right_stays_right_under_rules_made_from_bytes() {
    choices_with_shapes(6_000, targets::rewrite);
}

/// Runs a target on packets of every shape, some with a byte changed, each with random bytes that a filter or rules are made
/// from.
fn choices_with_shapes(usual: usize, run: fn(&[u8])) {
    let shapes = common::shapes();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for n in 0..rounds(usual) {
        let packet = &shapes[random.below(shapes.len())];
        let mut bytes = packet.bytes.clone();
        if n % 4 == 0 {
            let at = random.below(bytes.len());
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.below(256) as u8);
        }
        let choices: Vec<u8> = (0..random.below(255)).map(|_| random.below(256) as u8).collect();
        let [a, b] = packet.link_type.to_be_bytes();
        let input = [&[255, a, b, choices.len() as u8][..], &choices, &bytes].concat();
        run(&input);
    }
}

/// Random numbers that are the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

fn rounds(usual: usize) -> usize {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// Text with characters that a terminal obeys, where text can be: in frames, in packet text and in JSON.
#[test]
fn no_character_of_any_shape_of_packet_reaches_a_terminal() {
    const WILD: [&[u8]; 10] = [
        b"\x1b[31m",
        b"\xc2\x9b2J",
        b"\x7f",
        "\u{202e}".as_bytes(),
        "\u{2066}".as_bytes(),
        b"\r\n",
        b"\0",
        b"\xff\xfe",
        b"\x07",
        b"\"\\",
    ];
    let shapes = common::shapes();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let start = std::time::Instant::now();
    let rounds = rounds(6_000);
    for n in 0..rounds {
        let packet = &shapes[random.below(shapes.len())];
        let mut bytes = packet.bytes.clone();
        for _ in 0..1 + random.below(6) {
            let wild = WILD[random.below(WILD.len())];
            let at = random.below(bytes.len());
            // In place, so that lengths stay right.
            bytes.iter_mut().skip(at).zip(wild).for_each(|(byte, new)| *byte = *new);
        }
        let [a, b] = packet.link_type.to_be_bytes();
        targets::terminal(&[&[255, a, b, random.below(2) as u8][..], &bytes].concat());
        if n % 8 == 0 {
            let wild = String::from_utf8_lossy(WILD[random.below(WILD.len())]).into_owned();
            for text in [
                format!("ipv4 {wild}=1"),
                format!("{wild} / udp"),
                format!("ip.src == {wild}"),
                format!("{{\"layers\":[{{\"layer\":\"{}\"}}]}}", wild.escape_default()),
                format!("{{\"layers\":[{{\"layer\":\"udp\",{:?}:1}}]}}", wild),
            ] {
                targets::terminal(text.as_bytes());
            }
        }
    }
    println!("{rounds} rounds in {:?}", start.elapsed());
}
