//! Serves TCP: a thread for each connection.

use super::arguments::Arguments;
use super::log::{Log, NAP};
use super::reply::Reply;
use crate::signals;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Most connections at a time. Those beyond wait until one has ended.
const MOST: usize = 64;

/// Longest line that an answer is made of; what is longer is answered in parts.
const LINE: usize = 1 << 16;

/// Serves connections until it is interrupted.
pub(super) fn serve(arguments: &Arguments, address: SocketAddr, reply: &Reply, log: &Log) -> io::Result<()> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    signals::watch();
    log.line(&format!("Listening on TCP {address}"))?;
    let (sender, accepted) = sync_channel(0);
    // It waits in the system, where no signal ends it; the end of the program does.
    thread::Builder::new().name("accept".into()).spawn(move || while sender.send(listener.accept()).is_ok() {})?;
    let active = AtomicUsize::new(0);
    let mut left = arguments.count.unwrap_or(u64::MAX);
    thread::scope(|scope| {
        while left > 0 && !signals::ended() {
            if active.load(Ordering::Relaxed) >= MOST {
                thread::sleep(NAP);
                continue;
            }
            let (stream, peer) = match accepted.recv_timeout(NAP) {
                Ok(Ok(accepted)) => accepted,
                Ok(Err(error)) => {
                    log.line(&format!("a connection was not accepted: {error}"))?;
                    thread::sleep(NAP);
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            left -= 1;
            active.fetch_add(1, Ordering::Relaxed);
            let active = &active;
            thread::Builder::new().name("connection".into()).spawn_scoped(scope, move || {
                let end = connection(arguments, reply, log, stream, peer);
                let text = match end {
                    Ok(text) => format!("{peer} {text}"),
                    Err(error) => format!("{peer} ended with an error: {error}"),
                };
                // Standard output that is closed ends the loop over connections.
                let _ = log.line(&text);
                active.fetch_sub(1, Ordering::Relaxed);
            })?;
        }
        Ok(())
    })
}

/// Serves one connection, and tells how it ended.
fn connection(
    arguments: &Arguments,
    reply: &Reply,
    log: &Log,
    mut stream: TcpStream,
    peer: SocketAddr,
) -> io::Result<String> {
    let idle = Duration::from_secs(arguments.idle);
    stream.set_read_timeout(Some(NAP))?;
    stream.set_write_timeout(Some(idle))?;
    log.line(&format!("{peer} connected"))?;
    if let Some(welcome) = &arguments.welcome {
        stream.write_all(format!("{welcome}\n").as_bytes())?;
    }
    let mut bytes = vec![0; 1 << 14];
    let mut line = Vec::new();
    let (mut total, mut last) = (0_u64, Instant::now());
    loop {
        let length = match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                if signals::ended() {
                    stream.shutdown(Shutdown::Both)?;
                    return Ok(format!("was closed by the interrupt, after {total} bytes"));
                }
                if last.elapsed() > idle {
                    stream.shutdown(Shutdown::Both)?;
                    return Ok(format!("sent nothing for {} s, and was closed after {total} bytes", idle.as_secs()));
                }
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        last = Instant::now();
        total += length as u64;
        line.extend_from_slice(&bytes[..length]);
        while let Some(end) = line.iter().position(|&byte| byte == b'\n').or((line.len() >= LINE).then_some(LINE - 1)) {
            let whole: Vec<u8> = line.drain(..=end).collect();
            answer(log, &mut stream, peer, reply, &whole)?;
        }
        // An echo does not wait for the end of a line.
        if reply.is_echo() && !line.is_empty() {
            answer(log, &mut stream, peer, reply, &std::mem::take(&mut line))?;
        }
    }
    if !line.is_empty() {
        answer(log, &mut stream, peer, reply, &line)?;
    }
    Ok(format!("closed its side after {total} bytes"))
}

fn answer(log: &Log, stream: &mut TcpStream, peer: SocketAddr, reply: &Reply, line: &[u8]) -> io::Result<()> {
    log.received(peer, line)?;
    stream.write_all(&reply.to(line))
}
