//! Our end of a TCP connection, of which the kernel knows nothing.

use super::common::{ProbeError, Shown};
use super::icmp_error::{ERRORS, meaning, sender};
use super::link::{Link, Seen, filter, random_number};
use crate::signals;
use packetsmith::Filter;
use std::net::IpAddr;
use std::time::{Duration, Instant};

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const PSH: u8 = 0x08;
const ACK: u8 = 0x10;

/// Most bytes of a stream that are kept to be shown.
const KEPT: usize = 400;

/// Bytes that we take.
const OUR_WINDOW: u16 = 64_240;

/// How often a segment is sent that is not acknowledged.
const ATTEMPTS: usize = 3;

/// Our end of the connection.
pub struct Connection<'l, 'a> {
    pub link: &'l mut Link<'a>,
    source: IpAddr,
    pub target: IpAddr,
    ports: (u16, u16),
    /// Next sequence number to send, and to receive.
    next: u32,
    expected: u32,
    /// The host has acknowledged everything up to here.
    acknowledged: u32,
    /// Bytes that the host takes, and most of them in a segment.
    window: usize,
    segment_size: usize,
    has_fin: bool,
    pub is_reset: bool,
    /// A segment came that follows one that has not come.
    has_gap: bool,
    /// Bytes of text that the host has acknowledged.
    pub delivered: u64,
    pub received: Vec<u8>,
    pub received_count: u64,
    ours: Filter,
    theirs: Filter,
}

/// What became of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The host has acknowledged all of it.
    Complete,
    NotAcknowledged,
    NoWindow,
}

/// How the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// Both sides have closed it, and know that of each other.
    Both,
    /// The host has acknowledged our close, and goes on.
    OursOnly,
    NotAcknowledged,
    ResetByHost,
    Interrupted,
}

/// Most bytes that a segment to a host carries.
pub fn most_payload(link: &Link<'_>, target: IpAddr) -> usize {
    let headers = if target.is_ipv4() { 40 } else { 60 };
    link.route.mtu.min(65_535).saturating_sub(headers) as usize
}

impl<'l, 'a> Connection<'l, 'a> {
    pub fn new(link: &'l mut Link<'a>, source: IpAddr, target: IpAddr, ports: (u16, u16)) -> Result<Self, ProbeError> {
        let first = random_number();
        Ok(Connection {
            source,
            target,
            ports,
            next: first,
            expected: 0,
            acknowledged: first,
            window: 0,
            segment_size: 0,
            has_fin: false,
            is_reset: false,
            has_gap: false,
            delivered: 0,
            received: Vec::new(),
            received_count: 0,
            ours: filter(&format!("tcp.port == {} && tcp.port == {}", ports.0, ports.1))?,
            theirs: filter(&format!(
                "tcp.srcport == {} && tcp.dstport == {} && {} == {target} && !icmp && !icmpv6",
                ports.1,
                ports.0,
                if target.is_ipv4() { "ip.src" } else { "ipv6.src" }
            ))?,
            link,
        })
    }

    /// Sends a segment, and counts it.
    fn segment(&mut self, flags: u8, payload: &[u8]) -> Result<(), ProbeError> {
        let Connection { source, target, ports, next, expected, .. } = *self;
        let ip = self.link.ip_header(source, target, 64);
        let options = match flags & SYN {
            0 => String::new(),
            _ => format!(" maximum_segment_size={}", most_payload(self.link, target)),
        };
        let ack = if flags & ACK == 0 { 0 } else { expected };
        let data = payload.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let data = if data.is_empty() { data } else { format!(" / 0x{data}") };
        let text = format!(
            "{ip} / tcp src_port={} dst_port={} seq={next} ack={ack} flags={flags} window={OUR_WINDOW}{options}{data}",
            ports.0, ports.1
        );
        let mtu = self.link.route.mtu as usize;
        self.link.send(&text, mtu)?;
        let counted = payload.len() as u32 + u32::from(flags & SYN != 0) + u32::from(flags & FIN != 0);
        self.next = next.wrapping_add(counted);
        Ok(())
    }

