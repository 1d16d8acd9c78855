//! RADIUS attributes: RFC 2865 §5, RFC 2866 §5 and later documents.

use crate::proto::ShortPrefix;
use crate::proto::app::radius_numbers::{
    RadiusAcctAuthentic, RadiusAcctStatusType, RadiusAcctTerminateCause, RadiusArapZoneAccess, RadiusErrorCause,
    RadiusFramedCompression, RadiusFramedProtocol, RadiusFramedRouting, RadiusIngressFilters, RadiusLoginService,
    RadiusManagementProtocol, RadiusNasPortType, RadiusPrompt, RadiusServiceType, RadiusTerminationAction,
    RadiusTransportProtection, RadiusTunnelMedium, RadiusTunnelType, RadiusVendor, RadiusVlanTag,
};
use crate::wire::{
    ByteSink, Codec, Cursor, DATA, Encoder, Field, FieldError, Kind, List, Schema, Span, Text, TlvItem, TlvLayout, U24,
    Value, ValueError, Visitor, flags, header, tagged_enum,
};
use core::net::{Ipv4Addr, Ipv6Addr};

tagged_enum! {
    /// An attribute, RFC 2865 §5. Types and names are those of IANA's registry.
    ///
    /// ```
    /// use packetsmith::Tlvs;
    /// use packetsmith::proto::app::{RadiusAcctStatusType, RadiusAttribute};
    /// let list: Tlvs<RadiusAttribute> = Tlvs::new(&[40, 6, 0, 0, 0, 2, 46, 6, 0, 0, 0, 60]);
    /// let list: Vec<_> = list.iter().collect();
    /// assert_eq!(list[0], RadiusAttribute::AcctStatusType { status: RadiusAcctStatusType::Stop });
    /// assert_eq!(list[1], RadiusAttribute::AcctSessionTime { time: 60 });
    /// ```
    pub enum RadiusAttribute<'a>: "type", "radius.avp.type", "RADIUS attributes" {
        UserName = 1 "User-Name" {
            /// Name of the user to authenticate, RFC 2865 §5.1.
            name: Text<'a>, "radius.User_Name";
        }
        UserPassword = 2 "User-Password" {
            /// Password, hidden with the shared secret; 16 to 128 bytes in blocks of 16. RFC 2865 §5.2.
            password: &'a [u8], "radius.User_Password_encrypted";
        }
        ChapPassword = 3 "CHAP-Password" {
            /// CHAP identifier of the user's response, RFC 2865 §5.3.
            chap_identifier: u8, "radius.CHAP_Ident", hex;
            /// The user's response to the challenge.
            response: [u8; 16], "radius.CHAP_String";
        }
        NasIpAddress = 4 "NAS-IP-Address" {
            /// Address of the access server that asks, RFC 2865 §5.4.
            address: Ipv4Addr, "radius.NAS_IP_Address";
        }
        NasPort = 5 "NAS-Port" {
            /// Physical port of the access server, RFC 2865 §5.5.
            port: u32, "radius.NAS_Port";
        }
        ServiceType = 6 "Service-Type" {
            /// Kind of service asked for, or to be provided; RFC 2865 §5.6.
            service: RadiusServiceType, "radius.Service_Type";
        }
        FramedProtocol = 7 "Framed-Protocol" {
            /// Framing of framed access, RFC 2865 §5.7.
            protocol: RadiusFramedProtocol, "radius.Framed_Protocol";
        }
        FramedIpAddress = 8 "Framed-IP-Address" {
            /// Address for the user; 255.255.255.255: the user selects, 255.255.255.254: the access server does. RFC
            /// 2865 §5.8.
            address: Ipv4Addr, "radius.Framed-IP-Address";
        }
        FramedIpNetmask = 9 "Framed-IP-Netmask" {
            /// Mask of the user's network, RFC 2865 §5.9.
            mask: Ipv4Addr, "radius.Framed_IP_Netmask";
        }
        FramedRouting = 10 "Framed-Routing" {
            /// Routing packets between the access server and the user's router, RFC 2865 §5.10.
            routing: RadiusFramedRouting, "radius.Framed_Routing";
        }
        FilterId = 11 "Filter-Id" {
            /// Name of a filter list for the user, RFC 2865 §5.11.
            filter: Text<'a>, "radius.Filter_Id";
        }
        FramedMtu = 12 "Framed-MTU" {
            /// Maximum transmission unit for the user, in bytes; RFC 2865 §5.12.
            mtu: u32, "radius.Framed_MTU", bytes;
        }
        FramedCompression = 13 "Framed-Compression" {
            /// Compression protocol for the link, RFC 2865 §5.13.
            compression: RadiusFramedCompression, "radius.Framed_Compression";
        }
        LoginIpHost = 14 "Login-IP-Host" {
            /// Host that the user is connected to; 255.255.255.255: the user selects, 0.0.0.0: the access server does.
            /// RFC 2865 §5.14.
            address: Ipv4Addr, "radius.Login-IP-Host";
        }
        LoginService = 15 "Login-Service" {
            /// Service that the user is connected to, RFC 2865 §5.15.
            service: RadiusLoginService, "radius.Login_Service";
        }
        LoginTcpPort = 16 "Login-TCP-Port" {
            /// TCP port that the user is connected to, RFC 2865 §5.16.
            port: u32, "radius.Login_TCP_Port", tcp_port;
        }
        ReplyMessage = 18 "Reply-Message" {
            /// Text for the user, RFC 2865 §5.18.
            message: Text<'a>, "radius.Reply_Message";
        }
        CallbackNumber = 19 "Callback-Number" {
            /// Number to call back, RFC 2865 §5.19.
            number: Text<'a>, "radius.Callback_Number";
        }
        CallbackId = 20 "Callback-Id" {
            /// Name of a place to call back, RFC 2865 §5.20.
            context: Text<'a>, "radius.Callback_Id";
        }
        FramedRoute = 22 "Framed-Route" {
            /// Route for the user: prefix, gateway and metrics. RFC 2865 §5.22.
            route: Text<'a>, "radius.Framed_Route";
        }
        FramedIpxNetwork = 23 "Framed-IPX-Network" {
            /// IPX network number for the user; 0xfffffffe: the access server selects. RFC 2865 §5.23.
            network: u32, "radius.Framed-IPX-Network", hex;
        }
        State = 24 "State" {
            /// What the client sends back to the server unchanged, RFC 2865 §5.24.
            state: &'a [u8], "radius.State";
        }
        Class = 25 "Class" {
            /// What the client sends to the accounting server unchanged, RFC 2865 §5.25.
            class: &'a [u8], "radius.Class";
        }
        VendorSpecific = 26 "Vendor-Specific" {
            /// Vendor, and what the vendor defines; RFC 2865 §5.26.
            vendor: RadiusVendorSpecific<'a>, "";
        }
        SessionTimeout = 27 "Session-Timeout" {
            /// Longest time that the session or the prompt may last, RFC 2865 §5.27.
            time: u32, "radius.Session_Timeout", seconds;
        }
        IdleTimeout = 28 "Idle-Timeout" {
            /// Longest time without traffic, RFC 2865 §5.28.
            time: u32, "radius.Idle_Timeout", seconds;
        }
        TerminationAction = 29 "Termination-Action" {
            /// What the access server does when the service ends, RFC 2865 §5.29.
            action: RadiusTerminationAction, "radius.Termination_Action";
        }
        CalledStationId = 30 "Called-Station-Id" {
            /// Number that the user called, or MAC address and SSID of the access point; RFC 2865 §5.30, RFC 3580
            /// §3.20.
            station: Text<'a>, "radius.Called_Station_Id";
        }
        CallingStationId = 31 "Calling-Station-Id" {
            /// Number that the call came from, or the user's MAC address; RFC 2865 §5.31, RFC 3580 §3.21.
            station: Text<'a>, "radius.Calling_Station_Id";
        }
        NasIdentifier = 32 "NAS-Identifier" {
            /// Name of the access server that asks, RFC 2865 §5.32.
            identifier: Text<'a>, "radius.NAS_Identifier";
        }
        ProxyState = 33 "Proxy-State" {
            /// What a proxy server gets back unchanged, RFC 2865 §5.33.
            state: &'a [u8], "radius.Proxy_State";
        }
        LoginLatService = 34 "Login-LAT-Service" {
            /// LAT service that the user is connected to, RFC 2865 §5.34.
            service: Text<'a>, "radius.Login_LAT_Service";
        }
        LoginLatNode = 35 "Login-LAT-Node" {
            /// LAT node that the user is connected to, RFC 2865 §5.35.
            node: Text<'a>, "radius.Login_LAT_Node";
        }
        LoginLatGroup = 36 "Login-LAT-Group" {
            /// LAT group codes of the user, one bit each; RFC 2865 §5.36.
            groups: [u8; 32], "radius.Login_LAT_Group";
        }
        FramedAppleTalkLink = 37 "Framed-AppleTalk-Link" {
            /// AppleTalk network number of the serial link; 0: none. RFC 2865 §5.37.
            network: u32, "radius.Framed_AppleTalk_Link";
        }
        FramedAppleTalkNetwork = 38 "Framed-AppleTalk-Network" {
            /// AppleTalk network number for the user; 0: the access server selects. RFC 2865 §5.38.
            network: u32, "radius.Framed_AppleTalk_Network";
        }
        FramedAppleTalkZone = 39 "Framed-AppleTalk-Zone" {
            /// AppleTalk default zone, RFC 2865 §5.39.
            zone: Text<'a>, "radius.Framed_AppleTalk_Zone";
        }
        AcctStatusType = 40 "Acct-Status-Type" {
            /// Beginning or end of the user's service, RFC 2866 §5.1.
            status: RadiusAcctStatusType, "radius.Acct_Status_Type";
        }
        AcctDelayTime = 41 "Acct-Delay-Time" {
            /// How long the client has been trying to send this, RFC 2866 §5.2.
            delay: u32, "radius.Acct_Delay_Time", seconds;
        }
        AcctInputOctets = 42 "Acct-Input-Octets" {
            /// Bytes received from the user, modulo 2^32; RFC 2866 §5.3.
            octets: u32, "radius.Acct_Input_Octets", bytes;
        }
        AcctOutputOctets = 43 "Acct-Output-Octets" {
            /// Bytes sent to the user, modulo 2^32; RFC 2866 §5.4.
            octets: u32, "radius.Acct_Output_Octets", bytes;
        }
        AcctSessionId = 44 "Acct-Session-Id" {
            /// Session, the same in its start and stop records; RFC 2866 §5.5.
            session: Text<'a>, "radius.Acct_Session_Id";
        }
        AcctAuthentic = 45 "Acct-Authentic" {
            /// How the user was authenticated, RFC 2866 §5.6.
            method: RadiusAcctAuthentic, "radius.Acct_Authentic";
        }
        AcctSessionTime = 46 "Acct-Session-Time" {
            /// How long the user has received service, RFC 2866 §5.7.
            time: u32, "radius.Acct_Session_Time", seconds;
        }
        AcctInputPackets = 47 "Acct-Input-Packets" {
            /// Packets received from the user, RFC 2866 §5.8.
            packets: u32, "radius.Acct_Input_Packets";
        }
        AcctOutputPackets = 48 "Acct-Output-Packets" {
            /// Packets sent to the user, RFC 2866 §5.9.
            packets: u32, "radius.Acct_Output_Packets";
        }
        AcctTerminateCause = 49 "Acct-Terminate-Cause" {
            /// Why the session was terminated, RFC 2866 §5.10.
            cause: RadiusAcctTerminateCause, "radius.Acct_Terminate_Cause";
        }
        AcctMultiSessionId = 50 "Acct-Multi-Session-Id" {
            /// The same in all sessions of one multilink session, RFC 2866 §5.11.
            session: Text<'a>, "radius.Acct_Multi_Session_Id";
        }
        AcctLinkCount = 51 "Acct-Link-Count" {
            /// Links of the multilink session so far, RFC 2866 §5.12.
            links: u32, "radius.Acct_Link_Count";
        }
        AcctInputGigawords = 52 "Acct-Input-Gigawords" {
            /// How often Acct-Input-Octets has passed 2^32, RFC 2869 §5.1.
            wraps: u32, "radius.Acct_Input_Gigawords";
        }
        AcctOutputGigawords = 53 "Acct-Output-Gigawords" {
            /// How often Acct-Output-Octets has passed 2^32, RFC 2869 §5.2.
            wraps: u32, "radius.Acct_Output_Gigawords";
        }
        EventTimestamp = 55 "Event-Timestamp" {
            /// When the event occurred, in seconds since 1970-01-01 00:00 UTC; RFC 2869 §5.3.
            time: u32, "radius.Event_Timestamp";
        }
        EgressVlanId = 56 "Egress-VLANID" {
            /// VLAN allowed for egress on the port, RFC 4675 §2.1.
            vlan: RadiusEgressVlan, "";
        }
        IngressFilters = 57 "Ingress-Filters" {
            /// Whether frames of other VLANs are discarded, RFC 4675 §2.2.
            filters: RadiusIngressFilters, "radius.Ingress_Filters";
        }
        EgressVlanName = 58 "Egress-VLAN-Name" {
            /// Whether the frames carry a tag, RFC 4675 §2.3.
            tagged: RadiusVlanTag, "radius.egress_vlan_name_tag", hex;
            /// Name of the VLAN.
            name: Text<'a>, "radius.egress_vlan_name";
        }
        UserPriorityTable = 59 "User-Priority-Table" {
            /// New priority for each of the eight user priorities, RFC 4675 §2.4.
            priorities: [u8; 8], "radius.User_Priority_Table";
        }
        ChapChallenge = 60 "CHAP-Challenge" {
            /// Challenge that the access server sent to the user, RFC 2865 §5.40.
            challenge: &'a [u8], "radius.CHAP_Challenge";
        }
        NasPortType = 61 "NAS-Port-Type" {
            /// Kind of the physical port, RFC 2865 §5.41.
            port_type: RadiusNasPortType, "radius.NAS_Port_Type";
        }
        PortLimit = 62 "Port-Limit" {
            /// Most ports that the user may have, RFC 2865 §5.42.
            ports: u32, "radius.Port_Limit";
        }
        LoginLatPort = 63 "Login-LAT-Port" {
            /// LAT port that the user is connected to, RFC 2865 §5.43.
            port: Text<'a>, "radius.Login_LAT_Port";
        }
        TunnelType = 64 "Tunnel-Type" {
            /// Tunneling protocol, with the tunnel's tag; RFC 2868 §3.1.
            tunnel: RadiusTaggedTunnelType, "";
        }
        TunnelMediumType = 65 "Tunnel-Medium-Type" {
            /// Transport medium, with the tunnel's tag; RFC 2868 §3.2.
            medium: RadiusTaggedTunnelMedium, "";
        }
        TunnelClientEndpoint = 66 "Tunnel-Client-Endpoint" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.3.
            tag: RadiusTag, "radius.Tunnel_Client_Endpoint.tag";
            /// Address or name of the tunnel's initiator.
            endpoint: Text<'a>, "radius.Tunnel_Client_Endpoint";
        }
        TunnelServerEndpoint = 67 "Tunnel-Server-Endpoint" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.4.
            tag: RadiusTag, "radius.Tunnel_Server_Endpoint.tag";
            /// Address or name of the tunnel's server.
            endpoint: Text<'a>, "radius.Tunnel_Server_Endpoint";
        }
        AcctTunnelConnection = 68 "Acct-Tunnel-Connection" {
            /// Identifier of the tunnel session, RFC 2867 §4.1.
            connection: Text<'a>, "radius.Acct_Tunnel_Connection";
        }
        TunnelPassword = 69 "Tunnel-Password" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.5.
            tag: u8, "radius.Tunnel_Password.tag";
            /// Salt that the password is hidden with.
            salt: u16, "", hex;
            /// Password, hidden with the shared secret.
            password: &'a [u8], "";
        }
        ArapPassword = 70 "ARAP-Password" {
            /// Challenges and responses of ARAP, RFC 2869 §5.4.
            response: [u8; 16], "radius.ARAP_Password";
        }
        ArapFeatures = 71 "ARAP-Features" {
            /// Password rules and times for an ARAP client, RFC 2869 §5.5.
            features: [u8; 14], "radius.ARAP_Features";
        }
        ArapZoneAccess = 72 "ARAP-Zone-Access" {
            /// How the ARAP zone list is used, RFC 2869 §5.6.
            access: RadiusArapZoneAccess, "radius.ARAP_Zone_Access";
        }
        ArapSecurity = 73 "ARAP-Security" {
            /// ARAP security module, RFC 2869 §5.7.
            module: u32, "radius.ARAP_Security";
        }
        ArapSecurityData = 74 "ARAP-Security-Data" {
            /// Challenge or response of an ARAP security module, RFC 2869 §5.8.
            message: Text<'a>, "radius.ARAP_Security_Data";
        }
        PasswordRetry = 75 "Password-Retry" {
            /// Attempts that the user has, RFC 2869 §5.9.
            attempts: u32, "radius.Password_Retry";
        }
        Prompt = 76 "Prompt" {
            /// Whether the user's response is echoed, RFC 2869 §5.10.
            prompt: RadiusPrompt, "radius.Prompt";
        }
        ConnectInfo = 77 "Connect-Info" {
            /// Speed and kind of the user's connection, RFC 2869 §5.11.
            connection: Text<'a>, "radius.Connect_Info";
        }
        ConfigurationToken = 78 "Configuration-Token" {
            /// Kind of user profile, from a server to a proxy; RFC 2869 §5.12.
            token: Text<'a>, "radius.Configuration_Token";
        }
        EapMessage = 79 "EAP-Message" {
            /// EAP packet, or a fragment of it; RFC 3579 §3.1.
            fragment: &'a [u8], "radius.eap_fragment";
        }
        MessageAuthenticator = 80 "Message-Authenticator" {
            /// HMAC-MD5 of the packet with the shared secret, RFC 3579 §3.2.
            digest: [u8; 16], "radius.Message_Authenticator";
        }
        TunnelPrivateGroupId = 81 "Tunnel-Private-Group-ID" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.6.
            tag: RadiusTag, "radius.Tunnel_Private_Group_Id.tag";
            /// Group of the session, such as a VLAN; RFC 3580 §3.31.
            group: Text<'a>, "radius.Tunnel_Private_Group_Id";
        }
        TunnelAssignmentId = 82 "Tunnel-Assignment-ID" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.7.
            tag: RadiusTag, "radius.Tunnel_Assignment_Id.tag";
            /// Tunnel that the session is to be assigned to.
            assignment: Text<'a>, "radius.Tunnel_Assignment_Id";
        }
        TunnelPreference = 83 "Tunnel-Preference" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.8.
            tag: u8, "radius.Tunnel_Preference.tag";
            /// Preference of the tunnel; the lowest value comes first.
            preference: U24, "radius.Tunnel_Preference";
        }
        ArapChallengeResponse = 84 "ARAP-Challenge-Response" {
            /// Response to the challenge of an ARAP client, RFC 2869 §5.15.
            response: [u8; 8], "radius.ARAP_Challenge_Response";
        }
        AcctInterimInterval = 85 "Acct-Interim-Interval" {
            /// Time between interim updates, RFC 2869 §5.16.
            interval: u32, "radius.Acct_Interim_Interval", seconds;
        }
        AcctTunnelPacketsLost = 86 "Acct-Tunnel-Packets-Lost" {
            /// Packets lost on the link, RFC 2867 §4.2.
            packets: u32, "radius.Acct_Tunnel_Packets_Lost";
        }
        NasPortId = 87 "NAS-Port-Id" {
            /// Port of the access server, by name; RFC 2869 §5.17.
            port: Text<'a>, "radius.NAS_Port_Id";
        }
        FramedPool = 88 "Framed-Pool" {
            /// Pool that the user's address is assigned from, RFC 2869 §5.18.
            pool: Text<'a>, "radius.Framed_Pool";
        }
        ChargeableUserIdentity = 89 "Chargeable-User-Identity" {
            /// Whom to charge; a byte of zero asks for it. RFC 4372.
            identity: Text<'a>, "radius.Chargeable_User_Identity";
        }
        TunnelClientAuthId = 90 "Tunnel-Client-Auth-ID" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.9.
            tag: RadiusTag, "radius.Tunnel_Client_Auth_Id.tag";
            /// Name that the tunnel's initiator authenticates with.
            name: Text<'a>, "radius.Tunnel_Client_Auth_Id";
        }
        TunnelServerAuthId = 91 "Tunnel-Server-Auth-ID" {
            /// Tunnel that the attribute belongs to, RFC 2868 §3.10.
            tag: RadiusTag, "radius.Tunnel_Server_Auth_Id.tag";
            /// Name that the tunnel's server authenticates with.
            name: Text<'a>, "radius.Tunnel_Server_Auth_Id";
        }
        NasFilterRule = 92 "NAS-Filter-Rule" {
            /// Filter rules, or a fragment of them; RFC 4849 §2.
            rules: Text<'a>, "radius.NAS_Filter_Rule";
        }
        OriginatingLineInfo = 94 "Originating-Line-Info" {
            /// Kind of line that the call came from, RFC 7155.
            line: [u8; 2], "radius.Originating_Line_Info";
        }
        NasIpv6Address = 95 "NAS-IPv6-Address" {
            /// Address of the access server that asks, RFC 3162 §2.1.
            address: Ipv6Addr, "radius.NAS_IPv6_Address";
        }
        FramedInterfaceId = 96 "Framed-Interface-Id" {
            /// IPv6 interface identifier for the user, RFC 3162 §2.2.
            interface: [u8; 8], "radius.Framed_Interface_Id";
        }
        FramedIpv6Prefix = 97 "Framed-IPv6-Prefix" {
            /// Reserved.
            reserved: u8, "", reserved;
            /// Length of the prefix in bits, 128 at most; RFC 3162 §2.3.
            prefix_length: u8, "";
            /// Prefix for the user's link; its last bytes may be left out.
            prefix: ShortPrefix, "";
        }
        LoginIpv6Host = 98 "Login-IPv6-Host" {
            /// Host that the user is connected to; all ones: the user selects, zero: the access server does. RFC 3162
            /// §2.4.
            address: Ipv6Addr, "radius.Login_IPv6_Host";
        }
        FramedIpv6Route = 99 "Framed-IPv6-Route" {
            /// Route for the user: prefix, gateway and metrics. RFC 3162 §2.5.
            route: Text<'a>, "radius.Framed_IPv6_Route";
        }
        FramedIpv6Pool = 100 "Framed-IPv6-Pool" {
            /// Pool that the user's prefix is assigned from, RFC 3162 §2.6.
            pool: Text<'a>, "radius.Framed_IPv6_Pool";
        }
        ErrorCause = 101 "Error-Cause" {
            /// Why a request was not, or not only, carried out; RFC 5176 §3.5.
            cause: RadiusErrorCause, "radius.Error_Cause";
        }
        EapKeyName = 102 "EAP-Key-Name" {
            /// EAP session identifier, which names the keys; RFC 4072.
            name: Text<'a>, "radius.EAP_Key_Name";
        }
        DigestResponse = 103 "Digest-Response" {
            /// Response of HTTP Digest authentication, RFC 5090 §3.1.
            digest: Text<'a>, "radius.Digest_Response";
        }
        DigestRealm = 104 "Digest-Realm" {
            /// Realm, RFC 5090 §3.2.
            realm: Text<'a>, "radius.Digest_Realm";
        }
        DigestNonce = 105 "Digest-Nonce" {
            /// Nonce, RFC 5090 §3.3.
            nonce: Text<'a>, "radius.Digest_Nonce";
        }
        DigestResponseAuth = 106 "Digest-Response-Auth" {
            /// Response digest of the server, RFC 5090 §3.4.
            digest: Text<'a>, "radius.Digest_Response_Auth";
        }
        DigestNextnonce = 107 "Digest-Nextnonce" {
            /// Nonce for the next request, RFC 5090 §3.5.
            nonce: Text<'a>, "radius.Digest_Nextnonce";
        }
        DigestMethod = 108 "Digest-Method" {
            /// Method of the request, RFC 5090 §3.6.
            method: Text<'a>, "radius.Digest_Method";
        }
        DigestUri = 109 "Digest-URI" {
            /// URI of the request, RFC 5090 §3.7.
            uri: Text<'a>, "radius.Digest_URI";
        }
        DigestQop = 110 "Digest-Qop" {
            /// Quality of protection, RFC 5090 §3.8.
            qop: Text<'a>, "radius.Digest_Qop";
        }
        DigestAlgorithm = 111 "Digest-Algorithm" {
            /// Algorithm, RFC 5090 §3.9.
            algorithm: Text<'a>, "radius.Digest_Algorithm";
        }
        DigestEntityBodyHash = 112 "Digest-Entity-Body-Hash" {
            /// Hash of the entity body, RFC 5090 §3.10.
            digest: Text<'a>, "radius.Digest_Entity_Body_Hash";
        }
        DigestCnonce = 113 "Digest-CNonce" {
            /// Nonce of the client, RFC 5090 §3.11.
            nonce: Text<'a>, "radius.Digest_CNonce";
        }
        DigestNonceCount = 114 "Digest-Nonce-Count" {
            /// How often the nonce was used, in hexadecimal; RFC 5090 §3.12.
            count: Text<'a>, "radius.Digest_Nonce_Count";
        }
        DigestUsername = 115 "Digest-Username" {
            /// Name of the user, RFC 5090 §3.13.
            name: Text<'a>, "radius.Digest_Username";
        }
        DigestOpaque = 116 "Digest-Opaque" {
            /// What the client sends back unchanged, RFC 5090 §3.14.
            opaque: Text<'a>, "radius.Digest_Opaque";
        }
        DigestAuthParam = 117 "Digest-Auth-Param" {
            /// Another parameter, RFC 5090 §3.15.
            parameter: Text<'a>, "radius.Digest_Auth_Param";
        }
        DigestAkaAuts = 118 "Digest-AKA-Auts" {
            /// Resynchronization token, RFC 5090 §3.16.
            token: Text<'a>, "radius.Digest_AKA_Auts";
        }
        DigestDomain = 119 "Digest-Domain" {
            /// URI of the protection space, RFC 5090 §3.17.
            uri: Text<'a>, "radius.Digest_Domain";
        }
        DigestStale = 120 "Digest-Stale" {
            /// Whether the nonce was stale, RFC 5090 §3.18.
            stale: Text<'a>, "radius.Digest_Stale";
        }
        DigestHa1 = 121 "Digest-HA1" {
            /// Hash of user name, realm and password; RFC 5090 §3.19.
            digest: Text<'a>, "radius.Digest_HA1";
        }
        SipAor = 122 "SIP-AOR" {
            /// SIP address of record, RFC 5090 §3.20.
            uri: Text<'a>, "radius.SIP_AOR";
        }
        DelegatedIpv6Prefix = 123 "Delegated-IPv6-Prefix" {
            /// Reserved.
            reserved: u8, "", reserved;
            /// Length of the prefix in bits, 128 at most; RFC 4818 §3.
            prefix_length: u8, "";
            /// Prefix that is delegated to the user; its last bytes may be left out.
            prefix: ShortPrefix, "";
        }
        Mip6FeatureVector = 124 "MIP6-Feature-Vector" {
            /// What the access server or the home agent can do for Mobile IPv6, RFC 5447.
            features: u64, "radius.MIP6_Feature_Vector", hex;
        }
        OperatorName = 126 "Operator-Name" {
            /// Operator of the access network; the first character says what kind of name it is. RFC 5580 §4.1.
            name: Text<'a>, "radius.Operator_Name";
        }
        LocationInformation = 127 "Location-Information" {
            /// Metadata of the location, RFC 5580 §4.2.
            location: &'a [u8], "radius.Location_Information";
        }
        LocationData = 128 "Location-Data" {
            /// Location, RFC 5580 §4.3.
            location: &'a [u8], "radius.Location_Data";
        }
        BasicLocationPolicyRules = 129 "Basic-Location-Policy-Rules" {
            /// Privacy policy for the location, RFC 5580 §4.4.
            rules: &'a [u8], "radius.Basic_Location_Policy_Rules";
        }
        ExtendedLocationPolicyRules = 130 "Extended-Location-Policy-Rules" {
            /// Ruleset for the location, or where it is; RFC 5580 §4.5.
            rules: Text<'a>, "radius.Extended_Location_Policy_Rules";
        }
        LocationCapable = 131 "Location-Capable" {
            /// Locations that the access server can give, one bit each; RFC 5580 §4.6.
            locations: u32, "radius.Location_Capable", hex;
        }
        RequestedLocationInfo = 132 "Requested-Location-Info" {
            /// Locations asked for, one bit each; RFC 5580 §4.7.
            locations: u32, "radius.Requested_Location_Info", hex;
        }
        FramedManagementProtocol = 133 "Framed-Management-Protocol" {
            /// Management protocol, RFC 5607 §6.1.
            protocol: RadiusManagementProtocol, "radius.Framed_Management";
        }
        ManagementTransportProtection = 134 "Management-Transport-Protection" {
            /// Least protection of the transport, RFC 5607 §6.2.
            protection: RadiusTransportProtection, "radius.Management_Transport_Protection";
        }
        ManagementPolicyId = 135 "Management-Policy-Id" {
            /// Name of a policy for management access, RFC 5607 §6.3.
            policy: Text<'a>, "radius.Management_Policy_Id";
        }
        ManagementPrivilegeLevel = 136 "Management-Privilege-Level" {
            /// Privilege level for management access, RFC 5607 §6.4.
            level: u32, "radius.Management_Privilege_Level";
        }
        DsLiteTunnelName = 144 "DS-Lite-Tunnel-Name" {
            /// Domain name of the AFTR, RFC 6519.
            name: Text<'a>, "radius.DS_Lite_Tunnel_Name";
        }
        FramedIpv6Address = 168 "Framed-IPv6-Address" {
            /// Address for the user, RFC 6911 §3.1.
            address: Ipv6Addr, "radius.Framed_IPv6_Address";
        }
        DnsServerIpv6Address = 169 "DNS-Server-IPv6-Address" {
            /// DNS server for the user, RFC 6911 §3.2.
            address: Ipv6Addr, "radius.DNS_Server_IPv6_Address";
        }
        RouteIpv6Information = 170 "Route-IPv6-Information" {
            /// Reserved.
            reserved: u8, "", reserved;
            /// Length of the prefix in bits, 128 at most; RFC 6911 §3.3.
            prefix_length: u8, "";
            /// Prefix of the route; its last bytes may be left out.
            prefix: ShortPrefix, "";
        }
        DelegatedIpv6PrefixPool = 171 "Delegated-IPv6-Prefix-Pool" {
            /// Pool that the delegated prefix is assigned from, RFC 6911 §3.4.
            pool: Text<'a>, "radius.Delegated_IPv6_Prefix_Pool";
        }
        StatefulIpv6AddressPool = 172 "Stateful-IPv6-Address-Pool" {
            /// Pool that the user's address is assigned from, RFC 6911 §3.5.
            pool: Text<'a>, "radius.Stateful_IPv6_Address_Pool";
        }
        AllowedCalledStationId = 174 "Allowed-Called-Station-Id" {
            /// Access point or network that the user may use, RFC 7268 §2.1.
            station: Text<'a>, "radius.Allowed_Called_Station_Id";
        }
        EapPeerId = 175 "EAP-Peer-Id" {
            /// Identity of the EAP peer, RFC 7268 §2.2.
            identity: &'a [u8], "radius.EAP_Peer_Id";
        }
        EapServerId = 176 "EAP-Server-Id" {
            /// Identity of the EAP server, RFC 7268 §2.3.
            identity: &'a [u8], "radius.EAP_Server_Id";
        }
        MobilityDomainId = 177 "Mobility-Domain-Id" {
            /// Mobility domain of IEEE 802.11, RFC 7268 §2.4.
            domain: u32, "radius.Mobility_Domain_Id";
        }
        PreauthTimeout = 178 "Preauth-Timeout" {
            /// How long a pre-authenticated state is kept, RFC 7268 §2.5.
            time: u32, "radius.Preauth_Timeout", seconds;
        }
        WlanHessid = 181 "WLAN-HESSID" {
            /// Homogenous extended service set, RFC 7268 §2.8.
            hessid: Text<'a>, "radius.WLAN_HESSID";
        }
        WlanReasonCode = 185 "WLAN-Reason-Code" {
            /// Reason code of IEEE 802.11, RFC 7268 §2.12.
            reason: u32, "radius.WLAN_Reason_Code";
        }
        WlanPairwiseCipher = 186 "WLAN-Pairwise-Cipher" {
            /// Cipher suite of IEEE 802.11, RFC 7268 §2.13.
            suite: u32, "radius.WLAN_Pairwise_Cipher", hex;
        }
        WlanGroupCipher = 187 "WLAN-Group-Cipher" {
            /// Cipher suite of IEEE 802.11, RFC 7268 §2.14.
            suite: u32, "radius.WLAN_Group_Cipher", hex;
        }
        WlanAkmSuite = 188 "WLAN-AKM-Suite" {
            /// Key management suite of IEEE 802.11, RFC 7268 §2.15.
            suite: u32, "radius.WLAN_AKM_Suite", hex;
        }
        WlanGroupMgmtCipher = 189 "WLAN-Group-Mgmt-Cipher" {
            /// Cipher suite of IEEE 802.11 for management frames, RFC 7268 §2.16.
            suite: u32, "radius.WLAN_Group_Mgmt_Cipher", hex;
        }
        ExtendedAttribute1 = 241 "Extended-Attribute-1" {
            /// Type of the attribute within this range, RFC 6929 §2.1.
            extended_type: u8, "radius.avp.extended_type";
            /// Value of the attribute.
            value: &'a [u8], "";
        }
        ExtendedAttribute2 = 242 "Extended-Attribute-2" {
            /// Type of the attribute within this range, RFC 6929 §2.1.
            extended_type: u8, "radius.avp.extended_type";
            /// Value of the attribute.
            value: &'a [u8], "";
        }
        ExtendedAttribute3 = 243 "Extended-Attribute-3" {
            /// Type of the attribute within this range, RFC 6929 §2.1.
            extended_type: u8, "radius.avp.extended_type";
            /// Value of the attribute.
            value: &'a [u8], "";
        }
        ExtendedAttribute4 = 244 "Extended-Attribute-4" {
            /// Type of the attribute within this range, RFC 6929 §2.1.
            extended_type: u8, "radius.avp.extended_type";
            /// Value of the attribute.
            value: &'a [u8], "";
        }
        ExtendedAttribute5 = 245 "Extended-Attribute-5" {
            /// Type of the attribute within this range, RFC 6929 §2.2.
            extended_type: u8, "radius.avp.extended_type";
            /// Whether the value goes on in the next attribute.
            flags: RadiusExtendedFlags, "", hex;
            /// Value of the attribute, or a fragment of it.
            value: &'a [u8], "";
        }
        ExtendedAttribute6 = 246 "Extended-Attribute-6" {
            /// Type of the attribute within this range, RFC 6929 §2.2.
            extended_type: u8, "radius.avp.extended_type";
            /// Whether the value goes on in the next attribute.
            flags: RadiusExtendedFlags, "", hex;
            /// Value of the attribute, or a fragment of it.
            value: &'a [u8], "";
        }
    }
}

