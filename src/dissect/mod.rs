//! Dissecting frames: the walk, the walk with context, fast headers, prefetching.

pub(crate) mod examine;
pub(crate) mod fast_headers;
pub(crate) mod prefetch;
pub(crate) mod sink;
pub(crate) mod walk;

#[cfg(test)]
mod tests;

pub(crate) use examine::{Examine, ExaminedLayer};
pub(crate) use walk::{Layer, Layers, dissect};

pub use sink::{Sink, walk};
