//! Messages of DNS that are no lookups, and those whose names the capture cut.

use super::names::{add_packets, code_name};
use super::packet_list::{CountOf, Grouped, Nanos, PacketList, listed};
use super::statement_macro::statements;
use crate::hosts::{DnsLookup, DnsLookups, DnsOutcome, DnsService};
use crate::proto::dns::DnsOpcode;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most statements of a kind that are told one by one.
const MOST_TOLD: usize = 20;

/// Most names of an announcement that are told.
const MOST_NAMES: usize = 4;

statements! {
    /// What is said of messages of DNS that are no lookups, and of lookups whose names the capture cut.
    pub enum NameMessageStatement {
        /// The capture cut the names of lookups.
        Cut = "cut_lookups" {
            /// Who asked.
            client: IpAddr,
            /// Who was asked.
            server: IpAddr,
            /// `DNS`, `mDNS` or `LLMNR`.
            service: &'static str,
            /// How many lookups.
            count: u64,
            /// How many got a response without an error.
            answered: u64,
            /// How many got a response with an error.
            failed: u64,
            /// How many got no response.
            unanswered: u64,
            /// The queries.
            queries: PacketList,
            /// The responses.
            responses: PacketList,
        }
        /// An operation other than a query: an update of a zone, a notification, or another one.
        Operation = "dns_operation" {
            /// Who sent the request.
            client: IpAddr,
            /// Who got it.
            server: IpAddr,
            /// `DNS`, `mDNS` or `LLMNR`.
            service: &'static str,
            /// The operation: `update`, `notify`.
            operation: String,
            /// The name in the question section: of an update or a notification, the zone.
            name: String,
            /// The type with it.
            qtype: String,
            /// How often the request was sent.
            asked: u64,
            /// The requests.
            queries: PacketList,
            /// `accepted`, `failed`, `unanswered` or `unsolicited`: a response without a request.
            outcome: &'static str,
            /// The response code, if it failed.
            rcode: Option<String>,
            /// The responses.
            responses: PacketList,
            /// Time from the request to the response.
            took: Option<Nanos>,
        }
        /// Operations that are not told one by one.
        MoreOperations = "more_dns_operations" {
            /// How many.
            count: u64,
            /// How many of them failed, or had no response.
            failed: u64,
        }
        /// A host announced records, or took them back.
        Announced = "name_announced" {
            /// Who sent it.
            from: IpAddr,
            /// `DNS`, `mDNS` or `LLMNR`.
            service: &'static str,
            /// Names and types of the records.
            names: Vec<String>,
            /// Records in the answer section of the first of them, as its header counts them.
            records: u16,
            /// `yes`, if the capture cut the first of them, so that names may be missing; `no`.
            cut: &'static str,
            /// How many of the names that were read are not told.
            more_names: u64,
            /// `yes`, if it took the records back, with a time to live of 0; `no`.
            goodbye: &'static str,
            /// The packets.
            packets: PacketList,
        }
        /// Announcements that are not told one by one.
        MoreAnnounced = "more_names_announced" {
            /// How many.
            count: u64,
        }
    }
}

impl fmt::Display for NameMessageStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NameMessageStatement as S;
        match self {
            S::Cut { client, server, service, count, answered, failed, unanswered, queries, responses } => {
                let (name, was) = if *count == 1 { ("name", "was") } else { ("names", "were") };
                write!(
                    f,
                    "The capture cut the {name} of {} of {client} at {server} by {service} ({queries:#})",
                    CountOf(*count, "lookup")
                )?;
                let kinds = [
                    (answered, format!("{was} answered")),
                    (failed, format!("{was} answered with an error")),
                    (unanswered, "got no answer in the capture".into()),
                ];
                let told = kinds.into_iter().filter(|(number, _)| **number > 0);
                for (n, (number, text)) in told.enumerate() {
                    f.write_str(if n > 0 { ", " } else { ": " })?;
                    write!(
                        f,
                        "{} {}",
                        Grouped(*number),
                        if *number == 1 { text.replace("were", "was") } else { text }
                    )?;
                }
                if !responses.is_empty() {
                    write!(f, " (responses: {responses:#})")?;
                }
                f.write_str(".")
            }
            S::Operation { .. } => self.operation(f),
            S::MoreOperations { count, failed } => {
                write!(f, "There are {} of DNS other than lookups", CountOf(*count, "more operation"))?;
                match failed {
                    0 => f.write_str("."),
                    failed => write!(f, ", {} of them without success.", Grouped(*failed)),
                }
            }
            S::Announced { from, service, names, records, cut, more_names, goodbye, packets } => {
                let verb = if *goodbye == "yes" { "took back" } else { "announced" };
                write!(f, "{from} {verb} by {service}, and no question for it is in the capture ({packets:#})")?;
                if names.is_empty() {
                    return f.write_str(match *records {
                        0 => ": no records.",
                        _ if *cut == "yes" => ": the capture cut the names.",
                        _ => ": the names cannot be read.",
                    });
                }
                f.write_str(": ")?;
                let count = if *more_names > 0 { usize::MAX } else { names.len() };
                listed(f, names, count)?;
                match more_names {
                    0 => f.write_str("."),
                    more => write!(f, " and {} more.", Grouped(*more)),
                }
            }
            S::MoreAnnounced { count } => {
                write!(f, "There are {} of names.", CountOf(*count, "more announcement"))
            }
        }
    }
}

