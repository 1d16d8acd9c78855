//! The Internet checksum (RFC 1071), its incremental update (RFC 1624), and the frame check sequence
//! of IEEE 802.3.

/// Result of verifying an Internet checksum.
///
/// A checksum is good if the sum over all bytes that it covers, including the checksum, is 0xffff. In one's complement
/// 0x0000 and 0xffff are the same number, so both are right if the other bytes sum to zero.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Checksum, examine};
/// assert!(examine(1, &frame).filter_map(|layer| layer.checksum()).all(|state| state == Checksum::Good));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Checksum {
    /// The checksum is right.
    Good,
    /// The checksum is wrong. The number is the right one.
    Bad(u16),
    /// The field is zero: the sender computed no checksum.
    Absent,
    /// Some of the covered bytes are missing, or a length is wrong.
    Unverifiable,
    /// The field holds the sum of the pseudo-header alone. The sender left the rest to its network card, and the packet
    /// was captured before the card completed it.
    Offloaded,
}

/// A running one's-complement sum.
///
/// The sum is kept in 64-bit words of native byte order. The sum of byte-swapped words is the byte-swapped sum, and
/// wider words can be folded at the end (RFC 1071 §2).
///
/// ```
/// use packetsmith::Sum;
/// let header = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
/// assert_eq!(Sum::new().bytes(&header).checksum(), 0x66d7);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum(u64);

impl Sum {
    /// Starts at zero.
    #[inline]
    pub const fn new() -> Self {
        Sum(0)
    }

    /// Adds bytes as 16-bit words in network byte order. Only the last slice added may have an odd number of bytes.
    #[inline]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let (blocks, rest) = bytes.as_chunks::<96>();
        let mut sum = if blocks.is_empty() { 0 } else { sum_of(blocks) };
        let (words, rest) = rest.as_chunks::<8>();
        for word in words {
            sum += u128::from(u64::from_ne_bytes(*word));
        }
        let (words, rest) = rest.as_chunks::<4>();
        for word in words {
            sum += u128::from(u32::from_ne_bytes(*word));
        }
        let (words, rest) = rest.as_chunks::<2>();
        for word in words {
            sum += u128::from(u16::from_ne_bytes(*word));
        }
        if let [last] = *rest {
            sum += u128::from(u16::from_ne_bytes([last, 0]));
        }
        Sum(plus(self.0, plus(sum as u64, (sum >> 64) as u64)))
    }

    /// Adds a number of up to 32 bits.
    #[inline]
    pub const fn number(self, n: u32) -> Self {
        Sum(plus(self.0, n.to_be() as u64))
    }

    /// The sum, folded to 16 bits. It is 0xffff over data with a right checksum.
    #[inline]
    pub const fn value(self) -> u16 {
        u16::from_be(fold(self.0))
    }

    /// The checksum: the complement of the sum.
    #[inline]
    pub const fn checksum(self) -> u16 {
        !self.value()
    }

    /// Verifies the checksum `stored`. The sum must be over all covered bytes, including the checksum.
    pub const fn verify(self, stored: u16) -> Checksum {
        if self.value() == 0xffff {
            return Checksum::Good;
        }
        // Adding the complement subtracts the stored value.
        Checksum::Bad(self.number(!stored as u32).checksum())
    }
}

/// Sums whole blocks of 96 bytes.
///
/// The carries are what costs. 64 bytes of each block are summed in vector lanes of 32 bits, once as they are and once
/// by their upper halves, which gives the carries. The other 32 bytes are summed in ordinary words with the carry flag.
/// The two halves run in parallel.
fn sum_of(blocks: &[[u8; 96]]) -> u128 {
    let mut sum = 0;
    // At most this many blocks, so that the sum of the upper halves fits into 32 bits.
    for blocks in blocks.chunks(1 << 11) {
        let (mut whole, mut upper, mut wide) = ([0u32; 16], [0u32; 16], [0u128; 2]);
        for block in blocks {
            let (words, _) = block.as_chunks::<4>();
            for i in 0..16 {
                let word = u32::from_ne_bytes(words[i]);
                whole[i] = whole[i].wrapping_add(word);
                upper[i] += word >> 16;
            }
            let (words, _) = block[64..].as_chunks::<8>();
            for (i, word) in words.iter().enumerate() {
                wide[i % 2] += u128::from(u64::from_ne_bytes(*word));
            }
        }
        let upper = upper.iter().sum::<u32>();
        let lower = whole.iter().fold(0u32, |sum, word| sum.wrapping_add(*word)).wrapping_sub(upper << 16);
        sum += wide[0] + wide[1] + u128::from(upper) + u128::from(lower);
    }
    sum
}

/// Adds in one's complement: the carry out is added again.
#[inline]
const fn plus(a: u64, b: u64) -> u64 {
    let (sum, carried) = a.overflowing_add(b);
    sum + carried as u64
}

