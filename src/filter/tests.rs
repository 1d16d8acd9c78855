//! Unit tests of display filters.

use super::*;
use crate::dissect::Layers;
use crate::layer::NextProtocol;

#[test]
fn a_number_below_zero_is_less_than_all_others() {
    let mut message = [0; 247];
    message[236..].copy_from_slice(&[99, 130, 83, 99, 2, 4, 0xff, 0xff, 0xb9, 0xb0, 255]);
    let passes = |test: &str| {
        let text = ["dhcp.option.time_offset ", test].concat();
        Filter::parse(&text).unwrap().matches(Examine::new(Layers::new(NextProtocol::UdpPort(67), &message)))
    };
    assert!(passes("== -18000") && passes("== -0x4650") && passes("< 0") && passes("< -17999"));
    assert!(passes("in {-20000..0}") && passes(">= -18000") && passes("!= 18000"));
    assert!(!passes("== 18000") && !passes("> 0") && !passes("< -18000") && !passes("in {-5..5}"));
}

/// A DNS query over IPv4, in a frame with a tag, whose UDP checksum is wrong.
fn query() -> Vec<u8> {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv4, Udp, Vlan};
    let dns = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x03www\x07Example\x03org\0\0\x1c\0\x01";
    let ethernet = Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 2].into());
    let ip = Ipv4::build().src([10, 1, 2, 3].into()).dst([10, 9, 0, 53].into()).ttl(61);
    let udp = Udp::build().src_port(4000).dst_port(53).checksum(1);
    let stack = Stack::new().push(ethernet).push(Vlan::build().id(7)).push(ip).push(udp);
    stack.payload(dns).finish().unwrap()
}

fn passes(frame: &[u8], text: &str) -> bool {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {}", error.at));
    filter.matches(crate::dissect::examine(1, frame))
}

#[test]
fn what_passes_and_what_does_not() {
    let frame = query();
    for yes in [
        "ip",
        "vlan && ip && udp && dns",
        "eth || tcp",
        "!tcp",
        "not tcp and not arp",
        "(tcp or udp) and ip",
        "! (tcp && arp)",
        "ip.src == 10.1.2.3",
        "ip.addr == 10.9.0.53",
        "ip.addr eq 10.1.0.0/16",
        "ip.dst != 10.1.2.3",
        "ip.src == 0.0.0.0/0",
        "ipv4.ttl == 61",
        "ip.ttl == 0x3d",
        "ip.ttl < 62",
        "ip.ttl <= 61",
        "ip.ttl > 60",
        "ip.ttl >= 61",
        "ip.ttl ne 60",
        "ip.ttl lt 62",
        "ip.ttl le 61",
        "ip.ttl gt 60",
        "ip.ttl ge 61",
        "ip.ttl & 1",
        "ip.ttl bitwise_and 0x3c",
        "ip.src < 10.1.2.4",
        "ip.src > 10.1.2.2",
        "ip.src in {10.1.0.0..10.1.255.255}",
        "ip.src in {1.1.1.1, 10.1.2.0/24}",
        "udp.port == 53",
        "udp.port == 4000",
        "udp.port in {1..60}",
        "udp.port in {53 80}",
        "udp.dstport in { 80 , 53 }",
        "udp.port != 54",
        "udp.checksum.status == bad",
        "udp.checksum.status == \"Bad\"",
        "ip.checksum.status == good",
        "udp.checksum.status",
        "ip.proto == UDP",
        "ip.proto == udp",
        "vlan.id == 7",
        "eth.dst == 02:00:00:00:00:02",
        "eth.src == 02-00-00-00-00-01",
        "dns.qry.name == www.example.org",
        "dns.qry.name == \"WWW.Example.ORG.\"",
        "dns.qry.name contains Exam",
        "dns.flags.recdesired",
        "dns.flags.recdesired == 1",
        "dns.flags.recdesired == true",
        "dns.flags.response == 0",
        "dns.flags.response == False",
        "frame.len == 79",
        "frame.len < 80 && frame.len > 78",
        "_ws.expert",
        "issue",
        "issue == \"checksum.bad\"",
        "issue == checksum.bad",
        "issue != truncated",
        "issue contains \"checksum.\"",
        "issue in {\"fcs.bad\", \"checksum.bad\"}",
        "issue in {fcs.bad checksum.bad}",
        "issue.severity",
        "issue.severity == warning",
        "issue.severity >= warning",
        "issue.severity < error",
        "issue.severity in {note..warning}",
        "issue.severity != \"Error\"",
        "!_ws.malformed",
        "udp.length",
        "dns.qry.type == AAAA",
        "ip && !(udp.port == 54)",
    ] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    for no in [
        "tcp",
        "ip && tcp",
        "arp || tcp",
        "!ip",
        "!(ip || arp)",
        "ip.src == 10.1.2.4",
        "ip.addr == 10.2.0.0/16",
        "ip.addr != 10.1.2.3",
        "ip.ttl == 62",
        "ip.ttl < 61",
        "ip.ttl <= 60",
        "ip.ttl > 61",
        "ip.ttl >= 62",
        "ip.ttl & 2",
        "ip.src < 10.1.2.3",
        "ip.src > 10.1.2.3",
        "ip.src in {10.1.2.4..10.1.255.255}",
        "udp.port in {54..60, 5000}",
        "ip.src in {10.0.0.0..10.1.2.2}",
        "udp.port != 53",
        "tcp.port != 53",
        "udp.checksum.status == good",
        "ip.checksum.status == bad",
        "ip.checksum.status == absent",
        "ip.proto == TCP",
        "vlan.id == 8",
        "eth.dst == 02:00:00:00:00:01",
        "dns.qry.name == example.org",
        "dns.qry.name contains exam",
        "dns.flags.truncated",
        "dns.flags.recdesired == 0",
        "dns.flags.response",
        "frame.len == 80",
        "_ws.malformed",
        "issue == \"tcp.flags.syn_fin\"",
        "issue != checksum.bad",
        "issue contains \"tcp.\"",
        "issue in {fcs.bad, \"truncated\"}",
        "issue.severity > warning",
        "issue.severity <= note",
        "issue.severity in {note, error}",
        "ip.src == abc",
        "ip.src contains 10",
        "eth.src < 5",
        "eth.src == 5",
        "ip.ttl == -61",
        "dns.qry.type == A",
        "ip.src == fd00::1",
    ] {
        // A bit is there whether it is set or not.
        let no = match no {
            "dns.flags.response" | "dns.flags.truncated" => [no, " == 1"].concat(),
            _ => no.to_string(),
        };
        assert!(!passes(&frame, &no), "{no} does not pass");
    }
}

