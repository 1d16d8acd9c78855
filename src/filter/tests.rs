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

pub(super) fn passes(frame: &[u8], text: &str) -> bool {
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
        "dns.qry.name == www.Example.org",
        "dns.qry.name == \"www.Example.org\"",
        "dns.qry.name == www.Example.org.",
        "dns.qry.name matches \"WWW.EX\"",
        "lower(dns.qry.name) == \"www.example.org\"",
        "upper(dns.qry.name) contains \"EXAMPLE\"",
        "dns.qry.name contains Exam",
        "dns.flags.recdesired",
        "dns.flags.recdesired == 1",
        "dns.flags.recdesired == true",
        "dns.flags == 0x0100",
        "dns.flags.response == 0",
        "dns.flags.response == False",
        "frame.len == 79",
        "frame.len < 80 && frame.len > 78",
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
        "issue.severity != error",
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
        "dns.qry.type == A",
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
    for no in ["ipv6.src == fd00:2::/32", "ipv6.addr == fd00:2::7", "ipv6.src > fd00:2::"] {
        assert!(!passes(&frame, no), "{no} does not pass");
    }
}

#[test]
fn bytes_are_found_in_text() {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv4, Udp};
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(69));
    let frame = stack.payload(b"\0\x01a\x01bc/\0octet\0").finish().unwrap();
    let contains = [("bc", true), ("\"bc/\"", true), ("62:63", false), ("\"\\x01b\"", true), ("\"\"", true)];
    for (what, yes) in contains.into_iter().chain([("bd", false), ("2", false), ("'/'", true), ("1.2.3.4", false)]) {
        assert_eq!(passes(&frame, &["tftp.source_file contains ", what].concat()), yes, "{what}");
    }
    let equals = [("\"a\\x01bc/\"", true), ("\"a\\x01bc\"", false), ("octet", false)];
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
        ("dns.resp == 1", 0, "no field or protocol is called dns.resp; there is dns.resp.cache_flush"),
        ("", 0, "the name of a field or protocol was expected here"),
        ("ip && ", 6, "the name of a field or protocol was expected here"),
        ("!= 5", 0, "the name of a field or protocol was expected here"),
        ("(ip", 3, "a closing parenthesis is missing here"),
        ("ip)", 2, "this parenthesis was not opened"),
        ("ip udp", 3, "an operator such as && or == was expected here"),
        ("ip.ttl ==", 9, "a value was expected here"),
        ("ip.ttl ==  }", 11, "a value was expected here"),
        ("ip.ttl = 5", 7, "= is no operator; to compare, write =="),
        ("ip.ttl & abc", 9, "abc is not a number, and a calculation takes numbers"),
        ("ip.ttl in 5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
        ("ip.ttl in {5", 10, "a set such as {80, 443, 8000..8080} was expected here"),
        ("tcp.port in {80..70}", 13, "this range is empty: it ends before it begins"),
        ("eth.src[1:0] == 1", 8, "a slice is written [offset:length], [first-last], [offset], [:length] or [offset:]"),
        (
            "ip.src#0 == 1.2.3.4",
            7,
            "layers are numbers from 1, or from -1 backwards, such as #2, #[1-2], #[1,3], #[2:] or #[-1]",
        ),
        ("sin(ip.ttl) == 1", 0, "no function is called sin; the nearest is min"),
        ("upper(ip.ttl) == 1", 6, "ip.ttl is a number; this function takes text"),
        ("http.host == \"a", 13, "the quote that ends this text is missing"),
        ("http.host == 'ab'", 13, "single quotes hold one character; a text is written in double quotes"),
        ("issue == \"tcp.flags.synfin\"", 9, "no issue is called tcp.flags.synfin; the nearest is tcp.flags.syn_fin"),
        ("ip && issue != checksum.wrong", 15, "no issue is called checksum.wrong"),
        ("issue in {truncated, \"fcs.bat\"}", 21, "no issue is called fcs.bat; the nearest is fcs.bad"),
        ("issue contains tpc.", 15, "no identifier of an issue contains this"),
        ("issue > truncated", 6, "issues are compared by ==, !=, in and contains"),
        ("issue.severity in {note, 5}", 25, "issue.severity is compared with its names: note, warning, error"),
        ("issue.severity contains e", 15, "contains searches bytes and text; issue.severity is a severity"),
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

#[test]
fn a_value_that_a_field_cannot_have_is_refused_with_its_reason() {
    for (text, at, what) in [
        ("tcp.port == foo", 12, "foo is not a number; tcp.port is one"),
        ("udp.port != 70000", 12, "70000 is too large for udp.port: 65535 is the largest"),
        ("ip.ttl in {64, 256}", 15, "256 is too large for ip.ttl: 255 is the largest"),
        ("ip.ttl == -1", 10, "-1 is too small for ip.ttl: 0 is the smallest"),
        ("tcp.hdr_len == 64", 15, "64 is too large for tcp.hdr_len: 60 is the largest"),
        ("ip.proto == tpc", 12, "ip.proto has no value called tpc; the nearest is \"TCP\""),
        (
            "ip.src == 192.0.2.300",
            10,
            "192.0.2.300 is no IPv4 address; ip.src is one (names of hosts are not looked up)",
        ),
        ("ip.src == 192.0.2.0/33", 10, "/33 is too long: 32 is the longest prefix of IPv4"),
        ("ip.addr == fd00::1", 11, "fd00::1 is an IPv6 address; ip.addr is an IPv4 address"),
        (
            "eth.dst == 02:00:00",
            11,
            "02:00:00 has 3 bytes; eth.dst is a MAC address of 6, such as 02:00:00:00:00:01 (its first three: eth.dst[0:3])",
        ),
        (
            "ip == 192.0.2.1",
            6,
            "ip is a protocol, which is compared with bytes such as 02:ff or with a text in quotes; to compare an address, write ip.addr",
        ),
        ("tcp.port contains 80", 9, "contains searches bytes and text; tcp.port is a number"),
        ("ip.src matches \"1\"", 7, "matches searches bytes and text; ip.src is an IPv4 address"),
        ("tcp.port[0] == 1", 0, "tcp.port is a number: it has no bytes to slice"),
        ("ip.src == eth.src", 10, "ip.src is an IPv4 address and eth.src is a MAC address: they cannot be compared"),
        ("tcp.flags.syn == 2", 17, "tcp.flags.syn is 1 or 0, True or False; 2 is neither"),
        (
            "_ws.malformed == 1",
            17,
            "_ws.malformed has no value to compare; write _ws.malformed alone, or !_ws.malformed",
        ),
        (
            "frame.time > \"yesterday\"",
            13,
            "\"yesterday\" is no time such as \"2024-05-31 23:59:59.5\" or \"May 31, 2024 23:59:59\", both in UTC",
        ),
        ("tcp.srcport + tcp == 1", 0, "tcp.srcport is a number and tcp is a protocol: this cannot be worked out"),
    ] {
        let error = Filter::parse(text).map(|_| ()).unwrap_err();
        assert_eq!((error.at, error.to_string().as_str()), (at, what), "{text}");
    }
}

#[test]
fn names_that_cannot_be_answered_are_refused_with_their_reason() {
    for (text, what) in [
        ("sip", "packetsmith does not dissect sip: no test of it can be answered"),
        ("!vnc.auth_type", "packetsmith does not dissect vnc: no test of it can be answered"),
        (
            "dns.response_in == 1",
            "dns.response_in needs packets that come later; of the response, dns.response_to tells which packet it answers, and \
             packetsmith transactions lists requests with and without a response",
        ),
        ("abs(tcp.pdu.size) == 1", "tcp.pdu.size needs other packets too, and packetsmith does not work it out"),
        (
            "max(tcp.srcport, tcp.segment.count) == tcp.dstport",
            "tcp.segment.count needs other packets too, and packetsmith does not work it out",
        ),
        ("tcp.srcport in {tcp.segments}", "tcp.segments needs other packets too, and packetsmith does not work it out"),
        ("tcp.analysis.flag", "no field or protocol is called tcp.analysis.flag; the nearest is tcp.analysis.flags"),
        ("port 80", "port belongs to tcpdump's filters; a display filter says tcp.port == 80 || udp.port == 80"),
        (
            "_ws.expert.message",
            "_ws.expert.message is about the remarks of Wireshark's dissectors, of which packetsmith has not all; its own are called \
             issue and issue.severity, and tcp.analysis.flags is what it finds out about TCP",
        ),
    ] {
        let error = Filter::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), what, "{text}");
    }
}

