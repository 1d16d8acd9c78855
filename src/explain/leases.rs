//! Exchanges of DHCP, BOOTP and DHCPv6.

use super::packet_list::{CountOf, Grouped, Nanos, PacketList, listed};
use super::statement_macro::statements;
use crate::hosts::{
    DhcpClient, DhcpDifference, DhcpExchange, DhcpMessage, DhcpMessageKind, DhcpOutcome, DhcpRepetition, DhcpServer,
    DhcpTerms, LeaseFinding, Leases,
};
use crate::proto::dhcp::{DhcpMessageType, DhcpOperation, Dhcpv6MessageType};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// Most exchanges that are told one by one.
const MOST_TOLD: usize = 16;

statements! {
    /// What is said of DHCP, BOOTP and DHCPv6.
    pub enum LeaseStatement {
        /// An exchange.
        Exchange = "dhcp_exchange" {
            /// The client: its MAC address or identifier.
            client: String,
            /// The host name that it tells.
            host_name: Option<String>,
            /// What it wants: `new lease`, `renewal` and others, as [`DhcpPurpose::name`](crate::hosts::DhcpPurpose::name) has them.
            purpose: &'static str,
            /// DISCOVER or SOLICIT.
            discovers: PacketList,
            /// OFFER or ADVERTISE.
            offers: PacketList,
            /// What was offered, and by whom.
            offered: Vec<String>,
            /// REQUEST and other messages of the client.
            requests: PacketList,
            /// Messages of the client that were sent again.
            repeated: PacketList,
            /// The last reply.
            reply: Option<PacketList>,
            /// Who sent it.
            server: Option<String>,
            /// `granted`, `refused`, `only offered`, `no answer`, `needs no reply` or `not known`.
            outcome: &'static str,
            /// The address or prefix that was granted, requested or given back.
            address: Option<String>,
            /// What the last request asks for, of addresses and prefixes.
            requested: Vec<String>,
            /// What the reply grants, of addresses and prefixes.
            granted: Vec<String>,
            /// What further servers answered to the request, each with its packet.
            others: Vec<String>,
            /// The status of DHCPv6 with which it was refused: its name.
            status: Option<String>,
            /// What came with the address.
            terms: Vec<String>,
            /// Why it was refused or declined, in the server's or the client's words.
            reason: Option<String>,
            /// Time from the last message of the client before the reply to the reply.
            took: Option<Nanos>,
            /// Messages of it of which the capture has only the beginning.
            cut: PacketList,
            /// Number of messages of DHCP in the capture that are cut off before what tells their exchange. They may be of this one.
            unread: u64,
        }
        /// Exchanges that are not told one by one.
        More = "more_dhcp_exchanges" {
            /// How many.
            count: u64,
            /// How many of them were granted.
            granted: u64,
            /// How many were refused.
            refused: u64,
            /// How many have no answer.
            unanswered: u64,
            /// The first packet of each.
            packets: PacketList,
        }
        /// Messages that are cut off in the capture before what tells their kind and their client.
        Unread = "unread_dhcp_messages" {
            /// How many.
            count: u64,
            /// The first of them.
            packets: PacketList,
        }
        /// Two replies that do not say the same.
        Contradiction = "contradicting_replies" {
            /// The client.
            client: String,
            /// Kind of the replies.
            message: String,
            /// The server, or both of them; none if it is not known.
            servers: Vec<String>,
            /// What they differ in, each with both values.
            differences: Vec<String>,
            /// The replies.
            packets: PacketList,
        }
        /// An address was leased to a client while another one had it.
        LeasedTwice = "leased_twice" {
            /// The address.
            address: String,
            /// The client that had it.
            first: String,
            /// The client that got it too.
            second: String,
            /// Both grants.
            packets: PacketList,
        }
        /// Two servers granted a client different addresses.
        TwoGrants = "two_grants" {
            /// The client.
            client: String,
            /// The addresses.
            addresses: Vec<String>,
            /// The grants.
            packets: PacketList,
        }
        /// Several servers made offers.
        SeveralServers = "several_servers" {
            /// The servers.
            servers: Vec<String>,
            /// What their offers differ in, beside the address.
            differences: Vec<&'static str>,
            /// In how many exchanges.
            exchanges: u64,
            /// The second offer of the first of them.
            packets: PacketList,
        }
    }
}

