//! The rewriter: finds what the rules are about, changes it, and lets checksums follow.

use super::address_bits::{first_bits, narrow, wide};
use super::mappings::{IpPrefix, PortTransport, PrefixMapping};
use super::note::{NotSet, RewriteError, RewriteNote, RuleError};
use super::payload::{Stripped, strip};
use super::place::{AddressCarrier, AddressForm, Content, PacketPlace, PortKind, Protection, Secured, SetPlace};
use super::rules::RewriteRules;
use super::scan::{NameHandling, Scan};
use super::{sums, vlan};
#[cfg(feature = "anonymise")]
use crate::anonymise::{IpAnonymiser, MacAnonymiser};
use crate::dissect::Examine;
use crate::layer::NextProtocol;
use crate::proto::Protocols;
use crate::wire::{MacAddr, Span, fcs};
use core::net::IpAddr;
use std::collections::{HashMap, HashSet};
use std::string::ToString;
use std::vec::Vec;

/// Most addresses that are remembered of networks that are mapped to shorter ones.
const MOST_MERGED: usize = 1_000_000;

/// A packet as it was captured.
///
/// ```
/// use packetsmith::rewrite::CapturedFrame;
/// let cut = CapturedFrame::new(1, &[0; 60]).original_len(1514);
/// # let _ = cut;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CapturedFrame<'a> {
    first: NextProtocol,
    bytes: &'a [u8],
    original_len: usize,
    fcs_len: Option<u8>,
}

impl<'a> CapturedFrame<'a> {
    /// A frame of this link type, captured whole.
    pub fn new(first: impl Into<NextProtocol>, bytes: &'a [u8]) -> Self {
        CapturedFrame { first: first.into(), bytes, original_len: bytes.len(), fcs_len: None }
    }

    /// Sets how long it was on the wire, in bytes.
    pub fn original_len(mut self, bytes: usize) -> Self {
        self.original_len = bytes.max(self.bytes.len());
        self
    }

    /// The layers.
    fn examine(self, protocols: &'a Protocols) -> Examine<'a> {
        protocols.examine(self.first, self.bytes).original_len(self.original_len).fcs_len(self.fcs_len)
    }

    /// Sets how many of its last bytes are a frame check sequence, if the capture says so.
    pub fn fcs_len(mut self, bytes: Option<u8>) -> Self {
        self.fcs_len = bytes;
        self
    }
}

/// What became of a packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RewriteOutcome {
    /// Whether it is another one now.
    pub is_changed: bool,
    /// Its length on the wire in bytes.
    pub original_len: usize,
    /// What could not be made right.
    pub notes: Vec<RewriteNote>,
}

/// Changes packets by rules. See the [module](crate::rewrite).
///
/// Memory is bounded: of anonymised addresses the last 65,536 are remembered, of networks that are mapped to shorter ones at
/// most 1,000,000 addresses.
pub struct Rewriter {
    rules: RewriteRules,
    protocols: Protocols,
    mapper: Mapper,
    spare: Vec<u8>,
}

/// The rules. What is remembered of packets is left out.
impl core::fmt::Debug for Rewriter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rewriter").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// New addresses and ports for old ones.
struct Mapper {
    /// Longest prefixes first.
    ip: Vec<PrefixMapping>,
    mac: HashMap<MacAddr, MacAddr>,
    ports: HashMap<(PortTransport, u16), u16>,
    dhcp: bool,
    dns: bool,
    /// Of mappings to shorter networks: by the new address, the old one.
    merged: HashMap<IpAddr, IpAddr>,
    #[cfg(feature = "anonymise")]
    anonymisers: Option<(IpAnonymiser, MacAnonymiser)>,
}

impl Rewriter {
    /// A rewriter with these rules.
    ///
    /// # Errors
    ///
    /// Rules contradict each other.
    pub fn new(rules: RewriteRules) -> Result<Self, RuleError> {
        Self::knowing(rules, Protocols::builtin())
    }

