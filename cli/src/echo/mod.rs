//! `packetsmith echo`: a server for TCP or UDP that sends back what it is sent.

mod reply;
mod tcp;
mod udp;

use self::reply::Reply;
use crate::numbers::number;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::ValueEnum;
use packetsmith::output::TerminalText;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

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
    protocol: Protocol,
    /// Port; 0 for any that is free
    #[arg(short, long, value_name = "N", value_parser = number::<u16>(0..=65_535))]
    port: u16,
    /// Address that it listens on; 0.0.0.0 or :: for all of this machine
    #[arg(short, long, value_name = "IP", default_value = "127.0.0.1")]
    address: IpAddr,
    /// Text that a TCP server sends when a connection opens; a line end follows it
    #[arg(long, value_name = "TEXT")]
    welcome: Option<String>,
    /// Text of answers, one to each line of TCP or each datagram; {} stands for what came
    #[arg(long, value_name = "TEXT", default_value = "{}")]
    reply: String,
    /// End after N connections or datagrams
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    count: Option<u64>,
    /// Seconds after which a TCP connection is closed that sends nothing
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = number::<u64>(1..=86_400))]
    idle: u64,
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Protocol {
    Tcp,
    Udp,
}

/// Longest wait before signals are looked at.
const NAP: Duration = Duration::from_millis(100);

/// Standard output, to which several threads write lines.
struct Log {
    output: Mutex<Output>,
}

impl Log {
    /// Writes a line. What it quotes is made safe for a terminal.
    fn line(&self, text: &str) -> io::Result<()> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.put(format!("{}\n", TerminalText(text)).as_bytes())?;
        output.flush()
    }

    /// Writes what somebody sent: its length, and the beginning of its text.
    fn received(&self, peer: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        const SHOWN: usize = 60;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\r', '\n']);
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        let unit = if bytes.len() == 1 { "byte" } else { "bytes" };
        self.line(&format!("{peer} sent {} {unit}: {shown}", bytes.len()))
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    if arguments.protocol == Protocol::Udp && arguments.welcome.is_some() {
        complain("--welcome: UDP has no connections that could be greeted; --reply is for answers");
        return Ok(Outcome::Failed);
    }
    let reply = Reply::parse(&arguments.reply);
    let address = SocketAddr::new(arguments.address, arguments.port);
    let log = Log { output: Mutex::new(Output::new()) };
    let served = match arguments.protocol {
        Protocol::Tcp => tcp::serve(arguments, address, &reply, &log),
        Protocol::Udp => udp::serve(arguments, address, &reply, &log),
    };
    match served {
        Ok(()) => Ok(Outcome::Done),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(error),
        Err(error) => {
            let hint = match error.kind() {
                io::ErrorKind::PermissionDenied => "; ports below 1024 need root",
                io::ErrorKind::AddrInUse => "; another program has it",
                _ => "",
            };
            complain(format_args!("{address}: cannot be served: {error}{hint}"));
            Ok(Outcome::Failed)
        }
    }
}
