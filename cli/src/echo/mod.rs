//! `packetsmith echo`: a server for TCP or UDP that sends back what it is sent.

mod arguments;
mod log;
mod reply;
mod tcp;
mod udp;

pub use self::arguments::Arguments;

use self::arguments::Protocol;
use self::log::Log;
use self::reply::Reply;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use std::io;
use std::net::SocketAddr;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    if arguments.protocol == Protocol::Udp && arguments.welcome.is_some() {
        complain("--welcome: UDP has no connections that could be greeted; --reply is for answers");
        return Ok(Outcome::Failed);
    }
    let reply = Reply::parse(&arguments.reply);
    let address = SocketAddr::new(arguments.address, arguments.port);
    let log = Log::new(Output::new());
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
                io::ErrorKind::AddrNotAvailable => "; it is no address of this machine",
                _ => "",
            };
            complain(format_args!("{address}: cannot be served: {error}{hint}"));
            Ok(Outcome::Failed)
        }
    }
}
