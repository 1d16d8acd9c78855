//! ARP and Neighbor Discovery: who asked for which MAC address, who announced itself, and which addresses are in conflict.

use super::packet_list::{CountOf, Grouped, PacketList, listed};
use super::statement_macro::statements;
use crate::dissect::ExaminedLayer;
use crate::hosts::{AddressFinding, AddressTable, ProbeRefusal};
use crate::layer::LayerContext;
use crate::proto::icmp::{Icmpv6Message, Icmpv6Type, NdpOption};
use crate::proto::link::ArpKind;
use crate::proto::{Icmpv6, View};
use crate::wire::MacAddr;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::{HashMap, HashSet};

/// Most pairs of hosts, routers and announcements that are kept.
const MOST_KEPT: usize = 16_384;

/// Most questions of a host that are told one by one, and most of all.
const MOST_OF_HOST: usize = 3;
const MOST_TOLD: usize = 24;

statements! {
    /// What is said of ARP and Neighbor Discovery.
    pub enum AddressStatement {
        /// A host asked for the MAC address of another one.
        Asked = "address_asked" {
            /// Who asked.
            asker: IpAddr,
            /// The address that it asked for.
            target: IpAddr,
            /// `ARP` or `Neighbor Discovery`.
            protocol: &'static str,
            /// The requests.
            requests: PacketList,
            /// The MAC addresses in the replies.
            macs: Vec<MacAddr>,
            /// The replies.
            replies: PacketList,
        }
        /// A host told its address to another that had not asked for it.
        Unasked = "address_unasked" {
            /// Who was told.
            asker: IpAddr,
            /// The address.
            target: IpAddr,
            /// `ARP` or `Neighbor Discovery`.
            protocol: &'static str,
            /// The MAC addresses in the replies.
            macs: Vec<MacAddr>,
            /// The replies.
            replies: PacketList,
        }
        /// A host asked for many addresses.
        AskedMany = "addresses_asked" {
            /// Who asked.
            asker: IpAddr,
            /// How many addresses it asked for, beside those that are told.
            count: u64,
            /// How many of them have no reply.
            unanswered: u64,
            /// `ARP` or `Neighbor Discovery`.
            protocol: &'static str,
            /// The first request for each.
            packets: PacketList,
        }
        /// A host announced its own address.
        Announced = "address_announced" {
            /// The address.
            address: IpAddr,
            /// Its MAC address.
            mac: MacAddr,
            /// The announcements.
            packets: PacketList,
        }
        /// A host asked whether an address is in use.
        Probed = "address_probed" {
            /// The MAC address of the host.
            mac: MacAddr,
            /// The address.
            address: IpAddr,
            /// How many probes.
            probes: u64,
            /// The probes.
            packets: PacketList,
            /// `in_use`, if another host has it; `also_probed`, if another host asked too; `none`.
            refusal: &'static str,
            /// The other host.
            owner: Option<MacAddr>,
            /// The packet that shows it.
            shown: Option<PacketList>,
        }
        /// A router advertised itself.
        RouterAdvertised = "router_advertised" {
            /// The router.
            router: IpAddr,
            /// The prefixes of the link.
            prefixes: Vec<String>,
            /// The advertisements.
            packets: PacketList,
        }
        /// A router advertised that it is no default router: with a lifetime of 0 (RFC 4861 §4.2, §6.2.5).
        NoDefaultRouter = "no_default_router" {
            /// The router.
            router: IpAddr,
            /// The MAC address from which such advertisements came.
            mac: Option<MacAddr>,
            /// The first packet before, with which the router advertised itself as a default router.
            before: Option<PacketList>,
            /// The MAC address from which that came, if it is another one.
            mac_before: Option<MacAddr>,
            /// The advertisements.
            packets: PacketList,
        }
        /// A host asked for routers.
        RouterSolicited = "router_solicited" {
            /// How many hosts.
            hosts: u64,
            /// The address of the host, if it is one host with one address.
            address: Option<IpAddr>,
            /// The solicitations.
            packets: PacketList,
        }
        /// Two MAC addresses claim an address.
        Duplicate = "duplicate_address" {
            /// The address.
            address: IpAddr,
            /// The MAC addresses.
            macs: Vec<MacAddr>,
            /// The first and the last claim of each.
            packets: PacketList,
            /// How it was found: `both_claim` or `both_answered`.
            how: &'static str,
        }
        /// Signs of ARP spoofing.
        Spoofing = "spoofing_sign" {
            /// The MAC address that claims addresses of others.
            mac: MacAddr,
            /// The addresses.
            addresses: Vec<IpAddr>,
            /// The MAC address of the host that uses the first of them.
            owner: MacAddr,
            /// Replies that nobody asked for.
            unsolicited: u64,
            /// The first and the last claim of each.
            packets: PacketList,
        }
        /// An address moved from a MAC address to another.
        Moved = "address_moved" {
            /// The address.
            address: IpAddr,
            /// The MAC address before.
            from: MacAddr,
            /// The MAC address after.
            to: MacAddr,
            /// The last claim before, and the first after it.
            packets: PacketList,
        }
        /// A MAC address claims many addresses.
        ManyAddresses = "many_addresses" {
            /// The MAC address.
            mac: MacAddr,
            /// How many.
            count: u64,
            /// The first claim.
            packets: PacketList,
        }
        /// What had no place.
        More = "more_addresses" {
            /// How many statements.
            count: u64,
        }
    }
}

