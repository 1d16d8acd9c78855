//! The link types of devices.

/// Raw IP, of linux/if_arp.h.
const ARPHRD_RAWIP: u16 = 519;

/// Types of hardware, and the link types of their frames, as libpcap has them.
pub(super) const LINK_TYPES: [(u16, u16); 10] = [
    (libc::ARPHRD_ETHER, 1),
    (libc::ARPHRD_LOOPBACK, 1),
    // Packets of IP without a header before them: TUN, WireGuard, tunnels.
    (libc::ARPHRD_NONE, 101),
    (ARPHRD_RAWIP, 101),
    (libc::ARPHRD_TUNNEL, 101),
    (libc::ARPHRD_TUNNEL6, 101),
    (libc::ARPHRD_SIT, 101),
    (libc::ARPHRD_IEEE80211, 105),
    (libc::ARPHRD_IEEE80211_PRISM, 119),
    (libc::ARPHRD_IEEE80211_RADIOTAP, 127),
];

/// The link type of the frames of a device.
pub(super) fn link_type(hardware: u16) -> Option<u16> {
    LINK_TYPES.iter().find(|(known, _)| *known == hardware).map(|(_, link_type)| *link_type)
}
