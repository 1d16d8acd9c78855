//! Fragmentation and reassembly of IPv4 and IPv6.

pub(crate) mod fragmentation;
#[cfg(feature = "std")]
pub(crate) mod reassembly;

pub use fragmentation::{FragmentError, Fragmenter, Fragments, Piece};
#[cfg(feature = "std")]
pub(crate) use reassembly::NetworkHasher;
#[cfg(feature = "std")]
pub use reassembly::{
    Datagram, Findings, Key, LongDatagrams, Lost, LostReason, Network, Origin, Outcome, Policy, Reassembler, Refusal,
    Settings, find,
};
