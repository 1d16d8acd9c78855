//! `packetsmith transactions`, and what `read` says of requests and responses: lines, trees, JSON, filters.

mod common;

use self::common::{lines_of_json, output, packetsmith};
use assert_cmd::Command;
use serde_json::Value;

#[test]
fn tables_of_captures() {
    for name in ["dns", "http", "dhcp", "dhcpv6", "ping", "arp"] {
        let table = output(&["transactions", &format!("testdata/{name}.pcap")]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("transactions_{name}"), table);
        });
    }
}

#[test]
fn a_line_of_json_for_each_transaction_and_each_protocol() {
    let lines = lines_of_json(&output(&["transactions", "-T", "json", "testdata/ping.pcap"]));
    let echo = serde_json::json!({
        "protocol": "icmp", "request": 3, "asked": "echo 198.51.100.2 sequence 1", "response": 4, "time": "0.000038000", "sent": 1
    });
    assert_eq!(lines[1], echo);
    let arp = serde_json::json!({
        "protocol": "arp", "request": 19, "asked": "who has 192.0.2.253", "unanswered": true, "sent": 3
    });
    assert!(lines.contains(&arp));
    let summary = lines.iter().find(|line| line["summary"] == "icmp").expect("there is one");
    assert_eq!((&summary["transactions"], &summary["unanswered"]), (&16.into(), &7.into()));
    assert_eq!((&summary["least"], &summary["most"]), (&"0.000038000".into(), &"0.000116000".into()));
}

#[test]
fn options_choose_what_is_listed_and_the_summary_counts_all() {
    let listed = |options: &[&str]| {
        let arguments = [&["transactions", "-T", "json", "testdata/ping.pcap"][..], options].concat();
        let (code, stdout, _) = packetsmith(&arguments);
        let lines = lines_of_json(&stdout);
        let (summaries, lines): (Vec<Value>, Vec<Value>) =
            lines.into_iter().partition(|line| line.get("summary").is_some());
        (code, lines.len(), summaries.iter().map(|line| line["transactions"].as_u64().unwrap()).sum::<u64>())
    };
    assert_eq!(listed(&[]), (Some(0), 19, 19));
    assert_eq!(listed(&["--protocol", "arp"]), (Some(0), 3, 3));
    assert_eq!(listed(&["--protocol", "arp,ICMP"]), (Some(0), 19, 19));
    assert_eq!(listed(&["--protocol", "dns"]), (Some(1), 0, 0));
    assert_eq!(listed(&["--unanswered"]), (Some(0), 8, 19));
    assert_eq!(listed(&["--slower-than", "90us"]), (Some(0), 2, 19));
    assert_eq!(listed(&["--slower-than", "0.000090s"]), (Some(0), 2, 19));
    assert_eq!(listed(&["--slower-than", "0.1ms", "--unanswered"]), (Some(0), 9, 19));
    assert_eq!(listed(&["--slower-than", "1"]), (Some(1), 0, 19));
}

#[test]
fn wrong_options_are_refused_with_what_is_expected() {
    let complaint = |arguments: &[&str]| {
        let (code, stdout, stderr) = packetsmith(&[&["transactions"], arguments].concat());
        assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
        stderr
    };
    let protocol = complaint(&["--protocol", "dns,sctp", "testdata/dns.pcap"]);
    assert!(protocol.contains("arp, icmp, icmpv6, dns, dhcp, dhcpv6 and http"), "{protocol}");
    for time in ["5m", "-1", "1.", ".5", "x", "99999999999"] {
        let arguments = [&format!("--slower-than={time}"), "testdata/dns.pcap"];
        let time = complaint(&arguments);
        assert!(time.contains("a time such as 0.5s, 20ms or 100us is expected"), "{time}");
    }
    assert!(complaint(&[]).contains("<FILE>"), "a file is needed");
    assert!(complaint(&["testdata/nothing.pcap"]).contains("testdata/nothing.pcap"));
}

