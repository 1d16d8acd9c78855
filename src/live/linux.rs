//! Receiving on Linux, by a packet socket (packet(7)) and its ring.
//!
//! pnet binds the socket, but its `recv` gives neither the VLAN tag, which the kernel takes out of a frame and tells beside it, nor
//! the direction, nor the kernel's time, and it asks the kernel for each frame.

mod block;
mod link_types;
mod program;
mod ring;
mod socket_options;

use self::block::RingBlock;
use self::link_types::link_type;
use self::program::program;
use self::ring::Ring;
use self::socket_options::PacketStatistics;
use super::errors::{CaptureError, OpenError};
use super::live_statistics::LiveStatistics;
use super::network_interface::interface_named;
use super::received::FrameTime;
use super::receiver::{CaptureSettings, Device, FrameReceiver, SystemFrame, Waiter};
use nix::errno::Errno;
use nix::ifaddrs::getifaddrs;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::socket::sockopt::{ReceiveTimestampns, SocketError};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, setsockopt, socket};
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use pnet_datalink::{Channel, Config, NetworkInterface};
use socket2::{SockFilter, SockRef};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::string::{String, ToString};
use std::time::{Duration, Instant};
use std::vec::Vec;

/// The name that stands for all interfaces.
const ANY: &str = "any";

/// The link type of the frames of a device, or why they are not supported.
pub(super) fn supported_link_type(hardware: u16) -> io::Result<u16> {
    link_type(hardware).ok_or_else(|| {
        let message = std::format!("frames of ARP hardware type {hardware} are not supported");
        io::Error::new(io::ErrorKind::Unsupported, message)
    })
}

/// The type of a device: `ARPHRD_` and a name, of linux/if_arp.h.
pub(super) fn hardware_type(name: &str) -> io::Result<u16> {
    let found = getifaddrs()?.filter(|address| address.interface_name == name);
    let mut types = found.filter_map(|address| Some(address.address?.as_link_addr()?.hatype()));
    // A device without an address is not among them: TUN, WireGuard.
    let of_system = || std::fs::read_to_string(std::format!("/sys/class/net/{name}/type")).ok()?.trim().parse().ok();
    types.next().or_else(of_system).ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Whether there is an interface of this index and name.
fn is_there(index: u32, name: &str) -> bool {
    nix::net::if_::if_nametoindex(name) == Ok(index)
}

/// Receives the frames of an interface, or of all.
#[derive(Debug)]
pub(super) struct LinuxReceiver {
    socket: OwnedFd,
    name: String,
    /// Index and link type; `None` for all interfaces.
    device: Option<(u32, u16)>,
    ring: Ring,
    block: RingBlock,
    snap_len: usize,
    received: u64,
    dropped: u64,
    delivered: u64,
    left_out: u64,
    state: InterfaceState,
}

/// Whether the interface of a socket is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InterfaceState {
    Up,
    /// It went down, and was looked for at this time.
    Down(Instant),
    Gone,
}

/// Opens a socket with a ring. It receives nothing until pnet binds it: it has no protocol. `hardware` is the type of the device;
/// `None` for all.
fn prepared(name: &str, hardware: Option<u16>, settings: &CaptureSettings) -> Result<(OwnedFd, Ring), OpenError> {
    let refused = |error: Errno| OpenError::of(name, error);
    let own = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None).map_err(refused)?;
    // The time at which a frame comes from the device, and not that at which it comes to the socket.
    setsockopt(&own, ReceiveTimestampns, &true).map_err(refused)?;
    let program: Vec<_> =
        program(hardware, settings).iter().map(|step| SockFilter::new(step.code, step.jt, step.jf, step.k)).collect();
    let attached = SockRef::from(&own).attach_filter(&program);
    attached.map_err(|error| OpenError::Filter { name: name.to_string(), error })?;
    let ring = Ring::open(&own, settings.buffer, settings.snap_len, gather(settings.longest_delay));
    let ring = ring.map_err(|error| OpenError::Buffer { name: name.to_string(), bytes: settings.buffer, error })?;
    Ok((own, ring))
}

