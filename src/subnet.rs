//! IP addresses with a mask: the network, its hosts, and which addresses are on the same subnet.
//!
//! ```
//! use packetsmith::subnet::{Class, Subnet};
//! let host: Subnet = "172.16.10.1/255.255.255.0".parse().unwrap();
//! assert_eq!(host.prefix_len(), 24);
//! assert_eq!(host.network().to_string(), "172.16.10.0");
//! assert_eq!(host.host_part().to_string(), "0.0.0.1");
//! assert!(host.is_local("172.16.10.2".parse().unwrap()));
//! assert!(!host.is_local("172.16.11.2".parse().unwrap()));
//! assert_eq!(Class::of([172, 16, 10, 1].into()), Class::B);
//! ```

use crate::special_addresses::{AddressBlock, ipv4_range, ipv6_range};
use crate::wire::MacAddr;
use crate::wire::registry;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;
use ipnet::IpNet;

/// An address and the length of its network's prefix.
///
/// ```
/// use packetsmith::subnet::Subnet;
/// let host: Subnet = "192.168.1.130/26".parse().unwrap();
/// assert_eq!(host.to_string(), "192.168.1.130/26");
/// assert_eq!(host.broadcast().unwrap().to_string(), "192.168.1.191");
/// let (first, last, count) = host.hosts();
/// assert_eq!((first.to_string(), last.to_string(), count), ("192.168.1.129".into(), "192.168.1.190".into(), 62));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subnet(IpNet);

/// Why a text is not an address.
///
/// ```
/// let error = "10.0.0.1/33".parse::<packetsmith::subnet::Subnet>().unwrap_err();
/// assert_eq!((error.at, error.to_string()), (9, "is not a prefix length of 0 to 32, and not a mask".to_string()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressError {
    /// Offset of the error in the text, in bytes.
    pub at: usize,
    what: &'static str,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl core::error::Error for AddressError {}

/// The error of a text that is neither an IPv4 nor an IPv6 address.
fn wrong(text: &str) -> AddressError {
    let v6 = text.contains(':');
    if !v6 && !text.contains('.') {
        return AddressError { at: 0, what: "is not an IPv4 or IPv6 address" };
    }
    let (what, separator) = match v6 {
        true => ("is not an IPv6 address: eight groups of hexadecimal digits, or fewer and ::", ':'),
        false => ("is not an IPv4 address: four numbers of 0 to 255, without leading zeros", '.'),
    };
    let (mut at, mut groups, mut gaps) = (0, 0, 0);
    for group in text.split(separator) {
        let last = at + group.len() == text.len();
        let good = match v6 {
            // An empty group is half of `::`; only the last group may be IPv4.
            true if group.is_empty() => {
                gaps += usize::from(at > 0 && !last);
                gaps <= 1
            }
            true if last && group.contains('.') => group.parse::<Ipv4Addr>().is_ok(),
            true => group.len() <= 4 && group.bytes().all(|digit| digit.is_ascii_hexdigit()),
            false => {
                let digits = group.bytes().all(|digit| digit.is_ascii_digit());
                digits && group.parse::<u8>().is_ok() && (group.len() == 1 || !group.starts_with('0'))
            }
        };
        if !good || groups == if v6 { 8 } else { 4 } {
            return AddressError { at, what };
        }
        groups += usize::from(!group.is_empty());
        at += group.len() + 1;
    }
    AddressError { at: text.len(), what }
}

