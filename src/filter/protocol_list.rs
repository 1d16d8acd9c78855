//! `frame.protocols`: the protocols of a packet, by Wireshark's names.

use super::names::alias;
use super::undissected::{name_in_snap, name_of};
use crate::dissect::Layer;
use crate::layer::NextProtocol;
use crate::proto::Proto;
use alloc::string::String;

/// The protocols of a packet so far, with colons between them.
#[derive(Clone, Debug, Default)]
pub(super) struct ProtocolList {
    pub(super) text: String,
    /// Where the protocols after the last IP header begin, or after the fragment header that follows it.
    payload: usize,
    /// What the payload of the last layer is, if no layer says it.
    rest: Remainder,
}

/// What Wireshark names the payload of a layer that is not dissected.
#[derive(Clone, Copy, Debug, Default)]
enum Remainder {
    /// By its number, or `data`.
    #[default]
    ByNumber,
    /// The protocol that SNAP tells.
    Named(&'static str),
    /// A part of the layer.
    Part,
}

/// EtherType of a provider's VLAN tag (IEEE 802.1Q).
const PROVIDER_TAG: u16 = 0x88a8;

impl ProtocolList {
    /// Adds a layer.
    pub(super) fn push(&mut self, layer: &Layer<'_>) {
        // Some link types are IP, others can carry either version.
        if self.text.is_empty() && matches!(layer.selector, NextProtocol::IpVersion(_)) {
            self.add("raw");
        }
        let last = self.last();
        // The tags of a provider are one layer there.
        if last == "ieee8021ad" && layer.selector == NextProtocol::EtherType(PROVIDER_TAG) {
            return;
        }
        let has_ether_type = matches!(last, "eth" | "sll" | "vlan" | "ieee8021ad");
        if has_ether_type && matches!(layer.selector, NextProtocol::EtherType(_)) {
            self.add("ethertype");
        }
        self.add_layer(layer);
        self.rest = rest_of(layer);
        if is_ip(layer.proto) || layer.proto == Proto::Fragment {
            self.payload = self.text.len();
        }
    }

    /// Goes back to the last IP header: what follows is in the datagram that is complete now.
    pub(super) fn rewind(&mut self) {
        self.text.truncate(self.payload);
    }

    /// The last layer is a part of a message: it is no protocol of its own.
    pub(super) fn drop_data(&mut self) {
        let length = self.text.strip_suffix(":data").map_or(self.text.len(), str::len);
        self.text.truncate(length);
    }

    fn last(&self) -> &str {
        self.text.rsplit(':').next().unwrap_or("")
    }

    fn add(&mut self, name: &str) {
        let last = self.last();
        let is_once = name == last && matches!(name, "mpls" | "tls" | "http" | "dns" | "dhcpv6" | "data");
        // What these carry is theirs, or cannot be read.
        let is_theirs = name == "data" && matches!(last, "esp" | "snmp" | "ntp" | "tls");
        if is_once || is_theirs {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(':');
        }
        self.text.push_str(name);
    }

    fn add_layer(&mut self, layer: &Layer<'_>) {
        let is_ppp = self.last() == "ppp";
        let name = match layer.proto {
            Proto::Ipv4 | Proto::Ipv6 if !has_version(layer) => "data",
            Proto::Vlan if layer.selector == NextProtocol::EtherType(PROVIDER_TAG) => "ieee8021ad",
            Proto::Igmp => igmp(layer.header()),
            Proto::Data => match self.rest {
                Remainder::ByNumber => name_of(layer.selector, layer.payload()).unwrap_or("data"),
                Remainder::Named(name) => name,
                Remainder::Part => return,
            },
            // SNAP is a part of LLC there.
            Proto::Snap => return,
            // The first part of the names of their fields.
            proto @ (Proto::Ethernet | Proto::Ipv4 | Proto::Icmpv4) => proto.filter_prefix().unwrap_or(proto.name()),
            proto => match (alias(proto, layer.selector), proto.name()) {
                (Some(alias), _) => alias,
                (_, "ppp" | "ppp_hdlc" | "ppp_direction" | "ppp_compressed") if is_ppp => return,
                (_, "ppp_hdlc" | "ppp_direction" | "ppp_compressed") => "ppp",
                (_, "mobility") => "mipv6",
                (_, "erspan2" | "erspan3") => "erspan",
                (_, "dns_over_tcp") => return,
                (_, name) => name,
            },
        };
        // ERSPAN without a header of its own.
        if self.last() == "gre" && layer.selector == NextProtocol::LinkType(1) {
            self.add("erspan");
        }
        self.add(name);
        if layer.proto == Proto::Tcp && has_multipath_option(layer.header()) {
            self.add("mptcp");
        }
    }
}

/// What follows a layer, if no other layer says it.
fn rest_of(layer: &Layer<'_>) -> Remainder {
    let kind = layer.header().first().copied();
    match (layer.proto, kind) {
        (Proto::Snap, _) => name_in_snap(layer.header()).map_or(Remainder::ByNumber, Remainder::Named),
        // Echoes carry data, errors quote packets. Bytes after other messages are theirs.
        (Proto::Icmpv4, Some(0 | 3..=5 | 8 | 11 | 12)) | (Proto::Icmpv6, Some(1..=4 | 128 | 129 | 160)) => {
            Remainder::ByNumber
        }
        (Proto::Icmpv4 | Proto::Icmpv6, Some(_)) | (Proto::Igmp, _) => Remainder::Part,
        _ => Remainder::ByNumber,
    }
}

/// IGMP, and protocols that share its number: DVMRP, PIM before version 2, IGAP.
fn igmp(header: &[u8]) -> &'static str {
    match header.first() {
        Some(0..=15 | 0x11 | 0x12 | 0x16 | 0x17 | 0x1e | 0x1f | 0x22) => "igmp:igmp",
        Some(0x13) => "igmp:dvmrp",
        Some(0x14) => "igmp:pim",
        Some(0x40..=0x42) => "igmp:igap",
        _ => "igmp",
    }
}

/// Tells whether an IP header has its version, as far as it is there.
fn has_version(layer: &Layer<'_>) -> bool {
    let version = if layer.proto == Proto::Ipv4 { 4 } else { 6 };
    layer.header().first().is_none_or(|byte| byte >> 4 == version)
}

/// Tells whether a TCP header has an option of Multipath TCP.
fn has_multipath_option(header: &[u8]) -> bool {
    const OPTIONS: usize = 20;
    let mut options = header.get(OPTIONS..).unwrap_or(&[]);
    loop {
        options = match options {
            [30, ..] => return true,
            [1, rest @ ..] => rest,
            [] | [0, ..] | [_] | [_, 0 | 1, ..] => return false,
            [_, length, ..] => options.get(usize::from(*length)..).unwrap_or(&[]),
        };
    }
}

fn is_ip(proto: Proto) -> bool {
    matches!(proto, Proto::Ipv4 | Proto::Ipv6)
}
