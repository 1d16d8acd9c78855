//! What is found out about a request or a response.

use crate::wire::{TextBuffer, append};

/// A protocol whose requests and responses are matched.
///
/// ```
/// use packetsmith::flow::TransactionProtocol;
/// assert_eq!(TransactionProtocol::Icmpv6.name(), "icmpv6");
/// assert_eq!("DNS".parse(), Ok(TransactionProtocol::Dns));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TransactionProtocol {
    /// Address resolution: request and reply (RFC 826).
    Arp,
    /// ICMP: echo, timestamp and address mask (RFC 792, RFC 950).
    Icmp,
    /// ICMPv6: echo (RFC 4443 §4).
    Icmpv6,
    /// DNS, and LLMNR.
    Dns,
    /// DHCP for IPv4, and BOOTP.
    Dhcp,
    /// DHCP for IPv6.
    Dhcpv6,
    /// HTTP/1 over TCP.
    Http,
}

impl TransactionProtocol {
    /// All protocols, from the lowest layer on.
    pub const ALL: &'static [TransactionProtocol] = &[
        TransactionProtocol::Arp,
        TransactionProtocol::Icmp,
        TransactionProtocol::Icmpv6,
        TransactionProtocol::Dns,
        TransactionProtocol::Dhcp,
        TransactionProtocol::Dhcpv6,
        TransactionProtocol::Http,
    ];

    /// Whether the protocol is dissected: those of applications need the feature `applications`.
    pub(super) const fn is_dissected(self) -> bool {
        use TransactionProtocol::{Arp, Icmp, Icmpv6};
        cfg!(feature = "applications") || matches!(self, Arp | Icmp | Icmpv6)
    }

    /// The name, as filters begin with it.
    pub const fn name(self) -> &'static str {
        match self {
            TransactionProtocol::Arp => "arp",
            TransactionProtocol::Icmp => "icmp",
            TransactionProtocol::Icmpv6 => "icmpv6",
            TransactionProtocol::Dns => "dns",
            TransactionProtocol::Dhcp => "dhcp",
            TransactionProtocol::Dhcpv6 => "dhcpv6",
            TransactionProtocol::Http => "http",
        }
    }
}

impl core::fmt::Display for TransactionProtocol {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not the name of a protocol whose requests and responses are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTransactionProtocol;

impl core::fmt::Display for UnknownTransactionProtocol {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("requests and responses are matched of arp, icmp, icmpv6, dns, dhcp, dhcpv6 and http")
    }
}

impl core::error::Error for UnknownTransactionProtocol {}

/// By its name, in any case of letters.
impl core::str::FromStr for TransactionProtocol {
    type Err = UnknownTransactionProtocol;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut all = TransactionProtocol::ALL.iter().copied();
        all.find(|protocol| protocol.name().eq_ignore_ascii_case(text)).ok_or(UnknownTransactionProtocol)
    }
}

/// Whether a message asks or answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransactionRole {
    /// It asks.
    Request,
    /// It answers.
    Response,
}

/// A request or response, and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionAnalysis {
    /// The protocol.
    pub protocol: TransactionProtocol,
    /// Whether the message asks or answers.
    pub role: TransactionRole,
    /// Number of the transaction, from 0: request, response and retransmissions have the same. `None` for a response whose
    /// request is not known.
    pub transaction: Option<u64>,
    /// Of a response: the packet with the request. Wireshark says it of the first response alone, and so it is here: a
    /// response that the same host sends again has `retransmission_of`.
    pub response_to: Option<u64>,
    /// Of a response: nanoseconds since that packet. Negative if the times of the capture go back.
    pub time: Option<i64>,
    /// The packet that this message repeats: a request that was not answered yet, or a response.
    pub retransmission_of: Option<u64>,
    /// Whether this is a response, and no request for it was seen.
    pub is_unsolicited: bool,
    /// Whether this is a response to a query of LLMNR or multicast DNS that was sent to a group address: Wireshark, which
    /// compares addresses, knows no request then.
    pub is_asked_by_multicast: bool,
    /// Whether another response follows: status 1xx of HTTP (RFC 9110 §15.2).
    pub is_interim: bool,
    /// Of HTTP: the number of the request or response in its connection, from 1, as Wireshark 4.0 counts: each request begins
    /// a pair, and so does each response that follows another one. A message that is sent again has none.
    pub number_in_connection: Option<u32>,
    /// Of HTTP: the packet with the request of the pair before, if it has one.
    pub previous_request: Option<u64>,
    /// Of a response of HTTP: the packet with the response of the pair before, if it has one.
    pub previous_response: Option<u64>,
    /// The packet with the first segment of the message, if an earlier packet showed it already.
    pub begun_in: Option<u64>,
}

impl TransactionAnalysis {
    #[cfg(feature = "std")]
    pub(super) const fn new(protocol: TransactionProtocol, role: TransactionRole) -> Self {
        TransactionAnalysis {
            protocol,
            role,
            transaction: None,
            response_to: None,
            time: None,
            retransmission_of: None,
            is_unsolicited: false,
            is_asked_by_multicast: false,
            is_interim: false,
            number_in_connection: None,
            previous_request: None,
            previous_response: None,
            begun_in: None,
        }
    }

    /// Appends what was found in brackets, each after a blank: ` [reply to 12, 0.034000 s]`, ` [retransmission of 12]`,
    /// ` [no request seen]`.
    pub fn append_marks(&self, text: &mut TextBuffer) {
        if let Some(packet) = self.response_to {
            append!(text, " [reply to ", packet);
            if let Some(nanos) = self.time {
                let micros = nanos.unsigned_abs() / 1000;
                text.str(if nanos < 0 { ", -" } else { ", " });
                text.show(format_args!("{}.{:06} s", micros / 1_000_000, micros % 1_000_000));
            }
            text.str("]");
        }
        if let Some(packet) = self.retransmission_of {
            append!(text, " [retransmission of ", packet, "]");
        }
        if self.is_unsolicited {
            text.str(" [no request seen]");
        }
    }
}
