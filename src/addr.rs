//! Addresses of the link layer, and bytes shown as hexadecimal digits.

use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// A 48-bit MAC address.
///
/// ```
/// use packetsmith::MacAddr;
/// let mac: MacAddr = "02:00:5e:10:00:01".parse().unwrap();
/// assert!(mac.is_local() && !mac.is_group());
/// assert_eq!(mac.oui(), [0x02, 0x00, 0x5e]);
/// assert_eq!(mac.to_string(), "02:00:5e:10:00:01");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// All bits set: every station on the link.
    pub const BROADCAST: MacAddr = MacAddr([0xff; 6]);

    /// The organisationally unique identifier: the first three bytes.
    #[inline]
    pub const fn oui(self) -> [u8; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// Tells whether a group of stations is meant (I/G bit), broadcast included.
    #[inline]
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }

    /// Tells whether the address was given locally rather than by the maker (U/L bit).
    #[inline]
    pub const fn is_local(self) -> bool {
        self.0[0] & 2 != 0
    }

    /// Tells whether every station is meant.
    #[inline]
    pub fn is_broadcast(self) -> bool {
        self == Self::BROADCAST
    }

    /// What an address or range stands for that a standard or a well-known protocol has reserved:
    /// IEEE 802.1Q Table 8-1, IANA's and Cisco's ranges, and those of industrial networks.
    ///
    /// ```
    /// use packetsmith::MacAddr;
    /// assert_eq!(MacAddr([0x01, 0x80, 0xc2, 0, 0, 0x0e]).well_known(), Some("LLDP, nearest bridge"));
    /// assert_eq!(MacAddr([0x33, 0x33, 0, 0, 0, 1]).well_known(), Some("IPv6 multicast"));
    /// assert_eq!(MacAddr([0x02, 0, 0, 0, 0, 1]).well_known(), None);
    /// ```
    pub const fn well_known(self) -> Option<&'static str> {
        Some(match self.0 {
            [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => "broadcast",
            [0, 0, 0, 0, 0, 0] => "no address",
            [0x01, 0x80, 0xc2, 0, 0, last] => match last {
                0x00 => "spanning tree",
                0x01 => "flow control (pause)",
                0x02 => "slow protocols",
                0x03 => "802.1X port access",
                0x08 => "provider spanning tree",
                0x0d => "provider MVRP",
                0x0e => "LLDP, nearest bridge",
                0x04..=0x0f => "reserved, not forwarded by bridges",
                0x10 => "all bridges",
                0x14 => "IS-IS level 1",
                0x15 => "IS-IS level 2",
                0x20 => "MMRP",
                0x21 => "MVRP",
                0x30..=0x3f => "connectivity fault management",
                _ => return None,
            },
            [0x01, 0x00, 0x5e, 0x90, 0x10, _] => "documentation, multicast",
            [0x01, 0x00, 0x5e, 0..=0x7f, ..] => "IPv4 multicast",
            [0x01, 0x00, 0x5e, 0x80..=0x8f, ..] => "MPLS multicast",
            [0x33, 0x33, ..] => "IPv6 multicast",
            [0x00, 0x00, 0x5e, 0x00, 0x01, _] => "VRRP, IPv4",
            [0x00, 0x00, 0x5e, 0x00, 0x02, _] => "VRRP, IPv6",
            [0x00, 0x00, 0x5e, 0x00, 0x53, _] => "documentation",
            [0x00, 0x00, 0x0c, 0x07, 0xac, _] => "HSRP",
            [0x00, 0x00, 0x0c, 0x9f, 0xf0..=0xff, _] => "HSRP version 2",
            [0x00, 0x05, 0x73, 0xa0, 0x00..=0x0f, _] => "HSRP, IPv6",
            [0x00, 0x07, 0xb4, 0x00, _, _] => "GLBP",
            [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc] => "CDP, VTP, DTP, PAgP, UDLD",
            [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd] => "PVST+",
            [0x01, 0x00, 0x0c, 0xdd, 0xdd, 0xdd] => "CGMP",
            [0x01, 0x1b, 0x19, 0, 0, 0] => "PTP",
            [0x01, 0x0c, 0xcd, 0x01, ..] => "GOOSE",
            [0x01, 0x0c, 0xcd, 0x02, ..] => "GSSE",
            [0x01, 0x0c, 0xcd, 0x04, ..] => "sampled values",
            [0x01, 0x0e, 0xcf, ..] => "PROFINET",
            [0x09, 0x00, 0x2b, 0, 0, 0x04] => "IS-IS, all end systems",
            [0x09, 0x00, 0x2b, 0, 0, 0x05] => "IS-IS, all intermediate systems",
            [0x03, 0, 0, 0, 0, 0x01] => "NetBEUI",
            [0xcf, 0, 0, 0, 0, 0] => "loopback test (CTP)",
            _ => return None,
        })
    }
}

