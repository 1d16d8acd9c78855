//! `Filter::matches_headers` gives the answer of the walk, or none: on the packets of `testdata/`, whole, cut, and with changed
//! bytes.

mod common;

use common::{Packet, corpus, packets, shapes, testdata, with_changes};
use packetsmith::{Filter, FrameInfo, examine};

/// One packet of each shape, and all of the captures.
fn all_packets() -> Vec<Packet> {
    let files = testdata().into_iter().chain(corpus().into_iter().step_by(10));
    shapes().into_iter().chain(files.flat_map(|file| packets(&file).into_iter().take(1000))).collect()
}

/// Filters of headers alone, which have quick answers.
const OF_HEADERS: &[&str] = &[
    "tcp",
    "!udp",
    "eth && ip && !vlan",
    "vlan && !tcp",
    "ipv6",
    "tcp.port == 80",
    "tcp.port in {1..1023} || udp.port in {53, 67..68}",
    "udp.dstport == 53 && ip.ttl > 1",
    "ip.addr == 10.0.0.0/8 && tcp.flags.reset",
    "ip.src == 10.0.0.1 || ip.dst == 192.168.0.0/16",
    "ipv6.addr == fe80::/10",
    "eth.addr == ff:ff:ff:ff:ff:ff",
    "eth.dst[0] & 1 == 1",
    "eth.type == 0x800",
    "eth.type",
    "eth.len",
    "vlan.id == 5",
    "tcp.flags.syn && !tcp.flags.ack",
    "tcp.flags == 0x18",
    "tcp.window_size_value < 1000",
    "tcp.srcport > tcp.dstport",
    "all tcp.port > 1024",
    "udp.port != 53",
    "udp.length > 100",
    "ip.len > 100 && ip.proto == 6",
    "ip.src#1 == 10.0.0.1",
    "ip.src#2",
    "count(ip.addr) == 2",
    "tcp.checksum == 0",
    "ip.version == 4",
    "ip.dsfield.dscp == 0",
    "arp || tcp",
    "udp.port == 53",
    "arp.opcode == 1 || udp.srcport > 1000",
    "tcp.seq_raw & 1 == 1 xor udp.srcport & 1 == 1",
];

/// Filters that need more than headers, which have none.
const OF_MORE: &[&str] = &[
    "dns",
    "frame.len > 60",
    "frame.number == 1",
    "tcp.options.mss",
    "tcp.analysis.retransmission",
    "tcp.len > 0",
    "udp contains 00",
    "len(ip) == 20",
    "_ws.malformed",
    "tcp.checksum.status == bad",
];

fn compare(filter: &Filter, packet: &Packet, counts: &mut [u32; 2]) {
    let layers = || examine(packet.link_type, &packet.bytes).original_len(packet.original_len);
    let Some(answer) = filter.matches_headers(&layers()) else {
        counts[0] += 1;
        return;
    };
    counts[1] += 1;
    let walked = filter.matches_with(&FrameInfo::default(), [layers()]);
    assert_eq!(answer, walked, "{filter} on {:02x?}", packet.bytes);
}

#[test]
fn headers_answer_as_the_walk_does() {
    let filters: Vec<Filter> = OF_HEADERS.iter().map(|text| text.parse().unwrap()).collect();
    let mut counts = [0; 2];
    let mut state = 1_u32;
    for packet in all_packets() {
        for filter in &filters {
            compare(filter, &packet, &mut counts);
        }
        with_changes(&packet, &mut state, &mut |changed, state| {
            compare(&filters[state as usize % filters.len()], changed, &mut counts);
        });
    }
    let [walked, quick] = counts;
    assert!(quick > walked / 4, "{quick} answers came from headers, {walked} did not");
}

#[test]
fn other_filters_are_for_the_walk() {
    for text in OF_MORE {
        let filter: Filter = text.parse().unwrap();
        let mut counts = [0; 2];
        for packet in shapes() {
            compare(&filter, &packet, &mut counts);
        }
        assert_eq!(counts[1], 0, "{text}");
    }
}
