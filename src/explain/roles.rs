//! Hosts and their roles, by what they sent.

use super::packet_list::{CountOf, Grouped, PacketList, listed, listed_of, named_of};
use super::statement_macro::{MemberValue, MemberVisitor, StatementMember, StatementRecord, records, statements};
use crate::wire::MacAddr;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most hosts that are followed.
const MOST_HOSTS: usize = 16_384;

/// Most hosts that are told one by one.
const MOST_TOLD: usize = 24;

/// TTLs and hop limits that senders begin with: a packet with another one was forwarded.
const FIRST_TTLS: &[u8] = &[1, 30, 32, 60, 64, 128, 254, 255];

/// Most ports of a server, and most addresses behind a MAC address, that are kept.
const MOST_KEPT: usize = 16;

/// A role of a host, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostRole {
    /// DHCP names it as the router.
    DhcpRouter {
        /// The packets that say so.
        packets: PacketList,
    },
    /// It advertises itself as a router (RFC 4861 §4.2).
    AdvertisesRouter {
        /// The advertisements.
        packets: PacketList,
    },
    /// Packets of other hosts came from its MAC address.
    Forwards {
        /// How many other addresses they have as source.
        addresses: u64,
        /// The first packets.
        packets: PacketList,
    },
    /// It said that the TTL or hop limit of a packet had run out on the way.
    ReportsTtl {
        /// The errors.
        packets: PacketList,
    },
    /// It offered or granted addresses by DHCP.
    DhcpServer {
        /// The offers and grants.
        packets: PacketList,
    },
    /// It got its address by DHCP.
    DhcpClient {
        /// The grants.
        packets: PacketList,
    },
    /// It sent responses of DNS.
    NameServer {
        /// How many responses.
        responses: u64,
        /// The responses.
        packets: PacketList,
    },
    /// It accepted TCP connections.
    Server {
        /// The ports, at most 16.
        ports: Vec<u16>,
        /// How many connections.
        connections: u64,
        /// The first SYN-ACK of each.
        packets: PacketList,
    },
    /// It opened TCP connections, or tried to.
    Client {
        /// How many connections.
        connections: u64,
        /// The first SYN of each.
        packets: PacketList,
    },
    /// It asked questions of DNS.
    AsksNames {
        /// How many queries.
        queries: u64,
        /// The queries.
        packets: PacketList,
    },
}

impl HostRole {
    /// The role, and what shows it: names in lower case.
    const fn identifiers(&self) -> (&'static str, &'static str) {
        match self {
            HostRole::DhcpRouter { .. } => ("gateway", "router_option"),
            HostRole::AdvertisesRouter { .. } => ("router", "router_advertisements"),
            HostRole::Forwards { .. } => ("router", "forwarded_packets"),
            HostRole::ReportsTtl { .. } => ("router", "time_exceeded"),
            HostRole::DhcpServer { .. } => ("dhcp_server", "offers_and_grants"),
            HostRole::DhcpClient { .. } => ("client", "dhcp_grants"),
            HostRole::NameServer { .. } => ("name_server", "dns_responses"),
            HostRole::Server { .. } => ("server", "tcp_connections"),
            HostRole::Client { .. } => ("client", "tcp_connections"),
            HostRole::AsksNames { .. } => ("client", "dns_queries"),
        }
    }

    /// The packets that show it.
    const fn packets(&self) -> &PacketList {
        match self {
            HostRole::DhcpRouter { packets }
            | HostRole::AdvertisesRouter { packets }
            | HostRole::Forwards { packets, .. }
            | HostRole::ReportsTtl { packets }
            | HostRole::DhcpServer { packets }
            | HostRole::DhcpClient { packets }
            | HostRole::NameServer { packets, .. }
            | HostRole::Server { packets, .. }
            | HostRole::Client { packets, .. }
            | HostRole::AsksNames { packets, .. } => packets,
        }
    }

