//! Lookups of names.

use super::packet_list::{CountOf, Grouped, Nanos, PacketList, listed};
use super::statement_macro::statements;
use crate::hosts::{DnsAnswer, DnsLookup, DnsLookups, DnsOutcome, DnsResponse, DnsRetry, DnsService, DnsTransport};
use crate::proto::dns::{DnsOpcode, DnsRcode, DnsType};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most questions that are told one by one, and most that failed beside them.
const MOST_TOLD: usize = 20;
const MOST_FAILED: usize = 20;

/// Most answers that are told.
const MOST_ANSWERS: usize = 4;

statements! {
    /// What is said of DNS, multicast DNS and LLMNR.
    pub enum NameStatement {
        /// A question, and what answered it.
        Lookup = "lookup" {
            /// Who asked.
            client: IpAddr,
            /// Who was asked.
            server: IpAddr,
            /// `DNS`, `mDNS` or `LLMNR`.
            service: &'static str,
            /// The name.
            name: String,
            /// The type of records.
            qtype: String,
            /// How often the question was asked.
            asked: u64,
            /// The queries.
            queries: PacketList,
            /// `yes`, if it is a probe of multicast DNS: the host wants to have the name alone (RFC 6762 §8.1); `no`.
            probe: &'static str,
            /// `answered`, `alias_only`, `no_data`, `truncated`, `failed`, `unanswered` or `unsolicited`.
            outcome: &'static str,
            /// The response code, if it failed.
            rcode: Option<String>,
            /// The answers; of several responses, those of the first.
            answers: Vec<String>,
            /// `yes`, if other responses have other answers; `no`.
            answers_differ: &'static str,
            /// How many answers there are.
            answer_count: u64,
            /// How many of them are not told.
            more_answers: u64,
            /// Who answered, if not the one who was asked.
            answered_by: Option<IpAddr>,
            /// The responses.
            responses: PacketList,
            /// Time from the query to the response.
            took: Option<Nanos>,
            /// What the client did then, if it had no answer.
            retry: Option<String>,
            /// The connection that went to an address of the answer: `tcp.stream`.
            connection: Option<u64>,
        }
        /// A second response to a question contradicts the first.
        Contradicted = "contradicting_response" {
            /// Who asked.
            client: IpAddr,
            /// Who was asked.
            server: IpAddr,
            /// `DNS`, `DNS over TCP` or `LLMNR`.
            service: &'static str,
            /// The name.
            name: String,
            /// The type of records.
            qtype: String,
            /// The first response.
            first: PacketList,
            /// The response that contradicts it.
            second: PacketList,
            /// Its response code, if it is an error.
            rcode: Option<String>,
            /// Its answers.
            answers: Vec<String>,
            /// How many of them are not told.
            more_answers: u64,
        }
        /// Lookups that are not told one by one.
        More = "more_lookups" {
            /// Who asked.
            client: IpAddr,
            /// Who was asked.
            server: IpAddr,
            /// `DNS`, `mDNS` or `LLMNR`.
            service: &'static str,
            /// How many lookups.
            count: u64,
            /// How many failed, or had no response.
            failed: u64,
            /// The first packets of them.
            packets: PacketList,
        }
        /// Lookups of further hosts.
        Others = "other_lookups" {
            /// How many lookups.
            count: u64,
            /// How many failed, or had no response.
            failed: u64,
        }
    }
}

impl fmt::Display for NameStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NameStatement::Lookup { .. } => self.lookup(f),
            NameStatement::Contradicted {
                client,
                server,
                service,
                name,
                qtype,
                first,
                second,
                rcode,
                answers,
                more_answers,
            } => {
                write!(
                    f,
                    "A second response of {server} to the question of {client} by {service} for {name} ({qtype}) ({second}) \
                     contradicts the first ({first}): it "
                )?;
                match (rcode, answers.is_empty()) {
                    (Some(rcode), _) => write!(f, "was {rcode}")?,
                    (None, true) => f.write_str("had no answers")?,
                    (None, false) => {
                        f.write_str("said ")?;
                        listed(f, answers, answers.len())?;
                        if *more_answers > 0 {
                            write!(f, ", and {} more", Grouped(*more_answers))?;
                        }
                    }
                }
                f.write_str(". One of the two may be forged.")
            }
            NameStatement::More { client, server, service, count, failed, packets } => {
                write!(f, "{client} made {} at {server} by {service}", CountOf(*count, "more lookup"))?;
                failures(f, *failed)?;
                write!(f, " ({packets:#}).")
            }
            NameStatement::Others { count, failed } => {
                write!(f, "There are {} of other hosts", CountOf(*count, "more lookup"))?;
                failures(f, *failed)?;
                f.write_str(".")
            }
        }
    }
}

