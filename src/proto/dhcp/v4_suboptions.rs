//! Suboptions of DHCP options (of vendors, PXE, relay agents, CableLabs and subnet allocation), and values that
//! options and suboptions share.

use crate::proto::{ArpHardware, DhcpRelayFlags, DhcpSwitch, PxeDiscovery, RadiusAttribute};
use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::{Counted, List, Standalone, Tagged, Text, TlvItem, TlvLayout, Tlvs, build_item, group, tagged_enum};
use core::net::Ipv4Addr;

/// Code 0 is padding, code 255 is the end.
pub(crate) const ENDED: TlvLayout = TlvLayout { lone: &[0, 255], end: Some(255), ..TlvLayout::BYTES };

tagged_enum! {
    /// A suboption in a vendor-specific format.
    pub enum DhcpVendorOption<'a>: "type", "dhcp.option.suboption", "vendor suboptions" {
        Pad = 0 "pad" {}
        End = 255 "end" {}
    }
}

impl TlvItem for DhcpVendorOption<'_> {
    const LAYOUT: TlvLayout = ENDED;
    // PXE suboptions are decoded if the vendor class selects them; others are raw.
    const BUILD: Option<crate::wire::BuildItem> = Some(build_item::<DhcpPxeOption<'_>>);
}

tagged_enum! {
    /// A suboption of option 43 for the vendor class `PXEClient`, PXE 2.1 §2.4.
    ///
    /// ```
    /// use packetsmith::proto::dhcp::{DhcpOption, DhcpPxeOption, PxeDiscovery};
    /// use packetsmith::Tlvs;
    /// let options: Tlvs<DhcpOption> = Tlvs::new(&[43, 4, 6, 1, 8, 255]);
    /// let Some(DhcpOption::VendorSpecific { suboptions }) = options.iter().next() else { panic!() };
    /// let pxe = suboptions.0.cast::<DhcpPxeOption>().iter().next();
    /// assert_eq!(pxe, Some(DhcpPxeOption::DiscoveryControl { control: PxeDiscovery::BOOT_FILE }));
    /// ```
    pub enum DhcpPxeOption<'a>: "type", "dhcp.option.vendor.pxeclient.suboption", "PXE suboptions" {
        Pad = 0 "pad" {}
        MtftpAddress = 1 "MTFTP address" {
            /// Multicast address for the boot file.
            address: Ipv4Addr, "dhcp.option.vendor.pxeclient.mtftp_ip";
        }
        MtftpClientPort = 2 "MTFTP client port" {
            /// UDP port on which clients listen.
            port: u16, "dhcp.option.vendor.pxeclient.mtftp_client_port";
        }
        MtftpServerPort = 3 "MTFTP server port" {
            /// UDP port on which servers listen.
            port: u16, "dhcp.option.vendor.pxeclient.mtftp_server_port";
        }
        MtftpTimeout = 4 "MTFTP timeout" {
            /// Time to listen before starting a transfer, in seconds.
            timeout: u8, "dhcp.option.vendor.pxeclient.mtftp_timeout", seconds;
        }
        MtftpDelay = 5 "MTFTP delay" {
            /// Time to listen before restarting a transfer, in seconds.
            delay: u8, "dhcp.option.vendor.pxeclient.mtftp_delay", seconds;
        }
        DiscoveryControl = 6 "discovery control" {
            /// Ways to find boot servers.
            control: PxeDiscovery, "dhcp.option.vendor.pxeclient.discovery_control", hex;
        }
        DiscoveryAddress = 7 "discovery multicast address" {
            /// Multicast address for boot server discovery.
            address: Ipv4Addr, "dhcp.option.vendor.pxeclient.multicast_address";
        }
        BootServers = 8 "boot servers" {
            /// Boot servers by type.
            servers: &'a [u8], "dhcp.option.vendor.pxeclient.boot_servers";
        }
        BootMenu = 9 "boot menu" {
            /// Entries of the boot menu.
            entries: List<'a, PxeMenuEntry<'a>, 1>, "dhcp.option.vendor.pxeclient.boot_menu";
        }
        MenuPrompt = 10 "menu prompt" {
            /// Time to wait for a key press, in seconds. 255: no limit.
            timeout: u8, "dhcp.option.vendor.pxeclient.menu_prompt.timeout", seconds;
            /// Prompt shown to the user.
            prompt: Text<'a>, "dhcp.option.vendor.pxeclient.menu_prompt.prompt";
        }
        MulticastAllocation = 11 "multicast address allocation" {
            /// Range of multicast addresses.
            range: &'a [u8], "dhcp.option.vendor.pxeclient.multicast_address_alloc";
        }
        CredentialTypes = 12 "credential types" {
            /// Credential types that the client or server supports.
            types: List<'a, u32, 1>, "dhcp.option.vendor.pxeclient.credential_types", hex;
        }
        BootItem = 71 "boot item" {
            /// Type of the boot server selected by the user.
            server_type: u16, "dhcp.option.vendor.pxeclient.boot_item.type";
            /// Boot layer. The highest bit requests credentials.
            layer: u16, "dhcp.option.vendor.pxeclient.boot_item.layer", hex;
        }
        End = 255 "end" {}
    }
}

