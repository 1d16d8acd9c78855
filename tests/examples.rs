//! The output of the examples.

mod common;

use std::path::PathBuf;
use std::process::Command;

/// What an example prints.
fn output(name: &str, arguments: &[&str]) -> String {
    String::from_utf8(bytes(name, arguments)).expect("output is UTF-8")
}

/// What an example writes. They are built with the tests.
fn bytes(name: &str, arguments: &[&str]) -> Vec<u8> {
    let test = std::env::current_exe().expect("a test is a program");
    let folder: PathBuf = test.ancestors().nth(2).expect("tests lie in a folder of the build").join("examples");
    let mut command = Command::new(folder.join(name));
    let output = command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("`cargo test` builds examples; one test alone does not");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn tcp_syn() {
    has(
        &output("tcp_syn", &[]),
        &[
            "maximum segment size), length 4, size 1460",
            "window scale",
            "checksum                0xf0c5             good",
        ],
    );
}

#[test]
fn dhcp_discover() {
    has(
        &output("dhcp_discover", &[]),
        &[
            "DISCOVER",
            "requested=192.168.1.100",
            "host name), length 8, name \"newcomer\"",
            "OFFER",
            "width 8, destination 10.0.0.0 (private), router 192.168.1.1 (private)",
            "agent circuit ID",
        ],
    );
}

#[test]
fn arp_reply() {
    has(&output("arp_reply", &[]), &["60 bytes", "reply", "sender_hardware         02:00:00:00:00:01"]);
}

#[test]
fn dns_answer() {
    has(
        &output("dns_answer", &[]),
        &["217 bytes, 303 without compression", "192.0.2.80", "2001:db8::80", "h3", "more than one"],
    );
}

#[test]
fn wrong_length() {
    let text = output("wrong_length", &[]);
    has(&text, &["45 bytes needed, 44 present"]);
    assert_eq!(text.lines().count(), 3, "nothing else is wrong:\n{text}");
}

#[test]
fn rewrite_address() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("rewritten.pcap");
    let path = path.to_str().expect("the path is text");
    has(
        &output("rewrite_address", &["testdata/http.pcap", "192.0.2.1", "203.0.113.9", path]),
        &["18 packets, 16 addresses"],
    );
    let mut reader = packetsmith::capture::Reader::open(path).expect("it is a capture");
    while let Some(record) = reader.next_record() {
        for layer in packetsmith::examine(1, record.expect("it can be read").data) {
            assert!(layer.checksum().is_none_or(|state| state == packetsmith::Checksum::Good));
        }
    }
}

#[test]
fn flood() {
    has(&output("flood", &["50000"]), &["5 of 5 honest datagrams complete"]);
}

/// Honest connections amid a flood are whole, though the table of conversations is too small for all.
#[test]
fn many_connections() {
    let capture = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(capture.path(), bytes("many_connections", &["write", "40000", "10000"])).expect("there is room");
    let path = capture.path().to_str().expect("its name is UTF-8");
    let text = output("many_connections", &["check", path, "5000"]);
    has(&text, &["whole: 900, broken: 0, ", "closed: 900, not_closed: 0, "]);
    assert!(!text.contains("retired: 0 "), "the table was full: {text}");
}

/// What is found out about each segment of a lossy connection, and of one whose windows are full.
#[test]
fn flows() {
    for name in ["tcp_loss", "tcp_window"] {
        let text = output("flows", &[&format!("testdata/{name}.pcap")]);
        common::expect(&common::root().join(format!("tests/expected/flows_{name}.txt")), &text);
    }
}
