//! Rewriting: what is changed, what stays, and that checksums are as right or wrong as before.

use packetsmith::anonymise::{AnonymisationKey, SpecialAddresses, VendorPrefix};
use packetsmith::capture::Reader;
use packetsmith::proto::icmp::Icmpv4Type;
use packetsmith::rewrite::{
    CapturedFrame, FieldChange, PayloadRule, RewriteError, RewriteNote, RewriteRules, Rewriter, VlanChange,
};
use packetsmith::{
    Arp, Checksum, Ethernet, Icmpv4, Ipv4, Ipv6, IssueKind, NextProtocol, Stack, Tcp, Udp, View, Vxlan, examine,
};
use std::fs;
use std::path::{Path, PathBuf};

/// A frame after these rules, and the notes about it.
fn rewritten(rules: RewriteRules, frame: &[u8]) -> (Vec<u8>, Vec<RewriteNote>) {
    let mut out = Vec::new();
    let outcome = Rewriter::new(rules).unwrap().rewrite(1, frame, &mut out).unwrap();
    assert_eq!(outcome.is_changed, out != frame);
    (out, outcome.notes)
}

/// States of all checksums but those that are right.
fn wrong(frame: &[u8]) -> Vec<(usize, Checksum)> {
    let layers = examine(1, frame).enumerate();
    layers.filter_map(|(n, layer)| layer.checksum().filter(|state| *state != Checksum::Good).map(|s| (n, s))).collect()
}

/// A datagram from 10.0.0.1:1000 to 10.0.0.2:2000.
fn datagram(payload: &[u8]) -> Vec<u8> {
    Stack::new()
        .push(Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 2].into()))
        .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
        .push(Udp::build().src_port(1000).dst_port(2000))
        .payload(payload)
        .finish()
        .unwrap()
}

fn mapping(text: &str) -> RewriteRules {
    RewriteRules::new().map_ip(text.parse().unwrap())
}

#[test]
fn all_layers_of_tunnels_and_quotes_are_changed_and_stay_right() {
    let rules = || mapping("10.0.0.0/8=172.0.0.0/8").map_port("1000=4000".parse().unwrap());
    let inner = datagram(b"inside");
    let tunnel = Stack::new()
        .push(Ethernet::build())
        .push(Ipv6::build().src([0xfd; 16].into()).dst([0xfe; 16].into()))
        .push(Udp::build().src_port(49152).dst_port(4789))
        .push(Vxlan::build().vni(7))
        .payload(&inner)
        .finish()
        .unwrap();
    let error = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 9].into()).dst([10, 0, 0, 1].into()))
        .push(Icmpv4::build().kind(Icmpv4Type::DestinationUnreachable).code(3).raw(&[0; 4]))
        .payload(&inner[14..42])
        .finish()
        .unwrap();
    for frame in [inner, tunnel, error] {
        let before = wrong(&frame);
        let (out, notes) = rewritten(rules(), &frame);
        assert_eq!((wrong(&out), notes.len(), out.len()), (before, 0, frame.len()));
        for layer in examine(1, &out) {
            match layer.view {
                View::Ipv4(ip) => assert_eq!((ip.src().octets()[0], ip.dst().octets()[0]), (172, 172)),
                View::Udp(udp) => assert_ne!(udp.src_port(), 1000),
                _ => {}
            }
        }
        // The way back leads to the same bytes.
        let back = mapping("172.0.0.0/8=10.0.0.0/8").map_port("4000=1000".parse().unwrap());
        assert_eq!(rewritten(back, &out).0, frame);
    }
}