#[test]
fn every_name_is_a_filter() {
    let unknown = |name: &&String| super::names::FilterNames::builtin().find(name).is_none();
    let names = Filter::names();
    assert_eq!(names.iter().find(unknown), None);
    let mut own = Vec::new();
    for (proto, field) in super::names::FilterNames::builtin().all_fields() {
        own.push([proto.name(), ".", field.name].concat());
        assert!(field.filter.is_empty() || names.binary_search_by(|name| name.as_str().cmp(field.filter)).is_ok());
    }
    own.sort_unstable();
    own.dedup();
    own.retain(|name| !super::unsupported::needs_stream(name));
    assert_eq!(own.iter().find(unknown), None);
}

/// A TCP segment with options and a request, in a frame with two tags and the same address twice.
pub(super) fn request() -> Vec<u8> {
    use crate::build::Stack;
    use crate::proto::transport::{TcpFlags, TcpOption};
    use crate::proto::{Ethernet, Ipv4, Tcp, Vlan};
    let ethernet = Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([0x33, 0x33, 0, 0, 0, 2].into());
    let ip = Ipv4::build().src([192, 0, 2, 7].into()).dst([192, 0, 2, 7].into()).ttl(61);
    let tcp = Tcp::build().src_port(4000).dst_port(80).flags(TcpFlags::PSH | TcpFlags::ACK);
    let options = [TcpOption::MaximumSegmentSize { size: 1460 }];
    let tags = [7, 8].map(|id| Vlan::build().id(id));
    let stack = Stack::new().push(ethernet).push(tags[0]).push(tags[1]).push(ip).push(tcp.options(&options));
    stack.payload(b"GET /a HTTP/1.1\r\nHost: www.example.test\r\n\r\n").finish().unwrap()
}