#[test]
fn requests_that_made_room_are_listed_as_given_up() {
    let mut frames = Vec::new();
    for sequence in 0..20_u8 {
        let frame = [
            &[0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2][..],
            &[8, 0, 0, 0, 0, 1, 0, sequence],
        ];
        frames.push(frame.concat());
    }
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0];
    for frame in frames {
        file.extend([0, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28, 0, 0, 0]);
        file.extend(frame);
    }
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    let output = command.args(["transactions", "--max-transactions", "16", "-"]).write_stdin(file).output().unwrap();
    let (text, complaint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(text.lines().filter(|line| line.contains("given up")).count(), 4, "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("unanswered   ")).count(), 16, "{text}");
    assert!(complaint.contains("more than 16 requests at a time: 4 that waited longest were given up"), "{complaint}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn several_files_have_headings_and_one_summary() {
    let text = output(&["transactions", "--protocol", "dns", "testdata/http.pcap", "testdata/dns.pcap"]);
    assert!(text.starts_with("==> testdata/http.pcap <==\nprotocol"), "{text}");
    assert!(text.contains("\n\n==> testdata/dns.pcap <==\nprotocol"), "{text}");
    assert_eq!(text.matches("summary").count(), 1);
    assert!(text.lines().last().unwrap().starts_with("dns                29 "), "{text}");
    let lines = lines_of_json(&output(&["transactions", "-T", "json", "testdata/http.pcap", "testdata/arp.pcap"]));
    assert_eq!(lines[0]["file"], "testdata/http.pcap");
}

#[test]
fn read_names_requests_in_lines_trees_and_json() {
    let line = output(&["read", "-Y", "icmp.resptime >= 0.116", "testdata/ping.pcap"]);
    assert!(line.ends_with(" [reply to 33, 0.000116 s]\n"), "{line}");
    let again = output(&["read", "-Y", "arp.retransmission_of", "testdata/ping.pcap"]);
    assert!(
        again.lines().count() == 2 && again.lines().all(|line| line.ends_with(" [retransmission of 19]")),
        "{again}"
    );
    let tree = output(&["read", "-V", "-Y", "http.time > 0.02", "testdata/http.pcap"]);
    for part in ["[response_to]           10 ", "[time]                  0.024836000 s"] {
        assert!(tree.contains(part), "{tree}");
    }
    let json = lines_of_json(&output(&["read", "-T", "json", "-Y", "http.request_in == 10", "testdata/http.pcap"]));
    let flows = json.iter().find_map(|line| line.get("flows")).expect("they are there");
    let http = flows.as_array().unwrap().last().unwrap();
    assert_eq!(
        (&http["response_to"], &http["time"], &http["transaction"]),
        (&10.into(), &"0.024836000".into(), &3.into())
    );
    let plain = output(&["read", "--raw-numbers", "-Y", "icmp", "testdata/ping.pcap"]);
    assert!(!plain.contains("[reply"), "{plain}");
}

#[test]
fn a_filter_for_what_comes_later_says_what_to_use() {
    let (code, _, stderr) = packetsmith(&["read", "-Y", "dns.response_in", "testdata/dns.pcap"]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("of the response, dns.response_to tells which packet it answers"), "{stderr}");
}

/// The first packets of a capture, as a file of their own.
fn first_packets(name: &str, packets: usize) -> tempfile::NamedTempFile {
    let bytes = std::fs::read(common::root().join("testdata").join(name)).expect("the capture is in the repository");
    let mut end = 24;
    for _ in 0..packets {
        let length = bytes[end + 8..].first_chunk().expect("a record has a header");
        end += 16 + u32::from_le_bytes(*length) as usize;
    }
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), &bytes[..end]).expect("it is written");
    file
}

#[test]
fn a_message_that_the_end_of_the_capture_cuts_is_named() {
    let file = first_packets("http.pcap", 12);
    let name = file.path().to_str().unwrap();
    let (code, stdout, stderr) = packetsmith(&["read", name]);
    assert_eq!(code, Some(0));
    assert!(stdout.lines().last().unwrap().ends_with("[part of a message]"), "{stdout}");
    let said =
        "a message is not complete in the capture, so its segments are shown as data:\n  packet 12, 185 bytes: HTTP";
    assert!(stderr.contains(said), "{stderr}");
    // Nothing is put together, or not all is read.
    for arguments in [&["read", "--no-reassembly", name][..], &["read", "-c", "12", "testdata/http.pcap"]] {
        assert_eq!(packetsmith(arguments).2, "", "{arguments:?}");
    }
    // Its request is answered.
    let table = output(&["transactions", "--protocol", "http", name]);
    let row: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row, ["http", "10", "GET", "/", "12", "-", "1"], "{table}");
}
