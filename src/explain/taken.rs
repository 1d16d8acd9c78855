//! Packets that a chapter has taken, until it is known whether a statement of it names them.

use super::explanation::{Chapter, Statement, Topic};
use super::packet_list::PacketList;
use super::rest::{RestKind, RestTable};
use super::statement_macro::StatementMember;
use alloc::vec::Vec;
use hashbrown::HashSet;

/// Most packets that are kept. Of those after them, it is taken for granted that a statement tells of them.
const MOST: usize = 1 << 17;

/// Some chapters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TopicSet(u8);

impl TopicSet {
    pub(super) fn add(&mut self, topic: Topic) {
        self.0 |= match topic {
            Topic::Addresses => 1,
            Topic::Names => 2,
            Topic::Fragments => 4,
            Topic::Icmp => 8,
            // Connections are told as a whole. The others tell of what is told elsewhere.
            Topic::Summary | Topic::Hosts | Topic::Connections | Topic::Rest => 0,
        };
    }

    pub(super) fn add_all(&mut self, other: TopicSet) {
        self.0 |= other.0;
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn has_any(self, other: TopicSet) -> bool {
        self.0 & other.0 != 0
    }
}

/// Packets that chapters have taken.
#[derive(Debug, Default)]
pub(super) struct TakenPackets {
    packets: Vec<(u64, TopicSet, RestKind)>,
}

impl TakenPackets {
    pub(super) fn add(&mut self, packet: u64, topics: TopicSet, kind: RestKind) {
        if self.packets.len() < MOST {
            self.packets.push((packet, topics, kind));
        }
    }

    /// Adds those that no statement names to what is not explained. A chapter that sums up what had no place does not say which
    /// packets that is about: its packets count as told.
    pub(super) fn not_told<'c>(self, chapters: impl Iterator<Item = &'c Chapter>, rest: &mut RestTable) {
        if self.packets.is_empty() {
            return;
        }
        let (mut named, mut summed_up) = (HashSet::new(), TopicSet::default());
        for chapter in chapters.filter(|chapter| !matches!(chapter.topic, Topic::Summary | Topic::Hosts)) {
            for statement in chapter.paragraphs.iter().flat_map(|paragraph| &paragraph.statements) {
                let mut is_whole = !statement.is_sum();
                statement.members(&mut |_, value| {
                    if let StatementMember::Packets(packets) = value {
                        named.extend(packets.first().iter().copied().chain(packets.last()));
                        is_whole &= !has_more(packets);
                    }
                });
                if !is_whole {
                    summed_up.add(chapter.topic);
                }
            }
        }
        for (packet, topics, kind) in self.packets {
            if !topics.has_any(summed_up) && !named.contains(&packet) {
                rest.add(kind, packet);
            }
        }
    }
}

/// Whether a list counts packets whose numbers it has not.
fn has_more(packets: &PacketList) -> bool {
    packets.count() > packets.first().len() as u64
}

impl Statement {
    /// Whether it sums up what had no place, without the numbers of all packets.
    fn is_sum(&self) -> bool {
        let kind = self.kind();
        kind.starts_with("more_") || matches!(kind, "addresses_asked" | "other_lookups" | "fragments_not_followed")
    }
}
