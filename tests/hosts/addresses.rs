//! Which MAC addresses an IP address had.

use packetsmith::hosts::{AddressEvidence, AddressFinding, AddressTable, ProbeRefusal, Sighting, Solicited};
use packetsmith::proto::icmp::{Icmpv6Message, LinkLayerAddress, NdpOption, NeighborFlags};
use packetsmith::proto::link::ArpOperation::{self, Reply, Request};
use packetsmith::{Arp, Ethernet, Icmpv6, Ipv6, MacAddr, Stack, Tlvs, Vlan, examine};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const SECOND: i128 = 1_000_000_000;

fn mac(last: u8) -> MacAddr {
    MacAddr([2, 0, 0, 0, 0, last])
}

fn ip(last: u8) -> Ipv4Addr {
    [10, 0, 0, last].into()
}

const NOBODY: (MacAddr, Ipv4Addr) = (MacAddr([0; 6]), Ipv4Addr::UNSPECIFIED);

fn arp(operation: ArpOperation, sender: (MacAddr, Ipv4Addr), target: (MacAddr, Ipv4Addr)) -> Vec<u8> {
    let arp = Arp::build().operation(operation).sender(sender.0, sender.1).target(target.0, target.1);
    Stack::new().push(Ethernet::build().src(sender.0)).push(arp).finish().unwrap()
}

/// A link, and what is said of it.
#[derive(Default)]
struct Link {
    table: AddressTable,
    packet: u64,
    now: i128,
}

impl Link {
    fn frame(&mut self, seconds: i128, frame: &[u8]) {
        self.packet += 1;
        self.now += seconds * SECOND;
        self.table.packet(Sighting { packet: self.packet, time: Some(self.now) }, [examine(1, frame)]);
    }

    fn asks(&mut self, seconds: i128, who: u8, whom: u8) {
        self.frame(seconds, &arp(Request, (mac(who), ip(who)), (NOBODY.0, ip(whom))));
    }

    /// A host says that it has an address, to another host.
    fn answers(&mut self, seconds: i128, who: MacAddr, address: u8, to: u8) {
        self.frame(seconds, &arp(Reply, (who, ip(address)), (mac(to), ip(to))));
    }

    fn announces(&mut self, seconds: i128, who: MacAddr, address: u8) {
        self.frame(seconds, &arp(Request, (who, ip(address)), (NOBODY.0, ip(address))));
    }

    fn names(&mut self) -> Vec<&'static str> {
        self.table.finish();
        self.table.findings().iter().map(AddressFinding::name).collect()
    }
}

#[test]
fn a_request_and_its_reply_say_who_has_which_address() {
    let mut link = Link::default();
    link.asks(0, 1, 2);
    link.answers(0, mac(2), 2, 1);
    assert_eq!(link.names(), [""; 0]);
    let found: Vec<_> = link
        .table
        .addresses()
        .iter()
        .map(|record| {
            let [claim] = &record.claims[..] else { panic!("{record:?}") };
            (record.address, claim.mac, claim.evidence().collect::<Vec<_>>(), claim.unsolicited, record.unanswered)
        })
        .collect();
    let [request, reply] = [AddressEvidence::Request, AddressEvidence::Reply].map(|kind| vec![(kind, 1)]);
    // What was asked for first comes first.
    let expected = [(IpAddr::V4(ip(2)), mac(2), reply, 0, 0), (IpAddr::V4(ip(1)), mac(1), request, 0, 0)];
    assert_eq!(found, expected);
    assert_eq!((link.table.messages(), link.table.left_out()), (2, 0));
}

#[test]
fn a_stand_by_interface_that_takes_over_has_moved_the_address() {
    let mut link = Link::default();
    link.announces(0, mac(1), 1);
    link.asks(1, 1, 9);
    link.announces(60, mac(2), 1);
    link.frame(5, &arp(Request, (mac(2), ip(1)), (NOBODY.0, ip(9))));
    assert_eq!(link.names(), ["moved"]);
    let [AddressFinding::Moved { change, .. }] = &link.table.findings()[..] else { panic!() };
    assert_eq!((change.from, change.to, change.is_announced, change.is_return), (mac(1), mac(2), true, false));
    assert_eq!((change.before.packet, change.at.packet, change.by), (2, 3, AddressEvidence::Announcement));
}

