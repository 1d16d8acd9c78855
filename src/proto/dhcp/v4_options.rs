//! Options of DHCP for IPv4: RFC 2132, and later ones in the IANA registry.

use crate::proto::dhcp::v4_suboptions::ENDED;
use crate::proto::{
    DhcpArchitecture, DhcpAuthentication, DhcpCableLabsOption, DhcpCivicType, DhcpEnterpriseOptions, DhcpFqdnFlags,
    DhcpMessageType, DhcpNameService, DhcpOverload, DhcpRelayOption, DhcpReplayDetection, DhcpSipServers, DhcpState,
    DhcpStatus, DhcpSubnetOption, DhcpSwitch, DhcpVendorOption, DhcpVpn, Duid, NetbiosNodeType,
};
use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::Schema;
use crate::wire::{
    ByteSink, Codec, Counted, Cursor, List, Standalone, Tagged, Text, TlvItem, TlvLayout, Tlvs, Whole, group,
    tagged_enum,
};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header};
use core::net::{Ipv4Addr, Ipv6Addr};

tagged_enum! {
    /// An option of DHCP or BOOTP, RFC 2132.
    ///
    /// Codes and names are those of the IANA registry, including tentative assignments and the most common
    /// private-use codes (249, 252).
    pub enum DhcpOption<'a>: "code", "dhcp.option.type", "options", codes DhcpOptionCode: u8 {
        Pad = 0 "pad" {}
        SubnetMask = 1 "subnet mask" {
            /// Mask of the client's subnet, RFC 2132 §3.3.
            mask: Ipv4Addr, "dhcp.option.subnet_mask";
        }
        TimeOffset = 2 "time offset" {
            /// Offset from UTC in seconds, positive to the east. Deprecated by RFC 4833. RFC 2132 §3.4.
            offset: i32, "dhcp.option.time_offset", seconds;
        }
        Router = 3 "router" {
            /// Addresses of routers in order of preference, RFC 2132 §3.5.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.router";
        }
        TimeServer = 4 "time server" {
            /// Addresses of time servers (RFC 868), RFC 2132 §3.6.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.time_server";
        }
        NameServer = 5 "name server" {
            /// Addresses of name servers (IEN 116), RFC 2132 §3.7.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.name_server";
        }
        DomainNameServer = 6 "domain name server" {
            /// Addresses of DNS servers in order of preference, RFC 2132 §3.8.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.domain_name_server";
        }
        LogServer = 7 "log server" {
            /// Addresses of MIT-LCS log servers, RFC 2132 §3.9.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.log_server";
        }
        CookieServer = 8 "cookie server" {
            /// Addresses of quote-of-the-day servers (RFC 865), RFC 2132 §3.10.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.quotes_server";
        }
        LprServer = 9 "LPR server" {
            /// Addresses of line printer servers (RFC 1179), RFC 2132 §3.11.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.lpr_server";
        }
        ImpressServer = 10 "Impress server" {
            /// Addresses of Imagen Impress servers, RFC 2132 §3.12.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.impress_server";
        }
        ResourceLocationServer = 11 "resource location server" {
            /// Addresses of resource location servers (RFC 887), RFC 2132 §3.13.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.resource_location_server";
        }
        HostName = 12 "host name" {
            /// Name of the client, with or without domain, RFC 2132 §3.14.
            name: Text<'a>, "dhcp.option.hostname";
        }
        BootFileSize = 13 "boot file size" {
            /// Size of the boot image in blocks of 512 bytes, RFC 2132 §3.15.
            blocks: u16, "dhcp.option.boot_file_size";
        }
        MeritDumpFile = 14 "merit dump file" {
            /// Path of the file for the client's core dump, RFC 2132 §3.16.
            path: Text<'a>, "dhcp.option.merit_dump_file";
        }
        DomainName = 15 "domain name" {
            /// Domain name that the client should use for DNS, RFC 2132 §3.17.
            domain: Text<'a>, "dhcp.option.domain_name";
        }
        SwapServer = 16 "swap server" {
            /// Address of the swap server, RFC 2132 §3.18.
            address: Ipv4Addr, "dhcp.option.swap_server";
        }
        RootPath = 17 "root path" {
            /// Path of the client's root disk, RFC 2132 §3.19.
            path: Text<'a>, "dhcp.option.root_path";
        }
        ExtensionsPath = 18 "extensions path" {
            /// Path of a file with further options, to be loaded with TFTP, RFC 2132 §3.20.
            path: Text<'a>, "dhcp.option.extension_path";
        }
        IpForwarding = 19 "IP forwarding" {
            /// Whether the client should forward packets, RFC 2132 §4.1.
            enabled: DhcpSwitch, "dhcp.option.ip_forwarding";
        }
        NonLocalSourceRouting = 20 "non-local source routing" {
            /// Whether the client should forward source-routed packets, RFC 2132 §4.2.
            enabled: DhcpSwitch, "dhcp.option.non_local_source_routing";
        }
        PolicyFilter = 21 "policy filter" {
            /// Destinations allowed for source routes, RFC 2132 §4.3.
            filters: List<'a, DhcpPolicyFilter, 1>, "dhcp.option.policy_filter";
        }
        MaximumReassembly = 22 "maximum datagram reassembly size" {
            /// Largest datagram that the client must be able to reassemble, in bytes, RFC 2132 §4.4.
            size: u16, "dhcp.option.max_datagram_reassembly_size", bytes;
        }
        DefaultTtl = 23 "default IP TTL" {
            /// TTL of packets that the client sends, in hops, RFC 2132 §4.5.
            ttl: u8, "dhcp.option.default_ip_ttl";
        }
        PathMtuAgingTimeout = 24 "path MTU aging timeout" {
            /// Time after which a discovered path MTU expires, in seconds, RFC 2132 §4.6.
            timeout: u32, "dhcp.option.path_mtu_aging_timeout", seconds;
        }
        PathMtuPlateauTable = 25 "path MTU plateau table" {
            /// MTU sizes for path MTU discovery in bytes, in ascending order, RFC 2132 §4.7.
            sizes: List<'a, u16, 1>, "dhcp.option.path_mtu_plateau_table_item", bytes;
        }
        InterfaceMtu = 26 "interface MTU" {
            /// MTU of the client's interface in bytes, RFC 2132 §5.1.
            mtu: u16, "dhcp.option.interface_mtu", bytes;
        }
        AllSubnetsLocal = 27 "all subnets are local" {
            /// Whether all subnets have the same MTU, RFC 2132 §5.2.
            enabled: DhcpSwitch, "dhcp.option.all_subnets_are_local";
        }
        BroadcastAddress = 28 "broadcast address" {
            /// Broadcast address of the client's subnet, RFC 2132 §5.3.
            address: Ipv4Addr, "dhcp.option.broadcast_address";
        }
        PerformMaskDiscovery = 29 "perform mask discovery" {
            /// Whether the client should discover its subnet mask with ICMP, RFC 2132 §5.4.
            enabled: DhcpSwitch, "dhcp.option.perform_mask_discovery";
        }
        MaskSupplier = 30 "mask supplier" {
            /// Whether the client should answer ICMP address mask requests, RFC 2132 §5.5.
            enabled: DhcpSwitch, "dhcp.option.mask_supplier";
        }
        PerformRouterDiscovery = 31 "perform router discovery" {
            /// Whether the client should solicit routers with ICMP (RFC 1256), RFC 2132 §5.6.
            enabled: DhcpSwitch, "dhcp.option.perform_router_discover";
        }
        RouterSolicitationAddress = 32 "router solicitation address" {
            /// Destination of router solicitations, RFC 2132 §5.7.
            address: Ipv4Addr, "dhcp.option.router_solicitation_address";
        }
        StaticRoute = 33 "static route" {
            /// Routes with a classful destination, RFC 2132 §5.8.
            routes: List<'a, DhcpStaticRoute, 1>, "dhcp.option.static_route";
        }
        TrailerEncapsulation = 34 "trailer encapsulation" {
            /// Whether the client should negotiate trailers (RFC 893), RFC 2132 §6.1.
            enabled: DhcpSwitch, "dhcp.option.trailer_encapsulation";
        }
        ArpCacheTimeout = 35 "ARP cache timeout" {
            /// Lifetime of ARP cache entries in seconds, RFC 2132 §6.2.
            timeout: u32, "dhcp.option.arp_cache_timeout", seconds;
        }
        EthernetEncapsulation = 36 "Ethernet encapsulation" {
            /// Whether the client should use IEEE 802.3 (RFC 1042) instead of Ethernet II (RFC 894), RFC 2132 §6.3.
            enabled: DhcpSwitch, "dhcp.option.ethernet_encapsulation";
        }
        TcpDefaultTtl = 37 "TCP default TTL" {
            /// TTL of TCP segments that the client sends, in hops, RFC 2132 §7.1.
            ttl: u8, "dhcp.option.tcp_default_ttl";
        }
        TcpKeepaliveInterval = 38 "TCP keepalive interval" {
            /// Interval between TCP keepalives in seconds. 0: none. RFC 2132 §7.2.
            interval: u32, "dhcp.option.tcp_keepalive_interval", seconds;
        }
        TcpKeepaliveGarbage = 39 "TCP keepalive garbage" {
            /// Whether keepalives should contain a byte of garbage, RFC 2132 §7.3.
            enabled: DhcpSwitch, "dhcp.option.tcp_keepalive_garbage";
        }
        NisDomain = 40 "NIS domain" {
            /// Domain of the Network Information Service, RFC 2132 §8.1.
            domain: Text<'a>, "dhcp.option.nis_domain";
        }
        NisServer = 41 "NIS server" {
            /// Addresses of NIS servers, RFC 2132 §8.2.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.nis_server";
        }
        NtpServer = 42 "NTP server" {
            /// Addresses of NTP servers, RFC 2132 §8.3.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.ntp_server";
        }
        VendorSpecific = 43 "vendor-specific information" {
            /// Suboptions in the format of the vendor class (option 60), RFC 2132 §8.4.
            suboptions: Whole<Tlvs<'a, DhcpVendorOption<'a>>>, "dhcp.option.vendor";
        }
        NetbiosNameServer = 44 "NetBIOS name server" {
            /// Addresses of NetBIOS name servers (WINS, RFC 1001), RFC 2132 §8.5.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.netbios_over_tcpip_name_server";
        }
        NetbiosDatagramServer = 45 "NetBIOS datagram distribution server" {
            /// Addresses of NetBIOS datagram distribution servers, RFC 2132 §8.6.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.netbios_over_tcpip_dd_name_server";
        }
        NetbiosNodeType = 46 "NetBIOS node type" {
            /// Node type: the way of resolving names, RFC 2132 §8.7.
            node_type: NetbiosNodeType, "dhcp.option.netbios_over_tcpip_node_type";
        }
        NetbiosScope = 47 "NetBIOS scope" {
            /// NetBIOS scope, RFC 2132 §8.8.
            scope: Text<'a>, "dhcp.option.netbios_over_tcpip_scope";
        }
        XFontServer = 48 "X Window System font server" {
            /// Addresses of X font servers, RFC 2132 §8.9.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.xwindows_system_font_server";
        }
        XDisplayManager = 49 "X Window System display manager" {
            /// Addresses of X display managers, RFC 2132 §8.10.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.xwindows_system_display_manager";
        }
        RequestedAddress = 50 "requested IP address" {
            /// Address that the client requests, RFC 2132 §9.1.
            address: Ipv4Addr, "dhcp.option.requested_ip_address";
        }
        LeaseTime = 51 "IP address lease time" {
            /// Lease time of the address in seconds. 0xffffffff: infinity. RFC 2132 §9.2.
            time: u32, "dhcp.option.ip_address_lease_time", seconds;
        }
        Overload = 52 "option overload" {
            /// Header fields that contain options, RFC 2132 §9.3.
            areas: DhcpOverload, "dhcp.option.option_overload";
        }
        MessageType = 53 "DHCP message type" {
            /// DHCP message type, RFC 2132 §9.6.
            message_type: DhcpMessageType, "dhcp.option.dhcp";
        }
        ServerIdentifier = 54 "server identifier" {
            /// Address of the server that offers an address, or that the client selects, RFC 2132 §9.7.
            address: Ipv4Addr, "dhcp.option.dhcp_server_id";
        }
        ParameterRequestList = 55 "parameter request list" {
            /// Codes of the options that the client requests, RFC 2132 §9.8.
            codes: List<'a, DhcpOptionCode, 1>, "dhcp.option.request_list_item";
        }
        Message = 56 "message" {
            /// Reason for refusing a request or declining an offer, RFC 2132 §9.9.
            message: Text<'a>, "dhcp.option.message";
        }
        MaximumMessageSize = 57 "maximum DHCP message size" {
            /// Largest message that the client accepts, in bytes, including IP and UDP headers, RFC 2132 §9.10.
            size: u16, "dhcp.option.dhcp_max_message_size", bytes;
        }
        RenewalTime = 58 "renewal time (T1)" {
            /// T1: time after which the client renews its lease, in seconds, RFC 2132 §9.11.
            time: u32, "dhcp.option.renewal_time_value", seconds;
        }
        RebindingTime = 59 "rebinding time (T2)" {
            /// T2: time after which the client rebinds with any server, in seconds, RFC 2132 §9.12.
            time: u32, "dhcp.option.rebinding_time_value", seconds;
        }
        VendorClass = 60 "vendor class identifier" {
            /// Vendor and configuration of the client, RFC 2132 §9.13.
            identifier: Text<'a>, "dhcp.option.vendor_class_id";
        }
        ClientIdentifier = 61 "client identifier" {
            /// Unique identifier of the client, RFC 2132 §9.14, RFC 4361.
            identifier: Tagged<'a, DhcpClientId<'a>>, "dhcp.client_id";
        }
        NetwareDomain = 62 "NetWare/IP domain" {
            /// NetWare/IP domain, RFC 2242 §2.
            domain: Text<'a>, "dhcp.option.novell_netware_ip_domain";
        }
        NetwareInformation = 63 "NetWare/IP information" {
            /// Suboptions, RFC 2242 §3.
            suboptions: Whole<Tlvs<'a, DhcpVendorOption<'a>>>, "dhcp.option.novell_options";
        }
        NisPlusDomain = 64 "NIS+ domain" {
            /// NIS+ domain, RFC 2132 §8.11.
            domain: Text<'a>, "dhcp.option.nis_plus_domain";
        }
        NisPlusServer = 65 "NIS+ server" {
            /// Addresses of NIS+ servers, RFC 2132 §8.12.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.nis_plus_server";
        }
        TftpServerName = 66 "TFTP server name" {
            /// Name of the TFTP server, if `sname` contains options, RFC 2132 §9.4.
            name: Text<'a>, "dhcp.option.tftp_server_name";
        }
        BootfileName = 67 "bootfile name" {
            /// Name of the boot file, if `file` contains options, RFC 2132 §9.5.
            name: Text<'a>, "dhcp.option.bootfile_name";
        }
        MobileIpHomeAgent = 68 "mobile IP home agent" {
            /// Addresses of Mobile IP home agents; may be empty. RFC 2132 §8.13.
            addresses: List<'a, Ipv4Addr>, "dhcp.option.mobile_ip_home_agent";
        }
        SmtpServer = 69 "SMTP server" {
            /// Addresses of SMTP servers in order of preference, RFC 2132 §8.14.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.smtp_server";
        }
        Pop3Server = 70 "POP3 server" {
            /// Addresses of POP3 servers in order of preference, RFC 2132 §8.15.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.pop3_server";
        }
        NntpServer = 71 "NNTP server" {
            /// Addresses of NNTP servers in order of preference, RFC 2132 §8.16.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.nntp_server";
        }
        WwwServer = 72 "WWW server" {
            /// Addresses of WWW servers in order of preference, RFC 2132 §8.17.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.default_www_server";
        }
        FingerServer = 73 "finger server" {
            /// Addresses of finger servers in order of preference, RFC 2132 §8.18.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.default_finger_server";
        }
        IrcServer = 74 "IRC server" {
            /// Addresses of IRC servers in order of preference, RFC 2132 §8.19.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.default_irc_server";
        }
        StreetTalkServer = 75 "StreetTalk server" {
            /// Addresses of StreetTalk servers in order of preference, RFC 2132 §8.20.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.streettalk_server";
        }
        StdaServer = 76 "StreetTalk directory assistance server" {
            /// Addresses of StreetTalk directory assistance servers in order of preference, RFC 2132 §8.21.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.streettalk_da_server";
        }
        UserClass = 77 "user class" {
            /// User classes: kinds of users or applications, RFC 3004 §4.
            classes: DhcpUserClass<'a>, "dhcp.option.user_class.text";
        }
        SlpDirectoryAgent = 78 "SLP directory agent" {
            /// Whether the client must use these directory agents, RFC 2610 §2.
            mandatory: u8, "dhcp.option.slp_directory_agent.value";
            /// Addresses of directory agents.
            addresses: List<'a, Ipv4Addr>, "dhcp.option.slp_directory_agent.slpda_address";
        }
        SlpServiceScope = 79 "SLP service scope" {
            /// Whether the client must use these scopes, RFC 2610 §3.
            mandatory: u8, "dhcp.option.slp_service_scope.value";
            /// Scope list, separated by commas.
            scopes: Text<'a>, "dhcp.option.slp_service_scope.string";
        }
        /// Exchange of two messages instead of four, RFC 4039 §4.
        RapidCommit = 80 "rapid commit" {}
        ClientFqdn = 81 "client FQDN" {
            /// Fully qualified name of the client, and who updates DNS, RFC 4702 §2.
            fqdn: DhcpFqdn<'a>, "dhcp.fqdn";
        }
        RelayAgentInformation = 82 "relay agent information" {
            /// Suboptions added by the relay agent, RFC 3046 §2.
            suboptions: Tlvs<'a, DhcpRelayOption<'a>>, "dhcp.option.agent_information_option";
        }
        Isns = 83 "iSNS" {
            /// Functions: entities that may use the servers, RFC 4174 §2.1.
            functions: u16, "dhcp.option.isns.functions", hex;
            /// Discovery domain access, RFC 4174 §2.2.
            discovery_domain_access: u16, "dhcp.option.isns.discovery_domain_access", hex;
            /// Administrative settings, RFC 4174 §2.3.
            administrative_flags: u16, "dhcp.option.isns.administrative_flags", hex;
            /// Security settings of the servers, RFC 4174 §2.4.
            security: u32, "dhcp.option.isns.server_security_bitmap", hex;
            /// Addresses of iSNS servers: heartbeat originator or primary server first.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.isns.primary_server_addr";
        }
        NdsServer = 85 "NDS server" {
            /// Addresses of Novell Directory Services servers, RFC 2241 §2.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.novell_dss.ip";
        }
        NdsTreeName = 86 "NDS tree name" {
            /// Tree name in UTF-8, RFC 2241 §3.
            name: Text<'a>, "dhcp.option.novell_ds_tree_name";
        }
        NdsContext = 87 "NDS context" {
            /// Context in UTF-8, RFC 2241 §4.
            context: Text<'a>, "dhcp.option.novell_ds_context";
        }
        BcmcsDomain = 88 "BCMCS controller domain" {
            /// Names of broadcast and multicast service controllers, RFC 4280 §4.1.
            domains: List<'a, Standalone<Name<'a>>, 1>, "dhcp.option.bcmcs_domain";
        }
        BcmcsAddress = 89 "BCMCS controller address" {
            /// Addresses of broadcast and multicast service controllers, RFC 4280 §4.3.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.bcmcs_address";
        }
        Authentication = 90 "authentication" {
            /// Authentication protocol, RFC 3118 §2.
            protocol: DhcpAuthentication, "dhcp.option.dhcp_authentication.protocol";
            /// Algorithm of the protocol.
            algorithm: u8, "dhcp.option.dhcp_authentication.algorithm";
            /// Replay detection method.
            rdm: DhcpReplayDetection, "dhcp.option.dhcp_authentication.rdm";
            /// Replay detection value, which increases with each message.
            replay_detection: u64, "dhcp.option.dhcp_authentication.rdm_replay_detection", hex;
            /// Authentication information, in the format of protocol and algorithm.
            information: &'a [u8], "dhcp.option.dhcp_authentication.information";
        }
        ClientLastTransactionTime = 91 "client last transaction time" {
            /// Time since the last message of the client, in seconds, RFC 4388 §6.1.
            time: u32, "dhcp.option.client_last_transaction_time", seconds;
        }
        AssociatedIp = 92 "associated IP" {
            /// All addresses of the client, RFC 4388 §6.1.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.associated_ip_option";
        }
        ClientArchitecture = 93 "client system architecture" {
            /// Architectures that the client supports, RFC 4578 §2.1.
            architectures: List<'a, DhcpArchitecture, 1>, "dhcp.option.client_system_architecture";
        }
        ClientNetworkInterface = 94 "client network device interface" {
            /// Interface type: 1 is UNDI, RFC 4578 §2.2.
            interface_type: u8, "dhcp.client_network_id";
            /// Major version of UNDI.
            major: u8, "dhcp.client_network_id_major";
            /// Minor version of UNDI.
            minor: u8, "dhcp.client_network_id_minor";
        }
        Ldap = 95 "LDAP" {
            /// URLs of LDAP servers. From an expired draft; listed in RFC 3679.
            url: Text<'a>, "dhcp.option.ldap";
        }
        ClientMachineIdentifier = 97 "client machine identifier" {
            /// Type of the identifier: 0 is a UUID, RFC 4578 §2.3.
            identifier_type: u8, "dhcp.client_id.type";
            /// Identifier of the machine.
            identifier: &'a [u8], "dhcp.client_id.uuid";
        }
        UserAuthentication = 98 "user authentication" {
            /// URLs of authentication servers, separated by spaces, RFC 2485 §2.
            urls: Text<'a>, "dhcp.option.uap_server";
        }
        CivicLocation = 99 "civic location" {
            /// Object located: 0 the server, 1 the closest network element, 2 the client. RFC 4776 §3.1.
            what: u8, "dhcp.option.civic_location.what";
            /// Country code (ISO 3166).
            country: [u8; 2], "dhcp.option.civic_location.country", text;
            /// Elements of the civic address.
            elements: List<'a, DhcpCivicElement<'a>>, "dhcp.option.civic_location";
        }
        TimeZonePosix = 100 "POSIX time zone" {
            /// Time zone in POSIX format, RFC 4833 §2.
            zone: Text<'a>, "dhcp.option.tz_pcode";
        }
        TimeZoneName = 101 "time zone name" {
            /// Time zone name in the tz database, RFC 4833 §2.
            zone: Text<'a>, "dhcp.option.tz_tcode";
        }
        Ipv6OnlyPreferred = 108 "IPv6-only preferred" {
            /// Time for which the client should disable IPv4, in seconds, RFC 8925 §3.1.
            wait: u32, "dhcp.option.v6only_wait", seconds;
        }
        Dhcp4o6SourceAddress = 109 "DHCPv4-over-DHCPv6 source address" {
            /// Softwire source address of the client, RFC 8539 §5.
            address: Ipv6Addr, "dhcp.option.s46_saddr";
        }
        NetInfoAddress = 112 "NetInfo parent server address" {
            /// Addresses of NetInfo parent servers, listed in RFC 3679.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.netinfo_parent_server_address";
        }
        NetInfoTag = 113 "NetInfo parent server tag" {
            /// Tag of the NetInfo parent server, listed in RFC 3679.
            tag: Text<'a>, "dhcp.option.netinfo_parent_server_tag";
        }
        CaptivePortal = 114 "captive portal" {
            /// URI of the captive portal API, RFC 8910 §2.1.
            url: Text<'a>, "dhcp.option.captive_portal";
        }
        AutoConfigure = 116 "auto-configure" {
            /// Whether the client may autoconfigure a link-local address, RFC 2563 §2.
            auto_configure: DhcpSwitch, "dhcp.option.dhcp_auto_configuration";
        }
        NameServiceSearch = 117 "name service search" {
            /// Option codes of name services in search order. 0: the local hosts file. RFC 2937 §2.
            services: List<'a, DhcpNameService, 1>, "dhcp.option.dhcp_name_service_search_option";
        }
        SubnetSelection = 118 "subnet selection" {
            /// Subnet from which the address should be assigned, RFC 3011 §2.
            address: Ipv4Addr, "dhcp.option.subnet_selection_option";
        }
        DomainSearch = 119 "domain search" {
            /// Domains of the search list, RFC 3397 §2.
            domains: Standalone<List<'a, Name<'a>, 1>>, "dhcp.option.dhcp_dns_domain_search_list_fqdn";
        }
        SipServers = 120 "SIP servers" {
            /// Names or addresses of SIP servers, RFC 3361 §3.
            servers: Tagged<'a, DhcpSipServers<'a>>, "dhcp.option.sip_server";
        }
        ClasslessRoute = 121 "classless static route" {
            /// Routes. A client that supports this option ignores options 3 and 33. RFC 3442.
            routes: List<'a, DhcpRoute, 1>, "dhcp.option.classless_static_route";
        }
        CableLabsConfiguration = 122 "CableLabs client configuration" {
            /// Suboptions, RFC 3495 §4.
            suboptions: Tlvs<'a, DhcpCableLabsOption<'a>>, "dhcp.cl";
        }
        GeographicLocation = 123 "geographic location" {
            /// Position of the network element, RFC 6225 §2.2.1.
            location: DhcpLocation, "dhcp.option.rfc3825";
        }
        VendorIdentifyingClass = 124 "vendor-identifying vendor class" {
            /// Vendor classes by enterprise number, RFC 3925 §3.
            classes: List<'a, DhcpEnterpriseClass<'a>, 1>, "dhcp.option.vi_class";
        }
        VendorIdentifyingInformation = 125 "vendor-identifying vendor-specific information" {
            /// Suboptions by enterprise number, RFC 3925 §4.
            vendors: List<'a, DhcpEnterpriseOptions<'a>, 1>, "dhcp.option.vi";
        }
        Pxe128 = 128 "PXE or TFTP server, IP phones" {
            /// Undefined by PXE (RFC 4578); Etherboot signature, DOCSIS full security server, or TFTP server address.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe129 = 129 "PXE or call server" {
            /// Undefined by PXE (RFC 4578); kernel options, or call server address.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe130 = 130 "PXE or discrimination string" {
            /// Undefined by PXE (RFC 4578); Ethernet interface, or discrimination string.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe131 = 131 "PXE or remote statistics server" {
            /// Undefined by PXE (RFC 4578); remote statistics server address.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe132 = 132 "PXE or IEEE 802.1Q VLAN ID" {
            /// Undefined by PXE (RFC 4578); VLAN identifier for IP phones.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe133 = 133 "PXE or IEEE 802.1D priority" {
            /// Undefined by PXE (RFC 4578); layer 2 priority for IP phones.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe134 = 134 "PXE or Diffserv code point" {
            /// Undefined by PXE (RFC 4578); code point for IP phones.
            data: &'a [u8], "dhcp.option.value";
        }
        Pxe135 = 135 "PXE or HTTP proxy" {
            /// Undefined by PXE (RFC 4578); HTTP proxy for phone applications.
            data: &'a [u8], "dhcp.option.value";
        }
        PanaAgent = 136 "PANA authentication agent" {
            /// Addresses of PANA authentication agents, RFC 5192 §3.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.pana_agent";
        }
        LostServer = 137 "LoST server" {
            /// Name of the LoST (location-to-service translation) server, RFC 5223 §4.
            name: Standalone<Name<'a>>, "dhcp.option.lost_server_domain_name";
        }
        CapwapController = 138 "CAPWAP access controller" {
            /// Addresses of CAPWAP access controllers, RFC 5417 §2.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.capwap_access_controller";
        }
        MosAddress = 139 "MoS address" {
            /// Addresses of mobility servers by service: 1 IS, 2 CS, 3 ES, RFC 5678 §2.
            suboptions: Whole<Tlvs<'a, DhcpVendorOption<'a>>>, "dhcp.option.mos_address";
        }
        MosDomain = 140 "MoS domain name" {
            /// Names of mobility servers by service: 1 IS, 2 CS, 3 ES, RFC 5678 §3.
            suboptions: Whole<Tlvs<'a, DhcpVendorOption<'a>>>, "dhcp.option.mos_domain";
        }
        SipConfigurationDomain = 141 "SIP UA configuration service domain" {
            /// Domains in order of preference, RFC 6011 §4.2.
            domains: Standalone<List<'a, Name<'a>, 1>>, "dhcp.option.sip_ua_domain";
        }
        AndsfServer = 142 "ANDSF server" {
            /// Addresses of ANDSF (access network discovery) servers, RFC 6153 §2.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.andsf_server";
        }
        SztpRedirect = 143 "SZTP redirect" {
            /// URIs of bootstrap servers, RFC 8572 §8.1.
            servers: List<'a, Counted<Text<'a>, 2>, 1>, "dhcp.option.sztp_redirect";
        }
        GeoLoc = 144 "geospatial location with uncertainty" {
            /// Position with uncertainty, RFC 6225 §2.2.2.
            location: DhcpLocation, "dhcp.option.geoloc";
        }
        ForceRenewNonce = 145 "FORCERENEW nonce capable" {
            /// Algorithms that the client supports, RFC 6704 §3.1.1.
            algorithms: List<'a, u8, 1>, "dhcp.option.forcerenew_nonce.algorithm";
        }
        RdnssSelection = 146 "RDNSS selection" {
            /// Preference in the two lowest bits, RFC 6731 §4.3.
            preference: u8, "dhcp.option.rdnss.preference";
            /// Address of the primary recursive DNS server.
            primary: Ipv4Addr, "dhcp.option.rdnss.primary_dns";
            /// Address of the secondary recursive DNS server, or 0.0.0.0.
            secondary: Ipv4Addr, "dhcp.option.rdnss.secondary_dns";
            /// Domains and networks that these servers have special knowledge of.
            domains: List<'a, Standalone<Name<'a>>>, "dhcp.option.rdnss.domain";
        }
        DotsAgent = 147 "DOTS agent" {
            /// Name of the DOTS (DDoS open threat signaling) agent, RFC 8973 §5.1.1.
            name: Standalone<Name<'a>>, "dhcp.option.dots_ri";
        }
        DotsAddress = 148 "DOTS address" {
            /// Addresses of DOTS agents, RFC 8973 §5.1.2.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.dots_address";
        }
        TftpServerAddress = 150 "TFTP server address" {
            /// Addresses of TFTP servers in order of preference, RFC 5859 §3.
            addresses: List<'a, Ipv4Addr, 1>, "dhcp.option.tftp_server_address";
        }
        StatusCode = 151 "status code" {
            /// Status of the lease query, RFC 6926 §6.2.2.
            status: DhcpStatus, "dhcp.option.bulk_lease.status_code";
            /// Status message for the user, in UTF-8.
            message: Text<'a>, "dhcp.option.bulk_lease.status_code_message";
        }
        BaseTime = 152 "base time" {
            /// Current time of the server in seconds since 1970, RFC 6926 §6.2.3.
            time: u32, "dhcp.option.bulk_lease.base_time", seconds;
        }
        StartTimeOfState = 153 "start time of state" {
            /// Time between the start of the state and the base time, in seconds, RFC 6926 §6.2.4.
            time: u32, "dhcp.option.bulk_lease.start_time_of_state", seconds;
        }
        QueryStartTime = 154 "query start time" {
            /// Only bindings changed since this time, in seconds since 1970, RFC 6926 §6.2.5.
            time: u32, "dhcp.option.bulk_lease.query_start_time", seconds;
        }
        QueryEndTime = 155 "query end time" {
            /// Only bindings changed before this time, in seconds since 1970, RFC 6926 §6.2.6.
            time: u32, "dhcp.option.bulk_lease.query_end_time", seconds;
        }
        State = 156 "DHCP state" {
            /// State of the binding, RFC 6926 §6.2.7.
            state: DhcpState, "dhcp.option.bulk_lease.dhcp_state";
        }
        DataSource = 157 "data source" {
            /// Flags. Lowest bit: the data comes from another server. RFC 6926 §6.2.8.
            flags: u8, "dhcp.option.bulk_lease.data_source", hex;
        }
        PcpServer = 158 "PCP server" {
            /// Addresses of each PCP server, RFC 7291 §4.
            servers: List<'a, Counted<List<'a, Ipv4Addr, 1>>, 1>, "dhcp.option.pcp.server";
        }
        PortParameters = 159 "port parameters" {
            /// Number of port bits before the port set identifier, RFC 7618 §9.
            offset: u8, "dhcp.option.portparams.offset";
            /// Length of the port set identifier in bits.
            psid_length: u8, "dhcp.option.portparams.psid_length";
            /// Port set identifier, left-aligned.
            psid: u16, "dhcp.option.portparams.psid", hex;
        }
        MudUrl = 161 "MUD URL" {
            /// URL of the manufacturer usage description (MUD), RFC 8520 §10.
            url: Text<'a>, "dhcp.option.mudurl";
        }
        EncryptedDns = 162 "encrypted DNS" {
            /// Encrypted resolvers, RFC 9463 §5.1.
            resolvers: List<'a, Counted<DhcpResolver<'a>, 2>, 1>, "dhcp.option.dnr";
        }
        Etherboot = 175 "Etherboot" {
            /// Suboptions of Etherboot and iPXE. Tentatively assigned.
            data: &'a [u8], "dhcp.option.value";
        }
        IpTelephone = 176 "IP telephone" {
            /// Settings of Avaya IP telephones. Tentatively assigned.
            data: &'a [u8], "dhcp.option.value";
        }
        PacketCable = 177 "Etherboot, or PacketCable and CableHome" {
            /// Contents. Tentatively assigned; replaced by option 122.
            data: &'a [u8], "dhcp.option.value";
        }
        PxelinuxMagic = 208 "PXELINUX magic" {
            /// Always f100747e, RFC 5071 §3.
            magic: u32, "dhcp.option.pxelinux_magic", hex;
        }
        PxelinuxConfigFile = 209 "PXELINUX configuration file" {
            /// Configuration file, RFC 5071 §4.
            path: Text<'a>, "dhcp.option.pxe_config_file";
        }
        PxelinuxPathPrefix = 210 "PXELINUX path prefix" {
            /// Prefix for relative paths, RFC 5071 §5.
            prefix: Text<'a>, "dhcp.option.pxe_path_prefix";
        }
        PxelinuxRebootTime = 211 "PXELINUX reboot time" {
            /// Time until reboot if the server cannot be reached, in seconds, RFC 5071 §6.
            time: u32, "dhcp.option.pxe_reboot_time", seconds;
        }
        SixRd = 212 "6RD" {
            /// Number of high-order bits shared by the IPv4 addresses of all clients, RFC 5969 §7.1.1.
            ipv4_mask_length: u8, "dhcp.option.6RD.ipv4_mask_len";
            /// Length of the prefix in bits.
            prefix_length: u8, "dhcp.option.6RD.prefix_len";
            /// IPv6 prefix of the service provider.
            prefix: Ipv6Addr, "dhcp.option.6RD.prefix";
            /// IPv4 addresses of border relays.
            border_relays: List<'a, Ipv4Addr, 1>, "dhcp.option.6RD.border_relay_ip";
        }
        AccessDomain = 213 "access network domain name" {
            /// Domain of the access network, RFC 5986 §3.3.
            domain: Standalone<Name<'a>>, "dhcp.option.access_domain";
        }
        SubnetAllocation = 220 "subnet allocation" {
            /// Flags, RFC 6656 §3.
            flags: u8, "dhcp.option.subnet_allocation.flags", hex;
            /// Suboptions.
            suboptions: Tlvs<'a, DhcpSubnetOption<'a>>, "dhcp.option.subnet_allocation";
        }
        VirtualSubnet = 221 "virtual subnet selection" {
            /// VPN from which the address should be assigned, RFC 6607 §3.1.
            vpn: Tagged<'a, DhcpVpn<'a>>, "dhcp.option.vss";
        }
        MicrosoftRoute = 249 "private or classless static route (Microsoft)" {
            /// Routes as in option 121. Used before option 121 was assigned.
            routes: List<'a, DhcpRoute, 1>, "dhcp.option.classless_static_route";
        }
        ProxyAutodiscovery = 252 "private or proxy autodiscovery" {
            /// URL of the proxy configuration (WPAD).
            url: Text<'a>, "dhcp.option.private_proxy_autodiscovery";
        }
        End = 255 "end" {}
    }
}

