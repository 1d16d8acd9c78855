//! IP addresses: Crypto-PAn, with or without special addresses.

use super::key::AnonymisationKey;
use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::HashMap;

/// What becomes of special addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpecialAddresses {
    /// Special addresses stay what they are, and no other address becomes special. Prefixes are kept all the same: the bits
    /// that lead to a special block are not changed, and all others are those of Crypto-PAn.
    ///
    /// | IPv4 | |
    /// |---|---|
    /// | `0.0.0.0/8`, `127.0.0.0/8`, `224.0.0.0/24`, `255.255.255.255` | stay as they are |
    /// | `169.254.0.0/16`, `224.0.0.0/4`, `232.0.0.0/8`, `239.0.0.0/8`, `240.0.0.0/4` | keep the prefix |
    ///
    /// | IPv6 | |
    /// |---|---|
    /// | `::`, `::1`, `ff00::/12` (assigned groups) | stay as they are |
    /// | `fe80::/64`, `fe80::/10`, `fc00::/8`, `fd00::/8`, `ff02::1:ff00:0/104` | keep the prefix |
    /// | `ff00::/8` | keeps flags and scope, the first 16 bits |
    /// | `::ffff:0:0/96`, `64:ff9b::/96` | keep the prefix; the IPv4 address in it becomes what it is alone |
    ///
    /// So something is told of addresses beside a special block: of `1.0.0.0/8`, which is beside `0.0.0.0/8`, the first 8
    /// bits stay; of `192.168.0.0/16`, the first three.
    #[default]
    Kept,
    /// Special addresses are like all others: exactly Crypto-PAn. An address can become a multicast address.
    Mixed,
}

/// Anonymises IP addresses, and keeps prefixes: Crypto-PAn with AES-128.
///
/// Each address becomes another one, and no two the same. The last 65,536 addresses of each version are remembered, for they
/// take 32 or 128 encryptions.
///
/// ```
/// use packetsmith::anonymise::{AnonymisationKey, IpAnonymiser, SpecialAddresses};
/// // The sample of the original distribution.
/// let key = [
///     21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16, 216, 152, 143, 131, 121, 121, 101, 39, 98, 87,
///     76, 45, 42, 132, 34, 2,
/// ];
/// let mut anonymiser = IpAnonymiser::new(&AnonymisationKey::new(key), SpecialAddresses::Mixed);
/// assert_eq!(anonymiser.ipv4([128, 11, 68, 132].into()).octets(), [135, 242, 180, 132]);
/// ```
pub struct IpAnonymiser {
    cipher: Aes128,
    pad: u128,
    special: SpecialAddresses,
    seen_v4: HashMap<u32, u32>,
    seen_v6: HashMap<u128, u128>,
}

/// What becomes of special addresses. The key is left out.
impl fmt::Debug for IpAnonymiser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IpAnonymiser").field("special", &self.special).finish_non_exhaustive()
    }
}

/// Most addresses of a version that are remembered.
const MOST_SEEN: usize = 1 << 16;

/// A block of special addresses: its first address in the upper bits, and the length of its prefix.
struct SpecialBlock {
    first: u128,
    bits: u32,
    rest: RestOfBlock,
}

/// What becomes of the bits after the prefix.
#[derive(PartialEq)]
enum RestOfBlock {
    Stays,
    Changes,
}

const fn v4(octets: [u8; 4], bits: u32, rest: RestOfBlock) -> SpecialBlock {
    SpecialBlock { first: (u32::from_be_bytes(octets) as u128) << 96, bits, rest }
}

const fn v6(groups: [u16; 8], bits: u32, rest: RestOfBlock) -> SpecialBlock {
    let [a, b, c, d, e, f, g, h] = groups;
    SpecialBlock { first: Ipv6Addr::new(a, b, c, d, e, f, g, h).to_bits(), bits, rest }
}

const SPECIAL_V4: [SpecialBlock; 9] = [
    v4([0, 0, 0, 0], 8, RestOfBlock::Stays),
    v4([127, 0, 0, 0], 8, RestOfBlock::Stays),
    v4([169, 254, 0, 0], 16, RestOfBlock::Changes),
    v4([224, 0, 0, 0], 4, RestOfBlock::Changes),
    v4([224, 0, 0, 0], 24, RestOfBlock::Stays),
    v4([232, 0, 0, 0], 8, RestOfBlock::Changes),
    v4([239, 0, 0, 0], 8, RestOfBlock::Changes),
    v4([240, 0, 0, 0], 4, RestOfBlock::Changes),
    v4([255, 255, 255, 255], 32, RestOfBlock::Stays),
];

const SPECIAL_V6: [SpecialBlock; 9] = [
    v6([0, 0, 0, 0, 0, 0, 0, 0], 127, RestOfBlock::Stays),
    MAPPED,
    TRANSLATED,
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 64, RestOfBlock::Changes),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 8, RestOfBlock::Changes),
    v6([0xfd00, 0, 0, 0, 0, 0, 0, 0], 8, RestOfBlock::Changes),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, RestOfBlock::Changes),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 12, RestOfBlock::Stays),
    v6([0xff02, 0, 0, 0, 0, 1, 0xff00, 0], 104, RestOfBlock::Changes),
];