#[test]
fn a_quoted_tcp_header_of_eight_bytes_is_changed() {
    let tcp = Stack::new()
        .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()))
        .push(Tcp::build().src_port(1000).dst_port(80))
        .finish()
        .unwrap();
    let frame = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 9].into()).dst([10, 0, 0, 1].into()))
        .push(Icmpv4::build().kind(Icmpv4Type::DestinationUnreachable).code(3).raw(&[0; 4]))
        .payload(&tcp[..28])
        .finish()
        .unwrap();
    let (out, _) = rewritten(mapping("10.0.0.0/8=172.0.0.0/8").map_port("80=8080".parse().unwrap()), &frame);
    assert_eq!((&out[42 + 20..42 + 24], &out[42 + 12..42 + 16]), (&[0x03, 0xe8, 0x1f, 0x90][..], &[172, 0, 0, 1][..]));
    assert!(wrong(&out).iter().all(|(_, state)| *state == Checksum::Unverifiable));
}

#[test]
fn a_first_fragment_carries_the_checksum_of_the_whole() {
    let rules = || mapping("10.0.0.0/8=172.0.0.0/8").map_port("1000=4000".parse().unwrap());
    let whole = datagram(&[7; 600]);
    let (expected, _) = rewritten(rules(), &whole);
    let mut rewriter = Rewriter::new(rules()).unwrap();
    let first = &whole[14..14 + 20 + 296];
    let mut fragment = [&whole[..14], first].concat();
    fragment[16..18].copy_from_slice(&(20_u16 + 296).to_be_bytes());
    fragment[20..22].copy_from_slice(&[0x20, 0]);
    packetsmith::Editor::new(1, &mut fragment).repair().unwrap();
    let mut out = Vec::new();
    rewriter.rewrite(1, &fragment, &mut out).unwrap();
    assert_eq!(out[34..42], expected[34..42], "ports, length and checksum are those of the whole packet");
    assert_eq!(wrong(&out), wrong(&fragment));
}

#[test]
fn a_cut_packet_keeps_the_checksum_of_the_whole() {
    let whole = datagram(&[7; 600]);
    let rules = || mapping("10.0.0.0/8=172.0.0.0/8").map_port("1000=4000".parse().unwrap());
    let (expected, _) = rewritten(rules(), &whole);
    for cut in 14..whole.len() {
        let mut out = Vec::new();
        let frame = CapturedFrame::new(1, &whole[..cut]).original_len(whole.len());
        let outcome = Rewriter::new(rules()).unwrap().rewrite_captured(frame, &mut out).unwrap();
        // A checksum that is there follows only what is there.
        let same = if cut >= 42 { cut } else { cut.min(24) };
        assert_eq!(out[..same], expected[..same], "cut after {cut} bytes");
        assert_eq!(outcome.original_len, whole.len());
    }
    // A part of an address tells enough for a short prefix, and is said otherwise.
    let frame = CapturedFrame::new(1, &whole[..28]).original_len(whole.len());
    let mut out = Vec::new();
    Rewriter::new(rules()).unwrap().rewrite_captured(frame, &mut out).unwrap();
    assert_eq!(out[26..], [172, 0]);
    let rules = mapping("10.0.0.0/24=172.0.0.0/24");
    let outcome = Rewriter::new(rules).unwrap().rewrite_captured(frame, &mut out).unwrap();
    assert_eq!((&out[26..], &outcome.notes[..]), (&[10, 0][..], &[RewriteNote::AddressCut][..]));
}

#[test]
fn wrong_checksums_stay_wrong_by_the_same_and_none_stays_none() {
    let rules = || mapping("10.0.0.0/8=172.0.0.0/8");
    let right = datagram(b"x");
    let (expected, _) = rewritten(rules(), &right);
    let mut frame = right.clone();
    frame[40] ^= 0x10;
    let (out, _) = rewritten(rules(), &frame);
    let sum = |bytes: &[u8]| i32::from(u16::from_be_bytes([bytes[40], bytes[41]]));
    assert_eq!((sum(&out) - sum(&expected)).rem_euclid(65535), (sum(&frame) - sum(&right)).rem_euclid(65535));
    frame[40..42].fill(0);
    assert_eq!(rewritten(rules(), &frame).0[40..42], [0, 0]);
    let (out, _) = rewritten(rules().fix(), &right);
    assert_eq!(wrong(&out), []);
    let mut broken = right.clone();
    broken[24] ^= 1;
    broken[40] ^= 1;
    assert_eq!(wrong(&rewritten(RewriteRules::new().fix(), &broken).0), []);
}

