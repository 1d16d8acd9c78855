//! Options of DHCP for IPv6: RFC 8415, and later ones in the IANA registry.

use crate::proto::ArpHardware;
use crate::proto::ShortPrefix;
use crate::proto::{
    DhcpArchitecture, DhcpAuthentication, DhcpCivicElement, DhcpLocation, DhcpReplayDetection, DhcpVpn,
    Dhcpv6AddressSelectionFlags, Dhcpv6BindingStatus, Dhcpv6ConnectFlags, Dhcpv6DnsFlags, Dhcpv6FqdnFlags,
    Dhcpv6MessageType, Dhcpv6QueryType, Dhcpv6S46Flags, Dhcpv6ServerFlags, Dhcpv6ServerState, Dhcpv6Status,
    Dhcpv6Transports, RadiusAttribute,
};
use crate::wire::MacAddr;
use crate::wire::Name;
use crate::wire::Schema;
use crate::wire::{
    ByteSink, Codec, Counted, Cursor, List, Nested, Standalone, Tagged, Text, TlvItem, TlvLayout, Tlvs, Whole, group,
    tagged_enum,
};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header};
use core::net::{Ipv4Addr, Ipv6Addr};

/// Names without compression, which RFC 8415 §10 forbids.
type UncompressedNames<'a> = Standalone<List<'a, Name<'a>, 1>>;
/// Options nested in an option.
type Inside<'a> = Nested<Tlvs<'a, Dhcpv6Option<'a>>>;

