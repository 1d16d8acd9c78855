//! No control character of a packet, a file name or JSON reaches a terminal, and no message is a panic.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use packetsmith::output::is_unsafe;
use packetsmith::{Ipv4, Stack, Udp};
use std::path::Path;

fn packetsmith(arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    let output = command.current_dir(common::root()).args(arguments).write_stdin(input).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Holds that a text has no unsafe characters but the ends of its lines.
fn is_safe(text: &str) {
    let found = text.chars().find(|&c| is_unsafe(c) && c != '\n');
    assert_eq!(found.map(|c| c.escape_unicode().to_string()), None, "in {text}");
}

/// A raw IP capture of a TFTP request.
fn capture(path: &Path, request: &[u8]) {
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let packet =
        Stack::new().push(ip).push(Udp::build().src_port(4000).dst_port(69)).payload(request).finish().unwrap();
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0];
    let len = u32::try_from(packet.len()).unwrap().to_le_bytes();
    file.extend([[0; 4], [0; 4], len, len].concat());
    file.extend(packet);
    std::fs::write(path, file).unwrap();
}

#[test]
fn text_of_packets_is_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    let wild = "f\x1b[31m\u{9b}2J\x7f\u{202e}gpj\u{2066}\r";
    capture(
        &path,
        &[b"\0\x01", wild.as_bytes(), b"\0octet\0", b"x=1\n    2   0.0 forged\x1b]0;t\x07", b"\0v\0"].concat(),
    );
    let path = path.to_str().unwrap();
    for arguments in
        [&["read", path][..], &["read", "-V", path], &["read", "-V", "-x", path], &["read", "-T", "json", path]]
    {
        let (code, stdout, stderr) = packetsmith(arguments, "");
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
        is_safe(&stdout);
        assert!(!stdout.lines().any(|line| line.trim_start().starts_with("2   0.0 forged")), "{stdout}");
    }
}

#[test]
fn json_with_escapes_is_built_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a.pcap"), folder.path().join("b.pcap"));
    capture(&first, "\0\u{1}\u{9b}31m\u{202e}\u{7f}\0octet\0".as_bytes());
    let (_, json, _) = packetsmith(&["read", "-T", "json", first.to_str().unwrap()], "");
    let (code, _, stderr) = packetsmith(&["build", "-", "-w", second.to_str().unwrap()], &json);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(common::packets(&first)[0].bytes, common::packets(&second)[0].bytes);
}

#[test]
fn messages_and_headings_escape_what_they_quote() {
    let (code, _, stderr) = packetsmith(&["read", "no\x1b[31mfile\nsecond: line"], "");
    assert_eq!(code, Some(2));
    is_safe(&stderr);
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for json in [
        "{\"layers\":[{\"layer\":\"ipv4\",\"\\u001b[31msrc\":\"1\"}]}",
        "{\"\\u001b[31mtop\":1,\"layers\":[{\"layer\":\"ipv4\"}]}",
        "{\"layers\":[{\"layer\":\"ipv4\",\"src\":\"\\u001b[31mX\\u0007\\u202e\"}]}",
    ] {
        let (code, _, stderr) = packetsmith(&["build", "--link-type", "101", "-"], json);
        assert_eq!(code, Some(2), "{json}");
        is_safe(&stderr);
    }
    let folder = tempfile::tempdir().unwrap();
    let (wild, tame) = (folder.path().join("a\x1b]0;T\x07.pcap"), folder.path().join("b.pcap"));
    capture(&wild, b"\0\x01f\0octet\0");
    capture(&tame, b"\0\x01f\0octet\0");
    let (code, stdout, stderr) = packetsmith(&["read", wild.to_str().unwrap(), tame.to_str().unwrap()], "");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    is_safe(&stdout);
    assert!(stdout.contains("a\\x1b]0;T\\x07.pcap"), "{stdout}");
}

#[test]
fn a_mistake_far_to_the_right_has_a_short_message() {
    let long = " ".repeat(70_000);
    for arguments in [
        &["build", &format!("{long}=")][..],
        &["read", "-Y", &format!("{long}("), "testdata/http.pcap"],
        &["address", &format!("{long}x")],
    ] {
        let (code, _, stderr) = packetsmith(arguments, "");
        assert!(code == Some(2) && !stderr.contains("panicked"), "{stderr:.200}");
    }
}

#[cfg(unix)]
#[test]
fn a_standard_error_that_is_full_is_no_panic() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"));
    let status = command.args(["read", "no-such-file"]).stderr(full).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
