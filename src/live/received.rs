//! Frames that were received.

use crate::wire::DebugBytes;
use std::fmt;
use std::time::SystemTime;

/// Largest frame in bytes.
pub(super) const FRAME: usize = 1 << 18;

/// A frame that an interface received.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedFrame<'a> {
    /// The frame, with its VLAN tag.
    pub data: &'a [u8],
    /// When it came; on Linux by the kernel's clock.
    pub time: SystemTime,
}

impl fmt::Debug for ReceivedFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedFrame").field("time", &self.time).field("data", &DebugBytes(self.data)).finish()
    }
}
