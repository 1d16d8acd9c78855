//! Options within the options of DHCP: those of vendors, of PXE, of relay agents, of subnet allocation.

use super::dhcp_options::ENDED;
use super::{DhcpEnterpriseOptions, DhcpRelayFlags, DhcpSipServers, DhcpSwitch, DhcpVpn, Duid, PxeDiscovery};
use crate::addr::MacAddr;
use crate::name::Name;
use crate::part::{Counted, Framed, Framing, List, Standalone, Tagged, Text, Tlvs, build_item, group, variants};
use core::net::Ipv4Addr;

variants! {
    /// A suboption whose meaning only a vendor knows.
    pub enum DhcpVendorOption<'a>: "type", "dhcp.option.suboption" {
        Pad = 0 "pad" {}
        End = 255 "end" {}
    }
}

impl Framed for DhcpVendorOption<'_> {
    const FRAMING: Framing = ENDED;
    // Those of PXE are shown as such where the vendor class says so; the others are raw.
    const BUILD: Option<crate::part::BuildItem> = Some(build_item::<DhcpPxeOption<'_>>);
}

variants! {
    /// A suboption of option 43 for the vendor class `PXEClient`, PXE 2.1 §2.4.
    ///
    /// ```
    /// use packetsmith::{DhcpOption, DhcpPxeOption, PxeDiscovery, Tlvs};
    /// let options: Tlvs<DhcpOption> = Tlvs::new(&[43, 4, 6, 1, 8, 255]);
    /// let Some(DhcpOption::VendorSpecific { suboptions }) = options.iter().next() else { panic!() };
    /// let pxe = suboptions.0.cast::<DhcpPxeOption>().iter().next();
    /// assert_eq!(pxe, Some(DhcpPxeOption::DiscoveryControl { control: PxeDiscovery::BOOT_FILE }));
    /// ```
    pub enum DhcpPxeOption<'a>: "type", "dhcp.option.vendor.pxeclient.suboption" {
        Pad = 0 "pad" {}
        MtftpAddress = 1 "MTFTP address" {
            /// Multicast address of the boot file.
            address: Ipv4Addr, "dhcp.option.vendor.pxeclient.mtftp_ip";
        }
        MtftpClientPort = 2 "MTFTP client port" {
            /// Port that clients listen at.
            port: u16, "dhcp.option.vendor.pxeclient.mtftp_client_port";
        }
        MtftpServerPort = 3 "MTFTP server port" {
            /// Port that servers listen at.
            port: u16, "dhcp.option.vendor.pxeclient.mtftp_server_port";
        }
        MtftpTimeout = 4 "MTFTP timeout" {
            /// How long to listen before opening a transfer.
            timeout: u8, "dhcp.option.vendor.pxeclient.mtftp_timeout", seconds;
        }
        MtftpDelay = 5 "MTFTP delay" {
            /// How long to listen before opening it again.
            delay: u8, "dhcp.option.vendor.pxeclient.mtftp_delay", seconds;
        }
        DiscoveryControl = 6 "discovery control" {
            /// Where to look for servers.
            control: PxeDiscovery, "dhcp.option.vendor.pxeclient.discovery_control", hex;
        }
        DiscoveryAddress = 7 "discovery multicast address" {
            /// Where to ask for servers by multicast.
            address: Ipv4Addr, "dhcp.option.vendor.pxeclient.multicast_address";
        }
        BootServers = 8 "boot servers" {
            /// Servers by type.
            servers: &'a [u8], "dhcp.option.vendor.pxeclient.boot_servers";
        }
        BootMenu = 9 "boot menu" {
            /// What the user may choose from.
            entries: List<'a, PxeMenuEntry<'a>, 1>, "dhcp.option.vendor.pxeclient.boot_menu";
        }
        MenuPrompt = 10 "menu prompt" {
            /// How long to wait for a key; 255 for ever.
            timeout: u8, "dhcp.option.vendor.pxeclient.menu_prompt.timeout", seconds;
            /// What the user is told.
            prompt: Text<'a>, "dhcp.option.vendor.pxeclient.menu_prompt.prompt";
        }
        MulticastAllocation = 11 "multicast address allocation" {
            /// Range of addresses.
            range: &'a [u8], "dhcp.option.vendor.pxeclient.multicast_address_alloc";
        }
        CredentialTypes = 12 "credential types" {
            /// Security that the client or server can do.
            types: List<'a, u32, 1>, "dhcp.option.vendor.pxeclient.credential_types", hex;
        }
        BootItem = 71 "boot item" {
            /// Type of server that the user chose.
            server_type: u16, "dhcp.option.vendor.pxeclient.boot_item.type";
            /// Layer of the boot, its highest bit for credentials.
            layer: u16, "dhcp.option.vendor.pxeclient.boot_item.layer", hex;
        }
        End = 255 "end" {}
    }
}