impl TlvItem for RadiusAttribute<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::BYTES };
}

header! {
    /// Tunneling protocol with the tag of a tunnel, RFC 2868 §3.1.
    pub struct RadiusTaggedTunnelType(4) => RadiusTaggedTunnelTypeEdit {
        /// Tunnel that the attribute belongs to, 1 to 31; 0: the only one.
        tag: u8 = 0..8, "radius.Tunnel_Type.tag";
        /// Tunneling protocol.
        tunnel: RadiusTunnelType = 8..32, "radius.Tunnel_Type";
    }
}

header! {
    /// Transport medium with the tag of a tunnel, RFC 2868 §3.2.
    pub struct RadiusTaggedTunnelMedium(4) => RadiusTaggedTunnelMediumEdit {
        /// Tunnel that the attribute belongs to, 1 to 31; 0: the only one.
        tag: u8 = 0..8, "radius.Tunnel_Medium_Type.tag";
        /// Transport medium.
        medium: RadiusTunnelMedium = 8..32, "radius.Tunnel_Medium_Type";
    }
}

header! {
    /// A VLAN that is allowed for egress, RFC 4675 §2.1.
    pub struct RadiusEgressVlan(4) => RadiusEgressVlanEdit {
        /// Whether the frames carry a tag.
        tagged: RadiusVlanTag = 0..8, "radius.egress_vlanid_tag", hex;
        /// Zero.
        reserved: u16 = 8..20, "radius.egress_vlanid_pad", reserved;
        /// VLAN identifier.
        vlan: u16 = 20..32, "radius.egress_vlanid";
    }
}

