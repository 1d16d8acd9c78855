//! Rewriting: rules that are made from bytes, for any frame.

use super::slow_expression::Choices;
use packetsmith::anonymise::{AnonymisationKey, IpAnonymiser, SpecialAddresses, VendorPrefix};
use packetsmith::rewrite::{
    CapturedFrame, IpPrefix, MacMapping, PayloadRule, PortMapping, PortTransport, PrefixMapping, RewriteNote,
    RewriteOutcome, RewriteRules, Rewriter, VlanChange, VlanTag,
};
use packetsmith::{Checksum, MacAddr, NextProtocol, Proto, examine};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Fields that no other layer of the packet depends on.
const QUIET_FIELDS: &[&str] = &["ip.ttl", "ip.id", "ipv6.hlim", "tcp.window_size_value", "icmp.ident"];

/// Rules, and what they promise.
struct Made {
    rules: RewriteRules,
    mappings: Vec<PrefixMapping>,
    /// How many rules there are.
    count: usize,
    /// Whether frames may become longer or shorter.
    changes_lengths: bool,
    /// Whether a field may become one that another reader of the packet depends on: a type, a length, a port.
    changes_meaning: bool,
    fixes: bool,
}

struct Maker<'a> {
    choices: Choices<'a>,
    frame: &'a [u8],
}

impl Maker<'_> {
    /// Bytes of the frame, mostly, so that rules are about something that it has.
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let at = usize::from(self.choices.byte());
        match self.frame.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => *bytes,
            None => std::array::from_fn(|_| self.choices.byte()),
        }
    }

    fn prefix(&mut self, is_v6: bool) -> IpPrefix {
        let address = if is_v6 { IpAddr::from(self.bytes::<16>()) } else { IpAddr::from(self.bytes::<4>()) };
        let bits = self.choices.byte() % if is_v6 { 129 } else { 33 };
        IpPrefix::new(first_bits(address, bits), bits).expect("no bits follow the prefix")
    }

    fn rule(&mut self, made: &mut Made) {
        let rules = std::mem::take(&mut made.rules);
        made.count += 1;
        made.rules = match self.choices.byte() % 16 {
            kind @ 0..=3 => {
                let mapping = PrefixMapping::new(self.prefix(kind == 3), self.prefix(kind == 3));
                let mapping = mapping.expect("both are of one version");
                made.mappings.push(mapping);
                rules.map_ip(mapping)
            }
            4 => rules.map_mac(MacMapping { from: MacAddr(self.bytes()), to: MacAddr(self.bytes()) }),
            5 => {
                let transports = [PortTransport::Any, PortTransport::Tcp, PortTransport::Udp, PortTransport::Sctp];
                let transport = transports[usize::from(self.choices.byte() % 4)];
                let [from, to] = [0; 2].map(|_| u16::from_be_bytes(self.bytes()));
                made.changes_meaning = true;
                rules.map_port(PortMapping { transport, from, to })
            }
            6 => {
                let name = QUIET_FIELDS[usize::from(self.choices.byte()) % QUIET_FIELDS.len()];
                let change = format!("{name}={}", self.choices.byte()).parse();
                rules.set(change.unwrap_or_else(|error| panic!("{error}")))
            }
            7 => {
                let proto = Proto::ALL[usize::from(self.choices.byte()) % Proto::ALL.len()];
                let fields: Vec<_> = proto.fields().iter().chain(proto.variable_fields()).collect();
                let Some(field) = fields.get(usize::from(self.choices.byte()) % fields.len().max(1)) else {
                    return made.rules = rules;
                };
                made.changes_meaning = true;
                let value = match self.choices.byte() % 4 {
                    0 => self.bytes::<6>().map(|byte| format!("{byte:02x}")).join(":"),
                    1 => Ipv4Addr::from(self.bytes::<4>()).to_string(),
                    2 => u32::from_be_bytes(self.bytes()).to_string(),
                    _ => self.choices.byte().to_string(),
                };
                match format!("{}={value}", field.filter).parse() {
                    Ok(change) => rules.set(change),
                    Err(_) => rules,
                }
            }
            8 | 9 => {
                let key = AnonymisationKey::new([self.choices.byte(); 32]);
                let special = [SpecialAddresses::Kept, SpecialAddresses::Mixed][usize::from(self.choices.byte() % 2)];
                let vendor = [VendorPrefix::Kept, VendorPrefix::Changed][usize::from(self.choices.byte() % 2)];
                rules.anonymise(key, special, vendor)
            }
            10 => rules.cut_names(),
            11 => {
                made.changes_lengths = true;
                made.changes_meaning = true;
                let tag = VlanTag { id: Some(u16::from(self.choices.byte())), ..VlanTag::default() };
                rules.vlan(match self.choices.byte() % 3 {
                    0 => VlanChange::Add(tag),
                    1 => VlanChange::Set(tag),
                    _ => VlanChange::Strip,
                })
            }
            12 => {
                made.changes_lengths = true;
                rules.payload([PayloadRule::Cut, PayloadRule::Remove][usize::from(self.choices.byte() % 2)])
            }
            13 => {
                made.changes_lengths = true;
                made.fixes = true;
                rules.fix()
            }
            14 => {
                made.changes_lengths = true;
                rules.snaplen(1 + usize::from(self.choices.byte()))
            }
            _ => rules.with_dns().with_dhcp(),
        };
    }
}