/// Time for which the kernel gathers frames in a block. It may give the block over only after twice of that.
fn gather(longest_delay: Duration) -> Duration {
    (longest_delay / 2).max(Duration::from_millis(1))
}

/// The interface that stands for all.
fn any() -> NetworkInterface {
    let (name, description) = (ANY.to_string(), String::new());
    NetworkInterface { name, description, index: 0, mac: None, ips: Vec::new(), flags: 0 }
}

impl FrameReceiver for LinuxReceiver {
    fn open(name: &str, settings: &CaptureSettings) -> Result<Self, OpenError> {
        let (interface, hardware, device) = match name {
            ANY => (any(), None, None),
            name => {
                let interface = interface_named(name)?;
                let hardware = hardware_type(name).map_err(|error| OpenError::of(name, error))?;
                let name = name.to_string();
                let link_type = link_type(hardware).ok_or(OpenError::LinkType { name, hardware })?;
                let index = interface.index;
                (interface, Some(hardware), Some((index, link_type)))
            }
        };
        if device.is_some() && !interface.is_up() {
            return Err(OpenError::Down { name: name.to_string() });
        }
        let (own, ring) = prepared(name, hardware, settings)?;
        let refused = |error: io::Error| OpenError::of(name, error);
        let descriptor = own.try_clone().map_err(refused)?.into_raw_fd();
        let config = Config {
            socket_fd: Some(descriptor),
            promiscuous: settings.promiscuous && device.is_some(),
            ..Config::default()
        };
        let Channel::Ethernet(..) = pnet_datalink::channel(&interface, config).map_err(refused)? else {
            return Err(refused(io::ErrorKind::Unsupported.into()));
        };
        Ok(LinuxReceiver {
            socket: own,
            name: name.to_string(),
            device,
            ring,
            block: RingBlock::new(if settings.is_alone { block::SOME } else { block::ALL }),
            snap_len: settings.snap_len,
            received: 0,
            dropped: 0,
            delivered: 0,
            left_out: 0,
            state: InterfaceState::Up,
        })
    }

    fn device(&self) -> Option<Device> {
        self.device.map(|(index, link_type)| Device { name: self.name.clone(), index, link_type })
    }

    fn refill(&mut self) -> Result<(), CaptureError> {
        if self.state == InterfaceState::Gone {
            return Ok(());
        }
        loop {
            if self.next_time().is_some() {
                return Ok(());
            }
            let Some(filled) = self.ring.filled() else { break };
            self.block.begin(filled);
        }
        match getsockopt(&self.socket, SocketError) {
            Ok(0) => self.look_for_it(),
            // It is said once when the interface goes down.
            Ok(libc::ENETDOWN) => self.went_down(),
            Ok(error) => Err(CaptureError::Io { name: self.name.clone(), error: io::Error::from_raw_os_error(error) }),
            Err(error) => Err(CaptureError::Io { name: self.name.clone(), error: error.into() }),
        }
    }

    fn next_time(&mut self) -> Option<FrameTime> {
        self.block.look(&mut self.ring, self.snap_len, &mut self.left_out)
    }

    fn take(&mut self) -> Option<SystemFrame<'_>> {
        self.delivered += 1;
        self.block.take()
    }

    fn statistics(&mut self) -> LiveStatistics {
        self.count();
        LiveStatistics {
            name: String::new(),
            received: self.received,
            dropped: Some(self.dropped),
            delivered: self.delivered,
            left_out: self.left_out,
        }
    }

    fn is_gone(&self) -> bool {
        self.state == InterfaceState::Gone
    }

    fn buffer(&self) -> usize {
        self.ring.bytes()
    }

    fn longest_delay(settings: &CaptureSettings) -> Duration {
        /// Time after which a process is surely told.
        const TOLD: Duration = Duration::from_millis(2);
        2 * gather(settings.longest_delay) + TOLD
    }
}