/// Magic cookie before the options, RFC 2132 §2. Without it, a vendor-specific area follows the header.
pub const DHCP_COOKIE: [u8; 4] = [99, 130, 83, 99];

impl TlvItem for DhcpOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout { split: true, ..ENDED };
}

header! {
    /// A destination allowed for source routes, RFC 2132 §4.3.
    pub struct DhcpPolicyFilter(8) => DhcpPolicyFilterEdit {
        /// Address of the destination.
        address: Ipv4Addr = 0..32, "dhcp.option.policy_filter.ip";
        /// Mask of the destination.
        mask: Ipv4Addr = 32..64, "dhcp.option.policy_filter.subnet_mask";
    }
}

header! {
    /// A route with a classful destination, RFC 2132 §5.8.
    pub struct DhcpStaticRoute(8) => DhcpStaticRouteEdit {
        /// Address of the destination.
        destination: Ipv4Addr = 0..32, "dhcp.option.static_route.ip";
        /// Address of the next router.
        router: Ipv4Addr = 32..64, "dhcp.option.static_route.router";
    }
}

header! {
    /// A geographic position, RFC 6225 §2.2. Values are two's complement fixed point numbers: latitude and longitude in
    /// degrees with 9 integer and 25 fraction bits, altitude with 22 integer and 8 fraction bits.
    pub struct DhcpLocation(16) => DhcpLocationEdit {
        /// Number of valid bits of the latitude, or its uncertainty.
        latitude_resolution: u8 = 0..6, "dhcp.option.rfc3825.latitude_res";
        /// Latitude, positive to the north.
        latitude: i64 = 6..40, "dhcp.option.rfc3825.latitude";
        /// Number of valid bits of the longitude, or its uncertainty.
        longitude_resolution: u8 = 40..46, "dhcp.option.rfc3825.longitude_res";
        /// Longitude, positive to the east.
        longitude: i64 = 46..80, "dhcp.option.rfc3825.longitude";
        /// Altitude type: 1 meters, 2 floors.
        altitude_type: u8 = 80..84, "dhcp.option.rfc3825.altitude_type";
        /// Number of valid bits of the altitude, or its uncertainty.
        altitude_resolution: u8 = 84..90, "dhcp.option.rfc3825.altitude_res";
        /// Altitude in the unit given by `altitude_type`.
        altitude: i32 = 90..120, "dhcp.option.rfc3825.altitude";
        /// Version: 0 for option 123, 1 for option 144.
        version: u8 = 120..122, "dhcp.option.rfc3825.version";
        /// Reserved.
        reserved: u8 = 122..125, "dhcp.option.rfc3825.reserved", reserved;
        /// Datum: 1 WGS 84, 2 NAD83 with NAVD88, 3 NAD83 with MLLW.
        datum: u8 = 125..128, "dhcp.option.rfc3825.datum";
    }
}

