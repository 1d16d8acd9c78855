//! IP datagrams that came in fragments.

use super::packet_list::{CountOf, Grouped, PacketList, PacketMoment};
use super::statement_macro::statements;
use crate::proto::IpProtocol;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most datagrams whose fragments are followed.
const MOST_FOLLOWED: usize = 8192;

/// Most datagrams between two hosts that are told one by one.
const MOST_TOLD: usize = 3;

/// Most ranges of a datagram that are kept: further fragments with holes between them are only counted.
const MOST_RANGES: usize = 64;

statements! {
    /// What is said of fragments.
    pub enum FragmentStatement {
        /// A datagram all of whose fragments are in the capture.
        Whole = "fragmented" {
            /// Who sent it.
            source: IpAddr,
            /// To whom.
            destination: IpAddr,
            /// The protocol in it.
            protocol: String,
            /// Bytes that the IP header carries.
            bytes: u32,
            /// The fragments.
            packets: PacketList,
            /// Packets with fragments that came again, unchanged.
            copies: PacketList,
        }
        /// A datagram of which fragments are missing.
        Incomplete = "fragments_missing" {
            /// Who sent it.
            source: IpAddr,
            /// To whom.
            destination: IpAddr,
            /// The protocol in it.
            protocol: String,
            /// What is missing.
            missing: String,
            /// The fragments.
            packets: PacketList,
            /// Packets with fragments that came again, unchanged.
            copies: PacketList,
        }
        /// Fragments of a datagram overlap.
        Overlap = "fragments_overlap" {
            /// Who sent it.
            source: IpAddr,
            /// To whom.
            destination: IpAddr,
            /// The fragments of the datagram.
            packets: PacketList,
        }
        /// Further datagrams all of whose fragments are in the capture.
        MoreWhole = "more_fragmented" {
            /// Who sent them.
            source: IpAddr,
            /// To whom.
            destination: IpAddr,
            /// How many datagrams.
            datagrams: u64,
            /// How many fragments.
            fragments: u64,
        }
        /// Further datagrams of which fragments are missing.
        MoreIncomplete = "more_fragments_missing" {
            /// Who sent them.
            source: IpAddr,
            /// To whom.
            destination: IpAddr,
            /// How many datagrams.
            datagrams: u64,
            /// A fragment of each of the first.
            packets: PacketList,
        }
        /// Fragments that are not followed, for want of memory.
        NotFollowed = "fragments_not_followed" {
            /// How many datagrams.
            datagrams: u64,
        }
    }
}

impl fmt::Display for FragmentStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FragmentStatement::Whole { source, destination, protocol, bytes, packets, copies } => {
                write!(
                    f,
                    "{source} sent {} of {protocol} to {destination} in {} ({packets:#}). All of them are there.",
                    CountOf((*bytes).into(), "byte"),
                    CountOf(packets.count(), "fragment"),
                )?;
                came_again(f, copies)
            }
            FragmentStatement::Incomplete { source, destination, protocol, missing, packets, copies } => {
                write!(
                    f,
                    "{source} sent a datagram of {protocol} to {destination} in fragments ({packets}), but {missing} not in \
                     the capture."
                )?;
                came_again(f, copies)
            }
            FragmentStatement::Overlap { source, destination, packets } => {
                write!(f, "Fragments of a datagram from {source} to {destination} overlap ({packets}).")
            }
            FragmentStatement::MoreWhole { source, destination, datagrams, fragments } => write!(
                f,
                "{source} sent {} to {destination} in {}, all of which are there.",
                CountOf(*datagrams, "more datagram"),
                CountOf(*fragments, "fragment")
            ),
            FragmentStatement::MoreIncomplete { source, destination, datagrams, packets } => write!(
                f,
                "Fragments are missing of {} from {source} to {destination} (among them {packets}).",
                CountOf(*datagrams, "more datagram")
            ),
            FragmentStatement::NotFollowed { datagrams } => {
                write!(f, "The fragments of {} are not followed here.", CountOf(*datagrams, "more datagram"))
            }
        }
    }
}

