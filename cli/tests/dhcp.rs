//! `packetsmith dhcp`: exchanges, messages, leases, servers; formats, orders, filters.

mod common;

use self::common::{json, output, packetsmith};

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
