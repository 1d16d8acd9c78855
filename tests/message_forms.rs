//! Messages whose structure is told by their options or their text: DHCP with its three areas of options, and HTTP heads.
//!
//! `tests/message_forms.txt` holds what is said of each form: its issues, its line, and a digest of its tree.

mod common;

use common::{digest, expect, root};
use packetsmith::output::{Summary, TreeText};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Packet, Stack, Tcp, Udp, examine};
use std::fmt::Write;

const RAW_IPV4: u16 = 228;

/// What is said of a packet of which `cut` bytes were not captured.
fn said(name: &str, packet: &[u8], cut: usize, text: &mut String) {
    let frame = &packet[..packet.len() - cut];
    let layers = || examine(RAW_IPV4, frame).original_len(packet.len());
    let (mut summary, mut tree) = (Summary::default(), TreeText::default());
    summary.packet(layers());
    tree.packet(layers());
    let mut issues = Vec::new();
    for layer in layers() {
        layer.issues(|issue| issues.push(format!("{} at {}", issue.kind.identifier(), issue.span.start)));
    }
    let mut read = Packet::new(layers());
    assert_eq!(read.build().expect("what is read can be built"), frame, "{name}\n{}", read.form);
    let form = digest(format!("{} {}", tree.text.as_str(), read.form).as_bytes());
    let _ = writeln!(text, "{name}: {form:016x} {}\n    {}", issues.join(", "), summary.info.as_str());
}

