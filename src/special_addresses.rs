//! Special-purpose and multicast addresses, by IANA's registries.

use core::net::{Ipv4Addr, Ipv6Addr};

/// A range of special-purpose addresses: a row of IANA's registries of special-purpose addresses (RFC 6890, RFC 8190) and
/// of multicast groups.
///
/// ```
/// let range = packetsmith::special_addresses::ipv4_range([172, 31, 0, 1].into()).unwrap();
/// assert_eq!((range.block, range.purpose, range.reference), ("172.16.0.0/12", "private", "RFC 1918"));
/// assert_eq!(range.global, Some(false));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressBlock {
    /// The addresses, in IANA's notation: `10.0.0.0/8`, `ff02::1`; an `x` is any digit, `ff0x::fb`.
    pub block: &'static str,
    /// Purpose of the addresses.
    pub purpose: &'static str,
    /// The standard that defines the range.
    pub reference: &'static str,
    /// Whether packets to the addresses are forwarded beyond their own domain. `None` if the registry does not say: for
    /// multicast, and for deprecated or tunnelled ranges.
    pub global: Option<bool>,
    value: u128,
    mask: u128,
}

impl AddressBlock {
    const fn new(block: &'static str, purpose: &'static str, reference: &'static str, global: Option<bool>) -> Self {
        let (value, mask) = pattern(block);
        AddressBlock { block, purpose, reference, global, value, mask }
    }

