//! What stands behind the first four bytes of ICMPv6 messages.

use super::multicast::{CountedList, GroupRecord, decode_time16};
use super::{Domains, NdpOption, ProbeReply6, ProbeRequest6, RouterPreference, RplOption};
use crate::field::{flags, header, registry};
use crate::layer::{Place, Reason, Report, Severity};
use crate::part::{List, Tlvs, Variants, variants};
use core::net::{Ipv4Addr, Ipv6Addr};

header! {
    /// What a router advertises of itself, RFC 4861 §4.2, RFC 4191 §2.2.
    pub struct RouterAdvertisement(12) {
        /// Hop limit that hosts are to use; zero: unspecified.
        hop_limit: u8 = 0..8, "icmpv6.nd.ra.cur_hop_limit";
        /// Addresses are had by DHCPv6.
        managed: bool = 8..9, "icmpv6.nd.ra.flag.m";
        /// Other configuration is had by DHCPv6.
        other: bool = 9..10, "icmpv6.nd.ra.flag.o";
        /// The router is a home agent, RFC 6275 §7.1.
        home_agent: bool = 10..11, "icmpv6.nd.ra.flag.h";
        /// How good the router is as a default.
        preference: RouterPreference = 11..13, "icmpv6.nd.ra.flag.prf";
        /// The advertisement comes through a proxy, RFC 4389.
        proxy: bool = 13..14, "icmpv6.nd.ra.flag.p";
        /// Reserved.
        reserved: u8 = 14..16, "icmpv6.nd.ra.flag.rsv", reserved;
        /// For how long the router is a default router; zero: it is none.
        lifetime: u16 = 16..32, "icmpv6.nd.ra.router_lifetime", seconds;
        /// For how long a neighbor counts as reachable; zero: unspecified.
        reachable_time: u32 = 32..64, "icmpv6.nd.ra.reachable_time", milliseconds;
        /// Time between neighbor solicitations; zero: unspecified.
        retransmit_timer: u32 = 64..96, "icmpv6.nd.ra.retrans_timer", milliseconds;
    }
}

flags! {
    /// Flags of a neighbor advertisement, RFC 4861 §4.4.
    pub struct NeighborFlags: u32 {
        /// The sender is a router.
        ROUTER = 0x8000_0000, "R", "icmpv6.nd.na.flag.r";
        /// The advertisement answers a solicitation.
        SOLICITED = 0x4000_0000, "S", "icmpv6.nd.na.flag.s";
        /// What is known of the link-layer address is to be replaced.
        OVERRIDE = 0x2000_0000, "O", "icmpv6.nd.na.flag.o";
    }
}

header! {
    /// What a version 2 query says of the querier, RFC 3810 §5.1.
    pub struct ListenerQuerier(2) {
        /// Reserved.
        flags_reserved: u8 = 0..4, "icmpv6.mld.flag.reserved", reserved;
        /// Routers are not to update their timers.
        suppress: bool = 4..5, "icmpv6.mld.flag.s";
        /// The querier's robustness variable.
        robustness: u8 = 5..8, "icmpv6.mld.flag.qrv";
        /// The querier's query interval in seconds, from 128 on with an exponent
        /// ([`decode_time8`](super::decode_time8)).
        interval_code: u8 = 8..16, "icmpv6.mld.qqi";
    }
}

flags! {
    /// Flags of node information, RFC 4620 §5 and §6.
    pub struct NodeFlags: u16 {
        /// Global addresses.
        GLOBAL = 0x20, "G", "icmpv6.ni.flag.g";
        /// Site-local addresses.
        SITE_LOCAL = 0x10, "S", "icmpv6.ni.flag.s";
        /// Link-local addresses.
        LINK_LOCAL = 0x08, "L", "icmpv6.ni.flag.l";
        /// IPv4-compatible and IPv4-mapped addresses.
        COMPATIBLE = 0x04, "C", "icmpv6.ni.flag.c";
        /// All unicast addresses.
        ALL = 0x02, "A", "icmpv6.ni.flag.a";
        /// Addresses were left out.
        TRUNCATED = 0x01, "T", "icmpv6.ni.flag.t";
    }
}

