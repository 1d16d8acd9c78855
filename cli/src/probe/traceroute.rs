//! `packetsmith probe traceroute`: the routers on the way to a host.

use super::common::{Answer, Common, ProbeError, Shown, seconds};
use super::link::{Link, filter, random_number};
use super::reserved_port::ReservedPort;
use super::target::{Version, address};
use crate::numbers::number;
use crate::signals;
use clap::ValueEnum;
use packetsmith::output::Style;
use std::net::IpAddr;
use std::time::Duration;

/// Finds the routers on the way to a host.
///
/// Packets are sent with a time to live of 1, 2 and so on. The router at which it ends answers with an error, and the host itself
/// with a reply.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address or name of the host
    #[arg(value_name = "HOST")]
    host: String,
    /// What is sent
    #[arg(short = 'P', long, value_name = "PROTOCOL", default_value = "icmp")]
    protocol: Protocol,
    /// Port of TCP [default: 80], or the first of UDP [default: 33434]
    #[arg(short, long, value_name = "N", value_parser = number::<u16>(1..=65_000))]
    port: Option<u16>,
    /// First time to live
    #[arg(short = 'f', long, value_name = "N", default_value = "1", value_parser = number::<u8>(1..=255))]
    first: u8,
    /// Last time to live
    #[arg(short = 'm', long, value_name = "N", default_value = "30", value_parser = number::<u8>(1..=255))]
    most: u8,
    /// Packets for each router
    #[arg(short = 'n', long, value_name = "N", default_value = "1", value_parser = number::<u8>(1..=10))]
    queries: u8,
    /// Seconds between packets
    #[arg(short = 'I', long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    interval: Duration,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    version: Version,
}

/// What is sent to find routers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Protocol {
    /// Echo requests
    Icmp,
    /// Datagrams to ports that nobody listens on
    Udp,
    /// SYN segments
    Tcp,
}

/// How the packets of a trace look.
struct Trace {
    protocol: Protocol,
    id: u16,
    /// Our port, and the first of the host.
    ports: (u16, u16),
}

impl Trace {
    /// The packet after the IP header, and the filter for it, its quotes and its replies.
    fn probe(&self, sequence: u16, is_ipv4: bool) -> (String, String) {
        let Trace { protocol, id, ports: (ours, first) } = *self;
        match (protocol, is_ipv4) {
            (Protocol::Icmp, true) => (
                format!("icmpv4 type=8 identifier={id} sequence={sequence}"),
                format!("icmp.ident == {id} && icmp.seq == {sequence}"),
            ),
            (Protocol::Icmp, false) => (
                format!("icmpv6 type=128 identifier={id} sequence={sequence}"),
                format!("icmpv6.echo.identifier == {id} && icmpv6.echo.sequence_number == {sequence}"),
            ),
            (Protocol::Udp, _) => {
                let port = first.wrapping_add(sequence - 1);
                (format!("udp src_port={ours} dst_port={port}"), format!("udp.port == {ours} && udp.port == {port}"))
            }
            (Protocol::Tcp, _) => {
                let seq = u32::from(id) << 16 | u32::from(sequence);
                (
                    format!("tcp src_port={ours} dst_port={first} seq={seq} flags=2 window=64240"),
                    format!(
                        "tcp.port == {ours} && tcp.port == {first} && (tcp.seq_raw == {seq} || tcp.ack_raw == {})",
                        seq + 1
                    ),
                )
            }
        }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let target = address(&arguments.host, arguments.version)?;
    if arguments.first > arguments.most {
        return Err(ProbeError::Message("--first is greater than --most".into()));
    }
    let read = arguments.common.show.arguments();
    let mut link = Link::to(target, &arguments.common, &read, style)?;
    let source = link.source()?;
    let unusable = |error| ProbeError::Message(format!("{source}: no port of it can be used: {error}"));
    let reserved = match arguments.protocol {
        Protocol::Icmp => None,
        Protocol::Udp => Some(ReservedPort::udp(source, 0).map_err(unusable)?),
        Protocol::Tcp => Some(ReservedPort::tcp(source, 0).map_err(unusable)?),
    };
    let first = arguments.port.unwrap_or(if arguments.protocol == Protocol::Udp { 33_434 } else { 80 });
    let ports = (reserved.as_ref().map_or(0, |reserved| reserved.port), first);
    let trace = Trace { protocol: arguments.protocol, id: random_number() as u16 | 1, ports };
    if !link.resolve(target)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let mut hops = Vec::new();
    let is_ipv4 = target.is_ipv4();
    let from = if is_ipv4 { "ip.src" } else { "ipv6.src" };
    let exceeded = filter(if is_ipv4 { "icmp.type == 11" } else { "icmpv6.type == 3" })?;
    let unreachable = filter(if is_ipv4 { "icmp.type in {3, 5, 12}" } else { "icmpv6.type in {1, 2, 4}" })?;
    let of_host = filter(&reply(arguments.protocol, target, ports))?;
    let (mut sequence, mut reached) = (0, false);
    'hops: for ttl in arguments.first..=arguments.most {
        for _ in 0..arguments.queries {
            sequence += 1;
            link.pace(arguments.interval);
            if signals::ended() {
                break 'hops;
            }
            let (packet, ours) = trace.probe(sequence, is_ipv4);
            let ours = filter(&ours)?;
            let header = link.ip_header(source, target, ttl);
            let mtu = link.route.mtu as usize;
            link.send(&format!("{header} / {packet}"), mtu)?;
            let text = match link.wait(link.timeout, &ours, [&exceeded, &unreachable, &of_host])? {
                None => format!("no answer within {}", Shown(link.timeout)),
                Some((seen, passes)) => {
                    let after = link.after(&seen);
                    let host = seen.value(from);
                    reached |= passes[2] || passes[1] && host == target.to_string();
                    let stops = passes[1] && host != target.to_string();
                    if stops {
                        hops.push(format!("{ttl:>3}  {host} cannot send packets on to {target}, after {after}"));
                        break 'hops;
                    }
                    format!("{host} after {after}")
                }
            };
            hops.push(format!("{ttl:>3}  {text}"));
        }
        if reached {
            break;
        }
    }
    link.tell("")?;
    for hop in hops {
        link.tell(&hop)?;
    }
    if reached {
        link.tell(&format!("{target} was reached."))?;
    } else if !signals::ended() {
        link.tell(&format!("{target} was not reached."))?;
    }
    link.finish()?;
    Ok(if reached { Answer::Came } else { Answer::None })
}

/// The filter for replies of the host itself.
fn reply(protocol: Protocol, target: IpAddr, (ours, port): (u16, u16)) -> String {
    match (protocol, target) {
        (Protocol::Icmp, IpAddr::V4(_)) => format!("icmp.type == 0 && ip.src == {target}"),
        (Protocol::Icmp, IpAddr::V6(_)) => format!("icmpv6.type == 129 && ipv6.src == {target}"),
        (Protocol::Udp, _) => format!("udp.dstport == {ours} && !icmp && !icmpv6"),
        (Protocol::Tcp, _) => format!("tcp.srcport == {port} && tcp.dstport == {ours} && !icmp && !icmpv6"),
    }
}
