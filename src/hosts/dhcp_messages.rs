//! Messages of DHCP, DHCPv6 and BOOTP, and what they say of leases.

use super::sighting::Sighting;
use crate::proto::ArpHardware;
use crate::proto::dhcp::{DhcpMessageType, DhcpOperation, Dhcpv6Duid, Dhcpv6MessageType, Dhcpv6Status};
use crate::wire::{Cursor, MacAddr, TaggedEnum, TextBuffer};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DhcpMessageKind {
    /// DHCP (RFC 2131).
    V4(DhcpMessageType),
    /// BOOTP (RFC 951): a message without option 53.
    Bootp(DhcpOperation),
    /// DHCPv6 (RFC 8415).
    V6(Dhcpv6MessageType),
}

impl fmt::Display for DhcpMessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DhcpMessageKind::V4(kind) => kind.fmt(f),
            DhcpMessageKind::Bootp(operation) => operation.fmt(f),
            DhcpMessageKind::V6(kind) => kind.fmt(f),
        }
    }
}

/// A server: by its identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DhcpServer {
    /// The address in option 54 (RFC 2132 §9.7), or the source address of a message without it.
    Address(IpAddr),
    /// The DUID of a DHCPv6 server (RFC 8415 §11).
    Duid(Vec<u8>),
}

impl DhcpServer {
    /// The MAC address in its DUID (RFC 8415 §11.2, §11.4), if it has one. The server need not use it on the link.
    pub fn duid_mac(&self) -> Option<MacAddr> {
        match self {
            DhcpServer::Address(_) => None,
            DhcpServer::Duid(duid) => duid_mac(duid),
        }
    }
}

impl fmt::Display for DhcpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DhcpServer::Address(address) => address.fmt(f),
            DhcpServer::Duid(duid) => f.write_str(&duid_text(duid)),
        }
    }
}

/// The MAC address in a DUID.
fn duid_mac(duid: &[u8]) -> Option<MacAddr> {
    let (kind, contents) = duid.split_first_chunk()?;
    match Dhcpv6Duid::decode(u16::from_be_bytes(*kind), Cursor::new(contents)) {
        Dhcpv6Duid::LinkLayerTime { address, .. } | Dhcpv6Duid::LinkLayer { address, .. } => address.mac(),
        _ => None,
    }
}

/// The link-layer address in a DUID, or its bytes.
fn duid_text(duid: &[u8]) -> String {
    let mut text = TextBuffer::default();
    let mac = duid_mac(duid);
    text.str("DUID ");
    match mac {
        Some(mac) => text.mac(mac),
        None => text.hex_bytes(duid.get(..20).unwrap_or(duid)),
    }
    text.str(if mac.is_none() && duid.len() > 20 { "…" } else { "" });
    text.as_str().to_string()
}

/// A client, as its messages describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DhcpClient {
    /// Hardware type of the hardware address; of DHCPv6 there is none.
    pub hardware_type: Option<ArpHardware>,
    /// Hardware address: `chaddr` (RFC 2131 §2). Empty with DHCPv6.
    pub hardware: Vec<u8>,
    /// The client identifier: option 61 (RFC 2132 §9.14), or the DUID (RFC 8415 §11). Empty if there is none.
    pub identifier: Vec<u8>,
    /// Host name: option 12 or 81; of DHCPv6 option 39. At most 255 characters; unsafe ones are escaped.
    pub host_name: Option<String>,
    /// Vendor class identifier: option 60; of DHCPv6 option 16. At most 255 characters; unsafe ones are escaped.
    pub vendor_class: Option<String>,
}

impl DhcpClient {
    /// What tells clients apart: the identifier, or without one the hardware address (RFC 2131 §4.2).
    pub(super) fn key(&self) -> (u16, Vec<u8>) {
        match (self.identifier.is_empty(), self.hardware_type) {
            (false, Some(_)) => (0x100, self.identifier.clone()),
            (false, None) => (0x101, self.identifier.clone()),
            (true, kind) => (kind.map_or(0x102, u16::from), self.hardware.clone()),
        }
    }

    /// The MAC address, if the hardware address is one.
    pub fn mac(&self) -> Option<MacAddr> {
        self.hardware[..].try_into().ok().map(MacAddr)
    }

    /// The MAC address in the DUID of a client of DHCPv6 (RFC 8415 §11.2, §11.4), if it has one. The client need not use it on
    /// the link.
    pub fn duid_mac(&self) -> Option<MacAddr> {
        if self.hardware_type.is_none() { duid_mac(&self.identifier) } else { None }
    }

