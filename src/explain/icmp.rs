//! Echo requests, and errors of ICMP about packets other than TCP's.

use super::icmp_error::{IcmpError, IcmpErrorKind};
use super::packet_list::{CountOf, Nanos, PacketList};
use super::statement_macro::statements;
use super::tcp::Times;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most pairs of hosts whose echo requests are told, and most kinds of errors.
const MOST: usize = 256;

statements! {
    /// What is said of ICMP.
    pub enum IcmpStatement {
        /// Echo requests of a host to another.
        Echo = "echo" {
            /// Who asked.
            from: IpAddr,
            /// Who was asked.
            to: IpAddr,
            /// How many requests.
            requests: u64,
            /// The requests.
            packets: PacketList,
            /// How many of them were answered.
            answered: u64,
            /// The shortest time to an answer.
            fastest: Option<Nanos>,
            /// The longest time to an answer.
            slowest: Option<Nanos>,
        }
        /// Echo replies without requests.
        EchoReplies = "echo_replies" {
            /// Who replied.
            from: IpAddr,
            /// To whom.
            to: IpAddr,
            /// The replies.
            packets: PacketList,
        }
        /// Errors about packets of a host to another.
        Error = "icmp_error" {
            /// Who sent the errors.
            from: IpAddr,
            /// Who had sent the packets.
            sender: IpAddr,
            /// Where the packets went.
            destination: IpAddr,
            /// What was in the packets.
            carried: String,
            /// What the errors say.
            what: String,
            /// The MTU that the first of them tells, in bytes.
            mtu: Option<u32>,
            /// The errors.
            packets: PacketList,
        }
        /// Pings and errors that had no place.
        More = "more_icmp" {
            /// How many packets.
            packets: u64,
        }
    }
}

impl fmt::Display for IcmpStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IcmpStatement::Echo { from, to, requests, packets, answered, fastest, slowest } => {
                write!(f, "{from} pinged {to} {} ({packets:#})", Times(*requests))?;
                match (*answered, *requests) {
                    (0, 1) => return f.write_str("; no answer of that address is in the capture."),
                    (0, _) => return f.write_str("; no answer of that address is in the capture."),
                    (1, 1) => f.write_str(", and was answered")?,
                    (2, 2) => f.write_str(", and both were answered")?,
                    (a, b) if a == b => write!(f, ", and all were answered")?,
                    (1, _) => f.write_str("; one of them was answered")?,
                    (a, _) => write!(f, "; {a} of them were answered")?,
                }
                match (fastest, slowest) {
                    (Some(fastest), Some(slowest)) if fastest == slowest => write!(f, " after {fastest}."),
                    (Some(fastest), Some(slowest)) => write!(f, " after {fastest} to {slowest}."),
                    _ => f.write_str("."),
                }
            }
            IcmpStatement::EchoReplies { from, to, packets } => write!(
                f,
                "{from} sent {} to {to} ({packets}), and no request to {from} before {} is in the capture.",
                CountOf(packets.count(), "echo reply"),
                if packets.count() == 1 { "it" } else { "them" }
            ),
            IcmpStatement::Error { from, sender, destination, carried, what, packets, .. } => match packets.count() {
                1 => write!(
                    f,
                    "{from} said about a packet of {sender} to {destination} ({carried}) that {what} ({packets:#})."
                ),
                count => {
                    let what = what.replacen("its ", "their ", 1).replacen("it is ", "they are ", 1);
                    let what = what.replacen("it cannot", "they cannot", 1).replacen("for it", "for them", 1);
                    write!(
                        f,
                        "{from} said {} about packets of {sender} to {destination} ({carried}) that {what} ({packets:#}).",
                        Times(count)
                    )
                }
            },
            IcmpStatement::More { packets } => {
                write!(f, "{} of ICMP had no place here.", CountOf(*packets, "more packet"))
            }
        }
    }
}

impl IcmpStatement {
    /// Whether it tells of a better router: no error.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self, IcmpStatement::Error { what, .. } if what.starts_with("there is a better router"))
    }

    /// Whether it tells of an MTU that is too small for a packet.
    pub(super) fn is_too_big(&self) -> bool {
        matches!(self, IcmpStatement::Error { what, .. } if what.starts_with("it is too large"))
    }
}

