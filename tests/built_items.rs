//! Options, records and messages of every number in a packet: the packet is built from its fields again.
//!
//! A packet whose fields do not give its bytes keeps its header as raw bytes. So `tests/built_headers.txt` and
//! `tests/built_messages.txt`, which hold a digest of all trees and texts by kind of item, and how many headers are raw,
//! tell of each codec whether it builds what it reads. `tests/pinned.rs` tells how to see what a digest is of.

mod common;

use common::{digest, expect, root};
use packetsmith::proto::{app::*, dhcp::*, dns::*, icmp::*, ip::*, ppp::*, transport::*, tunnel::*};
use packetsmith::wire::Registry;
use packetsmith::{Filter, Ipv4, Ipv6, Packet, Stack, Udp, examine};

const RAW_IPV4: u16 = 228;
const RAW_IPV6: u16 = 229;
const PPP: u16 = 9;
const ETHERNET: u16 = 1;

/// Contents of an item: each length that its fields may have, with numbers that fit as counts, lengths and names.
fn contents() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for length in (0..21).chain([24, 28, 32, 36]) {
        all.push((0..length).map(|at| [0, 1, 0, 4, 1, 2, 3, 4][at % 8]).collect());
        all.push((0..length).map(|at| b"\x03www\x02ab\0"[at % 8]).collect());
        all.push((0..length).map(|at| if at == 0 { length as u8 - 1 } else { b'a' + at as u8 % 26 }).collect());
        all.push((0..length).map(|at| 0xff - at as u8 * 7).collect());
    }
    // Names after some bytes.
    for before in [1, 2, 3, 4, 6, 8, 12, 16, 18, 20] {
        for name in [&b"\x03www\x02ab\0"[..], b"\x03www\x02ab\0\x01c\0", b"\0"] {
            all.push([&vec![0; before], name].concat());
            all.push([&(1..=before as u8).collect::<Vec<_>>(), name].concat());
        }
    }
    all
}

fn ipv4(protocol: u8, payload: &[u8]) -> (u16, Vec<u8>) {
    let packet = Stack::new().push(Ipv4::build().protocol(protocol.into())).payload(payload).finish();
    (RAW_IPV4, packet.expect("it fits"))
}

fn ipv6(next: u8, payload: &[u8]) -> (u16, Vec<u8>) {
    let packet = Stack::new().push(Ipv6::build().next_header(next.into())).payload(payload).finish();
    (RAW_IPV6, packet.expect("it fits"))
}

fn udp(port: u16, payload: &[u8]) -> (u16, Vec<u8>) {
    let stack = Stack::new().push(Ipv4::build()).push(Udp::build().src_port(40000).dst_port(port));
    (RAW_IPV4, stack.payload(payload).finish().expect("it fits"))
}

/// A datagram of sFlow with one sample.
fn sflow(sample: &[u8]) -> (u16, Vec<u8>) {
    udp(6343, &[&[0, 0, 0, 5, 0, 0, 0, 1, 192, 0, 2, 1][..], &[0; 15], &[1], sample].concat())
}

/// A sample or record of sFlow: a format and a length of the contents, four bytes each, filled up to whole words.
fn sflow_item(format: u16, contents: &[u8]) -> Vec<u8> {
    let length = contents.len() as u8;
    padded([&[0, 0][..], &format.to_be_bytes(), &[0, 0, 0, length], contents].concat(), 4)
}

fn ppp(protocol: u16, payload: &[u8]) -> (u16, Vec<u8>) {
    (PPP, [&[0xff, 3][..], &protocol.to_be_bytes(), payload].concat())
}

/// An item of a type and a length of all of it, a byte each.
fn whole_length(kind: u16, contents: &[u8]) -> Vec<u8> {
    [&[kind as u8, contents.len() as u8 + 2], contents].concat()
}

/// An item of a type and a length of its contents, a byte each.
fn short(kind: u16, contents: &[u8]) -> Vec<u8> {
    [&[kind as u8, contents.len() as u8], contents].concat()
}

/// An item of a type and a length of its contents, two bytes each.
fn long(kind: u16, contents: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &(contents.len() as u16).to_be_bytes(), contents].concat()
}

fn padded(mut bytes: Vec<u8>, unit: usize) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(unit), 0);
    bytes
}

fn tcp(options: Vec<u8>) -> (u16, Vec<u8>) {
    let options = padded(options, 4);
    let mut header = vec![0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0x20, 0, 0, 0, 0, 0];
    header[12] = (20 + options.len().min(40)) as u8 / 4 * 16;
    header.extend_from_slice(&options[..options.len().min(40)]);
    ipv4(6, &header)
}

fn dhcp(options: &[u8]) -> (u16, Vec<u8>) {
    let mut message = vec![0; 236];
    message[..4].copy_from_slice(&[1, 1, 6, 0]);
    udp(67, &[&message[..], &[99, 130, 83, 99, 53, 1, 1], options, &[255]].concat())
}

