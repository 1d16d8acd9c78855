//! Reads a file, and counts its packets.

use super::arguments::{Arguments, Part};
use super::packet_counter::{Counting, PacketCounter};
use crate::clock::{self, Clock};
use crate::flows::{complain_of_bounds, follow};
use crate::frame_reassembler::FrameReassembler;
use crate::outcome::complain;
use crate::output::Progress;
use crate::protocols::known;
use crate::read::{PacketToPrint, passes};
use crate::signals;
use packetsmith::capture::Reader;
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::stats::{
    AddressKind, CaptureStatistics, CaptureSummary, ConversationTables, DnsStatistics, IssueCounts, ProtocolHierarchy,
    ResponseStatistics, TrafficOverTime,
};
use std::io::Read;

/// What was counted in a file.
pub(super) struct Counted {
    pub(super) statistics: CaptureStatistics,
    pub(super) summary: CaptureSummary,
    /// Time of the first packet in nanoseconds since 1970, whether it counts or not.
    pub(super) first: Option<i128>,
    /// Whether something could not be read.
    pub(super) failed: bool,
}

/// The statistics that the parts need.
fn statistics(arguments: &Arguments, parts: &[Part]) -> CaptureStatistics {
    let has = |part| parts.contains(&part);
    let time = || arguments.interval.map_or_else(TrafficOverTime::chosen, TrafficOverTime::every);
    let limit = arguments.max_conversations as usize;
    CaptureStatistics {
        protocols: has(Part::Protocols).then(ProtocolHierarchy::default),
        conversations: (has(Part::Conversations) || has(Part::Endpoints)).then(|| ConversationTables::new(limit)),
        responses: has(Part::Responses).then(ResponseStatistics::default),
        issues: has(Part::Issues).then(IssueCounts::default),
        dns: has(Part::Dns).then(DnsStatistics::default),
        time: has(Part::Time).then(time),
    }
}

/// The conversations, if the parts or the filter need them.
fn flows(arguments: &Arguments, parts: &[Part]) -> Option<Flows> {
    let of_messages = [Part::Protocols, Part::Responses, Part::Issues, Part::Dns];
    let has_messages = arguments.filter.is_some() || parts.iter().any(|part| of_messages.contains(part));
    let of_ports = [AddressKind::Tcp, AddressKind::Udp];
    let has_ports = arguments.kinds().iter().any(|kind| of_ports.contains(kind));
    let of_conversations = [Part::Conversations, Part::Endpoints];
    let has_conversations = has_ports && parts.iter().any(|part| of_conversations.contains(part));
    let messages = has_messages.then(MessageSettings::default);
    let settings = FlowSettings { messages, ..FlowSettings::default() };
    (has_messages || has_conversations).then(|| Flows::knowing(settings, *known()))
}

/// Reads a file, and counts its packets.
pub(super) fn count<R: Read>(reader: &mut Reader<R>, name: &str, arguments: &Arguments, parts: &[Part]) -> Counted {
    let mut progress = Progress::new(reader, name);
    let settings = Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() };
    let mut datagrams = FrameReassembler::new(settings);
    let mut flows = flows(arguments, parts);
    let mut clock = Clock::new(clock::Format::R);
    let mut summary = CaptureSummary::default();
    let mut failed = false;
    let takes_long = parts.iter().any(|part| !matches!(part, Part::Summary | Part::Time));
    let mut counter = PacketCounter::new(statistics(arguments, parts), takes_long);
    while let Some(record) = reader.next_record().filter(|_| !signals::ended()) {
        match &record {
            Ok(record) => {
                if let Some(flows) = &mut flows {
                    follow(flows, record, Some(&mut datagrams));
                }
                let mut counts = true;
                if let Some(filter) = &arguments.filter {
                    clock.tick(record.timestamp);
                    let packet = PacketToPrint::to_filter(record, &datagrams, flows.as_ref());
                    counts = passes(filter, &packet, &clock);
                    if counts {
                        clock.tick_shown(record.timestamp);
                    }
                }
                if counts {
                    summary.add(record);
                }
                counter.packet(record, &mut datagrams, flows.as_ref(), counts);
            }
            Err(error) => {
                complain(error);
                failed = true;
            }
        }
        progress.packet(reader);
    }
    let Counting { mut statistics, first } = counter.finish();
    drop(progress);
    failed |= signals::complain_if_interrupted(name, reader.source_len());
    if let Some(flows) = &flows {
        statistics.finish(flows);
        complain_of_bounds(flows, name);
    }
    Counted { statistics, summary, first, failed }
}
