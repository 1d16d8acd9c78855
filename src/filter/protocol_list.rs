//! `frame.protocols`: the protocols of a packet, by Wireshark's names.

use super::names::alias;
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
}

/// EtherType of a provider's VLAN tag (IEEE 802.1Q).
const PROVIDER_TAG: u16 = 0x88a8;

impl ProtocolList {
    /// Adds a layer.
    pub(super) fn push(&mut self, layer: &Layer<'_>) {
        if self.text.is_empty() && is_ip(layer.proto) {
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
        let is_once = name == last && matches!(name, "mpls" | "tls" | "http" | "dns" | "data");
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
            Proto::Igmp => "igmp:igmp",
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
