extern crate std;
use super::counter_records::*;
use super::flow_records::*;
use super::samples::*;
use super::xdr::*;
use super::*;
use crate::dissect::{Examine, ExaminedLayer, Layers};
use crate::layer::Severity;
use crate::proto::{Proto, View};
use crate::wire::{List, MacAddr};
use core::net::IpAddr;
use std::vec::Vec;

fn layer(bytes: &[u8]) -> ExaminedLayer<'_> {
    Examine::new(Layers::new(NextProtocol::UdpPorts(40000, 6343), bytes)).next().unwrap()
}

fn sflow<'a>(layer: &ExaminedLayer<'a>) -> Sflow<&'a [u8; 8]> {
    let View::Sflow(sflow) = layer.view else { panic!("{}", layer.proto) };
    sflow
}

fn issues(bytes: &[u8]) -> Vec<IssueKind> {
    let mut all = Vec::new();
    layer(bytes).issues(|issue| all.push(issue.kind));
    all
}

/// A datagram with these samples, of this number.
fn datagram(count: u32, samples: &[u8]) -> Vec<u8> {
    let mut bytes = std::vec![0, 0, 0, 5, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0xea, 0x60];
    bytes.extend(count.to_be_bytes());
    bytes.extend(samples);
    bytes
}

/// A sample or record: enterprise and format, length, contents.
fn item(enterprise: u32, format: u32, contents: &[u8]) -> Vec<u8> {
    let mut bytes = (enterprise << 12 | format).to_be_bytes().to_vec();
    bytes.extend((contents.len() as u32).to_be_bytes());
    bytes.extend(contents);
    bytes
}

/// A flow sample with these records, of this number.
fn flow_sample(count: u32, records: &[u8]) -> Vec<u8> {
    let mut contents = std::vec![0; 28];
    contents.extend(count.to_be_bytes());
    contents.extend(records);
    item(0, 1, &contents)
}

/// A record with the header of an IPv4 packet.
fn raw_header(header: &[u8]) -> Vec<u8> {
    let mut contents = std::vec![0, 0, 0, 11, 0, 0, 5, 0xdc, 0, 0, 0, 4];
    contents.extend((header.len() as u32).to_be_bytes());
    contents.extend(header);
    contents.extend(zeros(header.len()));
    item(0, 1, &contents)
}

