//! ICMPv6 messages after the first four bytes.

use crate::layer::IssueKind;
use crate::layer::rules;
use crate::layer::{LayerContext, Report};
use crate::proto::RplOption;
use crate::proto::icmp::multicast::{CountedList, GroupRecord, decode_time16};
use crate::proto::{Domains, NdpOption, ProbeReply6, ProbeRequest6, RouterPreference};
use crate::wire::{List, TaggedEnum, Tlvs, tagged_enum};
use crate::wire::{flags, header, registry};
use core::net::{Ipv4Addr, Ipv6Addr};

rules! {
    /// Rules of ICMPv6, neighbor discovery (NDP) and multicast listener discovery (MLD).
    pub enum Icmpv6Rule {
        QuotedPacketMissing = Warning "icmpv6.quoted_packet.missing"
            "the error message contains nothing of the invoking packet (RFC 4443 §2.4)",
        QuotedPacketNotIpv6 = Warning "icmpv6.quoted_packet.not_ipv6"
            "an error message quotes an IPv6 packet (RFC 4443 §2.4)",
        TypeUnassigned = Note "icmpv6.type.unassigned" "the type is not assigned (IANA)",
        CodeUnassigned = Note "icmpv6.code.unassigned" "the code is not assigned for this type (IANA)",
        Experimental = Note "icmpv6.type.experimental"
            "the type is for private experiments, and should not be seen elsewhere (RFC 4443 §2.1)",
        OverIpv4 = Warning "icmpv6.over_ipv4" "ICMPv6 is of IPv6; IPv4 has ICMP (RFC 4443 §1)",
        NdpCode = Warning "icmpv6.code.not_zero_in_ndp" "the code must be zero (RFC 4861 §6.1, §7.1, §8.1)",
        NdpHopLimit = Warning "icmpv6.ndp.hop_limit_not_255"
            "the hop limit must be 255, or a router may have forwarded the message (RFC 4861 §6.1, §7.1, §8.1)",
        MldHopLimit = Warning "icmpv6.mld.hop_limit_not_1" "the hop limit must be 1 (RFC 3810 §5)",
        NdpSource = Warning "icmpv6.ndp.source_not_link_local"
            "the source must be a link-local address (RFC 4861 §6.1.2, §8.1)",
        MldSource = Warning "icmpv6.mld.source_not_link_local"
            "the source must be a link-local address (RFC 3810 §5.1.14)",
        NdpUnspecifiedWithLinkLayer = Warning "icmpv6.ndp.unspecified_with_link_layer"
            "a source link-layer address option must not be included if the source is the unspecified address (RFC 4861 §4.1, §4.3)",
        NdpSolicitedToMulticast = Warning "icmpv6.ndp.solicited_to_multicast"
            "the solicited flag must be zero in an advertisement to a multicast address (RFC 4861 §7.1.2)",
        NdpTargetMulticast = Warning "icmpv6.ndp.target_multicast"
            "the target must not be a multicast address (RFC 4861 §7.1, §8.1)",
        MldAdditionalData = Note "icmpv6.mld.additional_data"
            "additional data follows the last source or record, and receivers ignore it (RFC 3810 §5.1.12, §5.2.11)",
    }
}

header! {
    /// Fixed part of a router advertisement, RFC 4861 §4.2, RFC 4191 §2.2.
    pub struct RouterAdvertisement(12) => RouterAdvertisementEdit {
        /// Hop limit that hosts should use. Zero: unspecified.
        hop_limit: u8 = 0..8, "icmpv6.nd.ra.cur_hop_limit";
        /// M: managed address configuration; addresses are available by DHCPv6.
        managed: bool = 8..9, "icmpv6.nd.ra.flag.m";
        /// O: other configuration is available by DHCPv6.
        other: bool = 9..10, "icmpv6.nd.ra.flag.o";
        /// H: the router is a home agent, RFC 6275 §7.1.
        home_agent: bool = 10..11, "icmpv6.nd.ra.flag.h";
        /// Preference of the router as a default router.
        preference: RouterPreference = 11..13, "icmpv6.nd.ra.flag.prf";
        /// P: the advertisement was proxied, RFC 4389.
        proxy: bool = 13..14, "icmpv6.nd.ra.flag.p";
        /// Reserved.
        reserved: u8 = 14..16, "icmpv6.nd.ra.flag.rsv", reserved;
        /// Router lifetime in seconds. Zero: not a default router.
        lifetime: u16 = 16..32, "icmpv6.nd.ra.router_lifetime", seconds;
        /// Time for which a neighbor is considered reachable, in milliseconds. Zero: unspecified.
        reachable_time: u32 = 32..64, "icmpv6.nd.ra.reachable_time", milliseconds;
        /// Time between retransmitted neighbor solicitations, in milliseconds. Zero: unspecified.
        retransmit_timer: u32 = 64..96, "icmpv6.nd.ra.retrans_timer", milliseconds;
    }
}

