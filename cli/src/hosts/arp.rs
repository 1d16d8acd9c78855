//! `packetsmith arp`: who has which IP address.

use super::arp_findings::findings;
use super::arp_words::kinds;
use super::{Common, Report, fit, many, optional, since, some};
use crate::outcome::Outcome;
use crate::stats::table::{Cell, Table, number, text};
use clap::ValueEnum;
use packetsmith::Examine;
use packetsmith::flow::Flows;
use packetsmith::hosts::{AddressEvidence, AddressRecord, AddressTable, MacClaim, Sighting, UnansweredAsker};
use packetsmith::output::Style;
use std::collections::BTreeSet;
use std::io;

/// Shows who has which IP address: by ARP, and by Neighbor Discovery of IPv6.
///
/// For each IP address there are the MAC addresses that claimed it, with the first and the last time and the kinds of messages.
/// Then comes what is remarkable: conflicts, changes, two answers to a request, addresses that are in use when a host probes
/// for them, signs of spoofing, virtual routers, proxies. At the end there are the hosts that asked and got no reply.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith arp trace.pcap
  packetsmith arp --top 0 trace.pcap                         all addresses
  packetsmith arp -Y 'vlan.id == 10' trace.pcap
  packetsmith arp -T json trace.pcap | jq '.findings[]'
  packetsmith read -Y arp.duplicate-address-detected trace.pcap

Kinds of messages: request (its sender), reply, announcement and gratuitous reply (gratuitous ARP), \
NS, NA, RS and RA (solicitations and advertisements of neighbors and routers). Probes claim nothing.

A reply is unsolicited if no request came in the 10 seconds before it. A second reply to the same request is unsolicited \
if it comes more than a second after that request.

Addresses of different interfaces, VLANs and tunnels are kept apart. Times run from the first packet of the \
file. -T csv writes the addresses.

Exit status: 0 if all went well, 1 if no message was used, 2 if a file could not be read to its end.")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Order of the addresses
    #[arg(long, value_name = "BY", default_value = "address")]
    sort: Sort,
}

/// Order of the addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// The address
    Address,
    /// The time of the first claim
    Time,
    /// The number of messages, the most first
    Messages,
    /// The number of MAC addresses, the most first
    Macs,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    super::run(&arguments.common, style, || ArpReport { arguments, table: AddressTable::default() })
}

struct ArpReport<'a> {
    arguments: &'a Arguments,
    table: AddressTable,
}

impl Report for ArpReport<'_> {
    const NEEDS_MESSAGES: bool = false;

    fn packet<'a>(&mut self, at: Sighting, _: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.table.packet(at, walks);
    }

    fn other_packet<'a>(&mut self, at: Sighting, _: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.table.other_packet(at, walks);
    }

    fn finish(&mut self, _: &Flows) {
        self.table.finish();
    }

    fn set_interface(&mut self, interface: u32) {
        self.table.set_interface(interface);
    }

    fn tables(&self, first: Option<i128>, width: usize) -> (Vec<Table>, u64) {
        let top = self.arguments.common.top();
        let mut table = addresses(&self.table, self.arguments.sort, first, top);
        fit(&mut table, width, &[("messages", 20)], &["last", "first"]);
        let mut tables = vec![table];
        tables.push(findings(&self.table, first, top, width));
        let unanswered = self.table.unanswered();
        if !unanswered.is_empty() {
            let mut table = without_reply(&unanswered, first, top);
            fit(&mut table, width, &[("addresses", 16)], &["asked for", "first", "last", "requests", "MAC"]);
            tables.push(table);
        }
        (tables, self.table.messages())
    }
}

fn addresses(all: &AddressTable, sort: Sort, first: Option<i128>, top: usize) -> Table {
    let mut records: Vec<&AddressRecord> = all.addresses().iter().filter(|record| !record.claims.is_empty()).collect();
    let messages = |record: &AddressRecord| record.claims.iter().map(|claim| claim.packets).sum::<u64>();
    records.sort_by_key(|record| (record.address, record.interface, record.vlan));
    match sort {
        Sort::Address => {}
        Sort::Time => records.sort_by_key(|record| record.claims.first().map(|claim| claim.first.packet)),
        Sort::Messages => records.sort_by_key(|record| std::cmp::Reverse(messages(record))),
        Sort::Macs => records.sort_by_key(|record| std::cmp::Reverse(record.claims.len())),
    }
    let has_interfaces = has_several(records.iter().map(|record| record.interface));
    let has_vlan = records.iter().any(|record| record.vlan.is_some());
    let mut columns = vec![
        text("address", "address"),
        number("interface", if has_interfaces { "interface" } else { "" }),
        number("vlan", if has_vlan { "VLAN" } else { "" }),
        text("mac", "MAC"),
        number("first", "first"),
        number("last", "last"),
        text("", "messages"),
        number("first_packet", ""),
        number("last_packet", ""),
        number("messages", ""),
    ];
    columns.extend(AddressEvidence::ALL.map(|kind| number(key(kind), "")));
    columns.extend([
        number("not_asked_for", ""),
        number("overrides", ""),
        number("other_frame_sources", ""),
        text("frame_source", ""),
        text("virtual_router", ""),
    ]);
    let count = records.len();
    let title = format!(
        "{} claimed by {} of ARP and Neighbor Discovery",
        many(count as u64, "address", "addresses"),
        many(all.messages(), "message", "messages")
    );
    let rows = records
        .iter()
        .flat_map(|record| record.claims.iter().map(|claim| row(record, claim, first, has_interfaces)))
        .collect();
    let mut table = Table { title, key: "addresses", columns, rows, ..Table::default() };
    table.cut(top);
    let left_out: u64 = records.iter().map(|record| record.left_out).sum();
    if all.unusable() > 0 {
        table.notes.push(format!(
            "{} not used: no addresses of hosts, cut off, or hop limit not 255",
            many(all.unusable(), "message", "messages")
        ));
    }
    if all.left_out() + left_out > 0 {
        table.notes.push(format!("{} addresses, hosts that ask and claims did not fit", all.left_out() + left_out));
    }
    table
}