tagged_enum! {
    /// An option of DHCPv6, RFC 8415 §21. Codes and names are those of the IANA registry.
    ///
    /// Options may be nested: an identity association contains addresses, an address contains a status. They are
    /// parsed to a depth of [`MAX_NESTING`](crate::wire::MAX_NESTING).
    ///
    /// ```
    /// use packetsmith::proto::dhcp::Dhcpv6Option;
    /// use packetsmith::Tlvs;
    /// let options: Tlvs<Dhcpv6Option> = Tlvs::new(&[0, 7, 0, 1, 255, 0, 14, 0, 0]);
    /// let list: Vec<_> = options.iter().collect();
    /// assert_eq!(list, [Dhcpv6Option::Preference { preference: 255 }, Dhcpv6Option::RapidCommit {}]);
    /// ```
    pub enum Dhcpv6Option<'a>: "code", "dhcpv6.option.type", "options", length "dhcpv6.option.length", codes Dhcpv6OptionCode: u16 {
        ClientId = 1 "client identifier" {
            /// Unique identifier of the client, RFC 8415 §21.2.
            duid: Tagged<'a, Dhcpv6Duid<'a>, 2>, "dhcpv6.duid";
        }
        ServerId = 2 "server identifier" {
            /// Unique identifier of the server, RFC 8415 §21.3.
            duid: Tagged<'a, Dhcpv6Duid<'a>, 2>, "dhcpv6.duid";
        }
        IaNa = 3 "IA for non-temporary addresses" {
            /// Identity association identifier: identifies an interface of the client, RFC 8415 §21.4.
            iaid: u32, "dhcpv6.iaid", hex;
            /// T1: time after which the client renews, in seconds. 0: the client decides.
            t1: u32, "dhcpv6.iaid.t1", seconds;
            /// T2: time after which the client rebinds with any server, in seconds.
            t2: u32, "dhcpv6.iaid.t2", seconds;
            /// Address and status options.
            options: Inside<'a>, "dhcpv6.option";
        }
        IaTa = 4 "IA for temporary addresses" {
            /// Identity association identifier, RFC 8415 §21.5.
            iaid: u32, "dhcpv6.iata", hex;
            /// Address and status options.
            options: Inside<'a>, "dhcpv6.option";
        }
        IaAddress = 5 "IA address" {
            /// Assigned address, RFC 8415 §21.6.
            address: Ipv6Addr, "dhcpv6.iaaddr.ip";
            /// Preferred lifetime of the address in seconds.
            preferred_lifetime: u32, "dhcpv6.iaaddr.pref_lifetime", seconds;
            /// Valid lifetime in seconds. 0xffffffff: infinity.
            valid_lifetime: u32, "dhcpv6.iaaddr.valid_lifetime", seconds;
            /// Status option.
            options: Inside<'a>, "dhcpv6.option";
        }
        OptionRequest = 6 "option request" {
            /// Codes of the options that the client requests, RFC 8415 §21.7.
            codes: List<'a, Dhcpv6OptionCode>, "dhcpv6.requested_option_code";
        }
        Preference = 7 "preference" {
            /// Preference of the server; higher is better. 255: the client stops waiting for others. RFC 8415 §21.8.
            preference: u8, "dhcpv6.option_preference";
        }
        ElapsedTime = 8 "elapsed time" {
            /// Time since the client started the exchange, in units of 10 milliseconds, RFC 8415 §21.9.
            time: u16, "dhcpv6.elapsed_time", units_of_10_milliseconds, base_unit_in_filters;
        }
        RelayMessage = 9 "relay message" {
            /// The relayed message, RFC 8415 §21.10. In a relay agent's message it is the next layer.
            message: &'a [u8], "dhcpv6.relay_message";
        }
        Authentication = 11 "authentication" {
            /// Authentication protocol, RFC 8415 §21.11.
            protocol: DhcpAuthentication, "dhcpv6.auth.protocol";
            /// Algorithm of the protocol.
            algorithm: u8, "dhcpv6.auth.algorithm";
            /// Replay detection method.
            rdm: DhcpReplayDetection, "dhcpv6.auth.rdm";
            /// Replay detection value, which increases with each message.
            replay_detection: u64, "dhcpv6.auth.replay_detection", hex;
            /// Authentication information, in the format of protocol and algorithm.
            information: &'a [u8], "dhcpv6.auth.info";
        }
        ServerUnicast = 12 "server unicast" {
            /// Address to which the client may send unicast messages, RFC 8415 §21.12.
            address: Ipv6Addr, "dhcpv6.unicast";
        }
        StatusCode = 13 "status code" {
            /// Status of the request, RFC 8415 §21.13.
            status: Dhcpv6Status, "dhcpv6.status_code";
            /// Status message for the user, in UTF-8.
            message: Text<'a>, "dhcpv6.status_msg";
        }
        /// Exchange of two messages instead of four, RFC 8415 §21.14.
        RapidCommit = 14 "rapid commit" {}
        UserClass = 15 "user class" {
            /// User classes: kinds of users or applications, RFC 8415 §21.15.
            classes: List<'a, Counted<Text<'a>, 2>, 1>, "dhcpv6.userclass.opaque_data";
        }
        VendorClass = 16 "vendor class" {
            /// Enterprise number of the vendor, RFC 8415 §21.16.
            enterprise: u32, "dhcpv6.vendorclass.enterprise";
            /// Vendor classes: hardware and configuration of the client.
            classes: List<'a, Counted<Text<'a>, 2>>, "dhcpv6.vendorclass.data";
        }
        VendorOptions = 17 "vendor-specific information" {
            /// Enterprise number of the vendor, RFC 8415 §21.17.
            enterprise: u32, "dhcpv6.vendoropts.enterprise";
            /// Options in the vendor's format.
            options: List<'a, Dhcpv6VendorOption<'a>>, "dhcpv6.vendoropts.enterprise.option";
        }
        InterfaceId = 18 "interface ID" {
            /// Interface on which the relay agent received the message, RFC 8415 §21.18.
            interface: &'a [u8], "dhcpv6.interface_id";
        }
        ReconfigureMessage = 19 "reconfigure message" {
            /// Type of the message that the client must answer with, RFC 8415 §21.19.
            message_type: Dhcpv6MessageType, "dhcpv6.reconf_msg";
        }
        /// The client accepts Reconfigure messages, RFC 8415 §21.20.
        ReconfigureAccept = 20 "reconfigure accept" {}
        SipServerNames = 21 "SIP server domain names" {
            /// Names of SIP servers in order of preference, RFC 3319 §3.1.
            names: UncompressedNames<'a>, "dhcpv6.sip_server_domain_search_fqdn";
        }
        SipServerAddresses = 22 "SIP server addresses" {
            /// Addresses of SIP servers in order of preference, RFC 3319 §3.2.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.sip_server_a";
        }
        DnsServers = 23 "DNS recursive name servers" {
            /// Addresses of recursive DNS servers in order of preference, RFC 3646 §3.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.dns_server";
        }
        DomainList = 24 "domain search list" {
            /// Domains of the search list, RFC 3646 §4.
            domains: UncompressedNames<'a>, "dhcpv6.search_list_entry";
        }
        IaPd = 25 "IA for prefix delegation" {
            /// Identity association identifier, RFC 8415 §21.21.
            iaid: u32, "dhcpv6.iaid", hex;
            /// T1: time after which the client renews, in seconds. 0: the client decides.
            t1: u32, "dhcpv6.iaid.t1", seconds;
            /// T2: time after which the client rebinds with any server, in seconds.
            t2: u32, "dhcpv6.iaid.t2", seconds;
            /// Prefix and status options.
            options: Inside<'a>, "dhcpv6.option";
        }
        IaPrefix = 26 "IA prefix" {
            /// Preferred lifetime of the prefix in seconds, RFC 8415 §21.22.
            preferred_lifetime: u32, "dhcpv6.iaprefix.pref_lifetime", seconds;
            /// Valid lifetime in seconds. 0xffffffff: infinity.
            valid_lifetime: u32, "dhcpv6.iaprefix.valid_lifetime", seconds;
            /// Prefix length in bits.
            prefix_length: u8, "dhcpv6.iaprefix.pref_len";
            /// Prefix.
            prefix: Ipv6Addr, "dhcpv6.iaprefix.pref_addr";
            /// Status and prefix exclude options.
            options: Inside<'a>, "dhcpv6.option";
        }
        NisServers = 27 "NIS servers" {
            /// Addresses of NIS servers, RFC 3898 §3.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.nis_server";
        }
        NisPlusServers = 28 "NIS+ servers" {
            /// Addresses of NIS+ servers, RFC 3898 §4.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.nisp_server";
        }
        NisDomain = 29 "NIS domain name" {
            /// NIS domain, RFC 3898 §5.
            domains: UncompressedNames<'a>, "dhcpv6.nis_fqdn";
        }
        NisPlusDomain = 30 "NIS+ domain name" {
            /// NIS+ domain, RFC 3898 §6.
            domains: UncompressedNames<'a>, "dhcpv6.nisp_fqdn";
        }
        SntpServers = 31 "SNTP servers" {
            /// Addresses of SNTP servers, RFC 4075 §4. Superseded by option 56.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.sntp_server";
        }
        InformationRefreshTime = 32 "information refresh time" {
            /// Time after which the client should refresh the information, in seconds, RFC 8415 §21.23.
            time: u32, "dhcpv6.lifetime", seconds;
        }
        BcmcsNames = 33 "BCMCS server domain names" {
            /// Names of broadcast and multicast service controllers, RFC 4280 §4.2.
            names: UncompressedNames<'a>, "dhcpv6.bcmcs_server_fqdn";
        }
        BcmcsAddresses = 34 "BCMCS server addresses" {
            /// Addresses of broadcast and multicast service controllers, RFC 4280 §4.4.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.bcmcs_server_a";
        }
        CivicLocation = 36 "civic location" {
            /// Object located: 0 the server, 1 the closest network element, 2 the client. RFC 4776 §3.2.
            what: u8, "dhcpv6.geoconf_civic.what";
            /// Country code (ISO 3166).
            country: [u8; 2], "dhcpv6.geoconf_civic.country", text;
            /// Elements of the civic address.
            elements: List<'a, DhcpCivicElement<'a>>, "dhcpv6.geoconf_civic";
        }
        RemoteId = 37 "relay agent remote ID" {
            /// Enterprise number of the relay agent's vendor, RFC 4649 §3.
            enterprise: u32, "dhcpv6.remoteid.enterprise";
            /// Remote end of the circuit.
            remote: &'a [u8], "dhcpv6.remoteid_enterprise_id";
        }
        SubscriberId = 38 "relay agent subscriber ID" {
            /// Identifier of the subscriber, RFC 4580 §2.
            subscriber: Text<'a>, "dhcpv6.subscriber_id";
        }
        ClientFqdn = 39 "client FQDN" {
            /// Flags: who updates DNS, RFC 4704 §4.1.
            flags: Dhcpv6FqdnFlags, "dhcpv6.client_fqdn_flags", hex;
            /// Name of the client, complete or as far as the client knows it.
            name: Dhcpv6PartialName<'a>, "dhcpv6.client_domain";
        }
        PanaAgents = 40 "PANA authentication agents" {
            /// Addresses of PANA authentication agents in order of preference, RFC 5192 §5.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.pana_agent";
        }
        TimeZonePosix = 41 "POSIX time zone" {
            /// Time zone in POSIX format, RFC 4833 §3.
            zone: Text<'a>, "dhcpv6.timezone";
        }
        TimeZoneName = 42 "time zone name" {
            /// Time zone name in the tz database, RFC 4833 §3.
            zone: Text<'a>, "dhcpv6.tzdb";
        }
        EchoRequest = 43 "relay agent echo request" {
            /// Codes of the options that the server must return to the relay agent, RFC 4994 §4.
            codes: List<'a, Dhcpv6OptionCode>, "dhcpv6.requested_option_code";
        }
        LeaseQuery = 44 "lease query" {
            /// Query type, RFC 5007 §4.1.2.1.
            query_type: Dhcpv6QueryType, "dhcpv6.lq_query";
            /// Link to which the query applies. `::`: all links.
            link_address: Ipv6Addr, "dhcpv6.lq_query_link_address";
            /// Options that specify the query.
            options: Inside<'a>, "dhcpv6.option";
        }
        ClientData = 45 "client data" {
            /// Options that describe a client, RFC 5007 §4.1.2.2.
            options: Inside<'a>, "dhcpv6.option";
        }
        ClientLastTransactionTime = 46 "client last transaction time" {
            /// Time since the last message of the client, in seconds, RFC 5007 §4.1.2.3.
            time: u32, "dhcpv6.clt_time", seconds;
        }
        LeaseQueryRelayData = 47 "lease query relay data" {
            /// Address of the relay agent that the message came from, RFC 5007 §4.1.2.4.
            peer_address: Ipv6Addr, "dhcpv6.lq_relay_data_peer_addr";
            /// The last message relayed.
            message: &'a [u8], "dhcpv6.lq_relay_data_msg";
        }
        LeaseQueryClientLinks = 48 "lease query client links" {
            /// Addresses of the links on which the client has bindings, RFC 5007 §4.1.2.5.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.lq_client_link";
        }
        HomeNetworkId = 49 "MIPv6 home network ID FQDN" {
            /// Name of the home network requested, RFC 6610 §3.1.
            name: UncompressedNames<'a>, "dhcpv6.mip6_hnidf";
        }
        VisitedHomeNetwork = 50 "MIPv6 visited home network information" {
            /// Home agent and prefix options, RFC 6610 §3.2.1.
            options: Inside<'a>, "dhcpv6.option";
        }
        LostServer = 51 "LoST server" {
            /// Name of the LoST (location-to-service translation) server, RFC 5223 §4.
            name: UncompressedNames<'a>, "dhcpv6.lost_server";
        }
        CapwapControllers = 52 "CAPWAP access controllers" {
            /// Addresses of CAPWAP access controllers in order of preference, RFC 5417 §3.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.capwap_ac_v6";
        }
        RelayId = 53 "relay agent identifier" {
            /// Unique identifier of the relay agent, RFC 5460 §5.4.1.
            duid: Tagged<'a, Dhcpv6Duid<'a>, 2>, "dhcpv6.duid";
        }
        MosAddresses = 54 "MoS addresses" {
            /// Addresses of IEEE 802.21 mobility servers by service, RFC 5678 §4.
            services: Whole<Tlvs<'a, Dhcpv6MosAddresses<'a>>>, "dhcpv6.mos_addresses";
        }
        MosNames = 55 "MoS domain names" {
            /// Names of IEEE 802.21 mobility servers by service, RFC 5678 §5.
            services: Whole<Tlvs<'a, Dhcpv6MosNames<'a>>>, "dhcpv6.mos_names";
        }
        NtpServer = 56 "NTP server" {
            /// Suboptions with NTP servers, RFC 5908 §4.
            suboptions: Tlvs<'a, Dhcpv6NtpOption<'a>>, "dhcpv6.ntpserver.option";
        }
        AccessDomain = 57 "access network domain name" {
            /// Domain of the access network, RFC 5986 §3.3.
            domain: UncompressedNames<'a>, "dhcpv6.access_domain";
        }
        SipUserAgentDomains = 58 "SIP UA configuration service domains" {
            /// Domains of the SIP user agent configuration service, RFC 6011 §4.2.
            domains: UncompressedNames<'a>, "dhcpv6.sip_ua_cs_domain";
        }
        BootFileUrl = 59 "boot file URL" {
            /// URL of the boot file, RFC 5970 §3.1.
            url: Text<'a>, "dhcpv6.bootfile_url";
        }
        BootFileParameters = 60 "boot file parameters" {
            /// Arguments for the boot file, RFC 5970 §3.2.
            parameters: List<'a, Counted<Text<'a>, 2>, 1>, "dhcpv6.bootfile_param";
        }
        ClientArchitecture = 61 "client system architecture" {
            /// Architectures that the client supports, RFC 5970 §3.3.
            architectures: List<'a, DhcpArchitecture, 1>, "dhcpv6.client_arch";
        }
        ClientNetworkInterface = 62 "client network device interface" {
            /// Interface type: 1 is UNDI, RFC 5970 §3.4.
            interface_type: u8, "dhcpv6.nii.type";
            /// Major version of UNDI.
            major: u8, "dhcpv6.nii.major";
            /// Minor version of UNDI.
            minor: u8, "dhcpv6.nii.minor";
        }
        Geolocation = 63 "geolocation" {
            /// Geographic position, RFC 6225 §2.1.
            location: DhcpLocation, "dhcpv6.geolocation";
        }
        AftrName = 64 "DS-Lite AFTR name" {
            /// Name of the tunnel endpoint (address family transition router), RFC 6334 §3.
            name: UncompressedNames<'a>, "dhcpv6.aftr_name";
        }
        ErpDomain = 65 "ERP local domain name" {
            /// Domain for EAP re-authentication, RFC 6440 §3.
            domain: UncompressedNames<'a>, "dhcpv6.erp_domain";
        }
        RelaySuppliedOptions = 66 "relay-supplied options" {
            /// Options that the relay agent supplies for the client, RFC 6422 §3.
            options: Inside<'a>, "dhcpv6.option";
        }
        PdExclude = 67 "prefix exclude" {
            /// Length of the excluded prefix in bits, RFC 6603 §4.2.
            prefix_length: u8, "dhcpv6.pd_exclude.pref_len";
            /// Bits of the excluded prefix after the delegated prefix, padded with zeros.
            subnet_id: &'a [u8], "dhcpv6.pd_exclude.subnet_id";
        }
        VirtualSubnet = 68 "virtual subnet selection" {
            /// VPN from which the address should be assigned, RFC 6607 §3.2.
            vpn: Tagged<'a, DhcpVpn<'a>>, "dhcpv6.vss";
        }
        IdentifiedHomeNetwork = 69 "MIPv6 identified home network information" {
            /// Home agent and prefix options, RFC 6610 §3.2.2.
            options: Inside<'a>, "dhcpv6.option";
        }
        UnrestrictedHomeNetwork = 70 "MIPv6 unrestricted home network information" {
            /// Home agent and prefix options, RFC 6610 §3.2.3.
            options: Inside<'a>, "dhcpv6.option";
        }
        HomeNetworkPrefix = 71 "MIPv6 home network prefix" {
            /// Length of the prefix in bits, RFC 6610 §3.3.
            prefix_length: u8, "dhcpv6.mip6_hnp.prefix_length";
            /// Prefix of the home network.
            prefix: ShortPrefix, "dhcpv6.mip6_hnp";
        }
        HomeAgentAddress = 72 "MIPv6 home agent address" {
            /// Addresses of home agents, RFC 6610 §3.4.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.mip6_home_agent";
        }
        HomeAgentName = 73 "MIPv6 home agent FQDN" {
            /// Names of home agents, RFC 6610 §3.5.
            names: UncompressedNames<'a>, "dhcpv6.mip6_haf";
        }
        RdnssSelection = 74 "RDNSS selection" {
            /// Address of a recursive DNS server for certain domains, RFC 6731 §4.2.
            address: Ipv6Addr, "dhcpv6.rdnss_selection.address";
            /// Preference in the two lowest bits, as in RFC 4191.
            preference: u8, "dhcpv6.rdnss_selection.preference", hex;
            /// Domains that the server has special knowledge of.
            domains: UncompressedNames<'a>, "dhcpv6.rdnss_selection.domain";
        }
        KerberosPrincipal = 75 "Kerberos principal name" {
            /// Kerberos principal name of the client in the encoding of RFC 4120, RFC 6784 §3.1.
            principal: &'a [u8], "dhcpv6.krb_principal";
        }
        KerberosRealm = 76 "Kerberos realm name" {
            /// Realm that the client requests, RFC 6784 §3.2.
            realm: Text<'a>, "dhcpv6.krb_realm";
        }
        KerberosDefaultRealm = 77 "Kerberos default realm name" {
            /// Default realm of the client, RFC 6784 §3.3.
            realm: Text<'a>, "dhcpv6.krb_default_realm";
        }
        KerberosKdc = 78 "Kerberos key distribution center" {
            /// Priority; lower values are tried first. RFC 6784 §3.4.
            priority: u16, "dhcpv6.krb_kdc.priority";
            /// Relative weight among servers of the same priority.
            weight: u16, "dhcpv6.krb_kdc.weight";
            /// Transport: 1 UDP, 2 TCP, 3 TLS.
            transport: u8, "dhcpv6.krb_kdc.transport";
            /// Port of the key distribution center.
            port: u16, "dhcpv6.krb_kdc.port";
            /// Address of the key distribution center.
            address: Ipv6Addr, "dhcpv6.krb_kdc.address";
            /// Realm of the key distribution center.
            realm: Text<'a>, "dhcpv6.krb_kdc.realm";
        }
        ClientLinkLayerAddress = 79 "client link-layer address" {
            /// Hardware type, RFC 6939 §4.
            hardware: ArpHardware, "dhcpv6.client_link_layer.hwtype";
            /// Link-layer address of the client, as seen by the relay agent.
            address: Dhcpv6LinkAddress<'a>, "dhcpv6.client_link_layer.address";
        }
        LinkAddress = 80 "link address" {
            /// Address that identifies the link that the message came from, RFC 6977 §5.
            address: Ipv6Addr, "dhcpv6.link_address";
        }
        Radius = 81 "RADIUS" {
            /// Attributes that the relay agent received from a RADIUS server, RFC 7037 §4.
            attributes: Tlvs<'a, RadiusAttribute<'a>>, "dhcpv6.radius";
        }
        SolicitMaximum = 82 "SOL_MAX_RT" {
            /// Largest interval between Solicit messages in seconds, RFC 8415 §21.24.
            time: u32, "dhcpv6.sol_max_rt", seconds;
        }
        InformationMaximum = 83 "INF_MAX_RT" {
            /// Largest interval between Information-request messages in seconds, RFC 8415 §21.25.
            time: u32, "dhcpv6.inf_max_rt", seconds;
        }
        AddressSelection = 84 "address selection" {
            /// Flags, RFC 7078 §2.
            flags: Dhcpv6AddressSelectionFlags, "dhcpv6.addrsel.flags", hex;
            /// Policy table options.
            options: Inside<'a>, "dhcpv6.option";
        }
        AddressSelectionTable = 85 "address selection policy table" {
            /// Label of the prefix, RFC 7078 §2 and RFC 6724 §2.1.
            label: u8, "dhcpv6.addrsel.label";
            /// Precedence of the prefix; higher is better.
            precedence: u8, "dhcpv6.addrsel.precedence";
            /// Prefix.
            prefix: Dhcpv6Prefix, "dhcpv6.addrsel.prefix";
        }
        PcpServer = 86 "PCP server" {
            /// Addresses of one PCP server, RFC 7291 §4.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.pcp_server";
        }
        Dhcpv4Message = 87 "DHCPv4 message" {
            /// The carried DHCPv4 message, RFC 7341 §7.1. The next layer in DHCPV4-QUERY and DHCPV4-RESPONSE messages.
            message: &'a [u8], "dhcpv6.dhcpv4_message";
        }
        Dhcp4o6Server = 88 "DHCP 4o6 server address" {
            /// Addresses of DHCP 4o6 servers. Empty: use multicast. RFC 7341 §7.2.
            addresses: List<'a, Ipv6Addr>, "dhcpv6.dhcp4o6_server";
        }
        S46Rule = 89 "S46 rule" {
            /// Flags, RFC 7598 §4.1.
            flags: Dhcpv6S46Flags, "dhcpv6.s46_rule.flags", hex;
            /// Number of embedded address bits: the part of the IPv4 address or port set in the IPv6 address.
            ea_length: u8, "dhcpv6.s46_rule.ea_len";
            /// IPv4 prefix length in bits.
            ipv4_prefix_length: u8, "dhcpv6.s46_rule.ipv4_pref_len";
            /// IPv4 prefix.
            ipv4_prefix: Ipv4Addr, "dhcpv6.s46_rule.ipv4_prefix";
            /// IPv6 prefix.
            ipv6_prefix: Dhcpv6Prefix, "dhcpv6.s46_rule.ipv6_prefix";
            /// Port parameter option.
            options: Inside<'a>, "dhcpv6.option";
        }
        S46BorderRelay = 90 "S46 border relay" {
            /// Address of the border relay, RFC 7598 §4.2.
            address: Ipv6Addr, "dhcpv6.s46_br.address";
        }
        S46DefaultMapping = 91 "S46 default mapping rule" {
            /// IPv6 prefix for IPv4 addresses outside the domain, RFC 7598 §4.3.
            prefix: Dhcpv6Prefix, "dhcpv6.s46_dmr.dmr_prefix";
        }
        S46Binding = 92 "S46 IPv4/IPv6 address binding" {
            /// IPv4 address of the client, RFC 7598 §4.4.
            ipv4_address: Ipv4Addr, "dhcpv6.s46_v4v6bind.ipv4_address";
            /// IPv6 prefix or address that the IPv4 address is bound to.
            ipv6_prefix: Dhcpv6Prefix, "dhcpv6.s46_v4v6bind.ipv6_prefix";
            /// Port parameter option.
            options: Inside<'a>, "dhcpv6.option";
        }
        S46PortParameters = 93 "S46 port parameters" {
            /// Number of port bits before the port set identifier, RFC 7598 §4.5.
            offset: u8, "dhcpv6.s46_portparam.offset";
            /// Length of the port set identifier in bits.
            psid_length: u8, "dhcpv6.s46_portparam.psid_len";
            /// Port set identifier, left-aligned.
            psid: u16, "dhcpv6.s46_portparam.psid", hex;
        }
        S46MapE = 94 "S46 MAP-E container" {
            /// Rule and border relay options, RFC 7598 §5.1.
            options: Inside<'a>, "dhcpv6.option";
        }
        S46MapT = 95 "S46 MAP-T container" {
            /// Rule options, RFC 7598 §5.2.
            options: Inside<'a>, "dhcpv6.option";
        }
        S46Lightweight = 96 "S46 lightweight 4over6 container" {
            /// Binding and border relay options, RFC 7598 §5.3.
            options: Inside<'a>, "dhcpv6.option";
        }
        FourRd = 97 "4rd" {
            /// Mapping rule options, RFC 7600 §4.9.
            options: Inside<'a>, "dhcpv6.option";
        }
        FourRdMapRule = 98 "4rd mapping rule" {
            /// IPv4 prefix length in bits, RFC 7600 §4.9.
            ipv4_prefix_length: u8, "dhcpv6.4rd_map_rule.prefix4_len";
            /// IPv6 prefix length in bits.
            ipv6_prefix_length: u8, "dhcpv6.4rd_map_rule.prefix6_len";
            /// Number of embedded address bits: the part of the IPv4 address or port set in the IPv6 address.
            ea_length: u8, "dhcpv6.4rd_map_rule.ea_len";
            /// Flags. Highest bit: well-known ports may be used.
            flags: u8, "dhcpv6.4rd_map_rule.flags", hex;
            /// IPv4 prefix.
            ipv4_prefix: Ipv4Addr, "dhcpv6.4rd_map_rule.prefix4";
            /// IPv6 prefix.
            ipv6_prefix: Ipv6Addr, "dhcpv6.4rd_map_rule.prefix6";
        }
        FourRdNonMapRule = 99 "4rd non-mapping rule" {
            /// Flags. Highest bit: hub and spoke topology; lowest bit: traffic class given. RFC 7600 §4.9.
            flags: u8, "dhcpv6.4rd_non_map_rule.flags", hex;
            /// Traffic class of tunnel packets.
            traffic_class: u8, "dhcpv6.4rd_non_map_rule.traffic_class", hex;
            /// Path MTU of the domain in bytes.
            pmtu: u16, "dhcpv6.4rd_non_map_rule.pmtu", bytes;
        }
        LeaseQueryBaseTime = 100 "lease query base time" {
            /// Current time of the server in seconds since 2000, RFC 7653 §6.2.1.
            time: u32, "dhcpv6.lq_base_time";
        }
        LeaseQueryStartTime = 101 "lease query start time" {
            /// Only bindings changed since this time, in seconds since 2000, RFC 7653 §6.2.2.
            time: u32, "dhcpv6.lq_start_time";
        }
        LeaseQueryEndTime = 102 "lease query end time" {
            /// Only bindings changed before this time, in seconds since 2000, RFC 7653 §6.2.3.
            time: u32, "dhcpv6.lq_end_time";
        }
        CaptivePortal = 103 "captive portal" {
            /// URI of the captive portal API, RFC 8910 §2.2.
            url: Text<'a>, "dhcpv6.captive_portal";
        }
        MplParameters = 104 "MPL parameters" {
            /// Parameters of the multicast protocol for low-power networks (MPL), RFC 7774 §2.1.
            parameters: Dhcpv6MplParameters, "dhcpv6.mpl_parameters";
            /// MPL domain address. Absent: all domains without specific parameters.
            domain: Option<Ipv6Addr>, "dhcpv6.mpl_parameters.domain";
        }
        AccessTechnology = 105 "access technology type" {
            /// Reserved.
            reserved: u8, "dhcpv6.ani_att.reserved", reserved;
            /// Access technology type of RFC 5213 §8.5, RFC 7839 §5.2.
            technology: u8, "dhcpv6.ani_att";
        }
        AccessNetworkName = 106 "access network name" {
            /// SSID or other network name, RFC 7839 §5.3.1.
            name: Text<'a>, "dhcpv6.ani_network_name";
        }
        AccessPointName = 107 "access point name" {
            /// Name of the access point, RFC 7839 §5.3.2.
            name: Text<'a>, "dhcpv6.ani_ap_name";
        }
        AccessPointBssid = 108 "access point BSSID" {
            /// MAC address of the access point, RFC 7839 §5.3.3.
            bssid: MacAddr, "dhcpv6.ani_ap_bssid";
        }
        OperatorId = 109 "access network operator ID" {
            /// Enterprise number of the operator, RFC 7839 §5.4.1.
            enterprise: u32, "dhcpv6.ani_operator_id";
        }
        OperatorRealm = 110 "access network operator realm" {
            /// Realm of the operator, RFC 7839 §5.4.2.
            realm: Text<'a>, "dhcpv6.ani_operator_realm";
        }
        S46Priority = 111 "S46 priority" {
            /// Option codes of softwire mechanisms in order of preference, RFC 8026 §1.4.
            codes: List<'a, Dhcpv6OptionCode, 1>, "dhcpv6.option_code";
        }
        MudUrl = 112 "MUD URL" {
            /// URL of the manufacturer usage description (MUD), RFC 8520 §10.
            url: Text<'a>, "dhcpv6.mudurl";
        }
        Prefix64 = 113 "IPv4/IPv6 multicast prefixes" {
            /// Prefix for any-source multicast, RFC 8115 §3.
            asm_prefix: Dhcpv6Prefix, "dhcpv6.prefix64.asm";
            /// Prefix for source-specific multicast.
            ssm_prefix: Dhcpv6Prefix, "dhcpv6.prefix64.ssm";
            /// Prefix for unicast.
            unicast_prefix: Dhcpv6Prefix, "dhcpv6.prefix64.unicast";
        }
        FailoverBindingStatus = 114 "failover binding status" {
            /// State of the binding, RFC 8156 §5.5.1.
            status: Dhcpv6BindingStatus, "dhcpv6.failover.binding_status";
        }
        FailoverConnectFlags = 115 "failover connect flags" {
            /// Flags, RFC 8156 §5.5.2.
            flags: Dhcpv6ConnectFlags, "dhcpv6.failover.connect.flags", hex;
        }
        FailoverDnsRemoval = 116 "failover DNS removal information" {
            /// DNS name and zone options, RFC 8156 §5.5.3.
            options: Inside<'a>, "dhcpv6.option";
        }
        FailoverDnsHost = 117 "failover DNS host name" {
            /// Host name in DNS, RFC 8156 §5.5.4.
            name: Dhcpv6PartialName<'a>, "dhcpv6.failover.dns_hostname";
        }
        FailoverDnsZone = 118 "failover DNS zone name" {
            /// Zone of the host name, RFC 8156 §5.5.5.
            name: Dhcpv6PartialName<'a>, "dhcpv6.failover.dns_zonename";
        }
        FailoverDnsFlags = 119 "failover DNS flags" {
            /// Flags of the DNS update, RFC 8156 §5.5.6.
            flags: Dhcpv6DnsFlags, "dhcpv6.failover.dns.flags", hex;
        }
        FailoverExpirationTime = 120 "failover expiration time" {
            /// Expiration time in seconds since 2000, RFC 8156 §5.5.7.
            time: u32, "dhcpv6.failover.expiration_time";
        }
        FailoverMaxUnacked = 121 "failover maximum unacknowledged updates" {
            /// Largest number of unacknowledged binding updates, RFC 8156 §5.5.8.
            maximum: u32, "dhcpv6.failover.max_unacked_bndupd";
        }
        FailoverMclt = 122 "failover maximum client lead time" {
            /// Maximum client lead time in seconds, RFC 8156 §5.5.9.
            time: u32, "dhcpv6.failover.mclt", seconds;
        }
        FailoverPartnerLifetime = 123 "failover partner lifetime" {
            /// Partner lifetime in seconds since 2000, RFC 8156 §5.5.10.
            time: u32, "dhcpv6.failover.partner_lifetime";
        }
        FailoverPartnerLifetimeSent = 124 "failover partner lifetime sent" {
            /// Partner lifetime sent, in seconds since 2000, RFC 8156 §5.5.11.
            time: u32, "dhcpv6.failover.partner_lifetime_sent";
        }
        FailoverPartnerDownTime = 125 "failover partner down time" {
            /// Partner down time in seconds since 2000, RFC 8156 §5.5.12.
            time: u32, "dhcpv6.failover.partner_down_time";
        }
        FailoverPartnerClientTime = 126 "failover partner raw client time" {
            /// Client time known to the partner, in seconds since 2000, RFC 8156 §5.5.13.
            time: u32, "dhcpv6.failover.partner_raw_clt_time";
        }
        FailoverVersion = 127 "failover protocol version" {
            /// Major version, RFC 8156 §5.5.14.
            major: u16, "dhcpv6.failover.protocol.major_version";
            /// Minor version.
            minor: u16, "dhcpv6.failover.protocol.minor_version";
        }
        FailoverKeepalive = 128 "failover keepalive time" {
            /// Largest time without messages in seconds, RFC 8156 §5.5.15.
            time: u32, "dhcpv6.failover.keepalive_time", seconds;
        }
        FailoverReconfigure = 129 "failover reconfigure data" {
            /// Time of key generation in seconds since 2000, RFC 8156 §5.5.16.
            time: u32, "dhcpv6.failover.reconfigure_time";
            /// Reconfigure key.
            key: &'a [u8], "dhcpv6.failover.reconfigure_key";
        }
        FailoverRelationship = 130 "failover relationship name" {
            /// Name of the failover relationship, RFC 8156 §5.5.17.
            name: Text<'a>, "dhcpv6.failover.relationship_name";
        }
        FailoverServerFlags = 131 "failover server flags" {
            /// Flags, RFC 8156 §5.5.18.
            flags: Dhcpv6ServerFlags, "dhcpv6.failover.server.flags", hex;
        }
        FailoverServerState = 132 "failover server state" {
            /// State of the server, RFC 8156 §5.5.19.
            state: Dhcpv6ServerState, "dhcpv6.failover.server_state";
        }
        FailoverStartTime = 133 "failover start time of state" {
            /// Start time of the state in seconds since 2000, RFC 8156 §5.5.20.
            time: u32, "dhcpv6.failover.start_time_of_state";
        }
        FailoverStateExpiration = 134 "failover state expiration time" {
            /// Expiration time of the state in seconds since 2000, RFC 8156 §5.5.21.
            time: u32, "dhcpv6.failover.state_expiration_time";
        }
        RelayPort = 135 "relay source port" {
            /// Source port of the downstream relay agent. 0: only this relay agent uses a non-DHCP port. RFC 8357 §4.2.
            port: u16, "dhcpv6.relay_port";
        }
        SztpRedirect = 136 "SZTP redirect" {
            /// URIs of bootstrap servers, RFC 8572 §8.2.
            urls: List<'a, Counted<Text<'a>, 2>, 1>, "dhcpv6.sztp_redirect";
        }
        S46BindPrefix = 137 "S46 bind IPv6 prefix" {
            /// Prefix for the softwire source address, RFC 8539 §4.1.
            prefix: Dhcpv6Prefix, "dhcpv6.s46_bind_ipv6_prefix";
        }
        IaLl = 138 "IA for link-layer addresses" {
            /// Identity association identifier, RFC 8947 §11.1.
            iaid: u32, "dhcpv6.iaid", hex;
            /// T1: time after which the client renews, in seconds.
            t1: u32, "dhcpv6.iaid.t1", seconds;
            /// T2: time after which the client rebinds with any server, in seconds.
            t2: u32, "dhcpv6.iaid.t2", seconds;
            /// Address and status options.
            options: Inside<'a>, "dhcpv6.option";
        }
        LinkLayerAddresses = 139 "link-layer addresses" {
            /// Hardware type, RFC 8947 §11.2.
            hardware: ArpHardware, "dhcpv6.lladdr.hwtype";
            /// First address of the block.
            address: Counted<Dhcpv6LinkAddress<'a>, 2>, "dhcpv6.lladdr.address";
            /// Number of further addresses of the block.
            extra_addresses: u32, "dhcpv6.lladdr.extra";
            /// Valid lifetime of the addresses in seconds.
            valid_lifetime: u32, "dhcpv6.lladdr.valid_lifetime", seconds;
            /// Status option.
            options: Inside<'a>, "dhcpv6.option";
        }
        SlapQuadrant = 140 "SLAP quadrant" {
            /// Quadrants (AAI, ELI, reserved, SAI) with their preferences, RFC 8948 §4.1.
            quadrants: List<'a, u16, 1>, "dhcpv6.slap_quad", hex;
        }
        DotsAgent = 141 "DOTS agent" {
            /// Name of the DOTS (DDoS open threat signaling) agent, RFC 8973 §5.1.1.
            name: UncompressedNames<'a>, "dhcpv6.dots_ri";
        }
        DotsAddresses = 142 "DOTS agent addresses" {
            /// Addresses of DOTS agents, RFC 8973 §5.1.2.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.dots_address";
        }
        AndsfAddresses = 143 "ANDSF addresses" {
            /// Addresses of ANDSF (access network discovery) servers, RFC 6153 §3.2.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.andsf_address";
        }
        Resolver = 144 "encrypted DNS resolver" {
            /// An encrypted resolver, RFC 9463 §4.1.
            resolver: Dhcpv6Resolver<'a>, "dhcpv6.dnr";
        }
        RegisteredDomain = 145 "registered homenet domain" {
            /// Registered domain of the home network, RFC 9527 §4.1.
            domain: UncompressedNames<'a>, "dhcpv6.registered_domain";
        }
        ForwardDistribution = 146 "forward distribution manager" {
            /// Transports supported by the distribution manager, RFC 9527 §4.2.
            transports: Dhcpv6Transports, "dhcpv6.forward_dist_manager.transport", hex;
            /// Name of the distribution manager.
            name: Standalone<Name<'a>>, "dhcpv6.forward_dist_manager";
        }
        ReverseDistribution = 147 "reverse distribution manager" {
            /// Transports supported by the distribution manager, RFC 9527 §4.3.
            transports: Dhcpv6Transports, "dhcpv6.reverse_dist_manager.transport", hex;
            /// Name of the distribution manager.
            name: Standalone<Name<'a>>, "dhcpv6.reverse_dist_manager";
        }
        /// Hosts may register self-generated addresses, RFC 9686 §4.1.
        AddressRegistration = 148 "address registration enable" {}
    }
}

