//! `packetsmith explain`: text and JSON of captures, filters, bad input.

mod common;

use self::common::{corpus, lines_of_json, output, packetsmith, packetsmith_with, testdata};

/// The text on one line.
fn flowing(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A scene of the walkthrough, explained.
fn walkthrough(options: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let file = folder.path().join("story.pcap");
    let file = file.to_str().expect("its name is UTF-8");
    packetsmith(&[&["walkthrough", "-w", file], options].concat());
    flowing(&output(&["explain", file]))
}

#[test]
fn the_walkthrough_is_told_again() {
    let text = walkthrough(&[]);
    for sentence in [
        "The capture has 21 packets with 7,257 bytes, in 96.8 ms. In what is told below, nothing went wrong.",
        "192.168.1.1 (02:00:00:00:01:01) is a gateway, a router and a DHCP server",
        "8.8.8.8 is a name server: it sent 1 response of DNS (packet 8).",
        "192.168.1.1 offered 192.168.1.100 (packet 2). It requested 192.168.1.100 (packet 3), and 192.168.1.1 granted it",
        "for 1 day, mask 255.255.255.0, gateway 192.168.1.1 and name server 8.8.8.8.",
        "192.168.1.100 asked for the MAC address of 192.168.1.1 by ARP (packet 5), which is 02:00:00:00:01:01 (packet 6).",
        "for www.google.com (A) (packet 7), and got the answer after 18.2 ms (packet 8): 172.194.72.105. Connection 0 then",
        "The client opened it in 24.4 ms with SYN, SYN-ACK and ACK (packets 9, 10 and 11).",
        "The client takes segments of up to 1,460 bytes, the server of up to 8,960.",
        "The client requested POST /letters from www.google.com (packet 15), and the server answered 200 OK",
        "The client closed first, with FIN (packet 18), and the server 24.5 ms later (packet 20); the client acknowledged",
        "sent 4,980 bytes of TCP to 172.194.72.105 in 4 fragments (packets 12, 13, 14 and 15). All of them are there.",
    ] {
        assert!(text.contains(sentence), "{sentence}\nis not in\n{text}");
    }
    assert!(!text.contains("not explained"), "{text}");
}

#[test]
fn each_lost_segment_of_the_walkthrough_is_named() {
    let syn = walkthrough(&["--lose", "syn"]);
    assert!(syn.contains("The client's SYN (packet 1) has no answer in the capture"), "{syn}");
    assert!(syn.contains("The client sent it again after 1.00 s (packet 2)."), "{syn}");
    let ack = walkthrough(&["--lose", "ack"]);
    assert!(ack.contains("The client's ACK (packet 3) had not come to the server"), "{ack}");
    assert!(
        ack.contains("after 1.00 s (packet 4): the ACK was lost or late. The client acknowledged again (packet 5)."),
        "{ack}"
    );
}

#[test]
fn a_lossy_connection_is_told_as_one() {
    let text = output(&["explain", "testdata/tcp_loss.pcap"]);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let text = flowing(&text);
    assert!(
        text.contains(
            "The 1,448 bytes of packet 9 had not come to the server when it sent 8 duplicate ACKs for the bytes before \
             (packets 20, 21, 22, 23, 24, 29, 30 and 31); the client sent them again after 0.065 ms (packet 32), as a fast \
             retransmission; the server acknowledged them then (packet 33)."
        ),
        "{text}"
    );
    assert!(text.contains("2 TCP segments were sent again (packets 32 and 34)."), "{text}");
}

#[test]
fn json_has_a_line_for_each_statement_with_typed_members() {
    let text = output(&["explain", "-T", "json", "testdata/http.pcap"]);
    let lines = lines_of_json(&text);
    let of = |kind: &str| lines.iter().find(|line| line["kind"] == kind).expect("it is there");
    let opened = of("opened");
    assert_eq!((&opened["chapter"], &opened["stream"]), (&"connections".into(), &0.into()));
    assert_eq!(opened["packets"], serde_json::json!([7, 8, 9]));
    assert_eq!(opened["client"], "192.0.2.1:53270");
    assert_eq!(of("http_exchange")["answered"], serde_json::json!([12]));
    assert!(lines.iter().all(|line| line["text"].as_str().is_some_and(|text| !text.is_empty())));
}

#[test]
fn a_filter_tells_whole_conversations() {
    let text = flowing(&output(&["explain", "-Y", "tcp.flags.fin == 1 && tcp.stream == 0", "testdata/tls.pcap"]));
    assert!(
        text.contains("The client opened it in 0.032 ms with SYN, SYN-ACK and ACK (packets 1, 2 and 3)."),
        "{text}"
    );
    assert!(!text.contains("Connection 1"), "{text}");
    let (code, text, _) = packetsmith(&["explain", "-Y", "tcp.stream == 99", "testdata/tls.pcap"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("No packet passed the filter."), "{text}");
    let (code, _, stderr) = packetsmith(&["explain", "-Y", "tcp.strem", "testdata/tls.pcap"]);
    assert!(code == Some(2) && stderr.contains("tcp.stream"), "{stderr}");
}

#[test]
fn bad_input_is_told_as_far_as_it_goes() {
    let http = std::fs::read(common::root().join("testdata/http.pcap")).expect("it is there");
    let (code, text, stderr) = packetsmith_with(&["explain", "-"], &http[..24], &[]);
    assert_eq!((code, text.as_str(), stderr.as_str()), (Some(1), "In short\n\n  The capture has no packets.\n", ""));
    let (code, text, stderr) = packetsmith_with(&["explain", "-"], &http[..http.len() - 7], &[]);
    assert!(code == Some(2) && !stderr.is_empty(), "{stderr}");
    assert!(text.contains("The capture has 17 packets"), "{text}");
    let (code, _, stderr) = packetsmith(&["explain", "no such file.pcap"]);
    assert!(code == Some(2) && stderr.contains("no such file.pcap"), "{stderr}");
    let text = output(&["explain", "testdata/llc.pcap"]);
    assert!(text.contains("What is not explained"), "{text}");
}

#[test]
fn json_has_all_packets_of_a_list_and_numbers_as_numbers() {
    let lines = lines_of_json(&output(&["explain", "-T", "json", "testdata/upload_loss.pcap"]));
    let data = lines.iter().find(|line| line["kind"] == "data").expect("it is there");
    assert_eq!(data["first_packets"].as_array().map(Vec::len), Some(43));
    assert!(data.get("first_packets_more").is_none());
    let server = lines.iter().find(|line| line["address"] == "192.0.2.2").expect("it is there");
    let role = serde_json::json!([
        {"role": "server", "evidence": "tcp_connections", "ports": [7777], "connections": 1, "packets": [2]}
    ]);
    assert_eq!(server["roles"], role);
}

#[test]
fn the_help_is_wrapped_once() {
    for command in ["explain", "arp", "dhcp", "dns"] {
        let text = output(&["help", command]);
        let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.starts_with([' ', '-']));
        let broken = paragraphs.filter(|paragraph| {
            let lines: Vec<_> = paragraph.lines().collect();
            // A line that ends early, though the next word would have fitted.
            lines.windows(2).any(|pair| {
                let word = pair[1].split(' ').next().unwrap_or_default();
                !pair[1].starts_with(' ') && pair[0].len() + 1 + word.len() < 90 && !pair[0].ends_with(':')
            })
        });
        assert_eq!(broken.collect::<Vec<_>>(), [""; 0], "{command}");
    }
}

/// Names of a line of JSON that an object has twice.
fn names_twice(line: &str) -> Vec<String> {
    struct Object(Vec<String>);
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Object;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
            let mut names = Vec::new();
            while let Some((name, _)) = map.next_entry::<String, serde_json::Value>()? {
                names.push(name);
            }
            Ok(Object(names))
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let Object(mut names) = serde::Deserializer::deserialize_map(&mut deserializer, Visitor).expect("it is an object");
    names.sort_unstable();
    names.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0].clone()).collect()
}

