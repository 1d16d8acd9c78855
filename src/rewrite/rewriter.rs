//! The rewriter: finds what the rules are about, changes it, and lets checksums follow.

use super::field_change::FieldChange;
use super::mapper::Mapper;
use super::note::{NotSet, RewriteError, RewriteNote, RuleError};
use super::payload::{Stripped, strip};
use super::place::{AddressForm, Content, PacketPlace, Protection, Secured, SetPlace, write};
use super::rules::RewriteRules;
use super::scan::{FoundPlaces, NameHandling, Scan};
use super::unused_rule::UnusedRule;
use super::{sums, vlan};
use crate::dissect::Examine;
use crate::layer::NextProtocol;
use crate::proto::Protocols;
use crate::wire::{MacAddr, Span, fcs};
use core::net::IpAddr;
use std::string::ToString;
use std::vec::Vec;

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
    /// For each field that is set, whether no packet had it so far.
    unused_sets: Vec<bool>,
    spare: Vec<u8>,
    room: ReusedRoom,
}

/// ReusedRoom for what is found in a packet, used again for the next one.
#[derive(Default)]
struct ReusedRoom {
    found: FoundPlaces,
    /// Byte ranges that have changed, and those that were set.
    changed: Vec<Span>,
    written: Vec<Span>,
}

/// The rules. What is remembered of packets is left out.
impl core::fmt::Debug for Rewriter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Rewriter").field("rules", &self.rules).finish_non_exhaustive()
    }
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
        let mapper = Mapper::new(&rules)?;
        let is_double =
            |(n, change): &(usize, &FieldChange)| rules.sets[..*n].iter().any(|other| other.is_same(change));
        if let Some((_, twice)) = rules.sets.iter().enumerate().find(is_double) {
            return Err(RuleError::SetTwice(twice.name().to_string()));
        }
        let unused_sets = rules.sets.iter().map(|_| true).collect();
        Ok(Rewriter { rules, protocols, mapper, unused_sets, spare: Vec::new(), room: ReusedRoom::default() })
    }

    /// The rules that were for no address, port or field of a packet so far. A network may be written wrong.
    pub fn unused_rules(&self) -> Vec<UnusedRule<'_>> {
        let sets = self.rules.sets.iter().zip(&self.unused_sets).filter(|(_, unused)| **unused);
        sets.map(|(change, _)| UnusedRule::Set(change)).chain(self.mapper.unused(&self.rules)).collect()
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
        let Rewriter { rules, protocols, mapper, unused_sets, spare, room } = self;
        let CapturedFrame { first, bytes, original_len, .. } = frame;
        let protocols: &Protocols = protocols;
        let walk = frame;
        let mut outcome = RewriteOutcome { is_changed: false, original_len, notes: Vec::new() };
        out.clear();
        out.extend_from_slice(bytes);
        if rules.changes_bytes() {
            let names = if rules.cut_names { NameHandling::Cut } else { NameHandling::Left };
            Scan::new(bytes, &rules.sets, names, &mut room.found).walk(walk.examine(protocols));
            for place in &room.found.sets {
                unused_sets[place.rule.0] = false;
            }
            change_bytes(room, rules, mapper, bytes, out, &mut outcome.notes)?;
        }
        if rules.changes_nothing_else() && out == bytes {
            return Ok(outcome);
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
        let trailer = match rules.changes_bytes() {
            true => room.found.ethernet_trailer,
            false => walk.examine(protocols).next().and_then(|layer| layer.ethernet_trailer()).map(|found| found.fcs),
        };
        let mut fcs_error = trailer.and_then(|_| fcs_error(bytes));
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
                            compute_others(spare, first, protocols, &mut room.found);
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
                    compute_others(spare, first, protocols, &mut room.found);
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

/// How wrong the frame check sequence at the end of a frame is: all zeros if it is right. It stays as wrong as it is.
fn fcs_error(frame: &[u8]) -> Option<[u8; 4]> {
    let (covered, stored) = frame.split_last_chunk::<4>()?;
    Some(sums::difference(*stored, fcs(covered)))
}

/// Computes the checksums anew that [`Editor`](crate::Editor) does not know.
fn compute_others(frame: &mut [u8], first: NextProtocol, protocols: &Protocols, found: &mut FoundPlaces) {
    let before = frame.to_vec();
    Scan::new(&before, &[], NameHandling::Left, found).walk(protocols.examine(first, &before));
    sums::compute_others(frame, found);
}

/// Changes the bytes of a packet in their places.
fn change_bytes(
    room: &mut ReusedRoom,
    rules: &RewriteRules,
    mapper: &mut Mapper,
    old: &[u8],
    new: &mut [u8],
    notes: &mut Vec<RewriteNote>,
) -> Result<(), RewriteError> {
    let ReusedRoom { found, changed, written } = room;
    if mapper.maps_ip() {
        notes.append(&mut found.notes);
    }
    if rules.cut_names {
        notes.append(&mut found.notes_of_names);
    }
    // Addresses of IP first: a multicast MAC address follows that of IP.
    for place in &found.places {
        if let Content::Ip { .. } = place.content {
            mapper.change_ip(place, new, notes)?;
        }
    }
    for (n, place) in found.places.iter().enumerate() {
        match place.content {
            Content::Ip { .. } => {}
            Content::Mac(mac) => {
                let destination = found.destinations.iter().find(|pair| pair.mac == n);
                let ip = destination.and_then(|pair| found.places.get(pair.ip));
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
    written.clear();
    for place in &found.sets {
        let change = &rules.sets[place.rule.0];
        match set(place, rules, new) {
            Ok(span) => written.push(span),
            Err(why) => notes.push(RewriteNote::NotSet(change.name().into(), why)),
        }
    }
    differences(old, new, changed);
    if changed.is_empty() {
        return Ok(());
    }
    let changed_before = changed.len();
    for packet in &found.sctp {
        let (was, is) = (packet.span.of(old), packet.span.of(new));
        let Some(crc) = packet.checksum() else { continue };
        let Some(stored) = crc.of(old).first_chunk::<4>() else { continue };
        // Zero is left to the network card.
        if was != is && *stored != [0; 4] {
            let now = sums::difference(sums::difference(packet.crc(old), packet.crc(new)), *stored);
            write(new, crc, &now);
            changed.push(crc);
        }
    }
    sums::follow(old, new, changed, &found.sums, written);
    note_secured(&found.secured, &changed[..changed_before], notes);
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
fn differences(old: &[u8], new: &[u8], changed: &mut Vec<Span>) {
    /// Bytes that are compared at once: most are the same.
    const BLOCK: usize = 32;
    changed.clear();
    for (block, (old, new)) in old.chunks(BLOCK).zip(new.chunks(BLOCK)).enumerate() {
        if old == new {
            continue;
        }
        for (at, (old, new)) in ((block * BLOCK) as u32..).zip(old.iter().zip(new)) {
            if old != new {
                match changed.last_mut() {
                    Some(last) if last.end == at => last.end += 1,
                    _ => changed.push(Span::new(at, at + 1)),
                }
            }
        }
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
