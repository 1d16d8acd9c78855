//! What DNS asks and answers.

use crate::dissect::ExaminedLayer;
use crate::layer::NextProtocol;
use crate::proto::View;
use crate::proto::dns::{DnsClass, DnsOpcode, DnsRcode, DnsType};
use hashbrown::HashMap;

/// Ports of multicast DNS and of LLMNR.
const MDNS: u16 = 5353;
const LLMNR: u16 = 5355;

/// The least, the greatest and the sum of some numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// How many numbers.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The least.
    pub least: u64,
    /// The greatest.
    pub most: u64,
}

impl Spread {
    fn add(&mut self, number: u64) {
        self.least = if self.count == 0 { number } else { self.least.min(number) };
        self.most = self.most.max(number);
        self.count += 1;
        self.sum += number;
    }
}

/// Messages of DNS by what they ask and answer. Those of multicast DNS and of LLMNR are only counted.
///
/// Types and classes are those of the questions, in queries and in responses that repeat them. Response codes are those of
/// responses: a query has none.
#[derive(Clone, Debug, Default)]
pub struct DnsStatistics {
    queries: u64,
    responses: u64,
    multicast: u64,
    link_local: u64,
    opcodes: HashMap<u8, u64>,
    rcodes: HashMap<u16, u64>,
    types: HashMap<u16, u64>,
    classes: HashMap<u16, u64>,
    /// Length of messages in bytes.
    lengths: Spread,
    /// Length in bytes of the names that queries ask for, as text.
    names: Spread,
    /// Answers of a response.
    answers: Spread,
    times: Option<(i128, i128)>,
}

impl DnsStatistics {
    /// Counts a layer, if it is a message.
    pub(super) fn layer(&mut self, layer: &ExaminedLayer<'_>, time: Option<i128>) {
        let View::Dns(dns) = layer.view else { return };
        if layer.quoted {
            return;
        }
        match layer.selector {
            NextProtocol::UdpPort(MDNS) | NextProtocol::UdpPorts(MDNS, _) | NextProtocol::UdpPorts(_, MDNS) => {
                self.multicast += 1;
                return;
            }
            NextProtocol::UdpPort(LLMNR) | NextProtocol::UdpPorts(LLMNR, _) | NextProtocol::UdpPorts(_, LLMNR) => {
                self.link_local += 1;
                return;
            }
            _ => {}
        }
        *self.opcodes.entry(u8::from(dns.opcode())).or_default() += 1;
        let length = layer.context.payload_wire_end.saturating_sub(layer.header_span().start);
        self.lengths.add(length.into());
        if dns.response() {
            self.responses += 1;
            *self.rcodes.entry(u16::from(dns.rcode())).or_default() += 1;
            self.answers.add(dns.answer_count().into());
        } else {
            self.queries += 1;
        }
        for question in dns.questions(&layer.context) {
            *self.types.entry(u16::from(question.qtype)).or_default() += 1;
            *self.classes.entry(u16::from(question.qclass)).or_default() += 1;
            if !dns.response() {
                // Without the length of the first label and the root.
                let length = question.name.wire_len().unwrap_or(0).saturating_sub(2);
                self.names.add(length as u64);
            }
        }
        if let Some(time) = time {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
    }

    /// Number of messages.
    pub fn messages(&self) -> u64 {
        self.queries + self.responses
    }

    /// Number of messages of multicast DNS, which are not among [`messages`](Self::messages).
    pub fn multicast(&self) -> u64 {
        self.multicast
    }

    /// Number of messages of LLMNR, which are not among [`messages`](Self::messages).
    pub fn link_local(&self) -> u64 {
        self.link_local
    }

    /// Number of queries.
    pub fn queries(&self) -> u64 {
        self.queries
    }

    /// Number of responses.
    pub fn responses(&self) -> u64 {
        self.responses
    }

    /// The operation codes, the most frequent first.
    pub fn opcodes(&self) -> Vec<(DnsOpcode, u64)> {
        sorted(&self.opcodes)
    }

    /// The response codes, the most frequent first.
    pub fn rcodes(&self) -> Vec<(DnsRcode, u64)> {
        sorted(&self.rcodes)
    }

    /// The types of the questions, the most frequent first.
    pub fn types(&self) -> Vec<(DnsType, u64)> {
        sorted(&self.types)
    }

    /// The classes of the questions, the most frequent first.
    pub fn classes(&self) -> Vec<(DnsClass, u64)> {
        sorted(&self.classes)
    }

    /// Length of the messages in bytes.
    pub fn lengths(&self) -> Spread {
        self.lengths
    }

    /// Length in characters of the names that are asked for.
    pub fn names(&self) -> Spread {
        self.names
    }

    /// Number of answers in a response, as its header counts them.
    pub fn answers(&self) -> Spread {
        self.answers
    }

    /// The least and the greatest time of the messages, in nanoseconds since 1970.
    pub fn times(&self) -> Option<(i128, i128)> {
        self.times
    }
}

fn sorted<N: Copy + Ord, T: From<N>>(counts: &HashMap<N, u64>) -> Vec<(T, u64)> {
    let mut all: Vec<(N, u64)> = counts.iter().map(|(number, count)| (*number, *count)).collect();
    all.sort_by_key(|(number, count)| (core::cmp::Reverse(*count), *number));
    all.into_iter().map(|(number, count)| (T::from(number), count)).collect()
}