#[test]
fn no_statement_has_a_name_twice() {
    let is_small = |path: &std::path::PathBuf| path.metadata().is_ok_and(|file| file.len() < 4096);
    for file in testdata().into_iter().chain(corpus().into_iter().filter(is_small).take(100)) {
        let (_, text, _) = packetsmith(&["explain", "-T", "json", file.to_str().expect("its name is UTF-8")]);
        for line in text.lines() {
            assert_eq!(names_twice(line), [""; 0], "{}: {line}", file.display());
        }
    }
}

/// Numbers of packets in the statements of a capture, other than those of its hosts and of the capture as a whole.
fn told_packets(lines: &[serde_json::Value]) -> Vec<u64> {
    let statements = lines.iter().filter(|line| line["chapter"] != "hosts" && line["chapter"] != "summary");
    let members = statements.flat_map(|line| line.as_object().expect("a line is an object").values());
    members.filter_map(|member| member.as_array()).flatten().filter_map(|number| number.as_u64()).collect()
}

#[test]
fn each_packet_is_told_or_listed_as_not_explained() {
    for file in testdata() {
        let file = file.to_str().expect("its name is UTF-8");
        let (_, text, _) = packetsmith(&["explain", "-T", "json", file]);
        let lines = lines_of_json(&text);
        // Lists that are bounded, and sums, do not name all packets.
        let is_bounded = |line: &serde_json::Value| {
            let object = line.as_object().expect("a line is an object");
            let kind = line["kind"].as_str().unwrap_or_default();
            line["chapter"] != "connections"
                && (object.keys().any(|key| key.ends_with("_more"))
                    || kind.starts_with("more_")
                    || matches!(kind, "addresses_asked" | "other_lookups" | "fragments_not_followed"))
        };
        if lines.iter().any(is_bounded) {
            continue;
        }
        let told = told_packets(&lines);
        // A connection is told as a whole.
        let (_, all, _) = packetsmith(&["read", "-Y", "not tcp", "-T", "fields", "-e", "frame.number", file]);
        for packet in all.lines().filter_map(|line| line.parse::<u64>().ok()) {
            assert!(told.contains(&packet), "packet {packet} of {file} is not told:\n{text}");
        }
    }
}
