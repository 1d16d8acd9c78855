//! Application protocols: HTTP, NTP, RADIUS, SNMP and TFTP.

pub(crate) mod http;
pub(crate) mod ntp;
pub(crate) mod radius;
pub(crate) mod radius_attributes;
pub(crate) mod radius_numbers;
pub(crate) mod snmp;
pub(crate) mod tftp;

pub use http::HttpStart;
pub use http::{HttpEdit, HttpRule};
pub use ntp::{NtpControlEdit, NtpEdit, NtpPrivateEdit};
pub use ntp::{NtpControlOpcode, NtpExtension, NtpLeap, NtpMode, NtpStratum};
pub use radius::{RadiusCode, RadiusEdit, RadiusRule};
pub use radius_attributes::{
    RadiusAttribute, RadiusEgressVlan, RadiusExtendedFlags, RadiusTag, RadiusTaggedTunnelMedium,
    RadiusTaggedTunnelType, RadiusVendorAttribute, RadiusVendorSpecific, RadiusVendorValue,
};
pub use radius_attributes::{RadiusEgressVlanEdit, RadiusTaggedTunnelMediumEdit, RadiusTaggedTunnelTypeEdit};
pub use radius_numbers::{
    RadiusAcctAuthentic, RadiusAcctStatusType, RadiusAcctTerminateCause, RadiusArapZoneAccess, RadiusErrorCause,
    RadiusFramedCompression, RadiusFramedProtocol, RadiusFramedRouting, RadiusIngressFilters, RadiusLoginService,
    RadiusManagementProtocol, RadiusNasPortType, RadiusPrompt, RadiusServiceType, RadiusTerminationAction,
    RadiusTransportProtection, RadiusTunnelMedium, RadiusTunnelType, RadiusVendor, RadiusVlanTag,
};
pub use snmp::SnmpEdit;
pub use snmp::{SnmpPdu, SnmpVersion};
pub use tftp::TftpEdit;
pub use tftp::{Terminated, TftpErrorCode, TftpMessage, TftpOpcode, TftpOption};
