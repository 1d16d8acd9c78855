//! The key that the fragments of one datagram share.

use super::network::Network;
use crate::proto::{Ipv4, Ipv6};
use core::fmt;
use core::hash::Hash;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The key that the fragments of one datagram share.
///
/// IPv4: source, destination, protocol and identification. IPv6: source, destination and identification, since only the
/// next header of the first fragment counts (RFC 8200 §4.5). And in both the network that the fragments came by.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::ip::*;
/// use packetsmith::{Ipv4, Stack};
/// use packetsmith::proto::ip::Ipv4Flags;
/// let fragment = |offset, flags, payload: &[u8]| {
///     let header = Ipv4::build().identification(7).fragment_offset(offset).flags(flags).protocol(253.into());
///     Stack::new().push(header).payload(payload).finish().unwrap()
/// };
/// let (first, last) = (fragment(0, Ipv4Flags::MORE_FRAGMENTS, &[1; 16]), fragment(2, Ipv4Flags(0), &[2; 8]));
/// let mut reassembler = Reassembler::new(Settings::default());
///
/// reassembler.push(&last, 4, Duration::ZERO, &mut |_| {});
/// reassembler.finish(&mut |lost| {
///     assert_eq!(lost.key().to_string(), "0.0.0.0 > 0.0.0.0, identification 0x0007, protocol 253");
/// });
/// ```
#[derive(Clone, Copy, Eq, Hash)]
#[allow(clippy::derived_hash_with_manual_eq)] // Both cover all fields.
pub struct Key {
    /// Source and destination, most significant word first; both IPv4 addresses are in the first word.
    addresses: [u64; 4],
    identification: u32,
    /// Protocol of the payload; `None` in IPv6, where it is not part of the key.
    protocol: Option<u8>,
    network: Network,
}

impl Key {
    #[inline(always)]
    pub(super) fn ipv4(header: &Ipv4<&[u8; 20]>, protocol: u8, network: Network) -> Self {
        let (source, destination) = (u32::from(header.src()), u32::from(header.dst()));
        Key {
            addresses: [u64::from(source) << 32 | u64::from(destination), 0, 0, 0],
            identification: header.identification().into(),
            protocol: Some(protocol),
            network,
        }
    }

    #[inline]
    pub(super) fn ipv6(header: &Ipv6<&[u8; 40]>, identification: u32, network: Network) -> Self {
        let (source, destination) = (u128::from(header.src()), u128::from(header.dst()));
        let addresses = [(source >> 64) as u64, source as u64, (destination >> 64) as u64, destination as u64];
        Key { addresses, identification, protocol: None, network }
    }

    #[inline]
    pub(super) fn is_ipv4(&self) -> bool {
        self.protocol.is_some()
    }

    /// Source and destination.
    pub fn addresses(&self) -> (IpAddr, IpAddr) {
        let [a, b, c, d] = self.addresses;
        let four = |word: u64| IpAddr::V4(Ipv4Addr::from(word as u32));
        let six = |high: u64, low: u64| IpAddr::V6(Ipv6Addr::from(u128::from(high) << 64 | u128::from(low)));
        if self.is_ipv4() { (four(a >> 32), four(a)) } else { (six(a, b), six(c, d)) }
    }

    /// Identification; 16 bits in IPv4.
    pub fn identification(&self) -> u32 {
        self.identification
    }

    /// The network that the fragments came by.
    pub fn network(&self) -> Network {
        self.network
    }

    /// Protocol number of the payload; `None` in IPv6, where it is not part of the key.
    pub fn protocol(&self) -> Option<u8> {
        self.protocol
    }
}

/// Compares word by word, out of order. Otherwise the compiler compares vectors, and loading a vector of a key that was
/// just written has to wait until its words have left the store buffer.
impl PartialEq for Key {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.identification == other.identification
            && [0, 2, 1, 3].into_iter().all(|word| self.addresses[word] == other.addresses[word])
            && self.protocol == other.protocol
            && self.network == other.network
    }
}

/// `10.0.0.1 > 10.0.0.2, identification 0x1234, protocol 17`
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (source, destination) = self.addresses();
        match self.protocol() {
            Some(protocol) => {
                let id = self.identification();
                write!(f, "{source} > {destination}, identification 0x{id:04x}, protocol {protocol}")
            }
            None => write!(f, "{source} > {destination}, identification 0x{:08x}", self.identification()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}
