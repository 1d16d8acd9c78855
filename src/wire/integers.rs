//! Integers of unusual width or byte order.

use super::bits::{get_bits, put_bits};
use super::kind::Kind;
use super::wire_value::WireValue;
use core::ops::Range;

/// A 32-bit number in little-endian byte order.
///
/// ```
/// use packetsmith::Null;
/// use packetsmith::wire::LittleU32;
/// // A loopback packet of IPv4, captured on a little-endian machine.
/// let (header, packet) = Null::split(&[2, 0, 0, 0, 0x45]).unwrap();
/// assert_eq!(header.family(), LittleU32(2));
/// assert_eq!(packet, [0x45]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LittleU32(pub u32);

impl From<[u8; 4]> for LittleU32 {
    #[inline]
    fn from(bytes: [u8; 4]) -> Self {
        LittleU32(u32::from_le_bytes(bytes))
    }
}

impl WireValue for LittleU32 {
    const MAX_BITS: usize = 32;
    const KIND: Kind = Kind::Little;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        <[u8; 4] as WireValue>::get(buf, bits).into()
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        self.0.to_le_bytes().put(buf, bits)
    }
}

/// A 24-bit number in network byte order.
///
/// ```
/// use packetsmith::wire::{U24, WireValue};
/// let mut buffer = [0xff; 4];
/// U24(0x0a0b0c).put(&mut buffer, 8..32);
/// assert_eq!(buffer, [0xff, 0x0a, 0x0b, 0x0c]);
/// assert_eq!(U24::get(&buffer, 8..32), U24(0x0a0b0c));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct U24(pub u32);

impl WireValue for U24 {
    const MAX_BITS: usize = 24;
    const KIND: Kind = Kind::Uint;
    #[inline(always)]
    fn get(buf: &[u8], bits: Range<usize>) -> Self {
        U24(get_bits(buf, bits) as u32)
    }
    #[inline(always)]
    fn put(self, buf: &mut [u8], bits: Range<usize>) {
        put_bits(buf, bits, self.0.into())
    }
}
crate::wire::wire_codecs!(U24);