/// IPv4 addresses in IPv6: mapped ones, and those of translators (RFC 6052).
const MAPPED: SpecialBlock = v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, RestOfBlock::Changes);
const TRANSLATED: SpecialBlock = v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, RestOfBlock::Changes);
/// Solicited-node addresses: they end with bits of the address that is asked for.
const SOLICITED_NODE: &SpecialBlock = &SPECIAL_V6[8];
const MULTICAST_V6: &SpecialBlock = &SPECIAL_V6[6];

/// The first bits of a number.
const fn first_bits(bits: u32) -> u128 {
    match bits {
        0 => 0,
        bits => u128::MAX << (128 - bits),
    }
}

impl SpecialBlock {
    const fn has(&self, address: u128) -> bool {
        (address ^ self.first) & first_bits(self.bits) == 0
    }

    /// The bits of an address that must stay for this block to stay: those that lead to it. The address leaves the way with
    /// the first bit in which it differs, and that bit must stay too.
    fn kept_bits(&self, address: u128) -> u128 {
        match self.rest {
            RestOfBlock::Stays if self.has(address) => u128::MAX,
            _ => first_bits(self.bits.min((address ^ self.first).leading_zeros() + 1)),
        }
    }
}

/// The bits of an address that stay.
fn kept(blocks: &[SpecialBlock], address: u128) -> u128 {
    if SOLICITED_NODE.has(address) {
        return first_bits(SOLICITED_NODE.bits);
    }
    let more = if MULTICAST_V6.has(address) { first_bits(16) } else { 0 };
    blocks.iter().fold(more, |kept, block| kept | block.kept_bits(address))
}

impl IpAnonymiser {
    /// An anonymiser with this key.
    pub fn new(key: &AnonymisationKey, special: SpecialAddresses) -> Self {
        let [mut secret, mut pad] = [[0; 16]; 2];
        secret.copy_from_slice(&key.0[..16]);
        pad.copy_from_slice(&key.0[16..]);
        let cipher = Aes128::new(&Array(secret));
        let mut block = Array(pad);
        cipher.encrypt_block(&mut block);
        let (seen_v4, seen_v6) = (HashMap::new(), HashMap::new());
        IpAnonymiser { cipher, pad: u128::from_be_bytes(block.0), special, seen_v4, seen_v6 }
    }

    /// The address that takes the place of this one.
    pub fn ip(&mut self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(address) => self.ipv4(address).into(),
            IpAddr::V6(address) => self.ipv6(address).into(),
        }
    }

    /// The address that takes the place of this one. Its first bits depend on the first bits of this one alone, so that a
    /// prefix can be anonymised by anonymising any address in it.
    pub fn ipv4(&mut self, address: Ipv4Addr) -> Ipv4Addr {
        if let Some(known) = self.seen_v4.get(&address.to_bits()) {
            return Ipv4Addr::from_bits(*known);
        }
        let wide = u128::from(address.to_bits()) << 96;
        let kept = match self.special {
            SpecialAddresses::Kept => kept_v4(wide),
            SpecialAddresses::Mixed => 0,
        };
        let anonymised = ((wide ^ self.flips(wide, 32) & !kept) >> 96) as u32;
        if self.seen_v4.len() >= MOST_SEEN {
            self.seen_v4.clear();
        }
        self.seen_v4.insert(address.to_bits(), anonymised);
        Ipv4Addr::from_bits(anonymised)
    }

    /// The address that takes the place of this one, see [`ipv4`](Self::ipv4).
    pub fn ipv6(&mut self, address: Ipv6Addr) -> Ipv6Addr {
        let wide = address.to_bits();
        if let Some(known) = self.seen_v6.get(&wide) {
            return Ipv6Addr::from_bits(*known);
        }
        let anonymised = match self.special {
            SpecialAddresses::Mixed => wide ^ self.flips(wide, 128),
            SpecialAddresses::Kept if MAPPED.has(wide) || TRANSLATED.has(wide) => {
                let inner = self.ipv4(Ipv4Addr::from_bits(wide as u32));
                wide & first_bits(96) | u128::from(inner.to_bits())
            }
            SpecialAddresses::Kept => wide ^ self.flips(wide, 128) & !kept(&SPECIAL_V6, wide),
        };
        if self.seen_v6.len() >= MOST_SEEN {
            self.seen_v6.clear();
        }
        self.seen_v6.insert(wide, anonymised);
        Ipv6Addr::from_bits(anonymised)
    }

    /// The bits of an address that are inverted: for each of the first `bits` bits, the first bit of what becomes of the bits
    /// before it, filled up with the padding, when it is encrypted.
    fn flips(&self, address: u128, bits: u32) -> u128 {
        let mut flips = 0;
        let mut at = 0;
        while at < bits {
            let mut blocks = [Array([0; 16]); 16];
            for (n, block) in (at..).zip(&mut blocks) {
                block.0 = (address & first_bits(n) | self.pad & !first_bits(n)).to_be_bytes();
            }
            self.cipher.encrypt_blocks(&mut blocks);
            for (n, block) in (at..).zip(&blocks) {
                flips |= u128::from(block.0[0] >> 7) << (127 - n);
            }
            at += 16;
        }
        flips
    }
}

/// The bits of an IPv4 address, in the upper bits, that stay.
fn kept_v4(wide: u128) -> u128 {
    SPECIAL_V4.iter().fold(0, |kept, block| kept | block.kept_bits(wide))
}