impl<B: core::borrow::Borrow<[u8; 16]>> DhcpLocation<B> {
    /// Latitude in degrees, positive to the north.
    pub fn latitude_degrees(&self) -> f64 {
        self.latitude() as f64 / f64::from(1 << 25)
    }
    /// Longitude in degrees, positive to the east.
    pub fn longitude_degrees(&self) -> f64 {
        self.longitude() as f64 / f64::from(1 << 25)
    }
    /// Altitude in meters or floors, see `altitude_type`.
    pub fn altitude_units(&self) -> f64 {
        f64::from(self.altitude()) / f64::from(1 << 8)
    }
}

/// User classes: kinds of users or applications, RFC 3004 §4. Many clients send a single class as plain text, without
/// the length that precedes each class.
///
/// ```
/// use packetsmith::proto::dhcp::{DhcpOption, DhcpUserClass};
/// use packetsmith::Tlvs;
/// let options: Tlvs<DhcpOption> = Tlvs::new(b"\x4d\x04iPXE");
/// let Some(DhcpOption::UserClass { classes }) = options.iter().next() else { panic!() };
/// assert_eq!(classes, DhcpUserClass::Plain(packetsmith::Text(b"iPXE")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DhcpUserClass<'a> {
    /// A list of classes with lengths, as in the RFC.
    Counted(List<'a, Counted<Text<'a>>, 1>),
    /// A single class without length.
    Plain(Text<'a>),
}