#[test]
fn a_network_with_less_room_never_makes_one_of_two() {
    let mut rewriter = Rewriter::new(mapping("10.0.0.0/8=192.0.2.0/24")).unwrap();
    let mut out = Vec::new();
    rewriter.rewrite(1, &datagram(b""), &mut out).unwrap();
    assert_eq!(out[26..34], [192, 0, 2, 1, 192, 0, 2, 2]);
    let mut other = datagram(b"");
    other[28] = 9;
    let error = rewriter.rewrite(1, &other, &mut out).unwrap_err();
    let [first, second, target] = [[10, 0, 0, 1], [10, 0, 9, 1], [192, 0, 2, 1]].map(Into::into);
    assert_eq!(error, RewriteError::Collision { first, second, target });
    let why = Rewriter::new(mapping("10.0.0.0/8=11.0.0.0/8").map_ip("10.0.0.0/8=12.0.0.0/8".parse().unwrap()));
    assert_eq!(why.unwrap_err().to_string(), "10.0.0.0/8 is mapped twice");
    let twice = RewriteRules::new().set("ip.ttl=3".parse().unwrap()).set("ipv4.ttl=4".parse().unwrap());
    assert_eq!(Rewriter::new(twice).unwrap_err().to_string(), "ipv4.ttl is set twice");
    // A host that is there already is said.
    let mut there = datagram(b"");
    there[30..34].copy_from_slice(&[172, 0, 0, 9]);
    let notes = rewritten(mapping("10.0.0.0/8=172.0.0.0/8"), &there).1;
    assert_eq!(notes, [RewriteNote::InTarget([172, 0, 0, 9].into())]);
}

#[test]
fn dns_and_dhcp_are_changed_on_request() {
    let answer =
        b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x01a\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x0a\x07\x08\x09";
    let frame = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 53].into()).dst([10, 0, 0, 1].into()))
        .push(Udp::build().src_port(53).dst_port(40000))
        .payload(answer)
        .finish()
        .unwrap();
    let rules = || mapping("10.0.0.0/8=172.0.0.0/8");
    assert!(rewritten(rules(), &frame).0.ends_with(&[10, 7, 8, 9]));
    let (out, _) = rewritten(rules().with_dns(), &frame);
    assert!(out.ends_with(&[172, 7, 8, 9]) && wrong(&out).is_empty());
    let (out, _) = rewritten(RewriteRules::new().cut_names(), &frame);
    assert!(wrong(&out).is_empty() && out[42 + 12..].starts_with(b"\x01x\0"));
}

#[test]
fn arp_and_mac_addresses_follow() {
    let (mac, ip) = ([2, 0, 0, 0, 0, 1].into(), [10, 0, 0, 1].into());
    let arp = Arp::build().sender(mac, ip).target([0; 6].into(), [10, 0, 0, 2].into());
    let frame = Stack::new().push(Ethernet::build().src(mac)).push(arp).finish().unwrap();
    let rules = mapping("10.0.0.0/8=172.0.0.0/8").map_mac("02:00:00:00:00:01=02:00:00:00:00:99".parse().unwrap());
    let (out, _) = rewritten(rules, &frame);
    assert_eq!((out[11], out[14 + 13], &out[14 + 14..14 + 18]), (0x99, 0x99, &[172, 0, 0, 1][..]));
    assert_eq!(out[14 + 24..14 + 28], [172, 0, 0, 2]);
    // A multicast MAC address follows its group.
    let group = Stack::new()
        .push(Ethernet::build().dst([1, 0, 0x5e, 1, 2, 3].into()))
        .push(Ipv4::build().src([10, 0, 0, 1].into()).dst([239, 1, 2, 3].into()))
        .finish()
        .unwrap();
    let (out, _) = rewritten(mapping("239.1.0.0/16=239.9.0.0/16"), &group);
    assert_eq!(out[..6], [1, 0, 0x5e, 9, 2, 3]);
}