impl NameMessageStatement {
    fn operation(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NameMessageStatement::Operation {
            client,
            server,
            service,
            operation,
            name,
            qtype,
            asked,
            queries,
            outcome,
            rcode,
            responses,
            took,
        } = self
        else {
            return Ok(());
        };
        let what = match name.as_str() {
            "" => "a zone without a name".into(),
            name => format!("the zone {name}"),
        };
        if *outcome == "unsolicited" {
            write!(f, "{server} sent {client} by {service} a response to the operation {operation} of {what}")?;
            write!(f, ", and no request for it is in the capture ({responses})")?;
            return match rcode {
                Some(rcode) => write!(f, ": {rcode}."),
                None => f.write_str(": no error."),
            };
        }
        match operation.as_str() {
            "update" => write!(f, "{client} asked {server} by {service} to update {what}")?,
            "notify" => write!(f, "{client} notified {server} by {service} that {what} ({qtype}) may have changed")?,
            other => {
                write!(f, "{client} sent {server} by {service} the operation {other}")?;
                if !name.is_empty() {
                    write!(f, " about {name} ({qtype})")?;
                }
            }
        }
        if *asked > 1 {
            write!(f, " {}", super::tcp::Times(*asked))?;
        }
        write!(f, " ({queries})")?;
        let after = took.map(|took| format!(" after {took}")).unwrap_or_default();
        let it = match operation.as_str() {
            "update" => "the update was accepted",
            "notify" => "the notification was acknowledged",
            _ => "it was answered without an error",
        };
        match (*outcome, rcode) {
            ("accepted", _) => write!(f, ", and {it}{after} ({responses})."),
            ("unanswered", _) => f.write_str("; no response is in the capture."),
            (_, rcode) => {
                let rcode = rcode.as_deref().unwrap_or("an error");
                write!(f, ", and was refused{after} with {rcode} ({responses}).")
            }
        }
    }
}

/// Operations that went wrong.
#[derive(Default)]
pub(super) struct FailedOperations {
    pub(super) failed: (u64, PacketList),
    pub(super) unanswered: (u64, PacketList),
}

/// Tells the messages of a capture that are no lookups, and those that it cut.
pub(super) fn tell(lookups: &DnsLookups) -> (Vec<NameMessageStatement>, FailedOperations) {
    let mut told = cut_lookups(lookups);
    let (operations, failed) = operations(lookups);
    told.extend(operations);
    told.extend(announcements(lookups));
    (told, failed)
}

fn cut_lookups(lookups: &DnsLookups) -> Vec<NameMessageStatement> {
    let mut places: HashMap<(IpAddr, IpAddr, DnsService), usize> = HashMap::new();
    let mut told = Vec::new();
    for lookup in lookups.lookups().filter(|lookup| lookup.is_cut) {
        let (client, server) = (lookup.client.address, lookup.server.address);
        let place = *places.entry((client, server, lookup.service)).or_insert_with(|| {
            told.push(NameMessageStatement::Cut {
                client,
                server,
                service: lookup.service.name(),
                count: 0,
                answered: 0,
                failed: 0,
                unanswered: 0,
                queries: PacketList::default(),
                responses: PacketList::default(),
            });
            told.len() - 1
        });
        let Some(NameMessageStatement::Cut { count, answered, failed, unanswered, queries, responses, .. }) =
            told.get_mut(place)
        else {
            continue;
        };
        *count += 1;
        *match lookup.outcome() {
            DnsOutcome::Failed(_) => failed,
            DnsOutcome::Unanswered => unanswered,
            _ => answered,
        } += 1;
        add_packets(lookup, queries, responses);
    }
    told
}

