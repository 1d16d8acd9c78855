//! The layers of a packet, and whether they pass the filter.

use super::batch::PacketToPrint;
use crate::frame_reassembler::ReassembledDatagram;
use packetsmith::{Examine, Filter, examine};

/// Tells whether a packet passes a filter, or a datagram that it completes.
pub(super) fn passes(filter: &Filter, packet: &PacketToPrint<'_>) -> bool {
    filter.matches_any(std::iter::once(layers(packet)).chain(packet.datagrams.iter().map(ReassembledDatagram::layers)))
}

/// The layers of a packet. A packet of an interface that the file does not describe is a layer of data.
pub(super) fn layers<'a>(packet: &PacketToPrint<'a>) -> Examine<'a> {
    let record = packet.record;
    let link_type = record.link_type.unwrap_or(u16::MAX);
    let layers = examine(link_type, record.data).original_len(record.original_len as usize).fcs_len(record.fcs_len);
    packet.noticed.of(layers)
}
