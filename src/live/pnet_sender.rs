//! Sending by pnet on systems other than Linux.

use super::errors::SendError;
use pnet_datalink::{Channel, Config, DataLinkSender, NetworkInterface};
use std::boxed::Box;
use std::io;

/// Largest frame in bytes.
const FRAME: usize = 1 << 18;

/// An interface that pnet opened.
pub(super) struct PnetSender {
    sender: Box<dyn DataLinkSender>,
}

impl core::fmt::Debug for PnetSender {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PnetSender").finish_non_exhaustive()
    }
}

/// Opens an interface, and tells the link type of its frames.
pub(super) fn open(interface: &NetworkInterface) -> io::Result<(u16, PnetSender)> {
    const ETHERNET: u16 = 1;
    let config = Config { write_buffer_size: FRAME, promiscuous: false, ..Config::default() };
    match pnet_datalink::channel(interface, config)? {
        Channel::Ethernet(sender, _) => Ok((ETHERNET, PnetSender { sender })),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

impl PnetSender {
    pub(super) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        self.sender.send_to(frame, None).unwrap_or_else(|| Err(io::ErrorKind::WouldBlock.into()))
    }

    pub(super) fn send_many(&mut self, frames: &[&[u8]]) -> Result<(), SendError> {
        for (sent, frame) in frames.iter().enumerate() {
            self.send(frame).map_err(|error| SendError { sent, error })?;
        }
        Ok(())
    }
}
