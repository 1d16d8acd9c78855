//! Numbers and flags of DHCPv6 options.

use crate::wire::{flags, registry};

registry! {
    /// DHCPv6 message types, RFC 8415 §7.3 and IANA.
    pub enum Dhcpv6MessageType: u8 {
        Solicit = 1 "SOLICIT",
        Advertise = 2 "ADVERTISE",
        Request = 3 "REQUEST",
        Confirm = 4 "CONFIRM",
        Renew = 5 "RENEW",
        Rebind = 6 "REBIND",
        Reply = 7 "REPLY",
        Release = 8 "RELEASE",
        Decline = 9 "DECLINE",
        Reconfigure = 10 "RECONFIGURE",
        InformationRequest = 11 "INFORMATION-REQUEST",
        RelayForward = 12 "RELAY-FORW",
        RelayReply = 13 "RELAY-REPL",
        LeaseQuery = 14 "LEASEQUERY",
        LeaseQueryReply = 15 "LEASEQUERY-REPLY",
        LeaseQueryDone = 16 "LEASEQUERY-DONE",
        LeaseQueryData = 17 "LEASEQUERY-DATA",
        ReconfigureRequest = 18 "RECONFIGURE-REQUEST",
        ReconfigureReply = 19 "RECONFIGURE-REPLY",
        Dhcpv4Query = 20 "DHCPV4-QUERY",
        Dhcpv4Response = 21 "DHCPV4-RESPONSE",
        ActiveLeaseQuery = 22 "ACTIVELEASEQUERY",
        StartTls = 23 "STARTTLS",
        BindingUpdate = 24 "BNDUPD",
        BindingReply = 25 "BNDREPLY",
        PoolRequest = 26 "POOLREQ",
        PoolResponse = 27 "POOLRESP",
        UpdateRequest = 28 "UPDREQ",
        UpdateRequestAll = 29 "UPDREQALL",
        UpdateDone = 30 "UPDDONE",
        Connect = 31 "CONNECT",
        ConnectReply = 32 "CONNECTREPLY",
        Disconnect = 33 "DISCONNECT",
        State = 34 "STATE",
        Contact = 35 "CONTACT",
        AddressRegistrationInform = 36 "ADDR-REG-INFORM",
        AddressRegistrationReply = 37 "ADDR-REG-REPLY",
    }
}

registry! {
    /// Status codes, RFC 8415 §21.13 and IANA.
    pub enum Dhcpv6Status: u16 {
        Success = 0 "Success",
        UnspecFail = 1 "UnspecFail",
        NoAddrsAvail = 2 "NoAddrsAvail",
        NoBinding = 3 "NoBinding",
        NotOnLink = 4 "NotOnLink",
        UseMulticast = 5 "UseMulticast",
        NoPrefixAvail = 6 "NoPrefixAvail",
        UnknownQueryType = 7 "UnknownQueryType",
        MalformedQuery = 8 "MalformedQuery",
        NotConfigured = 9 "NotConfigured",
        NotAllowed = 10 "NotAllowed",
        QueryTerminated = 11 "QueryTerminated",
        DataMissing = 12 "DataMissing",
        CatchUpComplete = 13 "CatchUpComplete",
        NotSupported = 14 "NotSupported",
        TlsConnectionRefused = 15 "TLSConnectionRefused",
        AddressInUse = 16 "AddressInUse",
        ConfigurationConflict = 17 "ConfigurationConflict",
        MissingBindingInformation = 18 "MissingBindingInformation",
        OutdatedBindingInformation = 19 "OutdatedBindingInformation",
        ServerShuttingDown = 20 "ServerShuttingDown",
        DnsUpdateNotSupported = 21 "DNSUpdateNotSupported",
        ExcessiveTimeSkew = 22 "ExcessiveTimeSkew",
    }
}

registry! {
    /// Query types of a lease query, RFC 5007 §4.1.2.1 and RFC 5460 §5.4.
    pub enum Dhcpv6QueryType: u8 {
        ByAddress = 1 "by address",
        ByClientId = 2 "by client identifier",
        ByRelayId = 3 "by relay identifier",
        ByLinkAddress = 4 "by link address",
        ByRemoteId = 5 "by remote identifier",
    }
}

