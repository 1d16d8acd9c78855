//! `packetsmith probe traceroute`: the routers on the way to a host.

use super::common::{Answer, ProbeError, Shown, seconds};
use super::icmp_error::{meaning, sender};
use super::link::{Link, Seen, filter, random_number};
use super::reserved_port::ReservedPort;
use super::target::HostOptions;
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
    #[arg(short, long, value_name = "N", value_parser = number::<u16>(1..=65_535))]
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
    options: HostOptions,
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
    source: IpAddr,
    target: IpAddr,
    /// A line for each packet.
    hops: Vec<String>,
}

impl Trace {
    /// The packet after the IP header, and the filter for it, its quotes and its replies.
    fn packet(&self, sequence: u16, is_ipv4: bool) -> (String, String) {
        let Trace { protocol, id, ports: (ours, first), .. } = *self;
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
                let port = first + (sequence - 1);
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
    let target = arguments.options.target(&arguments.host)?;
    if arguments.first > arguments.most {
        return Err("--first is greater than --most".to_string().into());
    }
    let packets = u32::from(arguments.most - arguments.first + 1) * u32::from(arguments.queries);
    if arguments.protocol == Protocol::Udp && u32::from(first_port(arguments)) + packets - 1 > 65_535 {
        let message = "--port: each packet goes to the next port, and the last would be above 65535; give a lower one";
        return Err(message.to_string().into());
    }
    let read = arguments.options.common.show.arguments();
    let mut link = Link::to(&target, &arguments.options.common, &read, style)?;
    let target = target.address;
    let source = link.source()?;
    let unusable = |error| ProbeError::Message(format!("{source}: no port of it can be used: {error}"));
    let reserved = match arguments.protocol {
        Protocol::Icmp => None,
        Protocol::Udp => Some(ReservedPort::udp(source, 0).map_err(unusable)?),
        Protocol::Tcp => Some(ReservedPort::tcp(source, 0).map_err(unusable)?),
    };
    let ports = (reserved.as_ref().map_or(0, |reserved| reserved.port), first_port(arguments));
    let trace =
        Trace { protocol: arguments.protocol, id: random_number() as u16 | 1, ports, source, target, hops: Vec::new() };
    if !link.resolve(target)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let (hops, end) = trace.run(arguments, &mut link)?;
    link.tell("")?;
    hops.iter().try_for_each(|hop| link.tell(hop))?;
    let (text, answer) = match end {
        End::Reached => ("was reached".to_string(), Answer::Came),
        End::Refused(why) => (format!("was not reached: {why}"), Answer::None),
        End::Interrupted => ("was not reached before the interrupt".to_string(), Answer::None),
        End::TooFar => (format!("was not reached with a time to live of {}", arguments.most), Answer::None),
    };
    link.tell(&format!("{target} {text}."))?;
    link.finish()?;
    Ok(answer)
}

/// How a trace ended.
enum End {
    Reached,
    /// Somebody on the way says why packets do not arrive.
    Refused(String),
    TooFar,
    Interrupted,
}

impl Trace {
    /// Sends packets that get further and further. Returns a line for each, and how it ended.
    fn run(mut self, arguments: &Arguments, link: &mut Link<'_>) -> Result<(Vec<String>, End), ProbeError> {
        let is_ipv4 = self.target.is_ipv4();
        let ours = filter(&self.ours(is_ipv4))?;
        let (exceeded, unreachable) = match is_ipv4 {
            true => ("icmp.type == 11", "icmp.type in {3, 12}"),
            false => ("icmpv6.type == 3", "icmpv6.type in {1, 2, 4}"),
        };
        let mut sequence = 0;
        for ttl in arguments.first..=arguments.most {
            let mut end = None;
            for _ in 0..arguments.queries {
                sequence += 1;
                link.pace(arguments.interval);
                if signals::ended() {
                    return Ok((self.hops, End::Interrupted));
                }
                let (packet, same) = self.packet(sequence, is_ipv4);
                let header = link.ip_header(self.source, self.target, ttl);
                let mtu = link.route.mtu as usize;
                link.send(&format!("{header} / {packet}"), mtu)?;
                // Of an error that comes late, only that it came is of interest.
                let asked = [
                    &filter(&format!("{same} && {exceeded}"))?,
                    &filter(&format!("{same} && {}", self.reply()))?,
                    &filter(&format!("{same} && {unreachable}"))?,
                    &filter(unreachable)?,
                ];
                let text = match link.wait(link.timeout, &ours, asked)? {
                    None => format!("no answer within {}", Shown(link.timeout)),
                    Some((seen, [is_exceeded, is_reply, is_of_this, is_unreachable])) => {
                        let host = sender(&seen);
                        let mut text = match is_exceeded || is_reply || is_of_this {
                            true => format!("{host} after {}", link.after(&seen)),
                            false => format!("{host}, to an earlier packet"),
                        };
                        if is_unreachable && self.has_arrived(&seen, &host) || is_reply {
                            end = Some(End::Reached);
                            self.end(link, &seen, &header)?;
                        } else if is_unreachable {
                            text += &format!(": {}", meaning(&seen));
                            end = Some(End::Refused(format!("{host} says: {}", meaning(&seen))));
                        }
                        text
                    }
                };
                self.hops.push(format!("{ttl:>3}  {text}"));
            }
            if let Some(end) = end {
                return Ok((self.hops, end));
            }
        }
        Ok((self.hops, if signals::ended() { End::Interrupted } else { End::TooFar }))
    }

