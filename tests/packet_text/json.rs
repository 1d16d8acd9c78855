//! JSON: each kind of value for each kind of member, and whole objects.

use super::built_json;
use super::common::{expect, root};
use std::fmt::Write;

/// Members of a layer, in JSON.
const MEMBERS: &[(&str, &str)] = &[
    ("ipv4", "ttl"),
    ("ipv4", "protocol"),
    ("ipv4", "src"),
    ("ipv4", "flags"),
    ("ipv6", "src"),
    ("ethernet", "src"),
    ("vlan", "drop_eligible"),
    ("ntp", "poll"),
    ("udp", "src_port"),
    ("udp", "checksum"),
    ("udp", "raw"),
    ("udp", "cut"),
    ("udp", "trailer"),
    ("udp", "trailer.missing"),
    ("udp", "raw.fields"),
    ("udp", "checksum.state"),
    ("udp", "by.protocol"),
    ("udp", "remark.of"),
    ("udp", "at"),
    ("udp", "issues"),
    ("udp", "quoted"),
    ("udp", "note"),
    ("udp", "tail"),
    ("udp", "layer"),
    ("tcp", "options"),
    ("data", "data"),
    ("tftp\",\"opcode\":\"1", "filename"),
    ("dns", "questions"),
    ("dns", "compress"),
    ("dhcp", "chaddr"),
    ("gre\",\"key_present\":true,\"x.y\":\"", "key"),
];

const JSON_VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "255",
    "256",
    "65536",
    "-1",
    "-128",
    "-129",
    "1.5",
    "1e2",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "\"\"",
    "\"1\"",
    "\"0x10\"",
    "\"true\"",
    "\"udp\"",
    "\"0a0b\"",
    "\"0a0\"",
    "\"text\"",
    "\"10.0.0.1\"",
    "\"fe80::1\"",
    "\"02:00:00:00:00:01\"",
    "\"computed\"",
    "\"offloaded\"",
    "\"zero is 0xffff\"",
    "\"\\u00e4\\n\"",
    "[]",
    "[1]",
    "[null]",
    "[\"no_operation\"]",
    "[{\"kind\":1}]",
    "[{\"kind\":2,\"size\":5}]",
    "[{\"kind\":2,\"size\":5,\"colour\":1}]",
    "[{\"kind\":2,\"size\":70000}]",
    "[{\"kind\":\"maximum_segment_size\",\"size\":5}]",
    "[{\"kind\":253,\"data\":\"0102\"}]",
    "[{\"kind\":253,\"data\":{\"text\":\"0102\"}}]",
    "[{\"kind\":253,\"data\":{\"hex\":\"0102\"}}]",
    "[{\"kind\":253,\"data\":{\"hex\":\"xy\"}}]",
    "[{\"kind\":253,\"data\":{\"text\":\"0102\",\"more\":1}}]",
    "[{\"name\":\"a.b\"}]",
    "[{\"name\":\"a.b\",\"name.raw\":\"0161016200\"}]",
    "[{\"name\":\"a.b\",\"name.raw\":\"c00c\"}]",
    "[{\"name\":\"a.b\",\"name.raw\":\"xy\"}]",
    "[{\"name\":\"a.b\",\"name.raw\":5}]",
    "[{\"name\":\"a.b\",\"name.other\":5}]",
    "[{\"name\":5}]",
    "[[1]]",
    "{}",
    "{\"hex\":\"0a0b\"}",
    "{\"hex\":\"0a0\"}",
    "{\"hex\":5}",
    "{\"text\":\"0a0b\"}",
    "{\"text\":\"0a0b\",\"hex\":\"0a0b\"}",
    "{\"raw\":\"0a0b\"}",
    "{\"value\":5}",
    "{\"value\":5,\"raw\":\"0a0b\"}",
    "{\"raw\":\"0a0b\",\"value\":5}",
    "{\"a\":1,\"a\":2}",
];

