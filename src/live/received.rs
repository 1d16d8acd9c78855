//! Frames that were received.

use crate::wire::DebugBytes;
use std::fmt;
use std::string::String;
use std::time::{Duration, SystemTime};

/// A frame that an interface received or sent.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedFrame<'a> {
    /// The frame with its VLAN tags, as on the wire, cut to the snapshot length.
    pub data: &'a [u8],
    /// When it came; on Linux by the kernel's clock, in nanoseconds.
    pub time: SystemTime,
    /// Length of the frame on the wire, in bytes. Greater than that of `data` if the frame was cut.
    pub original_len: u32,
    /// The interface.
    pub interface: &'a CapturedInterface,
    /// Whether it was received or sent.
    pub direction: FrameDirection,
    pub(super) nanos: u64,
}

impl ReceivedFrame<'_> {
    /// Nanoseconds from the beginning of 1970 until the frame came; 0 for a clock before that.
    pub fn nanos(&self) -> u64 {
        self.nanos
    }
}

/// When a frame came: seconds since 1970, and nanoseconds of that second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FrameTime {
    seconds: u64,
    nanos: u32,
}

impl FrameTime {
    /// `nanos` is less than 1,000,000,000.
    pub(super) fn new(seconds: u64, nanos: u32) -> Self {
        FrameTime { seconds, nanos }
    }

    /// All nanoseconds since 1970.
    pub(super) fn nanos(self) -> u64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(self.nanos.into())
    }

    /// The time as the standard library has it.
    pub(super) fn system(self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::new(self.seconds, self.nanos)
    }
}

/// The beginning of 1970 for a time before that.
impl From<SystemTime> for FrameTime {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        FrameTime { seconds: since.as_secs(), nanos: since.subsec_nanos() }
    }
}

impl fmt::Debug for ReceivedFrame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedFrame")
            .field("time", &self.time)
            .field("interface", &self.interface.name)
            .field("direction", &self.direction)
            .field("original_len", &self.original_len)
            .field("data", &DebugBytes(self.data))
            .finish()
    }
}

/// Whether a frame was received or sent, and to whom it was addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameDirection {
    /// Received: for an address of this machine.
    ToThisHost,
    /// Received: a broadcast.
    Broadcast,
    /// Received: a multicast.
    Multicast,
    /// Received: for another machine, since the interface is in promiscuous mode.
    ToOtherHost,
    /// Sent by this machine.
    Sent,
    /// The system does not tell.
    Unknown,
}

/// An interface that frames are captured on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CapturedInterface {
    /// Number within the capture, from 0, in the order in which the interfaces are known.
    pub number: u32,
    /// Name, such as `eth0`.
    pub name: String,
    /// Index of the interface in the system.
    pub index: u32,
    /// Link type of the frames, a number of the [tcpdump registry](https://www.tcpdump.org/linktypes.html).
    pub link_type: u16,
}
