//! Serves UDP.

use super::arguments::Arguments;
use super::log::{Log, NAP};
use super::reply::Reply;
use crate::signals;
use std::io;
use std::net::{SocketAddr, UdpSocket};

/// Answers datagrams until it is interrupted.
pub(super) fn serve(arguments: &Arguments, address: SocketAddr, reply: &Reply, log: &Log) -> io::Result<()> {
    let socket = UdpSocket::bind(address)?;
    socket.set_read_timeout(Some(NAP))?;
    signals::watch();
    log.line(&format!("Listening on UDP {}", socket.local_addr()?));
    let mut bytes = vec![0; 1 << 16];
    let mut left = arguments.count.unwrap_or(u64::MAX);
    while left > 0 && !signals::ended() {
        log.check()?;
        let (length, peer) = match socket.recv_from(&mut bytes) {
            Ok(received) => received,
            // An ICMP error about an earlier answer is none of this datagram.
            Err(error) if is_passing(&error) => continue,
            Err(error) => return Err(error),
        };
        left -= 1;
        log.received(peer, &bytes[..length]);
        if let Err(error) = socket.send_to(&reply.to(&bytes[..length]), peer) {
            log.line(&format!("{peer} got no answer: {error}"));
        }
    }
    log.check()
}

/// Whether the next call may succeed.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted | ConnectionRefused | ConnectionReset)
}
