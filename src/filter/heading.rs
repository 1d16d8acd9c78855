//! What a column says of a protocol: the heading of its layer, as tshark writes it.
//!
//! Wireshark makes headings for the protocols that are here. Of others, tshark writes the name.

use crate::dissect::Layer;
use crate::flow::TcpAnalysis;
use crate::proto::{Proto, final_destination};
use crate::wire::get_bits;
use crate::wire::hex::Hex;
use alloc::format;
use alloc::string::{String, ToString};
use core::net::{Ipv4Addr, Ipv6Addr};

/// The heading of a layer whose protocol was asked for by a name. `segment` is what the analysis says of a TCP header.
pub(super) fn heading(layer: &Layer<'_>, segment: Option<&TcpAnalysis>, name: &str) -> Option<String> {
    let header = layer.header();
    let bits = |first: usize, end: usize| (end <= header.len() * 8).then(|| get_bits(header, first..end));
    let ports = |title: &str| Some(format!("{title}, Src Port: {}, Dst Port: {}", bits(0, 16)?, bits(16, 32)?));
    match layer.proto {
        Proto::Ethernet => ethernet(header, layer.payload()),
        Proto::Vlan => {
            let (pri, dei, id) = (bits(0, 3)?, bits(3, 4)?, bits(4, 16)?);
            Some(format!("802.1Q Virtual LAN, PRI: {pri}, DEI: {dei}, ID: {id}"))
        }
        Proto::Arp => Some(format!("Address Resolution Protocol ({})", arp(header)?)),
        Proto::Ipv4 => ipv4(header),
        Proto::Ipv6 => {
            let [source, destination] = [header.get(8..24)?, header.get(24..40)?]
                .map(|bytes| bytes.first_chunk::<16>().map(|&bytes| Ipv6Addr::from(bytes)));
            let is_bogus = bits(0, 4) != Some(6);
            let text = format!("Internet Protocol Version 6, Src: {}, Dst: {}", source?, destination?);
            Some(text).filter(|_| !is_bogus)
        }
        Proto::Routing => Some(format!("Routing Header for IPv6 ({})", routing(bits(16, 24)?))),
        Proto::Tcp => {
            let mut text = ports("Transmission Control Protocol")?;
            if let Some(segment) = segment {
                text += &format!(", Seq: {}", segment.seq);
                let has_ack = bits(107, 108) == Some(1);
                if let Some(ack) = segment.ack.filter(|_| has_ack) {
                    text += &format!(", Ack: {ack}");
                }
                if let Some(length) = segment.length {
                    text += &format!(", Len: {length}");
                }
            }
            Some(text)
        }
        Proto::Udp => ports("User Datagram Protocol"),
        Proto::UdpLite => ports("Lightweight User Datagram Protocol"),
        Proto::Sll => Some("Linux cooked capture v1".to_string()),
        Proto::Sll2 => Some("Linux cooked capture v2".to_string()),
        Proto::Data => Some(Hex(layer.payload()).to_string()),
        #[cfg(feature = "tunnels")]
        Proto::Mpls => {
            let (label, exp, bottom, ttl) = (bits(0, 20)?, bits(20, 23)?, bits(23, 24)?, bits(24, 32)?);
            let what = special_label(label).map_or_else(String::new, |what| format!(" ({what})"));
            Some(format!(
                "MultiProtocol Label Switching Header, Label: {label}{what}, Exp: {exp}, S: {bottom}, TTL: {ttl}"
            ))
        }
        #[cfg(feature = "tunnels")]
        Proto::Gre => Some(format!("Generic Routing Encapsulation ({})", in_gre(bits(16, 32)?))),
        #[cfg(feature = "tunnels")]
        Proto::Erspan2 => Some("Encapsulated Remote Switch Packet ANalysis Type II".to_string()),
        #[cfg(feature = "tunnels")]
        Proto::Erspan3 => Some("Encapsulated Remote Switch Packet ANalysis Type III".to_string()),
        #[cfg(feature = "tunnels")]
        Proto::Geneve => Some(format!("Generic Network Virtualization Encapsulation, VNI: 0x{:06x}", bits(32, 56)?)),
        #[cfg(feature = "applications")]
        Proto::Dns => {
            let title = match name {
                "mdns" => "Multicast Domain Name System",
                "llmnr" => "Link-local Multicast Name Resolution",
                _ => "Domain Name System",
            };
            Some(format!("{title} ({})", if bits(16, 17)? == 1 { "response" } else { "query" }))
        }
        #[cfg(feature = "applications")]
        Proto::Dhcp => Some(format!("Dynamic Host Configuration Protocol ({})", dhcp(header)?)),
        #[cfg(feature = "applications")]
        Proto::Ntp | Proto::NtpControl | Proto::NtpPrivate => Some(ntp(*header.first()?)),
        _ => {
            let _ = name;
            None
        }
    }
}

