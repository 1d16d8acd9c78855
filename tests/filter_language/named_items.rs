//! Whole options by their names, their lengths, and names that are made of other fields.

use super::*;

fn passes(filter: &str, frame: &Frame) -> bool {
    frame.passes(&Filter::parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}")), &INFO)
}

/// Each filter passes the frame.
pub(super) fn all_pass(frame: &Frame, filters: &[&str]) {
    filters.iter().for_each(|filter| assert!(passes(filter, frame), "{filter}"));
}

pub(super) fn none_passes(frame: &Frame, filters: &[&str]) {
    filters.iter().for_each(|filter| assert!(!passes(filter, frame), "{filter}"));
}

/// A SYN with these options.
fn syn(options: &str) -> Frame {
    let options = hex(options);
    let first = ((5 + options.len() / 4) << 4) as u8;
    let segment = [&hex("0050 0401 00000001 00000000")[..], &[first, 2, 0, 9, 0, 0, 0, 0], &options].concat();
    Frame::ethernet(ethernet(0x0800, &ipv4(6, 1, &segment)))
}

#[test]
fn a_whole_option_has_a_name_and_its_bytes() {
    let frame = syn("0204 05b4 0402 080a 00000001 00000000 01 0303 0f");
    all_pass(
        &frame,
        &[
            "tcp.options.mss == 02:04:05:b4",
            "tcp.options.sack_perm",
            "len(tcp.options.timestamp) == 10",
            "tcp.options.timestamp[0] == 8",
            "@tcp.options.nop == 01",
            "tcp.options.wscale contains 0f",
            "count(tcp.option_len) == 4",
            "tcp.option_len == 10",
            "all tcp.option_len < 11",
            "tcp.options.wscale.multiplier == 16384",
            "tcp.connection.syn && !tcp.connection.synack",
        ],
    );
    none_passes(&frame, &["tcp.options.eol", "tcp.options.tfo", "tcp.options.md5", "tcp.option_len == 1"]);
}

#[test]
fn an_option_that_is_cut_or_malformed_has_its_name() {
    all_pass(&syn("0203 0500"), &["tcp.options.mss", "!tcp.options.mss_val", "tcp.option_len == 3"]);
    all_pass(&syn("0101 0204"), &["tcp.options.mss", "tcp.option_len == 4"]);
}

#[test]
fn an_option_inside_another_layer_has_its_own_bytes() {
    let alert = [&hex("46000018 0001 0000 4002 0000 c0000201 c0000202")[..], &hex("94040000")].concat();
    let frame = Frame::ethernet(ethernet(0x0800, &alert));
    all_pass(&frame, &["ip.options.routeralert == 94:04:00:00", "ip.opt.len == 4", "!ip.options.nop"]);
}

fn request(text: &str) -> Frame {
    let segment = [&hex("0401 0050 00000001 00000000 5018 0009 0000 0000")[..], text.as_bytes()].concat();
    Frame::ethernet(ethernet(0x0800, &ipv4(6, 1, &segment)))
}

