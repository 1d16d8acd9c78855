//! Reassembly of the IP fragments in frames of any link type, datagrams inside datagrams included.

use crate::protocols::known;
use packetsmith::capture::{Record, Timestamp};
use packetsmith::ip::{Findings, Key, Lost, Network, Origin, Outcome, Reassembler, Refusal, Settings, find};
use packetsmith::proto::ip::{FragmentIssues, IpProtocol};
use packetsmith::{EncodeError, Examine, LinkType, NextProtocol, Proto};
use std::ops::Range;
use std::time::Duration;

/// Most datagrams inside each other that one packet can complete.
const MAX_NESTED: usize = 8;

/// Reassembles datagrams from the frames of a capture.
pub struct FrameReassembler {
    reassembler: Reassembler,
    /// The datagrams that the last packet completed, outermost first.
    pub found: Vec<ReassembledDatagram>,
    /// What was found out about the fragment in the last packet.
    pub noticed: Noticed,
    /// Whether the innermost datagram is itself a fragment that waits for others.
    pub waits: bool,
    time: Option<Timestamp>,
}

/// What was found out about a fragment, with the offset of its IP header.
#[derive(Clone, Copy, Default)]
pub struct Noticed {
    at: usize,
    issues: FragmentIssues,
}

impl Noticed {
    /// Adds it to the issues of these layers.
    pub fn of<'a>(&self, layers: Examine<'a>) -> Examine<'a> {
        layers.reassembly(self.at, self.issues)
    }
}

/// A complete datagram.
pub struct ReassembledDatagram {
    /// The packet, beginning with its IP header.
    pub packet: Vec<u8>,
    /// Which packets gave which bytes of its payload.
    pub origins: Vec<Origin>,
    /// Overlaps and other findings about the fragments.
    pub findings: Findings,
    /// The key that the fragments share.
    pub key: Key,
    /// What was found out about the packet, if it is itself a fragment.
    noticed: Noticed,
    /// Offset in the packet of the fragment that completes an inner datagram.
    inner: Option<usize>,
}