registry! {
    /// What a node information query asks for, RFC 4620 §5.
    pub enum NodeQueryType: u16 {
        Noop = 0 "NOOP",
        SupportedTypes = 1 "supported query types",
        NodeName = 2 "node name",
        NodeAddresses = 3 "node addresses",
        Ipv4Addresses = 4 "IPv4 addresses",
    }
}

header! {
    /// What a node information query asks for; its response repeats it. RFC 4620 §4.
    pub struct NodeInformation(12) {
        /// What is asked for.
        query_type: NodeQueryType = 0..16, "icmpv6.ni.qtype";
        /// Which addresses are asked for, or told.
        flags: NodeFlags = 16..32, "icmpv6.ni.flag", hex;
        /// Tells one query from another.
        nonce: u64 = 32..96, "icmpv6.ni.nonce", hex;
    }
}

header! {
    /// An address of a node, RFC 4620 §6.4.
    pub struct NodeAddress(20) {
        /// For how long the address is valid.
        ttl: u32 = 0..32, "icmpv6.ni.reply.node_ttl", seconds;
        /// Address.
        address: Ipv6Addr = 32..160, "icmpv6.ni.reply.node_address";
    }
}

header! {
    /// An IPv4 address of a node, RFC 4620 §6.5.
    pub struct NodeIpv4Address(8) {
        /// For how long the address is valid.
        ttl: u32 = 0..32, "icmpv6.ni.reply.node_ttl", seconds;
        /// Address.
        address: Ipv4Addr = 32..64, "icmpv6.ni.reply.ipv4_address";
    }
}

flags! {
    /// Flags of router renumbering, RFC 2894 §3.1.
    pub struct RenumberingFlags: u8 {
        /// A test: nothing is to change.
        TEST = 0x80, "T", "icmpv6.rr.flag.t";
        /// A result is asked for.
        RESULT = 0x40, "R", "icmpv6.rr.flag.r";
        /// All interfaces, also those that are down.
        ALL = 0x20, "A", "icmpv6.rr.flag.a";
        /// Per site.
        SITE = 0x10, "S", "icmpv6.rr.flag.s";
        /// Processed before.
        PROCESSED = 0x08, "P", "icmpv6.rr.flag.p";
    }
}

flags! {
    /// Flags of a mobile prefix advertisement, RFC 6275 §6.8.
    pub struct MobilePrefixFlags: u16 {
        /// Addresses are had by DHCPv6.
        MANAGED = 0x8000, "M", "icmpv6.mip6.flag.m";
        /// Other configuration is had by DHCPv6.
        OTHER = 0x4000, "O", "icmpv6.mip6.flag.o";
    }
}

registry! {
    /// How a DODAG routes downwards, RFC 6550 §6.3.1.
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
    pub struct RplDio(24) {
        /// Which RPL instance.
        instance: u8 = 0..8, "icmpv6.rpl.dio.instance";
        /// Version of the DODAG.
        version: u8 = 8..16, "icmpv6.rpl.dio.version";
        /// The sender's rank in the DODAG.
        rank: u16 = 16..32, "icmpv6.rpl.dio.rank";
        /// The DODAG meets the application's goal.
        grounded: bool = 32..33, "icmpv6.rpl.dio.flag.g";
        /// Zero.
        zero: bool = 33..34, "icmpv6.rpl.dio.flag.0", reserved;
        /// Mode of operation.
        mode: RplMode = 34..37, "icmpv6.rpl.dio.flag.mop";
        /// The higher the better.
        preference: u8 = 37..40, "icmpv6.rpl.dio.flag.preference";
        /// Destination advertisement trigger sequence number.
        trigger: u8 = 40..48, "icmpv6.rpl.dio.dtsn";
        /// Unused.
        flags: u8 = 48..56, "icmpv6.rpl.dio.flags", reserved;
        /// Reserved.
        reserved: u8 = 56..64, "icmpv6.reserved", reserved;
        /// The DODAG: an address of its root.
        dodag: Ipv6Addr = 64..192, "icmpv6.rpl.dio.dagid";
    }
}