/// Folds a one's-complement sum to 16 bits. Each half is added to the other, so the upper half gets the carry.
#[inline]
const fn fold(sum: u64) -> u16 {
    let sum = (sum.wrapping_add(sum.rotate_left(32)) >> 32) as u32;
    (sum.wrapping_add(sum.rotate_left(16)) >> 16) as u16
}

/// Updates a checksum after a 16-bit word that it covers has changed (RFC 1624, equation 3).
///
/// ```
/// assert_eq!(packetsmith::wire::update_checksum(0xdd2f, 0x5555, 0x3285), 0x0000);
/// ```
#[inline]
pub const fn update_checksum(checksum: u16, old: u16, new: u16) -> u16 {
    !fold(!checksum as u64 + !old as u64 + new as u64)
}

/// CRC-32 of a byte that is followed by 0 to 3 zero bytes.
const CRC: [[u32; 256]; 4] = {
    let mut tables = [[0; 256]; 4];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut i) = (byte as u32, 0);
        while i < 32 {
            crc = crc >> 1 ^ if crc & 1 != 0 { 0xedb8_8320 } else { 0 };
            i += 1;
            if i % 8 == 0 {
                tables[i / 8 - 1][byte] = crc;
            }
        }
        byte += 1;
    }
    tables
};

/// Computes the frame check sequence of a frame: the CRC-32 of IEEE 802.3 §3.2.9, in the order in which its four bytes
/// follow the frame.
///
/// It uses a small table and no CRC crate: the core has few dependencies, and frames are short.
///
/// ```
/// assert_eq!(packetsmith::wire::fcs(b"123456789"), 0xcbf43926u32.to_le_bytes());
/// ```
pub fn fcs(frame: &[u8]) -> [u8; 4] {
    let (words, rest) = frame.as_chunks::<4>();
    let mut crc = !0;
    for &word in words {
        let [a, b, c, d] = (crc ^ u32::from_le_bytes(word)).to_le_bytes().map(usize::from);
        crc = CRC[3][a] ^ CRC[2][b] ^ CRC[1][c] ^ CRC[0][d];
    }
    for &byte in rest {
        crc = crc >> 8 ^ CRC[0][usize::from(crc as u8 ^ byte)];
    }
    (!crc).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_checksum_of_ffff_is_good() {
        // All other words sum to zero, so 0x0000 and 0xffff are both right (RFC 1071 §1).
        assert_eq!(Sum::new().bytes(&[0xff, 0xff, 0x00, 0x00]).verify(0), Checksum::Good);
        assert_eq!(Sum::new().bytes(&[0xff, 0xff, 0xff, 0xff]).verify(0xffff), Checksum::Good);
    }

    #[test]
    fn long_runs_sum_as_short_ones_do() {
        let mut bytes = [0u8; 1211];
        let mut state = 1u32;
        for b in &mut bytes {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            *b = (state >> 24) as u8;
        }
        for len in 0..bytes.len() {
            let plain = bytes[..len].chunks(2).map(|c| u64::from(c[0]) << 8 | u64::from(*c.get(1).unwrap_or(&0))).sum();
            assert_eq!(Sum::new().bytes(&bytes[..len]).value(), fold(plain), "{len} bytes");
        }
    }

    #[test]
    fn no_carry_is_lost_however_much_is_summed() {
        // Each word is the largest, so that every sum carries; a multiple of 65535 is 65535 again.
        let bytes = vec![0xff; 3 * 96 * 2048 + 95];
        assert_eq!(Sum::new().bytes(&bytes).value(), 0xff00);
        assert_eq!(Sum::new().bytes(&bytes[1..]).number(u32::MAX).value(), 0xffff);
    }

    #[test]
    fn a_frame_check_sequence_is_the_same_bit_by_bit() {
        let bytes: [u8; 67] = core::array::from_fn(|i| (i * 37) as u8);
        for len in 0..bytes.len() {
            let crc = bytes[..len].iter().fold(!0u32, |crc, &b| {
                (0..8).fold(crc ^ u32::from(b), |crc, _| crc >> 1 ^ if crc & 1 != 0 { 0xedb8_8320 } else { 0 })
            });
            assert_eq!(fcs(&bytes[..len]), (!crc).to_le_bytes(), "{len} bytes");
        }
    }

    #[test]
    fn a_bad_checksum_names_the_right_one() {
        let mut header = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0x12, 0x34, 10, 0, 0, 1, 10, 0, 0, 2];
        assert_eq!(Sum::new().bytes(&header).verify(0x1234), Checksum::Bad(0x66d7));
        header[10..12].copy_from_slice(&[0x66, 0xd7]);
        assert_eq!(Sum::new().bytes(&header).verify(0x66d7), Checksum::Good);
    }
}