impl ReassembledDatagram {
    /// The layers of the packet.
    pub fn layers(&self) -> Examine<'_> {
        self.noticed.of(known().examine(LinkType::Raw, &self.packet))
    }

    /// Numbers of the packets with its fragments, sorted, without duplicates.
    pub fn packets(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.origins.iter().map(|origin| origin.frame).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// The result of reassembly for one packet.
pub enum FragmentOutcome {
    /// Not a fragment.
    NotFragment,
    /// Held until the datagram is complete, or a duplicate.
    Held,
    /// The last missing fragment, with its range in the frame. [`FrameReassembler::found`] has the datagrams.
    Complete(Range<usize>),
    /// Refused, with the range of its payload in the datagram.
    Refused(Refusal, Range<usize>),
}

impl FrameReassembler {
    pub fn new(settings: Settings) -> Self {
        let reassembler = Reassembler::new(settings);
        FrameReassembler { reassembler, found: Vec::new(), noticed: Noticed::default(), waits: false, time: None }
    }

    /// Takes a packet without a fragment in it.
    pub fn no_fragment(&mut self, record: &Record<'_>) {
        self.found.clear();
        self.noticed = Noticed::default();
        self.waits = false;
        // A packet without a time has that of the packet before.
        self.time = record.timestamp.or(self.time);
    }

    /// Takes a packet.
    pub fn packet(&mut self, record: &Record<'_>, lost: &mut dyn FnMut(Lost<'_>)) -> FragmentOutcome {
        let (link_type, data, number) = (record.link_type.unwrap_or(u16::MAX), record.data, record.number);
        self.no_fragment(record);
        if is_plain(link_type, data) {
            return FragmentOutcome::NotFragment;
        }
        let Some(place) = find(known().dissect(link_type, data)) else { return FragmentOutcome::NotFragment };
        // Each section of a file counts its interfaces anew.
        let interface = record.section << 32 | u64::from(record.interface);
        let layers = known().dissect(link_type, data);
        let mut network = self.reassembler.network(Network::default(), interface, layers, place.start);
        let outcome = self.push(network, &data[place.clone()], number, lost);
        self.noticed = Noticed { at: place.start, issues: self.reassembler.noticed().issues() };
        match outcome {
            Some(FragmentOutcome::Complete(_)) => {}
            Some(outcome) => return outcome,
            None => return FragmentOutcome::NotFragment,
        }
        while self.found.len() < MAX_NESTED {
            let Some(packet) = self.found.last().map(|datagram| datagram.packet.clone()) else { break };
            let Some(place) = find(known().dissect(LinkType::Raw, &packet)) else { break };
            let outer = self.found.len() - 1;
            let layers = known().dissect(LinkType::Raw, &packet);
            network = self.reassembler.network(network, 0, layers, place.start);
            let outcome = self.push(network, &packet[place.clone()], number, lost);
            self.found[outer].noticed = Noticed { at: place.start, issues: self.reassembler.noticed().issues() };
            self.waits = matches!(outcome, Some(FragmentOutcome::Held));
            if !matches!(outcome, Some(FragmentOutcome::Complete(_))) {
                break;
            }
            self.found[outer].inner = Some(place.start);
        }
        FragmentOutcome::Complete(place)
    }

    fn push(
        &mut self,
        network: Network,
        packet: &[u8],
        number: u64,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Option<FragmentOutcome> {
        let clock = self.time.map_or(0, |time| time.nanos().clamp(0, u64::MAX.into()) as u64);
        Some(match self.reassembler.push_from(network, packet, number, Duration::from_nanos(clock), lost) {
            Outcome::Held { .. } | Outcome::Duplicate => FragmentOutcome::Held,
            Outcome::Refused(refusal, range) => FragmentOutcome::Refused(refusal, range),
            Outcome::Complete(datagram) => {
                self.found.push(ReassembledDatagram {
                    packet: datagram.packet().to_vec(),
                    origins: datagram.origins().collect(),
                    findings: datagram.findings(),
                    key: datagram.key(),
                    noticed: Noticed::default(),
                    inner: None,
                });
                FragmentOutcome::Complete(0..0)
            }
            _ => return None,
        })
    }

    /// Builds the frame with the completed datagrams in place of the last fragment, at offset `at`.
    pub fn nested(&self, link_type: u16, frame: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let mut packet = Vec::new();
        for datagram in self.found.iter().rev() {
            if let Some(inner) = datagram.inner {
                let within = std::mem::take(&mut packet);
                known().replace(LinkType::Raw, &datagram.packet, inner, &within, &mut packet)?;
            } else {
                packet.clone_from(&datagram.packet);
            }
        }
        known().replace(link_type, frame, at, &packet, out)
    }

    /// Gives up all incomplete datagrams.
    pub fn finish(&mut self, lost: &mut dyn FnMut(Lost<'_>)) {
        self.reassembler.finish(lost);
    }
}

/// A fast test for packets that are no fragments and carry none: unfragmented TCP, and UDP without a tunnel.
fn is_plain(link_type: u16, frame: &[u8]) -> bool {
    let (protocol, segment) =
        match frame.get(12..) {
            Some(
                &[8, 0, 0x45, _, _, _, _, _, flags, 0, _, protocol, _, _, _, _, _, _, _, _, _, _, ref segment @ ..],
            ) if flags & 0x3f == 0 => (protocol, segment),
            Some(&[0x86, 0xdd, _, _, _, _, _, _, protocol, ref rest @ ..]) => {
                (protocol, rest.get(33..).unwrap_or_default())
            }
            _ => return false,
        };
    LinkType::from(link_type) == LinkType::Ethernet
        && match (IpProtocol::from(protocol), segment) {
            (IpProtocol::Tcp, _) => true,
            (IpProtocol::Udp, &[a, b, c, d, ..]) => {
                let ports = NextProtocol::UdpPorts(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                matches!(ports.proto(), Proto::Data | Proto::Dns)
            }
            _ => false,
        }
}

/// Numbers as text: `3, 4, 5 and 9`; if there are many, `3, 4, 5 ... 99 (80 packets)`.
pub fn listed(numbers: &[u64]) -> String {
    let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
    match texts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] if texts.len() <= 12 => format!("{} and {last}", rest.join(", ")),
        [a, b, c, .., last] => format!("{a}, {b}, {c} ... {last} ({} packets)", texts.len()),
        _ => texts.join(", "),
    }
}
