//! `packetsmith dhcp`: exchanges, messages, leases, servers; formats, orders, filters.

mod common;

use self::common::{json, output, packetsmith, root};

#[test]
fn tables_of_captures() {
    for name in ["dhcp", "dhcpv6", "pxe"] {
        let table = output(&["dhcp", &format!("testdata/{name}.pcap")]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("dhcp_{name}"), table);
        });
    }
}

#[test]
fn messages_of_exchanges_are_shown_on_demand() {
    for name in ["dhcp", "dhcpv6"] {
        let lines = output(&["dhcp", "--messages", &format!("testdata/{name}.pcap")]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("dhcp_messages_{name}"), lines);
        });
    }
}

#[test]
fn json_has_each_column_and_csv_the_exchanges() {
    let all = json(&["dhcp", "-T", "json", "testdata/dhcp.pcap"]);
    let first = &all["exchanges"][0];
    for (key, value) in [
        ("client", "02:00:00:00:00:01"),
        ("purpose", "new lease"),
        ("outcome", "granted"),
        ("address", "192.0.2.105"),
        ("server", "192.0.2.2"),
        ("messages", "DISCOVER, OFFER, REQUEST, ACK"),
        ("mask", "255.255.255.0"),
        ("dns", "192.0.2.2 192.0.2.3"),
        ("host_name", "client"),
    ] {
        assert_eq!(first[key], value, "{key}");
    }
    assert_eq!((&first["lease_time"], &first["packet"]), (&600.into(), &1.into()));
    assert_eq!((&all["leases"][0]["end"], &all["leases"][0]["end_packet"]), (&"released".into(), &11.into()));
    assert_eq!(all["findings"][0]["kind"], "declined");
    let csv = output(&["dhcp", "-T", "csv", "testdata/dhcp.pcap"]);
    assert!(csv.starts_with("packet,start,client,purpose,outcome,address,server,time,messages"), "{csv}");
    assert_eq!(csv.lines().count(), 7);
}

#[test]
fn orders_filters_and_exit_status() {
    let packets = |options: &[&str]| {
        let all = json(&[&["dhcp", "-T", "json", "testdata/dhcp.pcap"][..], options].concat());
        all["exchanges"].as_array().unwrap().iter().map(|row| row["packet"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(packets(&[]), [1, 7, 11, 12, 14, 18]);
    assert_eq!(packets(&["--failures"]), [12]);
    assert_eq!(packets(&["--sort", "slowness"])[..2], [14, 7]);
    // All messages of an exchange, if one of them passes.
    let all = json(&["dhcp", "-T", "json", "-Y", "dhcp.option.dhcp == 6", "testdata/dhcp.pcap"]);
    assert_eq!(all["exchanges"][0]["messages"], "REQUEST, NAK");
    let (code, ..) = packetsmith(&["dhcp", "testdata/ntp.pcap"]);
    assert_eq!(code, Some(1));
    let (code, ..) = packetsmith(&["dhcp", "testdata/missing.pcap"]);
    assert_eq!(code, Some(2));
}

/// Header and data of each packet of a capture in little endian.
fn records(capture: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut rest, mut found) = (&capture[24..], Vec::new());
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        found.push((rest[..16].to_vec(), rest[16..16 + length].to_vec()));
        rest = &rest[16 + length..];
    }
    found
}

/// Writes `testdata/dhcp.pcap` with changed packets, and runs the command on it with each list of options.
fn with_changed(change: impl Fn(&mut Records), calls: &[&[&str]]) -> Vec<(Option<i32>, String, String)> {
    let capture = std::fs::read(root().join("testdata/dhcp.pcap")).unwrap();
    let mut packets = records(&capture);
    change(&mut packets);
    let mut bytes = capture[..24].to_vec();
    packets.iter().for_each(|(header, data)| bytes.extend(header.iter().chain(data)));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let path = file.path().to_str().unwrap();
    calls.iter().map(|options| packetsmith(&[options, &[path][..]].concat())).collect()
}

/// Record headers and frames of a capture.
type Records = Vec<(Vec<u8>, Vec<u8>)>;

/// Cuts packets at a snapshot length.
fn cut_at(length: usize) -> impl Fn(&mut Records) {
    move |packets| {
        for (header, data) in packets {
            data.truncate(length);
            header[8..12].copy_from_slice(&(data.len() as u32).to_le_bytes());
        }
    }
}

/// The text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn messages_that_the_capture_cut_off_are_counted() {
    let note = "14 messages not used: cut off before what tells their kind and their client";
    for length in [96, 280] {
        let calls = with_changed(cut_at(length), &[&["dhcp"], &["dhcp", "-T", "json"], &["dhcp", "-T", "csv"]]);
        assert!(calls[0].1.contains(note), "{}", calls[0].1);
        let json: serde_json::Value = serde_json::from_str(&calls[1].1).unwrap();
        assert_eq!(json["exchanges_notes"][0], note);
        assert!(calls[2].2.contains(note), "{}", calls[2].2);
        assert_eq!(calls[0].0, Some(1), "no message counts");
    }
}

#[test]
fn nothing_is_claimed_from_what_was_cut_off() {
    let calls = with_changed(cut_at(290), &[&["dhcp"], &["dhcp", "--messages"], &["explain"]]);
    let [table, messages, story] = [0, 1, 2].map(|call: usize| line(&calls[call].1));
    assert!(table.starts_with("6 exchanges of 14 messages"), "{table}");
    assert!(table.contains("14 messages of these exchanges are cut off"), "{table}");
    assert!(table.contains("not known since packet 18"), "{table}");
    assert!(messages.contains("REQUEST 0.0.0.0 → 255.255.255.255, cut off"), "{messages}");
    assert!(
        story.contains(
            "It requested an address (packet 3), and 192.0.2.2 granted 192.0.2.105 after 2.94 ms (packet 4)."
        ),
        "{story}"
    );
    assert!(story.contains("only the beginning of 4 messages (packets 1, 2, 3 and 4)"), "{story}");
    assert!(!story.contains("took no offer") && !story.contains("took part"), "{story}");
}

#[test]
fn replies_that_contradict_each_other_are_told() {
    // The second ACK has another router.
    let double = |packets: &mut Records| {
        let (header, mut data) = packets[3].clone();
        let at = data.windows(6).position(|bytes| bytes == [3, 4, 192, 0, 2, 2]).unwrap();
        data[at + 5] = 66;
        packets.insert(4, (header, data));
    };
    let calls = with_changed(double, &[&["dhcp", "--messages"], &["explain"], &["dhcp", "-T", "json"]]);
    let [messages, story] = [0, 1].map(|call: usize| line(&calls[call].1));
    assert!(messages.contains("contradicts 4"), "{messages}");
    assert!(messages.contains("granted: mask 255.255.255.0, router 192.0.2.2,"), "{messages}");
    assert!(messages.contains("routers 192.0.2.2 against 192.0.2.66"), "{messages}");
    assert!(story.contains("Once two replies of DHCP contradicted each other (packet 4)"), "{story}");
    assert!(
        story.contains(
            "192.0.2.2 sent two ACK messages to 02:00:00:00:00:01 that contradict each other: routers 192.0.2.2 against \
             192.0.2.66 (packets 4 and 5)."
        ),
        "{story}"
    );
    assert!(story.contains("and 192.0.2.2 granted it after 2.94 ms (packet 4)"), "{story}");
    let json: serde_json::Value = serde_json::from_str(&calls[2].1).unwrap();
    assert_eq!((&json["findings"][0]["kind"], &json["findings"][0]["packet"]), (&"contradiction".into(), &5.into()));
}