/// Six bytes of a MAC address.
fn mac(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (i, byte) in bytes.iter().enumerate() {
        text += &format!("{}{byte:02x}", if i == 0 { "" } else { ":" });
    }
    text
}

fn ethernet(header: &[u8], payload: &[u8]) -> Option<String> {
    let &[a, b] = header.get(12..14)?.first_chunk()?;
    let (destination, source) = (mac(header.get(..6)?), mac(header.get(6..12)?));
    Some(match u16::from_be_bytes([a, b]) {
        // Novell's frames have IPX in place of LLC.
        0..=1500 if payload.starts_with(&[0xff, 0xff]) => "IEEE 802.3 Ethernet Raw ".to_string(),
        0..=1500 => "IEEE 802.3 Ethernet ".to_string(),
        1501..1536 => format!("Ethernet Unknown, Src: {source}, Dst: {destination}"),
        _ => format!("Ethernet II, Src: {source}, Dst: {destination}"),
    })
}

/// Operation of ARP, and what the addresses make of it: a probe or an announcement (RFC 5227), or one's own address.
fn arp(header: &[u8]) -> Option<String> {
    let (hardware, protocol) = (usize::from(*header.get(4)?), usize::from(*header.get(5)?));
    let &[a, b] = header.get(6..8)?.first_chunk()?;
    let sender = header.get(8 + hardware..8 + hardware + protocol)?;
    let target = header.get(8 + 2 * hardware + protocol..8 + 2 * (hardware + protocol))?;
    let target_hardware = header.get(8 + hardware + protocol..8 + 2 * hardware + protocol)?;
    let is_own = sender == target;
    let text = match u16::from_be_bytes([a, b]) {
        1 if is_own && target_hardware.iter().all(|byte| *byte == 0) => "ARP Announcement",
        1 if is_own => "request/gratuitous ARP",
        1 if sender.iter().all(|byte| *byte == 0) => "ARP Probe",
        1 => "request",
        2 if is_own => "reply/gratuitous ARP",
        2 => "reply",
        3 => "reverse request",
        4 => "reverse reply",
        5 => "drarp request",
        6 => "drarp reply",
        7 => "drarp error",
        8 => "inverse request",
        9 => "inverse reply",
        10 => "arp nak",
        other => return Some(format!("opcode 0x{other:04x}")),
    };
    Some(text.to_string())
}

fn ipv4(header: &[u8]) -> Option<String> {
    let address = |at: usize| header.get(at..)?.first_chunk::<4>().map(|&bytes| Ipv4Addr::from(bytes));
    let source = address(12).filter(|_| header[0] >> 4 == 4)?;
    let at = final_destination(header).map_or(16, |span| span.start as usize);
    let destination = address(at).map_or_else(String::new, |address| format!(", Dst: {address}"));
    Some(format!("Internet Protocol Version 4, Src: {source}{destination}"))
}

