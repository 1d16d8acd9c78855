//! `packetsmith probe dns`: what a name server answers.

use super::common::{Answer, ProbeError, Shown};
use super::icmp_error::{ERRORS, meaning, sender};
use super::link::{Link, Seen, build, filter, random_number};
use super::reserved_port::ReservedPort;
use super::target::HostOptions;
use crate::signals;
use packetsmith::output::{Style, TerminalText};
use std::fs;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Asks a name server for a name, over UDP port 53.
///
/// It asks up to three times.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name that is asked for; with the type PTR an address will do
    #[arg(value_name = "NAME")]
    name: String,
    /// Type of the records: A, AAAA, MX, TXT, PTR and others
    #[arg(value_name = "TYPE", default_value = "A")]
    record_type: String,
    /// Address or name of the server; the first of /etc/resolv.conf by default
    #[arg(short, long, value_name = "HOST")]
    server: Option<String>,
    #[command(flatten)]
    options: HostOptions,
}

/// Fields of records that the answer names.
const SHOWN: [&str; 8] = [
    "dns.cname",
    "dns.a",
    "dns.aaaa",
    "dns.mx.mail_exchange",
    "dns.ns",
    "dns.ptr.domain_name",
    "dns.srv.target",
    "dns.txt",
];

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let server = match &arguments.server {
        Some(server) => server.clone(),
        None => configured_server()?,
    };
    let server = arguments.options.target(&server)?;
    let read = arguments.options.common.show.arguments();
    let name = asked_name(arguments)?;
    let mut link = Link::to(&server, &arguments.options.common, &read, style)?;
    let server = server.address;
    let source = link.source()?;
    let reserved =
        ReservedPort::udp(source, 0).map_err(|error| format!("{source}: no port of it can be used: {error}"))?;
    let (port, id) = (reserved.port, random_number() as u16);
    let question = format!(
        "udp src_port={port} dst_port=53 / dns id={id} recursion_desired=true \
         questions=[{{name={name} qtype={} qclass=IN}}]",
        arguments.record_type.to_ascii_uppercase()
    );
    // Built once, so that a wrong name costs no packet.
    let built = build(&format!("{} / {question}", link.ip_header(source, server, 64)));
    let built = built.map_err(|error| {
        let why = match error {
            ProbeError::Message(why) => why,
            ProbeError::Output(error) => error.to_string(),
        };
        format!("{name} {}: is no question of DNS: {why}", arguments.record_type)
    })?;
    let query = Query { server, port, id, question, asked: Seen::of_packet(built) };
    if !link.resolve(server)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let answer = query.ask(&mut link, source)?;
    link.finish()?;
    Ok(answer)
}

/// The name that is asked for: of an address with the type PTR, its name below in-addr.arpa or ip6.arpa.
fn asked_name(arguments: &Arguments) -> Result<String, ProbeError> {
    let Arguments { name, record_type, .. } = arguments;
    if !record_type.bytes().all(|byte| byte.is_ascii_alphanumeric()) || record_type.is_empty() {
        return Err(format!("{record_type}: is no type of records").into());
    }
    match name.parse() {
        Ok(IpAddr::V4(address)) if record_type.eq_ignore_ascii_case("PTR") => {
            let [a, b, c, d] = address.octets();
            return Ok(format!("{d}.{c}.{b}.{a}.in-addr.arpa"));
        }
        Ok(IpAddr::V6(address)) if record_type.eq_ignore_ascii_case("PTR") => {
            let bytes = address.octets().into_iter().rev();
            let digits: String = bytes.map(|byte| format!("{:x}.{:x}.", byte & 15, byte >> 4)).collect();
            return Ok(digits + "ip6.arpa");
        }
        _ => {}
    }
    let quoted = name.trim_end_matches('.');
    if name.is_empty() {
        return Err("the name that is asked for is empty".to_string().into());
    }
    if name == "." {
        return Ok(name.clone());
    }
    if !quoted.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"{}[]=/ ".contains(&byte)) || quoted.is_empty() {
        return Err(format!("{name}: is no name of DNS in ASCII; write others in Punycode (xn--)").into());
    }
    Ok(quoted.to_string())
}

/// A question to a server.
struct Query {
    server: IpAddr,
    /// Our port.
    port: u16,
    id: u16,
    /// The datagram as text.
    question: String,
    /// The packet as it is sent.
    asked: Seen,
}

