//! Takes network packets apart and puts them together, without allocating and without losing a byte.
//!
//! - [`dissect()`] walks a frame: an iterator over its layers.
//! - [`examine`] is the same walk with its surroundings kept in mind: issues, checksums, field trees.
//! - [`sink`] has the forms in which packets are written: lines, trees, bytes, JSON.
//! - [`capture`] reads capture files, [`Filter`] says which packets are wanted.
//! - [`header!`-made types](Ipv4) are their bytes: getters, in-place edits, builders by one table.
//!
//! ```
//! use packetsmith::{View, dissect};
//! # let frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0x20, 0x07, 0x88, 0xb5];
//! for layer in dissect(1, &frame) {
//!     if let View::Vlan(tag) = layer.view {
//!         assert_eq!(tag.id(), 7);
//!     }
//! }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod addr;
#[cfg(feature = "address")]
pub mod address;
pub mod ahead;
#[cfg(feature = "arbitrary")]
mod arbitrary;
pub mod build;
#[cfg(feature = "capture")]
pub mod capture;
pub mod checksum;
pub mod dissect;
pub mod edit;
pub mod field;
#[cfg(feature = "alloc")]
pub mod filter;
#[cfg(feature = "alloc")]
pub mod form;
pub mod fragment;
pub mod layer;
#[cfg(feature = "live")]
pub mod live;
#[cfg(feature = "alloc")]
pub mod mutate;
pub mod name;
#[cfg(feature = "alloc")]
pub mod notation;
pub mod outline;
#[cfg(feature = "alloc")]
pub mod packet;
pub mod part;
pub mod proto;
#[cfg(feature = "std")]
pub mod reassemble;
#[cfg(feature = "services")]
pub mod services;
pub mod sink;
pub mod source;
#[cfg(all(test, feature = "capture"))]
mod variants;

pub use addr::{Hex, MacAddr};
pub use ahead::Ahead;
pub use build::{BuildError, Stack};
pub use checksum::{Checksum, Sum};
pub use dissect::{Examine, Examined, Layer, Layers, Trailer, dissect, examine};
pub use edit::Editor;
pub use field::{Field, Kind, Span, Value};
#[cfg(feature = "alloc")]
pub use filter::{Filter, FilterError};
#[cfg(feature = "alloc")]
pub use form::Form;
pub use layer::{Issue, Limit, Next, Place, Reason, Severity};
#[cfg(feature = "alloc")]
pub use mutate::{Fault, Mutation, Mutator};
pub use name::Name;
#[cfg(feature = "alloc")]
pub use notation::{Notation, NotationError};
pub use outline::Outline;
#[cfg(feature = "alloc")]
pub use packet::{Packet, PacketError};
pub use part::{Cursor, List, Text, Tlvs};
pub use proto::*;

/// Runs the examples of the README.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
