//! Sending on Linux, by a packet socket (packet(7)), many frames in one call of the system.

use super::errors::SendError;
use super::linux::{hardware_type, supported_link_type};
use crate::filter::BpfInstruction;
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, LinkAddr, MsgFlags, MultiHeaders, SockFlag, SockType, sendmmsg, socket};
use pnet_datalink::{Config, NetworkInterface};
use socket2::{SockFilter, Socket};
use std::io::{self, IoSlice};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::time::Duration;
use std::vec::Vec;

/// Most frames in one call.
const BATCH: usize = 128;

/// A packet socket for sending.
pub(super) struct LinuxSender {
    socket: Socket,
    headers: MultiHeaders<LinkAddr>,
}

impl core::fmt::Debug for LinuxSender {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LinuxSender").field("socket", &self.socket).finish_non_exhaustive()
    }
}

/// Opens an interface, and tells the link type of its frames.
pub(super) fn open(interface: &NetworkInterface) -> io::Result<(u16, LinuxSender)> {
    if !interface.is_up() {
        return Err(io::ErrorKind::NetworkDown.into());
    }
    let own: Socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?.into();
    // pnet binds the socket for all protocols. Nothing that is received may fill its buffer.
    let BpfInstruction { code, jt, jf, k } = BpfInstruction::REJECT;
    own.attach_filter(&[SockFilter::new(code, jt, jf, k)])?;
    let config = Config { socket_fd: Some(own.try_clone()?.into_raw_fd()), promiscuous: false, ..Config::default() };
    pnet_datalink::channel(interface, config)?;
    let link_type = supported_link_type(hardware_type(&interface.name)?)?;
    Ok((link_type, LinuxSender { socket: own, headers: MultiHeaders::preallocate(BATCH, None) }))
}

impl LinuxSender {
    pub(super) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        let mut patience = Patience::default();
        loop {
            match self.socket.send(frame) {
                Ok(_) => return Ok(()),
                Err(error) => patience.wait(error)?,
            }
        }
    }

    pub(super) fn send_many(&mut self, frames: &[&[u8]]) -> Result<(), SendError> {
        let mut sent = 0;
        let addresses = [None::<LinkAddr>; BATCH];
        let mut patience = Patience::default();
        while sent < frames.len() {
            let rest = frames[sent..].iter().take(BATCH);
            let slices: Vec<_> = rest.map(|frame| [IoSlice::new(frame)]).collect();
            let socket = self.socket.as_raw_fd();
            let done = sendmmsg(socket, &mut self.headers, &slices, addresses, [], MsgFlags::empty());
            match done.map(Iterator::count) {
                Ok(count) => {
                    sent += count;
                    patience = Patience::default();
                }
                Err(error) => patience.wait(error.into()).map_err(|error| SendError { sent, error })?,
            }
        }
        Ok(())
    }
}

/// An error of a call for a packet socket, in words that fit an interface. Of others the number tells more.
fn plain(error: io::Error) -> io::Error {
    let words = match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::ENETDOWN) => "it is down",
        Some(Errno::ENXIO | Errno::ENODEV) => "it is there no more",
        Some(Errno::ENOBUFS | Errno::EAGAIN) => "its queue has been full for a second",
        _ => return error,
    };
    io::Error::new(error.kind(), words)
}

/// Waits while the queue of the interface is full.
#[derive(Default)]
struct Patience {
    waits: u32,
}

impl Patience {
    /// Waits if an error says that there is no room, up to a second in all. Other errors are returned.
    fn wait(&mut self, error: io::Error) -> io::Result<()> {
        const STEP: Duration = Duration::from_micros(100);
        const MOST_WAITS: u32 = 10_000;
        let is_full = error
            .raw_os_error()
            .map(Errno::from_raw)
            .is_some_and(|error| matches!(error, Errno::ENOBUFS | Errno::EAGAIN | Errno::EINTR));
        if !is_full || self.waits == MOST_WAITS {
            return Err(plain(error));
        }
        self.waits += 1;
        std::thread::sleep(STEP);
        Ok(())
    }
}
