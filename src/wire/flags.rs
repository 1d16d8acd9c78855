//! The `flags!` macro.

use super::kind::Flag;
use super::wire_value::WireValue;
use core::marker::PhantomData;

/// A set of flags: a number of which some bits have names. `flags!` implements it.
///
/// ```
/// use packetsmith::proto::transport::TcpFlags;
/// use packetsmith::wire::FlagSet;
/// fn names<F: FlagSet>(set: F) -> Vec<&'static str> {
///     F::FLAGS.iter().filter(|flag| set.number() & flag.mask != 0).map(|flag| flag.name).collect()
/// }
/// assert_eq!(names(TcpFlags::SYN | TcpFlags::ACK), ["ACK", "SYN"]);
/// ```
pub trait FlagSet: WireValue {
    /// Every bit that has a name.
    const FLAGS: &'static [Flag];
    /// The set with these bits. Bits that the type does not have are cut off.
    fn from_number(number: u64) -> Self;
}

/// Iterator over the flags of a set: those with a name, in the order of the table. Bits without a name come last, together.
///
/// ```
/// use packetsmith::proto::transport::TcpFlags;
/// let flags = TcpFlags::SYN | TcpFlags::ACK;
/// assert!(flags.into_iter().eq([TcpFlags::ACK, TcpFlags::SYN]));
/// assert_eq!(flags.iter().collect::<TcpFlags>(), flags);
/// ```
#[derive(Clone, Debug)]
pub struct FlagIter<T> {
    flags: &'static [Flag],
    rest: u64,
    set: PhantomData<T>,
}

impl<T: FlagSet> FlagIter<T> {
    #[doc(hidden)]
    pub fn new(set: T) -> Self {
        FlagIter { flags: T::FLAGS, rest: set.number(), set: PhantomData }
    }

    /// The names of the flags. A bit without a name is left out.
    ///
    /// ```
    /// use packetsmith::proto::ip::Ipv4Flags;
    /// assert!(Ipv4Flags::DONT_FRAGMENT.iter().names().eq(["DF"]));
    /// ```
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.flags.iter().filter(move |flag| self.rest & flag.mask == flag.mask).map(|flag| flag.name)
    }
}

impl<T: FlagSet> Iterator for FlagIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        while let [flag, rest @ ..] = self.flags {
            self.flags = rest;
            if self.rest & flag.mask == flag.mask {
                self.rest &= !flag.mask;
                return Some(T::from_number(flag.mask));
            }
        }
        let unnamed = core::mem::take(&mut self.rest);
        (unnamed != 0).then(|| T::from_number(unnamed))
    }
}

