//! `packetsmith stats`: parts, filters, orders, formats, and what is cut off.

mod common;

use self::common::{json, output, packetsmith, packetsmith_with};
use serde_json::Value;

const HTTP: &str = "testdata/http.pcap";
const DNS: &str = "testdata/dns.pcap";
const LOSS: &str = "testdata/tcp_loss.pcap";
const MULTI: &str = "testdata/multi.pcapng";

/// The message of a call that is refused.
fn refused(arguments: &[&str]) -> String {
    let (code, stdout, stderr) = packetsmith(arguments);
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{arguments:?}");
    stderr
}

#[test]
fn all_parts_are_shown_without_one() {
    let text = output(&["stats", HTTP]);
    let mut at = 0;
    for heading in [
        "Summary",
        "Over time",
        "Protocols",
        "Ethernet endpoints: 3",
        "IP endpoints: 2",
        "TCP endpoints: 2",
        "Ethernet conversations: 2",
        "UDP conversations: 1",
        "Response times",
        "DNS",
        "Issues",
    ] {
        let found = text[at..].find(heading).unwrap_or_else(|| panic!("{heading} in its place:\n{text}"));
        at += found;
    }
}

#[test]
fn one_part_is_shown_alone() {
    let text = output(&["stats", "protocols", HTTP]);
    let expected = "\
Protocols
  protocol      packets      %  bytes      %
  ethernet           18  100.0   1555  100.0
    ipv4             16   88.9   1471   94.6
      tcp            12   66.7   1151   74.0
        http          2   11.1    290   18.6
          data        1    5.6    144    9.3
      udp             4   22.2    320   20.6
        dns           4   22.2    320   20.6
    arp               2   11.1     84    5.4
";
    assert_eq!(text, expected);
    let text = output(&["stats", "responses", HTTP]);
    assert!(
        text.contains("http      GET             1         1           0         0                0  0.024836"),
        "{text}"
    );
}

#[test]
fn conversations_tell_direction_times_and_state() {
    let text = output(&["stats", "conversations", "--protocol", "tcp", LOSS]);
    let expected = "\
TCP conversations: 1
  stream  A                B               packets  A→B  B→A  bytes    A→B   B→A     start  duration    bit/s A→B   bit/s B→A  repeated  state
       0  192.0.2.1:52645  192.0.2.2:7777       38   21   17  25581  24291  1290  0.000028  0.001017  191079646.0  10147492.6         1  closed
";
    assert_eq!(text, expected);
    let all = json(&["stats", "conversations", "-T", "json", "--protocol", "tcp", LOSS]);
    let tcp = &all["conversations"][0];
    assert_eq!((&tcp["a"], &tcp["stream"], &tcp["state"]), (&"192.0.2.1:52645".into(), &0.into(), &"closed".into()));
    assert_eq!((&tcp["bytes_a_to_b"], &tcp["retransmissions"]), (&24291.into(), &1.into()));
}

#[test]
fn rows_that_are_cut_off_are_counted() {
    let text = output(&["stats", "endpoints", "--protocol", "udp", "--top", "3", DNS]);
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(text.ends_with("more, use --top 0\n"), "{text}");
    let cut = json(&["stats", "endpoints", "--protocol", "udp", "--top", "3", "-T", "json", DNS]);
    let all = json(&["stats", "endpoints", "--protocol", "udp", "-T", "json", DNS]);
    let count = |value: &Value| value["endpoints"].as_array().unwrap().len() as u64;
    assert_eq!(count(&cut) + cut["endpoints_left_out"].as_u64().unwrap(), count(&all));
    let (code, table, message) =
        packetsmith(&["stats", "endpoints", "--protocol", "udp", "--top", "3", "-T", "csv", DNS]);
    assert_eq!((code, table.lines().count()), (Some(0), 4));
    assert!(message.contains("rows are left out by --top"), "{message}");
}

