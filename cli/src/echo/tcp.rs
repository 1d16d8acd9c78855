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
    log.line(&format!("Listening on TCP {address}"));
    let (sender, accepted) = sync_channel(0);
    // It waits in the system, where no signal ends it; the end of the program does.
    thread::Builder::new().name("accept".into()).spawn(move || while sender.send(listener.accept()).is_ok() {})?;
    let active = AtomicUsize::new(0);
    let mut left = arguments.count.unwrap_or(u64::MAX);
    thread::scope(|scope| -> io::Result<()> {
        while left > 0 && !signals::ended() {
            log.check()?;
            if active.load(Ordering::Relaxed) >= MOST {
                thread::sleep(NAP);
                continue;
            }
            let (stream, peer) = match accepted.recv_timeout(NAP) {
                Ok(Ok(accepted)) => accepted,
                Ok(Err(error)) => {
                    log.line(&format!("a connection was not accepted: {error}"));
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
                let mut connection = Connection { arguments, log, stream, peer, total: 0 };
                let end = connection.serve(reply);
                log.line(&format!("{peer} {}", connection.ended(end)));
                active.fetch_sub(1, Ordering::Relaxed);
            })?;
        }
        Ok(())
    })?;
    log.check()
}

/// Why a connection ends before its client closes it.
enum End {
    /// A signal ended the program.
    Interrupted,
    /// The client sent nothing for too long.
    Idle,
    /// The client did not receive what it was sent for too long.
    Unread,
    Error(io::Error),
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        End::Error(error)
    }
}

/// Whether a call has ended before anything happened.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

/// A connection.
struct Connection<'a> {
    arguments: &'a Arguments,
    log: &'a Log,
    stream: TcpStream,
    peer: SocketAddr,
    /// Bytes that were received.
    total: u64,
}

impl Connection<'_> {
    /// How it ended, as the end of a sentence.
    fn ended(&self, end: Result<(), End>) -> String {
        let Connection { total, .. } = self;
        let seconds = self.arguments.idle;
        match end {
            Ok(()) => format!("closed its side after {total} bytes"),
            Err(End::Interrupted) => format!("was closed by the interrupt, after {total} bytes"),
            Err(End::Idle) => format!("sent nothing for {seconds} s, and was closed after {total} bytes"),
            Err(End::Unread) => format!("received nothing for {seconds} s, and was closed after {total} bytes"),
            Err(End::Error(error)) => format!("ended with an error after {total} bytes: {error}"),
        }
    }

    /// Serves it until the client closes its side.
    fn serve(&mut self, reply: &Reply) -> Result<(), End> {
        self.stream.set_read_timeout(Some(NAP))?;
        self.stream.set_write_timeout(Some(NAP))?;
        self.log.line(&format!("{} connected", self.peer));
        if let Some(welcome) = &self.arguments.welcome {
            self.send(format!("{welcome}\n").as_bytes())?;
        }
        let mut bytes = vec![0; 1 << 14];
        let mut line = Vec::new();
        loop {
            let length = self.receive(&mut bytes)?;
            if length == 0 {
                break;
            }
            line.extend_from_slice(&bytes[..length]);
            while let Some(end) =
                line.iter().position(|&byte| byte == b'\n').or((line.len() >= LINE).then_some(LINE - 1))
            {
                let whole: Vec<u8> = line.drain(..=end).collect();
                self.answer(reply, &whole)?;
            }
            // An echo does not wait for the end of a line.
            if reply.is_echo() && !line.is_empty() {
                self.answer(reply, &std::mem::take(&mut line))?;
            }
        }
        if line.is_empty() { Ok(()) } else { self.answer(reply, &line) }
    }

    fn answer(&mut self, reply: &Reply, line: &[u8]) -> Result<(), End> {
        // A client that sends all the time does not keep the program from ending.
        self.check(Instant::now(), End::Idle)?;
        self.log.received(self.peer, line);
        self.send(&reply.to(line))
    }

    /// Receives bytes; 0 if the client has closed its side.
    fn receive(&mut self, bytes: &mut [u8]) -> Result<usize, End> {
        let begin = Instant::now();
        loop {
            match self.stream.read(bytes) {
                Ok(length) => {
                    self.total += length as u64;
                    return Ok(length);
                }
                Err(error) if is_passing(&error) => self.check(begin, End::Idle)?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends bytes, as fast as the client receives them.
    fn send(&mut self, mut bytes: &[u8]) -> Result<(), End> {
        let mut begin = Instant::now();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(length) => {
                    bytes = &bytes[length..];
                    begin = Instant::now();
                }
                Err(error) if is_passing(&error) => self.check(begin, End::Unread)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Closes the connection if a signal came, or nothing happened for too long.
    fn check(&self, begin: Instant, end: End) -> Result<(), End> {
        let end = match signals::ended() {
            true => End::Interrupted,
            false if begin.elapsed() > Duration::from_secs(self.arguments.idle) => end,
            false => return Ok(()),
        };
        // The client may have gone.
        let _ = self.stream.shutdown(Shutdown::Both);
        Err(end)
    }
}