    /// A rewriter that finds layers of these protocols too.
    ///
    /// # Errors
    ///
    /// Rules contradict each other.
    pub fn knowing(rules: RewriteRules, protocols: Protocols) -> Result<Self, RuleError> {
        let mut ip = rules.ip.clone();
        ip.sort_by_key(|mapping| core::cmp::Reverse(mapping.from.bits()));
        let networks: HashSet<IpPrefix> = ip.iter().map(|mapping| mapping.from).collect();
        if networks.len() < ip.len() {
            let is_double = |(n, mapping): &(usize, &PrefixMapping)| ip[..*n].iter().any(|o| o.from == mapping.from);
            let twice = ip.iter().enumerate().find(is_double).map(|(_, mapping)| mapping.from.to_string());
            return Err(RuleError::Twice(twice.unwrap_or_default()));
        }
        let (mut mac, mut ports) = (HashMap::new(), HashMap::new());
        for mapping in &rules.mac {
            if mac.insert(mapping.from, mapping.to).is_some() {
                return Err(RuleError::Twice(mapping.from.to_string()));
            }
        }
        for mapping in &rules.ports {
            if ports.insert((mapping.transport, mapping.from), mapping.to).is_some() {
                return Err(RuleError::Twice(mapping.source()));
            }
        }
        let mapper = Mapper {
            ip,
            mac,
            ports,
            dhcp: rules.dhcp,
            dns: rules.dns,
            merged: HashMap::new(),
            #[cfg(feature = "anonymise")]
            anonymisers: rules
                .anonymise
                .map(|(key, special, vendor)| (IpAnonymiser::new(&key, special), MacAnonymiser::new(&key, vendor))),
        };
        Ok(Rewriter { rules, protocols, mapper, spare: Vec::new() })
    }

