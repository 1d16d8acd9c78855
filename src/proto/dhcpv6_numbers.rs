//! The numbers and flags of DHCPv6's options.

use crate::field::{flags, registry};

registry! {
    /// What became of a request, RFC 8415 §21.13 and IANA's registry.
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
    /// What a lease query asks for, RFC 5007 §4.1.2.1 and RFC 5460 §5.4.
    pub enum Dhcpv6QueryType: u8 {
        ByAddress = 1 "by address",
        ByClientId = 2 "by client identifier",
        ByRelayId = 3 "by relay identifier",
        ByLinkAddress = 4 "by link address",
        ByRemoteId = 5 "by remote identifier",
    }
}

registry! {
    /// State of a binding in failover, RFC 8156 §5.5.1.
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
    /// State of a server in failover, RFC 8156 §5.5.19.
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
    /// Who updates DNS, RFC 4704 §4.1.
    pub struct Dhcpv6FqdnFlags: u8 {
        /// Reserved, must be zero.
        RESERVED = 0xf8, "reserved", "dhcpv6.clientfqdn.reserved";
        /// The server is to update no record.
        NO_UPDATE = 4, "N", "dhcpv6.clientfqdn.client.n";
        /// The server did otherwise than the client asked.
        OVERRIDE = 2, "O", "dhcpv6.clientfqdn.server.o";
        /// The server is to update the AAAA record.
        SERVER = 1, "S", "dhcpv6.clientfqdn.client.s";
    }
}

flags! {
    /// How an address selection policy is used, RFC 7078 §2.
    pub struct Dhcpv6AddressSelectionFlags: u8 {
        /// Rows may be added on its own (automatic row addition).
        AUTOMATIC = 2, "A", "dhcpv6.addrsel.flags.a";
        /// Temporary addresses are preferred (privacy preference).
        PRIVACY = 1, "P", "dhcpv6.addrsel.flags.p";
    }
}

flags! {
    /// What a mapping rule is for, RFC 7598 §4.1.
    pub struct Dhcpv6S46Flags: u8 {
        /// Reserved.
        RESERVED = 0xfe, "reserved", "dhcpv6.s46_rule.flags.reserved";
        /// It serves to forward between clients too.
        FORWARDING = 1, "F", "dhcpv6.s46_rule.flags.fmr";
    }
}

flags! {
    /// Flags of a failover connection, RFC 8156 §5.5.2.
    pub struct Dhcpv6ConnectFlags: u16 {
        /// Prefixes of one fixed length are delegated.
        FIXED_LENGTH = 1, "F", "dhcpv6.failover.connect.flags.f";
    }
}

flags! {
    /// What was entered into DNS, RFC 8156 §5.5.6.
    pub struct Dhcpv6DnsFlags: u16 {
        /// The name that the client asked for is used.
        REQUESTED = 8, "U", "dhcpv6.failover.dns.flags.u";
        /// The name is made up.
        SYNTHESIZED = 4, "S", "dhcpv6.failover.dns.flags.s";
        /// The reverse record is up to date.
        REVERSE = 2, "R", "dhcpv6.failover.dns.flags.r";
        /// The forward record is up to date.
        FORWARD = 1, "F", "dhcpv6.failover.dns.flags.f";
    }
}

flags! {
    /// Flags of a server in failover, RFC 8156 §5.5.18.
    pub struct Dhcpv6ServerFlags: u8 {
        /// The partner's startup was seen.
        ACK_STARTUP = 4, "A", "dhcpv6.failover.server.flags.a";
        /// The server starts up.
        STARTUP = 2, "S", "dhcpv6.failover.server.flags.s";
        /// The servers have spoken with each other before.
        COMMUNICATED = 1, "C", "dhcpv6.failover.server.flags.c";
    }
}

flags! {
    /// How a distribution manager can be spoken with, RFC 9527 §4.4.
    pub struct Dhcpv6Transports: u16 {
        /// DNS over TLS with authentication of both ends.
        MUTUAL_TLS = 1, "DNS over mutually authenticated TLS", "dhcpv6.dist_manager.domtls";
    }
}