impl Framed for DhcpPxeOption<'_> {
    const FRAMING: Framing = ENDED;
}

group! {
    /// An entry of a PXE boot menu.
    pub struct PxeMenuEntry<'a> {
        /// Type of server.
        server_type: u16, "dhcp.option.vendor.pxeclient.boot_menu.type";
        /// What the user sees.
        description: Counted<Text<'a>>, "dhcp.option.vendor.pxeclient.boot_menu.desc";
    }
}

variants! {
    /// A suboption of option 82, RFC 3046 §2.
    pub enum DhcpRelayOption<'a>: "type", "dhcp.option.agent_information_option.suboption" {
        CircuitId = 1 "agent circuit ID" {
            /// Where the message came in, RFC 3046 §3.1.
            circuit: &'a [u8], "dhcp.option.agent_information_option.agent_circuit_id";
        }
        RemoteId = 2 "agent remote ID" {
            /// The far end of the circuit, RFC 3046 §3.2.
            remote: &'a [u8], "dhcp.option.agent_information_option.agent_remote_id";
        }
        DocsisDeviceClass = 4 "DOCSIS device class" {
            /// Kind of device behind a cable modem, RFC 3256 §2.
            class: u32, "dhcp.option.agent_information_option.docsis_device_class", hex;
        }
        LinkSelection = 5 "link selection" {
            /// Subnet that the address is to be from, RFC 3527 §3.
            subnet: Ipv4Addr, "dhcp.option.agent_information_option.link_selection";
        }
        SubscriberId = 6 "subscriber ID" {
            /// Name of the subscriber, RFC 3993 §3.
            subscriber: Text<'a>, "dhcp.option.agent_information_option.subscriber_id";
        }
        RadiusAttributes = 7 "RADIUS attributes" {
            /// What a RADIUS server says of the client, RFC 4014 §2.
            attributes: Tlvs<'a, DhcpRadiusAttribute<'a>>, "dhcp.option.agent_information_option.radius_attributes";
        }
        Authentication = 8 "authentication" {
            /// Algorithm, RFC 4030 §4.
            algorithm: u8, "dhcp.option.agent_information_option.authentication.algorithm";
            /// How replays are detected.
            rdm: u8, "dhcp.option.agent_information_option.authentication.rdm";
            /// A number that grows with each message.
            replay_detection: u64, "dhcp.option.agent_information_option.authentication.replay", hex;
            /// The relay agent.
            relay: Ipv4Addr, "dhcp.option.agent_information_option.authentication.relay";
            /// What the algorithm calls for.
            information: &'a [u8], "dhcp.option.agent_information_option.authentication";
        }
        VendorSpecific = 9 "vendor-specific information" {
            /// Suboptions by enterprise, RFC 4243 §3.
            vendors: List<'a, DhcpEnterpriseOptions<'a>, 1>, "dhcp.option.agent_information_option.vi";
        }
        Flags = 10 "flags" {
            /// How the message came in, RFC 5010 §3.
            flags: DhcpRelayFlags, "dhcp.option.agent_information_option.flags", hex;
        }
        ServerIdentifierOverride = 11 "server identifier override" {
            /// What the server is to give as option 54, RFC 5107 §4.
            address: Ipv4Addr, "dhcp.option.agent_information_option.server_id_override";
        }
        RelayAgentId = 12 "relay agent identifier" {
            /// The relay agent, RFC 6925 §4.
            duid: Tagged<'a, Duid<'a>, 2>, "dhcp.option.agent_information_option.relay_agent_id";
        }
        AccessTechnology = 13 "access technology type" {
            /// Reserved.
            reserved: u8, "dhcp.option.agent_information_option.ani_att.res", reserved;
            /// Type of RFC 5213 §8.5, RFC 7839 §4.4.
            technology: u8, "dhcp.option.agent_information_option.ani_att.att";
        }
        AccessNetworkName = 14 "access network name" {
            /// SSID or other name, RFC 7839 §4.5.1.
            name: Text<'a>, "dhcp.option.agent_information_option.ani_network_name";
        }
        AccessPointName = 15 "access point name" {
            /// Name of the access point, RFC 7839 §4.5.2.
            name: Text<'a>, "dhcp.option.agent_information_option.ani_ap_name";
        }
        AccessPointBssid = 16 "access point BSSID" {
            /// MAC address of the access point, RFC 7839 §4.5.3.
            bssid: MacAddr, "dhcp.option.agent_information_option.ani_ap_bssid";
        }
        OperatorId = 17 "operator identifier" {
            /// Enterprise number of the operator, RFC 7839 §4.6.1.
            enterprise: u32, "dhcp.option.agent_information_option.ani_operator_id";
        }
        OperatorRealm = 18 "operator realm" {
            /// Realm of the operator, RFC 7839 §4.6.2.
            realm: Text<'a>, "dhcp.option.agent_information_option.ani_operator_realm";
        }
        /// The relay agent listens at the port that it sent from, RFC 8357 §4.
        SourcePort = 19 "relay source port" {}
        LinkSelectionCisco = 150 "link selection (Cisco)" {
            /// Subnet that the address is to be from, before suboption 5 was assigned.
            subnet: Ipv4Addr, "dhcp.option.agent_information_option.link_selection_cisco";
        }
        VirtualSubnet = 151 "virtual subnet selection" {
            /// The VPN that the address is to be from, RFC 6607 §3.2.
            vpn: Tagged<'a, DhcpVpn<'a>>, "dhcp.option.agent_information_option.vrf_name";
        }
        VirtualSubnetControl = 152 "virtual subnet selection control, or server identifier override (Cisco)" {
            /// Nothing in RFC 6607 §3.3: a server that knows suboption 151 takes this one away. With
            /// an address it is what Cisco's relay agents sent before suboption 11 was assigned.
            address: Option<Ipv4Addr>, "dhcp.option.agent_information_option.server_id_override_cisco";
        }
    }
}

