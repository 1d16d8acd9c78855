//! RADIUS as a protocol from outside of packetsmith: the source of packetsmith's own RADIUS, compiled into another crate.
//!
//! It shows that a protocol from another crate can do all that a built-in one can. The source imports from `crate::wire`,
//! `crate::layer` and `crate::proto`. Here, these modules re-export those of packetsmith. A protocol of your own imports
//! from `packetsmith` directly: see `examples/bfd`.
//!
//! ```
//! use packetsmith::{Proto, Protocols};
//! static KNOWN: Protocols = Protocols::builtin().without(Proto::Radius).with::<radius_outside::Radius>();
//! ```
#![no_std]
#![forbid(unsafe_code)]

mod wire {
    pub(crate) use packetsmith::wire::*;
    // What this crate has at its root.
    pub(crate) use packetsmith::wire::macro_support::*;
    pub(crate) use packetsmith::*;
}

mod layer {
    pub(crate) use packetsmith::layer::*;
}

mod proto {
    pub(crate) use packetsmith::proto::icmp::ShortPrefix;
    pub(crate) mod app {
        pub(crate) use crate::{radius_attributes, radius_numbers};
    }
}

#[path = "../../../src/proto/app/radius.rs"]
mod radius;
#[path = "../../../src/proto/app/radius_attributes.rs"]
mod radius_attributes;
#[path = "../../../src/proto/app/radius_numbers.rs"]
mod radius_numbers;

pub use radius::{Radius, RadiusCode, RadiusEdit, RadiusRule};
pub use radius_attributes::*;
pub use radius_numbers::*;

use packetsmith::NextProtocol;
use packetsmith::proto::CustomProtocol;

impl CustomProtocol for Radius {
    type Header<'a> = Radius<&'a [u8; Radius::LEN]>;
    const SELECTORS: &'static [NextProtocol] = &[
        NextProtocol::UdpPort(1812),
        NextProtocol::UdpPort(1813),
        NextProtocol::UdpPort(1645),
        NextProtocol::UdpPort(1646),
        NextProtocol::UdpPort(3799),
    ];
}
