//! PPP, PPPoE and their control protocols.

pub(crate) mod control;
pub(crate) mod frame;
pub(crate) mod pppoe;

pub use control::{
    ChapCode, ChapMessage, IpcpOption, Ipv6cpOption, LcpCode, LcpMessage, LcpOption, NcpCode, PapCode, PapMessage,
};
pub use frame::{PppDirectionValue, PppProtocolNumber};
pub use pppoe::{PppoeCode, PppoeTag};

pub use frame::PppRule;
pub use pppoe::PppoeRule;