impl Framed for DhcpRelayOption<'_> {
    const FRAMING: Framing = Framing::BYTES;
}

variants! {
    /// An attribute of RADIUS (RFC 2865 §5), of those that RFC 4014 §3 lets a relay agent pass on.
    pub enum DhcpRadiusAttribute<'a>: "type", "radius.avp.type" {
        UserName = 1 "User-Name" {
            /// Name of the user.
            name: Text<'a>, "radius.User_Name";
        }
        ServiceType = 6 "Service-Type" {
            /// Kind of service.
            service: u32, "radius.Service_Type";
        }
        VendorSpecific = 26 "Vendor-Specific" {
            /// Enterprise number of the vendor.
            enterprise: u32, "radius.Vendor_Specific";
            /// The vendor's attributes.
            data: &'a [u8], "radius.avp.vendor_data";
        }
        SessionTimeout = 27 "Session-Timeout" {
            /// Longest time that the session may last.
            time: u32, "radius.Session_Timeout", seconds;
        }
        FramedPool = 88 "Framed-Pool" {
            /// Pool that the address is to be from.
            pool: Text<'a>, "radius.Framed_Pool";
        }
        FramedIpv6Pool = 100 "Framed-IPv6-Pool" {
            /// Pool that the IPv6 prefix is to be from.
            pool: Text<'a>, "radius.Framed_IPv6_Pool";
        }
    }
}

