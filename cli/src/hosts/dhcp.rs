//! `packetsmith dhcp`: exchanges and leases.

use super::dhcp_text::{finding, finding_key, messages, result, took};
use super::{Common, Report, cut, fit, many, optional, since, some, wrap};
use crate::outcome::Outcome;
use crate::stats::table::{Cell, Table, number, text};
use clap::ValueEnum;
use packetsmith::Examine;
use packetsmith::flow::Flows;
use packetsmith::hosts::{
    DhcpExchange, DhcpMessageKind, DhcpOutcome, DhcpRepetition, DhcpServer, Lease, LeaseEnd, Leases, Sighting,
};
use packetsmith::output::Style;
use std::collections::BTreeMap;
use std::io;

/// Shows what DHCP leased: exchanges of messages, leases, servers, and conflicts.
///
/// DHCP, DHCPv6 and BOOTP. An exchange is what a client asks for in one matter, with the replies: a new lease, its renewal
/// (with the server of the lease), its rebinding (with any server), the return to an address after a restart, a release and so
/// on. Then come the leases with their ends, what each server did, and what should not be: an address leased to two clients, two
/// servers that grant different addresses, offers that differ, addresses that are in use.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith dhcp trace.pcap
  packetsmith dhcp --messages trace.pcap                     each message, and what it says
  packetsmith dhcp --failures trace.pcap                     refused, and without an answer
  packetsmith dhcp -Y 'dhcp.hw.mac_addr == 02:00:00:00:00:01' trace.pcap
  packetsmith dhcp -T json trace.pcap | jq '.leases[]'

States of a REQUEST are told apart as in RFC 2131, table 4. With -Y, an exchange counts if one of its \
packets passes the filter; what should not be is said of all packets. Times run from the first packet of \
the file. -T csv writes the exchanges.

Exit status: 0 if all went well, 1 if no message counts, 2 if a file could not be read to its end.")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Order of the exchanges
    #[arg(long, value_name = "BY", default_value = "time")]
    sort: Sort,
    /// Show only exchanges that were refused or not answered
    #[arg(long)]
    failures: bool,
    /// Show the messages of each exchange, with the times between them, and what was granted
    #[arg(long)]
    messages: bool,
}

/// Order of the exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// The time of the first message
    Time,
    /// The client
    Client,
    /// The time until the reply, the longest first
    Slowness,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    super::run(&arguments.common, style, || DhcpReport { arguments, leases: Leases::default() })
}

struct DhcpReport<'a> {
    arguments: &'a Arguments,
    leases: Leases,
}

impl Report for DhcpReport<'_> {
    const NEEDS_MESSAGES: bool = false;

    fn packet<'a>(&mut self, at: Sighting, _: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.leases.packet(at, walks);
    }

    fn other_packet<'a>(&mut self, at: Sighting, _: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.leases.other_packet(at, walks);
    }

    fn finish(&mut self, _: &Flows) {}

    fn tables(&self, first: Option<i128>, width: usize) -> (Vec<Table>, u64) {
        let (arguments, leases) = (self.arguments, &self.leases);
        let top = arguments.common.top();
        let mut table = exchanges(leases, arguments, first, width);
        fit(&mut table, width, &[("server", 15), ("client", 17), ("result", 16), ("for", 9)], &["start", "time"]);
        let mut tables = vec![table];
        if !arguments.failures {
            let mut table = lease_table(leases, first, top);
            fit(&mut table, width, &[("host name", 9), ("client", 17), ("end", 12)], &["renewals", "granted"]);
            tables.push(table);
            let mut table = servers(leases, top);
            fit(&mut table, width, &[("server", 20)], &[]);
            tables.push(table);
        }
        tables.push(findings(leases, first, top, width));
        (tables, leases.messages())
    }
}

