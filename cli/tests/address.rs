//! The output of `packetsmith address`.

use assert_cmd::Command;
use serde_json::{Value, json};

/// What a call writes on standard output and on standard error, and its exit code.
fn run(arguments: &[&str]) -> (String, String, i32) {
    let mut command = Command::cargo_bin("packetsmith").expect("the program is built");
    let output = command.arg("address").args(arguments).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code().expect("it ends by itself"))
}

/// The output of a call that goes well.
fn output(arguments: &[&str]) -> String {
    let (stdout, stderr, code) = run(arguments);
    assert_eq!((stderr.as_str(), code), ("", 0), "{arguments:?}");
    stdout
}

/// The message of a call that fails.
fn complaint(arguments: &[&str]) -> String {
    let (stdout, stderr, code) = run(arguments);
    assert_eq!((stdout.as_str(), code), ("", 2), "{arguments:?}");
    stderr
}

fn object(address: &str) -> Value {
    let text = output(&["-T", "json", address]);
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Compares with what is written down in `tests/snapshots`; a name a file.
fn expect(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn forms() {
    expect("address_ipv4", &output(&["172.16.10.1/24", "172.16.10.2"]));
    expect("address_ipv6", &output(&["fe80::a8bb:ccff:fe00:1/64"]));
    expect("address_ipv6_other", &run(&["2001:db8::1/64", "2001:db8:0:1::1"]).0);
    expect("address_alone", &output(&["192.0.0.9"]));
    expect("address_json", &output(&["-T", "json", "10.0.0.1/255.0.0.0"]));
}

#[test]
fn a_mask_is_a_prefix_length() {
    assert_eq!(output(&["172.16.10.1/255.255.255.0"]), output(&["172.16.10.1/24"]));
}

#[test]
fn no_line_is_longer_than_a_hundred_columns() {
    let longest = "fd12:3456:789a:bcde:aabb:ccff:fe12:3456";
    for arguments in [
        ["fd12:3456:789a:bcde:aabb:ccff:fe12:3456/64", "fd12:3456:789a:bcdf:1234:5678:9abc:def0/48"],
        ["fd12:3456:789a:bcde:aabb:ccff:fe12:3456/0", longest],
        ["ff7e:1234:5678:9abc:def0:1234:5678:9abc/128", longest],
        ["255.255.255.255/16", "224.224.224.224/12"],
        ["0.0.0.0/0", "239.255.255.250/32"],
    ] {
        let (text, ..) = run(&arguments);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|columns| columns <= 100), "{widest:?}\n{text}");
        assert!(text.lines().all(|line| line == line.trim_end()), "{text}");
    }
}

#[test]
fn the_exit_code_says_whether_the_subnet_is_the_same() {
    let (text, _, code) = run(&["192.168.1.100/24", "192.168.1.7"]);
    assert!(code == 0 && text.contains("is sent to directly"), "{text}");
    let (text, _, code) = run(&["192.168.1.100/24", "8.8.8.8"]);
    assert!(code == 1 && text.contains("goes to the gateway"), "{text}");
    let (text, _, code) = run(&["192.168.1.100/24", "192.168.1.200/25"]);
    assert!(code == 0 && text.ends_with("answers by way of the gateway.\n"), "{text}");
    let (text, _, code) = run(&["192.168.1.100/25", "192.168.1.200/24"]);
    assert!(code == 1 && text.ends_with("and answers directly.\n"), "{text}");
}

#[test]
fn numbers_flags_and_text_are_such_in_json() {
    let v4 = object("172.16.10.1/24");
    assert_eq!(
        [&v4["prefix_length"], &v4["hosts"], &v4["integer"], &v4["global"], &v4["class"]],
        [&json!(24), &json!(254), &json!(2_886_732_289_u32), &json!(false), &json!("B")]
    );
    let v6 = object("::ffff:10.0.0.1/64");
    assert_eq!(
        [&v6["hosts"], &v6["shortened"], &v6["with_ipv4"], &v6["canonical"]],
        ["18446744073709551616", "::ffff:a00:1", "::ffff:10.0.0.1", "::ffff:10.0.0.1"]
    );
    assert_eq!(object("::/0")["hosts"], "340282366920938463463374607431768211456", "2^128");
}

#[test]
fn ranges_are_named_with_their_standard() {
    for (address, kind, block, standard, global) in [
        ("100.64.0.1", "shared, carrier-grade NAT", "100.64.0.0/10", "RFC 6598", json!(false)),
        ("192.0.0.10", "TURN anycast", "192.0.0.10/32", "RFC 8155", json!(true)),
        ("192.88.99.1", "6to4 relay, deprecated", "192.88.99.0/24", "RFC 7526", Value::Null),
        ("239.255.255.250", "SSDP", "239.255.255.250/32", "UPnP", Value::Null),
        ("fd00::1", "unique local", "fc00::/7", "RFC 4193", json!(false)),
        ("64:ff9b::8.8.8.8", "NAT64", "64:ff9b::/96", "RFC 6052", json!(true)),
        ("ff02::fb", "mDNS", "ff0x::fb", "RFC 6762", Value::Null),
    ] {
        let facts = object(address);
        let found = [&facts["kind"], &facts["block"], &facts["standard"], &facts["global"]];
        assert_eq!(found, [&json!(kind), &json!(block), &json!(standard), &global], "{address}");
    }
    let public = object("8.8.8.8");
    assert_eq!((&public["kind"], &public["global"], public.get("block")), (&json!("public"), &json!(true), None));
    let reserved = object("4000::1");
    assert_eq!((&reserved["kind"], reserved.get("global")), (&json!("reserved"), None));
}

#[test]
fn roles_under_the_mask() {
    for (address, role) in [
        ("10.0.0.0/24", "network"),
        ("10.0.0.255/24", "broadcast"),
        ("10.0.0.255/23", "host"),
        ("10.0.0.0/31", "host"),
        ("10.0.0.0/32", "host"),
        ("2001:db8::/64", "routers' anycast"),
        ("2001:db8::/127", "host"),
    ] {
        assert_eq!(object(address)["role"], role, "{address}");
    }
    assert_eq!(object("10.0.0.0").get("role"), None, "no mask, no role");
}

#[test]
fn mistakes_name_the_argument_and_the_place() {
    let cases: [(&[&str], &str, &str); 8] = [
        (&["10.0.0.1/33"], "ADDRESS 10.0.0.1/33: is not a prefix length of 0 to 32", "           ^"),
        (&["10.0.0.1/255.0.255.0"], "ADDRESS 10.0.0.1/255.0.255.0: is not a mask", "           ^"),
        (&["10.0.300.1/8"], "ADDRESS 10.0.300.1/8: is not an IPv4 address", "       ^"),
        (&["10.0.0.1/8", "10.0.0"], "OTHER 10.0.0: is not an IPv4 address", "        ^"),
        (&["fe80::xy/64"], "ADDRESS fe80::xy/64: is not an IPv6 address", "        ^"),
        (&["2001:db8::1/129"], "ADDRESS 2001:db8::1/129: is not a prefix length of 0 to 128", "              ^"),
        (&["10.0.0.1", "10.0.0.2"], "as in 10.0.0.1/24", "          ^"),
        (&["10.0.0.1", "255.255.0.0"], "as in 10.0.0.1/255.255.0.0", "          ^"),
    ];
    for (arguments, message, place) in cases {
        let told = complaint(arguments);
        assert!(told.contains(message) && told.ends_with(&format!("\n{place}\n")), "{told}");
    }
    assert!(complaint(&["10.0.0.1/8", "::1"]).contains("OTHER ::1 and 10.0.0.1/8 are of different versions"));
}
