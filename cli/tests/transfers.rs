//! `packetsmith follow`: what went through the captures of `testdata/` comes out whole, as `testdata/transfers.txt` says.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use hmac_sha256::Hash;
use serde_json::Value;

/// What one side of a conversation sent, or a part of it.
#[derive(Clone, Debug)]
struct Transfer {
    capture: String,
    udp: bool,
    stream: String,
    side: String,
    item: String,
    bytes: usize,
    sha256: String,
}

/// The rows of `testdata/transfers.txt`.
fn transfers() -> Vec<Transfer> {
    let path = common::root().join("testdata/transfers.txt");
    let text = std::fs::read_to_string(path).expect("the file is in the repository");
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let mut words = line.splitn(7, ' ').map(str::to_string);
        let mut word = || words.next().unwrap_or_else(|| panic!("a row has seven columns: {line}"));
        let capture = format!("testdata/{}", word());
        let conversation = word();
        let (protocol, stream) = conversation.split_once('/').expect("a protocol and a number");
        Transfer {
            capture,
            udp: protocol == "udp",
            stream: stream.to_string(),
            side: word(),
            item: word(),
            bytes: word().parse().expect("bytes are a number"),
            sha256: word(),
        }
    })
    .collect()
}

/// The only row of a capture about one side and one item.
fn transfer(capture: &str, side: &str, item: &str) -> Transfer {
    let mut rows = transfers();
    rows.retain(|row| (row.capture.as_str(), row.side.as_str(), row.item.as_str()) == (capture, side, item));
    assert_eq!(rows.len(), 1, "{capture}, {side}, {item}");
    rows.remove(0)
}

fn packetsmith(arguments: &[&str]) -> (Option<i32>, Vec<u8>, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    let output = command.current_dir(common::root()).env("TZ", "UTC0").args(arguments).output().expect("it runs");
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).expect("messages are UTF-8"))
}

/// What a call writes that ends well and has nothing to complain about.
fn output(arguments: &[&str]) -> Vec<u8> {
    let (code, stdout, stderr) = packetsmith(arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    stdout
}

fn follow(transfer: &Transfer, format: &str) -> Vec<u8> {
    let mut arguments = vec!["follow", &transfer.capture, &transfer.stream, "-T", format, "--side", &transfer.side];
    arguments.extend(transfer.udp.then_some("--udp"));
    output(&arguments)
}

/// The lines of `-T json`, each with its data.
fn pieces(transfer: &Transfer) -> Vec<(Value, Vec<u8>)> {
    let text = String::from_utf8(follow(transfer, "json")).expect("JSON is UTF-8");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is an object"));
    let with_data = lines.filter_map(|line| {
        let data = unhex(line["data"].as_str()?);
        Some((line, data))
    });
    with_data.collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("data is hexadecimal");
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Hash::hash(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `noise` of `testdata/helpers/content.py`.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let next = |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), next).skip(1).take(length).map(|x| (x >> 56) as u8).collect()
}

#[test]
fn each_side_of_a_transfer_comes_out_as_it_was_sent() {
    let mut streams = transfers();
    streams.retain(|row| row.item == "stream");
    for capture in ["greeting", "upload", "upload_loss", "dns_tcp", "udp_echo"] {
        let capture = format!("testdata/{capture}.pcap");
        let sides = streams.iter().filter(|row| row.capture == capture).count();
        assert_eq!(sides, 2, "{capture} has a row for each side");
    }
    for transfer in streams {
        let sent = follow(&transfer, "raw");
        assert_eq!((sent.len(), sha256(&sent)), (transfer.bytes, transfer.sha256.clone()), "{transfer:?}");
    }
}

#[test]
fn the_upload_is_the_file_and_its_receipt_says_so() {
    let file = noise(1, 60_000);
    for capture in ["testdata/upload.pcap", "testdata/upload_loss.pcap"] {
        assert!(follow(&transfer(capture, "first", "stream"), "raw") == file, "{capture}");
        let receipt = String::from_utf8(follow(&transfer(capture, "second", "stream"), "raw")).expect("it is text");
        assert_eq!(receipt, format!("60000 {}\n", sha256(&file)), "{capture}");
    }
}

/// Losses, duplicates and reordering leave no trace in the data: each piece begins where the one before ended.
#[test]
fn pieces_of_a_stream_follow_each_other() {
    let transfer = transfer("testdata/upload_loss.pcap", "first", "stream");
    let pieces = pieces(&transfer);
    let mut at = 0;
    for (line, data) in &pieces {
        assert_eq!(line["offset"], at, "{line}");
        at += data.len();
    }
    let packets: Vec<u64> = pieces.iter().filter_map(|(line, _)| line["packet"].as_u64()).collect();
    assert!(at == 60_000 && packets.len() == pieces.len(), "each piece says which packet brought it");
    assert!(!packets.is_sorted(), "segments were out of order");
}

#[test]
fn a_greeting_is_shown_as_text_with_both_sides_in_turn() {
    let text = String::from_utf8(output(&["follow", "testdata/greeting.pcap", "0"])).expect("output is UTF-8");
    let lines = ["< Grüß Gott, ¡hola!, 你好, 👋", "> Servus! Καλημέρα, おはよう, 🙂🇦🇹", "< Tschüß, до свидания 🫡"];
    assert_eq!(text.lines().collect::<Vec<_>>(), lines);
    // One of the characters comes in two segments.
    let answer = pieces(&transfer("testdata/greeting.pcap", "first", "stream"));
    assert!(answer.iter().any(|(_, data)| std::str::from_utf8(data).is_err()));
}

/// A datagram without data is one too, and one in fragments is one.
#[test]
fn datagrams_keep_their_bounds() {
    for side in ["first", "second"] {
        let mut rows = transfers();
        rows.retain(|row| row.udp && row.side == side && row.item == "datagram");
        let expected: Vec<_> = rows.iter().map(|row| (row.bytes, row.sha256.clone())).collect();
        let pieces = pieces(&transfer("testdata/udp_echo.pcap", side, "stream"));
        let found: Vec<_> = pieces.iter().map(|(_, data)| (data.len(), sha256(data))).collect();
        assert_eq!((found.len(), found), (5, expected), "{side}");
    }
}

/// Without one of the segments, the others are there, the gap is named, and the exit status says that it is not all.
#[test]
fn a_segment_that_is_not_in_the_capture_is_said() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let cut = folder.path().join("cut.pcap");
    let cut = cut.to_str().expect("its name is UTF-8");
    let pieces = pieces(&transfer("testdata/upload.pcap", "first", "stream"));
    let others = format!("frame.number != {}", pieces[10].0["packet"]);
    output(&["read", "testdata/upload.pcap", "-Y", &others, "-w", cut]);
    let (code, found, stderr) = packetsmith(&["follow", cut, "0", "-T", "raw", "--side", "first"]);
    let file = noise(1, 60_000);
    let missing = pieces[10].1.len();
    assert_eq!((code, found.len()), (Some(2), file.len() - missing), "{stderr}");
    assert!(stderr.contains(&format!("{missing} bytes are not in the capture")), "{stderr}");
    let at: usize = pieces[..10].iter().map(|(_, data)| data.len()).sum();
    assert!(found[..at] == file[..at] && found[at..] == file[at + missing..], "the rest is there");
    let text = packetsmith(&["follow", cut, "0", "-T", "hex", "--side", "first"]).1;
    let text = String::from_utf8_lossy(&text);
    assert_eq!(text.matches(&format!("[{missing} bytes are not in the capture]")).count(), 1);
}
