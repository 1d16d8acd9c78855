//! What is not explained.

use super::packet_list::{CountOf, PacketList};
use super::statement_macro::statements;
use crate::dissect::Examine;
use crate::layer::NextProtocol;
use crate::proto::{EtherType, IpProtocol, Proto, View};
use alloc::string::{String, ToString};
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
            /// Its identifier, as in filters and JSON; of what is not known, that of the protocol around it.
            protocol: &'static str,
            /// What is in it: `port 9 (discard)`, `protocol 253 (experiment 1)`, `type 0x88b5`.
            payload: Option<String>,
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
            RestStatement::Protocol { protocol, payload, packets } => {
                f.write_str(protocol)?;
                if let Some(payload) = payload {
                    write!(f, ", {payload}")?;
                }
                match packets.count() {
                    1 => write!(f, ": {packets}."),
                    count => write!(f, ": {} ({packets:#}).", CountOf(count, "packet")),
                }
            }
            RestStatement::More { packets } => write!(f, "Others: {}.", CountOf(*packets, "packet")),
        }
    }
}

/// What is in a packet: the innermost protocol, and what selects the data in it that no protocol reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RestKind {
    protocol: &'static str,
    payload: Option<RestPayload>,
}

/// What selects data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum RestPayload {
    UdpPort(u16),
    IpProtocol(u8),
    EtherType(u16),
}

impl fmt::Display for RestPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            RestPayload::UdpPort(port) => {
                write!(f, "port {port}")?;
                super::connections_statement::service_name(*port, IpProtocol::Udp)
            }
            RestPayload::IpProtocol(number) => {
                write!(f, "protocol {number}")?;
                IpProtocol::from(*number).name()
            }
            RestPayload::EtherType(number) => {
                write!(f, "type {number:#06x}")?;
                EtherType::from(*number).name()
            }
        };
        name.map_or(Ok(()), |name| write!(f, " ({name})"))
    }
}

impl RestKind {
    /// What is in a packet.
    pub(super) fn of(layers: Examine<'_>) -> Self {
        let mut kind = RestKind { protocol: Proto::Data.name(), payload: None };
        for layer in layers.take_while(|layer| !layer.quoted) {
            if layer.proto == Proto::Data {
                kind.payload = kind.payload.or(match layer.selector {
                    NextProtocol::IpProtocol(number) => Some(RestPayload::IpProtocol(number)),
                    NextProtocol::EtherType(number) => Some(RestPayload::EtherType(number)),
                    _ => None,
                });
                break;
            }
            let payload = match layer.view {
                // The service has the lower port.
                View::Udp(udp) => Some(RestPayload::UdpPort(udp.src_port().min(udp.dst_port()))),
                _ => None,
            };
            kind = RestKind { protocol: layer.proto.name(), payload };
        }
        kind
    }
}

/// Packets that are not explained, by protocol.
#[derive(Debug, Default)]
pub(super) struct RestTable {
    protocols: HashMap<RestKind, PacketList>,
    more: u64,
}

impl RestTable {
    pub(super) fn add(&mut self, protocol: RestKind, packet: u64) {
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
        let statement = |(kind, packets): (RestKind, PacketList)| {
            let packets = packets.in_order();
            let payload = kind.payload.map(|payload| payload.to_string());
            RestStatement::Protocol { protocol: kind.protocol, payload, packets }
        };
        let mut told: Vec<_> = all.into_iter().map(statement).collect();
        let packets = rest.iter().map(|(_, packets)| packets.count()).sum::<u64>() + self.more;
        if packets > 0 {
            told.push(RestStatement::More { packets });
        }
        told
    }
}
