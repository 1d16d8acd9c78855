//! DHCP for IPv4 and DHCP for IPv6.

pub(crate) mod v4;
pub(crate) mod v4_numbers;
pub(crate) mod v4_options;
pub(crate) mod v4_suboptions;
pub(crate) mod v6;
pub(crate) mod v6_numbers;
pub(crate) mod v6_options;

pub use v4::{DhcpEdit, DhcpRule};
pub use v4::{DhcpFlags, DhcpOperation};
pub use v4_numbers::{
    DhcpArchitecture, DhcpAuthentication, DhcpCivicType, DhcpFqdnFlags, DhcpMessageType, DhcpNameService, DhcpOverload,
    DhcpRelayFlags, DhcpReplayDetection, DhcpState, DhcpStatus, DhcpSwitch, NetbiosNodeType, PxeDiscovery,
};
pub use v4_options::DHCP_COOKIE;
pub use v4_options::{
    DhcpCivicElement, DhcpClientId, DhcpEnterpriseClass, DhcpFqdn, DhcpFqdnHead, DhcpLocation, DhcpOption,
    DhcpOptionCode, DhcpPolicyFilter, DhcpResolver, DhcpRoute, DhcpStaticRoute, DhcpUserClass,
};
pub use v4_options::{DhcpFqdnHeadEdit, DhcpLocationEdit, DhcpPolicyFilterEdit, DhcpStaticRouteEdit};
pub use v4_suboptions::{
    DhcpCableLabsOption, DhcpEnterpriseOptions, DhcpPxeOption, DhcpRelayOption, DhcpSipServers, DhcpSubnetOption,
    DhcpVendorOption, DhcpVpn, Duid, PxeMenuEntry,
};
pub use v6::{Dhcp4o6Flags, Dhcpv6Relay, Dhcpv6Transaction};
pub use v6::{Dhcp4o6FlagsEdit, Dhcpv6Edit, Dhcpv6RelayEdit, Dhcpv6Rule, Dhcpv6TransactionEdit};
pub use v6_numbers::{
    Dhcpv6AddressSelectionFlags, Dhcpv6BindingStatus, Dhcpv6ConnectFlags, Dhcpv6DnsFlags, Dhcpv6FqdnFlags,
    Dhcpv6MessageType, Dhcpv6QueryType, Dhcpv6S46Flags, Dhcpv6ServerFlags, Dhcpv6ServerState, Dhcpv6Status,
    Dhcpv6Transports,
};
pub use v6_options::Dhcpv6MplParametersEdit;
pub use v6_options::{
    Dhcpv6Duid, Dhcpv6LinkAddress, Dhcpv6MosAddresses, Dhcpv6MosNames, Dhcpv6MplParameters, Dhcpv6NtpOption,
    Dhcpv6Option, Dhcpv6OptionCode, Dhcpv6PartialName, Dhcpv6Prefix, Dhcpv6Resolver, Dhcpv6VendorOption,
};
