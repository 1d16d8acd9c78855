//! What is not explained.

use super::packet_list::{CountOf, PacketList};
use super::statement_macro::statements;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use hashbrown::HashMap;

/// Most protocols that are kept apart.
const MOST: usize = 256;

/// Most protocols that are told one by one.
const MOST_TOLD: usize = 20;

statements! {
    /// What is said of packets that are not explained.
    pub enum RestStatement {
        /// Packets of a protocol.
        Protocol = "not_explained" {
            /// Its name, or the number that is not known.
            protocol: String,
            /// The packets.
            packets: PacketList,
        }
        /// Packets of further protocols.
        More = "more_not_explained" {
            /// How many packets.
            packets: u64,
        }
    }
}

impl fmt::Display for RestStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RestStatement::Protocol { protocol, packets } => match packets.count() {
                1 => write!(f, "{protocol}: {packets}."),
                count => write!(f, "{protocol}: {} ({packets:#}).", CountOf(count, "packet")),
            },
            RestStatement::More { packets } => write!(f, "Others: {}.", CountOf(*packets, "packet")),
        }
    }
}

/// Packets that are not explained, by protocol.
#[derive(Debug, Default)]
pub(super) struct RestTable {
    protocols: HashMap<String, PacketList>,
    more: u64,
}

impl RestTable {
    pub(super) fn add(&mut self, protocol: String, packet: u64) {
        if self.protocols.len() >= MOST && !self.protocols.contains_key(&protocol) {
            self.more += 1;
            return;
        }
        self.protocols.entry(protocol).or_default().push(packet);
    }

    pub(super) fn tell(self) -> Vec<RestStatement> {
        let mut all: Vec<_> = self.protocols.into_iter().collect();
        all.sort_by(|(name, a), (other, b)| b.count().cmp(&a.count()).then(name.cmp(other)));
        let rest = all.split_off(all.len().min(MOST_TOLD));
        let mut told: Vec<_> =
            all.into_iter().map(|(protocol, packets)| RestStatement::Protocol { protocol, packets }).collect();
        let packets = rest.iter().map(|(_, packets)| packets.count()).sum::<u64>() + self.more;
        if packets > 0 {
            told.push(RestStatement::More { packets });
        }
        told
    }
}
