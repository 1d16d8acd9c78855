//! Statistics of captures: what counts for what, bounds, and the short way around the walk.

#[path = "common/mod.rs"]
mod common;

use packetsmith::capture::{ByteOrder, Format, Interface, NewRecord, Reader, SectionHeader, Writer};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings, PacketInfo, TcpState};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::proto::transport::TcpOption;
use packetsmith::stats::{
    AddressKind, CaptureStatistics, CaptureSummary, ConversationTables, CountedPacket, DnsStatistics, IssueCounts,
    ProtocolHierarchy, ResponseStatistics, Traffic, TrafficOverTime,
};
use packetsmith::{Ethernet, Icmpv4, Ipv4, Ipv6, Protocols, Stack, Sum, Tcp, Udp, examine};
use std::net::Ipv6Addr;

static KNOWN: Protocols = Protocols::builtin();

/// Statistics with all parts, and the conversations that they rest on.
struct Counting {
    flows: Flows,
    statistics: CaptureStatistics,
}

impl Counting {
    fn new(places: usize) -> Self {
        let messages = Some(MessageSettings::default());
        Counting {
            flows: Flows::new(FlowSettings { messages, ..FlowSettings::default() }),
            statistics: CaptureStatistics {
                protocols: Some(ProtocolHierarchy::default()),
                conversations: Some(ConversationTables::new(places)),
                responses: Some(ResponseStatistics::default()),
                issues: Some(IssueCounts::default()),
                dns: Some(DnsStatistics::default()),
                time: Some(TrafficOverTime::every(1_000_000_000)),
            },
        }
    }

    fn packet(&mut self, nanos: i128, link_type: u16, frame: &[u8]) {
        let number = self.flows.packets() + 1;
        let layers = || examine(link_type, frame);
        self.flows.packet(PacketInfo { number, time: Some(nanos), interface: 0 }, layers());
        let length = frame.len() as u64;
        let followed = self.flows.followed();
        let packet = CountedPacket { number, time: Some(nanos), length, followed };
        let messages = self.flows.messages().iter().map(|message| message.layers(&KNOWN));
        self.statistics.packet(&packet, std::iter::once(layers()).chain(messages));
    }

    fn file(name: &str) -> Self {
        let mut counting = Counting::new(1000);
        let mut reader = Reader::open(common::root().join("testdata").join(name)).unwrap();
        while let Some(record) = reader.next_record() {
            let record = record.unwrap();
            counting.packet(record.timestamp.unwrap().nanos(), record.link_type.unwrap(), record.data);
        }
        counting.statistics.finish(&counting.flows);
        counting
    }

    fn paths(&self) -> Vec<String> {
        let mut path = Vec::new();
        let rows = self.statistics.protocols.as_ref().unwrap().rows();
        let lines = rows.iter().map(|row| {
            path.truncate(row.depth);
            path.push(row.proto.name());
            format!("{} {} {}", path.join(":"), row.traffic.packets, row.traffic.bytes)
        });
        lines.collect()
    }
}

fn udp(source: [u8; 4], destination: [u8; 4], port: u16) -> Vec<u8> {
    let ip = Ipv4::build().src(source.into()).dst(destination.into());
    let udp = Udp::build().src_port(40000).dst_port(port);
    Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(b"data").finish().unwrap()
}

#[test]
fn protocols_are_counted_as_tshark_counts_them() {
    // tshark -q -z io,phs; content of HTTP is data here.
    let expected = [
        "ethernet 18 1555",
        "ethernet:ipv4 16 1471",
        "ethernet:ipv4:tcp 12 1151",
        "ethernet:ipv4:tcp:http 2 290",
        "ethernet:ipv4:tcp:http:data 1 144",
        "ethernet:ipv4:udp 4 320",
        "ethernet:ipv4:udp:dns 4 320",
        "ethernet:arp 2 84",
    ];
    assert_eq!(Counting::file("http.pcap").paths(), expected);
}

#[test]
fn the_packet_that_completes_a_message_has_its_protocol() {
    let counting = Counting::file("http.pcap");
    let times = counting.statistics.responses.unwrap();
    let rows: Vec<_> =
        times.rows().iter().map(|row| format!("{} {} {}", row.protocol, row.kind, row.requests)).collect();
    assert_eq!(rows, ["arp who has 1", "dns A 1", "dns AAAA 1", "http GET 1"]);
    let http = times.rows()[3];
    assert_eq!((http.times.count(), http.times.most(), http.unanswered), (1, Some(24_836_000), 0));
}