#[test]
fn what_has_no_place_is_said() {
    let text = output(&["stats", "conversations", "--protocol", "udp", "--max-conversations", "16", DNS]);
    assert!(text.contains("of conversations that have no place: --max-conversations raises the limit"), "{text}");
}

#[test]
fn rows_are_sorted_as_asked() {
    let column = |by: &str, key: &str| -> Vec<f64> {
        let all = json(&["stats", "conversations", "--protocol", "udp", "--sort", by, "-T", "json", DNS]);
        let number = |row: &Value| match &row[key] {
            Value::String(text) => text.parse().unwrap(),
            value => value.as_f64().unwrap(),
        };
        all["conversations"].as_array().unwrap().iter().map(number).collect()
    };
    for (by, key) in [("packets", "packets"), ("bytes", "bytes"), ("duration", "duration")] {
        assert!(column(by, key).is_sorted_by(|a, b| a >= b), "{by}");
    }
    assert!(column("start", "start").is_sorted());
}

#[test]
fn a_filter_counts_the_packets_that_pass() {
    let all = json(&["stats", "-Y", "dns", "-T", "json", HTTP]);
    assert_eq!(all["summary"]["packets"], 4);
    assert_eq!(all["protocols"].as_array().unwrap().len(), 4);
    assert_eq!(all["dns"][0]["count"], 4);
    // Times run from the first packet of the file, as in tshark.
    let udp = all["conversations"].as_array().unwrap().iter().find(|row| row["protocol"] == "udp").unwrap();
    assert_eq!(udp["start"], "0.000057");
    let (code, _, _) = packetsmith(&["stats", "-Y", "radius", HTTP]);
    assert_eq!(code, Some(1), "nothing was counted");
    assert!(refused(&["stats", "-Y", "dns.nam", HTTP]).contains("the nearest is dns"), "a wrong filter");
}

#[test]
fn time_has_a_bar_for_each_interval() {
    let text = output(&["stats", "time", "--interval", "10ms", HTTP]);
    let expected = format!(
        "\
Over time: intervals of 0.01 s
  from  packets  bytes  (packets)
  0.00       11    830  {}
  0.01        0      0
  0.02        7    725  {}▊
",
        "█".repeat(50),
        "█".repeat(31)
    );
    assert_eq!(text, expected);
    for (arguments, locale) in [(&["stats", "time", "--ascii", HTTP][..], "C.UTF-8"), (&["stats", "time", HTTP], "C")] {
        let (_, text, _) = packetsmith_with(arguments, b"", &[("LC_ALL", locale)]);
        assert!(text.is_ascii() && text.contains("#####"), "{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
}

#[test]
fn intervals_that_have_no_room_are_refused() {
    let (code, text, message) = packetsmith(&["stats", "time", "--interval", "1ns", HTTP]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(message.contains("testdata/http.pcap: --interval: ") && message.contains("longer intervals"), "{message}");
}

#[test]
fn csv_is_one_table() {
    let text = output(&["stats", "conversations", "--protocol", "ip,tcp", "-T", "csv", LOSS]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("protocol,stream,a,b,packets,packets_a_to_b"), "{text}");
    assert!(lines[1].starts_with("ip,,192.0.2.1,192.0.2.2,38,21,17,25581") && lines.len() == 3, "{text}");
    let text = output(&["stats", "time", "--interval", "10ms", "-T", "csv", HTTP]);
    assert_eq!(text, "start,end,packets,bytes\n0.00,0.01,11,830\n0.01,0.02,0,0\n0.02,0.03,7,725\n");
    let text = output(&["stats", "summary", "-T", "csv", HTTP, MULTI]);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("file,format,size,link_types,packets"), "{text}");
    assert!(refused(&["stats", "-T", "csv", HTTP]).contains("name a part before the file"));
}

#[test]
fn several_files_have_their_own_statistics() {
    let text = output(&["stats", "summary", HTTP, DNS]);
    assert!(
        text.starts_with("==> testdata/http.pcap <==\nSummary\n") && text.contains("\n\n==> testdata/dns.pcap <==")
    );
    let text = output(&["stats", "summary", "-T", "json", HTTP, DNS]);
    let files: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&files[1]["file"], &files[0]["summary"]["packets"]), (&DNS.into(), &18.into()));
    let (code, text, message) = packetsmith(&["stats", "summary", "no-such.pcap", HTTP]);
    assert!(code == Some(2) && text.contains("packets") && message.contains("no-such.pcap: cannot be opened"));
}