impl TlvItem for Dhcpv6Option<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

impl<'a> Dhcpv6Option<'a> {
    /// The options nested in this option, if its type has any.
    pub fn inside(&self) -> Option<Tlvs<'a, Dhcpv6Option<'a>>> {
        use Dhcpv6Option::*;
        match *self {
            IaNa { options, .. }
            | IaTa { options, .. }
            | IaAddress { options, .. }
            | IaPd { options, .. }
            | IaPrefix { options, .. }
            | LeaseQuery { options, .. }
            | ClientData { options }
            | VisitedHomeNetwork { options }
            | RelaySuppliedOptions { options }
            | IdentifiedHomeNetwork { options }
            | UnrestrictedHomeNetwork { options }
            | AddressSelection { options, .. }
            | S46Rule { options, .. }
            | S46Binding { options, .. }
            | S46MapE { options }
            | S46MapT { options }
            | S46Lightweight { options }
            | FourRd { options }
            | FailoverDnsRemoval { options }
            | IaLl { options, .. }
            | LinkLayerAddresses { options, .. } => Some(options.0),
            _ => None,
        }
    }
}

tagged_enum! {
    /// A DHCP unique identifier (DUID), RFC 8415 §11: [`Duid`](crate::proto::Duid) with the display filter names
    /// of DHCPv6.
    pub enum Dhcpv6Duid<'a>: "duid_type", "dhcpv6.duid.type", "unique identifiers" {
        LinkLayerTime = 1 "link-layer address plus time" {
            /// Hardware type.
            hardware: ArpHardware, "dhcpv6.duidllt.hwtype";
            /// Time of generation in seconds since 2000, modulo 2^32.
            time: u32, "dhcpv6.duidllt.time", seconds;
            /// Link-layer address.
            address: Dhcpv6LinkAddress<'a>, "dhcpv6.duidllt.link_layer_addr";
        }
        Enterprise = 2 "assigned by vendor" {
            /// Enterprise number of the vendor.
            enterprise: u32, "dhcpv6.duiden.enterprise";
            /// Identifier assigned by the vendor.
            identifier: &'a [u8], "dhcpv6.duiden.identifier";
        }
        LinkLayer = 3 "link-layer address" {
            /// Hardware type.
            hardware: ArpHardware, "dhcpv6.duidll.hwtype";
            /// Link-layer address.
            address: Dhcpv6LinkAddress<'a>, "dhcpv6.duidll.link_layer_addr";
        }
        Uuid = 4 "UUID" {
            /// UUID, RFC 6355.
            uuid: [u8; 16], "dhcpv6.duiduuid.bytes";
        }
    }
}

