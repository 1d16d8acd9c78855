//! Takes network packets apart and puts them together.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(feature = "capture")]
pub mod capture;
