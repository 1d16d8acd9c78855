//! Packet text and JSON, piece by piece: each kind of value in each notation, each name, and each mistake with its place.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test packet_text` writes them.

mod common;

use common::{digest, expect, root, samples};
use packetsmith::{Packet, PacketText, Proto, Tree, examine};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Bytes in hexadecimal; of many, the first and the last ones.
fn hex(bytes: &[u8]) -> String {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match bytes.len() {
        0 => "nothing".into(),
        1..=48 => digits(bytes),
        len => {
            format!(
                "{}..{} ({len} bytes, {:08x})",
                digits(&bytes[..8]),
                digits(&bytes[len - 32..]),
                digest(bytes) as u32
            )
        }
    }
}

/// What a text becomes: the bytes, or the error with its place in the text.
fn built(text: &str) -> String {
    let mut files = |path: &str| match path {
        "none" => Err("there is no such file".to_string()),
        path => Ok(path.as_bytes().to_vec()),
    };
    match PacketText::parse(text, &mut files).and_then(|mut packet_text| packet_text.build()) {
        Ok(built) => hex(&built),
        Err(error) => format!("at {}: {error}", error.at),
    }
}

/// What JSON becomes: the bytes, or the error with its path.
fn built_json(json: &str) -> String {
    let mut packet = Packet::default();
    if let Err(error) = packet.form.read(&mut serde_json::Deserializer::from_str(json)) {
        return format!("no JSON: {error}");
    }
    match packet.build() {
        Ok(built) => hex(&built),
        Err(error) => {
            let place: String = error.place.iter().map(|step| format!("/{step}")).collect();
            format!("{place} {:?} entry {:?}: {error}", error.layer.map(|(number, _)| number), error.entry)
        }
    }
}

/// Fields with one of each kind of value.
const FIELDS: &[&str] = &[
    "ethernet src=",
    "ethernet ethertype=",
    "vlan priority=",
    "vlan drop_eligible=",
    "vlan id=",
    "ipv4 ttl=",
    "ipv4 flags=",
    "ipv4 fragment_offset=",
    "ipv4 protocol=",
    "ipv4 src=",
    "ipv6 src=",
    "ipv6 flow_label=",
    "udp checksum=",
    "udp dst_port=",
    "tcp dst_port=",
    "tcp seq=",
    "tcp flags=",
    "tcp options=",
    "tcp sack=",
    "tcp maximum_segment_size=",
    "ntp poll=",
    "ntp reference_timestamp=",
    "ntp leap=",
    "tftp opcode=1 filename=",
    "dhcp chaddr=",
    "dhcp router=",
    "dhcp domain_search=",
    "dhcp host_name=",
    "dhcp hops=",
    "dns response=",
    "dns questions=",
    "radius authenticator=",
    "radius user_name=",
    "vxlan vni=",
    "gre key_present=true key=",
    "icmpv6 type=",
    "snmp version=",
    "null family=",
];

