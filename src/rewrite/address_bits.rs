//! Addresses as numbers whose upper bits are the prefix.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address in the upper bits of a number, and the bits it has.
pub(super) fn wide(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}

/// The address of this many bits in the upper bits of a number.
pub(super) fn narrow(number: u128, bits: u32) -> IpAddr {
    match bits {
        32 => Ipv4Addr::from_bits((number >> 96) as u32).into(),
        _ => Ipv6Addr::from_bits(number).into(),
    }
}

/// The first bits of a number.
pub(super) fn first_bits(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0)
}

/// An address without the bits after its prefix.
pub(super) fn masked(address: IpAddr, bits: u8) -> IpAddr {
    let (number, all) = wide(address);
    narrow(number & first_bits(bits.into()), all)
}