fn key(evidence: AddressEvidence) -> &'static str {
    match evidence {
        AddressEvidence::Request => "requests",
        AddressEvidence::Reply => "replies",
        AddressEvidence::Announcement => "announcements",
        AddressEvidence::GratuitousReply => "gratuitous_replies",
        AddressEvidence::InverseReply => "inverse_replies",
        AddressEvidence::NeighborSolicitation => "neighbor_solicitations",
        AddressEvidence::NeighborAdvertisement => "neighbor_advertisements",
        AddressEvidence::RouterSolicitation => "router_solicitations",
        AddressEvidence::RouterAdvertisement => "router_advertisements",
        _ => "",
    }
}

fn row(record: &AddressRecord, claim: &MacClaim, first: Option<i128>, has_interfaces: bool) -> Vec<Cell> {
    let mut row = vec![
        Cell::text(record.address),
        if has_interfaces { Cell::Count(record.interface.into()) } else { Cell::Absent },
        record.vlan.map_or(Cell::Absent, |vlan| Cell::Count(vlan.into())),
        Cell::text(claim.mac),
        since(Some(claim.first), first),
        since(Some(claim.last), first),
        Cell::Text(kinds(claim)),
        Cell::Count(claim.first.packet),
        Cell::Count(claim.last.packet),
        Cell::Count(claim.packets),
    ];
    let count = |kind| claim.evidence().find(|(known, _)| *known == kind).map_or(0, |(_, count)| count);
    row.extend(AddressEvidence::ALL.map(|kind| some(count(kind))));
    row.extend([
        some(claim.unsolicited),
        some(claim.overrides),
        some(claim.other_frame_sources),
        optional(claim.frame_source),
        optional(claim.virtual_router()),
    ]);
    row
}

/// Whether there are several values.
fn has_several(mut values: impl Iterator<Item = u32>) -> bool {
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// Hosts that asked and got no reply.
fn without_reply(askers: &[UnansweredAsker], first: Option<i128>, top: usize) -> Table {
    let has_interfaces = has_several(askers.iter().map(|asker| asker.interface));
    let has_vlan = askers.iter().any(|asker| asker.vlan.is_some());
    let columns = vec![
        text("host", "host"),
        number("interface", if has_interfaces { "interface" } else { "" }),
        number("vlan", if has_vlan { "VLAN" } else { "" }),
        text("mac", "MAC"),
        number("unanswered", "no reply"),
        number("asked", "asked for"),
        number("requests", "requests"),
        number("first", "first"),
        number("last", "last"),
        text("addresses", "addresses"),
        number("first_packet", ""),
        number("last_packet", ""),
    ];
    // A host on several VLANs is one host, and an address that several hosts ask for is one address.
    let hosts: BTreeSet<_> = askers.iter().map(|asker| (asker.mac, asker.source)).collect();
    let targets = askers.iter().flat_map(|asker| asker.targets.iter().map(|(address, _)| address));
    let addresses: BTreeSet<_> = targets.collect();
    let title = format!(
        "Requests without a reply: {}, asked for by {}",
        many(addresses.len() as u64, "address", "addresses"),
        many(hosts.len() as u64, "host", "hosts")
    );
    let rows = askers.iter().map(|asker| unanswered_row(asker, first, has_interfaces)).collect();
    let mut table = Table { title, key: "without_reply", columns, rows, ..Table::default() };
    table.cut(top);
    table
}

fn unanswered_row(asker: &UnansweredAsker, first: Option<i128>, has_interfaces: bool) -> Vec<Cell> {
    let all: Vec<String> = asker.targets.iter().map(|(address, _)| address.to_string()).collect();
    let shown = match &all[..] {
        [only] => only.clone(),
        [first, .., last] => format!("{first} … {last}"),
        [] => String::new(),
    };
    vec![
        optional(asker.source),
        if has_interfaces { Cell::Count(asker.interface.into()) } else { Cell::Absent },
        asker.vlan.map_or(Cell::Absent, |vlan| Cell::Count(vlan.into())),
        optional(asker.mac),
        Cell::Count(asker.targets.len() as u64),
        Cell::Count(asker.asked),
        Cell::Count(asker.targets.iter().map(|(_, requests)| requests).sum()),
        since(Some(asker.times.0), first),
        since(Some(asker.times.1), first),
        Cell::Shown(shown, Box::new(Cell::Text(all.join(" ")))),
        Cell::Count(asker.times.0.packet),
        Cell::Count(asker.times.1.packet),
    ]
}