fn came_again(f: &mut fmt::Formatter<'_>, copies: &PacketList) -> fmt::Result {
    match copies.count() {
        0 => Ok(()),
        1 => write!(f, " A fragment came again, unchanged ({copies})."),
        count => write!(f, " Fragments came again, unchanged, {} ({copies:#}).", super::tcp::Times(count)),
    }
}

/// A fragment.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeenFragment {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// The protocol of IPv4; of IPv6, only the first fragment tells it.
    pub(super) protocol: Option<u8>,
    pub(super) identification: u32,
    /// Offset in bytes.
    pub(super) offset: u32,
    /// Length of its payload in bytes.
    pub(super) length: u32,
    pub(super) is_last: bool,
    /// A number that is the same if all bytes of the payload are.
    pub(super) digest: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct DatagramKey {
    source: IpAddr,
    destination: IpAddr,
    /// Of IPv4.
    protocol: Option<u8>,
    identification: u32,
}

#[derive(Debug, Default)]
struct FragmentedDatagram {
    protocol: Option<u8>,
    packets: PacketList,
    /// Offset and digest of each fragment.
    seen: Vec<(u32, u64)>,
    copies: PacketList,
    last: Option<PacketMoment>,
    ranges: Vec<(u32, u32)>,
    end: Option<u32>,
    is_overlapping: bool,
    is_selected: bool,
}

impl FragmentedDatagram {
    fn is_whole(&self) -> bool {
        matches!((self.ranges.as_slice(), self.end), (&[(0, end)], Some(last)) if end == last)
    }

    fn add(&mut self, fragment: &SeenFragment) {
        let (start, end) = (fragment.offset, fragment.offset.saturating_add(fragment.length));
        if self.seen.len() < MOST_RANGES {
            self.seen.push((start, fragment.digest));
        }
        if fragment.is_last {
            self.end = Some(end);
        }
        self.is_overlapping |= self.ranges.iter().any(|&(from, to)| start < to && from < end);
        if self.ranges.len() < MOST_RANGES {
            self.ranges.push((start, end));
        }
        self.ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for &(from, to) in &self.ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ => merged.push((from, to)),
            }
        }
        self.ranges = merged;
    }

    /// Whether a fragment came before, soon enough to be of the same datagram.
    fn is_copy(&self, fragment: &SeenFragment, at: PacketMoment) -> bool {
        const SOON: i64 = 1_000_000_000;
        let wait = self.last.and_then(|last| at.distance(last));
        wait.is_none_or(|wait| wait.0 <= SOON) && self.seen.contains(&(fragment.offset, fragment.digest))
    }

    fn missing(&self) -> String {
        let mut holes = Vec::new();
        let mut at = 0;
        for &(from, to) in &self.ranges {
            if from > at {
                holes.push((at, from));
            }
            at = to;
        }
        let tail = match self.end {
            Some(end) if end > at => {
                holes.push((at, end));
                ""
            }
            Some(_) => "",
            None => "the last fragment",
        };
        let hole = |&(from, to): &(u32, u32)| format!("{} to {}", Grouped(from.into()), Grouped(u64::from(to) - 1));
        let holes: Vec<String> = holes.iter().take(3).map(hole).collect();
        match (holes.is_empty(), tail) {
            (true, "") => "a part of it is".into(),
            (true, tail) => format!("{tail} is"),
            (false, "") => format!("bytes {} of it are", holes.join(", ")),
            (false, tail) => format!("bytes {} and {tail} are", holes.join(", ")),
        }
    }
}

/// The datagrams of a capture that came in fragments.
#[derive(Debug, Default)]
pub(super) struct FragmentTable {
    datagrams: HashMap<DatagramKey, FragmentedDatagram>,
    /// Those that ended, in the order of their first fragments.
    ended: Vec<(DatagramKey, FragmentedDatagram)>,
    not_followed: u64,
}