impl Query {
    fn ask(&self, link: &mut Link<'_>, source: IpAddr) -> Result<Answer, ProbeError> {
        const REQUESTS: usize = 3;
        let Query { server, port, question, .. } = self;
        let ours = filter(&format!("udp.port == {port}"))?;
        let datagram = filter(&format!("udp.dstport == {port} && !icmp && !icmpv6"))?;
        let error = filter(ERRORS)?;
        for request in 1..=REQUESTS {
            link.pace(Duration::from_secs(1));
            if signals::ended() {
                break;
            }
            let header = link.ip_header(source, *server, 64);
            let mtu = link.route.mtu as usize;
            link.send(&format!("{header} / {question}"), mtu)?;
            let end = Instant::now() + link.timeout;
            loop {
                let left = end.saturating_duration_since(Instant::now());
                match link.wait(left, &ours, [&datagram, &error])? {
                    Some((seen, [true, _])) => match self.fault(&seen) {
                        None => {
                            let text = self.answer(&seen, &link.after(&seen));
                            link.tell(&text)?;
                            return Ok(Answer::Came);
                        }
                        Some(fault) => link.tell(&format!("That is no answer to the query: {fault}."))?,
                    },
                    Some((seen, _)) => {
                        let text = format!("The query did not arrive: {} says: {}.", sender(&seen), meaning(&seen));
                        link.tell(&text)?;
                        return Ok(Answer::None);
                    }
                    None => break,
                }
            }
            link.tell(&format!("No answer to query {request} within {}.", Shown(link.timeout)))?;
        }
        Ok(Answer::None)
    }

    /// Why a datagram is not the answer: anybody may send one (RFC 5452 §9.1).
    fn fault(&self, seen: &Seen) -> Option<String> {
        let Query { server, id, asked, .. } = self;
        let (from, port) =
            (seen.value(if server.is_ipv4() { "ip.src" } else { "ipv6.src" }), seen.value("udp.srcport"));
        let same = |field: &str| seen.value(field).eq_ignore_ascii_case(&asked.value(field));
        // An error may come without the question that it is about (RFC 1035 §4.1.1).
        let is_bare_error =
            seen.number("dns.count.queries") == Some(0) && seen.number("dns.flags.rcode").is_some_and(|code| code > 0);
        if from != server.to_string() || port != "53" {
            Some(format!("it is from {from}, port {port}"))
        } else if seen.number("dns.flags.response").is_none() {
            Some("it is no message of DNS".into())
        } else if seen.number("dns.flags.response") != Some(1) {
            Some("it is no response of DNS".into())
        } else if seen.value("dns.id") != asked.value("dns.id") {
            Some(format!("its identifier is {} and not {id:#06x}", seen.value("dns.id")))
        } else if is_bare_error {
            None
        } else if seen.value("dns.qry.type").is_empty() {
            Some("it has no question that can be read".into())
        } else if !same("dns.qry.name") || !same("dns.qry.type") {
            Some("it is about another question".into())
        } else {
            None
        }
    }

    /// What the server answers, as a sentence.
    fn answer(&self, seen: &Seen, after: &Shown) -> String {
        let server = self.server;
        let code = seen.number("dns.flags.rcode").unwrap_or(0);
        let count = seen.number("dns.count.answers").unwrap_or(0);
        // The types of all records: those after the answers count, too.
        let there = seen.all("dns.resp.type").len();
        let announced = if there < count as usize { format!(" of {count} announced") } else { String::new() };
        let count = if there < count as usize { there } else { count as usize };
        let records = if count == 1 && announced.is_empty() { "record" } else { "records" };
        let mut text = match code {
            0 => format!("{server} answered after {after} with {count}{announced} {records}"),
            code => format!("{server} answered after {after} with the error {}", rcode(code)),
        };
        let values = SHOWN.map(|field| seen.values(field));
        let values: Vec<_> = values.iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
        if !values.is_empty() {
            text += &format!(": {}", TerminalText(&values.join(", ")));
        }
        if seen.number("dns.flags.truncated") == Some(1) {
            text += "; the answer is truncated, and complete over TCP only";
        }
        text + "."
    }
}

/// A response code by its name.
fn rcode(code: u32) -> String {
    use packetsmith::proto::dns::DnsRcode;
    let code = DnsRcode::from(code as u16);
    code.name().map_or_else(|| format!("{}", u16::from(code)), str::to_string)
}

/// The first name server of this machine.
fn configured_server() -> Result<String, ProbeError> {
    const PATH: &str = "/etc/resolv.conf";
    let text = fs::read(PATH)
        .map_err(|error| ProbeError::Message(format!("{PATH}: cannot be read: {error}; give --server")))?;
    let parsed = resolv_conf::Config::parse(text);
    let parsed = parsed.map_err(|error| ProbeError::Message(format!("{PATH}: {error}; give --server")))?;
    let server = parsed.nameservers.first().map(ToString::to_string);
    server.ok_or_else(|| ProbeError::Message(format!("{PATH}: names no server; give --server")))
}
