//! The layers of a packet, and whether they pass the filter.

use super::batch::PacketToPrint;
use crate::clock::Clock;
use crate::flows::layers_of;
use crate::frame_reassembler::ReassembledDatagram;
use crate::protocols::known;
use packetsmith::capture::{Format, Timestamp};
use packetsmith::dissect::SampledPackets;
use packetsmith::flow::{FlowLayer, LayerAnalysis, of_walk};
use packetsmith::{Examine, Filter, FrameInfo};

/// Tells whether a packet passes a filter, a datagram that it completes, or a packet of which it has a sample. `clock` has
/// taken the packet's time.
pub fn passes(filter: &Filter, packet: &PacketToPrint<'_>, clock: &Clock) -> bool {
    if packet.datagrams.is_empty()
        && packet.messages.is_empty()
        && let Some(answer) = filter.matches_headers(&layers_of(packet.record))
    {
        return answer;
    }
    if !filter.needs_frame_info() {
        return passes_with(filter, &FrameInfo { flows: packet.flows, ..FrameInfo::default() }, packet);
    }
    frame_info(packet, clock, |info| passes_with(filter, info, packet))
}

fn passes_with(filter: &Filter, info: &FrameInfo<'_>, packet: &PacketToPrint<'_>) -> bool {
    let datagrams = packet.datagrams.iter().enumerate();
    let datagrams = datagrams.map(|(number, datagram)| layers_of_datagram(packet, number + 1, datagram));
    let messages = packet.messages.iter().map(|message| message.layers(known()));
    let walks = std::iter::once(layers(packet)).chain(datagrams);
    // The iterator over samples is large, and few packets have any.
    if !may_have_samples(packet) {
        return filter.matches_with(info, walks.chain(messages));
    }
    let sampled = sampled_packets(packet).map(|sampled| sampled.layers());
    filter.matches_with(info, walks.chain(sampled).chain(messages))
}

/// Hands over what the capture says about a packet. `clock` has taken the packet's time.
pub(super) fn frame_info<T>(packet: &PacketToPrint<'_>, clock: &Clock, take: impl FnOnce(&FrameInfo<'_>) -> T) -> T {
    let record = packet.record;
    let (since_first, since_previous) = clock.since(record.timestamp).unzip();
    let comments: Vec<_> = record.options.iter().filter(|(code, _)| *code == COMMENT).map(|(_, text)| text).collect();
    let comments: Vec<_> = comments.into_iter().map(String::from_utf8_lossy).collect();
    let comments: Vec<_> = comments.iter().map(AsRef::as_ref).collect();
    let is_pcapng = matches!(record.format, Some(Format::Pcapng(_)));
    let info = FrameInfo {
        number: Some(record.number),
        time: record.timestamp.map(Timestamp::nanos),
        since_first,
        since_previous,
        since_displayed: clock.since_shown(record.timestamp),
        section: Some(record.section).filter(|_| is_pcapng),
        interface: Some(record.interface).filter(|_| is_pcapng),
        link_type: record.link_type,
        comments: &comments,
        flows: packet.flows,
    };
    take(&info)
}

/// The pcapng option that holds a comment.
const COMMENT: u16 = 1;

/// The layers of a packet. A packet of an interface that the file does not describe is a layer of data.
pub(super) fn layers<'a>(packet: &PacketToPrint<'a>) -> Examine<'a> {
    without_parts(packet.noticed.of(layers_of(packet.record)), of_walk(packet.flows, 0))
}

/// The layers of a datagram that a packet completes.
pub(super) fn layers_of_datagram<'a>(
    packet: &PacketToPrint<'a>,
    walk: usize,
    datagram: &'a ReassembledDatagram,
) -> Examine<'a> {
    without_parts(datagram.layers(), of_walk(packet.flows, walk))
}

/// Whether a packet may have samples: they are in UDP, which is among what was found out if there is anything.
fn may_have_samples(packet: &PacketToPrint<'_>) -> bool {
    let is_udp = |found: &FlowLayer| matches!(found.analysis, LayerAnalysis::Udp(_));
    packet.flows.is_empty() || packet.flows.iter().any(is_udp)
}

/// The packets of which a packet, or the datagram that it completes, has samples. Their walks follow those of the datagrams.
pub(super) fn sampled_packets<'a>(packet: &PacketToPrint<'a>) -> SampledPackets<'a> {
    if !may_have_samples(packet) {
        return SampledPackets::default();
    }
    match packet.datagrams {
        [] => layers(packet),
        [.., last] => layers_of_datagram(packet, packet.datagrams.len(), last),
    }
    .sampled_packets()
}

/// Leaves the payload of a TCP segment to the messages that it is a part of.
fn without_parts<'a>(layers: Examine<'a>, found: &[FlowLayer]) -> Examine<'a> {
    let part = found.iter().find(|found| match &found.analysis {
        LayerAnalysis::Tcp(tcp) => tcp.has_payload_as_data(),
        _ => false,
    });
    match part {
        Some(part) => layers.payload_as_data(part.layer),
        None => layers,
    }
}
