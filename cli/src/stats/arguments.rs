//! The arguments of the command.

use crate::numbers::number;
use crate::read::parse_filter;
use crate::{input, protocols};
use clap::ValueEnum;
use packetsmith::Filter;
use packetsmith::stats::AddressKind;
use std::path::PathBuf;

/// Counts what a capture has: the first screen for an unknown one.
///
/// Without PART all parts are shown: summary (the file, its times, rates, interfaces and losses), protocols (inside of each
/// other), conversations and endpoints (of Ethernet, IP, TCP and UDP), responses (times by protocol and kind of request),
/// issues (by identifier), dns (types, codes), time (packets and bytes over time).
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "packetsmith stats [OPTIONS] [PART] <FILE>...",
    after_help = "\
Parts: summary, protocols, conversations, endpoints, responses, issues, dns, time. A file with
such a name is given as ./summary.

Examples:
  packetsmith stats trace.pcap
  packetsmith stats conversations --protocol tcp --sort bytes trace.pcap
  packetsmith stats endpoints -Y 'dns' --top 0 trace.pcap      who asks and answers DNS
  packetsmith stats time --interval 1s trace.pcap
  packetsmith stats time --interval 1s -T csv trace.pcap       for a spreadsheet
  packetsmith stats -T json trace.pcap | jq .summary

Bytes are those of whole packets as they were on the wire. A packet in a tunnel counts for the
addresses of each of its headers; what an ICMP error quotes does not count. Conversations that
have no place (--max-conversations) are counted together, and a line says so. Percentiles of
response times are exact to 1 %. -T json writes a line for each file, -T csv the table of one part;
that of summary has one line for each file, and leaves the interfaces to JSON.

Exit status: 0 if all went well, 1 if no packet was counted, 2 if a file could not be read to its end."
)]
pub struct Arguments {
    /// The part to show, if not all, and the capture files; - for standard input
    #[arg(value_name = "FILE", required = true)]
    words: Vec<PathBuf>,
    /// Count only packets that pass this display filter. See 'packetsmith help filters'
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    pub(super) filter: Option<Filter>,
    /// Show only conversations and endpoints of these: eth, ip, ipv4, ipv6, tcp, udp [default: eth, ip, tcp, udp]
    #[arg(long, value_name = "PROTOCOL,...", value_delimiter = ',')]
    protocol: Vec<Kind>,
    /// Order of conversations and endpoints, the greatest first; time draws packets or bytes
    #[arg(long, value_name = "BY", default_value = "packets")]
    pub(super) sort: Sort,
    /// Show the first N rows of conversations, endpoints, responses and issues; 0 for all [default: 10 for text, else 0]
    #[arg(long, value_name = "N", value_parser = number::<usize>(0..=u64::MAX))]
    top: Option<usize>,
    /// Length of the intervals of time, such as 1s, 100ms or 0.5 [default: 1, 2 or 5 times a power of ten, so that there
    /// are at most 40]
    #[arg(long, value_name = "TIME", value_parser = interval)]
    pub(super) interval: Option<u64>,
    /// Draw bars of # in place of blocks, as without a UTF-8 locale
    #[arg(long)]
    pub(super) ascii: bool,
    /// Limit on the conversations of each protocol that have a place of their own
    #[arg(long, value_name = "N", default_value = "131072", value_parser = number::<u32>(16..=u32::MAX.into()))]
    pub(super) max_conversations: u32,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) input: input::Arguments,
    #[command(flatten)]
    pub(super) protocols: protocols::Arguments,
}

/// A part of the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Summary,
    Protocols,
    Conversations,
    Endpoints,
    Responses,
    Issues,
    Dns,
    Time,
}

impl Part {
    /// All parts, in the order in which they are shown.
    pub(super) const ALL: [Part; 8] = [
        Part::Summary,
        Part::Time,
        Part::Protocols,
        Part::Endpoints,
        Part::Conversations,
        Part::Responses,
        Part::Dns,
        Part::Issues,
    ];

    fn name(self) -> &'static str {
        match self {
            Part::Summary => "summary",
            Part::Protocols => "protocols",
            Part::Conversations => "conversations",
            Part::Endpoints => "endpoints",
            Part::Responses => "responses",
            Part::Issues => "issues",
            Part::Dns => "dns",
            Part::Time => "time",
        }
    }
}

/// What conversations and endpoints are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// MAC addresses of Ethernet
    #[value(alias = "ethernet")]
    Eth,
    /// IP addresses
    Ip,
    /// Addresses of IPv4
    Ipv4,
    /// Addresses of IPv6
    Ipv6,
    /// Addresses and ports of TCP
    Tcp,
    /// Addresses and ports of UDP
    Udp,
}

