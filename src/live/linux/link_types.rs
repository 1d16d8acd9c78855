//! The link types of devices.

/// Raw IP, of linux/if_arp.h.
const ARPHRD_RAWIP: u16 = 519;

/// The link type of the frames of a device, as libpcap has it.
pub(super) fn link_type(hardware: u16) -> Option<u16> {
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
