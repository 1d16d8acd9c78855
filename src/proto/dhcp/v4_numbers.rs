//! Numbers and flags of DHCP options.

use crate::wire::{flags, registry};

registry! {
    /// DHCP message types, RFC 2132 §9.6 and later RFCs.
    pub enum DhcpMessageType: u8 {
        Discover = 1 "DISCOVER",
        Offer = 2 "OFFER",
        Request = 3 "REQUEST",
        Decline = 4 "DECLINE",
        Ack = 5 "ACK",
        Nak = 6 "NAK",
        Release = 7 "RELEASE",
        Inform = 8 "INFORM",
        ForceRenew = 9 "FORCERENEW",
        LeaseQuery = 10 "LEASEQUERY",
        LeaseUnassigned = 11 "LEASEUNASSIGNED",
        LeaseUnknown = 12 "LEASEUNKNOWN",
        LeaseActive = 13 "LEASEACTIVE",
        BulkLeaseQuery = 14 "BULKLEASEQUERY",
        LeaseQueryDone = 15 "LEASEQUERYDONE",
        ActiveLeaseQuery = 16 "ACTIVELEASEQUERY",
        LeaseQueryStatus = 17 "LEASEQUERYSTATUS",
        Tls = 18 "TLS",
    }
}

registry! {
    /// Header fields that contain options, RFC 2132 §9.3.
    pub enum DhcpOverload: u8 {
        File = 1 "file",
        Sname = 2 "sname",
        Both = 3 "file and sname",
    }
}

registry! {
    /// A boolean option value.
    pub enum DhcpSwitch: u8 {
        Off = 0 "no",
        On = 1 "yes",
    }
}

registry! {
    /// NetBIOS node types, which select the way of resolving names, RFC 1001 §10.
    pub enum NetbiosNodeType: u8 {
        Broadcast = 1 "B-node",
        PointToPoint = 2 "P-node",
        Mixed = 4 "M-node",
        Hybrid = 8 "H-node",
    }
}

registry! {
    /// Authentication protocols, RFC 3118 and RFC 6704.
    pub enum DhcpAuthentication: u8 {
        ConfigurationToken = 0 "configuration token",
        Delayed = 1 "delayed authentication",
        DelayedObsolete = 2 "delayed authentication (obsolete)",
        ReconfigureKey = 3 "reconfigure key",
    }
}

registry! {
    /// Replay detection methods, RFC 3118 §2.
    pub enum DhcpReplayDetection: u8 {
        Counter = 0 "monotonically increasing counter",
    }
}

registry! {
    /// Client system architectures, RFC 4578 §2.1 and IANA.
    pub enum DhcpArchitecture: u16 {
        X86Bios = 0 "x86 BIOS",
        Pc98 = 1 "NEC/PC98",
        Itanium = 2 "Itanium",
        Alpha = 3 "DEC Alpha",
        ArcX86 = 4 "Arc x86",
        LeanClient = 5 "Intel Lean Client",
        X86Uefi = 6 "x86 UEFI",
        X64Uefi = 7 "x64 UEFI",
        Xscale = 8 "EFI Xscale",
        Ebc = 9 "EFI byte code",
        Arm32Uefi = 10 "ARM 32-bit UEFI",
        Arm64Uefi = 11 "ARM 64-bit UEFI",
        PowerOpenFirmware = 12 "PowerPC Open Firmware",
        PowerEpapr = 13 "PowerPC ePAPR",
        PowerOpal = 14 "POWER OPAL v3",
        X86UefiHttp = 15 "x86 UEFI over HTTP",
        X64UefiHttp = 16 "x64 UEFI over HTTP",
        EbcHttp = 17 "EFI byte code over HTTP",
        Arm32UefiHttp = 18 "ARM 32-bit UEFI over HTTP",
        Arm64UefiHttp = 19 "ARM 64-bit UEFI over HTTP",
        X86BiosHttp = 20 "x86 BIOS over HTTP",
        Arm32Uboot = 21 "ARM 32-bit U-Boot",
        Arm64Uboot = 22 "ARM 64-bit U-Boot",
        Arm32UbootHttp = 23 "ARM 32-bit U-Boot over HTTP",
        Arm64UbootHttp = 24 "ARM 64-bit U-Boot over HTTP",
        RiscV32Uefi = 25 "RISC-V 32-bit UEFI",
        RiscV32UefiHttp = 26 "RISC-V 32-bit UEFI over HTTP",
        RiscV64Uefi = 27 "RISC-V 64-bit UEFI",
        RiscV64UefiHttp = 28 "RISC-V 64-bit UEFI over HTTP",
        RiscV128Uefi = 29 "RISC-V 128-bit UEFI",
        RiscV128UefiHttp = 30 "RISC-V 128-bit UEFI over HTTP",
        S390Basic = 31 "s390 basic",
        S390Extended = 32 "s390 extended",
        Mips32Uefi = 33 "MIPS 32-bit UEFI",
        Mips64Uefi = 34 "MIPS 64-bit UEFI",
        Sunway32Uefi = 35 "Sunway 32-bit UEFI",
        Sunway64Uefi = 36 "Sunway 64-bit UEFI",
        LoongArch32Uefi = 37 "LoongArch 32-bit UEFI",
        LoongArch32UefiHttp = 38 "LoongArch 32-bit UEFI over HTTP",
        LoongArch64Uefi = 39 "LoongArch 64-bit UEFI",
        LoongArch64UefiHttp = 40 "LoongArch 64-bit UEFI over HTTP",
        ArmRpiboot = 41 "ARM rpiboot",
    }
}

