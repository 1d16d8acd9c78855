//! Columns with values, headings and lists that tshark 4.0.17 writes for the same packets.

use super::*;
use packetsmith::Columns;

fn column(frame: &Frame, name: &str) -> String {
    let columns = Columns::parse([name]).unwrap_or_else(|error| panic!("{name}: {error}"));
    let info = FrameInfo { link_type: Some(frame.0), ..FrameInfo::default() };
    let mut reader = columns.read(&info);
    reader.walk(examine(frame.0, &frame.1).original_len(frame.2));
    let values = reader.finish();
    values.values(0).map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

fn ip(protocol: u8, payload: &[u8]) -> Frame {
    let packet = ipv4(protocol, 1, payload);
    Frame(101, packet.clone(), packet.len())
}

/// A header before zeros.
fn ether(kind: u16, payload: &str) -> Frame {
    Frame::ethernet(ethernet(kind, &[&hex(payload)[..], &[0; 40]].concat()))
}

fn arp(operation: u8, sender: &str, target: &str, target_hardware: &str) -> Frame {
    ether(0x0806, &format!("0001 0800 06 04 00{operation:02x} 020000000002 {sender} {target_hardware} {target}"))
}

fn dhcp(options: &str, file: &str) -> Frame {
    let file = [&hex(file)[..], &vec![0; 128 - hex(file).len()]].concat();
    let message = [&[1, 1, 6, 0][..], &[0; 104], &file, &hex("63825363"), &hex(options)].concat();
    udp(68, 67, &message)
}

#[test]
fn a_protocol_is_the_heading_of_its_layer() {
    let (one, two, zero) = ("c0000201", "c0000202", "000000000000");
    let segment =
        |flags: &str, data: &str| ip(6, &hex(&format!("0005 0006 00000007 00000008 50{flags} 0009 0000 0000 {data}")));
    let cases = [
        (ether(0x88b5, ""), "eth", "Ethernet II, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01"),
        (Frame::ethernet(ethernet(3, &hex("aaaa03"))), "eth", "IEEE 802.3 Ethernet "),
        (Frame::ethernet(ethernet(3, &hex("ffff00"))), "eth", "IEEE 802.3 Ethernet Raw "),
        (ether(1501, ""), "eth", "Ethernet Unknown, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01"),
        (ether(0x8100, "6005 88b5"), "vlan", "802.1Q Virtual LAN, PRI: 3, DEI: 0, ID: 5"),
        (arp(1, one, two, zero), "arp", "Address Resolution Protocol (request)"),
        (arp(1, "00000000", two, zero), "arp", "Address Resolution Protocol (ARP Probe)"),
        (arp(1, two, two, zero), "arp", "Address Resolution Protocol (ARP Announcement)"),
        (arp(1, two, two, "ffffffffffff"), "arp", "Address Resolution Protocol (request/gratuitous ARP)"),
        (arp(2, two, two, zero), "arp", "Address Resolution Protocol (reply/gratuitous ARP)"),
        (arp(2, one, two, zero), "arp", "Address Resolution Protocol (reply)"),
        (arp(77, one, two, zero), "arp", "Address Resolution Protocol (opcode 0x004d)"),
        (ip(89, b"abc"), "ip", "Internet Protocol Version 4, Src: 192.0.2.1, Dst: 192.0.2.2"),
        (udp(5, 6, b"abc"), "udp", "User Datagram Protocol, Src Port: 5, Dst Port: 6"),
        // Without the analysis of its connection.
        (segment("12", "616263"), "tcp", "Transmission Control Protocol, Src Port: 5, Dst Port: 6"),
        (udp(9, 53, &hex("0001 0100 0000 0000 0000 0000")), "dns", "Domain Name System (query)"),
        (udp(53, 9, &hex("0001 8100 0000 0000 0000 0000")), "dns", "Domain Name System (response)"),
        (udp(9, 5353, &hex("0001 0100 0000 0000 0000 0000")), "mdns", "Multicast Domain Name System (query)"),
        (udp(9, 5355, &hex("0001 0100 0000 0000 0000 0000")), "llmnr", "Link-local Multicast Name Resolution (query)"),
        (dhcp("350105 ff", ""), "dhcp", "Dynamic Host Configuration Protocol (ACK)"),
        (dhcp("350113 ff", ""), "dhcp", "Dynamic Host Configuration Protocol (Unknown Message Type (0x13))"),
        (dhcp("ff", ""), "dhcp", "dhcp"),
        (udp(123, 123, &[0x23; 48]), "ntp", "Network Time Protocol (NTP Version 4, client)"),
        (udp(123, 123, &[0x3c; 48]), "ntp", "Network Time Protocol (reserved, server)"),
        (ether(0x8847, "00064149"), "mpls", "MultiProtocol Label Switching Header, Label: 100, Exp: 0, S: 1, TTL: 73"),
        (ether(0x8847, "000e0149"), "mpls", "MultiProtocol Label Switching Header, Label: 224, Exp: 0, S: 1, TTL: 73"),
        (ip(47, &hex("0000 0800 45")), "gre", "Generic Routing Encapsulation (IP)"),
        (ip(47, &hex("0000 1234 45")), "gre", "Generic Routing Encapsulation (0x1234 - unknown)"),
        (
            udp(9, 6081, &hex("00006558 00010200 020000000001 020000000002 88b5")),
            "geneve",
            "Generic Network Virtualization Encapsulation, VNI: 0x000102",
        ),
        // Wireshark makes none of these.
        (ip(1, &hex("0800 0000 0001 0002")), "icmp", "icmp"),
        (udp(161, 9, &hex("3003020100")), "snmp", "snmp"),
        (udp(5000, 6000, b"abc"), "data", "616263"),
    ];
    for (frame, name, expected) in cases {
        assert_eq!(column(&frame, name), expected);
    }
}

#[test]
fn a_number_tells_protocols_that_are_not_dissected() {
    let cases = [
        (ip(89, b"abcdefgh"), "raw:ip:ospf"),
        (ip(103, &hex("20 00 0000")), "raw:ip:pim"),
        (ip(103, &hex("21 00 0000 00000000")), "raw:ip:data"),
        (ip(112, b"abcdefgh"), "raw:ip:vrrp"),
        (ip(132, b"abcdefgh"), "raw:ip:data"),
        (ether(0x88cc, "00"), "eth:ethertype:lldp"),
        (ether(0x88b5, "00"), "eth:ethertype:data"),
        (Frame::ethernet(ethernet(38, &[&hex("424203")[..], &[0; 35]].concat())), "eth:llc:stp"),
        (Frame::ethernet(ethernet(38, &[&hex("aaaa03 00000c 010b")[..], &[0; 30]].concat())), "eth:llc:stp"),
        (udp(137, 137, b"abc"), "eth:ethertype:ip:udp:nbns"),
        (udp(40_000, 514, b"abc"), "eth:ethertype:ip:udp:syslog"),
        (udp(520, 514, b"abc"), "eth:ethertype:ip:udp:syslog"),
        (udp(40_000, 50_000, b"abc"), "eth:ethertype:ip:udp:data"),
        // What follows these messages belongs to them.
        (ip(1, &[&hex("0d00 0000 0001 0002")[..], &[0; 36]].concat()), "raw:ip:icmp"),
        (ip(1, &[&hex("0800 0000 0001 0002")[..], &[0; 36]].concat()), "raw:ip:icmp:data"),
        (ip(2, &[&hex("1607 0000 e0000005")[..], &[0; 8]].concat()), "raw:ip:igmp:igmp"),
        (ip(2, &hex("1307 0000 00000000")), "raw:ip:igmp:dvmrp"),
        (ip(2, &hex("6307 0000 00000000")), "raw:ip:igmp"),
        // Link types that can be either version of IP, and one that is IPv4.
        (Frame(12, ipv4(89, 1, b"abc"), 23), "raw:ip:ospf"),
        (Frame(228, ipv4(89, 1, b"abc"), 23), "ip:ospf"),
    ];
    for (frame, expected) in cases {
        assert_eq!(column(&frame, "frame.protocols"), expected);
    }
}

#[test]
fn names_have_the_values_that_wireshark_gives_them() {
    let offloaded = || {
        let mut packet = ethernet(0x0800, &ipv4(17, 1, &hex("0005 0006 0010 0000 6162636465666768")));
        packet[16..18].fill(0);
        Frame::ethernet(packet)
    };
    let surplus = || {
        let datagram = [&hex("0005 0006 000b 0000 616263")[..], &[9; 40]].concat();
        Frame::ethernet(ethernet(0x0800, &ipv4(17, 1, &datagram)))
    };
    let icmp = |kind: u8| ip(1, &[kind, 0, 0, 0, 1, 2, 3, 4]);
    let error = |quoted: &Frame| ip(1, &[&hex("0b00 0000 00000000")[..], &quoted.1].concat());
    let name = "0001 0100 0001 0000 0000 0000 04 61206220 02 6364 00 0001 0001";
    let cases = [
        (offloaded(), "ip.len", "36"),
        (offloaded(), "ipv4.total_length", "0"),
        (ip(89, b"abc"), "ip.len", "23"),
        (icmp(13), "icmp.ident_le", "513"),
        (icmp(18), "icmp.seq_le", "1027"),
        (icmp(11), "icmp.ident_le", ""),
        (ip(2, &hex("1607 0000 e0000005")), "igmp.max_resp", "7"),
        (ip(2, &hex("1107 0000 e0000005")), "igmp.max_resp", "7"),
        (ip(2, &hex("1100 0000 e0000005")), "igmp.max_resp", ""),
        (ip(2, &hex("2207 0000 00000000")), "igmp.max_resp", ""),
        (ether(0x8863, "1109 0000 000e 0101 0000 1234 0002 6162 0103 0000"), "pppoed.tag", "0x1234"),
        (udp(161, 9, &hex("300f 020101 0404 74657374 a504 020101 00")), "snmp.data", "5"),
        (udp(9, 53, &hex(name)), "dns.qry.name", "a b .cd"),
        (udp(9, 53, &hex(name)), "dns.qry.name.len", "7"),
        (udp(9, 53, &hex(name)), "dns.count.labels", "2"),
        (dhcp("350101 3d0701020000000002 ff", ""), "dhcp.hw.type", "0x01,0x01"),
        (dhcp("350101 3d0700020000000002 ff", ""), "dhcp.hw.type", "0x01"),
        (dhcp("350101 340101 0c0161 ff", "030401020304 ff"), "dhcp.option.length", "1,1,4,1"),
        (dhcp("350101 340101 0c0161 ff", "030401020304 ff"), "dhcp.option.end", "255,255"),
        (dhcp("350101 340102 0c0161 ff", "030401020304 ff"), "dhcp.option.length", "1,1,1"),
        (error(&icmp(8)), "icmp.checksum.status", "0,2"),
        // Bytes after the packet are Ethernet's, those after the datagram are not.
        (Frame::ethernet([&udp(5, 6, &[7; 40]).1[..], &[9; 8]].concat()), "eth.trailer", "09090909"),
        (surplus(), "eth.trailer", ""),
    ];
    for (frame, name, expected) in cases {
        assert_eq!(column(&frame, name), expected, "{name} of {}", shown(&frame.1));
    }
    for text in ["dns.retransmission == 1", "dns.unsolicited == 0", "tcp.segment.overlap.conflict == true"] {
        assert!(parsed(text).is_ok(), "{text}");
    }
}

#[test]
fn slices_of_protocols_are_their_bytes() {
    assert_eq!(column(&ip(89, b"abc"), "ip[9]"), "59");
    assert_eq!(column(&ether(0x88b5, ""), "eth[12:2]"), "88b5");
    assert_eq!(column(&ip(89, b"abc"), "len(ip)"), "20");
}
