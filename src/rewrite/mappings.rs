//! Mappings of addresses and ports.

use super::address_bits::{first_bits, narrow, wide};
use super::note::RuleError;
use crate::wire::MacAddr;
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;
use std::string::{String, ToString};

/// A network: an address, and how many of its bits are the prefix. The bits after it are zero.
///
/// ```
/// use packetsmith::rewrite::IpPrefix;
/// let network: IpPrefix = "10.0.0.0/8".parse().unwrap();
/// assert!(network.contains([10, 1, 2, 3].into()) && !network.contains([11, 1, 2, 3].into()));
/// assert_eq!("2001:db8::1".parse::<IpPrefix>().unwrap().to_string(), "2001:db8::1/128");
/// let error = "10.0.0.7/8".parse::<IpPrefix>().unwrap_err();
/// assert_eq!(error.to_string(), "10.0.0.7/8 has bits after its prefix: is 10.0.0.0/8 meant?");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IpPrefix {
    address: IpAddr,
    bits: u8,
}

impl IpPrefix {
    /// A network.
    ///
    /// # Errors
    ///
    /// The prefix is longer than the address, or there are bits after it.
    pub fn new(address: IpAddr, bits: u8) -> Result<Self, RuleError> {
        let (number, all) = wide(address);
        if u32::from(bits) > all {
            return Err(RuleError::NotA("the length of a prefix", bits.to_string()));
        }
        match number & !first_bits(bits.into()) {
            0 => Ok(IpPrefix { address, bits }),
            _ => Err(RuleError::BitsAfterPrefix(address, bits)),
        }
    }

    /// Its first address.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Length of the prefix in bits.
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// Whether an address is in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && (wide(address).0 ^ wide(self.address).0) & first_bits(self.bits.into()) == 0
    }

    /// Whether an address is in both networks.
    pub(super) fn overlaps(&self, other: &IpPrefix) -> bool {
        self.contains(other.address) || other.contains(self.address)
    }
}

impl FromStr for IpPrefix {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| RuleError::NotA("an IP address", address.to_string()))?;
        let bits = match bits {
            None => wide(address).1 as u8,
            Some(bits) => digits(bits).ok_or_else(|| RuleError::NotA("the length of a prefix", bits.to_string()))?,
        };
        IpPrefix::new(address, bits)
    }
}

/// A number in decimal digits alone.
pub(super) fn digits<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

impl fmt::Display for IpPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// A mapping of one network to another: `10.0.0.0/8=172.0.0.0/8`. The bits after the prefix are kept.
///
/// If the new network has a shorter prefix, the bits between are zero. If it has a longer one, only so many of the last bits
/// are kept as it has room for: `10.0.0.0/8=192.0.2.0/24` makes `192.0.2.5` of `10.0.0.5`. Two addresses that would become one
/// are an error of the [`Rewriter`](super::Rewriter), when the second is met: no two hosts ever become one.
///
/// ```
/// use packetsmith::rewrite::PrefixMapping;
/// let mapping: PrefixMapping = "10.0.0.0/8=192.0.2.0/24".parse().unwrap();
/// assert_eq!(mapping.apply([10, 1, 2, 3].into()), Some([192, 0, 2, 3].into()));
/// assert_eq!(mapping.apply([11, 1, 2, 3].into()), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixMapping {
    /// Addresses that are mapped.
    pub from: IpPrefix,
    /// What they are mapped to.
    pub to: IpPrefix,
}

impl PrefixMapping {
    /// A mapping.
    ///
    /// # Errors
    ///
    /// One network is of IPv4, the other of IPv6.
    pub fn new(from: IpPrefix, to: IpPrefix) -> Result<Self, RuleError> {
        match from.address.is_ipv4() == to.address.is_ipv4() {
            true => Ok(PrefixMapping { from, to }),
            false => Err(RuleError::OtherVersion),
        }
    }

    /// What becomes of an address. `None` if it is not in the network.
    pub fn apply(&self, address: IpAddr) -> Option<IpAddr> {
        let (number, bits) = wide(address);
        let kept = !first_bits(self.from.bits.max(self.to.bits).into());
        self.from.contains(address).then(|| narrow(wide(self.to.address).0 | number & kept, bits))
    }

    /// Whether different addresses of the network can become the same.
    pub(super) fn has_less_room(&self) -> bool {
        self.to.bits > self.from.bits
    }
}

/// Both sides of a mapping.
fn sides<'t>(text: &'t str, form: &'static str) -> Result<(&'t str, &'t str), RuleError> {
    text.split_once('=').ok_or(RuleError::Form(form))
}

