//! Dissecting frames: the walk, the walk with context, fast headers, prefetching.

pub(crate) mod entry_points;
pub(crate) mod examine;
pub(crate) mod fast_headers;
pub(crate) mod five_tuple;
mod known;
#[cfg(feature = "alloc")]
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "conversations need all of it, and std"))]
pub(crate) mod plain_transport;
pub(crate) mod prefetch;
#[cfg(feature = "applications")]
mod sampled_packets;
pub(crate) mod sink;
#[cfg(feature = "std")]
mod unremarkable;
pub(crate) mod walk;

#[cfg(test)]
mod tests;

#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use examine::{EthernetTrailer, Examine, ExaminedLayer, examine};
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use walk::{Layer, Layers, dissect};

#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use {fast_headers::FastHeaders, prefetch::Prefetch};

#[cfg(feature = "applications")]
pub use sampled_packets::{SampledPacket, SampledPackets};
pub use sink::{Sink, walk};
