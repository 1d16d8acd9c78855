//! `packetsmith probe tcp`: is a port open, shown by a handshake and an orderly close.

use super::common::{Answer, Common, ProbeError, Shown};
use super::link::{Link, Seen, filter, random_number};
use super::reserved_port::ReservedPort;
use super::target::{Version, address};
use crate::numbers::number;
use crate::signals;
use packetsmith::Filter;
use packetsmith::output::{Style, TerminalText};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Opens a TCP connection to a port, and closes it.
///
/// A SYN is sent up to three times. If the port is open, three segments open the connection, and four close it; with --send a text is
/// sent between. The kernel has no part in it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Address or name of the host
    #[arg(value_name = "HOST")]
    host: String,
    /// The port
    #[arg(value_name = "PORT", value_parser = number::<u16>(1..=65_535))]
    port: u16,
    /// Send this text, in one segment, and wait for an answer before the close. \r, \n and \\ are escapes
    #[arg(long, value_name = "TEXT")]
    send: Option<String>,
    /// Seconds to wait for what the host says first, before the close: a greeting
    #[arg(long, value_name = "SECONDS", value_parser = super::common::seconds)]
    listen: Option<Duration>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    version: Version,
}

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// Most bytes of a stream that are shown.
const SHOWN: usize = 400;

/// Our end of the connection.
struct Connection<'l, 'a> {
    link: &'l mut Link<'a>,
    source: IpAddr,
    target: IpAddr,
    ports: (u16, u16),
    /// Next sequence number to send, and to receive.
    next: u32,
    expected: u32,
    /// The host has acknowledged everything up to here.
    acknowledged: u32,
    has_fin: bool,
    is_reset: bool,
    received: Vec<u8>,
    received_count: u64,
    ours: Filter,
    theirs: Filter,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> Result<Answer, ProbeError> {
    let target = address(&arguments.host, arguments.version)?;
    let text = arguments.send.as_deref().map(unescape).transpose()?;
    let read = arguments.common.show.arguments();
    let mut link = Link::to(target, &arguments.common, &read, style)?;
    let source = link.source()?;
    let reserved = ReservedPort::tcp(source, 0)
        .map_err(|error| ProbeError::Message(format!("{source}: no port of it can be used: {error}")))?;
    if !link.resolve(target)? {
        link.finish()?;
        return Ok(Answer::None);
    }
    let ports = (reserved.port, arguments.port);
    let first = random_number();
    let connection = Connection {
        source,
        target,
        ports,
        next: first,
        expected: 0,
        acknowledged: first,
        has_fin: false,
        is_reset: false,
        received: Vec::new(),
        received_count: 0,
        ours: filter(&format!("tcp.port == {} && tcp.port == {}", ports.0, ports.1))?,
        theirs: filter(&format!("tcp.srcport == {} && tcp.dstport == {} && !icmp && !icmpv6", ports.1, ports.0))?,
        link: &mut link,
    };
    let answer = connection.run(arguments, text.as_deref())?;
    link.finish()?;
    Ok(answer)
}

/// Replaces \r, \n and \\.
fn unescape(text: &str) -> Result<Vec<u8>, ProbeError> {
    let mut bytes = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let c = match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('\\') => '\\',
                _ => {
                    return Err(ProbeError::Message(format!(
                        "--send {text}: a backslash goes with n, r, t or another one"
                    )));
                }
            },
            c => c,
        };
        bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
    Ok(bytes)
}

