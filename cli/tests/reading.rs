//! `read` as a user's tool: hexdumps, times, comments, names of hosts, colours and the pager.

#[path = "../../tests/common/mod.rs"]
mod common;

use packetsmith::capture::{ByteOrder, Format, Interface, NewRecord, Reader, SectionHeader, Timestamp, Writer};
use packetsmith::output::is_unsafe;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ethernet, Ipv4, LinkType, Stack, Tcp, Udp};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const HTTP: &str = "testdata/http.pcap";

struct Outcome {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("packetsmith"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PAGER", "PACKETSMITH_PAGER", "LESS"] {
        command.env_remove(name);
    }
    command.current_dir(common::root()).env("TZ", "UTC0").args(arguments);
    command
}

fn outcome(mut command: Command, input: &str) -> Outcome {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Outcome { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn run(arguments: &[&str], input: &str) -> Outcome {
    outcome(command(arguments), input)
}

/// A dump as `tcpdump -tt -XX` writes it, or without the first `skipped` bytes of each packet -X.
fn tcpdump(path: &str, skipped: usize) -> String {
    let mut reader = Reader::open(common::root().join(path)).unwrap();
    let mut text = String::new();
    while let Some(record) = reader.next_record() {
        let record = record.unwrap();
        writeln!(text, "{} IP 192.0.2.1 > 192.0.2.2: something", record.timestamp.unwrap()).unwrap();
        for (n, row) in record.data[skipped..].chunks(16).enumerate() {
            let words: String =
                row.chunks(2).map(|word| word.iter().map(|b| format!("{b:02x}")).collect::<String>() + " ").collect();
            let shown: String = row.iter().map(|&b| if b.is_ascii_graphic() { char::from(b) } else { '.' }).collect();
            writeln!(text, "\t0x{:04x}:  {words:39}  {shown}", n * 16).unwrap();
        }
    }
    text
}

#[test]
fn a_hexdump_is_read_like_the_capture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump.txt");
    std::fs::write(&path, tcpdump(HTTP, 0)).unwrap();
    let expected = run(&["read", HTTP], "");
    for arguments in [&["read", path.to_str().unwrap()][..], &["read", "-"], &["read", "--hexdump", "-"]] {
        let found = run(arguments, &tcpdump(HTTP, 0));
        assert_eq!((found.code, &found.stdout), (Some(0), &expected.stdout), "{arguments:?}");
        assert!(found.stderr.contains("a hexdump, taken as link type Ethernet (1)"), "{}", found.stderr);
    }
    let named = run(&["read", "--link-type", "EN10MB", path.to_str().unwrap()], "");
    assert_eq!((named.stderr.as_str(), named.stdout), ("", expected.stdout));
    // A copy, and the other commands.
    let copy = folder.path().join("copy.pcap");
    let written = run(&["read", "-", "-w", copy.to_str().unwrap(), "-F", "pcap"], &tcpdump(HTTP, 0));
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let same = common::packets(&copy).iter().map(|packet| packet.bytes.clone()).collect::<Vec<_>>();
    assert!(common::packets(&common::root().join(HTTP)).into_iter().map(|packet| packet.bytes).eq(same));
    for arguments in [&["streams"][..], &["follow", "0"], &["reassemble"]] {
        let of = |file: &str| {
            let mut all = vec![arguments[0], file];
            all.extend(&arguments[1..]);
            run(&all, "").stdout
        };
        assert_eq!(of(path.to_str().unwrap()), of(HTTP), "{arguments:?}");
    }
}

#[test]
fn a_dump_without_link_headers_is_raw_ip() {
    let found = run(&["read", "-"], &tcpdump("testdata/dns.pcap", 14));
    assert!(found.stderr.contains("without link headers, taken as link type raw IP (101)"), "{}", found.stderr);
    // The first two are ARP, of which nothing is left that tells so.
    let lines = |text: &str| {
        text.lines().skip(2).map(|line| line.split_whitespace().last().map(str::to_string)).collect::<Vec<_>>()
    };
    assert_eq!(lines(&found.stdout), lines(&run(&["read", "testdata/dns.pcap"], "").stdout));
}

#[test]
fn a_packet_that_is_nothing_known_is_a_line_too() {
    let found = run(&["read", "--link-type", "raw", "-"], "01 02 03");
    assert!(found.stdout.ends_with(" Data        3  3 bytes\n"), "{}", found.stdout);
    assert!(found.stdout.contains("    1           - "), "without a time: {}", found.stdout);
}

#[test]
fn what_is_wrong_with_a_dump_is_said_with_its_line() {
    for (text, message) in [
        ("0000  45 00\n\n0000  45 0\n", "standard input: line 3: a byte has two digits, here: 0"),
        ("0000000 0045 3c00\n", "standard input: line 1: a word of several bytes"),
        ("45 00\nnot hex\n", "standard input: line 2: no byte in hexadecimal: not"),
    ] {
        let found = run(&["read", "-"], text);
        assert_eq!(found.code, Some(2), "{text}");
        assert!(found.stderr.contains(message), "{}", found.stderr);
    }
    assert!(!run(&["read", "--hexdump", "-"], "45 00\nnot\x1b[31m\n").stderr.contains('\x1b'));
    // What was complete is shown.
    assert_eq!(run(&["read", "-"], "0000  45 00\n\n0000  45 0\n").stdout.lines().count(), 1);
    let letter = run(&["read", "-"], "Dear friend,\n");
    assert!(letter.stderr.contains("not a pcap or pcapng file"), "{}", letter.stderr);
    let forced = run(&["read", "--hexdump", "-"], "Dear friend,\n");
    assert!(forced.stderr.contains("standard input: line 1: no byte in hexadecimal: Dear"), "{}", forced.stderr);
    let named = run(&["read", "--link-type", "raw", HTTP], "");
    assert_eq!((named.code, named.stdout.as_str()), (Some(2), ""));
    assert!(named.stderr.contains("testdata/http.pcap: --link-type is for hexdumps"), "{}", named.stderr);
    let unknown = run(&["read", "--link-type", "ethrnet", "-"], "45");
    assert!(unknown.stderr.contains("the nearest is ethernet"), "{}", unknown.stderr);
}

/// A pcapng file with comments everywhere.
fn commented(path: &Path) {
    let mut writer = Writer::new(Vec::new());
    let section = SectionHeader::new(ByteOrder::Little, &[]).with_comment("of the section").unwrap();
    writer.begin(Format::Pcapng(&section)).unwrap();
    let interface = Interface::new(ByteOrder::Little, LinkType::Raw, 0, &[]).with_name("eth0").unwrap();
    writer.interface(&interface.with_comment("of the interface").unwrap()).unwrap();
    let packet = Stack::new().push(Ipv4::build()).push(Udp::build()).finish().unwrap();
    let long = "x".repeat(10_000);
    let many = ["y"; 20];
    for comments in [&["first", "wild\x1b[31m\n\u{202e}"][..], &[], &[&long], &many] {
        writer.packet(&NewRecord::new(&packet).comments(comments)).unwrap();
    }
    std::fs::write(path, writer.finish().unwrap()).unwrap();
}

#[test]
fn comments_are_shown_escaped_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("comments.pcapng");
    commented(&path);
    let path = path.to_str().unwrap();
    let lines = run(&["read", path], "").stdout;
    let shown: Vec<_> = lines.lines().collect();
    assert_eq!(shown[1..3], ["  # first", "  # wild\\x1b[31m\\n\\u{202e}"]);
    assert!(lines.contains("… (9500 more bytes)\n") && lines.contains("  # … (12 more comments)\n"), "{lines}");
    assert!(lines.chars().all(|c| c == '\n' || !is_unsafe(c)) && lines.len() < 3000);
    let tree = run(&["read", "-V", "-c", "2", path], "").stdout;
    let shown: Vec<_> = tree.lines().take(5).collect();
    assert!(shown[0].starts_with("Packet 1") && shown[0].ends_with("  on eth0"), "{}", shown[0]);
    assert_eq!(shown[1..4], ["  # section: of the section", "  # interface eth0: of the interface", "  # first"]);
    assert_eq!(tree.matches("of the section").count(), 1);
    let json = run(&["read", "-T", "json", path], "").stdout;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["capture"]["options.comments"][0], "of the section");
    assert_eq!(first["interfaces"][0]["options.comments"][0], "of the interface");
    assert_eq!(first["options.comments"][1], "wild\x1b[31m\n\u{202e}");
    // The same file is made of them again.
    let copy = folder.path().join("copy.pcapng");
    let built = run(&["build", "-", "-w", copy.to_str().unwrap()], &json);
    assert_eq!((built.code, built.stderr.as_str()), (Some(0), ""));
    assert_eq!(std::fs::read(path).unwrap(), std::fs::read(copy).unwrap());
}