/// How aliases are called, by whether responses differ and how many there are.
fn alias_words(differ: &str, count: u64) -> &'static str {
    match (differ, count) {
        ("yes", _) => "aliases, first",
        (_, 1) => "the alias",
        _ => "the aliases",
    }
}

/// `response` or `responses`, with a verb.
fn plural(responses: &PacketList, one: &'static str, many: &'static str) -> (&'static str, &'static str) {
    if responses.count() > 1 { ("responses", many) } else { ("response", one) }
}

fn failures(f: &mut fmt::Formatter<'_>, failed: u64) -> fmt::Result {
    match failed {
        0 => Ok(()),
        1 => f.write_str(", one of them without success"),
        failed => write!(f, ", {} of them without success", Grouped(failed)),
    }
}

impl NameStatement {
    fn lookup(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NameStatement::Lookup {
            client,
            server,
            service,
            name,
            qtype,
            asked,
            queries,
            probe,
            outcome,
            rcode,
            answers,
            answers_differ,
            answer_count: _,
            more_answers,
            answered_by,
            responses,
            took,
            retry,
            connection,
        } = self
        else {
            return Ok(());
        };
        let what = if name.is_empty() { "a question without a name".into() } else { format!("{name} ({qtype})") };
        let is_probe = *probe == "yes";
        if *outcome == "unsolicited" {
            match responses.count() {
                0 | 1 => write!(f, "{server} sent {client} a response about {what}")?,
                count => write!(f, "{server} sent {client} {} about {what}", CountOf(count, "response"))?,
            }
            write!(f, ", and no query for it is in the capture ({responses})")?;
        } else {
            match server.is_multicast() {
                true if is_probe => write!(f, "{client} probed by {service} whether another host has the name {name}")?,
                true => write!(f, "{client} asked the group {server} by {service} for {what}")?,
                false => write!(f, "{client} asked {server} by {service} for {what}")?,
            }
            if *asked > 1 {
                write!(f, " {}", super::tcp::Times(*asked))?;
            }
            write!(f, " ({queries})")?;
        }
        let from = answered_by.map(|by| format!(" of {by}")).unwrap_or_default();
        let after = took.map(|took| format!(" after {took}")).unwrap_or_default();
        match *outcome {
            "answered" | "unsolicited" => {
                if *outcome == "answered" {
                    write!(f, ", and got the answer{from}{after} ({responses})")?;
                }
                if !answers.is_empty() {
                    f.write_str(if *answers_differ == "yes" { "; answers differ, the first has " } else { ": " })?;
                    listed(f, answers, answers.len())?;
                    if *more_answers > 0 {
                        write!(f, ", and {} more", Grouped(*more_answers))?;
                    }
                }
                f.write_str(".")?;
            }
            "alias_only" => {
                let (response, verb) = plural(responses, "names", "name");
                let alias = alias_words(answers_differ, answers.len() as u64 + more_answers);
                write!(f, ", and the {response}{from}{after} {verb} only {alias} ")?;
                listed(f, answers, answers.len())?;
                if *more_answers > 0 {
                    write!(f, ", and {} more", Grouped(*more_answers))?;
                }
                write!(f, ", and no {qtype} record ({responses}).")?;
            }
            "no_data" => {
                let (response, _) = plural(responses, "", "");
                write!(f, ", and the {response}{from}{after} had no such record ({responses}).")?;
            }
            "truncated" => {
                let (response, verb) = plural(responses, "was", "were");
                write!(f, "; the {response}{from}{after} {verb} truncated ({responses}).")?;
            }
            "failed" => {
                let (response, verb) = plural(responses, "was", "were");
                let rcode = rcode.as_deref().unwrap_or("an error");
                write!(f, ", and the {response}{from}{after} {verb} {rcode} ({responses}).")?;
            }
            _ if is_probe => {
                f.write_str("; no host answered in the capture, so nothing in it speaks against the name.")?
            }
            _ if server.is_multicast() => f.write_str("; nobody answered in the capture.")?,
            _ => f.write_str("; no answer is in the capture.")?,
        }
        if let Some(retry) = retry {
            write!(f, " Then {client} {retry}.")?;
        }
        match connection {
            Some(stream) => write!(f, " Connection {stream} then went to that address."),
            None => Ok(()),
        }
    }
}