impl TlvItem for DhcpPxeOption<'_> {
    const LAYOUT: TlvLayout = ENDED;
}

group! {
    /// An entry of a PXE boot menu.
    pub struct PxeMenuEntry<'a> {
        /// Boot server type.
        server_type: u16, "dhcp.option.vendor.pxeclient.boot_menu.type";
        /// Description shown to the user.
        description: Counted<Text<'a>>, "dhcp.option.vendor.pxeclient.boot_menu.desc";
    }
}

tagged_enum! {
    /// A suboption of the relay agent information option (82), RFC 3046 §2.
    pub enum DhcpRelayOption<'a>: "type", "dhcp.option.agent_information_option.suboption", "relay agent suboptions" {
        CircuitId = 1 "agent circuit ID" {
            /// Circuit on which the message was received, RFC 3046 §3.1.
            circuit: &'a [u8], "dhcp.option.agent_information_option.agent_circuit_id";
        }
        RemoteId = 2 "agent remote ID" {
            /// Remote end of the circuit, RFC 3046 §3.2.
            remote: &'a [u8], "dhcp.option.agent_information_option.agent_remote_id";
        }
        DocsisDeviceClass = 4 "DOCSIS device class" {
            /// Device class of the host attached to a cable modem, RFC 3256 §2.
            class: u32, "dhcp.option.agent_information_option.docsis_device_class", hex;
        }
        LinkSelection = 5 "link selection" {
            /// Subnet from which the address should be assigned, RFC 3527 §3.
            subnet: Ipv4Addr, "dhcp.option.agent_information_option.link_selection";
        }
        SubscriberId = 6 "subscriber ID" {
            /// Identifier of the subscriber, RFC 3993 §3.
            subscriber: Text<'a>, "dhcp.option.agent_information_option.subscriber_id";
        }
        RadiusAttributes = 7 "RADIUS attributes" {
            /// Attributes that the relay agent received from a RADIUS server, RFC 4014 §2. Relay agents may forward
            /// User-Name, Service-Type, Vendor-Specific, Session-Timeout, Framed-Pool and Framed-IPv6-Pool, RFC 4014 §3.
            attributes: Tlvs<'a, RadiusAttribute<'a>>, "dhcp.option.agent_information_option.radius_attributes";
        }
        Authentication = 8 "authentication" {
            /// Algorithm, RFC 4030 §4.
            algorithm: u8, "dhcp.option.agent_information_option.authentication.algorithm";
            /// Replay detection method.
            rdm: u8, "dhcp.option.agent_information_option.authentication.rdm";
            /// Replay detection value, which increases with each message.
            replay_detection: u64, "dhcp.option.agent_information_option.authentication.replay", hex;
            /// Address of the relay agent.
            relay: Ipv4Addr, "dhcp.option.agent_information_option.authentication.relay";
            /// Authentication information, in the format of the algorithm.
            information: &'a [u8], "dhcp.option.agent_information_option.authentication";
        }
        VendorSpecific = 9 "vendor-specific information" {
            /// Suboptions by enterprise number, RFC 4243 §3.
            vendors: List<'a, DhcpEnterpriseOptions<'a>, 1>, "dhcp.option.agent_information_option.vi";
        }
        Flags = 10 "flags" {
            /// Relay agent flags, RFC 5010 §3.
            flags: DhcpRelayFlags, "dhcp.option.agent_information_option.flags", hex;
        }
        ServerIdentifierOverride = 11 "server identifier override" {
            /// Address that the server must use in option 54, RFC 5107 §4.
            address: Ipv4Addr, "dhcp.option.agent_information_option.server_id_override";
        }
        RelayAgentId = 12 "relay agent identifier" {
            /// Identifier of the relay agent, RFC 6925 §4.
            duid: Tagged<'a, Duid<'a>, 2>, "dhcp.option.agent_information_option.relay_agent_id";
        }
        AccessTechnology = 13 "access technology type" {
            /// Reserved.
            reserved: u8, "dhcp.option.agent_information_option.ani_att.res", reserved;
            /// Access technology type of RFC 5213 §8.5, RFC 7839 §4.4.
            technology: u8, "dhcp.option.agent_information_option.ani_att.att";
        }
        AccessNetworkName = 14 "access network name" {
            /// SSID or other network name, RFC 7839 §4.5.1.
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
        /// The relay agent receives replies on the port that it sends from, RFC 8357 §4.
        SourcePort = 19 "relay source port" {}
        LinkSelectionCisco = 150 "link selection (Cisco)" {
            /// Subnet from which the address should be assigned. Cisco's number before suboption 5 was assigned.
            subnet: Ipv4Addr, "dhcp.option.agent_information_option.link_selection_cisco";
        }
        VirtualSubnet = 151 "virtual subnet selection" {
            /// VPN from which the address should be assigned, RFC 6607 §3.2.
            vpn: Tagged<'a, DhcpVpn<'a>>, "dhcp.option.agent_information_option.vrf_name";
        }
        VirtualSubnetControl = 152 "virtual subnet selection control, or server identifier override (Cisco)" {
            /// Empty in RFC 6607 §3.3; a server that supports suboption 151 removes this suboption. With an address, it
            /// is Cisco's server identifier override from before suboption 11 was assigned.
            address: Option<Ipv4Addr>, "dhcp.option.agent_information_option.server_id_override_cisco";
        }
    }
}