flags! {
    /// Flags of a neighbor advertisement, RFC 4861 §4.4.
    pub struct NeighborFlags: u32 {
        /// R: the sender is a router.
        ROUTER = 0x8000_0000, "R", "icmpv6.nd.na.flag.r";
        /// S: the advertisement answers a solicitation.
        SOLICITED = 0x4000_0000, "S", "icmpv6.nd.na.flag.s";
        /// O: the receiver should override its cached link-layer address.
        OVERRIDE = 0x2000_0000, "O", "icmpv6.nd.na.flag.o";
    }
}

header! {
    /// Fields that version 2 adds to a query, RFC 3810 §5.1.
    pub struct ListenerQuerier(2) => ListenerQuerierEdit {
        /// Reserved.
        flags_reserved: u8 = 0..4, "icmpv6.mld.flag.reserved", reserved;
        /// S: routers must suppress timer updates.
        suppress: bool = 4..5, "icmpv6.mld.flag.s";
        /// QRV: the querier's robustness variable.
        robustness: u8 = 5..8, "icmpv6.mld.flag.qrv";
        /// QQIC: the querier's query interval in seconds; from 128, a floating-point value
        /// ([`decode_time8`](crate::proto::icmp::decode_time8)).
        interval_code: u8 = 8..16, "icmpv6.mld.qqi", time_code_of_seconds;
    }
}

flags! {
    /// Flags of node information, RFC 4620 §5 and §6.
    pub struct NodeFlags: u16 {
        /// G: global addresses.
        GLOBAL = 0x20, "G", "icmpv6.ni.flag.g";
        /// S: site-local addresses.
        SITE_LOCAL = 0x10, "S", "icmpv6.ni.flag.s";
        /// L: link-local addresses.
        LINK_LOCAL = 0x08, "L", "icmpv6.ni.flag.l";
        /// C: IPv4-compatible and IPv4-mapped addresses.
        COMPATIBLE = 0x04, "C", "icmpv6.ni.flag.c";
        /// A: all unicast addresses.
        ALL = 0x02, "A", "icmpv6.ni.flag.a";
        /// T: the response is incomplete.
        TRUNCATED = 0x01, "T", "icmpv6.ni.flag.t";
    }
}

registry! {
    /// Query types of node information messages, RFC 4620 §5.
    pub enum NodeQueryType: u16 {
        Noop = 0 "NOOP",
        SupportedTypes = 1 "supported query types",
        NodeName = 2 "node name",
        NodeAddresses = 3 "node addresses",
        Ipv4Addresses = 4 "IPv4 addresses",
    }
}

header! {
    /// Fixed part of a node information query. The response repeats it. RFC 4620 §4.
    pub struct NodeInformation(12) => NodeInformationEdit {
        /// Query type.
        query_type: NodeQueryType = 0..16, "icmpv6.ni.qtype";
        /// Addresses that are requested or returned.
        flags: NodeFlags = 16..32, "icmpv6.ni.flag", hex;
        /// Nonce; matches responses to queries.
        nonce: u64 = 32..96, "icmpv6.ni.nonce", hex;
    }
}

header! {
    /// An address of a node, RFC 4620 §6.4.
    pub struct NodeAddress(20) => NodeAddressEdit {
        /// Time to live of the address in seconds.
        ttl: u32 = 0..32, "icmpv6.ni.reply.node_ttl", seconds;
        /// IPv6 address of the node.
        address: Ipv6Addr = 32..160, "icmpv6.ni.reply.node_address";
    }
}

header! {
    /// An IPv4 address of a node, RFC 4620 §6.5.
    pub struct NodeIpv4Address(8) => NodeIpv4AddressEdit {
        /// Time to live of the address in seconds.
        ttl: u32 = 0..32, "icmpv6.ni.reply.node_ttl", seconds;
        /// IPv4 address of the node.
        address: Ipv4Addr = 32..64, "icmpv6.ni.reply.ipv4_address";
    }
}