#[test]
fn an_address_that_two_hosts_keep_claiming_is_a_conflict() {
    let mut link = Link::default();
    link.announces(0, mac(1), 1);
    link.announces(1, mac(2), 1);
    link.announces(1, mac(1), 1);
    assert_eq!(link.names(), ["conflict"]);
    let record = &link.table.addresses()[0];
    assert_eq!(record.changes.iter().map(|change| change.is_return).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn replies_that_nobody_asked_for_are_a_sign_of_spoofing_only_if_another_host_has_the_address() {
    let mut link = Link::default();
    for round in 0..3 {
        link.asks(30, 1, 2);
        link.answers(0, mac(2), 2, 1);
        // The host 66 says to 1 that it is 2, and to 2 that it is 1.
        link.answers(10, mac(66), 2, 1);
        link.answers(0, mac(66), 1, 2);
        assert_eq!(link.table.addresses()[0].claims.len(), 2, "{round}");
    }
    assert_eq!(link.names(), ["sign_of_spoofing", "conflict", "conflict"]);
    let findings = link.table.findings();
    let AddressFinding::SpoofingSign { mac: who, taken, .. } = &findings[0] else { panic!() };
    let taken: Vec<_> = taken.iter().map(|taken| (taken.address, taken.owner, taken.unsolicited)).collect();
    assert_eq!((*who, taken), (mac(66), vec![(ip(2).into(), mac(2), 3), (ip(1).into(), mac(1), 3)]));

    let mut alone = Link::default();
    for _ in 0..5 {
        alone.answers(30, mac(66), 2, 1);
    }
    assert_eq!(alone.names(), [""; 0], "requests may be missing from the capture");
    assert_eq!(alone.table.addresses()[0].claims[0].unsolicited, 5);
}

#[test]
fn a_reply_is_asked_for_within_ten_seconds() {
    let mut link = Link::default();
    link.asks(0, 1, 2);
    link.answers(10, mac(2), 2, 1);
    link.answers(1, mac(2), 2, 1);
    link.answers(0, mac(2), 2, 7);
    assert_eq!(link.table.addresses()[0].claims[0].unsolicited, 2, "too late, and to another host");
    // Some hosts reply with zeros or broadcast as the target's MAC address.
    link.asks(20, 1, 2);
    link.frame(0, &arp(Reply, (mac(2), ip(2)), (MacAddr::BROADCAST, ip(1))));
    assert_eq!(link.table.addresses()[0].claims[0].unsolicited, 2);
}

#[test]
fn virtual_routers_are_called_by_their_protocol() {
    for (address, protocol) in [
        ([0, 0, 0x5e, 0, 1, 7], "VRRP or CARP"),
        ([0, 0, 0x0c, 7, 0xac, 7], "HSRP"),
        ([0, 0, 0x0c, 0x9f, 0xf0, 7], "HSRP"),
        ([0, 7, 0xb4, 0, 1, 1], "GLBP"),
    ] {
        let mut link = Link::default();
        for _ in 0..3 {
            link.answers(20, mac(1), 1, 9);
            link.answers(20, MacAddr(address), 1, 9);
        }
        let findings = link.table.findings();
        let [AddressFinding::VirtualRouter { protocol: found, claims, .. }] = &findings[..] else {
            panic!("{findings:?}")
        };
        assert_eq!((*found, claims.len()), (protocol, 2));
    }
}

#[test]
fn two_hosts_that_answer_one_request_are_told() {
    let mut link = Link::default();
    link.asks(0, 1, 2);
    link.answers(0, mac(2), 2, 1);
    link.answers(0, mac(3), 2, 1);
    // The same answer again, as a mirror port copies it.
    link.answers(0, mac(3), 2, 1);
    let findings = link.table.findings();
    let [AddressFinding::TwoAnswers { answer, count, .. }] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((answer.request.packet, answer.first.0, answer.second.0, *count), (1, mac(2), mac(3), 1));
    assert_eq!(link.table.addresses()[0].changes[0].asked, Solicited::Yes);
}

#[test]
fn probes_claim_nothing_and_may_be_refused() {
    let probe = |who: u8, address: u8| arp(Request, (mac(who), NOBODY.1), (NOBODY.0, ip(address)));
    let mut link = Link::default();
    link.frame(0, &probe(1, 5));
    link.frame(1, &probe(1, 5));
    assert_eq!(link.names(), [""; 0]);
    assert!(link.table.addresses()[0].claims.is_empty());
    assert_eq!(link.table.addresses()[0].probes[0].packets, 2);
    link.frame(0, &arp(Reply, (mac(7), ip(5)), (mac(1), NOBODY.1)));
    let record = &link.table.addresses()[0];
    assert!(matches!(record.probes[0].refused, Some(ProbeRefusal::InUse(who, at)) if (who, at.packet) == (mac(7), 3)));
    assert_eq!((link.names(), link.table.addresses()[0].claims[0].unsolicited), (vec!["address_in_use"], 0));

    // Both want the address.
    let mut link = Link::default();
    link.frame(0, &probe(1, 5));
    link.frame(2, &probe(2, 5));
    let refused: Vec<_> = link.table.addresses()[0].probes.iter().map(|probe| probe.refused.unwrap().by().0).collect();
    assert_eq!(refused, [mac(2), mac(1)]);
    // Not any more after four seconds.
    let mut link = Link::default();
    link.frame(0, &probe(1, 5));
    link.frame(4, &probe(2, 5));
    link.announces(3, mac(2), 5);
    assert_eq!(link.names(), [""; 0]);
}

#[test]
fn requests_without_a_reply_are_listed_by_who_asks() {
    let mut link = Link::default();
    link.asks(0, 1, 2);
    link.answers(0, mac(2), 2, 1);
    for target in 100..120 {
        link.asks(1, 1, target);
        link.asks(1, 1, target);
    }
    link.asks(60, 1, 100);
    link.table.finish();
    let [asker] = &link.table.unanswered()[..] else { panic!() };
    assert_eq!((asker.mac, asker.source, asker.targets.len(), asker.asked), (Some(mac(1)), Some(ip(1).into()), 20, 21));
    assert_eq!(asker.targets[0], (ip(100).into(), 3));
    let record = link.table.addresses().iter().find(|record| record.address == ip(100)).unwrap();
    assert_eq!((record.requests, record.unanswered), (3, 2));
}

#[test]
fn a_proxy_has_many_addresses_and_other_frame_sources_are_said() {
    let mut link = Link::default();
    for address in 10..18 {
        link.asks(1, 1, address);
        link.answers(0, mac(99), address, 1);
    }
    let findings = link.table.findings();
    let [AddressFinding::ManyAddresses { mac: who, addresses, .. }] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((*who, addresses.len()), (mac(99), 8));

    let arp = Arp::build().operation(Reply).sender(mac(5), ip(5)).target(mac(1), ip(1));
    let frame = Stack::new().push(Ethernet::build().src(mac(6))).push(arp).finish().unwrap();
    let mut link = Link::default();
    link.frame(0, &frame);
    let findings = link.table.findings();
    let [AddressFinding::OtherFrameSource { claim, .. }] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!((claim.mac, claim.frame_source, claim.other_frame_sources), (mac(5), Some(mac(6)), 1));
}

#[test]
fn the_same_address_on_another_vlan_is_another_one() {
    let mut link = Link::default();
    for round in 0..3 {
        for vlan in [10, 20] {
            let arp = Arp::build().sender(mac(vlan as u8), ip(1)).target(NOBODY.0, ip(9));
            let frame =
                Stack::new().push(Ethernet::build().src(mac(vlan as u8))).push(Vlan::build().id(vlan)).push(arp);
            link.frame(round, &frame.finish().unwrap());
        }
    }
    assert_eq!(link.names(), [""; 0]);
    let vlans: Vec<_> =
        link.table.addresses().iter().filter(|record| !record.claims.is_empty()).map(|r| r.vlan).collect();
    assert_eq!(vlans, [Some(10), Some(20)]);
}

#[test]
fn packets_that_do_not_count_still_answer() {
    let mut link = Link::default();
    link.asks(0, 1, 2);
    let reply = arp(Reply, (mac(2), ip(2)), (mac(1), ip(1)));
    link.table.other_packet(Sighting { packet: 2, time: Some(0) }, [examine(1, &reply)]);
    link.table.finish();
    assert!(link.table.unanswered().is_empty());
    assert_eq!((link.table.messages(), link.table.addresses()[0].claims.len()), (1, 0));

    let mut link = Link::default();
    let request = arp(Request, (mac(1), ip(1)), (NOBODY.0, ip(2)));
    link.table.other_packet(Sighting { packet: 1, time: Some(0) }, [examine(1, &request)]);
    link.answers(0, mac(2), 2, 1);
    assert_eq!(link.table.addresses()[0].claims[0].unsolicited, 0);
    link.table.finish();
    assert!(link.table.unanswered().is_empty());
}

fn address6(last: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last)
}

fn ndp(frame_source: MacAddr, hop_limit: u8, ends: (Ipv6Addr, Ipv6Addr), message: &Icmpv6Message<'_>) -> Vec<u8> {
    let ip = Ipv6::build().hop_limit(hop_limit).src(ends.0).dst(ends.1);
    let stack = Stack::new().push(Ethernet::build().src(frame_source)).push(ip);
    stack.push(Icmpv6::build().message(*message)).finish().unwrap()
}

const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);