impl fmt::Display for AddressStatement {
    // long: a sentence for each statement
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AddressStatement::Asked { asker, target, protocol, requests, macs, replies } => {
                write!(f, "{asker} asked for the MAC address of {target} by {protocol} ({requests})")?;
                match macs.len() {
                    0 => f.write_str("; no reply is in the capture."),
                    1 => {
                        write!(f, ", which is ")?;
                        listed(f, macs, 1)?;
                        write!(f, " ({replies}).")
                    }
                    count => {
                        write!(f, "; the replies name ")?;
                        listed(f, macs, count)?;
                        write!(f, " ({replies}).")
                    }
                }
            }
            AddressStatement::Unasked { asker, target, protocol, macs, replies } => {
                write!(f, "{target} told {asker} by {protocol} that its MAC address is ")?;
                listed(f, macs, macs.len())?;
                write!(f, " ({replies}); no request for it is in the capture.")
            }
            AddressStatement::AskedMany { asker, count, unanswered, protocol, packets } => {
                write!(f, "{asker} asked for {} by {protocol} ({packets:#})", CountOf(*count, "more address"))?;
                match unanswered {
                    0 => f.write_str(", each of which replied."),
                    n if n == count => f.write_str("; no reply is in the capture."),
                    n => write!(f, "; {} have no reply in the capture.", Grouped(*n)),
                }
            }
            AddressStatement::Announced { address, mac, packets } => {
                write!(f, "{mac} announced that it has {address} ({packets}).")
            }
            AddressStatement::Probed { mac, address, probes, packets, refusal, owner, shown } => {
                write!(f, "{mac} asked {} whether {address} is in use ({packets})", super::tcp::Times(*probes))?;
                match (owner, shown) {
                    (Some(owner), Some(shown)) if *refusal == "in_use" => write!(f, ", and {owner} has it ({shown})."),
                    (Some(owner), Some(shown)) => write!(f, ", and {owner} asked that too ({shown})."),
                    _ => f.write_str("; no host said so in the capture."),
                }
            }
            AddressStatement::RouterAdvertised { router, prefixes, packets } => {
                write!(f, "{router} advertised itself as a router ({packets})")?;
                if !prefixes.is_empty() {
                    f.write_str(if prefixes.len() == 1 { ", with the prefix " } else { ", with the prefixes " })?;
                    listed(f, prefixes, prefixes.len())?;
                }
                f.write_str(".")
            }
            AddressStatement::NoDefaultRouter { router, mac, before, mac_before, packets } => {
                write!(f, "{router} advertised that it is no default router")?;
                if before.is_some() {
                    f.write_str(" any more")?;
                }
                match (mac, mac_before, before) {
                    (Some(mac), Some(mac_before), Some(before)) => write!(
                        f,
                        " ({packets}). That came from {mac}; the advertisement in {before} that it is one came from {mac_before}."
                    ),
                    _ => write!(f, " ({packets})."),
                }
            }
            AddressStatement::RouterSolicited { hosts, address, packets } => match (hosts, address) {
                (_, Some(address)) => write!(f, "{address} asked which routers there are ({packets})."),
                (1, _) => write!(f, "A host asked which routers there are ({packets})."),
                _ => write!(f, "{} hosts asked which routers there are ({packets}).", Grouped(*hosts)),
            },
            AddressStatement::Duplicate { address, macs, packets, how } => {
                write!(f, "{address} is claimed by ")?;
                listed(f, macs, macs.len())?;
                f.write_str(match *how {
                    "both_answered" => " (",
                    _ => ", each after the other began to (",
                })?;
                write!(f, "{packets}): ")?;
                f.write_str(match *how {
                    "both_answered" => "both answered the same request.",
                    _ => "two hosts have the same address, or a host has two interfaces.",
                })
            }
            AddressStatement::Spoofing { mac, addresses, owner, unsolicited, packets } => {
                write!(f, "{mac} claims ")?;
                listed(f, addresses, addresses.len())?;
                write!(
                    f,
                    ", which {owner} uses, with {} that nobody had asked for ({packets}): ARP spoofing looks like this.",
                    CountOf(*unsolicited, "reply")
                )
            }
            AddressStatement::Moved { address, from, to, packets } => {
                write!(f, "{address} moved from {from} to {to} ({packets}).")
            }
            AddressStatement::ManyAddresses { mac, count, packets } => write!(
                f,
                "{mac} claims {} addresses (first {packets}): it answers for other hosts, or has many addresses.",
                Grouped(*count)
            ),
            AddressStatement::More { count } => {
                write!(f, "{} of ARP and Neighbor Discovery had no place here.", CountOf(*count, "more event"))
            }
        }
    }
}