tagged_enum! {
    /// A suboption of the NTP server option (56), RFC 5908 §4.
    pub enum Dhcpv6NtpOption<'a>: "type", "dhcpv6.ntpserver.option.type", "NTP suboptions" {
        Address = 1 "server address" {
            /// Address of an NTP server.
            address: Ipv6Addr, "dhcpv6.ntpserver.addr";
        }
        Multicast = 2 "multicast address" {
            /// Multicast address that a server sends to.
            address: Ipv6Addr, "dhcpv6.ntpserver.mc_addr";
        }
        Name = 3 "server FQDN" {
            /// Name of an NTP server.
            name: Standalone<Name<'a>>, "dhcpv6.ntpserver.fqdn";
        }
    }
}

impl TlvItem for Dhcpv6NtpOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

tagged_enum! {
    /// Addresses of mobility servers for an IEEE 802.21 service: a suboption of option 54, RFC 5678 §4.
    pub enum Dhcpv6MosAddresses<'a>: "service", "dhcpv6.mos.service", "mobility services by address" {
        Information = 1 "information service" {
            /// Addresses or names of servers in order of preference.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.mos.address";
        }
        Command = 2 "command service" {
            /// Addresses or names of servers in order of preference.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.mos.address";
        }
        Event = 3 "event service" {
            /// Addresses or names of servers in order of preference.
            addresses: List<'a, Ipv6Addr, 1>, "dhcpv6.mos.address";
        }
    }
}

