//! Takes network packets apart and puts them together.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod addr;
#[cfg(feature = "capture")]
pub mod capture;
pub mod checksum;
pub mod dissect;
pub mod field;
#[cfg(feature = "alloc")]
pub mod filter;
pub mod layer;
pub mod name;
pub mod part;
pub mod proto;
pub mod sink;

pub use addr::{Hex, MacAddr};
pub use checksum::{Checksum, Sum};
pub use dissect::{Examine, Examined, Layer, Layers, dissect, examine};
pub use field::{Field, Kind, Span, Value};
#[cfg(feature = "alloc")]
pub use filter::{Filter, FilterError};
pub use layer::{Issue, Limit, Next, Place, Reason, Severity};
pub use name::Name;
pub use part::{Cursor, List, Text, Tlvs};
pub use proto::*;
