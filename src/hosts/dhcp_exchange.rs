//! Exchanges of DHCP: the messages of a client about one matter, and the replies.

use super::dhcp_messages::{
    DhcpClient, DhcpMessage, DhcpMessageKind, DhcpPurpose, DhcpRepetition, DhcpRole, DhcpServer, DhcpTerms,
};
use super::sighting::Sighting;
use crate::proto::dhcp::{DhcpMessageType, Dhcpv6MessageType};

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
    /// Only messages of servers were seen, none of which ends an exchange.
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

    /// The message that ends the exchange: the last ACK, NAK or REPLY. A reply to another message of the client than the last
    /// kind, such as an ADVERTISE, does not.
    pub fn reply(&self) -> Option<&DhcpMessage> {
        self.messages.iter().rev().find(|message| message.is_final())
    }

    /// How it ended.
    pub fn outcome(&self) -> DhcpOutcome {
        if let Some(reply) = self.reply() {
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
            if is_offer && has_address && offers.iter().all(|known| known.server != message.server) {
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
        let same = |known: &&DhcpMessage| {
            (known.kind, &known.server, &known.terms.addresses)
                == (message.kind, &message.server, &message.terms.addresses)
        };
        let is_same_way = |known: &&DhcpMessage| {
            (known.relay, known.hops, known.network) == (message.relay, message.hops, message.network)
        };
        let known = || self.messages.iter().filter(same);
        message.repetition = match (known().find(is_same_way), known().next()) {
            (Some(first), _) => DhcpRepetition::Retransmission(first.at.packet),
            (None, Some(first)) => DhcpRepetition::Copy(first.at.packet),
            (None, None) => DhcpRepetition::None,
        };
        let repetition = message.repetition;
        match self.messages.len() < MOST_MESSAGES {
            true => self.messages.push(message),
            false => self.left_out += 1,
        }
        repetition
    }
}
