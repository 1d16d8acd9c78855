//! What packets hold beside plain segments: VLAN tags, tunnels, quotes, fragments, no times, cut headers.

use super::exchange::*;
use packetsmith::flow::{
    FlowSettings, Flows, LayerAnalysis, MessageSettings, PacketInfo, Separation, TcpAnalysis, TcpFindings as Found,
    of_walk,
};
use packetsmith::ip::{Fragmenter, Outcome, Reassembler, Settings};
use packetsmith::proto::app::{SflowDatagram, SflowFlowRecord, SflowFlowSample, SflowHeaderBytes, SflowHeaderProtocol};
use packetsmith::proto::app::{SflowList, SflowSample};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ethernet, Ipv4, Sflow, Stack, Udp, Vlan, examine};
use std::net::Ipv4Addr;
use std::time::Duration;

const ETHERNET: u16 = 1;

fn tagged(vlan: u16, segment: &Segment, identification: u16) -> Vec<u8> {
    let frame = Stack::new().push(Ethernet::build()).push(Vlan::build().id(vlan)).push(segment.ip(identification));
    frame.push(segment.tcp()).payload(&segment.payload()).finish().unwrap()
}

fn keeps_networks_apart() -> Exchange {
    Exchange::with(FlowSettings { separation: Separation::Networks, ..FlowSettings::default() })
}

fn frame(exchange: &mut Exchange, frame: &[u8]) -> TcpAnalysis {
    let info = exchange.info(10);
    exchange.flows.packet(info, examine(ETHERNET, frame));
    *exchange.flows.segments().next().unwrap()
}

#[test]
fn a_copy_on_another_vlan_counts_as_a_retransmission_and_names_the_original() {
    let mut exchange = Exchange::new();
    let segment = a(1, 1).data(100);
    assert_eq!(frame(&mut exchange, &tagged(10, &segment, 7)).copy_of, None);
    let copy = frame(&mut exchange, &tagged(20, &segment, 7));
    assert_eq!((copy.stream, copy.copy_of), (0, Some(1)));
    assert!(copy.findings.contains(Found::RETRANSMISSION));
    assert_eq!(exchange.flows.copies(), 1);
    let again = frame(&mut exchange, &tagged(10, &segment, 8));
    assert!(again.copy_of.is_none() && again.findings.contains(Found::RETRANSMISSION), "another identification");
    let again = frame(&mut exchange, &tagged(10, &segment, 8));
    assert!(again.copy_of.is_none() && again.findings.contains(Found::RETRANSMISSION), "the same network");
    assert_eq!(exchange.flows.copies(), 1);
}

#[test]
fn networks_can_be_kept_apart() {
    let mut exchange = keeps_networks_apart();
    let segment = a(1, 1).data(100);
    for (packet, vlan) in [10, 20].into_iter().enumerate() {
        let analysis = frame(&mut exchange, &tagged(vlan, &segment, 7));
        assert_eq!((analysis.stream, analysis.findings, analysis.copy_of), (packet as u64, NOTHING, None));
    }
    let next = frame(&mut exchange, &tagged(10, &a(101, 1).data(5), 8));
    assert_eq!((next.stream, next.seq, next.findings), (0, 101, NOTHING));
    assert_eq!(exchange.flows.copies(), 0);
}

#[test]
fn interfaces_are_networks_too() {
    for (separation, streams) in [(Separation::None, [0, 0]), (Separation::Networks, [0, 1])] {
        let mut exchange = Exchange::with(FlowSettings { separation, ..FlowSettings::default() });
        let packet = a(1, 1).data(100).packet(7);
        let found = [0, 1].map(|interface| {
            let info = PacketInfo { interface, ..exchange.info(10) };
            exchange.flows.packet(info, examine(IP, &packet));
            exchange.flows.segments().next().unwrap().stream
        });
        assert_eq!(found, streams);
        assert_eq!(exchange.flows.copies(), u64::from(separation == Separation::None));
    }
}

/// A segment in a VXLAN tunnel between two other hosts.
fn in_tunnel(segment: &Segment, vni: u8) -> Vec<u8> {
    let inner = [&[8, 0, 0, 0, 0, 0, vni, 0][..], &untagged(segment)].concat();
    let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let udp = Udp::build().src_port(5555).dst_port(4789);
    Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(&inner).finish().unwrap()
}

fn untagged(segment: &Segment) -> Vec<u8> {
    let frame = Stack::new().push(Ethernet::build()).push(segment.ip(7)).push(segment.tcp());
    frame.payload(&segment.payload()).finish().unwrap()
}

