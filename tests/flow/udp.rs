//! Numbers of conversations over UDP, as tshark 4.0 gives them.

use super::exchange::IP;
use packetsmith::flow::{FlowSettings, Flows, LayerAnalysis, PacketInfo};
use packetsmith::{Ipv4, Stack, Udp, examine};

const SNMP: &[u8] =
    b"\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\
    \x2b\x06\x01\x02\x01\x01\x01\0\x05\0";
const REQUEST: &[u8] = b"\0\x01file\0octet\0";
const DATA: &[u8] = b"\0\x03\0\x01hello";
const OTHER: &[u8] = b"zzzzzzzz";

/// A datagram between hosts of these numbers.
type Datagram = ((u8, u16), (u8, u16), &'static [u8]);

fn flows(datagrams: &[Datagram]) -> (Flows, Vec<u64>) {
    let mut flows = Flows::new(FlowSettings::default());
    let mut numbers = Vec::new();
    for (number, &((from, source), (to, destination), data)) in (1..).zip(datagrams) {
        let ip = Ipv4::build().src([192, 0, 2, from].into()).dst([192, 0, 2, to].into());
        let packet = Stack::new().push(ip).push(Udp::build().src_port(source).dst_port(destination)).payload(data);
        let info = PacketInfo { number, time: Some(i128::from(number) * 1_000_000), interface: 0 };
        let packet = packet.finish().unwrap();
        let found = flows.packet(info, examine(IP, &packet));
        numbers.extend(found.iter().filter_map(|found| match found.analysis {
            LayerAnalysis::Udp(udp) => Some(udp.stream),
            _ => None,
        }));
    }
    (flows, numbers)
}

fn numbers(datagrams: &[Datagram]) -> Vec<u64> {
    flows(datagrams).1
}

const A: u8 = 1;
const B: u8 = 2;
const C: u8 = 3;

#[test]
fn after_the_first_message_of_snmp_another_conversation_begins() {
    let (ask, answer): (Datagram, Datagram) = (((A, 4000), (B, 161), SNMP), ((B, 161), (A, 4000), SNMP));
    let others = [((A, 4001), (B, 161), SNMP), ((B, 161), (A, 4001), SNMP), ((A, 5), (B, 6), OTHER)];
    assert_eq!(numbers(&[[ask, answer, ask].as_slice(), &others].concat()), [0, 1, 1, 2, 3, 4]);
    // Traps, without an answer.
    let trap: Datagram = ((A, 4000), (B, 162), SNMP);
    assert_eq!(numbers(&[trap, trap, ((A, 4001), (B, 162), SNMP), ((A, 5), (B, 6), OTHER)]), [0, 1, 2, 3]);
    // What is no SNMP does not count, and the message may come from either side.
    let garbage: Datagram = ((A, 4000), (B, 161), OTHER);
    assert_eq!(numbers(&[garbage, garbage, answer, garbage, answer, ask, ask]), [0, 0, 0, 1, 1, 1, 1]);
    // On other ports it is not recognized.
    assert_eq!(numbers(&[ask, ((B, 9999), (A, 4000), SNMP), ((A, 4000), (B, 9999), SNMP)]), [0, 1, 1]);
}

#[test]
fn a_conversation_of_snmp_that_is_over_is_handed_over() {
    let (flows, _) = flows(&[((A, 4000), (B, 161), SNMP), ((B, 161), (A, 4000), SNMP)]);
    assert_eq!(flows.ended().len(), 1);
    let [rest] = flows.udp().collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((rest.stream, rest.packets), (1, [1, 0]));
    assert_eq!(rest.endpoints.0[0].to_string(), "192.0.2.2:161");
}

#[test]
fn all_ports_of_a_server_of_tftp_are_one_conversation_until_the_next_request() {
    let request: Datagram = ((A, 4000), (B, 69), REQUEST);
    let from = |port| ((B, port), (A, 4000), DATA);
    let last = ((A, 5), (B, 6), OTHER);
    let all = [request, from(5000), ((A, 4000), (B, 5000), DATA), from(5001), request, from(5001), from(5000), last];
    assert_eq!(numbers(&all), [0, 1, 1, 1, 0, 2, 2, 3]);
    // A request that is sent again, a port that is used again, the port of requests.
    let again = [request, request, from(5000), ((A, 4000), (B, 5000), DATA), request, from(5000), from(69)];
    assert_eq!(numbers(&again), [0, 0, 1, 1, 0, 2, 0]);
    // What is no request begins no transfer.
    let bad: Datagram = ((A, 4000), (B, 69), b"\0\x01file\0oct\0");
    assert_eq!(numbers(&[bad, from(5000), from(5001), ((A, 4000), (B, 69), DATA), from(5001)]), [0, 1, 2, 0, 2]);
    // Another server, and another port of the first one.
    let other = [request, ((A, 4000), (B, 53), OTHER), ((A, 4000), (C, 69), REQUEST)];
    let other = [other.as_slice(), &[((C, 7000), (A, 4000), DATA), ((C, 53), (A, 4000), DATA)]].concat();
    assert_eq!(numbers(&other), [0, 1, 2, 3, 3]);
    // A conversation of before goes on.
    let before = [from(5000), request, from(5000), ((A, 4000), (B, 5000), DATA), from(5001)];
    assert_eq!(numbers(&before), [0, 1, 0, 0, 2]);
}

#[test]
fn a_transfer_of_tftp_is_listed_with_the_port_of_its_server() {
    let (flows, _) =
        flows(&[((A, 4000), (B, 69), REQUEST), ((B, 5000), (A, 4000), DATA), ((A, 4000), (B, 5000), DATA)]);
    let transfer = flows.udp().find(|udp| udp.stream == 1).unwrap();
    assert_eq!(transfer.endpoints.0.map(|end| end.to_string()), ["192.0.2.2:5000", "192.0.2.1:4000"]);
    assert_eq!(transfer.packets, [1, 1]);
}

#[test]
fn a_flood_of_requests_leaves_conversations_by_their_ports() {
    let mut all: Vec<Datagram> = (1..=5000).map(|port| ((A, port), (B, 69), REQUEST)).collect();
    // The first request is forgotten, the last one is not.
    all.extend([((B, 6000), (A, 1), DATA), ((B, 6001), (A, 1), DATA)]);
    all.extend([((B, 6000), (A, 5000), DATA), ((B, 6001), (A, 5000), DATA)]);
    assert_eq!(numbers(&all)[5000..], [5000, 5001, 5002, 5002]);
}

#[test]
fn times_are_those_of_datagrams_with_data() {
    let mut flows = Flows::new(FlowSettings::default());
    let datagram = |data: &[u8]| {
        let ip = Ipv4::build().src([192, 0, 2, 1].into()).dst([192, 0, 2, 2].into());
        Stack::new().push(ip).push(Udp::build().src_port(5000).dst_port(6000)).payload(data).finish().unwrap()
    };
    let error = |quoted: &[u8]| {
        let ip = Ipv4::build().src([192, 0, 2, 2].into()).dst([192, 0, 2, 1].into()).protocol(1.into());
        let icmp = [&[11, 0, 0, 0, 0, 0, 0, 0], quoted].concat();
        Stack::new().push(ip).payload(&icmp).finish().unwrap()
    };
    let (some, none) = (datagram(b"hello"), datagram(b""));
    let quotes = [error(&some), error(&none), error(&some[..28])];
    let packets = [vec![some.clone(), some.clone(), none], quotes.into(), vec![some]].concat();
    let mut times = Vec::new();
    for (number, packet) in (1..).zip(&packets) {
        let info = PacketInfo { number, time: Some(i128::from(number) * 10), interface: 0 };
        let found = flows.packet(info, examine(IP, packet));
        times.extend(found.iter().filter_map(|found| match found.analysis {
            LayerAnalysis::Udp(udp) => Some((udp.since_first, udp.since_previous)),
            _ => None,
        }));
    }
    let no = (None, None);
    assert_eq!(times, [(Some(0), Some(0)), (Some(10), Some(10)), no, no, no, no, (Some(60), Some(50))]);
}

#[test]
fn messages_of_ssdp_are_numbered_in_their_conversation() {
    const SEARCH: &[u8] = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n";
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n";
    let numbers = |datagrams: &[Datagram]| {
        (1..=datagrams.len())
            .map(|count| {
                let (flows, _) = flows(&datagrams[..count]);
                flows.found().iter().find_map(|found| match found.analysis {
                    LayerAnalysis::Transaction(transaction) => {
                        assert_eq!((transaction.transaction, transaction.is_unsolicited), (None, false));
                        transaction.number_in_connection
                    }
                    _ => None,
                })
            })
            .collect::<Vec<_>>()
    };
    let search: Datagram = ((A, 4000), (B, 1900), SEARCH);
    let other: Datagram = ((C, 4000), (B, 1900), SEARCH);
    let answer: Datagram = ((B, 1900), (A, 4000), ANSWER);
    let expected = [Some(1), Some(2), Some(1), Some(2), Some(3)];
    assert_eq!(numbers(&[search, search, other, answer, search]), expected);
}
