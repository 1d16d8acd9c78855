//! PPP, PPPoE and their control protocols.

pub(crate) mod control;
pub(crate) mod frame;
pub(crate) mod pppoe;

pub use control::{
    CcpBsdCompress, CcpCode, CcpDeflate, CcpMagnalink, CcpMicrosoftBits, CcpOption, ChapCode, ChapMessage, IpcpOption,
    Ipv6cpOption, LcpCode, LcpMessage, LcpOption, NcpCode, PapCode, PapMessage,
};
pub use control::{CcpBsdCompressEdit, CcpDeflateEdit, CcpMagnalinkEdit};
pub use control::{CcpEdit, ChapEdit, IpcpEdit, Ipv6cpEdit, LcpEdit, PapEdit};
pub use frame::{CHdlcEdit, PppCompressedEdit, PppDirectionEdit, PppEdit, PppHdlcEdit, PppRule};
pub use frame::{PppDirectionValue, PppProtocolNumber};
pub use pppoe::{PppoeCode, PppoeTag};
pub use pppoe::{PppoeEdit, PppoeRule};
