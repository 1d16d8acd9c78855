//! Writes a capture of many connections, or reads one and tells whether the honest ones were whole.
//!
//! A tenth of the conversations are honest: TCP from handshake to close, and some UDP. The others are a flood: SYNs that nobody answers,
//! half-open connections, and connections that lose a segment and fall silent. The capture is the same in each run. LIMIT is that of the
//! conversations in the table.
//!
//! ```console
//! $ cargo run --release --features capture --example many_connections -- write PACKETS CONNECTIONS [SEED] > many.pcap
//! $ cargo run --release --features capture --example many_connections -- check many.pcap [LIMIT]
//! ```

#[path = "../benches/speed/connections.rs"]
#[allow(dead_code)]
mod connections;

use connections::{Connections, Plan};
use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Reader, Resolution, Timestamp, Writer};
use packetsmith::examine;
use packetsmith::flow::{
    Conversation, Endpoint, Endpoints, FlowSettings, Flows, LayerAnalysis, PacketInfo, Side, StreamAssembler,
    StreamEvent, StreamSettings, TcpSegment, TcpState,
};
use std::collections::HashMap;
use std::error::Error;
use std::io::BufWriter;

/// Conversations that go on at a time, beside the flood.
const OPEN: usize = 1000;

fn plan(packets: u64, conversations: u64, seed: u64) -> Plan {
    let honest = conversations / 10;
    let (flood, datagrams) = (conversations - honest, honest / 10);
    let (half_open, abandoned) = (flood / 4, flood / 10);
    Plan {
        packets,
        connections: honest - datagrams,
        datagrams,
        open: OPEN,
        unanswered: flood - half_open - abandoned,
        half_open,
        abandoned,
        seed,
    }
}

fn write(plan: Plan) -> Result<(), Box<dyn Error>> {
    let mut connections = Connections::new(plan).ok_or("there are not enough packets for so many connections")?;
    let mut writer = Writer::new(BufWriter::new(std::io::stdout().lock()));
    writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1)))?;
    let (mut frame, mut nanos) = (Vec::new(), 1_700_000_000_000_000_000);
    while connections.frame(&mut frame) {
        let new = NewRecord { data: &frame, timestamp: Timestamp::from_nanos(nanos), ..NewRecord::default() };
        writer.packet(&new)?;
        nanos += i128::from(connections::STEP * 1000);
        frame.clear();
    }
    writer.finish()?;
    eprintln!("{plan:?}");
    Ok(())
}

/// What was found of an honest connection.
struct Honest {
    assembler: StreamAssembler,
    /// Bytes of each side, and how many sides ended.
    bytes: [u64; 2],
    ended: u32,
    intact: bool,
}

impl Honest {
    fn new() -> Self {
        let assembler = StreamAssembler::new(StreamSettings::default());
        Honest { assembler, bytes: [0; 2], ended: 0, intact: true }
    }

    fn push(&mut self, number: u64, side: usize, segment: &TcpSegment<'_>, found: Side, packet: u64) {
        let Honest { assembler, bytes: all, ended, intact } = self;
        assembler.push(found, segment, packet, &mut |event| match event {
            StreamEvent::Data { bytes, .. } => {
                let right = |(n, byte): (usize, &u8)| *byte == connections::content(number, side, all[side] + n as u64);
                *intact &= bytes.iter().enumerate().all(right);
                all[side] += bytes.len() as u64;
            }
            StreamEvent::End { .. } => *ended += 1,
            _ => *intact = false,
        });
    }
}

/// Counts of honest connections.
#[derive(Debug, Default)]
#[allow(dead_code, reason = "printed by Debug")]
struct Tally {
    /// Those of which all data came out right, with both FINs.
    whole: u64,
    broken: u64,
    bytes: u64,
    /// Those whose conversation in the table ended with both FINs.
    closed: u64,
    not_closed: u64,
    retired: u64,
}

fn check(path: &str, settings: FlowSettings) -> Result<(), Box<dyn Error>> {
    let mut reader = Reader::open(path)?;
    let mut flows = Flows::new(settings);
    // None: both sides ended.
    let (mut honest, mut tally): (HashMap<u64, Option<Honest>>, _) = (HashMap::new(), Tally::default());
    while let Some(record) = reader.next_record() {
        let record = record?;
        let time = record.timestamp.map(Timestamp::nanos);
        let info = PacketInfo { number: record.number, time, ..PacketInfo::default() };
        let link_type = record.link_type.unwrap_or(u16::MAX);
        for header in flows.packet(info, examine(link_type, record.data)) {
            let LayerAnalysis::Tcp(tcp) = &header.analysis else { continue };
            let Some(layer) = examine(link_type, record.data).nth(header.layer) else { continue };
            let Some(segment) = TcpSegment::from_layer(&layer) else { continue };
            let Some((number, side)) = honest_connection(segment.source, segment.destination) else { continue };
            let entry = honest.entry(number).or_insert_with(|| Some(Honest::new()));
            let Some(one) = entry else { continue };
            one.push(number, side, &segment, tcp.side, record.number);
            if one.ended == 2 {
                let whole = one.intact && one.bytes.iter().all(|bytes| *bytes > 0);
                tally.whole += u64::from(whole);
                tally.bytes += one.bytes[0] + one.bytes[1];
                tally.broken += u64::from(!whole);
                *entry = None;
            }
        }
        flows.ended().iter().for_each(|ended| count(ended, &mut tally));
    }
    flows.conversations().for_each(|conversation| count(&conversation, &mut tally));
    tally.broken += honest.values().flatten().count() as u64;
    tally.retired = flows.retired();
    println!("{tally:?}");
    Ok(())
}

fn honest_connection(source: Endpoint, destination: Endpoint) -> Option<(u64, usize)> {
    connections::connection_of((source.address, source.port), (destination.address, destination.port))
}

fn count(conversation: &Conversation, tally: &mut Tally) {
    let Conversation::Tcp(tcp) = conversation else { return };
    let Endpoints([first, second]) = tcp.endpoints;
    if honest_connection(first, second).is_none() {
        return;
    }
    let closed = tcp.state() == TcpState::Closed;
    tally.closed += u64::from(closed);
    tally.not_closed += u64::from(!closed);
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["write", packets, connections] => write(plan(packets.parse()?, connections.parse()?, 1)),
        ["write", packets, connections, seed] => write(plan(packets.parse()?, connections.parse()?, seed.parse()?)),
        ["check", path] => check(path, FlowSettings::default()),
        ["check", path, limit] => {
            check(path, FlowSettings { conversations: limit.parse()?, ..FlowSettings::default() })
        }
        _ => Err("write PACKETS CONNECTIONS [SEED], or check FILE [LIMIT]".into()),
    }
}
