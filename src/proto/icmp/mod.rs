//! ICMP, ICMPv6, Neighbor Discovery, IGMP and MLD.

pub(crate) mod icmp_extensions;
pub(crate) mod icmpv4;
pub(crate) mod icmpv4_message;
pub(crate) mod icmpv6;
pub(crate) mod icmpv6_message;
pub(crate) mod igmp;
pub(crate) mod multicast;
pub(crate) mod ndp;

pub use icmp_extensions::{
    IcmpExtensionHeader, IcmpExtensions, IcmpObject, InterfaceAddress, InterfaceContents, InterfaceIdentification,
    InterfaceInformation, InterfaceName, InterfaceRole, MplsLabel,
};
pub use icmp_extensions::{IcmpExtensionHeaderEdit, IcmpRule, InterfaceContentsEdit, MplsLabelEdit};
pub use icmpv4::{
    AdvertisementCode, ExtendedEchoCode, Icmpv4Type, ParameterCode, PhoturisCode, RedirectCode, TimeExceededCode,
    UnreachableCode,
};
pub use icmpv4::{Icmpv4Edit, Icmpv4Rule};
pub use icmpv4_message::{
    Icmpv4Message, NeighborState, ProbeReply, ProbeReply6, ProbeRequest, ProbeRequest6, RouterAddress,
};
pub use icmpv4_message::{ProbeReply6Edit, ProbeReplyEdit, ProbeRequest6Edit, ProbeRequestEdit, RouterAddressEdit};
pub use icmpv6::Icmpv6Edit;
pub use icmpv6::{
    Icmpv6Type, NodeQueryCode, NodeResponseCode, Parameter6Code, RenumberingCode, RplCode, Unreachable6Code,
};
pub use icmpv6_message::{
    Icmpv6Message, ListenerQuerier, Locator, MobilePrefixFlags, NeighborFlags, NodeAddress, NodeFlags, NodeInformation,
    NodeIpv4Address, NodeQueryType, RenumberingFlags, RouterAdvertisement, RplDio, RplMode,
};
pub use icmpv6_message::{
    Icmpv6Rule, ListenerQuerierEdit, LocatorEdit, NodeAddressEdit, NodeInformationEdit, NodeIpv4AddressEdit,
    RouterAdvertisementEdit, RplDioEdit,
};
pub use igmp::{IgmpEdit, IgmpQueryEdit, IgmpRule};
pub use igmp::{IgmpMessage, IgmpQuery, IgmpType};
pub use multicast::{CountedList, GroupAddress, GroupRecord, GroupRecordType, Listed, decode_time8, decode_time16};
pub use ndp::{
    Domains, LinkLayerAddress, LowpanContext, NdpOption, Pref64, PrefixFlags, RegistrationFlags, Resolver,
    RouteInformation, RouterPreference, ShortPrefix,
};
pub use ndp::{LowpanContextEdit, Pref64Edit, RouteInformationEdit};
