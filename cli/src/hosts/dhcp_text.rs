//! Messages, exchanges and findings of DHCP in words.

use super::many;
use crate::clock;
use packetsmith::hosts::{
    DhcpExchange, DhcpMessage, DhcpOutcome, DhcpRepetition, DhcpServer, DhcpTerms, LeaseFinding, LeasedAddress,
};
use packetsmith::output::TextBuffer;

/// Nanoseconds as seconds.
pub(super) fn took(nanos: Option<i128>) -> String {
    let mut text = TextBuffer::default();
    match nanos {
        Some(nanos) => clock::seconds(nanos, 6, &mut text),
        None => text.str("-"),
    }
    text.as_str().to_string()
}

/// How an exchange ended, in a few words.
pub(super) fn result(exchange: &DhcpExchange) -> String {
    let addresses = |terms: &DhcpTerms| match &terms.addresses[..] {
        [] => None,
        [(first, _)] => Some(first.to_string()),
        [(first, _), more @ ..] => Some(format!("{first} +{}", more.len())),
    };
    let asked = || {
        let requests = exchange.messages.iter().rev().filter(|message| !message.is_from_server());
        requests.filter_map(|message| addresses(&message.terms)).next()
    };
    let with = |word: &str, address: Option<String>| match address {
        Some(address) => format!("{word} {address}"),
        None => word.to_string(),
    };
    match exchange.outcome() {
        DhcpOutcome::Granted => exchange.granted().and_then(addresses).unwrap_or_else(|| "granted".to_string()),
        DhcpOutcome::Refused => with("refused", asked()),
        DhcpOutcome::Offered => with("offered", exchange.offers().first().and_then(|offer| addresses(&offer.terms))),
        DhcpOutcome::NoReplyExpected => asked().unwrap_or_else(|| "-".to_string()),
        other => other.name().to_string(),
    }
}

/// The kinds of the messages, in order.
pub(super) fn messages(exchange: &DhcpExchange) -> String {
    let mut words: Vec<(String, usize)> = Vec::new();
    for message in &exchange.messages {
        let word = message.kind.to_string();
        match words.last_mut() {
            Some((last, count)) if *last == word => *count += 1,
            _ => words.push((word, 1)),
        }
    }
    let words = words.into_iter().map(|(word, count)| if count == 1 { word } else { format!("{word} ×{count}") });
    words.collect::<Vec<_>>().join(", ")
}

/// What a message says beside its kind.
pub(super) fn details(message: &DhcpMessage) -> String {
    let mut text = String::new();
    if let [(first, _), more @ ..] = &message.terms.addresses[..] {
        text += &format!(", {first}");
        more.iter().for_each(|(address, _)| text += &format!(" {address}"));
    }
    let is_source = |server: &DhcpServer| match (server, message.addresses) {
        (DhcpServer::Address(address), Some((from, _))) => *address == from,
        _ => false,
    };
    if let Some(server) = message.server.as_ref().filter(|server| !is_source(server)) {
        text += &format!(", server {server}");
    }
    if let Some(relay) = message.relay {
        text += &format!(", relay agent {relay}");
    }
    match message.repetition {
        DhcpRepetition::None => {}
        DhcpRepetition::Retransmission(packet) => text += &format!(", retransmission of {packet}"),
        DhcpRepetition::Copy(packet) => text += &format!(", copy of {packet}"),
        DhcpRepetition::Contradiction(packet) => text += &format!(", contradicts {packet}"),
    }
    if let Some(status) = message.status {
        text += &format!(", status {status}");
    }
    if let Some(reason) = &message.reason {
        text += &format!(", \"{reason}\"");
    }
    if message.is_cut {
        text += ", cut off";
    }
    text
}

/// What is offered or granted beside the address.
pub(super) fn terms(terms: &DhcpTerms) -> Option<String> {
    fn list<T: ToString>(what: &str, items: &[T], parts: &mut Vec<String>) {
        if !items.is_empty() {
            let items = items.iter().map(T::to_string).collect::<Vec<_>>().join(" ");
            parts.push(format!("{what} {items}"));
        }
    }
    let mut parts = Vec::new();
    parts.extend(terms.mask.map(|mask| format!("mask {mask}")));
    list("router", &terms.routers, &mut parts);
    list("DNS", &terms.dns, &mut parts);
    list("domain", &terms.domains, &mut parts);
    let mut seconds = |what: &str, time: Option<u32>| {
        parts.extend(time.map(|time| match time {
            u32::MAX => format!("{what} infinite"),
            time => format!("{what} {time} s"),
        }));
    };
    seconds("lease", terms.lease_time);
    seconds("T1", terms.renewal_time);
    seconds("T2", terms.rebinding_time);
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn by(server: &Option<DhcpServer>) -> String {
    server.as_ref().map_or("a server without identifier".to_string(), DhcpServer::to_string)
}

/// The name of a finding for programs.
pub(super) fn finding_key(finding: &LeaseFinding) -> &'static str {
    finding.name()
}

/// A finding in a sentence, and the address that it is about.
pub(super) fn finding(finding: &LeaseFinding) -> (String, Option<LeasedAddress>) {
    match finding {
        LeaseFinding::LeasedTwice { address, first, second } => {
            let what = format!(
                "leased twice: {address} is granted to {} by {}, and {} had it on lease by {} (packet {})",
                second.0,
                by(&second.1),
                first.0,
                by(&first.1),
                first.2.packet
            );
            (what, Some(*address))
        }
        LeaseFinding::TwoGrants { client, first, second } => {
            let what = format!(
                "two grants: {client} gets {} from {} (packet {}), and {} from {}",
                first.0,
                by(&first.1),
                first.2.packet,
                second.0,
                by(&second.1)
            );
            (what, Some(second.0))
        }
        LeaseFinding::OtherServer { client, selected, replied, .. } => {
            (format!("other server: {client} selects {selected}, and {replied} grants"), None)
        }
        LeaseFinding::Contradiction { client, kind, first, second, differences } => {
            let differ: Vec<String> = differences
                .iter()
                .map(|each| format!("{} {} against {}", each.name, each.first, each.second))
                .collect();
            let servers = match first.0 == second.0 {
                true => by(&first.0),
                false => format!("{} and {}", by(&first.0), by(&second.0)),
            };
            let what = format!(
                "contradiction: {client} gets two {kind} messages of {servers} that differ (the first in packet {}): {}: one may \
                 be of a server that should not be there",
                first.1.packet,
                differ.join(", ")
            );
            (what, None)
        }
        LeaseFinding::SeveralServers { servers, differences, exchanges, is_cut, .. } => {
            let servers: Vec<String> = servers.iter().map(DhcpServer::to_string).collect();
            let differ = match differences.is_empty() {
                true if *is_cut => "the capture cut off what they offer".to_string(),
                true => "offers agree in subnet mask, routers, DNS servers and domains".to_string(),
                false => {
                    format!("offers differ in {}: one may be a server that should not be there", differences.join(", "))
                }
            };
            let what = format!(
                "several servers: {} make offers in {}; {differ}",
                servers.join(" and "),
                many(*exchanges, "exchange", "exchanges")
            );
            (what, None)
        }
        LeaseFinding::Declined { client, address, .. } => {
            let which = address.map_or("an address".to_string(), |address| address.to_string());
            (format!("declined: {client} found that {which} is in use already"), *address)
        }
        other => (other.name().to_string(), None),
    }
}
