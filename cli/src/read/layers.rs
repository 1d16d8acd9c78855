//! The layers of a packet, and whether they pass the filter.

use super::batch::PacketToPrint;
use crate::clock::Clock;
use crate::flows::layers_of;
use crate::frame_reassembler::ReassembledDatagram;
use packetsmith::capture::{Format, Timestamp};
use packetsmith::{Examine, Filter, FrameInfo};

/// Tells whether a packet passes a filter, or a datagram that it completes. `clock` has taken the packet's time.
pub(super) fn passes(filter: &Filter, packet: &PacketToPrint<'_>, clock: &Clock) -> bool {
    let record = packet.record;
    let (since_first, since_previous) = clock.since(record.timestamp).unzip();
    let comments: Vec<_> = record.options.iter().filter(|(code, _)| *code == COMMENT).map(|(_, text)| text).collect();
    let comments: Vec<_> = comments.into_iter().map(String::from_utf8_lossy).collect();
    let comments: Vec<_> = comments.iter().map(AsRef::as_ref).collect();
    let info = FrameInfo {
        number: Some(record.number),
        time: record.timestamp.map(Timestamp::nanos),
        since_first,
        since_previous,
        interface: Some(record.interface).filter(|_| matches!(record.format, Some(Format::Pcapng(_)))),
        link_type: record.link_type,
        comments: &comments,
        flows: packet.flows,
    };
    let datagrams = packet.datagrams.iter().map(ReassembledDatagram::layers);
    filter.matches_with(&info, std::iter::once(layers(packet)).chain(datagrams))
}

/// The pcapng option that holds a comment.
const COMMENT: u16 = 1;

/// The layers of a packet. A packet of an interface that the file does not describe is a layer of data.
pub(super) fn layers<'a>(packet: &PacketToPrint<'a>) -> Examine<'a> {
    packet.noticed.of(layers_of(packet.record))
}