#[test]
fn a_tunnel_and_what_is_in_it_are_conversations_of_one_packet() {
    let mut exchange = Exchange::new();
    let info = exchange.info(0);
    let found = exchange.flows.packet(info, examine(ETHERNET, &in_tunnel(&a(1, 1).data(10), 1)));
    let kinds: Vec<_> = found.iter().map(|found| (found.walk, found.layer, is_tcp(&found.analysis))).collect();
    assert_eq!(kinds, [(0, 2, false), (0, 6, true)]);
    assert_eq!((exchange.flows.tcp().count(), exchange.flows.udp().count()), (1, 1));
}

fn is_tcp(analysis: &LayerAnalysis) -> bool {
    matches!(analysis, LayerAnalysis::Tcp(_))
}

#[test]
fn a_copy_in_a_tunnel_is_one_of_the_segment_outside() {
    let segment = a(1, 1).data(10);
    let mut exchange = Exchange::new();
    frame(&mut exchange, &untagged(&segment));
    assert_eq!(frame(&mut exchange, &in_tunnel(&segment, 1)).copy_of, Some(1));
    let mut exchange = keeps_networks_apart();
    let frames = [untagged(&segment), in_tunnel(&segment, 1), in_tunnel(&segment, 2), in_tunnel(&segment, 1)];
    let streams = frames.map(|bytes| frame(&mut exchange, &bytes).stream);
    assert_eq!(streams, [0, 1, 2, 1]);
}

/// An ICMP error about a segment.
fn unreachable(segment: &Segment, bytes: usize) -> Vec<u8> {
    let quote = segment.packet(1);
    let message = [&[3, 1, 0, 0, 0, 0, 0, 0][..], &quote[..quote.len().min(20 + bytes)]].concat();
    let ip = Ipv4::build().src([10, 0, 0, 9].into()).dst([192, 0, 2, 1].into()).protocol(1.into());
    Stack::new().push(ip).payload(&message).finish().unwrap()
}

#[test]
fn a_segment_in_an_icmp_error_belongs_to_its_connection_but_is_not_analysed() {
    let mut exchange = Exchange::open();
    exchange.after(0, a(1, 1).data(100));
    let info = exchange.info(1000);
    exchange.flows.packet(info, examine(IP, &unreachable(&a(1, 1).data(100), 120)));
    let quoted = *exchange.flows.segments().next().unwrap();
    assert_eq!((quoted.stream, quoted.findings, quoted.is_relative), (0, NOTHING, false));
    assert_eq!((quoted.seq, quoted.ack), (10_001, Some(50_001)), "the numbers of the header");
    assert_eq!((quoted.length, quoted.next_seq), (None, None));
    assert_eq!(exchange.flows.tcp().next().unwrap().packets, [3, 1], "it is not counted");
    assert_eq!(exchange.after(0, a(101, 1).data(5)).findings, NOTHING, "and changes no numbers");
}

#[test]
fn a_quoted_segment_can_begin_a_connection_if_16_bytes_of_it_are_there() {
    for (bytes, streams) in [(15, 0), (16, 1)] {
        let mut exchange = Exchange::new();
        let info = exchange.info(0);
        exchange.flows.packet(info, examine(IP, &unreachable(&syn(), bytes)));
        assert_eq!(exchange.flows.tcp().count(), streams, "{bytes}");
    }
}

#[test]
fn fragments_do_not_count_until_they_are_put_together() {
    let mut exchange = Exchange::open();
    let packet = a(1, 1).data(200).packet(9);
    let mut reassembler = Reassembler::new(Settings::default());
    let mut fragmenter = Fragmenter::new(100);
    let fragments: Vec<_> = fragmenter.split(&packet).unwrap().map(|fragment| fragment.to_vec()).collect();
    assert_eq!(fragments.len(), 3);
    for (n, fragment) in fragments.iter().enumerate() {
        let info = exchange.info(10);
        exchange.flows.begin(info);
        assert!(exchange.flows.add(examine(IP, fragment)).is_empty(), "a fragment");
        match reassembler.push(fragment, info.number, Duration::ZERO, &mut |_| {}) {
            Outcome::Complete(datagram) => assert_eq!(exchange.flows.add(examine(IP, datagram.packet())).len(), 1),
            _ => assert!(n < 2),
        }
    }
    let found = exchange.flows.found();
    assert!(of_walk(found, 0).is_empty() && of_walk(found, 2).is_empty());
    let [layer] = of_walk(found, 1) else { panic!("one header") };
    assert_eq!((layer.walk, layer.layer), (1, 1));
    let segment = exchange.flows.segments().next().unwrap();
    assert_eq!((segment.seq, segment.length, segment.bytes_in_flight), (1, Some(200), Some(200)));
    assert_eq!(exchange.after(0, b(1, 201)).acknowledged.unwrap().packet, 6, "the packet that completed it");
}

