//! Reading and writing runs of bits.

use core::ops::Range;

/// Reads up to 64 bits, most significant first.
#[inline(always)]
pub fn get_bits(buf: &[u8], bits: Range<usize>) -> u64 {
    let (first, last) = (bits.start / 8, (bits.end - 1) / 8);
    let mut acc = 0u64;
    let mut i = first;
    while i <= last {
        acc = acc << 8 | buf[i] as u64;
        i += 1;
    }
    let shift = (last + 1) * 8 - bits.end;
    (acc >> shift) & (u64::MAX >> (64 - (bits.end - bits.start)))
}

/// Like [`get_bits`], for bits that are not known at compile time: one load of eight bytes if the buffer has them.
#[inline]
pub(super) fn load_bits(buf: &[u8], bits: Range<usize>) -> u64 {
    let at = buf.len().saturating_sub(8).min(bits.start / 8);
    match buf.get(at..).and_then(|bytes| bytes.first_chunk()) {
        Some(bytes) if bits.end <= at * 8 + 64 && !bits.is_empty() => {
            u64::from_be_bytes(*bytes) << (bits.start - at * 8) >> (64 - bits.len())
        }
        _ => get_bits(buf, bits),
    }
}

/// Reads up to 64 bits in two's complement, most significant first.
#[inline(always)]
pub(crate) fn get_signed(buf: &[u8], bits: Range<usize>) -> i64 {
    let unused = 64 - (bits.end - bits.start);
    (get_bits(buf, bits) << unused) as i64 >> unused
}

/// Writes up to 64 bits, most significant first. All other bits keep their values.
#[inline(always)]
pub fn put_bits(buf: &mut [u8], bits: Range<usize>, value: u64) {
    let (first, last) = (bits.start / 8, (bits.end - 1) / 8);
    let shift = (last + 1) * 8 - bits.end;
    let mask = (u64::MAX >> (64 - (bits.end - bits.start))) << shift;
    let value = (value << shift) & mask;
    let mut i = first;
    while i <= last {
        let s = (last - i) * 8;
        buf[i] = (buf[i] & !((mask >> s) as u8)) | (value >> s) as u8;
        i += 1;
    }
}