flags! {
    /// Flags of a long extended attribute, RFC 6929 §2.2.
    pub struct RadiusExtendedFlags: u8 {
        /// The value goes on in the next attribute of this type.
        MORE = 0x80, "more", "radius.avp.extended_more";
    }
}

/// Tag of a tunnel attribute whose value is text: it is there if the first byte is 31 at most. A larger first byte
/// belongs to the text, RFC 2868 §3.3.
///
/// ```
/// use packetsmith::proto::app::{RadiusAttribute, RadiusTag};
/// use packetsmith::{Text, Tlvs};
/// let mut list = Tlvs::<RadiusAttribute>::new(b"\x51\x05\x0112\x51\x0412").iter();
/// let group = Text(b"12");
/// assert_eq!(list.next(), Some(RadiusAttribute::TunnelPrivateGroupId { tag: RadiusTag(Some(1)), group }));
/// assert_eq!(list.next(), Some(RadiusAttribute::TunnelPrivateGroupId { tag: RadiusTag(None), group }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RadiusTag(pub Option<u8>);

impl RadiusTag {
    /// Largest tag.
    const MAX: u8 = 0x1f;
}

impl Codec<'_> for RadiusTag {
    const KIND: Kind = Kind::Uint;
    const BITS: u16 = 8;
    const SCHEMA: &'static Schema = Schema::NONE;
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        match cursor.bytes().first() {
            Some(&tag) if tag <= Self::MAX => cursor.take(1).map(|_| RadiusTag(Some(tag))),
            _ => Some(RadiusTag(None)),
        }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        if let Some(tag) = self.0 {
            visitor.field(field, span, Value::Uint(tag.into()))
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        if let Some(tag) = self.0 {
            out.put(&[tag])
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if !builder.source.has(field) {
            return Ok(());
        }
        let (number, max) = (builder.number(field, 1)?, u64::from(Self::MAX));
        // A larger one would be read as text.
        if number > max { Err(FieldError::at(field, ValueError::TooLarge { number, max })) } else { Ok(()) }
    }
}

