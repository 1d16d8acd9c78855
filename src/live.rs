//! Live interfaces: captures link-layer frames, and sends them.
//!
//! Both need privileges: on Linux `CAP_NET_RAW`, which root has. On Linux frames come from packet sockets, with the kernel's time,
//! VLAN tags and losses; on other systems by pnet.
//!
//! ```no_run
//! use packetsmith::dissect;
//! use packetsmith::live::Capture;
//! use std::time::Duration;
//! let mut capture = Capture::open("eth0")?;
//! if let Some(frame) = capture.next_frame(Duration::from_secs(10))? {
//!     for layer in dissect(frame.interface.link_type, frame.data) {
//!         println!("{}", layer.proto.name());
//!     }
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

mod capture;
mod errors;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod linux_sender;
mod live_statistics;
mod network_interface;
#[cfg(not(target_os = "linux"))]
mod others;
#[cfg(not(target_os = "linux"))]
mod pnet_sender;
mod received;
mod receiver;
mod sender;

pub use self::capture::{Capture, CaptureBuilder, MAX_SNAP_LEN};
pub use self::errors::{CaptureError, OpenError, SendError};
pub use self::live_statistics::LiveStatistics;
pub use self::network_interface::{NetworkInterface, interfaces};
pub use self::received::{CapturedInterface, FrameDirection, ReceivedFrame};
pub use self::sender::Sender;
