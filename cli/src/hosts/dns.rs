//! `packetsmith dns`: lookups of names.

use super::{Common, Report, cut, fit, fit_into, many, optional, since, some};
use crate::outcome::Outcome;
use crate::protocols::known;
use crate::stats::Format;
use crate::stats::table::{Cell, Column, Table, number, text};
use clap::ValueEnum;
use packetsmith::Examine;
use packetsmith::flow::{Endpoint, Flows};
use packetsmith::hosts::{
    DnsLookup, DnsLookups, DnsOutcome, DnsResponse, DnsRetry, DnsService, DnsSums, DnsTransport, Sighting,
};
use packetsmith::output::Style;
use packetsmith::proto::dns::DnsOpcode;
use std::cmp::Reverse;
use std::io;
use std::net::IpAddr;

/// Least characters of names and answers in a line for people.
const LEAST: usize = 16;

/// Most names whose queries are counted.
const MOST_NAMES: usize = 1000;

/// Shows what was asked of DNS, and what came of it.
///
/// DNS over UDP and TCP, multicast DNS and LLMNR. Each lookup has the client and the server, the name and type, the answers, the
/// response code, the time until the response, how often the query was sent, and what the client did then: whether it asked over
/// TCP, or another server. Sums are by server, by name and by response code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith dns trace.pcap
  packetsmith dns --failures trace.pcap                      no response, or one with an error
  packetsmith dns --sort slowness --top 10 trace.pcap
  packetsmith dns -Y 'dns.qry.name contains \"example\"' trace.pcap
  packetsmith dns -T json trace.pcap | jq '.lookups[] | select(.sent > 1)'
  packetsmith dns -T csv trace.pcap                          a line for each lookup

A lookup is a question of a client, however often it is sent; a query is each time that it is sent. The time \
runs from the first query to the first response. With -Y, a lookup counts if one of its packets passes the \
filter. A question of multicast DNS or LLMNR that nobody answers is no failure: hosts without the name stay \
silent. Percentiles are exact to 1 %.

Exit status: 0 if all went well, 1 if no message counts, 2 if a file could not be read to its end.")]
pub struct Arguments {
    #[command(flatten)]
    common: Common,
    /// Order of the lookups
    #[arg(long, value_name = "BY", default_value = "time")]
    sort: Sort,
    /// Show only lookups without a response, and those whose response has an error
    #[arg(long)]
    failures: bool,
}

/// Order of the lookups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sort {
    /// The time of the query
    Time,
    /// The name
    Name,
    /// The time until the response, the longest first; then those without a response
    Slowness,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    super::run(&arguments.common, style, || DnsReport { arguments, lookups: DnsLookups::default() })
}

struct DnsReport<'a> {
    arguments: &'a Arguments,
    lookups: DnsLookups,
}

impl Report for DnsReport<'_> {
    const NEEDS_MESSAGES: bool = true;

    fn packet<'a>(&mut self, at: Sighting, flows: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.lookups.packet(at, flows, walks);
    }

    fn other_packet<'a>(&mut self, at: Sighting, flows: &Flows, walks: impl Iterator<Item = Examine<'a>>) {
        self.lookups.other_packet(at, flows, walks);
    }

    fn finish(&mut self, flows: &Flows) {
        self.lookups.finish(flows, flows.messages().iter().map(|message| message.layers(known())));
    }

    fn tables(&self, first: Option<i128>, width: usize) -> (Vec<Table>, u64) {
        let (arguments, all) = (self.arguments, &self.lookups);
        let top = arguments.common.top();
        let mut tables = Vec::new();
        if arguments.common.format != Format::Csv && !arguments.failures {
            let mut servers = servers(all, top);
            fit_into(&mut servers, width, &[("server", 24)], &["95 %", "queries", "most", "errors"]);
            let mut names = names(all, top);
            fit_into(&mut names, width, &[("name", 20)], &["most", "errors"]);
            tables.extend([summary(all), servers, names, codes(all, top)]);
        }
        tables.push(lookups(all, arguments, first, width));
        (tables, all.messages())
    }
}