    const fn noun(&self) -> &'static str {
        match self {
            HostRole::DhcpRouter { .. } => "a gateway",
            HostRole::AdvertisesRouter { .. } | HostRole::Forwards { .. } | HostRole::ReportsTtl { .. } => "a router",
            HostRole::DhcpServer { .. } => "a DHCP server",
            HostRole::NameServer { .. } => "a name server",
            HostRole::Server { .. } => "a server",
            HostRole::Client { .. } | HostRole::AsksNames { .. } | HostRole::DhcpClient { .. } => "a client",
        }
    }
}

/// The evidence: a clause without its end.
impl fmt::Display for HostRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostRole::DhcpRouter { packets } => write!(f, "DHCP names it as the router ({packets})"),
            HostRole::AdvertisesRouter { packets } => write!(f, "it advertises itself ({packets:#})"),
            HostRole::Forwards { addresses, packets } => match addresses {
                1 => write!(
                    f,
                    "packets of another address, with a TTL that routers have lowered, came from its MAC address ({packets:#})"
                ),
                _ => write!(
                    f,
                    "packets of {} other addresses, with TTLs that routers have lowered, came from its MAC address ({packets:#})",
                    Grouped(*addresses)
                ),
            },
            HostRole::ReportsTtl { packets } => {
                write!(f, "it reported packets whose TTL or hop limit had run out ({packets:#})")
            }
            HostRole::DhcpServer { packets } => write!(f, "it offered or granted addresses ({packets:#})"),
            HostRole::DhcpClient { packets } => write!(f, "it got its address by DHCP ({packets:#})"),
            HostRole::NameServer { responses, packets } => {
                write!(f, "it sent {} of DNS ({packets:#})", CountOf(*responses, "response"))
            }
            HostRole::Server { ports, connections, packets } => {
                write!(f, "it accepted {} on ", CountOf(*connections, "connection"))?;
                f.write_str(if ports.len() == 1 { "port " } else { "ports " })?;
                listed(f, ports, ports.len())?;
                write!(f, " ({packets:#})")
            }
            HostRole::Client { connections, packets } => {
                write!(f, "it began {} ({packets:#})", CountOf(*connections, "connection"))
            }
            HostRole::AsksNames { queries, packets } => {
                write!(f, "it sent {} of DNS ({packets:#})", CountOf(*queries, "query"))
            }
        }
    }
}

records!(HostRole);

/// `role` and `evidence` are identifiers; the other members are those of the variant.
impl StatementRecord for HostRole {
    fn members(&self, visit: &mut MemberVisitor<'_>) {
        let (role, evidence) = self.identifiers();
        visit("role", StatementMember::Text(&role));
        visit("evidence", StatementMember::Text(&evidence));
        match self {
            HostRole::Forwards { addresses, .. } => visit("addresses", StatementMember::Number(*addresses)),
            HostRole::Server { ports, connections, .. } => {
                ports.member("ports", visit);
                visit("connections", StatementMember::Number(*connections));
            }
            HostRole::Client { connections, .. } => visit("connections", StatementMember::Number(*connections)),
            HostRole::NameServer { responses, .. } => visit("responses", StatementMember::Number(*responses)),
            HostRole::AsksNames { queries, .. } => visit("queries", StatementMember::Number(*queries)),
            HostRole::DhcpRouter { .. }
            | HostRole::AdvertisesRouter { .. }
            | HostRole::ReportsTtl { .. }
            | HostRole::DhcpServer { .. }
            | HostRole::DhcpClient { .. } => {}
        }
        visit("packets", StatementMember::Packets(self.packets()));
    }
}