impl TlvItem for DhcpRelayOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::BYTES;
}

tagged_enum! {
    /// A suboption of the CableLabs client configuration option (122), RFC 3495 §4 and §5.
    pub enum DhcpCableLabsOption<'a>: "type", "dhcp.cl.suboption", "CableLabs suboptions" {
        PrimaryServer = 1 "primary DHCP server" {
            /// DHCP server that the client should use.
            address: Ipv4Addr, "dhcp.cl.primary_server";
        }
        SecondaryServer = 2 "secondary DHCP server" {
            /// DHCP server that the client should use if the primary one is not available.
            address: Ipv4Addr, "dhcp.cl.secondary_server";
        }
        ProvisioningServer = 3 "provisioning server" {
            /// Provisioning server by name (0) or address (1).
            server: Tagged<'a, DhcpSipServers<'a>>, "dhcp.cl.provisioning_server";
        }
        AsBackoff = 4 "AS-REQ/AS-REP backoff and retry" {
            /// Nominal (first) timeout in milliseconds.
            nominal_timeout: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_nom_timeout", milliseconds;
            /// Maximum timeout in seconds.
            maximum_timeout: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_max_timeout", seconds;
            /// Maximum number of retries.
            retries: u32, "dhcp.cl.ietf_ccc.dev_realm_unc_key_max_retries";
        }
        ApBackoff = 5 "AP-REQ/AP-REP backoff and retry" {
            /// Nominal (first) timeout in milliseconds.
            nominal_timeout: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_nom_timeout", milliseconds;
            /// Maximum timeout in seconds.
            maximum_timeout: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_max_timeout", seconds;
            /// Maximum number of retries.
            retries: u32, "dhcp.cl.ietf_ccc.dev_prov_unc_key_max_retries";
        }
        Realm = 6 "Kerberos realm name" {
            /// Kerberos realm.
            realm: Standalone<Name<'a>>, "dhcp.cl.realm";
        }
        TicketGrantingServer = 7 "ticket granting server utilization" {
            /// Whether the client must obtain a ticket-granting ticket.
            enabled: DhcpSwitch, "dhcp.cl.tgt";
        }
        ProvisioningTimer = 8 "provisioning timer" {
            /// Largest duration of provisioning in minutes. 0: no limit.
            minutes: u8, "dhcp.cl.provisioning_timer", minutes;
        }
        TicketControl = 9 "security ticket control" {
            /// Bitmap of the tickets to discard, RFC 3594 §3.
            control: u16, "dhcp.cl.ticket_control", hex;
        }
        KdcAddress = 10 "KDC server address" {
            /// Addresses of key distribution centers, RFC 3634 §4.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.cl.kdc_address";
        }
    }
}

