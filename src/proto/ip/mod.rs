//! IPv4 and IPv6, with their options and extension headers.

pub(crate) mod ah;
pub(crate) mod esp;
pub(crate) mod extension;
pub(crate) mod fragment;
#[cfg(feature = "mobility")]
pub(crate) mod hip;
pub(crate) mod ip_protocol;
pub(crate) mod ip_rules;
pub(crate) mod ipv4;
pub(crate) mod ipv4_options;
pub(crate) mod ipv6;
pub(crate) mod ipv6_options;
#[cfg(feature = "mobility")]
pub(crate) mod mobility;
#[cfg(feature = "mobility")]
pub(crate) mod mobility_options;
pub(crate) mod routing;
pub(crate) mod rpl;
#[cfg(feature = "mobility")]
pub(crate) mod shim6;

pub use ah::AhEdit;
pub use esp::EspEdit;
pub use extension::{DestinationOptionsEdit, HopByHopEdit};
pub use fragment::{FragmentEdit, FragmentIssues, FragmentRule};
#[cfg(feature = "mobility")]
pub use hip::{
    Halves, HipAlgorithm, HipCipher, HipControls, HipDomainType, HipEspSuite, HipGroup, HipHostId, HipHostIdFields,
    HipLocator, HipLocatorFields, HipNatMode, HipNotification, HipPacketType, HipParameter, HipParameterType,
    HipPublicValue, HipRegistration, HipRegistrationFailure, HipSuite, HipTransform,
};
#[cfg(feature = "mobility")]
pub use hip::{HipEdit, HipHostIdFieldsEdit, HipLocatorFieldsEdit, HipRule};
pub use ip_protocol::IpProtocol;
pub use ip_rules::IpRule;
pub use ipv4::Ipv4Edit;
pub use ipv4::{Dscp, Ecn, Ipv4Flags};
pub use ipv4_options::{
    AddressedTimestamp, CipsoTag, Ipv4Option, Ipv4OptionClass, Ipv4OptionType, Ipv4RouterAlert, Ipv4TimestampList,
    Ipv4Timestamps, ProtectionAuthority, ProtectionFlags, QuickStart, QuickStartFunction, QuickStartRate,
    SecurityLevel, TimestampFlags, TimestampForm,
};
pub use ipv4_options::{AddressedTimestampEdit, Ipv4OptionTypeEdit, Ipv4Rule, QuickStartEdit, TimestampFlagsEdit};
pub use ipv6::{Ipv6Edit, Ipv6Rule};
pub use ipv6_options::{
    AltMark, Calipso, DepthFirst, IoamOption, IoamRecord, IoamTrace, IoamTraceType, Ipv6Option, Ipv6OptionAction,
    Ipv6OptionType, Ipv6QuickStart, Ipv6RouterAlert, MinimumPathMtu, Mpl, MplSeed, PerformanceMetrics, RplPacketFlags,
    RplPacketInformation, SmfDpd,
};
pub use ipv6_options::{
    AltMarkEdit, CalipsoEdit, DepthFirstEdit, IoamTraceEdit, Ipv6OptionRule, Ipv6OptionTypeEdit, Ipv6QuickStartEdit,
    MinimumPathMtuEdit, MplEdit, PerformanceMetricsEdit, RplPacketInformationEdit, SmfDpdEdit,
};
#[cfg(feature = "mobility")]
pub use mobility::{BindingAcknowledgmentFlags, BindingStatus, BindingUpdateFlags, MobilityMessage, MobilityType};
#[cfg(feature = "mobility")]
pub use mobility::{MobilityEdit, MobilityRule};
#[cfg(feature = "mobility")]
pub use mobility_options::MobilityOption;
pub use routing::{
    RoutingData, RoutingType, RplAddresses, RplSourceRoute, SegmentHmac, SegmentRoute, SegmentRouting, SegmentTlv,
};
pub use routing::{RoutingEdit, RoutingRule, RplSourceRouteEdit, SegmentHmacEdit, SegmentRoutingEdit};
pub use rpl::{RplConfiguration, RplOption, RplRoute};
pub use rpl::{RplConfigurationEdit, RplRouteEdit};
#[cfg(feature = "mobility")]
pub use shim6::Shim6Edit;
#[cfg(feature = "mobility")]
pub use shim6::Shim6Type;
