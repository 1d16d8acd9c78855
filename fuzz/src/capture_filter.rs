//! Capture filters: the programs of classic BPF for filters that are made from bytes, run on a frame.

use super::machine_programs::Programs;
use super::slow_expression::Choices;
use super::slow_filter;
use packetsmith::{Filter, examine};
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a field is compared with.
#[derive(Clone, Copy)]
enum Compared {
    /// A number up to this one.
    Number(u64),
    Mac,
    Ipv4,
    Ipv6,
}

/// Fields that programs read, and some that they do not.
const FIELDS: &[(&str, Compared)] = &[
    ("eth.src", Compared::Mac),
    ("eth.dst", Compared::Mac),
    ("eth.addr", Compared::Mac),
    ("eth.type", Compared::Number(0xffff)),
    ("vlan.id", Compared::Number(4095)),
    ("vlan.priority", Compared::Number(7)),
    ("vlan.etype", Compared::Number(0xffff)),
    ("arp.opcode", Compared::Number(9)),
    ("arp.proto.type", Compared::Number(0xffff)),
    ("ip.src", Compared::Ipv4),
    ("ip.dst", Compared::Ipv4),
    ("ip.addr", Compared::Ipv4),
    ("ip.ttl", Compared::Number(255)),
    ("ip.proto", Compared::Number(255)),
    ("ip.len", Compared::Number(0xffff)),
    ("ip.id", Compared::Number(0xffff)),
    ("ip.hdr_len", Compared::Number(60)),
    ("ip.flags.df", Compared::Number(1)),
    ("ip.flags.mf", Compared::Number(1)),
    ("ip.frag_offset", Compared::Number(0xffff)),
    ("ip.dsfield.dscp", Compared::Number(63)),
    ("ip.checksum", Compared::Number(0xffff)),
    ("ipv6.src", Compared::Ipv6),
    ("ipv6.addr", Compared::Ipv6),
    ("ipv6.hlim", Compared::Number(255)),
    ("ipv6.nxt", Compared::Number(255)),
    ("ipv6.plen", Compared::Number(0xffff)),
    ("ipv6.flow", Compared::Number(0xfffff)),
    ("tcp.port", Compared::Number(0xffff)),
    ("tcp.srcport", Compared::Number(0xffff)),
    ("tcp.dstport", Compared::Number(0xffff)),
    ("tcp.flags", Compared::Number(0xfff)),
    ("tcp.flags.syn", Compared::Number(1)),
    ("tcp.flags.ack", Compared::Number(1)),
    ("tcp.seq_raw", Compared::Number(u32::MAX as u64)),
    ("tcp.window_size_value", Compared::Number(0xffff)),
    ("tcp.hdr_len", Compared::Number(60)),
    ("tcp.len", Compared::Number(0xffff)),
    ("udp.port", Compared::Number(0xffff)),
    ("udp.srcport", Compared::Number(0xffff)),
    ("udp.dstport", Compared::Number(0xffff)),
    ("udp.length", Compared::Number(0xffff)),
    ("udp.checksum", Compared::Number(0xffff)),
    ("icmp.type", Compared::Number(255)),
    ("icmp.code", Compared::Number(255)),
    ("icmpv6.type", Compared::Number(255)),
    ("frame.len", Compared::Number(2000)),
    ("frame.cap_len", Compared::Number(2000)),
];

const PROTOCOLS: &[&str] = &[
    "eth",
    "vlan",
    "arp",
    "ip",
    "ipv6",
    "tcp",
    "udp",
    "icmp",
    "icmpv6",
    "igmp",
    "esp",
    "gre",
    "vxlan",
    "dns",
    "http",
    "tls",
    "dhcp",
    "ntp",
    "snmp",
    "mpls",
    "pppoes",
    "llc",
    "sctp",
    "data",
    "ah",
    "ipv6.hopopts",
];

struct Maker<'a> {
    choices: Choices<'a>,
    frame: &'a [u8],
}

