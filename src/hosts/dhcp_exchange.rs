//! Exchanges of DHCP: the messages of a client about one matter, and the replies.

use super::dhcp_messages::{
    DhcpClient, DhcpMessage, DhcpMessageKind, DhcpPurpose, DhcpRepetition, DhcpRole, DhcpServer, DhcpTerms,
};
use super::sighting::{SECOND, Sighting};
use crate::proto::dhcp::{DhcpMessageType, DhcpOperation, Dhcpv6MessageType};
use core::net::{IpAddr, Ipv4Addr};

/// Most messages that are kept of an exchange.
const MOST_MESSAGES: usize = 64;

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DhcpOutcome {
    /// The server granted what the client asked for: an ACK, a REPLY.
    Granted,
    /// The server refused: a NAK, or a REPLY or an ADVERTISE with a status other than success and without addresses.
    Refused,
    /// A server made an offer, and the client was not seen to take it.
    Offered,
    /// The last request of the client was not answered.
    Unanswered,
    /// The client expects no reply: RELEASE and DECLINE of DHCP (RFC 2131 §4.4.4, §4.4.6).
    NoReplyExpected,
    /// Only messages of servers were seen, none of which ends an exchange; or the capture cut off what the reply says.
    Unknown,
}

impl DhcpOutcome {
    /// A word or two.
    pub const fn name(self) -> &'static str {
        match self {
            DhcpOutcome::Granted => "granted",
            DhcpOutcome::Refused => "refused",
            DhcpOutcome::Offered => "only offered",
            DhcpOutcome::Unanswered => "no answer",
            DhcpOutcome::NoReplyExpected => "needs no reply",
            DhcpOutcome::Unknown => "not known",
        }
    }
}

/// The messages of a client about one matter, and the replies of servers: of DHCP those with one transaction identifier, of
/// DHCPv6 those of SOLICIT and the REQUEST after it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DhcpExchange {
    /// The client.
    pub client: DhcpClient,
    /// Transaction identifier of the first message.
    pub transaction: u32,
    /// The VLAN of the first message.
    pub vlan: Option<u16>,
    /// What it is for.
    pub purpose: DhcpPurpose,
    /// The messages, in order; at most 64.
    pub messages: Vec<DhcpMessage>,
    /// Messages that did not fit.
    pub left_out: u64,
    /// Whether a packet of it counts.
    pub(super) counts: bool,
}

impl DhcpExchange {
    /// The last message of a client that is not a copy.
    pub(super) fn last_request(&self) -> Option<(usize, &DhcpMessage)> {
        let mut messages = self.messages.iter().enumerate().rev();
        messages.find(|(_, message)| {
            message.role() == DhcpRole::Client && !matches!(message.repetition, DhcpRepetition::Copy(_))
        })
    }

    /// The message that ends the exchange: the last ACK, NAK or REPLY that [counts](Self::counts_as_reply). A reply to another
    /// message of the client than the last kind, such as an ADVERTISE, does not.
    pub fn reply(&self) -> Option<&DhcpMessage> {
        self.messages.iter().rev().find(|message| message.is_final() && self.counts_as_reply(message))
    }

    /// Whether what a message says counts. It does not if another message of the same kind and server came before and says
    /// something else. Where replies contradict each other, repetitions do not count either: the time is that of the first.
    pub fn counts_as_reply(&self, message: &DhcpMessage) -> bool {
        let mut same =
            self.messages.iter().filter(|known| (known.kind, &known.server) == (message.kind, &message.server));
        message.repetition == DhcpRepetition::None
            || !same.any(|known| matches!(known.repetition, DhcpRepetition::Contradiction(_)))
    }

    /// The messages of which the capture has only a part.
    pub fn cut_messages(&self) -> impl Iterator<Item = &DhcpMessage> {
        self.messages.iter().filter(|message| message.is_cut)
    }

