//! MAC addresses.

use super::hex::DIGITS;
use core::fmt;
use core::str::FromStr;

/// A 48-bit MAC address.
///
/// ```
/// use packetsmith::MacAddr;
/// let mac: MacAddr = "02:00:5e:10:00:01".parse().unwrap();
/// assert!(mac.is_local() && !mac.is_group());
/// assert_eq!(mac.oui(), [0x02, 0x00, 0x5e]);
/// assert_eq!(mac.to_string(), "02:00:5e:10:00:01");
/// assert_eq!(MacAddr::try_from(&[2, 0, 0x5e, 0x10, 0, 1][..]).unwrap(), mac);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// The broadcast address: all bits set.
    pub const BROADCAST: MacAddr = MacAddr([0xff; 6]);

    /// The organizationally unique identifier (OUI): the first three bytes.
    #[inline]
    pub const fn oui(self) -> [u8; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// Tells whether it is a group address (I/G bit): multicast or broadcast.
    #[inline]
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }

    /// Tells whether it is the address of a group other than all: multicast, but not broadcast.
    ///
    /// ```
    /// use packetsmith::MacAddr;
    /// assert!(MacAddr([0x01, 0x00, 0x5e, 0, 0, 1]).is_multicast());
    /// assert!(MacAddr::BROADCAST.is_group() && !MacAddr::BROADCAST.is_multicast());
    /// ```
    #[inline]
    pub fn is_multicast(self) -> bool {
        self.is_group() && !self.is_broadcast()
    }

    /// Tells whether the address is locally administered (U/L bit).
    #[inline]
    pub const fn is_local(self) -> bool {
        self.0[0] & 2 != 0
    }

    /// Tells whether it is the broadcast address.
    #[inline]
    pub fn is_broadcast(self) -> bool {
        self == Self::BROADCAST
    }

    /// The purpose of a reserved address or range: IEEE 802.1Q Table 8-1, ranges of IANA and Cisco, and of industrial
    /// networks. `None` for all others.
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

impl From<MacAddr> for [u8; 6] {
    #[inline]
    fn from(address: MacAddr) -> Self {
        address.0
    }
}

/// The address and ten zero bytes, as in the hardware address of DHCP.
///
/// ```
/// use packetsmith::{Dhcp, MacAddr};
/// let client = MacAddr([2, 0, 0, 0, 0, 7]);
/// assert_eq!(Dhcp::build().chaddr(client.into()).done().chaddr()[..7], [2, 0, 0, 0, 0, 7, 0]);
/// ```
impl From<MacAddr> for [u8; 16] {
    #[inline]
    fn from(address: MacAddr) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&address.0);
        bytes
    }
}

/// Takes exactly six bytes.
impl TryFrom<&[u8]> for MacAddr {
    type Error = core::array::TryFromSliceError;
    #[inline]
    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(MacAddr)
    }
}

impl AsRef<[u8]> for MacAddr {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// As `Display`.
impl fmt::Debug for MacAddr {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
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

/// The error of a text that is not a MAC address.
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

/// Parses six pairs of hexadecimal digits with `:` or `-` between them.
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
