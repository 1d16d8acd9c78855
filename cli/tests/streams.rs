//! `packetsmith streams`, and what `read` says of conversations: lines, trees, JSON, filters.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use serde_json::Value;

const LOSS: &str = "testdata/tcp_loss.pcap";
const DNS: &str = "testdata/dns.pcap";

fn packetsmith(arguments: &[&str], input: &[u8]) -> (Option<i32>, String, String) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    command.current_dir(common::root()).env("TZ", "UTC0").args(arguments).write_stdin(input);
    let output = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// What a call writes that ends well and has nothing to complain about.
fn output(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = packetsmith(arguments, b"");
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    stdout
}

fn lines_of_json(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect()
}

#[test]
fn streams_lists_connections_and_conversations_with_their_numbers() {
    let text = output(&["streams", "testdata/http.pcap"]);
    assert_eq!(
        text,
        "\
TCP  client           server        state   packets     bytes     start  duration  repeated
  0  192.0.2.1:53270  192.0.2.2:80  closed    6 / 6  80 / 263  0.003070  0.025178

UDP  client           server        packets    bytes     start  duration
  0  192.0.2.1:55398  192.0.2.2:53    2 / 2  68 / 84  0.000057  0.002720
"
    );
    let text = output(&["streams", LOSS]);
    assert!(text.ends_with("closed  21 / 17  22897 / 16  0.000028  0.001017         1\n"), "{text}");
}

#[test]
fn streams_lists_one_protocol_alone() {
    let lines = |protocol: &str| output(&["streams", "--protocol", protocol, DNS]).lines().count();
    assert_eq!((lines("tcp"), lines("udp")), (3, 26), "with a heading");
    let (code, _, stderr) = packetsmith(&["streams", "--protocol", "sctp", DNS], b"");
    assert!(code == Some(2) && stderr.contains("possible values: tcp, udp"), "{stderr}");
}

#[test]
fn streams_writes_a_line_of_json_for_each_conversation() {
    let streams = lines_of_json(&output(&["streams", "-T", "json", DNS]));
    assert_eq!(streams.len(), 27);
    for (n, stream) in streams.iter().enumerate() {
        let (protocol, number) = if n < 2 { ("tcp", n) } else { ("udp", n - 2) };
        assert_eq!((&stream["protocol"], &stream["stream"]), (&protocol.into(), &number.into()));
        assert_eq!(stream.get("state").is_some(), protocol == "tcp");
    }
    let [stream] = &lines_of_json(&output(&["streams", "-T", "json", LOSS]))[..] else { panic!("there is one") };
    let members = [
        ("client", "192.0.2.1:52645".into()),
        ("server", "192.0.2.2:7777".into()),
        ("state", "closed".into()),
        ("client_packets", 21.into()),
        ("server_packets", 17.into()),
        ("client_bytes", 22897.into()),
        ("server_bytes", 16.into()),
        ("start", "0.000028".into()),
        ("duration", "0.001017".into()),
        ("retransmissions", 1.into()),
        ("initial_rtt", Value::from("0.000034000")),
    ];
    for (name, value) in members {
        assert_eq!(stream[name], value, "{name}");
    }
}

#[test]
fn a_capture_without_conversations_is_exit_status_1() {
    for arguments in [&["streams", "testdata/arp.pcap"][..], &["streams", "--protocol", "tcp", "testdata/ntp.pcap"]] {
        assert_eq!(packetsmith(arguments, b""), (Some(1), String::new(), String::new()), "{arguments:?}");
    }
}

#[test]
fn of_a_damaged_file_streams_lists_what_could_be_read() {
    let file = std::fs::read(common::root().join(LOSS)).expect("the capture is there");
    let (code, stdout, stderr) = packetsmith(&["streams", "-"], &file[..3000]);
    assert_eq!(code, Some(2));
    assert!(stdout.contains("192.0.2.1:52645  192.0.2.2:7777  open"), "{stdout}");
    assert!(stderr.contains("packet 7, byte 1932: the file ends inside this record"), "{stderr}");
    let (code, stdout, stderr) = packetsmith(&["streams", "nowhere.pcap"], b"");
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert!(stderr.contains("nowhere.pcap: cannot be opened: "), "{stderr}");
}

#[test]
fn what_has_no_room_is_listed_early_and_this_is_said() {
    let (code, stdout, stderr) = packetsmith(&["streams", "-T", "json", "--max-conversations", "16", DNS], b"");
    assert!(code == Some(0) && stderr.contains("9 that were idle longest were listed early"), "{stderr}");
    assert_eq!(stdout, output(&["streams", "-T", "json", DNS]), "nothing is missing");
    let (code, _, stderr) = packetsmith(&["streams", "--max-conversations", "15", DNS], b"");
    assert!(code == Some(2) && stderr.contains("from 16"), "{stderr}");
}