impl Connection<'_, '_> {
    fn run(mut self, arguments: &Arguments, text: Option<&[u8]>) -> Result<Answer, ProbeError> {
        let (target, port) = (self.target, arguments.port);
        let Some(open) = self.open()? else { return Ok(if self.is_reset { Answer::Came } else { Answer::None }) };
        let before = self.next;
        if let Some(text) = text {
            let most = self.link.route.mtu as usize - 60;
            if text.len() > most {
                return Err(ProbeError::Message(format!(
                    "--send: {} bytes do not fit into a segment of {most}",
                    text.len()
                )));
            }
            self.segment(PSH | ACK, text)?;
        }
        let wait = arguments.listen.or(text.map(|_| self.link.timeout));
        if let Some(wait) = wait {
            self.receive_all(wait)?;
        }
        self.close()?;
        let is_closed = self.has_fin && self.acknowledged == self.next;
        let sent = self.next.wrapping_sub(before).saturating_sub(1);
        let mut report = match (is_closed, self.is_reset) {
            (_, true) => format!("{target} reset the connection"),
            (true, _) => "Both sides have closed the connection".to_string(),
            (false, _) => {
                self.segment(RST | ACK, &[])?;
                self.show_rest()?;
                format!(
                    "{target} did not close its side within {}, and the connection was reset",
                    Shown(self.link.timeout)
                )
            }
        };
        if sent > 0 || self.received_count > 0 {
            report += &format!(": {sent} bytes went to port {port}, and {} came back", self.received_count);
        }
        self.link.tell(&open)?;
        self.link.tell(&(report + "."))?;
        if !self.received.is_empty() {
            let more = if self.received_count > self.received.len() as u64 { " and more" } else { "" };
            let text = String::from_utf8_lossy(&self.received).into_owned();
            for line in text.lines() {
                self.link.tell(&format!("  {}", TerminalText(line)))?;
            }
            if !more.is_empty() {
                self.link.tell("  ...")?;
            }
        }
        Ok(Answer::Came)
    }

    /// Sends a segment, and counts it.
    fn segment(&mut self, flags: u8, payload: &[u8]) -> Result<(), ProbeError> {
        let Connection { source, target, ports, next, expected, .. } = *self;
        let ip = self.link.ip_header(source, target, 64);
        let header = if target.is_ipv4() { 40 } else { 60 };
        let options = match flags & SYN {
            0 => String::new(),
            _ => format!(" maximum_segment_size={}", self.link.route.mtu.min(65_535).saturating_sub(header)),
        };
        let ack = if flags & ACK == 0 { 0 } else { expected };
        let data = payload.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let data = if data.is_empty() { data } else { format!(" / 0x{data}") };
        let text = format!(
            "{ip} / tcp src_port={} dst_port={} seq={next} ack={ack} flags={flags} window=64240{options}{data}",
            ports.0, ports.1
        );
        let mtu = self.link.route.mtu as usize;
        self.link.send(&text, mtu)?;
        let counted = payload.len() as u32 + u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
        self.next = next.wrapping_add(counted);
        Ok(())
    }

    /// The handshake. Tells that the port is open; `None` if it does not succeed, which is told.
    fn open(&mut self) -> Result<Option<String>, ProbeError> {
        const REQUESTS: usize = 3;
        let (target, port) = (self.target, self.ports.1);
        let error = filter("icmp || icmpv6")?;
        let first = self.next;
        for attempt in 1..=REQUESTS {
            self.link.pace(Duration::from_secs(1));
            if signals::ended() {
                return Ok(None);
            }
            self.next = first;
            self.segment(SYN, &[])?;
            let timeout = self.link.timeout;
            match self.link.wait(timeout, &self.ours, [&self.theirs, &error])? {
                Some((seen, [true, _])) => {
                    let flags = flags(&seen);
                    let after = self.link.after(&seen);
                    if flags & RST != 0 {
                        self.is_reset = true;
                        self.link.tell(&format!("Port {port} of {target} is closed: a reset came after {after}."))?;
                        return Ok(None);
                    }
                    if flags & (SYN | ACK) == SYN | ACK && seen.number("tcp.ack_raw") == Some(self.next) {
                        self.expected = seen.number("tcp.seq_raw").unwrap_or(0).wrapping_add(1);
                        self.acknowledged = self.next;
                        self.segment(ACK, &[])?;
                        return Ok(Some(format!("Port {port} of {target} is open: it answered after {after}.")));
                    }
                    self.link.tell(&format!("{target} did not answer with SYN and ACK."))?;
                    return Ok(None);
                }
                Some((seen, _)) => {
                    let router = seen.value(if target.is_ipv4() { "ip.src" } else { "ipv6.src" });
                    self.link.tell(&format!("{router} sent an ICMP error: port {port} of {target} is not reached."))?;
                    return Ok(None);
                }
                None => {
                    self.link.tell(&format!("No answer to SYN {attempt} within {}.", Shown(timeout)))?;
                }
            }
        }
        self.link.tell(&format!(
            "{target} did not answer for port {port}: a filter drops the packets, or no host is there."
        ))?;
        Ok(None)
    }

