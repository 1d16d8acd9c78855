//! `packetsmith probe ping`: does a host answer, and after which time.

use super::common::{Answer, ProbeError, Shown, seconds};
use super::icmp_error::{ERRORS, meaning, sender};
use super::link::{Link, filter, random_number};
use super::target::HostOptions;
use crate::numbers::number;
use crate::signals;
use packetsmith::output::Style;
use packetsmith::stats::DurationHistogram;
use std::net::IpAddr;
use std::time::Duration;

/// Sends echo requests, and shows the replies.
///
/// A request that is longer than the MTU is sent in fragments, which the host puts together, and the fragments of its reply are put
/// together here: 4,972 bytes make an IPv4 packet of 5,000, and four fragments of 1500, 1500, 1500 and 560.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address or name of the host
    #[arg(value_name = "HOST")]
    host: String,
    /// Bytes of data in a request
    #[arg(short, long, value_name = "BYTES", default_value = "56", value_parser = number::<u16>(0..=65_507))]
    size: u16,
    /// Number of requests
    #[arg(short, long, value_name = "N", default_value = "1", value_parser = number::<u16>(1..=65_535))]
    count: u16,
    /// Seconds between requests
    #[arg(short = 'I', long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    interval: Duration,
    /// Largest IP packet in bytes; that of the interface, at most 1500, by default
    #[arg(short, long, value_name = "BYTES", value_parser = number::<u16>(68..=65_535))]
    mtu: Option<u16>,
    /// Time to live, or hop limit, of requests
    #[arg(long, value_name = "N", default_value = "64", value_parser = number::<u8>(1..=255))]
    ttl: u8,
    #[command(flatten)]
    options: HostOptions,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let target = arguments.options.target(&arguments.host)?;
    let read = arguments.options.common.show.arguments();
    let mut link = Link::to(&target, &arguments.options.common, &read, style)?;
    let target = target.address;
    let source = link.source()?;
    let most = link.route.mtu;
    if let Some(mtu) = arguments.mtu.map(u32::from).filter(|&mtu| mtu > most) {
        return Err(
            format!("--mtu: {} does not take packets of {mtu} bytes; its MTU is {most}", link.route.interface).into()
        );
    }
    let mtu = arguments.mtu.map_or(most.min(1500), u32::from) as usize;
    if !link.resolve(target)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let id = random_number() as u16;
    let payload: String = (0..arguments.size).map(|n| format!("{:02x}", n as u8)).collect();
    let (protocol, request, reply, fields) = match target {
        IpAddr::V4(_) => ("icmpv4", 8, 0, ("icmp.type", "icmp.ident", "icmp.seq", "ip.src", "ip.dst")),
        IpAddr::V6(_) => (
            "icmpv6",
            128,
            129,
            ("icmpv6.type", "icmpv6.echo.identifier", "icmpv6.echo.sequence_number", "ipv6.src", "ipv6.dst"),
        ),
    };
    let (kind, ident, seq, from, to) = fields;
    let fragment = match target {
        IpAddr::V4(_) => "(ip.frag_offset > 0 || ip.flags.mf == 1) && ip.proto == 1",
        IpAddr::V6(_) => "ipv6.fraghdr",
    };
    let between = format!("({from} == {source} && {to} == {target} || {from} == {target} && {to} == {source})");
    let ours = filter(&format!("{ident} == {id} || {between} && {fragment}"))?;
    let mut times = DurationHistogram::default();
    let mut sent = 0;
    for sequence in 1..=arguments.count {
        link.pace(arguments.interval);
        if signals::ended() {
            break;
        }
        sent = sequence;
        let header = link.ip_header(source, target, arguments.ttl);
        let data = if payload.is_empty() { String::new() } else { format!(" / 0x{payload}") };
        link.send(&format!("{header} / {protocol} type={request} identifier={id} sequence={sequence}{data}"), mtu)?;
        let answer =
            filter(&format!("{kind} == {reply} && {ident} == {id} && {seq} == {sequence} && {from} == {target}"))?;
        let error = filter(&format!("{ERRORS} && {ident} == {id} && {seq} == {sequence}"))?;
        match link.wait(link.timeout, &ours, [&answer, &error])? {
            Some((seen, [true, _])) => {
                let after = link.after(&seen);
                times.add(after.0.as_nanos() as i64);
                link.tell(&format!("{target} answered request {sequence} after {after}."))?;
            }
            Some((seen, _)) => {
                link.tell(&format!("{} says of request {sequence}: {}.", sender(&seen), meaning(&seen)))?;
            }
            None => link.tell(&format!("No answer to request {sequence} within {}.", Shown(link.timeout)))?,
        }
    }
    let count = times.count();
    if arguments.count > 1 {
        let shown = |nanos: Option<i64>| Shown(Duration::from_nanos(nanos.unwrap_or(0).max(0).unsigned_abs()));
        let (noun, verb) = (if sent == 1 { "request" } else { "requests" }, if count == 1 { "was" } else { "were" });
        let mut text = format!("{count} of {sent} {noun} {verb} answered");
        if count > 0 {
            text += &format!(
                ": after {} at least, {} on average, {} at most",
                shown(times.least()),
                shown(times.average()),
                shown(times.most())
            );
        }
        link.tell(&(text + "."))?;
    }
    link.finish()?;
    Ok(if count > 0 { Answer::Came } else { Answer::None })
}
