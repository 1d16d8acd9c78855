//! Names in filters: protocols, fields, flags, checksum states, and names without a field.

use crate::proto::{Proto, WIRESHARK_NAMES};
use crate::wire::{Field, Kind, nearest};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Protocol(Vec<Proto>),
    /// Filter names of fields, any of which may pass.
    Fields(Vec<&'static str>),
    /// One bit of a field, by the bit's own filter name.
    Bit(&'static str, u64),
    Status(&'static str),
    Length,
    Malformed,
    /// The identifier of an issue.
    Issue,
    /// One of the issues with these identifiers, by Wireshark's name for it.
    OneOfIssues(&'static [&'static str]),
    /// The severity of an issue, as a number.
    IssueSeverity,
}

/// Every field of every protocol.
fn all_fields() -> impl Iterator<Item = (Proto, &'static Field)> {
    Proto::ALL.iter().flat_map(|&proto| {
        let variable =
            proto.options().map(|list| list.field).into_iter().chain(proto.schemas().flat_map(|schema| schema.fields));
        proto.fields().iter().chain(variable).map(move |field| (proto, field))
    })
}

impl Subject {
    pub(super) fn find(name: &str) -> Option<Self> {
        match name {
            "frame.len" => return Some(Subject::Length),
            "_ws.malformed" => return Some(Subject::Malformed),
            "issue" | "_ws.expert" => return Some(Subject::Issue),
            "issue.severity" => return Some(Subject::IssueSeverity),
            _ => {}
        }
        if let Some((_, identifiers)) = WIRESHARK_NAMES.iter().find(|(known, _)| *known == name) {
            return Some(Subject::OneOfIssues(identifiers));
        }
        // A protocol has its own name, and the first part of the filter names of its fields.
        let named = |proto: &Proto| proto.name() == name || proto.filter_prefix() == Some(name);
        let protocols: Vec<Proto> = Proto::ALL.iter().copied().filter(named).collect();
        if !protocols.is_empty() {
            return Some(Subject::Protocol(protocols));
        }
        let (group, member) = name.rsplit_once('.')?;
        let either = match member {
            "addr" => ["src", "dst"],
            "port" => ["srcport", "dstport"],
            _ => [member, member],
        };
        let is_called = |proto: Proto, field: &Field, member: &str| {
            let by_filter = field.filter.strip_prefix(group).and_then(|rest| rest.strip_prefix('.')) == Some(member);
            by_filter || proto.name() == group && field.name == member
        };
        let mut fields = Vec::new();
        for (proto, field) in all_fields() {
            if !fields.contains(&field.filter) && either.iter().any(|member| is_called(proto, field, member)) {
                fields.push(field.filter);
            }
        }
        if !fields.is_empty() {
            return Some(Subject::Fields(fields));
        }
        if member == "status" {
            let mut fields = all_fields().filter(|(_, field)| matches!(field.kind, Kind::Checksum));
            let found =
                fields.find(|(proto, f)| f.filter == group || group.strip_suffix(".checksum") == Some(proto.name()));
            return found.map(|(_, field)| Subject::Status(field.filter));
        }
        let mut flags = all_fields().filter_map(|(_, field)| match field.kind {
            Kind::Flags(flags) => flags.iter().find(|f| f.filter == name).map(|f| Subject::Bit(field.filter, f.mask)),
            _ => None,
        });
        flags.next()
    }
}

/// The name of a field or protocol that is most like an unknown one.
pub(super) fn nearest_name(name: &str) -> Option<String> {
    // The names of both directions together are no fields of the tables.
    let of_both = |suffixes: [&str; 2], both: &str| {
        let names = all_fields().filter_map(move |(_, field)| {
            suffixes.iter().find_map(|suffix| field.filter.strip_suffix(suffix)).filter(|group| group.ends_with('.'))
        });
        names.map(|group| format!("{group}{both}")).collect::<Vec<String>>()
    };
    let mut made = of_both(["src", "dst"], "addr");
    made.extend(of_both(["srcport", "dstport"], "port"));
    made.extend(all_fields().map(|(proto, field)| format!("{}.{}", proto.name(), field.name)));
    let filters = all_fields().map(|(_, field)| field.filter);
    let flags = all_fields().flat_map(|(_, field)| match field.kind {
        Kind::Flags(flags) => flags,
        _ => &[],
    });
    let others = ["frame.len", "_ws.malformed", "_ws.expert", "issue", "issue.severity"];
    let known = filters.chain(flags.map(|flag| flag.filter)).chain(Proto::ALL.iter().map(|proto| proto.name()));
    let known = known.chain(Proto::ALL.iter().filter_map(|proto| proto.filter_prefix())).chain(others);
    let known = known.chain(WIRESHARK_NAMES.iter().map(|(name, _)| *name));
    nearest(name, known.chain(made.iter().map(String::as_str)).filter(|known| !known.is_empty())).map(String::from)
}