const PLAIN_CLASS: &Field =
    &Field::floating("plain_class", "dhcp.option.user_class.text", Kind::Text, "A user class without a length.");

impl<'a> Codec<'a> for DhcpUserClass<'a> {
    const KIND: Kind = Kind::List(&Kind::Text);
    const SCHEMA: &'static Schema = &Schema { fields: &[*PLAIN_CLASS], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut all = cursor.rest();
        let plain = all;
        match List::take(&mut all) {
            Some(classes) => Some(DhcpUserClass::Counted(classes)),
            None => (!plain.is_empty()).then_some(DhcpUserClass::Plain(Text(plain.bytes()))),
        }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        match self {
            DhcpUserClass::Counted(classes) => Codec::show(classes, field, span, visitor),
            DhcpUserClass::Plain(text) => text.show(PLAIN_CLASS, span, visitor),
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        match self {
            DhcpUserClass::Counted(classes) => classes.emit(out),
            DhcpUserClass::Plain(text) => text.emit(out),
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        match builder.source.has(PLAIN_CLASS) {
            true => builder.bytes(PLAIN_CLASS),
            false => List::<Counted<Text<'_>>, 1>::build(field, builder),
        }
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(field) || builder.source.has(PLAIN_CLASS)
    }
}

tagged_enum! {
    /// A client identifier, RFC 2132 §9.14. The types are ARP hardware types.
    pub enum DhcpClientId<'a>: "type", "dhcp.client_id.type", "client identifiers" {
        Other = 0 "no hardware address" {
            /// An arbitrary name.
            identifier: Text<'a>, "dhcp.client_id";
        }
        Ethernet = 1 "Ethernet" {
            /// MAC address of the client.
            address: MacAddr, "dhcp.hw.mac_addr";
        }
        Duid = 255 "IAID and DUID" {
            /// Identity association identifier: identifies an interface of the client, RFC 4361 §6.1.
            iaid: u32, "dhcp.client_id.iaid", hex;
            /// Unique identifier of the client.
            duid: Tagged<'a, Duid<'a>, 2>, "dhcp.client_id.duid";
        }
    }
}

