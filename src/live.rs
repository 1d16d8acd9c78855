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
#[cfg(not(target_os = "linux"))]
mod others;
#[cfg(not(target_os = "linux"))]
mod pnet_sender;
mod received;
mod receiver;
mod sender;

#[cfg(target_os = "linux")]
use self::linux::name_of;
#[cfg(not(target_os = "linux"))]
use self::others::name_of;

pub use self::capture::{Capture, CaptureBuilder, CaptureStatistics, MAX_SNAP_LEN};
pub use self::errors::{CaptureError, OpenError};
pub use self::received::{CapturedInterface, FrameDirection, ReceivedFrame};
pub use self::sender::{SendError, Sender};

use crate::wire::MacAddr;
use std::net::IpAddr;
use std::string::{String, ToString};
use std::vec::Vec;

/// A network interface.
///
/// ```no_run
/// for interface in packetsmith::live::interfaces() {
///     println!("{}", interface.name);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkInterface {
    /// Name, such as `eth0`.
    pub name: String,
    /// Index of the interface in the system.
    pub index: u32,
    /// Its MAC address, if it has one.
    pub mac: Option<MacAddr>,
    /// Whether it is up.
    pub up: bool,
    /// Whether it is up and has a link.
    pub running: bool,
    /// Whether its frames go to this machine alone.
    pub loopback: bool,
    /// Its IP addresses, each with the length of its network's prefix in bits.
    pub addresses: Vec<(IpAddr, u8)>,
}

/// The interfaces of this machine.
pub fn interfaces() -> Vec<NetworkInterface> {
    let all = pnet_datalink::interfaces().into_iter();
    all.map(|i| NetworkInterface {
        up: i.is_up(),
        running: is_running(&i),
        loopback: i.is_loopback(),
        addresses: i.ips.iter().map(|network| (network.ip(), network.prefix())).collect(),
        name: i.name,
        index: i.index,
        mac: i.mac.map(|m| MacAddr(m.octets())),
    })
    .collect()
}

/// Whether an interface has a link.
#[cfg(unix)]
fn is_running(interface: &pnet_datalink::NetworkInterface) -> bool {
    interface.is_running()
}

/// Windows tells only whether an interface is up.
#[cfg(not(unix))]
fn is_running(interface: &pnet_datalink::NetworkInterface) -> bool {
    interface.is_up()
}

/// Finds an interface. The error lists the interfaces.
fn interface_named(name: &str) -> Result<pnet_datalink::NetworkInterface, OpenError> {
    let mut all = pnet_datalink::interfaces();
    let Some(at) = all.iter().position(|interface| interface.name == name) else {
        let interfaces = all.into_iter().map(|interface| interface.name).collect();
        return Err(OpenError::NotFound { name: name.to_string(), interfaces });
    };
    Ok(all.swap_remove(at))
}