    /// Receives segments and acknowledges them, until something is true or the time is over.
    fn receive(&mut self, time: Duration, is_enough: impl Fn(&Self) -> bool) -> Result<(), ProbeError> {
        let end = Instant::now() + time;
        while !self.is_reset && !is_enough(self) && !signals::ended() {
            let left = end.saturating_duration_since(Instant::now());
            let Some((seen, _)) = self.link.wait(left, &self.ours, [&self.theirs])? else { return Ok(()) };
            self.take(&seen)?;
        }
        Ok(())
    }

    /// Receives what the host says first or answers, until it is quiet.
    fn receive_all(&mut self, time: Duration) -> Result<(), ProbeError> {
        const QUIET: Duration = Duration::from_millis(300);
        self.receive(time, |connection| connection.has_fin || connection.received_count > 0)?;
        let mut count = 0;
        while self.received_count != count && !self.has_fin {
            count = self.received_count;
            self.receive(QUIET.min(time), |connection| connection.has_fin || connection.received_count > count)?;
        }
        Ok(())
    }

    /// Takes a segment of the host.
    fn take(&mut self, seen: &Seen) -> Result<(), ProbeError> {
        let flags = flags(seen);
        let ack = seen.number("tcp.ack_raw").unwrap_or(0);
        // A later acknowledgment is at most half of the numbers ahead (RFC 9293 §3.4).
        if flags & ACK != 0 && ack.wrapping_sub(self.acknowledged) < 1 << 31 {
            self.acknowledged = ack;
        }
        if flags & RST != 0 {
            self.is_reset = true;
            return Ok(());
        }
        let payload = unhex(&seen.value("tcp.payload"));
        let is_next = seen.number("tcp.seq_raw") == Some(self.expected) && !self.has_fin;
        if is_next {
            let room = SHOWN.saturating_sub(self.received.len());
            self.received.extend(payload.iter().take(room));
            self.received_count += payload.len() as u64;
            self.has_fin = flags & FIN != 0;
            self.expected = self.expected.wrapping_add(payload.len() as u32 + u32::from(self.has_fin));
        }
        // What comes again was not acknowledged in time.
        if !payload.is_empty() || flags & (FIN | SYN) != 0 {
            self.segment(ACK, &[])?;
        }
        Ok(())
    }

    /// Closes our side, and waits until the host closes its own.
    fn close(&mut self) -> Result<(), ProbeError> {
        const REQUESTS: usize = 3;
        if self.is_reset {
            return Ok(());
        }
        let fin = self.next;
        for _ in 0..REQUESTS {
            self.next = fin;
            self.segment(FIN | ACK, &[])?;
            let end = self.next;
            let timeout = self.link.timeout;
            self.receive(timeout, |connection| connection.has_fin && connection.acknowledged == end)?;
            if self.is_reset || self.acknowledged == self.next || signals::ended() {
                break;
            }
        }
        self.show_rest()
    }

    /// Shows what was sent last.
    fn show_rest(&mut self) -> Result<(), ProbeError> {
        let none = filter("frame.number == 0")?;
        self.link.wait(Duration::from_millis(100), &self.ours, [&none])?;
        Ok(())
    }
}

/// The flags of a segment.
fn flags(seen: &Seen) -> u8 {
    let text = seen.value("tcp.flags");
    u16::from_str_radix(text.trim_start_matches("0x"), 16).unwrap_or(0) as u8
}

/// Bytes of hexadecimal digits.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.bytes().filter_map(|digit| (digit as char).to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}