    /// Changes a frame of a [`LinkType`](crate::LinkType) or its number (1 is Ethernet). `out` becomes the new frame.
    ///
    /// # Errors
    ///
    /// Two addresses would become one. The capture cannot be rewritten by these rules.
    pub fn rewrite(
        &mut self,
        first: impl Into<NextProtocol>,
        frame: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<RewriteOutcome, RewriteError> {
        self.rewrite_captured(CapturedFrame::new(first, frame), out)
    }

    /// Changes a frame that may be cut.
    ///
    /// # Errors
    ///
    /// Two addresses would become one. The capture cannot be rewritten by these rules.
    pub fn rewrite_captured(
        &mut self,
        frame: CapturedFrame<'_>,
        out: &mut Vec<u8>,
    ) -> Result<RewriteOutcome, RewriteError> {
        let Rewriter { rules, protocols, mapper, spare } = self;
        let CapturedFrame { first, bytes, original_len, .. } = frame;
        let protocols: &Protocols = protocols;
        let walk = frame;
        let mut outcome = RewriteOutcome { is_changed: false, original_len, notes: Vec::new() };
        out.clear();
        out.extend_from_slice(bytes);
        if rules.changes_bytes() {
            let names = if rules.cut_names { NameHandling::Cut } else { NameHandling::Left };
            let mut scan = Scan::new(bytes, &rules.sets, names);
            scan.walk(walk.examine(protocols));
            change_bytes(scan, rules, mapper, bytes, out, &mut outcome.notes)?;
        }
        for change in &rules.vlan {
            match vlan::change(change, protocols.dissect(first, out), out, spare) {
                Ok(()) => {
                    outcome.original_len = (outcome.original_len + spare.len()).saturating_sub(out.len());
                    core::mem::swap(out, spare);
                }
                Err(why) => outcome.notes.push(RewriteNote::NoTag(why)),
            }
        }
        let mut fcs_error = fcs_error(walk.examine(protocols), bytes);
        if let Some(rule) = rules.payload {
            let layers = CapturedFrame { bytes: out, original_len: outcome.original_len, ..walk }.examine(protocols);
            match strip(rule, protocols, first, layers, out, spare) {
                Stripped::Nothing => {}
                Stripped::Failed(why) => outcome.notes.push(RewriteNote::NotFixed(why.into())),
                stripped => {
                    fcs_error = None;
                    match stripped {
                        Stripped::Removed => {
                            outcome.original_len = spare.len();
                            compute_others(spare, first, protocols);
                        }
                        Stripped::CutInstead(why) => outcome.notes.push(RewriteNote::CutInstead(why)),
                        _ => {}
                    }
                    core::mem::swap(out, spare);
                }
            }
        }
        if rules.fix {
            spare.clear();
            spare.extend_from_slice(out);
            match protocols.edit(first, spare).repair() {
                Ok(()) => {
                    compute_others(spare, first, protocols);
                    // Its lengths are those of the bytes that are there.
                    outcome.original_len = spare.len();
                    fcs_error = fcs_error.map(|_| [0; 4]);
                    core::mem::swap(out, spare);
                }
                Err(error) => outcome.notes.push(RewriteNote::NotFixed(error.to_string().into())),
            }
        }
        if let (Some(error), Some((covered, place))) = (fcs_error, out.split_last_chunk_mut::<4>()) {
            *place = sums::difference(fcs(covered), error);
        }
        if let Some(snaplen) = rules.snaplen {
            out.truncate(snaplen);
        }
        outcome.is_changed = *out != bytes || outcome.original_len != original_len;
        Ok(outcome)
    }
}

/// How wrong the frame check sequence of Ethernet is, if there is one: all zeros if it is right. It stays as wrong as it is.
fn fcs_error(mut old: Examine<'_>, bytes: &[u8]) -> Option<[u8; 4]> {
    let trailer = old.next()?.ethernet_trailer()?;
    Some(sums::difference(*trailer.fcs.of(bytes).first_chunk::<4>()?, trailer.expected))
}

/// Computes the checksums anew that [`Editor`](crate::Editor) does not know.
fn compute_others(frame: &mut [u8], first: NextProtocol, protocols: &Protocols) {
    let before = frame.to_vec();
    let mut scan = Scan::new(&before, &[], NameHandling::Left);
    scan.walk(protocols.examine(first, &before));
    sums::compute_others(frame, &scan.sums, &scan.others);
}

/// Changes the bytes of a packet in their places.
fn change_bytes(
    scan: Scan<'_, '_>,
    rules: &RewriteRules,
    mapper: &mut Mapper,
    old: &[u8],
    new: &mut [u8],
    notes: &mut Vec<RewriteNote>,
) -> Result<(), RewriteError> {
    if mapper.maps_ip() {
        notes.extend(scan.notes);
    }
    // Addresses of IP first: a multicast MAC address follows that of IP.
    for place in &scan.places {
        if let Content::Ip { .. } = place.content {
            mapper.change_ip(place, new, notes)?;
        }
    }
    for (n, place) in scan.places.iter().enumerate() {
        match place.content {
            Content::Ip { .. } => {}
            Content::Mac(mac) => {
                let destination = scan.destinations.iter().find(|pair| pair.mac == n);
                let ip = destination.and_then(|pair| scan.places.get(pair.ip));
                let changed = ip.and_then(|ip| followed(mac, ip, new)).or_else(|| mapper.mac(mac, place.carrier));
                if let Some(changed) = changed {
                    write(new, place.span, &changed.0);
                }
            }
            Content::Port(port, transport) => {
                if let Some(changed) = mapper.port(port, transport) {
                    write(new, place.span, &changed.to_be_bytes());
                }
            }
            Content::Name => cut_name(new, place.span),
            Content::Text => cut_text(new, place.span),
        }
    }
    let mut written = Vec::new();
    for place in &scan.sets {
        let change = &rules.sets[place.rule.0];
        match set(place, rules, new) {
            Ok(span) => written.push(span),
            Err(why) => notes.push(RewriteNote::NotSet(change.name().into(), why)),
        }
    }
    let mut changed = differences(old, new);
    if changed.is_empty() {
        return Ok(());
    }
    let changed_before = changed.len();
    for packet in &scan.sctp {
        let crc = Span::new(packet.span.start + 8, packet.span.start + 12);
        let (was, is) = (packet.span.of(old), packet.span.of(new));
        let Some(stored) = crc.of(old).first_chunk::<4>().filter(|_| crc.end <= packet.span.end) else { continue };
        // Zero is left to the network card.
        if was != is && *stored != [0; 4] {
            let zeroed = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                bytes[8..12].fill(0);
                sums::crc32c(&bytes, packet.missing)
            };
            let now = sums::difference(sums::difference(zeroed(was), zeroed(is)), *stored);
            write(new, crc, &now);
            changed.push(crc);
        }
    }
    sums::follow(old, new, &mut changed, &scan.sums, &written);
    note_secured(&scan.secured, &changed[..changed_before], notes);
    Ok(())
}