flags! {
    /// Flags of router renumbering, RFC 2894 §3.1.
    pub struct RenumberingFlags: u8 {
        /// T: a test command; nothing is changed.
        TEST = 0x80, "T", "icmpv6.rr.flag.t";
        /// R: a result message is requested.
        RESULT = 0x40, "R", "icmpv6.rr.flag.r";
        /// A: applies to all interfaces, including those that are down.
        ALL = 0x20, "A", "icmpv6.rr.flag.a";
        /// S: applies per site.
        SITE = 0x10, "S", "icmpv6.rr.flag.s";
        /// P: the message was already processed.
        PROCESSED = 0x08, "P", "icmpv6.rr.flag.p";
    }
}

flags! {
    /// Flags of a mobile prefix advertisement, RFC 6275 §6.8.
    pub struct MobilePrefixFlags: u16 {
        /// M: managed address configuration; addresses are available by DHCPv6.
        MANAGED = 0x8000, "M", "icmpv6.mip6.flag.m";
        /// O: other configuration is available by DHCPv6.
        OTHER = 0x4000, "O", "icmpv6.mip6.flag.o";
    }
}

registry! {
    /// RPL mode of operation (downward routing), RFC 6550 §6.3.1.
    pub enum RplMode: u8 {
        None = 0 "no downward routes",
        NonStoring = 1 "non-storing",
        Storing = 2 "storing without multicast",
        StoringMulticast = 3 "storing with multicast",
        PointToPoint = 4 "P2P route discovery",
    }
}

header! {
    /// DODAG information object without its options, RFC 6550 §6.3.1.
    pub struct RplDio(24) => RplDioEdit {
        /// RPL instance identifier.
        instance: u8 = 0..8, "icmpv6.rpl.dio.instance";
        /// Version number of the DODAG.
        version: u8 = 8..16, "icmpv6.rpl.dio.version";
        /// Rank of the sender in the DODAG.
        rank: u16 = 16..32, "icmpv6.rpl.dio.rank";
        /// G: the DODAG is grounded: it satisfies the application's goal.
        grounded: bool = 32..33, "icmpv6.rpl.dio.flag.g";
        /// Always zero.
        zero: bool = 33..34, "icmpv6.rpl.dio.flag.0", reserved;
        /// Mode of operation.
        mode: RplMode = 34..37, "icmpv6.rpl.dio.flag.mop";
        /// Preference of the DODAG's root; higher is better.
        preference: u8 = 37..40, "icmpv6.rpl.dio.flag.preference";
        /// Destination advertisement trigger sequence number.
        trigger: u8 = 40..48, "icmpv6.rpl.dio.dtsn";
        /// Unused.
        flags: u8 = 48..56, "icmpv6.rpl.dio.flags", reserved;
        /// Reserved.
        reserved: u8 = 56..64, "icmpv6.reserved", reserved;
        /// DODAG identifier: an IPv6 address of the root.
        dodag: Ipv6Addr = 64..192, "icmpv6.rpl.dio.dagid";
    }
}

header! {
    /// A locator of an ILNPv6 node, RFC 6743 §3.
    pub struct Locator(16) => LocatorEdit {
        /// Locator.
        locator: u64 = 0..64, "icmpv6.ilnp.nb_locator", hex;
        /// Preference; lower is better.
        preference: u32 = 64..96, "icmpv6.ilnp.nb_preference";
        /// Lifetime of the locator in seconds.
        lifetime: u32 = 96..128, "icmpv6.ilnp.nb_lifetime", seconds;
    }
}

