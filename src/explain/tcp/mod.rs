//! TCP connections: watched segment by segment, and told.

mod side_story;
mod statement;
mod story;
mod tell;
mod text;

pub use statement::{AfterError, Party, ResetMoment, TcpStatement};
pub(super) use story::{QuotedSegment, TcpStory, WatchedSegment, digest};
pub(super) use text::Times;