#[test]
fn a_summary_describes_interfaces() {
    let text = output(&["stats", "summary", MULTI]);
    for part in ["format                       pcapng 1.0", "Interfaces", "eth0", "arp or icmp", "written by"] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let all = json(&["stats", "summary", "-T", "json", MULTI]);
    assert_eq!((&all["interfaces"][1]["name"], &all["interfaces"][1]["packets"]), (&"any".into(), &6.into()));
    assert_eq!((&all["summary"]["packets"], &all["summary"]["duration"]), (&12.into(), &"0.215251446".into()));
}

#[test]
fn a_wrong_part_is_named() {
    assert!(
        refused(&["stats", "conversation", HTTP]).contains("conversation: no such file, and no part of the statistics")
    );
    assert!(refused(&["stats", "dns"]).contains("stats dns needs a file (./dns, if that is its name)"));
    assert!(
        refused(&["stats", DNS, "dns"])
            .contains("dns is a part and no file: parts come before the files, as in stats dns FILE")
    );
    assert!(refused(&["stats", "dns", "issues", DNS]).contains("as in stats issues FILE, and one part at a time"));
    assert!(refused(&["stats", "dns", "--interval", "1s", DNS]).contains("--interval is for the part time"));
    assert!(refused(&["stats", "endpoints", "--sort", "start", DNS]).contains("this --sort is for conversations"));
    assert!(refused(&["stats", "time", "--interval", "0", DNS]).contains("an interval is more than 0"));
}

#[test]
fn issues_are_counted_by_identifier() {
    let all = json(&["stats", "issues", "-T", "json", "testdata/offload.pcap"]);
    let issues = all["issues"].as_array().unwrap();
    assert!(!issues.is_empty());
    for issue in issues {
        let identifier = issue["identifier"].as_str().unwrap();
        assert!(identifier.contains('.'), "{identifier}");
        assert!(issue["first"].as_u64().unwrap() >= 1 && issue["count"].as_u64() >= issue["packets"].as_u64());
    }
}

/// The packets of a long file are counted by a thread of their own; those of a short one are not.
#[test]
fn a_long_file_is_counted_as_a_short_one() {
    const TIMES: u64 = 40;
    let bytes = std::fs::read(common::root().join(DNS)).unwrap();
    let (header, packets) = bytes.split_at(24);
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("long.pcap");
    std::fs::write(&long, [header, &packets.repeat(TIMES as usize)].concat()).unwrap();
    let long = long.to_str().unwrap();
    for filter in ["udp", "udp.port == 53 && ip.src == 192.0.2.1"] {
        for part in ["protocols", "dns", "issues", "endpoints", "time"] {
            let of = |file: &str| json(&["stats", part, "-Y", filter, "-T", "json", file])[part].clone();
            let (short, long) = (of(DNS), of(long));
            let (short, long) = (short.as_array().unwrap(), long.as_array().unwrap());
            assert_eq!(short.len(), long.len(), "{part}");
            for (short, long) in short.iter().zip(long) {
                for name in ["packets", "bytes", "count", "sent_packets", "received_packets"] {
                    let number = |row: &Value| row.get(name).and_then(Value::as_u64);
                    assert_eq!(number(short).map(|number| number * TIMES), number(long), "{part} {name}: {long}");
                }
            }
        }
    }
}
