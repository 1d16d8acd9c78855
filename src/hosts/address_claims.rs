//! Which MAC addresses an IP address had, and by what evidence.

use super::sighting::Sighting;
use crate::wire::MacAddr;
use core::net::IpAddr;

/// What kind of message says that an IP address belongs to a MAC address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AddressEvidence {
    /// The sender of an ARP request (RFC 826).
    Request,
    /// An ARP reply.
    Reply,
    /// An ARP request for the sender's own address: gratuitous ARP, an announcement (RFC 5227 §3).
    Announcement,
    /// An ARP reply about the sender's own address to itself: gratuitous ARP as a reply (RFC 5944 §4.6).
    GratuitousReply,
    /// A reply of inverse ARP (RFC 2390).
    InverseReply,
    /// The source link-layer address of a neighbor solicitation (RFC 4861 §4.3).
    NeighborSolicitation,
    /// The target link-layer address of a neighbor advertisement (RFC 4861 §4.4).
    NeighborAdvertisement,
    /// The source link-layer address of a router solicitation (RFC 4861 §4.1).
    RouterSolicitation,
    /// The source link-layer address of a router advertisement (RFC 4861 §4.2).
    RouterAdvertisement,
}

impl AddressEvidence {
    /// All kinds.
    pub const ALL: [AddressEvidence; 9] = [
        AddressEvidence::Request,
        AddressEvidence::Reply,
        AddressEvidence::Announcement,
        AddressEvidence::GratuitousReply,
        AddressEvidence::InverseReply,
        AddressEvidence::NeighborSolicitation,
        AddressEvidence::NeighborAdvertisement,
        AddressEvidence::RouterSolicitation,
        AddressEvidence::RouterAdvertisement,
    ];

    /// A word or two.
    pub const fn name(self) -> &'static str {
        match self {
            AddressEvidence::Request => "request",
            AddressEvidence::Reply => "reply",
            AddressEvidence::Announcement => "announcement",
            AddressEvidence::GratuitousReply => "gratuitous reply",
            AddressEvidence::InverseReply => "inverse reply",
            AddressEvidence::NeighborSolicitation => "solicitation",
            AddressEvidence::NeighborAdvertisement => "advertisement",
            AddressEvidence::RouterSolicitation => "router solicitation",
            AddressEvidence::RouterAdvertisement => "router advertisement",
        }
    }
}

/// Whether a message answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Solicited {
    /// It asks itself, or announces.
    NoAnswer,
    /// It answers a request that was seen at most 10 seconds before. If another reply has answered that, at most a second
    /// before.
    Yes,
    /// It answers, and no such request was seen.
    No,
}

/// A MAC address that claimed an IP address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MacClaim {
    /// The MAC address.
    pub mac: MacAddr,
    /// The first packet with the claim.
    pub first: Sighting,
    /// The last packet with the claim.
    pub last: Sighting,
    /// Number of messages with the claim.
    pub packets: u64,
    /// Replies, and neighbor advertisements to one host, that no request was seen for: see [`Solicited`].
    pub unsolicited: u64,
    /// Neighbor advertisements with the override flag (RFC 4861 §4.4).
    pub overrides: u64,
    /// Messages in frames with another source address than this MAC address.
    pub other_frame_sources: u64,
    /// The source address of the last such frame.
    pub frame_source: Option<MacAddr>,
    pub(super) evidence: [u64; AddressEvidence::ALL.len()],
}

impl MacClaim {
    /// Kinds of messages with the claim, and how many there were of each.
    pub fn evidence(&self) -> impl Iterator<Item = (AddressEvidence, u64)> + '_ {
        AddressEvidence::ALL.into_iter().zip(self.evidence).filter(|(_, count)| *count > 0)
    }

    /// Whether the times of two claims overlap: each of the MAC addresses claims after the other has begun to.
    pub fn overlaps(&self, other: &MacClaim) -> bool {
        self.last.packet > other.first.packet && other.last.packet > self.first.packet
    }

    /// What virtual router protocol the MAC address belongs to: VRRP (and CARP, which uses the same addresses), HSRP, GLBP.
    /// Such an address moves from router to router, which is not spoofing.
    pub fn virtual_router(&self) -> Option<&'static str> {
        virtual_router(self.mac)
    }
}

