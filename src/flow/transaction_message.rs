//! Requests and responses as layers have them: which of the two, and what a response shares with its request.

use super::capture_time::CaptureTime;
use super::endpoint::Side;
use super::transaction::{TransactionProtocol, TransactionRole};
use crate::dissect::ExaminedLayer;
use crate::proto::{Arp, ArpKind, Icmpv4, Icmpv4Message, Icmpv6, View};
#[cfg(feature = "applications")]
use crate::proto::{Dhcp, DhcpMessageType, Dhcpv6, Dhcpv6MessageType, Dns};

/// The packet at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct TransactionMoment {
    pub(super) packet: u64,
    pub(super) now: CaptureTime,
}

/// The transport header before a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Carrier {
    /// None that has a conversation.
    None,
    /// A segment, or a message put together of segments.
    Tcp(TcpCarrier),
    /// A datagram: number of the conversation, and ports.
    Udp { stream: u64, ports: [u16; 2] },
}

/// The TCP stream that has a message.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "applications"), allow(dead_code))]
pub(super) struct TcpCarrier {
    pub(super) stream: u64,
    pub(super) side: Side,
    /// Relative numbers of the segment with the first byte, where they are known.
    pub(super) seq: Option<u32>,
    pub(super) ack: Option<u32>,
    pub(super) is_retransmission: bool,
    /// Whether the message was put together of segments.
    pub(super) is_put_together: bool,
}

impl TcpCarrier {
    /// A message put together of segments.
    pub(super) fn put_together(stream: u64, side: Side, seq: Option<u32>, ack: Option<u32>) -> Self {
        TcpCarrier { stream, side, seq, ack, is_retransmission: false, is_put_together: true }
    }
}

/// What a response has in common with its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TransactionKey {
    pub(super) protocol: TransactionProtocol,
    /// Tells kinds of requests of a protocol apart.
    pub(super) kind: u8,
    pub(super) network: u64,
    /// Both ends, that of the client first; or the conversation.
    pub(super) ends: [u128; 2],
    pub(super) number: u64,
}

/// A request or response.
#[derive(Clone, Copy, Debug)]
pub(super) struct TransactionMessage {
    pub(super) key: TransactionKey,
    /// Where else the request of a response can be.
    pub(super) other_key: Option<TransactionKey>,
    pub(super) role: TransactionRole,
    /// Messages with another number are no retransmissions: they came from another host, went to another one, or by a relay
    /// agent.
    pub(super) variant: u64,
    /// Whether any host may answer the request, or has answered it. Its variant is the number of the other host.
    pub(super) asks_any_host: bool,
}

use TransactionRole::{Request, Response};

impl TransactionMessage {
    fn new(role: TransactionRole, key: TransactionKey) -> Self {
        TransactionMessage { key, other_key: None, role, variant: 0, asks_any_host: false }
    }

    /// The message in a layer. `None` if it is neither request nor response, or if too little of it was captured. Messages
    /// of HTTP are counted, not compared, so they are not here.
    pub(super) fn of(layer: &ExaminedLayer<'_>, network: u64, carrier: &Carrier) -> Option<Self> {
        match layer.view {
            View::Arp(arp) => arp_message(arp, layer, network),
            View::Icmpv4(icmp) => icmpv4_message(icmp, layer, network),
            View::Icmpv6(icmp) => icmpv6_message(icmp, layer, network),
            #[cfg(feature = "applications")]
            View::Dns(dns) => dns_message(dns, layer, network, carrier),
            #[cfg(feature = "applications")]
            View::Dhcp(dhcp) => dhcp_message(dhcp, layer, network),
            #[cfg(feature = "applications")]
            View::Dhcpv6(dhcp) => dhcpv6_message(dhcp, layer, network),
            _ => {
                let _ = carrier;
                None
            }
        }
    }
}

/// An address of at most 16 bytes as a number. `None` if it is longer or empty.
fn number(address: &[u8]) -> Option<u128> {
    if address.is_empty() || address.len() > 16 {
        return None;
    }
    Some(address.iter().fold(0, |number, &byte| number << 8 | u128::from(byte)))
}

/// Addresses of the client and the server of a message over IP.
fn ends(layer: &ExaminedLayer<'_>, role: TransactionRole) -> Option<[u128; 2]> {
    let (addresses, frame) = (&layer.context.addresses, layer.context.frame);
    let (source, destination) = (number(addresses.source(frame))?, number(addresses.destination(frame))?);
    Some(match role {
        Request => [source, destination],
        Response => [destination, source],
    })
}