/// Value of a Vendor-Specific attribute, RFC 2865 §5.26.
///
/// ```
/// use packetsmith::Tlvs;
/// use packetsmith::proto::app::{RadiusAttribute, RadiusVendor, RadiusVendorValue};
/// let list: Tlvs<RadiusAttribute> = Tlvs::new(b"\x1a\x0d\0\0\0\x09\x01\x07a=b=c");
/// let Some(RadiusAttribute::VendorSpecific { vendor }) = list.iter().next() else { panic!() };
/// assert_eq!(vendor.id, RadiusVendor::Cisco);
/// let RadiusVendorValue::Attributes(attributes) = vendor.value else { panic!() };
/// let attribute = attributes.iter().next().unwrap();
/// assert_eq!((attribute.vendor_type, attribute.value), (1, &b"a=b=c"[..]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RadiusVendorSpecific<'a> {
    /// The vendor.
    pub id: RadiusVendor,
    /// What the vendor defines.
    pub value: RadiusVendorValue<'a>,
}

/// What a vendor defines, RFC 2865 §5.26.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RadiusVendorValue<'a> {
    /// One attribute or more in the layout that RFC 2865 recommends.
    Attributes(List<'a, RadiusVendorAttribute<'a>, 1>),
    /// Bytes in another layout.
    Raw(&'a [u8]),
}