    /// How it ended.
    pub fn outcome(&self) -> DhcpOutcome {
        if let Some(reply) = self.reply() {
            if reply.is_result_cut() {
                return DhcpOutcome::Unknown;
            }
            return if reply.is_refusal() { DhcpOutcome::Refused } else { DhcpOutcome::Granted };
        }
        let has_refused = self.messages.iter().any(|message| message.is_from_server() && message.status.is_some());
        let is_offered = self.messages.iter().any(DhcpMessage::is_from_server);
        let Some((_, request)) = self.last_request() else {
            return match (self.offers().is_empty(), has_refused) {
                (false, _) => DhcpOutcome::Offered,
                (true, true) => DhcpOutcome::Refused,
                (true, false) => DhcpOutcome::Unknown,
            };
        };
        let needs_none =
            matches!(request.kind, DhcpMessageKind::V4(DhcpMessageType::Release | DhcpMessageType::Decline));
        let is_discovery = matches!(
            request.kind,
            DhcpMessageKind::V4(DhcpMessageType::Discover) | DhcpMessageKind::V6(Dhcpv6MessageType::Solicit)
        );
        match () {
            () if needs_none => DhcpOutcome::NoReplyExpected,
            () if is_discovery && has_refused && self.offers().is_empty() => DhcpOutcome::Refused,
            () if is_discovery && self.offers().is_empty() && self.messages.iter().any(DhcpMessage::is_result_cut) => {
                DhcpOutcome::Unknown
            }
            () if is_discovery && is_offered => DhcpOutcome::Offered,
            () => DhcpOutcome::Unanswered,
        }
    }

    /// What was granted: the terms of the last reply that grants something.
    pub fn granted(&self) -> Option<&DhcpTerms> {
        (self.outcome() == DhcpOutcome::Granted).then(|| self.reply().map(|reply| &reply.terms)).flatten()
    }

    /// The first messages of servers that offer an address or a prefix, OFFER and ADVERTISE, one of each server. What a server
    /// for boot programs alone offers has no address (proxy DHCP of PXE), and is none.
    pub fn offers(&self) -> Vec<&DhcpMessage> {
        let mut offers: Vec<&DhcpMessage> = Vec::new();
        for message in &self.messages {
            let is_offer = matches!(
                message.kind,
                DhcpMessageKind::V4(DhcpMessageType::Offer) | DhcpMessageKind::V6(Dhcpv6MessageType::Advertise)
            );
            let has_address = !message.terms.addresses.is_empty();
            let source = |message: &DhcpMessage| message.addresses.map(|(source, _)| source);
            // The identifier of the server may be in what was cut off.
            let is_other = |known: &&DhcpMessage| {
                let may_be_same = (known.is_cut || message.is_cut) && source(known) == source(message);
                known.server != message.server && !may_be_same
            };
            if is_offer && has_address && offers.iter().all(is_other) {
                offers.push(message);
            }
        }
        offers
    }

    /// The servers that sent messages, in order.
    pub fn servers(&self) -> Vec<&DhcpServer> {
        let mut servers = Vec::new();
        for server in self.messages.iter().filter(|message| message.is_from_server()).filter_map(|m| m.server.as_ref())
        {
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        servers
    }

    /// Messages of the client that were sent again.
    pub fn retransmissions(&self) -> usize {
        let repeated = |message: &&DhcpMessage| {
            message.role() == DhcpRole::Client && matches!(message.repetition, DhcpRepetition::Retransmission(_))
        };
        self.messages.iter().filter(repeated).count()
    }

    /// The first packet.
    pub fn begin(&self) -> Sighting {
        self.messages.first().map_or(Sighting::default(), |message| message.at)
    }

    /// Nanoseconds from the first message of the client to the reply.
    pub fn duration(&self) -> Option<i64> {
        let first = self.messages.iter().find(|message| !message.is_from_server())?;
        self.reply()?.at.since(&first.at)
    }

    /// Adds a message, and finds out whether it was seen before.
    pub(super) fn add(&mut self, mut message: DhcpMessage) -> DhcpRepetition {
        let is_same_way = |known: &&DhcpMessage| {
            (known.relay, known.hops, known.network) == (message.relay, message.hops, message.network)
        };
        let is_same = |known: &&DhcpMessage| match message.is_from_server() {
            true => has_same_address(known, &message) && differences(known, &message).is_empty(),
            false => known.terms.addresses == message.terms.addresses,
        };
        let of_kind =
            || self.messages.iter().filter(|known| (known.kind, &known.server) == (message.kind, &message.server));
        let same = || of_kind().filter(is_same);
        message.repetition = match (same().find(is_same_way), same().next()) {
            (Some(first), _) => DhcpRepetition::Retransmission(first.at.packet),
            (None, Some(first)) => DhcpRepetition::Copy(first.at.packet),
            (None, None) => match of_kind().find(|known| self.is_contradicted(known, &message)) {
                Some(first) => DhcpRepetition::Contradiction(first.at.packet),
                None => DhcpRepetition::None,
            },
        };
        let repetition = message.repetition;
        match self.messages.len() < MOST_MESSAGES {
            true => self.messages.push(message),
            false => self.left_out += 1,
        }
        repetition
    }

    /// Whether a reply says something else than one of the same kind and server before it.
    fn is_contradicted(&self, known: &DhcpMessage, message: &DhcpMessage) -> bool {
        use DhcpMessageKind::{Bootp, V4, V6};
        let is_offer = matches!(message.kind, V4(DhcpMessageType::Offer) | V6(Dhcpv6MessageType::Advertise));
        let is_grant = matches!(
            message.kind,
            V4(DhcpMessageType::Ack) | V6(Dhcpv6MessageType::Reply) | Bootp(DhcpOperation::BootReply)
        );
        // A server for boot programs offers no address, and may be on the host of one that does.
        let is_about_the_same = known.terms.addresses.is_empty() == message.terms.addresses.is_empty();
        // A server may offer another address when it is asked again.
        let asked_again =
            || self.messages.iter().any(|asked| !asked.is_from_server() && asked.at.packet > known.at.packet);
        let is_another_offer = is_offer && !has_same_address(known, message) && asked_again();
        (is_offer || is_grant) && is_about_the_same && !is_another_offer && known.status == message.status
    }
}

/// What two replies to a client say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DhcpDifference {
    /// What it is, such as `routers`.
    pub name: &'static str,
    /// What the first reply says: values with a space between them, or `none`.
    pub first: String,
    /// What the second reply says.
    pub second: String,
}