#[derive(Debug, Default)]
struct MacResolution {
    requests: PacketList,
    replies: PacketList,
    macs: Vec<MacAddr>,
    is_selected: bool,
}

#[derive(Debug, Default)]
struct Advertised {
    prefixes: Vec<String>,
    packets: PacketList,
    /// The MAC address of the first of them.
    mac: Option<MacAddr>,
    /// Advertisements with a lifetime of 0, by MAC address.
    without_lifetime: Vec<(Option<MacAddr>, PacketList)>,
    is_selected: bool,
}

/// Router lifetime of a router advertisement in seconds (RFC 4861 §4.2): 0, if it is no default router. `None` if the message is
/// another one.
pub(super) fn router_lifetime(icmp: Icmpv6<&[u8; Icmpv6::LEN]>, context: &LayerContext<'_>) -> Option<u16> {
    match icmp.message(context) {
        Icmpv6Message::RouterAdvertisement { router, .. } => Some(router.lifetime()),
        _ => None,
    }
}

/// Questions and announcements of ARP and Neighbor Discovery.
#[derive(Debug, Default)]
pub(super) struct AddressNotes {
    resolutions: HashMap<(IpAddr, IpAddr), MacResolution>,
    announcements: HashMap<(IpAddr, MacAddr), (PacketList, bool)>,
    routers: HashMap<IpAddr, Advertised>,
    solicitors: HashMap<Option<MacAddr>, ()>,
    /// Who asked whether an address is in use.
    probes: HashMap<(MacAddr, IpAddr), PacketList>,
    /// The addresses of those, other than the unspecified one: at most two.
    solicitor_addresses: Vec<IpAddr>,
    solicitations: PacketList,
    left_out: u64,
}

