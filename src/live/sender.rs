//! Sending frames.

#[cfg(target_os = "linux")]
use super::linux_sender::{LinuxSender as System, open};
#[cfg(not(target_os = "linux"))]
use super::pnet_sender::{PnetSender as System, open};

use crate::wire::MacAddr;
use std::io;
use std::string::String;

/// Sends frames to an interface, as they are.
///
/// Needs privileges: on Linux `CAP_NET_RAW`, which root has.
///
/// ```no_run
/// use packetsmith::{Ethernet, MacAddr, Stack};
/// use packetsmith::live::Sender;
/// let mut sender = Sender::open("eth0")?;
/// let ethernet = Ethernet::build().dst(MacAddr::BROADCAST).src(sender.mac().unwrap_or_default());
/// let frame = Stack::new().push(ethernet).payload(b"hello").pad(60).finish().unwrap();
/// sender.send(&frame)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Sender {
    name: String,
    mac: Option<MacAddr>,
    link_type: u16,
    system: System,
}

/// Why frames of [`Sender::send_many`] were not sent.
#[derive(Debug)]
pub struct SendError {
    /// How many frames before it were sent: the index of the frame that was not.
    pub sent: usize,
    /// What the system says.
    pub error: io::Error,
}

impl core::fmt::Display for SendError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "frame {} was not sent: {}", self.sent + 1, self.error)
    }
}

impl core::error::Error for SendError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl SendError {
    /// Whether the frame has more bytes than the interface can send.
    pub fn is_too_long(&self) -> bool {
        is_too_long(&self.error)
    }
}

/// Whether the system refused a frame because of its length.
#[cfg(target_os = "linux")]
fn is_too_long(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMSGSIZE)
}

/// Whether the system refused a frame because of its length.
#[cfg(not(target_os = "linux"))]
fn is_too_long(_: &io::Error) -> bool {
    false
}

impl Sender {
    /// Opens an interface by name.
    ///
    /// # Errors
    ///
    /// There is no such interface (the error lists the interfaces), its frames have a link type that is not known here,
    /// or the privileges are missing.
    pub fn open(name: &str) -> io::Result<Self> {
        let interface = super::network_interface::interface_named(name)?;
        let mac = interface.mac.map(|mac| MacAddr(mac.octets()));
        let (link_type, system) = open(&interface)?;
        Ok(Sender { name: interface.name, mac, link_type, system })
    }

    /// Name of the interface.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// MAC address of the interface, if it has one.
    pub fn mac(&self) -> Option<MacAddr> {
        self.mac
    }

    /// Link type that frames must have, a number of the [tcpdump registry](https://www.tcpdump.org/linktypes.html).
    pub fn link_type(&self) -> u16 {
        self.link_type
    }

    /// Sends a frame as it is.
    ///
    /// # Errors
    ///
    /// The frame has more bytes than the interface takes, or the interface is down or gone.
    pub fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.system.send(frame)
    }

    /// Sends frames in their order. That is faster than one call for each.
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send). The frames before the one that was refused are sent, and those after it are not.
    pub fn send_many(&mut self, frames: &[&[u8]]) -> Result<(), SendError> {
        self.system.send_many(frames)
    }
}