/// `10.0.0.1/24`, `10.0.0.1/255.255.255.0`, `fe80::1/64`; an address alone is a network of one address.
impl FromStr for Subnet {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (address, mask) = text.split_once('/').map_or((text, None), |(address, mask)| (address, Some(mask)));
        let address: IpAddr = address.parse().map_err(|_| wrong(address))?;
        let (most, what) = match address {
            IpAddr::V4(_) => (32, "is not a prefix length of 0 to 32, and not a mask"),
            IpAddr::V6(_) => (128, "is not a prefix length of 0 to 128"),
        };
        let at = text.find('/').map_or(0, |at| at + 1);
        let length = match (mask, address) {
            (None, _) => Some(most),
            (Some(mask), IpAddr::V4(_)) if mask.contains('.') => {
                let what = "is not a mask: ones first, then zeros";
                let mask: Ipv4Addr = mask.parse().map_err(|_| AddressError { at, what })?;
                Some(ipnet::ipv4_mask_to_prefix(mask).map_err(|_| AddressError { at, what })?)
            }
            (Some(mask), _) => mask.parse().ok().filter(|length| *length <= most && !mask.starts_with('+')),
        };
        let net = length.and_then(|length| IpNet::new(address, length).ok());
        net.map(Subnet).ok_or(AddressError { at, what })
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Subnet {
    /// An address with a prefix length in bits; `None` if it exceeds the bits of the address.
    pub fn new(address: IpAddr, prefix_len: u8) -> Option<Self> {
        IpNet::new(address, prefix_len).ok().map(Subnet)
    }

    /// The address itself.
    pub fn address(&self) -> IpAddr {
        self.0.addr()
    }

    /// Length of the network part in bits.
    pub fn prefix_len(&self) -> u8 {
        self.0.prefix_len()
    }

    /// The mask: ones for the network part.
    pub fn mask(&self) -> IpAddr {
        self.0.netmask()
    }

    /// The network part: the address AND the mask.
    pub fn network(&self) -> IpAddr {
        self.0.network()
    }

    /// The host part: the address AND the mask's complement.
    pub fn host_part(&self) -> IpAddr {
        match (self.address(), self.0.hostmask()) {
            (IpAddr::V4(address), IpAddr::V4(mask)) => IpAddr::V4(address & mask),
            (IpAddr::V6(address), IpAddr::V6(mask)) => IpAddr::V6(address & mask),
            (address, _) => address,
        }
    }

    /// The address that means every host of the network (RFC 919); IPv6 has none, nor have networks of one or two
    /// addresses (RFC 3021).
    pub fn broadcast(&self) -> Option<IpAddr> {
        (self.address().is_ipv4() && self.prefix_len() < 31).then(|| self.0.broadcast())
    }

    /// The first and the last address that a host can have, and how many there are, at most `u128::MAX`. The first of an
    /// IPv6 network also means its routers, all of them (RFC 4291 §2.6.1).
    pub fn hosts(&self) -> (IpAddr, IpAddr, u128) {
        let (first, last) = (self.0.network(), self.0.broadcast());
        match (first, last) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let (mut a, mut b) = (u32::from(a), u32::from(b));
                if self.prefix_len() < 31 {
                    (a, b) = (a + 1, b - 1);
                }
                (Ipv4Addr::from(a).into(), Ipv4Addr::from(b).into(), u128::from(b - a) + 1)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => (first, last, (u128::from(b) - u128::from(a)).saturating_add(1)),
            _ => (first, last, 0),
        }
    }

    /// Whether an address is on the same subnet: whether it has the same network part. A host sends to local addresses
    /// directly, and to all others through a gateway (RFC 1122 §3.3.1.1).
    pub fn is_local(&self, other: IpAddr) -> bool {
        self.0.contains(&other)
    }
}

/// Classes of IPv4 addresses, RFC 791 §3.2 and RFC 1112 §4; obsolete since RFC 4632.
///
/// ```
/// use packetsmith::subnet::Class;
/// assert_eq!(Class::of([10, 0, 0, 1].into()).prefix_len(), Some(8));
/// assert_eq!(Class::of([224, 0, 0, 1].into()), Class::D);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// 0.0.0.0 to 127.255.255.255: networks of 8 bits.
    A,
    /// 128.0.0.0 to 191.255.255.255: networks of 16 bits.
    B,
    /// 192.0.0.0 to 223.255.255.255: networks of 24 bits.
    C,
    /// 224.0.0.0 to 239.255.255.255: multicast groups.
    D,
    /// 240.0.0.0 to 255.255.255.255: reserved.
    E,
}

impl Class {
    /// The class of an address.
    pub const fn of(address: Ipv4Addr) -> Self {
        match address.octets()[0] {
            0..=127 => Class::A,
            128..=191 => Class::B,
            192..=223 => Class::C,
            224..=239 => Class::D,
            240..=255 => Class::E,
        }
    }

    /// Length of the network part, where the class has one.
    pub const fn prefix_len(self) -> Option<u8> {
        match self {
            Class::A => Some(8),
            Class::B => Some(16),
            Class::C => Some(24),
            Class::D | Class::E => None,
        }
    }
}

