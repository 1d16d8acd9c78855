//! Unit tests of display filters: combinations, layers, sets, widths, bounds, and what names mean.

use super::Filter;
use super::tests::{passes, request};
use alloc::string::ToString;
use std::vec::Vec;

#[test]
fn xor_passes_if_an_odd_number_of_tests_does() {
    let frame = request();
    for yes in ["ip xor udp", "ip ^^ udp", "tcp xor ip xor vlan", "!(ip xor tcp)", "udp xor arp xor eth"] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    // Tighter than or, looser than and.
    for yes in ["ip or ip xor ip", "ip xor ip && udp", "udp && ip xor ip"] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    for no in ["ip xor tcp", "udp ^^ arp", "ip xor tcp && vlan", "(ip or ip) xor ip"] {
        assert!(!passes(&frame, no), "{no} does not pass");
    }
    for no in ["ip ^ tcp", "ip xor", "xor ip", "ip xor xor tcp"] {
        assert!(Filter::parse(no).is_err(), "{no}");
    }
}

#[test]
fn layers_are_counted_from_the_last_one_too() {
    let frame = request();
    for yes in [
        "vlan.id#-1 == 8",
        "vlan.id#[-1] == 8",
        "vlan.id#-2 == 7",
        "vlan.id#[-2,-1] == 7",
        "vlan.id#[-2:2] == 8",
        "vlan.id#[-2--1] == 8",
        "vlan.id#[2:] == 8",
        "vlan.id#[1:1] == 7",
        "vlan#-2",
        "vlan.id#-2",
        "!vlan#-3",
        "!vlan.id#-3",
        "all vlan.id#[-1] > 7",
        "max(vlan.id#[-2]) == 7",
        "count(vlan.id#[-2:]) == 2",
        "tcp.flags#-1 & 8",
        "tcp.options#-1",
        "ip.src#-1 == ip.src#1",
    ] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    for no in ["vlan.id#-1 == 7", "vlan.id#-3 == 7", "vlan.id#[-1:] == 7", "udp#-1"] {
        assert!(!passes(&frame, no), "{no} does not pass");
    }
    for no in ["vlan.id#0", "vlan.id#-0", "vlan.id#[1-0]", "vlan.id#[-1--2]", "vlan.id#-", "vlan.id#[]", "vlan.id#[:1]"]
    {
        assert!(Filter::parse(no).is_err(), "{no}");
    }
}

#[test]
fn members_of_a_set_may_be_fields() {
    let frame = request();
    for yes in [
        "tcp.port in {tcp.srcport}",
        "tcp.dstport in {1, tcp.dstport}",
        "80 == tcp.dstport && tcp.dstport in {tcp.dstport..tcp.srcport}",
        "tcp.dstport in {1..tcp.srcport}",
        "tcp.dstport in {min(tcp.port)..100}",
        "tcp.srcport not in {tcp.dstport, udp.port}",
        "all vlan.id in {vlan.id#1, 8}",
        "ip.src in {ip.dst}",
        "eth.src[0:1] in {33, eth.src[0]}",
        "http.request.method in {http.request.method}",
    ] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    for no in [
        "tcp.dstport in {tcp.srcport}",
        "tcp.dstport in {udp.port}",
        "tcp.dstport in {tcp.srcport..65535}",
        "tcp.dstport in {udp.port..65535}",
        "all vlan.id in {vlan.id#1}",
    ] {
        assert!(!passes(&frame, no), "{no} does not pass");
    }
    let error = Filter::parse("tcp.port in {80, ip.src}").map(|_| ()).unwrap_err();
    let what = "tcp.port is a number and ip.src is an IPv4 address: they cannot be compared";
    assert_eq!((error.at, error.to_string().as_str()), (17, what));
}

#[test]
fn a_protocol_has_the_length_of_its_header() {
    let frame = request();
    for yes in [
        "len(eth) == 14 && len(ip) == 20 && len(tcp) == tcp.hdr_len",
        "@ip == ip[0:20] && len(http) == tcp.len",
        "tcp contains \"GET\" && tcp[24:3] == \"GET\"",
    ] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    use crate::build::Stack;
    use crate::proto::icmp::Icmpv4Message;
    use crate::proto::{Icmpv4, Ipv4};
    let message = Icmpv4Message::EchoRequest { identifier: 1, sequence: 2 };
    let frame = Stack::new().push(Ipv4::build()).push(Icmpv4::build().message(message)).payload(&[7; 12]).finish();
    let frame = frame.unwrap();
    assert!(Filter::parse("len(icmp) == 20 && len(data) == 12").unwrap().matches(crate::dissect::examine(101, &frame)));
}

