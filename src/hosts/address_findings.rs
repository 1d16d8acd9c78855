//! What is remarkable about the addresses of a link.

use super::address_claims::{AddressProbe, AddressRecord, DoubleAnswer, MacChange, MacClaim, virtual_router};
use super::address_table::AddressTable;
use super::sighting::Sighting;
use crate::wire::MacAddr;
use core::net::IpAddr;
use hashbrown::HashMap;

/// From so many addresses on, a MAC address claims many.
const MANY: usize = 8;

/// From so many replies on that nobody asked for, they are a sign of spoofing.
const REPEATED: u64 = 2;

/// An address of another host that a MAC address claims by replies that nobody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenAddress {
    /// The IP address.
    pub address: IpAddr,
    /// The MAC address of the other host, which claims it too.
    pub owner: MacAddr,
    /// Replies that nobody asked for.
    pub unsolicited: u64,
    /// The first and the last claim.
    pub times: (Sighting, Sighting),
}

/// What is remarkable about an address, or about a host.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressFinding {
    /// A MAC address claims addresses that other hosts use at the same time, again and again by replies that no request was
    /// seen for: as tools for ARP spoofing do.
    SpoofingSign {
        /// The MAC address that claims them.
        mac: MacAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The addresses.
        taken: Vec<TakenAddress>,
    },
    /// Two MAC addresses claim an address, each after the other has begun to (RFC 5227 §2.4): two hosts, or one host with
    /// several interfaces.
    Conflict {
        /// The address.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// Both claims, the earlier first.
        claims: Box<[MacClaim; 2]>,
    },
    /// Two MAC addresses answer the same request: a proxy, a host with several interfaces, or another host.
    TwoAnswers {
        /// The address that was asked for.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The first such request.
        answer: DoubleAnswer,
        /// Number of such requests, of those that are kept.
        count: u64,
    },
    /// A host probes whether an address is in use, and another host has it, or wants it too (RFC 5227 §2.1.1, RFC 4862
    /// §5.4.3).
    InUse {
        /// The address.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The probe.
        probe: AddressProbe,
    },
    /// An address changes from one MAC address to another, which alone has it from then on: another host, another card, or a
    /// stand-by interface that takes over.
    Moved {
        /// The address.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The change.
        change: MacChange,
    },
    /// An address has the MAC address of a virtual router, and others: routers of a group answer for it.
    VirtualRouter {
        /// The address.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// `VRRP or CARP`, `HSRP` or `GLBP`.
        protocol: &'static str,
        /// The claims.
        claims: Vec<MacClaim>,
    },
    /// Messages about an address have another MAC address than the frame that they are in: of a virtual router, of a bond, of
    /// an access point, or of a host that answers for others.
    OtherFrameSource {
        /// The address.
        address: IpAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The claim.
        claim: MacClaim,
    },
    /// A MAC address claims eight or more addresses of a family: a router that answers for others (proxy ARP, RFC 1027), or a
    /// host with many addresses. Link-local addresses do not count.
    ManyAddresses {
        /// The MAC address.
        mac: MacAddr,
        /// The VLAN.
        vlan: Option<u16>,
        /// The addresses, in order.
        addresses: Vec<IpAddr>,
        /// The first claim.
        first: Sighting,
    },
}

impl AddressFinding {
    /// A stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            AddressFinding::SpoofingSign { .. } => "sign_of_spoofing",
            AddressFinding::Conflict { .. } => "conflict",
            AddressFinding::TwoAnswers { .. } => "two_answers",
            AddressFinding::InUse { .. } => "address_in_use",
            AddressFinding::Moved { .. } => "moved",
            AddressFinding::VirtualRouter { .. } => "virtual_router",
            AddressFinding::OtherFrameSource { .. } => "other_frame_source",
            AddressFinding::ManyAddresses { .. } => "many_addresses",
        }
    }

    /// The address, if the finding is about one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            AddressFinding::SpoofingSign { taken, .. } => match &taken[..] {
                [only] => Some(only.address),
                _ => None,
            },
            AddressFinding::Conflict { address, .. }
            | AddressFinding::TwoAnswers { address, .. }
            | AddressFinding::InUse { address, .. }
            | AddressFinding::Moved { address, .. }
            | AddressFinding::VirtualRouter { address, .. }
            | AddressFinding::OtherFrameSource { address, .. } => Some(*address),
            AddressFinding::ManyAddresses { .. } => None,
        }
    }

    /// The VLAN that it is about.
    pub fn vlan(&self) -> Option<u16> {
        match self {
            AddressFinding::SpoofingSign { vlan, .. }
            | AddressFinding::Conflict { vlan, .. }
            | AddressFinding::TwoAnswers { vlan, .. }
            | AddressFinding::InUse { vlan, .. }
            | AddressFinding::Moved { vlan, .. }
            | AddressFinding::VirtualRouter { vlan, .. }
            | AddressFinding::OtherFrameSource { vlan, .. }
            | AddressFinding::ManyAddresses { vlan, .. } => *vlan,
        }
    }

    /// The packet from which on it holds.
    pub fn at(&self) -> Sighting {
        match self {
            AddressFinding::SpoofingSign { taken, .. } => {
                taken.iter().map(|taken| taken.times.0).min_by_key(|at| at.packet).unwrap_or_default()
            }
            AddressFinding::Conflict { claims, .. } => claims[1].first,
            AddressFinding::TwoAnswers { answer, .. } => answer.second.1,
            AddressFinding::InUse { probe, .. } => probe.refused.map_or(probe.first, |refusal| refusal.by().1),
            AddressFinding::Moved { change, .. } => change.at,
            AddressFinding::VirtualRouter { claims, .. } => {
                claims.first().map_or(Sighting::default(), |claim| claim.first)
            }
            AddressFinding::OtherFrameSource { claim, .. } => claim.first,
            AddressFinding::ManyAddresses { first, .. } => *first,
        }
    }
}