/// Packets of two conversations, in turn, some milliseconds apart.
fn two_conversations(path: &Path, count: u64) {
    let mut writer = Writer::new(Vec::new());
    writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Little, &[]))).unwrap();
    writer.interface(&Interface::of(LinkType::Raw)).unwrap();
    let ip = || Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let udp = Stack::new().push(ip()).push(Udp::build().dst_port(9)).finish().unwrap();
    let tcp = Stack::new().push(ip()).push(Tcp::build().dst_port(9)).finish().unwrap();
    for n in 0..count {
        let time = Timestamp::from_nanos(i128::from(n * n) * 1_000_000).unwrap();
        let data = if n % 3 == 0 { &tcp } else { &udp };
        writer.packet(&NewRecord { timestamp: Some(time), ..NewRecord::new(data) }).unwrap();
    }
    std::fs::write(path, writer.finish().unwrap()).unwrap();
}

#[test]
fn times_count_from_the_packet_before_or_from_the_one_shown_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.pcapng");
    two_conversations(&path, 5000);
    let times = |format: &str, threads: &str| -> Vec<f64> {
        let found = run(&["read", "-t", format, "-j", threads, "-Y", "tcp", path.to_str().unwrap()], "");
        let columns = found.stdout.lines().map(|line| line.split_whitespace().nth(1).unwrap().parse().unwrap());
        columns.collect()
    };
    for threads in ["1", "4"] {
        let square = |n: usize| (n * n) as f64 / 1000.0;
        let expected = (0..5000).step_by(3).map(|n| if n == 0 { 0.0 } else { square(n) - square(n - 3) });
        let close = |a: f64, b: f64| (a - b).abs() < 1e-6;
        assert!(times("dd", threads).into_iter().zip(expected).all(|(a, b)| close(a, b)), "{threads} threads");
        let expected = (0..5000).step_by(3).map(|n| if n == 0 { 0.0 } else { square(n) - square(n - 1) });
        assert!(times("d", threads).into_iter().zip(expected).all(|(a, b)| close(a, b)), "{threads} threads");
        assert_eq!(times("dd", threads).len(), 1667);
    }
    // tcpdump's letters.
    assert_eq!(run(&["read", "-ttt", HTTP], "").stdout, run(&["read", "-t", "dd", HTTP], "").stdout);
}

