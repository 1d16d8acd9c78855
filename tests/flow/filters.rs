//! Filters that ask what conversations say.

use super::exchange::*;
use packetsmith::flow::{FlowField, FlowKind};
use packetsmith::{Filter, FrameInfo, examine};

/// Numbers of the packets that pass a filter: a handshake, data that is sent again, its acknowledgment, and a datagram.
fn passing(text: &str) -> Vec<u64> {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let (data, other) = (a(1, 1).data(100), syn().ports(7, 9));
    let segments = [syn().scale(1), syn_ack().scale(2), a(1, 1), data.clone(), data, b(1, 101), other];
    let mut exchange = Exchange::new();
    let mut passing = Vec::new();
    for (n, segment) in segments.into_iter().enumerate() {
        let info = exchange.info(50_000);
        let packet = segment.packet(n as u16);
        let flows = exchange.flows.packet(info, examine(IP, &packet));
        let frame = FrameInfo { number: Some(info.number), flows, ..FrameInfo::default() };
        if filter.matches_with(&frame, [examine(IP, &packet)]) {
            passing.push(info.number);
        }
    }
    passing
}

#[test]
fn filters_ask_for_streams_relative_numbers_and_findings() {
    for (text, packets) in [
        ("tcp.stream == 1", &[7][..]),
        ("tcp.stream != 0", &[7]),
        ("tcp.seq == 0", &[1, 2, 7]),
        ("tcp.seq == 0 && tcp.ack == 1", &[2]),
        ("tcp.nxtseq == 101", &[4, 5]),
        ("tcp.window_size == 2000", &[3, 4, 5]),
        ("tcp.window_size_scalefactor == 4", &[6]),
        ("tcp.completeness == 7", &[4]),
        ("tcp.completeness & 8", &[5, 6]),
        ("tcp.analysis.retransmission", &[5]),
        ("!tcp.analysis.retransmission", &[1, 2, 3, 4, 6, 7]),
        ("tcp.analysis.flags", &[5]),
        ("tcp.analysis.rto > 0.04", &[5]),
        ("tcp.analysis.rto_frame == 4", &[5]),
        ("tcp.analysis.acks_frame == 4", &[6]),
        ("tcp.analysis.ack_rtt == 0.1", &[6]),
        ("tcp.analysis.bytes_in_flight >= 100", &[4, 5]),
        ("tcp.time_relative >= 0.25", &[6]),
        ("tcp.time_delta == 0.05 && tcp.len > 0", &[4, 5]),
        ("udp.stream == 0", &[]),
    ] {
        assert_eq!(passing(text), packets, "{text}");
    }
}

#[test]
fn without_what_conversations_say_such_names_have_no_values() {
    let packet = a(1, 1).packet(0);
    for field in FlowField::all() {
        let filter = Filter::parse(field.filter).unwrap();
        // The length of the data is in the packet.
        let is_alone = field.filter == "tcp.len";
        assert_eq!(
            (filter.needs_flows(), filter.matches(examine(IP, &packet))),
            (!is_alone, is_alone),
            "{}",
            field.filter
        );
        assert!(!field.doc.is_empty() && field.doc.ends_with('.'));
    }
    assert!(!Filter::parse("tcp.seq_raw == 10001 && tcp.window_size_value == 1000").unwrap().needs_flows());
}

#[test]
fn names_of_values_are_unique_in_their_protocol() {
    let fields: Vec<_> = FlowField::all().filter(|field| field.kind != FlowKind::AnyFound).collect();
    for (n, field) in fields.iter().enumerate() {
        let protocol = |field: &FlowField| field.filter.split('.').next().map(String::from);
        let same = |other: &&&FlowField| other.name == field.name && protocol(other) == protocol(field);
        // Wireshark has a name for queries and one for responses. What was asked of a group has names beside those of
        // Wireshark.
        let has_two = |known: &str| field.filter.starts_with("dns.retransmit_") || known == field.filter;
        let twice = "dns.response_to dns.time dns.multicast_response_to dns.multicast_time http.request_number http.response_number";
        let filters = if twice.split(' ').any(has_two) { 2 } else { 1 };
        assert_eq!(fields.iter().filter(same).count(), filters, "{n}: {}", field.filter);
    }
}