impl AddressTable {
    /// What is remarkable: the gravest kind first, then in the order of the capture.
    pub fn findings(&self) -> Vec<AddressFinding> {
        let mut found = Vec::new();
        let mut spoofing: HashMap<(u64, MacAddr), (Option<u16>, Vec<TakenAddress>)> = HashMap::new();
        let mut owned: HashMap<(u64, bool, MacAddr), (Option<u16>, Vec<IpAddr>, Sighting)> = HashMap::new();
        for record in self.addresses() {
            of_record(record, &mut found);
            for (mac, taken) in taken(record) {
                spoofing.entry((record.network, mac)).or_insert((record.vlan, Vec::new())).1.push(taken);
            }
            for claim in record.claims.iter().filter(|_| !record.is_link_local()) {
                let key = (record.network, record.address.is_ipv6(), claim.mac);
                let (_, addresses, first) = owned.entry(key).or_insert((record.vlan, Vec::new(), claim.first));
                addresses.push(record.address);
                if claim.first.packet < first.packet {
                    *first = claim.first;
                }
            }
        }
        for ((_, mac), (vlan, taken)) in spoofing {
            found.push(AddressFinding::SpoofingSign { mac, vlan, taken });
        }
        for ((_, _, mac), (vlan, mut addresses, first)) in owned {
            if addresses.len() >= MANY {
                addresses.sort_unstable();
                found.push(AddressFinding::ManyAddresses { mac, vlan, addresses, first });
            }
        }
        found.sort_by_key(|finding| (rank(finding), finding.at().packet, finding.address()));
        found
    }
}

fn rank(finding: &AddressFinding) -> u8 {
    match finding {
        AddressFinding::SpoofingSign { .. } => 0,
        AddressFinding::Conflict { .. } => 1,
        AddressFinding::TwoAnswers { .. } => 2,
        AddressFinding::InUse { .. } => 3,
        AddressFinding::Moved { .. } => 4,
        AddressFinding::VirtualRouter { .. } => 5,
        AddressFinding::OtherFrameSource { .. } => 6,
        AddressFinding::ManyAddresses { .. } => 7,
    }
}

fn of_record(record: &AddressRecord, found: &mut Vec<AddressFinding>) {
    let &AddressRecord { address, vlan, .. } = record;
    let virtual_protocol = record.claims.iter().find_map(MacClaim::virtual_router);
    if let Some(protocol) = virtual_protocol {
        if record.claims.len() > 1 {
            found.push(AddressFinding::VirtualRouter { address, vlan, protocol, claims: record.claims.clone() });
        }
    } else {
        let pair =
            |n: usize, other: &MacClaim| record.claims.iter().skip(n + 1).find(|claim| claim.overlaps(other)).cloned();
        for (n, claim) in record.claims.iter().enumerate() {
            if let Some(other) = pair(n, claim) {
                let claims = Box::new([claim.clone(), other]);
                found.push(AddressFinding::Conflict { address, vlan, claims });
            }
        }
        for change in record.changes.iter().filter(|change| !change.is_return) {
            let of = |mac| record.claims.iter().find(|claim| claim.mac == mac);
            let overlaps = of(change.from).zip(of(change.to)).is_none_or(|(from, to)| from.overlaps(to));
            if !overlaps {
                found.push(AddressFinding::Moved { address, vlan, change: *change });
            }
        }
        if let [answer, ..] = record.double_answers[..] {
            let count = record.double_answers.len() as u64;
            found.push(AddressFinding::TwoAnswers { address, vlan, answer, count });
        }
    }
    for probe in record.probes.iter().filter(|probe| probe.refused.is_some()) {
        found.push(AddressFinding::InUse { address, vlan, probe: *probe });
    }
    for claim in record.claims.iter().filter(|claim| claim.other_frame_sources > 0) {
        found.push(AddressFinding::OtherFrameSource { address, vlan, claim: claim.clone() });
    }
}

/// The MAC addresses that claim an address of another host by replies that nobody asked for.
fn taken(record: &AddressRecord) -> impl Iterator<Item = (MacAddr, TakenAddress)> + '_ {
    record.claims.iter().filter_map(|claim| {
        let is_suspect = claim.unsolicited >= REPEATED && virtual_router(claim.mac).is_none();
        let owner = record.claims.iter().find(|owner| {
            owner.mac != claim.mac
                && owner.overlaps(claim)
                && owner.unsolicited < claim.unsolicited
                && owner.virtual_router().is_none()
        })?;
        is_suspect.then(|| {
            let times = (claim.first, claim.last);
            (
                claim.mac,
                TakenAddress { address: record.address, owner: owner.mac, unsolicited: claim.unsolicited, times },
            )
        })
    })
}