#[test]
fn names_of_hosts_are_shown_from_the_answer_on() {
    let lines = run(&["read", "-N", HTTP], "").stdout;
    let lines: Vec<_> = lines.lines().collect();
    assert!(lines[2].contains(" 192.0.2.1         192.0.2.2 "), "before the answer: {}", lines[2]);
    assert!(lines[3].contains(" www.example.test  192.0.2.1 "), "{}", lines[3]);
    assert!(lines[6].contains(" 192.0.2.1         www.example.test  TCP "), "{}", lines[6]);
    for threads in ["1", "3"] {
        let all = run(&["read", "-N", "-j", threads, "testdata/dns.pcap"], "").stdout;
        assert_eq!(all, run(&["read", "-N", "testdata/dns.pcap"], "").stdout);
    }
    let tree = run(&["read", "-N", "-V", "-c", "7", HTTP], "").stdout;
    assert!(tree.contains("dst                     192.0.2.2          documentation, www.example.test\n"), "{tree}");
    let json = run(&["read", "-N", "-T", "json", "-c", "7", HTTP], "").stdout;
    let last: serde_json::Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!(last["hosts"]["192.0.2.2"], "www.example.test");
    // It is no part of the packet, and building says nothing about it.
    let folder = tempfile::tempdir().unwrap();
    let built = run(&["build", "-", "-w", folder.path().join("copy.pcap").to_str().unwrap()], &json);
    assert_eq!((built.code, built.stderr.as_str()), (Some(0), ""));
    assert_eq!(run(&["read", "-n", HTTP], "").stdout, run(&["read", HTTP], "").stdout);
    let mdns = run(&["read", "-N", "testdata/mdns.pcap"], "").stdout;
    assert!(mdns.contains(" client.local "), "{mdns}");
}

