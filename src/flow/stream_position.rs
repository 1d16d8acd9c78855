//! Where the streams of a connection go on.

use super::endpoint::Side;

/// Where the stream of a side goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SidePosition {
    /// The sequence number that is expected next. `None` if no segment was seen.
    pub(super) next: Option<u32>,
    /// Whether segments of the side were seen.
    pub(super) is_heard: bool,
    /// Whether the SYN was seen.
    pub(super) is_from_start: bool,
    /// Whether nothing but the SYN was seen.
    pub(super) is_at_start: bool,
}

/// Where the streams of both sides go on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StreamPosition(pub(super) [SidePosition; 2]);

impl StreamPosition {
    #[inline]
    pub(super) const fn of(&self, side: Side) -> &SidePosition {
        &self.0[side.index()]
    }
}
