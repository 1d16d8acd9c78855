//! Receiving on Linux, by a packet socket (packet(7)).
//!
//! pnet opens the socket for sending, but its `recv` gives neither the VLAN tag, which the kernel takes out of a frame and
//! tells beside it, nor the direction, by which a frame of the loopback device is told from its second copy.

use super::received::{FRAME, ReceivedFrame};
use nix::ifaddrs::getifaddrs;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::sockopt::{ReceiveTimestampns, SetBool};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, LinkAddr, MsgFlags, SockFlag, SockType, recvmsg, setsockopt, socket,
};
use pnet_datalink::{Channel, Config, DataLinkSender, NetworkInterface};
use std::io::{self, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
use std::time::{Duration, SystemTime};
use std::vec::Vec;

/// The socket option that asks for [`Auxiliary`] data.
#[derive(Clone)]
struct AuxiliaryData;
nix::setsockopt_impl!(AuxiliaryData, libc::SOL_PACKET, libc::PACKET_AUXDATA, bool, SetBool);

/// What the kernel tells beside a frame, of `struct tpacket_auxdata` in linux/if_packet.h.
struct Auxiliary {
    status: u32,
    tag: u16,
    tag_type: u16,
}

impl Auxiliary {
    /// The structure has three numbers of 32 bits, then four of 16 bits, in the machine's order.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let half = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_ne_bytes);
        Some(Auxiliary { status: u32::from_ne_bytes(*bytes.first_chunk()?), tag: half(16)?, tag_type: half(18)? })
    }

    /// The tag as the bytes that it was in the frame.
    fn vlan_tag(&self) -> Option<[u8; 4]> {
        const VALID: u32 = 1 << 4;
        const TYPE_VALID: u32 = 1 << 6;
        if self.status & VALID == 0 {
            return None;
        }
        let tag_type = if self.status & TYPE_VALID == 0 { 0x8100 } else { self.tag_type };
        let ([a, b], [c, d]) = (tag_type.to_be_bytes(), self.tag.to_be_bytes());
        Some([a, b, c, d])
    }
}

/// Length of the addresses that a VLAN tag follows.
const ADDRESSES: usize = 12;
/// Length of a VLAN tag.
const TAG: usize = 4;

/// Opens an interface.
pub(super) fn open(
    interface: &NetworkInterface,
    config: Config,
) -> io::Result<(Box<dyn DataLinkSender>, LinuxReceiver)> {
    // Until pnet binds it, a socket without a protocol receives nothing.
    let own = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?;
    setsockopt(&own, AuxiliaryData, &true)?;
    setsockopt(&own, ReceiveTimestampns, &true)?;
    let config = Config { socket_fd: Some(own.try_clone()?.into_raw_fd()), ..config };
    let Channel::Ethernet(sender, _) = pnet_datalink::channel(interface, config)? else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let hardware = hardware_type(&interface.name)?;
    let link_type = supported_link_type(hardware)?;
    let loopback = hardware == libc::ARPHRD_LOOPBACK;
    let (bytes, control) = (vec![0; TAG + FRAME], vec![0; 256]);
    let time = SystemTime::UNIX_EPOCH;
    Ok((sender, LinuxReceiver { socket: own, link_type, loopback, bytes, control, start: 0, end: 0, time }))
}

/// Raw IP, of linux/if_arp.h.
const ARPHRD_RAWIP: u16 = 519;

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
    types.next().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// The link type of the frames of a device, as libpcap has it.
fn link_type(hardware: u16) -> Option<u16> {
    Some(match hardware {
        libc::ARPHRD_ETHER | libc::ARPHRD_LOOPBACK => 1,
        // Packets of IP without a header before them: TUN, WireGuard, tunnels.
        libc::ARPHRD_NONE | ARPHRD_RAWIP | libc::ARPHRD_TUNNEL | libc::ARPHRD_TUNNEL6 | libc::ARPHRD_SIT => 101,
        libc::ARPHRD_IEEE80211 => 105,
        libc::ARPHRD_IEEE80211_PRISM => 119,
        libc::ARPHRD_IEEE80211_RADIOTAP => 127,
        _ => return None,
    })
}