#[test]
fn packets_without_a_time_are_analysed_without_times() {
    let mut flows = Flows::new(FlowSettings::default());
    let mut send = |segment: Segment| {
        let info = PacketInfo { number: flows.packets() + 1, ..PacketInfo::default() };
        flows.packet(info, examine(IP, &segment.packet(0)));
        *flows.segments().next().unwrap()
    };
    for segment in [syn(), syn_ack(), a(1, 1), a(1, 1).data(100)] {
        let analysis = send(segment);
        assert_eq!((analysis.since_first, analysis.since_previous, analysis.initial_rtt), (None, None, None));
    }
    let again = send(a(1, 1).data(100));
    assert_eq!((again.findings, again.retransmission_timeout), (Found::RETRANSMISSION, None));
    let answer = send(b(1, 101)).acknowledged.unwrap();
    assert_eq!((answer.packet, answer.rtt), (4, None));
    assert_eq!(flows.tcp().next().unwrap().times, None);
}

/// A segment with 4 bytes of options of which so many bytes of TCP were captured.
fn cut(exchange: &mut Exchange, segment: Segment, captured: usize) -> Option<TcpAnalysis> {
    let packet = segment.options(&[1, 1, 1, 1]).packet(0);
    let info = exchange.info(1000);
    exchange.flows.packet(info, examine(IP, &packet[..20 + captured]).original_len(packet.len()));
    exchange.flows.segments().next().copied()
}

#[test]
fn the_length_of_cut_data_is_that_on_the_wire() {
    let mut exchange = Exchange::open();
    let segment = cut(&mut exchange, a(1, 1).data(100), 24).unwrap();
    assert_eq!((segment.length, segment.next_seq, segment.bytes_in_flight), (Some(100), Some(101), Some(100)));
    assert_eq!(exchange.after(0, b(1, 101)).findings, NOTHING);
}

#[test]
fn of_a_header_that_the_capture_cut_16_bytes_are_enough_for_the_numbers() {
    let mut exchange = Exchange::open();
    exchange.after(0, a(1, 1).data(100));
    assert!(cut(&mut exchange, a(1, 1).data(100), 15).is_none());
    let segment = cut(&mut exchange, a(1, 1).data(100), 16).unwrap();
    assert_eq!((segment.seq, segment.ack, segment.next_seq, segment.findings), (1, Some(1), Some(101), NOTHING));
    assert_eq!((segment.since_first, segment.bytes_in_flight), (None, None));
    let segment = cut(&mut exchange, a(101, 1).data(100).with(FIN), 23).unwrap();
    assert_eq!((segment.findings, segment.bytes_in_flight), (Found::ACTIVE_CLOSE, None), "options were cut");
    assert!(segment.since_first.is_some());
    assert_eq!(exchange.after(0, b(1, 202)).acknowledged.unwrap().packet, exchange.number - 1, "it was remembered");
}

#[test]
fn a_cut_syn_does_not_say_that_windows_are_not_scaled() {
    for (captured, scale) in [(24, -2), (22, -1)] {
        let mut exchange = Exchange::new();
        cut(&mut exchange, syn(), captured).unwrap();
        assert_eq!(exchange.after(0, a(1, 1)).window_scale.unwrap().factor(), scale, "{captured}");
    }
}

/// The numbers of data that begin before the header ends are not made up.
#[test]
fn a_header_longer_than_the_segment_is_not_analysed() {
    let mut exchange = Exchange::open();
    let mut packet = a(1, 1).packet(0);
    packet[32] = 0xf0 | packet[32] & 15;
    let info = exchange.info(0);
    exchange.flows.packet(info, examine(IP, &packet));
    let segment = exchange.flows.segments().next().unwrap();
    assert_eq!((segment.stream, segment.seq, segment.is_relative, segment.length), (0, 10_001, false, None));
}

#[test]
fn udp_lite_and_others_without_ports_of_tcp_and_udp_are_no_conversations() {
    let mut exchange = Exchange::new();
    for protocol in [2, 47, 132, 136] {
        let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()).protocol(protocol.into());
        let packet = Stack::new().push(ip).payload(&[0; 40]).finish().unwrap();
        let info = exchange.info(0);
        assert!(exchange.flows.packet(info, examine(IP, &packet)).is_empty());
    }
    assert_eq!(exchange.flows.conversations().count(), 0);
    let flags = a(1, 1).with(TcpFlags::URG);
    assert_eq!(exchange.after(0, flags).stream, 0);
}