tagged_enum! {
    /// The part of an ICMPv6 message after the first four bytes, selected by type. If code or version change the
    /// layout, the number of the variant is 256 × type + another number.
    pub enum Icmpv6Message<'a>: "type", "icmpv6.type", "messages (256 × type + code or version where that matters)" {
        DestinationUnreachable = 1 "destination unreachable" {
            /// Length of the quoted packet in units of 8 bytes if extensions follow, otherwise zero. RFC 4884 §4.4.
            length: u8, "icmpv6.length", eight_byte_units, computed;
            /// Unused.
            unused: [u8; 3], "icmpv6.reserved", reserved;
        }
        PacketTooBig = 2 "packet too big" {
            /// MTU of the next hop in bytes, RFC 4443 §3.2.
            mtu: u32, "icmpv6.mtu", bytes;
        }
        TimeExceeded = 3 "time exceeded" {
            /// Length of the quoted packet in units of 8 bytes if extensions follow, otherwise zero. RFC 4884 §4.5.
            length: u8, "icmpv6.length", eight_byte_units, computed;
            /// Unused.
            unused: [u8; 3], "icmpv6.reserved", reserved;
        }
        ParameterProblem = 4 "parameter problem" {
            /// Offset of the erroneous byte in the quoted packet, RFC 4443 §3.4.
            pointer: u32, "icmpv6.pointer";
        }
        EchoRequest = 128 "echo request" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmpv6.echo.identifier", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmpv6.echo.sequence_number";
        }
        EchoReply = 129 "echo reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmpv6.echo.identifier", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmpv6.echo.sequence_number";
        }
        ListenerQuery = 130 "multicast listener query" {
            /// Maximum response delay in milliseconds, RFC 2710 §3.4.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Group queried. Zero: a general query for all groups.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        ListenerQuery2 = 0x8202 "version 2 multicast listener query" {
            /// Maximum response code in milliseconds; from 32768, a floating-point value ([`decode_time16`]).
            /// RFC 3810 §5.1.3.
            max_response_code: u16, "icmpv6.mld.maximum_response_code", time_code_of_milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Group queried. Zero: a general query for all groups.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
            /// Suppress flag, robustness and query interval.
            querier: ListenerQuerier, "icmpv6.mld.flag";
            /// Sources queried.
            sources: CountedList<'a, Ipv6Addr>, "icmpv6.mld.source_address";
            /// Bytes after the sources.
            rest: Option<&'a [u8]>, "icmpv6.data";
        }
        ListenerReport = 131 "multicast listener report" {
            /// Always zero.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Group to which the node listens.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        ListenerDone = 132 "multicast listener done" {
            /// Always zero.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Group to which the node stops listening.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        RouterSolicitation = 133 "router solicitation" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Options, RFC 4861 §4.1.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        RouterAdvertisement = 134 "router advertisement" {
            /// Hop limit, flags, lifetime and timers.
            router: RouterAdvertisement, "icmpv6.nd.ra";
            /// Options, RFC 4861 §4.2.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        NeighborSolicitation = 135 "neighbor solicitation" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Address whose link-layer address is requested.
            target: Ipv6Addr, "icmpv6.nd.ns.target_address";
            /// Options, RFC 4861 §4.3.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        NeighborAdvertisement = 136 "neighbor advertisement" {
            /// Flags: router, solicited, override.
            flags: NeighborFlags, "icmpv6.nd.na.flag", hex;
            /// Address whose link-layer address is given.
            target: Ipv6Addr, "icmpv6.nd.na.target_address";
            /// Options, RFC 4861 §4.4.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        Redirect = 137 "redirect" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Better first hop: a router, or the destination.
            target: Ipv6Addr, "icmpv6.nd.rd.target_address";
            /// Destination address of the redirected packets.
            destination: Ipv6Addr, "icmpv6.rd.na.destination_address";
            /// Options, RFC 4861 §4.5.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        RouterRenumbering = 138 "router renumbering" {
            /// Sequence number of the command, RFC 2894 §3.1.
            sequence: u32, "icmpv6.rr.sequence_number";
            /// Segment number; distinguishes messages with the same sequence number.
            segment: u8, "icmpv6.rr.segment_number";
            /// Query type, flags and nonce.
            flags: RenumberingFlags, "icmpv6.rr.flag", hex;
            /// Largest delay before a reply, in milliseconds.
            max_delay: u16, "icmpv6.rr.maxdelay", milliseconds;
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Commands or results.
            data: &'a [u8], "icmpv6.data";
        }
        NodeQueryOfAddress = 0x8b00 "node information query" {
            /// Query type, flags and nonce.
            query: NodeInformation, "icmpv6.ni";
            /// Subject address of the query, RFC 4620 §4.
            subject: Option<Ipv6Addr>, "icmpv6.ni.query.subject_ipv6";
        }
        NodeQueryOfName = 0x8b01 "node information query" {
            /// Query type, flags and nonce.
            query: NodeInformation, "icmpv6.ni";
            /// Subject name of the query, RFC 4620 §4.
            subject: Domains<'a>, "icmpv6.ni.query.subject_fqdn";
        }
        NodeQueryOfIpv4 = 0x8b02 "node information query" {
            /// Query type, flags and nonce.
            query: NodeInformation, "icmpv6.ni";
            /// Subject address of the query, RFC 4620 §4.
            subject: Option<Ipv4Addr>, "icmpv6.ni.query.subject_ipv4";
        }
        NodeResponse = 140 "node information response" {
            /// Query type, flags and nonce, copied from the query.
            query: NodeInformation, "icmpv6.ni";
            /// Data of a query type without a separate variant.
            data: Option<&'a [u8]>, "icmpv6.data";
        }
        NodeResponseOfName = 0x8c02 "node information response" {
            /// Query type, flags and nonce, copied from the query.
            query: NodeInformation, "icmpv6.ni";
            /// Time to live of the name in seconds.
            ttl: u32, "icmpv6.ni.reply.node_ttl", seconds;
            /// Names of the node, RFC 4620 §6.3.
            names: Domains<'a>, "icmpv6.ni.reply.node_name";
        }
        NodeResponseOfAddresses = 0x8c03 "node information response" {
            /// Query type, flags and nonce, copied from the query.
            query: NodeInformation, "icmpv6.ni";
            /// IPv6 addresses of the node, RFC 4620 §6.4.
            addresses: List<'a, NodeAddress>, "icmpv6.ni.reply.addresses";
        }
        NodeResponseOfIpv4 = 0x8c04 "node information response" {
            /// Query type, flags and nonce, copied from the query.
            query: NodeInformation, "icmpv6.ni";
            /// IPv4 addresses of the node, RFC 4620 §6.5.
            addresses: List<'a, NodeIpv4Address>, "icmpv6.ni.reply.addresses";
        }
        InverseSolicitation = 141 "inverse neighbor discovery solicitation" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Options, RFC 3122 §2.1.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        InverseAdvertisement = 142 "inverse neighbor discovery advertisement" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Options, RFC 3122 §2.2.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        ListenerReport2 = 143 "version 2 multicast listener report" {
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Group records, RFC 3810 §5.2.
            records: CountedList<'a, GroupRecord<'a, Ipv6Addr>>, "icmpv6.mldr.mar";
            /// Bytes after the records.
            rest: Option<&'a [u8]>, "icmpv6.data";
        }
        HomeAgentRequest = 144 "home agent address discovery request" {
            /// Identifier; matches the reply to the request, RFC 6275 §6.5.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
        }
        HomeAgentReply = 145 "home agent address discovery reply" {
            /// Identifier copied from the request, RFC 6275 §6.6.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Addresses of home agents, in order of preference.
            addresses: List<'a, Ipv6Addr>, "icmpv6.mip6.home_agent_address";
        }
        MobilePrefixSolicitation = 146 "mobile prefix solicitation" {
            /// Identifier; matches the advertisement to the solicitation, RFC 6275 §6.7.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Neighbor Discovery options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        MobilePrefixAdvertisement = 147 "mobile prefix advertisement" {
            /// Identifier copied from the solicitation, RFC 6275 §6.8.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Flags: managed and other configuration.
            flags: MobilePrefixFlags, "icmpv6.mip6.flag", hex;
            /// Neighbor Discovery options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        CertificationPathSolicitation = 148 "certification path solicitation" {
            /// Identifier; matches the advertisement to the solicitation, RFC 3971 §6.4.1.
            identifier: u16, "icmpv6.send.identifier", hex;
            /// Component requested. 65535: all components.
            component: u16, "icmpv6.send.component";
            /// Neighbor Discovery options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        CertificationPathAdvertisement = 149 "certification path advertisement" {
            /// Identifier copied from the solicitation, RFC 3971 §6.4.2.
            identifier: u16, "icmpv6.send.identifier", hex;
            /// Number of components in the certification path.
            all_components: u16, "icmpv6.send.all_components";
            /// Component in this message.
            component: u16, "icmpv6.send.component";
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Neighbor Discovery options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        MulticastRouterAdvertisement = 151 "multicast router advertisement" {
            /// Query interval in seconds, RFC 4286 §3.1.
            query_interval: u16, "icmpv6.mcast_ra.query_interval", seconds;
            /// Robustness variable of the router.
            robustness: u16, "icmpv6.mcast_ra.robustness_variable";
        }
        MulticastRouterSolicitation = 152 "multicast router solicitation" {}
        MulticastRouterTermination = 153 "multicast router termination" {}
        FastHandover = 154 "fast handover" {
            /// Subtype: 2 RtSolPr, 3 PrRtAdv, 4 handover initiate, 5 handover acknowledge. RFC 5568 §6.1.
            subtype: u8, "icmpv6.fmip6.subtype";
            /// Flags of a handover initiate message.
            flags: u8, "icmpv6.fmip6.hi.flag", hex;
            /// Identifier; matches replies to requests.
            identifier: u16, "icmpv6.fmip6.identifier", hex;
            /// Neighbor Discovery options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        RplDis = 0x9b00 "DODAG information solicitation" {
            /// Unused.
            flags: u8, "icmpv6.rpl.dis.flags", reserved;
            /// Reserved.
            reserved: u8, "icmpv6.reserved", reserved;
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDio = 0x9b01 "DODAG information object" {
            /// Instance, rank, flags and DODAG identifier.
            dio: RplDio, "icmpv6.rpl.dio";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDao = 0x9b02 "destination advertisement object" {
            /// RPL instance identifier, RFC 6550 §6.4.
            instance: u8, "icmpv6.rpl.dao.instance";
            /// Flags: 0x80 requests an acknowledgment; 0x40: a DODAG identifier is present.
            flags: u8, "icmpv6.rpl.dao.flag", hex, computed;
            /// Reserved.
            reserved: u8, "icmpv6.reserved", reserved;
            /// Sequence number of the DAO.
            sequence: u8, "icmpv6.rpl.dao.sequence";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoOfDodag = 0x9b12 "destination advertisement object" {
            /// RPL instance identifier, RFC 6550 §6.4.
            instance: u8, "icmpv6.rpl.dao.instance";
            /// Flags: 0x80 requests an acknowledgment; 0x40: a DODAG identifier is present.
            flags: u8, "icmpv6.rpl.dao.flag", hex, computed;
            /// Reserved.
            reserved: u8, "icmpv6.reserved", reserved;
            /// Sequence number of the DAO.
            sequence: u8, "icmpv6.rpl.dao.sequence";
            /// DODAG identifier: an IPv6 address of the root.
            dodag: Ipv6Addr, "icmpv6.rpl.dao.dodagid";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoAck = 0x9b03 "DAO acknowledgment" {
            /// RPL instance identifier, RFC 6550 §6.5.
            instance: u8, "icmpv6.rpl.daoack.instance";
            /// Flags: 0x80: a DODAG identifier is present.
            flags: u8, "icmpv6.rpl.daoack.flag", hex, computed;
            /// Sequence number of the DAO.
            sequence: u8, "icmpv6.rpl.daoack.sequence";
            /// Status. Zero: accepted; from 128: rejected.
            status: u8, "icmpv6.rpl.daoack.status";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoAckOfDodag = 0x9b13 "DAO acknowledgment" {
            /// RPL instance identifier, RFC 6550 §6.5.
            instance: u8, "icmpv6.rpl.daoack.instance";
            /// Flags: 0x80: a DODAG identifier is present.
            flags: u8, "icmpv6.rpl.daoack.flag", hex, computed;
            /// Sequence number of the DAO.
            sequence: u8, "icmpv6.rpl.daoack.sequence";
            /// Status. Zero: accepted; from 128: rejected.
            status: u8, "icmpv6.rpl.daoack.status";
            /// DODAG identifier: an IPv6 address of the root.
            dodag: Ipv6Addr, "icmpv6.rpl.daoack.dodagid";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        LocatorUpdate = 156 "ILNPv6 locator update" {
            /// Number of locators, RFC 6743 §3.
            count: u8, "icmpv6.ilnp.nb_locs", computed;
            /// Operation: 1 advertisement, 2 acknowledgment.
            operation: u8, "icmpv6.ilnp.operation";
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Locators of the node.
            locators: List<'a, Locator>, "icmpv6.ilnp.locators";
        }
        DuplicateAddressRequest = 157 "duplicate address request" {
            /// Always zero. RFC 6775 §4.4.
            status: u8, "icmpv6.6lowpannd.da.status";
            /// Transaction number, RFC 8505 §4.2.
            transaction: u8, "icmpv6.6lowpannd.da.rsv";
            /// Registration lifetime in minutes.
            lifetime: u16, "icmpv6.6lowpannd.da.lifetime", minutes;
            /// EUI-64 of the node that registers the address.
            owner: [u8; 8], "icmpv6.6lowpannd.da.eui64";
            /// Registered address.
            address: Ipv6Addr, "icmpv6.6lowpannd.da.reg_addr";
        }
        DuplicateAddressConfirmation = 158 "duplicate address confirmation" {
            /// Status: 0 success, 1 duplicate address, 2 neighbor cache full. RFC 6775 §4.4.
            status: u8, "icmpv6.6lowpannd.da.status";
            /// Transaction number, RFC 8505 §4.2.
            transaction: u8, "icmpv6.6lowpannd.da.rsv";
            /// Registration lifetime in minutes.
            lifetime: u16, "icmpv6.6lowpannd.da.lifetime", minutes;
            /// EUI-64 of the node that registers the address.
            owner: [u8; 8], "icmpv6.6lowpannd.da.eui64";
            /// Registered address.
            address: Ipv6Addr, "icmpv6.6lowpannd.da.reg_addr";
        }
        Mpl = 159 "MPL control" {
            /// Seed information: the messages that each seed has buffered, RFC 7731 §6.2.
            seeds: &'a [u8], "icmpv6.mpl.seed_info";
        }
        ExtendedEchoRequest = 160 "extended echo request" {
            /// Identifier, sequence number and flags, RFC 8335 §2.
            request: ProbeRequest6, "icmpv6.ext.echo.req";
        }
        ExtendedEchoReply = 161 "extended echo reply" {
            /// Identifier, sequence number and result, RFC 8335 §3.
            reply: ProbeReply6, "icmpv6.ext.echo.rsp";
        }
    }
}

impl<'a> Icmpv6Message<'a> {
    /// The Neighbor Discovery options, if the message type has them.
    pub fn ndp_options(&self) -> Option<Tlvs<'a, NdpOption<'a>>> {
        match *self {
            Self::RouterSolicitation { options, .. }
            | Self::RouterAdvertisement { options, .. }
            | Self::NeighborSolicitation { options, .. }
            | Self::NeighborAdvertisement { options, .. }
            | Self::Redirect { options, .. }
            | Self::InverseSolicitation { options, .. }
            | Self::InverseAdvertisement { options, .. }
            | Self::MobilePrefixSolicitation { options, .. }
            | Self::MobilePrefixAdvertisement { options, .. }
            | Self::CertificationPathSolicitation { options, .. }
            | Self::CertificationPathAdvertisement { options, .. }
            | Self::FastHandover { options, .. } => Some(options),
            _ => None,
        }
    }

    /// The options of an RPL control message.
    pub fn rpl_options(&self) -> Option<Tlvs<'a, RplOption<'a>>> {
        match *self {
            Self::RplDis { options, .. }
            | Self::RplDio { options, .. }
            | Self::RplDao { options, .. }
            | Self::RplDaoOfDodag { options, .. }
            | Self::RplDaoAck { options, .. }
            | Self::RplDaoAckOfDodag { options, .. } => Some(options),
            _ => None,
        }
    }

    /// Maximum response delay of a multicast listener query, in milliseconds.
    pub fn max_response_delay(&self) -> Option<u32> {
        match *self {
            Self::ListenerQuery { max_response_delay, .. } => Some(max_response_delay.into()),
            Self::ListenerQuery2 { max_response_code, .. } => Some(decode_time16(max_response_code)),
            _ => None,
        }
    }

    /// Reports issues in the options and counted lists of a complete message.
    pub(crate) fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let row = |filter: &str| Self::FIELDS.iter().find(|field| field.filter == filter);
        if let (Some(options), Some(field)) = (self.ndp_options(), row("icmpv6.opt")) {
            options.check(field, report);
        }
        if let (Some(options), Some(field)) = (self.rpl_options(), row("icmpv6.rpl.opt")) {
            options.check(field, report);
        }
        let (declared, have, rest) = match *self {
            Self::ListenerQuery2 { sources, rest, .. } => (sources.declared, sources.len(), rest),
            Self::ListenerReport2 { records, rest, .. } => (records.declared, records.len(), rest),
            _ => return,
        };
        if usize::from(declared) > have {
            report(None, context.header_span(), IssueKind::Missing { declared: declared.into(), have: have as u32 });
        } else if rest.is_some() {
            report(None, context.header_span(), Icmpv6Rule::MldAdditionalData.into());
        }
    }
}