registry! {
    /// Name services, by the option that configures them, RFC 2937 §2.
    pub enum DhcpNameService: u16 {
        Local = 0 "local",
        Dns = 6 "DNS",
        Nis = 41 "NIS",
        Netbios = 44 "NetBIOS",
        NisPlus = 65 "NIS+",
    }
}

registry! {
    /// Status codes of a lease query, RFC 6926 §6.2.2 and RFC 7724 §5.2.
    pub enum DhcpStatus: u8 {
        Success = 0 "Success",
        UnspecFail = 1 "UnspecFail",
        QueryTerminated = 2 "QueryTerminated",
        MalformedQuery = 3 "MalformedQuery",
        NotAllowed = 4 "NotAllowed",
        DataMissing = 5 "DataMissing",
        ConnectionActive = 6 "ConnectionActive",
        CatchUpComplete = 7 "CatchUpComplete",
        TlsConnectionRefused = 8 "TLSConnectionRefused",
    }
}

registry! {
    /// States of a binding, RFC 6926 §6.2.7.
    pub enum DhcpState: u8 {
        Available = 1 "AVAILABLE",
        Active = 2 "ACTIVE",
        Expired = 3 "EXPIRED",
        Released = 4 "RELEASED",
        Abandoned = 5 "ABANDONED",
        Reset = 6 "RESET",
        Remote = 7 "REMOTE",
        Transitioning = 8 "TRANSITIONING",
    }
}

flags! {
    /// PXE discovery control: ways to find boot servers, PXE 2.1 §2.4.2.
    pub struct PxeDiscovery: u8 {
        /// Broadcast discovery is disabled.
        NO_BROADCAST = 1, "no broadcast", "dhcp.option.vendor.pxeclient.discovery_control.broadcast";
        /// Multicast discovery is disabled.
        NO_MULTICAST = 2, "no multicast", "dhcp.option.vendor.pxeclient.discovery_control.multicast";
        /// Only servers in the boot server list are used.
        LIST_ONLY = 4, "servers listed only", "dhcp.option.vendor.pxeclient.discovery_control.serverlist";
        /// If the message names a boot file, it is loaded without discovery.
        BOOT_FILE = 8, "boot file at once", "dhcp.option.vendor.pxeclient.discovery_control.bstrap";
    }
}

flags! {
    /// Relay agent flags, RFC 5010 §3.
    pub struct DhcpRelayFlags: u8 {
        /// The relay agent received the message by unicast.
        UNICAST = 0x80, "unicast", "dhcp.option.agent_information_option.flags.unicast";
    }
}

registry! {
    /// Civic address types, RFC 4776 §3.4; those of RFC 5774 are not included.
    pub enum DhcpCivicType: u8 {
        Language = 0 "language",
        State = 1 "state or province",
        County = 2 "county or district",
        City = 3 "city",
        CityDivision = 4 "city division",
        Neighborhood = 5 "neighborhood or block",
        StreetGroup = 6 "group of streets",
        LeadingDirection = 16 "leading street direction",
        TrailingSuffix = 17 "trailing street suffix",
        StreetSuffix = 18 "street suffix or type",
        HouseNumber = 19 "house number",
        HouseNumberSuffix = 20 "house number suffix",
        Landmark = 21 "landmark",
        Additional = 22 "additional location",
        Name = 23 "name",
        PostalCode = 24 "postal code",
        Building = 25 "building",
        Unit = 26 "unit",
        Floor = 27 "floor",
        Room = 28 "room",
        PlaceType = 29 "type of place",
        PostalCommunity = 30 "postal community name",
        PostBox = 31 "post office box",
        AdditionalCode = 32 "additional code",
        Seat = 33 "seat",
        Road = 34 "primary road",
        RoadSection = 35 "road section",
        RoadBranch = 36 "branch road",
        RoadSubBranch = 37 "sub-branch road",
        StreetPreModifier = 38 "street name pre-modifier",
        StreetPostModifier = 39 "street name post-modifier",
        Extension = 40 "extension",
        Script = 128 "script",
    }
}

flags! {
    /// Flags of the client FQDN option: who updates DNS, and the encoding of the name, RFC 4702 §2.1.
    pub struct DhcpFqdnFlags: u8 {
        /// Reserved, must be zero.
        RESERVED = 0xf0, "reserved", "dhcp.fqdn.mbz";
        /// N: the server must not update DNS.
        NO_UPDATE = 8, "N", "dhcp.fqdn.n";
        /// E: the name is encoded in DNS format, not in ASCII.
        ENCODED = 4, "E", "dhcp.fqdn.e";
        /// O: the server overrode the client's preference.
        OVERRIDE = 2, "O", "dhcp.fqdn.o";
        /// S: the server must update the A record.
        SERVER = 1, "S", "dhcp.fqdn.s";
    }
}