group! {
    /// A vendor class of an enterprise, RFC 3925 §3.
    pub struct DhcpEnterpriseClass<'a> {
        /// Enterprise number.
        enterprise: u32, "dhcp.option.vi_class.enterprise";
        /// Vendor class data: hardware or software of the client.
        data: Counted<&'a [u8]>, "dhcp.option.vi_class.data";
    }
}

group! {
    /// An encrypted resolver, RFC 9463 §5.1.
    pub struct DhcpResolver<'a> {
        /// Service priority; lower is better.
        priority: u16, "dhcp.option.dnr.priority";
        /// Authentication domain name.
        name: Counted<Standalone<Name<'a>>>, "dhcp.option.dnr.adn";
        /// Addresses of the resolver, if given.
        addresses: Option<Counted<List<'a, Ipv4Addr, 1>>>, "dhcp.option.dnr.address";
        /// Service parameters, RFC 9460 §2.2.
        service_parameters: &'a [u8], "dhcp.option.dnr.svcparams";
    }
}

group! {
    /// An element of a civic address, RFC 4776 §3.3.
    pub struct DhcpCivicElement<'a> {
        /// Civic address type.
        ca_type: DhcpCivicType, "dhcp.option.civic_location.ca_type";
        /// Value in UTF-8.
        value: Counted<Text<'a>>, "dhcp.option.civic_location.ca_value";
    }
}