crate::wire::readable_debug!(enum RadiusVendorValue: Attributes(list), Raw(bytes));

/// An attribute of a vendor in the layout that RFC 2865 §5.26 recommends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RadiusVendorAttribute<'a> {
    /// Type of the attribute, by the vendor.
    pub vendor_type: u8,
    /// Value of the attribute.
    pub value: &'a [u8],
}

crate::wire::readable_debug!(RadiusVendorAttribute: vendor_type, value);

const VENDOR: &Field = &Field::floating(
    "vendor",
    "radius.avp.vendor_id",
    Kind::Named(RadiusVendor::REGISTRY),
    "Vendor by its enterprise number, RFC 2865 §5.26.",
)
.of_bits(32);
const VENDOR_ATTRIBUTES: &Field = &Field::floating(
    "attributes",
    "",
    Kind::List(&Kind::Group),
    "Attributes of the vendor, in the layout that RFC 2865 §5.26 recommends.",
);
const VENDOR_TYPE: &Field =
    &Field::floating("vendor_type", "radius.avp.vendor_type", Kind::Uint, "Type of the attribute, by the vendor.")
        .of_bits(8);
const VENDOR_LENGTH: &Field = &Field::floating(
    "vendor_length",
    "radius.avp.vendor_len",
    Kind::Uint,
    "Length of vendor type, vendor length and value.",
)
.of_bits(8)
.bytes()
.computed();
const VENDOR_VALUE: &Field = &Field::floating("value", "", Kind::Bytes, "Value of the attribute.");