statements! {
    /// What is said of hosts.
    pub enum HostStatement {
        /// A host and its roles.
        Roles = "host" {
            /// Its address.
            address: IpAddr,
            /// Its name, by an answer of DNS in the capture.
            name: Option<String>,
            /// Its MAC address: that which ARP or Neighbor Discovery tells; or from which its packets came, and those of no other
            /// address, and no router had lowered their TTL.
            mac: Option<MacAddr>,
            /// Roles with their evidence.
            roles: Vec<HostRole>,
        }
        /// A MAC address from which packets of several addresses came.
        SeveralAddresses = "several_addresses" {
            /// The MAC address.
            mac: MacAddr,
            /// How many addresses.
            count: u64,
            /// The first of them.
            addresses: Vec<IpAddr>,
            /// The first packets of each.
            packets: PacketList,
        }
        /// Hosts that are not told one by one.
        More = "more_hosts" {
            /// How many.
            hosts: u64,
        }
        /// There are more hosts than are followed.
        NotFollowed = "hosts_not_followed" {
            /// How many are followed.
            followed: u64,
        }
        /// Hosts of which no role was seen.
        WithoutRole = "hosts_without_role" {
            /// How many.
            count: u64,
            /// The first of them.
            addresses: Vec<IpAddr>,
        }
    }
}

impl fmt::Display for HostStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostStatement::Roles { address, name, mac, roles } => {
                write!(f, "{address}")?;
                match (name, mac) {
                    (Some(name), Some(mac)) => write!(f, " ({name}, {mac})")?,
                    (Some(name), None) => write!(f, " ({name})")?,
                    (None, Some(mac)) => write!(f, " ({mac})")?,
                    (None, None) => {}
                }
                let mut nouns: Vec<&str> = Vec::new();
                for role in roles {
                    if !nouns.contains(&role.noun()) {
                        nouns.push(role.noun());
                    }
                }
                f.write_str(" is ")?;
                listed(f, &nouns, nouns.len())?;
                f.write_str(": ")?;
                for (n, role) in roles.iter().enumerate() {
                    f.write_str(if n > 0 { "; " } else { "" })?;
                    write!(f, "{role}")?;
                }
                f.write_str(".")
            }
            HostStatement::SeveralAddresses { mac, count, addresses, packets } => {
                write!(f, "Packets of {} came from {mac}: of ", CountOf(*count, "address"))?;
                listed_of(f, addresses, *count)?;
                write!(f, " ({packets:#}). It forwards packets, has several addresses, or is shared by several hosts.")
            }
            HostStatement::More { hosts } => {
                write!(
                    f,
                    "{} that {} not told of here.",
                    CountOf(*hosts, "more host"),
                    if *hosts == 1 { "is" } else { "are" }
                )
            }
            HostStatement::NotFollowed { followed } => {
                write!(f, "Only the first {} are followed; there are more.", CountOf(*followed, "host"))
            }
            HostStatement::WithoutRole { count, addresses } => {
                match count {
                    1 => f.write_str("Of 1 address no role is known: ")?,
                    _ => write!(f, "Of {} addresses no role is known: ", Grouped(*count))?,
                }
                listed_of(f, addresses, *count)?;
                f.write_str(".")
            }
        }
    }
}

/// What a host was seen to do.
#[derive(Debug, Default)]
pub(super) struct SeenHost {
    packets: u64,
    first: u64,
    is_selected: bool,
    mac: Option<MacAddr>,
    has_several_macs: bool,
    /// No router has lowered its TTL or hop limit, as far as the first packet tells.
    is_near: bool,
    pub(super) opened: PacketList,
    pub(super) accepted: PacketList,
    pub(super) ports: Vec<u16>,
    /// Packets with queries and with responses of DNS, and how many messages are in them: a packet may have several.
    pub(super) queries: (u64, PacketList),
    pub(super) responses: (u64, PacketList),
    pub(super) leases: PacketList,
    pub(super) leased: PacketList,
    pub(super) router_option: PacketList,
    pub(super) advertisements: PacketList,
    pub(super) ttl_errors: PacketList,
}

impl SeenHost {
    /// Notes that it accepted a connection on a port.
    pub(super) fn accepts(&mut self, port: u16, packet: u64) {
        self.accepted.push(packet);
        if !self.ports.contains(&port) && self.ports.len() < MOST_KEPT {
            self.ports.push(port);
        }
    }