/// Declares a number of which some bits have names. Bits without a name keep their values.
///
/// `!` inverts all bits of the number, those without a name too: `flags & !SYN` keeps every other bit, and so does
/// `flags - SYN`. `Display` writes `SYN | ACK`, which `FromStr` reads.
///
/// ```
/// packetsmith::flags! {
///     /// What a lamp does.
///     pub struct LampFlags: u8 {
///         /// It is on.
///         ON = 0x80, "on", "lamp.on";
///         /// It blinks.
///         BLINKS = 0x01, "blinks", "lamp.blinks";
///     }
/// }
/// let flags = LampFlags::ON | LampFlags::BLINKS;
/// assert!(flags.contains(LampFlags::ON));
/// assert_eq!((flags.0, flags.to_string()), (0x81, "on | blinks".to_string()));
/// ```
#[macro_export]
macro_rules! flags {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal, $text:literal, $filter:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Copy, Default, PartialEq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $repr);
        impl Eq for $name {}
        impl Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
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
            /// Tells whether any bit of `other` is set.
            #[inline]
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }
            /// The set without flags.
            #[inline]
            pub const fn empty() -> Self {
                Self(0)
            }
            /// The set of every flag with a name.
            #[inline]
            pub const fn all() -> Self {
                Self(0 $(| $val)+)
            }
            /// Tells whether no bit is set.
            #[inline]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }
            /// The flags that are set, each as a set of its own. Bits without a name come last, together.
            #[inline]
            pub fn iter(self) -> $crate::wire::FlagIter<Self> {
                $crate::wire::FlagIter::new(self)
            }
        }
        impl $crate::wire::FlagSet for $name {
            const FLAGS: &'static [$crate::wire::Flag] = Self::FLAGS;
            #[inline]
            fn from_number(number: u64) -> Self {
                Self(number as $repr)
            }
        }
        $crate::wire::macro_support::flag_operators!($name: BitOr bitor |, BitAnd bitand &, BitXor bitxor ^;
            BitOrAssign bitor_assign |=, BitAndAssign bitand_assign &=, BitXorAssign bitxor_assign ^=);
        impl core::ops::Not for $name {
            type Output = Self;
            #[inline]
            fn not(self) -> Self {
                Self(!self.0)
            }
        }
        impl core::ops::Sub for $name {
            type Output = Self;
            #[inline]
            fn sub(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }
        }
        impl core::ops::SubAssign for $name {
            #[inline]
            fn sub_assign(&mut self, other: Self) {
                self.0 &= !other.0
            }
        }
        impl IntoIterator for $name {
            type Item = Self;
            type IntoIter = $crate::wire::FlagIter<Self>;
            #[inline]
            fn into_iter(self) -> $crate::wire::FlagIter<Self> {
                self.iter()
            }
        }
        impl FromIterator<$name> for $name {
            fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
                sets.into_iter().fold(Self(0), |all, set| Self(all.0 | set.0))
            }
        }
        impl Extend<$name> for $name {
            fn extend<I: IntoIterator<Item = Self>>(&mut self, sets: I) {
                sets.into_iter().for_each(|set| self.0 |= set.0)
            }
        }
        impl core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::show_flags(Self::FLAGS, self.0 as u64, f)
            }
        }
        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::debug_flags(stringify!($name), Self::FLAGS, self.0 as u64, f)
            }
        }
        impl core::str::FromStr for $name {
            type Err = $crate::wire::ValueError;
            #[inline]
            fn from_str(text: &str) -> Result<Self, $crate::wire::ValueError> {
                $crate::wire::macro_support::parse_flags(Self::FLAGS, <$repr>::MAX as u64, text, |number| Self(number as $repr))
            }
        }
        impl From<$repr> for $name {
            #[inline]
            fn from(bits: $repr) -> Self {
                Self(bits)
            }
        }
        impl From<$name> for $repr {
            #[inline]
            fn from(set: $name) -> Self {
                set.0
            }
        }
        impl From<$name> for $crate::wire::macro_support::Value<'_> {
            #[inline]
            fn from(set: $name) -> Self {
                Self::Uint(set.0 as u64)
            }
        }
        impl $crate::wire::WireValue for $name {
            const MAX_BITS: usize = <$repr>::BITS as usize;
            const KIND: $crate::wire::macro_support::Kind = $crate::wire::macro_support::Kind::Flags(Self::FLAGS);
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
                self.0 as u64
            }
        }
        $crate::wire::macro_support::wire_codecs!($name);
    };
}

/// The operators of two sets of flags.
#[doc(hidden)]
#[macro_export]
macro_rules! flag_operators {
    ($name:ident: $($trait:ident $method:ident $operator:tt),+; $($assign:ident $assign_method:ident $assign_operator:tt),+) => {
        $(impl core::ops::$trait for $name {
            type Output = Self;
            #[inline]
            fn $method(self, other: Self) -> Self {
                Self(self.0 $operator other.0)
            }
        })+
        $(impl core::ops::$assign for $name {
            #[inline]
            fn $assign_method(&mut self, other: Self) {
                self.0 $assign_operator other.0
            }
        })+
    };
}

pub use {flag_operators, flags};