/// One of each record of flow samples.
fn flow_records() -> [SflowFlowRecord<'static>; 16] {
    let v4 = |n| Ipv4Addr::new(192, 0, 2, n);
    let v6 = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    let frame = SflowEthernetFrame::build().length_of_frame(64).source(MacAddr([2, 0, 0, 0, 0, 1]));
    const SEGMENTS: &[SflowAsSegment<'_>] = &[
        SflowAsSegment { segment_type: SflowAsSegmentType::Sequence, numbers: SflowArray(List::of(&[65536, 65537])) },
        SflowAsSegment { segment_type: SflowAsSegmentType::Set, numbers: SflowArray(List::of(&[65538])) },
    ];
    [
        SflowFlowRecord::RawPacketHeader {
            protocol: SflowHeaderProtocol::Ethernet,
            frame_length: 1518,
            stripped: 4,
            header: SflowHeaderBytes::new(b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x88\xb5?"),
        },
        SflowFlowRecord::EthernetFrame {
            frame: frame.destination(MacAddr([2, 0, 0, 0, 0, 2])).ethertype(0x800).done(),
        },
        SflowFlowRecord::Ipv4Data {
            length_of_packet: 40,
            protocol: 6,
            source: v4(1),
            destination: v4(2),
            source_port: 50000,
            destination_port: 80,
            tcp_flags: SflowTcpFlags::SYN | SflowTcpFlags::ACK,
            type_of_service: 0xb8,
        },
        SflowFlowRecord::Ipv6Data {
            length_of_packet: 20,
            protocol: 6,
            source: v6,
            destination: v6,
            source_port: 50000,
            destination_port: 80,
            tcp_flags: SflowTcpFlags::SYN | SflowTcpFlags::ACK,
            priority: 3,
        },
        SflowFlowRecord::ExtendedSwitch { vlan_in: 10, priority_in: 1, vlan_out: 20, priority_out: 2 },
        SflowFlowRecord::ExtendedRouter { next_hop: v4(9).into(), source_mask: 24, destination_mask: 16 },
        SflowFlowRecord::ExtendedGateway {
            next_hop: v6.into(),
            router_as: 64496,
            source_as: 64497,
            source_peer_as: 64498,
            destination_path: SflowArray(List::of(SEGMENTS)),
            communities: SflowArray(List::of(&[0xfbf0_0001, 0xfbf0_0002])),
            local_preference: 100,
        },
        SflowFlowRecord::ExtendedUser {
            source_character_set: 106,
            source_user: "alice".into(),
            destination_character_set: 3,
            destination_user: "bob".into(),
        },
        SflowFlowRecord::ExtendedUrl {
            direction: SflowUrlDirection::Destination,
            url: "http://www.example.test/".into(),
            host: "www.example.test".into(),
        },
        SflowFlowRecord::ExtendedMpls {
            next_hop: SflowNextHop(None),
            labels_in: SflowArray(List::of(&[16, 17])),
            labels_out: SflowArray(List::of(&[])),
        },
        SflowFlowRecord::ExtendedNat { source: v4(3).into(), destination: IpAddr::V6(v6).into() },
        SflowFlowRecord::ExtendedMplsTunnel { name: "tunnel".into(), tunnel_id: 1, class_of_service: 2 },
        SflowFlowRecord::ExtendedMplsVc { name: "vc".into(), circuit_id: 3, class_of_service: 4 },
        SflowFlowRecord::ExtendedMplsFec { description: "to the lab".into(), mask: 1 },
        SflowFlowRecord::ExtendedMplsLvpFec { prefix_length: 24 },
        SflowFlowRecord::ExtendedVlanTunnel { tags: SflowArray(List::of(&[0x8100_000a, 0x88a8_0014])) },
    ]
}

#[test]
fn records_are_read_as_they_are_built() {
    let records = flow_records();
    let counters =
        [SflowCounterRecord::Vlan { vlan: 7, octets: 1 << 40, unicast: 1, multicast: 2, broadcast: 3, discards: 4 }];
    let about = SflowFlowSample::build().sequence(9).source_index(3).sampling_rate(512).output(2).done();
    let samples = [
        SflowSample::FlowSample { about, records: SflowList::of(&records), rest: None },
        SflowSample::CountersSample {
            about: SflowCountersSample::build().source_index(4).done(),
            records: SflowList::of(&counters),
            rest: None,
        },
    ];
    let message = SflowDatagram::Ipv6 {
        agent: Ipv6Addr::LOCALHOST,
        sub_agent: 1,
        sequence: 2,
        uptime: 3,
        samples: SflowList::of(&samples),
    };
    let bytes = crate::build::Stack::new().push(Sflow::build().message(message)).finish().unwrap();
    let layer = layer(&bytes);
    assert_eq!(sflow(&layer).datagram(&layer.context), message);
    assert_eq!(issues(&bytes), []);
    let read = sflow(&layer).samples(&layer.context).iter().next().unwrap();
    assert!(read.flow_records().unwrap().iter().eq(records));
}

#[test]
fn headers_of_sampled_packets_are_found_in_their_order() {
    let other = item(0, 1001, &[0; 16]);
    let vendors = item(4413, 1, &raw_header(b"a vendor's"));
    let samples = [
        flow_sample(2, &[other.clone(), raw_header(b"one")].concat()),
        item(0, 2, &[0; 12]),
        vendors,
        flow_sample(0, &raw_header(b"beyond the count")),
        flow_sample(3, &[raw_header(b"second"), other, raw_header(b"third")].concat()),
    ];
    let bytes = datagram(5, &samples.concat());
    let layer = layer(&bytes);
    let found: Vec<_> =
        sflow(&layer).sampled_headers(&layer.context).map(|it| (it.sample, it.contents.bytes())).collect();
    assert_eq!(found, [(0, &b"one"[..]), (4, b"second"), (4, b"third")]);
}

#[test]
fn counts_that_are_wrong_are_reported() {
    let sample = flow_sample(1, &raw_header(b"x"));
    assert_eq!(issues(&datagram(1, &sample)), []);
    assert_eq!(issues(&datagram(2, &sample)), [IssueKind::Missing { declared: 2, have: 1 }]);
    assert_eq!(issues(&datagram(u32::MAX, &sample)), [IssueKind::Missing { declared: u32::MAX, have: 1 }]);
    assert_eq!(issues(&datagram(0, &sample)), [IssueKind::Surplus(sample.len() as u32)]);
    let records = raw_header(b"x");
    assert_eq!(issues(&datagram(1, &flow_sample(9, &records))), [IssueKind::Missing { declared: 9, have: 1 }]);
    assert_eq!(issues(&datagram(1, &flow_sample(0, &records))), [IssueKind::Surplus(records.len() as u32)]);
}

#[test]
fn lengths_that_are_wrong_spoil_nothing_else() {
    let long = |at: usize, length: u32| {
        let mut bytes = datagram(1, &flow_sample(1, &raw_header(b"header")));
        bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
        issues(&bytes)
    };
    // The sample's own length, the record's, and that of the header inside of it.
    assert!(matches!(long(32, 0x0001_0000)[..], [IssueKind::CutItem { kind: 1, length: Some(0x0001_0000), .. }, ..]));
    assert!(matches!(long(32, u32::MAX)[..], [IssueKind::CutItem { length: Some(u32::MAX), .. }, ..]));
    assert_eq!(long(32, 8), [IssueKind::BadItem(1), IssueKind::Surplus(56)]);
    assert!(matches!(long(72, u32::MAX)[..], [IssueKind::CutItem { .. }, IssueKind::Missing { declared: 1, have: 0 }]));
    assert_eq!(long(88, 9), [IssueKind::BadItem(1)]);
    assert_eq!(long(88, u32::MAX), [IssueKind::BadItem(1)]);
    // What fills up the header is not judged.
    assert_eq!(long(88, 5), []);
}

#[test]
fn other_versions_are_data() {
    for (version, rule) in
        [(2, SflowRule::VersionNotRead), (4, SflowRule::VersionNotRead), (6, SflowRule::VersionUnknown)]
    {
        let mut bytes = datagram(0, &[]);
        bytes[3] = version;
        let layers: Vec<_> = Examine::new(Layers::new(NextProtocol::UdpPort(6343), &bytes)).collect();
        assert_eq!((layers.len(), layers[1].proto, layers[1].header_span().start), (2, Proto::Data, 8));
        assert_eq!(sflow(&layers[0]).version(), u32::from(version));
        assert_eq!(issues(&bytes), [rule.into()]);
        assert_eq!(sflow(&layers[0]).sampled_headers(&layers[0].context).count(), 0);
    }
    let mut bytes = datagram(0, &[]);
    bytes[4..8].copy_from_slice(&65537u32.to_be_bytes());
    assert_eq!(issues(&bytes), [SflowRule::AgentTypeUnknown.into()]);
}

#[test]
fn a_datagram_that_is_cut_is_read_as_far_as_it_goes() {
    let whole = datagram(2, &[flow_sample(1, &raw_header(b"one")), flow_sample(1, &raw_header(b"two"))].concat());
    for len in Sflow::LEN..whole.len() {
        let cut = &whole[..len];
        let layer =
            Examine::new(Layers::new(NextProtocol::UdpPort(6343), cut)).original_len(whole.len()).next().unwrap();
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        assert!(
            matches!(all[..], [IssueKind::Truncated { .. }]) && all[0].severity() == Severity::Note,
            "{len}: {all:?}"
        );
        let headers = sflow(&layer).sampled_headers(&layer.context).count();
        assert_eq!(headers, usize::from(len >= 28 + (whole.len() - 28) / 2), "{len}");
    }
}

#[test]
fn what_an_enterprise_defines_is_bytes() {
    let bytes = datagram(1, &item(4413, 1, &[1, 2, 3]));
    assert!(matches!(issues(&bytes)[..], [IssueKind::CutItem { .. }, ..]), "the last item is not filled up");
    let mut bytes = datagram(1, &item(4413, 1, &[1, 2, 3]));
    bytes.push(9);
    assert_eq!(issues(&bytes), []);
    #[cfg(feature = "alloc")]
    {
        let mut packet = crate::packet::Packet::default();
        packet.read(Examine::new(Layers::new(NextProtocol::UdpPort(6343), &bytes)));
        let built = packet.build().unwrap();
        assert_eq!(built, bytes, "what fills it up is kept");
    }
}

#[cfg(feature = "alloc")]
#[test]
fn the_summary_has_agent_and_numbers() {
    let line = |bytes: &[u8]| {
        let mut summary = crate::output::Summary::default();
        summary.packet(Examine::new(Layers::new(NextProtocol::UdpPort(6343), bytes)));
        std::format!("{} {}", summary.protocol.as_str(), summary.info.as_str())
    };
    assert_eq!(line(&datagram(0, &[])), "sFlow agent 192.0.2.1 sub-agent=2 seq=7 samples=0");
    assert_eq!(line(&[0, 0, 0, 4, 0, 0, 0, 1]), "sFlow version 4");
}