/// Whether an operation asks for a name.
pub(super) fn is_lookup(opcode: DnsOpcode) -> bool {
    matches!(opcode, DnsOpcode::Query | DnsOpcode::InverseQuery)
}

/// What makes questions the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SameLookup {
    client: IpAddr,
    server: IpAddr,
    service: DnsService,
    name: String,
    qtype: Option<DnsType>,
    outcome: DnsOutcome,
    is_probe: bool,
    is_alias_only: bool,
}

/// Lookups that are the same.
struct SameLookups<'l> {
    first: &'l DnsLookup,
    answers_differ: bool,
    lookups: u64,
    asked: u64,
    queries: PacketList,
    responses: PacketList,
}

/// What went wrong with lookups.
pub(super) struct FailedLookups {
    pub(super) failed: (u64, PacketList),
    pub(super) unanswered: (u64, PacketList),
    pub(super) contradicted: (u64, PacketList),
}

/// Tells the lookups of a capture. `connection` finds the first connection of a client to a server after a packet.
pub(super) fn tell(
    lookups: &DnsLookups,
    connection: impl Fn(IpAddr, IpAddr, u64) -> Option<u64>,
) -> (Vec<NameStatement>, FailedLookups) {
    let [failed, unanswered, contradicted] = Default::default();
    let mut failed = FailedLookups { failed, unanswered, contradicted };
    let mut contradictions = Vec::new();
    let mut places: HashMap<SameLookup, usize> = HashMap::new();
    let mut all: Vec<SameLookups<'_>> = Vec::new();
    for lookup in lookups.lookups() {
        let list = match lookup.outcome() {
            DnsOutcome::Failed(_) => Some(&mut failed.failed),
            DnsOutcome::Unanswered if lookup.service == DnsService::Dns => Some(&mut failed.unanswered),
            _ => None,
        };
        if let Some((count, packets)) = list {
            *count += 1;
            packets.push(lookup.response.as_ref().map_or(lookup.begin().packet, |response| response.at.packet));
        }
        if let Some(other) = &lookup.other_response {
            let (count, packets) = &mut failed.contradicted;
            *count += 1;
            packets.push(other.at.packet);
            if contradictions.len() < MOST_FAILED {
                contradictions.extend(contradiction(lookup, other));
            }
        }
        // These are told together.
        if lookup.is_cut {
            continue;
        }
        let key = SameLookup {
            client: lookup.client.address,
            server: lookup.server.address,
            service: lookup.service,
            name: lookup.name.clone(),
            qtype: lookup.qtype,
            outcome: lookup.outcome(),
            is_probe: lookup.is_probe,
            is_alias_only: is_alias_only(lookup),
        };
        let place = *places.entry(key).or_insert_with(|| {
            let (queries, responses) = Default::default();
            all.push(SameLookups { first: lookup, answers_differ: false, lookups: 0, asked: 0, queries, responses });
            all.len() - 1
        });
        let same = &mut all[place];
        same.lookups += 1;
        same.answers_differ |= answers_of(lookup) != answers_of(same.first);
        same.asked += u64::from(lookup.sent);
        add_packets(lookup, &mut same.queries, &mut same.responses);
    }
    let mut told = sorted_out(&all, connection);
    told.extend(contradictions);
    (told, failed)
}

/// Adds the packets of a lookup.
pub(super) fn add_packets(lookup: &DnsLookup, queries: &mut PacketList, responses: &mut PacketList) {
    queries.extend(lookup.query.map(|at| at.packet));
    queries.extend(lookup.queries_between.iter().copied());
    if let Some(last) = lookup.last_query.filter(|_| lookup.sent > 1) {
        queries.count_more(u64::from(lookup.sent).saturating_sub(2 + lookup.queries_between.len() as u64));
        queries.push(last.packet);
    }
    responses.extend(lookup.response.as_ref().map(|response| response.at.packet));
    responses.extend(lookup.responses_again.iter().copied());
    // A response that contradicts the first has a statement of its own.
    let known = lookup.responses_again.len() as u64 + u64::from(lookup.other_response.is_some());
    responses.count_more(u64::from(lookup.more_responses).saturating_sub(known));
}