header! {
    /// Fields before the name in the client FQDN option (81), RFC 4702 §2.
    pub struct DhcpFqdnHead(3) => DhcpFqdnHeadEdit {
        /// Flags: who updates DNS, and the encoding of the name.
        flags: DhcpFqdnFlags = 0..8, "dhcp.fqdn.flags", hex;
        /// Result of the update of the A record; deprecated.
        rcode1: u8 = 8..16, "dhcp.fqdn.rcode1";
        /// Result of the update of the PTR record; deprecated.
        rcode2: u8 = 16..24, "dhcp.fqdn.rcode2";
    }
}

/// Fully qualified name of the client, and who updates DNS, RFC 4702.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DhcpFqdn<'a> {
    /// Flags and results.
    pub head: DhcpFqdnHead,
    /// The encoded name.
    pub bytes: &'a [u8],
}

crate::wire::readable_debug!(DhcpFqdn: head, bytes);

const FQDN: &Field = &Field::floating("name", "dhcp.fqdn.name", Kind::Name, "Name of the client.");
const FQDN_TEXT: &Field = &Field::floating("name", "dhcp.fqdn.name", Kind::Text, "Name of the client in ASCII.");

impl<'a> DhcpFqdn<'a> {
    /// The name, if it is complete and in DNS format. A client may omit the domain if it does not know it.
    pub fn name(&self) -> Option<Name<'a>> {
        let name = Name::new(self.bytes, 0);
        let complete = name.wire_len() == Ok(self.bytes.len()) && name.check().is_ok();
        (self.head.flags().contains(DhcpFqdnFlags::ENCODED) && complete).then_some(name)
    }
}

