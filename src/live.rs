//! Live interfaces: receives and sends link-layer frames (with pnet).
//!
//! Both need privileges: on Linux `CAP_NET_RAW`, which root has.
//!
//! ```no_run
//! use packetsmith::dissect;
//! use packetsmith::live::Link;
//! let mut link = Link::open("eth0")?;
//! let frame = link.receive()?;
//! for layer in dissect(1, frame) {
//!     println!("{}", layer.proto.name());
//! }
//! # Ok::<(), std::io::Error>(())
//! ```

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod linux_sender;
#[cfg(not(target_os = "linux"))]
mod others;
#[cfg(not(target_os = "linux"))]
mod pnet_sender;
mod received;
mod sender;

#[cfg(target_os = "linux")]
use self::linux::{LinuxReceiver as Receiver, open};
#[cfg(not(target_os = "linux"))]
use self::others::{PnetReceiver as Receiver, open};
pub use self::received::ReceivedFrame;
pub use self::sender::{SendError, Sender};

use crate::wire::MacAddr;
use pnet_datalink::{Config, DataLinkSender};
use std::io;
use std::string::String;
use std::time::Duration;
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
}

/// The interfaces of this machine.
pub fn interfaces() -> Vec<NetworkInterface> {
    let all = pnet_datalink::interfaces().into_iter();
    all.map(|i| NetworkInterface {
        up: i.is_up(),
        name: i.name,
        index: i.index,
        mac: i.mac.map(|m| MacAddr(m.octets())),
    })
    .collect()
}

/// Finds an interface. The error lists the interfaces.
fn interface_named(name: &str) -> io::Result<pnet_datalink::NetworkInterface> {
    let mut all = pnet_datalink::interfaces();
    let Some(at) = all.iter().position(|interface| interface.name == name) else {
        let names: Vec<_> = all.into_iter().map(|interface| interface.name).collect();
        let message = format!("no interface is called {name}; there are {}", names.join(", "));
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    };
    Ok(all.swap_remove(at))
}

/// An interface opened for frames of its link layer.
///
/// ```no_run
/// use packetsmith::{Ethernet, MacAddr, Stack};
/// use packetsmith::live::Link;
/// let ethernet = Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr([2, 0, 0, 0, 0, 1]));
/// let frame = Stack::new().push(ethernet).payload(b"hello").pad(60).finish().unwrap();
/// let mut link = Link::open("eth0")?;
/// link.send(&frame)?;
/// let answer = link.receive()?;
/// println!("{} bytes came", answer.len());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Link {
    sender: Box<dyn DataLinkSender>,
    receiver: Receiver,
}

impl Link {
    /// Opens an interface by name, in promiscuous mode: it receives all frames on its link.
    ///
    /// # Errors
    ///
    /// There is no such interface (the error lists the interfaces), its frames have a link type that is not known here,
    /// or the privileges are missing.
    pub fn open(name: &str) -> io::Result<Self> {
        let interface = interface_named(name)?;
        // One frame at a time, of the largest size that a link layer returns.
        let config =
            Config { read_buffer_size: received::FRAME, write_buffer_size: received::FRAME, ..Config::default() };
        let (sender, receiver) = open(&interface, config)?;
        Ok(Link { sender, receiver })
    }

    /// Link type of the frames, a number of the [tcpdump registry](https://www.tcpdump.org/linktypes.html).
    pub fn link_type(&self) -> u16 {
        self.receiver.link_type()
    }

    /// Waits for the next frame.
    ///
    /// # Errors
    ///
    /// The interface goes down, or a signal ends the wait ([`ErrorKind::Interrupted`](io::ErrorKind::Interrupted)).
    pub fn receive(&mut self) -> io::Result<&[u8]> {
        while !self.receiver.wait(Duration::from_secs(60))? {}
        Ok(self.receiver.frame().data)
    }

    /// Waits for the next frame for some time, which the system may make a tenth of a second longer. `None` if no frame
    /// comes.
    ///
    /// # Errors
    ///
    /// Those of [`receive`](Self::receive).
    pub fn receive_within(&mut self, time: Duration) -> io::Result<Option<ReceivedFrame<'_>>> {
        Ok(if self.receiver.wait(time)? { Some(self.receiver.frame()) } else { None })
    }

    /// Sends a frame as it is.
    pub fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.sender.send_to(frame, None).unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }
}

impl core::fmt::Debug for Link {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}
