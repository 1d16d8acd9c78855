//! MAC addresses: a permutation that keeps what kind of address it is.

use super::key::AnonymisationKey;
use crate::wire::MacAddr;
use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use core::fmt;
use std::collections::HashMap;

/// What becomes of the first three bytes of a MAC address, which tell the vendor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VendorPrefix {
    /// They are anonymised as the rest is.
    #[default]
    Changed,
    /// They stay.
    Kept,
}

/// Anonymises MAC addresses. Each becomes another one, and no two the same. The group bit and the local bit stay.
///
/// As they are stay: zero, broadcast, and addresses of groups that are assigned, such as those of bridges (`01:80:c2`), Cisco
/// (`01:00:0c:cc`) and well-known groups of IPv4 and IPv6. Other addresses of IP groups keep the prefix `01:00:5e` or `33:33`.
///
/// The permutation is a Feistel network of ten rounds whose round function is AES-128. Unlike
/// [`IpAnonymiser`](super::IpAnonymiser), it does not tell which addresses are near to each other.
///
/// ```
/// use packetsmith::MacAddr;
/// use packetsmith::anonymise::{AnonymisationKey, MacAnonymiser, VendorPrefix};
/// let mut anonymiser = MacAnonymiser::new(&AnonymisationKey::new([7; 32]), VendorPrefix::Kept);
/// let mac = anonymiser.mac(MacAddr([0x00, 0x1b, 0x21, 1, 2, 3]));
/// assert_eq!(mac.oui(), [0x00, 0x1b, 0x21]);
/// assert_ne!(mac.0[3..], [1, 2, 3]);
/// assert_eq!(anonymiser.mac(MacAddr::BROADCAST), MacAddr::BROADCAST);
/// ```
pub struct MacAnonymiser {
    cipher: Aes128,
    vendor: VendorPrefix,
    seen: HashMap<MacAddr, MacAddr>,
}

/// What becomes of the vendor. The key is left out.
impl fmt::Debug for MacAnonymiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MacAnonymiser").field("vendor", &self.vendor).finish_non_exhaustive()
    }
}

/// Most addresses that are remembered.
const MOST_SEEN: usize = 1 << 16;

/// Group and local bit, in an address of 48 bits.
const KIND_BITS: u64 = 0x0300_0000_0000;

impl MacAnonymiser {
    /// An anonymiser with this key.
    pub fn new(key: &AnonymisationKey, vendor: VendorPrefix) -> Self {
        // Another key than that of IP addresses, so that what is encrypted for one is none of the other's.
        let mut secret = [0; 16];
        let derived = hmac_sha256::HMAC::mac(b"packetsmith MAC addresses", key.0);
        secret.copy_from_slice(&derived[..16]);
        MacAnonymiser { cipher: Aes128::new(&Array(secret)), vendor, seen: HashMap::new() }
    }

    /// The address that takes the place of this one.
    pub fn mac(&mut self, address: MacAddr) -> MacAddr {
        if let Some(known) = self.seen.get(&address) {
            return *known;
        }
        let anonymised = self.anonymised(address);
        if self.seen.len() >= MOST_SEEN {
            self.seen.clear();
        }
        self.seen.insert(address, anonymised);
        anonymised
    }

