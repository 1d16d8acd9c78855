//! Options of packet sockets (packet(7)) that nix does not have.
//!
//! They are declared by macros of nix's, which put nix's own unsafe calls of `setsockopt` and `getsockopt` here. The crate
//! forbids unsafe code, and has none of its own: there is no other safe way to ask the kernel for a ring and for what it lost.
//! This file has nothing else, so that these lines can be checked: each option must have the type that the kernel expects.

use nix::sys::socket::sockopt::{GetStruct, SetStruct};

/// Which of its structures the kernel uses: an `int`.
#[derive(Clone, Copy)]
pub(super) struct PacketVersion;
nix::setsockopt_impl!(PacketVersion, libc::SOL_PACKET, libc::PACKET_VERSION, libc::c_int, SetStruct<libc::c_int>);

/// Asks for a ring, with the version `TPACKET_V3`.
#[derive(Clone, Copy)]
pub(super) struct ReceiveRing;
nix::setsockopt_impl!(
    ReceiveRing,
    libc::SOL_PACKET,
    libc::PACKET_RX_RING,
    libc::tpacket_req3,
    SetStruct<libc::tpacket_req3>
);

/// Frames since the last time that the option was read: those that came, and of them those that were lost. With the version
/// `TPACKET_V3`.
#[derive(Clone, Copy)]
pub(super) struct PacketStatistics;
nix::getsockopt_impl!(
    PacketStatistics,
    libc::SOL_PACKET,
    libc::PACKET_STATISTICS,
    libc::tpacket_stats_v3,
    GetStruct<libc::tpacket_stats_v3>
);