impl RadiusVendor {
    /// Tells whether the vendor's attributes have types or lengths of other widths than one byte each.
    const fn has_other_layout(self) -> bool {
        matches!(self, Self::UsRobotics | Self::AlcatelEsam | Self::Lucent | Self::Starent | Self::Kineto)
    }
}

impl<'a> Codec<'a> for RadiusVendorSpecific<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema =
        &Schema { fields: &[*VENDOR, *VENDOR_ATTRIBUTES], nested: &[RadiusVendorAttribute::SCHEMA], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let id = RadiusVendor::take(cursor)?;
        let mut value = cursor.rest();
        let raw = value.bytes();
        let list = match id.has_other_layout() {
            true => None,
            false => List::<RadiusVendorAttribute<'a>, 1>::take(&mut value),
        };
        let value = list.map_or(RadiusVendorValue::Raw(raw), RadiusVendorValue::Attributes);
        Some(RadiusVendorSpecific { id, value })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let middle = span.start + 4;
        visitor.field(VENDOR, Span::new(span.start, middle), Value::Uint(u32::from(self.id).into()));
        let rest = Span::new(middle, span.end);
        match &self.value {
            RadiusVendorValue::Attributes(list) => list.show(VENDOR_ATTRIBUTES, rest, visitor),
            RadiusVendorValue::Raw([]) => {}
            RadiusVendorValue::Raw(bytes) => visitor.field(DATA, rest, Value::Bytes(bytes)),
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.id.emit(out);
        match &self.value {
            RadiusVendorValue::Attributes(list) => list.emit(out),
            RadiusVendorValue::Raw(bytes) => out.put(bytes),
        }
    }
    // Bytes in another layout are given as `data`, which `tagged_enum!` puts after the last row.
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.number(VENDOR, 4)?;
        List::<RadiusVendorAttribute<'_>, 1>::build(VENDOR_ATTRIBUTES, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(VENDOR) || builder.source.has(VENDOR_ATTRIBUTES)
    }
}