fn has_same_address(first: &DhcpMessage, second: &DhcpMessage) -> bool {
    let addresses =
        |message: &DhcpMessage| message.terms.addresses.iter().map(|(address, _)| *address).collect::<Vec<_>>();
    addresses(first) == addresses(second)
}

/// What two replies differ in. What the capture cut off differs in nothing.
pub(super) fn differences(first: &DhcpMessage, second: &DhcpMessage) -> Vec<DhcpDifference> {
    fn texts<T: ToString>(items: &[T]) -> String {
        items.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
    }
    let is_cut = first.is_cut || second.is_cut;
    let mut found = Vec::new();
    let mut compare = |name, of: &dyn Fn(&DhcpMessage) -> String| {
        let values = [of(first), of(second)];
        if values[0] != values[1] && !(is_cut && values.iter().any(String::is_empty)) {
            let [first, second] = values.map(|value| if value.is_empty() { "none".to_string() } else { value });
            found.push(DhcpDifference { name, first, second });
        }
    };
    compare("address", &|message| {
        texts(&message.terms.addresses.iter().map(|(address, _)| *address).collect::<Vec<_>>())
    });
    compare("subnet mask", &|message| message.terms.mask.map_or(String::new(), |mask| mask.to_string()));
    compare("routers", &|message| texts(&message.terms.routers));
    compare("DNS servers", &|message| texts(&message.terms.dns));
    if !is_cut {
        compare("domains", &|message| texts(&message.terms.domains));
    }
    // A server may give what is left of a lease.
    let passed = second.at.since(&first.at).map_or(0, |nanos| nanos.unsigned_abs() / SECOND.unsigned_abs() + 1);
    let is_left = |(a, b): (u32, u32)| u64::from(a.abs_diff(b)) <= passed;
    if !first.terms.lease_time.zip(second.terms.lease_time).is_some_and(is_left) {
        compare("lease time", &|message| message.terms.lease_time.map_or(String::new(), |time| format!("{time} s")));
    }
    // A router between changes the MAC address of what it forwards, and forwards no broadcast.
    let is_broadcast = |message: &DhcpMessage| {
        message.addresses.is_some_and(|(_, to)| to == IpAddr::V4(Ipv4Addr::BROADCAST)) && message.frame_source.is_some()
    };
    let is_same_way = (first.relay, first.hops, first.network) == (second.relay, second.hops, second.network);
    if is_same_way && first.server == second.server && is_broadcast(first) && is_broadcast(second) {
        compare("MAC address of the sender", &|message| {
            message.frame_source.map_or(String::new(), |mac| mac.to_string())
        });
    }
    found
}

/// What the offers of several servers differ in, beside the address and the lease time.
pub(super) fn differences_of(offers: &[&DhcpMessage]) -> Vec<&'static str> {
    let Some((first, others)) = offers.split_first() else { return Vec::new() };
    let found: Vec<DhcpDifference> = others.iter().flat_map(|other| differences(first, other)).collect();
    let names = ["subnet mask", "routers", "DNS servers", "domains"];
    names.into_iter().filter(|name| found.iter().any(|difference| difference.name == *name)).collect()
}