#[test]
fn fields_are_set_by_their_names() {
    let set = |text: &str, frame: &[u8]| rewritten(RewriteRules::new().set(text.parse().unwrap()), frame);
    let frame = datagram(b"x");
    for (text, at, byte) in
        [("ipv4.ttl=7", 22, 7), ("ip.ttl=7", 22, 7), ("ip.flags.df=1", 20, 0x40), ("udp.dstport=53", 37, 53)]
    {
        let (out, notes) = set(text, &frame);
        assert_eq!((out[at], notes.len(), wrong(&out)), (byte, 0, vec![]), "{text}");
    }
    assert_eq!(set("ip.ttl#2=7", &frame).0, frame, "there is no second layer");
    let (out, _) = set("udp.checksum=0", &frame);
    assert_eq!(out[40..42], [0, 0]);
    // An option, which has no fixed place.
    let segment = packetsmith::proto::transport::TcpOption::MaximumSegmentSize { size: 1460 };
    let tcp = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build())
        .push(Tcp::build().options(&[segment]))
        .finish()
        .unwrap();
    let (out, _) = set("tcp.options.mss_val=1200", &tcp);
    assert!(out.windows(4).any(|bytes| bytes == [2, 4, 0x04, 0xb0]) && wrong(&out).is_empty());
    let why = |text: &str| text.parse::<FieldChange>().unwrap_err().to_string();
    assert_eq!(why("ip.addr=1.2.3.4"), "ip.addr is two fields: set ip.src or ip.dst");
    assert_eq!(
        why("frame.number=1"),
        "frame.number cannot be set: it is computed, or made of other fields that can be set"
    );
    assert_eq!(why("ip.ttl"), "FIELD=VALUE, such as ipv4.ttl=64, is expected");
    assert_eq!(why("ip.hdr_len=21"), "ip.hdr_len: is counted in units of 4, and 21 is no multiple of that");
}

#[test]
fn tags_are_added_set_and_stripped() {
    let frame = datagram(b"x");
    let tag = |text: &str, frame: &[u8]| {
        let rules = RewriteRules::new().vlan(text.parse::<VlanChange>().unwrap());
        let mut out = Vec::new();
        let outcome = Rewriter::new(rules).unwrap().rewrite(1, frame, &mut out).unwrap();
        (out, outcome)
    };
    let (tagged, outcome) = tag("add:100,priority=5", &frame);
    assert_eq!((&tagged[12..18], outcome.original_len), (&[0x81, 0, 0xa0, 100, 8, 0][..], frame.len() + 4));
    let (double, _) = tag("add:7,type=0x88a8", &tagged);
    assert_eq!(double[12..18], [0x88, 0xa8, 0, 7, 0x81, 0]);
    assert_eq!(tag("set:200,dei=1", &tagged).0[14..16], [0xb0, 200]);
    assert_eq!(tag("strip", &tag("strip", &double).0).0, frame);
    let (same, outcome) = tag("strip", &frame);
    assert_eq!((same, &outcome.notes[..]), (frame, &[RewriteNote::NoTag("the frame has none")][..]));
    // A frame check sequence follows.
    let with_fcs = Stack::new().push(Ethernet::build()).push(Ipv4::build()).pad(60).fcs().finish().unwrap();
    let (out, _) = tag("add:9", &with_fcs);
    assert!(examine(1, &out).next().unwrap().ethernet_trailer().unwrap().good);
}

