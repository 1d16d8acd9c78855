//! The `registry!` macro.

/// Declares an enum of numbers and names, with `Unknown(n)` for all others, so that no number is
/// ever lost.
///
/// `Display` writes the name, or the number if it has none. `FromStr` reads either. Numbers decide order and hash.
///
/// ```
/// packetsmith::registry! {
///     /// Colours of lamps.
///     pub enum Lamp: u8 {
///         Red = 1 "red",
///         Green = 2 "green",
///     }
/// }
/// assert_eq!((Lamp::from(2), u8::from(Lamp::Red)), (Lamp::Green, 1));
/// assert_eq!(("red".parse(), Lamp::from(9).to_string()), (Ok(Lamp::Red), "9".to_string()));
/// ```
#[macro_export]
macro_rules! registry {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $repr:ty { $($(#[$vmeta:meta])* $var:ident = $val:literal $text:literal),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Copy, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = $text] $(#[$vmeta])* $var,)+
            /// A number that the registry has no name for. Made by `From` alone, so that a number with a name is not here.
            Unknown($crate::wire::UnknownNumber<$repr>),
        }
        impl Eq for $name {}
        impl Clone for $name {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
        impl core::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let number = <$repr>::from(*self) as u64;
                $crate::wire::macro_support::debug_registry(number, Self::REGISTRY.entries, &[$(stringify!($var)),+], f)
            }
        }
        impl core::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                $crate::wire::macro_support::show_number(Self::REGISTRY, <$repr>::from(*self) as u64, f)
            }
        }
        impl core::str::FromStr for $name {
            type Err = $crate::wire::ValueError;
            #[inline]
            fn from_str(text: &str) -> Result<Self, $crate::wire::ValueError> {
                $crate::wire::macro_support::parse_number(Self::REGISTRY, <$repr>::MAX as u64, text, |number| Self::from(number as $repr))
            }
        }
        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                Ord::cmp(&<$repr>::from(*self), &<$repr>::from(*other))
            }
        }
        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(Ord::cmp(self, other))
            }
        }
        impl core::hash::Hash for $name {
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                core::hash::Hash::hash(&<$repr>::from(*self), state)
            }
        }
        impl $name {
            /// Numbers and names of the enum.
            pub const REGISTRY: &'static $crate::wire::Registry = &$crate::wire::Registry::new(&[$(($val, $text)),+]);
            /// The name of the number, if the registry has one.
            #[inline]
            pub fn name(self) -> Option<&'static str> {
                Self::REGISTRY.name(<$repr>::from(self) as u64)
            }
        }
        impl From<$repr> for $name {
            // A number that is given twice is an error here.
            #[deny(unreachable_patterns)]
            #[inline]
            fn from(n: $repr) -> Self {
                match n {
                    $($val => Self::$var,)+
                    n => Self::Unknown($crate::wire::UnknownNumber::of(n)),
                }
            }
        }
        impl From<$name> for $repr {
            #[inline]
            fn from(v: $name) -> Self {
                match v {
                    $($name::$var => $val,)+
                    $name::Unknown(n) => n.number(),
                }
            }
        }
        impl From<$name> for $crate::wire::macro_support::Value<'_> {
            #[inline]
            fn from(v: $name) -> Self {
                Self::Uint(<$repr>::from(v) as u64)
            }
        }
        impl $crate::wire::WireValue for $name {
            const MAX_BITS: usize = <$repr>::BITS as usize;
            const KIND: $crate::wire::macro_support::Kind = $crate::wire::macro_support::Kind::Named(Self::REGISTRY);
            #[inline(always)]
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                Self::from(<$repr as $crate::wire::WireValue>::get(buf, bits))
            }
            #[inline(always)]
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                <$repr as $crate::wire::WireValue>::put(<$repr>::from(self), buf, bits)
            }
            #[inline(always)]
            fn number(self) -> u64 {
                <$repr>::from(self) as u64
            }
        }
        $crate::wire::macro_support::wire_codecs!($name);
    };
}

/// Writes the identifier of a number, as `Debug` does for the variants of an enum. `idents` has those of the numbers of
/// `entries`, in the same order.
pub fn debug_registry(
    number: u64,
    entries: &[(u64, &str)],
    idents: &[&str],
    f: &mut core::fmt::Formatter<'_>,
) -> core::fmt::Result {
    match entries.iter().zip(idents).find(|((known, _), _)| *known == number) {
        Some((_, ident)) => f.write_str(ident),
        None => f.debug_tuple("Unknown").field(&number).finish(),
    }
}

/// A number that a registry has no name for.
///
/// Only the conversion from a number makes one. So `IpProtocol::Unknown` of 6 does not exist beside `IpProtocol::Tcp`.
///
/// ```
/// use packetsmith::proto::ip::IpProtocol;
/// let IpProtocol::Unknown(number) = IpProtocol::from(200) else { panic!() };
/// assert_eq!(number.number(), 200);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownNumber<T>(T);

impl<T: Copy> UnknownNumber<T> {
    /// For the code of `registry!`, which knows the numbers with names.
    #[doc(hidden)]
    #[inline]
    pub const fn of(number: T) -> Self {
        UnknownNumber(number)
    }

    /// The number.
    #[inline]
    pub const fn number(self) -> T {
        self.0
    }
}

impl<T: core::fmt::Debug> core::fmt::Debug for UnknownNumber<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: core::fmt::Display> core::fmt::Display for UnknownNumber<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(f)
    }
}

pub use registry;
