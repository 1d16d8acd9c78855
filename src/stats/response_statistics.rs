//! How long responses take, by protocol and kind of request.

use super::duration_histogram::DurationHistogram;
use crate::dissect::ExaminedLayer;
use crate::flow::{TransactionAnalysis, TransactionProtocol, TransactionRole, UnansweredRequest};
use crate::proto::View;
#[cfg(feature = "applications")]
use crate::proto::app::HttpStart;
use crate::proto::icmp::Icmpv4Message;
use hashbrown::HashMap;

/// Most kinds of requests that are told apart. Each takes up to 38 KB.
const MOST_KINDS: usize = 512;

/// Methods of HTTP requests that are told apart (RFC 9110 §9, RFC 5789, RFC 4918).
#[cfg(feature = "applications")]
const METHODS: [&str; 15] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "MKCOL",
    "COPY",
    "MOVE",
    "LOCK",
];

/// The requests of a kind, and their responses.
#[derive(Clone, Debug)]
pub struct ResponseRow {
    /// The protocol.
    pub protocol: TransactionProtocol,
    /// What is asked: the type of a DNS question, a method of HTTP, a DHCP message. Of HTTP responses without a request
    /// `response`, and `other` if too many kinds came before.
    pub kind: String,
    /// Requests, not counting those that repeat others.
    pub requests: u64,
    /// Times from the request to its first response, in nanoseconds.
    pub times: DurationHistogram,
    /// Requests that were answered by a packet whose time is not known.
    pub untimed: u64,
    /// Requests without a response.
    pub unanswered: u64,
    /// How often requests were sent again.
    pub retransmitted: u64,
    /// Responses without a request.
    pub unsolicited: u64,
}

/// Response times of the transactions that [`Flows`](crate::flow::Flows) matches.
///
/// At most 512 kinds of requests are told apart; later ones count as `other` of their protocol.
#[derive(Clone, Debug, Default)]
pub struct ResponseStatistics {
    places: HashMap<(TransactionProtocol, String), usize>,
    rows: Vec<ResponseRow>,
    /// The kinds of requests that wait for their response. `Flows` bounds them.
    waiting: HashMap<u64, usize>,
}

impl ResponseStatistics {
    /// The kinds of requests, by protocol, then the most frequent first.
    pub fn rows(&self) -> Vec<&ResponseRow> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by(|a, b| (a.protocol, b.requests, &a.kind).cmp(&(b.protocol, a.requests, &b.kind)));
        rows
    }

    /// Takes a request or response of a packet that counts.
    pub(super) fn layer(&mut self, analysis: &TransactionAnalysis, layer: &ExaminedLayer<'_>) {
        match (analysis.role, analysis.transaction) {
            (TransactionRole::Request, Some(number)) => {
                let is_repeated = analysis.retransmission_of.is_some();
                match self.waiting.get(&number) {
                    Some(place) => self.rows[*place].retransmitted += u64::from(is_repeated),
                    // A message that is seen again when it is complete.
                    None if analysis.begun_in.is_some() => {}
                    None => {
                        let place = self.place(analysis.protocol, layer);
                        let row = &mut self.rows[place];
                        if is_repeated {
                            row.retransmitted += 1;
                        } else {
                            row.requests += 1;
                            self.waiting.insert(number, place);
                        }
                    }
                }
            }
            (TransactionRole::Response, Some(_)) => self.response(analysis),
            _ if analysis.is_unsolicited => {
                let place = self.place(analysis.protocol, layer);
                self.rows[place].unsolicited += 1;
            }
            _ => {}
        }
    }

    /// Takes a response to a request that counts; it may be in a packet that does not count.
    pub(super) fn response(&mut self, analysis: &TransactionAnalysis) {
        if analysis.role != TransactionRole::Response || analysis.is_interim {
            return;
        }
        let Some(place) = analysis.transaction.and_then(|number| self.waiting.remove(&number)) else { return };
        match analysis.time {
            Some(time) => self.rows[place].times.add(time),
            None => self.rows[place].untimed += 1,
        }
    }

    /// Takes a request that stays without a response.
    pub(super) fn unanswered(&mut self, request: &UnansweredRequest) {
        if let Some(place) = self.waiting.remove(&request.transaction) {
            self.rows[place].unanswered += 1;
        }
    }

    fn place(&mut self, protocol: TransactionProtocol, layer: &ExaminedLayer<'_>) -> usize {
        let mut kind = kind(layer);
        if self.rows.len() >= MOST_KINDS && !self.places.contains_key(&(protocol, kind.clone())) {
            kind = "other".to_string();
        }
        let next = self.rows.len();
        let place = *self.places.entry((protocol, kind.clone())).or_insert(next);
        if place == next {
            let times = DurationHistogram::default();
            let (requests, untimed, unanswered, retransmitted, unsolicited) = (0, 0, 0, 0, 0);
            self.rows.push(ResponseRow {
                protocol,
                kind,
                requests,
                times,
                untimed,
                unanswered,
                retransmitted,
                unsolicited,
            });
        }
        place
    }
}

/// What a message asks or answers, in a word or two. No text of the packet is in it.
fn kind(layer: &ExaminedLayer<'_>) -> String {
    let context = &layer.context;
    match layer.view {
        #[cfg(feature = "applications")]
        View::Dns(dns) => match dns.questions(context).next() {
            Some(question) => question.qtype.to_string(),
            None => "no question".to_string(),
        },
        #[cfg(feature = "applications")]
        View::Http(http) => match http.start(context) {
            Some(HttpStart::Request { method, .. }) => {
                METHODS.iter().find(|known| **known == method).unwrap_or(&"other").to_string()
            }
            _ => "response".to_string(),
        },
        #[cfg(feature = "applications")]
        View::Dhcp(dhcp) => dhcp.message_type(context).map_or_else(|| "BOOTP".to_string(), |kind| kind.to_string()),
        #[cfg(feature = "applications")]
        View::Dhcpv6(dhcp) => dhcp.message_type().to_string(),
        View::Icmpv4(icmp) => match icmp.message(context) {
            Icmpv4Message::TimestampRequest { .. } | Icmpv4Message::TimestampReply { .. } => "timestamp".to_string(),
            Icmpv4Message::AddressMaskRequest { .. } | Icmpv4Message::AddressMaskReply { .. } => {
                "address mask".to_string()
            }
            _ => "echo".to_string(),
        },
        View::Icmpv6(_) => "echo".to_string(),
        _ => "who has".to_string(),
    }
}