#[test]
fn payloads_are_cut_or_removed() {
    let frame = datagram(b"a secret");
    let strip = |rule, frame: &[u8]| {
        let mut out = Vec::new();
        let outcome = Rewriter::new(RewriteRules::new().payload(rule)).unwrap().rewrite(1, frame, &mut out).unwrap();
        (out, outcome)
    };
    let (out, outcome) = strip(PayloadRule::Cut, &frame);
    assert_eq!((&out[..], outcome.original_len), (&frame[..42], frame.len()));
    let (out, outcome) = strip(PayloadRule::Remove, &frame);
    assert_eq!((out.len(), outcome.original_len, wrong(&out)), (42, 42, vec![]));
    let (View::Udp(udp), true) = (examine(1, &out).nth(2).unwrap().view, true) else { panic!() };
    assert_eq!(udp.length(), 8);
    let error = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 9].into()).dst([10, 0, 0, 1].into()))
        .push(Icmpv4::build().kind(Icmpv4Type::DestinationUnreachable).code(3).raw(&[0; 4]))
        .payload(&frame[14..])
        .finish()
        .unwrap();
    let (out, _) = strip(PayloadRule::Remove, &error);
    assert_eq!((out.len(), out[42..] == frame[14..42]), (42 + 28, true), "the quote keeps its lengths");
    assert!(examine(1, &out).take(3).filter_map(|layer| layer.checksum()).all(|state| state == Checksum::Good));
}

#[test]
fn what_is_authenticated_is_said() {
    use packetsmith::proto::transport::TcpOption;
    let option = TcpOption::Md5Signature { digest: [7; 16] };
    let frame = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([10, 0, 0, 1].into()))
        .push(Tcp::build().options(&[option]))
        .finish()
        .unwrap();
    let (_, notes) = rewritten(mapping("10.0.0.0/8=172.0.0.0/8"), &frame);
    assert_eq!(notes, [RewriteNote::Authentication("the MD5 signature of TCP")]);
    assert_eq!(rewritten(RewriteRules::new().set("ip.ttl=9".parse().unwrap()), &frame).1, []);
    let esp = Stack::new().push(Ethernet::build()).push(Ipv4::build().src([10, 0, 0, 1].into()).protocol(50.into()));
    let esp = esp.payload(&[7; 40]).finish().unwrap();
    assert_eq!(rewritten(mapping("10.0.0.0/8=172.0.0.0/8"), &esp).1, [RewriteNote::Encrypted]);
}

#[test]
fn the_checksum_of_sctp_follows() {
    let mut sctp = [&[0, 80, 0x1f, 0x90][..], &[1, 2, 3, 4, 0, 0, 0, 0], b"chunks"].concat();
    let crc = |bytes: &[u8]| {
        let mut crc = !0_u32;
        for byte in bytes {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = crc >> 1 ^ if crc & 1 != 0 { 0x82f6_3b78 } else { 0 };
            }
        }
        (!crc).to_le_bytes()
    };
    let right = crc(&sctp);
    sctp[8..12].copy_from_slice(&right);
    let frame =
        Stack::new().push(Ethernet::build()).push(Ipv4::build().protocol(132.into())).payload(&sctp).finish().unwrap();
    let (out, _) = rewritten(RewriteRules::new().map_port("80=81".parse().unwrap()), &frame);
    let mut packet = out[34..].to_vec();
    packet[8..12].fill(0);
    assert_eq!((out[35], &out[42..46]), (81, &crc(&packet)[..]));
    // The same of a packet that was cut.
    let cut = CapturedFrame::new(1, &frame[..46]).original_len(frame.len());
    let mut part = Vec::new();
    let rules = RewriteRules::new().map_port("80=81".parse().unwrap());
    Rewriter::new(rules).unwrap().rewrite_captured(cut, &mut part).unwrap();
    assert_eq!(part, out[..46]);
}

#[test]
fn fix_computes_the_checksum_of_sctp() {
    let sctp = [&[0, 80, 0x1f, 0x90][..], &[1, 2, 3, 4, 9, 9, 9, 9], b"chunks"].concat();
    let frame =
        Stack::new().push(Ethernet::build()).push(Ipv4::build().protocol(132.into())).payload(&sctp).finish().unwrap();
    let (fixed, notes) = rewritten(RewriteRules::new().fix(), &frame);
    // crc32c of Python's package crc32c over the packet with four zeros in place of the checksum.
    let crc = |bytes: &[u8]| {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 != 0 { 0x82f6_3b78 } else { 0 })
        };
        (!bytes.iter().fold(!0, step)).to_le_bytes()
    };
    let mut zeroed = sctp.clone();
    zeroed[8..12].fill(0);
    assert_eq!((&fixed[42..46], notes.len()), (&crc(&zeroed)[..], 0));
    assert_eq!(fixed[..42], frame[..42]);
}

