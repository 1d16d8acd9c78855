//! Numbers of RADIUS attributes: RFC 2865, RFC 2866 and IANA's registries.

use crate::wire::registry;

registry! {
    /// Values of Service-Type, RFC 2865 §5.6 and IANA's registry.
    pub enum RadiusServiceType: u32 {
        Login = 1 "Login",
        Framed = 2 "Framed",
        CallbackLogin = 3 "Callback Login",
        CallbackFramed = 4 "Callback Framed",
        Outbound = 5 "Outbound",
        Administrative = 6 "Administrative",
        NasPrompt = 7 "NAS Prompt",
        AuthenticateOnly = 8 "Authenticate Only",
        CallbackNasPrompt = 9 "Callback NAS Prompt",
        CallCheck = 10 "Call Check",
        CallbackAdministrative = 11 "Callback Administrative",
        Voice = 12 "Voice",
        Fax = 13 "Fax",
        ModemRelay = 14 "Modem Relay",
        IappRegister = 15 "IAPP-Register",
        IappApCheck = 16 "IAPP-AP-Check",
        AuthorizeOnly = 17 "Authorize Only",
        FramedManagement = 18 "Framed-Management",
        AdditionalAuthorization = 19 "Additional-Authorization",
    }
}

registry! {
    /// Values of Framed-Protocol, RFC 2865 §5.7 and IANA's registry.
    pub enum RadiusFramedProtocol: u32 {
        Ppp = 1 "PPP",
        Slip = 2 "SLIP",
        Arap = 3 "AppleTalk Remote Access Protocol (ARAP)",
        Gandalf = 4 "Gandalf proprietary SingleLink/MultiLink protocol",
        Xylogics = 5 "Xylogics proprietary IPX/SLIP",
        X75Synchronous = 6 "X.75 Synchronous",
        GprsPdpContext = 7 "GPRS PDP Context",
    }
}

registry! {
    /// Values of Framed-Routing, RFC 2865 §5.10.
    pub enum RadiusFramedRouting: u32 {
        NoRouting = 0 "None",
        Send = 1 "Send routing packets",
        Listen = 2 "Listen for routing packets",
        SendAndListen = 3 "Send and Listen",
    }
}

registry! {
    /// Values of Framed-Compression, RFC 2865 §5.13.
    pub enum RadiusFramedCompression: u32 {
        NoCompression = 0 "None",
        VanJacobson = 1 "VJ TCP/IP header compression",
        Ipx = 2 "IPX header compression",
        StacLzs = 3 "Stac-LZS compression",
    }
}

registry! {
    /// Values of Login-Service, RFC 2865 §5.15.
    pub enum RadiusLoginService: u32 {
        Telnet = 0 "Telnet",
        Rlogin = 1 "Rlogin",
        TcpClear = 2 "TCP Clear",
        PortMaster = 3 "PortMaster (proprietary)",
        Lat = 4 "LAT",
        X25Pad = 5 "X25-PAD",
        X25T3pos = 6 "X25-T3POS",
        TcpClearQuiet = 8 "TCP Clear Quiet",
    }
}

registry! {
    /// Values of Termination-Action, RFC 2865 §5.29.
    pub enum RadiusTerminationAction: u32 {
        Default = 0 "Default",
        RadiusRequest = 1 "RADIUS-Request",
    }
}

registry! {
    /// Values of Acct-Status-Type, RFC 2866 §5.1 and RFC 2867 §3.
    pub enum RadiusAcctStatusType: u32 {
        Start = 1 "Start",
        Stop = 2 "Stop",
        InterimUpdate = 3 "Interim-Update",
        AccountingOn = 7 "Accounting-On",
        AccountingOff = 8 "Accounting-Off",
        TunnelStart = 9 "Tunnel-Start",
        TunnelStop = 10 "Tunnel-Stop",
        TunnelReject = 11 "Tunnel-Reject",
        TunnelLinkStart = 12 "Tunnel-Link-Start",
        TunnelLinkStop = 13 "Tunnel-Link-Stop",
        TunnelLinkReject = 14 "Tunnel-Link-Reject",
        Failed = 15 "Failed",
    }
}

registry! {
    /// Values of Acct-Authentic, RFC 2866 §5.6.
    pub enum RadiusAcctAuthentic: u32 {
        Radius = 1 "RADIUS",
        Local = 2 "Local",
        Remote = 3 "Remote",
        Diameter = 4 "Diameter",
    }
}