impl TlvItem for DhcpCableLabsOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::BYTES;
}

tagged_enum! {
    /// A suboption of the subnet allocation option (220), RFC 6656 §3.
    pub enum DhcpSubnetOption<'a>: "type", "dhcp.option.subnet_allocation.suboption", "subnet allocation suboptions" {
        Request = 1 "subnet request" {
            /// Flags, RFC 6656 §3.1.
            flags: u8, "dhcp.option.subnet_allocation.request_flags", hex;
            /// Requested prefix length in bits.
            prefix_length: u8, "dhcp.option.subnet_allocation.prefix_length";
        }
        Information = 2 "subnet information" {
            /// Flags, RFC 6656 §3.2.
            flags: u8, "dhcp.option.subnet_allocation.information_flags", hex;
            /// Subnet blocks.
            blocks: &'a [u8], "dhcp.option.subnet_allocation.blocks";
        }
        Name = 3 "subnet name" {
            /// Name of the subnet, RFC 6656 §3.3.
            name: Text<'a>, "dhcp.option.subnet_allocation.name";
        }
        SuggestedLeaseTime = 4 "suggested lease time" {
            /// Suggested lease time for clients in the subnet, in seconds, RFC 6656 §3.4.
            time: u32, "dhcp.option.subnet_allocation.lease_time", seconds;
        }
    }
}

impl TlvItem for DhcpSubnetOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::BYTES;
}

tagged_enum! {
    /// A DHCP unique identifier (DUID), RFC 8415 §11.
    pub enum Duid<'a>: "duid_type", "dhcp.client_id.duid_type", "unique identifiers" {
        LinkLayerTime = 1 "link-layer address plus time" {
            /// Hardware type.
            hardware: ArpHardware, "dhcp.client_id.duid_llt_hw_type";
            /// Time of generation in seconds since 2000, modulo 2^32.
            time: u32, "dhcp.client_id.time", seconds;
            /// Link-layer address.
            address: &'a [u8], "dhcp.client_id.link_layer_address";
        }
        Enterprise = 2 "assigned by vendor" {
            /// Enterprise number of the vendor.
            enterprise: u32, "dhcp.client_id.enterprise_num";
            /// Identifier assigned by the vendor.
            identifier: &'a [u8], "dhcp.client_id";
        }
        LinkLayer = 3 "link-layer address" {
            /// Hardware type.
            hardware: ArpHardware, "dhcp.client_id.duid_ll_hw_type";
            /// Link-layer address.
            address: &'a [u8], "dhcp.client_id.link_layer_address";
        }
        Uuid = 4 "UUID" {
            /// UUID, RFC 6355.
            uuid: [u8; 16], "dhcp.client_id.uuid";
        }
    }
}

tagged_enum! {
    /// SIP servers, RFC 3361 §3.
    pub enum DhcpSipServers<'a>: "encoding", "dhcp.option.sip_server.encoding", "SIP server encodings" {
        Names = 0 "names" {
            /// Names of SIP servers in order of preference.
            names: Standalone<List<'a, Name<'a>, 1>>, "dhcp.option.sip_server.name";
        }
        Addresses = 1 "addresses" {
            /// Addresses of SIP servers in order of preference.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.sip_server.address";
        }
    }
}

tagged_enum! {
    /// A virtual private network, RFC 6607 §3.5.
    pub enum DhcpVpn<'a>: "vpn_type", "dhcp.option.vss.type", "VPN identifiers" {
        Name = 0 "name" {
            /// Name of the VPN.
            name: Text<'a>, "dhcp.option.agent_information_option.vrf_name";
        }
        Id = 1 "RFC 2685 VPN identifier" {
            /// OUI of the organization.
            oui: [u8; 3], "dhcp.option.agent_information_option.vrf_name.vpn_id.oui";
            /// VPN index assigned by the organization.
            index: u32, "dhcp.option.agent_information_option.vrf_name.vpn_id.index";
        }
        Global = 255 "global, default VPN" {}
    }
}

group! {
    /// Suboptions of an enterprise, RFC 3925 §4.
    pub struct DhcpEnterpriseOptions<'a> {
        /// Enterprise number.
        enterprise: u32, "dhcp.option.vi.enterprise";
        /// Suboptions.
        suboptions: Counted<Tlvs<'a, DhcpVendorOption<'a>>>, "dhcp.option.vi.value";
    }
}
