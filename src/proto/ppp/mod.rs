//! PPP, PPPoE and their control protocols.

pub(crate) mod ccp;
pub(crate) mod chap;
mod control;
pub(crate) mod frame;
pub(crate) mod ipcp;
pub(crate) mod ipv6cp;
pub(crate) mod lcp;
pub(crate) mod pap;
pub(crate) mod pppoe;
#[cfg(test)]
mod tests;

pub use ccp::{CcpBsdCompress, CcpCode, CcpDeflate, CcpMagnalink, CcpMicrosoftBits, CcpOption};
pub use ccp::{CcpBsdCompressEdit, CcpDeflateEdit, CcpEdit, CcpMagnalinkEdit};
pub use chap::{ChapCode, ChapEdit, ChapMessage};
pub use control::NcpCode;
pub use frame::{CHdlcEdit, PppCompressedEdit, PppDirectionEdit, PppEdit, PppHdlcEdit, PppRule};
pub use frame::{PppDirectionValue, PppProtocolNumber};
pub use ipcp::{IpcpEdit, IpcpOption};
pub use ipv6cp::{Ipv6cpEdit, Ipv6cpOption};
pub use lcp::{LcpCode, LcpEdit, LcpMessage, LcpOption};
pub use pap::{PapCode, PapEdit, PapMessage};
pub use pppoe::{PppoeCode, PppoeTag};
pub use pppoe::{PppoeEdit, PppoeRule};