#[test]
fn neighbor_discovery_stands_beside_arp() {
    let source = |mac: &'static [u8; 6]| [NdpOption::SourceLinkLayerAddress { address: LinkLayerAddress(mac) }];
    let target = |mac: &'static [u8; 6]| [NdpOption::TargetLinkLayerAddress { address: LinkLayerAddress(mac) }];
    let mut link = Link::default();
    let options = source(&[2, 0, 0, 0, 0, 1]);
    let asks = Icmpv6Message::NeighborSolicitation { reserved: 0, target: address6(2), options: Tlvs::of(&options) };
    link.frame(0, &ndp(mac(1), 255, (address6(1), ALL_NODES), &asks));
    let options = target(&[2, 0, 0, 0, 0, 2]);
    let flags = NeighborFlags::SOLICITED | NeighborFlags::OVERRIDE;
    let answers = Icmpv6Message::NeighborAdvertisement { flags, target: address6(2), options: Tlvs::of(&options) };
    link.frame(0, &ndp(mac(2), 255, (address6(2), address6(1)), &answers));
    // From elsewhere.
    link.frame(0, &ndp(mac(2), 64, (address6(2), address6(1)), &answers));
    assert_eq!(link.table.unusable(), 1);
    let record = &link.table.addresses()[0];
    assert_eq!((record.address, record.requests, record.claims[0].mac), (address6(2).into(), 1, mac(2)));
    assert_eq!((record.claims[0].overrides, record.claims[0].unsolicited), (1, 0));
    assert!(record.is_link_local());

    // Another host takes over, and says so to all.
    let options = target(&[2, 0, 0, 0, 0, 3]);
    let flags = NeighborFlags::OVERRIDE;
    let says = Icmpv6Message::NeighborAdvertisement { flags, target: address6(2), options: Tlvs::of(&options) };
    link.frame(60, &ndp(mac(3), 255, (address6(2), ALL_NODES), &says));
    let [AddressFinding::Moved { change, .. }] = &link.table.findings()[..] else { panic!() };
    assert!(change.is_announced && change.by == AddressEvidence::NeighborAdvertisement);
}