#[test]
fn every_number_has_a_width_so_that_values_are_checked_against_it() {
    use crate::wire::Kind;
    // A number in BER has any length.
    const OPEN: [&str; 1] = ["snmp.version"];
    let is_number = |kind| matches!(kind, Kind::Uint | Kind::Int | Kind::Named(_) | Kind::Flags(_));
    let open = super::names::FilterNames::builtin()
        .all_fields()
        .filter(|(_, field)| is_number(field.item_kind()) && field.width() == 0 && !field.filter.is_empty())
        .map(|(_, field)| field.filter);
    let mut open: Vec<_> = open.collect();
    open.sort_unstable();
    open.dedup();
    assert_eq!(open, OPEN);
    for (text, at, what) in [
        ("tcp.options.mss_val == 99999", 23, "99999 is too large for tcp.options.mss_val: 65535 is the largest"),
        ("tcp.option_kind != 256", 19, "256 is too large for tcp.option_kind: 255 is the largest"),
        (
            "dns.a in {1.1.1.1} && dns.mx.preference in {65536}",
            44,
            "65536 is too large for dns.mx.preference: 65535 is the largest",
        ),
        ("dns.resp.ttl == 4294967296", 16, "4294967296 is too large for dns.resp.ttl: 4294967295 is the largest"),
        (
            "tcp.srcport + 1 == 70000",
            19,
            "70000 is too large for the calculation with tcp.srcport: 65536 is the largest",
        ),
        (
            "abs(tcp.srcport - 5) == -1",
            24,
            "-1 is too small for the function of the calculation with tcp.srcport: 0 is the smallest",
        ),
    ] {
        let error = Filter::parse(text).map(|_| ()).unwrap_err();
        assert_eq!((error.at, error.to_string().as_str()), (at, what), "{text}");
    }
    for text in ["-tcp.srcport == -65535", "tcp.srcport - tcp.dstport == -65535", "abs(tcp.srcport - 65535) == 65535"] {
        assert!(Filter::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_calculation_with_more_results_than_can_be_worked_out_is_refused() {
    let what = "this calculation can have too many results in one packet, one for each pair of values; compare it by < \
                or >, or take max() or min() of its fields";
    for text in ["dns.resp.ttl - dns.resp.len == 5", "ip && dns.resp.ttl * dns.resp.len > 5"] {
        let error = Filter::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), what, "{text}");
    }
    for text in [
        "dns.resp.ttl - dns.resp.len > 5",
        "max(dns.resp.ttl) - min(dns.resp.ttl) == 5",
        "max(dns.resp.ttl) * dns.resp.len == 5",
        "ip.len - ip.hdr_len - tcp.hdr_len == 5",
        "ip.len - udp.length == ip.hdr_len",
        "dns.count.queries + dns.count.answers + dns.count.auth_rr + dns.count.add_rr > 9",
        "tcp.options.timestamp.tsval - tcp.options.timestamp.tsecr == 0",
        "frame.len - ip.len - ipv6.plen < 20",
    ] {
        assert!(Filter::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_checksum_that_is_left_to_the_network_card_is_offloaded_and_not_bad() {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv4, Tcp};
    let ip = Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into());
    let stack = |checksum| Stack::new().push(Ethernet::build()).push(ip).push(Tcp::build().checksum(checksum));
    // The sum of the pseudo-header alone: addresses, protocol and length.
    let sum = 0xc000_u32 + 0x0201 + 0xc000 + 0x0202 + 6 + 20;
    let offloaded = stack(((sum & 0xffff) + (sum >> 16)) as u16).finish().unwrap();
    for yes in ["tcp.checksum.status != bad", "tcp.checksum.status == offloaded", "tcp.checksum.status == 5"] {
        assert!(passes(&offloaded, yes), "{yes} passes");
    }
    let bad = stack(1).finish().unwrap();
    assert!(passes(&bad, "tcp.checksum.status == bad"));
    assert!(!passes(&offloaded, "tcp.checksum.status == good"));
}

#[test]
fn the_destination_of_a_source_routed_packet_is_the_last_one() {
    use crate::build::Stack;
    use crate::proto::ip::Ipv4Option;
    use crate::proto::{Ethernet, Ipv4};
    let frame = |pointer| {
        let route = [192, 0, 2, 9, 198, 51, 100, 2];
        let data = [&[pointer], &route[..]].concat();
        let options = [Ipv4Option::Unknown { kind: 131, data: &data }];
        let ip = Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 254].into());
        Stack::new().push(Ethernet::build()).push(ip.options(&options)).finish().unwrap()
    };
    for yes in ["ip.dst == 198.51.100.2", "ip.addr == 198.51.100.2", "ip.dst_host == \"198.51.100.2\""] {
        assert!(passes(&frame(4), yes) && !passes(&frame(12), yes), "{yes}");
    }
    for yes in ["ip.dst == 192.0.2.254", "ip.dst_host == \"192.0.2.254\""] {
        assert!(!passes(&frame(4), yes) && passes(&frame(12), yes), "{yes}");
    }
    assert!(passes(&frame(4), "ipv4.dst == 192.0.2.254"), "what the header says");
}

#[test]
fn times_have_zones() {
    let at = |text: &str| super::time::moment(text).unwrap();
    let noon = at("2024-05-31 12:00:00");
    for text in [
        "2024-05-31 12:00:00Z",
        "2024-05-31T12:00:00 UTC",
        "2024-05-31T14:00:00+02:00",
        "2024-05-31 14:00:00 +0200",
        "2024-05-31 06:30:00.000-05:30",
        "May 31, 2024 12:00:00",
        "May  31, 2024  12:00:00",
        "may 31,2024 14:00:00+02:00",
    ] {
        assert_eq!(at(text), noon, "{text}");
    }
    for text in
        ["2024-05-31 12:00:00+2", "2024-05-31 12:00:00+24:00", "2024-05-31 12:00:00 CET", "May 31 2024", "May, 2024"]
    {
        assert!(super::time::moment(text).is_err(), "{text}");
    }
}
