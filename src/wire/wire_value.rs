//! Types that are read from and written to a range of bits.

use super::bits::{get_bits, get_signed, put_bits};
use super::kind::Kind;
use super::mac::MacAddr;
use core::net::Ipv4Addr;
use core::net::Ipv6Addr;
use core::ops::Range;

/// A type that can be read from and written to a range of bits.
///
/// ```
/// use packetsmith::wire::WireValue;
/// assert_eq!(u16::get(&[0x12, 0x34, 0x56], 4..16), 0x234);
/// ```
pub trait WireValue: Copy {
    /// Number of bits that the type holds.
    const MAX_BITS: usize;
    /// How values of the type are shown.
    const KIND: Kind;
    /// Reads the bits `bits` of `buf`, which must hold them.
    fn get(buf: &[u8], bits: Range<usize>) -> Self;
    /// Writes the value to the bits `bits` of `buf`, which must hold them. Higher bits of the value are cut off.
    fn put(self, buf: &mut [u8], bits: Range<usize>);
    /// The value as a number, if it has up to 64 bits.
    fn number(self) -> u64 {
        0
    }
    /// Tells whether `bits` bits can hold the value.
    #[inline(always)]
    fn fits(self, bits: usize) -> bool {
        bits >= 64 || self.number() >> bits == 0
    }
}

macro_rules! wire_uint {
    ($($t:ty),*) => { $(
        impl WireValue for $t {
            const MAX_BITS: usize = <$t>::BITS as usize;
            const KIND: Kind = Kind::Uint;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                get_bits(buf, bits) as $t
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                put_bits(buf, bits, self as u64)
            }
            #[inline(always)]
            fn number(self) -> u64 {
                self.into()
            }
        }
    )* };
}
wire_uint!(u8, u16, u32, u64);

macro_rules! wire_int {
    ($($t:ty),*) => { $(
        impl WireValue for $t {
            const MAX_BITS: usize = <$t>::BITS as usize;
            const KIND: Kind = Kind::Int;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                get_signed(buf, bits) as $t
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                put_bits(buf, bits, self as u64)
            }
            #[inline(always)]
            fn number(self) -> u64 {
                u64::try_from(self).unwrap_or(u64::MAX)
            }
            #[inline(always)]
            fn fits(self, bits: usize) -> bool {
                let unused = 64 - bits.clamp(1, 64);
                (i64::from(self) << unused) >> unused == i64::from(self)
            }
        }
    )* };
}
wire_int!(i8, i16, i32, i64);

impl WireValue for bool {
    const MAX_BITS: usize = 1;
    const KIND: Kind = Kind::Bool;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        get_bits(buf, bits) != 0
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        put_bits(buf, bits, self as u64)
    }
}

impl<const N: usize> WireValue for [u8; N] {
    const MAX_BITS: usize = N * 8;
    const KIND: Kind = Kind::Bytes;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        let mut out = [0; N];
        out.copy_from_slice(&buf[bits.start / 8..bits.end / 8]);
        out
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        buf[bits.start / 8..bits.end / 8].copy_from_slice(&self)
    }
}

macro_rules! wire_bytes {
    ($($t:ty: $n:literal, $kind:ident, $to:expr;)*) => { $(
        impl WireValue for $t {
            const MAX_BITS: usize = $n * 8;
            const KIND: Kind = Kind::$kind;
            #[inline(always)]
            fn get(buf: &[u8], bits: Range<usize>) -> Self {
                <[u8; $n] as WireValue>::get(buf, bits).into()
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: Range<usize>) {
                let to: fn($t) -> [u8; $n] = $to;
                to(self).put(buf, bits)
            }
        }
    )* };
}
wire_bytes! {
    MacAddr: 6, Mac, |a| a.0;
    Ipv4Addr: 4, Ipv4, |a| a.octets();
    Ipv6Addr: 16, Ipv6, |a| a.octets();
}
