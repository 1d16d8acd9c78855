//! What is remarkable about addresses, in words.

use super::arp_words::{kinds, word};
use super::{many, since, wrap};
use crate::stats::table::{Cell, Table, number, text};
use packetsmith::MacAddr;
use packetsmith::hosts::{AddressFinding, AddressProbe, AddressTable, MacClaim, ProbeRefusal, Solicited, TakenAddress};
use std::net::IpAddr;

/// A finding in words.
struct Words {
    /// What was found, in a sentence.
    what: String,
    /// The evidence, one sentence a line.
    evidence: Vec<String>,
    mac: Option<MacAddr>,
    other: Option<MacAddr>,
}

/// The table of findings.
pub(super) fn findings(all: &AddressTable, first: Option<i128>, top: usize, width: usize) -> Table {
    let found = all.findings();
    let columns = vec![
        text("kind", ""),
        number("packet", ""),
        number("time", ""),
        text("address", ""),
        number("vlan", ""),
        text("mac", ""),
        text("other_mac", ""),
        text("text", ""),
    ];
    let title = format!("Findings: {}", found.len());
    let mut table = Table { title, key: "findings", columns, ..Table::default() };
    for finding in &found {
        let words = words(finding);
        let vlan = finding.vlan();
        let text = [&words.what].into_iter().chain(&words.evidence).cloned().collect::<Vec<_>>().join("; ");
        table.rows.push(vec![
            Cell::text(finding.name()),
            Cell::Count(finding.at().packet),
            since(Some(finding.at()), first),
            finding.address().map_or(Cell::Absent, Cell::text),
            vlan.map_or(Cell::Absent, |vlan| Cell::Count(vlan.into())),
            words.mac.map_or(Cell::Absent, Cell::text),
            words.other.map_or(Cell::Absent, Cell::text),
            Cell::Text(text),
        ]);
    }
    table.cut(top);
    for finding in found.iter().take(table.rows.len()) {
        lines(finding, width - 2, &mut table.lines);
    }
    table
}

fn lines(finding: &AddressFinding, width: usize, lines: &mut Vec<String>) {
    let words = words(finding);
    let vlan = finding.vlan().map_or(String::new(), |vlan| format!(", VLAN {vlan}"));
    wrap(&format!("packet {}{vlan}: {}", finding.at().packet, words.what), width, 4, lines);
    for evidence in &words.evidence {
        wrap(&format!("    {evidence}"), width, 6, lines);
    }
}

/// A claim in words.
fn claim_words(claim: &MacClaim) -> String {
    let packets = match claim.first.packet == claim.last.packet {
        true => format!("packet {}", claim.first.packet),
        false => format!("packets {} to {}", claim.first.packet, claim.last.packet),
    };
    let not_asked = match claim.unsolicited {
        0 => String::new(),
        count => format!(", of which nobody asked for {count}"),
    };
    format!("{}: {packets}: {}{not_asked}", claim.mac, kinds(claim))
}