/// What virtual router protocol a MAC address belongs to.
pub(super) fn virtual_router(mac: MacAddr) -> Option<&'static str> {
    match mac.well_known()? {
        "VRRP, IPv4" | "VRRP, IPv6" => Some("VRRP or CARP"),
        "HSRP" | "HSRP version 2" | "HSRP, IPv6" => Some("HSRP"),
        "GLBP" => Some("GLBP"),
        _ => None,
    }
}

/// Another MAC address than before claims an IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MacChange {
    /// The MAC address before.
    pub from: MacAddr,
    /// The MAC address from this packet on.
    pub to: MacAddr,
    /// The last claim of the MAC address before.
    pub before: Sighting,
    /// The first claim after the change.
    pub at: Sighting,
    /// By what kind of message.
    pub by: AddressEvidence,
    /// Whether this message answers a request.
    pub asked: Solicited,
    /// Whether the MAC address claimed the IP address at an earlier time already: the address changes back.
    pub is_return: bool,
    /// Whether the change is announced: by a gratuitous ARP message, or by a neighbor advertisement that was not solicited
    /// and has the override flag (RFC 4861 §7.2.6).
    pub is_announced: bool,
}

/// A host asks whether an IP address is in use, before it takes the address: an ARP probe (RFC 5227 §2.1.1), or a neighbor
/// solicitation for duplicate address detection (RFC 4862 §5.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressProbe {
    /// The MAC address of the host: the sender of the ARP message, or the source of the frame.
    pub mac: MacAddr,
    /// The first probe.
    pub first: Sighting,
    /// The last probe.
    pub last: Sighting,
    /// Number of probes, each at most 10 seconds after the one before.
    pub packets: u64,
    /// Another host that claimed the address, or probed for it too, at most 3 seconds after a probe.
    pub refused: Option<ProbeRefusal>,
}

/// Why a host may not take the address that it probes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProbeRefusal {
    /// Another host has the address.
    InUse(MacAddr, Sighting),
    /// Another host probes for it too.
    AlsoProbed(MacAddr, Sighting),
}

impl ProbeRefusal {
    /// The other host, and its packet.
    pub const fn by(&self) -> (MacAddr, Sighting) {
        match self {
            ProbeRefusal::InUse(mac, at) | ProbeRefusal::AlsoProbed(mac, at) => (*mac, *at),
        }
    }
}

/// Two MAC addresses answer the same request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoubleAnswer {
    /// The request.
    pub request: Sighting,
    /// The first answer.
    pub first: (MacAddr, Sighting),
    /// The second answer.
    pub second: (MacAddr, Sighting),
}

/// An IP address, and the MAC addresses that claimed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AddressRecord {
    /// The IP address.
    pub address: IpAddr,
    /// The interface that its messages came by.
    pub interface: u32,
    /// The innermost VLAN that its messages came by.
    pub vlan: Option<u16>,
    /// Whether its messages came by other VLANs or tunnels than those of the address records before it with the same address.
    pub(super) network: u64,
    /// The MAC addresses that claimed it, in the order of their first claims. None, if it was only asked for.
    pub claims: Vec<MacClaim>,
    /// Changes of the MAC address, in order.
    pub changes: Vec<MacChange>,
    /// Hosts that probed whether it is in use.
    pub probes: Vec<AddressProbe>,
    /// Requests that two MAC addresses answered.
    pub double_answers: Vec<DoubleAnswer>,
    /// Requests for the address, those that are repeated too. Probes and announcements are none.
    pub requests: u64,
    /// Times that a host asked for it and no reply was seen for 10 seconds, however often the request was repeated.
    pub unanswered: u64,
    /// Claims, changes, probes and double answers that did not fit.
    pub left_out: u64,
}

impl AddressRecord {
    pub(super) fn new(address: IpAddr, (interface, vlan): (u32, Option<u16>), network: u64) -> Self {
        AddressRecord {
            address,
            interface,
            vlan,
            network,
            claims: Vec::new(),
            changes: Vec::new(),
            probes: Vec::new(),
            double_answers: Vec::new(),
            requests: 0,
            unanswered: 0,
            left_out: 0,
        }
    }

    /// The MAC address that claimed the IP address last.
    pub fn last_claim(&self) -> Option<&MacClaim> {
        self.claims.iter().max_by_key(|claim| claim.last.packet)
    }

    /// Whether the address is of the link: 169.254.0.0/16 (RFC 3927) or fe80::/10.
    pub fn is_link_local(&self) -> bool {
        match self.address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        }
    }
}
