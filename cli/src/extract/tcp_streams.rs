//! The two sides of TCP connections, as they were sent.

use super::listing::{Kind, Listing, Notes, ObjectFacts, Part};
use super::object_files::{Object, ObjectFiles};
use super::safe_name::FileName;
use packetsmith::flow::{Endpoint, Side, StreamAssembler, StreamEvent, StreamSettings, TcpAnalysis, TcpSegment};
use packetsmith::proto::transport::TcpFlags;
use std::collections::{BTreeMap, VecDeque};
use std::io;

/// Most bytes that wait for others in all connections. Past it, what is missing is given up in those that have waited
/// longest.
const MOST_WAITING: usize = 64 << 20;

/// Most bytes of a side that wait for others.
const MOST_WAITING_OF_SIDE: usize = 4 << 20;

/// The connections.
#[derive(Default)]
pub(super) struct TcpStreams {
    connections: BTreeMap<u64, Connection>,
    /// Memory of segments that wait.
    waiting: usize,
    /// Connections with segments that wait, in the order in which they are given up.
    holders: VecDeque<u64>,
}

/// A connection whose data are written.
struct Connection {
    assembler: StreamAssembler,
    endpoints: [Endpoint; 2],
    sides: [SideData; 2],
    waiting: usize,
    is_holder: bool,
    /// Its last packet.
    packet: u64,
}

/// What one side has sent.
#[derive(Default)]
struct SideData {
    object: Option<Object>,
    first_packet: u64,
    missing: u64,
    gaps: u64,
    has_begun: bool,
    has_ended: bool,
}

impl SideData {
    fn event(&mut self, (stream, packet): (u64, u64), event: &StreamEvent<'_>, files: &mut ObjectFiles<'_>) {
        if let StreamEvent::End { .. } = event {
            self.has_ended = true;
            return;
        }
        let object = match &mut self.object {
            Some(object) => object,
            empty => {
                let side = match event {
                    StreamEvent::Data { side, .. } | StreamEvent::Missing { side, .. } => *side,
                    _ => return,
                };
                self.first_packet = packet;
                let name = format!("tcp-{stream}-{}", name_of(side));
                empty.insert(files.begin(FileName::new("", format!("{name}.bin").as_bytes(), "stream")))
            }
        };
        match *event {
            StreamEvent::Data { bytes, packet, .. } => {
                self.first_packet = self.first_packet.min(packet);
                files.append(object, bytes);
            }
            StreamEvent::Missing { bytes, .. } => {
                self.missing += bytes;
                self.gaps += 1;
            }
            _ => {}
        }
    }

    fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        match self.gaps {
            0 => {}
            1 => notes.incomplete(format!("gap of {} bytes, which the capture lacks", self.missing)),
            gaps => notes.incomplete(format!("{gaps} gaps of {} bytes in all, which the capture lacks", self.missing)),
        }
        match (self.has_begun, self.has_ended) {
            (true, true) => {}
            (false, true) => notes.remark("its first packet is not in the capture"),
            (true, false) => notes.remark("its end is not in the capture"),
            (false, false) => notes.remark("its first packet and its end are not in the capture"),
        }
        notes
    }
}

fn name_of(side: Side) -> &'static str {
    match side {
        Side::First => "first",
        Side::Second => "second",
    }
}

impl TcpStreams {
    /// Takes the next segment.
    pub(super) fn segment(
        &mut self,
        analysis: &TcpAnalysis,
        segment: &TcpSegment<'_>,
        packet: u64,
        files: &mut ObjectFiles<'_>,
    ) {
        if segment.is_quoted {
            return;
        }
        let stream = analysis.stream;
        let connection = self.connections.entry(stream).or_insert_with(|| {
            let settings = StreamSettings { waiting: MOST_WAITING_OF_SIDE, ..StreamSettings::default() };
            Connection {
                assembler: StreamAssembler::new(settings),
                endpoints: match analysis.side {
                    Side::First => [segment.source, segment.destination],
                    Side::Second => [segment.destination, segment.source],
                },
                sides: Default::default(),
                waiting: 0,
                is_holder: false,
                packet,
            }
        });
        connection.packet = packet;
        let Connection { assembler, sides, waiting, is_holder, .. } = connection;
        sides[analysis.side as usize].has_begun |= segment.flags.contains(TcpFlags::SYN);
        assembler.push(analysis.side, segment, packet, &mut |event| deliver(sides, (stream, packet), &event, files));
        let now = assembler.memory();
        self.waiting = self.waiting - *waiting + now;
        *waiting = now;
        if now > 0 && !std::mem::replace(is_holder, true) {
            self.holders.push_back(stream);
        }
        while self.waiting > MOST_WAITING
            && let Some(stream) = self.holders.pop_front()
        {
            let Some(connection) = self.connections.get_mut(&stream) else { continue };
            let Connection { assembler, sides, waiting, is_holder, .. } = connection;
            if *waiting > 0 {
                assembler.finish(&mut |event| deliver(sides, (stream, packet), &event, files));
            }
            self.waiting -= *waiting;
            (*waiting, *is_holder) = (0, false);
        }
    }

    /// Ends a connection that left the table, and lists its sides.
    pub(super) fn end(&mut self, stream: u64, files: &mut ObjectFiles<'_>, listing: &mut Listing) -> io::Result<()> {
        let Some(Connection { mut assembler, mut sides, waiting, endpoints, packet, .. }) =
            self.connections.remove(&stream)
        else {
            return Ok(());
        };
        self.waiting -= waiting;
        assembler.finish(&mut |event| deliver(&mut sides, (stream, packet), &event, files));
        for (side, mut data) in [Side::First, Side::Second].into_iter().zip(sides) {
            let Some(object) = data.object.take() else { continue };
            let mut notes = data.notes();
            match assembler.conflicts(side) {
                0 => {}
                bytes => {
                    notes.remark(format!("{bytes} bytes were sent with different values: the first ones are here"))
                }
            }
            let (sender, receiver) = (endpoints[side as usize], endpoints[side.other() as usize]);
            let facts = ObjectFacts {
                kind: Kind::Streams,
                packet: data.first_packet,
                from: format!("TCP connection {stream}, {sender} to {receiver}"),
                parts: vec![
                    ("stream", Part::Number(stream)),
                    ("side", Part::text(name_of(side))),
                    ("sender", Part::text(sender)),
                    ("receiver", Part::text(receiver)),
                ],
                notes,
            };
            listing.finish(files, object, facts)?;
        }
        Ok(())
    }

    /// Ends all connections.
    pub(super) fn finish(&mut self, files: &mut ObjectFiles<'_>, listing: &mut Listing) -> io::Result<()> {
        while let Some((&stream, _)) = self.connections.first_key_value() {
            self.end(stream, files, listing)?;
        }
        Ok(())
    }
}

fn deliver(sides: &mut [SideData; 2], place: (u64, u64), event: &StreamEvent<'_>, files: &mut ObjectFiles<'_>) {
    let side = match event {
        StreamEvent::Data { side, .. } | StreamEvent::Missing { side, .. } | StreamEvent::End { side } => *side,
        _ => return,
    };
    sides[side as usize].event(place, event, files);
}