impl TlvItem for Dhcpv6MosAddresses<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

tagged_enum! {
    /// Names of mobility servers for an IEEE 802.21 service: a suboption of option 55, RFC 5678 §5.
    pub enum Dhcpv6MosNames<'a>: "service", "dhcpv6.mos.service", "mobility services by name" {
        Information = 1 "information service" {
            /// Addresses or names of servers in order of preference.
            names: UncompressedNames<'a>, "dhcpv6.mos.name";
        }
        Command = 2 "command service" {
            /// Addresses or names of servers in order of preference.
            names: UncompressedNames<'a>, "dhcpv6.mos.name";
        }
        Event = 3 "event service" {
            /// Addresses or names of servers in order of preference.
            names: UncompressedNames<'a>, "dhcpv6.mos.name";
        }
    }
}

impl TlvItem for Dhcpv6MosNames<'_> {
    const LAYOUT: TlvLayout = TlvLayout::WORDS;
}

header! {
    /// Parameters of MPL, RFC 7774 §2.1. Times are in units of [`time_unit`](Self::time_unit).
    pub struct Dhcpv6MplParameters(18) => Dhcpv6MplParametersEdit {
        /// P: proactive forwarding.
        proactive: bool = 0..1, "dhcpv6.mpl_parameters.p";
        /// Reserved.
        reserved: u8 = 1..8, "dhcpv6.mpl_parameters.z", reserved;
        /// Unit of time in milliseconds.
        time_unit: u8 = 8..16, "dhcpv6.mpl_parameters.tunit", milliseconds;
        /// Lifetime of a seed set entry.
        seed_lifetime: u16 = 16..32, "dhcpv6.mpl_parameters.se_lifetime";
        /// Trickle redundancy constant of data messages.
        data_redundancy: u8 = 32..40, "dhcpv6.mpl_parameters.dm_k";
        /// Smallest Trickle interval of data messages.
        data_interval_min: u16 = 40..56, "dhcpv6.mpl_parameters.dm_imin";
        /// Largest Trickle interval of data messages.
        data_interval_max: u16 = 56..72, "dhcpv6.mpl_parameters.dm_imax";
        /// Number of Trickle expirations of data messages.
        data_expirations: u16 = 72..88, "dhcpv6.mpl_parameters.dm_t_exp";
        /// Trickle redundancy constant of control messages.
        control_redundancy: u8 = 88..96, "dhcpv6.mpl_parameters.c_k";
        /// Smallest Trickle interval of control messages.
        control_interval_min: u16 = 96..112, "dhcpv6.mpl_parameters.c_imin";
        /// Largest Trickle interval of control messages.
        control_interval_max: u16 = 112..128, "dhcpv6.mpl_parameters.c_imax";
        /// Number of Trickle expirations of control messages.
        control_expirations: u16 = 128..144, "dhcpv6.mpl_parameters.c_t_exp";
    }
}

