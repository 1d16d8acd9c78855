//! Mobility options: RFC 6275 §6.2, and later ones in the IANA registry.

use crate::wire::{Text, TlvItem, TlvLayout, tagged_enum};
use core::net::Ipv6Addr;

tagged_enum! {
    /// An option of a mobility message, RFC 6275 §6.2.
    pub enum MobilityOption<'a>: "type", "mip6.mobility_opt", "options", length "mip6.mobility_opt.len" {
        Pad1 = 0 "Pad1" {}
        PadN = 1 "PadN" {
            /// Should be zero, RFC 6275 §6.2.3.
            padding: &'a [u8], "mip6.padn";
        }
        BindingRefreshAdvice = 2 "binding refresh advice" {
            /// Interval until the next binding update should be sent, in units of 4 seconds; RFC 6275 §6.2.4.
            interval: u16, "mip6.bra.interval", units_of_4_seconds;
        }
        AlternateCareOfAddress = 3 "alternate care-of address" {
            /// Care-of address to use instead of the source address, RFC 6275 §6.2.5.
            address: Ipv6Addr, "mip6.acoa.acoa";
        }
        NonceIndices = 4 "nonce indices" {
            /// Home nonce index: nonce that the home keygen token was computed with, RFC 6275 §6.2.6.
            home: u16, "mip6.ni.hni";
            /// Care-of nonce index: nonce that the care-of keygen token was computed with.
            care_of: u16, "mip6.ni.cni";
        }
        BindingAuthorization = 5 "binding authorization data" {
            /// Keyed hash of the addresses and the message, RFC 6275 §6.2.7.
            authenticator: &'a [u8], "mip6.bad.auth";
        }
        MobileNetworkPrefix = 6 "mobile network prefix" {
            /// Contents, RFC 3963 §4.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        LinkLayerAddress = 7 "link-layer address" {
            /// Contents, RFC 5568 §6.4.4.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        MobileNodeIdentifier = 8 "mobile node identifier" {
            /// Subtype: 1 network access identifier. RFC 4283 §3.
            subtype: u8, "mip6.mnid.subtype";
            /// Identifier of the mobile node.
            identifier: Text<'a>, "mip6.mnid.identifier";
        }
        Authentication = 9 "authentication" {
            /// Contents, RFC 4285 §5.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        MessageIdentification = 10 "message identification" {
            /// Contents, RFC 4285 §6.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        CgaParametersRequest = 11 "CGA parameters request" {
            /// Contents, RFC 4866 §5.6.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        CgaParameters = 12 "CGA parameters" {
            /// Contents, RFC 4866 §5.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Signature = 13 "signature" {
            /// Contents, RFC 4866 §5.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        HomeKeygenToken = 14 "permanent home keygen token" {
            /// Contents, RFC 4866 §5.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        CareOfTestInit = 15 "care-of test init" {
            /// Contents, RFC 4866 §5.4.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        CareOfTest = 16 "care-of test" {
            /// Contents, RFC 4866 §5.5.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        DnsUpdate = 17 "DNS update" {
            /// Contents, RFC 5026 §8.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Experimental = 18 "experimental" {
            /// Contents, RFC 5096.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        VendorSpecific = 19 "vendor-specific" {
            /// Contents, RFC 5094.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        ServiceSelection = 20 "service selection" {
            /// Contents, RFC 5149 §3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        FastBindingAuthorization = 21 "binding authorization data for FMIPv6" {
            /// Contents, RFC 5568 §6.4.5.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        HomeNetworkPrefix = 22 "home network prefix" {
            /// Contents, RFC 5213 §8.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        HandoffIndicator = 23 "handoff indicator" {
            /// Contents, RFC 5213 §8.4.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        AccessTechnology = 24 "access technology type" {
            /// Contents, RFC 5213 §8.5.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        LinkLayerIdentifier = 25 "mobile node link-layer identifier" {
            /// Contents, RFC 5213 §8.6.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        LinkLocalAddress = 26 "link-local address" {
            /// Contents, RFC 5213 §8.7.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Timestamp = 27 "timestamp" {
            /// Seconds since 1970 in units of 1/65536 second, RFC 5213 §8.8.
            timestamp: u64, "mip6.timestamp", unix_time;
        }
        RestartCounter = 28 "restart counter" {
            /// Contents, RFC 5847 §3.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4HomeAddress = 29 "IPv4 home address" {
            /// Contents, RFC 5555 §3.1.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4AddressAcknowledgment = 30 "IPv4 address acknowledgment" {
            /// Contents, RFC 5555 §3.2.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        NatDetection = 31 "NAT detection" {
            /// Contents, RFC 5555 §3.2.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4CareOfAddress = 32 "IPv4 care-of address" {
            /// Contents, RFC 5555 §3.1.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        GreKey = 33 "GRE key" {
            /// Contents, RFC 5845 §6.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv6AddressPrefix = 34 "IPv6 address or prefix" {
            /// Contents, RFC 5568 §6.4.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        BindingIdentifier = 35 "binding identifier" {
            /// Contents, RFC 5648 §4.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4HomeAddressRequest = 36 "IPv4 home address request" {
            /// Contents, RFC 5844 §3.3.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4HomeAddressReply = 37 "IPv4 home address reply" {
            /// Contents, RFC 5844 §3.3.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4DefaultRouter = 38 "IPv4 default router address" {
            /// Contents, RFC 5844 §3.3.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Ipv4DhcpSupport = 39 "IPv4 DHCP support mode" {
            /// Contents, RFC 5844 §3.3.4.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        ContextRequest = 40 "context request" {
            /// Contents, RFC 5949 §6.2.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        LocalMobilityAnchor = 41 "local mobility anchor address" {
            /// Contents, RFC 5949 §6.2.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        InterfaceIdentifier = 42 "mobile node link-local address interface identifier" {
            /// Contents, RFC 5949 §6.2.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        TransientBinding = 43 "transient binding" {
            /// Contents, RFC 6058 §4.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        FlowSummary = 44 "flow summary" {
            /// Contents, RFC 6089 §4.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        FlowIdentification = 45 "flow identification" {
            /// Contents, RFC 6089 §4.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        RedirectCapability = 46 "redirect capability" {
            /// Contents, RFC 6463 §4.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        Redirect = 47 "redirect" {
            /// Contents, RFC 6463 §4.2.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        LoadInformation = 48 "load information" {
            /// Contents, RFC 6463 §4.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        AlternateIpv4CareOfAddress = 49 "alternate IPv4 care-of address" {
            /// Contents, RFC 6463 §4.4.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        MobileNodeGroup = 50 "mobile node group identifier" {
            /// Contents, RFC 6602 §5.3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        MagIpv6Address = 51 "MAG IPv6 address" {
            /// Contents, RFC 6705 §9.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        AccessNetwork = 52 "access network identifier" {
            /// Contents, RFC 6757 §3.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
        DelegatedPrefix = 55 "delegated mobile network prefix" {
            /// Contents, RFC 7148 §4.1.
            data: &'a [u8], "mip6.mobility_opt.data";
        }
    }
}

impl TlvItem for MobilityOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout { lone: &[0], ..TlvLayout::BYTES };
}