/// What stands before a prefix in a sentence.
const PREFIX: &str = "the prefix ";

/// An address, or a prefix with a word that says so.
fn named(address: &str) -> String {
    if address.contains('/') { format!("{PREFIX}{address}") } else { address.into() }
}

/// Addresses and prefixes in a sentence.
struct Named<'n>(&'n [String]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("an address"),
            all => listed(f, all.iter().map(|address| named(address)), all.len()),
        }
    }
}

/// What the client wants, as the end of a sentence that begins with the client.
fn wants(purpose: &str, address: Option<&str>) -> String {
    let address = &address.map_or_else(|| "its address".into(), named);
    match purpose {
        "new lease" if address.starts_with(PREFIX) => "asked for a prefix".into(),
        "new lease" => "asked for an address".into(),
        "reboot" => format!("asked for {address} again, which it says it had before"),
        "renewal" => format!("asked to renew its lease of {address}"),
        "rebinding" => format!("asked any server to renew its lease of {address}"),
        "confirmation" => "asked whether its addresses still fit the link".into(),
        "information" => "asked for configuration without an address".into(),
        "release" => format!("gave {address} back"),
        "decline" => format!("declined {address}, which means that it found the address in use"),
        "cut off" => "requested an address".into(),
        "BOOTP" => "asked for its configuration by BOOTP".into(),
        _ => "took part in an exchange of DHCP".into(),
    }
}

/// What is said after an exchange: further answers, repetitions, and what is not all in the capture.
fn after_exchange(
    f: &mut fmt::Formatter<'_>,
    others: &[String],
    repeated: &PacketList,
    cut: &PacketList,
) -> fmt::Result {
    if !others.is_empty() {
        f.write_str(" To the same request, ")?;
        listed(f, others, others.len())?;
        f.write_str(".")?;
    }
    if !repeated.is_empty() {
        write!(f, " The client sent its message again ({repeated}).")?;
    }
    match cut.count() {
        0 => Ok(()),
        1 => write!(f, " The capture has only the beginning of one message ({cut}); what the rest says is not known."),
        count => write!(
            f,
            " The capture has only the beginning of {} ({cut}); what the rest of them says is not known.",
            CountOf(count, "message")
        ),
    }
}

impl fmt::Display for LeaseStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeaseStatement::Exchange { .. } => self.exchange(f),
            LeaseStatement::More { count, granted, refused, unanswered, packets } => write!(
                f,
                "{} of DHCP: {} granted, {} refused, {} without an answer in the capture (they begin in {packets}).",
                CountOf(*count, "more exchange"),
                Grouped(*granted),
                Grouped(*refused),
                Grouped(*unanswered)
            ),
            LeaseStatement::LeasedTwice { address, first, second, packets } => {
                write!(f, "{address} was leased to {second} while {first} had it on lease ({packets}).")
            }
            LeaseStatement::TwoGrants { client, addresses, packets } => {
                write!(f, "Two servers granted {client} different addresses: ")?;
                listed(f, addresses, addresses.len())?;
                write!(f, " ({packets}).")
            }
            LeaseStatement::Unread { count, packets } => write!(
                f,
                "{} of DHCP {} cut off in the capture, before what tells the kind and the client (first {packets}).",
                CountOf(*count, "message"),
                if *count == 1 { "is" } else { "are" }
            ),
            LeaseStatement::Contradiction { client, message, servers, differences, packets } => {
                let first = servers.first().map_or_else(|| "A server".into(), |name| capital(name));
                listed(f, core::iter::once(&first).chain(servers.iter().skip(1)), servers.len().max(1))?;
                write!(f, " sent two {message} messages to {client}")?;
                f.write_str(" that contradict each other: ")?;
                listed(f, differences, differences.len())?;
                write!(f, " ({packets}). One of them may be of a server that should not be there.")
            }
            LeaseStatement::SeveralServers { servers, differences, exchanges, packets } => {
                let first = servers.first().map(|name| capital(name));
                listed(f, first.iter().chain(servers.iter().skip(1)), servers.len())?;
                write!(f, " answered the same client, in {} (first {packets})", CountOf(*exchanges, "exchange"))?;
                match differences.len() {
                    0 => f.write_str("."),
                    count => {
                        f.write_str("; their offers differ in ")?;
                        listed(f, differences, count)?;
                        f.write_str(".")
                    }
                }
            }
        }
    }
}

