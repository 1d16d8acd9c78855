//! Options of packet sockets (packet(7)) that nix does not have.
//!
//! They are declared by macros of nix's, which put nix's own unsafe calls of `setsockopt` and `getsockopt` here. The crate
//! forbids unsafe code, and has none of its own: there is no other safe way to ask the kernel for VLAN tags and for what it lost.
//! This file has nothing else, so that these lines can be checked: each option must have the type that the kernel expects.

use nix::sys::socket::sockopt::{GetStruct, SetBool};

/// Asks for `struct tpacket_auxdata` beside each frame.
#[derive(Clone, Copy)]
pub(super) struct AuxiliaryData;
nix::setsockopt_impl!(AuxiliaryData, libc::SOL_PACKET, libc::PACKET_AUXDATA, bool, SetBool);

/// Gives no frames that go out.
#[derive(Clone, Copy)]
pub(super) struct IgnoreOutgoing;
nix::setsockopt_impl!(IgnoreOutgoing, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, bool, SetBool);

/// Frames since the last time that the option was read: those that came, and of them those that were lost.
#[derive(Clone, Copy)]
pub(super) struct PacketStatistics;
nix::getsockopt_impl!(
    PacketStatistics,
    libc::SOL_PACKET,
    libc::PACKET_STATISTICS,
    libc::tpacket_stats,
    GetStruct<libc::tpacket_stats>
);
