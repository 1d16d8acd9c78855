//! What a capture received and lost.

use std::string::String;

/// What was received and lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveStatistics {
    /// The name by which the interface was opened.
    pub name: String,
    /// Frames that passed the kernel's filter, with those that were lost.
    pub received: u64,
    /// Frames that were lost because the kernel's buffer was full. `None` if the system does not tell.
    pub dropped: Option<u64>,
    /// Frames that were given to the caller.
    pub delivered: u64,
    /// Frames that were left out because their link type is not known here; only by `any`.
    pub left_out: u64,
}
