//! Names in filters: what they stand for, and which is the nearest to an unknown one.

use super::counted::{CONTENTS, COUNTED};
use super::derived::{DERIVED, Derived};
#[cfg(feature = "applications")]
use super::derived_dhcp::DHCP;
#[cfg(feature = "applications")]
use super::derived_http::HTTP;
use super::derived_links::LINKS;
#[cfg(feature = "applications")]
use super::derived_snmp::SNMP;
#[cfg(feature = "applications")]
use super::derived_tls::TLS;
use super::encapsulation;
use super::made::MADE;
use super::reference::{FrameField, Measure, Reference, ValueSource, VerificationResult};
use super::sack::{EDGES, SACK};
use super::types::{Names, STATUS, Type};
use super::unsupported::{needs_stream, renamed, why_not};
use crate::flow::FlowField;
use crate::layer::NextProtocol;
use crate::proto::{Proto, Protocols, WIRESHARK_NAMES};
use crate::wire::{Field, Flag, Kind, VariantList, or_the_nearest};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Names that Wireshark gives to protocols which have another name here, or to a part of their layers.
const PROTOCOLS: &[(&str, &[ValueSource])] = &[
    ("udplite", &[ValueSource::Protocol(Proto::UdpLite)]),
    ("ipv6.hopopts", &[ValueSource::Protocol(Proto::HopByHop)]),
    ("ipv6.dstopts", &[ValueSource::Protocol(Proto::DestinationOptions)]),
    ("ipv6.routing", &[ValueSource::Protocol(Proto::Routing)]),
    ("ipv6.fraghdr", &[ValueSource::Protocol(Proto::Fragment)]),
    #[cfg(feature = "tunnels")]
    ("pppoed", &[ValueSource::Selected(Proto::Pppoe, |selector| selector == PPPOE_DISCOVERY)]),
    #[cfg(feature = "tunnels")]
    ("pppoes", &[ValueSource::Selected(Proto::Pppoe, |selector| selector != PPPOE_DISCOVERY)]),
    ("null", &[ValueSource::Protocol(Proto::Null), ValueSource::Protocol(Proto::Loop)]),
    ("sll", &[ValueSource::Protocol(Proto::Sll), ValueSource::Protocol(Proto::Sll2)]),
    #[cfg(feature = "applications")]
    ("dns", &[ValueSource::Selected(Proto::Dns, |selector| !is_mdns(selector) && !is_llmnr(selector))]),
    #[cfg(feature = "applications")]
    ("mdns", &[ValueSource::Selected(Proto::Dns, is_mdns)]),
    #[cfg(feature = "applications")]
    ("llmnr", &[ValueSource::Selected(Proto::Dns, is_llmnr)]),
    #[cfg(feature = "applications")]
    ("http", &[ValueSource::Selected(Proto::Http, |selector| !is_ssdp(selector))]),
    #[cfg(feature = "applications")]
    ("ssdp", &[ValueSource::Selected(Proto::Http, is_ssdp)]),
    #[cfg(feature = "tunnels")]
    ("vxlan", &[ValueSource::Protocol(Proto::Vxlan), ValueSource::Protocol(Proto::VxlanGpe)]),
    #[cfg(feature = "applications")]
    (
        "ntp",
        &[
            ValueSource::Protocol(Proto::Ntp),
            ValueSource::Protocol(Proto::NtpControl),
            ValueSource::Protocol(Proto::NtpPrivate),
        ],
    ),
];

/// EtherType of the discovery stage of PPPoE, RFC 2516 §4.
const PPPOE_DISCOVERY: NextProtocol = NextProtocol::EtherType(0x8863);

fn is_mdns(selector: NextProtocol) -> bool {
    has_port(selector, 5353)
}

fn is_llmnr(selector: NextProtocol) -> bool {
    has_port(selector, 5355)
}

fn is_ssdp(selector: NextProtocol) -> bool {
    matches!(selector, NextProtocol::HttpDatagram)
}