#[test]
fn a_head_of_http_has_names_that_are_made_of_its_fields() {
    let head = "GET /a/b?x=1&y=&&z HTTP/1.1\r\nHost: example.test\r\nCookie: a=1; b=2\r\nContent-Length: 7\r\n\
                Authorization: basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
    let frame = request(head);
    all_pass(
        &frame,
        &[
            "http.request == 1",
            "http.chat",
            r#"http.request.full_uri == "http://example.test/a/b?x=1&y=&&z""#,
            r#"http.request.uri.path == "/a/b""#,
            r#"http.request.uri.query == "x=1&y=&&z""#,
            r#"http.request.uri.query.parameter == "y=""#,
            "count(http.request.uri.query.parameter) == 3",
            r#"http.cookie_pair === "b=2" || http.cookie_pair == "b=2""#,
            "count(http.cookie_pair) == 2",
            "http.content_length == 7",
            r#"http.authbasic == "Aladdin:open sesame""#,
            r#"http.request.line == "Host: example.test\\r\\n""#,
            r#"!(http.request.line contains "\r\n")"#,
            "count(http.request.line) == 4",
        ],
    );
    none_passes(&frame, &["http.response", "http.response.line", "http.request == 0"]);
    let without = request("GET / HTTP/1.1\r\nContent-Length: -7\r\nAuthorization: Bearer QQ==\r\n\r\n");
    none_passes(
        &without,
        &[
            "http.request.full_uri",
            "http.request.uri.path",
            "http.content_length",
            "http.authbasic",
            "http.cookie_pair",
        ],
    );
    let absolute = request("GET HTTP://a.test/ HTTP/1.1\r\nHost: b.test\r\n\r\n");
    assert!(passes(r#"http.request.full_uri == "HTTP://a.test/""#, &absolute));
    let response = request("HTTP/1.1 200 OK\r\nServer: x\r\nDate: cut");
    all_pass(&response, &["http.response", "http.chat", r#"http.response.line == "Date: cut""#, "!http.request"]);
}

#[test]
fn base64_of_any_length_is_read_as_far_as_it_goes() {
    for (encoded, text) in [("YQ==", "a"), ("YWI=", "ab"), ("YWJj", "abc"), ("YWI", "ab"), ("YWJj*", "abc")] {
        let frame = request(&format!("GET / HTTP/1.1\r\nProxy-Authorization: Basic {encoded}\r\n\r\n"));
        assert!(passes(&format!("http.authbasic == \"{text}\""), &frame), "{encoded}");
    }
    for encoded in ["", "=", "Y", "*"] {
        let frame = request(&format!("GET / HTTP/1.1\r\nAuthorization: Basic {encoded}\r\n\r\n"));
        assert!(!passes("http.authbasic", &frame), "{encoded}");
    }
}

#[test]
fn the_length_of_a_queried_name_is_that_of_its_text() {
    let query = udp(9, 53, &hex("0001 0100 0001 0000 0000 0000 03777777 04746573 74 00 0001 0001"));
    all_pass(&query, &["dns.qry.name.len == 8", "dns.count.labels == 2"]);
    let root = udp(9, 53, &hex("0001 0100 0001 0000 0000 0000 00 0002 0001"));
    all_pass(&root, &["dns.qry.name.len == 6", "dns.count.labels == 1"]);
}

#[test]
fn an_interface_identifier_made_of_a_mac_address_gives_it_back() {
    let ipv6 = |identifier: &str| {
        let address = hex(&format!("fe80000000000000 {identifier}"));
        let header = [&hex("60000000 0000 3b 40")[..], &address, &hex("ff020000000000000000000000000001")].concat();
        Frame::ethernet(ethernet(0x86dd, &header))
    };
    let made = ipv6("0217f2fffed7cf65");
    all_pass(&made, &["ipv6.src_slaac_mac == 00:17:f2:d7:cf:65", "ipv6.slaac_mac == 00:17:f2:d7:cf:65"]);
    none_passes(&made, &["ipv6.dst_slaac_mac"]);
    // One that is local, and one that is no such identifier.
    none_passes(&ipv6("883cd6fffee14dc4"), &["ipv6.slaac_mac"]);
    none_passes(&ipv6("0217f2fffdd7cf65"), &["ipv6.slaac_mac"]);
}

#[test]
fn the_right_checksum_is_known_where_it_was_verified() {
    const AT: usize = 14 + 20 + 6;
    const RIGHT: u16 = 0x7ac6;
    // The sum of the pseudo-header alone, as it is left to the network card.
    const LEFT: u16 = 0x841e;
    let with = |checksum: u16| {
        let mut frame = udp(9, 9, &[1]);
        frame.1[AT..AT + 2].copy_from_slice(&checksum.to_be_bytes());
        frame
    };
    all_pass(
        &with(RIGHT),
        &["udp.checksum.status == good", "udp.checksum_calculated == 0x7ac6", "!udp.checksum_bad.expert"],
    );
    all_pass(&with(1), &["udp.checksum.status == bad", "udp.checksum_calculated == 0x7ac6", "udp.checksum_bad.expert"]);
    let offloaded =
        ["udp.checksum.status == offloaded", "udp.checksum_calculated == 0x7ac6", "!udp.checksum_bad.expert"];
    all_pass(&with(LEFT), &offloaded);
    none_passes(&udp(9, 9, &[1]), &["udp.checksum_calculated"]);
}

#[test]
fn old_names_of_protocols_are_taken() {
    let dhcp = [&[1, 1, 6, 0][..], &[0; 232], &hex("63825363 350101 ff")].concat();
    all_pass(&udp(68, 67, &dhcp), &["bootp", "bootp.option.dhcp == 1", "bootp.type == 1"]);
    let error = Filter::parse("bootp.tipe == 1").unwrap_err().to_string();
    assert!(error.starts_with("no field or protocol is called dhcp.tipe; the nearest is dhcp."), "{error}");
    assert!(Filter::parse("ssl.handshake.type == 1 || ssl").is_ok());
}

#[test]
fn parts_of_pppoe_and_extension_headers_have_wiresharks_names() {
    let discovery = Frame::ethernet(ethernet(0x8863, &hex("1109 0000 0004 0101 0000")));
    all_pass(&discovery, &["pppoed", "pppoe", "!pppoes"]);
    let session = Frame::ethernet(ethernet(0x8864, &hex("1100 0001 0006 c021 0901 0004")));
    all_pass(&session, &["pppoes", "pppoe", "!pppoed"]);
    let address = [&[0x20; 16][..], &[0x30; 16]].concat();
    let extended = [&hex("60000000 0010 00 40")[..], &address, &hex("3c00 0104 00000000 3b00 0104 00000000")].concat();
    let extended = Frame::ethernet(ethernet(0x86dd, &extended));
    all_pass(&extended, &["ipv6.hopopts", "ipv6.dstopts", "!ipv6.routing", "!ipv6.fraghdr", "len(ipv6.hopopts) == 8"]);
    all_pass(&extended, &["ipv6.opt.length == 4", "count(ipv6.opt.length) == 2"]);
}

#[test]
fn names_that_cannot_be_answered_say_why() {
    for (name, why) in [
        ("_ws.expert", "issue"),
        ("_ws.expert.severity == error", "issue.severity"),
        ("tcp.reassembled_in", "packets that come later"),
        ("ip.reassembled_in", "packets that come later"),
        ("ip.fragments", "ip.flags.mf"),
        ("ipv6.fragment.count > 2", "ip.flags.mf"),
        ("tcp.pdu.size", "other packets"),
        ("http.file_data contains \"x\"", "packetsmith extract"),
        ("http.response_for.uri", "other packets"),
        ("ip.tos == 0", "ip.dsfield"),
        ("ip.geoip.country == \"US\"", "database"),
    ] {
        let error = Filter::parse(name).unwrap_err().to_string();
        assert!(error.contains(why), "{name}: {error}");
    }
    assert!(Filter::parse("ipv6.fragment.overlap && ip.fragment.error").is_ok());
}