registry! {
    /// Values of Acct-Terminate-Cause, RFC 2866 §5.10 and IANA's registry.
    pub enum RadiusAcctTerminateCause: u32 {
        UserRequest = 1 "User Request",
        LostCarrier = 2 "Lost Carrier",
        LostService = 3 "Lost Service",
        IdleTimeout = 4 "Idle Timeout",
        SessionTimeout = 5 "Session Timeout",
        AdminReset = 6 "Admin Reset",
        AdminReboot = 7 "Admin Reboot",
        PortError = 8 "Port Error",
        NasError = 9 "NAS Error",
        NasRequest = 10 "NAS Request",
        NasReboot = 11 "NAS Reboot",
        PortUnneeded = 12 "Port Unneeded",
        PortPreempted = 13 "Port Preempted",
        PortSuspended = 14 "Port Suspended",
        ServiceUnavailable = 15 "Service Unavailable",
        Callback = 16 "Callback",
        UserError = 17 "User Error",
        HostRequest = 18 "Host Request",
        SupplicantRestart = 19 "Supplicant Restart",
        ReauthenticationFailure = 20 "Reauthentication Failure",
        PortReinitialized = 21 "Port Reinitialized",
        PortDisabled = 22 "Port Administratively Disabled",
        LostPower = 23 "Lost Power",
    }
}

registry! {
    /// Values of NAS-Port-Type, RFC 2865 §5.41 and IANA's registry.
    pub enum RadiusNasPortType: u32 {
        Async = 0 "Async",
        Sync = 1 "Sync",
        IsdnSync = 2 "ISDN Sync",
        IsdnAsyncV120 = 3 "ISDN Async V.120",
        IsdnAsyncV110 = 4 "ISDN Async V.110",
        Virtual = 5 "Virtual",
        Piafs = 6 "PIAFS",
        HdlcClearChannel = 7 "HDLC Clear Channel",
        X25 = 8 "X.25",
        X75 = 9 "X.75",
        G3Fax = 10 "G.3 Fax",
        Sdsl = 11 "SDSL",
        AdslCap = 12 "ADSL-CAP",
        AdslDmt = 13 "ADSL-DMT",
        Idsl = 14 "IDSL",
        Ethernet = 15 "Ethernet",
        Xdsl = 16 "xDSL",
        Cable = 17 "Cable",
        WirelessOther = 18 "Wireless - Other",
        Wireless80211 = 19 "Wireless - IEEE 802.11",
        TokenRing = 20 "Token-Ring",
        Fddi = 21 "FDDI",
        WirelessCdma2000 = 22 "Wireless - CDMA2000",
        WirelessUmts = 23 "Wireless - UMTS",
        Wireless1xEv = 24 "Wireless - 1X-EV",
        Iapp = 25 "IAPP",
        Fttp = 26 "FTTP",
        Wireless80216 = 27 "Wireless - IEEE 802.16",
        Wireless80220 = 28 "Wireless - IEEE 802.20",
        Wireless80222 = 29 "Wireless - IEEE 802.22",
        Pppoa = 30 "PPPoA",
        Pppoeoa = 31 "PPPoEoA",
        Pppoeoe = 32 "PPPoEoE",
        PppoeoVlan = 33 "PPPoEoVLAN",
        PppoeoQinq = 34 "PPPoEoQinQ",
        Xpon = 35 "xPON",
        WirelessXgp = 36 "Wireless - XGP",
        WimaxIwk = 37 "WiMAX Pre-Release 8 IWK Function",
        WimaxWifiIwk = 38 "WIMAX-WIFI-IWK",
        WimaxSff = 39 "WIMAX-SFF",
        WimaxHaLma = 40 "WIMAX-HA-LMA",
        WimaxDhcp = 41 "WIMAX-DHCP",
        WimaxLbs = 42 "WIMAX-LBS",
        WimaxWvs = 43 "WIMAX-WVS",
    }
}

registry! {
    /// Values of Tunnel-Type, RFC 2868 §3.1 and RFC 3580 §3.31.
    pub enum RadiusTunnelType: u32 {
        Pptp = 1 "PPTP",
        L2f = 2 "L2F",
        L2tp = 3 "L2TP",
        Atmp = 4 "ATMP",
        Vtp = 5 "VTP",
        Ah = 6 "AH",
        IpIp = 7 "IP-IP",
        MinIpIp = 8 "MIN-IP-IP",
        Esp = 9 "ESP",
        Gre = 10 "GRE",
        Dvs = 11 "DVS",
        IpInIp = 12 "IP-in-IP Tunneling",
        Vlan = 13 "VLAN",
    }
}

registry! {
    /// Values of Tunnel-Medium-Type, RFC 2868 §3.2.
    pub enum RadiusTunnelMedium: u32 {
        Ipv4 = 1 "IPv4",
        Ipv6 = 2 "IPv6",
        Nsap = 3 "NSAP",
        Hdlc = 4 "HDLC",
        Bbn1822 = 5 "BBN 1822",
        Ieee802 = 6 "802",
        E163 = 7 "E.163",
        E164 = 8 "E.164",
        F69 = 9 "F.69",
        X121 = 10 "X.121",
        Ipx = 11 "IPX",
        AppleTalk = 12 "Appletalk",
        DecnetIv = 13 "Decnet IV",
        BanyanVines = 14 "Banyan Vines",
        E164Nsap = 15 "E.164 with NSAP format subaddress",
    }
}