#[test]
fn conversations_have_what_each_end_sent() {
    let counting = Counting::file("tcp_loss.pcap");
    let tables = counting.statistics.conversations.unwrap();
    let [tcp] = tables.conversations(AddressKind::Tcp)[..] else { panic!("one connection") };
    assert_eq!(tcp.ends.map(|end| end.to_string()), ["192.0.2.1:52645", "192.0.2.2:7777"]);
    assert_eq!(tcp.sent.map(|sent| sent.packets), [21, 17]);
    let connection = tcp.connection.unwrap();
    assert_eq!((connection.state, connection.retransmissions), (Some(TcpState::Closed), [1, 0]));
    let [ip] = tables.conversations(AddressKind::Ip)[..] else { panic!("two hosts") };
    assert_eq!((ip.sent, ip.times), (tcp.sent, tcp.times));
    for end in tables.endpoints(AddressKind::Tcp) {
        assert_eq!(end.total(), tcp.total(), "{}", end.end);
    }
}

#[test]
fn what_an_icmp_error_quotes_does_not_count() {
    let quoted = &udp([10, 0, 0, 1], [10, 0, 0, 9], 7)[14..];
    let ip = Ipv4::build().src([10, 0, 0, 254].into()).dst([10, 0, 0, 1].into());
    let error = Icmpv4::build().kind(3.into()).code(1);
    let frame = Stack::new().push(Ethernet::build()).push(ip).push(error).payload(quoted).finish().unwrap();
    let mut counting = Counting::new(16);
    counting.packet(0, 1, &frame);
    assert!(counting.paths().iter().all(|path| path.matches(":ipv4").count() <= 1), "{:?}", counting.paths());
    let tables = counting.statistics.conversations.as_ref().unwrap();
    assert_eq!(tables.conversations(AddressKind::Ip).len(), 1);
    assert!(tables.conversations(AddressKind::Udp).is_empty());
}

#[test]
fn a_packet_in_a_tunnel_counts_for_both_headers() {
    let [outer, inner] =
        [[1, 2], [3, 4]].map(|[a, b]| Ipv4::build().src([10, 0, 0, a].into()).dst([10, 0, 0, b].into()));
    let udp = Udp::build().src_port(9).dst_port(7);
    let frame = Stack::new().push(Ethernet::build()).push(outer).push(inner).push(udp).payload(b"x").finish().unwrap();
    let mut counting = Counting::new(16);
    counting.packet(0, 1, &frame);
    let tables = counting.statistics.conversations.as_ref().unwrap();
    let total: Traffic = tables.conversations(AddressKind::Ip).iter().map(|ip| ip.total()).sum();
    assert_eq!(total, Traffic { packets: 2, bytes: 2 * frame.len() as u64 });
    assert_eq!(counting.paths()[3], format!("ethernet:ipv4:ipv4:udp 1 {}", frame.len()));
}

#[test]
fn a_second_connection_with_the_same_ports_is_another_conversation() {
    let segment = |seq, flags| {
        let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
        let tcp = Tcp::build().src_port(40000).dst_port(7).seq(seq).flags(flags);
        Stack::new().push(Ethernet::build()).push(ip).push(tcp).finish().unwrap()
    };
    let mut counting = Counting::new(16);
    for (seq, flags) in [(100, TcpFlags::SYN), (101, TcpFlags::RST), (5000, TcpFlags::SYN)] {
        counting.packet(i128::from(seq), 1, &segment(seq, flags));
    }
    counting.statistics.finish(&counting.flows);
    let tcp = counting.statistics.conversations.unwrap().conversations(AddressKind::Tcp);
    let states: Vec<_> = tcp.iter().map(|tcp| tcp.connection.unwrap().state.unwrap().to_string()).collect();
    assert_eq!(states, ["reset by the first side", "unanswered"]);
}

#[test]
fn what_has_no_place_is_counted() {
    let mut counting = Counting::new(16);
    for n in 0..100 {
        counting.packet(0, 1, &udp([10, 0, 0, n], [10, 0, 1, n], 7));
    }
    let tables = counting.statistics.conversations.as_ref().unwrap();
    let length = udp([0; 4], [0; 4], 7).len() as u64;
    for kind in [AddressKind::Ip, AddressKind::Udp] {
        assert_eq!(tables.conversations(kind).len(), 16);
        assert_eq!(tables.left_out(kind), Traffic { packets: 84, bytes: 84 * length });
        // Twice the 16 of the table, and 16 more.
        assert_eq!(tables.endpoints(kind).len(), 48);
        assert_eq!(tables.left_out_of_endpoints(kind).packets, 2 * (100 - 16) - 16);
    }
}