#[test]
fn two_networks_that_are_mapped_to_one_never_make_one_of_two_hosts() {
    let rules = mapping("10.0.0.1=192.0.2.9").map_ip("10.0.0.2=192.0.2.9".parse().unwrap());
    let error = Rewriter::new(rules).unwrap().rewrite(1, &datagram(b""), &mut Vec::new()).unwrap_err();
    let [first, second, target] = [[10, 0, 0, 1], [10, 0, 0, 2], [192, 0, 2, 9]].map(Into::into);
    assert_eq!(error, RewriteError::Collision { first, second, target });
    // A network in another one may have a mapping of its own, if the new addresses are others.
    let rules = mapping("10.0.0.0/8=192.0.0.0/8").map_ip("10.0.0.2=198.51.100.2".parse().unwrap());
    assert_eq!(rewritten(rules, &datagram(b"")).0[26..34], [192, 0, 0, 1, 198, 51, 100, 2]);
}

#[test]
fn rules_that_had_nothing_to_do_are_told() {
    let rules = mapping("10.0.0.0/8=172.0.0.0/8")
        .map_ip("192.168.0.0/16=198.18.0.0/16".parse().unwrap())
        .map_port("2000=3000".parse().unwrap())
        .map_port("tcp:1000=3000".parse().unwrap())
        .map_mac("02:00:00:00:00:09=02:00:00:00:00:99".parse().unwrap())
        .set("ip.ttl=9".parse().unwrap())
        .set("ip.ttl#2=9".parse().unwrap())
        .set("tcp.window_size_value=9".parse().unwrap());
    let mut rewriter = Rewriter::new(rules).unwrap();
    rewriter.rewrite(1, &datagram(b""), &mut Vec::new()).unwrap();
    let said: Vec<String> = rewriter.unused_rules().iter().map(|rule| rule.to_string()).collect();
    assert_eq!(
        said,
        [
            "no packet has the field ip.ttl#2",
            "no packet has the field tcp.window_size_value",
            "no address is in 192.168.0.0/16",
            "no address is 02:00:00:00:00:09",
            "no port is that of tcp:1000=3000"
        ]
    );
}

#[test]
fn names_in_http_and_tftp_are_cut_and_messages_stay_readable() {
    let request =
        b"GET /plan/secret.html HTTP/1.1\r\nHost: intra.example\r\nX-User: boss\r\nContent-Length: 2\r\n\r\nok";
    let http = |message: &[u8]| {
        let tcp = Tcp::build().src_port(50000).dst_port(80);
        Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(tcp).payload(message).finish().unwrap()
    };
    let (out, notes) = rewritten(RewriteRules::new().cut_names(), &http(request));
    let cut = b"GET /xxxx/xxxxxx.xxxx HTTP/1.1\r\nHost: xxxxx.xxxxxxx\r\nX-User: xxxx\r\nContent-Length: 2\r\n\r\nok";
    assert_eq!((&out[54..], wrong(&out), notes.len()), (&cut[..], vec![], 0));
    // The head goes on in the next segment, which no one reads as HTTP.
    let (_, notes) = rewritten(RewriteRules::new().cut_names(), &http(&request[..50]));
    assert_eq!(notes, [RewriteNote::NamesUnread("http")]);
    // A cut payload has no names that a header would have shown.
    let whole = http(request);
    let cut = CapturedFrame::new(1, &whole[..143]).original_len(144);
    let outcome = Rewriter::new(RewriteRules::new().cut_names()).unwrap().rewrite_captured(cut, &mut Vec::new());
    assert_eq!(outcome.unwrap().notes, []);
    let tftp = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build())
        .push(Udp::build().src_port(50000).dst_port(69))
        .payload(b"\0\x01secret.bin\0octet\0blksize\x00512\0")
        .finish()
        .unwrap();
    let (out, notes) = rewritten(RewriteRules::new().cut_names(), &tftp);
    assert_eq!((&out[42..], notes.len()), (&b"\0\x01xxxxxx.xxx\0octet\0blksize\x00512\0"[..], 0));
    assert_eq!(wrong(&out), []);
}

