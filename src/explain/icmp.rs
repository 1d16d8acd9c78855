//! Echo requests, and errors of ICMP about packets other than TCP's.

use super::icmp_error::{IcmpError, of_several};
use super::packet_list::{CountOf, Nanos, PacketList};
use super::statement_macro::statements;
use super::tcp::Times;
use crate::dissect::ExaminedLayer;
use crate::proto::View;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// Most pairs of hosts whose echo requests are told, and most kinds of errors.
const MOST: usize = 256;

/// Most echo requests that wait for an answer.
const MOST_WAITING: usize = 65_536;

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
            /// The answers.
            replies: PacketList,
            /// Those without an answer.
            unanswered: PacketList,
            /// Replies of other addresses with the identifier and sequence number of one of them: to a group, or to a broadcast.
            group_replies: PacketList,
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
            IcmpStatement::Echo { from, to, requests, packets, answered, fastest, slowest, group_replies, .. } => {
                write!(f, "{from} pinged {to} {} ({packets:#})", Times(*requests))?;
                match (*answered, *requests) {
                    (0, _) if !group_replies.is_empty() => {
                        return write!(f, ", and hosts answered from their own addresses ({group_replies}).");
                    }
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
                    let what = of_several(what);
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
    /// Identifiers and sequence numbers of requests to a group or a broadcast address, with their transactions.
    to_group: Vec<((u16, u16), Option<u64>)>,
    group_replies: PacketList,
    answers: PacketList,
    is_selected: bool,
}

/// An echo request or reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct EchoMessage {
    /// Source and destination.
    pub(super) hosts: (IpAddr, IpAddr),
    /// Identifier and sequence number.
    pub(super) numbers: (u16, u16),
    /// The transaction: request, copies of it and replies have the same.
    pub(super) transaction: Option<u64>,
    pub(super) packet: u64,
    pub(super) is_selected: bool,
}

/// Identifier and sequence number of an echo request or reply.
pub(super) fn echo_numbers(layer: &ExaminedLayer<'_>) -> Option<(u16, u16)> {
    match layer.view {
        View::Icmpv4(icmp) => icmp.echo(&layer.context),
        View::Icmpv6(icmp) => icmp.echo(&layer.context),
        _ => None,
    }
}

/// Where a packet goes in the end: with a source route or a routing header, its header has the next address on the way.
pub(super) fn last_destination(layer: &ExaminedLayer<'_>) -> Option<IpAddr> {
    match *layer.context.addresses.destination(layer.frame()) {
        [a, b, c, d] => Some(IpAddr::from([a, b, c, d])),
        ref bytes => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    }
}

/// The packet that an error quotes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct QuotedPacket {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// Its protocol, with ports if they are known.
    pub(super) carried: String,
}

/// Where the packet of a quoted IP header ends, or would end if the error had all of it: the header says how long it was.
pub(super) fn quoted_end(layer: &ExaminedLayer<'_>) -> Option<u32> {
    let length = match layer.view {
        View::Ipv4(ip) => Some(u32::from(ip.total_length())).filter(|length| *length > 0),
        // The length is that of the payload.
        View::Ipv6(ip) => Some(u32::from(ip.payload_length())).filter(|length| *length > 0).map(|length| length + 40),
        _ => None,
    };
    length.map(|length| layer.context.bounds.start.saturating_add(length))
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
    /// The place of each, by who says what about which packets.
    kinds: HashMap<(IpAddr, QuotedPacket, String), usize>,
    more: u64,
    /// Requests without an answer so far, by transaction: who asked whom, and the packet.
    waiting: HashMap<u64, ((IpAddr, IpAddr), u64)>,
    /// Requests that are not among them, since there are too many.
    not_waiting: u64,
}

/// Whether several hosts may have an address: a group, or one that may be the broadcast address of a network.
fn may_be_group(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_multicast() || matches!(address.octets()[3], 0 | 255),
        IpAddr::V6(address) => address.is_multicast(),
    }
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

    /// Takes a request that is the first with its numbers.
    pub(super) fn request(&mut self, echo: &EchoMessage) {
        let Some(pings) = self.pings(echo.hosts.0, echo.hosts.1, echo.is_selected) else { return };
        pings.requests.push(echo.packet);
        pings.count += 1;
        if may_be_group(echo.hosts.1) && pings.to_group.len() < MOST {
            pings.to_group.push((echo.numbers, echo.transaction));
        }
        match echo.transaction {
            Some(transaction) if self.waiting.len() < MOST_WAITING => {
                self.waiting.insert(transaction, (echo.hosts, echo.packet));
            }
            _ => self.not_waiting += 1,
        }
    }

    /// Takes a reply, with the time since its request. It counts where its request does.
    pub(super) fn reply(&mut self, echo: &EchoMessage, time: Option<Nanos>) {
        let (from, to) = echo.hosts;
        let pair = match echo.transaction.and_then(|transaction| self.waiting.remove(&transaction)) {
            Some((pair, _)) => pair,
            // Its request had no place among those that wait.
            None if self.not_waiting > 0 => (to, from),
            None => return,
        };
        let Some(pings) = self.pings(pair.0, pair.1, echo.is_selected) else { return };
        pings.answers.push(echo.packet);
        pings.answered = (pings.answered + 1).min(pings.count);
        if let Some(time) = time {
            let (least, most) = pings.times.unwrap_or((time, time));
            pings.times = Some((least.min(time), most.max(time)));
        }
    }

    /// Takes a reply that answers no request to its source: perhaps one to a group.
    pub(super) fn reply_without_request(&mut self, echo: &EchoMessage) {
        let (from, to) = echo.hosts;
        let to_group = self.pings.iter_mut().filter(|((asker, _), _)| *asker == to);
        let asked = to_group.filter_map(|(_, pings)| {
            let (_, transaction) = pings.to_group.iter().rev().find(|(numbers, _)| *numbers == echo.numbers)?;
            Some((*transaction, pings))
        });
        if let Some((transaction, pings)) = asked.max_by_key(|(transaction, _)| *transaction) {
            pings.group_replies.push(echo.packet);
            pings.is_selected |= echo.is_selected;
            if let Some(transaction) = transaction {
                self.waiting.remove(&transaction);
            }
            return;
        }
        if let Some(pings) = self.pings(to, from, echo.is_selected) {
            pings.replies.push(echo.packet);
        }
    }

    /// Takes an error.
    pub(super) fn error(&mut self, error: IcmpError, quoted: QuotedPacket, packet: u64, is_selected: bool) {
        let key = (error.from, quoted.clone(), error.what.clone());
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
        let mut waiting: Vec<_> = self.waiting.into_values().collect();
        waiting.sort_unstable_by_key(|(_, packet)| *packet);
        let mut without_answer: HashMap<_, PacketList> = HashMap::new();
        for (pair, packet) in waiting {
            without_answer.entry(pair).or_default().push(packet);
        }
        let mut pings: Vec<_> = self.pings.into_iter().filter(|(_, pings)| pings.is_selected).collect();
        pings.sort_by_key(|(_, pings)| pings.requests.first().iter().chain(pings.replies.first()).min().copied());
        let mut told = Vec::new();
        for ((from, to), Pings { requests, count, answered, answers, replies, times, group_replies, .. }) in pings {
            if count > 0 {
                let (fastest, slowest) = (times.map(|(least, _)| least), times.map(|(_, most)| most));
                told.push(IcmpStatement::Echo {
                    from,
                    to,
                    requests: count,
                    packets: requests,
                    answered,
                    replies: answers,
                    unanswered: without_answer.remove(&(from, to)).unwrap_or_default(),
                    group_replies,
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