/// An address without the bits after its prefix.
fn first_bits(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            Ipv4Addr::from_bits(address.to_bits() & u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0)).into()
        }
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)).into()
        }
    }
}

/// How many first bits two addresses of one version have in common.
fn common_bits(one: IpAddr, other: IpAddr) -> u32 {
    match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => panic!("{one} and {other} are of two versions"),
    }
}

/// What the checksums of each layer are: of its header, and how many in it are wrong.
fn checksums(link_type: u16, frame: &[u8], original_len: usize) -> Vec<(&'static str, Option<Checksum>, usize)> {
    let layers = examine(link_type, frame).original_len(original_len);
    let states = layers.map(|layer| {
        let mut wrong = 0;
        layer.issues(|issue| {
            let is_wrong = matches!(issue.kind, packetsmith::IssueKind::Checksum(Checksum::Bad(_)));
            wrong += usize::from(is_wrong);
        });
        (layer.proto.name(), layer.checksum(), wrong)
    });
    states.collect()
}

fn rewritten(rules: &RewriteRules, frame: CapturedFrame<'_>) -> Option<(Vec<u8>, RewriteOutcome)> {
    let mut out = Vec::new();
    let outcome = Rewriter::new(rules.clone()).ok()?.rewrite_captured(frame, &mut out).ok()?;
    Some((out, outcome))
}

/// Any frame under rules that are made from `choices`.
pub fn check(link_type: u16, choices: &[u8], frame: &[u8]) {
    let mut maker = Maker { choices: Choices::new(choices), frame };
    let missing = usize::from(maker.choices.byte() / 2 * (maker.choices.byte() % 2));
    let mut made = Made {
        rules: RewriteRules::new(),
        mappings: Vec::new(),
        count: 0,
        changes_lengths: false,
        changes_meaning: false,
        fixes: false,
    };
    for _ in 0..maker.choices.byte() % 4 {
        maker.rule(&mut made);
    }
    let addresses = [0; 2].map(|_| IpAddr::from(maker.bytes::<4>()));
    anonymised(addresses, maker.choices.byte());
    anonymised([0; 2].map(|_| IpAddr::from(maker.bytes::<16>())), maker.choices.byte());
    made.mappings.iter().for_each(|mapping| mapped(mapping, addresses[0]));

    let original_len = frame.len() + missing;
    let captured = CapturedFrame::new(NextProtocol::LinkType(link_type), frame).original_len(original_len);
    let Some((out, outcome)) = rewritten(&made.rules, captured) else { return };
    assert_eq!(rewritten(&made.rules, captured), Some((out.clone(), outcome.clone())), "the same again");
    assert_eq!(outcome.is_changed, out != frame || outcome.original_len != original_len);
    assert!(out.len() <= outcome.original_len, "no more bytes than on the wire");
    if made.count == 0 {
        assert!(!outcome.is_changed && outcome.notes.is_empty());
    }
    if !made.changes_lengths {
        assert_eq!((out.len(), outcome.original_len), (frame.len(), original_len));
    }
    if !made.changes_meaning && outcome.notes.is_empty() {
        stay_right(link_type, &made, [(frame, original_len), (&out, outcome.original_len)]);
    }
    leads_back(&made, link_type, frame, original_len, &out, &outcome);
}

