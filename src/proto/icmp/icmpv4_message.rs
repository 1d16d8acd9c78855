//! ICMP messages after the first four bytes.

use crate::wire::{List, tagged_enum};
use crate::wire::{header, registry};
use core::net::Ipv4Addr;

tagged_enum! {
    /// The part of an ICMP message after the first four bytes, selected by type. If the code changes the layout, the
    /// number of the variant is 256 × type + code.
    pub enum Icmpv4Message<'a>: "type", "icmp.type", "messages" {
        EchoReply = 0 "echo reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
        }
        DestinationUnreachable = 3 "destination unreachable" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet in units of 4 bytes if extensions follow, otherwise zero. RFC 4884 §4.1.
            length: u8, "icmp.length", words, computed;
            /// Unused.
            unused2: u16, "icmp.unused", reserved;
        }
        FragmentationNeeded = 0x0304 "fragmentation needed" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet in units of 4 bytes if extensions follow, otherwise zero. RFC 4884 §4.1.
            length: u8, "icmp.length", words, computed;
            /// MTU of the next hop in bytes, RFC 1191 §4.
            mtu: u16, "icmp.mtu", bytes;
        }
        SourceQuench = 4 "source quench" {
            /// Unused.
            unused: u32, "icmp.unused", reserved;
        }
        Redirect = 5 "redirect" {
            /// Router to which the sender should send instead.
            gateway: Ipv4Addr, "icmp.redir_gw";
        }
        EchoRequest = 8 "echo request" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
        }
        RouterAdvertisement = 9 "router advertisement" {
            /// Number of addresses in the message.
            count: u8, "icmp.num_addrs", computed;
            /// Address entry size in units of 4 bytes: 2.
            entry_size: u8, "icmp.addr_entry_size", words, computed;
            /// Lifetime of the addresses in seconds.
            lifetime: u16, "icmp.lifetime", seconds;
            /// Addresses of the router, RFC 1256 §3.
            addresses: List<'a, RouterAddress>, "icmp.router_address";
        }
        RouterSolicitation = 10 "router solicitation" {
            /// Reserved.
            reserved: u32, "icmp.reserved", reserved;
        }
        TimeExceeded = 11 "time exceeded" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet in units of 4 bytes if extensions follow, otherwise zero. RFC 4884 §4.2.
            length: u8, "icmp.length", words, computed;
            /// Unused.
            unused2: u16, "icmp.unused", reserved;
        }
        ParameterProblem = 12 "parameter problem" {
            /// Offset of the erroneous byte in the quoted packet.
            pointer: u8, "icmp.pointer";
            /// Length of the quoted packet in units of 4 bytes if extensions follow, otherwise zero. RFC 4884 §4.3.
            length: u8, "icmp.length", words, computed;
            /// Unused.
            unused: u16, "icmp.unused", reserved;
        }
        TimestampRequest = 13 "timestamp request" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
            /// Time at which the request was sent, in milliseconds since midnight UT.
            originate: u32, "icmp.originate_timestamp", milliseconds;
            /// Time at which the request was received, in milliseconds since midnight UT.
            receive: u32, "icmp.receive_timestamp", milliseconds;
            /// Time at which the reply was sent, in milliseconds since midnight UT.
            transmit: u32, "icmp.transmit_timestamp", milliseconds;
        }
        TimestampReply = 14 "timestamp reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
            /// Time at which the request was sent, in milliseconds since midnight UT.
            originate: u32, "icmp.originate_timestamp", milliseconds;
            /// Time at which the request was received, in milliseconds since midnight UT.
            receive: u32, "icmp.receive_timestamp", milliseconds;
            /// Time at which the reply was sent, in milliseconds since midnight UT.
            transmit: u32, "icmp.transmit_timestamp", milliseconds;
        }
        InformationRequest = 15 "information request" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
        }
        InformationReply = 16 "information reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
        }
        AddressMaskRequest = 17 "address mask request" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
            /// Address mask, zero in a request. RFC 950.
            mask: Ipv4Addr, "icmp.address_mask";
        }
        AddressMaskReply = 18 "address mask reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
            /// Address mask of the subnet. RFC 950.
            mask: Ipv4Addr, "icmp.address_mask";
        }
        Traceroute = 30 "traceroute" {
            /// Identifier copied from the traceroute option of the packet, RFC 1393 §2.3.
            identifier: u16, "icmp.ident", hex;
            /// Unused.
            unused: u16, "icmp.unused", reserved;
            /// Outbound hop count of the traced packet.
            outbound_hops: u16, "icmp.traceroute.outbound_hops";
            /// Return hop count.
            return_hops: u16, "icmp.traceroute.return_hops";
            /// Speed of the output link in bytes per second.
            speed: u32, "icmp.traceroute.speed";
            /// MTU of the output link in bytes.
            mtu: u32, "icmp.traceroute.mtu", bytes;
        }
        DomainNameRequest = 37 "domain name request" {
            /// Identifier; distinguishes the requesters. Returned in the reply. RFC 1788.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
        }
        DomainNameReply = 38 "domain name reply" {
            /// Identifier; distinguishes the requesters. Returned in the reply. RFC 1788.
            identifier: u16, "icmp.ident", hex;
            /// Sequence number of the request. Returned in the reply.
            sequence: u16, "icmp.seq";
            /// Lifetime of the names in seconds.
            ttl: u32, "icmp.domain_name.ttl", seconds;
        }
        Photuris = 40 "Photuris" {
            /// Reserved.
            reserved: u16, "icmp.reserved", reserved;
            /// Offset of the security parameters index in the quoted packet, RFC 2521 §2.
            pointer: u16, "icmp.pointer";
        }
        ExtendedEchoRequest = 42 "extended echo request" {
            /// Identifier, sequence number and flags, RFC 8335 §2.
            request: ProbeRequest, "icmp.ext.echo.req";
        }
        ExtendedEchoReply = 43 "extended echo reply" {
            /// Identifier, sequence number and result, RFC 8335 §3.
            reply: ProbeReply, "icmp.ext.echo.rsp";
        }
    }
}

