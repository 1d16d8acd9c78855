//! The `flags!` macro.

/// Declares a number of which some bits have names. Bits without a name keep their values.
#[macro_export]
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal, $text:literal, $filter:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub $repr);
        impl $name {
            $($(#[$vmeta])* pub const $var: Self = Self($val);)+
            /// Every bit that has a name.
            pub const FLAGS: &'static [$crate::wire::Flag] = &[
                $($crate::wire::Flag::new($val, $text, $filter)),+
            ];
            /// Tells whether all bits of `other` are set.
            #[inline]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
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

pub use flags;