/// Says of what is authenticated or encrypted that it no longer fits.
fn note_secured(secured: &[Secured], changed: &[Span], notes: &mut Vec<RewriteNote>) {
    let is_changed = |span: Span| changed.iter().any(|changed| changed.start < span.end && span.start < changed.end);
    for Secured { what, covers, addresses } in secured {
        let of_addresses = addresses.is_some_and(|addresses| {
            let size = u32::from(addresses.size);
            [addresses.src, addresses.dst].into_iter().any(|at| is_changed(Span::new(at, at + size)))
        });
        let note = match what {
            Protection::Authentication(what) if of_addresses || is_changed(*covers) => {
                RewriteNote::Authentication(what)
            }
            Protection::Encryption if of_addresses => RewriteNote::Encrypted,
            Protection::OfFragment(what) if is_changed(*covers) => RewriteNote::Fragment(what),
            _ => continue,
        };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
}

/// The byte ranges in which two frames of one length differ.
fn differences(old: &[u8], new: &[u8]) -> Vec<Span> {
    let mut changed: Vec<Span> = Vec::new();
    for (at, (old, new)) in (0_u32..).zip(old.iter().zip(new)) {
        if old != new {
            match changed.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => changed.push(Span::new(at, at + 1)),
            }
        }
    }
    changed
}

/// Writes bytes to a place, as far as it goes.
fn write(frame: &mut [u8], span: Span, bytes: &[u8]) {
    if let Some(place) = frame.get_mut(span.start as usize..span.end as usize) {
        place.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    }
}

/// Writes a field, and tells where it is.
fn set(place: &SetPlace, rules: &RewriteRules, frame: &mut [u8]) -> Result<Span, NotSet> {
    let set = &rules.sets[place.rule.0].fields[place.rule.1];
    let (field, span) = (place.field, place.span);
    let value = set.value.value();
    if let Some(mask) = set.mask {
        let is_set = value.number() != Some(0);
        return set_bits(field, span, mask, is_set, frame);
    }
    if field.first_bit < field.end_bit {
        let start = (span.start as usize).checked_sub(usize::from(field.first_bit / 8)).ok_or(NotSet::NoWholeBytes)?;
        let header = frame.get_mut(start..).filter(|header| field.bits().end <= header.len() * 8);
        let header = header.ok_or(NotSet::NoWholeBytes)?;
        field.write(header, &value).map_err(|error| NotSet::Value(error.error))?;
        return Ok(span);
    }
    let Some(bytes) = frame.get_mut(span.start as usize..span.end as usize) else { return Err(NotSet::NoWholeBytes) };
    match set.value {
        super::field_change::NewValue::Bytes(ref value) if value.len() == bytes.len() => bytes.copy_from_slice(value),
        super::field_change::NewValue::Bytes(_) => return Err(NotSet::Length(bytes.len())),
        _ if field.number_bits != 0 && usize::from(field.number_bits) != bytes.len() * 8 => {
            return Err(NotSet::NoWholeBytes);
        }
        _ if bytes.is_empty() || bytes.len() > 8 => return Err(NotSet::Length(bytes.len())),
        _ => value.write(field.item_kind(), bytes, 0..bytes.len() * 8).map_err(NotSet::Value)?,
    }
    Ok(span)
}

/// Sets or clears bits of a field.
fn set_bits(
    field: &'static crate::wire::Field,
    span: Span,
    mask: u64,
    is_set: bool,
    frame: &mut [u8],
) -> Result<Span, NotSet> {
    let change = |old: u64| if is_set { old | mask } else { old & !mask };
    let start = match field.first_bit < field.end_bit {
        true => (span.start as usize).checked_sub(usize::from(field.first_bit / 8)).ok_or(NotSet::NoWholeBytes)?,
        false => span.start as usize,
    };
    let bits = if field.first_bit < field.end_bit { field.bits() } else { 0..span.len() * 8 };
    let header = frame.get_mut(start..).filter(|header| bits.end <= header.len() * 8 && bits.len() <= 64);
    let header = header.ok_or(NotSet::NoWholeBytes)?;
    let old = crate::wire::get_bits(header, bits.clone());
    crate::wire::put_bits(header, bits, change(old));
    Ok(span)
}