impl<'a> Codec<'a> for DhcpFqdn<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: DhcpFqdnHead::FIELDS,
        nested: &[&Schema { fields: &[*FQDN, *FQDN_TEXT], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(DhcpFqdn { head: DhcpFqdnHead::take(cursor)?, bytes: cursor.rest().bytes() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.head.show(field, span, visitor);
        let span = Span::new(span.start + DhcpFqdnHead::LEN as u32, span.end);
        match self.name() {
            Some(name) => visitor.field(FQDN, span, Value::Name(name)),
            None => visitor.field(FQDN_TEXT, span, Value::Text(self.bytes)),
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.head.emit(out);
        out.put(self.bytes)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.fixed::<{ DhcpFqdnHead::LEN }>(DhcpFqdnHead::FIELDS)?;
        let head = DhcpFqdnHead::new(builder.header(at));
        // An incomplete name is shown as text with its raw bytes.
        let text = match builder.source.value(FQDN_TEXT)? {
            None => return Ok(()),
            Some(Value::Name(name)) => {
                name.emit(builder.out);
                return Ok(());
            }
            Some(Value::Text(text) | Value::Bytes(text)) => text,
            Some(_) => return Err(FieldError::at(FQDN_TEXT, ValueError::Kind("a name"))),
        };
        // In the encoding of DNS, the text of a name gives its labels. What is no name stays as it is, and so does an
        // incomplete name with the lengths of its labels: the text of a name has its control characters escaped.
        let encoded = head.flags().contains(DhcpFqdnFlags::ENCODED) && !text.is_empty();
        let encoded = encoded && !text.iter().any(u8::is_ascii_control);
        let name = core::str::from_utf8(text).ok().filter(|_| encoded);
        if name.is_none_or(|name| Name::write_text(name, builder.out).is_err()) {
            builder.out.put(text);
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        DhcpFqdnHead::is_given(FQDN, builder)
    }
}

/// A route whose destination has only as many bytes as its prefix length requires, RFC 3442.
///
/// ```
/// use packetsmith::proto::dhcp::{DhcpOption, DhcpRoute};
/// use packetsmith::Tlvs;
/// let options: Tlvs<DhcpOption> = Tlvs::new(&[121, 7, 10, 10, 64, 192, 0, 2, 1]);
/// let Some(DhcpOption::ClasslessRoute { routes }) = options.iter().next() else { panic!() };
/// let route = DhcpRoute { width: 10, destination: [10, 64, 0, 0].into(), router: [192, 0, 2, 1].into() };
/// assert!(routes.iter().eq([route]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DhcpRoute {
    /// Prefix length in bits, 0 to 32.
    pub width: u8,
    /// Destination prefix. Bytes that are not in the packet are zero.
    pub destination: Ipv4Addr,
    /// Address of the next router. 0.0.0.0: the destination is on the link.
    pub router: Ipv4Addr,
}

const WIDTH: &Field =
    &Field::floating("width", "dhcp.option.classless_static_route.width", Kind::Uint, "Prefix length in bits.")
        .of_bits(8);
const DESTINATION: &Field = &Field::floating(
    "destination",
    "dhcp.option.classless_static_route.destination",
    Kind::Ipv4,
    "Destination prefix.",
);
const VIA: &Field =
    &Field::floating("router", "dhcp.option.classless_static_route.router", Kind::Ipv4, "Address of the next router.");

impl DhcpRoute {
    /// A route to a prefix of `width` bits.
    pub const fn new(destination: Ipv4Addr, width: u8, router: Ipv4Addr) -> Self {
        DhcpRoute { width, destination, router }
    }

    /// Number of destination bytes in the packet.
    fn significant(width: u8) -> usize {
        usize::from(width).div_ceil(8)
    }
}

impl<'a> Codec<'a> for DhcpRoute {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*WIDTH, *DESTINATION, *VIA], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [width] = *cursor.chunk()?;
        let mut destination = [0; 4];
        let written = destination.get_mut(..Self::significant(width))?;
        written.copy_from_slice(cursor.take(written.len())?);
        Some(DhcpRoute { width, destination: destination.into(), router: Ipv4Addr::take(cursor)? })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let destination = span.start + 1;
        let router = destination + Self::significant(self.width) as u32;
        visitor.field(WIDTH, Span::new(span.start, destination), Value::Uint(self.width.into()));
        visitor.field(DESTINATION, Span::new(destination, router), Value::Ipv4(self.destination));
        visitor.field(VIA, Span::new(router, span.end), Value::Ipv4(self.router));
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        if self.width > 32 {
            out.refuse(FieldError::at(WIDTH, ValueError::TooLarge { number: self.width.into(), max: 32 }));
        }
        out.put(&[self.width]);
        out.put(self.destination.octets().get(..Self::significant(self.width)).unwrap_or(&[]));
        self.router.emit(out)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let width = builder.number(WIDTH, 1)?;
        builder.shortened(DESTINATION, Some(Self::significant(width as u8)))?;
        builder.wire::<Ipv4Addr>(VIA).map(drop)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::wire::TaggedEnum;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter_map(|b| (b as char).to_digit(16).map(|d| d as u8)).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// Valid contents for each option with a type.
    const RIGHT: &[(u16, &str)] = &[
        (0, ""),
        (1, "ffffff00"),
        (2, "ffffb9b0"),
        (3, "c0000201 c0000202"),
        (12, "686f7374"),
        (13, "0010"),
        (19, "01"),
        (21, "c0000200ffffff00"),
        (25, "004401280240"),
        (33, "0a000000c0000201"),
        (43, "0601080101ff"),
        (46, "08"),
        (52, "03"),
        (53, "01"),
        (55, "0103060f2b"),
        (57, "05dc"),
        (60, "505845436c69656e74"),
        (61, "01 020000000001"),
        (61, "ff 00000001 0001 0001 00000000 020000000001"),
        (61, "ff 00000001 0002 00000009 abcdef"),
        (61, "ff 00000001 0003 0001 020000000001"),
        (61, "ff 00000001 0004 00112233445566778899aabbccddeeff"),
        (61, "00 6e616d65"),
        (61, "20 0102030405060708"),
        (63, "0200"),
        (68, ""),
        (77, "0369505803616263"),
        (77, "69505845"),
        (78, "01c0000201"),
        (79, "0044454641554c54"),
        (80, ""),
        (81, "04 00 00 04686f7374076578616d706c6503636f6d00"),
        (81, "00 00 00 686f73742e6578616d706c652e636f6d"),
        (82, "010400010203 020602000000 0001 0504c0000200 06026162 0a0180 0b04c0000201"),
        (82, "0706 1b0600000e10 1300 9800 0c0a 0003 0001 020000000001"),
        (83, "0001 0002 0003 00000004 c0000201"),
        (88, "076578616d706c6503636f6d00"),
        (90, "01 01 00 0000000000000001 00000001"),
        (93, "00000007"),
        (94, "010310"),
        (97, "00 00112233445566778899aabbccddeeff"),
        (99, "02 4445 03064265726c696e 130137"),
        (108, "00000708"),
        (109, "20010db8000000000000000000000001"),
        (114, "68747470733a2f2f6578616d706c652e636f6d2f617069"),
        (116, "01"),
        (117, "00000006"),
        (118, "c0000200"),
        (119, "03656e67056170706c6503636f6d00 096d61726b6574696e67c004"),
        (120, "00 076578616d706c6503636f6d00"),
        (120, "01 c0000201 c0000202"),
        (121, "18c00002c0000201 00c0000202 20c0000203c0000201"),
        (122, "0104c0000201 030b 00 026d7305636c61627300"),
        (123, "00112233445566778899aabbccddee01"),
        (124, "00000009 03616263 00000dc9 00"),
        (125, "00000de9 08 0406303032363832"),
        (128, "e4455a5a"),
        (136, "c0000201"),
        (137, "046c6f7374076578616d706c6503636f6d00"),
        (139, "0104c0000201"),
        (143, "0009 68747470733a2f2f61"),
        (145, "01"),
        (146, "00 c0000201 c0000202 00"),
        (150, "c0000201"),
        (151, "00 6f6b"),
        (156, "02"),
        (158, "04c0000201 08c0000201c0000202"),
        (159, "04 08 1200"),
        (162, "0012 0001 0a 03646e73047465737400 04 c0000201"),
        (208, "f100747e"),
        (211, "0000001e"),
        (212, "08 20 20010db8000000000000000000000000 c0000201"),
        (213, "076578616d706c6503636f6d00"),
        (220, "00 0102 0018"),
        (221, "00 76706e"),
        (221, "01 000001 00000002"),
        (221, "ff"),
        (249, "18c00002c0000201"),
        (252, "687474703a2f2f777061642f"),
        (255, ""),
    ];

    /// Contents that do not fit their option.
    const WRONG: &[(u16, &str)] = &[
        (1, "ffffff"),
        (1, "ffffff0000"),
        (3, ""),
        (3, "c00002"),
        (21, "c0000200"),
        (25, "00"),
        (33, "0a000000"),
        (43, "06030801"),
        (52, ""),
        (53, "0101"),
        (55, ""),
        (61, ""),
        (61, "01 0200000001"),
        (61, "ff 00000001 0001 0001"),
        (68, "c0"),
        (77, ""),
        (80, "00"),
        (81, "0000"),
        (97, ""),
        (119, "03656e67056170706c6503636f6d"),
        (119, ""),
        (120, "01 c00002"),
        (120, "00"),
        (121, "21c000020100c0000201"),
        (121, "18c00002c00002"),
        (124, "00000009 0461"),
        (125, "00000de9"),
        (158, "05c000020101"),
        (162, "0003 000100"),
        (212, "08 20 20010db8000000000000000000000000"),
        (221, "01 0000"),
    ];

    #[test]
    fn valid_contents_are_decoded_and_round_trip() {
        for &(code, text) in RIGHT {
            let bytes = hex(text);
            let option = DhcpOption::decode(code, Cursor::new(&bytes));
            assert!(!option.is_unknown(), "{code}: {bytes:02x?}");
            assert_eq!(option.kind(), code);
            let mut written = Vec::new();
            option.emit(&mut written);
            assert_eq!(written, bytes, "{code}");
        }
    }

    #[test]
    fn invalid_contents_stay_raw() {
        for &(code, text) in WRONG {
            let bytes = hex(text);
            let option = DhcpOption::decode(code, Cursor::new(&bytes));
            assert_eq!(option, DhcpOption::Unknown { kind: code, data: &bytes });
        }
    }

    /// Collects names and values, and checks that fields are declared and in their place.
    struct Shown<'f>(Vec<(&'static str, String)>, &'f [u8]);

    impl Visitor for Shown<'_> {
        fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
            assert!(span.start <= span.end && span.end as usize <= self.1.len(), "{}", field.name);
            let declared =
                crate::proto::Proto::Dhcp.variable_fields().any(|f| f.name == field.name && f.filter == field.filter);
            assert!(declared || matches!(field.name, "length" | "data" | "rest"), "{} is not declared", field.name);
            if let (Value::Bytes(shown) | Value::Text(shown), true) = (value, !span.is_empty()) {
                assert_eq!(shown, span.of(self.1), "{}", field.name);
            }
            let value = match value {
                Value::Name(name) => name.to_string(),
                Value::Ipv4(address) => address.to_string(),
                Value::Uint(n) => n.to_string(),
                other => std::format!("{other:?}"),
            };
            self.0.push((field.name, value));
        }
        fn open(&mut self, _: &'static Field, span: Span) {
            assert!(span.end as usize <= self.1.len());
        }
        fn close(&mut self) {}
    }

    fn shown(code: u16, text: &str) -> Vec<(&'static str, String)> {
        let bytes = hex(text);
        let mut shown = Shown(Vec::new(), &bytes);
        DhcpOption::show(code, Cursor::new(&bytes), &mut shown);
        shown.0
    }

    #[test]
    fn fields_are_declared_and_have_correct_byte_ranges() {
        for &(code, text) in RIGHT.iter().chain(WRONG) {
            shown(code, text);
        }
    }

    #[test]
    fn a_domain_search_list_is_compressed_relative_to_the_option() {
        let names = shown(119, RIGHT.iter().find(|(code, _)| *code == 119).unwrap().1);
        let names: Vec<_> = names.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(names, ["eng.apple.com", "marketing.apple.com"]);
        // The same list after another option: pointers still count from the start of the contents.
        let mut list = std::vec![53, 1, 5, 119, 27];
        list.extend(hex(RIGHT.iter().find(|(code, _)| *code == 119).unwrap().1));
        let last = Tlvs::<DhcpOption>::new(&list).iter().nth(1).unwrap();
        let DhcpOption::DomainSearch { domains } = last else { panic!("{last:?}") };
        assert_eq!(domains.0.iter().nth(1).unwrap().to_string(), "marketing.apple.com");
    }

    #[test]
    fn a_route_has_as_many_bytes_as_its_prefix_length_requires() {
        let routes = shown(121, "00c0000201 19c0000280c0000201");
        let values: Vec<_> = routes.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["0", "0.0.0.0", "192.0.2.1", "25", "192.0.2.128", "192.0.2.1"]);
    }

    #[test]
    fn an_encoded_host_name_without_an_end_is_text() {
        assert_eq!(shown(81, "05 00 00 04686f7374").last().unwrap().0, "name");
        let bytes = hex("05000004686f737400");
        let DhcpOption::ClientFqdn { fqdn } = DhcpOption::decode(81, Cursor::new(&bytes)) else { panic!() };
        assert_eq!(fqdn.name().unwrap().to_string(), "host");
    }

    #[test]
    fn relay_agent_suboptions_are_decoded() {
        let list = shown(82, "0504c0000200 0a0180 9708 01 000001 00000002");
        let names: Vec<_> = list.iter().map(|(name, _)| *name).collect();
        let item = |rest: &[&'static str]| [&["type", "length"], rest].concat();
        assert_eq!(names, [item(&["subnet"]), item(&["flags"]), item(&["vpn_type", "oui", "index"])].concat());
    }

    #[test]
    fn a_position_may_be_south_west_and_below_sea_level() {
        let bytes = hex("8bbc4ccccd8ad180000017bffff38001");
        let location = DhcpLocation::new(<[u8; 16]>::try_from(&bytes[..]).unwrap());
        assert!((location.latitude_degrees() + 33.85).abs() < 1e-6, "{location:?}");
        assert_eq!((location.longitude_degrees(), location.altitude_units()), (-151.25, -12.5));
        assert_eq!((location.latitude_resolution(), location.datum()), (34, 1));
    }

    #[test]
    fn codes_have_names() {
        assert_eq!(DhcpOptionCode::from(249).name(), Some("private or classless static route (Microsoft)"));
        assert_eq!(DhcpOptionCode::from(84).name(), None);
        let mut codes: Vec<_> = DhcpOption::REGISTRY.entries.iter().map(|(code, _)| *code).collect();
        assert!(codes.is_sorted());
        codes.dedup();
        assert_eq!(codes.len(), DhcpOption::REGISTRY.entries.len());
    }
}