#[test]
fn the_language_means_what_it_says() {
    let frame = request();
    for yes in [
        // Slices.
        "eth.src[0:3] == 02:00:00",
        "eth.src[1-2] == 00:00",
        "eth.src[:2] == 02:00",
        "eth.src[4:] == 0001",
        "eth.src[-1] == 1",
        "eth.src[-3:2] == 00:00",
        "eth.src[0,5] == 02:01",
        "eth.src[0:2,4-5] == 02-00-00-01",
        "ip[8] == 3d && ip[8:1] > 3c",
        "tcp[13] == 0x18",
        "http.request.method[0] == \"G\"",
        "http.request.method[1:2] == 45:54",
        "!(eth.src[6] == 00)",
        "eth.dst[0] & 1",
        "eth.src[0]",
        "ip.src[0:2] == c0:00",
        // Bytes of protocols and payloads.
        "tcp contains \"GET /a\"",
        "tcp contains 47:45:54",
        "tcp contains 474554",
        "frame contains 0d:0a",
        "frame[0:2] == 33:33",
        "len(frame) == frame.len",
        "!(udp contains 00)",
        "tcp.payload[0:3] == \"GET\"",
        "tcp.len == 43",
        "tcp matches r\"host:\\s+www\\.\"",
        "http.host matches \"^WWW\"",
        "http.request.method ~ \"g.t\"",
        "http contains 'G'",
        // Fields on both sides.
        "ip.src == ip.dst",
        "!(ip.src != ip.dst)",
        "ip.src === ip.dst",
        "tcp.srcport > tcp.dstport",
        "tcp.srcport != tcp.dstport",
        "192.0.2.0/24 == ip.src",
        "80 < tcp.port",
        "!(udp.port == tcp.port) && !(udp.port != tcp.port)",
        // Several values.
        "tcp.port ~= 80",
        "tcp.port == 80 && !(tcp.port != 80) && tcp.port !== 80 && !(tcp.port === 80)",
        "any tcp.port == 80",
        "all tcp.port in {80, 4000}",
        "!(all tcp.port == 80)",
        "vlan.id == 7 && vlan.id == 8",
        "vlan.id#1 == 7 && vlan.id#2 == 8 && !(vlan.id#2 == 7) && !vlan.id#3",
        "vlan.id#[1-2] == 8",
        "count(vlan.id) == 2",
        "max(vlan.id) == 8 && min(vlan.id) == 7",
        "max(tcp.srcport, tcp.dstport) == 4000",
        "max(ip.ttl, 100) == 100",
        "!(count(udp.port) == 0)",
        // Functions and calculations.
        "len(http.request.method) == 3",
        "len(ip.src) == 4",
        "upper(http.host) == \"WWW.EXAMPLE.TEST\"",
        "lower(http.request.method) in {\"get\", \"post\"}",
        "string(ip.src) matches \"2\\x2e7$\"",
        "string(tcp.dstport) == \"80\"",
        "abs(tcp.dstport - 100) == 20",
        "tcp.dstport + 1 == 81",
        "tcp.dstport - 1 == 79 && tcp.dstport * 2 == 160 && tcp.dstport / 3 == 26 && tcp.dstport % 3 == 2",
        "{tcp.dstport + 1} * 2 == 162",
        "tcp.dstport + 1 * 2 == 82",
        "tcp.dstport == {79 + 1} && tcp.dstport in {80..90}",
        "-tcp.dstport == -80",
        "ip.len - ip.hdr_len - tcp.hdr_len == tcp.len",
        "!(tcp.port / 0 == 1)",
        "tcp.flags & 0x08",
        "tcp.flags & 0x18 == 0x18",
        "!(tcp.flags & 2)",
        "tcp.flags bitwise_and 0x10",
        "ip.src & 255.255.0.0 == 192.0.0.0",
        "@ip.src == c0:00:02:07",
        // Units and names of Wireshark.
        "tcp.hdr_len == 24 && tcp.data_offset == 6",
        "ip.hdr_len == 20 && ipv4.ihl == 5",
        "tcp.checksum.status == 1 && tcp.checksum.status == good && tcp.checksum.status == \"Good\"",
        "ip.checksum.status in {1, 3}",
        "tcp.flags.str contains \"AP\"",
        "tcp.options contains 02:04",
        "tcp.options.mss_val == 1460",
        "ip.dsfield == 0",
        "ip.host == \"192.0.2.7\"",
        "eth.ig == 1 && eth.dst.ig == 1 && eth.src.ig == 0",
        // Values.
        "tcp.dstport == 0x50 && tcp.dstport == 0120 && tcp.dstport == 0b1010000 && tcp.dstport == 'P'",
        "eth.src == 0200.0000.0001 && eth.src == 020000000001 && eth.src == 02-00-00-00-00-01",
        "http.request.uri == \"\\x2fa\" && http.request.uri == \"\\057a\"",
        "tcp.port in {70 .. 90} && tcp.port in {70..90} && tcp.port in {1, 79 ..81}",
        "ip.src in {10.0.0.0/8, 192.0.2.0/24}",
        "tcp.port not in {81, 82} && !(tcp.port not in {80})",
        "tcp.flags.syn == False && tcp.flags.push == true && tcp.flags.push == \"Set\"",
    ] {
        assert!(passes(&frame, yes), "{yes} passes");
    }
}

