//! Taking away what the transport layer carries.

use crate::build::covered_sum::first_fragment_protocol;
use crate::dissect::Examine;
use crate::layer::NextProtocol;
use crate::proto::{Proto, Protocols, View};
use std::string::{String, ToString};
use std::vec::Vec;

/// How the payload is taken away.
///
/// The payload is what follows the innermost header of TCP, UDP or SCTP, in tunnels and in quoted packets too. In a packet
/// without one, it is what follows IP and ICMP and no protocol reads. Packets without IP stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadRule {
    /// The packet ends after the headers, as if it were captured with a shorter snapshot length: its length on the wire, and
    /// all lengths and checksums in it stay. So sequence numbers and volumes still fit.
    #[default]
    Cut,
    /// The packet becomes one without payload, with lengths and checksums for it. Sequence numbers have gaps then. Fragments
    /// are cut, because the lengths of a datagram are in several of them.
    Remove,
}

/// The byte where the payload begins, and why it can only be cut off.
struct PayloadStart {
    at: usize,
    /// Where a quoted packet begins.
    quoted_from: Option<usize>,
    is_fragment: bool,
    has_extensions: bool,
}

/// Finds where the payload begins. `None` if there is no IP header.
fn start(layers: Examine<'_>) -> Option<PayloadStart> {
    let (mut found, mut after_ip, mut first_of) = (None, false, None);
    let (mut quoted_from, mut is_fragment, mut has_extensions) = (None, false, false);
    let mut has_transport = false;
    for layer in layers {
        let bounds = layer.bounds();
        let (header, end) = (bounds.header_end as usize, bounds.start as usize);
        if layer.quoted && quoted_from.is_none() {
            quoted_from = Some(end);
        }
        match layer.view {
            View::Ipv4(ip) => is_fragment |= ip.is_fragment(),
            View::Fragment(fragment) => is_fragment |= !fragment.is_atomic(),
            _ => {}
        }
        match layer.proto {
            Proto::Ipv4 | Proto::Ipv6 => {
                (after_ip, has_transport) = (true, false);
                found = Some(header);
            }
            Proto::Tcp | Proto::Udp | Proto::UdpLite if after_ip => {
                has_transport = true;
                found = Some(header);
            }
            // What no protocol reads begins here; a first fragment has a header of a transport all the same.
            Proto::Data if after_ip && !has_transport => {
                let bytes = bounds.payload_end as usize - end;
                let is_sctp = layer.selector == NextProtocol::IpProtocol(132);
                let length = match first_of.or(is_sctp.then_some(132)) {
                    Some(6) => layer.payload().get(12).map_or(bytes, |offset| usize::from(offset >> 4) * 4).max(20),
                    Some(17 | 136) => 8,
                    Some(132) => 12,
                    _ => 0,
                };
                found = Some(end + length.min(bytes));
            }
            _ if after_ip && !has_transport => found = Some(header),
            _ => {}
        }
        let is_icmp = matches!(layer.proto, Proto::Icmpv4 | Proto::Icmpv6);
        has_extensions |= is_icmp && bounds.trailer_end > bounds.payload_end;
        first_of = first_fragment_protocol(&layer.view);
    }
    Some(PayloadStart { at: found?, quoted_from, is_fragment, has_extensions })
}

/// What became of a packet.
pub(super) enum Stripped {
    /// Nothing was there to be taken away.
    Nothing,
    Cut,
    Removed,
    /// It was cut although it was to be removed: the reason.
    CutInstead(&'static str),
    Failed(String),
}

/// Takes the payload away: `out` is the packet without it.
pub(super) fn strip(
    rule: PayloadRule,
    protocols: &Protocols,
    first: NextProtocol,
    layers: Examine<'_>,
    frame: &[u8],
    out: &mut Vec<u8>,
) -> Stripped {
    out.clear();
    out.extend_from_slice(frame);
    let Some(start) = start(layers).filter(|start| start.at < frame.len()) else { return Stripped::Nothing };
    let instead = match rule {
        PayloadRule::Cut => None,
        PayloadRule::Remove if start.is_fragment => Some("it is a fragment"),
        PayloadRule::Remove if start.quoted_from.is_some() && start.has_extensions => {
            Some("extensions follow the quoted packet")
        }
        PayloadRule::Remove => {
            let (at, with) = match start.quoted_from {
                Some(from) => (from, frame.get(from..start.at).unwrap_or(&[])),
                None => (start.at, &[][..]),
            };
            return match protocols.replace(first, frame, at, with, out) {
                Ok(()) => Stripped::Removed,
                Err(error) => {
                    out.clear();
                    out.extend_from_slice(frame);
                    Stripped::Failed(error.to_string())
                }
            };
        }
    };
    out.truncate(start.at);
    instead.map_or(Stripped::Cut, Stripped::CutInstead)
}
