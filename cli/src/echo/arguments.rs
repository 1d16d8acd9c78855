//! The arguments of the command.

use crate::numbers::number;
use clap::ValueEnum;
use std::net::IpAddr;

/// Serves TCP or UDP on a port, and sends back what it is sent: the other end of a lesson on sockets.
///
/// With --welcome a TCP server greets first; with --reply it answers with a text around what came. Text is UTF-8, and bytes that are
/// none go back as they came.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith echo tcp --port 9999
  packetsmith echo tcp --port 9999 --welcome 'Willkommen! 欢迎!' --reply 'Hello, {}!'
  packetsmith echo udp --port 9999
  packetsmith probe tcp 127.0.0.1 9999 --send 'Grüß Gott\\n'     the other end
  packetsmith capture -i lo -f 'tcp.port == 9999'               and what passes between them

It listens on 127.0.0.1 alone unless --address says otherwise, until it is interrupted.

Exit status: 0 if it was interrupted or has served what -c says, 2 if the port cannot be used.")]
pub struct Arguments {
    /// Protocol
    #[arg(value_name = "tcp|udp", hide_possible_values = true)]
    pub(super) protocol: Protocol,
    /// Port; 0 for any that is free
    #[arg(short, long, value_name = "N", value_parser = number::<u16>(0..=65_535))]
    pub(super) port: u16,
    /// Address that it listens on; 0.0.0.0 or :: for all of this machine
    #[arg(short, long, value_name = "IP", default_value = "127.0.0.1")]
    pub(super) address: IpAddr,
    /// Text that a TCP server sends when a connection opens; a line end follows it
    #[arg(long, value_name = "TEXT")]
    pub(super) welcome: Option<String>,
    /// Text of answers, one to each line of TCP or each datagram; {} stands for what came
    #[arg(long, value_name = "TEXT", default_value = "{}")]
    pub(super) reply: String,
    /// End after N connections or datagrams
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    pub(super) count: Option<u64>,
    /// Seconds after which a TCP connection is closed that sends nothing
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = number::<u64>(1..=86_400))]
    pub(super) idle: u64,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Protocol {
    Tcp,
    Udp,
}
