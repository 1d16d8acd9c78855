//! Following the conversations of a capture.

use crate::frame_reassembler::{FrameReassembler, ReassembledDatagram};
use crate::outcome::complain;
use crate::output::Progress;
use crate::protocols::known;
use crate::signals;
use packetsmith::capture::{Reader, Record, Timestamp};
use packetsmith::flow::{FlowLayer, Flows, FollowedPacket, PacketInfo, StreamMessage};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::output::Summary;
use packetsmith::{Examine, ExaminedLayer};
use std::io::{self, Read};

/// The layers of a packet. A packet of an interface that the file does not describe is a layer of data.
pub fn layers_of<'a>(record: &Record<'a>) -> Examine<'a> {
    let link_type = record.link_type.unwrap_or(u16::MAX);
    known().examine(link_type, record.data).original_len(record.original_len as usize).fcs_len(record.fcs_len)
}

/// The layers of a packet, and of the datagrams and messages that it completes, in the order of their numbers in
/// [`FlowLayer::walk`].
pub fn walks<'a>(
    record: &'a Record<'a>,
    datagrams: &'a FrameReassembler,
    flows: Option<&'a Flows>,
) -> impl Iterator<Item = Examine<'a>> {
    let followed = flows.map_or_else(FollowedPacket::default, Flows::followed);
    walks_of(datagrams.noticed.of(layers_of(record)), &datagrams.found, followed)
}

/// The same of a packet with the layers `frame`.
pub fn walks_of<'a>(
    frame: Examine<'a>,
    datagrams: &'a [ReassembledDatagram],
    followed: FollowedPacket<'a>,
) -> impl Iterator<Item = Examine<'a>> {
    let messages = followed.messages.iter().map(|message| message.layers(known()));
    let whole = datagrams.iter().map(ReassembledDatagram::layers);
    // Samples take a number of a walk each.
    let has_samples = followed.found.last().is_some_and(|last| last.walk > datagrams.len());
    let last = || datagrams.last().map_or_else(|| frame.clone(), ReassembledDatagram::layers);
    let samples = has_samples.then(|| last().sampled_packets()).into_iter().flatten();
    let samples = samples.map(|sampled| sampled.layers());
    std::iter::once(frame).chain(whole).chain(samples).chain(messages)
}

/// Gives a packet, and the datagrams that it completes, to the conversations. Without `datagrams`, fragments stay as they
/// are.
pub fn follow(flows: &mut Flows, record: &Record<'_>, datagrams: Option<&mut FrameReassembler>) {
    flows.begin(PacketInfo {
        number: record.number,
        time: record.timestamp.map(Timestamp::nanos),
        // Each section of a file counts its interfaces anew.
        interface: record.section << 32 | u64::from(record.interface),
    });
    flows.add(layers_of(record));
    let Some(datagrams) = datagrams else { return };
    if !flows.has_fragment() {
        return datagrams.no_fragment(record);
    }
    datagrams.packet(record, &mut |_| {});
    for datagram in &datagrams.found {
        flows.add(datagram.layers());
    }
}

/// Reads a file packet by packet, follows its conversations, and hands each packet over with what was found out. Tells
/// whether something could not be read.
pub fn follow_file<R: Read>(
    reader: &mut Reader<R>,
    name: &str,
    flows: &mut Flows,
    mut packet: impl FnMut(&Record<'_>, &FrameReassembler, &Flows) -> io::Result<()>,
) -> io::Result<bool> {
    let mut progress = Progress::new(reader, name);
    let settings = Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() };
    let mut datagrams = FrameReassembler::new(settings);
    let mut failed = false;
    while let Some(record) = reader.next_record().filter(|_| !signals::ended()) {
        match record {
            Ok(record) => {
                follow(flows, &record, Some(&mut datagrams));
                packet(&record, &datagrams, flows)?;
            }
            Err(error) => {
                complain(error);
                failed = true;
            }
        }
        progress.packet(reader);
    }
    drop(progress);
    failed |= signals::complain_if_interrupted(name, reader.source_len());
    Ok(failed)
}

/// The layer that something was found out about.
pub fn layer_of<'a>(
    record: &Record<'a>,
    datagrams: &'a FrameReassembler,
    flows: &'a Flows,
    found: &FlowLayer,
) -> Option<ExaminedLayer<'a>> {
    let Some(walk) = found.walk.checked_sub(1) else { return layers_of(record).nth(found.layer) };
    if let Some(datagram) = datagrams.found.get(walk) {
        return datagram.layers().nth(found.layer);
    }
    let last = datagrams.found.last().map_or_else(|| layers_of(record), ReassembledDatagram::layers);
    let mut number = walk - datagrams.found.len();
    for sampled in last.sampled_packets() {
        if number == 0 {
            return sampled.layers().nth(found.layer);
        }
        number -= 1;
    }
    flows.messages().get(number)?.layers(known()).nth(found.layer)
}

/// Most messages that are listed of those that no packet shows.
const MOST_LISTED: usize = 3;

/// Ends the capture, and says which messages no packet has shown: their end is not in the capture, or data before them. Those
/// that begin first are listed. `is_shown` tells which messages are in packets that are shown.
pub fn complain_of_unfinished(flows: &mut Flows, name: &str, is_shown: impl Fn(&StreamMessage) -> bool) {
    flows.finish();
    let mut messages: Vec<_> = flows.messages().iter().filter(|message| is_shown(message)).collect();
    if messages.is_empty() {
        return;
    }
    messages.sort_by_key(|message| message.packets().first().copied());
    let mut text = match messages.len() {
        1 => format!("{name}: a message is not complete in the capture, so its segments are shown as data:"),
        many => {
            format!("{name}: {many} messages are not complete in the capture, so their segments are shown as data:")
        }
    };
    let mut summary = Summary::default();
    for message in messages.iter().take(MOST_LISTED) {
        let packets = match message.packets()[..] {
            [] => "no packet".to_string(),
            [packet] => format!("packet {packet}"),
            [first, .., last] => format!("packets {first} to {last}"),
        };
        summary.packet(message.layers(known()));
        let (protocol, info) = (summary.protocol.as_str(), summary.info.as_str());
        let info = info.char_indices().nth(100).map_or(info, |(end, _)| &info[..end]);
        text.push_str(&format!("\n  {packets}, {} bytes: {protocol} {info}", message.length));
    }
    if messages.len() > MOST_LISTED {
        text.push_str(&format!("\n  and {} more", messages.len() - MOST_LISTED));
    }
    complain(text);
}

/// Says what the conversations of a file have lost for want of memory.
pub fn complain_of_bounds(flows: &Flows, name: &str) {
    if flows.retired() > 0 {
        complain(format_args!(
            "{name}: more than {} conversations of a protocol at a time: {} that were idle longest were forgotten; one that \
             went on later has a new number",
            flows.settings().conversations,
            flows.retired()
        ));
    }
    if flows.given_up_messages() > 0 {
        complain(format_args!(
            "{name}: more than {} bytes of messages that were not complete: {} connections that were idle longest gave them up",
            flows.settings().messages.map_or(0, |messages| messages.total_bytes),
            flows.given_up_messages()
        ));
    }
}
