//! Application protocols: HTTP, NTP, RADIUS, sFlow, SNMP, TFTP and TLS.

pub(crate) mod http;
pub(crate) mod ntp;
pub(crate) mod radius;
pub(crate) mod radius_attributes;
pub(crate) mod radius_numbers;
pub(crate) mod sflow;
pub(crate) mod snmp;
pub(crate) mod tftp;
pub(crate) mod tls;

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
pub use sflow::counter_records::{
    SflowCounterFormat, SflowCounterRecord, SflowCounterRecordHead, SflowInterfaceDirection, SflowInterfaceStatus,
};
pub use sflow::counter_records::{SflowCounterRecordHeadEdit, SflowInterfaceStatusEdit};
pub use sflow::flow_records::{
    SflowAsSegment, SflowAsSegmentType, SflowEthernetFrame, SflowFlowFormat, SflowFlowRecord, SflowFlowRecordHead,
    SflowHeaderProtocol, SflowSampledHeader, SflowTcpFlags, SflowUrlDirection,
};
pub use sflow::flow_records::{SflowEthernetFrameEdit, SflowFlowRecordHeadEdit};
pub use sflow::samples::{
    SflowCountersSample, SflowExpandedCountersSample, SflowExpandedFlowSample, SflowFlowSample, SflowInterfaceFormat,
    SflowSample, SflowSampleFormat, SflowSampleHead, SflowSourceType,
};
pub use sflow::samples::{
    SflowCountersSampleEdit, SflowExpandedCountersSampleEdit, SflowExpandedFlowSampleEdit, SflowFlowSampleEdit,
    SflowSampleHeadEdit,
};
pub use sflow::xdr::{
    SflowAddressType, SflowArray, SflowHeaderBytes, SflowList, SflowListed, SflowNatDestination, SflowNatSource,
    SflowNextHop, SflowText,
};
pub use sflow::{SflowDatagram, SflowEdit, SflowRule, SflowSampledHeaders};
pub use snmp::SnmpEdit;
pub use snmp::{SnmpPdu, SnmpVersion};
pub use tftp::TftpEdit;
pub use tftp::{Terminated, TftpErrorCode, TftpMessage, TftpOpcode, TftpOption};
pub use tls::extensions::{
    TlsExtension, TlsExtensions, TlsKeyShare, TlsKeyShareEntry, TlsOfferedPsks, TlsPreSharedKey, TlsPskIdentity,
    TlsServerName, TlsStatusRequest, TlsSupportedVersions,
};
pub use tls::handshake::{TlsCounted24, TlsHandshake, TlsMessage};
pub use tls::ja4::TlsJa4;
pub use tls::numbers::{
    TlsAlertDescription, TlsAlertLevel, TlsCertificateCompression, TlsCipherSuite, TlsCompression, TlsContentType,
    TlsGroup, TlsMaxFragmentLength, TlsNameType, TlsPointFormat, TlsPskMode, TlsSignatureScheme, TlsStatusType,
    TlsVersion,
};
pub use tls::{TlsEdit, TlsRule};