/// The special-purpose range of an address in IANA's registries: purpose, standard, and whether it is globally reachable.
///
/// ```
/// use packetsmith::subnet::range;
/// let shared = range("100.64.0.1".parse().unwrap()).unwrap();
/// assert_eq!((shared.block, shared.reference, shared.global), ("100.64.0.0/10", "RFC 6598", Some(false)));
/// assert_eq!(range("2600::1".parse().unwrap()), None);
/// ```
pub const fn range(address: IpAddr) -> Option<&'static AddressBlock> {
    match address {
        IpAddr::V4(address) => ipv4_range(address),
        IpAddr::V6(address) => ipv6_range(address),
    }
}

/// Purpose of an address: `private`, `loopback`, `link-local` and so on, by its [`range`](fn@range); else `public`, or
/// `reserved` for IPv6 outside 2000::/3, which is not allocated.
///
/// ```
/// use packetsmith::subnet::purpose;
/// assert_eq!(purpose("172.31.0.1".parse().unwrap()), "private");
/// assert_eq!(purpose("8.8.8.8".parse().unwrap()), "public");
/// assert_eq!(purpose("4000::1".parse().unwrap()), "reserved");
/// ```
pub const fn purpose(address: IpAddr) -> &'static str {
    match (range(address), address) {
        (Some(range), _) => range.purpose,
        (None, IpAddr::V6(address)) if address.segments()[0] >> 13 != 1 => "reserved",
        (None, _) => "public",
    }
}

registry! {
    /// Scope of an IPv6 address, in which it is unique: RFC 4291 §2.7, RFC 7346.
    ///
    /// ```
    /// use packetsmith::subnet::AddressScope;
    /// assert_eq!(AddressScope::of("ff05::2".parse().unwrap()), Some(AddressScope::Site));
    /// assert_eq!(AddressScope::of("fe80::1".parse().unwrap()).unwrap().name(), Some("link-local"));
    /// ```
    pub enum AddressScope: u8 {
        Interface = 1 "interface-local",
        Link = 2 "link-local",
        Realm = 3 "realm-local",
        Admin = 4 "admin-local",
        Site = 5 "site-local",
        Organization = 8 "organization-local",
        Global = 14 "global",
    }
}

impl AddressScope {
    /// The scope of an address. That of multicast is a field of it; loopback is link-local (RFC 4007 §4), unique local
    /// addresses are global (RFC 4193 §3.3), and the unspecified address has none.
    pub fn of(address: Ipv6Addr) -> Option<Self> {
        Some(match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0] => return None,
            [0, 0, 0, 0, 0, 0, 0, 1] | [0xfe80..=0xfebf, ..] => AddressScope::Link,
            [0xfec0..=0xfeff, ..] => AddressScope::Site,
            [first @ 0xff00..=0xffff, ..] => AddressScope::from((first & 0xf) as u8),
            _ => AddressScope::Global,
        })
    }
}

/// Shows an address bit by bit: IPv4 in groups of 8, IPv6 in groups of 16.
///
/// ```
/// use packetsmith::subnet::Bits;
/// assert_eq!(Bits([172, 16, 10, 1].into()).to_string(), "10101100.00010000.00001010.00000001");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bits(pub IpAddr);

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => {
                let [a, b, c, d] = address.octets();
                write!(f, "{a:08b}.{b:08b}.{c:08b}.{d:08b}")
            }
            IpAddr::V6(address) => {
                for (i, segment) in address.segments().into_iter().enumerate() {
                    let colon = if i > 0 { ":" } else { "" };
                    write!(f, "{colon}{segment:016b}")?;
                }
                Ok(())
            }
        }
    }
}