fn summary(all: &DnsLookups) -> Table {
    let mut sums = [0_u64; 11];
    let mut sent = 0;
    let mut add = |place: usize, holds: bool| sums[place] += u64::from(holds);
    for lookup in all.lookups() {
        sent += u64::from(lookup.sent);
        let outcome = lookup.outcome();
        let is_multicast = lookup.service != DnsService::Dns;
        add(0, lookup.query.is_some());
        add(1, matches!(outcome, DnsOutcome::Answered | DnsOutcome::NoData | DnsOutcome::Truncated));
        add(2, matches!(outcome, DnsOutcome::NoData));
        add(3, matches!(outcome, DnsOutcome::Truncated));
        add(4, matches!(outcome, DnsOutcome::Failed(_)));
        add(5, matches!(outcome, DnsOutcome::Unanswered) && !is_multicast);
        add(6, matches!(outcome, DnsOutcome::Unanswered) && is_multicast);
        add(7, matches!(outcome, DnsOutcome::Unsolicited));
        add(8, lookup.sent > 1);
        add(9, lookup.other_response.is_some());
        add(10, lookup.is_cut);
    }
    let (operations, failed_operations) = all
        .operations()
        .fold((0, 0), |(count, failed), operation| (count + 1, failed + u64::from(operation.is_failure())));
    let columns = vec![
        number("messages", "messages"),
        number("queries", "queries"),
        number("lookups", "lookups"),
        number("answered", "answered"),
        number("no_data", "of these without data"),
        number("truncated", "of these truncated"),
        number("errors", "with an error"),
        number("unanswered", "no response"),
        number("multicast_unanswered", "no response, multicast"),
        number("unsolicited", "responses without query"),
        number("repeated", "lookups sent again"),
        number("contradicted", "lookups with contradicting responses"),
        number("cut", "names that the capture cut"),
        number("announcements", "mDNS without a question"),
        number("operations", "updates, notifications and others"),
        number("failed_operations", "of these without success"),
    ];
    let counts =
        [all.messages(), sent].into_iter().chain(sums).chain([all.announcements(), operations, failed_operations]);
    let rows =
        vec![counts.enumerate().map(|(n, count)| if n < 4 { Cell::Count(count) } else { some(count) }).collect()];
    let mut table = Table { title: "DNS".into(), key: "summary", columns, rows, is_list: true, ..Table::default() };
    if all.left_out() > 0 {
        table.notes.push(format!("{} did not fit, and count nowhere", many(all.left_out(), "lookup", "lookups")));
    }
    if all.answers_left_out() > 0 {
        table.notes.push(format!("{} left out", many(all.answers_left_out(), "answer is", "answers are")));
    }
    table
}

fn sum_columns(first: impl IntoIterator<Item = Column>) -> Vec<Column> {
    let sums = [
        number("lookups", "lookups"),
        number("queries", "queries"),
        number("answered", "answered"),
        number("errors", "errors"),
        number("unanswered", "no response"),
        number("unsolicited", ""),
        number("median", "median"),
        number("p95", "95 %"),
        number("most", "most"),
    ];
    first.into_iter().chain(sums).collect()
}

fn sum_cells(sums: &DnsSums) -> impl Iterator<Item = Cell> {
    let counts = [sums.lookups, sums.queries, sums.answered, sums.errors, sums.unanswered].map(Cell::Count);
    let times = [sums.times.percentile(50), sums.times.percentile(95), sums.times.most()];
    let times = times.map(|time| Cell::seconds(time.map(i128::from), 6));
    counts.into_iter().chain([some(sums.unsolicited)]).chain(times)
}