#[test]
fn the_checksum_of_udp_options_follows() {
    // A datagram of 4 bytes, then the options: their checksum, and the maximum datagram size.
    let mut area = vec![0, 0, 4, 4, 0x05, 0xdc];
    let sum = packetsmith::Sum::new().bytes(&area).number(6).checksum();
    area[..2].copy_from_slice(&sum.to_be_bytes());
    let mut frame = datagram(b"even");
    frame.extend(area);
    frame[17] += 6;
    packetsmith::Editor::new(1, &mut frame).set(1, "checksum", packetsmith::Value::Uint(0)).unwrap();
    packetsmith::Editor::new(1, &mut frame).repair().unwrap();
    let has_options = |frame: &[u8]| {
        let udp = examine(1, frame).find(|layer| matches!(layer.view, View::Udp(_))).unwrap();
        udp.trailer().len() == 6 && Udp::options(&udp.context).is_some()
    };
    assert!(has_options(&frame), "{frame:02x?}");
    let change: FieldChange = "udp.options.mds=1400".parse().unwrap();
    let (out, notes) = rewritten(RewriteRules::new().set(change), &frame);
    assert!(out != frame && notes.is_empty() && has_options(&out), "{out:02x?}");
}

/// Rules, each with its name.
fn all_rules() -> Vec<(&'static str, RewriteRules)> {
    let key = AnonymisationKey::new([9; 32]);
    let all = mapping("0.0.0.0/1=128.0.0.0/1")
        .map_ip("128.0.0.0/1=0.0.0.0/1".parse().unwrap())
        .map_ip("::/1=8000::/1".parse().unwrap())
        .map_ip("8000::/1=::/1".parse().unwrap());
    vec![
        ("map-ip", all.with_dhcp().with_dns()),
        ("map-port", RewriteRules::new().map_port("80=8081".parse().unwrap()).map_port("53=5399".parse().unwrap())),
        ("set", RewriteRules::new().set("ip.ttl=77".parse().unwrap()).set("ipv6.hlim=77".parse().unwrap())),
        ("anonymise", RewriteRules::new().anonymise(key, SpecialAddresses::Kept, VendorPrefix::Changed)),
        ("mixed", RewriteRules::new().anonymise(key, SpecialAddresses::Mixed, VendorPrefix::Kept)),
        ("names", RewriteRules::new().cut_names()),
        ("add", RewriteRules::new().vlan("add:7".parse().unwrap())),
        ("strip", RewriteRules::new().vlan("strip".parse().unwrap())),
        ("cut", RewriteRules::new().payload(PayloadRule::Cut)),
        ("remove", RewriteRules::new().payload(PayloadRule::Remove)),
        ("fix", RewriteRules::new().fix()),
        ("snaplen", RewriteRules::new().snaplen(60)),
    ]
}

/// How many layers have a wrong checksum, as far as it can be verified.
fn count_wrong(first: NextProtocol, bytes: &[u8], original_len: usize, fcs_len: Option<u8>) -> usize {
    let layers = examine(first, bytes).original_len(original_len).fcs_len(fcs_len);
    layers
        .map(|layer| {
            let mut count = usize::from(matches!(layer.checksum(), Some(Checksum::Bad(_))));
            layer.issues(|issue| count += usize::from(matches!(issue.kind, IssueKind::Checksum(Checksum::Bad(_)))));
            count
        })
        .sum()
}