#[test]
fn protocols_inside_each_other_are_bounded() {
    let mut frame = vec![0; 12];
    for _ in 0..500 {
        frame.extend([0x81, 0, 0, 1]);
    }
    frame.extend([0x88, 0xb5, 1, 2, 3]);
    let mut counting = Counting::new(16);
    counting.packet(0, 1, &frame);
    let protocols = counting.statistics.protocols.as_ref().unwrap();
    assert_eq!((protocols.rows().len(), protocols.cut()), (64, 1));
}

#[test]
fn a_response_in_a_packet_that_does_not_count_answers_a_request_that_does() {
    let mut reader = Reader::open(common::root().join("testdata/http.pcap")).unwrap();
    let mut flows = Flows::new(FlowSettings::default());
    let mut statistics =
        CaptureStatistics { responses: Some(ResponseStatistics::default()), ..CaptureStatistics::default() };
    while let Some(Ok(record)) = reader.next_record() {
        let layers = || examine(1, record.data);
        let time = record.timestamp.map(|time| time.nanos());
        flows.packet(PacketInfo { number: record.number, time, interface: 0 }, layers());
        // The first query alone, which packet 4 answers.
        match record.number {
            3 => statistics.packet(
                &CountedPacket { number: 3, time, length: 76, followed: flows.followed() },
                std::iter::once(layers()),
            ),
            _ => statistics.other_packet(&flows.followed()),
        }
    }
    statistics.finish(&flows);
    let responses = statistics.responses.unwrap();
    let [row] = responses.rows()[..] else { panic!("one kind") };
    assert_eq!((row.kind.as_str(), row.times.most(), row.unanswered), ("A", Some(2_628_000), 0));
}

#[test]
fn a_summary_has_what_the_file_says_of_losses() {
    let mut writer = Writer::new(Vec::new());
    let header = SectionHeader::new(ByteOrder::Little, &[]);
    writer.begin(Format::Pcapng(&header)).unwrap();
    writer.interface(&Interface::new(ByteOrder::Little, 1, 64, &[])).unwrap();
    writer.packet(&NewRecord::new(&[0; 60])).unwrap();
    let mut file = writer.finish().unwrap();
    // Two statistics of the interface, of which the last counts: received (4), dropped (5), dropped by the system (7).
    for (received, dropped) in [(10, 1), (20, 3_u64)] {
        let mut body = [0_u32.to_le_bytes(), 1_u32.to_le_bytes(), 2_u32.to_le_bytes()].concat();
        for (code, value) in [(4, received), (5, dropped), (7, 0)] {
            body.extend([code, 0, 8, 0]);
            body.extend(u64::to_le_bytes(value));
        }
        let length = (body.len() as u32 + 12).to_le_bytes();
        file.extend([&5_u32.to_le_bytes()[..], &length, &body, &length].concat());
    }
    let mut reader = Reader::new(&file[..]).unwrap();
    let mut summary = CaptureSummary::default();
    while let Some(record) = reader.next_record() {
        summary.add(&record.unwrap());
    }
    let [statistics] = reader.interface_statistics() else { panic!("one interface") };
    assert_eq!((statistics.section, statistics.interface), (1, 0));
    let said = [statistics.received, statistics.dropped, statistics.dropped_by_system, statistics.accepted];
    assert_eq!(said, [Some(20), Some(3), Some(0), None]);
    assert_eq!(statistics.time.nanos(), ((1_i128 << 32) + 2) * 1000);
    assert_eq!((summary.packets, summary.interfaces()[0].packets, summary.link_types()), (1, 1, vec![(Some(1), 1)]));
}

#[test]
fn a_summary_counts_packets_that_go_back_in_time_and_are_cut() {
    let header = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    let mut file = header.to_vec();
    for (seconds, original) in [(5_u32, 60_u32), (3, 2), (4, 2), (9, 2)] {
        for number in [seconds, 0, 2, original] {
            file.extend(number.to_le_bytes());
        }
        file.extend([1, 2]);
    }
    let mut reader = Reader::new(&file[..]).unwrap();
    let mut summary = CaptureSummary::default();
    while let Some(record) = reader.next_record() {
        summary.add(&record.unwrap());
    }
    assert_eq!((summary.out_of_order, summary.cut, summary.captured, summary.original), (1, 1, 8, 66));
    assert_eq!((summary.first.unwrap().seconds(), summary.last.unwrap().seconds()), (3, 9));
    assert_eq!(summary.span(), Some(6_000_000_000));
}

#[test]
fn dns_is_counted_by_type_and_code() {
    let counting = Counting::file("http.pcap");
    let dns = counting.statistics.dns.unwrap();
    assert_eq!((dns.messages(), dns.queries(), dns.responses()), (4, 2, 2));
    let types: Vec<_> = dns.types().iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    assert_eq!(types, ["A 2", "AAAA 2"]);
    // tshark -q -z dns,tree
    assert_eq!((dns.lengths().least, dns.lengths().most, dns.lengths().sum), (34, 50, 152));
    assert_eq!((dns.names().least, dns.names().most), (16, 16));
}