header! {
    /// A locator of an ILNPv6 node, RFC 6743 §3.
    pub struct Locator(16) {
        /// Locator.
        locator: u64 = 0..64, "icmpv6.ilnp.nb_locator", hex;
        /// The lower the better.
        preference: u32 = 64..96, "icmpv6.ilnp.nb_preference";
        /// For how long the locator is valid.
        lifetime: u32 = 96..128, "icmpv6.ilnp.nb_lifetime", seconds;
    }
}

variants! {
    /// What stands behind the first four bytes of an ICMPv6 message, told apart by its type; where
    /// code or version matters, by 256 times the type and another number.
    pub enum Icmpv6Message<'a>: "type", "icmpv6.type" {
        DestinationUnreachable = 1 "destination unreachable" {
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.4.
            length: u8, "icmpv6.length", octuples;
            /// Unused.
            unused: [u8; 3], "icmpv6.reserved", reserved;
        }
        PacketTooBig = 2 "packet too big" {
            /// Largest packet that the next hop takes, RFC 4443 §3.2.
            mtu: u32, "icmpv6.mtu", bytes;
        }
        TimeExceeded = 3 "time exceeded" {
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.5.
            length: u8, "icmpv6.length", octuples;
            /// Unused.
            unused: [u8; 3], "icmpv6.reserved", reserved;
        }
        ParameterProblem = 4 "parameter problem" {
            /// The byte of the quoted packet where the error is, RFC 4443 §3.4.
            pointer: u32, "icmpv6.pointer";
        }
        EchoRequest = 128 "echo request" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmpv6.echo.identifier", hex;
            /// Tells one request from another.
            sequence: u16, "icmpv6.echo.sequence_number";
        }
        EchoReply = 129 "echo reply" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmpv6.echo.identifier", hex;
            /// Tells one request from another.
            sequence: u16, "icmpv6.echo.sequence_number";
        }
        ListenerQuery = 130 "multicast listener query" {
            /// Longest time to wait before a report, RFC 2710 §3.4.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// The group asked for; zero asks for all.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        ListenerQuery2 = 0x8202 "version 2 multicast listener query" {
            /// Longest time to wait before a report, in milliseconds, from 32768 on with an exponent
            /// ([`decode_time16`]). RFC 3810 §5.1.3.
            max_response_code: u16, "icmpv6.mld.maximum_response_code";
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// The group asked for; zero asks for all.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
            /// What the querier says of itself.
            querier: ListenerQuerier, "icmpv6.mld.flag";
            /// The sources asked for.
            sources: CountedList<'a, Ipv6Addr>, "icmpv6.mld.source_address";
            /// Bytes behind the sources.
            rest: Option<&'a [u8]>, "icmpv6.data";
        }
        ListenerReport = 131 "multicast listener report" {
            /// Zero.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// The group that the node listens to.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        ListenerDone = 132 "multicast listener done" {
            /// Zero.
            max_response_delay: u16, "icmpv6.mld.maximum_response_delay", milliseconds;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// The group that the node ceases to listen to.
            group: Ipv6Addr, "icmpv6.mld.multicast_address";
        }
        RouterSolicitation = 133 "router solicitation" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Options, RFC 4861 §4.1.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        RouterAdvertisement = 134 "router advertisement" {
            /// What the router says of itself.
            router: RouterAdvertisement, "icmpv6.nd.ra";
            /// Options, RFC 4861 §4.2.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        NeighborSolicitation = 135 "neighbor solicitation" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Address that is looked for.
            target: Ipv6Addr, "icmpv6.nd.ns.target_address";
            /// Options, RFC 4861 §4.3.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        NeighborAdvertisement = 136 "neighbor advertisement" {
            /// What the advertisement is about.
            flags: NeighborFlags, "icmpv6.nd.na.flag", hex;
            /// Address whose link-layer address is told.
            target: Ipv6Addr, "icmpv6.nd.na.target_address";
            /// Options, RFC 4861 §4.4.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        Redirect = 137 "redirect" {
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Better first hop: a router, or the destination itself.
            target: Ipv6Addr, "icmpv6.nd.rd.target_address";
            /// Destination that is redirected.
            destination: Ipv6Addr, "icmpv6.rd.na.destination_address";
            /// Options, RFC 4861 §4.5.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        RouterRenumbering = 138 "router renumbering" {
            /// Tells one command from another, RFC 2894 §3.1.
            sequence: u32, "icmpv6.rr.sequence_number";
            /// Tells messages of one sequence number apart.
            segment: u8, "icmpv6.rr.segment_number";
            /// What is asked for.
            flags: RenumberingFlags, "icmpv6.rr.flag", hex;
            /// Longest time to wait before a reply.
            max_delay: u16, "icmpv6.rr.maxdelay", milliseconds;
            /// Reserved.
            reserved: u32, "icmpv6.reserved", reserved;
            /// Commands or results.
            data: &'a [u8], "icmpv6.data";
        }
        NodeQueryOfAddress = 0x8b00 "node information query" {
            /// What is asked for.
            query: NodeInformation, "icmpv6.ni";
            /// The address that the query is about, RFC 4620 §4.
            subject: Option<Ipv6Addr>, "icmpv6.ni.query.subject_ipv6";
        }
        NodeQueryOfName = 0x8b01 "node information query" {
            /// What is asked for.
            query: NodeInformation, "icmpv6.ni";
            /// The name that the query is about, RFC 4620 §4.
            subject: Domains<'a>, "icmpv6.ni.query.subject_fqdn";
        }
        NodeQueryOfIpv4 = 0x8b02 "node information query" {
            /// What is asked for.
            query: NodeInformation, "icmpv6.ni";
            /// The address that the query is about, RFC 4620 §4.
            subject: Option<Ipv4Addr>, "icmpv6.ni.query.subject_ipv4";
        }
        NodeResponse = 140 "node information response" {
            /// What was asked for.
            query: NodeInformation, "icmpv6.ni";
            /// Answer to another query than those below.
            data: Option<&'a [u8]>, "icmpv6.data";
        }
        NodeResponseOfName = 0x8c02 "node information response" {
            /// What was asked for.
            query: NodeInformation, "icmpv6.ni";
            /// For how long the name is valid.
            ttl: u32, "icmpv6.ni.reply.node_ttl", seconds;
            /// The node's names, RFC 4620 §6.3.
            names: Domains<'a>, "icmpv6.ni.reply.node_name";
        }
        NodeResponseOfAddresses = 0x8c03 "node information response" {
            /// What was asked for.
            query: NodeInformation, "icmpv6.ni";
            /// The node's addresses, RFC 4620 §6.4.
            addresses: List<'a, NodeAddress>, "icmpv6.ni.reply.addresses";
        }
        NodeResponseOfIpv4 = 0x8c04 "node information response" {
            /// What was asked for.
            query: NodeInformation, "icmpv6.ni";
            /// The node's addresses, RFC 4620 §6.5.
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
            /// The state of groups, RFC 3810 §5.2.
            records: CountedList<'a, GroupRecord<'a, Ipv6Addr>>, "icmpv6.mldr.mar";
            /// Bytes behind the records.
            rest: Option<&'a [u8]>, "icmpv6.data";
        }
        HomeAgentRequest = 144 "home agent address discovery request" {
            /// Tells one request from another, RFC 6275 §6.5.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
        }
        HomeAgentReply = 145 "home agent address discovery reply" {
            /// The request's, RFC 6275 §6.6.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Home agents, the best first.
            addresses: List<'a, Ipv6Addr>, "icmpv6.mip6.home_agent_address";
        }
        MobilePrefixSolicitation = 146 "mobile prefix solicitation" {
            /// Tells one request from another, RFC 6275 §6.7.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        MobilePrefixAdvertisement = 147 "mobile prefix advertisement" {
            /// The request's, RFC 6275 §6.8.
            identifier: u16, "icmpv6.mip6.identifier", hex;
            /// How addresses are had.
            flags: MobilePrefixFlags, "icmpv6.mip6.flag", hex;
            /// Options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        CertificationPathSolicitation = 148 "certification path solicitation" {
            /// Tells one request from another, RFC 3971 §6.4.1.
            identifier: u16, "icmpv6.send.identifier", hex;
            /// Certificate asked for; 65535 asks for all.
            component: u16, "icmpv6.send.component";
            /// Options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        CertificationPathAdvertisement = 149 "certification path advertisement" {
            /// The request's, RFC 3971 §6.4.2.
            identifier: u16, "icmpv6.send.identifier", hex;
            /// Number of certificates in the path.
            all_components: u16, "icmpv6.send.all_components";
            /// Certificate that is here.
            component: u16, "icmpv6.send.component";
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// Options.
            options: Tlvs<'a, NdpOption<'a>>, "icmpv6.opt";
        }
        MulticastRouterAdvertisement = 151 "multicast router advertisement" {
            /// Time between queries, RFC 4286 §3.1.
            query_interval: u16, "icmpv6.mcast_ra.query_interval", seconds;
            /// The router's robustness variable.
            robustness: u16, "icmpv6.mcast_ra.robustness_variable";
        }
        MulticastRouterSolicitation = 152 "multicast router solicitation" {}
        MulticastRouterTermination = 153 "multicast router termination" {}
        FastHandover = 154 "fast handover" {
            /// 2: solicitation for proxy advertisement; 3: that; 4: handover initiate; 5: acknowledge. RFC 5568 §6.1.
            subtype: u8, "icmpv6.fmip6.subtype";
            /// Flags of handover initiate.
            flags: u8, "icmpv6.fmip6.hi.flag", hex;
            /// Tells one request from another.
            identifier: u16, "icmpv6.fmip6.identifier", hex;
            /// Options.
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
            /// The DODAG.
            dio: RplDio, "icmpv6.rpl.dio";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDao = 0x9b02 "destination advertisement object" {
            /// Which RPL instance, RFC 6550 §6.4.
            instance: u8, "icmpv6.rpl.dao.instance";
            /// 0x80 asks for an acknowledgment, 0x40 says that the DODAG is named.
            flags: u8, "icmpv6.rpl.dao.flag", hex;
            /// Reserved.
            reserved: u8, "icmpv6.reserved", reserved;
            /// Tells one object from another.
            sequence: u8, "icmpv6.rpl.dao.sequence";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoOfDodag = 0x9b12 "destination advertisement object" {
            /// Which RPL instance, RFC 6550 §6.4.
            instance: u8, "icmpv6.rpl.dao.instance";
            /// 0x80 asks for an acknowledgment, 0x40 says that the DODAG is named.
            flags: u8, "icmpv6.rpl.dao.flag", hex;
            /// Reserved.
            reserved: u8, "icmpv6.reserved", reserved;
            /// Tells one object from another.
            sequence: u8, "icmpv6.rpl.dao.sequence";
            /// The DODAG: an address of its root.
            dodag: Ipv6Addr, "icmpv6.rpl.dao.dodagid";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoAck = 0x9b03 "DAO acknowledgment" {
            /// Which RPL instance, RFC 6550 §6.5.
            instance: u8, "icmpv6.rpl.daoack.instance";
            /// 0x80 says that the DODAG is named.
            flags: u8, "icmpv6.rpl.daoack.flag", hex;
            /// The object's.
            sequence: u8, "icmpv6.rpl.daoack.sequence";
            /// Zero: accepted; from 128 on: refused.
            status: u8, "icmpv6.rpl.daoack.status";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        RplDaoAckOfDodag = 0x9b13 "DAO acknowledgment" {
            /// Which RPL instance, RFC 6550 §6.5.
            instance: u8, "icmpv6.rpl.daoack.instance";
            /// 0x80 says that the DODAG is named.
            flags: u8, "icmpv6.rpl.daoack.flag", hex;
            /// The object's.
            sequence: u8, "icmpv6.rpl.daoack.sequence";
            /// Zero: accepted; from 128 on: refused.
            status: u8, "icmpv6.rpl.daoack.status";
            /// The DODAG: an address of its root.
            dodag: Ipv6Addr, "icmpv6.rpl.daoack.dodagid";
            /// Options, RFC 6550 §6.7.
            options: Tlvs<'a, RplOption<'a>>, "icmpv6.rpl.opt";
        }
        LocatorUpdate = 156 "ILNPv6 locator update" {
            /// Number of locators, RFC 6743 §3.
            count: u8, "icmpv6.ilnp.nb_locs", derived;
            /// 1: advertisement; 2: acknowledgment.
            operation: u8, "icmpv6.ilnp.operation";
            /// Reserved.
            reserved: u16, "icmpv6.reserved", reserved;
            /// The node's locators.
            locators: List<'a, Locator>, "icmpv6.ilnp.locators";
        }
        DuplicateAddressRequest = 157 "duplicate address request" {
            /// Zero. RFC 6775 §4.4.
            status: u8, "icmpv6.6lowpannd.da.status";
            /// Transaction number, RFC 8505 §4.2.
            transaction: u8, "icmpv6.6lowpannd.da.rsv";
            /// For how long, in minutes.
            lifetime: u16, "icmpv6.6lowpannd.da.lifetime";
            /// Who registers the address.
            owner: [u8; 8], "icmpv6.6lowpannd.da.eui64";
            /// The address.
            address: Ipv6Addr, "icmpv6.6lowpannd.da.reg_addr";
        }
        DuplicateAddressConfirmation = 158 "duplicate address confirmation" {
            /// 0: success; 1: duplicate; 2: no room. RFC 6775 §4.4.
            status: u8, "icmpv6.6lowpannd.da.status";
            /// Transaction number, RFC 8505 §4.2.
            transaction: u8, "icmpv6.6lowpannd.da.rsv";
            /// For how long, in minutes.
            lifetime: u16, "icmpv6.6lowpannd.da.lifetime";
            /// Who registers the address.
            owner: [u8; 8], "icmpv6.6lowpannd.da.eui64";
            /// The address.
            address: Ipv6Addr, "icmpv6.6lowpannd.da.reg_addr";
        }
        Mpl = 159 "MPL control" {
            /// Which messages each seed has, RFC 7731 §6.2.
            seeds: &'a [u8], "icmpv6.mpl.seed_info";
        }
        ExtendedEchoRequest = 160 "extended echo request" {
            /// Who asks, and about what. RFC 8335 §2.
            request: ProbeRequest6, "icmpv6.ext.echo.req";
        }
        ExtendedEchoReply = 161 "extended echo reply" {
            /// Who asked, and what was found. RFC 8335 §3.
            reply: ProbeReply6, "icmpv6.ext.echo.rsp";
        }
    }
}

impl<'a> Icmpv6Message<'a> {
    /// The Neighbor Discovery options of messages that have them.
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

    /// The options of RPL control messages.
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

    /// The longest time that a multicast listener may wait before a report, in milliseconds.
    pub fn max_response_delay(&self) -> Option<u32> {
        match *self {
            Self::ListenerQuery { max_response_delay, .. } => Some(max_response_delay.into()),
            Self::ListenerQuery2 { max_response_code, .. } => Some(decode_time16(max_response_code)),
            _ => None,
        }
    }

    /// Reports what is wrong with options and counted lists of a message that is all there.
    pub(super) fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
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
            report(None, place.head_span(), Reason::Missing { declared: declared.into(), have: have as u32 });
        } else if rest.is_some() {
            let rule = "bytes follow the last record or source; receivers ignore them (RFC 3810 §5.1.12, §5.2.11)";
            report(None, place.head_span(), Reason::Rule(Severity::Note, rule));
        }
    }
}
