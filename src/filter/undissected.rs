//! Wireshark's names of protocols that packetsmith does not dissect, for `frame.protocols`.
//!
//! Here are protocols that Wireshark 4.0 takes a payload for by a number alone, whatever its bytes are, and in which it
//! names no other protocol. What it finds out by the bytes, or by other packets, is not here: most of what TCP carries.

use crate::layer::NextProtocol;

/// The name of the protocol of a payload. `None` if it is `data`.
pub(super) fn name_of(selector: NextProtocol, bytes: &[u8]) -> Option<&'static str> {
    let of = |table: &[(u16, &'static str)], number: u16| {
        table.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
    };
    match selector {
        // A Register message of PIM carries a packet (RFC 7761 §4.9.3).
        NextProtocol::IpProtocol(103) if matches!(bytes, [0x11 | 0x21, ..]) => None,
        NextProtocol::IpProtocol(number) => of(IP_PROTOCOLS, number.into()),
        NextProtocol::EtherType(number) => of(ETHER_TYPES, number),
        NextProtocol::Sap(0x42) => Some("stp"),
        // The lower port is asked first.
        NextProtocol::UdpPorts(a, b) => of(UDP_PORTS, a.min(b)).or_else(|| of(UDP_PORTS, a.max(b))),
        _ => None,
    }
}

/// The same of a payload of SNAP with this header: an OUI and a number of its owner's.
pub(super) fn name_in_snap(header: &[u8]) -> Option<&'static str> {
    match header {
        [0, 0, 0x0c, 0x01, 0x0b] => Some("stp"),
        [0, 0, 0x0c, 0x20, 0x00] => Some("cdp"),
        [0, 0, 0x0c, 0x20, 0x03] => Some("vtp"),
        [0, 0, 0x0c, 0x20, 0x04] => Some("dtp"),
        _ => None,
    }
}

const IP_PROTOCOLS: &[(u16, &str)] =
    &[(9, "igrp"), (46, "rsvp"), (54, "nhrp"), (88, "eigrp"), (89, "ospf"), (103, "pim"), (112, "vrrp")];

const ETHER_TYPES: &[(u16, &str)] = &[
    (0x2001, "cgmp"),
    (0x22ea, "mrp-msrp"),
    (0x6003, "dec_dna"),
    (0x6004, "lat"),
    (0x80f3, "aarp"),
    (0x88a2, "aoe"),
    (0x88b8, "goose"),
    (0x88cc, "lldp"),
    (0x88d9, "lltd"),
    (0x88e1, "homeplug-av"),
    (0x88ee, "elmi"),
    (0x88f5, "mrp-mvrp"),
    (0x88f6, "mrp-mmrp"),
    (0x88f7, "ptp"),
    (0x8902, "cfm"),
    (0x8914, "fip"),
    (0x893a, "ieee1905"),
];

const UDP_PORTS: &[(u16, &str)] = &[
    (7, "echo"),
    (13, "daytime"),
    (19, "chargen"),
    (37, "time"),
    (49, "tacacs"),
    (137, "nbns"),
    (427, "srvloc"),
    (496, "auto_rp"),
    (513, "who"),
    (514, "syslog"),
    (520, "rip"),
    (521, "ripng"),
    (701, "lmp"),
    (1194, "openvpn"),
    (3784, "bfd"),
    (3785, "bfd_echo"),
    (4784, "bfd"),
    (6784, "bfd"),
    (7784, "bfd"),
    (8805, "pfcp"),
    (11211, "memcache"),
];
