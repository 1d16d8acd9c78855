//! What is known of a connection: who opened it, where it is in its life, what was counted.

use super::exchange::*;
use packetsmith::flow::{Endpoint, FlowSettings, Flows, PacketInfo, Side, TcpConnection, TcpState};
use packetsmith::{Ipv4, Ipv6, Stack, Tcp, Udp, examine};

fn connection<const N: usize>(segments: [Segment; N]) -> TcpConnection {
    let mut exchange = Exchange::new();
    exchange.found(segments);
    assert_eq!(exchange.flows.tcp().count(), 1);
    exchange.flows.tcp().next().unwrap()
}

fn state<const N: usize>(segments: [Segment; N]) -> String {
    connection(segments).state().to_string()
}

#[test]
fn a_syn_without_answer_is_unanswered_however_often_it_is_sent() {
    assert_eq!(state([syn()]), "unanswered");
    assert_eq!(state([syn(), syn(), syn()]), "unanswered");
    assert_eq!(connection([syn()]).opener, Some(Side::First));
}

#[test]
fn a_handshake_without_its_last_segment_is_half_open() {
    assert_eq!(state([syn(), syn_ack()]), "half-open");
    assert_eq!(state([syn(), syn_ack(), syn_ack()]), "half-open");
}

#[test]
fn after_the_handshake_a_connection_is_open() {
    let open = connection([syn(), syn_ack(), a(1, 1)]);
    assert_eq!((open.state(), open.opener, open.is_simultaneous), (TcpState::Open, Some(Side::First), false));
    assert_eq!(state([syn(), syn_ack(), a(1, 1).data(5)]), "open");
}

#[test]
fn both_sides_can_open_at_the_same_time() {
    let second = b(0, 0).with(SYN).without_ack();
    let opening = connection([syn(), second.clone()]);
    assert!(opening.is_simultaneous && opening.opener == Some(Side::First));
    assert_eq!(opening.state(), TcpState::HalfOpen);
    assert_eq!(state([syn(), second.clone(), a(0, 1).with(SYN)]), "half-open");
    assert_eq!(state([syn(), second.clone(), a(0, 1).with(SYN), b(0, 1).with(SYN)]), "open");
    assert_eq!(state([syn(), second, a(1, 1)]), "open");
}

#[test]
fn a_connection_that_one_side_has_closed_is_half_closed() {
    assert_eq!(state([syn(), syn_ack(), a(1, 1), a(1, 1).with(FIN)]), "closed by the first side");
    assert_eq!(state([syn(), syn_ack(), a(1, 1), b(1, 1).with(FIN), a(1, 2).data(9)]), "closed by the second side");
    assert_eq!(state([syn(), syn_ack(), a(1, 1), b(1, 1).with(FIN), a(1, 2).with(FIN)]), "closed");
}

#[test]
fn a_reset_ends_a_connection_whatever_it_was() {
    assert_eq!(state([syn(), b(0, 1).with(RST)]), "reset by the second side");
    assert_eq!(state([syn(), syn_ack(), a(1, 1), a(1, 1).with(RST)]), "reset by the first side");
    assert_eq!(
        state([syn(), syn_ack(), a(1, 1).with(FIN), b(1, 2).with(FIN), a(2, 2).with(RST)]),
        "reset by the first side"
    );
}

#[test]
fn a_connection_without_its_beginning_is_midway() {
    let midway = connection([a(1, 1).data(5), b(1, 6)]);
    assert_eq!((midway.state(), midway.opener), (TcpState::Midway, None));
    assert_eq!(state([a(1, 1).with(FIN)]), "closed by the first side");
    assert_eq!(connection([syn_ack(), a(1, 1)]).opener, Some(Side::Second), "who is answered has opened");
}

#[test]
fn packets_bytes_and_times_are_counted_for_each_side() {
    let counted = connection([syn(), syn_ack(), a(1, 1), a(1, 1).data(100), a(1, 1).data(100), b(1, 101).data(7)]);
    assert_eq!((counted.packets, counted.bytes, counted.retransmissions), ([4, 2], [200, 7], [1, 0]));
    let (first, last) = counted.times.unwrap();
    assert_eq!(last - first, 5_000_000);
    let [from, to] = counted.endpoints.0;
    assert_eq!((from.to_string(), to.to_string()), ("192.0.2.1:40000".into(), "192.0.2.2:80".into()));
    assert_eq!(counted.endpoints.of(Side::Second), to);
}

#[test]
fn streams_are_numbered_by_protocol_in_the_order_of_their_first_packets() {
    let mut exchange = Exchange::new();
    assert_eq!(exchange.after(0, syn().ports(1, 2)).stream, 0);
    assert_eq!(exchange.after(0, syn().ports(1, 3)).stream, 1);
    assert_eq!(exchange.after(0, syn_ack().ports(1, 2)).stream, 0, "the other direction");
    let addresses = |ip: packetsmith::proto::ip::Ipv4Edit| ip.src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into());
    let udp = |from, to| {
        let udp = Udp::build().src_port(from).dst_port(to);
        Stack::new().push(addresses(Ipv4::build())).push(udp).payload(b"12345").finish().unwrap()
    };
    for (from, to) in [(1, 2), (7, 9), (1, 2)] {
        let info = exchange.info(2);
        exchange.flows.packet(info, examine(IP, &udp(from, to)));
    }
    let udp: Vec<_> = exchange.flows.udp().map(|udp| (udp.stream, udp.packets, udp.bytes)).collect();
    assert_eq!(udp, [(0, [2, 0], [10, 0]), (1, [1, 0], [5, 0])], "UDP has numbers of its own");
    assert_eq!(exchange.flows.conversations().count(), 4);
    let times = exchange.flows.udp().next().unwrap().times.unwrap();
    assert_eq!(times.1 - times.0, 4000);
}

#[test]
fn connections_over_ipv6_are_followed_too() {
    let mut flows = Flows::new(FlowSettings::default());
    let segment = |seq: u32| {
        let ip = Ipv6::build().src("2001:db8::1".parse().unwrap()).dst("2001:db8::2".parse().unwrap());
        Stack::new().push(ip).push(Tcp::build().src_port(5).dst_port(80).seq(seq)).payload(b"abc").finish().unwrap()
    };
    for seq in [100, 103] {
        flows.packet(PacketInfo::default(), examine(IP, &segment(seq)));
    }
    let last = *flows.segments().next().unwrap();
    assert_eq!((last.stream, last.seq, last.next_seq), (0, 4, Some(7)));
    let Endpoint { address, port } = flows.tcp().next().unwrap().endpoints.of(Side::First);
    assert_eq!((address.to_string().as_str(), port), ("2001:db8::1", 5));
}

#[test]
fn an_endpoint_can_send_to_itself() {
    let mut exchange = Exchange::new();
    let to_itself = |segment: Segment| {
        let ip = Ipv4::build().src([127, 0, 0, 1].into()).dst([127, 0, 0, 1].into());
        Stack::new().push(ip).push(segment.ports(9, 9).tcp()).payload(&[0; 3]).finish().unwrap()
    };
    for seq in [100, 103, 106] {
        let info = exchange.info(1000);
        let segments = exchange.flows.packet(info, examine(IP, &to_itself(segment(0, seq, seq))));
        assert_eq!(segments.len(), 1);
    }
    assert_eq!(exchange.flows.tcp().next().unwrap().packets, [3, 0]);
}