registry! {
    /// Values of ARAP-Zone-Access, RFC 2869 §5.6.
    pub enum RadiusArapZoneAccess: u32 {
        DefaultZone = 1 "Only allow access to default zone",
        FilterInclusively = 2 "Use zone filter inclusively",
        FilterExclusively = 4 "Use zone filter exclusively",
    }
}

registry! {
    /// Values of Prompt, RFC 2869 §5.10.
    pub enum RadiusPrompt: u32 {
        NoEcho = 0 "No Echo",
        Echo = 1 "Echo",
    }
}

registry! {
    /// Values of Error-Cause, RFC 5176 §3.5 and IANA's registry.
    pub enum RadiusErrorCause: u32 {
        ResidualContextRemoved = 201 "Residual Session Context Removed",
        InvalidEapPacket = 202 "Invalid EAP Packet (Ignored)",
        UnsupportedAttribute = 401 "Unsupported Attribute",
        MissingAttribute = 402 "Missing Attribute",
        NasIdentificationMismatch = 403 "NAS Identification Mismatch",
        InvalidRequest = 404 "Invalid Request",
        UnsupportedService = 405 "Unsupported Service",
        UnsupportedExtension = 406 "Unsupported Extension",
        InvalidAttributeValue = 407 "Invalid Attribute Value",
        AdministrativelyProhibited = 501 "Administratively Prohibited",
        RequestNotRoutable = 502 "Request Not Routable (Proxy)",
        SessionContextNotFound = 503 "Session Context Not Found",
        SessionContextNotRemovable = 504 "Session Context Not Removable",
        ProxyProcessingError = 505 "Other Proxy Processing Error",
        ResourcesUnavailable = 506 "Resources Unavailable",
        RequestInitiated = 507 "Request Initiated",
        MultipleSelectionUnsupported = 508 "Multiple Session Selection Unsupported",
        LocationInfoRequired = 509 "Location-Info-Required",
        ResponseTooBig = 601 "Response Too Big",
    }
}

registry! {
    /// Values of Ingress-Filters, RFC 4675 §2.2.
    pub enum RadiusIngressFilters: u32 {
        Enabled = 1 "Enabled",
        Disabled = 2 "Disabled",
    }
}

registry! {
    /// Whether frames of a VLAN carry a tag, RFC 4675 §2.1: the digits 1 and 2 of ASCII.
    pub enum RadiusVlanTag: u8 {
        Tagged = 0x31 "Tagged",
        Untagged = 0x32 "Untagged",
    }
}

registry! {
    /// Values of Framed-Management-Protocol, RFC 5607 §6.1.
    pub enum RadiusManagementProtocol: u32 {
        Snmp = 1 "SNMP",
        WebBased = 2 "Web-based",
        Netconf = 3 "NETCONF",
        Ftp = 4 "FTP",
        Tftp = 5 "TFTP",
        Sftp = 6 "SFTP",
        Rcp = 7 "RCP",
        Scp = 8 "SCP",
    }
}

registry! {
    /// Values of Management-Transport-Protection, RFC 5607 §6.2.
    pub enum RadiusTransportProtection: u32 {
        NoProtection = 1 "No-Protection",
        Integrity = 2 "Integrity-Protection",
        IntegrityConfidentiality = 3 "Integrity-Confidentiality-Protection",
    }
}

registry! {
    /// Vendors by their enterprise numbers in IANA's registry: those whose attributes are seen most.
    pub enum RadiusVendor: u32 {
        Cisco = 9 "Cisco",
        Microsoft = 311 "Microsoft",
        UsRobotics = 429 "US Robotics",
        Ascend = 529 "Ascend",
        AlcatelEsam = 637 "Alcatel ESAM",
        Huawei = 2011 "Huawei",
        RedBack = 2352 "RedBack (Ericsson)",
        Juniper = 2636 "Juniper",
        BroadbandForum = 3561 "Broadband Forum",
        Lucent = 4846 "Lucent",
        Unisphere = 4874 "Unisphere (Juniper)",
        Nokia = 6527 "Nokia (Alcatel-Lucent service router)",
        Starent = 8164 "Starent",
        ThreeGpp = 10415 "3GPP",
        FreeRadius = 11344 "FreeRADIUS",
        Fortinet = 12356 "Fortinet",
        Wispr = 14122 "WISPr",
        Aruba = 14823 "Aruba",
        MikroTik = 14988 "MikroTik",
        Kineto = 16445 "Kineto",
        Wimax = 24757 "WiMAX Forum",
        Ruckus = 25053 "Ruckus",
        H3c = 25506 "H3C",
    }
}
