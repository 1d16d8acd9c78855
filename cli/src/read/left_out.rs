//! Conversations that are not followed because the filter leaves them out.
//!
//! What a line says of a packet depends on the packets of its conversation before it, and on nothing else. So the conversations
//! that the filter leaves out need not be followed, with one exception: a packet that passes can have a packet of another
//! conversation inside of it, in a tunnel or in an ICMP error. From the first such packet on all conversations are followed, and
//! the packets before it are read again.

use super::arguments::Arguments;
use crate::flows::{follow, layers_of};
use crate::frame_reassembler::{FrameReassembler, ReassembledDatagram};
use crate::{input, signals};
use packetsmith::capture::Record;
use packetsmith::flow::Flows;
use packetsmith::{Examine, Filter, View};
use std::collections::HashSet;
use std::path::PathBuf;

/// A file of which only the conversations are followed that the filter chooses.
pub(super) struct LeftOut<'a> {
    filter: &'a Filter,
    path: PathBuf,
    /// Numbers of the connections of which a packet was shown.
    shown: HashSet<u64>,
}

/// Most numbers of connections that are remembered, 16 bytes each.
const MOST_SHOWN: usize = 1 << 20;

impl<'a> LeftOut<'a> {
    /// `None` if all conversations are to be followed, or if the file cannot be read again.
    pub(super) fn of(arguments: &'a Arguments, path: PathBuf) -> Option<Self> {
        let filter = arguments.filter().filter(|_| arguments.leaves_out_conversations() && path.is_file())?;
        Some(LeftOut { filter, path, shown: HashSet::new() })
    }

    /// Whether a packet belongs to a conversation that is left out.
    pub(super) fn has(&self, record: &Record<'_>) -> bool {
        self.filter.leaves_out_conversation(&layers_of(record))
    }

    /// Remembers the connections of a packet that is shown.
    pub(super) fn is_shown(&mut self, flows: &Flows) {
        if self.shown.len() < MOST_SHOWN {
            self.shown.extend(flows.segments().map(|segment| segment.stream));
        }
    }

    /// Whether a packet of a connection was shown. Of too many, all count as such.
    pub(super) fn has_shown(&self, stream: u64) -> bool {
        self.shown.len() >= MOST_SHOWN || self.shown.contains(&stream)
    }

    /// Whether a packet that passes, or a datagram that it completes, may have a packet inside of a conversation that is left out.
    pub(super) fn may_be_inside(&self, record: &Record<'_>, datagrams: &[ReassembledDatagram]) -> bool {
        let is_plain = || self.filter.matches_headers(&layers_of(record)).is_some();
        let mut walks = datagrams.iter().map(ReassembledDatagram::layers);
        (datagrams.is_empty() && !is_plain() && has_inner(layers_of(record))) || walks.any(has_inner)
    }

    /// Follows the packets before `record` again, and `record`: all of their conversations.
    pub(super) fn follow_all(
        &self,
        arguments: &Arguments,
        record: &Record<'_>,
        flows: &mut Flows,
        mut datagrams: Option<&mut FrameReassembler>,
    ) -> Result<(), String> {
        let mut again = input::open(&self.path, &arguments.input)?;
        while let Some(before) = again.next_record().filter(|_| !signals::ended()) {
            // Errors were said when the packets were read first.
            let Ok(before) = before else { continue };
            if before.number >= record.number {
                break;
            }
            follow(flows, &before, datagrams.as_deref_mut());
        }
        follow(flows, record, datagrams);
        Ok(())
    }
}

/// Whether layers have a packet inside of another one, or samples of packets.
fn has_inner(layers: Examine<'_>) -> bool {
    let mut packets = 0;
    layers.into_iter().any(|layer| {
        packets += u32::from(matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)));
        packets > 1 || matches!(layer.view, View::Sflow(_))
    })
}