fn words(finding: &AddressFinding) -> Words {
    let plain = |what: String, evidence: Vec<String>| Words { what, evidence, mac: None, other: None };
    match finding {
        AddressFinding::SpoofingSign { mac, taken, .. } => {
            let what = format!(
                "sign of spoofing: {mac} claims {} that {} at the same time, by replies that nobody asked for",
                many(taken.len() as u64, "address", "addresses"),
                if taken.len() == 1 { "another host uses" } else { "other hosts use" }
            );
            Words { mac: Some(*mac), ..plain(what, taken.iter().map(taken_words).collect()) }
        }
        AddressFinding::Conflict { address, claims, .. } => {
            let [first, second] = &**claims;
            let what = format!(
                "conflict: {} and {} claim {address}, each after the other began to: two hosts, or one with two interfaces",
                first.mac, second.mac
            );
            let words = plain(what, claims.iter().map(claim_words).collect());
            Words { mac: Some(first.mac), other: Some(second.mac), ..words }
        }
        AddressFinding::TwoAnswers { address, answer, count, .. } => {
            let (first, second) = (answer.first.0, answer.second.0);
            let what = format!(
                "two answers: {first} and {second} both answer requests for {address}: a proxy, one host with two interfaces, or \
                 another host"
            );
            let times = if *count == 1 { String::new() } else { format!(", the first of {count} such requests") };
            let evidence = format!(
                "packet {} asks, packet {} answers with {first}, packet {} with {second}{times}",
                answer.request.packet, answer.first.1.packet, answer.second.1.packet
            );
            Words { mac: Some(first), other: Some(second), ..plain(what, vec![evidence]) }
        }
        AddressFinding::InUse { address, probe, .. } => in_use(*address, probe),
        AddressFinding::Moved { address, change, .. } => {
            let how = match (change.is_announced, change.asked) {
                (true, _) => "announced",
                (_, Solicited::No) => "by a reply without a request in the capture",
                (_, Solicited::Yes) => "by the reply to a request, without an announcement",
                _ => "without an announcement",
            };
            let what = format!("moved: {address} changes from {} to {}, {how}", change.from, change.to);
            let evidence = format!(
                "packet {} is the last with {}, packet {} ({}) the first with {}",
                change.before.packet,
                change.from,
                change.at.packet,
                word(change.by),
                change.to
            );
            Words { mac: Some(change.to), other: Some(change.from), ..plain(what, vec![evidence]) }
        }
        AddressFinding::VirtualRouter { address, protocol, claims, .. } => {
            let what = format!("virtual router: {address} has a MAC address of {protocol}, and another one");
            let mac = claims.iter().find(|claim| claim.virtual_router().is_some()).map(|claim| claim.mac);
            Words { mac, ..plain(what, claims.iter().map(claim_words).collect()) }
        }
        AddressFinding::OtherFrameSource { address, claim, .. } => {
            let source = claim.frame_source.map_or(String::new(), |source| source.to_string());
            let what = format!(
                "other frame source: {} about {address} name {}, in frames from {source}",
                many(claim.other_frame_sources, "message", "messages"),
                claim.mac
            );
            let what = if claim.other_frame_sources == 1 {
                what.replace(" name ", " names ").replace("in frames", "in a frame")
            } else {
                what
            };
            let evidence =
                claim.virtual_router().map(|protocol| format!("{} is a MAC address of {protocol}", claim.mac));
            Words { mac: Some(claim.mac), other: claim.frame_source, ..plain(what, evidence.into_iter().collect()) }
        }
        AddressFinding::ManyAddresses { mac, addresses, .. } => {
            let ends = match &addresses[..] {
                [first, .., last] => format!("{first} to {last}"),
                _ => String::new(),
            };
            let what = format!(
                "many addresses: {mac} claims {} addresses, {ends}: a proxy, or a host with many addresses",
                addresses.len()
            );
            Words { mac: Some(*mac), ..plain(what, Vec::new()) }
        }
        other => plain(other.name().to_string(), Vec::new()),
    }
}

fn taken_words(taken: &TakenAddress) -> String {
    format!(
        "{}, which {} claims too: packets {} to {}, {} nobody asked for",
        taken.address,
        taken.owner,
        taken.times.0.packet,
        taken.times.1.packet,
        many(taken.unsolicited, "reply", "replies")
    )
}

fn in_use(address: IpAddr, probe: &AddressProbe) -> Words {
    let (mac, at) = probe.refused.map_or_else(Default::default, |refusal| refusal.by());
    let (what, verb) = match probe.refused {
        Some(ProbeRefusal::AlsoProbed(..)) => (format!("{mac} probes for it too"), "probes"),
        _ => (format!("{mac} has it"), "answers"),
    };
    let what = format!("in use: {} probes for {address}, and {what}", probe.mac);
    let probes = many(probe.packets, "probe", "probes");
    let evidence = format!("{probes} from packet {} on, {mac} {verb} in packet {}", probe.first.packet, at.packet);
    Words { what, evidence: vec![evidence], mac: Some(probe.mac), other: Some(mac) }
}