/// A capture of a segment that came on two VLANs.
fn twice() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("twice.pcap").to_str().expect("the path is text").to_string();
    let frame = |vlan: u16, ports: &str, id: u16| {
        format!(
            "ethernet / vlan id={vlan} / ipv4 src=10.0.0.1 dst=10.0.0.2 identification={id} / tcp {ports} seq=1 flags=A / \"abc\""
        )
    };
    let frames = [(10, 7), (20, 7)].map(|(vlan, id)| frame(vlan, "src_port=5 dst_port=6", id));
    let (code, _, stderr) =
        packetsmith(&[&["build"], &frames.each_ref().map(String::as_str)[..], &["-w", &path]].concat(), b"");
    assert_eq!(code, Some(0), "{stderr}");
    (folder, path)
}

#[test]
fn a_copy_on_another_vlan_is_a_retransmission_and_is_said_unless_networks_are_kept_apart() {
    let (_folder, path) = twice();
    let (code, stdout, stderr) = packetsmith(&["streams", "-T", "json", &path], b"");
    assert!(code == Some(0) && stderr.contains("1 segments are copies of others"), "{stderr}");
    assert_eq!(lines_of_json(&stdout)[0]["retransmissions"], 1);
    let apart = lines_of_json(&output(&["streams", "-T", "json", "--keep-networks-apart", &path]));
    assert_eq!(apart.iter().map(|stream| stream["retransmissions"].clone()).collect::<Vec<_>>(), [0, 0]);
    assert!(output(&["read", &path]).contains("[copy of 1]"));
}

#[test]
fn lines_have_relative_numbers_and_marks_unless_raw_numbers_are_asked_for() {
    let text = output(&["read", LOSS]);
    assert!(
        text.contains("[SYN] Seq=0 Win=64240") && text.contains("[TCP Dup ACK 13#1] 7777 → 52645 [ACK] Seq=1 Ack=4345")
    );
    assert!(text.contains("SACK=5793-"), "the blocks are relative too");
    let raw = output(&["read", "--raw-numbers", LOSS]);
    assert!(raw.contains("[SYN] Seq=1612897052 Win=64240") && raw.contains("Ack=1612901397 Win=75"));
    assert!(!raw.contains("[TCP ") && !raw.contains("Seq=1 "));
    assert_eq!(text.lines().count(), raw.lines().count());
}

#[test]
fn filters_ask_what_conversations_say_with_raw_numbers_too() {
    let count = |filter: &str| output(&["read", "-Y", filter, LOSS]).lines().count();
    assert_eq!(count("tcp.analysis.retransmission"), 1);
    assert_eq!(count("tcp.analysis.retransmission && tcp.analysis.fast_retransmission"), 1);
    assert_eq!(count("tcp.seq == 0"), 2);
    let first = output(&["read", "-Y", "tcp.stream == 0", "--raw-numbers", LOSS]);
    assert!(first.lines().count() == 38 && !first.contains("Seq=0 "), "{first}");
    let (code, stdout, stderr) = packetsmith(&["read", "-Y", "tcp.stream == 1", LOSS], b"");
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(1), "", ""));
    let second = output(&["read", "-Y", "tcp.stream == 1", DNS]);
    assert_eq!(second.lines().count(), 10, "{second}");
    assert_eq!(output(&["read", "-Y", "udp.stream == 24", DNS]).lines().count(), 2);
}

#[test]
fn the_tree_of_a_segment_ends_with_what_its_connection_says() {
    let text = output(&["read", "-V", "-Y", "tcp.analysis.retransmission", LOSS]);
    for row in ["[stream]                0 ", "[retransmission]", "[fast_retransmission]", "[bytes_in_flight]"] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
    assert!(!output(&["read", "-V", "--raw-numbers", LOSS]).contains("[stream]"));
    let datagrams = output(&["read", "-V", "testdata/split.pcap"]);
    assert_eq!(datagrams.matches("[stream]").count(), 2, "of the datagram put together, and of the answer");
}