impl LeaseStatement {
    fn exchange(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LeaseStatement::Exchange {
            client,
            host_name,
            purpose,
            discovers,
            offers,
            offered,
            requests,
            repeated,
            reply,
            server,
            outcome,
            address,
            requested,
            granted,
            others,
            status,
            terms,
            reason,
            took,
            cut,
            unread,
        } = self
        else {
            return Ok(());
        };
        f.write_str(&capital(client))?;
        if let Some(name) = host_name {
            write!(f, ", which calls itself {name},")?;
        }
        write!(f, " {}", wants(purpose, address.as_deref()))?;
        match (discovers.is_empty(), requests.is_empty()) {
            (false, _) => write!(f, " ({discovers})")?,
            (true, false) => write!(f, " ({requests})")?,
            (true, true) if *unread > 0 => f.write_str(", with requests that cannot be read")?,
            (true, true) => f.write_str(" whose requests are not in the capture")?,
        }
        if !offers.is_empty() {
            f.write_str(": ")?;
            listed(f, offered, offered.len())?;
            write!(f, " ({offers})")?;
        }
        if !discovers.is_empty() && !requests.is_empty() {
            write!(f, ". It requested {} ({requests})", Named(requested))?;
        }
        let server = server.as_deref().unwrap_or("a server");
        let end = match (*outcome, reply) {
            ("granted", Some(reply)) => {
                let is_lease = matches!(
                    *purpose,
                    "new lease" | "reboot" | "renewal" | "rebinding" | "BOOTP" | "cut off" | "no request seen"
                );
                match granted.len() {
                    count if !is_lease || count == 0 => write!(f, ", and {server} answered")?,
                    // It was named with the request.
                    1 if !requests.is_empty() && granted == requested => write!(f, ", and {server} granted it")?,
                    _ => write!(f, ", and {server} granted {}", Named(granted))?,
                }
                if let Some(took) = took {
                    write!(f, " after {took}")?;
                }
                write!(f, " ({reply})")?;
                if !terms.is_empty() {
                    f.write_str(": ")?;
                    listed(f, terms, terms.len())?;
                }
                "."
            }
            ("refused", Some(reply)) => {
                write!(f, ", and {server} refused ({reply})")?;
                if let Some(status) = status {
                    write!(f, ": {status}")?;
                }
                "."
            }
            // What it took may be in what cannot be read.
            ("only offered", _) if *unread > 0 || !cut.is_empty() => ".",
            ("only offered", _) => "; it took no offer in the capture.",
            ("no answer", _) if *unread > 0 => "; no answer can be read in the capture.",
            ("no answer", _) => "; no answer is in the capture.",
            ("not known", Some(reply)) => {
                write!(f, ", and {server} answered ({reply})")?;
                "."
            }
            _ => ".",
        };
        if let Some(reason) = reason {
            write!(f, ", with the words \"{reason}\"")?;
        }
        f.write_str(end)?;
        after_exchange(f, others, repeated, cut)
    }

    /// Whether it tells of trouble: refused, unanswered, declined, or in conflict.
    pub(super) fn is_trouble(&self) -> bool {
        match self {
            LeaseStatement::Exchange { outcome, purpose, unread, .. } => {
                let has_none = *outcome == "no answer" && *purpose != "other" && *unread == 0;
                *outcome == "refused" || has_none || *purpose == "decline"
            }
            // The summary counts contradictions by themselves.
            LeaseStatement::More { .. }
            | LeaseStatement::SeveralServers { .. }
            | LeaseStatement::Unread { .. }
            | LeaseStatement::Contradiction { .. } => false,
            _ => true,
        }
    }