fn has_port(selector: NextProtocol, port: u16) -> bool {
    match selector {
        NextProtocol::UdpPorts(a, b) => a == port || b == port,
        NextProtocol::UdpPort(a) => a == port,
        _ => false,
    }
}

/// The name that Wireshark gives to a layer of a protocol which has another name here, reached by this selector.
pub(super) fn alias(proto: Proto, selector: NextProtocol) -> Option<&'static str> {
    let is_it = |source: &ValueSource| match source {
        ValueSource::Protocol(known) => *known == proto,
        ValueSource::Selected(known, selected) => *known == proto && selected(selector),
        _ => false,
    };
    PROTOCOLS.iter().find(|(_, sources)| sources.iter().any(is_it)).map(|(name, _)| *name)
}

/// Names without a table: those of issues.
const OTHERS: &[(&str, ValueSource, Type)] = &[
    ("_ws.malformed", ValueSource::Malformed, Type::Presence),
    ("issue", ValueSource::Issue, Type::Issue),
    ("issue.severity", ValueSource::Severity, Type::Severity),
];

/// Severities, by their numbers.
const SEVERITIES: Names = Names::Table(&[(0, "note"), (1, "warning"), (2, "error")]);

/// Findings that Wireshark compares with true and false. Others are there or not.
const TRUE_OR_FALSE: &[&str] = &["dns.retransmission", "dns.unsolicited", "tcp.segment.overlap.conflict"];

/// Endings of names that say what the verification of a checksum found out.
const RESULTS: &[(&str, VerificationResult)] = &[
    (".status", VerificationResult::Status),
    ("_calculated", VerificationResult::Right),
    ("_bad.expert", VerificationResult::IsBad),
];

/// Names of results for UDP, which end in another way.
const UDP_RESULTS: &[(&str, VerificationResult)] =
    &[("udp.checksum.bad", VerificationResult::IsBad), ("udp.checksum.zero", VerificationResult::IsIllegal)];

type Found = (Vec<ValueSource>, Type, Vec<Names>);

/// Adds the names of the field's numbers.
fn add_names(field: &'static Field, names: &mut Vec<Names>) {
    if let Kind::Named(registry) = field.item_kind() {
        let is_new = |known: &Names| known.entries() != registry.entries;
        if names.iter().all(is_new) {
            names.push(Names::Registry(registry));
        }
    }
}