    /// The handshake. Tells that the port is open; `None` if it does not succeed, which is told.
    pub fn open(&mut self) -> Result<Option<String>, ProbeError> {
        let (target, port) = (self.target, self.ports.1);
        let error = filter(ERRORS)?;
        let first = self.next;
        let timeout = self.link.timeout;
        let mut is_silent = true;
        for attempt in 1..=ATTEMPTS {
            self.link.pace(Duration::from_secs(1));
            if signals::ended() {
                return Ok(None);
            }
            self.next = first;
            self.segment(SYN, &[])?;
            match self.link.wait(timeout, &self.ours, [&self.theirs, &error])? {
                Some((seen, [true, _])) => {
                    let flags = flags(&seen);
                    let after = self.link.after(&seen);
                    let acknowledges = flags & ACK != 0 && seen.number("tcp.ack_raw") == Some(self.next);
                    if flags & RST != 0 && acknowledges {
                        self.is_reset = true;
                        self.link.tell(&format!("Port {port} of {target} is closed: a reset came after {after}."))?;
                        return Ok(None);
                    }
                    if flags & SYN != 0 && acknowledges {
                        self.expected = seen.number("tcp.seq_raw").unwrap_or(0).wrapping_add(1);
                        self.acknowledged = self.next;
                        self.window = seen.number("tcp.window_size_value").unwrap_or(0) as usize;
                        // 536 bytes if the host does not say (RFC 9293 §3.7.1).
                        let theirs = seen.number("tcp.options.mss_val").map_or(536, |size| size.max(1) as usize);
                        self.segment_size = theirs.min(most_payload(self.link, target));
                        self.segment(ACK, &[])?;
                        return Ok(Some(format!("Port {port} of {target} is open: it answered after {after}.")));
                    }
                    is_silent = false;
                    self.link.tell(&format!(
                        "{target} answered SYN {attempt}, but neither with a SYN that acknowledges it nor with a reset."
                    ))?;
                    // It may have an old connection of this port, which a reset ends (RFC 9293 §3.5.1).
                    if let Some(ack) = seen.number("tcp.ack_raw").filter(|_| flags & (ACK | RST) == ACK) {
                        self.next = ack;
                        self.segment(RST, &[])?;
                    }
                }
                Some((seen, _)) => {
                    let (router, why) = (sender(&seen), meaning(&seen));
                    self.link.tell(&format!("Port {port} of {target} is not reached: {router} says: {why}."))?;
                    return Ok(None);
                }
                None => {
                    self.link.tell(&format!("No answer to SYN {attempt} within {}.", Shown(timeout)))?;
                }
            }
        }
        if is_silent {
            self.link.tell(&format!(
                "{target} did not answer for port {port}: a filter drops the packets, or no host is there."
            ))?;
        }
        Ok(None)
    }

    /// Sends bytes in segments that the host takes, and again what it does not acknowledge within a second.
    pub fn deliver(&mut self, bytes: &[u8]) -> Result<Delivery, ProbeError> {
        const PATIENCE: Duration = Duration::from_secs(1);
        let first = self.next;
        let end = first.wrapping_add(bytes.len() as u32);
        for _ in 0..ATTEMPTS {
            if self.acknowledged == end || self.is_reset || signals::ended() {
                break;
            }
            self.next = self.acknowledged;
            let arrived = self.acknowledged.wrapping_sub(first) as usize;
            let allowed = &bytes[arrived..bytes.len().min(arrived + self.window)];
            for part in allowed.chunks(self.segment_size) {
                self.segment(PSH | ACK, part)?;
            }
            let next = self.next;
            match allowed.is_empty() {
                true => self.receive(PATIENCE, |connection| connection.window > 0)?,
                false => self.receive(PATIENCE, |connection| connection.acknowledged == next)?,
            }
        }
        let arrived = self.acknowledged.wrapping_sub(first);
        self.delivered = arrived.into();
        Ok(match (self.acknowledged == end, self.window) {
            (true, _) => Delivery::Complete,
            (false, 0) => Delivery::NoWindow,
            (false, _) => Delivery::NotAcknowledged,
        })
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

    /// Receives what the host says first or answers, until it is quiet or the time is over.
    pub fn receive_all(&mut self, time: Duration) -> Result<(), ProbeError> {
        const QUIET: Duration = Duration::from_millis(300);
        let end = Instant::now() + time;
        self.receive(time, |connection| connection.has_fin || connection.received_count > 0)?;
        let mut count = 0;
        while (self.received_count != count || self.has_gap) && !self.has_fin && !self.is_reset && !signals::ended() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            count = self.received_count;
            // What is missing is sent again after a while.
            let quiet = if self.has_gap { left } else { QUIET.min(left) };
            self.receive(quiet, |connection| connection.has_fin || connection.received_count > count)?;
        }
        Ok(())
    }

