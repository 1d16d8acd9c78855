//! What a message of ARP or Neighbor Discovery says about addresses.

use super::address_claims::AddressEvidence;
use crate::dissect::ExaminedLayer;
use crate::proto::icmp::{Icmpv6Message, NdpOption, NeighborFlags};
use crate::proto::link::ArpKind;
use crate::proto::{Arp, EtherType, Icmpv6, View};
use crate::wire::{MacAddr, Tlvs};
use core::net::{IpAddr, Ipv6Addr};

/// A MAC address that claims an IP address.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClaimMessage {
    pub(super) address: IpAddr,
    pub(super) mac: MacAddr,
    pub(super) evidence: AddressEvidence,
    /// The override flag is set.
    pub(super) overrides: bool,
}

/// Who is asked for an address, or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Asker {
    Mac(MacAddr),
    Ip(IpAddr),
}

/// What a message asks or answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Exchange {
    /// Neither.
    None,
    /// Asks for an address.
    Request { asker: Asker, source: Option<IpAddr>, target: IpAddr },
    /// Asks whether an address is in use.
    Probe { mac: MacAddr, target: IpAddr },
    /// Answers one host.
    Reply { asker: Asker, source: Option<IpAddr>, target: IpAddr },
    /// Tells all hosts that the sender has an address, which can answer a probe.
    Advertisement { target: IpAddr },
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub(super) struct AddressMessage {
    pub(super) claim: Option<ClaimMessage>,
    pub(super) exchange: Exchange,
    /// The source address of the frame, if it has one of six bytes.
    pub(super) frame_source: Option<MacAddr>,
}

/// What a layer says.
#[derive(Clone, Copy, Debug)]
pub(super) enum AddressLayer {
    /// Nothing about addresses.
    Other,
    /// Nothing that can be used: other addresses than MAC and IP, too little captured, group addresses.
    Unusable,
    Message(AddressMessage),
}

impl AddressLayer {
    /// Reads a layer. `hop_limit` is that of the IPv6 header before it.
    pub(super) fn of(layer: &ExaminedLayer<'_>, hop_limit: Option<u8>) -> Self {
        let found = match layer.view {
            View::Arp(arp) => arp_message(arp, layer),
            View::Icmpv6(icmp) if icmp.is_ndp() => icmp_message(icmp, layer, hop_limit),
            _ => return AddressLayer::Other,
        };
        match found {
            Some(mut message) => {
                let source = layer.context.link_source.of(layer.frame());
                message.frame_source = source.try_into().ok().map(MacAddr);
                if let Exchange::Probe { mac, .. } = &mut message.exchange
                    && *mac == MacAddr::default()
                {
                    *mac = message.frame_source.unwrap_or_default();
                }
                AddressLayer::Message(message)
            }
            None => AddressLayer::Unusable,
        }
    }
}

fn is_host(mac: MacAddr) -> bool {
    !mac.is_group() && mac != MacAddr::default()
}

fn arp_message(arp: Arp<&[u8; 8]>, layer: &ExaminedLayer<'_>) -> Option<AddressMessage> {
    let addresses = arp.macs_and_ips(&layer.context).filter(|_| arp.protocol_type() == EtherType::Ipv4)?;
    let (mac, sender) = (addresses.sender_mac, addresses.sender_ip);
    let (evidence, exchange) = match arp.kind(&layer.context) {
        ArpKind::Probe => {
            let exchange = Exchange::Probe { mac, target: addresses.target_ip.into() };
            return is_host(mac).then_some(AddressMessage { claim: None, exchange, frame_source: None });
        }
        ArpKind::Request => {
            let (asker, source) = (Asker::Mac(mac), Some(sender.into()));
            (AddressEvidence::Request, Exchange::Request { asker, source, target: addresses.target_ip.into() })
        }
        ArpKind::Reply => {
            let (asker, source) = (Asker::Mac(addresses.target_mac), Some(addresses.target_ip.into()));
            (AddressEvidence::Reply, Exchange::Reply { asker, source, target: sender.into() })
        }
        ArpKind::Announcement => (AddressEvidence::Announcement, Exchange::Advertisement { target: sender.into() }),
        ArpKind::GratuitousReply => {
            (AddressEvidence::GratuitousReply, Exchange::Advertisement { target: sender.into() })
        }
        ArpKind::InverseReply => (AddressEvidence::InverseReply, Exchange::None),
        _ => return None,
    };
    let is_group = sender.is_multicast() || sender.is_broadcast() || sender.is_unspecified();
    if is_group || !is_host(mac) {
        return None;
    }
    let claim = Some(ClaimMessage { address: sender.into(), mac, evidence, overrides: false });
    Some(AddressMessage { claim, exchange, frame_source: None })
}

/// Messages with another hop limit than 255 came from elsewhere, and are discarded (RFC 4861 §7.1).
fn icmp_message(icmp: Icmpv6<&[u8; 4]>, layer: &ExaminedLayer<'_>, hop_limit: Option<u8>) -> Option<AddressMessage> {
    let (context, frame) = (&layer.context, layer.frame());
    let ip = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from);
    let (source, destination) = (ip(context.addresses.source(frame))?, ip(context.addresses.destination(frame))?);
    if hop_limit != Some(255) {
        return None;
    }
    let claim = |address: Ipv6Addr, mac: Option<MacAddr>, evidence, overrides| {
        let is_host = !address.is_unspecified() && !address.is_multicast();
        let mac = mac.filter(|mac| self::is_host(*mac) && is_host)?;
        Some(ClaimMessage { address: address.into(), mac, evidence, overrides })
    };
    let (claim, exchange) = match icmp.message(context) {
        Icmpv6Message::NeighborSolicitation { target, options, .. } => {
            // The address 0 is replaced by the source of the frame.
            let probe = Exchange::Probe { mac: MacAddr::default(), target: target.into() };
            let asker = Asker::Ip(source.into());
            let request = Exchange::Request { asker, source: Some(source.into()), target: target.into() };
            let exchange = if source.is_unspecified() { probe } else { request };
            (claim(source, link_address(&options, 1), AddressEvidence::NeighborSolicitation, false), exchange)
        }
        Icmpv6Message::NeighborAdvertisement { flags, target: address, options, .. } => {
            let (asker, source) = (Asker::Ip(destination.into()), Some(destination.into()));
            let target = IpAddr::V6(address);
            let exchange = match destination.is_multicast() {
                true => Exchange::Advertisement { target },
                false => Exchange::Reply { asker, source, target },
            };
            let overrides = flags.contains(NeighborFlags::OVERRIDE);
            (claim(address, link_address(&options, 2), AddressEvidence::NeighborAdvertisement, overrides), exchange)
        }
        Icmpv6Message::RouterSolicitation { options, .. } => {
            (claim(source, link_address(&options, 1), AddressEvidence::RouterSolicitation, false), Exchange::None)
        }
        Icmpv6Message::RouterAdvertisement { options, .. } => {
            (claim(source, link_address(&options, 1), AddressEvidence::RouterAdvertisement, false), Exchange::None)
        }
        _ => return None,
    };
    Some(AddressMessage { claim, exchange, frame_source: None })
}

/// The MAC address in the first option of a type: 1 source, 2 target.
fn link_address(options: &Tlvs<'_, NdpOption<'_>>, kind: u8) -> Option<MacAddr> {
    options.iter().find_map(|option| match (kind, option) {
        (1, NdpOption::SourceLinkLayerAddress { address }) | (2, NdpOption::TargetLinkLayerAddress { address }) => {
            address.mac()
        }
        _ => None,
    })
}