#[derive(Debug, Default)]
struct Pings {
    requests: PacketList,
    count: u64,
    answered: u64,
    replies: PacketList,
    times: Option<(Nanos, Nanos)>,
    is_selected: bool,
}

/// The packet that an error quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct QuotedPacket {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// Its protocol, with ports if they are known.
    pub(super) carried: String,
}

#[derive(Debug)]
struct ErrorsOfKind {
    error: IcmpError,
    quoted: QuotedPacket,
    packets: PacketList,
    is_selected: bool,
}

/// Echo requests and errors.
#[derive(Debug, Default)]
pub(super) struct IcmpTable {
    pings: HashMap<(IpAddr, IpAddr), Pings>,
    errors: Vec<ErrorsOfKind>,
    kinds: HashMap<(IpAddr, IpAddr, IpAddr, IcmpErrorKind, String), usize>,
    more: u64,
}

impl IcmpTable {
    fn pings(&mut self, from: IpAddr, to: IpAddr, is_selected: bool) -> Option<&mut Pings> {
        if self.pings.len() >= MOST && !self.pings.contains_key(&(from, to)) {
            self.more += 1;
            return None;
        }
        let pings = self.pings.entry((from, to)).or_default();
        pings.is_selected |= is_selected;
        Some(pings)
    }

    /// Takes a request. `is_first`: it is the first with its number.
    pub(super) fn request(&mut self, (from, to): (IpAddr, IpAddr), packet: u64, is_selected: bool) {
        if let Some(pings) = self.pings(from, to, is_selected) {
            pings.requests.push(packet);
            pings.count += 1;
        }
    }

    /// Takes a reply, with the time since its request if that was seen.
    pub(super) fn reply(
        &mut self,
        (from, to): (IpAddr, IpAddr),
        (request, time): (Option<u64>, Option<Nanos>),
        packet: u64,
        is_selected: bool,
    ) {
        let Some(pings) = self.pings(to, from, is_selected) else { return };
        if request.is_none() {
            pings.replies.push(packet);
            return;
        }
        pings.answered += 1;
        if let Some(time) = time {
            let (least, most) = pings.times.unwrap_or((time, time));
            pings.times = Some((least.min(time), most.max(time)));
        }
    }

    /// Takes an error.
    pub(super) fn error(&mut self, error: IcmpError, quoted: QuotedPacket, packet: u64, is_selected: bool) {
        let key = (error.from, quoted.source, quoted.destination, error.kind, quoted.carried.clone());
        let place = match self.kinds.get(&key) {
            Some(place) => *place,
            None if self.errors.len() >= MOST => {
                self.more += 1;
                return;
            }
            None => {
                self.kinds.insert(key, self.errors.len());
                self.errors.push(ErrorsOfKind { error, quoted, packets: PacketList::default(), is_selected: false });
                self.errors.len() - 1
            }
        };
        let errors = &mut self.errors[place];
        errors.packets.push(packet);
        errors.is_selected |= is_selected;
    }

    pub(super) fn tell(self) -> Vec<IcmpStatement> {
        let mut pings: Vec<_> = self.pings.into_iter().filter(|(_, pings)| pings.is_selected).collect();
        pings.sort_by_key(|(_, pings)| pings.requests.first().iter().chain(pings.replies.first()).min().copied());
        let mut told = Vec::new();
        for ((from, to), Pings { requests, count, answered, replies, times, .. }) in pings {
            if count > 0 {
                let (fastest, slowest) = (times.map(|(least, _)| least), times.map(|(_, most)| most));
                told.push(IcmpStatement::Echo {
                    from,
                    to,
                    requests: count,
                    packets: requests,
                    answered,
                    fastest,
                    slowest,
                });
            }
            if !replies.is_empty() {
                told.push(IcmpStatement::EchoReplies { from: to, to: from, packets: replies });
            }
        }
        told.extend(self.errors.into_iter().filter(|errors| errors.is_selected).map(|errors| {
            let ErrorsOfKind { error, quoted, packets, .. } = errors;
            IcmpStatement::Error {
                from: error.from,
                sender: quoted.source,
                destination: quoted.destination,
                carried: quoted.carried,
                what: error.what,
                mtu: error.mtu,
                packets,
            }
        }));
        if self.more > 0 {
            told.push(IcmpStatement::More { packets: self.more });
        }
        told
    }
}
