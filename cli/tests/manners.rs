//! What people type who know tshark and tcpdump is done, or answered with what to type instead.

#[path = "../../tests/common/mod.rs"]
mod common;

use std::process::{Command, Output, Stdio};

const DNS: &str = "testdata/dns.pcap";

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"));
    command.current_dir(common::root()).env("TZ", "UTC0").args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_file_alone_is_read_and_so_are_options_alone() {
    let expected = run(&["read", "-c", "3", DNS]).stdout;
    for arguments in [
        &["-c", "3", DNS][..],
        &[DNS, "-c", "3"],
        &["-nr", DNS, "-c3"],
        &["--count", "3", DNS],
        &["--color", "never", "-r", DNS, "-c", "3"],
        &["read", "-c", "3", "-r", DNS],
    ] {
        let output = run(arguments);
        assert_eq!(text(&output.stdout), text(&expected), "{arguments:?}");
        let noted = text(&output.stderr).contains("taken as: packetsmith read");
        assert_eq!(noted, arguments[0] != "read", "{arguments:?}");
    }
    assert!(text(&run(&["-V"]).stdout).starts_with("packetsmith 0."));
    assert!(text(&run(&["-V", "-c1", DNS]).stdout).starts_with("Packet 1"));
}

#[test]
fn letters_of_others_are_taken_or_answered() {
    for letter in "2aAbBCfgGHIJkKLmoOpQsSuUvWXyzZ".chars() {
        let output = run(&["read", DNS, &format!("-{letter}")]);
        let message = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "-{letter}");
        assert!(message.contains(&format!("read: -{letter}: ")) && !message.contains("as a value"), "{message}");
    }
    for arguments in
        [&["-n"][..], &["-nn"], &["-l"], &["-P"], &["-tttt"], &["-ttt"], &["-ttttt"], &["-N"], &["-R", "dns"], &["-q"]]
    {
        let output = run(&[&["read", DNS][..], arguments].concat());
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
    }
    assert!(text(&run(&["read", "--nonesuch", DNS]).stderr).contains("unexpected argument"));
    assert!(run(&["read", "-q", "-Y", "tcp.port == 9", DNS]).status.code() == Some(1));
}