#[test]
fn a_lines_colour_says_what_matters() {
    let ip = || Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let link = || Stack::new().push(Ethernet::build());
    let hex = |packet: Vec<u8>| packet.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n\n";
    let reset = link().push(ip()).push(Tcp::build().flags(TcpFlags::RST)).finish().unwrap();
    let mut wrong = link().push(ip()).push(Udp::build()).payload(b"x").finish().unwrap();
    let udp = wrong.clone();
    wrong[41] ^= 1;
    let icmp = [&udp[..23], &[1], &udp[24..34], &[3, 1, 0xfc, 0xfe, 0, 0, 0, 0]].concat();
    let mut icmp = icmp;
    (icmp[24], icmp[25]) = (0x66, 0xdf);
    icmp[17] = 28;
    let text: String = [udp, wrong, reset, udp_cut(), icmp].into_iter().map(hex).collect();
    let shown = run(&["read", "--color", "always", "--link-type", "ethernet", "-"], &text).stdout;
    let lines: Vec<_> = shown.lines().collect();
    for (line, start) in
        lines.iter().zip(["\x1b[36mUDP", "\x1b[31mUDP", "\x1b[1;35mTCP", "\x1b[1;31mUDP", "\x1b[35mICMP"])
    {
        assert!(line.contains(start), "{start:?} in {line:?}");
    }
    assert!(lines[1].contains("\x1b[31m0 → 0 Len=1 [UDP checksum incorrect, 0x"), "{:?}", lines[1]);
    // Each line ends without colour.
    assert!(shown.lines().all(|line| line.rfind("\x1b[0m") >= line.rfind('\x1b')));
    let mut forced = command(&["read", HTTP]);
    forced.env("CLICOLOR_FORCE", "1");
    assert!(outcome(forced, "").stdout.contains("\x1b[32mTCP\x1b[0m"));
    for arguments in [&["read", HTTP][..], &["read", "--color", "never", HTTP]] {
        assert!(!run(arguments, "").stdout.contains('\x1b'));
    }
    let page = run(&["help", "colors"], "").stdout;
    let tour = std::fs::read_to_string(common::root().join("docs/tour-of-the-tool.md")).unwrap();
    for row in packetsmith::output::LINE_COLOURS {
        assert!(page.contains(&format!("{:13}  {}\n", row.name, row.what)), "{page}");
        assert!(tour.contains(&format!("| {} | {} |\n", row.name, row.what)), "{} is not in the tour", row.name);
    }
}