/// Whole objects.
const JSONS: &str = r#"
1
[]
{}
{"layers":1}
{"layers":{}}
{"layers":[]}
{"layers":[1]}
{"layers":["udp"]}
{"layers":[null]}
{"layers":[{"layer":"ipv4"},"udp"]}
{"layers":[{"text":"udp"}]}
{"layers":[{"raw":"0102"}]}
{"layers":[["udp"]]}
{"layers":[{}]}
{"layers":[{"layer":1}]}
{"layers":[{"layer":["udp"]}]}
{"layers":[{"layer":null}]}
{"layers":[{"layer":"x"}]}
{"layers":[{"layer":"UDP"}]}
{"layers":[{"src_port":5,"layer":"udp"}]}
{"layers":[{"layer":"udp"}],"more":1}
{"more":1,"layers":[{"layer":"udp"}]}
{"layers":[{"layer":"udp"}],"layers":[]}
{"layers":[{"layer":"udp","layer":"udp"}]}
{"layers":[{"layer":"udp","a.b":1,"a.b":2}]}
{"layers":[{"layer":"udp","src_port":1,"dst_port":2,"src_port":3}]}
{"layers":[{"layer":"udp","a.01":1,"a.02":1,"a.03":1,"a.04":1,"a.05":1,"a.06":1,"a.07":1,"a.08":1,"a.09":1,"a.10":1,"a.11":1,"a.12":1,"a.13":1,"a.14":1,"a.15":1,"a.16":1,"a.17":1,"a.18":1,"a.19":1,"a.20":1,"a.21":1,"a.22":1,"a.23":1,"a.22":1}]}
{"layers":[{"layer":"udp","a.01":1,"a.02":1,"a.03":1,"a.04":1,"a.05":1,"a.06":1,"a.07":1,"a.08":1,"a.09":1,"a.10":1,"a.11":1,"a.12":1,"a.13":1,"a.14":1,"a.15":1,"a.16":1,"a.17":1,"a.18":1,"a.19":1,"a.20":1,"a.21":1,"a.22":1,"a.23":1,"a.24":1,"a.22":1}]}
{"layers":[{"layer":"udp","a.01":1,"a.02":1,"a.03":1,"a.04":1,"a.05":1,"a.06":1,"a.07":1,"a.08":1,"a.09":1,"a.10":1,"a.11":1,"a.12":1,"a.13":1,"a.14":1,"a.15":1,"a.16":1,"a.17":1,"a.18":1,"a.19":1,"a.20":1,"a.21":1,"a.22":1,"a.23":1,"a.24":1,"a.25":1,"a.26":1}]}
{"layers":[{"layer":"udp","raw":"0001000200080000"}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","src_port":1}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","src_port":2}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","src_port":"1"}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","src_port":null}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","src_port":[1]}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","colour":1}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","raw.fields":"computed"},{"layer":"data","data":"01"}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","raw.fields":"computed","length":8},{"layer":"data","data":"01"}]}
{"layers":[{"layer":"udp","raw":"0001000200080000","raw.fields":"x"},{"layer":"data","data":"01"}]}
{"layers":[{"layer":"udp","cut":"000100"}]}
{"layers":[{"layer":"udp","cut":"000100","src_port":1}]}
{"layers":[{"layer":"udp","cut":"000100","src_port":2}]}
{"layers":[{"layer":"udp","cut":"000100","dst_port":2}]}
{"layers":[{"layer":"udp","cut":"000100","raw":"0001000200080000"}]}
{"layers":[{"layer":"ipv4","raw":"46000018000000004011000001010101020202029404000000"}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[{"type":148,"value":255}]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[{"type":148,"value":254}]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[{"type":148}]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[{"type":148,"colour":1}]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":[{"type":148},{"type":1}]}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","options":1}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","src":"1.1.1.1","dst":"2.2.2.2","protocol":"udp"}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","src":"01010101"}]}
{"layers":[{"layer":"ipv4","raw":"4600001800000000401100000101010102020202940400ff","src":"1.1.1.2"}]}
{"layers":[{"layer":"ethernet","src":"02:00:00:00:00:01","raw":"00000000000202000000000108060000"}]}
{"layers":[{"layer":"ethernet","fcs":5}]}
{"layers":[{"layer":"ethernet","fcs":"0x12345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","fcs":305419896,"trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","fcs":305419897,"trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","padding":"0000","fcs":305419896,"trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","padding":"0001","fcs":305419896,"trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","padding":"0001","trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet","fcs.state":"good","fcs_status":1,"trailer":"000012345678"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet"},{"layer":"ipv4","trailer":"00000000"},{"layer":"udp","trailer":"aabb"},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet"},{"layer":"ipv4","trailer":"00000000","trailer.missing":0},{"layer":"data","data":"0102"}]}
{"layers":[{"layer":"ethernet"},{"layer":"ipv4","trailer.missing":1},{"layer":"data","data":"0102"}]}
"#;

#[test]
fn each_value_in_json_is_read_as_it_was() {
    let mut out = String::new();
    for json in JSONS.lines().filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "{json} -> {}", built_json(json));
    }
    for (layer, member) in MEMBERS {
        for value in JSON_VALUES {
            let json = format!(r#"{{"layers":[{{"layer":"ipv4"}},{{"layer":"{layer}","{member}":{value}}}]}}"#);
            let _ = writeln!(out, "{layer} {member} {value} -> {}", built_json(&json));
        }
    }
    for depth in [1, 2, 61, 62, 63, 64, 65] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let value = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            let json = format!(r#"{{"layers":[{{"layer":"tcp","options":{value}}}]}}"#);
            let _ = writeln!(out, "{depth} of {open}{close} -> {}", built_json(&json));
        }
    }
    expect(&root().join("tests/expected/packet_json.txt"), &out);
}
