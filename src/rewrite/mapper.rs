//! New addresses and ports for old ones.

use super::address_bits::{first_bits, narrow, wide};
use super::mappings::{PortTransport, PrefixMapping};
use super::note::{RewriteError, RewriteNote, RuleError};
use super::place::{AddressCarrier, AddressForm, Content, PacketPlace, PortKind, write};
use super::rules::RewriteRules;
use super::unused_rule::UnusedRule;
#[cfg(feature = "anonymise")]
use crate::anonymise::{IpAnonymiser, MacAnonymiser};
use crate::wire::MacAddr;
use core::net::IpAddr;
use std::collections::{HashMap, HashSet};
use std::string::ToString;
use std::vec;
use std::vec::Vec;

/// Most addresses that are remembered so that no two become one.
const MOST_MERGED: usize = 1_000_000;

/// New addresses and ports for old ones.
pub(super) struct Mapper {
    /// Longest prefixes first.
    ip: Vec<NetworkRule>,
    /// New addresses and ports, each with the number of its rule.
    mac: HashMap<MacAddr, (MacAddr, usize)>,
    ports: HashMap<(PortTransport, u16), (u16, usize)>,
    used: UsedRules,
    dhcp: bool,
    dns: bool,
    /// Of mappings that can make one of two addresses: by the new address, the old one.
    merged: HashMap<IpAddr, IpAddr>,
    #[cfg(feature = "anonymise")]
    anonymisers: Option<(IpAnonymiser, MacAnonymiser)>,
}

/// A mapping of a network.
#[derive(Clone, Copy)]
struct NetworkRule {
    mapping: PrefixMapping,
    /// Whether another address can become the same, by this or another mapping.
    can_collide: bool,
    number: usize,
}

/// For each rule, whether it was for an address or port.
struct UsedRules {
    ip: Vec<bool>,
    mac: Vec<bool>,
    ports: Vec<bool>,
}

impl Mapper {
    /// The mappings of the rules.
    pub fn new(rules: &RewriteRules) -> Result<Self, RuleError> {
        let of_rule = |(n, mapping): (usize, &PrefixMapping)| {
            let mut others = rules.ip.iter().enumerate().filter(|(other, _)| *other != n);
            let can_collide = mapping.has_less_room() || others.any(|(_, other)| other.to.overlaps(&mapping.to));
            NetworkRule { mapping: *mapping, can_collide, number: n }
        };
        let mut ip: Vec<NetworkRule> = rules.ip.iter().enumerate().map(of_rule).collect();
        ip.sort_by_key(|rule| core::cmp::Reverse(rule.mapping.from.bits()));
        let mut networks = HashSet::new();
        if let Some(twice) = rules.ip.iter().find(|mapping| !networks.insert(mapping.from)) {
            return Err(RuleError::Twice(twice.from.to_string()));
        }
        let (mut mac, mut ports) = (HashMap::new(), HashMap::new());
        for (n, mapping) in rules.mac.iter().enumerate() {
            if mac.insert(mapping.from, (mapping.to, n)).is_some() {
                return Err(RuleError::Twice(mapping.from.to_string()));
            }
        }
        for (n, mapping) in rules.ports.iter().enumerate() {
            if ports.insert((mapping.transport, mapping.from), (mapping.to, n)).is_some() {
                return Err(RuleError::Twice(mapping.source()));
            }
        }
        Ok(Mapper {
            ip,
            mac,
            ports,
            used: UsedRules {
                ip: vec![false; rules.ip.len()],
                mac: vec![false; rules.mac.len()],
                ports: vec![false; rules.ports.len()],
            },
            dhcp: rules.dhcp,
            dns: rules.dns,
            merged: HashMap::new(),
            #[cfg(feature = "anonymise")]
            anonymisers: rules
                .anonymise
                .map(|(key, special, vendor)| (IpAnonymiser::new(&key, special), MacAnonymiser::new(&key, vendor))),
        })
    }