impl FragmentTable {
    pub(super) fn add(&mut self, fragment: &SeenFragment, at: PacketMoment, is_selected: bool) {
        let SeenFragment { source, destination, identification, protocol, .. } = *fragment;
        let of_key = protocol.filter(|_| source.is_ipv4());
        let key = DatagramKey { source, destination, protocol: of_key, identification };
        if let Some(known) = self.datagrams.get_mut(&key)
            && known.is_copy(fragment, at)
        {
            known.copies.push(at.packet);
            known.is_selected |= is_selected;
            return;
        }
        // The identification is used again.
        if let Some(before) = self.datagrams.get(&key)
            && before.is_whole()
            && self.ended.len() < MOST_FOLLOWED
            && let Some(before) = self.datagrams.remove(&key)
        {
            self.ended.push((key, before));
        }
        let is_new = !self.datagrams.contains_key(&key);
        if is_new && self.datagrams.len() + self.ended.len() >= MOST_FOLLOWED {
            self.not_followed += u64::from(fragment.offset == 0);
            return;
        }
        let datagram = self.datagrams.entry(key).or_default();
        datagram.is_selected |= is_selected;
        if fragment.offset == 0 || source.is_ipv4() {
            datagram.protocol = protocol;
        }
        datagram.packets.push(at.packet);
        datagram.last = Some(at);
        datagram.add(fragment);
    }

    /// Tells the datagrams, by source and destination.
    pub(super) fn tell(self) -> Vec<FragmentStatement> {
        let mut all = self.ended;
        all.extend(self.datagrams);
        all.retain(|(_, datagram)| datagram.is_selected);
        all.sort_by_key(|(_, datagram)| datagram.packets.first().first().copied());
        let mut told = Vec::new();
        let mut more: Vec<((IpAddr, IpAddr), MoreDatagrams)> = Vec::new();
        let mut counts: HashMap<(IpAddr, IpAddr), [usize; 2]> = HashMap::new();
        for (DatagramKey { source, destination, .. }, datagram) in all {
            let pair = (source, destination);
            let is_whole = datagram.is_whole();
            let count = &mut counts.entry(pair).or_default()[usize::from(is_whole)];
            *count += 1;
            if datagram.is_overlapping {
                let packets = datagram.packets.clone();
                told.push(FragmentStatement::Overlap { source, destination, packets });
            }
            if *count > MOST_TOLD {
                let place = more.iter().position(|(of, _)| *of == pair).unwrap_or_else(|| {
                    more.push((pair, MoreDatagrams::default()));
                    more.len() - 1
                });
                more[place].1.add(&datagram);
                continue;
            }
            let protocol = protocol_name(datagram.protocol);
            let missing = datagram.missing();
            let FragmentedDatagram { packets, copies, end, .. } = datagram;
            told.push(match is_whole {
                true => {
                    let bytes = end.unwrap_or(0);
                    FragmentStatement::Whole { source, destination, protocol, bytes, packets, copies }
                }
                false => FragmentStatement::Incomplete { source, destination, protocol, missing, packets, copies },
            });
        }
        for ((source, destination), MoreDatagrams { whole, fragments, incomplete, packets }) in more {
            if whole > 0 {
                told.push(FragmentStatement::MoreWhole { source, destination, datagrams: whole, fragments });
            }
            if incomplete > 0 {
                told.push(FragmentStatement::MoreIncomplete { source, destination, datagrams: incomplete, packets });
            }
        }
        if self.not_followed > 0 {
            told.push(FragmentStatement::NotFollowed { datagrams: self.not_followed });
        }
        told
    }
}

/// Datagrams that are not told one by one.
#[derive(Default)]
struct MoreDatagrams {
    whole: u64,
    fragments: u64,
    incomplete: u64,
    packets: PacketList,
}

impl MoreDatagrams {
    fn add(&mut self, datagram: &FragmentedDatagram) {
        match datagram.is_whole() {
            true => {
                self.whole += 1;
                self.fragments += datagram.packets.count();
            }
            false => {
                self.incomplete += 1;
                self.packets.extend(datagram.packets.first().first().copied());
            }
        }
    }
}

/// The name of an IP protocol, as engineers write it.
pub(super) fn protocol_name(protocol: Option<u8>) -> String {
    match protocol.map(IpProtocol::from) {
        Some(IpProtocol::Tcp) => "TCP".into(),
        Some(IpProtocol::Udp) => "UDP".into(),
        Some(IpProtocol::Icmp) => "ICMP".into(),
        Some(IpProtocol::Icmpv6) => "ICMPv6".into(),
        Some(other) => other.to_string(),
        None => "an unknown protocol".into(),
    }
}
