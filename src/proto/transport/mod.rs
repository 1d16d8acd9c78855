//! TCP, UDP, UDP-Lite and their options.

pub(crate) mod mptcp;
pub(crate) mod tcp;
pub(crate) mod tcp_options;
pub(crate) mod udp;
pub(crate) mod udp_lite;
pub(crate) mod udp_options;

pub use mptcp::{
    AddAddr, AddAddrFlags, DataSequenceSignal, DssFlags, DssMapping, MpCapable, MpJoin, MpPrio, MpTcprst, Mptcp,
    MptcpFlags, MptcpMessage, MptcpPort, MptcpReserved4, MptcpReserved12, MptcpResetReason, MptcpSubtype,
};
pub use mptcp::{
    AddAddrEdit, DssFlagsEdit, MpCapableEdit, MpJoinEdit, MpPrioEdit, MpTcprstEdit, MptcpReserved4Edit,
    MptcpReserved12Edit,
};
pub use tcp::TcpEdit;
pub use tcp::TcpFlags;
pub use tcp_options::{
    AlternateChecksum, PartialOrderFlags, QuickStartResponse, SackBlock, ScpsCapabilities, TcpExperiment, TcpOption,
    TcpUserTimeout, UserTimeout,
};
pub use tcp_options::{QuickStartResponseEdit, SackBlockEdit, TcpRule, UserTimeoutEdit};
pub use udp::UdpEdit;
pub use udp_lite::{UdpLiteEdit, UdpLiteRule};
pub use udp_options::{UdpExperiment, UdpFragment, UdpOption};
pub use udp_options::{UdpFragmentEdit, UdpRule};