impl Framed for DhcpRadiusAttribute<'_> {
    const FRAMING: Framing = Framing { whole: true, ..Framing::BYTES };
}

variants! {
    /// A suboption of option 122, RFC 3495 §4 and §5.
    pub enum DhcpCableLabsOption<'a>: "type", "dhcp.cl.suboption" {
        PrimaryServer = 1 "primary DHCP server" {
            /// Server that the client may use.
            address: Ipv4Addr, "dhcp.cl.primary_server";
        }
        SecondaryServer = 2 "secondary DHCP server" {
            /// Server that the client may use when the first is gone.
            address: Ipv4Addr, "dhcp.cl.secondary_server";
        }
        ProvisioningServer = 3 "provisioning server" {
            /// Server by name (0) or address (1).
            server: Tagged<'a, DhcpSipServers<'a>>, "dhcp.cl.provisioning_server";
        }
        AsBackoff = 4 "AS-REQ/AS-REP backoff and retry" {
            /// First timeout in milliseconds.
            nominal_timeout: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_nom_timeout", milliseconds;
            /// Longest timeout in seconds.
            maximum_timeout: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_max_timeout", seconds;
            /// Times to try again.
            retries: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_max_retries";
        }
        ApBackoff = 5 "AP-REQ/AP-REP backoff and retry" {
            /// First timeout in milliseconds.
            nominal_timeout: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_nom_timeout", milliseconds;
            /// Longest timeout in seconds.
            maximum_timeout: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_max_timeout", seconds;
            /// Times to try again.
            retries: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_max_retries";
        }
        Realm = 6 "Kerberos realm name" {
            /// Realm.
            realm: Standalone<Name<'a>>, "dhcp.cl.realm";
        }
        TicketGrantingServer = 7 "ticket granting server utilization" {
            /// Whether the client must ask for a ticket-granting ticket.
            enabled: DhcpSwitch, "dhcp.cl.tgt";
        }
        ProvisioningTimer = 8 "provisioning timer" {
            /// Longest time for provisioning, in minutes; 0 for none.
            minutes: u8, "dhcp.cl.provisioning_timer";
        }
        TicketControl = 9 "security ticket control" {
            /// Tickets to throw away, RFC 3594 §3.
            control: u16, "dhcp.cl.ticket_control", hex;
        }
        KdcAddress = 10 "KDC server address" {
            /// Key distribution centres, RFC 3634 §4.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.cl.kdc_address";
        }
    }
}

impl Framed for DhcpCableLabsOption<'_> {
    const FRAMING: Framing = Framing::BYTES;
}

variants! {
    /// A suboption of option 220, RFC 6656 §3.
    pub enum DhcpSubnetOption<'a>: "type", "dhcp.option.subnet_allocation.suboption" {
        Request = 1 "subnet request" {
            /// Flags, RFC 6656 §3.1.
            flags: u8, "dhcp.option.subnet_allocation.request_flags", hex;
            /// Length of the prefix asked for, in bits.
            prefix_length: u8, "dhcp.option.subnet_allocation.prefix_length";
        }
        Information = 2 "subnet information" {
            /// Flags, RFC 6656 §3.2.
            flags: u8, "dhcp.option.subnet_allocation.information_flags", hex;
            /// Subnets.
            blocks: &'a [u8], "dhcp.option.subnet_allocation.blocks";
        }
        Name = 3 "subnet name" {
            /// Name of the subnet, RFC 6656 §3.3.
            name: Text<'a>, "dhcp.option.subnet_allocation.name";
        }
        SuggestedLeaseTime = 4 "suggested lease time" {
            /// Lease time for the clients there, RFC 6656 §3.4.
            time: u32, "dhcp.option.subnet_allocation.lease_time", seconds;
        }
    }
}

impl Framed for DhcpSubnetOption<'_> {
    const FRAMING: Framing = Framing::BYTES;
}
