//! `packetsmith arp`: addresses, findings, requests without a reply; formats, orders, filters.

mod common;

use self::common::{json, output, packetsmith};
use packetsmith::proto::link::ArpOperation::{self, Reply, Request};
use packetsmith::{Arp, Ethernet, MacAddr, Stack};
use std::net::Ipv4Addr;
use std::path::Path;

fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn arp(operation: ArpOperation, sender: (u8, u8), target: (u8, u8)) -> Vec<u8> {
    let ip = |last| Ipv4Addr::from([10, 0, 0, last]);
    let arp = Arp::build().operation(operation).sender(mac(sender.0), ip(sender.1)).target(mac(target.0), ip(target.1));
    Stack::new().push(Ethernet::build().src(mac(sender.0))).push(arp).finish().expect("it fits")
}

/// Writes a capture file, with a packet a second.
fn write(path: &Path, frames: &[Vec<u8>]) {
    let mut file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0][..], &[0; 8], &[255, 255, 0, 0, 1, 0, 0, 0]].concat();
    for (second, frame) in frames.iter().enumerate() {
        let length = (frame.len() as u32).to_le_bytes();
        file.extend([&(second as u32).to_le_bytes()[..], &[0; 4], &length, &length, frame].concat());
    }
    std::fs::write(path, file).expect("the file can be written");
}

/// A host 66 that says it is 1 and 2, while both talk to each other.
fn spoofed() -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    for _ in 0..3 {
        frames.extend([arp(Request, (1, 1), (0, 2)), arp(Reply, (2, 2), (1, 1))]);
        frames.extend([arp(Reply, (66, 2), (1, 1)), arp(Reply, (66, 1), (2, 2))]);
    }
    // Some seconds later than an answer.
    frames.extend([arp(Reply, (66, 2), (1, 1)), arp(Reply, (66, 2), (1, 1)), arp(Request, (2, 2), (0, 1))]);
    frames
}

#[test]
fn tables_of_captures() {
    for name in ["arp", "icmpv6", "vlan"] {
        let table = output(&["arp", &format!("testdata/{name}.pcap")]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("arp_{name}"), table);
        });
    }
}

#[test]
fn signs_of_spoofing_are_said_with_their_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spoofed.pcap");
    write(&path, &spoofed());
    let file = path.to_string_lossy();
    let text = output(&["arp", &file]);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("arp_spoofed", text);
    });
    let all = json(&["arp", "-T", "json", &file]);
    let first = &all["findings"][0];
    assert_eq!((&first["kind"], &first["mac"]), (&"sign_of_spoofing".into(), &"02:00:00:00:00:42".into()));
    // In tshark's words.
    let duplicates =
        output(&["read", "-Y", "arp.duplicate-address-detected", "-T", "fields", "-e", "frame.number", &file]);
    assert_eq!(duplicates.split_whitespace().collect::<Vec<_>>(), ["3", "4", "7", "8", "11", "12", "13", "14"]);
}

#[test]
fn json_has_each_column_and_csv_the_addresses() {
    let all = json(&["arp", "-T", "json", "testdata/arp.pcap"]);
    let first = serde_json::json!({
        "address": "192.0.2.1", "mac": "02:00:00:00:00:01", "first": "0.000000", "last": "5.139352", "first_packet": 1,
        "last_packet": 15, "messages": 7, "requests": 4, "replies": 1, "announcements": 1, "gratuitous_replies": 1
    });
    assert_eq!(all["addresses"][0], first);
    assert_eq!(all["without_reply"][0]["addresses"], "192.0.2.9");
    let csv = output(&["arp", "-T", "csv", "testdata/arp.pcap"]);
    let mut lines = csv.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("address,interface,vlan,mac,first,last,first_packet,last_packet,messages,requests")
    );
    assert!(lines.next().unwrap().starts_with("192.0.2.1,,,02:00:00:00:00:01,0.000000,5.139352,1,15,7,4,1,1,1"));
    let both = output(&["arp", "-T", "csv", "testdata/arp.pcap", "testdata/http.pcap"]);
    assert!(both.starts_with("file,address") && both.lines().count() == 5, "{both}");
}

#[test]
fn orders_filters_and_exit_status() {
    let first = |options: &[&str]| {
        let all = json(&[&["arp", "-T", "json", "testdata/icmpv6.pcap"][..], options].concat());
        all["addresses"][0]["address"].as_str().unwrap().to_string()
    };
    assert_eq!(first(&[]), "2001:db8:1::1");
    assert_eq!(first(&["--sort", "time"]), "fe80::ff:fe00:1");
    assert_eq!(first(&["--sort", "messages"]), "fe80::ff:fe00:11");
    assert_eq!(first(&["-Y", "icmpv6.type == 134"]), "fe80::ff:fe00:11");
    let (code, ..) = packetsmith(&["arp", "testdata/ntp.pcap"]);
    assert_eq!(code, Some(1));
    let (code, _, stderr) = packetsmith(&["arp", "testdata/missing.pcap"]);
    assert!(code == Some(2) && stderr.contains("missing.pcap"), "{stderr}");
    let cut = output(&["arp", "--top", "1", "testdata/arp.pcap"]);
    assert!(cut.contains("and 1 more, use --top 0"), "{cut}");
}