#[test]
fn what_the_capture_says_is_asked_for_by_names_of_the_frame() {
    let frame = request();
    let info = FrameInfo {
        number: Some(5),
        time: Some(1_704_067_200_500_000_000),
        since_first: Some(1_500_000_000),
        since_previous: Some(1),
        since_displayed: Some(2_000_000_000),
        section: Some(1),
        interface: Some(1),
        link_type: Some(1),
        comments: &["a remark"],
        flows: &[],
    };
    let passes = |text: &str, info: &FrameInfo<'_>| {
        Filter::parse(text).unwrap().matches_with(info, [crate::dissect::examine(1, &frame)])
    };
    for text in [
        "frame.number == 5",
        "frame.number in {1..5}",
        "frame.time == \"2024-01-01 00:00:00.5\"",
        "frame.time > \"Dec 31, 2023 23:59:59\"",
        "frame.time < \"2024-01-01T00:00:01Z\"",
        "frame.time_epoch == 1704067200.5",
        "frame.time_relative >= 1.5",
        "frame.time_delta == 0.000000001",
        "frame.interface_id == 1",
        "frame.encap_type == 1",
        "frame.encap_type == \"Ethernet\"",
        "frame.comment contains \"mark\"",
        "string(frame.number) matches \"[13579]$\"",
    ] {
        assert!(passes(text, &info), "{text} passes");
        assert!(!passes(text, &FrameInfo::default()), "{text} does not pass what is not known");
    }
    assert!(passes("frame", &info) && passes("frame.cap_len == frame.len", &info));
}