fn found(fields: &[(Proto, &'static Field)], own: bool) -> Option<Found> {
    let kind = fields.iter().map(|(_, field)| Type::of(field, own)).reduce(Type::or)?;
    let (mut names, mut sources) = (Vec::new(), Vec::new());
    let mut seen: Vec<(Option<Proto>, &str, &str)> = Vec::new();
    for &(proto, field) in fields {
        add_names(field, &mut names);
        let (key, source) = match own {
            true => ((Some(proto), field.name, field.filter), ValueSource::Own(proto, field.name, field.filter)),
            false => ((None, "", field.filter), ValueSource::Field(field.filter)),
        };
        if !seen.contains(&key) {
            seen.push(key);
            sources.push(source);
        }
    }
    Some((sources, kind, names))
}

/// Every field that is not in the tables.
fn all_derived() -> impl Iterator<Item = &'static Derived> {
    let rows = DERIVED.iter().chain(LINKS).chain(SACK);
    #[cfg(feature = "applications")]
    let rows = rows.chain(DHCP).chain(HTTP).chain(SNMP).chain(TLS);
    rows
}

/// Names that are made of other fields.
fn find_made(name: &str) -> Option<Found> {
    let rows = || MADE.iter().filter(|made| made.name == name);
    let kind = rows().map(|made| made.kind).reduce(Type::or)?;
    Some((rows().map(ValueSource::Made).collect(), kind, Vec::new()))
}

/// Lengths, lists and contents of items that have names by rule.
fn find_counted(name: &str) -> Option<Found> {
    let rows = || COUNTED.iter().filter(|counted| counted.name == name);
    if let Some(kind) = rows().map(|counted| counted.kind()).reduce(Type::or) {
        return Some((rows().map(ValueSource::Counted).collect(), kind, Vec::new()));
    }
    let contents: Vec<_> = CONTENTS.iter().filter(|row| row.name == name).map(ValueSource::Contents).collect();
    (!contents.is_empty()).then_some((contents, Type::Bytes, Vec::new()))
}

/// Parts of numbers that have names of their own: name, name of the number, mask.
const PARTS: &[(&str, &str, u64)] = &[
    ("ip.opt.type.copy", "ip.opt.type", 0x80),
    ("ip.opt.type.class", "ip.opt.type", 0x60),
    ("ip.opt.type.number", "ip.opt.type", 0x1f),
    ("icmpv6.opt.prefix.flag.reserved", "icmpv6.opt.prefix.flag", 0x1f),
    #[cfg(feature = "applications")]
    ("dhcp.flags.reserved", "dhcp.flags", 0x7fff),
    #[cfg(feature = "applications")]
    ("dns.resp.z.reserved", "dns.resp.z", 0x7fff),
    ("ipv6.opt.type.action", "ipv6.opt.type", 0xc0),
    ("ipv6.opt.type.change", "ipv6.opt.type", 0x20),
    ("ipv6.opt.type.rest", "ipv6.opt.type", 0x1f),
];

/// Names that are those of other fields too: name, name of the field.
const ALSO: &[(&str, &str)] = &[("dns.resp.type", "dns.nsec.types"), ("dns.resp.type", "dns.nsec3.types")];

/// The names of both ends, from the names of each.
const EITHER_END: &[(&str, [&str; 2])] = &[
    ("addr", ["src", "dst"]),
    ("port", ["srcport", "dstport"]),
    ("host", ["src_host", "dst_host"]),
    ("ig", ["src.ig", "dst.ig"]),
    ("lg", ["src.lg", "dst.lg"]),
];

/// The names that filters know: of these protocols, of their fields, and of what only the frame says.
#[derive(Clone, Copy)]
pub(super) struct FilterNames<'k> {
    pub(super) known: &'k Protocols,
}