    /// Takes over what a further message tells.
    pub(super) fn learn(&mut self, other: &DhcpClient) {
        if self.identifier.is_empty() {
            self.identifier.clone_from(&other.identifier);
        }
        if other.host_name.is_some() {
            self.host_name.clone_from(&other.host_name);
        }
        if other.vendor_class.is_some() {
            self.vendor_class.clone_from(&other.vendor_class);
        }
    }
}

impl fmt::Display for DhcpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mac() {
            Some(mac) => mac.fmt(f),
            None if self.hardware_type.is_none() && !self.identifier.is_empty() => {
                f.write_str(&duid_text(&self.identifier))
            }
            None => {
                let bytes = if self.hardware.is_empty() { &self.identifier } else { &self.hardware };
                let mut text = TextBuffer::default();
                text.hex_bytes(bytes.get(..20).unwrap_or(bytes));
                f.write_str(if bytes.is_empty() { "no identifier" } else { text.as_str() })
            }
        }
    }
}

/// A prefix of DHCPv6 prefix delegation (RFC 8415 §21.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DelegatedPrefix {
    /// The prefix.
    pub prefix: Ipv6Addr,
    /// Its length in bits.
    pub length: u8,
}

/// An address or a prefix that is leased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LeasedAddress {
    /// An address.
    Address(IpAddr),
    /// A prefix.
    Prefix(DelegatedPrefix),
}

impl fmt::Display for LeasedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeasedAddress::Address(address) => address.fmt(f),
            LeasedAddress::Prefix(DelegatedPrefix { prefix, length }) => write!(f, "{prefix}/{length}"),
        }
    }
}

/// What a message offers, grants or asks for. At most 16 items of a list are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DhcpTerms {
    /// Addresses and prefixes, each with its valid lifetime in seconds, if the message gives one.
    pub addresses: Vec<(LeasedAddress, Option<u32>)>,
    /// Subnet mask: option 1.
    pub mask: Option<Ipv4Addr>,
    /// Routers: option 3.
    pub routers: Vec<Ipv4Addr>,
    /// DNS servers: option 6; of DHCPv6 option 23.
    pub dns: Vec<IpAddr>,
    /// Domain name and search list: options 15 and 119; of DHCPv6 option 24.
    pub domains: Vec<String>,
    /// Lease time in seconds: option 51; of DHCPv6 the shortest valid lifetime. 0xffffffff: infinity.
    pub lease_time: Option<u32>,
    /// T1: time until the client renews, in seconds: option 58; of DHCPv6 the shortest that is not 0.
    pub renewal_time: Option<u32>,
    /// T2: time until the client rebinds, in seconds: option 59; of DHCPv6 the shortest that is not 0.
    pub rebinding_time: Option<u32>,
}

/// Whether a message was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DhcpRepetition {
    /// It is new.
    None,
    /// The same message was sent before, in this packet.
    Retransmission(u64),
    /// The same message was seen before in this packet, on another side of a relay agent, or by another VLAN.
    Copy(u64),
    /// In this packet, a message of the same kind and the same server said something else. What the first one says counts.
    Contradiction(u64),
}

/// A message of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DhcpMessage {
    /// Kind of the message.
    pub kind: DhcpMessageKind,
    /// The packet that it is in.
    pub at: Sighting,
    /// Source and destination address of the packet.
    pub addresses: Option<(IpAddr, IpAddr)>,
    /// The relay agent: `giaddr` (RFC 2131 §2), or the link address of the innermost relay message (RFC 8415 §9). With
    /// DHCPv6, the latter may be 0.
    pub relay: Option<IpAddr>,
    /// The server that sends the message, or that the client names.
    pub server: Option<DhcpServer>,
    /// What is offered or granted, or what the client asks for.
    pub terms: DhcpTerms,
    /// Whether it was seen before.
    pub repetition: DhcpRepetition,
    /// Status of DHCPv6 (RFC 8415 §21.13) other than success: the first of the message or in an identity association.
    pub status: Option<Dhcpv6Status>,
    /// Reason in words: option 56 (RFC 2132 §9.9), or that of the status. At most 255 characters; unsafe ones are escaped.
    pub reason: Option<String>,
    /// Whether the capture cut off options. What is not found in it may be in the rest.
    pub is_cut: bool,
    /// Source MAC address of the frame.
    pub frame_source: Option<MacAddr>,
    pub(super) hops: u8,
    pub(super) network: u64,
}

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DhcpRole {
    Client,
    Server,
}