impl From<[u8; 6]> for MacAddr {
    #[inline]
    fn from(bytes: [u8; 6]) -> Self {
        MacAddr(bytes)
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"00:00:00:00:00:00";
        for (pair, byte) in text.chunks_mut(3).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.pad(core::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Text that is no MAC address.
///
/// ```
/// assert!("02:00:00:00:00".parse::<packetsmith::MacAddr>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseMacError;

impl fmt::Display for ParseMacError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a MAC address has six pairs of hexadecimal digits, as in 02:00:5e:10:00:01")
    }
}

impl core::error::Error for ParseMacError {}

/// Six pairs of digits with `:` or `-` between them.
impl FromStr for MacAddr {
    type Err = ParseMacError;
    fn from_str(text: &str) -> Result<Self, ParseMacError> {
        let mut bytes = [0; 6];
        let mut pairs = text.split([':', '-']);
        for byte in &mut bytes {
            let pair = pairs.next().filter(|p| p.len() == 2 && !p.starts_with('+')).ok_or(ParseMacError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ParseMacError)?;
        }
        if pairs.next().is_some() { Err(ParseMacError) } else { Ok(MacAddr(bytes)) }
    }
}

/// What an IPv4 address or the range that it is in has been set apart for: IANA's registries of
/// special-purpose addresses (RFC 6890) and of multicast groups. `None` for other addresses.
///
/// ```
/// use packetsmith::addr::ipv4_purpose;
/// assert_eq!(ipv4_purpose([224, 0, 0, 251].into()), Some("mDNS"));
/// assert_eq!(ipv4_purpose([172, 31, 0, 1].into()), Some("private"));
/// assert_eq!(ipv4_purpose([172, 32, 0, 1].into()), None);
/// ```
pub const fn ipv4_purpose(address: Ipv4Addr) -> Option<&'static str> {
    Some(match address.octets() {
        [0, 0, 0, 0] => "unspecified",
        [0, ..] => "this network",
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => "private",
        [100, 64..=127, ..] => "shared, carrier-grade NAT",
        [127, ..] => "loopback",
        [169, 254, ..] => "link-local",
        [192, 0, 0, 0..=7] => "DS-Lite",
        [192, 0, 0, 8] => "dummy",
        [192, 0, 0, 9] => "PCP anycast",
        [192, 0, 0, 10] => "TURN anycast",
        [192, 0, 0, 170 | 171] => "NAT64 discovery",
        [192, 0, 0, _] => "IETF protocol assignments",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => "documentation",
        [192, 31, 196, _] | [192, 175, 48, _] => "AS112",
        [192, 52, 193, _] => "AMT",
        [192, 88, 99, _] => "6to4 relay, deprecated",
        [198, 18 | 19, ..] => "benchmarking",
        [224, 0, 0, last] => match last {
            1 => "all hosts",
            2 => "all routers",
            4 => "DVMRP routers",
            5 => "OSPF routers",
            6 => "OSPF designated routers",
            9 => "RIPv2 routers",
            10 => "EIGRP routers",
            12 => "DHCP servers and relay agents",
            13 => "PIM routers",
            18 => "VRRP",
            22 => "IGMPv3 routers",
            102 => "HSRPv2, GLBP",
            107 => "PTP peer delay",
            251 => "mDNS",
            252 => "LLMNR",
            _ => "multicast, this link",
        },
        [224, 0, 1, 1] => "NTP",
        [224, 0, 1, 39] => "Auto-RP announce",
        [224, 0, 1, 40] => "Auto-RP discovery",
        [224, 0, 1, 129..=132] => "PTP",
        [232, ..] => "multicast, source-specific",
        [233, 252, 0, _] => "documentation, multicast",
        [239, 255, 255, 250] => "SSDP",
        [239, 255, 255, 253] => "SLP",
        [239, ..] => "multicast, administratively scoped",
        [224..=239, ..] => "multicast",
        [255, 255, 255, 255] => "limited broadcast",
        [240..=255, ..] => "reserved",
        _ => return None,
    })
}