/// Request and reply. An announcement asks nothing.
fn arp_message(arp: Arp<&[u8; 8]>, layer: &ExaminedLayer<'_>, network: u64) -> Option<TransactionMessage> {
    let role = match arp.kind(&layer.context) {
        ArpKind::Request | ArpKind::Probe => Request,
        ArpKind::Reply => Response,
        _ => return None,
    };
    let addresses = arp.addresses(&layer.context);
    let length = usize::from(arp.protocol_length());
    if addresses.target_protocol.len() != length {
        return None;
    }
    let (sender, target) = (number(addresses.sender_protocol)?, number(addresses.target_protocol)?);
    let ends = match role {
        Request => [sender, target],
        Response => [target, sender],
    };
    let kind = u64::from(u16::from(arp.protocol_type())) << 8 | u64::from(arp.protocol_length());
    let key = TransactionKey { protocol: TransactionProtocol::Arp, kind: 0, network, ends, number: kind };
    let sender = number(addresses.sender_hardware).unwrap_or(0);
    Some(TransactionMessage { variant: (sender ^ sender >> 64) as u64, ..TransactionMessage::new(role, key) })
}

fn icmpv4_message(icmp: Icmpv4<&[u8; 4]>, layer: &ExaminedLayer<'_>, network: u64) -> Option<TransactionMessage> {
    let (role, kind, identifier, sequence) = match icmp.message(&layer.context) {
        Icmpv4Message::EchoRequest { identifier, sequence } => (Request, 8, identifier, sequence),
        Icmpv4Message::EchoReply { identifier, sequence } => (Response, 8, identifier, sequence),
        Icmpv4Message::TimestampRequest { identifier, sequence, .. } => (Request, 13, identifier, sequence),
        Icmpv4Message::TimestampReply { identifier, sequence, .. } => (Response, 13, identifier, sequence),
        Icmpv4Message::AddressMaskRequest { identifier, sequence, .. } => (Request, 17, identifier, sequence),
        Icmpv4Message::AddressMaskReply { identifier, sequence, .. } => (Response, 17, identifier, sequence),
        _ => return None,
    };
    icmp_message(TransactionProtocol::Icmp, (role, kind), (identifier, sequence), layer, network)
}

fn icmpv6_message(icmp: Icmpv6<&[u8; 4]>, layer: &ExaminedLayer<'_>, network: u64) -> Option<TransactionMessage> {
    let echo = icmp.echo(&layer.context)?;
    // Types of ICMPv6 messages, RFC 4443 §4.1: 128 asks, 129 answers.
    let role = if u8::from(icmp.kind()) == 128 { Request } else { Response };
    icmp_message(TransactionProtocol::Icmpv6, (role, 128), echo, layer, network)
}

fn icmp_message(
    protocol: TransactionProtocol,
    (role, kind): (TransactionRole, u8),
    (identifier, sequence): (u16, u16),
    layer: &ExaminedLayer<'_>,
    network: u64,
) -> Option<TransactionMessage> {
    // A message that was cut before its identifier reads as 0.
    layer.header().get(..8)?;
    let number = u64::from(identifier) << 16 | u64::from(sequence);
    let key = TransactionKey { protocol, kind, network, ends: ends(layer, role)?, number };
    Some(TransactionMessage::new(role, key))
}

/// Ports of multicast DNS (RFC 6762) and of LLMNR (RFC 4795).
#[cfg(feature = "applications")]
const MULTICAST: [u16; 2] = [5353, 5355];

/// By conversation and identifier. What was asked by multicast is answered by any host, so it is matched by the end of the
/// client. A message of multicast DNS between two ports 5353 has no identifier, and takes no part.
#[cfg(feature = "applications")]
fn dns_message(
    dns: Dns<&[u8; 12]>,
    layer: &ExaminedLayer<'_>,
    network: u64,
    carrier: &Carrier,
) -> Option<TransactionMessage> {
    let role = if dns.response() { Response } else { Request };
    let key = |kind, network, ends| {
        let (protocol, number) = (TransactionProtocol::Dns, dns.id().into());
        TransactionKey { protocol, kind, network, ends, number }
    };
    let key = match *carrier {
        Carrier::None => return None,
        Carrier::Tcp(TcpCarrier { stream, .. }) => key(0, 0, [stream.into(), 0]),
        Carrier::Udp { ports: [5353, 5353], .. } => return None,
        Carrier::Udp { ports: [source, destination], .. }
            if MULTICAST.contains(&if role == Request { destination } else { source }) =>
        {
            let client = if role == Request { source } else { destination };
            key(2, network, [ends(layer, role)?[0], client.into()])
        }
        Carrier::Udp { stream, .. } => key(1, 0, [stream.into(), 0]),
    };
    // Several hosts may answer what was asked by multicast.
    let asks_any_host = key.kind == 2;
    let variant = match role {
        _ if !asks_any_host => 0,
        Request => number_of_host(layer.context.addresses.destination(layer.context.frame)),
        Response => responder(layer),
    };
    Some(TransactionMessage { variant, asks_any_host, ..TransactionMessage::new(role, key) })
}