    fn roles(&self, forwarded: Option<(u64, PacketList)>) -> Vec<HostRole> {
        let some = |packets: &PacketList| (!packets.is_empty()).then(|| packets.clone());
        let roles = [
            some(&self.router_option).map(|packets| HostRole::DhcpRouter { packets }),
            some(&self.advertisements).map(|packets| HostRole::AdvertisesRouter { packets }),
            forwarded.map(|(addresses, packets)| HostRole::Forwards { addresses, packets }),
            some(&self.ttl_errors).map(|packets| HostRole::ReportsTtl { packets }),
            some(&self.leases).map(|packets| HostRole::DhcpServer { packets }),
            some(&self.responses.1).map(|packets| HostRole::NameServer { responses: self.responses.0, packets }),
            some(&self.accepted).map(|packets| HostRole::Server {
                ports: self.ports.clone(),
                connections: packets.count(),
                packets,
            }),
            some(&self.leased).map(|packets| HostRole::DhcpClient { packets }),
            some(&self.opened).map(|packets| HostRole::Client { connections: packets.count(), packets }),
            some(&self.queries.1).map(|packets| HostRole::AsksNames { queries: self.queries.0, packets }),
        ];
        roles.into_iter().flatten().collect()
    }
}

/// Addresses whose packets came from a MAC address.
#[derive(Debug, Default)]
struct LinkSource {
    addresses: Vec<IpAddr>,
    /// The first packet of each, and whether a router has forwarded it, by its TTL.
    first_packets: Vec<(u64, bool)>,
    more: u64,
    is_selected: bool,
}

/// The hosts of a capture.
#[derive(Debug, Default)]
pub(super) struct HostTable {
    hosts: HashMap<IpAddr, SeenHost>,
    links: HashMap<MacAddr, LinkSource>,
    has_left_out: bool,
    /// Which MAC address has which address, by ARP or Neighbor Discovery.
    owners: HashMap<MacAddr, Vec<IpAddr>>,
}

impl HostTable {
    /// Takes the source of an IP packet, with the MAC address that the frame came from, and its TTL or hop limit.
    pub(super) fn source(
        &mut self,
        address: IpAddr,
        (mac, ttl): (Option<MacAddr>, u8),
        packet: u64,
        is_selected: bool,
    ) {
        if is_of_group(address) || address.is_unspecified() {
            return;
        }
        let Some(host) = self.host(address) else { return };
        if host.packets == 0 {
            host.first = packet;
            host.is_near = FIRST_TTLS.contains(&ttl);
        }
        host.packets += 1;
        host.is_selected |= is_selected;
        let Some(mac) = mac else { return };
        host.has_several_macs |= host.mac.is_some_and(|before| before != mac);
        let is_known = *host.mac.get_or_insert(mac) == mac && host.packets > 1 && !host.has_several_macs;
        if is_known {
            return;
        }
        if self.links.len() >= MOST_HOSTS && !self.links.contains_key(&mac) {
            return;
        }
        let link = self.links.entry(mac).or_default();
        link.is_selected |= is_selected;
        if link.addresses.contains(&address) {
            return;
        }
        match link.addresses.len() < 64 {
            true => {
                link.addresses.push(address);
                link.first_packets.push((packet, !FIRST_TTLS.contains(&ttl)));
            }
            false => link.more += 1,
        }
    }

    /// A host, if there is room for it.
    pub(super) fn host(&mut self, address: IpAddr) -> Option<&mut SeenHost> {
        if self.hosts.len() >= MOST_HOSTS && !self.hosts.contains_key(&address) {
            self.has_left_out = true;
            return None;
        }
        Some(self.hosts.entry(address).or_default())
    }

    /// Takes an address that ARP or Neighbor Discovery ties to a MAC address.
    pub(super) fn owner(&mut self, mac: MacAddr, address: IpAddr) {
        let owned = self.owners.entry(mac).or_default();
        if !owned.contains(&address) && owned.len() < MOST_KEPT {
            owned.push(address);
        }
    }