#[test]
fn a_flag_without_a_filter_name_is_no_flag_of_other_fields() {
    let frame = request();
    for flag in super::names::FilterNames::builtin().all_names().iter().filter(|name| name.starts_with("l2tp.")) {
        assert!(!passes(&frame, flag), "{flag} is not in a segment of TCP");
    }
}

#[test]
fn a_header_that_the_capture_cut_is_no_payload() {
    let frame = request();
    let cut = |text: &str| {
        let layers = crate::dissect::examine(1, &frame[..frame.len() - 43 - 2]).original_len(frame.len());
        Filter::parse(text).unwrap().matches(layers)
    };
    assert!(cut("tcp.len == 43") && cut("frame.cap_len < frame.len") && !cut("tcp.payload"));
}

/// A frame with this payload over UDP and IPv4.
fn datagram(port: u16, payload: &[u8]) -> Vec<u8> {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv4, Udp};
    let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(port));
    stack.payload(payload).finish().unwrap()
}

#[test]
fn geneve_lengths_count_bytes_and_an_option_with_its_header() {
    let frame = datagram(6081, &[3, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 1, 2, 0, 0, 0, 9, 0, 0, 0, 8]);
    let one = |wanted: u8| passes(&frame, &format!("geneve.option.length == {wanted}"));
    assert_eq!([0, 4, 8, 12, 3].map(one), [false, false, false, true, false]);
    assert!(passes(&frame, "geneve.options_length == 3"));
    let two = datagram(6081, &[3, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 1, 0, 1, 2, 2, 1, 0, 0, 0, 9]);
    assert!(passes(&two, "geneve.option.length == 4") && passes(&two, "geneve.option.length == 8"));
}

#[test]
fn http_in_a_datagram_is_ssdp() {
    let frame = datagram(1900, b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n");
    for yes in ["ssdp", "http.request.method == \"M-SEARCH\"", "http.host contains \":1900\"", "udp.port == 1900"] {
        assert!(passes(&frame, yes), "{yes}");
    }
    assert!(!passes(&frame, "http"), "Wireshark's http is HTTP over TCP");
}

#[test]
fn a_teredo_packet_shows_its_origin_and_what_is_inside() {
    let mut inside = [0; 40];
    (inside[0], inside[6], inside[7]) = (0x60, 59, 255);
    let frame = datagram(3544, &[&[0, 0, 0xf1, 0x2a, 0x3f, 0xff, 0xfd, 0xfe][..], &inside].concat());
    for yes in [
        "teredo",
        "teredo.orig",
        "teredo.orig.port == 3797",
        "teredo.orig.addr == 192.0.2.1",
        "teredo.orig.addr in {192.0.2.0/24}",
        "ipv6.hlim == 255",
        "!teredo.auth",
    ] {
        assert!(passes(&frame, yes), "{yes}");
    }
}

#[test]
fn an_identity_association_is_a_number_or_its_digits_as_text() {
    use crate::build::Stack;
    use crate::proto::{Ethernet, Ipv6, Udp};
    let stack = Stack::new().push(Ethernet::build()).push(Ipv6::build()).push(Udp::build().src_port(546).dst_port(547));
    let message = [1, 0, 0, 7, 0, 3, 0, 12, 0x02, 0, 0x0c, 0x29, 0, 0, 0, 0, 0, 0, 0, 0];
    let frame = stack.payload(&message).finish().unwrap();
    assert!(passes(&frame, "dhcpv6.iaid == \"02000c29\"") && passes(&frame, "dhcpv6.iaid == 0x02000c29"));
    assert!(passes(&frame, "dhcpv6.iaid in {\"00000001\", \"02000C29\"}"));
    assert!(!passes(&frame, "dhcpv6.iaid == \"02000c28\""));
    for wrong in ["\"2000c29\"", "\"0x02000c29\"", "\"+2000c29\"", "\"\""] {
        assert!(Filter::parse(&format!("dhcpv6.iaid == {wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn an_address_of_a_header_with_cut_options_has_a_text_too() {
    let frame =
        [&[0; 12][..], &[8, 0, 0x47, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 1]].concat();
    for name in ["ip.src_host == \"192.0.2.1\"", "ip.dst_host == \"192.0.2.2\"", "ip.host == \"192.0.2.2\""] {
        assert!(passes(&frame, name), "{name}");
    }
}