fn servers(all: &DnsLookups, top: usize) -> Table {
    let rows = all.by_server();
    let has_several = rows.iter().any(|(service, ..)| *service != DnsService::Dns);
    let columns = [text("service", if has_several { "service" } else { "" }), text("server", "server")];
    let title = format!("Servers: {}", rows.len());
    let cells = |(service, server, sums): &(DnsService, IpAddr, DnsSums)| {
        [Cell::text(service.name()), Cell::text(server)].into_iter().chain(sum_cells(sums)).collect()
    };
    let rows = rows.iter().map(cells).collect();
    let columns = sum_columns(columns);
    let mut table = Table { title, key: "servers", columns, rows, ..Table::default() };
    table.cut(top);
    table
}

fn names(all: &DnsLookups, top: usize) -> Table {
    let most = if top == 0 { MOST_NAMES } else { top };
    let (rows, more) = all.by_name(most);
    let title = format!("Names: {}", rows.len() + more);
    let cells = |(name, sums): &(String, DnsSums)| {
        let shown = if name.is_empty() { "." } else { name };
        [Cell::Shown(cut(shown, 40), Box::new(Cell::text(shown)))].into_iter().chain(sum_cells(sums)).collect()
    };
    let mut columns = sum_columns([text("name", "name")]);
    // There is room for names, and a median says enough.
    for column in columns.iter_mut().filter(|column| matches!(column.key, "p95" | "queries")) {
        column.title = "";
    }
    let rows = rows.iter().map(cells).collect();
    Table { title, key: "names", columns, rows, more, ..Table::default() }
}

fn codes(all: &DnsLookups, top: usize) -> Table {
    let columns = vec![text("code", "response code"), number("lookups", "lookups")];
    let rows: Vec<Vec<Cell>> =
        all.by_rcode().into_iter().map(|(code, count)| vec![Cell::text(code), Cell::Count(count)]).collect();
    let title = format!("Response codes: {}", rows.len());
    let mut table = Table { title, key: "codes", columns, rows, ..Table::default() };
    table.cut(top);
    table
}

fn lookups(all: &DnsLookups, arguments: &Arguments, first: Option<i128>, width: usize) -> Table {
    let mut shown: Vec<&DnsLookup> =
        all.lookups().chain(all.operations()).filter(|lookup| !arguments.failures || lookup.is_failure()).collect();
    shown.sort_by_key(|lookup| lookup.begin().packet);
    match arguments.sort {
        Sort::Time => {}
        Sort::Name => shown.sort_by_cached_key(|lookup| lookup.name.to_ascii_lowercase()),
        Sort::Slowness => shown.sort_by_key(|lookup| Reverse(lookup.time())),
    }
    let what = if arguments.failures { "Lookups that failed" } else { "Lookups" };
    let operations = shown.iter().filter(|lookup| !lookup.is_query()).count();
    let without_query = shown.iter().filter(|lookup| lookup.is_query() && lookup.query.is_none()).count();
    let mut title = format!("{what}: {}", shown.len() - without_query - operations);
    let mut add = |count: usize, one: &str, more: &str| {
        if count > 0 {
            title += &format!(", and {}", many(count as u64, one, more));
        }
    };
    add(without_query, "response without a query", "responses without a query");
    add(operations, "operation of another kind", "operations of other kinds");
    let top = arguments.common.top();
    let more = if top == 0 { 0 } else { shown.len().saturating_sub(top) };
    shown.truncate(shown.len() - more);
    let (clients, servers) = (ends(&shown, |lookup| lookup.client), ends(&shown, |lookup| lookup.server));
    let mut columns = columns();
    let mut hide = |key: &str, what: &str, ends: &Ends| {
        if let Ends::One(address) = ends {
            title += &format!(", {what} {address}");
            columns.iter_mut().filter(|column| column.key == key).for_each(|column| column.title = "");
        }
    };
    hide("client", "all of", &clients);
    hide("server", "all to", &servers);
    // Packet, start, time, type, and the gaps.
    let taken = 6 + 11 + 8 + 5 + clients.width() + servers.width() + 12;
    let room = width.saturating_sub(taken).max(2 * LEAST);
    let longest = shown.iter().map(|lookup| lookup.name.chars().count()).max().unwrap_or(0);
    let name = longest.min((room * 3 / 5).max(LEAST)).max(4);
    let rows = shown.iter().map(|lookup| row(lookup, first, (name, room - name))).collect();
    let mut table = Table { title, key: "lookups", columns, rows, more, ..Table::default() };
    fit(&mut table, width, &[("result", LEAST), ("name", LEAST)], &["start", "server", "client"]);
    if arguments.common.format == Format::Csv && all.left_out() > 0 {
        table.notes.push(format!("{} did not fit", many(all.left_out(), "lookup", "lookups")));
    }
    table
}