#[test]
fn duplicate_address_detection_is_a_probe() {
    let mut link = Link::default();
    let options: [NdpOption<'_>; 0] = [];
    let asks = Icmpv6Message::NeighborSolicitation { reserved: 0, target: address6(5), options: Tlvs::of(&options) };
    link.frame(0, &ndp(mac(1), 255, (Ipv6Addr::UNSPECIFIED, ALL_NODES), &asks));
    assert!(link.table.addresses()[0].claims.is_empty());
    let options = [NdpOption::TargetLinkLayerAddress { address: LinkLayerAddress(&[2, 0, 0, 0, 0, 7]) }];
    let flags = NeighborFlags::OVERRIDE;
    let says = Icmpv6Message::NeighborAdvertisement { flags, target: address6(5), options: Tlvs::of(&options) };
    link.frame(1, &ndp(mac(7), 255, (address6(5), ALL_NODES), &says));
    let [AddressFinding::InUse { probe, .. }] = &link.table.findings()[..] else { panic!() };
    assert_eq!((probe.mac, probe.refused.unwrap().by().0), (mac(1), mac(7)));
}

#[test]
fn what_does_not_fit_is_counted() {
    let mut link = Link::default();
    for n in 0..AddressTable::MOST_ADDRESSES as u32 + 10 {
        let address = Ipv4Addr::from(0x0a00_0000 + n);
        link.frame(0, &arp(Request, (mac(1), address), (NOBODY.0, address)));
    }
    assert_eq!((link.table.addresses().len(), link.table.left_out()), (AddressTable::MOST_ADDRESSES, 10));

    let mut link = Link::default();
    for n in 0..100 {
        link.announces(0, mac(n), 1);
    }
    let record = &link.table.addresses()[0];
    assert_eq!((record.claims.len(), record.left_out), (16, 84));
}

#[test]
fn interfaces_and_vlans_are_links_of_their_own() {
    let mut link = Link::default();
    for round in 0..2 {
        for interface in 0..2 {
            link.table.set_interface(interface);
            link.announces(i128::from(round), mac(10 + interface as u8), 1);
        }
    }
    assert_eq!(link.names(), [""; 0], "the same address on two interfaces is no conflict");
    let found: Vec<_> = link.table.addresses().iter().map(|record| (record.interface, record.claims.len())).collect();
    assert_eq!(found, [(0, 1), (1, 1)]);

    // One host asks on three VLANs.
    let mut link = Link::default();
    for vlan in [10, 20, 30] {
        let arp = Arp::build().operation(Request).sender(mac(1), ip(1)).target(NOBODY.0, ip(9));
        let stack = Stack::new().push(Ethernet::build().src(mac(1))).push(Vlan::build().id(vlan)).push(arp);
        link.frame(0, &stack.finish().unwrap());
    }
    link.table.finish();
    let askers = link.table.unanswered();
    let vlans: Vec<_> = askers.iter().map(|asker| (asker.mac, asker.vlan, asker.interface)).collect();
    assert_eq!(vlans, [10, 20, 30].map(|vlan| (Some(mac(1)), Some(vlan), 0)));
}