/// A number for the sender of a response.
#[cfg(feature = "applications")]
fn responder(layer: &ExaminedLayer<'_>) -> u64 {
    number_of_host(layer.context.addresses.source(layer.context.frame))
}

#[cfg(feature = "applications")]
fn number_of_host(address: &[u8]) -> u64 {
    let address = number(address).unwrap_or(0);
    (address ^ address >> 64) as u64
}

/// By the number of the transaction and the client's hardware address: DISCOVER and OFFER; REQUEST or INFORM, and ACK or NAK;
/// what is asked about leases; in BOOTP, request and reply.
#[cfg(feature = "applications")]
fn dhcp_message(dhcp: Dhcp<&[u8; 236]>, layer: &ExaminedLayer<'_>, network: u64) -> Option<TransactionMessage> {
    use DhcpMessageType as Kind;
    const DISCOVERY: u8 = 1;
    const REQUEST: u8 = 2;
    let (role, kind) = match dhcp.message_type(&layer.context) {
        Some(Kind::Discover) => (Request, DISCOVERY),
        Some(Kind::Offer) => (Response, DISCOVERY),
        Some(Kind::Request | Kind::Inform) => (Request, REQUEST),
        Some(Kind::Ack | Kind::Nak) => (Response, REQUEST),
        Some(Kind::LeaseQuery) => (Request, 3),
        Some(Kind::LeaseUnassigned | Kind::LeaseUnknown | Kind::LeaseActive) => (Response, 3),
        Some(_) => return None,
        None => match u8::from(dhcp.op()) {
            1 => (Request, 0),
            2 => (Response, 0),
            _ => return None,
        },
    };
    let client = number(dhcp.hardware_address()).unwrap_or(0);
    let ends = [client, u128::from(u16::from(dhcp.htype()))];
    let key = TransactionKey { protocol: TransactionProtocol::Dhcp, kind, network, ends, number: dhcp.xid().into() };
    // The second copy of what a relay agent passes on is no retransmission.
    let variant = match role {
        Request => u64::from(dhcp.giaddr().to_bits()) << 8 | u64::from(dhcp.hops()),
        Response => responder(layer),
    };
    // RFC 4039: ACK can follow DISCOVER.
    let other_key = Some(TransactionKey { kind: DISCOVERY, ..key }).filter(|_| role == Response && kind == REQUEST);
    Some(TransactionMessage { variant, other_key, ..TransactionMessage::new(role, key) })
}

/// By the number of the transaction, and the identifier of the client where there is one.
#[cfg(feature = "applications")]
fn dhcpv6_message(dhcp: Dhcpv6<&[u8; 1]>, layer: &ExaminedLayer<'_>, network: u64) -> Option<TransactionMessage> {
    use Dhcpv6MessageType as Kind;
    let role = match dhcp.message_type() {
        Kind::Solicit
        | Kind::Request
        | Kind::Confirm
        | Kind::Renew
        | Kind::Rebind
        | Kind::Release
        | Kind::Decline
        | Kind::InformationRequest
        | Kind::LeaseQuery
        | Kind::AddressRegistrationInform => Request,
        Kind::Advertise | Kind::Reply | Kind::LeaseQueryReply | Kind::AddressRegistrationReply => Response,
        _ => return None,
    };
    let number = dhcp.transaction_id(&layer.context)?.into();
    let key = TransactionKey { protocol: TransactionProtocol::Dhcpv6, kind: 0, network, ends: [0; 2], number };
    // Relay agents put the message into theirs.
    let variant = match role {
        Request => layer.index as u64,
        Response => responder(layer),
    };
    let ends = client_identifier(layer.header());
    Some(TransactionMessage { variant, ..TransactionMessage::new(role, TransactionKey { ends, ..key }) })
}

/// The first 32 bytes of option 1, as two numbers. The identifier is at most 130 bytes long (RFC 8415 §11.1); that of most
/// clients has 10 to 18.
#[cfg(feature = "applications")]
fn client_identifier(message: &[u8]) -> [u128; 2] {
    let mut options = message.get(4..).unwrap_or(&[]);
    while let [a, b, c, d, rest @ ..] = options {
        let (code, length) = (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
        let Some((contents, after)) = rest.split_at_checked(length) else { break };
        if code == 1 {
            let (first, second) = contents.split_at(contents.len().min(16));
            let second = second.get(..16).unwrap_or(second);
            return [first, second].map(|part| number(part).unwrap_or(0));
        }
        options = after;
    }
    [0; 2]
}
