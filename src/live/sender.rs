//! Sending frames.

#[cfg(target_os = "linux")]
use super::linux_sender::{LinuxSender as System, open};
#[cfg(not(target_os = "linux"))]
use super::pnet_sender::{PnetSender as System, open};

use super::errors::{OpenError, SendError};
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

impl Sender {
    /// Opens an interface by name.
    ///
    /// # Errors
    ///
    /// There is no such interface (the error lists the interfaces), it is down, its frames have a link type that is not known
    /// here, or the privileges are missing.
    pub fn open(name: &str) -> Result<Self, OpenError> {
        let interface = super::network_interface::interface_named(name)?;
        let mac = interface.mac.map(|mac| MacAddr(mac.octets()));
        let (link_type, system) = open(&interface).map_err(|error| match error.kind() {
            io::ErrorKind::NetworkDown => OpenError::Down { name: name.into() },
            _ => OpenError::of(name, error),
        })?;
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