const VALUES: &[&str] = &[
    "0",
    "1",
    "7",
    "8",
    "15",
    "16",
    "255",
    "256",
    "4095",
    "4096",
    "8191",
    "8192",
    "65535",
    "65536",
    "1048575",
    "1048576",
    "16777215",
    "16777216",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "18446744073709551616",
    "-1",
    "-128",
    "-129",
    "-9223372036854775808",
    "-9223372036854775809",
    "+5",
    "007",
    "1.5",
    "1e3",
    "0x",
    "0x0",
    "0xf",
    "0X1F",
    "0xfF",
    "0x100",
    "0xg",
    "1_000",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "TRUE",
    "syn",
    "SYN",
    "SYN|ACK",
    "SYN+fin",
    "SA",
    "Sa",
    "S",
    "sa",
    "SYN|",
    "|",
    "SYN|what",
    "DF",
    "df|MF",
    "D",
    "udp",
    "UDP",
    "u-d-p",
    "UDP-Lite",
    "udp lite",
    "\"UDP-Lite\"",
    "IPv4",
    "ipv4",
    "0x0800",
    "http",
    "domain",
    "ntp",
    "no_such",
    "02:00:00:00:00:01",
    "02-00-00-00-00-01",
    "020000000001",
    "0x020000000001",
    "02:00:00:00:00",
    "02:00:00:00:00:00:01",
    "2:0:0:0:0:1",
    "02:00:00:00:00:0g",
    "10.0.0.1",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "::",
    "::1",
    "fe80::1",
    "FE80::1",
    "::ffff:10.0.0.1",
    "fe80::1::2",
    "1:2:3:4:5:6:7:8:9",
    "fe80::1%eth0",
    "0a0b",
    "0x0a0b",
    "0a0",
    "0a:0b",
    "0a-0b",
    "\"0a 0b\"",
    "\"0a0b\"",
    "\"\"",
    "\"text\"",
    "\"a\\x00\\xff\"",
    "text",
    "a.b",
    "a.b.",
    "a..b",
    ".",
    "*.a",
    "_a.b",
    "\"a b.c\"",
    "[]",
    "[1]",
    "[1, 2]",
    "[1 2]",
    "[,1,,2,]",
    "[10.0.0.1, 10.0.0.2]",
    "[a.b, c]",
    "[no_operation]",
    "[no_operation, maximum_segment_size size=5]",
    "[253 data=01]",
    "[253 data=\"01\"]",
    "[253]",
    "[{kind=253 data=01}]",
    "[maximum_segment_size]",
    "[maximum_segment_size size=1 size=2]",
    "[maximum_segment_size width=1]",
    "[\"no_operation\"]",
    "[[1]]",
    "{}",
    "{a=1}",
    "{value=1}",
    "{hex=0a0b}",
    "{text=\"0a0b\"}",
    "{raw=00}",
    "{value=a.b raw=c000}",
    "{raw=c000 value=a.b}",
    "[{name=a.b}]",
    "[{name=a.b qtype=A qclass=1}]",
    "[{name=a.b qtype=AAAA} {name=c}]",
    "[{value=a.b raw=0161016200}]",
    "255.255.255.255",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b",
];

/// Texts with what a value cannot have: layers, payloads, escapes, blanks, ports that follow, nearest names.
const TEXTS: &str = r#"
udp
 udp 