/// Tells a response that contradicts the first.
fn contradiction(lookup: &DnsLookup, other: &DnsResponse) -> Option<NameStatement> {
    let not_read = u64::from(other.answer_count).saturating_sub(other.answers.len() as u64);
    let ToldAnswers { texts, more, .. } =
        answer_texts(other.answers.iter(), |answer| answer.data.clone(), (not_read, other.is_cut));
    Some(NameStatement::Contradicted {
        client: lookup.client.address,
        server: lookup.server.address,
        service: service_of(lookup),
        name: lookup.name.clone(),
        qtype: lookup.qtype.map(|qtype| qtype.to_string()).unwrap_or_default(),
        first: PacketList::one(lookup.response.as_ref()?.at.packet),
        second: PacketList::one(other.at.packet),
        rcode: (u16::from(other.rcode) != 0).then(|| code_name(other.rcode)),
        answers: texts,
        more_answers: more,
    })
}

pub(super) fn service_of(lookup: &DnsLookup) -> &'static str {
    match (lookup.service, lookup.transport) {
        (DnsService::Dns, DnsTransport::Tcp) => "DNS over TCP",
        (service, _) => service.name(),
    }
}

/// Which are told one by one, and what is said of the others.
fn sorted_out(all: &[SameLookups<'_>], connection: impl Fn(IpAddr, IpAddr, u64) -> Option<u64>) -> Vec<NameStatement> {
    let (mut told, mut plain, mut troubled) = (Vec::new(), 0, 0);
    let mut more: Vec<MoreLookups> = Vec::new();
    let mut others = (0, 0);
    for same in all {
        let lookup = same.first;
        let place = if lookup.is_failure() { (&mut troubled, MOST_FAILED) } else { (&mut plain, MOST_TOLD) };
        if *place.0 < place.1 {
            *place.0 += 1;
            told.push(of_lookup(same, &connection));
            continue;
        }
        let key = (lookup.client.address, lookup.server.address, lookup.service);
        let count = same.lookups;
        let failed = if lookup.is_failure() { count } else { 0 };
        let known = more.iter().position(|more| more.key == key);
        if known.is_none() && more.len() == MOST_TOLD {
            others = (others.0 + count, others.1 + failed);
            continue;
        }
        let place = known.unwrap_or_else(|| {
            more.push(MoreLookups { key, count: 0, failed: 0, packets: PacketList::default() });
            more.len() - 1
        });
        let sum = &mut more[place];
        sum.count += count;
        sum.failed += failed;
        sum.packets.push(lookup.begin().packet);
    }
    told.extend(more.into_iter().map(|more| {
        let MoreLookups { key: (client, server, service), count, failed, packets } = more;
        NameStatement::More { client, server, service: service.name(), count, failed, packets }
    }));
    if others.0 > 0 {
        told.push(NameStatement::Others { count: others.0, failed: others.1 });
    }
    told
}

/// Lookups of a client at a server that are not told one by one.
struct MoreLookups {
    key: (IpAddr, IpAddr, DnsService),
    count: u64,
    failed: u64,
    packets: PacketList,
}

/// The name of a response code, as engineers write it.
pub(super) fn code_name(rcode: DnsRcode) -> String {
    match u16::from(rcode) {
        1 => "FORMERR (format error)".into(),
        2 => "SERVFAIL (the server failed)".into(),
        3 => "NXDOMAIN (no such name)".into(),
        4 => "NOTIMP (not implemented)".into(),
        5 => "REFUSED".into(),
        _ => rcode.to_string(),
    }
}

/// The answers to a lookup, without regard to their order.
fn answers_of(lookup: &DnsLookup) -> Vec<(u16, &str)> {
    let answers = lookup.response.iter().flat_map(|response| &response.answers);
    let mut all: Vec<_> = answers.map(|answer| (u16::from(answer.rtype), answer.data.as_str())).collect();
    all.sort_unstable();
    all
}

/// Whether a response has aliases alone, and the question was for another type.
fn is_alias_only(lookup: &DnsLookup) -> bool {
    let Some(response) = &lookup.response else { return false };
    let wants_alias = matches!(lookup.qtype, None | Some(DnsType::Cname | DnsType::Any));
    let is_whole = response.answers.len() == usize::from(response.answer_count);
    let is_alias = |answer: &DnsAnswer| answer.rtype == DnsType::Cname;
    !wants_alias && is_whole && !response.answers.is_empty() && response.answers.iter().all(is_alias)
}

/// The answers that are told, how many there are, and how many are not told.
struct ToldAnswers {
    texts: Vec<String>,
    count: u64,
    more: u64,
}

/// Tells answers: those whose data has a text, and the others by their type.
fn answer_texts<'a>(
    answers: impl Iterator<Item = &'a DnsAnswer>,
    text: impl Fn(&DnsAnswer) -> String,
    (not_read, is_cut): (u64, bool),
) -> ToldAnswers {
    let mut told = ToldAnswers { texts: Vec::new(), count: not_read, more: not_read };
    let mut without_text: Vec<(DnsType, u64)> = Vec::new();
    for answer in answers {
        told.count += 1;
        if answer.data.is_empty() {
            match without_text.iter_mut().find(|(of, _)| *of == answer.rtype) {
                Some((_, count)) => *count += 1,
                None => without_text.push((answer.rtype, 1)),
            }
        } else if told.texts.len() < MOST_ANSWERS {
            told.texts.push(text(answer));
        } else {
            told.more += 1;
        }
    }
    for (rtype, count) in without_text {
        told.texts.push(format!("{} of type {rtype}", CountOf(count, "record")));
    }
    if told.texts.is_empty() && not_read > 0 {
        let why = if is_cut { "the capture cut" } else { "cannot be read" };
        told.texts.push(match not_read {
            1 => format!("an answer that {why}"),
            count => format!("{} answers that {why}", Grouped(count)),
        });
        told.more = 0;
    }
    told
}