/// An IPv6 address in the three notations of RFC 4291 §2.2: in full, with `::`, and with its last 32 bits as IPv4. RFC
/// 5952, by which addresses are shown everywhere else, is the second, and the third for IPv4-mapped addresses.
///
/// ```
/// use packetsmith::subnet::notations;
/// let [full, short, mixed] = notations("2001:db8::1:0:c000:221".parse().unwrap());
/// assert_eq!(full, "2001:0db8:0000:0000:0001:0000:c000:0221");
/// assert_eq!(short, "2001:db8::1:0:c000:221");
/// assert_eq!(mixed, "2001:db8::1:0:192.0.2.33");
/// ```
pub fn notations(address: Ipv6Addr) -> [String; 3] {
    let segments = address.segments();
    let full = segments.map(|segment| format!("{segment:04x}")).join(":");
    let [.., a, b] = segments;
    // The longest run of zeros among the first six groups, if there are two or more in a row.
    let (mut best, mut run) = ((0, 0), (0, 0));
    for (i, segment) in segments[..6].iter().enumerate() {
        run = if *segment == 0 { (run.0, run.1 + 1) } else { (i + 1, 0) };
        if run.1 > best.1 {
            best = run;
        }
    }
    let groups = |range: core::ops::Range<usize>| {
        segments[range].iter().map(|segment| format!("{segment:x}")).collect::<alloc::vec::Vec<_>>().join(":")
    };
    let head = match best {
        (at, count @ 2..) => {
            let after = groups(at + count..6);
            let colon = if after.is_empty() { "" } else { ":" };
            format!("{}::{after}{colon}", groups(0..at))
        }
        _ => groups(0..6) + ":",
    };
    let mixed = format!("{head}{}", Ipv4Addr::from(u32::from(a) << 16 | u32::from(b)));
    let short = match address.to_ipv4_mapped() {
        Some(_) => format!("::ffff:{a:x}:{b:x}"),
        None => format!("{address}"),
    };
    [full, short, mixed]
}

/// The domain name for reverse lookups of an address (RFC 1035 §3.5, RFC 3596 §2.5).
///
/// ```
/// use packetsmith::subnet::reverse_name;
/// assert_eq!(reverse_name([192, 0, 2, 1].into()), "1.2.0.192.in-addr.arpa");
/// ```
pub fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let mut name = String::new();
            for byte in address.octets().iter().rev() {
                name += &format!("{:x}.{:x}.", byte & 15, byte >> 4);
            }
            name + "ip6.arpa"
        }
    }
}

/// The MAC address in an IPv6 interface identifier (modified EUI-64, RFC 4291 appendix A), if there is one. `None` for
/// multicast addresses.
///
/// ```
/// use packetsmith::subnet::mac_within;
/// let mac = mac_within("fe80::aabb:ccff:fe00:1".parse().unwrap()).unwrap();
/// assert_eq!(mac.to_string(), "a8:bb:cc:00:00:01");
/// ```
pub const fn mac_within(address: Ipv6Addr) -> Option<MacAddr> {
    match address.octets() {
        [0xff, ..] => None,
        [_, _, _, _, _, _, _, _, a, b, c, 0xff, 0xfe, d, e, f] if a & 1 == 0 => Some(MacAddr([a ^ 2, b, c, d, e, f])),
        _ => None,
    }
}