impl AddressNotes {
    /// Takes a message of ARP or Neighbor Discovery. `true` if something is told of it.
    pub(super) fn layer(
        &mut self,
        layer: &ExaminedLayer<'_>,
        (source, destination, mac): (Option<IpAddr>, Option<IpAddr>, Option<MacAddr>),
        packet: u64,
        is_selected: bool,
    ) -> bool {
        match layer.view {
            View::Arp(arp) => {
                let Some(pair) = arp.macs_and_ips(&layer.context) else { return false };
                let (sender, target) = (IpAddr::from(pair.sender_ip), IpAddr::from(pair.target_ip));
                match arp.kind(&layer.context) {
                    ArpKind::Request => self.asks(sender, target, packet, is_selected),
                    ArpKind::Reply => self.answers((target, sender), pair.sender_mac, packet, is_selected),
                    ArpKind::Announcement | ArpKind::GratuitousReply => {
                        self.announces(sender, pair.sender_mac, packet, is_selected);
                    }
                    ArpKind::Probe => self.probes(Some(pair.sender_mac), target, packet),
                    _ => return false,
                }
                true
            }
            View::Icmpv6(icmp) if icmp.is_ndp() => {
                let target = icmp.ndp_target(&layer.context).map(IpAddr::from);
                let option = || {
                    icmp.ndp_options(&layer.context)?.iter().find_map(|option| match option {
                        NdpOption::TargetLinkLayerAddress { address, .. } => address.mac(),
                        _ => None,
                    })
                };
                match (icmp.kind(), target, source) {
                    (Icmpv6Type::NeighborSolicitation, Some(target), Some(source)) => match source.is_unspecified() {
                        true => self.probes(mac, target, packet),
                        false => self.asks(source, target, packet, is_selected),
                    },
                    (Icmpv6Type::NeighborAdvertisement, Some(target), _) => {
                        let Some(mac) = option().or(mac) else { return false };
                        match destination {
                            Some(asker) if !asker.is_multicast() => {
                                self.answers((asker, target), mac, packet, is_selected);
                            }
                            _ => self.announces(target, mac, packet, is_selected),
                        }
                    }
                    (Icmpv6Type::RouterAdvertisement, _, Some(source)) => {
                        self.advertises((source, mac), layer, packet, is_selected);
                    }
                    (Icmpv6Type::RouterSolicitation, ..) if is_selected => {
                        self.solicitations.push(packet);
                        if self.solicitors.len() < MOST_KEPT {
                            self.solicitors.insert(mac, ());
                        }
                        let known = &mut self.solicitor_addresses;
                        known
                            .extend(source.filter(|of| !of.is_unspecified() && known.len() < 2 && !known.contains(of)));
                    }
                    _ => return false,
                }
                true
            }
            _ => false,
        }
    }

    fn resolution(&mut self, pair: (IpAddr, IpAddr), is_selected: bool) -> Option<&mut MacResolution> {
        if self.resolutions.len() >= MOST_KEPT && !self.resolutions.contains_key(&pair) {
            self.left_out += 1;
            return None;
        }
        let resolution = self.resolutions.entry(pair).or_default();
        resolution.is_selected |= is_selected;
        Some(resolution)
    }

    fn asks(&mut self, asker: IpAddr, target: IpAddr, packet: u64, is_selected: bool) {
        if let Some(resolution) = self.resolution((asker, target), is_selected) {
            resolution.requests.push(packet);
        }
    }

    fn answers(&mut self, pair: (IpAddr, IpAddr), mac: MacAddr, packet: u64, is_selected: bool) {
        if let Some(resolution) = self.resolution(pair, is_selected) {
            resolution.replies.push(packet);
            if !resolution.macs.contains(&mac) && resolution.macs.len() < 8 {
                resolution.macs.push(mac);
            }
        }
    }

    fn probes(&mut self, mac: Option<MacAddr>, address: IpAddr, packet: u64) {
        let key = (mac.unwrap_or_default(), address);
        if self.probes.len() < MOST_KEPT || self.probes.contains_key(&key) {
            self.probes.entry(key).or_default().push(packet);
        }
    }

    fn announces(&mut self, address: IpAddr, mac: MacAddr, packet: u64, is_selected: bool) {
        if self.announcements.len() >= MOST_KEPT && !self.announcements.contains_key(&(address, mac)) {
            self.left_out += 1;
            return;
        }
        let (packets, selected) = self.announcements.entry((address, mac)).or_default();
        packets.push(packet);
        *selected |= is_selected;
    }

    fn advertises(
        &mut self,
        (router, mac): (IpAddr, Option<MacAddr>),
        layer: &ExaminedLayer<'_>,
        packet: u64,
        is_selected: bool,
    ) {
        if self.routers.len() >= MOST_KEPT && !self.routers.contains_key(&router) {
            self.left_out += 1;
            return;
        }
        let advertised = self.routers.entry(router).or_default();
        advertised.is_selected |= is_selected;
        let View::Icmpv6(icmp) = layer.view else { return };
        if router_lifetime(icmp, &layer.context) == Some(0) {
            let known = &mut advertised.without_lifetime;
            match known.iter().position(|(of, _)| *of == mac) {
                Some(place) => known[place].1.push(packet),
                None if known.len() < 8 => known.push((mac, PacketList::one(packet))),
                None => self.left_out += 1,
            }
        } else {
            if advertised.packets.is_empty() {
                advertised.mac = mac;
            }
            advertised.packets.push(packet);
        }
        let Icmpv6Message::RouterAdvertisement { options, .. } = icmp.message(&layer.context) else { return };
        for option in options.iter() {
            if let NdpOption::PrefixInformation { prefix_length, prefix, .. } = option {
                let text = format!("{prefix}/{prefix_length}");
                if !advertised.prefixes.contains(&text) && advertised.prefixes.len() < 8 {
                    advertised.prefixes.push(text);
                }
            }
        }
    }