    /// Tells the hosts: those with roles first. `name` gives the name of an address.
    pub(super) fn tell(self, name: impl Fn(IpAddr) -> Option<String>) -> Vec<HostStatement> {
        let mut forwarded: HashMap<IpAddr, (u64, PacketList)> = HashMap::new();
        let mut several = Vec::new();
        for (mac, link) in &self.links {
            let owned = self.owners.get(mac).map_or(&[][..], Vec::as_slice);
            // Addresses of a link do not come by a router.
            let foreign = |address: &IpAddr| !owned.contains(address) && !is_link_local(*address);
            let others: Vec<usize> = (0..link.addresses.len()).filter(|at| foreign(&link.addresses[*at])).collect();
            let packets: PacketList = others.iter().map(|at| link.first_packets[*at].0).collect();
            let count = others.len() as u64 + link.more;
            let of_family = |v4: bool| others.iter().filter(|at| link.addresses[**at].is_ipv4() == v4).count();
            let by_router = |v4: bool| {
                let is_one = |at: &&usize| link.first_packets[**at].1 && link.addresses[**at].is_ipv4() == v4;
                others.iter().filter(is_one).map(|at| link.first_packets[*at].0).collect::<PacketList>()
            };
            match owned.iter().find(|address| address.is_ipv4() || owned.len() == 1) {
                Some(owner) => {
                    let packets = by_router(owner.is_ipv4());
                    if !packets.is_empty() {
                        forwarded.insert(*owner, (packets.count(), packets));
                    }
                }
                None if of_family(true) > 1 || of_family(false) > 2 => several.push((*mac, link, count, packets)),
                _ => {}
            }
        }
        several.sort_by_key(|(_, _, _, packets)| packets.first().first().copied());
        let is_behind = |host: &SeenHost, address: IpAddr| {
            let link = host.mac.and_then(|mac| self.links.get(&mac));
            link.is_some_and(|link| {
                link.addresses.iter().any(|other| *other != address && other.is_ipv4() == address.is_ipv4())
            })
        };
        let mut hosts: Vec<_> = self.hosts.iter().filter(|(_, host)| host.is_selected || host.packets == 0).collect();
        hosts.sort_by_key(|(address, host)| (core::cmp::Reverse(host.packets), **address));
        let (mut told, mut without, mut more) = (Vec::new(), Vec::new(), 0);
        for (address, host) in hosts {
            let roles = host.roles(forwarded.remove(address));
            if roles.is_empty() {
                if host.packets > 0 {
                    without.push(*address);
                }
                continue;
            }
            if told.len() == MOST_TOLD {
                more += 1;
                continue;
            }
            let owns = |mac: &MacAddr| self.owners.get(mac).is_some_and(|owned| owned.contains(address));
            let is_its =
                |mac: &MacAddr| owns(mac) || host.is_near && !host.has_several_macs && !is_behind(host, *address);
            let mac = host.mac.filter(is_its);
            told.push((host.first, HostStatement::Roles { address: *address, name: name(*address), mac, roles }));
        }
        told.sort_by_key(|(first, _)| *first);
        let mut told: Vec<_> = told.into_iter().map(|(_, statement)| statement).collect();
        told.extend(several.into_iter().filter(|(_, link, ..)| link.is_selected).take(8).map(
            |(mac, link, count, packets)| {
                let addresses =
                    link.addresses.iter().filter(|address| !is_link_local(**address)).take(4).copied().collect();
                HostStatement::SeveralAddresses { mac, count, addresses, packets }
            },
        ));
        if more > 0 {
            told.push(HostStatement::More { hosts: more });
        }
        if self.has_left_out {
            told.push(HostStatement::NotFollowed { followed: self.hosts.len() as u64 });
        }
        if !without.is_empty() {
            without.sort_unstable();
            let addresses = without.iter().take(named_of(without.len(), 6)).copied().collect();
            told.push(HostStatement::WithoutRole { count: without.len() as u64, addresses });
        }
        told
    }
}

fn is_of_group(address: IpAddr) -> bool {
    address.is_multicast() || matches!(address, IpAddr::V4(address) if address.is_broadcast())
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}
