//! `packetsmith probe dns`: what a name server answers.

use super::common::{Answer, Common, ProbeError, Shown};
use super::link::{Link, filter, random_number};
use super::reserved_port::ReservedPort;
use super::target::{Version, address};
use crate::signals;
use packetsmith::output::Style;
use std::fs;
use std::net::IpAddr;
use std::time::Duration;

/// Asks a name server for a name, over UDP port 53.
///
/// It asks up to three times.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name that is asked for
    #[arg(value_name = "NAME")]
    name: String,
    /// Type of the records: A, AAAA, MX, TXT, PTR and others
    #[arg(value_name = "TYPE", default_value = "A")]
    record_type: String,
    /// Address or name of the server; the first of /etc/resolv.conf by default
    #[arg(short, long, value_name = "HOST")]
    server: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    version: Version,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    const REQUESTS: usize = 3;
    let server = match &arguments.server {
        Some(server) => address(server, arguments.version)?,
        None => configured_server()?,
    };
    let read = arguments.common.show.arguments();
    let mut link = Link::to(server, &arguments.common, &read, style)?;
    let source = link.source()?;
    let reserved = ReservedPort::udp(source, 0)
        .map_err(|error| ProbeError::Message(format!("{source}: no port of it can be used: {error}")))?;
    let (port, id) = (reserved.port, random_number() as u16);
    let Arguments { name, record_type, .. } = arguments;
    let quoted = name.trim_end_matches('.');
    if !quoted.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"{}[]=/ ".contains(&byte)) || quoted.is_empty() {
        return Err(ProbeError::Message(format!(
            "{name}: is no name of DNS in ASCII; write others in Punycode (xn--)"
        )));
    }
    if !record_type.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ProbeError::Message(format!("{record_type}: is no type of records")));
    }
    let question = format!(
        "udp src_port={port} dst_port=53 / dns id={id} recursion_desired=true \
         questions=[{{name={quoted} qtype={} qclass=IN}}]",
        record_type.to_ascii_uppercase()
    );
    // Built once, so that a wrong name costs no packet.
    let built = super::link::build(&format!("{} / {question}", link.ip_header(source, server, 64)));
    built.map_err(|_| {
        ProbeError::Message(format!("{name} {record_type}: is no question of DNS: a type is A, AAAA, MX, TXT, PTR ..."))
    })?;
    if !link.resolve(server)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let ours = filter(&format!("udp.port == {port} && (dns.id == {id} || icmp || icmpv6)"))?;
    let response =
        filter(&format!("dns.id == {id} && dns.flags.response == 1 && udp.dstport == {port} && !icmp && !icmpv6"))?;
    let error = filter("icmp || icmpv6")?;
    let mtu = link.route.mtu as usize;
    for request in 1..=REQUESTS {
        link.pace(Duration::from_secs(1));
        if signals::ended() {
            break;
        }
        let header = link.ip_header(source, server, 64);
        link.send(&format!("{header} / {question}"), mtu)?;
        match link.wait(link.timeout, &ours, [&response, &error])? {
            Some((seen, [true, _])) => {
                let after = link.after(&seen);
                let code = seen.number("dns.flags.rcode").unwrap_or(0);
                let count = seen.number("dns.count.answers").unwrap_or(0);
                let records = if count == 1 { "record" } else { "records" };
                let mut text = match code {
                    0 => format!("{server} answered after {after} with {count} {records}"),
                    code => format!("{server} answered after {after} with the error {}", rcode(code)),
                };
                let addresses = [seen.values("dns.a"), seen.values("dns.aaaa")];
                let addresses: Vec<_> = addresses.iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
                if !addresses.is_empty() {
                    text += &format!(": {}", addresses.join(", "));
                }
                if seen.value("dns.flags.truncated") == "1" {
                    text += "; the answer is truncated, and complete over TCP only";
                }
                link.tell(&(text + "."))?;
                link.finish()?;
                return Ok(Answer::Came);
            }
            Some((seen, _)) => {
                let router = seen.value(if server.is_ipv4() { "ip.src" } else { "ipv6.src" });
                link.tell(&format!("{router} sent an ICMP error: the query was not answered."))?;
                link.finish()?;
                return Ok(Answer::None);
            }
            None => link.tell(&format!("No answer to query {request} within {}.", Shown(link.timeout)))?,
        }
    }
    link.finish()?;
    Ok(Answer::None)
}

/// A response code by its name.
fn rcode(code: u32) -> String {
    use packetsmith::proto::dns::DnsRcode;
    let code = DnsRcode::from(code as u16);
    code.name().map_or_else(|| format!("{}", u16::from(code)), str::to_string)
}

/// The first name server of this machine.
fn configured_server() -> Result<IpAddr, ProbeError> {
    const PATH: &str = "/etc/resolv.conf";
    let text = fs::read(PATH)
        .map_err(|error| ProbeError::Message(format!("{PATH}: cannot be read: {error}; give --server")))?;
    let parsed = resolv_conf::Config::parse(text);
    let parsed = parsed.map_err(|error| ProbeError::Message(format!("{PATH}: {error}; give --server")))?;
    let server = parsed.nameservers.first().map(IpAddr::from);
    server.ok_or_else(|| ProbeError::Message(format!("{PATH}: names no server; give --server")))
}