impl LinuxReceiver {
    /// Adds up what the kernel counted. It begins again at each reading.
    fn count(&mut self) {
        if let Ok(counted) = getsockopt(&self.socket, PacketStatistics) {
            self.received += u64::from(counted.tp_packets);
            self.dropped += u64::from(counted.tp_drops);
        }
    }

    /// Finds out whether the interface went down or away. A deleted interface goes down first.
    fn went_down(&mut self) -> Result<(), CaptureError> {
        /// Time after which an interface that is still there is not about to go away.
        const GOING: Duration = Duration::from_millis(100);
        let begin = Instant::now();
        while begin.elapsed() < GOING {
            self.leave_if_gone()?;
            std::thread::sleep(Duration::from_millis(5));
        }
        self.state = InterfaceState::Down(Instant::now());
        Err(CaptureError::Down { name: self.name.clone() })
    }

    /// Looks from time to time whether an interface that went down is there, and up again. Frames do not tell: some were waiting
    /// when it went down.
    fn look_for_it(&mut self) -> Result<(), CaptureError> {
        const OFTEN: Duration = Duration::from_millis(500);
        match self.state {
            InterfaceState::Down(looked) if looked.elapsed() >= OFTEN => {
                self.state = InterfaceState::Down(Instant::now());
                self.leave_if_gone()?;
                if interface_named(&self.name).is_ok_and(|interface| interface.is_up()) {
                    self.state = InterfaceState::Up;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn leave_if_gone(&mut self) -> Result<(), CaptureError> {
        match self.device {
            Some((index, _)) if !is_there(index, &self.name) => {
                self.state = InterfaceState::Gone;
                Err(CaptureError::Gone { name: self.name.clone() })
            }
            _ => Ok(()),
        }
    }
}

/// Waits for the sockets of several interfaces.
pub(super) struct LinuxWaiter {
    epoll: Epoll,
    /// Goes off when frames that are there already may be taken, so that who polls comes for them.
    alarm: TimerFd,
    is_set: bool,
}

impl fmt::Debug for LinuxWaiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinuxWaiter").field("epoll", &self.epoll.0).field("alarm", &self.alarm).finish_non_exhaustive()
    }
}

impl LinuxWaiter {
    /// The descriptor that can be read when a socket has frames.
    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.epoll.0.as_fd()
    }
}

impl Waiter<LinuxReceiver> for LinuxWaiter {
    fn new(receivers: &[LinuxReceiver]) -> Result<Self, OpenError> {
        let name = receivers.first().map_or("", |receiver| &receiver.name);
        let refused = |error: Errno| OpenError::of(name, error);
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(refused)?;
        for receiver in receivers {
            epoll.add(&receiver.socket, EpollEvent::new(EpollFlags::EPOLLIN, 0)).map_err(refused)?;
        }
        let flags = TimerFlags::TFD_CLOEXEC | TimerFlags::TFD_NONBLOCK;
        let alarm = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags).map_err(refused)?;
        epoll.add(&alarm, EpollEvent::new(EpollFlags::EPOLLIN, 0)).map_err(refused)?;
        Ok(LinuxWaiter { epoll, alarm, is_set: false })
    }

    fn wait(&mut self, _: &mut [LinuxReceiver], time: Duration) -> Result<bool, CaptureError> {
        // Rounded up, so that a wait of less than a millisecond is none that returns at once.
        let time = time.saturating_add(Duration::from_micros(999));
        let timeout = EpollTimeout::try_from(time).unwrap_or(EpollTimeout::MAX);
        match self.epoll.wait(&mut [EpollEvent::empty()], timeout) {
            Ok(_) => Ok(true),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(CaptureError::Io { name: "the wait".to_string(), error: error.into() }),
        }
    }

    fn call_after(&mut self, time: Option<Duration>) {
        // A timer that is not set again does no harm but that of a poll that returns too early or too late.
        let _ = match time {
            Some(time) => {
                let time = time.max(Duration::from_micros(1)).into();
                self.alarm.set(Expiration::OneShot(time), TimerSetTimeFlags::empty())
            }
            None if self.is_set => self.alarm.unset(),
            None => Ok(()),
        };
        self.is_set = time.is_some();
    }
}