udp/udp
udp  /  udp
udp//udp
/udp
udp/
udp /	0x01
udp / 0x
udp / 0x1
udp / 0x0102:03_04
udp / 0x_01
udp / 0x01:
udp / 0x:01
udp / 0x01__02
udp / 0X01
udp / 0x0g
udp / @file
udp / @dir/file / 0x00
udp / @
udp / @ x
udp / @none
udp / ""
udp / "a" / "b"
udp / "a" "b"
udp / "a
udp / "\n\r\t\0\\\""
udp / "\x4"
udp / "\x4g"
udp / "\x414"
udp / "\X41"
udp / "\a"
udp / "\"
udp / "ä€"
udp "a"
udp=1
udp src_port
udp src_port =
udp src_port = 5 dst_port= 6
udp src_port=5dst_port=6
udp src_port=5,dst_port=6
udp src_port=5=6
udp src_port=5 6
udp src_port=5 src_port=6
udp src_port=]
udp src_port=}
udp src_port=,
udp src_port==
udp src_port=[
udp src_port=[1
udp src_port=[1,
udp src_port=[a=
udp src_port=[a b=
udp src_port={
udp src_port={a
udp src_port={a=
udp src_port={a=1
udp src_port={a=1}x
udp src_port={a=1,b=2}
udp src_port={ a=1 b=2 }
udp.src_port=5
udp udp.srcport=5
udp srcport=5
udp Src_Port=5
udp src-port=5
udp layer=udp
udp raw=0102
udp raw=0102 x.y=5
udp raw=0102 at=5
udp raw=0102 src_port=5
udp cut=0102
udp trailer=0102
udp tail=0102
udp data=01
udp at=5
udp issues=5
udp note=5
udp quoted=5
udp x.y=5
udp src_port.name=5
udp checksum.state=offloaded
udp checksum.state="zero is 0xffff"
udp checksum.state=good
ipv4 / icmpv4 type=255 code=255 checksum.state="zero is 0xffff" / 0xffffffffffffffff
ipv4 / icmpv4 type=255 code=255 / 0xffffffffffffffff
udp trailer.missing=5
udp trailer.missing=0
udp raw.fields=computed
udp by.protocol=5
ipv4 / udp by.protocol=5
ipv4 / udp by.protocol=256
ipv4 / udp by.protocol=x
ipv4 protocol=6 / udp by.protocol=5
ipv4 / udp by.proto=5
ipv4 / data by.protocol=200 data=01
ipv4 / data data=01 by.protocol=gre
data
data data=
data data=0102
data data="0102"
data data=xyz
data data=[1]
data data=1.2.3.4
data data=fe80::1
data data=01:02
data raw=01
data x=1
0x01
""
@file
ip
ipv
ipv6 / tpc
IPV4
Ipv4
eth
icmp
ICMPv6
dns-over-tcp
dns_over_tcp
ppp / lcp
unknown_layer
x
ä
udp ä=1
udp src_port=ä
tftp opcode=1 filename=ä
tftp opcode=1 filename="ä\n"
ipv4 / udp / ipv4
ipv4 / tcp / udp
ethernet / ipv4 / tcp / http method=GET target="/"
udp / dns
udp src_port=53 / dns
udp src_port=5353 / dns
udp src_port=67 / dhcp
udp src_port=68 / dhcp
udp src_port=67 dst_port=9 / dhcp
udp dst_port=9 src_port=67 / dhcp
udp udp.dstport=9 / dhcp
udp udp.srcport=67 / dhcp
udp srcport=67 / dhcp
udp src_port=bootps / dhcp
udp src_port="67" / dhcp
udp src_port=546 / dhcpv6
udp src_port=547 / dhcpv6
udp src_port=547 / dhcp
udp src_port=123 / ntp
udp src_port=124 / ntp
udp_lite / ntp
udp_lite / dns
udp_lite src_port=53 / dns
udp_lite src_port=54 / dns
tcp / dns_over_tcp / dns
tcp src_port=53 / dns_over_tcp / dns
tcp / http method=GET target="/"
tcp src_port=80 / http method=GET target="/"
udp / http method=GET target="/"
udp_lite / http method=GET target="/"
udp / tftp opcode=1
udp / vxlan vni=1 / ethernet
udp / geneve
udp / l2tp
udp / radius
udp / snmp
udp / teredo
tcp / tftp
tcp / ntp
ipv4 / dns
udp / udp / dns
udp / nothing
tcp window=5 options=[no_operation] sack_permitted=1
tcp sack_permitted=
tcp sack_permitted=true
tcp sack_permitted=[]
tcp sack_permitted={} no_operation=1
tcp no_operation=1
tcp end=1
tcp options=[end]
tcp options=[0]
tcp options=[300]
tcp options=[sack_permited]
tcp options=[]
tcp options=[no_operation] options=[no_operation]
tcp options=1
tcp options=1 window_scale=7
tcp options={} window_scale=7
tcp shift=7
tcp shift=7 options=[no_operation]
tcp options=[no_operation] shift=7
tcp shift=7 shift=8
tcp size=1460
tcp mss_value=5
tcp tsval=5
tcp timestamps=5
tcp timestamps={value=5 echo_reply=6}
tcp value=5 echo_reply=6
tcp maximum_segment_size=70000
tcp options=[maximum_segment_size size=70000]
tcp options=[no_operation, {kind=maximum_segment_size size=70000}]
tcp options=[no_operation, 2 size=70000]
tcp options=[{*=no_operation}]
tcp options=[{size=1}]
tcp options=[{kind=2}]
tcp options=[{kind=2 size=1 more=2}]
tcp options=[no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation]
tcp options=[no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation no_operation]
tcp header_length=15
tcp header_length=16
tcp header_length=4 options=[no_operation]
ipv4 router_alert=0
ipv4 options=[router_alert value=0]
ipv4 options=[router_alert value=0] stream=5
ipv4 pointer=4
ipv4 header_length=5 options=[router_alert value=0]
dhcp message_type=discover
dhcp message_type=1 options=[host_name name="a"]
dhcp options=[end]
dhcp options=[pad, end, pad]
dhcp host_name="a" options=[end]
dhcp router=[10.0.0.1, 10.0.0.2]
dhcp router=10.0.0.1
dhcp options=[router addresses=10.0.0.1]
dhcp options=[router addresses=[10.0.0.1, 10.0.0.2, 10.0.0]]
dhcp options=[domain_search names=[a.b, c.b]]
dhcp options=[vendor_specific data=01]
dhcp sname="s" file="f"
dhcp options=[{code=82 options=[{code=10 flags=unicast}]}]
dhcp options=[{code=82 options=[{code=10 flags=u}]}]
dhcp options=[{code=82 options=[{code=10 flags=U}]}]
dhcp op=2 hops=9 yiaddr=10.0.0.9
dhcpv6 message_type=solicit transaction_id=7
dhcpv6 message_type=solicit hop_count=7
dhcpv6 message_type=12 hop_count=7 link_address=fe80::1 peer_address=fe80::2
dhcpv6 message_type=RELAY-FORW hop_count=7 link_address=fe80::1 peer_address=fe80::2
dhcpv6 hop_count=7 message_type=13 peer_address=fe80::2
dhcpv6 dhcpv6.msgtype=13 peer_address=fe80::2
dhcpv6 dhcpv6.msgtype=1 peer_address=fe80::2
dhcpv6 message_type=1 peer_address=fe80::2
dhcpv6 peer_address=fe80::2
dhcpv6 message_type=12 link_address=fe80::1 options=[interface_id id=01]
dhcpv6 message_type=12 transaction_id=1
dhcpv6 message_type=1 elapsed_time=5
dhcpv6 elapsed_time=5 preference=6
dhcpv6 elapsed_time={time=5}
icmpv6 type=135 target=fe80::1
icmpv6 type=135 target=fe80::1 source_link_layer_address=02:00:00:00:00:01
icmpv6 type=1 target=fe80::1
icmpv6 type=134 lifetime=5 mtu=1500
icmpv6 type=134 mtu=1500
icmpv6 type=2 mtu=1500
icmpv6 type=packet_too_big mtu=1500
icmpv6 mtu=1500
icmpv4 type=8 identifier=1 sequence=2
icmpv4 type=3 identifier=1
icmpv4 identifier=1
icmpv4 type=5 gateway=10.0.0.1
icmpv4 type=8 identifier=1 sequence=2 identifier=3
igmp type=0x16 group=224.0.0.1
ah spi=1 icv=01020304
radius code=1 user_name="bob"
radius user_name=bob user_password=01
radius options=[user_name name="bob"]
radius attributes=[user_name name="bob"] session_timeout=5
pppoe code=9 tags=[service_name name="isp"]
pppoe code=9 service_name="isp"
pppoe code=9 name="isp"
ppp / lcp code=1 options=[magic_number number=5]
lcp code=1 magic_number=5
lcp code=9 magic_number=5
geneve options=[{class=1 type=2 data=01020304}]
hop_by_hop options=[PadN padding=0000]
hop_by_hop router_alert=5
hop_by_hop router_alert={value=0}
destination_options options=[]
mobility message_type=5
routing routing_type=4 segments=[fe80::1, fe80::2]
routing routing_type=4 segments=fe80::1
routing routing_type=0 addresses=[fe80::1]
ipv6 src=fe80::9 dst=fe80::8 / routing routing_type=0 segments_left=1 addresses=[fe80::1, fe80::2] / udp
ipv6 src=fe80::9 dst=fe80::8 / routing routing_type=4 segments_left=1 last_entry=1 segments=[fe80::1, fe80::2] / tcp
l2tp is_control=true avps=[message_type type=1]
snmp version=1 community="public"
http method=GET target="/" headers=[{name=a value=b}]
http status=200 reason="OK" version="HTTP/1.1"
http method="" target=""
dns questions=[{name=a.b} {name=c.d}] compress=true
dns compress=true questions=[{name=a.b}] answers=[{name=a.b rtype=A address=10.0.0.1}]
dns compress=false questions=[{name=a.b}] answers=[{name=a.b rtype=A address=10.0.0.1}]
dns compress=yes questions=[{name=a.b}] answers=[{name=c.a.b rtype=CNAME canonical_name=d.a.b}]
dns compress=2
dns question_count=7
dns questions=[x]
dns questions=[{name=a.b colour=red}]
dns answers=[{rtype=A}]
dns answers=[{type=A}]
dns answers=[{name=a rtype=1 address=1.2.3.4 ttl=5}]
dns answers=[{rtype=A address=x}]
dns answers=[{name=a rtype=TXT ttl=5 strings=["a", "b"]}]
dns answers=[{name=a rtype=TXT ttl=5 texts="a"}]
dns answers=[{name=a rtype=999 data=0102}]
arp operation=reply sender_protocol=10.0.0.1
arp protocol_type=0x86dd sender_protocol=fe80::1
arp protocol_length=3 sender_protocol=10.0.0.1
arp hardware_length=5 sender_hardware=02:00:00:00:00:01
arp sender_hardware=0203
"#;

#[test]
fn each_notation_of_each_kind_of_value_is_read_as_it_was() {
    let mut out = String::new();
    for field in FIELDS {
        for value in VALUES {
            let text = format!("{field}{value}");
            let _ = writeln!(out, "{text} -> {}", built(&text));
        }
    }
    expect(&root().join("tests/expected/packet_text_values.txt"), &out);
}

#[test]
fn each_text_and_each_mistake_is_told_as_it_was() {
    let mut out = String::new();
    for text in TEXTS.lines().filter(|line| !line.is_empty()) {
        let _ = writeln!(out, "{text} -> {}", built(text));
        // What is parsed, before it is built, and as it is written again.
        if let Ok(packet) = text.parse::<Packet>() {
            let again = packet.to_string();
            let _ = writeln!(out, "    {} -> {}", packet.form, again);
            if built(&again) != built(text) {
                let _ = writeln!(out, "    {again} -> {}", built(&again));
            }
        }
    }
    for depth in [1, 2, 62, 63, 64, 65] {
        for (open, close) in [("[", "]"), ("{a=", "}"), ("[x a=", "]"), ("[[", "]]")] {
            let text = format!("tcp sack={}1{}", open.repeat(depth), close.repeat(depth));
            let _ = writeln!(out, "{depth} of {open}{close} -> {}", built(&text));
        }
    }
    expect(&root().join("tests/expected/packet_text.txt"), &out);
}

/// The keys of the objects of a value.
fn keys(value: &serde_json::Value, all: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| keys(item, all)),
        serde_json::Value::Object(members) => {
            for (key, member) in members {
                all.insert(key.clone());
                keys(member, all);
            }
        }
        _ => {}
    }
}

#[test]
fn a_name_is_a_field_an_option_or_nothing_as_it_was() {
    let mut out = String::new();
    for &proto in Proto::ALL.iter().filter(|proto| **proto != Proto::Data) {
        let (mut names, mut heads) = (BTreeSet::new(), BTreeSet::from([String::new()]));
        names.extend(proto.fields().iter().flat_map(|field| [field.name.to_string(), field.filter.to_string()]));
        for sample in samples(proto) {
            let frame = sample.packet;
            let packet = Packet::new(examine(frame.link_type, &frame.bytes));
            let json = serde_json::to_value(&packet.form).expect("a tree is JSON");
            for layer in json["layers"].as_array().into_iter().flatten().filter(|layer| layer["layer"] == proto.name())
            {
                keys(layer, &mut names);
                // What follows the fixed part may depend on the first numbers.
                for (key, value) in layer.as_object().into_iter().flatten().skip(1) {
                    let kind = ["type", "code", "op", "opcode", "version", "mode", "message_type", "routing_type"];
                    if kind.contains(&key.as_str()) && heads.len() < 24 {
                        heads.insert(format!(" {key}={value}"));
                    }
                }
            }
        }
        for name in names.iter().filter(|name| !name.is_empty()) {
            let mut answers: Vec<String> = Vec::new();
            for head in &heads {
                for value in ["1", "fe80::1", "[5]", "{}"] {
                    let answer = built(&format!("{}{head} {name}={value}", proto.name()));
                    answers.push(answer.split(": there is").next().unwrap_or_default().to_string());
                }
            }
            let all = digest(answers.join("\n").as_bytes());
            let _ =
                writeln!(out, "{} {name}: {} | {} | {all:016x}", proto.name(), answers[0], answers[answers.len() - 4]);
        }
    }
    expect(&root().join("tests/expected/packet_text_names.txt"), &out);
}

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
{"layers":[{}]}
{"layers":[{"layer":1}]}
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

/// Zero and 0xffff are the same sum: which of them a sender writes is kept in text, too.
#[test]
fn a_checksum_of_all_ones_is_kept_in_text() {
    let text = "ipv4 / icmpv4 type=255 code=255 / 0xffffffffffffffff";
    let mut frame = text.parse::<Packet>().unwrap().build().unwrap();
    assert_eq!(frame[22..24], [0, 0]);
    frame[22..24].fill(0xff);
    let mut packet = Packet::new(examine(228, &frame));
    packet.simplify(&frame);
    let text = packet.to_string();
    assert!(text.contains("checksum.state"), "{text}");
    assert_eq!(text.parse::<Packet>().unwrap().build().unwrap(), frame, "{text}");
}

/// Trees that are not of a text: each kind of value, and keys of every kind.
#[test]
fn a_tree_is_written_as_text() {
    let mut packet = Packet::default();
    assert_eq!(packet.to_string(), "");
    let form = &mut packet.form;
    form.open_list("layers");
    form.open_group("");
    form.text("layer", "udp");
    form.open_list("a");
    form.number("", 1);
    form.close();
    form.text("*", "x");
    form.signed("minus", -5);
    form.flag("yes", true);
    form.flag("no", false);
    form.bytes("bytes", &[0, 0xff]);
    form.bytes("none", &[]);
    form.quoted("quoted", b"a\"\\\n\x7f ~");
    form.text("empty", "");
    for (number, text) in
        ["a b", "a,b", "a[", "a]", "a{", "a}", "a\"", "a=b", "a/b", "a\\b", "\u{e9}", "a\u{a0}b", "a\u{7f}b"]
            .into_iter()
            .enumerate()
    {
        form.text(&format!("t{number}"), text);
    }
    form.open_group("group");
    form.open_list("list");
    form.open_group("");
    form.text("*", "name");
    form.number("n", 7);
    form.open_list("l");
    form.close();
    form.close();
    form.open_group("");
    form.text("*", "alone");
    form.close();
    form.open_group("");
    form.close();
    form.close();
    form.number("m", 8);
    form.close();
    form.close();
    for members in [&["data"][..], &[], &["data", "more"], &["more"]] {
        form.open_group("");
        members.iter().for_each(|key| form.number(key, 3));
        form.close();
    }
    form.close();
    let expected = concat!(
        r#"udp a=[1] *=x minus=-5 yes=true no=false bytes=0x00ff none=0x quoted="a\"\\\x0a\x7f ~" empty="" "#,
        r#"t0="a b" t1="a,b" t2="a[" t3="a]" t4="a{" t5="a}" t6="a\"" t7="a=b" t8="a/b" t9="a\\b" t10=é "#,
        r#"t11="a\xc2\xa0b" t12="a\x7fb" group={list=[name n=7 l=[], alone, {}] m=8}"#,
    );
    let others = [" /  / \"\" / data data=3 more=3 / data more=3"];
    assert_eq!(packet.to_string(), [expected, others[0]].concat());
}

/// Each kind of value that a program can put into a tree, for each kind of field.
#[test]
fn each_value_of_a_tree_fits_its_field_or_is_refused_as_it_was() {
    type Add = fn(&mut Tree, &str);
    let values: [(&str, Add); 17] = [
        ("number 5", |form, key| form.number(key, 5)),
        ("number 300", |form, key| form.number(key, 300)),
        ("number u64", |form, key| form.number(key, u64::MAX)),
        ("signed -5", |form, key| form.signed(key, -5)),
        ("signed least", |form, key| form.signed(key, i64::MIN)),
        ("signed 5", |form, key| form.signed(key, 5)),
        ("true", |form, key| form.flag(key, true)),
        ("text", |form, key| form.text(key, "a.b")),
        ("text of digits", |form, key| form.text(key, "0a0b0c0d")),
        ("no bytes", |form, key| form.bytes(key, &[])),
        ("1 byte", |form, key| form.bytes(key, &[7])),
        ("4 bytes", |form, key| form.bytes(key, &[1, 2, 3, 4])),
        ("6 bytes", |form, key| form.bytes(key, &[1, 2, 3, 4, 5, 6])),
        ("16 bytes", |form, key| form.bytes(key, &[9; 16])),
        ("quoted", |form, key| form.quoted(key, b"10.0.0.1")),
        ("a list", |form, key| {
            form.open_list(key);
            form.number("", 1);
            form.close();
        }),
        ("a group", |form, key| {
            form.open_group(key);
            form.close();
        }),
    ];
    let fields = [
        ("ethernet", "src"),
        ("vlan", "drop_eligible"),
        ("ipv4", "src"),
        ("ipv4", "ttl"),
        ("ipv4", "flags"),
        ("ipv4", "protocol"),
        ("ipv6", "src"),
        ("ntp", "poll"),
        ("udp", "src_port"),
        ("udp", "checksum"),
        ("udp", "raw"),
        ("udp", "cut"),
        ("udp", "trailer"),
        ("udp", "trailer.missing"),
        ("udp", "by.protocol"),
        ("udp", "checksum.state"),
        ("tcp", "options"),
        ("dhcp", "chaddr"),
        ("dns", "questions"),
        ("dns", "name"),
        ("dns", "name.raw"),
        ("dns", "qtype"),
        ("data", "data"),
        ("tftp", "filename"),
    ];
    let mut out = String::new();
    for (layer, member) in fields {
        for (name, add) in values {
            let mut packet = Packet::default();
            let form = &mut packet.form;
            form.open_list("layers");
            form.open_group("");
            form.text("layer", "ipv4");
            form.close();
            form.open_group("");
            form.text("layer", layer);
            let of_question = matches!(member, "name" | "name.raw" | "qtype");
            if of_question {
                form.open_list("questions");
                form.open_group("");
                if member == "name.raw" {
                    form.text("name", "a");
                }
            }
            if layer == "tftp" {
                form.number("opcode", 1);
            }
            add(form, member);
            if of_question {
                form.close();
                form.close();
            }
            form.close();
            form.close();
            let said = match packet.build() {
                Ok(built) => hex(&built),
                Err(error) => {
                    let place: String = error.place.iter().map(|step| format!("/{step}")).collect();
                    format!("{place}: {error}")
                }
            };
            let _ = writeln!(out, "{layer} {member}, {name} -> {said}\n    {packet}");
        }
    }
    expect(&root().join("tests/expected/packet_tree.txt"), &out);
}