    const fn find(ranges: &'static [AddressBlock], address: u128) -> Option<&'static AddressBlock> {
        let mut ranges = ranges;
        while let [range, rest @ ..] = ranges {
            if address & range.mask == range.value {
                return Some(range);
            }
            ranges = rest;
        }
        None
    }
}

/// The bits that the addresses of a block share, and the mask of those bits.
const fn pattern(block: &str) -> (u128, u128) {
    let text = block.as_bytes();
    let mut at = 0;
    while at < text.len() && text[at] != b':' {
        at += 1;
    }
    let (base, width, bits) = if at < text.len() { (16, 16, 128) } else { (10, 8, 32) };
    // The value so far, and which of its bits may be any; the distance of `::` from its end.
    let (mut value, mut any, mut gap) = (0, 0, None);
    // The current group, and whether it has digits.
    let (mut group, mut group_any, mut open): (u128, u128, bool) = (0, 0, false);
    let (mut read, mut length) = (0, bits);
    at = 0;
    while at <= text.len() {
        let byte = if at < text.len() { text[at] } else { b'/' };
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => 0,
        };
        match byte {
            b'.' | b':' | b'/' if open => {
                (value, any) = (value << width | group, any << width | group_any);
                (group, group_any, open, read) = (0, 0, false, read + width);
            }
            b':' => gap = Some(read),
            b'/' => {}
            _ => {
                group = group * base + digit as u128;
                group_any = group_any << 4 | if byte == b'x' { 15 } else { 0 };
                open = true;
            }
        }
        at += 1;
        if byte == b'/' && at < text.len() {
            length = 0;
            while at < text.len() {
                length = length * 10 + (text[at] - b'0') as u32;
                at += 1;
            }
            at += 1;
        }
    }
    if let Some(gap) = gap {
        let after = read - gap;
        let low = (1 << after) - 1;
        // A shift by all bits is out of range if nothing comes before the gap.
        let up = if gap == 0 { 0 } else { bits - gap };
        value = (value >> after) << up | value & low;
        any = (any >> after) << up | any & low;
    } else {
        assert!(read == bits, "a block has all groups, or ::");
    }
    let all = u128::MAX >> (128 - bits);
    let prefix = if length == 0 { 0 } else { all << (bits - length) & all };
    (value, prefix & !any)
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

/// All ranges of IPv4. The first one that an address is in is its narrowest.
pub const IPV4_RANGES: &[AddressBlock] = &[
    AddressBlock::new("0.0.0.0/32", "unspecified", "RFC 1122 §3.2.1.3", NO),
    AddressBlock::new("0.0.0.0/8", "this network", "RFC 791 §3.2", NO),
    AddressBlock::new("10.0.0.0/8", "private", "RFC 1918", NO),
    AddressBlock::new("100.64.0.0/10", "shared, carrier-grade NAT", "RFC 6598", NO),
    AddressBlock::new("127.0.0.0/8", "loopback", "RFC 1122 §3.2.1.3", NO),
    AddressBlock::new("169.254.0.0/16", "link-local", "RFC 3927", NO),
    AddressBlock::new("172.16.0.0/12", "private", "RFC 1918", NO),
    AddressBlock::new("192.0.0.0/29", "DS-Lite", "RFC 7335", NO),
    AddressBlock::new("192.0.0.8/32", "dummy", "RFC 7600", NO),
    AddressBlock::new("192.0.0.9/32", "PCP anycast", "RFC 7723", YES),
    AddressBlock::new("192.0.0.10/32", "TURN anycast", "RFC 8155", YES),
    AddressBlock::new("192.0.0.170/32", "NAT64 discovery", "RFC 8880", NO),
    AddressBlock::new("192.0.0.171/32", "NAT64 discovery", "RFC 8880", NO),
    AddressBlock::new("192.0.0.0/24", "IETF protocol assignments", "RFC 6890 §2.1", NO),
    AddressBlock::new("192.0.2.0/24", "documentation", "RFC 5737", NO),
    AddressBlock::new("192.31.196.0/24", "AS112", "RFC 7535", YES),
    AddressBlock::new("192.52.193.0/24", "AMT", "RFC 7450", YES),
    AddressBlock::new("192.88.99.2/32", "6a44 relay", "RFC 6751", NO),
    AddressBlock::new("192.88.99.0/24", "6to4 relay, deprecated", "RFC 7526", None),
    AddressBlock::new("192.168.0.0/16", "private", "RFC 1918", NO),
    AddressBlock::new("192.175.48.0/24", "AS112", "RFC 7534", YES),
    AddressBlock::new("198.18.0.0/15", "benchmarking", "RFC 2544", NO),
    AddressBlock::new("198.51.100.0/24", "documentation", "RFC 5737", NO),
    AddressBlock::new("203.0.113.0/24", "documentation", "RFC 5737", NO),
    AddressBlock::new("224.0.0.1/32", "all hosts", "RFC 1112", None),
    AddressBlock::new("224.0.0.2/32", "all routers", "RFC 1256", None),
    AddressBlock::new("224.0.0.4/32", "DVMRP routers", "RFC 1075", None),
    AddressBlock::new("224.0.0.5/32", "OSPF routers", "RFC 2328", None),
    AddressBlock::new("224.0.0.6/32", "OSPF designated routers", "RFC 2328", None),
    AddressBlock::new("224.0.0.9/32", "RIPv2 routers", "RFC 2453", None),
    AddressBlock::new("224.0.0.10/32", "EIGRP routers", "RFC 7868", None),
    AddressBlock::new("224.0.0.12/32", "DHCP servers and relay agents", "RFC 5771", None),
    AddressBlock::new("224.0.0.13/32", "PIM routers", "RFC 7761", None),
    AddressBlock::new("224.0.0.18/32", "VRRP", "RFC 9568", None),
    AddressBlock::new("224.0.0.22/32", "IGMPv3 routers", "RFC 3376", None),
    AddressBlock::new("224.0.0.102/32", "HSRPv2, GLBP", "RFC 5771", None),
    AddressBlock::new("224.0.0.107/32", "PTP peer delay", "IEEE 1588", None),
    AddressBlock::new("224.0.0.251/32", "mDNS", "RFC 6762", None),
    AddressBlock::new("224.0.0.252/32", "LLMNR", "RFC 4795", None),
    AddressBlock::new("224.0.0.0/24", "multicast, this link", "RFC 5771 §4", None),
    AddressBlock::new("224.0.1.1/32", "NTP", "RFC 5905", None),
    AddressBlock::new("224.0.1.39/32", "Auto-RP announce", "RFC 5771", None),
    AddressBlock::new("224.0.1.40/32", "Auto-RP discovery", "RFC 5771", None),
    AddressBlock::new("224.0.1.129/32", "PTP", "IEEE 1588", None),
    AddressBlock::new("224.0.1.130/31", "PTP", "IEEE 1588", None),
    AddressBlock::new("224.0.1.132/32", "PTP", "IEEE 1588", None),
    AddressBlock::new("232.0.0.0/8", "multicast, source-specific", "RFC 4607", None),
    AddressBlock::new("233.252.0.0/24", "documentation, multicast", "RFC 6676", None),
    AddressBlock::new("239.255.255.250/32", "SSDP", "UPnP", None),
    AddressBlock::new("239.255.255.253/32", "SLP", "RFC 2608", None),
    AddressBlock::new("239.0.0.0/8", "multicast, administratively scoped", "RFC 2365", None),
    AddressBlock::new("224.0.0.0/4", "multicast", "RFC 5771", None),
    AddressBlock::new("255.255.255.255/32", "limited broadcast", "RFC 919 §7", NO),
    AddressBlock::new("240.0.0.0/4", "reserved", "RFC 1112 §4", NO),
];

/// All ranges of IPv6. The first one that an address is in is its narrowest.
pub const IPV6_RANGES: &[AddressBlock] = &[
    AddressBlock::new("::/128", "unspecified", "RFC 4291 §2.5.2", NO),
    AddressBlock::new("::1/128", "loopback", "RFC 4291 §2.5.3", NO),
    AddressBlock::new("::ffff:0:0/96", "IPv4-mapped", "RFC 4291 §2.5.5.2", NO),
    AddressBlock::new("64:ff9b::/96", "NAT64", "RFC 6052", YES),
    AddressBlock::new("64:ff9b:1::/48", "NAT64, local use", "RFC 8215", NO),
    AddressBlock::new("100::/64", "discard only", "RFC 6666", NO),
    AddressBlock::new("100:0:0:1::/64", "dummy", "RFC 9780", NO),
    AddressBlock::new("2001::/32", "Teredo", "RFC 4380", None),
    AddressBlock::new("2001:1::1/128", "PCP anycast", "RFC 7723", YES),
    AddressBlock::new("2001:1::2/128", "TURN anycast", "RFC 8155", YES),
    AddressBlock::new("2001:1::3/128", "DNS-SD anycast", "RFC 9665", YES),
    AddressBlock::new("2001:2::/48", "benchmarking", "RFC 5180", NO),
    AddressBlock::new("2001:3::/32", "AMT", "RFC 7450", YES),
    AddressBlock::new("2001:4:112::/48", "AS112", "RFC 7535", YES),
    AddressBlock::new("2001:10::/28", "ORCHID, deprecated", "RFC 4843", None),
    AddressBlock::new("2001:20::/28", "ORCHIDv2", "RFC 7343", YES),
    AddressBlock::new("2001:30::/28", "drone remote ID", "RFC 9374", YES),
    AddressBlock::new("2001::/23", "IETF protocol assignments", "RFC 2928", NO),
    AddressBlock::new("2001:db8::/32", "documentation", "RFC 3849", NO),
    AddressBlock::new("2002::/16", "6to4", "RFC 3056", None),
    AddressBlock::new("2620:4f:8000::/48", "AS112", "RFC 7534", YES),
    AddressBlock::new("3fff::/20", "documentation", "RFC 9637", NO),
    AddressBlock::new("5f00::/16", "segment routing", "RFC 9602", NO),
    AddressBlock::new("fc00::/7", "unique local", "RFC 4193", NO),
    AddressBlock::new("fe80::/10", "link-local", "RFC 4291 §2.5.6", NO),
    AddressBlock::new("fec0::/10", "site-local, deprecated", "RFC 3879", None),
    AddressBlock::new("ff02::1:ff00:0/104", "solicited node", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff02::1:2", "DHCP servers and relay agents", "RFC 8415", None),
    AddressBlock::new("ff02::1:3", "LLMNR", "RFC 4795", None),
    AddressBlock::new("ff05::1:3", "DHCP servers", "RFC 8415", None),
    AddressBlock::new("ff01::1", "all nodes", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff02::1", "all nodes", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff01::2", "all routers", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff02::2", "all routers", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff05::2", "all routers", "RFC 4291 §2.7.1", None),
    AddressBlock::new("ff02::5", "OSPF routers", "RFC 5340", None),
    AddressBlock::new("ff02::6", "OSPF designated routers", "RFC 5340", None),
    AddressBlock::new("ff02::9", "RIPng routers", "RFC 2080", None),
    AddressBlock::new("ff02::a", "EIGRP routers", "RFC 7868", None),
    AddressBlock::new("ff02::d", "PIM routers", "RFC 7761", None),
    AddressBlock::new("ff02::12", "VRRP", "RFC 9568", None),
    AddressBlock::new("ff02::16", "MLDv2 routers", "RFC 3810", None),
    AddressBlock::new("ff02::1a", "RPL nodes", "RFC 6550", None),
    AddressBlock::new("ff02::6a", "all snoopers", "RFC 4286", None),
    AddressBlock::new("ff02::6b", "PTP peer delay", "IEEE 1588", None),
    AddressBlock::new("ff0x::c", "SSDP", "UPnP", None),
    AddressBlock::new("ff0x::fb", "mDNS", "RFC 6762", None),
    AddressBlock::new("ff0x::101", "NTP", "RFC 5905", None),
    AddressBlock::new("ff0x::181", "PTP", "IEEE 1588", None),
    AddressBlock::new("ff0x::db8:0:0/96", "documentation, multicast", "RFC 6676", None),
    AddressBlock::new("ff3x::/32", "multicast, source-specific", "RFC 4607", None),
    AddressBlock::new("ffx1::/16", "multicast, this interface", "RFC 4291 §2.7", None),
    AddressBlock::new("ffx2::/16", "multicast, this link", "RFC 4291 §2.7", None),
    AddressBlock::new("ffx3::/16", "multicast, this realm", "RFC 7346", None),
    AddressBlock::new("ffx4::/16", "multicast, administratively scoped", "RFC 4291 §2.7", None),
    AddressBlock::new("ffx5::/16", "multicast, this site", "RFC 4291 §2.7", None),
    AddressBlock::new("ffx8::/16", "multicast, this organization", "RFC 4291 §2.7", None),
    AddressBlock::new("ff00::/8", "multicast", "RFC 4291 §2.7", None),
];

/// The narrowest range of [`IPV4_RANGES`] that an address is in.
///
/// ```
/// use packetsmith::special_addresses::ipv4_range;
/// assert_eq!(ipv4_range([192, 0, 0, 9].into()).unwrap().block, "192.0.0.9/32");
/// assert_eq!(ipv4_range([192, 0, 0, 99].into()).unwrap().reference, "RFC 6890 §2.1");
/// assert_eq!(ipv4_range([8, 8, 8, 8].into()), None);
/// ```
pub const fn ipv4_range(address: Ipv4Addr) -> Option<&'static AddressBlock> {
    AddressBlock::find(IPV4_RANGES, address.to_bits() as u128)
}

/// The narrowest range of [`IPV6_RANGES`] that an address is in.
///
/// ```
/// use packetsmith::special_addresses::ipv6_range;
/// assert_eq!(ipv6_range("ff05::fb".parse().unwrap()).unwrap().block, "ff0x::fb");
/// assert_eq!(ipv6_range("fd00::1".parse().unwrap()).unwrap().reference, "RFC 4193");
/// ```
pub const fn ipv6_range(address: Ipv6Addr) -> Option<&'static AddressBlock> {
    AddressBlock::find(IPV6_RANGES, address.to_bits())
}