fn exchanges(leases: &Leases, arguments: &Arguments, first: Option<i128>, width: usize) -> Table {
    let is_shown = |exchange: &&DhcpExchange| {
        !arguments.failures || matches!(exchange.outcome(), DhcpOutcome::Refused | DhcpOutcome::Unanswered)
    };
    let mut shown: Vec<&DhcpExchange> = leases.exchanges().filter(is_shown).collect();
    match arguments.sort {
        Sort::Time => {}
        Sort::Client => shown.sort_by_cached_key(|exchange| exchange.client.to_string()),
        Sort::Slowness => shown.sort_by_key(|exchange| std::cmp::Reverse(exchange.duration())),
    }
    let columns = vec![
        number("packet", "packet"),
        number("start", "start"),
        text("client", "client"),
        text("purpose", "for"),
        text("outcome", ""),
        text("address", "result"),
        text("server", "server"),
        number("time", "time"),
        text("messages", ""),
        number("retransmissions", ""),
        text("relay", ""),
        text("host_name", ""),
        text("vendor_class", ""),
        text("client_identifier", ""),
        text("transaction", ""),
        number("vlan", ""),
        number("lease_time", ""),
        number("renewal_time", ""),
        number("rebinding_time", ""),
        text("mask", ""),
        text("routers", ""),
        text("dns", ""),
        text("domains", ""),
        text("reason", ""),
        number("cut_messages", ""),
    ];
    let count = shown.len() as u64;
    let title = format!(
        "{}{} of {}",
        many(count, "exchange", "exchanges"),
        if arguments.failures { " without success" } else { "" },
        many(leases.messages(), "message", "messages")
    );
    let rows = shown.iter().map(|exchange| exchange_row(exchange, first)).collect();
    let mut table = Table { title, key: "exchanges", columns, rows, ..Table::default() };
    table.cut(arguments.common.top());
    if arguments.messages {
        for exchange in shown.iter().take(table.rows.len()) {
            describe(exchange, first, width - 2, &mut table.lines);
        }
    }
    if leases.unusable_messages() > 0 {
        table.notes.push(format!(
            "{} not used: cut off before what tells their kind and their client",
            many(leases.unusable_messages(), "message", "messages")
        ));
    }
    let cut: u64 = shown.iter().map(|exchange| exchange.cut_messages().count() as u64).sum();
    if cut > 0 {
        table.notes.push(format!(
            "{} of these exchanges {} cut off: what seems to be missing may be in the rest",
            many(cut, "message", "messages"),
            if cut == 1 { "is" } else { "are" }
        ));
    }
    if leases.left_out() > 0 {
        table.notes.push(format!("{} exchanges, leases and findings did not fit", leases.left_out()));
    }
    table
}

/// What was granted, or offered.
fn terms(exchange: &DhcpExchange) -> Option<&packetsmith::hosts::DhcpTerms> {
    exchange.granted().or_else(|| exchange.offers().first().map(|offer| &offer.terms))
}

fn list<T: ToString>(items: &[T]) -> Cell {
    match items {
        [] => Cell::Absent,
        items => Cell::Text(items.iter().map(T::to_string).collect::<Vec<_>>().join(" ")),
    }
}

fn exchange_row(exchange: &DhcpExchange, first: Option<i128>) -> Vec<Cell> {
    let client = &exchange.client;
    let terms = terms(exchange);
    let replied = exchange.reply().or_else(|| exchange.offers().first().copied());
    let server = replied.and_then(|reply| reply.server.as_ref());
    let relay = exchange.messages.iter().find_map(|message| message.relay);
    let identifier: String = client.identifier.iter().map(|byte| format!("{byte:02x}")).collect();
    let address = replied.and_then(|reply| reply.address());
    let seconds = |time: Option<u32>| time.map_or(Cell::Absent, |time| Cell::Count(time.into()));
    vec![
        Cell::Count(exchange.begin().packet),
        since(Some(exchange.begin()), first),
        Cell::text(client),
        Cell::text(exchange.purpose.name()),
        Cell::text(exchange.outcome().name()),
        Cell::Shown(result(exchange), Box::new(optional(address))),
        server.map_or(Cell::Absent, |server| {
            let shown = server.to_string();
            let short = shown.strip_prefix("DUID ").unwrap_or(&shown);
            Cell::Shown(cut(short, 24), Box::new(Cell::text(server)))
        }),
        Cell::seconds(exchange.duration().map(i128::from), 6),
        Cell::Text(messages(exchange)),
        some(exchange.retransmissions() as u64),
        optional(relay),
        optional(client.host_name.as_ref()),
        optional(client.vendor_class.as_ref()),
        optional(Some(identifier).filter(|identifier| !identifier.is_empty())),
        Cell::Text(format!("{:#010x}", exchange.transaction)),
        exchange.vlan.map_or(Cell::Absent, |vlan| Cell::Count(vlan.into())),
        seconds(terms.and_then(|terms| terms.lease_time)),
        seconds(terms.and_then(|terms| terms.renewal_time)),
        seconds(terms.and_then(|terms| terms.rebinding_time)),
        optional(terms.and_then(|terms| terms.mask)),
        terms.map_or(Cell::Absent, |terms| list(&terms.routers)),
        terms.map_or(Cell::Absent, |terms| list(&terms.dns)),
        terms.map_or(Cell::Absent, |terms| list(&terms.domains)),
        optional(exchange.messages.iter().rev().find_map(|message| message.reason.as_ref())),
        some(exchange.cut_messages().count() as u64),
    ]
}

