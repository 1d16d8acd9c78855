//! Application protocols: HTTP, NTP, SNMP and TFTP.

pub(crate) mod http;
pub(crate) mod ntp;
pub(crate) mod snmp;
pub(crate) mod tftp;

pub use http::HttpStart;
pub use http::{HttpEdit, HttpRule};
pub use ntp::{NtpControlEdit, NtpEdit, NtpPrivateEdit};
pub use ntp::{NtpControlOpcode, NtpExtension, NtpLeap, NtpMode, NtpStratum};
pub use snmp::SnmpEdit;
pub use snmp::{SnmpPdu, SnmpVersion};
pub use tftp::TftpEdit;
pub use tftp::{Terminated, TftpErrorCode, TftpMessage, TftpOpcode, TftpOption};