/// A socket, and the last frame.
pub(super) struct LinuxReceiver {
    socket: OwnedFd,
    link_type: u16,
    loopback: bool,
    bytes: Vec<u8>,
    control: Vec<u8>,
    start: usize,
    end: usize,
    time: SystemTime,
}

impl LinuxReceiver {
    pub(super) fn link_type(&self) -> u16 {
        self.link_type
    }

    /// Waits for a frame. `false` if none comes in time.
    pub(super) fn wait(&mut self, time: Duration) -> io::Result<bool> {
        let timeout = PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX);
        loop {
            if poll(&mut [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)], timeout)? == 0 {
                return Ok(false);
            }
            if self.read()? {
                return Ok(true);
            }
        }
    }

    /// Reads a frame. `false` if it is one that is read a second time.
    fn read(&mut self) -> io::Result<bool> {
        let mut parts = [IoSliceMut::new(&mut self.bytes[TAG..])];
        let socket = self.socket.as_raw_fd();
        let message = recvmsg::<LinkAddr>(socket, &mut parts, Some(&mut self.control), MsgFlags::MSG_DONTWAIT)?;
        let outgoing = message.address.is_some_and(|address| address.pkttype() == libc::PACKET_OUTGOING);
        let (length, mut tag) = (message.bytes, None);
        self.time = SystemTime::now();
        for part in message.cmsgs()? {
            match part {
                ControlMessageOwned::ScmTimestampns(time) => {
                    self.time = SystemTime::UNIX_EPOCH + Duration::from(time);
                }
                ControlMessageOwned::Unknown(data)
                    if (data.cmsg_header.cmsg_level, data.cmsg_header.cmsg_type)
                        == (libc::SOL_PACKET, libc::PACKET_AUXDATA) =>
                {
                    tag = Auxiliary::parse(&data.data_bytes).and_then(|data| data.vlan_tag());
                }
                _ => {}
            }
        }
        // A frame of the loopback device goes out and comes in.
        if self.loopback && outgoing {
            return Ok(false);
        }
        (self.start, self.end) = (TAG, TAG + length);
        if let Some(tag) = tag.filter(|_| self.link_type == 1 && length >= ADDRESSES) {
            self.bytes.copy_within(TAG..TAG + ADDRESSES, 0);
            self.bytes[ADDRESSES..ADDRESSES + TAG].copy_from_slice(&tag);
            self.start = 0;
        }
        Ok(true)
    }

    pub(super) fn frame(&self) -> ReceivedFrame<'_> {
        ReceivedFrame { data: &self.bytes[self.start..self.end], time: self.time }
    }
}

#[cfg(test)]
mod tests {
    use super::Auxiliary;
    use std::vec::Vec;

    #[test]
    fn a_tag_is_there_only_if_the_kernel_says_so() {
        let data = |status: u32, tag: u16, tag_type: u16| -> Vec<u8> {
            let words = [status, 64, 64].map(u32::to_ne_bytes).concat();
            [words, [0, 14, tag, tag_type].map(u16::to_ne_bytes).concat()].concat()
        };
        let tag = |bytes: &[u8]| Auxiliary::parse(bytes).and_then(|data| data.vlan_tag());
        assert_eq!(tag(&data(0x51, 0x2064, 0x88a8)), Some([0x88, 0xa8, 0x20, 0x64]));
        assert_eq!(tag(&data(0x11, 0, 0)), Some([0x81, 0, 0, 0]), "a priority tag of an older kernel");
        assert_eq!(tag(&data(0x01, 5, 0x8100)), None);
        assert_eq!(tag(&data(0x51, 5, 0x8100)[..19]), None);
    }
}
