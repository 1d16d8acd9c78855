//! What an operating system must offer for a capture.

use super::errors::{CaptureError, OpenError};
use super::live_statistics::LiveStatistics;
use super::received::{FrameDirection, FrameTime};
use crate::filter::BpfInstruction;
use std::boxed::Box;
use std::fmt;
use std::string::String;
use std::time::Duration;
use std::vec::Vec;

/// Gives the instructions of a filter for a link type, if the kernel is to filter its frames.
pub(super) type ProgramFor = dyn Fn(u16) -> Option<Vec<BpfInstruction>> + Send;

/// How interfaces are captured.
pub(super) struct CaptureSettings {
    pub(super) promiscuous: bool,
    /// Most bytes of a frame.
    pub(super) snap_len: usize,
    /// Buffer of the kernel, in bytes.
    pub(super) buffer: usize,
    /// Whether it is one interface, or all by one name. The frames of several wait for each other, and the kernel is to have its
    /// memory back meanwhile.
    pub(super) is_alone: bool,
    /// Longest time until a frame that came can be taken.
    pub(super) longest_delay: Duration,
    pub(super) program: Option<Box<ProgramFor>>,
}

impl fmt::Debug for CaptureSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let CaptureSettings { promiscuous, snap_len, buffer, is_alone, longest_delay, program } = self;
        f.debug_struct("CaptureSettings")
            .field("promiscuous", promiscuous)
            .field("snap_len", snap_len)
            .field("buffer", buffer)
            .field("is_alone", is_alone)
            .field("longest_delay", longest_delay)
            .field("filters", &program.is_some())
            .finish()
    }
}

/// An interface in the system.
pub(super) struct Device {
    pub(super) name: String,
    pub(super) index: u32,
    pub(super) link_type: u16,
}

/// A frame as the system gives it.
pub(super) struct SystemFrame<'a> {
    pub(super) data: &'a [u8],
    pub(super) time: FrameTime,
    pub(super) original_len: u32,
    pub(super) direction: FrameDirection,
    /// Index of its interface in the system, and its link type.
    pub(super) index: u32,
    pub(super) link_type: u16,
}

/// Receives the frames of one interface, or of all.
pub(super) trait FrameReceiver: Sized {
    /// Opens an interface by name; `any` for all, where the system has that.
    fn open(name: &str, settings: &CaptureSettings) -> Result<Self, OpenError>;

    /// The interface; `None` for all of them.
    fn device(&self) -> Option<Device>;

    /// Reads what the kernel has, if all frames that were read before are taken. Does not wait.
    fn refill(&mut self) -> Result<(), CaptureError>;

    /// The time of the next frame that was read.
    fn next_time(&mut self) -> Option<FrameTime>;

    /// Takes that frame.
    fn take(&mut self) -> Option<SystemFrame<'_>>;

    /// What was received and lost since the interface was opened.
    fn statistics(&mut self) -> LiveStatistics;

    /// Whether the interface is there no more.
    fn is_gone(&self) -> bool;

    /// Bytes of the kernel's buffer.
    fn buffer(&self) -> usize;

    /// Longest time from that of a frame until it can be taken.
    fn longest_delay(settings: &CaptureSettings) -> Duration;
}

/// Waits until one of several receivers has frames.
pub(super) trait Waiter<R: FrameReceiver>: Sized {
    fn new(receivers: &[R]) -> Result<Self, OpenError>;

    /// Waits at most so long. `false` if a signal ends the wait.
    fn wait(&mut self, receivers: &mut [R], time: Duration) -> Result<bool, CaptureError>;

    /// Has whoever polls called after a time, or not called.
    fn call_after(&mut self, time: Option<Duration>);
}