    /// The packet that shows it.
    pub(super) fn packet(&self) -> PacketList {
        match self {
            LeaseStatement::Exchange { discovers, requests, reply, .. } => {
                let lists = [reply.as_ref(), Some(requests), Some(discovers)];
                lists.into_iter().flatten().find(|list| !list.is_empty()).cloned().unwrap_or_default()
            }
            LeaseStatement::More { packets, .. }
            | LeaseStatement::LeasedTwice { packets, .. }
            | LeaseStatement::TwoGrants { packets, .. }
            | LeaseStatement::Unread { packets, .. }
            | LeaseStatement::Contradiction { packets, .. }
            | LeaseStatement::SeveralServers { packets, .. } => packets.clone(),
        }
    }
}

/// Tells the exchanges of a capture, and what is wrong with leases.
pub(super) fn tell(leases: &Leases) -> Vec<LeaseStatement> {
    let unread = leases.unusable_messages();
    let exchanges = leases.exchanges().take(MOST_TOLD).map(|exchange| of_exchange(exchange, unread));
    let mut told: Vec<LeaseStatement> = exchanges.collect();
    let (mut count, mut outcomes, mut packets) = (0, [0; 3], PacketList::default());
    for exchange in leases.exchanges().skip(MOST_TOLD) {
        count += 1;
        match exchange.outcome() {
            DhcpOutcome::Granted => outcomes[0] += 1,
            DhcpOutcome::Refused => outcomes[1] += 1,
            DhcpOutcome::Unanswered if unread == 0 => outcomes[2] += 1,
            _ => {}
        }
        packets.push(exchange.begin().packet);
    }
    if count > 0 {
        let [granted, refused, unanswered] = outcomes;
        told.push(LeaseStatement::More { count, granted, refused, unanswered, packets });
    }
    if let Some(first) = leases.first_unusable() {
        told.push(LeaseStatement::Unread { count: unread, packets: PacketList::one(first.packet) });
    }
    told.extend(leases.findings().iter().filter_map(of_finding).take(MOST_TOLD));
    told
}

fn is_discover(message: &DhcpMessage) -> bool {
    matches!(
        message.kind,
        DhcpMessageKind::V4(DhcpMessageType::Discover) | DhcpMessageKind::V6(Dhcpv6MessageType::Solicit)
    )
}

fn is_offer(message: &DhcpMessage) -> bool {
    matches!(
        message.kind,
        DhcpMessageKind::V4(DhcpMessageType::Offer) | DhcpMessageKind::V6(Dhcpv6MessageType::Advertise)
    )
}

