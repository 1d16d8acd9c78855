//! The `flags!` macro.

use super::kind::Flag;
use core::fmt;

/// Declares a number of which some bits have names. Bits without a name keep their values.
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal, $text:literal, $filter:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub $repr);
        impl $name {
            $($(#[$vmeta])* pub const $var: Self = Self($val);)+
            /// Every bit that has a name.
            pub const FLAGS: &'static [$crate::wire::Flag] = &[
                $($crate::wire::Flag { mask: $val, name: $text, filter: $filter }),+
            ];
            /// Tells whether all bits of `other` are set.
            #[inline]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }
        /// The names of the flags that are set: `SYN | ACK`. Bits without a name follow as a number.
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::debug_flags(self.0.into(), Self::FLAGS, f)
            }
        }
        impl core::ops::BitOr for $name {
            type Output = Self;
            #[inline]
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
        impl $crate::wire::WireValue for $name {
            const MAX_BITS: usize = <$repr>::BITS as usize;
            const KIND: $crate::wire::Kind = $crate::wire::Kind::Flags(Self::FLAGS);
            #[inline(always)]
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                Self(<$repr as $crate::wire::WireValue>::get(buf, bits))
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                <$repr as $crate::wire::WireValue>::put(self.0, buf, bits)
            }
            #[inline(always)]
            fn number(self) -> u64 {
                self.0.into()
            }
        }
        $crate::wire::wire_codecs!($name);
    };
}

/// Writes the names of the flags that are set, and the bits without a name as a number.
pub(crate) fn debug_flags(bits: u64, flags: &[Flag], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut left = bits;
    for flag in flags.iter().filter(|flag| bits & flag.mask == flag.mask) {
        f.write_str(if left == bits { "" } else { " | " })?;
        f.write_str(flag.name)?;
        left &= !flag.mask;
    }
    match (left, left == bits) {
        (0, false) => Ok(()),
        (0, true) => f.write_str("0"),
        (left, true) => write!(f, "{left:#x}"),
        (left, false) => write!(f, " | {left:#x}"),
    }
}

pub(crate) use flags;