    /// Takes a segment of the host.
    fn take(&mut self, seen: &Seen) -> Result<(), ProbeError> {
        let flags = flags(seen);
        let ack = seen.number("tcp.ack_raw").unwrap_or(0);
        let seq = seen.number("tcp.seq_raw").unwrap_or(0);
        // A number is ahead of another by less than half of all numbers (RFC 9293 §3.4).
        let is_ahead = |number: u32, of: u32| number.wrapping_sub(of) < 1 << 31;
        // What was not sent cannot be acknowledged.
        if flags & ACK != 0 && is_ahead(ack, self.acknowledged) && is_ahead(self.next, ack) {
            self.acknowledged = ack;
            self.window = seen.number("tcp.window_size_value").unwrap_or(0) as usize;
        }
        let payload = unhex(&seen.value("tcp.payload"));
        let is_in_window = seq.wrapping_sub(self.expected) <= u32::from(OUR_WINDOW);
        let known = self.expected.wrapping_sub(seq) as usize;
        let is_next = is_ahead(self.expected, seq) && known <= payload.len() && !self.has_fin;
        if is_next {
            let new = &payload[known..];
            let room = KEPT.saturating_sub(self.received.len());
            self.received.extend(new.iter().take(room));
            self.received_count += new.len() as u64;
            self.has_fin = flags & FIN != 0;
            self.expected = self.expected.wrapping_add(new.len() as u32 + u32::from(self.has_fin));
        }
        self.has_gap = seq != self.expected && is_ahead(seq, self.expected);
        // A reset with a number outside of the window may be of anybody (RFC 9293 §3.10.7.4).
        if flags & RST != 0 {
            self.is_reset |= is_in_window;
            return Ok(());
        }
        // What comes again was not acknowledged in time.
        if !payload.is_empty() || flags & (FIN | SYN) != 0 {
            self.segment(ACK, &[])?;
        }
        Ok(())
    }

    /// Closes our side, and waits until the host closes its own. If that does not come, or bytes have not arrived, it resets the connection.
    pub fn close(&mut self, delivery: Delivery) -> Result<Closing, ProbeError> {
        let fin = self.next;
        for _ in 0..ATTEMPTS {
            if self.is_reset || signals::ended() || delivery != Delivery::Complete {
                break;
            }
            self.next = fin;
            self.segment(FIN | ACK, &[])?;
            let end = self.next;
            let timeout = self.link.timeout;
            self.receive(timeout, |connection| connection.has_fin && connection.acknowledged == end)?;
            if self.acknowledged == end {
                break;
            }
        }
        let is_acknowledged = self.next != fin && self.acknowledged == self.next;
        let closing = match (self.is_reset, self.has_fin && is_acknowledged) {
            (true, _) => Closing::ResetByHost,
            (_, true) => Closing::Both,
            _ if signals::ended() => Closing::Interrupted,
            _ if is_acknowledged => Closing::OursOnly,
            _ => Closing::NotAcknowledged,
        };
        if !matches!(closing, Closing::ResetByHost | Closing::Both) {
            self.segment(RST | ACK, &[])?;
        }
        self.show_rest()?;
        Ok(closing)
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