fn of_exchange(exchange: &DhcpExchange, unread: u64) -> LeaseStatement {
    let of_client = |message: &&DhcpMessage| !message.is_from_server();
    let messages = exchange.messages.iter();
    let packets = |wanted: &dyn Fn(&&DhcpMessage) -> bool| -> PacketList {
        messages.clone().filter(wanted).map(|message| message.at.packet).collect()
    };
    let is_first = |message: &&DhcpMessage| !matches!(message.repetition, DhcpRepetition::Retransmission(_));
    let discovers = packets(&|message| is_discover(message) && is_first(message));
    let requests = packets(&|message| of_client(message) && !is_discover(message) && is_first(message));
    let repeated = packets(&|message| of_client(message) && !is_first(message));
    let last = messages.clone().enumerate().rev().find(|(_, message)| of_client(message) && !is_discover(message));
    let answers = Answers::of(exchange, last);
    let is_told_as_refusal = |message: &&DhcpMessage| answers.refusals.contains(&message.at.packet);
    let is_told_offer = |message: &&DhcpMessage| is_offer(message) && is_first(message) && !is_told_as_refusal(message);
    let offers = packets(&is_told_offer);
    let mut offered: Vec<String> = Vec::new();
    for text in messages.clone().filter(is_told_offer).map(offer_text) {
        if !offered.contains(&text) {
            offered.push(text);
        }
    }
    let last_request = last.map(|(_, message)| message);
    let address = answers
        .granted
        .and_then(DhcpMessage::address)
        .or_else(|| last_request.and_then(DhcpMessage::address))
        .or_else(|| exchange.offers().first().and_then(|offer| offer.address()));
    let (server, reason) = match answers.reply {
        Some(reply) => (reply.server.as_ref(), reply.reason.clone()),
        None => (None, last_request.and_then(|request| request.reason.clone())),
    };
    let outcome = match (exchange.outcome(), answers.reply) {
        // A relay agent or a client of BOOTP may have sent no request that is in the capture.
        (DhcpOutcome::Granted, _) if is_bootp_request_only(exchange) => DhcpOutcome::Unanswered,
        (DhcpOutcome::Granted | DhcpOutcome::Refused, Some(reply)) if reply.is_refusal() => DhcpOutcome::Refused,
        (DhcpOutcome::Granted | DhcpOutcome::Refused, Some(_)) => DhcpOutcome::Granted,
        (outcome, _) => outcome,
    };
    let took = answers.reply.and_then(|reply| {
        let before = messages.clone().take_while(|message| message.at.packet < reply.at.packet);
        let asked = before.filter(|message| !message.is_from_server());
        let asked = asked.filter(|message| !matches!(message.repetition, DhcpRepetition::Copy(_)));
        reply.at.since(&asked.last()?.at)
    });
    LeaseStatement::Exchange {
        client: client_name(&exchange.client),
        host_name: exchange.client.host_name.clone(),
        purpose: exchange.purpose.name(),
        discovers,
        offers,
        offered,
        requests,
        repeated,
        reply: answers.reply.map(|reply| match answers.refusals.is_empty() {
            true => PacketList::one(reply.at.packet),
            false => answers.refusals.iter().copied().collect(),
        }),
        server: server.map(server_name),
        outcome: outcome.name(),
        address: address.map(|address| address.to_string()),
        requested: last_request.map(addresses_of).unwrap_or_default(),
        granted: answers.granted.map(addresses_of).unwrap_or_default(),
        others: answers.others,
        status: answers.reply.and_then(|reply| reply.status).map(|status| status.to_string()),
        terms: answers.granted.map(|reply| terms(&reply.terms)).unwrap_or_default(),
        reason,
        took: took.map(Nanos),
        cut: exchange.cut_messages().map(|message| message.at.packet).collect(),
        unread,
    }
}

/// What servers answered to the last request.
struct Answers<'e> {
    /// The answer of the server that the request names; or else the last answer.
    reply: Option<&'e DhcpMessage>,
    /// The same, if it grants something.
    granted: Option<&'e DhcpMessage>,
    /// Messages that refuse, where there is no answer that ends the exchange.
    refusals: Vec<u64>,
    /// What further servers answered, each with its packet.
    others: Vec<String>,
}

impl<'e> Answers<'e> {
    fn of(exchange: &'e DhcpExchange, last: Option<(usize, &'e DhcpMessage)>) -> Self {
        let after = last.map_or(0, |(place, _)| place);
        let selected = last.and_then(|(_, request)| request.server.as_ref());
        let answers = exchange.messages.iter().skip(after).filter(|message| message.is_final());
        let is_selected = |answer: &&DhcpMessage| {
            selected.is_some() && answer.server.as_ref() == selected && exchange.counts_as_reply(answer)
        };
        let mut reply = answers.clone().rev().find(is_selected);
        reply = reply.or_else(|| exchange.reply());
        let is_new = |message: &&DhcpMessage| matches!(message.repetition, DhcpRepetition::None);
        let is_other = |message: &&DhcpMessage| reply.is_some_and(|reply| message.server != reply.server);
        let others = answers.filter(is_new).filter(is_other).map(|answer| {
            let server = answer.server.as_ref().map_or_else(|| "a server".into(), server_name);
            let packet = answer.at.packet;
            match answer.is_refusal() {
                true => format!("{server} refused (packet {packet})"),
                false => format!("{server} granted {} (packet {packet})", Named(&addresses_of(answer))),
            }
        });
        let others = others.collect();
        let mut refusals = Vec::new();
        if reply.is_none() && exchange.outcome() == DhcpOutcome::Refused {
            let refusing = exchange.messages.iter().filter(|message| message.is_from_server() && message.is_refusal());
            refusals.extend(refusing.clone().map(|message| message.at.packet));
            reply = refusing.clone().next_back();
        }
        Answers { reply, granted: reply.filter(|reply| !reply.is_refusal()), refusals, others }
    }
}