    /// Tells who asked whom, and what `table` found about the addresses.
    pub(super) fn tell(self, table: &AddressTable) -> Vec<AddressStatement> {
        let mut told: Vec<(u64, AddressStatement)> = Vec::new();
        let first = |packets: &PacketList| packets.first().first().copied().unwrap_or(u64::MAX);
        told.extend(asked(self.resolutions));
        // An advertisement that says to a host which probes that the address is in use is told with the probe.
        let probes = table.addresses().iter().flat_map(|record| &record.probes);
        let answers: HashSet<u64> = probes.filter_map(|probe| Some(probe.refused?.by().1.packet)).collect();
        for ((address, mac), (packets, _)) in self.announcements.into_iter().filter(|(_, (_, selected))| *selected) {
            let packets = packets.without(|packet| answers.contains(&packet));
            if !packets.is_empty() {
                told.push((first(&packets), AddressStatement::Announced { address, mac, packets }));
            }
        }
        for (router, advertised) in self.routers.into_iter().filter(|(_, advertised)| advertised.is_selected) {
            let Advertised { prefixes, packets, mac, without_lifetime, .. } = advertised;
            for (of, without) in without_lifetime {
                let before = packets.first().first().filter(|packet| **packet < without.last().unwrap_or(0));
                let at = first(&without);
                let statement = AddressStatement::NoDefaultRouter {
                    router,
                    mac: of,
                    before: before.map(|packet| PacketList::one(*packet)),
                    mac_before: mac.filter(|_| before.is_some() && mac != of),
                    packets: without,
                };
                told.push((at, statement));
            }
            if !packets.is_empty() {
                told.push((first(&packets), AddressStatement::RouterAdvertised { router, prefixes, packets }));
            }
        }
        if !self.solicitations.is_empty() {
            let (hosts, packets) = (self.solicitors.len() as u64, self.solicitations);
            let address = match self.solicitor_addresses[..] {
                [address] if hosts == 1 => Some(address),
                _ => None,
            };
            told.push((first(&packets), AddressStatement::RouterSolicited { hosts, address, packets }));
        }
        for record in table.addresses() {
            for probe in &record.probes {
                let ends = [probe.first.packet, probe.last.packet];
                // The table has the first and the last.
                let known = self.probes.get(&(probe.mac, record.address));
                let known = known.map(|all| all.without(|packet| packet < ends[0] || packet > ends[1]));
                let packets = known.filter(|known| known.count() == probe.packets);
                let packets = packets.unwrap_or_else(|| ends.into_iter().collect());
                told.push((
                    first(&packets),
                    AddressStatement::Probed {
                        mac: probe.mac,
                        address: record.address,
                        probes: probe.packets,
                        packets,
                        owner: probe.refused.map(|refusal| refusal.by().0),
                        shown: probe.refused.map(|refusal| PacketList::one(refusal.by().1.packet)),
                        refusal: match probe.refused {
                            None => "none",
                            Some(ProbeRefusal::InUse(..)) => "in_use",
                            Some(ProbeRefusal::AlsoProbed(..)) => "also_probed",
                        },
                    },
                ));
            }
        }
        told.sort_by_key(|(first, _)| *first);
        let more = told.split_off(told.len().min(MOST_TOLD)).len() as u64;
        let mut told: Vec<AddressStatement> = told.into_iter().map(|(_, statement)| statement).collect();
        let findings: Vec<_> = table.findings().iter().filter_map(of_finding).collect();
        let more_findings = findings.len().saturating_sub(MOST_TOLD) as u64;
        told.extend(findings.into_iter().take(MOST_TOLD));
        let more = more + more_findings + self.left_out;
        if more > 0 {
            told.push(AddressStatement::More { count: more });
        }
        told
    }
}