/// The addresses of a column.
enum Ends {
    None,
    One(IpAddr),
    /// Characters of the longest.
    Many(usize),
}

impl Ends {
    /// Characters of the column with the gap before it.
    fn width(&self) -> usize {
        match self {
            Ends::Many(width) => width + 2,
            _ => 0,
        }
    }
}

fn ends(lookups: &[&DnsLookup], end: fn(&DnsLookup) -> Endpoint) -> Ends {
    let mut addresses = lookups.iter().map(|lookup| end(lookup).address);
    let Some(first) = addresses.next() else { return Ends::None };
    match addresses.all(|address| address == first) {
        true => Ends::One(first),
        false => {
            let widths = lookups.iter().map(|lookup| end(lookup).address.to_string().len());
            Ends::Many(widths.max().unwrap_or(0))
        }
    }
}

fn columns() -> Vec<Column> {
    vec![
        number("packet", "packet"),
        number("start", "start"),
        text("client", "client"),
        text("server", "server"),
        number("time", "time"),
        text("type", "type"),
        text("name", "name"),
        text("", "result"),
        text("outcome", ""),
        text("code", ""),
        text("answers", ""),
        number("answer_count", ""),
        number("response_packet", ""),
        text("responder", ""),
        number("sent", ""),
        number("last_query_packet", ""),
        number("more_responses", ""),
        number("other_response_packet", ""),
        text("other_code", ""),
        text("other_answers", ""),
        text("service", ""),
        text("transport", ""),
        number("client_port", ""),
        number("server_port", ""),
        text("id", ""),
        text("opcode", ""),
        text("cut", ""),
        text("class", ""),
        number("more_questions", ""),
        text("authoritative", ""),
        text("retry", ""),
        number("retry_packet", ""),
        text("retry_server", ""),
    ]
}

/// The answers in a line.
fn answers(response: &DnsResponse) -> String {
    let each = response.answers.iter().map(|answer| format!("{} {}", answer.rtype, answer.data));
    let mut text = each.collect::<Vec<_>>().join(", ");
    let more = usize::from(response.answer_count).saturating_sub(response.answers.len());
    match (more, text.is_empty()) {
        (0, _) => {}
        (more, true) => text = many(more as u64, "answer", "answers"),
        (more, false) => text += &format!(", and {more} more"),
    }
    text
}

fn outcome(lookup: &DnsLookup) -> &'static str {
    match lookup.outcome() {
        DnsOutcome::Answered => "answered",
        DnsOutcome::NoData => "no data",
        DnsOutcome::Truncated => "truncated",
        DnsOutcome::Failed(_) => "error",
        DnsOutcome::Unanswered => "no response",
        DnsOutcome::Unsolicited => "no query",
        _ => "other",
    }
}