impl<'a> Codec<'a> for RadiusVendorAttribute<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema { fields: &[*VENDOR_TYPE, *VENDOR_LENGTH, *VENDOR_VALUE], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let [vendor_type, length] = *cursor.chunk()?;
        let value = cursor.take(usize::from(length).checked_sub(2)?)?;
        Some(RadiusVendorAttribute { vendor_type, value })
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        let at = span.start;
        visitor.field(VENDOR_TYPE, Span::new(at, at + 1), Value::Uint(self.vendor_type.into()));
        visitor.field(VENDOR_LENGTH, Span::new(at + 1, at + 2), Value::Uint(self.value.len() as u64 + 2));
        if !self.value.is_empty() {
            visitor.field(VENDOR_VALUE, Span::new(at + 2, span.end), Value::Bytes(self.value));
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(&[self.vendor_type, self.value.len() as u8 + 2]);
        out.put(self.value);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.number(VENDOR_TYPE, 1)?;
        let given = builder.given(VENDOR_LENGTH, 1)?;
        builder.bytes(VENDOR_VALUE)?;
        let (have, max) = (builder.len() - at, usize::from(u8::MAX));
        match given {
            // A length that is set goes out as it is.
            Some(_) => Ok(()),
            None if have > max => Err(FieldError::at(VENDOR_VALUE, ValueError::TooLong { have, max })),
            None => {
                builder.patch(at + 1, 1, have as u64);
                Ok(())
            }
        }
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.source.has(VENDOR_TYPE)
    }
}