header! {
    /// An address of a router, RFC 1256 §3.
    pub struct RouterAddress(8) => RouterAddressEdit {
        /// Address of the router.
        address: Ipv4Addr = 0..32, "icmp.router_address";
        /// Preference, a signed number; higher is better. 0x80000000: not to be used as a default router.
        preference: u32 = 32..64, "icmp.pref_level", hex;
    }
}

registry! {
    /// State of a neighbor, RFC 8335 §3.
    pub enum NeighborState: u8 {
        Reserved = 0 "reserved",
        Incomplete = 1 "incomplete",
        Reachable = 2 "reachable",
        Stale = 3 "stale",
        Delay = 4 "delay",
        Probe = 5 "probe",
        Failed = 6 "failed",
    }
}

/// Extended echo messages have the same layout in ICMP and ICMPv6, but different filter names.
macro_rules! probes {
    ($request:ident $request_edit:ident, $reply:ident $reply_edit:ident, $ident:literal, $sequence:literal, $reserved:literal, $local:literal,
     $state:literal, $reserved2:literal, $active:literal, $ipv4:literal, $ipv6:literal) => {
        header! {
            /// Fixed part of an extended echo request, RFC 8335 §2.
            pub struct $request(4) => $request_edit {
                /// Identifier; distinguishes the requesters. Returned in the reply.
                identifier: u16 = 0..16, $ident, hex;
                /// Sequence number of the request. Returned in the reply.
                sequence: u8 = 16..24, $sequence;
                /// Reserved.
                reserved: u8 = 24..31, $reserved, reserved;
                /// L: the interface belongs to the probed node, not to a neighbor of it.
                local: bool = 31..32, $local;
            }
        }

        header! {
            /// Fixed part of an extended echo reply, RFC 8335 §3.
            pub struct $reply(4) => $reply_edit {
                /// Identifier; distinguishes the requesters. Returned in the reply.
                identifier: u16 = 0..16, $ident, hex;
                /// Sequence number of the request. Returned in the reply.
                sequence: u8 = 16..24, $sequence;
                /// State of the neighbor, if the probe was about one.
                state: NeighborState = 24..27, $state;
                /// Reserved.
                reserved: u8 = 27..29, $reserved2, reserved;
                /// A: the interface is active.
                active: bool = 29..30, $active;
                /// 4: IPv4 runs on the interface.
                ipv4: bool = 30..31, $ipv4;
                /// 6: IPv6 runs on the interface.
                ipv6: bool = 31..32, $ipv6;
            }
        }
    };
}
probes!(
    ProbeRequest ProbeRequestEdit,
    ProbeReply ProbeReplyEdit,
    "icmp.ident",
    "icmp.ext.echo.seq",
    "icmp.ext.echo.req.res",
    "icmp.ext.echo.req.local",
    "icmp.ext.echo.rsp.state",
    "icmp.ext.echo.rsp.res",
    "icmp.ext.echo.rsp.active",
    "icmp.ext.echo.rsp.ipv4",
    "icmp.ext.echo.rsp.ipv6"
);
probes!(
    ProbeRequest6 ProbeRequest6Edit,
    ProbeReply6 ProbeReply6Edit,
    "icmpv6.echo.identifier",
    "icmpv6.ext.echo.seq",
    "icmpv6.ext.echo.req.res",
    "icmpv6.ext.echo.req.local",
    "icmpv6.ext.echo.rsp.state",
    "icmpv6.ext.echo.rsp.res",
    "icmpv6.ext.echo.rsp.active",
    "icmpv6.ext.echo.rsp.ipv4",
    "icmpv6.ext.echo.rsp.ipv6"
);