fn dns(kind: u16, contents: &[u8]) -> (u16, Vec<u8>) {
    let head = [0, 7, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    let rest = [&kind.to_be_bytes()[..], &[0, 1, 0, 0, 0, 60], &(contents.len() as u16).to_be_bytes(), contents];
    udp(53, &[&head[..], &rest.concat()].concat())
}

/// An IPv6 extension header with these contents.
fn extension(number: u8, contents: &[u8]) -> (u16, Vec<u8>) {
    let mut header = padded([&[59, 0], contents].concat(), 8);
    header[1] = (header.len() / 8 - 1) as u8;
    ipv6(number, &header)
}

fn control(protocol: u16, code: u16, contents: &[u8]) -> (u16, Vec<u8>) {
    let length = contents.len() as u16 + 4;
    ppp(protocol, &[&[code as u8, 1][..], &length.to_be_bytes(), contents].concat())
}

/// Builds the packet of each number with each contents from its fields; gives a line about them.
fn hold(name: &str, numbers: impl Iterator<Item = u16>, host: impl Fn(u16, &[u8]) -> (u16, Vec<u8>)) -> String {
    let (mut trees, mut texts, mut packets, mut raw) = (0_u64, 0_u64, 0, 0);
    let contents = contents();
    for number in numbers {
        for contents in &contents {
            let (link_type, frame) = host(number, contents);
            let mut packet = Packet::new(examine(link_type, &frame));
            let built = packet
                .build()
                .unwrap_or_else(|error| panic!("{name} {number} of {contents:02x?}: {error}\n{}", packet.form));
            assert_eq!(built, frame, "{name} {number} of {contents:02x?}\n{}", packet.form);
            raw += packet.raw().len();
            let tree = serde_json::to_string(&packet.form).expect("a tree is JSON");
            trees = trees.rotate_left(1) ^ digest(tree.as_bytes());
            packets += 1;
            if packets % 4 == 0 {
                packet.simplify(&frame);
                texts = texts.rotate_left(1) ^ digest(packet.to_string().as_bytes());
            }
        }
    }
    format!("{name}: {packets} packets, {raw} raw headers, trees {trees:016x}, texts {texts:016x}\n")
}

/// The numbers of a type's variants.
fn of(registry: &Registry) -> impl Iterator<Item = u16> {
    registry.entries.iter().map(|(number, _)| *number as u16)
}

#[test]
fn items_of_every_header_are_built_as_they_are_read() {
    let lines = [
        hold("TCP options", of(TcpOption::REGISTRY), |kind, contents| tcp(whole_length(kind, contents))),
        hold("Multipath TCP messages", 0..16, |subtype, contents| {
            tcp(whole_length(30, &[&[(subtype as u8) << 4 | contents.len() as u8 & 15], contents].concat()))
        }),
        hold("IPv4 options", of(Ipv4Option::REGISTRY), |kind, contents| {
            let options = padded(whole_length(kind, contents), 4);
            let options = &options[..options.len().min(40)];
            let head = [0x45 + (options.len() / 4) as u8, 0, 0, 20 + options.len() as u8, 0, 1, 0, 0, 64, 59, 0, 0];
            (RAW_IPV4, [&head[..], &[192, 0, 2, 1, 192, 0, 2, 2], options].concat())
        }),
        hold("IPv6 options", of(Ipv6Option::REGISTRY), |kind, contents| extension(60, &short(kind, contents))),
        hold("routing headers", of(RoutingData::REGISTRY), |kind, contents| {
            extension(43, &[&[kind as u8, 1], contents].concat())
        }),
        hold("mobility messages", of(MobilityMessage::REGISTRY), |kind, contents| {
            extension(135, &[&[kind as u8, 0, 0, 0], contents].concat())
        }),
        hold("mobility options", of(MobilityOption::REGISTRY), |kind, contents| {
            extension(135, &[&[5, 0, 0, 0, 0, 1, 0x80, 0, 0, 9][..], &short(kind, contents)].concat())
        }),
        hold("HIP parameters", of(HipParameter::REGISTRY), |kind, contents| {
            let mut header = [&[59, 0, 1, 0x21][..], &[0; 36], &padded(long(kind, contents), 8)].concat();
            header[1] = (header.len() / 8 - 1) as u8;
            ipv6(139, &header)
        }),
        hold("ICMP messages", (0..48).chain([253]), |kind, contents| {
            ipv4(1, &[&[kind as u8, 0, 0, 0], contents].concat())
        }),
        hold("ICMPv6 messages", (0..5).chain(127..162), |kind, contents| {
            ipv6(58, &[&[kind as u8, 0, 0, 0], contents].concat())
        }),
        hold("RPL messages", 0..16, |code, contents| ipv6(58, &[&[155, code as u8, 0, 0], contents].concat())),
        hold("neighbour options", of(NdpOption::REGISTRY), |kind, contents| {
            let mut option = padded([&[kind as u8, 0], contents].concat(), 8);
            option[1] = (option.len() / 8) as u8;
            ipv6(58, &[&[134, 0, 0, 0, 64, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0][..], &option].concat())
        }),
        hold("IGMP messages", 0..50, |kind, contents| ipv4(2, &[&[kind as u8, 0, 0, 0], contents].concat())),
    ];
    expect(&root().join("tests/built_headers.txt"), &lines.concat());
}

#[test]
fn items_of_every_message_are_built_as_they_are_read() {
    let lines = [
        hold("DHCP options", of(DhcpOption::REGISTRY), |code, contents| dhcp(&short(code, contents))),
        hold("DHCP relay options", of(DhcpRelayOption::REGISTRY), |code, contents| {
            dhcp(&short(82, &short(code, contents)))
        }),
        hold("DHCPv6 options", of(Dhcpv6Option::REGISTRY), |code, contents| {
            udp(547, &[&[1, 0, 0, 9][..], &long(code, contents)].concat())
        }),
        hold("DNS records", of(Rdata::REGISTRY), dns),
        hold("service parameters", of(SvcParam::REGISTRY), |key, contents| {
            dns(64, &[&[0, 1, 0][..], &long(key, contents)].concat())
        }),
        hold("EDNS options", of(EdnsOption::REGISTRY), |code, contents| dns(41, &long(code, contents))),
        hold("LCP messages", of(LcpMessage::REGISTRY), |code, contents| control(0xc021, code, contents)),
        hold("LCP options", of(LcpOption::REGISTRY), |kind, contents| {
            control(0xc021, 1, &whole_length(kind, contents))
        }),
        hold("IPCP options", of(IpcpOption::REGISTRY), |kind, contents| {
            control(0x8021, 1, &whole_length(kind, contents))
        }),
        hold("IPv6CP options", of(Ipv6cpOption::REGISTRY), |kind, contents| {
            control(0x8057, 1, &whole_length(kind, contents))
        }),
        hold("CCP options", of(CcpOption::REGISTRY), |kind, contents| {
            control(0x80fd, 1, &whole_length(kind, contents))
        }),
        hold("PAP messages", of(PapMessage::REGISTRY), |code, contents| control(0xc023, code, contents)),
        hold("CHAP messages", of(ChapMessage::REGISTRY), |code, contents| control(0xc223, code, contents)),
        hold("PPPoE tags", of(PppoeTag::REGISTRY), |kind, contents| {
            let tag = long(kind, contents);
            let head = [0x88, 0x63, 0x11, 9, 0, 0, 0, tag.len() as u8];
            (ETHERNET, [&[2; 12][..], &head, &tag].concat())
        }),
        hold("RADIUS attributes", of(RadiusAttribute::REGISTRY), |kind, contents| {
            let attribute = whole_length(kind, contents);
            udp(1812, &[&[1, 9, 0, 20 + attribute.len() as u8][..], &[7; 16], &attribute].concat())
        }),
        hold("sFlow samples", of(SflowSample::REGISTRY), |kind, contents| sflow(&sflow_item(kind, contents))),
        hold("sFlow flow records", of(SflowFlowRecord::REGISTRY), |kind, contents| {
            sflow(&sflow_item(1, &[&[0; 31][..], &[1], &sflow_item(kind, contents)].concat()))
        }),
        hold("sFlow counter records", of(SflowCounterRecord::REGISTRY), |kind, contents| {
            sflow(&sflow_item(2, &[&[0; 11][..], &[1], &sflow_item(kind, contents)].concat()))
        }),
        hold("TFTP messages", of(TftpMessage::REGISTRY), |kind, contents| {
            udp(69, &[&kind.to_be_bytes()[..], contents].concat())
        }),
        hold("NTP extensions", of(NtpExtension::REGISTRY), |kind, contents| {
            let field = padded([&kind.to_be_bytes()[..], &[0, 0], contents].concat(), 4);
            let field = [&field[..2], &(field.len() as u16).to_be_bytes(), &field[4..]].concat();
            udp(123, &[&[0x23, 0, 6, 0xec][..], &[0; 44], &field].concat())
        }),
        hold("L2TP attributes", of(L2tpAvp::REGISTRY), |kind, contents| {
            let length = contents.len() as u8 + 6;
            let avp = [&[0x80, length, 0, 0][..], &kind.to_be_bytes(), contents].concat();
            udp(1701, &[&[0xc8, 2, 0, 12 + length, 0, 1, 0, 0, 0, 0, 0, 1][..], &avp].concat())
        }),
    ];
    expect(&root().join("tests/built_messages.txt"), &lines.concat());
}

#[test]
fn a_list_of_lists_is_built_and_asked_for() {
    let text = "ipv4 / udp / dhcp options=[{code=158 servers=[[192.0.2.1 192.0.2.2] [192.0.2.3]]}]";
    let built = text.parse::<Packet>().expect("it can be read").build().expect("it can be built");
    assert!(built.ends_with(&[158, 14, 8, 192, 0, 2, 1, 192, 0, 2, 2, 4, 192, 0, 2, 3]), "{built:02x?}");
    for (filter, passes) in [("== 192.0.2.3", true), ("== 192.0.2.4", false), ("in {192.0.2.2}", true)] {
        let filter = Filter::parse(&format!("dhcp.option.pcp.server {filter}")).expect("it is a filter");
        assert_eq!(filter.matches(examine(RAW_IPV4, &built)), passes, "{filter:?}");
    }
}