/// A checksum that was right is right after the change.
fn stay_right(link_type: u16, made: &Made, frames: [(&[u8], usize); 2]) {
    let [before, after] = frames.map(|(frame, original_len)| checksums(link_type, frame, original_len));
    if made.changes_lengths {
        let wrong = |all: &[(_, Option<Checksum>, usize)]| {
            all.iter().map(|(_, own, more)| usize::from(matches!(own, Some(Checksum::Bad(_)))) + more).sum::<usize>()
        };
        // Lengths that are put right show more of a packet.
        if !made.fixes {
            assert!(wrong(&after) <= wrong(&before), "{before:?}\n{after:?}\n{:?}", made.rules);
        }
        return;
    }
    for ((name, own, wrong), (name_after, own_after, wrong_after)) in before.iter().zip(&after) {
        if name != name_after {
            return;
        }
        let became_wrong = *own == Some(Checksum::Good) && matches!(own_after, Some(Checksum::Bad(_)));
        assert!(!became_wrong && wrong_after <= wrong, "{name}: {before:?}\n{after:?}\n{:?}", made.rules);
    }
}

/// A mapping of one network to another as large leads back, if no address was there before.
fn leads_back(made: &Made, link_type: u16, frame: &[u8], original_len: usize, out: &[u8], outcome: &RewriteOutcome) {
    let [mapping] = made.mappings[..] else { return };
    if made.count != 1 || mapping.from.bits() != mapping.to.bits() || !outcome.notes.is_empty() {
        return;
    }
    let back = PrefixMapping::new(mapping.to, mapping.from).expect("both are of one version");
    let captured = CapturedFrame::new(NextProtocol::LinkType(link_type), out).original_len(original_len);
    let Some((again, said)) = rewritten(&RewriteRules::new().map_ip(back), captured) else { return };
    if said.notes.iter().any(|note| matches!(note, RewriteNote::InTarget(_))) {
        return;
    }
    // 0 and 0xffff are the same checksum.
    let is_same = |(one, other): (&u8, &u8)| one == other || matches!((one, other), (0, 0xff) | (0xff, 0));
    assert!(again.iter().zip(frame).all(is_same), "{mapping}\n{frame:02x?}\n{out:02x?}\n{again:02x?}");
}

/// Anonymised addresses keep prefixes, are the same each time, and two never become one.
fn anonymised([one, other]: [IpAddr; 2], key: u8) {
    let key = AnonymisationKey::new([key; 32]);
    for special in [SpecialAddresses::Mixed, SpecialAddresses::Kept] {
        let mut anonymiser = IpAnonymiser::new(&key, special);
        let [first, second] = [one, other].map(|address| anonymiser.ip(address));
        assert_eq!(IpAnonymiser::new(&key, special).ip(one), first, "the same each time");
        assert_eq!(common_bits(first, second), common_bits(one, other), "{one} and {other} {special:?}");
    }
}

/// A mapping keeps the bits after the prefix.
fn mapped(mapping: &PrefixMapping, address: IpAddr) {
    let Some(mapped) = mapping.apply(address) else { return assert!(!mapping.from.contains(address)) };
    assert!(mapping.to.contains(mapped), "{mapping} {address} {mapped}");
    let IpAddr::V4(one) = address else { return };
    let IpAddr::V4(other) = mapped else { panic!("{mapped} is of another version") };
    let kept = u32::from(mapping.from.bits().max(mapping.to.bits()));
    let rest = u32::MAX.checked_shr(kept).unwrap_or(0);
    assert_eq!(one.to_bits() & rest, other.to_bits() & rest, "{mapping} {address} {mapped}");
}
