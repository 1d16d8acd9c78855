//! Anonymising addresses with a key: what was the same stays the same, in all packets, files and runs with that key.
//!
//! [`IpAnonymiser`] keeps prefixes: two addresses that have so many bits in common have as many in common afterwards. It does
//! what Crypto-PAn does (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization, 2002). [`MacAnonymiser`] keeps what
//! kind of address it is, and on request the vendor.
//!
//! Anonymised addresses are no secret for one who can send packets of his own through the network that is captured, or who
//! knows which hosts talk most: the structure of the network is still there. Names and payloads are not touched here.

mod ip;
mod key;
mod mac;

pub use ip::{IpAnonymiser, SpecialAddresses};
pub use key::{AnonymisationKey, KeyError};
pub use mac::{MacAnonymiser, VendorPrefix};