/// What an IPv6 address or the range that it is in has been set apart for: IANA's registries of
/// special-purpose addresses (RFC 6890) and of multicast groups. `None` for other addresses.
///
/// ```
/// use packetsmith::addr::ipv6_purpose;
/// assert_eq!(ipv6_purpose("ff02::1:ff00:7".parse().unwrap()), Some("solicited node"));
/// assert_eq!(ipv6_purpose("fe80::1".parse().unwrap()), Some("link-local"));
/// assert_eq!(ipv6_purpose("2600::1".parse().unwrap()), None);
/// ```
pub const fn ipv6_purpose(address: Ipv6Addr) -> Option<&'static str> {
    Some(match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0, 0, 0, 0, 0, 0xffff, ..] => "IPv4-mapped",
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => "NAT64",
        [0x64, 0xff9b, 1, ..] => "NAT64, local use",
        [0x100, 0, 0, 0, ..] => "discard only",
        [0x100, 0, 0, 1, ..] => "dummy",
        [0x2001, 0, ..] => "Teredo",
        [0x2001, 1, 0, 0, 0, 0, 0, 1] => "PCP anycast",
        [0x2001, 1, 0, 0, 0, 0, 0, 2] => "TURN anycast",
        [0x2001, 1, 0, 0, 0, 0, 0, 3] => "DNS-SD anycast",
        [0x2001, 2, 0, ..] => "benchmarking",
        [0x2001, 3, ..] => "AMT",
        [0x2001, 4, 0x112, ..] | [0x2620, 0x4f, 0x8000, ..] => "AS112",
        [0x2001, 0x10..=0x1f, ..] => "ORCHID, deprecated",
        [0x2001, 0x20..=0x2f, ..] => "ORCHIDv2",
        [0x2001, 0x30..=0x3f, ..] => "drone remote ID",
        [0x2001, 0..=0x1ff, ..] => "IETF protocol assignments",
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => "documentation",
        [0x2002, ..] => "6to4",
        [0x5f00, ..] => "segment routing",
        [0xfc00..=0xfdff, ..] => "unique local",
        [0xfe80..=0xfebf, ..] => "link-local",
        [0xfec0..=0xfeff, ..] => "site-local, deprecated",
        [0xff02, 0, 0, 0, 0, 1, 0xff00..=0xffff, _] => "solicited node",
        [0xff02, 0, 0, 0, 0, 1, 0, 2] => "DHCP servers and relay agents",
        [0xff02, 0, 0, 0, 0, 1, 0, 3] => "LLMNR",
        [0xff05, 0, 0, 0, 0, 1, 0, 3] => "DHCP servers",
        [0xff01 | 0xff02, 0, 0, 0, 0, 0, 0, 1] => "all nodes",
        [0xff01 | 0xff02 | 0xff05, 0, 0, 0, 0, 0, 0, 2] => "all routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x5] => "OSPF routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x6] => "OSPF designated routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x9] => "RIPng routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0xa] => "EIGRP routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0xd] => "PIM routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x12] => "VRRP",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x16] => "MLDv2 routers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x1a] => "RPL nodes",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x6a] => "all snoopers",
        [0xff02, 0, 0, 0, 0, 0, 0, 0x6b] => "PTP peer delay",
        [0xff00..=0xff0f, 0, 0, 0, 0, 0, 0, 0xc] => "SSDP",
        [0xff00..=0xff0f, 0, 0, 0, 0, 0, 0, 0xfb] => "mDNS",
        [0xff00..=0xff0f, 0, 0, 0, 0, 0, 0, 0x101] => "NTP",
        [0xff00..=0xff0f, 0, 0, 0, 0, 0, 0, 0x181] => "PTP",
        [0xff30..=0xff3f, 0, ..] => "multicast, source-specific",
        [first @ 0xff00..=0xffff, ..] => match first & 0xf {
            1 => "multicast, this interface",
            2 => "multicast, this link",
            3 => "multicast, this realm",
            4 => "multicast, administratively scoped",
            5 => "multicast, this site",
            8 => "multicast, this organization",
            _ => "multicast",
        },
        _ => return None,
    })
}

/// The hexadecimal digits.
pub(crate) const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Shows bytes as hexadecimal digits without separators.
///
/// ```
/// assert_eq!(packetsmith::Hex(&[0xca, 0xfe]).to_string(), "cafe");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

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
    fn a_group_below_ipv4_multicast_is_no_other() {
        assert_eq!(MacAddr([0x01, 0, 0x5e, 0x7f, 0xff, 0xfa]).well_known(), Some("IPv4 multicast"));
        assert_eq!(MacAddr([0x01, 0, 0x5e, 0x80, 0, 1]).well_known(), Some("MPLS multicast"));
        assert_eq!(MacAddr([0x00, 0, 0x5e, 0, 0, 1]).well_known(), None);
    }
}