impl Maker<'_> {
    fn condition(&mut self, depth: usize) -> String {
        match self.choices.byte() % 8 {
            kind @ 0..=3 if depth > 0 => {
                let parts = [self.condition(depth - 1), self.condition(depth - 1)];
                format!("({})", parts.join([" && ", " || ", " xor ", " and "][usize::from(kind)]))
            }
            4 if depth > 0 => format!("!({})", self.condition(depth - 1)),
            5 => self.one_of(PROTOCOLS).to_string(),
            _ => self.test(),
        }
    }

    fn one_of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::from(self.choices.byte()) % list.len()]
    }

    /// Bytes of the frame, mostly, so that tests are near to what it has.
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let at = usize::from(self.choices.byte());
        match self.frame.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => *bytes,
            None => std::array::from_fn(|_| self.choices.byte()),
        }
    }

    fn value(&mut self, compared: Compared) -> String {
        match compared {
            Compared::Number(most) if most < 256 => (u64::from(self.bytes::<1>()[0]) % (most + 1)).to_string(),
            Compared::Number(most) if most < 65536 => {
                (u64::from(u16::from_be_bytes(self.bytes())) % (most + 1)).to_string()
            }
            Compared::Number(most) => (u64::from(u32::from_be_bytes(self.bytes())) % (most + 1)).to_string(),
            Compared::Mac => self.bytes::<6>().map(|byte| format!("{byte:02x}")).join(":"),
            Compared::Ipv4 => Ipv4Addr::from(self.bytes::<4>()).to_string(),
            Compared::Ipv6 => Ipv6Addr::from(self.bytes::<16>()).to_string(),
        }
    }

    /// The name of a field, with the number of a layer, a part or a mask.
    fn name(&mut self, name: &str, compared: Compared) -> String {
        let layer = self.one_of(&["", "", "", "", "#1", "#2", "#-1", "#1-2"]);
        let rest = match compared {
            Compared::Number(most) => match self.choices.byte() % 6 {
                0 if most > 1 => format!(" & {}", 1 + u64::from(self.choices.byte()) % most.min(255)),
                _ => String::new(),
            },
            _ => String::new(),
        };
        format!("{name}{layer}{rest}")
    }

    fn test(&mut self) -> String {
        let (name, compared) = self.one_of(FIELDS);
        let quantifier = self.one_of(&["", "", "", "any ", "all "]);
        let full = self.name(name, compared);
        let value = self.value(compared);
        match self.choices.byte() % 8 {
            0 => full,
            1 => {
                let other = self.value(compared);
                let network = match compared {
                    Compared::Ipv4 => Some(u32::from(self.choices.byte()) % 33),
                    Compared::Ipv6 => Some(u32::from(self.choices.byte()) % 129),
                    _ => None,
                };
                match network {
                    Some(bits) => format!("{quantifier}{full} in {{{value}, {other}/{bits}}}"),
                    None => format!("{quantifier}{full} in {{{value}, {other}}}"),
                }
            }
            2 => {
                let other = self.value(compared);
                format!("{quantifier}{full} not in {{{value} .. {other}}}")
            }
            3 if !matches!(compared, Compared::Number(_)) => {
                let (at, byte) = (self.choices.byte() % 6, self.bytes::<1>()[0]);
                format!("{name}[{at}] {} {byte:02x}", self.one_of(&["==", "!=", "<", ">="]))
            }
            _ => {
                let operator = self.one_of(&["==", "!=", "===", "!==", "<", "<=", ">", ">="]);
                format!("{quantifier}{full} {operator} {value}")
            }
        }
    }
}

/// What the filter passes, its programs accept: in a file and on a socket, and the kernel takes them. The filter is made from
/// `choices`.
pub fn check(link_type: u16, choices: &[u8], frame: &[u8]) {
    let Some((&kind, rest)) = choices.split_first() else { return };
    let text = match kind % 4 {
        // Filters with functions and options, too.
        0 => slow_filter::text(rest, examine(link_type, frame)),
        _ => Maker { choices: Choices::new(rest), frame }.condition(3),
    };
    let Ok(filter) = Filter::parse(&text) else { return };
    let missing = usize::from(kind & 0x80 != 0) * 100;
    Programs::new(filter).compare(link_type, frame, frame.len() + missing);
}