/// An exchange in lines.
fn describe(exchange: &DhcpExchange, first: Option<i128>, width: usize, lines: &mut Vec<String>) {
    let client = &exchange.client;
    let mut names = Vec::new();
    names.extend(client.host_name.iter().map(|name| format!("host name {name}")));
    names.extend(client.vendor_class.iter().map(|class| format!("vendor class {class}")));
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let head = format!(
        "packet {}: {client}{names}: {}: {}",
        exchange.begin().packet,
        exchange.purpose.name(),
        result(exchange)
    );
    wrap(&head, width, 4, lines);
    let mut before: Option<Sighting> = None;
    for message in &exchange.messages {
        let start = first.zip(message.at.time).map(|(first, now)| now - first);
        let gap = before.and_then(|before| message.at.since(&before));
        let gap = gap.map_or(String::new(), |gap| format!("+{}", took(Some(gap.into()))));
        let (packet, start) = (message.at.packet, took(start));
        let mut line = format!("    {packet:>6}  {start:>12}  {gap:>10}  {}", message.kind);
        if let Some((from, to)) = message.addresses {
            line += &format!(" {from} → {to}");
        }
        line += &super::dhcp_text::details(message);
        wrap(&line, width, 38, lines);
        before = Some(message.at);
    }
    if exchange.left_out > 0 {
        lines.push(format!("    and {} more", many(exchange.left_out, "message", "messages")));
    }
    if let Some(text) = terms(exchange).and_then(super::dhcp_text::terms) {
        let what = if exchange.granted().is_some() { "granted" } else { "offered" };
        wrap(&format!("    {what}: {text}"), width, 6, lines);
    }
}

fn lease_table(leases: &Leases, first: Option<i128>, top: usize) -> Table {
    let columns = vec![
        text("address", "address"),
        text("client", "client"),
        text("host_name", "host name"),
        number("granted", "granted"),
        number("renewals", "renewals"),
        number("lease_time", "lease"),
        text("end", "end"),
        number("granted_packet", ""),
        number("renewed_packet", ""),
        number("end_packet", ""),
        text("server", ""),
        text("reused", ""),
        number("vlan", ""),
    ];
    let all: Vec<&Lease> = leases.leases().collect();
    let title = many(all.len() as u64, "lease", "leases");
    let rows = all.iter().map(|lease| lease_row(lease, first, leases.last_time())).collect();
    let mut table = Table { title, key: "leases", columns, rows, ..Table::default() };
    table.cut(top);
    table
}

