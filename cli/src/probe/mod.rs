//! `packetsmith probe`: one question to one host, packet by packet.

mod arp;
mod common;
mod dhcp;
mod dns;
mod icmp_error;
mod link;
mod ping;
mod reserved_port;
mod route;
mod target;
mod tcp;
mod tcp_connection;
mod traceroute;

use self::common::{Answer, ProbeError};
use crate::outcome::{Outcome, complain};
use clap::Subcommand;
use packetsmith::output::Style;
use std::io;

/// Asks one host one question, and shows each packet of the exchange.
///
/// This program builds every packet itself, sends it onto the interface by which the host is reached, and shows what comes back as
/// 'packetsmith read' shows it. It finds the MAC address of the host, or of the router before it, by ARP or neighbour discovery
/// first. It sends one packet a second unless told otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith probe arp 10.0.0.1                    who has this address?
  packetsmith probe ping 10.0.0.1 -s 4972           four fragments there, four fragments back
  packetsmith probe dns www.example.org --server 10.0.0.1
  packetsmith probe dhcp -i eth0                    which servers offer which addresses?
  packetsmith probe tcp 10.0.0.1 80                 three segments open, four close
  packetsmith probe traceroute 192.0.2.7 -w hops.pcap

Needs root, or the capability cap_net_raw. Only on Linux.

Exit status: 0 if the host answered, 1 if not, 2 if the question could not be asked.")]
pub struct Arguments {
    #[command(subcommand)]
    probe: Probe,
}

#[derive(Debug, Subcommand)]
enum Probe {
    Arp(arp::Arguments),
    Ping(ping::Arguments),
    Dns(dns::Arguments),
    Dhcp(dhcp::Arguments),
    Tcp(tcp::Arguments),
    Traceroute(traceroute::Arguments),
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let answer = match &arguments.probe {
        Probe::Arp(arguments) => arp::run(arguments, style),
        Probe::Ping(arguments) => ping::run(arguments, style),
        Probe::Dns(arguments) => dns::run(arguments, style),
        Probe::Dhcp(arguments) => dhcp::run(arguments, style),
        Probe::Tcp(arguments) => tcp::run(arguments, style),
        Probe::Traceroute(arguments) => traceroute::run(arguments, style),
    };
    match answer {
        Ok(Answer::Came) => Ok(Outcome::Done),
        Ok(Answer::None) => Ok(Outcome::NothingMatched),
        Err(ProbeError::Message(message)) => {
            complain(message);
            Ok(Outcome::Failed)
        }
        Err(ProbeError::Output(error)) => Err(error),
    }
}
