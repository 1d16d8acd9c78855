//! Code that exists with the feature `serde` alone.

/// Expands to its contents if this crate has the feature `serde`, whatever features the crate has that uses the macro.
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! if_serde {
    ($($code:tt)*) => { $($code)* };
}

/// Expands to its contents if this crate has the feature `serde`, whatever features the crate has that uses the macro.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! if_serde {
    ($($code:tt)*) => {};
}

pub use if_serde;
