//! Addresses that ARP shows with two MAC addresses: what tshark 4.0 calls duplicates, message by message.

use packetsmith::flow::{DuplicateAddress, FlowSettings, Flows, LayerAnalysis, PacketInfo, Separation};

use packetsmith::proto::link::{ArpHardware, ArpOperation, EtherType};
use packetsmith::{Arp, Ethernet, Filter, FrameInfo, MacAddr, Stack, Vlan, examine};
use std::net::Ipv4Addr;

const SECOND: i128 = 1_000_000_000;

fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn ip(last: u8) -> Ipv4Addr {
    if last == 0 { Ipv4Addr::UNSPECIFIED } else { [10, 0, 0, last].into() }
}

fn arp(operation: u16, sender: (MacAddr, u8), target: (MacAddr, u8)) -> Vec<u8> {
    let arp = Arp::build().operation(ArpOperation::from(operation)).sender(sender.0, ip(sender.1));
    Stack::new().push(Ethernet::build()).push(arp.target(target.0, ip(target.1))).finish().unwrap()
}

fn request(who: u8, address: u8) -> Vec<u8> {
    arp(1, (mac(who), address), (MacAddr([0; 6]), 9))
}

struct Capture(Flows, i128);

impl Capture {
    fn new() -> Self {
        Capture(Flows::new(FlowSettings::default()), 0)
    }

    /// Packets and seconds that the duplicates of a packet name.
    fn take(&mut self, seconds: i128, frame: &[u8]) -> Vec<(u64, Option<u32>)> {
        self.1 += seconds * SECOND;
        let info = PacketInfo { number: self.0.packets() + 1, time: Some(self.1), interface: 0 };
        let found = self.0.packet(info, examine(1, frame)).iter();
        let duplicate = |found: &LayerAnalysis| match found {
            LayerAnalysis::DuplicateAddress(DuplicateAddress { earlier, seconds, .. }) => Some((*earlier, *seconds)),
            _ => None,
        };
        found.filter_map(|found| duplicate(&found.analysis)).collect()
    }
}

#[test]
fn an_address_keeps_the_mac_address_that_it_had_first() {
    let mut capture = Capture::new();
    assert_eq!(capture.take(0, &request(1, 1)), []);
    assert_eq!(capture.take(3, &request(2, 1)), [(1, Some(3))]);
    assert_eq!(capture.take(3, &request(1, 1)), []);
    // The last packet with the first address, and whole seconds.
    assert_eq!(capture.take(3, &request(2, 1)), [(3, Some(3))]);
    capture.1 += SECOND - 1;
    assert_eq!(capture.take(0, &request(2, 1)), [(3, Some(3))]);
    capture.1 += 1;
    assert_eq!(capture.take(0, &request(2, 1)), [(3, Some(4))]);
}

#[test]
fn the_target_of_a_reply_counts_and_that_of_a_request_does_not() {
    let mut capture = Capture::new();
    assert_eq!(capture.take(0, &arp(2, (mac(5), 5), (mac(6), 6))), []);
    assert_eq!(capture.take(1, &arp(2, (mac(5), 5), (mac(7), 6))), [(1, Some(1))]);
    assert_eq!(capture.take(1, &request(7, 6)), [(1, Some(2))]);
    assert_eq!(
        capture.take(1, &arp(2, (mac(90), 5), (mac(91), 6))),
        [(2, Some(2)), (1, Some(3))],
        "sender, then target"
    );
    assert_eq!(capture.take(1, &arp(1, (mac(5), 5), (mac(30), 30))), []);
    assert_eq!(capture.take(1, &request(31, 30)), []);
    // Of a gratuitous reply, the sender counts.
    assert_eq!(capture.take(1, &arp(2, (mac(54), 54), (MacAddr::BROADCAST, 54))), []);
    assert_eq!(capture.take(1, &arp(2, (mac(54), 54), (mac(55), 54))), []);
    assert_eq!(capture.take(1, &arp(2, (mac(55), 54), (mac(54), 54))), [(8, Some(1))]);
}

#[test]
fn zeros_group_addresses_and_other_operations_do_not_count() {
    let mut capture = Capture::new();
    for (who, address) in [(mac(3), 0), (mac(4), 0), (MacAddr::BROADCAST, 40), (MacAddr([0; 6]), 40), (mac(40), 40)] {
        assert_eq!(capture.take(0, &arp(1, (who, address), (MacAddr([0; 6]), 9))), []);
    }
    for operation in [3, 4, 8, 9, 10] {
        assert_eq!(capture.take(0, &arp(operation, (mac(41), 40), (mac(40), 40))), []);
    }
    assert_eq!(capture.take(0, &request(41, 40)), [(5, Some(0))]);
    for (hardware, protocol, found) in [(6, 0x0800, 1), (15, 0x0800, 0), (1, 0x88b5, 0)] {
        let arp = Arp::build().hardware_type(ArpHardware::from(hardware)).protocol_type(EtherType::from(protocol));
        let arp = arp.sender(mac(41), ip(40)).target(MacAddr([0; 6]), ip(9));
        let frame = Stack::new().push(Ethernet::build()).push(arp).finish().unwrap();
        assert_eq!(capture.take(0, &frame).len(), found, "{hardware} {protocol}");
    }
}

#[test]
fn vlans_are_one_network_unless_they_are_kept_apart() {
    let tagged = |vlan: u16| {
        let arp = Arp::build().sender(mac(vlan as u8), ip(1)).target(MacAddr([0; 6]), ip(9));
        Stack::new().push(Ethernet::build()).push(Vlan::build().id(vlan)).push(arp).finish().unwrap()
    };
    for (separation, found) in [(Separation::None, 1), (Separation::Networks, 0)] {
        let settings = FlowSettings { separation, ..FlowSettings::default() };
        let mut capture = Capture(Flows::new(settings), 0);
        capture.take(0, &tagged(10));
        assert_eq!(capture.take(0, &tagged(20)).len(), found, "{separation:?}");
    }
}

#[test]
fn filters_have_wiresharks_names() {
    let mut capture = Capture::new();
    capture.take(0, &request(1, 1));
    let again = request(2, 1);
    capture.take(7, &again);
    let passes = |text: &str| {
        let info = FrameInfo { flows: capture.0.found(), ..FrameInfo::default() };
        Filter::parse(text).unwrap().matches_with(&info, [examine(1, &again)])
    };
    assert!(passes("arp.duplicate-address-detected && arp.duplicate-address-frame == 1"));
    assert!(passes("arp.seconds-since-duplicate-address-frame == 7"));
    assert!(!passes("arp.duplicate-address-frame == 2"));
}