/// A DHCP message: hardware type and length of an address, the areas `sname` and `file`, and the options.
fn dhcp(hardware: [u8; 2], sname: &[u8], file: &[u8], options: &[u8]) -> Vec<u8> {
    let mut message = vec![0; 236];
    message[..4].copy_from_slice(&[1, hardware[0], hardware[1], 0]);
    message[28..44].copy_from_slice(&[2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    message[44..44 + sname.len()].copy_from_slice(sname);
    message[108..108 + file.len()].copy_from_slice(file);
    message.extend_from_slice(options);
    let stack = Stack::new().push(Ipv4::build()).push(Udp::build().src_port(68).dst_port(67));
    stack.payload(&message).finish().expect("it fits")
}

const COOKIE: &[u8] = &[99, 130, 83, 99];

#[test]
fn dhcp_messages_of_every_form() {
    let mut text = String::new();
    let of = |parts: &[&[u8]]| [COOKIE, &parts.concat()].concat();
    // Each message type, with and without what it must have.
    for kind in 0..20 {
        for (name, rest) in [("alone", &[][..]), ("server", &[54, 4, 10, 0, 0, 1]), ("lease", &[51, 4, 0, 0, 0, 9])] {
            let packet = dhcp([1, 6], &[], &[], &of(&[&[53, 1, kind], rest, &[255]]));
            said(&format!("message type {kind}, {name}"), &packet, 0, &mut text);
        }
        let both = &[54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 0, 9, 255];
        said(
            &format!("message type {kind}, both"),
            &dhcp([1, 6], &[], &[], &of(&[&[53, 1, kind], both])),
            0,
            &mut text,
        );
    }
    // Areas: text, options, options without an end, nothing.
    let areas = [&b"boot"[..], b"", b"a\0b", &[12, 1, b'x', 255], &[12, 1, b'y'], &[0, 0, 255, 7], &[12, 200, 1]];
    for overload in 0..5 {
        for (s, sname) in areas.iter().enumerate() {
            for (f, file) in areas.iter().enumerate() {
                let options = of(&[&[53, 1, 1, 52, 1, overload], &[255]]);
                let packet = dhcp([1, 6], sname, file, &options);
                said(&format!("overload {overload}, sname {s}, file {f}"), &packet, 0, &mut text);
            }
        }
    }
    // How the options end, and where the capture does.
    for (name, end) in
        [("end", &[255][..]), ("no end", &[]), ("pads", &[0, 0]), ("rest", &[255, 0, 1]), ("cut", &[12, 9, 1])]
    {
        for cut in [0, 1, 2, 3, 5, 9] {
            let packet = dhcp([1, 6], &[], &[], &of(&[&[53, 1, 1, 50, 4, 10, 0, 0, 7, 12, 1, b'x'], end]));
            said(&format!("{name}, {cut} bytes cut"), &packet, cut, &mut text);
        }
    }
    // An option several times: its instances are one after the other.
    let long = [12, 255].into_iter().chain([b'x'; 255]).collect::<Vec<_>>();
    for (name, options) in [
        ("a name twice", &[12, 1, b'a', 12, 1, b'b'][..]),
        ("half an address, twice", &[50, 2, 10, 0, 50, 2, 0, 1]),
        ("half an address, once", &[50, 2, 10, 0]),
        ("an address twice", &[50, 4, 10, 0, 0, 1, 50, 4, 10, 0, 0, 2]),
        ("routes in three parts", &[121, 3, 24, 10, 0, 121, 1, 0, 121, 4, 192, 0, 2, 1]),
        ("overload unknown", &[52, 1, 7]),
        ("user class with lengths", &[77, 2, 1, b'a']),
        ("user class without", &[77, 3, b'a', b'b', b'c']),
        ("vendor class of PXE", b"\x3c\x20PXEClient:Arch:00000:UNDI:002001\x2b\x03\x06\x01\x08"),
        ("vendor class of others", b"\x3c\x09PXEClien:\x2b\x03\x06\x01\x08"),
        ("eight long names", &long.repeat(8)),
        ("nine long names", &long.repeat(9)),
    ] {
        said(name, &dhcp([1, 6], &[], &[], &of(&[&[53, 1, 1], options, &[255]])), 0, &mut text);
    }
    // Names with flags (RFC 4702), and search lists (RFC 3397).
    for flags in 0..32 {
        for name in [&b"\x03www\x02ab\0"[..], b"\x03www\x02ab", b"www.ab", b"\x00", b"", b"\x03ww", b"\xc0\x03"] {
            let option = [&[81, name.len() as u8 + 3, flags, 255, 0], name, &[255]].concat();
            said(
                &format!("name {name:02x?} with flags {flags}"),
                &dhcp([1, 6], &[], &[], &of(&[&option])),
                0,
                &mut text,
            );
        }
    }
    for hardware in [[1, 6], [1, 0], [1, 5], [1, 16], [1, 17], [6, 6], [32, 8], [1, 255]] {
        said(&format!("hardware {hardware:?}"), &dhcp(hardware, &[], &[], &of(&[&[53, 1, 1, 255]])), 0, &mut text);
    }
    for (name, options) in
        [("no cookie", &[1, 2, 3, 4, 5][..]), ("cookie cut", &COOKIE[..3]), ("nothing", &[]), ("cookie", COOKIE)]
    {
        said(name, &dhcp([1, 6], &[], &[], options), 0, &mut text);
    }
    expect(&root().join("tests/message_forms.txt"), &text);
}

fn http(bytes: &[u8]) -> Vec<u8> {
    let tcp = Tcp::build().src_port(40000).dst_port(80).flags(TcpFlags::ACK);
    Stack::new().push(Ipv4::build()).push(tcp).payload(bytes).finish().expect("it fits")
}

#[test]
fn http_heads_of_every_form() {
    let mut text = String::new();
    let starts = [
        "GET / HTTP/1.1",
        "GET / HTTP/1.0",
        "GET /a?b=c HTTP/1.2",
        "GET / HTTP/1.9",
        "GET / HTTP/1.10",
        "GET / HTTP/2.0",
        "GET  / HTTP/1.1",
        "GET /  HTTP/1.1",
        "GET / ",
        "GET /",
        "GET",
        "M-SEARCH * HTTP/1.1",
        "A_B-C / HTTP/1.1",
        "get / HTTP/1.1",
        "ABCDEFGHIJKLMNOPQRST / HTTP/1.1",
        "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.1 20 OK",
        "HTTP/1.1 2000 OK",
        "HTTP/1.2 404 Not Found",
        "HTTP/1.9 503",
        "HTTP/1.2 4x4 No",
        "HTTP/1.x 200 OK",
        "HTTP/1. 200 OK",
        "HTTP/2 200 OK",
        "PUT / HTTP/1.1 ",
        "PATCH / HTTP/1.3",
        "GET / HTTP/1.",
    ];
    let rests = [
        "\r\n\r\n",
        "\r\nHost: a\r\n\r\nbody",
        "\nHost: a\n\nbody",
        "\r\nHost: a\n\r\n",
        "\nHost:a\r\n\r\nbody",
        "\r\nHost : a\r\n\r\n",
        "\r\nHost:\r\nX:  b \r\n\r\n",
        "\r\nHost: a\r\n b\r\n\r\n",
        "\r\nHost: a",
        "\r\nHost: a\r\n",
        "\r\n",
        "\n\n",
        "\r\r\n\r\n",
        "",
        "\r\nA: \u{e9}\r\n\r\n",
        "\r\n: x\r\n\r\n",
        "\r\nA\r\n\r\n",
        "\r\nA: b\r\nContent-Length: 3\r\n\r\nabc",
        "\r\nA: \x01\r\n\r\n",
        "\r\nUser-Agent: x\r\nX-Own: y\r\nset-cookie: z\r\n\r\n\n",
    ];
    for start in starts {
        for (number, rest) in rests.into_iter().enumerate() {
            // Each start line with the first rests, the first ones with all.
            if number < 4 || start.ends_with("1.1") || start.ends_with("1.2") || start.contains("404") {
                said(&format!("{start:?} {rest:?}"), &http(format!("{start}{rest}").as_bytes()), 0, &mut text);
            }
        }
    }
    for headers in [63, 64, 65] {
        let all: String = (0..headers).map(|n| format!("X-{n}: {n}\r\n")).collect();
        said(&format!("{headers} headers"), &http(format!("GET / HTTP/1.1\r\n{all}\r\n").as_bytes()), 0, &mut text);
    }
    expect(&root().join("tests/http_heads.txt"), &text);
}