impl<'k> FilterNames<'k> {
    /// The names of this crate's protocols.
    pub(super) fn builtin() -> FilterNames<'static> {
        FilterNames { known: Protocols::BUILTIN }
    }

    /// Every field of every protocol, those of the fixed headers first.
    pub(super) fn all_fields(self) -> impl Iterator<Item = (Proto, &'static Field)> + use<'k> {
        self.known.iter().flat_map(|proto| {
            let trailer = if proto == Proto::Ethernet { crate::proto::Ethernet::TRAILER } else { &[] };
            let variable = proto
                .options()
                .map(|list| list.field)
                .into_iter()
                .chain(proto.schemas().flat_map(|schema| schema.fields));
            proto.fields().iter().chain(trailer).chain(variable).map(move |field| (proto, field))
        })
    }

    /// What a name stands for. None if it is unknown.
    pub(super) fn find(self, name: &str) -> Option<Reference> {
        if let Some(new) = renamed(name) {
            return self.find(&new);
        }
        let (sources, kind, names) = self
            .find_special(name)
            .or_else(|| self.find_bit(name))
            .or_else(|| self.find_fields(name))
            .or_else(|| self.find_items(name))
            .or_else(|| find_made(name))
            .or_else(|| find_counted(name))
            .or_else(|| self.find_either_end(name))
            .or_else(|| self.find_status(name))
            .or_else(|| self.find_protocol(name))
            .or_else(|| self.find_own(name))?;
        Some(Reference { name: name.to_string(), sources, kind, names, measure: Measure::Value, layers: Vec::new() })
    }

    fn find_special(self, name: &str) -> Option<Found> {
        if let Some((_, field, kind)) = FrameField::ALL.iter().find(|(known, ..)| *known == name) {
            let names =
                if *field == FrameField::Encapsulation { Vec::from([encapsulation::NAMES]) } else { Vec::new() };
            return Some((Vec::from([ValueSource::Frame(*field)]), *kind, names));
        }
        if let Some((_, source, kind)) = OTHERS.iter().find(|(known, ..)| *known == name) {
            let names = if *kind == Type::Severity { Vec::from([SEVERITIES]) } else { Vec::new() };
            return Some((Vec::from([source.clone()]), *kind, names));
        }
        if let Some((_, identifiers)) = WIRESHARK_NAMES.iter().find(|(known, _)| *known == name) {
            return Some((Vec::from([ValueSource::OneOfIssues(identifiers)]), Type::Boolean, Vec::new()));
        }
        if let Some((_, edge)) = EDGES.iter().find(|(known, _)| *known == name) {
            let acknowledged = FlowField::all().find(|field| field.filter == "tcp.ack")?;
            let kind = Type::Number(0, u32::MAX.into());
            return Some((Vec::from([ValueSource::SackEdge(*edge, acknowledged)]), kind, Vec::new()));
        }
        let rows: Vec<_> = all_derived().filter(|derived| derived.name == name).collect();
        // What the packet says alone is not asked of its conversation.
        if rows.is_empty()
            && let Some(field) = FlowField::all().find(|field| field.filter == name)
        {
            let kind = if TRUE_OR_FALSE.contains(&name) { Type::Boolean } else { Type::of_flow(field.kind) };
            return Some((Vec::from([ValueSource::Flow(field)]), kind, Vec::new()));
        }
        let mut kind = rows.iter().map(|derived| derived.kind).reduce(Type::or)?;
        let mut names = Vec::new();
        self.all_fields().filter(|(_, field)| field.filter == name).for_each(|(_, field)| add_names(field, &mut names));
        let beside = rows.iter().any(|derived| derived.is_beside_fields);
        let mut sources: Vec<ValueSource> = rows.into_iter().map(ValueSource::Derived).collect();
        if beside && let Some((others, other, _)) = self.find_fields(name).or_else(|| find_made(name)) {
            sources.extend(others);
            kind = kind.or(other);
        }
        Some((sources, kind, names))
    }

    /// By Wireshark's name.
    fn find_fields(self, name: &str) -> Option<Found> {
        let is_of = |filter: &str| filter == name || ALSO.contains(&(name, filter));
        let fields: Vec<_> = self.all_fields().filter(|(_, field)| is_of(field.filter) && !name.is_empty()).collect();
        found(&fields, false)
    }

    fn all_bits(self) -> impl Iterator<Item = (&'static Field, &'static Flag)> + use<'k> {
        self.all_fields().flat_map(|(_, field)| {
            let flags: &[Flag] = match field.item_kind() {
                Kind::Flags(flags) => flags,
                _ => &[],
            };
            flags.iter().map(move |flag| (field, flag))
        })
    }

    fn find_bit(self, name: &str) -> Option<Found> {
        let mut bits: Vec<(&str, &str, u64)> = Vec::new();
        for (field, flag) in self.all_bits().filter(|(_, flag)| flag.filter == name && !name.is_empty()) {
            let bit = (field.filter, field.name, flag.mask);
            if !bits.contains(&bit) {
                bits.push(bit);
            }
        }
        for (_, filter, mask) in PARTS.iter().filter(|(known, ..)| *known == name) {
            bits.push((filter, "", *mask));
        }
        let most = bits.iter().map(|(.., mask)| mask >> mask.trailing_zeros()).max()?;
        let kind = if most == 1 { Type::Boolean } else { Type::Number(0, most.into()) };
        let sources = bits.into_iter().map(|(filter, name, mask)| ValueSource::Bit(filter, name, mask)).collect();
        Some((sources, kind, Vec::new()))
    }

    /// The lists of options, records and messages.
    fn all_lists(self) -> impl Iterator<Item = VariantList> + use<'k> {
        self.known.iter().flat_map(|proto| proto.schemas().filter_map(|schema| schema.variants))
    }

    /// Whole items of lists, and their lengths.
    fn find_items(self, name: &str) -> Option<Found> {
        let (mut items, mut lengths): (Vec<(&str, u16)>, Vec<&str>) = (Vec::new(), Vec::new());
        for list in self.all_lists() {
            for variant in list.variants.iter().filter(|variant| variant.filter == name) {
                if !items.contains(&(list.kind_filter, variant.number)) {
                    items.push((list.kind_filter, variant.number));
                }
            }
            if list.length_filter == name && !lengths.contains(&list.kind_filter) {
                lengths.push(list.kind_filter);
            }
        }
        let kind = match (items.is_empty(), lengths.is_empty()) {
            _ if name.is_empty() => return None,
            (true, true) => return None,
            (false, _) => Type::Bytes,
            (true, false) => Type::Number(0, 0xffff),
        };
        let items = items.into_iter().map(|(kind, number)| ValueSource::Item(kind, number));
        Some((items.chain(lengths.into_iter().map(ValueSource::ItemLength)).collect(), kind, Vec::new()))
    }

    fn find_either_end(self, name: &str) -> Option<Found> {
        let (group, member) = name.rsplit_once('.')?;
        let (_, ends) = EITHER_END.iter().find(|(known, _)| *known == member)?;
        let [from, to] = ends.map(|end| {
            let name = format!("{group}.{end}");
            self.find_special(&name).or_else(|| self.find_fields(&name))
        });
        let ((mut sources, a, mut names), (more, b, more_names)) = from.zip(to)?;
        sources.extend(more);
        names.extend(more_names);
        Some((sources, a.or(b), names))
    }

    /// What the verification of a checksum says.
    fn find_status(self, name: &str) -> Option<Found> {
        let of_udp = UDP_RESULTS.iter().find(|(known, _)| *known == name).map(|(_, result)| ("udp.checksum", *result));
        let by_suffix = || RESULTS.iter().find_map(|(suffix, result)| Some((name.strip_suffix(suffix)?, *result)));
        let (group, result) = of_udp.or_else(by_suffix)?;
        let mut fields = self.all_fields().filter(|(_, field)| matches!(field.kind, Kind::Checksum));
        let of_group = |proto: &Proto| group.strip_suffix(".checksum") == Some(proto.name());
        let (_, field) = fields.find(|(proto, field)| field.filter == group || of_group(proto))?;
        let (kind, names) = match result {
            VerificationResult::Status => (Type::Number(0, 5), Vec::from([STATUS])),
            VerificationResult::Right => (Type::Number(0, 0xffff), Vec::new()),
            VerificationResult::IsBad | VerificationResult::IsIllegal => (Type::Presence, Vec::new()),
        };
        Some((Vec::from([ValueSource::Checksum(field.filter, result)]), kind, names))
    }

    fn find_protocol(self, name: &str) -> Option<Found> {
        let protocols = match PROTOCOLS.iter().find(|(known, _)| *known == name) {
            Some((_, sources)) => sources.to_vec(),
            None => {
                let own = self.known.iter().find(|proto| proto.name() == name);
                let by_prefix = self.known.iter().filter(|proto| proto.filter_prefix() == Some(name));
                match own {
                    Some(proto) => Vec::from([ValueSource::Protocol(proto)]),
                    None => by_prefix.map(ValueSource::Protocol).collect(),
                }
            }
        };
        (!protocols.is_empty()).then_some((protocols, Type::Protocol, Vec::new()))
    }

    /// By packetsmith's own name: first the rows of the header, then options and the like.
    fn find_own(self, name: &str) -> Option<Found> {
        let (group, member) = name.split_once('.')?;
        // Wireshark's meaning of the name is another one.
        if needs_stream(name) {
            return None;
        }
        let proto = self.known.iter().find(|proto| proto.name() == group)?;
        let header: Vec<_> = proto.fields().iter().filter(|field| field.name == member).map(|f| (proto, f)).collect();
        let others =
            || self.all_fields().filter(|(other, field)| *other == proto && field.name == member).collect::<Vec<_>>();
        if !header.is_empty() {
            return found(&header, true);
        }
        let (mut sources, kind, names) = found(&others(), true)?;
        // Bytes that are not taken further apart have the same names in every list: data, padding, rest.
        let plain = |source: &ValueSource| matches!(source, ValueSource::Own(_, _, ""));
        if let Some(ValueSource::Own(_, member, _)) = sources.first().cloned()
            && kind == Type::Bytes
            && !sources.iter().any(plain)
        {
            sources.push(ValueSource::Own(proto, member, ""));
        }
        Some((sources, kind, names))
    }

    /// Why packetsmith does not have a name that Wireshark or tcpdump has, unless a protocol was added that may have it.
    pub(super) fn why_not(self, name: &str) -> Option<String> {
        let group = name.split('.').next().unwrap_or(name);
        let is_added = self.known.definitions().any(|definition| definition.name() == group);
        if is_added { None } else { why_not(name) }
    }

    /// Why a name is unknown, and what to write instead.
    pub(super) fn unknown(self, name: &str) -> String {
        if let Some(new) = renamed(name) {
            return self.unknown(&new);
        }
        if let Some(why) = self.why_not(name) {
            return why;
        }
        let mut known = self.all_names();
        known.extend(self.all_fields().map(|(proto, field)| format!("{}.{}", proto.name(), field.name)));
        let is_part = |known: &&String| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let near = match known.iter().find(is_part) {
            Some(part) => format!("; there is {part}"),
            None => or_the_nearest(name, known.iter().map(String::as_str)),
        };
        format!("no field or protocol is called {name}{near}")
    }

    /// Every name but those made of a protocol's and a field's own names.
    pub(super) fn all_names(self) -> Vec<String> {
        let mut names: Vec<String> = FrameField::ALL.iter().map(|(name, ..)| name.to_string()).collect();
        names.extend(OTHERS.iter().map(|(name, ..)| name.to_string()));
        names.extend(FlowField::all().map(|field| field.filter.to_string()));
        names.extend(all_derived().map(|derived| derived.name.to_string()));
        names.extend(self.all_fields().map(|(_, field)| field.filter.to_string()));
        names.extend(self.all_bits().map(|(_, flag)| flag.filter.to_string()));
        names.extend(PARTS.iter().map(|(name, ..)| name.to_string()));
        names.extend(EDGES.iter().map(|(name, _)| name.to_string()));
        names.extend(MADE.iter().map(|made| made.name.to_string()));
        names.extend(COUNTED.iter().map(|counted| counted.name.to_string()));
        names.extend(CONTENTS.iter().map(|contents| contents.name.to_string()));
        names.extend(UDP_RESULTS.iter().map(|(name, _)| name.to_string()));
        for list in self.all_lists() {
            names.extend(list.variants.iter().map(|variant| variant.filter.to_string()));
            names.push(list.length_filter.to_string());
        }
        let checksums = self.all_fields().filter(|(_, field)| matches!(field.kind, Kind::Checksum));
        for (_, field) in checksums.filter(|(_, field)| !field.filter.is_empty()) {
            names.extend(RESULTS.iter().map(|(suffix, _)| format!("{}{suffix}", field.filter)));
        }
        for (member, [from, _]) in EITHER_END {
            let groups = names.iter().filter_map(|name| name.strip_suffix(from)?.strip_suffix('.').map(String::from));
            let both: Vec<String> = groups.map(|group| format!("{group}.{member}")).collect();
            names.extend(both.into_iter().filter(|name| self.find_either_end(name).is_some()));
        }
        names.extend(WIRESHARK_NAMES.iter().map(|(name, _)| name.to_string()));
        names.extend(PROTOCOLS.iter().map(|(name, _)| name.to_string()));
        names.extend(self.known.iter().map(|proto| proto.name().to_string()));
        names.extend(self.known.iter().filter_map(|proto| proto.filter_prefix()).map(String::from));
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    }
}