#[test]
fn a_number_is_taken_for_that_of_another_protocol() {
    let dns =
        |arguments: &[&str]| text(&run(&[&["read", DNS][..], arguments].concat()).stdout).matches(" DNS ").count();
    let (all, over_udp) = (dns(&[]), dns(&["-d", "tcp.port==53,data"]));
    let over_tcp = dns(&["-d", "udp.port==53,data"]);
    assert!(over_udp > 0 && over_tcp > 0);
    assert_eq!(over_udp + over_tcp, all);
    assert_eq!(dns(&["--decode-as", "udp.port==50-60,data", "--no-heuristics"]), over_tcp);
    assert_eq!(dns(&["-d", "ethertype==0x0800,data"]), 0);
    assert_eq!(dns(&["-d", "udp.port==53,data", "-d", "udp.port==53,dns"]), all, "the last one counts");
    for wrong in ["udp.port=53,dns", "udp.port==53", "udp.port==99999,dns", "udp.prt==53,dns", "udp.port==53,dsn"] {
        let output = run(&["read", DNS, "-d", wrong]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{wrong}");
        assert!(text(&output.stderr).contains(wrong), "{}", text(&output.stderr));
    }
}

#[test]
fn numbers_say_what_is_expected() {
    for arguments in [
        &["read", "-c", "abc", DNS][..],
        &["read", "-c", "0", DNS],
        &["read", "-j", "many", DNS],
        &["fragment", "--mtu", "x", DNS, "-w", "-"],
        &["reassemble", "--timeout", "-", DNS],
        &["mutate", "--seed", "x", DNS, "-w", "-"],
        &["build", "--link-type", "ether", "0x00"],
    ] {
        let output = run(arguments);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(message.contains("expected") && !message.contains("invalid digit"), "{message}");
    }
    let named = run(&["build", "--link-type", "ethernet", "0x0102", "-x"]);
    assert!(named.status.success(), "{}", text(&named.stderr));
}

#[test]
fn completions_and_manual_pages_are_printed() {
    for shell in ["bash", "zsh", "fish"] {
        assert!(text(&run(&["completions", shell]).stdout).contains("reassemble"), "{shell}");
    }
    assert!(text(&run(&["man"]).stdout).starts_with(".ie"));
    assert!(
        text(&run(&["man", "read"]).stdout).contains("packetsmith\\-read") || run(&["man", "read"]).status.success()
    );
    assert_eq!(run(&["man", "nonesuch"]).status.code(), Some(2));
}

#[test]
fn fields_are_found_by_a_word() {
    let found = text(&run(&["fields", "-s", "retransmi"]).stdout);
    assert!(!found.is_empty(), "{found}");
    assert!(text(&run(&["fields", "--search", "TTL"]).stdout).contains("ip.ttl"));
    assert_eq!(run(&["fields", "-s", "nonesuch"]).status.code(), Some(2));
}

#[test]
fn columns_stay_below_each_other() {
    for file in ["icmpv6.pcap", "dns.pcap", "dhcpv6.pcap", "tunnels.pcap"] {
        for format in ["r", "d", "a", "ad", "u", "ud", "e"] {
            let lines = text(&run(&["read", "-t", format, &format!("testdata/{file}")]).stdout);
            // The length ends in the same column of each line.
            let ends: std::collections::BTreeSet<_> = lines.lines().map(end_of_length).collect();
            assert_eq!(ends.len(), 1, "{file} {format}: {lines}");
        }
    }
}

/// The column where the first number begins that two spaces follow, after the protocol: the length of the packet.
fn end_of_length(line: &str) -> usize {
    let mut places = line.match_indices("  ").map(|(at, _)| at);
    let is_number = |at: &usize| {
        let before = line[..*at].rsplit(' ').next().unwrap_or_default();
        let ends = !line[at + 2..].starts_with(' ');
        ends && *at > 45 && !before.is_empty() && before.bytes().all(|b| b.is_ascii_digit())
    };
    places.find(is_number).unwrap_or(0)
}

#[test]
fn the_line_says_what_is_odd_about_a_packet() {
    let lines = text(&run(&["read", "testdata/vlan.pcap"]).stdout);
    assert!(lines.contains("[VLAN "), "{lines}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcap");
    let mut frame = packetsmith::Stack::new()
        .push(packetsmith::Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
        .push(packetsmith::Udp::build().src_port(4000).dst_port(4001))
        .payload(b"hello")
        .finish()
        .unwrap();
    frame[26] ^= 0xff;
    let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0];
    let record = |captured: usize| {
        let lengths = [(captured as u32).to_le_bytes(), (frame.len() as u32).to_le_bytes()].concat();
        [&[0; 8][..], &lengths, &frame[..captured]].concat()
    };
    std::fs::write(&path, [&header[..], &record(frame.len()), &record(30)].concat()).unwrap();
    let lines = text(&run(&["read", path.to_str().unwrap()]).stdout);
    assert!(lines.lines().next().unwrap().contains("[UDP checksum incorrect, 0x"), "{lines}");
    assert!(lines.lines().nth(1).unwrap().contains("[30 of 33 bytes captured]"), "{lines}");
}

#[test]
fn packet_text_takes_letters_of_flags_and_names_of_ports() {
    for (text, shown) in [
        ("ipv4 / tcp flags=S", "SYN"),
        ("ipv4 / tcp flags=SA", "ACK, SYN"),
        ("ipv4 / tcp flags=FPU", "URG, PSH, FIN"),
        ("ipv4 / tcp flags=ack", "ACK"),
        ("ipv4 / tcp dst_port=http", "80 "),
        ("ipv4 / udp dst_port=dns src_port=ntp", "123 "),
    ] {
        let output = run(&["build", "-V", text]);
        assert!(text_of(&output).contains(shown), "{text}: {}{}", text_of(&output), self::text(&output.stderr));
    }
    for text in ["ipv4 / tcp flags=SX", "ipv4 / tcp flags=s", "ipv4 / tcp dst_port=nonesuch", "ipv4 ttl=http"] {
        assert_eq!(run(&["build", "-V", text]).status.code(), Some(2), "{text}");
    }
}

fn text_of(output: &Output) -> String {
    text(&output.stdout)
}