/// Who asked whom: the first questions of each host, and how many there are beside them.
fn asked(resolutions: HashMap<(IpAddr, IpAddr), MacResolution>) -> Vec<(u64, AddressStatement)> {
    let mut all: Vec<_> = resolutions.into_iter().filter(|(_, resolution)| resolution.is_selected).collect();
    let first = |resolution: &MacResolution| {
        let packets = resolution.requests.first().iter().chain(resolution.replies.first());
        packets.min().copied().unwrap_or(u64::MAX)
    };
    all.sort_by_key(|(_, resolution)| first(resolution));
    let mut told = Vec::new();
    let mut counts: HashMap<IpAddr, usize> = HashMap::new();
    let mut more: Vec<(IpAddr, u64, u64, PacketList)> = Vec::new();
    for ((asker, target), resolution) in all {
        let at = first(&resolution);
        if resolution.requests.is_empty() {
            let MacResolution { replies, macs, .. } = resolution;
            told.push((at, AddressStatement::Unasked { asker, target, protocol: protocol_of(asker), macs, replies }));
            continue;
        }
        let count = counts.entry(asker).or_default();
        *count += 1;
        if *count <= MOST_OF_HOST {
            let MacResolution { requests, replies, macs, .. } = resolution;
            let protocol = protocol_of(asker);
            told.push((at, AddressStatement::Asked { asker, target, protocol, requests, macs, replies }));
            continue;
        }
        let place = more.iter().position(|(of, ..)| *of == asker).unwrap_or_else(|| {
            more.push((asker, 0, 0, PacketList::default()));
            more.len() - 1
        });
        let (_, count, unanswered, packets) = &mut more[place];
        *count += 1;
        *unanswered += u64::from(resolution.macs.is_empty());
        packets.push(at);
    }
    told.extend(more.into_iter().map(|(asker, count, unanswered, packets)| {
        let at = packets.first().first().copied().unwrap_or(u64::MAX);
        (at, AddressStatement::AskedMany { asker, count, unanswered, protocol: protocol_of(asker), packets })
    }));
    told
}

const fn protocol_of(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "ARP" } else { "Neighbor Discovery" }
}

fn of_finding(finding: &AddressFinding) -> Option<AddressStatement> {
    Some(match finding {
        AddressFinding::SpoofingSign { mac, taken, .. } => AddressStatement::Spoofing {
            mac: *mac,
            addresses: taken.iter().take(8).map(|taken| taken.address).collect(),
            owner: taken.first()?.owner,
            unsolicited: taken.iter().map(|taken| taken.unsolicited).sum(),
            packets: taken.iter().flat_map(|taken| [taken.times.0.packet, taken.times.1.packet]).collect(),
        },
        AddressFinding::Conflict { address, claims, .. } => AddressStatement::Duplicate {
            address: *address,
            macs: claims.iter().map(|claim| claim.mac).collect(),
            packets: claims.iter().flat_map(|claim| [claim.first.packet, claim.last.packet]).collect(),
            how: "both_claim",
        },
        AddressFinding::TwoAnswers { address, answer, .. } => AddressStatement::Duplicate {
            address: *address,
            macs: [answer.first.0, answer.second.0].into(),
            packets: [answer.request, answer.first.1, answer.second.1].iter().map(|at| at.packet).collect(),
            how: "both_answered",
        },
        AddressFinding::Moved { address, change, .. } => AddressStatement::Moved {
            address: *address,
            from: change.from,
            to: change.to,
            packets: [change.before.packet, change.at.packet].into_iter().collect(),
        },
        AddressFinding::ManyAddresses { mac, addresses, first, .. } => AddressStatement::ManyAddresses {
            mac: *mac,
            count: addresses.len() as u64,
            packets: PacketList::one(first.packet),
        },
        // Told with the probes; of no interest; a group of routers.
        _ => return None,
    })
}

impl AddressStatement {
    /// The packets that show that two hosts claim an address.
    pub(super) fn conflict(&self) -> Option<&PacketList> {
        match self {
            AddressStatement::Duplicate { packets, .. } | AddressStatement::Spoofing { packets, .. } => Some(packets),
            _ => None,
        }
    }

    /// The packet that shows that an address is in use which a host wanted.
    pub(super) fn in_use(&self) -> Option<&PacketList> {
        match self {
            AddressStatement::Probed { shown, refusal: "in_use", .. } => shown.as_ref(),
            _ => None,
        }
    }
}