    /// The mappings that were for no address or port so far.
    pub fn unused<'r>(&self, rules: &'r RewriteRules) -> impl Iterator<Item = UnusedRule<'r>> {
        let ip = rules.ip.iter().zip(&self.used.ip).filter(|(_, used)| !**used).map(|(rule, _)| UnusedRule::Ip(rule));
        let mac = rules.mac.iter().zip(&self.used.mac).filter(|(_, used)| !**used);
        let ports = rules.ports.iter().zip(&self.used.ports).filter(|(_, used)| !**used);
        ip.chain(mac.map(|(rule, _)| UnusedRule::Mac(rule))).chain(ports.map(|(rule, _)| UnusedRule::Port(rule)))
    }

    /// Whether IP addresses are changed.
    pub fn maps_ip(&self) -> bool {
        #[cfg(feature = "anonymise")]
        let anonymises = self.anonymisers.is_some();
        #[cfg(not(feature = "anonymise"))]
        let anonymises = false;
        anonymises || !self.ip.is_empty()
    }

    /// Whether mappings are for addresses of this carrier.
    fn is_asked_for(&self, carrier: AddressCarrier) -> bool {
        match carrier {
            AddressCarrier::Dhcp => self.dhcp,
            AddressCarrier::Dns => self.dns,
            AddressCarrier::Other => true,
        }
    }

    /// Changes the IP address at a place.
    pub fn change_ip(
        &mut self,
        place: &PacketPlace,
        frame: &mut [u8],
        notes: &mut Vec<RewriteNote>,
    ) -> Result<(), RewriteError> {
        let Content::Ip { address, form, bits, is_cut } = place.content else { return Ok(()) };
        let (old, all) = wide(address);
        let mut mapped = None;
        if self.is_asked_for(place.carrier) {
            let rule = self.ip.iter().find(|rule| rule.mapping.from.contains(address)).copied();
            let is_told = |PrefixMapping { from, to }: &PrefixMapping| bits >= u32::from(from.bits().max(to.bits()));
            match rule {
                Some(NetworkRule { mapping, can_collide, number }) if is_told(&mapping) => {
                    self.used.ip[number] = true;
                    mapped = mapping.apply(address);
                    if let (true, Some(target)) = (can_collide, mapped) {
                        self.remember(address, target)?;
                    }
                }
                Some(_) if is_cut => notes.push(RewriteNote::AddressCut),
                _ => {}
            }
            if mapped.is_none() && !self.anonymises() && self.ip.iter().any(|rule| rule.mapping.to.contains(address)) {
                let note = RewriteNote::InTarget(address);
                if !notes.contains(&note) {
                    notes.push(note);
                }
            }
        }
        #[cfg(feature = "anonymise")]
        if let (None, Some((ip, _))) = (mapped, &mut self.anonymisers) {
            mapped = Some(ip.ip(address));
        }
        let Some(mapped) = mapped else { return Ok(()) };
        // The bits after a prefix stay, which are mostly zero.
        let counted = first_bits(bits);
        let IpOctets { octets, len } = IpOctets::of(narrow(wide(mapped).0 & counted | old & !counted, all));
        let octets = if form == AddressForm::Inverted { octets.map(|octet| !octet) } else { octets };
        write(frame, place.span, &octets[..len]);
        Ok(())
    }

    fn anonymises(&self) -> bool {
        #[cfg(feature = "anonymise")]
        return self.anonymisers.is_some();
        #[cfg(not(feature = "anonymise"))]
        false
    }

    /// Remembers what became of an address. Another one must not become the same.
    fn remember(&mut self, address: IpAddr, target: IpAddr) -> Result<(), RewriteError> {
        match self.merged.get(&target) {
            Some(first) if *first == address => Ok(()),
            Some(first) => Err(RewriteError::Collision { first: *first, second: address, target }),
            None if self.merged.len() >= MOST_MERGED => Err(RewriteError::TooManyAddresses),
            None => {
                self.merged.insert(target, address);
                Ok(())
            }
        }
    }

    /// What becomes of a MAC address.
    pub fn mac(&mut self, mac: MacAddr, carrier: AddressCarrier) -> Option<MacAddr> {
        let mapped = self.mac.get(&mac).copied().filter(|_| self.is_asked_for(carrier));
        let mapped = mapped.map(|(mapped, number)| {
            self.used.mac[number] = true;
            mapped
        });
        #[cfg(feature = "anonymise")]
        if let (None, Some((_, anonymiser))) = (mapped, &mut self.anonymisers) {
            return Some(anonymiser.mac(mac));
        }
        mapped
    }

    /// What becomes of a port.
    pub fn port(&mut self, port: u16, transport: PortKind) -> Option<u16> {
        let transport = match transport {
            PortKind::Tcp => PortTransport::Tcp,
            PortKind::Udp => PortTransport::Udp,
            PortKind::Sctp => PortTransport::Sctp,
        };
        let found = self.ports.get(&(transport, port)).or_else(|| self.ports.get(&(PortTransport::Any, port)));
        let (mapped, number) = *found?;
        self.used.ports[number] = true;
        Some(mapped)
    }
}

/// The bytes of an address.
struct IpOctets {
    octets: [u8; 16],
    len: usize,
}

impl IpOctets {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => {
                let mut octets = [0; 16];
                octets[..4].copy_from_slice(&address.octets());
                IpOctets { octets, len: 4 }
            }
            IpAddr::V6(address) => IpOctets { octets: address.octets(), len: 16 },
        }
    }
}
