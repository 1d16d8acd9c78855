//! `packetsmith dns`: lookups and sums; formats, orders, filters.

mod common;

use self::common::{json, output, packetsmith};

#[test]
fn tables_of_captures() {
    for name in ["dns", "dns_tcp", "mdns"] {
        let table = output(&["dns", &format!("testdata/{name}.pcap")]);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("dns_{name}"), table);
        });
    }
}

#[test]
fn tables_fit_into_a_hundred_columns() {
    for name in ["dns", "dns_tcp", "mdns", "http"] {
        let table = output(&["dns", "--top", "0", &format!("testdata/{name}.pcap")]);
        let longest = table.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(longest.chars().count() <= 100, "{longest}");
    }
}

#[test]
fn json_has_each_column_and_csv_the_lookups() {
    let all = json(&["dns", "-T", "json", "testdata/dns_tcp.pcap"]);
    let lookup = &all["lookups"][5];
    for (key, value) in [
        ("name", "big.example.test"),
        ("type", "TXT"),
        ("outcome", "answered"),
        ("code", "no error"),
        ("time", "0.000120"),
        ("transport", "tcp"),
        ("service", "DNS"),
        ("client", "192.0.2.1"),
        ("id", "0x1002"),
    ] {
        assert_eq!(lookup[key], value, "{key}");
    }
    assert_eq!((&lookup["packet"], &lookup["response_packet"]), (&28.into(), &46.into()));
    assert_eq!(all["summary"]["lookups"], 7);
    assert_eq!((&all["servers"][0]["queries"], &all["servers"][0]["errors"]), (&7.into(), &1.into()));
    let csv = output(&["dns", "-T", "csv", "testdata/dns.pcap"]);
    assert!(csv.starts_with("packet,start,client,server,time,type,name,outcome,code,answers"), "{csv}");
    assert_eq!(csv.lines().count(), 28);
}

#[test]
fn orders_filters_and_exit_status() {
    let packets = |options: &[&str]| {
        let all = json(&[&["dns", "-T", "json", "testdata/dns.pcap"][..], options].concat());
        all["lookups"].as_array().unwrap().iter().map(|row| row["packet"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((packets(&[]).len(), packets(&[])[..3].to_vec()), (27, vec![3, 5, 7]));
    assert_eq!(packets(&["--failures"]), [41, 43, 69, 71]);
    assert_eq!(packets(&["--sort", "slowness"])[..2], [41, 15]);
    // A query that passes is answered by a response that does not.
    assert_eq!(packets(&["-Y", "dns.flags.response == 0"]).len(), 27);
    assert_eq!(packets(&["-Y", "dns.qry.type == MX"]), [13]);
    let all = json(&["dns", "-T", "json", "-Y", "frame.number == 13", "testdata/dns.pcap"]);
    assert_eq!((&all["lookups"][0]["outcome"], &all["summary"]["messages"]), (&"answered".into(), &1.into()));
    let (code, ..) = packetsmith(&["dns", "testdata/dhcp.pcap"]);
    assert_eq!(code, Some(1));
    let (code, ..) = packetsmith(&["dns", "testdata/missing.pcap"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_name_cannot_write_to_the_terminal() {
    for format in ["text", "json", "csv"] {
        let text = output(&["dns", "-T", format, "--top", "0", "testdata/mdns.pcap", "testdata/dns.pcap"]);
        assert!(!text.contains('\x1b') && !text.chars().any(|c| c.is_control() && c != '\n'), "{format}");
    }
}