impl DhcpMessage {
    pub(super) fn role(&self) -> DhcpRole {
        use DhcpMessageType as V4;
        use Dhcpv6MessageType as V6;
        let is_server = match self.kind {
            DhcpMessageKind::V4(kind) => matches!(
                kind,
                V4::Offer
                    | V4::Ack
                    | V4::Nak
                    | V4::ForceRenew
                    | V4::LeaseUnassigned
                    | V4::LeaseUnknown
                    | V4::LeaseActive
            ),
            DhcpMessageKind::Bootp(operation) => operation == DhcpOperation::BootReply,
            DhcpMessageKind::V6(kind) => {
                matches!(
                    kind,
                    V6::Advertise | V6::Reply | V6::Reconfigure | V6::LeaseQueryReply | V6::AddressRegistrationReply
                )
            }
        };
        if is_server { DhcpRole::Server } else { DhcpRole::Client }
    }

    /// Whether a server sends it.
    pub fn is_from_server(&self) -> bool {
        self.role() == DhcpRole::Server
    }

    /// Whether it ends an exchange: ACK, NAK, REPLY, BOOTREPLY.
    pub fn is_final(&self) -> bool {
        use DhcpMessageKind::{Bootp, V4, V6};
        matches!(
            self.kind,
            V4(DhcpMessageType::Ack | DhcpMessageType::Nak)
                | V6(Dhcpv6MessageType::Reply | Dhcpv6MessageType::AddressRegistrationReply)
                | Bootp(DhcpOperation::BootReply)
        ) || matches!(self.kind, V4(kind) if matches!(u8::from(kind), 11..=13))
            || matches!(self.kind, V6(Dhcpv6MessageType::LeaseQueryReply))
    }

    /// Whether it refuses what the client asked for: a NAK, or a status other than success without an address or prefix.
    pub fn is_refusal(&self) -> bool {
        let is_nak = matches!(self.kind, DhcpMessageKind::V4(DhcpMessageType::Nak));
        let is_v6 = matches!(self.kind, DhcpMessageKind::V6(_));
        // An address may be granted and another one refused.
        is_nak || self.status.is_some() && (!is_v6 || self.terms.addresses.is_empty())
    }

    /// Whether it is a reply of DHCPv6 that is cut off before what tells whether it grants or offers something.
    pub fn is_result_cut(&self) -> bool {
        let has_nothing = self.terms.addresses.is_empty() && self.status.is_none();
        self.is_cut && has_nothing && self.is_from_server() && matches!(self.kind, DhcpMessageKind::V6(_))
    }

    /// The first address or prefix that it is about.
    pub fn address(&self) -> Option<LeasedAddress> {
        self.terms.addresses.first().map(|(address, _)| *address)
    }
}

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DhcpPurpose {
    /// An address for a client without one: DISCOVER or SOLICIT, or REQUEST in the state SELECTING.
    NewLease,
    /// The address of an earlier lease, after a restart: REQUEST in the state INIT-REBOOT (RFC 2131 §4.3.2, table 4).
    Reboot,
    /// Renewal with the server of the lease: REQUEST in the state RENEWING, RENEW.
    Renewal,
    /// Renewal with any server: REQUEST in the state REBINDING, REBIND.
    Rebinding,
    /// Whether the addresses still fit the link: CONFIRM (RFC 8415 §18.2.3).
    Confirmation,
    /// Configuration without an address: INFORM, INFORMATION-REQUEST.
    Information,
    /// The client gives the address back: RELEASE.
    Release,
    /// The client found that the address is in use: DECLINE.
    Decline,
    /// BOOTP.
    Bootp,
    /// Another message, such as a LEASEQUERY.
    Other,
    /// The capture cut off what tells it: REQUEST in the state SELECTING or INIT-REBOOT.
    Cut,
    /// Only messages of servers were seen.
    Unknown,
}

impl DhcpPurpose {
    /// A word or two.
    pub const fn name(self) -> &'static str {
        match self {
            DhcpPurpose::NewLease => "new lease",
            DhcpPurpose::Reboot => "reboot",
            DhcpPurpose::Renewal => "renewal",
            DhcpPurpose::Rebinding => "rebinding",
            DhcpPurpose::Confirmation => "confirmation",
            DhcpPurpose::Information => "information",
            DhcpPurpose::Release => "release",
            DhcpPurpose::Decline => "decline",
            DhcpPurpose::Bootp => "BOOTP",
            DhcpPurpose::Other => "other",
            DhcpPurpose::Cut => "cut off",
            DhcpPurpose::Unknown => "no request seen",
        }
    }
}