fn operations(lookups: &DnsLookups) -> (Vec<NameMessageStatement>, FailedOperations) {
    type Key = (IpAddr, IpAddr, DnsService, DnsOpcode, String, DnsOutcome);
    let mut places: HashMap<Key, usize> = HashMap::new();
    let (mut told, mut more, mut more_failed) = (Vec::new(), 0, 0);
    let mut trouble = FailedOperations::default();
    for lookup in lookups.operations() {
        let (client, server, opcode) = (lookup.client.address, lookup.server.address, lookup.opcode);
        let outcome = lookup.outcome();
        let list = match outcome {
            DnsOutcome::Failed(_) => Some(&mut trouble.failed),
            DnsOutcome::Unanswered => Some(&mut trouble.unanswered),
            _ => None,
        };
        if let Some((count, packets)) = list {
            *count += 1;
            packets.push(lookup.response.as_ref().map_or(lookup.begin().packet, |response| response.at.packet));
        }
        let key = (client, server, lookup.service, opcode, lookup.name.clone(), outcome);
        let known = places.get(&key).copied();
        if known.is_none() && told.len() == MOST_TOLD {
            more += 1;
            more_failed += u64::from(lookup.is_failure());
            continue;
        }
        let place = known.unwrap_or_else(|| {
            places.insert(key, told.len());
            told.push(of_operation(lookup));
            told.len() - 1
        });
        if let Some(NameMessageStatement::Operation { asked, queries, responses, took, .. }) = told.get_mut(place) {
            *asked += u64::from(lookup.sent);
            *took = lookup.time().map(Nanos).filter(|_| responses.is_empty());
            add_packets(lookup, queries, responses);
        }
    }
    if more > 0 {
        told.push(NameMessageStatement::MoreOperations { count: more, failed: more_failed });
    }
    (told, trouble)
}

/// An operation, without its packets.
fn of_operation(lookup: &DnsLookup) -> NameMessageStatement {
    let response = lookup.response.as_ref();
    NameMessageStatement::Operation {
        client: lookup.client.address,
        server: lookup.server.address,
        service: super::names::service_of(lookup),
        operation: lookup.opcode.to_string(),
        name: lookup.name.clone(),
        qtype: lookup.qtype.map(|qtype| qtype.to_string()).unwrap_or_default(),
        asked: 0,
        queries: PacketList::default(),
        outcome: match lookup.outcome() {
            DnsOutcome::Failed(_) => "failed",
            DnsOutcome::Unanswered => "unanswered",
            DnsOutcome::Unsolicited => "unsolicited",
            _ => "accepted",
        },
        rcode: response.map(|response| response.rcode).filter(|rcode| u16::from(*rcode) != 0).map(code_name),
        responses: PacketList::default(),
        took: None,
    }
}

fn announcements(lookups: &DnsLookups) -> Vec<NameMessageStatement> {
    let mut places: HashMap<(IpAddr, DnsService, bool, Vec<String>), usize> = HashMap::new();
    let (mut told, mut more) = (Vec::new(), 0);
    for announcement in lookups.announced() {
        let all = announcement.names.iter();
        let mut names: Vec<String> = all.map(|(name, rtype)| format!("{name} ({rtype})")).collect();
        let key = (announcement.from, announcement.service, announcement.is_goodbye, names.clone());
        let known = places.get(&key).copied();
        if known.is_none() && told.len() == MOST_TOLD {
            more += 1;
            continue;
        }
        let place = known.unwrap_or_else(|| {
            places.insert(key, told.len());
            let more_names = names.len().saturating_sub(MOST_NAMES) as u64;
            names.truncate(MOST_NAMES);
            told.push(NameMessageStatement::Announced {
                from: announcement.from,
                service: announcement.service.name(),
                names,
                records: announcement.records,
                cut: if announcement.is_cut { "yes" } else { "no" },
                more_names,
                goodbye: if announcement.is_goodbye { "yes" } else { "no" },
                packets: PacketList::default(),
            });
            told.len() - 1
        });
        if let Some(NameMessageStatement::Announced { packets, .. }) = told.get_mut(place) {
            packets.push(announcement.at.packet);
        }
    }
    if more > 0 {
        told.push(NameMessageStatement::MoreAnnounced { count: more });
    }
    told
}