fn of_lookup(same: &SameLookups<'_>, connection: impl Fn(IpAddr, IpAddr, u64) -> Option<u64>) -> NameStatement {
    let lookup = same.first;
    let response = lookup.response.as_ref();
    let outcome = lookup.outcome();
    let answers = response.map_or(&[][..], |response| &response.answers);
    // The addresses, if there are some; or else whatever there is.
    let is_address = |answer: &&DnsAnswer| matches!(answer.rtype, DnsType::A | DnsType::Aaaa);
    let wanted = |answer: &&DnsAnswer| lookup.qtype == Some(answer.rtype);
    let addresses: Vec<IpAddr> =
        answers.iter().filter(is_address).filter_map(|answer| answer.data.parse().ok()).collect();
    let not_read = response.map_or(0, |response| u64::from(response.answer_count)).saturating_sub(answers.len() as u64);
    let not_read = (not_read, response.is_some_and(|response| response.is_cut));
    let told = match answers.iter().any(|answer| wanted(&answer)) {
        true => answer_texts(answers.iter().filter(wanted), |answer| answer.data.clone(), not_read),
        false => answer_texts(answers.iter(), |answer| format!("{} {}", answer.rtype, answer.data), not_read),
    };
    let (client, server) = (lookup.client.address, lookup.server.address);
    let went = response.filter(|_| lookup.query.is_some()).and_then(|response| {
        let streams = addresses.iter().filter_map(|address| connection(client, *address, response.at.packet));
        streams.min()
    });
    NameStatement::Lookup {
        client,
        server,
        service: service_of(lookup),
        name: lookup.name.clone(),
        qtype: lookup.qtype.map(|qtype| qtype.to_string()).unwrap_or_default(),
        asked: same.asked,
        queries: same.queries.clone(),
        probe: if lookup.is_probe { "yes" } else { "no" },
        outcome: match outcome {
            DnsOutcome::Answered if is_alias_only(lookup) => "alias_only",
            DnsOutcome::Answered => "answered",
            DnsOutcome::NoData => "no_data",
            DnsOutcome::Truncated => "truncated",
            DnsOutcome::Failed(_) => "failed",
            DnsOutcome::Unanswered => "unanswered",
            DnsOutcome::Unsolicited => "unsolicited",
        },
        rcode: match outcome {
            DnsOutcome::Failed(rcode) => Some(code_name(rcode)),
            _ => None,
        },
        answers: told.texts,
        answers_differ: if same.answers_differ { "yes" } else { "no" },
        answer_count: told.count,
        more_answers: told.more,
        answered_by: response.and_then(|response| response.from).filter(|from| *from != server),
        responses: same.responses.clone(),
        took: lookup.time().map(Nanos).filter(|_| same.responses.count() == 1),
        retry: lookup.retry.filter(|retry| same.asked == 1 || !matches!(retry, DnsRetry::SameServer(_))).map(|retry| {
            match retry {
                DnsRetry::OverTcp(at) => format!("asked the same over TCP (packet {})", at.packet),
                DnsRetry::OtherServer(server, at) => format!("asked {} (packet {})", server.address, at.packet),
                DnsRetry::SameServer(at) => format!("asked again (packet {})", at.packet),
            }
        }),
        connection: went,
    }
}
