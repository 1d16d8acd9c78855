//! What a request asks, in a few words.

use packetsmith::output::TextBuffer;
use packetsmith::proto::app::HttpStart;
use packetsmith::proto::icmp::Icmpv4Message;
use packetsmith::proto::link::ArpKind;
use packetsmith::{ExaminedLayer, View};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most bytes of the words.
const MOST: usize = 100;

/// What a request asks: name and type, method and target, sequence number. Characters that are unsafe for a terminal are
/// escaped.
pub(super) fn asked(layer: &ExaminedLayer<'_>) -> String {
    let mut text = TextBuffer::default();
    let context = &layer.context;
    match layer.view {
        View::Dns(dns) => {
            let mut questions = dns.questions(context);
            match questions.next() {
                Some(question) => {
                    text.name(&question.name);
                    text.show(format_args!(" {}", question.qtype));
                }
                None => text.show(format_args!("{} without a question", dns.opcode())),
            }
            match questions.count() {
                0 => {}
                more => text.show(format_args!(" and {more} more")),
            }
        }
        View::Http(http) => match http.start(context) {
            Some(HttpStart::Request { method, target, .. }) => {
                text.escaped(method.as_bytes());
                text.str(" ");
                text.escaped(target.get(..MOST).unwrap_or(target).as_bytes());
            }
            _ => {
                let head = layer.header();
                let line = head.split(|byte| *byte == b'\r' || *byte == b'\n').next().unwrap_or(head);
                text.escaped(line.get(..MOST).unwrap_or(line));
            }
        },
        View::Dhcp(dhcp) => {
            match dhcp.message_type(context) {
                Some(kind) => text.show(kind),
                None => text.str("BOOTP"),
            }
            text.str(" from ");
            match dhcp.hardware_address().try_into() {
                Ok(address) => text.mac(packetsmith::MacAddr(address)),
                Err(_) => text.hex_bytes(dhcp.hardware_address()),
            }
        }
        View::Dhcpv6(dhcp) => {
            text.show(dhcp.message_type());
            text.show(format_args!(" {:#08x}", dhcp.transaction_id(context).unwrap_or(0)));
        }
        View::Icmpv4(icmp) => {
            let (what, sequence) = match icmp.message(context) {
                Icmpv4Message::TimestampRequest { sequence, .. } => ("timestamp", sequence),
                Icmpv4Message::AddressMaskRequest { sequence, .. } => ("address mask", sequence),
                _ => ("echo", icmp.echo(context).map_or(0, |(_, sequence)| sequence)),
            };
            icmp_words(what, sequence, layer, &mut text);
        }
        View::Icmpv6(icmp) => {
            let sequence = icmp.echo(context).map_or(0, |(_, sequence)| sequence);
            icmp_words("echo", sequence, layer, &mut text);
        }
        View::Arp(arp) => {
            let is_probe = arp.kind(context) == ArpKind::Probe;
            text.str("who has ");
            address(arp.addresses(context).target_protocol, &mut text);
            text.str(if is_probe { " (probe)" } else { "" });
        }
        _ => {}
    }
    cut(text)
}

fn icmp_words(what: &str, sequence: u16, layer: &ExaminedLayer<'_>, text: &mut TextBuffer) {
    text.str(what);
    text.str(" ");
    address(layer.context.addresses.destination(layer.context.frame), text);
    text.show(format_args!(" sequence {sequence}"));
}

fn address(bytes: &[u8], text: &mut TextBuffer) {
    let ip = match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes))),
        _ => <[u8; 16]>::try_from(bytes).map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes))),
    };
    match ip {
        Ok(ip) => text.show(ip),
        Err(_) => text.hex_bytes(bytes.get(..16).unwrap_or(bytes)),
    }
}

/// The text, cut at its largest size.
fn cut(text: TextBuffer) -> String {
    let text = text.as_str();
    match text.char_indices().map(|(at, _)| at).find(|at| *at > MOST) {
        Some(at) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}