/// Identifiers of the issues of a frame, as the statistics count them and as the walk finds them.
fn issues(link_type: u16, frame: &[u8], original_len: usize) -> [Vec<&'static str>; 2] {
    let layers = || examine(link_type, frame).original_len(original_len);
    let mut statistics = CaptureStatistics { issues: Some(IssueCounts::default()), ..CaptureStatistics::default() };
    statistics.packet(&CountedPacket { number: 1, ..CountedPacket::default() }, [layers()]);
    let mut walked = IssueCounts::default();
    layers().for_each(|layer| layer.issues(|issue| walked.add(&issue, 1)));
    [statistics.issues.unwrap(), walked].map(|counts| counts.rows().iter().map(|row| row.identifier).collect())
}

/// Writes the checksums of IP, and of TCP or UDP at byte `transport`, of a frame with an Ethernet header.
fn with_checksums(mut frame: Vec<u8>, transport: usize, is_tcp: bool) -> Vec<u8> {
    let (addresses, number, at) = match transport {
        34 => (26..34, if is_tcp { 6 } else { 17 }, 24),
        _ => (22..54, if is_tcp { 6 } else { 17 }, transport),
    };
    if transport == 34 {
        frame[at..at + 2].fill(0);
        let sum = Sum::new().bytes(&frame[14..34]).checksum();
        frame[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }
    let checksum = transport + if is_tcp { 16 } else { 6 };
    frame[checksum..checksum + 2].fill(0);
    let (pseudo, length) = (Sum::new().bytes(&frame[addresses]), (frame.len() - transport) as u32);
    let sum = pseudo.number(number).number(length).bytes(&frame[transport..]).checksum();
    frame[checksum..checksum + 2].copy_from_slice(&sum.to_be_bytes());
    frame
}

#[test]
fn issues_counted_without_a_walk_are_those_of_the_walk() {
    let ethernet = || Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 2].into());
    let timestamps =
        [TcpOption::NoOperation {}, TcpOption::NoOperation {}, TcpOption::Timestamps { value: 5, echo: 6 }];
    let tcp = |options: usize| {
        let tcp = Tcp::build().src_port(40000).dst_port(7000).flags(TcpFlags::ACK | TcpFlags::PSH).ack(7);
        tcp.options(&timestamps[..options])
    };
    let udp = || Udp::build().src_port(40000).dst_port(7000);
    let v4 = || Stack::new().push(ethernet()).push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()));
    let v6 = || {
        let [source, destination] = [1, 2].map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n));
        Stack::new().push(ethernet()).push(Ipv6::build().src(source).dst(destination))
    };
    let frames: [(Vec<u8>, usize, bool); 5] = [
        (v4().push(tcp(0)).payload(b"data").finish().unwrap(), 34, true),
        (v4().push(tcp(3)).finish().unwrap(), 34, true),
        (v4().push(udp()).payload(b"datum").finish().unwrap(), 34, false),
        (v6().push(tcp(3)).payload(b"data").finish().unwrap(), 54, true),
        (v6().push(udp()).payload(b"data").finish().unwrap(), 54, false),
    ];
    for (frame, transport, is_tcp) in frames {
        assert_eq!(issues(1, &frame, frame.len()), [[""; 0]; 2]);
        for (at, value) in (0..frame.len()).flat_map(|at| (0..=255).map(move |value| (at, value))) {
            let mut changed = frame.clone();
            changed[at] = value;
            let fixed = with_checksums(changed.clone(), transport, is_tcp);
            for frame in [changed, fixed] {
                let [counted, walked] = issues(1, &frame, frame.len());
                assert_eq!(counted, walked, "byte {at} is {value}: {frame:02x?}");
            }
        }
        for (more, original) in [(0, 1), (3, 0), (7, 0), (7, 4)] {
            let longer = [&frame[..], &[0; 7][..more]].concat();
            let [counted, walked] = issues(1, &longer, longer.len() + original);
            assert_eq!(counted, walked, "{more} bytes more, {original} more on the wire");
        }
    }
    let files = common::testdata().into_iter().chain(common::corpus().into_iter().step_by(10));
    for packet in files.flat_map(|file| common::packets(&file).into_iter().take(1000)) {
        let [counted, walked] = issues(packet.link_type, &packet.bytes, packet.original_len);
        assert_eq!(counted, walked, "{:02x?}", packet.bytes);
    }
}