/// A UDP header with a length that is too small.
fn udp_cut() -> Vec<u8> {
    let mut packet = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
        .push(Udp::build())
        .finish()
        .unwrap();
    packet[39] = 3;
    packet
}

/// Runs the tool in a terminal of 24 lines and 100 columns, by the program `script`. `None` if there is none.
#[cfg(target_os = "linux")]
fn in_terminal(environment: &[(&str, &str)], arguments: &str) -> Option<(Option<i32>, String)> {
    let tool = assert_cmd::cargo::cargo_bin!("packetsmith");
    let line = format!("stty rows 24 cols 100; exec {} {arguments}", tool.display());
    let mut script = Command::new("script");
    for name in ["NO_COLOR", "PAGER", "PACKETSMITH_PAGER", "LESS"] {
        script.env_remove(name);
    }
    script.current_dir(common::root()).env("TERM", "xterm").env("SHELL", "/bin/sh").envs(environment.iter().copied());
    let output = script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().ok()?;
    Some((output.status.code(), String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")))
}

#[cfg(target_os = "linux")]
#[test]
fn long_output_to_a_terminal_goes_through_a_pager() {
    let Some((code, text)) = in_terminal(&[("PAGER", "sed -n 's/^/> /;1,2p'")], "read testdata/http.pcap") else {
        return;
    };
    assert_eq!((code, text.lines().count()), (Some(0), 2), "{text}");
    assert!(text.lines().all(|line| line.starts_with("> \x1b[2m")), "colours and the width are the terminal's: {text}");
    let count =
        |environment: &[(&str, &str)], arguments| in_terminal(environment, arguments).unwrap().1.lines().count();
    // The tool's own variable goes before, and an empty one stands for none.
    let (own, other) = (("PACKETSMITH_PAGER", "head -1"), ("PAGER", "false"));
    assert_eq!(count(&[own, other], "read testdata/http.pcap"), 1);
    assert_eq!(count(&[("PAGER", "")], "read testdata/http.pcap"), 18);
    assert_eq!(count(&[("PAGER", "cat")], "read testdata/http.pcap"), 18);
    assert_eq!(count(&[other], "--no-pager read testdata/http.pcap"), 18);
    assert_eq!(count(&[other], "read --no-pager testdata/http.pcap"), 18);
    assert_eq!(count(&[("TERM", "dumb"), other], "read testdata/http.pcap"), 18);
    // A pipe is shown as it comes.
    assert_eq!(count(&[other], "read - < testdata/http.pcap"), 18);
    let (_, missing) = in_terminal(&[("PAGER", "no-such-pager")], "read -c 1 testdata/http.pcap").unwrap();
    assert!(missing.contains("there is no pager no-such-pager") && missing.lines().count() == 2, "{missing}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pager_keeps_the_exit_status_and_messages_in_their_place() {
    let pager = [("PAGER", "sed 's/^/> /'")];
    let Some((code, text)) = in_terminal(&pager, "read -Y 'frame.number == 99' testdata/http.pcap") else { return };
    assert_eq!((code, text.as_str()), (Some(1), ""));
    let (code, text) = in_terminal(&pager, "read no-such-file testdata/http.pcap").unwrap();
    assert_eq!(code, Some(2), "{text}");
    let (code, text) = in_terminal(&pager, "read docs/filters.md").unwrap();
    assert_eq!(code, Some(2));
    assert!(text.starts_with("> packetsmith: docs/filters.md: not a pcap"), "{text}");
    // Quit early: no complaint.
    let (code, text) = in_terminal(&[("PAGER", "head -1")], "read -V -x testdata/tcp_loss.pcap").unwrap();
    assert_eq!((code, text.lines().count()), (Some(0), 1), "{text}");
    for arguments in ["help filters", "fields", "help read", "help colors"] {
        let (code, text) = in_terminal(&[("PAGER", "head -1")], arguments).unwrap();
        assert_eq!((code, text.lines().count()), (Some(0), 1), "{arguments}: {text}");
    }
}
