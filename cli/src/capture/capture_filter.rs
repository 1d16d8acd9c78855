//! The filter of a capture: what the kernel lets pass is asked again here, with fragments and messages put together.

use crate::clock::{self, Clock};
use crate::flows::follow;
use crate::frame_reassembler::FrameReassembler;
use crate::protocols::known;
use crate::read::{PacketToPrint, passes};
use packetsmith::Filter;
use packetsmith::capture::Record;
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};

/// A filter, and what it needs to know of the packets before.
pub struct CaptureFilter<'a> {
    filter: &'a Filter,
    flows: Option<Flows>,
    datagrams: FrameReassembler,
    clock: Clock,
}

impl<'a> CaptureFilter<'a> {
    /// Begins with no packet.
    pub fn new(filter: &'a Filter) -> Self {
        let messages = filter.needs_messages().then(MessageSettings::default);
        let follows = filter.needs_flows() || messages.is_some();
        let settings = FlowSettings { messages, ..FlowSettings::default() };
        CaptureFilter {
            filter,
            flows: follows.then(|| Flows::knowing(settings, *known())),
            datagrams: FrameReassembler::new(Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() }),
            clock: Clock::new(clock::Format::R),
        }
    }

    /// Whether a packet is captured.
    pub fn passes(&mut self, record: &Record<'_>) -> bool {
        let CaptureFilter { filter, flows, datagrams, clock } = self;
        match flows {
            Some(flows) => follow(flows, record, Some(datagrams)),
            None => {
                datagrams.packet(record, &mut |_| {});
            }
        }
        clock.tick(record.timestamp);
        let has_passed = passes(filter, &PacketToPrint::to_filter(record, datagrams, flows.as_ref()), clock);
        if has_passed {
            clock.tick_shown(record.timestamp);
        }
        has_passed
    }
}