fn routing(kind: u64) -> String {
    let text = match kind {
        0 => "Source Route",
        1 => "Nimrod",
        2 => "Type 2 Routing",
        3 => "RPL Source Route",
        4 => "Segment Routing",
        5 => "Compact Routing Header 16",
        6 => "Compact Routing Header 32",
        253 => "RFC3692-style Experiment 1",
        254 => "RFC3692-style Experiment 2",
        other => return format!("Unknown type {other}"),
    };
    text.to_string()
}

#[cfg(feature = "tunnels")]
fn special_label(label: u64) -> Option<&'static str> {
    Some(match label {
        0 => "IPv4 Explicit-Null",
        1 => "Router Alert",
        2 => "IPv6 Explicit-Null",
        3 => "Implicit-Null",
        7 => "Entropy Label Indicator (ELI)",
        13 => "Generic Associated Channel Label (GAL)",
        14 => "OAM Alert",
        4..=15 => "Reserved - Unknown",
        _ => return None,
    })
}

#[cfg(feature = "tunnels")]
fn in_gre(protocol: u64) -> String {
    let text = match protocol {
        0 => "Possible GRE keepalive packet",
        0xfe => "OSI",
        0x0800 => "IP",
        0x0806 => "ARP",
        0x2000 => "CDP (Cisco)",
        0x2001 => "NHRP",
        0x22eb => "ERSPAN III",
        0x6400 => "MIKROTIK EoIP",
        0x6558 => "Transparent Ethernet bridging",
        0x6559 => "Frame Relay",
        0x8137 => "IPX",
        0x86dd => "IPv6",
        0x880b => "PPP",
        0x883e => "WCCP",
        0x8847 => "MPLS label switched packet",
        0x8881 => "CDMA2000 A10 Unstructured byte stream",
        0x88be => "ERSPAN",
        0x88d2 => "CDMA2000 A10 3GPP2 Packet",
        0x8909 => "CiscoMetaData",
        0x894f => "Network Service Header",
        0x9000 => "ARUBA WLAN",
        0x8200..=0x8370 if protocol & 0xf == 0 => "ARUBA WLAN",
        0xb7ea => "Huawei GRE bonding",
        0xfeae => "AIROHIVE AP AP",
        other => return format!("0x{other:04x} - unknown"),
    };
    text.to_string()
}

/// Message type of DHCP. `None` for BOOTP, which has none.
#[cfg(feature = "applications")]
fn dhcp(header: &[u8]) -> Option<String> {
    const KINDS: [&str; 18] = [
        "Discover",
        "Offer",
        "Request",
        "Decline",
        "ACK",
        "NAK",
        "Release",
        "Inform",
        "Force Renew",
        "Lease query",
        "Lease Unassigned",
        "Lease Unknown",
        "Lease Active",
        "Bulk Lease Query",
        "Lease Query Done",
        "Active LeaseQuery",
        "Lease Query Status",
        "TLS",
    ];
    let mut options = header.get(236..)?.strip_prefix(&[0x63, 0x82, 0x53, 0x63])?;
    loop {
        options = match options {
            [0, rest @ ..] => rest,
            [53, 1, kind, ..] => {
                let known = KINDS.get(usize::from(kind.wrapping_sub(1)));
                return Some(known.map_or_else(|| format!("Unknown Message Type (0x{kind:02x})"), |k| k.to_string()));
            }
            [] | [255, ..] | [_] => return None,
            [_, length, rest @ ..] => rest.get(usize::from(*length)..)?,
        };
    }
}

#[cfg(feature = "applications")]
fn ntp(first: u8) -> String {
    const MODES: [&str; 8] =
        ["reserved", "symmetric active", "symmetric passive", "client", "server", "broadcast", "control", "private"];
    let version = match first >> 3 & 7 {
        version @ 1..=4 => format!("NTP Version {version}"),
        _ => "reserved".to_string(),
    };
    format!("Network Time Protocol ({version}, {})", MODES[usize::from(first & 7)])
}