group! {
    /// A suboption in a vendor-specific format.
    pub struct Dhcpv6VendorOption<'a> {
        /// Option code, assigned by the vendor.
        code: u16, "dhcpv6.vendoropts.enterprise.option_code";
        /// Option data.
        data: Counted<&'a [u8], 2>, "dhcpv6.vendoropts.enterprise.option_data";
    }
}

group! {
    /// An encrypted resolver, RFC 9463 §4.1.
    pub struct Dhcpv6Resolver<'a> {
        /// Service priority; lower is better.
        priority: u16, "dhcpv6.dnr.priority";
        /// Authentication domain name.
        name: Counted<Standalone<Name<'a>>, 2>, "dhcpv6.dnr.adn";
        /// Addresses of the resolver, if given.
        addresses: Option<Counted<List<'a, Ipv6Addr, 1>, 2>>, "dhcpv6.dnr.address";
        /// Service parameters, RFC 9460 §2.2.
        service_parameters: &'a [u8], "dhcpv6.dnr.svcparams";
    }
}

const LINK_ADDRESS: &Field =
    &Field::floating("address", "dhcpv6.link_layer_addr", Kind::Bytes, "Link-layer address other than a MAC address.");

/// A link-layer address that fills the remaining bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dhcpv6LinkAddress<'a>(pub &'a [u8]);