/// Addresses and prefixes of a message.
fn addresses_of(message: &DhcpMessage) -> Vec<String> {
    message.terms.addresses.iter().map(|(address, _)| address.to_string()).collect()
}

/// What a server offers.
fn offer_text(offer: &DhcpMessage) -> String {
    let server = offer.server.as_ref().map_or_else(|| "a server".into(), server_name);
    match (offer.terms.addresses.is_empty(), offer.status) {
        (false, _) => format!("{server} offered {}", Named(&addresses_of(offer))),
        (true, Some(status)) => format!("{server} answered {status}"),
        (true, None) => format!("{server} answered without an address"),
    }
}

/// The client in a sentence, not at its beginning.
fn client_name(client: &DhcpClient) -> String {
    match client.duid_mac() {
        Some(mac) => format!("the client with MAC address {mac}"),
        None => client.to_string(),
    }
}

/// A name at the beginning of a sentence.
fn capital(name: &str) -> String {
    name.strip_prefix("the ").map_or_else(|| name.into(), |rest| format!("The {rest}"))
}

/// The server in a sentence, not at its beginning.
fn server_name(server: &DhcpServer) -> String {
    match server.duid_mac() {
        Some(mac) => format!("the server with MAC address {mac}"),
        None => server.to_string(),
    }
}

fn is_bootp_request_only(exchange: &DhcpExchange) -> bool {
    exchange.messages.iter().all(|message| message.kind == DhcpMessageKind::Bootp(DhcpOperation::BootRequest))
}

/// What comes with an address, in words.
fn terms(terms: &DhcpTerms) -> Vec<String> {
    let list = |name: &str, plural: &str, items: Vec<String>| match items.len() {
        0 => None,
        1 => Some(format!("{name} {}", items.join(", "))),
        _ => Some(format!("{plural} {}", items.join(" and "))),
    };
    let texts = |items: &[core::net::Ipv4Addr]| items.iter().take(4).map(ToString::to_string).collect::<Vec<_>>();
    let lease = terms.lease_time.map(|seconds| match seconds {
        u32::MAX => "for ever".into(),
        seconds => format!("for {}", Nanos(i64::from(seconds) * 1_000_000_000)),
    });
    [
        lease,
        terms.mask.map(|mask| format!("mask {mask}")),
        list("gateway", "gateways", texts(&terms.routers)),
        list("name server", "name servers", terms.dns.iter().take(4).map(ToString::to_string).collect()),
        list("domain", "domains", terms.domains.iter().take(2).cloned().collect()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What two replies differ in, in words.
fn difference_text(difference: &DhcpDifference) -> String {
    format!("{} {} against {}", difference.name, difference.first, difference.second)
}

fn of_finding(finding: &LeaseFinding) -> Option<LeaseStatement> {
    Some(match finding {
        LeaseFinding::LeasedTwice { address, first, second } => LeaseStatement::LeasedTwice {
            address: address.to_string(),
            first: client_name(&first.0),
            second: client_name(&second.0),
            packets: [first.2.packet, second.2.packet].into_iter().collect(),
        },
        LeaseFinding::TwoGrants { client, first, second } => LeaseStatement::TwoGrants {
            client: client_name(client),
            addresses: [first, second].map(|grant| grant.0.to_string()).into(),
            packets: [first.2.packet, second.2.packet].into_iter().collect(),
        },
        LeaseFinding::Contradiction { client, kind, first, second, differences } => {
            let servers = [&first.0, &second.0].map(|server| server.as_ref().map(server_name));
            let mut servers: Vec<String> = servers.into_iter().flatten().collect();
            servers.dedup();
            LeaseStatement::Contradiction {
                client: client_name(client),
                message: kind.to_string(),
                servers,
                differences: differences.iter().map(difference_text).collect(),
                packets: [first.1.packet, second.1.packet].into_iter().collect(),
            }
        }
        LeaseFinding::SeveralServers { servers, differences, at, exchanges, .. } => LeaseStatement::SeveralServers {
            servers: servers.iter().map(server_name).collect(),
            differences: differences.clone(),
            exchanges: *exchanges,
            packets: PacketList::one(at.packet),
        },
        // Told with its exchange, or of no interest to others than the server.
        _ => return None,
    })
}
