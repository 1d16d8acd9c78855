//! Following conversations, beside a table of addresses and ports that counts packets and bytes.

use crate::connections::{Connections, Plan, STEP};
use crate::mixed::Frames;
use crate::table::Table;
use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use packetsmith::Examine;
use packetsmith::flow::{FlowSettings, Flows, PacketInfo};
use std::collections::HashMap;
use std::hint::black_box;
use std::net::IpAddr;

/// Time of the first packet, in nanoseconds since 1970.
const BEGIN: i128 = 1_700_000_000_000_000_000;

/// Follows all conversations. Returns how many there were.
fn flows<'a>(frames: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut flows = Flows::new(FlowSettings::default());
    let (mut number, mut findings) = (0, 0);
    for frame in frames {
        number += 1;
        let time = Some(BEGIN + i128::from(number * STEP * 1000));
        let info = PacketInfo { number, time, ..PacketInfo::default() };
        findings += flows.packet(info, Examine::from_ethernet(frame)).len() as u64;
    }
    assert_eq!((findings, flows.retired()), (number, 0), "each packet has a conversation, and all are in the table");
    (flows.tcp().count() + flows.udp().count()) as u64
}

/// Walks through all layers.
fn walk<'a>(frames: impl Iterator<Item = &'a [u8]>) -> u64 {
    frames.map(|frame| Examine::from_ethernet(frame).map(|layer| layer.payload().len() as u64).sum::<u64>()).sum()
}

/// Packets and bytes of each conversation.
fn etherparse<'a>(frames: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut table: HashMap<_, [u64; 2]> = HashMap::new();
    for frame in frames {
        let Ok(packet) = SlicedPacket::from_ethernet(frame) else { continue };
        let addresses: (IpAddr, IpAddr) = match &packet.net {
            Some(NetSlice::Ipv4(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            Some(NetSlice::Ipv6(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            _ => continue,
        };
        let (protocol, ports, bytes) = match &packet.transport {
            Some(TransportSlice::Tcp(tcp)) => (6, (tcp.source_port(), tcp.destination_port()), tcp.payload().len()),
            Some(TransportSlice::Udp(udp)) => (17, (udp.source_port(), udp.destination_port()), udp.payload().len()),
            _ => continue,
        };
        let ends = ((addresses.0, ports.0), (addresses.1, ports.1));
        // Both directions are one conversation.
        let ends = if ends.0 <= ends.1 { ends } else { (ends.1, ends.0) };
        let counts = table.entry((protocol, ends)).or_default();
        counts[0] += 1;
        counts[1] += bytes as u64;
    }
    table.len() as u64
}

/// A million packets of 8,000 TCP connections and 2,000 UDP conversations.
pub fn follow(table: &Table) {
    for (what, open) in
        [("follow 10,000 conversations, 1,000 at a time", 1000), ("follow 10,000 conversations, all at a time", 10_000)]
    {
        if !table.wants(what) {
            continue;
        }
        let plan = Plan {
            packets: 1_000_000,
            connections: 8000,
            datagrams: 2000,
            open,
            unanswered: 0,
            half_open: 0,
            abandoned: 0,
            seed: 1,
        };
        let mut connections = Connections::new(plan).expect("there are enough frames");
        let frames = Frames::made_by(plan.packets as usize, |out| assert!(connections.frame(out)));
        assert_eq!((flows(frames.iter()), etherparse(frames.iter())), (10_000, 10_000), "both find all conversations");
        let go = || black_box(&frames).iter();
        table.row(
            what,
            frames.len(),
            &[("packetsmith Flows::packet", 150.0)],
            vec![
                ("packetsmith Flows::packet", Box::new(|| flows(go()))),
                ("packetsmith examine", Box::new(|| walk(go()))),
                ("etherparse + HashMap", Box::new(|| etherparse(go()))),
            ],
        );
    }
}