#[test]
fn json_has_what_conversations_say_of_each_header() {
    let packets = lines_of_json(&output(&["read", "-T", "json", "-Y", "tcp.analysis.retransmission", LOSS]));
    let [flow] = &packets[0]["flows"].as_array().expect("there is a list")[..] else { panic!("there is one header") };
    assert_eq!((&flow["layer"], &flow["stream"], &flow["retransmission"]), (&2.into(), &0.into(), &true.into()));
    assert!(flow["since_first"].is_string() && flow.get("lost_segment").is_none());
    let datagram = lines_of_json(&output(&["read", "-T", "json", "testdata/split.pcap"]));
    assert!(datagram[2].get("flows").is_none(), "a fragment");
    assert_eq!(datagram[3]["flows"][0]["reassembled"], 0);
    for arguments in [&[][..], &["-Y", "tcp.stream == 0"]] {
        let raw = lines_of_json(&output(&[&["read", "-T", "json", "--raw-numbers", LOSS], arguments].concat()));
        assert!(raw.iter().all(|packet| packet.get("flows").is_none()), "{arguments:?}");
    }
    assert!(lines_of_json(&output(&["read", "-T", "json", "testdata/igmp.pcap"]))[0].get("flows").is_none());
}

#[test]
fn json_with_conversations_is_built_to_the_same_packets() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path().join("again.pcap").to_str().expect("the path is text").to_string();
    let json = output(&["read", "-T", "json", LOSS]);
    let (code, _, stderr) = packetsmith(&["build", "-", "-w", &path], json.as_bytes());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(std::fs::read(path).unwrap() == std::fs::read(common::root().join(LOSS)).unwrap());
}

/// A capture with one datagram of sFlow, which has a sample of a TCP segment to port 80 and one of a UDP datagram to port 53.
fn sampled(folder: &std::path::Path) -> String {
    let path = folder.join("sampled.pcap").to_str().expect("the path is text").to_string();
    let segment = "450000280001000040060000c6336401cb007101c350005000000001000000005010ffff00000000";
    let datagram = "4500001c0001000040110000c6336401cb007101c350003500080000";
    let records = [segment, datagram]
        .map(|header| format!("{{format=1 records=[{{format=1 protocol=11 frame_length=1500 header=0x{header}}}]}}"));
    let text = format!("ipv4 / udp src_port=40000 / sflow agent=192.0.2.1 samples=[{}]", records.join(" "));
    let (code, _, stderr) = packetsmith(&["build", "-w", &path, &text], b"");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    path
}

#[test]
fn sampled_packets_are_shown_after_their_datagram() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = sampled(folder.path());
    let tree = output(&["read", "-V", &path]);
    let parts: Vec<_> = tree.split("\nSampled  ").collect();
    assert_eq!(parts.len(), 3, "{tree}");
    assert!(parts[1].starts_with("first 40 bytes of 1500, in sample 1\n  ipv4"), "{tree}");
    assert!(parts[1].contains("\n  tcp") && parts[1].contains("[stream]                0 "), "{tree}");
    assert!(parts[2].contains("\n  udp") && parts[2].contains("[stream]                1 "), "{tree}");
    assert!(output(&["read", "-x", &path]).contains("in sample 2\n0000  45 00"));
    let packet = &lines_of_json(&output(&["read", "-T", "json", &path]))[0];
    let list = packet["sampled"].as_array().expect("there is a list");
    assert!(list.iter().map(|it| it["layers"][1]["layer"].as_str()).eq([Some("tcp"), Some("udp")]), "{list:?}");
    let flows = packet["flows"].as_array().expect("there is a list");
    let of_samples: Vec<_> = flows.iter().map(|flow| flow["sampled"].as_u64()).collect();
    assert_eq!(of_samples, [None, Some(0), Some(1)]);
}

#[test]
fn filters_see_sampled_packets() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = sampled(folder.path());
    for (filter, lines) in [
        ("tcp.port == 80", 1),
        ("tcp.stream == 0", 1),
        ("udp.stream == 1", 1),
        ("udp.port == 53 && sflow", 1),
        ("tcp.stream == 1", 0),
    ] {
        let (_, stdout, stderr) = packetsmith(&["read", "-Y", filter, &path], b"");
        assert_eq!((stdout.lines().count(), stderr.as_str()), (lines, ""), "{filter}");
    }
    assert!(output(&["streams", &path]).contains("203.0.113.1:80"), "{}", output(&["streams", &path]));
}

#[test]
fn json_of_sampled_packets_is_built_to_the_same_datagram() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = sampled(folder.path());
    for editable in [&[][..], &["--editable"]] {
        let again = folder.path().join("again.pcap").to_str().expect("the path is text").to_string();
        let json = output(&[&["read", "-T", "json", &path], editable].concat());
        let (code, _, stderr) = packetsmith(&["build", "-", "-w", &again], json.as_bytes());
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert_eq!(std::fs::read(&path).ok(), std::fs::read(&again).ok());
        std::fs::remove_file(again).expect("it is there");
    }
}
