//! Capture programs beside the filters that they are made of: every frame that a filter passes is accepted, and where a program says
//! that it is exact, no other one.
//!
//! `BPF_ALL=1` takes every capture beside the repository; without it, every tenth.

#[path = "../common/mod.rs"]
mod common;
mod machine;
mod programs;

use common::{Packet, corpus, packets, testdata};
use packetsmith::{Filter, FrameSource, LinkType, Unsettled};
use programs::Programs;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Filters as people write them, one of each kind of test at least.
const FILTERS: &[&str] = &[
    "arp",
    "arp.opcode == 1",
    "!arp && !tcp",
    "ip",
    "ipv6",
    "tcp",
    "udp",
    "icmp",
    "icmpv6",
    "igmp",
    "esp",
    "ip.addr == 10.0.0.0/8",
    "ip.addr == 192.168.0.0/16 && tcp",
    "ip.src == 192.168.1.1",
    "ip.dst == 224.0.0.0/4",
    "ip.addr != 10.0.0.1",
    "!(ip.addr == 10.0.0.1)",
    "ip.src in {10.0.0.1..10.0.0.200}",
    "ip.src == ip.dst",
    "ipv6.addr == fe80::/10",
    "ipv6.dst == ff02::1",
    "ipv6.src > 2001:db8::1",
    "eth.dst == ff:ff:ff:ff:ff:ff",
    "eth.dst[0] & 1",
    "eth.src[0:3] == 00:0c:29",
    "eth.addr == 02:00:00:00:00:01 || arp",
    "eth.type == 0x88cc",
    "vlan",
    "vlan.id == 5",
    "vlan.id in {1..100} && ip",
    "vlan.priority > 3",
    "!vlan && udp",
    "tcp.port == 80",
    "tcp.port in {80, 443, 8000..8080}",
    "tcp.port not in {80, 443}",
    "tcp.dstport == 443 && ip.src == 10.0.0.0/8",
    "tcp.srcport < 1024 xor tcp.dstport < 1024",
    "all tcp.port > 1023",
    "tcp.port != 443",
    "tcp.flags.syn == 1 && tcp.flags.ack == 0",
    "tcp.flags.reset == 1 or tcp.flags.fin == 1",
    "tcp.flags & 0x02",
    "tcp.flags == 0x18",
    "tcp.flags.syn",
    "tcp.window_size_value < 1000",
    "tcp.hdr_len > 20",
    "tcp.seq_raw == 0",
    "tcp.options.mss",
    "tcp.len > 0",
    "tcp contains \"GET\"",
    "udp.port == 53",
    "udp.port == 4789",
    "udp.dstport in {67, 68}",
    "udp.length > 500",
    "udp.port == 53 && !(ip.addr == 8.8.8.8)",
    "dns",
    "dns && ip.addr == 192.168.1.1",
    "mdns || ssdp",
    "dhcp",
    "ntp",
    "http.request",
    "http && tcp.dstport == 80",
    "tls",
    "snmp || tftp || radius",
    "gre || vxlan",
    "icmp.type == 8",
    "icmp.type in {3, 11} || icmpv6.type in {1..4}",
    "icmp || icmpv6",
    "ip.ttl < 5",
    "ip.proto == 47",
    "ip.len > 1000",
    "ip.hdr_len > 20",
    "ip.frag_offset > 0 or ip.flags.mf == 1",
    "ip.flags.df == 1",
    "ip.dsfield.dscp == 46",
    "ip.id == 0",
    "ip.version == 4",
    "ipv6.nxt == 58",
    "ipv6.plen > 1000",
    "ipv6.hlim == 255",
    "ipv6.flow > 0",
    "ipv6.hopopts",
    "ip.src#1 == 10.0.0.0/8",
    "eth.dst#1[0] & 1",
    "eth.src#2",
    "ip.src#-1 == 10.0.0.1",
    "count(ip.addr) == 2",
    "frame.len > 1000",
    "frame.cap_len <= 100",
    "ip.checksum.status == bad",
    "issue",
    "data",
    "(tcp.port == 80 || udp.port == 53) && !(ip.addr == 10.0.0.0/8) && !vlan",
];