/// Capture files below a folder.
fn captures(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            captures(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// No rule makes a checksum wrong that was right: over `testdata`, and every tenth capture of the corpus if it is there, or all
/// with `REWRITE_CORPUS=all`.
#[test]
fn no_checksum_becomes_wrong() {
    let (mut files, mut corpus) = (Vec::new(), Vec::new());
    captures(Path::new("testdata"), &mut files);
    captures(Path::new("../shared/corpus/captures"), &mut corpus);
    corpus.sort();
    let step = if std::env::var("REWRITE_CORPUS").is_ok_and(|all| all == "all") { 1 } else { 10 };
    files.extend(corpus.into_iter().step_by(step));
    let (mut packets, mut changed, mut failures) = (0, 0, Vec::new());
    let mut out = Vec::new();
    let all = all_rules();
    for path in files {
        let Ok(mut reader) = Reader::open(&path) else { continue };
        let mut rewriters: Vec<Rewriter> = all.iter().map(|(_, r)| Rewriter::new(r.clone()).unwrap()).collect();
        for _ in 0..2000 {
            let Some(record) = reader.next_record() else { break };
            let Ok(record) = record else { continue };
            let Some(link_type) = record.link_type else { continue };
            packets += 1;
            let first = NextProtocol::LinkType(link_type);
            let original_len = record.original_len as usize;
            let before = count_wrong(first, record.data, original_len, record.fcs_len);
            for ((name, _), rewriter) in all.iter().zip(&mut rewriters) {
                let frame = CapturedFrame::new(first, record.data).original_len(original_len).fcs_len(record.fcs_len);
                let outcome = rewriter.rewrite_captured(frame, &mut out).unwrap();
                if !outcome.is_changed {
                    assert_eq!(out, record.data);
                    continue;
                }
                changed += 1;
                let after = count_wrong(first, &out, outcome.original_len, record.fcs_len);
                let file = format!("{name}: {}", path.display());
                if after > before && !failures.iter().any(|known: &String| known.starts_with(&file)) {
                    failures.push(format!("{file} packet {}: {before} to {after}", record.number));
                }
            }
        }
    }
    println!("{packets} packets, {changed} changed packets");
    assert!(packets > 100);
    assert!(failures.is_empty(), "{packets} packets\n{}", failures.join("\n"));
}

/// Samples with one byte changed, or cut, under every rule: no panic, and without rules of length, no other length.
#[test]
fn changed_and_cut_samples_do_no_harm() {
    let mut files = Vec::new();
    captures(Path::new("testdata"), &mut files);
    let all = all_rules();
    let mut rewriters: Vec<Rewriter> = all.iter().map(|(_, rules)| Rewriter::new(rules.clone()).unwrap()).collect();
    let (mut out, mut state) = (Vec::new(), 1_u32);
    for path in files {
        let Ok(mut reader) = Reader::open(&path) else { continue };
        for _ in 0..4 {
            let Some(Ok(record)) = reader.next_record() else { break };
            let Some(link_type) = record.link_type.filter(|_| record.data.len() < 2000) else { continue };
            for at in 0..record.data.len() {
                state = state.wrapping_mul(0x9e37_79b1).wrapping_add(12345);
                let mut changed = record.data.to_vec();
                changed[at] = (state >> 24) as u8;
                for (bytes, original_len) in [(&changed[..], changed.len()), (&record.data[..at], record.data.len())] {
                    for ((name, _), rewriter) in all.iter().zip(&mut rewriters) {
                        let frame =
                            CapturedFrame::new(NextProtocol::LinkType(link_type), bytes).original_len(original_len);
                        let outcome = rewriter.rewrite_captured(frame, &mut out).unwrap();
                        if matches!(*name, "map-ip" | "map-port" | "set" | "anonymise" | "mixed" | "names") {
                            assert_eq!((out.len(), outcome.original_len), (bytes.len(), original_len), "{name}");
                        }
                    }
                }
            }
        }
    }
}