    fn anonymised(&self, address: MacAddr) -> MacAddr {
        let [a, b, c, d, e, f] = address.0;
        let number = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        // How many of the last bits change.
        let bits = match address.0 {
            [0, 0, 0, 0, 0, 0] | [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => return address,
            [0x01, 0x80, 0xc2, ..] | [0x01, 0x00, 0x0c, 0xcc | 0xcd, ..] | [0x01, 0x1b, 0x19, ..] => return address,
            [0x01, 0x0c, 0xcd, ..] | [0x01, 0x00, 0x5e, 0, 0, _] | [0x33, 0x33, 0, 0 | 1, ..] => return address,
            [0x01, 0x00, 0x5e, ..] => 23,
            // A solicited-node address ends with bits of the address that is asked for.
            [0x33, 0x33, 0xff, ..] => 24,
            [0x33, 0x33, ..] => 32,
            _ if self.vendor == VendorPrefix::Kept => 24,
            _ => {
                // The two bits of the first byte that stay are put before all others.
                let low = number >> 42 << 40 | number & 0xff_ffff_ffff;
                let changed = self.permuted(low, 46, number & KIND_BITS);
                let number = changed >> 40 << 42 | number & KIND_BITS | changed & 0xff_ffff_ffff;
                return mac_of(number);
            }
        };
        let mask = (1 << bits) - 1;
        mac_of(number & !mask | self.permuted(number & mask, bits, number & !mask))
    }

    /// A permutation of numbers of so many bits. `fixed` tells it from those of other prefixes.
    fn permuted(&self, number: u64, bits: u32, fixed: u64) -> u64 {
        let lower = bits / 2;
        let (mut left, mut right) = (number >> lower, number & ((1 << lower) - 1));
        let (mut left_bits, mut right_bits) = (bits - lower, lower);
        for round in 0..10_u8 {
            let mut block = [0; 16];
            block[..8].copy_from_slice(&(fixed << 8 | u64::from(bits)).to_be_bytes());
            block[8] = round;
            block[9..].copy_from_slice(&right.to_be_bytes()[1..]);
            let mut block = Array(block);
            self.cipher.encrypt_block(&mut block);
            let [a, b, c, d, e, f, g, h, ..] = block.0;
            let changed = left ^ u64::from_be_bytes([a, b, c, d, e, f, g, h]) & ((1 << left_bits) - 1);
            (left, right) = (right, changed);
            (left_bits, right_bits) = (right_bits, left_bits);
        }
        left << right_bits | right
    }
}

fn mac_of(number: u64) -> MacAddr {
    let [_, _, bytes @ ..] = number.to_be_bytes();
    MacAddr(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_addresses_become_the_same() {
        for vendor in [VendorPrefix::Changed, VendorPrefix::Kept] {
            let mut anonymiser = MacAnonymiser::new(&AnonymisationKey::new([3; 32]), vendor);
            let all: HashSet<MacAddr> = (0..100_000_u32)
                .map(|n| {
                    let [a, b, c, d] = n.wrapping_mul(0x9e37_79b1).to_be_bytes();
                    let before = MacAddr([(n % 4) as u8, 0x16, a, b, c, d]);
                    let after = anonymiser.mac(before);
                    assert_eq!((before.is_group(), before.is_local()), (after.is_group(), after.is_local()));
                    assert!(vendor == VendorPrefix::Changed || before.oui() == after.oui());
                    after
                })
                .collect();
            assert_eq!(all.len(), 100_000);
        }
    }

    #[test]
    fn addresses_of_groups_keep_their_kind() {
        let mut anonymiser = MacAnonymiser::new(&AnonymisationKey::new([3; 32]), VendorPrefix::Changed);
        for kept in [[0x33, 0x33, 0, 0, 0, 0xfb], [0x01, 0x80, 0xc2, 0, 0, 0], [0x01, 0, 0x5e, 0, 0, 0xfb], [0; 6]] {
            assert_eq!(anonymiser.mac(MacAddr(kept)), MacAddr(kept));
        }
        let solicited = anonymiser.mac(MacAddr([0x33, 0x33, 0xff, 1, 2, 3]));
        assert!(solicited.0.starts_with(&[0x33, 0x33, 0xff]) && solicited.0[3..] != [1, 2, 3]);
        let group = anonymiser.mac(MacAddr([0x01, 0, 0x5e, 0x7f, 2, 3]));
        assert!(group.0.starts_with(&[0x01, 0, 0x5e]) && group.0[3] < 0x80 && group.0[3..] != [0x7f, 2, 3]);
    }
}