/// Frames without anything unusual are read without a walk: what is found is the same. A frame of which it is said that
/// it has no frame check sequence is walked.
#[test]
fn plain_frames_are_read_as_by_the_walk() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let settings = FlowSettings { messages: Some(MessageSettings::default()), ..FlowSettings::default() };
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(mut reader) = packetsmith::capture::Reader::open(&path) else { continue };
        let (mut plain, mut walked) = (Flows::new(settings), Flows::new(settings));
        while let Some(Ok(record)) = reader.next_record() {
            let (Some(link_type), number) = (record.link_type, record.number) else { continue };
            let info = PacketInfo { number, time: Some(i128::from(number)), ..PacketInfo::default() };
            let layers = || examine(link_type, record.data).original_len(record.original_len as usize);
            let found = plain.packet(info, layers()).to_vec();
            assert_eq!(
                found.as_slice(),
                walked.packet(info, layers().fcs_len(Some(0))),
                "{}: {number}",
                path.display()
            );
            assert_eq!(plain.messages(), walked.messages());
            assert_eq!(plain.has_fragment(), walked.has_fragment());
            compared += found.len();
        }
        let shown = |flows: &Flows| flows.conversations().map(|one| format!("{one:?}")).collect::<Vec<_>>();
        assert_eq!(shown(&plain), shown(&walked));
    }
    assert!(compared > 1000, "{compared}");
}

/// A datagram of sFlow with one sample of each packet, which begins with IPv4.
fn samples_of(packets: &[Vec<u8>]) -> Vec<u8> {
    let header = |packet| SflowFlowRecord::RawPacketHeader {
        protocol: SflowHeaderProtocol::Ipv4,
        frame_length: 1500,
        stripped: 0,
        header: SflowHeaderBytes::new(packet),
    };
    let records: Vec<_> = packets.iter().map(|packet| [header(packet)]).collect();
    let about = SflowFlowSample::build().done();
    let sample = |records| SflowSample::FlowSample { about, records: SflowList::of(records), rest: None };
    let samples: Vec<_> = records.iter().map(|records| sample(&records[..])).collect();
    let (agent, samples) = (Ipv4Addr::new(192, 0, 2, 9), SflowList::of(&samples));
    let message = SflowDatagram::Ipv4 { agent, sub_agent: 0, sequence: 1, uptime: 0, samples };
    let ip = Ipv4::build().src(agent).dst([192, 0, 2, 8].into());
    let udp = Udp::build().src_port(40000).dst_port(6343);
    Stack::new().push(ip).push(udp).push(Sflow::build().message(message)).finish().unwrap()
}

#[test]
fn sampled_segments_belong_to_their_connections_but_are_not_analysed() {
    let mut exchange = Exchange::open();
    exchange.after(0, a(1, 1).data(100));
    let other = Segment { ports: [1, 2], ..syn() };
    let datagram = samples_of(&[other.packet(1), a(1, 1).data(100).packet(2), other.packet(3)]);
    let info = exchange.info(1000);
    let found: Vec<_> =
        exchange.flows.packet(info, examine(IP, &datagram)).iter().map(|it| (it.walk, it.layer)).collect();
    assert_eq!(found, [(0, 1), (1, 1), (2, 1), (3, 1)], "UDP around them, and one walk for each");
    let sampled: Vec<_> = exchange.flows.segments().copied().collect();
    assert!(sampled.iter().map(|it| it.stream).eq([1, 0, 1]), "in the order of the samples");
    assert!(sampled.iter().all(|it| (it.findings, it.is_relative, it.next_seq) == (NOTHING, false, None)));
    assert_eq!(exchange.flows.tcp().find(|tcp| tcp.stream == 0).unwrap().packets, [3, 1], "they are not counted");
    assert_eq!(exchange.after(0, a(101, 1).data(5)).findings, NOTHING, "and change no numbers");
}

#[test]
fn samples_inside_of_samples_are_followed_to_a_bounded_depth() {
    let mut packet = syn().packet(1);
    for _ in 0..6 {
        packet = samples_of(&[packet.clone(), packet]);
    }
    let levels: Vec<_> = examine(IP, &packet).sampled_packets().map(|sampled| sampled.depth).collect();
    assert_eq!(levels.len(), 2 + 4 + 8 + 16);
    assert_eq!(levels[..6], [0, 1, 2, 3, 3, 2], "those inside of a packet follow it");
    let mut exchange = Exchange::new();
    let info = exchange.info(0);
    let found = exchange.flows.packet(info, examine(IP, &packet));
    assert_eq!(found.last().unwrap().walk, levels.len());
    assert_eq!(exchange.flows.tcp().count(), 0, "the segment is too deep");
}

#[test]
fn a_sampled_fragment_completes_no_datagram() {
    let packet = a(1, 1).data(200).packet(9);
    let fragment = Fragmenter::new(100).split(&packet).unwrap().next().unwrap().to_vec();
    let mut exchange = Exchange::new();
    let info = exchange.info(0);
    exchange.flows.packet(info, examine(IP, &samples_of(&[fragment, syn().packet(1)])));
    assert!(!exchange.flows.has_fragment());
    assert_eq!(exchange.flows.segments().count(), 1);
}
