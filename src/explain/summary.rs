//! How much there is, and what went wrong.

use super::packet_list::{CountOf, Nanos, PacketList, PacketMoment};
use super::statement_macro::statements;
use super::tcp::Times;
use alloc::collections::VecDeque;
use alloc::string::String;
use core::fmt;

statements! {
    /// What is said of the capture as a whole.
    pub enum SummaryStatement {
        /// The capture has no packets.
        Empty = "empty" {}
        /// How much there is.
        Size = "size" {
            /// Number of packets.
            packets: u64,
            /// Their bytes on the wire.
            bytes: u64,
            /// Time from the earliest to the latest.
            lasted: Option<Nanos>,
        }
        /// Times of packets go back.
        TimesGoBack = "times_go_back" {
            /// The packets whose time is before that of the packet before them.
            packets: PacketList,
        }
        /// Packets were selected: what they belong to is told.
        Selected = "selected" {
            /// How many.
            packets: u64,
        }
        /// The capture has less of packets than was on the wire.
        CutPackets = "cut_packets" {
            /// The packets.
            packets: PacketList,
        }
        /// There are more connections than are followed.
        NotAllFollowed = "not_all_followed" {
            /// Segments of the others.
            segments: u64,
        }
        /// A kind of trouble.
        Trouble = "trouble" {
            /// What it is.
            what: String,
            /// How often.
            count: u64,
            /// Packets that show it: of some kinds, not all.
            packets: PacketList,
        }
        /// There is no trouble.
        NoTrouble = "no_trouble" {}
        /// No packet is of a kind that is explained.
        NothingTold = "nothing_told" {}
    }
}

impl fmt::Display for SummaryStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SummaryStatement::Empty {} => f.write_str("The capture has no packets."),
            SummaryStatement::Size { packets, bytes, lasted } => {
                write!(f, "The capture has {} with {}", CountOf(*packets, "packet"), CountOf(*bytes, "byte"))?;
                match lasted.filter(|_| *packets > 1) {
                    Some(lasted) => write!(f, ", in {lasted}."),
                    None => f.write_str("."),
                }
            }
            SummaryStatement::TimesGoBack { packets } => write!(
                f,
                "The times of packets go back {} ({packets}); a time between two packets is told only if the later one has \
                 the later time.",
                Times(packets.count())
            ),
            SummaryStatement::Selected { packets: 0 } => f.write_str("No packet passed the filter."),
            SummaryStatement::Selected { packets } => write!(
                f,
                "{} passed the filter. What they belong to is told, with its other packets.",
                CountOf(*packets, "packet")
            ),
            SummaryStatement::CutPackets { packets } => write!(
                f,
                "The capture has only the first bytes of {} ({packets}); what follows in {} is not known.",
                CountOf(packets.count(), "packet"),
                if packets.count() == 1 { "it" } else { "them" }
            ),
            SummaryStatement::NotAllFollowed { segments } => write!(
                f,
                "{} of TCP belong to connections that are not followed, since there are too many. What is said of \
                 connections and hosts, and their numbers, is of the others.",
                CountOf(*segments, "segment")
            ),
            SummaryStatement::Trouble { what, count, packets } => {
                let mut text = what.chars();
                if let Some(first) = text.next() {
                    write!(f, "{}{}", first.to_uppercase(), text.as_str())?;
                }
                match packets.count() < *count {
                    _ if packets.is_empty() => f.write_str("."),
                    true => write!(f, " (among them {packets:#})."),
                    false => write!(f, " ({packets})."),
                }
            }
            SummaryStatement::NoTrouble {} => f.write_str("In what is told below, nothing went wrong."),
            SummaryStatement::NothingTold {} => f.write_str(
                "None of its packets is of a kind that is explained; whether something went wrong is not known.",
            ),
        }
    }
}

/// Most packets whose times are remembered.
const MOST_TIMES: usize = 65_536;

/// The times of the packets of a capture.
#[derive(Debug, Default)]
pub(super) struct CaptureTimes {
    earliest: Option<i128>,
    latest: Option<i128>,
    last: Option<i128>,
    /// Number of the last packet.
    pub(super) packet: u64,
    pub(super) back: PacketList,
    recent: VecDeque<PacketMoment>,
}

impl CaptureTimes {
    /// Takes the next packet.
    pub(super) fn take(&mut self, at: PacketMoment) {
        self.packet = at.packet;
        let Some(time) = at.time else { return };
        if self.last.is_some_and(|last| time < last) {
            self.back.push(at.packet);
        }
        self.last = at.time;
        self.earliest = Some(self.earliest.map_or(time, |earliest| earliest.min(time)));
        self.latest = self.latest.max(at.time);
        if self.recent.len() == MOST_TIMES {
            self.recent.pop_front();
        }
        self.recent.push_back(at);
    }

    /// The end of the capture: its last packet, and its latest time.
    pub(super) fn end(&self) -> PacketMoment {
        PacketMoment { packet: self.packet, time: self.latest }
    }

    /// Time from the earliest to the latest packet.
    pub(super) fn lasted(&self) -> Option<Nanos> {
        self.end().since(PacketMoment { packet: 0, time: self.earliest })
    }

    /// A packet with its time, if that is still known.
    pub(super) fn of(&self, packet: u64) -> PacketMoment {
        let found = self.recent.binary_search_by_key(&packet, |moment| moment.packet).ok();
        found.and_then(|place| self.recent.get(place)).copied().unwrap_or(PacketMoment { packet, time: None })
    }
}

/// What is said of a capture as a whole.
pub(super) struct CaptureSums {
    pub(super) packets: u64,
    pub(super) bytes: u64,
    pub(super) selected: u64,
    pub(super) cut: PacketList,
    pub(super) times: CaptureTimes,
    /// Segments of connections that are not followed.
    pub(super) not_followed: u64,
    pub(super) troubles: alloc::vec::Vec<SummaryStatement>,
    /// Whether there are other chapters.
    pub(super) is_told: bool,
}

impl CaptureSums {
    pub(super) fn tell(self) -> alloc::vec::Vec<SummaryStatement> {
        let mut summary = alloc::vec::Vec::new();
        if self.packets == 0 {
            summary.push(SummaryStatement::Empty {});
            return summary;
        }
        let lasted = self.times.lasted();
        summary.push(SummaryStatement::Size { packets: self.packets, bytes: self.bytes, lasted });
        if !self.times.back.is_empty() {
            summary.push(SummaryStatement::TimesGoBack { packets: self.times.back });
        }
        if self.selected < self.packets {
            summary.push(SummaryStatement::Selected { packets: self.selected });
        }
        if !self.cut.is_empty() {
            summary.push(SummaryStatement::CutPackets { packets: self.cut });
        }
        if self.not_followed > 0 {
            summary.push(SummaryStatement::NotAllFollowed { segments: self.not_followed });
        }
        let has_none = self.troubles.is_empty();
        summary.extend(self.troubles);
        match (has_none, self.is_told) {
            // Nothing is told, since nothing is asked for.
            _ if self.selected == 0 => {}
            (true, true) => summary.push(SummaryStatement::NoTrouble {}),
            (true, false) => summary.push(SummaryStatement::NothingTold {}),
            (false, _) => {}
        }
        summary
    }
}