/// Order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Sort {
    /// Packets of both directions
    Packets,
    /// Bytes of both directions
    Bytes,
    /// Endpoints: bytes sent
    Sent,
    /// Endpoints: bytes received
    Received,
    /// Conversations: time of the first packet, the earliest first
    Start,
    /// Conversations: time from the first packet to the last
    Duration,
    /// Conversations: segments that TCP sent again
    Retransmissions,
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Text,
    /// One line of JSON a file
    Json,
    /// The table of one part, with a heading
    Csv,
}

impl Arguments {
    /// The part, if not all are shown, and the files.
    pub(super) fn part_and_files(&self) -> Result<(Option<Part>, &[PathBuf]), String> {
        let [first, rest @ ..] = self.words.as_slice() else { return Err("no file is given".to_string()) };
        let part_of = |word: &PathBuf| Part::ALL.into_iter().find(|part| word.as_os_str() == part.name());
        let part = part_of(first);
        if let Some(late) = rest.iter().filter(|word| !word.exists()).find_map(part_of) {
            let (name, more) = (late.name(), if part.is_some() { ", and one part at a time" } else { "" });
            return Err(format!(
                "{name} is a part and no file: parts come before the files, as in stats {name} FILE{more}"
            ));
        }
        match part {
            Some(part) if rest.is_empty() => {
                Err(format!("stats {0} needs a file (./{0}, if that is its name)", part.name()))
            }
            Some(part) => Ok((Some(part), rest)),
            None if !rest.is_empty() && !first.exists() && first.extension().is_none() && first.as_os_str() != "-" => {
                let names = Part::ALL.map(Part::name).join(", ");
                Err(format!("{}: no such file, and no part of the statistics: those are {names}", first.display()))
            }
            None => Ok((None, &self.words)),
        }
    }

    /// Says what contradicts itself.
    pub(super) fn check(&self, part: Option<Part>) -> Result<(), String> {
        if self.format == Format::Csv && part.is_none() {
            let names = Part::ALL.map(Part::name).join(", ");
            return Err(format!("-T csv writes one table: name a part before the file, of {names}"));
        }
        let is_of = |parts: &[Part]| part.is_none_or(|part| parts.contains(&part));
        if self.interval.is_some() && !is_of(&[Part::Time]) {
            return Err("--interval is for the part time".to_string());
        }
        if !self.protocol.is_empty() && !is_of(&[Part::Conversations, Part::Endpoints]) {
            return Err("--protocol is for the parts conversations and endpoints".to_string());
        }
        let parts: &[Part] = match self.sort {
            Sort::Packets => return Ok(()),
            Sort::Bytes => &[Part::Conversations, Part::Endpoints, Part::Time],
            Sort::Sent | Sort::Received => &[Part::Endpoints],
            Sort::Start | Sort::Duration | Sort::Retransmissions => &[Part::Conversations],
        };
        match (part, self.sort) {
            (None, Sort::Bytes) => Ok(()),
            (Some(part), _) if parts.contains(&part) => Ok(()),
            _ => Err(format!(
                "this --sort is for {}",
                parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(", ")
            )),
        }
    }

    /// How many rows of a table are shown; 0 for all.
    pub(super) fn top(&self) -> usize {
        self.top.unwrap_or(if self.format == Format::Text { 10 } else { 0 })
    }

    /// The kinds of conversations and endpoints that are shown.
    pub(super) fn kinds(&self) -> Vec<AddressKind> {
        let chosen = self.protocol.iter().map(|kind| match kind {
            Kind::Eth => AddressKind::Ethernet,
            Kind::Ip => AddressKind::Ip,
            Kind::Ipv4 => AddressKind::Ipv4,
            Kind::Ipv6 => AddressKind::Ipv6,
            Kind::Tcp => AddressKind::Tcp,
            Kind::Udp => AddressKind::Udp,
        });
        match self.protocol.is_empty() {
            true => vec![AddressKind::Ethernet, AddressKind::Ip, AddressKind::Tcp, AddressKind::Udp],
            false => chosen.collect(),
        }
    }
}

/// Parses the length of an interval.
fn interval(text: &str) -> Result<u64, String> {
    let nanos = crate::transactions::time(text)?;
    u64::try_from(nanos).ok().filter(|nanos| *nanos > 0).ok_or_else(|| "an interval is more than 0".to_string())
}