fn lease_row(lease: &Lease, first: Option<i128>, now: Option<i128>) -> Vec<Cell> {
    let end_at = match lease.end {
        LeaseEnd::Released(at)
        | LeaseEnd::Declined(at)
        | LeaseEnd::Refused(at)
        | LeaseEnd::Replaced(at)
        | LeaseEnd::Taken(at)
        | LeaseEnd::Unclear(at) => Some(at),
        _ => None,
    };
    let word = match lease.end {
        LeaseEnd::Released(_) => "released",
        LeaseEnd::Declined(_) => "declined",
        LeaseEnd::Refused(_) => "refused",
        LeaseEnd::Replaced(_) => "another address",
        LeaseEnd::Taken(_) => "another client",
        LeaseEnd::Unclear(_) => "not known",
        _ if lease.has_expired(now) => "run out",
        _ => "open",
    };
    let by = if matches!(lease.end, LeaseEnd::Unclear(_)) { "since" } else { "in" };
    let at = end_at.map_or(String::new(), |at| format!(" {by} packet {}", at.packet));
    let reused = if lease.is_reused { ", address reused" } else { "" };
    let shown = match lease.lease_time {
        Some(u32::MAX) => Cell::Shown("infinite".into(), Box::new(Cell::Count(u32::MAX.into()))),
        Some(time) => Cell::Shown(format!("{time} s"), Box::new(Cell::Count(time.into()))),
        None => Cell::Absent,
    };
    vec![
        Cell::text(lease.address),
        Cell::text(&lease.client),
        lease
            .client
            .host_name
            .as_ref()
            .map_or(Cell::Absent, |name| Cell::Shown(cut(name, 20), Box::new(Cell::text(name)))),
        since(Some(lease.granted.0), first),
        some(lease.renewals),
        shown,
        Cell::Shown(format!("{word}{at}{reused}"), Box::new(Cell::text(word))),
        Cell::Count(lease.granted.0.packet),
        Cell::Count(lease.granted.1.packet),
        end_at.map_or(Cell::Absent, |at| Cell::Count(at.packet)),
        optional(lease.server.as_ref()),
        if lease.is_reused { Cell::text("yes") } else { Cell::Absent },
        lease.vlan.map_or(Cell::Absent, |vlan| Cell::Count(vlan.into())),
    ]
}

/// What each server did.
fn servers(leases: &Leases, top: usize) -> Table {
    let columns = vec![
        text("server", "server"),
        number("offers", "offers"),
        number("grants", "grants"),
        number("refusals", "refusals"),
        number("exchanges", "exchanges"),
    ];
    let mut counts: BTreeMap<&DhcpServer, [u64; 4]> = BTreeMap::new();
    for exchange in leases.exchanges() {
        for server in exchange.servers() {
            counts.entry(server).or_default()[3] += 1;
        }
        for message in exchange.messages.iter().filter(|message| message.is_from_server()) {
            let Some(server) = &message.server else { continue };
            let is_repeated = matches!(message.repetition, DhcpRepetition::Retransmission(_) | DhcpRepetition::Copy(_));
            if is_repeated || message.is_result_cut() {
                continue;
            }
            let is_refusal = matches!(&message.kind, DhcpMessageKind::V4(kind) if kind.to_string() == "NAK")
                || message.status.is_some();
            let place = match (message.is_final(), is_refusal) {
                (_, true) => 2,
                (true, false) => 1,
                (false, false) => 0,
            };
            counts.entry(server).or_default()[place] += 1;
        }
    }
    let title = format!("Servers: {}", counts.len());
    let rows =
        counts.iter().map(|(server, counts)| [Cell::text(server)].into_iter().chain(counts.map(Cell::Count)).collect());
    let mut table = Table { title, key: "servers", columns, rows: rows.collect(), ..Table::default() };
    table.cut(top);
    table
}

fn findings(leases: &Leases, first: Option<i128>, top: usize, width: usize) -> Table {
    let found = leases.findings();
    let columns =
        vec![text("kind", ""), number("packet", ""), number("time", ""), text("address", ""), text("text", "")];
    let title = format!("Findings: {}", found.len());
    let mut table = Table { title, key: "findings", columns, ..Table::default() };
    for each in &found {
        let (what, address) = finding(each);
        table.rows.push(vec![
            Cell::text(finding_key(each)),
            Cell::Count(each.at().packet),
            since(Some(each.at()), first),
            optional(address),
            Cell::Text(what),
        ]);
    }
    table.cut(top);
    for each in found.iter().take(table.rows.len()) {
        wrap(&format!("packet {}: {}", each.at().packet, finding(each).0), width - 2, 4, &mut table.lines);
    }
    table
}