fn filter(text: &str) -> Filter {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn some_captures(most: usize) -> impl Iterator<Item = Packet> {
    let step = if std::env::var_os("BPF_ALL").is_some() { 1 } else { 10 };
    let mut others = corpus();
    others.sort();
    let files = testdata().into_iter().chain(others.into_iter().step_by(step));
    files.flat_map(move |file| packets(&file).into_iter().take(most))
}

#[test]
fn programs_accept_all_that_filters_pass() {
    let mut counts: Vec<(u64, u64, u64)> = vec![(0, 0, 0); FILTERS.len()];
    let mut programs: Vec<Programs> = FILTERS.iter().map(|text| Programs::new(filter(text))).collect();
    let mut all = 0;
    for packet in some_captures(if std::env::var_os("BPF_ALL").is_some() { usize::MAX } else { 300 }) {
        all += 1;
        for (programs, (passed, accepted, of_links)) in programs.iter_mut().zip(&mut counts) {
            let (passes, accepts) = programs.compare(packet.link_type, &packet.bytes, packet.original_len);
            *passed += u64::from(passes);
            *accepted += u64::from(accepts);
            let has_program =
                !programs.of(packet.link_type, FrameSource::File).unsettled().contains(&Unsettled::LinkType);
            *of_links += u64::from(accepts && !passes && has_program);
        }
    }
    let mut needless = 0;
    for (programs, (passed, accepted, of_links)) in programs.iter_mut().zip(&counts) {
        let text = programs.filter.to_string();
        let program = programs.of(1, FrameSource::File);
        let what = if program.is_exact() { "exact" } else { "" };
        let length = program.instructions().len();
        println!(
            "{text:<60} {length:>4} instructions, {passed:>7} pass, {accepted:>7} accepted, {of_links:>6} needlessly {what}"
        );
        needless += of_links;
    }
    println!("{all} packets, {needless} accepted needlessly on links that have programs");
}

/// Frames that are changed in one byte, or cut: no program rejects what its filter passes.
#[test]
fn damaged_frames_are_accepted_where_filters_pass_them() {
    let mut programs: Vec<Programs> = FILTERS.iter().step_by(3).map(|text| Programs::new(filter(text))).collect();
    let kinds =
        testdata().into_iter().filter_map(|file| packets(&file).into_iter().find(|packet| packet.link_type == 1));
    for packet in kinds.step_by(4) {
        let headers = packet.bytes.len().min(80);
        let changed = (0..headers).flat_map(|at| [0x01, 0x40, 0xff].map(|bits| (at, bits)));
        let changed = changed.map(|(at, bits)| {
            let mut bytes = packet.bytes.clone();
            bytes[at] ^= bits;
            bytes
        });
        let cut = (0..headers).map(|length| packet.bytes[..length].to_vec());
        for bytes in changed.chain(cut) {
            for programs in &mut programs {
                programs.compare(packet.link_type, &bytes, bytes.len());
            }
        }
    }
}

/// Filters joined by `&&`, `||`, `xor` and `!`.
fn combination() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(FILTERS).prop_map(|text| format!("({text})"));
    leaf.prop_recursive(4, 10, 3, |inner| {
        let joined = |with: &'static str, parts: Vec<String>| format!("({})", parts.join(with));
        let some = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            some.clone().prop_map(move |parts| joined(" && ", parts)),
            some.clone().prop_map(move |parts| joined(" || ", parts)),
            some.prop_map(move |parts| joined(" xor ", parts)),
            inner.prop_map(|part| format!("!{part}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn combinations_of_filters_accept_what_they_pass(text in combination()) {
        static SHAPES: LazyLock<Vec<Packet>> = LazyLock::new(common::shapes);
        let mut programs = Programs::new(filter(&text));
        for packet in SHAPES.iter() {
            programs.compare(packet.link_type, &packet.bytes, packet.original_len);
        }
    }
}

/// The kernel checks a program when it is attached, to any socket.
#[cfg(target_os = "linux")]
#[test]
fn the_kernel_takes_every_program() {
    use socket2::{Domain, SockFilter, Socket, Type};
    let socket = match Socket::new(Domain::IPV4, Type::DGRAM, None) {
        Ok(socket) => socket,
        Err(error) => return println!("no socket: {error}: not tested"),
    };
    let most = FILTERS.iter().map(|text| {
        let program = filter(text).capture_program(LinkType::Ethernet, FrameSource::Socket);
        let program = program.instructions().iter().map(|one| SockFilter::new(one.code, one.jt, one.jf, one.k));
        let program: Vec<_> = program.collect();
        socket.attach_filter(&program).unwrap_or_else(|error| panic!("{text}: {error}"));
        program.len()
    });
    println!("{} programs, of at most {} instructions", FILTERS.len(), most.max().unwrap_or(0));
}