impl FromStr for PrefixMapping {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (from, to) = sides(text, "10.0.0.0/8=172.0.0.0/8")?;
        PrefixMapping::new(from.parse()?, to.parse()?)
    }
}

impl fmt::Display for PrefixMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.from, self.to)
    }
}

/// A mapping of a MAC address: `02:00:00:00:00:01=02:00:00:00:00:02`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacMapping {
    /// The address that is mapped.
    pub from: MacAddr,
    /// What it is mapped to.
    pub to: MacAddr,
}

impl FromStr for MacMapping {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (from, to) = sides(text, "02:00:00:00:00:01=02:00:00:00:00:02")?;
        let mac = |text: &str| text.parse().map_err(|_| RuleError::NotA("a MAC address", text.to_string()));
        Ok(MacMapping { from: mac(from)?, to: mac(to)? })
    }
}

/// Transports whose ports are mapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PortTransport {
    /// TCP, UDP, UDP-Lite and SCTP.
    #[default]
    Any,
    /// TCP.
    Tcp,
    /// UDP and UDP-Lite.
    Udp,
    /// SCTP.
    Sctp,
}

impl PortTransport {
    const fn name(self) -> &'static str {
        match self {
            PortTransport::Any => "",
            PortTransport::Tcp => "tcp:",
            PortTransport::Udp => "udp:",
            PortTransport::Sctp => "sctp:",
        }
    }
}

/// A mapping of a port, source or destination: `80=8080`, or of one transport: `udp:53=5353`.
///
/// ```
/// use packetsmith::rewrite::{PortMapping, PortTransport};
/// let mapping: PortMapping = "udp:53=5353".parse().unwrap();
/// assert_eq!(mapping, PortMapping { transport: PortTransport::Udp, from: 53, to: 5353 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortMapping {
    /// Transports that it is for.
    pub transport: PortTransport,
    /// The port that is mapped.
    pub from: u16,
    /// What it is mapped to.
    pub to: u16,
}

impl FromStr for PortMapping {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let all = [PortTransport::Tcp, PortTransport::Udp, PortTransport::Sctp];
        let found = all.iter().find_map(|transport| Some((*transport, text.strip_prefix(transport.name())?)));
        let (transport, ports) = found.unwrap_or((PortTransport::Any, text));
        let (from, to) = sides(ports, "80=8080 or udp:53=5353")?;
        let port = |text: &str| digits(text).ok_or_else(|| RuleError::NotA("a port", text.to_string()));
        Ok(PortMapping { transport, from: port(from)?, to: port(to)? })
    }
}

impl fmt::Display for PortMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}={}", self.transport.name(), self.from, self.to)
    }
}

/// What is mapped, for a message.
impl PortMapping {
    pub(super) fn source(&self) -> String {
        std::format!("port {}{}", self.transport.name(), self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_other_lengths() {
        let mapped = |mapping: &str, address: &str| {
            mapping.parse::<PrefixMapping>().unwrap().apply(address.parse().unwrap()).unwrap().to_string()
        };
        assert_eq!(mapped("10.0.0.0/24=172.16.0.0/16", "10.0.0.9"), "172.16.0.9");
        assert_eq!(mapped("10.0.0.0/8=192.0.2.0/24", "10.7.8.9"), "192.0.2.9");
        assert_eq!(mapped("0.0.0.0/0=10.0.0.0/8", "1.2.3.4"), "10.2.3.4");
        assert_eq!(mapped("10.0.0.1=10.0.0.2", "10.0.0.1"), "10.0.0.2");
        assert_eq!(mapped("2001:db8::/32=fd00::/32", "2001:db8:1::9"), "fd00:0:1::9");
    }

    #[test]
    fn what_is_no_mapping_is_refused_with_the_reason() {
        let why = |text: &str| text.parse::<PrefixMapping>().unwrap_err().to_string();
        assert_eq!(why("10.0.0.0/8"), "10.0.0.0/8=172.0.0.0/8 is expected");
        assert_eq!(why("10.0.0.0/8=::/8"), "one side is IPv4, the other IPv6");
        assert_eq!(why("10.0.0.0/33=11.0.0.0/8"), "33 is not the length of a prefix");
        assert_eq!(why("10.0.0.0/+8=11.0.0.0/8"), "+8 is not the length of a prefix");
        assert_eq!(why("10.0.0/8=11.0.0.0/8"), "10.0.0 is not an IP address");
        assert_eq!("80=x".parse::<PortMapping>().unwrap_err().to_string(), "x is not a port");
        assert_eq!("80=65536".parse::<PortMapping>().unwrap_err().to_string(), "65536 is not a port");
        assert_eq!("1=2".parse::<MacMapping>().unwrap_err().to_string(), "1 is not a MAC address");
    }
}