    /// Whether the target itself sent the ICMP error: its source is the target, or it says that the port is unreachable.
    fn has_arrived(&self, seen: &Seen, host: &str) -> bool {
        let is_port = match self.target {
            IpAddr::V4(_) => seen.value("icmp.type") == "3" && seen.value("icmp.code") == "3",
            IpAddr::V6(_) => seen.value("icmpv6.type") == "1" && seen.value("icmpv6.code") == "4",
        };
        host == self.target.to_string() || is_port && self.protocol == Protocol::Udp
    }

    /// Ends the connection that a host has half opened, so that it does not wait for more.
    fn end(&self, link: &mut Link<'_>, seen: &Seen, header: &str) -> Result<(), ProbeError> {
        let Trace { ports: (ours, port), .. } = *self;
        let is_open = seen.value("tcp.flags.syn") == "1" && seen.value("tcp.flags.ack") == "1";
        match seen.number("tcp.ack_raw").filter(|_| is_open && self.protocol == Protocol::Tcp) {
            Some(next) => {
                let packet = format!("{header} / tcp src_port={ours} dst_port={port} seq={next} flags=4 window=0");
                link.send(&packet, link.route.mtu as usize)
            }
            None => Ok(()),
        }
    }

    /// The filter for all packets of the trace, their quotes and their replies.
    fn ours(&self, is_ipv4: bool) -> String {
        let Trace { protocol, id, ports: (ours, port), .. } = self;
        match (protocol, is_ipv4) {
            (Protocol::Icmp, true) => format!("icmp.ident == {id}"),
            (Protocol::Icmp, false) => format!("icmpv6.echo.identifier == {id}"),
            (Protocol::Udp, _) => format!("udp.port == {ours}"),
            (Protocol::Tcp, _) => format!("tcp.port == {ours} && tcp.port == {port}"),
        }
    }

    /// The filter for replies of the host itself.
    fn reply(&self) -> String {
        let Trace { target, ports: (ours, port), .. } = self;
        match (self.protocol, target) {
            (Protocol::Icmp, IpAddr::V4(_)) => format!("icmp.type == 0 && ip.src == {target}"),
            (Protocol::Icmp, IpAddr::V6(_)) => format!("icmpv6.type == 129 && ipv6.src == {target}"),
            (Protocol::Udp, _) => format!("udp.dstport == {ours} && !icmp && !icmpv6"),
            (Protocol::Tcp, _) => format!("tcp.srcport == {port} && tcp.dstport == {ours} && !icmp && !icmpv6"),
        }
    }
}

/// The port of the first packet.
fn first_port(arguments: &Arguments) -> u16 {
    arguments.port.unwrap_or(if arguments.protocol == Protocol::Udp { 33_434 } else { 80 })
}