/// The solicited-node multicast address of an IPv6 address (RFC 4291 §2.7.1).
///
/// ```
/// use packetsmith::subnet::solicited_node;
/// assert_eq!(solicited_node("2001:db8::12:3456".parse().unwrap()).to_string(), "ff02::1:ff12:3456");
/// ```
pub const fn solicited_node(address: Ipv6Addr) -> Ipv6Addr {
    let [.., a, b] = address.segments();
    Ipv6Addr::new(0xff02, 0, 0, 0, 0, 1, 0xff00 | a & 0xff, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_three_notations_are_those_of_rfc_4291() {
        let mixed = |text: &str| notations(text.parse().unwrap())[2].clone();
        assert_eq!(mixed("::ffff:129.144.52.38"), "::ffff:129.144.52.38");
        assert_eq!(mixed("::13.1.68.3"), "::13.1.68.3");
        assert_eq!(mixed("1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:0.7.0.8");
        assert_eq!(mixed("1:0:0:4::"), "1::4:0:0:0.0.0.0", "the first of runs of one length");
        assert_eq!(mixed("::"), "::0.0.0.0");
        for text in ["::", "::1", "1::", "1:0:3:0:5:0:7:0", "2001:db8::1", "1:2:3:4:5:0:0:8", "0:0:3::6:7:8"] {
            let address: Ipv6Addr = text.parse().unwrap();
            for notation in notations(address) {
                assert_eq!(notation.parse(), Ok(address), "{notation}");
            }
        }
    }

    #[test]
    fn small_networks_have_no_broadcast() {
        let hosts = |text: &str| {
            let net: Subnet = text.parse().unwrap();
            let (first, last, count) = net.hosts();
            (first.to_string(), last.to_string(), count, net.broadcast().map(|address| address.to_string()))
        };
        assert_eq!(hosts("10.0.0.1/31"), ("10.0.0.0".into(), "10.0.0.1".into(), 2, None));
        assert_eq!(hosts("10.0.0.1"), ("10.0.0.1".into(), "10.0.0.1".into(), 1, None));
        assert_eq!(hosts("10.0.0.1/30"), ("10.0.0.1".into(), "10.0.0.2".into(), 2, Some("10.0.0.3".into())));
        assert_eq!(hosts("0.0.0.0/0").2, (1 << 32) - 2);
        assert_eq!(hosts("::/0").2, u128::MAX);
        assert_eq!(hosts("2001:db8::1/64").2, 1 << 64);
    }

    #[test]
    fn what_is_no_address_is_an_error() {
        let error = |text: &str| text.parse::<Subnet>().map_err(|error| (error.at, error.to_string())).unwrap_err();
        assert_eq!(error("somewhere"), (0, "is not an IPv4 or IPv6 address".into()));
        assert_eq!(error(""), (0, "is not an IPv4 or IPv6 address".into()));
        let what = "is not an IPv4 address: four numbers of 0 to 255, without leading zeros";
        for (text, at) in
            [("10.0.0", 6), ("10.0.256.1/24", 5), ("10.0.0.1.5", 9), ("10.00.0.1", 3), ("10.x.0.1", 3), ("10..0.1", 3)]
        {
            assert_eq!(error(text), (at, what.into()), "{text}");
        }
        for (text, at) in [
            ("2001:db8::g", 10),
            ("12345::", 0),
            ("1::2::3", 5),
            ("1:2:3", 5),
            ("1:2:3:4:5:6:7:8:9", 16),
            ("fe80::1%eth0/64", 6),
            ("::10.0.0.300", 2),
        ] {
            assert_eq!(error(text).0, at, "{text}");
        }
        assert_eq!(error("10.0.0.1/").0, 9);
        assert_eq!(error("10.0.0.1/255.0.255.0"), (9, "is not a mask: ones first, then zeros".into()));
        assert_eq!(error("::1/129"), (4, "is not a prefix length of 0 to 128".into()));
        assert_eq!(error("::1/+12").0, 4);
    }

    #[test]
    fn a_mapped_address_has_three_notations_too() {
        let expected = ["0000:0000:0000:0000:0000:ffff:0a00:0001", "::ffff:a00:1", "::ffff:10.0.0.1"];
        assert_eq!(notations("::ffff:10.0.0.1".parse().unwrap()), expected);
    }

    #[test]
    fn no_group_is_made_of_a_mac() {
        assert_eq!(mac_within("ff02::aabb:ccff:fe00:1".parse().unwrap()), None);
        assert_eq!(mac_within("fe80::abbb:ccff:fe00:1".parse().unwrap()), None);
        assert_eq!(mac_within("fe80::aabb:ccff:ff00:1".parse().unwrap()), None);
    }

    #[test]
    fn every_address_has_its_scope() {
        let scope = |text: &str| AddressScope::of(text.parse().unwrap());
        assert_eq!(scope("::"), None);
        assert_eq!((scope("::1"), scope("fd00::1")), (Some(AddressScope::Link), Some(AddressScope::Global)));
        assert_eq!(scope("2001:db8::1"), Some(AddressScope::Global));
        assert_eq!((scope("febf::1"), scope("fec0::1")), (Some(AddressScope::Link), Some(AddressScope::Site)));
        assert_eq!((scope("ff3e::1"), scope("ff0f::1")), (Some(AddressScope::Global), Some(AddressScope::from(15))));
    }

    #[test]
    fn versions_are_not_local_to_each_other() {
        let all: Subnet = "0.0.0.0/0".parse().unwrap();
        assert!(!all.is_local("::1".parse().unwrap()));
        assert!(all.is_local("1.2.3.4".parse().unwrap()));
    }
}
