//! Datagrams that are put together of the fragments in captures.

use packetsmith::capture::Timestamp;
use packetsmith::edit::replace;
use packetsmith::reassemble::{Findings, Key, Lost, Origin, Outcome, Reassembler, Refusal, Settings, find};
use packetsmith::{BuildError, Examine, IpProtocol, LinkType, Next, Proto, dissect, examine};
use std::ops::Range;
use std::time::Duration;

/// Most datagrams within datagrams that are put together at a time.
const MAX_NESTED: usize = 8;

/// Puts datagrams together as packets come.
pub struct Wholes {
    reassembler: Reassembler,
    /// Those that the last packet completed, the outermost first.
    pub found: Vec<Whole>,
    /// Whether the last of them is a fragment itself, and waits for others.
    pub waits: bool,
    time: Option<Timestamp>,
}

/// A datagram that is complete.
pub struct Whole {
    /// The packet, beginning with its IP header.
    pub packet: Vec<u8>,
    /// Which packets gave which bytes of its payload.
    pub origins: Vec<Origin>,
    /// What was noticed about the fragments.
    pub findings: Findings,
    /// What the fragments have in common.
    pub key: Key,
    /// Where in the packet the fragment stands that completes another datagram.
    inner: Option<usize>,
}

impl Whole {
    /// The layers of the packet.
    pub fn layers(&self) -> Examine<'_> {
        examine(LinkType::Raw.into(), &self.packet)
    }

    /// Numbers of the packets that gave it, each once, in order.
    pub fn packets(&self) -> Vec<u64> {
        let mut numbers: Vec<u64> = self.origins.iter().map(|origin| origin.frame).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// What a packet was to reassembly.
pub enum Fate {
    /// No fragment.
    Plain,
    /// Kept, or the same as one that is.
    Held,
    /// The last that was missing: [`Wholes::found`] has what it completed. Where in the frame it was.
    Complete(Range<usize>),
    /// Refused.
    Refused(Refusal, Range<usize>),
}

impl Wholes {
    pub fn new(settings: Settings) -> Self {
        Wholes { reassembler: Reassembler::new(settings), found: Vec::new(), waits: false, time: None }
    }

    /// Takes a packet.
    pub fn packet(
        &mut self,
        link_type: u16,
        data: &[u8],
        number: u64,
        time: Option<Timestamp>,
        lost: &mut dyn FnMut(Lost<'_>),
    ) -> Fate {
        self.found.clear();
        self.waits = false;
        // A packet without a time comes when the one before it came.
        self.time = time.or(self.time);
        if is_plain(link_type, data) {
            return Fate::Plain;
        }
        let Some(place) = find(dissect(link_type, data)) else { return Fate::Plain };
        match self.push(&data[place.clone()], number, lost) {
            Some(Fate::Complete(_)) => {}
            Some(fate) => return fate,
            None => return Fate::Plain,
        }
        while self.found.len() < MAX_NESTED {
            let Some(packet) = self.found.last().map(|whole| whole.packet.clone()) else { break };
            let Some(place) = find(dissect(LinkType::Raw.into(), &packet)) else { break };
            let outer = self.found.len() - 1;
            let fate = self.push(&packet[place.clone()], number, lost);
            self.waits = matches!(fate, Some(Fate::Held));
            if !matches!(fate, Some(Fate::Complete(_))) {
                break;
            }
            self.found[outer].inner = Some(place.start);
        }
        Fate::Complete(place)
    }

    fn push(&mut self, packet: &[u8], number: u64, lost: &mut dyn FnMut(Lost<'_>)) -> Option<Fate> {
        let clock = self.time.map_or(0, |time| time.nanos().clamp(0, u64::MAX.into()) as u64);
        Some(match self.reassembler.push(packet, number, Duration::from_nanos(clock), lost) {
            Outcome::Held { .. } | Outcome::Duplicate => Fate::Held,
            Outcome::Refused(refusal, range) => Fate::Refused(refusal, range),
            Outcome::Complete(datagram) => {
                self.found.push(Whole {
                    packet: datagram.packet().to_vec(),
                    origins: datagram.origins().collect(),
                    findings: datagram.findings(),
                    key: datagram.key(),
                    inner: None,
                });
                Fate::Complete(0..0)
            }
            _ => return None,
        })
    }

    /// Makes the frame that holds the datagrams that its packet completed, instead of their last fragment.
    pub fn nested(&self, link_type: u16, frame: &[u8], at: usize, out: &mut Vec<u8>) -> Result<(), BuildError> {
        let mut packet = Vec::new();
        for whole in self.found.iter().rev() {
            if let Some(inner) = whole.inner {
                let within = std::mem::take(&mut packet);
                replace(LinkType::Raw.into(), &whole.packet, inner, &within, &mut packet)?;
            } else {
                packet.clone_from(&whole.packet);
            }
        }
        replace(link_type, frame, at, &packet, out)
    }

    /// Gives up what waits.
    pub fn finish(&mut self, lost: &mut dyn FnMut(Lost<'_>)) {
        self.reassembler.finish(lost);
    }
}

/// Tells at first sight what a walk would find out too: TCP, and UDP of no tunnel, in a packet that is whole.
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
                let ports = Next::UdpPorts(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
                matches!(ports.proto(), Proto::Data | Proto::Dns)
            }
            _ => false,
        }
}

/// Numbers in a row: `3, 4, 5 and 9`; where they are many, `3, 4, 5 ... 99 (80 packets)`.
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