/// What came of a lookup, for people.
fn result(lookup: &DnsLookup) -> String {
    let mut text = match (&lookup.response, lookup.outcome()) {
        (Some(response), DnsOutcome::Answered) => answers(response),
        (Some(response), DnsOutcome::Unsolicited) if response.answer_count > 0 => {
            format!("no query seen: {}", answers(response))
        }
        (Some(response), DnsOutcome::Unsolicited) => format!("no query seen: {}", response.rcode),
        (_, DnsOutcome::Failed(code)) => code.to_string(),
        _ => outcome(lookup).to_string(),
    };
    if text.is_empty() {
        text = outcome(lookup).to_string();
    }
    if !lookup.is_query() {
        let done = match lookup.outcome() {
            DnsOutcome::Answered if lookup.opcode == DnsOpcode::Update => "accepted",
            DnsOutcome::Answered => "acknowledged",
            _ => &text,
        };
        text = format!("{}: {done}", lookup.opcode);
    }
    let mut marks = Vec::new();
    if lookup.is_cut {
        marks.push("the capture cut the question".to_string());
    } else if lookup.response.as_ref().is_some_and(|response| response.is_cut) {
        marks.push("the capture cut the answers".to_string());
    }
    if lookup.sent > 1 {
        marks.push(format!("sent {} times", lookup.sent));
    }
    if let Some(retry) = lookup.retry {
        marks.push(match retry {
            DnsRetry::OverTcp(at) => format!("then TCP in {}", at.packet),
            DnsRetry::OtherServer(server, at) => format!("then {} in {}", server.address, at.packet),
            DnsRetry::SameServer(at) => format!("asked again in {}", at.packet),
            _ => "asked again".to_string(),
        });
    }
    if let Some(other) = &lookup.other_response {
        marks.push(format!("other response in {}", other.at.packet));
    }
    if marks.is_empty() { text } else { format!("{text} ({})", marks.join(", ")) }
}

fn row(lookup: &DnsLookup, first: Option<i128>, (name, result_width): (usize, usize)) -> Vec<Cell> {
    let (response, other) = (lookup.response.as_ref(), lookup.other_response.as_ref());
    let (retry, retry_at, retry_server) = match lookup.retry {
        Some(DnsRetry::OverTcp(at)) => (Some("tcp"), Some(at), None),
        Some(DnsRetry::OtherServer(server, at)) => (Some("other server"), Some(at), Some(server.address)),
        Some(DnsRetry::SameServer(at)) => (Some("same server"), Some(at), None),
        _ => (None, None, None),
    };
    let transport = match lookup.transport {
        DnsTransport::Udp => "udp",
        DnsTransport::Tcp => "tcp",
    };
    let shown = if lookup.name.is_empty() { "." } else { &lookup.name };
    let time = lookup.time().map(i128::from);
    vec![
        Cell::Count(lookup.begin().packet),
        since(Some(lookup.begin()), first),
        Cell::text(lookup.client.address),
        Cell::text(lookup.server.address),
        Cell::seconds(time, 6),
        optional(lookup.qtype),
        match lookup.qtype {
            Some(_) => Cell::Shown(cut(shown, name), Box::new(Cell::text(shown))),
            None => Cell::Absent,
        },
        Cell::Text(cut(&result(lookup), result_width)),
        Cell::text(outcome(lookup)),
        optional(response.map(|response| response.rcode)),
        optional(response.map(answers).filter(|answers| !answers.is_empty())),
        response.map_or(Cell::Absent, |response| Cell::Count(response.answer_count.into())),
        response.map_or(Cell::Absent, |response| Cell::Count(response.at.packet)),
        optional(response.and_then(|response| response.from)),
        Cell::Count(lookup.sent.into()),
        lookup.last_query.map_or(Cell::Absent, |at| Cell::Count(at.packet)),
        some(lookup.more_responses.into()),
        other.map_or(Cell::Absent, |other| Cell::Count(other.at.packet)),
        optional(other.map(|other| other.rcode)),
        optional(other.map(answers).filter(|answers| !answers.is_empty())),
        Cell::text(lookup.service.name()),
        Cell::text(transport),
        Cell::Count(lookup.client.port.into()),
        Cell::Count(lookup.server.port.into()),
        Cell::Text(format!("{:#06x}", lookup.id)),
        Cell::text(lookup.opcode),
        optional(match lookup.is_cut {
            true => Some("question"),
            false => response.filter(|response| response.is_cut).map(|_| "answers"),
        }),
        optional(lookup.qclass),
        some(lookup.more_questions.into()),
        optional(response.filter(|response| response.is_authoritative).map(|_| "yes")),
        optional(retry),
        retry_at.map_or(Cell::Absent, |at| Cell::Count(at.packet)),
        optional(retry_server),
    ]
}