crate::wire::readable_debug!(bytes Dhcpv6LinkAddress);

impl Dhcpv6LinkAddress<'_> {
    /// The MAC address, if the address has six bytes.
    pub fn mac(&self) -> Option<MacAddr> {
        self.0.try_into().ok().map(MacAddr)
    }
}

impl<'a> Codec<'a> for Dhcpv6LinkAddress<'a> {
    const KIND: Kind = Kind::Mac;
    const SCHEMA: &'static Schema = &Schema { fields: &[*LINK_ADDRESS], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Dhcpv6LinkAddress(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        match self.mac() {
            Some(mac) => visitor.field(field, span, Value::Mac(mac)),
            None => visitor.field(LINK_ADDRESS, span, Value::Bytes(self.0)),
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.bytes(LINK_ADDRESS)
    }
}

const PARTIAL: &Field =
    &Field::floating("partial_name", "dhcpv6.partial_name", Kind::Text, "First labels of a partial name.");

/// A name that may be partial, that is without its last labels, RFC 4704 §4.2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Dhcpv6PartialName<'a>(pub &'a [u8]);

crate::wire::readable_debug!(bytes Dhcpv6PartialName);

impl<'a> Dhcpv6PartialName<'a> {
    /// The name, if it is complete.
    pub fn name(&self) -> Option<Name<'a>> {
        let name = Name::new(self.0, 0);
        (name.wire_len() == Ok(self.0.len()) && name.check().is_ok()).then_some(name)
    }

    /// The labels of a complete or partial name.
    pub fn labels(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        Name::new(self.0, 0).labels().map_while(Result::ok)
    }
}

impl<'a> Codec<'a> for Dhcpv6PartialName<'a> {
    const KIND: Kind = Kind::Name;
    const SCHEMA: &'static Schema = &Schema { fields: &[*PARTIAL], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Dhcpv6PartialName(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        match self.name() {
            Some(name) => visitor.field(field, span, Value::Name(name)),
            // Usually, the partial name is just the host name.
            None => match self.0.split_first() {
                Some((&len, label)) if label.len() == usize::from(len) => {
                    visitor.field(PARTIAL, Span::new(span.start + 1, span.end), Value::Text(label))
                }
                _ => visitor.field(PARTIAL, span, Value::Text(self.0)),
            },
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if !builder.source.has(PARTIAL) {
            return builder.name(field);
        }
        // A single label is shown without its length byte. Bytes that are not a label are shown raw.
        let at = builder.len();
        builder.out.put(&[0]);
        builder.bytes(PARTIAL)?;
        let length = builder.len() - at - 1;
        builder.compute(PARTIAL, (at, 1), length, 63)
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(PARTIAL) || builder.source.has(field)
    }
}

