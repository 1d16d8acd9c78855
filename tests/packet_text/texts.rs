//! Whole texts, and each mistake with its place.

use super::built;
use super::common::{expect, root};
use packetsmith::{Packet, examine};
use std::fmt::Write;

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