#[test]
fn addresses_of_ipv6_are_compared_under_their_prefix() {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv6};
    let ip = Ipv6::build().src("fd00:1::5".parse().unwrap()).dst("fd00:2::6".parse().unwrap());
    let frame = Stack::new().push(Ethernet::build()).push(ip).finish().unwrap();
    for yes in ["ipv6.src == fd00:1::/32", "ipv6.addr == fd00:2::6", "ipv6.src == ::/0", "ipv6.src < fd00:2::", "!ip"] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
    for no in ["ipv6.src == fd00:2::/32", "ipv6.addr == fd00:2::7", "ipv6.src > fd00:2::", "ipv6.src == 10.0.0.1"] {
        assert!(!passes(&frame, no), "{no} does not pass");
    }
}

#[test]
fn bytes_are_found_in_text() {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv4, Udp};
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(69));
    let frame = stack.payload(b"\0\x01a\x01bc/\0octet\0").finish().unwrap();
    let contains = [("bc", true), ("\"bc/\"", true), ("62:63", true), ("1", true), ("0x2f", true), ("\"\"", true)];
    for (what, yes) in contains.into_iter().chain([("bd", false), ("2", false), ("0", false), ("1.2.3.4", false)]) {
        assert_eq!(passes(&frame, &["tftp.source_file contains ", what].concat()), yes, "{what}");
    }
    let equals = [("61:01:62:63:2f", true), ("61:01:62:63", false), ("octet", false)];
    for (what, yes) in equals {
        assert_eq!(passes(&frame, &["tftp.source_file == ", what].concat()), yes, "{what}");
    }
    assert!(passes(&[1, 2, 3], "frame.len == 3") && !passes(&[1, 2, 3], "frame.len == 4"));
    assert!(passes(&frame, "tftp.type == octet") && !passes(&frame, "tftp.type == octe"));
}

#[test]
fn each_mistake_has_its_words_and_its_place() {
    let deep = ["(".repeat(70), "ip".to_string(), ")".repeat(70)].concat();
    let many = std::vec!["ip"; 129].join("||");
    for (text, at, what) in [
        ("ip.adr == 1", 0, "no field or protocol is called ip.adr; the nearest is ip.addr"),
        ("ip && tpc", 6, "no field or protocol is called tpc; the nearest is tcp"),
        ("", 0, "the name of a field or protocol was expected here"),
        ("ip && ", 6, "the name of a field or protocol was expected here"),
        ("!= 5", 0, "the name of a field or protocol was expected here"),
        ("ip.ttl === 5", 9, "a value was expected here"),
        ("(ip", 3, "a closing parenthesis is missing here"),
        ("ip udp", 3, "an operator such as && or == was expected here"),
        ("ip.ttl ==", 9, "a value was expected here"),
        ("ip.ttl ==  }", 11, "a value was expected here"),
        ("ip.ttl & abc", 9, "a number was expected here"),
        ("ip.ttl in 5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
        ("ip.ttl in {5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
        ("issue == \"tcp.flags.synfin\"", 9, "no issue is called tcp.flags.synfin: the nearest is tcp.flags.syn_fin"),
        ("ip && issue != checksum.wrong", 15, "no issue is called checksum.wrong: the nearest is checksum.bad"),
        ("issue in {truncated, \"fcs\"}", 9, "no issue is called fcs: the nearest is fcs.bad"),
        ("issue contains tpc.", 15, "no identifier of an issue contains this"),
        ("issue > truncated", 8, "issues are compared by ==, !=, in and contains"),
        ("issue == 5", 9, "the identifier of an issue was expected here"),
        ("issue.severity >= warn", 18, "note, warning or error was expected here"),
        ("issue.severity in {note, 5}", 18, "note, warning or error was expected here"),
        ("issue.severity contains e", 24, "severities are compared by ==, !=, <, <=, >, >= and in"),
        (&deep, 64, "too many parentheses or negations inside each other: 63 are the most"),
        (&many, 128 * 4, "more than 128 tests"),
    ] {
        let error = Filter::parse(text).map(|_| ()).unwrap_err();
        assert_eq!((error.at, error.to_string().as_str()), (at, what), "{text}");
    }
    let most = std::vec!["ip"; 128].join("&&");
    assert!(
        passes(&query(), &most)
            && passes(&query(), &std::vec!["tcp"; 127].join("||").replace("tcp||tcp||tcp", "tcp||ip"))
    );
    let depth = ["(".repeat(63), "ip".to_string(), ")".repeat(63)].concat();
    assert!(passes(&query(), &depth) && Filter::parse(&["(", &depth, ")"].concat()).is_err());
    assert!(passes(&query(), &["!".repeat(62), "ip".to_string()].concat()));
}