/// An IPv6 prefix, preceded by its length, with as many bytes as that length requires.
///
/// ```
/// use packetsmith::proto::dhcp::{Dhcpv6Option, Dhcpv6Prefix};
/// use packetsmith::Tlvs;
/// let options: Tlvs<Dhcpv6Option> = Tlvs::new(&[0, 91, 0, 5, 32, 0x20, 0x01, 0x0d, 0xb8]);
/// let prefix = Dhcpv6Prefix { length: 32, prefix: "2001:db8::".parse().unwrap() };
/// assert_eq!(options.iter().next(), Some(Dhcpv6Option::S46DefaultMapping { prefix }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dhcpv6Prefix {
    /// Prefix length in bits, 0 to 128.
    pub length: u8,
    /// Prefix. Bytes that are not in the packet are zero.
    pub prefix: Ipv6Addr,
}

const PREFIX_LENGTH: &Field =
    &Field::floating("prefix_length", "dhcpv6.s46_rule.ipv6_prefix_len", Kind::Uint, "Length of the prefix in bits.")
        .of_bits(8);

impl Dhcpv6Prefix {
    /// Number of prefix bytes in the packet.
    fn significant(length: u8) -> usize {
        usize::from(length).div_ceil(8)
    }
}

impl<'a> Codec<'a> for Dhcpv6Prefix {
    const KIND: Kind = Kind::Ipv6;
    const SCHEMA: &'static Schema = &Schema { fields: &[*PREFIX_LENGTH], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [length] = *cursor.chunk()?;
        let mut prefix = [0; 16];
        let written = prefix.get_mut(..Self::significant(length))?;
        written.copy_from_slice(cursor.take(written.len())?);
        Some(Dhcpv6Prefix { length, prefix: prefix.into() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + 1;
        visitor.field(PREFIX_LENGTH, Span::new(span.start, middle), Value::Uint(self.length.into()));
        visitor.field(field, Span::new(middle, span.end), Value::Ipv6(self.prefix));
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(&[self.length]);
        out.put(self.prefix.octets().get(..Self::significant(self.length)).unwrap_or(&[]));
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let length = builder.number(PREFIX_LENGTH, 1)?;
        builder.shortened(field, Some(Self::significant(length as u8)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::wire::TaggedEnum;
    use std::vec::Vec;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter_map(|b| (b as char).to_digit(16).map(|d| d as u8)).collect();
        digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
    }

    /// Valid contents.
    const RIGHT: &[(u16, &str)] = &[
        (1, "0001 0001 00000001 020000000001"),
        (1, "0003 001b 0102030405060708"),
        (2, "0004 00112233445566778899aabbccddeeff"),
        (2, "0009 01"),
        (3, "00000001 00000e10 00001518"),
        (4, "00000001"),
        (6, "0017 0018"),
        (6, ""),
        (8, "0064"),
        (11, "03 01 00 0000000000000001 01"),
        (13, "0000"),
        (15, "0001 61 0000"),
        (16, "00000137"),
        (17, "00001 18b 0020 0001 ff 0021 0000"),
        (21, "03736970076578616d706c6503636f6d00"),
        (23, "20010db8000000000000000000000001"),
        (24, "0161 00 0162 00"),
        (26, "00000001 00000002 38 20010db8000000000000000000000000"),
        (36, "02 4445 03064265726c696e"),
        (39, "01 04686f7374"),
        (39, "04 04686f7374076578616d706c6503636f6d00"),
        (44, "01 00000000000000000000000000000000"),
        (54, "0001 0010 20010db8000000000000000000000001 0003 0010 20010db8000000000000000000000002"),
        (55, "0002 0006 016100 016200"),
        (56, "0001 0010 20010db8000000000000000000000001 0003 0003 016100"),
        (60, "0001 61 0002 6262"),
        (61, "0007"),
        (62, "010310"),
        (67, "40 01"),
        (68, "00 76706e"),
        (71, "40 20010db8000000010000000000000000"),
        (71, "40 20010db800000001"),
        (74, "20010db8000000000000000000000001 01 016100"),
        (79, "0001 020000000001"),
        (81, "1a06 00001388"),
        (84, "00"),
        (85, "01 28 20 20010db8"),
        (89, "00 10 18 c0000200 28 20010db800 005d 0004 0610 0000"),
        (91, "00"),
        (92, "c0000201 80 20010db8000000000000000000000001"),
        (98, "18 20 10 80 c0000200 20010db8000000000000000000000000"),
        (104, "80 0a 1770 03 00c8 0320 0bb8 04 0032 0320 012c"),
        (104, "80 0a 1770 03 00c8 0320 0bb8 04 0032 0320 012c ff030000000000000000000000000001"),
        (113, "60 ff3e00000000000000000000 00 00"),
        (138, "00000001 00000000 00000000"),
        (139, "0001 0006 020000000000 000000ff 00000e10"),
        (144, "0001 0003 016100 0010 20010db8000000000000000000000001 0001 0003 026832"),
        (146, "0001 03666d6d076578616d706c6500"),
        (147, "0001 03726d6d00"),
        (148, ""),
    ];

    /// Contents that do not fit their option.
    const WRONG: &[(u16, &str)] = &[
        (1, "00"),
        (1, "0001 0001 0000"),
        (3, "00000001 00000e10"),
        (6, "00"),
        (7, ""),
        (14, "00"),
        (15, ""),
        (15, "0002 61"),
        (17, "00000009 0001 0002 00"),
        (21, "0361"),
        (23, ""),
        (23, "20010db8"),
        (26, "00000001 00000002 38 20010db8"),
        (54, "0001 0011 20010db8000000000000000000000001"),
        (71, "40 20010db800000001000000000000000000"),
        (104, "80 0a 1770 03 00c8 0320 0bb8 04 0032 0320 01"),
        (146, "0001"),
        (85, "01 28 81 20010db80000000000000000000000000000"),
        (89, "00 10 18 c0000200 28 20010db8"),
        (91, "08"),
    ];

    #[test]
    fn valid_contents_are_decoded_and_round_trip() {
        for &(code, text) in RIGHT {
            let bytes = hex(text);
            let option = Dhcpv6Option::decode(code, Cursor::new(&bytes));
            assert!(!option.is_unknown(), "{code}: {bytes:02x?}");
            let mut written = Vec::new();
            option.emit(&mut written);
            assert_eq!(written, bytes, "{code}");
        }
    }

    #[test]
    fn invalid_contents_stay_raw() {
        for &(code, text) in WRONG {
            let bytes = hex(text);
            let option = Dhcpv6Option::decode(code, Cursor::new(&bytes));
            assert_eq!(option, Dhcpv6Option::Unknown { kind: code, data: &bytes });
        }
    }

    #[test]
    fn codes_have_names() {
        assert_eq!(Dhcpv6OptionCode::from(23).name(), Some("DNS recursive name servers"));
        assert_eq!(Dhcpv6OptionCode::from(10).name(), None);
        let codes: Vec<_> = Dhcpv6Option::REGISTRY.entries.iter().map(|(code, _)| *code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        let missing = [10, 35];
        assert!((1..=148).all(|code| codes.contains(&code) != missing.contains(&code)));
    }

    #[test]
    fn a_name_may_be_partial() {
        let partial = Dhcpv6PartialName(b"\x04host");
        assert_eq!((partial.name(), partial.labels().next()), (None, Some(&b"host"[..])));
        assert_eq!(partial.labels().count(), 1);
    }
}
