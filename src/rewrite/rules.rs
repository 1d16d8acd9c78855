//! The rules of a rewriter.

use super::field_change::FieldChange;
use super::mappings::{MacMapping, PortMapping, PrefixMapping};
use super::payload::PayloadRule;
use super::vlan::VlanChange;
#[cfg(feature = "anonymise")]
use crate::anonymise::{AnonymisationKey, SpecialAddresses, VendorPrefix};
use std::vec::Vec;

/// What a [`Rewriter`](super::Rewriter) changes. By default nothing.
///
/// The order of the methods does not matter. A packet is changed in this order: addresses, ports and names, then fields that
/// are set, VLAN tags, the payload, lengths and checksums that are computed again, the snapshot length.
///
/// ```
/// use packetsmith::rewrite::{RewriteRules, VlanChange};
/// let rules = RewriteRules::new()
///     .map_ip("2001:db8:1::/48=2001:db8:2::/48".parse().unwrap())
///     .set("ipv6.hop_limit=64".parse().unwrap())
///     .vlan("add:100".parse::<VlanChange>().unwrap())
///     .with_dns();
/// assert!(!rules.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct RewriteRules {
    pub(super) sets: Vec<FieldChange>,
    pub(super) ip: Vec<PrefixMapping>,
    pub(super) mac: Vec<MacMapping>,
    pub(super) ports: Vec<PortMapping>,
    pub(super) vlan: Vec<VlanChange>,
    pub(super) dhcp: bool,
    pub(super) dns: bool,
    pub(super) cut_names: bool,
    pub(super) payload: Option<PayloadRule>,
    pub(super) fix: bool,
    pub(super) snaplen: Option<usize>,
    #[cfg(feature = "anonymise")]
    pub(super) anonymise: Option<(AnonymisationKey, SpecialAddresses, VendorPrefix)>,
}

impl RewriteRules {
    /// No rules.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a field.
    pub fn set(mut self, change: FieldChange) -> Self {
        self.sets.push(change);
        self
    }

    /// Maps the IP addresses of a network to those of another, in all layers but DHCP and DNS. Of several mappings, the one with
    /// the longest prefix counts. A multicast MAC address that belongs to the destination follows it.
    pub fn map_ip(mut self, mapping: PrefixMapping) -> Self {
        self.ip.push(mapping);
        self
    }

    /// Maps a MAC address, in all layers but DHCP.
    pub fn map_mac(mut self, mapping: MacMapping) -> Self {
        self.mac.push(mapping);
        self
    }

    /// Maps a port, source or destination.
    pub fn map_port(mut self, mapping: PortMapping) -> Self {
        self.ports.push(mapping);
        self
    }

    /// Maps addresses in DHCP and DHCPv6 too: in fields, options and client identifiers.
    pub fn with_dhcp(mut self) -> Self {
        self.dhcp = true;
        self
    }

    /// Maps addresses in DNS, multicast DNS and LLMNR too: in A and AAAA records and all others that have addresses. Names stay,
    /// those of reverse lookups too.
    pub fn with_dns(mut self) -> Self {
        self.dns = true;
        self
    }

    /// Anonymises all IP and MAC addresses that no mapping is for, those in DHCP and DNS too. Names and payloads stay.
    #[cfg(feature = "anonymise")]
    pub fn anonymise(mut self, key: AnonymisationKey, special: SpecialAddresses, vendor: VendorPrefix) -> Self {
        self.anonymise = Some((key, special, vendor));
        self
    }

    /// Overwrites names and texts of the protocols that have fields for them: DNS, DHCP, RADIUS, TLS, HTTP, TFTP and others. Each
    /// letter and digit becomes an `x`; lengths stay, and so does what says how a message is to be read. What no protocol reads is
    /// payload, as is the content of HTTP: see [`payload`](Self::payload).
    pub fn cut_names(mut self) -> Self {
        self.cut_names = true;
        self
    }

    /// Changes a VLAN tag. Several changes are made one after the other.
    pub fn vlan(mut self, change: VlanChange) -> Self {
        self.vlan.push(change);
        self
    }

    /// Takes away what the transport layer carries.
    pub fn payload(mut self, rule: PayloadRule) -> Self {
        self.payload = Some(rule);
        self
    }

    /// Computes all lengths and checksums again, see [`Editor::repair`](crate::Editor::repair). A packet that the capture cut
    /// becomes one that is as long as what is there.
    pub fn fix(mut self) -> Self {
        self.fix = true;
        self
    }

    /// Cuts packets after so many bytes. Their length on the wire stays.
    pub fn snaplen(mut self, bytes: usize) -> Self {
        self.snaplen = Some(bytes);
        self
    }

    /// Whether they change nothing.
    pub fn is_empty(&self) -> bool {
        !self.changes_bytes() && self.changes_nothing_else()
    }

    /// Whether bytes are changed in their places at most.
    pub(super) fn changes_nothing_else(&self) -> bool {
        self.vlan.is_empty() && self.payload.is_none() && !self.fix && self.snaplen.is_none()
    }

    /// Whether bytes are changed in their places.
    pub(super) fn changes_bytes(&self) -> bool {
        let maps = !(self.sets.is_empty() && self.ip.is_empty() && self.mac.is_empty() && self.ports.is_empty());
        maps || self.cut_names || self.anonymises()
    }

    /// Whether addresses are anonymised.
    pub(super) fn anonymises(&self) -> bool {
        #[cfg(feature = "anonymise")]
        return self.anonymise.is_some();
        #[cfg(not(feature = "anonymise"))]
        false
    }
}