registry! {
    /// Binding states in failover, RFC 8156 §5.5.1.
    pub enum Dhcpv6BindingStatus: u8 {
        Active = 1 "ACTIVE",
        Expired = 2 "EXPIRED",
        Released = 3 "RELEASED",
        PendingFree = 4 "PENDING-FREE",
        Free = 5 "FREE",
        FreeBackup = 6 "FREE-BACKUP",
        Abandoned = 7 "ABANDONED",
        Reset = 8 "RESET",
    }
}

registry! {
    /// Server states in failover, RFC 8156 §5.5.19.
    pub enum Dhcpv6ServerState: u8 {
        Startup = 1 "STARTUP",
        Normal = 2 "NORMAL",
        CommunicationsInterrupted = 3 "COMMUNICATIONS-INTERRUPTED",
        PartnerDown = 4 "PARTNER-DOWN",
        PotentialConflict = 5 "POTENTIAL-CONFLICT",
        Recover = 6 "RECOVER",
        RecoverWait = 7 "RECOVER-WAIT",
        RecoverDone = 8 "RECOVER-DONE",
        ResolutionInterrupted = 9 "RESOLUTION-INTERRUPTED",
        ConflictDone = 10 "CONFLICT-DONE",
    }
}

flags! {
    /// Flags of the client FQDN option: who updates DNS, RFC 4704 §4.1.
    pub struct Dhcpv6FqdnFlags: u8 {
        /// Reserved, must be zero.
        RESERVED = 0xf8, "reserved", "dhcpv6.clientfqdn.reserved";
        /// N: the server must not update DNS.
        NO_UPDATE = 4, "N", "dhcpv6.clientfqdn.client.n";
        /// O: the server overrode the client's preference.
        OVERRIDE = 2, "O", "dhcpv6.clientfqdn.server.o";
        /// S: the server must update the AAAA record.
        SERVER = 1, "S", "dhcpv6.clientfqdn.client.s";
    }
}

flags! {
    /// Flags of an address selection policy, RFC 7078 §2.
    pub struct Dhcpv6AddressSelectionFlags: u8 {
        /// A: automatic addition of rows to the policy table is allowed.
        AUTOMATIC = 2, "A", "dhcpv6.addrsel.flags.a";
        /// P: privacy preference; temporary addresses are preferred.
        PRIVACY = 1, "P", "dhcpv6.addrsel.flags.p";
    }
}

flags! {
    /// Flags of a softwire 46 mapping rule, RFC 7598 §4.1.
    pub struct Dhcpv6S46Flags: u8 {
        /// Reserved.
        RESERVED = 0xfe, "reserved", "dhcpv6.s46_rule.flags.reserved";
        /// F: the rule is a forwarding mapping rule, used between clients too.
        FORWARDING = 1, "F", "dhcpv6.s46_rule.flags.fmr";
    }
}

flags! {
    /// Flags of a failover connection, RFC 8156 §5.5.2.
    pub struct Dhcpv6ConnectFlags: u16 {
        /// F: all delegated prefixes have the same length.
        FIXED_LENGTH = 1, "F", "dhcpv6.failover.connect.flags.f";
    }
}

flags! {
    /// Flags of a DNS update in failover, RFC 8156 §5.5.6.
    pub struct Dhcpv6DnsFlags: u16 {
        /// U: the name that the client requested is used.
        REQUESTED = 8, "U", "dhcpv6.failover.dns.flags.u";
        /// S: the name is synthesized.
        SYNTHESIZED = 4, "S", "dhcpv6.failover.dns.flags.s";
        /// R: the reverse (PTR) record is up to date.
        REVERSE = 2, "R", "dhcpv6.failover.dns.flags.r";
        /// F: the forward (AAAA) record is up to date.
        FORWARD = 1, "F", "dhcpv6.failover.dns.flags.f";
    }
}

flags! {
    /// Flags of a server in failover, RFC 8156 §5.5.18.
    pub struct Dhcpv6ServerFlags: u8 {
        /// A: acknowledges the partner's startup flag.
        ACK_STARTUP = 4, "A", "dhcpv6.failover.server.flags.a";
        /// S: the server is starting up.
        STARTUP = 2, "S", "dhcpv6.failover.server.flags.s";
        /// C: the servers have communicated with each other before.
        COMMUNICATED = 1, "C", "dhcpv6.failover.server.flags.c";
    }
}

flags! {
    /// Transports supported by a distribution manager, RFC 9527 §4.4.
    pub struct Dhcpv6Transports: u16 {
        /// DNS over TLS with mutual authentication.
        MUTUAL_TLS = 1, "DNS over mutually authenticated TLS", "dhcpv6.dist_manager.domtls";
    }
}