/// The MAC address of a multicast group, if this one was that of the group, and the group has changed.
fn followed(mac: MacAddr, ip: &PacketPlace, new: &[u8]) -> Option<MacAddr> {
    let Content::Ip { address, form: AddressForm::Plain, is_cut: false, .. } = ip.content else { return None };
    let bytes = ip.span.of(new);
    let now = match address {
        IpAddr::V4(_) => IpAddr::from(*bytes.first_chunk::<4>()?),
        IpAddr::V6(_) => IpAddr::from(*bytes.first_chunk::<16>()?),
    };
    (now != address && multicast_mac(address)? == mac).then(|| multicast_mac(now)).flatten()
}

/// The MAC address of a multicast group: RFC 1112 §6.4, RFC 2464 §7.
fn multicast_mac(group: IpAddr) -> Option<MacAddr> {
    match group {
        IpAddr::V4(group) if group.is_multicast() => {
            let [_, b, c, d] = group.octets();
            Some(MacAddr([0x01, 0, 0x5e, b & 0x7f, c, d]))
        }
        IpAddr::V6(group) if group.is_multicast() => {
            let [.., a, b, c, d] = group.octets();
            Some(MacAddr([0x33, 0x33, a, b, c, d]))
        }
        _ => None,
    }
}

/// Overwrites the labels of a name; a pointer leads to another name.
fn cut_name(frame: &mut [u8], span: Span) {
    let mut at = span.start as usize;
    while let Some(&length @ 1..=63) = frame.get(at).filter(|_| at < span.end as usize) {
        let end = (at + 1 + usize::from(length)).min(span.end as usize);
        cut_text(frame, Span::new(at as u32 + 1, end as u32));
        at = end;
    }
}

/// Overwrites letters, digits and all that is not ASCII.
fn cut_text(frame: &mut [u8], span: Span) {
    if let Some(text) = frame.get_mut(span.start as usize..span.end as usize) {
        for byte in text.iter_mut().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii()) {
            *byte = b'x';
        }
    }
}

impl Mapper {
    /// Whether IP addresses are changed.
    fn maps_ip(&self) -> bool {
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
    fn change_ip(
        &mut self,
        place: &PacketPlace,
        frame: &mut [u8],
        notes: &mut Vec<RewriteNote>,
    ) -> Result<(), RewriteError> {
        let Content::Ip { address, form, bits, is_cut } = place.content else { return Ok(()) };
        let (old, all) = wide(address);
        let mut mapped = None;
        if self.is_asked_for(place.carrier) {
            let mapping = self.ip.iter().find(|mapping| mapping.from.contains(address)).copied();
            let is_told = |mapping: &PrefixMapping| bits >= u32::from(mapping.from.bits().max(mapping.to.bits()));
            match mapping {
                Some(mapping) if is_told(&mapping) => {
                    mapped = mapping.apply(address);
                    if let (true, Some(target)) = (mapping.can_collide(), mapped) {
                        self.remember(address, target)?;
                    }
                }
                Some(_) if is_cut => notes.push(RewriteNote::AddressCut),
                _ => {}
            }
            if mapped.is_none() && !self.anonymises() && self.ip.iter().any(|mapping| mapping.to.contains(address)) {
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
        let invert = |byte: &u8| if form == AddressForm::Inverted { !byte } else { *byte };
        let octets: Vec<u8> = octets[..len].iter().map(invert).collect();
        write(frame, place.span, &octets);
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
    fn mac(&mut self, mac: MacAddr, carrier: AddressCarrier) -> Option<MacAddr> {
        let mapped = self.mac.get(&mac).copied().filter(|_| self.is_asked_for(carrier));
        #[cfg(feature = "anonymise")]
        if let (None, Some((_, anonymiser))) = (mapped, &mut self.anonymisers) {
            return Some(anonymiser.mac(mac));
        }
        mapped
    }

    /// What becomes of a port.
    fn port(&self, port: u16, transport: PortKind) -> Option<u16> {
        let transport = match transport {
            PortKind::Tcp => PortTransport::Tcp,
            PortKind::Udp => PortTransport::Udp,
            PortKind::Sctp => PortTransport::Sctp,
        };
        let found = self.ports.get(&(transport, port)).or_else(|| self.ports.get(&(PortTransport::Any, port)));
        found.copied()
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
