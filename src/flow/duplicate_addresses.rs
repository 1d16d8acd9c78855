//! IP addresses that ARP shows with two MAC addresses, by Wireshark's rule.

use super::bounded_table::BoundedTable;
use super::capture_time::CaptureTime;
use super::results::DuplicateAddress;
use crate::dissect::ExaminedLayer;
use crate::proto::Arp;
use crate::proto::link::ArpOperation;
use crate::wire::MacAddr;
use core::net::Ipv4Addr;

/// The MAC address that an address has, and the last packet with it.
#[derive(Clone, Copy, Debug)]
struct KnownAddress {
    mac: MacAddr,
    packet: u64,
    time: CaptureTime,
}

/// Addresses with the MAC address that they had first.
#[derive(Debug)]
pub(super) struct DuplicateAddresses {
    known: BoundedTable<(u64, Ipv4Addr), KnownAddress>,
}

const NANOS: i128 = 1_000_000_000;

impl DuplicateAddresses {
    pub(super) fn new(limit: usize) -> Self {
        DuplicateAddresses { known: BoundedTable::new(limit) }
    }

    /// Takes a request or reply of ARP. The sender counts, and the target of a reply that is not gratuitous. Zeros and group
    /// addresses do not count.
    pub(super) fn layer(
        &mut self,
        arp: Arp<&[u8; 8]>,
        layer: &ExaminedLayer<'_>,
        network: u64,
        (packet, now): (u64, CaptureTime),
    ) -> [Option<DuplicateAddress>; 2] {
        let is_reply = match arp.operation() {
            ArpOperation::Request => false,
            ArpOperation::Reply => true,
            _ => return [None; 2],
        };
        let Some(addresses) = arp.macs_and_ips(&layer.context) else { return [None; 2] };
        let is_gratuitous = addresses.sender_ip == addresses.target_ip;
        let mut add = |ip, mac| self.address((network, ip), mac, packet, now);
        let sender = add(addresses.sender_ip, addresses.sender_mac);
        let target = (is_reply && !is_gratuitous).then(|| add(addresses.target_ip, addresses.target_mac));
        [sender, target.flatten()]
    }

    fn address(
        &mut self,
        key: (u64, Ipv4Addr),
        mac: MacAddr,
        packet: u64,
        time: CaptureTime,
    ) -> Option<DuplicateAddress> {
        if key.1.is_unspecified() || mac.is_group() || mac == MacAddr::default() {
            return None;
        }
        let new = KnownAddress { mac, packet, time };
        let Some(place) = self.known.find(&key) else {
            self.known.insert(key, new);
            return None;
        };
        let known = self.known.at(place);
        if known.mac == mac {
            *known = new;
            return None;
        }
        // Whole seconds, as Wireshark subtracts them.
        let seconds = |time: CaptureTime| time.nanos().map(|nanos| nanos.div_euclid(NANOS));
        let since = seconds(time).zip(seconds(known.time)).and_then(|(now, before)| u32::try_from(now - before).ok());
        let (address, earlier, seconds) = (key.1, known.packet, since);
        Some(DuplicateAddress { address, mac, other_mac: known.mac, earlier, seconds })
    }
}