/// What an IPv4 address or the range that it is in has been set apart for. `None` for other addresses.
///
/// ```
/// use packetsmith::special_addresses::ipv4_purpose;
/// assert_eq!(ipv4_purpose([224, 0, 0, 251].into()), Some("mDNS"));
/// assert_eq!(ipv4_purpose([172, 31, 0, 1].into()), Some("private"));
/// assert_eq!(ipv4_purpose([172, 32, 0, 1].into()), None);
/// ```
pub const fn ipv4_purpose(address: Ipv4Addr) -> Option<&'static str> {
    match ipv4_range(address) {
        Some(range) => Some(range.purpose),
        None => None,
    }
}

/// What an IPv6 address or the range that it is in has been set apart for. `None` for other addresses.
///
/// ```
/// use packetsmith::special_addresses::ipv6_purpose;
/// assert_eq!(ipv6_purpose("ff02::1:ff00:7".parse().unwrap()), Some("solicited node"));
/// assert_eq!(ipv6_purpose("fe80::1".parse().unwrap()), Some("link-local"));
/// assert_eq!(ipv6_purpose("2600::1".parse().unwrap()), None);
/// ```
pub const fn ipv6_purpose(address: Ipv6Addr) -> Option<&'static str> {
    match ipv6_range(address) {
        Some(range) => Some(range.purpose),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::wire::{Hex, MacAddr, ParseMacError};

    #[test]
    fn ranges_end_where_their_registry_says() {
        let v4 = |a: &str| ipv4_purpose(a.parse().unwrap());
        assert_eq!((v4("172.15.255.255"), v4("172.16.0.0")), (None, Some("private")));
        assert_eq!((v4("100.127.255.255"), v4("100.128.0.0")), (Some("shared, carrier-grade NAT"), None));
        assert_eq!((v4("198.19.255.255"), v4("198.20.0.0")), (Some("benchmarking"), None));
        assert_eq!((v4("255.255.255.255"), v4("255.255.255.254")), (Some("limited broadcast"), Some("reserved")));
        let v6 = |a: &str| ipv6_purpose(a.parse().unwrap());
        assert_eq!((v6("febf::"), v6("fec0::")), (Some("link-local"), Some("site-local, deprecated")));
        assert_eq!((v6("2001:1ff::"), v6("2001:200::")), (Some("IETF protocol assignments"), None));
        assert_eq!((v6("3fff:fff::"), v6("3fff:1000::")), (Some("documentation"), None));
        assert_eq!(
            (v6("ff02::1:ff12:3456"), v6("ff02::1:fe12:3456")),
            (Some("solicited node"), Some("multicast, this link"))
        );
        assert_eq!(v6("::ffff:10.0.0.1"), Some("IPv4-mapped"));
    }

    #[test]
    fn no_range_hides_behind_a_wider_one() {
        for ranges in [IPV4_RANGES, IPV6_RANGES] {
            for (i, range) in ranges.iter().enumerate() {
                assert_eq!(range.value & !range.mask, 0, "{}: the block's own bits only", range.block);
                for wider in &ranges[..i] {
                    let hidden = range.mask & wider.mask == wider.mask && range.value & wider.mask == wider.value;
                    assert!(!hidden, "{} is hidden by {}", range.block, wider.block);
                }
            }
        }
    }

    #[test]
    fn groups_of_dhcpv6_and_llmnr_have_a_one_in_the_seventh_group() {
        let v6 = |a: &str| ipv6_purpose(a.parse().unwrap());
        assert_eq!(
            (v6("ff02::1:2"), v6("ff02::1:0:2")),
            (Some("DHCP servers and relay agents"), Some("multicast, this link"))
        );
        assert_eq!((v6("ff02::1:3"), v6("ff05::1:3")), (Some("LLMNR"), Some("DHCP servers")));
    }

    #[test]
    fn blocks_are_read_as_they_are_written() {
        let ones = |n: u32| u128::MAX << (128 - n);
        assert_eq!(pattern("10.0.0.0/8"), (0x0a00_0000, 0xff00_0000));
        assert_eq!(pattern("192.0.0.170/32"), (0xc000_00aa, 0xffff_ffff));
        assert_eq!(pattern("::/128"), (0, u128::MAX));
        assert_eq!(pattern("fc00::/7"), (0xfc00 << 112, ones(7)));
        assert_eq!(pattern("2001:4:112::/48"), (0x2001_0004_0112 << 80, ones(48)));
        assert_eq!(pattern("ff02::1:ff00:0/104"), (0xff02 << 112 | 0x1_ff00_0000, ones(104)));
        assert_eq!(pattern("ff0x::fb"), (0xff00 << 112 | 0xfb, !(0xf << 112)));
        assert_eq!(pattern("ffx2::/16"), (0xff02 << 112, 0xff0f << 112));
        assert_eq!(pattern("fe80::a:b9/128"), (0xfe80 << 112 | 0xa_00b9, u128::MAX));
        assert_eq!(pattern("1:2:3:4:5:6:7:8"), (0x0001_0002_0003_0004_0005_0006_0007_0008, u128::MAX));
        assert_eq!(pattern("::x"), (0, !15));
        assert_eq!(pattern("0.0.0.0/0"), (0, 0));
    }

    #[test]
    fn blocks_without_wildcards_mean_what_the_standard_library_reads() {
        for range in IPV4_RANGES.iter().chain(IPV6_RANGES).filter(|range| !range.block.contains('x')) {
            let address = range.block.split('/').next().unwrap();
            let bits = match address.parse().unwrap() {
                core::net::IpAddr::V4(address) => u128::from(u32::from(address)),
                core::net::IpAddr::V6(address) => u128::from(address),
            };
            assert_eq!(range.value, bits, "{}", range.block);
        }
    }

    #[test]
    fn a_group_below_ipv4_multicast_is_no_other() {
        assert_eq!(MacAddr([0x01, 0, 0x5e, 0x7f, 0xff, 0xfa]).well_known(), Some("IPv4 multicast"));
        assert_eq!(MacAddr([0x01, 0, 0x5e, 0x80, 0, 1]).well_known(), Some("MPLS multicast"));
        assert_eq!(MacAddr([0x00, 0, 0x5e, 0, 0, 1]).well_known(), None);
    }

    #[test]
    fn every_well_known_address_is_known_and_its_neighbours_are_not() {
        let known = |text: &str| text.parse::<MacAddr>().unwrap().well_known();
        for (first, last, name) in [
            ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff", "broadcast"),
            ("00:00:00:00:00:00", "00:00:00:00:00:00", "no address"),
            ("01:80:c2:00:00:00", "01:80:c2:00:00:00", "spanning tree"),
            ("01:80:c2:00:00:01", "01:80:c2:00:00:01", "flow control (pause)"),
            ("01:80:c2:00:00:02", "01:80:c2:00:00:02", "slow protocols"),
            ("01:80:c2:00:00:03", "01:80:c2:00:00:03", "802.1X port access"),
            ("01:80:c2:00:00:04", "01:80:c2:00:00:07", "reserved, not forwarded by bridges"),
            ("01:80:c2:00:00:08", "01:80:c2:00:00:08", "provider spanning tree"),
            ("01:80:c2:00:00:0d", "01:80:c2:00:00:0d", "provider MVRP"),
            ("01:80:c2:00:00:0e", "01:80:c2:00:00:0e", "LLDP, nearest bridge"),
            ("01:80:c2:00:00:0f", "01:80:c2:00:00:0f", "reserved, not forwarded by bridges"),
            ("01:80:c2:00:00:10", "01:80:c2:00:00:10", "all bridges"),
            ("01:80:c2:00:00:14", "01:80:c2:00:00:14", "IS-IS level 1"),
            ("01:80:c2:00:00:15", "01:80:c2:00:00:15", "IS-IS level 2"),
            ("01:80:c2:00:00:20", "01:80:c2:00:00:20", "MMRP"),
            ("01:80:c2:00:00:21", "01:80:c2:00:00:21", "MVRP"),
            ("01:80:c2:00:00:30", "01:80:c2:00:00:3f", "connectivity fault management"),
            ("01:00:5e:90:10:00", "01:00:5e:90:10:ff", "documentation, multicast"),
            ("01:00:5e:00:00:00", "01:00:5e:7f:ff:ff", "IPv4 multicast"),
            ("01:00:5e:80:00:00", "01:00:5e:8f:ff:ff", "MPLS multicast"),
            ("33:33:00:00:00:00", "33:33:ff:ff:ff:ff", "IPv6 multicast"),
            ("00:00:5e:00:01:00", "00:00:5e:00:01:ff", "VRRP, IPv4"),
            ("00:00:5e:00:02:00", "00:00:5e:00:02:ff", "VRRP, IPv6"),
            ("00:00:5e:00:53:00", "00:00:5e:00:53:ff", "documentation"),
            ("00:00:0c:07:ac:00", "00:00:0c:07:ac:ff", "HSRP"),
            ("00:00:0c:9f:f0:00", "00:00:0c:9f:ff:ff", "HSRP version 2"),
            ("00:05:73:a0:00:00", "00:05:73:a0:0f:ff", "HSRP, IPv6"),
            ("00:07:b4:00:00:00", "00:07:b4:00:ff:ff", "GLBP"),
            ("01:00:0c:cc:cc:cc", "01:00:0c:cc:cc:cc", "CDP, VTP, DTP, PAgP, UDLD"),
            ("01:00:0c:cc:cc:cd", "01:00:0c:cc:cc:cd", "PVST+"),
            ("01:00:0c:dd:dd:dd", "01:00:0c:dd:dd:dd", "CGMP"),
            ("01:1b:19:00:00:00", "01:1b:19:00:00:00", "PTP"),
            ("01:0c:cd:01:00:00", "01:0c:cd:01:ff:ff", "GOOSE"),
            ("01:0c:cd:02:00:00", "01:0c:cd:02:ff:ff", "GSSE"),
            ("01:0c:cd:04:00:00", "01:0c:cd:04:ff:ff", "sampled values"),
            ("01:0e:cf:00:00:00", "01:0e:cf:ff:ff:ff", "PROFINET"),
            ("09:00:2b:00:00:04", "09:00:2b:00:00:04", "IS-IS, all end systems"),
            ("09:00:2b:00:00:05", "09:00:2b:00:00:05", "IS-IS, all intermediate systems"),
            ("03:00:00:00:00:01", "03:00:00:00:00:01", "NetBEUI"),
            ("cf:00:00:00:00:00", "cf:00:00:00:00:00", "loopback test (CTP)"),
        ] {
            assert_eq!((known(first), known(last)), (Some(name), Some(name)), "{first} to {last}");
            let number = |text: &str| text.parse::<MacAddr>().unwrap().0.iter().fold(0, |n, &b| n << 8 | u64::from(b));
            let at = |n: u64| MacAddr(n.to_be_bytes()[2..].try_into().unwrap()).well_known();
            let beside = [number(first).checked_sub(1), Some(number(last) + 1).filter(|n| *n >> 48 == 0)];
            assert!(beside.into_iter().flatten().all(|n| at(n) != Some(name)), "{name} ends where it should");
        }
        assert_eq!(known("01:80:c2:00:00:40"), None);
        assert_eq!(known("02:00:00:00:00:01"), None);
    }

    #[test]
    fn the_first_byte_says_group_and_local() {
        let bits = |first| MacAddr([first, 0, 0, 0, 0, 0]);
        for (first, group, local) in [(0, false, false), (1, true, false), (2, false, true), (3, true, true)] {
            assert_eq!((bits(first).is_group(), bits(first).is_local()), (group, local));
            assert_eq!((bits(first | 0xfc).is_group(), bits(first | 0xfc).is_local()), (group, local));
        }
        assert!(MacAddr::BROADCAST.is_broadcast() && !MacAddr([0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]).is_broadcast());
        assert_eq!(MacAddr::from([2, 3, 4, 5, 6, 7]).oui(), [2, 3, 4]);
    }

    #[test]
    fn addresses_are_six_pairs_of_digits() {
        use std::string::ToString;
        let mac = MacAddr([0x0a, 0xb0, 0x5e, 0x10, 0, 0xff]);
        assert_eq!(mac.to_string(), "0a:b0:5e:10:00:ff");
        assert_eq!(std::format!("{mac:>20}"), "   0a:b0:5e:10:00:ff");
        assert_eq!("0A-b0:5e-10:00:FF".parse(), Ok(mac));
        for wrong in
            ["", "0a:b0:5e:10:00", "0a:b0:5e:10:00:ff:00", "0a:b0:5e:10:00:+f", "a:b0:5e:10:00:ff", "0a:b0:5e:10:00:fg"]
        {
            assert_eq!(wrong.parse::<MacAddr>(), Err(ParseMacError), "{wrong}");
        }
        assert!(ParseMacError.to_string().contains("six pairs"));
        assert_eq!(Hex(&[0x0a, 0xff, 0]).to_string(), "0aff00");
    }
}
